/* SPDX-License-Identifier: MIT */
/*
 * How a call ends, promise by promise: design.md 4.3 and 4.4, on treatments written by hand.  Random
 * ones are played against the slow reading in test_simulate.c.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/decide.h"

/* clang-format off */
#define OWNER { .name = "owner", .kind = NM_PERSONAL, .own_voicemail_s = NM_OWN_VOICEMAIL_NONE }
#define SAM { .name = "sam", .kind = NM_BACKUP, .role = NM_ROLE_STAFF, .own_voicemail_s = NM_OWN_VOICEMAIL_NONE }
#define CELL { .name = "cell phone", .kind = NM_PERSONAL, .own_voicemail_s = 12 }
#define CONFIRMS { .name = "cell phone", .kind = NM_PERSONAL, .own_voicemail_s = 12, .confirm = true }
#define FIXLY { .name = "fixly", .kind = NM_AI, .own_voicemail_s = NM_OWN_VOICEMAIL_NONE }
#define MAILBOX { .name = "mailbox", .kind = NM_VOICEMAIL, .own_voicemail_s = NM_OWN_VOICEMAIL_NONE }
#define LINE(to) { .name = to, .kind = NM_BACKUP, .own_voicemail_s = NM_OWN_VOICEMAIL_NONE, .line = to }

#define PARTIES(...) .n = sizeof((struct nm_party[]){ __VA_ARGS__ }) / sizeof(struct nm_party), \
		     .parties = (struct nm_party[]){ __VA_ARGS__ }
#define STEP(seconds, ...) { .number = 1, .round = 1, .for_s = seconds, PARTIES(__VA_ARGS__) }
#define HAND_OVER(to) { .number = 1, .round = 1, .ring_time = NM_RING_HANDOVER, PARTIES(LINE(to)) }
#define TREATMENT(...) { .verdict = NM_VERDICT_PATH, .rule = "open", .path = "p", \
			 .n = sizeof((struct nm_treatment_step[]){ __VA_ARGS__ }) / sizeof(struct nm_treatment_step), \
			 .steps = (struct nm_treatment_step[]){ __VA_ARGS__ } }
/* clang-format on */

static struct nm_arena *arena;
static struct nm_outcome outcome;

static int setup(void **state)
{
	(void)state;
	arena = nm_arena_new();
	return arena ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	nm_arena_free(arena);
	return 0;
}

static struct nm_script_setting settings[8];
static struct nm_script script;

static void nobody_told(void)
{
	script = (struct nm_script){ .settings = settings, .hangup_s = -1 };
}

static void told(const char *name, enum nm_behaviour behaviour, int after_s)
{
	settings[script.n++] = (struct nm_script_setting){ name, behaviour, after_s };
}

static void play_on(const struct nm_treatment *treatment, const struct nm_lines *lines)
{
	struct nm_error err;

	assert_int_equal(nm_play(treatment, "main", &script, lines, true, arena, &outcome, &err), NM_OK);
}

static void play(const struct nm_treatment *treatment)
{
	play_on(treatment, NULL);
}

static void assert_ends(enum nm_result result, const char *who, int seconds)
{
	assert_string_equal(nm_result_name(outcome.result), nm_result_name(result));
	if (who)
		assert_string_equal(outcome.answered_by, who);
	else
		assert_null(outcome.answered_by);
	assert_int_equal(outcome.seconds, seconds);
}

/* "0 ring owner; 6 answer owner" */
static void assert_events(const char *expected)
{
	struct nm_buf text;

	nm_buf_init(&text, 4096);
	for (size_t i = 0; i < outcome.n; i++) {
		const struct nm_event *event = &outcome.events[i];

		nm_buf_addf(&text, "%s%d %s", i > 0 ? "; " : "", event->t, nm_event_name(event->kind));
		for (size_t k = 0; k < event->n; k++)
			nm_buf_addf(&text, "%s%s", k > 0 ? "+" : " ", event->to[k]);
		assert_non_null(event->why);
	}
	assert_string_equal(text.data, expected);
	nm_buf_clear(&text);
}

static const char *why_of(enum nm_event_kind kind)
{
	for (size_t i = 0; i < outcome.n; i++)
		if (outcome.events[i].kind == kind)
			return outcome.events[i].why;
	return "no such event";
}

