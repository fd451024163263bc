/* SPDX-License-Identifier: MIT */
/*
 * How SQLite goes about the store's statements: none walks a whole table that grows with the years, but for those that
 * are named here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/store_private.h"
#include "random_plan.h"

/* --- what SQLite says --- */

static char *folder;
static sqlite3 *db;

/* A store as it is made today, open beside itself. */
static int setup(void **state)
{
	struct nm_store *store;
	struct nm_error err;
	char file[512];

	(void)state;
	folder = random_folder_new();
	if (folder == NULL || snprintf(file, sizeof(file), "%s/store.db", folder) < 0 ||
	    nm_store_open(file, false, &store, &err) != NM_OK)
		return -1;
	nm_store_close(store);
	return sqlite3_open(file, &db) == SQLITE_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	sqlite3_close(db);
	random_folder_free(folder);
	return 0;
}

/* The steps of a statement's plan that hold these words, one a line. */
static void plan_of(int which, const char *words, struct nm_buf *out)
{
	sqlite3_stmt *statement;
	struct nm_buf sql;

	nm_buf_init(&sql, 1 << 16);
	nm_buf_addf(&sql, "EXPLAIN QUERY PLAN %s", nm_store_sql[which]);
	assert_false(sql.failed);
	if (sqlite3_prepare_v2(db, sql.data, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sqlite3_errmsg(db), nm_store_sql[which]);
	while (sqlite3_step(statement) == SQLITE_ROW) {
		const char *step = (const char *)sqlite3_column_text(statement, 3);

		if (strstr(step, words) != NULL)
			nm_buf_addf(out, "%s\n", step);
	}
	sqlite3_finalize(statement);
	nm_buf_clear(&sql);
}

/* --- what is walked --- */

static bool is_growing(const char *table, size_t len)
{
	static const char *const growing[] = { "call", "deed",	  "event", "followup", "inbound",     "leg",	   "outbox",
					       "push", "version", "file",  "forgotten", "version_file", "optout" };

	for (size_t i = 0; i < sizeof(growing) / sizeof(growing[0]); i++)
		if (strlen(growing[i]) == len && strncmp(growing[i], table, len) == 0)
			return true;
	return false;
}

/* The names of the growing tables that a statement walks, or of the indexes by which it does. */
static void walks_of(int which, struct nm_buf *out)
{
	struct nm_buf steps;

	nm_buf_init(&steps, 1 << 16);
	plan_of(which, "SCAN ", &steps);
	for (char *at = steps.data; at != NULL && *at != '\0';) {
		char *end = strchr(at, '\n'), *index;

		*end = '\0';
		if (is_growing(at + 5, strcspn(at + 5, " "))) {
			index = strstr(at, "INDEX ");
			nm_buf_addf(out, "%s%s", out->len > 0 ? " " : "", index != NULL ? index + 6 : at + 5);
		}
		at = end + 1;
	}
	assert_false(steps.failed || out->failed);
	nm_buf_clear(&steps);
}

static const struct {
	enum nm_store_statement which;
	const char *walks;
} known[] = {
	/* The newest so many, and no more. */
	{ NM_SQL_VERSION_NEWEST, "version" },
	{ NM_SQL_VERSIONS, "version" },
	{ NM_SQL_PUSHES, "push" },
	{ NM_SQL_OUTBOX, "outbox" },
	{ NM_SQL_INBOUND, "inbound_at" },
	{ NM_SQL_EVENTS, "event" },
	/* By an index of what is open alone. */
	{ NM_SQL_PUSHES_UNFINISHED, "push_unfinished" },
	{ NM_SQL_OUTBOX_OPEN, "outbox_open" },
	{ NM_SQL_EVENT_COUNTS, "event_first event_aside" },
	{ NM_SQL_EVENTS_REFUSED, "event_aside" },
	{ NM_SQL_EVENTS_DUE, "event_first" },
	{ NM_SQL_EVENTS_OPEN, "event_first event_aside" },
	/* When somebody asks for it, and not over and over. */
	{ NM_SQL_PUSHED_LINES, "push_number" },
	{ NM_SQL_PUSH_CALLED, "push" },
	{ NM_SQL_SURVEY_ANSWERS, "deed_answer" },
	{ NM_SQL_TRACES_VERSIONS, "version" },
	{ NM_SQL_FORGET_RUNG, "leg" },
	/* When an older store is brought up to date. */
	{ NM_SQL_OUTBOX_REFUSED, "outbox_recipient" },
	/* When damaged sums are made anew. */
	{ NM_SQL_SUMS_FOLLOWUPS, "followup_opened" },
	/* One row, where the log ends. */
	{ NM_SQL_CALL_LAST, "call_began" },
};

static const char *known_walks(int which)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if ((int)known[i].which == which)
			return known[i].walks;
	return "";
}

