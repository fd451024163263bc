/* SPDX-License-Identifier: MIT */
/* The statements that the store runs, each prepared once (nm_store_statement); what reads its rows stands in store_<noun>.c. */
#include "core/store_private.h"
#include "nevermiss/alerts.h"
#include "nevermiss/followup.h"
#include "nevermiss/inbound.h"
#include "nevermiss/text_back.h"

/* The columns in the order in which store_push.c reads them. */
#define PUSH_ROW                                                                                   \
	"SELECT id, version, at, ended, line, driver, who, forced, state, result, wanted, before," \
	" ids, horizon, number FROM push"

/* The columns in the order in which store_calls.c reads them. */
#define CALL_ROW                                                                                             \
	"SELECT id, line, driver, carrier_id, caller, forwarded_from, began, ended, outcome, reason, probably," \
	" answered_by, seconds, version, number, cut, ours FROM call"

/* As nm_store_brief reads them; and the calls that matters are made of. */
#define BRIEF_COLUMNS "caller, began, ended, outcome, reason, probably, answered_by, seconds, cut, number"
#define COUNTED "outcome <> 2 AND outcome < 6 AND caller > 0"
/* The version of the plan that was pushed to number ?14 when a call ended ?7. */
#define IN_FORCE \
	"(SELECT version FROM push WHERE number = ?14 AND state = ?16 AND ended <= ?7 ORDER BY id DESC LIMIT 1)"
/* Of these, those that nobody answered for sure, and those of a caller ?1 in [?2, ?3) to a line ?4 (0: to all). */
#define UNANSWERED "outcome > 0 AND outcome <> 2 AND outcome < 6"
#define NOBODY UNANSWERED " AND cut = 0 AND NOT (outcome = 4 AND seconds BETWEEN 0 AND 14)"
#define COUNTED_FROM "call WHERE caller = ?1 AND " COUNTED " AND began >= ?2 AND (?4 = 0 OR number = ?4)"
#define COUNTED_BETWEEN COUNTED_FROM " AND began < ?3"
/* Is there one of the same caller within a matter's time (604800 s), before or after c, to those lines? */
#define BESIDE(here, way, lines)                                                                          \
	"EXISTS (SELECT 1 FROM call WHERE caller = c.caller AND " COUNTED " AND " here " AND (began " way \
	" c.began OR id " way " c.id) AND " lines ")"
#define BEFORE(lines) BESIDE("began BETWEEN c.began - 604800 AND c.began", "<", lines)
#define AFTER(lines) BESIDE("began BETWEEN c.began AND c.began + 604800", ">", lines)
#define TO_ALL "1"
#define TO_THE_SAME "number = c.number"
#define TO_THAT "(?3 = 0 OR number = c.number)"

/* As store_texts.c reads them. */
#define OUTBOX_ROW                                                                               \
	"SELECT id, at, line, account, driver, sender, recipient, body, why, state, carrier_id," \
	" words, updated FROM outbox"

/* As store_followups.c reads them. */
#define FOLLOWUP_ROW                                                                                             \
	"SELECT id, channel, number, name, words, line, call, opened, newest, calls, outcome, ended, first_try," \
	" last_try, tries, texted, coalesce((SELECT max(at) FROM deed WHERE followup = followup.id AND " A_TALK ")," \
	" 0), EXISTS (SELECT 1 FROM deed AS t WHERE t.followup = followup.id AND " A_TRY " AND NOT EXISTS"      \
	" (SELECT 1 FROM deed AS k WHERE k.followup = t.followup AND " A_TALK " AND " K_AFTER_T ")),"           \
	" coalesce((SELECT max(at) FROM deed WHERE followup = followup.id AND " A_TALK " AND who <> '" NM_FOLLOWUP_LOG \
	"'), 0) FROM followup"

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
	"call INDEXED BY call_missed WHERE caller = ?1 AND " UNANSWERED " AND ours = 0 AND caller > 0"
#define ANSWERED                                                                                           \
	"call INDEXED BY call_answered WHERE caller = ?1 AND outcome = 0 AND probably = 0 AND ours = 0"    \
	" AND caller > 0"                                                                                  \
	" AND NOT EXISTS (SELECT 1 FROM followup WHERE number = ?1 AND number > 0 AND touched = 1"         \
	" AND anchor < began AND began <= seen_until)"
#define OF_CALLER "followup WHERE number = ?1 AND number > 0"
#define MATTER_ROW                                                                         \
	"SELECT id, came, opened, newest, calls, call, ended, touched, seen_until, anchor" \
	" FROM " OF_CALLER
