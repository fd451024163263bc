/* SPDX-License-Identifier: MIT */
/*
 * Opening, checking and backing up the store, and running its statements.
 *
 * Everything is durable when a call returns (WAL, synchronous=FULL).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/store_private.h"
#include "nevermiss/text_back.h"

#define BUSY_MS 5000
#define CACHE_KIB "1280" /* of pages, for each connection: what is kept beyond is kept by the system as well */

/* The columns in the order in which store_push.c reads them. */
#define PUSH_ROW                                                                                   \
	"SELECT id, version, at, ended, line, driver, who, forced, state, result, wanted, before," \
	" ids, horizon FROM push"

/* The columns in the order in which store_calls.c reads them. */
#define CALL_ROW                                                                                             \
	"SELECT id, line, driver, carrier_id, caller, forwarded_from, began, ended, outcome, reason, probably," \
	" answered_by, seconds, version, number, cut, ours FROM call"

/* As nm_store_brief reads them; and the calls that matters are made of. */
#define BRIEF_COLUMNS "caller, began, ended, outcome, reason, probably, answered_by, seconds, cut, number"
#define COUNTED "outcome IN (0, 1, 3, 4, 5) AND caller > 0"
/* Is there one of the same caller within a matter's time (604800 s), before or after c? */
#define BESIDE(here, way)                                                                                 \
	"EXISTS (SELECT 1 FROM call WHERE caller = c.caller AND " COUNTED " AND " here " AND (began " way \
	" c.began OR id " way " c.id) AND (?3 = 0 OR number = c.number))"

/* As store_texts.c reads them. */
#define OUTBOX_ROW                                                                               \
	"SELECT id, at, line, account, driver, sender, recipient, body, why, state, carrier_id," \
	" words, updated FROM outbox"

/* As store_followups.c reads them. */
#define FOLLOWUP_ROW                                                                                             \
	"SELECT id, channel, number, name, words, line, call, opened, newest, calls, outcome, ended, first_try," \
	" last_try, tries, texted FROM followup"

/* As store_events.c reads them, and the waiting ones that no older one of their caller keeps back. */
#define EVENT_ROW                                                                                      \
	"SELECT id, key, at, updated, kind, subject, mark, caller, body, state, tries, due, words FROM event"
#define EVENT_FIRST                                                                           \
	"state = 0 AND NOT EXISTS (SELECT 1 FROM event AS older WHERE older.state = 0 AND "   \
	"older.caller = event.caller AND older.id < event.id)"

/* What is older than ?1 (store_forget.c). */
#define OLD_FOLLOWUP "newest < ?1 AND opened < ?1 AND ended < ?1 AND last_try < ?1"
#define OLD_CALL "began < ?1"

/* What the log says of a caller ?1 (store_matters.c); the tables' indexes are of these very words. */
#define MISSED                                                                                                 \
	"call INDEXED BY call_missed WHERE caller = ?1 AND outcome IN (1, 3, 4, 5) AND ours = 0 AND caller > 0"
#define ANSWERED                                                                                           \
	"call INDEXED BY call_answered WHERE caller = ?1 AND outcome = 0 AND probably = 0 AND ours = 0"    \
	" AND caller > 0"                                                                                  \
	" AND NOT EXISTS (SELECT 1 FROM followup WHERE number = ?1 AND number > 0 AND touched = 1"         \
	" AND anchor < began AND began <= seen_until)"
#define OF_CALLER "followup WHERE number = ?1 AND number > 0"
#define MATTER_ROW                                                                         \
	"SELECT id, came, opened, newest, calls, call, ended, touched, seen_until, anchor" \
	" FROM " OF_CALLER
#define TO_NUMBER "outbox WHERE recipient = ?1"
/* Deeds that stand, and of these the ones for which the customer was called back. */
#define STANDS "undone = 0"
#define A_TRY "undone = 0 AND (kind = 0 OR kind = 2 AND outcome IN (1, 2, 4))"

