/* SPDX-License-Identifier: MIT */
/*
 * Core's own: the parts of reading and pushing.  status.c reads lines and compares them; push_jobs.c moves
 * what is to be changed; push.c says what that is, rollback.c what was there before.
 */
#ifndef CORE_PUSH_PRIVATE_H
#define CORE_PUSH_PRIVATE_H

#include "core/talk.h"
#include "nevermiss/push.h"

/* The window of a push: from the beginning of the local day, so that the same plan makes the same bytes
 * all day, to the horizon. */
struct nm_span nm_push_window(const struct nm_push_context *context);

/* The instant whose situation is wanted. */
static inline nm_time nm_push_instant(const struct nm_push_context *context)
{
	return context->as_of != 0 ? context->as_of : context->now;
}

/* Tells whoever wants to know where a line is. */
static inline void nm_push_stage(const struct nm_push_context *context, int line, enum nm_line_stage stage)
{
	if (context->stage != NULL)
		context->stage(context->stage_context, line, stage);
}

/* nm_status_read for some lines; out->lines in the order of `lines`. */
enum nm_code nm_status_lines(const struct nm_push_context *context, const int *lines, size_t n,
			     struct nm_status *out, struct nm_error *err) NM_WARN_UNUSED;
/* Lifts an artefact; *foreign is why that cannot be done wholly (from the arena), NULL when it can. */
enum nm_code nm_artefact_lift(const struct nm_carrier *carrier, const struct nm_artefact *artefact,
			      struct nm_arena *arena, struct nm_route **route, const char **foreign,
			      struct nm_error *err) NM_WARN_UNUSED;
/* Do two artefacts make a carrier do the same?  The same bytes, or else the same decisions. */
enum nm_code nm_artefacts_same(const struct nm_push_context *context, const struct nm_carrier *carrier,
			       const struct nm_artefact *a, const struct nm_artefact *b, bool *same,
			       struct nm_error *err) NM_WARN_UNUSED;
/* The first of the differences in one sentence: "Sundays 09:00-13:00, any caller: plan Fixly, live owner". */
const char *nm_differences_text(const struct nm_differences *differences, struct nm_arena *arena);

/* The newest call since then that shows that the line's calls are forwarded as the route says they are now. */
enum nm_code nm_proof_find(const struct nm_push_context *context, int line, const struct nm_route *route, nm_time since,
			   struct nm_proof *out, struct nm_error *err) NM_WARN_UNUSED;
/* How a line stands that nothing can be read of, and on which all was done by hand at `since`; NULL: memory. */
const char *nm_proof_words(const struct nm_plan *plan, const struct nm_proof *proof, nm_time since,
			   struct nm_arena *arena);

/* The ids of a push as the journal has them (text NULL: none), into the exchange. */
enum nm_code nm_push_ids_read(const char *text, struct nm_exchange *exchange, struct nm_error *err) NM_WARN_UNUSED;

/* One line that is to be changed. */
struct nm_push_job {
	int line;
	const struct nm_carrier *carrier;
	struct nm_artefact wanted; /* owned; nothing in it: what is there is to be removed */
	struct nm_artefact before; /* owned */
	bool before_known;
	bool of_plan; /* wanted is what the plan says now */
	bool back;    /* wanted is what was there before an earlier push */
	nm_time horizon; /* until when wanted is exact; 0: not known */
	int64_t version; /* of the plan that wanted comes from; 0: not known */
	int64_t id;   /* of its push in the journal */
	enum nm_push_state state;
	char *ids;           /* malloc'd: the ids as the journal has them; NULL */
	const char *words;   /* how it ended; from the results' arena */
	struct nm_talk talk; /* the APPLY or REMOVE */
	int rounds;
	bool pending, recorded; /* still to be sent; recorded: how it ended is in the journal */
};

struct nm_push_jobs {
	const struct nm_push_context *context;
	struct nm_arena *arena; /* of the words */
	size_t n, capacity;
	size_t done, all;          /* of those that are being sent, or read back */
	struct nm_push_job *items; /* malloc'd */
	bool stopped;
};

void nm_push_jobs_clear(struct nm_push_jobs *jobs);
/* Writes the intents of all the jobs that have no id yet to the journal, as one step. */
enum nm_code nm_push_jobs_begin(struct nm_push_jobs *jobs, const char *forced, struct nm_error *err) NM_WARN_UNUSED;
/* Applies, reads back, verifies and records all jobs.  NM_OK however they ended: `state` and `words` say. */
enum nm_code nm_push_jobs_run(struct nm_push_jobs *jobs, struct nm_error *err) NM_WARN_UNUSED;

/* A push or a rollback under way. */
struct nm_push_run {
	const struct nm_push_context *context;
	const struct nm_push_options *options;
	struct nm_push_records unfinished; /* newest first */
	int *lines; /* those that are looked at: asked for, or with something unfinished */
	size_t n_lines, n_asked;
	struct nm_status status;
	struct nm_push_jobs jobs;
	struct nm_push_results results;
	size_t results_capacity;
	int64_t version; /* of the plan that is pushed; 0: not kept */
};

/* Takes the lock, makes room for results; whatever happened, nm_push_run_close gives all back. */
enum nm_code nm_push_run_open(struct nm_push_run *push, struct nm_error *err) NM_WARN_UNUSED;
void nm_push_run_close(struct nm_push_run *push);
/* Reads the lines (-1: all) and settles what earlier pushes left unfinished. */
enum nm_code nm_push_run_look(struct nm_push_run *push, int line, struct nm_error *err) NM_WARN_UNUSED;
/* Is there something to do about this line?  If not, nm_push_run_pass adds a result that says why. */
bool nm_push_run_wants(const struct nm_push_run *push, const struct nm_line_status *status);
enum nm_code nm_push_run_pass(struct nm_push_run *push, const struct nm_line_status *status,
			      struct nm_error *err) NM_WARN_UNUSED;
/* A new job for the line; nm_push_run_before takes what was read of it as what is there before. */
enum nm_code nm_push_run_job(struct nm_push_run *push, const struct nm_line_status *status, const char *ids,
			     struct nm_push_job **out, struct nm_error *err) NM_WARN_UNUSED;
void nm_push_run_before(struct nm_push_job *job, struct nm_line_status *status);
enum nm_code nm_push_run_jobs(struct nm_push_run *push, const char *forced, struct nm_error *err) NM_WARN_UNUSED;
/* Hands the results over; how many lines failed decides the code. */
enum nm_code nm_push_run_give(struct nm_push_run *push, struct nm_push_results *out,
			      struct nm_error *err) NM_WARN_UNUSED;
#endif
