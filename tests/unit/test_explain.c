/* SPDX-License-Identifier: MIT */
/*
 * Explaining a call: what the plan plays, written down as a carrier's record, is as planned; and each way in which a call
 * can part from the plan is found where it does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/explain.h"
#include "random_plan.h"
#include "record.h"

/* clang-format off */
static const char smith[] =
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"
	"account box { driver = sandbox }\naccount tel { driver = telnyx }\n"
	"line main { number = \"+15125550100\" account = box }\n"
	"line spare { number = \"+15125550101\" account = tel }\n"
	"schedule business { hours = \"Mo-Fr 08:00-18:00\" }\n"
	"callers spam { numbers = { \"+1900*\" } }\n"
	"destination owner { kind = personal number = \"+15125550111\" confirm = yes own_voicemail = 25s }\n"
	"destination sam { kind = personal number = \"+15125550114\" own_voicemail = none }\n"
	"destination pat { kind = personal number = \"+15125550115\" own_voicemail = 20s }\n"
	"destination office { kind = backup number = \"+15125550112\" own_voicemail = none }\n"
	"destination fixly { kind = ai number = \"+15125550177\" }\n"
	"destination mailbox { kind = voicemail greeting = \"Smith.\" }\n"
	"path day { step { ring = owner for = 15s } step { ring = { office, sam } for = 15s }\n"
	"  step { ring = fixly for = 10s } step { ring = mailbox } }\n"
	"path night { step { ring = fixly for = 10s } step { ring = mailbox } }\n"
	"rule spam { callers = spam reject = busy }\n"
	"rule open { lines = main during = business path = day }\nrule closed { path = night }\n";

#define OWNER "+15125550111"
#define SAM "+15125550114"
#define PAT "+15125550115"
#define OFFICE "+15125550112"
#define FIXLY "+15125550177"
#define T INT64_C(1767621600) /* Monday 2026-01-05 08:00 in Chicago */
#define OPEN (T + 7200)
#define NIGHT (T - 7200)
/* clang-format on */

static char *folder;
static struct nm_plan *plan;
static struct nm_store *store;
static struct nm_explainer *explainer;
static struct nm_arena *arena;

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static int setup(void **state)
{
	char file[512];
	struct nm_error err;

	(void)state;
	folder = random_folder_new();
	plan = plan_of_text(smith, folder);
	arena = nm_arena_new();
	assert_non_null(arena);
	assert_true(snprintf(file, sizeof(file), "%s/store.db", folder) < (int)sizeof(file));
	ok(nm_store_open(file, false, &store, &err), &err);
	ok(nm_explainer_new(plan, store, &explainer, &err), &err);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	nm_explainer_free(explainer);
	nm_store_close(store);
	nm_plan_free(plan);
	nm_arena_free(arena);
	random_folder_free(folder);
	return 0;
}

/* --- a record --- */

static void begin(struct record *record, nm_time at)
{
	*record = (struct record){ .call = { .id = 1,
					     .number = UINT64_C(15125550100),
					     .line = "main",
					     .driver = "sandbox",
					     .carrier_id = "call",
					     .caller = { .number = UINT64_C(15125550199) },
					     .began = at,
					     .legs = record->legs } };
}

static void leg(struct record *record, const char *to, enum nm_leg_end how, int from, int rang_s)
{
	assert_true(record->call.n < RECORD_LEGS);
	record->legs[record->call.n++] = (struct nm_call_leg){
		.leg = { .id = "leg",
			 .to = to,
			 .end = how,
			 .began = record->call.began + from,
			 .ended = record->call.began + from + rang_s + (how == NM_LEG_ANSWERED ? 60 : 0),
			 .rang_s = rang_s },
		.who = nm_call_who(plan, to),
	};
}

static struct nm_explanation explain(const struct record *record)
{
	struct nm_explanation explanation;
	struct nm_error err;

	ok(nm_explain(explainer, &record->call, true, arena, &explanation, &err), &err);
	return explanation;
}

