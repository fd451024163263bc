/* SPDX-License-Identifier: MIT */
/*
 * From a carrier's records into the log (calls.h).  Comes in: an account, a transport, a store.  Goes out: the calls
 * of its lines, each kept once.
 *
 * Lines are read side by side, in rounds: what one conversation gave is kept before the next one of its line
 * begins, so that an import that is cut off goes on where it stopped.
 */
#include <stdlib.h>
#include <string.h>

#include "core/talk.h"
#include "nevermiss/calls.h"
#include "nevermiss/events.h"
#include "nevermiss/made.h"

#define FIRST_DAYS 30
#define ROUNDS_MAX 500 /* conversations of a line in one import */

struct importing {
	const struct nm_push_context *context;
	const struct nm_account *account;
	const struct nm_carrier *carrier;
	bool confirms;
	nm_time told_since; /* calls of which a CRM is told */
	struct nm_import *import;
	struct nm_talk *talks; /* one a line, likewise the rest */
	struct nm_records *records;
	bool *over;
	size_t done; /* lines that are over */
	struct nm_made_list made; /* from all lines: a customer of one may be called back from another */
};

/* --- may it be --- */

static bool has_records(const struct nm_traits *traits)
{
	return traits->records_late_s >= 0;
}

static enum nm_code find_carrier(struct importing *run, struct nm_error *err)
{
	struct nm_buf able;

	run->carrier = nm_carrier_find(run->account->driver);
	if (run->carrier != NULL && has_records(&run->carrier->traits))
		return NM_OK;
	nm_buf_init(&able, NM_ERROR_TEXT);
	nm_carriers_that(has_records, &able);
	nm_fail(err, NM_INPUT, "the driver %s of account %s has no call records; these have: %s",
		run->account->driver, run->account->name, able.data);
	nm_buf_clear(&able);
	return NM_INPUT;
}

/* --- since when --- */

static enum nm_code since_of(const struct importing *run, nm_time asked, struct nm_import_line *line,
			     struct nm_error *err)
{
	const nm_time now = run->context->now, first = now - FIRST_DAYS * (nm_time)NM_DAY;
	enum nm_code code =
		nm_store_calls_read(run->context->store, run->context->plan->lines[line->line].number,
				    run->account->driver, &line->whole, err);

	if (code != NM_OK)
		return code;
	/* What was read since a later time only leaves the first days open.  A day more: records come late, and calls
	 * that were under way were left out. */
	if (asked != NM_TIME_MIN)
		line->since = asked;
	else if (line->whole.from >= line->whole.until || line->whole.from > first)
		line->since = first;
	else
		line->since = (line->whole.until < now ? line->whole.until : now) - NM_DAY;
	line->until = line->since;
	return NM_OK;
}

static enum nm_code take_lines(struct importing *run, nm_time since, struct nm_error *err)
{
	const struct nm_plan *plan = run->context->plan;
	const int account = (int)(run->account - plan->accounts);
	struct nm_import *import = run->import;
	enum nm_code code = NM_OK;

	import->lines = nm_arena_alloc(import->arena, plan->n_lines, sizeof(*import->lines));
	if (import->lines == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < plan->n_lines && code == NM_OK; i++) {
		struct nm_import_line *line = &import->lines[import->n];

		if (plan->lines[i].account != account)
			continue;
		*line = (struct nm_import_line){ .line = (int)i };
		code = since_of(run, since, line, err);
		import->n++;
	}
	if (code == NM_OK && import->n == 0)
		code = nm_fail(err, NM_INPUT, "no line of the plan is on account %s", run->account->name);
	return code;
}

/* --- what was read --- */

/* A call that is under way will say more; one that has been for a day never will. */
static bool is_under_way(const struct nm_record *record, nm_time now)
{
	bool open = record->end == NM_LEG_OPEN;

	for (size_t i = 0; i < record->n; i++)
		open = open || record->legs[i].end == NM_LEG_OPEN;
	return open && record->began > now - NM_DAY;
}

static enum nm_code keep_call(const struct importing *run, struct nm_import_line *line,
			      const struct nm_record *record, struct nm_arena *arena, struct nm_error *err)
{
	struct nm_call_leg *legs = nm_arena_alloc(arena, record->n, sizeof(*legs));
	struct nm_call_entry entry;
	enum nm_call_kept kept;
	enum nm_code code;

	if (legs == NULL)
		return nm_fail_memory(err);
	nm_call_entry_of(run->context->plan, line->line, run->account->driver, record, run->confirms, legs,
			 &entry);
	code = nm_events_call_put(run->context->store, run->context->plan, run->told_since, &entry, &kept, err);
	if (code != NM_OK)
		return code;
	line->fresh += kept == NM_CALL_NEW;
	line->mended += kept == NM_CALL_MENDED;
	line->known += kept == NM_CALL_KNOWN;
	return NM_OK;
}