static void test_no_other_table_is_walked(void **state)
{
	(void)state;
	for (int i = 0; i < NM_SQL_COUNT; i++) {
		struct nm_buf walks;

		nm_buf_init(&walks, 1 << 16);
		walks_of(i, &walks);
		if (strcmp(walks.len > 0 ? walks.data : "", known_walks(i)) != 0)
			fail_msg("walks %s: %s", walks.len > 0 ? walks.data : "nothing any more", nm_store_sql[i]);
		nm_buf_clear(&walks);
	}
}

static size_t steps_of(int which, const char *words)
{
	struct nm_buf steps;
	size_t n = 0;

	nm_buf_init(&steps, 1 << 16);
	plan_of(which, words, &steps);
	for (const char *at = steps.data; at != NULL && (at = strchr(at, '\n')) != NULL; at++)
		n++;
	nm_buf_clear(&steps);
	return n;
}

/* Before each text to a customer: what was sent to others is looked at no further than a day back. */
static void test_texts_are_found_by_whom_they_went_to(void **state)
{
	static const struct {
		enum nm_store_statement which;
		const char *index;
	} cases[] = { { NM_SQL_TEXT_PAST, "outbox_recipient" },
		      { NM_SQL_TEXTS_RECENT, "outbox_at" },
		      { NM_SQL_OUTBOX_NUMBERED, "outbox_at" },
		      { NM_SQL_OUTBOX_WHY, "outbox_why" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const size_t n = steps_of((int)cases[i].which, " outbox ");

		assert_true(n > 0);
		if (steps_of((int)cases[i].which, cases[i].index) != n)
			fail_msg("not by %s alone: %s", cases[i].index, nm_store_sql[cases[i].which]);
	}
}

/* --- what is made for each call --- */

/* A table or a sorter of its own, made anew each time, would cost a call more than its row does. */
static void test_a_calls_statements_make_no_tables(void **state)
{
	static const enum nm_store_statement each[] = {
		NM_SQL_CALL_FIND,      NM_SQL_CALL_ADD,      NM_SQL_LEG_ADD,	     NM_SQL_CALLER_BEFORE,
		NM_SQL_CALLER_AFTER,   NM_SQL_SUMS_GET,      NM_SQL_SUMS_ADD,	     NM_SQL_MATTER_ANY,
		NM_SQL_MATTER_FROM,    NM_SQL_MATTER_UNTIL,  NM_SQL_MATTER_ANSWERED, NM_SQL_MATTER_FOLLOWUPS,
		NM_SQL_MATTER_ENDS,    NM_SQL_MATTER_CALLS,  NM_SQL_FOLLOWUP_OPEN,   NM_SQL_FOLLOWUP_CALLS,
		NM_SQL_FOLLOWUP_FOLD,  NM_SQL_DEED_ADD,	     NM_SQL_CALL_SAME,	     NM_SQL_CALL_APART,
		NM_SQL_SUMS_MEND,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		char *sql = sqlite3_mprintf("EXPLAIN %s", nm_store_sql[each[i]]);
		sqlite3_stmt *statement;

		assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
		while (sqlite3_step(statement) == SQLITE_ROW) {
			const char *does = (const char *)sqlite3_column_text(statement, 1);

			if (strcmp(does, "OpenEphemeral") == 0 || strcmp(does, "SorterOpen") == 0)
				fail_msg("%s: %s", does, nm_store_sql[each[i]]);
		}
		sqlite3_finalize(statement);
		sqlite3_free(sql);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_other_table_is_walked, setup, teardown),
		cmocka_unit_test_setup_teardown(test_texts_are_found_by_whom_they_went_to, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_calls_statements_make_no_tables, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
