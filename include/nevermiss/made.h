/* SPDX-License-Identifier: MIT */
/*
 * Calls that the business made, as records tell of them.  One to a customer who waited for it is an attempt of that
 * follow-up; of any other nothing is kept.
 */
#ifndef NEVERMISS_MADE_H
#define NEVERMISS_MADE_H

#include "nevermiss/followup.h"

/* Answered for so long the two have talked, as far as a record can tell; for less it may have been a voicemail. */
#define NM_MADE_TALK_S 60
/* What somebody told within so long of the end of a talk, or the beginning of any other call, or nevermiss wrote of a call
 * that it placed, is about that call: one attempt, whichever of the two became known first. */
#define NM_MADE_TOLD_S (15 * 60)
#define NM_MADE_CLOCKS_S 60 /* so far the carrier's clock may be ahead of ours */

struct nm_made_list {
	size_t n, capacity;
	struct nm_made *items; /* malloc'd */
};

/* A copy; a call to a number of the plan's own, or of which no number is known, is left out.  NM_SYSTEM: out of memory. */
enum nm_code nm_made_add(struct nm_made_list *list, const struct nm_plan *plan, const struct nm_made *made,
			 struct nm_error *err) NM_WARN_UNUSED;
void nm_made_clear(struct nm_made_list *list);
/* Each call to a customer whose follow-up was open when it began becomes a deed of it, at that time: NM_DEED_REACHED or
 * NM_DEED_TRIED, by NM_FOLLOWUP_LOG, which ends no follow-up.  Done again it adds nothing, and what was taken back
 * stays so; likewise where somebody has told of that call already.  The calls may be in any order (they are sorted).
 * *attempts grows by what was added. */
enum nm_code nm_made_settle(struct nm_store *store, const struct nm_plan *plan, struct nm_made_list *list,
			    int64_t *attempts, struct nm_error *err) NM_WARN_UNUSED;

#endif
