/* SPDX-License-Identifier: MIT */
/*
 * Which rule decides: the order of design.md 4.2 on small plans, random plans against the slow
 * reading, and the classes of callers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/decide.h"
#include "random_plan.h"
#include "slow.h"

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

static nm_time utc(int year, int month, int day, int hour, int minute)
{
	return nm_days_from_date(year, month, day) * NM_DAY + hour * 3600 + minute * 60;
}

/* What all small plans begin with: two lines, of which hotline is an emergency line when a plan says so. */
#define BEGIN                                                                                                                   \
	"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\naccount a { driver = sandbox }\n"              \
	"line main { number = \"+15125550100\"  account = a }\nline hotline { number = \"+15125550190\"  account = a }\n"       \
	"callers vip { numbers = { \"+15125550142\", \"+1737555*\" } }\ncallers spam { numbers = { anonymous, \"+1900*\" } }\n" \
	"schedule business { hours = \"Mo-Fr 08:00-18:00; Sa 09:00-13:00\" }\nschedule never { hours = \"2020 Jan 01\" }\n"     \
	"destination owner { kind = personal  number = \"+15125550111\"  own_voicemail = none }\n"                              \
	"path day { step { ring = owner } }\npath night { step { ring = owner } }\npath escalate { step { ring = owner } }\n"

#define MONDAY_NOON utc(2026, 11, 23, 18, 0)
#define MONDAY_NIGHT utc(2026, 11, 24, 4, 0)

static const struct nm_caller anybody = { false, 12125550100 };
static const struct nm_caller vip = { false, 17375550001 };
static const struct nm_caller spammer = { true, 0 };

/* Name of the rule that decides. */
static void assert_rule(const struct nm_plan *plan, nm_time at, const char *line, struct nm_caller caller,
			bool emergency, const char *expected)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_timeline *timeline;
	struct nm_decision decision;
	struct nm_error err;
	const char *rule;

	assert_int_equal(nm_timeline_build(plan, at, at + 1, &timeline, &err), NM_OK);
	decision = nm_decide(plan, nm_timeline_state(timeline, at), nm_plan_find_line(plan, line),
			     nm_caller_groups(plan, caller), emergency);
	rule = nm_decision_rule(plan, decision, arena);
	if (expected)
		assert_string_equal(rule ? rule : "nothing", expected);
	else
		assert_null(rule);
	nm_timeline_free(timeline);
	nm_arena_free(arena);
}

static void test_the_first_rule_that_matches_decides(void **state)
{
	struct nm_plan *plan = plan_of_text(
		BEGIN "rule vip { callers = vip  outside = business  path = day }\n"
		      "rule open { during = business  path = day }\nrule closed { path = night }\n",
		folder);

	(void)state;
	assert_rule(plan, MONDAY_NOON, "main", anybody, false, "open");
	assert_rule(plan, MONDAY_NIGHT, "main", anybody, false, "closed");
	assert_rule(plan, MONDAY_NOON, "main", vip, false, "open");
	assert_rule(plan, MONDAY_NIGHT, "main", vip, false, "vip");
	nm_plan_free(plan);
}

static void test_all_fields_of_a_rule_must_match_and_a_missing_one_matches_everything(void **state)
{
	struct nm_plan *plan = plan_of_text(
		BEGIN "rule both { lines = hotline  callers = vip  during = business  path = day }\n"
		      "rule line { lines = hotline  path = night }\n",
		folder);

	(void)state;
	assert_rule(plan, MONDAY_NOON, "hotline", vip, false, "both");
	assert_rule(plan, MONDAY_NIGHT, "hotline", vip, false, "line");
	assert_rule(plan, MONDAY_NOON, "hotline", anybody, false, "line");
	assert_rule(plan, MONDAY_NOON, "main", vip, false, NULL);
	nm_plan_free(plan);
}

static void test_an_empty_list_matches_nothing(void **state)
{
	struct nm_plan *plan = plan_of_text(
		BEGIN "rule a { lines = {}  path = day }\nrule b { callers = {}  path = day }\n"
		      "rule c { during = {}  path = day }\nrule d { outside = {}  path = night }\n",
		folder);

	(void)state;
	/* outside {}: none of no schedules is on */
	assert_rule(plan, MONDAY_NOON, "main", vip, false, "d");
	nm_plan_free(plan);
}

