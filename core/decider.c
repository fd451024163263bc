/* SPDX-License-Identifier: MIT */
/*
 * Many decisions at once.  In: a timeline, the classes of callers, a line; out: tables that fit the
 * processor's nearest caches, and the loop over them.  Time: every UTC day is one of few patterns, a
 * pattern is 96 slots of 15 minutes, a slot begins in one entry of the day.  Callers: a perfect hash
 * of the exact numbers, and a count of the borders of prefixes below a number.  The loop has no branch
 * that depends on the call as long as hours begin and end on quarter hours.
 */
#include <stdlib.h>
#include <string.h>

#include "core/callers.h"
#include "core/decided.h"

#define SLOT_S 900
#define SLOTS (NM_DAY / SLOT_S)
#define DIGITS_MAX 15 /* E.164 */
#define NUMBER_BITS 50 /* 15 digits */
#define NUMBER_MASK (((uint64_t)1 << NUMBER_BITS) - 1)
#define CLASSES_MAX (1u << (64 - NUMBER_BITS))
#define TRIES 64
#define BLOCK 32 /* calls: so many are fetched while as many before them are decided */
#define CALLS_LINE (64 / sizeof(struct nm_decider_call)) /* of the cache */
#define ALWAYS_INLINE inline __attribute__((always_inline)) /* the loop keeps its tables in registers */

/* Until this second of the UTC day this row of the table holds. */
struct entry {
	uint32_t until;
	uint32_t row; /* first rule of the row */
};

struct utc_day {
	uint32_t slots, entries; /* where the pattern's begin */
};

struct nm_decider {
	struct nm_arena *arena;
	nm_time from;
	uint64_t length; /* of the window, seconds */
	uint32_t lead;   /* seconds of the first UTC day before the window */

	const struct utc_day *days;
	const uint16_t *slots;
	const struct entry *entries;
	const uint16_t *rules;

	/* exact numbers: number in the low bits, class above; empty slots are 0 */
	const uint64_t *keys;
	const uint16_t *shifts; /* of each bucket */
	uint64_t multiplier;
	unsigned bucket_shift, key_mask;

	/* prefixes: the numbers at which the class changes, and the class between each two */
	const uint64_t *borders;
	const uint16_t *border_classes;
	const uint32_t *first_borders; /* of each stretch of numbers */
	size_t reach;                  /* most borders in one stretch */
};

/* --- numbers --- */

static const uint64_t powers[DIGITS_MAX + 1] = {
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000,
	1000000000000, 10000000000000, 100000000000000, 1000000000000000,
};

/* What is no number stands behind all numbers: the anonymous. */
#define BEHIND ((uint64_t)1000000000000000)
#define NEVER (UINT64_MAX >> 1) /* a border behind everything that is looked for */

/* Numbers fall into stretches by their length and leading bits, 256 of them between a power of two and
 * the next, so that few borders lie in one. */
#define STRETCH_BITS 8
#define STRETCHES (((NUMBER_BITS - STRETCH_BITS) << STRETCH_BITS) + (1 << STRETCH_BITS))

static ALWAYS_INLINE size_t stretch_of(uint64_t number)
{
	unsigned shift = 63 - STRETCH_BITS - (unsigned)__builtin_clzll(number | 1 << STRETCH_BITS);

	return ((size_t)shift << STRETCH_BITS) + (size_t)(number >> shift);
}

/* --- one decision --- */

static ALWAYS_INLINE uint32_t row_at(const struct nm_decider *d, uint32_t second)
{
	uint32_t slot = second / SLOT_S, day = slot / SLOTS;
	const struct utc_day *utc = &d->days[day];
	const struct entry *entry = &d->entries[utc->entries + d->slots[utc->slots + (slot - day * SLOTS)]];

	second -= day * NM_DAY;
	while (__builtin_expect(entry->until <= second, 0))
		entry++;
	return entry->row;
}

/* 1 when the border is not above the number, without a branch. */
static ALWAYS_INLINE size_t passed(uint64_t border, uint64_t number)
{
	return (border - 1 - number) >> 63;
}

static ALWAYS_INLINE uint32_t class_by_prefix(const struct nm_decider *d, uint64_t number)
{
	size_t n;

	number = number < BEHIND ? number : BEHIND;
	n = d->first_borders[stretch_of(number)];
	/* Few borders are counted faster than they are searched. */
	if (d->reach <= 2) {
		n += passed(d->borders[n], number) + passed(d->borders[n + 1], number);
	} else {
		for (size_t len = d->reach; len > 0; len /= 2) {
			size_t half = (len + 1) / 2;

			n += half & -passed(d->borders[n + half - 1], number);
		}
	}
	return d->border_classes[n];
}

