/* SPDX-License-Identifier: MIT */
/*
 * From a file into the log: see calls_file.h.  In: bytes, a plan.  Out: calls in the store, each once, and the rows that
 * were not.  What was read is kept every few thousand rows, so that an import that is cut off, done again, goes on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/calls_file_private.h"
#include "core/utf8.h"
#include "nevermiss/events.h"
#include "nevermiss/made.h"

#define BATCH 5000 /* rows that are kept at once */
#define MADE 500000 /* calls that were made, of which no more are waited with until all was read */
#define RECENT 256 /* rows among which equal ones are told apart */

/* Of a row without an id: marks of what its call is known by, and of what it says of it. */
struct recent {
	uint64_t call, said;
	int alike; /* which it is of those of that call's */
};

struct counts {
	int64_t rows, fresh, mended, known, untold, apart;
};

struct reading {
	struct nm_calls_file_options asked; /* options points to it */
	struct nm_zone *utc;                /* NULL: it is not needed */
	struct nm_row_log log;
	const struct nm_calls_file_options *options;
	struct nm_calls_file *out;
	struct nm_columns columns;
	bool begun; /* the first row was read */
	bool cdr;
	bool named; /* the columns of Master.csv have names */
	struct nm_cdr_layout layout;
	int in_batch;            /* rows since the transaction began; 0: there is none */
	struct counts counts;    /* of it */
	struct recent recent[RECENT];
	size_t n_recent;
	struct nm_csv *csv;             /* of a table */
	const struct nm_csv_row *fields; /* the row at hand; NULL behind the last */
	struct nm_row_call call;        /* what it tells */
	struct nm_open_calls *open; /* NULL: each call has one row */
	struct nm_made_list made;
};

/* --- keeping --- */

/* What a row says of its call beside what that is known by. */
static uint64_t said_mark(const struct nm_row_call *call)
{
	const struct nm_record *record = &call->record;
	char said[NM_ROW_TEXT];

	snprintf(said, sizeof(said), "%d/%lld/%d/%d/%s", (int)record->end, (long long)record->ended, call->mailbox,
		 call->rang_s, record->n > 0 ? call->legs[0].to : "");
	return nm_row_mark(said);
}

/* Which a row is of those whose calls are known by the same.  Two that say the same of a numbered caller are one call,
 * which two exports have that were joined; withheld callers may be two. */
static int which_alike(struct reading *run, const struct nm_row_call *call, const char *base)
{
	struct recent row = { .call = nm_row_mark(base), .said = said_mark(call), .alike = 1 };

	for (size_t i = 0; i < RECENT; i++) {
		const struct recent *other = &run->recent[i];

		if (other->alike == 0 || other->call != row.call)
			continue;
		if (call->record.caller.number != 0 && other->said == row.said)
			return other->alike;
		row.alike++;
	}
	run->recent[run->n_recent++ % RECENT] = row;
	return row.alike;
}

/* A table without ids: a call is known by its time, caller and line, and which it is of those that are alike. */
static void make_id(struct reading *run, struct nm_row_call *call)
{
	char from[NM_NUMBER_TEXT], base[128];

	nm_caller_write(call->record.caller, from);
	snprintf(base, sizeof(base), "%lld/%s/%llu", (long long)call->record.began, from,
		 (unsigned long long)run->log.plan->lines[call->line].number);
	snprintf(call->id, sizeof(call->id), "%s/%d", base, which_alike(run, call, base));
}

/* What the transaction had is as if it had never been read. */
static void give_up(struct reading *run)
{
	if (run->in_batch > 0)
		nm_store_abandon(run->log.store);
	run->in_batch = 0;
	run->counts = (struct counts){ 0 };
}

static enum nm_code commit(struct reading *run, struct nm_error *err)
{
	enum nm_code code = run->in_batch > 0 ? nm_store_commit(run->log.store, err) : NM_OK;

