/* SPDX-License-Identifier: MIT */
/*
 * From a file into the log: see calls_file.h.  In: bytes, a plan.  Out: calls in the store, each once, and the rows that
 * were not.  What was read is kept every few thousand rows, so that an import that is cut off, done again, goes on.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/calls_file_private.h"
#include "core/utf8.h"
#include "nevermiss/events.h"

#define CHUNK 65536
#define BATCH 5000 /* rows that are kept at once */
#define RECENT 256 /* rows among which equal ones are told apart */
#define OPEN 64    /* calls of Master.csv to which rows may be added */

struct counts {
	int64_t rows, fresh, mended, known, untold;
};

struct reading {
	struct nm_store *store;
	const struct nm_plan *plan;
	const struct nm_calls_file_options *options;
	struct nm_calls_file *out;
	nm_time told_since; /* calls of which a CRM is told */
	struct nm_columns columns;
	bool begun; /* the first row was read */
	bool cdr;
	int in_batch;            /* rows since the transaction began; 0: there is none */
	struct counts counts;    /* of it */
	uint64_t recent[RECENT]; /* hashes of rows without an id */
	size_t n_recent;
	struct nm_row_call call;  /* the row at hand */
	struct nm_row_call *open; /* of Master.csv, a ring */
	size_t oldest, n_open;
};

/* --- keeping --- */

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t hash(const char *text)
{
	uint64_t value = 14695981039346656037u;

	for (; *text != '\0'; text++)
		value = (value ^ (unsigned char)*text) * 1099511628211u;
	return value;
}

/* A table without ids: a call is known by its time, caller and line, and which it is of those that are alike. */
static void make_id(struct reading *run, struct nm_row_call *call)
{
	char from[NM_NUMBER_TEXT], base[128];
	uint64_t mark;
	int alike = 1;

	nm_caller_write(call->record.caller, from);
	snprintf(base, sizeof(base), "%lld/%s/%llu", (long long)call->record.began, from,
		 (unsigned long long)run->plan->lines[call->line].number);
	mark = hash(base);
	for (size_t i = 0; i < RECENT; i++)
		alike += run->recent[i] == mark;
	run->recent[run->n_recent++ % RECENT] = mark;
	snprintf(call->id, sizeof(call->id), "%s/%d", base, alike);
}

/* What the transaction had is as if it had never been read. */
static void give_up(struct reading *run)
{
	if (run->in_batch > 0)
		nm_store_abandon(run->store);
	run->in_batch = 0;
	run->counts = (struct counts){ 0 };
}

static enum nm_code commit(struct reading *run, struct nm_error *err)
{
	enum nm_code code = run->in_batch > 0 ? nm_store_commit(run->store, err) : NM_OK;

	if (code == NM_OK) {
		run->out->rows += run->counts.rows;
		run->out->fresh += run->counts.fresh;
		run->out->mended += run->counts.mended;
		run->out->known += run->counts.known;
		run->out->untold += run->counts.untold;
		run->in_batch = 0;
	}
	give_up(run);
	return code;
}

static enum nm_code keep(struct reading *run, struct nm_row_call *call, struct nm_error *err)
{
	struct nm_call_leg legs[NM_LEGS_MAX];
	struct nm_call_entry entry;
	enum nm_call_kept kept;
	enum nm_code code = NM_OK;

	if (call->id[0] == '\0')
		make_id(run, call);
	/* A copy of it has its texts elsewhere. */
	call->record.id = call->id;
	call->record.legs = call->legs;
	for (size_t i = 0; i < call->record.n; i++) {
		call->legs[i].id = call->id;
		call->legs[i].to = call->to[i];
	}
	nm_call_entry_of(run->plan, call->line, run->cdr ? "asterisk-cdr" : "table", &call->record, true,
			 legs, &entry);
	if (call->mailbox)
		entry.became =
			(struct nm_became){ .end = NM_CALL_VOICEMAIL, .reason = NM_CALL_SAID, .seconds = -1 };
	if (run->in_batch == 0)
		code = nm_store_begin(run->store, err);
	if (code != NM_OK)
		return code;
	run->in_batch++;
	code = nm_events_call_put(run->store, run->plan, run->told_since, &entry, &kept, err);
	if (code != NM_OK)
		return code;
	run->counts.rows++;
	run->counts.fresh += kept == NM_CALL_NEW;
	run->counts.mended += kept == NM_CALL_MENDED;
	run->counts.known += kept == NM_CALL_KNOWN;
	run->counts.untold += entry.became.reason == NM_CALL_NOT_TOLD;
	return run->in_batch >= BATCH ? commit(run, err) : NM_OK;
}

