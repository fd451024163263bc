/* SPDX-License-Identifier: MIT */
/*
 * The sums of older stores: from before they were packed a row for each cell, in a table for each kind of them, and none of
 * follow-ups and callers; later none, which are made anew of the calls.
 */
#include "core/store_private.h"
#include "core/sums.h"

/* When, number, the cell's name and mark (of follow-ups: outcome and first try), its values. */
static const struct table {
	enum nm_cell_kind kind;
	const char *sql;
} tables[] = {
	{ NM_CELL_CALLS, "SELECT hour * 3600, number, by, fate, calls, timed, waited, talked FROM call_sum" },
	{ NM_CELL_WAITS, "SELECT hour * 3600, number, '', seconds, calls, 0, 0, 0 FROM wait_sum" },
	{ NM_CELL_MATTERS, "SELECT hour * 3600, number, '', 0, matters, single, perhaps, 0 FROM matter_sum" },
	{ NM_CELL_FOLLOWUPS, "SELECT opened, (SELECT number FROM call WHERE id = followup.call), '', outcome, 1, 0, 0, 0,"
			     " first_try FROM followup" },
	{ NM_CELL_CALLERS, "SELECT began, number, '', caller, 1, outcome IN (1, 3, 4, 5) AND cut = 0"
			   " AND NOT (outcome = 4 AND seconds BETWEEN 0 AND 14), 0, 0 FROM call"
			   " WHERE outcome IN (0, 1, 3, 4, 5) AND caller > 0" },
};

static enum nm_code take_row(struct nm_store *store, enum nm_cell_kind kind, sqlite3_stmt *statement,
			     struct nm_error *err)
{
	const char *by = (const char *)sqlite3_column_text(statement, 2);
	const nm_time at = sqlite3_column_int64(statement, 0);
	struct nm_cell cell = { .kind = kind, .by = by, .mark = sqlite3_column_int64(statement, 3) };

	if (by == NULL)
		return nm_fail_memory(err);
	if (kind == NM_CELL_FOLLOWUPS) {
		const struct nm_followup_sum stands =
			nm_followup_stands(at, (int)cell.mark, sqlite3_column_int64(statement, 8));

		cell.mark = nm_followup_mark(&stands);
	}
	for (int i = 0; i < NM_CELL_VALUES; i++)
		cell.values[i] = sqlite3_column_int64(statement, 4 + i);
	return nm_store_sums_gather(store, at, (uint64_t)sqlite3_column_int64(statement, 1), &cell, err);
}

static enum nm_code pack_table(struct nm_store *store, const struct table *table, struct nm_error *err)
{
	sqlite3_stmt *statement = NULL;
	enum nm_code code = NM_OK;
	int result = SQLITE_DONE;

	if (sqlite3_prepare_v2(store->db, table->sql, -1, &statement, NULL) != SQLITE_OK)
		return nm_store_fail(store, "reading its sums", err);
	while (code == NM_OK && (result = sqlite3_step(statement)) == SQLITE_ROW)
		code = take_row(store, table->kind, statement, err);
	sqlite3_finalize(statement);
	return code != NM_OK || result == SQLITE_DONE ? code : nm_store_fail(store, "reading its sums", err);
}

/* Is there anything of before, and anything packed? */
static enum nm_code find_sums(struct nm_store *store, bool *tables_found, bool *packed, struct nm_error *err)
{
	static const char sql[] = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'call_sum'),"
				  " EXISTS (SELECT 1 FROM packed_sums)";
	sqlite3_stmt *statement = NULL;
	enum nm_code code = NM_OK;

	if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW) {
		*tables_found = sqlite3_column_int(statement, 0) != 0;
		*packed = sqlite3_column_int(statement, 1) != 0;
	} else {
		code = nm_store_fail(store, "reading its tables", err);
	}
	sqlite3_finalize(statement);
	return code;
}

/* What is told of sums that were mended is not told of these. */
static enum nm_code count_anew(struct nm_store *store, struct nm_error *err)
{
	enum nm_code code = nm_store_sums_anew(store, err);

	nm_store_sums_abandon(store);
	return code;
}

enum nm_code nm_store_sums_pack(struct nm_store *store, struct nm_error *err)
{
	bool found = false, packed = false;
	enum nm_code code = find_sums(store, &found, &packed, err);

	if (code != NM_OK || packed)
		return code;
	if (!found)
		return count_anew(store, err);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && code == NM_OK; i++)
		code = pack_table(store, &tables[i], err);
	if (code == NM_OK)
		code = nm_store_sums_write(store, err);
	return code == NM_OK ? nm_store_execute(store, "DROP TABLE call_sum; DROP TABLE wait_sum; DROP TABLE matter_sum",
						"packing its sums", err)
			     : code;
}
