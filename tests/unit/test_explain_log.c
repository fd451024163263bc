/* SPDX-License-Identifier: MIT */
/*
 * Explaining the whole log: what it counts is what explaining each call by itself comes to, the worst are those that
 * sorting all of them puts first, and what came of a call for its caller.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/explain_log.h"
#include "random_plan.h"

/* clang-format off */
#define MAIN  UINT64_C(15125550100)
#define SPARE UINT64_C(15125550101)
#define HEAD \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account box { driver = sandbox }\n" \
	"line main { number = \"+15125550100\" account = box }\nline spare { number = \"+15125550101\" account = box }\n" \
	"schedule business { hours = \"Mo-Fr 08:00-18:00\" }\ncallers spam { numbers = { \"+1900*\" } }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s }\n" \
	"destination sam { kind = personal number = \"+15125550114\" own_voicemail = none }\n" \
	"destination fixly { kind = ai number = \"+15125550177\" }\n" \
	"destination mailbox { kind = voicemail greeting = \"Smith.\" }\n" \
	"path night { step { ring = fixly for = 10s } step { ring = mailbox } }\n" \
	"rule spam { callers = spam reject = busy }\nrule open { during = business path = day }\nrule closed { path = night }\n"
static const char today[] = HEAD
	"path day { step { ring = owner for = 15s } step { ring = sam for = 20s } step { ring = mailbox } }\n";
static const char before[] = HEAD
	"path day { step { ring = sam for = 20s } step { ring = fixly for = 10s } step { ring = mailbox } }\n";

#define T INT64_C(1767621600) /* Monday 2026-01-05 08:00 in Chicago */
#define OPEN (T + 7200)
#define GONE UINT64_C(15125559999)
#define CALLS 400
/* clang-format on */

static const struct {
	const char *number, *name;
} phones[] = {
	{ "+15125550111", "owner" },
	{ "+15125550114", "sam" },
	{ "+15125550177", "fixly" },
	{ "+15125550666", NULL },
};

static char *folder;
static struct nm_plan *plan;
static struct nm_store *store;

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
	plan = plan_of_text(today, folder);
	assert_true(snprintf(file, sizeof(file), "%s/store.db", folder) < (int)sizeof(file));
	ok(nm_store_open(file, false, &store, &err), &err);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	nm_store_close(store);
	nm_plan_free(plan);
	random_folder_free(folder);
	return 0;
}

/* --- a log --- */

/* From then on the text is what is live on the line. */
static void push(const char *line, const char *text, nm_time at)
{
	struct nm_push_record record = { .number = !strcmp(line, "main") ? MAIN : SPARE,
					 .line = line,
					 .driver = "sandbox",
					 .who = "pat",
					 .wanted = "x",
					 .at = at,
					 .ended = at,
					 .horizon = at + NM_DAY,
					 .state = NM_PUSH_DONE };
	struct nm_error err;
	int64_t id;

	ok(nm_store_keep(store, at, "pat", "pushed", text, strlen(text), &record.version, &err), &err);
	ok(nm_store_push_begin(store, &record, &id, &err), &err);
}

static void add_leg(struct nm_call_entry *call, struct nm_call_leg *legs, uint32_t phone, enum nm_leg_end end,
		    int rang_s)
{
	const nm_time began = call->n == 0 ? call->began : legs[call->n - 1].leg.ended;

	legs[call->n++] = (struct nm_call_leg){
		.leg = { .id = "leg",
			 .to = phones[phone].number,
			 .end = end,
			 .began = began,
			 .ended = began + rang_s + (end == NM_LEG_ANSWERED ? 60 : 0),
			 .rang_s = rang_s },
		.who = phones[phone].name,
	};
}

static void answered(struct nm_call_entry *call, struct nm_call_leg *legs, uint32_t phone, int rang_s)
{
	add_leg(call, legs, phone, NM_LEG_ANSWERED, rang_s);
	call->became =
		(struct nm_became){ .end = NM_CALL_ANSWERED,
				    .reason = NM_CALL_LEG_ANSWERED,
				    .by = phones[phone].name != NULL ? phones[phone].name
								     : phones[phone].number,
				    .seconds = (int)(legs[call->n - 1].leg.began - call->began) + rang_s };
}

static void ended(struct nm_call_entry *call, enum nm_call_end end, int seconds)
{
	call->became =
		(struct nm_became){ .end = end,
				    .reason = end == NM_CALL_VOICEMAIL ? NM_CALL_MAILBOX : NM_CALL_NOT_TOLD,
				    .seconds = seconds };
}

