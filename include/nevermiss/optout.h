/* SPDX-License-Identifier: MIT */
/*
 * Numbers that want no texts: from no line, for good.  Kept as keyed hashes, which a number is known by and which
 * tell none, so that they outlive what else is forgotten of a customer (design.md 9).
 */
#ifndef NEVERMISS_OPTOUT_H
#define NEVERMISS_OPTOUT_H

#include "nevermiss/number.h"
#include "nevermiss/plan.h"
#include "nevermiss/store.h"

/* How it is known.  Kept in stores by these numbers. */
enum nm_optout_how {
	NM_OPTOUT_REPLY = 0,   /* a text of that number said so */
	NM_OPTOUT_CARRIER = 1, /* its carrier did, when one was to be sent */
	NM_OPTOUT_TOLD = 2     /* the last: somebody wrote it down here */
};

/* Does a text say that its sender wants none?  As words of their own, in any case and whatever punctuation or symbols
 * stand between them: STOP, STOPALL, UNSUBSCRIBE, REVOKE, OPT OUT (OPT ME OUT), DO NOT TEXT (DON'T TEXT, NEVER TEXT), NO
 * MORE TEXTS, END THIS anywhere in it; QUIT, END, CANCEL (CEASE) with TEXTS or the like close behind, or as the first of
 * at most three, what is polite not counted (47 CFR 64.1200 (a)(10) has most of them; it leaves others to what is
 * reasonable: a boiler quits, and appointments are cancelled). */
enum nm_optout_word {
	NM_OPTOUT_UNSAID,
	NM_OPTOUT_IN_DOUBT, /* one is there, among words that may make it mean another thing: "stop by tomorrow" */
	NM_OPTOUT_PLAIN     /* and nothing but what is polite and what is to stop */
};
enum nm_optout_word nm_optout_read(const char *body);
/* Of a text that says so nowhere: may it be meant all the same?  Another language's word or one of the above misspelt by a
 * letter in a text of at most three words; UNSUBSCRIBE misspelt anywhere; REMOVE ME, LEAVE ME ALONE and the
 * like; a longer text that begins with QUIT, END or CANCEL.  It ends nothing: a person decides. */
bool nm_optout_perhaps(const char *body);
/* Does it end texts to its sender?  In doubt too, but for a number of the plan's own: "I can stop by" from somebody whom
 * an emergency alerts is an answer. */
bool nm_optout_by(const struct nm_plan *plan, nm_number from, const char *body);

/* A number that is known already stays as it is.  It cannot be taken back: START is none of our words. */
enum nm_code nm_store_optout_add(struct nm_store *store, nm_number number, nm_time at, enum nm_optout_how how,
				 struct nm_error *err) NM_WARN_UNUSED;
/* how: only when it is found. */
enum nm_code nm_store_optout_find(struct nm_store *store, nm_number number, bool *found, enum nm_optout_how *how,
				  struct nm_error *err) NM_WARN_UNUSED;

/* NM_REFUSED says that the number wants no texts, and how that is known. */
enum nm_code nm_optout_check(struct nm_store *store, nm_number number, struct nm_error *err) NM_WARN_UNUSED;

#endif