static ALWAYS_INLINE uint32_t class_of(const struct nm_decider *d, uint64_t number)
{
	uint64_t hash = number * d->multiplier;
	uint64_t key = d->keys[((hash >> 16) ^ d->shifts[hash >> d->bucket_shift]) & d->key_mask];
	uint32_t exact = (uint32_t)(key >> NUMBER_BITS), prefix = class_by_prefix(d, number);
	/* As masks: which of the two it is cannot be predicted, so it must not be a branch. */
	uint32_t hit = -(uint32_t)((key & NUMBER_MASK) == number);

	return (exact & hit) | (prefix & ~hit);
}

static ALWAYS_INLINE uint16_t decide(const struct nm_decider *d, nm_time at, uint64_t number)
{
	uint64_t since = (uint64_t)at - (uint64_t)d->from;

	if (__builtin_expect(since >= d->length, 0))
		return NM_RULE_OUTSIDE;
	return d->rules[row_at(d, (uint32_t)since + d->lead) + class_of(d, number)];
}

uint16_t nm_decider_rule(const struct nm_decider *decider, nm_time at, nm_number number)
{
	return decide(decider, at, number);
}

void nm_decider_run(const struct nm_decider *decider, const struct nm_decider_call *calls, size_t n,
		    uint16_t *out)
{
	/* A copy: what `out` is written to cannot be part of it, so it stays in registers. */
	const struct nm_decider d = *decider;

	for (size_t i = 0; i < n; i += BLOCK) {
		size_t end = n - i < BLOCK ? n : i + BLOCK, ahead = n - end < BLOCK ? n : end + BLOCK;

		/* A long log comes from memory: asked for call by call it would be waited for. */
		for (size_t k = end; k < ahead; k += CALLS_LINE)
			__builtin_prefetch(&calls[k]);
		for (size_t k = i; k < end; k++)
			out[k] = decide(&d, calls[k].at, calls[k].number);
	}
}

/* --- building: time --- */

struct day_builder {
	const struct nm_timeline *timeline;
	const struct nm_decision_table *table;
	struct nm_arena *arena;
	struct utc_day *days;
	size_t n_days;
	uint16_t *slots; /* malloc'd until the end, as the next ones are */
	struct entry *entries;
	size_t n_slots, slots_capacity, n_entries, entries_capacity;
	uint32_t *heads; /* hash of patterns: index + 1 of a day that has it */
	size_t *sizes;   /* entries of each day's pattern */
	size_t mask;
};

static bool entry_add(struct day_builder *b, uint32_t until, uint32_t row)
{
	if (!nm_grow((void **)&b->entries, &b->entries_capacity, b->n_entries + 1, sizeof(*b->entries)))
		return false;
	b->entries[b->n_entries++] = (struct entry){ until, row };
	return true;
}

/* The entries of the UTC day from `midnight`; *interval is the first that reaches into it. */
static bool day_entries(struct day_builder *b, nm_time midnight, size_t *interval)
{
	const struct nm_timeline *timeline = b->timeline;
	uint32_t row = UINT32_MAX;

	for (size_t i = *interval; i < timeline->n; i++) {
		nm_time until = timeline->start[i + 1] - midnight;
		uint32_t next = b->table->row_of[timeline->state[i]] * (uint32_t)b->table->n_classes;
		bool last = until >= NM_DAY || i + 1 == timeline->n;

		if (last)
			until = NM_DAY;
		if (next == row)
			b->entries[b->n_entries - 1].until = (uint32_t)until;
		else if (!entry_add(b, (uint32_t)until, next))
			return false;
		row = next;
		*interval = i;
		if (last)
			break;
	}
	/* The next day begins in the next interval when this one ends at midnight. */
	if (*interval + 1 < timeline->n && timeline->start[*interval + 1] <= midnight + NM_DAY)
		++*interval;
	return true;
}

static uint64_t entries_hash(const struct entry *entries, size_t n)
{
	uint64_t hash = 0x9e3779b97f4a7c15u;

	for (size_t i = 0; i < n; i++) {
		hash = (hash ^ ((uint64_t)entries[i].until << 32 | entries[i].row)) * 0xff51afd7ed558ccdu;
		hash ^= hash >> 31;
	}
	return hash;
}

static bool slots_add(struct day_builder *b, const struct entry *entries)
{
	uint16_t k = 0;

	if (!nm_grow((void **)&b->slots, &b->slots_capacity, b->n_slots + SLOTS, sizeof(*b->slots)))
		return false;
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		while (entries[k].until <= slot * SLOT_S)
			k++;
		b->slots[b->n_slots++] = k;
	}
	return true;
}

