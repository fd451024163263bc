/* SPDX-License-Identifier: MIT */
/*
 * The whole log against the plan: how many of the real calls went as the plan that was in force then has it, how the
 * others parted from it, and the worst of those.  Each call is compared as nm_explain (explain.h) compares it.
 */
#ifndef NEVERMISS_EXPLAIN_LOG_H
#define NEVERMISS_EXPLAIN_LOG_H

#include "nevermiss/explain.h"

#define NM_EXPLAIN_WORST 500  /* calls that are told one by one, at the most */
#define NM_EXPLAIN_GROUPS 100 /* kept apart; calls that would begin one more are counted together */
#define NM_EXPLAIN_DRIVERS 16 /* that are told, at the most: more than there are */

/* What came of it for the caller that a call went another way; the worst first. */
enum nm_harm {
	NM_HARM_MISSED,  /* nobody answered; by the plan, somebody does */
	NM_HARM_OTHER,   /* somebody else answered than by the plan */
	NM_HARM_LATER,   /* answered by the same, and more than NM_EXPLAIN_SLACK_S later than by the plan */
	NM_HARM_EARLIER, /* likewise, earlier */
	NM_HARM_NONE,    /* it came to the same, or to better, or the record does not tell */
	NM_HARMS
};

/* Calls that first part from the plan in the same way, about the same one. */
struct nm_departed {
	enum nm_departure departure;
	const char *who; /* a name of a plan, or a number; NULL: nobody */
	int64_t calls;
};

struct nm_worst {
	struct nm_call_entry call; /* with its legs */
	enum nm_harm harm;
	int seconds; /* later, or earlier, than by the plan; 0 for the other harms */
	struct nm_explanation explanation;
};

struct nm_explained_log {
	struct nm_arena *arena;
	struct nm_span span;      /* from the first call to the last, both within; empty without calls */
	int64_t planned, differs; /* went as planned, as far as they went; did not */
	int64_t untold;           /* the record does not say who was rung */
	int64_t no_line;          /* to a line that no plan has any more */
	int64_t by_today; /* of planned and differs: beside the plan of today, the one then is not known */
	int64_t harm[NM_HARMS];    /* of differs */
	int64_t causes[NM_CAUSES]; /* of differs: behind how many it may lie; several may behind one call */
	int64_t drifted;           /* of causes, drift: certain, for what was live does just what happened */
	int64_t uncaused;          /* of differs: none was found */
	size_t n_drivers;
	const char *drivers[NM_EXPLAIN_DRIVERS]; /* whose records were compared, each once */
	size_t n_groups;
	struct nm_departed *groups; /* of differs; the most calls first, else in the order of the log */
	int64_t ungrouped;          /* of differs: in no group, there were too many */
	size_t n;
	struct nm_worst *worst; /* by harm, then by seconds, then the newest first */
};

struct nm_explain_options {
	nm_number number;    /* of the line; 0: all */
	struct nm_span span; /* of the calls' beginnings */
	size_t most;         /* of the worst; at most NM_EXPLAIN_WORST */
	/* Asked now and then, with the time of the call that comes next; false: stop (NM_REFUSED).  NULL: never. */
	bool (*goes_on)(void *context, nm_time reached);
	void *context;
};

/* Reads the log once, and the worst of it once more.  The store is the explainer's; texts are the arena's of *out or
 * borrowed from the explainer, which must outlive *out. */
enum nm_code nm_explain_log(struct nm_explainer *explainer, struct nm_store *store,
			    const struct nm_explain_options *options, struct nm_explained_log *out,
			    struct nm_error *err) NM_WARN_UNUSED;
void nm_explained_log_clear(struct nm_explained_log *log);

/* Of one call that differs; *seconds as in nm_worst. */
enum nm_harm nm_explain_harm(const struct nm_call_entry *call, const struct nm_explanation *explanation,
			     int *seconds);
const char *nm_harm_name(enum nm_harm harm); /* "missed", "other", "later", "earlier", "none" */

#endif
