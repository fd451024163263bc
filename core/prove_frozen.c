/* SPDX-License-Identifier: MIT */
/*
 * What stays in force on a line when the agent stops: what was pushed or read back last, as the carrier has it, else what
 * the plan says now.  Comes in: the prover after its walk, what the store has of the line.  Goes out: a case for each
 * class of callers.  It judges nothing.
 */
#include "check_private.h"

#include "nevermiss/live_then.h"
#include "nevermiss/route.h"

static const struct nm_live_then *live_of(const struct nm_checker *checker, int line)
{
	for (size_t i = 0; i < checker->options->n_facts; i++) {
		const struct nm_line_fact *fact = &checker->options->facts[i];

		if (fact->live && fact->live->known == NM_LIVE_KNOWN && nm_plan_find_line(checker->plan, fact->line) == line)
			return fact->live;
	}
	return NULL;
}

uint32_t nm_checker_state(const struct nm_checker *checker)
{
	const struct nm_timeline *timeline = checker->timeline;
	nm_time now = checker->options->now;

	if (now < timeline->from || now >= timeline->until)
		now = timeline->from;
	return timeline->state[nm_timeline_find(timeline, now)];
}

/* What callers hear is the same: who is texted is not all at the carrier. */
static bool same_heard(const struct nm_treatment *a, const struct nm_treatment *b)
{
	struct nm_treatment x = *a, y = *b;

	x.text_back = y.text_back = NULL;
	x.text_always = y.text_always = false;
	x.alerts = y.alerts = (struct nm_alerts){ 0 };
	return nm_treatment_equal(&x, &y);
}

/* A case that no state of the plan gives: of the plan's at that state, with this treatment. */
static struct nm_case *strange_case(struct nm_prover *prover, const struct nm_case *like, const struct nm_treatment *treatment)
{
	struct nm_arena *arena = prover->checker->arena;
	const size_t n = prover->checker->plan->n_guarantees;
	struct nm_case *one = nm_arena_alloc(arena, 1, sizeof *one);

	if (one) {
		*one = (struct nm_case){ .line = like->line, .decision = like->decision, .state = like->state,
					 .caller = like->caller, .treatment = nm_treatment_copy(treatment, arena) };
		one->stretched = one->treatment;
		one->decision.verdict = treatment->verdict;
		one->proofs = nm_arena_alloc(arena, n, sizeof *one->proofs);
		one->guarantee_marks = nm_arena_alloc(arena, n, sizeof *one->guarantee_marks);
		/* What is tried is remembered by path. */
		if (one->decision.path < 0)
			one->decision.path = 0;
	}
	if (!one || !one->treatment || !one->proofs || !one->guarantee_marks) {
		prover->code = nm_fail_memory(prover->err);
		return NULL;
	}
	prover->code = nm_case_judge(prover, one);
	return one;
}

/* The plan's own case that does this, the nearest to now; else one of its own. */
static struct nm_case *case_of(struct nm_prover *prover, int line, int caller, const struct nm_treatment *treatment)
{
	const struct nm_checker *checker = prover->checker;
	const uint32_t now = nm_checker_state(checker);
	struct nm_case *first = nm_case_get(prover, now, line, caller, false), *one = first, *last = first;

	for (uint32_t state = 0; one && !same_heard(one->treatment, treatment); state++) {
		if (state == checker->timeline->n_states)
			return strange_case(prover, first, treatment);
		/* Most states give what the one before gave. */
		while ((one = nm_case_get(prover, state, line, caller, false)) == last && state + 1 < checker->timeline->n_states)
			state++;
		last = one;
	}
	return one;
}

/* Does it the same at all times? */
static bool is_constant(const struct nm_route *route)
{
	const int only = route->week[0].changes[0].situation;

	for (size_t day = 0; day < 7; day++)
		for (size_t i = 0; i < route->week[day].n; i++)
			if (route->week[day].changes[i].situation != only)
				return false;
	for (size_t i = 0; i < route->n_exceptions; i++)
		if (route->exceptions[i].situation != only)
			return false;
	return true;
}