static void test_people_answer_after_6_seconds_AI_and_services_after_3(void **state)
{
	(void)state;
	assert_int_equal(nm_default_answer_s(NM_PERSONAL, NM_ROLE_NONE), 6);
	assert_int_equal(nm_default_answer_s(NM_BACKUP, NM_ROLE_STAFF), 6);
	assert_int_equal(nm_default_answer_s(NM_BACKUP, NM_ROLE_RECEPTIONIST), 6);
	assert_int_equal(nm_default_answer_s(NM_BACKUP, NM_ROLE_ANSWERING_SERVICE), 3);
	assert_int_equal(nm_default_answer_s(NM_AI, NM_ROLE_NONE), 3);
}

static void test_all_of_a_step_ring_at_once_and_the_first_answer_ends_the_call(void **state)
{
	const struct nm_treatment treatment = TREATMENT(STEP(20, OWNER, SAM), STEP(10, FIXLY));

	(void)state;
	nobody_told();
	told("sam", NM_ANSWERS, 4);
	play(&treatment);
	assert_ends(NM_ANSWERED, "sam", 4);
	assert_int_equal(outcome.rings, 1);
	assert_events("0 ring owner+sam; 4 answer sam");
	assert_string_equal(why_of(NM_EVENT_RING), "rule open, step 1");
}

static void test_one_that_answers_n_seconds_after_it_began_to_ring_answers_if_n_is_below_for(void **state)
{
	const struct nm_treatment treatment = TREATMENT(STEP(20, OWNER), STEP(10, FIXLY));

	(void)state;
	nobody_told();
	told("owner", NM_ANSWERS, 19);
	play(&treatment);
	assert_ends(NM_ANSWERED, "owner", 19);
	nobody_told();
	told("owner", NM_ANSWERS, 20);
	play(&treatment);
	assert_ends(NM_ANSWERED, "fixly", 23);
	assert_int_equal(outcome.rings, 4);
	assert_events("0 ring owner; 20 no-answer owner; 20 ring fixly; 23 answer fixly");
	assert_string_equal(why_of(NM_EVENT_NO_ANSWER), "20 s are over");
}

static void test_busy_declined_and_unreachable_drop_out_at_once_and_the_next_step_starts(void **state)
{
	const struct nm_treatment treatment = TREATMENT(STEP(20, OWNER, SAM), STEP(10, FIXLY));

	(void)state;
	for (enum nm_behaviour behaviour = NM_BUSY; behaviour <= NM_UNREACHABLE; behaviour++) {
		nobody_told();
		told("owner", behaviour, -1);
		told("sam", NM_BUSY, -1);
		play(&treatment);
		assert_ends(NM_ANSWERED, "fixly", 3);
		assert_string_equal(why_of(NM_EVENT_BUSY), "drops out");
	}
}

static void test_a_phone_whose_own_voicemail_picks_up_after_v_seconds_can_only_answer_before(void **state)
{
	const struct nm_treatment treatment = TREATMENT(STEP(20, CELL), STEP(10, FIXLY));

	(void)state;
	nobody_told();
	told("cell phone", NM_ANSWERS, 11);
	play(&treatment);
	assert_ends(NM_ANSWERED, "cell phone", 11);
	nobody_told();
	told("cell phone", NM_ANSWERS, 12);
	play(&treatment);
	assert_ends(NM_SWALLOWED, "cell phone", 12);
	assert_events("0 ring cell phone; 12 swallow cell phone");
}

static void test_it_swallows_only_when_v_is_below_for(void **state)
{
	const struct nm_treatment at = TREATMENT(STEP(12, CELL), STEP(10, FIXLY));
	const struct nm_treatment above = TREATMENT(STEP(13, CELL), STEP(10, FIXLY));

	(void)state;
	nobody_told();
	script.nobody = true;
	play(&at);
	assert_ends(NM_ANSWERED, "fixly", 15);
	play(&above);
	assert_ends(NM_SWALLOWED, "cell phone", 12);
}

