/* SPDX-License-Identifier: MIT */
/*
 * Calling a customer back: the carrier of the line that they called rings one of the business's people, and puts who
 * answers through to the customer.  Both see the line's number.  Each attempt stands in the follow-up's deeds, ahead of
 * the call.
 */
#ifndef NEVERMISS_CALL_BACK_H
#define NEVERMISS_CALL_BACK_H

#include "nevermiss/followup.h"

#define NM_CALL_BACK_PERSON_S 20   /* who calls back is rung so long, or less ahead of their own voicemail */
#define NM_CALL_BACK_CUSTOMER_S 30 /* and the customer */

struct nm_call_back {
	int64_t followup;
	nm_number customer;
	int line;        /* through whose carrier it goes, and whose number both see */
	int destination; /* who calls back */
	nm_number person; /* theirs */
	int person_s;    /* they are rung so long */
	bool confirm;    /* the customer is rung only when they have pressed 1: as the plan says of them, where the line's account can ask */
};

/* What of it would be done now.  destination: who calls back; -1: the first of the business's people whom a call of the
 * customer would ring now, else the first person of the plan.  NM_INPUT or NM_REFUSED say why there is none: it has ended,
 * its number is not known, is the plan's own, is rejected by a rule, or is one that nm_plan_toll lets nobody call; the line's
 * carrier cannot. */
enum nm_code nm_call_back_plan(const struct nm_plan *plan, const struct nm_followup *followup, int destination,
			       nm_time now, struct nm_call_back *out, struct nm_error *err) NM_WARN_UNUSED;

enum nm_call_back_end {
	NM_CALL_BACK_REACHED,   /* the two talk, or did */
	NM_CALL_BACK_NO_ANSWER, /* the customer did not answer: a try */
	NM_CALL_BACK_NOBODY,    /* who should call back did not take it: the customer was not rung */
	NM_CALL_BACK_UNKNOWN    /* it was not over by the time that nobody follows it any more */
};

/* "the customer was reached" */
const char *nm_call_back_words(enum nm_call_back_end end);

/* Places it, and follows it until it is known whether the customer was reached.  Written down before as a deed, without
 * which nothing is placed, and what became of it afterwards; never places two.  NM_CARRIER: the carrier failed, with what
 * is known in the text, which is a deed as well.  The context's `idle` may stop the following, not the call. */
enum nm_code nm_call_back_place(const struct nm_push_context *context, const struct nm_call_back *call,
				enum nm_call_back_end *out, struct nm_error *err) NM_WARN_UNUSED;

#endif
