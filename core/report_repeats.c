/* SPDX-License-Identifier: MIT */
/*
 * Who was missed how often (report.h).  In: a store, a span, a line.  Out: the callers who were missed the most.  Whole
 * weeks come from the sums, what is left of the span at both ends from the calls; what a caller did in a part of a week is
 * only asked of those who may be among the most missed.
 */
#include <stdlib.h>

#include "core/report_private.h"

struct caller {
	nm_number number;
	nm_time first; /* when the week or weeks, or the end of the span, began in which the first was missed */
	uint32_t missed, again; /* again: in whole weeks behind that one.  There may be many callers: it is to be small */
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

	while (callers->place[i] != 0 && callers->items[callers->place[i] - 1].number != number)
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
		*place_of(callers, callers->items[i].number) = (uint32_t)i + 1;
	return true;
}

static bool has(const struct callers *callers, nm_number number)
{
	return callers->places > 0 && *place_of(callers, number) != 0;
}

/* A caller of the list, taken into it when it was not there; NULL: memory is out. */
static struct caller *caller_of(struct callers *callers, const struct nm_caller_sum *sum)
{
	uint32_t *place;

	if (2 * (callers->n + 1) > callers->places && !grow_places(callers))
		return NULL;
	place = place_of(callers, sum->caller);
	if (*place != 0)
		return &callers->items[*place - 1];
	if (!nm_grow((void **)&callers->items, &callers->capacity, callers->n + 1, sizeof(*callers->items)))
		return NULL;
	callers->items[callers->n] = (struct caller){ .number = sum->caller, .first = sum->span.from };
	*place = (uint32_t)++callers->n;
	return &callers->items[callers->n - 1];
}

/* More than fits, which nobody can ring, is as many as fit. */
static void count(uint32_t *sum, int64_t n)
{
	if (n > 0)
		*sum = n < UINT32_MAX - *sum ? *sum + (uint32_t)n : UINT32_MAX;
}

static bool take_sum(void *context, const struct nm_caller_sum *sum)
{
	struct callers *callers = context;
	struct caller *caller;

	if (sum->missed == 0 && !has(callers, sum->caller))
		return true;
	caller = caller_of(callers, sum);
	if (caller == NULL)
		return false;
	count(&caller->missed, sum->missed);
	if (caller->first < sum->span.from)
		count(&caller->again, sum->calls);
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

/* From so often missed on they may be told of: as often as the last of those who are the most. */
static int64_t least_of(const struct callers *callers)
{
	int64_t most[NM_REPORT_REPEATS] = { 0 };

	for (size_t i = 0; i < callers->n; i++) {
		const int64_t missed = callers->items[i].missed;
		size_t k = NM_REPORT_REPEATS - 1;

		if (missed <= most[k])
			continue;
		for (; k > 0 && most[k - 1] < missed; k--)
			most[k] = most[k - 1];
		most[k] = missed;
	}
	return most[NM_REPORT_REPEATS - 1] > 0 ? most[NM_REPORT_REPEATS - 1] : 1;
}

/* The others go, and with them their places. */
static void keep_most(struct callers *callers)
{
	const int64_t least = least_of(callers);
	size_t n = 0;

	for (size_t i = 0; i < callers->n; i++)
		if (callers->items[i].missed >= least)
			callers->items[n++] = callers->items[i];
	callers->n = n;
	free(callers->place);
	callers->place = NULL;
	callers->places = 0;
}

/* What whole weeks do not tell: behind the first missed call in its own week or end of the span, and in the last end. */
static enum nm_code add_again(struct nm_store *store, const struct nm_sums_reader *whole, struct nm_span weeks,
			      struct caller *caller, struct nm_error *err)
{
	const struct nm_span head = { whole->span.from, weeks.from }, tail = { weeks.until, whole->span.until };
	struct nm_sums_reader reader = { .number = whole->number };
	int64_t calls = 0;
	enum nm_code code;

	if (caller->first >= tail.from)
		reader.span = tail;
	else
		reader.span = caller->first < head.until ? head : nm_sums_unit(weeks, caller->first);
	code = nm_store_calls_of(store, &reader, caller->number, true, &calls, err);
	count(&caller->again, calls);
	if (code != NM_OK || caller->first >= tail.from)
		return code;
	reader.span = tail;
	code = nm_store_calls_of(store, &reader, caller->number, false, &calls, err);
	count(&caller->again, calls);
	return code;
}

/* weeks: the whole ones of the span. */
static enum nm_code read_callers(struct nm_store *store, const struct nm_sums_reader *whole, struct nm_span weeks,
				 struct callers *callers, struct nm_error *err)
{
	struct nm_sums_reader part = { .number = whole->number, .taker = { .caller = take_sum, .context = callers } };
	enum nm_code code;

	part.span = (struct nm_span){ whole->span.from, weeks.from };
	code = nm_store_missed_each(store, &part, err);
	part.span = weeks;
	if (code == NM_OK && weeks.from < weeks.until)
		code = nm_store_callers_each(store, &part, err);
	part.span = (struct nm_span){ weeks.until, whole->span.until };
	return code == NM_OK ? nm_store_missed_each(store, &part, err) : code;
}

static enum nm_code tell(const struct callers *callers, struct nm_report *report, struct nm_error *err)
{
	const size_t n = callers->n < NM_REPORT_REPEATS ? callers->n : NM_REPORT_REPEATS;

	report->repeats = nm_arena_alloc(report->arena, n, sizeof(*report->repeats));
	if (report->repeats == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < n; i++)
		report->repeats[i] = (struct nm_repeat){ callers->items[i].number, callers->items[i].missed,
							 callers->items[i].again };
	report->n_repeats = n;
	return NM_OK;
}

enum nm_code nm_report_repeats(struct nm_store *store, const struct nm_sums_reader *whole, struct nm_report *report,
			       struct nm_error *err)
{
	const struct nm_span weeks = nm_sums_weeks(whole->span);
	struct callers callers = { 0 };
	enum nm_code code = read_callers(store, whole, weeks, &callers, err);

	keep_most(&callers);
	for (size_t i = 0; i < callers.n && code == NM_OK; i++)
		code = add_again(store, whole, weeks, &callers.items[i], err);
	if (callers.n > 0)
		qsort(callers.items, callers.n, sizeof(*callers.items), missed_compare);
	if (code == NM_OK)
		code = tell(&callers, report, err);
	free(callers.place);
	free(callers.items);
	return code;
}
