/* SPDX-License-Identifier: MIT */
/*
 * Many decisions at once are the same as each by itself: random plans, times and numbers, borders of
 * prefixes and of hours among them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/decider.h"
#include "random_plan.h"

#define CALLS 400

static char *folder;

static int setup(void **state)
{
	(void)state;
	folder = random_folder_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	random_folder_free(folder);
	return 0;
}

static nm_time utc(int year, int month, int day)
{
	return nm_days_from_date(year, month, day) * NM_DAY;
}

static void assert_decision(const struct nm_plan *plan, uint16_t rule, struct nm_decision expected)
{
	struct nm_decision got = nm_plan_rule_decision(plan, rule);

	assert_true(rule < nm_plan_rules_count(plan));
	assert_int_equal(got.verdict, expected.verdict);
	assert_int_equal(got.by, expected.by);
	assert_int_equal(got.index, expected.index);
	assert_int_equal(got.path, expected.path);
	assert_int_equal(got.reject, expected.reject);
}

/* A number in or beside what the plan names: a pattern, grown, shortened or one off. */
static nm_number random_number(const struct nm_plan *plan, uint64_t *random)
{
	nm_number number = 12125550000 + random_below(random, 100000);

	if (random_below(random, 12) == 0)
		return NM_ANONYMOUS;
	if (random_below(random, 12) == 0)
		return random_below(random, 3);
	if (plan->n_callers > 0 && random_below(random, 4) > 0) {
		const struct nm_callers *callers =
			&plan->callers[random_below(random, (uint32_t)plan->n_callers)];

		number = callers->patterns[random_below(random, (uint32_t)callers->n)].number;
		for (uint32_t i = random_below(random, 12); i > 0 && number < 100000000000000; i--)
			number = number * 10 + random_below(random, 10) * random_below(random, 2);
		if (random_below(random, 4) == 0)
			number /= 10;
		number += random_below(random, 3);
		number -= random_below(random, 3) > number ? 0 : random_below(random, 2);
	}
	return number;
}

static struct nm_caller caller_of(nm_number number)
{
	return (struct nm_caller){ number == NM_ANONYMOUS, number == NM_ANONYMOUS ? 0 : number };
}

/* The first calls by themselves, however many, are decided the same, and nothing else is written. */
static void assert_any_length(const struct nm_decider *decider, const struct nm_decider_call *calls,
			      const uint16_t *rules)
{
	for (size_t n = 0; n < 100; n++) {
		uint16_t again[100];

		memset(again, 0xee, sizeof again);
		nm_decider_run(decider, calls, n, again);
		assert_memory_equal(again, rules, n * sizeof *again);
		for (size_t i = n; i < 100; i++)
			assert_int_equal(again[i], 0xeeee);
	}
}

static void assert_calls(const struct nm_timeline *timeline, const struct nm_decider *decider, int line,
			 uint64_t *random)
{
	static struct nm_decider_call calls[CALLS];
	static uint16_t rules[CALLS];
	const struct nm_plan *plan = timeline->plan;

	for (size_t i = 0; i < CALLS; i++) {
		calls[i].at = timeline->from +
			      (nm_time)(random_next(random) % (uint64_t)(timeline->until - timeline->from));
		if (i % 2)
			calls[i].at =
				timeline->start[random_below(random, (uint32_t)timeline->n)] - (i % 4 == 1);
		calls[i].number = random_number(plan, random);
	}
	calls[0].at = timeline->from - 1;
	calls[1].at = timeline->until;
	calls[2].at = NM_TIME_MIN;
	calls[3].at = timeline->until - 1;
	nm_decider_run(decider, calls, CALLS, rules);
	for (size_t i = 0; i < CALLS; i++) {
		bool inside = timeline->from <= calls[i].at && calls[i].at < timeline->until;

		assert_int_equal(rules[i], nm_decider_rule(decider, calls[i].at, calls[i].number));
		if (!inside)
			assert_int_equal(rules[i], NM_RULE_OUTSIDE);
		else
			assert_decision(plan, rules[i],
					nm_decide(plan, nm_timeline_state(timeline, calls[i].at), line,
						  nm_caller_groups(plan, caller_of(calls[i].number)), false));
	}
	assert_any_length(decider, calls, rules);
}

