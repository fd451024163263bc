/* SPDX-License-Identifier: MIT */
/*
 * Hours painted into an expression.  The strongest tests are the random ones: what is written is compared with what stood
 * there, minute by minute over two years, and differs only as it was painted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/hours.h"
#include "tests/support/random_plan.h"

#define DAY 1440
#define ROUNDS 400

enum { MO, TU, WE, TH, FR, SA, SU };

static uint64_t seed;

static unsigned below(unsigned n)
{
	return random_below(&seed, n);
}

static struct nm_hours_subject weeks_of(const char *expression, int month, int day)
{
	return (struct nm_hours_subject){ .expression = expression, .day = nm_days_from_date(2026, month, day) };
}

static struct nm_hours_subject one_week_of(const char *expression, int month, int day)
{
	struct nm_hours_subject subject = weeks_of(expression, month, day);

	subject.one_week = true;
	return subject;
}

static struct nm_hours_week week_of(const struct nm_hours_subject *subject)
{
	struct nm_hours_week week;
	struct nm_error err;

	if (nm_hours_week_of(subject, &week, &err) != NM_OK)
		fail_msg("\"%s\": %s", subject->expression, err.text);
	return week;
}

static void stroke(struct nm_hours_week *week, bool on, int day, int last, int from, int until)
{
	for (; day <= last; day++)
		memset(week->open + day * DAY + from * 60, on, (size_t)(until - from) * 60);
}

static void paints(const struct nm_hours_subject *subject, bool on, int day, int last, int from, int until,
		   const char *expected)
{
	struct nm_hours_week week = week_of(subject);
	struct nm_error err;
	struct nm_buf out;

	stroke(&week, on, day, last, from, until);
	nm_buf_init(&out, 1u << 16);
	if (nm_hours_paint(subject, &week, &out, &err) != NM_OK)
		fail_msg("\"%s\": %s", subject->expression, err.text);
	if (strcmp(out.data, expected) != 0)
		fail_msg("\"%s\" becomes \"%s\", not \"%s\"", subject->expression, out.data, expected);
	nm_buf_clear(&out);
}

/* --- every week --- */

#define SEASONS "Apr-Sep Mo-Fr 07:00-19:00; Oct-Mar Mo-Fr 08:00-17:00; PH off"

/* Of the season that the date is in; the other one and the holidays stay. */
static void the_season_of_the_date_is_painted(void **state)
{
	const struct nm_hours_subject winter = weeks_of(SEASONS, 11, 22), summer = weeks_of(SEASONS, 6, 3);

	(void)state;
	paints(&winter, true, SA, SA, 9, 13,
	       "Apr-Sep Mo-Fr 07:00-19:00; Oct-Mar Mo-Fr 08:00-17:00; Oct-Mar Sa 09:00-13:00; PH off");
	paints(&summer, true, MO, FR, 6, 7, "Apr-Sep Mo-Fr 06:00-19:00; Oct-Mar Mo-Fr 08:00-17:00; PH off");
	paints(&summer, false, MO, FR, 0, 24, "Oct-Mar Mo-Fr 08:00-17:00; PH off");
	paints(&(struct nm_hours_subject){ "Mo-Fr 08:00-18:00; 2027 Mo-Fr 09:00-17:00", nm_days_from_date(2027, 2, 3), false,
					   NULL },
	       true, SA, SA, 9, 12, "Mo-Fr 08:00-18:00; 2027 Mo-Fr 09:00-17:00; 2027 Sa 09:00-12:00");
}

/* Behind what holds in every week: a day of which the season says nothing gets its hours there. */
static void a_season_is_painted_over_what_holds_always(void **state)
{
	const struct nm_hours_subject july = weeks_of("08:00-18:00; Jun-Aug Sa off", 7, 8);
	const struct nm_hours_subject november = weeks_of("Mo-Fr 08:00-18:00; Jun-Aug 08:00-14:00", 11, 25);
	const struct nm_hours_subject more = weeks_of("Mo-Fr 08:00-18:00, Apr-Oct Sa 09:00-13:00", 7, 8);

	(void)state;
	paints(&november, true, SA, SA, 9, 13, "Mo-Fr 08:00-18:00; Sa 09:00-13:00; Jun-Aug 08:00-14:00");
	paints(&more, true, SA, SA, 13, 14, "Mo-Fr 08:00-18:00, Apr-Oct Sa 09:00-14:00");
	paints(&more, false, MO, MO, 8, 9, "Mo-Fr 08:00-18:00; Apr-Oct Mo 09:00-18:00; Apr-Oct Sa 09:00-13:00");
	paints(&july, true, MO, MO, 7, 8, "08:00-18:00; Jun-Aug Mo 07:00-18:00; Jun-Aug Sa off");
	paints(&july, true, SA, SA, 8, 10, "08:00-18:00; Jun-Aug Sa 08:00-10:00");
}

