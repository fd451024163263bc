/* SPDX-License-Identifier: MIT */
/*
 * The dialplan for Asterisk: what is read back decides as the plan does; the exact bytes of one; that no name,
 * greeting or account ever puts a line into it; and that a file somebody else wrote is never guessed at.
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
#include "nevermiss/edit.h"
#include "random_plan.h"

#define PLANS 60
#define DAMAGES 4000

/* Everything that the driver can hold. */
#define PLAN                                                                                                   \
	"timezone = \"America/Chicago\"\ncountry = \"US\"\n"                                                   \
	"account pbx { driver = asterisk endpoint = \"PJSIP/{number}@trunk\" script_dir = \"/etc/nm\" }\n"     \
	"line main { number = \"+15125550100\" account = pbx handset = owner }\n"                              \
	"schedule business { hours = \"Mo-Fr 08:00-18:00; Sa 09:00-13:00\" }\n"                                \
	"callers vip { numbers = { \"+15125550142\", \"+1737555*\" } }\n"                                      \
	"callers spam { numbers = { anonymous, \"+1900*\" } }\n"                                               \
	"callers pest { numbers = { \"+13125550001\" } }\n"                                                    \
	"destination owner { kind = personal line = main own_voicemail = 25s }\n"                              \
	"destination sam { kind = personal number = \"+15125550114\" confirm = yes }\n"                        \
	"destination desk { kind = backup address = \"sip:desk@example.org\" own_voicemail = none }\n"         \
	"destination ai { kind = ai number = \"+15125550177\" }\n"                                             \
	"destination mailbox { kind = voicemail greeting = \"We're out; 100% back.\" }\n"                      \
	"destination plain { kind = voicemail }\n"                                                             \
	"path day { step { ring = owner for = 15s } step { ring = { sam, desk } for = 20s }\n"                 \
	"  step { ring = ai for = 10s } step { ring = { desk, mailbox } } }\n"                                 \
	"path night { greeting = \"Closed\" lasts = 4s step { ring = ai for = 12s } step { ring = plain } }\n" \
	"path urgent { step { ring = { sam, owner } for = 30s } step { ring = ai } }\n"                        \
	"rule blocked { callers = spam reject = busy }\nrule pest { callers = pest reject = silent }\n"        \
	"rule vip { callers = vip outside = business path = day }\n"                                           \
	"rule open { during = business path = day }\nrule closed { path = night }\n"                           \
	"override off { from = \"2026-12-01 13:00\" until = \"2026-12-01 15:00:30\" path = night }\n"          \
	"emergency { key = \"9\" path = urgent }\n"

static const struct nm_account account = { .name = "pbx",
					   .driver = "asterisk",
					   .endpoint = "PJSIP/{number}@trunk",
					   .script_dir = "/etc/asterisk/nevermiss" };

static const struct nm_carrier *asterisk(void)
{
	const struct nm_carrier *carrier = nm_carrier_find("asterisk");

	assert_non_null(carrier);
	return carrier;
}

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static void open_text(struct carrier_line *line, const char *text)
{
	char *folder = random_folder_new();

	carrier_line_open(line, asterisk(), &account, plan_of_text(text, folder), 0, "2026-11-23 12:00", 28);
	random_folder_free(folder);
}

static const char *dialplan_of(const struct carrier_line *line)
{
	const struct nm_part *part = nm_artefact_find(&line->artefact, "dialplan");

	if (part == NULL)
		fail_msg("%s", line->refusal != NULL ? line->refusal : "no dialplan");
	return part->bytes;
}

/* Renders once more, after something about the route was changed by hand. */
static enum nm_code render_again(struct carrier_line *line, struct nm_error *err)
{
	nm_artefact_clear(&line->artefact);
	return asterisk()->render(line->route, &account, line->at, &line->artefact, err);
}

/* What is lifted from this text in the place of the line's own. */
static enum nm_code lift_text(const struct carrier_line *line, const char *text, size_t len,
			      struct nm_route **route, char **foreign, struct nm_error *err)
{
	struct nm_artefact artefact = { 0 };
	const char *why = NULL;
	enum nm_code code;

