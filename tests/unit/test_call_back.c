/* SPDX-License-Identifier: MIT */
/*
 * Calling a customer back: who is rung and put through to whom, whom nobody may call, that no call is placed twice or
 * without a deed that says so.  The other end is fake_calls.h; nothing here leaves the process.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_calls.h"
#include "nevermiss/call_back.h"
#include "push_rig.h"

#define CUSTOMER "+15125550142"
#define CUSTOMER_NUMBER UINT64_C(15125550142)
#define OWNER_NUMBER UINT64_C(15125550100)

/* clang-format off */
#define PLAN(asks, owner) \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account twilio { driver = twilio sid = \"" FAKE_TWILIO_SID "\" " asks " }\n" \
	"account sandbox { driver = sandbox }\n" \
	"account hand { driver = manual }\n" \
	"line main { number = \"" FAKE_CALLS_FROM "\" account = twilio }\n" \
	"line play { number = \"+15125550102\" account = sandbox }\n" \
	"line old { number = \"+15125550103\" account = hand }\n" \
	"callers spam { numbers = \"+15125550155\" }\n" \
	"schedule never { hours = \"off\" }\n" \
	"destination owner { kind = personal number = \"" FAKE_CALLS_LINE "\" own_voicemail = 18s " owner " }\n" \
	"destination sam { kind = personal number = \"+15125550114\" own_voicemail = none }\n" \
	"destination gone { kind = personal number = \"+15125550115\" hours = never }\n" \
	"destination mexico { kind = personal number = \"+525512345678\" }\n" \
	"destination agency { kind = backup role = answering-service number = \"+15125550116\" }\n" \
	"destination fixly { kind = ai number = \"+15125550177\" }\n" \
	"destination mailbox { kind = voicemail greeting = \"Smith here\" }\n"
#define DAY(asks, owner) PLAN(asks, owner) \
	"path day { step { ring = gone for = 10s } step { ring = agency for = 10s } step { ring = owner for = 15s }" \
	" step { ring = fixly } }\n" \
	"path out { step { ring = fixly } }\n" \
	"rule blocked { callers = spam reject = busy }\n" \
	"rule play { lines = play path = out }\n" \
	"rule all { path = day }\n"
/* clang-format on */
#define WHISPER "whisper = \"https://ask.example/it\""

static const struct fake_leg reached[] = { { CUSTOMER, "completed", 1, 8, 300, 0 } };
static const struct fake_leg unanswered[] = { { CUSTOMER, "no-answer", 1, 30, 0, 0 } };

struct bench {
	struct push_rig rig;
	struct fake_calls twilio;
	struct nm_arena *arena;
	struct nm_followup followup;
	enum nm_call_back_end end;
	struct nm_error err;
};

static void begin(struct bench *bench, const struct fake_leg *legs, size_t n)
{
	fake_calls_clear(&bench->twilio);
	bench->twilio.clock = bench->rig.context.now;
	bench->twilio.puts_through = true;
	bench->twilio.comes_s = 5;
	bench->twilio.lasts_s = 400;
	bench->twilio.legs = legs;
	bench->twilio.n_legs = n;
}

static void read_again(struct bench *bench, int64_t id)
{
	if (nm_store_followup_get(bench->rig.store, id, bench->arena, &bench->followup, &bench->err) != NM_OK)
		fail_msg("%s", bench->err.text);
}

/* One lead, of the customer. */
static void bench_lead(struct bench *bench, const char *line)
{
	const struct nm_followup lead = { .channel = NM_CHANNEL_WEB,
					  .number = CUSTOMER_NUMBER,
					  .line = line,
					  .opened = bench->rig.context.now };
	int64_t id;

	if (nm_store_followup_add(bench->rig.store, &lead, &id, &bench->err) != NM_OK)
		fail_msg("%s", bench->err.text);
	read_again(bench, id);
}

static void bench_open_plan(struct bench *bench, const char *plan, const char *line, const struct fake_leg *legs, size_t n)
{
	*bench = (struct bench){ .arena = nm_arena_new() };
	push_rig_open(&bench->rig, plan);
	bench->rig.context.who = "pat";
	bench_lead(bench, line);
	if (strcmp(line, "main") == 0)
		bench->rig.context.transport = fake_calls_transport(&bench->twilio);
	begin(bench, legs, n);
}

static void bench_open(struct bench *bench, const char *line, const struct fake_leg *legs, size_t n)
{
	bench_open_plan(bench, DAY("", ""), line, legs, n);
}

