/* SPDX-License-Identifier: MIT */
/*
 * Do painted hours differ from those before only as they were painted?  Comes in: both expressions, and the week before
 * and after.  Goes out: the answer, which holds for every date and every set of holidays (nm_hours_tell).
 */
#include "hours_paint.h"

#include <string.h>

/* Where rules that are not painted have a say: open on their dates, and on the mornings after their nights. */
static struct nm_hours *others_of(const struct painted *painted)
{
	struct nm_hours *others = nm_hours_without_rules(painted->hours);

	if (!others)
		return NULL;
	others->spans[0] = (struct span){ 0, 2 * MINUTES_DAY, false };
	for (size_t i = 0; i < painted->hours->n_rules; i++) {
		struct rule rule = painted->hours->rules[i];
		const bool is_painted = painted->kinds[i] >= PAINTED_ALWAYS;

		if (is_painted && !rule.weekday_holidays)
			continue;
		if (is_painted)
			rule.weekdays = 0;
		rule.opens = rule.additional = true;
		rule.spans = (struct slice){ 0, rule.wraps };
		others->rules[others->n_rules++] = rule;
	}
	nm_hours_prepare(others);
	return others;
}

/* The painted rules open on every date of theirs, or gone: what both say, is not theirs to say. */
static struct nm_hours *extreme_of(const struct painted *painted, bool open)
{
	struct nm_hours *extreme = nm_hours_without_rules(painted->hours);
	bool replaces[ITEMS_MAX];

	if (!extreme)
		return NULL;
	for (size_t i = 0; i < painted->hours->n_rules; i++) {
		struct rule rule = painted->hours->rules[i];
		const bool both = rule.weekday_holidays != 0;

		if (painted->kinds[i] == painted->own && open && !(both && painted->hours->n_rules > ITEMS_MAX / 2)) {
			rule.has_weekdays = false;
			rule.weekdays = 0;
			rule.weekday_holidays = 0;
			rule.opens = true;
			rule.spans.n = 0;
			replaces[extreme->n_rules] = rule.replaces;
			extreme->rules[extreme->n_rules++] = rule;
			rule = painted->hours->rules[i];
		}
		if (painted->kinds[i] == painted->own) {
			if (!both)
				continue;
			rule.weekdays = 0;
		}
		replaces[extreme->n_rules] = rule.replaces;
		extreme->rules[extreme->n_rules++] = rule;
	}
	nm_hours_prepare(extreme);
	for (size_t i = 0; i < extreme->n_rules; i++)
		extreme->rules[i].replaces = replaces[i];
	return extreme;
}

struct look {
	const struct same *same;
	const struct nm_hours *open, *gone; /* extremes */
	const struct nm_hours *others; /* NULL with one week */
	const struct nm_hours *season; /* NULL: every date */
	bool behind;		       /* the week has hours of a season that not all these dates have */
	bool differs[WEEK_DAYS];       /* painted on that day of the week */
	bool good;
};

static bool is_open(const struct nm_hours *hours, int64_t day, const struct nm_holidays *holidays)
{
	struct nm_minutes spans[NM_HOURS_SPANS];

	return nm_hours_day(hours, day, holidays, spans) > 0;
}

static bool says_same(const struct same *same, int64_t day, const struct nm_holidays *holidays)
{
	struct nm_minutes a[NM_HOURS_SPANS], b[NM_HOURS_SPANS];
	const size_t n = nm_hours_day(same->before, day, holidays, a);

	return n == nm_hours_day(same->after, day, holidays, b) && !memcmp(a, b, n * sizeof *a);
}

/* Each minute is as it was, or as it was painted, and then none that other rules decide. */
static bool minutes_are_painted(const struct look *look, int64_t day, const struct nm_holidays *holidays)
{
	const struct same *same = look->same;
	const bool *old = same->old->open + nm_weekday(day) * MINUTES_DAY;
	const bool *now = same->now->open + nm_weekday(day) * MINUTES_DAY;
	bool before[MINUTES_DAY], after[MINUTES_DAY], open[MINUTES_DAY], gone[MINUTES_DAY];
	const bool special = is_open(look->others, day, holidays);

	nm_hours_minutes(same->before, day, holidays, before);
	nm_hours_minutes(same->after, day, holidays, after);
	nm_hours_minutes(look->open, day, holidays, open);
	nm_hours_minutes(look->gone, day, holidays, gone);
	for (int i = 0; i < MINUTES_DAY; i++)
		if (after[i] != before[i] &&
		    (old[i] == now[i] || after[i] != now[i] || (special && open[i] == gone[i])))
			return false;
	return true;
}

static bool weeks_look(const struct look *look, int64_t day, const struct nm_holidays *holidays)
{
	const struct same *same = look->same;
	const int weekday = nm_weekday(day);
	const bool as_before = says_same(same, day, holidays);
	bool inside, night, after[MINUTES_DAY];

	if (as_before && !look->differs[weekday])
		return true;
	inside = !look->season || is_open(look->season, day, NULL);
	night = !look->season || is_open(look->season, day - 1, NULL);
	if (!look->behind && inside && night && !is_open(look->others, day, holidays)) {
		nm_hours_minutes(same->after, day, holidays, after);
		return !memcmp(after, same->now->open + weekday * MINUTES_DAY, sizeof after);
	}
	return as_before || ((inside || night) && minutes_are_painted(look, day, holidays));
}

static bool day_look(void *context, int64_t day, const struct nm_holidays *holidays)
{
	struct look *look = context;
	const int64_t monday = look->same->monday;

	if (look->same->painted)
		look->good = weeks_look(look, day, holidays);
	else
		look->good = (monday <= day && day < monday + WEEK_DAYS) || says_same(look->same, day, holidays);
	return look->good;
}

/* Of all that they look at. */
static bool look_everywhere(struct look *look)
{
	const struct nm_hours *all[4] = { look->same->before, look->same->after };
	int year = nm_hours_first_year(look->same->before);
	size_t n = 2;

	if (nm_hours_first_year(look->same->after) < year)
		year = nm_hours_first_year(look->same->after);
	if (look->others)
		all[n++] = look->others;
	if (look->season)
		all[n++] = look->season;
	return nm_hours_tell(all, n, nm_days_from_date(year, 1, 1), day_look, look) && look->good;
}

enum nm_code nm_hours_differ_as_painted(const struct same *same, bool *out, struct nm_error *err)
{
	struct look look = { .same = same, .good = true };
	struct nm_hours *others = NULL, *season = NULL, *open = NULL, *gone = NULL;
	enum nm_code code = NM_OK;

	for (int day = 0; day < WEEK_DAYS; day++)
		look.differs[day] = memcmp(same->old->open + day * MINUTES_DAY, same->now->open + day * MINUTES_DAY,
					   MINUTES_DAY) != 0;
	for (size_t i = 0; same->painted && i < same->before->n_rules; i++)
		look.behind |= same->painted->kinds[i] == PAINTED_BEHIND;
	if (same->painted) {
		look.others = others = others_of(same->painted);
		if (same->painted->season)
			look.season = season = nm_hours_dates_of(same->before, same->painted->season);
		look.open = open = extreme_of(same->painted, true);
		look.gone = gone = extreme_of(same->painted, false);
		if (!others || !open || !gone || (same->painted->season && !season))
			code = nm_fail_memory(err);
	}
	*out = code == NM_OK && look_everywhere(&look);
	nm_hours_free(others);
	nm_hours_free(season);
	nm_hours_free(open);
	nm_hours_free(gone);
	return code;
}