static const char order[] = BEGIN
	"rule all { path = day }\nrule blocked { callers = spam  reject = busy }\nrule shut { reject = silent }\n"
	"override first { from = \"2026-11-23 00:00\"  until = \"2026-11-24 00:00\"  callers = vip  path = night }\n"
	"override second { from = \"2026-11-23 00:00\"  until = \"2026-11-24 00:00\"  path = night }\n"
	"emergency { lines = hotline  path = escalate }\n";

static void test_rejecting_rules_with_callers_come_first_then_emergency_overrides_other_rules(void **state)
{
	struct nm_plan *plan = plan_of_text(order, folder);

	(void)state;
	assert_rule(plan, MONDAY_NOON, "main", spammer, false, "blocked");
	assert_rule(plan, MONDAY_NOON, "main", spammer, true, "blocked");
	assert_rule(plan, MONDAY_NOON, "main", anybody, true, "emergency");
	assert_rule(plan, MONDAY_NOON, "main", vip, false, "override first");
	assert_rule(plan, MONDAY_NOON, "main", anybody, false, "override second");
	assert_rule(plan, MONDAY_NOON - NM_DAY, "main", anybody, false, "all");
	nm_plan_free(plan);
}

static void test_an_override_holds_from_its_beginning_until_its_end(void **state)
{
	struct nm_plan *plan = plan_of_text(order, folder);
	nm_time from = utc(2026, 11, 23, 6, 0);

	(void)state;
	assert_rule(plan, from - 1, "main", anybody, false, "all");
	assert_rule(plan, from, "main", anybody, false, "override second");
	assert_rule(plan, from + NM_DAY - 1, "main", anybody, false, "override second");
	assert_rule(plan, from + NM_DAY, "main", anybody, false, "all");
	nm_plan_free(plan);
}

static void test_on_an_emergency_line_only_rejecting_rules_that_name_it_apply(void **state)
{
	struct nm_plan *plan = plan_of_text(order, folder);
	struct nm_plan *naming = plan_of_text(
		BEGIN "rule blocked { lines = hotline  callers = spam  reject = busy }\n"
		      "rule all { path = day }\nemergency { lines = hotline  path = escalate }\n",
		folder);

	(void)state;
	assert_rule(plan, MONDAY_NOON, "hotline", spammer, false, "emergency");
	assert_rule(naming, MONDAY_NOON, "hotline", spammer, false, "blocked");
	assert_rule(naming, MONDAY_NOON, "hotline", anybody, false, "emergency");
	assert_rule(naming, MONDAY_NOON, "main", spammer, false, "all");
	nm_plan_free(plan);
	nm_plan_free(naming);
}

static void test_a_caller_in_the_emergencys_callers_has_one(void **state)
{
	struct nm_plan *plan = plan_of_text(
		BEGIN "rule all { path = day }\nemergency { callers = vip  path = escalate }\n", folder);

	(void)state;
	assert_rule(plan, MONDAY_NOON, "main", vip, false, "emergency");
	assert_rule(plan, MONDAY_NOON, "main", anybody, false, "all");
	nm_plan_free(plan);
}

static void test_nothing_matches_and_the_call_is_lost(void **state)
{
	struct nm_plan *plan = plan_of_text(BEGIN "rule open { during = never  path = day }\n", folder);

	(void)state;
	assert_rule(plan, MONDAY_NOON, "main", anybody, false, NULL);
	assert_rule(plan, MONDAY_NOON, "main", anybody, true, NULL);
	nm_plan_free(plan);
}

/* --- against the slow reading --- */

static const nm_number numbers[] = { 0,		  12125550100, 12125550199, 17375550142, 17375550143,
				     17375559999, 17370000000, 13125550001, 49301234567 };