static const char *const statements[NM_SQL_COUNT] = {
	[NM_SQL_BEGIN] = "BEGIN IMMEDIATE",
	[NM_SQL_COMMIT] = "COMMIT",
	[NM_SQL_ROLLBACK] = "ROLLBACK",
	[NM_SQL_DATA_VERSION] = "PRAGMA data_version",
	[NM_SQL_VERSION_NEWEST] = "SELECT id, text FROM version ORDER BY id DESC LIMIT 1",
	[NM_SQL_VERSION_ADD] = "INSERT INTO version(at, who, why, text) VALUES(?, ?, ?, ?)",
	[NM_SQL_VERSIONS] = "SELECT id, at, who, why FROM version ORDER BY id DESC LIMIT ?",
	[NM_SQL_VERSION_TEXT] = "SELECT text FROM version WHERE id = ?",
	[NM_SQL_FILE_FIND] = "SELECT id FROM file WHERE hash = ?1 AND bytes = ?2",
	[NM_SQL_FILE_ADD] = "INSERT INTO file(hash, bytes) VALUES(?1, ?2)",
	[NM_SQL_VERSION_FILE_ADD] = "INSERT INTO version_file(version, name, file) VALUES(?, ?, ?)",
	[NM_SQL_VERSION_FILES] = "SELECT name, bytes FROM version_file JOIN file ON file.id = version_file.file"
				 " WHERE version = ? ORDER BY name DESC",
	[NM_SQL_PUSH_ADD] =
		"INSERT INTO push(version, at, line, driver, who, forced, state, result, wanted, before,"
		" ids, horizon, ended) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[NM_SQL_PUSH_UPDATE] = "UPDATE push SET state = ?2, ended = ?3, result = coalesce(?4, result),"
			       " ids = coalesce(?5, ids) WHERE id = ?1",
	[NM_SQL_PUSHES] = PUSH_ROW " ORDER BY id DESC LIMIT ?2",
	[NM_SQL_PUSHES_OF] = PUSH_ROW " WHERE line = ?1 ORDER BY id DESC LIMIT ?2",
	[NM_SQL_PUSHES_UNFINISHED] =
		PUSH_ROW " WHERE state < 3 AND (?1 IS NULL OR line = ?1) ORDER BY id DESC LIMIT ?2",
	[NM_SQL_PUSH_GET] = PUSH_ROW " WHERE id = ?1",
	[NM_SQL_PUSH_NEWEST] = "SELECT id FROM push WHERE line = ?1 AND state <> ?2 ORDER BY id DESC LIMIT 1",
	[NM_SQL_PUSH_DONE] = "SELECT id, version, at, horizon, forced IS NOT NULL, wanted = '[]' FROM push"
			     " WHERE line = ?1 AND state = ?2 AND (?3 = 0 OR id < ?3) AND (?4 IS NULL OR wanted = ?4) ORDER BY id DESC LIMIT 1",
	[NM_SQL_PUSHED_LINES] = "SELECT line, driver, at, count(*) OVER () FROM push WHERE wanted <> '[]' AND id IN"
				" (SELECT max(id) FROM push WHERE state = ?1 GROUP BY line) ORDER BY line",
	[NM_SQL_READING_PUT] =
		"INSERT INTO reading(line, at, known, in_sync, plan, words, live) VALUES(?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT(line) DO UPDATE SET at = excluded.at, known = excluded.known,"
		" in_sync = excluded.in_sync, plan = excluded.plan, words = excluded.words, live = excluded.live",
	[NM_SQL_READING_GET] = "SELECT at, known, in_sync, plan, words, live FROM reading WHERE line = ?",
	[NM_SQL_SANDBOX_GET] = "SELECT text FROM sandbox WHERE line = ?",
	[NM_SQL_SANDBOX_PUT] = "INSERT INTO sandbox(line, text) VALUES(?1, ?2)"
			       " ON CONFLICT(line) DO UPDATE SET text = excluded.text",
	[NM_SQL_SANDBOX_FAULT] = "SELECT fault FROM sandbox WHERE line = ?",
	[NM_SQL_SANDBOX_FAIL] = "INSERT INTO sandbox(line, fault) VALUES(?1, ?2)"
				" ON CONFLICT(line) DO UPDATE SET fault = excluded.fault",
	[NM_SQL_TESTS_ADD] = "INSERT INTO tests_played(at, after_hours) VALUES(?, ?)",
	[NM_SQL_TESTS_LAST] = "SELECT (SELECT max(at) FROM tests_played),"
			      " (SELECT max(at) FROM tests_played WHERE after_hours = 1)",
	[NM_SQL_CALL_FIND] = "SELECT id FROM call WHERE number = ?1 AND driver = ?2 AND carrier_id = ?3",
	[NM_SQL_CALL_PUT] =
		"INSERT INTO call(id, line, driver, carrier_id, caller, forwarded_from, began, ended, outcome, reason,"
		" probably, answered_by, seconds, number, cut, ours, version)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?17,"
		" (SELECT version FROM push WHERE line = ?2 AND state = ?16 AND ended <= ?7 ORDER BY id DESC LIMIT 1))"
		" ON CONFLICT(id) DO UPDATE SET line = excluded.line, caller = excluded.caller,"
		" forwarded_from = excluded.forwarded_from, began = excluded.began, ended = excluded.ended,"
		" outcome = excluded.outcome, reason = excluded.reason, probably = excluded.probably,"
		" answered_by = excluded.answered_by, seconds = excluded.seconds, cut = excluded.cut,"
		" ours = excluded.ours, version = excluded.version",
	[NM_SQL_CALL_GET] = CALL_ROW " WHERE id = ?1",
	[NM_SQL_CALL_BRIEF] = "SELECT " BRIEF_COLUMNS " FROM call WHERE id = ?1",
	[NM_SQL_CALLER_BEFORE] =
		"SELECT " BRIEF_COLUMNS " FROM call WHERE caller = ?1 AND began BETWEEN ?2 - ?5 AND ?2"
		" AND (began < ?2 OR id < ?3) AND " COUNTED " AND (?4 = 0 OR number = ?4)"
		" ORDER BY began DESC, id DESC LIMIT 2",
	[NM_SQL_CALLER_AFTER] =
		"SELECT " BRIEF_COLUMNS " FROM call WHERE caller = ?1 AND began BETWEEN ?2 AND ?2 + ?5"
		" AND (began > ?2 OR id > ?3) AND " COUNTED " AND (?4 = 0 OR number = ?4)"
		" ORDER BY began, id LIMIT 2",
	[NM_SQL_CALLS_AFTER] =
		"SELECT count(*) FROM call WHERE caller = ?1 AND began >= ?2 AND began < ?5"
		" AND (began > ?2 OR id > ?3) AND " COUNTED " AND (?4 = 0 OR number = ?4)",
	[NM_SQL_MATTERS_EACH] =
		"SELECT " BRIEF_COLUMNS ", " BESIDE("began BETWEEN c.began - 604800 AND c.began", "<") ", "
		BESIDE("began BETWEEN c.began AND c.began + 604800", ">") " FROM call AS c"
		" WHERE began >= ?1 AND began < ?2 AND " COUNTED " AND (?3 = 0 OR number = ?3)",
	[NM_SQL_MISSED_EACH] =
		"SELECT caller, began, id FROM call INDEXED BY call_missed_at WHERE began >= ?1 AND began < ?2"
		" AND outcome IN (1, 3, 4, 5) AND caller > 0 AND cut = 0 AND (?3 = 0 OR number = ?3)"
		" AND NOT (outcome = 4 AND seconds BETWEEN 0 AND 14) ORDER BY began, id",
	[NM_SQL_SUM_CALL_ADD] =
		"INSERT INTO call_sum(hour, number, fate, by, calls, timed, waited, talked)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET calls = calls + ?5,"
		" timed = timed + ?6, waited = waited + ?7, talked = talked + ?8",
	[NM_SQL_SUM_CALL_DROP] = "DELETE FROM call_sum WHERE hour = ?1 AND number = ?2 AND calls = 0",
	[NM_SQL_SUM_CALLS] = "SELECT hour, fate, by, calls, timed, waited, talked FROM call_sum"
			     " WHERE hour >= ?1 AND hour < ?2 AND (?3 = 0 OR number = ?3)",
	[NM_SQL_SUM_WAIT_ADD] = "INSERT INTO wait_sum(hour, number, seconds, calls) VALUES(?1, ?2, ?3, ?4)"
				" ON CONFLICT DO UPDATE SET calls = calls + ?4",
	[NM_SQL_SUM_WAIT_DROP] = "DELETE FROM wait_sum WHERE hour = ?1 AND number = ?2 AND calls = 0",
	[NM_SQL_SUM_WAITS] = "SELECT hour, seconds, calls FROM wait_sum WHERE hour >= ?1 AND hour < ?2"
			     " AND (?3 = 0 OR number = ?3)",
	[NM_SQL_SUM_MATTER_ADD] =
		"INSERT INTO matter_sum(hour, number, matters, single, perhaps) VALUES(?1, ?2, ?3, ?4, ?5)"
		" ON CONFLICT DO UPDATE SET matters = matters + ?3, single = single + ?4, perhaps = perhaps + ?5",
	[NM_SQL_SUM_MATTER_DROP] = "DELETE FROM matter_sum WHERE hour = ?1 AND number = ?2 AND matters = 0",
	[NM_SQL_SUM_MATTERS] = "SELECT hour, matters, single, perhaps FROM matter_sum WHERE hour >= ?1"
			       " AND hour < ?2 AND number = ?3",
	[NM_SQL_CALLS] = CALL_ROW " WHERE began >= ?1 AND began < ?2 ORDER BY began DESC, id DESC",
	[NM_SQL_CALLS_OF] =
		CALL_ROW " WHERE number = ?3 AND began >= ?1 AND began < ?2 ORDER BY began DESC, id DESC",
	[NM_SQL_CALLS_BY] =
		CALL_ROW " WHERE caller = ?3 AND caller > 0 AND began >= ?1 AND began < ?2 ORDER BY began DESC, id DESC",
	[NM_SQL_CALLS_EACH] =
		"SELECT " BRIEF_COLUMNS " FROM call"
		" WHERE began >= ?1 AND began < ?2 AND (?3 = 0 OR number = ?3) ORDER BY began, id",
	[NM_SQL_ENTRIES_EACH] =
		CALL_ROW " WHERE began >= ?1 AND began < ?2 AND (?3 = 0 OR number = ?3) ORDER BY began, id",
	[NM_SQL_CALLS_READ_GET] = "SELECT since, until FROM calls_read WHERE number = ?1 AND driver = ?2",
	[NM_SQL_CALLS_READ_PUT] =
		"INSERT INTO calls_read(number, driver, since, until) VALUES(?1, ?2, ?3, ?4)"
		" ON CONFLICT(number, driver) DO UPDATE SET since = excluded.since, until = excluded.until",
	[NM_SQL_LEG_ADD] = "INSERT INTO leg(call, n, carrier_id, number, who, ended_as, began, ended, rang)"
			   " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[NM_SQL_LEGS] =
		"SELECT carrier_id, number, who, ended_as, began, ended, rang FROM leg WHERE call = ?1 ORDER BY n",
	[NM_SQL_LEGS_DROP] = "DELETE FROM leg WHERE call = ?1",
	[NM_SQL_OUTBOX_ADD] =
		"INSERT INTO outbox(at, line, account, driver, sender, recipient, body, why, state, updated)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?1)",
	[NM_SQL_OUTBOX_UPDATE] = "UPDATE outbox SET state = ?2, updated = ?3,"
				 " carrier_id = coalesce(?4, carrier_id), words = coalesce(?5, words)"
				 " WHERE id = ?1",
	[NM_SQL_OUTBOX] = OUTBOX_ROW " ORDER BY id DESC LIMIT ?1",
	[NM_SQL_OUTBOX_OPEN] = OUTBOX_ROW " WHERE state < 2 ORDER BY id LIMIT ?1",
	[NM_SQL_OUTBOX_KNOWN] = "SELECT carrier_id FROM outbox WHERE id <> ?1 AND recipient = ?2 AND driver = ?3"
				" AND carrier_id IS NOT NULL ORDER BY id DESC LIMIT ?4",
	[NM_SQL_OUTBOX_TO] = "SELECT max(at) FILTER (WHERE state NOT IN (?2, ?3)), max(state = ?3) FROM outbox"
			     " WHERE recipient = ?1",
	/* To ?1: the newest that is not over without having left; those about a call of ?2 that failed, and when the
	 * newest did; since ?3, how many in a row were taken and did not arrive; how many of the newest ?4 were answered
	 * within ?5 s. */
	[NM_SQL_TEXT_PAST] =
		"SELECT (SELECT max(at) FROM " TO_NUMBER " AND state NOT IN (3, 5)),"
		" (SELECT count(*) FROM " TO_NUMBER " AND state = 3 AND at >= ?2 AND why = '" NM_TEXT_BACK "'),"
		" (SELECT max(updated) FROM " TO_NUMBER " AND state = 3 AND at >= ?2 AND why = '" NM_TEXT_BACK "'),"
		" (SELECT count(*) FROM " TO_NUMBER " AND state = 3 AND carrier_id IS NOT NULL AND at > ?3 AND id >"
		" coalesce((SELECT max(id) FROM " TO_NUMBER " AND state = 2), 0)),"
		" (SELECT count(*) FROM (SELECT at AS sent FROM " TO_NUMBER " AND state IN (2, 4) AND at > ?3"
		" ORDER BY id DESC LIMIT ?4) WHERE EXISTS (SELECT 1 FROM inbound WHERE sender = ?1"
		" AND at >= sent AND at <= sent + ?5))",
	[NM_SQL_TEXTS_RECENT] = "SELECT at FROM outbox WHERE at > ?1 AND why IN ('" NM_TEXT_BACK
				"', '" NM_FOLLOWUP_TEXT "') ORDER BY at DESC LIMIT ?2",
	[NM_SQL_NUMBER_KEY_GET] = "SELECT bytes FROM number_key",
	[NM_SQL_NUMBER_KEY_PUT] = "INSERT INTO number_key(id, bytes) VALUES(1, ?)",
	[NM_SQL_OPTOUT_ADD] = "INSERT INTO optout(hash, at, how) VALUES(?, ?, ?) ON CONFLICT(hash) DO NOTHING",
	[NM_SQL_OPTOUT_FIND] = "SELECT how FROM optout WHERE hash = ?",
	[NM_SQL_SANDBOX_TEXT_ADD] = "INSERT INTO sandbox_text(line, recipient, body) VALUES(?, ?, ?)",
	[NM_SQL_SANDBOX_TEXTS] = "SELECT id, recipient, body FROM sandbox_text WHERE line = ?"
				 " ORDER BY id DESC LIMIT ?",
	[NM_SQL_SANDBOX_INBOUND_ADD] = "INSERT INTO sandbox_inbound(line, sender, body, at) VALUES(?, ?, ?, ?)",
	[NM_SQL_SANDBOX_INBOUND] = "SELECT id, sender, body, at FROM sandbox_inbound WHERE line = ?"
				   " ORDER BY id DESC LIMIT ?",
	[NM_SQL_INBOUND_ADD] =
		"INSERT INTO inbound(number, line, driver, carrier_id, sender, body, at) VALUES(?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT(number, driver, carrier_id) DO NOTHING",
	[NM_SQL_INBOUND] = "SELECT id, number, line, driver, carrier_id, sender, body, at FROM inbound"
			   " ORDER BY at DESC, id DESC LIMIT ?",
	[NM_SQL_INBOUND_DROP] = "DELETE FROM inbound WHERE at < ?",
	[NM_SQL_INBOUND_READ_GET] = "SELECT until FROM inbound_read WHERE number = ? AND driver = ?",
	[NM_SQL_INBOUND_READ_PUT] = "INSERT INTO inbound_read(number, driver, until) VALUES(?1, ?2, ?3)"
				    " ON CONFLICT(number, driver) DO UPDATE SET until = excluded.until",
	[NM_SQL_FOLLOWUPS] = FOLLOWUP_ROW " WHERE opened >= ?1 AND opened < ?2 ORDER BY opened DESC, id DESC",
	[NM_SQL_FOLLOWUPS_OPEN] =
		FOLLOWUP_ROW " WHERE outcome = 0 AND opened >= ?1 AND opened < ?2"
			     " AND (newest >= ?3 OR came <> 0 OR touched = 1) ORDER BY opened, id",
	[NM_SQL_FOLLOWUPS_EACH] = "SELECT line, opened, outcome, first_try,"
				  " (SELECT number FROM call WHERE id = followup.call) FROM followup"
				  " WHERE opened >= ?1 AND opened < ?2 ORDER BY opened, id",
	[NM_SQL_FOLLOWUP_GET] = FOLLOWUP_ROW " WHERE id = ?1",
	[NM_SQL_LEAD_ADD] =
		"INSERT INTO followup(channel, number, name, words, line, came, opened, newest, calls, anchor)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6, 0, ?6)",
	[NM_SQL_FOLLOWUP_OPEN] =
		"INSERT INTO followup(channel, number, line, came, call, opened, newest, calls, anchor)"
		" SELECT ?1, ?2, line, 0, id, began, ?4, ?5, began FROM call WHERE id = ?3",
	[NM_SQL_FOLLOWUP_CALLS] =
		"UPDATE followup SET (call, line) = (SELECT id, line FROM call WHERE id = ?2), opened = ?3,"
		" newest = ?4, calls = ?5, anchor = CASE WHEN touched THEN anchor ELSE ?3 END WHERE id = ?1",
	[NM_SQL_LEAD_FIND] = "SELECT id FROM followup WHERE opened = ?6 AND came = ?6 AND channel = ?1 AND number = ?2"
			     " AND name IS ?3 AND words IS ?4 AND line IS ?5 ORDER BY id LIMIT 1",
	[NM_SQL_LEAD_CALLS] = "UPDATE followup SET newest = ?2, calls = ?3 WHERE id = ?1",
	[NM_SQL_FOLLOWUP_SEEN] = "UPDATE followup SET anchor = opened, seen_until = max(seen_until, newest, ?2)"
				 " WHERE id = ?1",
	[NM_SQL_FOLLOWUP_FOLD] =
		"UPDATE followup SET (outcome, ended, tries, first_try, last_try, texted, touched) ="
		" (SELECT coalesce(max(outcome) FILTER (WHERE " STANDS " AND kind = 2), 0),"
		" coalesce(max(at) FILTER (WHERE " STANDS " AND kind = 2), 0),"
		" count(*) FILTER (WHERE " A_TRY "), coalesce(min(at) FILTER (WHERE " A_TRY "), 0),"
		" coalesce(max(at) FILTER (WHERE " A_TRY "), 0),"
		" coalesce(max(at) FILTER (WHERE " STANDS " AND kind = 1), 0), coalesce(max(outcome <> 5), 0)"
		" FROM deed WHERE followup = ?1)"
		" WHERE id = ?1",
	[NM_SQL_FOLLOWUP_DROP] = "DELETE FROM followup WHERE id = ?1",
	[NM_SQL_DEED_ADD] =
		"INSERT INTO deed(followup, at, who, kind, outcome, words) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
	[NM_SQL_DEEDS] = "SELECT at, who, kind, outcome, words FROM deed WHERE followup = ?1 ORDER BY at, id",
	[NM_SQL_DEED_NEWEST] = "SELECT id FROM deed WHERE followup = ?1 AND " STANDS " AND kind IN (0, 1, 2)"
			       " ORDER BY id DESC LIMIT 1",
	[NM_SQL_DEED_UNDO] = "UPDATE deed SET undone = 1 WHERE id = ?1",
	[NM_SQL_DEEDS_OF_LOG_DROP] = "DELETE FROM deed WHERE followup = ?1 AND outcome = 5 AND " STANDS,
	[NM_SQL_MATTER_ANY] =
		"SELECT EXISTS (SELECT 1 FROM " OF_CALLER ") OR EXISTS (SELECT 1 FROM " MISSED " AND began = ?2)",
	[NM_SQL_MATTER_FROM] =
		"SELECT max(coalesce((SELECT began FROM " ANSWERED " AND began <= ?2 ORDER BY began DESC LIMIT 1), ?3),"
		" coalesce((SELECT max(seen_until) FROM " OF_CALLER " AND outcome IN (1, 2, 3, 4) AND seen_until <= ?2), ?3),"
		" coalesce((SELECT max(came) FROM " OF_CALLER " AND came <> 0 AND came <= ?2), ?3))",
	[NM_SQL_MATTER_UNTIL] =
		"SELECT min(coalesce((SELECT began FROM " ANSWERED " AND began > ?2 ORDER BY began LIMIT 1), ?3),"
		" coalesce((SELECT min(seen_until) FROM " OF_CALLER " AND outcome IN (1, 2, 3, 4) AND seen_until > ?2), ?3),"
		" coalesce((SELECT min(came) FROM " OF_CALLER " AND came <> 0 AND came > ?2), ?3))",
	[NM_SQL_MATTER_ANSWERED] = "SELECT began FROM " ANSWERED " AND began > ?2 ORDER BY began LIMIT 1",
	[NM_SQL_MATTER_FOLLOWUPS] = MATTER_ROW " AND anchor >= ?2 AND anchor < ?3 ORDER BY anchor DESC, id DESC",
	/* In parts, as each has an index of its own. */
	[NM_SQL_MATTER_ENDS] =
		MATTER_ROW " AND outcome IN (0, 5) AND ended IN (0, ?2, ?3) UNION " MATTER_ROW
			   " AND outcome IN (0, 5) AND anchor >= ?4 AND anchor < ?5",
	[NM_SQL_MATTER_ENDS_FROM] =
		MATTER_ROW " AND outcome IN (0, 5) AND ended = 0 UNION ALL " MATTER_ROW
			   " AND outcome IN (0, 5) AND ended >= ?2 AND ended <> 0 AND anchor < ?3",
	[NM_SQL_MATTER_CALLS] =
		"SELECT id, began, (SELECT max(began) FROM " MISSED " AND began >= ?2 AND began < ?3),"
		" (SELECT count(*) FROM (SELECT 1 FROM " MISSED " AND began >= ?2 AND began < ?3 LIMIT ?4))"
		" FROM " MISSED " AND began >= ?2 AND began < ?3 ORDER BY began, id LIMIT 1",
	/* A try that brought nothing new leaves the copy and its marks; one that failed leaves when it was fetched too. */
	[NM_SQL_CALENDAR_PUT] =
		"INSERT INTO calendar(source, name, tried, fetched, etag, modified, trouble, hash, bytes)"
		" VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(source) DO UPDATE SET tried = excluded.tried,"
		" fetched = coalesce(excluded.fetched, fetched), trouble = excluded.trouble,"
		" etag = iif(excluded.bytes IS NULL, etag, excluded.etag),"
		" modified = iif(excluded.bytes IS NULL, modified, excluded.modified),"
		" hash = coalesce(excluded.hash, hash), bytes = coalesce(excluded.bytes, bytes)",
	[NM_SQL_CALENDAR_DROP] = "DELETE FROM calendar WHERE name = ?1 AND source <> ?2",
	[NM_SQL_CALENDAR_GET] =
		"SELECT name, tried, fetched, etag, modified, trouble, coalesce(length(bytes), 0) FROM calendar"
		" WHERE source = ?",
	[NM_SQL_CALENDAR_FILES] = "SELECT source, bytes FROM calendar WHERE bytes IS NOT NULL ORDER BY source DESC",
	[NM_SQL_CALENDAR_MARKS] = "SELECT source, hash FROM calendar WHERE bytes IS NOT NULL ORDER BY source",
	[NM_SQL_EVENT_KEY] = "SELECT lower(hex(randomblob(16)))",
	[NM_SQL_EVENT_ADD] = "INSERT INTO event(key, at, kind, subject, mark, caller, body, updated, due)"
			     " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?2, ?2) ON CONFLICT(kind, subject, mark) DO NOTHING",
	[NM_SQL_EVENT_TAKE] = "UPDATE event SET due = ?3, tries = tries + 1, updated = ?4"
			      " WHERE id = ?1 AND state = 0 AND due = ?2",
	/* What was delivered is not kept. */
	[NM_SQL_EVENT_UPDATE] = "UPDATE event SET state = ?2, due = ?3, words = ?4, updated = ?5,"
				" body = iif(?2 = 1, '', body) WHERE id = ?1 AND state = 0",
	[NM_SQL_EVENT_RETRY] =
		"UPDATE event SET state = 0, tries = 0, due = ?2, updated = ?2 WHERE id = ?1 AND state = 2",
	[NM_SQL_EVENT_COUNTS] = "SELECT (SELECT count(*) FROM event WHERE state = 0),"
				" (SELECT count(*) FROM event WHERE state = 2),"
				" (SELECT coalesce(min(due), ?1) FROM event WHERE " EVENT_FIRST ")",
	[NM_SQL_EVENTS] = EVENT_ROW " ORDER BY id DESC LIMIT ?1",
	[NM_SQL_EVENTS_OPEN] = EVENT_ROW " WHERE state IN (0, 2) ORDER BY id LIMIT ?1",
	[NM_SQL_EVENTS_DUE] = EVENT_ROW " WHERE due <= ?2 AND " EVENT_FIRST " ORDER BY id LIMIT ?1",
	[NM_SQL_REPORTING] = "SELECT since FROM reporting",
	[NM_SQL_REPORTING_PUT] = "INSERT INTO reporting(id, since) VALUES(1, ?1)"
				 " ON CONFLICT(id) DO UPDATE SET since = excluded.since",
	[NM_SQL_FOLLOWUPS_ENDED] =
		"SELECT id FROM " OF_CALLER " AND outcome = 5 AND ended = ?2 ORDER BY id",
	[NM_SQL_TRACES] = "SELECT 0 AS text, driver, line, carrier_id, began AS at FROM call WHERE caller = ?1"
			  " AND caller > 0 UNION ALL"
			  " SELECT 1, driver, line, carrier_id, at FROM outbox WHERE recipient = ?2 UNION ALL"
			  " SELECT 1, driver, line, carrier_id, at FROM inbound WHERE sender = ?2 ORDER BY at",
	[NM_SQL_TRACES_CALLS] = "SELECT count(*) FROM call WHERE caller = ?1 AND caller > 0",
	[NM_SQL_TRACES_FOLLOWUPS] = "SELECT count(*) FROM " OF_CALLER,
	[NM_SQL_TRACES_TEXTS] = "SELECT (SELECT count(*) FROM outbox WHERE ?1 > 0 AND recipient = ?2)"
				" + (SELECT count(*) FROM inbound WHERE ?1 > 0 AND sender = ?2)",
	[NM_SQL_TRACES_EVENTS] = "SELECT count(*) FROM event WHERE caller = ?1",
	[NM_SQL_TRACES_VERSIONS] = "SELECT count(*) FROM version WHERE ?1 > 0 AND instr(text, ?2) > 0",
	[NM_SQL_FORGOTTEN_PUT] = "INSERT INTO forgotten(hash, until) VALUES(?1, ?2)"
				 " ON CONFLICT(hash) DO UPDATE SET until = max(until, excluded.until)",
	[NM_SQL_FORGOTTEN_GET] = "SELECT 1 FROM forgotten WHERE hash = ?1 AND until > ?2",
	[NM_SQL_FORGET_DEEDS] = "DELETE FROM deed WHERE followup IN (SELECT id FROM " OF_CALLER ")",
	[NM_SQL_FORGET_FOLLOWUPS] = "DELETE FROM " OF_CALLER,
	[NM_SQL_FORGET_LEGS] =
		"DELETE FROM leg WHERE call IN (SELECT id FROM call WHERE caller = ?1 AND caller > 0)",
	[NM_SQL_FORGET_CALLS] = "SELECT id FROM call WHERE caller = ?1 AND caller > 0",
	[NM_SQL_FORGET_RUNG] = "UPDATE leg SET number = NULL WHERE ?1 > 0 AND number = ?2",
	[NM_SQL_FORGET_TEXTS] = "DELETE FROM outbox WHERE ?1 > 0 AND recipient = ?2",
	[NM_SQL_FORGET_SANDBOX] = "DELETE FROM sandbox_text WHERE ?1 > 0 AND recipient = ?2",
	[NM_SQL_FORGET_INBOUND] = "DELETE FROM inbound WHERE ?1 > 0 AND sender = ?2",
	[NM_SQL_FORGET_SANDBOX_INBOUND] = "DELETE FROM sandbox_inbound WHERE ?1 > 0 AND sender = ?2",
	[NM_SQL_FORGET_EVENTS] = "DELETE FROM event WHERE caller = ?1",
	[NM_SQL_EXPIRE_DEEDS] = "DELETE FROM deed WHERE followup IN (SELECT id FROM followup WHERE " OLD_FOLLOWUP ")",
	[NM_SQL_EXPIRE_FOLLOWUPS] = "DELETE FROM followup WHERE " OLD_FOLLOWUP,
	[NM_SQL_EXPIRE_OPENERS] =
		"UPDATE followup SET call = NULL WHERE call IN (SELECT id FROM call WHERE " OLD_CALL ")",
	[NM_SQL_EXPIRE_LEGS] = "DELETE FROM leg WHERE call IN (SELECT id FROM call WHERE " OLD_CALL ")",
	[NM_SQL_EXPIRE_CALLS] = "SELECT id FROM call WHERE " OLD_CALL,
	[NM_SQL_CALL_DROP] = "DELETE FROM call WHERE id = ?",
	[NM_SQL_EXPIRE_TEXTS] = "DELETE FROM outbox WHERE updated < ?1 AND state > 1",
	[NM_SQL_EXPIRE_EVENTS] = "DELETE FROM event WHERE updated < ?1 AND state <> 0",
	[NM_SQL_AGENT_PUT] = "INSERT OR REPLACE INTO agent(id, pid, host, started, round, next, stopped)"
			     " VALUES(1, ?, ?, ?, ?, ?, ?)",
	[NM_SQL_AGENT_GET] = "SELECT pid, host, started, round, next, stopped FROM agent",
	[NM_SQL_AGENT_TROUBLE_PUT] =
		"INSERT OR REPLACE INTO agent_trouble(work, what, since, words) VALUES(?, ?, ?, ?)",
	[NM_SQL_AGENT_TROUBLE_DROP] = "DELETE FROM agent_trouble WHERE work = ?1 AND what = ?2",
	[NM_SQL_AGENT_TROUBLES] = "SELECT work, what, since, words FROM agent_trouble ORDER BY since, work, what",
	[NM_SQL_OUTBOX_WHY] = "SELECT id FROM outbox WHERE why = ?1 ORDER BY id LIMIT 1",
};

