/* SPDX-License-Identifier: MIT */
/*
 * Pushing to Twilio: what is asked for, in which order, and how it stands after anything that can go wrong.
 * The other end remembers (fake_twilio.h); nothing here leaves the process.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_twilio.h"
#include "push_rig.h"

#define HEAD                                                                                                 \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"                             \
	"account twilio { driver = twilio sid = \"" FAKE_TWILIO_SID "\" }\n"
#define REST                                                                                                 \
	"schedule open { hours = \"Mo-Fr 08:00-18:00\" }\n"                                                  \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n"             \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                        \
	"path day { step { ring = owner for = 20s } step { ring = fixly for = 10s } }\n"                     \
	"path night { step { ring = fixly for = 10s } }\n"                                                   \
	"rule open { during = open path = day }\nrule closed { path = night }\n"
#define PLAN HEAD "line main { number = \"+15125550100\" account = twilio }\n" REST
#define FALLBACK_PLAN(digits)                                                                                \
	HEAD "line main { number = \"+15125550100\" account = twilio fallback = \"+15125550" digits "\" }\n" REST

#define OTHER_PLAN                                                                                           \
	PLAN "override off { from = \"2026-12-24 12:00\" until = \"2026-12-27 08:30\" path = night }\n"

#define NUMBERS "/2010-04-01/Accounts/" FAKE_TWILIO_SID "/IncomingPhoneNumbers"
#define FIND "GET " NUMBERS ".json?PhoneNumber=%2B15125550100\n"
#define POINT "POST " NUMBERS "/PN0123456789abcdef0123456789abcdef.json\n"
#define FETCH "GET " NUMBERS "/PN0123456789abcdef0123456789abcdef.json\n"
#define VALIDATE "POST /v2/Flows/Validate\n"
#define LIST "GET /v2/Flows?PageSize=100\n"
#define CREATE "POST /v2/Flows\n"
#define FLOW "/v2/Flows/FW00000000000000000000000000000000"
#define SECOND "/v2/Flows/FW00000000000000000000000000000001"
#define SECOND_PUBLISHED "GET " SECOND "/Revisions/LatestPublished\n"
#define SECOND_LATEST "GET " SECOND "/Revisions/LatestRevision\n"
#define PUBLISHED "GET " FLOW "/Revisions/LatestPublished\n"
#define LATEST "GET " FLOW "/Revisions/LatestRevision\n"

struct bench {
	struct push_rig rig;
	struct fake_twilio twilio;
};

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static void bench_open(struct bench *bench, const char *plan)
{
	*bench = (struct bench){ 0 };
	push_rig_open(&bench->rig, plan);
	bench->rig.context.transport = fake_twilio_transport(&bench->twilio);
}

static void bench_close(struct bench *bench)
{
	push_rig_close(&bench->rig);
	fake_twilio_clear(&bench->twilio);
}

/* Pushes; the words of the one line, malloc'd. */
static enum nm_code push(struct bench *bench, char **words)
{
	struct nm_push_results results = { 0 };
	struct nm_error err;
	enum nm_code code;

	bench->twilio.sent = bench->twilio.written = 0;
	bench->twilio.log[0] = '\0';
	code = push_rig_push(&bench->rig, -1, &results, &err);
	*words = strdup(results.n > 0 ? results.items[0].words : err.text);
	nm_push_results_clear(&results);
	return code;
}

static void assert_pushed(struct bench *bench, const char *words)
{
	char *said;
	const enum nm_code code = push(bench, &said);

	if (code != NM_OK || strcmp(said, words) != 0)
		fail_msg("%s, not: %s\n%s", said, words, bench->twilio.log);
	free(said);
}

static void assert_not_pushed(struct bench *bench, const char *part)
{
	char *said;

	if (push(bench, &said) == NM_OK || strstr(said, part) == NULL)
		fail_msg("%s, nothing of: %s\n%s", said, part, bench->twilio.log);
	for (const char *c = said; *c != '\0'; c++)
		assert_true((unsigned char)*c >= ' ');
	free(said);
}

static enum nm_sync sync_of(struct bench *bench, const char *part)
{
	struct nm_status status;
	struct nm_error err;
	enum nm_sync sync;

	ok(nm_status_read(&bench->rig.context, 0, &status, &err), &err);
	sync = status.lines[0].sync;
	if (part != NULL && strstr(status.lines[0].words, part) == NULL)
		fail_msg("%s, nothing of: %s", status.lines[0].words, part);
	nm_status_clear(&status);
	return sync;
}

