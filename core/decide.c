/* SPDX-License-Identifier: MIT */
/*
 * The rule itself.  In: a plan, a state of its timeline, the line called, the caller's groups; out:
 * which rule decides, and what it says.  The order is design.md 4.2: rejecting rules that name
 * callers, the emergency protocol, overrides, all other rules.  Knows neither times nor ringing.
 */
#include "nevermiss/decide.h"

#include "core/rules.h"

static bool any_on(const struct nm_set *schedules, const struct nm_state *state)
{
	for (size_t i = 0; i < schedules->n; i++)
		if (nm_bit(state->schedules, schedules->ids[i]))
			return true;
	return false;
}

static bool any_group(const struct nm_set *callers, uint64_t groups)
{
	for (size_t i = 0; i < callers->n; i++)
		if (groups >> callers->ids[i] & 1)
			return true;
	return false;
}

bool nm_state_after_hours(const struct nm_plan *plan, const struct nm_state *state)
{
	bool any = false;

	for (size_t i = 0; i < plan->n_rules; i++) {
		any |= plan->rules[i].during.given;
		if (any_on(&plan->rules[i].during, state))
			return false;
	}
	return any;
}

bool nm_line_is_emergency(const struct nm_plan *plan, int line)
{
	return plan->emergency.given && nm_set_has(&plan->emergency.lines, line);
}

bool nm_call_is_emergency(const struct nm_plan *plan, int line, uint64_t groups, bool emergency)
{
	return emergency || nm_line_is_emergency(plan, line) ||
	       (plan->emergency.given && any_group(&plan->emergency.callers, groups));
}

bool nm_rule_screens(const struct nm_rule *rule)
{
	return rule->callers.given && rule->reject != NM_REJECT_NONE;
}

bool nm_rule_applies(const struct nm_plan *plan, const struct nm_rule *rule, int line)
{
	return !nm_line_is_emergency(plan, line) || nm_set_has(&rule->lines, line);
}

enum nm_field nm_rule_mismatch(const struct nm_rule *rule, const struct nm_state *state, int line,
			       uint64_t groups)
{
	if (rule->lines.given && !nm_set_has(&rule->lines, line))
		return NM_FIELD_LINES;
	if (rule->callers.given && !any_group(&rule->callers, groups))
		return NM_FIELD_CALLERS;
	if (rule->during.given && !any_on(&rule->during, state))
		return NM_FIELD_DURING;
	if (any_on(&rule->outside, state))
		return NM_FIELD_OUTSIDE;
	return NM_FIELD_NONE;
}

static struct nm_decision decision_of(const struct nm_rule *rule, enum nm_by by, size_t index, bool emergency)
{
	bool rejects = rule->reject != NM_REJECT_NONE;

	return (struct nm_decision){
		.verdict = rejects ? NM_VERDICT_REJECT : NM_VERDICT_PATH,
		.by = by,
		.index = (int)index,
		.path = rejects ? -1 : rule->path,
		.reject = rule->reject,
		.emergency = emergency,
	};
}

struct nm_decision nm_decide(const struct nm_plan *plan, const struct nm_state *state, int line,
			     uint64_t groups, bool emergency)
{
	bool is_emergency = nm_call_is_emergency(plan, line, groups, emergency);

	for (size_t i = 0; i < plan->n_rules; i++) {
		const struct nm_rule *rule = &plan->rules[i];

		if (nm_rule_screens(rule) && nm_rule_applies(plan, rule, line) &&
		    nm_rule_mismatch(rule, state, line, groups) == NM_FIELD_NONE)
			return decision_of(rule, NM_BY_RULE, i, is_emergency);
	}
	if (is_emergency && plan->emergency.given)
		return (struct nm_decision){ NM_VERDICT_PATH, NM_BY_EMERGENCY, -1, plan->emergency.path,
					     NM_REJECT_NONE, true };
	for (size_t i = 0; i < plan->n_overrides; i++) {
		const struct nm_rule *rule = &plan->overrides[i].rule;

		if (nm_bit(state->overrides, (int)i) &&
		    nm_rule_mismatch(rule, state, line, groups) == NM_FIELD_NONE)
			return decision_of(rule, NM_BY_OVERRIDE, i, is_emergency);
	}
	for (size_t i = 0; i < plan->n_rules; i++) {
		const struct nm_rule *rule = &plan->rules[i];

		if (!nm_rule_screens(rule) && nm_rule_mismatch(rule, state, line, groups) == NM_FIELD_NONE)
			return decision_of(rule, NM_BY_RULE, i, is_emergency);
	}
	return (struct nm_decision){ NM_VERDICT_LOST, NM_BY_NOTHING, -1, -1, NM_REJECT_NONE, is_emergency };
}

bool nm_decision_turns_away(const struct nm_plan *plan, const struct nm_decision *decision)
{
	const struct nm_rule *rule;

	if (decision->verdict != NM_VERDICT_REJECT)
		return false;
	rule = decision->by == NM_BY_OVERRIDE ? &plan->overrides[decision->index].rule
					      : &plan->rules[decision->index];
	return !rule->callers.given;
}

const char *nm_decision_rule(const struct nm_plan *plan, struct nm_decision decision, struct nm_arena *arena)
{
	switch (decision.by) {
	case NM_BY_RULE:
		return nm_arena_text(arena, plan->rules[decision.index].name);
	case NM_BY_OVERRIDE:
		return nm_arena_format(arena, "override %s", plan->overrides[decision.index].rule.name);
	case NM_BY_EMERGENCY:
		return "emergency";
	case NM_BY_NOTHING:
		break;
	}
	return NULL;
}
