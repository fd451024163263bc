/* SPDX-License-Identifier: MIT */
/*
 * From a calendar and a window to busy spans: rules walked on the event's own clock, every start and
 * end converted by our rule for gaps and repeated hours.  Bounded in instances and in work.
 */
#include <stdlib.h>
#include <string.h>

#include "ical_model.h"

/* Steps of all rules in one expansion: under a second, and room for two thousand daily rules that
 * count from 2000. */
#define WORK INT64_C(30000000)
/* More than any two clocks differ, so that a local window surely holds the instants meant. */
#define SLACK (2 * (int64_t)NM_DAY)
#define LOCAL_MIN (-INT64_C(62135596800)) /* year 1 */
#define LOCAL_MAX INT64_C(253402300800)	  /* year 10000 */

struct list {
	int64_t *items;
	size_t n, capacity;
};

/* One expansion.  `found` grows; everything else stands for the event at hand. */
struct expansion {
	const struct nm_ical *ical;
	const struct nm_zone *zone;
	nm_time from, until;
	int64_t work;
	struct nm_ical_event *found;
	size_t n, capacity;
	bool only_last; /* nothing is kept but the latest start before `until` */
	nm_time last;
	const struct ical_event *event;
	const struct ical_rule *rule;
	struct list out, out_days; /* instants and days taken out of the event */
	enum nm_code code;
	struct nm_error *err;
};

static nm_time to_utc(const struct expansion *x, struct ical_when when)
{
	switch (when.clock) {
	case ICAL_UTC:
		return when.at;
	case ICAL_ZONED:
		return nm_ical_zone_utc(&x->ical->zones[when.zone], when.at);
	default:
		return nm_zone_utc(x->zone, when.at, NULL);
	}
}

static struct ical_when moved(struct ical_when when, int64_t to)
{
	when.at = to;
	return when;
}

static bool same_clock(struct ical_when a, struct ical_when b)
{
	return a.clock == b.clock && a.zone == b.zone;
}

/* An end on the start's clock is so much later on that clock in every instance, one on another clock
 * so much later in truth; RFC 5545 3.3.6: a duration's days are the clock's, its hours exact. */
static nm_time end_of(const struct expansion *x, const struct ical_length *length, struct ical_when first,
		      struct ical_when start)
{
	if (!length->has_end)
		return to_utc(x, moved(start, start.at + length->days * NM_DAY)) + length->seconds;
	if (same_clock(length->end, first))
		return to_utc(x, moved(start, start.at + (length->end.at - first.at)));
	return to_utc(x, start) + (to_utc(x, length->end) - to_utc(x, first));
}

static int64_t longest(const struct ical_length *length, struct ical_when start)
{
	return (length->has_end ? length->end.at - start.at : length->days * NM_DAY + length->seconds) +
	       SLACK;
}

static bool refuse(struct expansion *x, const char *why)
{
	x->code = nm_ical_refuse(x->ical->name, x->event, x->err, why);
	return false;
}

/* --- what is taken out: EXDATE, instances of EXRULE, overridden instances --- */

static bool list_add(struct expansion *x, struct list *list, int64_t value)
{
	if (!nm_grow((void **)&list->items, &list->capacity, list->n + 1, sizeof *list->items)) {
		x->code = nm_fail_memory(x->err);
		return false;
	}
	list->items[list->n++] = value;
	return true;
}

static int compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void list_sort(struct list *list)
{
	if (list->n)
		qsort(list->items, list->n, sizeof *list->items, compare_times);
}

static bool list_has(const struct list *list, int64_t value)
{
	return list->n && bsearch(&value, list->items, list->n, sizeof value, compare_times);
}

/* A date takes out the instance of that date, also where the event has times: many programs write so. */
static bool take_out(struct expansion *x, struct ical_when when)
{
	if (when.clock == ICAL_DATE && x->event->start.clock != ICAL_DATE)
		return list_add(x, &x->out_days, nm_local_day(when.at));
	return list_add(x, &x->out, to_utc(x, when));
}

static bool is_out(const struct expansion *x, struct ical_when start, nm_time at)
{
	return list_has(&x->out, at) || list_has(&x->out_days, nm_local_day(start.at));
}

static bool is_past_until(const struct expansion *x, const struct ical_rule *rule, struct ical_when start)
{
	if (!rule->has_until)
		return false;
	if (rule->until.clock == ICAL_DATE || start.clock == ICAL_DATE)
		return nm_local_day(start.at) > nm_local_day(rule->until.at);
	if (rule->until.clock == ICAL_FLOATING)
		return start.at > rule->until.at;
	return to_utc(x, start) > rule->until.at;
}

