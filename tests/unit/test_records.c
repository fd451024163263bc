/* SPDX-License-Identifier: MIT */
/*
 * Conversations about call records, as they were written down: what each driver asks, what it makes of the
 * answers, and that it ends whatever comes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "recorded.h"

#define DAY INT64_C(1767571200) /* 2026-01-05T00:00:00Z */
#define SINCE (DAY + 12 * 3600)
#define PAGES 250 /* more than any driver reads */

/* clang-format off */
#define SID "AC0123456789abcdef0123456789abcdef"
#define PLAN(account) \
	"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount carrier { " account " token_env = \"KEY\" }\n" \
	"line main { number = \"+15125550100\" account = carrier }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s }\n" \
	"path day { step { ring = owner for = 20s } }\nrule all { path = day }\n"
#define TWILIO "driver = twilio sid = \"" SID "\""
#define TELNYX "driver = telnyx"
#define VOIPMS "driver = voipms user = \"o@example.org\""

#define CALL(n) "CA" n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n
#define CALLS "https://api.twilio.com/2010-04-01/Accounts/" SID "/Calls.json?"
#define WEEK(from, until) CALLS "To=%2B15125550100&StartTime%3E=" from "&StartTime%3C=" until "&PageSize=1000"
#define MADE(from, until) CALLS "From=%2B15125550100&StartTime%3E=" from "&StartTime%3C=" until "&PageSize=1000"
#define LEGS(n) CALLS "ParentCallSid=" CALL(n) "&PageSize=100"
#define TIMES(began, ended) \
	"\"date_created\":\"" began " +0000\",\"start_time\":\"" began " +0000\",\"end_time\":\"" ended " +0000\""
#define CAME(n, from, began, ended, more) \
	"{\"sid\":\"" CALL(n) "\",\"from\":\"" from "\",\"to\":\"+15125550100\",\"direction\":\"inbound\"," \
	"\"status\":\"completed\"," TIMES(began, ended) more "}"
#define RANG(n, to, status, began, ended, more) \
	"{\"sid\":\"" CALL(n) "\",\"to\":\"" to "\",\"direction\":\"outbound-dial\",\"status\":\"" status "\"," \
	TIMES(began, ended) more "}"
#define WENT(n, to, direction, status, began, ended) \
	"{\"sid\":\"" CALL(n) "\",\"from\":\"+15125550100\",\"to\":\"" to "\",\"direction\":\"" direction "\"," \
	"\"status\":\"" status "\",\"duration\":\"90\"," TIMES(began, ended) "}"
#define LIST(calls) "{\"calls\":[" calls "],\"next_page_uri\":null}"
#define PAGE(calls, next) "{\"calls\":[" calls "],\"next_page_uri\":\"" next "\"}"
#define MON "Mon, 05 Jan 2026 "
#define TUE "Tue, 13 Jan 2026 "

#define DETAILS(range, page) \
	"https://api.telnyx.com/v2/detail_records?filter%5Brecord_type%5D=sip-trunking&filter%5Bdate_range%5D=" range \
	"&sort=created_at&page%5Bnumber%5D=" page "&page%5Bsize%5D=50"
#define ENTRIES(entries, pages) "{\"data\":[" entries "],\"meta\":{\"page_number\":1,\"total_pages\":" pages "}}"
#define ENTRY(id, session, direction, from, to, times) \
	"{\"record_type\":\"sip-trunking\",\"id\":\"" id "\",\"telnyx_session_id\":" session ",\"direction\":\"" direction \
	"\",\"cli\":" from ",\"cld\":\"" to "\"," times "}"

#define GET_CDR(from, until) \
	"POST", "https://voip.ms/api/v1/rest.php", "api_username=o%40example.org&method=getCDR&date_from=" from \
	"&date_to=" until "&timezone=0&answered=1&noanswer=1&busy=1&failed=1", 200
#define CDR(date, caller, to, disposition, seconds, id) \
	"{\"date\":\"" date "\",\"callerid\":\"" caller "\",\"destination\":" to ",\"disposition\":\"" disposition \
	"\",\"seconds\":" seconds ",\"uniqueid\":" id "}"
/* clang-format on */

static struct nm_records asked;

