/* SPDX-License-Identifier: MIT */
/*
 * Star codes: exactly what is to be dialled, in which order, for each kind of carrier; what is told of codes
 * that nobody vouches for; the conversation with who dials.
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
#include "core/carrier/codes_table.h"
#include "random_plan.h"

#define MONDAY "2026-11-23 12:00"
#define NIGHT "2026-11-23 22:00"
#define SUNDAY "2026-11-22 12:00"

#define PLAN(account, own)                                                                                      \
	"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount phone { driver = codes " account " }\n"      \
	"line cell { number = \"+15125550111\" account = phone handset = owner }\n"                             \
	"schedule business { hours = \"Mo-Fr 08:00-18:00\" }\nschedule sunday { hours = \"Su 00:00-24:00\" }\n" \
	"callers spam { numbers = anonymous }\n"                                                                \
	"destination owner { kind = personal line = cell own_voicemail = " own " }\n"                           \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                           \
	"destination mailbox { kind = voicemail greeting = \"Leave a message\" }\n"                             \
	"path day { step { ring = owner for = 18s } step { ring = fixly } step { ring = mailbox } }\n"          \
	"path night { step { ring = fixly for = 12s } step { ring = mailbox } }\n"                              \
	"path me { step { ring = owner } }\n"                                                                   \
	"rule blocked { callers = spam reject = busy }\nrule rest { during = sunday path = me }\n"              \
	"rule open { during = business path = day }\nrule closed { path = night }\n"

static const struct nm_carrier *codes(void)
{
	return nm_carrier_find("codes");
}

static void open_plan(struct carrier_line *line, const char *text, const char *at)
{
	char *folder = random_folder_new();
	struct nm_plan *plan = plan_of_text(text, folder);

	carrier_line_open(line, codes(), &plan->accounts[0], plan, 0, at, 28);
	random_folder_free(folder);
}

static void assert_part(const struct carrier_line *line, const char *name, const char *text)
{
	const struct nm_part *part = nm_artefact_find(&line->artefact, name);

	if (line->refusal != NULL)
		fail_msg("refused: %s", line->refusal);
	if (text == NULL) {
		assert_null(part);
		return;
	}
	assert_non_null(part);
	assert_string_equal(part->bytes, text);
}

static void assert_note(const struct carrier_line *line, const char *words)
{
	const struct nm_part *notes = nm_artefact_find(&line->artefact, "notes");

	assert_non_null(notes);
	if (strstr(notes->bytes, words) == NULL)
		fail_msg("no note says \"%s\":\n%s", words, notes->bytes);
}

static void assert_no_note(const struct carrier_line *line, const char *words)
{
	assert_null(strstr(nm_artefact_find(&line->artefact, "notes")->bytes, words));
}

static void assert_refused(const char *text, const char *words)
{
	struct carrier_line line;

	open_plan(&line, text, MONDAY);
	assert_non_null(line.refusal);
	assert_string_equal(line.refusal, words);
	assert_int_equal(line.artefact.n, 0);
	carrier_line_close(&line);
}

/* The handset first: what would hide the forwards is taken back before they are set. */
static void test_gsm_handset_first(void **state)
{
	struct carrier_line line;

	(void)state;
	open_plan(&line, PLAN("carrier = gsm", "25s"), MONDAY);
	assert_part(&line, "codes",
		    "##21#                         no longer forwards every call\n"
		    "**61*+15125550177*11*20#      calls not answered after 20 s go to fixly\n"
		    "**67*+15125550177#            calls while it is busy go to fixly\n"
		    "**62*+15125550177#            calls while it cannot be reached go to fixly\n");
	assert_part(&line, "to take it back",
		    "##61#                         no longer forwards calls not answered\n"
		    "##67#                         no longer forwards calls while it is busy\n"
		    "##62#                         no longer forwards calls while it cannot be reached\n");
	assert_part(&line, "every call to", NULL);
	assert_note(&line, "source of the codes of gsm: 3GPP TS 22.030, Annex B\n");
	assert_note(&line, "##21# comes first");
	carrier_line_close(&line);
}

