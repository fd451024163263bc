/* SPDX-License-Identifier: MIT */
/*
 * Taking people out of the store: see forget.h.  Rows are named by one statement for each table that has any, the calls
 * first: what else there is refers to them.
 */
#include "nevermiss/forget.h"

#include <stdlib.h>
#include <string.h>

#include "core/store_private.h"

#define LEFT_MAX  10000 /* traces at carriers that are told */
#define ASK_ROWS  256   /* calls or follow-ups that are taken out between two questions whether to go on */

/* --- running a statement --- */

/* The number as an integer (?1) and as text (?2, and as a plan has it). */
static sqlite3_stmt *prepare(struct nm_store *store, enum nm_store_statement which, nm_number number,
			     char text[NM_NUMBER_TEXT], struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);

	if (statement == NULL)
		return NULL;
	nm_number_write(number, text);
	if (sqlite3_bind_parameter_count(statement) > 0)
		sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
	if (sqlite3_bind_parameter_count(statement) > 1)
		sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC);
	return statement;
}

static enum nm_code count(struct nm_store *store, enum nm_store_statement which, nm_number number,
			  int64_t *out, struct nm_error *err)
{
	char text[NM_NUMBER_TEXT];
	sqlite3_stmt *statement = prepare(store, which, number, text, err);

	if (statement == NULL)
		return NM_SYSTEM;
	*out = 0;
	return nm_store_int(store, statement, "looking for a number", out, err);
}

static enum nm_code run_all(struct nm_store *store, const enum nm_store_statement *which, size_t n,
			    nm_number number, struct nm_error *err)
{
	char text[NM_NUMBER_TEXT];
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < n && code == NM_OK; i++) {
		sqlite3_stmt *statement = prepare(store, which[i], number, text, err);

		code = statement != NULL ? nm_store_run(store, statement, err) : NM_SYSTEM;
	}
	return code;
}

/* --- what is there --- */

static enum nm_code read_left(struct nm_store *store, nm_number number, struct nm_forgotten *out,
			      struct nm_error *err)
{
	char text[NM_NUMBER_TEXT];
	sqlite3_stmt *statement = prepare(store, NM_SQL_TRACES, number, text, err);
	struct nm_trace_left *left = NULL;
	size_t capacity = 0, n = 0;
	bool ok = true;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	while (ok && n < LEFT_MAX && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		ok = nm_grow((void **)&left, &capacity, n + 1, sizeof(*left));
		if (ok)
			left[n++] = (struct nm_trace_left){
				.text = sqlite3_column_int(statement, 0) != 0,
				.naming = sqlite3_column_int(statement, 0) == 2,
				.driver = nm_store_column(statement, 1, out->arena, &ok),
				.line = nm_store_column(statement, 2, out->arena, &ok),
				.carrier_id = nm_store_column(statement, 3, out->arena, &ok),
				.at = sqlite3_column_int64(statement, 4),
				.account = nm_store_column(statement, 5, out->arena, &ok),
				.number = (nm_number)sqlite3_column_int64(statement, 6),
			};
	}
	sqlite3_reset(statement);
	if (ok && n > 0) {
		struct nm_trace_left *kept = nm_arena_alloc(out->arena, n, sizeof(*kept));

		ok = kept != NULL;
		if (ok)
			memcpy(kept, left, n * sizeof(*kept));
		out->left = kept;
		out->n_left = n;
	}
	free(left);
	if (!ok)
		return nm_fail_memory(err);
	return result == SQLITE_DONE || result == SQLITE_ROW
		       ? NM_OK
		       : nm_store_fail(store, "looking for a number", err);
}

enum nm_code nm_store_traces(struct nm_store *store, nm_number number, struct nm_forgotten *out,
			     struct nm_error *err)
{
	struct nm_forgotten found = { .arena = nm_arena_new() };
	const struct {
		enum nm_store_statement which;
		int64_t *out;
	} counts[] = {
		{ NM_SQL_TRACES_CALLS, &found.calls },	 { NM_SQL_TRACES_FOLLOWUPS, &found.followups },
		{ NM_SQL_TRACES_TEXTS, &found.texts },	 { NM_SQL_TRACES_EVENTS, &found.events },
		{ NM_SQL_TRACES_VERSIONS, &found.versions }, { NM_SQL_TRACES_ALERTS, &found.alerts },
	};
	enum nm_code code = found.arena != NULL ? NM_OK : nm_fail_memory(err);

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]) && code == NM_OK; i++)
		code = count(store, counts[i].which, number, counts[i].out, err);
	if (code == NM_OK)
		code = read_left(store, number, &found, err);
	if (code == NM_OK)
		*out = found;
	else
		nm_forgotten_clear(&found);
	return code;
}

void nm_forgotten_clear(struct nm_forgotten *forgotten)
{
	nm_arena_free(forgotten->arena);
	*forgotten = (struct nm_forgotten){ 0 };
}

/* --- by what a forgotten number is known --- */

