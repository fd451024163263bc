/* SPDX-License-Identifier: MIT */
/*
 * Calls from the exports of carriers, in which each phone that rang has a row: who answered is told as of the carrier's own
 * answers, whatever the order of the rows.  The files are made up after what carriers say of their records.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "log_rig.h"
#include "random_plan.h"

/* clang-format off */
#define PLAN \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account box { driver = sandbox }\n" \
	"line main { number = \"+15125550100\" account = box }\nline over { number = \"+15125550101\" account = box }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s confirm = no }\n" \
	"destination sam { kind = personal number = \"+15125550114\" own_voicemail = 25s confirm = yes }\n" \
	"destination fixly { kind = ai number = \"+15125550177\" }\n" \
	"destination mailbox { kind = voicemail greeting = \"Smith\" }\n" \
	"path day { step { ring = owner for = 15s } step { ring = fixly } step { ring = mailbox } }\n" \
	"rule all { path = day }\n"
/* clang-format on */

#define DAY INT64_C(1767571200) /* 5 January 2026, midnight in UTC */

static struct books books;

static int setup(void **state)
{
	(void)state;
	books_open(&books, PLAN);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	books_close(&books);
	return 0;
}

static enum nm_code import_bytes(const char *text, size_t len, const char *columns, struct nm_calls_file *out,
				 struct nm_error *err)
{
	struct nm_calls_file_options options = log_rig_options(&books);

	options.name = "calls";
	options.columns = columns;
	return log_rig_import_with(&books, &options, text, len, out, err);
}

static struct nm_calls_file import_with(const char *text, const char *columns)
{
	struct nm_calls_file out;
	struct nm_error err;

	if (import_bytes(text, strlen(text), columns, &out, &err) != NM_OK)
		fail_msg("%s", err.text);
	return out;
}

static struct nm_calls_file import(const char *text)
{
	return log_rig_import(&books, text);
}

static void log_says(size_t i, const char *expected)
{
	log_rig_says(&books, i, expected);
}

static size_t log_size(void)
{
	return log_rig_size(&books);
}

#define TWILIO_NAMES                                                                                         \
	"Call Sid,Parent Call Sid,From,To,Direction,Status,Start Time,End Time,Duration,Answered By\n"
#define TWILIO_LEG(sid, parent, to, status, start, end, talked)                                              \
	sid "," parent ",+15125550199," to ",outbound-dial," status ",2026-01-05T" start                     \
	    "Z,2026-01-05T" end "Z," talked ",\n"
#define TWILIO_CALL(sid, status, start, end, talked)                                                         \
	sid ",,+15125550199,+15125550100,inbound," status ",2026-01-05T" start "Z,2026-01-05T" end "Z,"      \
	    talked ",human\n"

/* The newest first, so legs stand before their calls; all of these calls are "completed". */
#define TWILIO_FILE                                                                                          \
	TWILIO_NAMES TWILIO_LEG("CA31", "CA3", "+15125550111", "completed", "16:00:01", "16:01:00", "35")    \
	TWILIO_CALL("CA3", "completed", "16:00:00", "16:01:00", "60")                                        \
	TWILIO_LEG("CA22", "CA2", "+15125550177", "no-answer", "15:00:17", "15:00:37", "0")                  \
	TWILIO_LEG("CA21", "CA2", "+15125550111", "no-answer", "15:00:01", "15:00:16", "0")                  \
	TWILIO_CALL("CA2", "completed", "15:00:00", "15:01:30", "90")                                        \
	TWILIO_LEG("CA12", "CA1", "+15125550177", "completed", "14:00:17", "14:01:20", "60")                 \
	TWILIO_LEG("CA11", "CA1", "+15125550111", "no-answer", "14:00:01", "14:00:16", "0")                  \
	TWILIO_CALL("CA1", "completed", "14:00:00", "14:01:20", "80")

static void the_log_has_the_three(void)
{
	log_says(0, "2026-01-05 10:00;+15125550199;main;swallowed;owner;25");
	log_says(1, "2026-01-05 09:00;+15125550199;main;voicemail;-;37");
	log_says(2, "2026-01-05 08:00;+15125550199;main;answered;fixly;20");
}

