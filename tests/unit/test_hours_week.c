/* SPDX-License-Identifier: MIT */
/*
 * The week in an expression: taken out, written back as short as can be, with what is for dates kept.  The strongest
 * test is the random one: what is written says what was painted, and is hardly longer than what was read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/hours.h"
#include "tests/support/random_plan.h"

#define DAY 1440
#define ROUNDS 2000

static uint64_t seed;

static unsigned below(unsigned n)
{
	return random_below(&seed, n);
}

static struct nm_hours_week week_of(const char *expression)
{
	struct nm_hours_week week;
	struct nm_error err;

	if (nm_hours_week_of(expression, &week, &err) != NM_OK)
		fail_msg("\"%s\": %s", expression, err.text);
	return week;
}

static char *written(const struct nm_hours_week *week, const char *kept)
{
	struct nm_error err;
	struct nm_buf out;

	nm_buf_init(&out, 1u << 16);
	if (nm_hours_week_write(week, kept, &out, &err) != NM_OK)
		fail_msg("%s", err.text);
	return nm_buf_take(&out);
}

/* The expression's own week, written anew behind nothing. */
static void becomes(const char *expression, const char *expected)
{
	struct nm_hours_week week = week_of(expression);
	char *text = written(&week, expression);

	if (strcmp(text, expected) != 0)
		fail_msg("\"%s\" becomes \"%s\", not \"%s\"", expression, text, expected);
	free(text);
}

static void what_is_short_stays_as_it_is(void **state)
{
	static const char *const expressions[] = {
		"Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off",
		"Tu 06:30-08:00",
		"24/7",
		"off",
		"08:00-18:00",
		"Th-Tu 08:00-18:00",
		"Mo-Fr 08:00-12:00,13:00-18:00",
		"Mo-Fr 08:00-18:00; We 10:00-12:00",
		"22:00-06:00",
		"Mo-Fr 22:00-06:00",
		"Sa-Mo 10:00-16:00",
		"Sa-Su 00:00-24:00",
		"24/7; PH off",
		"PH 10:00-12:00",
		"Mo-Fr 08:00-18:00; Dec 24-26 off; PH -1 day 08:00-12:00",
		"Mo-Fr 08:00-18:00, Su[1] 10:00-12:00",
		"Mo-Fr 08:00-18:00; 2027 Jan 4-8 09:00-12:00",
		/* 22:00-22:00 would be warned of */
		"Mo 22:00-46:00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++)
		becomes(expressions[i], expressions[i]);
}

static void what_is_long_becomes_short(void **state)
{
	(void)state;
	becomes("Mo 08:00-18:00; Tu 08:00-18:00; We 08:00-18:00; Th 08:00-18:00; Fr 08:00-18:00",
		"Mo-Fr 08:00-18:00");
	becomes("Mo-Fr 08:00-12:00, Mo-Fr 12:00-18:00", "Mo-Fr 08:00-18:00");
	becomes("Mo-Su 00:00-24:00", "24/7");
	becomes("Mo-Tu,Th-Su 08:00-18:00; We 10:00-12:00; PH off", "08:00-18:00; We 10:00-12:00; PH off");
	becomes("Mo 22:00-24:00; Tu 00:00-06:00", "Mo 22:00-06:00");
	becomes("Mo-Fr 08:00-18:00; 12:00-13:00 off", "Mo-Fr 08:00-12:00,13:00-18:00");
	becomes("08:00-18:00; Tu,Th off", "We,Fr-Mo 08:00-18:00");
	/* Mo-Sa would be as short, and say more than is so. */
	becomes("Mo-Tu,Th-Fr 08:00-18:00; We 10:00-12:00; Sa 09:00-13:00",
		"Mo-Fr 08:00-18:00; We 10:00-12:00; Sa 09:00-13:00");
	becomes("Mo off; Tu 08:00-09:00", "Tu 08:00-09:00");
	/* What one day has more than others is added to it. */
	becomes("Mo-Fr 08:00-18:00; Th 03:30-04:00,08:00-18:00; Sa 09:00-13:00; PH off",
		"Mo-Fr 08:00-18:00, Th 03:30-04:00; Sa 09:00-13:00; PH off");
	becomes("Mo-Fr 08:00-12:00,13:00-17:00; Th 08:00-12:00,13:00-20:00",
		"Mo-Fr 08:00-12:00,13:00-17:00, Th 13:00-20:00");
	becomes("08:00-18:00; Sa-Su 08:00-18:00,20:00-22:00", "08:00-18:00, Sa-Su 20:00-22:00");
	/* Of equals the one in which the times of a day stand together. */
	becomes("Mo 08:00-18:00; Tu-Fr 08:00-12:00", "Mo 08:00-18:00; Tu-Fr 08:00-12:00");
	/* Shorter would be a rule of every day, of which others take two days away; nobody writes that. */
	becomes("08:00-18:00; Sa 09:00-13:00; Su 10:00-12:00", "Mo-Fr 08:00-18:00; Sa 09:00-13:00; Su 10:00-12:00");
	becomes("08:00-18:00; Sa 09:00-13:00; Su off", "Mo-Fr 08:00-18:00; Sa 09:00-13:00");
	/* Without its weekdays a rule of holidays is one of its own. */
	becomes("Mo-Fr,PH 08:00-18:00", "Mo-Fr 08:00-18:00; PH 08:00-18:00");
	becomes("Mo-Fr 08:00-18:00; Sa,PH -1 day,PH off", "Mo-Fr 08:00-18:00; PH -1 day,PH off");
}

/* A rule behind it that begins with ";" would take Tuesday's first hours away. */
static void what_goes_past_midnight_is_not_taken_away(void **state)
{
	(void)state;
	becomes("Mo 22:00-06:00, Tu 08:00-18:00", "Mo 22:00-06:00, Tu 08:00-18:00");
	becomes("Su 22:00-06:00, Mo-Sa 20:00-04:00", "Mo-Sa 20:00-04:00, Su 22:00-06:00");
	becomes("Fr-Sa 22:00-06:00; We 08:00-18:00", "We 08:00-18:00; Fr-Sa 22:00-06:00");
}

/* Where an order means something that no week in front could mean. */
static void what_cannot_be_taken_apart_is_refused(void **state)
{
	static const char *const expressions[] = {
		"PH off; Mo-Fr 08:00-18:00",
		"Mo,Su[1] 08:00-18:00",
		"Dec off; Mo-Fr 08:00-18:00",
		"nonsense",
	};
	struct nm_hours_week week;
	struct nm_error err;

	(void)state;
	for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
		assert_int_equal(nm_hours_week_of(expressions[i], &week, &err), NM_INPUT);
		assert_true(err.text[0]);
	}
	assert_int_equal(nm_hours_week_of("PH off; Mo-Fr 08:00-18:00", &week, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "write what is for dates last"));
}

