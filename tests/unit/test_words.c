/* SPDX-License-Identifier: MIT */
/*
 * Windows in words.  Most tests make windows with the hours language, so that what is said can be read
 * beside what was meant.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/route.h"
#include "random_plan.h"

static struct nm_zone *zone;

static int setup(void **state)
{
	struct nm_error err;

	(void)state;
	return nm_zone_load("America/Chicago", &zone, &err) == NM_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	nm_zone_free(zone);
	return 0;
}

static nm_time at(const char *text)
{
	struct nm_error err;
	nm_time t;

	if (nm_time_read(text, zone, 0, &t, &err) != NM_OK)
		fail_msg("%s", err.text);
	return t;
}

static void assert_words(const struct nm_span *windows, size_t n, struct nm_span horizon, size_t most,
			 const char *wanted)
{
	struct nm_buf out;

	nm_buf_init(&out, 65536);
	nm_windows_words(zone, windows, n, horizon, most, &out);
	assert_false(out.failed);
	assert_string_equal(out.data, wanted);
	nm_buf_clear(&out);
}

/* When a schedule of these hours is on, from `from` for so many days. */
static size_t windows_of(const char *hours, nm_time from, int days, struct nm_span **out)
{
	char text[1024];
	struct nm_plan *plan;
	struct nm_timeline *timeline;
	struct nm_error err;
	size_t n = 0;

	assert_true(
		snprintf(
			text, sizeof(text),
			"business = \"B\" timezone = \"America/Chicago\" country = \"US\"\n"
			"account a { driver = sandbox }\n"
			"line main { number = \"+15125550100\" account = a } schedule s { hours = \"%s\" }\n"
			"destination d { kind = ai number = \"+15125550177\" } path p { step { ring = d } }\n"
			"rule r { during = s path = p }\n",
			hours) < (int)sizeof(text));
	plan = plan_of_text(text, "/tmp");
	assert_int_equal(nm_timeline_build(plan, from, from + days * (nm_time)NM_DAY, &timeline, &err),
			 NM_OK);
	*out = calloc(timeline->n + 1, sizeof(**out));
	for (size_t i = 0; i < timeline->n; i++)
		if (nm_bit(timeline->states[timeline->state[i]].schedules, 0))
			(*out)[n++] = (struct nm_span){ timeline->start[i], timeline->start[i + 1] };
	nm_timeline_free(timeline);
	nm_plan_free(plan);
	return n;
}

static void assert_hours(const char *hours, const char *from, int days, const char *wanted)
{
	struct nm_span *windows, horizon = { at(from), at(from) + days * (nm_time)NM_DAY };
	size_t n = windows_of(hours, horizon.from, days, &windows);

	assert_words(windows, n, horizon, 4, wanted);
	free(windows);
}