static void assert_planned(const struct record *record)
{
	const struct nm_explanation explanation = explain(record);

	if (explanation.verdict != NM_EXPLAINED_PLANNED)
		fail_msg("%s", explanation.words);
	assert_int_equal(explanation.departure, NM_DEPARTURE_NONE);
	assert_string_equal(explanation.brief, "");
}

static void assert_departs(const struct record *record, enum nm_departure departure, size_t step,
			   const char *brief, const char *words)
{
	const struct nm_explanation explanation = explain(record);

	assert_int_equal(explanation.verdict, NM_EXPLAINED_DIFFERS);
	assert_string_equal(explanation.words, words);
	assert_string_equal(explanation.brief, brief);
	assert_string_equal(nm_departure_name(explanation.departure), nm_departure_name(departure));
	assert_int_equal(explanation.step, step);
}

static bool likely(const struct record *record, const char *part)
{
	const struct nm_explanation explanation = explain(record);

	for (size_t i = 0; i < explanation.n_likely; i++)
		if (strstr(explanation.likely[i].words, part) != NULL)
			return true;
	return false;
}

/* --- as planned --- */

static void test_what_a_phone_does_is_no_difference(void **state)
{
	struct record r;

	(void)state;
	begin(&r, OPEN);
	leg(&r, OWNER, NM_LEG_ANSWERED, 1, 6);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "owner", 7, 67);
	assert_planned(&r);
	begin(&r, OPEN); /* in the seconds that a record rounds away */
	leg(&r, OWNER, NM_LEG_ANSWERED, 1, 17);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "owner", 18, 67);
	assert_planned(&r);
	assert_string_equal(explain(&r).expected.answered_by, "owner");
	begin(&r, OPEN);
	leg(&r, OWNER, NM_LEG_BUSY, 1, 0);
	leg(&r, SAM, NM_LEG_NO_ANSWER, 2, 16);
	leg(&r, OFFICE, NM_LEG_FAILED, 2, 0);
	leg(&r, FIXLY, NM_LEG_ANSWERED, 19, 9);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "fixly", 28, 90);
	assert_planned(&r);
	begin(&r, OPEN);
	leg(&r, OWNER, NM_LEG_CANCELED, 0, 9);
	record_ends(&r, NM_CALL_ABANDONED, NM_CALL_HUNG_UP, NULL, 9, 9);
	assert_planned(&r);
	begin(&r, NIGHT);
	leg(&r, FIXLY, NM_LEG_NO_ANSWER, 0, 10);
	record_ends(&r, NM_CALL_VOICEMAIL, NM_CALL_MAILBOX, NULL, 10, 40);
	assert_planned(&r);
	begin(&r, OPEN);
	r.call.caller.number = UINT64_C(19005550100);
	record_ends(&r, NM_CALL_REJECTED, NM_CALL_TURNED_AWAY, NULL, -1, 0);
	assert_planned(&r);
}

static void test_a_record_without_legs_is_not_told(void **state)
{
	struct record r;
	struct nm_explanation explanation;

	(void)state;
	begin(&r, OPEN);
	record_ends(&r, NM_CALL_UNKNOWN, NM_CALL_NOT_TOLD, NULL, -1, 60);
	explanation = explain(&r);
	assert_int_equal(explanation.verdict, NM_EXPLAINED_UNTOLD);
	assert_int_equal(explanation.n_likely, 0);
	assert_true(explanation.expected.n > 0);
}