static void put(const struct nm_call_entry *call)
{
	enum nm_call_kept kept;
	struct nm_error err;

	ok(nm_store_call_put(store, call, &kept, &err), &err);
	assert_int_equal(kept, NM_CALL_NEW);
}

/* Half of them ring first whom some plan rings first, or in its order and for another time; many begin in the same
 * second. */
static void add_random(uint64_t *dice, int i)
{
	const nm_number numbers[] = { plan->lines[0].number, plan->lines[1].number, GONE };
	const uint32_t line = random_below(dice, 20) == 0 ? 2 : random_below(dice, 2);
	struct nm_call_leg legs[4];
	char id[16];
	struct nm_call_entry call = { .number = numbers[line],
				      .line = line == 0   ? "main"
					      : line == 1 ? "spare"
							  : "gone",
				      .driver = i % 2 == 0 ? "sandbox" : "twilio",
				      .carrier_id = id,
				      .caller = { .number = UINT64_C(15125550200) + (uint64_t)i },
				      .began = T + 1800 * (nm_time)random_below(dice, 20 * 48),
				      .legs = legs };

	snprintf(id, sizeof(id), "c%d", i);
	if (random_below(dice, 8) == 0) /* when hours change */
		call.began = T + NM_DAY * (nm_time)random_below(dice, 20) + (nm_time)random_below(dice, 80);
	for (uint32_t n = random_below(dice, 4); n > 0; n--)
		add_leg(&call, legs, random_below(dice, 4), NM_LEG_NO_ANSWER, (int)random_below(dice, 25));
	if (random_below(dice, 8) == 0)
		call.caller.number = 0;
	if (random_below(dice, 4) == 0) {
		call.n = 0;
		add_leg(&call, legs, 0, NM_LEG_NO_ANSWER, (int)random_below(dice, 40));
		answered(&call, legs, 1, 5);
	} else if (random_below(dice, 3) == 0) {
		call.n = 0;
		answered(&call, legs, random_below(dice, 3), (int)random_below(dice, 14));
	} else if (random_below(dice, 2) == 0) {
		answered(&call, legs, random_below(dice, 4), (int)random_below(dice, 14));
	} else {
		ended(&call, (enum nm_call_end)(1 + random_below(dice, NM_CALL_UNKNOWN)),
		      (int)random_below(dice, 70));
	}
	put(&call);
}

static void make_log(uint64_t seed, int calls)
{
	const struct nm_reading drifted = { .at = T, .known = true, .words = "rings nobody", .live = "x" };
	struct nm_error err;

	push("main", before, T + 3 * NM_DAY);
	push("main", "this does not read", T + 9 * NM_DAY);
	push("main", today, T + 10 * NM_DAY);
	push("spare", before, T + 12 * NM_DAY);
	ok(nm_store_reading_put(store, SPARE, &drifted, &err), &err);
	ok(nm_store_begin(store, &err), &err);
	for (int i = 0; i < calls; i++)
		add_random(&seed, i);
	ok(nm_store_commit(store, &err), &err);
}

/* --- each call by itself --- */

struct told {
	int64_t id;
	nm_time began;
	enum nm_explained verdict;
	enum nm_departure departure;
	enum nm_harm harm;
	int seconds;
	char who[16];
	bool causes[NM_CAUSES];
	size_t n_likely;
	bool no_line, by_today;
};

static struct told tell_one(int64_t id)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_explainer *explainer = NULL;
	struct nm_explanation explanation;
	struct nm_call_entry call;
	struct nm_error err;
	struct told told;
	enum nm_code code;

	assert_non_null(arena);
	ok(nm_store_call_get(store, id, arena, &call, &err), &err);
	ok(nm_explainer_new(plan, store, &explainer, &err), &err);
	told = (struct told){ .id = id, .began = call.began };
	code = nm_explain(explainer, &call, true, arena, &explanation, &err);
	told.no_line = code == NM_INPUT;
	if (!told.no_line) {
		ok(code, &err);
		told.verdict = explanation.verdict;
		told.departure = explanation.departure;
		told.by_today = explanation.version == 0;
		told.n_likely = explanation.n_likely;
		for (size_t i = 0; i < explanation.n_likely; i++)
			told.causes[explanation.likely[i].cause] = true;
		told.harm = nm_explain_harm(&call, &explanation, &told.seconds);
		snprintf(told.who, sizeof(told.who), "%s", explanation.who != NULL ? explanation.who : "");
	}
	nm_explainer_free(explainer);
	nm_arena_free(arena);
	return told;
}

