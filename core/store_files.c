/* SPDX-License-Identifier: MIT */
/*
 * The store's part about files beside the plan: with each version those that it was read with.
 *
 * A file that did not change from one version to the next, as calendars mostly do not, is there once.
 */
#include <string.h>

#include "core/store_private.h"
#include "nevermiss/plan.h"

void nm_store_files(struct nm_store *store, const struct nm_plan_file *files)
{
	store->files = files;
}

/* FNV-1a: finds the row; the bytes are compared too. */
static sqlite3_int64 hash_of(const struct nm_plan_file *file)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < file->len; i++)
		hash = (hash ^ (unsigned char)file->bytes[i]) * 1099511628211u;
	return (sqlite3_int64)hash;
}

/* Row of these bytes, made when there is none yet. */
static enum nm_code file_row(struct nm_store *store, const struct nm_plan_file *file, sqlite3_int64 *row,
			     struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_FILE_FIND, err);
	enum nm_code code;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, hash_of(file));
	sqlite3_bind_blob64(statement, 2, file->bytes, file->len, SQLITE_STATIC);
	result = sqlite3_step(statement);
	*row = result == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	sqlite3_reset(statement);
	if (result == SQLITE_ROW)
		return NM_OK;
	if (result != SQLITE_DONE)
		return nm_store_fail(store, "reading its files", err);
	statement = nm_store_statement(store, NM_SQL_FILE_ADD, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, hash_of(file));
	sqlite3_bind_blob64(statement, 2, file->bytes, file->len, SQLITE_STATIC);
	code = nm_store_run(store, statement, err);
	if (code == NM_OK)
		*row = sqlite3_last_insert_rowid(store->db);
	return code;
}

enum nm_code nm_store_files_keep(struct nm_store *store, int64_t version, struct nm_error *err)
{
	const struct nm_plan_file *file;
	enum nm_code code = NM_OK;
	sqlite3_stmt *statement;
	sqlite3_int64 row;

	for (file = store->files; file != NULL && code == NM_OK; file = file->next) {
		code = file_row(store, file, &row, err);
		if (code != NM_OK)
			return code;
		statement = nm_store_statement(store, NM_SQL_VERSION_FILE_ADD, err);
		if (statement == NULL)
			return NM_SYSTEM;
		sqlite3_bind_int64(statement, 1, version);
		nm_store_bind(statement, 2, file->name);
		sqlite3_bind_int64(statement, 3, row);
		code = nm_store_run(store, statement, err);
	}
	return code;
}

/* One row of a version's files; false when memory is out. */
static bool file_read(sqlite3_stmt *statement, struct nm_arena *arena, struct nm_plan_file **files)
{
	struct nm_plan_file *file = nm_arena_alloc(arena, 1, sizeof(*file));
	const char *bytes = sqlite3_column_blob(statement, 1);
	bool ok = file != NULL;

	if (!ok)
		return false;
	file->len = (size_t)sqlite3_column_bytes(statement, 1);
	file->name = nm_store_column(statement, 0, arena, &ok);
	/* An empty file has no blob, and neither has one for which memory is out. */
	file->bytes = nm_arena_textn(arena, bytes != NULL ? bytes : "", file->len);
	file->next = *files;
	*files = file;
	return ok && file->bytes != NULL && (bytes != NULL || file->len == 0);
}

enum nm_code nm_store_version_files(struct nm_store *store, int64_t id, struct nm_arena *arena,
				    struct nm_plan_file **out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_VERSION_FILES, err);
	struct nm_plan_file *files = NULL;
	bool ok = true;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW)
		ok = file_read(statement, arena, &files);
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	if (result != SQLITE_DONE)
		return nm_store_fail(store, "reading its files", err);
	*out = files;
	return NM_OK;
}

/* Every file of `a` is in `b`, the same. */
static bool all_in(const struct nm_plan_file *a, const struct nm_plan_file *b)
{
	for (; a != NULL; a = a->next) {
		const struct nm_plan_file *other = nm_plan_find_file(b, a->name);

		if (other == NULL || other->len != a->len || memcmp(other->bytes, a->bytes, a->len) != 0)
			return false;
	}
	return true;
}

enum nm_code nm_store_files_same(struct nm_store *store, int64_t version, bool *same, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_plan_file *kept;
	enum nm_code code = arena != NULL ? nm_store_version_files(store, version, arena, &kept, err)
					  : nm_fail_memory(err);

	if (code == NM_OK)
		*same = all_in(kept, store->files) && all_in(store->files, kept);
	nm_arena_free(arena);
	return code;
}
