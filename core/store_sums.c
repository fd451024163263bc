/* SPDX-License-Identifier: MIT */
/*
 * What the store keeps added up of its calls (sums.h): packed (packed_sums.h), in one row for each day of UTC and line, and of
 * their callers in one for each day and some numbers of weeks (from a Thursday on, as 1970 began).  A call is taken out of the
 * sums before its row changes and put into them afterwards; what that adds is gathered (store_gather.c), and written before
 * the transaction ends or anybody reads the sums.  What it does to the matters of its caller is found from the two
 * calls before it and the two after it: nobody else's matter begins or ends with it.
 */
#include "core/store_private.h"
#include "core/sums.h"

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

	return (struct part){ first, alone && it->fate == NM_FATE_ANSWERED, alone && nm_fate_possible(it->fate) };
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

static bool lies_behind(struct nm_log_place a, struct nm_log_place b)
{
	return a.began != b.began ? a.began > b.began : a.id > b.id;
}

/* Behind the last call of the log there is none to look for, and most that are written are the last. */
static enum nm_code read_last(struct nm_store *store, struct nm_log_place written, struct nm_error *err)
{
	struct nm_gathered *gathered = &store->gathered;
	sqlite3_stmt *statement;
	int result;

	if (gathered->last_known) {
		if (lies_behind(written, gathered->last))
			gathered->last = written;
		return NM_OK;
	}
	statement = nm_store_statement(store, NM_SQL_CALL_LAST, err);
	if (statement == NULL)
		return NM_SYSTEM;
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		gathered->last = (struct nm_log_place){ sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1) };
	gathered->last_known = result == SQLITE_ROW;
	sqlite3_reset(statement);
	return result == SQLITE_ROW ? NM_OK : nm_store_fail(store, "reading its calls", err);
}

static enum nm_code read_around(struct nm_store *store, int64_t id, const struct nm_call_brief *call, nm_number number,
				struct ring before[static 2], struct ring after[static 2], struct nm_error *err)
{
	const struct nm_log_place place = { call->began, id };
	enum nm_code code = read_last(store, place, err);