/* --- rows --- */

static enum nm_code told_wrong(struct reading *run, const struct nm_row_call *call, int64_t line,
			       struct nm_error *err)
{
	struct nm_calls_file *out = run->out;
	char words[NM_ERROR_TEXT];
	const char *copy;

	out->faults[call->fault]++;
	if (out->n_wrong >= NM_CALLS_FILE_WRONG) {
		out->n_wrong++;
		return NM_OK;
	}
	nm_utf8_clean(call->words, words, sizeof(words));
	copy = nm_arena_text(out->arena, words);
	if (copy == NULL)
		return nm_fail_memory(err);
	out->wrong[out->n_wrong++] = (struct nm_calls_wrong){ line, copy };
	return NM_OK;
}

/* The oldest call of Master.csv: what more rows may say of it is not waited for. */
static enum nm_code close_oldest(struct reading *run, struct nm_error *err)
{
	struct nm_row_call *call = &run->open[run->oldest];

	run->oldest = (run->oldest + 1) % OPEN;
	run->n_open--;
	return keep(run, call, err);
}

static enum nm_code close_all(struct reading *run, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	while (code == NM_OK && run->n_open > 0)
		code = close_oldest(run, err);
	return code;
}

static enum nm_code take_kind(struct reading *run, enum nm_row_kind kind, int64_t line, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	switch (kind) {
	case NM_ROW_OUTGOING:
		run->out->outgoing++;
		break;
	case NM_ROW_ELSEWHERE:
		run->out->elsewhere++;
		break;
	case NM_ROW_WRONG:
		return told_wrong(run, &run->call, line, err);
	case NM_ROW_CALL:
		if (!run->cdr)
			return keep(run, &run->call, err);
		if (run->n_open == OPEN)
			code = close_oldest(run, err);
		if (code == NM_OK)
			run->open[(run->oldest + run->n_open++) % OPEN] = run->call;
		break;
	}
	return code;
}

static enum nm_code find_columns(struct reading *run, const struct nm_csv_row *row, struct nm_error *err)
{
	const bool to_needed = run->options->line < 0;
	const enum nm_code code = nm_columns_find(row, run->options->columns, to_needed, &run->columns, err);

	if (code != NM_OK)
		return code;
	run->out->tells_by = run->columns.at[NM_COLUMN_BY] >= 0;
	return nm_columns_unused(row, &run->columns, to_needed, run->out) ? NM_OK : nm_fail_memory(err);
}

static enum nm_code begin_table(struct reading *run, const struct nm_csv_row *row, struct nm_error *err)
{
	run->begun = true;
	run->cdr = nm_cdr_is(row);
	run->out->format = run->cdr ? "Master.csv" : "table";
	if (!run->cdr)
		return find_columns(run, row, err);
	run->open = calloc(OPEN, sizeof(*run->open));
	return run->open != NULL ? NM_OK : nm_fail_memory(err);
}

/* A row of Master.csv: of a call that is open, or of another one. */
static enum nm_code take_cdr(struct reading *run, const struct nm_csv_row *row, struct nm_error *err)
{
	for (size_t i = 0; i < run->n_open; i++) {
		struct nm_row_call *call = &run->open[(run->oldest + i) % OPEN];

		if (!nm_cdr_same_call(call, row))
			continue;
		return nm_cdr_add(run->plan, run->options, row, call) == NM_ROW_WRONG
			       ? told_wrong(run, call, row->line, err)
			       : NM_OK;
	}
	return take_kind(run, nm_cdr_begin(run->plan, run->options, row, &run->call), row->line, err);
}

static enum nm_code take_row(void *context, const struct nm_csv_row *row, struct nm_error *err)
{
	struct reading *run = context;
	enum nm_code code = NM_OK;

	if (!run->begun) {
		code = begin_table(run, row, err);
		if (code != NM_OK || !run->cdr)
			return code;
	}
	if (run->cdr)
		return take_cdr(run, row, err);
	return take_kind(run, nm_table_row(run->plan, run->options, &run->columns, row, &run->call),
			 row->line, err);
}

/* --- bytes --- */

