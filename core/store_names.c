/* SPDX-License-Identifier: MIT */
/*
 * The store's part about names that were others before (names.h): each leads straight to the name that came of it, so
 * that whoever takes a name later has nothing of those who had it.
 */
#include <stdlib.h>

#include "core/store_private.h"
#include "nevermiss/names.h"

static enum nm_code run_with(struct nm_store *store, enum nm_store_statement which, const struct nm_rename *rename,
			     struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);

	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, rename->from);
	nm_store_bind(statement, 2, rename->to);
	return nm_store_run(store, statement, err);
}

static enum nm_code put(struct nm_store *store, const struct nm_rename *rename, struct nm_error *err)
{
	enum nm_code code = run_with(store, NM_SQL_FORMER_LEAD_ON, rename, err);

	if (code == NM_OK)
		code = run_with(store, NM_SQL_FORMER_PUT, rename, err);
	return code == NM_OK ? run_with(store, NM_SQL_FORMER_DROP, rename, err) : code;
}

enum nm_code nm_store_renames_put(struct nm_store *store, const struct nm_renames *renames, struct nm_error *err)
{
	enum nm_code code;

	if (renames->n == 0)
		return NM_OK;
	code = nm_store_begin(store, err);
	if (code != NM_OK)
		return code;
	for (size_t i = 0; i < renames->n && code == NM_OK; i++)
		code = put(store, &renames->items[i], err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	return code;
}

enum nm_code nm_store_renames(struct nm_store *store, struct nm_renames *out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_FORMER, err);
	struct nm_renames renames = { .arena = nm_arena_new() };
	bool ok = renames.arena != NULL;
	int result = SQLITE_DONE;

	if (statement == NULL) {
		nm_arena_free(renames.arena);
		return NM_SYSTEM;
	}
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		ok = nm_grow((void **)&renames.items, &renames.capacity, renames.n + 1, sizeof(*renames.items));
		if (ok)
			renames.items[renames.n++] =
				(struct nm_rename){ .from = nm_store_column(statement, 0, renames.arena, &ok),
						    .to = nm_store_column(statement, 1, renames.arena, &ok) };
	}
	sqlite3_reset(statement);
	if (ok && result == SQLITE_DONE) {
		*out = renames;
		return NM_OK;
	}
	nm_renames_clear(&renames);
	return ok ? nm_store_fail(store, "reading its names", err) : nm_fail_memory(err);
}