/* Gives the day the pattern of its entries: one that is there already, or a new one. */
static bool day_pattern(struct day_builder *b, size_t day, size_t first)
{
	size_t n = b->n_entries - first, k = entries_hash(b->entries + first, n) & b->mask;

	for (; b->heads[k] > 0; k = (k + 1) & b->mask) {
		size_t other = b->heads[k] - 1;

		if (b->sizes[other] == n && !memcmp(b->entries + b->days[other].entries, b->entries + first,
						    n * sizeof(*b->entries))) {
			b->days[day] = b->days[other];
			b->n_entries = first;
			return true;
		}
	}
	b->heads[k] = (uint32_t)day + 1;
	b->sizes[day] = n;
	b->days[day] = (struct utc_day){ (uint32_t)b->n_slots, (uint32_t)first };
	return slots_add(b, b->entries + first);
}

static bool days_fill(struct day_builder *b, nm_time midnight)
{
	size_t interval = 0;

	for (size_t day = 0; day < b->n_days; day++) {
		size_t first = b->n_entries;

		if (!day_entries(b, midnight + (nm_time)day * NM_DAY, &interval) ||
		    !day_pattern(b, day, first))
			return false;
	}
	return true;
}

static bool days_keep(const struct day_builder *b, struct nm_decider *out)
{
	uint16_t *slots = nm_arena_alloc(b->arena, b->n_slots, sizeof(*slots));
	struct entry *entries = nm_arena_alloc(b->arena, b->n_entries, sizeof(*entries));

	if (!slots || !entries)
		return false;
	memcpy(slots, b->slots, b->n_slots * sizeof(*slots));
	memcpy(entries, b->entries, b->n_entries * sizeof(*entries));
	out->days = b->days;
	out->slots = slots;
	out->entries = entries;
	return true;
}

/* A day has at most 86,400 entries; more than a slot can number are refused. */
static bool days_too_fine(const struct day_builder *b)
{
	for (size_t day = 0; day < b->n_days; day++)
		if (b->sizes[day] > UINT16_MAX)
			return true;
	return b->n_entries > UINT32_MAX || b->n_slots > UINT32_MAX;
}

static enum nm_code days_build(const struct nm_timeline *timeline, const struct nm_decision_table *table,
			       struct nm_decider *out, struct nm_error *err)
{
	struct day_builder b = { .timeline = timeline, .table = table, .arena = out->arena };
	nm_time midnight = nm_local_day(timeline->from) * NM_DAY;
	size_t size = 64;
	enum nm_code code = NM_OK;

	b.n_days = (size_t)(nm_local_day(timeline->until - 1) - nm_local_day(timeline->from)) + 1;
	while (size < 2 * b.n_days)
		size *= 2;
	b.mask = size - 1;
	b.days = nm_arena_alloc(b.arena, b.n_days, sizeof(*b.days));
	b.heads = calloc(size, sizeof(*b.heads));
	b.sizes = calloc(b.n_days, sizeof(*b.sizes));
	if (!b.days || !b.heads || !b.sizes || !days_fill(&b, midnight))
		code = nm_fail_memory(err);
	if (!code && days_too_fine(&b))
		code = nm_fail(err, NM_INPUT, "the plan changes more than %d times in a day", UINT16_MAX);
	if (!code && !days_keep(&b, out))
		code = nm_fail_memory(err);
	free(b.heads);
	free(b.sizes);
	free(b.slots);
	free(b.entries);
	out->from = timeline->from;
	out->length = (uint64_t)(timeline->until - timeline->from);
	out->lead = (uint32_t)(timeline->from - midnight);
	return code;
}

/* --- building: callers --- */

/* The class of these groups; the anonymous one only for callers without a number. */
static size_t class_find(const struct nm_classes *classes, uint64_t groups, bool anonymous)
{
	for (size_t i = 0; i < classes->n; i++)
		if (classes->items[i].groups == groups && (anonymous || !classes->items[i].witness.anonymous))
			return i;
	return 0;
}

static int border_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The numbers that begin with P are P itself, P0 to P9, P00 to P99, and so on. */
static size_t borders_collect(const struct nm_caller_index *index, uint64_t *borders)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < index->n_prefixes; i++) {
		uint64_t prefix = index->prefixes[i].number;

		for (int k = 0; k < DIGITS_MAX && prefix < BEHIND / powers[k]; k++) {
			borders[n++] = prefix * powers[k];
			borders[n++] = (prefix + 1) * powers[k];
		}
	}
	borders[n++] = BEHIND;
	qsort(borders, n, sizeof(*borders), border_compare);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || borders[kept - 1] != borders[i])
			borders[kept++] = borders[i];
	return kept;
}