/* A forward of every call names whom it goes to, in a part of its own. */
static void test_gsm_every_call(void **state)
{
	struct carrier_line line;

	(void)state;
	open_plan(&line, PLAN("carrier = gsm", "25s"), NIGHT);
	assert_part(
		&line, "codes",
		"**21*+15125550177#            EVERY call goes to fixly, +1 512 555 0177: this phone rings no more\n");
	assert_part(&line, "every call to", "fixly, +1 512 555 0177");
	assert_part(&line, "to take it back",
		    "##21#                         no longer forwards every call\n");
	carrier_line_close(&line);
}

static void test_the_handset_alone(void **state)
{
	struct carrier_line line;

	(void)state;
	open_plan(&line, PLAN("carrier = gsm", "25s"), SUNDAY);
	assert_part(&line, "codes",
		    "##002#                        takes back every forward: this phone alone rings\n");
	assert_part(&line, "to take it back", NULL);
	carrier_line_close(&line);
	/* A call cannot be ended: it rings where nobody is to be rung, and that is said. */
	open_plan(&line,
		  PLAN("carrier = gsm", "25s") "override off { from = \"2026-11-20 08:00\" "
					       "until = \"2026-12-20 08:00\" reject = busy }\n",
		  NIGHT);
	assert_part(&line, "codes",
		    "##002#                        takes back every forward: this phone alone rings\n");
	assert_losses_tell_all(&line, codes());
	carrier_line_close(&line);
	open_plan(&line, PLAN("carrier = landline", "25s"), SUNDAY);
	assert_part(&line, "codes",
		    "*73                           no longer forwards every call\n"
		    "*93                           no longer forwards calls not answered\n"
		    "*91                           no longer forwards calls while it is busy\n");
	carrier_line_close(&line);
}

static void test_verizon(void **state)
{
	struct carrier_line line;

	(void)state;
	open_plan(&line, PLAN("carrier = verizon", "none"), MONDAY);
	assert_part(
		&line, "codes",
		"*73                           no longer forwards every call\n"
		"*715125550177                 calls not answered, and while it is busy, go to fixly (not verified: widely "
		"printed pages)\n");
	assert_note(
		&line,
		"*71: another source has *71 for no answer alone, *90 for busy, and *93 and *91 to cancel them\n");
	assert_note(&line, "no code of verizon is known for calls while it cannot be reached");
	carrier_line_close(&line);
}

static void test_landline(void **state)
{
	struct carrier_line line;

	(void)state;
	open_plan(&line, PLAN("carrier = landline", "none"), MONDAY);
	assert_part(&line, "codes",
		    "*73                           no longer forwards every call\n"
		    "*925125550177                 calls not answered go to fixly\n"
		    "*905125550177                 calls while it is busy go to fixly\n");
	assert_note(&line, "one operator has *97 and *90, and *98 and *92, in their place");
	carrier_line_close(&line);
}

static void test_what_cannot_be_dialled_is_refused(void **state)
{
	(void)state;
	assert_refused(
		PLAN("carrier = acme", "25s"),
		"no codes of a carrier `acme` are known (gsm, att, tmobile, verizon, uscellular, landline, "
		"att-landline are): write them into a codes_file, or set it by hand with driver = manual");
	assert_refused(PLAN("", "25s"),
		       "whose codes are to be dialled is not said: give the account a carrier (gsm, att, "
		       "tmobile, verizon, uscellular, landline, att-landline)");
	assert_refused(
		PLAN("carrier = uscellular", "25s"),
		"no code of uscellular is known that forwards calls not answered: write one into a codes_file, or "
		"let the path begin with fixly");
	assert_refused(
		PLAN("carrier = verizon",
		     "25s") "allow = { \"GB\" }\ndestination london { kind = backup number = \"+442071838750\" }\n"
			    "path far { step { ring = london } }\n"
			    "override off { from = \"2026-11-20 08:00\" until = \"2026-12-20 08:00\" path = far }\n",
		"*72{national} of verizon takes ten digits, which +442071838750 has not");
}

