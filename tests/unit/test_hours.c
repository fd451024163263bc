/* SPDX-License-Identifier: MIT */
/*
 * Opening hours: the promises of design.md section 3, clock changes (4.1), signatures, lint, and text
 * that means harm.  That the language means what opening_hours.js says is tests/oracle's matter.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/clock.h"
#include "nevermiss/hours.h"

static uint64_t seed;

static uint64_t random_below(uint64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % n;
}

static struct nm_hours *hours_get(const char *text)
{
	struct nm_hours *hours = NULL;
	struct nm_error err;

	if (nm_hours_read(text, &hours, &err) != NM_OK)
		fail_msg("\"%s\": %s", text, err.text);
	return hours;
}

static int64_t day_get(const char *text)
{
	int year, month, day;

	assert_int_equal(sscanf(text, "%d-%d-%d", &year, &month, &day), 3);
	return nm_days_from_date(year, month, day);
}

static int64_t add_days(const char *text, int n)
{
	return day_get(text) + n;
}

/* Thanksgiving 2026 (a Thursday), Christmas 2026 (a Friday), New Year 2027. */
static struct nm_holidays holidays_get(int32_t days[3])
{
	days[0] = (int32_t)day_get("2026-11-26");
	days[1] = (int32_t)day_get("2026-12-25");
	days[2] = (int32_t)day_get("2027-01-01");
	return (struct nm_holidays){ days, 3 };
}

static void spans_write(const struct nm_hours *hours, int64_t day, char *out, size_t size)
{
	struct nm_minutes spans[NM_HOURS_SPANS];
	int32_t days[3];
	struct nm_holidays holidays = holidays_get(days);
	size_t n = nm_hours_day(hours, day, &holidays, spans);
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && len < size; i++)
		len += (size_t)snprintf(out + len, size - len, "%s%02d:%02d-%02d:%02d", i ? "," : "",
					spans[i].from / 60, spans[i].from % 60, spans[i].until / 60,
					spans[i].until % 60);
}

struct row {
	const char *expression, *date, *spans;
};

static void rows_hold(const struct row *rows, size_t n)
{
	char text[4096];

	for (size_t i = 0; i < n; i++) {
		struct nm_hours *hours = hours_get(rows[i].expression);

		spans_write(hours, day_get(rows[i].date), text, sizeof text);
		if (strcmp(text, rows[i].spans) != 0)
			fail_msg("\"%s\" on %s is %s, not %s", rows[i].expression, rows[i].date, text,
				 rows[i].spans);
		nm_hours_free(hours);
	}
}

#define ROWS_HOLD(...)                                                                                     \
	do {                                                                                               \
		static const struct row rows[] = { __VA_ARGS__ };                                          \
		rows_hold(rows, sizeof rows / sizeof rows[0]);                                             \
	} while (0)

/* 2026-11-23 is a Monday. */
static void a_semicolon_overrides_the_same_days(void **state)
{
	(void)state;
	ROWS_HOLD({ "Mo-Fr 08:00-18:00; We 10:00-12:00", "2026-11-24", "08:00-18:00" },
		  { "Mo-Fr 08:00-18:00; We 10:00-12:00", "2026-11-25", "10:00-12:00" },
		  { "Mo-Fr 08:00-18:00; We 10:00-12:00", "2026-11-28", "" },
		  { "Mo-Fr 08:00-18:00; PH off", "2026-11-26", "" },
		  { "PH off; Mo-Fr 08:00-18:00", "2026-11-26", "08:00-18:00" },
		  { "08:00-18:00; 10:00-12:00", "2026-11-24", "10:00-12:00" },
		  { "Mo-Su 22:00-06:00; We 10:00-12:00", "2026-11-25", "10:00-12:00" });
}

static void off_takes_away_only_its_own_minutes(void **state)
{
	(void)state;
	ROWS_HOLD({ "Mo-Fr 08:00-18:00; 12:00-13:00 off", "2026-11-23", "08:00-12:00,13:00-18:00" },
		  { "Mo-Fr 08:00-18:00; 17:00-19:00 closed", "2026-11-23", "08:00-17:00" },
		  { "24/7; We off", "2026-11-25", "" }, { "24/7; We off", "2026-11-26", "00:00-24:00" },
		  { "24/7; 23:00-01:00 off", "2026-11-26", "01:00-23:00" });
}

static void a_comma_adds(void **state)
{
	(void)state;
	ROWS_HOLD({ "Mo-Fr 08:00-12:00, We 14:00-16:00", "2026-11-25", "08:00-12:00,14:00-16:00" },
		  { "Mo-Fr 08:00-12:00, We 11:00-16:00", "2026-11-25", "08:00-16:00" },
		  { "Mo-Fr 08:00-12:00, We 12:00-16:00", "2026-11-25", "08:00-16:00" },
		  { "Mo 08:00-12:00,14:00-18:00", "2026-11-23", "08:00-12:00,14:00-18:00" });
}

