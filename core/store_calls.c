/* SPDX-License-Identifier: MIT */
/*
 * The store's log of real calls: each once, with what rang for it.
 *
 * A call is known by the line's number, its driver and the carrier's own id.  Its record may come in parts: one that is
 * kept already is written anew when what is known of it has changed.
 */
#include <stdlib.h>
#include <string.h>

#include "core/call_same.h"
#include "core/store_private.h"

#define ASK_CALLS 1024 /* calls that are read between two questions whether to go on */

#define WITHHELD (-1) /* a caller in the store */

/* --- writing --- */

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_leg(const struct nm_call_leg *a, const struct nm_call_leg *b)
{
	return same_text(a->leg.id, b->leg.id) && same_text(a->leg.to, b->leg.to) &&
	       a->leg.end == b->leg.end && a->leg.began == b->leg.began && a->leg.ended == b->leg.ended &&
	       a->leg.rang_s == b->leg.rang_s;
}

/* Is it judged by a record that does not say who was rung? */
static bool is_bare(enum nm_call_reason reason)
{
	return reason == NM_CALL_NOT_TOLD || reason == NM_CALL_MISSED || reason == NM_CALL_BUSY;
}

/* Was it kept by such a record, and is this one none?  Whose own phone took it is the plan's to say. */
static bool tells_more(enum nm_call_reason now, enum nm_call_reason kept)
{
	return is_bare(kept) && !is_bare(now) && now != NM_CALL_OWN_PHONE;
}

/* Does the record say the same?  Names and outcome are of the plan that it was read with, and stay. */
static bool same_call(const struct nm_call_entry *a, const struct nm_call_entry *b)
{
	bool same = !tells_more(a->became.reason, b->became.reason) &&
		    a->caller.anonymous == b->caller.anonymous && a->caller.number == b->caller.number &&
		    a->forwarded_from == b->forwarded_from && a->began == b->began && a->ended == b->ended &&
		    a->cut == b->cut && a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = same_leg(&a->legs[i], &b->legs[i]);
	return same;
}

enum nm_code nm_store_call_find(struct nm_store *store, const struct nm_call_entry *call, int64_t *id,
				struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_CALL_FIND, err);
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)call->number);
	nm_store_bind(statement, 2, call->driver);
	nm_store_bind(statement, 3, call->carrier_id);
	result = sqlite3_step(statement);
	*id = result == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	sqlite3_reset(statement);
	return result == SQLITE_ROW || result == SQLITE_DONE ? NM_OK
							     : nm_store_fail(store, "reading its calls", err);
}

static sqlite3_int64 caller_key(struct nm_caller caller)
{
	return caller.anonymous ? WITHHELD : (sqlite3_int64)caller.number;
}

static struct nm_caller caller_of(sqlite3_int64 caller)
{
	return (struct nm_caller){ .anonymous = caller == WITHHELD,
				   .number = caller > 0 ? (nm_number)caller : 0 };
}

/* A statement about calls of that id; NULL: err says why. */
static sqlite3_stmt *ask_alike(struct nm_store *store, enum nm_store_statement which, const struct nm_call_entry *call,
			       struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)call->number);
	nm_store_bind(statement, 2, call->driver);
	nm_store_bind(statement, 3, call->carrier_id);
	return statement;
}

/* Its row: carrier_id, caller, began, ended. */
static bool is_same(sqlite3_stmt *statement, const struct nm_call_entry *call)
{
	const struct nm_call_ring kept = { caller_of(sqlite3_column_int64(statement, 1)),
					   sqlite3_column_int64(statement, 2), sqlite3_column_int64(statement, 3) };
	const struct nm_call_ring ring = { call->caller, call->began, call->ended };

	return nm_call_same(&kept, &ring);
}

/* Whose is the id?  *taken: another call's; *same: this one's. */
static enum nm_code ask_owner(struct nm_store *store, const struct nm_call_entry *call, bool *taken, bool *same,
			      struct nm_error *err)
{
	sqlite3_stmt *statement = ask_alike(store, NM_SQL_CALL_SAME, call, err);
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	result = sqlite3_step(statement);
	*same = result == SQLITE_ROW && is_same(statement, call);
	*taken = result == SQLITE_ROW && !*same;
	sqlite3_reset(statement);
	return result == SQLITE_ROW || result == SQLITE_DONE ? NM_OK
							     : nm_store_fail(store, "reading its calls", err);
}

