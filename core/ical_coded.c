/* SPDX-License-Identifier: MIT */
/*
 * A calendar that was read, as bytes, and back.  One description of the fields serves both ways, so that
 * what is written and what is read cannot come apart.  The bytes are of this machine; what comes in may be
 * damaged: everything that is used as an index, a length or a choice is checked.
 */
#include <stdlib.h>
#include <string.h>

#include "ical_model.h"

#define NO_TEXT -1                   /* the length of a text that is not there */
#define TIME_MOST (INT64_C(1) << 39) /* beyond the years 1 to 9999, within what can be added up */

struct coder {
	struct nm_buf *out;   /* NULL while reading */
	const char *at, *end; /* what is still to be read */
	struct nm_ical *ical; /* whose arena takes what is read */
	bool wrong;
};

/* --- the pieces: each returns its value, as it was given or as it was read --- */

static int64_t number(struct coder *c, int64_t value, int64_t low, int64_t high)
{
	if (c->out) {
		nm_buf_addn(c->out, (const char *)&value, sizeof value);
		return value;
	}
	if (c->wrong || (size_t)(c->end - c->at) < sizeof value) {
		c->wrong = true;
		return low;
	}
	memcpy(&value, c->at, sizeof value);
	c->at += sizeof value;
	if (value >= low && value <= high)
		return value;
	c->wrong = true;
	return low;
}

static int small(struct coder *c, int value, int low, int high)
{
	return (int)number(c, value, low, high);
}

static int64_t any(struct coder *c, int64_t value)
{
	return number(c, value, INT64_MIN, INT64_MAX);
}

/* Bits for values up to highest, which is less than 63. */
static uint64_t mask(struct coder *c, uint64_t bits, int highest)
{
	return (uint64_t)number(c, (int64_t)bits, 0, (INT64_C(1) << (highest + 1)) - 1);
}

static int64_t when(struct coder *c, int64_t at)
{
	return number(c, at, -TIME_MOST, TIME_MOST);
}

static bool yes(struct coder *c, bool value)
{
	return number(c, value, 0, 1);
}

static const char *text(struct coder *c, const char *value)
{
	const int64_t len = number(c, value ? (int64_t)strlen(value) : NO_TEXT, NO_TEXT,
				   c->out ? INT64_MAX : c->end - c->at);

	if (c->wrong || len == NO_TEXT)
		return NULL;
	if (c->out) {
		nm_buf_addn(c->out, value, (size_t)len);
		return value;
	}
	if (len > c->end - c->at) {
		c->wrong = true;
		return NULL;
	}
	value = nm_arena_textn(c->ical->arena, c->at, (size_t)len);
	c->at += len;
	c->wrong = !value;
	return value;
}

/* How many follow: none that has no room in what is there, at a number each. */
static size_t count(struct coder *c, size_t n)
{
	return (size_t)number(c, (int64_t)n, 0,
			      c->out ? INT64_MAX : (c->end - c->at) / (int64_t)sizeof(int64_t));
}

/* The array itself, or a new one of as many. */
static void *array(struct coder *c, const void *items, size_t *n, size_t size)
{
	void *made;

	*n = count(c, *n);
	if (c->out)
		return (void *)items;
	made = c->wrong ? NULL : nm_arena_alloc(c->ical->arena, *n, size);
	c->wrong = !made;
	if (c->wrong)
		*n = 0;
	return made;
}

/* --- what is made of them --- */

static void code_when(struct coder *c, struct ical_when *w)
{
	w->at = when(c, w->at);
	w->clock = (enum ical_clock)small(c, (int)w->clock, ICAL_DATE, ICAL_ZONED);
	w->zone = small(c, w->zone, 0, ICAL_ZONES - 1);
	if (w->clock == ICAL_ZONED && (size_t)w->zone >= c->ical->n_zones)
		c->wrong = true;
}

static void code_length(struct coder *c, struct ical_length *length)
{
	length->has_end = yes(c, length->has_end);
	code_when(c, &length->end);
	length->days = number(c, length->days, 0, ICAL_LENGTH_MAX / NM_DAY);
	length->seconds = number(c, length->seconds, 0, ICAL_LENGTH_MAX);
}

static const int16_t *code_numbers(struct coder *c, const int16_t *numbers, size_t *n)
{
	int16_t *items = array(c, numbers, n, sizeof *items);

	for (size_t i = 0; i < *n; i++)
		items[i] = (int16_t)small(c, items[i], INT16_MIN, INT16_MAX);
	return items;
}

static const struct rrule_nth *code_nths(struct coder *c, const struct rrule_nth *nths, size_t *n)
{
	struct rrule_nth *items = array(c, nths, n, sizeof *items);

	for (size_t i = 0; i < *n; i++) {
		items[i].weekday = (int16_t)small(c, items[i].weekday, 0, 6);
		items[i].n = (int16_t)small(c, items[i].n, INT16_MIN, INT16_MAX);
	}
	return items;
}