static bool tell_out(void *context, nm_local local)
{
	struct expansion *x = context;
	struct ical_when start = moved(x->event->start, local);

	if (is_past_until(x, x->rule, start))
		return true;
	if (x->out.n >= NM_ICAL_INSTANCES)
		return refuse(x, "has too many exceptions: at most 100000 are taken");
	return take_out(x, start);
}

/* --- what is added --- */

static bool add(struct expansion *x, const struct ical_event *event, nm_time from, nm_time until)
{
	if (x->only_last) {
		if (from < x->until && from > x->last)
			x->last = from;
		return true;
	}
	if (from >= x->until || until <= x->from || until <= from)
		return true;
	if (x->n >= NM_ICAL_INSTANCES)
		return refuse(x, "makes too many instances: at most 100000 are taken in one window");
	if (!nm_grow((void **)&x->found, &x->capacity, x->n + 1, sizeof *x->found)) {
		x->code = nm_fail_memory(x->err);
		return false;
	}
	x->found[x->n++] = (struct nm_ical_event){
		.from = from,
		.until = until,
		.all_day = event->start.clock == ICAL_DATE,
		.transparent = event->transparent,
		.summary = event->summary ? event->summary : "",
	};
	return true;
}

static bool tell_instance(void *context, nm_local local)
{
	struct expansion *x = context;
	struct ical_when start = moved(x->event->start, local);
	nm_time from = to_utc(x, start);

	if ((x->rule && is_past_until(x, x->rule, start)) || is_out(x, start, from))
		return true;
	return add(x, x->event, from, end_of(x, &x->event->length, x->event->start, start));
}

/* Without a length of its own an RDATE has the event's; on another clock, as long as the first was. */
static nm_time rdate_end(const struct expansion *x, const struct ical_rdate *rdate, nm_time from)
{
	const struct ical_event *event = x->event;

	if (rdate->period)
		return end_of(x, &rdate->length, rdate->start, rdate->start);
	if (same_clock(rdate->start, event->start))
		return end_of(x, &event->length, event->start, rdate->start);
	return from + (end_of(x, &event->length, event->start, event->start) - to_utc(x, event->start));
}

static bool add_rdates(struct expansion *x)
{
	for (size_t i = 0; i < x->event->n_rdates; i++) {
		const struct ical_rdate *rdate = &x->event->rdates[i];
		nm_time from = to_utc(x, rdate->start);

		if (!is_out(x, rdate->start, from) && !add(x, x->event, from, rdate_end(x, rdate, from)))
			return false;
	}
	return true;
}

/* --- walking --- */

static int64_t clamp(int64_t value)
{
	return value < LOCAL_MIN ? LOCAL_MIN : value > LOCAL_MAX ? LOCAL_MAX : value;
}

static bool walk(struct expansion *x, const struct ical_rule *rule, bool first, nm_time from, nm_time until,
		 bool (*tell)(void *, nm_local))
{
	struct rrule_walk w = {
		.rule = &rule->rule,
		.start = x->event->start.at,
		.first = first,
		.from = from,
		.until = until,
		.work = &x->work,
		.tell = tell,
		.context = x,
	};

	x->rule = rule;
	if (rule->has_until && rule->until.at + SLACK < w.until)
		w.until = rule->until.at + SLACK;
	if (nm_rrule_walk(&w) == RRULE_TOO_LONG)
		return refuse(x, "has a rule that takes too long to expand");
	return !x->code;
}

static bool collect_out(struct expansion *x, nm_local from, nm_local until)
{
	const struct ical_event *event = x->event;
	const struct ical_event *end = x->ical->events + x->ical->n_events;

	x->out.n = 0;
	x->out_days.n = 0;
	for (size_t i = 0; i < event->n_exdates; i++) {
		if (!take_out(x, event->exdates[i]))
			return false;
	}
	for (const struct ical_event *o = event + 1;
	     o < end && o->overrides && event->uid && o->uid == event->uid; o++) {
		if (!take_out(x, o->instance))
			return false;
	}
	for (size_t i = 0; i < event->n_exrules; i++) {
		if (!walk(x, &event->exrules[i], false, from, until, tell_out))
			return false;
	}
	list_sort(&x->out);
	list_sort(&x->out_days);
	return true;
}

