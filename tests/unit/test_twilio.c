/* SPDX-License-Identifier: MIT */
/*
 * Twilio: the flow that is written for a plan, and what is read out of flows, ours and others'.
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

#define PLANS 60

/* clang-format off */
#define HEAD \
	"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount sandbox { driver = sandbox }\n" \
	"line main { number = \"+15125550100\" account = sandbox }\n" \
	"line other { number = \"+15125550101\" account = sandbox }\n" \
	"schedule business { hours = \"Mo-Fr 08:00-18:00\" }\n" \
	"destination owner { kind = personal number = \"+15125550111\" caller_id = line }\n" \
	"destination sam { kind = personal number = \"+15125550114\" caller_id = line }\n" \
	"destination desk { kind = backup address = \"sip:desk@example.org\" }\n" \
	"destination ai { kind = ai number = \"+15125550177\" }\n" \
	"destination mailbox { kind = voicemail greeting = \"Leave a message\" }\n" \
	"destination \"the box\" { kind = voicemail }\n"
#define PLAN HEAD \
	"callers vip { numbers = { \"+15125550142\", \"+15125550143\" } }\n" \
	"callers hidden { numbers = anonymous }\n" \
	"path day { greeting = \"Hello\" lasts = 4s step { ring = { owner, sam } for = 17s }\n" \
	"  step { ring = desk for = 9s } step { ring = mailbox } }\n" \
	"path night { step { ring = ai for = 12s } step { ring = \"the box\" } }\n" \
	"path urgent { step { ring = owner for = 25s } step { ring = other } }\n" \
	"rule blocked { callers = hidden path = night }\nrule vip { callers = vip path = day }\n" \
	"rule open { during = business path = day }\nrule closed { path = night }\n" \
	"emergency { key = \"9\" path = urgent alert = owner }\n"
/* clang-format on */

static const struct nm_account account = { .name = "twilio",
					   .driver = "twilio",
					   .sid = "AC0123456789abcdef0123456789abcdef" };

static const struct nm_carrier *twilio(void)
{
	const struct nm_carrier *carrier = nm_carrier_find("twilio");

	assert_non_null(carrier);
	return carrier;
}

static void open_line(struct carrier_line *line, const char *plan)
{
	char *folder = random_folder_new();

	carrier_line_open(line, twilio(), &account, plan_of_text(plan, folder), 0, "2026-11-23 00:00", 180);
	random_folder_free(folder);
}

static const char *flow_of(const struct carrier_line *line)
{
	if (line->refusal != NULL)
		fail_msg("%s", line->refusal);
	return nm_artefact_find(&line->artefact, "flow")->bytes;
}

/* "For random plans, lift(render(plan)) decides as the plan does, except exactly where the stated losses say so." */
static void test_random_plans_are_kept(void **state)
{
	(void)state;
	assert_true(assert_carrier_keeps_plans(twilio(), &account, 4000, random_few(PLANS)) > (size_t)random_few(PLANS));
}

/* --- asking to press 1 --- */

#define ASKING                                                                                               \
	HEAD "path day { step { ring = { owner, sam } for = 20s confirm = yes } step { ring = ai } }\n"      \
	     "path urgent { step { ring = other confirm = yes } }\n"                                         \
	     "rule open { during = business path = day }\nrule closed { path = urgent }\n"

static const struct nm_account asking = { .name = "twilio",
					  .driver = "twilio",
					  .sid = "AC0123456789abcdef0123456789abcdef",
					  .whisper = "https://example.com/ask" };

static void open_asking(struct carrier_line *line, const struct nm_account *with)
{
	char *folder = random_folder_new();

	carrier_line_open(line, twilio(), with, plan_of_text(ASKING, folder), 0, "2026-11-23 00:00", 30);
	random_folder_free(folder);
}

