/* SPDX-License-Identifier: MIT */
/*
 * What the store keeps added up of its calls (sums.h), in one row for each day of UTC and line (day_sums.h), and of their
 * callers in one for each week of UTC (from a Thursday on, as 1970 began) and line.  A call is taken out of the sums before its row changes and put into them afterwards; what that adds is gathered, and written
 * before the transaction ends or anybody reads the sums.  What it does to the matters of its caller is found from the two
 * calls before it and the two after it: nobody else's matter begins or ends with it.
 */
#include <stdlib.h>
#include <string.h>

#include "core/store_private.h"
#include "core/sums.h"

#define DAY_HOURS 24
#define WEEK_S (7 * (nm_time)NM_DAY)
#define GATHERED_MAX 4096

/* A call among those of its caller. */
struct ring {
	bool there;
	nm_time began;
	enum nm_fate fate;
	nm_number number;
};

/* What a call adds to the matters of its hour. */
struct part {
	int64_t matters, single, single_perhaps;
};

/* --- what is gathered --- */

static nm_time floor_of(nm_time t, nm_time unit)
{
	return (t - (t % unit + unit) % unit) / unit;
}

static int gathered_compare(const void *a, const void *b)
{
	const struct nm_gathered_cell *x = a, *y = b;
	const bool x_week = x->cell.kind == NM_CELL_CALLERS, y_week = y->cell.kind == NM_CELL_CALLERS;

	if (x_week != y_week)
		return x_week < y_week ? -1 : 1;
	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return nm_cell_compare(&x->cell, &y->cell);
}

/* The statements for a table of sums. */
static const struct table {
	enum nm_store_statement get, put, drop;
} days = { NM_SQL_DAY_SUMS_GET, NM_SQL_DAY_SUMS_PUT, NM_SQL_DAY_SUMS_DROP },
  weeks = { NM_SQL_CALLER_SUMS_GET, NM_SQL_CALLER_SUMS_PUT, NM_SQL_CALLER_SUMS_DROP };

static const struct table *table_of(const struct nm_gathered_cell *one)
{
	return one->cell.kind == NM_CELL_CALLERS ? &weeks : &days;
}

/* A day or week that comes to nothing has no row. */
static enum nm_code put_unit(struct nm_store *store, const struct nm_gathered_cell *of, struct nm_error *err)
{
	const struct nm_bytes *packed = &store->gathered.packed;
	const struct table *table = table_of(of);
	sqlite3_stmt *statement = nm_store_statement(store, packed->n > 0 ? table->put : table->drop, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, of->unit);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)of->number);
	if (packed->n > 0)
		sqlite3_bind_blob64(statement, 3, packed->items, packed->n, SQLITE_STATIC);
	return nm_store_run(store, statement, err);
}

/* of: the first of n cells of one day or week and line, which are in order. */
static enum nm_code write_unit(struct nm_store *store, const struct nm_gathered_cell *of, const struct nm_cell *cells,
			      size_t n, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, table_of(of)->get, err);
	struct nm_bytes *packed = &store->gathered.packed;
	enum nm_code code = NM_OK;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, of->unit);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)of->number);
	result = sqlite3_step(statement);
	if (result != SQLITE_ROW && result != SQLITE_DONE)
		code = nm_store_fail(store, "reading its sums", err);
	else if (!nm_day_add(result == SQLITE_ROW ? sqlite3_column_blob(statement, 0) : NULL,
			     result == SQLITE_ROW ? (size_t)sqlite3_column_bytes(statement, 0) : 0, cells, n, packed))
		code = packed->failed ? nm_fail_memory(err) : nm_store_sums_damaged(store, err);
	sqlite3_reset(statement);
	return code == NM_OK ? put_unit(store, of, err) : code;
}

static bool same_unit(const struct nm_gathered_cell *a, const struct nm_gathered_cell *b)
{
	return table_of(a) == table_of(b) && a->unit == b->unit && a->number == b->number;
}