enum nm_code nm_store_fail(struct nm_store *store, const char *doing, struct nm_error *err)
{
	int code = store->db != NULL ? sqlite3_errcode(store->db) & 0xff : SQLITE_NOMEM;
	const char *words = store->db != NULL ? sqlite3_errmsg(store->db) : "out of memory";

	if (code == SQLITE_NOMEM)
		return nm_fail_memory(err);
	if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		return nm_fail(err, NM_REFUSED, "%s: %s: another nevermiss is writing to it", store->file,
			       doing);
	return nm_fail(err, NM_SYSTEM, "%s: %s: %s", store->file, doing, words);
}

enum nm_code nm_store_writable(const struct nm_store *store, struct nm_error *err)
{
	if (store->read_only)
		return nm_fail(err, NM_REFUSED, "%s is open read-only: nothing is written", store->file);
	return NM_OK;
}

sqlite3_stmt *nm_store_statement(struct nm_store *store, enum nm_store_statement which, struct nm_error *err)
{
	sqlite3_stmt **statement = &store->statements[which];

	if (*statement == NULL &&
	    sqlite3_prepare_v3(store->db, statements[which], -1, SQLITE_PREPARE_PERSISTENT, statement,
			       NULL) != SQLITE_OK) {
		nm_store_fail(store, "reading its tables", err);
		return NULL;
	}
	sqlite3_reset(*statement);
	sqlite3_clear_bindings(*statement);
	return *statement;
}