	for (size_t i = 0; i < line->artefact.n; i++) {
		const struct nm_part *part = &line->artefact.parts[i];
		const bool own = strcmp(part->name, "dialplan") == 0;

		ok(nm_artefact_add(&artefact, part->name, part->type, own ? text : part->bytes,
				   own ? len : part->len, err),
		   err);
	}
	code = asterisk()->lift(&artefact, route, &why, err);
	*foreign = why != NULL ? strdup(why) : NULL;
	nm_artefact_clear(&artefact);
	return code;
}

/* --- the promise --- */

static void test_it_keeps_plans(void **state)
{
	(void)state;
	assert_true(assert_carrier_keeps_plans(asterisk(), &account, 7100, random_few(PLANS)) > (size_t)random_few(PLANS));
}

static void test_it_loses_nothing(void **state)
{
	struct carrier_line line;

	(void)state;
	open_text(&line, PLAN);
	assert_int_equal(line.losses.n, 0);
	assert_lifts_back(&line, asterisk());
	carrier_line_close(&line);
}

/* The key that ends what is typed elsewhere is heard by another sign. */
static void test_any_key_is_heard(void **state)
{
	static const char keys[] = "0*#";
	struct carrier_line line;
	struct nm_error err;

	(void)state;
	open_text(&line, PLAN);
	for (const char *key = keys; *key != '\0'; key++) {
		line.route->key = *key;
		ok(render_again(&line, &err), &err);
		assert_lifts_back(&line, asterisk());
	}
	carrier_line_close(&line);
}

static void assert_same_text(const char *expected, const char *got)
{
	int number = 1;

	while (*expected != '\0' && *expected == *got) {
		number += *expected == '\n';
		expected++;
		got++;
	}
	if (*expected != *got)
		fail_msg("line %d: expected ...%.60s, got ...%.60s", number, expected, got);
}

static void test_the_bytes_of_one(void **state)
{
	struct carrier_line line;
	struct nm_buf path, expected;
	struct nm_error err;

	(void)state;
	nm_buf_init(&path, 4096);
	nm_buf_init(&expected, 1u << 20);
	nm_buf_addf(&path, "%s/tests/golden/asterisk.dialplan", getenv("NM_SRCDIR"));
	ok(nm_file_read(path.data, 1u << 20, &expected, &err), &err);
	open_text(&line, PLAN);
	assert_same_text(expected.data, dialplan_of(&line));
	nm_buf_clear(&path);
	nm_buf_clear(&expected);
	carrier_line_close(&line);
}

/* --- nothing gets into it --- */

