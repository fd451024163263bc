/* SPDX-License-Identifier: MIT */
/*
 * The store's tables: the steps by which they came to be, and bringing an older store up to date.
 *
 * A schema of an older program is brought up to date in one transaction; one of a newer program is refused.
 */
#include "core/store_private.h"

/* Of the step that makes the sums: frozen with it. */
#define FATE_THEN                                                                                             \
	"CASE WHEN outcome = 2 THEN 7 WHEN outcome NOT IN (0, 1, 3, 4, 5)"                                    \
	" THEN CASE reason WHEN 2 THEN 9 WHEN 9 THEN 10 ELSE 8 END"                                           \
	" WHEN cut <> 0 THEN 1 WHEN outcome = 0 THEN iif(probably <> 0, 1, 0) WHEN outcome = 1 THEN 2"        \
	" WHEN outcome = 3 THEN 3 WHEN outcome = 5 THEN 4 WHEN seconds BETWEEN 0 AND 14 THEN 6 ELSE 5 END"
#define MATTERS_THEN(whose)                                                                                   \
	"sum(first), sum(first AND last AND fate = 0), sum(first AND last AND fate <= 1) FROM"                \
	" (SELECT hour, number, fate, coalesce(began - lag(began) OVER w > 604800, 1) AS first,"              \
	" coalesce(lead(began) OVER w - began > 604800, 1) AS last FROM counted WHERE caller > 0 AND fate < 7" \
	" WINDOW w AS (PARTITION BY " whose " ORDER BY began, id)) WHERE first GROUP BY 1, 2"