static void begin(struct recorded_line *line, const char *plan, int days)
{
	recorded_open(line, NM_OP_RECORDS, plan, (struct nm_artefact){ 0 });
	asked = (struct nm_records){ .since = SINCE, .now = SINCE + days * (nm_time)NM_DAY };
	line->exchange.records = &asked;
}

static enum nm_step_result speak(struct recorded_line *line, const struct recorded *talk)
{
	return recorded_speak(nm_carrier_find(line->exchange.account->driver), &line->exchange, talk);
}

static void assert_fails(const char *plan, const struct recorded *talk, const char *words)
{
	struct recorded_line line;

	begin(&line, plan, 1);
	assert_int_equal(speak(&line, talk), NM_STEP_FAILED);
	assert_string_equal(line.exchange.note, words);
	recorded_close(&line);
}

static void assert_bears_damage(const char *plan, const struct recorded *talk, size_t damaged)
{
	struct recorded_line line;

	begin(&line, plan, 9);
	recorded_damage(nm_carrier_find(line.exchange.account->driver), &line.exchange, talk, damaged);
	recorded_close(&line);
}

/* --- twilio --- */

/* Two weeks; a page more; what is no call to the number, or came before, or is no call at all. */
static const struct recorded twilio_talk[] = {
	{ "GET", WEEK("2026-01-05", "2026-01-13"), NULL, 200,
	  PAGE(CAME("1", "+15125550199", MON "14:00:00", MON "14:00:50",
		    ",\"forwarded_from\":\"+15125550111\"") "," CAME("2", "+15125550198", MON "11:59:59",
								     MON "12:00:50", ""),
	       "/2010-04-01/Accounts/" SID "/Calls.json?Page=1&PageToken=x") },
	{ "GET", "https://api.twilio.com/2010-04-01/Accounts/" SID "/Calls.json?Page=1&PageToken=x", NULL,
	  200,
	  LIST("{\"sid\":\"CA1\",\"to\":\"+15125550100\",\"direction\":\"inbound\"}"
	       "," RANG("3", "+15125550100", "completed", MON "13:00:00", MON "13:01:00",
			"") "," CAME("5", "+15125550197", TUE "00:00:00", TUE "00:00:10", "")) },
	{ "GET", LEGS("1"), NULL, 200,
	  LIST(RANG("a", "+15125550112", "completed", MON "14:00:22", MON "14:00:50",
		    ",\"duration\":\"20\"") "," RANG("b", "+15125550111", "no-answer", MON "14:00:02",
						     MON "14:00:20", "")) },
	{ "GET", MADE("2026-01-05", "2026-01-13"), NULL, 200,
	  LIST(WENT("7", "+15125550199", "outbound-api", "completed", MON "15:00:00", MON "15:02:00") ","
	       WENT("8", "+15125550198", "outbound-dial", "no-answer", MON "15:10:00", MON "15:10:20") ","
	       WENT("9", "+15125550198", "outbound-api", "in-progress", MON "15:20:00", MON "15:20:20") ","
	       WENT("a", "+15125550197", "outbound-api", "busy", TUE "00:00:00", TUE "00:00:02") ","
	       WENT("b", "+15125550101", "inbound", "busy", MON "15:30:00", MON "15:30:02")) },
	{ "GET", WEEK("2026-01-12", "2026-01-15"), NULL, 200,
	  LIST(CAME("5", "+266696687", TUE "00:00:00", TUE "00:00:10", "")) },
	{ "GET", LEGS("5"), NULL, 200, LIST("") },
	{ "GET", MADE("2026-01-12", "2026-01-15"), NULL, 200,
	  LIST(WENT("a", "+15125550197", "outbound-api", "busy", TUE "00:00:00", TUE "00:00:02")) },
	{ 0 },
};

