/* SPDX-License-Identifier: MIT */
/*
 * Compiling a plan for a window of time.  In: the plan's hours, calendars, overrides and rotations;
 * out: intervals that tile the window, each with the state that holds in it.  Everything that changes
 * is first written down as an edge (at this instant, this bit flips), the edges are put in order, and
 * one sweep over them makes the intervals.  Two flips of one bit at one instant cancel, so spans that
 * touch (midnight, a clock change) need no care.  Knows no rules, callers or paths.
 */
#include "nevermiss/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "core/spans.h"

#define EDGES_MAX ((size_t)1 << 24) /* a plan that changes more often than this is refused */
#define TURN_BIT UINT32_MAX

/* At `at` bit `bit` of the state flips; TURN_BIT: rotation `rotation` goes to destination `turn`. */
struct edge {
	nm_time at;
	uint32_t bit;
	int16_t rotation, turn;
};

struct edges {
	struct edge *items;
	size_t n, capacity;
};

/* The hours of one schedule, with the spans of dates that are alike kept. */
struct daily {
	const struct nm_hours *hours;
	struct nm_holidays holidays;
	uint32_t bit;
	struct nm_minutes *known[NM_HOURS_SIGNATURES]; /* arena; by signature */
	uint8_t n_known[NM_HOURS_SIGNATURES];
};

struct builder {
	const struct nm_plan *plan;
	nm_time from, until;
	struct edges hours; /* in order as they are made */
	struct edges other; /* calendars, overrides, rotations: sorted before the sweep */
	struct nm_arena *scratch;
	size_t n_daily;
	struct daily *daily;
	int32_t **holidays; /* per calendar; NULL until asked for */
	size_t *n_holidays;

	/* the state at the sweep's place */
	size_t words, n_schedule_words, n_turns;
	uint64_t *bits;
	int16_t *turns;

	struct nm_timeline *timeline;
	nm_time *start;
	uint32_t *state;
	size_t n, start_capacity, state_capacity;
	struct nm_state *states;
	uint64_t *hashes;
	size_t n_states, states_capacity, hashes_capacity;
	uint32_t *table; /* open addressing: index + 1 */
	size_t table_size;
};

static enum nm_code edge_add(struct edges *edges, struct edge edge, struct nm_error *err)
{
	if (edges->n == edges->capacity) {
		if (edges->n >= EDGES_MAX)
			return nm_fail(err, NM_INPUT, "the plan changes more than %zu times in this window: choose a shorter one",
				       EDGES_MAX);
		if (!nm_grow((void **)&edges->items, &edges->capacity, edges->n + 1, sizeof(*edges->items)))
			return nm_fail_memory(err);
	}
	edges->items[edges->n++] = edge;
	return NM_OK;
}

/* A span during which `bit` is on, cut to [from, until). */
static enum nm_code span_add(struct edges *edges, uint32_t bit, struct nm_span span, nm_time from, nm_time until,
			     struct nm_error *err)
{
	enum nm_code code;

	if (span.from < from)
		span.from = from;
	if (span.until > until)
		span.until = until;
	if (span.from >= span.until)
		return NM_OK;
	code = edge_add(edges, (struct edge){ .at = span.from, .bit = bit }, err);
	if (code)
		return code;
	return edge_add(edges, (struct edge){ .at = span.until, .bit = bit }, err);
}

