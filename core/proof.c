/* SPDX-License-Identifier: MIT */
/*
 * Forwards that somebody set by hand, proved by real calls.
 *
 * Comes in: a plan, what a line does now, the log.  Goes out: the newest call that shows that the line's calls are
 * forwarded.  It shows no more than that: not after how long, and not which of several forwards it was.
 */
#include <string.h>

#include "core/push_private.h"
#include "nevermiss/calls.h"

#define CALLS_MOST 1000 /* the newest that are looked at */

/* The line of the plan to which the forward points; -1: to no line, or to more than one. */
static int target_of(const struct nm_plan *plan, const struct nm_route *route, nm_time now)
{
	const struct nm_treatment *treatment = nm_route_treatment(route, now, (struct nm_caller){ 0 }, false);
	int target = -1;

	for (size_t i = 0; treatment != NULL && i < treatment->n; i++) {
		for (size_t k = 0; k < treatment->steps[i].n; k++) {
			const struct nm_party *party = &treatment->steps[i].parties[k];

			if (party->native)
				continue;
			if (party->line == NULL || target >= 0)
				return -1;
			target = nm_plan_find_line(plan, party->line);
		}
	}
	return target;
}

/* --- who else leads there --- */

static bool step_rings(const struct nm_plan *plan, const struct nm_step *step, int line)
{
	for (size_t i = 0; i < step->ring.n; i++) {
		const struct nm_target target = step->ring.items[i];

		if (target.kind == NM_TARGET_LINE && target.id == line)
			return true;
		if (target.kind == NM_TARGET_DESTINATION && plan->destinations[target.id].line == line)
			return true;
	}
	return false;
}

static bool path_rings(const struct nm_plan *plan, int path, int line)
{
	for (size_t i = 0; path >= 0 && i < plan->paths[path].n; i++)
		if (step_rings(plan, &plan->paths[path].steps[i], line))
			return true;
	return false;
}

/* May the rule send calls of any other line there? */
static bool rule_leads(const struct nm_plan *plan, const struct nm_rule *rule, int from, int target)
{
	const bool alone = rule->lines.given && rule->lines.n == 1 && rule->lines.ids[0] == from;

	return !alone && path_rings(plan, rule->path, target);
}

/* May calls to other lines come there as well, by the plan?  It is not asked when. */
static bool others_lead(const struct nm_plan *plan, int from, int target)
{
	for (size_t i = 0; i < plan->n_rules; i++)
		if (rule_leads(plan, &plan->rules[i], from, target))
			return true;
	for (size_t i = 0; i < plan->n_overrides; i++)
		if (rule_leads(plan, &plan->overrides[i].rule, from, target))
			return true;
	for (size_t i = 0; i < plan->n_lines; i++)
		if ((int)i != from && plan->lines[i].fallback == plan->lines[target].number)
			return true;
	return plan->emergency.given && path_rings(plan, plan->emergency.path, target);
}

/* --- calls --- */

static enum nm_proof_kind kind_of(const struct nm_plan *plan, int from, bool alone,
				  const struct nm_call_entry *call)
{
	if (call->forwarded_from == plan->lines[from].number)
		return NM_PROOF_SAID;
	if (call->forwarded_from != 0 || !alone || nm_plan_owns(plan, call->caller.number))
		return NM_PROOF_NONE;
	return NM_PROOF_LIKELY;
}

static struct nm_proof best_of(const struct nm_plan *plan, int from, int target,
			       const struct nm_call_entries *calls)
{
	const bool alone = !others_lead(plan, from, target);
	struct nm_proof best = { .kind = NM_PROOF_NONE };

	/* The newest first: of those that say it, else of those that only came. */
	for (size_t i = 0; i < calls->n && best.kind != NM_PROOF_SAID; i++) {
		const enum nm_proof_kind kind = kind_of(plan, from, alone, &calls->items[i]);

		if (kind > best.kind)
			best = (struct nm_proof){ kind, calls->items[i].began, calls->items[i].id,
						  plan->lines[target].name };
	}
	return best;
}

enum nm_code nm_proof_find(const struct nm_push_context *context, int line, const struct nm_route *route,
			   nm_time since, struct nm_proof *out, struct nm_error *err)
{
	const struct nm_plan *plan = context->plan;
	const int target = target_of(plan, route, context->now);
	struct nm_call_filter filter = { .since = since, .until = context->now + 1, .most = CALLS_MOST };
	struct nm_call_entries calls;
	enum nm_code code;

	*out = (struct nm_proof){ .kind = NM_PROOF_NONE };
	if (target < 0 || context->store == NULL)
		return NM_OK;
	filter.number = plan->lines[target].number;
	code = nm_store_calls(context->store, &filter, &calls, err);
	if (code != NM_OK)
		return code;
	*out = best_of(plan, line, target, &calls);
	nm_call_entries_clear(&calls);
	return NM_OK;
}

const char *nm_proof_words(const struct nm_plan *plan, const struct nm_proof *proof, nm_time since,
			   struct nm_arena *arena)
{
	char at[NM_TIME_TEXT], dialled[NM_TIME_TEXT];

	nm_time_words(plan->zone, proof->at, true, at);
	nm_time_words(plan->zone, since, true, dialled);
	if (proof->kind == NM_PROOF_SAID)
		return nm_arena_format(
			arena,
			"proved by a call on %s, by its record forwarded from here to %s; the ring time, and "
			"each forward by itself, are assumed since %s",
			at, proof->line, dialled);
	if (proof->kind == NM_PROOF_LIKELY)
		return nm_arena_format(
			arena,
			"assumed since %s; a call on %s came to %s, as those that are forwarded do, and does "
			"not say from where",
			dialled, at, proof->line);
	return nm_arena_format(arena, "assumed since %s: nothing can be read back from this carrier",
			       dialled);
}