/* --- seasons --- */

#define SEASON 28

static void seasons_are_refused(void **state)
{
	static const char *const expressions[] = {
		"Apr-Oct Mo-Su 07:00-21:00; Nov-Mar Mo-Fr 08:00-18:00",
		"Mo-Fr 08:00-18:00; Jun-Aug 08:00-14:00",
		"Mo-Fr 08:00-18:00, Apr-Oct Sa 09:00-13:00",
		"Mo-Fr 08:00-18:00; Apr-Oct Sa,PH 09:00-13:00",
		"2027 Mo-Fr 08:00-18:00",
		"Mo-Fr 08:00-18:00; 2026 Dec 10-2027 Jan 20 09:00-12:00",
		"Mo-Fr 08:00-18:00; Jan 2-12,May 3-12,Sep 3-12 09:00-12:00",
		"Mo-Fr 08:00-18:00; Jan-Dec Fr off",
	};
	struct nm_hours_week week;
	struct nm_error err;

	(void)state;
	for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
		assert_int_equal(nm_hours_week_of(expressions[i], &week, &err), NM_INPUT);
		assert_non_null(strstr(err.text, "is for a season"));
	}
	assert_int_equal(nm_hours_week_of(expressions[0], &week, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "\"Apr-Oct Mo-Su 07:00-21:00\""));
}

