/* SPDX-License-Identifier: MIT */
/* Numbers as bars, sparklines and shades, and a report as CSV: what a picture must not say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chart.h"
#include "report_csv.h"

static void expect_bar(double share, int width, bool ascii, const char *expected)
{
	struct nm_buf out;

	nm_buf_init(&out, 4096);
	chart_bar(share, width, ascii, &out);
	assert_string_equal(out.data, expected);
	nm_buf_clear(&out);
}

static void a_bar_is_full_only_for_the_whole(void **state)
{
	(void)state;
	expect_bar(0.5, 4, false, "██░░");
	expect_bar(0.5, 4, true, "##..");
	expect_bar(0.99, 4, true, "###.");
	expect_bar(1, 4, true, "####");
	expect_bar(7, 4, true, "####");
	expect_bar(0.001, 4, true, "#...");
	expect_bar(0, 4, true, "....");
	expect_bar(-1, 4, true, "....");
}

static void expect_spark(const char *numbers, bool ascii, const char *expected, int trend)
{
	struct nm_figure values[16] = { { 0 } };
	struct nm_buf out;
	size_t n = strlen(numbers);

	for (size_t i = 0; i < n; i++)
		values[i] = (struct nm_figure){ numbers[i] != '?', numbers[i] == '?' ? 0 : numbers[i] - '0' };
	nm_buf_init(&out, 4096);
	chart_spark(values, n, ascii, &out);
	assert_string_equal(out.data, expected);
	assert_int_equal(chart_trend(values, n), trend);
	nm_buf_clear(&out);
}

static void a_sparkline_has_a_column_for_each_value(void **state)
{
	(void)state;
	expect_spark("01234567", false, "▁▂▃▄▅▆▇█", 1);
	expect_spark("76543210", true, "#*+=:-._", -1);
	expect_spark("?1?7", true, " _ #", 1);
	expect_spark("555", false, "▅▅▅", 0);
	expect_spark("5", true, "=", 0);
	expect_spark("????", false, "", 0);
	expect_spark("", false, "", 0);
	expect_spark("19191", true, "_#_#_", 0);
}

static void expect_levels(int64_t most, const char *expected)
{
	struct chart_scale scale = chart_scale(most);
	char words[CHART_LEVEL_TEXT];
	struct nm_buf out;

	nm_buf_init(&out, 4096);
	for (int level = 1; level < CHART_LEVELS; level++) {
		chart_level_words(&scale, level, words);
		nm_buf_addf(&out, "%s ", words);
	}
	assert_string_equal(out.data, expected);
	nm_buf_clear(&out);
}

static void levels_are_as_wide_as_each_other(void **state)
{
	(void)state;
	expect_levels(0, "1 2 3 4+ ");
	expect_levels(3, "1 2 3 4+ ");
	expect_levels(4, "1 2 3 4+ ");
	expect_levels(10, "1-2 3-5 6-7 8+ ");
	expect_levels(16, "1-4 5-8 9-12 13+ ");
}

/* Each number is on one level, more is never less, and only nothing is on the first. */
static void every_number_has_its_level(void **state)
{
	static const int64_t most[] = { 0, 1, 2, 3, 4, 5, 6, 7, 100, 1000001, INT64_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
		struct chart_scale scale = chart_scale(most[i]);

		assert_int_equal(chart_level(&scale, 0), 0);
		assert_int_equal(chart_level(&scale, 1), 1);
		for (int level = 1; level < CHART_LEVELS; level++) {
			assert_true(scale.from[level] > scale.from[level - 1]);
			assert_int_equal(chart_level(&scale, scale.from[level]), level);
			assert_int_equal(chart_level(&scale, scale.from[level] - 1), level - 1);
		}
		if (most[i] >= CHART_LEVELS - 1)
			assert_int_equal(chart_level(&scale, most[i]), CHART_LEVELS - 1);
	}
}

/* --- CSV --- */

