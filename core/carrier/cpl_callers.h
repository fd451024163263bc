/* SPDX-License-Identifier: MIT */
/*
 * The callers that a script tells apart, the most specific first: whole numbers, then beginnings from the
 * longest to the shortest.  The first one that a caller is decides everything about that caller.
 */
#ifndef CORE_CARRIER_CPL_CALLERS_H
#define CORE_CARRIER_CPL_CALLERS_H

#include "nevermiss/plan.h"

#define NM_CPL_ANONYMOUS "anonymous" /* the user of a From without a number (RFC 3323) */

struct nm_cpl_caller {
	struct nm_caller_pattern pattern;
	char text[NM_NUMBER_TEXT]; /* as it stands in a script */
	size_t wider;              /* the next, less specific one that covers it; the list's n: none */
};

struct nm_cpl_callers {
	size_t n, n_whole, capacity; /* n_whole: the first ones, which are no beginnings */
	struct nm_cpl_caller *items; /* malloc'd */
};

/* Beside nobody else. */
struct nm_cpl_caller nm_cpl_caller_of(const struct nm_caller_pattern *pattern);

/* false: memory. */
bool nm_cpl_callers_add(struct nm_cpl_callers *callers, const struct nm_caller_pattern *pattern);
/* When all are added: sorts them, each once, and finds who covers whom. */
void nm_cpl_callers_settle(struct nm_cpl_callers *callers);
void nm_cpl_callers_clear(struct nm_cpl_callers *callers);
bool nm_cpl_caller_same(const struct nm_caller_pattern *a, const struct nm_caller_pattern *b);
/* Is everybody who is b an a as well? */
bool nm_cpl_caller_covers(const struct nm_cpl_caller *a, const struct nm_cpl_caller *b);

#endif
