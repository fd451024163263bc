/* SPDX-License-Identifier: MIT */
/*
 * Losses in the making: which calls each of them changes, and then when that is and for whom.
 *
 * Comes in: marks on the situations and classes of a route.  Goes out: losses in words, with their windows.
 */
#include <stdlib.h>
#include <string.h>

#include "core/hold_private.h"
#include "core/route_private.h"

#define CALLERS_TOLD 8

void nm_losses_clear(struct nm_losses *losses)
{
	free(losses->items);
	nm_arena_free(losses->arena);
	*losses = (struct nm_losses){ 0 };
}

/* --- losses in the making --- */

/* The loss of these words, new or as before; NULL when memory is out.  Texts are the arena's or constant. */
struct nm_hold_draft *nm_hold_draft(struct nm_holder *h, const char *text, const char *instead)
{
	struct nm_hold_draft draft = { .text = text, .instead = instead };

	if (text == NULL || instead == NULL) {
		h->failed = true;
		return NULL;
	}
	for (size_t i = 0; i < h->n; i++)
		if (strcmp(h->drafts[i].text, text) == 0 && strcmp(h->drafts[i].instead, instead) == 0)
			return &h->drafts[i];
	draft.marks = nm_arena_alloc(h->losses.arena, h->route->n_situations * h->route->n_classes,
				     sizeof(*draft.marks));
	if (draft.marks == NULL || !nm_grow((void **)&h->drafts, &h->capacity, h->n + 1, sizeof(draft))) {
		h->failed = true;
		return NULL;
	}
	h->drafts[h->n] = draft;
	return &h->drafts[h->n++];
}

void nm_hold_mark(const struct nm_holder *h, struct nm_hold_draft *draft, size_t situation, size_t class)
{
	if (draft != NULL)
		draft->marks[situation * h->route->n_classes + class] = true;
}

static bool gets(const struct nm_holder *h, size_t s, size_t c, int treatment)
{
	const struct nm_situation *situation = &h->route->situations[s];

	return situation->treatment[c] == treatment || (h->traits->key && situation->key[c] == treatment);
}

/* Every call that gets this treatment.  Where callers cannot be told apart these are only the times at which
 * all others get it too: of the rest drop_callers says what is lost. */
void nm_hold_mark_treatment(const struct nm_holder *h, struct nm_hold_draft *draft, int treatment)
{
	const size_t none = nm_route_class_of(h->route, 0);

	for (size_t s = 0; s < h->route->n_situations; s++)
		for (size_t c = 0; c < h->route->n_classes; c++)
			if (gets(h, s, c, treatment) && (h->traits->callers || gets(h, s, none, treatment)))
				nm_hold_mark(h, draft, s, c);
}

/* --- from drafts to losses --- */

static const char *callers_of(const struct nm_holder *h, const struct nm_hold_draft *draft)
{
	const struct nm_route *route = h->route;
	struct nm_buf words;
	const char *copy;
	size_t told = 0, n = 0;

	nm_buf_init(&words, 65536);
	for (size_t c = 0; c < route->n_classes; c++) {
		bool any = false;

		for (size_t s = 0; s < route->n_situations; s++)
			any = any || draft->marks[s * route->n_classes + c];
		n += any;
		if (any && told < CALLERS_TOLD)
			nm_buf_addf(&words, "%s%s", told++ > 0 ? ", " : "", route->classes[c].words);
	}
	if (n > told)
		nm_buf_addf(&words, " and %zu more", n - told);
	copy = words.failed            ? NULL
	       : n == route->n_classes ? "any caller"
				       : nm_arena_text(h->losses.arena, words.data);
	nm_buf_clear(&words);
	return copy;
}

static bool concerned(const struct nm_holder *h, const struct nm_hold_draft *draft, int situation)
{
	for (size_t c = 0; c < h->route->n_classes; c++)
		if (draft->marks[(size_t)situation * h->route->n_classes + c])
			return true;
	return false;
}

/* All windows in which it matters, in the arena; false when memory is out. */
static bool windows_of(struct nm_holder *h, const struct nm_hold_draft *draft, struct nm_loss *loss)
{
	struct nm_span *windows = NULL, *copy;
	size_t capacity = 0;
	struct nm_route_walk walk;

	nm_route_walk_begin(&walk, h->route, h->route->from);
	for (nm_time t = h->route->from, end; t < h->route->until; t = end) {
		nm_route_walk_to(&walk, t);
		end = walk.end < h->route->until ? walk.end : h->route->until;
		if (!concerned(h, draft, walk.situation))
			continue;
		if (loss->n > 0 && windows[loss->n - 1].until == t) {
			windows[loss->n - 1].until = end;
			continue;
		}
		if (!nm_grow((void **)&windows, &capacity, loss->n + 1, sizeof(*windows))) {
			free(windows);
			return false;
		}
		windows[loss->n++] = (struct nm_span){ t, end };
	}
	copy = nm_arena_alloc(h->losses.arena, loss->n, sizeof(*copy));
	if (copy != NULL && loss->n > 0)
		memcpy(copy, windows, loss->n * sizeof(*copy));
	free(windows);
	loss->windows = copy;
	return copy != NULL;
}

bool nm_hold_losses(struct nm_holder *h)
{
	const struct nm_span horizon = { h->route->from, h->route->until };

	for (size_t i = 0; i < h->n; i++) {
		struct nm_loss loss = { .text = h->drafts[i].text, .instead = h->drafts[i].instead };

		if (!windows_of(h, &h->drafts[i], &loss))
			return false;
		if (loss.n == 0)
			continue; /* of callers or times that never come */
		loss.callers = callers_of(h, &h->drafts[i]);
		loss.when = nm_windows_text(h->route, loss.windows, loss.n, horizon, h->losses.arena);
		if (loss.callers == NULL || loss.when == NULL ||
		    !nm_grow((void **)&h->losses.items, &h->losses.capacity, h->losses.n + 1, sizeof(loss)))
			return false;
		h->losses.items[h->losses.n++] = loss;
	}
	return true;
}