/* "a call whose parent is completed but that only voicemail took was missed; an unconfirmed leg that answered within 3 s of
 * that phone's own voicemail time is probably swallowed" */
static void child_rows_of_twilio_are_legs(void **state)
{
	struct nm_calls_file file = import(TWILIO_FILE);

	(void)state;
	assert_int_equal(file.fresh, 3);
	assert_int_equal(file.outgoing + file.elsewhere + file.n_wrong + file.untold, 0);
	assert_int_equal(file.n_unused, 1);
	assert_string_equal(file.unused[0], "Answered By"); /* a person or a machine, not who */
	nm_calls_file_clear(&file);
	the_log_has_the_three();
	file = import(TWILIO_FILE TWILIO_LEG("CA11", "CA1", "+15125550111", "no-answer", "14:00:01",
					     "14:00:16", "0"));
	assert_int_equal(file.known, 3);
	nm_calls_file_clear(&file);
	assert_int_equal(log_size(), 3);
}

/* Whatever a table calls its columns. */
static void parents_are_mapped(void **state)
{
	struct nm_calls_file file = import_with(
		"Id,Belongs to,From,To,Status,Start Time,Over\n"
		"7,,+15125550199,main,completed,2026-01-05 08:00:00,2026-01-05 08:01:30\n"
		"8,7,+15125550199,owner,no answer,2026-01-05 08:00:01,2026-01-05 08:00:16\n"
		"9,7,+15125550199,mailbox,completed,2026-01-05 08:00:17,2026-01-05 08:01:30\n",
		"parent=Belongs to,ended=over");

	(void)state;
	assert_int_equal(file.fresh, 1);
	assert_int_equal(file.n_wrong, 0);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 08:00;+15125550199;main;voicemail;-;-1");
}

#define CA "CA0000000000000000000000000000000"
#define CA_CALL CA "1,,+15125550199,main,completed,2026-01-05 08:00:00,2026-01-05 08:01:30\n"
#define CA_LEG(end) CA "2," CA "1,+15125550199,owner,no answer,2026-01-05 08:00:01,2026-01-05 08:00:" end "\n"

/* With Twilio's ids, too: what a later table says of the legs mends the call, and a table without them does not. */
static void legs_of_twilios_ids_are_mended(void **state)
{
	static const char names[] = "Id,Belongs to,From,To,Status,Start Time,Over\n";
	static const struct {
		const char *rows;
		int64_t fresh, mended;
	} files[] = { { CA_CALL CA_LEG("16"), 1, 0 }, { CA_CALL CA_LEG("17"), 0, 1 }, { CA_CALL CA_LEG("17"), 0, 0 } };
	struct nm_calls_file file;
	char text[500];

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", names, files[i].rows);
		file = import_with(text, "parent=Belongs to,ended=over");
		assert_int_equal(file.fresh, files[i].fresh);
		assert_int_equal(file.mended, files[i].mended);
		nm_calls_file_clear(&file);
	}
	file = import("Id,From,To,Status,Start Time\n" CA "1,+15125550199,main,completed,2026-01-05 08:00:00\n");
	assert_int_equal(file.known, 1);
	nm_calls_file_clear(&file);
}

#define JSON_CALL(sid, parent, to, direction, status, start, end, talked)                                    \
	"{\"sid\":\"" sid "\",\"parent_call_sid\":" parent ",\"from\":\"+15125550199\",\"to\":\"" to         \
	"\",\"direction\":\"" direction "\",\"status\":\"" status                                            \
	"\",\"start_time\":\"Mon, 05 Jan 2026 " start " +0000\",\"end_time\":\"Mon, 05 Jan 2026 " end        \
	" +0000\",\"duration\":\"" talked "\",\"answered_by\":null,\"price\":null,\"subresource_uris\":{}}"

