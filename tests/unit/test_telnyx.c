/* SPDX-License-Identifier: MIT */
/*
 * Telnyx: what a number's forwarding can hold of a plan, the conversations about it, and pushes to a carrier
 * that answers as Telnyx does, faults included.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "carrier_rig.h"
#include "push_rig.h"
#include "random_plan.h"
#include "recorded.h"

#define PLANS 40

#define HEAD                                                                                                 \
	"timezone = \"America/Chicago\"\ncountry = \"US\"\n"                                                 \
	"account telnyx { driver = telnyx token_env = \"TELNYX_KEY\" }\n"                                    \
	"line main { number = \"+15125550100\" account = telnyx handset = desk }\n"                          \
	"line over { number = \"+15125550101\" account = telnyx }\n"                                         \
	"schedule open { hours = \"Mo-Fr 08:00-18:00\" }\ncallers spam { numbers = anonymous }\n"            \
	"destination desk { kind = backup line = main own_voicemail = none }\n"                              \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s }\n"              \
	"destination ai { kind = ai number = \"+15125550177\" }\n"                                           \
	"destination box { kind = voicemail greeting = \"Leave a message\" }\n"                              \
	"path own { step { ring = desk for = 20s } step { ring = owner for = 15s } }\n"                      \
	"path one { step { ring = owner for = 15s } step { ring = ai } }\n"                                  \
	"path on { step { ring = over } }\npath mail { step { ring = box } }\n"
#define RULES(path) "rule spam { callers = spam reject = busy }\nrule all { path = " path " }\n"

#define NUMBERS                                                                                              \
	"https://api.telnyx.com/v2/phone_numbers?filter%5Bphone_number%5D=15125550100&page%5Bnumber"         \
	"%5D=1&page%5Bsize%5D=250"
#define VOICE "https://api.telnyx.com/v2/phone_numbers/1293384261075731499/voice"
#define FOUND                                                                                                \
	"{\"data\":[{\"id\":\"7\",\"phone_number\":\"+115125550100\"},"                                      \
	"{\"id\":\"8\",\"phone_number\":\"+15125550100\",\"status\":\"ported-out\"},"                        \
	"{\"id\":\"1293384261075731499\",\"phone_number\":\"+15125550100\",\"status\":\"active\"}],"         \
	"\"meta\":{\"page_number\":1,\"page_size\":250,\"total_pages\":1,\"total_results\":2}}"
#define SET(setting) "{\"data\":{\"record_type\":\"voice_settings\",\"call_forwarding\":" setting "}}"
#define ALWAYS                                                                                               \
	"{\"call_forwarding_enabled\":true,\"forwarding_type\":\"always\",\"forwards_to\""                   \
	":\"+15125550111\"}"
#define ON_FAILURE                                                                                           \
	"{\"call_forwarding_enabled\":true,\"forwarding_type\":\"on-failure\",\"forwards_to\""               \
	":\"+15125550111\"}"
#define OFF "{\"call_forwarding_enabled\":false}"

static const struct nm_carrier *telnyx(void)
{
	return nm_carrier_find("telnyx");
}

static void open_line(struct carrier_line *line, const char *text, const char *at)
{
	char *folder = random_folder_new();

	carrier_line_open(line, telnyx(), NULL, plan_of_text(text, folder), 0, at, 28);
	random_folder_free(folder);
}

static void assert_setting(const char *rules, const char *setting)
{
	struct carrier_line line;

	open_line(&line, rules, "2026-11-23 12:00");
	assert_null(line.refusal);
	assert_string_equal(nm_artefact_find(&line.artefact, "call_forwarding")->bytes, setting);
	assert_losses_tell_all(&line, telnyx());
	assert_lifts_back(&line, telnyx());
	carrier_line_close(&line);
}

static void test_what_a_number_is_told(void **state)
{
	(void)state;
	assert_setting(HEAD RULES("one"), ALWAYS);
	assert_setting(HEAD RULES("own"), ON_FAILURE);
	assert_setting(HEAD RULES("mail"), OFF);
	assert_setting(HEAD RULES("on"), "{\"call_forwarding_enabled\":true,\"forwarding_type\":\"always\","
					 "\"forwards_to\":\"+15125550101\"}");
	assert_setting(HEAD "rule all { reject = busy }\n", OFF);
}

/* It holds what is in force at the instant of the push, and the agent must push at each change. */
static void test_hours_are_pushed_one_by_one(void **state)
{
	static const char *const at[] = { "2026-11-23 12:00", "2026-11-23 18:00" };
	static const char *const settings[] = { ALWAYS, OFF };
	struct carrier_line line;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		open_line(&line, HEAD "rule open { during = open path = one }\nrule closed { path = mail }\n",
			  at[i]);
		assert_true(line.losses.needs_agent);
		assert_string_equal(nm_artefact_find(&line.artefact, "call_forwarding")->bytes, settings[i]);
		carrier_line_close(&line);
	}
}

