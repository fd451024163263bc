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

/* The callers among `who`, one flag a class, in words; NULL when memory is out. */
static const char *callers_of(const struct nm_holder *h, const bool *who)
{
	const struct nm_route *route = h->route;
	struct nm_buf words;
	const char *copy;
	size_t told = 0, n = 0;

	nm_buf_init(&words, 65536);
	for (size_t c = 0; c < route->n_classes; c++) {
		n += who[c];
		if (who[c] && told < CALLERS_TOLD)
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

/* All windows in which it matters to callers of class c, in the arena; false when memory is out. */
static bool windows_of(struct nm_holder *h, const struct nm_hold_draft *draft, size_t c, struct nm_loss *loss)
{
	struct nm_span *windows = NULL, *copy;
	size_t capacity = 0;
	struct nm_route_walk walk;

	nm_route_walk_begin(&walk, h->route, h->route->from);
	for (nm_time t = h->route->from, end; t < h->route->until; t = end) {
		nm_route_walk_to(&walk, t);
		end = walk.end < h->route->until ? walk.end : h->route->until;
		if (!draft->marks[(size_t)walk.situation * h->route->n_classes + c])
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

/* Which situations ever come. */
static void find_coming(const struct nm_route *route, bool *comes)
{
	struct nm_route_walk walk;

	nm_route_walk_begin(&walk, route, route->from);
	for (nm_time t = route->from; t < route->until; t = walk.end) {
		nm_route_walk_to(&walk, t);
		comes[walk.situation] = true;
	}
}

/* Does the draft concern callers of both classes at the same times?  With `b` the number of classes: at none. */
static bool alike(const struct nm_holder *h, const struct nm_hold_draft *draft, const bool *comes, size_t a,
		  size_t b)
{
	const size_t n = h->route->n_classes;

	for (size_t s = 0; s < h->route->n_situations; s++)
		if (comes[s] && draft->marks[s * n + a] != (b < n && draft->marks[s * n + b]))
			return false;
	return true;
}

/* The loss as it concerns the callers of class c and all who are concerned at the same times; these are told. */
static bool add_loss(struct nm_holder *h, const struct nm_hold_draft *draft, const bool *comes, size_t c,
		     bool *told)
{
	const struct nm_span horizon = { h->route->from, h->route->until };
	struct nm_loss loss = { .text = draft->text, .instead = draft->instead };
	bool *who = nm_arena_alloc(h->losses.arena, h->route->n_classes, sizeof(*who));

	if (who == NULL || !windows_of(h, draft, c, &loss))
		return false;
	for (size_t k = c; k < h->route->n_classes; k++)
		if (alike(h, draft, comes, c, k))
			who[k] = told[k] = true;
	loss.callers = callers_of(h, who);
	loss.when = nm_windows_text(h->route, loss.windows, loss.n, horizon, h->losses.arena);
	if (loss.callers == NULL || loss.when == NULL ||
	    !nm_grow((void **)&h->losses.items, &h->losses.capacity, h->losses.n + 1, sizeof(loss)))
		return false;
	h->losses.items[h->losses.n++] = loss;
	return true;
}

/* A draft becomes one loss for each set of callers that it concerns at times of their own: "at these times, for
 * these callers" is then true of each of the times and each of the callers together. */
bool nm_hold_losses(struct nm_holder *h)
{
	const size_t n = h->route->n_classes;
	bool *comes = nm_arena_alloc(h->losses.arena, h->route->n_situations, sizeof(*comes));

	if (comes == NULL)
		return false;
	find_coming(h->route, comes);
	for (size_t i = 0; i < h->n; i++) {
		bool *told = nm_arena_alloc(h->losses.arena, n, sizeof(*told));

		if (told == NULL)
			return false;
		for (size_t c = 0; c < n; c++)
			if (!told[c] && !alike(h, &h->drafts[i], comes, c, n) &&
			    !add_loss(h, &h->drafts[i], comes, c, told))
				return false;
	}
	return true;
}
