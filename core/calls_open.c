/* SPDX-License-Identifier: MIT */
/*
 * Calls of which a file has several rows, while these come: see calls_file_private.h.  In: what single rows say.  Out: calls
 * with all their legs, the oldest first.
 */
#include <stdlib.h>
#include <string.h>

#include "core/calls_file_private.h"

#define OPEN 256 /* calls to which rows may be added */

struct nm_open_calls {
	size_t oldest, n;
	struct nm_open_call items[OPEN]; /* a ring */
};

uint64_t nm_row_mark(const char *text)
{
	uint64_t value = 14695981039346656037u;

	for (; *text != '\0'; text++)
		value = (value ^ (unsigned char)*text) * 1099511628211u;
	return value;
}

struct nm_open_calls *nm_open_new(void)
{
	return calloc(1, sizeof(struct nm_open_calls));
}

void nm_open_free(struct nm_open_calls *open)
{
	free(open);
}

static struct nm_open_call *at(struct nm_open_calls *open, size_t i)
{
	return &open->items[(open->oldest + i) % OPEN];
}

struct nm_open_call *nm_open_find(struct nm_open_calls *open, const char *key,
				  const struct nm_open_call *after)
{
	const uint64_t mark = nm_row_mark(key);
	size_t i = 0;

	while (after != NULL && i < open->n && at(open, i++) != after)
		;
	for (; i < open->n; i++)
		if (at(open, i)->mark == mark && strcmp(at(open, i)->call.key, key) == 0)
			return at(open, i);
	return NULL;
}

struct nm_open_call *nm_open_oldest(struct nm_open_calls *open, bool all)
{
	return open->n == OPEN || (all && open->n > 0) ? &open->items[open->oldest] : NULL;
}

void nm_open_close_oldest(struct nm_open_calls *open)
{
	open->oldest = (open->oldest + 1) % OPEN;
	open->n--;
}

static void copy(struct nm_row_call *to, const struct nm_row_call *from)
{
	memcpy(to, from, offsetof(struct nm_row_call, legs));
	memcpy(to->legs, from->legs, from->record.n * sizeof(from->legs[0]));
}

struct nm_open_call *nm_open_add(struct nm_open_calls *open, const struct nm_row_call *call)
{
	struct nm_open_call *added = at(open, open->n++);

	added->mark = nm_row_mark(call->key);
	added->waits = added->left_out = added->odd = false;
	copy(&added->call, call);
	return added;
}

void nm_open_arrived(struct nm_open_call *to, const struct nm_row_call *call)
{
	const size_t n = to->call.record.n;
	const bool mailbox = to->call.mailbox, cut = to->call.record.cut;

	memcpy(&to->call, call, offsetof(struct nm_row_call, legs));
	to->call.record.n = n;
	to->call.record.cut = cut;
	to->call.mailbox = call->mailbox || mailbox;
	to->waits = false;
}

void nm_open_share_legs(const struct nm_open_call *from, struct nm_row_call *to)
{
	const struct nm_row_call *call = &from->call;

	memcpy(to->legs, call->legs, call->record.n * sizeof(call->legs[0]));
	to->record.n = call->record.n;
	to->record.cut = call->record.cut;
	to->mailbox = to->mailbox || call->mailbox;
}

/* Those of one second by their ids, as carriers' drivers have them: a file's order is not its carrier's. */
static bool in_order(const struct nm_row_leg *a, const struct nm_row_leg *b)
{
	return a->leg.began != b->leg.began ? a->leg.began < b->leg.began : strcmp(a->id, b->id) <= 0;
}

bool nm_open_put_leg(struct nm_open_call *to, const struct nm_row_leg *leg)
{
	struct nm_row_leg *legs = to->call.legs;
	size_t *n = &to->call.record.n, place = 0;

	for (size_t i = 0; i < *n; i++)
		if (leg->id[0] != '\0' && strcmp(legs[i].id, leg->id) == 0)
			return true;
	if (*n == NM_LEGS_MAX) {
		to->call.record.cut = to->odd = true;
		return false;
	}
	while (place < *n && in_order(&legs[place], leg))
		place++;
	memmove(legs + place + 1, legs + place, (*n - place) * sizeof(*legs));
	legs[place] = *leg;
	(*n)++;
	return true;
}
