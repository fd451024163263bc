/* SPDX-License-Identifier: MIT */
/*
 * Civil dates against the C library; times and durations as people write and read them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "nevermiss/clock.h"

#define NOW 1800000000

static struct nm_zone *chicago, *apia, *santiago;

static int zones_open(void **state)
{
	struct nm_error err;

	(void)state;
	if (nm_zone_load("America/Chicago", &chicago, &err) != NM_OK ||
	    nm_zone_load("Pacific/Apia", &apia, &err) != NM_OK ||
	    nm_zone_load("America/Santiago", &santiago, &err) != NM_OK)
		return 1;
	return 0;
}

static int zones_close(void **state)
{
	(void)state;
	nm_zone_free(chicago);
	nm_zone_free(apia);
	nm_zone_free(santiago);
	return 0;
}

static void dates_and_weekdays_are_those_of_the_c_library(void **state)
{
	(void)state;
	for (int64_t day = -800000; day < 800000; day += day > 0 && day < 40000 ? 1 : 11) {
		time_t seconds = (time_t)(day * NM_DAY);
		struct nm_date date = nm_date_from_days(day);
		struct tm tm;

		assert_non_null(gmtime_r(&seconds, &tm));
		assert_int_equal(date.year, tm.tm_year + 1900);
		assert_int_equal(date.month, tm.tm_mon + 1);
		assert_int_equal(date.day, tm.tm_mday);
		assert_int_equal(nm_weekday(day), (tm.tm_wday + 6) % 7);
		assert_int_equal(nm_days_from_date(date.year, date.month, date.day), day);
		assert_true(date.day <= nm_month_days(date.year, date.month));
	}
}

static void months_end_where_the_next_one_begins(void **state)
{
	(void)state;
	for (int year = 1890; year <= 2110; year++) {
		for (int month = 1; month <= 12; month++) {
			int64_t next = month < 12 ? nm_days_from_date(year, month + 1, 1)
						  : nm_days_from_date(year + 1, 1, 1);

			next -= nm_days_from_date(year, month, 1);
			assert_int_equal(next, nm_month_days(year, month));
		}
	}
}

static void the_day_of_a_local_time_is_right_before_1970_too(void **state)
{
	(void)state;
	assert_int_equal(nm_local_day(0), 0);
	assert_int_equal(nm_local_day(NM_DAY - 1), 0);
	assert_int_equal(nm_local_day(-1), -1);
	assert_int_equal(nm_local_day(-NM_DAY), -1);
	assert_int_equal(nm_local_day(-NM_DAY - 1), -2);
}

static nm_time time_get(const struct nm_zone *zone, const char *text)
{
	struct nm_error err;
	nm_time t = 0;

	if (nm_time_read(text, zone, NOW, &t, &err) != NM_OK)
		fail_msg("%s: %s", text, err.text);
	return t;
}

static void every_form_of_a_time_is_read(void **state)
{
	nm_time t = 1798214400; /* 2026-12-25 16:00 UTC */

	(void)state;
	assert_int_equal(time_get(chicago, "2026-12-25 10:00"), t);
	assert_int_equal(time_get(chicago, "2026-12-25 10:00:00"), t);
	assert_int_equal(time_get(chicago, "2026-12-25T10:00"), t);
	assert_int_equal(time_get(chicago, "2026-12-25 10:00:07"), t + 7);
	assert_int_equal(time_get(chicago, "2026-12-25T10:00:00-06:00"), t);
	assert_int_equal(time_get(chicago, "2026-12-25T16:00:00Z"), t);
	assert_int_equal(time_get(chicago, "2026-12-25t16:00:00.125z"), t);
	assert_int_equal(time_get(chicago, "2026-12-25 21:30:00+05:30"), t);
	assert_int_equal(time_get(chicago, "2026-12-25"), t - 10 * 3600);
	assert_int_equal(time_get(chicago, "now"), NOW);
	assert_int_equal(time_get(chicago, "+2h"), NOW + 7200);
	assert_int_equal(time_get(chicago, "+0s"), NOW);
}

static void time_fails(const struct nm_zone *zone, const char *text, const char *says)
{
	struct nm_error err = { NM_OK, "" };
	nm_time t = 77;

	assert_int_equal(nm_time_read(text, zone, NOW, &t, &err), NM_INPUT);
	if (!strstr(err.text, says))
		fail_msg("\"%s\" gives \"%s\", which does not say \"%s\"", text, err.text, says);
	assert_int_equal(t, 77);
}

