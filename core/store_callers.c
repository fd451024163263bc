/* SPDX-License-Identifier: MIT */
/*
 * What callers did, added up by weeks and by four weeks (store_sums.c), and one by one for what is no whole week.
 */
#include "core/store_private.h"
#include "core/sums.h"

#define WEEK_S (7 * (nm_time)NM_DAY)

static bool take_missed(const struct nm_sums_reader *reader, sqlite3_stmt *statement)
{
	const struct nm_caller_sum sum = { reader->span, (nm_number)sqlite3_column_int64(statement, 0), 0, 1 };

	return reader->taker.caller(reader->taker.context, &sum);
}

enum nm_code nm_store_missed_each(struct nm_store *store, const struct nm_sums_reader *reader,
				  struct nm_error *err)
{
	return nm_store_sums_rows(store, NM_SQL_MISSED_EACH, reader, take_missed, err);
}

/* --- whole weeks --- */

/* What of a span is whole units; empty at its end when nothing is. */
static struct nm_span whole_units(struct nm_span span, int weeks)
{
	const nm_time unit = weeks * WEEK_S;
	const nm_time from = (nm_sums_nth(weeks, span.from - 1) + 1) * unit;
	const nm_time until = nm_sums_nth(weeks, span.until) * unit;

	return from < until ? (struct nm_span){ from, until } : (struct nm_span){ span.until, span.until };
}

struct nm_span nm_sums_weeks(struct nm_span span)
{
	return whole_units(span, 1);
}

struct nm_span nm_sums_unit(struct nm_span weeks, nm_time from)
{
	const struct nm_span fours = whole_units(weeks, NM_SUM_WEEKS);
	const bool four = from >= fours.from && from < fours.until;

	return (struct nm_span){ from, from + (four ? NM_SUM_WEEKS : 1) * WEEK_S };
}

/* The row of nth, number and packed sums. */
static enum nm_code take_unit(struct nm_store *store, const struct nm_sums_reader *reader, sqlite3_stmt *statement,
			      int weeks, struct nm_error *err)
{
	const nm_time unit = weeks * WEEK_S, from = sqlite3_column_int64(statement, 0) * unit;
	struct nm_caller_sum sum = { .span = { from, from + unit } };
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

static enum nm_code read_units(struct nm_store *store, const struct nm_sums_reader *of, struct nm_span span, int weeks,
			       struct nm_error *err)
{
	const struct nm_sums_reader reader = { of->number, span, of->taker };

	return span.from < span.until ? nm_store_sums_packed(store, &reader, weeks, take_unit, err) : NM_OK;
}

enum nm_code nm_store_callers_each(struct nm_store *store, const struct nm_sums_reader *reader, struct nm_error *err)
{
	const struct nm_span span = reader->span, fours = whole_units(span, NM_SUM_WEEKS);
	enum nm_code code = read_units(store, reader, (struct nm_span){ span.from, fours.from }, 1, err);

	if (code == NM_OK)
		code = read_units(store, reader, fours, NM_SUM_WEEKS, err);
	return code == NM_OK ? read_units(store, reader, (struct nm_span){ fours.until, span.until }, 1, err) : code;
}

/* --- of one caller --- */

enum nm_code nm_store_calls_of(struct nm_store *store, const struct nm_sums_reader *reader, nm_number caller,
			       bool after, int64_t *out, struct nm_error *err)
{
	sqlite3_stmt *statement =
		nm_store_statement(store, after ? NM_SQL_CALLS_AFTER : NM_SQL_CALLS_BETWEEN, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)caller);
	sqlite3_bind_int64(statement, 2, reader->span.from);
	sqlite3_bind_int64(statement, 3, reader->span.until);
	sqlite3_bind_int64(statement, 4, (sqlite3_int64)reader->number);
	return nm_store_int(store, statement, "reading its calls", out, err);
}
