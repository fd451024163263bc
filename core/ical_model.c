/* SPDX-License-Identifier: MIT */
/* A calendar's beginning and end: empty, put in order, freed.  Does not know where its events come from. */
#include <stdlib.h>

#include "ical_model.h"

enum nm_code nm_ical_new(const char *name, struct nm_ical **out, struct nm_error *err)
{
	struct nm_ical *ical = calloc(1, sizeof *ical);

	if (!ical)
		return nm_fail_memory(err);
	ical->arena = nm_arena_new();
	ical->name = ical->arena ? nm_arena_text(ical->arena, name) : NULL;
	if (!ical->name) {
		nm_ical_free(ical);
		return nm_fail_memory(err);
	}
	*out = ical;
	return NM_OK;
}

enum nm_code nm_ical_finish(struct nm_ical *ical, struct nm_error *err)
{
	nm_ical_settle(ical);
	return nm_ical_zones_load(ical, err);
}

void nm_ical_free(struct nm_ical *ical)
{
	if (!ical)
		return;
	for (size_t i = 0; i < ical->n_zones; i++)
		nm_zone_free(ical->zones[i].zone);
	nm_arena_free(ical->arena);
	free(ical->events);
	free(ical);
}
