/* SPDX-License-Identifier: MIT */
/*
 * Who was missed how often (report.h).  In: a store, a span, a line.  Out: the callers who were missed the most.  Missed
 * calls are read once; what else a caller did is only asked of those who may be among the most missed.
 */
#include <stdlib.h>

#include "core/report_private.h"

struct caller {
	nm_number number; /* 0: a free place */
	struct nm_missed_call first;
	int64_t missed, again;
};

/* Open addressing: places is a power of two, and at most half of them are taken. */
struct callers {
	size_t n, places;
	struct caller *items;
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

static struct caller *place_of(struct caller *callers, size_t places, nm_number number)
{
	size_t i = hash(number) & (places - 1);

	while (callers[i].number != 0 && callers[i].number != number)
		i = (i + 1) & (places - 1);
	return &callers[i];
}

static bool grow(struct callers *callers)
{
	const size_t places = callers->places == 0 ? FIRST_PLACES : callers->places * 2;
	struct caller *items = calloc(places, sizeof(*items));

	if (items == NULL)
		return false;
	for (size_t i = 0; i < callers->places; i++)
		if (callers->items[i].number != 0)
			*place_of(items, places, callers->items[i].number) = callers->items[i];
	free(callers->items);
	callers->items = items;
	callers->places = places;
	return true;
}

static bool take_missed(void *context, const struct nm_missed_call *call)
{
	struct callers *callers = context;
	struct caller *caller;

	if (2 * (callers->n + 1) > callers->places && !grow(callers))
		return false;
	caller = place_of(callers->items, callers->places, call->caller);
	if (caller->number == 0) {
		callers->n++;
		*caller = (struct caller){ .number = call->caller, .first = *call };
	}
	caller->missed++;
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
	return (x->number > y->number) - (x->number < y->number);
}

/* Those who were missed come to the front, in order of how often. */
static void sort_callers(struct callers *callers)
{
	size_t n = 0;

	for (size_t i = 0; i < callers->places; i++)
		if (callers->items[i].number != 0)
			callers->items[n++] = callers->items[i];
	if (n > 0)
		qsort(callers->items, n, sizeof(*callers->items), missed_compare);
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
		sort_callers(&callers);
		code = count_again(store, &reader, &callers, told, err);
	}
	if (code == NM_OK) {
		report->repeats = nm_arena_alloc(report->arena, told, sizeof(*report->repeats));
		code = report->repeats != NULL ? NM_OK : nm_fail_memory(err);
	}
	for (size_t i = 0; code == NM_OK && i < told; i++)
		report->repeats[report->n_repeats++] =
			(struct nm_repeat){ callers.items[i].number, callers.items[i].missed,
					    callers.items[i].again };
	free(callers.items);
	return code;
}