static bool begins(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

/* Lines that say something; each is one of ours, whole, and dials nothing that a caller sent. */
static int assert_harmless(const char *text)
{
	int n = 0;

	for (const char *line = text, *end; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		assert_true(end - line <= 4000);
		for (const char *c = line; c < end; c++)
			assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
		if (line == end || begins(line, "; "))
			continue;
		n++;
		assert_true(begins(line, "[nevermiss-") || begins(line, " same => n") ||
			    (begins(line, "exten => ") && strchr("stu+123456789", line[9]) != NULL));
		assert_null(memchr(line, ';', (size_t)(end - line)));
	}
	assert_null(strstr(text, "EXTEN"));
	assert_null(strstr(text, "exten => _"));
	assert_null(strstr(text, "\n#"));
	assert_null(strstr(text, "include"));
	return n;
}

static const char *const nasty[] = {
	"x,1,System(id)",
	"x\n[evil]\nexten => s,1,System(id)",
	"]\r\n#exec /bin/id",
	"${SHELL(id)}",
	"$[1 + 1]",
	"\" = \"\"]?evil,s,1",
	"a)&Dial(PJSIP/1900@trunk",
	"x;--",
	"--;exten => s,1,System(id)",
	"\\;\\",
	"a^b|c'd`e",
	"caf\xc3\xa9",
	" ",
	"_41",
	"%0Aexten => s,1,System(id)",
};

static void rename_all(struct nm_route *route, const char *name, const char *text)
{
	route->line = name;
	for (size_t t = 0; t < route->n_treatments; t++) {
		struct nm_treatment *treatment = route->treatments[t];

		if (treatment->path != NULL)
			treatment->path = name;
		if (treatment->greeting != NULL)
			treatment->greeting = text;
		for (size_t s = 0; s < treatment->n; s++)
			for (size_t p = 0; p < treatment->steps[s].n; p++) {
				struct nm_party *party = &treatment->steps[s].parties[p];

				if (party->kind != NM_VOICEMAIL || party->greeting == NULL)
					continue;
				party->name = name;
				party->greeting = text;
			}
	}
}

static void assert_is_inert(struct carrier_line *line, const char *name, const char *text, int lines)
{
	struct nm_error err;

	rename_all(line->route, name, text);
	ok(render_again(line, &err), &err);
	if (assert_harmless(dialplan_of(line)) != lines)
		fail_msg("%s puts a line into it", name);
	/* Control characters are nobody's name. */
	if (strpbrk(name, "\r\n") == NULL && strpbrk(text, "\r") == NULL)
		assert_lifts_back(line, asterisk());
}

static void test_names_and_texts_are_inert(void **state)
{
	struct carrier_line line;
	struct nm_buf book;
	int lines;

	(void)state;
	open_text(&line, PLAN);
	assert_null(line.held);
	lines = assert_harmless(dialplan_of(&line));
	for (size_t i = 0; i < sizeof(nasty) / sizeof(nasty[0]); i++) {
		assert_is_inert(&line, nasty[i], "Hello", lines);
		assert_is_inert(&line, "main", nasty[i], lines);
	}
	/* Longer than a line may be: it must not go on as a line of its own. */
	nm_buf_init(&book, 1u << 20);
	for (int i = 0; i < 3000; i++)
		nm_buf_add(&book, "\nexten => s,1,System(id)  \xe2\x82\xac");
	assert_is_inert(&line, "main", book.data, lines);
	nm_buf_clear(&book);
	carrier_line_close(&line);
}

/* No two names are one file, one mailbox or one sound. */
static void test_names_stay_apart(void **state)
{
	static const char *const alike[] = { "a b", "a_20b", "a_b", "a-b", "a_5F20b", "a/b", "a" };
	struct carrier_line line;
	struct nm_error err;
	char *firsts[sizeof(alike) / sizeof(alike[0])];

	(void)state;
	open_text(&line, PLAN);
	for (size_t i = 0; i < sizeof(alike) / sizeof(alike[0]); i++) {
		const char *context;

		line.route->line = alike[i];
		ok(render_again(&line, &err), &err);
		context = strchr(dialplan_of(&line), '[');
		firsts[i] = strndup(context, strcspn(context, "]"));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(firsts[i], firsts[k]);
	}
	for (size_t i = 0; i < sizeof(alike) / sizeof(alike[0]); i++)
		free(firsts[i]);
	carrier_line_close(&line);
}

static void test_ways_to_dial(void **state)
{
	static const char *const bad[] = { "",
					   "PJSIP/trunk",
					   "{number}",
					   "/{number}",
					   "PJSIP/{number}@trunk,20",
					   "PJSIP/{number}@trunk)",
					   "PJSIP/{number}&PJSIP/1900@trunk",
					   "PJSIP/${number}@trunk",
					   "PJSIP/{number}{number}@trunk",
					   "PJSIP/{number}@trunk\n",
					   "PJSIP/{number};",
					   "PJSIP/+1{number}",
					   "PJSIP/{number}9@trunk",
					   "local/{number}@out" };
	static const char *const good[] = { "PJSIP/{number}@trunk", "SIP/trunk/{number}", "DAHDI/g1/{number}",
					    "PJSIP/trunk/sip:{number}@gw.example.org:5060",
					    "IAX2/me@host/{number}" };
	struct carrier_line line;
	struct nm_artefact artefact;
	struct nm_account other = account;
	struct nm_error err;

	(void)state;
	open_text(&line,
		  "timezone = \"America/Chicago\"\ncountry = \"US\"\naccount pbx { driver = asterisk }\n"
		  "line main { number = \"+15125550100\" account = pbx }\n"
		  "destination ai { kind = ai number = \"+15125550177\" }\n"
		  "path day { step { ring = ai } }\nrule all { path = day }\n");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		other.endpoint = bad[i];
		if (asterisk()->render(line.route, &other, line.at, &artefact, &err) != NM_INPUT)
			fail_msg("%s is taken for a way to dial", bad[i]);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		other.endpoint = good[i];
		nm_artefact_clear(&line.artefact);
		ok(asterisk()->render(line.route, &other, line.at, &line.artefact, &err), &err);
		assert_lifts_back(&line, asterisk());
	}
	assert_int_equal(asterisk()->render(line.route, NULL, line.at, &artefact, &err), NM_INPUT);
	carrier_line_close(&line);
}

