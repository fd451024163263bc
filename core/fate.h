/* SPDX-License-Identifier: MIT */
/*
 * Core's own: what a call of the log counts as in the figures, and for how long it was talked.
 */
#ifndef CORE_FATE_H
#define CORE_FATE_H

#include "nevermiss/report.h"

/* In the order of nm_figures.  Kept in stores by these numbers (store_sums.c). */
enum nm_fate {
	NM_FATE_ANSWERED = 0,
	NM_FATE_PERHAPS = 1,
	NM_FATE_VOICEMAIL = 2,
	NM_FATE_SWALLOWED = 3,
	NM_FATE_LOST = 4,
	NM_FATE_ABANDONED = 5,
	NM_FATE_SHORT = 6,
	NM_FATE_REJECTED = 7,
	NM_FATE_UNKNOWN = 8,
	NM_FATE_WENT_ON = 9, /* unknown here: it stands in another line's log, too */
	NM_FATE_UNTOLD = 10, /* answered, by a person or a voicemail: the record does not say */
	NM_FATE_PERHAPS_SWALLOWED = 11 /* probably so: a person may have answered */
};
#define NM_FATE_LAST NM_FATE_PERHAPS_SWALLOWED

enum nm_fate nm_fate_of(const struct nm_call_brief *call);

/* Sets of fates: a report asks of a hundred thousand sums which their fate is in. */
#define NM_FATES_MISSED                                                                                      \
	(1u << NM_FATE_VOICEMAIL | 1u << NM_FATE_SWALLOWED | 1u << NM_FATE_LOST | 1u << NM_FATE_ABANDONED |  \
	 1u << NM_FATE_PERHAPS_SWALLOWED)
#define NM_FATES_POSSIBLE (1u << NM_FATE_ANSWERED | 1u << NM_FATE_PERHAPS | 1u << NM_FATE_PERHAPS_SWALLOWED)
#define NM_FATES_APART                                                                                       \
	(1u << NM_FATE_REJECTED | 1u << NM_FATE_UNKNOWN | 1u << NM_FATE_WENT_ON | 1u << NM_FATE_UNTOLD)

/* Nobody answered, as far as can be told, and somebody could have. */
static inline bool nm_fate_missed(enum nm_fate fate)
{
	return (NM_FATES_MISSED >> fate & 1) != 0;
}

/* Did somebody answer, for certain or as is possible? */
static inline bool nm_fate_possible(enum nm_fate fate)
{
	return (NM_FATES_POSSIBLE >> fate & 1) != 0;
}

/* What nobody can say of it is whether it reached anybody: no matter has it, and of layers only "not told". */
static inline bool nm_fate_apart(enum nm_fate fate)
{
	return (NM_FATES_APART >> fate & 1) != 0;
}

/* Seconds from the answer to the end; 0 when they are not known. */
int64_t nm_call_talked_s(const struct nm_call_brief *call);

#endif
