/* SPDX-License-Identifier: MIT */
/*
 * Puts a calendar's events in order, each with its changed instances behind it, and keeps one version
 * of each: programs that export a calendar often write several.  Knows neither text nor time.
 */
#include <stdlib.h>
#include <string.h>

#include "ical_model.h"

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* 0 when both speak of the same event or the same instance of it. */
static int compare_what(const struct ical_event *a, const struct ical_event *b)
{
	int order;

	if (!a->uid || !b->uid)
		return a->uid || b->uid ? (a->uid != NULL) - (b->uid != NULL)
					: compare_numbers(a->line, b->line);
	order = strcmp(a->uid, b->uid);
	if (!order)
		order = a->overrides - b->overrides;
	if (!order)
		order = compare_numbers(a->instance.at, b->instance.at);
	if (!order)
		order = compare_numbers(a->instance.clock, b->instance.clock);
	return order ? order : compare_numbers(a->instance.zone, b->instance.zone);
}

static int compare_events(const void *a, const void *b)
{
	const struct ical_event *x = a;
	const struct ical_event *y = b;
	int order = compare_what(x, y);

	if (!order)
		order = compare_numbers(x->sequence, y->sequence);
	if (!order)
		order = compare_numbers(x->stamp, y->stamp);
	return order ? order : compare_numbers(x->line, y->line);
}

void nm_ical_settle(struct nm_ical *ical)
{
	size_t n = 0;

	if (ical->n_events)
		qsort(ical->events, ical->n_events, sizeof *ical->events, compare_events);
	for (size_t i = 0; i < ical->n_events; i++) {
		struct ical_event *event = &ical->events[i];

		if (n && event->uid && ical->events[n - 1].uid &&
		    !strcmp(event->uid, ical->events[n - 1].uid))
			event->uid = ical->events[n - 1].uid;
		if (n && !compare_what(&ical->events[n - 1], event))
			n--;
		ical->events[n++] = *event;
	}
	ical->n_events = n;
}
