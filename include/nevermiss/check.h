/* SPDX-License-Identifier: MIT */
/*
 * Proving a plan: every interval, line and class of callers, decided once.  design.md 4.5 and 5.
 */
#ifndef NEVERMISS_CHECK_H
#define NEVERMISS_CHECK_H

#include "nevermiss/decide.h"
#include "nevermiss/edit.h"
#include "nevermiss/timeline.h"

enum nm_severity { NM_SEVERITY_ERROR, NM_SEVERITY_WARNING, NM_SEVERITY_ADVICE };

/* A way to mend a finding.  Edits (none: only words) are applied in order. */
struct nm_mend {
	const char *words; /* "ring office for 10 s" */
	size_t n;
	const struct nm_edit *edits;
};

struct nm_finding {
	const char *id;
	enum nm_severity severity;
	const char *message; /* one sentence */
	const char *why;     /* why it matters */
	struct nm_pos pos;
	size_t n_windows;    /* all of them; merged, sorted */
	const struct nm_span *windows;
	double hours_per_week;
	const char *amount;  /* how long they are in words: "4.5 h a week", "2 h in all"; NULL when there are none */
	const char *when;    /* the windows in words; NULL when there are none */
	size_t n_call;       /* arguments for simulate */
	const char *const *call;
	size_t n_mends;
	const struct nm_mend *mends;
};

struct nm_findings {
	struct nm_arena *arena;
	nm_time from, until;
	size_t n;
	struct nm_finding *items; /* by severity, then first window, then line of the file */
	size_t intervals, lines, classes; /* what was gone through */
	bool ok;                  /* no error among them */
};

struct nm_live_then; /* live_then.h */

/* What the store knows of a line; for drift, agent-dependent and calendar-stale. */
struct nm_line_fact {
	const char *line;
	bool pushed, known, in_sync; /* in_sync and not known: assumed */
	bool unread;                 /* it could not be read when that was last tried */
	bool saved;                  /* compared with the saved text, from which the plan's has edits that are not */
	const char *words;           /* the first difference, or why it could not be read; NULL */
	nm_time read_at, horizon;
	const struct nm_live_then *live; /* what stays in force there without the agent; NULL: nobody knows, or asks */
};

/* A number that no line of the plan has and on which nothing took back what was pushed; for left-behind. */
struct nm_left_fact {
	nm_number number; /* 0: not known */
	const char *line, *driver; /* what it was called then */
	nm_time pushed_at;
};

/* What the store knows of test calls; for untested. */
struct nm_test_fact {
	bool known;
	nm_time last, last_after_hours; /* NM_TIME_MIN: never played */
};

/* What the store knows of a calendar of the network; for calendar-stale. */
struct nm_calendar_fact {
	const char *calendar;
	nm_time fetched;     /* NM_TIME_MIN: never */
	const char *trouble; /* why the last try to fetch it failed; NULL */
};

/* What the log says of the last 30 days; for focus-peak and callback-slow. */
struct nm_log_fact {
	uint32_t peaks;     /* bit h: in that local hour most customers call, from Monday to Friday */
	int64_t callback_s; /* so long half of those who were to be called back waited at least; 0: not known */
};

/* What the store knows of the agent; for agent-silent. */
struct nm_agent_fact {
	bool known;
	bool ran, alive; /* ever; by what it last wrote and the lock that it holds */
	bool stopped;    /* somebody ended it in good order */
	nm_time last;    /* when it was last heard of */
	size_t alerts_open; /* emergencies whose people are still to be texted, or to answer */
	bool late; /* not alive, and somebody should have been called back (nm_followup_late), of which it could tell the owner */
};

/* A line to which so many texts came that some may be missing; for texts-missing. */
struct nm_flood_fact {
	const char *line;
	nm_time at; /* when they were read */
};

/* A destination whose phone wants no texts; for alert-opted-out and owner-opted-out. */
struct nm_optout_fact {
	const char *destination;
};

#define NM_CHECK_LATELY_S (30 * (nm_time)NM_DAY) /* so far back the store is asked about what went wrong */

struct nm_check_options {
	nm_time now, from, until; /* horizon */
	size_t n_calendars;
	const struct nm_calendar_fact *calendars;
	struct nm_test_fact tests;
	struct nm_log_fact log;
	struct nm_agent_fact agent;
	int64_t crm_refused; /* events that the CRM refused lately and that are set aside; for crm-refused */
	size_t n_floods;
	const struct nm_flood_fact *floods; /* lately */
	size_t n_optouts;
	const struct nm_optout_fact *optouts;
	size_t n_facts;
	const struct nm_line_fact *facts;
	size_t n_left;
	const struct nm_left_fact *left;
	/* May be NULL; returning false stops the proof, which then is NM_REFUSED. */
	bool (*progress)(void *context, size_t done, size_t all);
	void *progress_context;
};

/* Two years, design.md 4.5. */
#define NM_CHECK_HORIZON (2 * 365 * (int64_t)NM_DAY + NM_DAY)

enum nm_code nm_check(const struct nm_plan *plan, const struct nm_check_options *options, struct nm_findings *out,
		      struct nm_error *err) NM_WARN_UNUSED;
void nm_findings_clear(struct nm_findings *findings);

/* The guarantees alone (for push): the broken ones among the findings. */
enum nm_code nm_check_guarantees(const struct nm_plan *plan, const struct nm_check_options *options,
				 struct nm_findings *out, struct nm_error *err) NM_WARN_UNUSED;

/* Adds a blank and an argument, as a shell takes it back: quoted when it must be. */
void nm_check_argument(struct nm_buf *out, const char *text);

const char *nm_severity_name(enum nm_severity severity);

/* Every id that check can find, for the manual and the tests. */
struct nm_check_info {
	const char *id;
	enum nm_severity severity;
	const char *holds; /* when, in one sentence */
	const char *why;   /* why it matters */
};
extern const struct nm_check_info nm_checks[];
extern const size_t nm_checks_count;

#endif
