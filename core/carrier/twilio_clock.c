/* SPDX-License-Identifier: MIT */
/*
 * The time of day in a flow.  Comes in: a route.  Goes out: a Liquid template that prints which situation
 * holds.
 * Studio's own clock is said to be on Pacific time, so the template reckons from seconds since 1970, which
 * are the same everywhere, and carries the changes of the zone's offset with it.
 */
#include <inttypes.h>

#include "core/carrier/twilio_private.h"
#include "core/route_private.h"

#define WEEK (7 * NM_DAY)
#define MONDAY (3 * NM_DAY) /* 1970-01-01 was a Thursday */
#define BEYOND_HORIZON ((int64_t)10 * 366 * NM_DAY)

/* o: seconds east of UTC. */
static void add_offset(const struct nm_route *route, struct nm_buf *out)
{
	nm_time t = nm_zone_next_change(route->zone, route->from);

	nm_buf_addf(out, "{%% assign o = %" PRId32 " %%}", nm_zone_offset(route->zone, route->from));
	for (; t < route->until; t = nm_zone_next_change(route->zone, t))
		nm_buf_addf(out, "{%% if t >= %" PRId64 " %%}{%% assign o = %" PRId32 " %%}{%% endif %%}", t,
			    nm_zone_offset(route->zone, t));
}

/* A clock that is before the push or years beyond its horizon is none. */
static void add_doubt(const struct nm_route *route, struct nm_buf *out)
{
	nm_buf_addf(out, "{%% if t < %" PRId64 " %%}" NM_TWILIO_CLOCK_UNKNOWN, route->from);
	nm_buf_addf(out, "{%% elsif t >= %" PRId64 " %%}" NM_TWILIO_CLOCK_UNKNOWN,
		    route->until + BEYOND_HORIZON);
}

static void add_exceptions(const struct nm_route *route, struct nm_buf *out)
{
	for (size_t i = 0; i < route->n_exceptions; i++)
		nm_buf_addf(out, "{%% elsif t >= %" PRId64 " and t < %" PRId64 " %%}s%d",
			    route->exceptions[i].span.from, route->exceptions[i].span.until,
			    route->exceptions[i].situation);
}

/* w: seconds of the week since Monday 00:00. */
static void add_week(const struct nm_route *route, struct nm_buf *out)
{
	int situation = route->week[0].changes[0].situation;

	for (int day = 0; day < 7; day++)
		for (size_t i = 0; i < route->week[day].n; i++) {
			const struct nm_route_change *change = &route->week[day].changes[i];

			if (change->situation == situation)
				continue;
			nm_buf_addf(out, "{%% elsif w < %d %%}s%d", day * NM_DAY + change->minute * 60,
				    situation);
			situation = change->situation;
		}
	nm_buf_addf(out, "{%% else %%}s%d{%% endif %%}", situation);
}

void nm_twilio_clock(const struct nm_route *route, struct nm_buf *out)
{
	nm_buf_add(out, "{% assign t = 'now' | date: '%s' | plus: 0 %}");
	add_offset(route, out);
	nm_buf_addf(out, "{%% assign w = t | plus: o | plus: %d | modulo: %d %%}", MONDAY, WEEK);
	add_doubt(route, out);
	add_exceptions(route, out);
	add_week(route, out);
}

int nm_twilio_commonest(const struct nm_route *route, struct nm_arena *arena)
{
	int64_t *totals = nm_arena_alloc(arena, route->n_situations, sizeof(*totals));
	struct nm_route_walk walk;
	int commonest = 0;

	if (totals == NULL)
		return -1;
	nm_route_walk_begin(&walk, route, route->from);
	for (nm_time t = route->from, end; t < route->until; t = end) {
		nm_route_walk_to(&walk, t);
		end = walk.end < route->until ? walk.end : route->until;
		totals[walk.situation] += end - t;
	}
	for (int s = 1; s < (int)route->n_situations; s++)
		if (totals[s] > totals[commonest])
			commonest = s;
	return commonest;
}
