/* SPDX-License-Identifier: MIT */
/*
 * Compiling a plan for a window of time.  In: the plan's hours, calendars, overrides and rotations;
 * out: intervals that tile the window, each with the state that holds in it.  Hours are alike on most
 * dates, so each kind of date is worked out once (a pattern) and laid over the instants; everything
 * else changes seldom and is a sorted list of switches.  One walk over both makes the intervals.  Knows
 * no rules, callers or paths.
 */
#include "nevermiss/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "core/spans.h"

#define UNKNOWN UINT32_MAX
#define PATTERN_BUCKETS 1024

/* The spans of one schedule on some dates: dates with the same ones are of one kind. */
struct kind {
	const struct nm_minutes *spans;
	size_t n;
};

/* The hours of one schedule. */
struct daily {
	const struct nm_hours *hours;
	struct nm_holidays holidays;
	uint32_t bit;
	size_t n_kinds, capacity;
	struct kind *kinds; /* malloc'd */
	uint16_t by_signature[NM_HOURS_SIGNATURES]; /* index + 1 of a kind */
};

/* From this second of a date on these schedules are on (n_schedule_words of them, hours only). */
struct change {
	int32_t second;
	uint32_t state; /* what that is together with everything else, in the pattern's context; UNKNOWN */
};

/* What the hours do on a date; the first change is at its midnight. */
struct pattern {
	struct pattern *next; /* in the bucket */
	uint16_t *kinds;      /* of all schedules with hours */
	size_t n;
	struct change *changes;
	uint64_t *bits;       /* n * n_schedule_words */
	uint64_t context;     /* in which the changes' states were found */
};

/* A schedule goes on or off. */
struct flip {
	int16_t minute;
	uint32_t bit;
};

struct builder {
	const struct nm_plan *plan;
	nm_time from, until;
	struct nm_arena *scratch;
	int32_t **holidays; /* per calendar; NULL until asked for */
	size_t *n_holidays;

	/* hours */
	size_t n_daily;
	struct daily *daily;
	uint16_t *kinds; /* of the date at hand */
	struct pattern *patterns[PATTERN_BUCKETS];
	struct flip *flips; /* malloc'd */
	size_t n_flips, flips_capacity;

	/* calendars, overrides, rotations */
	struct nm_switches switches;
	size_t next_switch;
	uint64_t context; /* counts how often any of them changed */
	uint64_t *other;  /* their bits; the words of the state */
	int16_t *turns;

	/* the states found */
	size_t words, n_schedule_words, n_turns;
	uint64_t *bits; /* of the state that is looked for */
	struct nm_state *states;
	uint64_t *hashes;
	size_t n_states, states_capacity, hashes_capacity;
	uint32_t *table; /* open addressing: index + 1 */
	size_t table_size;

	struct nm_timeline *timeline;
	nm_time *start;
	uint32_t *state;
	size_t n, start_capacity, state_capacity;
};

/* --- hours --- */

static enum nm_code holidays_get(struct builder *b, int calendar, struct nm_holidays *out,
				 struct nm_error *err)
{
	enum nm_code code;

