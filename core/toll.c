/* SPDX-License-Identifier: MIT */
/* Numbers to which calls may not go, by nm_plan_toll.  Comes in: a plan, a number.  Goes out: why not, in words. */
#include "toll.h"

#include "nevermiss/number.h"

const char *nm_toll_words(const struct nm_plan *plan, nm_number number, const char *who,
			  struct nm_arena *arena)
{
	const enum nm_toll toll = number ? nm_plan_toll(plan, number) : NM_TOLL_FINE;
	const char *country = toll == NM_TOLL_ABROAD ? nm_number_country(number) : "";
	char text[NM_NUMBER_TEXT];

	if (toll == NM_TOLL_FINE)
		return "";
	nm_number_words(number, text);
	if (toll == NM_TOLL_PREMIUM)
		return nm_arena_format(arena, "%s is a premium number: %s", who, text);
	return nm_arena_format(arena, "%s, %s, is in %s, not in the plan's country", who, text,
			       *country ? country : "no country that is known");
}

/* Adds the number if calls may not go there; false when memory is out. */
static bool add(const struct nm_plan *plan, struct nm_arena *arena, const char *what, const char *name,
		struct nm_toll_number toll, struct nm_toll_number *tolls, size_t *n)
{
	const char *who = nm_arena_format(arena, "%s %s", what, name);

	toll.words = who ? nm_toll_words(plan, toll.number, who, arena) : NULL;
	if (!toll.words)
		return false;
	if (*toll.words)
		tolls[(*n)++] = toll;
	return true;
}

enum nm_code nm_toll_find(const struct nm_plan *plan, struct nm_arena *arena, const struct nm_toll_number **out,
			  size_t *n, struct nm_error *err)
{
	struct nm_toll_number *tolls = nm_arena_alloc(arena, plan->n_destinations + plan->n_lines, sizeof(*tolls));
	bool ok = tolls != NULL;

	*n = 0;
	for (size_t i = 0; i < plan->n_destinations && ok; i++) {
		const struct nm_destination *destination = &plan->destinations[i];

		ok = add(plan, arena, "destination", destination->name,
			 (struct nm_toll_number){ .number = destination->number, .pos = destination->pos }, tolls,
			 n);
	}
	for (size_t i = 0; i < plan->n_lines && ok; i++) {
		const struct nm_line *line = &plan->lines[i];

		ok = add(plan, arena, "the fallback of line", line->name,
			 (struct nm_toll_number){ .number = line->fallback, .pos = line->pos }, tolls, n);
	}
	*out = tolls;
	return ok ? NM_OK : nm_fail_memory(err);
}