/* Of two that the date is in, the one behind; the other need not hold wherever it does. */
static void a_season_within_another_is_painted(void **state)
{
	const int64_t july = nm_days_from_date(2027, 7, 8);

	(void)state;
	paints(&(struct nm_hours_subject){ "2027 Sa 09:00-12:00, Jun-Aug Sa 14:00-16:00", july, false, NULL }, true, SA, SA,
	       16, 17, "2027 Sa 09:00-12:00, Jun-Aug Sa 14:00-17:00");
	/* Every day of a season takes the place of what is before it. */
	paints(&(struct nm_hours_subject){ "Mo-Fr 12:00-20:00; Apr-Sep 08:00-18:00", july, false, NULL }, true, MO, MO, 6,
	       8, "Mo-Fr 12:00-20:00; Apr-Sep Mo 06:00-18:00; Apr-Sep Tu-Su 08:00-18:00");
}

/* Between, before and behind rules for dates, each of which stays. */
static void rules_of_weekdays_are_painted_where_they_stand(void **state)
{
	static const char mixed[] =
		"Mo-Fr 08:00-18:00; Dec 24 08:00-12:00; PH off; Su[1] 10:00-12:00, Fr 22:00-02:00";
	const struct nm_hours_subject subject = weeks_of(mixed, 11, 25), first = weeks_of("PH off; Mo-Fr 08:00-18:00", 11, 25);
	const struct nm_hours_subject dates = weeks_of("PH 10:00-12:00", 11, 25);
	const struct nm_hours_subject parted = weeks_of("Sa 09:00-12:00; PH off; Oct-Mar Mo-Fr 12:00-20:00", 11, 25);

	(void)state;
	paints(&subject, true, MO, FR, 7, 8,
	       "Mo-Fr 07:00-18:00; Dec 24 08:00-12:00; PH off; Su[1] 10:00-12:00, Fr 22:00-02:00");
	paints(&subject, false, SA, SA, 0, 2,
	       "Mo-Fr 08:00-18:00; Dec 24 08:00-12:00; PH off; Su[1] 10:00-12:00, Fr 22:00-24:00");
	paints(&first, true, SA, SA, 9, 13, "Sa 09:00-13:00; PH off; Mo-Fr 08:00-18:00");
	paints(&first, true, MO, FR, 7, 8, "PH off; Mo-Fr 07:00-18:00");
	paints(&dates, true, MO, MO, 9, 13, "Mo 09:00-13:00; PH 10:00-12:00");
	/* One stroke, of which each part has its place. */
	paints(&parted, true, MO, SA, 7, 8,
	       "Sa 09:00-12:00; Oct-Mar Sa 07:00-08:00,09:00-12:00; PH off; Oct-Mar Mo-Fr 07:00-08:00,12:00-20:00");
	paints(&parted, false, MO, SA, 9, 13, "Sa 09:00-12:00; Oct-Mar Sa off; PH off; Oct-Mar Mo-Fr 13:00-20:00");
	/* Without its weekdays a rule of holidays is one of its own. */
	paints(&(struct nm_hours_subject){ "Mo-Fr,PH 08:00-18:00", 20000, false, NULL }, true, SA, SA, 9, 13,
	       "Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH 08:00-18:00");
}

static void exceptions_are_no_seasons(void **state)
{
	static const char *const expressions[] = {
		"Dec 24-Jan 6 10:00-12:00", "Aug off", "Nov-Mar off", "Apr-Oct Su[1] 10:00-12:00",
		"Apr-Oct PH 10:00-12:00",   "2026 Nov 20-30 09:00-11:00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
		char text[128], expected[128];
		struct nm_hours_subject subject;

		snprintf(text, sizeof text, "Mo-Fr 08:00-18:00; %s", expressions[i]);
		snprintf(expected, sizeof expected, "Mo-Fr 07:00-18:00; %s", expressions[i]);
		subject = weeks_of(text, 11, 25);
		paints(&subject, true, MO, FR, 7, 8, expected);
	}
}