static void what_is_no_time_is_an_error_that_says_what_would_be_right(void **state)
{
	static const char *const bad[] = {
		"", "10:00", "2026-12-25 10", "2026-12-25 1:00", "26-12-25 10:00", "2026-12-25 10:00 ",
		"2026-12-25 10:00:00.", "2026-12-25T10:00+0600", "2026-12-25T10:00+25:00", "tomorrow",
		"2026-12-25 10:00x",
		"2026/12/25 10:00", "-2h", "Now", "2026-12-25 -1:00", "2026-12-25T", " 2026-12-25",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		time_fails(chicago, bad[i], "write 2026-12-25 10:00");
	time_fails(chicago, "2026-13-25 10:00", "months are 01 to 12");
	time_fails(chicago, "2026-00-25 10:00", "months are 01 to 12");
	time_fails(chicago, "2026-02-29 10:00", "Feb 2026 has the days 01 to 28");
	time_fails(chicago, "2026-04-31", "01 to 30");
	time_fails(chicago, "2026-04-00", "01 to 30");
	time_fails(chicago, "2026-04-01 24:00", "00:00 of the next day");
	time_fails(chicago, "2026-04-01 25:00", "00:00 to 23:59");
	time_fails(chicago, "2026-04-01 10:60", "00:00 to 23:59");
	time_fails(chicago, "0000-04-01 10:00", "year 0");
	time_fails(chicago, "+2", "\"2\" has no unit: write 2s for seconds, 2m for minutes or 2h for hours");
	time_fails(chicago, "+x", "20s, 15m, 4h");
	time_fails(chicago, "+11000d", "10 years");
}

static void a_time_that_a_clock_change_skips_does_not_exist_and_the_error_says_so(void **state)
{
	(void)state;
	time_fails(chicago, "2026-03-08 02:30",
		   "2026-03-08 02:30 does not exist in America/Chicago: clocks went from 02:00 to 03:00");
	time_fails(chicago, "2026-03-08 02:00", "from 02:00 to 03:00");
	time_fails(chicago, "2026-03-08 02:59:59", "from 02:00 to 03:00");
	assert_int_equal(time_get(chicago, "2026-03-08 03:00") - time_get(chicago, "2026-03-08 01:59"), 60);
	time_fails(apia, "2011-12-30 12:00", "from 2011-12-30 00:00 to 2011-12-31 00:00");
	time_fails(apia, "2011-12-30", "does not exist");
}

static void a_repeated_time_means_the_first_unless_an_offset_is_given(void **state)
{
	nm_time first = time_get(chicago, "2026-11-01 01:30");

	(void)state;
	assert_int_equal(first, time_get(chicago, "2026-11-01T01:30:00-05:00"));
	assert_int_equal(first + 3600, time_get(chicago, "2026-11-01T01:30:00-06:00"));
}

static void a_date_whose_midnight_is_skipped_begins_with_the_change(void **state)
{
	nm_time t = time_get(santiago, "2026-09-06"); /* clocks go from 24:00 to 01:00 */
	char text[NM_TIME_TEXT];

	(void)state;
	nm_time_argument(santiago, t, text);
	assert_string_equal(text, "2026-09-06 01:00");
	nm_time_argument(santiago, t - 1, text);
	assert_string_equal(text, "2026-09-05 23:59:59");
}

static void durations_are_read_and_written_in_the_syntax_of_the_plan(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {
		{ "20s", 20 },	   { "15m", 900 }, { "4h", 14400 },	   { "2d", 172800 },
		{ "1w", 604800 }, { "0s", 0 },	   { "3653d", 315619200 }, { "61s", 61 },
	};
	static const char *const bad[] = { "", "s", "20", "20 s", "-20s", "2h30m", "1y", "20S", "1.5h", "0m",
					   "3654d", "99999999999999999999s", "9223372036854775807w", "20ss" };
	char text[NM_TIME_TEXT];
	struct nm_error err;
	int64_t seconds;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_int_equal(nm_duration_read(good[i].text, &seconds, &err), NM_OK);
		assert_int_equal(seconds, good[i].seconds);
		nm_duration_write(seconds, text);
		assert_string_equal(text, good[i].text);
	}
	seconds = 77;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (nm_duration_read(bad[i], &seconds, &err) != NM_INPUT)
			fail_msg("\"%s\" should be refused", bad[i]);
		assert_int_equal(seconds, 77);
	}
}

static void a_written_duration_is_read_as_itself_in_the_largest_unit(void **state)
{
	char text[NM_TIME_TEXT];
	struct nm_error err;
	int64_t back;

	(void)state;
	for (int64_t seconds = 0; seconds < 400000000; seconds += 1 + seconds / 7) {
		nm_duration_write(seconds, text);
		if (seconds > 315619200)
			break;
		assert_int_equal(nm_duration_read(text, &back, &err), NM_OK);
		assert_int_equal(back, seconds);
	}
	nm_duration_write(3600, text);
	assert_string_equal(text, "1h");
	nm_duration_write(5400, text);
	assert_string_equal(text, "90m");
}