static void test_its_voicemail_swallows_at_once_when_busy_declined_or_unreachable(void **state)
{
	const struct nm_treatment treatment = TREATMENT(STEP(5, CELL), STEP(10, FIXLY));

	(void)state;
	for (enum nm_behaviour behaviour = NM_BUSY; behaviour <= NM_UNREACHABLE; behaviour++) {
		nobody_told();
		told("cell phone", behaviour, -1);
		play(&treatment);
		assert_ends(NM_SWALLOWED, "cell phone", 0);
	}
}

static void test_with_confirm_it_takes_nothing_and_the_phone_drops_out_at_v(void **state)
{
	const struct nm_treatment treatment = TREATMENT(STEP(20, CONFIRMS), STEP(10, FIXLY));

	(void)state;
	nobody_told();
	script.nobody = true;
	play(&treatment);
	assert_ends(NM_ANSWERED, "fixly", 15);
	assert_events("0 ring cell phone; 12 no-answer cell phone; 12 ring fixly; 15 answer fixly");
	nobody_told();
	told("cell phone", NM_BUSY, -1);
	play(&treatment);
	assert_ends(NM_ANSWERED, "fixly", 3);
}

static void test_an_answer_comes_before_a_voicemail_in_the_same_second_then_the_steps_order(void **state)
{
	const struct nm_treatment voicemail = TREATMENT(STEP(20, CELL, OWNER));
	const struct nm_treatment order = TREATMENT(STEP(20, SAM, OWNER));

	(void)state;
	nobody_told();
	told("cell phone", NM_NO_ANSWER, -1);
	told("owner", NM_ANSWERS, 12);
	play(&voicemail);
	assert_ends(NM_ANSWERED, "owner", 12);
	nobody_told();
	play(&order);
	assert_ends(NM_ANSWERED, "sam", 6);
}

static void test_a_voicemail_takes_the_call_at_once(void **state)
{
	const struct nm_treatment treatment = TREATMENT(STEP(15, OWNER), STEP(20, MAILBOX), STEP(20, FIXLY));

	(void)state;
	nobody_told();
	script.nobody = true;
	play(&treatment);
	assert_ends(NM_TO_VOICEMAIL, "mailbox", 15);
	assert_int_equal(outcome.kind, NM_VOICEMAIL);
	assert_events("0 ring owner; 15 no-answer owner; 15 voicemail mailbox");
}

static void test_an_unknown_own_voicemail_plays_as_none(void **state)
{
	struct nm_treatment treatment = TREATMENT(STEP(60, OWNER), STEP(10, FIXLY));

	(void)state;
	treatment.steps[0].parties[0].own_voicemail_s = NM_OWN_VOICEMAIL_UNKNOWN;
	nobody_told();
	script.nobody = true;
	play(&treatment);
	assert_ends(NM_ANSWERED, "fixly", 63);
}

static void test_a_path_that_ends_without_an_answer_loses_the_call(void **state)
{
	const struct nm_treatment treatment = TREATMENT(STEP(15, OWNER), { .number = 2, .round = 1, .for_s = 9 });
	const struct nm_treatment nothing = { .verdict = NM_VERDICT_LOST };

	(void)state;
	nobody_told();
	script.nobody = true;
	play(&treatment);
	assert_ends(NM_LOST, NULL, -1);
	assert_int_equal(outcome.ended_s, 15);
	assert_int_equal(outcome.rings, -1);
	play(&nothing);
	assert_ends(NM_LOST, NULL, -1);
	assert_int_equal(outcome.ended_s, 0);
}

static void test_a_rejected_call_has_no_seconds(void **state)
{
	const struct nm_treatment treatment = { .verdict = NM_VERDICT_REJECT, .reject = NM_REJECT_BUSY, .rule = "blocked" };

	(void)state;
	nobody_told();
	script.hangup_s = 0;
	play(&treatment);
	assert_ends(NM_REJECTED, NULL, -1);
	assert_events("0 reject");
	assert_string_equal(why_of(NM_EVENT_REJECT), "rule blocked: busy");
}

static void test_a_greeting_plays_before_the_first_ring(void **state)
{
	struct nm_treatment treatment = TREATMENT(STEP(15, OWNER));

	(void)state;
	treatment.greeting = "Hello";
	treatment.greeting_s = 8;
	nobody_told();
	play(&treatment);
	assert_ends(NM_ANSWERED, "owner", 14);
	assert_events("0 greeting; 8 ring owner; 14 answer owner");
}

