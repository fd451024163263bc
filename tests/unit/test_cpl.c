/* SPDX-License-Identifier: MIT */
/*
 * CPL scripts: what is written of a route, that it is read back as it was meant, what is refused or foreign,
 * and each request of a conversation with the server.  tests/sip/ has real calls.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "carrier_rig.h"
#include "random_plan.h"

#define PLAN                                                                                                \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"                            \
	"account sip { driver = cpl endpoint = \"http://127.0.0.1:5080/RPC\" domain = \"example.org\" "     \
	"script_dir = \"/srv/cpl\" }\n"                                                                     \
	"line \"front desk\" { number = \"+15125550100\" account = sip handset = owner }\n"                 \
	"line spare { number = \"+15125550101\" account = sip }\n"                                          \
	"schedule open { hours = \"Mo-Fr 08:00-18:00\" }\n"                                                 \
	"callers vip { numbers = { \"+15125550142\", \"+1737555*\" } }\n"                                   \
	"callers spam { numbers = { anonymous } }\n"                                                        \
	"destination owner { kind = personal line = \"front desk\" own_voicemail = none }\n"                \
	"destination sam { kind = personal address = \"sip:sam@example.net\" own_voicemail = none }\n"      \
	"destination box { kind = voicemail greeting = \"Smith\" }\n"                                       \
	"path day { step { ring = {owner, sam} for = 20s } step { ring = box } }\n"                         \
	"path night { step { ring = spare for = 10s } step { ring = box } }\n"                              \
	"rule blocked { callers = spam reject = busy }\n"

#define RULES                                                                                               \
	"rule vip { callers = vip path = day }\nrule open { during = open path = day }\n"                   \
	"rule closed { path = night }\n"                                                                    \
	"override off { from = \"2026-12-24 12:00\" until = \"2026-12-27 08:30\" path = night }\n"          \
	"override clocks { from = \"2027-03-13 20:00\" until = \"2027-03-14 09:00\" reject = silent }\n"

static const struct nm_account account = { .name = "sip",
					   .driver = "cpl",
					   .endpoint = "http://127.0.0.1:5080/RPC",
					   .domain = "example.org",
					   .script_dir = "/srv/cpl" };

static const struct nm_carrier *cpl(void)
{
	const struct nm_carrier *carrier = nm_carrier_find("cpl");

	assert_non_null(carrier);
	return carrier;
}

static void open_line(struct carrier_line *line, const char *text, int index)
{
	carrier_line_open(line, cpl(), &account, plan_of_text(text, "/tmp"), index, "2026-11-20 12:00", 200);
}

/* The promise of every driver (carrier_rig.h). */
static void test_keeps_random_plans(void **state)
{
	(void)state;
	assert_true(assert_carrier_keeps_plans(cpl(), &account, 1, random_few(60)) > 0);
}

