/* SPDX-License-Identifier: MIT */
/*
 * The store's part about calendars of the network: the last good copy of each, and how the last try went.
 *
 * A copy is kept under what the plan says of its source, so that one of another source is never taken for it.
 */
#include <string.h>

#include "core/store_private.h"
#include "nevermiss/plan.h"

static void bind_time(sqlite3_stmt *statement, int index, nm_time t)
{
	if (t != NM_TIME_MIN)
		sqlite3_bind_int64(statement, index, t);
}

/* FNV-1a: tells whether a copy is another one. */
static sqlite3_int64 hash_of(uint64_t hash, const void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ ((const unsigned char *)bytes)[i]) * 1099511628211u;
	return (sqlite3_int64)hash;
}

static enum nm_code put_row(struct nm_store *store, const struct nm_calendar_copy *copy, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_CALENDAR_PUT, err);

	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, copy->source);
	nm_store_bind(statement, 2, copy->name);
	sqlite3_bind_int64(statement, 3, copy->tried);
	bind_time(statement, 4, copy->fetched);
	nm_store_bind(statement, 5, copy->etag);
	nm_store_bind(statement, 6, copy->modified);
	nm_store_bind(statement, 7, copy->trouble);
	if (copy->bytes != NULL) {
		sqlite3_bind_int64(statement, 8, hash_of(14695981039346656037u, copy->bytes, copy->len));
		sqlite3_bind_blob64(statement, 9, copy->bytes, copy->len, SQLITE_STATIC);
	}
	return nm_store_run(store, statement, err);
}

/* Of a calendar that now has another source, what came from the old one. */
static enum nm_code drop_others(struct nm_store *store, const struct nm_calendar_copy *copy,
				struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_CALENDAR_DROP, err);

	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, copy->name);
	nm_store_bind(statement, 2, copy->source);
	return nm_store_run(store, statement, err);
}

enum nm_code nm_store_calendar_put(struct nm_store *store, const struct nm_calendar_copy *copy,
				   struct nm_error *err)
{
	enum nm_code code = nm_store_writable(store, err);

	if (code == NM_OK)
		code = nm_store_begin(store, err);
	if (code != NM_OK)
		return code;
	code = put_row(store, copy, err);
	if (code == NM_OK)
		code = drop_others(store, copy, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	return code;
}

/* A column of bytes; *ok becomes false when memory is out. */
static const char *column_bytes(sqlite3_stmt *statement, int column, struct nm_arena *arena, size_t *len,
				bool *ok)
{
	const char *bytes = sqlite3_column_blob(statement, column), *copy;

	*len = (size_t)sqlite3_column_bytes(statement, column);
	/* Without bytes SQLite gives no blob; it gives none either when memory is out. */
	copy = bytes != NULL ? nm_arena_textn(arena, bytes, *len) : *len > 0 ? NULL : "";
	*ok = *ok && copy != NULL;
	return copy;
}

enum nm_code nm_store_calendar_get(struct nm_store *store, const char *source, struct nm_arena *arena,
				   struct nm_calendar_copy *out, bool *found, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_CALENDAR_GET, err);
	enum nm_code code = NM_OK;
	bool ok = true;
	int result;

	*found = false;
	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, source);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW) {
		*out = (struct nm_calendar_copy){ .source = source };
		out->name = nm_store_column(statement, 0, arena, &ok);
		out->tried = sqlite3_column_int64(statement, 1);
		out->fetched = sqlite3_column_type(statement, 2) == SQLITE_NULL
				       ? NM_TIME_MIN
				       : sqlite3_column_int64(statement, 2);
		out->etag = nm_store_column(statement, 3, arena, &ok);
		out->modified = nm_store_column(statement, 4, arena, &ok);
		out->trouble = nm_store_column(statement, 5, arena, &ok);
		out->len = (size_t)sqlite3_column_int64(statement, 6);
		*found = ok;
		code = ok ? NM_OK : nm_fail_memory(err);
	} else if (result != SQLITE_DONE) {
		code = nm_store_fail(store, "reading its calendars", err);
	}
	sqlite3_reset(statement);
	return code;
}

enum nm_code nm_store_calendar_files(struct nm_store *store, struct nm_arena *arena,
				     struct nm_plan_file **out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_CALENDAR_FILES, err);
	struct nm_plan_file *files = NULL;
	bool ok = true;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		struct nm_plan_file *file = nm_arena_alloc(arena, 1, sizeof(*file));

		ok = file != NULL;
		if (!ok)
			break;
		file->name = nm_store_column(statement, 0, arena, &ok);
		file->bytes = column_bytes(statement, 1, arena, &file->len, &ok);
		file->next = files;
		files = file;
	}
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	if (result != SQLITE_DONE)
		return nm_store_fail(store, "reading its calendars", err);
	*out = files;
	return NM_OK;
}

enum nm_code nm_store_calendar_mark(struct nm_store *store, uint64_t *mark, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_CALENDAR_MARKS, err);
	uint64_t hash = 14695981039346656037u;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		const sqlite3_int64 copy = sqlite3_column_int64(statement, 1);
		const void *source = sqlite3_column_text(statement, 0);

		hash = (uint64_t)hash_of(hash, source,
					 source != NULL ? (size_t)sqlite3_column_bytes(statement, 0) : 0);
		hash = (uint64_t)hash_of(hash, &copy, sizeof(copy));
	}
	sqlite3_reset(statement);
	if (result != SQLITE_DONE)
		return nm_store_fail(store, "reading its calendars", err);
	*mark = hash;
	return NM_OK;
}
