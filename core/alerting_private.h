/* SPDX-License-Identifier: MIT */
/* Core's own: one run over the alerts of emergencies (alerts.h), for alerting*.c. */
#ifndef CORE_ALERTING_PRIVATE_H
#define CORE_ALERTING_PRIVATE_H

#include "nevermiss/alerts.h"
#include "nevermiss/calls.h"
#include "nevermiss/timeline.h"

struct nm_alerter {
	const struct nm_push_context *context;
	const struct nm_alerts_run *run;
	struct nm_alerts_done *out;
	struct nm_arena *arena;       /* of this run */
	struct nm_timeline *timeline; /* of the log's last day; NULL until a new emergency is there; owned */
	bool read;                    /* the texts that came are known */
	struct nm_error trouble;      /* the first, of pieces of work that are all done; NM_OK */
};

/* Tells of one event (nm_alerts_run.tell).  What cannot be told for want of memory is trouble. */
void nm_alerting_tell(struct nm_alerter *a, bool warning, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void nm_alerting_remember(struct nm_alerter *a, enum nm_code code, const struct nm_error *why);
enum nm_code nm_alerting_end(struct nm_alerter *a, struct nm_call_alert *alert, enum nm_alert_state state, nm_time at,
			     const char *by, struct nm_error *err) NM_WARN_UNUSED;

/* A text about a call to one of its people. */
struct nm_alerting_text {
	int64_t call;
	const char *name, *number; /* the person's */
	const char *body, *why;
	const char *sent; /* what is told of them when it is: "is texted" */
};
/* to (may be NULL): what became of it is written there. */
enum nm_code nm_alerting_send(struct nm_alerter *a, const struct nm_alerting_text *text, struct nm_alerted *to,
			      struct nm_error *err) NM_WARN_UNUSED;

/* alerting_answer.c: reads the texts that came, and ends the alerts that they take.  out, from the arena: those that were open,
 * and where an answer is waited for, also those that ended since the first text of these. */
enum nm_code nm_alerting_answers(struct nm_alerter *a, struct nm_call_alert **out, size_t *n,
				 struct nm_error *err) NM_WARN_UNUSED;
/* Tells those who took one of several which it was, and what is open yet; what fails is trouble. */
void nm_alerting_say_open(struct nm_alerter *a, const struct nm_call_alert *alerts, size_t n);
/* alerting_line.c: whom what is on the line alerts for a call by itself, their numbers and turns alone, from the arena; n is
 * 0 where that is not known: nothing was pushed to it before the call, or not to a good end. */
enum nm_code nm_alerting_line(struct nm_alerter *a, const struct nm_call_entry *call, int line, struct nm_alerts *out,
			      struct nm_error *err) NM_WARN_UNUSED;
/* alerting_notice.c: who called, in words of the arena; NULL: memory. */
const char *nm_alerting_caller(struct nm_alerter *a, const struct nm_call_entry *call);
/* alerting_notice.c: writes down whom calls of the log alert that were not seen before, the oldest call first. */
enum nm_code nm_alerting_notice(struct nm_alerter *a, struct nm_error *err) NM_WARN_UNUSED;

#endif