static void assert_loss(const struct carrier_line *line, const char *text, const char *callers,
			const char *instead)
{
	for (size_t i = 0; i < line->losses.n; i++)
		if (strcmp(line->losses.items[i].text, text) == 0) {
			assert_string_equal(line->losses.items[i].callers, callers);
			assert_string_equal(line->losses.items[i].instead, instead);
			return;
		}
	for (size_t i = 0; i < line->losses.n; i++)
		print_message("  %s\n", line->losses.items[i].text);
	fail_msg("no loss says \"%s\"", text);
}

/* "Telnyx forwards to one number": all that it loses is said. */
static void test_losses(void **state)
{
	struct carrier_line line;

	(void)state;
	open_line(&line, HEAD RULES("one"), "2026-11-23 12:00");
	assert_int_equal(line.losses.n, 3);
	assert_loss(&line, "a ring time cannot be set (path one, step 1: owner)", "any other caller",
		    "it rings until the caller gives up or that phone's own voicemail takes the call");
	assert_loss(&line, "nothing behind it can be rung: this carrier goes no further (path one, step 2: ai)",
		    "any other caller", "nobody else is rung");
	assert_loss(&line, "callers cannot be told apart", "anonymous callers",
		    "they get what any other caller gets");
	carrier_line_close(&line);
	open_line(&line, HEAD RULES("own"), "2026-11-23 12:00");
	assert_loss(
		&line, "how long the line's own phone rings cannot be set (path own, step 1: desk)",
		"any other caller",
		"it rings until the caller gives up; what follows comes only when it declines or cannot be "
		"reached");
	carrier_line_close(&line);
	open_line(&line, HEAD "rule all { reject = busy }\n", "2026-11-23 12:00");
	assert_loss(&line, "a call cannot be rejected", "any caller",
		    "it reaches the line's own phone, or whatever else the carrier connects the number to");
	carrier_line_close(&line);
}

static void test_random_plans_are_kept(void **state)
{
	(void)state;
	assert_true(assert_carrier_keeps_plans(telnyx(), NULL, 7000, random_few(PLANS)) > (size_t)random_few(PLANS));
}

/* --- what was read --- */

static struct nm_artefact live_of(const char *setting)
{
	struct nm_artefact live = { 0 };
	struct carrier_line line;
	struct nm_error err;
	const struct nm_part *facts;

	open_line(&line, HEAD RULES("own"), "2026-11-23 12:00");
	facts = nm_artefact_find(&line.artefact, "facts");
	assert_int_equal(
		nm_artefact_add(&live, "call_forwarding", "application/json", setting, strlen(setting), &err),
		NM_OK);
	assert_int_equal(nm_artefact_add(&live, "facts", facts->type, facts->bytes, facts->len, &err), NM_OK);
	carrier_line_close(&line);
	return live;
}