static void test_random_decisions_equal_the_slow_reading(void **state)
{
	(void)state;
	for (uint64_t seed = 5000; seed < 5120; seed++) {
		struct nm_plan *plan = random_plan_read(seed, folder);
		nm_time from = utc(2026, 10, 20, 0, 0), until = utc(2026, 11, 10, 0, 0);
		struct nm_timeline *timeline;
		uint64_t random = seed;
		struct nm_error err;
		struct slow slow;

		assert_int_equal(nm_timeline_build(plan, from, until, &timeline, &err), NM_OK);
		slow_init(&slow, plan, from, until);
		for (int i = 0; i < 120; i++) {
			nm_time at = from + random_below(&random, 20 * NM_DAY);
			int line = (int)random_below(&random, (uint32_t)plan->n_lines);
			bool emergency = random_below(&random, 5) == 0;
			struct nm_caller caller = { random_below(&random, 6) == 0, 0 };
			struct slow_decision expected;
			struct nm_decision got;

			if (!caller.anonymous)
				caller.number =
					numbers[random_below(&random, sizeof numbers / sizeof numbers[0])];
			expected = slow_decide(&slow, at, line, caller, emergency);
			got = nm_decide(plan, nm_timeline_state(timeline, at), line,
					nm_caller_groups(plan, caller), emergency);
			assert_int_equal(got.by, expected.by);
			assert_int_equal(got.index, expected.index);
			assert_int_equal(got.path, expected.path);
			assert_int_equal(got.reject, expected.reject);
			assert_int_equal(got.verdict, got.by == NM_BY_NOTHING ? NM_VERDICT_LOST :
					 got.reject ? NM_VERDICT_REJECT : NM_VERDICT_PATH);
		}
		slow_clear(&slow);
		nm_timeline_free(timeline);
		nm_plan_free(plan);
	}
}

/* The reasons end with the rule that decides, and only that one matched. */
static void test_the_reasons_end_with_the_rule_that_decides(void **state)
{
	(void)state;
	for (uint64_t seed = 6000; seed < 6080; seed++) {
		struct nm_plan *plan = random_plan_read(seed, folder);
		nm_time at = utc(2026, 1, 1, 0, 0) + (nm_time)(seed * 7919 % 500) * 50000;
		struct nm_arena *arena = nm_arena_new();
		struct nm_timeline *timeline;
		struct nm_error err;

		assert_int_equal(nm_timeline_build(plan, at, at + 1, &timeline, &err), NM_OK);
		for (int line = 0; line < (int)plan->n_lines; line++)
			for (size_t c = 0; c < 4; c++) {
				struct nm_caller caller = { c == 3, c == 3 ? 0 : numbers[c * 2] };
				const struct nm_state *now = nm_timeline_state(timeline, at);
				struct nm_decision decision =
					nm_decide(plan, now, line, nm_caller_groups(plan, caller), c == 1);
				const char *rule = nm_decision_rule(plan, decision, arena);
				struct nm_reason *reasons;
				size_t n;

				assert_int_equal(nm_decide_why(plan, now, at, line, caller, c == 1, arena,
							       &reasons, &n, &err),
						 NM_OK);
				for (size_t i = 0; i < n; i++) {
					assert_int_equal(reasons[i].matched, rule && i + 1 == n);
					assert_true(*reasons[i].text != '\0');
				}
				if (rule)
					assert_string_equal(reasons[n - 1].name, rule);
			}
		nm_timeline_free(timeline);
		nm_arena_free(arena);
		nm_plan_free(plan);
	}
}

static void assert_why(const char *text, nm_time at, const char *line, struct nm_caller caller,
		       const char *expected)
{
	struct nm_plan *plan = plan_of_text(text, folder);
	struct nm_arena *arena = nm_arena_new();
	struct nm_timeline *timeline;
	struct nm_reason *reasons;
	struct nm_error err;
	struct nm_buf words;
	size_t n;

	assert_int_equal(nm_timeline_build(plan, at, at + 1, &timeline, &err), NM_OK);
	assert_int_equal(nm_decide_why(plan, nm_timeline_state(timeline, at), at,
				       nm_plan_find_line(plan, line), caller, false, arena, &reasons, &n,
				       &err),
			 NM_OK);
	nm_buf_init(&words, 1 << 16);
	for (size_t i = 0; i < n; i++)
		nm_buf_addf(&words, "%s %s: %s\n", reasons[i].name, reasons[i].matched ? "yes" : "no",
			    reasons[i].text);
	assert_string_equal(words.data, expected);
	nm_buf_clear(&words);
	nm_timeline_free(timeline);
	nm_arena_free(arena);
	nm_plan_free(plan);
}