/* Who was rung is not told, that nobody answered is: the plan is played so, and its mailbox comes when it can. */
static void test_a_record_without_legs_says_that_nobody_answered(void **state)
{
	struct nm_explanation explanation;
	struct record r;

	(void)state;
	begin(&r, OPEN);
	record_ends(&r, NM_CALL_VOICEMAIL, NM_CALL_SAID, NULL, -1, 60);
	assert_planned(&r);
	explanation = explain(&r);
	assert_true(explanation.unanswered);
	assert_int_equal(explanation.expected.result, NM_TO_VOICEMAIL);
	assert_int_equal(explanation.expected.seconds, 40);
	for (size_t i = 0; i < explanation.expected.n; i++)
		assert_int_not_equal(explanation.expected.events[i].kind, NM_EVENT_ANSWER);
	r.call.became.seconds = 41;
	assert_planned(&r);
	r.call.became.seconds = 90;
	assert_departs(&r, NM_DEPARTURE_LONGER, 3, "mailbox at 90 s, not 40",
		       "a mailbox took the call after 90 s; by the plan mailbox takes it after 40 s, nobody "
		       "answering");
	r.call.became.seconds = 12;
	assert_departs(&r, NM_DEPARTURE_SHORTER, 3, "mailbox at 12 s, not 40",
		       "a mailbox took the call after 12 s; by the plan mailbox takes it after 40 s, nobody "
		       "answering");
	begin(&r, OPEN);
	record_ends(&r, NM_CALL_LOST, NM_CALL_MISSED, NULL, -1, 30);
	assert_planned(&r);
	record_ends(&r, NM_CALL_LOST, NM_CALL_MISSED, NULL, -1, 40);
	assert_planned(&r);
	record_ends(&r, NM_CALL_ABANDONED, NM_CALL_HUNG_UP, NULL, 20, 20);
	assert_planned(&r);
	assert_int_equal(explain(&r).expected.result, NM_ABANDONED);
	record_ends(&r, NM_CALL_ABANDONED, NM_CALL_HUNG_UP, NULL, 60, 60);
	assert_int_equal(explain(&r).departure, NM_DEPARTURE_OUTCOME);
}

/* By the plan a mailbox had the call before it ended, and the record says only that nobody answered: that is not "as
 * planned". */
static void test_missed_where_a_mailbox_is_planned_is_not_told(void **state)
{
	static const enum nm_call_reason reasons[] = { NM_CALL_MISSED, NM_CALL_BUSY };
	struct nm_explanation explanation;
	struct record r;

	(void)state;
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
		begin(&r, OPEN);
		record_ends(&r, NM_CALL_LOST, reasons[i], NULL, -1, 41);
		explanation = explain(&r);
		assert_int_equal(explanation.verdict, NM_EXPLAINED_UNTOLD);
		assert_true(explanation.unanswered);
		assert_int_equal(explanation.departure, NM_DEPARTURE_NONE);
		assert_string_equal(explanation.brief, "not told");
		assert_string_equal(explanation.words,
				    "the record says that nobody answered, not whether a mailbox had the call: by the plan "
				    "mailbox takes the call after 40 s, before it ended");
		assert_int_equal(explanation.n_likely, 0);
	}
	/* One that says that nobody and nothing took it differs. */
	record_ends(&r, NM_CALL_LOST, NM_CALL_SAID, NULL, -1, 41);
	assert_int_equal(explain(&r).departure, NM_DEPARTURE_OUTCOME);
}

static void test_both_calls_are_told_as_events(void **state)
{
	struct record r;
	struct nm_explanation explanation;

	(void)state;
	begin(&r, OPEN);
	leg(&r, OWNER, NM_LEG_NO_ANSWER, 1, 15);
	leg(&r, SAM, NM_LEG_ANSWERED, 17, 4);
	leg(&r, OFFICE, NM_LEG_CANCELED, 17, 4);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "sam", 21, 90);
	explanation = explain(&r);
	assert_int_equal(explanation.verdict, NM_EXPLAINED_PLANNED);
	assert_string_equal(explanation.rule, "open");
	assert_string_equal(explanation.path, "day");
	assert_true(explanation.n_reasons > 0);
	assert_int_equal(explanation.expected.result, NM_ANSWERED);
	assert_string_equal(explanation.expected.answered_by, "sam");
	assert_int_equal(explanation.expected.seconds, 19);
	assert_int_equal(explanation.expected.events[0].kind, NM_EVENT_RING);
	assert_int_equal(explanation.expected.events[explanation.expected.n - 1].kind, NM_EVENT_ANSWER);
	assert_int_equal(explanation.real.seconds, 21);
	assert_int_equal(explanation.real.n, 6);
	assert_int_equal(explanation.real.events[1].t, 16);
	assert_string_equal(explanation.real.events[1].to[0], "owner");
}

