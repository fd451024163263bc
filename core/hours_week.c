/* SPDX-License-Identifier: MIT */
/*
 * An expression and the week in it.  Comes in: an expression.  Goes out: what it says of every week; and back:
 * a week as an expression, behind which stands what another one says of years, dates and holidays.
 *
 * Rules are gone through in order, so rules of dates behind all those of weekdays say the same whatever the
 * week is.  An expression that cannot be put into that order without saying something else is refused, and so is
 * one in which dates have hours of their own for so long that no one week is what the expression says.
 */
#include "hours_private.h"

#include <stdlib.h>
#include <string.h>

#define WEEK_DAYS 7
#define A_MONDAY 4 /* 5 January 1970 */

/* What a rule has to do with every week. */
enum part { PART_DATED, PART_WEEKLY, PART_BOTH, PART_ENTANGLED };

static enum part part_of(const struct rule *rule)
{
	if (rule->years.n || rule->months_touched || rule->holidays)
		return PART_DATED;
	if (rule->weekdays && rule->nths.n)
		return PART_ENTANGLED;
	if (rule->weekdays && rule->weekday_holidays)
		return PART_BOTH;
	return rule->nths.n || rule->weekday_holidays ? PART_DATED : PART_WEEKLY;
}

/* --- the week --- */

/* For rules that are taken out of it, with the lists that these look into; NULL when memory is out. */
static struct nm_hours *without_rules(const struct nm_hours *hours)
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

/* The rules of weekdays alone, as an expression of their own; NULL when memory is out. */
static struct nm_hours *weekly_rules(const struct nm_hours *hours)
{
	struct nm_hours *weekly = without_rules(hours);
	size_t i;

	if (!weekly)
		return NULL;
	for (i = 0; i < hours->n_rules; i++) {
		const enum part part = part_of(&hours->rules[i]);

		if (part != PART_WEEKLY && part != PART_BOTH)
			continue;
		weekly->rules[weekly->n_rules] = hours->rules[i];
		weekly->rules[weekly->n_rules++].weekday_holidays = 0;
	}
	nm_hours_prepare(weekly);
	return weekly;
}

static enum nm_code week_take(const struct nm_hours *hours, struct nm_hours_week *out, struct nm_error *err)
{
	struct nm_hours *weekly = weekly_rules(hours);
	struct nm_minutes spans[NM_HOURS_SPANS];
	int day;

	if (!weekly)
		return nm_fail_memory(err);
	memset(out->open, false, sizeof out->open);
	for (day = 0; day < WEEK_DAYS; day++) {
		const size_t n = nm_hours_day(weekly, A_MONDAY + day, NULL, spans);
		size_t i;

		for (i = 0; i < n; i++)
			memset(out->open + day * MINUTES_DAY + spans[i].from, true,
			       (size_t)(spans[i].until - spans[i].from));
	}
	nm_hours_free(weekly);
	return NM_OK;
}

/* --- what is kept --- */

/* The holidays of a rule that names weekdays too. */
static void holidays_write(const struct nm_hours *hours, const struct rule *rule, struct nm_buf *out)
{
	const char *before = "";
	int shift;
	size_t i;

	for (shift = -SHIFT_MAX; shift <= SHIFT_MAX; shift++) {
		if (!(rule->weekday_holidays >> (SHIFT_MAX + shift) & 1))
			continue;
		nm_buf_addf(out, "%sPH", before);
		if (shift)
			nm_buf_addf(out, " %+d day%s", shift, abs(shift) == 1 ? "" : "s");
		before = ",";
	}
	for (i = 0; i < rule->spans.n; i++) {
		const struct span *span = &hours->spans[rule->spans.first + i];

		nm_buf_add(out, i ? "," : " ");
		nm_hours_spans_write(&(struct nm_minutes){ span->from, span->until }, 1, out);
	}
	nm_buf_add(out, !rule->opens ? " off" : rule->spans.n ? "" : " open");
}

/* The rules of dates, behind what stands in out already. */
static void kept_write(const struct nm_hours *hours, bool first, struct nm_buf *out)
{
	size_t i;

	for (i = 0; i < hours->n_rules; i++) {
		const struct rule *rule = &hours->rules[i];
		const enum part part = part_of(rule);

		if (part == PART_WEEKLY)
			continue;
		if (!first)
			nm_buf_add(out, rule->additional ? ", " : "; ");
		first = false;
		if (part == PART_BOTH)
			holidays_write(hours, rule, out);
		else
			nm_buf_addn(out, hours->text + rule->text_from, rule->text_len);
	}
}

static enum nm_code compose(const struct nm_hours_week *week, const struct nm_hours *kept, struct nm_buf *out,
			    struct nm_error *err)
{
	const size_t before = out->len;
	struct nm_hours *read = NULL;
	enum nm_code code = NM_OK;

	if (memchr(week->open, 1, sizeof week->open))
		code = nm_hours_shortest(week, out, err);
	if (code == NM_OK && kept)
		kept_write(kept, out->len == before, out);
	if (code == NM_OK && out->len == before)
		nm_buf_add(out, "off");
	if (code == NM_OK && out->failed)
		code = nm_fail_memory(err);
	/* It may be more than an expression holds. */
	if (code == NM_OK)
		code = nm_hours_read(out->data + before, &read, err);
	nm_hours_free(read);
	return code;
}

