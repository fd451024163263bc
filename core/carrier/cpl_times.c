/* SPDX-License-Identifier: MIT */
/*
 * When what holds, as a chain of time-switches (cpl_times.h).  Each asks for one time in one zone, for from the
 * second one on cplc takes the server's own zone.
 */
#include "core/carrier/cpl_times.h"

#include <stdlib.h>
#include <string.h>

#include "core/carrier/cpl_weeks.h"

#define TIMES_ONCE  16 /* each is nested two deeper; XML may be nested 256 deep */
#define QUIET_WEEKS 52
#define TZ_BYTES    4  /* the server keeps a zone as TZ=NAME, made even */
#define DATE_TEXT   16 /* 20261225T090000 */

/* A step in the chain of times: inside these times `then` holds, else the next step decides. */
struct link {
	bool weekly, utc;
	char from[DATE_TEXT], until[DATE_TEXT];
	unsigned days; /* of a weekly one: bit 0 is Monday */
	const char *then;
};

/* A span of the week. */
struct span {
	int from, until; /* minutes of a day */
	const char *then;
	unsigned days;
};

struct chain {
	struct nm_cpl_script *script;
	const struct nm_route *route;
	const char *const *situations;
	struct nm_cpl_weeks weeks;
	const char **kinds; /* ids; malloc'd */
	struct link *links; /* malloc'd */
	size_t n_links, links_capacity;
	struct span *spans; /* malloc'd */
	size_t n_spans, spans_capacity;
	nm_time *times;     /* malloc'd: at which what holds may change, or what weeks say */
	size_t n_times, times_capacity;
	size_t n;           /* links written */
};

static void write_date(nm_local local, char out[static DATE_TEXT])
{
	const int64_t day = nm_local_day(local);
	const struct nm_date date = nm_date_from_days(day);
	const int second = (int)(local - day * NM_DAY);
	struct nm_buf text;

	nm_buf_init(&text, DATE_TEXT - 1);
	nm_buf_addf(&text, "%04d%02d%02dT%02d%02d%02d", date.year, date.month, date.day, second / 3600,
		    second / 60 % 60, second % 60);
	memcpy(out, text.data, text.len + 1);
	nm_buf_clear(&text);
}

static bool add_link(struct chain *c, const struct link *link)
{
	if (!nm_grow((void **)&c->links, &c->links_capacity, c->n_links + 1, sizeof(*c->links)))
		return false;
	c->links[c->n_links++] = *link;
	return true;
}

/* Where the clock changes a local time may come twice, and libraries differ on which one is meant. */
static bool near_change(const struct nm_zone *zone, nm_time t)
{
	return nm_zone_next_change(zone, t - NM_DAY) <= t + NM_DAY;
}

static bool add_dated(struct chain *c, struct nm_span span, const char *then)
{
	const struct nm_zone *zone = c->route->zone;
	const nm_time first = span.from, last = span.until - 1;
	struct link link = { .then = then };

	link.utc = near_change(zone, first) || near_change(zone, last);
	write_date(link.utc ? first : nm_zone_local(zone, first), link.from);
	/* A period that does not recur includes its last second. */
	write_date(link.utc ? last : nm_zone_local(zone, last), link.until);
	return add_link(c, &link);
}

/* A Monday long ago in a week without a change of the clock, from which all weekly times are counted: the first
 * occurrence of a recurring period is judged otherwise than the later ones. */
static int64_t first_monday(const struct nm_zone *zone)
{
	int64_t monday = nm_days_from_date(2001, 1, 1);

	for (int week = 0; week < QUIET_WEEKS; week++, monday += 7) {
		const nm_time from = nm_zone_utc(zone, (monday - 1) * NM_DAY, NULL);

		if (nm_zone_next_change(zone, from) > from + 10 * NM_DAY)
			break;
	}
	return monday;
}

static bool add_span(struct chain *c, int weekday, struct span span)
{
	for (size_t i = 0; i < c->n_spans; i++) {
		struct span *known = &c->spans[i];

		if (known->from == span.from && known->until == span.until && known->then == span.then) {
			known->days |= 1u << weekday;
			return true;
		}
	}
	if (!nm_grow((void **)&c->spans, &c->spans_capacity, c->n_spans + 1, sizeof(*c->spans)))
		return false;
	span.days = 1u << weekday;
	c->spans[c->n_spans++] = span;
	return true;
}

