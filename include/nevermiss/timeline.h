/* SPDX-License-Identifier: MIT */
/*
 * The plan compiled for a window of time: intervals without hole or overlap, in each of which
 * nothing that the plan looks at changes.
 */
#ifndef NEVERMISS_TIMELINE_H
#define NEVERMISS_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nevermiss/plan.h"

#define NM_TIMELINE_YEARS 10

/* Everything about an instant that the plan can tell apart.  Equal states are one state. */
struct nm_state {
	const uint64_t *schedules; /* bit i: schedule i is on */
	const uint64_t *overrides; /* bit i: override i is in force */
	const int16_t *turns;      /* for each rotation the destination on turn; -1 when it is over */
};

struct nm_timeline {
	const struct nm_plan *plan; /* borrowed: must outlive the timeline */
	struct nm_arena *arena;
	nm_time from, until;
	size_t n;                   /* intervals */
	const nm_time *start;       /* n + 1 of them; start[0] == from, start[n] == until; owned */
	const uint32_t *state;      /* of each interval: index into states; neighbours differ; owned */
	size_t n_states;
	const struct nm_state *states;
};

/* from < until, at most NM_TIMELINE_YEARS apart, else NM_INPUT. */
enum nm_code nm_timeline_build(const struct nm_plan *plan, nm_time from, nm_time until,
			       struct nm_timeline **out, struct nm_error *err) NM_WARN_UNUSED;
void nm_timeline_free(struct nm_timeline *timeline);
/* Index of the interval that holds t; from <= t < until. */
size_t nm_timeline_find(const struct nm_timeline *timeline, nm_time t);
const struct nm_state *nm_timeline_state(const struct nm_timeline *timeline, nm_time t);

static inline bool nm_bit(const uint64_t *bits, int i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

/* Who is on turn at t (index of a destination; -1 when the rotation is over) and when that changes
 * (may be NULL).  Turns run both ways from `from`, days and weeks counted on the wall clock. */
int nm_rotation_turn(const struct nm_plan *plan, const struct nm_rotation *rotation, nm_time t, nm_time *next);

/* The holidays that a calendar (NULL: an empty one) means, as local dates within [from, until): every
 * date on which an event that is not cancelled lies (transparent ones too: public holiday feeds are).
 * malloc'd, never NULL. */
enum nm_code nm_holidays_of(const struct nm_ical *ical, const struct nm_zone *zone, nm_time from,
			    nm_time until, int32_t **days, size_t *n, struct nm_error *err) NM_WARN_UNUSED;

/* Words for why a schedule is on or off at t: "business is off: PH Thanksgiving Day",
 * "business is on (Mo-Fr 08:00-18:00)", "on-a-job: event \"Leak at Miller's\"". */
enum nm_code nm_schedule_why(const struct nm_plan *plan, int schedule, nm_time t, struct nm_buf *out,
			     struct nm_error *err) NM_WARN_UNUSED;

#endif