/* The phone's own voicemail before the forward: what mends it is a code, and its cost is said. */
static void test_the_trap(void **state)
{
	struct carrier_line line;

	(void)state;
	open_plan(&line, PLAN("carrier = gsm", "12s"), MONDAY);
	assert_note(
		&line,
		"the voicemail of owner's own phone picks up after 12 s: where it does so before the call goes on, it "
		"has the call and fixly never rings\n");
	assert_note(&line, "the code for these takes its place; the cost: it is not reached any more\n");
	assert_note(
		&line,
		"let the path ring it for 10 s, which is **61*+15125550177*11*10#; the cost: less time to answer\n");
	carrier_line_close(&line);
	open_plan(&line, PLAN("carrier = gsm", "4s"), MONDAY);
	assert_note(&line, "switch it off there");
	carrier_line_close(&line);
	open_plan(&line, PLAN("carrier = gsm", "25s"), MONDAY);
	assert_no_note(&line, "never rings");
	assert_note(&line, "the cost: it is not reached any more");
	carrier_line_close(&line);
	open_plan(&line, PLAN("carrier = gsm", "none"), MONDAY);
	assert_no_note(&line, "voicemail");
	carrier_line_close(&line);
	open_plan(&line, PLAN("carrier = verizon", "unknown"), MONDAY);
	assert_note(&line, "when the voicemail of owner's own phone picks up is not known");
	assert_note(&line,
		    "ask the carrier for fewer rings, or to take its voicemail off; the cost of the latter");
	carrier_line_close(&line);
}

/* The form of an account offers the carriers of the rows, each once. */
static void test_carriers_are_offered(void **state)
{
	const char *offered = nm_option_find("account", "carrier")->values;
	size_t n = 1, carriers = 0;

	(void)state;
	for (size_t i = 0; i < nm_codes_rows_count; i++) {
		const char *carrier = nm_codes_rows[i].carrier;

		assert_true(nm_word_listed(offered, carrier));
		carriers += i == 0 || strcmp(carrier, nm_codes_rows[i - 1].carrier) != 0;
	}
	for (const char *c = offered; *c; c++)
		n += *c == '|';
	assert_int_equal(n, carriers);
}

/* Every code that nobody vouches for is told with who claims it, wherever it would be dialled. */
static void test_no_unverified_code_is_shown_as_certain(void **state)
{
	static const char *const times[] = { MONDAY, NIGHT, SUNDAY };

	(void)state;
	for (size_t i = 0; i < nm_codes_rows_count; i++) {
		const struct nm_codes_row *row = &nm_codes_rows[i];
		const char *code = row->set != NULL ? row->set : row->cancel;
		const size_t bare = strcspn(code, "{");
		struct nm_buf text;
		int seen = 0;

		nm_buf_init(&text, 65536);
		nm_buf_addf(&text, PLAN("carrier = \"%s\"", "none"), row->carrier);
		for (int t = 0; t < 3; t++) {
			struct carrier_line line;
			const struct nm_part *part;

			open_plan(&line, text.data, times[t]);
			part = nm_artefact_find(&line.artefact, "codes");
			for (const char *at = part != NULL ? part->bytes : ""; *at != '\0';
			     at += strcspn(at, "\n") + 1) {
				char one[256] = { 0 };

				memcpy(one, at, strcspn(at, "\n"));
				if (strncmp(one, code, bare) != 0)
					continue;
				seen++;
				assert_true((strstr(one, "not verified: ") != NULL) == !row->verified);
				if (!row->verified)
					assert_non_null(strstr(one, row->source));
			}
			carrier_line_close(&line);
		}
		if (seen == 0)
			fail_msg("%s of %s is never dialled", nm_codes_name(row->what), row->carrier);
		nm_buf_clear(&text);
	}
}

