/* SPDX-License-Identifier: MIT */
/*
 * Numbers that the store knows again without having their digits: HMAC-SHA-256 of each, under a key that is made at random
 * with the first.  Whoever has the store has the key too: against them it only costs the trying of all numbers.
 */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "core/store_private.h"
#include "nevermiss/number.h"

#define KEY_BYTES 32

/* *found is false when none was made yet. */
static enum nm_code read_key(struct nm_store *store, unsigned char key[static KEY_BYTES], bool *found,
			     struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_NUMBER_KEY_GET, err);
	enum nm_code code = NM_OK;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	result = sqlite3_step(statement);
	*found = result == SQLITE_ROW && sqlite3_column_bytes(statement, 0) == KEY_BYTES;
	if (*found)
		memcpy(key, sqlite3_column_blob(statement, 0), KEY_BYTES);
	else if (result != SQLITE_DONE)
		code = result == SQLITE_ROW ? nm_fail(err, NM_SYSTEM, "%s is damaged: the key of its hashes is none",
						      store->file)
					    : nm_store_fail(store, "reading the key of its hashes", err);
	sqlite3_reset(statement);
	return code;
}

static enum nm_code make_key(struct nm_store *store, unsigned char key[static KEY_BYTES], struct nm_error *err)
{
	sqlite3_stmt *statement;

	if (getrandom(key, KEY_BYTES, 0) != KEY_BYTES)
		return nm_fail(err, NM_SYSTEM, "no random numbers for the key of hashes: %s", strerror(errno));
	statement = nm_store_statement(store, NM_SQL_NUMBER_KEY_PUT, err);
	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_blob(statement, 1, key, KEY_BYTES, SQLITE_STATIC);
	return nm_store_run(store, statement, err);
}

enum nm_code nm_store_number_hash(struct nm_store *store, uint64_t number, bool make,
				  unsigned char out[static NM_HMAC_BYTES], bool *known, struct nm_error *err)
{
	unsigned char key[KEY_BYTES];
	char text[NM_NUMBER_TEXT];
	enum nm_code code = read_key(store, key, known, err);

	if (code == NM_OK && !*known && make) {
		code = make_key(store, key, err);
		*known = code == NM_OK;
	}
	if (code == NM_OK && *known) {
		nm_number_write(number, text);
		nm_hmac_sha256(key, KEY_BYTES, text, strlen(text), out);
	}
	explicit_bzero(key, sizeof(key));
	return code;
}
