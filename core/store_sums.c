/* SPDX-License-Identifier: MIT */
/*
 * What the store keeps added up of its calls (sums.h).  A call is taken out of the sums before its row changes and put into
 * them afterwards, in the same transaction.  What it does to the matters of its caller is found from the two calls before
 * it and the two after it: nobody else's matter begins or ends with it.
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

static nm_time hour_of(nm_time t)
{
	return (t - ((t % NM_SUM_S) + NM_SUM_S) % NM_SUM_S) / NM_SUM_S;
}

/* --- what is written --- */

/* A sum that has come to nothing names nobody. */
static enum nm_code drop_empty(struct nm_store *store, enum nm_store_statement which, nm_time began,
			       nm_number number, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, hour_of(began));
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)number);
	return nm_store_run(store, statement, err);
}

static enum nm_code add_call(struct nm_store *store, const struct nm_call_brief *call, nm_number number,
			     int sign, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_SUM_CALL_ADD, err);
	const bool timed = call->became.seconds >= 0;
	enum nm_code code;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, hour_of(call->began));
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)number);
	sqlite3_bind_int(statement, 3, (int)nm_fate_of(call));
	nm_store_bind(statement, 4, call->became.by != NULL ? call->became.by : "");
	sqlite3_bind_int(statement, 5, sign);
	sqlite3_bind_int(statement, 6, timed ? sign : 0);
	sqlite3_bind_int(statement, 7, timed ? sign * call->became.seconds : 0);
	sqlite3_bind_int64(statement, 8, sign * nm_call_talked_s(call));
	code = nm_store_run(store, statement, err);
	return code == NM_OK && sign < 0 ? drop_empty(store, NM_SQL_SUM_CALL_DROP, call->began, number, err)
					 : code;
}

static enum nm_code add_wait(struct nm_store *store, const struct nm_call_brief *call, nm_number number,
			     int sign, struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code;

	if (nm_fate_of(call) != NM_FATE_ANSWERED || call->became.seconds < 0)
		return NM_OK;
	statement = nm_store_statement(store, NM_SQL_SUM_WAIT_ADD, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, hour_of(call->began));
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)number);
	sqlite3_bind_int(statement, 3, call->became.seconds);
	sqlite3_bind_int(statement, 4, sign);
	code = nm_store_run(store, statement, err);
	return code == NM_OK && sign < 0 ? drop_empty(store, NM_SQL_SUM_WAIT_DROP, call->began, number, err)
					 : code;
}

static enum nm_code add_matter(struct nm_store *store, nm_time began, nm_number number, struct part part,
			       struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code;

	if (part.matters == 0 && part.single == 0 && part.single_perhaps == 0)
		return NM_OK;
	statement = nm_store_statement(store, NM_SQL_SUM_MATTER_ADD, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, hour_of(began));
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)number);
	sqlite3_bind_int64(statement, 3, part.matters);
	sqlite3_bind_int64(statement, 4, part.single);
	sqlite3_bind_int64(statement, 5, part.single_perhaps);
	code = nm_store_run(store, statement, err);
	return code == NM_OK && part.matters < 0
		       ? drop_empty(store, NM_SQL_SUM_MATTER_DROP, began, number, err)
		       : code;
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

/* Number 0: of all lines together. */
static enum nm_code take_matters(struct nm_store *store, int64_t id, const struct nm_call_brief *call,
				 nm_number number, int sign, struct nm_error *err)
{
	const struct ring it = { true, call->began, nm_fate_of(call), number };
	struct ring before[2], after[2];
	enum nm_code code;

	if (call->caller.anonymous || call->caller.number == 0 || nm_fate_apart(it.fate))
		return NM_OK;
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

enum nm_code nm_store_sums_take(struct nm_store *store, int64_t id, int sign, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_CALL_BRIEF, err);
	enum nm_code code = NM_OK;
	struct nm_call_brief call;
	nm_number number;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	if (sqlite3_step(statement) != SQLITE_ROW) {
		code = nm_store_fail(store, "reading its calls", err);
		sqlite3_reset(statement);
		return code;
	}
	call = nm_store_brief(statement);
	number = (nm_number)sqlite3_column_int64(statement, 9);
	code = add_call(store, &call, number, sign, err);
	if (code == NM_OK)
		code = add_wait(store, &call, number, sign, err);
	if (code == NM_OK)
		code = take_matters(store, id, &call, number, sign, err);
	sqlite3_reset(statement);
	return code;
}

