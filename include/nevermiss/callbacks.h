/* SPDX-License-Identifier: MIT */
/*
 * Callbacks in a calendar: each open follow-up of which the plan says when to call back is an event of a CalDAV collection
 * then, and none once it has ended.  Nothing is kept of it: the events' names say whose they are and for when.
 */
#ifndef NEVERMISS_CALLBACKS_H
#define NEVERMISS_CALLBACKS_H

#include "nevermiss/calendar.h"

#define NM_CALLBACKS_MOST 200 /* of those that are due first */

struct nm_callbacks {
	size_t put, removed, same;
	bool stopped;
	struct nm_error trouble; /* NM_OK, or why the server did not do the rest */
};

/* Brings the calendar of that index in step.  NM_INPUT when it is no CalDAV collection (a URL that ends with a slash).  Of
 * the context all is used but for the copies. */
enum nm_code nm_callbacks_put(const struct nm_refresh *refresh, int index, struct nm_callbacks *out,
			      struct nm_error *err) NM_WARN_UNUSED;

#endif