static void a_list_of_twilios_is_read(void **state)
{
	struct nm_calls_file file = import(
		"{\"page\":0,\"next_page_uri\":null,\"calls\":[" /* */
		JSON_CALL("CA31", "\"CA3\"", "+15125550111", "outbound-dial", "completed", "16:00:01",
			  "16:01:00", "35") "," JSON_CALL("CA3", "null", "+15125550100", "inbound",
							  "completed", "16:00:00", "16:01:00", "60")
		",17," JSON_CALL("CA22", "\"CA2\"", "+15125550177", "outbound-dial", "no-answer", "15:00:17",
				 "15:00:37", "0") ","
		JSON_CALL("CA21", "\"CA2\"", "+15125550111", "outbound-dial", "no-answer", "15:00:01",
			  "15:00:16", "0") "," JSON_CALL("CA2", "null", "+15125550100", "inbound",
							 "completed", "15:00:00", "15:01:30", "90") ","
		JSON_CALL("CA12", "\"CA1\"", "+15125550177", "outbound-dial", "completed", "14:00:17",
			  "14:01:20", "60") "," JSON_CALL("CA11", "\"CA1\"", "+15125550111", "outbound-dial",
							  "no-answer", "14:00:01", "14:00:16", "0") ","
		JSON_CALL("CA1", "null", "+15125550100", "inbound", "completed", "14:00:00", "14:01:20", "80")
		"]}");

	(void)state;
	assert_string_equal(file.format, "JSON");
	assert_int_equal(file.fresh, 3);
	assert_int_equal(file.n_wrong, 1);
	assert_int_equal(file.wrong[0].line, 3);
	assert_string_equal(file.wrong[0].words, "it is no object");
	nm_calls_file_clear(&file);
	the_log_has_the_three();
}

static void what_is_no_list_is_refused(void **state)
{
	static const char *const texts[] = { "{}", "{\"status\":\"success\"}", "{\"status\":401}", "{\"calls\":[", " [1" };
	struct nm_calls_file file;
	struct nm_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(import_bytes(texts[i], strlen(texts[i]), NULL, &file, &err), NM_INPUT);
		nm_calls_file_clear(&file);
		assert_non_null(strstr(err.text, i < 3 ? "calls: it lists no calls" : "calls: not JSON: line 1"));
	}
}

/* As a table that has its first row alone. */
static void a_list_of_no_calls_is_none(void **state)
{
	static const char *const texts[] = { "{\"calls\":[]}", "[]", "{\"status\":\"no_cdr\"}",
					     "{\"status\":\"success\",\"cdr\":[]}" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct nm_calls_file file = import(texts[i]);

		assert_int_equal(file.rows + file.n_wrong, 0);
		assert_string_equal(file.format, "JSON");
		nm_calls_file_clear(&file);
	}
}

static void a_refusal_is_told_in_the_carriers_word(void **state)
{
	static const char text[] = "{\"status\":\"invalid_\\u0007credentials\"}";
	struct nm_calls_file file;
	struct nm_error err;

	(void)state;
	assert_int_equal(import_bytes(text, strlen(text), NULL, &file, &err), NM_INPUT);
	nm_calls_file_clear(&file);
	assert_string_equal(err.text, "calls: it lists no calls, and its status is `invalid_ credentials`: the carrier refused");
}

/* "A row whose parent is not in the file is reported", with its line, and stops nothing. */
static void a_leg_without_its_call_is_told(void **state)
{
	struct nm_calls_file file = import(
		TWILIO_NAMES TWILIO_LEG("CA92", "CA9", "+15125550111", "no-answer", "17:00:01", "17:00:16", "0")
			TWILIO_LEG("CA12", "CA1", "+15125550177", "completed", "14:00:17", "14:01:20", "60")
				TWILIO_CALL("CA8", "sideways", "13:00:00", "13:01:20", "80")
					TWILIO_CALL("CA1", "completed", "14:00:00", "14:01:20", "80"));

	(void)state;
	assert_int_equal(file.fresh, 1);
	assert_int_equal(file.n_wrong, 2);
	assert_int_equal(file.faults[NM_FAULT_PARENT], 1);
	assert_int_equal(file.wrong[0].line, 2);
	assert_string_equal(file.wrong[0].words,
			    "it is a leg of the call `CA9`, which is not in the file, or far from it");
	assert_int_equal(file.wrong[1].line, 4);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 08:00;+15125550199;main;answered;fixly;20");
}

