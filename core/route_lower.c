/* SPDX-License-Identifier: MIT */
/*
 * A course of time lowered to a weekly pattern and dated exceptions.
 *
 * Comes in: situations from instant to instant.  Goes out: the route's week, which is the commonest
 * day of each weekday, or the commonest whole week where that needs fewer exceptions (a rotation), and
 * the exceptions that make the two together exactly that course.  Days on which the clock changes, and
 * those with a change within a minute, have no vote on the week; they are exceptions where they differ.
 */
#include <stdlib.h>
#include <string.h>

#include "core/route_private.h"

/* One way in which a weekday passes, and on how many days it does. */
struct shape {
	size_t first, n; /* among the changes */
	size_t days;
	uint64_t hash;
};

struct lowering {
	struct nm_route *route;
	const struct nm_route_piece *pieces;
	size_t n_pieces, piece; /* piece: the one that holds the day looked at */
	struct nm_route_change *changes;
	size_t n_changes, changes_capacity;
	struct {
		struct shape *items;
		size_t n, capacity;
	} weekday[7];
	struct whole_week {
		size_t shape[7], count;
	} * weeks; /* different ones */
	size_t n_weeks, weeks_capacity;
	struct whole_week week; /* the one gone through, as far as `days` of it */
	int days;
};

static nm_time piece_end(const struct lowering *low, size_t i)
{
	return i + 1 < low->n_pieces ? low->pieces[i + 1].start : low->route->until;
}

static int situation_at(const struct nm_route_change *changes, size_t n, int minute)
{
	while (n > 1 && changes[n - 1].minute > minute)
		n--;
	return changes[n - 1].situation;
}

/* Adds a change at the end of the pool, unless the last one since `first` says the same. */
static bool add_change(struct lowering *low, size_t first, int minute, int situation)
{
	if (low->n_changes > first && low->changes[low->n_changes - 1].situation == situation)
		return true;
	if (!nm_grow((void **)&low->changes, &low->changes_capacity, low->n_changes + 1,
		     sizeof(*low->changes)))
		return false;
	low->changes[low->n_changes++] = (struct nm_route_change){ minute, situation };
	return true;
}

/* The day that begins at `start` and has 24 hours; *whole is false when it changes within a minute. */
static bool take_day(struct lowering *low, nm_time start, bool *whole)
{
	const size_t first = low->n_changes;
	const nm_time end = start + NM_DAY;

	*whole = true;
	while (piece_end(low, low->piece) <= start)
		low->piece++;
	for (size_t i = low->piece; i < low->n_pieces && low->pieces[i].start < end; i++) {
		nm_time at = low->pieces[i].start < start ? start : low->pieces[i].start;

		if ((at - start) % 60 != 0)
			*whole = false;
		if (!add_change(low, first, (int)((at - start) / 60), low->pieces[i].situation))
			return false;
	}
	return true;
}

static bool shape_is(const struct lowering *low, const struct shape *shape, const struct shape *other)
{
	return shape->hash == other->hash && shape->n == other->n &&
	       memcmp(low->changes + shape->first, low->changes + other->first,
		      shape->n * sizeof(*low->changes)) == 0;
}

/* Index of the shape of the day whose changes were added last; those of a known shape are taken back. */
static bool count_day(struct lowering *low, int weekday, size_t first, size_t *index)
{
	struct shape shape = { first, low->n_changes - first, 1, 14695981039346656037u };

	for (size_t i = first; i < low->n_changes; i++) {
		shape.hash = (shape.hash ^ (uint64_t)low->changes[i].minute) * 1099511628211u;
		shape.hash = (shape.hash ^ (uint64_t)low->changes[i].situation) * 1099511628211u;
	}
	for (size_t i = 0; i < low->weekday[weekday].n; i++)
		if (shape_is(low, &low->weekday[weekday].items[i], &shape)) {
			low->weekday[weekday].items[i].days++;
			low->n_changes = first;
			*index = i;
			return true;
		}
	if (!nm_grow((void **)&low->weekday[weekday].items, &low->weekday[weekday].capacity,
		     low->weekday[weekday].n + 1, sizeof(shape)))
		return false;
	*index = low->weekday[weekday].n++;
	low->weekday[weekday].items[*index] = shape;
	return true;
}

/* A day more of the week gone through; seven of them from a Monday on are a whole week. */
static bool count_week(struct lowering *low, int weekday, size_t shape)
{
	size_t i = 0;

	if (weekday == 0)
		low->days = 0;
	if (weekday != low->days) {
		low->days = -1;
		return true;
	}
	low->week.shape[low->days++] = shape;
	if (low->days < 7)
		return true;
	while (i < low->n_weeks && memcmp(low->weeks[i].shape, low->week.shape, sizeof(low->week.shape)) != 0)
		i++;
	if (i == low->n_weeks) {
		if (!nm_grow((void **)&low->weeks, &low->weeks_capacity, i + 1, sizeof(*low->weeks)))
			return false;
		low->week.count = 0;
		low->weeks[low->n_weeks++] = low->week;
	}
	low->weeks[i].count++;
	return true;
}