static int compare_found(const void *a, const void *b)
{
	const struct nm_ical_event *x = a;
	const struct nm_ical_event *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->until != y->until)
		return x->until < y->until ? -1 : 1;
	return strcmp(x->summary, y->summary);
}

/* A rule and an RDATE, or two rules, may name the same start: one instance, the longest. */
static void drop_twice(struct expansion *x, size_t begin)
{
	size_t kept = begin;

	if (x->n - begin < 2)
		return;
	qsort(x->found + begin, x->n - begin, sizeof *x->found, compare_found);
	for (size_t i = begin; i < x->n; i++) {
		if (kept > begin && x->found[kept - 1].from == x->found[i].from)
			x->found[kept - 1] = x->found[i];
		else
			x->found[kept++] = x->found[i];
	}
	x->n = kept;
}

/* All instances of the event at hand that begin in a local window. */
static bool add_event(struct expansion *x, nm_local from, nm_local until)
{
	const struct ical_event *event = x->event;
	size_t begin = x->n;

	if (!collect_out(x, from, until))
		return false;
	x->rule = NULL;
	if (event->n_rules == 0 && !tell_instance(x, event->start.at))
		return false;
	for (size_t i = 0; i < event->n_rules; i++) {
		if (!walk(x, &event->rules[i], true, from, until, tell_instance))
			return false;
	}
	if (!add_rdates(x))
		return false;
	drop_twice(x, begin);
	return true;
}

static bool add_override(struct expansion *x)
{
	const struct ical_event *event = x->event;

	return event->cancelled ||
	       add(x, event, to_utc(x, event->start), end_of(x, &event->length, event->start, event->start));
}

/* Goes through all events; whole(x) handles one that is not an override. */
static bool go_through(struct expansion *x, bool (*whole)(struct expansion *x))
{
	const char *cancelled = NULL;

	for (size_t i = 0; i < x->ical->n_events; i++) {
		const struct ical_event *event = &x->ical->events[i];

		x->event = event;
		if (event->overrides) {
			if (!(cancelled && cancelled == event->uid) && !add_override(x))
				return false;
		} else if (event->cancelled) {
			cancelled = event->uid;
		} else if (!whole(x)) {
			return false;
		}
	}
	return true;
}

static bool whole_in_window(struct expansion *x)
{
	int64_t back = longest(&x->event->length, x->event->start);

	return add_event(x, clamp(clamp(x->from) - back - SLACK), clamp(clamp(x->until) + SLACK));
}

enum nm_code nm_ical_expand(const struct nm_ical *ical, const struct nm_zone *zone, nm_time from,
			    nm_time until, struct nm_ical_events *out, struct nm_error *err)
{
	struct expansion x = {
		.ical = ical, .zone = zone, .from = from, .until = until, .work = WORK, .err = err
	};
	bool done = go_through(&x, whole_in_window);

	free(x.out.items);
	free(x.out_days.items);
	if (!done) {
		free(x.found);
		return x.code;
	}
	if (x.n)
		qsort(x.found, x.n, sizeof *x.found, compare_found);
	out->items = x.found;
	out->n = x.n;
	return NM_OK;
}

void nm_ical_events_clear(struct nm_ical_events *events)
{
	free(events->items);
	events->items = NULL;
	events->n = 0;
}

/* Looks back from the limit in windows that grow, until one holds an instance. */
static bool whole_back(struct expansion *x)
{
	nm_local until = clamp(clamp(x->until) + SLACK);

	for (int64_t back = 40 * (int64_t)NM_DAY;; back *= 8) {
		nm_local from = clamp(until - back);

		if (!add_event(x, from, until))
			return false;
		/* What lies before the window cannot be later than what was found in it. */
		if ((x->last != NM_TIME_MIN && x->last >= from + SLACK) || from <= x->event->start.at ||
		    from == LOCAL_MIN)
			return true;
	}
}

nm_time nm_ical_last(const struct nm_ical *ical, const struct nm_zone *zone, nm_time limit)
{
	struct expansion x = {
		.ical = ical,
		.zone = zone,
		.until = limit == NM_TIME_MAX ? limit : limit + 1,
		.work = WORK,
		.only_last = true,
		.last = NM_TIME_MIN,
	};

	/* A rule too dense to walk, or no memory: then it surely goes on. */
	if (!go_through(&x, whole_back))
		x.last = limit;
	free(x.out.items);
	free(x.out_days.items);
	return x.last;
}
