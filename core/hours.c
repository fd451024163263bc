/* SPDX-License-Identifier: MIT */
/*
 * The opening_hours language, evaluated: rules and a local date in, spans of that date out.
 *
 * The rules are gone through in order, each with what it says of the date itself and then with what
 * its spans of the day before leave past midnight.  The later one decides, minute by minute; a rule that
 * replaces first takes away all that the rules before it gave to the date, their wrapped parts included.
 * That is what the reference implementation (opening_hours.js) does, by which tests/oracle judges us.
 */
#include "hours_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A date and what conditions look at. */
struct view {
	int64_t day;
	int weekday;
	struct nm_date date; /* only set for expressions that look at dates */
	int month_days;
	const struct nm_holidays *holidays;
};

static void date_set(struct view *view)
{
	view->date = nm_date_from_days(view->day);
	view->month_days = nm_month_days(view->date.year, view->date.month);
}

static struct view view_of(const struct nm_hours *hours, int64_t day, const struct nm_holidays *holidays)
{
	struct view view = { .day = day, .weekday = nm_weekday(day), .holidays = holidays };

	if (hours->looks_at_dates)
		date_set(&view);
	return view;
}

static struct view view_before(const struct nm_hours *hours, const struct view *after)
{
	struct view view = *after;

	view.day--;
	view.weekday = after->weekday ? after->weekday - 1 : 6;
	view.date.day--;
	if (hours->looks_at_dates && view.date.day == 0)
		date_set(&view);
	return view;
}

/* --- conditions --- */