static void test_a_caller_who_hangs_up_first_abandons_the_call(void **state)
{
	const struct nm_treatment treatment = TREATMENT(STEP(20, OWNER), STEP(20, SAM), STEP(1, MAILBOX));

	(void)state;
	nobody_told();
	script.hangup_s = 6;
	play(&treatment);
	assert_ends(NM_ANSWERED, "owner", 6);
	script.hangup_s = 5;
	play(&treatment);
	assert_ends(NM_ABANDONED, NULL, 5);
	assert_int_equal(outcome.rings, 1);
	assert_events("0 ring owner; 5 hangup");
	script.nobody = true;
	script.hangup_s = 40;
	play(&treatment);
	assert_ends(NM_ABANDONED, NULL, 40);
	script.hangup_s = 41;
	play(&treatment);
	assert_ends(NM_TO_VOICEMAIL, "mailbox", 40);
}

static void test_what_is_told_of_one_comes_before_nobody(void **state)
{
	const struct nm_treatment treatment = TREATMENT(STEP(20, OWNER, SAM), STEP(9, FIXLY));

	(void)state;
	nobody_told();
	script.nobody = true;
	told("sam", NM_ANSWERS, -1);
	play(&treatment);
	assert_ends(NM_ANSWERED, "sam", 6);
}

/* --- lines --- */

static const struct nm_treatment *second_line(void *context, const char *line)
{
	return strcmp(line, "second") ? NULL : context;
}

static void test_a_leg_to_a_line_answers_when_something_in_it_answers(void **state)
{
	const struct nm_treatment treatment = TREATMENT(STEP(30, OWNER), STEP(20, LINE("second")));
	struct nm_treatment second = TREATMENT(STEP(10, CELL), STEP(10, SAM));
	struct nm_lines lines = { &second, second_line };

	(void)state;
	nobody_told();
	told("owner", NM_BUSY, -1);
	told("cell phone", NM_NO_ANSWER, -1);
	play_on(&treatment, &lines);
	assert_ends(NM_ANSWERED, "sam", 16);
	assert_events("0 ring owner; 0 busy owner; 0 line second; 0 ring cell phone; 10 no-answer cell phone; "
		      "10 ring sam; 16 answer sam");
	assert_int_equal(outcome.events[3].depth, 1);
	second.steps[0].for_s = 13;
	play_on(&treatment, &lines);
	assert_ends(NM_SWALLOWED, "cell phone", 12);
}

static void test_a_leg_to_a_line_lives_at_most_for_the_steps_time(void **state)
{
	const struct nm_treatment treatment = TREATMENT(STEP(15, LINE("second")), STEP(9, FIXLY));
	const struct nm_treatment handed = TREATMENT(HAND_OVER("second"), STEP(9, FIXLY));
	struct nm_treatment second = TREATMENT(STEP(10, OWNER), STEP(10, SAM));
	struct nm_lines lines = { &second, second_line };

	(void)state;
	nobody_told();
	told("owner", NM_NO_ANSWER, -1);
	play_on(&treatment, &lines);
	assert_ends(NM_ANSWERED, "fixly", 18);
	assert_events("0 line second; 0 ring owner; 10 no-answer owner; 10 ring sam; 15 no-answer second; "
		      "15 ring fixly; 18 answer fixly");
	play_on(&handed, &lines);
	assert_ends(NM_ANSWERED, "sam", 16);
}

static void test_a_leg_to_a_line_drops_out_when_its_call_is_lost_or_rejected(void **state)
{
	const struct nm_treatment treatment = TREATMENT(STEP(30, LINE("second")), STEP(9, FIXLY));
	struct nm_treatment second = TREATMENT(STEP(10, OWNER));
	struct nm_treatment rejecting = { .verdict = NM_VERDICT_REJECT, .reject = NM_REJECT_BUSY };
	struct nm_lines lines = { &second, second_line };

	(void)state;
	nobody_told();
	script.nobody = true;
	play_on(&treatment, &lines);
	assert_ends(NM_ANSWERED, "fixly", 13);
	lines.context = &rejecting;
	play_on(&treatment, &lines);
	assert_ends(NM_ANSWERED, "fixly", 3);
	assert_events("0 line second; 0 busy second; 0 ring fixly; 3 answer fixly");
}