static void spans_past_midnight_lie_on_the_date_of_their_minutes(void **state)
{
	(void)state;
	ROWS_HOLD({ "Mo 22:00-06:00", "2026-11-23", "22:00-24:00" },
		  { "Mo 22:00-06:00", "2026-11-24", "00:00-06:00" },
		  { "Mo 22:00-26:00", "2026-11-24", "00:00-02:00" },
		  { "Mo 10:00-48:00", "2026-11-24", "00:00-24:00" },
		  { "Mo 10:00-10:00", "2026-11-23", "10:00-24:00" },
		  { "Mo 10:00-10:00", "2026-11-24", "00:00-10:00" },
		  { "Mo 00:00-00:00", "2026-11-23", "00:00-24:00" }, { "Mo 00:00-00:00", "2026-11-24", "" },
		  { "Mo 22:00-06:00; Tu 08:00-09:00", "2026-11-24", "08:00-09:00" },
		  { "Dec 31 20:00-04:00", "2027-01-01", "00:00-04:00" },
		  { "PH 20:00-04:00", "2026-11-27", "00:00-04:00" },
		  { "Fr,PH 20:00-04:00; Sa off", "2026-12-26", "" });
}

static void weekdays_their_ranges_and_numbers(void **state)
{
	(void)state;
	ROWS_HOLD({ "Fr-Mo 10:00-11:00", "2026-11-23", "10:00-11:00" },
		  { "Fr-Mo 10:00-11:00", "2026-11-24", "" },
		  { "Su[1] off, Su 1:00-2:00", "2026-11-01", "01:00-02:00" },
		  { "Su[1]", "2026-11-01", "00:00-24:00" }, { "Su[1]", "2026-11-08", "" },
		  { "Su[-1]", "2026-11-29", "00:00-24:00" }, { "Su[1,3]", "2026-11-15", "00:00-24:00" },
		  { "Su[1,3]", "2026-11-08", "" }, { "Su[2-3]", "2026-11-08", "00:00-24:00" },
		  { "Su[2-3]", "2026-11-22", "" }, { "Fr[-1]", "2026-11-27", "00:00-24:00" },
		  { "Su[-1] -1 day", "2026-11-28", "00:00-24:00" }, { "Su[-1] -1 day", "2026-11-29", "" },
		  { "Su[5] +2 days", "2026-12-01", "00:00-24:00" },
		  { "Su[5] +2 days", "2031-12-02", "00:00-24:00" },
		  { "Mo[1] -1 day", "2026-05-31", "00:00-24:00" }, { "Mo[1] -1 day", "2026-06-01", "" },
		  { "Fr[1] -6 days", "2026-12-29", "" }, { "Fr[1] -6 days", "2027-12-31", "" },
		  { "Fr[1] -6 days", "2026-12-26", "00:00-24:00" });
}

static void months_dates_and_years(void **state)
{
	(void)state;
	ROWS_HOLD({ "Nov-Feb", "2027-01-15", "00:00-24:00" }, { "Nov-Feb", "2027-03-01", "" },
		  { "Dec 24-26", "2026-12-26", "00:00-24:00" }, { "Dec 24-26", "2026-12-27", "" },
		  { "Dec 24-Jan 02", "2027-01-02", "00:00-24:00" }, { "Dec 24-Jan 02", "2027-01-03", "" },
		  { "Jan 26-Jan 05", "2026-06-01", "00:00-24:00" }, { "Jan 26-Jan 05", "2026-01-15", "" },
		  { "Jan 01,Dec 25", "2026-12-25", "00:00-24:00" },
		  { "Jan 01,05", "2027-01-05", "00:00-24:00" },
		  { "2026 Dec 24", "2026-12-24", "00:00-24:00" }, { "2026 Dec 24", "2027-12-24", "" },
		  { "2026 Dec 24-2027 Jan 02", "2027-01-01", "00:00-24:00" },
		  { "2026 Feb 01-2027 Mar 01", "2026-09-01", "00:00-24:00" },
		  { "2026 Dec 24-2027 Jan 02", "2027-12-30", "" },
		  { "2026-2028 Mo", "2026-11-23", "00:00-24:00" }, { "2027-2028 Mo", "2026-11-23", "" },
		  { "2025,2026 Nov", "2026-11-23", "00:00-24:00" },
		  { "Jan Mo[3]", "2027-01-18", "00:00-24:00" }, { "Jan Mo[3]", "2027-02-15", "" },
		  { "Nov Th[4] +1 day", "2026-11-27", "00:00-24:00" }, { "Feb 29", "2027-03-01", "" },
		  { "Feb 29", "2028-02-29", "00:00-24:00" }, { "Feb 20-28", "2027-02-28", "00:00-24:00" },
		  { "Jan 10-Feb 29", "2027-03-01", "" }, { "Nov 10:00-12:00", "2026-11-23", "10:00-12:00" },
		  { "Nov 23 10:00-12:00", "2026-11-23", "10:00-12:00" });
}

