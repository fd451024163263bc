/* SPDX-License-Identifier: MIT */
/*
 * Which text a caller gets who is missed.  Comes in: a plan, what is on, and what was decided of the call.  Goes
 * out: the text; whether the caller has had it before, or wants none, is not known here.
 */
#include "core/rules.h"

static bool target_away(const struct nm_plan *plan, const struct nm_state *state, struct nm_target target)
{
	int id = target.kind == NM_TARGET_ROTATION ? state->turns[target.id] : target.id;

	if (target.kind == NM_TARGET_LINE || id < 0 || plan->destinations[id].kind != NM_PERSONAL)
		return false;
	return nm_destination_absence(&plan->destinations[id], state, false, NULL) == NM_AWAY;
}

/* Somebody's own phone was not rung because they are away. */
static bool somebody_away(const struct nm_plan *plan, const struct nm_state *state,
			  struct nm_decision decision)
{
	const struct nm_path *path;

	if (decision.verdict != NM_VERDICT_PATH || decision.by == NM_BY_EMERGENCY)
		return false;
	path = &plan->paths[decision.path];
	for (size_t i = 0; i < path->n; i++)
		for (size_t k = 0; k < path->steps[i].ring.n; k++)
			if (target_away(plan, state, path->steps[i].ring.items[k]))
				return true;
	return false;
}

const char *nm_text_back(const struct nm_plan *plan, const struct nm_state *state,
			 struct nm_decision decision)
{
	const struct nm_text_back *text_back = &plan->text_back;
	bool on = !text_back->during.given;

	if (!text_back->given || decision.verdict == NM_VERDICT_REJECT)
		return NULL;
	for (size_t i = 0; i < text_back->during.n; i++)
		on = on || nm_bit(state->schedules, text_back->during.ids[i]);
	if (!on)
		return NULL;
	return text_back->away && somebody_away(plan, state, decision) ? text_back->away : text_back->missed;
}
