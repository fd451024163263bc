/* SPDX-License-Identifier: MIT */
/*
 * CalDAV (RFC 4791) in three questions: is the collection another one than the copy that is kept, which events are
 * in it, and under which names.  Requests and answers as text; nothing is sent here.
 */
#ifndef CORE_CALDAV_H
#define CORE_CALDAV_H

#include "nevermiss/carrier.h"
#include "nevermiss/clock.h"

/* Asks for what the collection is and for its mark. */
void nm_caldav_look(struct nm_request *request);
/* Its mark, from the arena: another one once anything in it is another (the sync token of RFC 6578, or the getctag that
 * came before it); NULL when the server has none.  NM_INPUT when it is no calendar. */
enum nm_code nm_caldav_mark(const char *answer, size_t len, struct nm_arena *arena, const char **mark,
			    struct nm_error *err) NM_WARN_UNUSED;

/* Asks for all events that end after `since`; the body lives in `body`. */
void nm_caldav_query(struct nm_request *request, nm_time since, struct nm_buf *body);
/* They, as one stream of iCalendar objects (RFC 5545, 3.4), added to out. */
enum nm_code nm_caldav_events(const char *answer, size_t len, struct nm_buf *out,
			      struct nm_error *err) NM_WARN_UNUSED;

/* Asks for the names of all that is in the collection. */
void nm_caldav_list(struct nm_request *request);
/* They, without the collection's own path, NULL at the end; from the arena. */
enum nm_code nm_caldav_names(const char *answer, size_t len, struct nm_arena *arena, const char ***out,
			     struct nm_error *err) NM_WARN_UNUSED;

#endif
