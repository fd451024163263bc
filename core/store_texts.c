/* SPDX-License-Identifier: MIT */
/*
 * What the store keeps of texts: the outbox, in which each stands before its carrier is asked for it, and those
 * that the sandbox carrier has taken.
 */
#include <stdlib.h>

#include "core/store_private.h"
#include "nevermiss/text_back.h"

#define UNSETTLED_STEP_S 60 /* between two questions about a text, at least */

/* --- the outbox --- */

const char *nm_outbox_state_name(enum nm_outbox_state state)
{
	static const char *const names[] = {
		[NM_OUTBOX_WAITING] = "waiting", [NM_OUTBOX_SENDING] = "sending",
		[NM_OUTBOX_SENT] = "sent",       [NM_OUTBOX_FAILED] = "failed",
		[NM_OUTBOX_UNSURE] = "unsure",   [NM_OUTBOX_REFUSED] = "refused",
	};

	return (size_t)state < sizeof(names) / sizeof(names[0]) ? names[state] : "unknown";
}

enum nm_code nm_store_outbox_add(struct nm_store *store, const struct nm_outbox_text *text, int64_t *id,
				 struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_OUTBOX_ADD, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, text->at);
	nm_store_bind(statement, 2, text->line);
	nm_store_bind(statement, 3, text->account);
	nm_store_bind(statement, 4, text->driver);
	nm_store_bind(statement, 5, text->from);
	nm_store_bind(statement, 6, text->to);
	nm_store_bind(statement, 7, text->body);
	nm_store_bind(statement, 8, text->why);
	sqlite3_bind_int(statement, 9, (int)text->state);
	code = nm_store_run(store, statement, err);
	if (code == NM_OK)
		*id = sqlite3_last_insert_rowid(store->db);
	return code;
}

enum nm_code nm_store_outbox_update(struct nm_store *store, const struct nm_outbox_text *text,
				    struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_OUTBOX_UPDATE, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, text->id);
	sqlite3_bind_int(statement, 2, (int)text->state);
	sqlite3_bind_int64(statement, 3, text->updated);
	nm_store_bind(statement, 4, text->carrier_id);
	nm_store_bind(statement, 5, text->words);
	return nm_store_run(store, statement, err);
}

/* The columns in the order of OUTBOX_ROW in store.c. */
static void read_text(sqlite3_stmt *statement, struct nm_arena *arena, void *item, bool *ok)
{
	*(struct nm_outbox_text *)item = (struct nm_outbox_text){
		.id = sqlite3_column_int64(statement, 0),
		.at = sqlite3_column_int64(statement, 1),
		.line = nm_store_column(statement, 2, arena, ok),
		.account = nm_store_column(statement, 3, arena, ok),
		.driver = nm_store_column(statement, 4, arena, ok),
		.from = nm_store_column(statement, 5, arena, ok),
		.to = nm_store_column(statement, 6, arena, ok),
		.body = nm_store_column(statement, 7, arena, ok),
		.why = nm_store_column(statement, 8, arena, ok),
		.state = (enum nm_outbox_state)sqlite3_column_int(statement, 9),
		.carrier_id = nm_store_column(statement, 10, arena, ok),
		.words = nm_store_column(statement, 11, arena, ok),
		.updated = sqlite3_column_int64(statement, 12),
	};
}

/* Of a statement that is bound; it is reset. */
static enum nm_code read_texts(struct nm_store *store, sqlite3_stmt *statement, struct nm_outbox *out, struct nm_error *err)
{
	static const struct nm_store_row row = { "reading its texts", sizeof(struct nm_outbox_text), read_text };
	struct nm_store_rows rows;
	enum nm_code code = nm_store_rows(store, statement, &row, &rows, err);

	if (code == NM_OK)
		*out = (struct nm_outbox){ rows.arena, rows.n, rows.items };
	return code;
}

enum nm_code nm_store_outbox(struct nm_store *store, bool open, size_t most, struct nm_outbox *out,
			     struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, open ? NM_SQL_OUTBOX_OPEN : NM_SQL_OUTBOX, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, most > INT32_MAX ? INT32_MAX : (int64_t)most);
	return read_texts(store, statement, out, err);
}