static void move_desk(struct nm_route *route, const char *address)
{
	for (size_t t = 0; t < route->n_treatments; t++)
		for (size_t s = 0; s < route->treatments[t]->n; s++)
			for (size_t p = 0; p < route->treatments[t]->steps[s].n; p++)
				if (strcmp(route->treatments[t]->steps[s].parties[p].name, "desk") == 0)
					route->treatments[t]->steps[s].parties[p].number = address;
}

/* A SIP address needs a PJSIP endpoint; a trunk of another kind says that it is lost. */
static void test_addresses_need_an_endpoint(void **state)
{
	struct nm_account other = account;
	struct carrier_line line;
	struct nm_artefact artefact;
	struct nm_error err;

	(void)state;
	assert_true(nm_carrier_traits(asterisk(), &account).addresses);
	other.endpoint = "DAHDI/g1/{number}";
	assert_false(nm_carrier_traits(asterisk(), &other).addresses);
	open_text(&line, PLAN);
	move_desk(line.route, "sip:a@b&PJSIP/1900@trunk");
	assert_int_equal(asterisk()->render(line.route, &account, line.at, &artefact, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "desk cannot be dialled"));
	carrier_line_close(&line);
}

/* Too much for a line of a dialplan, or a name of a context: said, with what would help. */
static void test_what_is_too_long_is_refused(void **state)
{
	static const char long_name[] =
		"a-very-long-name-of-a-line-that-goes-on-and-on-until-nobody-reads-it";
	struct carrier_line line;
	struct nm_buf text;
	struct nm_error err;

	(void)state;
	open_text(&line, PLAN);
	line.route->line = long_name;
	assert_int_equal(render_again(&line, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "shorter"));
	carrier_line_close(&line);
	/* Sixteen may ring at once. */
	nm_buf_init(&text, 8192);
	nm_buf_add(&text, "sip:");
	for (int i = 0; i < 500; i++)
		nm_buf_add(&text, "long-name");
	open_text(&line, PLAN);
	move_desk(line.route, text.data);
	assert_int_equal(render_again(&line, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "several steps"));
	carrier_line_close(&line);
	nm_buf_clear(&text);
}

/* --- what somebody else wrote --- */

/* The text with the first `from` replaced; malloc'd. */
static char *replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *out;

	if (at == NULL)
		fail_msg("no %s in the dialplan", from);
	assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) >= 0);
	return out;
}

/* A dialplan sends no texts. */
static void test_it_loses_the_alerts_and_says_so(void **state)
{
	char *plan = replaced(PLAN, "path = urgent }", "path = urgent alert = sam }");
	struct carrier_line line;

	(void)state;
	open_text(&line, plan);
	assert_int_equal(line.losses.n, 1);
	assert_string_equal(line.losses.items[0].text, "this carrier alerts nobody (path urgent)");
	assert_losses_tell_all(&line, asterisk());
	assert_lifts_back(&line, asterisk());
	carrier_line_close(&line);
	free(plan);
}

