/* SPDX-License-Identifier: MIT */
/* Core's own: is a call that comes under an id the one that is kept under it, or do ids begin anew? */
#ifndef CORE_CALL_SAME_H
#define CORE_CALL_SAME_H

#include "nevermiss/calls.h"

/* What is asked of either call. */
struct nm_call_ring {
	struct nm_caller caller;
	nm_time began, ended; /* ended 0: not known */
};

/* The same: it began at the same second; or it has the same known caller, is as long where both lengths are known, and
 * began so far from it as a corrected clock or date is: less than a minute (one that is rounded), quarters of an hour
 * up to 26 hours (another time zone), or day and month the other way round. */
bool nm_call_same(const struct nm_call_ring *a, const struct nm_call_ring *b);

#endif