static enum nm_code remember(struct nm_store *store, nm_number number, nm_time now, struct nm_error *err)
{
	unsigned char hash[NM_HMAC_BYTES];
	sqlite3_stmt *statement;
	bool known;
	enum nm_code code = nm_store_number_hash(store, number, true, hash, &known, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_FORGOTTEN_PUT, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_blob(statement, 1, hash, sizeof(hash), SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, now);
	return nm_store_run(store, statement, err);
}

enum nm_code nm_store_was_forgotten(struct nm_store *store, uint64_t number, nm_time at, bool *forgotten,
				    struct nm_error *err)
{
	unsigned char hash[NM_HMAC_BYTES];
	sqlite3_stmt *statement;
	int result;
	enum nm_code code = NM_OK;

	*forgotten = false;
	if (number != 0)
		code = nm_store_number_hash(store, number, false, hash, forgotten, err);
	if (code != NM_OK || !*forgotten)
		return code;
	statement = nm_store_statement(store, NM_SQL_FORGOTTEN_GET, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_blob(statement, 1, hash, sizeof(hash), SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, at);
	result = sqlite3_step(statement);
	*forgotten = result == SQLITE_ROW;
	sqlite3_reset(statement);
	return result == SQLITE_ROW || result == SQLITE_DONE
		       ? NM_OK
		       : nm_store_fail(store, "reading its forgotten numbers", err);
}

/* --- taking it out --- */

struct ids {
	size_t n, capacity;
	int64_t *items; /* malloc'd */
};

/* The rows that a statement names by what it is given. */
static enum nm_code find_ids(struct nm_store *store, enum nm_store_statement which, int64_t what, struct ids *out,
			       struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);
	bool ok = true;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, what);
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		ok = nm_grow((void **)&out->items, &out->capacity, out->n + 1, sizeof(*out->items));
		if (ok)
			out->items[out->n++] = sqlite3_column_int64(statement, 0);
	}
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	return result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "looking for rows", err);
}

/* Out of the sums and of the log; what names it is gone by then. */
static enum nm_code drop_call(struct nm_store *store, int64_t id, struct nm_error *err)
{
	enum nm_code code = nm_store_sums_take_out(store, id, err);

	return code == NM_OK ? nm_store_run_id(store, NM_SQL_CALL_DROP, id, err) : code;
}

/* How far it is, of all rows that are taken out one by one. */
struct far {
	size_t done, all;
};

/* One after the other, so that whoever waits sees how far it is. */
static enum nm_code drop_each(struct nm_store *store, const struct ids *ids,
			      enum nm_code (*drop)(struct nm_store *store, int64_t id, struct nm_error *err), struct far *far,
			      struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < ids->n && code == NM_OK; i++) {
		if (far->done++ % ASK_ROWS == 0)
			code = nm_store_reached(store, far->done - 1, far->all, err);
		if (code == NM_OK)
			code = drop(store, ids->items[i], err);
	}
	return code;
}

/* All rows in one transaction. */
static enum nm_code drop_rows(struct nm_store *store, nm_number number, nm_time now, struct nm_error *err)
{
	static const enum nm_store_statement which[] = {
		NM_SQL_FORGET_NAMING,  NM_SQL_FORGET_ALERTED,	      NM_SQL_FORGET_ALERTS,
		NM_SQL_FORGET_DEEDS,   NM_SQL_FORGET_FOLLOWUPS,	      NM_SQL_FORGET_LEGS,
		NM_SQL_FORGET_RUNG,    NM_SQL_FORGET_TEXTS,	      NM_SQL_FORGET_SANDBOX,
		NM_SQL_FORGET_INBOUND, NM_SQL_FORGET_SANDBOX_INBOUND, NM_SQL_FORGET_EVENTS,
		NM_SQL_SANDBOX_TEXTS_DROP,
	};
	struct ids calls = { .n = 0 };
	struct far far = { 0, 0 };
	enum nm_code code = nm_store_begin(store, err);

	if (code != NM_OK)
		return code;
	code = remember(store, number, now, err);
	if (code == NM_OK)
		code = run_all(store, which, sizeof(which) / sizeof(which[0]), number, err);
	if (code == NM_OK)
		code = find_ids(store, NM_SQL_FORGET_CALLS, (int64_t)number, &calls, err);
	far.all = calls.n;
	if (code == NM_OK)
		code = drop_each(store, &calls, drop_call, &far, err);
	free(calls.items);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	return code;
}

/* Pages that were let go before, and all that SQLite keeps beside the store. */
static enum nm_code drop_bytes(struct nm_store *store, bool *whole, struct nm_error *err)
{
	int left = 0, moved = 0;
	enum nm_code code = nm_store_execute(store, "VACUUM", "writing it anew", err);

	if (code == NM_REFUSED && store->asking.stopped)
		return nm_fail(err, NM_REFUSED, "stopped: the number is out of the log, but bytes of it may still stand in the "
						"store's file; say it again to have that written anew");
	if (code != NM_OK)
		return code;
	*whole = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, &left, &moved) ==
		 SQLITE_OK;
	return NM_OK;
}

