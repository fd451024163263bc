/* SPDX-License-Identifier: MIT */
/*
 * VoIP.ms: what a ring group and the number's mailbox can hold of a plan, the conversations about it, and
 * pushes to a carrier that answers as VoIP.ms does, faults included.
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
#include "push_rig.h"
#include "random_plan.h"
#include "recorded.h"

#define PLANS 40

#define HEAD                                                                                                 \
	"timezone = \"America/Chicago\"\ncountry = \"US\"\nallow = { \"GB\" }\n"                             \
	"account voipms { driver = voipms user = \"o+1@example.org\" token_env = \"VOIPMS\" }\n"             \
	"line main { number = \"+15125550100\" account = voipms }\n"                                         \
	"line over { number = \"+15125550101\" account = voipms }\n"                                         \
	"schedule open { hours = \"Mo-Fr 08:00-18:00\" }\ncallers spam { numbers = anonymous }\n"            \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s }\n"              \
	"destination sam { kind = personal number = \"+15125550112\" confirm = yes }\n"                      \
	"destination ann { kind = personal number = \"+442079460000\" }\n"                                   \
	"destination ai { kind = ai number = \"+15125550177\" }\n"                                           \
	"destination box { kind = voicemail greeting = \"Leave a message\" }\n"                              \
	"path one { step { ring = { owner, sam } for = 25s } step { ring = ai } step { ring = box } }\n"     \
	"path abroad { step { ring = { ann, ai } for = 90s } }\npath on { step { ring = over } }\n"          \
	"path mail { step { ring = box } }\n"
#define RULES(path) "rule all { path = " path " }\n"

#define GROUP                                                                                                \
	"{\"group\":[{\"for\":25,\"number\":\"+15125550111\",\"press_1\":false},{\"for\":25,\"number\""      \
	":\"+15125550112\",\"press_1\":true}],\"routing\":\"grp:nm:5125550100\"}"
#define MAILBOX "{\"routing\":\"vm:own\"}"

#define URL "https://voip.ms/api/v1/rest.php"
#define ASK(method, fields) "POST", URL, "api_username=o%2B1%40example.org&method=" method fields, 200
#define NUMBER(routing)                                                                                      \
	"{\"status\":\"success\",\"dids\":[{\"did\":\"5125550199\",\"routing\":\"none:\"},{\"did\":"         \
	"5125550100,\"routing\":\"" routing "\",\"voicemail\":\"101\",\"pop\":5}]}"
#define SUCCESS "{\"status\":\"success\"}"
#define FORWARDINGS                                                                                          \
	"{\"status\":\"success\",\"forwardings\":[{\"forwarding\":\"1\",\"phone_number\":\"5125550111\","    \
	"\"callerid_override\":\"5125550199\"},{\"forwarding\":16006,\"phone_number\":\"5125550111\","       \
	"\"callerid_override\":\"-1\",\"description\":\"nm:5125550111\",\"dtmf_digits\":\"\"},"              \
	"{\"forwarding\":\"16007\",\"phone_number\":5125550112,\"description\":\"Sam\"}]}"
#define ONE_FORWARDING                                                                                       \
	"{\"status\":\"success\",\"forwardings\":[{\"forwarding\":\"16007\",\"phone_number\":"               \
	"\"5125550112\",\"description\":\"Sam\"}]}"
#define GROUPS(name, members, mailbox)                                                                        \
	"{\"status\":\"success\",\"ring_groups\":[{\"ring_group\":\"7\",\"name\":\"Office\"},{\"ring_group\"" \
	":4768,\"name\":\"" name "\",\"members\":\"" members "\",\"voicemail\":" mailbox "}]}"
#define MEMBERS "fwd:16006,25,0;fwd:16007,25,1"
#define NO(what) "{\"status\":\"no_" what "\"}"

static const struct nm_carrier *voipms(void)
{
	return nm_carrier_find("voipms");
}

static void open_line(struct carrier_line *line, const char *text, const char *at)
{
	char *folder = random_folder_new();

	carrier_line_open(line, voipms(), NULL, plan_of_text(text, folder), 0, at, 28);
	random_folder_free(folder);
}

static void assert_routing(const char *text, const char *routing)
{
	struct carrier_line line;

	open_line(&line, text, "2026-11-23 12:00");
	assert_null(line.refusal);
	assert_string_equal(nm_artefact_find(&line.artefact, "routing")->bytes, routing);
	assert_losses_tell_all(&line, voipms());
	assert_lifts_back(&line, voipms());
	carrier_line_close(&line);
}

static void test_what_a_number_is_told(void **state)
{
	(void)state;
	assert_routing(HEAD RULES("one"), GROUP);
	assert_routing(HEAD RULES("mail"), MAILBOX);
	assert_routing(HEAD RULES("on"),
		       "{\"group\":[{\"for\":60,\"number\":\"+15125550101\",\"press_1\":false}],"
		       "\"routing\":\"grp:nm:5125550100\"}");
	assert_routing(HEAD RULES("abroad"),
		       "{\"group\":[{\"for\":60,\"number\":\"+15125550177\",\"press_1\":"
		       "false}],\"routing\":\"grp:nm:5125550100\"}");
	assert_routing(HEAD "rule all { reject = busy }\n", "{\"routing\":\"sys:busy\"}");
	assert_routing(HEAD "rule all { reject = silent }\n", "{\"routing\":\"sys:hangup\"}");
	assert_routing(HEAD "rule spam { callers = spam path = one }\n", "{\"routing\":\"none:\"}");
}

static void assert_loss(const struct carrier_line *line, const char *text, const char *instead)
{
	for (size_t i = 0; i < line->losses.n; i++)
		if (strcmp(line->losses.items[i].text, text) == 0) {
			assert_string_equal(line->losses.items[i].instead, instead);
			return;
		}
	for (size_t i = 0; i < line->losses.n; i++)
		print_message("  %s\n", line->losses.items[i].text);
	fail_msg("no loss says \"%s\"", text);
}

static void test_losses(void **state)
{
	static const char mailbox[] =
		"the number's own mailbox takes the call, with the greeting that was set there";
	struct carrier_line line;

	(void)state;
	open_line(&line, HEAD "rule open { during = open path = one }\n" RULES("abroad"), "2026-11-23 12:00");
	assert_true(line.losses.needs_agent);
	assert_loss(&line, "nothing behind it can be rung: this carrier goes no further (path one, step 2: ai)",
		    "nobody else is rung");
	assert_loss(&line, "the plan's voicemail is not at this carrier (path one, step 3: box)", mailbox);
	assert_loss(&line, "only numbers of North America can be rung (path abroad, step 1: ann)",
		    "ann is not rung");
	assert_loss(&line, "a ring of 90 s cannot be set (path abroad, step 1: ai)", "it rings for 60 s");
	assert_loss(&line, "a call that nobody answers cannot be left to end (path abroad)", mailbox);
	carrier_line_close(&line);
	open_line(&line, HEAD RULES("on"), "2026-11-23 12:00");
	assert_loss(&line, "a call cannot be handed to another line for good (path on, step 1: over)",
		    "it rings there for 60 s");
	carrier_line_close(&line);
}

static void test_refusals_before_the_push(void **state)
{
	const struct nm_account nobody = { .name = "voipms" };
	struct nm_artefact artefact = { 0 };
	struct carrier_line line;
	struct nm_error err;

	(void)state;
	open_line(&line, HEAD RULES("one"), "2026-11-23 12:00");
	assert_int_equal(voipms()->render(carrier_line_held(&line), &nobody, line.at, &artefact, &err),
			 NM_INPUT);
	assert_string_equal(err.text,
			    "account voipms needs `user`: the e-mail address with which one logs in at "
			    "VoIP.ms");
	carrier_line_close(&line);
	open_line(&line,
		  "timezone = \"Europe/London\"\ncountry = \"GB\"\naccount v { driver = voipms }\n"
		  "line main { number = \"+442079460000\" account = v }\n"
		  "destination ai { kind = ai number = \"+442079460001\" }\n"
		  "path p { step { ring = ai } }\nrule all { path = p }\n",
		  "2026-11-23 12:00");
	assert_string_equal(line.refusal,
			    "VoIP.ms knows numbers of North America by ten digits: +442079460000 is "
			    "none");
	carrier_line_close(&line);
}

static void test_random_plans_are_kept(void **state)
{
	(void)state;
	assert_true(assert_carrier_keeps_plans(voipms(), NULL, 9000, random_few(PLANS)) > (size_t)random_few(PLANS));
}

/* --- what was read --- */

