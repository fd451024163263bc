/* SPDX-License-Identifier: MIT */
/*
 * Core's own: what each class of callers gets in each state of a timeline, for one line.
 */
#ifndef CORE_DECIDED_H
#define CORE_DECIDED_H

#include "nevermiss/decider.h"

struct nm_decision_table {
	size_t n_classes, n_rows;
	uint16_t *rules;   /* n_rows * n_classes; rows differ */
	uint32_t *row_of;  /* of each state */
};

/* All memory from the arena. */
enum nm_code nm_decision_table_build(const struct nm_timeline *timeline, const struct nm_classes *classes,
				     int line, struct nm_arena *arena, struct nm_decision_table *out,
				     struct nm_error *err) NM_WARN_UNUSED;

#endif
