/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a file of calls: see calls_file_private.h.  In: a descriptor.  Out: rows, of a table or of a list in JSON.
 * What they mean is not known here.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/calls_file_private.h"

#define CHUNK 65536
#define PIECE 8192 /* of it, between two questions whether to go on: some hundred rows */

/* What divides the columns: whichever stands most often in the first line. */
static char delimiter_of(const char *bytes, size_t len)
{
	static const char marks[] = ",;\t|";
	size_t count[4] = { 0 }, best = 0;

	for (size_t i = 0; i < len && bytes[i] != '\n'; i++)
		for (size_t m = 0; m < 4; m++)
			count[m] += bytes[i] == marks[m];
	for (size_t m = 1; m < 4; m++)
		best = count[m] > count[best] ? m : best;
	return marks[best];
}

/* "sep=;", a line of its own with which spreadsheets say what divides the columns: so many bytes; 0: there is none. */
static size_t said_delimiter(const char *bytes, size_t len, char *delimiter)
{
	if (len < 6 || memcmp(bytes, "sep=", 4) != 0 || (bytes[5] != '\r' && bytes[5] != '\n'))
		return 0;
	*delimiter = bytes[4];
	return 5;
}

static ssize_t read_some(int fd, char *bytes, size_t size)
{
	ssize_t n;

	do {
		n = read(fd, bytes, size);
	} while (n < 0 && errno == EINTR);
	return n;
}

/* The file's beginning, up to a line's end at least; 0: it is empty. */
static ssize_t read_first(int fd, char *bytes)
{
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < CHUNK && memchr(bytes, '\n', len) == NULL) {
		n = read_some(fd, bytes + len, CHUNK - len);
		len += n > 0 ? (size_t)n : 0;
	}
	return n < 0 ? n : (ssize_t)len;
}

static enum nm_code before_waiting(const struct nm_rows_reader *reader, struct nm_error *err)
{
	struct pollfd ready = { .fd = reader->fd, .events = POLLIN };

	return poll(&ready, 1, 0) > 0 ? NM_OK : reader->before_waiting(reader->context, err);
}

static void tell_progress(const struct nm_rows_reader *reader, int64_t done)
{
	const struct nm_calls_file_options *options = reader->options;

	if (options->progress != NULL)
		reader->out->stopped = !options->progress(options->progress_context, done);
}

static bool is_json(const char *bytes, size_t len)
{
	size_t i = 0;

	while (i < len && strchr(" \t\r\n", bytes[i]) != NULL && bytes[i] != '\0')
		i++;
	return i < len && (bytes[i] == '{' || bytes[i] == '[');
}

static enum nm_code fail_reading(struct nm_error *err)
{
	return nm_fail(err, NM_INPUT, "cannot read it: %s", strerror(errno));
}

/* A text that has no meaning before its end: whole, n bytes of which were read. */
static enum nm_code read_json(const struct nm_rows_reader *reader, char *bytes, size_t skip, ssize_t n,
			      struct nm_error *err)
{
	struct nm_buf text;
	size_t size = 0;
	enum nm_code code = NM_OK;

	reader->out->entries = true;
	reader->out->format = "JSON";
	nm_buf_init(&text, NM_ARTEFACT_BYTES);
	for (; n > 0 && !text.failed && !reader->out->stopped; n = read_some(reader->fd, bytes, CHUNK)) {
		size += (size_t)n - skip;
		nm_buf_addn(&text, bytes + skip, (size_t)n - skip);
		skip = 0;
		tell_progress(reader, (int64_t)size);
	}
	if (n < 0)
		code = fail_reading(err);
	else if (text.failed && size <= NM_ARTEFACT_BYTES)
		code = nm_fail_memory(err);
	else if (text.failed)
		code = nm_fail(err, NM_INPUT,
			       "it is a list of more than %u MiB: import it in parts, or as a table",
			       NM_ARTEFACT_BYTES >> 20);
	else if (!reader->out->stopped)
		code = nm_rows_of_json(reader, text.data, text.len, err);
	nm_buf_clear(&text);
	return code;
}