/* All that the options are about; how many. */
static size_t tell_each(const struct nm_explain_options *options, struct told *out)
{
	const struct nm_call_filter filter = { .number = options->number,
					       .since = options->span.from,
					       .until = options->span.until,
					       .most = CALLS };
	struct nm_call_entries calls;
	struct nm_error err;
	size_t n;

	ok(nm_store_calls(store, &filter, &calls, &err), &err);
	n = calls.n;
	for (size_t i = 0; i < n; i++)
		out[i] = tell_one(calls.items[i].id);
	nm_call_entries_clear(&calls);
	return n;
}

static int by_harm(const void *a, const void *b)
{
	const struct told *x = a, *y = b;

	if (x->harm != y->harm)
		return x->harm < y->harm ? -1 : 1;
	if (x->seconds != y->seconds)
		return x->seconds > y->seconds ? -1 : 1;
	if (x->began != y->began)
		return x->began > y->began ? -1 : 1;
	return x->id > y->id ? -1 : 1;
}

/* Leaves those that differ, the worst first; how many. */
static size_t sort_differing(struct told *told, size_t n)
{
	size_t differ = 0;

	for (size_t i = 0; i < n; i++)
		if (!told[i].no_line && told[i].verdict == NM_EXPLAINED_DIFFERS)
			told[differ++] = told[i];
	qsort(told, differ, sizeof(*told), by_harm);
	return differ;
}

static int64_t count_group(const struct told *told, size_t n, const struct nm_departed *group)
{
	int64_t calls = 0;

	for (size_t i = 0; i < n; i++)
		calls += told[i].departure == group->departure &&
			 strcmp(told[i].who, group->who != NULL ? group->who : "") == 0;
	return calls;
}

static void assert_groups(const struct nm_explained_log *log, const struct told *told, size_t n)
{
	int64_t calls = log->ungrouped, harmed = 0;

	for (size_t i = 0; i < log->n_groups; i++) {
		assert_int_equal(log->groups[i].calls, count_group(told, n, &log->groups[i]));
		assert_true(i == 0 || log->groups[i - 1].calls >= log->groups[i].calls);
		calls += log->groups[i].calls;
	}
	assert_int_equal(calls, n);
	for (int harm = 0; harm < NM_HARMS; harm++) {
		int64_t same = 0;

		for (size_t i = 0; i < n; i++)
			same += told[i].harm == (enum nm_harm)harm;
		assert_int_equal(log->harm[harm], same);
		harmed += same;
	}
	assert_int_equal(harmed, n);
}

static void assert_causes(const struct nm_explained_log *log, const struct told *told, size_t n)
{
	int64_t uncaused = 0;
	size_t given = 0, sum = 0;

	for (int cause = 0; cause < NM_CAUSES; cause++) {
		int64_t calls = 0;

		for (size_t i = 0; i < n; i++)
			calls += told[i].causes[cause];
		assert_int_equal(log->causes[cause], calls);
		sum += (size_t)calls;
	}
	for (size_t i = 0; i < n; i++) {
		uncaused += told[i].n_likely == 0;
		given += told[i].n_likely;
	}
	assert_int_equal(log->uncaused, uncaused);
	assert_int_equal(sum, given); /* each cause once of each call */
}

static void assert_worst(const struct nm_explained_log *log, const struct told *told, size_t n, size_t most)
{
	assert_int_equal(log->n, n < most ? n : most);
	for (size_t i = 0; i < log->n; i++) {
		const struct nm_worst *worst = &log->worst[i];

		assert_int_equal(worst->call.id, told[i].id);
		assert_int_equal(worst->harm, told[i].harm);
		assert_int_equal(worst->seconds, told[i].seconds);
		assert_int_equal(worst->explanation.departure, told[i].departure);
		assert_true(strlen(worst->explanation.words) > 0);
	}
}

static int64_t seen_harm[NM_HARMS], seen_causes[NM_CAUSES], seen_planned, seen_untold, seen_no_line,
	seen_today;