/* "validate -> create as published -> read back and compare -> point the number at it -> read the number back" */
static void test_the_first_push(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, PLAN);
	assert_int_equal(sync_of(&bench, NULL), NM_SYNC_NOTHING);
	assert_pushed(&bench, "pushed, read back, same");
	assert_string_equal(bench.twilio.log,
			    FIND FIND VALIDATE LIST CREATE PUBLISHED POINT FETCH FIND PUBLISHED LATEST);
	assert_string_equal(bench.twilio.flows[0].name, "nevermiss:+15125550100");
	assert_string_equal(bench.twilio.voice_url, "http://webhooks.twilio.com/v1/Accounts/" FAKE_TWILIO_SID
						    "/Flows/FW00000000000000000000000000000000");
	assert_int_equal(sync_of(&bench, "in sync"), NM_SYNC_SAME);
	bench_close(&bench);
}

/* What is there already is changed, and the number left alone. */
static void test_the_second_push_changes_the_flow(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, PLAN);
	assert_pushed(&bench, "pushed, read back, same");
	push_rig_plan(&bench.rig, OTHER_PLAN);
	assert_int_equal(sync_of(&bench, "Thu 24 Dec 2026"), NM_SYNC_DRIFT);
	assert_pushed(&bench, "pushed, read back, same");
	assert_string_equal(bench.twilio.log,
			    FIND PUBLISHED LATEST FIND VALIDATE LIST "POST " FLOW
						  "\n" PUBLISHED FIND PUBLISHED LATEST);
	assert_int_equal(bench.twilio.created, 1);
	assert_int_equal(bench.twilio.flows[0].revision, 2);
	bench_close(&bench);
}

/* A flow is its number's: a line that is renamed keeps it, and a push tells it the new name. */
static void test_a_renamed_line_keeps_its_flow(void **state)
{
	static const char plan[] = PLAN;
	struct nm_push_results results;
	struct bench bench;
	struct nm_error err;
	const char *at = strstr(plan, "line main {");
	char *renamed;

	(void)state;
	assert_non_null(at);
	assert_true(asprintf(&renamed, "%.*sline office {%s", (int)(at - plan), plan, at + strlen("line main {")) >= 0);
	bench_open(&bench, plan);
	assert_pushed(&bench, "pushed, read back, same");
	push_rig_plan(&bench.rig, renamed);
	assert_int_equal(sync_of(&bench, "renamed: called main there until the next push, and does what the plan says"), NM_SYNC_RENAMED);
	assert_pushed(&bench, "pushed, read back, same");
	assert_int_equal(sync_of(&bench, "in sync"), NM_SYNC_SAME);
	assert_int_equal(bench.twilio.created, 1);
	assert_int_equal(bench.twilio.flows[0].revision, 2);
	ok(nm_rollback(&bench.rig.context, 0, 0, NULL, &results, &err), &err);
	nm_push_results_clear(&results);
	assert_int_equal(sync_of(&bench, "called main there"), NM_SYNC_RENAMED);
	assert_int_equal(bench.twilio.created, 1);
	free(renamed);
	bench_close(&bench);
}

/* Flows of other names are nobody's business, and a list is read to its end, from our host only. */
static void test_other_flows_are_left_alone(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, PLAN);
	for (; bench.twilio.n_flows < 5; bench.twilio.n_flows++) {
		struct fake_flow *flow = &bench.twilio.flows[bench.twilio.n_flows];

		flow->definition = strdup("{}");
		strcpy(flow->name, bench.twilio.n_flows == 4 ? "nevermiss:+15125550100" : "somebody's");
	}
	bench.twilio.page_size = 2;
	assert_pushed(&bench, "pushed, read back, same");
	assert_int_equal(bench.twilio.created, 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(bench.twilio.flows[i].revision, 0);
	assert_int_equal(bench.twilio.flows[4].revision, 1);
	assert_non_null(strstr(bench.twilio.log, LIST "GET /v2/Flows?PageSize=100&Page=2\nGET "
						      "/v2/Flows?PageSize=100&Page=4\n"));
	bench_close(&bench);
}

static void test_lists_without_end(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, PLAN);
	bench.twilio.endless = true;
	assert_not_pushed(&bench, "its list has no end: 200 pages were read");
	assert_int_equal(bench.twilio.written, 0);
	bench_close(&bench);
}

