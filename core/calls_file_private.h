/* SPDX-License-Identifier: MIT */
/*
 * Between the files of an import from a file: the reading (calls_file.c), its bytes (calls_bytes.c, calls_json.c), what
 * columns mean (calls_columns.c), what a row says (calls_table.c, calls_cdr.c), which rows are one call (calls_open.c),
 * under which id it is kept (calls_put.c), and its words (calls_words.c, calls_who.c).  Private to these.
 */
#ifndef CORE_CALLS_FILE_PRIVATE_H
#define CORE_CALLS_FILE_PRIVATE_H

#include "core/csv_rows.h"
#include "nevermiss/calls_file.h"

#define NM_ROW_TEXT 256 /* of an id, or of who answered */
#define NM_ROW_LEG_ID 48 /* carriers' have 36 characters at the most */
#define NM_CDR_COLUMNS 18

enum nm_row_kind {
	NM_ROW_CALL,
	NM_ROW_OUTGOING,
	NM_ROW_ELSEWHERE,
	NM_ROW_WRONG /* words say why */
};

struct nm_row_leg {
	struct nm_leg leg; /* its texts aside */
	char to[NM_NUMBER_TEXT + 24];
	char id[NM_ROW_LEG_ID]; /* of its row; "": it has none of its own */
	int64_t row;            /* its line of the file */
};

/* A call as rows tell of it, or of a leg of one: the first of its legs then. */
struct nm_row_call {
	int line; /* of the plan */
	struct nm_record record; /* without its legs, but for their number */
	bool mailbox; /* the row says that a voicemail took it */
	bool held; /* the server had answered it before anybody who was rung did (Master.csv) */
	bool odd_caller; /* a number that is none in full, or a name: of a call that is kept, with words that say so */
	int rang_s;   /* as the row of a whole call says; -1: it does not */
	bool is_leg;
	struct nm_made made; /* that the row tells of; to 0: of none */
	char id[NM_ROW_TEXT];
	char key[NM_ROW_TEXT];     /* what all rows of the call share; "": there is this one */
	enum nm_calls_fault fault; /* with NM_ROW_WRONG */
	char words[NM_ERROR_TEXT];
	struct nm_row_leg legs[NM_LEGS_MAX]; /* last: what is beyond record.n is not copied */
};

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
uint64_t nm_row_mark(const char *text);

#define NM_COLUMNS_CALLER 4

struct nm_columns {
	int at[NM_COLUMN_COUNT]; /* index of a column; -1: there is none */
	/* Further ones that may have the caller's number, by their names: where `from` has none. */
	int callers[NM_COLUMNS_CALLER];
	size_t n_callers;
	const char *driver; /* whose records these are, by their own names: "twilio", "telnyx", "voipms"; "table" */
	bool utc;           /* times without an offset are in UTC: always at Telnyx, or by a column's name */
	bool voipms;        /* ids, numbers and lengths are as VoIP.ms's driver reads them */
};

/* calls_columns.c: which column of a first row is what; mapping as in nm_calls_file_options.  NM_INPUT names what is
 * missing and what is there. */
enum nm_code nm_columns_find(const struct nm_csv_row *first, const char *mapping, bool to_needed,
			     struct nm_columns *out, struct nm_error *err) NM_WARN_UNUSED;
/* Has each phone that rang a row of its own? */
bool nm_columns_tell_legs(const struct nm_columns *found);
/* Names the columns of which nothing is read, and what one of them might be; false: out of memory. */
bool nm_columns_unused(const struct nm_csv_row *first, const struct nm_columns *found, bool to_needed,
		       struct nm_calls_file *out) NM_WARN_UNUSED;

/* calls_table.c: a row of a table with such columns.  Key and is_leg are told of one that is wrong, too. */
enum nm_row_kind nm_table_row(const struct nm_plan *plan, const struct nm_calls_file_options *options,
			      const struct nm_columns *columns, const struct nm_csv_row *row,
			      struct nm_row_call *out);
