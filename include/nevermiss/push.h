/* SPDX-License-Identifier: MIT */
/*
 * Live against plan, and making live what the plan says: read, compare, journal the intent, apply,
 * read back, verify, record.  Stopped at any point, the next run finishes or undoes it.
 */
#ifndef NEVERMISS_PUSH_H
#define NEVERMISS_PUSH_H

#include "nevermiss/carrier.h"
#include "nevermiss/check.h"
#include "nevermiss/store.h"
#include "nevermiss/transport.h"

/* How one line stands. */
/* A push is exact until its horizon; from so long before on, pushing extends it though nothing else differs. */
#define NM_HORIZON_LOW (60 * (nm_time)NM_DAY)

/* RENAMED: it decides as the plan does, under a name that the line had before. */
enum nm_sync { NM_SYNC_SAME, NM_SYNC_RENAMED, NM_SYNC_DRIFT, NM_SYNC_NOTHING, NM_SYNC_FOREIGN, NM_SYNC_UNKNOWN };

/* Something that a person did for a push, and when (as the transport told it). */
struct nm_done {
	const char *what, *when;
};

/* What the log shows of a forward that was set by hand: nothing; a call came to where it leads, as it would have,
 * and its record does not say from where; its record says that it was forwarded from the line's number. */
enum nm_proof_kind { NM_PROOF_NONE, NM_PROOF_LIKELY, NM_PROOF_SAID };

struct nm_proof {
	enum nm_proof_kind kind;
	nm_time at;       /* of the newest such call */
	int64_t call;     /* its number in the log */
	const char *line; /* the plan's, to which it came */
};

struct nm_line_status {
	int line;
	const struct nm_carrier *carrier; /* NULL: no driver of that name in this build */
	enum nm_sync sync;
	nm_time read_at;             /* when what is live was read, or was tried to be; 0: never */
	const char *words;           /* why unknown or foreign; the first difference */
	const char *note;            /* what else the carrier holds (NM_NOTE_PART); NULL */
	const char *refusal;         /* why this carrier cannot be given the plan's route; NULL when it can */
	struct nm_route *plan_route; /* owned */
	struct nm_route *live_route; /* owned; NULL when there is none */
	struct nm_route *held_route; /* owned; what the carrier can hold of it; NULL: all */
	struct nm_artefact wanted, live;
	/* Of a carrier that cannot be read: what was last pushed, and when; 0: never, or that came to no end. */
	nm_time assumed_at;
	struct nm_artefact assumed;
	bool as_assumed; /* and that is what the plan wants now */
	struct nm_proof proof; /* when as_assumed and done by hand: what real calls have shown since */
	size_t n_done;   /* what of the newest push was done by hand */
	const struct nm_done *done;
	struct nm_losses losses;
	struct nm_differences differences; /* a is the plan (what its carrier can hold of it), b is live */
	struct nm_push_brief pushed;       /* the newest push that is done; pushed.id 0: there is none */
	bool to_push;                      /* a push would do something */
};

/* What callers get now: what was read, or of a line that nobody can read what was last done, when that is what the
 * plan wants; NULL: not known.  as_assumed tells the one from the other. */
const struct nm_route *nm_line_status_live(const struct nm_line_status *line);

struct nm_status {
	struct nm_arena *arena;
	size_t n;
	struct nm_line_status *lines; /* the plan's lines, or the one asked for */
	size_t cut_off;               /* pushes of any line that did not end: the next push settles them */
	bool stopped;                 /* by progress or idle: lines may be unknown that could have been read */
};

/* Where a line is while lines are read or pushed. */
enum nm_line_stage {
	NM_LINE_WAITS,        /* for its turn */
	NM_LINE_READING,
	NM_LINE_READ,
	NM_LINE_SENDING,
	NM_LINE_SENT,
	NM_LINE_NOT_TAKEN,    /* the carrier said no, or nothing: what is in force now is read back */
	NM_LINE_READING_BACK,
	NM_LINE_READ_BACK,
	NM_LINE_DONE,         /* likewise where there was nothing to do */
	NM_LINE_NOT_DONE,     /* nothing of it is in force: it was stopped, taken back, or waits for somebody */
	NM_LINE_FAILED
};

struct nm_push_context {
	const struct nm_plan *plan;
	struct nm_store *store;
	struct nm_transport transport;
	nm_time now, horizon; /* default two years */
	nm_time as_of; /* what is in force at this instant is what is wanted: ahead of a change; 0: now */
	const char *who;      /* "pat over ssh" */
	uint64_t plan_mark;   /* tells this text of the plan from others; kept with what is read back */
	bool unsaved;         /* the plan is of a text that is no file: what is compared with it is not kept */
	/* Called whenever a line is done with (may be NULL), what: "reading", "pushing", "reading back".  Returning
	 * false stops the work, leaving a clean state: nothing else is begun, what is under way comes to its end. */
	bool (*progress)(void *context, const char *line, const char *what, size_t done, size_t all);
	/* Called at least every 50 ms while carriers are waited for (may be NULL); false: as for progress. */
	bool (*idle)(void *context);
	void *progress_context; /* of both */
	/* Called whenever a line, by its index in the plan, comes to a stage (may be NULL). */
	void (*stage)(void *context, int line, enum nm_line_stage stage);
	void *stage_context;
	/* The time as it has become, for what lasts.  NULL: it is `now` throughout. */
	nm_time (*clock)(void *context);
	void *clock_context;
};

/* line -1: all. Reads live over the transport, lifts it, compares; stores the readings unless the store is read-only or
 * the plan unsaved. */
