/* SPDX-License-Identifier: MIT */
/*
 * A week covered by rules: see hours_cover.h.  Comes in: the minutes of a week, rules.  Goes out: what rules may say,
 * and what they leave to others.  Knows no text.
 */
#include "hours_cover.h"

#include <string.h>

#define POINTS_MAX (COVER_DAYS * (COVER_SEGMENTS + 1) / 2)

static unsigned day_after(unsigned day)
{
	return (day + 1) % COVER_DAYS;
}

static bool has_day(unsigned days, unsigned day)
{
	return days >> day & 1;
}

/* Segments [from, until). */
static uint32_t segments(int from, int until)
{
	return (uint32_t)(((UINT64_C(1) << until) - 1) & ~((UINT64_C(1) << from) - 1));
}

/* --- the week --- */

static bool turns_at(const struct nm_hours_week *week, int minute)
{
	int day;

	for (day = 0; day < COVER_DAYS; day++) {
		const bool *open = week->open + day * MINUTES_DAY;

		if (open[minute] != open[minute - 1])
			return true;
	}
	return false;
}

bool nm_cover_grid(const struct nm_hours_week *week, struct cover_grid *out)
{
	int minute, day, segment;

	memset(out, 0, sizeof *out);
	for (minute = 0; minute < MINUTES_DAY; minute++) {
		if (minute > 0 && !turns_at(week, minute))
			continue;
		if (out->n == COVER_SEGMENTS)
			return false;
		out->at[out->n++] = (int16_t)minute;
	}
	out->at[out->n] = MINUTES_DAY;
	for (day = 0; day < COVER_DAYS; day++)
		for (segment = 0; segment < out->n; segment++)
			if (week->open[day * MINUTES_DAY + out->at[segment]])
				out->open[day] |= 1u << segment;
	return true;
}

struct cover_state nm_cover_begin(const struct cover_grid *grid)
{
	struct cover_state state;

	memset(&state, 0, sizeof state);
	memcpy(state.left, grid->open, sizeof state.left);
	return state;
}

bool nm_cover_is_done(const struct cover_state *state)
{
	int day;

	for (day = 0; day < COVER_DAYS; day++)
		if (state->left[day])
			return false;
	return true;
}

/* --- what a rule may say --- */

/* Segments of days from one on, that a rule of some days says something of: those that are open on all, and those that
 * are left on any. */
struct scope {
	uint32_t may, left;
};

static struct scope scope_of(const struct cover_grid *grid, const struct cover_state *state, unsigned days,
			     bool after)
{
	struct scope scope = { UINT32_MAX, 0 };
	bool any = false;
	unsigned i;

	for (i = 0; i < COVER_DAYS; i++) {
		const unsigned day = after ? day_after(i) : i;

		if (!has_day(days, i) || has_day(state->done, day))
			continue;
		any = true;
		scope.may &= grid->open[day];
		scope.left |= state->left[day];
	}
	return any ? scope : (struct scope){ 0, 0 };
}

/* How far past midnight a span may go: never to the next one. */
static int reach(const struct cover_grid *grid, uint32_t may)
{
	int n = 0;

	while (n < grid->n - 1 && may >> n & 1)
		n++;
	return n;
}

static void run_add(const struct cover_run *run, const struct scope *own, const struct scope *next,
		    struct cover_run out[static COVER_RUNS], size_t *n)
{
	if (!(run->own & own->left) && !(run->next & next->left))
		return;
	if (*n < COVER_RUNS)
		out[*n] = *run;
	++*n;
}

size_t nm_cover_runs(const struct cover_grid *grid, const struct cover_state *state, unsigned days,
		     struct cover_run out[static COVER_RUNS])
{
	const struct scope own = scope_of(grid, state, days, false), next = scope_of(grid, state, days, true);
	const int past = reach(grid, next.may);
	size_t n = 0;
	int from = 0, until;

	for (; from < grid->n; from = until + 1) {
		struct cover_run run;

		for (until = from; until < grid->n && own.may >> until & 1; until++)
			;
		if (until == from)
			continue;
		run.own = segments(from, until);
		if (until == grid->n && past > 0) {
			run.next = segments(0, past);
			run.span = (struct nm_minutes){ grid->at[from],
							(int16_t)(MINUTES_DAY + grid->at[past]) };
			run_add(&run, &own, &next, out, &n);
		}
		run.next = 0;
		run.span = (struct nm_minutes){ grid->at[from], grid->at[until] };
		run_add(&run, &own, &next, out, &n);
	}
	return n;
}