/* Whoever had the call had it no later than the record says: not when it was over. */
static void test_what_had_the_call_is_told_when_it_did(void **state)
{
	static const struct {
		enum nm_call_end end;
		const char *by;
		int seconds, at;
		const char *why;
	} ends[] = {
		{ NM_CALL_VOICEMAIL, NULL, 19, 19, "the record says so" },
		{ NM_CALL_VOICEMAIL, NULL, -1, 16, "the record says so; when is not told" },
		{ NM_CALL_ANSWERED, "sam", -1, 16, "the record says so; when is not told" },
		{ NM_CALL_ABANDONED, NULL, -1, 90, "the record says so" },
	};
	const struct nm_event *last;
	struct nm_explanation explanation;
	struct record r;

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		begin(&r, OPEN);
		leg(&r, OWNER, NM_LEG_NO_ANSWER, 1, 15);
		leg(&r, OFFICE, NM_LEG_NO_ANSWER, 2, 3);
		record_ends(&r, ends[i].end, NM_CALL_SAID, ends[i].by, ends[i].seconds, 90);
		explanation = explain(&r);
		last = &explanation.real.events[explanation.real.n - 1];
		assert_int_equal(last->t, ends[i].at);
		assert_string_equal(last->why, ends[i].why);
	}
}

/* --- the ways in which they part --- */

static void test_somebody_was_not_rung(void **state)
{
	struct record r;

	(void)state;
	begin(&r, OPEN);
	leg(&r, FIXLY, NM_LEG_ANSWERED, 1, 3);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "fixly", 4, 60);
	assert_departs(&r, NM_DEPARTURE_NOT_RUNG, 0, "owner not rung",
		       "owner was not rung, whom the plan rings in step 1 of day; fixly was instead");
	begin(&r, OPEN);
	leg(&r, OWNER, NM_LEG_NO_ANSWER, 1, 15);
	leg(&r, SAM, NM_LEG_NO_ANSWER, 17, 15);
	leg(&r, FIXLY, NM_LEG_ANSWERED, 33, 3);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "fixly", 36, 60);
	assert_departs(&r, NM_DEPARTURE_NOT_RUNG, 1, "office not rung",
		       "office was not rung, whom the plan rings in step 2 of day; sam was");
	begin(&r, OPEN);
	leg(&r, OWNER, NM_LEG_NO_ANSWER, 1, 15);
	record_ends(&r, NM_CALL_VOICEMAIL, NM_CALL_MAILBOX, NULL, 16, 60);
	assert_departs(&r, NM_DEPARTURE_NOT_RUNG, 1, "office not rung",
		       "office was not rung, whom the plan rings in step 2 of day; nobody else was");
}

static void test_somebody_else_was_rung(void **state)
{
	struct record r;

	(void)state;
	begin(&r, OPEN);
	leg(&r, PAT, NM_LEG_NO_ANSWER, 0, 15);
	leg(&r, OWNER, NM_LEG_ANSWERED, 16, 6);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "owner", 22, 60);
	assert_departs(&r, NM_DEPARTURE_RUNG, 0, "pat rung",
		       "pat was rung; the plan rings owner then (step 1 of day)");
	begin(&r, NIGHT);
	leg(&r, FIXLY, NM_LEG_NO_ANSWER, 0, 10);
	leg(&r, "+15125550666", NM_LEG_ANSWERED, 11, 6);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "+15125550666", 17, 60);
	assert_departs(&r, NM_DEPARTURE_RUNG, 1, "+15125550666 rung",
		       "+15125550666 was rung, whom the plan does not ring then");
	assert_true(likely(&r, "+15125550666 is nobody's number in the plan"));
	begin(&r, OPEN); /* an extension, and the plan has no such number */
	leg(&r, "101", NM_LEG_NO_ANSWER, 0, 15);
	record_ends(&r, NM_CALL_VOICEMAIL, NM_CALL_SAID, NULL, 15, 60);
	assert_true(likely(&r, "101 is nobody's number in the plan"));
	r.legs[0].leg.to = SAM;
	r.legs[0].who = "sam";
	assert_false(likely(&r, "nobody's number"));
	begin(&r, OPEN);
	r.call.caller.number = UINT64_C(19005550100);
	leg(&r, OWNER, NM_LEG_ANSWERED, 0, 6);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "owner", 6, 60);
	assert_departs(&r, NM_DEPARTURE_RUNG, 0, "owner rung",
		       "owner was rung, whom the plan does not ring then");
}