static struct nm_artefact live_of(const char *routing)
{
	struct nm_artefact live = { 0 };
	struct carrier_line line;
	struct nm_error err;
	const struct nm_part *facts;

	open_line(&line, HEAD RULES("one"), "2026-11-23 12:00");
	facts = nm_artefact_find(&line.artefact, "facts");
	assert_int_equal(
		nm_artefact_add(&live, "routing", "application/json", routing, strlen(routing), &err), NM_OK);
	assert_int_equal(nm_artefact_add(&live, "facts", facts->type, facts->bytes, facts->len, &err), NM_OK);
	carrier_line_close(&line);
	return live;
}

static void assert_lifted(const char *routing, const char *words, const char *said)
{
	struct nm_artefact live = live_of(routing);
	struct nm_route *route = NULL;
	const char *foreign = NULL;
	struct nm_error err = { 0 };
	enum nm_code code = voipms()->lift(&live, &route, &foreign, &err);
	struct nm_buf buf;

	if (said != NULL) {
		assert_null(route);
		assert_string_equal(code == NM_OK ? foreign : err.text, said);
	} else {
		assert_int_equal(code, NM_OK);
		assert_null(foreign);
		nm_buf_init(&buf, 4096);
		nm_treatment_words(nm_route_treatment(route, route->from, route->classes[0].witness, false),
				   &buf);
		assert_string_equal(buf.data, words);
		nm_buf_clear(&buf);
	}
	nm_route_free(route);
	nm_artefact_clear(&live);
}

