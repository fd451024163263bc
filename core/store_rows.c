/* SPDX-License-Identifier: MIT */
/* The rows of a statement as a list of the store: an array that grows, and its texts in an arena (store_private.h). */
#include <stdlib.h>

#include "core/store_private.h"

enum nm_code nm_store_rows(struct nm_store *store, sqlite3_stmt *statement, const struct nm_store_row *row,
			   struct nm_store_rows *out, struct nm_error *err)
{
	struct nm_store_rows rows = { .arena = nm_arena_new() };
	size_t capacity = 0;
	bool ok = rows.arena != NULL;
	int result = SQLITE_DONE;

	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		ok = nm_grow(&rows.items, &capacity, rows.n + 1, row->size);
		if (ok)
			row->read(statement, rows.arena, (char *)rows.items + rows.n++ * row->size, &ok);
	}
	sqlite3_reset(statement);
	if (ok && result == SQLITE_DONE) {
		*out = rows;
		return NM_OK;
	}
	free(rows.items);
	nm_arena_free(rows.arena);
	return ok ? nm_store_fail(store, row->doing, err) : nm_fail_memory(err);
}
