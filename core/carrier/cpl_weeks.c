/* SPDX-License-Identifier: MIT */
/*
 * Which kinds of weeks there are (cpl_weeks.h).  Comes in: a route.  Goes out: kinds, and which week is of which.
 * It only saves space: whatever kind a week is taken for, what it has in other ways is written beside it.
 */
#include "core/carrier/cpl_weeks.h"

#include <stdlib.h>
#include <string.h>

#define WEEK_MINUTES (7 * 24 * 60)
#define KINDS_MAX    32

/* One week of the horizon as it is. */
struct course {
	struct nm_span span;
	struct nm_cpl_week week;
	size_t kind;
};

struct sorting {
	const struct nm_route *route;
	const char *const *then;
	struct course *courses; /* malloc'd */
	size_t n, capacity;
	struct nm_cpl_weeks *out;
};

static bool add_change(struct nm_cpl_week *week, int minute, const char *then)
{
	if (week->n > 0 && week->changes[week->n - 1].then == then)
		return true;
	if (week->n > 0 && week->changes[week->n - 1].minute >= minute) {
		week->changes[week->n - 1].then = then;
		return true;
	}
	if (!nm_grow((void **)&week->changes, &week->capacity, week->n + 1, sizeof(*week->changes)))
		return false;
	week->changes[week->n++] = (struct nm_cpl_change){ minute, then };
	return true;
}

static bool copy_week(const struct nm_cpl_week *from, struct nm_cpl_week *to)
{
	for (size_t i = 0; i < from->n; i++)
		if (!add_change(to, from->changes[i].minute, from->changes[i].then))
			return false;
	return true;
}

static bool same_week(const struct nm_cpl_week *a, const struct nm_cpl_week *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->changes[i].minute != b->changes[i].minute || a->changes[i].then != b->changes[i].then)
			return false;
	return true;
}

static const char *week_at(const struct nm_cpl_week *week, int minute)
{
	size_t i = week->n - 1;

	while (i > 0 && week->changes[i].minute > minute)
		i--;
	return week->changes[i].then;
}

/* Between these minutes the week is the same as `then` throughout. */
static bool agrees(const struct nm_cpl_week *week, int from, int until, const char *then)
{
	if (week_at(week, from) != then)
		return false;
	for (size_t i = 0; i < week->n; i++)
		if (week->changes[i].minute > from && week->changes[i].minute < until &&
		    week->changes[i].then != then)
			return false;
	return true;
}

/* How many exceptions it takes to make one week of the other. */
static size_t cost(const struct nm_cpl_week *week, const struct nm_cpl_week *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < week->n; i++) {
		const int until = i + 1 < week->n ? week->changes[i + 1].minute : WEEK_MINUTES;

		n += !agrees(kind, week->changes[i].minute, until, week->changes[i].then);
	}
	return n;
}

/* --- the weeks as they are --- */

static bool own_week(const struct sorting *s, struct nm_cpl_week *week)
{
	for (int w = 0; w < 7; w++)
		for (size_t i = 0; i < s->route->week[w].n; i++) {
			const struct nm_route_change *change = &s->route->week[w].changes[i];

			if (!add_change(week, w * 24 * 60 + change->minute, s->then[change->situation]))
				return false;
		}
	return true;
}

/* The clock may change within a week: then it is told as well as local minutes can. */
static bool read_course(const struct sorting *s, int64_t monday, struct course *course)
{
	const struct nm_zone *zone = s->route->zone;
	nm_time t = course->span.from;

	while (t < course->span.until) {
		const int64_t minute = (nm_zone_local(zone, t) - monday * NM_DAY) / 60;

		if (!add_change(&course->week, minute < 0 ? 0 : (int)minute,
				s->then[nm_route_situation(s->route, t)]))
			return false;
		t = nm_route_next(s->route, t);
	}
	return true;
}

static bool read_courses(struct sorting *s)
{
	const struct nm_route *route = s->route;
	int64_t monday = nm_local_day(nm_zone_local(route->zone, route->from));

	monday += (7 - nm_weekday(monday)) % 7;
	for (;; monday += 7) {
		struct course *course;
		const struct nm_span span = { nm_zone_utc(route->zone, monday * NM_DAY, NULL),
					      nm_zone_utc(route->zone, (monday + 7) * NM_DAY, NULL) };

		if (span.until > route->until)
			return true;
		if (!nm_grow((void **)&s->courses, &s->capacity, s->n + 1, sizeof(*s->courses)))
			return false;
		course = &s->courses[s->n++];
		*course = (struct course){ .span = span };
		if (!read_course(s, monday, course))
			return false;
	}
}