#define MEMBER "{\"for\":20,\"number\":\"+15125550111\",\"press_1\":false}"

static void test_what_others_set_is_read_or_named(void **state)
{
	(void)state;
	assert_lifted(GROUP, "owner + sam 25 s, then the number's own mailbox", NULL);
	assert_lifted("{\"group\":[" MEMBER "],\"routing\":\"grp:99\"}",
		      "owner 20 s, then the number's own mailbox", NULL);
	assert_lifted("{\"routing\":\"none:\"}", "nobody", NULL);
	assert_lifted("{\"routing\":\"sys:hangup\"}", "rejected (silent)", NULL);
	assert_lifted("{\"routing\":\"ivr:12\"}", NULL, "calls go to ivr:12, which is not from here");
	assert_lifted("{\"routing\":\"vm:102\"}", NULL, "calls go to vm:102, which is not from here");
	assert_lifted("{\"filters\":2,\"routing\":\"vm:own\"}", NULL,
		      "filters of callers that are not from here go before everything");
	assert_lifted("{\"group\":[" MEMBER "],\"mailbox\":\"102\",\"routing\":\"grp:99\"}", NULL,
		      "behind its ring group is the mailbox 102, not the number's own");
	assert_lifted("{\"group\":[" MEMBER ",{\"for\":25,\"number\":\"+15125550112\",\"press_1\":false}],"
		      "\"routing\":\"grp:99\"}",
		      NULL, "the phones of its ring group do not ring equally long");
	assert_lifted("{\"group\":[{\"for\":20,\"press_1\":false,\"route\":\"account:1_desk\"}],\"routing\":"
		      "\"grp:99\"}",
		      NULL, "its ring group rings account:1_desk, which is not from here");
	assert_lifted("{\"group\":[],\"routing\":\"grp:99\"}", NULL,
		      "calls go to a ring group that rings nobody");
	assert_lifted("{\"group\":[7],\"routing\":\"grp:99\"}", NULL,
		      "what it says of where calls go cannot be understood");
	assert_lifted("[]", NULL, "what it says of where calls go cannot be understood");
}

/* A failover somebody set by hand: only where it ends in the mailbox that the call ends in anyway is it known
 * what becomes of the call. */
static void test_failovers_are_told(void **state)
{
	(void)state;
	assert_lifted("{\"failover_noanswer\":\"vm:own\",\"group\":[" MEMBER "],\"routing\":\"grp:99\"}",
		      "owner 20 s, then the number's own mailbox", NULL);
	assert_lifted("{\"failover_unreachable\":\"vm:own\",\"routing\":\"vm:own\"}",
		      "the number's own mailbox", NULL);
	assert_lifted(
		"{\"failover_busy\":\"vm:own\",\"failover_noanswer\":\"fwd:16009\",\"group\":[" MEMBER
		"],\"routing\":\"grp:99\"}",
		NULL,
		"calls not answered may go on to fwd:16009, a failover that is not from here: take it off in "
		"the portal");
	assert_lifted(
		"{\"failover_busy\":\"vm:own\",\"routing\":\"sys:busy\"}", NULL,
		"calls while it is busy may go on to vm:own, a failover that is not from here: take it off in "
		"the portal");
	assert_lifted(
		"{\"failover_unreachable\":\"vm:\\u001b1\",\"routing\":\"vm:own\"}", NULL,
		"calls while it cannot be reached may go on to vm: 1, a failover that is not from here: take it "
		"off in the portal");
	assert_lifted("{\"dial_s\":10,\"group\":[" MEMBER "],\"routing\":\"grp:99\"}", NULL,
		      "a dial time of 10 s may end a longer ring of its group: make it longer in the portal");
	assert_lifted("{\"dial_s\":true,\"routing\":\"vm:own\"}", NULL,
		      "what it says of where calls go cannot be understood");
}

