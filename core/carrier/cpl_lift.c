/* SPDX-License-Identifier: MIT */
/*
 * What a CPL script decides, as a route: the script is run for each stretch of time and each kind of caller.
 *
 * Callers whom every chain of address-switches sends the same way are one group.  A caller can be in several
 * (a number, and its beginning): the group of the highest level then has the most specific of them, which is
 * the one that decides.
 */
#include <stdlib.h>
#include <string.h>

#include "core/carrier/cpl.h"
#include "core/carrier/cpl_program.h"

#define STEPS_MAX 256

struct lifting {
	struct nm_cpl_program program;
	struct nm_lifter lifter;
	struct nm_cpl_callers callers;
	int *levels; /* of each caller; in the route's arena */
	const struct nm_cpl_op ***ways; /* of each caller: where each chain of switches leads it */
	size_t n_chains;
	const struct nm_cpl_op **chains;
	/* of each group of the lifter: one of its callers */
	size_t witness[NM_PLAN_GROUPS];
	int level[NM_PLAN_GROUPS];
	size_t n_groups;
};

/* --- running --- */

static bool within(const struct nm_cpl_op *op, const struct nm_zone *zone, nm_time t)
{
	nm_local local;
	int64_t day;
	int second;

	if (!op->weekly)
		return op->span.from <= t && t < op->span.until;
	local = nm_zone_local(zone, t);
	day = nm_local_day(local);
	second = (int)(local - day * NM_DAY);
	return (op->days >> nm_weekday(day) & 1) != 0 && op->from_s <= second && second < op->until_s;
}

/* caller: NULL for one of whom nothing is known. */
static const struct nm_cpl_op *choose(const struct nm_cpl_op *op, const struct nm_cpl_caller *caller)
{
	for (size_t i = 0; i < op->n; i++)
		if (caller != NULL && (nm_cpl_caller_same(&op->cases[i].who.pattern, &caller->pattern) ||
				       nm_cpl_caller_covers(&op->cases[i].who, caller)))
			return op->cases[i].then;
	return op->otherwise;
}

/* Past a chain of switches. */
static const struct nm_cpl_op *follow(const struct nm_cpl_op *op, const struct nm_cpl_caller *caller)
{
	while (op->kind == NM_CPL_CALLER)
		op = choose(op, caller);
	return op;
}

struct run {
	struct nm_arena *arena;
	struct nm_treatment *treatment;
	struct nm_party parties[NM_RING_MAX];
	size_t n;
	struct nm_error *err;
};

static enum nm_code odd(const struct run *run, const struct nm_cpl_op *op, const char *what)
{
	return nm_fail(run->err, NM_INPUT, NM_CPL_FOREIGN ": line %d: %s", op->line, what);
}

static enum nm_code add_party(struct run *run, const struct nm_cpl_op *op)
{
	if (op->clear)
		run->n = 0;
	if (run->n == NM_RING_MAX)
		return odd(run, op, "too many phones at once");
	run->parties[run->n++] = *op->party;
	return NM_OK;
}

static enum nm_code add_step(struct run *run, const struct nm_cpl_op *op)
{
	const bool forever = op->timeout_s == NM_CPL_FOREVER_S;

	if (run->n == 0)
		return odd(run, op, "it rings the line itself");
	if (op->timeout_s > NM_FOR_MAX && !forever)
		return odd(run, op, "it rings for longer than nevermiss lets a phone ring");
	if (run->treatment->n == STEPS_MAX)
		return odd(run, op, "too many rings one after the other");
	if (!nm_lifter_step(run->arena, run->treatment, run->parties, run->n,
			    forever ? NM_RING_HANDOVER : NM_RING_TIMED, forever ? 0 : op->timeout_s))
		return nm_fail_memory(run->err);
	run->n = 0;
	return NM_OK;
}

static enum nm_code end_run(struct run *run, const struct nm_cpl_op *op)
{
	struct nm_treatment *treatment = run->treatment;