static void test_a_call_handed_over_for_good_does_not_come_back(void **state)
{
	const struct nm_treatment treatment = TREATMENT(HAND_OVER("second"), STEP(9, FIXLY));
	struct nm_treatment second = TREATMENT(STEP(40, OWNER));
	struct nm_treatment rejecting = { .verdict = NM_VERDICT_REJECT, .reject = NM_REJECT_BUSY };
	struct nm_lines lines = { &second, second_line };

	(void)state;
	nobody_told();
	script.nobody = true;
	play_on(&treatment, &lines);
	assert_int_equal(outcome.result, NM_LOST);
	assert_int_equal(outcome.ended_s, 40);
	lines.context = &rejecting;
	play_on(&treatment, &lines);
	assert_int_equal(outcome.result, NM_LOST);
	assert_int_equal(outcome.ended_s, 0);
}

static void test_with_confirm_no_voicemail_of_the_line_takes_the_call(void **state)
{
	struct nm_party asked = LINE("second");
	const struct nm_treatment treatment =
		TREATMENT({ .number = 1, .round = 1, .for_s = 30, .n = 1, .parties = &asked }, STEP(10, FIXLY));
	struct nm_treatment second = TREATMENT(STEP(20, CELL), STEP(10, MAILBOX));
	struct nm_lines lines = { &second, second_line };

	(void)state;
	nobody_told();
	script.nobody = true;
	play_on(&treatment, &lines);
	assert_ends(NM_SWALLOWED, "cell phone", 12);
	asked.confirm = true;
	play_on(&treatment, &lines);
	assert_ends(NM_ANSWERED, "fixly", 15);
	assert_string_equal(why_of(NM_EVENT_NO_ANSWER),
			    "on line second the voicemail (cell phone) cannot press 1: drops out");
	second = (struct nm_treatment)TREATMENT(STEP(5, SAM), STEP(10, MAILBOX));
	play_on(&treatment, &lines);
	assert_ends(NM_ANSWERED, "fixly", 8);
}

static void test_coming_back_to_a_line_already_passed_drops_out_at_once(void **state)
{
	const struct nm_treatment treatment = TREATMENT(HAND_OVER("second"), STEP(9, FIXLY));
	struct nm_treatment second = TREATMENT(STEP(5, LINE("main")), STEP(5, LINE("second")), STEP(10, OWNER));
	struct nm_lines lines = { &second, second_line };

	(void)state;
	nobody_told();
	play_on(&treatment, &lines);
	assert_ends(NM_ANSWERED, "owner", 6);
	assert_events("0 line second; 0 line main; 0 loop main; 0 line second; 0 loop second; 0 ring owner; "
		      "6 answer owner");
}

static void test_a_leg_to_a_line_of_which_nothing_is_known_rings_until_its_time_is_over(void **state)
{
	const struct nm_treatment treatment = TREATMENT(STEP(15, LINE("far")), HAND_OVER("far"), STEP(9, FIXLY));

	(void)state;
	nobody_told();
	play(&treatment);
	assert_int_equal(outcome.result, NM_LOST);
	assert_int_equal(outcome.ended_s, 15 + NM_FOR_MAX);
}

/* A ring with no time set: whoever answers has it; silence leads on or nowhere, a failure always on. */
static void test_a_ring_without_a_time(void **state)
{
	struct nm_treatment treatment = TREATMENT(STEP(NM_FOR_MAX, SAM), STEP(10, FIXLY));
	struct nm_buf words;

	(void)state;
	treatment.steps[0].ring_time = NM_RING_ON;
	nobody_told();
	play(&treatment);
	assert_ends(NM_ANSWERED, "sam", 6);
	assert_int_equal(outcome.events[0].for_s, 0);
	assert_string_equal(outcome.events[0].why, "rule open, step 1, no ring time is set");
	script.nobody = true;
	play(&treatment);
	assert_int_equal(outcome.result, NM_LOST);
	assert_string_equal(why_of(NM_EVENT_LOST), "the caller gives up, and nobody took the call");
	settings[0] = (struct nm_script_setting){ "sam", NM_BUSY, -1 };
	script.n = 1;
	play(&treatment);
	assert_ends(NM_ANSWERED, "fixly", 3);
	nm_buf_init(&words, 256);
	nm_treatment_words(&treatment, &words);
	assert_string_equal(words.data, "sam until the caller gives up, on failure fixly 10 s");
	nm_buf_clear(&words);

	treatment.steps[0].ring_time = NM_RING_OPEN;
	treatment.steps[0].for_s = 20;
	script.n = 0;
	play(&treatment);
	assert_ends(NM_ANSWERED, "fixly", 23);
	nm_buf_init(&words, 256);
	nm_treatment_words(&treatment, &words);
	assert_string_equal(words.data, "sam until its carrier lets the call go on, then fixly 10 s");
	nm_buf_clear(&words);
}