	if (code == NM_OK) {
		run->out->rows += run->counts.rows;
		run->out->fresh += run->counts.fresh;
		run->out->mended += run->counts.mended;
		run->out->known += run->counts.known;
		run->out->untold += run->counts.untold;
		run->out->apart += run->counts.apart;
		run->in_batch = 0;
	}
	give_up(run);
	return code;
}

/* May whoever answered have been asked for a 1?  Where it is not told whose records these are, as the plan says. */
static bool confirms(const struct reading *run, int line, const char *driver)
{
	const struct nm_account *account = &run->log.plan->accounts[run->log.plan->lines[line].account];
	const struct nm_carrier *carrier = nm_carrier_find(driver);

	if (carrier == NULL)
		return true;
	if (strcmp(account->driver, driver) == 0)
		return nm_carrier_traits(carrier, account).confirm != NM_CONFIRM_NONE;
	return carrier->traits.confirm != NM_CONFIRM_NONE;
}

/* What a row says by itself: that a voicemail took the call, and for how long it had rung when nobody did. */
static void judge_row(const struct nm_row_call *call, struct nm_became *became)
{
	if (call->mailbox)
		*became = (struct nm_became){ .end = NM_CALL_VOICEMAIL, .reason = NM_CALL_SAID, .seconds = -1 };
	if (call->rang_s >= 0 && (became->end == NM_CALL_VOICEMAIL || became->end == NM_CALL_ABANDONED ||
				  became->end == NM_CALL_LOST))
		became->seconds = call->rang_s;
}

static void count_kept(struct counts *counts, const struct nm_call_entry *entry, const struct nm_row_kept *kept)
{
	counts->rows++;
	counts->fresh += kept->kept == NM_CALL_NEW;
	counts->mended += kept->kept == NM_CALL_MENDED;
	counts->known += kept->kept == NM_CALL_KNOWN;
	counts->apart += kept->apart;
	counts->untold += entry->became.reason == NM_CALL_NOT_TOLD;
}

static enum nm_code keep(struct reading *run, struct nm_row_call *call, struct nm_error *err)
{
	struct nm_call_leg legs[NM_LEGS_MAX];
	struct nm_leg told[NM_LEGS_MAX];
	struct nm_call_entry entry;
	struct nm_row_kept kept;
	const bool has_id = call->id[0] != '\0';
	const char *driver = nm_row_driver(run->out->driver, call->id);
	enum nm_code code = NM_OK;

	if (!has_id)
		make_id(run, call);
	call->record.id = call->id;
	call->record.legs = told;
	for (size_t i = 0; i < call->record.n; i++) {
		told[i] = call->legs[i].leg;
		told[i].id = call->legs[i].id[0] != '\0' ? call->legs[i].id : call->id;
		told[i].to = call->legs[i].to;
	}
	nm_call_entry_of(run->log.plan, call->line, driver, &call->record, confirms(run, call->line, driver), legs,
			 &entry);
	judge_row(call, &entry.became);
	if (run->in_batch == 0)
		code = nm_store_begin(run->log.store, err);
	if (code != NM_OK)
		return code;
	run->in_batch++;
	code = nm_row_put(&run->log, run->out->driver, &entry, has_id, &kept, err);
	if (code != NM_OK)
		return code;
	count_kept(&run->counts, &entry, &kept);
	return run->in_batch >= BATCH ? commit(run, err) : NM_OK;
}

/* --- rows --- */

/* A row of several lines: what was taken for its end may be another one's. */
static void tell_lines(struct reading *run, const char *wrong, char words[static NM_ERROR_TEXT])
{
	snprintf(words, NM_ERROR_TEXT, "lines %lld to %lld are one row, and %.300s: is a quotation mark missing?",
		 (long long)run->fields->line, (long long)run->fields->last, wrong);
	nm_csv_again(run->csv);
}