static void bench_close(struct bench *bench)
{
	fake_calls_clear(&bench->twilio);
	push_rig_close(&bench->rig);
	nm_arena_free(bench->arena);
}

static enum nm_code place(struct bench *bench)
{
	struct nm_call_back call;
	enum nm_code code = nm_call_back_plan(bench->rig.plan, &bench->followup, -1, bench->rig.context.now,
					      &call, &bench->err);

	if (code == NM_OK)
		code = nm_call_back_place(&bench->rig.context, &call, &bench->end, &bench->err);
	read_again(bench, bench->followup.id);
	return code;
}

static void assert_ends(struct bench *bench, enum nm_call_back_end end)
{
	if (place(bench) != NM_OK)
		fail_msg("%s\n%s", bench->err.text, bench->twilio.log);
	assert_int_equal(bench->end, end);
}

static void assert_deed(const struct bench *bench, size_t i, enum nm_deed_kind kind, const char *words)
{
	assert_true(i < bench->followup.n_deeds);
	assert_int_equal(bench->followup.deeds[i].kind, kind);
	assert_string_equal(bench->followup.deeds[i].who, "pat");
	if (words != NULL)
		assert_string_equal(bench->followup.deeds[i].words, words);
	else
		assert_null(bench->followup.deeds[i].words);
}

#define ATTEMPT "calls back from line main: owner is rung, then the customer"

static void do_deed(struct bench *bench, const struct nm_deed *deed)
{
	assert_int_equal(nm_store_followup_deed(bench->rig.store, bench->followup.id, deed, &bench->err), NM_OK);
	read_again(bench, bench->followup.id);
}

/* --- the call --- */

static void test_a_customer_is_reached(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "main", reached, 1);
	assert_ends(&bench, NM_CALL_BACK_REACHED);
	/* 18 s until the owner's voicemail, of which Twilio may ring up to 5 s longer than told. */
	assert_string_equal(
		bench.twilio.form,
		"From=%2B15125550199&Timeout=12&To=%2B15125550100&Twiml=%3CResponse%3E%3CDial%20callerId%3D"
		"%22%2B15125550199%22%20timeout%3D%2230%22%3E%3CNumber%3E%2B15125550142%3C%2FNumber%3E%3C"
		"%2FDial%3E%3C%2FResponse%3E");
	assert_int_equal(bench.twilio.made, 1);
	/* The call goes on; nobody waits for its end. */
	assert_in_range(bench.twilio.now_ms, 14000, 18000);
	assert_int_equal(bench.followup.n_deeds, 2);
	assert_deed(&bench, 0, NM_DEED_NOTED, ATTEMPT);
	assert_deed(&bench, 1, NM_DEED_REACHED, NULL);
	assert_int_equal(bench.followup.end, NM_FOLLOWUP_OPEN);
	assert_int_equal(bench.followup.first_try, bench.rig.context.now);
	assert_int_equal(bench.followup.tries, 0);
	bench_close(&bench);
}

/* Nothing is due of who was reached, until they ring again, or the owner's voicemail turns out to have been it. */
static void test_what_is_due_after_it(void **state)
{
	const struct nm_deed back = { .who = "pat", .kind = NM_DEED_REOPENED };
	struct nm_followup again;
	struct bench bench;

	(void)state;
	bench_open(&bench, "main", reached, 1);
	assert_int_equal(nm_followup_due(bench.rig.plan, &bench.followup).next, NM_NEXT_CALL);
	assert_ends(&bench, NM_CALL_BACK_REACHED);
	assert_true(nm_followup_awaits_end(&bench.followup));
	assert_int_equal(nm_followup_due(bench.rig.plan, &bench.followup).next, NM_NEXT_NONE);
	again = bench.followup;
	again.newest = again.reached + 1;
	assert_int_equal(nm_followup_due(bench.rig.plan, &again).next, NM_NEXT_CALL);
	assert_int_equal(nm_store_followup_deed(bench.rig.store, bench.followup.id, &back, &bench.err),
			 NM_OK);
	read_again(&bench, bench.followup.id);
	assert_int_equal(bench.followup.reached, 0);
	assert_int_equal(bench.followup.first_try, 0);
	assert_int_equal(nm_followup_due(bench.rig.plan, &bench.followup).next, NM_NEXT_CALL);
	bench_close(&bench);
}

