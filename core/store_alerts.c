/* SPDX-License-Identifier: MIT */
/* What the store keeps of emergencies' alerts (alerts.h): of each call one, with its people; their texts are the outbox's. */
#include <string.h>

#include "core/store_private.h"
#include "nevermiss/alerts.h"
#include "nevermiss/optout.h"

#define PEOPLE_FIRST 8 /* room for so many at first; then twice that */

const char *nm_alert_state_name(enum nm_alert_state state)
{
	static const char *const names[] = {
		[NM_ALERT_OPEN] = "open", [NM_ALERT_TAKEN] = "taken", [NM_ALERT_TOLD] = "told",
		[NM_ALERT_UNANSWERED] = "unanswered", [NM_ALERT_LATE] = "late",
	};

	return (size_t)state < sizeof(names) / sizeof(names[0]) ? names[state] : "unknown";
}

/* --- writing --- */

static enum nm_code add_person(struct nm_store *store, int64_t call, size_t i, const struct nm_alerted *person,
			       struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_ALERTED_ADD, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, call);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)i);
	nm_store_bind(statement, 3, person->name);
	nm_store_bind(statement, 4, person->number);
	sqlite3_bind_int64(statement, 5, person->due);
	sqlite3_bind_int(statement, 6, person->by_line);
	return nm_store_run(store, statement, err);
}

static enum nm_code add_alert(struct nm_store *store, const struct nm_call_alert *alert, struct nm_error *err)
{
	const bool late = alert->state == NM_ALERT_LATE;
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_ALERT_ADD, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, alert->call);
	sqlite3_bind_int64(statement, 2, alert->noticed);
	sqlite3_bind_int64(statement, 3, alert->until);
	nm_store_bind(statement, 4, alert->text);
	sqlite3_bind_int(statement, 5, late ? NM_ALERT_LATE : NM_ALERT_OPEN);
	sqlite3_bind_int64(statement, 6, late ? alert->noticed : 0);
	return nm_store_run(store, statement, err);
}

enum nm_code nm_store_alert_add(struct nm_store *store, const struct nm_call_alert *alert, struct nm_error *err)
{
	enum nm_code code = nm_store_begin(store, err);

	if (code != NM_OK)
		return code;
	code = add_alert(store, alert, err);
	for (size_t i = 0; i < alert->n && code == NM_OK; i++)
		code = add_person(store, alert->call, i, &alert->people[i], err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	return code;
}

enum nm_code nm_store_alert_end(struct nm_store *store, int64_t call, enum nm_alert_state state, nm_time at,
				const char *by, struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_ALERT_END, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, call);
	sqlite3_bind_int(statement, 2, (int)state);
	sqlite3_bind_int64(statement, 3, at);
	nm_store_bind(statement, 4, by);
	return nm_store_run(store, statement, err);
}

/* --- reading --- */

/* Room for one more in an array of the arena; false: out of memory. */
static bool grow(struct nm_arena *arena, void **items, size_t n, size_t *capacity, size_t size)
{
	const size_t more = *capacity == 0 ? PEOPLE_FIRST : 2 * *capacity;
	void *wider;

	if (n < *capacity)
		return true;
	wider = nm_arena_alloc(arena, more, size);
	if (wider == NULL)
		return false;
	if (n > 0)
		memcpy(wider, *items, n * size);
	*items = wider;
	*capacity = more;
	return true;
}

static struct nm_alerted read_person(sqlite3_stmt *statement, struct nm_arena *arena, bool *ok)
{
	return (struct nm_alerted){
		.name = nm_store_column(statement, 0, arena, ok),
		.number = nm_store_column(statement, 1, arena, ok),
		.due = sqlite3_column_int64(statement, 2),
		.by_line = sqlite3_column_int(statement, 3) != 0,
		.tried = sqlite3_column_type(statement, 4) != SQLITE_NULL,
		.text = (enum nm_outbox_state)nm_store_within(statement, 4, NM_OUTBOX_REFUSED),
		.at = sqlite3_column_int64(statement, 5),
		.words = nm_store_column(statement, 6, arena, ok),
	};
}