static void test_twilio(void **state)
{
	struct recorded_line line;
	const struct nm_record *record = NULL;

	(void)state;
	begin(&line, PLAN(TWILIO), 9);
	assert_int_equal(speak(&line, twilio_talk), NM_STEP_DONE);
	assert_int_equal(asked.n, 2);
	assert_int_equal(asked.odd, 1);
	assert_false(asked.cut);
	assert_int_equal(asked.until, asked.now);
	record = &asked.items[0];
	assert_string_equal(record->id, CALL("1"));
	assert_true(record->caller.number == UINT64_C(15125550199));
	assert_true(record->forwarded_from == UINT64_C(15125550111));
	assert_int_equal(record->began, DAY + 14 * 3600);
	assert_int_equal(record->ended, DAY + 14 * 3600 + 50);
	assert_int_equal(record->end, NM_LEG_ANSWERED);
	assert_true(record->tells_legs);
	assert_int_equal(record->n, 2);
	assert_string_equal(record->legs[0].to, "+15125550111");
	assert_int_equal(record->legs[0].end, NM_LEG_NO_ANSWER);
	assert_int_equal(record->legs[0].rang_s, 18);
	assert_string_equal(record->legs[1].to, "+15125550112");
	assert_int_equal(record->legs[1].end, NM_LEG_ANSWERED);
	assert_int_equal(record->legs[1].rang_s, 8);
	assert_true(asked.items[1].caller.anonymous);
	assert_int_equal(asked.items[1].forwarded_from, 0);
	assert_int_equal(asked.items[1].n, 0);
	assert_int_equal(asked.n_made, 3);
	assert_true(asked.made[0].from == UINT64_C(15125550100) && asked.made[0].to == UINT64_C(15125550199));
	assert_int_equal(asked.made[0].began, DAY + 15 * 3600);
	assert_int_equal(asked.made[0].ended - asked.made[0].answered, 90);
	assert_int_equal(asked.made[0].end, NM_LEG_ANSWERED);
	assert_int_equal(asked.made[1].end, NM_LEG_NO_ANSWER);
	assert_true(asked.made[2].to == UINT64_C(15125550197));
	recorded_close(&line);
}

static void test_twilio_faults(void **state)
{
	static const struct recorded refused[] = {
		{ "GET", WEEK("2026-01-05", "2026-01-07"), NULL, 401,
		  "{\"code\":20003,\"message\":\"Authenticate\",\"status\":401}" },
		{ 0 },
	};
	static const struct recorded no_list[] = {
		{ "GET", WEEK("2026-01-05", "2026-01-07"), NULL, 200, "{}" }, { 0 }
	};
	static const struct recorded no_legs[] = {
		{ "GET", WEEK("2026-01-05", "2026-01-07"), NULL, 200,
		  LIST(CAME("1", "+15125550199", MON "14:00:00", MON "14:00:50", "")) },
		{ "GET", LEGS("1"), NULL, 200, "{\"calls\":null}" },
		{ 0 },
	};

	(void)state;
	assert_fails(PLAN(TWILIO), refused, "Authenticate, Twilio's error 20003 (401)");
	assert_fails(PLAN(TWILIO), no_list, "its answer lists no calls");
	assert_fails(PLAN(TWILIO), no_legs, "its answer lists no legs");
	assert_fails(PLAN("driver = twilio sid = \"AC1/x\""), (const struct recorded[]){ { 0 } },
		     "account carrier: sid must be AC and 32 hexadecimal digits");
	for (size_t i = 0; i < 7; i++)
		assert_bears_damage(PLAN(TWILIO), twilio_talk, i);
}

/* Each page of a call's legs names itself as the next: it is read once more, and no more. */
static void test_twilio_legs_without_end(void **state)
{
	static const struct recorded talk[] = {
		{ "GET", WEEK("2026-01-05", "2026-01-07"), NULL, 200,
		  LIST(CAME("1", "+15125550199", MON "14:00:00", MON "14:00:50", "")) },
		{ "GET", LEGS("1"), NULL, 200,
		  PAGE(RANG("a", "+15125550111", "busy", MON "14:00:02", MON "14:00:03", ""), "/more") },
		{ "GET", "https://api.twilio.com/more", NULL, 200,
		  PAGE(RANG("a", "+15125550111", "busy", MON "14:00:02", MON "14:00:03", ""), "/more") },
		{ 0 },
	};

	(void)state;
	assert_fails(PLAN(TWILIO), talk, "its list has no end: a page names itself as the next one");
}

