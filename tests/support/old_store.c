/* SPDX-License-Identifier: MIT */
/*
 * See old_store.h.  The older store is made by the steps that made it then, and its rows are copied column by column.
 */
#include "old_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/store_private.h"

#define COPY                                                                                                            \
	"SELECT 'INSERT INTO main.' || t.name || '(' || group_concat(c.name) || ') SELECT ' || group_concat(c.name)"    \
	" || ' FROM newer.' || t.name FROM main.sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'"    \
	" AND t.name NOT LIKE 'sqlite%' AND t.name IN (SELECT name FROM newer.sqlite_schema)"                           \
	" GROUP BY t.name ORDER BY t.rowid"

static void execute(sqlite3 *db, const char *sql)
{
	char *words = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
		fail_msg("%s: %s", words, sql);
}

static int execute_row(void *db, int n, char **values, char **names)
{
	(void)n;
	(void)names;
	execute(db, values[0]);
	return 0;
}

void old_store(const char *file, int schema)
{
	char newer[512], sql[600];
	sqlite3 *db;

	assert_true(snprintf(newer, sizeof(newer), "%s.newer", file) < (int)sizeof(newer));
	assert_int_equal(rename(file, newer), 0);
	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	for (int i = 0; i < schema; i++)
		execute(db, nm_store_steps[i]);
	sqlite3_snprintf(sizeof(sql), sql,
			 "PRAGMA application_id = %d; PRAGMA user_version = %d; PRAGMA journal_mode = WAL; ATTACH %Q AS newer",
			 NM_STORE_APPLICATION, schema, newer);
	execute(db, sql);
	assert_int_equal(sqlite3_exec(db, COPY, execute_row, db, NULL), SQLITE_OK);
	execute(db, "DETACH newer");
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(unlink(newer), 0);
}