	if (op->status == NM_CPL_NOBODY) {
		if (treatment->n == 0)
			treatment->verdict = NM_VERDICT_LOST;
		return NM_OK;
	}
	if (treatment->n > 0)
		return odd(run, op, "it refuses a call after it rang");
	treatment->verdict = NM_VERDICT_REJECT;
	treatment->reject = op->status == NM_CPL_BUSY ? NM_REJECT_BUSY : NM_REJECT_SILENT;
	return NM_OK;
}

/* A time-switch after a ring is judged at the time the call came: t. */
static enum nm_code run_script(const struct lifting *l, nm_time t, const struct nm_cpl_caller *caller,
			       struct run *run)
{
	const struct nm_zone *zone = l->lifter.facts.route->zone;
	const struct nm_cpl_op *op = l->program.incoming;
	enum nm_code code = NM_OK;

	while (code == NM_OK) {
		switch (op->kind) {
		case NM_CPL_TIME:
			op = within(op, zone, t) ? op->then : op->otherwise;
			break;
		case NM_CPL_CALLER:
			op = choose(op, caller);
			break;
		case NM_CPL_LOCATION:
		case NM_CPL_LOOKUP:
			code = add_party(run, op);
			op = op->then;
			break;
		case NM_CPL_PROXY:
			code = add_step(run, op);
			op = op->then;
			break;
		case NM_CPL_REJECT:
			return end_run(run, op);
		}
	}
	return code;
}

static enum nm_code treat(void *context, nm_time t, uint64_t groups, bool key, struct nm_arena *arena,
			  struct nm_treatment **out, struct nm_error *err)
{
	const struct lifting *l = context;
	const struct nm_cpl_caller *caller = NULL;
	struct run run = { .arena = arena, .treatment = nm_lifter_path(arena), .err = err };
	int level = -1;

	(void)key;
	if (run.treatment == NULL)
		return nm_fail_memory(err);
	for (size_t g = 0; g < l->n_groups; g++)
		if ((groups >> g & 1) != 0 && l->level[g] > level) {
			level = l->level[g];
			caller = &l->callers.items[l->witness[g]];
		}
	*out = run.treatment;
	return run_script(l, t, caller, &run);
}

/* --- groups --- */

static void add_chain(struct lifting *l, bool *known, const struct nm_cpl_op *op)
{
	if (op == NULL || op->kind != NM_CPL_CALLER || known[op->index])
		return;
	known[op->index] = true;
	l->chains[l->n_chains++] = op;
}

/* The switches with which a chain begins: those that anything but a switch leads to. */
static enum nm_code gather(struct lifting *l, struct nm_error *err)
{
	const struct nm_cpl_program *program = &l->program;
	bool *known = nm_arena_alloc(program->arena, program->n, sizeof(*known));

	l->chains = nm_arena_alloc(program->arena, program->n, sizeof(*l->chains));
	if (l->chains == NULL || known == NULL)
		return nm_fail_memory(err);
	add_chain(l, known, program->incoming);
	for (size_t i = 0; i < program->n; i++) {
		const struct nm_cpl_op *op = program->ops[i];

		if (op->kind != NM_CPL_CALLER) {
			add_chain(l, known, op->then);
			add_chain(l, known, op->otherwise);
			continue;
		}
		for (size_t k = 0; k < op->n; k++)
			if (!nm_cpl_callers_add(&l->callers, &op->cases[k].who.pattern))
				return nm_fail_memory(err);
	}
	nm_cpl_callers_settle(&l->callers);
	return NM_OK;
}

/* Where each chain leads each caller. */
static enum nm_code find_ways(struct lifting *l, struct nm_error *err)
{
	struct nm_arena *arena = l->program.arena;

	l->ways = nm_arena_alloc(arena, l->callers.n, sizeof(*l->ways));
	l->levels = nm_arena_alloc(arena, l->callers.n, sizeof(*l->levels));
	if (l->ways == NULL || l->levels == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < l->callers.n; i++) {
		l->ways[i] = nm_arena_alloc(arena, l->n_chains, sizeof(**l->ways));
		if (l->ways[i] == NULL)
			return nm_fail_memory(err);
		for (size_t c = 0; c < l->n_chains; c++)
			l->ways[i][c] = follow(l->chains[c], &l->callers.items[i]);
	}
	return NM_OK;
}