/* The days of a kind of week, split at midnight. */
static bool gather_week(struct chain *c, const struct nm_cpl_week *week)
{
	const int day = 24 * 60;

	c->n_spans = 0;
	for (size_t i = 0; i < week->n; i++) {
		const int until = i + 1 < week->n ? week->changes[i + 1].minute : 7 * day;

		for (int from = week->changes[i].minute; from < until; from = (from / day + 1) * day) {
			const int w = from / day, end = (w + 1) * day < until ? (w + 1) * day : until;

			if (!add_span(c, w, (struct span){ from - w * day, end - w * day,
							   week->changes[i].then, 0 }))
				return false;
		}
	}
	return true;
}

static int minutes_of(const struct chain *c, const char *then)
{
	int minutes = 0;

	for (size_t i = 0; i < c->n_spans; i++)
		for (int w = 0; w < 7; w++)
			if (c->spans[i].then == then && (c->spans[i].days >> w & 1) != 0)
				minutes += c->spans[i].until - c->spans[i].from;
	return minutes;
}

/* What holds for most of the week need not be written. */
static const char *commonest(const struct chain *c)
{
	const char *most = c->spans[0].then;

	for (size_t i = 1; i < c->n_spans; i++)
		if (minutes_of(c, c->spans[i].then) > minutes_of(c, most))
			most = c->spans[i].then;
	return most;
}

static bool add_week(struct chain *c, const char *rest)
{
	const int64_t monday = first_monday(c->route->zone);

	for (size_t i = 0; i < c->n_spans; i++) {
		const struct span *span = &c->spans[i];
		struct link link = { .weekly = true, .days = span->days, .then = span->then };
		int first = 0;

		if (span->then == rest)
			continue;
		while ((span->days >> first & 1) == 0)
			first++;
		write_date((monday + first) * NM_DAY + span->from * 60, link.from);
		write_date((monday + first) * NM_DAY + span->until * 60, link.until);
		if (!add_link(c, &link))
			return false;
	}
	return true;
}

static void open_link(const struct chain *c, struct nm_cpl_piece *piece, const struct link *link)
{
	static const char *const names[7] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };
	struct nm_buf days;

	nm_cpl_open(piece, "time-switch");
	nm_cpl_set(piece, "tzid", link->utc ? "UTC" : c->route->timezone);
	piece->compiled += TZ_BYTES;
	nm_cpl_inside(piece);
	nm_cpl_open(piece, "time");
	nm_cpl_set(piece, "dtstart", link->from);
	nm_cpl_set(piece, "dtend", link->until);
	if (link->weekly) {
		nm_buf_init(&days, 64);
		for (int w = 0; w < 7; w++)
			if ((link->days >> w & 1) != 0)
				nm_buf_addf(&days, "%s%s", days.len > 0 ? "," : "", names[w]);
		nm_cpl_set(piece, "freq", "weekly");
		nm_cpl_set(piece, "byday", days.data);
		nm_buf_clear(&days);
	}
	nm_cpl_inside(piece);
	nm_cpl_sub(piece, link->then);
	nm_cpl_close(piece, "time");
	nm_cpl_open(piece, "otherwise");
	nm_cpl_inside(piece);
}

/* The chain of times, so many to a subaction; then `next`.  The next chain begins anew. */
static const char *share_chain(struct chain *c, const char *next)
{
	size_t until = c->n_links;

	while (until > 0 && next != NULL) {
		const size_t from = until > TIMES_ONCE ? until - TIMES_ONCE : 0;
		struct nm_cpl_piece piece;

		nm_cpl_piece_init(&piece);
		for (size_t i = from; i < until; i++)
			open_link(c, &piece, &c->links[i]);
		nm_cpl_sub(&piece, next);
		for (size_t i = from; i < until; i++) {
			nm_cpl_close(&piece, "otherwise");
			nm_cpl_close(&piece, "time-switch");
		}
		next = nm_cpl_share(c->script, NM_CPL_TIMES, &piece);
		until = from;
	}
	c->n += c->n_links;
	c->n_links = 0;
	return next;
}

static const char *write_week(struct chain *c, const struct nm_cpl_week *week)
{
	const char *rest;

	if (!gather_week(c, week))
		return NULL;
	rest = commonest(c);
	return add_week(c, rest) ? share_chain(c, rest) : NULL;
}

