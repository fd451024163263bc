/* SPDX-License-Identifier: MIT */
/*
 * What a timeline is made of besides hours.  In: calendars that were read, overrides, rotations; out:
 * the spans in which a calendar is busy, the dates that are holidays, and a sorted list of everything
 * that goes on or off.  Knows neither hours nor rules.
 */
#include "core/spans.h"

#include <stdlib.h>

#define SWITCHES_MAX ((size_t)1 << 24) /* a plan that changes more often than this is refused */

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
static bool event_days(const struct nm_zone *zone, const struct nm_ical_event *event, int64_t *next,
		       int64_t end, struct days *days)
{
	int64_t first = nm_local_day(nm_zone_local(zone, event->from));
	int64_t last =
		event->until > event->from ? nm_local_day(nm_zone_local(zone, event->until - 1)) : first;

	for (int64_t day = first > *next ? first : *next; day <= last && day <= end; day++) {
		if (!nm_grow((void **)&days->items, &days->capacity, days->n + 1, sizeof(*days->items)))
			return false;
		days->items[days->n++] = (int32_t)day;
		*next = day + 1;
	}
	return true;
}

enum nm_code nm_holidays_of(const struct nm_ical *ical, const struct nm_zone *zone, nm_time from,
			    nm_time until, int32_t **days, size_t *n, struct nm_error *err)
{
	int64_t next = nm_local_day(nm_zone_local(zone, from));
	int64_t end = nm_local_day(nm_zone_local(zone, until - 1));
	struct nm_ical_events events = { NULL, 0 };
	struct days found = { NULL, 0, 0 };
	enum nm_code code = NM_OK;
	bool ok;

	if (ical)
		code = nm_ical_expand(ical, zone, from - NM_DAY, until + NM_DAY, &events, err);
	if (code)
		return code;
	ok = nm_grow((void **)&found.items, &found.capacity, 1, sizeof(*found.items));
	for (size_t i = 0; ok && i < events.n; i++)
		ok = event_days(zone, &events.items[i], &next, end, &found);
	nm_ical_events_clear(&events);
	if (!ok) {
		free(found.items);
		return nm_fail_memory(err);
	}
	*n = found.n;
	*days = found.items;
	return NM_OK;
}

/* --- switches --- */

static enum nm_code switch_add(struct nm_switches *switches, struct nm_switch item, struct nm_error *err)
{
	if (switches->n >= SWITCHES_MAX)
		return nm_fail(err, NM_INPUT,
			       "the plan changes more than %zu times in this window: choose a shorter one",
			       SWITCHES_MAX);
	if (!nm_grow((void **)&switches->items, &switches->capacity, switches->n + 1,
		     sizeof(*switches->items)))
		return nm_fail_memory(err);
	switches->items[switches->n++] = item;
	return NM_OK;
}

/* A span during which `bit` is on, cut to the window. */
static enum nm_code span_add(struct nm_switches *switches, size_t bit, struct nm_span span,
			     struct nm_span window, struct nm_error *err)
{
	struct nm_switch on = { .at = span.from > window.from ? span.from : window.from,
				.bit = (uint32_t)bit };
	struct nm_switch off = { .at = span.until < window.until ? span.until : window.until,
				 .bit = (uint32_t)bit };
	enum nm_code code;

	if (on.at >= off.at)
		return NM_OK;
	code = switch_add(switches, on, err);
	return code ? code : switch_add(switches, off, err);
}

static enum nm_code calendars_add(const struct nm_plan *plan, struct nm_span window, struct nm_switches *out,
				  struct nm_error *err)
{
	for (size_t i = 0; i < plan->n_schedules; i++) {
		const struct nm_schedule *schedule = &plan->schedules[i];
		struct nm_spans spans;
		enum nm_code code;

		if (schedule->hours || schedule->calendar < 0)
			continue;
		code = nm_spans_of_calendar(plan, schedule->calendar, window.from, window.until, &spans, err);
		for (size_t k = 0; !code && k < spans.n; k++)
			code = span_add(out, i, spans.items[k], window, err);
		free(spans.items);
		if (code)
			return code;
	}
	return NM_OK;
}

static enum nm_code overrides_add(const struct nm_plan *plan, struct nm_span window, struct nm_switches *out,
				  struct nm_error *err)
{
	size_t first = nm_words(plan->n_schedules) * 64;

	for (size_t i = 0; i < plan->n_overrides; i++) {
		struct nm_span span = { plan->overrides[i].from, plan->overrides[i].until };
		enum nm_code code = span_add(out, first + i, span, window, err);

		if (code)
			return code;
	}
	return NM_OK;
}

static enum nm_code rotations_add(const struct nm_plan *plan, struct nm_span window, struct nm_switches *out,
				  struct nm_error *err)
{
	for (size_t i = 0; i < plan->n_rotations; i++) {
		nm_time t = window.from;

		while (t < window.until) {
			struct nm_switch item = { .at = t, .bit = NM_SWITCH_TURN, .rotation = (int16_t)i };
			enum nm_code code;

			item.turn = (int16_t)nm_rotation_turn(plan, &plan->rotations[i], t, &t);
			code = switch_add(out, item, err);
			if (code)
				return code;
		}
	}
	return NM_OK;
}

static int switch_compare(const void *a, const void *b)
{
	const struct nm_switch *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

enum nm_code nm_switches_collect(const struct nm_plan *plan, struct nm_span window, struct nm_switches *out,
				 struct nm_error *err)
{
	enum nm_code code;

	*out = (struct nm_switches){ NULL, 0, 0 };
	code = calendars_add(plan, window, out, err);
	if (!code)
		code = overrides_add(plan, window, out, err);
	if (!code)
		code = rotations_add(plan, window, out, err);
	if (!code && out->n > 1)
		qsort(out->items, out->n, sizeof(*out->items), switch_compare);
	return code;
}