static void ph_is_what_the_calendar_of_holidays_says(void **state)
{
	struct nm_hours *hours = hours_get("PH,PH -1 day");
	struct nm_minutes spans[NM_HOURS_SPANS];

	(void)state;
	assert_int_equal(nm_hours_day(hours, day_get("2026-12-25"), NULL, spans), 0);
	nm_hours_free(hours);
	ROWS_HOLD({ "Mo-Fr,PH 10:00-11:00", "2026-12-25", "10:00-11:00" },
		  { "PH,Mo", "2026-11-23", "00:00-24:00" }, { "PH Mo-Fr", "2026-11-26", "00:00-24:00" },
		  { "PH Sa", "2026-11-26", "" }, { "PH Th", "2026-11-19", "" },
		  { "PH -1 day", "2026-12-24", "00:00-24:00" }, { "PH -1 day", "2026-12-25", "" },
		  { "PH +1 day", "2027-01-02", "00:00-24:00" },
		  { "PH -1 day,Mo", "2026-11-23", "00:00-24:00" },
		  { "Sa,Su,PH 10:00-12:00", "2026-11-26", "10:00-12:00" },
		  { "PH,PH -1 day Th", "2026-12-24", "00:00-24:00" },
		  { "PH,PH -1 day Th", "2026-12-25", "" });
}

static void case_and_blanks_do_not_matter(void **state)
{
	static const char *const same[] = { "Mo-Fr 08:00-18:00; PH off", "mo-fr 8:00-18:00;ph OFF",
					    "  MO - FR\t08:00 - 18:00 ; PH closed ;",
					    "Mo-Fr08:00-18:00;PHoff" };
	char first[256], other[256];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct nm_hours *a = hours_get(same[0]);
		struct nm_hours *b = hours_get(same[i]);

		for (int n = 0; n < 14; n++) {
			spans_write(a, add_days("2026-11-20", n), first, sizeof first);
			spans_write(b, add_days("2026-11-20", n), other, sizeof other);
			assert_string_equal(first, other);
		}
		nm_hours_free(a);
		nm_hours_free(b);
	}
}

