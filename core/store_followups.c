/* SPDX-License-Identifier: MIT */
/*
 * The store's follow-ups and their deeds.  A row has what its deeds say of it, so that a list needs no deeds: it is
 * brought up to date in the transaction that adds one.
 */
#include <stdlib.h>

#include "core/store_private.h"
#include "nevermiss/made.h"

/* --- reading --- */

/* The columns of FOLLOWUP_ROW (store.c). */
static struct nm_followup read_followup(sqlite3_stmt *statement, struct nm_arena *arena, bool *ok)
{
	return (struct nm_followup){
		.id = sqlite3_column_int64(statement, 0),
		.channel = (enum nm_channel)nm_store_within(statement, 1, NM_CHANNEL_WEB),
		.number = (nm_number)sqlite3_column_int64(statement, 2),
		.name = nm_store_column(statement, 3, arena, ok),
		.words = nm_store_column(statement, 4, arena, ok),
		.line = nm_store_column(statement, 5, arena, ok),
		.call = sqlite3_column_int64(statement, 6),
		.opened = sqlite3_column_int64(statement, 7),
		.newest = sqlite3_column_int64(statement, 8),
		.calls = sqlite3_column_int(statement, 9),
		.end = (enum nm_followup_end)nm_store_within(statement, 10, NM_FOLLOWUP_RANG_AGAIN),
		.ended = sqlite3_column_int64(statement, 11),
		.first_try = sqlite3_column_int64(statement, 12),
		.last_try = sqlite3_column_int64(statement, 13),
		.tries = sqlite3_column_int(statement, 14),
		.texted = sqlite3_column_int64(statement, 15),
		.reached = sqlite3_column_int64(statement, 16),
		.tried_since = sqlite3_column_int(statement, 17) != 0,
		.talked = sqlite3_column_int64(statement, 18),
	};
}

/* NULL: as nm_store_statement. */
static sqlite3_stmt *list_statement(struct nm_store *store, const struct nm_followup_filter *filter,
				    struct nm_error *err)
{
	sqlite3_stmt *statement =
		nm_store_statement(store, filter->open ? NM_SQL_FOLLOWUPS_OPEN : NM_SQL_FOLLOWUPS, err);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, filter->since);
	sqlite3_bind_int64(statement, 2, filter->until);
	if (filter->open)
		sqlite3_bind_int64(statement, 3, filter->now - NM_FOLLOWUP_LATE_S);
	return statement;
}

enum nm_code nm_store_followups(struct nm_store *store, const struct nm_followup_filter *filter,
				struct nm_followups *out, struct nm_error *err)
{
	sqlite3_stmt *statement = list_statement(store, filter, err);
	struct nm_followups followups = { .arena = nm_arena_new() };
	size_t capacity = 0;
	bool ok = followups.arena != NULL;
	int result = SQLITE_DONE;

	if (statement == NULL) {
		nm_arena_free(followups.arena);
		return NM_SYSTEM;
	}
	while (ok && followups.n < filter->most && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		ok = nm_grow((void **)&followups.items, &capacity, followups.n + 1, sizeof(*followups.items));
		if (ok)
			followups.items[followups.n++] = read_followup(statement, followups.arena, &ok);
	}
	if (ok && followups.n == filter->most && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		followups.more = true;
		result = SQLITE_DONE;
	}
	sqlite3_reset(statement);
	if (ok && result == SQLITE_DONE) {
		*out = followups;
		return NM_OK;
	}
	nm_followups_clear(&followups);
	return ok ? nm_store_fail(store, "reading its follow-ups", err) : nm_fail_memory(err);
}

/* Its texts go with it. */
static enum nm_code walk_row(sqlite3_stmt *statement, const struct nm_followup_walk *walk,
			     struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup = { 0 };
	bool ok = arena != NULL;
	enum nm_code code;

	if (ok)
		followup = read_followup(statement, arena, &ok);
	code = ok ? walk->take(walk->context, &followup, err) : nm_fail_memory(err);
	nm_arena_free(arena);
	return code;
}

enum nm_code nm_store_followups_walk(struct nm_store *store, const struct nm_followup_walk *walk, bool *more,
				     struct nm_error *err)
{
	sqlite3_stmt *statement = list_statement(store, &walk->filter, err);
	enum nm_code code = NM_OK;
	int result = SQLITE_DONE;
	size_t n = 0;