static void test_damaged_settings_do_no_harm(void **state)
{
	struct nm_artefact live = live_of(GROUP);

	(void)state;
	recorded_damage_live(voipms(), &live);
	nm_artefact_clear(&live);
}

/* --- conversations --- */

static void talking_open(struct recorded_line *t, enum nm_operation operation, const char *routing)
{
	recorded_open(t, operation, HEAD RULES("one"), live_of(routing));
}

static void assert_reads(const struct recorded *talk, const char *routing)
{
	struct recorded_line t;

	talking_open(&t, NM_OP_READ, MAILBOX);
	if (recorded_speak(voipms(), &t.exchange, talk) != NM_STEP_DONE)
		fail_msg("%s", t.exchange.note);
	assert_string_equal(nm_artefact_find(&t.exchange.live, "routing")->bytes, routing);
	assert_non_null(nm_artefact_find(&t.exchange.live, "facts"));
	recorded_close(&t);
}

static void test_reading(void **state)
{
	static const struct recorded own[] = {
		{ ASK("getDIDsInfo", "&did=5125550100"), NUMBER("grp:4768") },
		{ ASK("getCallerIDFiltering", ""), NO("filter") },
		{ ASK("getRingGroups", ""), GROUPS("nm:5125550100", MEMBERS, "101") },
		{ ASK("getForwardings", ""), FORWARDINGS },
		{ 0 },
	};
	static const struct recorded others[] = {
		{ ASK("getDIDsInfo", "&did=5125550100"), NUMBER("grp:4768") },
		{ ASK("getCallerIDFiltering", ""),
		  "{\"status\":\"success\",\"filtering\":[{\"did\":\"all\"},{\"did\":5125550100},{\"did\":\"1\"}]}" },
		{ ASK("getRingGroups", ""),
		  GROUPS("Shop", "fwd:1,20,0;fwd:16006,20;account:1_a,9,1;", "\"102\"") },
		{ ASK("getForwardings", ""), FORWARDINGS },
		{ 0 },
	};
	static const struct recorded mailbox[] = {
		{ ASK("getDIDsInfo", "&did=5125550100"), NUMBER("vm:101") },
		{ ASK("getCallerIDFiltering", ""), NO("filter") },
		{ 0 },
	};

	(void)state;
	assert_reads(own, GROUP);
	assert_reads(others,
		     "{\"filters\":2,\"group\":[{\"for\":20,\"press_1\":false,\"route\":\"fwd:1\"},{\"for\":"
		     "20,\"press_1\":false,\"route\":\"fwd:16006\"},{\"for\":9,\"press_1\":true,\"route\":"
		     "\"account:1_a\"}],\"mailbox\":\"102\",\"routing\":\"grp:4768\"}");
	assert_reads(mailbox, MAILBOX);
}

/* A number with more set than where its calls go; of the dial time only what is shorter than a ring counts. */
#define NUMBER_WITH(routing, members)                                                                        \
	"{\"status\":\"success\",\"dids\":[{\"did\":\"5125550100\",\"routing\":\"" routing                   \
	"\",\"voicemail\":101," members "}]}"

static void assert_group_with(const char *number, const char *beside)
{
	const struct recorded talk[] = {
		{ ASK("getDIDsInfo", "&did=5125550100"), number },
		{ ASK("getCallerIDFiltering", ""), NO("filter") },
		{ ASK("getRingGroups", ""), GROUPS("nm:5125550100", MEMBERS, "101") },
		{ ASK("getForwardings", ""), FORWARDINGS },
		{ 0 },
	};
	char routing[512];

	assert_true((size_t)snprintf(routing, sizeof(routing), "{%s%s", beside, &GROUP[1]) < sizeof(routing));
	assert_reads(talk, routing);
}