static enum nm_code told_wrong(struct reading *run, const struct nm_row_call *call, int64_t line,
			       struct nm_error *err)
{
	struct nm_calls_file *out = run->out;
	char cleaned[NM_ERROR_TEXT], words[NM_ERROR_TEXT];
	const char *copy;

	nm_utf8_clean(call->words, cleaned, sizeof(cleaned));
	if (run->fields != NULL && run->fields->line == line && run->fields->last > line)
		tell_lines(run, cleaned, words);
	else
		memcpy(words, cleaned, sizeof(words));
	out->faults[call->fault]++;
	if (out->n_wrong >= NM_CALLS_FILE_WRONG) {
		out->n_wrong++;
		return NM_OK;
	}
	copy = nm_arena_text(out->arena, words);
	if (copy == NULL)
		return nm_fail_memory(err);
	out->wrong[out->n_wrong++] = (struct nm_calls_wrong){ line, copy };
	return NM_OK;
}

/* A call that is kept without its caller. */
static enum nm_code told_odd(struct reading *run, int64_t line, struct nm_error *err)
{
	struct nm_calls_file *out = run->out;
	char words[NM_ERROR_TEXT];
	const char *copy;

	if (out->n_odd++ >= NM_CALLS_FILE_ODD)
		return NM_OK;
	nm_utf8_clean(run->call.words, words, sizeof(words));
	copy = nm_arena_text(out->arena, words);
	if (copy == NULL)
		return nm_fail_memory(err);
	out->odd[out->n_odd - 1] = (struct nm_calls_wrong){ line, copy };
	return NM_OK;
}

static enum nm_code take_kind(struct reading *run, enum nm_row_kind kind, int64_t line, struct nm_error *err)
{
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
		break;
	}
	return NM_OK;
}

/* --- calls of several rows --- */

static bool has_parents(const struct reading *run)
{
	return !run->cdr && run->columns.at[NM_COLUMN_PARENT] >= 0;
}

/* Legs of a call that is not there: each a row that is wrong, or, where a session has nothing but what goes out, a call
 * that was made. */
static enum nm_code tell_orphans(struct reading *run, struct nm_row_call *call, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (!has_parents(run)) {
		run->out->outgoing += call->record.n > 0;
		return NM_OK;
	}
	call->fault = NM_FAULT_PARENT;
	snprintf(call->words, sizeof(call->words),
		 "it is a leg of the call `%.60s`, which is not in the file, or far from it", call->key);
	for (size_t i = 0; i < call->record.n && code == NM_OK; i++)
		code = told_wrong(run, call, call->legs[i].row, err);
	return code;
}

/* What more rows may say of the oldest call is not waited for. */
static enum nm_code close_oldest(struct reading *run, struct nm_open_call *oldest, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (oldest->odd)
		oldest->call.record.tells_legs = false;
	if (oldest->waits)
		code = tell_orphans(run, &oldest->call, err);
	else if (!oldest->left_out)
		code = keep(run, &oldest->call, err);
	nm_open_close_oldest(run->open);
	return code;
}

/* ended: the file was read to its end, so that what did not come is not there. */
static enum nm_code close_all(struct reading *run, bool ended, struct nm_error *err)
{
	struct nm_open_call *oldest;
	enum nm_code code = NM_OK;

	while (code == NM_OK && run->open != NULL && (oldest = nm_open_oldest(run->open, true)) != NULL) {
		if (oldest->waits && !ended)
			nm_open_close_oldest(run->open);
		else
			code = close_oldest(run, oldest, err);
	}
	return code;
}

/* The row at hand, among the calls that are open. */
static enum nm_code open_call(struct reading *run, struct nm_open_call **out, struct nm_error *err)
{
	struct nm_open_call *oldest = nm_open_oldest(run->open, false);
	const enum nm_code code = oldest != NULL ? close_oldest(run, oldest, err) : NM_OK;

	if (code == NM_OK)
		*out = nm_open_add(run->open, &run->call);
	return code;
}