/* "voice_url, voice_application_sid and trunk_sid watched" */
static void test_a_number_that_goes_elsewhere(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, PLAN);
	strcpy(bench.twilio.voice_url, "https://example.com/voice");
	assert_int_equal(sync_of(&bench, "calls to the number go to https://example.com/voice"),
			 NM_SYNC_FOREIGN);
	assert_pushed(&bench, "pushed, read back, same");
	strcpy(bench.twilio.trunk_sid, "TK0123456789abcdef0123456789abcdef");
	assert_int_equal(sync_of(&bench, "on the SIP trunk TK0123456789abcdef0123456789abcdef"),
			 NM_SYNC_FOREIGN);
	assert_not_pushed(&bench, "take the number off it in Twilio's console");
	assert_int_equal(bench.twilio.written, 0);
	bench.twilio.trunk_sid[0] = '\0';
	strcpy(bench.twilio.application_sid, "AP0123456789abcdef0123456789abcdef");
	assert_int_equal(sync_of(&bench, "on the application AP"), NM_SYNC_FOREIGN);
	bench.twilio.application_sid[0] = '\0';
	assert_int_equal(sync_of(&bench, "in sync"), NM_SYNC_SAME);
	strcpy(bench.twilio.voice_url, "https://webhooks.twilio.com/v1/Accounts/" FAKE_TWILIO_SID
				       "/Flows/FW00000000000000000000000000000000");
	assert_int_equal(sync_of(&bench, "in sync"), NM_SYNC_SAME);
	strcpy(bench.twilio.voice_url, "https://webhooks.twilio.com/v1/Accounts/" FAKE_TWILIO_SID
				       "/Flows/FW0000000000000000000000000000000f");
	assert_int_equal(sync_of(&bench, "which is no published flow"), NM_SYNC_FOREIGN);
	bench_close(&bench);
}

static void roll_back(struct bench *bench, enum nm_code wanted, const char *part)
{
	struct nm_push_results results = { 0 };
	struct nm_error err = { 0 };
	const enum nm_code code = nm_rollback(&bench->rig.context, 0, 0, NULL, &results, &err);

	if (code != wanted || strstr(results.n > 0 ? results.items[0].words : err.text, part) == NULL)
		fail_msg("%s", results.n > 0 ? results.items[0].words : err.text);
	nm_push_results_clear(&results);
}

static void test_rollback(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, PLAN);
	strcpy(bench.twilio.voice_url, "https://example.com/voice");
	assert_pushed(&bench, "pushed, read back, same");
	push_rig_plan(&bench.rig, OTHER_PLAN);
	assert_pushed(&bench, "pushed, read back, same");
	roll_back(&bench, NM_OK, "put back, read back, same");
	assert_int_equal(sync_of(&bench, "Thu 24 Dec 2026"), NM_SYNC_DRIFT);
	assert_int_equal(bench.twilio.created, 1);
	bench_close(&bench);
	bench_open(&bench, PLAN);
	strcpy(bench.twilio.voice_url, "https://example.com/voice");
	assert_pushed(&bench, "pushed, read back, same");
	roll_back(&bench, NM_OK, "put back, read back, same");
	assert_string_equal(bench.twilio.voice_url, "https://example.com/voice");
	bench_close(&bench);
	bench_open(&bench, PLAN);
	assert_pushed(&bench, "pushed, read back, same");
	roll_back(&bench, NM_CARRIER, "whether Twilio takes an empty voice URL is not verified");
	bench_close(&bench);
}

/* --- when all else fails --- */

