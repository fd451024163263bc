/* SPDX-License-Identifier: MIT */
/* The store's part about the agent: its heartbeat, and what fails since when. */
#include "core/store_private.h"
#include "nevermiss/agent.h"

enum nm_code nm_store_agent_put(struct nm_store *store, const struct nm_agent_beat *beat, struct nm_error *err)
{
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_AGENT_PUT, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, beat->pid);
	nm_store_bind(statement, 2, beat->host);
	sqlite3_bind_int64(statement, 3, beat->started);
	sqlite3_bind_int64(statement, 4, beat->round);
	sqlite3_bind_int64(statement, 5, beat->next);
	if (beat->stopped != 0)
		sqlite3_bind_int64(statement, 6, beat->stopped);
	return nm_store_run(store, statement, err);
}

enum nm_code nm_store_agent_get(struct nm_store *store, struct nm_arena *arena, struct nm_agent_beat *out, bool *found,
				struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_AGENT_GET, err);
	bool ok = true;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	result = sqlite3_step(statement);
	*found = result == SQLITE_ROW;
	if (*found)
		*out = (struct nm_agent_beat){
			.pid = sqlite3_column_int64(statement, 0),
			.host = nm_store_column(statement, 1, arena, &ok),
			.started = sqlite3_column_int64(statement, 2),
			.round = sqlite3_column_int64(statement, 3),
			.next = sqlite3_column_int64(statement, 4),
			.stopped = sqlite3_column_int64(statement, 5),
		};
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	return result == SQLITE_ROW || result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading of the agent", err);
}

enum nm_code nm_store_agent_trouble(struct nm_store *store, const struct nm_agent_trouble *trouble,
				    struct nm_error *err)
{
	const bool over = trouble->words == NULL;
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_writable(store, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, over ? NM_SQL_AGENT_TROUBLE_DROP : NM_SQL_AGENT_TROUBLE_PUT, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int(statement, 1, (int)trouble->work);
	nm_store_bind(statement, 2, trouble->what);
	if (!over) {
		sqlite3_bind_int64(statement, 3, trouble->since);
		nm_store_bind(statement, 4, trouble->words);
	}
	return nm_store_run(store, statement, err);
}

enum nm_code nm_store_agent_troubles(struct nm_store *store, struct nm_arena *arena, struct nm_agent_trouble **out,
				     size_t *n, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_AGENT_TROUBLES, err);
	struct nm_agent_trouble *troubles = NULL;
	size_t found = 0, capacity = 0;
	bool ok = true;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		if (found == capacity) {
			struct nm_agent_trouble *more = nm_arena_alloc(arena, 2 * capacity + 8, sizeof(*more));

			ok = more != NULL;
			for (size_t i = 0; ok && i < found; i++)
				more[i] = troubles[i];
			capacity = 2 * capacity + 8;
			troubles = more;
		}
		if (ok)
			troubles[found++] = (struct nm_agent_trouble){
				.work = (enum nm_agent_work)nm_store_within(statement, 0, NM_AGENT_WORKS - 1),
				.what = nm_store_column(statement, 1, arena, &ok),
				.since = sqlite3_column_int64(statement, 2),
				.words = nm_store_column(statement, 3, arena, &ok),
			};
	}
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	if (result != SQLITE_DONE)
		return nm_store_fail(store, "reading of the agent", err);
	*out = troubles;
	*n = found;
	return NM_OK;
}
