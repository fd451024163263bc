/* SPDX-License-Identifier: MIT */
/*
 * What the store keeps of plans and carriers: versions of the plan, the journal of pushes, what was last
 * read back of each line, and the sandbox carrier's own state.
 */
#include <stdlib.h>
#include <string.h>

#include "core/store_private.h"

/* --- versions of the plan --- */

/* Is the newest version this very text?  Then *id is its number, else 0. */
static enum nm_code newest_is(struct nm_store *store, const char *text, size_t len, int64_t *id,
			      struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_VERSION_NEWEST, err);
	enum nm_code code = NM_OK;
	int result;

	*id = 0;
	if (statement == NULL)
		return NM_SYSTEM;
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW) {
		const void *kept = sqlite3_column_text(statement, 1);

		if (kept != NULL && (size_t)sqlite3_column_bytes(statement, 1) == len &&
		    memcmp(kept, text, len) == 0)
			*id = sqlite3_column_int64(statement, 0);
	} else if (result != SQLITE_DONE) {
		code = nm_store_fail(store, "reading its versions", err);
	}
	sqlite3_reset(statement);
	return code;
}

static enum nm_code add_version(struct nm_store *store, nm_time at, const char *who, const char *why,
				const char *text, size_t len, int64_t *id, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_VERSION_ADD, err);
	enum nm_code code;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, at);
	nm_store_bind(statement, 2, who);
	nm_store_bind(statement, 3, why);
	sqlite3_bind_text64(statement, 4, text, len, SQLITE_STATIC, SQLITE_UTF8);
	code = nm_store_run(store, statement, err);
	if (code == NM_OK)
		*id = sqlite3_last_insert_rowid(store->db);
	return code;
}

enum nm_code nm_store_keep(struct nm_store *store, nm_time at, const char *who, const char *why,
			   const char *text, size_t len, int64_t *id, struct nm_error *err)
{
	int64_t kept = 0;
	bool same = false;
	enum nm_code code = nm_store_begin(store, err);

	if (code != NM_OK)
		return code;
	code = newest_is(store, text, len, &kept, err);
	if (code == NM_OK && kept != 0)
		code = nm_store_files_same(store, kept, &same, err);
	if (code == NM_OK && !same) {
		code = add_version(store, at, who, why, text, len, &kept, err);
		if (code == NM_OK)
			code = nm_store_files_keep(store, kept, err);
	}
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code == NM_OK)
		*id = kept;
	else
		nm_store_abandon(store);
	return code;
}

static void read_version(sqlite3_stmt *statement, struct nm_arena *arena, void *item, bool *ok)
{
	*(struct nm_version *)item = (struct nm_version){
		sqlite3_column_int64(statement, 0),
		sqlite3_column_int64(statement, 1),
		nm_store_column(statement, 2, arena, ok),
		nm_store_column(statement, 3, arena, ok),
	};
}

enum nm_code nm_store_versions(struct nm_store *store, size_t most, struct nm_versions *out,
			       struct nm_error *err)
{
	static const struct nm_store_row row = { "reading its versions", sizeof(struct nm_version), read_version };
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_VERSIONS, err);
	struct nm_store_rows rows;
	enum nm_code code;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, most > INT32_MAX ? INT32_MAX : (int64_t)most);
	code = nm_store_rows(store, statement, &row, &rows, err);
	if (code == NM_OK)
		*out = (struct nm_versions){ rows.arena, rows.n, rows.items };
	return code;
}

void nm_versions_clear(struct nm_versions *versions)
{
	free(versions->items);
	nm_arena_free(versions->arena);
	*versions = (struct nm_versions){ 0 };
}

enum nm_code nm_store_version_text(struct nm_store *store, int64_t id, char **text, size_t *len,
				   struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_VERSION_TEXT, err);
	enum nm_code code = NM_OK;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW) {
		const unsigned char *kept = sqlite3_column_text(statement, 0);
		size_t n = (size_t)sqlite3_column_bytes(statement, 0);
		char *copy = kept == NULL ? NULL : malloc(n + 1);

		if (copy != NULL) {
			memcpy(copy, kept, n);
			copy[n] = '\0';
			*text = copy;
			*len = n;
		} else {
			code = nm_fail_memory(err);
		}
	} else if (result == SQLITE_DONE) {
		code = nm_fail(err, NM_INPUT,
			       "there is no version %lld of the plan: `history` lists those kept",
			       (long long)id);
	} else {
		code = nm_store_fail(store, "reading its versions", err);
	}
	sqlite3_reset(statement);
	return code;
}

