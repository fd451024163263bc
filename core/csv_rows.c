/* SPDX-License-Identifier: MIT */
/*
 * A thin layer over libcsv, which nothing else sees: it knows no lines and bounds nothing, so it is fed line by line
 * and its fields are gathered here, up to a bound.
 */
#include "core/csv_rows.h"

#include <stdlib.h>
#include <string.h>

#include "core/csv_library.h"

#define PIECE 4096 /* bytes that it is given at once, so that a line of any length is noticed */

struct nm_csv {
	struct nm_libcsv lib;
	struct csv_parser parser;
	enum nm_code (*take)(void *context, const struct nm_csv_row *row, struct nm_error *err);
	void *context;
	int64_t line; /* of the bytes that are fed */
	struct nm_csv_row row;
	size_t used;
	enum nm_code code; /* of the first row that was not taken */
	struct nm_error *err;
	char text[NM_CSV_ROW];
};

static void begin_row(struct nm_csv *csv)
{
	csv->row.n = 0;
	csv->row.line = 0;
	csv->row.wrong = NULL;
	csv->used = 0;
}

/* libcsv's callbacks. */
static void take_field(void *bytes, size_t len, void *context)
{
	struct nm_csv *csv = context;
	struct nm_csv_row *row = &csv->row;
	char *copy = csv->text + csv->used;

	if (row->line == 0)
		row->line = csv->line;
	if (row->n == NM_CSV_FIELDS)
		row->wrong = "it has more than 100 columns";
	else if (len + 1 > NM_CSV_ROW - csv->used)
		row->wrong = "it is longer than 64 KiB";
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
	if (csv->row.wrong != NULL)
		csv->row.n = 0;
	if (csv->code == NM_OK && (csv->row.n > 0 || csv->row.wrong != NULL))
		csv->code = csv->take(csv->context, &csv->row, csv->err);
	begin_row(csv);
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
	csv->line = 1;
	csv->code = NM_OK;
	begin_row(csv);
	*out = csv;
	return NM_OK;
}

/* At most to the end of a line. */
static enum nm_code feed_piece(struct nm_csv *csv, const char *bytes, size_t len, struct nm_error *err)
{
	csv->err = err;
	if (csv->lib.csv_parse(&csv->parser, bytes, len, take_field, take_row, csv) != len)
		return csv->lib.csv_error(&csv->parser) == CSV_ENOMEM
			       ? nm_fail_memory(err)
			       : nm_fail(err, NM_INPUT, "line %lld is no row of a table",
					 (long long)csv->line);
	if (csv->lib.csv_get_buffer_size(&csv->parser) > 2 * (size_t)NM_CSV_ROW)
		return nm_fail(err, NM_INPUT,
			       "line %lld: a field that does not end: is a quotation mark missing?",
			       (long long)(csv->row.line != 0 ? csv->row.line : csv->line));
	return csv->code;
}

enum nm_code nm_csv_feed(struct nm_csv *csv, const char *bytes, size_t len, struct nm_error *err)
{
	while (len > 0) {
		const size_t most = len < PIECE ? len : PIECE;
		const char *newline = memchr(bytes, '\n', most);
		const size_t n = newline != NULL ? (size_t)(newline - bytes) + 1 : most;
		const enum nm_code code = feed_piece(csv, bytes, n, err);

		if (code != NM_OK)
			return code;
		csv->line += newline != NULL;
		bytes += n;
		len -= n;
	}
	return NM_OK;
}

enum nm_code nm_csv_end(struct nm_csv *csv, struct nm_error *err)
{
	csv->err = err;
	if (csv->lib.csv_fini(&csv->parser, take_field, take_row, csv) != 0)
		return nm_fail_memory(err);
	return csv->code;
}

void nm_csv_free(struct nm_csv *csv)
{
	if (csv == NULL)
		return;
	csv->lib.csv_free(&csv->parser);
	free(csv);
}