/* Legs go the way of their call: one that was made, to another number, or wrong.  Nothing is told twice. */
static void legs_are_left_out_with_their_call(void **state)
{
	struct nm_calls_file file = import(
		TWILIO_NAMES
		"CA1,,+15125550100,+15125550142,outbound-api,completed,2026-01-05T14:00:00Z,2026-01-05T14:01:00Z,60,\n"
		TWILIO_LEG("CA11", "CA1", "+15125550111", "completed", "14:00:01", "14:00:16", "5")
		TWILIO_LEG("CA21", "CA2", "+15125550111", "completed", "14:00:01", "14:00:16", "5")
		"CA2,,+15125550199,+15125559999,inbound,completed,2026-01-05T14:00:00Z,2026-01-05T14:01:00Z,60,\n"
		"CA3,,+15125550199,+15125550100,inbound,completed,never,2026-01-05T14:01:00Z,60,\n"
		TWILIO_LEG("CA31", "CA3", "+15125550111", "completed", "14:00:01", "14:00:16", "5"));

	(void)state;
	assert_int_equal(file.fresh, 0);
	assert_int_equal(file.outgoing, 1);
	assert_int_equal(file.elsewhere, 1);
	assert_int_equal(file.n_wrong, 1);
	assert_int_equal(file.wrong[0].line, 6);
	nm_calls_file_clear(&file);
}

/* Whoever else may have answered is not known when a leg cannot be read. */
static void a_wrong_leg_leaves_who_answered_open(void **state)
{
	struct nm_calls_file file = import(
		TWILIO_NAMES TWILIO_LEG("CA11", "CA1", "+15125550111", "sideways", "14:00:01", "14:00:16", "0")
			TWILIO_CALL("CA1", "completed", "14:00:00", "14:01:20", "80"));

	(void)state;
	assert_int_equal(file.fresh, 1);
	assert_int_equal(file.n_wrong, 1);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 08:00;+15125550199;main;unknown;-;-1");
}

static void a_withheld_number_is_twilios(void **state)
{
	struct nm_calls_file file = import(
		TWILIO_NAMES "CA1,,+266696687,+15125550100,inbound,no-answer,2026-01-05T14:00:00Z,,,\n"
			     "CA2,,+15125550199,+15125550100,inbound,in-progress,2026-01-05T15:00:00Z,,,\n");

	(void)state;
	assert_int_equal(file.fresh, 2);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 09:00;+15125550199;main;unknown;-;-1");
	log_says(1, "2026-01-05 08:00;anonymous;main;abandoned;-;-1");
}

#define TELNYX_NAMES                                                                                         \
	"id,telnyx_session_id,direction,cli,cld,started_at,answered_at,finished_at,call_sec,hangup_cause\n"

/* Rows of a session are one call: what came in, and what went out for it. */
static void sessions_of_telnyx_are_calls(void **state)
{
	struct nm_calls_file file = import(
		TELNYX_NAMES
		"a1,A,inbound,+15125550199,+15125550100,2026-01-05T14:00:00Z,2026-01-05T14:00:08Z,2026-01-05T14:01:00Z,60,NORMAL_CLEARING\n"
		"a2,A,outbound,+15125550199,+15125550177,2026-01-05T14:00:02Z,2026-01-05T14:00:08Z,2026-01-05T14:01:00Z,58,NORMAL_CLEARING\n"
		"b1,B,inbound,+15125550199,+15125550100,2026-01-05T15:00:00Z,,2026-01-05T15:00:20Z,20,NO_ANSWER\n"
		"c2,C,outbound,+15125550199,+15125550111,2026-01-05T16:00:00Z,,2026-01-05T16:00:25Z,25,NO_ANSWER\n"
		"c1,C,inbound,+15125550199,+15125550100,2026-01-05T16:00:00Z,,2026-01-05T16:00:30Z,30,ORIGINATOR_CANCEL\n"
		"d1,D,outbound,+15125550100,+15125550142,2026-01-05T17:00:00Z,2026-01-05T17:00:05Z,2026-01-05T17:01:00Z,60,NORMAL_CLEARING\n");

	(void)state;
	assert_int_equal(file.fresh, 3);
	assert_int_equal(file.outgoing, 1);
	assert_int_equal(file.n_wrong, 0);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 10:00;+15125550199;main;abandoned;-;30");
	log_says(1, "2026-01-05 09:00;+15125550199;main;abandoned;-;20");
	log_says(2, "2026-01-05 08:00;+15125550199;main;answered;fixly;8");
}