static void what_is_not_painted_stays_as_it_was_written(void **state)
{
	const struct nm_hours_subject subject =
		weeks_of("Apr - Sep  mo-fr 7:00-19:00 ;Oct-Mar Mo-Fr 08:00-17:00;; PH  off", 11, 25);

	(void)state;
	paints(&subject, true, SA, SA, 9, 13,
	       "Apr - Sep  mo-fr 7:00-19:00 ;Oct-Mar Mo-Fr 08:00-17:00; Oct-Mar Sa 09:00-13:00;; PH  off");
	paints(&subject, true, SA, SA, 9, 9, subject.expression);
}

static void what_cannot_be_painted_is_refused(void **state)
{
	const struct nm_hours_subject subject = weeks_of("Mo,Su[1] 08:00-18:00", 11, 25);
	const struct nm_hours_subject shut = weeks_of("Mo-Fr 08:00-18:00; Sa-Su,PH off; Dec off; 12:00-13:00 off", 11, 25);
	const struct nm_hours_subject behind =
		weeks_of("Oct-Mar Mo-Fr 08:00-17:00; PH off; Sa-Su 22:00-06:00", 11, 25);
	struct nm_hours_week week;
	struct nm_error err;
	struct nm_buf out;

	(void)state;
	assert_int_equal(nm_hours_week_of(&subject, &week, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "write two rules of it"));
	/* Shut at noon by the last rule, December by the one before: nowhere can noon open and December stay shut. */
	week = week_of(&shut);
	stroke(&week, true, MO, FR, 12, 13);
	nm_buf_init(&out, 1u << 16);
	assert_int_equal(nm_hours_paint(&shut, &week, &out, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "write rules for weekdays first"));
	/* Behind the rule that it must override, it would override that of holidays, too. */
	week = week_of(&behind);
	stroke(&week, true, SA, SA, 10, 11);
	assert_int_equal(nm_hours_paint(&behind, &week, &out, &err), NM_INPUT);
	nm_buf_clear(&out);
}

/* --- at random --- */

struct part {
	const char *text;
	bool (*holds)(int64_t day, const struct nm_holidays *holidays);
};

static bool in_summer(int64_t day, const struct nm_holidays *holidays)
{
	const int month = nm_date_from_days(day).month;

	(void)holidays;
	return month >= 4 && month <= 9;
}

static bool in_winter(int64_t day, const struct nm_holidays *holidays)
{
	return !in_summer(day, holidays);
}

static bool in_2027(int64_t day, const struct nm_holidays *holidays)
{
	(void)holidays;
	return nm_date_from_days(day).year == 2027;
}

static bool round_new_year(int64_t day, const struct nm_holidays *holidays)
{
	(void)holidays;
	return day >= nm_days_from_date(2026, 12, 10) && day <= nm_days_from_date(2027, 1, 20);
}

static const struct part seasons[] = { { "Apr-Sep", in_summer },
				       { "Oct-Mar", in_winter },
				       { "2027", in_2027 },
				       { "2026 Dec 10-2027 Jan 20", round_new_year } };

static bool on_holiday(int64_t day, const struct nm_holidays *holidays)
{
	for (size_t i = 0; i < holidays->n; i++)
		if (holidays->days[i] == day)
			return true;
	return false;
}

static bool before_holiday(int64_t day, const struct nm_holidays *holidays)
{
	return on_holiday(day + 1, holidays);
}

static bool on_christmas(int64_t day, const struct nm_holidays *holidays)
{
	const struct nm_date date = nm_date_from_days(day);

	(void)holidays;
	return date.month == 12 && date.day >= 24 && date.day <= 26;
}

static bool on_first_sunday(int64_t day, const struct nm_holidays *holidays)
{
	(void)holidays;
	return nm_weekday(day) == SU && nm_date_from_days(day).day <= 7;
}

static bool in_one_week(int64_t day, const struct nm_holidays *holidays)
{
	(void)holidays;
	return day >= nm_days_from_date(2027, 1, 4) && day <= nm_days_from_date(2027, 1, 8);
}