static void what_is_not_supported_is_refused_by_name_and_place(void **state)
{
	static const struct {
		const char *expression, *says;
	} rows[] = {
		{ "Mo-Fr sunrise-18:00", "character 7 of the hours: sunrise is not supported" },
		{ "08:00-SUNSET", "character 7 of the hours: sunset is not supported" },
		{ "dawn-dusk", "dawn is not supported" },
		{ "(sunrise+01:00)-10:00", "( (a calculated time) is not supported" },
		{ "week 1-10 Mo", "week (a week number) is not supported" },
		{ "Mo 10:00-12:00 || Tu",
		  "character 16 of the hours: || (a fallback rule) is not supported" },
		{ "Mo 18:00+", "character 9 of the hours: + (an open end) is not supported" },
		{ "Mo 10:00-18:00+", "+ (an open end) is not supported" },
		{ "2026+", "+ (an open end) is not supported" },
		{ "SH off", "SH (school holidays) is not supported" },
		{ "Mo-Fr \"by appointment\"", "\" (a comment) is not supported" },
		{ "Mo 10:00", "character 4 of the hours: a point in time is not supported" },
		{ "10:00-16:00/90", "/ (a repetition) is not supported" },
		{ "2024-2030/2", "/ (a repetition) is not supported" },
		{ "easter", "easter is not supported" },
		{ "Mo unknown", "unknown is not supported" },
		{ "Moonday 10:00-12:00", "character 1 of the hours: \"Moonday\" where one of Mo Tu" },
		{ "Mo 0800-1100", "a time with its minutes" },
		{ "Mo 08-11", "could be" },
		{ "Mo 08:00-", "the hours end too early" },
		{ "Mo-Fr,", "the hours end too early" },
		{ "", "write hours such as Mo-Fr 08:00-18:00" },
		{ " ; ", "write hours such as Mo-Fr 08:00-18:00" },
		{ "Mo 24:00-25:00", "character 4 of the hours: a day has no such time: write 00:00 to 23:59" },
		{ "Mo-Fr 25:00", "character 7 of the hours: a day has no such time" },
		{ "Mo 08:00-12:00,25:00-26:00", "character 16 of the hours: a day has no such time" },
		{ "Mo 08:00-99:99", "character 13 of the hours: an hour has no such minute: write 00 to 59" },
		{ "Mo-Fr 08:00-18:00 Sa 09:00-13:00",
		  "character 19 of the hours: \"Sa\" where a ; before other days, as in Mo-Fr 08:00-18:00; Sa 09:00-13:00, is" },
		{ "uk", "or a number, as in Mo-Fr 09:00-17:00, is wanted" },
		{ "-", "open or off, as in Mo-Fr 09:00-17:00, is wanted" },
		{ "Mon-Fri 9-5", "\"9-5\" could be in the morning or in the evening: write times of 24 hours" },
		{ "8am - 6, Sa 9-13", "\"8am - 6\" could be" },
		{ "Mo 10:00-48:01", "ends after 48:00" },
		{ "Mo 10:60-12:00", "character 7 of the hours: an hour has no such minute" },
		{ "Mo 10:6-12:00", "a time such as 08:00" },
		{ "Mo[6]", "1 to 5" },
		{ "Mo[0]", "1 to 5" },
		{ "Mo[3-2]", "backwards" },
		{ "Mo[1", "] is" },
		{ "Su[1] +7 days", "1 to 6 days" },
		{ "Feb 30", "a day that the month does not have" },
		{ "Jan 00", "a day that the month does not have" },
		{ "2027 Feb 29", "a day that the month does not have" },
		{ "Jan 26-05", "backwards" },
		{ "2028-2026", "backwards" },
		{ "2027 Jan 02-2026 Dec 24", "backwards" },
		{ "2026 Dec 24-Jan 02", "the year of the last day" },
		{ "Dec 24-2027 Jan 02", "a date without a year" },
		{ "Mo-Fr PH", "a comma before another day" },
		{ "10:00-12:00 Mo", "stand in this order" },
		{ "Jan 01,PH", "another month or date" },
		{ "Mo 08.0-18.00", "character 6 of the hours: a character that hours do not have" },
		{ "\xC3\xA4\xC3\xB6 Mo", "character 1 of the hours" },
		{ "Mo \xE2\x80\x93 Fri 9-5", "\"9-5\" could be" },
		{ "Mo \xE2\x80\x93 Fri 9:0-5:0", "character" },
		{ "12345", "more than four digits" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct nm_hours *hours = NULL;
		struct nm_error err = { NM_OK, "" };

		assert_int_equal(nm_hours_read(rows[i].expression, &hours, &err), NM_INPUT);
		assert_null(hours);
		if (!strstr(err.text, rows[i].says))
			fail_msg("\"%s\": \"%s\" does not say \"%s\"", rows[i].expression, err.text,
				 rows[i].says);
	}
}

/* --- clock changes: an instant is inside if its local wall-clock time is --- */

static bool is_inside(const struct nm_hours *hours, const struct nm_zone *zone, nm_time t)
{
	struct nm_minutes spans[NM_HOURS_SPANS];
	nm_local local = nm_zone_local(zone, t);
	int64_t day = nm_local_day(local);
	size_t n = nm_hours_day(hours, day, NULL, spans);

	for (size_t i = 0; i < n; i++) {
		nm_local from = day * NM_DAY + spans[i].from * 60;

		if (from <= local && local < day * NM_DAY + spans[i].until * 60)
			return true;
	}
	return false;
}

/* Minutes of a local day that are inside, counted as instants. */
static int minutes_inside(const char *expression, const char *zone_name, const char *date)
{
	struct nm_hours *hours = hours_get(expression);
	struct nm_zone *zone = NULL;
	struct nm_error err;
	int64_t day = day_get(date);
	int minutes = 0;

	assert_int_equal(nm_zone_load(zone_name, &zone, &err), NM_OK);
	for (nm_time t = (day - 2) * NM_DAY; t < (day + 3) * NM_DAY; t += 60)
		minutes += nm_local_day(nm_zone_local(zone, t)) == day && is_inside(hours, zone, t);
	nm_zone_free(zone);
	nm_hours_free(hours);
	return minutes;
}

static void an_hour_that_is_repeated_is_inside_twice_and_a_skipped_one_not_at_all(void **state)
{
	(void)state;
	assert_int_equal(minutes_inside("02:00-03:00", "America/Chicago", "2026-03-08"), 0);
	assert_int_equal(minutes_inside("01:30-03:30", "America/Chicago", "2026-03-08"), 60);
	assert_int_equal(minutes_inside("01:00-02:00", "America/Chicago", "2026-11-01"), 120);
	assert_int_equal(minutes_inside("01:30-03:30", "America/Chicago", "2026-11-01"), 150);
	assert_int_equal(minutes_inside("Sa 22:00-06:00", "America/Chicago", "2026-11-01"), 420);
	assert_int_equal(minutes_inside("24/7", "America/Chicago", "2026-03-08"), 23 * 60);
	assert_int_equal(minutes_inside("24/7", "Australia/Lord_Howe", "2026-04-05"), 24 * 60 + 30);
	assert_int_equal(minutes_inside("00:00-01:00", "America/Santiago", "2026-09-06"), 0);
}

/* What these expressions say of a weekday and a minute, written out by hand. */
static bool by_hand(int which, int weekday, int minute)
{
	switch (which) {
	case 0:
		return weekday < 5 && minute >= 480 && minute < 1080;
	case 1:
		return (weekday == 5 && minute >= 1320) || (weekday == 6 && minute < 150);
	case 2:
		return !(weekday == 6 && minute >= 60 && minute < 135);
	default:
		return minute >= 1410 || minute < 165;
	}
}

static void around_every_change_of_five_zones_instants_follow_the_wall_clock(void **state)
{
	static const char *const zones[] = { "America/Chicago", "Europe/Berlin", "Australia/Sydney",
					     "Australia/Lord_Howe", "America/Santiago" };
	static const char *const texts[] = { "Mo-Fr 08:00-18:00", "Sa 22:00-26:30",
					     "24/7; Su 01:00-02:15 off", "23:30-02:45" };
	const nm_time end = nm_days_from_date(2032, 1, 1) * NM_DAY;

	(void)state;
	for (size_t z = 0; z < 5; z++) {
		struct nm_zone *zone = NULL;
		struct nm_error err;
		nm_time change;

		assert_int_equal(nm_zone_load(zones[z], &zone, &err), NM_OK);
		change = nm_zone_next_change(zone, nm_days_from_date(2024, 1, 1) * NM_DAY);
		for (; change < end; change = nm_zone_next_change(zone, change)) {
			for (int which = 0; which < 4; which++) {
				struct nm_hours *hours = hours_get(texts[which]);

				for (nm_time t = change - NM_DAY; t < change + NM_DAY; t += 300) {
					nm_local local = nm_zone_local(zone, t);
					int64_t day = nm_local_day(local);
					int minute = (int)((local - day * NM_DAY) / 60);

					assert_int_equal(is_inside(hours, zone, t),
							 by_hand(which, nm_weekday(day), minute));
				}
				nm_hours_free(hours);
			}
		}
		nm_zone_free(zone);
	}
}

/* --- random expressions --- */

static const char *const day_parts[] = { "Mo",
					 "Tu-Fr",
					 "Su[1]",
					 "Su[-1] -1 day",
					 "PH",
					 "PH -1 day",
					 "PH,Sa",
					 "PH Mo-We",
					 "Jan",
					 "Dec 24-Jan 02",
					 "2026",
					 "2027-2028 Mo",
					 "Nov Th[4] +1 day",
					 "Mar 05,Apr",
					 "",
					 "Fr-Mo",
					 "2026 Nov 26",
					 "Mo[1] -3 days",
					 "Feb 20-29",
					 "We,Sa[2-3]" };
static const char *const time_parts[] = {
	"08:00-12:00", "22:00-06:00", "13:00-15:00,16:00-26:00", "", "10:00-10:00", "00:00-24:00",
	"20:00-48:00", "12:00-13:00"
};
static const char *const state_parts[] = { "", "", " off", " open" };

#define PICK(parts) parts[random_below(sizeof parts / sizeof parts[0])]

static void expression_random(char *out, size_t size)
{
	size_t n = 1 + random_below(4);
	bool comma = false; /* only behind a rule that has times */
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		const char *days = PICK(day_parts);
		const char *span = PICK(time_parts);
		const char *between = i == 0 ? "" : comma && random_below(2) ? ", " : "; ";

		if (!*days && !*span)
			span = "09:00-17:00";
		comma = *span != '\0';
		len += (size_t)snprintf(out + len, size - len, "%s%s %s%s", between, days, span,
					PICK(state_parts));
	}
}