enum nm_code nm_status_read(const struct nm_push_context *context, int line, struct nm_status *out,
			    struct nm_error *err) NM_WARN_UNUSED;
void nm_status_clear(struct nm_status *status);

/* What is kept of how a line stands: of no plan, place and artefact yet.  Its words are the line's. */
struct nm_reading nm_line_status_reading(const struct nm_line_status *line);
/* At which carrier's account, for which number a line is: readings of one place say nothing of another.  Never 0. */
uint64_t nm_line_place(const struct nm_plan *plan, int line);
/* Keeps how the lines stand, as compared with the context's plan, and what is live on them; nothing where the store is NULL
 * or read-only. */
enum nm_code nm_status_keep(const struct nm_push_context *context, const struct nm_status *status,
			    struct nm_error *err) NM_WARN_UNUSED;
/* All lines by what was read of them last, with whatever plan that was compared then, and not by a look at the carriers:
 * read_at of each says when.  Lines that were not read at their place are unknown.  Needs the store; writes nothing. */
enum nm_code nm_status_kept(const struct nm_push_context *context, struct nm_status *out,
			    struct nm_error *err) NM_WARN_UNUSED;

/* The same for whoever has a loop of its own and cannot wait: begun, moved until there is no more, ended.  Plan and
 * store stay, and the transport is for nobody else, from begin to end. */
struct nm_status_reading;
enum nm_code nm_status_begin(const struct nm_push_context *context, int line, struct nm_status_reading **out,
			     struct nm_error *err) NM_WARN_UNUSED;
/* Waits for carriers for wait_ms at most. */
enum nm_code nm_status_move(struct nm_status_reading *reading, int wait_ms, bool *more,
			    struct nm_error *err) NM_WARN_UNUSED;
/* Is it still to be read? */
bool nm_status_waits(const struct nm_status_reading *reading, int line);
/* At any time: lines that were not read by then are unknown.  The reading is gone, whatever comes of it. */
enum nm_code nm_status_end(struct nm_status_reading *reading, struct nm_status *out, struct nm_error *err) NM_WARN_UNUSED;
/* Takes NULL. */
void nm_status_abandon(struct nm_status_reading *reading);

struct nm_push_options {
	int line;              /* -1: all */
	const char *plan_text; /* kept as a version */
	size_t plan_len;
	const char *force; /* reason for pushing what is refused (nm_push_check), recorded if it is; NULL */
	bool even_if_same;
	/* Of each line of the plan: nobody is there to do by hand what it needs.  It is left as it is, and nothing of it
	 * recorded.  NULL: of no line. */
	const bool *nobody;
	/* Each line whose carrier keeps no hours has a push of its own, which settles what was left unfinished of it: one line
	 * does not wait for another's carrier. */
	bool in_turn;
};

/* Does the plan keep its guarantees, and has it no number to which calls may not go (forbidden-number)?
 * NM_REFUSED names the one for which a push is refused. */
enum nm_code nm_push_check(const struct nm_push_context *context, struct nm_error *err) NM_WARN_UNUSED;

struct nm_push_result {
	int line;
	int64_t id; /* 0: nothing was recorded */
	enum nm_push_state state;
	bool waits;        /* for somebody to do it by hand: UNDONE, but no failure */
	const char *words; /* "pushed, read back, same"; the carrier's own words; what is in force now */
};

struct nm_push_results {
	struct nm_arena *arena;
	size_t n;
	struct nm_push_result *items;
};

/* The reason is all that the record has of a push that was to be refused: NM_INPUT unless it is one line of words.
 * NULL (none is given) is good. */
enum nm_code nm_push_reason_check(const char *reason, struct nm_error *err) NM_WARN_UNUSED;

/* Refuses (NM_REFUSED) what nm_push_check does when force is NULL, and while another process pushes.
 * First finishes or
 * undoes pushes that were cut off.  One line's failure does not stop the others; NM_CARRIER when any failed
 * (*out is filled then too). */
enum nm_code nm_push(const struct nm_push_context *context, const struct nm_push_options *options,
		     struct nm_push_results *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_push_results_clear(struct nm_push_results *results);
/* What going back behind push `id` of a line (0: the newest that was not undone) would do. */
struct nm_rollback_view {
	struct nm_arena *arena;
	int line;
	int64_t id;
	struct nm_artefact back;           /* owned: what is put back */
	bool empties;                      /* nothing was there before: the line will have nothing */
	const char *refusal;               /* why it needs a reason; NULL: it does not */
	int64_t source;                    /* the push that made it live before, of whose plan it is; 0: nobody knows of one */
	const char *unproved;              /* why it is not known what check finds in it; NULL: it is, or it is empty */
	struct nm_findings found;          /* owned: in that plan, from now on; not all need be of this line */
	const char *unknown;               /* why there are no differences to tell; NULL: there are, or nothing can be read */
	struct nm_differences differences; /* a is what is put back, b is live; as far as both are understood */
};
enum nm_code nm_rollback_look(const struct nm_push_context *context, int line, int64_t id,
			      struct nm_rollback_view *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_rollback_view_clear(struct nm_rollback_view *view);

/* Puts the artefact back that was live before push `id` (0: the newest of the line that was not undone).  What
 * sends calls to a number to which by this plan they may not go, what was not proved to keep its guarantees, and an
 * empty line where it has some, is NM_REFUSED without a reason (`force`).  It is recorded as a push of its own, so
 * that rolling back twice is where it began. */
enum nm_code nm_rollback(const struct nm_push_context *context, int line, int64_t id, const char *force,
			 struct nm_push_results *out, struct nm_error *err) NM_WARN_UNUSED;

#endif