/* --- pushes --- */

static bool push_ended(enum nm_push_state state)
{
	return state == NM_PUSH_DONE || state == NM_PUSH_FAILED || state == NM_PUSH_UNDONE;
}

enum nm_code nm_store_push_begin(struct nm_store *store, const struct nm_push_record *record, int64_t *id,
				 struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_PUSH_ADD, err);
	if (statement == NULL)
		return NM_SYSTEM;
	if (record->version > 0)
		sqlite3_bind_int64(statement, 1, record->version);
	sqlite3_bind_int64(statement, 2, record->at);
	nm_store_bind(statement, 3, record->line);
	nm_store_bind(statement, 4, record->driver);
	nm_store_bind(statement, 5, record->who);
	nm_store_bind(statement, 6, record->forced);
	sqlite3_bind_int(statement, 7, (int)record->state);
	nm_store_bind(statement, 8, record->result);
	nm_store_bind(statement, 9, record->wanted);
	nm_store_bind(statement, 10, record->before);
	nm_store_bind(statement, 11, record->ids);
	sqlite3_bind_int64(statement, 12, record->horizon);
	sqlite3_bind_int64(statement, 13, record->ended);
	sqlite3_bind_int64(statement, 14, (sqlite3_int64)record->number);
	code = nm_store_run(store, statement, err);
	if (code == NM_OK)
		*id = sqlite3_last_insert_rowid(store->db);
	return code;
}

enum nm_code nm_store_push_update(struct nm_store *store, int64_t id, enum nm_push_state state, nm_time at,
				  const char *result, const char *ids, struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_PUSH_UPDATE, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	sqlite3_bind_int(statement, 2, (int)state);
	sqlite3_bind_int64(statement, 3, push_ended(state) ? at : 0);
	nm_store_bind(statement, 4, result);
	nm_store_bind(statement, 5, ids);
	code = nm_store_run(store, statement, err);
	if (code == NM_OK && sqlite3_changes(store->db) == 0)
		code = nm_fail(err, NM_INPUT, "there is no push %lld", (long long)id);
	return code;
}

/* The row that a statement of the form of PUSH_ROW (store.c) stands at. */
static struct nm_push_record push_row(sqlite3_stmt *statement, struct nm_arena *arena, bool *ok)
{
	struct nm_push_record record = {
		.id = sqlite3_column_int64(statement, 0),
		.version = sqlite3_column_int64(statement, 1),
		.at = sqlite3_column_int64(statement, 2),
		.ended = sqlite3_column_int64(statement, 3),
		.line = nm_store_column(statement, 4, arena, ok),
		.driver = nm_store_column(statement, 5, arena, ok),
		.who = nm_store_column(statement, 6, arena, ok),
		.forced = nm_store_column(statement, 7, arena, ok),
		.state = (enum nm_push_state)sqlite3_column_int(statement, 8),
		.result = nm_store_column(statement, 9, arena, ok),
		.wanted = nm_store_column(statement, 10, arena, ok),
		.before = nm_store_column(statement, 11, arena, ok),
		.ids = nm_store_column(statement, 12, arena, ok),
		.horizon = sqlite3_column_int64(statement, 13),
		.number = (nm_number)sqlite3_column_int64(statement, 14),
	};

	return record;
}

static void read_push(sqlite3_stmt *statement, struct nm_arena *arena, void *item, bool *ok)
{
	*(struct nm_push_record *)item = push_row(statement, arena, ok);
}

