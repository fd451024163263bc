/* SPDX-License-Identifier: MIT */
/*
 * A thin layer over libcsv, which nothing else sees: it knows no lines and bounds nothing, so it is fed line by line
 * and its fields are gathered here, up to a bound.
 *
 * The lines of a row after its first one are held until the row was taken: where a quotation mark is missing, these are
 * rows of their own, and are read once more.
 */
#include "core/csv_rows.h"

#include <stdlib.h>
#include <string.h>

#include "core/csv_library.h"

#define PIECE 4096               /* bytes that it is given at once, so that a line of any length is noticed */
#define LONGEST (2 * NM_CSV_ROW) /* bytes of a row, with its marks and blanks */
#define REREAD (64u << 20)       /* bytes: a file whose every line lacks its mark must come to an end */
#define NONE SIZE_MAX

struct nm_csv {
	struct nm_libcsv lib;
	struct csv_parser parser;
	enum nm_code (*take)(void *context, const struct nm_csv_row *row, struct nm_error *err);
	void *context;
	char delimiter;
	size_t columns;      /* of the first row; 0: it was not read */
	int64_t line, first; /* of the bytes that come next; at which the row at hand begins */
	size_t row_bytes;    /* of it, that were read */
	struct nm_csv_row row;
	size_t used;
	bool skips; /* what is left of a line that is too long */
	size_t held, at;     /* bytes; which of them come next */
	size_t second, back; /* the second line of the row at hand, and of one that is no row; NONE */
	size_t reread;
	enum nm_code code; /* of the first row that was not taken */
	struct nm_error *err;
	char text[NM_CSV_ROW];
	char bytes[LONGEST + 2 * PIECE];
};

static void begin_row(struct nm_csv *csv)
{
	csv->row.n = 0;
	csv->row.wrong = NULL;
	csv->used = 0;
	csv->row_bytes = 0;
	csv->second = NONE;
	csv->first = csv->line;
}

/* --- what looks like rows within a field --- */

static size_t count_delimiters(const struct nm_csv *csv, const char *line, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += line[i] == csv->delimiter;
	return n;
}

/* A line that goes on to a column in marks, as a row's does where what was taken for the field's last mark is one of two
 * that stand around another field. */
static bool opens_field(const struct nm_csv *csv, const char *line, size_t len)
{
	for (size_t i = 1; i < len; i++)
		if (line[i - 1] == csv->delimiter && line[i] == '"')
			return true;
	return false;
}

/* A field of several lines that are rows themselves, each with as many columns as the table has, or a part of one. */
static bool holds_rows(const struct nm_csv *csv, const char *field, size_t len)
{
	const char *line = memchr(field, '\n', len), *end = field + len;
	size_t lines = 0, rows = 0;

	if (line == NULL || csv->columns < 2)
		return false;
	for (line++; line <= end; lines++) {
		const char *next = memchr(line, '\n', (size_t)(end - line));
		const size_t n = (size_t)((next != NULL ? next : end) - line);

		if (opens_field(csv, line, n))
			return true;
		if (next == NULL)
			break;
		rows += count_delimiters(csv, line, n) == csv->columns - 1;
		line = next + 1;
	}
	return lines > 0 && rows == lines;
}

/* --- rows --- */

static void deliver(struct nm_csv *csv, int64_t last)
{
	struct nm_csv_row *row = &csv->row;

	if (row->wrong != NULL)
		row->n = 0;
	row->line = csv->first;
	row->last = last;
	if (csv->code == NM_OK && (row->n > 0 || row->wrong != NULL))
		csv->code = csv->take(csv->context, row, csv->err);
	if (csv->columns == 0)
		csv->columns = row->n;
	begin_row(csv);
}

/* libcsv's callbacks.  What they bring of a piece behind a row that is none will come again. */
static void take_field(void *bytes, size_t len, void *context)
{
	struct nm_csv *csv = context;
	struct nm_csv_row *row = &csv->row;
	char *copy = csv->text + csv->used;

	if (csv->back != NONE)
		return;
	if (row->n == NM_CSV_FIELDS)
		row->wrong = "it has more than 100 columns";
	else if (len + 1 > NM_CSV_ROW - csv->used)
		row->wrong = "it is longer than 64 KiB";
	else if (csv->second != NONE && holds_rows(csv, bytes, len))
		row->wrong = "a field of it holds rows";
	if (row->wrong != NULL)
		return;
	memcpy(copy, bytes, len);
	copy[len] = '\0';
	csv->used += len + 1;
	row->fields[row->n++] = copy;
}

static void take_row(int end, void *context)
{
	struct nm_csv *csv = context;

	(void)end;
	if (csv->back == NONE)
		deliver(csv, csv->line);
}

void nm_csv_again(struct nm_csv *csv)
{
	if (csv->row.last > csv->row.line && csv->reread < REREAD)
		csv->back = csv->second;
}

