/* SPDX-License-Identifier: MIT */
/*
 * Calendars as the plan uses them.  In: a calendar that was read; out: the spans in which it is busy,
 * or the dates that are holidays.  Knows neither hours nor rules.
 */
#include "core/spans.h"

#include <stdlib.h>

struct days {
	int32_t *items;
	size_t n, capacity;
};

enum nm_code nm_spans_of_calendar(const struct nm_plan *plan, int calendar, nm_time from, nm_time until,
				  struct nm_spans *out, struct nm_error *err)
{
	const struct nm_ical *ical = plan->calendars[calendar].ical;
	struct nm_ical_events events;
	enum nm_code code;

	*out = (struct nm_spans){ NULL, 0 };
	if (!ical)
		return NM_OK;
	code = nm_ical_expand(ical, plan->zone, from, until, &events, err);
	if (code)
		return code;
	if (events.n > 0)
		out->items = calloc(events.n, sizeof(*out->items));
	if (events.n > 0 && !out->items)
		code = nm_fail_memory(err);
	for (size_t i = 0; !code && i < events.n; i++) {
		const struct nm_ical_event *event = &events.items[i];
		struct nm_span *last = out->n > 0 ? &out->items[out->n - 1] : NULL;

		if (event->transparent || event->until <= event->from)
			continue;
		if (!last || event->from > last->until)
			out->items[out->n++] = (struct nm_span){ event->from, event->until };
		else if (event->until > last->until)
			last->until = event->until;
	}
	nm_ical_events_clear(&events);
	return code;
}

/* Adds the dates on which an event lies, from *next on.  Events come in order, so that each date is
 * added once however many events lie on it. */
static bool event_days(const struct nm_zone *zone, const struct nm_ical_event *event, int64_t *next, int64_t end,
		       struct days *days)
{
	int64_t first = nm_local_day(nm_zone_local(zone, event->from));
	int64_t last = event->until > event->from ? nm_local_day(nm_zone_local(zone, event->until - 1)) : first;

	for (int64_t day = first > *next ? first : *next; day <= last && day <= end; day++) {
		if (!nm_grow((void **)&days->items, &days->capacity, days->n + 1, sizeof(*days->items)))
			return false;
		days->items[days->n++] = (int32_t)day;
		*next = day + 1;
	}
	return true;
}

enum nm_code nm_holidays_of(const struct nm_plan *plan, int calendar, nm_time from, nm_time until,
			    int32_t **days, size_t *n, struct nm_error *err)
{
	const struct nm_ical *ical = plan->calendars[calendar].ical;
	int64_t next = nm_local_day(nm_zone_local(plan->zone, from));
	int64_t end = nm_local_day(nm_zone_local(plan->zone, until - 1));
	struct nm_ical_events events = { NULL, 0 };
	struct days found = { NULL, 0, 0 };
	enum nm_code code = NM_OK;
	bool ok;

	if (ical)
		code = nm_ical_expand(ical, plan->zone, from - NM_DAY, until + NM_DAY, &events, err);
	if (code)
		return code;
	ok = nm_grow((void **)&found.items, &found.capacity, 1, sizeof(*found.items));
	for (size_t i = 0; ok && i < events.n; i++)
		ok = event_days(plan->zone, &events.items[i], &next, end, &found);
	nm_ical_events_clear(&events);
	if (!ok) {
		free(found.items);
		return nm_fail_memory(err);
	}
	*n = found.n;
	*days = found.items;
	return NM_OK;
}