static void code_rule(struct coder *c, struct ical_rule *rule)
{
	struct rrule *r = &rule->rule;

	r->freq = (enum rrule_freq)small(c, (int)r->freq, RRULE_SECONDLY, RRULE_YEARLY);
	r->interval = small(c, r->interval, 1, INT16_MAX);
	r->count = number(c, r->count, 0, INT32_MAX);
	r->week_start = small(c, r->week_start, 0, 6);
	r->seconds = mask(c, r->seconds, 59);
	r->minutes = mask(c, r->minutes, 59);
	r->hours = mask(c, r->hours, 23);
	r->months = mask(c, r->months, 12);
	r->month_days = mask(c, r->month_days, 31);
	r->month_days_last = mask(c, r->month_days_last, 31);
	r->weeks = mask(c, r->weeks, 53);
	r->weeks_last = mask(c, r->weeks_last, 53);
	r->weekdays = mask(c, r->weekdays, 6);
	r->nths = code_nths(c, r->nths, &r->n_nths);
	r->year_days = code_numbers(c, r->year_days, &r->n_year_days);
	r->positions = code_numbers(c, r->positions, &r->n_positions);
	rule->has_until = yes(c, rule->has_until);
	code_when(c, &rule->until);
}

static struct ical_rule *code_rules(struct coder *c, struct ical_rule *rules, size_t *n)
{
	struct ical_rule *items = array(c, rules, n, sizeof *items);

	for (size_t i = 0; i < *n; i++)
		code_rule(c, &items[i]);
	return items;
}

static void code_dates(struct coder *c, struct ical_event *event)
{
	event->rdates = array(c, event->rdates, &event->n_rdates, sizeof *event->rdates);
	for (size_t i = 0; i < event->n_rdates; i++) {
		code_when(c, &event->rdates[i].start);
		event->rdates[i].period = yes(c, event->rdates[i].period);
		code_length(c, &event->rdates[i].length);
	}
	event->exdates = array(c, event->exdates, &event->n_exdates, sizeof *event->exdates);
	for (size_t i = 0; i < event->n_exdates; i++)
		code_when(c, &event->exdates[i]);
}

static void code_event(struct coder *c, struct ical_event *event)
{
	event->uid = text(c, event->uid);
	event->summary = text(c, event->summary);
	event->line = small(c, event->line, 0, INT32_MAX);
	event->sequence = any(c, event->sequence);
	event->stamp = when(c, event->stamp);
	event->cancelled = yes(c, event->cancelled);
	event->transparent = yes(c, event->transparent);
	code_when(c, &event->start);
	code_length(c, &event->length);
	event->overrides = yes(c, event->overrides);
	code_when(c, &event->instance);
	event->rules = code_rules(c, event->rules, &event->n_rules);
	event->exrules = code_rules(c, event->exrules, &event->n_exrules);
	code_dates(c, event);
}

/* The zone itself is looked up anew: the system's may have changed. */
static void code_zone(struct coder *c, struct ical_zone *zone)
{
	struct ical_shift *shifts;

	zone->tzid = text(c, zone->tzid);
	zone->location = text(c, zone->location);
	zone->line = small(c, zone->line, 0, INT32_MAX);
	zone->shifts = shifts = array(c, zone->shifts, &zone->n_shifts, sizeof *shifts);
	for (size_t i = 0; i < zone->n_shifts; i++) {
		shifts[i].at = when(c, shifts[i].at);
		shifts[i].before = small(c, shifts[i].before, -NM_DAY, NM_DAY);
		shifts[i].after = small(c, shifts[i].after, -NM_DAY, NM_DAY);
	}
	if (!zone->tzid)
		c->wrong = true;
}

static void code_calendar(struct coder *c, struct nm_ical *ical)
{
	ical->n_zones = (size_t)small(c, (int)ical->n_zones, 0, ICAL_ZONES);
	for (size_t i = 0; i < ical->n_zones && !c->wrong; i++)
		code_zone(c, &ical->zones[i]);
	ical->n_events = (size_t)number(c, (int64_t)ical->n_events, 0, NM_ICAL_EVENTS);
	if (!c->out && !c->wrong) {
		ical->events = calloc(ical->n_events + 1, sizeof *ical->events);
		c->wrong = !ical->events;
	}
	for (size_t i = 0; i < ical->n_events && !c->wrong; i++)
		code_event(c, &ical->events[i]);
}

void nm_ical_encode(struct nm_ical *ical, struct nm_buf *out)
{
	struct coder coder = { .out = out, .ical = ical };

	code_calendar(&coder, ical);
}

bool nm_ical_decode(const char *bytes, size_t len, struct nm_ical *ical)
{
	struct coder coder = { .at = bytes, .end = bytes + len, .ical = ical };

	code_calendar(&coder, ical);
	return !coder.wrong && coder.at == coder.end;
}