/* A time of the row, into *at, which may be the record's; NM_ROW_CALL when a call can have come or ended then. */
enum nm_row_kind nm_row_when(const struct nm_calls_file_options *options, const char *text, nm_time *at,
			     struct nm_row_call *out);
/* A call that was made, of which the row's record is; from and to as nm_words_caller has them.  One is taken for it that
 * goes from a number of the plan's to another one, or of which the row says so (outgoing). */
void nm_row_put_made(const struct nm_plan *plan, const char *from, const char *to, bool outgoing, nm_time answered,
		     struct nm_row_call *out);
/* Where the text says "a number called": a line of the plan, or -1. */
int nm_row_line(const struct nm_plan *plan, const char *text);

/* calls_cdr.c: is it a row of Master.csv?  To which call does it belong, which is begun by its first row? */
bool nm_cdr_is(const struct nm_csv_row *row);
/* The columns of Master.csv under names, as in a first row; false: it names others. */
struct nm_cdr_layout {
	int at[NM_CDR_COLUMNS]; /* index of a column in the file; -1: there is none */
	int did;                /* of the number called, where `dst` is what became of it; -1 */
};
bool nm_cdr_header(const struct nm_csv_row *first, struct nm_cdr_layout *out);
/* A row under such names as one of Master.csv; its fields are the row's. */
void nm_cdr_arrange(const struct nm_cdr_layout *layout, const struct nm_csv_row *row, struct nm_csv_row *out);
/* "": it is no row of Master.csv */
void nm_cdr_key(const struct nm_csv_row *row, char out[static NM_ROW_TEXT]);
enum nm_row_kind nm_cdr_begin(const struct nm_plan *plan, const struct nm_calls_file_options *options,
			      const struct nm_csv_row *row, struct nm_row_call *out);
enum nm_row_kind nm_cdr_add(const struct nm_plan *plan, const struct nm_calls_file_options *options,
			    const struct nm_csv_row *row, struct nm_row_call *out);

/* calls_bytes.c: the rows of a file that is read to its end, or until it is stopped; of an empty file none.  NM_INPUT: it
 * cannot be read. */
struct nm_rows_reader {
	int fd;
	const struct nm_calls_file_options *options; /* for progress */
	struct nm_calls_file *out;                   /* format, entries, pages and stopped are written */
	struct nm_csv **csv; /* of a table, for take; written */
	enum nm_code (*take)(void *context, const struct nm_csv_row *row, struct nm_error *err);
	enum nm_code (*before_waiting)(void *context, struct nm_error *err); /* for bytes of a pipe */
	void *context;
};
enum nm_code nm_rows_read(const struct nm_rows_reader *reader, struct nm_error *err) NM_WARN_UNUSED;

/* calls_json.c: a list of objects, as the first row, which has the names of all members, and one for each object, whose
 * line is its place in the list.  The list is the text, or the first member of it that is one; of an empty one, or where the
 * carrier says that there were no calls, none.  NM_INPUT: there is none, or it is cut off; what is whole of it was taken
 * then. */
enum nm_code nm_rows_of_json(const struct nm_rows_reader *reader, const char *text, size_t len,
			     struct nm_error *err) NM_WARN_UNUSED;

/* calls_open.c: calls of which more rows may come, the oldest of which makes room when there are very many. */
struct nm_open_call {
	uint64_t mark; /* of its key */
	bool waits;    /* legs came, the call did not */
	bool left_out; /* it came, and is not one that is kept */
	bool odd;      /* of its legs not all could be read */
	struct nm_row_call call;
};
struct nm_open_calls;
struct nm_open_calls *nm_open_new(void);       /* NULL: out of memory */
void nm_open_free(struct nm_open_calls *open); /* takes NULL */
/* The next one with that key, of which `after` (NULL: none) is the last one found; NULL. */
struct nm_open_call *nm_open_find(struct nm_open_calls *open, const char *key,
				  const struct nm_open_call *after);
