/* SPDX-License-Identifier: MIT */
/* Lifting: see lifter.h.  Comes in: groups, times and a driver that answers.  Goes out: a route. */
#include "core/carrier/lifter.h"

#include <stdlib.h>
#include <string.h>

#include "core/route_private.h"

#define TIMES_MAX ((size_t)4 * 1000 * 1000)

enum nm_code nm_lifter_begin(const struct nm_artefact *artefact, struct nm_lifter *lifter, struct nm_error *err)
{
	*lifter = (struct nm_lifter){ 0 };
	return nm_facts_read(artefact, &lifter->facts, err);
}

void nm_lifter_clear(struct nm_lifter *lifter)
{
	nm_route_free(lifter->facts.route);
	free(lifter->groups);
	free(lifter->times);
	*lifter = (struct nm_lifter){ 0 };
}

/* --- groups --- */

static int compare_patterns(const void *a, const void *b)
{
	const struct nm_caller_pattern *x = a, *y = b;

	if (x->anonymous != y->anonymous)
		return x->anonymous ? -1 : 1;
	if (x->prefix != y->prefix)
		return x->prefix ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static bool same_pattern(const struct nm_caller_pattern *a, const struct nm_caller_pattern *b)
{
	return compare_patterns(a, b) == 0;
}

/* Sorted, each once, in the arena; NULL when memory is out. */
static struct nm_caller_pattern *sorted(struct nm_arena *arena, const struct nm_caller_pattern *patterns,
					size_t *n)
{
	struct nm_caller_pattern *copy = nm_arena_alloc(arena, *n, sizeof(*copy));
	size_t kept = 0;

	if (copy == NULL || *n == 0)
		return copy;
	memcpy(copy, patterns, *n * sizeof(*copy));
	qsort(copy, *n, sizeof(*copy), compare_patterns);
	for (size_t i = 0; i < *n; i++)
		if (kept == 0 || !same_pattern(&copy[kept - 1], &copy[i]))
			copy[kept++] = copy[i];
	*n = kept;
	return copy;
}

static bool same_callers(const struct nm_caller_pattern *a, size_t n_a, const struct nm_caller_pattern *b,
			 size_t n_b)
{
	if (n_a != n_b)
		return false;
	for (size_t i = 0; i < n_a; i++)
		if (!same_pattern(&a[i], &b[i]))
			return false;
	return true;
}

/* As the plan calls them; NULL: memory. */
static const char *name_callers(const struct nm_lifter *lifter, const struct nm_caller_pattern *patterns,
				size_t n)
{
	const struct nm_route *route = lifter->facts.route;

	for (size_t g = 0; g < route->n_groups; g++) {
		size_t n_known = route->groups[g].n;
		const struct nm_caller_pattern *known =
			sorted(route->arena, route->groups[g].patterns, &n_known);

		if (known == NULL)
			return NULL;
		if (same_callers(known, n_known, patterns, n))
			return route->groups[g].name;
	}
	return nm_arena_format(route->arena, "live-%zu", lifter->n_groups + 1);
}

enum nm_code nm_lifter_group(struct nm_lifter *lifter, const struct nm_caller_pattern *patterns, size_t n,
			     int *group, struct nm_error *err)
{
	struct nm_arena *arena = lifter->facts.route->arena;
	const struct nm_caller_pattern *own = sorted(arena, patterns, &n);
	const char *name;

	if (own == NULL)
		return nm_fail_memory(err);
	for (size_t g = 0; g < lifter->n_groups; g++)
		if (same_callers(lifter->groups[g].patterns, lifter->groups[g].n, own, n)) {
			*group = (int)g;
			return NM_OK;
		}
	if (lifter->n_groups == NM_PLAN_GROUPS)
		return nm_fail(err, NM_INPUT, "it tells more than %d groups of callers apart", NM_PLAN_GROUPS);
	name = name_callers(lifter, own, n);
	if (name == NULL || !nm_grow((void **)&lifter->groups, &lifter->groups_capacity, lifter->n_groups + 1,
				     sizeof(*lifter->groups)))
		return nm_fail_memory(err);
	*group = (int)lifter->n_groups;
	lifter->groups[lifter->n_groups++] = (struct nm_route_group){ name, n, own };
	return NM_OK;
}

/* --- times --- */

enum nm_code nm_lifter_at(struct nm_lifter *lifter, nm_time t, struct nm_error *err)
{
	if (lifter->n_times == TIMES_MAX)
		return nm_fail(err, NM_INPUT, "it changes its mind at more than %zu times", TIMES_MAX);
	if (!nm_grow((void **)&lifter->times, &lifter->times_capacity, lifter->n_times + 1,
		     sizeof(*lifter->times)))
		return nm_fail_memory(err);
	lifter->times[lifter->n_times++] = t;
	return NM_OK;
}

void nm_lifter_daily(struct nm_lifter *lifter, int minute)
{
	if (minute >= 0 && minute <= 24 * 60)
		lifter->minutes[minute % (24 * 60)] = true;
}

static int compare_times(const void *a, const void *b)
{
	const nm_time *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Every instant of the window at which a wall clock shows one of the minutes.  An hour that is repeated
 * shows them twice; the changes of the clock themselves count too. */
static enum nm_code spread_minutes(struct nm_lifter *lifter, struct nm_error *err)
{
	const struct nm_route *route = lifter->facts.route;
	const struct nm_zone *zone = route->zone;
	nm_time t = route->from;
	enum nm_code code = NM_OK;

	while (t < route->until && code == NM_OK) {
		const nm_time change = nm_zone_next_change(zone, t);
		const nm_time end = change < route->until ? change : route->until;
		const int32_t offset = nm_zone_offset(zone, t);

		for (int64_t day = nm_local_day(t + offset); day * NM_DAY - offset < end && code == NM_OK; day++)
			for (int minute = 0; minute < 24 * 60 && code == NM_OK; minute++) {
				const nm_time at = day * NM_DAY + minute * 60 - offset;

				if (lifter->minutes[minute] && at >= t && at < end)
					code = nm_lifter_at(lifter, at, err);
			}
		if (code == NM_OK && end < route->until)
			code = nm_lifter_at(lifter, end, err);
		t = end;
	}
	return code;
}

/* All times within the window, sorted, each once, its beginning first. */
static enum nm_code settle_times(struct nm_lifter *lifter, struct nm_error *err)
{
	const struct nm_route *route = lifter->facts.route;
	enum nm_code code = spread_minutes(lifter, err);
	size_t n = 0;

	if (code == NM_OK)
		code = nm_lifter_at(lifter, route->from, err);
	if (code != NM_OK)
		return code;
	qsort(lifter->times, lifter->n_times, sizeof(*lifter->times), compare_times);
	for (size_t i = 0; i < lifter->n_times; i++) {
		const nm_time t = lifter->times[i];

		if (t >= route->from && t < route->until && (n == 0 || lifter->times[n - 1] != t))
			lifter->times[n++] = t;
	}
	lifter->n_times = n;
	return NM_OK;
}

/* --- asking the driver --- */

struct asking {
	struct nm_lifter *lifter;
	nm_lifter_treat *treat;
	void *context;
	struct nm_classes classes;
	struct nm_treatment **treatments; /* different ones, in the route's arena */
	size_t n_treatments, treatments_capacity;
	int *rows; /* of each situation: treatments, then keys, of all classes */
	size_t n_rows, rows_capacity;
	struct nm_route_piece *pieces;
};

static enum nm_code number_treatment(struct asking *a, const struct nm_treatment *treatment, int *out,
				     struct nm_error *err)
{
	size_t i = 0;

	while (i < a->n_treatments && !nm_treatment_equal(a->treatments[i], treatment))
		i++;
	*out = (int)i;
	if (i < a->n_treatments)
		return NM_OK;
	if (!nm_grow((void **)&a->treatments, &a->treatments_capacity, i + 1, sizeof(struct nm_treatment *)))
		return nm_fail_memory(err);
	a->treatments[i] = nm_treatment_copy(treatment, a->lifter->facts.route->arena);
	if (a->treatments[i] == NULL)
		return nm_fail_memory(err);
	a->n_treatments++;
	return NM_OK;
}

static enum nm_code ask(struct asking *a, nm_time t, size_t class, bool key, struct nm_arena *arena, int *out,
			struct nm_error *err)
{
	struct nm_treatment *treatment = NULL;
	enum nm_code code = a->treat(a->context, t, a->classes.items[class].groups, key, arena, &treatment, err);

	*out = -1;
	if (code != NM_OK || treatment == NULL)
		return code;
	return number_treatment(a, treatment, out, err);
}

/* What holds from t on, as a row of its own or one of before. */
static enum nm_code ask_row(struct asking *a, nm_time t, int *situation, struct nm_error *err)
{
	const size_t n = a->classes.n, width = 2 * n;
	struct nm_arena *arena = nm_arena_new();
	enum nm_code code = NM_OK;
	size_t i = 0;
	int *row;

	if (arena == NULL || !nm_grow((void **)&a->rows, &a->rows_capacity, (a->n_rows + 1) * width, sizeof(int))) {
		nm_arena_free(arena);
		return nm_fail_memory(err);
	}
	row = a->rows + a->n_rows * width;
	for (size_t c = 0; c < n && code == NM_OK; c++) {
		row[n + c] = -1;
		code = ask(a, t, c, false, arena, &row[c], err);
		if (code == NM_OK && a->lifter->key != 0 && row[c] >= 0 &&
		    nm_treatment_greets(a->treatments[row[c]]))
			code = ask(a, t, c, true, arena, &row[n + c], err);
	}
	nm_arena_free(arena);
	while (i < a->n_rows && memcmp(a->rows + i * width, row, width * sizeof(int)) != 0)
		i++;
	a->n_rows += i == a->n_rows;
	*situation = (int)i;
	return code;
}

static enum nm_code ask_all(struct asking *a, struct nm_error *err)
{
	struct nm_lifter *lifter = a->lifter;
	enum nm_code code = NM_OK;

	a->pieces = calloc(lifter->n_times + 1, sizeof(*a->pieces));
	if (a->pieces == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < lifter->n_times && code == NM_OK; i++) {
		a->pieces[i].start = lifter->times[i];
		code = ask_row(a, lifter->times[i], &a->pieces[i].situation, err);
	}
	return code;
}

/* --- the route --- */

static enum nm_code make_classes(struct asking *a, struct nm_error *err)
{
	struct nm_lifter *lifter = a->lifter;
	struct nm_callers *callers = calloc(lifter->n_groups + 1, sizeof(*callers));
	struct nm_plan plan = { .callers = callers, .n_callers = lifter->n_groups };
	enum nm_code code;

	if (callers == NULL)
		return nm_fail_memory(err);
	for (size_t g = 0; g < lifter->n_groups; g++)
		callers[g] = (struct nm_callers){ .name = lifter->groups[g].name,
						  .n = lifter->groups[g].n,
						  .patterns = lifter->groups[g].patterns };
	code = nm_classes_build(&plan, &a->classes, err);
	free(callers);
	return code;
}

static bool fill_callers(struct asking *a, struct nm_route *route)
{
	route->n_groups = a->lifter->n_groups;
	route->groups = nm_arena_alloc(route->arena, route->n_groups, sizeof(*route->groups));
	route->n_classes = a->classes.n;
	route->classes = nm_arena_alloc(route->arena, route->n_classes, sizeof(*route->classes));
	if (route->groups == NULL || route->classes == NULL)
		return false;
	if (route->n_groups > 0)
		memcpy(route->groups, a->lifter->groups, route->n_groups * sizeof(*route->groups));
	for (size_t c = 0; c < route->n_classes; c++) {
		route->classes[c].groups = a->classes.items[c].groups;
		route->classes[c].witness = a->classes.items[c].witness;
		route->classes[c].words = nm_arena_text(route->arena, a->classes.items[c].words);
		if (route->classes[c].words == NULL)
			return false;
	}
	return true;
}

static bool fill_situations(struct asking *a, struct nm_route *route)
{
	const size_t n = a->classes.n;
	int *rows = nm_arena_alloc(route->arena, a->n_rows * n, 2 * sizeof(int));

	route->n_treatments = a->n_treatments;
	route->treatments = nm_arena_alloc(route->arena, a->n_treatments, sizeof(*route->treatments));
	route->n_situations = a->n_rows;
	route->situations = nm_arena_alloc(route->arena, a->n_rows, sizeof(*route->situations));
	if (rows == NULL || route->treatments == NULL || route->situations == NULL)
		return false;
	memcpy(route->treatments, a->treatments, a->n_treatments * sizeof(*route->treatments));
	memcpy(rows, a->rows, a->n_rows * n * 2 * sizeof(int));
	for (size_t i = 0; i < a->n_rows; i++)
		route->situations[i] = (struct nm_situation){ rows + i * 2 * n, rows + i * 2 * n + n };
	return true;
}

static enum nm_code make_route(struct asking *a, struct nm_error *err)
{
	struct nm_route *route = a->lifter->facts.route;

	route->key = a->lifter->key;
	if (!fill_callers(a, route) || !fill_situations(a, route))
		return nm_fail_memory(err);
	return nm_route_lower(route, a->pieces, a->lifter->n_times, err);
}

enum nm_code nm_lifter_finish(struct nm_lifter *lifter, nm_lifter_treat *treat, void *context,
			      struct nm_route **out, struct nm_error *err)
{
	struct asking a = { .lifter = lifter, .treat = treat, .context = context };
	enum nm_code code = make_classes(&a, err);

	if (code == NM_OK)
		code = settle_times(lifter, err);
	if (code == NM_OK)
		code = ask_all(&a, err);
	if (code == NM_OK)
		code = make_route(&a, err);
	nm_classes_clear(&a.classes);
	free(a.treatments);
	free(a.rows);
	free(a.pieces);
	if (code == NM_OK) {
		*out = lifter->facts.route;
		lifter->facts.route = NULL;
	}
	nm_lifter_clear(lifter);
	return code;
}

/* --- for drivers --- */

struct nm_treatment *nm_lifter_path(struct nm_arena *arena)
{
	struct nm_treatment *treatment = nm_arena_alloc(arena, 1, sizeof(*treatment));

	if (treatment != NULL)
		treatment->verdict = NM_VERDICT_PATH;
	return treatment;
}

bool nm_lifter_step(struct nm_arena *arena, struct nm_treatment *treatment, const struct nm_party *parties,
		    size_t n, enum nm_ring_time ring_time, int for_s)
{
	struct nm_treatment_step *steps = nm_arena_alloc(arena, treatment->n + 1, sizeof(*steps));
	struct nm_party *own = nm_arena_alloc(arena, n, sizeof(*own));

	if (steps == NULL || own == NULL)
		return false;
	if (treatment->n > 0)
		memcpy(steps, treatment->steps, treatment->n * sizeof(*steps));
	if (n > 0)
		memcpy(own, parties, n * sizeof(*own));
	steps[treatment->n] = (struct nm_treatment_step){ .number = (int)treatment->n + 1,
							  .round = 1,
							  .ring_time = ring_time,
							  .for_s = for_s,
							  .n = n,
							  .parties = own };
	treatment->steps = steps;
	treatment->n++;
	return true;
}