enum nm_code nm_store_sums_write(struct nm_store *store, struct nm_error *err)
{
	struct nm_gathered *gathered = &store->gathered;
	struct nm_cell *cells;
	enum nm_code code = NM_OK;

	if (gathered->n == 0)
		return NM_OK;
	cells = malloc(gathered->n * sizeof(*cells));
	if (cells == NULL)
		return nm_fail_memory(err);
	qsort(gathered->items, gathered->n, sizeof(*gathered->items), gathered_compare);
	for (size_t i = 0; i < gathered->n; i++)
		cells[i] = gathered->items[i].cell;
	for (size_t i = 0, next = 0; i < gathered->n && code == NM_OK; i = next) {
		const struct nm_gathered_cell *first = &gathered->items[i];

		while (next < gathered->n && same_unit(&gathered->items[next], first))
			next++;
		code = write_unit(store, first, &cells[i], next - i, err);
	}
	free(cells);
	if (code == NM_OK)
		nm_store_sums_abandon(store);
	return code;
}

void nm_store_sums_abandon(struct nm_store *store)
{
	struct nm_gathered *gathered = &store->gathered;

	nm_arena_free(gathered->names);
	gathered->names = NULL;
	gathered->n = gathered->n_takers = 0;
}

void nm_store_sums_clear(struct nm_store *store)
{
	nm_store_sums_abandon(store);
	free(store->gathered.items);
	free(store->gathered.packed.items);
}

/* A name that lives as long as what is gathered; NULL: memory is out. */
static const char *taker_of(struct nm_gathered *gathered, const char *by)
{
	for (size_t i = 0; i < gathered->n_takers; i++)
		if (strcmp(gathered->takers[i], by) == 0)
			return gathered->takers[i];
	if (gathered->names == NULL)
		gathered->names = nm_arena_new();
	by = gathered->names != NULL ? nm_arena_text(gathered->names, by) : NULL;
	if (by != NULL)
		gathered->takers[gathered->n_takers++] = by;
	return by;
}

bool nm_store_sums_add(struct nm_store *store, nm_time at, nm_number number, const struct nm_cell *cell)
{
	struct nm_gathered *gathered = &store->gathered;
	const nm_time hour = floor_of(at, NM_SUM_S);
	const nm_time day = floor_of(hour, DAY_HOURS);
	struct nm_gathered_cell *added;

	if (!nm_grow((void **)&gathered->items, &gathered->capacity, gathered->n + 1, sizeof(*gathered->items)))
		return false;
	added = &gathered->items[gathered->n];
	*added = (struct nm_gathered_cell){ day, number, *cell };
	added->cell.hour = (int)(hour - day * DAY_HOURS);
	if (cell->kind == NM_CELL_CALLERS) {
		added->unit = floor_of(at, WEEK_S);
		added->cell.hour = 0;
	}
	added->cell.by = *cell->by != '\0' ? taker_of(gathered, cell->by) : "";
	gathered->n += added->cell.by != NULL;
	return added->cell.by != NULL;
}

enum nm_code nm_store_sums_gather(struct nm_store *store, nm_time at, nm_number number, const struct nm_cell *cell,
				  struct nm_error *err)
{
	const struct nm_gathered *gathered = &store->gathered;
	enum nm_code code = NM_OK;

	if (gathered->n >= GATHERED_MAX || gathered->n_takers == NM_GATHERED_TAKERS) {
		nm_store_widen(store);
		code = nm_store_sums_write(store, err);
	}
	if (code == NM_OK && !nm_store_sums_add(store, at, number, cell))
		code = nm_fail_memory(err);
	return code;
}

/* --- what a call adds --- */