static void test_the_reasons_in_words(void **state)
{
	static const char text[] = BEGIN
		"rule blocked { callers = spam  reject = busy }\nrule vip { callers = vip  outside = business  path = day }\n"
		"rule open { during = business  path = day }\nrule closed { path = night }\n"
		"override dentist { from = \"2026-12-01 13:00\"  until = \"2026-12-01 15:00\"  path = night }\n"
		"emergency { lines = hotline  path = escalate }\n";

	(void)state;
	assert_why(
		text, MONDAY_NOON, "main", anybody,
		"blocked no: callers spam do not match\nemergency no: line main, caller in no emergency group\n"
		"override no: none in force\nvip no: callers vip do not match\n"
		"open yes: business is on (Mo-Fr 08:00-18:00)\n");
	assert_why(
		text, MONDAY_NOON - NM_DAY, "main", anybody,
		"blocked no: callers spam do not match\nemergency no: line main, caller in no emergency group\n"
		"override no: none in force\nvip no: callers vip do not match\n"
		"open no: business is off: Sunday\nclosed yes: matches every call\n");
	assert_why(
		text, MONDAY_NIGHT, "main", vip,
		"blocked no: callers spam do not match\nemergency no: line main, caller in no emergency group\n"
		"override no: none in force\n"
		"vip yes: callers vip match; business is off (Mo-Fr 08:00-18:00; Sa 09:00-13:00)\n");
	assert_why(
		text, MONDAY_NOON, "main", vip,
		"blocked no: callers spam do not match\nemergency no: line main, caller in no emergency group\n"
		"override no: none in force\nvip no: business is on (Mo-Fr 08:00-18:00)\n"
		"open yes: business is on (Mo-Fr 08:00-18:00)\n");
	assert_why(
		text, MONDAY_NOON, "hotline", spammer,
		"blocked no: does not name this emergency line\nemergency yes: every call to line hotline is one\n");
	assert_why(
		text, utc(2026, 12, 1, 20, 0), "main", anybody,
		"blocked no: callers spam do not match\nemergency no: line main, caller in no emergency group\n"
		"override dentist yes: matches every call\n");
}

static void test_only_the_schedules_that_count_are_given_as_reasons(void **state)
{
	static const char text[] = BEGIN
		"rule a { during = never  path = day }\nrule b { during = { never, business }  path = day }\n"
		"rule c { path = day }\n";

	(void)state;
	assert_why(
		text, MONDAY_NOON, "main", anybody,
		"override no: none in force\na no: never is off: Monday\nb yes: business is on (Mo-Fr 08:00-18:00)\n");
}

/* --- classes of callers --- */

static size_t class_of(const struct nm_classes *classes, uint64_t groups)
{
	for (size_t i = 0; i < classes->n; i++)
		if (classes->items[i].groups == groups)
			return i;
	return classes->n;
}

/* Every witness is of its class, no class is there twice, and every caller tried is in one. */
static void assert_classes(const struct nm_plan *plan, uint64_t *random)
{
	struct nm_classes classes;
	struct nm_error err;
	bool anonymous = nm_caller_groups(plan, (struct nm_caller){ true, 0 }) != 0;

	assert_int_equal(nm_classes_build(plan, &classes, &err), NM_OK);
	assert_true(classes.n >= 1);
	assert_int_equal(classes.items[0].groups, 0);
	for (size_t i = 0; i < classes.n; i++) {
		const struct nm_class *class = &classes.items[i];

		assert_int_equal(nm_caller_groups(plan, class->witness), class->groups);
		assert_true(*class->words != '\0');
		for (size_t k = 0; k < i; k++)
			assert_true(class->witness.anonymous || classes.items[k].groups != class->groups);
	}
	assert_int_equal(classes.items[classes.n - 1].witness.anonymous, anonymous);
	for (size_t i = 0; i < plan->n_callers; i++)
		for (size_t k = 0; k < plan->callers[i].n; k++)
			for (int tries = 0; tries < 60; tries++) {
				nm_number number = plan->callers[i].patterns[k].number;

				while (number < 1000000000)
					number = number * 10 + random_below(random, 10);
				number = number < 10000000000 ? number * 10 + random_below(random, 10)
							      : number;
				assert_true(class_of(&classes,
						     nm_caller_groups(plan,
								      (struct nm_caller){ false, number })) <
					    classes.n);
			}
	nm_classes_clear(&classes);
}