static void assert_log(const struct nm_explain_options *options)
{
	static struct told told[CALLS];
	const size_t n = tell_each(options, told);
	int64_t planned = 0, untold = 0, no_line = 0, by_today = 0;
	struct nm_explainer *explainer = NULL;
	struct nm_explained_log log;
	struct nm_error err;
	size_t differ;

	for (size_t i = 0; i < n; i++) {
		no_line += told[i].no_line;
		untold += !told[i].no_line && told[i].verdict == NM_EXPLAINED_UNTOLD;
		planned += !told[i].no_line && told[i].verdict == NM_EXPLAINED_PLANNED;
		by_today += !told[i].no_line && told[i].verdict != NM_EXPLAINED_UNTOLD && told[i].by_today;
	}
	ok(nm_explainer_new(plan, store, &explainer, &err), &err);
	ok(nm_explain_log(explainer, store, options, &log, &err), &err);
	assert_int_equal(log.no_line, no_line);
	assert_int_equal(log.untold, untold);
	assert_int_equal(log.planned, planned);
	assert_int_equal(log.by_today, by_today);
	if (n > 0) {
		assert_int_equal(log.span.from, told[n - 1].began);
		assert_int_equal(log.span.until, told[0].began + 1);
	}
	differ = sort_differing(told, n);
	assert_int_equal(log.differs, differ);
	assert_groups(&log, told, differ);
	assert_causes(&log, told, differ);
	assert_worst(&log, told, differ, options->most);
	for (int harm = 0; harm < NM_HARMS; harm++)
		seen_harm[harm] += log.harm[harm];
	for (int cause = 0; cause < NM_CAUSES; cause++)
		seen_causes[cause] += log.causes[cause];
	seen_planned += planned;
	seen_untold += untold;
	seen_no_line += no_line;
	seen_today += by_today;
	nm_explained_log_clear(&log);
	nm_explainer_free(explainer);
}

/* Each once, whichever comes first. */
static void assert_drivers(void)
{
	const struct nm_explain_options options = { .span = { NM_TIME_MIN, NM_TIME_MAX } };
	struct nm_explainer *explainer = NULL;
	struct nm_explained_log log;
	struct nm_error err;

	ok(nm_explainer_new(plan, store, &explainer, &err), &err);
	ok(nm_explain_log(explainer, store, &options, &log, &err), &err);
	assert_int_equal(log.n_drivers, 2);
	assert_int_equal(strcmp(log.drivers[0], "sandbox") == 0, strcmp(log.drivers[1], "twilio") == 0);
	assert_int_equal(strcmp(log.drivers[1], "sandbox") == 0, strcmp(log.drivers[0], "twilio") == 0);
	nm_explained_log_clear(&log);
	nm_explainer_free(explainer);
}

static void test_the_log_is_the_sum_of_its_calls(void **state)
{
	static const enum nm_cause causes[] = { NM_CAUSE_DECLINED, NM_CAUSE_CHANGED_LATE, NM_CAUSE_TODAY,
						NM_CAUSE_DRIFT, NM_CAUSE_CALLER };
	const struct nm_span all = { NM_TIME_MIN, NM_TIME_MAX };
	const struct nm_explain_options cases[] = {
		{ .span = all, .most = 20 },
		{ .span = all, .most = 0 },
		{ .span = all, .most = 1 },
		{ .span = all, .most = NM_EXPLAIN_WORST },
		{ .span = all, .most = 7, .number = plan->lines[0].number },
		{ .span = all, .most = 7, .number = GONE },
		{ .span = { T + 3 * NM_DAY, T + 10 * NM_DAY }, .most = 7 },
		{ .span = { T - 2 * NM_DAY, T - NM_DAY }, .most = 7 },
	};

	(void)state;
	make_log(1, random_few(CALLS));
	assert_drivers();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_log(&cases[i]);
	if (random_few(CALLS) == CALLS)
		assert_true(seen_planned > 0 && seen_untold > 0 && seen_today > 0);
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]) && random_few(CALLS) == CALLS; i++)
		if (seen_causes[causes[i]] == 0)
			fail_msg("no call that %s may lie behind", nm_cause_name(causes[i]));
	for (int harm = 0; harm < NM_HARMS && random_few(CALLS) == CALLS; harm++)
		assert_true(seen_harm[harm] > 0 && seen_no_line > 0);
}

/* --- what came of it --- */

static enum nm_harm harm_of(const struct nm_call_entry *call, int *seconds)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_explainer *explainer = NULL;
	struct nm_explanation explanation;
	struct nm_error err;
	enum nm_harm harm;

	assert_non_null(arena);
	ok(nm_explainer_new(plan, store, &explainer, &err), &err);
	ok(nm_explain(explainer, call, false, arena, &explanation, &err), &err);
	assert_int_equal(explanation.verdict, NM_EXPLAINED_DIFFERS);
	harm = nm_explain_harm(call, &explanation, seconds);
	nm_explainer_free(explainer);
	nm_arena_free(arena);
	return harm;
}

static struct nm_call_entry call_at(nm_time at, struct nm_call_leg *legs)
{
	return (struct nm_call_entry){ .number = plan->lines[0].number,
				       .line = "main",
				       .driver = "sandbox",
				       .carrier_id = "one",
				       .began = at,
				       .legs = legs };
}