static int edge_compare(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/* Few edges, nearly in order: most days; qsort for the others. */
static void edges_sort(struct edge *items, size_t n)
{
	if (n > 48) {
		qsort(items, n, sizeof(*items), edge_compare);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		struct edge edge = items[i];
		size_t j = i;

		for (; j > 0 && items[j - 1].at > edge.at; j--)
			items[j] = items[j - 1];
		items[j] = edge;
	}
}

/* --- hours --- */

static enum nm_code holidays_get(struct builder *b, int calendar, struct nm_holidays *out, struct nm_error *err)
{
	enum nm_code code;

	*out = (struct nm_holidays){ NULL, 0 };
	if (calendar < 0)
		return NM_OK;
	if (!b->holidays[calendar]) {
		code = nm_holidays_of(b->plan, calendar, b->from - NM_HOLIDAY_MARGIN, b->until + NM_HOLIDAY_MARGIN,
				      &b->holidays[calendar], &b->n_holidays[calendar], err);
		if (code)
			return code;
	}
	*out = (struct nm_holidays){ b->holidays[calendar], b->n_holidays[calendar] };
	return NM_OK;
}

static enum nm_code daily_prepare(struct builder *b, struct nm_error *err)
{
	const struct nm_plan *plan = b->plan;

	b->daily = nm_arena_alloc(b->scratch, plan->n_schedules, sizeof(*b->daily));
	if (!b->daily)
		return nm_fail_memory(err);
	for (size_t i = 0; i < plan->n_schedules; i++) {
		const struct nm_schedule *schedule = &plan->schedules[i];
		struct daily *daily = &b->daily[b->n_daily];
		enum nm_code code = NM_OK;

		if (!schedule->hours)
			continue;
		daily->hours = schedule->hours;
		daily->bit = (uint32_t)i;
		if (nm_hours_uses_holidays(schedule->hours))
			code = holidays_get(b, schedule->holidays, &daily->holidays, err);
		if (code)
			return code;
		b->n_daily++;
	}
	return NM_OK;
}

/* The spans of a date, evaluated once for all dates that are alike. */
static enum nm_code daily_spans(struct builder *b, struct daily *daily, int64_t day, struct nm_minutes *room,
				const struct nm_minutes **spans, size_t *n, struct nm_error *err)
{
	uint32_t signature = nm_hours_signature(daily->hours, day, &daily->holidays);

	*spans = room;
	if (signature < NM_HOURS_SIGNATURES && daily->known[signature]) {
		*spans = daily->known[signature];
		*n = daily->n_known[signature];
		return NM_OK;
	}
	*n = nm_hours_day(daily->hours, day, &daily->holidays, room);
	if (signature >= NM_HOURS_SIGNATURES)
		return NM_OK;
	daily->known[signature] = nm_arena_alloc(b->scratch, *n + 1, sizeof(*room));
	if (!daily->known[signature])
		return nm_fail_memory(err);
	memcpy(daily->known[signature], room, *n * sizeof(*room));
	daily->n_known[signature] = (uint8_t)*n;
	return NM_OK;
}

/* One local date while the clock's offset is `offset`, cut to [from, until). */
static enum nm_code day_add(struct builder *b, int64_t day, int32_t offset, struct nm_span window, struct nm_error *err)
{
	nm_time midnight = day * NM_DAY - offset;
	size_t first = b->hours.n;

	for (size_t i = 0; i < b->n_daily; i++) {
		struct nm_minutes room[NM_HOURS_SPANS];
		const struct nm_minutes *spans;
		size_t n;
		enum nm_code code = daily_spans(b, &b->daily[i], day, room, &spans, &n, err);

		for (size_t k = 0; !code && k < n; k++) {
			struct nm_span span = { midnight + spans[k].from * 60, midnight + spans[k].until * 60 };

			code = span_add(&b->hours, b->daily[i].bit, span, window.from, window.until, err);
		}
		if (code)
			return code;
	}
	edges_sort(b->hours.items + first, b->hours.n - first);
	return NM_OK;
}

/* An instant is inside if its wall-clock time is: so between two clock changes the dates are simply
 * laid over the instants, and what a change repeats or skips comes out by itself. */
static enum nm_code hours_add(struct builder *b, struct nm_error *err)
{
	struct nm_span window = { b->from, b->from };

	if (b->n_daily == 0)
		return NM_OK;
	while (window.until < b->until) {
		int32_t offset;
		int64_t last;

		window.from = window.until;
		window.until = nm_zone_next_change(b->plan->zone, window.from);
		if (window.until > b->until)
			window.until = b->until;
		offset = nm_zone_offset(b->plan->zone, window.from);
		last = nm_local_day(window.until - 1 + offset);
		for (int64_t day = nm_local_day(window.from + offset); day <= last; day++) {
			enum nm_code code = day_add(b, day, offset, window, err);

			if (code)
				return code;
		}
	}
	return NM_OK;
}

/* --- calendars, overrides, rotations --- */

static enum nm_code calendars_add(struct builder *b, struct nm_error *err)
{
	for (size_t i = 0; i < b->plan->n_schedules; i++) {
		const struct nm_schedule *schedule = &b->plan->schedules[i];
		struct nm_spans spans;
		enum nm_code code;

		if (schedule->hours || schedule->calendar < 0)
			continue;
		code = nm_spans_of_calendar(b->plan, schedule->calendar, b->from, b->until, &spans, err);
		for (size_t k = 0; !code && k < spans.n; k++)
			code = span_add(&b->other, (uint32_t)i, spans.items[k], b->from, b->until, err);
		free(spans.items);
		if (code)
			return code;
	}
	return NM_OK;
}

static enum nm_code overrides_add(struct builder *b, struct nm_error *err)
{
	for (size_t i = 0; i < b->plan->n_overrides; i++) {
		struct nm_span span = { b->plan->overrides[i].from, b->plan->overrides[i].until };
		uint32_t bit = (uint32_t)(b->n_schedule_words * 64 + i);
		enum nm_code code = span_add(&b->other, bit, span, b->from, b->until, err);

		if (code)
			return code;
	}
	return NM_OK;
}

static enum nm_code rotations_add(struct builder *b, struct nm_error *err)
{
	for (size_t i = 0; i < b->plan->n_rotations; i++) {
		nm_time t = b->from;

		while (t < b->until) {
			struct edge edge = { .at = t, .bit = TURN_BIT, .rotation = (int16_t)i };
			enum nm_code code;

			edge.turn = (int16_t)nm_rotation_turn(b->plan, &b->plan->rotations[i], t, &t);
			code = edge_add(&b->other, edge, err);
			if (code)
				return code;
		}
	}
	return NM_OK;
}

/* --- the sweep --- */

static uint64_t state_hash(const struct builder *b)
{
	uint64_t hash = 0x9e3779b97f4a7c15u;

	for (size_t i = 0; i < b->words; i++)
		hash = (hash ^ b->bits[i]) * 0xff51afd7ed558ccdu, hash ^= hash >> 32;
	for (size_t i = 0; i < b->n_turns; i++)
		hash = (hash ^ (uint16_t)b->turns[i]) * 0xc4ceb9fe1a85ec53u, hash ^= hash >> 29;
	return hash;
}

static bool state_is(const struct builder *b, const struct nm_state *state)
{
	size_t n = b->n_schedule_words, m = b->words - n;

	return !memcmp(state->schedules, b->bits, n * sizeof(*b->bits)) &&
	       !memcmp(state->overrides, b->bits + n, m * sizeof(*b->bits)) &&
	       !memcmp(state->turns, b->turns, b->n_turns * sizeof(*b->turns));
}

static bool table_grow(struct builder *b)
{
	size_t size = b->table_size ? b->table_size * 2 : 256;
	uint32_t *table = calloc(size, sizeof(*table));

	if (!table)
		return false;
	for (size_t i = 0; i < b->n_states; i++) {
		size_t k = b->hashes[i] & (size - 1);

		while (table[k])
			k = (k + 1) & (size - 1);
		table[k] = (uint32_t)i + 1;
	}
	free(b->table);
	b->table = table;
	b->table_size = size;
	return true;
}

static enum nm_code state_add(struct builder *b, uint64_t hash, struct nm_error *err)
{
	struct nm_arena *arena = b->timeline->arena;
	size_t n = b->n_schedule_words;
	uint64_t *bits = nm_arena_alloc(arena, b->words, sizeof(*bits));
	int16_t *turns = nm_arena_alloc(arena, b->n_turns, sizeof(*turns));

	if (!bits || !turns ||
	    !nm_grow((void **)&b->states, &b->states_capacity, b->n_states + 1, sizeof(*b->states)) ||
	    !nm_grow((void **)&b->hashes, &b->hashes_capacity, b->n_states + 1, sizeof(*b->hashes)))
		return nm_fail_memory(err);
	memcpy(bits, b->bits, b->words * sizeof(*bits));
	memcpy(turns, b->turns, b->n_turns * sizeof(*turns));
	b->states[b->n_states] = (struct nm_state){ bits, bits + n, turns };
	b->hashes[b->n_states++] = hash;
	return NM_OK;
}

/* The index of the state as it is now, made when it is new. */
static enum nm_code state_find(struct builder *b, uint32_t *out, struct nm_error *err)
{
	uint64_t hash = state_hash(b);
	enum nm_code code;
	size_t k;

	if (b->n_states * 2 >= b->table_size && !table_grow(b))
		return nm_fail_memory(err);
	for (k = hash & (b->table_size - 1); b->table[k]; k = (k + 1) & (b->table_size - 1)) {
		uint32_t i = b->table[k] - 1;

		if (b->hashes[i] == hash && state_is(b, &b->states[i])) {
			*out = i;
			return NM_OK;
		}
	}
	code = state_add(b, hash, err);
	if (code)
		return code;
	*out = (uint32_t)b->n_states - 1;
	b->table[k] = *out + 1;
	return NM_OK;
}

/* Applies all edges at t; returns when the next one comes, or `until`. */
static nm_time edges_apply(struct builder *b, struct edges *edges, size_t *next, nm_time t)
{
	for (; *next < edges->n && edges->items[*next].at <= t; ++*next) {
		const struct edge *edge = &edges->items[*next];

		if (edge->bit == TURN_BIT)
			b->turns[edge->rotation] = edge->turn;
		else
			b->bits[edge->bit / 64] ^= (uint64_t)1 << (edge->bit % 64);
	}
	return *next < edges->n ? edges->items[*next].at : b->until;
}

static enum nm_code interval_add(struct builder *b, nm_time t, uint32_t state, struct nm_error *err)
{
	if (b->n > 0 && b->state[b->n - 1] == state)
		return NM_OK;
	if (b->n + 2 > b->start_capacity &&
	    !nm_grow((void **)&b->start, &b->start_capacity, b->n + 2, sizeof(*b->start)))
		return nm_fail_memory(err);
	if (b->n + 1 > b->state_capacity &&
	    !nm_grow((void **)&b->state, &b->state_capacity, b->n + 1, sizeof(*b->state)))
		return nm_fail_memory(err);
	b->start[b->n] = t;
	b->state[b->n++] = state;
	return NM_OK;
}

static enum nm_code sweep(struct builder *b, struct nm_error *err)
{
	size_t next_hours = 0, next_other = 0;
	nm_time t = b->from;

	while (t < b->until) {
		nm_time hours = edges_apply(b, &b->hours, &next_hours, t);
		nm_time other = edges_apply(b, &b->other, &next_other, t);
		uint32_t state = 0;
		enum nm_code code = state_find(b, &state, err);

		if (!code)
			code = interval_add(b, t, state, err);
		if (code)
			return code;
		t = hours < other ? hours : other;
	}
	return NM_OK;
}

/* --- putting it together --- */

static enum nm_code builder_prepare(struct builder *b, struct nm_error *err)
{
	const struct nm_plan *plan = b->plan;

	b->n_schedule_words = (plan->n_schedules + 63) / 64;
	b->words = b->n_schedule_words + (plan->n_overrides + 63) / 64;
	b->n_turns = plan->n_rotations;
	b->scratch = nm_arena_new();
	b->timeline = calloc(1, sizeof(*b->timeline));
	if (!b->scratch || !b->timeline)
		return nm_fail_memory(err);
	b->timeline->arena = nm_arena_new();
	b->bits = nm_arena_alloc(b->scratch, b->words, sizeof(*b->bits));
	b->turns = nm_arena_alloc(b->scratch, b->n_turns, sizeof(*b->turns));
	b->holidays = nm_arena_alloc(b->scratch, plan->n_calendars, sizeof(*b->holidays));
	b->n_holidays = nm_arena_alloc(b->scratch, plan->n_calendars, sizeof(*b->n_holidays));
	if (!b->timeline->arena || !b->bits || !b->turns || !b->holidays || !b->n_holidays)
		return nm_fail_memory(err);
	return daily_prepare(b, err);
}

static enum nm_code builder_finish(struct builder *b, struct nm_error *err)
{
	struct nm_timeline *timeline = b->timeline;
	nm_time *start = nm_arena_alloc(timeline->arena, b->n + 1, sizeof(*start));
	uint32_t *state = nm_arena_alloc(timeline->arena, b->n, sizeof(*state));
	struct nm_state *states = nm_arena_alloc(timeline->arena, b->n_states, sizeof(*states));

	if (!start || !state || !states)
		return nm_fail_memory(err);
	memcpy(start, b->start, b->n * sizeof(*start));
	start[b->n] = b->until;
	memcpy(state, b->state, b->n * sizeof(*state));
	memcpy(states, b->states, b->n_states * sizeof(*states));
	timeline->plan = b->plan;
	timeline->from = b->from;
	timeline->until = b->until;
	timeline->n = b->n;
	timeline->start = start;
	timeline->state = state;
	timeline->n_states = b->n_states;
	timeline->states = states;
	return NM_OK;
}

static enum nm_code builder_run(struct builder *b, struct nm_error *err)
{
	enum nm_code code = builder_prepare(b, err);

	if (!code)
		code = hours_add(b, err);
	if (!code)
		code = calendars_add(b, err);
	if (!code)
		code = overrides_add(b, err);
	if (!code)
		code = rotations_add(b, err);
	if (code)
		return code;
	if (b->other.n > 1)
		qsort(b->other.items, b->other.n, sizeof(*b->other.items), edge_compare);
	code = sweep(b, err);
	return code ? code : builder_finish(b, err);
}

static void builder_clear(struct builder *b)
{
	for (size_t i = 0; b->holidays && i < b->plan->n_calendars; i++)
		free(b->holidays[i]);
	nm_arena_free(b->scratch);
	free(b->hours.items);
	free(b->other.items);
	free(b->start);
	free(b->state);
	free(b->states);
	free(b->hashes);
	free(b->table);
	nm_timeline_free(b->timeline);
}

enum nm_code nm_timeline_build(const struct nm_plan *plan, nm_time from, nm_time until,
			       struct nm_timeline **out, struct nm_error *err)
{
	struct builder b = { .plan = plan, .from = from, .until = until };
	enum nm_code code;

	if (from >= until)
		return nm_fail(err, NM_INPUT, "the window ends before it begins: give an end after the beginning");
	if (from < NM_TIMELINE_FIRST || until > NM_TIMELINE_LAST)
		return nm_fail(err, NM_INPUT, "the window lies outside the years 1900 to 2999");
	if (until - from > NM_TIMELINE_YEARS * 366 * (int64_t)NM_DAY)
		return nm_fail(err, NM_INPUT, "the window is longer than %d years: choose a shorter one",
			       NM_TIMELINE_YEARS);
	code = builder_run(&b, err);
	if (!code) {
		*out = b.timeline;
		b.timeline = NULL;
	}
	builder_clear(&b);
	return code;
}

void nm_timeline_free(struct nm_timeline *timeline)
{
	if (!timeline)
		return;
	nm_arena_free(timeline->arena);
	free(timeline);
}

size_t nm_timeline_find(const struct nm_timeline *timeline, nm_time t)
{
	size_t low = 0, len = timeline->n;

	while (len > 1) {
		size_t half = len / 2;

		if (timeline->start[low + half] <= t)
			low += half;
		len -= half;
	}
	return low;
}

const struct nm_state *nm_timeline_state(const struct nm_timeline *timeline, nm_time t)
{
	return &timeline->states[timeline->state[nm_timeline_find(timeline, t)]];
}
