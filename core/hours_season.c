/* SPDX-License-Identifier: MIT */
/*
 * The rules of an expression that say how the week of a date is.  Comes in: an expression and a date.  Goes out: of each
 * rule what it has to do with that week, and the week that those of weekdays make.
 */
#include "hours_paint.h"

#include <stdlib.h>
#include <string.h>

#define A_MONDAY 4 /* 5 January 1970 */
#define YEAR_DAYS 365
#define SEASON_DAYS 28 /* dates of a year with hours of their own: more than any exception has */
#define CLOSED_DAYS 184 /* and dates shut on every weekday: most of the year */

struct nm_hours *nm_hours_without_rules(const struct nm_hours *hours)
{
	struct nm_hours *empty = malloc(sizeof *empty);

	if (!empty)
		return NULL;
	*empty = *hours;
	empty->n_rules = 0;
	empty->n_atoms = empty->n_holiday_atoms = 0;
	empty->wraps = empty->looks_at_dates = false;
	return empty;
}

struct nm_hours *nm_hours_dates_of(const struct nm_hours *hours, const struct rule *rule)
{
	struct nm_hours *dates = nm_hours_without_rules(hours);

	if (!dates)
		return NULL;
	dates->n_rules = 1;
	dates->rules[0] = (struct rule){
		.opens = true,
		.years = rule->years,
		.dates = rule->dates,
		.months = rule->months,
		.months_touched = rule->months_touched,
	};
	nm_hours_prepare(dates);
	return dates;
}

/* --- the week --- */

void nm_hours_minutes(const struct nm_hours *hours, int64_t day, const struct nm_holidays *holidays,
		      bool out[static MINUTES_DAY])
{
	struct nm_minutes spans[NM_HOURS_SPANS];
	const size_t n = nm_hours_day(hours, day, holidays, spans);

	memset(out, false, MINUTES_DAY);
	for (size_t i = 0; i < n; i++)
		memset(out + spans[i].from, true, (size_t)(spans[i].until - spans[i].from));
}

/* The rule as one of weekdays alone. */
static struct rule weekly_of(const struct rule *rule)
{
	struct rule weekly = *rule;

	weekly.years.n = weekly.dates.n = 0;
	weekly.months = weekly.months_touched = 0;
	weekly.weekday_holidays = 0;
	return weekly;
}

enum nm_code nm_painted_week(const struct nm_hours *hours, const bool rules[static ITEMS_MAX], struct nm_hours_week *out,
			     struct nm_error *err)
{
	struct nm_hours *weekly = nm_hours_without_rules(hours);
	bool replaces[ITEMS_MAX];

	if (!weekly)
		return nm_fail_memory(err);
	for (size_t i = 0; i < hours->n_rules; i++)
		if (rules[i]) {
			replaces[weekly->n_rules] = hours->rules[i].replaces;
			weekly->rules[weekly->n_rules++] = weekly_of(&hours->rules[i]);
		}
	nm_hours_prepare(weekly);
	/* Which is a matter of the rules that it stands among. */
	for (size_t i = 0; i < weekly->n_rules; i++)
		weekly->rules[i].replaces = replaces[i];
	for (int day = 0; day < WEEK_DAYS; day++)
		nm_hours_minutes(weekly, A_MONDAY + day, NULL, out->open + day * MINUTES_DAY);
	nm_hours_free(weekly);
	return NM_OK;
}

enum nm_code nm_painted_shown(const struct painted *painted, struct nm_hours_week *out, struct nm_error *err)
{
	bool rules[ITEMS_MAX] = { false };

	for (size_t i = 0; i < painted->hours->n_rules; i++)
		rules[i] = painted->kinds[i] >= PAINTED_BEHIND;
	return nm_painted_week(painted->hours, rules, out, err);
}

/* --- seasons --- */

struct season {
	const struct nm_hours *dates;
	int64_t from; /* the first date of the year that is looked at */
	int n, least;
};