/* A leg that is listed twice rang once; what cannot be is odd; a withheld number is told from one that is not told. */
static void test_twilio_oddities(void **state)
{
	static const struct recorded talk[] = {
		{ "GET", WEEK("2026-01-05", "2026-01-07"), NULL, 200,
		  LIST(CAME("1", "sip:pat@example.org", MON "14:00:00", MON "14:00:50", "") "," CAME(
			  "2", "38663", "Mon, 31 Feb 2026 14:00:00", "Tue, 03 Mar 2026 14:00:50",
			  "") "," CAME("3", "38663", MON "15:00:00", MON "14:00:50",
				       "") "," CAME("4", "38663", MON "15:00:00", "Mon, 05 Jan 2099 15:00:00",
						    "") "," CAME("5", "anonymous", MON "16:00:00",
								 MON "16:00:50", "")) },
		{ "GET", LEGS("1"), NULL, 200,
		  LIST(RANG("a", "+15125550111", "busy", MON "14:00:02", MON "14:00:03",
			    "") "," RANG("a", "+15125550111", "busy", MON "14:00:02", MON "14:00:03", "")) },
		{ "GET", LEGS("5"), NULL, 200,
		  LIST(RANG("b", "+15125550111", "busy", MON "16:00:02", MON "16:00:01", "")) },
		{ "GET", MADE("2026-01-05", "2026-01-07"), NULL, 200, LIST("") },
		{ 0 },
	};
	struct recorded_line line;

	(void)state;
	begin(&line, PLAN(TWILIO), 1);
	assert_int_equal(speak(&line, talk), NM_STEP_DONE);
	assert_int_equal(asked.n, 2);
	assert_int_equal(asked.odd, 4);
	assert_false(asked.items[0].caller.anonymous);
	assert_int_equal(asked.items[0].caller.number, 0);
	assert_int_equal(asked.items[0].n, 1);
	assert_true(asked.items[0].tells_legs);
	assert_true(asked.items[1].caller.anonymous);
	assert_int_equal(asked.items[1].n, 0);
	assert_false(asked.items[1].tells_legs);
	recorded_close(&line);
}

/* More legs than a record keeps: it says that these are not all. */
static void test_twilio_many_legs(void **state)
{
	const struct nm_carrier *twilio = nm_carrier_find("twilio");
	struct nm_response answer = { .status = 200, .retry_after_s = -1 };
	struct nm_request request = { 0 };
	struct recorded_line line;
	struct nm_buf legs;

	(void)state;
	nm_buf_init(&legs, NM_ARTEFACT_BYTES);
	nm_buf_add(&legs, "{\"next_page_uri\":\"/more\",\"calls\":[");
	for (int i = 0; i <= NM_LEGS_MAX; i++)
		nm_buf_addf(&legs,
			    "%s{\"sid\":\"CA%032x\",\"to\":\"+15125550111\",\"status\":\"busy\"," TIMES(
				    MON "14:00:00", MON "14:00:01") "}",
			    i > 0 ? "," : "", (unsigned)i);
	nm_buf_add(&legs, "]}");
	begin(&line, PLAN(TWILIO), 1);
	assert_int_equal(twilio->step(&line.exchange, NULL, &request), NM_STEP_SEND);
	answer.body = LIST(CAME("1", "+15125550199", MON "14:00:00", MON "14:00:50", ""));
	answer.len = strlen(answer.body);
	assert_int_equal(twilio->step(&line.exchange, &answer, &request), NM_STEP_SEND);
	answer.body = legs.data;
	answer.len = legs.len;
	assert_int_equal(twilio->step(&line.exchange, &answer, &request), NM_STEP_SEND);
	answer.body = LIST(""); /* calls that were made */
	answer.len = strlen(answer.body);
	assert_int_equal(twilio->step(&line.exchange, &answer, &request), NM_STEP_DONE);
	assert_true(asked.items[0].cut);
	assert_false(asked.items[0].tells_legs);
	assert_int_equal(asked.items[0].n, NM_LEGS_MAX);
	nm_buf_clear(&legs);
	recorded_close(&line);
}