static void test_reading_what_stands_beside(void **state)
{
	static const struct recorded mailbox[] = {
		{ ASK("getDIDsInfo", "&did=5125550100"),
		  NUMBER_WITH("vm:101", "\"dialtime\":5,\"failover_busy\":\"sys:hangup\"") },
		{ ASK("getCallerIDFiltering", ""), NO("filter") },
		{ 0 },
	};

	(void)state;
	assert_group_with(NUMBER_WITH("grp:4768", "\"failover_busy\":\"none:\",\"failover_noanswer\":\"\","
						  "\"failover_unreachable\":\"none\",\"dialtime\":25"),
			  "");
	assert_group_with(
		NUMBER_WITH("grp:4768",
			    "\"failover_busy\":\"vm:101\",\"failover_noanswer\":"
			    "\"fwd:16009\",\"failover_unreachable\":\"vm:102\",\"dialtime\":\"24\""),
		"\"dial_s\":24,\"failover_busy\":\"vm:own\",\"failover_noanswer\":\"fwd:16009\","
		"\"failover_unreachable\":\"vm:102\",");
	assert_group_with(NUMBER_WITH("grp:4768", "\"dialtime\":\"-1\",\"failover_busy\":null"), "");
	assert_reads(mailbox, "{\"failover_busy\":\"sys:hangup\",\"routing\":\"vm:own\"}");
}

static void assert_applies(const char *routing, const struct recorded *talk, const char *note)
{
	struct recorded_line t;
	enum nm_step_result result;

	talking_open(&t, NM_OP_APPLY, routing);
	result = recorded_speak(voipms(), &t.exchange, talk);
	if (note != NULL)
		assert_string_equal(t.exchange.note, note);
	else if (result != NM_STEP_DONE)
		fail_msg("%s", t.exchange.note);
	recorded_close(&t);
}

#define SET_SAM                                                                                              \
	ASK("setForwarding", "&forwarding=&phone_number=5125550111&callerid_override=&description="          \
			     "nm%3A5125550111&dtmf_digits=")
#define SET_GROUP(id)                                                                                        \
	ASK("setRingGroup", "&ring_group=" id "&name=nm%3A5125550100&members=fwd%3A16006%2C25%2C0%3Bfwd"     \
			    "%3A16007%2C25%2C1&voicemail=101")

/* Parts first, then the number; what is there already is not made again. */
static void test_applying(void **state)
{
	static const struct recorded anew[] = {
		{ ASK("getDIDsInfo", "&did=5125550100"), NUMBER("account:1_desk") },
		{ ASK("getForwardings", ""), ONE_FORWARDING },
		{ SET_SAM, "{\"status\":\"success\",\"forwarding\":16006}" },
		{ ASK("getForwardings", ""), FORWARDINGS },
		{ ASK("getRingGroups", ""), NO("ringgroup") },
		{ SET_GROUP(""), "{\"status\":\"success\",\"ring_group\":4768}" },
		{ ASK("setDIDRouting", "&did=5125550100&routing=grp%3A4768"), SUCCESS },
		{ 0 },
	};
	static const struct recorded again[] = {
		{ ASK("getDIDsInfo", "&did=5125550100"), NUMBER("grp:4768") },
		{ ASK("getForwardings", ""), FORWARDINGS },
		{ ASK("getRingGroups", ""), GROUPS("nm:5125550100", MEMBERS, "101") },
		{ 0 },
	};
	static const struct recorded other[] = {
		{ ASK("getDIDsInfo", "&did=5125550100"), NUMBER("grp:4768") },
		{ ASK("getForwardings", ""), FORWARDINGS },
		{ ASK("getRingGroups", ""), GROUPS("nm:5125550100", "fwd:16006,20,0", "101") },
		{ SET_GROUP("4768"), SUCCESS },
		{ 0 },
	};
	static const struct recorded mailbox[] = {
		{ ASK("getDIDsInfo", "&did=5125550100"), NUMBER("grp:4768") },
		{ ASK("setDIDRouting", "&did=5125550100&routing=vm%3A101"), SUCCESS },
		{ 0 },
	};
	static const struct recorded back[] = {
		{ ASK("getDIDsInfo", "&did=5125550100"), NUMBER("grp:4768") },
		{ ASK("setDIDRouting", "&did=5125550100&routing=account%3A1_desk"), SUCCESS },
		{ 0 },
	};

	(void)state;
	assert_applies(GROUP, anew, NULL);
	assert_applies(GROUP, again, NULL);
	assert_applies(GROUP, other, NULL);
	assert_applies(MAILBOX, mailbox, NULL);
	assert_applies("{\"routing\":\"account:1_desk\"}", back, NULL);
}

