/* SPDX-License-Identifier: MIT */
/*
 * The weeks of a route's horizon, sorted into few kinds: a rotation makes two or three weeks take turns, and to
 * write each of them as what it is takes far less than to write what it has in other ways than the commonest.
 */
#ifndef CORE_CARRIER_CPL_WEEKS_H
#define CORE_CARRIER_CPL_WEEKS_H

#include "nevermiss/route.h"

/* From a minute of the week on, Monday 00:00 first. */
struct nm_cpl_change {
	int minute;
	const char *then;
};

struct nm_cpl_week {
	size_t n, capacity;
	struct nm_cpl_change *changes; /* malloc'd */
};

/* Weeks of one kind, one after the other. */
struct nm_cpl_run {
	struct nm_span span;
	size_t kind;
};

struct nm_cpl_weeks {
	size_t n_kinds, kinds_capacity;
	struct nm_cpl_week *kinds; /* malloc'd; the first one is the route's own week */
	size_t n_runs, runs_capacity;
	struct nm_cpl_run *runs; /* malloc'd, in order; what is in none of them is of the first kind */
};

/* then: of each situation of the route.  false: memory. */
bool nm_cpl_weeks_build(const struct nm_route *route, const char *const *then, struct nm_cpl_weeks *out);
void nm_cpl_weeks_clear(struct nm_cpl_weeks *weeks);
/* What holds at t as far as kinds of weeks say. */
const char *nm_cpl_weeks_at(const struct nm_cpl_weeks *weeks, const struct nm_zone *zone, nm_time t);

#endif