static void assert_lists(const struct nm_timeline *timeline, const struct nm_classes *classes, int line)
{
	struct nm_decided_classes decided;
	struct nm_error err;

	assert_int_equal(nm_decided_build(timeline, classes, line, &decided, &err), NM_OK);
	assert_int_equal(decided.n, classes->n);
	for (size_t c = 0; c < decided.n; c++) {
		const struct nm_decided_list *list = &decided.lists[c];
		size_t k = 0;

		assert_true(list->n > 0);
		assert_int_equal(list->items[0].from, timeline->from);
		for (size_t i = 1; i < list->n; i++)
			assert_int_not_equal(list->items[i].rule, list->items[i - 1].rule);
		for (size_t i = 0; i < timeline->n; i++) {
			while (k + 1 < list->n && list->items[k + 1].from <= timeline->start[i])
				k++;
			assert_decision(timeline->plan, list->items[k].rule,
					nm_decide(timeline->plan, &timeline->states[timeline->state[i]], line,
						  classes->items[c].groups, false));
		}
		assert_int_equal(k, list->n - 1);
	}
	nm_decided_clear(&decided);
}

static void assert_plan(const struct nm_plan *plan, nm_time from, nm_time until, uint64_t seed)
{
	uint64_t random = seed;
	struct nm_timeline *timeline;
	struct nm_classes classes;
	struct nm_error err;

	assert_int_equal(nm_timeline_build(plan, from, until, &timeline, &err), NM_OK);
	assert_int_equal(nm_classes_build(plan, &classes, &err), NM_OK);
	for (int line = 0; line < (int)plan->n_lines; line++) {
		struct nm_decider *decider;

		assert_int_equal(nm_decider_build(timeline, &classes, line, &decider, &err), NM_OK);
		assert_calls(timeline, decider, line, &random);
		nm_decider_free(decider);
		assert_lists(timeline, &classes, line);
	}
	nm_classes_clear(&classes);
	nm_timeline_free(timeline);
}

static void test_many_decisions_at_once_are_those_of_each_by_itself(void **state)
{
	(void)state;
	for (uint64_t seed = 8000; seed < 8120; seed++) {
		struct nm_plan *plan = random_plan_read(seed, folder);
		uint64_t random = seed;
		nm_time from = utc(2026, 1, 1) + random_below(&random, 300 * NM_DAY);

		assert_plan(plan, from, from + 1 + random_below(&random, 60 * NM_DAY), seed);
		nm_plan_free(plan);
	}
}

/* More numbers and prefixes than a first bucket or a linear count holds. */
static void test_thousands_of_numbers_and_hundreds_of_prefixes_are_told_apart(void **state)
{
	uint64_t random = 1;
	struct nm_buf text;
	struct nm_plan *plan;

	(void)state;
	nm_buf_init(&text, 1 << 20);
	nm_buf_add(
		&text,
		"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount a { driver = sandbox }\n"
		"line l { number = \"+15125550100\"  account = a }\n"
		"destination owner { kind = personal  number = \"+15125550111\" }\npath p { step { ring = owner } }\n");
	for (int group = 0; group < 4; group++) {
		nm_buf_addf(&text, "callers c%d { numbers = { anonymous", group);
		for (int i = 0; i < 900; i++)
			nm_buf_addf(&text, ", \"+1%u%07u\"", 212 + (unsigned)group,
				    (unsigned)i * 7919 + random_below(&random, 5000));
		for (int i = 0; i < 60; i++)
			nm_buf_addf(&text, ", \"+1%u%02u%u*\"", 212 + (unsigned)group, (unsigned)i + 20,
				    random_below(&random, 10));
		nm_buf_add(&text, " } }\n");
		nm_buf_addf(&text, "rule r%d { callers = c%d  path = p }\n", group, group);
	}
	nm_buf_add(&text, "rule rest { path = p }\n");
	assert_false(text.failed);
	plan = plan_of_text(text.data, folder);
	for (uint64_t seed = 0; seed < 20; seed++)
		assert_plan(plan, utc(2026, 1, 1), utc(2026, 1, 2), seed);
	nm_plan_free(plan);
	nm_buf_clear(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_decisions_at_once_are_those_of_each_by_itself),
		cmocka_unit_test(test_thousands_of_numbers_and_hundreds_of_prefixes_are_told_apart),
	};

	return cmocka_run_group_tests_name("decider", tests, setup, teardown);
}