static const struct part exceptions[] = {
	{ "PH off", on_holiday },
	{ "PH 10:00-12:00", on_holiday },
	{ "PH -1 day 08:00-12:00", before_holiday },
	{ "Dec 24-26 off", on_christmas },
	{ "Dec 24-26 22:00-03:00", on_christmas },
	{ "Su[1] 10:00-12:00", on_first_sunday },
	{ "2027 Jan 4-8 09:00-12:00", in_one_week },
};

#define PARTS_MAX 6

/* An expression, and what it was made of: of seasons those in front, of exceptions behind. */
struct made {
	char text[512];
	const struct part *seasons[PARTS_MAX], *exceptions[PARTS_MAX];
	size_t n_seasons, n_exceptions;
};

static void weekly_add(char *out, size_t size, bool season)
{
	static const char *const days[] = { "Mo-Fr ", "Sa-Su ", "We ", "Mo,We,Fr ", "Fr-Mo ", "", "Sa " };
	static const char *const times[] = { "08:00-18:00", "22:00-06:00", "09:00-12:00,13:00-17:00", "12:00-20:00", "off" };

	snprintf(out, size, "%s%s", days[below(7)], times[below(season ? 4 : 5)]);
}

static void make(struct made *made)
{
	const unsigned rules = 1 + below(5);
	char weekly[64];
	size_t len = 0;

	*made = (struct made){ .n_seasons = 0 };
	for (unsigned i = 0; i < rules; i++) {
		const char *separator = i == 0 ? "" : below(4) ? "; " : ", ";
		const unsigned kind = below(5);

		weekly_add(weekly, sizeof weekly, kind == 2); /* a season that is shut is an exception */
		if (kind < 2 && i > 0) {
			const struct part *part = &exceptions[below(sizeof exceptions / sizeof *exceptions)];

			made->exceptions[made->n_exceptions++] = part;
			len += (size_t)snprintf(made->text + len, sizeof made->text - len, "%s%s", separator, part->text);
		} else if (kind == 2) {
			const struct part *part = &seasons[below(sizeof seasons / sizeof *seasons)];

			made->seasons[made->n_seasons++] = part;
			len += (size_t)snprintf(made->text + len, sizeof made->text - len, "%s%s %s", separator,
						part->text, weekly);
		} else {
			len += (size_t)snprintf(made->text + len, sizeof made->text - len, "%s%s", separator, weekly);
		}
	}
}

/* Blocks of half hours, as somebody paints them. */
static void paint_at_random(struct nm_hours_week *week)
{
	for (unsigned strokes = 1 + below(3); strokes > 0; strokes--) {
		const unsigned day = below(7), last = day + below(7 - day), from = below(48), n = 1 + below(48 - from);
		const bool on = below(3) != 0;

		for (unsigned d = day; d <= last; d++)
			memset(week->open + d * DAY + from * 30, on, (size_t)n * 30);
	}
}

static void minutes_of(const struct nm_hours *hours, int64_t day, const struct nm_holidays *holidays, bool out[DAY])
{
	struct nm_minutes spans[NM_HOURS_SPANS];
	const size_t n = nm_hours_day(hours, day, holidays, spans);

	memset(out, false, DAY);
	for (size_t i = 0; i < n; i++)
		memset(out + spans[i].from, true, (size_t)(spans[i].until - spans[i].from));
}

static struct nm_hours *read_text(const char *text)
{
	struct nm_hours *hours;
	struct nm_error err;

	if (nm_hours_read(text, &hours, &err) != NM_OK)
		fail_msg("\"%s\": %s", text, err.text);
	return hours;
}

static const struct part *season_of(const struct made *made, int64_t day)
{
	const struct part *season = NULL;

	for (size_t i = 0; i < made->n_seasons; i++)
		if (made->seasons[i]->holds(day, NULL))
			season = made->seasons[i];
	return season;
}

/* Does a rule that was not painted speak of the day, or of the night before it, or of the week that was? */
static bool is_special(const struct made *made, const struct part *season, int64_t painted, int64_t day,
		       const struct nm_holidays *holidays)
{
	for (size_t i = 0; i < made->n_exceptions; i++)
		if (made->exceptions[i]->holds(day, holidays) || made->exceptions[i]->holds(day - 1, holidays))
			return true;
	for (size_t i = 0; i < made->n_seasons; i++)
		if (made->seasons[i] != season && (made->seasons[i]->holds(day, NULL) || made->seasons[i]->holds(day - 1, NULL) ||
						   made->seasons[i]->holds(painted, NULL)))
			return true;
	return false;
}

