/* SPDX-License-Identifier: MIT */
/*
 * Who was missed how often (report.h).  In: a store, a span, a line.  Out: the callers who were missed the most.  Missed
 * calls are read once; what else a caller did is only asked of those who may be among the most missed.
 */
#include <stdlib.h>

#include "core/report_private.h"

struct caller {
	struct nm_missed_call first;
	int64_t missed, again;
};

/* By number: a table of places in the list, open addressing, at most half of them taken. */
struct callers {
	size_t n, capacity;
	struct caller *items;
	size_t places;   /* a power of two */
	uint32_t *place; /* of an item, plus 1; 0: free */
};

#define FIRST_PLACES 1024

/* Mixes all bits into all (Stafford's variant 13 of MurmurHash3's finalizer). */
static size_t hash(nm_number number)
{
	uint64_t z = number;

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (size_t)(z ^ z >> 31);
}

static uint32_t *place_of(const struct callers *callers, nm_number number)
{
	size_t i = hash(number) & (callers->places - 1);

	while (callers->place[i] != 0 && callers->items[callers->place[i] - 1].first.caller != number)
		i = (i + 1) & (callers->places - 1);
	return &callers->place[i];
}

static bool grow_places(struct callers *callers)
{
	const size_t places = callers->places == 0 ? FIRST_PLACES : callers->places * 2;
	uint32_t *place = places <= UINT32_MAX ? calloc(places, sizeof(*place)) : NULL;

	if (place == NULL)
		return false;
	free(callers->place);
	callers->place = place;
	callers->places = places;
	for (size_t i = 0; i < callers->n; i++)
		*place_of(callers, callers->items[i].first.caller) = (uint32_t)i + 1;
	return true;
}

static bool take_missed(void *context, const struct nm_missed_call *call)
{
	struct callers *callers = context;
	uint32_t *place;

	if (2 * (callers->n + 1) > callers->places && !grow_places(callers))
		return false;
	place = place_of(callers, call->caller);
	if (*place == 0) {
		if (!nm_grow((void **)&callers->items, &callers->capacity, callers->n + 1,
			     sizeof(*callers->items)))
			return false;
		callers->items[callers->n++] = (struct caller){ .first = *call };
		*place = (uint32_t)callers->n;
	}
	callers->items[*place - 1].missed++;
	return true;
}

/* The most often missed first, of these who rang again the most. */
static int missed_compare(const void *a, const void *b)
{
	const struct caller *x = a, *y = b;

	if (x->missed != y->missed)
		return x->missed > y->missed ? -1 : 1;
	if (x->again != y->again)
		return x->again > y->again ? -1 : 1;
	return (x->first.caller > y->first.caller) - (x->first.caller < y->first.caller);
}

/* How often each rang again of whom that may decide who is told: all who were missed as often as the last one told. */
static enum nm_code count_again(struct nm_store *store, const struct nm_sums_reader *reader,
				struct callers *callers, size_t told, struct nm_error *err)
{
	enum nm_code code = NM_OK;
	size_t n = 0;

	while (n < callers->n && code == NM_OK &&
	       callers->items[n].missed >= callers->items[told - 1].missed) {
		code = nm_store_calls_after(store, reader, &callers->items[n].first, &callers->items[n].again,
					    err);
		n++;
	}
	if (code == NM_OK)
		qsort(callers->items, n, sizeof(*callers->items), missed_compare);
	return code;
}

enum nm_code nm_report_repeats(struct nm_store *store, const struct nm_sums_reader *of,
			       struct nm_report *report, struct nm_error *err)
{
	struct callers callers = { 0 };
	const struct nm_sums_reader reader = { of->number,
					       of->span,
					       { .missed = take_missed, .context = &callers } };
	enum nm_code code = nm_store_missed_each(store, &reader, err);
	const size_t told = callers.n < NM_REPORT_REPEATS ? callers.n : NM_REPORT_REPEATS;

	if (code == NM_OK && told > 0) {
		qsort(callers.items, callers.n, sizeof(*callers.items), missed_compare);
		code = count_again(store, &reader, &callers, told, err);
	}
	if (code == NM_OK) {
		report->repeats = nm_arena_alloc(report->arena, told, sizeof(*report->repeats));
		code = report->repeats != NULL ? NM_OK : nm_fail_memory(err);
	}
	for (size_t i = 0; code == NM_OK && i < told; i++)
		report->repeats[report->n_repeats++] =
			(struct nm_repeat){ callers.items[i].first.caller, callers.items[i].missed,
					    callers.items[i].again };
	free(callers.items);
	free(callers.place);
	return code;
}