/* A list without end is left, in words. */
static void test_twilio_endless(void **state)
{
	static const struct nm_response answers[] = {
		{ .status = 200,
		  .body = PAGE("", "/a"),
		  .len = sizeof(PAGE("", "/a")) - 1,
		  .retry_after_s = -1 },
		{ .status = 200,
		  .body = PAGE("", "/b"),
		  .len = sizeof(PAGE("", "/b")) - 1,
		  .retry_after_s = -1 },
	};
	const struct nm_carrier *twilio = nm_carrier_find("twilio");
	struct nm_request request = { 0 };
	struct recorded_line line;
	enum nm_step_result result;
	int pages = 0;

	(void)state;
	begin(&line, PLAN(TWILIO), 1);
	result = twilio->step(&line.exchange, NULL, &request);
	for (; result == NM_STEP_SEND && pages < PAGES; pages++)
		result = twilio->step(&line.exchange, &answers[pages % 2], &request);
	assert_int_equal(result, NM_STEP_FAILED);
	assert_string_equal(line.exchange.note, "its list has no end: 200 pages were read");
	recorded_close(&line);
}

/* A thousand calls are enough: what was read by then is whole weeks, and it says until when. */
static void test_twilio_is_cut_between_weeks(void **state)
{
	const struct nm_carrier *twilio = nm_carrier_find("twilio");
	struct nm_request request = { 0 };
	struct recorded_line line;
	struct nm_buf calls;
	struct nm_response answer = { .status = 200, .retry_after_s = -1 };
	enum nm_step_result result;

	(void)state;
	nm_buf_init(&calls, NM_ARTEFACT_BYTES);
	nm_buf_add(&calls, "{\"calls\":[");
	for (int i = 0; i < 1000; i++)
		nm_buf_addf(
			&calls,
			"%s{\"sid\":\"CA%032x\",\"to\":\"+15125550100\",\"direction\":\"inbound\",\"status\":"
			"\"busy\"," TIMES(MON "14:00:00", MON "14:00:01") "}",
			i > 0 ? "," : "", (unsigned)i);
	nm_buf_add(&calls, "]}");
	begin(&line, PLAN(TWILIO), 30);
	result = twilio->step(&line.exchange, NULL, &request);
	answer.body = calls.data;
	answer.len = calls.len;
	result = twilio->step(&line.exchange, &answer, &request);
	answer.body = LIST("");
	answer.len = strlen(answer.body);
	for (int i = 0; i < 1000; i++) { /* legs of each, and calls that were made */
		assert_int_equal(result, NM_STEP_SEND);
		result = twilio->step(&line.exchange, &answer, &request);
	}
	assert_int_equal(result, NM_STEP_SEND);
	assert_int_equal(twilio->step(&line.exchange, &answer, &request), NM_STEP_DONE);
	assert_true(asked.cut);
	assert_int_equal(asked.n, 1000);
	assert_int_equal(asked.until, DAY + 7 * NM_DAY);
	nm_buf_clear(&calls);
	recorded_close(&line);
}

/* --- telnyx --- */

static const struct recorded telnyx_talk[] = {
	{ "GET", DETAILS("last_10_days", "1"), NULL, 200,
	  ENTRIES(ENTRY("1", "\"s1\"", "inbound", "\"+15125550199\"", "+15125550100",
			"\"started_at\":\"2026-01-05T14:00:00Z\",\"answered_at\":\"2026-01-05T14:00:23Z\","
			"\"finished_at\":\"2026-01-05T14:00:41.5Z\"") "," ENTRY("2", "\"s1\"", "outbound",
										"\"+15125550100\"",
										"+15125550111",
										"\"started_at\":\"2026-01-05T14:00:03Z\",\"answered_at\":\"2026-01-05T14:00:23Z\","
										"\"finished_at\":\"2026-01-05T14:00:41Z\"") "," ENTRY("3",
																      "\"s3\"",
																      "inbound",
																      "\"+15125550199\"",
																      "+15125550101",
																      "\"started_at\":\"2026-01-05T14:00:00Z\""),
		  "2") },
	{ "GET", DETAILS("last_10_days", "2"), NULL, 200,
	  ENTRIES(ENTRY("4", "null", "inbound", "null", "+15125550100",
			"\"started_at\":\"2026-01-06T14:00:00Z\",\"finished_at\":\"2026-01-06T14:00:09Z\","
			"\"hangup_cause\":\"ORIGINATOR_CANCEL\"") ",7,{}",
		  "2") },
	{ "GET", DETAILS("today", "1"), NULL, 200,
	  ENTRIES(ENTRY("4", "null", "inbound", "null", "+15125550100", "\"started_at\":\"2026-01-06T14:00:00Z\"") "," ENTRY(
			  "5", "\"s5\"", "inbound", "\"4512345678\"", "15125550100",
			  "\"started_at\":\"2026-01-14T11:00:00Z\",\"finished_at\":\"2026-01-14T11:00:30Z\""),
		  "1") },
	{ 0 },
};

