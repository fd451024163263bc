/* SPDX-License-Identifier: MIT */
/*
 * The driver gateway: what it asks of sendsms, what it makes of the answers (those of a real Kannel: tests/net/kannel.py),
 * and that a text of which nothing is known is never asked for again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "recorded.h"

/* clang-format off */
#define PLAN \
	"timezone = \"America/Chicago\" country = \"US\"\n" \
	"account a { driver = gateway endpoint = \"https://sms.example.org/cgi-bin/sendsms/\" user = \"pat & co\" }\n" \
	"line main { number = \"+15125550100\" account = a }\n" \
	"destination owner { kind = personal number = \"+15125550112\" own_voicemail = none }\n" \
	"path day { step { ring = owner } }\nrule all { path = day }\n"
/* clang-format on */
#define URL "https://sms.example.org/cgi-bin/sendsms?username=pat%20%26%20co"
#define GREETS                                                                                               \
	{                                                                                                    \
		"GET", URL, NULL, 400, "Missing receiver number, rejected"                                   \
	}
#define SENDS(coding, text)                                                                                  \
	URL "&from=%2B15125550100&to=%2B15125550111&charset=UTF-8&coding=" coding "&text=" text

struct bench {
	struct recorded_line line;
	struct nm_text text;
	struct nm_texted texted;
	const struct nm_carrier *carrier;
};

static void bench_open(struct bench *bench, const char *body)
{
	*bench = (struct bench){ .carrier = nm_carrier_find("gateway"),
				 .text = { .to = "+15125550111", .body = body, .follow_s = 20 } };
	recorded_open(&bench->line, NM_OP_TEXT, PLAN, (struct nm_artefact){ 0 });
	bench->line.exchange.text = &bench->text;
	bench->line.exchange.texted = &bench->texted;
}

static void speak(struct bench *bench, const struct recorded *talk, enum nm_step_result result)
{
	if (recorded_speak(bench->carrier, &bench->line.exchange, talk) != result)
		fail_msg("%s", bench->line.exchange.note);
}