/* Of those who were reached and then tried again the newest deed decides, as it was written: seconds and clocks do not. */
static void test_who_does_not_answer_after_it(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "main", reached, 1);
	assert_ends(&bench, NM_CALL_BACK_REACHED);
	for (nm_time later = -60; later <= 60; later += 60) {
		const nm_time at = bench.rig.context.now + later;
		const struct nm_deed tried = { .at = at, .who = "pat", .kind = NM_DEED_TRIED };
		const struct nm_deed back = { .at = at, .who = "pat", .kind = NM_DEED_REOPENED };
		const struct nm_deed talked = { .at = at, .who = "pat", .kind = NM_DEED_REACHED };

		do_deed(&bench, &tried);
		assert_false(nm_followup_awaits_end(&bench.followup));
		do_deed(&bench, &back);
		assert_true(nm_followup_awaits_end(&bench.followup));
		do_deed(&bench, &tried);
		do_deed(&bench, &talked);
		assert_true(nm_followup_awaits_end(&bench.followup));
	}
	bench_close(&bench);
}

static void test_a_customer_does_not_answer(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "main", unanswered, 1);
	assert_ends(&bench, NM_CALL_BACK_NO_ANSWER);
	assert_int_equal(bench.followup.n_deeds, 2);
	assert_deed(&bench, 1, NM_DEED_TRIED, NULL);
	assert_int_equal(bench.followup.tries, 1);
	bench_close(&bench);
}

static void test_nobody_is_there_to_call_back(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "main", NULL, 0);
	bench.twilio.status = "no-answer";
	bench.twilio.comes_s = 12;
	bench.twilio.lasts_s = 0;
	assert_ends(&bench, NM_CALL_BACK_NOBODY);
	assert_deed(&bench, 1, NM_DEED_NOTED,
		    "who should call back did not take it: the customer was not rung");
	assert_int_equal(bench.followup.tries, 0);
	bench_close(&bench);
}

/* Is the customer's phone in what the call says itself, or with whoever is asked to press 1? */
static void assert_asks(const char *plan, bool asks)
{
	struct bench bench;

	bench_open_plan(&bench, plan, "main", reached, 1);
	assert_ends(&bench, NM_CALL_BACK_REACHED);
	assert_int_equal(strstr(bench.twilio.form, "%3CDial") == NULL, asks);
	assert_int_equal(strstr(bench.twilio.form, "%3CGather%20action%3D%22https%3A%2F%2Fask.example%2Fit%3Fstep%3Dback"
						   "%26amp%3Bto%3D%252B15125550142%26amp%3Btimeout%3D30%22") != NULL,
			 asks);
	assert_int_equal(strstr(bench.twilio.form, "%3CHangup%2F%3E%3C%2FResponse%3E") != NULL, asks);
	bench_close(&bench);
}

/* Whose calls are confirmed is asked before the customer is rung, where the account has a document that takes the key. */
static void test_who_is_asked_to_press_1(void **state)
{
	(void)state;
	assert_asks(DAY(WHISPER, "confirm = yes"), true);
	assert_asks(DAY(WHISPER, ""), false);
	assert_asks(DAY("", "confirm = yes"), false);
}

/* A voicemail presses nothing. */
static void test_nobody_presses_1(void **state)
{
	struct bench bench;

	(void)state;
	bench_open_plan(&bench, DAY(WHISPER, "confirm = yes"), "main", NULL, 0);
	bench.twilio.lasts_s = 12;
	assert_ends(&bench, NM_CALL_BACK_NOBODY);
	assert_int_equal(bench.followup.tries, 0);
	bench_close(&bench);
}

static void test_the_sandbox_plays_it(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "play", NULL, 0);
	assert_ends(&bench, NM_CALL_BACK_REACHED);
	assert_deed(&bench, 0, NM_DEED_NOTED, "calls back from line play: owner is rung, then the customer");
	assert_int_equal(bench.rig.sent, 1);
	bench_close(&bench);
}

/* --- never twice, and never without a deed --- */

static bool is_told(const struct bench *bench)
{
	const struct nm_followup *followup = &bench->followup;

	return followup->n_deeds == 2 && followup->deeds[1].kind == NM_DEED_NOTED &&
	       strcmp(followup->deeds[1].words, bench->err.text) == 0;
}

/* A customer of its own for each, so that each has its own deeds. */
static void begin_anew(struct bench *bench, const struct fake_leg *legs, size_t n)
{
	begin(bench, legs, n);
	bench_lead(bench, "main");
}

