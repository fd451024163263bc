/* SPDX-License-Identifier: MIT */
/*
 * What the log of calls says of follow-ups.  Comes in: a caller and an instant at which something is new.  Goes out:
 * the follow-ups of that caller around it, as the log has them.
 *
 * The missed calls of a caller between two bounds are one matter, and one follow-up.  Bounds are a call of the caller
 * that was answered, the end that somebody gave a follow-up, and a lead.  All of it is read from the log again whenever
 * a call is written, so that it does not depend on the order in which calls become known.  A follow-up that somebody has
 * touched stays, and no call that is new cuts it in two where that somebody has seen one.
 */
#include <stdlib.h>

#include "core/store_private.h"
#include "nevermiss/followup.h"

/* A follow-up of the caller, as it is kept. */
struct row {
	int64_t id;
	nm_time came, anchor, opened, newest;
	int64_t calls, call;
	nm_time ended, seen_until;
	bool kept; /* a lead, or touched: whatever the log says */
};

struct rows {
	size_t n, capacity;
	struct row *items; /* newest first */
};

/* The missed calls of a matter; calls 0: none. */
struct missed {
	int64_t calls, call; /* how many, and the first */
	nm_time first, last;
};

/* --- what is there --- */

/* One instant about the caller; `fallback` where there is none. */
static enum nm_code read_time(struct nm_store *store, enum nm_store_statement which, uint64_t number,
			      nm_time at, nm_time fallback, nm_time *out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
	sqlite3_bind_int64(statement, 2, at);
	sqlite3_bind_int64(statement, 3, fallback);
	*out = fallback;
	return nm_store_int(store, statement, "reading its calls", out, err);
}

static enum nm_code read_span(struct nm_store *store, uint64_t number, nm_time at, struct nm_span *out,
			      struct nm_error *err)
{
	enum nm_code code = read_time(store, NM_SQL_MATTER_FROM, number, at, NM_TIME_MIN, &out->from, err);

	return code == NM_OK
		       ? read_time(store, NM_SQL_MATTER_UNTIL, number, at, NM_TIME_MAX, &out->until, err)
		       : code;
}

static struct row read_row(sqlite3_stmt *statement)
{
	return (struct row){
		.id = sqlite3_column_int64(statement, 0),
		.came = sqlite3_column_int64(statement, 1),
		.opened = sqlite3_column_int64(statement, 2),
		.newest = sqlite3_column_int64(statement, 3),
		.calls = sqlite3_column_int64(statement, 4),
		.call = sqlite3_column_int64(statement, 5),
		.ended = sqlite3_column_int64(statement, 6),
		.seen_until = sqlite3_column_int64(statement, 8),
		.anchor = sqlite3_column_int64(statement, 9),
		.kept = sqlite3_column_int(statement, 7) != 0 || sqlite3_column_int64(statement, 1) != 0,
	};
}

/* Runs a statement whose parameters are bound. */
static enum nm_code read_bound(struct nm_store *store, sqlite3_stmt *statement, struct rows *out, struct nm_error *err)
{
	bool ok = true;
	int result = SQLITE_DONE;

	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		ok = nm_grow((void **)&out->items, &out->capacity, out->n + 1, sizeof(*out->items));
		if (ok)
			out->items[out->n++] = read_row(statement);
	}
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	return result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its follow-ups", err);
}

static enum nm_code read_rows(struct nm_store *store, enum nm_store_statement which, uint64_t number,
			      struct nm_span span, struct rows *out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
	sqlite3_bind_int64(statement, 2, span.from);
	sqlite3_bind_int64(statement, 3, span.until);
	return read_bound(store, statement, out, err);
}

static enum nm_code read_missed(struct nm_store *store, uint64_t number, struct nm_span span,
				struct missed *out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_MATTER_CALLS, err);
	int result;

	*out = (struct missed){ 0 };
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
	sqlite3_bind_int64(statement, 2, span.from);
	sqlite3_bind_int64(statement, 3, span.until);
	sqlite3_bind_int(statement, 4, NM_FOLLOWUP_CALLS);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		*out = (struct missed){ .call = sqlite3_column_int64(statement, 0),
					.first = sqlite3_column_int64(statement, 1),
					.last = sqlite3_column_int64(statement, 2),
					.calls = sqlite3_column_int64(statement, 3) };
	sqlite3_reset(statement);
	return result == SQLITE_ROW || result == SQLITE_DONE ? NM_OK
							     : nm_store_fail(store, "reading its calls", err);
}

/* --- what it becomes --- */