/* "A call whose phones all went unanswered is not unknown": the caller hung up, or nobody took it. */
static void a_session_that_nobody_answered_was_missed(void **state)
{
	struct nm_calls_file file = import(
		TELNYX_NAMES
		"a1,A,inbound,+15125550199,+15125550100,2026-01-05T14:00:00Z,2026-01-05T14:00:01Z,2026-01-05T14:00:20Z,20,NORMAL_CLEARING\n"
		"a2,A,outbound,+15125550199,+15125550111,2026-01-05T14:00:02Z,,2026-01-05T14:00:20Z,18,NO_ANSWER\n"
		"b1,B,inbound,+15125550199,+15125550100,2026-01-05T15:00:00Z,2026-01-05T15:00:01Z,2026-01-05T15:01:00Z,20,NORMAL_CLEARING\n"
		"b2,B,outbound,+15125550199,+15125550111,2026-01-05T15:00:02Z,,2026-01-05T15:00:20Z,18,NO_ANSWER\n"
		"b3,B,outbound,+15125550199,+15125550114,2026-01-05T15:00:02Z,,2026-01-05T15:00:04Z,2,USER_BUSY\n");

	(void)state;
	assert_int_equal(file.fresh, 2);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 09:00;+15125550199;main;voicemail;-;20");
	log_says(1, "2026-01-05 08:00;+15125550199;main;abandoned;-;20");
	/* Only the causes of the phones say anything. */
	file = import(
		"id,telnyx_session_id,direction,cli,cld,started_at,finished_at,hangup_cause\n"
		"c1,C,inbound,+15125550199,+15125550100,2026-01-05T16:00:00Z,2026-01-05T16:00:20Z,NORMAL_CLEARING\n"
		"c2,C,outbound,+15125550199,+15125550111,2026-01-05T16:00:02Z,2026-01-05T16:00:20Z,NO_ANSWER\n");
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 10:00;+15125550199;main;abandoned;-;20");
}

/* Nobody is asked for a 1 there, whatever the plan says: what answered was a voicemail. */
static void telnyx_asks_for_no_1(void **state)
{
	struct nm_calls_file file = import(
		TELNYX_NAMES
		"a1,A,inbound,+15125550199,+15125550100,2026-01-05T14:00:00Z,2026-01-05T14:00:26Z,2026-01-05T14:01:00Z,60,NORMAL_CLEARING\n"
		"a2,A,outbound,+15125550199,+15125550114,2026-01-05T14:00:01Z,2026-01-05T14:00:25Z,2026-01-05T14:01:00Z,58,NORMAL_CLEARING\n");

	(void)state;
	assert_string_equal(file.driver, "telnyx");
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 08:00;+15125550199;main;swallowed;sam;25");
}

/* Without a session it is not known who rang; the cause and the answer still tell. */
static void causes_tell_without_a_session(void **state)
{
	struct nm_calls_file file =
		import("id,direction,cli,cld,started_at,answered_at,call_sec,hangup_cause\n"
		       "1,inbound,+15125550199,main,2026-01-05T14:00:00Z,,20,NO_ANSWER\n"
		       "2,inbound,+15125550199,main,2026-01-05T15:00:00Z,2026-01-05T15:00:05Z,20,NORMAL_CLEARING\n"
		       "3,inbound,+15125550199,main,2026-01-05T16:00:00Z,,20,USER_BUSY\n");

	(void)state;
	assert_int_equal(file.fresh, 3);
	assert_int_equal(file.untold, 1);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 10:00;+15125550199;main;lost;-;-1");
	log_says(1, "2026-01-05 09:00;+15125550199;main;unknown;-;-1");
	log_says(2, "2026-01-05 08:00;+15125550199;main;lost;-;-1");
}

