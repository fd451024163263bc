/* SPDX-License-Identifier: MIT */
/*
 * The store: kept versions of the plan, pushes, the journal of a push under way, and the sandbox
 * carrier's live state.  SQLite (WAL, foreign keys, STRICT tables, schema version with migrations).
 */
#ifndef NEVERMISS_STORE_H
#define NEVERMISS_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "nevermiss/clock.h"
#include "nevermiss/error.h"
#include "nevermiss/mem.h"
#include "nevermiss/number.h"

struct nm_store;

/* Opens (and makes, unless read_only) the store `file`.  A newer schema than ours is NM_REFUSED.
 * read_only writes nothing, and leaves nothing beside the store but what others use; a store that is not there is then an
 * empty one. */
enum nm_code nm_store_open(const char *file, bool read_only, struct nm_store **out,
			   struct nm_error *err) NM_WARN_UNUSED;
void nm_store_close(struct nm_store *store);
/* Gives back the memory of pages that are kept for the next read, which then takes them from the system. */
void nm_store_rest(struct nm_store *store);
bool nm_store_read_only(const struct nm_store *store);
/* A number that is another one once something was written, by whomever: what was read before may be old then. */
uint64_t nm_store_changes(struct nm_store *store);
/* Were what it keeps added up of its calls damaged, and made anew from them, since this was last asked? */
bool nm_store_mended(struct nm_store *store);
/* Several reads that see one state of the store, whatever others write in between; nothing is written between the
 * two.  Nests in itself and in nm_store_begin. */
