/* SPDX-License-Identifier: MIT */
/*
 * The log of real calls: what became of each, where it is kept, and how it gets there from a carrier's records.
 */
#ifndef NEVERMISS_CALLS_H
#define NEVERMISS_CALLS_H

#include "nevermiss/forget.h"
#include "nevermiss/push.h"

/* --- what became of a call --- */

/* As nm_result, of a real call (design.md 4.4).  Kept in stores by these numbers. */
enum nm_call_end {
	NM_CALL_ANSWERED = 0,
	NM_CALL_VOICEMAIL = 1,
	NM_CALL_REJECTED = 2,
	NM_CALL_SWALLOWED = 3,
	NM_CALL_ABANDONED = 4, /* the caller hung up, nobody had answered */
	NM_CALL_LOST = 5,
	NM_CALL_UNKNOWN = 6 /* the records do not say */
};

/* Why it is said.  Kept in stores by these numbers. */
enum nm_call_reason {
	NM_CALL_LEG_ANSWERED = 0,
	NM_CALL_OWN_VOICEMAIL = 1,
	NM_CALL_OTHER_LINE = 2,
	NM_CALL_OWN_PHONE = 3,
	NM_CALL_MAILBOX = 4,
	NM_CALL_HUNG_UP = 5,
	NM_CALL_NOBODY = 6,
	NM_CALL_TURNED_AWAY = 7,
	NM_CALL_FAILED = 8,
	NM_CALL_NOT_TOLD = 9,
	NM_CALL_NO_END = 10,
	NM_CALL_PERHAPS_VOICEMAIL = 11,
	NM_CALL_AT_ONCE = 12,
	NM_CALL_MISSED = 13,
	NM_CALL_OVER_AT_ONCE = 14,
	NM_CALL_BUSY = 15,
	NM_CALL_SAID = 16
};
#define NM_CALL_REASON_LAST NM_CALL_SAID

const char *nm_call_end_name(enum nm_call_end end); /* "answered" */
const char *
nm_call_reason_words(enum nm_call_reason reason); /* a sentence's part: "a phone that rang answered" */

struct nm_became {
	enum nm_call_end end;
	enum nm_call_reason reason;
	bool probably; /* the records speak for it and do not prove it */
	const char *
		by; /* who took it: a destination or line of the plan, or else a leg's `to`; borrowed; NULL */
	int seconds; /* from the call's arrival until it was taken, or the caller hung up; -1: not known */
};

/* Who has a number that was rung: a destination's or a line's name (a destination goes first); NULL: nobody of the
 * plan. */
const char *nm_call_who(const struct nm_plan *plan, const char *number);
/* What became of a call to a line, by the plan's numbers.  confirms: the carrier may have asked for a 1 where the
 * plan says so. */
void nm_call_judge(const struct nm_plan *plan, int line, const struct nm_record *record, bool confirms,
		   struct nm_became *out);

/* --- where it is kept --- */

struct nm_call_leg;
struct nm_call_entry;
/* A record as it is kept, judged; legs has room for record->n and is the entry's then, all texts are borrowed from the
 * record and the plan.  driver: where the record is from, "twilio". */
void nm_call_entry_of(const struct nm_plan *plan, int line, const char *driver, const struct nm_record *record,
		      bool confirms, struct nm_call_leg *legs, struct nm_call_entry *out);

struct nm_call_leg {
	struct nm_leg leg;
	const char *who; /* of the plan, when it was written down; NULL */
};

struct nm_call_entry {
	int64_t id;       /* of the store */
	nm_number number; /* of the line */
	const char *line; /* as it was called when the call was written down */
	const char *driver, *carrier_id;
	struct nm_caller caller;  /* number 0 and not anonymous: the record does not tell */
	nm_number forwarded_from; /* 0: not said */
	nm_time began, ended;     /* ended 0: not known */
	struct nm_became became;
	int64_t version; /* of the plan, as pushed to the line at that time; 0: not known */
	bool cut;        /* there are more legs than these */
	bool ours;       /* a number of the plan's called: a test, or its own people; nobody to call back */
	size_t n;
	const struct nm_call_leg *legs; /* in the order in which they began */
};

struct nm_call_entries {
	struct nm_arena *arena;
	size_t n;
	struct nm_call_entry *items; /* newest first; without their legs */
	bool more;                   /* than were asked for */
};

struct nm_call_filter {
	nm_number number;     /* of a line; 0: all */
	nm_time since, until; /* that began in [since, until) */
	size_t most;
	nm_number caller;     /* whoever called; 0: all */
};

enum nm_call_kept { NM_CALL_NEW, NM_CALL_KNOWN, NM_CALL_MENDED };

/* Keeps a call once, by the line's number, driver and the carrier's id; one that is kept already is written anew when its record
 * says something else now.  id and version of the entry do not count: they are found.  What it says of its caller's follow-ups (followup.h) is
 * written with it.  A call of before its caller was to be forgotten (forget.h) is NM_CALL_KNOWN, and not kept. */