static void assert_lifted(const char *setting, const char *words, const char *said)
{
	struct nm_artefact live = live_of(setting);
	struct nm_route *route = NULL;
	const char *foreign = NULL;
	struct nm_error err = { 0 };
	enum nm_code code = telnyx()->lift(&live, &route, &foreign, &err);
	struct nm_buf buf;

	if (said != NULL) {
		assert_null(route);
		assert_string_equal(code == NM_OK ? foreign : err.text, said);
	} else {
		assert_int_equal(code, NM_OK);
		assert_null(foreign);
		nm_buf_init(&buf, 4096);
		nm_treatment_words(nm_route_treatment(route, route->from, route->classes[0].witness, false),
				   &buf);
		assert_string_equal(buf.data, words);
		nm_buf_clear(&buf);
	}
	nm_route_free(route);
	nm_artefact_clear(&live);
}

static void test_what_others_set_is_read_or_named(void **state)
{
	(void)state;
	assert_lifted(OFF, "desk until the caller gives up", NULL);
	assert_lifted(ON_FAILURE, "desk until the caller gives up, on failure owner until the caller gives up", NULL);
	assert_lifted("{\"call_forwarding_enabled\":true,\"forwarding_type\":\"on_failure\",\"forwards_to\":"
		      "\"+13035559123\"}",
		      "desk until the caller gives up, on failure +13035559123 until the caller gives up", NULL);
	assert_lifted(
		"{\"call_forwarding_enabled\":true,\"forwarding_type\":\"always\",\"forwards_to\":\"\"}",
		"desk until the caller gives up", NULL);
	assert_lifted("{\"call_forwarding_enabled\":true,\"forwarding_type\":null,\"forwards_to\":null}",
		      "desk until the caller gives up", NULL);
	assert_lifted(
		"{\"call_forwarding_enabled\":true,\"forwarding_type\":\"at\\u0007night\",\"forwards_to\":"
		"\"+13035559123\"}",
		NULL, "calls are forwarded in a way that is not known here: at night, to +13035559123");
	assert_lifted("{\"call_forwarding_enabled\":true,\"forwarding_type\":\"always\",\"forwards_to\":"
		      "\"sip:x@y\"}",
		      NULL, "calls are forwarded to something that is no number: sip:x@y");
	assert_lifted("{\"call_forwarding_enabled\":1}", NULL,
		      "what it says of forwarding cannot be understood");
	assert_lifted("{\"call_forwarding_enabled\":true,\"forwards_to\":\"+13035559123\"}", NULL,
		      "what it says of forwarding cannot be understood");
	assert_lifted("[]", NULL, "what it says of forwarding cannot be understood");
}

static void test_damaged_settings_do_no_harm(void **state)
{
	struct nm_artefact live = live_of(ON_FAILURE);

	(void)state;
	recorded_damage_live(telnyx(), &live);
	nm_artefact_clear(&live);
}

/* --- conversations --- */

static void talking_open(struct recorded_line *t, enum nm_operation operation, const char *setting)
{
	recorded_open(t, operation, HEAD RULES("own"), live_of(setting));
}

static void test_reading(void **state)
{
	static const struct recorded talk[] = {
		{ "GET", NUMBERS, NULL, 200, FOUND },
		{ "GET", VOICE, NULL, 200,
		  SET("{\"call_forwarding_enabled\":true,\"forwards_to\":\"+15125550111\",\"forwarding_type\":"
		      "\"on_failure\",\"news\":1}") },
		{ 0 },
	};
	struct recorded_line t;
	struct nm_route *route;
	const char *foreign;
	struct nm_error err;

	(void)state;
	talking_open(&t, NM_OP_READ, OFF);
	assert_int_equal(recorded_speak(telnyx(), &t.exchange, talk), NM_STEP_DONE);
	assert_string_equal(nm_artefact_find(&t.exchange.live, "call_forwarding")->bytes, ON_FAILURE);
	assert_int_equal(telnyx()->lift(&t.exchange.live, &route, &foreign, &err), NM_OK);
	assert_null(foreign);
	nm_route_free(route);
	recorded_close(&t);
}

