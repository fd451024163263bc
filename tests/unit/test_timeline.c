/* SPDX-License-Identifier: MIT */
/*
 * The timeline against the slow reading of the plan: random plans, every interval, every clock change.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/timeline.h"
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

static struct nm_timeline *build(const struct nm_plan *plan, nm_time from, nm_time until)
{
	struct nm_timeline *timeline = NULL;
	struct nm_error err;

	if (nm_timeline_build(plan, from, until, &timeline, &err))
		fail_msg("%s", err.text);
	return timeline;
}

static void assert_state(const struct slow *slow, const struct nm_state *state, nm_time t)
{
	const struct nm_plan *plan = slow->plan;

	for (int i = 0; i < (int)plan->n_schedules; i++)
		if (nm_bit(state->schedules, i) != slow_schedule_on(slow, i, t))
			fail_msg("%s: schedule %s at %lld", plan->business, plan->schedules[i].name,
				 (long long)t);
	for (int i = 0; i < (int)plan->n_overrides; i++)
		if (nm_bit(state->overrides, i) != slow_override_on(slow, i, t))
			fail_msg("%s: override %d at %lld", plan->business, i, (long long)t);
	for (int i = 0; i < (int)plan->n_rotations; i++)
		if (state->turns[i] != slow_turn(slow, i, t))
			fail_msg("%s: rotation %d at %lld", plan->business, i, (long long)t);
}

static bool states_equal(const struct nm_plan *plan, const struct nm_state *a, const struct nm_state *b)
{
	for (int i = 0; i < (int)plan->n_schedules; i++)
		if (nm_bit(a->schedules, i) != nm_bit(b->schedules, i))
			return false;
	for (int i = 0; i < (int)plan->n_overrides; i++)
		if (nm_bit(a->overrides, i) != nm_bit(b->overrides, i))
			return false;
	return !memcmp(a->turns, b->turns, plan->n_rotations * sizeof(*a->turns));
}

static void assert_tiles(const struct nm_timeline *timeline, nm_time from, nm_time until)
{
	assert_true(timeline->n > 0);
	assert_int_equal(timeline->start[0], from);
	assert_int_equal(timeline->start[timeline->n], until);
	for (size_t i = 0; i < timeline->n; i++) {
		assert_true(timeline->start[i] < timeline->start[i + 1]);
		assert_true(timeline->state[i] < timeline->n_states);
		if (i > 0)
			assert_int_not_equal(timeline->state[i], timeline->state[i - 1]);
	}
	for (size_t i = 0; i < timeline->n_states; i++)
		for (size_t k = 0; k < i; k++)
			assert_false(
				states_equal(timeline->plan, &timeline->states[i], &timeline->states[k]));
}

/* Intervals without hole or overlap, in each of which the slow reading stays the same. */
static void assert_timeline(const struct nm_plan *plan, nm_time from, nm_time until)
{
	struct nm_timeline *timeline = build(plan, from, until);
	struct slow slow;

	slow_init(&slow, plan, from, until);
	assert_tiles(timeline, from, until);
	for (size_t i = 0; i < timeline->n; i++) {
		nm_time a = timeline->start[i], b = timeline->start[i + 1];
		const struct nm_state *state = &timeline->states[timeline->state[i]];

		assert_state(&slow, state, a);
		assert_state(&slow, state, a + (b - a) / 2);
		assert_state(&slow, state, b - 1);
		assert_int_equal(nm_timeline_find(timeline, a), i);
		assert_int_equal(nm_timeline_find(timeline, b - 1), i);
		assert_ptr_equal(nm_timeline_state(timeline, a), state);
	}
	slow_clear(&slow);
	nm_timeline_free(timeline);
}

static void test_random_plans_equal_the_slow_reading(void **unused)
{
	(void)unused;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		struct nm_plan *plan = random_plan_read(seed, folder);
		uint64_t random = seed;
		nm_time from = utc(2025, 12, 1, 0, 0) + random_below(&random, 400 * NM_DAY);

		assert_timeline(plan, from, from + 1 + random_below(&random, 20 * NM_DAY));
		nm_plan_free(plan);
	}
}