/* The key of the call among those that were told apart under its id: of the one that agrees in both before one that
 * agrees in either. */
static enum nm_code find_apart(struct nm_store *store, const struct nm_call_entry *call, struct nm_buf *id,
			       struct nm_error *err)
{
	sqlite3_stmt *statement = ask_alike(store, NM_SQL_CALL_APART, call, err);
	bool both = false;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 4, call->began);
	sqlite3_bind_int64(statement, 5, caller_key(call->caller));
	while (!both && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		both = sqlite3_column_int64(statement, 1) == caller_key(call->caller) &&
		       sqlite3_column_int64(statement, 2) == call->began;
		if ((!both && id->len > 0) || !is_same(statement, call))
			continue;
		nm_buf_clear(id);
		nm_buf_add(id, (const char *)sqlite3_column_text(statement, 0));
	}
	sqlite3_reset(statement);
	return result == SQLITE_ROW || result == SQLITE_DONE ? NM_OK
							     : nm_store_fail(store, "reading its calls", err);
}

enum nm_code nm_store_call_apart(struct nm_store *store, const struct nm_call_entry *call, struct nm_buf *id,
				 struct nm_error *err)
{
	char from[NM_NUMBER_TEXT];
	bool taken = false, same = false;
	enum nm_code code = ask_owner(store, call, &taken, &same, err);

	if (code == NM_OK && !same)
		code = find_apart(store, call, id, err);
	if (code == NM_OK && taken && id->len == 0) {
		nm_caller_write(call->caller, from);
		nm_buf_addf(id, "%s/@%lld/%s", call->carrier_id, (long long)call->began, from);
	}
	return code == NM_OK && id->failed ? nm_fail_memory(err) : code;
}

/* Id 0: a new one. */
static enum nm_code write_call(struct nm_store *store, const struct nm_call_entry *call, int64_t *id,
			       struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, *id == 0 ? NM_SQL_CALL_ADD : NM_SQL_CALL_MEND, err);
	enum nm_code code;

	if (statement == NULL)
		return NM_SYSTEM;
	if (*id != 0)
		sqlite3_bind_int64(statement, 1, *id);
	nm_store_bind(statement, 2, call->line);
	nm_store_bind(statement, 3, call->driver);
	nm_store_bind(statement, 4, call->carrier_id);
	sqlite3_bind_int64(statement, 5, caller_key(call->caller));
	sqlite3_bind_int64(statement, 6, (sqlite3_int64)call->forwarded_from);
	sqlite3_bind_int64(statement, 7, call->began);
	sqlite3_bind_int64(statement, 8, call->ended);
	sqlite3_bind_int(statement, 9, (int)call->became.end);
	sqlite3_bind_int(statement, 10, (int)call->became.reason);
	sqlite3_bind_int(statement, 11, call->became.probably);
	nm_store_bind(statement, 12, call->became.by);
	sqlite3_bind_int(statement, 13, call->became.seconds);
	sqlite3_bind_int64(statement, 14, (sqlite3_int64)call->number);
	sqlite3_bind_int(statement, 15, call->cut);
	sqlite3_bind_int(statement, 16, NM_PUSH_DONE);
	sqlite3_bind_int(statement, 17, call->ours);
	code = nm_store_run(store, statement, err);
	if (code == NM_OK && *id == 0)
		*id = sqlite3_last_insert_rowid(store->db);
	return code;
}

static enum nm_code write_leg(struct nm_store *store, int64_t id, size_t i, const struct nm_call_leg *leg,
			      struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_LEG_ADD, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)i);
	nm_store_bind(statement, 3, leg->leg.id);
	nm_store_bind(statement, 4, leg->leg.to);
	nm_store_bind(statement, 5, leg->who);
	sqlite3_bind_int(statement, 6, (int)leg->leg.end);
	sqlite3_bind_int64(statement, 7, leg->leg.began);
	sqlite3_bind_int64(statement, 8, leg->leg.ended);
	sqlite3_bind_int(statement, 9, leg->leg.rang_s);
	return nm_store_run(store, statement, err);
}

static enum nm_code drop_legs(struct nm_store *store, int64_t id, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_LEGS_DROP, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	return nm_store_run(store, statement, err);
}