/* Asterisk's records under names are those of Master.csv: rows of one call, and the voicemail. */
static void master_csv_may_have_names(void **state)
{
	struct nm_calls_file file = import(
		"accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp,lastdata,start,answer,end,duration,billsec,disposition,amaflags,uniqueid,userfield\n"
		",15125550199,15125550100,in,15125550199,PJSIP/t-1,PJSIP/t-2,Dial,\"PJSIP/+15125550111@t,15\",2026-01-05 10:00:00,,2026-01-05 10:00:15,15,0,NO ANSWER,DOCUMENTATION,1.1,\n"
		",15125550199,15125550100,in,15125550199,PJSIP/t-1,,VoiceMail,100@default,2026-01-05 10:00:15,2026-01-05 10:00:15,2026-01-05 10:01:00,45,45,ANSWERED,DOCUMENTATION,1.1,\n");

	(void)state;
	assert_string_equal(file.format, "Master.csv");
	assert_int_equal(file.fresh, 1);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 10:00;+15125550199;main;voicemail;-;15");
}

/* A database has one time, and seconds. */
static void a_database_of_asterisks_is_read(void **state)
{
	struct nm_calls_file file = import(
		"calldate,clid,src,dst,did,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,uniqueid\n"
		"2026-01-05 10:00:00,\"\"\"Ann\"\" <15125550199>\",15125550199,600,15125550100,in,PJSIP/t-1,PJSIP/t-2,Dial,PJSIP/+15125550177@t,80,62,ANSWERED,1.1\n"
		"2026-01-05 11:00:00,,15125550199,vmu100,15125550101,in,PJSIP/t-1,,VoiceMail,100@default,40,38,ANSWERED,1.2\n"
		"2026-01-05 12:00,,15125550199,vmu100,15125550101,in,PJSIP/t-1,,VoiceMail,100@default,40,38,ANSWERED,1.3\n"
		"2026-01-05 13:00:00,,15125550199,600,15125550101,in,PJSIP/t-1,,Dial,PJSIP/x,20,30,ANSWERED,1.4\n");

	(void)state;
	assert_int_equal(file.fresh, 2);
	assert_int_equal(file.n_wrong, 2);
	assert_int_equal(file.wrong[1].line, 5);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 11:00;+15125550199;over;voicemail;-;2");
	log_says(1, "2026-01-05 10:00;+15125550199;main;answered;fixly;18");
}

/* --- any calls, in any order --- */

static uint64_t seed = 5;

static unsigned draw(unsigned n)
{
	return random_below(&seed, n);
}

#define CALLS 60
#define LEGS 4

struct told {
	struct nm_record record;
	struct nm_leg legs[LEGS];
};

static const char *const targets[] = { "+15125550111", "+15125550177", "+15125550155" };

static nm_time later(nm_time from, unsigned most)
{
	return from + (nm_time)draw(most);
}

static void draw_call(struct told *call, size_t i)
{
	static const enum nm_leg_end ends[] = { NM_LEG_ANSWERED, NM_LEG_NO_ANSWER, NM_LEG_BUSY, NM_LEG_FAILED,
						NM_LEG_CANCELED };
	nm_time at = DAY + (nm_time)i * 600;

	call->record = (struct nm_record){
		.began = at, .tells_legs = true, .legs = call->legs, .end = ends[draw(5)], .n = draw(LEGS + 1)
	};
	for (size_t k = 0; k < call->record.n; k++) {
		struct nm_leg *leg = &call->legs[k];

		*leg = (struct nm_leg){ .id = "", .to = targets[draw(3)], .end = ends[draw(5)] };
		leg->began = later(at + 1, 5);
		leg->rang_s = (int)draw(40);
		at = leg->began + leg->rang_s;
		if (leg->end == NM_LEG_ANSWERED)
			at = later(at, 60);
		leg->ended = at;
	}
	call->record.ended = later(at, 30);
}

static void add_instant(struct nm_buf *out, nm_time t)
{
	char text[NM_TIME_TEXT];

	nm_time_rfc3339(books.plan->zone, t, text);
	nm_buf_add(out, text);
}