/* Step i brings schema i to i + 1.  Never change a step that was released: add one. */
const char *const nm_store_steps[] = {
	"CREATE TABLE version(id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL,"
	" why TEXT NOT NULL, text TEXT NOT NULL) STRICT;"
	"CREATE TABLE push(id INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER REFERENCES version(id),"
	" at INTEGER NOT NULL, ended INTEGER NOT NULL DEFAULT 0, line TEXT NOT NULL, driver TEXT NOT NULL,"
	" who TEXT NOT NULL, forced TEXT, state INTEGER NOT NULL, result TEXT, wanted TEXT NOT NULL,"
	" before TEXT, ids TEXT, horizon INTEGER NOT NULL) STRICT;"
	"CREATE INDEX push_line ON push(line, id);"
	"CREATE INDEX push_unfinished ON push(id) WHERE state < 3;"
	"CREATE TABLE reading(line TEXT PRIMARY KEY, at INTEGER NOT NULL, known INTEGER NOT NULL,"
	" in_sync INTEGER NOT NULL, plan INTEGER NOT NULL, words TEXT, live TEXT) STRICT, WITHOUT ROWID;"
	"CREATE TABLE sandbox(line TEXT PRIMARY KEY, text TEXT, fault TEXT NOT NULL DEFAULT '') STRICT,"
	" WITHOUT ROWID;",
	"CREATE TABLE tests_played(at INTEGER NOT NULL, after_hours INTEGER NOT NULL) STRICT;"
	"CREATE INDEX tests_played_at ON tests_played(after_hours, at);",
	"CREATE TABLE file(id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;"
	"CREATE INDEX file_hash ON file(hash);"
	"CREATE TABLE version_file(version INTEGER NOT NULL REFERENCES version(id), name TEXT NOT NULL,"
	" file INTEGER NOT NULL REFERENCES file(id), PRIMARY KEY(version, name)) STRICT, WITHOUT ROWID;",
	/* Times are instants, 0 for one that is not known; seconds -1 likewise; a caller 0 was not told, -1 withheld.
	 * A call is of a number: the line's name is the one that it had then. */
	"CREATE TABLE call(id INTEGER PRIMARY KEY AUTOINCREMENT, number INTEGER NOT NULL, line TEXT NOT NULL,"
	" driver TEXT NOT NULL, carrier_id TEXT NOT NULL, caller INTEGER NOT NULL, forwarded_from INTEGER NOT NULL,"
	" began INTEGER NOT NULL, ended INTEGER NOT NULL, outcome INTEGER NOT NULL, reason INTEGER NOT NULL,"
	" probably INTEGER NOT NULL, answered_by TEXT, seconds INTEGER NOT NULL,"
	" cut INTEGER NOT NULL, version INTEGER REFERENCES version(id)) STRICT;"
	"CREATE UNIQUE INDEX call_carrier ON call(number, driver, carrier_id);"
	"CREATE INDEX call_began ON call(began);"
	"CREATE INDEX call_number ON call(number, began);"
	/* All that began in [since, until) was read. */
	"CREATE TABLE calls_read(number INTEGER NOT NULL, driver TEXT NOT NULL, since INTEGER NOT NULL,"
	" until INTEGER NOT NULL, PRIMARY KEY(number, driver)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE leg(call INTEGER NOT NULL REFERENCES call(id), n INTEGER NOT NULL, carrier_id TEXT,"
	" number TEXT, who TEXT, ended_as INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL,"
	" rang INTEGER NOT NULL, PRIMARY KEY(call, n)) STRICT, WITHOUT ROWID;",
	"CREATE TABLE outbox(id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, line TEXT NOT NULL,"
	" account TEXT NOT NULL, driver TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL,"
	" body TEXT NOT NULL, why TEXT NOT NULL, state INTEGER NOT NULL, carrier_id TEXT, words TEXT,"
	" updated INTEGER NOT NULL) STRICT;"
	"CREATE INDEX outbox_open ON outbox(id) WHERE state < 2;"
	"CREATE INDEX outbox_recipient ON outbox(recipient, id);"
	"CREATE TABLE sandbox_text(id INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL,"
	" recipient TEXT NOT NULL, body TEXT NOT NULL) STRICT;"
	"CREATE INDEX sandbox_text_line ON sandbox_text(line, id);",
	/* ours: a number of the plan's called.  came: when a lead did, 0: calls opened it.  From outcome to touched a row
	 * is what its deeds say.  touched: people have done something with it; what they saw of it was from anchor (of
	 * an untouched one: opened) to seen_until, where an end or a reopening is seen too.  An index's WHERE compares
	 * no column as a query compares it with a value, or SQLite plans that query anew for each value. */
	"ALTER TABLE call ADD COLUMN ours INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX call_missed ON call(caller, began)"
	" WHERE outcome IN (1, 3, 4, 5) AND ours = 0 AND caller > 0;"
	"CREATE INDEX call_answered ON call(caller, began)"
	" WHERE outcome = 0 AND probably = 0 AND ours = 0 AND caller > 0;"
	"CREATE INDEX call_caller ON call(caller, began) WHERE caller > 0;"
	"CREATE TABLE followup(id INTEGER PRIMARY KEY AUTOINCREMENT, channel INTEGER NOT NULL,"
	" number INTEGER NOT NULL, name TEXT, words TEXT, line TEXT, came INTEGER NOT NULL,"
	" call INTEGER REFERENCES call(id), opened INTEGER NOT NULL, newest INTEGER NOT NULL,"
	" calls INTEGER NOT NULL, outcome INTEGER NOT NULL DEFAULT 0, ended INTEGER NOT NULL DEFAULT 0,"
	" tries INTEGER NOT NULL DEFAULT 0, first_try INTEGER NOT NULL DEFAULT 0,"
	" last_try INTEGER NOT NULL DEFAULT 0, texted INTEGER NOT NULL DEFAULT 0,"
	" touched INTEGER NOT NULL DEFAULT 0, anchor INTEGER NOT NULL,"
	" seen_until INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE INDEX followup_opened ON followup(opened);"
	"CREATE INDEX followup_open ON followup(opened) WHERE outcome = 0;"
	"CREATE INDEX followup_number ON followup(number, anchor) WHERE number > 0;"
	"CREATE INDEX followup_seen ON followup(number, anchor) WHERE number > 0 AND touched = 1;"
	"CREATE INDEX followup_bound ON followup(number, seen_until)"
	" WHERE number > 0 AND outcome IN (1, 2, 3, 4);"
	"CREATE INDEX followup_came ON followup(number, came) WHERE number > 0 AND came <> 0;"
	"CREATE INDEX followup_ended ON followup(number, ended) WHERE number > 0 AND outcome IN (0, 5);"
	"CREATE TABLE deed(id INTEGER PRIMARY KEY AUTOINCREMENT, followup INTEGER NOT NULL REFERENCES followup(id),"
	" at INTEGER NOT NULL, who TEXT NOT NULL, kind INTEGER NOT NULL, outcome INTEGER NOT NULL, words TEXT,"
	" undone INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE INDEX deed_followup ON deed(followup, id);",
	/* fetched: when the copy was last said to be the newest; NULL without one.  tried, trouble: of the last try. */
	"CREATE TABLE calendar(source TEXT PRIMARY KEY, name TEXT NOT NULL, tried INTEGER NOT NULL,"
	" fetched INTEGER, etag TEXT, modified TEXT, trouble TEXT, hash INTEGER, bytes BLOB) STRICT;",
	/* What a CRM is told; since: calls that began before are not told of. */
	"CREATE TABLE event(id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, at INTEGER NOT NULL,"
	" updated INTEGER NOT NULL, kind INTEGER NOT NULL, subject INTEGER NOT NULL, mark INTEGER NOT NULL,"
	" caller INTEGER NOT NULL, body TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0,"
	" tries INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL, words TEXT) STRICT;"
	"CREATE UNIQUE INDEX event_once ON event(kind, subject, mark);"
	"CREATE INDEX event_first ON event(id) WHERE state = 0;"
	"CREATE INDEX event_waiting ON event(caller, id) WHERE state = 0;"
	"CREATE INDEX event_over ON event(updated) WHERE state <> 0;"
	"CREATE INDEX event_aside ON event(id) WHERE state = 2;"
	"CREATE INDEX event_caller ON event(caller);"
	"CREATE TABLE reporting(id INTEGER PRIMARY KEY CHECK (id = 1), since INTEGER NOT NULL) STRICT;"
	/* Numbers that were to be forgotten, by their keyed hashes: calls before `until` are not kept again. */
	"CREATE TABLE number_key(id INTEGER PRIMARY KEY CHECK (id = 1), bytes BLOB NOT NULL) STRICT;"
	"CREATE TABLE forgotten(hash BLOB PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE INDEX followup_call ON followup(call);",
	/* A number that wants no texts is known by its hash alone.  inbound: texts that came to a number of the plan's. */
	"CREATE TABLE optout(hash BLOB PRIMARY KEY, at INTEGER NOT NULL, how INTEGER NOT NULL) STRICT,"
	" WITHOUT ROWID;"
	"CREATE TABLE inbound(id INTEGER PRIMARY KEY AUTOINCREMENT, number INTEGER NOT NULL, line TEXT NOT NULL,"
	" driver TEXT NOT NULL, carrier_id TEXT NOT NULL, sender TEXT NOT NULL, body TEXT NOT NULL,"
	" at INTEGER NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX inbound_carrier ON inbound(number, driver, carrier_id);"
	"CREATE INDEX inbound_sender ON inbound(sender, at);"
	"CREATE INDEX inbound_at ON inbound(at);"
	/* All that came before `until` was read. */
	"CREATE TABLE inbound_read(number INTEGER NOT NULL, driver TEXT NOT NULL, until INTEGER NOT NULL,"
	" PRIMARY KEY(number, driver)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE sandbox_inbound(id INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL, sender TEXT NOT NULL,"
	" body TEXT NOT NULL, at INTEGER NOT NULL) STRICT;"
	"CREATE INDEX sandbox_inbound_line ON sandbox_inbound(line, id);"
	"CREATE INDEX outbox_at ON outbox(at);"
	"CREATE INDEX outbox_over ON outbox(updated) WHERE state > 1;",
	/* One row: the agent that runs, or ran last.  round, next: when it last looked, when it will again. */
	"CREATE TABLE agent(id INTEGER PRIMARY KEY CHECK(id = 1), pid INTEGER NOT NULL, host TEXT NOT NULL,"
	" started INTEGER NOT NULL, round INTEGER NOT NULL, next INTEGER NOT NULL, stopped INTEGER) STRICT;"
	"CREATE TABLE agent_trouble(work INTEGER NOT NULL, what TEXT NOT NULL, since INTEGER NOT NULL,"
	" words TEXT NOT NULL, PRIMARY KEY(work, what)) STRICT;"
	/* One of all reasons would be walked for each text to a customer, of which there are many with one reason. */
	"CREATE INDEX outbox_why ON outbox(why, id) WHERE why NOT IN ('text-back', 'follow-up', 'survey');",
	/* What calls come to by the hour of UTC in which they began (sums.h).  by: '' for NULL.  number 0 of matter_sum:
	 * of all lines together.  Fates, and what is a matter, as fate.c and report.h had them then. */
	"CREATE TABLE call_sum(hour INTEGER NOT NULL, number INTEGER NOT NULL, fate INTEGER NOT NULL,"
	" by TEXT NOT NULL, calls INTEGER NOT NULL, timed INTEGER NOT NULL, waited INTEGER NOT NULL,"
	" talked INTEGER NOT NULL, PRIMARY KEY(hour, number, fate, by)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE wait_sum(hour INTEGER NOT NULL, number INTEGER NOT NULL, seconds INTEGER NOT NULL,"
	" calls INTEGER NOT NULL, PRIMARY KEY(hour, number, seconds)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE matter_sum(hour INTEGER NOT NULL, number INTEGER NOT NULL, matters INTEGER NOT NULL,"
	" single INTEGER NOT NULL, perhaps INTEGER NOT NULL, PRIMARY KEY(hour, number)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX call_missed_at ON call(began, number, caller, outcome, seconds, cut)"
	" WHERE outcome IN (1, 3, 4, 5) AND caller > 0;"
	"CREATE TEMP VIEW counted AS SELECT id, number, caller, began, began / 3600 AS hour, coalesce(answered_by, '') AS by,"
	" iif(seconds BETWEEN 0 AND 86399, seconds, -1) AS s, ended - began AS lasted,"
	" " FATE_THEN " AS fate FROM main.call;"
	"INSERT INTO call_sum SELECT hour, number, fate, by, count(*), sum(s >= 0), sum(max(s, 0)),"
	" sum(iif(lasted > 0 AND lasted <= 86400 AND lasted >= max(s, 0), lasted - max(s, 0), 0))"
	" FROM counted GROUP BY 1, 2, 3, 4;"
	"INSERT INTO wait_sum SELECT hour, number, s, count(*) FROM counted WHERE fate = 0 AND s >= 0 GROUP BY 1, 2, 3;"
	"INSERT INTO matter_sum SELECT hour, 0, " MATTERS_THEN("caller") ";"
	"INSERT INTO matter_sum SELECT hour, number, " MATTERS_THEN("number, caller") ";"
	"DROP VIEW counted;",
	/* Names of destinations and lines, and what each is called now (names.h). */
	"CREATE TABLE former(name TEXT PRIMARY KEY, now TEXT NOT NULL) STRICT, WITHOUT ROWID;",
	/* Whom to ask whether that was so on the first call, and who has answered. */
	"CREATE INDEX followup_done ON followup(ended) WHERE outcome IN (1, 2);"
	"CREATE INDEX deed_answer ON deed(followup) WHERE kind IN (6, 7);",
	/* The sums of a day of UTC (weeks 0) and a line in one row (packed_sums.h), and those of callers in one of a week and one
	 * of four weeks. */
	"CREATE TABLE packed_sums(weeks INTEGER NOT NULL, nth INTEGER NOT NULL, number INTEGER NOT NULL,"
	" packed BLOB NOT NULL, PRIMARY KEY(weeks, nth, number)) STRICT, WITHOUT ROWID;"
	/* As before, but for what lists of values cost whenever a row is written; call_missed_at only has those who were
	 * missed for sure. */
	"DROP INDEX call_missed; DROP INDEX call_missed_at; DROP INDEX followup_bound;"
	"CREATE INDEX call_missed ON call(caller, began)"
	" WHERE outcome > 0 AND outcome <> 2 AND outcome < 6 AND ours = 0 AND caller > 0;"
	"CREATE INDEX call_missed_at ON call(began, number, caller) WHERE outcome > 0 AND outcome <> 2 AND outcome < 6"
	" AND cut = 0 AND NOT (outcome = 4 AND seconds BETWEEN 0 AND 14) AND caller > 0;"
	"CREATE INDEX followup_bound ON followup(number, seen_until)"
	" WHERE number > 0 AND outcome > 0 AND outcome < 5;",
	/* When so many texts were there to be read that some may be missing, the last time. */
	"CREATE TABLE inbound_flood(number INTEGER NOT NULL, driver TEXT NOT NULL, at INTEGER NOT NULL,"
	" PRIMARY KEY(number, driver)) STRICT, WITHOUT ROWID;",
	/* Whom an emergency call alerts (alerts.h), in the order of their turns.  until: 0 where no answer is asked for. */
	"CREATE TABLE alert(call INTEGER PRIMARY KEY REFERENCES call(id), noticed INTEGER NOT NULL,"
	" until INTEGER NOT NULL, text TEXT NOT NULL, state INTEGER NOT NULL, ended INTEGER NOT NULL,"
	" taken_by TEXT) STRICT;"
	"CREATE INDEX alert_noticed ON alert(noticed);"
	"CREATE INDEX alert_open ON alert(call) WHERE state = 0;"
	"CREATE TABLE alerted(call INTEGER NOT NULL REFERENCES alert(call), n INTEGER NOT NULL, name TEXT NOT NULL,"
	" number TEXT NOT NULL, due INTEGER NOT NULL, by_line INTEGER NOT NULL, PRIMARY KEY(call, n)) STRICT,"
	" WITHOUT ROWID;",
	/* Calls that probably were swallowed count as something else (fate.h), callers are in other units (sums.h), and waits are
	 * of a day as well: all sums are made anew. */
	"DROP TABLE IF EXISTS call_sum; DROP TABLE IF EXISTS wait_sum; DROP TABLE IF EXISTS matter_sum;"
	"DELETE FROM packed_sums;",
	/* At which carrier's account, for which number, what was read back was read (push.h). */
	"ALTER TABLE reading ADD COLUMN place INTEGER NOT NULL DEFAULT 0;",
	/* A table with row numbers: of one without, SQLite reads whole rows, which are of many pages here, to find one among them. */
	"CREATE TABLE sums(weeks INTEGER NOT NULL, nth INTEGER NOT NULL, number INTEGER NOT NULL, packed BLOB NOT NULL,"
	" PRIMARY KEY(weeks, nth, number)) STRICT;"
	"INSERT INTO sums SELECT weeks, nth, number, packed FROM packed_sums ORDER BY weeks, nth, number;"
	"DROP TABLE packed_sums; ALTER TABLE sums RENAME TO packed_sums;",
	/* A line is its number, whatever it is called: 0 until a plan says whose number it was (nm_store_know_lines).  No query
	 * compares a number as that index does.  What was read back is read again. */
	"ALTER TABLE push ADD COLUMN number INTEGER NOT NULL DEFAULT 0;"
	"DROP INDEX push_line;"
	"CREATE INDEX push_number ON push(number, id);"
	"CREATE INDEX push_unknown ON push(line) WHERE number < 1;"
	"DROP TABLE reading;"
	"CREATE TABLE live(number INTEGER PRIMARY KEY, at INTEGER NOT NULL, known INTEGER NOT NULL,"
	" in_sync INTEGER NOT NULL, plan INTEGER NOT NULL, words TEXT, live TEXT, place INTEGER NOT NULL) STRICT;",
};