/* Where each stretch begins among the borders; returns the most borders that one has. */
static size_t stretches_fill(const uint64_t *borders, size_t n, uint32_t *first)
{
	size_t k = 0, most = 0;

	for (size_t stretch = 0; stretch < STRETCHES; stretch++) {
		size_t begin = k;

		first[stretch] = (uint32_t)k;
		while (k < n && stretch_of(borders[k]) == stretch)
			k++;
		most = k - begin > most ? k - begin : most;
	}
	return most;
}

static enum nm_code borders_build(const struct nm_caller_index *index, const struct nm_classes *classes,
				  struct nm_decider *out, struct nm_error *err)
{
	struct nm_caller_index prefixes = *index;
	size_t room = 2 * DIGITS_MAX * index->n_prefixes + 1, n;
	/* Twice the room and more: a look from the last stretch reaches as far again. */
	uint64_t *borders = nm_arena_alloc(out->arena, 2 * room + 4, sizeof(*borders));
	uint16_t *of = nm_arena_alloc(out->arena, room + 1, sizeof(*of));
	uint32_t *first = nm_arena_alloc(out->arena, STRETCHES, sizeof(*first));

	if (!borders || !of || !first)
		return nm_fail_memory(err);
	n = borders_collect(index, borders);
	for (size_t i = n; i < 2 * room + 4; i++)
		borders[i] = NEVER;
	prefixes.n_exact = 0;
	for (size_t i = 0; i + 1 < n; i++) {
		struct nm_caller caller = { false, borders[i] };

		of[i + 1] = (uint16_t)class_find(classes, nm_caller_index_groups(&prefixes, caller), false);
	}
	of[n] = (uint16_t)class_find(classes, index->anonymous, true);
	out->reach = stretches_fill(borders, n, first);
	out->borders = borders;
	out->border_classes = of;
	out->first_borders = first;
	return NM_OK;
}

/* A number of the hash, with its class. */
struct key {
	uint64_t number, hash;
	uint16_t class;
};

struct hash_builder {
	struct key *keys;      /* by bucket, the fullest buckets first */
	size_t n;
	uint64_t *slots;
	uint16_t *shifts;
	uint32_t *counts;      /* keys of each bucket */
	size_t n_slots, n_buckets;
	unsigned bucket_shift;
};

static size_t slot_of(const struct hash_builder *b, uint64_t hash, size_t shift)
{
	return ((hash >> 16) ^ shift) & (b->n_slots - 1);
}

/* Finds a shift with which all keys of a bucket fall on free slots. */
static bool bucket_place(struct hash_builder *b, const struct key *keys, size_t n)
{
	for (size_t shift = 0; shift < b->n_slots && shift <= UINT16_MAX; shift++) {
		size_t i;

		for (i = 0; i < n; i++) {
			uint64_t *slot = &b->slots[slot_of(b, keys[i].hash, shift)];

			if (*slot)
				break;
			*slot = keys[i].number | (uint64_t)keys[i].class << NUMBER_BITS;
		}
		if (i == n) {
			b->shifts[keys[0].hash >> b->bucket_shift] = (uint16_t)shift;
			return true;
		}
		while (i-- > 0)
			b->slots[slot_of(b, keys[i].hash, shift)] = 0;
	}
	return false;
}

static int key_compare(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	return (x->hash > y->hash) - (x->hash < y->hash);
}

/* All buckets, those with most keys first: they need the most room. */
static bool hash_try(struct hash_builder *b, uint64_t multiplier)
{
	uint32_t fullest = 0;

	memset(b->slots, 0, b->n_slots * sizeof(*b->slots));
	memset(b->counts, 0, b->n_buckets * sizeof(*b->counts));
	for (size_t i = 0; i < b->n; i++) {
		uint32_t *count;

		b->keys[i].hash = b->keys[i].number * multiplier;
		count = &b->counts[b->keys[i].hash >> b->bucket_shift];
		fullest = ++*count > fullest ? *count : fullest;
	}
	qsort(b->keys, b->n, sizeof(*b->keys), key_compare);
	for (uint32_t size = fullest; size > 0; size--)
		for (size_t i = 0; i < b->n;) {
			uint32_t count = b->counts[b->keys[i].hash >> b->bucket_shift];

			if (count == size && !bucket_place(b, &b->keys[i], count))
				return false;
			i += count;
		}
	return true;
}