static bool spans_equal(const struct nm_minutes *a, size_t n, const struct nm_minutes *b, size_t m)
{
	return n == m && (n == 0 || memcmp(a, b, n * sizeof *a) == 0);
}

/* Returns how many of the days had a signature. */
static int signatures_hold(const char *text, const struct nm_holidays *holidays)
{
	static struct nm_minutes known[NM_HOURS_SIGNATURES][NM_HOURS_SPANS];
	size_t counts[NM_HOURS_SIGNATURES];
	bool seen[NM_HOURS_SIGNATURES] = { false };
	struct nm_minutes spans[NM_HOURS_SPANS];
	struct nm_hours *hours = hours_get(text);
	int with = 0;

	for (int64_t day = day_get("2025-12-20"); day < day_get("2028-01-20"); day++) {
		struct nm_hours_date date = nm_hours_date_of(day);
		uint32_t signature = nm_hours_signature(hours, &date, holidays);
		size_t n = nm_hours_day(hours, day, holidays, spans);

		if (signature == UINT32_MAX)
			continue;
		with++;
		assert_true(signature < NM_HOURS_SIGNATURES);
		if (seen[signature] && !spans_equal(known[signature], counts[signature], spans, n))
			fail_msg("\"%s\": dates of signature %u differ", text, signature);
		seen[signature] = true;
		counts[signature] = n;
		memcpy(known[signature], spans, n * sizeof *spans);
	}
	nm_hours_free(hours);
	return with;
}

