/* SPDX-License-Identifier: MIT */
/*
 * Calls that belong together (report.h): matters, and who was missed how often.  In: calls in the order in which they
 * came, some from before and after the span, for a matter does not end with it.  Out: matters counted, callers missed.
 */
#include <stdlib.h>
#include <string.h>

#include "core/report_private.h"

struct caller {
	nm_number number;    /* 0: a free place */
	nm_time first, last; /* of the matter that is open */
	int64_t calls;
	enum nm_fate fate; /* of its first call */
	int64_t missed, again;
};

/* Open addressing: places is a power of two, and at most half of them are taken. */
struct nm_matters {
	struct nm_tallies *tallies;
	size_t n, places;
	struct caller *callers;
};

#define FIRST_PLACES 1024

struct nm_matters *nm_matters_new(struct nm_tallies *tallies)
{
	struct nm_matters *matters = calloc(1, sizeof(*matters));

	if (matters == NULL)
		return NULL;
	matters->tallies = tallies;
	matters->places = FIRST_PLACES;
	matters->callers = calloc(FIRST_PLACES, sizeof(*matters->callers));
	if (matters->callers != NULL)
		return matters;
	free(matters);
	return NULL;
}

void nm_matters_free(struct nm_matters *matters)
{
	if (matters != NULL)
		free(matters->callers);
	free(matters);
}

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

static bool grow(struct nm_matters *matters)
{
	const size_t places = matters->places * 2;
	struct caller *callers = calloc(places, sizeof(*callers));

	if (callers == NULL)
		return false;
	for (size_t i = 0; i < matters->places; i++)
		if (matters->callers[i].number != 0)
			*place_of(callers, places, matters->callers[i].number) = matters->callers[i];
	free(matters->callers);
	matters->callers = callers;
	matters->places = places;
	return true;
}

static bool is_in(struct nm_span span, nm_time t)
{
	return span.from <= t && t < span.until;
}

static void close_matter(struct nm_matters *matters, const struct caller *caller)
{
	struct nm_tallies *tallies = matters->tallies;

	if (caller->calls == 0 || !is_in(tallies->span, caller->first))
		return;
	nm_tally_matter(&tallies->total, caller->calls, caller->fate);
	nm_tally_matter(nm_tallies_week(tallies, caller->first), caller->calls, caller->fate);
}

bool nm_matters_call(struct nm_matters *matters, const struct nm_call_brief *call, enum nm_fate fate)
{
	struct caller *caller;

	if (call->caller.anonymous || call->caller.number == 0 || fate == NM_FATE_REJECTED ||
	    fate == NM_FATE_UNKNOWN)
		return true;
	if (2 * (matters->n + 1) > matters->places && !grow(matters))
		return false;
	caller = place_of(matters->callers, matters->places, call->caller.number);
	matters->n += caller->number == 0;
	caller->number = call->caller.number;
	if (caller->calls == 0 || call->began - caller->last > NM_MATTER_S) {
		close_matter(matters, caller);
		caller->first = call->began;
		caller->fate = fate;
		caller->calls = 0;
	}
	caller->calls++;
	caller->last = call->began;
	if (is_in(matters->tallies->span, call->began)) {
		caller->again += caller->missed > 0;
		caller->missed += nm_fate_missed(fate);
	}
	return true;
}

/* The most often missed first. */
static int missed_compare(const void *a, const void *b)
{
	const struct caller *x = a, *y = b;

	if (x->missed != y->missed)
		return x->missed > y->missed ? -1 : 1;
	if (x->again != y->again)
		return x->again > y->again ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

bool nm_matters_close(struct nm_matters *matters, struct nm_arena *arena, struct nm_repeat **out, size_t *n)
{
	struct caller *callers = matters->callers;
	size_t missed = 0;

	for (size_t i = 0; i < matters->places; i++) {
		close_matter(matters, &callers[i]);
		if (callers[i].missed > 0)
			callers[missed++] = callers[i];
	}
	qsort(callers, missed, sizeof(*callers), missed_compare);
	*n = missed < NM_REPORT_REPEATS ? missed : NM_REPORT_REPEATS;
	*out = nm_arena_alloc(arena, *n, sizeof(**out));
	for (size_t i = 0; *out != NULL && i < *n; i++)
		(*out)[i] = (struct nm_repeat){ callers[i].number, callers[i].missed, callers[i].again };
	return *out != NULL;
}
