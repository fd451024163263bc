/* SPDX-License-Identifier: MIT */
/*
 * The cases of a proof: what a call gets, made once for all states and callers that get the same.
 * Two states that differ in nothing that a path looks at give it the same case.  Comes in: a state, a
 * line, a class.  Goes out: the case, with its treatment.  It does not judge.
 */
#include "check_private.h"

#include <stdlib.h>
#include <string.h>

#define CASES_FIRST 256 /* slots; a power of two */

/* --- folding states --- */

/* What a path looks at: schedules and rotations. */
struct view {
	uint64_t schedules[NM_PLAN_SCHEDULES / 64];
	size_t words;
	bool *rotations;
	size_t n_rotations;
	bool far;
};

static void view_set(struct view *view, const struct nm_set *set)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		view->schedules[set->ids[i] / 64] |= UINT64_C(1) << (set->ids[i] % 64);
}

static void view_destination(struct view *view, const struct nm_plan *plan, int id)
{
	const struct nm_destination *destination = &plan->destinations[id];

	view_set(view, &destination->hours);
	view_set(view, &destination->away);
	view->far |= destination->line >= 0;
}

static void view_target(struct view *view, const struct nm_plan *plan, struct nm_target target)
{
	const struct nm_rotation *rotation;
	size_t i;

	if (target.kind == NM_TARGET_LINE)
		view->far = true;
	if (target.kind == NM_TARGET_DESTINATION)
		view_destination(view, plan, target.id);
	if (target.kind != NM_TARGET_ROTATION)
		return;
	rotation = &plan->rotations[target.id];
	view->rotations[target.id] = true;
	for (i = 0; i < rotation->n; i++)
		view_destination(view, plan, rotation->members[i]);
}