/* Every local day that lies whole in the course and in one offset from UTC. */
static bool count_days(struct lowering *low)
{
	const struct nm_route *route = low->route;
	nm_time t = route->from;

	while (t < route->until) {
		nm_time change = nm_zone_next_change(route->zone, t);
		nm_time end = change < route->until ? change : route->until;
		nm_local local = nm_zone_local(route->zone, t);
		int64_t offset = local - t, day = nm_local_day(local + NM_DAY - 1);

		for (nm_time start = day * NM_DAY - offset; start + NM_DAY <= end; start += NM_DAY, day++) {
			size_t first = low->n_changes, shape;
			bool whole;

			if (!take_day(low, start, &whole))
				return false;
			if (!whole)
				low->n_changes = first;
			else if (!count_day(low, nm_weekday(day), first, &shape) ||
				 !count_week(low, nm_weekday(day), shape))
				return false;
		}
		t = end;
	}
	return true;
}

/* How many exceptions it takes when `week` is the pattern of a weekday. */
static size_t exceptions_needed(const struct lowering *low, int weekday, struct shape week)
{
	size_t needed = 0;

	for (size_t s = 0; s < low->weekday[weekday].n; s++) {
		const struct shape *shape = &low->weekday[weekday].items[s];
		const struct nm_route_change *of = low->changes + shape->first;

		for (size_t i = 0; i < shape->n; i++) {
			int end = i + 1 < shape->n ? of[i + 1].minute : 24 * 60;
			bool same = situation_at(low->changes + week.first, week.n, of[i].minute) ==
				    of[i].situation;

			for (size_t j = 0; j < week.n && same; j++) {
				const struct nm_route_change *change = &low->changes[week.first + j];

				if (change->minute > of[i].minute && change->minute < end)
					same = change->situation == of[i].situation;
			}
			needed += same ? 0 : shape->days;
		}
	}
	return needed;
}

struct moment {
	int minute, from, to; /* from -1: the day begins */
	size_t days;
};

static int compare_moments(const void *a, const void *b)
{
	return ((const struct moment *)a)->minute - ((const struct moment *)b)->minute;
}

/* The changes of all the days of a weekday, by minute; NULL when memory is out. */
static struct moment *moments_of(const struct lowering *low, int weekday, size_t *n)
{
	struct moment *moments;
	size_t all = 0;

	for (size_t s = 0; s < low->weekday[weekday].n; s++)
		all += low->weekday[weekday].items[s].n;
	moments = calloc(all + 1, sizeof(*moments));
	*n = 0;
	for (size_t s = 0; moments != NULL && s < low->weekday[weekday].n; s++) {
		const struct shape *shape = &low->weekday[weekday].items[s];

		for (size_t i = 0; i < shape->n; i++) {
			const struct nm_route_change *change = &low->changes[shape->first + i];

			moments[(*n)++] = (struct moment){ change->minute, i == 0 ? -1 : change[-1].situation,
							   change->situation, shape->days };
		}
	}
	if (moments != NULL)
		qsort(moments, *n, sizeof(*moments), compare_moments);
	return moments;
}

/* The commonest situation of each minute of a weekday, as a shape of its own: better than any whole day
 * where appointments make every day different.  Of two as common the one that already holds stays. */
static bool commonest_minutes(struct lowering *low, int weekday, struct shape *out)
{
	size_t n, n_situations = low->route->n_situations, *days = calloc(n_situations + 1, sizeof(*days));
	struct moment *moments = days == NULL ? NULL : moments_of(low, weekday, &n);
	bool ok = moments != NULL;
	int best = -1;

	*out = (struct shape){ .first = low->n_changes };
	for (size_t i = 0; ok && i < n;) {
		int minute = moments[i].minute;

		for (; i < n && moments[i].minute == minute; i++) {
			if (moments[i].from >= 0)
				days[moments[i].from] -= moments[i].days;
			days[moments[i].to] += moments[i].days;
		}
		for (size_t s = 0; s < n_situations; s++)
			if (best < 0 || days[s] > days[best])
				best = (int)s;
		ok = add_change(low, out->first, minute, best);
	}
	out->n = low->n_changes - out->first;
	free(moments);
	free(days);
	return ok;
}

