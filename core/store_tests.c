/* SPDX-License-Identifier: MIT */
/* The store's part about test calls: when the plan's were played last, and when one of them after hours. */
#include "core/store_private.h"

enum nm_code nm_store_tests_add(struct nm_store *store, nm_time at, bool after_hours, struct nm_error *err)
{
	enum nm_code code = nm_store_writable(store, err);
	sqlite3_stmt *statement;

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_TESTS_ADD, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, at);
	sqlite3_bind_int(statement, 2, after_hours);
	return nm_store_run(store, statement, err);
}

static nm_time column_time(sqlite3_stmt *statement, int column)
{
	return sqlite3_column_type(statement, column) == SQLITE_NULL
		       ? NM_TIME_MIN
		       : sqlite3_column_int64(statement, column);
}

enum nm_code nm_store_tests_last(struct nm_store *store, nm_time *last, nm_time *after_hours,
				 struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_TESTS_LAST, err);
	enum nm_code code = NM_OK;

	if (statement == NULL)
		return NM_SYSTEM;
	if (sqlite3_step(statement) == SQLITE_ROW) {
		*last = column_time(statement, 0);
		*after_hours = column_time(statement, 1);
	} else {
		code = nm_store_fail(store, "reading its tests", err);
	}
	sqlite3_reset(statement);
	return code;
}
