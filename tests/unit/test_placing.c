/* SPDX-License-Identifier: MIT */
/*
 * Test calls for real: that none is placed twice whatever goes wrong, that they are followed to their end, and
 * that what rang is held against the plan.  The other end is fake_calls.h; nothing here leaves the process.
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
#include "nevermiss/placing.h"
#include "push_rig.h"

#define STAY_S 90

/* clang-format off */
#define PLAN \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account twilio { driver = twilio sid = \"" FAKE_TWILIO_SID "\" }\n" \
	"account box { driver = sandbox }\n" \
	"line main { number = \"" FAKE_CALLS_LINE "\" account = twilio }\n" \
	"line side { number = \"" FAKE_CALLS_FROM "\" account = twilio }\n" \
	"line other { number = \"+15125550102\" account = box }\n" \
	"line far { number = \"+525512345678\" account = twilio }\n" \
	"line dear { number = \"+19005550123\" account = twilio }\n" \
	"callers spam { numbers = \"+15125550155\" }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s }\n" \
	"destination sam { kind = personal number = \"+15125550114\" own_voicemail = none }\n" \
	"destination office { kind = backup role = staff number = \"+15125550112\" own_voicemail = none }\n" \
	"destination box { kind = voicemail greeting = \"Smith here\" }\n"
#define DAY PLAN "path day { step { ring = owner for = 15s } step { ring = { office, sam } for = 20s } step { ring = box } }\n" \
	"rule all { path = day }\n"
#define CONFIRMED PLAN "path day { step { ring = owner for = 15s confirm = yes } step { ring = sam for = 20s } step { ring = box } }\n" \
	"rule all { path = day }\n"
#define ROUNDS PLAN "path day { rounds = 2 step { ring = owner for = 10s confirm = yes } step { ring = box } }\n" \
	"rule all { path = day }\n"
#define REJECTS PLAN "rule all { reject = busy }\n"

#define OWNER "+15125550111"
#define OFFICE "+15125550112"
#define SAM "+15125550114"
/* clang-format on */

/* Nobody takes it, and the mailbox does. */
static const struct fake_leg to_mailbox[] = {
	{ OWNER, "no-answer", 1, 19, 0, 0 },
	{ OFFICE, "busy", 21, 1, 0, 0 },
	{ SAM, "no-answer", 21, 22, 0, 0 },
};
static const struct fake_leg to_sam[] = {
	{ OWNER, "no-answer", 1, 15, 0, 0 },
	{ OFFICE, "canceled", 17, 7, 0, 0 },
	{ SAM, "completed", 17, 7, 12, 0 },
};

struct bench {
	struct push_rig rig;
	struct fake_calls twilio;
	struct nm_placing_result result;
	struct nm_placed_view view;
	struct nm_error err;
};

/* A Twilio that was never asked for anything. */
static void begin(struct bench *bench, const struct fake_leg *legs, size_t n)
{
	nm_placed_view_clear(&bench->view);
	nm_placing_result_clear(&bench->result);
	fake_calls_clear(&bench->twilio);
	bench->twilio.clock = bench->rig.context.now;
	bench->twilio.comes_s = 2;
	bench->twilio.lasts_s = 60;
	bench->twilio.legs = legs;
	bench->twilio.n_legs = n;
}

static void bench_open(struct bench *bench, const char *plan, const struct fake_leg *legs, size_t n)
{
	*bench = (struct bench){ 0 };
	push_rig_open(&bench->rig, plan);
	bench->rig.context.transport = fake_calls_transport(&bench->twilio);
	begin(bench, legs, n);
}

static void bench_close(struct bench *bench)
{
	nm_placed_view_clear(&bench->view);
	nm_placing_result_clear(&bench->result);
	fake_calls_clear(&bench->twilio);
	push_rig_close(&bench->rig);
}

static enum nm_code place(struct bench *bench)
{
	return nm_placing_call(&bench->rig.context, 0, 15125550199, STAY_S, &bench->result, &bench->err);
}

static void assert_placed(struct bench *bench)
{
	if (place(bench) != NM_OK)
		fail_msg("%s\n%s", bench->err.text, bench->twilio.log);
	assert_int_equal(bench->twilio.made, 1);
}

