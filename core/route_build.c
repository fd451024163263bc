/* SPDX-License-Identifier: MIT */
/*
 * plan -> timeline -> route: all that one line does, with every decision made and resolved.
 *
 * Comes in: a timeline and the plan's classes of callers.  Goes out: a route that stands on its own,
 * with treatments and situations numbered in the order in which the week, then the exceptions, need
 * them, so that the same plan makes the same bytes at every carrier.
 */
#include <stdlib.h>
#include <string.h>

#include "nevermiss/route.h"

struct builder {
	const struct nm_timeline *timeline;
	const struct nm_classes *classes;
	int line;
	struct nm_route *route;
	struct nm_treatment **treatments;
	uint64_t *hashes; /* of the treatments */
	size_t n_treatments, treatments_capacity, hashes_capacity;
	int *rows; /* of each situation: treatments, then keys, of all classes */
	size_t n_rows, rows_capacity;
	struct nm_arena *scratch; /* of one state */
};

/* What a decision of the state at hand resolved to, so that it is done once. */
struct known {
	struct nm_decision decision;
	int treatment;
};

/* Equal treatments have equal hashes (nobody gets past a voicemail or a line that takes the call over for good,
 * so nothing behind one counts); the rest is up to nm_treatment_equal. */
static uint64_t treatment_hash(const struct nm_treatment *treatment)
{
	uint64_t hash = (uint64_t)treatment->reject;

	for (size_t i = 0; i < treatment->n; i++) {
		const struct nm_treatment_step *step = &treatment->steps[i];

		for (size_t j = 0; j < step->n; j++)
			if (step->parties[j].kind == NM_VOICEMAIL)
				return hash;
		if (step->n > 0)
			hash = hash * 1099511628211u + step->n * 1000 +
			       (step->ring_time == NM_RING_TIMED ? (uint64_t)step->for_s : 0);
		if (step->n > 0 && step->ring_time == NM_RING_HANDOVER)
			return hash;
	}
	return hash;
}

static enum nm_code find_treatment(struct builder *b, const struct nm_treatment *treatment, int *out,
				   struct nm_error *err)
{
	uint64_t hash = treatment_hash(treatment);
	size_t n = b->n_treatments;

	for (size_t i = 0; i < n; i++)
		if (b->hashes[i] == hash && nm_treatment_equal(b->treatments[i], treatment)) {
			*out = (int)i;
			return NM_OK;
		}
	if (!nm_grow((void **)&b->treatments, &b->treatments_capacity, n + 1,
		     sizeof(struct nm_treatment *)) ||
	    !nm_grow((void **)&b->hashes, &b->hashes_capacity, n + 1, sizeof(uint64_t)))
		return nm_fail_memory(err);
	b->treatments[n] = nm_treatment_copy(treatment, b->route->arena);
	if (b->treatments[n] == NULL)
		return nm_fail_memory(err);
	b->hashes[n] = hash;
	b->n_treatments++;
	*out = (int)n;
	return NM_OK;
}

static bool same_decision(struct nm_decision a, struct nm_decision b)
{
	return a.verdict == b.verdict && a.by == b.by && a.index == b.index && a.path == b.path &&
	       a.reject == b.reject && a.emergency == b.emergency;
}

static enum nm_code treatment_of(struct builder *b, const struct nm_state *state, struct nm_decision decision,
				 struct known *known, size_t *n_known, int *out, struct nm_error *err)
{
	const struct nm_plan *plan = b->timeline->plan;
	struct nm_treatment *treatment;
	enum nm_code code;

	for (size_t i = 0; i < *n_known; i++)
		if (same_decision(known[i].decision, decision)) {
			*out = known[i].treatment;
			return NM_OK;
		}
	code = nm_resolve(plan, state, b->line, decision, false, b->scratch, &treatment, err);
	if (code == NM_OK)
		code = find_treatment(b, treatment, out, err);
	if (code == NM_OK)
		known[(*n_known)++] = (struct known){ decision, *out };
	return code;
}

static enum nm_code fill_row(struct builder *b, const struct nm_state *state, int *row, struct known *known,
			     struct nm_error *err)
{
	const size_t n = b->classes->n;
	const struct nm_plan *plan = b->timeline->plan;
	size_t n_known = 0;
	enum nm_code code = NM_OK;