static bool write_kinds(struct chain *c)
{
	c->kinds = calloc(c->weeks.n_kinds, sizeof(*c->kinds));
	for (size_t k = 0; k < c->weeks.n_kinds && c->kinds != NULL; k++) {
		c->kinds[k] = write_week(c, &c->weeks.kinds[k]);
		if (c->kinds[k] == NULL)
			return false;
	}
	return c->kinds != NULL;
}

/* --- what weeks do not say --- */

static bool add_time(struct chain *c, nm_time t)
{
	if (t < c->route->from || t >= c->route->until)
		return true;
	if (!nm_grow((void **)&c->times, &c->times_capacity, c->n_times + 1, sizeof(*c->times)))
		return false;
	c->times[c->n_times++] = t;
	return true;
}

/* Every instant at which a wall clock shows a time at which a kind of week changes, and where the clock does. */
static bool spread_week(struct chain *c, const struct nm_cpl_week *week)
{
	const struct nm_zone *zone = c->route->zone;
	nm_time t = c->route->from;
	bool ok = true;

	while (t < c->route->until && ok) {
		const nm_time change = nm_zone_next_change(zone, t);
		const nm_time end = change < c->route->until ? change : c->route->until;
		const int32_t offset = nm_zone_offset(zone, t);
		const int64_t day = nm_local_day(t + offset);

		for (int64_t monday = day - nm_weekday(day); monday * NM_DAY - offset < end && ok; monday += 7)
			for (size_t i = 0; i < week->n && ok; i++) {
				const nm_time at = monday * NM_DAY + week->changes[i].minute * 60 - offset;

				ok = at < t || at >= end || add_time(c, at);
			}
		ok = ok && add_time(c, end);
		t = end;
	}
	return ok;
}

static int compare_times(const void *a, const void *b)
{
	const nm_time *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static bool gather_times(struct chain *c)
{
	bool ok = true;

	for (nm_time t = c->route->from; t < c->route->until && ok; t = nm_route_next(c->route, t))
		ok = add_time(c, t);
	for (size_t k = 0; k < c->weeks.n_kinds && ok; k++)
		ok = spread_week(c, &c->weeks.kinds[k]);
	for (size_t i = 0; i < c->weeks.n_runs && ok; i++)
		ok = add_time(c, c->weeks.runs[i].span.from) && add_time(c, c->weeks.runs[i].span.until);
	if (ok && c->n_times > 1)
		qsort(c->times, c->n_times, sizeof(*c->times), compare_times);
	return ok;
}

/* For as long as one thing holds, one exception: from where the weeks first say something else to where they
 * last do. */
static bool add_exceptions(struct chain *c)
{
	struct nm_span span = { 0, 0 };
	const char *held = NULL;

	for (size_t i = 0; i < c->n_times; i++) {
		const nm_time t = c->times[i], next = i + 1 < c->n_times ? c->times[i + 1] : c->route->until;
		const char *then = c->situations[nm_route_situation(c->route, t)];

		if (then != held) {
			if (span.until > span.from && !add_dated(c, span, held))
				return false;
			span = (struct nm_span){ 0, 0 };
			held = then;
		}
		if (next == t || nm_cpl_weeks_at(&c->weeks, c->route->zone, t) == then)
			continue;
		if (span.until == 0)
			span.from = t;
		span.until = next;
	}
	return span.until <= span.from || add_dated(c, span, held);
}

static const char *write_times(struct chain *c)
{
	bool ok = nm_cpl_weeks_build(c->route, c->situations, &c->weeks) && write_kinds(c) && gather_times(c) &&
		  add_exceptions(c);

	for (size_t i = 0; i < c->weeks.n_runs && ok; i++)
		ok = add_dated(c, c->weeks.runs[i].span, c->kinds[c->weeks.runs[i].kind]);
	return ok ? share_chain(c, c->kinds[0]) : NULL;
}

const char *nm_cpl_times(struct nm_cpl_script *script, const struct nm_route *route,
			 const char *const *situations, size_t *n)
{
	struct chain c = { .script = script, .route = route, .situations = situations };
	const char *id = write_times(&c);

	*n = c.n;
	nm_cpl_weeks_clear(&c.weeks);
	free(c.kinds);
	free(c.links);
	free(c.spans);
	free(c.times);
	return id;
}