enum nm_code nm_store_read_begin(struct nm_store *store, struct nm_error *err) NM_WARN_UNUSED;
void nm_store_read_end(struct nm_store *store);
/* Several writes as one durable step; they nest. */
enum nm_code nm_store_begin(struct nm_store *store, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_store_commit(struct nm_store *store, struct nm_error *err) NM_WARN_UNUSED;
void nm_store_abandon(struct nm_store *store); /* takes back what was not committed */
/* While the store is at work for long, `asked` hears now and then how far it is, in pieces of what is done; false ends it with
 * NM_REFUSED, and what it does as one step is then as it was.  Only for what may end so: nothing whose writing tells of
 * something that has happened.  NULL: nobody is asked. */
void nm_store_ask(struct nm_store *store, bool (*asked)(void *context, size_t done, size_t all), void *context);
/* It was ended so, since nm_store_ask. */
bool nm_store_stopped(const struct nm_store *store);
/* One process at a time pushes or sends texts: NM_REFUSED while another one holds the lock.  Given back by nm_store_unlock,
 * by closing the store, and by the end of the process, however it ends. */
enum nm_code nm_store_lock(struct nm_store *store, struct nm_error *err) NM_WARN_UNUSED;
void nm_store_unlock(struct nm_store *store);
/* Likewise one agent runs at a time; it takes the other lock, too, whenever it pushes or sends. */
enum nm_code nm_store_agent_lock(struct nm_store *store, struct nm_error *err) NM_WARN_UNUSED;
void nm_store_agent_unlock(struct nm_store *store);
/* Is it certain that no process of this machine holds that one?  Takes nothing, so nobody is refused meanwhile. */
bool nm_store_agent_gone(const struct nm_store *store);
enum nm_code nm_store_check(struct nm_store *store,
			    struct nm_error *err) NM_WARN_UNUSED; /* integrity_check */
enum nm_code nm_store_backup(struct nm_store *store, const char *file, struct nm_error *err) NM_WARN_UNUSED;
/* Path of the store of a plan: DIR/NAME-HASH.db, NAME the plan file's name, HASH of its real path. */
enum nm_code nm_store_path(const char *dir, const char *plan_file, struct nm_buf *out,
			   struct nm_error *err) NM_WARN_UNUSED;

/* --- versions of the plan --- */
struct nm_version {
	int64_t id;
	nm_time at;
	const char *who, *why; /* "saved", "pushed" */
};
struct nm_versions {
	struct nm_arena *arena;
	size_t n;
	struct nm_version *items; /* newest first */
};
/* The files that the plan is read with (nm_plan.files): each version is kept with those given last, so that it
 * stands on its own.  Borrowed until others are given. */
struct nm_plan_file;
void nm_store_files(struct nm_store *store, const struct nm_plan_file *files);
/* Keeps a text (once: the text and files of the newest version are not kept again); *id is its version. */
enum nm_code nm_store_keep(struct nm_store *store, nm_time at, const char *who, const char *why,
			   const char *text, size_t len, int64_t *id, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_store_versions(struct nm_store *store, size_t most, struct nm_versions *out,
			       struct nm_error *err) NM_WARN_UNUSED;
void nm_versions_clear(struct nm_versions *versions);
/* The text of a version; malloc'd.  NM_INPUT when there is none of that id. */
enum nm_code nm_store_version_text(struct nm_store *store, int64_t id, char **text, size_t *len,
				   struct nm_error *err) NM_WARN_UNUSED;

/* The files that a version was kept with, for nm_plan_read_kept; from the arena. */
enum nm_code nm_store_version_files(struct nm_store *store, int64_t id, struct nm_arena *arena,
				    struct nm_plan_file **out, struct nm_error *err) NM_WARN_UNUSED;

/* --- pushes, done and under way ---
 *
 * A line is its number here, whatever it is called, then or now: `line` of all that follows.  0 is nobody's. */
enum nm_push_state {
	NM_PUSH_INTENT,
	NM_PUSH_APPLYING,
	NM_PUSH_VERIFYING,
	NM_PUSH_DONE,
	NM_PUSH_FAILED, /* something of it may be in force */
	NM_PUSH_UNDONE  /* nothing of it is: what was there before still is */
};

struct nm_push_record {
	int64_t id, version; /* version of the plan it came from, also where a rollback put it back; 0: not known */
	nm_time at, ended;   /* ended 0 while under way */
	nm_number number;
	const char *line; /* what it was called then */
	const char *driver, *who;
	const char *forced; /* the reason given with --force; NULL */
	enum nm_push_state state;
	const char *result;          /* "pushed, read back, same"; the carrier's words */
	/* Artefacts as text (nm_artefact_write).  before: what was live, or where nothing can be read assumed, when
	 * this push or rollback was begun, however it or an earlier one ended; NULL when that is not known. */
	const char *wanted, *before;
	const char *ids;             /* the exchange's ids, for going on */
	nm_time horizon;             /* until when what was pushed is exact */
};
struct nm_push_records {
	struct nm_arena *arena;
	size_t n;
	struct nm_push_record *items; /* newest first */
};
/* A line on which something of ours was made live and nothing after it took that off. */
struct nm_pushed_line {
	nm_number number;          /* 0: of an older store, which did not say */
	const char *line, *driver; /* as its newest push has them */
	nm_time at;                /* of that */
};
struct nm_plan;
/* Stores of older programs had the names of lines alone: what they have is of the plan's line of that name.  To be called
 * when the store is opened for a plan; writes nothing where there is nothing of the kind. */
enum nm_code nm_store_know_lines(struct nm_store *store, const struct nm_plan *plan, struct nm_error *err) NM_WARN_UNUSED;
/* The line that was last pushed under this name; 0: none was. */
enum nm_code nm_store_push_called(struct nm_store *store, const char *name, nm_number *line,
				  struct nm_error *err) NM_WARN_UNUSED;
/* All of them, by name, whether a plan has them or not; array and texts from the arena. */
enum nm_code nm_store_pushed_lines(struct nm_store *store, struct nm_arena *arena, struct nm_pushed_line **out,
				   size_t *n, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_store_push_begin(struct nm_store *store, const struct nm_push_record *record, int64_t *id,
				 struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_store_push_update(struct nm_store *store, int64_t id, enum nm_push_state state, nm_time at,
				  const char *result, const char *ids, struct nm_error *err) NM_WARN_UNUSED;
/* One push, texts from the arena; NM_INPUT when there is none of that id. */
enum nm_code nm_store_push_get(struct nm_store *store, int64_t id, struct nm_arena *arena,
			       struct nm_push_record *out, struct nm_error *err) NM_WARN_UNUSED;
/* The newest push of a line that was not undone; 0: there is none. */
enum nm_code nm_store_push_newest(struct nm_store *store, nm_number line, int64_t *id,
				  struct nm_error *err) NM_WARN_UNUSED;
/* The newest push of a line that was begun by then, however it ended; texts from the arena. */
enum nm_code nm_store_push_before(struct nm_store *store, nm_number line, nm_time t, struct nm_arena *arena,
				  struct nm_push_record *out, bool *found, struct nm_error *err) NM_WARN_UNUSED;
/* The first of a line that was begun after that, likewise. */
enum nm_code nm_store_push_after(struct nm_store *store, nm_number line, nm_time t, struct nm_arena *arena,
				 struct nm_push_record *out, bool *found, struct nm_error *err) NM_WARN_UNUSED;
/* The newest push of a line that is done; before > 0: of those ahead of that id; wanted: of those that made
 * this artefact (as text) live. */
struct nm_push_brief {
	int64_t id; /* 0: there is none */
	int64_t version; /* as in nm_push_record */
	nm_time at, horizon;
	bool forced;
	bool removed; /* it took away what was there */
};
enum nm_code nm_store_push_done(struct nm_store *store, nm_number line, int64_t before, const char *wanted,
				struct nm_push_brief *out, struct nm_error *err) NM_WARN_UNUSED;
/* line 0: all lines.  unfinished: only those not DONE, FAILED or UNDONE. */
enum nm_code nm_store_pushes(struct nm_store *store, nm_number line, bool unfinished, size_t most,
			     struct nm_push_records *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_push_records_clear(struct nm_push_records *records);

/* --- what was last read back of a line --- */
struct nm_reading {
	nm_time at;
	bool known; /* false: could not be read */
	bool in_sync; /* when not known: assumed to be */
	uint64_t plan_mark; /* of the plan it was compared with: nm_push_context */
	const char *words; /* the first difference, or why it is not known */
	const char *live;  /* artefact text; NULL */
	uint64_t place;    /* nm_line_place (push.h); 0: of an older store, which did not say */
};
enum nm_code nm_store_reading_put(struct nm_store *store, nm_number line, const struct nm_reading *reading,
				  struct nm_error *err) NM_WARN_UNUSED;
/* *found is false when the line was never read; texts from the arena. */
enum nm_code nm_store_reading_get(struct nm_store *store, nm_number line, struct nm_arena *arena,
				  struct nm_reading *out, bool *found, struct nm_error *err) NM_WARN_UNUSED;

/* --- calendars of the network, as they were last fetched --- */
struct nm_calendar_copy {
	const char *source; /* nm_calendar.path: whose copy it is */
	const char *name;
	nm_time tried;               /* when somebody last tried to fetch it */
	nm_time fetched;             /* when its server last confirmed the copy; NM_TIME_MIN: there is none */
	const char *etag, *modified; /* as HTTP gave them; NULL */
	const char *trouble;         /* why the last try failed; NULL: it did not */
	const char *bytes;           /* nm_store_calendar_put alone: NULL leaves the copy and its etag as they are */
	size_t len;
};
/* Writes down a try.  Copies of the calendar of that name with another source go. */
enum nm_code nm_store_calendar_put(struct nm_store *store, const struct nm_calendar_copy *copy,
				   struct nm_error *err) NM_WARN_UNUSED;
/* All but the bytes, texts from the arena. */
enum nm_code nm_store_calendar_get(struct nm_store *store, const char *source, struct nm_arena *arena,
				   struct nm_calendar_copy *out, bool *found, struct nm_error *err) NM_WARN_UNUSED;
/* All copies, under their sources, for nm_plan_read_kept; from the arena. */
enum nm_code nm_store_calendar_files(struct nm_store *store, struct nm_arena *arena, struct nm_plan_file **out,
				     struct nm_error *err) NM_WARN_UNUSED;
/* Another number when one of the copies is another one. */
enum nm_code nm_store_calendar_mark(struct nm_store *store, uint64_t *mark, struct nm_error *err) NM_WARN_UNUSED;

/* --- test calls that were played --- */
/* after_hours: one of them came outside all hours that rules name. */
enum nm_code nm_store_tests_add(struct nm_store *store, nm_time at, bool after_hours,
				struct nm_error *err) NM_WARN_UNUSED;
/* When the newest were played; NM_TIME_MIN: never. */
enum nm_code nm_store_tests_last(struct nm_store *store, nm_time *last, nm_time *after_hours,
				 struct nm_error *err) NM_WARN_UNUSED;

/* --- texts to be sent, and sent --- */
enum nm_outbox_state {
	NM_OUTBOX_WAITING, /* its carrier was never asked for it */
	NM_OUTBOX_SENDING, /* it may have been: who goes on with it looks first */
	NM_OUTBOX_SENT,
	NM_OUTBOX_FAILED,
	NM_OUTBOX_UNSURE, /* whether it was sent cannot be found out: it is not sent again by itself */
	NM_OUTBOX_REFUSED /* the one who was to get it wants no texts */
};
const char *nm_outbox_state_name(enum nm_outbox_state state); /* "waiting", ... */

struct nm_outbox_text {
	int64_t id;
	nm_time at, updated;
	const char *line, *account, *driver; /* by name, as they were */
	const char *from, *to;               /* "+15125550100" */
	const char *body;
	const char *why; /* "test" */
	enum nm_outbox_state state;
	const char *carrier_id; /* NULL */
	const char *words;      /* what its carrier says of it; NULL */
};
struct nm_outbox {
	struct nm_arena *arena;
	size_t n;
	struct nm_outbox_text *items;
};
/* The text's id, `updated`, carrier_id and words are not read. */
enum nm_code nm_store_outbox_add(struct nm_store *store, const struct nm_outbox_text *text, int64_t *id,
				 struct nm_error *err) NM_WARN_UNUSED;
/* Of the text with that id: state, `updated`, carrier_id and words; NULL leaves what is there. */
enum nm_code nm_store_outbox_update(struct nm_store *store, const struct nm_outbox_text *text,
				    struct nm_error *err) NM_WARN_UNUSED;
/* The newest first; open: only those waiting or sending, the oldest first. */
enum nm_code nm_store_outbox(struct nm_store *store, bool open, size_t most, struct nm_outbox *out,
			     struct nm_error *err) NM_WARN_UNUSED;
/* Texts, to customers or one's own people, that were asked for within NM_OUTBOX_UNSETTLED_S, that a carrier took and of which it is
 * not known that they arrived: those that are twice as old now as when `updated` says that they were asked about last, and
 * a minute older at least; those that wait longest first. */
#define NM_OUTBOX_UNSETTLED_S NM_DAY
enum nm_code nm_store_outbox_unsettled(struct nm_store *store, nm_time now, size_t most, struct nm_outbox *out,
				       struct nm_error *err) NM_WARN_UNUSED;
void nm_outbox_clear(struct nm_outbox *outbox);
/* The carrier's ids of other texts to the same number through the same driver, the newest NM_OUTBOX_KNOWN;
 * array and texts from the arena. */
#define NM_OUTBOX_KNOWN 1000
enum nm_code nm_store_outbox_known(struct nm_store *store, const struct nm_outbox_text *text,
				   struct nm_arena *arena, const char ***out, size_t *n,
				   struct nm_error *err) NM_WARN_UNUSED;
/* Texts to that number ("+15125550111"): when the newest was asked for that was sent, or may have been or be yet
 * (NM_TIME_MIN: none was). */
enum nm_code nm_store_outbox_to(struct nm_store *store, const char *to, nm_time *newest,
				struct nm_error *err) NM_WARN_UNUSED;

/* What became of the texts that were written down for one reason, which is none of those to customers
 * (text_back.h). */
struct nm_outbox_past {
	bool told;    /* one of them was sent, or may have been or be yet */
	int failed;   /* so many failed, or were refused */
	nm_time last; /* when the newest of these did; without one 0 */
};
enum nm_code nm_store_outbox_why(struct nm_store *store, const char *why, struct nm_outbox_past *out,
				 struct nm_error *err) NM_WARN_UNUSED;

/* Which texts are counted, for a cap that holds whichever process sends. */
struct nm_outbox_count {
	const char *prefix; /* of why they stand in the outbox */
	const char *to;     /* "+15125550111"; NULL: anybody */
	nm_time since;      /* asked for after that */
	bool failed;        /* those too that failed or were refused */
};
enum nm_code nm_store_outbox_count(struct nm_store *store, const struct nm_outbox_count *which, size_t *out,
				   struct nm_error *err) NM_WARN_UNUSED;

/* The newest text that was asked for after `since` and was sent, or may have been or be yet, for a reason that is the
 * prefix and a number, whatever follows: when it was asked for, and that number; both 0: there is none. */
enum nm_code nm_store_outbox_numbered(struct nm_store *store, const char *prefix, nm_time since, nm_time *at,
				      int64_t *number, struct nm_error *err) NM_WARN_UNUSED;

/* --- the sandbox carrier, which knows a line by its number: "+15125550100" --- */
/* NULL text: nothing is there.  fault: what the next requests meet (transport_sandbox.c), "" nothing. */
enum nm_code nm_store_sandbox_get(struct nm_store *store, const char *number, char **text,
				  struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_store_sandbox_put(struct nm_store *store, const char *number, const char *text,
				  struct nm_error *err) NM_WARN_UNUSED;
/* The fault in force, malloc'd; NULL when none was ever set. */
enum nm_code nm_store_sandbox_fault(struct nm_store *store, const char *number, char **fault,
				    struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_store_sandbox_fail(struct nm_store *store, const char *number, const char *fault,
				   struct nm_error *err) NM_WARN_UNUSED;
/* Texts that it has taken from one, the newest first; array and texts from the arena. */
struct nm_sandbox_text {
	int64_t id;
	const char *to, *body;
};
enum nm_code nm_store_sandbox_text_add(struct nm_store *store, const char *number, const char *to,
				       const char *body, int64_t *id, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_store_sandbox_texts(struct nm_store *store, const char *number, size_t most,
				    struct nm_arena *arena, struct nm_sandbox_text **out, size_t *n,
				    struct nm_error *err) NM_WARN_UNUSED;
/* Texts that came to one there, likewise. */
struct nm_sandbox_inbound {
	int64_t id;
	const char *from, *body;
	nm_time at;
};
enum nm_code nm_store_sandbox_inbound_add(struct nm_store *store, const char *number,
					  const struct nm_sandbox_inbound *text,
					  struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_store_sandbox_inbound(struct nm_store *store, const char *number, size_t most,
				      struct nm_arena *arena, struct nm_sandbox_inbound **out, size_t *n,
				      struct nm_error *err) NM_WARN_UNUSED;

#endif
