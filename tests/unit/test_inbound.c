/* SPDX-License-Identifier: MIT */
/*
 * Texts that came to lines: as carriers list them, kept once each, and what they say of who wants none is known before
 * the next text is sent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/carrier/inbound.h"
#include "core/carrier/sandbox.h"
#include "nevermiss/forget.h"
#include "nevermiss/inbound.h"
#include "nevermiss/optout.h"
#include "nevermiss/text_back.h"
#include "nevermiss/texting.h"
#include "numbers.h"
#include "push_rig.h"
#include "recorded.h"

#define SID "AC00000000000000000000000000000000"
#define CUSTOMER 15125550111u
#define DAY_1 1767571200 /* 2026-01-05T00:00:00Z */

/* --- as carriers list them --- */

/* clang-format off */
#define PLAN(account) \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account a { " account " }\nline main { number = \"+15125550100\" account = a }\n" \
	"destination owner { kind = personal number = \"+15125550112\" own_voicemail = none }\n" \
	"path day { step { ring = owner } }\nrule all { path = day }\n"
/* clang-format on */

struct bench {
	struct recorded_line line;
	struct nm_inbound inbound;
	const struct nm_carrier *carrier;
};

static void bench_open(struct bench *bench, const char *driver, const char *plan)
{
	*bench = (struct bench){ .carrier = nm_carrier_find(driver) };
	recorded_open(&bench->line, NM_OP_INBOUND, plan, (struct nm_artefact){ 0 });
	bench->inbound = (struct nm_inbound){ .since = DAY_1, .now = DAY_1 + 3600 };
	bench->line.exchange.inbound = &bench->inbound;
	assert_true(bench->carrier->traits.inbound);
}

static void speak(struct bench *bench, const struct recorded *talk, enum nm_step_result result)
{
	for (size_t i = 0; talk[i].method != NULL; i++)
		recorded_damage(bench->carrier, &bench->line.exchange, talk, i);
	if (recorded_speak(bench->carrier, &bench->line.exchange, talk) != result)
		fail_msg("%s", bench->line.exchange.note);
}

static void is_text(const struct nm_inbound_text *text, const char *id, const char *from, const char *body, nm_time at)
{
	assert_string_equal(text->id, id);
	assert_string_equal(text->from, from);
	assert_string_equal(text->body, body);
	assert_int_equal(text->at, at);
}

#define MESSAGES "https://api.twilio.com/2010-04-01/Accounts/" SID "/Messages.json"
#define SM "SM0000000000000000000000000000000"
#define CAME(sid, from, body, direction)                                                                        \
	"{\"sid\":\"" sid "\",\"from\":\"" from "\",\"to\":\"+15125550100\",\"body\":\"" body                   \
	"\",\"direction\":\"" direction "\",\"date_sent\":\"Mon, 05 Jan 2026 00:10:00 +0000\"}"