static void test_what_came_of_it_for_the_caller(void **state)
{
	struct nm_call_leg legs[4];
	struct nm_call_entry call = call_at(OPEN, legs);
	int seconds;

	(void)state;
	ended(&call, NM_CALL_VOICEMAIL, 3); /* nobody was rung */
	assert_string_equal(nm_harm_name(harm_of(&call, &seconds)), "missed");
	assert_int_equal(seconds, 0);
	call = call_at(OPEN, legs);
	answered(&call, legs, 2, 5);
	assert_string_equal(nm_harm_name(harm_of(&call, &seconds)), "other");
	assert_int_equal(seconds, 0);
	call = call_at(OPEN, legs); /* rings on for 40 s more than the plan says, and sam has it */
	add_leg(&call, legs, 0, NM_LEG_NO_ANSWER, 55);
	answered(&call, legs, 1, 5);
	assert_string_equal(nm_harm_name(harm_of(&call, &seconds)), "later");
	assert_int_equal(seconds, 40);
	call = call_at(OPEN, legs); /* rang for 8 s of the 15 */
	add_leg(&call, legs, 0, NM_LEG_NO_ANSWER, 8);
	answered(&call, legs, 1, 5);
	assert_string_equal(nm_harm_name(harm_of(&call, &seconds)), "earlier");
	assert_int_equal(seconds, 7);
	call = call_at(OPEN, legs); /* by the plan the mailbox has it as well */
	add_leg(&call, legs, 0, NM_LEG_NO_ANSWER, 15);
	add_leg(&call, legs, 1, NM_LEG_NO_ANSWER, 40);
	ended(&call, NM_CALL_VOICEMAIL, 55);
	assert_string_equal(nm_harm_name(harm_of(&call, &seconds)), "none");
}

/* --- bounds --- */

static bool stop(void *context, nm_time reached)
{
	(void)reached;
	return --*(int *)context > 0;
}

static void test_it_stops_and_has_bounds(void **state)
{
	int left = 1;
	struct nm_explain_options options = { .span = { NM_TIME_MIN, NM_TIME_MAX },
					      .goes_on = stop,
					      .context = &left };
	struct nm_explainer *explainer = NULL;
	struct nm_explained_log log;
	struct nm_error err;

	(void)state;
	ok(nm_explainer_new(plan, store, &explainer, &err), &err);
	assert_int_equal(nm_explain_log(explainer, store, &options, &log, &err), NM_REFUSED);
	assert_string_equal(err.text, "stopped after 0 calls");
	options = (struct nm_explain_options){ .span = { NM_TIME_MIN, NM_TIME_MAX },
					       .most = NM_EXPLAIN_WORST + 1 };
	assert_int_equal(nm_explain_log(explainer, store, &options, &log, &err), NM_INPUT);
	options = (struct nm_explain_options){ .span = { T, T } };
	assert_int_equal(nm_explain_log(explainer, store, &options, &log, &err), NM_INPUT);
	nm_explainer_free(explainer);
}

/* More strangers than groups: the first ones are kept apart, and none of the others is lost. */
static void test_of_very_many_differences_the_rest_is_counted(void **state)
{
	const int strangers = NM_EXPLAIN_GROUPS + 30;
	const struct nm_explain_options options = { .span = { T + 100 * NM_DAY, NM_TIME_MAX }, .most = 3 };
	struct nm_explainer *explainer = NULL;
	struct nm_explained_log log;
	struct nm_error err;

	(void)state;
	for (int i = 0; i < strangers; i++) {
		struct nm_call_leg legs[4];
		struct nm_call_entry call = call_at(OPEN + 105 * NM_DAY + i, legs);
		char id[16], number[24];

		snprintf(id, sizeof(id), "s%d", i);
		snprintf(number, sizeof(number), "+1512556%04d", i);
		call.carrier_id = id;
		add_leg(&call, legs, 3, NM_LEG_NO_ANSWER, 5);
		legs[0].leg.to = number;
		answered(&call, legs, 0, 5);
		put(&call);
	}
	ok(nm_explainer_new(plan, store, &explainer, &err), &err);
	ok(nm_explain_log(explainer, store, &options, &log, &err), &err);
	assert_int_equal(log.differs, strangers);
	assert_int_equal(log.n_groups, NM_EXPLAIN_GROUPS);
	assert_int_equal(log.ungrouped, 30);
	nm_explained_log_clear(&log);
	nm_explainer_free(explainer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_log_is_the_sum_of_its_calls),
		cmocka_unit_test(test_what_came_of_it_for_the_caller),
		cmocka_unit_test(test_it_stops_and_has_bounds),
		cmocka_unit_test(test_of_very_many_differences_the_rest_is_counted),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