static void test_applying_and_removing(void **state)
{
	static const struct recorded apply[] = {
		{ "GET", NUMBERS, NULL, 200, FOUND },
		{ "GET", VOICE, NULL, 200, SET(OFF) },
		{ "PATCH", VOICE, "{\"call_forwarding\":" ALWAYS "}", 200, SET(ALWAYS) },
		{ 0 },
	};
	static const struct recorded remove[] = {
		{ "GET", NUMBERS, NULL, 200, FOUND },
		{ "GET", VOICE, NULL, 200, SET(ALWAYS) },
		{ "PATCH", VOICE, "{\"call_forwarding\":" OFF "}", 200, SET(OFF) },
		{ 0 },
	};
	struct recorded_line t;

	(void)state;
	talking_open(&t, NM_OP_APPLY, ALWAYS);
	assert_int_equal(recorded_speak(telnyx(), &t.exchange, apply), NM_STEP_DONE);
	recorded_close(&t);
	talking_open(&t, NM_OP_REMOVE, ALWAYS);
	assert_int_equal(recorded_speak(telnyx(), &t.exchange, remove), NM_STEP_DONE);
	recorded_close(&t);
}

/* The account's endpoint takes the place of Telnyx's; the secret is the transport's to put in. */
static void test_the_first_request(void **state)
{
	struct nm_account account = { .endpoint = "http://127.0.0.1:4013//" };
	struct nm_request request = { 0 };
	struct recorded_line t;

	(void)state;
	talking_open(&t, NM_OP_READ, OFF);
	t.exchange.account = &account;
	assert_int_equal(telnyx()->step(&t.exchange, NULL, &request), NM_STEP_SEND);
	assert_string_equal(request.url, "http://127.0.0.1:4013/phone_numbers?filter%5Bphone_number%5D="
					 "15125550100&page%5Bnumber%5D=1&page%5Bsize%5D=250");
	assert_int_equal(request.auth, NM_AUTH_BEARER);
	assert_true(request.repeatable);
	assert_int_equal(request.n_headers, 0);
	recorded_close(&t);
}

static void assert_ends(int status, const char *answer, const char *note)
{
	const struct recorded talk[] = { { "GET", NUMBERS, NULL, status, answer }, { 0 } };
	struct recorded_line t;

	talking_open(&t, NM_OP_APPLY, ALWAYS);
	assert_int_equal(recorded_speak(telnyx(), &t.exchange, talk), NM_STEP_FAILED);
	assert_string_equal(t.exchange.note, note);
	recorded_close(&t);
}

static void test_refusals_are_told_in_its_own_words(void **state)
{
	(void)state;
	assert_ends(
		401,
		"{\"errors\":[{\"code\":\"10009\",\"title\":\"Authentication failed\",\"detail\":\"No key "
		"found\\nmatching\"}]}",
		"Authentication failed: No key found matching (401)");
	assert_ends(404, "{\"errors\":[{\"title\":\"Not found\"}]}", "Not found (404)");
	assert_ends(422, "{\"errors\":[{\"detail\":\"wrong\"}]}", "wrong (422)");
	assert_ends(500, "<html>", "it answered 500 without a reason");
	assert_ends(403, "{\"errors\":{}}", "it answered 403 without a reason");
	assert_ends(302, "", "it answered 302 without a reason");
	assert_ends(0, "connection refused", "no answer: connection refused");
	assert_ends(200, "{\"data\":[",
		    "its answer cannot be read: not JSON: line 1: ']' expected near end of file");
	assert_ends(200, "{\"data\":{}}", "its answer is no list of numbers");
	assert_ends(200, "{\"data\":[]}", "the account has no number +15125550100");
	assert_ends(200, "{\"data\":[{\"phone_number\":15125550100}],\"meta\":{\"total_pages\":\"9\"}}",
		    "the account has no number +15125550100");
	assert_ends(200, "{\"data\":[{\"phone_number\":\"+15125550100\",\"id\":7}]}",
		    "its answer names no id for +15125550100");
	assert_ends(200, "{\"data\":[{\"phone_number\":\"+15125550100\",\"id\":\"../7\"}]}",
		    "its answer names no id for +15125550100");
	assert_ends(200,
		    "{\"data\":[{\"phone_number\":\"+15125550100\",\"id\":\"7\"},{\"phone_number\":"
		    "\"+15125550100\",\"id\":\"8\"}]}",
		    "the account has +15125550100 more than once: which is meant is not known");
}