static enum nm_code add_call(struct nm_store *store, const struct nm_call_brief *call, nm_number number,
			     int sign, struct nm_error *err)
{
	const int seconds = call->became.seconds;
	const enum nm_fate fate = nm_fate_of(call);
	const struct nm_cell sum = { .kind = NM_CELL_CALLS,
				     .by = call->became.by != NULL ? call->became.by : "",
				     .mark = fate,
				     .values = { sign, seconds >= 0 ? sign : 0, seconds >= 0 ? sign * seconds : 0,
						 sign * nm_call_talked_s(call) } };
	const struct nm_cell wait = { .kind = NM_CELL_WAITS, .by = "", .mark = seconds, .values = { sign } };
	enum nm_code code = nm_store_sums_gather(store, call->began, number, &sum, err);

	return code == NM_OK && fate == NM_FATE_ANSWERED && seconds >= 0
		       ? nm_store_sums_gather(store, call->began, number, &wait, err)
		       : code;
}

/* Of a caller whose number is known. */
static enum nm_code add_caller(struct nm_store *store, const struct nm_call_brief *call, nm_number number, int sign,
			       struct nm_error *err)
{
	const struct nm_cell sum = { .kind = NM_CELL_CALLERS,
				     .by = "",
				     .mark = (int64_t)call->caller.number,
				     .values = { sign, nm_fate_missed(nm_fate_of(call)) ? sign : 0 } };

	return nm_store_sums_gather(store, call->began, number, &sum, err);
}

static enum nm_code add_matter(struct nm_store *store, nm_time began, nm_number number, struct part part,
			       struct nm_error *err)
{
	const struct nm_cell sum = { .kind = NM_CELL_MATTERS,
				     .by = "",
				     .values = { part.matters, part.single, part.single_perhaps } };

	if (part.matters == 0 && part.single == 0 && part.single_perhaps == 0)
		return NM_OK;
	return nm_store_sums_gather(store, began, number, &sum, err);
}

/* --- matters --- */

static struct part part_of(const struct ring *before, const struct ring *it, const struct ring *after)
{
	const bool first = it->there && (!before->there || it->began - before->began > NM_MATTER_S);
	const bool alone = first && (!after->there || after->began - it->began > NM_MATTER_S);
	const bool perhaps = it->fate == NM_FATE_ANSWERED || it->fate == NM_FATE_PERHAPS;

	return (struct part){ first, alone && it->fate == NM_FATE_ANSWERED, alone && perhaps };
}

static struct part part_less(struct part a, struct part b, int sign)
{
	return (struct part){ sign * (a.matters - b.matters), sign * (a.single - b.single),
			      sign * (a.single_perhaps - b.single_perhaps) };
}

/* The nearest two of the same caller on one side of a call, the nearest first. */
static enum nm_code read_beside(struct nm_store *store, enum nm_store_statement which, int64_t id,
				const struct nm_call_brief *call, nm_number number, struct ring out[static 2],
				struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);
	int result = SQLITE_DONE;

	out[0] = out[1] = (struct ring){ .there = false };
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)call->caller.number);
	sqlite3_bind_int64(statement, 2, call->began);
	sqlite3_bind_int64(statement, 3, id);
	sqlite3_bind_int64(statement, 4, (sqlite3_int64)number);
	sqlite3_bind_int64(statement, 5, 2 * (nm_time)NM_MATTER_S);
	for (int i = 0; i < 2 && (result = sqlite3_step(statement)) == SQLITE_ROW; i++) {
		const struct nm_call_brief beside = nm_store_brief(statement);

		out[i] = (struct ring){ true, beside.began, nm_fate_of(&beside),
					(nm_number)sqlite3_column_int64(statement, 9) };
	}
	sqlite3_reset(statement);
	return result == SQLITE_ROW || result == SQLITE_DONE ? NM_OK
							     : nm_store_fail(store, "reading its calls", err);
}