/* "Press 1 to accept through the document that the account names (without one: said, and proved without)." */
static void test_press_1_through_a_document(void **state)
{
	static const char *const unusable[] = { "Press 1",         "http://example.com/ask", "https://",
						"https://a/b?c=d", "https://a/{{b}}",        "https://a/ b" };
	struct carrier_line line;

	(void)state;
	open_asking(&line, &asking);
	assert_int_equal(line.losses.n, 0);
	assert_non_null(strstr(
		flow_of(&line),
		"\"url\":\"https://example.com/ask?flow={{flow.flow_sid}}&to=%2B15125550111%2C%2B15125550114"
		"&confirm=%2B15125550111%2C%2B15125550114&timeout=20&caller_id=line\"}"));
	assert_lifts_back(&line, twilio());
	carrier_line_close(&line);
	open_asking(&line, &account);
	assert_int_equal(line.losses.n, 3);
	assert_non_null(strstr(line.losses.items[0].text, "nobody can be asked to press 1"));
	assert_null(strstr(flow_of(&line), "add-twiml-redirect"));
	carrier_line_close(&line);
	for (size_t i = 0; i < sizeof(unusable) / sizeof(unusable[0]); i++) {
		struct nm_account odd = asking;

		odd.whisper = unusable[i];
		assert_int_equal(nm_carrier_traits(twilio(), &odd).confirm, NM_CONFIRM_NONE);
	}
	assert_true(assert_carrier_keeps_plans(twilio(), &asking, 5000, random_few(PLANS)) > (size_t)random_few(PLANS));
}

static void test_a_plan_with_all_of_it(void **state)
{
	struct carrier_line line;
	const char *flow;

	(void)state;
	open_line(&line, PLAN);
	assert_int_equal(line.losses.n, 0);
	assert_lifts_back(&line, twilio());
	flow = flow_of(&line);
	assert_non_null(strstr(flow, "\"caller_id\":\"{{flow.channel.address}}\",\"noun\":\"number-multi\""));
	assert_non_null(strstr(flow, "\"to\":\"+15125550111,+15125550114\""));
	assert_non_null(strstr(flow, "\"noun\":\"sip\""));
	assert_non_null(strstr(flow, "\"sip_endpoint\":\"sip:desk@example.org\",\"timeout\":9"));
	assert_non_null(strstr(flow, "\"value\":\"anonymous,+266696687\""));
	assert_non_null(strstr(flow, "\"value\":\"+15125550142,+15125550143\""));
	carrier_line_close(&line);
}

#define SMALL                                                                                                          \
	HEAD "callers vip { numbers = \"+15125550142\" }\n"                                                            \
	     "path day { greeting = \"Hello\" lasts = 4s step { ring = owner for = 17s } step { ring = mailbox } }\n"  \
	     "path night { step { ring = ai for = 12s } }\npath urgent { step { ring = other } }\n"                    \
	     "rule vip { callers = vip path = day }\nrule open { during = business path = day }\n"                     \
	     "rule closed { path = night }\noverride off { from = \"2026-12-24 12:00\" until = \"2026-12-27 08:30\"\n" \
	     "  path = night }\nemergency { key = \"9\" path = urgent alert = owner }\n"

static char *golden_text(void)
{
	const char *top = getenv("NM_SRCDIR");
	char path[4096];
	char *text = calloc(1, 65536);
	FILE *file;

	assert_true(snprintf(path, sizeof(path), "%s/tests/golden/carriers/twilio.json",
			     top != NULL ? top : ".") > 0);
	file = fopen(path, "rb");
	assert_non_null(file);
	assert_true(fread(text, 1, 65535, file) > 0);
	fclose(file);
	return text;
}

/* The bytes themselves: what is at Twilio must not change because the program did. */
static void test_the_bytes_of_a_small_flow(void **state)
{
	char *golden = golden_text();
	struct carrier_line line;

	(void)state;
	open_line(&line, SMALL);
	assert_string_equal(flow_of(&line), golden);
	carrier_line_close(&line);
	free(golden);
}

/* --- what is lost, what is refused --- */

static void assert_refused(const char *plan, const char *part)
{
	struct carrier_line line;

	open_line(&line, plan);
	if (line.refusal == NULL || strstr(line.refusal, part) == NULL)
		fail_msg("%s, nothing of: %s", line.refusal != NULL ? line.refusal : "rendered", part);
	carrier_line_close(&line);
}

static void test_flows_that_are_refused(void **state)
{
	struct nm_buf plan;

	(void)state;
	assert_refused(HEAD "destination odd { kind = voicemail greeting = \"we are {{ away }}\" }\n"
			    "path all { step { ring = odd } }\nrule all { path = all }\n",
		       "which Twilio takes for a template");
	assert_refused(HEAD
		       "path all { greeting = \"50 {% off\" step { ring = ai } }\nrule all { path = all }\n",
		       "which Twilio takes for a template");
	nm_buf_init(&plan, 1 << 20);
	nm_buf_add(&plan, HEAD);
	for (int i = 0; i < 30; i++) {
		nm_buf_addf(&plan,
			    "path p%d { rounds = 10 step { ring = owner for = %ds } step { ring = sam } }\n",
			    i, i + 1);
		nm_buf_addf(
			&plan,
			"callers c%d { numbers = \"+1512555%04d\" }\nrule r%d { callers = c%d path = p%d }\n",
			i, i, i, i, i);
	}
	nm_buf_add(&plan, "rule all { path = p0 }\n");
	assert_refused(plan.data, "widgets, and Twilio takes 1000");
	nm_buf_clear(&plan);
}

