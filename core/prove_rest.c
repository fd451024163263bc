/* SPDX-License-Identifier: MIT */
/*
 * A resting state that is safe: of the paths that a line ever gets, one that could be left in force for good, should the
 * agent not run.  Comes in: the prover after its walk.  Goes out: the path, and what a call then gets.
 *
 * It is put there as an override puts it: callers who are turned away by name, and emergencies, keep what they have.
 */
#include "check_private.h"

/* A path on trial. */
struct trial {
	struct nm_prover *prover;
	int line;
	struct nm_decision decision; /* some rule's or override's, that takes it */
};

/* What a call gets while the path is in force, set at this state. */
static struct nm_case *trial_case(const struct trial *trial, uint32_t state, int caller, bool emergency)
{
	struct nm_case *one = nm_case_get(trial->prover, state, trial->line, caller, emergency);

	if (!one || one->decision.emergency || nm_case_kept_out(trial->prover, one))
		return one;
	return nm_case_decided(trial->prover, trial->decision, state, trial->line, caller);
}

/* When nobody human answers, does somebody take the call who was meant to? */
static bool is_taken(const struct nm_case *one)
{
	return one->nobody.result == NM_ANSWERED || one->nobody.result == NM_TO_VOICEMAIL;
}

/* no-live-answer, dead-end, swallowed, emergency-no-human. */
static bool has_hole(struct nm_prover *prover, const struct nm_case *one)
{
	return one->endless || one->decision.verdict != NM_VERDICT_PATH || !is_taken(one) ||
	       !nm_case_first_live(prover, one, one->decision.by == NM_BY_EMERGENCY);
}

/* Does it break a guarantee that is about such a call in this state? */
static bool breaks_any(const struct trial *trial, struct nm_case *one, uint32_t state, int caller)
{
	struct nm_prover *prover = trial->prover;

	for (size_t i = 0; i < prover->checker->plan->n_guarantees && !prover->code; i++) {
		bool breaks = false;

		if (!nm_prover_covers(prover, i, state, trial->line, caller, one->decision.emergency))
			continue;
		if (one->proofs[i] == NM_PROOF_NONE) {
			prover->code = nm_case_breaks(prover, one, (int)i, &breaks);
			one->proofs[i] = breaks ? NM_PROOF_BROKEN : NM_PROOF_HOLDS;
		}
		if (one->proofs[i] == NM_PROOF_BROKEN)
			return true;
	}
	return false;
}

/* Set at one state and in force in another: is a call of this class safe, and one in which the key is pressed? */
static bool is_safe(const struct trial *trial, uint32_t set, uint32_t state, int caller)
{
	struct nm_prover *prover = trial->prover;
	bool emergency = false;

	for (;;) {
		struct nm_case *one = trial_case(trial, set, caller, emergency);

		if (one && !one->judged)
			prover->code = nm_case_judge(prover, one);
		if (!one || prover->code)
			return false;
		if (nm_case_kept_out(prover, one))
			return true;
		if (has_hole(prover, one) || breaks_any(trial, one, state, caller))
			return false;
		if (emergency || one->decision.emergency || !one->greets || !prover->checker->plan->emergency.key)
			return true;
		emergency = true;
	}
}

/* Set now, it must do at all times; and so must what is left of it without those who are not there then, since what is
 * frozen rings them in vain. */
static bool could_rest(const struct trial *trial)
{
	const struct nm_checker *checker = trial->prover->checker;
	const uint32_t now = nm_checker_state(checker);

	for (uint32_t state = 0; state < checker->timeline->n_states; state++)
		for (int caller = 0; caller < (int)checker->classes.n; caller++)
			if (!is_safe(trial, now, state, caller) || !is_safe(trial, state, state, caller))
				return false;
	return true;
}

/* What a caller then gets who is not turned away. */
static const struct nm_case *shown(const struct trial *trial)
{
	const struct nm_checker *checker = trial->prover->checker;

	for (int caller = 0; caller < (int)checker->classes.n; caller++) {
		const struct nm_case *one = trial_case(trial, nm_checker_state(checker), caller, false);

		if (one && one->decision.path == trial->decision.path)
			return one;
	}
	return NULL;
}

/* An AI or staff first ahead of the owner, who sleeps too; then whoever is rung sooner. */
static bool protects_more(struct nm_prover *prover, const struct nm_case *a, const struct nm_case *b)
{
	const struct nm_destination *destinations = prover->checker->plan->destinations;
	const struct nm_rung *x = nm_case_first_live(prover, a, false), *y = nm_case_first_live(prover, b, false);
	const bool owner_x = destinations[x->destination].kind == NM_PERSONAL;
	const bool owner_y = destinations[y->destination].kind == NM_PERSONAL;

	return owner_x != owner_y ? owner_y : x->at_s < y->at_s;
}

static void try_decision(struct nm_prover *prover, int line, const struct nm_decision *decision, bool *tried,
			 const struct nm_case **best)
{
	const struct trial trial = { .prover = prover, .line = line, .decision = *decision };
	const struct nm_case *one;

	if (decision->verdict != NM_VERDICT_PATH || decision->emergency || tried[decision->path])
		return;
	tried[decision->path] = true;
	if (!could_rest(&trial))
		return;
	one = shown(&trial);
	if (one && (!*best || protects_more(prover, one, *best)))
		*best = one;
}

const struct nm_case *nm_prove_rest(struct nm_prover *prover, int line)
{
	const struct nm_checker *checker = prover->checker;
	bool *tried = nm_arena_alloc(checker->arena, checker->plan->n_paths, sizeof *tried);
	const struct nm_case *best = NULL;

	if (!tried)
		prover->code = nm_fail_memory(prover->err);
	for (uint32_t state = 0; tried && state < checker->timeline->n_states; state++) {
		for (int caller = 0; caller < (int)checker->classes.n; caller++) {
			const struct nm_case *one =
				prover->code ? NULL : nm_case_get(prover, state, line, caller, false);

			if (!one)
				return NULL;
			try_decision(prover, line, &one->decision, tried, &best);
		}
	}
	return prover->code ? NULL : best;
}
