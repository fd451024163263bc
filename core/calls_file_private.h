/* SPDX-License-Identifier: MIT */
/*
 * Between the files of an import from a file: the reading (calls_file.c), what columns mean (calls_columns.c), what a row
 * says (calls_table.c, calls_cdr.c), and its words (calls_words.c).  Private to these.
 */
#ifndef CORE_CALLS_FILE_PRIVATE_H
#define CORE_CALLS_FILE_PRIVATE_H

#include "core/csv_rows.h"
#include "nevermiss/calls_file.h"

#define NM_ROW_TEXT 256 /* of an id, or of who answered */

enum nm_row_kind {
	NM_ROW_CALL,
	NM_ROW_OUTGOING,
	NM_ROW_ELSEWHERE,
	NM_ROW_WRONG /* words say why */
};

/* A call as rows tell of it. */
struct nm_row_call {
	int line; /* of the plan */
	struct nm_record record;
	bool mailbox; /* the row says that a voicemail took it */
	struct nm_leg legs[NM_LEGS_MAX];
	char id[NM_ROW_TEXT];
	char to[NM_LEGS_MAX][NM_NUMBER_TEXT + 24]; /* of the legs */
	enum nm_calls_fault fault; /* with NM_ROW_WRONG, as the words */
	char words[NM_ERROR_TEXT];
};

struct nm_columns {
	int at[NM_COLUMN_COUNT]; /* index of a column; -1: there is none */
};

/* calls_columns.c: which column of a first row is what; mapping as in nm_calls_file_options.  NM_INPUT names what is
 * missing and what is there. */
enum nm_code nm_columns_find(const struct nm_csv_row *first, const char *mapping, bool to_needed,
			     struct nm_columns *out, struct nm_error *err) NM_WARN_UNUSED;
/* Names the columns of which nothing is read, and what one of them might be; false: out of memory. */
bool nm_columns_unused(const struct nm_csv_row *first, const struct nm_columns *found, bool to_needed,
		       struct nm_calls_file *out) NM_WARN_UNUSED;

/* calls_table.c: a row of a table with such columns. */
enum nm_row_kind nm_table_row(const struct nm_plan *plan, const struct nm_calls_file_options *options,
			      const struct nm_columns *columns, const struct nm_csv_row *row,
			      struct nm_row_call *out);
/* When the call came, into the record; NM_ROW_CALL when that is a time at which one can have come. */
enum nm_row_kind nm_row_when(const struct nm_calls_file_options *options, const char *text,
			     struct nm_row_call *out);
/* Where the text says "a number called": a line of the plan, or -1. */
int nm_row_line(const struct nm_plan *plan, const char *text);

/* calls_cdr.c: is it a row of Master.csv?  Does it belong to the call, which is begun by its first row? */
bool nm_cdr_is(const struct nm_csv_row *row);
bool nm_cdr_same_call(const struct nm_row_call *call, const struct nm_csv_row *row);
enum nm_row_kind nm_cdr_begin(const struct nm_plan *plan, const struct nm_calls_file_options *options,
			      const struct nm_csv_row *row, struct nm_row_call *out);
enum nm_row_kind nm_cdr_add(const struct nm_plan *plan, const struct nm_calls_file_options *options,
			    const struct nm_csv_row *row, struct nm_row_call *out);

/* calls_words.c: what the fields say; false: that they do not say. */
enum nm_row_time {
	NM_ROW_TIME,
	NM_ROW_NO_TIME,
	NM_ROW_SKIPPED /* by a clock change: there is no such time */
};
enum nm_row_time nm_words_when(const char *text, const struct nm_zone *zone, enum nm_date_order order,
			       nm_time *out);
bool nm_words_seconds(const char *text, int64_t *out);
bool nm_words_caller(const struct nm_plan *plan, const char *text, struct nm_caller *out);
/* The destination of that name or address, written with other capitals or blanks too when only one is; NULL: none. */
const struct nm_destination *nm_words_destination(const struct nm_plan *plan, const char *text);
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

#endif
