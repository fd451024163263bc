/* SPDX-License-Identifier: MIT */
/*
 * From a file into the log: see calls_file.h.  In: bytes, a plan.  Out: calls in the store, each once, and the rows that
 * were not.  What was read is kept every few thousand rows, so that an import that is cut off, done again, goes on.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/calls_file_private.h"

#define CHUNK 65536
#define BATCH 5000 /* rows that are kept at once */
#define RECENT 256 /* rows among which equal ones are told apart */

struct reading {
	struct nm_store *store;
	const struct nm_plan *plan;
	const struct nm_calls_file_options *options;
	struct nm_calls_file *out;
	struct nm_columns columns;
	bool begun; /* the first row was read */
	bool cdr;
	bool open; /* call holds one to which rows may be added */
	int in_batch;
	uint64_t recent[RECENT]; /* hashes of rows without an id */
	size_t at;
	struct nm_row_call call;
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
static void make_id(struct reading *run)
{
	struct nm_row_call *call = &run->call;
	char from[NM_NUMBER_TEXT], base[128];
	uint64_t mark;
	int alike = 1;

	nm_caller_write(call->record.caller, from);
	snprintf(base, sizeof(base), "%lld/%s/%llu", (long long)call->record.began, from,
		 (unsigned long long)run->plan->lines[call->line].number);
	mark = hash(base);
	for (size_t i = 0; i < RECENT; i++)
		alike += run->recent[i] == mark;
	run->recent[run->at++ % RECENT] = mark;
	snprintf(call->id, sizeof(call->id), "%s/%d", base, alike);
}

static enum nm_code commit(struct reading *run, struct nm_error *err)
{
	if (run->in_batch == 0)
		return NM_OK;
	run->in_batch = 0;
	return nm_store_commit(run->store, err);
}

static enum nm_code keep(struct reading *run, struct nm_error *err)
{
	const struct nm_record *record = &run->call.record;
	struct nm_call_leg legs[NM_LEGS_MAX];
	struct nm_call_entry entry = { .number = run->plan->lines[run->call.line].number,
				       .line = run->plan->lines[run->call.line].name,
				       .driver = run->cdr ? "asterisk-cdr" : "table",
				       .carrier_id = run->call.id,
				       .caller = record->caller,
				       .began = record->began,
				       .ended = record->ended,
				       .cut = record->cut,
				       .n = record->n,
				       .legs = legs };
	enum nm_call_kept kept;
	enum nm_code code;

	if (run->call.id[0] == '\0')
		make_id(run);
	for (size_t i = 0; i < record->n; i++)
		legs[i] = (struct nm_call_leg){ record->legs[i], nm_call_who(run->plan, record->legs[i].to) };
	nm_call_judge(run->plan, run->call.line, record, true, &entry.became);
	if (run->call.mailbox)
		entry.became =
			(struct nm_became){ .end = NM_CALL_VOICEMAIL, .reason = NM_CALL_SAID, .seconds = -1 };
	code = run->in_batch++ == 0 ? nm_store_begin(run->store, err) : NM_OK;
	if (code == NM_OK)
		code = nm_store_call_put(run->store, &entry, &kept, err);
	if (code != NM_OK) {
		nm_store_abandon(run->store);
		run->in_batch = 0;
		return code;
	}
	run->out->rows++;
	run->out->fresh += kept == NM_CALL_NEW;
	run->out->mended += kept == NM_CALL_MENDED;
	run->out->known += kept == NM_CALL_KNOWN;
	return run->in_batch >= BATCH ? commit(run, err) : NM_OK;
}

/* --- rows --- */

static enum nm_code told_wrong(struct reading *run, int64_t line, struct nm_error *err)
{
	struct nm_calls_file *out = run->out;
	const char *words = NULL;

