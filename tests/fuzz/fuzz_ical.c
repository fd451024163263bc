/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a calendar: either an error, or instances that are sorted, within the window and fit
 * to be shown.
 */
#include <stdlib.h>

#include "nevermiss/ical.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#define FROM INT64_C(1767225600) /* 2026-01-01 */
#define UNTIL (FROM + 400 * (int64_t)NM_DAY)

static const struct nm_zone *zone(void)
{
	static struct nm_zone *kept;

	if (!kept && nm_zone_load("Europe/Berlin", &kept, NULL))
		abort();
	return kept;
}

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static void check(const struct nm_ical_events *events)
{
	demand(events->n <= NM_ICAL_INSTANCES);
	for (size_t i = 0; i < events->n; i++) {
		const struct nm_ical_event *e = &events->items[i];

		demand(e->from < e->until && e->from < UNTIL && e->until > FROM);
		demand(i == 0 || events->items[i - 1].from <= e->from);
		for (const char *p = e->summary; *p; p++)
			demand((unsigned char)*p >= 0x20 && *p != 0x7f);
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct nm_ical_events events = { 0 };
	struct nm_ical *ical = NULL;
	struct nm_error err;

	if (nm_ical_read("fuzz.ics", (const char *)data, size, &ical, &err))
		return 0;
	if (!nm_ical_expand(ical, zone(), FROM, UNTIL, &events, &err))
		check(&events);
	nm_ical_events_clear(&events);
	demand(nm_ical_last(ical, zone(), UNTIL) <= UNTIL);
	nm_ical_free(ical);
	return 0;
}