/* A carrier without seconds in its code: how long the handset rings is said to be lost. */
static void test_the_losses_follow_the_carrier(void **state)
{
	struct carrier_line line;
	bool rounded = false, untimed = false;

	(void)state;
	open_plan(&line, PLAN("carrier = gsm", "25s"), MONDAY);
	for (size_t i = 0; i < line.losses.n; i++)
		rounded = rounded ||
			  (strstr(line.losses.items[i].text, "a ring of 18 s cannot be set") != NULL &&
			   strcmp(line.losses.items[i].instead, "it rings for 20 s") == 0);
	assert_true(rounded);
	assert_false(line.losses.needs_agent);
	assert_losses_tell_all(&line, codes());
	carrier_line_close(&line);
	open_plan(&line, PLAN("carrier = landline", "25s"), MONDAY);
	for (size_t i = 0; i < line.losses.n; i++)
		untimed = untimed ||
			  strstr(line.losses.items[i].text, "how long the line's own phone rings") != NULL;
	assert_true(untimed);
	assert_losses_tell_all(&line, codes());
	carrier_line_close(&line);
}

/* What the codes send on while the phone is busy or off does not get to its own voicemail; where no code is known,
 * that is said. */
static void test_a_phone_that_is_busy_or_off(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		const struct nm_treatment *day;
		struct carrier_line line;
		bool lost = false;

		open_plan(&line, i == 0 ? PLAN("carrier = gsm", "25s") : PLAN("carrier = verizon", "25s"), MONDAY);
		day = nm_route_treatment(line.held, line.at, line.route->classes[0].witness, false);
		assert_true(day->steps[0].parties[0].on_busy);
		assert_int_equal(day->steps[0].parties[0].on_unreachable, i == 0);
		for (size_t k = 0; k < line.losses.n; k++)
			lost = lost || strstr(line.losses.items[k].text, "while the phone cannot be reached") != NULL;
		assert_int_equal(lost, i == 1);
		carrier_line_close(&line);
	}
}

static void test_random_plans(void **state)
{
	static const char *const carriers[] = { "gsm", "verizon", "landline" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct nm_account account = { .name = "phone",
						    .driver = "codes",
						    .carrier = carriers[i] };

		assert_true(assert_carrier_keeps_plans(codes(), &account, 500 + 20 * i, random_few(20)) > 0);
	}
}

/* --- an account's own codes --- */

static void test_own_codes_go_ahead(void **state)
{
	const struct nm_account account = {
		.carrier = "verizon",
		.codes = "# from the bill of May\n"
			 "\n"
			 "verizon | no-answer-busy | *71{national} | *73 | my bill | yes\r\n"
			 "other | all | *1{number} | *2 | nobody | no\n"
			 "verizon|unreachable|*74{national}|*75|my bill|no",
	};
	struct nm_arena *arena = nm_arena_new();
	struct nm_codes found;
	struct nm_error err;

	(void)state;
	assert_int_equal(nm_codes_check(account.codes, &err), NM_OK);
	assert_int_equal(nm_codes_find(&account, arena, &found, &err), NM_OK);
	assert_true(found.rows[NM_CODES_NO_ANSWER_BUSY]->verified);
	assert_string_equal(found.rows[NM_CODES_NO_ANSWER_BUSY]->source, "my bill");
	assert_string_equal(found.rows[NM_CODES_UNREACHABLE]->set, "*74{national}");
	assert_false(found.rows[NM_CODES_UNREACHABLE]->verified);
	assert_string_equal(found.rows[NM_CODES_ALL]->set, "*72{national}"); /* this build's */
	nm_arena_free(arena);
	assert_false(nm_codes_timed(&account));
}