static void look(struct bench *bench)
{
	const struct nm_call call = { .at = bench->rig.context.now,
				      .caller = { .number = 15125550199 },
				      .script = { .hangup_s = -1 } };

	if (nm_placed_view(bench->rig.plan, &call, &bench->result.placed, 5, &bench->view, &bench->err) !=
	    NM_OK)
		fail_msg("%s", bench->err.text);
}

/* A call with these legs on that plan differs like this: sentences with "; " between them. */
static void assert_differs(const char *plan, const struct fake_leg *legs, size_t n, const char *words)
{
	struct bench bench;
	struct nm_buf said;

	bench_open(&bench, plan, legs, n);
	assert_placed(&bench);
	look(&bench);
	nm_buf_init(&said, 65536);
	for (size_t i = 0; i < bench.view.n_differences; i++)
		nm_buf_addf(&said, "%s%s", i > 0 ? "; " : "", bench.view.differences[i]);
	assert_string_equal(said.data, words);
	nm_buf_clear(&said);
	bench_close(&bench);
}

/* --- placing and following --- */

static void test_a_call(void **state)
{
	struct bench bench;
	const struct nm_placed *placed = &bench.result.placed;

	(void)state;
	bench_open(&bench, DAY, to_mailbox, 3);
	assert_placed(&bench);
	assert_string_equal(
		bench.twilio.form,
		"From=%2B15125550199&Timeout=90&To=%2B15125550100&Twiml=%3CResponse%3E%3CPause%20length%3D%2290"
		"%22%2F%3E%3CHangup%2F%3E%3C%2FResponse%3E");
	assert_true(placed->ended);
	assert_int_equal(placed->caller.end, NM_LEG_ANSWERED);
	assert_int_equal(placed->line.end, NM_LEG_ANSWERED);
	assert_int_equal(placed->n, 3);
	assert_string_equal(placed->legs[0].to, OWNER);
	assert_int_equal(placed->legs[0].end, NM_LEG_NO_ANSWER);
	assert_int_equal(placed->legs[0].rang_s, 19);
	assert_int_equal(placed->legs[0].began - placed->line.began, 1);
	assert_int_equal(placed->legs[2].rang_s, 22);
	/* It ended after 62 s, and was looked at a few times more. */
	assert_true(bench.twilio.now_ms >= 62000 && bench.twilio.now_ms <= 78000);
	look(&bench);
	assert_int_equal(bench.view.n_differences, 0);
	assert_int_equal(bench.view.answered, -1);
	assert_string_equal(bench.view.legs[2].party->name, "sam");
	assert_int_equal(bench.view.told->outcome.result, NM_TO_VOICEMAIL);
	bench_close(&bench);
}

static void test_somebody_answers(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, DAY, to_sam, 3);
	bench.twilio.lasts_s = 37;
	assert_placed(&bench);
	look(&bench);
	assert_int_equal(bench.view.n_differences, 0);
	assert_string_equal(bench.view.legs[bench.view.answered].party->name, "sam");
	assert_int_equal(bench.view.seconds, 24);
	assert_string_equal(bench.view.told->outcome.answered_by, "sam");
	assert_int_equal(bench.view.told->outcome.seconds, 22);
	bench_close(&bench);
}

/* Twilio's clock, or ours, may be wrong by hours; times may be left out; lists have pages; legs come late. */
static void test_as_it_may_be_told(void **state)
{
	static const int skews[] = { -7200, 0, 7200 };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		for (size_t page = 0; page < 3; page++) {
			struct fake_leg legs[3];
			struct bench bench;

			memcpy(legs, to_mailbox, sizeof(legs));
			legs[2].shows_s = 40;
			bench_open(&bench, DAY, legs, 3);
			bench.twilio.clock += skews[i];
			bench.twilio.page_size = page;
			bench.twilio.earlier = true;
			bench.twilio.no_end_time = page == 1;
			assert_placed(&bench);
			look(&bench);
			if (bench.view.n_differences > 0)
				fail_msg("%s", bench.view.differences[0]);
			assert_int_equal(bench.view.n, 3);
			bench_close(&bench);
		}
}

