/* SPDX-License-Identifier: MIT */
/*
 * The hours of one week painted.  Comes in: an expression and what the seven dates have, before and after.  Goes out: the
 * expression with rules of these dates behind it, for days that are not as usual; where a day is as usual again, its rule
 * goes.
 */
#include "hours_paint.h"

#include <string.h>

struct dates {
	const struct nm_hours *hours;
	int64_t monday;
	const struct nm_holidays *holidays;
	const struct nm_hours_week *old, *now;
	bool gone[ITEMS_MAX]; /* rules that are left out */
	unsigned said;	      /* days that get a rule */
};

static const bool *day_in(const struct nm_hours_week *week, int day)
{
	return week->open + day * MINUTES_DAY;
}

/* The days that a rule is for, when it is for dates of this week and nothing else; else none. */
static unsigned own_days(const struct dates *dates, const struct rule *rule)
{
	const struct date_range *range = dates->hours->dates + rule->dates.first;
	unsigned days = 0;

	if (rule->years.n || rule->months || rule->holidays || rule->has_weekdays)
		return 0;
	for (size_t i = 0; i < rule->dates.n; i++) {
		if (!range[i].with_year || range[i].from < dates->monday || range[i].until >= dates->monday + WEEK_DAYS)
			return 0;
		for (int64_t day = range[i].from; day <= range[i].until; day++)
			days |= 1u << (day - dates->monday);
	}
	return days;
}

static unsigned days_painted(const struct dates *dates)
{
	unsigned days = 0;

	for (int day = 0; day < WEEK_DAYS; day++)
		days |= memcmp(day_in(dates->old, day), day_in(dates->now, day), MINUTES_DAY) ? 1u << day : 0;
	return days;
}

static void rest_write(const struct dates *dates, struct nm_buf *out)
{
	const struct nm_hours *hours = dates->hours;

	for (size_t i = 0; i < hours->n_rules; i++)
		if (!dates->gone[i]) {
			nm_hours_separator(hours, i, false, out);
			nm_buf_addn(out, hours->text + hours->rules[i].text_from, hours->rules[i].text_len);
		}
}

/* Days that without the rules that go are not as they are to be. */
static enum nm_code unusual_days(const struct dates *dates, unsigned *out, struct nm_error *err)
{
	struct nm_hours *rest = NULL;
	struct nm_buf text;
	enum nm_code code = NM_OK;
	bool usual[MINUTES_DAY] = { false };

	nm_buf_init(&text, TEXT_MAX);
	rest_write(dates, &text);
	if (text.failed)
		code = nm_fail_memory(err);
	else if (text.len)
		code = nm_hours_read(text.data, &rest, err);
	*out = 0;
	for (int day = 0; day < WEEK_DAYS && code == NM_OK; day++) {
		if (rest)
			nm_hours_minutes(rest, dates->monday + day, dates->holidays, usual);
		*out |= memcmp(usual, day_in(dates->now, day), MINUTES_DAY) ? 1u << day : 0;
	}
	nm_hours_free(rest);
	nm_buf_clear(&text);
	return code;
}

/* Rules that are for painted days go, and so do those for days that then need a rule; their other days keep what they say. */
static enum nm_code dates_find(struct dates *dates, struct nm_error *err)
{
	const unsigned painted = days_painted(dates);
	unsigned before;
	enum nm_code code;

	do {
		unsigned unusual, covered = 0;

		before = dates->said;
		for (size_t i = 0; i < dates->hours->n_rules; i++) {
			const unsigned days = own_days(dates, &dates->hours->rules[i]);

			dates->gone[i] = (days & (painted | before)) != 0;
			covered |= dates->gone[i] ? days : 0;
		}
		code = unusual_days(dates, &unusual, err);
		dates->said |= unusual | (covered & ~painted);
	} while (code == NM_OK && dates->said != before);
	return code;
}

/* --- written --- */

static void date_add(int64_t day, bool month, struct nm_buf *out)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	const struct nm_date date = nm_date_from_days(day);

	if (month)
		nm_buf_addf(out, "%d %s ", date.year, months[date.month - 1]);
	nm_buf_addf(out, "%d", date.day);
}