static void dates_of_the_same_signature_have_the_same_spans(void **state)
{
	int32_t days[3];
	struct nm_holidays holidays = holidays_get(days);
	char text[512];

	(void)state;
	seed = 11;
	for (int i = 0; i < 400; i++) {
		expression_random(text, sizeof text);
		signatures_hold(text, &holidays);
	}
}

static void the_usual_expressions_have_a_signature_for_every_date(void **state)
{
	static const char *const usual[] = { "Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off", "24/7",
					     "Tu 06:30-08:00",
					     "Mo-Su 18:00-08:00; PH off; PH -1 day 10:00-12:00",
					     "Jan 01; Jan Mo[3]; Nov Th[4] +1 day" };

	(void)state;
	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
		assert_int_equal(signatures_hold(usual[i], NULL), 761);
}

/* The days off of a country are more rules than a signature has bits: they name 25 of the 761 dates. */
static void of_many_rules_only_the_dates_they_name_have_no_signature(void **state)
{
	(void)state;
	assert_int_equal(signatures_hold("Mo-Fr 08:00-18:00; Jan 01 off; Jan Mo[3] off; Feb Mo[3] off; "
					 "May Mo[-1] off; Jun 19 off; Jul 04 off; Sep Mo[1] off; "
					 "Oct Mo[2] off; Nov Th[4] off; Nov Th[4] +1 day off; Dec 25 off", NULL),
			 761 - 25);
}

/* Whether such a rule matches depends on the month, the nth weekday and the holiday at once. */
static void a_rule_of_months_nth_weekdays_and_holidays_has_signatures(void **state)
{
	static const char *const texts[] = { "Nov Th[4],PH 10:00-12:00", "Dec PH,Su[-1] 20:00-03:00; Mo off",
					     "2026 Dec Fr,Sa[1],PH 22:00-02:00", "Dec PH Fr[2] 10:00-12:00" };
	int32_t days[3];
	struct nm_holidays holidays = holidays_get(days);

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_int_equal(signatures_hold(texts[i], &holidays), 761);
}

static void spans_are_sorted_disjoint_and_do_not_touch(void **state)
{
	struct nm_minutes spans[NM_HOURS_SPANS];
	int32_t days[3];
	struct nm_holidays holidays = holidays_get(days);
	char text[512];

	(void)state;
	seed = 12;
	for (int i = 0; i < 500; i++) {
		struct nm_hours *hours;

		expression_random(text, sizeof text);
		hours = hours_get(text);
		for (int64_t day = day_get("2026-11-15"); day < day_get("2027-02-05"); day++) {
			size_t n = nm_hours_day(hours, day, &holidays, spans);
			int last = -1;

			for (size_t k = 0; k < n; k++) {
				assert_true(spans[k].from > last && spans[k].from < spans[k].until);
				last = spans[k].until;
			}
			assert_true(last <= 1440);
		}
		nm_hours_free(hours);
	}
}

/* --- lint --- */

static void lint_collect(void *context, const char *text)
{
	char *all = context;
	size_t len = strlen(all);

	snprintf(all + len, 1024 - len, "%s|", text);
}

