/* SPDX-License-Identifier: MIT */
/*
 * Walks every state, line, class of callers and kind of call, and hands each case that differs to the
 * judge once (check_case.c).  Comes in: the timeline and the classes.  Goes out: hits, state by state.
 */
#include "check_private.h"
#include "rules.h"

#include <stdlib.h>

#define PROGRESS_EVERY 64 /* states between two calls of progress */

struct unit { /* one call of the walk */
	uint32_t state;
	int line, caller;
	bool emergency;
};

static void unit_mark(struct nm_prover *prover, const struct unit *unit, const struct nm_mark *mark)
{
	const struct nm_hit hit = {
		.emergency = unit->emergency,
		.probe = mark->probe,
		.line = unit->line,
		.caller = unit->caller,
		.who = mark->who,
	};

	if (mark->edge)
		nm_edge_add(mark->edge, nm_prover_scene(prover, unit->state, unit->caller), !unit->emergency);
	nm_draft_hit(prover->checker, mark->draft, unit->state, hit);
}

static enum nm_code unit_guarantees(struct nm_prover *prover, const struct unit *unit, struct nm_case *one)
{
	const struct nm_checker *checker = prover->checker;
	const struct nm_state *state = &checker->timeline->states[unit->state];
	const uint64_t groups = checker->classes.items[unit->caller].groups;
	size_t i;

	if (nm_case_kept_out(prover, one))
		return NM_OK;
	for (i = 0; i < checker->plan->n_guarantees; i++) {
		const struct nm_guarantee *guarantee = &checker->plan->guarantees[i];
		const struct nm_rule covers = {
			.lines = guarantee->lines,
			.callers = guarantee->callers,
			.during = guarantee->during,
			.outside = guarantee->outside,
		};
		enum nm_code code = NM_OK;

		if (guarantee->emergency >= 0 && (guarantee->emergency == 1) != one->decision.emergency)
			continue;
		if (nm_rule_mismatch(&covers, state, unit->line, groups) != NM_FIELD_NONE)
			continue;
		if (one->proofs[i] == NM_PROOF_NONE)
			code = nm_case_guarantee(prover, one, (int)i);
		if (code)
			return code;
		if (one->proofs[i] == NM_PROOF_BROKEN)
			unit_mark(prover, unit, &one->guarantee_marks[i]);
	}
	return NM_OK;
}

/* *out is the case of the call. */
static enum nm_code unit_walk(struct nm_prover *prover, const struct unit *unit, struct nm_case **out)
{
	struct nm_case *one = nm_case_get(prover, unit->state, unit->line, unit->caller, unit->emergency);
	const struct nm_mark *mark;

	if (!one)
		return prover->code;
	*out = one;
	if (one->decision.by == NM_BY_RULE)
		prover->decides[one->decision.index] = true;
	if (one->decision.by == NM_BY_OVERRIDE)
		prover->overrides[one->decision.index] = true;
	if (!one->judged) {
		enum nm_code code = nm_case_judge(prover, one);

		if (code)
			return code;
	}
	for (mark = one->marks; mark; mark = mark->next)
		unit_mark(prover, unit, mark);
	return unit_guarantees(prover, unit, one);
}

static void unit_after_hours(struct nm_prover *prover, const struct unit *unit, const struct nm_case *one)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_plan *plan = checker->plan;
	struct nm_mark mark = { .probe = NM_PROBE_PLAIN, .who = -1 };

	if (one->decision.verdict != NM_VERDICT_LOST || checker->guarantees_only)
		return;
	if (!nm_state_after_hours(plan, &checker->timeline->states[unit->state]))
		return;
	mark.draft = nm_draft_find(checker, "no-after-hours", 0, 0);
	if (!mark.draft) {
		mark.draft = nm_draft_add(checker, "no-after-hours", 0, 0, plan->rules[plan->n_rules - 1].pos,
					  "no rule says what happens outside the hours that rules name");
		nm_mend_otherwise(checker, mark.draft);
	}
	unit_mark(prover, unit, &mark);
}

/* A call can be an emergency that its line and caller do not make one when its caller can press the key. */
static enum nm_code unit_both(struct nm_prover *prover, struct unit unit)
{
	const struct nm_emergency *emergency = &prover->checker->plan->emergency;
	struct nm_case *one;
	enum nm_code code;

	unit.emergency = false;
	code = unit_walk(prover, &unit, &one);
	if (code)
		return code;
	unit_after_hours(prover, &unit, one);
	if (!emergency->given || !emergency->key || one->decision.emergency || !one->greets)
		return NM_OK;
	unit.emergency = true;
	return unit_walk(prover, &unit, &one);
}

static bool goes_on(const struct nm_prover *prover, uint32_t state)
{
	const struct nm_check_options *options = prover->checker->options;

	if (!options->progress || state % PROGRESS_EVERY)
		return true;
	return options->progress(options->progress_context, state, prover->checker->timeline->n_states);
}

static enum nm_code walk(struct nm_prover *prover)
{
	const struct nm_checker *checker = prover->checker;
	struct unit unit;

	for (unit.state = 0; unit.state < checker->timeline->n_states; unit.state++) {
		if (!goes_on(prover, unit.state))
			return nm_fail(prover->err, NM_REFUSED, "the check was stopped");
		for (unit.line = 0; unit.line < (int)checker->plan->n_lines; unit.line++)
			for (unit.caller = 0; unit.caller < (int)checker->classes.n; unit.caller++) {
				enum nm_code code = unit_both(prover, unit);

				if (code)
					return code;
			}
	}
	return NM_OK;
}

static bool prover_init(struct nm_prover *prover)
{
	const struct nm_checker *checker = prover->checker;
	const struct nm_plan *plan = checker->plan;

	nm_graph_init(&prover->graph, checker->arena, plan->n_lines,
		      checker->timeline->n_states * checker->classes.n);
	prover->folded = nm_arena_alloc(checker->arena, plan->n_paths, sizeof *prover->folded);
	prover->far = nm_arena_alloc(checker->arena, plan->n_paths, sizeof *prover->far);
	prover->endless = nm_arena_alloc(checker->arena, plan->n_paths, sizeof *prover->endless);
	prover->reached = nm_arena_alloc(checker->arena, plan->n_paths, sizeof *prover->reached);
	prover->decides = nm_arena_alloc(checker->arena, plan->n_rules, sizeof *prover->decides);
	prover->overrides = nm_arena_alloc(checker->arena, plan->n_overrides, sizeof *prover->overrides);
	prover->passed = nm_arena_alloc(checker->arena, plan->n_lines, sizeof *prover->passed);
	return prover->folded && prover->far && prover->endless && prover->reached && prover->decides &&
	       prover->overrides && prover->passed;
}

static void prover_clear(struct nm_prover *prover)
{
	size_t i;

	for (i = 0; prover->folded && i < prover->checker->plan->n_paths; i++)
		free(prover->folded[i]);
	free(prover->slots);
	nm_graph_clear(&prover->graph);
	nm_arena_free(prover->scratch);
}

enum nm_code nm_prove(struct nm_checker *checker, struct nm_error *err)
{
	struct nm_prover prover = { .checker = checker, .err = err };
	enum nm_code code;

	if (!prover_init(&prover))
		code = nm_fail_memory(err);
	else
		code = walk(&prover);
	if (!code)
		code = nm_prove_end(&prover);
	prover_clear(&prover);
	return code;
}