enum nm_code nm_store_pushes(struct nm_store *store, nm_number line, bool unfinished, size_t most,
			     struct nm_push_records *out, struct nm_error *err)
{
	static const struct nm_store_row row = { "reading its pushes", sizeof(struct nm_push_record), read_push };
	enum nm_store_statement which = unfinished     ? NM_SQL_PUSHES_UNFINISHED
					: line != 0 ? NM_SQL_PUSHES_OF
						    : NM_SQL_PUSHES;
	sqlite3_stmt *statement = nm_store_statement(store, which, err);
	struct nm_store_rows rows;
	enum nm_code code;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)line);
	sqlite3_bind_int64(statement, 2, most > INT32_MAX ? INT32_MAX : (int64_t)most);
	code = nm_store_rows(store, statement, &row, &rows, err);
	if (code == NM_OK)
		*out = (struct nm_push_records){ rows.arena, rows.n, rows.items };
	return code;
}

void nm_push_records_clear(struct nm_push_records *records)
{
	free(records->items);
	nm_arena_free(records->arena);
	*records = (struct nm_push_records){ 0 };
}

enum nm_code nm_store_push_get(struct nm_store *store, int64_t id, struct nm_arena *arena,
			       struct nm_push_record *out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_PUSH_GET, err);
	enum nm_code code = NM_OK;
	bool ok = true;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW) {
		struct nm_push_record record = push_row(statement, arena, &ok);

		if (ok)
			*out = record;
		else
			code = nm_fail_memory(err);
	} else if (result == SQLITE_DONE) {
		code = nm_fail(err, NM_INPUT, "there is no push %lld: `history` lists them", (long long)id);
	} else {
		code = nm_store_fail(store, "reading its pushes", err);
	}
	sqlite3_reset(statement);
	return code;
}

static enum nm_code push_beside(struct nm_store *store, enum nm_store_statement which, nm_number line, nm_time t,
				struct nm_arena *arena, struct nm_push_record *out, bool *found,
				struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);
	struct nm_push_record record = { 0 };
	enum nm_code code = NM_OK;
	bool ok = true;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)line);
	sqlite3_bind_int64(statement, 2, t);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		record = push_row(statement, arena, &ok);
	if (!ok)
		code = nm_fail_memory(err);
	else if (result != SQLITE_ROW && result != SQLITE_DONE)
		code = nm_store_fail(store, "reading its pushes", err);
	sqlite3_reset(statement);
	if (code == NM_OK) {
		*out = record;
		*found = result == SQLITE_ROW;
	}
	return code;
}

enum nm_code nm_store_push_before(struct nm_store *store, nm_number line, nm_time t, struct nm_arena *arena,
				  struct nm_push_record *out, bool *found, struct nm_error *err)
{
	return push_beside(store, NM_SQL_PUSH_BEFORE, line, t, arena, out, found, err);
}

enum nm_code nm_store_push_after(struct nm_store *store, nm_number line, nm_time t, struct nm_arena *arena,
				 struct nm_push_record *out, bool *found, struct nm_error *err)
{
	return push_beside(store, NM_SQL_PUSH_AFTER, line, t, arena, out, found, err);
}

enum nm_code nm_store_push_newest(struct nm_store *store, nm_number line, int64_t *id, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_PUSH_NEWEST, err);
	enum nm_code code = NM_OK;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)line);
	sqlite3_bind_int(statement, 2, NM_PUSH_UNDONE);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW || result == SQLITE_DONE)
		*id = result == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	else
		code = nm_store_fail(store, "reading its pushes", err);
	sqlite3_reset(statement);
	return code;
}

enum nm_code nm_store_push_done(struct nm_store *store, nm_number line, int64_t before, const char *wanted,
				struct nm_push_brief *out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_PUSH_DONE, err);
	struct nm_push_brief brief = { 0 };
	enum nm_code code = NM_OK;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)line);
	sqlite3_bind_int(statement, 2, NM_PUSH_DONE);
	sqlite3_bind_int64(statement, 3, before);
	nm_store_bind(statement, 4, wanted);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		brief = (struct nm_push_brief){ sqlite3_column_int64(statement, 0),
						sqlite3_column_int64(statement, 1),
						sqlite3_column_int64(statement, 2),
						sqlite3_column_int64(statement, 3),
						sqlite3_column_int(statement, 4) != 0,
						sqlite3_column_int(statement, 5) != 0 };
	else if (result != SQLITE_DONE)
		code = nm_store_fail(store, "reading its pushes", err);
	sqlite3_reset(statement);
	if (code == NM_OK)
		*out = brief;
	return code;
}