/* Two pages; what was sent, what went to somebody else, and what is no text is left out. */
static void test_twilio(void **state)
{
	const struct recorded talk[] = {
		{ "GET", MESSAGES "?To=%2B15125550100&DateSent%3E=2026-01-05&PageSize=1000", NULL, 200,
		  "{\"messages\":[" CAME(SM "1", "+15125550111", "STOP\\n\\u001b[31m", "inbound") "," CAME(
			  SM "2", "+15125550100", "ours", "outbound-api") ",{\"to\":\"+15125550100\"},"
		  "{\"sid\":\"" SM "4\",\"from\":\"+15125550111\",\"to\":\"+15125550109\",\"body\":\"\"}],"
		  "\"next_page_uri\":\"/2010-04-01/Accounts/" SID "/Messages.json?Page=1\"}" },
		{ "GET", MESSAGES "?Page=1", NULL, 200,
		  "{\"messages\":[" CAME(SM "3", "262966", "caf\\u00e9", "inbound") "],\"next_page_uri\":null}" },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	bench_open(&bench, "twilio", PLAN("driver = twilio sid = \"" SID "\""));
	speak(&bench, talk, NM_STEP_DONE);
	assert_int_equal(bench.inbound.n, 2);
	assert_int_equal(bench.inbound.odd, 1);
	is_text(&bench.inbound.items[0], SM "1", "+15125550111", "STOP  [31m", DAY_1 + 600);
	is_text(&bench.inbound.items[1], SM "3", "262966", "caf\xc3\xa9", DAY_1 + 600);
	recorded_close(&bench.line);
}

static void test_a_page_that_names_itself(void **state)
{
	static const char page[] =
		"{\"messages\":[],\"next_page_uri\":\"/2010-04-01/Accounts/" SID "/Messages.json?Page=1\"}";
	const struct recorded talk[] = {
		{ "GET", MESSAGES "?To=%2B15125550100&DateSent%3E=2026-01-05&PageSize=1000", NULL, 200, page },
		{ "GET", MESSAGES "?Page=1", NULL, 200, page },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	bench_open(&bench, "twilio", PLAN("driver = twilio sid = \"" SID "\""));
	speak(&bench, talk, NM_STEP_FAILED);
	assert_string_equal(bench.line.exchange.note,
			    "its list has no end: a page names itself as the next one");
	recorded_close(&bench.line);
}

#define VOIPMS "https://voip.ms/api/v1/rest.php"
#define GET_SMS(from, to)                                                                                       \
	"api_username=pat&method=getSMS&did=5125550100&type=1&from=" from "&to=" to "&limit=1000&timezone=0"

static void test_voipms(void **state)
{
	const struct recorded talk[] = {
		{ "POST", VOIPMS, GET_SMS("2026-01-04", "2026-01-06"), 200,
		  "{\"status\":\"success\",\"sms\":[{\"id\":\"111\",\"date\":\"2026-01-05 00:10:00\",\"type\":\"1\","
		  "\"did\":\"5125550100\",\"contact\":\"5125550111\",\"message\":\"Stop.\"},"
		  "{\"id\":112,\"type\":0,\"contact\":\"5125550111\",\"message\":\"ours\"},"
		  "{\"id\":\"../x\",\"contact\":\"5125550111\",\"message\":\"odd\"}]}" },
		{ .method = NULL },
	};
	const struct recorded none[] = {
		{ "POST", VOIPMS, GET_SMS("2026-01-04", "2026-01-06"), 200, "{\"status\":\"no_sms\"}" },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	bench_open(&bench, "voipms", PLAN("driver = voipms user = \"pat\""));
	speak(&bench, talk, NM_STEP_DONE);
	assert_int_equal(bench.inbound.n, 1);
	assert_int_equal(bench.inbound.odd, 1);
	is_text(&bench.inbound.items[0], "111", "+15125550111", "Stop.", DAY_1 + 600);
	recorded_close(&bench.line);
	bench_open(&bench, "voipms", PLAN("driver = voipms user = \"pat\""));
	speak(&bench, none, NM_STEP_DONE);
	assert_int_equal(bench.inbound.n, 0);
	recorded_close(&bench.line);
}

/* An answer of VoIP.ms with so many texts. */
static char *many(size_t n)
{
	struct nm_buf out;

	nm_buf_init(&out, 1 << 20);
	nm_buf_add(&out, "{\"status\":\"success\",\"sms\":[");
	for (size_t i = 0; i < n; i++)
		nm_buf_addf(&out, "%s{\"id\":%zu,\"contact\":\"5125550111\",\"message\":\"x\"}", i > 0 ? "," : "", i);
	nm_buf_add(&out, "]}");
	assert_false(out.failed);
	return nm_buf_take(&out);
}

/* Full answers make it ask for less, and a day that is too full is told, and passed by. */
static void test_voipms_full_answers(void **state)
{
	char *full = many(1000), *less = many(999);
	const struct recorded halves[] = {
		{ "POST", VOIPMS, GET_SMS("2026-01-04", "2026-02-03"), 200, full },
		{ "POST", VOIPMS, GET_SMS("2026-01-04", "2026-01-20"), 200, less },
		{ "POST", VOIPMS, GET_SMS("2026-01-18", "2026-02-03"), 200, less },
		{ "POST", VOIPMS, GET_SMS("2026-02-01", "2026-02-04"), 200, less },
		{ .method = NULL },
	};
	const struct recorded flood[] = {
		{ "POST", VOIPMS, GET_SMS("2026-01-04", "2026-01-07"), 200, full },
		{ "POST", VOIPMS, GET_SMS("2026-01-04", "2026-01-07"), 200, full },
		{ "POST", VOIPMS, GET_SMS("2026-01-04", "2026-01-07"), 200, full },
		{ "POST", VOIPMS, GET_SMS("2026-01-04", "2026-01-07"), 200, full },
		{ "POST", VOIPMS, GET_SMS("2026-01-04", "2026-01-07"), 200, full },
		{ "POST", VOIPMS, GET_SMS("2026-01-05", "2026-01-07"), 200, less },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	for (int i = 0; i < 2; i++) {
		bench_open(&bench, "voipms", PLAN("driver = voipms user = \"pat\""));
		bench.inbound.now = DAY_1 + (i == 0 ? 29 : 1) * NM_DAY + 60;
		if (recorded_speak(bench.carrier, &bench.line.exchange, i == 0 ? halves : flood) != NM_STEP_DONE)
			fail_msg("%s", bench.line.exchange.note);
		assert_int_equal(bench.inbound.full, i == 1);
		assert_int_equal(bench.inbound.n, i == 0 ? 3 * 999 : 1000 + 999);
		recorded_close(&bench.line);
	}
	free(full);
	free(less);
}

/* Beyond what is kept an opt-out has a place still, and what has none is told. */
static void test_a_flood(void **state)
{
	struct nm_inbound_text text = { .id = "1", .from = "+15125550111", .body = "buy" };
	struct bench bench;

	(void)state;
	bench_open(&bench, "voipms", PLAN("driver = voipms user = \"pat\""));
	for (size_t i = 0; i < NM_INBOUND_MAX; i++)
		assert_true(nm_inbound_add(&bench.line.exchange, &text));
	assert_false(bench.inbound.full);
	text.body = "Stop!";
	assert_true(nm_inbound_add(&bench.line.exchange, &text));
	assert_int_equal(bench.inbound.n, NM_INBOUND_MAX + 1);
	assert_string_equal(bench.inbound.items[NM_INBOUND_MAX].body, "Stop!");
	assert_false(bench.inbound.full);
	text.body = "buy";
	assert_true(nm_inbound_add(&bench.line.exchange, &text));
	assert_true(bench.inbound.full);
	text.body = "STOP";
	for (size_t i = 1; i <= NM_INBOUND_STOPS; i++)
		assert_true(nm_inbound_add(&bench.line.exchange, &text));
	assert_int_equal(bench.inbound.n, NM_INBOUND_MAX + NM_INBOUND_STOPS);
	recorded_close(&bench.line);
}

/* --- into the store --- */

static const char plan[] = PUSH_HEAD PUSH_RULES;

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static void receive(struct push_rig *rig, const char *line, const char *from, const char *body)
{
	const struct nm_sandbox_inbound text = { .from = from, .body = body, .at = rig->context.now };
	struct nm_error err;

	ok(nm_store_sandbox_inbound_add(rig->store, line_text(rig->plan, line), &text, &err), &err);
}

static size_t kept(struct push_rig *rig)
{
	struct nm_inbound_entries entries;
	struct nm_error err;
	size_t n;

	ok(nm_store_inbound(rig->store, 99, &entries, &err), &err);
	n = entries.n;
	nm_inbound_entries_clear(&entries);
	return n;
}

/* What was fresh, of all lines. */
static size_t read_all(struct push_rig *rig, size_t *optouts)
{
	struct nm_inbound_reading reading;
	struct nm_error err;
	size_t fresh = 0;

	*optouts = 0;
	ok(nm_inbound_read(&rig->context, &reading, &err), &err);
	for (size_t i = 0; i < reading.n; i++) {
		fresh += reading.lines[i].fresh;
		*optouts += reading.lines[i].optouts;
	}
	nm_inbound_reading_clear(&reading);
	return fresh;
}

static enum nm_code send_text(struct push_rig *rig, bool customer, struct nm_error *err)
{
	const struct nm_outgoing outgoing = {
		.to = CUSTOMER, .body = "Smith: hello", .why = "test", .customer = customer
	};
	struct nm_outbox outbox = { 0 };
	enum nm_code code = nm_texting_send(&rig->context, &outgoing, &outbox, err);

	nm_outbox_clear(&outbox);
	return code;
}

static void test_each_is_kept_once(void **state)
{
	struct push_rig rig;
	size_t optouts;

	(void)state;
	push_rig_open(&rig, plan);
	receive(&rig, "main", "+15125550111", "call me");
	receive(&rig, "front desk/2", "+15125550112", "stop!");
	receive(&rig, "main", "262966", "STOP");
	assert_int_equal(read_all(&rig, &optouts), 3);
	assert_int_equal(optouts, 1);
	push_rig_restart(&rig);
	assert_int_equal(read_all(&rig, &optouts), 0);
	receive(&rig, "main", "+15125550111", "call me");
	assert_int_equal(read_all(&rig, &optouts), 1);
	assert_int_equal(kept(&rig), 4);
	push_rig_close(&rig);
}

static size_t floods(struct push_rig *rig, nm_time since, struct nm_inbound_flood *first)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_inbound_flood *items;
	struct nm_error err;
	size_t n;

	assert_non_null(arena);
	ok(nm_store_inbound_floods(rig->store, since, arena, &items, &n, &err), &err);
	if (n > 0)
		*first = items[0];
	nm_arena_free(arena);
	return n;
}

/* What may be missing stays so when later readings find all: the last time that it came to that is known. */
static void test_a_flood_is_remembered(void **state)
{
	struct nm_inbound_flood flood;
	struct push_rig rig;
	struct nm_error err;
	size_t optouts;
	nm_time first;

	(void)state;
	push_rig_open(&rig, plan);
	first = rig.context.now;
	ok(nm_store_begin(rig.store, &err), &err);
	for (size_t i = 0; i <= NM_SANDBOX_INBOUND_LISTED; i++)
		receive(&rig, "main", "+15125550111", "call me");
	ok(nm_store_commit(rig.store, &err), &err);
	receive(&rig, "front desk/2", "+15125550111", "call me");
	assert_int_equal(floods(&rig, NM_TIME_MIN, &flood), 0);
	assert_int_equal(read_all(&rig, &optouts), NM_SANDBOX_INBOUND_LISTED + 1);
	assert_int_equal(floods(&rig, first, &flood), 1);
	assert_int_equal(flood.number, rig.plan->lines[nm_plan_find_line(rig.plan, "main")].number);
	assert_int_equal(flood.at, first);
	assert_int_equal(floods(&rig, first + 1, &flood), 0);
	rig.context.now += 3600; /* within the day that is read again */
	read_all(&rig, &optouts);
	assert_int_equal(floods(&rig, NM_TIME_MIN, &flood), 1);
	assert_int_equal(flood.at, first + 3600);
	rig.context.now += 3 * NM_DAY;
	push_rig_restart(&rig);
	assert_int_equal(floods(&rig, first + 3600, &flood), 1);
	push_rig_close(&rig);
}

/* Who was forgotten after a text came leaves no text, but what it said holds. */
static void test_the_stop_of_a_forgotten_number(void **state)
{
	enum nm_optout_how how = NM_OPTOUT_TOLD;
	struct push_rig rig;
	struct nm_error err;
	size_t optouts;
	bool found, whole;

	(void)state;
	push_rig_open(&rig, plan);
	ok(nm_store_forget(rig.store, CUSTOMER, rig.context.now + 1, &whole, &err), &err);
	receive(&rig, "main", "+15125550111", "STOP");
	for (int i = 0; i < 2; i++) { /* the second time nothing is new */
		assert_int_equal(read_all(&rig, &optouts), 0);
		assert_int_equal(optouts, i == 0);
	}
	assert_int_equal(kept(&rig), 0);
	ok(nm_store_optout_find(rig.store, CUSTOMER, &found, &how, &err), &err);
	assert_true(found);
	assert_int_equal(how, NM_OPTOUT_REPLY);
	assert_int_equal(send_text(&rig, true, &err), NM_REFUSED);
	push_rig_close(&rig);
}

/* A STOP to one line, right before a text leaves from the other. */
static void test_it_is_read_before_a_customer_gets_a_text(void **state)
{
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, plan);
	ok(send_text(&rig, true, &err), &err);
	receive(&rig, "front desk/2", "+15125550111", " Opt-Out ");
	ok(send_text(&rig, false, &err), &err); /* nobody has read it yet */
	assert_int_equal(send_text(&rig, true, &err), NM_REFUSED);
	assert_string_equal(err.text, "+1 512 555 0111 wants no texts, as it answered: none is sent any more, from no line");
	assert_int_equal(send_text(&rig, false, &err), NM_REFUSED);
	push_rig_close(&rig);
}

/* What a killed run left for a customer waits for that customer's word like a new text; the owner's does not. */
static void test_it_is_read_before_what_was_left(void **state)
{
	static const struct {
		const char *why;
		enum nm_outbox_state end;
	} cases[] = { { NM_TEXT_BACK, NM_OUTBOX_REFUSED }, { NM_FOLLOWUP_TEXT, NM_OUTBOX_REFUSED }, { "test", NM_OUTBOX_SENT } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nm_outbox_text text = { .line = "main", .account = "sandbox", .driver = "sandbox",
					       .from = "+15125550100", .to = "+15125550111", .body = "Smith: hello",
					       .why = cases[i].why, .state = NM_OUTBOX_WAITING };
		int64_t id;
		const struct nm_finishing finishing = { .ids = &id, .n = 1 };
		const bool customer = cases[i].end == NM_OUTBOX_REFUSED;
		struct nm_outbox outbox;
		struct push_rig rig;
		struct nm_error err;

		push_rig_open(&rig, plan);
		text.at = rig.context.now;
		ok(nm_store_outbox_add(rig.store, &text, &id, &err), &err);
		receive(&rig, "front desk/2", "+15125550111", "STOP");
		ok(nm_store_sandbox_fail(rig.store, line_text(rig.plan, "front desk/2"), "refuse 1", &err), &err);
		if (customer)
			assert_int_equal(nm_texting_finish(&rig.context, &finishing, &outbox, &err), NM_CARRIER);
		ok(nm_texting_finish(&rig.context, &finishing, &outbox, &err), &err);
		assert_int_equal(outbox.n, 1);
		assert_int_equal(outbox.items[0].state, cases[i].end);
		assert_int_equal(kept(&rig), customer);
		nm_outbox_clear(&outbox);
		push_rig_close(&rig);
	}
}

/* Whether a customer wants none is not known then. */
static void test_what_cannot_be_read_stops_texts(void **state)
{
	struct nm_outbox outbox;
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, plan);
	ok(nm_store_sandbox_fail(rig.store, line_text(rig.plan, "front desk/2"), "refuse 1", &err), &err);
	assert_int_equal(send_text(&rig, true, &err), NM_CARRIER);
	assert_string_equal(err.text, "nothing is sent, for somebody may want no texts: the texts that came to line front desk/2 "
				      "could not be read: the sandbox was told to refuse (403)");
	ok(nm_store_outbox(rig.store, false, 9, &outbox, &err), &err);
	assert_int_equal(outbox.n, 0);
	nm_outbox_clear(&outbox);
	ok(send_text(&rig, true, &err), &err);
	push_rig_close(&rig);
}

/* Texts go when the plan says so, and a list that has them still does not bring them back; who wants none stays known. */
static void test_retention(void **state)
{
	struct nm_expired expired;
	enum nm_optout_how how;
	struct push_rig rig;
	struct nm_error err;
	size_t optouts;
	bool found;

	(void)state;
	push_rig_open(&rig, "retention = 4w\n" PUSH_HEAD PUSH_RULES);
	receive(&rig, "main", "+15125550111", "STOP");
	read_all(&rig, &optouts);
	rig.context.now += 28 * NM_DAY;
	receive(&rig, "main", "+15125550112", "hello");
	read_all(&rig, &optouts);
	assert_int_equal(kept(&rig), 2);
	rig.context.now++;
	ok(nm_expire(rig.store, rig.plan, rig.context.now, &expired, &err), &err);
	assert_int_equal(expired.texts, 1);
	assert_int_equal(kept(&rig), 1);
	ok(nm_store_inbound_until_put(rig.store, 15125550100u, "sandbox", NM_TIME_MIN + NM_DAY, &err), &err);
	assert_int_equal(read_all(&rig, &optouts), 0);
	assert_int_equal(kept(&rig), 1);
	ok(nm_store_optout_find(rig.store, CUSTOMER, &found, &how, &err), &err);
	assert_true(found);
	push_rig_close(&rig);
}

/* A quiet hour writes nothing, and a clock that was ahead is believed no longer than it was. */
static void test_how_far_was_read(void **state)
{
	struct push_rig rig;
	struct nm_error err;
	nm_time first, until;
	size_t optouts;
	uint64_t changes;

	(void)state;
	push_rig_open(&rig, plan);
	first = rig.context.now;
	read_all(&rig, &optouts);
	changes = nm_store_changes(rig.store);
	rig.context.now += 3599;
	read_all(&rig, &optouts);
	assert_true(nm_store_changes(rig.store) == changes);
	rig.context.now++;
	read_all(&rig, &optouts);
	ok(nm_store_inbound_until(rig.store, 15125550100u, "sandbox", &until, &err), &err);
	assert_int_equal(until, first + 3600);
	rig.context.now++;
	receive(&rig, "main", "+15125550111", "hello");
	read_all(&rig, &optouts);
	ok(nm_store_inbound_until(rig.store, 15125550100u, "sandbox", &until, &err), &err);
	assert_int_equal(until, first + 3601);
	rig.context.now = first;
	read_all(&rig, &optouts);
	ok(nm_store_inbound_until(rig.store, 15125550100u, "sandbox", &until, &err), &err);
	assert_int_equal(until, first);
	push_rig_close(&rig);
}

/* Telnyx lists none: it is told, and not asked. */
static void test_a_carrier_without_a_list(void **state)
{
	struct nm_inbound_reading reading;
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PLAN("driver = telnyx"));
	ok(nm_inbound_read(&rig.context, &reading, &err), &err);
	assert_int_equal(reading.n, 1);
	assert_false(reading.lines[0].listed);
	assert_int_equal(rig.sent, 0);
	nm_inbound_reading_clear(&reading);
	push_rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twilio),
		cmocka_unit_test(test_a_page_that_names_itself),
		cmocka_unit_test(test_voipms),
		cmocka_unit_test(test_voipms_full_answers),
		cmocka_unit_test(test_a_flood),
		cmocka_unit_test(test_each_is_kept_once),
		cmocka_unit_test(test_a_flood_is_remembered),
		cmocka_unit_test(test_the_stop_of_a_forgotten_number),
		cmocka_unit_test(test_it_is_read_before_a_customer_gets_a_text),
		cmocka_unit_test(test_it_is_read_before_what_was_left),
		cmocka_unit_test(test_what_cannot_be_read_stops_texts),
		cmocka_unit_test(test_retention),
		cmocka_unit_test(test_how_far_was_read),
		cmocka_unit_test(test_a_carrier_without_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