static enum nm_code read_people(struct nm_store *store, struct nm_arena *arena, struct nm_call_alert *alert,
				struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_ALERTED, err);
	void *people = NULL;
	size_t capacity = 0;
	bool ok = true;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, alert->call);
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		ok = grow(arena, &people, alert->n, &capacity, sizeof(*alert->people));
		if (ok)
			((struct nm_alerted *)people)[alert->n++] = read_person(statement, arena, &ok);
	}
	sqlite3_reset(statement);
	alert->people = people;
	if (!ok)
		return nm_fail_memory(err);
	return result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its alerts", err);
}

/* The columns of ALERT_ROW (store_sql.c). */
static struct nm_call_alert read_alert(sqlite3_stmt *statement, struct nm_arena *arena, bool *ok)
{
	return (struct nm_call_alert){
		.call = sqlite3_column_int64(statement, 0),
		.noticed = sqlite3_column_int64(statement, 1),
		.until = sqlite3_column_int64(statement, 2),
		.text = nm_store_column(statement, 3, arena, ok),
		.state = (enum nm_alert_state)nm_store_within(statement, 4, NM_ALERT_LATE),
		.ended = sqlite3_column_int64(statement, 5),
		.by = nm_store_column(statement, 6, arena, ok),
	};
}

/* What a statement gives, with its people. */
static enum nm_code read_alerts(struct nm_store *store, sqlite3_stmt *statement, struct nm_arena *arena,
				struct nm_call_alert **out, size_t *n, struct nm_error *err)
{
	void *alerts = NULL;
	size_t found = 0, capacity = 0;
	bool ok = true;
	int result = SQLITE_DONE;
	enum nm_code code = NM_OK;

	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		ok = grow(arena, &alerts, found, &capacity, sizeof(**out));
		if (ok)
			((struct nm_call_alert *)alerts)[found++] = read_alert(statement, arena, &ok);
	}
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	if (result != SQLITE_DONE)
		return nm_store_fail(store, "reading its alerts", err);
	for (size_t i = 0; i < found && code == NM_OK; i++)
		code = read_people(store, arena, &((struct nm_call_alert *)alerts)[i], err);
	*out = alerts;
	*n = found;
	return code;
}

enum nm_code nm_store_alert_get(struct nm_store *store, int64_t call, struct nm_arena *arena, struct nm_call_alert *out,
				bool *found, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_ALERT_GET, err);
	struct nm_call_alert *alert;
	size_t n;
	enum nm_code code;

	*found = false;
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, call);
	code = read_alerts(store, statement, arena, &alert, &n, err);
	if (code != NM_OK || n == 0)
		return code;
	*found = true;
	*out = *alert;
	return NM_OK;
}

static enum nm_code read_since(struct nm_store *store, enum nm_store_statement which, nm_time since, struct nm_arena *arena,
			       struct nm_call_alert **out, size_t *n, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, since);
	return read_alerts(store, statement, arena, out, n, err);
}

enum nm_code nm_store_alerts(struct nm_store *store, nm_time since, struct nm_arena *arena, struct nm_call_alert **out,
			     size_t *n, struct nm_error *err)
{
	return read_since(store, NM_SQL_ALERTS, since, arena, out, n, err);
}

enum nm_code nm_store_alerts_ended(struct nm_store *store, nm_time since, struct nm_arena *arena, struct nm_call_alert **out,
				   size_t *n, struct nm_error *err)
{
	return read_since(store, NM_SQL_ALERTS_ENDED, since, arena, out, n, err);
}

enum nm_code nm_store_alert_replies(struct nm_store *store, nm_time since, struct nm_arena *arena,
				    struct nm_alert_reply **out, size_t *n, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_ALERT_REPLIES, err);
	void *replies = NULL;
	size_t found = 0, capacity = 0;
	bool ok = true;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, since);
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		const char *body = (const char *)sqlite3_column_text(statement, 1);

		if (body == NULL || nm_optout_read(body) == NM_OPTOUT_PLAIN)
			continue;
		ok = grow(arena, &replies, found, &capacity, sizeof(**out));
		if (ok)
			((struct nm_alert_reply *)replies)[found++] =
				(struct nm_alert_reply){ .from = nm_store_column(statement, 0, arena, &ok),
							 .body = nm_store_column(statement, 1, arena, &ok),
							 .at = sqlite3_column_int64(statement, 2) };
	}
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	if (result != SQLITE_DONE)
		return nm_store_fail(store, "reading its texts", err);
	*out = replies;
	*n = found;
	return NM_OK;
}
