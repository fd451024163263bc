/* SPDX-License-Identifier: MIT */
/* What the store knows of surveys: they stand among the deeds of follow-ups (store_followups.c). */
#include <stdlib.h>

#include "core/store_private.h"
#include "nevermiss/survey.h"

enum nm_code nm_store_surveys_ended(struct nm_store *store, nm_time from, nm_time until, int64_t **ids, size_t *n,
				    struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_SURVEYS_ENDED, err);
	int64_t *items = NULL;
	size_t capacity = 0, found = 0;
	bool ok = true;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, from);
	sqlite3_bind_int64(statement, 2, until);
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		ok = nm_grow((void **)&items, &capacity, found + 1, sizeof(*items));
		if (ok)
			items[found++] = sqlite3_column_int64(statement, 0);
	}
	sqlite3_reset(statement);
	if (ok && result == SQLITE_DONE) {
		*ids = items;
		*n = found;
		return NM_OK;
	}
	free(items);
	return ok ? nm_store_fail(store, "reading its follow-ups", err) : nm_fail_memory(err);
}

enum nm_code nm_store_survey_newest(struct nm_store *store, nm_number number, nm_time *out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_SURVEY_NEWEST, err);
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
	result = sqlite3_step(statement);
	*out = result == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL
		       ? sqlite3_column_int64(statement, 0)
		       : NM_TIME_MIN;
	sqlite3_reset(statement);
	return result == SQLITE_ROW ? NM_OK : nm_store_fail(store, "reading its follow-ups", err);
}

enum nm_code nm_store_survey_open(struct nm_store *store, nm_number number, nm_time from, nm_time until, int64_t *out,
				  struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_SURVEY_OPEN, err);
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
	sqlite3_bind_int64(statement, 2, from);
	sqlite3_bind_int64(statement, 3, until);
	result = sqlite3_step(statement);
	*out = result == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	sqlite3_reset(statement);
	return result == SQLITE_ROW || result == SQLITE_DONE ? NM_OK
							     : nm_store_fail(store, "reading its follow-ups", err);
}

enum nm_code nm_store_survey_deed(struct nm_store *store, int64_t followup, const struct nm_deed *deed,
				  struct nm_error *err)
{
	enum nm_code code = nm_store_writable(store, err);

	return code == NM_OK ? nm_store_deed_add(store, followup, deed, err) : code;
}
