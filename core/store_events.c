/* SPDX-License-Identifier: MIT */
/*
 * The store's queue of events for a CRM, and since when it is kept.  An event is taken by giving it a later due time in
 * one statement, so that two processes never send the same one at once, and one that died leaves it to be sent again.
 */
#include <stdlib.h>

#include "core/events_private.h"
#include "core/store_private.h"

/* --- reading --- */

/* The columns of EVENT_ROW (store.c). */
static void read_event(sqlite3_stmt *statement, struct nm_arena *arena, void *item, bool *ok)
{
	*(struct nm_crm_event *)item = (struct nm_crm_event){
		.id = sqlite3_column_int64(statement, 0),
		.key = nm_store_column(statement, 1, arena, ok),
		.at = sqlite3_column_int64(statement, 2),
		.updated = sqlite3_column_int64(statement, 3),
		.kind = (enum nm_crm_kind)nm_store_within(statement, 4, NM_CRM_FOLLOWUP),
		.subject = sqlite3_column_int64(statement, 5),
		.mark = sqlite3_column_int64(statement, 6),
		.caller = (nm_number)sqlite3_column_int64(statement, 7),
		.body = nm_store_column(statement, 8, arena, ok),
		.state = (enum nm_crm_state)nm_store_within(statement, 9, NM_CRM_ASIDE),
		.tries = sqlite3_column_int(statement, 10),
		.due = sqlite3_column_int64(statement, 11),
		.words = nm_store_column(statement, 12, arena, ok),
	};
}

enum nm_code nm_store_events(struct nm_store *store, enum nm_crm_filter filter, nm_time now, size_t most,
			     struct nm_crm_events *out, struct nm_error *err)
{
	static const struct nm_store_row row = { "reading its events", sizeof(struct nm_crm_event), read_event };
	static const enum nm_store_statement which[] = {
		[NM_EVENTS_ALL] = NM_SQL_EVENTS,
		[NM_EVENTS_OPEN] = NM_SQL_EVENTS_OPEN,
		[NM_EVENTS_DUE] = NM_SQL_EVENTS_DUE,
	};
	sqlite3_stmt *statement = nm_store_statement(store, which[filter], err);
	struct nm_store_rows rows;
	enum nm_code code;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, most > INT32_MAX ? INT32_MAX : (int64_t)most);
	if (filter == NM_EVENTS_DUE)
		sqlite3_bind_int64(statement, 2, now);
	code = nm_store_rows(store, statement, &row, &rows, err);
	if (code == NM_OK)
		*out = (struct nm_crm_events){ rows.arena, rows.n, rows.items };
	return code;
}

void nm_crm_events_clear(struct nm_crm_events *list)
{
	free(list->items);
	nm_arena_free(list->arena);
	*list = (struct nm_crm_events){ 0 };
}

enum nm_code nm_store_event_counts(struct nm_store *store, struct nm_crm_counts *out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_EVENT_COUNTS, err);
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, NM_TIME_MAX);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		*out = (struct nm_crm_counts){ .waiting = sqlite3_column_int64(statement, 0),
						 .aside = sqlite3_column_int64(statement, 1),
						 .next = sqlite3_column_int64(statement, 2) };
	sqlite3_reset(statement);
	return result == SQLITE_ROW ? NM_OK : nm_store_fail(store, "reading its events", err);
}

enum nm_code nm_store_events_refused(struct nm_store *store, nm_time since, int64_t *out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_EVENTS_REFUSED, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, since);
	return nm_store_int(store, statement, "reading its events", out, err);
}

enum nm_code nm_store_reporting(struct nm_store *store, nm_time *since, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_REPORTING, err);

	*since = NM_TIME_MAX;
	return statement != NULL ? nm_store_int(store, statement, "reading its events", since, err) : NM_SYSTEM;
}

/* --- writing --- */

enum nm_code nm_store_reporting_put(struct nm_store *store, nm_time since, struct nm_error *err)
{
	enum nm_code code = nm_store_writable(store, err);

	return code == NM_OK ? nm_store_run_id(store, NM_SQL_REPORTING_PUT, since, err) : code;
}

enum nm_code nm_store_event_key(struct nm_store *store, char out[NM_EVENT_KEY], struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_EVENT_KEY, err);
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		sqlite3_snprintf(NM_EVENT_KEY, out, "%s", sqlite3_column_text(statement, 0));
	sqlite3_reset(statement);
	return result == SQLITE_ROW ? NM_OK : nm_store_fail(store, "making an id", err);
}

enum nm_code nm_store_event_add(struct nm_store *store, const struct nm_crm_event *event, struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_EVENT_ADD, err);
	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, event->key);
	sqlite3_bind_int64(statement, 2, event->at);
	sqlite3_bind_int(statement, 3, (int)event->kind);
	sqlite3_bind_int64(statement, 4, event->subject);
	sqlite3_bind_int64(statement, 5, event->mark);
	sqlite3_bind_int64(statement, 6, (sqlite3_int64)event->caller);
	nm_store_bind(statement, 7, event->body);
	return nm_store_run(store, statement, err);
}

enum nm_code nm_store_event_take(struct nm_store *store, struct nm_crm_event *event, nm_time now,
				 nm_time until, bool *taken, struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_EVENT_TAKE, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, event->id);
	sqlite3_bind_int64(statement, 2, event->due);
	sqlite3_bind_int64(statement, 3, until);
	sqlite3_bind_int64(statement, 4, now);
	code = nm_store_run(store, statement, err);
	if (code == NM_OK)
		*taken = sqlite3_changes(store->db) > 0;
	if (code == NM_OK && *taken)
		event->due = until;
	return code;
}

enum nm_code nm_store_event_update(struct nm_store *store, const struct nm_crm_event *event, nm_time taken_until,
				   bool *held, struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_EVENT_UPDATE, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, event->id);
	sqlite3_bind_int(statement, 2, (int)event->state);
	sqlite3_bind_int64(statement, 3, event->due);
	nm_store_bind(statement, 4, event->words);
	sqlite3_bind_int64(statement, 5, event->updated);
	sqlite3_bind_int64(statement, 6, taken_until);
	code = nm_store_run(store, statement, err);
	if (code == NM_OK)
		*held = sqlite3_changes(store->db) > 0;
	return code;
}

enum nm_code nm_store_event_retry(struct nm_store *store, int64_t id, nm_time now, struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_EVENT_RETRY, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, id);
	sqlite3_bind_int64(statement, 2, now);
	code = nm_store_run(store, statement, err);
	if (code == NM_OK && sqlite3_changes(store->db) == 0)
		code = nm_fail(err, NM_INPUT, "no event %lld is set aside: `crm list` shows those that are",
			       (long long)id);
	return code;
}

/* --- what has ended with a call --- */

enum nm_code nm_store_followups_ended(struct nm_store *store, nm_number number, nm_time ended, int64_t *ids,
				      size_t most, size_t *n, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_FOLLOWUPS_ENDED, err);
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
	sqlite3_bind_int64(statement, 2, ended);
	*n = 0;
	while (*n < most && (result = sqlite3_step(statement)) == SQLITE_ROW)
		ids[(*n)++] = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return result == SQLITE_DONE || result == SQLITE_ROW
		       ? NM_OK
		       : nm_store_fail(store, "reading its follow-ups", err);
}