/* More callers than one condition takes. */
static void test_long_lists_of_callers(void **state)
{
	struct carrier_line line;
	struct nm_buf plan;

	(void)state;
	nm_buf_init(&plan, 1 << 20);
	nm_buf_add(&plan, HEAD "callers many { numbers = { anonymous");
	for (int i = 0; i < 900; i++)
		nm_buf_addf(&plan, ", \"+1737555%04d\"", i);
	nm_buf_add(&plan, " } }\npath one { step { ring = ai } }\npath two { step { ring = owner } }\n"
			  "rule many { callers = many path = one }\nrule all { path = two }\n");
	open_line(&line, plan.data);
	assert_lifts_back(&line, twilio());
	carrier_line_close(&line);
	nm_buf_clear(&plan);
}

/* --- flows that somebody else wrote or changed --- */

static enum nm_code lift(const struct carrier_line *line, const char *flow, size_t len,
			 struct nm_route **route, struct nm_error *err)
{
	const struct nm_part *facts = nm_artefact_find(&line->artefact, "facts");
	struct nm_artefact live = { 0 };
	const char *foreign = NULL;
	enum nm_code code;

	*route = NULL;
	assert_int_equal(nm_artefact_add(&live, "flow", "application/json", flow, len, err), NM_OK);
	assert_int_equal(nm_artefact_add(&live, "facts", facts->type, facts->bytes, facts->len, err), NM_OK);
	code = twilio()->lift(&live, route, &foreign, err);
	assert_null(foreign);
	nm_artefact_clear(&live);
	return code;
}

/* With the first `from` replaced; malloc'd. */
static char *replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *out;

	if (at == NULL)
		fail_msg("no %s in the flow", from);
	assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) >= 0);
	return out;
}

/* What does not change what callers get is no difference; what does is one, and is told. */
static void test_changes_that_are_understood(void **state)
{
	static const struct {
		const char *from, *to, *words;
	} changes[] = {
		{ "\"y\":220", "\"y\":9000", NULL },
		{ "\"type\":\"trigger\"}", "\"type\":\"trigger\",\"newer\":[null]}", NULL },
		{ "\"record\":false", "\"record\":false,\"machine_detection\":null", NULL },
		{ "\"timeout\":17", "\"timeout\":\"17\"", NULL },
		{ "{% elsif w < 28800 %}", "{% elsif w <= 28799 %}", NULL },
		{ "\"matches_any_of\",\"value\":\"s1\"", "\"matches_any_of\",\"value\":\"S1 , x\"", NULL },
		{ "\"timeout\":17", "\"timeout\":18", "owner 18 s" },
		{ "\"timeout\":12", "\"timeout\":600", "ai 600 s" },
		{ "+15125550177", "+15125550111", "owner 12 s" },
		{ "\"value\":\"4\"", "\"value\":\"5\"", "greeting 5 s" },
		{ "\"value\":\"mailbox\"", "\"value\":\"post\"", "post" },
		{ "Leave a message", "Leave", "mailbox (greeting: Leave)" },
		{ "{{flow.channel.address}}", "{{contact.channel.address}}", "shown the caller's number" },
		{ "+15125550142", "+15125550142,+15125550149", "" },
		{ "plus: 259200", "plus: 259260", "" },
		{ "w < 28800", "w < 25200", "" },
	};
	struct carrier_line line;

	(void)state;
	open_line(&line, SMALL);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *text = replaced(flow_of(&line), changes[i].from, changes[i].to);
		struct nm_differences differences;
		struct nm_route *route;
		struct nm_error err;

		if (lift(&line, text, strlen(text), &route, &err) != NM_OK)
			fail_msg("%s: %s", changes[i].to, err.text);
		assert_int_equal(nm_route_diff(carrier_line_held(&line), route, line.route->from,
					       line.route->until, &differences, &err),
				 NM_OK);
		if ((differences.n > 0) != (changes[i].words != NULL))
			fail_msg("%s: %zu differences", changes[i].to, differences.n);
		if (differences.n > 0 && strstr(differences.items[0].b_words, changes[i].words) == NULL)
			fail_msg("%s: %s", changes[i].to, differences.items[0].b_words);
		nm_differences_clear(&differences);
		nm_route_free(route);
		free(text);
	}
	carrier_line_close(&line);
}