static struct nm_report small_report(void)
{
	static struct nm_layer layers[] = {
		{ .name = "the \"owner\", himself", .kind = NM_PERSONAL, .calls = 3, .share = { true, 75 } },
	};
	static struct nm_repeat repeats[] = { { 15125550142, 2, 1 } };
	static struct nm_report_week week = { .span = { 1795413600, 1796018400 }, .figures = { .calls = 4 } };

	return (struct nm_report){
		.span = { 1793509200, 1796104800 }, /* November 2026 in Chicago */
		.line = "main",
		.figures = { .calls = 4, .answered = 3, .answer_rate = { true, 75 } },
		.n_layers = 1,
		.layers = layers,
		.n_weeks = 1,
		.weeks = &week,
		.n_repeats = 1,
		.repeats = repeats,
		.worth = { .job = 400 },
	};
}

static void a_report_is_lines_of_one_value(void **state)
{
	struct nm_report report = small_report();
	struct nm_zone *zone;
	struct nm_error err;
	struct nm_buf out;

	(void)state;
	report.heat[0][9] = 7;
	report.n_peaks = 1;
	report.peaks[0] = (struct nm_peak){ 9, 11, 40 };
	assert_int_equal(nm_zone_load("America/Chicago", &zone, &err), NM_OK);
	nm_buf_init(&out, 1u << 20);
	report_csv(&report, zone, &out);
	assert_false(out.failed);
	assert_memory_equal(out.data, "figure,from,until,line,value\r\n", 30);
#define MONTH ",2026-11-01T00:00:00-05:00,2026-12-01T00:00:00-06:00,main,"
	assert_non_null(strstr(out.data, "\r\ncalls" MONTH "4\r\n"));
	assert_non_null(strstr(out.data, "\r\nanswer rate" MONTH "75.0000\r\n"));
	assert_non_null(strstr(out.data, "\r\nrings" MONTH "\r\n")); /* not known: not 0 */
	assert_non_null(strstr(out.data, "\r\n\"layer the \"\"owner\"\", himself calls\"" MONTH "3\r\n"));
	assert_non_null(strstr(out.data, "\r\nheat Mon 09" MONTH "7\r\n"));
	assert_non_null(strstr(out.data, "\r\npeak 09-11 calls" MONTH "40\r\n"));
	assert_non_null(strstr(out.data, "\r\nmissed Sun 23" MONTH "0\r\n"));
	assert_non_null(strstr(out.data, "\r\ncaller +15125550142 missed" MONTH "2\r\n"));
	assert_non_null(strstr(out.data, "\r\nworth job" MONTH "400.0000\r\n"));
	assert_non_null(strstr(
		out.data, "\r\nweek calls,2026-11-23T00:00:00-06:00,2026-11-30T00:00:00-06:00,main,4\r\n"));
	nm_buf_clear(&out);
	nm_zone_free(zone);
}

static void nothing_in_a_name_can_act(void **state)
{
	struct nm_layer layer = { .name = "\033[2J\r\n=\xe2\x80\xae\xff", .calls = 1 };
	struct nm_report report = { .n_layers = 1, .layers = &layer };
	struct nm_zone *zone;
	struct nm_error err;
	struct nm_buf out;

	(void)state;
	assert_int_equal(nm_zone_load("UTC", &zone, &err), NM_OK);
	nm_buf_init(&out, 1u << 20);
	report_csv(&report, zone, &out);
	assert_null(strchr(out.data, '\033'));
	assert_null(strchr(out.data, '\xff'));
	assert_null(strstr(out.data, "\xe2\x80\xae"));
	for (const char *at = out.data; (at = strchr(at, '\n')); at++)
		assert_int_equal(at[-1], '\r');
	assert_non_null(strstr(out.data, "\nlayer \xef\xbf\xbd[2J"));
	nm_buf_clear(&out);
	nm_zone_free(zone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bar_is_full_only_for_the_whole),
		cmocka_unit_test(a_sparkline_has_a_column_for_each_value),
		cmocka_unit_test(levels_are_as_wide_as_each_other),
		cmocka_unit_test(every_number_has_its_level),
		cmocka_unit_test(a_report_is_lines_of_one_value),
		cmocka_unit_test(nothing_in_a_name_can_act),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