static void durations_in_words(void **state)
{
	static const struct {
		int64_t seconds;
		const char *words;
	} rows[] = {
		{ 0, "0 s" },
		{ 45, "45 s" },
		{ 60, "1 min" },
		{ 95, "1 min 35 s" },
		{ 3600, "1 h" },
		{ 26 * 3600 + 49 * 60, "26 h 49 min" },
		{ NM_DAY, "1 day" },
		{ 3 * NM_DAY, "3 days" },
		{ 3 * NM_DAY + 7260, "3 days 2 h 1 min" },
		{ 7261, "2 h 1 min 1 s" },
		{ -60, "-1 min" },
	};
	char text[NM_TIME_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		nm_duration_words(rows[i].seconds, text);
		assert_string_equal(text, rows[i].words);
	}
	nm_duration_words(INT64_MAX, text);
	nm_duration_words(INT64_MIN, text);
	assert_non_null(strstr(text, "days"));
}

static void times_are_written_for_programs_and_for_people(void **state)
{
	nm_time t = time_get(chicago, "2026-12-25 10:00");
	char text[NM_TIME_TEXT];

	(void)state;
	nm_time_rfc3339(chicago, t, text);
	assert_string_equal(text, "2026-12-25T10:00:00-06:00");
	nm_time_argument(chicago, t, text);
	assert_string_equal(text, "2026-12-25 10:00");
	nm_time_argument(chicago, t + 5, text);
	assert_string_equal(text, "2026-12-25 10:00:05");
	nm_time_words(chicago, t, true, text);
	assert_string_equal(text, "Fri 25 Dec 2026 10:00");
	nm_time_words(chicago, t + 5, false, text);
	assert_string_equal(text, "Fri 25 Dec 10:00:05");
	nm_time_argument(chicago, time_get(chicago, "2026-11-01 01:30"), text);
	assert_string_equal(text, "2026-11-01T01:30:00-05:00");
	nm_time_words(chicago, time_get(chicago, "2026-11-01 01:30"), true, text);
	assert_string_equal(text, "Sun 1 Nov 2026 01:30 CDT");
	nm_time_words(chicago, time_get(chicago, "2026-11-01 01:30") + 3600, false, text);
	assert_string_equal(text, "Sun 1 Nov 01:30 CST");
	nm_time_words_zone(chicago, time_get(chicago, "2026-11-01 01:30") + 3600, false, text);
	assert_string_equal(text, "Sun 1 Nov 01:30 CST");
	nm_time_words_zone(chicago, t, false, text);
	assert_non_null(strstr(text, " C"));
	nm_time_words(chicago, t, false, text);
	assert_string_equal(text, "Fri 25 Dec 10:00");
}

/* Local mean times have seconds in their offsets, so this holds for 1850 too. */
static void what_is_written_for_programs_is_read_as_the_same_instant(void **state)
{
	const struct nm_zone *zones[] = { chicago, apia, santiago };
	char text[NM_TIME_TEXT];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (nm_time t = -3786912000; t < 8000000000; t += 1234567 + t % 3600 * (t > 0)) {
			nm_time_rfc3339(zones[i], t, text);
			assert_int_equal(time_get(zones[i], text), t);
			nm_time_argument(zones[i], t, text);
			assert_int_equal(time_get(zones[i], text), t);
		}
		for (nm_time t = 1793500000; t < 1793540000; t += 599) { /* the change of autumn 2026 */
			nm_time_argument(zones[i], t, text);
			assert_int_equal(time_get(zones[i], text), t);
		}
	}
}

static void times_beyond_four_digit_years_are_shown_at_the_limit(void **state)
{
	char text[NM_TIME_TEXT];

	(void)state;
	nm_time_rfc3339(chicago, NM_TIME_MAX, text);
	assert_memory_equal(text, "9999-12-31T", 11);
	nm_time_words(chicago, NM_TIME_MIN, true, text);
	nm_time_argument(chicago, NM_TIME_MIN, text);
	assert_true(strlen(text) < NM_TIME_TEXT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_and_weekdays_are_those_of_the_c_library),
		cmocka_unit_test(months_end_where_the_next_one_begins),
		cmocka_unit_test(the_day_of_a_local_time_is_right_before_1970_too),
		cmocka_unit_test(every_form_of_a_time_is_read),
		cmocka_unit_test(what_is_no_time_is_an_error_that_says_what_would_be_right),
		cmocka_unit_test(a_time_that_a_clock_change_skips_does_not_exist_and_the_error_says_so),
		cmocka_unit_test(a_repeated_time_means_the_first_unless_an_offset_is_given),
		cmocka_unit_test(a_date_whose_midnight_is_skipped_begins_with_the_change),
		cmocka_unit_test(durations_are_read_and_written_in_the_syntax_of_the_plan),
		cmocka_unit_test(a_written_duration_is_read_as_itself_in_the_largest_unit),
		cmocka_unit_test(durations_in_words),
		cmocka_unit_test(times_are_written_for_programs_and_for_people),
		cmocka_unit_test(what_is_written_for_programs_is_read_as_the_same_instant),
		cmocka_unit_test(times_beyond_four_digit_years_are_shown_at_the_limit),
	};

	return cmocka_run_group_tests(tests, zones_open, zones_close);
}
