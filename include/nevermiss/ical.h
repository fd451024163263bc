/* SPDX-License-Identifier: MIT */
/*
 * Calendars (RFC 5545) as busy spans.  Reads bytes, knows no files; everything is bounded.
 */
#ifndef NEVERMISS_ICAL_H
#define NEVERMISS_ICAL_H

#include <stdbool.h>
#include <stddef.h>

#include "nevermiss/clock.h"
#include "nevermiss/error.h"
#include "nevermiss/mem.h"

#define NM_ICAL_BYTES (16u << 20)    /* longest calendar file */
#define NM_ICAL_EVENTS 100000u       /* most VEVENTs in it */
#define NM_ICAL_INSTANCES 100000u    /* most instances in one expansion */

struct nm_ical;

/* name stands in errors (the file as the user named it). */
enum nm_code nm_ical_read(const char *name, const char *bytes, size_t len, struct nm_ical **out,
			  struct nm_error *err) NM_WARN_UNUSED;
void nm_ical_free(struct nm_ical *ical);

/* What was made of calendars before, so that the same bytes need not be read again: loading the library
 * that reads them takes longer than a whole start.  Of limited size; of what does not fit, nothing is kept. */
#define NM_ICAL_MEMORY_BYTES (16u << 20)
struct nm_ical_memory;
/* NULL when memory is out. */
struct nm_ical_memory *nm_ical_memory_new(void);
void nm_ical_memory_free(struct nm_ical_memory *memory);
/* As nm_ical_read, from memory when it is there, else kept in it; memory may be NULL. */
enum nm_code nm_ical_remember(struct nm_ical_memory *memory, const char *name, const char *bytes, size_t len,
			      struct nm_ical **out, struct nm_error *err) NM_WARN_UNUSED;
/* As the bytes of a file, and from them: those of another version or machine, and damaged ones, are as
 * good as none.  Only the calendars that were asked for are written.  false: nothing that can be kept. */
void nm_ical_memory_read(struct nm_ical_memory *memory, const char *bytes, size_t len);
bool nm_ical_memory_write(const struct nm_ical_memory *memory, struct nm_buf *out) NM_WARN_UNUSED;
/* Is there a calendar in it that was not read with it? */
bool nm_ical_memory_changed(const struct nm_ical_memory *memory);

struct nm_ical_event {
	nm_time from, until;
	bool all_day;
	bool transparent;
	const char *summary; /* control characters replaced; owned by the nm_ical */
};

struct nm_ical_events {
	struct nm_ical_event *items; /* malloc'd, sorted by from, then until */
	size_t n;
};

/* All instances that overlap [from, until), cancelled ones left out, transparent ones marked.
 * zone reads floating and all-day times.  More than NM_ICAL_INSTANCES, or a rule that would take
 * longer than its bound to expand, is NM_INPUT and names the event. */
enum nm_code nm_ical_expand(const struct nm_ical *ical, const struct nm_zone *zone, nm_time from, nm_time until,
			    struct nm_ical_events *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_ical_events_clear(struct nm_ical_events *events);

/* Start of the last instance, looking no further than `limit`; NM_TIME_MIN when there is none. */
nm_time nm_ical_last(const struct nm_ical *ical, const struct nm_zone *zone, nm_time limit);

#endif