enum nm_code nm_store_run(struct nm_store *store, sqlite3_stmt *statement, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (sqlite3_step(statement) != SQLITE_DONE)
		code = nm_store_fail(store, "writing", err);
	sqlite3_reset(statement);
	return code;
}

void nm_store_bind(sqlite3_stmt *statement, int index, const char *text)
{
	if (text != NULL)
		sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(statement, index);
}

int nm_store_within(sqlite3_stmt *statement, int column, int most)
{
	const sqlite3_int64 value = sqlite3_column_int64(statement, column);

	return value >= 0 && value <= most ? (int)value : most;
}

const char *nm_store_column(sqlite3_stmt *statement, int column, struct nm_arena *arena, bool *ok)
{
	const unsigned char *text = sqlite3_column_text(statement, column);
	const char *copy;

	if (text == NULL) {
		/* NULL is also what a failed allocation gives. */
		*ok = *ok && sqlite3_column_type(statement, column) == SQLITE_NULL;
		return NULL;
	}
	copy = nm_arena_textn(arena, (const char *)text, (size_t)sqlite3_column_bytes(statement, column));
	*ok = *ok && copy != NULL;
	return copy;
}

/* A whole database into another. */
static enum nm_code copy_database(struct nm_store *store, sqlite3 *from, sqlite3 *to, struct nm_error *err)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int result = backup == NULL ? sqlite3_errcode(to) : sqlite3_backup_step(backup, -1);

	if (backup != NULL)
		sqlite3_backup_finish(backup);
	if (result != SQLITE_DONE)
		return nm_fail(err, NM_SYSTEM, "%s: copying: %s", store->file, sqlite3_errstr(result));
	return NM_OK;
}

