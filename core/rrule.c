/* SPDX-License-Identifier: MIT */
/*
 * Walks a recurrence rule period by period (a year for FREQ=YEARLY, ... a second for SECONDLY).
 * A period's instances are dates x times of day, both sorted, so that the i-th one is found by
 * division and BYSETPOS and COUNT need no list.  The walk begins at the window, not at DTSTART, unless
 * COUNT needs what lies before and cannot reckon it.  Knows no zones and allocates nothing.
 */
#include "rrule.h"

#define YEAR_LAST 9999

/* A rule with what DTSTART adds to it, and the period at hand. */
struct walker {
	struct rrule rule;
	const struct rrule_walk *walk;
	int hours[24], minutes[60], seconds[60];
	size_t n_hours, n_minutes, n_seconds, n_times;
	int64_t days[366];
	size_t n_days;
	int64_t counted;
	int64_t tested; /* the day whose test is kept, for periods shorter than a day */
	bool tested_ok;
};

static bool has(uint64_t mask, int64_t bit)
{
	return mask >> bit & 1;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t ceil_div(int64_t a, int64_t b)
{
	return -floor_div(-a, b);
}

/* --- which dates --- */

/* Week of the year to which the day belongs, as RFC 5545 counts them: week 1 is the first that has
 * four days in the year.  *last is the number of that year's last week. */
static int week_of(int64_t day, int week_start, int *last)
{
	int64_t fourth = day - (nm_weekday(day) - week_start + 7) % 7 + 3;
	int year = nm_date_from_days(fourth).year;
	int64_t first = nm_days_from_date(year, 1, 1);
	int64_t end = nm_days_from_date(year, 12, 28); /* always in the last week */
	int64_t end_fourth = end - (nm_weekday(end) - week_start + 7) % 7 + 3;

	*last = (int)((end_fourth - first) / 7) + 1;
	return (int)((fourth - first) / 7) + 1;
}

static bool week_matches(const struct rrule *rule, int64_t day)
{
	int last;
	int week = week_of(day, rule->week_start, &last);

	return has(rule->weeks, week) || has(rule->weeks_last, last - week + 1);
}

static bool year_day_matches(const struct rrule *rule, int64_t day, int year)
{
	int64_t nth = day - nm_days_from_date(year, 1, 1) + 1;
	int64_t back = day - nm_days_from_date(year + 1, 1, 1);

	for (size_t i = 0; i < rule->n_year_days; i++) {
		if (rule->year_days[i] == nth || rule->year_days[i] == back)
			return true;
	}
	return false;
}

/* BYDAY with numbers counts within the year only where neither months nor weeks are named. */
static bool weekday_matches(const struct rrule *rule, int64_t day, struct nm_date date)
{
	int weekday = nm_weekday(day);
	int64_t first = nm_days_from_date(date.year, date.month, 1);
	int64_t end = first + nm_month_days(date.year, date.month);

	if (has(rule->weekdays, weekday))
		return true;
	if (rule->freq == RRULE_YEARLY && !rule->months) {
		first = nm_days_from_date(date.year, 1, 1);
		end = nm_days_from_date(date.year + 1, 1, 1);
	}
	for (size_t i = 0; i < rule->n_nths; i++) {
		int n = rule->nths[i].n;

		if (rule->nths[i].weekday != weekday)
			continue;
		if (n == (day - first) / 7 + 1 || n == -((end - 1 - day) / 7 + 1))
			return true;
	}
	return false;
}

static bool day_matches(const struct rrule *rule, int64_t day)
{
	struct nm_date date = nm_date_from_days(day);

	if (rule->months && !has(rule->months, date.month))
		return false;
	if ((rule->month_days || rule->month_days_last) && !has(rule->month_days, date.day) &&
	    !has(rule->month_days_last, nm_month_days(date.year, date.month) - date.day + 1))
		return false;
	if (rule->n_year_days && !year_day_matches(rule, day, date.year))
		return false;
	if ((rule->weeks || rule->weeks_last) && !week_matches(rule, day))
		return false;
	return !(rule->weekdays || rule->n_nths) || weekday_matches(rule, day, date);
}

/* --- what DTSTART adds --- */

static size_t values(uint64_t mask, int most, int *out)
{
	size_t n = 0;

	for (int i = 0; i < most; i++) {
		if (has(mask, i))
			out[n++] = i;
	}
	return n;
}

/* RFC 5545 3.3.10: what the rule does not say is taken from DTSTART. */
static void take_times(struct walker *w, int64_t second_of_day)
{
	struct rrule *rule = &w->rule;

	if (!rule->hours && rule->freq > RRULE_HOURLY)
		rule->hours = UINT64_C(1) << second_of_day / 3600;
	if (!rule->minutes && rule->freq > RRULE_MINUTELY)
		rule->minutes = UINT64_C(1) << second_of_day / 60 % 60;
	if (!rule->seconds && rule->freq > RRULE_SECONDLY)
		rule->seconds = UINT64_C(1) << second_of_day % 60;
	w->n_hours = values(rule->hours, 24, w->hours);
	w->n_minutes = values(rule->minutes, 60, w->minutes);
	w->n_seconds = values(rule->seconds, 60, w->seconds);
	if (rule->freq <= RRULE_HOURLY)
		w->n_hours = 1;
	if (rule->freq <= RRULE_MINUTELY)
		w->n_minutes = 1;
	if (rule->freq <= RRULE_SECONDLY)
		w->n_seconds = 1;
	w->n_times = w->n_hours * w->n_minutes * w->n_seconds;
}

static void take_dates(struct rrule *rule, int64_t day)
{
	struct nm_date date = nm_date_from_days(day);

	if (rule->weekdays || rule->n_nths || rule->month_days || rule->month_days_last || rule->n_year_days)
		return;
	if (rule->freq == RRULE_WEEKLY || rule->weeks || rule->weeks_last) {
		if (rule->freq >= RRULE_WEEKLY)
			rule->weekdays = UINT64_C(1) << nm_weekday(day);
		return;
	}
	if (rule->freq == RRULE_YEARLY && !rule->months)
		rule->months = UINT64_C(1) << date.month;
	if (rule->freq >= RRULE_MONTHLY)
		rule->month_days = UINT64_C(1) << date.day;
}

/* --- periods of a day and more --- */

/* First day of period k; the period ends where the next unit (not the next period) begins. */
static int64_t period_day(const struct walker *w, int64_t k, bool end)
{
	int64_t day = nm_local_day(w->walk->start);
	struct nm_date date = nm_date_from_days(day);
	int64_t units = k * w->rule.interval + end;
	int64_t months;

	switch (w->rule.freq) {
	case RRULE_YEARLY:
		return nm_days_from_date((int)(date.year + units), 1, 1);
	case RRULE_MONTHLY:
		months = (int64_t)date.year * 12 + date.month - 1 + units;
		return nm_days_from_date((int)floor_div(months, 12),
					 (int)(months - floor_div(months, 12) * 12) + 1, 1);
	case RRULE_WEEKLY:
		return day - (nm_weekday(day) - w->rule.week_start + 7) % 7 + units * 7;
	default:
		return day + units;
	}
}

/* Number of a period that is not after the one that holds the day; some periods early does no harm. */
static int64_t period_near(const struct walker *w, int64_t day)
{
	static const int longest[] = {
		[RRULE_DAILY] = 1, [RRULE_WEEKLY] = 7, [RRULE_MONTHLY] = 31, [RRULE_YEARLY] = 366
	};
	int64_t passed = day - nm_local_day(w->walk->start);
	int64_t k = passed / ((int64_t)longest[w->rule.freq] * w->rule.interval) - 1;

	return k < 0 ? 0 : k;
}

static nm_local element(const struct walker *w, size_t i)
{
	size_t time = i % w->n_times;
	size_t minute = time / w->n_seconds % w->n_minutes;

	return w->days[i / w->n_times] * NM_DAY + w->hours[time / w->n_seconds / w->n_minutes] * 3600 +
	       w->minutes[minute] * 60 + w->seconds[time % w->n_seconds];
}

/* --- telling --- */

static bool out_of_work(struct walker *w, int64_t units)
{
	*w->walk->work -= units;
	return *w->walk->work < 0;
}

/* One instance; says whether the walk goes on. */
static bool tell(struct walker *w, nm_local at, enum rrule_end *end)
{
	if (w->rule.count && ++w->counted > w->rule.count)
		return false;
	if (at >= w->walk->until)
		return false;
	if (at < w->walk->from || w->walk->tell(w->walk->context, at))
		return true;
	*end = RRULE_STOPPED;
	return false;
}

static bool is_later(const struct walker *w, nm_local at)
{
	return w->walk->first ? at > w->walk->start : at >= w->walk->start;
}

static bool tell_element(struct walker *w, size_t i, enum rrule_end *end)
{
	nm_local at = element(w, i);

	if (out_of_work(w, 1)) {
		*end = RRULE_TOO_LONG;
		return false;
	}
	return !is_later(w, at) || tell(w, at, end);
}

/* BYSETPOS: the next index after `before` that a position names; n when there is none. */
static size_t next_position(const struct rrule *rule, size_t n, size_t after, bool any)
{
	size_t best = n;

	for (size_t i = 0; i < rule->n_positions; i++) {
		int64_t at =
			rule->positions[i] > 0 ? rule->positions[i] - 1 : (int64_t)n + rule->positions[i];

		if (at >= 0 && (size_t)at < best && (any || (size_t)at > after))
			best = (size_t)at;
	}
	return best;
}

/* All instances of the period at hand. */
static bool tell_period(struct walker *w, enum rrule_end *end)
{
	size_t n = w->n_days * w->n_times;

	if (!n)
		return true;
	if (w->rule.n_positions) {
		for (size_t i = next_position(&w->rule, n, 0, true); i < n;
		     i = next_position(&w->rule, n, i, false)) {
			if (out_of_work(w, (int64_t)w->rule.n_positions) || !tell_element(w, i, end)) {
				*end = *w->walk->work < 0 ? RRULE_TOO_LONG : *end;
				return false;
			}
		}
		return true;
	}
	if (element(w, n - 1) < w->walk->from && is_later(w, element(w, 0))) {
		w->counted += (int64_t)n;
		return !w->rule.count || w->counted < w->rule.count;
	}
	for (size_t i = 0; i < n; i++) {
		if (!tell_element(w, i, end))
			return false;
	}
	return true;
}

/* --- not walking what need not be walked --- */

/* Instances of a whole period where all periods have the same number of them; else 0. */
static int64_t steady(const struct walker *w)
{
	const struct rrule *rule = &w->rule;

	if (rule->n_positions || rule->months || rule->month_days || rule->month_days_last ||
	    rule->n_year_days || rule->weeks || rule->weeks_last || rule->n_nths)
		return 0;
	if (rule->freq == RRULE_WEEKLY)
		return (int64_t)w->n_times * __builtin_popcountll(rule->weekdays);
	return rule->freq == RRULE_DAILY && !rule->weekdays ? (int64_t)w->n_times : 0;
}

/* The period after k.  With COUNT those before the window count, so that only steady ones can be
 * passed over; DTSTART's own period never is steady. */
static int64_t next_period(struct walker *w, int64_t k)
{
	int64_t each = k == 0 && w->rule.count ? steady(w) : 0;
	int64_t near = each ? period_near(w, nm_local_day(w->walk->from)) : 0;

	if (near <= k + 1)
		return k + 1;
	w->counted += (near - k - 1) * each;
	return near;
}

/* Cuts a period's days down to those in the window, where the others neither count nor have a place
 * in BYSETPOS. */
static void clip(const struct walker *w, int64_t *day, int64_t *stop)
{
	int64_t first = nm_local_day(w->walk->from);
	int64_t end = nm_local_day(w->walk->until - 1) + 1;

	if (w->rule.count || w->rule.n_positions)
		return;
	if (*stop > end)
		*stop = end;
	if (*day < first)
		*day = first < *stop ? first : *stop;
}

/* The first day at or after this one in a month that the rule names. */
static int64_t in_month(const struct rrule *rule, int64_t day)
{
	struct nm_date date = nm_date_from_days(day);
	int month = date.month;

	if (!rule->months || has(rule->months, month))
		return day;
	while (month <= 12 && !has(rule->months, month))
		month++;
	return month <= 12 ? nm_days_from_date(date.year, month, 1) : nm_days_from_date(date.year + 1, 1, 1);
}

static bool find_days(struct walker *w, int64_t day, int64_t stop)
{
	w->n_days = 0;
	for (; day < stop; day++) {
		if (out_of_work(w, 1))
			return false;
		day = in_month(&w->rule, day);
		if (day < stop && day_matches(&w->rule, day))
			w->days[w->n_days++] = day;
	}
	return true;
}

static enum rrule_end walk_days(struct walker *w)
{
	enum rrule_end end = RRULE_DONE;
	int64_t last = nm_days_from_date(YEAR_LAST, 12, 31);
	int64_t k = w->rule.count ? 0 : period_near(w, nm_local_day(w->walk->from));

	for (;; k = next_period(w, k)) {
		int64_t day = period_day(w, k, false);
		int64_t stop = period_day(w, k, true);

		if (day > last || day * NM_DAY >= w->walk->until)
			return RRULE_DONE;
		clip(w, &day, &stop);
		if (out_of_work(w, 1) || !find_days(w, day, stop))
			return RRULE_TOO_LONG;
		if (!tell_period(w, &end))
			return end;
	}
}

/* --- periods shorter than a day --- */

/* The next time at which the rule's days, hours and minutes let a period begin; `at` itself when
 * they do now. */
static nm_local next_open(struct walker *w, nm_local at, int64_t unit)
{
	int64_t day = nm_local_day(at);
	int64_t second = at - day * NM_DAY;

	if (w->tested != day) {
		w->tested = day;
		w->tested_ok = day_matches(&w->rule, day);
	}
	if (!w->tested_ok)
		return (day + 1) * NM_DAY;
	if (w->rule.hours && !has(w->rule.hours, second / 3600))
		return at - second % 3600 + 3600;
	if (unit < 3600 && w->rule.minutes && !has(w->rule.minutes, second / 60 % 60))
		return at - second % 60 + 60;
	if (unit < 60 && w->rule.seconds && !has(w->rule.seconds, second % 60))
		return at + 1;
	return at;
}

static enum rrule_end walk_times(struct walker *w)
{
	static const int64_t units[] = { [RRULE_SECONDLY] = 1, [RRULE_MINUTELY] = 60, [RRULE_HOURLY] = 3600 };
	enum rrule_end end = RRULE_DONE;
	int64_t unit = units[w->rule.freq];
	int64_t step = unit * w->rule.interval;
	nm_local first = floor_div(w->walk->start, unit) * unit;
	nm_local last = nm_days_from_date(YEAR_LAST, 12, 31) * NM_DAY;
	nm_local at = first;

	if (!w->rule.count && w->walk->from > first)
		at = first + floor_div(w->walk->from - first, step) * step;
	while (at < w->walk->until && at < last) {
		nm_local open = next_open(w, at, unit);
		int64_t second = at - nm_local_day(at) * NM_DAY;

		if (out_of_work(w, 1))
			return RRULE_TOO_LONG;
		if (open > at) {
			at = first + ceil_div(open - first, step) * step;
			continue;
		}
		w->days[0] = nm_local_day(at);
		w->n_days = 1;
		w->hours[0] = (int)(second / 3600);
		if (unit < 3600)
			w->minutes[0] = (int)(second / 60 % 60);
		if (unit < 60)
			w->seconds[0] = (int)(second % 60);
		if (!tell_period(w, &end))
			return end;
		at += step;
	}
	return RRULE_DONE;
}

enum rrule_end nm_rrule_walk(const struct rrule_walk *walk)
{
	struct walker w = { .rule = *walk->rule, .walk = walk, .tested = INT64_MIN };
	enum rrule_end end = RRULE_DONE;
	int64_t day = nm_local_day(walk->start);

	take_times(&w, walk->start - day * NM_DAY);
	take_dates(&w.rule, day);
	if (walk->first && !tell(&w, walk->start, &end))
		return end;
	return w.rule.freq >= RRULE_DAILY ? walk_days(&w) : walk_times(&w);
}