static void test_flows_that_are_foreign(void **state)
{
	static const struct {
		const char *from, *to, *words;
	} changes[] = {
		{ "\"type\":\"connect-call-to\"", "\"type\":\"enqueue-call\"",
		  "(enqueue-call) is of a type" },
		{ "\"number\"", "\"client\"", "neither a number nor a SIP address" },
		{ "\"to\":\"+15125550111\"", "\"to\":\"+15125550111,+15125550112\"",
		  "rings too many phones" },
		{ "\"to\":\"+15125550111\"", "\"to\":\"{{trigger.call.To}}\"",
		  "something that is no number" },
		{ "\"timeout\":17", "\"timeout\":0", "rings for a time" },
		{ "\"timeout\":17", "\"timeout\":601", "rings for a time" },
		{ "\"timeout\":17", "\"timeout\":17,\"time_limit\":60", "ends calls after a time" },
		{ "{{flow.channel.address}}", "+15125550199", "shows another number" },
		{ "busy,no-answer,failed,canceled", "busy,no-answer", "followed by something" },
		{ "DialCallStatus}}\",\"offset\"", "CallStatus}}\",\"offset\"", "followed by something" },
		{ "\"say\":\"Hello\"", "\"play\":\"https://example.com/a.mp3\"", "plays a recording" },
		{ "\"say\":\"Hello\"", "\"say\":\"Hello {{x}}\"", "not always the same" },
		{ "\"loop\":1", "\"loop\":2", "more than once" },
		{ "\"value\":\"4\"", "\"value\":\"soon\"", "not known how long it lasts" },
		{ "\"key\":\"greeting_seconds\"", "\"key\":\"other\"", "not known how long it lasts" },
		{ "'now'", "'2026-01-01'", "a template has" },
		{ "{% endif %}{% assign w", "{% endif %}{% assign v", "an unknown name" },
		{ "+15125550142", "+1512*", "other than whole numbers" },
		{ "\"matches_any_of\",\"value\":\"+15125550142\"", "\"regex\",\"value\":\"+15125550142\"",
		  "compares in a way" },
		{ "\"next\":\"clock\"", "\"next\":\"nowhere\"", "leads to no widget" },
		{ "\"next\":\"clock\"", "\"next\":\"Trigger\"", "stands in the middle" },
		{ "\"next\":\"callers\"", "\"next\":\"clock\"", "comes again and again" },
		{ "\"initial_state\":\"Trigger\"", "\"initial_state\":\"clock\"",
		  "does not begin with a trigger" },
		{ "\"name\":\"callers\"", "\"name\":\"clock\"", "two widgets of one name" },
		{ "\"name\":\"callers\"", "\"called\":\"callers\"", "no name or no type" },
		{ "\"states\":[", "\"states\":[],\"old\":[", "with 0 widgets" },
		{ "{\"event\":\"recordingComplete\"}", "{\"event\":\"recordingComplete\",\"next\":\"clock\"}",
		  "after a message was left" },
		{ "{\"event\":\"hangup\"}", "{\"event\":\"hangup\",\"next\":\"clock\"}",
		  "when the caller has hung up" },
		{ "\"equal_to\",\"value\":\"9\"", "\"equal_to\",\"value\":\"8\"",
		  "several keys mean something" },
		{ "\"event\":\"speech\",\"next\":\"p2_day_ring1_owner\"",
		  "\"event\":\"speech\",\"next\":\"clock\"", "makes something of keys" },
	};
	struct carrier_line line;

	(void)state;
	open_line(&line, SMALL);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *text = replaced(flow_of(&line), changes[i].from, changes[i].to);
		struct nm_error err = { 0 };
		struct nm_route *route;

		if (lift(&line, text, strlen(text), &route, &err) != NM_INPUT)
			fail_msg("%s is understood", changes[i].to);
		if (strstr(err.text, changes[i].words) == NULL)
			fail_msg("%s: %s", changes[i].to, err.text);
		free(text);
	}
	carrier_line_close(&line);
}