static void test_they_were_rung_in_another_order(void **state)
{
	struct record r;

	(void)state;
	begin(&r, OPEN);
	leg(&r, FIXLY, NM_LEG_NO_ANSWER, 0, 10);
	leg(&r, OWNER, NM_LEG_ANSWERED, 11, 6);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "owner", 17, 60);
	assert_departs(&r, NM_DEPARTURE_ORDER, 0, "fixly before owner",
		       "fixly was rung before owner, whom the plan rings first (step 1 of day)");
}

static void test_it_rang_for_another_time(void **state)
{
	struct record r;

	(void)state;
	begin(&r, OPEN);
	leg(&r, OWNER, NM_LEG_NO_ANSWER, 1, 34);
	leg(&r, SAM, NM_LEG_ANSWERED, 36, 4);
	leg(&r, OFFICE, NM_LEG_CANCELED, 36, 4);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "sam", 40, 90);
	assert_departs(&r, NM_DEPARTURE_LONGER, 0, "owner 34 s, not 15",
		       "owner rang for 34 s; the plan says 15 s (step 1 of day)");
	begin(&r, OPEN);
	leg(&r, OWNER, NM_LEG_NO_ANSWER, 1, 5);
	leg(&r, SAM, NM_LEG_ANSWERED, 7, 4);
	leg(&r, OFFICE, NM_LEG_CANCELED, 7, 4);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "sam", 11, 90);
	assert_departs(&r, NM_DEPARTURE_SHORTER, 0, "owner 5 s, not 15",
		       "owner rang for 5 s only; the plan says 15 s (step 1 of day)");
	assert_true(likely(&r, "declines"));
}

/* Three seconds are a carrier's rounding, four are not. */
static void test_how_much_longer_or_shorter_is_no_difference(void **state)
{
	static const struct {
		int rang_s;
		enum nm_departure departure;
	} rings[] = { { 11, NM_DEPARTURE_SHORTER },
		      { 12, NM_DEPARTURE_NONE },
		      { 18, NM_DEPARTURE_NONE },
		      { 19, NM_DEPARTURE_LONGER } };
	struct record r;

	(void)state;
	for (size_t i = 0; i < sizeof(rings) / sizeof(rings[0]); i++) {
		const int then = 2 + rings[i].rang_s;

		begin(&r, OPEN);
		leg(&r, OWNER, NM_LEG_NO_ANSWER, 1, rings[i].rang_s);
		leg(&r, SAM, NM_LEG_ANSWERED, then, 4);
		leg(&r, OFFICE, NM_LEG_CANCELED, then, 4);
		record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "sam", then + 4, 90);
		assert_int_equal(explain(&r).departure, rings[i].departure);
	}
}

/* Of whom it says nothing may have been rung. */
static void test_a_record_that_was_cut_misses_nobody(void **state)
{
	struct record r;

	(void)state;
	for (int cut = 0; cut < 2; cut++) {
		begin(&r, OPEN);
		r.call.cut = cut;
		leg(&r, OWNER, NM_LEG_NO_ANSWER, 1, 15);
		record_ends(&r, NM_CALL_VOICEMAIL, NM_CALL_MAILBOX, NULL, 16, 60);
		assert_int_equal(explain(&r).departure, cut ? NM_DEPARTURE_NONE : NM_DEPARTURE_NOT_RUNG);
	}
}