/* before, after: the nearest first. */
static enum nm_code add_matters(struct nm_store *store, const struct ring before[static 2],
				const struct ring *it, const struct ring after[static 2], nm_number number,
				int sign, struct nm_error *err)
{
	const struct part last = part_less(part_of(&before[1], &before[0], it),
					   part_of(&before[1], &before[0], &after[0]), sign);
	const struct part own = part_less(part_of(&before[0], it, &after[0]), (struct part){ 0 }, sign);
	const struct part next =
		part_less(part_of(it, &after[0], &after[1]), part_of(&before[0], &after[0], &after[1]), sign);
	enum nm_code code = add_matter(store, before[0].began, number, last, err);

	if (code == NM_OK)
		code = add_matter(store, it->began, number, own, err);
	return code == NM_OK ? add_matter(store, after[0].began, number, next, err) : code;
}

/* Were all of them calls to this line? */
static bool all_of(const struct ring before[static 2], const struct ring after[static 2], nm_number number)
{
	for (int i = 0; i < 2; i++)
		if ((before[i].there && before[i].number != number) ||
		    (after[i].there && after[i].number != number))
			return false;
	return true;
}

/* Of the caller alone, and the matters: number 0: of all lines together. */
static enum nm_code take_matters(struct nm_store *store, int64_t id, const struct nm_call_brief *call,
				 nm_number number, int sign, struct nm_error *err)
{
	const struct ring it = { true, call->began, nm_fate_of(call), number };
	struct ring before[2], after[2];
	enum nm_code code;

	if (call->caller.anonymous || call->caller.number == 0 || nm_fate_apart(it.fate))
		return NM_OK;
	code = add_caller(store, call, number, sign, err);
	if (code == NM_OK)
		code = read_beside(store, NM_SQL_CALLER_BEFORE, id, call, 0, before, err);
	if (code == NM_OK)
		code = read_beside(store, NM_SQL_CALLER_AFTER, id, call, 0, after, err);
	if (code == NM_OK)
		code = add_matters(store, before, &it, after, 0, sign, err);
	if (code == NM_OK && !all_of(before, after, number)) {
		code = read_beside(store, NM_SQL_CALLER_BEFORE, id, call, number, before, err);
		if (code == NM_OK)
			code = read_beside(store, NM_SQL_CALLER_AFTER, id, call, number, after, err);
	}
	return code == NM_OK ? add_matters(store, before, &it, after, number, sign, err) : code;
}

enum nm_code nm_store_sums_call(struct nm_store *store, int64_t id, nm_number number,
				const struct nm_call_brief *call, int sign, struct nm_error *err)
{
	enum nm_code code = add_call(store, call, number, sign, err);

	return code == NM_OK ? take_matters(store, id, call, number, sign, err) : code;
}

enum nm_code nm_store_sums_take_out(struct nm_store *store, int64_t id, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_CALL_BRIEF, err);
	struct nm_call_brief call;
	enum nm_code code;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	if (sqlite3_step(statement) != SQLITE_ROW) {
		code = nm_store_fail(store, "reading its calls", err);
	} else {
		call = nm_store_brief(statement);
		code = nm_store_sums_call(store, id, (nm_number)sqlite3_column_int64(statement, 9), &call, -1, err);
	}
	sqlite3_reset(statement);
	return code;
}

/* --- what is read --- */

enum nm_code nm_store_sums_damaged(struct nm_store *store, struct nm_error *err)
{
	return nm_fail(err, NM_SYSTEM, "%s is damaged: the sums of a day are none", store->file);
}

static bool take_call_sum(const struct nm_sums_reader *reader, nm_time hour, const struct nm_cell *cell)
{
	const struct nm_call_sum sum = {
		.hour = hour,
		.fate = cell->mark <= NM_FATE_LAST ? (enum nm_fate)cell->mark : NM_FATE_LAST,
		.by = *cell->by != '\0' ? cell->by : NULL,
		.calls = cell->values[0],
		.timed = cell->values[1],
		.waited = cell->values[2],
		.talked_s = cell->values[3],
	};

	return reader->taker.call(reader->taker.context, &sum);
}

static bool take_wait_sum(const struct nm_sums_reader *reader, nm_time hour, const struct nm_cell *cell)
{
	const struct nm_wait_sum sum = { hour, (int)cell->mark, cell->values[0] };

	return reader->taker.wait(reader->taker.context, &sum);
}

