/* SPDX-License-Identifier: MIT */
/*
 * Walks every state, line, class of callers and kind of call, and hands each case that differs to the
 * judge once (check_case.c).  Comes in: the timeline and the classes.  Goes out: hits, state by state.
 */
#include "check_private.h"
#include "rules.h"

#include <stdlib.h>

#define ASK_CASES 4096 /* calls proved between two questions whether to go on: some milliseconds */

struct unit { /* one call of the walk */
	uint32_t state;
	int line, caller;
	bool emergency;
};

static void unit_mark(struct nm_prover *prover, const struct unit *unit, const struct nm_mark *mark, bool held)
{
	const struct nm_hit hit = {
		.emergency = unit->emergency,
		.held = held,
		.probe = mark->probe,
		.line = unit->line,
		.caller = unit->caller,
		.who = mark->who,
	};

	if (mark->edge)
		nm_edge_add(mark->edge, nm_prover_scene(prover, unit->state, unit->caller), !unit->emergency);
	nm_draft_hit(prover->checker, mark->draft, unit->state, hit);
}

/* What the plan itself would do to a call whose carrier cannot hold all of it, judged; NULL: the same. */
static enum nm_code unit_planned(struct nm_prover *prover, const struct unit *unit, const struct nm_case *one,
				 struct nm_case **out)
{
	*out = NULL;
	if (!one->cut)
		return NM_OK;
	*out = nm_case_planned(prover, unit->state, unit->line, unit->caller, unit->emergency);
	if (!*out)
		return prover->code;
	return (*out)->judged ? NM_OK : nm_case_judge(prover, *out);
}

static bool marked(const struct nm_case *one, const struct nm_draft *draft)
{
	const struct nm_mark *mark;

	for (mark = one->marks; mark; mark = mark->next)
		if (mark->draft == draft)
			return true;
	return false;
}

static enum nm_code planned_guarantee(struct nm_prover *prover, struct nm_case *planned, size_t i,
				      const struct nm_draft *draft, bool *same)
{
	enum nm_code code = NM_OK;

	*same = false;
	if (nm_case_kept_out(prover, planned))
		return NM_OK;
	if (planned->proofs[i] == NM_PROOF_NONE)
		code = nm_case_guarantee(prover, planned, (int)i);
	*same = planned->proofs[i] == NM_PROOF_BROKEN && planned->guarantee_marks[i].draft == draft;
	return code;
}

bool nm_prover_covers(const struct nm_prover *prover, size_t guarantee, uint32_t state, int line, int caller,
		      bool emergency)
{
	const struct nm_checker *checker = prover->checker;
	const struct nm_guarantee *one = &checker->plan->guarantees[guarantee];
	const struct nm_rule covers = {
		.lines = one->lines,
		.callers = one->callers,
		.during = one->during,
		.outside = one->outside,
	};

	if (one->emergency >= 0 && (one->emergency == 1) != emergency)
		return false;
	return nm_rule_mismatch(&covers, &checker->timeline->states[state], line,
				checker->classes.items[caller].groups) == NM_FIELD_NONE;
}

static enum nm_code unit_guarantees(struct nm_prover *prover, const struct unit *unit, struct nm_case *one,
				    struct nm_case *planned)
{
	const struct nm_checker *checker = prover->checker;
	size_t i;

	if (nm_case_kept_out(prover, one))
		return NM_OK;
	for (i = 0; i < checker->plan->n_guarantees; i++) {
		enum nm_code code = NM_OK;
		bool same;

		if (!nm_prover_covers(prover, i, unit->state, unit->line, unit->caller,
				      one->decision.emergency))
			continue;
		if (one->proofs[i] == NM_PROOF_NONE)
			code = nm_case_guarantee(prover, one, (int)i);
		if (code)
			return code;
		if (one->proofs[i] != NM_PROOF_BROKEN)
			continue;
		same = true;
		if (planned)
			code = planned_guarantee(prover, planned, i, one->guarantee_marks[i].draft, &same);
		if (code)
			return code;
		unit_mark(prover, unit, &one->guarantee_marks[i], !same);
	}
	return NM_OK;
}