/* Long words are cut, a huge answer is not read. */
static void test_much_is_cut(void **state)
{
	const size_t len = NM_ARTEFACT_BYTES + 1;
	char *huge = malloc(len + 1);
	struct nm_response response = { .status = 200, .body = huge, .len = len, .retry_after_s = -1 };
	struct nm_request request = { 0 };
	struct recorded_line t;

	(void)state;
	assert_non_null(huge);
	memset(huge, ' ', len);
	huge[len] = '\0';
	talking_open(&t, NM_OP_READ, OFF);
	assert_int_equal(telnyx()->step(&t.exchange, NULL, &request), NM_STEP_SEND);
	assert_int_equal(telnyx()->step(&t.exchange, &response, &request), NM_STEP_FAILED);
	assert_non_null(strstr(t.exchange.note, "longer than"));
	memcpy(huge, "{\"errors\":[{\"title\":\"", 21);
	memset(huge + 21, 'x', 1000);
	memcpy(huge + 1021, "\"}]}", 5);
	response.status = 400;
	response.len = strlen(huge);
	t.exchange.state = 1;
	assert_int_equal(telnyx()->step(&t.exchange, &response, &request), NM_STEP_FAILED);
	assert_int_equal(strlen(t.exchange.note), 240 + strlen("... (400)"));
	recorded_close(&t);
	free(huge);
}

/* Pages are followed up to the number, and given up when they do not end. */
static void test_pages(void **state)
{
	static const char more[] = "{\"data\":[{\"phone_number\":\"+15125550199\",\"id\":\"1\"}],\"meta\":"
				   "{\"total_pages\":100000}}";
	struct nm_response response = { .status = 200, .body = more, .len = sizeof(more) - 1 };
	struct nm_request request = { 0 };
	enum nm_step_result result;
	struct recorded_line t;
	int asked = 0;

	(void)state;
	talking_open(&t, NM_OP_READ, OFF);
	result = telnyx()->step(&t.exchange, NULL, &request);
	for (; result == NM_STEP_SEND && asked < 1000; asked++) {
		result = telnyx()->step(&t.exchange, &response, &request);
		if (asked == 0)
			assert_non_null(strstr(request.url, "page%5Bnumber%5D=2&"));
	}
	assert_int_equal(result, NM_STEP_FAILED);
	assert_int_equal(asked, 40);
	assert_string_equal(t.exchange.note,
			    "+15125550100 is not on the first 40 pages of the account's numbers");
	recorded_close(&t);
}

static void test_damaged_answers_do_no_harm(void **state)
{
	static const struct recorded talk[] = {
		{ "GET", NUMBERS, NULL, 200, FOUND },
		{ "GET", VOICE, NULL, 200, SET(ON_FAILURE) },
	};
	static const struct recorded refusal[] = {
		{ "GET", NUMBERS, NULL, 422,
		  "{\"errors\":[{\"title\":\"Wrong\",\"detail\":\"caf\xc3\xa9\"}]}" },
	};
	struct recorded_line t;

	(void)state;
	talking_open(&t, NM_OP_READ, OFF);
	recorded_damage(telnyx(), &t.exchange, talk, 0);
	recorded_damage(telnyx(), &t.exchange, talk, 1);
	recorded_damage(telnyx(), &t.exchange, refusal, 0);
	recorded_close(&t);
}

/* --- pushes --- */

/* A carrier that remembers, and refuses when told to. */
struct fake {
	char setting[256];
	int tag;
	bool pending;
	char method[8], url[256], body[512];
	int statuses[8]; /* of the next PATCHes; 0: as usual; the effect takes place on all but 429 */
	size_t patches;
	char answer[1024];
};

static enum nm_code fake_submit(void *context, int tag, const struct nm_request *request,
				struct nm_error *err)
{
	struct fake *fake = context;

	(void)err;
	assert_false(fake->pending);
	assert_string_equal(request->account->name, "telnyx");
	fake->pending = true;
	fake->tag = tag;
	assert_true(snprintf(fake->method, sizeof(fake->method), "%s", request->method) < 8);
	assert_true(snprintf(fake->url, sizeof(fake->url), "%s", request->url) < 256);
	assert_true(snprintf(fake->body, sizeof(fake->body), "%s",
			     request->body != NULL ? request->body : "") < 512);
	return NM_OK;
}

