/* SPDX-License-Identifier: MIT */
/* Numbers that want no texts, by their hashes alone (store_hash.c). */
#include "core/store_private.h"
#include "nevermiss/optout.h"

/* Within a transaction. */
static enum nm_code put(struct nm_store *store, nm_number number, nm_time at, enum nm_optout_how how,
			struct nm_error *err)
{
	unsigned char hash[NM_HMAC_BYTES];
	sqlite3_stmt *statement;
	bool known;
	enum nm_code code = nm_store_number_hash(store, number, true, hash, &known, err);

	if (code != NM_OK)
		return code;
	statement = nm_store_statement(store, NM_SQL_OPTOUT_ADD, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_blob(statement, 1, hash, sizeof(hash), SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, at);
	sqlite3_bind_int(statement, 3, (int)how);
	return nm_store_run(store, statement, err);
}

enum nm_code nm_store_optout_add(struct nm_store *store, nm_number number, nm_time at, enum nm_optout_how how,
				 struct nm_error *err)
{
	enum nm_code code = nm_store_begin(store, err);

	if (code != NM_OK)
		return code;
	code = put(store, number, at, how, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	return code;
}

enum nm_code nm_store_optout_find(struct nm_store *store, nm_number number, bool *found, enum nm_optout_how *how,
				  struct nm_error *err)
{
	unsigned char hash[NM_HMAC_BYTES];
	sqlite3_stmt *statement;
	enum nm_code code = nm_store_number_hash(store, number, false, hash, found, err);
	int result;

	if (code != NM_OK || !*found)
		return code;
	statement = nm_store_statement(store, NM_SQL_OPTOUT_FIND, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_blob(statement, 1, hash, sizeof(hash), SQLITE_STATIC);
	result = sqlite3_step(statement);
	*found = result == SQLITE_ROW;
	if (*found)
		*how = (enum nm_optout_how)nm_store_within(statement, 0, NM_OPTOUT_TOLD);
	sqlite3_reset(statement);
	return *found || result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its opt-outs", err);
}

enum nm_code nm_store_optouts_take_refused(struct nm_store *store, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_OUTBOX_REFUSED, err);
	enum nm_code code = NM_OK;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int(statement, 1, NM_OUTBOX_REFUSED);
	while (code == NM_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(statement, 0);
		nm_number number;

		if (text != NULL && nm_number_read(text, "", &number, NULL) == NM_OK)
			code = put(store, number, sqlite3_column_int64(statement, 1), NM_OPTOUT_CARRIER, err);
	}
	sqlite3_reset(statement);
	return code != NM_OK || result == SQLITE_DONE ? code : nm_store_fail(store, "reading its texts", err);
}