/* Only what makes something new must not be sent twice blindly. */
static void test_what_may_be_repeated(void **state)
{
	static const char *const answers[] = {
		NUMBER("none:"), NO("forwarding"), "{\"status\":\"success\",\"forwarding\":16006}",
		FORWARDINGS,     NO("ringgroup"),  "{\"status\":\"success\",\"ring_group\":4768}"
	};
	static const bool repeatable[] = { true, true, false, true, true, false, true };
	struct nm_request request = { 0 };
	struct recorded_line t;

	(void)state;
	talking_open(&t, NM_OP_APPLY, GROUP);
	assert_int_equal(voipms()->step(&t.exchange, NULL, &request), NM_STEP_SEND);
	for (size_t i = 0; i < 7; i++) {
		const struct nm_response response = { .status = 200,
						      .body = i < 6 ? answers[i] : SUCCESS,
						      .len = strlen(i < 6 ? answers[i] : SUCCESS) };

		assert_int_equal(request.repeatable, repeatable[i]);
		assert_int_equal(request.auth, NM_AUTH_FORM);
		assert_int_equal(voipms()->step(&t.exchange, &response, &request),
				 i < 6 ? NM_STEP_SEND : NM_STEP_DONE);
	}
	recorded_close(&t);
}

static void assert_ends(int status, const char *answer, const char *note)
{
	const struct recorded talk[] = {
		{ "POST", URL, "api_username=o%2B1%40example.org&method=getDIDsInfo&did=5125550100", status,
		  answer },
		{ 0 }
	};

	assert_applies(GROUP, talk, note);
}

static void test_refusals_are_told_in_its_own_words(void **state)
{
	static const struct recorded vanishing[] = {
		{ ASK("getDIDsInfo", "&did=5125550100"), NUMBER("none:") },
		{ ASK("getForwardings", ""), ONE_FORWARDING },
		{ SET_SAM, "{\"status\":\"used_number\"}" },
		{ ASK("getForwardings", ""), ONE_FORWARDING },
		{ SET_SAM, "{\"status\":\"success\",\"forwarding\":16006}" },
		{ ASK("getForwardings", ""), ONE_FORWARDING },
		{ 0 },
	};
	static const struct recorded full[] = {
		{ ASK("getDIDsInfo", "&did=5125550100"), NUMBER("none:") },
		{ ASK("getForwardings", ""), ONE_FORWARDING },
		{ SET_SAM, "{\"status\":\"forwards_exceeded\"}" },
		{ 0 },
	};
	static const struct recorded odd[] = {
		{ ASK("getDIDsInfo", "&did=5125550100"), NUMBER("none:") },
		{ ASK("getForwardings", ""), SUCCESS },
		{ 0 },
	};

	(void)state;
	assert_ends(200, "{\"status\":\"invalid_credentials\"}",
		    "invalid_credentials: user or API password is wrong");
	assert_ends(200, "{\"status\":\"ip_not_enabled\"}",
		    "ip_not_enabled: this machine's address is not allowed in the portal");
	assert_ends(200, NO("did"), "no_did: the account does not have this number");
	assert_ends(200, "{\"status\":\"method_\\u001bmaintenance\"}", "it refused: method_ maintenance");
	assert_ends(200, "{\"status\":7}", "its answer has no status");
	assert_ends(200, SUCCESS, "its answer has no list of dids");
	assert_ends(200, "{\"status\":\"success\",\"dids\":[]}", "the account has no number +15125550100");
	assert_ends(200, "{\"status\":\"success\",\"dids\":[{\"did\":\"5125550100\"}]}",
		    "its answer does not say where calls to +15125550100 go");
	assert_ends(200, "{\"status\":\"success\",\"dids\":[{\"did\":\"5125550100\",\"routing\":\"none:\"}]}",
		    "the number has no mailbox at VoIP.ms: choose one for it in the portal");
	assert_ends(200, "{\"status\"",
		    "its answer cannot be read: not JSON: line 1: ':' expected near end of file");
	assert_ends(500, "", "it answered 500 without a reason");
	assert_ends(404, "<html>", "it answered 404 without a reason");
	assert_ends(0, "timed out", "no answer: timed out");
	assert_applies(GROUP, vanishing,
		       "there is no forwarding that just rings 5125550111, and none can be made");
	assert_applies(
		GROUP, full,
		"forwards_exceeded: the account may have no more forwardings: delete one in the portal");
	assert_applies(GROUP, odd, "its answer has no list of forwardings");
}