static void view_path(struct view *view, const struct nm_plan *plan, const struct nm_path *path)
{
	size_t i, j;

	for (i = 0; i < path->n; i++)
		for (j = 0; j < path->steps[i].ring.n; j++)
			view_target(view, plan, path->steps[i].ring.items[j]);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static uint64_t view_hash(const struct view *view, const struct nm_state *state)
{
	uint64_t hash = 1;
	size_t i;

	for (i = 0; i < view->words; i++)
		hash = mix(hash, state->schedules[i] & view->schedules[i]);
	for (i = 0; i < view->n_rotations; i++)
		if (view->rotations[i])
			hash = mix(hash, (uint64_t)(uint16_t)state->turns[i]);
	return hash;
}

static bool view_same(const struct view *view, const struct nm_state *a, const struct nm_state *b)
{
	size_t i;

	for (i = 0; i < view->words; i++)
		if ((a->schedules[i] ^ b->schedules[i]) & view->schedules[i])
			return false;
	for (i = 0; i < view->n_rotations; i++)
		if (view->rotations[i] && a->turns[i] != b->turns[i])
			return false;
	return true;
}

/* For each state the first one that looks alike. */
static bool fold(const struct nm_timeline *timeline, const struct view *view, uint32_t *out)
{
	uint32_t *slots;
	size_t n = 64;
	size_t i, slot;

	while (n < 2 * timeline->n_states)
		n *= 2;
	slots = calloc(n, sizeof *slots);
	if (!slots)
		return false;
	for (i = 0; i < timeline->n_states; i++) {
		slot = (size_t)view_hash(view, &timeline->states[i]) & (n - 1);
		while (slots[slot] &&
		       !view_same(view, &timeline->states[i], &timeline->states[slots[slot] - 1]))
			slot = (slot + 1) & (n - 1);
		if (!slots[slot])
			slots[slot] = (uint32_t)i + 1;
		out[i] = slots[slot] - 1;
	}
	free(slots);
	return true;
}

static bool path_fold(struct nm_prover *prover, int path)
{
	const struct nm_plan *plan = prover->checker->plan;
	const struct nm_timeline *timeline = prover->checker->timeline;
	struct view view = { .words = (plan->n_schedules + 63) / 64, .n_rotations = plan->n_rotations };
	uint32_t *folded = malloc((timeline->n_states + 1) * sizeof *folded);
	bool done;

	view.rotations = calloc(plan->n_rotations + 1, sizeof *view.rotations);
	done = folded && view.rotations;
	if (done) {
		view_path(&view, plan, &plan->paths[path]);
		done = fold(timeline, &view, folded);
	}
	free(view.rotations);
	if (!done) {
		free(folded);
		return false;
	}
	prover->folded[path] = folded;
	prover->far[path] = view.far;
	return true;
}

/* --- the table of cases --- */

static uint64_t case_hash(const struct nm_case *one)
{
	uint64_t hash = mix(7, (uint64_t)one->line << 1 | one->planned);

	hash = mix(hash, (uint64_t)one->decision.by << 32 | (uint32_t)one->decision.index);
	hash = mix(hash, (uint64_t)one->decision.verdict << 32 | (uint32_t)one->decision.path);
	hash = mix(hash, (uint64_t)one->decision.reject << 1 | one->decision.emergency);
	return mix(hash, (uint64_t)one->state << 32 | (uint32_t)one->caller);
}

static bool case_same(const struct nm_case *a, const struct nm_case *b)
{
	return a->line == b->line && a->planned == b->planned && a->state == b->state && a->caller == b->caller &&
	       a->decision.by == b->decision.by && a->decision.index == b->decision.index &&
	       a->decision.verdict == b->decision.verdict && a->decision.path == b->decision.path &&
	       a->decision.reject == b->decision.reject && a->decision.emergency == b->decision.emergency;
}

static size_t slot_find(struct nm_case *const *slots, size_t n, const struct nm_case *key)
{
	size_t slot = (size_t)case_hash(key) & (n - 1);

	while (slots[slot] && !case_same(slots[slot], key))
		slot = (slot + 1) & (n - 1);
	return slot;
}

static bool slots_grow(struct nm_prover *prover)
{
	const size_t n = prover->n_slots ? 2 * prover->n_slots : CASES_FIRST;
	struct nm_case **slots = calloc(n, sizeof *slots);
	size_t i;

	if (!slots)
		return false;
	for (i = 0; i < prover->n_slots; i++)
		if (prover->slots[i])
			slots[slot_find(slots, n, prover->slots[i])] = prover->slots[i];
	free(prover->slots);
	prover->slots = slots;
	prover->n_slots = n;
	return true;
}

/* At the longest: every ring as long as the carrier may let it last. */
static const struct nm_treatment *stretch(struct nm_prover *prover, const struct nm_treatment *treatment,
					  int extra_s)
{
	struct nm_treatment *out;
	size_t i;

	if (!extra_s || !treatment->n)
		return treatment;
	out = nm_arena_alloc(prover->checker->arena, 1, sizeof *out);
	if (!out)
		return NULL;
	*out = *treatment;
	out->steps = nm_arena_alloc(prover->checker->arena, treatment->n, sizeof *out->steps);
	if (!out->steps)
		return NULL;
	memcpy(out->steps, treatment->steps, treatment->n * sizeof *out->steps);
	for (i = 0; i < out->n; i++)
		if (out->steps[i].ring_time == NM_RING_TIMED)
			out->steps[i].for_s += extra_s;
	return out;
}

static enum nm_code case_fill(struct nm_prover *prover, struct nm_case *one, uint32_t state)
{
	const struct nm_checker *checker = prover->checker;
	const size_t n = checker->plan->n_guarantees;
	struct nm_treatment *treatment;
	const struct nm_state *at = &checker->timeline->states[state];
	const struct nm_holding *holding = &prover->holdings[one->line];
	enum nm_code code;

	if (one->planned)
		code = nm_resolve(checker->plan, at, one->line, one->decision, false, checker->arena, &treatment,
				  prover->err);
	else
		code = nm_holding_resolve(holding, at, one->decision, false, checker->arena, &treatment, &one->cut,
					  prover->err);
	one->cut = one->cut || (!one->planned && holding->known &&
				(!holding->traits.callers || !holding->traits.beginnings));
	if (code)
		return code;
	one->treatment = treatment;
	one->stretched = stretch(prover, treatment, one->planned ? 0 : nm_line_stretch_s(prover, one->line));
	one->proofs = nm_arena_alloc(checker->arena, n, sizeof *one->proofs);
	one->guarantee_marks = nm_arena_alloc(checker->arena, n, sizeof *one->guarantee_marks);
	if (!one->stretched || !one->proofs || !one->guarantee_marks)
		return nm_fail_memory(prover->err);
	return NM_OK;
}

static struct nm_case *case_new(struct nm_prover *prover, const struct nm_case *key, uint32_t state)
{
	struct nm_case *one;

	if (2 * (prover->n_cases + 1) > prover->n_slots && !slots_grow(prover)) {
		prover->code = nm_fail_memory(prover->err);
		return NULL;
	}
	one = nm_arena_alloc(prover->checker->arena, 1, sizeof *one);
	if (!one) {
		prover->code = nm_fail_memory(prover->err);
		return NULL;
	}
	*one = *key;
	prover->code = case_fill(prover, one, state);
	if (prover->code)
		return NULL;
	prover->slots[slot_find(prover->slots, prover->n_slots, one)] = one;
	prover->n_cases++;
	return one;
}

/* key: line, planned, decision. */
static struct nm_case *case_find(struct nm_prover *prover, struct nm_case key, uint32_t state, int caller)
{
	size_t slot;

	if (key.decision.path >= 0) {
		if (!prover->folded[key.decision.path] && !path_fold(prover, key.decision.path)) {
			prover->code = nm_fail_memory(prover->err);
			return NULL;
		}
		key.state = prover->folded[key.decision.path][state];
		if (prover->far[key.decision.path]) {
			key.state = state;
			key.caller = caller;
		}
	}
	if (prover->n_slots) {
		slot = slot_find(prover->slots, prover->n_slots, &key);
		if (prover->slots[slot])
			return prover->slots[slot];
	}
	return case_new(prover, &key, state);
}

struct nm_case *nm_case_decided(struct nm_prover *prover, struct nm_decision decision, uint32_t state, int line, int caller)
{
	const struct nm_case key = { .line = line, .decision = decision };

	return case_find(prover, key, state, caller);
}

struct nm_case *nm_case_get(struct nm_prover *prover, uint32_t state, int line, int caller, bool emergency)
{
	const struct nm_checker *checker = prover->checker;
	const struct nm_case key = {
		.line = line,
		.decision = nm_holding_decide(&prover->holdings[line], &checker->timeline->states[state],
					      checker->classes.items[caller].groups,
					      checker->classes.items[caller].listed, emergency),
	};

	return case_find(prover, key, state, caller);
}

struct nm_case *nm_case_planned(struct nm_prover *prover, uint32_t state, int line, int caller, bool emergency)
{
	const struct nm_checker *checker = prover->checker;
	const struct nm_case key = {
		.line = line,
		.planned = true,
		.decision = nm_decide(checker->plan, &checker->timeline->states[state], line,
				      checker->classes.items[caller].groups, emergency),
	};

	return case_find(prover, key, state, caller);
}

struct nm_case *nm_case_leg(struct nm_prover *prover, const struct nm_case *one, int line)
{
	return one->planned ? nm_case_planned(prover, one->state, line, one->caller, false)
			    : nm_case_get(prover, one->state, line, one->caller, false);
}