/* So soon only the voicemail of a phone that is off picks up. */
static void test_what_the_phone_of_a_leg_did(void **state)
{
	static const enum nm_behaviour swallowed[] = { NM_UNREACHABLE, NM_UNREACHABLE, NM_UNREACHABLE,
						       NM_NO_ANSWER };
	struct record r;

	(void)state;
	for (int rang_s = 0; rang_s < 4; rang_s++) {
		begin(&r, OPEN);
		leg(&r, SAM, NM_LEG_BUSY, 1, 0);
		leg(&r, OFFICE, NM_LEG_FAILED, 1, 0);
		leg(&r, OWNER, NM_LEG_ANSWERED, 2, rang_s);
		record_ends(&r, NM_CALL_SWALLOWED, NM_CALL_AT_ONCE, "owner", 2 + rang_s, 60);
		assert_int_equal(nm_explain_behaviour(&r.call, 0), NM_BUSY);
		assert_int_equal(nm_explain_behaviour(&r.call, 1), NM_UNREACHABLE);
		assert_int_equal(nm_explain_behaviour(&r.call, 2), swallowed[rang_s]);
		r.call.became.end = NM_CALL_ANSWERED;
		assert_int_equal(nm_explain_behaviour(&r.call, 2), NM_ANSWERS);
	}
}

static void test_something_else_had_the_call(void **state)
{
	struct record r;

	(void)state;
	begin(&r, OPEN);
	leg(&r, OWNER, NM_LEG_NO_ANSWER, 1, 15);
	leg(&r, OFFICE, NM_LEG_CANCELED, 17, 12);
	leg(&r, SAM, NM_LEG_ANSWERED, 17, 12);
	record_ends(&r, NM_CALL_SWALLOWED, NM_CALL_OWN_VOICEMAIL, "sam", 29, 90);
	assert_departs(&r, NM_DEPARTURE_OUTCOME, 1, "sam's own voicemail",
		       "the voicemail of sam's own phone took the call; by the plan the call goes on");
	assert_true(likely(&r, "own_voicemail = 12s"));
	assert_true(likely(&r, "`confirm` keeps it out"));
	/* What the plan has already is not advised. */
	begin(&r, OPEN);
	leg(&r, OWNER, NM_LEG_ANSWERED, 1, 1);
	record_ends(&r, NM_CALL_SWALLOWED, NM_CALL_AT_ONCE, "owner", 2, 60);
	assert_true(likely(&r, "the plan has `confirm` for it"));
	assert_false(likely(&r, "keeps it out"));
	/* A table is no carrier that cannot be told of ring times. */
	begin(&r, OPEN);
	leg(&r, OWNER, NM_LEG_NO_ANSWER, 1, 40);
	record_ends(&r, NM_CALL_LOST, NM_CALL_NOBODY, NULL, -1, 60);
	r.call.driver = "table";
	assert_int_equal(explain(&r).departure, NM_DEPARTURE_LONGER);
	assert_false(likely(&r, "cannot be told"));
	begin(&r, NIGHT);
	leg(&r, FIXLY, NM_LEG_NO_ANSWER, 0, 10);
	record_ends(&r, NM_CALL_LOST, NM_CALL_NOBODY, NULL, -1, 40);
	assert_departs(&r, NM_DEPARTURE_OUTCOME, 1, "lost",
		       "the call was lost; by the plan mailbox takes the call");
	begin(&r, OPEN);
	record_ends(&r, NM_CALL_REJECTED, NM_CALL_TURNED_AWAY, NULL, -1, 0);
	assert_departs(&r, NM_DEPARTURE_NOT_RUNG, 0, "owner not rung",
		       "owner was not rung, whom the plan rings in step 1 of day; nobody else was");
}

/* --- what may lie behind it --- */

static void test_a_change_of_hours_may_come_late(void **state)
{
	struct record r;

	(void)state;
	begin(&r, T + 20); /* open for 20 seconds */
	leg(&r, FIXLY, NM_LEG_ANSWERED, 1, 3);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "fixly", 4, 60);
	assert_true(likely(&r, "changed over late"));
	r.call.began = OPEN;
	r.legs[0].leg.began = OPEN + 1;
	r.legs[0].leg.ended = OPEN + 64;
	assert_false(likely(&r, "changed over late"));
}

