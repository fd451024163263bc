/* SPDX-License-Identifier: MIT */
/*
 * What is kept of a calendar between reading (ical.c), its time zones (ical_zone.c) and expanding
 * it (ical_expand.c).  Private to core/ical*.c.
 */
#ifndef NEVERMISS_ICAL_MODEL_H
#define NEVERMISS_ICAL_MODEL_H

#include <stdint.h>

#include "nevermiss/ical.h"
#include "rrule.h"

#define ICAL_ZONES 256	 /* most time zones named in one calendar */
#define ICAL_SHIFTS 4096 /* most clock changes of a zone that a calendar describes itself */
#define ICAL_LENGTH_MAX (100 * 366 * (int64_t)NM_DAY) /* of an event, s */
#define ICAL_NAME 160	 /* longest name that an error shows, bytes */

enum ical_clock { ICAL_DATE, ICAL_FLOATING, ICAL_UTC, ICAL_ZONED };

/* at: wall-clock seconds; an instant when the clock is UTC.  zone: index, when ZONED. */
struct ical_when {
	int64_t at;
	enum ical_clock clock;
	int zone;
};

/* How long: up to an end, or (has_end false) so many days on the wall clock and then seconds. */
struct ical_length {
	bool has_end;
	struct ical_when end;
	int64_t days, seconds;
};

struct ical_rule {
	struct rrule rule;
	bool has_until;
	struct ical_when until; /* the last instance begins no later */
};

struct ical_rdate {
	struct ical_when start;
	bool period; /* has its own length */
	struct ical_length length;
};

struct ical_event {
	const char *uid; /* NULL: none, an event of its own */
	const char *summary;
	int line; /* of its BEGIN */
	int64_t sequence, stamp;
	bool cancelled, transparent;
	struct ical_when start;
	struct ical_length length;
	bool overrides; /* one instance of the event of this uid: the one that began at `instance` */
	struct ical_when instance;
	size_t n_rules, n_exrules, n_rdates, n_exdates;
	struct ical_rule *rules, *exrules;
	struct ical_rdate *rdates;
	struct ical_when *exdates;
};

/* A clock change: until it `before`, from it `after` seconds east of UTC. */
struct ical_shift {
	nm_time at;
	int32_t before, after;
};

/* A time zone as the calendar names it: one of the system's, or the VTIMEZONE's own changes. */
struct ical_zone {
	const char *tzid;
	const char *location; /* X-LIC-LOCATION; NULL */
	int line;	      /* of the first event that names it; 0 when none does */
	struct nm_zone *zone; /* owned; NULL when the shifts count */
	size_t n_shifts;
	const struct ical_shift *shifts; /* sorted */
};

struct nm_ical {
	struct nm_arena *arena;
	const char *name;
	size_t n_events; /* by uid; within one the event itself first, then its overrides */
	struct ical_event *events;
	size_t n_zones;
	struct ical_zone zones[ICAL_ZONES];
};

/* An empty one; freed with nm_ical_free. */
enum nm_code nm_ical_new(const char *name, struct nm_ical **out, struct nm_error *err) NM_WARN_UNUSED;
/* When all events are in: puts them in order and finds their zones. */
enum nm_code nm_ical_finish(struct nm_ical *ical, struct nm_error *err) NM_WARN_UNUSED;

/* ical_coded.c: events and zones as bytes, and back into an empty one; false when they are none. */
void nm_ical_encode(struct nm_ical *ical, struct nm_buf *out);
bool nm_ical_decode(const char *bytes, size_t len, struct nm_ical *ical) NM_WARN_UNUSED;

/* Finds each zone that an event names; NM_INPUT when one cannot be: UTC is never assumed. */
enum nm_code nm_ical_zones_load(struct nm_ical *ical, struct nm_error *err) NM_WARN_UNUSED;
/* RFC 5545 3.3.5: a time in a gap takes the offset before it, an ambiguous one is the first. */
nm_time nm_ical_zone_utc(const struct ical_zone *zone, nm_local local);

/* Orders the events as above.  Of several versions of an event the newest stays: highest SEQUENCE, then
 * DTSTAMP, then the last.  Afterwards equal uids are one pointer. */
void nm_ical_settle(struct nm_ical *ical);

enum ical_component { ICAL_EVENT, ICAL_TIMEZONE };

/* Goes through the bytes of a calendar and hands over its events and time zones one by one, each as a
 * small text with only the properties that are read here, unfolded.  Bounds everything that libical
 * would otherwise see.  line is that of its BEGIN. */
struct ical_sieve {
	const char *name;
	enum nm_code (*take)(void *context, enum ical_component kind, int line, const char *text,
			     struct nm_error *err);
	void *context;
};
enum nm_code nm_ical_sieve(const struct ical_sieve *sieve, const char *bytes, size_t len,
			   struct nm_error *err) NM_WARN_UNUSED;

/* NM_INPUT about an event: FILE:LINE: event "SUMMARY" ... */
enum nm_code nm_ical_refuse(const char *name, const struct ical_event *event, struct nm_error *err,
			    const char *why) NM_WARN_UNUSED;

#endif