/* "2026 Nov 26-27,29", "2026 Nov 30,2026 Dec 1" */
static void days_add(const struct dates *dates, unsigned days, struct nm_buf *out)
{
	int month = 0;

	for (int day = 0; day < WEEK_DAYS; day++) {
		const int64_t first = dates->monday + day;
		const struct nm_date date = nm_date_from_days(first);
		int last = day;

		if (!(days >> day & 1))
			continue;
		if (month)
			nm_buf_add(out, ",");
		date_add(first, date.month != month, out);
		month = date.month;
		while (last + 1 < WEEK_DAYS && days >> (last + 1) & 1 &&
		       nm_date_from_days(dates->monday + last + 1).month == month)
			last++;
		if (last > day) {
			nm_buf_add(out, "-");
			date_add(dates->monday + last, false, out);
		}
		day = last;
	}
}

static void spans_add(const bool *open, struct nm_buf *out)
{
	const char *comma = " ";

	if (!memchr(open, true, MINUTES_DAY))
		nm_buf_add(out, " off");
	for (int16_t from = 0, until; from < MINUTES_DAY; from = (int16_t)(until + 1)) {
		for (until = from; until < MINUTES_DAY && open[until]; until++)
			;
		if (until == from)
			continue;
		nm_buf_add(out, comma);
		comma = ",";
		nm_hours_spans_write(&(struct nm_minutes){ from, until }, 1, out);
	}
}

static void dates_write(const struct dates *dates, struct nm_buf *out)
{
	unsigned left = dates->said;

	rest_write(dates, out);
	for (int day = 0; day < WEEK_DAYS; day++) {
		unsigned same = 0;

		for (int other = day; other < WEEK_DAYS; other++)
			same |= left >> other & 1 &&
						!memcmp(day_in(dates->now, day), day_in(dates->now, other), MINUTES_DAY) ?
					1u << other :
					0;
		if (!(left >> day & 1))
			continue;
		left &= ~same;
		if (out->len)
			nm_buf_add(out, "; ");
		days_add(dates, same, out);
		spans_add(day_in(dates->now, day), out);
	}
	if (out->len == 0)
		nm_buf_add(out, "off");
}

static enum nm_code dates_check(const struct dates *dates, const char *text, bool *good, struct nm_error *err)
{
	struct same same = { .before = dates->hours, .monday = dates->monday, .old = dates->old, .now = dates->now };
	struct nm_hours *read = NULL;
	bool said[MINUTES_DAY];
	enum nm_code code = nm_hours_read(text, &read, err);

	*good = code == NM_OK;
	for (int day = 0; day < WEEK_DAYS && *good; day++) {
		nm_hours_minutes(read, dates->monday + day, dates->holidays, said);
		*good = !memcmp(said, day_in(dates->now, day), MINUTES_DAY);
	}
	if (*good) {
		same.after = read;
		code = nm_hours_differ_as_painted(&same, good, err);
	}
	nm_hours_free(read);
	return code;
}

/* Adds it to out if it is right. */
static enum nm_code dates_try(const struct dates *dates, struct nm_buf *out, bool *good, struct nm_error *err)
{
	struct nm_buf text;
	enum nm_code code;

	nm_buf_init(&text, TEXT_MAX);
	dates_write(dates, &text);
	code = text.failed ? nm_fail_memory(err) : dates_check(dates, text.data, good, err);
	if (code == NM_OK && *good)
		nm_buf_add(out, text.data);
	nm_buf_clear(&text);
	return code;
}

enum nm_code nm_hours_paint_dates(const struct nm_hours_subject *subject, const struct nm_hours *hours,
				  const struct nm_hours_week *old, const struct nm_hours_week *now, struct nm_buf *out,
				  struct nm_error *err)
{
	struct dates dates = { .hours = hours,
			       .monday = subject->day - nm_weekday(subject->day),
			       .holidays = subject->holidays,
			       .old = old,
			       .now = now };
	enum nm_code code = dates_find(&dates, err);
	bool good = false;

	if (code == NM_OK)
		code = dates_try(&dates, out, &good, err);
	/* A rule that reaches into the week after it, by its night, must stay. */
	if (code == NM_OK && !good) {
		memset(dates.gone, false, sizeof dates.gone);
		dates.said = days_painted(&dates);
		code = dates_try(&dates, out, &good, err);
	}
	if (code == NM_OK && !good)
		code = nm_fail(err, NM_INPUT,
			       "so painted, other weeks would change too: write these dates as text, behind the other rules");
	return code;
}