static void test_documents_that_are_foreign(void **state)
{
	static const struct {
		const char *from, *to;
	} changes[] = {
		{ "&confirm=%2B15125550111", "&confirm=%2B15125550112" },
		{ "&confirm=", "&accept=" },
		{ "?flow={{flow.flow_sid}}", "?flow=FW1" },
		{ "&to=%2B15125550111", "&to=%2b15125550111" },
		{ "&to=%2B15125550111", "&to=%2" },
		{ "&to=%2B15125550111", "&to=nobody" },
		{ "&timeout=20", "&timeout=0" },
		{ "&timeout=20", "&timeout=9999999999999" },
		{ "&timeout=20", "&timeout=20s" },
		{ "caller_id=line", "caller_id=me" },
		{ "caller_id=line", "caller_id=line&more=1" },
		{ "{\"event\":\"fail\",\"next\":\"p2_day_ring2_ai\"}",
		  "{\"event\":\"fail\",\"next\":\"clock\"}" },
		{ "{\"event\":\"timeout\"}", "{\"event\":\"timeout\",\"next\":\"clock\"}" },
	};
	struct carrier_line line;

	(void)state;
	open_asking(&line, &asking);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *text;
		struct nm_error err = { 0 };
		struct nm_route *route;

		text = replaced(flow_of(&line), changes[i].from, changes[i].to);
		if (lift(&line, text, strlen(text), &route, &err) != NM_INPUT)
			fail_msg("%s is understood", changes[i].to);
		free(text);
	}
	carrier_line_close(&line);
}

/* Damaged bytes: refused, or a route that can be gone through without harm; and what is said is plain text. */
static void test_damaged_flows_do_no_harm(void **state)
{
	static const char spice[] = "0123456789\"[]{},:%-+.eE\\ntfu*s\x01\xff ";
	struct carrier_line line;
	uint64_t seed = 11;
	size_t taken = 0;

	(void)state;
	open_line(&line, SMALL);
	for (int round = 0; round < 2000; round++) {
		size_t len = strlen(flow_of(&line));
		char *text = strdup(flow_of(&line));
		struct nm_error err = { 0 };
		struct nm_route *route;

		for (uint32_t hits = 1 + random_below(&seed, 3); hits > 0; hits--)
			text[random_below(&seed, (uint32_t)len)] =
				spice[random_below(&seed, sizeof(spice) - 1)];
		if (round % 7 == 0)
			len = random_below(&seed, (uint32_t)len);
		if (lift(&line, text, len, &route, &err) == NM_OK) {
			struct nm_differences differences;

			taken++;
			if (nm_route_diff(carrier_line_held(&line), route, line.route->from,
					  line.route->until, &differences, &err) == NM_OK)
				nm_differences_clear(&differences);
			nm_route_free(route);
		}
		for (const char *c = err.text; *c != '\0'; c++)
			assert_true(*c >= ' ' && *c <= '~');
		free(text);
	}
	assert_true(taken > 0 && taken < 2000);
	carrier_line_close(&line);
}

/* A flow that changes its mind every second is told to be one, soon. */
static void test_a_restless_flow_is_given_up(void **state)
{
	struct carrier_line line;
	struct nm_route *route;
	struct nm_error err;
	struct nm_buf template;
	char *text, *whole;

	(void)state;
	open_line(&line, SMALL);
	nm_buf_init(&template, 1 << 20);
	nm_buf_add(
		&template,
		"{% assign t = 'now' | date: '%s' | plus: 0 %}{% assign w = t | modulo: 2 %}{% if w == 7 %}a");
	for (int i = 0; i < 20000; i++)
		nm_buf_add(&template, "{% elsif w == 8 %}b");
	nm_buf_add(&template, "{% endif %}");
	text = replaced(flow_of(&line), "\"value\":\"4\"", "\"value\":\"@\"");
	whole = replaced(text, "@", template.data);
	assert_int_equal(lift(&line, whole, strlen(whole), &route, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "changes its mind too often"));
	free(whole);
	free(text);
	nm_buf_clear(&template);
	carrier_line_close(&line);
}

/* --- texts to missed callers --- */

