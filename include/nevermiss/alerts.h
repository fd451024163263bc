/* SPDX-License-Identifier: MIT */
/*
 * The people whom a real emergency call alerts: who was texted when, who answered, and going on to the next until
 * somebody does.
 *
 * Whom a call alerts is written down once, as the plan has it when the call is first seen in the log; all that follows
 * is of those.  Any text from a phone that was texted is taken as "I have it", but for one that wants no more texts; of
 * several alerts it takes one (nm_alert_meant).
 */
#ifndef NEVERMISS_ALERTS_H
#define NEVERMISS_ALERTS_H

#include <inttypes.h>

#include "nevermiss/push.h"

#define NM_ALERT_WITHIN_S    3600 /* so late somebody is still texted, after the call or after their turn came */
#define NM_ALERT_TOLD_S      NM_DAY /* calls that began before that are history, and nobody is told of them */
#define NM_ALERTS_AN_HOUR    30   /* texts, in any 60 minutes: a flood of calls is no bill; each of an alert's people has an equal share */
#define NM_ALERTS_A_DAY      200  /* and in any 24 hours */
#define NM_ALERT_PAUSE_S     60   /* after a text that failed, before the next; each is twice as long as the one before */
#define NM_ALERT_PAUSE_MAX_S 300  /* and so long at most */

/* Why a text stands in the outbox: of which call, and to which of its people; and one to the owner, of which call. */
#define NM_ALERT_PREFIX		   "alert: call "
#define NM_ALERT_WHY		   NM_ALERT_PREFIX "%" PRId64 ", %zu"
#define NM_ALERT_UNANSWERED_PREFIX "alert unanswered: call "
/* To who took a call while another of theirs was open. */
#define NM_ALERT_TAKEN_PREFIX "alert taken: call "

/* Kept in stores by these numbers. */
enum nm_alert_state {
	NM_ALERT_OPEN = 0,
	NM_ALERT_TAKEN = 1,      /* somebody answered */
	NM_ALERT_TOLD = 2,       /* all were texted, and no answer was asked for */
	NM_ALERT_UNANSWERED = 3, /* nobody answered in time, or nobody could be texted */
	NM_ALERT_LATE = 4        /* nobody was texted: the call was seen too late */
};
const char *nm_alert_state_name(enum nm_alert_state state); /* "open", "taken", ... */

/* One of the people. */
struct nm_alerted {
	const char *name;   /* as the plan called them */
	const char *number; /* "+15125550111" */
	nm_time due;        /* when it is their turn, as far as those before them can be told (nm_alert_due) */
	bool by_line;       /* what is pushed to the line texts them, as the call arrives */
	/* Their newest text, as the outbox has it; not written: */
	bool tried;
	enum nm_outbox_state text;
	nm_time at;
	const char *words; /* what became of it; NULL */
};

struct nm_call_alert {
	int64_t call; /* of the log */
	nm_time noticed;
	nm_time until; /* so long an answer is waited for, everybody having been texted when due; 0: none is asked for */
	const char *text;
	enum nm_alert_state state;
	nm_time ended;  /* 0: it is open */
	const char *by; /* who answered; NULL */
	size_t n;
	struct nm_alerted *people;
};

/* Were they texted, or may they have been? */
bool nm_alerted_texted(const struct nm_alerted *person);
/* Do they get no texts for good, as they or their carrier said?  Nobody waits for them then. */
bool nm_alerted_refused(const struct nm_alerted *person);
/* When it is the turn of the alert's i-th: earlier than their `due` where all of those before them are refused. */
nm_time nm_alert_due(const struct nm_call_alert *alert, size_t i);
/* So long an answer is waited for, as it came: who was texted late has as long as everybody else; 0: none is asked for. */
nm_time nm_alert_until(const struct nm_call_alert *alert);

/* --- what the store knows --- */

/* state, ended and by are not read: it is open, unless it is NM_ALERT_LATE. */
enum nm_code nm_store_alert_add(struct nm_store *store, const struct nm_call_alert *alert,
				struct nm_error *err) NM_WARN_UNUSED;
/* by NULL: nobody.  One that has ended already stays as it is. */
enum nm_code nm_store_alert_end(struct nm_store *store, int64_t call, enum nm_alert_state state, nm_time at,
				const char *by, struct nm_error *err) NM_WARN_UNUSED;
/* *found false: the call alerts nobody, or was not seen yet.  All from the arena. */
enum nm_code nm_store_alert_get(struct nm_store *store, int64_t call, struct nm_arena *arena, struct nm_call_alert *out,
				bool *found, struct nm_error *err) NM_WARN_UNUSED;
/* Those that are open, and those that were noticed since (NM_TIME_MAX: no others); the oldest call first; all from the arena. */
enum nm_code nm_store_alerts(struct nm_store *store, nm_time since, struct nm_arena *arena, struct nm_call_alert **out,
			     size_t *n, struct nm_error *err) NM_WARN_UNUSED;
/* Those that are open, and those that ended since, likewise. */
enum nm_code nm_store_alerts_ended(struct nm_store *store, nm_time since, struct nm_arena *arena, struct nm_call_alert **out,
				   size_t *n, struct nm_error *err) NM_WARN_UNUSED;

/* A text that came from somebody whom calls have alerted. */
struct nm_alert_reply {
	const char *from; /* "+15125550111" */
	const char *body;
	nm_time at;
};
/* Those of an instant or later, the earliest first, but for those that plainly say that their sender wants no texts; all from the arena. */
enum nm_code nm_store_alert_replies(struct nm_store *store, nm_time since, struct nm_arena *arena,
				    struct nm_alert_reply **out, size_t *n, struct nm_error *err) NM_WARN_UNUSED;

/* Which alert a reply is about, of those that its sender was texted of before: the one whose call's number the reply
 * begins with ("12", "#12 ok"), open or not; else the one of their last text that was open when the reply came.  Only
 * alerts for which an answer was asked.  n: of none.  Those that ended since are to be among the alerts. */
size_t nm_alert_meant(const struct nm_call_alert *alerts, size_t n, const struct nm_alert_reply *reply);

/* --- doing it --- */

struct nm_alerts_run {
	/* One event, in a sentence without a full stop; warning: somebody should know. */
	void (*tell)(void *context, bool warning, const char *words);
	void *context;
};

struct nm_alerts_done {
	size_t texts; /* that were sent now */
	nm_time next; /* when there is something to do; NM_TIME_MAX: nothing is open */
};

/* Writes down whom new emergency calls of the log alert, texts those whose turn it is, and ends what was answered or was
 * not in time.  Stopped at any point, the next run texts nobody twice.  When the texts that came cannot be read, it goes
 * on to the next all the same (an answer that nobody sees is none), and says so at the end: NM_CARRIER. */
enum nm_code nm_alerts_run(const struct nm_push_context *context, const struct nm_alerts_run *run,
			   struct nm_alerts_done *out, struct nm_error *err) NM_WARN_UNUSED;

#endif