enum nm_code nm_store_forget(struct nm_store *store, nm_number number, nm_time now, bool *whole,
			     struct nm_error *err)
{
	enum nm_code code = drop_rows(store, number, now, err);

	return code == NM_OK ? drop_bytes(store, whole, err) : code;
}

/* --- what is old --- */

/* Runs a statement over what is older, and counts what it took. */
static enum nm_code expire(struct nm_store *store, enum nm_store_statement which, nm_time before, int64_t *taken,
			   struct nm_error *err)
{
	const enum nm_code code = nm_store_run_id(store, which, before, err);

	if (code == NM_OK)
		*taken = sqlite3_changes(store->db);
	return code;
}

/* What the sandbox carrier has of the texts that are gone, which are counted already. */
static enum nm_code expire_sandbox(struct nm_store *store, nm_time before, struct nm_error *err)
{
	enum nm_code code = nm_store_run_id(store, NM_SQL_EXPIRE_SANDBOX_INBOUND, before, err);
	sqlite3_stmt *statement = code == NM_OK ? nm_store_statement(store, NM_SQL_SANDBOX_TEXTS_DROP, err) : NULL;

	if (statement == NULL)
		return code != NM_OK ? code : NM_SYSTEM;
	return nm_store_run(store, statement, err);
}

static enum nm_code run_each(struct nm_store *store, const enum nm_store_statement *which, size_t n, int64_t id,
			     struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < n && code == NM_OK; i++)
		code = nm_store_run_id(store, which[i], id, err);
	return code;
}

static enum nm_code expire_call(struct nm_store *store, int64_t id, struct nm_error *err)
{
	static const enum nm_store_statement which[] = { NM_SQL_EXPIRE_ALERTED, NM_SQL_EXPIRE_ALERTS, NM_SQL_EXPIRE_OPENERS,
							 NM_SQL_EXPIRE_LEGS };
	enum nm_code code = run_each(store, which, sizeof(which) / sizeof(which[0]), id, err);

	return code == NM_OK ? drop_call(store, id, err) : code;
}

static enum nm_code expire_followup(struct nm_store *store, int64_t id, struct nm_error *err)
{
	static const enum nm_store_statement which[] = { NM_SQL_EXPIRE_DEEDS, NM_SQL_FOLLOWUP_DROP };

	return run_each(store, which, sizeof(which) / sizeof(which[0]), id, err);
}

static enum nm_code expire_calls(struct nm_store *store, nm_time before, struct nm_expired *out, struct nm_error *err)
{
	struct ids calls = { .n = 0 }, followups = { .n = 0 };
	struct far far = { 0, 0 };
	enum nm_code code = find_ids(store, NM_SQL_EXPIRE_CALLS, before, &calls, err);

	if (code == NM_OK)
		code = find_ids(store, NM_SQL_EXPIRE_FOLLOWUPS, before, &followups, err);
	far.all = calls.n + followups.n;
	if (code == NM_OK)
		code = drop_each(store, &followups, expire_followup, &far, err);
	if (code == NM_OK)
		code = drop_each(store, &calls, expire_call, &far, err);
	out->calls = (int64_t)calls.n;
	out->followups = (int64_t)followups.n;
	free(calls.items);
	free(followups.items);
	return code;
}

static enum nm_code expire_all(struct nm_store *store, nm_time before, struct nm_expired *out, struct nm_error *err)
{
	int64_t came;
	enum nm_code code = expire_calls(store, before, out, err);

	if (code == NM_OK)
		code = expire(store, NM_SQL_EXPIRE_TEXTS, before, &out->texts, err);
	if (code == NM_OK)
		code = expire(store, NM_SQL_EXPIRE_INBOUND, before, &came, err);
	if (code == NM_OK)
		out->texts += came;
	if (code == NM_OK)
		code = expire_sandbox(store, before, err);
	if (code == NM_OK)
		code = expire(store, NM_SQL_EXPIRE_EVENTS, before, &out->events, err);
	return code;
}

nm_time nm_expire_before(const struct nm_plan *plan, nm_time now)
{
	return plan->retention_s > 0 ? now - plan->retention_s : NM_TIME_MIN;
}

enum nm_code nm_expire(struct nm_store *store, const struct nm_plan *plan, nm_time now, struct nm_expired *out,
		       struct nm_error *err)
{
	struct nm_expired expired = { 0 };
	enum nm_code code = NM_OK;

	if (plan->retention_s > 0) {
		code = nm_store_begin(store, err);
		if (code != NM_OK)
			return code;
		code = expire_all(store, nm_expire_before(plan, now), &expired, err);
		if (code == NM_OK)
			code = nm_store_commit(store, err);
		if (code != NM_OK)
			nm_store_abandon(store);
	}
	if (code == NM_OK)
		*out = expired;
	return code;
}
