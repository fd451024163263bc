/* SPDX-License-Identifier: MIT */
/*
 * Many decisions at once: the timeline, the classes of callers and the rules of one line compiled
 * into tables, for replaying call logs and for listing whole decisions as windows.  The answers are
 * those of nm_decide for calls that are not emergencies by themselves.
 */
#ifndef NEVERMISS_DECIDER_H
#define NEVERMISS_DECIDER_H

#include "nevermiss/decide.h"
#include "nevermiss/timeline.h"

/* What stands for a caller without a number. */
#define NM_ANONYMOUS UINT64_MAX

/* A rule as a small number: 0 when nothing matches, otherwise what nm_decider_decision explains. */
#define NM_RULE_NOTHING 0
#define NM_RULE_OUTSIDE UINT16_MAX /* the call lies outside the timeline's window */

struct nm_decider;

struct nm_decider_call {
	nm_time at;
	nm_number number; /* or NM_ANONYMOUS */
};

/* The decider keeps nothing of the timeline, but borrows the plan. */
enum nm_code nm_decider_build(const struct nm_timeline *timeline, const struct nm_classes *classes, int line,
			      struct nm_decider **out, struct nm_error *err) NM_WARN_UNUSED;
void nm_decider_free(struct nm_decider *decider);

uint16_t nm_decider_rule(const struct nm_decider *decider, nm_time at, nm_number number);
/* out[i] is the rule of calls[i]. */
void nm_decider_run(const struct nm_decider *decider, const struct nm_decider_call *calls, size_t n, uint16_t *out);

/* All rules are below this. */
size_t nm_plan_rules_count(const struct nm_plan *plan);
/* The decision behind a rule; `emergency` is set only for the emergency protocol's own. */
struct nm_decision nm_plan_rule_decision(const struct nm_plan *plan, uint16_t rule);

/* From `from` on callers of this class get this rule. */
struct nm_decided {
	nm_time from;
	uint16_t rule;
};

/* For each class what holds from when on: sorted, neighbours differ, the first is at the window's begin. */
struct nm_decided_list {
	size_t n;
	struct nm_decided *items; /* malloc'd */
};

struct nm_decided_classes {
	struct nm_arena *arena;
	size_t n; /* classes */
	struct nm_decided_list *lists;
};

enum nm_code nm_decided_build(const struct nm_timeline *timeline, const struct nm_classes *classes, int line,
			      struct nm_decided_classes *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_decided_clear(struct nm_decided_classes *decided);

#endif
