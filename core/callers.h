/* SPDX-License-Identifier: MIT */
/*
 * Core's own: caller groups made ready for many look-ups.
 */
#ifndef CORE_CALLERS_H
#define CORE_CALLERS_H

#include "nevermiss/plan.h"

/* A number, or the digits that numbers begin with, and the groups it stands in. */
struct nm_caller_entry {
	nm_number number;
	uint64_t groups;
};

struct nm_caller_index {
	struct nm_caller_entry *exact, *prefixes; /* sorted by number, unique */
	size_t n_exact, n_prefixes;
	uint64_t anonymous; /* groups of a caller without a number */
};

enum nm_code nm_caller_index_build(const struct nm_plan *plan, struct nm_arena *arena,
				   struct nm_caller_index *out, struct nm_error *err) NM_WARN_UNUSED;
/* The same answer as nm_caller_groups. */
uint64_t nm_caller_index_groups(const struct nm_caller_index *index, struct nm_caller caller);

#endif
