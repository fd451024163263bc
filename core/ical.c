/* SPDX-License-Identifier: MIT */
/*
 * Reads a calendar: the sieve's small texts through libical into events of our own.  The only file
 * that uses libical, and libical is trusted with syntax alone: recurrences and time zones are
 * rrule.c's and ical_zone.c's.  libical keeps its settings in the process; they are set here before
 * each use, and nobody else uses it.  What comes out is kept from one start to the next: when it changes,
 * so must the FORMAT of ical_memory.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "ical_library.h"
#include "ical_model.h"

#define SUMMARY_BYTES 256
#define ZONE_WORK 10000000 /* steps for the rules of all zones of a calendar */
#define ZONE_UNTIL (nm_days_from_date(2101, 1, 1) * NM_DAY)

struct reader {
	const struct nm_libical *lib;
	struct nm_ical *ical;
	size_t capacity; /* of events */
	int64_t work;
	struct nm_error *err;
	struct ical_event *event; /* at hand */
};

static enum nm_code refuse(const struct reader *r, const char *why)
{
	return nm_ical_refuse(r->ical->name, r->event, r->err, why);
}

static char *keep_text(const struct reader *r, const char *text)
{
	return nm_arena_text(r->ical->arena, text ? text : "");
}

/* --- times --- */

static bool wall_clock(struct icaltimetype t, int64_t *out)
{
	int second =
		t.second == 60 ? 59 : t.second; /* RFC 5545 3.3.12: as 59 where leap seconds are not kept */

	if (t.year < 1 || t.year > 9999 || t.month < 1 || t.month > 12 || t.day < 1 ||
	    t.day > nm_month_days(t.year, t.month))
		return false;
	*out = nm_days_from_date(t.year, t.month, t.day) * NM_DAY;
	if (t.is_date)
		return true;
	if (t.hour < 0 || t.hour > 23 || t.minute < 0 || t.minute > 59 || second < 0 || second > 59)
		return false;
	*out += t.hour * 3600 + t.minute * 60 + second;
	return true;
}

/* Index of the zone of that name, entered when it is new; -1 when there is no room or no memory. */
static int zone_index(const struct reader *r, const char *tzid)
{
	struct nm_ical *ical = r->ical;

	tzid = tzid ? tzid : "";
	for (size_t i = ical->n_zones; i-- > 0;) {
		if (!strcmp(ical->zones[i].tzid, tzid))
			return (int)i;
	}
	if (ical->n_zones == ICAL_ZONES)
		return -1;
	ical->zones[ical->n_zones].tzid = keep_text(r, tzid);
	return ical->zones[ical->n_zones].tzid ? (int)ical->n_zones++ : -1;
}

static enum nm_code read_when(const struct reader *r, icalproperty *property, struct icaltimetype t,
			      struct ical_when *out)
{
	icalparameter *tzid =
		property ? r->lib->icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER) : NULL;

	*out = (struct ical_when){ .clock = t.is_date                    ? ICAL_DATE
					    : r->lib->icaltime_is_utc(t) ? ICAL_UTC
									 : ICAL_FLOATING };
	if (!wall_clock(t, &out->at))
		return refuse(r, "has a date or time that does not exist");
	if (out->clock != ICAL_FLOATING || !tzid)
		return NM_OK;
	out->clock = ICAL_ZONED;
	out->zone = zone_index(r, r->lib->icalparameter_get_tzid(tzid));
	if (out->zone < 0)
		return r->ical->n_zones == ICAL_ZONES ? refuse(r, "names too many time zones")
						      : nm_fail_memory(r->err);
	if (!r->ical->zones[out->zone].line)
		r->ical->zones[out->zone].line = r->event->line;
	return NM_OK;
}

static enum nm_code read_duration(const struct reader *r, struct icaldurationtype d, struct ical_length *out)
{
	out->has_end = false;
	out->days = (int64_t)d.weeks * 7 + d.days;
	out->seconds = (int64_t)d.hours * 3600 + (int64_t)d.minutes * 60 + d.seconds;
	if (d.is_neg || r->lib->icaldurationtype_is_bad_duration(d))
		return refuse(r,
			      "has a DURATION that is negative or cannot be read; \"PT1H\" would be right");
	if (out->days * NM_DAY + out->seconds > ICAL_LENGTH_MAX)
		return refuse(r, "lasts longer than 100 years");
	return NM_OK;
}