/* The follow-up that has the matter's calls: the newest that is kept, else the newest; NULL: there is none.  Where
 * several are kept, the newest has only what came from its own opening on. */
static const struct row *find_holder(const struct rows *rows, struct nm_span *span)
{
	const struct row *holder = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < rows->n; i++) {
		if (rows->items[i].kept && kept++ == 0)
			holder = &rows->items[i];
	}
	if (kept > 1)
		span->from = holder->anchor;
	return holder == NULL && rows->n > 0 ? &rows->items[0] : holder;
}

static enum nm_code write_calls(struct nm_store *store, const struct row *row, const struct missed *missed,
				struct nm_error *err)
{
	sqlite3_stmt *statement;

	if (row->opened == missed->first && row->newest == missed->last && row->calls == missed->calls &&
	    row->call == missed->call)
		return NM_OK;
	statement = nm_store_statement(store, NM_SQL_FOLLOWUP_CALLS, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, row->id);
	sqlite3_bind_int64(statement, 2, missed->call);
	sqlite3_bind_int64(statement, 3, missed->first);
	sqlite3_bind_int64(statement, 4, missed->last);
	sqlite3_bind_int64(statement, 5, missed->calls);
	return nm_store_run(store, statement, err);
}

/* A lead was opened when it came, whatever calls join it. */
static enum nm_code write_lead(struct nm_store *store, const struct row *row, const struct missed *missed,
			       struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_LEAD_CALLS, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, row->id);
	sqlite3_bind_int64(statement, 2, missed->calls > 0 ? missed->last : row->came);
	sqlite3_bind_int64(statement, 3, missed->calls);
	return nm_store_run(store, statement, err);
}

static enum nm_code open_row(struct nm_store *store, uint64_t number, const struct missed *missed,
			     struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_FOLLOWUP_OPEN, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int(statement, 1, NM_CHANNEL_PHONE);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)number);
	sqlite3_bind_int64(statement, 3, missed->call);
	sqlite3_bind_int64(statement, 4, missed->last);
	sqlite3_bind_int64(statement, 5, missed->calls);
	return nm_store_run(store, statement, err);
}

static enum nm_code drop_row(struct nm_store *store, int64_t id, struct nm_error *err)
{
	enum nm_code code = nm_store_run_id(store, NM_SQL_DEEDS_OF_LOG_DROP, id, err);

	return code == NM_OK ? nm_store_run_id(store, NM_SQL_FOLLOWUP_DROP, id, err) : code;
}

/* The rows of a matter beside its calls. */
static enum nm_code settle_rows(struct nm_store *store, uint64_t number, const struct rows *rows,
				const struct row *holder, const struct missed *missed, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (holder == NULL && missed->calls > 0)
		return open_row(store, number, missed, err);
	if (holder != NULL && holder->came != 0)
		code = write_lead(store, holder, missed, err);
	else if (holder != NULL && missed->calls > 0)
		code = write_calls(store, holder, missed, err);
	for (size_t i = 0; i < rows->n && code == NM_OK; i++) {
		const struct row *row = &rows->items[i];

		if (!row->kept && (row != holder || missed->calls == 0))
			code = drop_row(store, row->id, err);
	}
	return code;
}

static enum nm_code settle_matter(struct nm_store *store, uint64_t number, struct nm_span span,
				  struct nm_error *err)
{
	struct rows rows = { 0 };
	const struct row *holder = NULL;
	struct missed missed;
	enum nm_code code = read_rows(store, NM_SQL_MATTER_FOLLOWUPS, number, span, &rows, err);

	if (code == NM_OK) {
		holder = find_holder(&rows, &span);
		code = read_missed(store, number, span, &missed, err);
	}
	if (code == NM_OK)
		code = settle_rows(store, number, &rows, holder, &missed, err);
	free(rows.items);
	return code;
}

/* --- what ends it --- */

/* The first call that was answered after all that the follow-up stands for ends it. */
static enum nm_code settle_end(struct nm_store *store, uint64_t number, const struct row *row,
			       struct nm_error *err)
{
	const nm_time after = row->newest > row->seen_until ? row->newest : row->seen_until;
	struct nm_deed end = { .who = NM_FOLLOWUP_LOG, .kind = NM_DEED_ENDED, .end = NM_FOLLOWUP_RANG_AGAIN };
	enum nm_code code;

	code = read_time(store, NM_SQL_MATTER_ANSWERED, number, after, 0, &end.at, err);
	if (code != NM_OK || end.at == row->ended)
		return code;
	code = nm_store_run_id(store, NM_SQL_DEEDS_OF_LOG_DROP, row->id, err);
	if (code == NM_OK)
		code = end.at != 0 ? nm_store_deed_add(store, row->id, &end, err)
				   : nm_store_followup_fold(store, row->id, err);
	return code;
}

