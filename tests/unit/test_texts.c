/* SPDX-License-Identifier: MIT */
/*
 * How each driver sends a text: what it asks, what it makes of the answers, and that it looks before it asks again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "recorded.h"

#define SID "AC00000000000000000000000000000000"
#define PLAN(account)                                                                                        \
	"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount a { " account " }\n"                      \
	"line main { number = \"+15125550100\" account = a }\n"                                              \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s }\n"              \
	"path day { step { ring = owner } }\nrule all { path = day }\n"

#define WORDS "Smith's: caf\xc3\xa9 & 5% off"
#define ESCAPED "Smith%27s%3A%20caf%C3%A9%20%26%205%25%20off"
#define BEGUN 1795413600 /* 2026-11-23 06:00 in UTC */

struct bench {
	struct recorded_line line;
	struct nm_text text;
	struct nm_texted texted;
	const struct nm_carrier *carrier;
};

static void bench_open(struct bench *bench, const char *driver, const char *plan)
{
	*bench = (struct bench){ .carrier = nm_carrier_find(driver),
				 .text = { .to = "+15125550111", .body = WORDS, .begun = BEGUN } };
	recorded_open(&bench->line, NM_OP_TEXT, plan, (struct nm_artefact){ 0 });
	bench->line.exchange.text = &bench->text;
	bench->line.exchange.texted = &bench->texted;
	assert_true(bench->carrier->traits.texts);
}

static void speak(struct bench *bench, const struct recorded *talk, enum nm_step_result result)
{
	if (recorded_speak(bench->carrier, &bench->line.exchange, talk) != result)
		fail_msg("%s", bench->line.exchange.note);
}

/* Each of a talk's answers is damaged in turn. */
static void damage(struct bench *bench, const struct recorded *talk)
{
	for (size_t i = 0; talk[i].method != NULL; i++)
		recorded_damage(bench->carrier, &bench->line.exchange, talk, i);
}

/* --- Twilio --- */

#define TWILIO PLAN("driver = twilio sid = \"" SID "\"")
#define MESSAGES "https://api.twilio.com/2010-04-01/Accounts/" SID "/Messages"
#define FORM "From=%2B15125550100&To=%2B15125550111&Body=" ESCAPED
#define LIST MESSAGES ".json?To=%2B15125550111&From=%2B15125550100&PageSize=1000"
#define SM1 "SM00000000000000000000000000000001"
#define SM2 "SM00000000000000000000000000000002"
#define SAYS(sid, more)                                                                                      \
	"{\"sid\":\"" sid "\",\"from\":\"+15125550100\",\"to\":\"+15125550111\",\"body\":"                   \
	"\"Smith's: caf\\u00e9 & 5% off\"," more "}"
#define QUEUED "\"status\":\"queued\",\"error_code\":null,\"error_message\":null"
#define LISTS(list) "{\"messages\":[" list "],\"next_page_uri\":null}"
#define NONE                                                                                                 \
	{                                                                                                    \
		"GET", LIST, NULL, 200, LISTS("")                                                            \
	}
#define SENDS                                                                                                \
	{                                                                                                    \
		"POST", MESSAGES ".json", FORM, 201, SAYS(SM1, QUEUED)                                       \
	}

