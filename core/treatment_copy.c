/* SPDX-License-Identifier: MIT */
/*
 * A treatment that stands on its own: a deep copy in another arena, without what only the plan's
 * file can explain (skipped steps, reasons, positions).  Routes and differences keep such copies.
 */
#include "nevermiss/route.h"

/* Copies *text; false when memory is out. */
static bool copy_text(const char **text, struct nm_arena *arena)
{
	if (*text == NULL)
		return true;
	*text = nm_arena_text(arena, *text);
	return *text != NULL;
}

static bool copy_party(struct nm_party *to, const struct nm_party *from, struct nm_arena *arena)
{
	*to = *from;
	return copy_text(&to->name, arena) && copy_text(&to->number, arena) &&
	       copy_text(&to->greeting, arena) && copy_text(&to->line, arena) &&
	       copy_text(&to->turn_of, arena);
}

static bool copy_step(struct nm_treatment_step *to, const struct nm_treatment_step *from,
		      struct nm_arena *arena)
{
	*to = *from;
	to->pos = (struct nm_pos){ 0 };
	to->n_skips = 0;
	to->skips = NULL;
	to->parties = nm_arena_alloc(arena, from->n, sizeof(*to->parties));
	if (to->parties == NULL)
		return false;
	for (size_t i = 0; i < from->n; i++)
		if (!copy_party(&to->parties[i], &from->parties[i], arena))
			return false;
	return true;
}

static bool copy_alerts(struct nm_alerts *alerts, struct nm_arena *arena)
{
	const struct nm_alert *from = alerts->items;

	alerts->pos = (struct nm_pos){ 0 };
	alerts->items = nm_arena_alloc(arena, alerts->n, sizeof(*alerts->items));
	if (alerts->items == NULL || !copy_text(&alerts->text, arena))
		return false;
	for (size_t i = 0; i < alerts->n; i++) {
		alerts->items[i] = from[i];
		if (!copy_text(&alerts->items[i].name, arena) || !copy_text(&alerts->items[i].number, arena))
			return false;
	}
	return true;
}

struct nm_treatment *nm_treatment_copy(const struct nm_treatment *treatment, struct nm_arena *arena)
{
	struct nm_treatment *copy = nm_arena_alloc(arena, 1, sizeof(*copy));

	if (copy == NULL)
		return NULL;
	*copy = *treatment;
	copy->n = 0;
	copy->steps = nm_arena_alloc(arena, treatment->n, sizeof(*copy->steps));
	if (copy->steps == NULL || !copy_text(&copy->rule, arena) || !copy_text(&copy->path, arena) ||
	    !copy_text(&copy->greeting, arena) || !copy_text(&copy->text_back, arena) ||
	    !copy_alerts(&copy->alerts, arena))
		return NULL;
	for (size_t i = 0; i < treatment->n; i++) {
		if (treatment->steps[i].n == 0)
			continue;
		if (!copy_step(&copy->steps[copy->n++], &treatment->steps[i], arena))
			return NULL;
	}
	return copy;
}

const struct nm_treatment *nm_treatment_unnamed(const struct nm_treatment *treatment, struct nm_arena *arena)
{
	struct nm_treatment *copy = nm_arena_alloc(arena, 1, sizeof(*copy));

	if (copy == NULL)
		return NULL;
	*copy = *treatment;
	copy->rule = copy->path = NULL;
	return copy;
}