/* Every fault at every request, once and often: one call at the most (fake_calls.c fails at a second one), and a deed
 * that says what the command says. */
static void test_any_fault_at_any_request(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "main", reached, 1);
	for (int fault = FAKE_BUSY; fault <= FAKE_TYPES; fault++)
		for (int at = 1; at <= 9; at++)
			for (int times = 1; times <= 9; times += 8) {
				begin_anew(&bench, reached, 1);
				bench.twilio.fault = (enum fake_fault)fault;
				bench.twilio.fault_at = at;
				bench.twilio.fault_times = times;
				if (place(&bench) == NM_OK) {
					assert_int_equal(bench.end, NM_CALL_BACK_REACHED);
					assert_deed(&bench, 1, NM_DEED_REACHED, NULL);
					continue;
				}
				assert_true(is_told(&bench));
				if (bench.twilio.made > 0)
					assert_null(strstr(bench.err.text, "no call was placed"));
				for (const char *c = bench.err.text; *c != '\0'; c++)
					assert_true((unsigned char)*c >= ' ');
			}
	bench_close(&bench);
}

/* Any byte of any answer may be another one. */
static void test_damaged_answers(void **state)
{
	static const char bytes[] = { '\0', '"', '}', ']', ',', '9', 'x', '\n', '\xff' };
	struct bench bench;

	(void)state;
	bench_open(&bench, "main", unanswered, 1);
	for (int at = 1; at <= 6; at++)
		for (size_t i = 0; i < 500; i += 11) {
			begin_anew(&bench, unanswered, 1);
			bench.twilio.earlier = true;
			bench.twilio.fault_at = at;
			bench.twilio.damaged = i;
			bench.twilio.damage = bytes[i % sizeof(bytes)];
			if (place(&bench) != NM_OK)
				assert_true(is_told(&bench));
			assert_in_range(bench.followup.n_deeds, 2, 3);
		}
	bench_close(&bench);
}

/* Somebody else has just clicked: the same two are on the line. */
static void test_a_call_under_way(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "main", reached, 1);
	bench.twilio.earlier = bench.twilio.still = true;
	assert_int_equal(place(&bench), NM_CARRIER);
	assert_string_equal(
		bench.err.text,
		"no call was placed: a call from +15125550199 to +15125550100 is under way already "
		"(CA000000000000000000000000000000e1)");
	assert_true(is_told(&bench));
	assert_int_equal(bench.twilio.asked, 0);
	bench_close(&bench);
}

static bool stops(void *context)
{
	const struct bench *bench = context;

	return bench->twilio.now_ms < 4000;
}

static void test_a_stop_key(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "main", reached, 1);
	bench.rig.context.idle = stops;
	bench.rig.context.progress_context = &bench;
	assert_int_equal(place(&bench), NM_CARRIER);
	assert_string_equal(
		bench.err.text,
		"the call was placed (CA000000000000000000000000000000c1), but what became of it is not "
		"known: stopped");
	assert_true(is_told(&bench));
	bench_close(&bench);
}

/* What was planned may be done no more: nobody is rung. */
static void test_what_has_changed_meanwhile(void **state)
{
	const struct nm_deed ended = { .who = "sam", .kind = NM_DEED_ENDED, .end = NM_FOLLOWUP_BOOKED };
	struct nm_call_back call;
	struct bench bench;

	(void)state;
	bench_open(&bench, "main", reached, 1);
	assert_int_equal(nm_call_back_plan(bench.rig.plan, &bench.followup, -1, bench.rig.context.now, &call,
					   &bench.err),
			 NM_OK);
	call.customer++;
	assert_int_equal(nm_call_back_place(&bench.rig.context, &call, &bench.end, &bench.err), NM_INPUT);
	assert_string_equal(bench.err.text, "follow-up 1 is about another number by now");
	call.customer--;
	assert_int_equal(nm_store_followup_deed(bench.rig.store, call.followup, &ended, &bench.err), NM_OK);
	assert_int_equal(nm_call_back_place(&bench.rig.context, &call, &bench.end, &bench.err), NM_INPUT);
	assert_string_equal(bench.err.text, "follow-up 1 has ended (booked): reopen it first");
	assert_int_equal(bench.twilio.sent, 0);
	bench_close(&bench);
}

/* --- what may be called, and who calls --- */

static void assert_refused(struct bench *bench, int destination, enum nm_code code, const char *words)
{
	struct nm_call_back call;

	assert_int_equal(nm_call_back_plan(bench->rig.plan, &bench->followup, destination,
					   bench->rig.context.now, &call, &bench->err),
			 code);
	assert_string_equal(bench->err.text, words);
}

