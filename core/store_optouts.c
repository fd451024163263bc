/* SPDX-License-Identifier: MIT */
/*
 * What the store keeps of numbers that want no texts: HMAC-SHA-256 of each, under a key that is made at random when the
 * first one is kept.  Whoever has the store has the key too: against them it only costs the trying of all numbers.
 */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "core/sha256.h"
#include "core/store_private.h"
#include "nevermiss/optout.h"

#define KEY_BYTES 32

/* *found is false when none was made yet. */
static enum nm_code read_key(struct nm_store *store, unsigned char key[static KEY_BYTES], bool *found,
			     struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_OPTOUT_KEY_GET, err);
	enum nm_code code = NM_OK;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	result = sqlite3_step(statement);
	*found = result == SQLITE_ROW && sqlite3_column_bytes(statement, 0) == KEY_BYTES;
	if (*found)
		memcpy(key, sqlite3_column_blob(statement, 0), KEY_BYTES);
	else if (result != SQLITE_DONE)
		code = result == SQLITE_ROW ? nm_fail(err, NM_SYSTEM, "%s is damaged: the key of its opt-outs is none",
						      store->file)
					    : nm_store_fail(store, "reading its opt-outs", err);
	sqlite3_reset(statement);
	return code;
}

static enum nm_code make_key(struct nm_store *store, unsigned char key[static KEY_BYTES], struct nm_error *err)
{
	sqlite3_stmt *statement;

	if (getrandom(key, KEY_BYTES, 0) != KEY_BYTES)
		return nm_fail(err, NM_SYSTEM, "no random numbers for the key of opt-outs: %s", strerror(errno));
	statement = nm_store_statement(store, NM_SQL_OPTOUT_KEY_PUT, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_blob(statement, 1, key, KEY_BYTES, SQLITE_STATIC);
	return nm_store_run(store, statement, err);
}

static void hash_of(const unsigned char key[static KEY_BYTES], nm_number number,
		    unsigned char out[static NM_SHA256_BYTES])
{
	char text[NM_NUMBER_TEXT];

	nm_number_write(number, text);
	nm_hmac_sha256(key, KEY_BYTES, text, strlen(text), out);
}

/* Within a transaction. */
static enum nm_code put(struct nm_store *store, nm_number number, nm_time at, enum nm_optout_how how,
			struct nm_error *err)
{
	unsigned char key[KEY_BYTES], hash[NM_SHA256_BYTES];
	sqlite3_stmt *statement;
	bool found;
	enum nm_code code = read_key(store, key, &found, err);

	if (code == NM_OK && !found)
		code = make_key(store, key, err);
	if (code == NM_OK)
		hash_of(key, number, hash);
	explicit_bzero(key, sizeof(key));
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
	unsigned char key[KEY_BYTES], hash[NM_SHA256_BYTES];
	sqlite3_stmt *statement;
	enum nm_code code = read_key(store, key, found, err);
	int result;

	if (code != NM_OK || !*found)
		return code;
	hash_of(key, number, hash);
	explicit_bzero(key, sizeof(key));
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