	*out = (struct nm_holidays){ NULL, 0 };
	if (calendar < 0)
		return NM_OK;
	if (!b->holidays[calendar]) {
		code = nm_holidays_of(b->plan->calendars[calendar].ical, b->plan->zone,
				      b->from - NM_HOLIDAY_MARGIN, b->until + NM_HOLIDAY_MARGIN,
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

/* The kind of these spans, made when it is new. */
static enum nm_code kind_find(struct builder *b, struct daily *daily, const struct nm_minutes *spans,
			      size_t n, size_t *out, struct nm_error *err)
{
	struct nm_minutes *copy;
	size_t i;

	for (i = 0; i < daily->n_kinds; i++)
		if (daily->kinds[i].n == n && !memcmp(daily->kinds[i].spans, spans, n * sizeof(*spans)))
			break;
	*out = i;
	if (i < daily->n_kinds)
		return NM_OK;
	copy = nm_arena_alloc(b->scratch, n, sizeof(*copy));
	if (!copy || !nm_grow((void **)&daily->kinds, &daily->capacity, i + 1, sizeof(*daily->kinds)))
		return nm_fail_memory(err);
	memcpy(copy, spans, n * sizeof(*copy));
	daily->kinds[daily->n_kinds++] = (struct kind){ copy, n };
	return NM_OK;
}

/* What kind of date it is for one schedule; asked of the hours only when no date like it was seen. */
static enum nm_code kind_of(struct builder *b, struct daily *daily, const struct nm_hours_date *date,
			    uint16_t *out, struct nm_error *err)
{
	uint32_t signature = nm_hours_signature(daily->hours, date, &daily->holidays);
	struct nm_minutes spans[NM_HOURS_SPANS];
	enum nm_code code;
	size_t n, kind;

	if (signature < NM_HOURS_SIGNATURES && daily->by_signature[signature] > 0) {
		*out = (uint16_t)(daily->by_signature[signature] - 1);
		return NM_OK;
	}
	n = nm_hours_day(daily->hours, date->day, &daily->holidays, spans);
	code = kind_find(b, daily, spans, n, &kind, err);
	if (code)
		return code;
	/* A window of ten years has fewer dates than a uint16_t has values. */
	*out = (uint16_t)kind;
	if (signature < NM_HOURS_SIGNATURES)
		daily->by_signature[signature] = (uint16_t)(kind + 1);
	return NM_OK;
}

static int flip_compare(const void *a, const void *b)
{
	const struct flip *x = a, *y = b;

	return x->minute - y->minute;
}

/* All schedules that go on or off on a date of these kinds, in order. */
static enum nm_code flips_collect(struct builder *b, struct nm_error *err)
{
	b->n_flips = 0;
	for (size_t i = 0; i < b->n_daily; i++) {
		const struct kind *kind = &b->daily[i].kinds[b->kinds[i]];

		if (!nm_grow((void **)&b->flips, &b->flips_capacity, b->n_flips + 2 * kind->n,
			     sizeof(*b->flips)))
			return nm_fail_memory(err);
		for (size_t k = 0; k < kind->n; k++) {
			b->flips[b->n_flips++] = (struct flip){ kind->spans[k].from, b->daily[i].bit };
			b->flips[b->n_flips++] = (struct flip){ kind->spans[k].until, b->daily[i].bit };
		}
	}
	if (b->n_flips > 1)
		qsort(b->flips, b->n_flips, sizeof(*b->flips), flip_compare);
	return NM_OK;
}

/* Room for as many changes as there can be. */
static bool pattern_room(struct builder *b, struct pattern *pattern)
{
	size_t most = b->n_flips + 1;

	pattern->changes = nm_arena_alloc(b->scratch, most, sizeof(*pattern->changes));
	/* One more: pattern_fill has the next change's bits ready before it knows that there is one. */
	pattern->bits = nm_arena_alloc(b->scratch, (most + 1) * b->n_schedule_words, sizeof(*pattern->bits));
	return pattern->changes && pattern->bits;
}

/* Makes a pattern's changes of the flips. */
static void pattern_fill(struct builder *b, struct pattern *pattern)
{
	size_t words = b->n_schedule_words, k = 0;
	uint64_t *now = pattern->bits;
	int16_t minute = 0;

	memset(now, 0, words * sizeof(*now));
	pattern->context = UINT64_MAX;
	pattern->n = 0;
	while (minute < 24 * 60) {
		pattern->changes[pattern->n++] = (struct change){ minute * 60, UNKNOWN };
		for (; k < b->n_flips && b->flips[k].minute == minute; k++)
			now[b->flips[k].bit / 64] ^= (uint64_t)1 << (b->flips[k].bit % 64);
		minute = k < b->n_flips ? b->flips[k].minute : 24 * 60;
		memcpy(now + words, now, words * sizeof(*now));
		now += words;
	}
}

static enum nm_code pattern_new(struct builder *b, struct pattern **bucket, struct nm_error *err)
{
	struct pattern *pattern = nm_arena_alloc(b->scratch, 1, sizeof(*pattern));
	enum nm_code code = flips_collect(b, err);

	if (code)
		return code;
	if (!pattern || !pattern_room(b, pattern))
		return nm_fail_memory(err);
	pattern->kinds = nm_arena_alloc(b->scratch, b->n_daily, sizeof(*pattern->kinds));
	if (!pattern->kinds)
		return nm_fail_memory(err);
	memcpy(pattern->kinds, b->kinds, b->n_daily * sizeof(*b->kinds));
	pattern_fill(b, pattern);
	pattern->next = *bucket;
	*bucket = pattern;
	return NM_OK;
}

/* What the hours do on this date. */
static enum nm_code pattern_find(struct builder *b, int64_t day, struct pattern **out, struct nm_error *err)
{
	struct nm_hours_date date = nm_hours_date_of(day);
	struct pattern **bucket, *pattern;
	uint32_t hash = 0;
	enum nm_code code;

	for (size_t i = 0; i < b->n_daily; i++) {
		code = kind_of(b, &b->daily[i], &date, &b->kinds[i], err);
		if (code)
			return code;
		hash = hash * 31 + b->kinds[i];
	}
	bucket = &b->patterns[hash % PATTERN_BUCKETS];
	for (pattern = *bucket; pattern; pattern = pattern->next)
		if (!memcmp(pattern->kinds, b->kinds, b->n_daily * sizeof(*b->kinds)))
			break;
	if (!pattern) {
		code = pattern_new(b, bucket, err);
		if (code)
			return code;
		pattern = *bucket;
	}
	*out = pattern;
	return NM_OK;
}

/* --- states --- */

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

/* The state of a pattern's change together with everything else as it is now. */
static enum nm_code change_state(struct builder *b, struct pattern *pattern, size_t k, uint32_t *out,
				 struct nm_error *err)
{
	const uint64_t *hours = pattern->bits + k * b->n_schedule_words;
	enum nm_code code;

	if (pattern->context != b->context) {
		for (size_t i = 0; i < pattern->n; i++)
			pattern->changes[i].state = UNKNOWN;
		pattern->context = b->context;
	}
	*out = pattern->changes[k].state;
	if (*out != UNKNOWN)
		return NM_OK;
	memcpy(b->bits, b->other, b->words * sizeof(*b->bits));
	for (size_t i = 0; i < b->n_schedule_words; i++)
		b->bits[i] |= hours[i];
	code = state_find(b, out, err);
	pattern->changes[k].state = *out;
	return code;
}

/* --- the walk --- */

/* Applies all switches up to t; returns when the next one comes, or `until`. */
static nm_time switches_apply(struct builder *b, nm_time t)
{
	const struct nm_switch *next = b->switches.items + b->next_switch,
			       *end = b->switches.items + b->switches.n;

	for (; next < end && next->at <= t; next++) {
		if (next->bit == NM_SWITCH_TURN)
			b->turns[next->rotation] = next->turn;
		else
			b->other[next->bit / 64] ^= (uint64_t)1 << (next->bit % 64);
		b->context++;
	}
	b->next_switch = (size_t)(next - b->switches.items);
	return next < end ? next->at : b->until;
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

/* One local date while the clock's offset is `offset`, cut to the window. */
static enum nm_code day_walk(struct builder *b, int64_t day, int32_t offset, struct nm_span window,
			     struct nm_error *err)
{
	nm_time midnight = day * NM_DAY - offset, t = midnight > window.from ? midnight : window.from;
	nm_time end = midnight + NM_DAY < window.until ? midnight + NM_DAY : window.until;
	struct pattern *pattern;
	enum nm_code code = pattern_find(b, day, &pattern, err);
	size_t k = 0;

	while (!code && t < end) {
		nm_time other = b->next_switch < b->switches.n ? switches_apply(b, t) : b->until;
		nm_time change;
		uint32_t state = 0;

		while (k + 1 < pattern->n && midnight + pattern->changes[k + 1].second <= t)
			k++;
		change = k + 1 < pattern->n ? midnight + pattern->changes[k + 1].second : end;
		code = change_state(b, pattern, k, &state, err);
		if (!code)
			code = interval_add(b, t, state, err);
		t = change < other ? change : other;
	}
	return code;
}

/* An instant is inside if its wall-clock time is: so between two clock changes the dates are simply
 * laid over the instants, and what a change repeats or skips comes out by itself. */
static enum nm_code walk(struct builder *b, struct nm_error *err)
{
	struct nm_span window = { b->from, b->from };

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
			enum nm_code code = day_walk(b, day, offset, window, err);

			if (code)
				return code;
		}
	}
	return NM_OK;
}

/* --- putting it together --- */

static enum nm_code builder_prepare(struct builder *b, struct nm_error *err)
{
	const struct nm_plan *plan = b->plan;

	b->n_schedule_words = nm_words(plan->n_schedules);
	b->words = b->n_schedule_words + nm_words(plan->n_overrides);
	b->n_turns = plan->n_rotations;
	b->scratch = nm_arena_new();
	b->timeline = calloc(1, sizeof(*b->timeline));
	if (!b->scratch || !b->timeline)
		return nm_fail_memory(err);
	b->timeline->arena = nm_arena_new();
	b->bits = nm_arena_alloc(b->scratch, b->words, sizeof(*b->bits));
	b->other = nm_arena_alloc(b->scratch, b->words, sizeof(*b->other));
	b->kinds = nm_arena_alloc(b->scratch, plan->n_schedules, sizeof(*b->kinds));
	b->turns = nm_arena_alloc(b->scratch, b->n_turns, sizeof(*b->turns));
	b->holidays = nm_arena_alloc(b->scratch, plan->n_calendars, sizeof(*b->holidays));
	b->n_holidays = nm_arena_alloc(b->scratch, plan->n_calendars, sizeof(*b->n_holidays));
	if (!b->timeline->arena || !b->bits || !b->other || !b->kinds || !b->turns || !b->holidays ||
	    !b->n_holidays)
		return nm_fail_memory(err);
	return daily_prepare(b, err);
}

static enum nm_code builder_finish(struct builder *b, struct nm_error *err)
{
	struct nm_timeline *timeline = b->timeline;
	struct nm_state *states = nm_arena_alloc(timeline->arena, b->n_states, sizeof(*states));

	if (!states)
		return nm_fail_memory(err);
	memcpy(states, b->states, b->n_states * sizeof(*states));
	b->start[b->n] = b->until;
	timeline->plan = b->plan;
	timeline->from = b->from;
	timeline->until = b->until;
	timeline->n = b->n;
	timeline->n_states = b->n_states;
	timeline->states = states;
	/* The two long arrays are handed over as they are. */
	timeline->start = b->start;
	timeline->state = b->state;
	b->start = NULL;
	b->state = NULL;
	return NM_OK;
}

static enum nm_code builder_run(struct builder *b, struct nm_error *err)
{
	enum nm_code code = builder_prepare(b, err);

	if (!code)
		code = nm_switches_collect(b->plan, (struct nm_span){ b->from, b->until }, &b->switches, err);
	if (code)
		return code;
	code = walk(b, err);
	return code ? code : builder_finish(b, err);
}

static void builder_clear(struct builder *b)
{
	for (size_t i = 0; b->holidays && i < b->plan->n_calendars; i++)
		free(b->holidays[i]);
	for (size_t i = 0; i < b->n_daily; i++)
		free(b->daily[i].kinds);
	nm_arena_free(b->scratch);
	free(b->switches.items);
	free(b->flips);
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
		return nm_fail(err, NM_INPUT,
			       "the window ends before it begins: give an end after the beginning");
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
	free((void *)timeline->start);
	free((void *)timeline->state);
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