/* A row of the call, or of its leg k > 0. */
static void add_row(struct nm_buf *out, const struct told *calls, size_t i, size_t k)
{
	static const char *const words[] = { [NM_LEG_ANSWERED] = "completed", [NM_LEG_NO_ANSWER] = "no-answer",
					     [NM_LEG_BUSY] = "busy",          [NM_LEG_FAILED] = "failed",
					     [NM_LEG_CANCELED] = "canceled" };
	const struct nm_record *record = &calls[i].record;
	const struct nm_leg *leg = k > 0 ? &record->legs[k - 1] : NULL;
	const enum nm_leg_end end = leg != NULL ? leg->end : record->end;
	const nm_time began = leg != NULL ? leg->began : record->began,
		      ended = leg != NULL ? leg->ended : record->ended,
		      answered = leg != NULL && end == NM_LEG_ANSWERED ? began + leg->rang_s : began;

	nm_buf_addf(out, "CA%zu.%zu,", i, k);
	if (leg != NULL)
		nm_buf_addf(out, "CA%zu.0", i);
	nm_buf_addf(out, ",+1512555%04zu,%s,%s,%s,", 2000 + i, leg != NULL ? leg->to : "+15125550100",
		    leg != NULL ? "outbound-dial" : "inbound", words[end]);
	add_instant(out, began);
	nm_buf_add(out, ",");
	add_instant(out, ended);
	nm_buf_addf(out, ",%lld,\n", (long long)(end == NM_LEG_ANSWERED ? ended - answered : 0));
}

/* All rows, in any order as far as a hundred apart. */
static void add_rows(struct nm_buf *out, const struct told *calls)
{
	size_t row[CALLS * (LEGS + 1)][2], n = 0;

	for (size_t i = 0; i < CALLS; i++)
		for (size_t k = 0; k <= calls[i].record.n; k++) {
			row[n][0] = i;
			row[n++][1] = k;
		}
	for (size_t i = n; i-- > 1;) {
		const size_t j = i - draw(i < 100 ? (unsigned)i + 1 : 100);
		const size_t a = row[i][0], b = row[i][1];

		row[i][0] = row[j][0];
		row[i][1] = row[j][1];
		row[j][0] = a;
		row[j][1] = b;
	}
	for (size_t i = 0; i < n; i++)
		add_row(out, calls, row[i][0], row[i][1]);
}

static void check_call(const struct nm_call_entry *entry, const struct told *call)
{
	struct nm_became expected;

	nm_call_judge(books.plan, 0, &call->record, true, &expected);
	assert_int_equal(entry->began, call->record.began);
	assert_int_equal(entry->ended, call->record.ended);
	assert_int_equal(entry->became.end, expected.end);
	assert_int_equal(entry->became.reason, expected.reason);
	assert_int_equal(entry->became.probably, expected.probably);
	assert_int_equal(entry->became.seconds, expected.seconds);
	assert_int_equal(entry->became.by != NULL, expected.by != NULL);
	if (expected.by != NULL)
		assert_string_equal(entry->became.by, expected.by);
}

/* What became of a call is what its record, with all its legs, comes to. */
static void rows_in_any_order_come_to_the_record(void **state)
{
	const struct nm_call_filter filter = { .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 1000 };

	(void)state;
	for (int round = 0; round < random_few(60); round++) {
		struct told calls[CALLS];
		struct nm_call_entries kept;
		struct nm_calls_file file;
		struct nm_error err;
		struct nm_buf text;

		teardown(NULL);
		setup(NULL);
		nm_buf_init(&text, 1u << 20);
		nm_buf_add(&text, TWILIO_NAMES);
		for (size_t i = 0; i < CALLS; i++)
			draw_call(&calls[i], i);
		add_rows(&text, calls);
		file = import(text.data);
		if (file.fresh != CALLS || file.n_wrong > 0)
			fail_msg("%s in\n%s", file.n_wrong > 0 ? file.wrong[0].words : "calls lost", text.data);
		assert_int_equal(nm_store_calls(books.store, &filter, &kept, &err), NM_OK);
		for (size_t i = 0; i < CALLS; i++)
			check_call(&kept.items[CALLS - 1 - i], &calls[i]);
		nm_call_entries_clear(&kept);
		nm_calls_file_clear(&file);
		nm_buf_clear(&text);
	}
}

