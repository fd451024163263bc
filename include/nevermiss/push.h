/* SPDX-License-Identifier: MIT */
/*
 * Live against plan, and making live what the plan says: read, compare, journal the intent, apply,
 * read back, verify, record.  Stopped at any point, the next run finishes or undoes it.
 */
#ifndef NEVERMISS_PUSH_H
#define NEVERMISS_PUSH_H

#include "nevermiss/carrier.h"
#include "nevermiss/store.h"

/* How one line stands. */
enum nm_sync { NM_SYNC_SAME, NM_SYNC_DRIFT, NM_SYNC_NOTHING, NM_SYNC_FOREIGN, NM_SYNC_UNKNOWN };

struct nm_line_status {
	int line;
	const struct nm_carrier *carrier; /* NULL: no driver of that name in this build */
	enum nm_sync sync;
	const char *words;           /* why unknown or foreign; the first difference */
	struct nm_route *plan_route; /* owned */
	struct nm_route *live_route; /* owned; NULL when there is none */
	struct nm_route *held_route; /* owned; what is left of the plan where losses are; else NULL */
	struct nm_artefact wanted, live;
	struct nm_losses losses;
	struct nm_differences differences; /* a is the plan (what its carrier can hold of it), b is live */
};

struct nm_status {
	struct nm_arena *arena;
	size_t n;
	struct nm_line_status *lines; /* the plan's lines, or the one asked for */
	size_t cut_off;               /* pushes of any line that did not end: the next push settles them */
};

struct nm_push_context {
	const struct nm_plan *plan;
	struct nm_store *store;
	struct nm_transport transport;
	nm_time now, horizon; /* default two years */
	const char *who;      /* "pat over ssh" */
	uint64_t plan_mark;   /* tells this text of the plan from others; kept with what is read back */
	/* Called as work goes on (may be NULL); returning false stops it, leaving a clean state. */
	bool (*progress)(void *context, const char *line, const char *what, size_t done, size_t all);
	void *progress_context;
};

/* line -1: all. Reads live over the transport, lifts it, compares; stores the readings unless read-only. */
enum nm_code nm_status_read(const struct nm_push_context *context, int line, struct nm_status *out,
			    struct nm_error *err) NM_WARN_UNUSED;
void nm_status_clear(struct nm_status *status);

struct nm_push_options {
	int line;              /* -1: all */
	const char *plan_text; /* kept as a version */
	size_t plan_len;
	const char *force; /* reason, not blank; NULL */
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

/* The reason is all that the record has of a push that was to be refused: a blank one is NM_INPUT.  NULL is good. */
enum nm_code nm_push_reason_check(const char *reason, struct nm_error *err) NM_WARN_UNUSED;

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

/* Is it a fault that the sandbox knows ("refuse 2")?  NM_INPUT says what would be one. */
enum nm_code nm_sandbox_fault_check(const char *text, struct nm_error *err) NM_WARN_UNUSED;

/* The transport of the built-in carrier; other accounts' URLs are NM_CARRIER.  Free with free(). */
enum nm_code nm_sandbox_transport(struct nm_store *store, struct nm_transport *out,
				  struct nm_error *err) NM_WARN_UNUSED;
void nm_sandbox_transport_clear(struct nm_transport *transport);

#endif