static void lint_names_equal_ends_and_rules_that_later_ones_wholly_override(void **state)
{
	static const struct {
		const char *expression, *found;
	} rows[] = {
		{ "Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off", "" },
		{ "Mo 08:00-08:00", "08:00-08:00 is 24 hours, since both ends are the same|" },
		{ "Mo 08:00-32:00", "" },
		{ "We 08:00-12:00; Mo-Fr 09:00-17:00",
		  "\"We 08:00-12:00\" never holds: the rules after it always override it|" },
		{ "PH off; Mo-Fr 09:00-17:00", "" },
		{ "PH off; Mo-Su 09:00-17:00",
		  "\"PH off\" never holds: the rules after it always override it|" },
		{ "Mo 10:00-12:00; Mo 09:00-13:00 off",
		  "\"Mo 10:00-12:00\" never holds: the rules after it always override it|" },
		{ "Mo 10:00-12:00, Mo 13:00-14:00", "" },
		{ "Dec 25 off; Dec", "\"Dec 25 off\" never holds: the rules after it always override it|" },
		{ "Dec; Dec 25 off", "" },
		{ "24/7; Mo-Fr 08:00-18:00", "" },
		{ "2026 Mo; 2026-2027 Mo",
		  "\"2026 Mo\" never holds: the rules after it always override it|" },
		{ "Feb 29 Mo; Dec 25", "" },
		{ "2024,2060 Dec 24 10:00-12:00; 2024 off", "" },
		{ "2024,2060 Dec 24 10:00-12:00; 2024 off; 2050-2070 Dec off",
		  "\"2024,2060 Dec 24 10:00-12:00\" never holds: the rules after it always override it|" },
		{ "PH off; 10:00-12:00",
		  "\"PH off\" is undone by \"10:00-12:00\" after it, which is for every day: write it last|" },
		{ "Dec 24-26 off; Mo 08:00-09:00; 10:00-12:00",
		  "\"Dec 24-26 off\" is undone by \"10:00-12:00\" after it, which is for every day: write it last|" },
		{ "10:00-12:00; PH off", "" },
		{ "PH off, 10:00-12:00", "" },
		{ "PH 13:00-14:00 off; 10:00-12:00", "" },
		{ "Sa off; 22:00-26:00",
		  "\"Sa off\" is undone by \"22:00-26:00\" after it, which is for every day: write it last|" },
		{ "2101 Feb 28 Mo; 2101 Feb",
		  "\"2101 Feb 28 Mo\" never holds: the rules after it always override it|" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct nm_hours *hours = hours_get(rows[i].expression);
		char found[1024] = "";

		nm_hours_lint(hours, lint_collect, found);
		assert_string_equal(found, rows[i].found);
		nm_hours_free(hours);
	}
}

static void uses_holidays_says_whether_ph_is_named(void **state)
{
	struct nm_hours *with = hours_get("Mo; PH -1 day off");
	struct nm_hours *without = hours_get("Mo; Su[1] off");

	(void)state;
	assert_true(nm_hours_uses_holidays(with));
	assert_false(nm_hours_uses_holidays(without));
	nm_hours_free(with);
	nm_hours_free(without);
}

/* --- hostile text --- */

static void text_repeat(char *out, size_t size, const char *part, int n)
{
	size_t len = 0;

	out[0] = '\0';
	for (int i = 0; i < n && len < size; i++)
		len += (size_t)snprintf(out + len, size - len, "%s", part);
}

static void too_much_is_refused_and_the_most_is_not(void **state)
{
	static char text[NM_HOURS_TEXT + 64];
	struct nm_hours *hours;
	struct nm_error err;

	(void)state;
	text_repeat(text, sizeof text, "Mo 10:00-11:00;", 64);
	nm_hours_free(hours_get(text));
	text_repeat(text, sizeof text, "Mo;", 65);
	assert_int_equal(nm_hours_read(text, &hours, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "too much"));
	text_repeat(text, sizeof text, "Mo[1],", 65);
	text[strlen(text) - 1] = '\0';
	assert_int_equal(nm_hours_read(text, &hours, &err), NM_INPUT);
	memset(text, ' ', NM_HOURS_TEXT + 1);
	text[NM_HOURS_TEXT + 1] = '\0';
	assert_int_equal(nm_hours_read(text, &hours, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "too long"));
	memcpy(text, "24/7", 4);
	text[NM_HOURS_TEXT] = '\0';
	nm_hours_free(hours_get(text));
}

static void a_date_holds_as_many_spans_as_an_expression_can_make(void **state)
{
	struct nm_minutes spans[NM_HOURS_SPANS];
	struct nm_hours *hours;
	char text[2048] = "24/7; ";
	size_t len = strlen(text);

	(void)state;
	for (int i = 0; i < 63; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%02d:%02d-%02d:%02d",
					i ? "," : "", i / 3, i % 3 * 20 + 5, i / 3, i % 3 * 20 + 10);
	snprintf(text + len, sizeof text - len, " off");
	hours = hours_get(text);
	assert_int_equal(nm_hours_day(hours, 20000, NULL, spans), 64);
	nm_hours_free(hours);
}

static void words_in_any_order_are_an_error_or_answer(void **state)
{
	static const char *const soup[] = { "Mo",  "Tu",	  "-",		 ",",	  ";",	   ":",
					    "[",   "]",		  "PH",		 "Jan",	  "Dec",   "31",
					    "1",   "2026",	  "2027",	 "10:00", "12:00", "-",
					    "off", "open",	  "24/7",	 "+",	  "day",   "days",
					    " ",   "08:00-12:00", "22:00-26:00", "/",	  "Feb",   "29",
					    "\"",  "|",		  "x",		 "9999" };
	struct nm_minutes spans[NM_HOURS_SPANS];
	int read = 0;

	(void)state;
	seed = 13;
	for (int i = 0; i < 60000; i++) {
		struct nm_hours *hours;
		struct nm_error err = { NM_OK, "" };
		char text[256] = "";
		size_t n = 1 + random_below(9);

		for (size_t k = 0; k < n; k++) {
			strncat(text, PICK(soup), sizeof text - strlen(text) - 1);
			strncat(text, random_below(3) ? " " : "", sizeof text - strlen(text) - 1);
		}
		if (nm_hours_read(text, &hours, &err) != NM_OK) {
			assert_true(err.code == NM_INPUT && err.text[0]);
			continue;
		}
		read++;
		for (int64_t day = day_get("2026-12-29"); day < day_get("2027-01-04"); day++) {
			struct nm_hours_date date = nm_hours_date_of(day);

			nm_hours_day(hours, day, NULL, spans);
			nm_hours_signature(hours, &date, NULL);
		}
		nm_hours_free(hours);
	}
	assert_true(read > 1000);
}

/* As people write them: the error has the language's way, which is of it, and none where they could mean two things. */
static void how_hours_are_written_is_told_where_it_is_certain(void **state)
{
	static const struct {
		const char *text, *right; /* NULL: not certain */
	} rows[] = {
		{ "Mon-Fri 8am-6pm", "Mo-Fr 08:00-18:00" },
		{ "Sa 9-13", "Sa 09:00-13:00" },
		{ "Mo-Fr 8.00-18.30", "Mo-Fr 08:00-18:30" },
		{ "9am-5pm", "09:00-17:00" },
		{ "08:00-18", "08:00-18:00" },
		{ "Monday 10:00-12:00", "Mo 10:00-12:00" },
		{ "Mo \xE2\x80\x93 Fr", "Mo-Fr" },
		{ "monday to friday 8:30 AM to 5 p.m., Sat 9am-1pm", "Mo-Fr 08:30-17:00, Sa 09:00-13:00" },
		{ "Tues, Thurs 12pm-12am", "Tu, Th 12:00-24:00" },
		{ "12am-6am", "00:00-06:00" },
		{ "Jan 1-15 8am-6pm", "Jan 1-15 08:00-18:00" },
		{ "Mon-Fri 9-5", NULL },
		{ "Mon-Fri 8-6pm", NULL },
		{ "Mon-Fri 8am-6", NULL },
		{ "Mon 13am-2pm", NULL },
		{ "Mon 8am-6pm sharp", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *to = "hours are not written so: write ";
		struct nm_hours *hours = NULL;
		struct nm_error err;

		assert_int_equal(nm_hours_read(rows[i].text, &hours, &err), NM_INPUT);
		if (rows[i].right == NULL) {
			assert_null(strstr(err.text, to));
			continue;
		}
		assert_int_equal(strncmp(err.text, to, strlen(to)), 0);
		assert_string_equal(err.text + strlen(to), rows[i].right);
		nm_hours_free(hours_get(rows[i].right));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_semicolon_overrides_the_same_days),
		cmocka_unit_test(off_takes_away_only_its_own_minutes),
		cmocka_unit_test(a_comma_adds),
		cmocka_unit_test(spans_past_midnight_lie_on_the_date_of_their_minutes),
		cmocka_unit_test(weekdays_their_ranges_and_numbers),
		cmocka_unit_test(months_dates_and_years),
		cmocka_unit_test(ph_is_what_the_calendar_of_holidays_says),
		cmocka_unit_test(case_and_blanks_do_not_matter),
		cmocka_unit_test(what_is_not_supported_is_refused_by_name_and_place),
		cmocka_unit_test(an_hour_that_is_repeated_is_inside_twice_and_a_skipped_one_not_at_all),
		cmocka_unit_test(around_every_change_of_five_zones_instants_follow_the_wall_clock),
		cmocka_unit_test(dates_of_the_same_signature_have_the_same_spans),
		cmocka_unit_test(the_usual_expressions_have_a_signature_for_every_date),
		cmocka_unit_test(of_many_rules_only_the_dates_they_name_have_no_signature),
		cmocka_unit_test(a_rule_of_months_nth_weekdays_and_holidays_has_signatures),
		cmocka_unit_test(spans_are_sorted_disjoint_and_do_not_touch),
		cmocka_unit_test(lint_names_equal_ends_and_rules_that_later_ones_wholly_override),
		cmocka_unit_test(uses_holidays_says_whether_ph_is_named),
		cmocka_unit_test(too_much_is_refused_and_the_most_is_not),
		cmocka_unit_test(a_date_holds_as_many_spans_as_an_expression_can_make),
		cmocka_unit_test(words_in_any_order_are_an_error_or_answer),
		cmocka_unit_test(how_hours_are_written_is_told_where_it_is_certain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
