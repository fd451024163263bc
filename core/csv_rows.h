/* SPDX-License-Identifier: MIT */
/*
 * Tables as text (RFC 4180): rows of fields, with the line of the file at which each begins.  In: bytes, in pieces of
 * any size.  Out: rows, one by one.  What the fields mean is not known here.
 */
#ifndef CORE_CSV_ROWS_H
#define CORE_CSV_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nevermiss/error.h"

#define NM_CSV_FIELDS 100
#define NM_CSV_ROW (64u << 10) /* bytes that the fields of a row have, at the most */

struct nm_csv_row {
	int64_t line, last; /* at which it begins and ends, from 1; the same: it has one line */
	size_t n;
	const char *fields[NM_CSV_FIELDS]; /* without blanks around them; valid until the row was taken */
	const char *wrong;                 /* why it is no good (then n is 0); NULL */
};

struct nm_csv;

/* take is called for each row; what it returns other than NM_OK ends the reading and is returned by it.
 * NM_SYSTEM: the library that reads tables is not there. */
enum nm_code nm_csv_open(char delimiter,
			 enum nm_code (*take)(void *context, const struct nm_csv_row *row,
					      struct nm_error *err),
			 void *context, struct nm_csv **out, struct nm_error *err) NM_WARN_UNUSED;
/* For take: a row of several lines is none.  What stands in its lines but the first is read once more, as rows. */
void nm_csv_again(struct nm_csv *csv);
enum nm_code nm_csv_feed(struct nm_csv *csv, const char *bytes, size_t len,
			 struct nm_error *err) NM_WARN_UNUSED;
/* There is no more. */
enum nm_code nm_csv_end(struct nm_csv *csv, struct nm_error *err) NM_WARN_UNUSED;
void nm_csv_free(struct nm_csv *csv); /* takes NULL */

#endif