static void test_every_caller_is_in_a_class_and_every_class_has_a_witness(void **state)
{
	(void)state;
	for (uint64_t seed = 7000; seed < 7100; seed++) {
		struct nm_plan *plan = random_plan_read(seed, folder);
		uint64_t random = seed;

		assert_classes(plan, &random);
		nm_plan_free(plan);
	}
}

static void test_a_prefix_that_longer_ones_wholly_cover_has_no_class_of_its_own(void **state)
{
	struct nm_plan *plan = plan_of_text(
		BEGIN
		"callers all { numbers = { \"+1415555*\" } }\n"
		"callers half { numbers = { \"+14155550*\", \"+14155551*\", \"+14155552*\", \"+14155553*\", \"+14155554*\" } }\n"
		"callers rest { numbers = { \"+14155555*\", \"+14155556*\", \"+14155557*\", \"+14155558*\", \"+14155559*\" } }\n"
		"rule r { path = day }\n",
		folder);
	struct nm_classes classes;
	struct nm_error err;

	(void)state;
	assert_int_equal(nm_classes_build(plan, &classes, &err), NM_OK);
	/* other, vip, spam by number, all and half, all and rest, anonymous */
	assert_int_equal(classes.n, 6);
	assert_int_equal(class_of(&classes, 1 << 2), classes.n);
	assert_string_equal(classes.items[0].words, "any other caller");
	assert_string_equal(classes.items[class_of(&classes, 1 << 2 | 1 << 3)].words, "callers all and half");
	assert_true(class_of(&classes, 1 << 2 | 1 << 4) < classes.n);
	assert_int_equal(nm_number_length(1415555), 11);
	nm_classes_clear(&classes);
	nm_plan_free(plan);
}

static void test_who_is_in_a_group(void **state)
{
	struct nm_plan *plan = plan_of_text(BEGIN "rule r { path = day }\n", folder);

	(void)state;
	assert_int_equal(nm_caller_groups(plan, (struct nm_caller){ false, 15125550142 }), 1);
	assert_int_equal(nm_caller_groups(plan, (struct nm_caller){ false, 15125550143 }), 0);
	assert_int_equal(nm_caller_groups(plan, (struct nm_caller){ false, 17375559999 }), 1);
	assert_int_equal(nm_caller_groups(plan, (struct nm_caller){ false, 1737555 }), 1);
	assert_int_equal(nm_caller_groups(plan, (struct nm_caller){ false, 173755 }), 0);
	assert_int_equal(nm_caller_groups(plan, (struct nm_caller){ false, 19005550000 }), 2);
	assert_int_equal(nm_caller_groups(plan, (struct nm_caller){ true, 0 }), 2);
	assert_int_equal(nm_caller_groups(plan, (struct nm_caller){ false, 0 }), 0);
	nm_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_rule_that_matches_decides),
		cmocka_unit_test(test_all_fields_of_a_rule_must_match_and_a_missing_one_matches_everything),
		cmocka_unit_test(test_an_empty_list_matches_nothing),
		cmocka_unit_test(
			test_rejecting_rules_with_callers_come_first_then_emergency_overrides_other_rules),
		cmocka_unit_test(test_an_override_holds_from_its_beginning_until_its_end),
		cmocka_unit_test(test_on_an_emergency_line_only_rejecting_rules_that_name_it_apply),
		cmocka_unit_test(test_a_caller_in_the_emergencys_callers_has_one),
		cmocka_unit_test(test_nothing_matches_and_the_call_is_lost),
		cmocka_unit_test(test_random_decisions_equal_the_slow_reading),
		cmocka_unit_test(test_the_reasons_end_with_the_rule_that_decides),
		cmocka_unit_test(test_the_reasons_in_words),
		cmocka_unit_test(test_only_the_schedules_that_count_are_given_as_reasons),
		cmocka_unit_test(test_every_caller_is_in_a_class_and_every_class_has_a_witness),
		cmocka_unit_test(test_a_prefix_that_longer_ones_wholly_cover_has_no_class_of_its_own),
		cmocka_unit_test(test_who_is_in_a_group),
	};

	return cmocka_run_group_tests_name("decide", tests, setup, teardown);
}