static const struct nm_treatment *every_line(void *context, const char *line)
{
	(void)line;
	return context;
}

/* Sixteen lines, each of which hands over to all others: the tree is too large to walk. */
static void test_lines_that_multiply_are_refused_and_not_walked_for_ever(void **state)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p" };
	struct nm_treatment_step steps[16];
	struct nm_party parties[16];
	struct nm_treatment treatment = { .verdict = NM_VERDICT_PATH, .n = 16, .steps = steps };
	struct nm_lines lines = { &treatment, every_line };
	struct nm_error err;

	(void)state;
	for (size_t i = 0; i < 16; i++) {
		parties[i] = (struct nm_party)LINE(names[i]);
		steps[i] = (struct nm_treatment_step){ .for_s = 10, .n = 1, .parties = &parties[i] };
	}
	nobody_told();
	assert_int_equal(nm_play(&treatment, "main", &script, &lines, false, arena, &outcome, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "fewer lines"));
}

/* --- treatments in words, and compared --- */

static void assert_words(const struct nm_treatment *treatment, const char *expected)
{
	struct nm_buf text;

	nm_buf_init(&text, 1024);
	nm_treatment_words(treatment, &text);
	assert_string_equal(text.data, expected);
	nm_buf_clear(&text);
}

static void test_a_treatment_in_words(void **state)
{
	const struct nm_treatment treatment =
		TREATMENT(STEP(20, OWNER), { .number = 2, .for_s = 5 }, STEP(15, CELL, SAM), STEP(20, MAILBOX));
	const struct nm_treatment rejecting = { .verdict = NM_VERDICT_REJECT, .reject = NM_REJECT_BUSY };
	const struct nm_treatment nobody = { .verdict = NM_VERDICT_PATH };

	(void)state;
	assert_words(&treatment, "owner 20 s, then cell phone + sam 15 s, then mailbox");
	assert_words(&rejecting, "rejected (busy)");
	assert_words(&nobody, "nobody");
}

/* Puts both in words, each beside the other: equal treatments read alike, others never do. */
static void assert_beside(const struct nm_treatment *a, const struct nm_treatment *b, const char *a_words,
			  const char *b_words)
{
	struct nm_buf text;

	nm_buf_init(&text, 1024);
	nm_treatment_words_beside(a, b, &text);
	nm_buf_add(&text, "|");
	nm_treatment_words_beside(b, a, &text);
	assert_int_equal(strncmp(text.data, a_words, strlen(a_words)), 0);
	assert_string_equal(text.data + strlen(a_words) + 1, b_words);
	assert_int_equal(nm_treatment_equal(a, b), !strcmp(a_words, b_words));
	nm_buf_clear(&text);
}

