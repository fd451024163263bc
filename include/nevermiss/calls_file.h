/* SPDX-License-Identifier: MIT */
/*
 * The log of calls from files: tables (RFC 4180) as telephone systems and carriers export them, with a first row that
 * names the columns, or as the JSON of a carrier's list, and Asterisk's Master.csv, which names none
 * (https://docs.asterisk.org/Configuration/Reporting/Call-Detail-Records-CDR/).
 */
#ifndef NEVERMISS_CALLS_FILE_H
#define NEVERMISS_CALLS_FILE_H

#include "nevermiss/calls.h"

/* What a column is taken for. */
enum nm_calls_column {
	NM_COLUMN_AT,        /* date and time at which the call came */
	NM_COLUMN_DATE,      /* or its date, and */
	NM_COLUMN_TIME,      /* its time of day */
	NM_COLUMN_FROM,      /* the caller */
	NM_COLUMN_TO,        /* the number or line called */
	NM_COLUMN_ID,        /* the same each time the call is exported */
	NM_COLUMN_STATUS,    /* answered, missed, busy, voicemail, ... */
	NM_COLUMN_DURATION,  /* from its arrival to its end: seconds, or [h:]mm:ss */
	NM_COLUMN_RANG,      /* until somebody answered, likewise */
	NM_COLUMN_BY,        /* who answered: a destination's name or number */
	NM_COLUMN_DIRECTION, /* inbound, outbound */
	NM_COLUMN_FORWARDED, /* the number from which it was forwarded */
	/* Where each phone that rang for a call has a row of its own, a leg: */
	NM_COLUMN_PARENT,   /* the id of the call that it rang for; empty: it is a call */
	NM_COLUMN_SESSION,  /* the same in all rows of a call, of which those that go out are its legs */
	NM_COLUMN_CREATED,  /* date and time at which the row's leg was made, when that is not `at` */
	NM_COLUMN_ANSWERED, /* at which it was answered; empty: it was not */
	NM_COLUMN_ENDED,    /* at which it was over */
	NM_COLUMN_UPDATED,  /* last changed: its end, where that is not told */
	NM_COLUMN_CAUSE,    /* why it ended, as Telnyx says it */
	NM_COLUMN_COUNT
};

const char *nm_calls_column_name(enum nm_calls_column column); /* "at" */

/* In which order a date's numbers stand that are divided by slashes or dots. */
enum nm_date_order { NM_DATE_BY_COUNTRY, NM_DATE_DAY_FIRST, NM_DATE_MONTH_FIRST };

struct nm_calls_file_options {
	const char *name;           /* of the file, for messages */
	const struct nm_zone *zone; /* of times that have no offset */
	bool zone_said; /* by whoever imports: else it is UTC in what a carrier answers with in UTC */
	nm_time now;    /* calls that came more than five minutes after it are wrong */
	int line;                   /* that all calls were to; -1: the table says it */
	enum nm_date_order dates;
	const char *columns; /* "at=Call Start,from=Caller ID"; NULL */
	/* Called now and then with the bytes read (may be NULL); false stops, and what was read until then is kept. */
	bool (*progress)(void *context, int64_t done);
	/* The same of calls that are let go of when all was read; false: they stay for the next time. */
	bool (*expiring)(void *context, size_t done, size_t all);
	void *progress_context; /* of both */
};

#define NM_CALLS_FILE_WRONG 100
#define NM_CALLS_FILE_ODD 20
#define NM_CALLS_FILE_UNUSED 20

/* What of a row cannot be read. */
enum nm_calls_fault {
	NM_FAULT_ROW, /* the row as such */
	NM_FAULT_TIME,
	NM_FAULT_CALLER,
	NM_FAULT_STATUS,
	NM_FAULT_DURATION,
	NM_FAULT_RANG,
	NM_FAULT_PARENT, /* the call of which it is a leg is not there */
	NM_FAULTS
};
const char *nm_calls_fault_name(enum nm_calls_fault fault); /* "time" */

struct nm_calls_file {
	struct nm_arena *arena;
	const char *format; /* "table", "JSON", "Master.csv" */
	const char *driver; /* whose records they are: "twilio", "telnyx", "asterisk-cdr"; "table": not told */
	bool entries;       /* of JSON: `line` of what is wrong counts these */
	bool utc;           /* times without an offset were taken for UTC: an answer of VoIP.ms, which is asked for that */
	bool zone_doubtful; /* they were taken for the options' zone, and whether VoIP.ms's tables are in it is not verified */
	int64_t page, pages; /* of JSON: it says that it is one page of so many; pages 0: it says nothing */
	bool goes_on;        /* of JSON: it says that there is a next page */
	int64_t rows;       /* that tell of calls */
	int64_t fresh, mended, known;
	int64_t apart;     /* of these, whose id is another call's: they have other callers and times */
	int64_t untold;    /* of these, answered by whom the table does not say */
	int64_t outgoing;  /* left out: calls that were made */
	int64_t attempts;  /* new deeds of follow-ups, of calls that were made (made.h) */
	int64_t elsewhere; /* left out: to no line of the plan */
	struct nm_expired expired; /* by the plan's retention, when all was read */
	int64_t n_wrong;   /* rows that could not be read */
	struct nm_calls_wrong {
		int64_t line;
		const char *words;
	} wrong[NM_CALLS_FILE_WRONG]; /* the first that were found, in the order of the file */
	int64_t n_odd;                /* calls that are kept with their caller not told, for it is no number in full, or a name */
	struct nm_calls_wrong odd[NM_CALLS_FILE_ODD]; /* the first of these */
	int64_t faults[NM_FAULTS];    /* all of them, by what cannot be read */
	bool tells_by; /* there is a column for who answered, or there can be none */
	size_t n_unused;
	const char *unused[NM_CALLS_FILE_UNUSED]; /* columns of which nothing was read, the first of them */
	unsigned names_left; /* what one of them might be: a bit for each enum nm_calls_column that was not found */
	bool stopped;
	bool unexpired; /* stopped while it let go of old calls: none are gone */
};

/* Reads a file to its end from a descriptor and keeps its calls, each once: read again, it adds nothing.  A row that
 * is wrong is left out and told.  Rows that tell of one call (of Master.csv, or legs) may have those of others between
 * them, in any order, if these are not too many: a leg whose call is not among them is a row that is wrong.  NM_INPUT: the table has not the columns that are needed, or is none; what was read until an error
 * is kept (*out is filled then too, and counts what is kept). */
enum nm_code nm_calls_file_import(struct nm_store *store, const struct nm_plan *plan, int fd,
				  const struct nm_calls_file_options *options, struct nm_calls_file *out,
				  struct nm_error *err) NM_WARN_UNUSED;
void nm_calls_file_clear(struct nm_calls_file *file);

#endif