/* In place of a store that is not there, or too old to be read as it is and not ours to change. */
static enum nm_code open_memory(struct nm_store *store, bool copy, struct nm_error *err)
{
	sqlite3 *old = store->db;
	enum nm_code code = NM_OK;

	if (sqlite3_open(":memory:", &store->db) != SQLITE_OK)
		code = nm_store_fail(store, "making an empty store", err);
	if (code == NM_OK && copy)
		code = copy_database(store, old, store->db, err);
	sqlite3_close(old);
	return code == NM_OK ? nm_store_migrate(store, err) : code;
}

/* The file as a URI of SQLite, for a file that nobody writes. */
static enum nm_code immutable_uri(const struct nm_store *store, struct nm_buf *uri, struct nm_error *err)
{
	nm_buf_add(uri, store->file[0] == '/' ? "file://" : "file:");
	for (const char *c = store->file; *c != '\0'; c++)
		nm_buf_addf(uri, strchr("?#%", *c) != NULL ? "%%%02X" : "%c", (unsigned char)*c);
	nm_buf_add(uri, "?immutable=1");
	return uri->failed ? nm_fail_memory(err) : NM_OK;
}

/* SQLite reads a WAL store only through a -shm file, which cannot be made in a folder that is somebody
 * else's.  When the -wal file is empty or not there, all is in the store itself: it is then copied, so
 * that a writer who comes later does no harm. */