	if (statement == NULL)
		return NM_SYSTEM;
	while (code == NM_OK && (result = sqlite3_step(statement)) == SQLITE_ROW && n++ < walk->filter.most)
		code = walk_row(statement, walk, err);
	sqlite3_reset(statement);
	if (code != NM_OK)
		return code;
	*more = result == SQLITE_ROW;
	return *more || result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its follow-ups", err);
}

enum nm_code nm_store_followups_each(struct nm_store *store, const struct nm_followup_reader *reader,
				     struct nm_error *err)
{
	sqlite3_stmt *statement =
		nm_store_statement(store, reader->uncalled ? NM_SQL_LEADS_EACH : NM_SQL_FOLLOWUPS_EACH, err);
	enum nm_code code = NM_OK;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, reader->span.from);
	sqlite3_bind_int64(statement, 2, reader->span.until);
	while (code == NM_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		const struct nm_followup followup = {
			.line = (const char *)sqlite3_column_text(statement, 0),
			.opened = sqlite3_column_int64(statement, 1),
			.end = (enum nm_followup_end)nm_store_within(statement, 2, NM_FOLLOWUP_RANG_AGAIN),
			.first_try = sqlite3_column_int64(statement, 3),
			.called = (nm_number)sqlite3_column_int64(statement, 4),
		};

		code = reader->take(reader->context, &followup, err);
	}
	sqlite3_reset(statement);
	if (code != NM_OK)
		return code;
	return result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its follow-ups", err);
}

void nm_followups_clear(struct nm_followups *followups)
{
	free(followups->items);
	nm_arena_free(followups->arena);
	*followups = (struct nm_followups){ 0 };
}

static struct nm_deed read_deed(sqlite3_stmt *statement, struct nm_arena *arena, bool *ok)
{
	return (struct nm_deed){
		.at = sqlite3_column_int64(statement, 0),
		.who = nm_store_column(statement, 1, arena, ok),
		.kind = (enum nm_deed_kind)nm_store_within(statement, 2, NM_DEED_REACHED),
		.end = (enum nm_followup_end)nm_store_within(statement, 3, NM_FOLLOWUP_RANG_AGAIN),
		.words = nm_store_column(statement, 4, arena, ok),
	};
}

/* Into an array that is malloc'd. */
static enum nm_code read_deeds(struct nm_store *store, int64_t id, struct nm_arena *arena,
			       struct nm_deed **deeds, size_t *n, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_DEEDS, err);
	size_t capacity = 0;
	bool ok = true;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		ok = nm_grow((void **)deeds, &capacity, *n + 1, sizeof(**deeds));
		if (ok)
			(*deeds)[(*n)++] = read_deed(statement, arena, &ok);
	}
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	return result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its follow-ups", err);
}

static enum nm_code add_deeds(struct nm_store *store, struct nm_arena *arena, struct nm_followup *followup,
			      struct nm_error *err)
{
	struct nm_deed *read = NULL, *deeds;
	size_t n = 0;
	enum nm_code code = read_deeds(store, followup->id, arena, &read, &n, err);

	deeds = code == NM_OK ? nm_arena_alloc(arena, n, sizeof(*deeds)) : NULL;
	if (code == NM_OK && deeds == NULL)
		code = nm_fail_memory(err);
	for (size_t i = 0; code == NM_OK && i < n; i++)
		deeds[i] = read[i];
	free(read);
	followup->deeds = deeds;
	followup->n_deeds = n;
	return code;
}

/* Without its deeds. */
static enum nm_code get_row(struct nm_store *store, int64_t id, struct nm_arena *arena,
			    struct nm_followup *out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_FOLLOWUP_GET, err);
	bool ok = true;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		*out = read_followup(statement, arena, &ok);
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	if (result == SQLITE_DONE)
		return nm_fail(err, NM_INPUT, "there is no follow-up %lld", (long long)id);
	return result == SQLITE_ROW ? NM_OK : nm_store_fail(store, "reading its follow-ups", err);
}