	if (out->n_wrong++ >= NM_CALLS_FILE_WRONG)
		return NM_OK;
	words = nm_arena_text(out->arena, run->call.words);
	if (words == NULL)
		return nm_fail_memory(err);
	out->wrong[out->n_wrong - 1] = (struct nm_calls_wrong){ line, words };
	return NM_OK;
}

/* The call whose rows have all been read. */
static enum nm_code close_call(struct reading *run, struct nm_error *err)
{
	if (!run->open)
		return NM_OK;
	run->open = false;
	return keep(run, err);
}

static enum nm_code take_kind(struct reading *run, enum nm_row_kind kind, int64_t line, struct nm_error *err)
{
	switch (kind) {
	case NM_ROW_CALL:
		run->open = true;
		return run->cdr ? NM_OK : close_call(run, err);
	case NM_ROW_OUTGOING:
		run->out->outgoing++;
		break;
	case NM_ROW_ELSEWHERE:
		run->out->elsewhere++;
		break;
	case NM_ROW_WRONG:
		return told_wrong(run, line, err);
	}
	return NM_OK;
}

static enum nm_code begin_table(struct reading *run, const struct nm_csv_row *row, struct nm_error *err)
{
	run->begun = true;
	run->cdr = nm_cdr_is(row);
	run->out->format = run->cdr ? "Master.csv" : "table";
	return run->cdr ? NM_OK
			: nm_columns_find(row, run->options->columns, run->options->line < 0, &run->columns,
					  err);
}

static enum nm_code take_row(void *context, const struct nm_csv_row *row, struct nm_error *err)
{
	struct reading *run = context;
	enum nm_code code;

	if (!run->begun) {
		code = begin_table(run, row, err);
		if (code != NM_OK || !run->cdr)
			return code;
	}
	if (!run->cdr)
		return take_kind(run, nm_table_row(run->plan, run->options, &run->columns, row, &run->call),
				 row->line, err);
	if (run->open && nm_cdr_same_call(&run->call, row)) {
		const enum nm_row_kind kind = nm_cdr_add(run->plan, run->options, row, &run->call);

		return kind == NM_ROW_WRONG ? told_wrong(run, row->line, err) : NM_OK;
	}
	code = close_call(run, err);
	return code != NM_OK ? code
			     : take_kind(run, nm_cdr_begin(run->plan, run->options, row, &run->call),
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

static ssize_t read_some(int fd, char *bytes)
{
	ssize_t n;

	do {
		n = read(fd, bytes, CHUNK);
	} while (n < 0 && errno == EINTR);
	return n;
}

static enum nm_code feed_all(struct reading *run, int fd, struct nm_error *err)
{
	static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8, which spreadsheets put first */
	char *bytes = malloc(CHUNK);
	struct nm_csv *csv = NULL;
	enum nm_code code = bytes != NULL ? NM_OK : nm_fail_memory(err);
	int64_t done = 0;
	ssize_t n = 1;

	while (code == NM_OK && !run->out->stopped && (n = read_some(fd, bytes)) > 0) {
		const size_t skip = done == 0 && n >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;

		if (csv == NULL)
			code = nm_csv_open(delimiter_of(bytes, (size_t)n), take_row, run, &csv, err);
		if (code == NM_OK)
			code = nm_csv_feed(csv, bytes + skip, (size_t)n - skip, err);
		done += n;
		if (code == NM_OK && run->options->progress != NULL)
			run->out->stopped = !run->options->progress(run->options->progress_context, done);
	}
	if (code == NM_OK && n < 0)
		code = nm_fail(err, NM_INPUT, "cannot read it: %s", strerror(errno));
	if (code == NM_OK && csv != NULL && !run->out->stopped)
		code = nm_csv_end(csv, err);
	if (code == NM_OK && !run->begun && !run->out->stopped)
		code = nm_fail(err, NM_INPUT, "it is empty");
	nm_csv_free(csv);
	free(bytes);
	return code;
}

enum nm_code nm_calls_file_import(struct nm_store *store, const struct nm_plan *plan, int fd,
				  const struct nm_calls_file_options *options, struct nm_calls_file *out,
				  struct nm_error *err)
{
	struct reading *run = calloc(1, sizeof(*run));
	struct nm_calls_file_options asked = *options;
	struct nm_error why;
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
	code = feed_all(run, fd, &why);
	/* What was read before a mistake is kept; what went wrong first is told. */
	if (code == NM_OK || code == NM_INPUT) {
		struct nm_error late;
		enum nm_code kept = close_call(run, &late);

		if (kept == NM_OK)
			kept = commit(run, &late);
		why = code == NM_OK ? late : why;
		code = code == NM_OK ? kept : code;
	}
	free(run);
	return code == NM_OK ? NM_OK : nm_fail(err, code, "%s: %s", options->name, why.text);
}

void nm_calls_file_clear(struct nm_calls_file *file)
{
	nm_arena_free(file->arena);
	*file = (struct nm_calls_file){ 0 };
}
