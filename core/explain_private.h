/* SPDX-License-Identifier: MIT */
/*
 * Core's own: the parts of explaining a call (explain.h).
 */
#ifndef CORE_EXPLAIN_PRIVATE_H
#define CORE_EXPLAIN_PRIVATE_H

#include "nevermiss/explain.h"

/* A version of the plan that was read; NULL: it does not read any more. */
struct nm_explainer_version {
	int64_t id;
	struct nm_plan *plan;
};

struct nm_explainer {
	const struct nm_plan *today;
	struct nm_store *store;
	size_t n, capacity;
	struct nm_explainer_version *versions; /* read by now: what was explained borrows from their plans */
};

/* The plan that was pushed to the line then; *version 0: it is not known, and this is today's. */
enum nm_code nm_explainer_plan(struct nm_explainer *explainer, int64_t *version, const struct nm_plan **out,
			       struct nm_error *err) NM_WARN_UNUSED;
/* The plan's line of the call's number, or else of its name; -1: none. */
int nm_explain_line(const struct nm_plan *plan, const struct nm_call_entry *call);

/* A plan, and what is changed of it for one try. */
struct nm_explain_variant {
	struct nm_store *store;
	const struct nm_plan *plan;
	bool held, emergency;
	int later_s;
};
/* Plays it; NM_INPUT: the plan does not have the line. */
enum nm_code nm_explain_simulate(const struct nm_explain_variant *variant, const struct nm_call_entry *call,
				 struct nm_simulation **out, struct nm_error *err) NM_WARN_UNUSED;
/* The call beside a treatment (the arena's) of the line, with the plan's names.  by: what it is of, as the sentences say
 * it.  Of *out is written what nm_explain_compare does. */
enum nm_code nm_explain_beside(const struct nm_explain_variant *variant, const struct nm_call_entry *call,
			       const struct nm_treatment *treatment, const char *by, struct nm_arena *arena,
			       struct nm_explanation *out, struct nm_error *err) NM_WARN_UNUSED;

/* The call beside what a treatment makes of it.  Of *out are written: verdict, where they part, and what is expected. */
struct nm_comparison {
	const struct nm_call_entry *call;
	const struct nm_treatment *treatment;
	const struct nm_traits *traits; /* of the line's carrier */
	const char *by;                 /* "the plan": whose treatment it is */
	struct nm_arena *arena;
};
enum nm_code nm_explain_compare(const struct nm_comparison *comparison, struct nm_explanation *out,
				struct nm_error *err) NM_WARN_UNUSED;

/* A step, its parties' legs (index into the call's; n of the call: none), and what the steps behind left of the call. */
struct nm_explain_step {
	const struct nm_treatment_step *step;
	const size_t *legs;
	bool first;   /* that rings somebody: the greeting plays before it */
	int lasted_s; /* as its legs tell; -1: they do not */
	int hangup_s; /* from its beginning; -1 */
};
enum nm_code nm_explain_play(const struct nm_comparison *comparison, const struct nm_explain_step *step,
			     struct nm_outcome *out, struct nm_error *err) NM_WARN_UNUSED;
/* A voicemail is in it, which has the call before a phone can ring. */
bool nm_explain_takes_at_once(const struct nm_treatment_step *step);

/* The record as the events of a call. */
enum nm_code nm_explain_real(const struct nm_call_entry *call, struct nm_arena *arena, struct nm_outcome *out,
			     struct nm_error *err) NM_WARN_UNUSED;

/* Does the record say who was rung, or that nobody was? */
bool nm_explain_tells(const struct nm_call_entry *call);
/* It does not, but that none of them answered. */
bool nm_explain_unanswered(const struct nm_call_entry *call);
/* Whose leg it is, in a word. */
const char *nm_explain_leg_name(const struct nm_call_leg *leg);
/* The leg that had the call in the end; call->n: none did. */
size_t nm_explain_taker(const struct nm_call_entry *call);
/* Seconds from the call's arrival until the leg began, until it no longer rang, and until it was over; -1: not known. */
int nm_explain_began(const struct nm_call_entry *call, const struct nm_call_leg *leg);
int nm_explain_rang_until(const struct nm_call_entry *call, const struct nm_call_leg *leg);
int nm_explain_ended(const struct nm_call_entry *call, const struct nm_call_leg *leg);

#endif