static enum nm_code open_of_others(struct nm_store *store, struct nm_error *err)
{
	struct nm_buf text;
	struct stat wal;
	enum nm_code code = NM_OK;
	bool old;

	nm_buf_init(&text, 65536);
	nm_buf_addf(&text, "%s-wal", store->file);
	if (text.failed)
		code = nm_fail_memory(err);
	else if (stat(text.data, &wal) == 0 && wal.st_size > 0)
		code = nm_fail(err, NM_SYSTEM, "%s: it is in use, and its folder is not yours to write to",
			       store->file);
	nm_buf_clear(&text);
	if (code != NM_OK)
		return code;
	sqlite3_close(store->db);
	store->db = NULL;
	nm_buf_init(&text, 65536);
	code = immutable_uri(store, &text, err);
	if (code == NM_OK && sqlite3_open_v2(text.data, &store->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
					     NULL) != SQLITE_OK)
		code = nm_store_fail(store, "opening", err);
	nm_buf_clear(&text);
	if (code == NM_OK)
		code = nm_store_schema(store, &old, err);
	return code == NM_OK ? open_memory(store, true, err) : code;
}

static enum nm_code open_read_only(struct nm_store *store, struct nm_error *err)
{
	bool old;
	enum nm_code code;

	if (access(store->file, F_OK) != 0 && errno == ENOENT)
		return open_memory(store, false, err);
	if (sqlite3_open_v2(store->file, &store->db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		return nm_store_fail(store, "opening", err);
	sqlite3_busy_timeout(store->db, BUSY_MS);
	code = nm_store_schema(store, &old, err);
	if (code == NM_OK && old)
		return open_memory(store, true, err);
	if (code == NM_SYSTEM && ((sqlite3_errcode(store->db) & 0xff) == SQLITE_READONLY ||
				  (sqlite3_errcode(store->db) & 0xff) == SQLITE_CANTOPEN))
		return open_of_others(store, err);
	return code;
}

/* The folders that are not there, for the owner alone. */
static enum nm_code make_folders(const char *file, struct nm_error *err)
{
	char *path = strdup(file);
	enum nm_code code = path != NULL ? NM_OK : nm_fail_memory(err);

	for (char *slash = path; code == NM_OK && (slash = strchr(slash + 1, '/')) != NULL;) {
		*slash = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			code = nm_fail(err, NM_SYSTEM, "%s: cannot be made: %s", path, strerror(errno));
		*slash = '/';
	}
	free(path);
	return code;
}

static enum nm_code open_writable(struct nm_store *store, struct nm_error *err)
{
	bool old;
	int fd;
	enum nm_code code = make_folders(store->file, err);

	if (code != NM_OK)
		return code;
	/* Made here and not by SQLite, so that it is never anybody else's to read, nor its -wal and -shm. */
	fd = open(store->file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return nm_fail(err, NM_SYSTEM, "%s: cannot be opened: %s", store->file, strerror(errno));
	close(fd);
	if (sqlite3_open_v2(store->file, &store->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		return nm_store_fail(store, "opening", err);
	sqlite3_busy_timeout(store->db, BUSY_MS);
	code = nm_store_schema(store, &old, err);
	if (code == NM_OK)
		code = nm_store_execute(
			store,
			"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
			/* What is deleted is people's. */
			" PRAGMA secure_delete = ON",
			"opening", err);
	if (code == NM_OK && old)
		code = nm_store_migrate(store, err);
	return code;
}

enum nm_code nm_store_open(const char *file, bool read_only, struct nm_store **out, struct nm_error *err)
{
	struct nm_store *store = calloc(1, sizeof(*store));
	enum nm_code code;

	if (store == NULL)
		return nm_fail_memory(err);
	store->read_only = read_only;
	store->lock = store->agent_lock = -1;
	store->file = strdup(file);
	if (store->file == NULL)
		code = nm_fail_memory(err);
	else
		code = read_only ? open_read_only(store, err) : open_writable(store, err);
	if (code == NM_OK)
		code = nm_store_execute(store, "PRAGMA cache_size = -" CACHE_KIB, "opening", err);
	if (code == NM_OK)
		*out = store;
	else
		nm_store_close(store);
	return code;
}

void nm_store_close(struct nm_store *store)
{
	if (store == NULL)
		return;
	for (int i = 0; i < NM_SQL_COUNT; i++)
		sqlite3_finalize(store->statements[i]);
	sqlite3_close(store->db);
	nm_store_unlock(store);
	nm_store_agent_unlock(store);
	free(store->file);
	free(store);
}

bool nm_store_read_only(const struct nm_store *store)
{
	return store->read_only;
}

/* What SQLite counts of others' commits and of this connection's own rows. */
uint64_t nm_store_changes(struct nm_store *store)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_DATA_VERSION, NULL);
	uint64_t others = 0;

	if (statement && sqlite3_step(statement) == SQLITE_ROW)
		others = (uint64_t)sqlite3_column_int64(statement, 0);
	if (statement)
		sqlite3_reset(statement);
	return others << 32 ^ (uint64_t)sqlite3_total_changes(store->db);
}

static enum nm_code run_plain(struct nm_store *store, enum nm_store_statement which, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);

	return statement == NULL ? NM_SYSTEM : nm_store_run(store, statement, err);
}

enum nm_code nm_store_begin(struct nm_store *store, struct nm_error *err)
{
	enum nm_code code = nm_store_writable(store, err);

	if (code == NM_OK && store->depth == 0)
		code = run_plain(store, NM_SQL_BEGIN, err);
	if (code == NM_OK)
		store->depth++;
	return code;
}

enum nm_code nm_store_commit(struct nm_store *store, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (store->depth == 1)
		code = run_plain(store, NM_SQL_COMMIT, err);
	if (code == NM_OK && store->depth > 0)
		store->depth--;
	return code;
}

void nm_store_abandon(struct nm_store *store)
{
	if (store->depth > 0)
		(void)!run_plain(store, NM_SQL_ROLLBACK, NULL);
	store->depth = 0;
}

enum nm_code nm_store_check(struct nm_store *store, struct nm_error *err)
{
	sqlite3_stmt *statement = NULL;
	enum nm_code code = NM_OK;

	if (sqlite3_prepare_v2(store->db, "PRAGMA integrity_check(1)", -1, &statement, NULL) != SQLITE_OK ||
	    sqlite3_step(statement) != SQLITE_ROW)
		code = nm_store_fail(store, "checking", err);
	else if (strcmp((const char *)sqlite3_column_text(statement, 0), "ok") != 0)
		code = nm_fail(err, NM_SYSTEM, "%s is damaged: %s", store->file,
			       sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	if (code != NM_OK)
		return code;
	if (sqlite3_prepare_v2(store->db, "PRAGMA foreign_key_check", -1, &statement, NULL) != SQLITE_OK)
		code = nm_store_fail(store, "checking", err);
	else if (sqlite3_step(statement) == SQLITE_ROW)
		code = nm_fail(err, NM_SYSTEM, "%s is damaged: a row of %s refers to nothing", store->file,
			       sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	return code;
}

enum nm_code nm_store_backup(struct nm_store *store, const char *file, struct nm_error *err)
{
	sqlite3 *copy = NULL;
	enum nm_code code = NM_OK;
	int fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return nm_fail(err, errno == EEXIST ? NM_REFUSED : NM_SYSTEM, "%s: cannot be made: %s", file,
			       strerror(errno));
	close(fd);
	if (sqlite3_open_v2(file, &copy, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		code = nm_fail(err, NM_SYSTEM, "%s: cannot be opened: %s", file, sqlite3_errmsg(copy));
	if (code == NM_OK)
		code = copy_database(store, store->db, copy, err);
	sqlite3_close(copy);
	if (code != NM_OK)
		unlink(file);
	return code;
}

/* FNV-1a: only to tell plans of one name in two folders apart. */
static uint64_t hash_text(const char *text)
{
	uint64_t hash = 14695981039346656037u;

	while (*text != '\0')
		hash = (hash ^ (unsigned char)*text++) * 1099511628211u;
	return hash;
}

enum nm_code nm_store_path(const char *dir, const char *plan_file, struct nm_buf *out, struct nm_error *err)
{
	char *real = realpath(plan_file, NULL);
	const char *name;

	if (real == NULL)
		return nm_fail(err, errno == ENOMEM ? NM_NO_MEMORY : NM_INPUT, "%s: %s", plan_file,
			       strerror(errno));
	name = strrchr(real, '/') + 1;
	nm_buf_addf(out, "%s/%.200s-%016" PRIx64 ".db", dir, name, hash_text(real));
	free(real);
	return out->failed ? nm_fail_memory(err) : NM_OK;
}