static void test_the_plan_of_then_counts(void **state)
{
	static const char then[] =
		"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"
		"account box { driver = sandbox }\nline main { number = \"+15125550100\" account = box }\n"
		"destination fixly { kind = ai number = \"+15125550177\" }\n"
		"path all { step { ring = fixly for = 10s } }\nrule all { path = all }\n";
	struct record r;
	struct nm_explanation explanation;
	struct nm_error err;

	(void)state;
	begin(&r, OPEN);
	leg(&r, FIXLY, NM_LEG_ANSWERED, 1, 3);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "fixly", 4, 60);
	ok(nm_store_keep(store, OPEN - 60, "test", "pushed", then, strlen(then), &r.call.version, &err),
	   &err);
	explanation = explain(&r);
	assert_int_equal(explanation.verdict, NM_EXPLAINED_PLANNED);
	assert_int_equal(explanation.version, r.call.version);
	assert_string_equal(explanation.path, "all");
	r.call.version = 12345; /* not kept */
	explanation = explain(&r);
	assert_int_equal(explanation.verdict, NM_EXPLAINED_DIFFERS);
	assert_int_equal(explanation.version, 0);
	assert_int_equal(explanation.n_likely, 0);
	r.call.caller.number = 0;
	assert_true(likely(&r, "does not tell who called"));
	begin(&r, OPEN);
	leg(&r, OWNER, NM_LEG_ANSWERED, 1, 3);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "owner", 4, 60);
	r.call.version = explain(&r).version + 1;
	assert_true(likely(&r, "the plan of today"));
}

/* However many versions a log goes over: each of its calls has its own. */
static void test_each_of_many_versions_is_read(void **state)
{
	struct nm_explanation explanation;
	struct nm_error err;
	struct record r;
	int64_t versions[100];
	char text[512], path[16];
	int i, round;

	(void)state;
	begin(&r, OPEN);
	leg(&r, FIXLY, NM_LEG_ANSWERED, 1, 3);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "fixly", 4, 60);
	for (i = 0; i < 100; i++) {
		snprintf(text, sizeof text,
			 "business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"
			 "account box { driver = sandbox }\nline main { number = \"+15125550100\" account = box }\n"
			 "destination fixly { kind = ai number = \"+15125550177\" }\n"
			 "path p%d { step { ring = fixly for = 10s } }\nrule all { path = p%d }\n",
			 i, i);
		ok(nm_store_keep(store, OPEN - 60, "test", "pushed", text, strlen(text), &versions[i], &err), &err);
	}
	for (round = 0; round < 2; round++)
		for (i = 0; i < 100; i++) {
			r.call.version = versions[i];
			explanation = explain(&r);
			snprintf(path, sizeof path, "p%d", i);
			assert_int_equal(explanation.version, versions[i]);
			assert_string_equal(explanation.path, path);
		}
}

static void test_a_carrier_may_not_hold_the_plan(void **state)
{
	static const char text[] =
		"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"
		"account tel { driver = telnyx }\nline main { number = \"+15125550100\" account = tel }\n"
		"destination office { kind = backup number = \"+15125550112\" own_voicemail = none }\n"
		"destination sam { kind = backup number = \"+15125550114\" own_voicemail = none }\n"
		"path all { step { ring = { office, sam } for = 20s } }\nrule all { path = all }\n";
	struct record r;
	struct nm_error err;

	(void)state;
	begin(&r, OPEN);
	r.call.driver = "telnyx";
	leg(&r, OFFICE, NM_LEG_ANSWERED, 1, 3);
	record_ends(&r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "office", 4, 60);
	ok(nm_store_keep(store, OPEN - 60, "test", "pushed", text, strlen(text), &r.call.version, &err),
	   &err);
	assert_departs(&r, NM_DEPARTURE_NOT_RUNG, 0, "sam not rung",
		       "sam was not rung, whom the plan rings in step 1 of all; office was");
	assert_true(likely(&r, "cannot hold all of the plan"));
}