/* An own code may take seconds, or take them away. */
static void test_own_codes_say_whether_the_ring_is_timed(void **state)
{
	const struct nm_account timed = {
		.carrier = "verizon",
		.codes = "verizon | no-answer | *71{national}*{seconds} | *73 | my bill | yes\n",
	};
	const struct nm_account untimed = {
		.carrier = "gsm",
		.codes = "gsm | no-answer | **61*{number}# | ##61# | my bill | yes\n",
	};

	(void)state;
	assert_true(nm_codes_timed(&timed));
	assert_false(nm_codes_timed(&untimed));
	assert_true(nm_codes_timed(&(struct nm_account){ .carrier = "nobody" }));
}

static void test_wrong_rows_are_named(void **state)
{
	static const struct {
		const char *text, *says;
	} wrong[] = {
		{ "a | all | *72{number} | *73 | me", "line 1: a row is: carrier" },
		{ "\n\na | all | *72{number} | *73 | me | yes | no", "line 3: a row is: carrier" },
		{ " | all | *72{number} | *73 | me | yes", "1 to 200 characters" },
		{ "a | some | *72{number} | *73 | me | yes", "what for: all, no-answer" },
		{ "a | all | 911 | *73 | me | yes", "a code is digits, * and #" },
		{ "a | all | *72{phone} | *73 | me | yes", "a code is digits, * and #" },
		{ "a | all | *72;rm | *73 | me | yes", "a code is digits, * and #" },
		{ "a | all | *72 | *73 | me | yes", "says where calls go" },
		{ "a | all | *72{number} | *73{number} | me | yes", "the code that cancels" },
		{ "a | everything | *72{number} | *73 | me | yes", "only cancelled" },
		{ "a | all | *72{number} | *73 | me | perhaps", "yes or no" },
		{ "a | all | *72{number} | *73 | m\x01 | yes", "1 to 200 characters" },
	};
	struct nm_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(nm_codes_check(wrong[i].text, &err), NM_INPUT);
		if (strstr(err.text, wrong[i].says) == NULL)
			fail_msg("\"%s\": %s", wrong[i].text, err.text);
	}
}

/* Cut anywhere, any byte another one: a file is taken or refused, and what is taken can be dialled. */
static void test_damaged_files_do_no_harm(void **state)
{
	static const char whole[] = "a | all | *72{national} | *73 | me | yes\na | everything | | ##002# | me | no\n"
				    "a | no-answer | **61*{number}*{seconds}# | ##61# | me | no\n";
	struct nm_error err;

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(whole); i++)
		for (int byte = 0; byte < 256; byte += 3) {
			struct nm_account account = { .carrier = "a" };
			struct nm_arena *arena = nm_arena_new();
			struct nm_codes found;
			char *text = strdup(whole);

			text[i] = (char)byte;
			account.codes = text;
			nm_codes_timed(&account);
			if (nm_codes_check(text, &err) == NM_OK &&
			    nm_codes_find(&account, arena, &found, &err) == NM_OK)
				for (int what = 0; what < NM_CODES_KINDS; what++)
					if (found.rows[what] != NULL)
						assert_non_null(strpbrk(found.rows[what]->cancel, "*#"));
			free(text);
			nm_arena_free(arena);
		}
}

/* --- the conversation --- */

static struct nm_exchange exchange_of(const struct carrier_line *line, enum nm_operation operation)
{
	return (struct nm_exchange){ .operation = operation,
				     .plan = line->plan,
				     .account = &line->plan->accounts[0],
				     .line = "cell",
				     .number = "+15125550111",
				     .wanted = &line->artefact,
				     .arena = nm_arena_new() };
}