static bool is_holiday(const struct nm_holidays *holidays, int64_t day)
{
	size_t low = 0, high = holidays ? holidays->n : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (holidays->days[middle] == day)
			return true;
		if (holidays->days[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool holidays_match(unsigned mask, const struct view *view)
{
	for (; mask; mask &= mask - 1) {
		if (is_holiday(view->holidays, view->day - (__builtin_ctz(mask) - SHIFT_MAX)))
			return true;
	}
	return false;
}

static bool years_match(const struct nm_hours *hours, const struct rule *rule, const struct view *view)
{
	const struct year_range *range = hours->years + rule->years.first;
	size_t i;

	for (i = 0; i < rule->years.n; i++) {
		if (range[i].from <= view->date.year && view->date.year <= range[i].until)
			return true;
	}
	return rule->years.n == 0;
}

static bool range_matches(const struct date_range *range, const struct view *view)
{
	int64_t at = range->with_year ? view->day : view->date.month * 32 + view->date.day;

	if (range->from <= range->until)
		return range->from <= at && at <= range->until;
	return range->from <= at || at <= range->until;
}

/* Years and dates; most days are turned away by their month. */
static bool dates_match(const struct nm_hours *hours, const struct rule *rule, const struct view *view)
{
	const struct date_range *range = hours->dates + rule->dates.first;
	unsigned month = 1u << view->date.month;
	size_t i;

	if (rule->months_touched && !(rule->months_touched & month))
		return false;
	if (!years_match(hours, rule, view))
		return false;
	if (!rule->months_touched || rule->months & month)
		return true;
	for (i = 0; i < rule->dates.n; i++) {
		if (range_matches(&range[i], view))
			return true;
	}
	return false;
}

/* The date, moved back, must be that weekday of the month in which it then lies. */
static bool nth_matches(const struct nth *nth, const struct view *view)
{
	int day = view->date.day - nth->shift;
	int month_days = view->month_days;

	if (view->weekday != (nth->weekday + nth->shift + 7) % 7)
		return false;
	if (day < 1 || day > month_days) {
		struct view moved = { .day = view->day - nth->shift };

		date_set(&moved);
		day = moved.date.day;
		month_days = moved.month_days;
	}
	return nth->which >> ((day - 1) / 7) & 1 || nth->which >> (5 + (month_days - day) / 7) & 1;
}

static bool nths_match(const struct nm_hours *hours, const struct rule *rule, const struct view *view)
{
	const struct nth *nth = hours->nths + rule->nths.first;
	size_t i;

	for (i = 0; i < rule->nths.n; i++) {
		if (nth_matches(&nth[i], view))
			return true;
	}
	return false;
}

static bool rule_matches(const struct nm_hours *hours, const struct rule *rule, const struct view *view)
{
	if (!rule->has_dates)
		return true;
	if ((rule->months_touched || rule->years.n) && !dates_match(hours, rule, view))
		return false;
	if (rule->holidays && !holidays_match(rule->holidays, view))
		return false;
	if (!rule->has_weekdays)
		return true;
	return rule->weekdays >> view->weekday & 1 || nths_match(hours, rule, view) ||
	       holidays_match(rule->weekday_holidays, view);
}

/* --- a date's minutes: sorted, disjoint, not touching --- */

struct minutes {
	struct nm_minutes *spans;
	size_t n;
};

static void minutes_replace(struct minutes *m, size_t first, size_t n, const struct nm_minutes *with,
			    size_t n_with)
{
	memmove(m->spans + first + n_with, m->spans + first + n, (m->n - first - n) * sizeof *m->spans);
	if (n_with)
		memcpy(m->spans + first, with, n_with * sizeof *with);
	m->n = m->n - n + n_with;
}

static void minutes_add(struct minutes *m, int16_t from, int16_t until)
{
	struct nm_minutes all = { from, until };
	size_t first = 0, end;

	while (first < m->n && m->spans[first].until < from)
		first++;
	for (end = first; end < m->n && m->spans[end].from <= until; end++)
		;
	if (end > first) {
		if (m->spans[first].from < from)
			all.from = m->spans[first].from;
		if (m->spans[end - 1].until > until)
			all.until = m->spans[end - 1].until;
	}
	minutes_replace(m, first, end - first, &all, 1);
}

static void minutes_cut(struct minutes *m, int16_t from, int16_t until)
{
	struct nm_minutes rest[2];
	size_t first = 0, end, n = 0;

	while (first < m->n && m->spans[first].until <= from)
		first++;
	for (end = first; end < m->n && m->spans[end].from < until; end++)
		;
	if (end == first)
		return;
	if (m->spans[first].from < from)
		rest[n++] = (struct nm_minutes){ m->spans[first].from, from };
	if (m->spans[end - 1].until > until)
		rest[n++] = (struct nm_minutes){ until, m->spans[end - 1].until };
	minutes_replace(m, first, end - first, rest, n);
}

static void minutes_put(struct minutes *m, bool open, int16_t from, int16_t until)
{
	if (open)
		minutes_add(m, from, until);
	else
		minutes_cut(m, from, until);
}

/* What the rule says of its own date. */
static void own_put(const struct nm_hours *hours, const struct rule *rule, bool open, struct minutes *m)
{
	const struct span *span = hours->spans + rule->spans.first;
	size_t i;

	if (rule->spans.n == 0)
		minutes_put(m, open, 0, MINUTES_DAY);
	for (i = 0; i < rule->spans.n; i++)
		minutes_put(m, open, span[i].from, span[i].until < MINUTES_DAY ? span[i].until : MINUTES_DAY);
}

/* What is left past midnight, on the date after. */
static void wrapped_put(const struct nm_hours *hours, const struct rule *rule, bool open, struct minutes *m)
{
	const struct span *span = hours->spans + rule->spans.first;
	size_t i;

	for (i = 0; i < rule->spans.n; i++) {
		if (span[i].until > MINUTES_DAY)
			minutes_put(m, open, 0, (int16_t)(span[i].until - MINUTES_DAY));
	}
}

size_t nm_hours_day(const struct nm_hours *hours, int64_t day, const struct nm_holidays *holidays,
		    struct nm_minutes out[static NM_HOURS_SPANS])
{
	struct view today = view_of(hours, day, holidays);
	struct view before = hours->wraps ? view_before(hours, &today) : today;
	struct minutes m = { out, 0 };
	size_t i;

	for (i = 0; i < hours->n_rules; i++) {
		const struct rule *rule = &hours->rules[i];

		if (rule_matches(hours, rule, &today)) {
			if (rule->replaces)
				m.n = 0;
			own_put(hours, rule, rule->opens, &m);
		}
		if (rule->wraps && rule_matches(hours, rule, &before))
			wrapped_put(hours, rule, rule->opens, &m);
	}
	return m.n;
}

bool nm_hours_uses_holidays(const struct nm_hours *hours)
{
	return hours->uses_holidays;
}

void nm_hours_free(struct nm_hours *hours)
{
	free(hours);
}

/* --- signatures --- */

static bool atom_holds(const struct nm_hours *hours, const struct atom *atom, const struct view *today,
		       const struct view *before)
{
	if (atom->kind == ATOM_HOLIDAY)
		return is_holiday(today->holidays, today->day + atom->offset);
	return rule_matches(hours, &hours->rules[atom->rule], atom->offset ? before : today);
}

struct nm_hours_date nm_hours_date_of(int64_t day)
{
	struct nm_date date = nm_date_from_days(day);

	return (struct nm_hours_date){ day, nm_weekday(day), date, nm_month_days(date.year, date.month) };
}

/* The spans follow from the weekday and the atoms.  With too many atoms for as many bits, dates on which
 * none of years, dates and nth weekdays holds still share a signature. */
uint32_t nm_hours_signature(const struct nm_hours *hours, const struct nm_hours_date *date,
			    const struct nm_holidays *holidays)
{
	struct view today = { date->day, date->weekday, date->date, date->month_days, holidays }, yesterday;
	const struct view *before = &today;
	uint32_t bits = 0;
	size_t i;

	if (!hours->shortcut)
		return UINT32_MAX;
	if (hours->n_atoms == 0)
		return (uint32_t)date->weekday << ATOM_BITS;
	if (hours->wraps && hours->looks_at_dates) {
		yesterday = view_before(hours, &today);
		before = &yesterday;
	}
	for (i = 0; i < hours->n_atoms; i++) {
		if (!atom_holds(hours, &hours->atoms[i], &today, before))
			continue;
		if (i >= ATOM_BITS || (i >= hours->n_holiday_atoms && hours->n_atoms > ATOM_BITS))
			return UINT32_MAX;
		bits |= 1u << i;
	}
	return (uint32_t)today.weekday << ATOM_BITS | bits;
}

static void atom_add(struct nm_hours *hours, struct atom atom)
{
	if (hours->n_atoms == ATOMS_MAX) {
		hours->shortcut = false;
		return;
	}
	hours->atoms[hours->n_atoms++] = atom;
}

/* Bit SHIFT_MAX + 1 + o: a holiday o days from a date matters to it. */
static unsigned holiday_offsets(const struct nm_hours *hours)
{
	unsigned offsets = 0;
	size_t i;
	int shift;

	for (i = 0; i < hours->n_rules; i++) {
		const struct rule *rule = &hours->rules[i];
		unsigned mask = rule->holidays | rule->weekday_holidays;

		for (shift = -SHIFT_MAX; shift <= SHIFT_MAX; shift++) {
			if (!(mask >> (SHIFT_MAX + shift) & 1))
				continue;
			offsets |= 1u << (SHIFT_MAX + 1 - shift);
			if (rule->wraps)
				offsets |= 1u << (SHIFT_MAX - shift);
		}
	}
	return offsets;
}

/* Besides their weekday and what is a holiday. */
static bool looks_at_dates(const struct rule *rule)
{
	return rule->years.n || rule->months_touched || rule->nths.n;
}

static void atoms_prepare(struct nm_hours *hours)
{
	unsigned offsets = holiday_offsets(hours);
	size_t i;
	int back;

	hours->shortcut = true;
	for (; offsets; offsets &= offsets - 1) {
		int offset = __builtin_ctz(offsets) - SHIFT_MAX - 1;

		atom_add(hours, (struct atom){ ATOM_HOLIDAY, (int8_t)offset, 0 });
	}
	hours->n_holiday_atoms = hours->n_atoms;
	hours->uses_holidays = hours->n_atoms > 0;
	for (i = 0; i < hours->n_rules; i++) {
		const struct rule *rule = &hours->rules[i];

		if (!looks_at_dates(rule))
			continue;
		for (back = 0; back <= (rule->wraps ? 1 : 0); back++)
			atom_add(hours, (struct atom){ ATOM_RULE, (int8_t)-back, (uint8_t)i });
	}
}

void nm_hours_prepare(struct nm_hours *hours)
{
	size_t i, k;

	for (i = 0; i < hours->n_rules; i++) {
		struct rule *rule = &hours->rules[i];

		rule->has_dates = rule->years.n || rule->months_touched || rule->holidays ||
				  rule->has_weekdays;
		/* A rule without dates only takes the place of rules if the one before it has none either. */
		rule->replaces = rule->opens && !rule->additional &&
				 (rule->has_dates || (i > 0 && !hours->rules[i - 1].has_dates));
		for (k = 0; k < rule->spans.n; k++)
			rule->wraps |= hours->spans[rule->spans.first + k].until > MINUTES_DAY;
		hours->wraps |= rule->wraps;
		hours->looks_at_dates |= looks_at_dates(rule);
	}
	atoms_prepare(hours);
}

/* --- lint --- */

#define LINT_YEAR 2024

enum say { SAYS_NOTHING, SAYS_OVERRIDDEN, SAYS_DECIDES };

/* Is there a minute of the date that rule `index` has the last word on? */
static enum say rule_says(const struct nm_hours *hours, size_t index, int64_t day,
			  const struct nm_holidays *holidays)
{
	struct view today = view_of(hours, day, holidays);
	struct view before = view_before(hours, &today);
	struct nm_minutes spans[NM_HOURS_SPANS];
	struct minutes m = { spans, 0 };
	size_t i;

	for (i = index; i < hours->n_rules; i++) {
		const struct rule *rule = &hours->rules[i];
		bool matches = rule_matches(hours, rule, &today);

		if (i > index && matches && rule->replaces)
			return SAYS_OVERRIDDEN;
		if (matches)
			own_put(hours, rule, i == index, &m);
		if (rule->wraps && rule_matches(hours, rule, &before))
			wrapped_put(hours, rule, i == index, &m);
		if (i == index && m.n == 0)
			return SAYS_NOTHING;
	}
	return m.n ? SAYS_DECIDES : SAYS_OVERRIDDEN;
}

struct listening {
	const struct nm_hours *hours;
	size_t index;
	enum say most;
};

static bool day_hear(void *context, int64_t day, const struct nm_holidays *holidays)
{
	struct listening *listening = context;
	const enum say say = rule_says(listening->hours, listening->index, day, holidays);

	if (say > listening->most)
		listening->most = say;
	return listening->most != SAYS_DECIDES;
}

int nm_hours_first_year(const struct nm_hours *hours)
{
	int year = LINT_YEAR;
	size_t i;

	for (i = 0; i < hours->n_years; i++)
		if (hours->years[i].from < year)
			year = hours->years[i].from;
	for (i = 0; i < hours->n_dates; i++)
		if (hours->dates[i].with_year && nm_date_from_days(hours->dates[i].from).year < year)
			year = nm_date_from_days(hours->dates[i].from).year;
	return year;
}

/* It matches at times, and each time the rules after it have the last word. */
static bool is_overridden(const struct nm_hours *hours, size_t index)
{
	struct listening listening = { .hours = hours, .index = index };

	return nm_hours_tell(&hours, 1, nm_days_from_date(nm_hours_first_year(hours), 1, 1), day_hear, &listening) &&
	       listening.most == SAYS_OVERRIDDEN;
}

struct lint {
	void (*found)(void *context, const char *text);
	void *context;
};

/* A span that is written as 24 hours is meant; one whose ends are the same may be a slip. */
static void spans_lint(const struct nm_hours *hours, const struct rule *rule, struct lint lint)
{
	char text[128];
	size_t i;

	for (i = 0; i < rule->spans.n; i++) {
		const struct span *span = &hours->spans[rule->spans.first + i];
		int hour = span->from / 60;
		int minute = span->from % 60;

		if (!span->equal_ends)
			continue;
		snprintf(text, sizeof text, "%02d:%02d-%02d:%02d is 24 hours, since both ends are the same",
			 hour, minute, hour, minute);
		lint.found(lint.context, text);
	}
}

static int minutes_sum(const struct minutes *m)
{
	int sum = 0;
	size_t i;

	for (i = 0; i < m->n; i++)
		sum += m->spans[i].until - m->spans[i].from;
	return sum;
}

static bool spans_meet(const struct nm_hours *hours, const struct rule *a, const struct rule *b)
{
	struct nm_minutes spans[NM_HOURS_SPANS];
	struct minutes m = { spans, 0 };
	int all;

	own_put(hours, a, true, &m);
	all = minutes_sum(&m);
	own_put(hours, b, false, &m);
	return minutes_sum(&m) < all;
}

/* A rule of no days adds to those of named days and replaces none of them: it opens what one of them shuts. */
static const struct rule *undone_by(const struct nm_hours *hours, size_t index)
{
	const struct rule *rule = &hours->rules[index];
	size_t i;

	if (rule->opens || !rule->has_dates)
		return NULL;
	for (i = index + 1; i < hours->n_rules; i++) {
		const struct rule *after = &hours->rules[i];

		if (after->opens && !after->additional && !after->has_dates && spans_meet(hours, rule, after))
			return after;
	}
	return NULL;
}

static int text_len(const struct rule *rule)
{
	return rule->text_len < 150 ? rule->text_len : 150;
}

static void rule_lint(const struct nm_hours *hours, size_t index, struct lint lint)
{
	const struct rule *rule = &hours->rules[index];
	const struct rule *after = undone_by(hours, index);
	char text[512];

	spans_lint(hours, rule, lint);
	if (after)
		snprintf(text, sizeof text,
			 "\"%.*s\" is undone by \"%.*s\" after it, which is for every day: write it last",
			 text_len(rule), hours->text + rule->text_from, text_len(after),
			 hours->text + after->text_from);
	else if (index + 1 < hours->n_rules && is_overridden(hours, index))
		snprintf(text, sizeof text, "\"%.*s\" never holds: the rules after it always override it",
			 text_len(rule), hours->text + rule->text_from);
	else
		return;
	lint.found(lint.context, text);
}

void nm_hours_lint(const struct nm_hours *hours, void (*found)(void *context, const char *text),
		   void *context)
{
	size_t i;

	for (i = 0; i < hours->n_rules; i++)
		rule_lint(hours, i, (struct lint){ found, context });
}