static void exceptions_are_no_seasons(void **state)
{
	static const char *const expressions[] = {
		"Mo-Fr 08:00-18:00; Dec 24-Jan 6 10:00-12:00",
		"Mo-Fr 08:00-18:00; Aug off",
		"Mo-Fr 08:00-18:00; Nov-Mar off",
		"Mo-Fr 08:00-18:00, Apr-Oct Su[1] 10:00-12:00",
		"Mo-Fr 08:00-18:00; Apr-Oct PH 10:00-12:00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++)
		becomes(expressions[i], expressions[i]);
}

/* On how many dates, from a day on, an expression says other than the week. */
static int dates_unlike(const char *expression, const struct nm_hours_week *week, int64_t from, int64_t days)
{
	struct nm_hours *hours;
	struct nm_error err;
	int unlike = 0;

	assert_int_equal(nm_hours_read(expression, &hours, &err), NM_OK);
	for (int64_t day = from; day < from + days; day++) {
		const bool *open = week->open + (day + 3) % 7 * DAY; /* 1 January 1970 was a Thursday */
		bool said[DAY] = { false };
		struct nm_minutes spans[NM_HOURS_SPANS];
		size_t n = nm_hours_day(hours, day, NULL, spans);

		for (size_t i = 0; i < n; i++)
			memset(said + spans[i].from, true, (size_t)(spans[i].until - spans[i].from));
		unlike += memcmp(said, open, sizeof said) != 0;
	}
	nm_hours_free(hours);
	return unlike;
}

/* What is painted is what is said on nearly every date of any year, or is not painted; counted date by date. */
static void a_painted_week_rules_the_year(void **state)
{
	static const struct nm_hours_week shut;
	enum { YEARS = 9 };
	const int64_t from = nm_days_from_date(2024, 1, 1), span = nm_days_from_date(2024 + YEARS, 1, 1) - from;
	int painted = 0;

	(void)state;
	seed = 1204;
	for (int i = 0; i < ROUNDS / 4; i++) {
		const int64_t begin = from + below(365), end = begin + below(80);
		const struct nm_date a = nm_date_from_days(begin), b = nm_date_from_days(end);
		static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
						      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
		char dates[64], text[128];
		struct nm_hours_week week;
		struct nm_error err;
		int own;

		snprintf(dates, sizeof dates, "%s %d-%s %d 09:00-11:00", months[a.month - 1], a.day,
			 months[b.month - 1], b.day);
		snprintf(text, sizeof text, "08:00-18:00; %s", dates);
		own = dates_unlike(dates, &shut, from, span);
		if (nm_hours_week_of(text, &week, &err) == NM_OK) {
			painted++;
			assert_true(own < SEASON * YEARS);
			assert_int_equal(dates_unlike(text, &week, from, span), own);
		} else if (own <= (SEASON - 1) * YEARS) {
			fail_msg("\"%s\" has %d dates of its own in %d years: %s", text, own, YEARS, err.text);
		}
	}
	assert_in_range(painted, 1, ROUNDS / 4 - 1);
}

static void more_than_an_expression_holds_is_refused(void **state)
{
	struct nm_hours_week week = { { false } };
	struct nm_error err;
	struct nm_buf out;

	(void)state;
	for (int minute = 0; minute < DAY; minute += 2)
		week.open[minute] = true;
	nm_buf_init(&out, 1u << 16);
	assert_int_equal(nm_hours_week_write(&week, NULL, &out, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "too many spans"));
	nm_buf_clear(&out);
	memset(&week, 0, sizeof week);
	for (int day = 0; day < 7; day++)
		for (int span = 0; span < 12; span++)
			memset(week.open + day * DAY + span * 90 + day, true, 40);
	nm_buf_init(&out, 1u << 16);
	assert_int_equal(nm_hours_week_write(&week, NULL, &out, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "at most 64"));
	nm_buf_clear(&out);
}

/* Blocks of half hours, as somebody paints them; few enough to be written. */
static struct nm_hours_week random_week(void)
{
	static struct nm_hours_week week;

	memset(&week, 0, sizeof week);
	for (unsigned strokes = below(7); strokes > 0; strokes--) {
		unsigned day = below(7), days = 1 + below(7 - day);
		unsigned from = below(48), n = 1 + below(48 - from);
		bool open = below(3) != 0;

		for (; days > 0; days--, day++)
			memset(week.open + day * DAY + from * 30, open, (size_t)n * 30);
	}
	return week;
}

/* Each day by itself, as anybody could write it. */
static char *naive(const struct nm_hours_week *week)
{
	static const char *const names[] = { "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su" };
	struct nm_buf out;

	nm_buf_init(&out, 1u << 16);
	for (int day = 0; day < 7; day++) {
		const bool *open = week->open + day * DAY;
		bool first = true;

		for (int from = 0; from < DAY; from++) {
			int until = from;

			while (until < DAY && open[until])
				until++;
			if (until == from)
				continue;
			if (first)
				nm_buf_addf(&out, "%s%s ", out.len ? "; " : "", names[day]);
			nm_buf_addf(&out, "%s%02d:%02d-%02d:%02d", first ? "" : ",", from / 60, from % 60,
				    until / 60, until % 60);
			first = false;
			from = until;
		}
	}
	if (!out.len)
		nm_buf_add(&out, "off");
	return nm_buf_take(&out);
}

static void what_is_painted_is_what_is_read(void **state)
{
	static const char *const kept[] = { NULL, "Mo 08:00-09:00; PH off", "Dec 25 10:00-12:00; PH off",
					    "24/7, Su[1] 10:00-26:00", "Mo-Fr,PH 22:00-06:00" };

	(void)state;
	seed = 4711;
	for (int i = 0; i < random_few(ROUNDS / 8); i++) {
		struct nm_hours_week week = random_week(), again;
		const char *old = kept[i % 5];
		char *text = written(&week, old), *alone = written(&week, NULL), *plain = naive(&week),
		     *twice;

		again = week_of(text);
		if (memcmp(&week, &again, sizeof week) != 0)
			fail_msg("\"%s\" (%s) is not what was painted", text, plain);
		if (strlen(alone) > strlen(plain))
			fail_msg("\"%s\" is longer than \"%s\"", alone, plain);
		twice = written(&again, text);
		assert_string_equal(twice, text);
		free(text);
		free(alone);
		free(plain);
		free(twice);
	}
}

/* Up to four rules of weekdays and times, past midnight too. */
static void random_expression(char *out, size_t size)
{
	static const char *const days[] = { "",          "Mo-Fr ", "Sa-Su ", "We ",
					    "Mo,We,Fr ", "Tu-Th ", "Fr-Mo ", "Su " };
	static const char *const times[] = {
		"08:00-18:00", "off", "22:00-06:00", "00:00-24:00", "09:00-12:00,13:00-17:00", "12:00-20:00"
	};
	size_t len = 0;

	out[0] = '\0';
	for (unsigned rules = 1 + below(4), i = 0; i < rules; i++)
		len += (size_t)snprintf(out + len, size - len, "%s%s%s",
					i == 0            ? ""
					: below(4) ? "; "
							  : ", ",
					days[below(8)], times[below(6)]);
}

#define GROUP_BYTES 7 /* that weekdays in front of a rule may take, when it is not one of every day */

/* Expressions that somebody wrote: they are among those looked at, unless off or wrapped times overlay others. */
static void what_somebody_wrote_hardly_grows(void **state)
{
	char expression[256];

	(void)state;
	seed = 815;
	for (int i = 0; i < random_few(ROUNDS); i++) {
		struct nm_hours_week week, again;
		char *text;

		random_expression(expression, sizeof expression);
		week = week_of(expression);
		text = written(&week, expression);
		again = week_of(text);
		assert_memory_equal(&week, &again, sizeof week);
		if (strlen(text) > strlen(expression) + GROUP_BYTES && !strstr(expression, "off") &&
		    !strstr(expression, "22:00-06:00") && !strchr(expression, ','))
			fail_msg("\"%s\" grew to \"%s\"", expression, text);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_short_stays_as_it_is),
		cmocka_unit_test(what_is_long_becomes_short),
		cmocka_unit_test(what_goes_past_midnight_is_not_taken_away),
		cmocka_unit_test(what_cannot_be_taken_apart_is_refused),
		cmocka_unit_test(seasons_are_refused),
		cmocka_unit_test(exceptions_are_no_seasons),
		cmocka_unit_test(a_painted_week_rules_the_year),
		cmocka_unit_test(more_than_an_expression_holds_is_refused),
		cmocka_unit_test(what_is_painted_is_what_is_read),
		cmocka_unit_test(what_somebody_wrote_hardly_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