/* The fallback is there before the flow is, and is left alone while nothing about it changes. */
static void test_a_fallback_comes_first(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, FALLBACK_PLAN("198"));
	assert_pushed(&bench, "pushed, read back, same");
	assert_string_equal(bench.twilio.log, FIND FIND VALIDATE LIST CREATE PUBLISHED POINT FETCH VALIDATE LIST CREATE
						      SECOND_PUBLISHED POINT FETCH FIND SECOND_PUBLISHED SECOND_LATEST
							      PUBLISHED);
	assert_string_equal(bench.twilio.flows[0].name, "nevermiss fallback:+15125550100");
	assert_non_null(strstr(bench.twilio.flows[0].definition, "\"to\":\"+15125550198\""));
	assert_non_null(strstr(bench.twilio.fallback_url, "/Flows/FW00000000000000000000000000000000"));
	assert_int_equal(sync_of(&bench, "in sync"), NM_SYNC_SAME);
	push_rig_plan(&bench.rig, FALLBACK_PLAN("198") "override off { from = \"2026-12-24 12:00\" "
						       "until = \"2026-12-27 08:30\" path = night }\n");
	assert_pushed(&bench, "pushed, read back, same");
	assert_string_equal(bench.twilio.log, FIND SECOND_PUBLISHED SECOND_LATEST PUBLISHED FIND PUBLISHED VALIDATE LIST
						      "POST " SECOND "\n" SECOND_PUBLISHED FIND SECOND_PUBLISHED
							      SECOND_LATEST PUBLISHED);
	assert_int_equal(bench.twilio.flows[0].revision, 1);
	bench_close(&bench);
}

/* Cleared, sent elsewhere, another number in it, or something else altogether: seen, said and mended. */
static void test_a_fallback_that_somebody_changed(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, FALLBACK_PLAN("198"));
	assert_pushed(&bench, "pushed, read back, same");
	bench.twilio.fallback_url[0] = '\0';
	assert_int_equal(sync_of(&bench, "always, any caller: plan fallback +15125550198, live no fallback"),
			 NM_SYNC_DRIFT);
	assert_pushed(&bench, "pushed, read back, same");
	strcpy(bench.twilio.fallback_url, "https://example.com/fallback");
	assert_int_equal(sync_of(&bench, "live no fallback"), NM_SYNC_DRIFT);
	assert_pushed(&bench, "pushed, read back, same");
	memcpy(strstr(bench.twilio.flows[0].definition, "5550198"), "5550166", 7);
	assert_int_equal(sync_of(&bench, "plan fallback +15125550198, live fallback +15125550166"), NM_SYNC_DRIFT);
	assert_pushed(&bench, "pushed, read back, same");
	memcpy(strstr(bench.twilio.flows[0].definition, "connect-call-to"), "enqueue-call-to", 15);
	assert_int_equal(sync_of(&bench, "the flow for when all else fails"), NM_SYNC_FOREIGN);
	assert_pushed(&bench, "pushed, read back, same");
	push_rig_plan(&bench.rig, FALLBACK_PLAN("155"));
	assert_int_equal(sync_of(&bench, "plan fallback +15125550155, live fallback +15125550198"), NM_SYNC_DRIFT);
	assert_pushed(&bench, "pushed, read back, same");
	assert_int_equal(bench.twilio.created, 2);
	bench_close(&bench);
}

/* A plan without one: ours goes, and comes again when it is wanted again; a stranger's is left alone. */
static void test_a_fallback_that_is_not_wanted(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, FALLBACK_PLAN("198"));
	assert_pushed(&bench, "pushed, read back, same");
	push_rig_plan(&bench.rig, PLAN);
	assert_int_equal(sync_of(&bench, "plan no fallback, live fallback +15125550198"), NM_SYNC_DRIFT);
	assert_pushed(&bench, "pushed, read back, same");
	assert_non_null(strstr(bench.twilio.log, "POST " SECOND "\n" SECOND_PUBLISHED PUBLISHED "DELETE " FLOW "\n"));
	assert_null(bench.twilio.flows[0].definition);
	assert_int_equal(sync_of(&bench, "in sync"), NM_SYNC_SAME);
	push_rig_plan(&bench.rig, FALLBACK_PLAN("198"));
	assert_pushed(&bench, "pushed, read back, same");
	assert_int_equal(bench.twilio.created, 3);
	bench_close(&bench);
	bench_open(&bench, PLAN);
	strcpy(bench.twilio.fallback_url, "https://example.com/fallback");
	assert_pushed(&bench, "pushed, read back, same");
	assert_int_equal(sync_of(&bench, "in sync"), NM_SYNC_SAME);
	assert_string_equal(bench.twilio.fallback_url, "https://example.com/fallback");
	bench_close(&bench);
}

