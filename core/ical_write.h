/* SPDX-License-Identifier: MIT */
/* Writing events of ours into calendars: an iCalendar object (RFC 5545) with one event, by libical. */
#ifndef CORE_ICAL_WRITE_H
#define CORE_ICAL_WRITE_H

#include "nevermiss/clock.h"
#include "nevermiss/error.h"
#include "nevermiss/mem.h"

struct nm_ical_note {
	const char *uid;
	const char *summary, *description; /* whatever people wrote: control characters become blanks */
	nm_time at, stamp;                 /* stamp: when it was written */
	int length_s;
};

/* With a reminder when it begins.  Nobody is busy because of it (TRANSP:TRANSPARENT), so that a plan that looks at the
 * calendar for jobs finds none there. */
enum nm_code nm_ical_note_write(const struct nm_ical_note *note, struct nm_buf *out,
				struct nm_error *err) NM_WARN_UNUSED;

#endif