#define TEXTING                                                                                                        \
	"timezone = \"America/Chicago\" country = \"US\" account sandbox { driver = sandbox }\n"                       \
	"line main { number = \"+15125550100\" account = sandbox text_in_flow = yes }\n"                               \
	"schedule business { hours = \"Mo-Fr 08:00-18:00\" } schedule busy { hours = \"Mo-Fr 09:00-10:00\" }\n"        \
	"callers spam { numbers = \"+15125550149\" }\n"                                                                \
	"destination owner { kind = personal number = \"+15125550111\" away = busy }\n"                                \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                                  \
	"destination mailbox { kind = voicemail greeting = \"Leave a message\" }\n"                                    \
	"path day { step { ring = owner for = 17s } step { ring = fixly for = 9s } }\n"                                \
	"path night { step { ring = fixly for = 12s } step { ring = mailbox } }\n"                                     \
	"rule blocked { callers = spam reject = busy } rule open { during = business path = day }\n"                   \
	"rule closed { path = night }\n"                                                                             \
	"text_back { missed = \"Sorry we missed you.\" away = \"On a job.\" account = sandbox }\n"

/* "Text-backs in the flow only where the line says so, since it cannot honour once_per and opt-outs." */
static void test_texts_to_missed_callers(void **state)
{
	struct carrier_line line;
	const char *flow;
	int told = 0;

	(void)state;
	open_line(&line, TEXTING);
	assert_int_equal(line.losses.n, 3);
	for (size_t i = 0; i < line.losses.n; i++)
		told += strstr(line.losses.items[i].text, "keeps neither once_per nor opt-outs, no caps and no countries (path ") != NULL;
	assert_int_equal(told, 2);
	flow = flow_of(&line);
	assert_non_null(strstr(flow, "\"body\":\"On a job.\",\"from\":\"{{flow.channel.address}}\""));
	assert_non_null(strstr(flow, "\"to\":\"{{contact.channel.address}}\""));
	assert_non_null(strstr(flow, "{\"event\":\"hangup\",\"next\":\"p1_night_text_address\"}"));
	assert_non_null(strstr(flow, "{\"event\":\"recordingComplete\",\"next\":\"p1_night_text_address\"}"));
	assert_null(strstr(flow, "p2_day_text_address")); /* the same text, so the same widgets */
	assert_lifts_back(&line, twilio());
	carrier_line_close(&line);
	open_line(&line, SMALL);
	assert_null(strstr(flow_of(&line), "_text_send"));
	carrier_line_close(&line);
}

/* With the first `from` replaced the flow is foreign, or differs; these words tell why, or what it does. */
static void assert_change(const struct carrier_line *line, const char *from, const char *to, const char *words,
			  bool foreign)
{
	char *text = replaced(flow_of(line), from, to);
	struct nm_differences differences = { 0 };
	struct nm_error err = { 0 };
	struct nm_route *route;
	bool said;

	assert_int_equal(lift(line, text, strlen(text), &route, &err), foreign ? NM_INPUT : NM_OK);
	said = foreign && strstr(err.text, words) != NULL;
	if (!foreign)
		assert_int_equal(nm_route_diff(carrier_line_held(line), route, line->route->from,
					       line->route->until, &differences, &err),
				 NM_OK);
	for (size_t i = 0; i < differences.n; i++)
		said = said || strstr(differences.items[i].b_words, words) != NULL;
	if (!said)
		fail_msg("%s: %s", to, foreign ? err.text : "another difference, or none");
	nm_differences_clear(&differences);
	nm_route_free(route);
	free(text);
}

static void test_texts_that_somebody_changed(void **state)
{
	static const struct {
		const char *from, *to, *words;
		bool foreign;
	} changes[] = {
		{ "Sorry we missed you.", "Go away", "a text if missed each time (Go away)", false },
		{ "\"to\":\"{{contact.channel.address}}\"", "\"to\":\"+19005550100\"",
		  "does something when the caller has hung up", true },
		{ "\"from\":\"{{flow.channel.address}}\"", "\"from\":\"Bank\"",
		  "does something when the caller has hung up", true },
		{ "Sorry we missed you.", "Sorry, {{trigger.call.From}}",
		  "does something when the caller has hung up", true },
		{ "{\"event\":\"hangup\",\"next\":\"p1_night_text_address\"}", "{\"event\":\"hangup\"}",
		  "another text than the rest of that path, or none", true },
		{ "\"value\":\"+266696687\"", "\"value\":\"+1512\"", "", true },
		{ "{\"event\":\"sent\"}", "{\"event\":\"sent\",\"next\":\"clock\"}", "", true },
		{ "\"next\":\"p1_night_text_send\"", "\"next\":\"clock\"", "", true },
	};
	struct carrier_line line;

	(void)state;
	open_line(&line, TEXTING);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		assert_change(&line, changes[i].from, changes[i].to, changes[i].words, changes[i].foreign);
	carrier_line_close(&line);
}