/* Days that are as they were painted, whole. */
static int two_years_compare(const struct made *made, int64_t on, const char *text, const struct nm_hours_week *old,
			     const struct nm_hours_week *now)
{
	const struct part *season = season_of(made, on);
	struct nm_hours *a = read_text(made->text), *b = read_text(text);
	int32_t days[] = { (int32_t)nm_days_from_date(2026, 5, 1), (int32_t)nm_days_from_date(2026, 11, 26),
			   (int32_t)nm_days_from_date(2027, 1, 1), (int32_t)nm_days_from_date(2027, 7, 4) };
	const struct nm_holidays holidays = { days, below(5) };
	int painted = 0;

	for (int64_t day = nm_days_from_date(2026, 1, 1); day < nm_days_from_date(2028, 1, 1); day++) {
		const bool in = !season || season->holds(day, NULL), night = !season || season->holds(day - 1, NULL);
		const size_t at = (size_t)nm_weekday(day) * DAY;
		bool before[DAY], after[DAY];

		minutes_of(a, day, &holidays, before);
		minutes_of(b, day, &holidays, after);
		for (size_t i = 0; i < DAY; i++)
			if (before[i] != after[i] &&
			    (!(in || night) || old->open[at + i] == now->open[at + i] || after[i] != now->open[at + i]))
				fail_msg("\"%s\" -> \"%s\": day %d minute %d changed", made->text, text, (int)day, (int)i);
		if (!in || !night || is_special(made, season, on, day, &holidays))
			continue;
		painted++;
		if (memcmp(after, now->open + at, DAY) != 0)
			fail_msg("\"%s\" -> \"%s\": day %d is not as painted", made->text, text, (int)day);
	}
	nm_hours_free(a);
	nm_hours_free(b);
	return painted;
}

static void hours_differ_only_as_painted(void **state)
{
	const int rounds = random_few(ROUNDS);
	int refused = 0, painted = 0;

	(void)state;
	seed = 1204;
	for (int i = 0; i < rounds; i++) {
		struct nm_hours_week old, now;
		struct nm_hours_subject subject;
		struct made made;
		struct nm_error err;
		struct nm_buf out;

		make(&made);
		subject = (struct nm_hours_subject){ .expression = made.text,
						     .day = nm_days_from_date(2026, 1, 1) + below(700) };
		old = now = week_of(&subject);
		paint_at_random(&now);
		nm_buf_init(&out, 1u << 16);
		if (nm_hours_paint(&subject, &now, &out, &err) == NM_OK) {
			painted += two_years_compare(&made, subject.day, out.data, &old, &now);
			for (size_t k = 0; k < made.n_exceptions; k++)
				assert_non_null(strstr(out.data, made.exceptions[k]->text));
		} else {
			refused++;
			assert_non_null(strstr(err.text, "write rules for weekdays first"));
		}
		nm_buf_clear(&out);
	}
	assert_in_range(refused, 0, rounds / 5);
	assert_in_range(painted, 100 * rounds, 731 * rounds);
}

/* --- one week --- */

static void one_weeks_hours_are_rules_of_its_dates(void **state)
{
	static const char usual[] = "Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off";
	const struct nm_hours_subject week = one_week_of(usual, 11, 25);
	const struct nm_hours_subject meant = one_week_of("Mo-Fr 08:00-18:00; 2026 Nov 26-27 08:00-18:00", 11, 23);
	const struct nm_hours_subject short_week =
		one_week_of("Mo-Fr 08:00-18:00; 2026 Nov 26 10:00-14:00; 2026 Nov 27 off", 11, 23);

	(void)state;
	paints(&week, false, FR, FR, 0, 24, "Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off; 2026 Nov 27 off");
	paints(&week, false, TH, FR, 0, 24, "Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off; 2026 Nov 26-27 off");
	paints(&week, true, MO, FR, 7, 8, "Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off; 2026 Nov 23-27 07:00-18:00");
	/* Joined where days agree, and gone where a day is as usual. */
	paints(&short_week, false, TH, TH, 0, 24, "Mo-Fr 08:00-18:00; 2026 Nov 27 off; 2026 Nov 26 off");
	paints(&short_week, true, FR, FR, 10, 14, "Mo-Fr 08:00-18:00; 2026 Nov 26 10:00-14:00; 2026 Nov 27 10:00-14:00");
	paints(&short_week, true, FR, FR, 8, 18, "Mo-Fr 08:00-18:00; 2026 Nov 26 10:00-14:00");
	/* Who wrote that a day is as usual, meant it. */
	paints(&meant, false, FR, FR, 0, 24, "Mo-Fr 08:00-18:00; 2026 Nov 26 08:00-18:00; 2026 Nov 27 off");
	/* Round the end of a month, and of a year. */
	paints(&(struct nm_hours_subject){ "24/7", nm_days_from_date(2026, 12, 31), true, NULL }, false, TH, FR, 0, 24,
	       "24/7; 2026 Dec 31,2027 Jan 1 off");
}