/* Very many legs of calls that are not there take no more room than some, and each of them is told. */
static void very_many_legs_without_calls_are_told(void **state)
{
	struct nm_calls_file file;
	struct nm_buf text;

	(void)state;
	nm_buf_init(&text, 1u << 20);
	nm_buf_add(&text, TWILIO_NAMES);
	for (int i = 0; i < 1000; i++)
		nm_buf_addf(&text,
			    "CA%d,CA%d,+15125550199,owner,outbound-dial,busy,2026-01-05T14:00:00Z,2026-01-05T14:00:05Z,0,\n",
			    10000 + i, i);
	for (int i = 0; i < 150; i++) /* more than a call has */
		nm_buf_addf(&text,
			    "CB%d,CAX,+15125550199,owner,outbound-dial,busy,2026-01-05T14:00:00Z,2026-01-05T14:00:05Z,0,\n",
			    i);
	file = import(text.data);
	assert_int_equal(file.fresh, 0);
	assert_int_equal(file.n_wrong, 1150);
	assert_int_equal(file.faults[NM_FAULT_PARENT], 1150);
	for (int i = 1; i < NM_CALLS_FILE_WRONG; i++)
		assert_true(file.wrong[i].line > file.wrong[i - 1].line);
	nm_calls_file_clear(&file);
	nm_buf_clear(&text);
}

/* Outside input is hostile: no bytes crash it, and what is told of it is clean. */
static void no_bytes_do_harm(void **state)
{
	static const char *const good[] = {
		TWILIO_FILE,
		"{\"calls\":[" JSON_CALL("CA1", "null", "+15125550100", "inbound", "completed", "14:00:00",
					 "14:01:20", "80") "," JSON_CALL("CA11", "\"CA1\"", "+15125550111",
									 "outbound-dial", "no-answer",
									 "14:00:01", "14:00:16", "0") "]}",
		TELNYX_NAMES
		"a1,A,inbound,+15125550199,+15125550100,2026-01-05T14:00:00Z,2026-01-05T14:00:08Z,2026-01-05T14:01:00Z,60,NORMAL_CLEARING\n",
	};

	(void)state;
	for (int round = 0; round < random_few(3000); round++) {
		const char *from = good[draw(3)];
		size_t len = strlen(from);
		char text[4096];
		struct nm_calls_file file;
		struct nm_error err;

		assert_true(len < sizeof(text));
		memcpy(text, from, len);
		for (unsigned i = draw(6); i > 0; i--)
			text[draw((unsigned)len)] = (char)draw(256);
		(void)!import_bytes(text, len - draw(2) * draw((unsigned)len), NULL, &file, &err);
		for (int64_t i = 0; i < file.n_wrong && i < NM_CALLS_FILE_WRONG; i++)
			for (const char *c = file.wrong[i].words; *c != '\0'; c++)
				assert_true((unsigned char)*c >= ' ');
		nm_calls_file_clear(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(child_rows_of_twilio_are_legs, setup, teardown),
		cmocka_unit_test_setup_teardown(parents_are_mapped, setup, teardown),
		cmocka_unit_test_setup_teardown(legs_of_twilios_ids_are_mended, setup, teardown),
		cmocka_unit_test_setup_teardown(a_list_of_twilios_is_read, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_list_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_list_of_no_calls_is_none, setup, teardown),
		cmocka_unit_test_setup_teardown(a_refusal_is_told_in_the_carriers_word, setup, teardown),
		cmocka_unit_test_setup_teardown(a_leg_without_its_call_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(legs_are_left_out_with_their_call, setup, teardown),
		cmocka_unit_test_setup_teardown(a_wrong_leg_leaves_who_answered_open, setup, teardown),
		cmocka_unit_test_setup_teardown(a_withheld_number_is_twilios, setup, teardown),
		cmocka_unit_test_setup_teardown(sessions_of_telnyx_are_calls, setup, teardown),
		cmocka_unit_test_setup_teardown(a_session_that_nobody_answered_was_missed, setup, teardown),
		cmocka_unit_test_setup_teardown(telnyx_asks_for_no_1, setup, teardown),
		cmocka_unit_test_setup_teardown(causes_tell_without_a_session, setup, teardown),
		cmocka_unit_test_setup_teardown(master_csv_may_have_names, setup, teardown),
		cmocka_unit_test_setup_teardown(a_database_of_asterisks_is_read, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_in_any_order_come_to_the_record, setup, teardown),
		cmocka_unit_test_setup_teardown(very_many_legs_without_calls_are_told, setup, teardown),
		cmocka_unit_test_setup_teardown(no_bytes_do_harm, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
