/* SPDX-License-Identifier: MIT */
/*
 * The agent's inside.  agent.c keeps its jobs and their troubles; agent_lines.c pushes and watches lines;
 * agent_fetch.c brings calendars and calls; agent_alerts.c alerts an emergency's people; agent_texts.c answers missed
 * callers and sends surveys; agent_events.c tells the CRM; agent_owner.c texts the owner.
 */
#ifndef CORE_AGENT_PRIVATE_H
#define CORE_AGENT_PRIVATE_H

#include "nevermiss/agent.h"

#define NM_AGENT_RETRY_S     5   /* after the first failure; twice that after the next, and so on */
#define NM_AGENT_RETRY_MAX_S 300 /* and so long at most */
#define NM_AGENT_WATCH_S     3600
#define NM_AGENT_POLL_S      60 /* what nobody tells of is looked at so often */

/* One thing that it works at, again and again. */
struct nm_agent_job {
	enum nm_agent_work work;
	char *what;  /* malloc'd: a name of the plan; "" */
	int index;   /* of that in the plan; -1 */
	nm_time due; /* NM_TIME_MAX: when something else makes it so */
	/* Trouble, since the first of these failures in a row: */
	int failures;
	nm_time since; /* 0: there is none */
	char *words;   /* malloc'd: as they were told, and as the store has them */
	bool lasts;    /* what it told of, though its work was done */
	int busy; /* times in a row that somebody else pushed, or sent texts */
	/* Of a line: */
	int64_t took_s; /* the longest of late that a push took */
	nm_time next;   /* the boundary that it waits for; 0: none is known */
	nm_time ahead;  /* it was pushed for this instant, which is to come; 0 */
	/* Of texts: */
	size_t capped; /* missed callers whose text waits for the caps of an hour and a day, at the last look */
};

struct nm_agent {
	struct nm_agent_world world;
	struct nm_store *store;
	struct nm_agent_view view;
	struct nm_push_context outside; /* the view's, as the world gave it: with whom it asks whether to go on */
	size_t n, capacity;
	struct nm_agent_job *jobs; /* by work, then as in the plan */
	bool locked;
	bool seen;                 /* a plan was */
	uint64_t mark;             /* of that */
	nm_time started, last;     /* last: of the round before; 0 */
	nm_time now;               /* of this one */
	nm_time beaten;            /* when the heartbeat was written; 0: it was not */
	nm_time expired;           /* when what is old was last taken out of the store; 0: it was not */
	const struct nm_agent_job *at_work; /* NULL: none is */
	bool gave_way; /* that one did, to a line */
	struct nm_agent_round round;
};

/* Asks the world for the plan as it is now. */
enum nm_code nm_agent_look(struct nm_agent *agent, struct nm_error *err) NM_WARN_UNUSED;
/* The job; NULL: there is none. */
struct nm_agent_job *nm_agent_find(struct nm_agent *agent, enum nm_agent_work work, const char *what);
/* Tells "WORK WHAT: ..." */
void nm_agent_tell(struct nm_agent *agent, const struct nm_agent_job *job, enum nm_agent_level level,
		   const char *format, ...) __attribute__((format(printf, 4, 5)));
/* It does not go well, which is told when it begins, or when the words become others; and it does again. */
void nm_agent_ill(struct nm_agent *agent, struct nm_agent_job *job, const char *words);
void nm_agent_well(struct nm_agent *agent, struct nm_agent_job *job);

/* Of pieces of work that are all done the first error counts: that of `code`, which err has already, or else of `next`. */
enum nm_code nm_agent_first(enum nm_code code, enum nm_code next, const struct nm_error *why, struct nm_error *err);

/* Somebody else pushes or sends texts: that is no trouble, unless it does not end, and the job waits a little. */
bool nm_agent_busy(struct nm_agent *agent, struct nm_agent_job *job);

/* Asked while a carrier is waited for: has the work lasted, while the time of a line has come that it is not about? */
bool nm_agent_gives_way(const struct nm_agent *agent);

/* Each does what is due of a job and says in job->due when it is again.  What fails is in err: then agent.c sets
 * when it is tried again. */
enum nm_code nm_agent_line(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_agent_calendar(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_agent_calls(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_agent_alerts(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err) NM_WARN_UNUSED;
/* Asks what became of the texts that carriers had only taken, and tells, as that job, of those that did not arrive. */
enum nm_code nm_agent_follow(struct nm_agent *agent, const struct nm_agent_job *job, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_agent_texts(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_agent_events(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err) NM_WARN_UNUSED;
/* Tells the owner by text, once for that reason, which is of one of the kinds of agent_owner.c, and when their caps have room. */
enum nm_code nm_agent_tell_owner(struct nm_agent *agent, const struct nm_agent_job *job, const char *why, const char *body,
				 struct nm_error *err) NM_WARN_UNUSED;
/* Texts that may say that their sender wants none, to the owner. */
enum nm_code nm_agent_doubts(struct nm_agent *agent, const struct nm_agent_job *job, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_agent_owner(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_agent_watch(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err) NM_WARN_UNUSED;
/* Has the account's carrier records that can be fetched? */
bool nm_agent_has_records(const struct nm_plan *plan, int account);
/* Does an emergency of the plan alert anybody, or is an alert of one open, of an earlier plan's too? */
enum nm_code nm_agent_has_alerts(const struct nm_agent *agent, bool *out, struct nm_error *err) NM_WARN_UNUSED;

#endif