/* The pattern of a weekday by itself. */
static bool best_shape(struct lowering *low, int weekday, struct shape *best)
{
	struct shape minutes;

	*best = (struct shape){ 0 };
	for (size_t i = 0; i < low->weekday[weekday].n; i++)
		if (low->weekday[weekday].items[i].days > best->days)
			*best = low->weekday[weekday].items[i];
	if (best->days == 0) {
		best->first = low->n_changes;
		best->n = 1;
		return add_change(low, best->first, 0, low->pieces[0].situation);
	}
	if (low->weekday[weekday].n == 1)
		return true;
	if (!commonest_minutes(low, weekday, &minutes))
		return false;
	if (exceptions_needed(low, weekday, minutes) < exceptions_needed(low, weekday, *best))
		*best = minutes;
	return true;
}

static bool set_weekday(struct lowering *low, int weekday, struct shape shape)
{
	struct nm_route_change *changes = nm_arena_alloc(low->route->arena, shape.n, sizeof(*changes));

	if (changes == NULL)
		return false;
	memcpy(changes, low->changes + shape.first, shape.n * sizeof(*changes));
	low->route->week[weekday] = (struct nm_route_day){ shape.n, changes };
	return true;
}

/* For each piece at most one exception: from where the week first differs to where it last does. */
static bool set_exceptions(struct lowering *low)
{
	struct nm_route *route = low->route;
	struct nm_exception *items = NULL;
	size_t n = 0, capacity = 0, i = 0;
	bool ok = true, differs = false;
	struct nm_route_walk walk;

	route->n_exceptions = 0;
	nm_route_walk_begin(&walk, route, route->from);
	for (nm_time t = route->from, end; t < route->until && ok; t = end) {
		nm_time last = piece_end(low, i);

		nm_route_walk_to(&walk, t);
		end = walk.end < last ? walk.end : last;
		if (walk.situation != low->pieces[i].situation) {
			ok = differs || nm_grow((void **)&items, &capacity, n + 1, sizeof(*items));
			if (!ok)
				break;
			if (!differs)
				items[n++] = (struct nm_exception){ { t, end }, low->pieces[i].situation };
			items[n - 1].span.until = end;
			differs = true;
		}
		if (end == last) {
			differs = false;
			i++;
		}
	}
	if (ok && n > 0) {
		route->exceptions = nm_arena_alloc(route->arena, n, sizeof(*items));
		ok = route->exceptions != NULL;
	}
	if (ok && n > 0) {
		memcpy(route->exceptions, items, n * sizeof(*items));
		route->n_exceptions = n;
	}
	free(items);
	return ok;
}

/* Every weekday by itself; then, if that spares exceptions, the commonest whole week in their place. */
static bool set_week(struct lowering *low)
{
	struct nm_route *route = low->route;
	struct nm_route_day week[7];
	struct nm_exception *exceptions;
	const struct whole_week *commonest = NULL;
	size_t n;
	bool ok = true;

	for (int w = 0; w < 7 && ok; w++) {
		struct shape shape;

		ok = best_shape(low, w, &shape) && set_weekday(low, w, shape);
	}
	for (size_t i = 0; i < low->n_weeks; i++)
		if (commonest == NULL || low->weeks[i].count > commonest->count)
			commonest = &low->weeks[i];
	ok = ok && set_exceptions(low);
	if (!ok || commonest == NULL || commonest->count < 2)
		return ok;
	memcpy(week, route->week, sizeof(week));
	exceptions = route->exceptions;
	n = route->n_exceptions;
	for (int w = 0; w < 7 && ok; w++)
		ok = set_weekday(low, w, low->weekday[w].items[commonest->shape[w]]);
	ok = ok && set_exceptions(low);
	if (ok && route->n_exceptions >= n) {
		memcpy(route->week, week, sizeof(week));
		route->exceptions = exceptions;
		route->n_exceptions = n;
	}
	return ok;
}

/* The pieces without neighbours that say the same, so that an exception ends where its situation does. */
static struct nm_route_piece *merge_pieces(const struct nm_route_piece *pieces, size_t n, size_t *merged)
{
	struct nm_route_piece *out = calloc(n, sizeof(*out));

	*merged = 0;
	for (size_t i = 0; out != NULL && i < n; i++)
		if (i == 0 || pieces[i].situation != pieces[i - 1].situation)
			out[(*merged)++] = pieces[i];
	return out;
}

enum nm_code nm_route_lower(struct nm_route *route, const struct nm_route_piece *pieces, size_t n,
			    struct nm_error *err)
{
	struct lowering low = { .route = route };
	struct nm_route_piece *merged;
	bool ok;

	if (n == 0 || pieces[0].start != route->from || route->from >= route->until)
		return nm_fail(err, NM_INPUT, "a route needs a course of time from its beginning to its end");
	merged = merge_pieces(pieces, n, &low.n_pieces);
	low.pieces = merged;
	ok = merged != NULL && count_days(&low);
	ok = ok && set_week(&low);
	for (int w = 0; w < 7; w++)
		free(low.weekday[w].items);
	free(low.changes);
	free(low.weeks);
	free(merged);
	return ok ? NM_OK : nm_fail_memory(err);
}
