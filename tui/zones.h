/* SPDX-License-Identifier: MIT */
/*
 * The time zones that this machine knows, by their names, and which one is its own.
 */
#ifndef TUI_ZONES_H
#define TUI_ZONES_H

#include "nevermiss/mem.h"

struct zone_row {
	const char *name; /* "America/Chicago" */
	char country[3];  /* ISO 3166-1 alpha-2 */
};

/* Sorted by country, as the table has them. */
struct zones {
	struct nm_arena *arena; /* holds all of it; NULL: nothing is known */
	size_t n;
	struct zone_row *items;
};

/* From the system's zone.tab; none when it is not there, cannot be read, or memory is out. */
void zones_read(struct zones *zones);
/* The same from the table's text. */
void zones_parse(const char *text, struct zones *zones);
void zones_clear(struct zones *zones);
/* NULL when there is none of that name. */
const struct zone_row *zones_find(const struct zones *zones, const char *name);
/* Adds the name of the machine's own zone, or nothing.  tz: what TZ says; NULL. */
void zones_own(const struct zones *zones, const char *tz, struct nm_buf *out);

#endif
