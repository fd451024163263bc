/* SPDX-License-Identifier: MIT */
/* What the store keeps of texts that came: to the plan's lines, and to those of the sandbox carrier. */
#include <stdlib.h>
#include <string.h>

#include "core/store_private.h"
#include "nevermiss/inbound.h"

/* --- to the plan's lines --- */

/* Was its sender to be forgotten after it came?  Then it is as if known already. */
static enum nm_code was_forgotten(struct nm_store *store, const struct nm_inbound_entry *text, bool *forgotten,
				  struct nm_error *err)
{
	nm_number from;

	*forgotten = false;
	return nm_number_read(text->from, "", &from, NULL) == NM_OK
		       ? nm_store_was_forgotten(store, from, text->at, forgotten, err)
		       : NM_OK;
}

enum nm_code nm_store_inbound_put(struct nm_store *store, const struct nm_inbound_entry *text, bool *fresh,
				  struct nm_error *err)
{
	sqlite3_stmt *statement;
	bool forgotten;
	enum nm_code code = nm_store_writable(store, err);

	*fresh = false;
	if (code == NM_OK)
		code = was_forgotten(store, text, &forgotten, err);
	if (code != NM_OK || forgotten)
		return code;
	statement = nm_store_statement(store, NM_SQL_INBOUND_ADD, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)text->number);
	nm_store_bind(statement, 2, text->line);
	nm_store_bind(statement, 3, text->driver);
	nm_store_bind(statement, 4, text->carrier_id);
	nm_store_bind(statement, 5, text->from);
	nm_store_bind(statement, 6, text->body);
	sqlite3_bind_int64(statement, 7, text->at);
	code = nm_store_run(store, statement, err);
	*fresh = code == NM_OK && sqlite3_changes(store->db) > 0;
	return code;
}

/* The columns in the order of the statement. */
static void read_entry(sqlite3_stmt *statement, struct nm_arena *arena, void *item, bool *ok)
{
	*(struct nm_inbound_entry *)item = (struct nm_inbound_entry){
		.id = sqlite3_column_int64(statement, 0),
		.number = (nm_number)sqlite3_column_int64(statement, 1),
		.line = nm_store_column(statement, 2, arena, ok),
		.driver = nm_store_column(statement, 3, arena, ok),
		.carrier_id = nm_store_column(statement, 4, arena, ok),
		.from = nm_store_column(statement, 5, arena, ok),
		.body = nm_store_column(statement, 6, arena, ok),
		.at = sqlite3_column_int64(statement, 7),
	};
}

enum nm_code nm_store_inbound(struct nm_store *store, size_t most, struct nm_inbound_entries *out,
			      struct nm_error *err)
{
	static const struct nm_store_row row = { "reading its texts", sizeof(struct nm_inbound_entry), read_entry };
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_INBOUND, err);
	struct nm_store_rows rows;
	enum nm_code code;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, most > INT32_MAX ? INT32_MAX : (int64_t)most);
	code = nm_store_rows(store, statement, &row, &rows, err);
	if (code == NM_OK)
		*out = (struct nm_inbound_entries){ rows.arena, rows.n, rows.items };
	return code;
}

void nm_inbound_entries_clear(struct nm_inbound_entries *entries)
{
	free(entries->items);
	nm_arena_free(entries->arena);
	*entries = (struct nm_inbound_entries){ 0 };
}

enum nm_code nm_store_inbound_until(struct nm_store *store, nm_number number, const char *driver, nm_time *out,
				    struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_INBOUND_READ_GET, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
	nm_store_bind(statement, 2, driver);
	*out = NM_TIME_MIN;
	return nm_store_int(store, statement, "reading its texts", out, err);
}

/* An instant of a number and driver. */
static enum nm_code put_time(struct nm_store *store, enum nm_store_statement which, nm_number number, const char *driver,
			     nm_time at, struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, which, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
	nm_store_bind(statement, 2, driver);
	sqlite3_bind_int64(statement, 3, at);
	return nm_store_run(store, statement, err);
}

enum nm_code nm_store_inbound_until_put(struct nm_store *store, nm_number number, const char *driver, nm_time until,
					struct nm_error *err)
{
	return put_time(store, NM_SQL_INBOUND_READ_PUT, number, driver, until, err);
}

enum nm_code nm_store_inbound_flood_put(struct nm_store *store, nm_number number, const char *driver, nm_time at,
					struct nm_error *err)
{
	return put_time(store, NM_SQL_INBOUND_FLOOD_PUT, number, driver, at, err);
}

enum nm_code nm_store_inbound_floods(struct nm_store *store, nm_time since, struct nm_arena *arena,
				     struct nm_inbound_flood **out, size_t *n, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_INBOUND_FLOODS, err);
	struct nm_inbound_flood *floods = NULL, *copy = NULL;
	size_t capacity = 0, found = 0;
	bool ok = true;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, since);
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		ok = nm_grow((void **)&floods, &capacity, found + 1, sizeof(*floods));
		if (ok)
			floods[found++] = (struct nm_inbound_flood){ (nm_number)sqlite3_column_int64(statement, 0),
								     sqlite3_column_int64(statement, 1) };
	}
	sqlite3_reset(statement);
	if (ok && result == SQLITE_DONE)
		copy = nm_arena_alloc(arena, found, sizeof(*copy));
	if (copy != NULL && found > 0)
		memcpy(copy, floods, found * sizeof(*copy));
	free(floods);
	if (copy == NULL)
		return ok && result != SQLITE_DONE ? nm_store_fail(store, "reading its texts", err) : nm_fail_memory(err);
	*out = copy;
	*n = found;
	return NM_OK;
}

/* --- to the sandbox carrier's --- */

enum nm_code nm_store_sandbox_inbound_add(struct nm_store *store, const char *number,
					  const struct nm_sandbox_inbound *text, struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_SANDBOX_INBOUND_ADD, err);
	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, number);
	nm_store_bind(statement, 2, text->from);
	nm_store_bind(statement, 3, text->body);
	sqlite3_bind_int64(statement, 4, text->at);
	return nm_store_run(store, statement, err);
}

enum nm_code nm_store_sandbox_inbound(struct nm_store *store, const char *number, size_t most,
				      struct nm_arena *arena, struct nm_sandbox_inbound **out, size_t *n,
				      struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_SANDBOX_INBOUND, err);
	struct nm_sandbox_inbound *texts = nm_arena_alloc(arena, most, sizeof(*texts));
	bool ok = texts != NULL;
	size_t found = 0;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, number);
	sqlite3_bind_int64(statement, 2, (int64_t)most);
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW)
		texts[found++] = (struct nm_sandbox_inbound){
			.id = sqlite3_column_int64(statement, 0),
			.from = nm_store_column(statement, 1, arena, &ok),
			.body = nm_store_column(statement, 2, arena, &ok),
			.at = sqlite3_column_int64(statement, 3),
		};
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	if (result != SQLITE_DONE)
		return nm_store_fail(store, "reading the sandbox", err);
	*out = texts;
	*n = found;
	return NM_OK;
}