/* As nm_store_brief reads it back. */
static struct nm_call_brief brief_of(const struct nm_call_entry *call)
{
	struct nm_call_brief brief = {
		.caller = call->caller, .began = call->began, .ended = call->ended, .became = call->became, .cut = call->cut
	};

	if (brief.became.seconds < 0 || brief.became.seconds >= NM_DAY)
		brief.became.seconds = -1;
	return brief;
}

/* The call and its legs, and what it adds to the sums in place of what it did. */
static enum nm_code write_all(struct nm_store *store, const struct nm_call_entry *call, int64_t id,
			      struct nm_error *err)
{
	const struct nm_call_brief brief = brief_of(call);
	enum nm_code code = NM_OK;

	if (id != 0)
		code = nm_store_sums_take_out(store, id, err);
	if (code == NM_OK && id != 0)
		code = drop_legs(store, id, err);
	if (code == NM_OK)
		code = write_call(store, call, &id, err);
	if (code == NM_OK)
		code = nm_store_sums_call(store, id, call->number, &brief, 1, err);
	for (size_t i = 0; i < call->n && code == NM_OK; i++)
		code = write_leg(store, id, i, &call->legs[i], err);
	return code;
}

/* Who called, and when. */
struct ring {
	nm_number caller; /* 0: nobody knows */
	nm_time began;
};

/* Is this what is kept under that id, and whose call is that as it is kept? */
static enum nm_code is_kept(struct nm_store *store, const struct nm_call_entry *call, int64_t id, bool *same,
			    struct ring *before, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_call_entry kept;
	enum nm_code code =
		arena != NULL ? nm_store_call_get(store, id, arena, &kept, err) : nm_fail_memory(err);

	if (code == NM_OK) {
		*same = same_call(call, &kept);
		*before = (struct ring){ kept.caller.number, kept.began };
	}
	nm_arena_free(arena);
	return code;
}

/* The follow-ups of whoever called, and of whoever seemed to before the call was mended. */
static enum nm_code settle(struct nm_store *store, const struct nm_call_entry *call, bool new, struct ring before,
			   struct nm_error *err)
{
	enum nm_code code;

	if (new && call->became.end == NM_CALL_ANSWERED)
		return nm_store_matters_settle_answered(store, call->caller.number, call->began, err);
	code = nm_store_matters_settle_call(store, call->caller.number, call->began, err);
	if (code == NM_OK && (before.caller != call->caller.number || before.began != call->began))
		code = nm_store_matters_settle_call(store, before.caller, before.began, err);
	return code;
}

enum nm_code nm_store_call_put(struct nm_store *store, const struct nm_call_entry *call,
			       enum nm_call_kept *kept, struct nm_error *err)
{
	struct ring before = { 0 };
	bool same = false;
	int64_t id = 0;
	enum nm_code code = nm_store_begin(store, err);

	if (code != NM_OK)
		return code;
	code = nm_store_call_find(store, call, &id, err);
	if (code == NM_OK && id == 0) /* who was to be forgotten is as if known already: nothing is written */
		code = nm_store_was_forgotten(store, call->caller.number, call->began, &same, err);
	if (code == NM_OK && id != 0)
		code = is_kept(store, call, id, &same, &before, err);
	if (code == NM_OK && !same)
		code = write_all(store, call, id, err);
	if (code == NM_OK && !same)
		code = settle(store, call, id == 0, before, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	else
		*kept = same ? NM_CALL_KNOWN : id != 0 ? NM_CALL_MENDED : NM_CALL_NEW;
	return code;
}

/* --- reading --- */

/* The columns of CALL_ROW (store.c). */
static struct nm_call_entry read_call(sqlite3_stmt *statement, struct nm_arena *arena, bool *ok)
{
	return (struct nm_call_entry){
		.id = sqlite3_column_int64(statement, 0),
		.line = nm_store_column(statement, 1, arena, ok),
		.driver = nm_store_column(statement, 2, arena, ok),
		.carrier_id = nm_store_column(statement, 3, arena, ok),
		.caller = caller_of(sqlite3_column_int64(statement, 4)),
		.forwarded_from = (nm_number)sqlite3_column_int64(statement, 5),
		.began = sqlite3_column_int64(statement, 6),
		.ended = sqlite3_column_int64(statement, 7),
		.became = { .end = (enum nm_call_end)nm_store_within(statement, 8, NM_CALL_UNKNOWN),
			    .reason = (enum nm_call_reason)nm_store_within(statement, 9, NM_CALL_REASON_LAST),
			    .probably = sqlite3_column_int(statement, 10) != 0,
			    .by = nm_store_column(statement, 11, arena, ok),
			    .seconds = sqlite3_column_int(statement, 12) },
		.version = sqlite3_column_int64(statement, 13),
		.number = (nm_number)sqlite3_column_int64(statement, 14),
		.cut = sqlite3_column_int(statement, 15) != 0,
		.ours = sqlite3_column_int(statement, 16) != 0,
	};
}

enum nm_code nm_store_calls(struct nm_store *store, const struct nm_call_filter *filter,
			    struct nm_call_entries *out, struct nm_error *err)
{
	const enum nm_store_statement which = filter->caller != 0 ? NM_SQL_CALLS_BY
					      : filter->number != 0 ? NM_SQL_CALLS_OF
								    : NM_SQL_CALLS;
	sqlite3_stmt *statement = nm_store_statement(store, which, err);
	struct nm_call_entries calls = { .arena = nm_arena_new() };
	size_t capacity = 0;
	enum nm_code code = NM_OK;
	bool ok = calls.arena != NULL;
	int result = SQLITE_DONE;

