/* SPDX-License-Identifier: MIT */
/*
 * Numbers that want no texts: from no line, for good.  Kept as keyed hashes, which a number is known by and which
 * tell none, so that they outlive what else is forgotten of a customer (design.md 9).
 */
#ifndef NEVERMISS_OPTOUT_H
#define NEVERMISS_OPTOUT_H

#include "nevermiss/number.h"
#include "nevermiss/store.h"

/* How it is known.  Kept in stores by these numbers. */
enum nm_optout_how {
	NM_OPTOUT_REPLY = 0,   /* a text of that number said so */
	NM_OPTOUT_CARRIER = 1, /* its carrier did, when one was to be sent */
	NM_OPTOUT_TOLD = 2     /* the last: somebody wrote it down here */
};

/* Does a text say that its sender wants none?  One of STOP, STOPALL, QUIT, END, REVOKE, OPT OUT, CANCEL, UNSUBSCRIBE
 * (47 CFR 64.1200 (a)(10)) in any case, alone but for blanks, punctuation and symbols, which may stand in it too. */
bool nm_optout_said(const char *body);

/* A number that is known already stays as it is.  It cannot be taken back: START is none of our words. */
enum nm_code nm_store_optout_add(struct nm_store *store, nm_number number, nm_time at, enum nm_optout_how how,
				 struct nm_error *err) NM_WARN_UNUSED;
/* how: only when it is found. */
enum nm_code nm_store_optout_find(struct nm_store *store, nm_number number, bool *found, enum nm_optout_how *how,
				  struct nm_error *err) NM_WARN_UNUSED;

/* NM_REFUSED says that the number wants no texts, and how that is known. */
enum nm_code nm_optout_check(struct nm_store *store, nm_number number, struct nm_error *err) NM_WARN_UNUSED;

#endif
