/* SPDX-License-Identifier: MIT */
/* Texts that came to a line: see inbound.h. */
#include "core/carrier/inbound.h"

#include <string.h>

#include "core/carrier/ask.h"
#include "core/utf8.h"
#include "nevermiss/optout.h"

#define BODY_MAX 8192 /* bytes of one that are kept: of NM_TEXT_MAX characters all */

void nm_inbound_begin(struct nm_inbound *inbound)
{
	*inbound = (struct nm_inbound){ .since = inbound->since, .now = inbound->now, .at = inbound->since };
}

static bool make_room(struct nm_exchange *x)
{
	struct nm_inbound *inbound = x->inbound;
	const size_t capacity = inbound->capacity > 0 ? inbound->capacity * 2 : 64;
	struct nm_inbound_text *items;

	if (inbound->n < inbound->capacity)
		return true;
	items = nm_arena_alloc(x->arena, capacity, sizeof(*items));
	if (items == NULL)
		return false;
	if (inbound->n > 0)
		memcpy(items, inbound->items, inbound->n * sizeof(*items));
	inbound->items = items;
	inbound->capacity = capacity;
	return true;
}

static const char *cleaned(struct nm_arena *arena, const char *text)
{
	const size_t len = strlen(text), size = len < BODY_MAX ? len + 5 : BODY_MAX;
	char *copy = nm_arena_alloc(arena, size, 1);

	if (copy != NULL)
		nm_utf8_clean(text, copy, size);
	return copy;
}

static bool has_place(const struct nm_inbound *inbound, const char *body)
{
	return inbound->n < NM_INBOUND_MAX ||
	       (inbound->n < NM_INBOUND_MAX + NM_INBOUND_STOPS && nm_optout_read(body) != NM_OPTOUT_UNSAID);
}

bool nm_inbound_add(struct nm_exchange *x, const struct nm_inbound_text *text)
{
	struct nm_inbound *inbound = x->inbound;
	struct nm_inbound_text *kept;

	if (text->id == NULL || text->from == NULL || *text->from == '\0' || text->body == NULL) {
		inbound->odd++;
		return true;
	}
	if (!has_place(inbound, text->body)) {
		inbound->full = true;
		return true;
	}
	if (!make_room(x)) {
		nm_exchange_fail(x, "out of memory");
		return false;
	}
	kept = &inbound->items[inbound->n];
	*kept = (struct nm_inbound_text){ .id = nm_arena_text(x->arena, text->id),
					  .from = nm_ask_words(x->arena, text->from),
					  .body = cleaned(x->arena, text->body),
					  .at = text->at };
	if (kept->id == NULL || kept->from == NULL || kept->body == NULL) {
		nm_exchange_fail(x, "out of memory");
		return false;
	}
	inbound->n++;
	return true;
}