static enum nm_code told_too_many(struct reading *run, int64_t line, struct nm_error *err)
{
	run->call.fault = NM_FAULT_PARENT;
	snprintf(run->call.words, sizeof(run->call.words),
		 "it is a leg of the call `%.60s`, which has more than %d", run->call.key, NM_LEGS_MAX);
	return told_wrong(run, &run->call, line, err);
}

/* A leg, into the calls that are there (a session may have two), or into one that may come. */
static enum nm_code take_leg(struct reading *run, enum nm_row_kind kind, int64_t line, struct nm_error *err)
{
	const struct nm_row_call *row = &run->call;
	bool fits = true;
	struct nm_open_call *call = nm_open_find(run->open, row->key, NULL);
	enum nm_code code = take_kind(run, kind, line, err);

	if (code == NM_OK && call == NULL) {
		run->call.record.n = 0;
		code = open_call(run, &call, err);
		if (code == NM_OK)
			call->waits = true;
	}
	for (; code == NM_OK && call != NULL; call = nm_open_find(run->open, row->key, call)) {
		if (kind == NM_ROW_WRONG)
			call->odd = true;
		else if (row->mailbox)
			call->call.mailbox = call->call.mailbox || row->record.end == NM_LEG_ANSWERED;
		else if (!nm_open_put_leg(call, &row->legs[0]))
			fits = false;
	}
	return code == NM_OK && !fits ? told_too_many(run, line, err) : code;
}

/* A call of which there are legs, or may be; a session that goes on to another line has two. */
static enum nm_code take_parent(struct reading *run, enum nm_row_kind kind, int64_t line,
				struct nm_error *err)
{
	struct nm_open_call *call = nm_open_find(run->open, run->call.key, NULL);
	const bool waits = call != NULL && call->waits, odd = call != NULL && call->odd;
	enum nm_code code = take_kind(run, kind, line, err);

	if (code != NM_OK)
		return code;
	if (call != NULL && !waits)
		nm_open_share_legs(call, &run->call);
	if (waits)
		nm_open_arrived(call, &run->call);
	else
		code = open_call(run, &call, err);
	if (code != NM_OK)
		return code;
	call->odd = odd;
	call->left_out = kind != NM_ROW_CALL;
	return NM_OK;
}

static enum nm_code take_call(struct reading *run, enum nm_row_kind kind, int64_t line, struct nm_error *err)
{
	if (run->call.is_leg)
		return take_leg(run, kind, line, err);
	if (run->call.key[0] != '\0' && nm_columns_tell_legs(&run->columns))
		return take_parent(run, kind, line, err);
	return kind == NM_ROW_CALL ? keep(run, &run->call, err) : take_kind(run, kind, line, err);
}

/* --- rows --- */

/* The zone that a carrier writes its times in, where nobody says another one.  VoIP.ms is asked for its answers in UTC;
 * what its tables are in is not verified. */
static enum nm_code use_utc(struct reading *run, struct nm_error *err)
{
	const bool answer = run->columns.voipms && run->out->entries;
	enum nm_code code;

	run->out->zone_doubtful = run->columns.voipms && !answer && !run->asked.zone_said;
	if (run->asked.zone_said || !(run->columns.utc || answer))
		return NM_OK;
	code = nm_zone_load("UTC", &run->utc, err);
	if (code == NM_OK)
		run->asked.zone = run->utc;
	run->out->utc = answer;
	return code;
}

static enum nm_code find_columns(struct reading *run, const struct nm_csv_row *row, struct nm_error *err)
{
	const bool to_needed = run->options->line < 0;
	const enum nm_code code = nm_columns_find(row, run->options->columns, to_needed, &run->columns, err);

	if (code != NM_OK)
		return code;
	if (use_utc(run, err) != NM_OK)
		return err->code;
	run->out->driver = run->columns.driver;
	run->out->tells_by = run->columns.at[NM_COLUMN_BY] >= 0 || nm_columns_tell_legs(&run->columns) ||
			     run->columns.voipms;
	return nm_columns_unused(row, &run->columns, to_needed, run->out) ? NM_OK : nm_fail_memory(err);
}