static int by_time(const void *a, const void *b)
{
	const struct nm_record *x = a, *y = b;

	return (x->began > y->began) - (x->began < y->began);
}

/* [since, until) was read now: what is known without a gap grows by it, or it lies behind a gap, which a later
 * import without --since closes. */
static enum nm_code keep_span(const struct importing *run, struct nm_import_line *line, nm_time until,
			      struct nm_error *err)
{
	struct nm_span *whole = &line->whole;

	line->gap = (struct nm_span){ 0 };
	if (whole->from >= whole->until)
		*whole = (struct nm_span){ line->since, until };
	else if (line->since > whole->until)
		line->gap = (struct nm_span){ whole->until, line->since };
	else if (until < whole->from)
		line->gap = (struct nm_span){ until, whole->from };
	else
		*whole = (struct nm_span){ line->since < whole->from ? line->since : whole->from,
					   until > whole->until ? until : whole->until };
	return nm_store_calls_read_put(run->context->store, run->context->plan->lines[line->line].number,
				       run->account->driver, *whole, err);
}

/* With the calls that were read with them, for what is read of a line by now is not asked for again; and among all. */
static enum nm_code keep_made(struct importing *run, const struct nm_records *records, struct nm_error *err)
{
	const struct nm_plan *plan = run->context->plan;
	struct nm_made_list list = { 0 };
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < records->n_made && code == NM_OK; i++) {
		code = nm_made_add(&list, plan, &records->made[i], err);
		if (code == NM_OK)
			code = nm_made_add(&run->made, plan, &records->made[i], err);
	}
	if (code == NM_OK)
		code = nm_made_settle(run->context->store, plan, &list, &run->import->attempts, err);
	nm_made_clear(&list);
	return code;
}

/* The oldest first, so that the numbers of calls go with time as far as they can. */
static enum nm_code keep_calls(struct importing *run, struct nm_import_line *line,
			       struct nm_records *records, struct nm_arena *arena, struct nm_error *err)
{
	struct nm_store *store = run->context->store;
	enum nm_code code = nm_store_begin(store, err);

	line->under_way = 0;
	if (records->n > 0)
		qsort(records->items, records->n, sizeof(*records->items), by_time);
	for (size_t i = 0; i < records->n && code == NM_OK; i++) {
		if (is_under_way(&records->items[i], run->context->now))
			line->under_way++;
		else
			code = keep_call(run, line, &records->items[i], arena, err);
	}
	if (code == NM_OK)
		code = keep_made(run, records, err);
	if (code == NM_OK)
		code = keep_span(run, line, records->until, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	else
		nm_store_abandon(store);
	return code;
}

/* What a line's conversation came to: kept, and whether another one follows. */
static enum nm_code take_talk(struct importing *run, size_t i, struct nm_error *err)
{
	struct nm_import_line *line = &run->import->lines[i];
	struct nm_records *records = &run->records[i];
	const struct nm_talk *talk = &run->talks[i];
	enum nm_code code;