/* What was read, piece by piece. */
static enum nm_code feed(const struct nm_rows_reader *reader, const char *bytes, size_t len, int64_t *done, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t at = 0; at < len && code == NM_OK && !reader->out->stopped; at += PIECE) {
		const size_t n = len - at < PIECE ? len - at : PIECE;

		code = nm_csv_feed(*reader->csv, bytes + at, n, err);
		*done += (int64_t)n;
		if (code == NM_OK)
			tell_progress(reader, *done);
	}
	return code;
}

static enum nm_code read_table(const struct nm_rows_reader *reader, char *bytes, size_t skip, ssize_t n,
			       struct nm_error *err)
{
	char delimiter = delimiter_of(bytes, (size_t)n);
	int64_t done;
	enum nm_code code;

	skip += said_delimiter(bytes + skip, (size_t)n - skip, &delimiter);
	done = (int64_t)skip;
	code = nm_csv_open(delimiter, reader->take, reader->context, reader->csv, err);
	while (code == NM_OK && n > 0 && !reader->out->stopped) {
		code = feed(reader, bytes + skip, (size_t)n - skip, &done, err);
		skip = 0;
		if (code == NM_OK)
			code = before_waiting(reader, err);
		if (code == NM_OK && !reader->out->stopped)
			n = read_some(reader->fd, bytes, CHUNK);
	}
	if (code == NM_OK && n < 0)
		code = fail_reading(err);
	if (code == NM_OK && !reader->out->stopped)
		code = nm_csv_end(*reader->csv, err);
	nm_csv_free(*reader->csv);
	*reader->csv = NULL;
	return code;
}

/* With its mark in front, or a letter of two bytes. */
static bool is_utf16(const char *bytes, ssize_t n)
{
	return n >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0 ||
			  (bytes[0] == '\0') != (bytes[1] == '\0'));
}

/* What it is instead of a table, by its first bytes; NULL: it may be one. */
static const char *other_kind(const char *bytes, size_t n)
{
	static const struct {
		const char *begins, *kind;
	} kinds[] = {
		{ "PK\x03\x04", "a spreadsheet (xlsx, ods) or a zip file: save the table as CSV" },
		{ "\xd0\xcf\x11\xe0", "a spreadsheet (xls): save the table as CSV" },
		{ "\x1f\x8b", "compressed: unpack it (gunzip)" },
		{ "%PDF", "a PDF: export the calls as CSV" },
		{ "SQLite format 3", "a database: export the calls as CSV" },
		{ "<", "a web page or XML: export the calls as CSV" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (n >= strlen(kinds[i].begins) && memcmp(bytes, kinds[i].begins, strlen(kinds[i].begins)) == 0)
			return kinds[i].kind;
	return NULL;
}

enum nm_code nm_rows_read(const struct nm_rows_reader *reader, struct nm_error *err)
{
	static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8, which spreadsheets put first */
	char *bytes = malloc(CHUNK);
	enum nm_code code = NM_OK;
	size_t skip;
	ssize_t n;

	if (bytes == NULL)
		return nm_fail_memory(err);
	n = read_first(reader->fd, bytes);
	skip = n >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;
	if (n < 0)
		code = fail_reading(err);
	else if (other_kind(bytes + skip, (size_t)n - skip) != NULL)
		code = nm_fail(err, NM_INPUT, "it is %s, and import that", other_kind(bytes + skip, (size_t)n - skip));
	else if (is_utf16(bytes, n))
		code = nm_fail(err, NM_INPUT, "it is in UTF-16: save it as UTF-8, and import that");
	else if (n > 0 && is_json(bytes + skip, (size_t)n - skip))
		code = read_json(reader, bytes, skip, n, err);
	else if (n > 0)
		code = read_table(reader, bytes, skip, n, err);
	free(bytes);
	return code;
}