enum nm_code nm_store_outbox_unsettled(struct nm_store *store, nm_time now, size_t most, struct nm_outbox *out,
				       struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_OUTBOX_UNSETTLED, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, most > INT32_MAX ? INT32_MAX : (int64_t)most);
	sqlite3_bind_int64(statement, 2, now - NM_OUTBOX_UNSETTLED_S);
	sqlite3_bind_int64(statement, 3, now);
	sqlite3_bind_int(statement, 4, UNSETTLED_STEP_S);
	nm_store_bind(statement, 5, NM_TEXT_BACK_DELIVERED);
	return read_texts(store, statement, out, err);
}

void nm_outbox_clear(struct nm_outbox *outbox)
{
	free(outbox->items);
	nm_arena_free(outbox->arena);
	*outbox = (struct nm_outbox){ 0 };
}

enum nm_code nm_store_outbox_known(struct nm_store *store, const struct nm_outbox_text *text,
				   struct nm_arena *arena, const char ***out, size_t *n, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_OUTBOX_KNOWN, err);
	const char **ids = nm_arena_alloc(arena, NM_OUTBOX_KNOWN, sizeof(*ids));
	bool ok = ids != NULL;
	size_t found = 0;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, text->id);
	nm_store_bind(statement, 2, text->to);
	nm_store_bind(statement, 3, text->driver);
	sqlite3_bind_int(statement, 4, NM_OUTBOX_KNOWN);
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW)
		ids[found++] = nm_store_column(statement, 0, arena, &ok);
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	if (result != SQLITE_DONE)
		return nm_store_fail(store, "reading its texts", err);
	*out = ids;
	*n = found;
	return NM_OK;
}

enum nm_code nm_store_outbox_to(struct nm_store *store, const char *to, nm_time *newest, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_OUTBOX_TO, err);

	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, to);
	sqlite3_bind_int(statement, 2, NM_OUTBOX_FAILED);
	sqlite3_bind_int(statement, 3, NM_OUTBOX_REFUSED);
	*newest = NM_TIME_MIN;
	return nm_store_int(store, statement, "reading its texts", newest, err);
}

enum nm_code nm_store_outbox_why(struct nm_store *store, const char *why, struct nm_outbox_past *out,
				 struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_OUTBOX_WHY, err);
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, why);
	sqlite3_bind_int(statement, 2, NM_OUTBOX_FAILED);
	sqlite3_bind_int(statement, 3, NM_OUTBOX_REFUSED);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		*out = (struct nm_outbox_past){ .told = sqlite3_column_int(statement, 0) != 0,
						.failed = sqlite3_column_int(statement, 1),
						.last = sqlite3_column_int64(statement, 2) };
	sqlite3_reset(statement);
	return result == SQLITE_ROW ? NM_OK : nm_store_fail(store, "reading its texts", err);
}

enum nm_code nm_store_outbox_count(struct nm_store *store, const struct nm_outbox_count *which, size_t *out,
				   struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_OUTBOX_COUNT, err);
	int64_t n = 0;
	enum nm_code code;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, which->since);
	nm_store_bind(statement, 2, which->prefix);
	nm_store_bind(statement, 3, which->to);
	sqlite3_bind_int(statement, 4, which->failed);
	code = nm_store_int(store, statement, "reading its texts", &n, err);
	if (code == NM_OK)
		*out = (size_t)n;
	return code;
}

enum nm_code nm_store_outbox_numbered(struct nm_store *store, const char *prefix, nm_time since, nm_time *at,
				      int64_t *number, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_OUTBOX_NUMBERED, err);
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, prefix);
	sqlite3_bind_int64(statement, 2, since);
	sqlite3_bind_int(statement, 3, NM_OUTBOX_FAILED);
	sqlite3_bind_int(statement, 4, NM_OUTBOX_REFUSED);
	result = sqlite3_step(statement);
	*at = result == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	*number = result == SQLITE_ROW ? sqlite3_column_int64(statement, 1) : 0;
	sqlite3_reset(statement);
	return result == SQLITE_ROW || result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its texts", err);
}