	for (size_t c = 0; c < n && code == NM_OK; c++) {
		uint64_t groups = b->classes->items[c].groups;
		struct nm_decision decision = nm_decide(plan, state, b->line, groups, false);

		code = treatment_of(b, state, decision, known, &n_known, &row[c], err);
		row[n + c] = -1;
		if (code != NM_OK || b->route->key == 0 || decision.emergency ||
		    !nm_treatment_greets(b->treatments[row[c]]))
			continue; /* in an emergency the key gives what the caller has already */
		decision = nm_decide(plan, state, b->line, groups, true);
		code = treatment_of(b, state, decision, known, &n_known, &row[n + c], err);
	}
	return code;
}

/* The situation of a state, new or as one before. */
static enum nm_code situation_of(struct builder *b, const struct nm_state *state, struct known *known,
				 int *out, struct nm_error *err)
{
	const size_t width = 2 * b->classes->n;
	enum nm_code code;

	if (!nm_grow((void **)&b->rows, &b->rows_capacity, (b->n_rows + 1) * width, sizeof(int)))
		return nm_fail_memory(err);
	b->scratch = nm_arena_new();
	if (b->scratch == NULL)
		return nm_fail_memory(err);
	code = fill_row(b, state, b->rows + b->n_rows * width, known, err);
	nm_arena_free(b->scratch);
	b->scratch = NULL;
	if (code != NM_OK)
		return code;
	for (size_t i = 0; i < b->n_rows; i++)
		if (memcmp(b->rows + i * width, b->rows + b->n_rows * width, width * sizeof(int)) == 0) {
			*out = (int)i;
			return NM_OK;
		}
	*out = (int)b->n_rows++;
	return NM_OK;
}

/* The line's course of time in situations; *pieces is malloc'd. */
static enum nm_code make_course(struct builder *b, struct nm_route_piece **pieces, struct nm_error *err)
{
	const struct nm_timeline *timeline = b->timeline;
	int *situations = calloc(timeline->n_states + 1, sizeof(*situations));
	struct known *known = calloc(2 * b->classes->n, sizeof(*known));
	struct nm_route_piece *course = calloc(timeline->n + 1, sizeof(*course));
	enum nm_code code = situations && known && course ? NM_OK : nm_fail_memory(err);

	for (size_t i = 0; i < timeline->n_states && code == NM_OK; i++)
		code = situation_of(b, &timeline->states[i], known, &situations[i], err);
	for (size_t i = 0; i < timeline->n && code == NM_OK; i++)
		course[i] = (struct nm_route_piece){ timeline->start[i], situations[timeline->state[i]] };
	free(situations);
	free(known);
	if (code == NM_OK)
		*pieces = course;
	else
		free(course);
	return code;
}

static enum nm_code copy_groups(const struct nm_plan *plan, struct nm_route *route, struct nm_error *err)
{
	route->n_groups = plan->n_callers;
	route->groups = nm_arena_alloc(route->arena, plan->n_callers, sizeof(*route->groups));
	if (route->groups == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < plan->n_callers; i++) {
		const struct nm_callers *from = &plan->callers[i];
		struct nm_caller_pattern *patterns = nm_arena_alloc(route->arena, from->n, sizeof(*patterns));
		struct nm_route_group *group = &route->groups[i];

		group->name = nm_arena_text(route->arena, from->name);
		if (patterns == NULL || group->name == NULL)
			return nm_fail_memory(err);
		if (from->n > 0)
			memcpy(patterns, from->patterns, from->n * sizeof(*patterns));
		group->n = from->n;
		group->patterns = patterns;
	}
	return NM_OK;
}

static enum nm_code copy_classes(const struct nm_classes *classes, struct nm_route *route,
				 struct nm_error *err)
{
	route->n_classes = classes->n;
	route->classes = nm_arena_alloc(route->arena, classes->n, sizeof(*route->classes));
	if (route->classes == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < classes->n; i++) {
		struct nm_route_class *class = &route->classes[i];

		class->groups = classes->items[i].groups;
		class->witness = classes->items[i].witness;
		class->words = nm_arena_text(route->arena, classes->items[i].words);
		if (class->words == NULL)
			return nm_fail_memory(err);
	}
	return NM_OK;
}

/* The next number of `old`, given in the order of the calls. */
static int renumber(int *map, int old, int *next)
{
	if (map[old] < 0)
		map[old] = (*next)++;
	return map[old];
}

