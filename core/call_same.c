/* SPDX-License-Identifier: MIT */
/*
 * Whether two records of one id tell of one call: see call_same.h.  A telephone system that starts anew may count its
 * calls from 1 again, so a record that merely shares id and caller with a kept one must not take its place.
 */
#include "core/call_same.h"

#include <stdlib.h>

#define ROUNDED_S 60
#define ZONE_STEP_S 900
#define ZONES_S (26 * 3600) /* from UTC-12 to UTC+14 */

/* -1: not known */
static nm_time length_of(const struct nm_call_ring *call)
{
	return call->ended > call->began ? call->ended - call->began : -1;
}

static bool as_long(const struct nm_call_ring *a, const struct nm_call_ring *b, nm_time slack)
{
	const nm_time x = length_of(a), y = length_of(b);

	return x < 0 || y < 0 || llabs(x - y) <= slack;
}

static bool is_swapped(nm_local a, nm_local b)
{
	const struct nm_date x = nm_date_from_days(nm_local_day(a));

	return x.day <= 12 && x.day != x.month &&
	       nm_days_from_date(x.year, x.day, x.month) * NM_DAY + (a - nm_local_day(a) * NM_DAY) == b;
}

/* "11/12" read as 12 November and as 11 December, at the same time of day on some clock, which may have been put forward
 * or back between the two. */
static bool swapped_anywhere(nm_time a, nm_time b)
{
	for (int offset = -12; offset <= 14; offset++)
		for (int shift = -1; shift <= 1; shift++)
			if (is_swapped(a + offset * 3600, b + (offset + shift) * 3600))
				return true;
	return false;
}

bool nm_call_same(const struct nm_call_ring *a, const struct nm_call_ring *b)
{
	const nm_time apart = llabs(a->began - b->began);

	if (apart == 0)
		return true;
	if (a->caller.number == 0 || a->caller.anonymous || b->caller.anonymous || a->caller.number != b->caller.number)
		return false;
	if (apart < ROUNDED_S)
		return as_long(a, b, ROUNDED_S);
	if (!as_long(a, b, 0))
		return false;
	return (apart % ZONE_STEP_S == 0 && apart <= ZONES_S) || swapped_anywhere(a->began, b->began);
}