/* What was live, lifted; NULL: this cannot be said of it, or it keeps hours after all. */
static struct nm_route *lift(struct nm_prover *prover, int line, const struct nm_live_then *live)
{
	const struct nm_plan *plan = prover->checker->plan;
	const struct nm_carrier *carrier = nm_carrier_of(plan, plan->lines[line].account);
	struct nm_artefact artefact = { 0 };
	struct nm_route *route = NULL;
	const char *foreign = NULL;
	struct nm_error unread;
	enum nm_code code;

	if (!carrier || !carrier->lift || carrier != nm_carrier_find(live->driver))
		return NULL;
	code = nm_artefact_read(live->text, &artefact, &unread);
	if (!code && artefact.n)
		code = carrier->lift(&artefact, &route, &foreign, &unread);
	nm_artefact_clear(&artefact);
	if (code && code != NM_INPUT)
		prover->code = nm_fail(prover->err, code, "%s", unread.text);
	if (!code && !foreign && route && is_constant(route))
		return route;
	nm_route_free(route);
	return NULL;
}

static void fill_lifted(struct nm_prover *prover, int line, const struct nm_route *route, struct nm_frozen *out)
{
	const struct nm_classes *classes = &prover->checker->classes;

	for (int c = 0; c < (int)classes->n && !prover->code; c++)
		out->cases[c] = case_of(prover, line, c,
					nm_route_treatment(route, prover->checker->options->now, classes->items[c].witness, false));
}

/* Nothing can be lifted: what the plan said then, as far as the carrier can hold it. */
static void fill_then(struct nm_prover *prover, int line, nm_time then, struct nm_frozen *out)
{
	const struct nm_checker *checker = prover->checker;
	const struct nm_holding *holding = &prover->holdings[line];
	struct nm_timeline *timeline = NULL;

	prover->code = nm_timeline_build(checker->plan, then, then + 1, &timeline, prover->err);
	for (int c = 0; !prover->code && c < (int)checker->classes.n; c++) {
		const struct nm_state *state = &timeline->states[timeline->state[0]];
		const struct nm_class *callers = &checker->classes.items[c];
		struct nm_treatment *treatment;
		bool cut;

		prover->code = nm_holding_resolve(holding, state,
						  nm_holding_decide(holding, state, callers->groups, callers->listed, false), false,
						  checker->arena, &treatment, &cut, prover->err);
		if (!prover->code)
			out->cases[c] = case_of(prover, line, c, treatment);
	}
	nm_timeline_free(timeline);
}

static void fill_now(struct nm_prover *prover, int line, struct nm_frozen *out)
{
	const uint32_t now = nm_checker_state(prover->checker);

	for (int c = 0; c < (int)prover->checker->classes.n && !prover->code; c++)
		out->cases[c] = nm_case_get(prover, now, line, c, false);
}

struct nm_frozen nm_prove_frozen(struct nm_prover *prover, int line)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_live_then *live = checker->plan->n_paths ? live_of(checker, line) : NULL;
	struct nm_frozen frozen = { .since = NM_TIME_MIN };
	struct nm_route *route = live ? lift(prover, line, live) : NULL;

	frozen.cases = nm_arena_alloc(checker->arena, checker->classes.n, sizeof *frozen.cases);
	if (!frozen.cases)
		prover->code = nm_fail_memory(prover->err);
	if (!prover->code && route)
		fill_lifted(prover, line, route, &frozen);
	else if (!prover->code && live && live->push > 0)
		fill_then(prover, line, live->at, &frozen);
	else if (!prover->code)
		fill_now(prover, line, &frozen);
	if (live && (route || live->push > 0)) {
		frozen.since = live->at;
		frozen.read_back = live->push == 0;
	}
	nm_route_free(route);
	return frozen;
}