/* --- rules --- */

struct part {
	const short *values;
	size_t most;
};

static size_t part_length(struct part part)
{
	size_t n = 0;

	while (n < part.most && part.values[n] != ICAL_RECURRENCE_ARRAY_MAX)
		n++;
	return n;
}

/* Values low..high as bits, and -high..-low in `last`; false when one lies outside. */
static bool read_mask(struct part part, int low, int high, uint64_t *mask, uint64_t *last)
{
	for (size_t i = 0; i < part_length(part); i++) {
		int value = part.values[i];

		if (value >= low && value <= high)
			*mask |= UINT64_C(1) << value;
		else if (last && -value >= low && -value <= high)
			*last |= UINT64_C(1) << -value;
		else
			return false;
	}
	return true;
}

static bool read_numbers(const struct reader *r, struct part part, const int16_t **out, size_t *n)
{
	int16_t *numbers = nm_arena_alloc(r->ical->arena, part_length(part), sizeof *numbers);

	if (!numbers)
		return false;
	*n = part_length(part);
	for (size_t i = 0; i < *n; i++)
		numbers[i] = part.values[i];
	*out = numbers;
	return true;
}

static bool read_weekdays(const struct reader *r, struct part part, struct rrule *rule)
{
	struct rrule_nth *nths = nm_arena_alloc(r->ical->arena, part_length(part), sizeof *nths);

	if (!nths)
		return false;
	for (size_t i = 0; i < part_length(part); i++) {
		int weekday = ((int)r->lib->icalrecurrencetype_day_day_of_week(part.values[i]) + 5) % 7;
		int n = r->lib->icalrecurrencetype_day_position(part.values[i]);

		if (n)
			nths[rule->n_nths++] = (struct rrule_nth){ (int16_t)weekday, (int16_t)n };
		else
			rule->weekdays |= UINT64_C(1) << weekday;
	}
	rule->nths = nths;
	return true;
}

/* What the rule says of days and times; NM_INPUT for values out of range. */
static enum nm_code read_parts(const struct reader *r, const struct icalrecurrencetype *from,
			       struct rrule *rule)
{
#define PART(name) ((struct part){ from->name, sizeof from->name / sizeof from->name[0] })
	if (!read_mask(PART(by_second), 0, 60, &rule->seconds, NULL) ||
	    !read_mask(PART(by_minute), 0, 59, &rule->minutes, NULL) ||
	    !read_mask(PART(by_hour), 0, 23, &rule->hours, NULL) ||
	    !read_mask(PART(by_month), 1, 12, &rule->months, NULL) ||
	    !read_mask(PART(by_month_day), 1, 31, &rule->month_days, &rule->month_days_last) ||
	    !read_mask(PART(by_week_no), 1, 53, &rule->weeks, &rule->weeks_last))
		return refuse(r, "has a rule with a number out of range");
	if (!read_numbers(r, PART(by_year_day), &rule->year_days, &rule->n_year_days) ||
	    !read_numbers(r, PART(by_set_pos), &rule->positions, &rule->n_positions) ||
	    !read_weekdays(r, PART(by_day), rule))
		return nm_fail_memory(r->err);
#undef PART
	if (rule->seconds >> 60)
		rule->seconds = (rule->seconds | UINT64_C(1) << 59) & ((UINT64_C(1) << 60) - 1);
	return NM_OK;
}

/* RFC 5545 3.3.10: what may not stand together. */
static enum nm_code check_rule(const struct reader *r, const struct icalrecurrencetype *from,
			       const struct rrule *rule, bool date)
{
	if ((from->rscale && strcmp(from->rscale, "GREGORIAN") != 0) || from->skip != ICAL_SKIP_OMIT)
		return refuse(r, "has a rule with RSCALE or SKIP, which is not supported");
	if (rule->n_nths && (rule->freq < RRULE_MONTHLY || rule->weeks || rule->weeks_last))
		return refuse(r, "has a rule with a numbered BYDAY, which only months and years without "
				 "BYWEEKNO can have");
	if (date && rule->freq < RRULE_DAILY)
		return refuse(r, "is all day, but its rule repeats it within the day");
	return NM_OK;
}