static int fake_patch(struct fake *fake)
{
	const int status = fake->patches < 8 ? fake->statuses[fake->patches] : 0;
	const size_t skip = strlen("{\"call_forwarding\":"), len = strlen(fake->body) - skip - 1;

	fake->patches++;
	assert_true(len < sizeof(fake->setting));
	if (status != 429) {
		memcpy(fake->setting, fake->body + skip, len);
		fake->setting[len] = '\0';
	}
	return status != 0 ? status : 200;
}

static enum nm_code fake_collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
				 struct nm_error *err)
{
	struct fake *fake = context;

	(void)timeout_ms;
	(void)err;
	*tag = -1;
	if (!fake->pending)
		return NM_OK;
	fake->pending = false;
	*tag = fake->tag;
	*response = (struct nm_response){ .status = 200, .retry_after_s = -1 };
	if (strcmp(fake->method, "PATCH") == 0)
		response->status = fake_patch(fake);
	if (response->status == 429)
		response->retry_after_s = 2;
	if (response->status != 200)
		snprintf(fake->answer, sizeof(fake->answer), "{\"errors\":[{\"title\":\"Too bad\"}]}");
	else if (strstr(fake->url, "/voice") != NULL)
		snprintf(fake->answer, sizeof(fake->answer), "{\"data\":{\"call_forwarding\":%s}}",
			 fake->setting);
	else
		snprintf(fake->answer, sizeof(fake->answer), "%s", FOUND);
	response->body = fake->answer;
	response->len = strlen(fake->answer);
	return NM_OK;
}

#define ONE_LINE                                                                                             \
	"timezone = \"America/Chicago\" country = \"US\"\naccount telnyx { driver = telnyx }\n"              \
	"line main { number = \"+15125550100\" account = telnyx }\n"                                         \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n"             \
	"path one { step { ring = owner } }\nrule all { path = one }\n"

static void push_through(struct fake *fake, const char *words, const char *setting)
{
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_error err;

	snprintf(fake->setting, sizeof(fake->setting), "%s", OFF);
	push_rig_open(&rig, ONE_LINE);
	rig.context.transport =
		(struct nm_transport){ .context = fake, .submit = fake_submit, .collect = fake_collect };
	assert_int_equal(push_rig_push(&rig, -1, &results, &err), NM_OK);
	assert_int_equal(results.n, 1);
	assert_string_equal(results.items[0].words, words);
	assert_string_equal(fake->setting, setting);
	nm_push_results_clear(&results);
	push_rig_close(&rig);
}

static void test_a_push_is_read_back(void **state)
{
	struct fake usual = { 0 }, slowed = { .statuses = { 429, 429 } }, late = { .statuses = { 500 } },
		    refusing = { .statuses = { 422 } };

	(void)state;
	push_through(&usual, "pushed, read back, same", ALWAYS);
	assert_int_equal(usual.patches, 1);
	push_through(&slowed, "pushed, read back, same", ALWAYS);
	assert_int_equal(slowed.patches, 3);
	push_through(&late, "pushed, read back, same", ALWAYS);
	assert_int_equal(late.patches, 2);
	/* It refused, and yet did it: what is read back counts. */
	push_through(&refusing, "pushed, read back, same", ALWAYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_number_is_told),
		cmocka_unit_test(test_hours_are_pushed_one_by_one),
		cmocka_unit_test(test_losses),
		cmocka_unit_test(test_random_plans_are_kept),
		cmocka_unit_test(test_what_others_set_is_read_or_named),
		cmocka_unit_test(test_damaged_settings_do_no_harm),
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_applying_and_removing),
		cmocka_unit_test(test_the_first_request),
		cmocka_unit_test(test_refusals_are_told_in_its_own_words),
		cmocka_unit_test(test_much_is_cut),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_damaged_answers_do_no_harm),
		cmocka_unit_test(test_a_push_is_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
