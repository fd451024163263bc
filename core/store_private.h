/* SPDX-License-Identifier: MIT */
/*
 * The store's inside, for core/store*.c only: these files alone know that it is SQLite.
 *
 * Every statement is prepared once and kept under its number; a table of a new noun gets its own
 * store_<noun>.c, its statements here, and its tables as a new step in store_schema.c.
 */
#ifndef CORE_STORE_PRIVATE_H
#define CORE_STORE_PRIVATE_H

#include <sqlite3.h>

#include "core/packed_sums.h"
#include "core/hmac.h"
#include "nevermiss/store.h"

enum nm_store_statement {
	NM_SQL_BEGIN,
	NM_SQL_BEGIN_READ,
	NM_SQL_COMMIT,
	NM_SQL_ROLLBACK,
	NM_SQL_DATA_VERSION,
	NM_SQL_VERSION_NEWEST,
	NM_SQL_VERSION_ADD,
	NM_SQL_VERSIONS,
	NM_SQL_VERSION_TEXT,
	NM_SQL_FILE_FIND,
	NM_SQL_FILE_ADD,
	NM_SQL_VERSION_FILE_ADD,
	NM_SQL_VERSION_FILES,
	NM_SQL_PUSH_ADD,
	NM_SQL_PUSH_UPDATE,
	NM_SQL_PUSHES,
	NM_SQL_PUSHES_OF,
	NM_SQL_PUSHES_UNFINISHED,
	NM_SQL_PUSH_GET,
	NM_SQL_PUSH_NEWEST,
	NM_SQL_PUSH_BEFORE,
	NM_SQL_PUSH_AFTER,
	NM_SQL_PUSH_DONE,
	NM_SQL_PUSHED_LINES,
	NM_SQL_PUSH_CALLED,
	NM_SQL_PUSH_UNKNOWN,
	NM_SQL_PUSH_KNOW,
	NM_SQL_SANDBOX_KNOW,
	NM_SQL_SANDBOX_TEXT_KNOW,
	NM_SQL_SANDBOX_INBOUND_KNOW,
	NM_SQL_READING_PUT,
	NM_SQL_READING_GET,
	NM_SQL_SANDBOX_GET,
	NM_SQL_SANDBOX_PUT,
	NM_SQL_SANDBOX_FAULT,
	NM_SQL_SANDBOX_FAIL,
	NM_SQL_TESTS_ADD,
	NM_SQL_TESTS_LAST,
	NM_SQL_CALL_FIND,
	NM_SQL_CALL_SAME,
	NM_SQL_CALL_APART,
	NM_SQL_CALL_ADD,
	NM_SQL_CALL_MEND,
	NM_SQL_CALL_GET,
	NM_SQL_CALL_BRIEF,
	NM_SQL_CALLS,
	NM_SQL_CALLS_OF,
	NM_SQL_CALLS_BY,
	NM_SQL_CALLS_EACH,
	NM_SQL_ENTRIES_EACH,
	NM_SQL_PLAYED_EACH,
	NM_SQL_PLAYED_LEGS,
	NM_SQL_CALLS_READ_GET,
	NM_SQL_CALLS_READ_PUT,
	NM_SQL_CALLER_BEFORE,
	NM_SQL_CALLER_AFTER,
	NM_SQL_CALL_LAST,
	NM_SQL_CALLS_BETWEEN,
	NM_SQL_CALLS_ALONG,
	NM_SQL_MATTERS_EACH,
	NM_SQL_MISSED_EACH,
	NM_SQL_SUMS_GET,
	NM_SQL_SUMS_ADD,
	NM_SQL_SUMS_MEND,
	NM_SQL_SUMS_DROP,
	NM_SQL_SUMS,
	NM_SQL_SUMS_CLEAR,
	NM_SQL_SUMS_CALLS,
	NM_SQL_SUMS_FOLLOWUPS,
	NM_SQL_LEG_ADD,
	NM_SQL_LEGS,
	NM_SQL_LEGS_DROP,
	NM_SQL_OUTBOX_ADD,
	NM_SQL_OUTBOX_UPDATE,
	NM_SQL_OUTBOX,
	NM_SQL_OUTBOX_OPEN,
	NM_SQL_OUTBOX_UNSETTLED,
	NM_SQL_OUTBOX_KNOWN,
	NM_SQL_OUTBOX_TO,
	NM_SQL_OUTBOX_REFUSED,
	NM_SQL_TEXT_PAST,
	NM_SQL_TEXTS_RECENT,
	NM_SQL_NUMBER_KEY_GET,
	NM_SQL_NUMBER_KEY_PUT,
	NM_SQL_OPTOUT_ADD,
	NM_SQL_OPTOUT_FIND,
	NM_SQL_SANDBOX_TEXT_ADD,
	NM_SQL_SANDBOX_TEXTS,
	NM_SQL_SANDBOX_INBOUND_ADD,
	NM_SQL_SANDBOX_INBOUND,
	NM_SQL_INBOUND_ADD,
	NM_SQL_INBOUND,
	NM_SQL_EXPIRE_INBOUND,
	NM_SQL_INBOUND_READ_GET,
	NM_SQL_INBOUND_READ_PUT,
	NM_SQL_INBOUND_FLOOD_PUT,
	NM_SQL_INBOUND_FLOODS,
	NM_SQL_FOLLOWUPS,
	NM_SQL_FOLLOWUPS_OPEN,
	NM_SQL_FOLLOWUPS_EACH,
	NM_SQL_LEADS_EACH,
	NM_SQL_FOLLOWUP_GET,
	NM_SQL_FOLLOWUP_OPEN,
	NM_SQL_FOLLOWUP_CALLS,
	NM_SQL_LEAD_ADD,
	NM_SQL_LEAD_FIND,
	NM_SQL_LEAD_CALLS,
	NM_SQL_FOLLOWUP_SEEN,
	NM_SQL_FOLLOWUP_FOLD,
	NM_SQL_FOLLOWUP_DROP,
	NM_SQL_DEED_ADD,
	NM_SQL_DEEDS,
	NM_SQL_DEED_NEWEST,
	NM_SQL_DEED_UNDO,
	NM_SQL_DEED_UNTEXT,
	NM_SQL_DEEDS_OF_LOG_DROP,
	NM_SQL_MADE_FOR,
	NM_SQL_MATTER_ANY,
	NM_SQL_MATTER_LEFT,
	NM_SQL_MATTER_FROM,
	NM_SQL_MATTER_UNTIL,
	NM_SQL_MATTER_ANSWERED,
	NM_SQL_MATTER_FOLLOWUPS,
	NM_SQL_MATTER_ENDS,
	NM_SQL_MATTER_ENDS_FROM,
	NM_SQL_MATTER_CALLS,
	NM_SQL_CALENDAR_PUT,
	NM_SQL_CALENDAR_DROP,
	NM_SQL_CALENDAR_GET,
	NM_SQL_CALENDAR_FILES,
	NM_SQL_CALENDAR_MARKS,
	NM_SQL_EVENT_KEY,
	NM_SQL_EVENT_ADD,
	NM_SQL_EVENT_TAKE,
	NM_SQL_EVENT_UPDATE,
	NM_SQL_EVENT_RETRY,
	NM_SQL_EVENT_COUNTS,
	NM_SQL_EVENTS_REFUSED,
	NM_SQL_EVENTS,
	NM_SQL_EVENTS_OPEN,
	NM_SQL_EVENTS_DUE,
	NM_SQL_REPORTING,
	NM_SQL_REPORTING_PUT,
	NM_SQL_FOLLOWUPS_ENDED,
	NM_SQL_TRACES,
	NM_SQL_TRACES_CALLS,
	NM_SQL_TRACES_FOLLOWUPS,
	NM_SQL_TRACES_TEXTS,
	NM_SQL_TRACES_EVENTS,
	NM_SQL_TRACES_VERSIONS,
	NM_SQL_TRACES_ALERTS,
	NM_SQL_FORGOTTEN_PUT,
	NM_SQL_FORGOTTEN_GET,
	NM_SQL_FORGET_DEEDS,
	NM_SQL_FORGET_FOLLOWUPS,
	NM_SQL_FORGET_LEGS,
	NM_SQL_FORGET_CALLS,
	NM_SQL_FORGET_RUNG,
	NM_SQL_FORGET_TEXTS,
	NM_SQL_FORGET_SANDBOX,
	NM_SQL_SANDBOX_TEXTS_DROP,
	NM_SQL_FORGET_INBOUND,
	NM_SQL_FORGET_SANDBOX_INBOUND,
	NM_SQL_FORGET_EVENTS,
	NM_SQL_EXPIRE_DEEDS,
	NM_SQL_EXPIRE_FOLLOWUPS,
	NM_SQL_EXPIRE_OPENERS,
	NM_SQL_EXPIRE_LEGS,
	NM_SQL_EXPIRE_CALLS,
	NM_SQL_CALL_DROP,
	NM_SQL_EXPIRE_TEXTS,
	NM_SQL_EXPIRE_SANDBOX_INBOUND,
	NM_SQL_EXPIRE_EVENTS,
	NM_SQL_AGENT_PUT,
	NM_SQL_AGENT_GET,
	NM_SQL_AGENT_TROUBLE_PUT,
	NM_SQL_AGENT_TROUBLE_DROP,
	NM_SQL_AGENT_TROUBLES,
	NM_SQL_SURVEYS_ENDED,
	NM_SQL_SURVEY_NEWEST,
	NM_SQL_SURVEY_OPEN,
	NM_SQL_SURVEY_ANSWERS,
	NM_SQL_MATTER_FIRST,
	NM_SQL_OUTBOX_WHY,
	NM_SQL_OUTBOX_COUNT,
	NM_SQL_OUTBOX_NUMBERED,
	NM_SQL_ALERT_ADD,
	NM_SQL_ALERT_END,
	NM_SQL_ALERT_GET,
	NM_SQL_ALERTS,
	NM_SQL_ALERTS_ENDED,
	NM_SQL_ALERT_REPLIES,
	NM_SQL_ALERTED_ADD,
	NM_SQL_ALERTED,
	NM_SQL_FORGET_NAMING,
	NM_SQL_FORGET_ALERTED,
	NM_SQL_FORGET_ALERTS,
	NM_SQL_EXPIRE_ALERTED,
	NM_SQL_EXPIRE_ALERTS,
	NM_SQL_FORMER_LEAD_ON,
	NM_SQL_FORMER_PUT,
	NM_SQL_FORMER_DROP,
	NM_SQL_FORMER,
	NM_SQL_COUNT
};
/* store_sql.c. */
extern const char *const nm_store_sql[NM_SQL_COUNT];

