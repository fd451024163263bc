/* SPDX-License-Identifier: MIT */
/*
 * Core's own: the numbers of a plan to which calls may not go by the rule of nm_plan_toll.  The finding
 * forbidden-number, a push and a rollback ask here.
 */
#ifndef CORE_TOLL_H
#define CORE_TOLL_H

#include "nevermiss/plan.h"

/* A number of the plan to which calls may not go. */
struct nm_toll_number {
	nm_number number;
	struct nm_pos pos; /* of what has it */
	const char *words; /* "destination ann, +44 207 946 0000, is in GB, not in the plan's country" */
};

/* All numbers of the plan to which calls may not go, in its order: first destinations, then fallbacks.  Array and
 * texts from the arena. */
enum nm_code nm_toll_find(const struct nm_plan *plan, struct nm_arena *arena, const struct nm_toll_number **out, size_t *n,
			  struct nm_error *err) NM_WARN_UNUSED;

#endif