/* What divides the columns: whichever stands most often in the first line. */
static char delimiter_of(const char *bytes, size_t len)
{
	static const char marks[] = ",;\t";
	size_t count[3] = { 0 }, best = 0;

	for (size_t i = 0; i < len && bytes[i] != '\n'; i++)
		for (size_t m = 0; m < 3; m++)
			count[m] += bytes[i] == marks[m];
	for (size_t m = 1; m < 3; m++)
		best = count[m] > count[best] ? m : best;
	return marks[best];
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

/* Nobody else waits for a store that is held while a pipe has nothing to say. */
static enum nm_code before_waiting(struct reading *run, int fd, struct nm_error *err)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	return poll(&ready, 1, 0) > 0 ? NM_OK : commit(run, err);
}

static enum nm_code feed_all(struct reading *run, int fd, char *bytes, struct nm_csv **csv,
			     struct nm_error *err)
{
	static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8, which spreadsheets put first */
	ssize_t n = read_first(fd, bytes);
	size_t skip = n >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;
	int64_t done = 0;
	enum nm_code code = NM_OK;

	if (n > 0)
		code = nm_csv_open(delimiter_of(bytes, (size_t)n), take_row, run, csv, err);
	while (code == NM_OK && n > 0 && !run->out->stopped) {
		code = nm_csv_feed(*csv, bytes + skip, (size_t)n - skip, err);
		skip = 0;
		done += n;
		if (code == NM_OK && run->options->progress != NULL)
			run->out->stopped = !run->options->progress(run->options->progress_context, done);
		if (code == NM_OK)
			code = before_waiting(run, fd, err);
		if (code == NM_OK && !run->out->stopped)
			n = read_some(fd, bytes, CHUNK);
	}
	if (code == NM_OK && n < 0)
		return nm_fail(err, NM_INPUT, "cannot read it: %s", strerror(errno));
	if (code == NM_OK && *csv != NULL && !run->out->stopped)
		code = nm_csv_end(*csv, err);
	return code == NM_OK && !run->begun && !run->out->stopped ? nm_fail(err, NM_INPUT, "it is empty")
								  : code;
}

static enum nm_code read_all(struct reading *run, int fd, struct nm_error *err)
{
	struct nm_error late = { NM_OK, "" };
	char *bytes = malloc(CHUNK);
	struct nm_csv *csv = NULL;
	enum nm_code code = bytes != NULL ? feed_all(run, fd, bytes, &csv, err) : nm_fail_memory(err);
	enum nm_code last = NM_OK;

	nm_csv_free(csv);
	free(bytes);
	/* What was read before a mistake in the file is kept; anything else undoes what was not kept yet. */
	if (code == NM_OK || code == NM_INPUT) {
		last = close_all(run, &late);
		if (last == NM_OK)
			last = commit(run, &late);
	}
	give_up(run);
	if (last != NM_OK) {
		*err = late;
		return last;
	}
	return code;
}

enum nm_code nm_calls_file_import(struct nm_store *store, const struct nm_plan *plan, int fd,
				  const struct nm_calls_file_options *options, struct nm_calls_file *out,
				  struct nm_error *err)
{
	struct reading *run = calloc(1, sizeof(*run));
	struct nm_calls_file_options asked = *options;
	struct nm_error why = { NM_OK, "" };
	enum nm_code code;

	*out = (struct nm_calls_file){ .arena = nm_arena_new(), .format = "table" };
	if (run == NULL || out->arena == NULL) {
		free(run);
		nm_calls_file_clear(out);
		return nm_fail_memory(err);
	}
	if (asked.dates == NM_DATE_BY_COUNTRY)
		asked.dates = strcmp(plan->country, "US") == 0 ? NM_DATE_MONTH_FIRST : NM_DATE_DAY_FIRST;
	run->store = store;
	run->plan = plan;
	run->options = &asked;
	run->out = out;
	code = nm_events_since(store, plan, options->now, &run->told_since, &why);
	if (code == NM_OK)
		code = read_all(run, fd, &why);
	if (code == NM_OK)
		code = nm_expire(store, plan, options->now, &out->expired, &why);
	free(run->open);
	free(run);
	return code == NM_OK ? NM_OK : nm_fail(err, code, "%s: %s", options->name, why.text);
}

void nm_calls_file_clear(struct nm_calls_file *file)
{
	nm_arena_free(file->arena);
	*file = (struct nm_calls_file){ 0 };
}