static void test_what_others_wrote_is_foreign(void **state)
{
	static const struct {
		const char *from, *to, *says;
	} changes[] = {
		{ "; nevermiss dialplan 1", "; my own", "did not write" },
		{ "Dial(PJSIP/main,15)", "Dial(PJSIP/main,15,tT)", "another way" },
		{ "Dial(PJSIP/main,15)", "Dial(PJSIP/other,15)", "another way" },
		{ "Dial(PJSIP/main,15)", "Dial(PJSIP/main,0)", "another way" },
		{ "Dial(PJSIP/main,15)", "System(id)", "System(id)" },
		{ "Dial(PJSIP/main,15)", "Dial(PJSIP/+15125550111@other,15)", "another way" },
		{ "Dial(PJSIP/main,15)", "Dial(PJSIP/911@trunk,15)", "another way" },
		{ "Dial(PJSIP/main,15)", "Dial(PJSIP/main&Local/9@nevermiss-main-legs,15)", "another way" },
		{ "Local/1@nevermiss-main-legs", "Local/1@out", "another way" },
		{ "Local/1@nevermiss-main-legs", "Local/99999999999999999999@nevermiss-main-legs",
		  "another way" },
		{ "America/Chicago", "America/New_York", "another zone" },
		{ "08:00-17:59", "08:00-07:59", "span of a day" },
		{ "08:00-17:59", "08:00-24:00", "span of a day" },
		{ "08:00-17:59", "8:00-17:59", "line " },
		{ "mon-fri", "mon-funday", "span of a day" },
		{ "mon-fri", "fri-mon", "span of a day" },
		{ "s0c${NM_CLASS}", "s9c${NM_CLASS}", "leads to nothing" },
		{ "ring,t0,1", "ring,t99,1", "too early" },
		{ "Set(NM_URGENT=t", "Set(NM_URGENT=t9", "too early" },
		{ "= \"10", "= \"12", "another way" },
		{ "Set(NM_G1=0)", "Set(NM_G2=0)", "another way" },
		{ ":0:7}", ":0:6}", "line " },
		{ "+15125550100,1", "+15125550101,1", "line " },
		{ "Set(CALLERID(num)=+15125550100)", "Set(CALLERID(num)=+15125550101)", "another number" },
		{ "GOSUB_RESULT=CONTINUE", "GOSUB_RESULT=", "line " },
		{ "VoiceMail(mailbox@", "VoiceMail(plain@", "another one" },
		{ "; sound nevermiss/path/night: Closed\n", "", "what the sound" },
		{ "[nevermiss-main-ring]", ";-- [nevermiss-main-ring]", "line " },
		{ "[nevermiss-main-ring]", "#include evil.conf\n[nevermiss-main-ring]", "include" },
		{ "[nevermiss-main-ring]", "[nevermiss-other-ring]", "line " },
		{ "= \"9\"", "= \"99\"", "no key" },
		{ "exten => urgent", "exten => argent", "leads nowhere" },
		{ "Hangup(17)", "Hangup(18)", "line " },
		{ "< 1796", "< 1596", "not in order" },
	};
	struct carrier_line line;
	struct nm_error err;

	(void)state;
	open_text(&line, PLAN);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *text = replaced(dialplan_of(&line), changes[i].from, changes[i].to), *foreign;
		struct nm_route *route;

		ok(lift_text(&line, text, strlen(text), &route, &foreign, &err), &err);
		if (foreign == NULL)
			fail_msg("%s is taken for ours", changes[i].to);
		assert_null(route);
		if (strstr(foreign, changes[i].says) == NULL)
			fail_msg("%s: %s", changes[i].to, foreign);
		free(foreign);
		free(text);
	}
	carrier_line_close(&line);
}

/* As many steps as a plan may have are read, and no more: what is lifted is told in words. */
static void test_endless_steps_are_foreign(void **state)
{
	static const char step[] = " same => n,Dial(PJSIP/+15125550177@trunk,12)\n";
	struct carrier_line line;
	struct nm_error err;

	(void)state;
	open_text(&line, PLAN);
	for (int n = NM_STEPS_MAX * NM_ROUNDS_MAX; n < 50000; n *= 60) {
		struct nm_route *route;
		struct nm_buf steps;
		char *text, *foreign;

		nm_buf_init(&steps, 1u << 22);
		for (int i = 0; i < n; i++)
			nm_buf_add(&steps, step);
		text = replaced(dialplan_of(&line), step, steps.data);
		ok(lift_text(&line, text, strlen(text), &route, &foreign, &err), &err);
		assert_int_equal(foreign == NULL, n == NM_STEPS_MAX * NM_ROUNDS_MAX);
		nm_route_free(route);
		free(foreign);
		free(text);
		nm_buf_clear(&steps);
	}
	carrier_line_close(&line);
}