#define EMPTY_TRIES 100 /* of those who open a store that is made at the same time */
#define SCHEMA ((int)(sizeof(nm_store_steps) / sizeof(nm_store_steps[0])))

enum nm_code nm_store_execute(struct nm_store *store, const char *sql, const char *doing,
			      struct nm_error *err)
{
	if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return nm_store_fail(store, doing, err);
	return NM_OK;
}

/* Is it ours, and of which schema?  An empty file is a store of schema 0.  All is read by one statement, for somebody else
 * may be making it at this moment. */
static enum nm_code schema_of(struct nm_store *store, int *schema, struct nm_error *err)
{
	static const char sql[] = "SELECT (SELECT application_id FROM pragma_application_id),"
				  " (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)";
	sqlite3_stmt *statement = NULL;
	int application = 0, tables = 0;
	enum nm_code code = NM_OK;

	if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW) {
		application = sqlite3_column_int(statement, 0);
		*schema = sqlite3_column_int(statement, 1);
		tables = sqlite3_column_int(statement, 2);
	} else {
		code = nm_store_fail(store, "reading its schema version", err);
	}
	sqlite3_finalize(statement);
	if (code != NM_OK)
		return code;
	if (application != NM_STORE_APPLICATION && (application != 0 || tables > 0))
		return nm_fail(err, NM_REFUSED, "%s is a database, but not a store of nevermiss",
			       store->file);
	if (*schema > SCHEMA)
		return nm_fail(err, NM_REFUSED,
			       "%s was written by a newer nevermiss (schema %d, not %d): use that one",
			       store->file, *schema, SCHEMA);
	if (*schema < 0)
		return nm_fail(err, NM_REFUSED, "%s has no schema that nevermiss ever had (%d)", store->file,
			       *schema);
	return NM_OK;
}