static void test_damaged_answers_do_no_harm(void **state)
{
	static const struct recorded reading[] = {
		{ ASK("getDIDsInfo", "&did=5125550100"), NUMBER("grp:4768") },
		{ ASK("getCallerIDFiltering", ""),
		  "{\"status\":\"success\",\"filtering\":[{\"did\":\"all\"}]}" },
		{ ASK("getRingGroups", ""), GROUPS("nm:5125550100", MEMBERS, "101") },
		{ ASK("getForwardings", ""), FORWARDINGS },
	};
	static const struct recorded applying[] = {
		{ ASK("getDIDsInfo", "&did=5125550100"), NUMBER("grp:4768") },
		{ ASK("getForwardings", ""), FORWARDINGS },
		{ ASK("getRingGroups", ""), GROUPS("nm:5125550100", "fwd:1,2,0", "101") },
		{ SET_GROUP("4768"), "{\"status\":\"success\",\"ring_group\":4768}" },
	};
	struct recorded_line t;

	(void)state;
	talking_open(&t, NM_OP_READ, GROUP);
	for (size_t i = 0; i < 4; i++)
		recorded_damage(voipms(), &t.exchange, reading, i);
	recorded_close(&t);
	talking_open(&t, NM_OP_APPLY, GROUP);
	for (size_t i = 0; i < 4; i++)
		recorded_damage(voipms(), &t.exchange, applying, i);
	recorded_close(&t);
}

/* --- pushes --- */

/* A carrier that remembers one number, one group and two forwardings. */
struct fake {
	char routing[64], members[128];
	const char *no_answer;   /* a failover */
	int forwardings, groups; /* how many were made */
	int fault_at, fault; /* the request (from 1) that is answered with this status, after its effect */
	int n, tag;
	bool pending;
	char body[1024], answer[2048];
};

static enum nm_code fake_submit(void *context, int tag, const struct nm_request *request,
				struct nm_error *err)
{
	struct fake *fake = context;

	(void)err;
	assert_false(fake->pending);
	assert_null(strstr(request->body, "password"));
	fake->pending = true;
	fake->tag = tag;
	fake->n++;
	assert_true(snprintf(fake->body, sizeof(fake->body), "%s&", request->body) < (int)sizeof(fake->body));
	return NM_OK;
}