/* What changes nothing for callers is not foreign: comments, empty lines, blanks; a change of hours is read. */
static void test_what_was_changed_by_hand_is_read(void **state)
{
	struct carrier_line line;
	struct nm_differences differences;
	struct nm_route *route;
	struct nm_error err;
	char *text, *again, *foreign;

	(void)state;
	open_text(&line, PLAN);
	text = replaced(dialplan_of(&line), "\n same => n,Set(NM_NOW",
			"  \r\n\n; mine\n\tsame => n,Set(NM_NOW");
	ok(lift_text(&line, text, strlen(text), &route, &foreign, &err), &err);
	assert_null(foreign);
	ok(nm_route_diff(line.route, route, line.route->from, line.route->until, &differences, &err), &err);
	assert_int_equal(differences.n, 0);
	nm_differences_clear(&differences);
	nm_route_free(route);
	again = replaced(text, "08:00-17:59,mon-fri", "08:00-16:59,mon-fri");
	ok(lift_text(&line, again, strlen(again), &route, &foreign, &err), &err);
	assert_null(foreign);
	ok(nm_route_diff(line.route, route, line.route->from, line.route->until, &differences, &err), &err);
	assert_true(differences.n > 0);
	assert_string_equal(differences.items[0].when, "weekdays 17:00-18:00");
	nm_differences_clear(&differences);
	nm_route_free(route);
	free(again);
	free(text);
	carrier_line_close(&line);
}

/* Damaged bytes: foreign, refused, or a route that can be gone through without harm. */
static void test_damaged_dialplans_do_no_harm(void **state)
{
	static const char spice[] = "0123456789,()[]{}$\"&=>?:;+-_@/ \n\t*#cstx\xff";
	struct carrier_line line;
	struct nm_error err;
	uint64_t seed = 5;

	(void)state;
	open_text(&line, PLAN);
	for (int round = 0; round < DAMAGES; round++) {
		size_t len = strlen(dialplan_of(&line));
		char *text = strdup(dialplan_of(&line)), *foreign = NULL;
		struct nm_route *route = NULL;

		for (uint32_t hits = random_below(&seed, 3); hits > 0; hits--)
			text[random_below(&seed, (uint32_t)len)] = spice[random_below(&seed, sizeof(spice))];
		if (round % 3 == 0)
			len = random_below(&seed, (uint32_t)len);
		if (lift_text(&line, text, len, &route, &foreign, &err) == NM_OK)
			assert_true((route == NULL) == (foreign != NULL));
		nm_route_free(route);
		free(foreign);
		free(text);
	}
	carrier_line_close(&line);
}

/* --- conversations --- */

#define FILE_URL   "file:/etc/asterisk/nevermiss/nevermiss-15125550100.conf"
#define FORMER_URL "file:/etc/asterisk/nevermiss/nevermiss-main.conf" /* as earlier versions had it */

static struct nm_exchange exchange_of(const struct carrier_line *line, enum nm_operation operation)
{
	return (struct nm_exchange){ .operation = operation,
				     .plan = line->plan,
				     .account = &account,
				     .line = "main",
				     .number = "+15125550100",
				     .window = { line->route->from, line->route->until },
				     .wanted = &line->artefact,
				     .arena = nm_arena_new() };
}

static void end_exchange(struct nm_exchange *exchange)
{
	nm_artefact_clear(&exchange->live);
	nm_arena_free(exchange->arena);
}

static enum nm_step_result answer(struct nm_exchange *exchange, int status, const char *body)
{
	const struct nm_response response = { .status = status,
					      .body = body,
					      .len = strlen(body),
					      .error = "permission denied",
					      .retry_after_s = -1 };
	struct nm_request request = { 0 };

	return asterisk()->step(exchange, &response, &request);
}

static void assert_asks(struct nm_exchange *exchange, const char *method, struct nm_request *request)
{
	assert_int_equal(asterisk()->step(exchange, NULL, request), NM_STEP_SEND);
	assert_string_equal(request->method, method);
	assert_string_equal(request->url, FILE_URL);
	assert_true(request->repeatable);
	assert_int_equal(request->auth, NM_AUTH_NONE);
}