static void test_it_sends(void **state)
{
	static const struct {
		const char *body, *url, *answer;
		enum nm_text_end end;
	} cases[] = {
		{ "a & b", SENDS("0", "a%20%26%20b"), "0: Accepted for delivery", NM_TEXT_SENT },
		{ "caf\xc3\xa9", SENDS("2", "caf%C3%A9"), "3: Queued for later delivery", NM_TEXT_QUEUED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct recorded talk[] = { GREETS,
						 { "GET", cases[i].url, NULL, 202, cases[i].answer },
						 { .method = NULL } };
		struct bench bench;

		bench_open(&bench, cases[i].body);
		for (size_t k = 0; k < 2; k++)
			recorded_damage(bench.carrier, &bench.line.exchange, talk, k);
		bench.texted = (struct nm_texted){ 0 };
		speak(&bench, talk, NM_STEP_DONE);
		assert_int_equal(bench.texted.end, cases[i].end);
		assert_false(bench.texted.unsure);
		recorded_close(&bench.line);
	}
}

/* The password stands in no URL that anybody is told of, and only the question that does nothing may be asked again. */
static void test_its_requests(void **state)
{
	const struct nm_response greeted = { .status = 400, .body = "Missing receiver number, rejected", .len = 33 };
	struct nm_request request = { 0 };
	struct bench bench;

	(void)state;
	bench_open(&bench, "x");
	assert_int_equal(bench.carrier->step(&bench.line.exchange, NULL, &request), NM_STEP_SEND);
	assert_int_equal(request.auth, NM_AUTH_QUERY);
	assert_true(request.secret_url && request.repeatable);
	assert_false(bench.texted.asked);
	assert_int_equal(bench.carrier->step(&bench.line.exchange, &greeted, &request), NM_STEP_SEND);
	assert_int_equal(request.auth, NM_AUTH_QUERY);
	assert_true(request.secret_url && !request.repeatable);
	assert_true(bench.texted.asked);
	recorded_close(&bench.line);
}

static void test_it_is_refused(void **state)
{
	const struct recorded at_first[] = { { "GET", URL, NULL, 403, "Authorization failed for sendsms" },
					     { .method = NULL } };
	const struct recorded then[] = { GREETS,
					 { "GET", SENDS("0", "x"), NULL, 400, "Number \x1b[31mnot allowed" },
					 { .method = NULL } };
	const struct recorded odd[] = { { "GET", URL, NULL, 200, "<html>welcome</html>" }, { .method = NULL } };
	struct bench bench;

	(void)state;
	bench_open(&bench, "x");
	speak(&bench, at_first, NM_STEP_FAILED);
	assert_string_equal(bench.line.exchange.note, "Authorization failed for sendsms (403)");
	assert_false(bench.texted.asked);
	recorded_close(&bench.line);
	bench_open(&bench, "x");
	speak(&bench, then, NM_STEP_FAILED);
	assert_string_equal(bench.line.exchange.note, "Number  [31mnot allowed (400)");
	assert_false(bench.texted.asked || bench.texted.unsure);
	recorded_close(&bench.line);
	bench_open(&bench, "x");
	speak(&bench, odd, NM_STEP_FAILED);
	assert_false(bench.texted.asked);
	recorded_close(&bench.line);
}

static void test_nothing_is_asked_for_twice(void **state)
{
	const struct recorded nothing[] = { { .method = NULL } };
	const struct recorded garbage[] = { GREETS,
					    { "GET", SENDS("0", "x"), NULL, 200, "<html>ok</html>" },
					    { .method = NULL } };
	struct bench bench;

	(void)state;
	bench_open(&bench, "x");
	bench.texted.asked = true; /* by a conversation that was cut off */
	speak(&bench, nothing, NM_STEP_FAILED);
	assert_true(bench.texted.unsure);
	recorded_close(&bench.line);
	bench_open(&bench, "x");
	speak(&bench, garbage, NM_STEP_FAILED);
	assert_true(bench.texted.unsure);
	recorded_close(&bench.line);
}

/* A line whose calls should go through it is told what would be right. */
static void test_it_takes_no_calls(void **state)
{
	const struct recorded nothing[] = { { .method = NULL } };
	const struct nm_account account = { .name = "a" };
	struct nm_artefact artefact = { 0 };
	struct bench bench;
	struct nm_error err;

	(void)state;
	bench_open(&bench, "x");
	bench.line.exchange.operation = NM_OP_READ;
	speak(&bench, nothing, NM_STEP_FAILED);
	assert_string_equal(bench.line.exchange.note, "a gateway sends texts only: no calls go through it");
	assert_int_equal(bench.carrier->render(NULL, &account, 0, &artefact, &err), NM_INPUT);
	assert_string_equal(err.text, "account a sends texts only (driver gateway): put the line on the account that has "
				      "its calls, and name this one in section text_back");
	recorded_close(&bench.line);
}

static void test_its_accounts(void **state)
{
	static const char *const good[] = { "https://sms.example.org/x", "http://127.0.0.1:13013/cgi-bin/sendsms" };
	static const char *const bad[] = { "ftp://x", "sms.example.org", "https://x/?user=a", "https://a:b@x/" };
	struct nm_account account = { .name = "a", .driver = "gateway", .user = "u", .token_env = "X" };
	struct nm_error err;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		account.endpoint = good[i];
		assert_int_equal(nm_account_check(&account, &err), NM_OK);
	}
	for (size_t i = 0; i < 4; i++) {
		account.endpoint = bad[i];
		assert_int_equal(nm_account_check(&account, &err), NM_INPUT);
	}
	account.user = NULL;
	assert_int_equal(nm_account_check(&account, &err), NM_INPUT);
	assert_string_equal(err.text,
			    "account a: driver gateway needs `user`: user name of a sendsms-user of Kannel's");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_sends),
		cmocka_unit_test(test_its_requests),
		cmocka_unit_test(test_it_is_refused),
		cmocka_unit_test(test_nothing_is_asked_for_twice),
		cmocka_unit_test(test_it_takes_no_calls),
		cmocka_unit_test(test_its_accounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