enum nm_code nm_store_followup_get(struct nm_store *store, int64_t id, struct nm_arena *arena,
				   struct nm_followup *out, struct nm_error *err)
{
	struct nm_followup followup;
	enum nm_code code = get_row(store, id, arena, &followup, err);

	if (code == NM_OK)
		code = add_deeds(store, arena, &followup, err);
	if (code == NM_OK)
		*out = followup;
	return code;
}

/* --- writing --- */

/* Ends what nm_store_begin began. */
static enum nm_code finish(struct nm_store *store, enum nm_code code, struct nm_error *err)
{
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	return code;
}

static void bind_lead(sqlite3_stmt *statement, const struct nm_followup *lead)
{
	sqlite3_bind_int(statement, 1, (int)lead->channel);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)lead->number);
	nm_store_bind(statement, 3, lead->name);
	nm_store_bind(statement, 4, lead->words);
	nm_store_bind(statement, 5, lead->line);
	sqlite3_bind_int64(statement, 6, lead->opened);
}

static enum nm_code insert_lead(struct nm_store *store, const struct nm_followup *lead, int64_t *id,
				struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_LEAD_ADD, err);
	enum nm_code code;

	if (statement == NULL)
		return NM_SYSTEM;
	bind_lead(statement, lead);
	code = nm_store_run(store, statement, err);
	if (code == NM_OK)
		*id = sqlite3_last_insert_rowid(store->db);
	return code;
}

enum nm_code nm_store_lead_find(struct nm_store *store, const struct nm_followup *lead, int64_t *id,
				struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_LEAD_FIND, err);

	if (statement == NULL)
		return NM_SYSTEM;
	bind_lead(statement, lead);
	*id = 0;
	return nm_store_int(store, statement, "reading its follow-ups", id, err);
}

enum nm_code nm_store_followup_add(struct nm_store *store, const struct nm_followup *lead, int64_t *id,
				   struct nm_error *err)
{
	int64_t added = 0;
	enum nm_code code;

	if (lead->number == 0 && (lead->name == NULL || *lead->name == '\0'))
		return nm_fail(err, NM_INPUT,
			       "a lead needs a number or a name, or nobody can be called back");
	code = nm_store_begin(store, err);
	if (code != NM_OK)
		return code;
	code = insert_lead(store, lead, &added, err);
	if (code == NM_OK)
		code = nm_store_matters_settle(store, lead->number, lead->opened, err);
	code = finish(store, code, err);
	if (code == NM_OK)
		*id = added;
	return code;
}

enum nm_code nm_store_run_id(struct nm_store *store, enum nm_store_statement which, int64_t id,
			     struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	return nm_store_run(store, statement, err);
}

enum nm_code nm_store_followup_fold(struct nm_store *store, int64_t id, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_FOLLOWUP_FOLD, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	sqlite3_bind_int64(statement, 2, NM_MADE_CLOCKS_S);
	sqlite3_bind_int64(statement, 3, NM_MADE_TOLD_S);
	return nm_store_run(store, statement, err);
}

enum nm_code nm_store_deed_add(struct nm_store *store, int64_t id, const struct nm_deed *deed,
			       struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_DEED_ADD, err);
	enum nm_code code;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	sqlite3_bind_int64(statement, 2, deed->at);
	nm_store_bind(statement, 3, deed->who);
	sqlite3_bind_int(statement, 4, (int)deed->kind);
	sqlite3_bind_int(statement, 5, deed->kind == NM_DEED_ENDED ? (int)deed->end : NM_FOLLOWUP_OPEN);
	nm_store_bind(statement, 6, deed->words);
	code = nm_store_run(store, statement, err);
	return code == NM_OK ? nm_store_followup_fold(store, id, err) : code;
}

/* Takes the newest deed back that can be. */
static enum nm_code take_back(struct nm_store *store, int64_t id, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_DEED_NEWEST, err);
	int64_t newest = 0;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		newest = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	if (result == SQLITE_DONE)
		return nm_fail(err, NM_INPUT, "follow-up %lld: nothing was done that could be taken back",
			       (long long)id);
	return result == SQLITE_ROW ? nm_store_run_id(store, NM_SQL_DEED_UNDO, newest, err)
				    : nm_store_fail(store, "reading its follow-ups", err);
}

