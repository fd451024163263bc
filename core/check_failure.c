/* SPDX-License-Identifier: MIT */
/*
 * One thing failing: what becomes of a call when one of those it rings cannot be reached.
 * Comes in: a case with its probes.  Goes out: marks on the case.
 */
#include "check_private.h"

static bool rung_before(const struct nm_case *one, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (one->rung[j].destination == one->rung[i].destination)
			return true;
	return false;
}

static void failure_found(struct nm_prover *prover, struct nm_case *one, int id)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_path *path = &checker->plan->paths[one->decision.path];
	struct nm_draft *draft = nm_draft_find(checker, "single-failure", one->decision.path, id);

	if (!draft) {
		draft = nm_draft_add(checker, "single-failure", one->decision.path, id, path->pos,
				     nm_arena_format(checker->arena, "if %s fails, path %s loses the call",
						     checker->plan->destinations[id].name, path->name));
		nm_mend_last_step(checker, draft, nm_case_path_ending(prover, one));
	}
	nm_case_mark(prover, one, draft, NM_PROBE_UNREACHABLE, id);
}

/* Those who are rung: a voicemail is the carrier's own, and without the carrier no call arrives. */
enum nm_code nm_case_find_failures(struct nm_prover *prover, struct nm_case *one)
{
	struct nm_tried tried;
	enum nm_code code;
	size_t i;

	if (one->nobody.result == NM_LOST)
		return NM_OK;
	for (i = 0; i < one->n_rung; i++) {
		if (rung_before(one, i))
			continue;
		code = nm_case_try(prover, one, NM_PROBE_UNREACHABLE, one->rung[i].destination, &tried);
		if (code)
			return code;
		if (tried.result == NM_LOST)
			failure_found(prover, one, one->rung[i].destination);
	}
	return NM_OK;
}