/* Going back takes it away again, or puts back what was there. */
static void test_a_fallback_goes_with_its_push(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, PLAN);
	strcpy(bench.twilio.voice_url, "https://example.com/voice");
	assert_pushed(&bench, "pushed, read back, same");
	push_rig_plan(&bench.rig, FALLBACK_PLAN("198"));
	assert_pushed(&bench, "pushed, read back, same");
	roll_back(&bench, NM_OK, "put back, read back, same");
	assert_null(bench.twilio.flows[1].definition);
	assert_pushed(&bench, "pushed, read back, same");
	push_rig_plan(&bench.rig, FALLBACK_PLAN("155"));
	assert_pushed(&bench, "pushed, read back, same");
	roll_back(&bench, NM_OK, "put back, read back, same");
	assert_int_equal(sync_of(&bench, "plan fallback +15125550155, live fallback +15125550198"), NM_SYNC_DRIFT);
	bench_close(&bench);
	bench_open(&bench, PLAN);
	strcpy(bench.twilio.fallback_url, "https://example.com/fallback");
	assert_pushed(&bench, "pushed, read back, same");
	push_rig_plan(&bench.rig, FALLBACK_PLAN("198"));
	assert_pushed(&bench, "pushed, read back, same");
	roll_back(&bench, NM_OK, "put back, read back, same");
	assert_string_equal(bench.twilio.fallback_url, "https://example.com/fallback");
	bench_close(&bench);
	bench_open(&bench, FALLBACK_PLAN("198"));
	strcpy(bench.twilio.voice_url, "https://example.com/voice");
	assert_pushed(&bench, "pushed, read back, same");
	roll_back(&bench, NM_OK, "put back, read back, same");
	assert_string_equal(bench.twilio.voice_url, "https://example.com/voice");
	assert_null(bench.twilio.flows[0].definition);
	bench_close(&bench);
}

/* A draft does nothing to calls: it is told, and is no drift. */
static void test_somebody_has_a_draft(void **state)
{
	struct nm_status status;
	struct bench bench;
	struct nm_error err;

	(void)state;
	bench_open(&bench, PLAN);
	assert_pushed(&bench, "pushed, read back, same");
	for (int draft = 0; draft < 2; draft++) {
		bench.twilio.draft = draft;
		ok(nm_status_read(&bench.rig.context, 0, &status, &err), &err);
		assert_int_equal(status.lines[0].sync, NM_SYNC_SAME);
		assert_false(status.lines[0].to_push);
		if (draft)
			assert_string_equal(status.lines[0].note, "somebody has an unpublished draft in the flow "
								  "(revision 2); a push goes over it");
		else
			assert_null(status.lines[0].note);
		nm_status_clear(&status);
	}
	push_rig_plan(&bench.rig, OTHER_PLAN);
	assert_pushed(&bench, "pushed, read back, same");
	bench_close(&bench);
}

/* A definition that Twilio does not take: its own words, and nothing was changed. */
static void test_a_definition_that_is_not_taken(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, PLAN);
	bench.twilio.invalid = true;
	assert_not_pushed(&bench, "must match a widget name at #/initial_state, Twilio's error 81016 (400)");
	assert_int_equal(bench.twilio.n_flows, 0);
	bench.twilio.invalid = false;
	bench.twilio.deaf = true;
	assert_not_pushed(&bench, "Twilio said that it was done, but the number's voice_url still is");
	bench_close(&bench);
}

/* One push with this fault, and one without: that mends it, and nothing was made twice. */
static void assert_mended(const char *plan, int flows, int fault, int at, int times)
{
	struct bench bench;
	char *said;

	bench_open(&bench, plan);
	bench.twilio.fault = (enum fake_fault)fault;
	bench.twilio.fault_at = at;
	bench.twilio.fault_times = times;
	(void)!push(&bench, &said);
	for (const char *c = said; *c != '\0'; c++)
		assert_true((unsigned char)*c >= ' ');
	free(said);
	bench.twilio.fault_at = 0;
	if (push(&bench, &said) != NM_OK)
		fail_msg("fault %d at %d, %d times: %s", fault, at, times, said);
	free(said);
	assert_int_equal(bench.twilio.created, flows);
	assert_int_equal(sync_of(&bench, "in sync"), NM_SYNC_SAME);
	bench_close(&bench);
}

/* Every fault at every request: the next run mends it, and nothing is ever made twice. */
static void test_any_fault_at_any_request(void **state)
{
	const int step = getenv("NM_FEW") != NULL ? 4 : 1;

	(void)state;
	for (int fault = FAKE_BUSY; fault <= FAKE_TYPES; fault++)
		for (int at = 1; at <= 19; at += step)
			for (int times = 1; times <= 9; times += 8) {
				if (at <= 11)
					assert_mended(PLAN, 1, fault, at, times);
				assert_mended(FALLBACK_PLAN("198"), 2, fault, at, times);
			}
}