/* What the calendar makes of a day is what a day is as usual. */
static void one_weeks_hours_know_its_holidays(void **state)
{
	int32_t thanksgiving = (int32_t)nm_days_from_date(2026, 11, 26);
	const struct nm_holidays holidays = { &thanksgiving, 1 };
	struct nm_hours_subject week = one_week_of("Mo-Fr 08:00-18:00; PH off; 2026 Nov 26 10:00-14:00", 11, 23);

	(void)state;
	week.holidays = &holidays;
	paints(&week, false, TH, TH, 10, 14, "Mo-Fr 08:00-18:00; PH off");
	week.expression = "Mo-Fr 08:00-18:00; PH off";
	paints(&week, true, TH, TH, 10, 14, "Mo-Fr 08:00-18:00; PH off; 2026 Nov 26 10:00-14:00");
}

static void one_week_differs_only_as_painted(void **state)
{
	const int64_t begin = nm_days_from_date(2026, 1, 1), end = nm_days_from_date(2028, 1, 1);

	(void)state;
	seed = 815;
	for (int i = 0; i < random_few(ROUNDS / 2); i++) {
		struct nm_hours_week old, now;
		int32_t holiday = (int32_t)(begin + below(700));
		const struct nm_holidays holidays = { &holiday, below(2) };
		struct nm_hours_subject subject;
		struct nm_hours *a, *b;
		struct made made;
		struct nm_error err;
		struct nm_buf out, back;

		make(&made);
		subject = (struct nm_hours_subject){ made.text, holiday + (int)below(14) - 7, true, &holidays };
		old = now = week_of(&subject);
		paint_at_random(&now);
		nm_buf_init(&out, 1u << 16);
		nm_buf_init(&back, 1u << 16);
		assert_int_equal(nm_hours_paint(&subject, &now, &out, &err), NM_OK);
		a = read_text(made.text);
		b = read_text(out.data);
		for (int64_t day = begin; day < end; day++) {
			const bool in = day - nm_weekday(day) == subject.day - nm_weekday(subject.day);
			bool before[DAY], after[DAY];

			minutes_of(a, day, &holidays, before);
			minutes_of(b, day, &holidays, after);
			if (memcmp(after, in ? now.open + nm_weekday(day) * DAY : before, DAY) != 0)
				fail_msg("\"%s\" -> \"%s\": day %d", made.text, out.data, (int)day);
		}
		/* And back: what was added goes again, all of it. */
		subject.expression = out.data;
		assert_int_equal(nm_hours_paint(&subject, &old, &back, &err), NM_OK);
		if (!strstr(made.text, "2027 Jan 4-8"))
			assert_string_equal(back.data, made.text);
		nm_hours_free(a);
		nm_hours_free(b);
		nm_buf_clear(&out);
		nm_buf_clear(&back);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_season_of_the_date_is_painted),
		cmocka_unit_test(a_season_is_painted_over_what_holds_always),
		cmocka_unit_test(a_season_within_another_is_painted),
		cmocka_unit_test(rules_of_weekdays_are_painted_where_they_stand),
		cmocka_unit_test(exceptions_are_no_seasons),
		cmocka_unit_test(what_is_not_painted_stays_as_it_was_written),
		cmocka_unit_test(what_cannot_be_painted_is_refused),
		cmocka_unit_test(hours_differ_only_as_painted),
		cmocka_unit_test(one_weeks_hours_are_rules_of_its_dates),
		cmocka_unit_test(one_weeks_hours_know_its_holidays),
		cmocka_unit_test(one_week_differs_only_as_painted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