static enum nm_code read_rule(const struct reader *r, struct icalrecurrencetype from, bool date,
			      struct ical_rule *out)
{
	static const enum rrule_freq freqs[] = {
		[ICAL_SECONDLY_RECURRENCE] = RRULE_SECONDLY, [ICAL_MINUTELY_RECURRENCE] = RRULE_MINUTELY,
		[ICAL_HOURLY_RECURRENCE] = RRULE_HOURLY,     [ICAL_DAILY_RECURRENCE] = RRULE_DAILY,
		[ICAL_WEEKLY_RECURRENCE] = RRULE_WEEKLY,     [ICAL_MONTHLY_RECURRENCE] = RRULE_MONTHLY,
		[ICAL_YEARLY_RECURRENCE] = RRULE_YEARLY,
	};
	enum nm_code code;

	if ((int)from.freq < 0 || from.freq >= ICAL_NO_RECURRENCE || from.interval < 1 || from.count < 0)
		return refuse(r, "has a rule that cannot be read; \"FREQ=WEEKLY;BYDAY=MO\" would be right");
	*out = (struct ical_rule){
		.rule = { .freq = freqs[from.freq], .interval = from.interval, .count = from.count },
		.has_until = !r->lib->icaltime_is_null_time(from.until),
	};
	out->rule.week_start = ((int)from.week_start + 5) % 7;
	code = read_parts(r, &from, &out->rule);
	if (!code && date)
		out->rule.hours = out->rule.minutes = out->rule.seconds = 0;
	if (!code)
		code = check_rule(r, &from, &out->rule, date);
	if (!code && out->has_until)
		code = read_when(r, NULL, from.until, &out->until);
	return code;
}

/* --- an event --- */

static enum nm_code read_rules(const struct reader *r, icalcomponent *c, icalproperty_kind kind,
			       struct ical_rule **out, size_t *n)
{
	struct ical_event *event = r->event;
	size_t most = (size_t)r->lib->icalcomponent_count_properties(c, kind);
	struct ical_rule *rules = nm_arena_alloc(r->ical->arena, most, sizeof *rules);
	enum nm_code code = rules ? NM_OK : nm_fail_memory(r->err);

	*n = 0;
	for (icalproperty *p = r->lib->icalcomponent_get_first_property(c, kind); p && !code;
	     p = r->lib->icalcomponent_get_next_property(c, kind))
		code = read_rule(r,
				 kind == ICAL_RRULE_PROPERTY ? r->lib->icalproperty_get_rrule(p)
							     : r->lib->icalproperty_get_exrule(p),
				 event->start.clock == ICAL_DATE, &rules[(*n)++]);
	*out = rules;
	return code;
}

static enum nm_code read_exdates(const struct reader *r, icalcomponent *c)
{
	const icalproperty_kind kind = ICAL_EXDATE_PROPERTY;
	struct ical_event *event = r->event;
	size_t most = (size_t)r->lib->icalcomponent_count_properties(c, kind);
	enum nm_code code = NM_OK;

	event->exdates = nm_arena_alloc(r->ical->arena, most, sizeof *event->exdates);
	if (!event->exdates)
		return nm_fail_memory(r->err);
	for (icalproperty *p = r->lib->icalcomponent_get_first_property(c, kind); p && !code;
	     p = r->lib->icalcomponent_get_next_property(c, kind))
		code = read_when(r, p, r->lib->icalproperty_get_exdate(p),
				 &event->exdates[event->n_exdates++]);
	return code;
}

static enum nm_code read_rdate(const struct reader *r, icalproperty *p, struct ical_rdate *out)
{
	struct icaldatetimeperiodtype value = r->lib->icalproperty_get_rdate(p);
	enum nm_code code;

	*out = (struct ical_rdate){ .period = r->lib->icaltime_is_null_time(value.time) };
	if (!out->period)
		return read_when(r, p, value.time, &out->start);
	code = read_when(r, p, value.period.start, &out->start);
	if (code)
		return code;
	if (r->lib->icaltime_is_null_time(value.period.end))
		return read_duration(r, value.period.duration, &out->length);
	out->length.has_end = true;
	return read_when(r, p, value.period.end, &out->length.end);
}

static enum nm_code read_rdates(const struct reader *r, icalcomponent *c)
{
	const icalproperty_kind kind = ICAL_RDATE_PROPERTY;
	struct ical_event *event = r->event;
	size_t most = (size_t)r->lib->icalcomponent_count_properties(c, kind);
	enum nm_code code = NM_OK;