enum nm_code nm_store_call_put(struct nm_store *store, const struct nm_call_entry *call,
			       enum nm_call_kept *kept, struct nm_error *err) NM_WARN_UNUSED;
/* Under which id the call is kept, by the line's number, driver and the carrier's id; 0: it is not. */
enum nm_code nm_store_call_find(struct nm_store *store, const struct nm_call_entry *call, int64_t *id,
				struct nm_error *err) NM_WARN_UNUSED;
/* Where a source's ids begin anew, one is of many calls.  Into id, which must be empty, goes the carrier's id under which
 * this one is kept, or is to be, when another call has its own: "ID/@BEGAN/CALLER".  Left empty:
 * its own is good.  A call is the same when its beginning is, or its caller, who must be known for that, with a beginning
 * that was put right (call_same.h). */
enum nm_code nm_store_call_apart(struct nm_store *store, const struct nm_call_entry *call, struct nm_buf *id,
				 struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_store_calls(struct nm_store *store, const struct nm_call_filter *filter,
			    struct nm_call_entries *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_call_entries_clear(struct nm_call_entries *entries);
/* What the figures are made of, of one call. */
struct nm_call_brief {
	struct nm_caller caller;  /* as of nm_call_entry, likewise the rest */
	nm_time began, ended;
	struct nm_became became; /* by: only until the reader returns */
	bool cut;
};

struct nm_call_reader {
	nm_number number;    /* of a line; 0: all */
	struct nm_span span; /* in which they began */
	/* Called for each, the oldest first; anything but NM_OK ends the reading and is its result. */
	enum nm_code (*take)(void *context, const struct nm_call_brief *call, struct nm_error *err);
	void *context;
};

/* Any number of calls, one after the other and none of them kept; take must not use the store. */
enum nm_code nm_store_calls_each(struct nm_store *store, const struct nm_call_reader *reader,
				 struct nm_error *err) NM_WARN_UNUSED;

struct nm_call_entry_reader {
	nm_number number;    /* as of nm_call_reader, likewise the rest; the entry has its legs, and lives until it returns */
	struct nm_span span;
	enum nm_code (*take)(void *context, const struct nm_call_entry *call, struct nm_error *err);
	void *context;
};

/* As nm_store_calls_each, with all that is kept of each; take may read what the store has of the plan (versions, what
 * was read back), and nothing else of it. */
enum nm_code nm_store_entries_each(struct nm_store *store, const struct nm_call_entry_reader *reader,
				   struct nm_error *err) NM_WARN_UNUSED;
/* The same of what tells how each went, which is faster: texts that name the record (line, driver, carrier ids) are NULL,
 * and version, ours, forwarded_from and when legs began and ended are 0. */
enum nm_code nm_store_played_each(struct nm_store *store, const struct nm_call_entry_reader *reader,
				  struct nm_error *err) NM_WARN_UNUSED;
/* One call with its legs, all from the arena; NM_INPUT when there is none of that id. */
enum nm_code nm_store_call_get(struct nm_store *store, int64_t id, struct nm_arena *arena,
			       struct nm_call_entry *out, struct nm_error *err) NM_WARN_UNUSED;
/* The span of which all calls to a number that came from this driver were read, without a gap; empty: none was. */
enum nm_code nm_store_calls_read(struct nm_store *store, nm_number number, const char *driver,
				 struct nm_span *out, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_store_calls_read_put(struct nm_store *store, nm_number number, const char *driver,
				     struct nm_span read, struct nm_error *err) NM_WARN_UNUSED;

/* --- how it gets there --- */

struct nm_import_line {
	int line;
	nm_time since, until; /* what was read now: all that began in [since, until) */
	struct nm_span whole; /* what was read by now, in this import and before it, without a gap */
	struct nm_span gap;   /* what lies between that and what was read now; empty: nothing */
	size_t fresh, mended, known;
	size_t under_way;  /* left out: the next import takes them */
	size_t odd;        /* entries of the carrier's that describe no call */
	bool cut;          /* there is more: import again */
	const char *words; /* why it failed (what was read until then is kept); NULL */
};

struct nm_import {
	struct nm_arena *arena;
	size_t n;
	struct nm_import_line *lines; /* of the account, in the plan's order */
	int64_t attempts; /* new deeds of follow-ups, of calls that were made (made.h) */
	bool stopped;
};

/* Reads the calls of all lines of an account, since an instant, or (NM_TIME_MIN) for each since a day before the
 * end of what was read without a gap, or of the last 30 days where that does not reach so far back.  Imported twice,
 * a call is kept once.  NM_INPUT: the account's driver has no records, no line is on it, or since is not in the past.
 * NM_CARRIER when a line failed (*out is filled then too).  The context's progress is told days of calls, of all lines
 * together, first before anything is asked; a stop leaves what was read until then, as the next import's beginning. */
enum nm_code nm_calls_import(const struct nm_push_context *context, int account, nm_time since,
			     struct nm_import *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_import_clear(struct nm_import *import);

#endif