/* Numbers the situations as the week, then the exceptions, need them; map: old to new, or -1. */
static int number_situations(struct nm_route *route, int *map)
{
	int next = 0;

	for (int w = 0; w < 7; w++) {
		/* The pattern was allocated by nm_route_lower in this route's own arena. */
		struct nm_route_change *changes = (struct nm_route_change *)route->week[w].changes;

		for (size_t i = 0; i < route->week[w].n; i++)
			changes[i].situation = renumber(map, changes[i].situation, &next);
	}
	for (size_t i = 0; i < route->n_exceptions; i++)
		route->exceptions[i].situation = renumber(map, route->exceptions[i].situation, &next);
	return next;
}

/* Puts the situations that are needed, and the treatments that these need, into the route. */
static enum nm_code settle(struct builder *b, struct nm_error *err)
{
	const size_t n = b->classes->n;
	struct nm_route *route = b->route;
	int *map = malloc((b->n_rows + b->n_treatments + 1) * sizeof(*map));
	int *treatments, *values, next = 0;

	if (map == NULL)
		return nm_fail_memory(err);
	treatments = map + b->n_rows;
	for (size_t i = 0; i < b->n_rows + b->n_treatments; i++)
		map[i] = -1;
	route->n_situations = (size_t)number_situations(route, map);
	route->situations = nm_arena_alloc(route->arena, route->n_situations, sizeof(*route->situations));
	route->treatments = nm_arena_alloc(route->arena, b->n_treatments, sizeof(*route->treatments));
	values = nm_arena_alloc(route->arena, route->n_situations * n, 2 * sizeof(int));
	if (route->situations == NULL || route->treatments == NULL || values == NULL) {
		free(map);
		return nm_fail_memory(err);
	}
	for (size_t i = 0; i < b->n_rows; i++)
		if (map[i] >= 0) {
			int *row = values + (size_t)map[i] * 2 * n;

			memcpy(row, b->rows + i * 2 * n, 2 * n * sizeof(int));
			route->situations[map[i]] = (struct nm_situation){ row, row + n };
		}
	for (size_t i = 0; i < route->n_situations * 2 * n; i++)
		if (values[i] >= 0)
			values[i] = renumber(treatments, values[i], &next);
	for (size_t i = 0; i < b->n_treatments; i++)
		if (treatments[i] >= 0)
			route->treatments[treatments[i]] = b->treatments[i];
	route->n_treatments = (size_t)next;
	free(map);
	return NM_OK;
}

static enum nm_code name_route(const struct nm_plan *plan, int line, struct nm_route *route,
			       struct nm_error *err)
{
	char number[NM_NUMBER_TEXT], fallback[NM_NUMBER_TEXT];
	const bool falls_back = plan->lines[line].fallback != 0;

	nm_number_write(plan->lines[line].number, number);
	nm_number_write(plan->lines[line].fallback, fallback);
	route->line = nm_arena_text(route->arena, plan->lines[line].name);
	route->number = nm_arena_text(route->arena, number);
	route->fallback = falls_back ? nm_arena_text(route->arena, fallback) : NULL;
	route->key = plan->emergency.given ? plan->emergency.key : 0;
	if (route->line == NULL || route->number == NULL || (falls_back && route->fallback == NULL))
		return nm_fail_memory(err);
	return copy_groups(plan, route, err);
}

enum nm_code nm_route_build(const struct nm_timeline *timeline, const struct nm_classes *classes, int line,
			    struct nm_route **out, struct nm_error *err)
{
	struct builder b = { .timeline = timeline, .classes = classes, .line = line };
	struct nm_route_piece *course = NULL;
	enum nm_code code;

	code = nm_route_new(timeline->plan->timezone, timeline->from, timeline->until, &b.route, err);
	if (code != NM_OK)
		return code;
	code = name_route(timeline->plan, line, b.route, err);
	if (code == NM_OK)
		code = copy_classes(classes, b.route, err);
	if (code == NM_OK)
		code = make_course(&b, &course, err);
	if (code == NM_OK) {
		b.route->n_situations = b.n_rows; /* as many as the course speaks of */
		code = nm_route_lower(b.route, course, timeline->n, err);
	}
	if (code == NM_OK)
		code = settle(&b, err);
	free(course);
	free(b.treatments);
	free(b.hashes);
	free(b.rows);
	if (code == NM_OK)
		*out = b.route;
	else
		nm_route_free(b.route);
	return code;
}