/* May this be done to it as it stands? */
static enum nm_code check_deed(const struct nm_followup *followup, const struct nm_deed *deed,
			       struct nm_error *err)
{
	if (deed->kind == NM_DEED_ENDED &&
	    (deed->end == NM_FOLLOWUP_OPEN || deed->end >= NM_FOLLOWUP_RANG_AGAIN))
		return nm_fail(err, NM_INPUT, "%s is no outcome that somebody can give",
			       nm_followup_end_name(deed->end));
	if (followup->end != NM_FOLLOWUP_OPEN && deed->kind != NM_DEED_REOPENED &&
	    deed->kind != NM_DEED_NOTED)
		return nm_fail(err, NM_INPUT, "follow-up %lld has ended (%s): reopen it first",
			       (long long)followup->id, nm_followup_end_name(followup->end));
	return NM_OK;
}

/* Whoever does something with the follow-up sees all calls that it has, and what came until then. */
static enum nm_code write_seen(struct nm_store *store, int64_t id, nm_time until, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_FOLLOWUP_SEEN, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	sqlite3_bind_int64(statement, 2, until);
	return nm_store_run(store, statement, err);
}

/* An end lies behind all that it ends, whatever the clock says. */
static nm_time seen_until(const struct nm_followup *followup, const struct nm_deed *deed)
{
	if (deed->kind != NM_DEED_ENDED && deed->kind != NM_DEED_REOPENED)
		return followup->newest;
	return deed->at > followup->newest ? deed->at : followup->newest + 1;
}

static enum nm_code do_deed(struct nm_store *store, int64_t id, const struct nm_deed *deed,
			    struct nm_arena *arena, struct nm_error *err)
{
	struct nm_followup followup;
	enum nm_code code = get_row(store, id, arena, &followup, err);

	if (code == NM_OK)
		code = check_deed(&followup, deed, err);
	if (code == NM_OK && deed->kind == NM_DEED_REOPENED)
		code = take_back(store, id, err);
	if (code == NM_OK)
		code = nm_store_deed_add(store, id, deed, err);
	if (code == NM_OK)
		code = write_seen(store, id, seen_until(&followup, deed), err);
	if (code == NM_OK && deed->kind == NM_DEED_REOPENED) /* an end that it had is no bound any more */
		code = nm_store_matters_settle(store, followup.number, followup.opened, err);
	return code;
}

static enum nm_code undo_texted(struct nm_store *store, int64_t id, nm_time sent, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_DEED_UNTEXT, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	sqlite3_bind_int64(statement, 2, sent);
	return nm_store_run(store, statement, err);
}

enum nm_code nm_store_followup_untext(struct nm_store *store, int64_t id, nm_time sent, const struct nm_deed *note,
				      struct nm_error *err)
{
	enum nm_code code = nm_store_begin(store, err);

	if (code != NM_OK)
		return code;
	code = undo_texted(store, id, sent, err);
	if (code == NM_OK) /* which brings the row up to date */
		code = nm_store_followup_deed(store, id, note, err);
	return finish(store, code, err);
}

enum nm_code nm_store_followup_made(struct nm_store *store, uint64_t number, nm_time until, const struct nm_deed *deed,
				    bool *added, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_MADE_FOR, err);
	int64_t id = 0;
	enum nm_code code;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
	sqlite3_bind_int64(statement, 2, deed->at);
	sqlite3_bind_int64(statement, 3, until);
	sqlite3_bind_int64(statement, 4, NM_MADE_CLOCKS_S);
	sqlite3_bind_int64(statement, 5, NM_MADE_TOLD_S);
	code = nm_store_int(store, statement, "reading its follow-ups", &id, err);
	*added = code == NM_OK && id != 0;
	if (*added)
		code = nm_store_deed_add(store, id, deed, err);
	return *added && code == NM_OK ? write_seen(store, id, NM_TIME_MIN, err) : code;
}

enum nm_code nm_store_followup_deed(struct nm_store *store, int64_t id, const struct nm_deed *deed,
				    struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	enum nm_code code = arena != NULL ? nm_store_begin(store, err) : nm_fail_memory(err);

	if (code == NM_OK)
		code = finish(store, do_deed(store, id, deed, arena, err), err);
	nm_arena_free(arena);
	return code;
}