static void test_a_call_that_does_not_come(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, DAY, NULL, 0);
	bench.twilio.comes_s = -1;
	bench.twilio.status = "busy";
	bench.twilio.lasts_s = 2;
	assert_placed(&bench);
	look(&bench);
	assert_int_equal(bench.view.n_differences, 1);
	assert_string_equal(bench.view.differences[0],
			    "the call did not come to the line: the carrier calls it busy");
	bench_close(&bench);
}

static void test_a_call_without_end(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, DAY, to_mailbox, 1);
	bench.twilio.lasts_s = 100000;
	assert_placed(&bench);
	assert_false(bench.result.placed.ended);
	look(&bench);
	assert_int_equal(bench.view.n_differences, 1);
	assert_string_equal(bench.view.differences[0],
			    "the call was not over after 153 s: what came then is not known");
	bench_close(&bench);
}

static void assert_fails(struct bench *bench, const char *words)
{
	if (place(bench) != NM_CARRIER || strcmp(bench->err.text, words) != 0)
		fail_msg("%s\n%s", bench->err.text, bench->twilio.log);
}

static void test_refusals_at_twilio(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, DAY, NULL, 0);
	bench.twilio.foreign_number = true;
	assert_fails(&bench, "no call was placed: the account has no number +15125550199 that could call");
	bench_close(&bench);
	bench_open(&bench, DAY, NULL, 0);
	bench.twilio.earlier = bench.twilio.still = true;
	assert_fails(&bench,
		     "no call was placed: a call from +15125550199 to +15125550100 is under way already "
		     "(CA000000000000000000000000000000e1)");
	assert_int_equal(bench.twilio.asked, 0);
	bench_close(&bench);
	bench_open(&bench, DAY, NULL, 0);
	bench.twilio.fault = FAKE_REFUSED;
	bench.twilio.fault_at = 3;
	assert_fails(&bench, "no call was placed: Bad  [31m parameter , Twilio's error 20001 (400)");
	bench_close(&bench);
}

/* --- never twice --- */

/* What happened to the request is not known: the call is looked for, late as it may be listed. */
static void test_a_call_that_is_looked_for(void **state)
{
	static const enum fake_fault faults[] = { FAKE_DONE_BROKEN, FAKE_SILENT, FAKE_GARBAGE, FAKE_CUT,
						  FAKE_TYPES };

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct bench bench;

		bench_open(&bench, DAY, to_mailbox, 3);
		bench.twilio.earlier = true;
		bench.twilio.listed_s = 14;
		bench.twilio.fault = faults[i];
		bench.twilio.fault_at = 3;
		assert_placed(&bench);
		assert_int_equal(bench.twilio.asked, 1);
		assert_string_equal(bench.result.placed.caller.id, "CA000000000000000000000000000000c1");
		look(&bench);
		assert_int_equal(bench.view.n_differences, 0);
		bench_close(&bench);
	}
}

static void test_a_call_that_is_not_found(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, DAY, NULL, 0);
	bench.twilio.earlier = bench.twilio.deaf = true;
	bench.twilio.fault = FAKE_BROKEN;
	bench.twilio.fault_at = 3;
	assert_fails(
		&bench,
		"whether the call was placed is not certain, and no second one was: it shows no such call: "
		"probably it made none");
	assert_int_equal(bench.twilio.asked, 1);
	bench_close(&bench);
}

static void test_too_many_requests(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, DAY, to_mailbox, 3);
	bench.twilio.fault = FAKE_BUSY;
	bench.twilio.fault_at = 3;
	bench.twilio.fault_times = 2;
	assert_placed(&bench);
	assert_int_equal(bench.twilio.asked, 3); /* a 429 says that nothing was done */
	bench_close(&bench);
	bench_open(&bench, DAY, to_mailbox, 3);
	bench.twilio.fault = FAKE_BUSY;
	bench.twilio.fault_at = 3;
	bench.twilio.fault_times = 9;
	assert_fails(&bench,
		     "no call was placed: Too Many Requests, Twilio's error 20429 (429); asked 5 times: try "
		     "again later");
	bench_close(&bench);
}

