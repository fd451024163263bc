/* SPDX-License-Identifier: MIT */
/*
 * Sums that are damaged, made anew: all that is in them follows from the calls and follow-ups beside them.  In: these rows.
 * Out: what writing them one by one has gathered.  A transaction that writes does it by itself (store_gather.c); who reads
 * asks for it between two transactions.
 */
#include "core/store_private.h"
#include "core/sums.h"

enum nm_code nm_store_sums_damaged(struct nm_store *store, struct nm_error *err)
{
	store->damaged = true;
	return nm_fail(err, NM_SYSTEM,
		       "%s is damaged: some of the sums of its calls cannot be read; `nevermiss report` without --read-only makes "
		       "them anew from the calls",
		       store->file);
}

static enum nm_code count_followup(struct nm_store *store, sqlite3_stmt *statement, struct nm_error *err)
{
	const struct nm_followup_sum stands =
		nm_followup_stands(sqlite3_column_int64(statement, 1), sqlite3_column_int(statement, 2),
				   sqlite3_column_int64(statement, 3));
	const struct nm_cell cell = {
		.kind = NM_CELL_FOLLOWUPS, .by = "", .mark = nm_followup_mark(&stands), .values = { 1 }
	};

	return nm_store_sums_gather(store, stands.opened, (nm_number)sqlite3_column_int64(statement, 0), &cell, err);
}

static enum nm_code count_all(struct nm_store *store, enum nm_store_statement which,
			      enum nm_code (*count)(struct nm_store *store, sqlite3_stmt *statement, struct nm_error *err),
			      struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);
	enum nm_code code = NM_OK;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	while (code == NM_OK && (result = sqlite3_step(statement)) == SQLITE_ROW)
		code = count(store, statement, err);
	sqlite3_reset(statement);
	return code != NM_OK || result == SQLITE_DONE ? code : nm_store_fail(store, "counting its calls", err);
}

enum nm_code nm_store_sums_anew(struct nm_store *store, struct nm_error *err)
{
	sqlite3_stmt *clear = nm_store_statement(store, NM_SQL_SUMS_CLEAR, err);
	enum nm_code code = clear != NULL ? nm_store_run(store, clear, err) : NM_SYSTEM;

	if (code != NM_OK)
		return code;
	nm_store_sums_abandon(store);
	code = count_all(store, NM_SQL_SUMS_CALLS, nm_store_sums_count, err);
	if (code == NM_OK)
		code = count_all(store, NM_SQL_SUMS_FOLLOWUPS, count_followup, err);
	if (code == NM_OK)
		code = nm_store_sums_write(store, err);
	store->gathered.anew = code == NM_OK;
	return code;
}

enum nm_code nm_store_sums_mend(struct nm_store *store, bool *mended, struct nm_error *err)
{
	enum nm_code code;

	*mended = false;
	if (!store->damaged || store->read_only || store->depth > 0)
		return NM_OK;
	code = nm_store_begin(store, err);
	if (code != NM_OK)
		return code;
	code = nm_store_sums_anew(store, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	*mended = code == NM_OK;
	return code;
}

bool nm_store_mended(struct nm_store *store)
{
	const bool mended = store->mended;

	store->mended = false;
	return mended;
}