/* Seconds, quarter hours and hours around each clock change of the plan's zone. */
static void test_states_are_right_around_every_clock_change(void **unused)
{
	(void)unused;
	for (uint64_t seed = 1000; seed < 1025; seed++) {
		struct nm_plan *plan = random_plan_read(seed, folder);
		nm_time t = utc(2026, 1, 1, 0, 0), until = utc(2027, 6, 1, 0, 0);
		struct nm_timeline *timeline = build(plan, t, until);
		struct slow slow;

		slow_init(&slow, plan, t, until);
		while ((t = nm_zone_next_change(plan->zone, t)) < until - 6 * 3600)
			for (int quarter = -16; quarter <= 16; quarter++)
				for (int second = -1; second <= 1; second++) {
					nm_time at = t + quarter * 900 + second;

					assert_state(&slow, nm_timeline_state(timeline, at), at);
				}
		slow_clear(&slow);
		nm_timeline_free(timeline);
		nm_plan_free(plan);
	}
}

static const char night[] =
	"timezone = \"America/Chicago\"  country = \"US\"\n"
	"account a { driver = sandbox }\nline l { number = \"+15125550100\"  account = a }\n"
	"schedule early { hours = \"01:15-01:45\" }\nschedule gap { hours = \"02:15-02:45\" }\n"
	"schedule wide { hours = \"01:30-03:30\" }\n"
	"destination m { kind = voicemail  greeting = \"Hello\" }\npath p { step { ring = m } }\nrule r { path = p }\n";

/* How many seconds a schedule is on in a window. */
static int64_t seconds_on(const struct nm_timeline *timeline, int schedule)
{
	int64_t seconds = 0;

	for (size_t i = 0; i < timeline->n; i++)
		if (nm_bit(timeline->states[timeline->state[i]].schedules, schedule))
			seconds += timeline->start[i + 1] - timeline->start[i];
	return seconds;
}

static void test_an_hour_that_is_repeated_is_inside_twice(void **unused)
{
	struct nm_plan *plan = plan_of_text(night, folder);
	struct nm_timeline *timeline = build(plan, utc(2026, 11, 1, 5, 0), utc(2026, 11, 2, 6, 0));

	(void)unused;
	assert_int_equal(seconds_on(timeline, 0), 2 * 1800);
	assert_int_equal(seconds_on(timeline, 1), 1800);
	assert_int_equal(seconds_on(timeline, 2), 3 * 3600 - 1800);
	nm_timeline_free(timeline);
	nm_plan_free(plan);
}

static void test_an_hour_that_is_skipped_does_not_exist(void **unused)
{
	struct nm_plan *plan = plan_of_text(night, folder);
	struct nm_timeline *timeline = build(plan, utc(2026, 3, 8, 6, 0), utc(2026, 3, 9, 5, 0));

	(void)unused;
	assert_int_equal(seconds_on(timeline, 0), 1800);
	assert_int_equal(seconds_on(timeline, 1), 0);
	assert_int_equal(seconds_on(timeline, 2), 3600);
	nm_timeline_free(timeline);
	nm_plan_free(plan);
}

static void test_ten_years_tile_and_more_is_refused(void **unused)
{
	struct nm_plan *plan = plan_of_text(night, folder);
	nm_time from = utc(2026, 1, 1, 6, 0);
	struct nm_timeline *timeline = build(plan, from, utc(2036, 1, 1, 6, 0));
	struct nm_error err;

	(void)unused;
	assert_tiles(timeline, from, utc(2036, 1, 1, 6, 0));
	nm_timeline_free(timeline);
	assert_int_equal(nm_timeline_build(plan, from, utc(2036, 2, 1, 6, 0), &timeline, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "10 years"));
	assert_int_equal(nm_timeline_build(plan, from, from, &timeline, &err), NM_INPUT);
	assert_int_equal(nm_timeline_build(plan, NM_TIME_MIN, from, &timeline, &err), NM_INPUT);
	assert_int_equal(nm_timeline_build(plan, from, NM_TIME_MAX, &timeline, &err), NM_INPUT);
	nm_plan_free(plan);
}