bool nm_cover_apply(struct cover_state *state, struct cover_rule *rule)
{
	const struct cover_state before = *state;
	unsigned day;
	size_t i;

	for (i = 0; i < rule->n; i++)
		for (day = 0; day < COVER_DAYS; day++)
			if (has_day(rule->days, day)) {
				state->left[day] &= ~rule->runs[i].own;
				state->left[day_after(day)] &= ~rule->runs[i].next;
			}
	rule->adds = false;
	for (day = 0; day < COVER_DAYS; day++)
		rule->adds |= has_day(rule->days, day) && state->left[day];
	if (!rule->adds)
		state->done |= rule->days;
	return rule->n > 0 || (!rule->adds && state->done != before.done);
}

/* --- how much it takes at least --- */

/* An open segment that is left. */
struct point {
	unsigned day;
	int segment;
};

static bool has_open(const struct cover_grid *grid, struct point point, uint32_t wanted)
{
	return !(wanted & ~grid->open[point.day]);
}

/* One span of a day says the first, and of the same or another day, past midnight, the second. */
static bool over_midnight(const struct cover_grid *grid, struct point first, struct point second)
{
	return has_open(grid, first, segments(first.segment, grid->n)) &&
	       has_open(grid, second, segments(0, second.segment + 1));
}

/* A span of one rule might say both: other days may be done by then, and hinder nothing. */
static bool one_span(const struct cover_grid *grid, struct point a, struct point b)
{
	const uint32_t between = a.segment < b.segment ? segments(a.segment, b.segment + 1)
						       : segments(b.segment, a.segment + 1);

	return (has_open(grid, a, between) && has_open(grid, b, between)) || over_midnight(grid, a, b) ||
	       over_midnight(grid, b, a);
}

/* One rule might say both, by whatever spans.  What a day begins with may be said by a rule of the day before. */
static bool one_rule(const struct cover_grid *grid, struct point a, struct point b)
{
	return has_open(grid, a, segments(0, a.segment + 1)) ||
	       has_open(grid, b, segments(0, b.segment + 1)) ||
	       (has_open(grid, a, segments(b.segment, b.segment + 1)) &&
		has_open(grid, b, segments(a.segment, a.segment + 1)));
}

/* One of each run that is left: the others of it are said by the same span. */
static size_t points_find(const struct cover_state *state, struct point out[static POINTS_MAX])
{
	struct point point;
	size_t n = 0;

	for (point.day = 0; point.day < COVER_DAYS; point.day++) {
		const uint32_t left = state->left[point.day], first = left & ~(left << 1);

		for (point.segment = 0; first >> point.segment; point.segment++)
			if (first >> point.segment & 1)
				out[n++] = point;
	}
	return n;
}

/* How many there are of which no two might be said together: not always the most. */
static int points_apart(const struct cover_grid *grid, const struct point *points, size_t n,
			bool (*together)(const struct cover_grid *grid, struct point a, struct point b))
{
	struct point apart[POINTS_MAX];
	int n_apart = 0, k;
	size_t i;

	for (i = 0; i < n; i++) {
		for (k = 0; k < n_apart && !together(grid, apart[k], points[i]); k++)
			;
		if (k == n_apart)
			apart[n_apart++] = points[i];
	}
	return n_apart;
}

struct cover_bound nm_cover_bound(const struct cover_grid *grid, const struct cover_state *state)
{
	struct point points[POINTS_MAX];
	const size_t n = points_find(state, points);

	return (struct cover_bound){
		.spans = points_apart(grid, points, n, one_span),
		.rules = points_apart(grid, points, n, one_rule),
	};
}

/* --- what rules say --- */

unsigned nm_cover_days_with(const struct cover_grid *grid, const struct cover_rule *rule)
{
	uint32_t times = 0, beside;
	unsigned days = 0, day;
	size_t i;

	for (i = 0; i < rule->n; i++)
		times |= rule->runs[i].own | rule->runs[i].next;
	beside = (times << 1 | times >> 1) & ~times;
	for (day = 0; day < COVER_DAYS; day++)
		if (!(times & ~grid->open[day]) && !(beside & grid->open[day]))
			days |= 1u << day;
	return days;
}

bool nm_cover_says(const struct cover_grid *grid, const struct cover_rule *rules, size_t n)
{
	uint32_t open[COVER_DAYS] = { 0 };
	unsigned day;
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (day = 0; day < COVER_DAYS; day++)
			if (has_day(rules[i].days, day) && !rules[i].adds)
				open[day] = 0;
		for (k = 0; k < rules[i].n; k++)
			for (day = 0; day < COVER_DAYS; day++)
				if (has_day(rules[i].days, day)) {
					open[day] |= rules[i].runs[k].own;
					open[day_after(day)] |= rules[i].runs[k].next;
				}
	}
	return !memcmp(open, grid->open, sizeof open);
}