#define NM_GATHERED_TAKERS 64

/* What a transaction adds to the sums of one row. */
struct nm_gathered_cell {
	int weeks;   /* that the row is of; or NM_SUMS_DAY and others (sums.h) */
	int64_t nth; /* of these since 1970, by UTC */
	uint64_t number;
	struct nm_cell cell;
};

/* A place among calls in the order of their beginnings. */
struct nm_log_place {
	nm_time began;
	int64_t id;
};

/* store_gather.c: what a transaction adds to the sums and has not written yet. */
struct nm_gathered {
	size_t n, capacity;
	struct nm_gathered_cell *items; /* owned */
	size_t n_takers;
	const char *takers[NM_GATHERED_TAKERS]; /* every name of these cells; in `names` */
	struct nm_arena *names;                 /* owned; NULL without any */
	struct nm_bytes packed;                 /* the day that is written */
	bool last_known;      /* while anything is gathered: nobody else writes then */
	struct nm_log_place last; /* no call lies behind it */
	bool lost; /* a row was damaged: nothing is gathered, until all are made anew */
	bool anew; /* they were, in this transaction */
};

struct nm_store {
	sqlite3 *db;
	char *file; /* for messages */
	bool read_only;
	int lock;       /* descriptor of the lock that is held; -1 */
	int agent_lock; /* likewise */
	int depth; /* of nested begins */
	const struct nm_plan_file *files; /* what versions are kept with; borrowed */
	struct nm_gathered gathered;
	bool damaged; /* some of the sums are, of those that were read */
	bool mended;  /* the sums are, since nm_store_mended was last asked */
	bool watched; /* follow-ups are: nm_store_followups_watch */
	bool wide;    /* more pages are kept while a transaction writes many calls */
	struct {
		bool (*go_on)(void *context, size_t done, size_t all); /* NULL: nobody is asked */
		void *context;
		size_t done, all;
		bool stopped;
	} asking; /* nm_store_ask */
	sqlite3_stmt *statements[NM_SQL_COUNT];
};