static enum nm_code begin_table(struct reading *run, const struct nm_csv_row *row, struct nm_error *err)
{
	enum nm_code code;

	run->begun = true;
	if (row->wrong != NULL)
		return nm_fail(err, NM_INPUT, "line %lld, which is to name the columns, does not: %s", (long long)row->line,
			       row->wrong);
	run->named = run->options->columns == NULL && nm_cdr_header(row, &run->layout);
	run->cdr = run->named || nm_cdr_is(row);
	if (run->cdr) {
		run->out->format = "Master.csv";
		run->out->driver = "asterisk-cdr";
	}
	code = run->cdr ? NM_OK : find_columns(run, row, err);
	if (code != NM_OK || (!run->cdr && !nm_columns_tell_legs(&run->columns)))
		return code;
	run->open = nm_open_new();
	return run->open != NULL ? NM_OK : nm_fail_memory(err);
}

/* A row of Master.csv: of a call that is open, or of another one. */
static enum nm_code take_cdr(struct reading *run, const struct nm_csv_row *row, struct nm_error *err)
{
	struct nm_open_call *call = NULL;
	char key[NM_ROW_TEXT];

	nm_cdr_key(row, key);
	if (key[0] != '\0')
		call = nm_open_find(run->open, key, NULL);
	if (call == NULL) {
		const enum nm_row_kind kind = nm_cdr_begin(run->log.plan, run->options, row, &run->call);

		return kind == NM_ROW_CALL ? open_call(run, &call, err)
					   : take_kind(run, kind, row->line, err);
	}
	return nm_cdr_add(run->log.plan, run->options, row, &call->call) == NM_ROW_WRONG
		       ? told_wrong(run, &call->call, row->line, err)
		       : NM_OK;
}

/* Calls that were made come before those that they answer, in a file that begins with the newest. */
static enum nm_code settle_made(struct reading *run, struct nm_error *err)
{
	const enum nm_code code = nm_made_settle(run->log.store, run->log.plan, &run->made, &run->out->attempts, err);

	nm_made_clear(&run->made);
	return code;
}

static enum nm_code take_made(struct reading *run, struct nm_error *err)
{
	enum nm_code code;

	if (run->call.made.to == 0)
		return NM_OK;
	code = nm_made_add(&run->made, run->log.plan, &run->call.made, err);
	if (code != NM_OK || run->made.n < MADE)
		return code;
	code = commit(run, err);
	return code == NM_OK ? settle_made(run, err) : code;
}

static enum nm_code take_table(struct reading *run, const struct nm_csv_row *row, struct nm_error *err)
{
	const enum nm_row_kind kind =
		nm_table_row(run->log.plan, run->options, &run->columns, row, &run->call);
	enum nm_code code = NM_OK;

	if (kind == NM_ROW_CALL && run->call.odd_caller)
		code = told_odd(run, row->line, err);
	return code == NM_OK ? take_call(run, kind, row->line, err) : code;
}

static enum nm_code take_row(void *context, const struct nm_csv_row *row, struct nm_error *err)
{
	struct reading *run = context;
	struct nm_csv_row arranged;
	enum nm_code code = NM_OK;

	run->fields = row;
	if (!run->begun) {
		code = begin_table(run, row, err);
		if (code != NM_OK || !run->cdr || run->named)
			return code;
	}
	if (run->named)
		nm_cdr_arrange(&run->layout, row, &arranged);
	run->call.made = (struct nm_made){ 0 };
	code = run->cdr ? take_cdr(run, run->named ? &arranged : row, err) : take_table(run, row, err);
	return code == NM_OK ? take_made(run, err) : code;
}

/* --- the file --- */

/* Nobody else waits for a store that is held while a pipe has nothing to say. */
static enum nm_code before_waiting(void *context, struct nm_error *err)
{
	return commit(context, err);
}

