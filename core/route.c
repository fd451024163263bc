/* SPDX-License-Identifier: MIT */
/*
 * Reading a route: what holds at an instant, when that may change, what a caller gets.  Comes in: a
 * route, made from a plan or lifted from a carrier.  It knows neither.
 */
#include <string.h>

#include "core/route_private.h"

enum nm_code nm_route_new(const char *timezone, nm_time from, nm_time until, struct nm_route **out,
			  struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_route *route = arena == NULL ? NULL : nm_arena_alloc(arena, 1, sizeof(*route));
	enum nm_code code;

	if (route == NULL) {
		nm_arena_free(arena);
		return nm_fail_memory(err);
	}
	route->arena = arena;
	route->from = from;
	route->until = until;
	route->timezone = nm_arena_text(arena, timezone);
	code = route->timezone == NULL ? nm_fail_memory(err) : nm_zone_load(timezone, &route->zone, err);
	if (code != NM_OK) {
		nm_arena_free(arena);
		return code;
	}
	*out = route;
	return NM_OK;
}

void nm_route_free(struct nm_route *route)
{
	if (route == NULL)
		return;
	nm_zone_free(route->zone);
	nm_arena_free(route->arena);
}

/* Index of the first exception that ends after t; n_exceptions when there is none. */
static size_t exception_after(const struct nm_route *route, nm_time t)
{
	size_t low = 0, high = route->n_exceptions;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (route->exceptions[mid].span.until > t)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static const struct nm_route_day *day_of(const struct nm_route *route, nm_local local, int *second)
{
	int64_t day = nm_local_day(local);

	*second = (int)(local - day * NM_DAY);
	return &route->week[nm_weekday(day)];
}

static int week_situation(const struct nm_route *route, nm_time t)
{
	int second;
	const struct nm_route_day *day = day_of(route, nm_zone_local(route->zone, t), &second);
	size_t i = day->n;

	while (i > 1 && day->changes[i - 1].minute * 60 > second)
		i--;
	return i == 0 ? 0 : day->changes[i - 1].situation;
}

/* When the wall clock next reaches a change of its day, midnight, or is itself changed. */
static nm_time week_next(const struct nm_route *route, nm_time t)
{
	nm_time change = nm_zone_next_change(route->zone, t), next;
	int second, minute = 24 * 60;
	const struct nm_route_day *day = day_of(route, nm_zone_local(route->zone, t), &second);

	for (size_t i = day->n; i-- > 0 && day->changes[i].minute * 60 > second;)
		minute = day->changes[i].minute;
	next = t + (int64_t)minute * 60 - second;
	return next < change ? next : change;
}

int nm_route_situation(const struct nm_route *route, nm_time t)
{
	size_t i = exception_after(route, t);

	if (i < route->n_exceptions && route->exceptions[i].span.from <= t)
		return route->exceptions[i].situation;
	return week_situation(route, t);
}

nm_time nm_route_next(const struct nm_route *route, nm_time t)
{
	size_t i = exception_after(route, t);
	nm_time next;

	if (i < route->n_exceptions && route->exceptions[i].span.from <= t) {
		next = route->exceptions[i].span.until;
	} else {
		next = week_next(route, t);
		if (i < route->n_exceptions && route->exceptions[i].span.from < next)
			next = route->exceptions[i].span.from;
	}
	return next >= route->until ? NM_TIME_MAX : next;
}

/* What the week says at walk->t, and until when. */
static void walk_week(struct nm_route_walk *walk)
{
	nm_local local = walk->t + walk->offset;
	int64_t day = nm_local_day(local);
	const struct nm_route_day *pattern = &walk->route->week[nm_weekday(day)];
	int second = (int)(local - day * NM_DAY), end = NM_DAY;
	size_t i = pattern->n;

	for (; i > 1 && pattern->changes[i - 1].minute * 60 > second; i--)
		end = pattern->changes[i - 1].minute * 60;
	walk->situation = pattern->changes[i - 1].situation;
	walk->end = walk->t + end - second;
	if (walk->end > walk->change)
		walk->end = walk->change;
}

void nm_route_walk_to(struct nm_route_walk *walk, nm_time t)
{
	const struct nm_route *route = walk->route;
	const struct nm_exception *next;

	walk->t = t;
	if (t < walk->end)
		return;
	if (t >= walk->change) {
		walk->offset = nm_zone_offset(route->zone, t);
		walk->change = nm_zone_next_change(route->zone, t);
	}
	while (walk->exception < route->n_exceptions && route->exceptions[walk->exception].span.until <= t)
		walk->exception++;
	next = walk->exception < route->n_exceptions ? &route->exceptions[walk->exception] : NULL;
	if (next != NULL && next->span.from <= t) {
		walk->situation = next->situation;
		walk->end = next->span.until;
		return;
	}
	walk_week(walk);
	if (next != NULL && next->span.from < walk->end)
		walk->end = next->span.from;
}

void nm_route_walk_begin(struct nm_route_walk *walk, const struct nm_route *route, nm_time t)
{
	*walk = (struct nm_route_walk){ .route = route, .t = t, .end = t, .change = t };
	walk->exception = exception_after(route, t);
	nm_route_walk_to(walk, t);
}

/* Do the digits of number begin with those of prefix?  A prefix of no digits begins every number. */
static bool begins_with(nm_number number, nm_number prefix)
{
	while (number > prefix)
		number /= 10;
	return number == prefix;
}

static bool pattern_matches(const struct nm_caller_pattern *pattern, struct nm_caller caller)
{
	if (caller.anonymous || pattern->anonymous)
		return caller.anonymous && pattern->anonymous;
	if (caller.number == 0)
		return false;
	return pattern->prefix ? begins_with(caller.number, pattern->number)
			       : caller.number == pattern->number;
}

uint64_t nm_route_groups(const struct nm_route *route, struct nm_caller caller)
{
	uint64_t groups = 0;

	for (size_t g = 0; g < route->n_groups; g++)
		for (size_t i = 0; i < route->groups[g].n; i++)
			if (pattern_matches(&route->groups[g].patterns[i], caller)) {
				groups |= (uint64_t)1 << g;
				break;
			}
	return groups;
}

const struct nm_treatment *nm_route_treatment(const struct nm_route *route, nm_time t,
					      struct nm_caller caller, bool key)
{
	const struct nm_situation *situation = &route->situations[nm_route_situation(route, t)];
	int treatment;
	size_t c = nm_route_class_of(route, nm_route_groups(route, caller));

	treatment = key ? situation->key[c] : situation->treatment[c];
	return treatment < 0 ? NULL : route->treatments[treatment];
}

const struct nm_treatment *nm_route_call(const struct nm_route *route, nm_time t, struct nm_caller caller,
					 bool emergency)
{
	const struct nm_treatment *treatment = nm_route_treatment(route, t, caller, false);

	if (!emergency || (treatment != NULL && treatment->emergency))
		return treatment;
	return nm_route_treatment(route, t, caller, true);
}

size_t nm_route_class_of(const struct nm_route *route, uint64_t groups)
{
	for (size_t c = 0; c < route->n_classes; c++)
		if (route->classes[c].groups == groups)
			return c;
	return 0;
}