static enum nm_code settle_rows_ends(struct nm_store *store, uint64_t number, struct rows *rows,
				     struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < rows->n && code == NM_OK; i++)
		code = settle_end(store, number, &rows->items[i], err);
	free(rows->items);
	return code;
}

/* Of all that ends at that instant or later, whatever has changed. */
static enum nm_code settle_ends_from(struct nm_store *store, uint64_t number, nm_time at, struct nm_error *err)
{
	struct rows rows = { 0 };
	const struct nm_span span = { at, NM_TIME_MAX };
	enum nm_code code = read_rows(store, NM_SQL_MATTER_ENDS_FROM, number, span, &rows, err);

	if (code == NM_OK)
		return settle_rows_ends(store, number, &rows, err);
	free(rows.items);
	return code;
}

/* Of all that a call at that instant may end, or has.  Outside the matters that were settled (their span) only the
 * answers have changed, and of these only that one: what it ended, or what the next one after it ends, it may end
 * now. */
static enum nm_code settle_ends(struct nm_store *store, uint64_t number, nm_time at, struct nm_span settled,
				struct nm_error *err)
{
	struct rows rows = { 0 };
	sqlite3_stmt *statement;
	nm_time next;
	enum nm_code code = read_time(store, NM_SQL_MATTER_ANSWERED, number, at, 0, &next, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_MATTER_ENDS, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
	sqlite3_bind_int64(statement, 2, at);
	sqlite3_bind_int64(statement, 3, next);
	sqlite3_bind_int64(statement, 4, settled.from);
	sqlite3_bind_int64(statement, 5, settled.until);
	code = read_bound(store, statement, &rows, err);
	if (code == NM_OK)
		return settle_rows_ends(store, number, &rows, err);
	free(rows.items);
	return code;
}

/* The matters around an instant; *settled: from the beginning of the first to the end of the last. */
static enum nm_code settle_matters(struct nm_store *store, uint64_t number, nm_time at, struct nm_span *settled,
				   struct nm_error *err)
{
	struct nm_span span;
	bool bound;
	enum nm_code code = read_span(store, number, at, &span, err);

	if (code != NM_OK)
		return code;
	*settled = span;
	bound = span.from == at && at > NM_TIME_MIN;
	code = settle_matter(store, number, span, err);
	if (code == NM_OK && bound) /* what was one matter before it may be two now */
		code = read_span(store, number, at - 1, &span, err);
	if (code == NM_OK && bound) {
		settled->from = span.from;
		code = settle_matter(store, number, span, err);
	}
	return code;
}

/* Is there anything of the caller that the statement asks for? */
static enum nm_code read_any(struct nm_store *store, enum nm_store_statement which, uint64_t number, nm_time at, bool *out,
			     struct nm_error *err)
{
	nm_time any = 0;
	enum nm_code code = number != 0 ? read_time(store, which, number, at, 0, &any, err) : NM_OK;

	*out = any != 0;
	return code;
}

enum nm_code nm_store_matters_settle(struct nm_store *store, uint64_t number, nm_time at,
				     struct nm_error *err)
{
	struct nm_span settled;
	bool any;
	enum nm_code code = read_any(store, NM_SQL_MATTER_ANY, number, at, &any, err);

	if (code != NM_OK || !any)
		return code;
	code = settle_matters(store, number, at, &settled, err);
	return code == NM_OK ? settle_ends_from(store, number, at, err) : code;
}

enum nm_code nm_store_matters_settle_call(struct nm_store *store, uint64_t number, nm_time at,
					  struct nm_error *err)
{
	struct nm_span settled;
	bool any;
	enum nm_code code = read_any(store, NM_SQL_MATTER_ANY, number, at, &any, err);

	if (code != NM_OK || !any)
		return code;
	code = settle_matters(store, number, at, &settled, err);
	return code == NM_OK ? settle_ends(store, number, at, settled, err) : code;
}

/* All was settled before it, and it only adds a bound.  Every missed call is in a follow-up.  Where none of these has anything
 * from then on, and each has ended by then, all that the caller has lies before the bound: it keeps its calls and its end. */
enum nm_code nm_store_matters_settle_answered(struct nm_store *store, uint64_t number, nm_time at,
					      struct nm_error *err)
{
	bool left;
	enum nm_code code = read_any(store, NM_SQL_MATTER_LEFT, number, at, &left, err);

	return code == NM_OK && left ? nm_store_matters_settle_call(store, number, at, err) : code;
}