/* --- what is known of texts before another one is sent --- */

#define PAST_S (30 * (nm_time)NM_DAY) /* so far back what became of texts to a number counts */

static nm_time time_or(sqlite3_stmt *statement, int column, nm_time otherwise)
{
	return sqlite3_column_type(statement, column) != SQLITE_NULL ? sqlite3_column_int64(statement, column)
								     : otherwise;
}

static enum nm_code read_past(struct nm_store *store, nm_number caller, nm_time began, nm_time now,
			      struct nm_text_back_past *out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_TEXT_PAST, err);
	char number[NM_NUMBER_TEXT];
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	nm_number_write(caller, number);
	nm_store_bind(statement, 1, number);
	sqlite3_bind_int64(statement, 2, began);
	sqlite3_bind_int64(statement, 3, now - PAST_S);
	sqlite3_bind_int(statement, 4, NM_TEXT_BACK_ECHOES);
	sqlite3_bind_int(statement, 5, NM_TEXT_BACK_ECHO_S);
	nm_store_bind(statement, 6, NM_TEXT_BACK_LANDLINE);
	sqlite3_bind_int(statement, 7, NM_TEXT_BACK_UNDELIVERED);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW) {
		out->newest = time_or(statement, 0, NM_TIME_MIN);
		out->failed = nm_store_within(statement, 1, INT32_MAX);
		out->newest_failed = time_or(statement, 2, began);
		out->undelivered = nm_store_within(statement, 3, INT32_MAX);
		out->echoes = nm_store_within(statement, 4, NM_TEXT_BACK_ECHOES);
	}
	sqlite3_reset(statement);
	return result == SQLITE_ROW ? NM_OK : nm_store_fail(store, "reading its texts", err);
}

enum nm_code nm_store_text_past(struct nm_store *store, nm_number caller, nm_time began, nm_time now,
				nm_time *recent, struct nm_text_back_past *out, struct nm_error *err)
{
	struct nm_text_back_past past = { .recent = recent };
	sqlite3_stmt *statement;
	int result;
	enum nm_code code = read_past(store, caller, began, now, &past, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_TEXTS_RECENT, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, now - NM_DAY);
	sqlite3_bind_int(statement, 2, NM_TEXT_BACKS_A_DAY);
	sqlite3_bind_int64(statement, 3, now + NM_DAY);
	while ((result = sqlite3_step(statement)) == SQLITE_ROW)
		recent[past.n_recent++] = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	if (result != SQLITE_DONE)
		return nm_store_fail(store, "reading its texts", err);
	*out = past;
	return NM_OK;
}

/* --- the sandbox carrier's --- */

enum nm_code nm_store_sandbox_text_add(struct nm_store *store, const char *number, const char *to,
				       const char *body, int64_t *id, struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_SANDBOX_TEXT_ADD, err);
	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, number);
	nm_store_bind(statement, 2, to);
	nm_store_bind(statement, 3, body);
	code = nm_store_run(store, statement, err);
	if (code == NM_OK)
		*id = sqlite3_last_insert_rowid(store->db);
	return code;
}

enum nm_code nm_store_sandbox_texts(struct nm_store *store, const char *number, size_t most,
				    struct nm_arena *arena, struct nm_sandbox_text **out, size_t *n,
				    struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_SANDBOX_TEXTS, err);
	struct nm_sandbox_text *texts = nm_arena_alloc(arena, most, sizeof(*texts));
	bool ok = texts != NULL;
	size_t found = 0;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, number);
	sqlite3_bind_int64(statement, 2, (int64_t)most);
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW)
		texts[found++] = (struct nm_sandbox_text){
			.id = sqlite3_column_int64(statement, 0),
			.to = nm_store_column(statement, 1, arena, &ok),
			.body = nm_store_column(statement, 2, arena, &ok),
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
