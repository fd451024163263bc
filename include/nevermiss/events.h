/* SPDX-License-Identifier: MIT */
/*
 * What a CRM is told (section crm): an event for each call that was missed or answered or was an emergency, and for each
 * follow-up that has ended.  An event is queued in the store in the transaction that writes what it tells of, so that
 * none is lost, and delivered later, so that nobody waits for the CRM.  It is delivered at least once, under the same id
 * each time, and the events of one caller come in the order in which they were queued.
 */
#ifndef NEVERMISS_EVENTS_H
#define NEVERMISS_EVENTS_H

#include "nevermiss/calls.h"
#include "nevermiss/followup.h"

#define NM_EVENTS_LATE_S 3600          /* calls so much older than the section crm are not told of */
#define NM_EVENTS_TIMEOUT_S 20         /* for an answer */
#define NM_EVENTS_ROUND 10             /* events at most that are sent as of one instant: receivers check its age */
#define NM_EVENTS_PAUSE_FIRST_S 15     /* before the second try; each pause is twice as long as the one before */
#define NM_EVENTS_PAUSE_MAX_S (6 * 3600)

/* Kept in stores by these numbers. */
enum nm_crm_kind {
	NM_CRM_MISSED = 0,
	NM_CRM_ANSWERED = 1,
	NM_CRM_EMERGENCY = 2,
	NM_CRM_FOLLOWUP = 3 /* the last: it has ended */
};
const char *nm_crm_kind_name(enum nm_crm_kind kind); /* "call.missed" */

enum nm_crm_state {
	NM_CRM_WAITING = 0,
	NM_CRM_DELIVERED = 1,
	NM_CRM_ASIDE = 2 /* the last: the CRM refused it; it is not sent again by itself */
};
const char *nm_crm_state_name(enum nm_crm_state state); /* "waiting" */

struct nm_crm_event {
	int64_t id;      /* of the store */
	const char *key; /* the id under which the CRM gets it */
	nm_time at, updated;
	enum nm_crm_kind kind;
	int64_t subject; /* the call or the follow-up, of the store */
	int64_t mark;    /* tells two events of one kind and subject apart; one with all three the same is queued once */
	nm_number caller; /* 0: not known */
	const char *body; /* as it is sent; "" once it is delivered */
	enum nm_crm_state state;
	int tries;
	nm_time due;       /* of a waiting one: when it is sent at the earliest; of one that was never tried: at */
	const char *words; /* how the last try went; NULL */
};

/* --- where they wait --- */

struct nm_crm_events {
	struct nm_arena *arena;
	size_t n;
	struct nm_crm_event *items;
};

enum nm_crm_filter {
	NM_EVENTS_ALL,  /* the newest first */
	NM_EVENTS_OPEN, /* waiting or set aside, the oldest first */
	NM_EVENTS_DUE   /* waiting, due, and the oldest of their callers that wait; the oldest first */
};
enum nm_code nm_store_events(struct nm_store *store, enum nm_crm_filter filter, nm_time now, size_t most,
			     struct nm_crm_events *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_crm_events_clear(struct nm_crm_events *list);

/* How many wait and are set aside, and when the first of those that may be sent next is due; NM_TIME_MAX: none waits. */
struct nm_crm_counts {
	int64_t waiting, aside;
	nm_time next;
};
enum nm_code nm_store_event_counts(struct nm_store *store, struct nm_crm_counts *out,
				   struct nm_error *err) NM_WARN_UNUSED;
/* How many are set aside since an instant or later. */
enum nm_code nm_store_events_refused(struct nm_store *store, nm_time since, int64_t *out,
				     struct nm_error *err) NM_WARN_UNUSED;
/* One that was set aside waits again, ahead of those of its caller that came after it.  NM_INPUT: there is none of that id. */
enum nm_code nm_store_event_retry(struct nm_store *store, int64_t id, nm_time now,
				  struct nm_error *err) NM_WARN_UNUSED;

/* --- how they get there --- */

/* Before calls are written: from when on they are told of.  The first time that the plan has a section crm is
 * remembered, until it has none any more.  NM_TIME_MAX: no call is told of. */
enum nm_code nm_events_since(struct nm_store *store, const struct nm_plan *plan, nm_time now, nm_time *since,
			     struct nm_error *err) NM_WARN_UNUSED;
/* nm_store_call_put and what the CRM is told of it, as one. */
enum nm_code nm_events_call_put(struct nm_store *store, const struct nm_plan *plan, nm_time since,
				const struct nm_call_entry *call, enum nm_call_kept *kept,
				struct nm_error *err) NM_WARN_UNUSED;
/* A follow-up that has ended, with its deeds; nothing for one that is open, and without a section crm. */
enum nm_code nm_events_followup(struct nm_store *store, const struct nm_plan *plan,
				const struct nm_followup *followup, nm_time now,
				struct nm_error *err) NM_WARN_UNUSED;

/* --- and away --- */

struct nm_events_sent {
	size_t delivered, aside;
	int64_t waiting; /* afterwards */
	nm_time next;    /* when to deliver again, now or later; NM_TIME_MAX: nothing waits */
	/* NM_OK, or the CRM takes nothing for now, and why; others than the one that it did not take may be due. */
	struct nm_error trouble;
};

/* Sends at most so many (and never more than NM_EVENTS_ROUND) of those that are due, one after the other.  What the CRM refuses (4xx) is set aside; when it
 * cannot be reached, or refuses whoever asks (401, 403, 404, 410, a redirect), the event waits and the round is over.
 * Several processes may deliver: an event that is being sent is left alone by the others.  The context's `idle` may stop
 * it.  Without a section crm nothing is sent. */
enum nm_code nm_events_deliver(const struct nm_push_context *context, size_t most, struct nm_events_sent *out,
			       struct nm_error *err) NM_WARN_UNUSED;

#endif