static void test_treatments_that_differ_never_read_alike(void **state)
{
	const struct nm_treatment plan = TREATMENT(
		STEP(15, OWNER, { .name = "fixly", .kind = NM_AI, .number = "+15125550177" }), STEP(20, MAILBOX));
	const struct nm_treatment live = TREATMENT(
		STEP(15, OWNER, { .name = "fixly", .kind = NM_AI, .number = "+15125559999", .line_id = true }),
		STEP(20, { .name = "mailbox", .kind = NM_VOICEMAIL, .greeting = "Gone." }));
	const struct nm_treatment asks = TREATMENT(STEP(20, CONFIRMS)), rings = TREATMENT(STEP(20, CELL));
	const struct nm_treatment to_line = TREATMENT(STEP(20, LINE("second"))),
				  to_phone = TREATMENT(STEP(20, { .name = "second", .number = "+15125550123" }));
	const struct nm_treatment own = TREATMENT(STEP(20, { .name = "cell phone", .native = true }));
	struct nm_treatment greets = rings, greets_too = rings;

	(void)state;
	assert_beside(&plan, &plan, "owner + fixly 15 s, then mailbox", "owner + fixly 15 s, then mailbox");
	assert_beside(&plan, &live,
		      "owner + fixly (+15125550177, shown the caller's number) 15 s, then mailbox (greeting: none)",
		      "owner + fixly (+15125559999, shown the line's number) 15 s, then mailbox (greeting: Gone.)");
	assert_beside(&asks, &rings, "cell phone (presses 1) 20 s", "cell phone (no key to accept) 20 s");
	assert_beside(&to_line, &to_phone, "second (line second) 20 s", "second (+15125550123) 20 s");
	assert_beside(&own, &rings, "cell phone (the line's own handset) 20 s", "cell phone (called) 20 s");
	greets.greeting_s = greets_too.greeting_s = 4;
	greets.greeting = "Hello.";
	greets_too.greeting = "Welcome.";
	assert_beside(&greets, &greets_too, "greeting 4 s (Hello.), then cell phone 20 s",
		      "greeting 4 s (Welcome.), then cell phone 20 s");
}

static void test_treatments_are_equal_when_a_caller_could_notice_nothing(void **state)
{
	struct nm_treatment a = TREATMENT(STEP(20, OWNER), { .number = 2, .for_s = 5 }, STEP(20, MAILBOX));
	struct nm_treatment b = TREATMENT(STEP(20, OWNER), STEP(9, MAILBOX), STEP(20, SAM));
	const struct nm_treatment longer = TREATMENT(STEP(21, OWNER), STEP(9, MAILBOX));
	const struct nm_treatment other = TREATMENT(STEP(20, SAM), STEP(9, MAILBOX));
	const struct nm_treatment shorter = TREATMENT(STEP(20, OWNER));
	const struct nm_treatment unmatched = { .verdict = NM_VERDICT_LOST };
	const struct nm_treatment nobody_there = TREATMENT({ .number = 1, .for_s = 20 });

	(void)state;
	b.rule = "closed";
	b.path = "q";
	assert_true(nm_treatment_equal(&a, &b));
	assert_false(nm_treatment_equal(&a, &longer));
	assert_false(nm_treatment_equal(&a, &other));
	assert_false(nm_treatment_equal(&a, &shorter));
	assert_false(nm_treatment_equal(&shorter, &a));
	a.greeting_s = 4;
	assert_false(nm_treatment_equal(&a, &b));
	assert_true(nm_treatment_equal(&unmatched, &nobody_there));
	assert_true(nm_treatment_equal(&nobody_there, &unmatched));
	assert_false(nm_treatment_equal(&unmatched, &b));
}

/* --- the limit of lines --- */

/* Line kN rings line kN+1, and the last one the owner. */
static const struct nm_treatment *chain_treatment(void *context, const char *line)
{
	static struct nm_party parties[32];
	static struct nm_treatment_step steps[32];
	static struct nm_treatment treatments[32];
	static char names[32][16];
	const int last = *(const int *)context, i = atoi(line + 1);

	snprintf(names[i + 1], sizeof names[i + 1], "k%d", i + 1);
	parties[i] = (struct nm_party){ .name = names[i + 1], .line = names[i + 1], .own_voicemail_s = -1 };
	if (i == last)
		parties[i] = (struct nm_party){ .name = "owner", .own_voicemail_s = NM_OWN_VOICEMAIL_NONE };
	steps[i] = (struct nm_treatment_step){ .number = 1,
					       .round = 1,
					       .ring_time = i < last ? NM_RING_HANDOVER : NM_RING_TIMED,
					       .for_s = i < last ? 0 : 20,
					       .n = 1,
					       .parties = &parties[i] };
	treatments[i] = (struct nm_treatment){ .verdict = NM_VERDICT_PATH, .n = 1, .steps = &steps[i] };
	return &treatments[i];
}

