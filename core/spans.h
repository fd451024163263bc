/* SPDX-License-Identifier: MIT */
/*
 * Core's own: calendars as spans of instants and as dates, for the timeline and for words about it.
 */
#ifndef CORE_SPANS_H
#define CORE_SPANS_H

#include "nevermiss/timeline.h"

/* Holidays are looked up this far outside a window: a day offset (`PH -1 day`) reaches over its edge. */
#define NM_HOLIDAY_MARGIN (14 * (int64_t)NM_DAY)

/* What a window may hold: 1900-01-01 to 2999-12-31, far from any overflow. */
#define NM_TIMELINE_FIRST (-2208988800)
#define NM_TIMELINE_LAST 32503680000

struct nm_spans {
	struct nm_span *items; /* malloc'd; sorted, disjoint, not touching */
	size_t n;
};

/* When an event of the calendar is busy.  A calendar that was never read has no events. */
enum nm_code nm_spans_of_calendar(const struct nm_plan *plan, int calendar, nm_time from, nm_time until,
				  struct nm_spans *out, struct nm_error *err) NM_WARN_UNUSED;

#endif