#define TO_CUSTOMERS "'" NM_TEXT_BACK "', '" NM_FOLLOWUP_TEXT "', '" NM_SURVEY_TEXT "'"
/* The reason of a text to one of the people whom a call alerts (alerts.h), as nm_alerts_run writes it. */
#define ALERT_WHY(call, n) "'" NM_ALERT_PREFIX "' || " call " || ', ' || " n
#define ALERT_ROW "SELECT call, noticed, until, text, state, ended, taken_by FROM alert"
/* The calls of a caller ?1 that alerted somebody. */
#define ALERTS_OF_CALLER "call IN (SELECT id FROM call WHERE caller = ?1 AND caller > 0)"
/* Texts to one's own people that name a caller ?1: of the calls that alerted somebody, of callbacks that were
 * late, of texts in doubt. */
#define NAMING_CALLER                                                                                      \
	"outbox WHERE why NOT IN (" TO_CUSTOMERS ") AND why IN (SELECT " ALERT_WHY("call", "n")            \
	" FROM alerted WHERE " ALERTS_OF_CALLER                                                            \
	" UNION ALL SELECT '" NM_ALERT_UNANSWERED_PREFIX "' || call FROM alert WHERE " ALERTS_OF_CALLER    \
	" UNION ALL SELECT '" NM_ALERT_TAKEN_PREFIX "' || call FROM alert WHERE " ALERTS_OF_CALLER         \
	" UNION ALL SELECT '" NM_LATE_PREFIX "' || id FROM " OF_CALLER                                     \
	" UNION ALL SELECT '" NM_DOUBT_PREFIX "' || id FROM inbound WHERE ?1 > 0 AND sender = '+' || ?1)"
#define TO_NUMBER "outbox WHERE recipient = ?1"
/* Deeds that stand, and of these the ones by which the customer was called back. */
#define STANDS "undone = 0"
/* In the order in which people wrote them, whatever their clocks said; what the log tells of became known at any time. */
#define K_AFTER_T "iif(k.who = '" NM_FOLLOWUP_LOG "' OR t.who = '" NM_FOLLOWUP_LOG "', k.at >= t.at, k.id > t.id)"
#define LOGGED "kind <> 2 AND who = '" NM_FOLLOWUP_LOG "'"
#define A_TALK "undone = 0 AND kind = 8"
#define A_TRY "undone = 0 AND (kind = 0 OR kind = 2 AND (outcome IN (1, 2) OR outcome = 4))"
/* What somebody told of the call that the log tells of here, from ?2 s before it until ?3 s after: as in MADE_FOR, whichever
 * became known first. */
#define IS_TOLD                                                                                               \
	"who = '" NM_FOLLOWUP_LOG "' AND EXISTS (SELECT 1 FROM deed AS told WHERE told.followup = ?1"         \
	" AND told.who <> '" NM_FOLLOWUP_LOG "' AND (told.kind = 0 OR told.kind = 2 OR told.kind = 8)"        \
	" AND told.at >= deed.at - ?2 AND told.at <= deed.at + ?3)"