	event->rdates = nm_arena_alloc(r->ical->arena, most, sizeof *event->rdates);
	if (!event->rdates)
		return nm_fail_memory(r->err);
	for (icalproperty *p = r->lib->icalcomponent_get_first_property(c, kind); p && !code;
	     p = r->lib->icalcomponent_get_next_property(c, kind))
		code = read_rdate(r, p, &event->rdates[event->n_rdates++]);
	return code;
}

/* RFC 5545 3.6.1: a date without an end is that day, a time without one is that instant. */
static enum nm_code read_length(const struct reader *r, icalcomponent *c)
{
	icalproperty *end = r->lib->icalcomponent_get_first_property(c, ICAL_DTEND_PROPERTY);
	icalproperty *duration = r->lib->icalcomponent_get_first_property(c, ICAL_DURATION_PROPERTY);
	struct ical_event *event = r->event;
	struct ical_length *length = &event->length;
	bool date = event->start.clock == ICAL_DATE;
	enum nm_code code = NM_OK;

	if (end && duration)
		return refuse(r, "has both DTEND and DURATION, and only one of them can count");
	if (duration)
		code = read_duration(r, r->lib->icalproperty_get_duration(duration), length);
	if (end) {
		length->has_end = true;
		code = read_when(r, end, r->lib->icalproperty_get_dtend(end), &length->end);
	}
	if (code)
		return code;
	if (end && date != (length->end.clock == ICAL_DATE))
		return refuse(r, "has a date for one of DTSTART and DTEND and a time for the other");
	/* Different clocks are no more than 26 hours apart. */
	if (end && length->end.at < event->start.at - (length->end.clock == event->start.clock &&
								       length->end.zone == event->start.zone
							       ? 0
							       : 26 * 3600))
		return refuse(r, "ends before it begins");
	if (end && length->end.at - event->start.at > ICAL_LENGTH_MAX)
		return refuse(r, "lasts longer than 100 years");
	if (date && (!end || length->end.at == event->start.at) && !length->days && !length->seconds)
		*length = (struct ical_length){ .days = 1 };
	return NM_OK;
}

static enum nm_code read_instance(const struct reader *r, icalcomponent *c)
{
	icalproperty *p = r->lib->icalcomponent_get_first_property(c, ICAL_RECURRENCEID_PROPERTY);

	if (!p)
		return NM_OK;
	r->event->overrides = true;
	if (r->lib->icalproperty_get_first_parameter(p, ICAL_RANGE_PARAMETER))
		return refuse(
			r,
			"changes an instance and all after it (RANGE=THISANDFUTURE), which is not supported");
	return read_when(r, p, r->lib->icalproperty_get_recurrenceid(p), &r->event->instance);
}

static enum nm_code read_labels(const struct reader *r, icalcomponent *c)
{
	icalproperty *uid = r->lib->icalcomponent_get_first_property(c, ICAL_UID_PROPERTY);
	icalproperty *summary = r->lib->icalcomponent_get_first_property(c, ICAL_SUMMARY_PROPERTY);
	icalproperty *sequence = r->lib->icalcomponent_get_first_property(c, ICAL_SEQUENCE_PROPERTY);
	icalproperty *stamp = r->lib->icalcomponent_get_first_property(c, ICAL_DTSTAMP_PROPERTY);
	icalproperty *status = r->lib->icalcomponent_get_first_property(c, ICAL_STATUS_PROPERTY);
	icalproperty *transp = r->lib->icalcomponent_get_first_property(c, ICAL_TRANSP_PROPERTY);
	struct ical_event *event = r->event;
	char text[SUMMARY_BYTES];

	event->uid = uid ? keep_text(r, r->lib->icalproperty_get_uid(uid)) : NULL;
	if (summary) {
		nm_utf8_clean(r->lib->icalproperty_get_summary(summary), text, sizeof text);
		event->summary = keep_text(r, text);
	}
	if ((uid && !event->uid) || (summary && !event->summary))
		return nm_fail_memory(r->err);
	event->sequence = sequence ? r->lib->icalproperty_get_sequence(sequence) : 0;
	if (!stamp || !wall_clock(r->lib->icalproperty_get_dtstamp(stamp), &event->stamp))
		event->stamp = 0;
	event->cancelled = status && r->lib->icalproperty_get_status(status) == ICAL_STATUS_CANCELLED;
	if (transp)
		event->transparent =
			r->lib->icalproperty_get_transp(transp) == ICAL_TRANSP_TRANSPARENT ||
			r->lib->icalproperty_get_transp(transp) == ICAL_TRANSP_TRANSPARENTNOCONFLICT;
	return NM_OK;
}