static void test_telnyx(void **state)
{
	struct recorded_line line;

	(void)state;
	begin(&line, PLAN(TELNYX), 9);
	assert_int_equal(speak(&line, telnyx_talk), NM_STEP_DONE);
	assert_int_equal(asked.n, 3);
	assert_int_equal(asked.odd, 2);
	assert_int_equal(asked.until, asked.now);
	assert_string_equal(asked.items[0].id, "1");
	assert_int_equal(asked.items[0].end, NM_LEG_ANSWERED);
	assert_int_equal(asked.items[0].ended, DAY + 14 * 3600 + 41);
	assert_true(asked.items[0].tells_legs);
	assert_int_equal(asked.items[0].n, 1);
	assert_string_equal(asked.items[0].legs[0].to, "+15125550111");
	assert_int_equal(asked.items[0].legs[0].rang_s, 20);
	assert_false(asked.items[1].caller.anonymous);
	assert_int_equal(asked.items[1].caller.number, 0);
	assert_int_equal(asked.items[1].end, NM_LEG_CANCELED);
	assert_false(asked.items[1].tells_legs);
	/* Ten digits: Denmark's, or North America's. */
	assert_int_equal(asked.items[2].caller.number, 0);
	assert_int_equal(asked.items[2].end, NM_LEG_NO_ANSWER);
	recorded_close(&line);
}

static void test_telnyx_faults(void **state)
{
	static const struct recorded refused[] = {
		{ "GET", DETAILS("last_2_days", "1"), NULL, 422,
		  "{\"errors\":[{\"title\":\"Bad\",\"detail\":\"range\"}]}" },
		{ 0 },
	};
	static const struct recorded garbage[] = {
		{ "GET", DETAILS("last_2_days", "1"), NULL, 200, "{\"data\":{}}" }, { 0 }
	};
	static const struct recorded no_pages[] = {
		{ "GET", DETAILS("last_2_days", "1"), NULL, 200, "{\"data\":[]}" }, { 0 }
	};

	(void)state;
	assert_fails(PLAN(TELNYX), refused, "Bad: range (422)");
	assert_fails(PLAN(TELNYX), garbage, "its answer is no page of records");
	assert_fails(PLAN(TELNYX), no_pages, "its answer does not say how many pages there are");
	for (size_t i = 0; i < 3; i++)
		assert_bears_damage(PLAN(TELNYX), telnyx_talk, i);
}

/* More pages than are read: what began a day before the last entries were made is whole, and that is what it says. */
static void test_telnyx_is_cut_by_the_day(void **state)
{
	const struct nm_carrier *telnyx = nm_carrier_find("telnyx");
	struct nm_response answer = { .status = 200, .retry_after_s = -1 };
	struct nm_request request = { 0 };
	struct recorded_line line;
	enum nm_step_result result;
	char page[512];

	(void)state;
	begin(&line, PLAN(TELNYX), 30);
	result = telnyx->step(&line.exchange, NULL, &request);
	for (int i = 1; result == NM_STEP_SEND && i <= PAGES; i++) {
		snprintf(
			page, sizeof page,
			"{\"data\":[{\"id\":\"%d\",\"direction\":\"inbound\",\"cld\":\"+15125550100\",\"started_at\":"
			"\"2026-01-%02dT14:00:00Z\"}],\"meta\":{\"total_pages\":1000000}}",
			i, 5 + i / 50);
		answer.body = page;
		answer.len = strlen(page);
		result = telnyx->step(&line.exchange, &answer, &request);
	}
	assert_int_equal(result, NM_STEP_DONE);
	assert_true(asked.cut);
	assert_int_equal(asked.until, DAY + 3 * NM_DAY);
	assert_int_equal(asked.n, 149);
	recorded_close(&line);
}

