/* SPDX-License-Identifier: MIT */
/*
 * One call as the carrier of its line would have it, were the plan pushed: for proofs and for calls that are
 * played so.  Comes in: a line of a plan, a state, a caller.  Goes out: the decision and the treatment.
 *
 * hold.c does the same to a whole route.  Here hours are kept: what a carrier that keeps none is told at each
 * change is what counts.
 */
#include <string.h>

#include "core/hold_private.h"

static bool handset_party(const struct nm_plan *plan, int line, struct nm_arena *arena, struct nm_party *out)
{
	const struct nm_line *called = &plan->lines[line];
	const struct nm_destination *phone = called->handset >= 0 ? &plan->destinations[called->handset] : NULL;
	char number[NM_NUMBER_TEXT];

	nm_number_write(called->number, number);
	*out = (struct nm_party){
		.name = phone != NULL ? phone->name : called->name,
		.kind = phone != NULL ? phone->kind : NM_PERSONAL,
		.role = phone != NULL ? phone->role : NM_ROLE_NONE,
		.number = nm_arena_text(arena, number),
		.own_voicemail_s = phone != NULL ? phone->own_voicemail_s : NM_OWN_VOICEMAIL_UNKNOWN,
		.native = true,
	};
	return out->number != NULL;
}

enum nm_code nm_holding_init(struct nm_holding *holding, const struct nm_plan *plan, int line,
			     struct nm_arena *arena, struct nm_error *err)
{
	const struct nm_account *account = &plan->accounts[plan->lines[line].account];
	const struct nm_carrier *carrier = nm_carrier_find(account->driver);

	*holding = (struct nm_holding){ .plan = plan, .line = line, .known = carrier != NULL };
	if (carrier == NULL)
		return NM_OK;
	holding->traits = nm_carrier_traits(carrier, account);
	return handset_party(plan, line, arena, &holding->handset) ? NM_OK : nm_fail_memory(err);
}

bool nm_holding_hears(const struct nm_holding *holding)
{
	return !holding->known || holding->traits.key;
}

const char *nm_holding_untold(const struct nm_holding *holding, bool listed)
{
	if (!holding->known || (holding->traits.callers && (holding->traits.beginnings || listed)))
		return NULL;
	return holding->traits.callers ? "it cannot tell callers by how their number begins: this one is any other caller"
				       : "it cannot tell callers apart: this one is any other caller";
}

struct nm_decision nm_holding_decide(const struct nm_holding *holding, const struct nm_state *state,
				     uint64_t groups, bool listed, bool emergency)
{
	if (nm_holding_untold(holding, listed) != NULL)
		groups = 0;
	return nm_decide(holding->plan, state, holding->line, groups, emergency && nm_holding_hears(holding));
}

enum nm_code nm_holding_resolve(const struct nm_holding *holding, const struct nm_state *state,
				struct nm_decision decision, bool skips, struct nm_arena *arena,
				struct nm_treatment **out, bool *changed, struct nm_error *err)
{
	enum nm_code code =
		nm_resolve(holding->plan, state, holding->line, decision, skips, arena, out, err);

	*changed = false;
	if (code != NM_OK || !holding->known)
		return code;
	*out = nm_hold_treatment(*out, &holding->traits, &holding->handset, arena, changed);
	return *out != NULL ? NM_OK : nm_fail_memory(err);
}