enum nm_code nm_csv_open(char delimiter,
			 enum nm_code (*take)(void *context, const struct nm_csv_row *row,
					      struct nm_error *err),
			 void *context, struct nm_csv **out, struct nm_error *err)
{
	struct nm_csv *csv = malloc(sizeof(*csv));
	enum nm_code code;

	if (csv == NULL)
		return nm_fail_memory(err);
	code = nm_libcsv_load(&csv->lib, err);
	if (code == NM_OK && csv->lib.csv_init(&csv->parser, 0) != 0)
		code = nm_fail_memory(err);
	if (code != NM_OK) {
		free(csv);
		return code;
	}
	csv->lib.csv_set_delim(&csv->parser, (unsigned char)delimiter);
	csv->take = take;
	csv->context = context;
	csv->delimiter = delimiter;
	csv->columns = 0;
	csv->line = csv->row.line = 1;
	csv->skips = false;
	csv->held = csv->at = csv->reread = 0;
	csv->back = NONE;
	csv->code = NM_OK;
	begin_row(csv);
	*out = csv;
	return NM_OK;
}

/* --- bytes --- */

static bool in_row(const struct nm_csv *csv)
{
	return csv->parser.pstate != 0;
}

static enum nm_code parse(struct nm_csv *csv, size_t n, struct nm_error *err)
{
	const char *bytes = csv->bytes + csv->at;

	if (csv->lib.csv_parse(&csv->parser, bytes, n, take_field, take_row, csv) == n)
		return NM_OK;
	return csv->lib.csv_error(&csv->parser) == CSV_ENOMEM
		       ? nm_fail_memory(err)
		       : nm_fail(err, NM_INPUT, "line %lld is no row of a table", (long long)csv->line);
}

/* The parser forgets the row at hand, and goes on with the lines that were taken for a part of one. */
static void restart(struct nm_csv *csv)
{
	(void)csv->lib.csv_fini(&csv->parser, NULL, NULL, NULL);
	if (csv->back != NONE) {
		csv->line = csv->row.line + 1;
		csv->reread += csv->held - csv->back;
		csv->at = csv->back;
		csv->back = NONE;
	}
	begin_row(csv);
}

/* The row at hand is none, and nothing is known of where it ends. */
static void give_up_row(struct nm_csv *csv, const char *wrong)
{
	const bool line_ended = csv->bytes[csv->at - 1] == '\n';

	csv->row.wrong = wrong;
	deliver(csv, csv->line - line_ended);
	csv->skips = csv->back == NONE && !line_ended;
	restart(csv);
}

/* At most to the end of a line. */
static enum nm_code read_piece(struct nm_csv *csv, size_t n, struct nm_error *err)
{
	const bool ends = csv->bytes[csv->at + n - 1] == '\n';
	enum nm_code code = NM_OK;

	if (!in_row(csv))
		begin_row(csv);
	csv->row_bytes += n;
	if (!csv->skips)
		code = parse(csv, n, err);
	csv->at += n;
	csv->line += ends;
	csv->skips = csv->skips && !ends;
	if (code != NM_OK || csv->code != NM_OK)
		return code != NM_OK ? code : csv->code;
	if (csv->back != NONE) {
		restart(csv);
		return NM_OK;
	}
	if (ends && in_row(csv) && csv->second == NONE)
		csv->second = csv->at;
	if (in_row(csv) && csv->row_bytes > LONGEST)
		give_up_row(csv, csv->second == NONE ? "it is longer than 64 KiB" : "a field of it does not end");
	return csv->code;
}

static enum nm_code read_held(struct nm_csv *csv, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	while (code == NM_OK && csv->at < csv->held) {
		const size_t left = csv->held - csv->at, most = left < PIECE ? left : PIECE;
		const char *bytes = csv->bytes + csv->at, *newline = memchr(bytes, '\n', most);

		code = read_piece(csv, newline != NULL ? (size_t)(newline - bytes) + 1 : most, err);
	}
	return code;
}

/* Behind what the row at hand may still need; that is less than the longest row has. */
static void hold(struct nm_csv *csv, const char *bytes, size_t n)
{
	const size_t keep = csv->second != NONE ? csv->second : csv->at;

	memmove(csv->bytes, csv->bytes + keep, csv->held - keep);
	csv->held -= keep;
	csv->at -= keep;
	if (csv->second != NONE)
		csv->second = 0;
	memcpy(csv->bytes + csv->held, bytes, n);
	csv->held += n;
}

enum nm_code nm_csv_feed(struct nm_csv *csv, const char *bytes, size_t len, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	csv->err = err;
	while (len > 0 && code == NM_OK) {
		const size_t n = len < PIECE ? len : PIECE;

		hold(csv, bytes, n);
		code = read_held(csv, err);
		bytes += n;
		len -= n;
	}
	return code;
}

enum nm_code nm_csv_end(struct nm_csv *csv, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	csv->err = err;
	/* A line's end ends the last row too, if it is not within quotation marks. */
	if (in_row(csv) && csv->bytes[csv->at - 1] != '\n')
		code = nm_csv_feed(csv, "\n", 1, err);
	while (code == NM_OK && in_row(csv)) {
		give_up_row(csv, "a quotation mark of it is not closed");
		code = csv->code != NM_OK ? csv->code : read_held(csv, err);
	}
	return code;
}

void nm_csv_free(struct nm_csv *csv)
{
	if (csv == NULL)
		return;
	csv->lib.csv_free(&csv->parser);
	free(csv);
}