static bool same_ways(const struct lifting *l, size_t a, size_t b)
{
	return l->n_chains == 0 ||
	       memcmp(l->ways[a], l->ways[b], l->n_chains * sizeof(**l->ways)) == 0;
}

static void find_levels(struct lifting *l)
{
	for (size_t i = l->callers.n; i-- > 0;) {
		const size_t wider = l->callers.items[i].wider;

		if (wider < l->callers.n)
			l->levels[i] = l->levels[wider] + !same_ways(l, i, wider);
	}
}

static enum nm_code add_group(struct lifting *l, size_t first, bool *done, struct nm_error *err)
{
	struct nm_caller_pattern *patterns =
		nm_arena_alloc(l->program.arena, l->callers.n - first, sizeof(*patterns));
	enum nm_code code;
	size_t n = 0;
	int group;

	if (patterns == NULL)
		return nm_fail_memory(err);
	for (size_t i = first; i < l->callers.n; i++)
		if (!done[i] && l->levels[i] == l->levels[first] && same_ways(l, i, first)) {
			done[i] = true;
			patterns[n++] = l->callers.items[i].pattern;
		}
	code = nm_lifter_group(&l->lifter, patterns, n, &group, err);
	if (code != NM_OK)
		return code;
	l->witness[group] = first;
	l->level[group] = l->levels[first];
	if ((size_t)group >= l->n_groups)
		l->n_groups = (size_t)group + 1;
	return NM_OK;
}

static enum nm_code make_groups(struct lifting *l, struct nm_error *err)
{
	enum nm_code code = gather(l, err);
	bool *done;

	if (code == NM_OK)
		code = find_ways(l, err);
	if (code != NM_OK)
		return code;
	find_levels(l);
	done = nm_arena_alloc(l->program.arena, l->callers.n, sizeof(*done));
	if (done == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < l->callers.n && code == NM_OK; i++)
		if (!done[i])
			code = add_group(l, i, done, err);
	return code;
}

/* --- times --- */

static enum nm_code make_times(struct lifting *l, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < l->program.n && code == NM_OK; i++) {
		const struct nm_cpl_op *op = l->program.ops[i];

		if (op->kind != NM_CPL_TIME)
			continue;
		if (op->weekly && (op->from_s % 60 != 0 || op->until_s % 60 != 0))
			return nm_fail(err, NM_INPUT, NM_CPL_FOREIGN ": line %d: a weekly time within a minute",
				       op->line);
		if (op->weekly) {
			nm_lifter_daily(&l->lifter, op->from_s / 60);
			nm_lifter_daily(&l->lifter, op->until_s / 60);
			continue;
		}
		code = nm_lifter_at(&l->lifter, op->span.from, err);
		if (code == NM_OK)
			code = nm_lifter_at(&l->lifter, op->span.until, err);
	}
	return code;
}

enum nm_code nm_cpl_lift(const struct nm_artefact *live, struct nm_route **out, const char **foreign,
			 struct nm_error *err)
{
	const struct nm_part *script = nm_artefact_find(live, NM_CPL_PART);
	const struct nm_part *domain = nm_artefact_find(live, NM_CPL_DOMAIN);
	struct lifting l = { 0 };
	enum nm_code code;

	*foreign = NULL;
	if (script == NULL || domain == NULL)
		return nm_fail(err, NM_INPUT, "the server holds no script");
	code = nm_lifter_begin(live, &l.lifter, err);
	if (code != NM_OK)
		return code;
	l.program.facts = &l.lifter.facts;
	l.program.arena = l.lifter.facts.route->arena;
	l.program.domain = domain->bytes;
	code = nm_cpl_program_read(script->bytes, script->len, &l.program, err);
	if (code == NM_OK)
		code = make_groups(&l, err);
	if (code == NM_OK)
		code = make_times(&l, err);
	if (code == NM_OK)
		code = nm_lifter_finish(&l.lifter, treat, &l, out, err);
	else
		nm_lifter_clear(&l.lifter);
	nm_cpl_callers_clear(&l.callers);
	nm_cpl_program_clear(&l.program);
	return code;
}