/* The oldest that has to be closed before another one is added; NULL: there is room.  all: whichever is oldest. */
struct nm_open_call *nm_open_oldest(struct nm_open_calls *open, bool all);
void nm_open_close_oldest(struct nm_open_calls *open);
/* A copy of what a row told of a call; there must be room. */
struct nm_open_call *nm_open_add(struct nm_open_calls *open, const struct nm_row_call *call);
/* The call itself came, whose legs are there already. */
void nm_open_arrived(struct nm_open_call *to, const struct nm_row_call *call);
/* The legs of a call that came are another call's too, which its rows tell of as well. */
void nm_open_share_legs(const struct nm_open_call *from, struct nm_row_call *to);
/* Puts a leg, once by its id, in the order in which they began; false: there are too many. */
bool nm_open_put_leg(struct nm_open_call *to, const struct nm_row_leg *leg);

/* calls_put.c: into which log, and calls from when on a CRM is told of. */
struct nm_row_log {
	struct nm_store *store;
	const struct nm_plan *plan;
	nm_time told_since;
};
struct nm_row_kept {
	enum nm_call_kept kept;
	bool apart; /* its id is another call's: the file's begin anew */
};
/* Whose record a row with that id is, of a file of that driver's: ids of Twilio's calls tell that they are. */
const char *nm_row_driver(const char *driver, const char *id);
/* The entry of a file of that driver's, whose own driver is nm_row_driver's.  has_id: its id is out of the file. */
enum nm_code nm_row_put(const struct nm_row_log *log, const char *driver, struct nm_call_entry *entry, bool has_id,
			struct nm_row_kept *kept, struct nm_error *err) NM_WARN_UNUSED;

/* calls_words.c: what the fields say; false: that they do not say. */
enum nm_row_time {
	NM_ROW_TIME,
	NM_ROW_NO_TIME,
	NM_ROW_SKIPPED,   /* by a clock change: there is no such time */
	NM_ROW_OTHER_ZONE /* it names a clock, "EDT", which is not the zone's then; *out as on the zone's */
};
/* What follows a time may be the abbreviation of the zone's clock then, which tells the two times of a repeated hour apart. */
enum nm_row_time nm_words_when(const char *text, const struct nm_zone *zone, enum nm_date_order order,
			       nm_time *out);
/* Where clocks are put back a local time comes twice: the second time; or t itself. */
nm_time nm_words_second_time(const struct nm_zone *zone, nm_time t);
bool nm_words_seconds(const char *text, int64_t *out);
enum nm_row_status {
	NM_STATUS_UNKNOWN,
	NM_STATUS_ANSWERED,
	NM_STATUS_MISSED,
	NM_STATUS_BUSY,
	NM_STATUS_FAILED,
	NM_STATUS_HUNG_UP,
	NM_STATUS_MAILBOX
};
bool nm_words_status(const char *text, enum nm_row_status *out);
bool nm_words_outgoing(const char *text);
/* As much of the text as has room. */
void nm_words_put(const char *text, char *out, size_t size);
/* Letters and digits alone, small: "Call Start" and "call_start" are the same. */
void nm_words_plain(const char *text, char *out, size_t size);

/* calls_who.c: whom the fields mean; false: they do not say. */
bool nm_words_caller(const struct nm_plan *plan, const char *text, struct nm_caller *out);
/* Has it a name and no number, which is none of the words for callers who are not told? */
bool nm_words_named(const char *text);
/* Is it a number as one dials it, if none in full: a short code, 911, one without its area, one that was made up? */
bool nm_words_dialled(const char *text);
/* Is it a number of which a spreadsheet left out digits, "6.02556E+09"?  With all of them it is read as one. */
bool nm_words_cut_short(const char *text);
/* The destination of that name or address, written with other capitals or blanks too when only one is; NULL: none. */
const struct nm_destination *nm_words_destination(const struct nm_plan *plan, const char *text);
/* Who rang or answered: the number of the destination that is meant by its name, its address or the address' user ("101"
 * of "sip:101@pbx", when one only has it), or its address; else the text's number, or the text. */
void nm_words_who(const struct nm_plan *plan, const char *text, char *out, size_t size);

#endif