/* --- kinds --- */

static bool add_kind(struct nm_cpl_weeks *out, const struct nm_cpl_week *week)
{
	if (!nm_grow((void **)&out->kinds, &out->kinds_capacity, out->n_kinds + 1, sizeof(*out->kinds)))
		return false;
	out->kinds[out->n_kinds++] = (struct nm_cpl_week){ 0 };
	return copy_week(week, &out->kinds[out->n_kinds - 1]);
}

/* The known kind that this week is nearest to. */
static size_t nearest(const struct nm_cpl_weeks *out, const struct nm_cpl_week *week, size_t *least)
{
	size_t best = 0;

	*least = cost(week, &out->kinds[0]);
	for (size_t k = 1; k < out->n_kinds; k++) {
		const size_t here = cost(week, &out->kinds[k]) + 1; /* that it is of this kind is said, too */

		if (here < *least) {
			*least = here;
			best = k;
		}
	}
	return best;
}

/* What it saves to make week i a kind of its own. */
static int64_t saving(const struct sorting *s, size_t i)
{
	int64_t saved = -(int64_t)s->courses[i].week.n;
	size_t least;

	for (size_t k = 0; k < s->n; k++)
		if (same_week(&s->courses[k].week, &s->courses[i].week)) {
			nearest(s->out, &s->courses[k].week, &least);
			saved += (int64_t)least - 1;
		}
	return saved;
}

static bool find_kinds(struct sorting *s)
{
	while (s->out->n_kinds < KINDS_MAX) {
		int64_t most = 0;
		size_t best = s->n;

		for (size_t i = 0; i < s->n; i++) {
			const int64_t saved = saving(s, i);

			if (saved > most) {
				most = saved;
				best = i;
			}
		}
		if (best == s->n)
			return true;
		if (!add_kind(s->out, &s->courses[best].week))
			return false;
	}
	return true;
}

static bool make_runs(struct sorting *s)
{
	struct nm_cpl_weeks *out = s->out;

	for (size_t i = 0; i < s->n; i++) {
		const struct nm_span span = s->courses[i].span;
		struct nm_cpl_run *last = out->n_runs > 0 ? &out->runs[out->n_runs - 1] : NULL;
		size_t least, kind = nearest(out, &s->courses[i].week, &least);

		if (kind == 0)
			continue;
		if (last != NULL && last->kind == kind && last->span.until == span.from) {
			last->span.until = span.until;
			continue;
		}
		if (!nm_grow((void **)&out->runs, &out->runs_capacity, out->n_runs + 1, sizeof(*out->runs)))
			return false;
		out->runs[out->n_runs++] = (struct nm_cpl_run){ span, kind };
	}
	return true;
}

bool nm_cpl_weeks_build(const struct nm_route *route, const char *const *then, struct nm_cpl_weeks *out)
{
	struct nm_cpl_week own = { 0 };
	struct sorting s = { .route = route, .then = then, .out = out };
	bool ok;

	*out = (struct nm_cpl_weeks){ 0 };
	ok = own_week(&s, &own) && add_kind(out, &own) && read_courses(&s) && find_kinds(&s) && make_runs(&s);
	free(own.changes);
	for (size_t i = 0; i < s.n; i++)
		free(s.courses[i].week.changes);
	free(s.courses);
	if (!ok)
		nm_cpl_weeks_clear(out);
	return ok;
}

void nm_cpl_weeks_clear(struct nm_cpl_weeks *weeks)
{
	for (size_t k = 0; k < weeks->n_kinds; k++)
		free(weeks->kinds[k].changes);
	free(weeks->kinds);
	free(weeks->runs);
	*weeks = (struct nm_cpl_weeks){ 0 };
}

const char *nm_cpl_weeks_at(const struct nm_cpl_weeks *weeks, const struct nm_zone *zone, nm_time t)
{
	const nm_local local = nm_zone_local(zone, t);
	const int64_t day = nm_local_day(local);
	size_t low = 0, high = weeks->n_runs, kind = 0;

	while (low < high) {
		const size_t middle = (low + high) / 2;

		if (weeks->runs[middle].span.until <= t)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < weeks->n_runs && weeks->runs[low].span.from <= t)
		kind = weeks->runs[low].kind;
	return week_at(&weeks->kinds[kind],
		       nm_weekday(day) * 24 * 60 + (int)((local - day * NM_DAY) / 60));
}