static bool take_matter_sum(const struct nm_sums_reader *reader, nm_time hour, const struct nm_cell *cell)
{
	const struct nm_matter_sum sum = { hour, cell->values[0], cell->values[1], cell->values[2] };

	return reader->taker.matter(reader->taker.context, &sum);
}

static bool take_followup_sum(const struct nm_sums_reader *reader, nm_time hour, const struct nm_cell *cell)
{
	struct nm_followup_sum sum = nm_followup_marked(cell->mark);

	sum.opened = hour;
	sum.followups = cell->values[0];
	return reader->taker.followup(reader->taker.context, &sum);
}

/* Calls of all lines are those of each; their matters are summed for themselves, under number 0. */
static bool take_cell(const struct nm_sums_reader *reader, nm_time day, nm_number number, const struct nm_cell *cell)
{
	const nm_time hour = (day * DAY_HOURS + cell->hour) * NM_SUM_S;

	if (hour < reader->span.from || hour >= reader->span.until)
		return true;
	switch (cell->kind) {
	case NM_CELL_CALLS:
		return take_call_sum(reader, hour, cell);
	case NM_CELL_WAITS:
		return take_wait_sum(reader, hour, cell);
	case NM_CELL_FOLLOWUPS:
		return take_followup_sum(reader, hour, cell);
	default:
		return number != reader->number || take_matter_sum(reader, hour, cell);
	}
}

/* The day of a row of day, number and its packed sums. */
static enum nm_code take_day(struct nm_store *store, const struct nm_sums_reader *reader, sqlite3_stmt *statement,
			     struct nm_error *err)
{
	const nm_time day = sqlite3_column_int64(statement, 0);
	const nm_number number = (nm_number)sqlite3_column_int64(statement, 1);
	struct nm_cells cells;

	nm_cells_init(&cells, sqlite3_column_blob(statement, 2), (size_t)sqlite3_column_bytes(statement, 2));
	while (nm_cells_next(&cells))
		if (!take_cell(reader, day, number, &cells.cell))
			return nm_fail_memory(err);
	return cells.damaged ? nm_store_sums_damaged(store, err) : NM_OK;
}

typedef enum nm_code take_packed(struct nm_store *store, const struct nm_sums_reader *reader, sqlite3_stmt *statement,
				 struct nm_error *err);

/* Rows of units that the span touches: those before its end. */
static enum nm_code each_packed(struct nm_store *store, enum nm_store_statement which, nm_time unit,
				const struct nm_sums_reader *reader, take_packed *take, struct nm_error *err)
{
	enum nm_code code = nm_store_sums_write(store, err);
	sqlite3_stmt *statement = code == NM_OK ? nm_store_statement(store, which, err) : NULL;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return code != NM_OK ? code : NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, floor_of(reader->span.from, unit));
	sqlite3_bind_int64(statement, 2, floor_of(reader->span.until - 1, unit) + 1);
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)reader->number);
	while (code == NM_OK && (result = sqlite3_step(statement)) == SQLITE_ROW)
		code = take(store, reader, statement, err);
	sqlite3_reset(statement);
	if (code != NM_OK)
		return code;
	return result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its sums", err);
}

enum nm_code nm_store_sums_each(struct nm_store *store, const struct nm_sums_reader *reader,
				struct nm_error *err)
{
	return each_packed(store, NM_SQL_DAY_SUMS, NM_DAY, reader, take_day, err);
}

/* --- what is counted anew --- */

typedef bool take_row(const struct nm_sums_reader *reader, sqlite3_stmt *statement);

/* Rows of [?1, ?2) to a line ?3. */
static enum nm_code each_row(struct nm_store *store, enum nm_store_statement which,
			     const struct nm_sums_reader *reader, take_row *take, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);
	int result = SQLITE_DONE;
	bool ok = true;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, reader->span.from);
	sqlite3_bind_int64(statement, 2, reader->span.until);
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)reader->number);
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW)
		ok = take(reader, statement);
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	return result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its calls", err);
}