/* libical puts what it could not read into the component as a property of its own. */
static enum nm_code find_errors(const struct reader *r, icalcomponent *c)
{
	icalproperty *p = r->lib->icalcomponent_get_first_property(c, ICAL_XLICERROR_PROPERTY);
	char why[ICAL_NAME + 32];
	char text[ICAL_NAME];

	if (!p)
		return NM_OK;
	nm_utf8_clean(r->lib->icalproperty_get_xlicerror(p), text, sizeof text);
	snprintf(why, sizeof why, "has a mistake: %s", text);
	return refuse(r, why);
}

static enum nm_code read_event(const struct reader *r, icalcomponent *c)
{
	icalproperty *start = r->lib->icalcomponent_get_first_property(c, ICAL_DTSTART_PROPERTY);
	struct ical_event *event = r->event;
	enum nm_code code = read_labels(r, c);

	if (!code)
		code = find_errors(r, c);
	if (!code)
		code = read_instance(r, c);
	if (code || (event->cancelled && !start))
		return code;
	if (!start)
		return refuse(r, "has no DTSTART");
	code = read_when(r, start, r->lib->icalproperty_get_dtstart(start), &event->start);
	if (!code)
		code = read_length(r, c);
	if (!code)
		code = read_rules(r, c, ICAL_RRULE_PROPERTY, &event->rules, &event->n_rules);
	if (!code)
		code = read_rules(r, c, ICAL_EXRULE_PROPERTY, &event->exrules, &event->n_exrules);
	if (!code)
		code = read_rdates(r, c);
	return code ? code : read_exdates(r, c);
}

/* --- a time zone's own rules --- */

struct shifts {
	struct ical_shift *items;
	size_t n, capacity;
	struct ical_shift change; /* what the observance at hand brings */
	const struct ical_rule *rule;
	bool no_memory;
};

static bool tell_shift(void *context, nm_local local)
{
	struct shifts *s = context;

	if (s->rule && s->rule->has_until &&
	    (s->rule->until.clock == ICAL_UTC ? local - s->change.before : local) > s->rule->until.at)
		return false;
	if (s->n == ICAL_SHIFTS)
		return false;
	if (!nm_grow((void **)&s->items, &s->capacity, s->n + 1, sizeof *s->items)) {
		s->no_memory = true;
		return false;
	}
	s->change.at = local - s->change.before;
	s->items[s->n++] = s->change;
	return true;
}

static bool read_offsets(const struct reader *r, icalcomponent *c, struct ical_shift *out)
{
	icalproperty *from = r->lib->icalcomponent_get_first_property(c, ICAL_TZOFFSETFROM_PROPERTY);
	icalproperty *to = r->lib->icalcomponent_get_first_property(c, ICAL_TZOFFSETTO_PROPERTY);

	if (!from || !to)
		return false;
	out->before = r->lib->icalproperty_get_tzoffsetfrom(from);
	out->after = r->lib->icalproperty_get_tzoffsetto(to);
	return out->before > -NM_DAY && out->before < NM_DAY && out->after > -NM_DAY && out->after < NM_DAY;
}

/* What cannot be read is left out: the zone is an error only where an event needs it. */
static bool read_observance(struct reader *r, icalcomponent *c, struct shifts *s)
{
	icalproperty *start = r->lib->icalcomponent_get_first_property(c, ICAL_DTSTART_PROPERTY);
	icalproperty *p = r->lib->icalcomponent_get_first_property(c, ICAL_RRULE_PROPERTY);
	struct rrule_walk walk = {
		.first = true, .from = INT64_MIN, .until = ZONE_UNTIL, .work = &r->work, .tell = tell_shift
	};
	struct ical_rule rule;
	int64_t local;

	walk.context = s;
	s->rule = NULL;
	if (!start || !read_offsets(r, c, &s->change) ||
	    !wall_clock(r->lib->icalproperty_get_dtstart(start), &walk.start))
		return false;
	if (!p)
		tell_shift(s, walk.start);
	for (; p; p = r->lib->icalcomponent_get_next_property(c, ICAL_RRULE_PROPERTY)) {
		if (read_rule(r, r->lib->icalproperty_get_rrule(p), false, &rule))
			return false;
		walk.rule = &rule.rule;
		s->rule = &rule;
		if (nm_rrule_walk(&walk) == RRULE_TOO_LONG)
			return false;
	}
	s->rule = NULL;
	for (p = r->lib->icalcomponent_get_first_property(c, ICAL_RDATE_PROPERTY); p;
	     p = r->lib->icalcomponent_get_next_property(c, ICAL_RDATE_PROPERTY)) {
		if (!wall_clock(r->lib->icalproperty_get_rdate(p).time, &local))
			return false;
		tell_shift(s, local);
	}
	return true;
}