/* After an answer of this status to what was asked, this is asked of the file of an earlier version. */
static void assert_former(struct nm_exchange *exchange, int status, const char *method)
{
	const struct nm_response response = { .status = status, .body = "", .retry_after_s = -1 };
	struct nm_request request = { 0 };

	assert_int_equal(asterisk()->step(exchange, &response, &request), NM_STEP_SEND);
	assert_string_equal(request.method, method);
	assert_string_equal(request.url, FORMER_URL);
	assert_true(request.repeatable);
}

static void test_reading_is_a_conversation(void **state)
{
	struct carrier_line line;
	struct nm_exchange exchange;
	struct nm_request request;
	struct nm_route *route;
	const char *foreign;
	struct nm_error err;

	(void)state;
	open_text(&line, PLAN);
	exchange = exchange_of(&line, NM_OP_READ);
	assert_asks(&exchange, "GET", &request);
	assert_int_equal(answer(&exchange, 200, dialplan_of(&line)), NM_STEP_DONE);
	ok(asterisk()->lift(&exchange.live, &route, &foreign, &err), &err);
	assert_null(foreign);
	nm_route_free(route);
	end_exchange(&exchange);
	exchange = exchange_of(&line, NM_OP_READ);
	assert_asks(&exchange, "GET", &request);
	assert_former(&exchange, 404, "GET");
	assert_int_equal(answer(&exchange, 404, ""), NM_STEP_DONE);
	assert_int_equal(exchange.live.n, 0);
	end_exchange(&exchange);
	exchange = exchange_of(&line, NM_OP_READ);
	assert_asks(&exchange, "GET", &request);
	assert_int_equal(answer(&exchange, 0, ""), NM_STEP_FAILED);
	assert_string_equal(exchange.note, "no answer: permission denied");
	end_exchange(&exchange);
	carrier_line_close(&line);
}

static void test_writing_is_a_conversation(void **state)
{
	struct carrier_line line;
	struct nm_exchange exchange;
	struct nm_request request;

	(void)state;
	open_text(&line, PLAN);
	exchange = exchange_of(&line, NM_OP_APPLY);
	assert_asks(&exchange, "PUT-FILE", &request);
	assert_string_equal(request.body, dialplan_of(&line));
	assert_int_equal(request.len, strlen(dialplan_of(&line)));
	assert_former(&exchange, 200, "GET");
	assert_int_equal(answer(&exchange, 404, ""), NM_STEP_DONE);
	end_exchange(&exchange);
	exchange = exchange_of(&line, NM_OP_APPLY);
	assert_asks(&exchange, "PUT-FILE", &request);
	assert_int_equal(answer(&exchange, 403, "{\"error\":\"no such folder\\n\\u001b\"}"), NM_STEP_FAILED);
	assert_string_equal(exchange.note, "no such folder  ");
	end_exchange(&exchange);
	for (int status = 200; status <= 404; status += 204) {
		exchange = exchange_of(&line, NM_OP_REMOVE);
		assert_asks(&exchange, "DELETE", &request);
		assert_former(&exchange, status, "GET");
		assert_int_equal(answer(&exchange, 404, ""), NM_STEP_DONE);
		end_exchange(&exchange);
	}
	carrier_line_close(&line);
}

/* Earlier versions had the file under the line's name: it is read where there is no other, and a push leaves none of it
 * behind.  What stands there of another number is another line's, and is left alone. */