/* A text that the plan does not want, and one that it wants and that is not there. */
static void test_texts_are_compared(void **state)
{
	static const char *const wanted[] = { "owner 17 s, then fixly 9 s, a text if missed each time",
					      "owner 17 s, then fixly 9 s" };
	struct carrier_line line, other;
	char *quiet = replaced(TEXTING, " text_in_flow = yes", "");

	(void)state;
	open_line(&line, TEXTING);
	open_line(&other, quiet);
	for (int way = 0; way < 2; way++) {
		struct nm_differences differences;
		struct nm_route *route;
		struct nm_error err;
		bool told = false;

		assert_int_equal(lift(&line, flow_of(way == 0 ? &other : &line),
				      strlen(flow_of(way == 0 ? &other : &line)), &route, &err),
				 NM_OK);
		assert_int_equal(nm_route_diff(carrier_line_held(way == 0 ? &line : &other), route, line.route->from,
					       line.route->until, &differences, &err),
				 NM_OK);
		for (size_t i = 0; i < differences.n; i++)
			told = told || (strcmp(differences.items[i].a_words, wanted[way]) == 0 &&
					strcmp(differences.items[i].b_words, wanted[1 - way]) == 0);
		assert_true(told);
		nm_differences_clear(&differences);
		nm_route_free(route);
	}
	carrier_line_close(&line);
	carrier_line_close(&other);
	free(quiet);
}

/* --- alerts --- */

#define ALERTING                                                                                                       \
	HEAD "business = \"Smith\"\nline hotline { number = \"+15125550190\" account = sandbox }\n"                    \
	     "destination ned { kind = personal number = \"+15125550115\" }\n"                                          \
	     "rotation oncall { members = { owner, sam } from = \"2026-11-23 08:00\" every = 1w }\n"                    \
	     "callers vip { numbers = \"+15125550142\" }\n"                                                             \
	     "path day { greeting = \"Hello\" lasts = 4s step { ring = ai for = 9s } }\n"                               \
	     "path urgent { greeting = \"Help comes\" lasts = 2s step { ring = sam for = 25s } step { ring = ai } }\n"  \
	     "rule all { path = day }\n"                                                                                \
	     "emergency { lines = hotline callers = vip key = \"9\" path = urgent alert = { ned, oncall } }\n"

/* By the line, by who calls, by the key: ahead of all that the caller hears, and whether a text can be sent or not. */
static void test_people_are_alerted(void **state)
{
	static const char *const parts[] = {
		"\"body\":\"Smith: emergency call to line main from {{contact.channel.address}}\","
		"\"from\":\"{{flow.channel.address}}\"",
		"\"to\":\"+15125550115\"},\"transitions\":["
		"{\"event\":\"failed\",\"next\":\"p3_urgent_alert2_sam\"},"
		"{\"event\":\"sent\",\"next\":\"p3_urgent_alert2_sam\"}],\"type\":\"send-message\"",
		"\"to\":\"+15125550114\"},\"transitions\":["
		"{\"event\":\"failed\",\"next\":\"p3_urgent_greeting\"},"
		"{\"event\":\"sent\",\"next\":\"p3_urgent_greeting\"}]",
		"\"next\":\"p4_urgent_alert2_owner\"",
	};
	struct carrier_line line;
	const struct nm_caller vip = { .number = 15125550142 }, any = { .number = 15125550199 };
	struct nm_route *route;
	struct nm_error err;
	const char *flow;

	(void)state;
	open_line(&line, ALERTING);
	assert_int_equal(line.losses.n, 0);
	assert_lifts_back(&line, twilio());
	flow = flow_of(&line);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strstr(flow, parts[i]) == NULL)
			fail_msg("no %s in %s", parts[i], flow);
	assert_int_equal(lift(&line, flow, strlen(flow), &route, &err), NM_OK);
	assert_int_equal(nm_route_treatment(route, line.at, vip, false)->alerts.n, 2);
	assert_true(nm_route_treatment(route, line.at, vip, false)->emergency);
	assert_int_equal(nm_route_treatment(route, line.at, any, false)->alerts.n, 0);
	assert_int_equal(nm_route_treatment(route, line.at, any, true)->alerts.n, 2);
	assert_string_equal(nm_route_treatment(route, line.at, any, true)->alerts.text,
			    "Smith: emergency call to line main from {caller}");
	nm_route_free(route);
	carrier_line_close(&line);
}

