/* SPDX-License-Identifier: MIT */
/*
 * Live against plan, and making live what the plan says: read, compare, journal the intent, apply,
 * read back, verify, record.  Stopped at any point, the next run finishes or undoes it.
 */
#ifndef NEVERMISS_PUSH_H
#define NEVERMISS_PUSH_H

#include "nevermiss/carrier.h"
#include "nevermiss/store.h"
#include "nevermiss/transport.h"

/* How one line stands. */
enum nm_sync { NM_SYNC_SAME, NM_SYNC_DRIFT, NM_SYNC_NOTHING, NM_SYNC_FOREIGN, NM_SYNC_UNKNOWN };

struct nm_line_status {
	int line;
	const struct nm_carrier *carrier; /* NULL: no driver of that name in this build */
	enum nm_sync sync;
	const char *words;           /* why unknown or foreign; the first difference */
	const char *refusal;         /* why this carrier cannot be given the plan's route; NULL when it can */
	struct nm_route *plan_route; /* owned */
	struct nm_route *live_route; /* owned; NULL when there is none */
	struct nm_route *held_route; /* owned; what the carrier can hold of it; NULL: all */
	struct nm_artefact wanted, live;
	struct nm_losses losses;
	struct nm_differences differences; /* a is the plan (what its carrier can hold of it), b is live */
};

struct nm_status {
	struct nm_arena *arena;
	size_t n;
	struct nm_line_status *lines; /* the plan's lines, or the one asked for */
	size_t cut_off;               /* pushes of any line that did not end: the next push settles them */
	bool stopped;                 /* by progress or idle: lines may be unknown that could have been read */
};

struct nm_push_context {
	const struct nm_plan *plan;
	struct nm_store *store;
	struct nm_transport transport;
	nm_time now, horizon; /* default two years */
	const char *who;      /* "pat over ssh" */
	uint64_t plan_mark;   /* tells this text of the plan from others; kept with what is read back */
	/* Called whenever a line is done with (may be NULL), what: "reading", "pushing", "reading back".  Returning
	 * false stops the work, leaving a clean state: nothing else is begun, what is under way comes to its end. */
	bool (*progress)(void *context, const char *line, const char *what, size_t done, size_t all);
	/* Called at least every 50 ms while carriers are waited for (may be NULL); false: as for progress. */
	bool (*idle)(void *context);
	void *progress_context; /* of both */
};

/* line -1: all. Reads live over the transport, lifts it, compares; stores the readings unless read-only. */
enum nm_code nm_status_read(const struct nm_push_context *context, int line, struct nm_status *out,
			    struct nm_error *err) NM_WARN_UNUSED;
void nm_status_clear(struct nm_status *status);

struct nm_push_options {
	int line;              /* -1: all */
	const char *plan_text; /* kept as a version */
	size_t plan_len;
	const char *force; /* reason; NULL */
	bool even_if_same;
};

struct nm_push_result {
	int line;
	int64_t id;
	enum nm_push_state state;
	const char *words; /* "pushed, read back, same"; the carrier's own words; what is in force now */
};

struct nm_push_results {
	struct nm_arena *arena;
	size_t n;
	struct nm_push_result *items;
};

/* Refuses (NM_REFUSED) when a guarantee of the plan is broken and force is NULL, and while another process pushes.
 * First finishes or
 * undoes pushes that were cut off.  One line's failure does not stop the others; NM_CARRIER when any failed
 * (*out is filled then too). */
enum nm_code nm_push(const struct nm_push_context *context, const struct nm_push_options *options,
		     struct nm_push_results *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_push_results_clear(struct nm_push_results *results);
/* Puts the artefacts back that were live before push `id` (0: the newest of the line that was not undone).
 * It is recorded as a push of its own, so that rolling back twice is where it began. */
enum nm_code nm_rollback(const struct nm_push_context *context, int line, int64_t id,
			 struct nm_push_results *out, struct nm_error *err) NM_WARN_UNUSED;

#endif
