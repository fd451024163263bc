/* SPDX-License-Identifier: MIT */
/*
 * What callers did, added up by days and by some numbers of weeks (store_sums.c), and one by one for what is no whole day.
 */
#include "core/store_private.h"
#include "core/sums.h"

#define WEEK_S (7 * (nm_time)NM_DAY)
#define AT_ONCE 128 /* callers, of whom there may be hundreds of thousands */

static bool take_missed(const struct nm_sums_reader *reader, sqlite3_stmt *statement)
{
	const struct nm_caller_sum sum = { (nm_number)sqlite3_column_int64(statement, 0), 0, 1 };

	return reader->taker.callers(reader->taker.context, reader->span, &sum, 1);
}

enum nm_code nm_store_missed_each(struct nm_store *store, const struct nm_sums_reader *reader,
				  struct nm_error *err)
{
	return nm_store_sums_rows(store, NM_SQL_MISSED_EACH, reader, take_missed, err);
}

/* --- whole days --- */

const int nm_sums_units[NM_SUMS_UNITS] = { NM_SUMS_DAY_CALLERS, 1, 8 };

static nm_time unit_s(int weeks)
{
	return weeks > 0 ? weeks * WEEK_S : NM_DAY;
}

struct nm_span nm_sums_days(struct nm_span span)
{
	const nm_time from = (nm_sums_nth(NM_SUMS_DAY_CALLERS, span.from - 1) + 1) * NM_DAY;
	const nm_time until = nm_sums_nth(NM_SUMS_DAY_CALLERS, span.until) * NM_DAY;

	return from < until ? (struct nm_span){ from, until } : (struct nm_span){ span.until, span.until };
}

/* Longer ones begin where shorter ones do. */
static int weeks_at(struct nm_span days, nm_time from)
{
	int weeks = nm_sums_units[0];

	for (size_t i = 1; i < NM_SUMS_UNITS; i++)
		if (from % unit_s(nm_sums_units[i]) == 0 && from + unit_s(nm_sums_units[i]) <= days.until)
			weeks = nm_sums_units[i];
	return weeks;
}

struct nm_span nm_sums_unit(struct nm_span days, nm_time from)
{
	return (struct nm_span){ from, from + unit_s(weeks_at(days, from)) };
}

/* The row of nth, number and packed sums. */
static enum nm_code take_unit(struct nm_store *store, const struct nm_sums_reader *reader, sqlite3_stmt *statement,
			      int weeks, struct nm_error *err)
{
	const nm_time unit = unit_s(weeks), from = sqlite3_column_int64(statement, 0) * unit;
	const struct nm_span span = { from, from + unit };
	struct nm_caller_sum sums[AT_ONCE];
	struct nm_cells cells;
	size_t n;

	nm_cells_init(&cells, sqlite3_column_blob(statement, 2), (size_t)sqlite3_column_bytes(statement, 2));
	do {
		n = nm_cells_callers(&cells, sums, AT_ONCE);
		if (!reader->taker.callers(reader->taker.context, span, sums, n))
			return nm_fail_memory(err);
	} while (n == AT_ONCE);
	return cells.damaged ? nm_store_sums_damaged(store, err) : NM_OK;
}

enum nm_code nm_store_callers_each(struct nm_store *store, const struct nm_sums_reader *reader, struct nm_error *err)
{
	struct nm_sums_reader part = *reader;
	enum nm_code code = NM_OK;

	for (nm_time from = reader->span.from; from < reader->span.until && code == NM_OK; from = part.span.until) {
		part.span = nm_sums_unit(reader->span, from);
		code = nm_store_sums_packed(store, &part, weeks_at(reader->span, from), take_unit, err);
	}
	return code;
}

/* --- of one caller --- */

static sqlite3_stmt *ask_calls_of(struct nm_store *store, enum nm_store_statement which,
				  const struct nm_sums_reader *reader, nm_number caller, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)caller);
	sqlite3_bind_int64(statement, 2, reader->span.from);
	sqlite3_bind_int64(statement, 3, reader->span.until);
	sqlite3_bind_int64(statement, 4, (sqlite3_int64)reader->number);
	return statement;
}

enum nm_code nm_store_calls_of(struct nm_store *store, const struct nm_sums_reader *reader, nm_number caller,
			       int64_t *out, struct nm_error *err)
{
	sqlite3_stmt *statement = ask_calls_of(store, NM_SQL_CALLS_BETWEEN, reader, caller, err);

	return statement != NULL ? nm_store_int(store, statement, "reading its calls", out, err) : NM_SYSTEM;
}

/* Not by one statement, which would walk along the calls twice: to find the first missed one, and to count. */
enum nm_code nm_store_calls_until_missed(struct nm_store *store, const struct nm_sums_reader *reader,
					 nm_number caller, int64_t *out, struct nm_error *err)
{
	sqlite3_stmt *statement = ask_calls_of(store, NM_SQL_CALLS_ALONG, reader, caller, err);
	int64_t n = 0;
	bool missed = false;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	for (; !missed && (result = sqlite3_step(statement)) == SQLITE_ROW; n++) {
		const struct nm_call_brief call = nm_store_brief(statement);

		missed = nm_fate_missed(nm_fate_of(&call));
	}
	sqlite3_reset(statement);
	*out = missed ? n : 0;
	return missed || result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its calls", err);
}