static void test_a_file_of_an_earlier_version(void **state)
{
	static const enum nm_operation operations[] = { NM_OP_READ, NM_OP_APPLY, NM_OP_REMOVE };
	struct carrier_line line;
	char *others;

	(void)state;
	open_text(&line, PLAN);
	others = replaced(dialplan_of(&line), "exten => +15125550100", "exten => +15125550109");
	for (size_t i = 0; i < 3; i++)
		for (int own = 0; own < 2; own++) {
			struct nm_exchange exchange = exchange_of(&line, operations[i]);
			struct nm_response response = { .status = 200,
							.body = own ? dialplan_of(&line) : others,
							.retry_after_s = -1 };
			struct nm_request request = { 0 };
			const bool reads = operations[i] == NM_OP_READ;

			response.len = strlen(response.body);
			assert_int_equal(asterisk()->step(&exchange, NULL, &request), NM_STEP_SEND);
			assert_former(&exchange, operations[i] == NM_OP_APPLY ? 200 : 404, "GET");
			assert_int_equal(asterisk()->step(&exchange, &response, &request),
					 own && !reads ? NM_STEP_SEND : NM_STEP_DONE);
			assert_int_equal(exchange.live.n > 0, own && reads);
			if (own && !reads) {
				assert_string_equal(request.method, "DELETE");
				assert_string_equal(request.url, FORMER_URL);
				assert_int_equal(answer(&exchange, i == 1 ? 200 : 404, ""), NM_STEP_DONE);
			}
			end_exchange(&exchange);
		}
	free(others);
	carrier_line_close(&line);
}

/* A file that was written when the line was called otherwise is read as what it is: the line's, under that name. */
static void test_a_renamed_line_is_read(void **state)
{
	struct carrier_line line, renamed;
	struct nm_exchange exchange;
	struct nm_route *route;
	struct nm_request request;
	struct nm_differences differences;
	const char *foreign;
	struct nm_error err;
	char *text = replaced(PLAN, "line main {", "line \"front office\" {"), *all;

	(void)state;
	all = replaced(text, "line = main", "line = \"front office\"");
	open_text(&line, PLAN);
	open_text(&renamed, all != NULL ? all : text);
	exchange = exchange_of(&renamed, NM_OP_READ);
	exchange.line = "front office";
	assert_asks(&exchange, "GET", &request);
	assert_int_equal(answer(&exchange, 200, dialplan_of(&line)), NM_STEP_DONE);
	ok(asterisk()->lift(&exchange.live, &route, &foreign, &err), &err);
	assert_null(foreign);
	assert_string_equal(route->line, "main");
	ok(nm_route_diff(carrier_line_held(&renamed), route, route->from, route->until, &differences, &err), &err);
	assert_int_equal(differences.n, 0);
	nm_differences_clear(&differences);
	nm_route_free(route);
	end_exchange(&exchange);
	free(text);
	free(all);
	carrier_line_close(&renamed);
	carrier_line_close(&line);
}

static void test_a_folder_must_be_named(void **state)
{
	static const char *const folders[] = { NULL, "", "etc/asterisk" };
	struct nm_account other = account;
	struct nm_error err;

	(void)state;
	assert_int_equal(nm_account_check(&other, &err), NM_OK);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		other.script_dir = folders[i];
		assert_int_equal(nm_account_check(&other, &err), NM_INPUT);
		assert_non_null(strstr(err.text, "script_dir"));
		assert_non_null(strstr(err.text, "/etc/asterisk/nevermiss"));
	}
	other.script_dir = account.script_dir;
	other.endpoint = "x";
	assert_int_equal(nm_account_check(&other, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "\"x\" is no way to dial"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_keeps_plans),
		cmocka_unit_test(test_it_loses_nothing),
		cmocka_unit_test(test_it_loses_the_alerts_and_says_so),
		cmocka_unit_test(test_any_key_is_heard),
		cmocka_unit_test(test_the_bytes_of_one),
		cmocka_unit_test(test_names_and_texts_are_inert),
		cmocka_unit_test(test_names_stay_apart),
		cmocka_unit_test(test_ways_to_dial),
		cmocka_unit_test(test_addresses_need_an_endpoint),
		cmocka_unit_test(test_what_is_too_long_is_refused),
		cmocka_unit_test(test_what_others_wrote_is_foreign),
		cmocka_unit_test(test_endless_steps_are_foreign),
		cmocka_unit_test(test_what_was_changed_by_hand_is_read),
		cmocka_unit_test(test_damaged_dialplans_do_no_harm),
		cmocka_unit_test(test_reading_is_a_conversation),
		cmocka_unit_test(test_writing_is_a_conversation),
		cmocka_unit_test(test_a_file_of_an_earlier_version),
		cmocka_unit_test(test_a_renamed_line_is_read),
		cmocka_unit_test(test_a_folder_must_be_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