/* Every fault at every request, once and often: one call at the most (fake_calls.c fails at a second one), and
 * either it is followed to its end or the words say what is known of it. */
static void test_any_fault_at_any_request(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, DAY, to_mailbox, 3);
	for (int fault = FAKE_BUSY; fault <= FAKE_TYPES; fault++)
		for (int at = 1; at <= 12; at++)
			for (int times = 1; times <= 9; times += 8) {
				begin(&bench, to_mailbox, 3);
				bench.twilio.fault = (enum fake_fault)fault;
				bench.twilio.fault_at = at;
				bench.twilio.fault_times = times;
				if (place(&bench) == NM_OK)
					assert_true(bench.result.placed.ended);
				else if (bench.twilio.made > 0)
					assert_true(strstr(bench.err.text, "the call was placed (CA") ==
							    bench.err.text ||
						    strstr(bench.err.text, "whether the call was") ==
							    bench.err.text);
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
	bench_open(&bench, DAY, to_sam, 3);
	for (int at = 1; at <= 8; at++)
		for (size_t i = 0; i < 2000; i += 7) {
			begin(&bench, to_sam, 3);
			bench.twilio.earlier = true;
			bench.twilio.page_size = 2;
			bench.twilio.fault_at = at;
			bench.twilio.damaged = i;
			bench.twilio.damage = bytes[i % sizeof(bytes)];
			if (place(&bench) == NM_OK)
				look(&bench);
		}
	bench_close(&bench);
}

static bool stops(void *context)
{
	struct bench *bench = context;

	return bench->twilio.now_ms < 20000;
}

static void test_a_stop_key(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, DAY, to_mailbox, 3);
	bench.rig.context.idle = stops;
	bench.rig.context.progress_context = &bench;
	assert_fails(
		&bench,
		"the call was placed (CA000000000000000000000000000000c1) and ends by itself after 90 s at "
		"most, but was not followed to its end: stopped");
	assert_true(bench.twilio.now_ms < 21000);
	bench_close(&bench);
}

/* --- against the plan --- */

static void test_what_differs(void **state)
{
	static const struct fake_leg nobody[] = { { NULL, NULL, 0, 0, 0, 0 } };
	static const struct fake_leg swapped[] = { { OFFICE, "busy", 1, 1, 0, 0 },
						   { SAM, "no-answer", 1, 20, 0, 0 },
						   { OWNER, "no-answer", 22, 15, 0, 0 } };
	static const struct fake_leg stranger[] = { { OWNER, "no-answer", 1, 15, 0, 0 },
						    { "+15125550177", "completed", 17, 5, 9, 0 } };
	static const struct fake_leg times[] = { { OWNER, "no-answer", 1, 22, 0, 0 },
						 { OFFICE, "no-answer", 24, 21, 0, 0 },
						 { SAM, "no-answer", 24, 9, 0, 0 } };
	static const struct fake_leg goes_on[] = { { OWNER, "completed", 1, 6, 10, 0 },
						   { SAM, "no-answer", 18, 20, 0, 0 } };

	(void)state;
	assert_differs(
		DAY, nobody, 0,
		"owner was not rung, whom step 1 of the path rings; office was not rung, whom step 2 of the path "
		"rings; sam was not rung, whom step 2 of the path rings");
	assert_differs(DAY, swapped, 3, "sam rang before owner, whom the plan rings earlier");
	assert_differs(
		DAY, stranger, 2,
		"office was not rung, whom step 2 of the path rings; sam was not rung, whom step 2 of the path "
		"rings; +15125550177 rang, whom the plan does not ring then");
	assert_differs(
		DAY, times, 3,
		"owner rang for 22 s, which the plan rings for 15 s; sam rang for 9 s only, which the plan rings "
		"for 20 s (unless it was declined)");
	assert_differs(DAY, goes_on, 2, "+15125550114 rang, whom the plan does not ring then");
	assert_differs(REJECTS, nobody, 0, "the carrier took the call, which the plan rejects");
}