static enum nm_code hash_fill(struct hash_builder *b, struct nm_decider *out, struct nm_error *err)
{
	uint64_t multiplier = 0x9e3779b97f4a7c15u;
	int tries = 0;

	while (!hash_try(b, multiplier)) {
		if (++tries == TRIES)
			return nm_fail(err, NM_SYSTEM, "the callers' numbers cannot be hashed");
		multiplier = multiplier * 6364136223846793005u + 2;
	}
	out->multiplier = multiplier;
	out->bucket_shift = b->bucket_shift;
	out->key_mask = (unsigned)(b->n_slots - 1);
	out->keys = b->slots;
	out->shifts = b->shifts;
	return NM_OK;
}

static size_t keys_collect(const struct nm_caller_index *index, const struct nm_classes *classes,
			   struct key *keys)
{
	size_t n = 0;

	for (size_t i = 0; i < index->n_exact; i++) {
		struct nm_caller caller = { false, index->exact[i].number };

		if (caller.number == 0 || caller.number >= BEHIND)
			continue;
		keys[n].number = caller.number;
		keys[n++].class = (uint16_t)class_find(classes, nm_caller_index_groups(index, caller), false);
	}
	return n;
}

static enum nm_code hash_build(const struct nm_caller_index *index, const struct nm_classes *classes,
			       struct nm_decider *out, struct nm_error *err)
{
	struct hash_builder b = { .n_slots = 16, .n_buckets = 4, .bucket_shift = 62 };
	enum nm_code code = NM_OK;

	while (b.n_slots * 5 < index->n_exact * 8) {
		b.n_slots *= 2;
		b.n_buckets *= 2;
		b.bucket_shift--;
	}
	b.slots = nm_arena_alloc(out->arena, b.n_slots, sizeof(*b.slots));
	b.shifts = nm_arena_alloc(out->arena, b.n_buckets, sizeof(*b.shifts));
	b.counts = calloc(b.n_buckets, sizeof(*b.counts));
	b.keys = calloc(index->n_exact + 1, sizeof(*b.keys));
	if (!b.slots || !b.shifts || !b.counts || !b.keys)
		code = nm_fail_memory(err);
	if (!code) {
		b.n = keys_collect(index, classes, b.keys);
		code = hash_fill(&b, out, err);
	}
	free(b.counts);
	free(b.keys);
	return code;
}

/* --- putting it together --- */

static enum nm_code callers_build(const struct nm_plan *plan, const struct nm_classes *classes,
				  struct nm_decider *out, struct nm_error *err)
{
	struct nm_arena *scratch = nm_arena_new();
	struct nm_caller_index index;
	enum nm_code code;

	if (!scratch)
		return nm_fail_memory(err);
	code = nm_caller_index_build(plan, scratch, &index, err);
	if (!code)
		code = borders_build(&index, classes, out, err);
	if (!code)
		code = hash_build(&index, classes, out, err);
	nm_arena_free(scratch);
	return code;
}

static enum nm_code decider_fill(const struct nm_timeline *timeline, const struct nm_classes *classes,
				 int line, struct nm_decider *out, struct nm_error *err)
{
	struct nm_decision_table table;
	enum nm_code code = nm_decision_table_build(timeline, classes, line, out->arena, &table, err);

	if (code)
		return code;
	if (table.n_rows > UINT32_MAX / table.n_classes)
		return nm_fail(err, NM_INPUT,
			       "the plan tells too many callers and times apart for this window");
	out->rules = table.rules;
	code = days_build(timeline, &table, out, err);
	return code ? code : callers_build(timeline->plan, classes, out, err);
}

enum nm_code nm_decider_build(const struct nm_timeline *timeline, const struct nm_classes *classes, int line,
			      struct nm_decider **out, struct nm_error *err)
{
	struct nm_decider *decider;
	enum nm_code code;

	if (classes->n >= CLASSES_MAX)
		return nm_fail(err, NM_INPUT, "the plan has more than %u classes of callers",
			       CLASSES_MAX - 1);
	decider = calloc(1, sizeof(*decider));
	if (!decider)
		return nm_fail_memory(err);
	decider->arena = nm_arena_new();
	code = decider->arena ? decider_fill(timeline, classes, line, decider, err) : nm_fail_memory(err);
	if (code)
		nm_decider_free(decider);
	else
		*out = decider;
	return code;
}

void nm_decider_free(struct nm_decider *decider)
{
	if (!decider)
		return;
	nm_arena_free(decider->arena);
	free(decider);
}