static bool take_matter(const struct nm_sums_reader *reader, sqlite3_stmt *statement)
{
	const struct nm_call_brief call = nm_store_brief(statement);
	const struct ring it = { true, call.began, nm_fate_of(&call), 0 };
	const struct ring near = { true, call.began, it.fate, 0 }, none = { .there = false };
	const struct part part = part_of(sqlite3_column_int(statement, 10) ? &near : &none, &it,
					 sqlite3_column_int(statement, 11) ? &near : &none);
	const struct nm_matter_sum sum = { call.began, part.matters, part.single, part.single_perhaps };

	return reader->taker.matter(reader->taker.context, &sum);
}

enum nm_code nm_store_matters_each(struct nm_store *store, const struct nm_sums_reader *reader,
				   struct nm_error *err)
{
	return each_row(store, NM_SQL_MATTERS_EACH, reader, take_matter, err);
}

static bool take_missed(const struct nm_sums_reader *reader, sqlite3_stmt *statement)
{
	const struct nm_caller_sum sum = { reader->span, (nm_number)sqlite3_column_int64(statement, 0), 0, 1 };

	return reader->taker.caller(reader->taker.context, &sum);
}

enum nm_code nm_store_missed_each(struct nm_store *store, const struct nm_sums_reader *reader,
				  struct nm_error *err)
{
	return each_row(store, NM_SQL_MISSED_EACH, reader, take_missed, err);
}

/* --- callers --- */

struct nm_span nm_sums_weeks(struct nm_span span)
{
	const nm_time from = (floor_of(span.from - 1, WEEK_S) + 1) * WEEK_S;
	const nm_time until = floor_of(span.until, WEEK_S) * WEEK_S;

	return from < until ? (struct nm_span){ from, until } : (struct nm_span){ span.until, span.until };
}

struct nm_span nm_sums_week(nm_time from)
{
	return (struct nm_span){ from, from + WEEK_S };
}

/* The week of a row of week, number and its packed sums. */
static enum nm_code take_week(struct nm_store *store, const struct nm_sums_reader *reader, sqlite3_stmt *statement,
			      struct nm_error *err)
{
	struct nm_caller_sum sum = { .span = nm_sums_week(sqlite3_column_int64(statement, 0) * WEEK_S) };
	struct nm_cells cells;

	nm_cells_init(&cells, sqlite3_column_blob(statement, 2), (size_t)sqlite3_column_bytes(statement, 2));
	while (nm_cells_next(&cells)) {
		sum.caller = (nm_number)cells.cell.mark;
		sum.calls = cells.cell.values[0];
		sum.missed = cells.cell.values[1];
		if (!reader->taker.caller(reader->taker.context, &sum))
			return nm_fail_memory(err);
	}
	return cells.damaged ? nm_store_sums_damaged(store, err) : NM_OK;
}

enum nm_code nm_store_callers_each(struct nm_store *store, const struct nm_sums_reader *reader, struct nm_error *err)
{
	return each_packed(store, NM_SQL_CALLER_SUMS, WEEK_S, reader, take_week, err);
}

enum nm_code nm_store_calls_of(struct nm_store *store, const struct nm_sums_reader *reader, nm_number caller,
			       bool after, int64_t *out, struct nm_error *err)
{
	sqlite3_stmt *statement =
		nm_store_statement(store, after ? NM_SQL_CALLS_AFTER : NM_SQL_CALLS_BETWEEN, err);
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)caller);
	sqlite3_bind_int64(statement, 2, reader->span.from);
	sqlite3_bind_int64(statement, 3, reader->span.until);
	sqlite3_bind_int64(statement, 4, (sqlite3_int64)reader->number);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		*out = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return result == SQLITE_ROW ? NM_OK : nm_store_fail(store, "reading its calls", err);
}
