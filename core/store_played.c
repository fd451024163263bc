/* SPDX-License-Identifier: MIT */
/*
 * The log of real calls, read to be played: of calls and legs only what tells how a call went.
 *
 * Calls are read in the order of time, legs in that of their calls' ids.  Where a log was written as time went on both are
 * the same, and the two are read side by side; legs are looked for only where it was not.
 */
#include "core/store_private.h"
#include "nevermiss/calls.h"

#define CALLS_AT_ONCE 1024 /* the texts of their legs lie in one arena */
#define NEAR 8             /* calls ahead: sooner reached by going on than by looking */

/* The columns of NM_SQL_PLAYED_EACH; those before are nm_store_brief's. */
enum { CALL_NUMBER = 9, CALL_ID };
/* The columns of NM_SQL_PLAYED_LEGS. */
enum { LEG_CALL, LEG_NUMBER, LEG_WHO, LEG_END, LEG_RANG };

struct legs {
	sqlite3_stmt *statement;
	struct nm_arena *arena; /* of the texts */
	size_t asked;           /* for how many calls */
	int64_t last;           /* of these */
	bool more;              /* does the statement stand on a row? */
	int64_t call;           /* whose leg that is */
	size_t n;               /* legs of the last */
	struct nm_call_leg items[NM_LEGS_MAX];
};

/* --- legs --- */

static enum nm_code next_leg(struct nm_store *store, struct legs *legs, struct nm_error *err)
{
	const int result = sqlite3_step(legs->statement);

	legs->more = result == SQLITE_ROW;
	if (legs->more)
		legs->call = sqlite3_column_int64(legs->statement, LEG_CALL);
	return legs->more || result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its calls", err);
}

/* To the first leg of that call or of any behind it. */
static enum nm_code find_leg(struct nm_store *store, struct legs *legs, int64_t call, struct nm_error *err)
{
	const bool back = call <= legs->last;
	const bool far = legs->more && call > legs->call && (uint64_t)call - (uint64_t)legs->call > NEAR;
	enum nm_code code = NM_OK;

	legs->last = call;
	if (back || far) {
		sqlite3_reset(legs->statement);
		sqlite3_bind_int64(legs->statement, 1, call);
		code = next_leg(store, legs, err);
	}
	while (code == NM_OK && legs->more && legs->call < call)
		code = next_leg(store, legs, err);
	return code;
}

/* Texts are copied, as those of a row do not outlive it. */
static bool add_leg(struct legs *legs)
{
	bool ok = true;

	if (legs->n == NM_LEGS_MAX)
		return true;
	legs->items[legs->n++] = (struct nm_call_leg){
		.leg = { .to = nm_store_column(legs->statement, LEG_NUMBER, legs->arena, &ok),
			 .end = (enum nm_leg_end)nm_store_within(legs->statement, LEG_END, NM_LEG_CANCELED),
			 .rang_s = sqlite3_column_int(legs->statement, LEG_RANG) },
		.who = nm_store_column(legs->statement, LEG_WHO, legs->arena, &ok),
	};
	return ok;
}

static enum nm_code read_legs(struct nm_store *store, struct legs *legs, int64_t call, struct nm_error *err)
{
	enum nm_code code;

	if (legs->asked++ % CALLS_AT_ONCE == 0) {
		nm_arena_free(legs->arena);
		legs->arena = nm_arena_new();
	}
	if (legs->arena == NULL)
		return nm_fail_memory(err);
	legs->n = 0;
	code = find_leg(store, legs, call, err);
	while (code == NM_OK && legs->more && legs->call == call)
		code = add_leg(legs) ? next_leg(store, legs, err) : nm_fail_memory(err);
	return code;
}

/* --- calls --- */

static enum nm_code take_row(struct nm_store *store, sqlite3_stmt *statement, struct legs *legs,
			     const struct nm_call_entry_reader *reader, struct nm_error *err)
{
	const struct nm_call_brief brief = nm_store_brief(statement);
	struct nm_call_entry call = {
		.id = sqlite3_column_int64(statement, CALL_ID),
		.number = (nm_number)sqlite3_column_int64(statement, CALL_NUMBER),
		.caller = brief.caller,
		.began = brief.began,
		.ended = brief.ended,
		.became = brief.became,
		.cut = brief.cut,
		.legs = legs->items,
	};
	enum nm_code code = read_legs(store, legs, call.id, err);

	call.n = legs->n;
	return code == NM_OK ? reader->take(reader->context, &call, err) : code;
}

enum nm_code nm_store_played_each(struct nm_store *store, const struct nm_call_entry_reader *reader,
				  struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_PLAYED_EACH, err);
	struct legs legs = { .last = INT64_MAX };
	enum nm_code code = NM_OK;
	int result = SQLITE_DONE;

	if (statement != NULL)
		legs.statement = nm_store_statement(store, NM_SQL_PLAYED_LEGS, err);
	if (legs.statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, reader->span.from);
	sqlite3_bind_int64(statement, 2, reader->span.until);
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)reader->number);
	while (code == NM_OK && (result = sqlite3_step(statement)) == SQLITE_ROW)
		code = take_row(store, statement, &legs, reader, err);
	if (code == NM_OK && result != SQLITE_DONE)
		code = nm_store_fail(store, "reading its calls", err);
	sqlite3_reset(legs.statement);
	sqlite3_reset(statement);
	nm_arena_free(legs.arena);
	return code;
}
