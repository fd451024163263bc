/* SPDX-License-Identifier: MIT */
/* Between what a CRM is told (events.c, events_send.c) and where it waits (store_events.c).  Private to these. */
#ifndef CORE_EVENTS_PRIVATE_H
#define CORE_EVENTS_PRIVATE_H

#include "nevermiss/events.h"

#define NM_EVENT_KEY 33 /* bytes of an event's key, with its NUL */

/* Since when calls are told of; NM_TIME_MAX: they are not.  put: NM_TIME_MAX forgets it. */
enum nm_code nm_store_reporting(struct nm_store *store, nm_time *since, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_store_reporting_put(struct nm_store *store, nm_time since, struct nm_error *err) NM_WARN_UNUSED;
/* A key that no event of any store has. */
enum nm_code nm_store_event_key(struct nm_store *store, char out[NM_EVENT_KEY],
				struct nm_error *err) NM_WARN_UNUSED;
/* Key, at, kind, subject, mark, caller and body count.  Nothing when there is one of that kind, subject and mark. */
enum nm_code nm_store_event_add(struct nm_store *store, const struct nm_crm_event *event,
				struct nm_error *err) NM_WARN_UNUSED;
/* It is sent now, and by nobody else until then, which is what it is due; *taken false: somebody else has it. */
enum nm_code nm_store_event_take(struct nm_store *store, struct nm_crm_event *event, nm_time now,
				 nm_time until, bool *taken, struct nm_error *err) NM_WARN_UNUSED;
/* How it went: state, due, words and updated, of one that is taken until then.  *held false: it is not, for somebody else
 * took it since, and nothing is written. */
enum nm_code nm_store_event_update(struct nm_store *store, const struct nm_crm_event *event, nm_time taken_until,
				   bool *held, struct nm_error *err) NM_WARN_UNUSED;
/* The follow-ups of a number that ended because it rang again and was answered then. */
enum nm_code nm_store_followups_ended(struct nm_store *store, nm_number number, nm_time ended, int64_t *ids,
				      size_t most, size_t *n, struct nm_error *err) NM_WARN_UNUSED;

#endif