	if (statement == NULL) {
		nm_arena_free(calls.arena);
		return NM_SYSTEM;
	}
	sqlite3_bind_int64(statement, 1, filter->since);
	sqlite3_bind_int64(statement, 2, filter->until);
	if (which == NM_SQL_CALLS_BY)
		sqlite3_bind_int64(statement, 4, (sqlite3_int64)filter->number);
	if (which != NM_SQL_CALLS)
		sqlite3_bind_int64(statement, 3,
				   (sqlite3_int64)(filter->caller != 0 ? filter->caller : filter->number));
	code = nm_store_reached(store, 0, filter->most, err);
	while (ok && code == NM_OK && calls.n < filter->most && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		ok = nm_grow((void **)&calls.items, &capacity, calls.n + 1, sizeof(*calls.items));
		if (ok)
			calls.items[calls.n++] = read_call(statement, calls.arena, &ok);
		if (calls.n % ASK_CALLS == 0)
			code = nm_store_reached(store, calls.n, filter->most, err);
	}
	if (ok && code == NM_OK && calls.n == filter->most && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		calls.more = true;
		result = SQLITE_DONE;
	}
	sqlite3_reset(statement);
	if (ok && code == NM_OK && result == SQLITE_DONE) {
		*out = calls;
		return NM_OK;
	}
	nm_call_entries_clear(&calls);
	if (!ok)
		return nm_fail_memory(err);
	return code != NM_OK ? code : nm_store_fail(store, "reading its calls", err);
}

void nm_call_entries_clear(struct nm_call_entries *entries)
{
	free(entries->items);
	nm_arena_free(entries->arena);
	*entries = (struct nm_call_entries){ 0 };
}

struct nm_call_brief nm_store_brief(sqlite3_stmt *statement)
{
	const int seconds = nm_store_within(statement, 7, NM_DAY);

	return (struct nm_call_brief){
		.caller = caller_of(sqlite3_column_int64(statement, 0)),
		.began = sqlite3_column_int64(statement, 1),
		.ended = sqlite3_column_int64(statement, 2),
		.became = { .end = (enum nm_call_end)nm_store_within(statement, 3, NM_CALL_UNKNOWN),
			    .reason = (enum nm_call_reason)nm_store_within(statement, 4, NM_CALL_REASON_LAST),
			    .probably = sqlite3_column_int(statement, 5) != 0,
			    .by = (const char *)sqlite3_column_text(statement, 6),
			    .seconds = seconds < NM_DAY ? seconds : -1 },
		.cut = sqlite3_column_int(statement, 8) != 0,
	};
}

enum nm_code nm_store_calls_each(struct nm_store *store, const struct nm_call_reader *reader,
				 struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_CALLS_EACH, err);
	enum nm_code code = NM_OK;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, reader->span.from);
	sqlite3_bind_int64(statement, 2, reader->span.until);
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)reader->number);
	while (code == NM_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		const struct nm_call_brief call = nm_store_brief(statement);

		code = reader->take(reader->context, &call, err);
	}
	sqlite3_reset(statement);
	if (code != NM_OK)
		return code;
	return result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its calls", err);
}