/* Somebody else's phone, another text, none at all: told as what it is.  What is no alert of ours is foreign. */
static void test_alerts_that_somebody_changed(void **state)
{
	static const struct {
		const char *from, *to, *words;
		bool foreign;
	} changes[] = {
		{ "\"to\":\"+15125550115\"", "\"to\":\"+19005550100\"", "alerting +19005550100 + ", false },
		{ "\"next\":\"p3_urgent_alert2_sam\"", "\"next\":\"p3_urgent_greeting\"",
		  "goes elsewhere when its text cannot be sent", true },
		{ "\"next\":\"p3_urgent_alert1_ned\"", "\"next\":\"p3_urgent_alert2_sam\"", "alerting ", false },
		{ "\"next\":\"p3_urgent_alert1_ned\"", "\"next\":\"p3_urgent_greeting\"", "greeting 2 s", false },
		{ "emergency call to", "emergency at", "sends another text than the alert before it", true },
		{ "{{contact.channel.address}}\",\"from\"", "{{trigger.call.From}}\",\"from\"",
		  "sends a text that is not understood", true },
		{ "{{contact.channel.address}}\",\"from\"", "{caller}\",\"from\"",
		  "sends a text that is not understood", true },
		{ "\"to\":\"+15125550115\"", "\"to\":\"{{contact.channel.address}}\"",
		  "sends a text that is not always the same", true },
		{ "\"to\":\"+15125550115\"", "\"to\":\"sip:ned@example.org\"",
		  "neither the caller nor a number", true },
		{ "\"from\":\"{{flow.channel.address}}\"", "\"from\":\"Bank\"", "that is not from the line", true },
		{ "{\"event\":\"failed\",\"next\":\"p3_urgent_alert2_sam\"},"
		  "{\"event\":\"sent\",\"next\":\"p3_urgent_alert2_sam\"}",
		  "{\"event\":\"failed\",\"next\":\"p3_urgent_alert1_ned\"},"
		  "{\"event\":\"sent\",\"next\":\"p3_urgent_alert1_ned\"}",
		  "texts too many people", true },
		{ "\"event\":\"audioComplete\",\"next\":\"p3_urgent_ring1_sam\"",
		  "\"event\":\"audioComplete\",\"next\":\"p3_urgent_alert1_ned\"", "after the first ring", true },
	};
	struct carrier_line line;

	(void)state;
	open_line(&line, ALERTING);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		assert_change(&line, changes[i].from, changes[i].to, changes[i].words, changes[i].foreign);
	carrier_line_close(&line);
}

static void test_an_alert_is_no_template(void **state)
{
	char *plan = replaced(ALERTING, "\"Smith\"", "\"{{ Smith }}\"");
	struct nm_buf name;

	(void)state;
	assert_refused(plan, "which Twilio takes for a template");
	free(plan);
	nm_buf_init(&name, 4096);
	for (int i = 0; i < 160; i++)
		nm_buf_add(&name, "Smith and ");
	plan = replaced(ALERTING, "Smith", name.data);
	assert_refused(plan, "and Twilio takes 1600");
	free(plan);
	nm_buf_clear(&name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_plans_are_kept),
		cmocka_unit_test(test_press_1_through_a_document),
		cmocka_unit_test(test_a_plan_with_all_of_it),
		cmocka_unit_test(test_the_bytes_of_a_small_flow),
		cmocka_unit_test(test_flows_that_are_refused),
		cmocka_unit_test(test_long_lists_of_callers),
		cmocka_unit_test(test_changes_that_are_understood),
		cmocka_unit_test(test_flows_that_are_foreign),
		cmocka_unit_test(test_documents_that_are_foreign),
		cmocka_unit_test(test_texts_to_missed_callers),
		cmocka_unit_test(test_texts_that_somebody_changed),
		cmocka_unit_test(test_texts_are_compared),
		cmocka_unit_test(test_people_are_alerted),
		cmocka_unit_test(test_alerts_that_somebody_changed),
		cmocka_unit_test(test_an_alert_is_no_template),
		cmocka_unit_test(test_damaged_flows_do_no_harm),
		cmocka_unit_test(test_a_restless_flow_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