static void decided(struct nm_prover *prover, const struct nm_decision *decision)
{
	if (decision->by == NM_BY_RULE)
		prover->decides[decision->index] = true;
	if (decision->by == NM_BY_OVERRIDE)
		prover->overrides[decision->index] = true;
}

/* *out is the case of the call. */
static enum nm_code unit_walk(struct nm_prover *prover, const struct unit *unit, struct nm_case **out)
{
	struct nm_case *one = nm_case_get(prover, unit->state, unit->line, unit->caller, unit->emergency);
	struct nm_case *planned = NULL;
	const struct nm_mark *mark;
	enum nm_code code = NM_OK;

	if (!one)
		return prover->code;
	*out = one;
	if (!one->judged)
		code = nm_case_judge(prover, one);
	if (!code)
		code = unit_planned(prover, unit, one, &planned);
	if (code)
		return code;
	decided(prover, planned ? &planned->decision : &one->decision);
	for (mark = one->marks; mark; mark = mark->next)
		unit_mark(prover, unit, mark, planned && !marked(planned, mark->draft));
	return unit_guarantees(prover, unit, one, planned);
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
	unit_mark(prover, unit, &mark, false);
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

/* Asked before each line of each state, of a plan with few lines seldom and of one with many in the middle of a state. */
static bool goes_on(struct nm_prover *prover, uint32_t state)
{
	const struct nm_check_options *options = prover->checker->options;
	const size_t before = prover->walked;

	prover->walked += prover->checker->classes.n;
	if (!options->progress || (before && before / ASK_CASES == prover->walked / ASK_CASES))
		return true;
	return options->progress(options->progress_context, state, prover->checker->timeline->n_states);
}

/* What only the plan would show, and no carrier holds, no call shows. */
static void drop_unseen(struct nm_checker *checker)
{
	struct nm_draft *draft, *next;

	for (draft = checker->first; draft; draft = next) {
		next = draft->next;
		if (!draft->hits)
			nm_draft_drop(checker, draft);
	}
}

static enum nm_code walk(struct nm_prover *prover)
{
	const struct nm_checker *checker = prover->checker;
	struct unit unit;

	for (unit.state = 0; unit.state < checker->timeline->n_states; unit.state++) {
		for (unit.line = 0; unit.line < (int)checker->plan->n_lines; unit.line++) {
			if (!goes_on(prover, unit.state))
				return nm_fail(prover->err, NM_REFUSED, "the check was stopped");
			for (unit.caller = 0; unit.caller < (int)checker->classes.n; unit.caller++) {
				enum nm_code code = unit_both(prover, unit);

				if (code)
					return code;
			}
		}
	}
	return NM_OK;
}

static bool prover_init(struct nm_prover *prover)
{
	const struct nm_checker *checker = prover->checker;
	const struct nm_plan *plan = checker->plan;
	size_t i;

	nm_graph_init(&prover->graph, checker->arena, plan->n_lines,
		      checker->timeline->n_states * checker->classes.n);
	prover->holdings = nm_arena_alloc(checker->arena, plan->n_lines, sizeof *prover->holdings);
	prover->folded = nm_arena_alloc(checker->arena, plan->n_paths, sizeof *prover->folded);
	prover->far = nm_arena_alloc(checker->arena, plan->n_paths, sizeof *prover->far);
	prover->endless = nm_arena_alloc(checker->arena, plan->n_paths, sizeof *prover->endless);
	prover->reached = nm_arena_alloc(checker->arena, plan->n_paths, sizeof *prover->reached);
	prover->decides = nm_arena_alloc(checker->arena, plan->n_rules, sizeof *prover->decides);
	prover->overrides = nm_arena_alloc(checker->arena, plan->n_overrides, sizeof *prover->overrides);
	prover->passed = nm_arena_alloc(checker->arena, plan->n_lines, sizeof *prover->passed);
	for (i = 0; prover->holdings && i < plan->n_lines; i++)
		if (nm_holding_init(&prover->holdings[i], plan, (int)i, checker->arena, NULL))
			return false;
	return prover->holdings && prover->folded && prover->far && prover->endless && prover->reached && prover->decides &&
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
	drop_unseen(checker);
	if (!code)
		code = nm_prove_end(&prover);
	prover_clear(&prover);
	return code;
}