static bool season_count(void *context, int64_t day, const struct nm_holidays *holidays)
{
	struct season *season = context;
	struct nm_minutes spans[NM_HOURS_SPANS];

	if (!nm_hours_day(season->dates, day, holidays, spans))
		return true;
	if (season->n == 0 || day - season->from >= YEAR_DAYS) {
		season->from = day;
		season->n = 0;
	}
	return ++season->n < season->least;
}

static bool has_dates(const struct rule *rule)
{
	return rule->years.n || rule->months_touched;
}

/* Weekdays, or every day. */
static bool is_weekly(const struct rule *rule)
{
	return !rule->holidays && (rule->weekdays || !rule->has_weekdays);
}

static bool same_dates(const struct nm_hours *hours, const struct rule *a, const struct rule *b)
{
	return a->dates_len == b->dates_len &&
	       !memcmp(hours->text + a->text_from, hours->text + b->text_from, a->dates_len);
}

/* Are a rule's dates a season, and is the day in it? */
static enum nm_code season_look(const struct nm_hours *hours, const struct rule *rule, int64_t day, bool *is, bool *holds,
				struct nm_error *err)
{
	struct season season = { .least = rule->opens || rule->has_weekdays ? SEASON_DAYS : CLOSED_DAYS };
	struct nm_hours *dates = nm_hours_dates_of(hours, rule);
	struct nm_minutes spans[NM_HOURS_SPANS];

	if (!dates)
		return nm_fail_memory(err);
	season.dates = dates;
	/* No holidays in it: there is nothing that it could not tell. */
	(void)nm_hours_tell(&season.dates, 1, nm_days_from_date(nm_hours_first_year(dates), 1, 1), season_count,
			    &season);
	*is = season.n >= season.least;
	*holds = nm_hours_day(dates, day, NULL, spans) > 0;
	nm_hours_free(dates);
	return NM_OK;
}

/* A rule that makes a season makes its shut days belong to it: "Apr-Sep Mo-Fr 07:00-19:00; Apr-Sep Sa off". */
static enum nm_code seasons_find(const struct nm_hours *hours, int64_t day, struct painted *out, struct nm_error *err)
{
	for (size_t i = 0; i < hours->n_rules; i++) {
		const struct rule *rule = &hours->rules[i];
		bool is, holds;

		if (!has_dates(rule) || !is_weekly(rule) || out->kinds[i] != PAINTED_DATES)
			continue;
		if (season_look(hours, rule, day, &is, &holds, err))
			return NM_NO_MEMORY;
		for (size_t k = 0; is && k < hours->n_rules; k++)
			if (is_weekly(&hours->rules[k]) && same_dates(hours, rule, &hours->rules[k]))
				out->kinds[k] = holds ? PAINTED_BEHIND : PAINTED_ELSEWHEN;
	}
	return NM_OK;
}

enum nm_code nm_painted_find(const struct nm_hours *hours, int64_t day, struct painted *out, struct nm_error *err)
{
	size_t i;

	*out = (struct painted){ .hours = hours, .own = PAINTED_ALWAYS };
	if (seasons_find(hours, day, out, err))
		return NM_NO_MEMORY;
	for (i = 0; i < hours->n_rules; i++) {
		if (out->kinds[i] == PAINTED_BEHIND)
			out->season = &hours->rules[i];
		if (!has_dates(&hours->rules[i]) && is_weekly(&hours->rules[i]))
			out->kinds[i] = PAINTED_ALWAYS;
	}
	for (i = 0; i < hours->n_rules; i++) {
		const struct rule *rule = &hours->rules[i];

		if (out->season && has_dates(rule) && is_weekly(rule) && same_dates(hours, rule, out->season))
			out->kinds[i] = out->own = PAINTED_SEASON;
		if (out->kinds[i] >= PAINTED_BEHIND && rule->nths.n)
			return nm_fail(err, NM_INPUT,
				       "\"%.*s\" is for weekdays and for one in a month together: write two rules of it",
				       rule->text_len, hours->text + rule->text_from);
	}
	return NM_OK;
}
