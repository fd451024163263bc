/* SPDX-License-Identifier: MIT */
/*
 * The unattended part: pushes at boundaries where a carrier keeps no hours, refreshes calendars, fetches calls, alerts
 * an emergency's people, answers missed callers by text, tells the owner of follow-ups that are late, watches for drift and
 * for the end of what was pushed.
 *
 * It knows no clock and waits for nothing but carriers: whoever runs it says what time it is and calls it again when
 * it is due, or earlier.  What it does follows from the plan, the store and the time alone, so that it may be ended at
 * any instruction and begun anew.
 */
#ifndef NEVERMISS_AGENT_H
#define NEVERMISS_AGENT_H

#include "nevermiss/calendar.h"
#include "nevermiss/push.h"

#define NM_AGENT_BEAT_S 300   /* at least so often it writes down that it lives */
#define NM_AGENT_GRACE_S 300  /* so long after that it is taken to be dead */

/* Kinds of work; kept in stores by these numbers. */
enum nm_agent_work {
	NM_AGENT_LINE = 0,     /* what a line does is pushed; of a line */
	NM_AGENT_CALENDAR = 1, /* of a calendar of the network */
	NM_AGENT_CALLS = 2,    /* records are fetched; of an account */
	NM_AGENT_TEXTS = 3,    /* missed callers are answered by text */
	NM_AGENT_EVENTS = 4,   /* the CRM is told */
	NM_AGENT_OWNER = 5,    /* the owner is told by text what cannot wait */
	NM_AGENT_WATCH = 6,    /* all lines are read back */
	NM_AGENT_DRIFT = 7,    /* of a line: what was read back is not what the plan says */
	NM_AGENT_PLAN = 8,     /* the plan is read */
	NM_AGENT_STORE = 9,    /* the heartbeat is written */
	NM_AGENT_ALERTS = 10   /* an emergency's people are alerted by text */
};
#define NM_AGENT_WORKS (NM_AGENT_ALERTS + 1)

/* The plan and the ways out, as they are now. */
struct nm_agent_view {
	struct nm_push_context push; /* of now; as_of is the agent's */
	const char *text;            /* of the plan, for the versions */
	size_t len;
	const char *trouble; /* why what is on disk is not that plan; NULL: it is */
};

enum nm_agent_level { NM_AGENT_NOTICE, NM_AGENT_WARNING };

/* What it asks for, and whom it tells. */
struct nm_agent_world {
	void *context; /* of all */
	const char *host;
	int64_t pid;
	nm_time (*now)(void *context);
	/* Asked before each piece of work: what came before may have changed the plan.  What it lends holds until it is
	 * asked again.  The store is the same each time. */
	enum nm_code (*look)(void *context, struct nm_agent_view *out, struct nm_error *err);
	/* Fetches one calendar (nm_calendars_refresh), and reads the plan with what came. */
	enum nm_code (*refresh)(void *context, int calendar, struct nm_refreshes *out, struct nm_error *err);
	/* Is it to end?  Then a round ends between two pieces of work, and what fails is nobody's fault. */
	bool (*stopped)(void *context);
	/* One event, in a sentence without a full stop. */
	void (*tell)(void *context, enum nm_agent_level level, const char *words);
};

/* What a round did. */
struct nm_agent_round {
	nm_time next; /* when the next one is due */
	size_t works, failed; /* pieces of work that were due, and that failed */
	size_t pushed;        /* lines at which something else is in force now */
	size_t calls, texts;  /* that are new in the log; to missed callers, alerted people and the owner */
};

struct nm_agent;

/* The store is the world's (look).  NM_REFUSED while another agent runs for it, or when it is read-only. */
enum nm_code nm_agent_new(const struct nm_agent_world *world, struct nm_store *store, struct nm_agent **out,
			  struct nm_error *err) NM_WARN_UNUSED;
/* One round: everything that is due by now, each failing alone.  Called as often as one likes. */
void nm_agent_step(struct nm_agent *agent, struct nm_agent_round *out);
/* Everything is due: the plan may be another one, the clock may have been set, the network may be back. */
void nm_agent_wake(struct nm_agent *agent);
/* Writes down that it ended by itself, and frees it; takes NULL. */
void nm_agent_free(struct nm_agent *agent);

/* --- what the store knows of it --- */

struct nm_agent_beat {
	int64_t pid;
	const char *host;
	nm_time started, round, next; /* round: when it wrote this; next: by then it will have written again */
	nm_time stopped;              /* when it was ended in good order; 0: it was not */
};

struct nm_agent_trouble {
	enum nm_agent_work work;
	const char *what; /* the name of a line, a calendar, an account; "" */
	nm_time since;
	const char *words;
};

enum nm_code nm_store_agent_put(struct nm_store *store, const struct nm_agent_beat *beat,
				struct nm_error *err) NM_WARN_UNUSED;
/* *found is false when none ever ran; texts from the arena. */
enum nm_code nm_store_agent_get(struct nm_store *store, struct nm_arena *arena, struct nm_agent_beat *out, bool *found,
				struct nm_error *err) NM_WARN_UNUSED;
/* words NULL: it is over. */
enum nm_code nm_store_agent_trouble(struct nm_store *store, const struct nm_agent_trouble *trouble,
				    struct nm_error *err) NM_WARN_UNUSED;
/* All that lasts, the oldest first; array and texts from the arena. */
enum nm_code nm_store_agent_troubles(struct nm_store *store, struct nm_arena *arena, struct nm_agent_trouble **out,
				     size_t *n, struct nm_error *err) NM_WARN_UNUSED;

/* How late at the most the log has a call of that carrier's, and its caller has a text, when nothing is in the way: the record
 * comes so late, is fetched as often, and each minute it is looked who waits for a text.  -1: it has no records. */
int64_t nm_agent_log_late_s(const struct nm_carrier *carrier);
int64_t nm_agent_text_late_s(const struct nm_carrier *carrier);

/* Has it not written for longer than it may? */
bool nm_agent_silent(const struct nm_agent_beat *beat, nm_time now);
/* Does it live, as far as can be told from a machine of that name?  One that should run there and holds its lock no more was
 * killed, however short ago it wrote; one that ended in good order may be begun again by a timer: its writing decides. */
bool nm_agent_lives(const struct nm_store *store, const struct nm_agent_beat *beat, const char *host, nm_time now);
/* "line main", "calendar jobs", "calls of twilio", "reading lines back" */
void nm_agent_work_words(enum nm_agent_work work, const char *what, struct nm_buf *out);

#endif
