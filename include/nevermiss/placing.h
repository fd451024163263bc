/* SPDX-License-Identifier: MIT */
/*
 * A test call for real: placed through a carrier, followed to its end, and held against the plan.
 */
#ifndef NEVERMISS_PLACING_H
#define NEVERMISS_PLACING_H

#include "nevermiss/decide.h"
#include "nevermiss/push.h"

/* Whether such a call may be placed.  Only lines of the plan are called, in countries that it may call,
 * and never a premium number; emergency numbers are no lines.  NM_REFUSED or NM_INPUT say why not. */
enum nm_code nm_placing_check(const struct nm_plan *plan, int line, nm_number from,
			      struct nm_error *err) NM_WARN_UNUSED;
/* How long the caller must stay on the line to see all of a treatment, nobody answering. */
int nm_placing_stay_s(const struct nm_treatment *treatment, int ring_extra_s);

struct nm_placing_result {
	struct nm_arena *arena; /* the texts' */
	struct nm_placed placed;
};

/* Places the call and follows it until all is over, for stay_s and some more at the most.  Never places
 * two: when it is not known whether a call was made, that one is looked for.  NM_CARRIER: it failed, with
 * what is known of a call that was made in the text.  The context's `idle` may stop it; the call itself
 * then goes on until stay_s. */
enum nm_code nm_placing_call(const struct nm_push_context *context, int line, nm_number from, int stay_s,
			     struct nm_placing_result *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_placing_result_clear(struct nm_placing_result *result);

/* --- what it showed --- */

/* A leg beside whom the plan rings. */
struct nm_placed_leg {
	const struct nm_leg *leg;
	const struct nm_party *party;         /* NULL: the plan does not ring it in this call, or not again */
	const struct nm_treatment_step *step; /* whose party that is */
	int t;                                /* seconds from the call's arrival at the line; -1: not known */
};

struct nm_placed_view {
	struct nm_arena *arena;
	struct nm_simulation *plain; /* of the same call, told nothing: whom the plan rings */
	struct nm_simulation *told;  /* the same, told what the phones did, as far as a script can say that */
	size_t n;
	struct nm_placed_leg *legs; /* in the order in which they rang */
	int answered;               /* index of the leg that took the call; -1: none did */
	int seconds;                /* from the call's arrival until then; -1: not known */
	size_t n_differences;
	const char **differences; /* where it was not as the plan says, each one sentence */
};

/* Who rang, in which order and for how long, who took the call, against the plan; `ring_extra_s` as the
 * carrier's traits say.  What a phone did (answer, be busy) is no difference, whatever it did. */
enum nm_code nm_placed_view(const struct nm_plan *plan, const struct nm_call *call,
			    const struct nm_placed *placed, int ring_extra_s, struct nm_placed_view *out,
			    struct nm_error *err) NM_WARN_UNUSED;
void nm_placed_view_clear(struct nm_placed_view *view);

const char *nm_leg_end_name(enum nm_leg_end end); /* "answered", "no-answer" */

#endif
