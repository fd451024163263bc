/* SPDX-License-Identifier: MIT */
/*
 * Instants, local times, zones, and how people write them.
 *
 * An instant (nm_time) is seconds since 1970-01-01 00:00 UTC.  A local time (nm_local) is the
 * wall-clock reading as seconds since 1970-01-01 00:00 of that wall clock, so that
 * local = instant + offset.  A day is a local date as days since 1970-01-01.  Weekdays count from
 * Monday = 0.  Spans are half open.
 */
#ifndef NEVERMISS_CLOCK_H
#define NEVERMISS_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nevermiss/error.h"
#include "nevermiss/mem.h"

typedef int64_t nm_time;
typedef int64_t nm_local;

#define NM_DAY 86400
#define NM_TIME_MAX INT64_MAX
#define NM_TIME_MIN INT64_MIN

struct nm_span {
	nm_time from, until;
};

struct nm_date {
	int year, month, day; /* month 1-12, day 1-31 */
};

int64_t nm_days_from_date(int year, int month, int day); /* proleptic Gregorian */
struct nm_date nm_date_from_days(int64_t days);
int nm_weekday(int64_t days);
int nm_month_days(int year, int month);
/* Floor division: the day of a local time, also before 1970. */
int64_t nm_local_day(nm_local local);

/* A time zone, read from the system's TZif file (RFC 8536), its footer rule included. */
struct nm_zone;

/* name is an IANA name; NM_INPUT when there is none of that name.  Free with nm_zone_free. */
enum nm_code nm_zone_load(const char *name, struct nm_zone **out, struct nm_error *err) NM_WARN_UNUSED;
/* The same from the bytes of a TZif file, which may be hostile; name is only kept. */
enum nm_code nm_zone_read(const char *name, const void *bytes, size_t len, struct nm_zone **out,
			  struct nm_error *err) NM_WARN_UNUSED;
void nm_zone_free(struct nm_zone *zone);
const char *nm_zone_name(const struct nm_zone *zone);

/* Seconds east of UTC in force at t. */
int32_t nm_zone_offset(const struct nm_zone *zone, nm_time t);
/* The zone's abbreviation in force at t ("CST"); owned by the zone. */
const char *nm_zone_abbreviation(const struct nm_zone *zone, nm_time t);
nm_local nm_zone_local(const struct nm_zone *zone, nm_time t);
/* The day of the Monday on or before it on that clock. */
int64_t nm_zone_monday(const struct nm_zone *zone, nm_time t);
/* First instant > t at which the offset changes; NM_TIME_MAX when there is none. */
nm_time nm_zone_next_change(const struct nm_zone *zone, nm_time t);

enum nm_local_kind { NM_LOCAL_ONCE, NM_LOCAL_SKIPPED, NM_LOCAL_TWICE };
/* RFC 5545 3.3.5: a local time in a gap takes the offset before it, an ambiguous one is the first.
 * kind (may be NULL) says which it was. */
nm_time nm_zone_utc(const struct nm_zone *zone, nm_local local, enum nm_local_kind *kind);

#define NM_ZONE_SPANS 4
/* The instants whose local time lies in [from, until), in order and not touching: one span, none where
 * a change skips it all, more where one repeats an end of it (design.md 4.1).  Returns how many. */
size_t nm_zone_spans(const struct nm_zone *zone, nm_local from, nm_local until,
		     struct nm_span out[static NM_ZONE_SPANS]);

/* Reads T of design.md 6: `2026-12-25 10:00[:00]` on the zone's clock, RFC 3339, `now`, `+2h`.
 * A date alone is its midnight.  A local time that a clock change skips is NM_INPUT and says so. */
enum nm_code nm_time_read(const char *text, const struct nm_zone *zone, nm_time now, nm_time *out,
			  struct nm_error *err) NM_WARN_UNUSED;

/* "20s", "15m", "4h", "2d", "1w": seconds > 0 (or 0 for "0s"), at most 10 years. */
enum nm_code nm_duration_read(const char *text, int64_t *seconds, struct nm_error *err) NM_WARN_UNUSED;

#define NM_TIME_TEXT 64
/* RFC 3339 with offset: 2026-12-25T10:00:00-06:00 */
void nm_time_rfc3339(const struct nm_zone *zone, nm_time t, char out[static NM_TIME_TEXT]);
/* For `--at`: "2026-12-25 10:00[:SS]", RFC 3339 where that would be ambiguous. */
void nm_time_argument(const struct nm_zone *zone, nm_time t, char out[static NM_TIME_TEXT]);
/* Does the wall clock show this time once more, an hour before or after? */
bool nm_time_repeated(const struct nm_zone *zone, nm_time t);
/* For people: "Fri 25 Dec 2026 10:00" (seconds only when not 0; no year when year is false), and of a time
 * that a clock change repeats which one: "Sun 1 Nov 2026 01:30 CDT". */
void nm_time_words(const struct nm_zone *zone, nm_time t, bool year, char out[static NM_TIME_TEXT]);
/* The same with the zone's abbreviation in any case: "Fri 25 Dec 2026 10:00 CST". */
void nm_time_words_zone(const struct nm_zone *zone, nm_time t, bool year, char out[static NM_TIME_TEXT]);
/* For people: "26 h 49 min", "45 s", "3 days". */
void nm_duration_words(int64_t seconds, char out[static NM_TIME_TEXT]);
/* In the plan's syntax: "20s", "15m", "1w". */
void nm_duration_write(int64_t seconds, char out[static NM_TIME_TEXT]);

extern const char *const nm_weekday_names[7]; /* "Mon" */
extern const char *const nm_month_names[12];  /* "Jan" */

#endif