static void test_retries(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, PLAN);
	bench.twilio.fault = FAKE_BUSY;
	bench.twilio.fault_at = 5; /* the creation: a 429 says that nothing was done */
	assert_pushed(&bench, "pushed, read back, same");
	assert_non_null(strstr(bench.twilio.log, CREATE CREATE));
	bench_close(&bench);
	bench_open(&bench, PLAN);
	bench.twilio.fault = FAKE_DONE_BROKEN;
	bench.twilio.fault_at = 5; /* a 500 does not: it is looked for first */
	assert_pushed(&bench, "pushed, read back, same");
	assert_non_null(strstr(bench.twilio.log, CREATE FIND FIND VALIDATE LIST "POST " FLOW "\n"));
	assert_int_equal(bench.twilio.created, 1);
	bench_close(&bench);
}

/* A flow that hands calls to a document other than the account's is not ours. */
static void test_the_document_that_asks(void **state)
{
	static const char asking[] =
		"timezone = \"America/Chicago\" country = \"US\"\n"
		"account twilio { driver = twilio sid = \"" FAKE_TWILIO_SID
		"\" whisper = \"https://example.com/%s\" }\n"
		"line main { number = \"+15125550100\" account = twilio }\n"
		"destination owner { kind = personal number = \"+15125550111\" confirm = yes }\n"
		"path all { step { ring = owner } }\nrule all { path = all }\n";
	struct bench bench;
	char plan[1024];

	(void)state;
	snprintf(plan, sizeof(plan), asking, "ask");
	bench_open(&bench, plan);
	assert_pushed(&bench, "pushed, read back, same");
	assert_int_equal(sync_of(&bench, "in sync"), NM_SYNC_SAME);
	snprintf(plan, sizeof(plan), asking, "other");
	push_rig_plan(&bench.rig, plan);
	assert_int_equal(sync_of(&bench, "another document than the account names"), NM_SYNC_FOREIGN);
	assert_pushed(&bench, "pushed, read back, same");
	bench_close(&bench);
}

static void test_an_account_that_cannot_be(void **state)
{
	struct nm_account account = { .name = "twilio", .sid = "AC01/../../x" };
	struct nm_exchange exchange = { .operation = NM_OP_READ,
					.account = &account,
					.number = "+15125550100" };
	struct nm_request request = { 0 };

	(void)state;
	exchange.arena = nm_arena_new();
	assert_int_equal(nm_carrier_find("twilio")->step(&exchange, NULL, &request), NM_STEP_FAILED);
	assert_string_equal(exchange.note, "account twilio: sid must be AC and 32 hexadecimal digits");
	account.sid = NULL;
	assert_int_equal(nm_carrier_find("twilio")->step(&exchange, NULL, &request), NM_STEP_FAILED);
	account.sid = FAKE_TWILIO_SID;
	account.endpoint = "http://127.0.0.1:4041/";
	assert_int_equal(nm_carrier_find("twilio")->step(&exchange, NULL, &request), NM_STEP_SEND);
	assert_string_equal(request.url, "http://127.0.0.1:4041" NUMBERS ".json?PhoneNumber=%2B15125550100");
	nm_arena_free(exchange.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_push),
		cmocka_unit_test(test_the_second_push_changes_the_flow),
		cmocka_unit_test(test_a_renamed_line_keeps_its_flow),
		cmocka_unit_test(test_other_flows_are_left_alone),
		cmocka_unit_test(test_lists_without_end),
		cmocka_unit_test(test_a_number_that_goes_elsewhere),
		cmocka_unit_test(test_rollback),
		cmocka_unit_test(test_a_fallback_comes_first),
		cmocka_unit_test(test_a_fallback_that_somebody_changed),
		cmocka_unit_test(test_a_fallback_that_is_not_wanted),
		cmocka_unit_test(test_a_fallback_goes_with_its_push),
		cmocka_unit_test(test_somebody_has_a_draft),
		cmocka_unit_test(test_a_definition_that_is_not_taken),
		cmocka_unit_test(test_any_fault_at_any_request),
		cmocka_unit_test(test_retries),
		cmocka_unit_test(test_the_document_that_asks),
		cmocka_unit_test(test_an_account_that_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