/* --- what is read --- */

typedef bool take_row(const struct nm_sums_reader *reader, sqlite3_stmt *statement);

/* Rows of [?1, ?2) to a line ?3. */
static enum nm_code each_row(struct nm_store *store, enum nm_store_statement which, nm_time unit,
			     const struct nm_sums_reader *reader, take_row *take, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);
	int result = SQLITE_DONE;
	bool ok = true;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, reader->span.from / unit);
	sqlite3_bind_int64(statement, 2, reader->span.until / unit);
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)reader->number);
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW)
		ok = take(reader, statement);
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	return result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its sums", err);
}

static bool take_call_sum(const struct nm_sums_reader *reader, sqlite3_stmt *statement)
{
	const char *by = (const char *)sqlite3_column_text(statement, 2);
	const struct nm_call_sum sum = {
		.hour = sqlite3_column_int64(statement, 0) * NM_SUM_S,
		.fate = (enum nm_fate)nm_store_within(statement, 1, NM_FATE_LAST),
		.by = by != NULL && *by != '\0' ? by : NULL,
		.calls = sqlite3_column_int64(statement, 3),
		.timed = sqlite3_column_int64(statement, 4),
		.waited = sqlite3_column_int64(statement, 5),
		.talked_s = sqlite3_column_int64(statement, 6),
	};

	return reader->taker.call(reader->taker.context, &sum);
}

static bool take_wait_sum(const struct nm_sums_reader *reader, sqlite3_stmt *statement)
{
	const struct nm_wait_sum sum = {
		.hour = sqlite3_column_int64(statement, 0) * NM_SUM_S,
		.seconds = nm_store_within(statement, 1, NM_DAY),
		.calls = sqlite3_column_int64(statement, 2),
	};

	return reader->taker.wait(reader->taker.context, &sum);
}

static bool take_matter_sum(const struct nm_sums_reader *reader, sqlite3_stmt *statement)
{
	const struct nm_matter_sum sum = {
		.began = sqlite3_column_int64(statement, 0) * NM_SUM_S,
		.matters = sqlite3_column_int64(statement, 1),
		.single = sqlite3_column_int64(statement, 2),
		.single_perhaps = sqlite3_column_int64(statement, 3),
	};

	return reader->taker.matter(reader->taker.context, &sum);
}

enum nm_code nm_store_sums_each(struct nm_store *store, const struct nm_sums_reader *reader,
				struct nm_error *err)
{
	enum nm_code code = each_row(store, NM_SQL_SUM_CALLS, NM_SUM_S, reader, take_call_sum, err);

	if (code == NM_OK)
		code = each_row(store, NM_SQL_SUM_WAITS, NM_SUM_S, reader, take_wait_sum, err);
	if (code == NM_OK)
		code = each_row(store, NM_SQL_SUM_MATTERS, NM_SUM_S, reader, take_matter_sum, err);
	return code;
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
	return each_row(store, NM_SQL_MATTERS_EACH, 1, reader, take_matter, err);
}

static bool take_missed(const struct nm_sums_reader *reader, sqlite3_stmt *statement)
{
	const struct nm_missed_call call = { (nm_number)sqlite3_column_int64(statement, 0),
					     sqlite3_column_int64(statement, 1),
					     sqlite3_column_int64(statement, 2) };

	return reader->taker.missed(reader->taker.context, &call);
}

enum nm_code nm_store_missed_each(struct nm_store *store, const struct nm_sums_reader *reader,
				  struct nm_error *err)
{
	return each_row(store, NM_SQL_MISSED_EACH, 1, reader, take_missed, err);
}

enum nm_code nm_store_calls_after(struct nm_store *store, const struct nm_sums_reader *reader,
				  const struct nm_missed_call *call, int64_t *out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_CALLS_AFTER, err);
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)call->caller);
	sqlite3_bind_int64(statement, 2, call->began);
	sqlite3_bind_int64(statement, 3, call->id);
	sqlite3_bind_int64(statement, 4, (sqlite3_int64)reader->number);
	sqlite3_bind_int64(statement, 5, reader->span.until);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		*out = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return result == SQLITE_ROW ? NM_OK : nm_store_fail(store, "reading its calls", err);
}