/* The statement, reset and without bindings; NULL (and err filled) when it cannot be prepared. */
sqlite3_stmt *nm_store_statement(struct nm_store *store, enum nm_store_statement which, struct nm_error *err);
/* For writes: runs a statement that gives no rows, and resets it. */
enum nm_code nm_store_run(struct nm_store *store, sqlite3_stmt *statement,
			  struct nm_error *err) NM_WARN_UNUSED;
/* What SQLite says went wrong, as an error of ours. */
enum nm_code nm_store_fail(struct nm_store *store, const char *doing, struct nm_error *err);
/* NM_REFUSED when the store is read-only. */
enum nm_code nm_store_writable(const struct nm_store *store, struct nm_error *err) NM_WARN_UNUSED;
/* How far long work is, for who is asked; NM_REFUSED when it is to end. */
enum nm_code nm_store_reached(struct nm_store *store, size_t done, size_t all, struct nm_error *err) NM_WARN_UNUSED;
/* store_schema.c: runs statements that need no values; `doing` is for the error. */
enum nm_code nm_store_execute(struct nm_store *store, const char *sql, const char *doing,
			      struct nm_error *err) NM_WARN_UNUSED;
/* Is what was opened a store of ours?  NM_REFUSED, or whether it is of an older program (an empty file is). */
enum nm_code nm_store_schema(struct nm_store *store, bool *old, struct nm_error *err) NM_WARN_UNUSED;
/* Brings it up to date, in one transaction. */
#define NM_STORE_APPLICATION 0x6e6d7374 /* "nmst" */
/* store_schema.c: the i-th makes a store of schema i + 1 of one of schema i; tests make older stores of them. */
extern const char *const nm_store_steps[];
enum nm_code nm_store_migrate(struct nm_store *store, struct nm_error *err) NM_WARN_UNUSED;
/* NULL text is NULL. */
void nm_store_bind(sqlite3_stmt *statement, int index, const char *text);
/* store_files.c: are these the files that a version was kept with?  Keeps them with it. */
enum nm_code nm_store_files_same(struct nm_store *store, int64_t version, bool *same,
				 struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_store_files_keep(struct nm_store *store, int64_t version, struct nm_error *err) NM_WARN_UNUSED;
/* store_hash.c: what the store has of a number whose digits it may not have.  *known false: it has none of any number yet
 * (make: the first is made, within a transaction). */
enum nm_code nm_store_number_hash(struct nm_store *store, uint64_t number, bool make,
				  unsigned char out[static NM_HMAC_BYTES], bool *known,
				  struct nm_error *err) NM_WARN_UNUSED;
/* store_optouts.c: keeps the numbers to which a carrier refused texts when opt-outs had no table of their own, before what
 * says so is forgotten.  Within a transaction. */
enum nm_code nm_store_optouts_take_refused(struct nm_store *store, struct nm_error *err) NM_WARN_UNUSED;
/* store_matters.c: brings the follow-ups of a caller up to date with the log around an instant: when a lead
 * came, and when somebody has ended or reopened one.  Number 0: nothing.  Within a transaction. */
enum nm_code nm_store_matters_settle(struct nm_store *store, uint64_t number, nm_time at,
				     struct nm_error *err) NM_WARN_UNUSED;
/* The same when a call alone was written or taken back, whatever else the caller has: in no longer than that call's
 * own matter takes. */
enum nm_code nm_store_matters_settle_call(struct nm_store *store, uint64_t number, nm_time at,
					  struct nm_error *err) NM_WARN_UNUSED;
/* The same when that call is new and was answered, for certain or perhaps: most calls are, and change nothing. */
enum nm_code nm_store_matters_settle_answered(struct nm_store *store, uint64_t number, nm_time at,
					      struct nm_error *err) NM_WARN_UNUSED;
struct nm_call_brief;
/* store_calls.c: the columns of BRIEF_COLUMNS (store_sql.c); by is the statement's. */
struct nm_call_brief nm_store_brief(sqlite3_stmt *statement);
/* store_sums.c: puts a call (sign 1: its row is written) into the sums, or takes it out of them (-1: its row is still as it
 * was).  Whatever changes rows of `call` does both, within a transaction.  number: its line's. */
enum nm_code nm_store_sums_call(struct nm_store *store, int64_t id, uint64_t number, const struct nm_call_brief *call,
				int sign, struct nm_error *err) NM_WARN_UNUSED;
/* Takes out the call that is kept under an id. */
enum nm_code nm_store_sums_take_out(struct nm_store *store, int64_t id, struct nm_error *err) NM_WARN_UNUSED;
/* store_followup_sums.c: from now on the sums have what this store does to follow-ups; not within a transaction. */
enum nm_code nm_store_followups_watch(struct nm_store *store, struct nm_error *err) NM_WARN_UNUSED;
/* store_sums_anew.c: the error of one that reads damaged sums. */
enum nm_code nm_store_sums_damaged(struct nm_store *store, struct nm_error *err);
/* Rows of nth, number and packed sums that the reader's span touches, the oldest first; weeks as of nm_gathered_cell. */
struct nm_sums_reader;
typedef enum nm_code nm_take_packed(struct nm_store *store, const struct nm_sums_reader *reader,
				    sqlite3_stmt *statement, int weeks, struct nm_error *err);
enum nm_code nm_store_sums_packed(struct nm_store *store, const struct nm_sums_reader *reader, int weeks,
				  nm_take_packed *take, struct nm_error *err) NM_WARN_UNUSED;
/* Rows of calls in the reader's span (?1, ?2) and to its line (?3).  take: false when memory is out. */
typedef bool nm_take_row(const struct nm_sums_reader *reader, sqlite3_stmt *statement);
enum nm_code nm_store_sums_rows(struct nm_store *store, enum nm_store_statement which,
				const struct nm_sums_reader *reader, nm_take_row *take,
				struct nm_error *err) NM_WARN_UNUSED;
/* store_gather.c: adds a cell to the sums that an instant belongs to (its own hour does not count), written by the end of the
 * transaction. */
enum nm_code nm_store_sums_gather(struct nm_store *store, nm_time at, uint64_t number, const struct nm_cell *cell,
				  struct nm_error *err) NM_WARN_UNUSED;
/* Likewise, and writes nothing: while a statement runs.  False: out of memory. */
bool nm_store_sums_add(struct nm_store *store, nm_time at, uint64_t number, const struct nm_cell *cell);
/* Writes what is gathered, at any time. */
enum nm_code nm_store_sums_write(struct nm_store *store, struct nm_error *err) NM_WARN_UNUSED;
/* The same, and the sums are right then, made anew if they must be: before a transaction ends, and before they are read. */
enum nm_code nm_store_sums_settle(struct nm_store *store, struct nm_error *err) NM_WARN_UNUSED;
/* store_sums_anew.c: makes all sums of the calls and follow-ups that are there.  Within a transaction that writes. */
enum nm_code nm_store_sums_anew(struct nm_store *store, struct nm_error *err) NM_WARN_UNUSED;
/* store_sums.c: adds a row of NM_SQL_SUMS_CALLS. */
enum nm_code nm_store_sums_count(struct nm_store *store, sqlite3_stmt *statement, struct nm_error *err) NM_WARN_UNUSED;
/* Forgets what is gathered, with the transaction that it is of; and with the store. */
void nm_store_sums_abandon(struct nm_store *store);
void nm_store_sums_clear(struct nm_store *store);
/* store.c: keeps more pages until the transaction ends, as one that writes many calls comes back to them all the time. */
void nm_store_widen(struct nm_store *store);
/* store_followups.c: adds a deed and brings the row up to date; within a transaction. */
struct nm_deed;
enum nm_code nm_store_deed_add(struct nm_store *store, int64_t id, const struct nm_deed *deed,
			       struct nm_error *err) NM_WARN_UNUSED;
/* Brings the row up to date with its deeds. */
/* The text that was sent at that time did not arrive, as the note says: the follow-up does not count as texted. */
enum nm_code nm_store_followup_untext(struct nm_store *store, int64_t id, nm_time sent, const struct nm_deed *note,
				      struct nm_error *err) NM_WARN_UNUSED;
/* A deed of the log about a call that was made to a customer and lasted until `until`, where a follow-up of theirs was
 * open as it began; *added: it was not known, and nobody else has told of that call (made.h). */
enum nm_code nm_store_followup_made(struct nm_store *store, uint64_t number, nm_time until, const struct nm_deed *deed,
				    bool *added, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_store_followup_fold(struct nm_store *store, int64_t id, struct nm_error *err) NM_WARN_UNUSED;
/* Runs a statement that needs only an id. */
enum nm_code nm_store_run_id(struct nm_store *store, enum nm_store_statement which, int64_t id,
			     struct nm_error *err) NM_WARN_UNUSED;
/* store_forget.c: is this of a number that was to be forgotten, and from before that? */
enum nm_code nm_store_was_forgotten(struct nm_store *store, uint64_t number, nm_time at, bool *forgotten,
				    struct nm_error *err) NM_WARN_UNUSED;
/* The one number that a statement gives, its values bound: *out as it was where there is no row, or none in it. */
enum nm_code nm_store_int(struct nm_store *store, sqlite3_stmt *statement, const char *doing, int64_t *out,
			  struct nm_error *err) NM_WARN_UNUSED;
/* A number of ours, from 0 to `most`; most, where a store of somebody else's making has it out of its range. */
int nm_store_within(sqlite3_stmt *statement, int column, int most);
/* A copy of a column in the arena; NULL for NULL.  *ok becomes false when memory is out. */
const char *nm_store_column(sqlite3_stmt *statement, int column, struct nm_arena *arena, bool *ok);

/* store_rows.c: what the rows of a list are. */
struct nm_store_row {
	const char *doing; /* "reading its texts" */
	size_t size;       /* of an item */
	void (*read)(sqlite3_stmt *statement, struct nm_arena *arena, void *item, bool *ok); /* *ok false: memory is out */
};
/* A list that is whose it is given to: the members of every list of the store. */
struct nm_store_rows {
	struct nm_arena *arena;
	size_t n;
	void *items; /* for free */
};
/* All rows of a statement that is bound; it is reset. */
enum nm_code nm_store_rows(struct nm_store *store, sqlite3_stmt *statement, const struct nm_store_row *row,
			   struct nm_store_rows *out, struct nm_error *err) NM_WARN_UNUSED;

#endif