/* Weekly windows are folded, two years long, across four clock changes and from the middle of a week. */
static void test_weekly_windows_are_folded(void **state)
{
	const struct {
		const char *hours, *words;
	} cases[] = {
		{ "Mo-Fr 08:00-18:00", "weekdays 08:00-18:00" },
		{ "Th 12:00-13:00", "Thursdays 12:00-13:00" },
		{ "Mo,Th 12:00-13:00", "Mondays and Thursdays 12:00-13:00" },
		{ "Mo,We,Fr 12:00-13:00", "Mondays, Wednesdays and Fridays 12:00-13:00" },
		{ "Mo-Th 12:00-13:30", "Mondays to Thursdays 12:00-13:30" },
		{ "Sa-Su 10:00-12:00", "weekends 10:00-12:00" },
		{ "07:00-09:00", "every day 07:00-09:00" },
		{ "Su", "Sundays all day" },
		{ "Sa-Su", "weekends all day" },
		{ "Sa 20:00-24:00", "Saturdays 20:00-24:00" },
		{ "Fr 18:00-32:00", "Fri 18:00-Sat 08:00" },
		{ "Mo-Th 22:00-06:00", "Mondays to Thursdays 22:00-06:00" },
		{ "22:00-06:00", "every day 22:00-06:00" },
		{ "Mo-Fr 08:00-12:00,13:00-18:00", "weekdays 08:00-12:00; weekdays 13:00-18:00" },
		{ "Mo-Fr 08:00-18:00; Sa 09:00-13:00", "weekdays 08:00-18:00; Saturdays 09:00-13:00" },
		{ "24/7", "always" },
		{ "off", "never" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_hours(cases[i].hours, "2026-11-25 05:11", 731, cases[i].words);
		assert_hours(cases[i].hours, "2026-11-23 00:00", 21, cases[i].words);
	}
}

/* A span that lasts over several days. */
static void test_long_spans(void **state)
{
	struct nm_span horizon = { at("2026-11-23 12:00"), at("2027-01-18 12:00") }, windows[8];

	(void)state;
	for (int i = 0; i < 8; i++)
		windows[i] = (struct nm_span){ at("2026-11-28 13:00") + i * 7 * NM_DAY,
					       at("2026-11-30 08:00") + i * 7 * NM_DAY };
	assert_words(windows, 8, horizon, 4, "Sat 13:00-Mon 08:00");
}

/* The horizon begins and ends within a window: that is no other window. */
static void test_windows_cut_by_the_horizon(void **state)
{
	(void)state;
	assert_hours("Mo-Fr 08:00-18:00", "2026-11-25 12:00", 364, "weekdays 08:00-18:00");
	assert_hours("Sa-Su", "2026-11-28 12:00", 364, "weekends all day");
}

/* By itself, such a window is told by the end of it that the plan knows, and not by the second at which one looked. */
static void test_edges_of_the_horizon_are_no_boundaries(void **state)
{
	const struct nm_span horizon = { at("2026-11-26 00:00:10"), at("2028-11-25 00:00:10") };
	const struct nm_span first = { horizon.from, at("2026-11-30 08:00") }, last = { at("2028-11-24 18:30"), horizon.until };
	const struct nm_span days = { horizon.from, at("2026-11-28") }, inside = { horizon.from + 50, at("2026-11-26 00:30") };
	const struct nm_span both[2] = { first, last };
	const struct nm_span midnight = { at("2026-11-26"), at("2026-12-03") }, today = { at("2026-11-26"), at("2026-11-27") };

	(void)state;
	assert_words(&first, 1, horizon, 4, "until Mon 30 Nov 2026 08:00");
	assert_words(&last, 1, horizon, 4, "from Fri 24 Nov 2028 18:30 on");
	assert_words(both, 2, horizon, 4, "until Mon 30 Nov 2026 08:00; from Fri 24 Nov 2028 18:30 on");
	assert_words(&days, 1, horizon, 4, "until Fri 27 Nov 2026 24:00");
	assert_words(&inside, 1, horizon, 4, "Thu 26 Nov 2026 00:01-00:30");
	assert_words(&today, 1, midnight, 4, "Thu 26 Nov 2026 all day");
	assert_words(&midnight, 1, midnight, 4, "always");
}

/* An hour that the clock skips or repeats is inside as design.md 4.1 has it: no reason for other words. */
static void test_clock_changes_do_not_show(void **state)
{
	(void)state;
	assert_hours("01:30-02:30", "2026-10-20 00:00", 200, "every day 01:30-02:30");
	assert_hours("Su 00:00-01:30", "2026-10-20 00:00", 200, "Sundays 00:00-01:30");
}

/* Single windows are dated. */
static void test_single_windows_are_dated(void **state)
{
	const struct nm_span horizon = { at("2026-11-23 00:00"), at("2028-11-23 00:00") };
	const struct nm_span day = { at("2026-11-26 08:00"), at("2026-11-26 18:00") };
	const struct nm_span whole = { at("2026-12-25"), at("2026-12-26") };
	const struct nm_span night = { at("2026-12-24 18:00"), at("2026-12-25 08:00") };
	const struct nm_span days = { at("2026-12-24"), at("2026-12-27") };
	const struct nm_span part = { at("2026-12-24 12:00"), at("2026-12-27 09:30:15") };
	const struct nm_span two[2] = { day, whole };

	(void)state;
	assert_words(&day, 1, horizon, 4, "Thu 26 Nov 2026 08:00-18:00");
	assert_words(&whole, 1, horizon, 4, "Fri 25 Dec 2026 all day");
	assert_words(&night, 1, horizon, 4, "Thu 24 Dec 2026 18:00-Fri 08:00");
	assert_words(&days, 1, horizon, 4, "Thu 24 Dec 2026 to Sat 26 Dec 2026 all day");
	assert_words(&part, 1, horizon, 4, "Thu 24 Dec 2026 12:00-Sun 27 Dec 2026 09:30:15");
	assert_words(two, 2, horizon, 4, "Thu 26 Nov 2026 08:00-18:00; Fri 25 Dec 2026 all day");
}

/* "A repeated hour is inside twice": windows by their date say which of the two they mean. */
static void test_repeated_times_say_which(void **state)
{
	(void)state;
	assert_hours("Su 01:30-02:30", "2026-10-31 00:00", 7,
		     "Sun 1 Nov 2026 01:30 CDT-01:00 CST; Sun 1 Nov 2026 01:30 CST-02:30");
	assert_hours("Su 00:30-01:15", "2026-10-31 00:00", 7,
		     "Sun 1 Nov 2026 00:30-01:15 CDT; Sun 1 Nov 2026 01:00 CST-01:15 CST");
	assert_hours("Su 03:00-04:00", "2026-10-31 00:00", 7, "Sun 1 Nov 2026 03:00-04:00");
}

/* In one week everything comes once: nothing is weekly. */
static void test_one_week_has_no_weekly_windows(void **state)
{
	(void)state;
	assert_hours("Th 12:00-13:00", "2026-11-23 00:00", 7, "Thu 26 Nov 2026 12:00-13:00");
}

/* Weeks in which a weekly window does not come are counted; what comes in its place is dated. */
static void test_missing_weeks_are_counted(void **state)
{
	(void)state;
	assert_hours("Th 12:00-13:00; 2026 Nov 26 off", "2026-11-23 00:00", 364,
		     "Thursdays 12:00-13:00 except once");
	assert_hours("Th 12:00-13:00; 2026 Nov 26 14:00-15:00", "2026-11-23 00:00", 364,
		     "Thursdays 12:00-13:00 except once; Thu 26 Nov 2026 14:00-15:00");
	assert_hours("Mo-Fr 08:00-18:00; 2026 Nov 26 off; 2026 Dec 25 off", "2026-11-23 00:00", 364,
		     "weekdays 08:00-18:00 except 2 times");
}

/* Every second week is not weekly, but is not told one by one either. */
static void test_every_second_week(void **state)
{
	struct nm_span horizon = { at("2026-11-23 00:00"), at("2027-11-22 00:00") }, windows[20];

	(void)state;
	for (int i = 0; i < 20; i++) {
		nm_local local = nm_zone_local(zone, at("2026-11-24 08:00")) + i * 14 * (nm_local)NM_DAY;

		windows[i] = (struct nm_span){ nm_zone_utc(zone, local, NULL),
					       nm_zone_utc(zone, local + 3600, NULL) };
	}
	assert_words(windows, 20, horizon, 4, "20 times on a Tuesday 08:00-09:00 (first Tue 24 Nov 2026)");
}

/* "At most `most` of them, then and N more". */
static void test_at_most(void **state)
{
	const struct nm_span horizon = { at("2026-11-23 00:00"), at("2028-11-23 00:00") };
	struct nm_span windows[10];

	(void)state;
	for (int i = 0; i < 10; i++)
		windows[i] = (struct nm_span){ at("2026-11-24 08:00") + i * 8 * NM_DAY + i * 60,
					       at("2026-11-24 09:00") + i * 8 * NM_DAY + i * 60 };
	assert_words(windows, 10, horizon, 2,
		     "Tue 24 Nov 2026 08:00-09:00; Wed 2 Dec 2026 08:01-09:01 and 8 more");
	assert_words(windows, 10, horizon, 0, "10 times");
	assert_words(windows, 2, horizon, 2, "Tue 24 Nov 2026 08:00-09:00; Wed 2 Dec 2026 08:01-09:01");
}

/* Random windows: the words never break, and nothing that is said by the week is said again by its date. */
static void test_random_windows(void **state)
{
	const struct nm_span horizon = { at("2026-10-01 00:00"), at("2027-10-01 00:00") };
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct nm_span windows[64];
		struct nm_buf out;
		nm_time t = horizon.from;
		size_t n = 0;

		for (; n < 64 && t < horizon.until - 40 * NM_DAY; n++) {
			t += 60 * (1 + random_below(&seed, round % 2 ? 20000 : 60));
			windows[n].from = t;
			t += 60 * (1 + random_below(&seed, round % 3 ? 900 : 30000));
			windows[n].until = t;
		}
		nm_buf_init(&out, 65536);
		nm_windows_words(zone, windows, n, horizon, SIZE_MAX, &out);
		assert_false(out.failed);
		assert_true(out.len > 0);
		assert_null(strstr(out.data, "more"));
		nm_buf_clear(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weekly_windows_are_folded),
		cmocka_unit_test(test_long_spans),
		cmocka_unit_test(test_windows_cut_by_the_horizon),
		cmocka_unit_test(test_edges_of_the_horizon_are_no_boundaries),
		cmocka_unit_test(test_clock_changes_do_not_show),
		cmocka_unit_test(test_single_windows_are_dated),
		cmocka_unit_test(test_repeated_times_say_which),
		cmocka_unit_test(test_one_week_has_no_weekly_windows),
		cmocka_unit_test(test_missing_weeks_are_counted),
		cmocka_unit_test(test_every_second_week),
		cmocka_unit_test(test_at_most),
		cmocka_unit_test(test_random_windows),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