static void unescape(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		unsigned value;

		if (*text == '%' && sscanf(text + 1, "%2x", &value) == 1) {
			*to++ = (char)value;
			text += 2;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

/* A field of the request, as far as there is room. */
static void field(const struct fake *fake, const char *name, char *out, size_t size)
{
	const char *at = strstr(fake->body, name);

	assert_non_null(at);
	at += strlen(name);
	assert_true((size_t)snprintf(out, size, "%.*s", (int)strcspn(at, "&"), at) < size);
	unescape(out);
}

static void fake_answer(struct fake *fake)
{
	char *answer = fake->answer;
	const size_t size = sizeof(fake->answer);

	if (strstr(fake->body, "method=getDIDsInfo&"))
		snprintf(answer, size,
			 "{\"status\":\"success\",\"dids\":[{\"did\":\"5125550100\",\"routing\":"
			 "\"%s\",\"voicemail\":\"101\",\"failover_noanswer\":\"%s\"}]}",
			 fake->routing, fake->no_answer);
	else if (strstr(fake->body, "method=getCallerIDFiltering&"))
		snprintf(answer, size, NO("filter"));
	else if (strstr(fake->body, "method=getForwardings&"))
		snprintf(answer, size, "%s",
			 fake->forwardings == 0   ? NO("forwarding")
			 : fake->forwardings == 1 ? "{\"status\":\"success\",\"forwardings\":"
						    "[{\"forwarding\":\"16006\",\"phone_number\":"
						    "\"5125550111\"}]}"
						  : FORWARDINGS);
	else if (strstr(fake->body, "method=getRingGroups&") && fake->groups == 0)
		snprintf(answer, size, NO("ringgroup"));
	else if (strstr(fake->body, "method=getRingGroups&"))
		snprintf(answer, size,
			 "{\"status\":\"success\",\"ring_groups\":[{\"ring_group\":\"4768\",\"name\":"
			 "\"nm:5125550100\",\"members\":\"%s\",\"voicemail\":\"101\"}]}",
			 fake->members);
	else
		snprintf(answer, size, "{\"status\":\"success\",\"ring_group\":4768,\"forwarding\":%d}",
			 16005 + fake->forwardings);
}

static void fake_effect(struct fake *fake)
{
	fake->forwardings += strstr(fake->body, "method=setForwarding&forwarding=&") != NULL;
	if (strstr(fake->body, "method=setRingGroup&")) {
		fake->groups += strstr(fake->body, "&ring_group=&") != NULL;
		field(fake, "&members=", fake->members, sizeof(fake->members));
	}
	if (strstr(fake->body, "method=setDIDRouting&"))
		field(fake, "&routing=", fake->routing, sizeof(fake->routing));
}

static enum nm_code fake_collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
				 struct nm_error *err)
{
	struct fake *fake = context;

	(void)timeout_ms;
	(void)err;
	*tag = fake->pending ? fake->tag : -1;
	if (!fake->pending)
		return NM_OK;
	fake->pending = false;
	*response = (struct nm_response){ .status = 200, .retry_after_s = -1 };
	if (fake->n == fake->fault_at)
		response->status = fake->fault;
	if (response->status != 429)
		fake_effect(fake);
	fake_answer(fake);
	response->body = response->status == 200 ? fake->answer : "";
	response->len = strlen(response->body);
	return NM_OK;
}

#define ONE_LINE                                                                                             \
	"timezone = \"America/Chicago\" country = \"US\"\naccount voipms { driver = voipms user = o }\n"     \
	"line main { number = \"+15125550100\" account = voipms }\n"                                         \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n"             \
	"destination sam { kind = personal number = \"+15125550112\" confirm = yes }\n"                      \
	"path one { step { ring = { owner, sam } for = 25s } }\nrule all { path = one }\n"

/* Pushes to a number that is as new, one request failing; returns how many were sent. */
static int push_through(int fault_at, int fault)
{
	struct fake fake = {
		.routing = "account:1_desk", .no_answer = "none:", .fault_at = fault_at, .fault = fault
	};
	struct nm_push_results results;
	struct push_rig rig;
	struct nm_error err;

	push_rig_open(&rig, ONE_LINE);
	rig.context.transport =
		(struct nm_transport){ .context = &fake, .submit = fake_submit, .collect = fake_collect };
	assert_int_equal(push_rig_push(&rig, -1, &results, &err), NM_OK);
	assert_int_equal(results.n, 1);
	assert_string_equal(results.items[0].words, "pushed, read back, same");
	assert_string_equal(fake.routing, "grp:4768");
	assert_string_equal(fake.members, MEMBERS);
	assert_int_equal(fake.forwardings, 2);
	assert_int_equal(fake.groups, 1);
	nm_push_results_clear(&results);
	push_rig_close(&rig);
	return fake.n;
}

/* Whichever request fails, before or after its effect: nothing is made twice, and the push ends well. */
static void test_pushes_make_nothing_twice(void **state)
{
	const int usual = push_through(0, 0);

	(void)state;
	assert_true(usual > 10);
	for (int i = 1; i <= usual; i++) {
		push_through(i, 429);
		push_through(i, 500);
	}
}

/* What was pushed is not in sync any more, and another push, which cannot take it off, says so. */
static void test_a_failover_set_by_hand_shows(void **state)
{
	static const char words[] =
		"calls not answered may go on to fwd:7, a failover that is not from here: take it off in the portal";
	struct fake fake = { .routing = "account:1_desk", .no_answer = "none:" };
	struct nm_push_results results;
	struct nm_status status;
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, ONE_LINE);
	rig.context.transport =
		(struct nm_transport){ .context = &fake, .submit = fake_submit, .collect = fake_collect };
	assert_int_equal(push_rig_push(&rig, -1, &results, &err), NM_OK);
	nm_push_results_clear(&results);
	fake.no_answer = "fwd:7";
	assert_int_equal(nm_status_read(&rig.context, -1, &status, &err), NM_OK);
	assert_int_equal(status.lines[0].sync, NM_SYNC_FOREIGN);
	assert_string_equal(status.lines[0].words, words);
	nm_status_clear(&status);
	assert_int_equal(push_rig_push(&rig, -1, &results, &err), NM_CARRIER);
	assert_non_null(strstr(results.items[0].words, words));
	nm_push_results_clear(&results);
	fake.no_answer = "vm:101";
	assert_int_equal(nm_status_read(&rig.context, -1, &status, &err), NM_OK);
	assert_int_equal(status.lines[0].sync, NM_SYNC_SAME);
	nm_status_clear(&status);
	push_rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_number_is_told),
		cmocka_unit_test(test_losses),
		cmocka_unit_test(test_refusals_before_the_push),
		cmocka_unit_test(test_random_plans_are_kept),
		cmocka_unit_test(test_what_others_set_is_read_or_named),
		cmocka_unit_test(test_failovers_are_told),
		cmocka_unit_test(test_damaged_settings_do_no_harm),
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_reading_what_stands_beside),
		cmocka_unit_test(test_applying),
		cmocka_unit_test(test_what_may_be_repeated),
		cmocka_unit_test(test_refusals_are_told_in_its_own_words),
		cmocka_unit_test(test_damaged_answers_do_no_harm),
		cmocka_unit_test(test_pushes_make_nothing_twice),
		cmocka_unit_test(test_a_failover_set_by_hand_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