/* --- readings --- */

enum nm_code nm_store_reading_put(struct nm_store *store, nm_number line, const struct nm_reading *reading,
				  struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_READING_PUT, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)line);
	sqlite3_bind_int64(statement, 2, reading->at);
	sqlite3_bind_int(statement, 3, reading->known);
	sqlite3_bind_int(statement, 4, reading->in_sync);
	/* SQLite's integers are signed: the same 64 bits come back. */
	sqlite3_bind_int64(statement, 5, (sqlite3_int64)reading->plan_mark);
	nm_store_bind(statement, 6, reading->words);
	nm_store_bind(statement, 7, reading->live);
	sqlite3_bind_int64(statement, 8, (sqlite3_int64)reading->place);
	return nm_store_run(store, statement, err);
}

enum nm_code nm_store_reading_get(struct nm_store *store, nm_number line, struct nm_arena *arena,
				  struct nm_reading *out, bool *found, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_READING_GET, err);
	struct nm_reading reading = { 0 };
	enum nm_code code = NM_OK;
	bool ok = true;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)line);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW) {
		reading.at = sqlite3_column_int64(statement, 0);
		reading.known = sqlite3_column_int(statement, 1) != 0;
		reading.in_sync = sqlite3_column_int(statement, 2) != 0;
		reading.plan_mark = (uint64_t)sqlite3_column_int64(statement, 3);
		reading.words = nm_store_column(statement, 4, arena, &ok);
		reading.live = nm_store_column(statement, 5, arena, &ok);
		reading.place = (uint64_t)sqlite3_column_int64(statement, 6);
	}
	if (!ok)
		code = nm_fail_memory(err);
	else if (result != SQLITE_ROW && result != SQLITE_DONE)
		code = nm_store_fail(store, "reading what was read back", err);
	sqlite3_reset(statement);
	if (code == NM_OK) {
		*out = reading;
		*found = result == SQLITE_ROW;
	}
	return code;
}

/* --- the sandbox carrier --- */

/* One text of one line, malloc'd; NULL when there is none. */
static enum nm_code line_text(struct nm_store *store, enum nm_store_statement which, const char *number,
			      char **text, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);
	enum nm_code code = NM_OK;
	char *copy = NULL;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, number);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL) {
		const unsigned char *kept = sqlite3_column_text(statement, 0);

		copy = kept == NULL ? NULL : strdup((const char *)kept);
		if (copy == NULL)
			code = nm_fail_memory(err);
	} else if (result != SQLITE_ROW && result != SQLITE_DONE) {
		code = nm_store_fail(store, "reading the sandbox", err);
	}
	sqlite3_reset(statement);
	if (code == NM_OK)
		*text = copy;
	return code;
}

static enum nm_code put_line_text(struct nm_store *store, enum nm_store_statement which, const char *number,
				  const char *text, struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, which, err);
	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, number);
	nm_store_bind(statement, 2, text);
	return nm_store_run(store, statement, err);
}

enum nm_code nm_store_sandbox_get(struct nm_store *store, const char *number, char **text, struct nm_error *err)
{
	return line_text(store, NM_SQL_SANDBOX_GET, number, text, err);
}

enum nm_code nm_store_sandbox_put(struct nm_store *store, const char *number, const char *text,
				  struct nm_error *err)
{
	return put_line_text(store, NM_SQL_SANDBOX_PUT, number, text, err);
}

enum nm_code nm_store_sandbox_fail(struct nm_store *store, const char *number, const char *fault,
				   struct nm_error *err)
{
	return put_line_text(store, NM_SQL_SANDBOX_FAIL, number, fault, err);
}

enum nm_code nm_store_sandbox_fault(struct nm_store *store, const char *number, char **fault,
				    struct nm_error *err)
{
	return line_text(store, NM_SQL_SANDBOX_FAULT, number, fault, err);
}
