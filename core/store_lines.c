/* SPDX-License-Identifier: MIT */
/*
 * What the store knows of lines as such: which were pushed, what they were called, and whose the rows are of an older program,
 * which knew them by their names.
 *
 * Comes in: a store, a plan.  Goes out: lines by their numbers.
 */
#include "core/store_private.h"
#include "nevermiss/plan.h"

/* --- lines of an older program --- */

static enum nm_code has_unknown(struct nm_store *store, const char *name, bool *has, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_PUSH_UNKNOWN, err);
	enum nm_code code = NM_OK;

	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, name);
	if (sqlite3_step(statement) == SQLITE_ROW)
		*has = sqlite3_column_int(statement, 0) != 0;
	else
		code = nm_store_fail(store, "looking for its lines", err);
	sqlite3_reset(statement);
	return code;
}

static enum nm_code know(struct nm_store *store, enum nm_store_statement which, const struct nm_line *line,
			 struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);
	char number[NM_NUMBER_TEXT];

	if (statement == NULL)
		return NM_SYSTEM;
	nm_number_write(line->number, number);
	nm_store_bind(statement, 1, line->name);
	if (which == NM_SQL_PUSH_KNOW)
		sqlite3_bind_int64(statement, 3, (sqlite3_int64)line->number);
	else
		nm_store_bind(statement, 2, number);
	return nm_store_run(store, statement, err);
}

static enum nm_code know_line(struct nm_store *store, const struct nm_line *line, struct nm_error *err)
{
	static const enum nm_store_statement all[] = { NM_SQL_PUSH_KNOW, NM_SQL_SANDBOX_KNOW, NM_SQL_SANDBOX_TEXT_KNOW,
						       NM_SQL_SANDBOX_INBOUND_KNOW };
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && code == NM_OK; i++)
		code = know(store, all[i], line, err);
	return code;
}

/* The numbers of lines stand in `line` of the sandbox's tables: no line is called so, or it is left alone. */
static bool is_name(const struct nm_line *line)
{
	return line->number != 0 && line->name[0] != '+';
}

static enum nm_code know_all(struct nm_store *store, const struct nm_plan *plan, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < plan->n_lines && code == NM_OK; i++)
		if (is_name(&plan->lines[i]))
			code = know_line(store, &plan->lines[i], err);
	return code;
}

enum nm_code nm_store_know_lines(struct nm_store *store, const struct nm_plan *plan, struct nm_error *err)
{
	bool has = false;
	enum nm_code code = NM_OK;

	/* The copy in memory of an older store that is not to be written to may be. */
	if (sqlite3_db_readonly(store->db, "main") == 1)
		return NM_OK;
	for (size_t i = 0; i < plan->n_lines && code == NM_OK && !has; i++)
		if (is_name(&plan->lines[i]))
			code = has_unknown(store, plan->lines[i].name, &has, err);
	if (code != NM_OK || !has)
		return code;
	if (store->read_only)
		return know_all(store, plan, err);
	code = nm_store_begin(store, err);
	if (code == NM_OK)
		code = know_all(store, plan, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	return code;
}

/* --- what was pushed --- */

enum nm_code nm_store_push_called(struct nm_store *store, const char *name, nm_number *line, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_PUSH_CALLED, err);
	enum nm_code code = NM_OK;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	nm_store_bind(statement, 1, name);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW || result == SQLITE_DONE)
		*line = result == SQLITE_ROW ? (nm_number)sqlite3_column_int64(statement, 0) : 0;
	else
		code = nm_store_fail(store, "reading its pushes", err);
	sqlite3_reset(statement);
	return code;
}

enum nm_code nm_store_pushed_lines(struct nm_store *store, struct nm_arena *arena, struct nm_pushed_line **out,
				   size_t *n, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_PUSHED_LINES, err);
	struct nm_pushed_line *lines = NULL;
	size_t found = 0;
	bool ok = true;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int(statement, 1, NM_PUSH_DONE);
	while ((result = sqlite3_step(statement)) == SQLITE_ROW && ok) {
		if (lines == NULL)
			lines = nm_arena_alloc(arena, (size_t)sqlite3_column_int64(statement, 3), sizeof(*lines));
		ok = lines != NULL;
		if (ok)
			lines[found++] = (struct nm_pushed_line){
				.number = (nm_number)sqlite3_column_int64(statement, 4),
				.line = nm_store_column(statement, 0, arena, &ok),
				.driver = nm_store_column(statement, 1, arena, &ok),
				.at = sqlite3_column_int64(statement, 2),
			};
	}
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	if (result != SQLITE_DONE)
		return nm_store_fail(store, "reading its pushes", err);
	*out = lines;
	*n = found;
	return NM_OK;
}
