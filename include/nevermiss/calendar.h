/* SPDX-License-Identifier: MIT */
/*
 * Fetching the calendars of a plan from the network: iCalendar files (RFC 5545) by their URL, and CalDAV
 * collections (RFC 4791), whose URL ends with a slash.  The store keeps the last good copy of each; the plan is read
 * with it (nm_store_calendar_files), so that reading a plan never waits for anybody.
 */
#ifndef NEVERMISS_CALENDAR_H
#define NEVERMISS_CALENDAR_H

#include "nevermiss/plan.h"
#include "nevermiss/store.h"
#include "nevermiss/transport.h"

#define NM_CALENDAR_REDIRECTS 5
#define NM_CALENDAR_TIMEOUT_S 60

struct nm_refresh {
	const struct nm_plan *plan;
	struct nm_store *store;
	struct nm_transport transport;
	nm_time now;
	void *context; /* of both */
	/* Adds the calendar's URL to out, which is wiped after use.  What fails, fails for this calendar alone. */
	enum nm_code (*url)(void *context, const struct nm_calendar *calendar, struct nm_buf *out,
			    struct nm_error *err);
	/* Called while servers are waited for, with how many calendars are fetched, or how many callbacks are in the
	 * calendar, of all; returning false stops, and what has no answer yet stays as it was.  NULL: nobody stops it. */
	bool (*idle)(void *context, size_t done, size_t all);
};

enum nm_refresh_end {
	NM_REFRESH_SAME,   /* nothing is new */
	NM_REFRESH_NEW,    /* there is another copy */
	NM_REFRESH_FAILED, /* the last copy stays; words say why */
	NM_REFRESH_STOPPED /* as if it was not tried */
};

struct nm_refreshed {
	int calendar; /* index */
	enum nm_refresh_end end;
	const char *words;
};

struct nm_refreshes {
	struct nm_arena *arena;
	size_t n;
	struct nm_refreshed *items; /* in the plan's order */
};

/* Is it one of the network? */
bool nm_calendar_remote(const struct nm_calendar *calendar);
/* Fetches those of the network, or (index not -1) one of them, all at once.  Each server is asked with the mark of the
 * kept copy, and follows at most NM_CALENDAR_REDIRECTS redirects, never from https to http, and with the password only
 * at the place that the plan names.  A copy is only taken when it reads and its events can be told for years to come. */
enum nm_code nm_calendars_refresh(const struct nm_refresh *refresh, int index, struct nm_refreshes *out,
				  struct nm_error *err) NM_WARN_UNUSED;
void nm_refreshes_clear(struct nm_refreshes *refreshes);

/* How old a copy may grow before it counts as stale, seconds. */
int64_t nm_calendar_patience(const struct nm_calendar *calendar);

#endif