static void a_call_goes_on_over_16_lines_and_no_further(void **state)
{
	const struct nm_script answered = { .hangup_s = -1 };
	struct nm_arena *memory = nm_arena_new();
	struct nm_outcome chain;
	struct nm_error err;
	int last;

	(void)state;
	for (last = 16; last <= 17; last++) {
		const struct nm_lines lines = { &last, chain_treatment };
		const struct nm_event *end;

		assert_int_equal(nm_play(chain_treatment(&last, "k0"), "k0", &answered, &lines, true, memory,
					 &chain, &err),
				 NM_OK);
		assert_int_equal(chain.result, last == 16 ? NM_ANSWERED : NM_LOST);
		end = &chain.events[chain.n - 1];
		while (end->kind != NM_EVENT_LIMIT && end > chain.events)
			end--;
		assert_int_equal(end->kind == NM_EVENT_LIMIT, last == 17);
		if (last == 17)
			assert_string_equal(end->why,
					    "the call has gone on over 16 lines, the most it may: drops out");
	}
	nm_arena_free(memory);
}

static void test_rings_are_of_six_seconds(void **state)
{
	(void)state;
	assert_int_equal(nm_rings(-1), -1);
	assert_int_equal(nm_rings(0), 0);
	assert_int_equal(nm_rings(1), 1);
	assert_int_equal(nm_rings(6), 1);
	assert_int_equal(nm_rings(7), 2);
	assert_int_equal(nm_rings(INT_MAX), 357913942);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_people_answer_after_6_seconds_AI_and_services_after_3),
		cmocka_unit_test(test_all_of_a_step_ring_at_once_and_the_first_answer_ends_the_call),
		cmocka_unit_test(
			test_one_that_answers_n_seconds_after_it_began_to_ring_answers_if_n_is_below_for),
		cmocka_unit_test(
			test_busy_declined_and_unreachable_drop_out_at_once_and_the_next_step_starts),
		cmocka_unit_test(
			test_a_phone_whose_own_voicemail_picks_up_after_v_seconds_can_only_answer_before),
		cmocka_unit_test(test_it_swallows_only_when_v_is_below_for),
		cmocka_unit_test(test_its_voicemail_swallows_at_once_when_busy_declined_or_unreachable),
		cmocka_unit_test(test_with_confirm_it_takes_nothing_and_the_phone_drops_out_at_v),
		cmocka_unit_test(
			test_an_answer_comes_before_a_voicemail_in_the_same_second_then_the_steps_order),
		cmocka_unit_test(test_a_voicemail_takes_the_call_at_once),
		cmocka_unit_test(test_an_unknown_own_voicemail_plays_as_none),
		cmocka_unit_test(test_a_path_that_ends_without_an_answer_loses_the_call),
		cmocka_unit_test(test_a_rejected_call_has_no_seconds),
		cmocka_unit_test(test_a_greeting_plays_before_the_first_ring),
		cmocka_unit_test(test_a_caller_who_hangs_up_first_abandons_the_call),
		cmocka_unit_test(test_what_is_told_of_one_comes_before_nobody),
		cmocka_unit_test(test_a_leg_to_a_line_answers_when_something_in_it_answers),
		cmocka_unit_test(test_a_leg_to_a_line_lives_at_most_for_the_steps_time),
		cmocka_unit_test(test_a_leg_to_a_line_drops_out_when_its_call_is_lost_or_rejected),
		cmocka_unit_test(test_a_call_handed_over_for_good_does_not_come_back),
		cmocka_unit_test(test_coming_back_to_a_line_already_passed_drops_out_at_once),
		cmocka_unit_test(test_with_confirm_no_voicemail_of_the_line_takes_the_call),
		cmocka_unit_test(test_a_leg_to_a_line_of_which_nothing_is_known_rings_until_its_time_is_over),
		cmocka_unit_test(test_a_ring_without_a_time),
		cmocka_unit_test(test_lines_that_multiply_are_refused_and_not_walked_for_ever),
		cmocka_unit_test(test_a_treatment_in_words),
		cmocka_unit_test(test_treatments_that_differ_never_read_alike),
		cmocka_unit_test(test_treatments_are_equal_when_a_caller_could_notice_nothing),
		cmocka_unit_test(a_call_goes_on_over_16_lines_and_no_further),
		cmocka_unit_test(test_rings_are_of_six_seconds),
	};

	return cmocka_run_group_tests_name("play", tests, setup, teardown);
}