/* Who must press 1 and does not has picked up, and others ring: that is as planned. */
static void test_press_1(void **state)
{
	static const struct fake_leg not_pressed[] = { { OWNER, "completed", 1, 6, 8, 0 },
						       { SAM, "completed", 15, 4, 20, 0 } };
	static const struct fake_leg pressed[] = { { OWNER, "completed", 1, 6, 30, 0 } };
	static const struct fake_leg rounds[] = { { OWNER, "no-answer", 1, 10, 0, 0 },
						  { OWNER, "completed", 12, 5, 20, 0 } };

	(void)state;
	assert_differs(CONFIRMED, not_pressed, 2, "");
	assert_differs(CONFIRMED, pressed, 1, "");
	assert_differs(ROUNDS, rounds, 2, "");
}

/* The plan says of a phone's own voicemail that it takes the call; the real call says that it does not. */
static void test_an_own_voicemail(void **state)
{
	static const struct fake_leg busy[] = { { OWNER, "busy", 1, 1, 0, 0 },
						{ OFFICE, "no-answer", 3, 20, 0, 0 },
						{ SAM, "completed", 3, 6, 9, 0 } };

	(void)state;
	assert_differs(DAY, busy, 3,
		       "told what the phones did, the simulation ends with owner; really sam took the call");
}

/* --- what may be called --- */

static void assert_refused(const struct push_rig *rig, int line, nm_number from, enum nm_code code,
			   const char *words)
{
	struct nm_error err = { 0 };

	assert_int_equal(nm_placing_check(rig->plan, line, from, &err), code);
	assert_string_equal(err.text, words);
}

static void test_what_may_be_called(void **state)
{
	struct push_rig rig;

	(void)state;
	push_rig_open(&rig, DAY);
	assert_refused(&rig, 0, 15125550199, NM_OK, "");
	assert_refused(&rig, 0, 0, NM_INPUT,
		       "another number of account twilio must call: name it with --from");
	assert_refused(
		&rig, 0, 15125550100, NM_INPUT,
		"+1 512 555 0100 cannot call itself: name another number of account twilio with --from");
	assert_refused(&rig, 2, 15125550199, NM_REFUSED,
		       "the driver sandbox of account box cannot place calls; these can: twilio");
	assert_refused(
		&rig, 3, 15125550199, NM_REFUSED,
		"+52 551 234 5678 is in MX: only the plan's own country and those of `allow` are called");
	assert_refused(&rig, 4, 15125550199, NM_REFUSED,
		       "+1 900 555 0123 is a premium number: it is not called");
	push_rig_close(&rig);
}

static void test_how_long_the_caller_stays(void **state)
{
	struct nm_treatment_step steps[] = { { .for_s = 15, .n = 1 },
					     { .for_s = 99, .n = 0 },
					     { .ring_time = NM_RING_HANDOVER, .n = 1 } };
	struct nm_treatment treatment = { .greeting_s = 4, .n = 3, .steps = steps };

	(void)state;
	assert_int_equal(nm_placing_stay_s(&treatment, 5), 4 + 15 + 5 + 60 + 5 + 20);
	steps[0].for_s = 3000;
	assert_int_equal(nm_placing_stay_s(&treatment, 5), 600);
	treatment.n = 0;
	assert_int_equal(nm_placing_stay_s(&treatment, 5), 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_call),
		cmocka_unit_test(test_somebody_answers),
		cmocka_unit_test(test_as_it_may_be_told),
		cmocka_unit_test(test_a_call_that_does_not_come),
		cmocka_unit_test(test_a_call_without_end),
		cmocka_unit_test(test_refusals_at_twilio),
		cmocka_unit_test(test_a_call_that_is_looked_for),
		cmocka_unit_test(test_a_call_that_is_not_found),
		cmocka_unit_test(test_too_many_requests),
		cmocka_unit_test(test_any_fault_at_any_request),
		cmocka_unit_test(test_damaged_answers),
		cmocka_unit_test(test_a_stop_key),
		cmocka_unit_test(test_what_differs),
		cmocka_unit_test(test_press_1),
		cmocka_unit_test(test_an_own_voicemail),
		cmocka_unit_test(test_what_may_be_called),
		cmocka_unit_test(test_how_long_the_caller_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