/* More pages than are read, and nothing in them: that is not a busy account. */
static void test_telnyx_is_cut_without_entries(void **state)
{
	static const struct nm_response answer = { .status = 200,
						   .body = ENTRIES("{}", "1000"),
						   .len = sizeof(ENTRIES("{}", "1000")) - 1,
						   .retry_after_s = -1 };
	const struct nm_carrier *telnyx = nm_carrier_find("telnyx");
	struct nm_request request = { 0 };
	struct recorded_line line;
	enum nm_step_result result;

	(void)state;
	begin(&line, PLAN(TELNYX), 30);
	result = telnyx->step(&line.exchange, NULL, &request);
	for (int i = 1; result == NM_STEP_SEND && i <= PAGES; i++)
		result = telnyx->step(&line.exchange, &answer, &request);
	assert_int_equal(result, NM_STEP_FAILED);
	assert_string_equal(line.exchange.note, "of its first 10000 records none says when it was made");
	recorded_close(&line);
}

/* A session that is listed twice, and more legs than a record keeps. */
static void test_telnyx_many_legs(void **state)
{
	const struct nm_carrier *telnyx = nm_carrier_find("telnyx");
	struct nm_response answer = { .status = 200, .retry_after_s = -1 };
	struct nm_request request = { 0 };
	struct recorded_line line;
	enum nm_step_result result;
	char page[16384];
	size_t len;

	(void)state;
	begin(&line, PLAN(TELNYX), 1);
	result = telnyx->step(&line.exchange, NULL, &request);
	for (int i = 0; result == NM_STEP_SEND && i < 6; i++) {
		len = (size_t)snprintf(page, sizeof page,
				       "{\"meta\":{\"total_pages\":3},\"data\":[" ENTRY(
					       "in", "\"s\"", "inbound", "\"+15125550199\"", "+15125550100",
					       "\"started_at\":\"2026-01-05T14:00:00Z\""));
		for (int k = 0; k < 49; k++)
			len += (size_t)snprintf(
				page + len, sizeof page - len,
				",{\"id\":\"%d\",\"telnyx_session_id\":\"s\",\"direction\":\"outbound\",\"cld\":\"+15125550111\",\"started_at\":\"2026-01-05T14:00:00Z\"}",
				i % 3 * 49 + k);
		len += (size_t)snprintf(page + len, sizeof page - len, "]}");
		answer.body = page;
		answer.len = len;
		result = telnyx->step(&line.exchange, &answer, &request);
	}
	assert_int_equal(result, NM_STEP_DONE);
	assert_int_equal(asked.n, 1);
	assert_true(asked.items[0].cut);
	assert_int_equal(asked.items[0].n, NM_LEGS_MAX);
	recorded_close(&line);
}

/* --- voipms --- */

static const struct recorded voipms_talk[] = {
	{ GET_CDR("2026-01-04", "2026-02-03"),
	  "{\"status\":\"success\",\"cdr\":[" CDR(
		  "2026-01-05 14:00:00", "\\\"Ann\\\" <5125550199>", "\"5125550100\"", "ANSWERED", "\"41\"",
		  "\"u1\"") "," CDR("2026-01-05 15:00:00", "anonymous", "15125550100", "NO ANSWER", "0",
				    "12345") "," CDR("2026-01-05 15:00:00", "5125550199", "\"5125550101\"",
						     "ANSWERED", "1",
						     "\"u3\"") "," CDR("2026-01-05", "5125550199",
								       "\"5125550100\"", "ANSWERED", "1",
								       "\"u4\"") "," CDR("2026-01-05 16:00:00",
											 "5125550199",
											 "\"5125550100\"",
											 "PERHAPS", "1",
											 "\"u5\"") "]}" },
	{ GET_CDR("2026-02-01", "2026-02-05"), "{\"status\":\"no_cdr\"}" },
	{ 0 },
};