/* A turn that the walk from its neighbours reaches: `next` is when the answer changes, not before. */
static void test_turns_change_exactly_when_said(void **unused)
{
	(void)unused;
	for (uint64_t seed = 2000; seed < 2050; seed++) {
		struct nm_plan *plan = random_plan_read(seed, folder);
		struct slow slow;

		slow_init(&slow, plan, utc(2026, 1, 1, 0, 0), utc(2026, 1, 2, 0, 0));
		for (size_t i = 0; i < plan->n_rotations; i++) {
			nm_time t = utc(2025, 3, 1, 12, 34) + (nm_time)(seed % 400) * NM_DAY;

			for (int k = 0; k < 40 && t != NM_TIME_MAX; k++) {
				nm_time next;

				assert_int_equal(nm_rotation_turn(plan, &plan->rotations[i], t, &next),
						 slow_turn(&slow, (int)i, t));
				assert_true(next > t);
				if (next == NM_TIME_MAX)
					break;
				assert_int_equal(slow_turn(&slow, (int)i, next - 1),
						 slow_turn(&slow, (int)i, t));
				for (int minutes = -90; minutes <= 90; minutes += 30)
					assert_int_equal(nm_rotation_turn(plan, &plan->rotations[i],
									  next + minutes * 60, NULL),
							 slow_turn(&slow, (int)i, next + minutes * 60));
				t = next;
			}
		}
		slow_clear(&slow);
		nm_plan_free(plan);
	}
}

static void test_weekly_turns_change_at_the_same_wall_clock_time_all_year(void **unused)
{
	static const char text[] =
		"timezone = \"America/Chicago\"  country = \"US\"\naccount a { driver = sandbox }\n"
		"line l { number = \"+15125550100\"  account = a }\n"
		"destination a { kind = personal  number = \"+15125550111\" }\n"
		"destination b { kind = personal  number = \"+15125550112\" }\n"
		"rotation duty { members = { a, b }  from = \"2026-10-26 08:00\"  every = 1w }\n"
		"path p { step { ring = duty } }\nrule r { path = p }\n";
	struct nm_plan *plan = plan_of_text(text, folder);
	nm_time t = utc(2026, 1, 1, 0, 0), next;
	int turns = 0;

	(void)unused;
	for (; t < utc(2027, 1, 1, 0, 0); t = next, turns++) {
		nm_local local;

		nm_rotation_turn(plan, &plan->rotations[0], t, &next);
		local = nm_zone_local(plan->zone, next);
		assert_int_equal(nm_weekday(nm_local_day(local)), 0);
		assert_int_equal(local - nm_local_day(local) * NM_DAY, 8 * 3600);
	}
	assert_int_equal(turns, 53);
	nm_plan_free(plan);
}

/* 02:30 does not exist on 8 March: that turn begins when 02:30 would have been, at 03:30. */
static void test_a_turn_that_begins_in_a_skipped_hour_begins_an_hour_later(void **unused)
{
	static const char text[] =
		"timezone = \"America/Chicago\"  country = \"US\"\naccount a { driver = sandbox }\n"
		"line l { number = \"+15125550100\"  account = a }\n"
		"destination a { kind = personal  number = \"+15125550111\" }\n"
		"destination b { kind = personal  number = \"+15125550112\" }\n"
		"rotation duty { members = { a, b }  from = \"2026-03-06 02:30\"  every = 1d }\n"
		"path p { step { ring = duty } }\nrule r { path = p }\n";
	struct nm_plan *plan = plan_of_text(text, folder);
	const struct nm_rotation *duty = &plan->rotations[0];
	nm_time next;

	(void)unused;
	assert_int_equal(nm_rotation_turn(plan, duty, utc(2026, 3, 8, 8, 29), &next), 1);
	assert_int_equal(next, utc(2026, 3, 8, 8, 30));
	assert_int_equal(nm_rotation_turn(plan, duty, utc(2026, 3, 8, 8, 30), &next), 0);
	assert_int_equal(next, utc(2026, 3, 9, 7, 30));
	nm_plan_free(plan);
}