/* Makes the sums that a step has thrown away. */
static enum nm_code make_sums(struct nm_store *store, struct nm_error *err)
{
	static const char sql[] = "SELECT NOT EXISTS(SELECT 1 FROM packed_sums) AND"
				  " (EXISTS(SELECT 1 FROM call) OR EXISTS(SELECT 1 FROM followup))";
	sqlite3_stmt *statement = NULL;
	bool missing = false;
	enum nm_code code = NM_OK;

	if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
		missing = sqlite3_column_int(statement, 0) != 0;
	else
		code = nm_store_fail(store, "looking for its sums", err);
	sqlite3_finalize(statement);
	if (code != NM_OK || !missing)
		return code;
	code = nm_store_sums_anew(store, err);
	store->gathered.anew = false; /* nothing was damaged */
	return code;
}

/* All the missing steps in one transaction; somebody else may have done them in the meantime. */
enum nm_code nm_store_migrate(struct nm_store *store, struct nm_error *err)
{
	char sql[96];
	int schema;
	enum nm_code code = nm_store_execute(store, "BEGIN IMMEDIATE", "beginning a migration", err);

	if (code != NM_OK)
		return code;
	code = schema_of(store, &schema, err);
	for (; code == NM_OK && schema < SCHEMA; schema++)
		code = nm_store_execute(store, nm_store_steps[schema], "bringing its schema up to date", err);
	if (code == NM_OK) /* hashes are beyond SQL */
		code = nm_store_optouts_take_refused(store, err);
	if (code == NM_OK) /* and so are sums */
		code = make_sums(store, err);
	if (code == NM_OK) {
		sqlite3_snprintf(sizeof(sql), sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
				 NM_STORE_APPLICATION, SCHEMA);
		code = nm_store_execute(store, sql, "bringing its schema up to date", err);
	}
	if (code == NM_OK)
		code = nm_store_execute(store, "COMMIT", "bringing its schema up to date", err);
	if (code != NM_OK)
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return code;
}

enum nm_code nm_store_schema(struct nm_store *store, bool *old, struct nm_error *err)
{
	int schema;
	enum nm_code code = schema_of(store, &schema, err);

	/* The log of a store that is empty yet is taken away by whoever reads it first: somebody else just did. */
	for (int i = 0; i < EMPTY_TRIES && code != NM_OK &&
			sqlite3_extended_errcode(store->db) == SQLITE_IOERR_DELETE_NOENT;
	     i++)
		code = schema_of(store, &schema, err);
	if (code == NM_OK)
		*old = schema < SCHEMA;
	return code;
}