static void test_twilio_sends(void **state)
{
	const struct recorded talk[] = {
		SENDS,
		{ "GET", MESSAGES "/" SM1 ".json", NULL, 200,
		  SAYS(SM1, "\"status\":\"sent\",\"error_code\":null") },
		{ "GET", MESSAGES "/" SM1 ".json", NULL, 200, SAYS(SM1, "\"status\":\"delivered\"") },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	bench_open(&bench, "twilio", TWILIO);
	bench.text.follow_s = 20;
	damage(&bench, talk);
	speak(&bench, talk, NM_STEP_DONE);
	assert_int_equal(bench.texted.end, NM_TEXT_DELIVERED);
	assert_string_equal(bench.texted.id, SM1);
	assert_null(bench.texted.words);
	recorded_close(&bench.line);
}

static void test_twilio_does_not_deliver(void **state)
{
	const struct recorded talk[] = {
		SENDS,
		{ "GET", MESSAGES "/" SM1 ".json", NULL, 200,
		  SAYS(SM1, "\"status\":\"undelivered\",\"error_code\":30034,"
			    "\"error_message\":\"Unregistered\\u001b[31m num\\u202eber\"") },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	bench_open(&bench, "twilio", TWILIO);
	bench.text.follow_s = 20;
	speak(&bench, talk, NM_STEP_DONE);
	assert_int_equal(bench.texted.end, NM_TEXT_UNDELIVERED);
	assert_string_equal(bench.texted.words, "Unregistered [31m num ber, Twilio's error 30034");
	recorded_close(&bench.line);
}

static void test_twilio_tells_of_a_landline(void **state)
{
	const struct recorded talk[] = {
		SENDS,
		{ "GET", MESSAGES "/" SM1 ".json", NULL, 200,
		  SAYS(SM1, "\"status\":\"undelivered\",\"error_code\":30006,"
			    "\"error_message\":\"Landline or unreachable carrier\"") },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	bench_open(&bench, "twilio", TWILIO);
	bench.text.follow_s = 20;
	speak(&bench, talk, NM_STEP_DONE);
	assert_int_equal(bench.texted.end, NM_TEXT_LANDLINE);
	assert_string_equal(bench.texted.words, "Landline or unreachable carrier, Twilio's error 30006");
	recorded_close(&bench.line);
}

/* Nobody who waits no longer is told more than is known. */
static void test_twilio_is_not_followed_for_ever(void **state)
{
	const struct recorded talk[] = {
		SENDS,
		{ "GET", MESSAGES "/" SM1 ".json", NULL, 200, SAYS(SM1, QUEUED) },
		{ "GET", MESSAGES "/" SM1 ".json", NULL, 200, SAYS(SM1, QUEUED) },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	bench_open(&bench, "twilio", TWILIO);
	bench.text.follow_s = 6;
	speak(&bench, talk, NM_STEP_DONE);
	assert_int_equal(bench.texted.end, NM_TEXT_QUEUED);
	recorded_close(&bench.line);
}

static void test_twilio_refuses(void **state)
{
	const struct recorded opted_out[] = {
		{ "POST", MESSAGES ".json", FORM, 400,
		  "{\"code\":21610,\"message\":\"Attempt to send to unsubscribed recipient\",\"status\":400}" },
		{ .method = NULL },
	};
	const struct recorded bad[] = {
		{ "POST", MESSAGES ".json", FORM, 400,
		  "{\"code\":21606,\"message\":\"No such From\",\"status\":400}" },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	bench_open(&bench, "twilio", TWILIO);
	damage(&bench, opted_out);
	speak(&bench, opted_out, NM_STEP_DONE);
	assert_int_equal(bench.texted.end, NM_TEXT_OPTED_OUT);
	assert_string_equal(bench.texted.words,
			    "Attempt to send to unsubscribed recipient, Twilio's error 21610 (400)");
	recorded_close(&bench.line);
	bench_open(&bench, "twilio", TWILIO);
	speak(&bench, bad, NM_STEP_FAILED);
	assert_false(bench.texted.asked);
	assert_string_equal(bench.line.exchange.note, "No such From, Twilio's error 21606 (400)");
	recorded_close(&bench.line);
}

/* Among texts of the same words that are known, too old, or to somebody else, ours is found. */
static void test_twilio_is_looked_for(void **state)
{
	const struct recorded talk[] = {
		{ "GET", LIST, NULL, 200,
		  "{\"messages\":[{\"sid\":\"SM00000000000000000000000000000009\",\"from\":\"+15125550100\",\"to\":"
		  "\"+15125550112\",\"body\":\"Smith's: caf\\u00e9 & 5% off\"}," SAYS(
			  SM2, QUEUED) "],"
				       "\"next_page_uri\":\"/2010-04-01/Accounts/" SID
				       "/Messages.json?Page=1\"}" },
		{ "GET", MESSAGES ".json?Page=1", NULL, 200,
		  LISTS(SAYS("SM00000000000000000000000000000003", "\"status\":\"sent\",\"date_created\":\"Sat, 21 Nov 2026 05:59:59 +0000\"") "," SAYS(
			  SM1,
			  "\"status\":\"delivered\",\"date_created\":\"Mon, 23 Nov 2026 05:59:59 +0000\"")) },
		{ .method = NULL },
	};
	const char *const known[] = { SM2 };
	struct bench bench;

	(void)state;
	bench_open(&bench, "twilio", TWILIO);
	bench.texted.asked = true;
	bench.text.known = known;
	bench.text.n_known = 1;
	recorded_damage(bench.carrier, &bench.line.exchange, talk,
			1); /* its first page has a next one each time */
	speak(&bench, talk, NM_STEP_DONE);
	assert_int_equal(bench.texted.end, NM_TEXT_DELIVERED);
	assert_string_equal(bench.texted.id, SM1);
	recorded_close(&bench.line);
}

/* Only the whole text is ours: words that it is a part of may be somebody else's.  A trial account's has more before it. */
static void test_twilio_whole_words(void **state)
{
#define LONGER(n, body)                                                                                      \
	"{\"sid\":\"SM0000000000000000000000000000000" n                                                     \
	"\",\"from\":\"+15125550100\",\"to\":\"+15125550111\","                                              \
	"\"status\":\"delivered\",\"body\":\"" body "\"}"
	const struct recorded talk[] = {
		{ "GET", LIST, NULL, 200,
		  LISTS(LONGER("7", "Smith's: caf\\u00e9 & 5% off, today only") "," LONGER(
			  "8", "Sent from your Twilio trial account - Smith's: caf\\u00e9 & 5% off")) },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	bench_open(&bench, "twilio", TWILIO);
	bench.texted.asked = true;
	speak(&bench, talk, NM_STEP_DONE);
	assert_string_equal(bench.texted.id, "SM00000000000000000000000000000008");
	recorded_close(&bench.line);
}

/* It is looked for for half a minute, and sent only then. */
static void test_twilio_sends_what_is_not_there(void **state)
{
	const struct recorded talk[] = { NONE, NONE, NONE, NONE, NONE, NONE, NONE, SENDS, { .method = NULL } };
	struct bench bench;

	(void)state;
	bench_open(&bench, "twilio", TWILIO);
	bench.texted.asked = true;
	speak(&bench, talk, NM_STEP_DONE);
	assert_int_equal(bench.texted.end, NM_TEXT_QUEUED);
	recorded_close(&bench.line);
}

/* What it took and does not show is not sent again, nor what it may have written in another way. */
static void test_twilio_is_unsure(void **state)
{
	const struct recorded shows_none[] = {
		{ "POST", MESSAGES ".json", FORM, 201, "<html>" },
		NONE,
		NONE,
		NONE,
		NONE,
		NONE,
		NONE,
		NONE,
		{ .method = NULL },
	};
#define OTHER                                                                                                \
	{                                                                                                    \
		"GET", LIST, NULL, 200,                                                                      \
			LISTS("{\"sid\":\"" SM1 "\",\"from\":\"+15125550100\",\"to\":\"+15125550111\","      \
			      "\"body\":\"Smith's: cafe\"}")                                                 \
	}
	const struct recorded other_words[] = { OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, { .method = NULL } };
	struct bench bench;

	(void)state;
	bench_open(&bench, "twilio", TWILIO);
	speak(&bench, shows_none, NM_STEP_FAILED);
	assert_true(bench.texted.unsure);
	assert_string_equal(bench.line.exchange.note, "it took the text, but shows none to +15125550111");
	recorded_close(&bench.line);
	bench_open(&bench, "twilio", TWILIO);
	bench.texted.asked = true;
	speak(&bench, other_words, NM_STEP_FAILED);
	assert_true(bench.texted.unsure);
	recorded_close(&bench.line);
}

/* Of a text whose id is known nothing else is asked. */
static void test_twilio_goes_on(void **state)
{
	const struct recorded talk[] = {
		{ "GET", MESSAGES "/" SM1 ".json", NULL, 200, SAYS(SM1, "\"status\":\"sent\"") },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	bench_open(&bench, "twilio", TWILIO);
	bench.texted.asked = true;
	bench.texted.id = SM1;
	damage(&bench, talk);
	speak(&bench, talk, NM_STEP_DONE);
	assert_int_equal(bench.texted.end, NM_TEXT_SENT);
	recorded_close(&bench.line);
}

/* --- Telnyx --- */

#define TELNYX PLAN("driver = telnyx")
#define API "https://api.telnyx.com/v2"
#define RECORDS                                                                                              \
	API "/detail_records?filter%5Brecord_type%5D=messaging&filter%5Bdirection%5D=outbound"               \
	    "&filter%5Bcld%5D=%2B15125550111&filter%5Bcreated_at%5D%5Bgte%5D=2026-11-22&page%5Bnumber%5D"    \
	    "=1&page%5Bsize%5D=50&sort=-created_at"
#define JSON                                                                                                 \
	"{\"from\":\"+15125550100\",\"text\":\"Smith's: caf\xc3\xa9 & 5% off\",\"to\":\"+15125550111\","     \
	"\"type\":\"SMS\"}"
#define TELLS(id, status, errors)                                                                            \
	"{\"data\":{\"id\":\"" id "\",\"text\":\"Smith's: caf\xc3\xa9 & 5% off\",\"to\":[{\"phone_number\":" \
	"\"+15125550111\",\"status\":\"" status "\"}],\"errors\":[" errors "]}}"
#define EMPTY                                                                                                \
	{                                                                                                    \
		"GET", RECORDS, NULL, 200, "{\"data\":[],\"meta\":{\"total_pages\":0}}"                      \
	}

static void test_telnyx_sends(void **state)
{
	const struct recorded talk[] = {
		{ "POST", API "/messages", JSON, 200, TELLS("b0c7e8cb", "queued", "") },
		{ "GET", API "/messages/b0c7e8cb", NULL, 200, TELLS("b0c7e8cb", "sending", "") },
		{ "GET", API "/messages/b0c7e8cb", NULL, 200,
		  TELLS("b0c7e8cb", "delivery_failed", "{\"code\":\"40001\",\"title\":\"Not routable\"}") },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	bench_open(&bench, "telnyx", TELNYX);
	bench.text.follow_s = 20;
	damage(&bench, talk);
	speak(&bench, talk, NM_STEP_DONE);
	assert_int_equal(bench.texted.end, NM_TEXT_LANDLINE);
	assert_string_equal(bench.texted.words, "Not routable, Telnyx's error 40001");
	recorded_close(&bench.line);
}

static void test_telnyx_refuses(void **state)
{
	const struct recorded talk[] = {
		{ "POST", API "/messages", JSON, 400,
		  "{\"errors\":[{\"code\":\"40300\",\"title\":\"Blocked due to STOP message\"}]}" },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	bench_open(&bench, "telnyx", TELNYX);
	damage(&bench, talk);
	speak(&bench, talk, NM_STEP_DONE);
	assert_int_equal(bench.texted.end, NM_TEXT_OPTED_OUT);
	assert_string_equal(bench.texted.words, "Blocked due to STOP message (400)");
	recorded_close(&bench.line);
}

/* Records have no words: each that may be it is read. */
static void test_telnyx_is_looked_for(void **state)
{
	const struct recorded talk[] = {
		{ "GET", RECORDS, NULL, 200,
		  "{\"data\":[{\"uuid\":\"known\",\"cli\":\"+15125550100\",\"cld\":\"+15125550111\"},"
		  "{\"uuid\":\"elsewhere\",\"cli\":\"+15125550101\",\"cld\":\"+15125550111\"},"
		  "{\"uuid\":\"gone\",\"cli\":\"+15125550100\",\"cld\":\"+15125550111\"},"
		  "{\"uuid\":\"ours\",\"cli\":\"15125550100\",\"cld\":\"15125550111\"}]}" },
		{ "GET", API "/messages/gone", NULL, 404, "{\"errors\":[]}" },
		{ "GET", API "/messages/ours", NULL, 200, TELLS("ours", "delivered", "") },
		{ .method = NULL },
	};
	const char *const known[] = { "known" };
	struct bench bench;

	(void)state;
	bench_open(&bench, "telnyx", TELNYX);
	bench.texted.asked = true;
	bench.text.known = known;
	bench.text.n_known = 1;
	damage(&bench, talk);
	speak(&bench, talk, NM_STEP_DONE);
	assert_int_equal(bench.texted.end, NM_TEXT_DELIVERED);
	assert_string_equal(bench.texted.id, "ours");
	recorded_close(&bench.line);
}

/* Records come late: without one it is not known whether it was sent, and it is not sent again. */
static void test_telnyx_is_unsure(void **state)
{
	const struct recorded talk[] = { EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, { .method = NULL } };
	struct bench bench;

	(void)state;
	bench_open(&bench, "telnyx", TELNYX);
	bench.texted.asked = true;
	damage(&bench, talk);
	speak(&bench, talk, NM_STEP_FAILED);
	assert_true(bench.texted.unsure);
	assert_string_equal(bench.line.exchange.note,
			    "it has no record of a text to +15125550111, which may come late");
	recorded_close(&bench.line);
}

/* --- VoIP.ms --- */

#define VOIPMS PLAN("driver = voipms user = \"pat@example.org\"")
#define REST "https://voip.ms/api/v1/rest.php"
#define ME "api_username=pat%40example.org&method="
#define SEND ME "sendSMS&did=5125550100&dst=5125550111&message=" ESCAPED
#define GETS ME "getSMS&did=5125550100&contact=5125550111&type=0&from=2026-11-22&to=2026-11-25&limit=1000"
#define NO_SMS                                                                                               \
	{                                                                                                    \
		"POST", REST, GETS, 200, "{\"status\":\"no_sms\"}"                                           \
	}

static void test_voipms_sends(void **state)
{
	const struct recorded talk[] = {
		{ "POST", REST, SEND, 200, "{\"status\":\"success\",\"sms\":111120}" },
		{ .method = NULL },
	};
	const struct recorded refused[] = {
		{ "POST", REST, SEND, 200, "{\"status\":\"limit_reached\"}" },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	bench_open(&bench, "voipms", VOIPMS);
	damage(&bench, talk);
	speak(&bench, talk, NM_STEP_DONE);
	assert_int_equal(bench.texted.end, NM_TEXT_SENT);
	assert_string_equal(bench.texted.id, "111120");
	recorded_close(&bench.line);
	bench_open(&bench, "voipms", VOIPMS);
	damage(&bench, refused);
	speak(&bench, refused, NM_STEP_FAILED);
	assert_false(bench.texted.asked);
	recorded_close(&bench.line);
}

static void test_voipms_is_looked_for(void **state)
{
	const struct recorded talk[] = {
		{ "POST", REST, GETS, 200,
		  "{\"status\":\"success\",\"sms\":[{\"id\":\"7\",\"contact\":\"5125550112\",\"message\":\"" WORDS
		  "\"},"
		  "{\"id\":8,\"contact\":\"15125550111\",\"message\":\" " WORDS "\\n\"}]}" },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	bench_open(&bench, "voipms", VOIPMS);
	bench.texted.asked = true;
	damage(&bench, talk);
	speak(&bench, talk, NM_STEP_DONE);
	assert_string_equal(bench.texted.id, "8");
	recorded_close(&bench.line);
}

static void test_voipms_sends_what_is_not_there(void **state)
{
	const struct recorded talk[] = {
		NO_SMS,   NO_SMS,
		NO_SMS,   NO_SMS,
		NO_SMS,   NO_SMS,
		NO_SMS,   { "POST", REST, SEND, 200, "{\"status\":\"success\",\"sms\":\"9\"}" },
		{ .method = NULL },
	};
	struct bench bench;

	(void)state;
	bench_open(&bench, "voipms", VOIPMS);
	bench.texted.asked = true;
	speak(&bench, talk, NM_STEP_DONE);
	assert_string_equal(bench.texted.id, "9");
	recorded_close(&bench.line);
}

static void test_voipms_abroad(void **state)
{
	const struct recorded talk[] = { { .method = NULL } };
	struct bench bench;

	(void)state;
	bench_open(&bench, "voipms", VOIPMS);
	bench.text.to = "+525512345678";
	speak(&bench, talk, NM_STEP_FAILED);
	assert_string_equal(bench.line.exchange.note, "+525512345678 is no number of North America");
	recorded_close(&bench.line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twilio_sends),
		cmocka_unit_test(test_twilio_does_not_deliver),
		cmocka_unit_test(test_twilio_tells_of_a_landline),
		cmocka_unit_test(test_twilio_is_not_followed_for_ever),
		cmocka_unit_test(test_twilio_refuses),
		cmocka_unit_test(test_twilio_is_looked_for),
		cmocka_unit_test(test_twilio_whole_words),
		cmocka_unit_test(test_twilio_sends_what_is_not_there),
		cmocka_unit_test(test_twilio_is_unsure),
		cmocka_unit_test(test_twilio_goes_on),
		cmocka_unit_test(test_telnyx_sends),
		cmocka_unit_test(test_telnyx_refuses),
		cmocka_unit_test(test_telnyx_is_looked_for),
		cmocka_unit_test(test_telnyx_is_unsure),
		cmocka_unit_test(test_voipms_sends),
		cmocka_unit_test(test_voipms_is_looked_for),
		cmocka_unit_test(test_voipms_sends_what_is_not_there),
		cmocka_unit_test(test_voipms_abroad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