/* Every feature of a script, byte for byte. */
static const char golden[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<cpl>\n"
	"<subaction id=\"ring-1\"><reject status=\"480\" reason=\"Temporarily Unavailable\"/>"
	"</subaction>\n"
	"<subaction id=\"ring-2\">"
	"<location url=\"sip:voicemail-box@example.org\" clear=\"yes\">"
	"<proxy timeout=\"20\" recurse=\"no\" ordering=\"parallel\"><default>"
	"<sub ref=\"ring-1\"/></default></proxy></location></subaction>\n"
	"<subaction id=\"ring-3\">"
	"<location url=\"sip:+15125550101@example.org\" clear=\"yes\">"
	"<proxy timeout=\"10\" recurse=\"no\" ordering=\"parallel\"><default>"
	"<sub ref=\"ring-2\"/></default></proxy></location></subaction>\n"
	"<subaction id=\"ring-4\"><location url=\"sip:sam@example.net\" clear=\"no\">"
	"<proxy timeout=\"20\" recurse=\"no\" ordering=\"parallel\"><default>"
	"<sub ref=\"ring-2\"/></default></proxy></location></subaction>\n"
	"<subaction id=\"ring-5\"><lookup source=\"registration\" clear=\"yes\"><success>"
	"<sub ref=\"ring-4\"/></success><notfound><sub ref=\"ring-4\"/></notfound><failure>"
	"<sub ref=\"ring-4\"/></failure></lookup></subaction>\n"
	"<subaction id=\"ring-6\"><reject status=\"486\" reason=\"Busy Here\"/></subaction>\n"
	"<subaction id=\"ring-7\"><reject status=\"603\" reason=\"Decline\"/></subaction>\n"
	"<subaction id=\"callers-1\"><address-switch field=\"origin\" subfield=\"tel\">"
	"<address subdomain-of=\"+1737555\"><sub ref=\"ring-5\"/></address><otherwise>"
	"<sub ref=\"ring-3\"/></otherwise></address-switch></subaction>\n"
	"<subaction id=\"callers-2\"><address-switch field=\"origin\" subfield=\"user\">"
	"<address is=\"+15125550142\"><sub ref=\"ring-5\"/></address><otherwise>"
	"<sub ref=\"callers-1\"/></otherwise></address-switch></subaction>\n"
	"<subaction id=\"times-1\"><time-switch tzid=\"America/Chicago\">"
	"<time dtstart=\"20010101T080000\" dtend=\"20010101T180000\" freq=\"weekly\" byday=\"MO,TU,WE,TH,FR\">"
	"<sub ref=\"ring-5\"/></time><otherwise><sub ref=\"callers-2\"/></otherwise>"
	"</time-switch></subaction>\n"
	"<subaction id=\"times-2\"><time-switch tzid=\"America/Chicago\">"
	"<time dtstart=\"20261224T120000\" dtend=\"20261227T082959\"><sub ref=\"ring-3\"/>"
	"</time><otherwise><time-switch tzid=\"UTC\">"
	"<time dtstart=\"20270314T020000\" dtend=\"20270314T135959\"><sub ref=\"ring-7\"/>"
	"</time><otherwise><sub ref=\"times-1\"/></otherwise></time-switch></otherwise>"
	"</time-switch></subaction>\n"
	"<subaction id=\"callers-3\"><address-switch field=\"origin\" subfield=\"user\">"
	"<address is=\"anonymous\"><sub ref=\"ring-6\"/></address><otherwise>"
	"<sub ref=\"times-2\"/></otherwise></address-switch></subaction>\n"
	"<incoming><sub ref=\"callers-3\"/></incoming>\n"
	"</cpl>\n";

static void test_golden(void **state)
{
	struct carrier_line line;

	(void)state;
	open_line(&line, PLAN RULES, 0);
	assert_null(line.refusal);
	assert_string_equal(line.artefact.parts[0].name, "script");
	assert_string_equal(line.artefact.parts[0].type, "application/cpl+xml");
	assert_string_equal(line.artefact.parts[0].bytes, golden);
	assert_lifts_back(&line, cpl());
	carrier_line_close(&line);
}

static void replace(struct nm_buf *out, const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	if (at == NULL)
		fail_msg("no %s in the script", from);
	nm_buf_init(out, 1u << 20);
	nm_buf_addn(out, text, (size_t)(at - text));
	nm_buf_add(out, to);
	nm_buf_add(out, at + strlen(from));
}

/* The line's artefact with another script in it. */
static enum nm_code lift(const struct carrier_line *line, const char *script, struct nm_route **route,
			 struct nm_error *err)
{
	struct nm_artefact artefact = { 0 };
	const char *foreign = NULL;
	enum nm_code code;

	for (size_t i = 0; i < line->artefact.n; i++) {
		const struct nm_part *part = &line->artefact.parts[i];
		const char *bytes = i == 0 ? script : part->bytes;

		code = nm_artefact_add(&artefact, part->name, part->type, bytes, strlen(bytes), err);
		assert_int_equal(code, NM_OK);
	}
	code = cpl()->lift(&artefact, route, &foreign, err);
	assert_null(foreign);
	nm_artefact_clear(&artefact);
	return code;
}

/* What a server would judge otherwise than it reads, or nevermiss does not write, is never guessed at. */
static void test_foreign_scripts(void **state)
{
	static const struct {
		const char *from, *to, *said;
	} wrong[] = {
		{ "<incoming>", "<outgoing><sub ref=\"ring-1\"/></outgoing><incoming>", "<outgoing>" },
		{ "<reject status=\"480\"", "<redirect/><reject status=\"480\"", "exactly one node" },
		{ "status=\"480\"", "status=\"404\"", "refuses a call" },
		{ "<sub ref=\"ring-2\"/>", "<sub ref=\"times-1\"/>", "no subaction before it" },
		{ "<sub ref=\"ring-1\"/>", "<sub ref=\"ring-2\"/>", "no subaction before it" },
		{ "recurse=\"no\"", "recurse=\"yes\"", "rings in a way" },
		{ "ordering=\"parallel\"", "ordering=\"sequential\"", "rings in a way" },
		{ "timeout=\"20\"", "timeout=\"-1\"", "no ring time" },
		{ "timeout=\"20\"", "timeout=\"99999999999999999999\"", "no ring time" },
		{ "timeout=\"20\"", "timeout=\"601\"", "longer than" },
		{ "<default>", "<busy><sub ref=\"ring-1\"/></busy><default>", "tells busy" },
		{ "tzid=\"America/Chicago\"", "tzid=\"Europe/Berlin\"", "another time zone" },
		{ "byday=\"MO,TU,WE,TH,FR\"", "byday=\"MO,-1FR\"", "recurs otherwise" },
		{ "byday=\"MO,TU,WE,TH,FR\"", "byday=\"TU\"", "does not judge" },
		{ "freq=\"weekly\"", "freq=\"daily\"", "recurs in a way" },
		{ "freq=\"weekly\"", "freq=\"weekly\" interval=\"2\"", "recurs in a way" },
		{ "20010101T180000", "20010102T060000", "does not judge" },
		{ "20010101T180000", "20260101T180000", "does not judge" },
		{ "20010101T080000", "20010101T080030", "within a minute" },
		{ "20261227T082959", "20261227T082959Z", "no beginning and end" },
		{ "20261227T082959", "20261224T115959", "no beginning and end" },
		{ "20261224T120000", "20261101T013000", "where the clock changes" },
		{ "20261224T120000", "20260230T120000", "no beginning and end" },
		{ "subdomain-of=\"+1737555\"", "subdomain-of=\"1737555\"", "names callers" },
		{ "subfield=\"tel\"", "subfield=\"host\"", "something else" },
		{ "field=\"origin\"", "field=\"destination\"", "something else" },
		{ "clear=\"yes\"><success>", "clear=\"yes\"><success/><success>", "a way that nevermiss" },
		{ "<notfound><sub ref=\"ring-4\"/>", "<notfound><sub ref=\"ring-3\"/>", "not registered" },
		{ "<cpl>", "<cpl>hello", "text between elements" },
		{ "<cpl>", "<!DOCTYPE cpl [<!ENTITY a \"b\">]><cpl>", "document type" },
		{ "<cpl>", "<cpl><mail url=\"mailto:a@b\"/>", "<mail>" },
		{ "</cpl>", "", "not well-formed" },
		{ "<cpl>", "<flow>", "not well-formed" },
	};
	struct carrier_line line;
	struct nm_route *route;

	(void)state;
	open_line(&line, PLAN RULES, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct nm_error err = { 0 };
		struct nm_buf text;

		replace(&text, golden, wrong[i].from, wrong[i].to);
		if (lift(&line, text.data, &route, &err) != NM_INPUT)
			fail_msg("%s is taken for %s", wrong[i].to, wrong[i].from);
		assert_non_null(strstr(err.text, "a script that nevermiss did not write: "));
		if (strstr(err.text, wrong[i].said) == NULL)
			fail_msg("%s: %s", wrong[i].to, err.text);
		nm_buf_clear(&text);
	}
	carrier_line_close(&line);
}

/* Somebody else's script: its destinations are told, its control characters are not. */
static void test_foreign_destinations_are_told(void **state)
{
	static const char script[] = "<cpl><incoming><location url=\"sip:a&#9;b@x.org\"><redirect/></location>"
				     "</incoming></cpl>";
	struct carrier_line line;
	struct nm_route *route;
	struct nm_error err;

	(void)state;
	open_line(&line, PLAN RULES, 0);
	assert_int_equal(lift(&line, script, &route, &err), NM_INPUT);
	assert_string_equal(err.text,
			    "a script that nevermiss did not write: line 1: <redirect> is nothing that nevermiss "
			    "writes; it sends calls to sip:a?b@x.org");
	carrier_line_close(&line);
}

/* A change in a script is seen as what changes for callers; another domain's number is not the phone's. */
static void test_changed_scripts_decide_otherwise(void **state)
{
	static const struct {
		const char *from, *to;
	} changed[] = {
		{ "timeout=\"10\"", "timeout=\"11\"" },
		{ "sip:+15125550101@example.org", "sip:+15125550101@example.com" },
		{ "sip:+15125550101@example.org", "sip:+15125550102@example.org" },
		{ "voicemail-box", "voicemail-fox" },
		{ "is=\"anonymous\"", "is=\"+15125550177\"" },
		{ "is=\"+15125550142\"", "is=\"+15125550143\"" },
		{ "subdomain-of=\"+1737555\"", "subdomain-of=\"+173755\"" },
		{ "20010101T180000", "20010101T180100" },
		{ "MO,TU,WE,TH,FR", "MO,TU,WE,TH" },
		{ "20261227T082959", "20261227T082958" },
		{ "<success><sub ref=\"ring-4\"/></success><notfound><sub ref=\"ring-4\"/></notfound><failure><sub "
		  "ref=\"ring-4\"/>",
		  "<success><sub ref=\"ring-3\"/></success><notfound><sub ref=\"ring-3\"/></notfound><failure><sub "
		  "ref=\"ring-3\"/>" },
	};
	struct carrier_line line;

	(void)state;
	open_line(&line, PLAN RULES, 0);
	for (size_t i = 0; i < sizeof(changed) / sizeof(changed[0]); i++) {
		struct nm_differences differences;
		struct nm_route *route;
		struct nm_error err;
		struct nm_buf text;

		replace(&text, golden, changed[i].from, changed[i].to);
		if (lift(&line, text.data, &route, &err) != NM_OK)
			fail_msg("%s: %s", changed[i].to, err.text);
		assert_int_equal(nm_route_diff(carrier_line_held(&line), route, route->from, route->until,
					       &differences, &err),
				 NM_OK);
		if (differences.n == 0)
			fail_msg("%s makes no difference", changed[i].to);
		nm_differences_clear(&differences);
		nm_route_free(route);
		nm_buf_clear(&text);
	}
	carrier_line_close(&line);
}

/* Damaged bytes: refused, or a route that can be gone through. */
static void test_damaged_scripts_do_no_harm(void **state)
{
	static const char spice[] = "<>/\"=&;! \0\377abyx0129+-:@T";
	const char *few = getenv("NM_FEW");
	struct carrier_line line;
	uint64_t seed = 5;
	size_t taken = 0;

	(void)state;
	open_line(&line, PLAN RULES, 0);
	for (int round = 0; round < (few != NULL ? 100 : 3000); round++) {
		char *text = strdup(golden);
		struct nm_route *route;
		struct nm_error err;

		for (uint32_t hits = 1 + random_below(&seed, 3); hits > 0; hits--)
			text[random_below(&seed, sizeof(golden) - 1)] =
				spice[random_below(&seed, sizeof(spice) - 1)];
		if (round % 7 == 0)
			text[random_below(&seed, sizeof(golden) - 1)] = '\0';
		if (lift(&line, text, &route, &err) == NM_OK) {
			taken++;
			nm_route_free(route);
		}
		free(text);
	}
	assert_true(taken > 0);
	carrier_line_close(&line);
}

/* Nested, wide or long beyond all measure: refused, and neither the stack nor the clock runs out. */
static void test_huge_scripts_are_refused(void **state)
{
	static const struct {
		const char *piece;
		size_t n;
	} huge[] = {
		{ "<cpl>", 100000 },
		{ "<location url=\"sip:a@b\">", 5000 },
		{ "<subaction id=\"a\"><reject status=\"480\"/></subaction>", 9000 },
		{ " a=\"b\"", 1000 },
	};
	struct carrier_line line;

	(void)state;
	open_line(&line, PLAN RULES, 0);
	for (size_t i = 0; i < sizeof(huge) / sizeof(huge[0]); i++) {
		struct nm_route *route;
		struct nm_error err;
		struct nm_buf text;

		nm_buf_init(&text, 4u << 20);
		nm_buf_add(&text, "<cpl");
		for (size_t k = 0; k < huge[i].n; k++) {
			if (k == 0 && huge[i].piece[0] == '<')
				nm_buf_add(&text, ">");
			nm_buf_add(&text, huge[i].piece);
		}
		assert_int_equal(lift(&line, text.data, &route, &err), NM_INPUT);
		nm_buf_clear(&text);
	}
	carrier_line_close(&line);
}

/* --- refusals --- */

static void assert_refused(const char *plan, const char *said)
{
	struct carrier_line line;

	open_line(&line, plan, 0);
	if (line.refusal == NULL)
		fail_msg("it is taken, though %s", said);
	if (strstr(line.refusal, said) == NULL)
		fail_msg("%s", line.refusal);
	carrier_line_close(&line);
}

static void test_more_branches_than_the_server_tries(void **state)
{
	(void)state;
	assert_refused(PLAN "path long { rounds = 7 step { ring = {owner, sam} } step { ring = box } }\n"
			    "rule all { path = long }\n",
		       "path long tries 15 destinations, rounds counted, and the server tries at most 12 in one call "
		       "(max_branches)");
}

static void test_longer_than_the_server_waits(void **state)
{
	(void)state;
	assert_refused(PLAN "path long { rounds = 10 step { ring = sam for = 600s } step { ring = spare } }\n"
			    "rule all { path = long }\n",
		       "rings for up to 9600 s, and the server ends a call that nobody took after 7200 s");
}

static void test_too_large_for_the_server(void **state)
{
	struct nm_buf plan;

	(void)state;
	nm_buf_init(&plan, 1u << 20);
	nm_buf_add(&plan, PLAN "callers many { numbers = {");
	for (int i = 0; i < 3000; i++)
		nm_buf_addf(&plan, "%s\"+1512777%04d\"", i > 0 ? "," : "", i);
	nm_buf_add(&plan, "} }\nrule many { callers = many path = day }\nrule all { path = night }\n");
	assert_refused(plan.data, "compiled, and the server holds at most 65535: 0 for 0 times of the week or of "
				  "single days, ");
	nm_buf_clear(&plan);
}

/* What callers always get stands there once, however many times there are: 1,500 of them fit. */
static void test_a_long_list_of_callers_fits(void **state)
{
	struct carrier_line line;
	struct nm_buf plan;

	(void)state;
	nm_buf_init(&plan, 1u << 20);
	nm_buf_add(&plan, PLAN "callers many { numbers = {");
	for (int i = 0; i < 1500; i++)
		nm_buf_addf(&plan, "%s\"+1512777%04d\"", i > 0 ? "," : "", i);
	nm_buf_add(&plan, "} }\nrule many { callers = many reject = silent }\n" RULES);
	open_line(&line, plan.data, 0);
	if (line.refusal != NULL)
		fail_msg("%s", line.refusal);
	assert_lifts_back(&line, cpl());
	carrier_line_close(&line);
	nm_buf_clear(&plan);
}

/* Two rotations for 200 days: three kinds of weeks, and not an exception for each day that is not the commonest. */
static void test_rotations_fit(void **state)
{
	struct carrier_line line;
	size_t times = 0;

	(void)state;
	open_line(&line,
		  PLAN "destination ana { kind = personal number = \"+15125550113\" own_voicemail = none }\n"
		       "rotation today { members = { owner, sam, ana } from = \"2026-11-23 07:30\" every = 1d }\n"
		       "rotation nights { members = { owner, sam, ana } from = \"2026-11-23 17:30\" every = 1w }\n"
		       "path busy { step { ring = today } step { ring = box } }\n"
		       "path late { step { ring = nights } step { ring = box } }\n"
		       "rule open { during = open path = busy }\nrule closed { path = late }\n",
		  0);
	assert_null(line.refusal);
	for (const char *at = line.artefact.parts[0].bytes; (at = strstr(at, "<time ")) != NULL; at++)
		times++;
	assert_true(times > 20 && times < 100);
	assert_lifts_back(&line, cpl());
	carrier_line_close(&line);
}

/* Where the wall clock is UTC, exceptions near a change of the clock need no other zone. */
static void test_a_plan_in_utc(void **state)
{
	struct nm_buf plan;
	struct carrier_line line;

	(void)state;
	replace(&plan, PLAN RULES, "America/Chicago", "UTC");
	open_line(&line, plan.data, 0);
	assert_null(line.refusal);
	assert_lifts_back(&line, cpl());
	carrier_line_close(&line);
	nm_buf_clear(&plan);
}

static void test_an_account_without_a_domain(void **state)
{
	struct nm_account bare = account;
	struct carrier_line line;
	struct nm_artefact artefact;
	struct nm_error err;

	(void)state;
	open_line(&line, PLAN RULES, 0);
	bare.domain = NULL;
	assert_int_equal(cpl()->render(carrier_line_held(&line), &bare, line.at, &artefact, &err), NM_INPUT);
	assert_string_equal(err.text, "account sip names no domain: the SIP domain of the server");
	carrier_line_close(&line);
}

/* --- the conversation --- */

struct talk {
	struct nm_exchange exchange;
	struct nm_request request;
	struct carrier_line line;
};

static void open_talk(struct talk *talk, enum nm_operation operation)
{
	*talk = (struct talk){ 0 };
	open_line(&talk->line, PLAN RULES, 0);
	talk->exchange = (struct nm_exchange){
		.operation = operation,
		.plan = talk->line.plan,
		.account = &talk->line.plan->accounts[0],
		.line = "front desk",
		.number = "+15125550100",
		.window = { talk->line.route->from, talk->line.route->until },
		.wanted = &talk->line.artefact,
		.arena = nm_arena_new(),
	};
}

static void close_talk(struct talk *talk)
{
	nm_artefact_clear(&talk->exchange.live);
	nm_arena_free(talk->exchange.arena);
	carrier_line_close(&talk->line);
}

static enum nm_step_result answer(struct talk *talk, int status, const char *body)
{
	const struct nm_response response = { .status = status,
					      .body = body,
					      .len = strlen(body),
					      .error = status == 0 ? "connection refused" : NULL,
					      .retry_after_s = -1 };

	return cpl()->step(&talk->exchange, status < 0 ? NULL : &response, &talk->request);
}

/* A recorded answer of Kamailio 5.6.3. */
static char *script_answer(const char *script)
{
	struct nm_buf out;

	nm_buf_init(&out, 1u << 20);
	nm_buf_add(&out, "{\n\t\"jsonrpc\":\t\"2.0\",\n\t\"result\":\t\"");
	for (; *script != '\0'; script++)
		nm_buf_addf(&out, *script == '\n' ? "\\n" : *script == '"' ? "\\\"" : "%c", *script);
	nm_buf_add(&out, "\",\n\t\"id\":\t1\n}");
	return nm_buf_take(&out);
}

#define NOTHING "{\n\t\"jsonrpc\":\t\"2.0\",\n\t\"result\":\t{\n\t},\n\t\"id\":\t1\n}"
#define GET                                                                           \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"cpl.get\",\"params\":[\"sip:+15125550100@example.org\"]}"

static void test_reading(void **state)
{
	struct talk talk;
	struct nm_differences differences;
	struct nm_route *route;
	struct nm_error err;
	const char *foreign;
	char *text = script_answer(golden);

	(void)state;
	open_talk(&talk, NM_OP_READ);
	assert_int_equal(answer(&talk, -1, ""), NM_STEP_SEND);
	assert_string_equal(talk.request.method, "POST");
	assert_string_equal(talk.request.url, "http://127.0.0.1:5080/RPC");
	assert_string_equal(talk.request.type, "application/json");
	assert_string_equal(talk.request.body, GET);
	assert_true(talk.request.repeatable);
	assert_int_equal(answer(&talk, 200, text), NM_STEP_DONE);
	assert_int_equal(cpl()->lift(&talk.exchange.live, &route, &foreign, &err), NM_OK);
	assert_int_equal(nm_route_diff(carrier_line_held(&talk.line), route, route->from, route->until,
				       &differences, &err),
			 NM_OK);
	assert_int_equal(differences.n, 0);
	nm_differences_clear(&differences);
	nm_route_free(route);
	close_talk(&talk);
	free(text);
}

static void test_reading_nothing(void **state)
{
	struct talk talk;

	(void)state;
	open_talk(&talk, NM_OP_READ);
	assert_int_equal(answer(&talk, -1, ""), NM_STEP_SEND);
	assert_int_equal(answer(&talk, 200, NOTHING), NM_STEP_DONE);
	assert_int_equal(talk.exchange.live.n, 0);
	close_talk(&talk);
}

static void test_applying(void **state)
{
	struct talk talk;

	(void)state;
	open_talk(&talk, NM_OP_APPLY);
	assert_int_equal(answer(&talk, -1, ""), NM_STEP_SEND);
	assert_string_equal(talk.request.body, GET);
	assert_int_equal(answer(&talk, 200, NOTHING), NM_STEP_SEND);
	assert_string_equal(talk.request.method, "PUT-FILE");
	assert_string_equal(talk.request.url, "file:/srv/cpl/15125550100.cpl");
	assert_string_equal(talk.request.body, golden);
	assert_int_equal(talk.request.len, strlen(golden));
	assert_int_equal(answer(&talk, 200, "{}"), NM_STEP_SEND);
	assert_string_equal(talk.request.body,
			    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"cpl.load\",\"params\":["
			    "\"sip:+15125550100@example.org\",\"/srv/cpl/15125550100.cpl\"]}");
	assert_int_equal(answer(&talk, 200, "{\"jsonrpc\":\"2.0\",\"result\":\"CPL Enabled\",\"id\":1}"),
			 NM_STEP_DONE);
	close_talk(&talk);
}

/* "Load only what changed". */
static void test_applying_what_is_there(void **state)
{
	struct talk talk;
	char *text = script_answer(golden);

	(void)state;
	open_talk(&talk, NM_OP_APPLY);
	assert_int_equal(answer(&talk, -1, ""), NM_STEP_SEND);
	assert_int_equal(answer(&talk, 200, text), NM_STEP_DONE);
	close_talk(&talk);
	free(text);
}

static void test_removing(void **state)
{
	struct talk talk;

	(void)state;
	open_talk(&talk, NM_OP_REMOVE);
	assert_int_equal(answer(&talk, -1, ""), NM_STEP_SEND);
	assert_string_equal(talk.request.body, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"cpl.remove\",\"params\":["
					       "\"sip:+15125550100@example.org\"]}");
	assert_int_equal(answer(&talk, 200, "{\"jsonrpc\":\"2.0\",\"result\":\"CPL Disabled\",\"id\":1}"),
			 NM_STEP_DONE);
	close_talk(&talk);
}

/* Each request of an APPLY, refused: the server's own words, bounded and without control characters. */
static void test_refused_requests(void **state)
{
	static const struct {
		int after, status;
		const char *body, *note;
	} cases[] = {
		{ 0, 500, "{\"error\":{\"code\":500,\"message\":\"Method Not Found\"}}",
		  "Method Not Found (500)" },
		{ 0, 401, "who are you", "it answered 401 without a reason" },
		{ 0, 0, "", "no answer: connection refused" },
		{ 0, 200, "{\"result\":{\"a\":1}}", "its answer to cpl.get is not one" },
		{ 0, 200, "[", "its answer to cpl.get is not one" },
		{ 1, 403, "{\"error\":\"no such folder\"}", "no such folder" },
		{ 2, 500, "{\"error\":{\"code\":500,\"message\":\"Failed encoding CPL\"}}",
		  "Failed encoding CPL (500); the server's log says why" },
		{ 2, 500, "{\"error\":{\"message\":\"a\\u001b[31m\\nb\"}}",
		  "a [31m b (500); the server's log says why" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static const char *const fine[] = { NOTHING, "{}" };
		struct talk talk;

		open_talk(&talk, NM_OP_APPLY);
		assert_int_equal(answer(&talk, -1, ""), NM_STEP_SEND);
		for (int k = 0; k < cases[i].after; k++)
			assert_int_equal(answer(&talk, 200, fine[k]), NM_STEP_SEND);
		assert_int_equal(answer(&talk, cases[i].status, cases[i].body), NM_STEP_FAILED);
		assert_string_equal(talk.exchange.note, cases[i].note);
		close_talk(&talk);
	}
}

static void test_missing_settings(void **state)
{
	struct nm_account bare = account;
	struct nm_error err;

	(void)state;
	assert_int_equal(nm_account_check(&bare, &err), NM_OK);
	bare.script_dir = "cpl";
	assert_int_equal(nm_account_check(&bare, &err), NM_INPUT);
	assert_string_equal(err.text,
			    "account sip: script_dir \"cpl\" is no whole path, as \"/var/lib/cpl\" is");
	bare.script_dir = NULL;
	assert_int_equal(nm_account_check(&bare, &err), NM_INPUT);
	assert_string_equal(err.text, "account sip: driver cpl needs `script_dir`: "
				      "where scripts are placed and the server reads them");
	bare.endpoint = NULL;
	assert_int_equal(nm_account_check(&bare, &err), NM_INPUT);
	assert_string_equal(err.text, "account sip: driver cpl needs `endpoint`: "
				      "the server's JSON-RPC, as \"http://127.0.0.1:5080/RPC\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_random_plans),
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_foreign_scripts),
		cmocka_unit_test(test_foreign_destinations_are_told),
		cmocka_unit_test(test_changed_scripts_decide_otherwise),
		cmocka_unit_test(test_damaged_scripts_do_no_harm),
		cmocka_unit_test(test_huge_scripts_are_refused),
		cmocka_unit_test(test_more_branches_than_the_server_tries),
		cmocka_unit_test(test_longer_than_the_server_waits),
		cmocka_unit_test(test_too_large_for_the_server),
		cmocka_unit_test(test_a_long_list_of_callers_fits),
		cmocka_unit_test(test_rotations_fit),
		cmocka_unit_test(test_a_plan_in_utc),
		cmocka_unit_test(test_an_account_without_a_domain),
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_reading_nothing),
		cmocka_unit_test(test_applying),
		cmocka_unit_test(test_applying_what_is_there),
		cmocka_unit_test(test_removing),
		cmocka_unit_test(test_refused_requests),
		cmocka_unit_test(test_missing_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