static void test_a_line_that_is_gone_is_refused(void **state)
{
	struct record r;
	struct nm_explanation explanation;
	struct nm_error err;

	(void)state;
	begin(&r, OPEN);
	r.call.number = UINT64_C(15125550999);
	r.call.line = "gone";
	assert_int_equal(nm_explain(explainer, &r.call, true, arena, &explanation, &err), NM_INPUT);
	assert_string_equal(err.text, "call #1: line gone is not in the plan any more");
}

/* --- whatever the plan plays is as planned --- */

static size_t seen_ends[NM_CALL_UNKNOWN + 1], told;

static void explain_one(const struct nm_plan *one, const struct nm_call *call)
{
	struct nm_arena *memory = nm_arena_new();
	struct nm_explainer *own = NULL;
	struct nm_simulation *simulation = NULL;
	struct nm_explanation explanation;
	struct record r;
	struct nm_error err;

	assert_non_null(memory);
	ok(nm_simulate(one, call, &simulation, &err), &err);
	begin(&r, call->at);
	r.call.number = one->lines[call->line].number;
	r.call.line = one->lines[call->line].name;
	r.call.caller = call->caller;
	if (record_played(&r, simulation->treatment, &simulation->outcome)) {
		ok(nm_explainer_new(one, store, &own, &err), &err);
		ok(nm_explain(own, &r.call, false, memory, &explanation, &err), &err);
		if (explanation.verdict == NM_EXPLAINED_DIFFERS)
			fail_msg("%s, call at %lld to %s: %s", one->business, (long long)call->at,
				 r.call.line, explanation.words);
		seen_ends[r.call.became.end]++;
		told += explanation.verdict == NM_EXPLAINED_PLANNED;
	}
	nm_explainer_free(own);
	nm_simulation_free(simulation);
	nm_arena_free(memory);
}

static void test_what_is_played_is_as_planned(void **unused)
{
	struct nm_script_setting settings[256];

	(void)unused;
	for (int seed = 0; seed < random_few(300); seed++) {
		struct nm_plan *one = random_plan_read((uint64_t)seed, folder);
		uint64_t state = (uint64_t)seed;

		assert_true(one->n_destinations <= 256);
		for (int i = 0; i < 30; i++) {
			const struct nm_call call = record_random_call(&state, one, T, settings);

			explain_one(one, &call);
		}
		nm_plan_free(one);
	}
	assert_true(told > 0);
	for (int end = 0; end < NM_CALL_UNKNOWN && random_few(300) == 300; end++)
		assert_true(seen_ends[end] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_phone_does_is_no_difference),
		cmocka_unit_test(test_a_record_without_legs_is_not_told),
		cmocka_unit_test(test_a_record_without_legs_says_that_nobody_answered),
		cmocka_unit_test(test_missed_where_a_mailbox_is_planned_is_not_told),
		cmocka_unit_test(test_both_calls_are_told_as_events),
		cmocka_unit_test(test_what_had_the_call_is_told_when_it_did),
		cmocka_unit_test(test_somebody_was_not_rung),
		cmocka_unit_test(test_somebody_else_was_rung),
		cmocka_unit_test(test_they_were_rung_in_another_order),
		cmocka_unit_test(test_it_rang_for_another_time),
		cmocka_unit_test(test_how_much_longer_or_shorter_is_no_difference),
		cmocka_unit_test(test_a_record_that_was_cut_misses_nobody),
		cmocka_unit_test(test_what_the_phone_of_a_leg_did),
		cmocka_unit_test(test_something_else_had_the_call),
		cmocka_unit_test(test_a_change_of_hours_may_come_late),
		cmocka_unit_test(test_the_plan_of_then_counts),
		cmocka_unit_test(test_each_of_many_versions_is_read),
		cmocka_unit_test(test_a_carrier_may_not_hold_the_plan),
		cmocka_unit_test(test_a_line_that_is_gone_is_refused),
		cmocka_unit_test(test_what_is_played_is_as_planned),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