static struct nm_call_leg read_leg(sqlite3_stmt *statement, struct nm_arena *arena, bool *ok)
{
	return (struct nm_call_leg){
		.leg = { .id = nm_store_column(statement, 0, arena, ok),
			 .to = nm_store_column(statement, 1, arena, ok),
			 .end = (enum nm_leg_end)nm_store_within(statement, 3, NM_LEG_CANCELED),
			 .began = sqlite3_column_int64(statement, 4),
			 .ended = sqlite3_column_int64(statement, 5),
			 .rang_s = sqlite3_column_int(statement, 6) },
		.who = nm_store_column(statement, 2, arena, ok),
	};
}

static enum nm_code read_legs(struct nm_store *store, struct nm_arena *arena, struct nm_call_entry *call,
			      struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_LEGS, err);
	struct nm_call_leg read[NM_LEGS_MAX], *legs;
	bool ok = true;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, call->id);
	while (ok && call->n < NM_LEGS_MAX && (result = sqlite3_step(statement)) == SQLITE_ROW)
		read[call->n++] = read_leg(statement, arena, &ok);
	sqlite3_reset(statement);
	legs = nm_arena_alloc(arena, call->n, sizeof(*legs));
	if (!ok || legs == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < call->n; i++)
		legs[i] = read[i];
	call->legs = legs;
	return result == SQLITE_DONE || result == SQLITE_ROW ? NM_OK
							     : nm_store_fail(store, "reading its calls", err);
}

enum nm_code nm_store_call_get(struct nm_store *store, int64_t id, struct nm_arena *arena,
			       struct nm_call_entry *out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_CALL_GET, err);
	struct nm_call_entry call = { 0 };
	bool ok = true;
	enum nm_code code;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		call = read_call(statement, arena, &ok);
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	if (result == SQLITE_DONE)
		return nm_fail(err, NM_INPUT, "no call %lld in the log", (long long)id);
	if (result != SQLITE_ROW)
		return nm_store_fail(store, "reading its calls", err);
	code = read_legs(store, arena, &call, err);
	if (code == NM_OK)
		*out = call;
	return code;
}

/* Texts of so many calls lie in one arena. */
#define ENTRIES_AT_ONCE 1024

enum nm_code nm_store_entries_each(struct nm_store *store, const struct nm_call_entry_reader *reader,
				   struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_ENTRIES_EACH, err);
	struct nm_arena *arena = NULL;
	enum nm_code code = NM_OK;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, reader->span.from);
	sqlite3_bind_int64(statement, 2, reader->span.until);
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)reader->number);
	for (size_t i = 0; code == NM_OK && (result = sqlite3_step(statement)) == SQLITE_ROW; i++) {
		struct nm_call_entry call;
		bool ok = true;

		if (i % ENTRIES_AT_ONCE == 0) {
			nm_arena_free(arena);
			arena = nm_arena_new();
		}
		if (arena != NULL)
			call = read_call(statement, arena, &ok);
		code = arena != NULL && ok ? read_legs(store, arena, &call, err) : nm_fail_memory(err);
		if (code == NM_OK)
			code = reader->take(reader->context, &call, err);
	}
	sqlite3_reset(statement);
	nm_arena_free(arena);
	if (code != NM_OK)
		return code;
	return result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its calls", err);
}

/* --- what was read --- */

enum nm_code nm_store_calls_read(struct nm_store *store, nm_number number, const char *driver,
				 struct nm_span *out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_CALLS_READ_GET, err);
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
	nm_store_bind(statement, 2, driver);
	result = sqlite3_step(statement);
	*out = (struct nm_span){ 0 };
	if (result == SQLITE_ROW)
		*out = (struct nm_span){ sqlite3_column_int64(statement, 0),
					 sqlite3_column_int64(statement, 1) };
	sqlite3_reset(statement);
	return result == SQLITE_ROW || result == SQLITE_DONE ? NM_OK
							     : nm_store_fail(store, "reading its calls", err);
}

enum nm_code nm_store_calls_read_put(struct nm_store *store, nm_number number, const char *driver,
				     struct nm_span read, struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_CALLS_READ_PUT, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
	nm_store_bind(statement, 2, driver);
	sqlite3_bind_int64(statement, 3, read.from);
	sqlite3_bind_int64(statement, 4, read.until);
	return nm_store_run(store, statement, err);
}