static void test_holidays_are_the_dates_on_which_an_event_lies(void **unused)
{
	(void)unused;
	for (uint64_t seed = 3000; seed < 3040; seed++) {
		struct nm_plan *plan = random_plan_read(seed, folder);
		nm_time from = utc(2026, 2, 3, 4, 5), until = utc(2026, 9, 1, 0, 0);
		struct nm_error err;

		for (int c = 0; c < (int)plan->n_calendars; c++) {
			struct nm_ical_events events;
			size_t n, k = 0;
			int32_t *days;
			int64_t first = nm_local_day(nm_zone_local(plan->zone, from));
			int64_t last = nm_local_day(nm_zone_local(plan->zone, until - 1));

			assert_int_equal(nm_holidays_of(plan->calendars[c].ical, plan->zone, from, until, &days, &n,
							&err),
					 NM_OK);
			assert_int_equal(nm_ical_expand(plan->calendars[c].ical, plan->zone,
							from - 3 * NM_DAY, until + 3 * NM_DAY, &events, &err),
					 NM_OK);
			for (int64_t day = first; day <= last; day++) {
				bool is = false;

				for (size_t i = 0; i < events.n; i++)
					is = is ||
					     (nm_local_day(nm_zone_local(plan->zone, events.items[i].from)) <=
						      day &&
					      nm_local_day(nm_zone_local(plan->zone,
									 events.items[i].until - 1)) >= day);
				assert_int_equal(k < n && days[k] == day, is);
				k += is;
			}
			assert_int_equal(k, n);
			free(days);
			nm_ical_events_clear(&events);
		}
		nm_plan_free(plan);
	}
}

static void test_a_calendar_never_fetched_is_never_on_and_PH_without_holidays_never_matches(void **unused)
{
	static const char text[] =
		"timezone = \"America/Chicago\"  country = \"US\"\naccount a { driver = sandbox }\n"
		"line l { number = \"+15125550100\"  account = a }\n"
		"calendar far { url = \"https://example.org/x.ics\" }\n"
		"schedule busy { calendar = far }\nschedule open { hours = \"Mo-Su 08:00-18:00; PH off\"  holidays = far }\n"
		"destination m { kind = voicemail  greeting = \"Hello\" }\npath p { step { ring = m } }\nrule r { path = p }\n";
	struct nm_plan *plan = plan_of_text(text, folder);
	struct nm_timeline *timeline = build(plan, utc(2026, 6, 1, 5, 0), utc(2026, 6, 11, 5, 0));

	(void)unused;
	assert_int_equal(seconds_on(timeline, 0), 0);
	assert_int_equal(seconds_on(timeline, 1), 10 * 36000);
	nm_timeline_free(timeline);
	nm_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_plans_equal_the_slow_reading),
		cmocka_unit_test(test_states_are_right_around_every_clock_change),
		cmocka_unit_test(test_an_hour_that_is_repeated_is_inside_twice),
		cmocka_unit_test(test_an_hour_that_is_skipped_does_not_exist),
		cmocka_unit_test(test_ten_years_tile_and_more_is_refused),
		cmocka_unit_test(test_turns_change_exactly_when_said),
		cmocka_unit_test(test_weekly_turns_change_at_the_same_wall_clock_time_all_year),
		cmocka_unit_test(test_a_turn_that_begins_in_a_skipped_hour_begins_an_hour_later),
		cmocka_unit_test(test_holidays_are_the_dates_on_which_an_event_lies),
		cmocka_unit_test(
			test_a_calendar_never_fetched_is_never_on_and_PH_without_holidays_never_matches),
	};

	return cmocka_run_group_tests_name("timeline", tests, setup, teardown);
}
