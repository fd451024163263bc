/* SPDX-License-Identifier: MIT */
/*
 * Turning what a carrier holds back into a route, the part that is the same for all drivers.  A driver reads
 * its carrier's language and tells a lifter which groups of callers it tells apart and at which times it may
 * change its mind; then it is asked, for each stretch of time and class of callers, what a call gets.
 */
#ifndef CORE_CARRIER_LIFTER_H
#define CORE_CARRIER_LIFTER_H

#include "core/carrier/facts.h"

struct nm_lifter {
	struct nm_facts facts; /* facts.route is the route in the making */
	size_t n_groups, groups_capacity;
	struct nm_route_group *groups; /* malloc'd; patterns in the route's arena */
	size_t n_times, times_capacity;
	nm_time *times; /* malloc'd */
	size_t n_minutes;
	bool minutes[24 * 60];     /* of the wall clock, at which something may change every day */
	char key;                  /* the emergency key, when there is one; 0 */
};

/* Begins with the facts of the artefact. */
enum nm_code nm_lifter_begin(const struct nm_artefact *artefact, struct nm_lifter *lifter,
			     struct nm_error *err) NM_WARN_UNUSED;
/* Index of the group of exactly these callers, new or as before; named as in the plan where it has such a
 * one.  NM_INPUT: more than NM_PLAN_GROUPS. */
enum nm_code nm_lifter_group(struct nm_lifter *lifter, const struct nm_caller_pattern *patterns, size_t n,
			     int *group, struct nm_error *err) NM_WARN_UNUSED;
/* Something may change at this instant; at this minute of every local day (0 to 1440). */
enum nm_code nm_lifter_at(struct nm_lifter *lifter, nm_time t, struct nm_error *err) NM_WARN_UNUSED;
void nm_lifter_daily(struct nm_lifter *lifter, int minute);

/* What a caller in these groups gets at t; with key: who presses the key in a greeting (*out NULL: nothing
 * changes).  The treatment comes from the arena. */
typedef enum nm_code nm_lifter_treat(void *context, nm_time t, uint64_t groups, bool key,
				     struct nm_arena *arena, struct nm_treatment **out, struct nm_error *err);
/* Asks for everything and makes the route; the lifter is cleared, whatever happens. */
enum nm_code nm_lifter_finish(struct nm_lifter *lifter, nm_lifter_treat *treat, void *context,
			      struct nm_route **out, struct nm_error *err) NM_WARN_UNUSED;
void nm_lifter_clear(struct nm_lifter *lifter);

/* For drivers: a treatment that rings somebody (NM_VERDICT_PATH, no steps yet), and its steps one by one.
 * NULL and false: out of memory. */
struct nm_treatment *nm_lifter_path(struct nm_arena *arena);
bool nm_lifter_step(struct nm_arena *arena, struct nm_treatment *treatment, const struct nm_party *parties,
		    size_t n, enum nm_ring_time ring_time, int for_s);

#endif