static void test_voipms(void **state)
{
	struct recorded_line line;

	(void)state;
	begin(&line, PLAN(VOIPMS), 30);
	assert_int_equal(speak(&line, voipms_talk), NM_STEP_DONE);
	assert_int_equal(asked.n, 2);
	assert_int_equal(asked.odd, 2);
	assert_int_equal(asked.until, asked.now);
	assert_string_equal(asked.items[0].id, "u1");
	assert_true(asked.items[0].caller.number == UINT64_C(15125550199));
	assert_int_equal(asked.items[0].ended, DAY + 14 * 3600 + 41);
	assert_false(asked.items[0].tells_legs);
	assert_string_equal(asked.items[1].id, "12345");
	assert_true(asked.items[1].caller.anonymous);
	assert_int_equal(asked.items[1].end, NM_LEG_NO_ANSWER);
	recorded_close(&line);
}

/* An entry that its carrier counts in the day before is in both windows, and kept in the one that it belongs to. */
static void test_voipms_oddities(void **state)
{
#define LATE CDR("2026-02-02 00:30:00", "0", "\"5125550100\"", "ANSWERED", "1", "\"u1\"")
	static const struct recorded talk[] = {
		{ GET_CDR("2026-01-04", "2026-02-03"),
		  "{\"status\":\"success\",\"cdr\":[" LATE
		  "," CDR("2026-01-06 00:30:00", "38663", "\"5125550100\"", "ANSWERED", "\"-3\"",
			  "\"u2\"") "," CDR("2026-01-06 00:31:00", "38663", "\"5125550100\"", "ANSWERED",
					    "\"99999999\"", "\"u3\"") "]}" },
		{ GET_CDR("2026-02-01", "2026-02-05"), "{\"status\":\"success\",\"cdr\":[" LATE "]}" },
		{ 0 },
	};
	struct recorded_line line;

	(void)state;
	begin(&line, PLAN(VOIPMS), 30);
	assert_int_equal(speak(&line, talk), NM_STEP_DONE);
	assert_int_equal(asked.n, 1);
	assert_int_equal(asked.odd, 2);
	assert_string_equal(asked.items[0].id, "u1");
	assert_true(asked.items[0].caller.anonymous);
	recorded_close(&line);
}

static void test_voipms_faults(void **state)
{
	static const struct recorded refused[] = {
		{ GET_CDR("2026-01-04", "2026-01-07"), "{\"status\":\"ip_not_enabled\"}" }, { 0 }
	};
	static const struct recorded no_list[] = {
		{ GET_CDR("2026-01-04", "2026-01-07"), "{\"status\":\"success\"}" }, { 0 }
	};

	(void)state;
	assert_fails(PLAN(VOIPMS), refused,
		     "ip_not_enabled: this machine's address is not allowed in the portal");
	assert_fails(PLAN(VOIPMS), no_list, "its answer has no list of calls");
	for (size_t i = 0; i < 2; i++)
		assert_bears_damage(PLAN(VOIPMS), voipms_talk, i);
}

/* Whoever says how late its records come has some, and is the only one who is asked. */
static void test_who_has_records(void **state)
{
	static const char *const names[] = { "telnyx", "twilio", "voipms" };
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < nm_carriers_count; i++)
		n += nm_carriers[i]->traits.records_late_s >= 0;
	assert_int_equal(n, sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < n; i++) {
		assert_true(nm_carrier_find(names[i])->traits.records_late_s >= 0);
		assert_non_null(nm_carrier_find(names[i])->records_unverified);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twilio),
		cmocka_unit_test(test_twilio_faults),
		cmocka_unit_test(test_twilio_oddities),
		cmocka_unit_test(test_twilio_many_legs),
		cmocka_unit_test(test_twilio_legs_without_end),
		cmocka_unit_test(test_twilio_endless),
		cmocka_unit_test(test_twilio_is_cut_between_weeks),
		cmocka_unit_test(test_telnyx),
		cmocka_unit_test(test_telnyx_faults),
		cmocka_unit_test(test_telnyx_is_cut_by_the_day),
		cmocka_unit_test(test_telnyx_is_cut_without_entries),
		cmocka_unit_test(test_telnyx_many_legs),
		cmocka_unit_test(test_voipms),
		cmocka_unit_test(test_voipms_oddities),
		cmocka_unit_test(test_voipms_faults),
		cmocka_unit_test(test_who_has_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