static int compare_shifts(const void *a, const void *b)
{
	const struct ical_shift *x = a;
	const struct ical_shift *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static enum nm_code read_zone(struct reader *r, icalcomponent *c)
{
	icalproperty *tzid = r->lib->icalcomponent_get_first_property(c, ICAL_TZID_PROPERTY);
	icalproperty *location = /* X-LIC-LOCATION, the only one that the sieve keeps */
		r->lib->icalcomponent_get_first_property(c, ICAL_X_PROPERTY);
	int index = tzid ? zone_index(r, r->lib->icalproperty_get_tzid(tzid)) : -1;
	struct ical_zone *zone = index >= 0 ? &r->ical->zones[index] : NULL;
	struct ical_event nobody = { 0 };
	struct shifts s = { 0 };
	bool good = true;

	if (!zone || zone->n_shifts)
		return NM_OK;
	r->event = &nobody;
	if (location)
		zone->location = keep_text(r, r->lib->icalproperty_get_x(location));
	for (icalcomponent *o = r->lib->icalcomponent_get_first_component(c, ICAL_ANY_COMPONENT); o && good;
	     o = r->lib->icalcomponent_get_next_component(c, ICAL_ANY_COMPONENT))
		good = read_observance(r, o, &s);
	if (good && s.n) {
		struct ical_shift *kept = nm_arena_alloc(r->ical->arena, s.n, sizeof *kept);

		qsort(s.items, s.n, sizeof *s.items, compare_shifts);
		if (kept)
			memcpy(kept, s.items, s.n * sizeof *kept);
		s.no_memory = s.no_memory || !kept;
		zone->shifts = kept;
		zone->n_shifts = kept ? s.n : 0;
	}
	free(s.items);
	return s.no_memory ? nm_fail_memory(r->err) : NM_OK;
}

/* --- the whole --- */

static enum nm_code take(void *context, enum ical_component kind, int line, const char *text,
			 struct nm_error *err)
{
	struct reader *r = context;
	icalcomponent *c = r->lib->icalparser_parse_string(text);
	enum nm_code code;

	if (!c)
		return nm_fail(err, NM_INPUT, "%s:%d: this component cannot be read", r->ical->name, line);
	if (kind == ICAL_TIMEZONE) {
		code = read_zone(r, c);
	} else if (!nm_grow((void **)&r->ical->events, &r->capacity, r->ical->n_events + 1,
			    sizeof *r->event)) {
		code = nm_fail_memory(err);
	} else {
		r->event = &r->ical->events[r->ical->n_events];
		*r->event = (struct ical_event){ .line = line };
		code = read_event(r, c);
		r->ical->n_events += !code;
	}
	r->lib->icalcomponent_free(c);
	return code;
}

enum nm_code nm_ical_read(const char *name, const char *bytes, size_t len, struct nm_ical **out,
			  struct nm_error *err)
{
	struct nm_libical lib;
	struct reader reader = { .lib = &lib, .work = ZONE_WORK, .err = err };
	struct ical_sieve sieve = { .name = name, .take = take, .context = &reader };
	enum nm_code code = nm_libical_load(&lib, err);

	if (!code)
		code = nm_ical_new(name, &reader.ical, err);
	if (code)
		return code;
	lib.icalerror_set_errors_are_fatal(0);
	/* Else the first time in UTC makes it read the system's whole list of zones, which it never needs. */
	lib.icaltimezone_set_builtin_tzdata(1);
	code = nm_ical_sieve(&sieve, bytes, len, err);
	lib.icalmemory_free_ring();
	if (!code)
		code = nm_ical_finish(reader.ical, err);
	if (code)
		nm_ical_free(reader.ical);
	else
		*out = reader.ical;
	return code;
}
