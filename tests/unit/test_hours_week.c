/* SPDX-License-Identifier: MIT */
/*
 * The week in an expression: taken out, and written as short as can be.  The strongest test is the random one: what is
 * written says what was painted, and is hardly longer than what was read.
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
	const struct nm_hours_subject subject = { .expression = expression, .day = nm_days_from_date(2026, 11, 25) };
	struct nm_hours_week week;
	struct nm_error err;

	if (nm_hours_week_of(&subject, &week, &err) != NM_OK)
		fail_msg("\"%s\": %s", expression, err.text);
	return week;
}

static char *written(const struct nm_hours_week *week)
{
	struct nm_error err;
	struct nm_buf out;

	nm_buf_init(&out, 1u << 16);
	if (nm_hours_week_write(week, &out, &err) != NM_OK)
		fail_msg("%s", err.text);
	return nm_buf_take(&out);
}

/* The expression's own week, written anew. */
static void becomes(const char *expression, const char *expected)
{
	struct nm_hours_week week = week_of(expression);
	char *text = written(&week);

	if (strcmp(text, expected) != 0)
		fail_msg("\"%s\" becomes \"%s\", not \"%s\"", expression, text, expected);
	free(text);
}

static void what_is_short_stays_as_it_is(void **state)
{
	static const char *const expressions[] = {
		"Mo-Fr 08:00-18:00; Sa 09:00-13:00",
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
	becomes("Mo-Tu,Th-Su 08:00-18:00; We 10:00-12:00", "08:00-18:00; We 10:00-12:00");
	becomes("Mo 22:00-24:00; Tu 00:00-06:00", "Mo 22:00-06:00");
	becomes("Mo-Fr 08:00-18:00; 12:00-13:00 off", "Mo-Fr 08:00-12:00,13:00-18:00");
	becomes("08:00-18:00; Tu,Th off", "We,Fr-Mo 08:00-18:00");
	/* Mo-Sa would be as short, and say more than is so. */
	becomes("Mo-Tu,Th-Fr 08:00-18:00; We 10:00-12:00; Sa 09:00-13:00",
		"Mo-Fr 08:00-18:00; We 10:00-12:00; Sa 09:00-13:00");
	becomes("Mo off; Tu 08:00-09:00", "Tu 08:00-09:00");
	/* What one day has more than others is added to it. */
	becomes("Mo-Fr 08:00-18:00; Th 03:30-04:00,08:00-18:00; Sa 09:00-13:00",
		"Mo-Fr 08:00-18:00, Th 03:30-04:00; Sa 09:00-13:00");
	becomes("Mo-Fr 08:00-12:00,13:00-17:00; Th 08:00-12:00,13:00-20:00",
		"Mo-Fr 08:00-12:00,13:00-17:00, Th 13:00-20:00");
	becomes("08:00-18:00; Sa-Su 08:00-18:00,20:00-22:00", "08:00-18:00, Sa-Su 20:00-22:00");
	/* Of equals the one in which the times of a day stand together. */
	becomes("Mo 08:00-18:00; Tu-Fr 08:00-12:00", "Mo 08:00-18:00; Tu-Fr 08:00-12:00");
	/* Shorter would be a rule of every day, of which others take two days away; nobody writes that. */
	becomes("08:00-18:00; Sa 09:00-13:00; Su 10:00-12:00", "Mo-Fr 08:00-18:00; Sa 09:00-13:00; Su 10:00-12:00");
	becomes("08:00-18:00; Sa 09:00-13:00; Su off", "Mo-Fr 08:00-18:00; Sa 09:00-13:00");
}

/* A rule behind it that begins with ";" would take Tuesday's first hours away. */
static void what_goes_past_midnight_is_not_taken_away(void **state)
{
	(void)state;
	becomes("Mo 22:00-06:00, Tu 08:00-18:00", "Mo 22:00-06:00, Tu 08:00-18:00");
	becomes("Su 22:00-06:00, Mo-Sa 20:00-04:00", "Mo-Sa 20:00-04:00, Su 22:00-06:00");
	becomes("Fr-Sa 22:00-06:00; We 08:00-18:00", "We 08:00-18:00; Fr-Sa 22:00-06:00");
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
	assert_int_equal(nm_hours_week_write(&week, &out, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "too many spans"));
	nm_buf_clear(&out);
	memset(&week, 0, sizeof week);
	for (int day = 0; day < 7; day++)
		for (int span = 0; span < 12; span++)
			memset(week.open + day * DAY + span * 90 + day, true, 40);
	nm_buf_init(&out, 1u << 16);
	assert_int_equal(nm_hours_week_write(&week, &out, &err), NM_INPUT);
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
	(void)state;
	seed = 4711;
	for (int i = 0; i < random_few(ROUNDS / 8); i++) {
		struct nm_hours_week week = random_week(), again;
		char *text = written(&week), *plain = naive(&week), *twice;

		again = week_of(text);
		if (memcmp(&week, &again, sizeof week) != 0)
			fail_msg("\"%s\" (%s) is not what was painted", text, plain);
		if (strlen(text) > strlen(plain))
			fail_msg("\"%s\" is longer than \"%s\"", text, plain);
		twice = written(&again);
		assert_string_equal(twice, text);
		free(text);
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
		text = written(&week);
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
		cmocka_unit_test(more_than_an_expression_holds_is_refused),
		cmocka_unit_test(what_is_painted_is_what_is_read),
		cmocka_unit_test(what_somebody_wrote_hardly_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