/* --- does it still say the same? --- */

struct pair {
	const struct nm_hours *hours[2];
	bool same;
};

static bool day_compare(void *context, int64_t day, const struct nm_holidays *holidays)
{
	struct pair *pair = context;
	struct nm_minutes a[NM_HOURS_SPANS], b[NM_HOURS_SPANS];
	const size_t n = nm_hours_day(pair->hours[0], day, holidays, a);

	pair->same = n == nm_hours_day(pair->hours[1], day, holidays, b) && !memcmp(a, b, n * sizeof *a);
	return pair->same;
}

static bool hours_same(const struct nm_hours *a, const struct nm_hours *b)
{
	struct pair pair = { { a, b }, true };

	return nm_hours_tell(pair.hours, 2, nm_days_from_date(nm_hours_first_year(a), 1, 1), day_compare,
			     &pair) &&
	       pair.same;
}

/* With its own week in front, it is what it was. */
static enum nm_code order_check(const struct nm_hours *hours, const struct nm_hours_week *week,
				struct nm_error *err)
{
	struct nm_hours *again = NULL;
	struct nm_buf text;
	enum nm_code code;
	size_t i;

	for (i = 0; i < hours->n_rules; i++)
		if (part_of(&hours->rules[i]) == PART_ENTANGLED)
			return nm_fail(
				err, NM_INPUT,
				"\"%.*s\" is for weekdays and for one in a month together: write two rules of it",
				hours->rules[i].text_len, hours->text + hours->rules[i].text_from);
	nm_buf_init(&text, 4 * NM_HOURS_TEXT);
	code = compose(week, hours, &text, err);
	if (code == NM_OK)
		code = nm_hours_read(text.data, &again, err);
	if (code == NM_OK && !hours_same(hours, again))
		code = nm_fail(
			err, NM_INPUT,
			"in \"%s\" a rule for dates or holidays stands before one for weekdays that overrides it: "
			"write what is for dates last",
			hours->text);
	nm_hours_free(again);
	nm_buf_clear(&text);
	return code;
}

/* --- seasons --- */

#define YEAR_DAYS 365
#define SEASON_DAYS 28 /* dates of a year with hours of their own: more than any exception has */
#define CLOSED_DAYS 184 /* and shut dates: most of the year */

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

/* Is it for dates, whatever is in them, and not for single ones: holidays, the first Sunday? */
static bool is_for_dates(const struct rule *rule)
{
	return (rule->years.n || rule->months_touched) && !rule->holidays &&
	       (rule->weekdays || !rule->has_weekdays);
}

/* The rule's dates, on whatever weekday, and nothing else; NULL when memory is out. */
static struct nm_hours *dates_of(const struct nm_hours *hours, const struct rule *rule)
{
	struct nm_hours *dates = without_rules(hours);

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

static enum nm_code rule_season(const struct nm_hours *hours, const struct rule *rule, struct nm_error *err)
{
	struct season season = { .least = rule->opens ? SEASON_DAYS : CLOSED_DAYS };
	struct nm_hours *dates = dates_of(hours, rule);

	if (!dates)
		return nm_fail_memory(err);
	season.dates = dates;
	/* No holidays in it: there is nothing that it could not tell. */
	(void)nm_hours_tell(&season.dates, 1, nm_days_from_date(nm_hours_first_year(dates), 1, 1), season_count,
			    &season);
	nm_hours_free(dates);
	if (season.n < season.least)
		return NM_OK;
	return nm_fail(err, NM_INPUT,
		       "\"%.*s\" is for a season: change these hours as text",
		       rule->text_len, hours->text + rule->text_from);
}

static enum nm_code seasons_check(const struct nm_hours *hours, struct nm_error *err)
{
	enum nm_code code = NM_OK;
	size_t i;

	for (i = 0; i < hours->n_rules && code == NM_OK; i++)
		if (is_for_dates(&hours->rules[i]))
			code = rule_season(hours, &hours->rules[i], err);
	return code;
}

enum nm_code nm_hours_week_of(const char *expression, struct nm_hours_week *out, struct nm_error *err)
{
	struct nm_hours *hours;
	enum nm_code code = nm_hours_read(expression, &hours, err);

	if (code)
		return code;
	code = seasons_check(hours, err);
	if (code == NM_OK)
		code = week_take(hours, out, err);
	if (code == NM_OK)
		code = order_check(hours, out, err);
	nm_hours_free(hours);
	return code;
}

enum nm_code nm_hours_week_write(const struct nm_hours_week *week, const char *kept, struct nm_buf *out,
				 struct nm_error *err)
{
	struct nm_hours *hours = NULL;
	enum nm_code code = kept ? nm_hours_read(kept, &hours, err) : NM_OK;

	if (code == NM_OK)
		code = compose(week, hours, out, err);
	nm_hours_free(hours);
	return code;
}
