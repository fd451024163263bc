/* SPDX-License-Identifier: MIT */
/*
 * Whose turn it is.  In: a rotation and an instant; out: the destination on turn and when that may
 * change.  Turns of whole days are counted on the wall clock, so that they change at the same local
 * time all year; shorter ones are counted in elapsed seconds.  Knows no schedules and no states.
 */
#include "nevermiss/timeline.h"

static int64_t floor_div(int64_t a, int64_t b)
{
	int64_t q = a / b;

	return a % b < 0 ? q - 1 : q;
}

/* When turn k begins. */
static nm_time turn_start(const struct nm_plan *plan, const struct nm_rotation *rotation, int64_t k)
{
	if (rotation->every_s % NM_DAY == 0)
		return nm_zone_utc(plan->zone, rotation->from + k * rotation->every_s, NULL);
	return rotation->from_at + k * rotation->every_s;
}

static int64_t turn_number(const struct nm_plan *plan, const struct nm_rotation *rotation, nm_time t)
{
	int64_t k;

	if (rotation->every_s % NM_DAY != 0)
		return floor_div(t - rotation->from_at, rotation->every_s);
	/* The local time may be off by a clock change near the border: put right by the instants. */
	k = floor_div(nm_zone_local(plan->zone, t) - rotation->from, rotation->every_s);
	while (turn_start(plan, rotation, k) > t)
		k--;
	while (turn_start(plan, rotation, k + 1) <= t)
		k++;
	return k;
}

int nm_rotation_turn(const struct nm_plan *plan, const struct nm_rotation *rotation, nm_time t, nm_time *next)
{
	int64_t k, n = (int64_t)rotation->n;
	nm_time end;

	if (n == 0 || rotation->every_s <= 0 || t >= rotation->until_at) {
		if (next)
			*next = NM_TIME_MAX;
		return -1;
	}
	k = turn_number(plan, rotation, t);
	if (next) {
		end = n == 1 ? NM_TIME_MAX : turn_start(plan, rotation, k + 1);
		*next = end < rotation->until_at ? end : rotation->until_at;
	}
	return rotation->members[k - floor_div(k, n) * n];
}