	if (code == NM_OK)
		code = read_beside(store, NM_SQL_CALLER_BEFORE, id, call, number, before, err);
	after[0] = after[1] = (struct ring){ .there = false };
	return code == NM_OK && lies_behind(store->gathered.last, place)
		       ? read_beside(store, NM_SQL_CALLER_AFTER, id, call, number, after, err)
		       : code;
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

/* Is it one of those of which callers' calls and matters are made? */
static bool is_of_caller(const struct nm_call_brief *call)
{
	return !call->caller.anonymous && call->caller.number != 0 && !nm_fate_apart(nm_fate_of(call));
}

/* Of the caller alone, and the matters: number 0: of all lines together. */
static enum nm_code take_matters(struct nm_store *store, int64_t id, const struct nm_call_brief *call,
				 nm_number number, int sign, struct nm_error *err)
{
	const struct ring it = { true, call->began, nm_fate_of(call), number };
	struct ring before[2], after[2];
	enum nm_code code;

	if (!is_of_caller(call))
		return NM_OK;
	code = add_caller(store, call, number, sign, err);
	if (code == NM_OK)
		code = read_around(store, id, call, 0, before, after, err);
	if (code == NM_OK)
		code = add_matters(store, before, &it, after, 0, sign, err);
	if (code == NM_OK && !all_of(before, after, number))
		code = read_around(store, id, call, number, before, after, err);
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

static bool take_call_sum(const struct nm_sums_reader *reader, nm_time hour, const struct nm_cell *cell)
{
	const struct nm_call_sum sum = {
		.hour = hour,
		.fate = cell->mark <= NM_FATE_LAST ? (enum nm_fate)cell->mark : NM_FATE_UNKNOWN,
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
static bool take_cell(const struct nm_sums_reader *reader, nm_time hour, nm_number number, const struct nm_cell *cell)
{
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

/* Does the day lie on both sides of an instant? */
static bool cuts(nm_time day, nm_time t)
{
	return day * NM_DAY < t && t < (day + 1) * NM_DAY;
}

static bool is_cut(const struct nm_sums_reader *reader, nm_time day)
{
	return cuts(day, reader->span.from) || cuts(day, reader->span.until);
}

/* The row of a day, number and packed sums.  Waits of the whole day are told as of its last hour; of one that the span cuts
 * they are in another row. */
static enum nm_code take_day(struct nm_store *store, const struct nm_sums_reader *reader, sqlite3_stmt *statement,
			     int weeks, struct nm_error *err)
{
	const nm_time day = sqlite3_column_int64(statement, 0);
	const nm_number number = (nm_number)sqlite3_column_int64(statement, 1);
	const bool cut = is_cut(reader, day);
	struct nm_cells cells;

	nm_cells_init(&cells, sqlite3_column_blob(statement, 2), (size_t)sqlite3_column_bytes(statement, 2));
	while (nm_cells_next(&cells)) {
		const bool of_day = weeks == NM_SUMS_DAY && cells.cell.kind == NM_CELL_WAITS;
		const nm_time hour = day * NM_DAY + (of_day ? NM_DAY - NM_SUM_S : (nm_time)cells.cell.hour * NM_SUM_S);

		if (weeks == NM_SUMS_DAY_WAITS && hour >= reader->span.until)
			break;
		if (cut && (of_day || hour < reader->span.from || hour >= reader->span.until))
			continue;
		if (!take_cell(reader, hour, number, &cells.cell))
			return nm_fail_memory(err);
	}
	return cells.damaged ? nm_store_sums_damaged(store, err) : NM_OK;
}

nm_time nm_sums_nth(int weeks, nm_time t)
{
	const nm_time unit = weeks > 0 ? weeks * 7 * (nm_time)NM_DAY : NM_DAY;

	return (t - (t % unit + unit) % unit) / unit;
}

enum nm_code nm_store_sums_packed(struct nm_store *store, const struct nm_sums_reader *reader, int weeks,
				  nm_take_packed *take, struct nm_error *err)
{
	enum nm_code code = nm_store_sums_settle(store, err);
	sqlite3_stmt *statement = code == NM_OK ? nm_store_statement(store, NM_SQL_SUMS, err) : NULL;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return code != NM_OK ? code : NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, nm_sums_nth(weeks, reader->span.from));
	sqlite3_bind_int64(statement, 2, nm_sums_nth(weeks, reader->span.until - 1));
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)reader->number);
	sqlite3_bind_int(statement, 4, weeks);
	while (code == NM_OK && (result = sqlite3_step(statement)) == SQLITE_ROW)
		code = take(store, reader, statement, weeks, err);
	sqlite3_reset(statement);
	if (code != NM_OK)
		return code;
	return result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its sums", err);
}

/* The waits of a day, hour by hour, that lie in the span. */
static enum nm_code take_hours(struct nm_store *store, const struct nm_sums_reader *reader, nm_time day,
			       struct nm_error *err)
{
	struct nm_sums_reader part = *reader;

	if (part.span.from < day * NM_DAY)
		part.span.from = day * NM_DAY;
	if (part.span.until > (day + 1) * NM_DAY)
		part.span.until = (day + 1) * NM_DAY;
	return nm_store_sums_packed(store, &part, NM_SUMS_DAY_WAITS, take_day, err);
}

/* Waits that were told as of the last hour of their day. */
struct moving {
	const struct nm_sums_taker *taker;
	nm_time last;
};

static bool move_wait(void *context, const struct nm_wait_sum *sum)
{
	const struct moving *moving = context;
	const struct nm_wait_sum less = { moving->last, sum->seconds, -sum->calls };

	return moving->taker->wait(moving->taker->context, sum) && moving->taker->wait(moving->taker->context, &less);
}

/* Those of a day before the i-th cut, and behind the one before it, go to their own hours.  All other days are read without
 * their hours, and of these no more than the hours before the last cut, where an American clock has the fewest. */
static enum nm_code move_waits(struct nm_store *store, const struct nm_sums_reader *reader, size_t i,
			       struct nm_error *err)
{
	const nm_time cut = reader->cuts[i], day = nm_sums_nth(NM_SUMS_DAY, cut);
	const nm_time from = i > 0 && reader->cuts[i - 1] > day * NM_DAY ? reader->cuts[i - 1] : day * NM_DAY;
	struct moving moving = { &reader->taker, (day + 1) * NM_DAY - NM_SUM_S };
	const struct nm_sums_reader part = {
		.number = reader->number,
		.span = { from, cut },
		.taker = { .wait = move_wait, .context = &moving },
	};

	if (cut <= reader->span.from || cut >= reader->span.until || !cuts(day, cut) || is_cut(reader, day))
		return NM_OK;
	return nm_store_sums_packed(store, &part, NM_SUMS_DAY_WAITS, take_day, err);
}

enum nm_code nm_store_sums_each(struct nm_store *store, const struct nm_sums_reader *reader,
				struct nm_error *err)
{
	const nm_time first = nm_sums_nth(NM_SUMS_DAY, reader->span.from);
	const nm_time last = nm_sums_nth(NM_SUMS_DAY, reader->span.until - 1);
	enum nm_code code = nm_store_sums_packed(store, reader, NM_SUMS_DAY, take_day, err);

	if (code == NM_OK && is_cut(reader, first))
		code = take_hours(store, reader, first, err);
	if (code == NM_OK && last > first && is_cut(reader, last))
		code = take_hours(store, reader, last, err);
	for (size_t i = 0; i < reader->n_cuts && code == NM_OK; i++)
		code = move_waits(store, reader, i, err);
	return code;
}

/* --- what is counted anew --- */

enum nm_code nm_store_sums_rows(struct nm_store *store, enum nm_store_statement which,
				const struct nm_sums_reader *reader, nm_take_row *take, struct nm_error *err)
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

/* What a call adds to the matters of those lines to which its caller's calls lie beside it or do not. */
static struct part part_beside(const struct nm_call_brief *call, bool before, bool after)
{
	const struct ring it = { true, call->began, nm_fate_of(call), 0 };
	const struct ring near = { true, call->began, it.fate, 0 }, none = { .there = false };

	return part_of(before ? &near : &none, &it, after ? &near : &none);
}

static bool take_matter(const struct nm_sums_reader *reader, sqlite3_stmt *statement)
{
	const struct nm_call_brief call = nm_store_brief(statement);
	const struct part part = part_beside(&call, sqlite3_column_int(statement, 10), sqlite3_column_int(statement, 11));
	const struct nm_matter_sum sum = { call.began, part.matters, part.single, part.single_perhaps };

	return reader->taker.matter(reader->taker.context, &sum);
}

enum nm_code nm_store_matters_each(struct nm_store *store, const struct nm_sums_reader *reader,
				   struct nm_error *err)
{
	return nm_store_sums_rows(store, NM_SQL_MATTERS_EACH, reader, take_matter, err);
}

enum nm_code nm_store_sums_count(struct nm_store *store, sqlite3_stmt *statement, struct nm_error *err)
{
	const struct nm_call_brief call = nm_store_brief(statement);
	const nm_number number = (nm_number)sqlite3_column_int64(statement, 9);
	const struct part of_all = part_beside(&call, sqlite3_column_int(statement, 10), sqlite3_column_int(statement, 11));
	const struct part of_line = part_beside(&call, sqlite3_column_int(statement, 12), sqlite3_column_int(statement, 13));
	enum nm_code code = add_call(store, &call, number, 1, err);

	if (code != NM_OK || !is_of_caller(&call))
		return code;
	code = add_caller(store, &call, number, 1, err);
	if (code == NM_OK)
		code = add_matter(store, call.began, 0, of_all, err);
	return code == NM_OK ? add_matter(store, call.began, number, of_line, err) : code;
}