	run->over[i] = talk->end != NM_TALK_DONE || !records->cut || records->until <= line->until;
	run->done += run->over[i];
	if (talk->end != NM_TALK_DONE) {
		line->words = talk->end == NM_TALK_OPEN
				      ? "stopped"
				      : nm_arena_text(run->import->arena, talk->exchange.note);
		return line->words != NULL ? NM_OK : nm_fail_memory(err);
	}
	code = keep_calls(run, line, records, talk->exchange.arena, err);
	line->odd += records->odd;
	line->until = records->until;
	line->cut = records->cut;
	return code;
}

/* --- the conversations --- */

/* How many days of all that is to be read are read: each line has its own, and a line that is over all of them. */
static bool tell_days(struct importing *run, const char *line)
{
	const nm_time now = run->context->now;
	nm_time done = 0, all = 0;

	if (run->context->progress == NULL)
		return !run->import->stopped;
	for (size_t i = 0; i < run->import->n; i++) {
		const struct nm_import_line *one = &run->import->lines[i];

		all += now - one->since;
		done += run->over[i] || one->until > now ? now - one->since : one->until - one->since;
	}
	if (!run->context->progress(run->context->progress_context, line, "reading calls", (size_t)(done / NM_DAY),
				    (size_t)(all / NM_DAY) + 1))
		run->import->stopped = true;
	return !run->import->stopped;
}

static bool ended(void *context, struct nm_talk *talk)
{
	return tell_days(context, talk->exchange.line);
}

static bool idle(void *context)
{
	struct importing *run = context;

	if (!run->context->idle(run->context->progress_context))
		run->import->stopped = true;
	return !run->import->stopped;
}

static bool begin_talk(struct importing *run, size_t i)
{
	const struct nm_import_line *line = &run->import->lines[i];

	run->records[i] = (struct nm_records){ .since = line->until, .now = run->context->now };
	if (!nm_talk_init(&run->talks[i], run->carrier, run->context->plan, line->line, (struct nm_span){ 0 },
			  NM_OP_RECORDS, NULL))
		return false;
	run->talks[i].exchange.records = &run->records[i];
	return true;
}

/* One conversation of each line that has more. */
static enum nm_code run_round(struct importing *run, struct nm_talk **items, struct nm_error *err)
{
	struct nm_talks talks = { .transport = run->context->transport,
				  .items = items,
				  .context = run,
				  .ended = ended,
				  .idle = run->context->idle != NULL ? idle : NULL,
				  .may_drop = true, /* what is only read */
				  .seed = (uint64_t)run->context->now };
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < run->import->n && code == NM_OK; i++) {
		if (run->over[i])
			continue;
		items[talks.n++] = &run->talks[i];
		if (!begin_talk(run, i))
			code = nm_fail_memory(err);
	}
	if (code == NM_OK)
		code = nm_talks_run(&talks, NULL, err);
	for (size_t i = 0; i < run->import->n; i++) {
		if (!run->over[i] && code == NM_OK)
			code = take_talk(run, i, err);
		nm_talk_clear(&run->talks[i]);
	}
	return code;
}

static enum nm_code run_rounds(struct importing *run, struct nm_error *err)
{
	const size_t n = run->import->n;
	struct nm_talk **items = calloc(n + 1, sizeof(struct nm_talk *));
	enum nm_code code = NM_OK;

	run->talks = calloc(n + 1, sizeof(*run->talks));
	run->records = calloc(n + 1, sizeof(*run->records));
	run->over = calloc(n + 1, sizeof(*run->over));
	if (items == NULL || run->talks == NULL || run->records == NULL || run->over == NULL)
		code = nm_fail_memory(err);
	for (int i = 0; i < ROUNDS_MAX && run->done < n && code == NM_OK && tell_days(run, ""); i++)
		code = run_round(run, items, err);
	for (size_t i = 0; run->import->stopped && i < n && code == NM_OK; i++)
		if (!run->over[i])
			run->import->lines[i].words = "stopped";
	free(run->over);
	free(run->records);
	free(run->talks);
	free(items);
	return code;
}

/* NM_CARRIER when a line failed. */
static enum nm_code count_failures(const struct nm_import *import, struct nm_error *err)
{
	size_t failed = 0;

	for (size_t i = 0; i < import->n; i++)
		failed += import->lines[i].words != NULL;
	if (failed == 0)
		return NM_OK;
	return nm_fail(err, NM_CARRIER, "the calls of %zu of %zu lines could not be read to the end", failed,
		       import->n);
}

enum nm_code nm_calls_import(const struct nm_push_context *context, int account, nm_time since,
			     struct nm_import *out, struct nm_error *err)
{
	struct nm_import import = { .arena = nm_arena_new() };
	struct importing run = { .context = context,
				 .account = &context->plan->accounts[account],
				 .import = &import };
	enum nm_code code = import.arena != NULL ? find_carrier(&run, err) : nm_fail_memory(err);

	if (code == NM_OK && since >= context->now)
		code = nm_fail(err, NM_INPUT,
			       "calls can be read since a time that is past, and this one is not");
	if (code == NM_OK)
		code = take_lines(&run, since, err);
	if (code == NM_OK)
		code = nm_events_since(context->store, context->plan, context->now, &run.told_since, err);
	if (code == NM_OK) {
		run.confirms = nm_carrier_traits(run.carrier, run.account).confirm != NM_CONFIRM_NONE;
		code = run_rounds(&run, err);
	}
	if (code == NM_OK)
		code = nm_made_settle(context->store, context->plan, &run.made, &import.attempts, err);
	nm_made_clear(&run.made);
	if (code != NM_OK) {
		nm_import_clear(&import);
		return code;
	}
	*out = import;
	return count_failures(&import, err);
}

void nm_import_clear(struct nm_import *import)
{
	nm_arena_free(import->arena);
	*import = (struct nm_import){ 0 };
}