/* A list of more than two values, and a union, cost a table of their own each time: hardly any statement here has them. */
const char *const nm_store_sql[NM_SQL_COUNT] = {
	[NM_SQL_BEGIN] = "BEGIN IMMEDIATE",
	[NM_SQL_BEGIN_READ] = "BEGIN DEFERRED",
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
		" ids, horizon, ended, number) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[NM_SQL_PUSH_UPDATE] = "UPDATE push SET state = ?2, ended = ?3, result = coalesce(?4, result),"
			       " ids = coalesce(?5, ids) WHERE id = ?1",
	[NM_SQL_PUSHES] = PUSH_ROW " ORDER BY id DESC LIMIT ?2",
	[NM_SQL_PUSHES_OF] = PUSH_ROW " WHERE number = ?1 ORDER BY id DESC LIMIT ?2",
	[NM_SQL_PUSHES_UNFINISHED] =
		PUSH_ROW " WHERE state < 3 AND (?1 = 0 OR number = ?1) ORDER BY id DESC LIMIT ?2",
	[NM_SQL_PUSH_GET] = PUSH_ROW " WHERE id = ?1",
	[NM_SQL_PUSH_BEFORE] = PUSH_ROW " WHERE number = ?1 AND at <= ?2 ORDER BY id DESC LIMIT 1",
	[NM_SQL_PUSH_AFTER] = PUSH_ROW " WHERE number = ?1 AND at > ?2 ORDER BY id LIMIT 1",
	[NM_SQL_PUSH_NEWEST] = "SELECT id FROM push WHERE number = ?1 AND state <> ?2 ORDER BY id DESC LIMIT 1",
	[NM_SQL_PUSH_DONE] = "SELECT id, version, at, horizon, forced IS NOT NULL, wanted = '[]' FROM push"
			     " WHERE number = ?1 AND state = ?2 AND (?3 = 0 OR id < ?3) AND (?4 IS NULL OR wanted = ?4) ORDER BY id DESC LIMIT 1",
	[NM_SQL_PUSHED_LINES] = "SELECT line, driver, at, count(*) OVER (), number FROM push WHERE wanted <> '[]' AND id IN"
				" (SELECT max(id) FROM push WHERE state = ?1 GROUP BY number, iif(number = 0, line, '')) ORDER BY line, id",
	[NM_SQL_PUSH_CALLED] = "SELECT number FROM push WHERE line = ?1 ORDER BY id DESC LIMIT 1",
	[NM_SQL_PUSH_UNKNOWN] = "SELECT EXISTS(SELECT 1 FROM push WHERE number < 1 AND line = ?1)"
				" OR EXISTS(SELECT 1 FROM sandbox WHERE line = ?1) OR EXISTS(SELECT 1 FROM sandbox_text WHERE line = ?1)"
				" OR EXISTS(SELECT 1 FROM sandbox_inbound WHERE line = ?1)",
	[NM_SQL_PUSH_KNOW] = "UPDATE push SET number = ?3 WHERE number < 1 AND line = ?1",
	[NM_SQL_SANDBOX_KNOW] = "UPDATE OR IGNORE sandbox SET line = ?2 WHERE line = ?1",
	[NM_SQL_SANDBOX_TEXT_KNOW] = "UPDATE sandbox_text SET line = ?2 WHERE line = ?1",
	[NM_SQL_SANDBOX_INBOUND_KNOW] = "UPDATE sandbox_inbound SET line = ?2 WHERE line = ?1",
	[NM_SQL_READING_PUT] =
		"INSERT INTO live(number, at, known, in_sync, plan, words, live, place) VALUES(?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT(number) DO UPDATE SET at = excluded.at, known = excluded.known,"
		" in_sync = excluded.in_sync, plan = excluded.plan, words = excluded.words, live = excluded.live,"
		" place = excluded.place",
	[NM_SQL_READING_GET] = "SELECT at, known, in_sync, plan, words, live, place FROM live WHERE number = ?",
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
	/* A caller that is withheld or not told is nobody's. */
	[NM_SQL_CALL_SAME] = "SELECT carrier_id, caller, began, ended FROM call"
			     " WHERE number = ?1 AND driver = ?2 AND carrier_id = ?3",
	/* Keys that begin with the id and "/@": "A" is what follows "@". */
	[NM_SQL_CALL_APART] =
		"SELECT carrier_id, caller, began, ended FROM call WHERE number = ?1 AND driver = ?2"
		" AND carrier_id > ?3 || '/@' AND carrier_id < ?3 || '/A' AND (began = ?4 OR (caller = ?5 AND caller > 0))",
	/* Two statements and no upsert: SQLite keeps a copy of every page that one changes, to be able to take it back. */
	[NM_SQL_CALL_ADD] =
		"INSERT INTO call(line, driver, carrier_id, caller, forwarded_from, began, ended, outcome, reason,"
		" probably, answered_by, seconds, number, cut, ours, version)"
		" VALUES(?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?17, " IN_FORCE ")",
	[NM_SQL_CALL_MEND] =
		"UPDATE call SET line = ?2, caller = ?5, forwarded_from = ?6, began = ?7, ended = ?8, outcome = ?9,"
		" reason = ?10, probably = ?11, answered_by = ?12, seconds = ?13, cut = ?15, ours = ?17,"
		" version = " IN_FORCE " WHERE id = ?1",
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
	[NM_SQL_CALL_LAST] = "SELECT began, id FROM call ORDER BY began DESC, id DESC LIMIT 1",
	[NM_SQL_CALLS_BETWEEN] = "SELECT count(*) FROM " COUNTED_BETWEEN,
	[NM_SQL_CALLS_ALONG] = "SELECT " BRIEF_COLUMNS " FROM " COUNTED_BETWEEN " ORDER BY began, id",
	[NM_SQL_MATTERS_EACH] =
		"SELECT " BRIEF_COLUMNS ", " BEFORE(TO_THAT) ", " AFTER(TO_THAT) " FROM call AS c"
		" WHERE began >= ?1 AND began < ?2 AND " COUNTED " AND (?3 = 0 OR number = ?3)",
	[NM_SQL_MISSED_EACH] = "SELECT caller FROM call INDEXED BY call_missed_at WHERE began >= ?1 AND began < ?2"
			       " AND " NOBODY " AND caller > 0 AND (?3 = 0 OR number = ?3)",
	[NM_SQL_SUMS_GET] = "SELECT packed FROM packed_sums WHERE weeks = ?1 AND nth = ?2 AND number = ?3",
	/* Where a row has as many bytes as before, SQLite writes those of its pages that are others now, and no more: a REPLACE
	 * writes all of them twice, to wipe out the old row and for the new one. */
	[NM_SQL_SUMS_ADD] = "INSERT INTO packed_sums(weeks, nth, number, packed) VALUES(?1, ?2, ?3, ?4)",
	[NM_SQL_SUMS_MEND] = "UPDATE packed_sums SET packed = ?4 WHERE weeks = ?1 AND nth = ?2 AND number = ?3",
	[NM_SQL_SUMS_DROP] = "DELETE FROM packed_sums WHERE weeks = ?1 AND nth = ?2 AND number = ?3",
	[NM_SQL_SUMS] = "SELECT nth, number, packed FROM packed_sums WHERE weeks = ?4 AND nth >= ?1 AND nth <= ?2"
			" AND (?3 = 0 OR number = ?3) ORDER BY nth",
	[NM_SQL_SUMS_CLEAR] = "DELETE FROM packed_sums",
	[NM_SQL_SUMS_CALLS] = "SELECT " BRIEF_COLUMNS ", " BEFORE(TO_ALL) ", " AFTER(TO_ALL) ", " BEFORE(TO_THE_SAME) ", "
		AFTER(TO_THE_SAME) " FROM call AS c ORDER BY began",
	[NM_SQL_SUMS_FOLLOWUPS] = "SELECT (SELECT number FROM call WHERE id = followup.call), opened, outcome, first_try"
				  " FROM followup ORDER BY opened",
	[NM_SQL_CALLS] = CALL_ROW " WHERE began >= ?1 AND began < ?2 ORDER BY began DESC, id DESC",
	[NM_SQL_CALLS_OF] =
		CALL_ROW " WHERE number = ?3 AND began >= ?1 AND began < ?2 ORDER BY began DESC, id DESC",
	[NM_SQL_CALLS_BY] =
		CALL_ROW " WHERE caller = ?3 AND caller > 0 AND began >= ?1 AND began < ?2 AND (?4 = 0 OR number = ?4)"
			 " ORDER BY began DESC, id DESC",
	[NM_SQL_CALLS_EACH] =
		"SELECT " BRIEF_COLUMNS " FROM call"
		" WHERE began >= ?1 AND began < ?2 AND (?3 = 0 OR number = ?3) ORDER BY began, id",
	[NM_SQL_ENTRIES_EACH] =
		CALL_ROW " WHERE began >= ?1 AND began < ?2 AND (?3 = 0 OR number = ?3) ORDER BY began, id",
	[NM_SQL_PLAYED_EACH] =
		"SELECT " BRIEF_COLUMNS ", id FROM call WHERE began >= ?1 AND began < ?2 AND (?3 = 0 OR number = ?3)"
		" ORDER BY began, id",
	[NM_SQL_PLAYED_LEGS] = "SELECT call, number, who, ended_as, rang FROM leg WHERE call >= ?1 ORDER BY call, n",
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
	/* Taken after ?2, of which it is not known that they arrived: those that are ?4 s older than when they
	 * were asked about last, and twice as old, as of ?3. */
	[NM_SQL_OUTBOX_UNSETTLED] = OUTBOX_ROW " WHERE at > ?2 AND state = 2 AND carrier_id IS NOT NULL"
					       " AND substr(words, 1, length(?5)) <> ?5 AND ?3 - updated >= max(?4, updated - at)"
					       " ORDER BY updated LIMIT ?1",
	[NM_SQL_OUTBOX_KNOWN] = "SELECT carrier_id FROM outbox WHERE id <> ?1 AND recipient = ?2 AND driver = ?3"
				" AND carrier_id IS NOT NULL ORDER BY id DESC LIMIT ?4",
	[NM_SQL_OUTBOX_TO] = "SELECT max(at) FROM outbox WHERE recipient = ?1 AND state NOT IN (?2, ?3)",
	[NM_SQL_OUTBOX_REFUSED] = "SELECT recipient, min(updated) FROM outbox WHERE state = ?1 GROUP BY recipient",
	/* To ?1: the newest that is not over without having left; those about a call of ?2 that failed, and when the
	 * newest did; since ?3, how many in a row were taken and did not arrive; how many of the newest ?4 were answered
	 * within ?5 s. */
	[NM_SQL_TEXT_PAST] =
		"SELECT (SELECT max(at) FROM " TO_NUMBER " AND state NOT IN (3, 5)),"
		" (SELECT count(*) FROM " TO_NUMBER " AND state = 3 AND at >= ?2 AND why = '" NM_TEXT_BACK "'),"
		" (SELECT max(updated) FROM " TO_NUMBER " AND state = 3 AND at >= ?2 AND why = '" NM_TEXT_BACK "'),"
		" (SELECT coalesce(sum(iif(substr(words, 1, length(?6)) = ?6, ?7, 1)), 0) FROM " TO_NUMBER
		" AND state = 3 AND carrier_id IS NOT NULL AND at > ?3 AND id >"
		" coalesce((SELECT max(id) FROM " TO_NUMBER " AND state = 2), 0)),"
		" (SELECT count(*) FROM (SELECT at AS sent FROM " TO_NUMBER " AND state IN (2, 4) AND at > ?3"
		" ORDER BY id DESC LIMIT ?4) WHERE EXISTS (SELECT 1 FROM inbound WHERE sender = ?1"
		" AND at >= sent AND at <= sent + ?5))",
	[NM_SQL_TEXTS_RECENT] = "SELECT at FROM outbox WHERE at > ?1 AND at <= ?3 AND why IN (" TO_CUSTOMERS ") ORDER BY at DESC LIMIT ?2",
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
	[NM_SQL_EXPIRE_INBOUND] = "DELETE FROM inbound WHERE at < ?",
	[NM_SQL_INBOUND_READ_GET] = "SELECT until FROM inbound_read WHERE number = ? AND driver = ?",
	[NM_SQL_INBOUND_READ_PUT] = "INSERT INTO inbound_read(number, driver, until) VALUES(?1, ?2, ?3)"
				    " ON CONFLICT(number, driver) DO UPDATE SET until = excluded.until",
	[NM_SQL_INBOUND_FLOOD_PUT] = "INSERT INTO inbound_flood(number, driver, at) VALUES(?1, ?2, ?3)"
				     " ON CONFLICT(number, driver) DO UPDATE SET at = excluded.at",
	[NM_SQL_INBOUND_FLOODS] = "SELECT number, max(at) FROM inbound_flood WHERE at >= ?1 GROUP BY number ORDER BY number",
	[NM_SQL_FOLLOWUPS] = FOLLOWUP_ROW " WHERE opened >= ?1 AND opened < ?2 ORDER BY opened DESC, id DESC",
	[NM_SQL_FOLLOWUPS_OPEN] =
		FOLLOWUP_ROW " WHERE outcome = 0 AND opened >= ?1 AND opened < ?2"
			     " AND (newest >= ?3 OR came <> 0 OR touched = 1) ORDER BY opened, id",
	[NM_SQL_FOLLOWUPS_EACH] = "SELECT line, opened, outcome, first_try,"
				  " (SELECT number FROM call WHERE id = followup.call) FROM followup"
				  " WHERE opened >= ?1 AND opened < ?2 ORDER BY opened, id",
	[NM_SQL_LEADS_EACH] = "SELECT line, opened, outcome, first_try, 0 FROM followup"
			      " WHERE opened >= ?1 AND opened < ?2 AND call IS NULL ORDER BY opened, id",
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
		" count(*) FILTER (WHERE " A_TRY " AND NOT (" IS_TOLD ")), coalesce(min(at) FILTER (WHERE " A_TRY " OR " A_TALK "), 0),"
		" coalesce(max(at) FILTER (WHERE " A_TRY "), 0),"
		" coalesce(max(at) FILTER (WHERE " STANDS " AND kind = 1), 0), coalesce(max(outcome <> 5), 0)"
		" FROM deed WHERE followup = ?1)"
		" WHERE id = ?1",
	[NM_SQL_DEED_ADD] =
		"INSERT INTO deed(followup, at, who, kind, outcome, words) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
	[NM_SQL_DEEDS] = "SELECT at, who, kind, outcome, words FROM deed WHERE followup = ?1 ORDER BY at, id",
	[NM_SQL_DEED_NEWEST] = "SELECT id FROM deed WHERE followup = ?1 AND " STANDS " AND kind IN (0, 1, 2, 8)"
			       " ORDER BY " LOGGED ", id DESC LIMIT 1",
	[NM_SQL_DEED_UNDO] = "UPDATE deed SET undone = 1 WHERE id = ?1",
	/* What was written of a text that was sent at ?2: the first behind it. */
	[NM_SQL_DEED_UNTEXT] = "UPDATE deed SET undone = 1 WHERE id = (SELECT id FROM deed WHERE followup = ?1 AND " STANDS
			       " AND kind = 1 AND at >= ?2 ORDER BY id LIMIT 1)",
	[NM_SQL_DEEDS_OF_LOG_DROP] = "DELETE FROM deed WHERE followup = ?1 AND outcome = 5 AND " STANDS,
	/* The newest that was open when a call at ?2 was made, unless that call stands there: as the log wrote it, or as
	 * somebody told within ?4 s before it or ?5 s after ?3 (made.h).  What was taken back stands there too. */
	[NM_SQL_MADE_FOR] =
		"SELECT id FROM (SELECT id FROM " OF_CALLER " AND opened <= ?2 AND (ended = 0 OR ended > ?2)"
		" ORDER BY opened DESC, id DESC LIMIT 1) AS f WHERE NOT EXISTS (SELECT 1 FROM deed"
		" WHERE followup = f.id AND outcome <> 5 AND (kind = 0 OR kind = 2 OR kind = 8)"
		" AND iif(who = '" NM_FOLLOWUP_LOG "', at = ?2, at >= ?2 - ?4 AND at <= ?3 + ?5))",
	[NM_SQL_MATTER_ANY] =
		"SELECT 1 WHERE EXISTS (SELECT 1 FROM " OF_CALLER ") OR EXISTS (SELECT 1 FROM " MISSED " AND began = ?2)",
	/* What an answered call at ?2 may end or cut: whoever is to be called back yet, or was until a later call, or has had
	 * anything done about calls from then on.  A WHERE stops at the first answer, which a column does not. */
	[NM_SQL_MATTER_LEFT] =
		"SELECT 1 WHERE EXISTS (SELECT 1 FROM " OF_CALLER ")"
		" AND (EXISTS (SELECT 1 FROM " OF_CALLER " AND outcome IN (0, 5) AND ended = 0)"
		" OR EXISTS (SELECT 1 FROM " OF_CALLER " AND outcome IN (0, 5) AND ended > ?2)"
		" OR EXISTS (SELECT 1 FROM " OF_CALLER " AND anchor >= ?2))",
	[NM_SQL_MATTER_FROM] =
		"SELECT max(coalesce((SELECT began FROM " ANSWERED " AND began <= ?2 ORDER BY began DESC LIMIT 1), ?3),"
		" coalesce((SELECT max(seen_until) FROM " OF_CALLER " AND outcome > 0 AND outcome < 5 AND seen_until <= ?2), ?3),"
		" coalesce((SELECT max(came) FROM " OF_CALLER " AND came <> 0 AND came <= ?2), ?3))",
	[NM_SQL_MATTER_UNTIL] =
		"SELECT min(coalesce((SELECT began FROM " ANSWERED " AND began > ?2 ORDER BY began LIMIT 1), ?3),"
		" coalesce((SELECT min(seen_until) FROM " OF_CALLER " AND outcome > 0 AND outcome < 5 AND seen_until > ?2), ?3),"
		" coalesce((SELECT min(came) FROM " OF_CALLER " AND came <> 0 AND came > ?2), ?3))",
	[NM_SQL_MATTER_ANSWERED] = "SELECT began FROM " ANSWERED " AND began > ?2 ORDER BY began LIMIT 1",
	[NM_SQL_MATTER_FOLLOWUPS] = MATTER_ROW " AND anchor >= ?2 AND anchor < ?3 ORDER BY anchor DESC, id DESC",
	/* In parts, as each has an index of its own. */
	[NM_SQL_MATTER_ENDS] =
		MATTER_ROW " AND outcome IN (0, 5) AND ended = 0 UNION ALL " MATTER_ROW
			   " AND outcome IN (0, 5) AND ended = ?2 AND ended <> 0 UNION ALL " MATTER_ROW
			   " AND outcome IN (0, 5) AND ended = ?3 AND ended <> 0 AND ended <> ?2 UNION ALL " MATTER_ROW
			   " AND outcome IN (0, 5) AND anchor >= ?4 AND anchor < ?5 AND ended <> 0 AND ended <> ?2"
			   " AND ended <> ?3",
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
				" body = iif(?2 = 1, '', body) WHERE id = ?1 AND state = 0 AND due = ?6",
	[NM_SQL_EVENT_RETRY] =
		"UPDATE event SET state = 0, tries = 0, due = ?2, updated = ?2 WHERE id = ?1 AND state = 2",
	[NM_SQL_EVENT_COUNTS] = "SELECT (SELECT count(*) FROM event WHERE state = 0),"
				" (SELECT count(*) FROM event WHERE state = 2),"
				" (SELECT coalesce(min(due), ?1) FROM event WHERE " EVENT_FIRST ")",
	[NM_SQL_EVENTS_REFUSED] = "SELECT count(*) FROM event WHERE state = 2 AND updated >= ?1",
	[NM_SQL_EVENTS] = EVENT_ROW " ORDER BY id DESC LIMIT ?1",
	[NM_SQL_EVENTS_OPEN] = EVENT_ROW " WHERE state = 0 UNION ALL " EVENT_ROW " WHERE state = 2 ORDER BY id LIMIT ?1",
	[NM_SQL_EVENTS_DUE] = EVENT_ROW " WHERE due <= ?2 AND " EVENT_FIRST " ORDER BY id LIMIT ?1",
	[NM_SQL_REPORTING] = "SELECT since FROM reporting",
	[NM_SQL_REPORTING_PUT] = "INSERT INTO reporting(id, since) VALUES(1, ?1)"
				 " ON CONFLICT(id) DO UPDATE SET since = excluded.since",
	[NM_SQL_FOLLOWUPS_ENDED] =
		"SELECT id FROM " OF_CALLER " AND outcome = 5 AND ended = ?2 ORDER BY id",
	[NM_SQL_TRACES] =
		"SELECT 0 AS kind, driver, line, carrier_id, began AS at, NULL, number FROM call WHERE caller = ?1"
		" AND caller > 0 UNION ALL"
		" SELECT 1, driver, line, carrier_id, at, account, 0 FROM outbox WHERE recipient = ?2 UNION ALL"
		" SELECT 1, driver, line, carrier_id, at, NULL, number FROM inbound WHERE sender = ?2 UNION ALL"
		" SELECT 2, driver, line, carrier_id, at, account, 0 FROM " NAMING_CALLER " AND recipient <> ?2"
		" ORDER BY at",
	[NM_SQL_TRACES_CALLS] = "SELECT count(*) FROM call WHERE caller = ?1 AND caller > 0",
	[NM_SQL_TRACES_FOLLOWUPS] = "SELECT count(*) FROM " OF_CALLER,
	[NM_SQL_TRACES_TEXTS] = "SELECT (SELECT count(*) FROM outbox WHERE ?1 > 0 AND recipient = ?2)"
				" + (SELECT count(*) FROM inbound WHERE ?1 > 0 AND sender = ?2)"
				" + (SELECT count(*) FROM " NAMING_CALLER " AND recipient <> ?2)",
	[NM_SQL_TRACES_EVENTS] = "SELECT count(*) FROM event WHERE caller = ?1",
	[NM_SQL_TRACES_VERSIONS] = "SELECT count(*) FROM version WHERE ?1 > 0 AND instr(text, ?2) > 0",
	[NM_SQL_TRACES_ALERTS] = "SELECT count(*) FROM alert WHERE state = 0 AND " ALERTS_OF_CALLER,
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
	/* The sandbox carrier keeps a text as long as the outbox does. */
	[NM_SQL_SANDBOX_TEXTS_DROP] =
		"DELETE FROM sandbox_text WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE recipient = sandbox_text.recipient"
		" AND sender = sandbox_text.line AND body = sandbox_text.body)",
	[NM_SQL_FORGET_INBOUND] = "DELETE FROM inbound WHERE ?1 > 0 AND sender = ?2",
	[NM_SQL_FORGET_SANDBOX_INBOUND] = "DELETE FROM sandbox_inbound WHERE ?1 > 0 AND sender = ?2",
	[NM_SQL_FORGET_EVENTS] = "DELETE FROM event WHERE caller = ?1",
	[NM_SQL_EXPIRE_DEEDS] = "DELETE FROM deed WHERE followup = ?1",
	[NM_SQL_EXPIRE_FOLLOWUPS] = "SELECT id FROM followup WHERE " OLD_FOLLOWUP,
	[NM_SQL_FOLLOWUP_DROP] = "DELETE FROM followup WHERE id = ?1",
	[NM_SQL_EXPIRE_OPENERS] = "UPDATE followup SET call = NULL WHERE call = ?1",
	[NM_SQL_EXPIRE_LEGS] = "DELETE FROM leg WHERE call = ?1",
	[NM_SQL_EXPIRE_CALLS] = "SELECT id FROM call WHERE " OLD_CALL,
	[NM_SQL_CALL_DROP] = "DELETE FROM call WHERE id = ?",
	[NM_SQL_EXPIRE_TEXTS] = "DELETE FROM outbox WHERE updated < ?1 AND state > 1",
	[NM_SQL_EXPIRE_SANDBOX_INBOUND] = "DELETE FROM sandbox_inbound WHERE at < ?1",
	[NM_SQL_EXPIRE_EVENTS] = "DELETE FROM event WHERE updated < ?1 AND state <> 0",
	[NM_SQL_AGENT_PUT] = "INSERT OR REPLACE INTO agent(id, pid, host, started, round, next, stopped)"
			     " VALUES(1, ?, ?, ?, ?, ?, ?)",
	[NM_SQL_AGENT_GET] = "SELECT pid, host, started, round, next, stopped FROM agent",
	[NM_SQL_AGENT_TROUBLE_PUT] =
		"INSERT OR REPLACE INTO agent_trouble(work, what, since, words) VALUES(?, ?, ?, ?)",
	[NM_SQL_AGENT_TROUBLE_DROP] = "DELETE FROM agent_trouble WHERE work = ?1 AND what = ?2",
	[NM_SQL_AGENT_TROUBLES] = "SELECT work, what, since, words FROM agent_trouble ORDER BY since, work, what",
	[NM_SQL_OUTBOX_WHY] = "SELECT coalesce(max(state NOT IN (?2, ?3)), 0), count(*) FILTER (WHERE state IN (?2, ?3)),"
			      " coalesce(max(updated) FILTER (WHERE state IN (?2, ?3)), 0) FROM outbox WHERE why = ?1"
			      " AND why NOT IN (" TO_CUSTOMERS ")",
	[NM_SQL_OUTBOX_COUNT] = "SELECT count(*) FROM outbox WHERE at > ?1 AND substr(why, 1, length(?2)) = ?2"
				" AND (?3 IS NULL OR recipient = ?3) AND (?4 OR state NOT IN (3, 5))",
	[NM_SQL_OUTBOX_NUMBERED] = "SELECT at, CAST(substr(why, length(?1) + 1) AS INTEGER) FROM outbox WHERE at > ?2"
				   " AND substr(why, 1, length(?1)) = ?1 AND state NOT IN (?3, ?4)"
				   " ORDER BY at DESC, id DESC LIMIT 1",
	[NM_SQL_ALERT_ADD] = "INSERT INTO alert(call, noticed, until, text, state, ended) VALUES(?, ?, ?, ?, ?, ?)",
	[NM_SQL_ALERT_END] = "UPDATE alert SET state = ?2, ended = ?3, taken_by = ?4 WHERE call = ?1 AND state = 0",
	[NM_SQL_ALERT_GET] = ALERT_ROW " WHERE call = ?1",
	[NM_SQL_ALERTS] = ALERT_ROW " WHERE state = 0 OR noticed >= ?1 ORDER BY call",
	[NM_SQL_ALERTS_ENDED] = ALERT_ROW " WHERE state = 0 OR ended >= ?1 ORDER BY call",
	[NM_SQL_ALERT_REPLIES] = "SELECT sender, body, at FROM inbound WHERE sender IN (SELECT number FROM alerted)"
				 " AND at >= ?1 ORDER BY at, id",
	[NM_SQL_ALERTED_ADD] =
		"INSERT INTO alerted(call, n, name, number, due, by_line) VALUES(?, ?, ?, ?, ?, ?)",
	/* The newest text to each, if any. */
	[NM_SQL_ALERTED] = "SELECT name, number, due, by_line, state, at, words FROM alerted LEFT JOIN outbox ON outbox.id ="
			   " (SELECT max(id) FROM outbox WHERE why = " ALERT_WHY("alerted.call", "alerted.n")
			   " AND why NOT IN (" TO_CUSTOMERS ")) WHERE alerted.call = ?1 ORDER BY n",
	[NM_SQL_FORGET_NAMING] = "DELETE FROM " NAMING_CALLER,
	[NM_SQL_FORGET_ALERTED] = "DELETE FROM alerted WHERE ?1 > 0 AND number = ?2 OR " ALERTS_OF_CALLER,
	[NM_SQL_FORGET_ALERTS] = "DELETE FROM alert WHERE " ALERTS_OF_CALLER,
	[NM_SQL_EXPIRE_ALERTED] = "DELETE FROM alerted WHERE call = ?1",
	[NM_SQL_EXPIRE_ALERTS] = "DELETE FROM alert WHERE call = ?1",
	[NM_SQL_FORMER_LEAD_ON] = "UPDATE former SET now = ?2 WHERE now = ?1",
	[NM_SQL_FORMER_PUT] = "INSERT OR REPLACE INTO former(name, now) VALUES(?1, ?2)",
	[NM_SQL_FORMER_DROP] = "DELETE FROM former WHERE name = ?2",
	[NM_SQL_FORMER] = "SELECT name, now FROM former ORDER BY name",
	[NM_SQL_SURVEYS_ENDED] =
		"SELECT id FROM followup INDEXED BY followup_done WHERE outcome IN (1, 2) AND ended > ?1"
		" AND ended <= ?2 ORDER BY ended, id",
	[NM_SQL_SURVEY_NEWEST] = "SELECT max(at) FROM deed WHERE kind = 5 AND followup IN (SELECT id FROM " OF_CALLER ")",
	[NM_SQL_SURVEY_OPEN] = "SELECT followup FROM deed AS asked WHERE kind = 5 AND at >= ?2 AND at <= ?3"
			       " AND followup IN (SELECT id FROM " OF_CALLER ") AND NOT EXISTS"
			       " (SELECT 1 FROM deed WHERE followup = asked.followup AND kind IN (6, 7))"
			       " ORDER BY at DESC, id DESC LIMIT 1",
	/* The newest follow-up first of each caller, so that those of one matter follow each other. */
	[NM_SQL_SURVEY_ANSWERS] =
		"SELECT call.id, call.caller, deed.kind = 6 FROM deed INDEXED BY deed_answer JOIN followup"
		" ON followup.id = deed.followup JOIN call ON call.id = followup.call WHERE deed.kind IN (6, 7)"
		" AND call.began >= ?1 AND (?2 = 0 OR call.number = ?2)"
		" ORDER BY call.caller, call.began DESC, call.id DESC",
	/* The first call of the matter that call ?1 of caller ?2 belongs to, among those to line ?3 (0: to all). */
	[NM_SQL_MATTER_FIRST] =
		"WITH RECURSIVE back(id, began) AS (SELECT id, began FROM call WHERE id = ?1 AND " COUNTED
		" UNION ALL SELECT b.id, b.began FROM back AS a JOIN call AS b ON b.id ="
		" (SELECT id FROM call WHERE caller = ?2 AND began BETWEEN a.began - 604800 AND a.began"
		" AND (began < a.began OR id < a.id) AND " COUNTED " AND (?3 = 0 OR number = ?3)"
		" ORDER BY began DESC, id DESC LIMIT 1))"
		" SELECT " BRIEF_COLUMNS ", id, " AFTER(TO_THAT)
		" FROM call AS c WHERE id = (SELECT id FROM back ORDER BY began, id LIMIT 1)",
};