static void test_each_code_is_asked_for_in_order(void **state)
{
	static const char *const urls[] = { "dial:##21#", "dial:**61*+15125550177*11*20#",
					    "dial:**67*+15125550177#", "dial:**62*+15125550177#" };
	const struct nm_response yes = { .status = 200, .body = "2026-11-23T12:01:00-06:00", .len = 25 };
	struct carrier_line line;
	struct nm_exchange exchange;
	struct nm_request next;

	(void)state;
	open_plan(&line, PLAN("carrier = gsm", "25s"), MONDAY);
	exchange = exchange_of(&line, NM_OP_APPLY);
	assert_int_equal(nm_exchange_set_id(&exchange, "##21#", "of a push that was cut off", NULL), NM_OK);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(codes()->step(&exchange, i > 0 ? &yes : NULL, &next), NM_STEP_SEND);
		assert_string_equal(next.method, "DIAL");
		assert_string_equal(next.url, urls[i]);
		assert_false(next.repeatable);
		assert_int_equal(next.n_headers, 1);
		assert_string_equal(next.headers[0], "Line: cell, +15125550111");
		assert_int_equal(exchange.n_ids, i);
	}
	assert_string_equal(next.body, "calls while it cannot be reached go to fixly");
	assert_int_equal(codes()->step(&exchange, &yes, &next), NM_STEP_DONE);
	assert_int_equal(exchange.n_ids, 4);
	assert_string_equal(nm_exchange_id(&exchange, "**67*+15125550177#"), yes.body);
	nm_arena_free(exchange.arena);
	carrier_line_close(&line);
}

static void test_a_forward_of_every_call_names_its_target(void **state)
{
	struct carrier_line line;
	struct nm_exchange exchange;
	struct nm_request next;

	(void)state;
	open_plan(&line, PLAN("carrier = gsm", "25s"), NIGHT);
	exchange = exchange_of(&line, NM_OP_APPLY);
	assert_int_equal(codes()->step(&exchange, NULL, &next), NM_STEP_SEND);
	assert_int_equal(next.n_headers, 2);
	assert_string_equal(next.headers[1], "Every-Call-To: fixly, +1 512 555 0177");
	nm_arena_free(exchange.arena);
	carrier_line_close(&line);
}

static void test_who_does_not_dial_says_so(void **state)
{
	const struct nm_response yes = { .status = 200, .body = "now", .len = 3 },
				 no = { .status = 403, .body = "you said no", .len = 11 };
	struct carrier_line line;
	struct nm_exchange exchange;
	struct nm_request next;

	(void)state;
	open_plan(&line, PLAN("carrier = gsm", "25s"), MONDAY);
	exchange = exchange_of(&line, NM_OP_APPLY);
	assert_int_equal(codes()->step(&exchange, NULL, &next), NM_STEP_SEND);
	assert_int_equal(codes()->step(&exchange, &yes, &next), NM_STEP_SEND);
	assert_int_equal(codes()->step(&exchange, &no, &next), NM_STEP_FAILED);
	assert_string_equal(exchange.note, "not done, **61*+15125550177*11*20#: you said no");
	nm_arena_free(exchange.arena);
	exchange = exchange_of(&line, NM_OP_READ);
	assert_int_equal(codes()->step(&exchange, NULL, &next), NM_STEP_FAILED);
	assert_non_null(strstr(exchange.note, "nothing can be read here"));
	nm_arena_free(exchange.arena);
	carrier_line_close(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gsm_handset_first),
		cmocka_unit_test(test_gsm_every_call),
		cmocka_unit_test(test_the_handset_alone),
		cmocka_unit_test(test_verizon),
		cmocka_unit_test(test_landline),
		cmocka_unit_test(test_what_cannot_be_dialled_is_refused),
		cmocka_unit_test(test_the_trap),
		cmocka_unit_test(test_no_unverified_code_is_shown_as_certain),
		cmocka_unit_test(test_carriers_are_offered),
		cmocka_unit_test(test_the_losses_follow_the_carrier),
		cmocka_unit_test(test_a_phone_that_is_busy_or_off),
		cmocka_unit_test(test_random_plans),
		cmocka_unit_test(test_own_codes_go_ahead),
		cmocka_unit_test(test_own_codes_say_whether_the_ring_is_timed),
		cmocka_unit_test(test_wrong_rows_are_named),
		cmocka_unit_test(test_damaged_files_do_no_harm),
		cmocka_unit_test(test_each_code_is_asked_for_in_order),
		cmocka_unit_test(test_a_forward_of_every_call_names_its_target),
		cmocka_unit_test(test_who_does_not_dial_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