static int by_line(const void *a, const void *b)
{
	const struct nm_calls_wrong *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

/* A leg without a call is known late. */
static void sort_wrong(struct nm_calls_file *out)
{
	const int64_t n = out->n_wrong < NM_CALLS_FILE_WRONG ? out->n_wrong : NM_CALLS_FILE_WRONG;

	qsort(out->wrong, (size_t)n, sizeof(out->wrong[0]), by_line);
}

static enum nm_code read_all(struct reading *run, int fd, struct nm_error *err)
{
	const struct nm_rows_reader reader = { .fd = fd,
					       .options = run->options,
					       .out = run->out,
					       .csv = &run->csv,
					       .take = take_row,
					       .before_waiting = before_waiting,
					       .context = run };
	struct nm_error late = { NM_OK, "" };
	enum nm_code code = nm_rows_read(&reader, err), last = NM_OK;

	run->fields = NULL;
	if (code == NM_OK && !run->begun && !run->out->entries && !run->out->stopped)
		code = nm_fail(err, NM_INPUT, "it is empty");
	/* What was read before a mistake in the file is kept; anything else undoes what was not kept yet. */
	if (code == NM_OK || code == NM_INPUT) {
		last = close_all(run, code == NM_OK && !run->out->stopped, &late);
		if (last == NM_OK)
			last = commit(run, &late);
		if (last == NM_OK)
			last = settle_made(run, &late);
	}
	give_up(run);
	sort_wrong(run->out);
	if (last != NM_OK) {
		*err = late;
		return last;
	}
	return code;
}

/* An import that is stopped here has kept all that was read. */
static enum nm_code expire(struct reading *run, struct nm_error *err)
{
	struct nm_store *store = run->log.store;
	enum nm_code code;

	if (run->out->stopped)
		return NM_OK;
	if (run->options->expiring != NULL)
		nm_store_ask(store, run->options->expiring, run->options->progress_context);
	code = nm_expire(store, run->log.plan, run->options->now, &run->out->expired, err);
	run->out->unexpired = code == NM_REFUSED && nm_store_stopped(store);
	if (run->options->expiring != NULL)
		nm_store_ask(store, NULL, NULL);
	return run->out->unexpired ? NM_OK : code;
}

enum nm_code nm_calls_file_import(struct nm_store *store, const struct nm_plan *plan, int fd,
				  const struct nm_calls_file_options *options, struct nm_calls_file *out,
				  struct nm_error *err)
{
	struct reading *run = calloc(1, sizeof(*run));
	struct nm_error why = { NM_OK, "" };
	enum nm_code code;

	*out = (struct nm_calls_file){ .arena = nm_arena_new(), .format = "table", .driver = "table" };
	if (run == NULL || out->arena == NULL) {
		free(run);
		nm_calls_file_clear(out);
		return nm_fail_memory(err);
	}
	run->asked = *options;
	if (run->asked.dates == NM_DATE_BY_COUNTRY)
		run->asked.dates = strcmp(plan->country, "US") == 0 ? NM_DATE_MONTH_FIRST : NM_DATE_DAY_FIRST;
	run->log = (struct nm_row_log){ .store = store, .plan = plan };
	run->options = &run->asked;
	run->out = out;
	code = nm_events_since(store, plan, options->now, &run->log.told_since, &why);
	if (code == NM_OK)
		code = read_all(run, fd, &why);
	if (code == NM_OK)
		code = expire(run, &why);
	nm_made_clear(&run->made);
	nm_open_free(run->open);
	nm_zone_free(run->utc);
	free(run);
	return code == NM_OK ? NM_OK : nm_fail(err, code, "%s: %s", options->name, why.text);
}

void nm_calls_file_clear(struct nm_calls_file *file)
{
	nm_arena_free(file->arena);
	*file = (struct nm_calls_file){ 0 };
}