static void test_whom_nobody_may_call(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "main", NULL, 0);
	bench.followup.number = 0;
	assert_refused(&bench, -1, NM_INPUT, "follow-up 1 has no number that could be called");
	bench.followup.number = UINT64_C(15125550155);
	assert_refused(&bench, -1, NM_REFUSED,
		       "a rule rejects calls of +1 512 555 0155: it is not called back");
	bench.followup.number = UINT64_C(19005550123);
	assert_refused(&bench, -1, NM_REFUSED, "+1 900 555 0123 is a premium number: it is not called");
	bench.followup.number = UINT64_C(525512345679);
	assert_refused(
		&bench, -1, NM_REFUSED,
		"+52 551 234 5679 is in MX: only the plan's own country and those of `allow` are called");
	bench.followup.number = OWNER_NUMBER;
	assert_refused(&bench, -1, NM_REFUSED, "+1 512 555 0100 is a number of the plan's own");
	bench.followup.number = UINT64_C(15125550102);
	assert_refused(&bench, -1, NM_REFUSED, "+1 512 555 0102 is a number of the plan's own");
	bench.followup.number = CUSTOMER_NUMBER;
	bench.followup.end = NM_FOLLOWUP_BOOKED;
	assert_refused(&bench, -1, NM_INPUT, "follow-up 1 has ended (booked): reopen it first");
	bench_close(&bench);
}

static void test_through_whom_nobody_can_call(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "main", NULL, 0);
	bench.followup.line = "old";
	assert_refused(
		&bench, -1, NM_REFUSED,
		"the driver manual of line old cannot put people through; these can: sandbox, twilio; `from` in "
		"section follow_up names the line to call back from");
	bench.followup.line = "main";
	assert_refused(&bench, nm_plan_find_destination(bench.rig.plan, "fixly"), NM_INPUT,
		       "fixly is nobody of the business with a number that could be rung");
	assert_refused(
		&bench, nm_plan_find_destination(bench.rig.plan, "mexico"), NM_REFUSED,
		"+52 551 234 5678 is in MX: only the plan's own country and those of `allow` are called");
	bench_close(&bench);
}

static void assert_person(struct bench *bench, int destination, const char *line, const char *name,
			  int rung_s)
{
	struct nm_call_back call;

	bench->followup.line = line;
	if (nm_call_back_plan(bench->rig.plan, &bench->followup, destination, bench->rig.context.now, &call,
			      &bench->err) != NM_OK)
		fail_msg("%s", bench->err.text);
	assert_string_equal(bench->rig.plan->destinations[call.destination].name, name);
	assert_int_equal(call.person, bench->rig.plan->destinations[call.destination].number);
	assert_int_equal(call.person_s, rung_s);
}

static void test_who_calls_back(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "main", NULL, 0);
	/* Who is out of their hours is not rung, and an answering service does not call back. */
	assert_person(&bench, -1, "main", "owner", 12);
	/* Where a machine takes the calls it is the plan's first person. */
	assert_person(&bench, -1, "play", "owner", 17);
	assert_person(&bench, nm_plan_find_destination(bench.rig.plan, "sam"), "main", "sam", 20);
	/* The line that was called is gone from the plan, or was never told: the first that can. */
	assert_person(&bench, -1, "sold", "owner", 12);
	assert_person(&bench, -1, NULL, "owner", 12);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_customer_is_reached),
		cmocka_unit_test(test_what_is_due_after_it),
		cmocka_unit_test(test_who_does_not_answer_after_it),
		cmocka_unit_test(test_a_customer_does_not_answer),
		cmocka_unit_test(test_nobody_is_there_to_call_back),
		cmocka_unit_test(test_who_is_asked_to_press_1),
		cmocka_unit_test(test_nobody_presses_1),
		cmocka_unit_test(test_the_sandbox_plays_it),
		cmocka_unit_test(test_any_fault_at_any_request),
		cmocka_unit_test(test_damaged_answers),
		cmocka_unit_test(test_a_call_under_way),
		cmocka_unit_test(test_a_stop_key),
		cmocka_unit_test(test_what_has_changed_meanwhile),
		cmocka_unit_test(test_whom_nobody_may_call),
		cmocka_unit_test(test_through_whom_nobody_can_call),
		cmocka_unit_test(test_who_calls_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
