/* SPDX-License-Identifier: MIT */
/*
 * Core's own: what the timeline is made of besides hours: calendars as spans and as dates, and
 * everything that goes on and off seldom as switches.
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

/* At `at` bit `bit` of a state flips: schedules from bit 0, overrides from the next whole word on.
 * NM_SWITCH_TURN: `rotation` goes to destination `turn`. */
struct nm_switch {
	nm_time at;
	uint32_t bit;
	int16_t rotation, turn;
};

#define NM_SWITCH_TURN UINT32_MAX

struct nm_switches {
	struct nm_switch *items; /* malloc'd; sorted by at */
	size_t n, capacity;
};

/* Words that the bits of n schedules or overrides take. */
static inline size_t nm_words(size_t n)
{
	return (n + 63) / 64;
}

/* Calendars, overrides and rotations within a window; all is off before it.  *out is for free(items)
 * whether it fails or not. */
enum nm_code nm_switches_collect(const struct nm_plan *plan, struct nm_span window, struct nm_switches *out,
				 struct nm_error *err) NM_WARN_UNUSED;

#endif
