/* SPDX-License-Identifier: MIT */
/*
 * Every screen on the fixture plan, at the sizes and looks that are promised, and what keys do there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "nevermiss/calls.h"
#include "nevermiss/edit.h"
#include "ladder.h"
#include "spoken.h"
#include "stage.h"

static const char *const names[] = {"now", "plan", "week", "simulate", "check", "push", "help"};
#define NAMES (sizeof names / sizeof *names)

static void each_screen_is_as_expected_in_every_look(void **state)
{
	(void)state;
	for (size_t i = 0; i < NAMES; i++)
		stage_golden_looks(names[i], &(struct stage_options){.screen = names[i]}, NULL);
}

/* What is asked before anything is written or sent, what lies over a screen, and what support staff may look at. */
static void what_keys_lead_to_is_as_expected_in_every_look(void **state)
{
	static const struct {
		const char *name;
		struct stage_options options;
	} pictures[] = {
		{"now-override", {.screen = "now", .keys = "O Enter Enter"}},
		{"now-read-only", {.screen = "now", .read_only = true}},
		{"plan-read-only", {.screen = "plan", .read_only = true, .keys = "A"}},
		{"week-read-only", {.screen = "week", .read_only = true, .keys = "P"}},
		{"simulate-phones", {.screen = "simulate", .now = STAGE_NOW + 33 * 3600, .keys = "Tab Space"}},
		{"check-mend", {.screen = "check", .keys = "/ o w n Space v o i c e m a i l Enter M"}},
		{"push-asked", {.screen = "push", .keys = "P"}},
		{"push-hours", {.screen = "push", .keys = "t"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++)
		stage_golden_looks(pictures[i].name, &pictures[i].options, NULL);
}

static void any_size_can_be_drawn(void **state)
{
	struct stage stage;

	(void)state;
	for (size_t i = 0; i + 1 < NAMES; i++) {
		stage_open(&stage, &(struct stage_options){.screen = names[i], .width = 80, .height = 24});
		for (int size = 1; size < 60; size++) {
			assert_true(app_resize(&stage.app, size * 2, size));
			app_draw(&stage.app);
			assert_true(app_resize(&stage.app, 61 - size, size));
			app_draw(&stage.app);
		}
		stage_close(&stage);
	}
}

/* The n-th row from the bottom; the caller frees it. */
static char *row_from_below(struct stage *stage, int n)
{
	char *text, *row;

	app_draw(&stage->app);
	text = stage_text(stage);
	row = text + strlen(text);
	for (int i = 0; i <= n; i++) {
		row[-1] = '\0';
		row = strrchr(text, '\n') ? strrchr(text, '\n') + 1 : text;
	}
	row = strdup(row);
	free(text);
	return row;
}

/* However low the window: the keys and the rule over them are as they are in a high one. */
static void no_screen_writes_over_the_frame(void **state)
{
	struct stage stage;

	(void)state;
	for (size_t i = 0; i + 1 < NAMES; i++) {
		stage_open(&stage, &(struct stage_options){.screen = names[i], .width = 80, .height = 24});
		for (int width = 20; width <= 80; width += 10) {
			char *bar, *rule;

			assert_true(app_resize(&stage.app, width, 40));
			bar = row_from_below(&stage, 0);
			rule = row_from_below(&stage, 1);
			for (int height = 5; height < 24; height++) {
				char *low_bar, *low_rule, *above;

				assert_true(app_resize(&stage.app, width, height));
				low_bar = row_from_below(&stage, 0);
				low_rule = row_from_below(&stage, 1);
				above = row_from_below(&stage, 2);
				assert_string_equal(low_bar, bar);
				assert_string_equal(low_rule, rule);
				assert_string_not_equal(above, rule);
				free(low_bar);
				free(low_rule);
				free(above);
			}
			free(bar);
			free(rule);
		}
		stage_close(&stage);
	}
}

/* The letters change with line and view: both are told, in any window, and what the one at the cursor means. */
static void a_low_week_tells_line_view_and_time(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "week", .width = 40, .height = 12});
	stage_shows(&stage, "Sun 05:11  f fixly  main · first live");
	stage_keys(&stage, "L v v v Left");
	stage_shows(&stage, "Sun 05:00  S sam  hotline · emergency");
	stage_keys(&stage, "L v v Home");
	stage_shows(&stage, "Sun 00:00  . voicemail  main · first");
	stage_keys(&stage, "d Enter Up Up Up Up Up");
	stage_shows(&stage, "Tue 00:00  O owner  hours of owner");
	assert_true(app_resize(&stage.app, 80, 12));
	stage_keys(&stage, "Right");
	stage_shows(&stage, "Tue 17 Nov 00:30  O owner  hours of owner");
	stage_close(&stage);
}

/* In a window too low for seven days the cursor's is among those shown. */
static void a_low_week_keeps_the_cursor_in_sight(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "week", .width = 80, .height = 10});
	stage_shows(&stage, "Sun 22");
	stage_keys(&stage, "Up Up Up Up Up");
	stage_shows(&stage, "Tue 17");
	stage_close(&stage);
}

/* Question, result and phones each keep their row. */
static void a_low_simulation_writes_no_row_twice(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "simulate", .width = 60, .height = 8});
	stage_shows(&stage, "Sun 22 Nov 2026 05:11");
	stage_shows(&stage, "Answered by fixly after 3 s, 1 ring.");
	stage_shows(&stage, "does  fixly answers 3 s");
	stage_close(&stage);
}

static void enter_on_now_plays_this_call(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "at Sun 22 Nov 2026 05:11 CST   line main");
	stage_shows(&stage, "Answered by fixly after 3 s");
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "A call to main now");
	stage_close(&stage);
}

/* Whoever has a long name or kind moves the columns of all, not only the own row. */
static void those_who_are_rung_stand_below_each_other(void **state)
{
	static const char plan[] =
		"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
		"line main { number = \"+15125550100\" account = box }\n"
		"destination o { kind = personal number = \"+15125550111\" }\n"
		"destination front-desk { kind = backup role = receptionist number = \"+15125550112\" }\n"
		"path p { step { ring = { o, front-desk } for = 20s } }\nrule r { path = p }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24, .plan = plan});
	stage_shows(&stage, "┬ o           personal      rings 20 s");
	stage_shows(&stage, "└ front-desk  receptionist  rings 20 s");
	stage_close(&stage);
}

/* Nobody is rung, so nobody does anything. */
static void a_rejected_call_has_no_phones(void **state)
{
	static const char plan[] =
		"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
		"line main { number = \"+15125550100\" account = box }\n"
		"destination m { kind = voicemail greeting = \"x\" }\n"
		"path p { step { ring = m } }\nrule r { reject = busy }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "simulate", .width = 80, .height = 24, .plan = plan});
	stage_shows(&stage, "Rejected.");
	stage_hides(&stage, "does");
	stage_close(&stage);
}

/* A step that rings a line hands the call over: no time to ring, nobody who answers there. */
static void a_line_that_is_rung_takes_the_call_on(void **state)
{
	static const char plan[] =
		"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
		"line main { number = \"+15125550100\" account = box }\n"
		"line second { number = \"+15125550120\" account = box }\n"
		"destination owner { kind = personal number = \"+15125550111\" }\n"
		"destination mailbox { kind = voicemail greeting = \"Leave a message.\" }\n"
		"path own { step { ring = owner for = 20s } step { ring = second } }\n"
		"path other { step { ring = mailbox } }\n"
		"rule own { lines = main path = own }\nrule rest { path = other }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24, .plan = plan});
	stage_shows(&stage, "second     line       goes on under that line's rules");
	stage_hides(&stage, "rings 0 s");
	stage_close(&stage);
}

/* A rotation leaves one out in one step whom the next step rings. */
static void who_is_not_rung_in_one_step_is_told_with_it(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	stage_keys(&stage, "L");
	stage_shows(&stage, "├ owner      personal   rings 25 s");
	stage_shows(&stage, "not rung: owner in step 1 (not on turn)");
	stage_close(&stage);
}

static void now_follows_the_clock(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	stage_shows(&stage, "in 26 h 49 min");
	stage.now += 27 * 3600;
	stage_keys(&stage, "L L");
	stage_shows(&stage, "Mon 23 Nov 08:11");
	stage_shows(&stage, "open → daytime");
	stage_close(&stage);
}

static void an_override_is_asked_for_written_and_taken_back(void **state)
{
	struct stage stage;
	char *before, *after, *back;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	before = stage_plan(&stage);
	stage_keys(&stage, "O C-u");
	stage_type(&stage, "90m");
	stage_keys(&stage, "Enter Down Down Enter");
	stage_golden(&stage, "now-override-asked");
	stage_keys(&stage, "y n");
	stage_shows(&stage, "override by-hand-1 → escalate");
	stage_shows(&stage, " · override to Sun 06:41   ");
	after = stage_plan(&stage);
	assert_non_null(strstr(after, "until = \"2026-11-22 06:41\""));
	assert_memory_equal(before, after, strlen("# The plan that the screen tests show."));
	stage_keys(&stage, "u W y");
	back = stage_plan(&stage);
	assert_string_equal(before, back);
	free(before);
	free(after);
	free(back);
	stage_close(&stage);
}

/* The newest word counts, and is one step of undo. */
static void a_second_override_goes_ahead_of_the_first(void **state)
{
	struct stage stage;
	char *before, *back;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	stage_keys(&stage, "O Enter Enter y n");
	stage_shows(&stage, "override by-hand-1 → daytime");
	before = stage_plan(&stage);
	stage_keys(&stage, "O Enter Enter Down Enter y n");
	stage_shows(&stage, "override by-hand-2 → after-hours");
	stage_keys(&stage, "u W y");
	back = stage_plan(&stage);
	assert_string_equal(before, back);
	free(before);
	free(back);
	stage_close(&stage);
}

static void dismissed_questions_change_nothing(void **state)
{
	static const char *const asked[] = {"O Escape",	  "O Enter Escape", "O Enter Enter n",
					    "4 T Escape", "4 T a Enter n",  "5 M n",
					    "6 P n",	  "6 A n"};
	struct stage stage;
	char *before, *after;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	before = stage_plan(&stage);
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		stage_keys(&stage, asked[i]);
		assert_int_equal(stage.app.depth, 0);
		stage_keys(&stage, "1");
	}
	after = stage_plan(&stage);
	assert_string_equal(before, after);
	free(before);
	free(after);
	stage_close(&stage);
}

static void read_only_answers_every_changing_key_with_a_message(void **state)
{
	static const char *const changing[] = {"1 O", "3 P", "4 T", "5 M",   "6 P", "6 A",
					       "6 Z", "1 u", "1 C-r", "2 e"};
	struct stage stage;
	char *before, *after;

	(void)state;
	stage_open(&stage,
		   &(struct stage_options){.screen = "now", .width = 80, .height = 24, .read_only = true});
	before = stage_plan(&stage);
	for (size_t i = 0; i < sizeof changing / sizeof *changing; i++) {
		stage_keys(&stage, changing[i]);
		stage_shows(&stage, "this session is read-only");
		assert_int_equal(stage.app.depth, 0);
	}
	after = stage_plan(&stage);
	assert_string_equal(before, after);
	free(before);
	free(after);
	stage_close(&stage);
}

static void the_week_jumps_to_gaps_boundaries_and_dates(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "week", .width = 80, .height = 24});
	stage_keys(&stage, "}");
	stage_shows(&stage, "▲ Sun 29 Nov 00:00");
	stage_shows(&stage, "PH Thanksgiving Day");
	stage_golden(&stage, "week-gap");
	stage_keys(&stage, "b");
	stage_shows(&stage, "Sun 29 Nov 03:00");
	stage_keys(&stage, "B");
	stage_shows(&stage, "Sun 29 Nov 00:00");
	stage_keys(&stage, "g");
	stage_type(&stage, "2026-12-01 13:30");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "override dentist → after-hours");
	stage_keys(&stage, "v v v");
	stage_shows(&stage, "emergency call");
	stage_close(&stage);
}

/* What was typed stays on the line, and what is wrong with it stands over it. */
static void a_wrong_answer_is_asked_for_again(void **state)
{
	static const struct {
		const char *keys, *wrong, *said, *line, *erase, *right, *shown;
	} cases[] = {
		{"3 g", "2026-13-01", "2026-13-01", "now): 2026-13-01", "C-u", "2026-12-25", "Fri 25 Dec 00:00"},
		{"4 g", "christmas", "\"christmas\" is not a time", "now): christmas", "C-u",
		 "2026-12-25 09:00", "at Fri 25 Dec 2026 09:00 CST"},
		{"4 c End Enter", "12", "12", "unknown): 12", "C-u", "anonymous", "from anonymous"},
		{"4 T", "", "this name is empty", "name of the test:", "C-u", "early", "write this test"},
		{"n 1 O C-u", "2 hours", "2 hours is no length of time", "override for: 2 hours", "C-u", "2h",
		 "which path do calls take?"},
		{"Escape :", "frobnicate", "neither an action nor a screen", ": frobnicate", "C-u", "week",
		 "first live answer"},
	};
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "week", .width = 80, .height = 24});
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		stage_keys(&stage, cases[i].keys);
		stage_type(&stage, cases[i].wrong);
		stage_keys(&stage, "Enter");
		assert_int_equal(stage.app.depth, 1);
		stage_shows(&stage, cases[i].said);
		stage_shows(&stage, cases[i].line);
		stage_keys(&stage, cases[i].erase);
		stage_type(&stage, cases[i].right);
		stage_keys(&stage, "Enter");
		stage_shows(&stage, cases[i].shown);
	}
	stage_close(&stage);
}

static void an_alert_names_whom(void **state)
{
	/* sam is rung and has a column; the owner has none */
	static const char plan[] =
		"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
		"line main { number = \"+15125550100\" account = box }\n"
		"destination owner { kind = personal number = \"+15125550111\" }\n"
		"destination sam { kind = personal number = \"+15125550112\" }\n"
		"path all { step { ring = sam for = 20s } }\n"
		"emergency { path = all alert = { owner, sam } }\nrule all { path = all }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){
				   .screen = "simulate", .width = 80, .height = 24, .plan = plan});
	stage_keys(&stage, "E");
	stage_shows(&stage, "alert owner, sam: texted at once");
	stage_close(&stage);
}

static void the_week_moves_by_the_wall_clock(void **state)
{
	/* 2026-11-01 01:30 comes twice in Chicago; 2027-03-14 02:30 never. */
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "week", .width = 80, .height = 24});
	stage_keys(&stage, "g");
	stage_type(&stage, "2027-03-14 01:30");
	stage_keys(&stage, "Enter Right");
	stage_shows(&stage, "Sun 14 Mar 03:00");
	stage_shows(&stage, "clock on 60 min");
	stage_keys(&stage, "Left");
	stage_shows(&stage, "Sun 14 Mar 01:30");
	stage_keys(&stage, "g");
	stage_type(&stage, "2026-11-01 01:30");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "clock back 60 min");
	stage_keys(&stage, "Right"); /* the hour that comes twice is one place of the grid */
	stage_shows(&stage, "Sun 1 Nov 02:00");
	stage_close(&stage);
}

#define MANY_PHONES                                                                                          \
	"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"                            \
	"account box { driver = sandbox }\nline main { number = \"+15125550100\" account = box }\n"           \
	"destination owner { kind = personal number = \"+15125550111\" }\n"                                 \
	"destination office { kind = backup number = \"+15125550144\" }\n"                                  \
	"destination \"night service\" { kind = backup number = \"+15125550145\" }\n"                       \
	"destination sam { kind = backup number = \"+15125550146\" }\n"                                     \
	"destination fixly { kind = ai number = \"+15125550147\" }\n"                                       \
	"path day { step { ring = owner } step { ring = { office, \"night service\", sam } }"                \
	" step { ring = fixly } }\nrule all { path = day }\n"

/* The row has whoever is chosen with what they do, and a sign at each end at which there are more. */
static void row_of_phones_is_whole(struct stage *stage, const char *chosen)
{
	char *text = stage_text(stage), *row = strstr(text, "\n does");

	if (!row)
		fail_msg("no row of phones:\n%s", text);
	row++;
	row[strcspn(row, "\n")] = '\0';
	if (!strstr(row, chosen) || strstr(row, " s…") || !strstr(row, "owner answers 6 s") != !!strstr(row, " does…") ||
	    !strstr(row, "fixly answers 3 s") != !!strstr(row, " s …"))
		fail_msg("at %d columns, \"%s\" chosen: \"%s\"", stage->app.canvas.width, chosen, row);
	free(text);
}

static void the_chosen_phone_is_seen_whole(void **state)
{
	static const char *const phones[] = { "▸owner answers 6 s", "▸office answers 6 s",
					      "▸night service answers 6 s", "▸sam answers 6 s", "▸fixly answers 3 s" };
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "simulate", .width = 80, .height = 24, .plan = MANY_PHONES });
	stage_keys(&stage, "Tab");
	for (int width = 40; width <= 120; width++) {
		assert_true(app_resize(&stage.app, width, 24));
		for (size_t i = 0; i < sizeof phones / sizeof *phones; i++) {
			stage_keys(&stage, "");
			row_of_phones_is_whole(&stage, phones[i]);
			stage_keys(&stage, "Right");
		}
	}
	stage_close(&stage);
}

/* Whatever happens to a call is said whole on the arrow that shows it, in each width in which arrows are drawn. */
static void the_word_on_an_arrow_is_whole(void **state)
{
	static const enum nm_event_kind kinds[] = {
		NM_EVENT_RING, NM_EVENT_ANSWER,      NM_EVENT_NO_ANSWER, NM_EVENT_BUSY,
		NM_EVENT_DECLINED, NM_EVENT_UNREACHABLE, NM_EVENT_SWALLOW,   NM_EVENT_VOICEMAIL,
	};
	const char *who[] = {"a", "b", "c", "d", "e", "f"};
	struct nm_event events[sizeof kinds / sizeof *kinds];
	const struct nm_outcome outcome = {.n = sizeof kinds / sizeof *kinds, .events = events};
	int drawn = 0;

	(void)state;
	for (size_t i = 0; i < outcome.n; i++)
		events[i] = (struct nm_event){.kind = kinds[i], .n = 1, .to = &who[i % 6], .why = ""};
	for (int width = 40; width <= 200; width++) {
		const bool arrows = ladder_row_of(&outcome, 0, width) > 0;
		struct canvas canvas;
		struct nm_buf all;

		assert_true(canvas_init(&canvas, width, 12, false));
		nm_buf_init(&all, 1u << 16);
		ladder_draw(&outcome, &canvas, (struct box){0, 0, width, 12}, 0);
		canvas_print(&canvas, false, THEME_DEFAULT, &all);
		for (size_t i = 0; i < outcome.n; i++)
			assert_non_null(strstr(all.data, spoken_event(kinds[i])));
		drawn += arrows;
		nm_buf_clear(&all);
		canvas_clear(&canvas);
	}
	assert_in_range(drawn, 100, 150);
}

static void phones_do_what_they_are_told(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage,
		   &(struct stage_options){
			   .screen = "simulate", .width = 80, .height = 24, .now = STAGE_NOW + 33 * 3600});
	stage_shows(&stage, "Answered by owner after 6 s");
	stage_keys(&stage, "Tab Space");
	stage_shows(&stage, "owner no answer");
	stage_golden(&stage, "simulate-noanswer");
	stage_keys(&stage, "Space");
	stage_shows(&stage, "owner busy");
	stage_keys(&stage, "Space Space");
	stage_shows(&stage, "no signal");
	stage_keys(&stage, "Space");
	stage_shows(&stage, "Answered by owner after 6 s");
	stage_keys(&stage, "x");
	stage_shows(&stage, "Swallowed by office's own voicemail");
	stage_keys(&stage, "x E");
	stage_shows(&stage, "emergency");
	stage_keys(&stage, "E");
	stage_shows(&stage, "Not needed: office, sam, fixly, mailbox."); /* on a row of its own */
	stage_keys(&stage, "c Down");
	stage_golden(&stage, "simulate-caller");
	stage_close(&stage);
}

static void a_call_is_saved_as_a_test_and_tests_are_run(void **state)
{
	struct stage stage;
	char *plan;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "simulate", .width = 80, .height = 24});
	stage_keys(&stage, "T");
	stage_type(&stage, "Sunday, early");
	stage_keys(&stage, "Enter y");
	plan = stage_plan(&stage);
	assert_non_null(strstr(plan, "test \"Sunday, early\" {"));
	free(plan);
	stage_keys(&stage, "t");
	stage_shows(&stage, "tests: 2 passed, 1 failed");
	stage_golden(&stage, "simulate-tests");
	stage_close(&stage);
}

/* A name in quotes is written so that it reads; one that cannot be is asked for again, before anything else. */
static void a_test_takes_names_that_the_plan_can_have(void **state)
{
	struct stage stage;
	char *plan;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "simulate", .width = 80, .height = 24});
	stage_keys(&stage, "T");
	stage_type(&stage, "back\\slash");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "this name holds a backslash");
	stage_shows(&stage, "name of the test");
	stage_keys(&stage, "C-u");
	stage_type(&stage, "My \"odd\" test");
	stage_keys(&stage, "Enter y");
	plan = stage_plan(&stage);
	assert_non_null(strstr(plan, "test 'My \"odd\" test' {"));
	free(plan);
	stage_keys(&stage, "T");
	stage_type(&stage, "My \"odd\" test");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "there is a test 'My \"odd\" test' already: another name");
	stage_shows(&stage, "name of the test: My \"odd\" test");
	stage_keys(&stage, "Escape");
	stage_close(&stage);
}

/* A change that would not read is refused for good: redo must not write it after all. */
static void a_refused_change_is_not_made_again(void **state)
{
	const struct nm_edit twice = {
		.op = NM_EDIT_ADD,
		.place = {.section = "test", .step = -1},
		.value = "test \"Christmas morning\" { at = \"2026-12-25 10:00\"  expect = fixly }",
	};
	struct stage stage;
	char *before, *after;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "simulate", .width = 80, .height = 24});
	before = stage_plan(&stage);
	assert_false(app_change(&stage.app, &twice, 1, "a test"));
	app_draw(&stage.app);
	stage_shows(&stage, "the change would not read");
	stage_keys(&stage, "C-r");
	stage_shows(&stage, "there is nothing to make again");
	after = stage_plan(&stage);
	assert_string_equal(before, after);
	free(before);
	free(after);
	stage_close(&stage);
}

static void a_mend_is_shown_applied_and_taken_back(void **state)
{
	struct stage stage;
	char *before, *after, *back;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "check", .width = 80, .height = 24});
	before = stage_plan(&stage);
	stage_keys(&stage, "/");
	stage_type(&stage, "own voicemail");
	stage_keys(&stage, "Enter");
	stage_golden(&stage, "check-swallowed");
	stage_keys(&stage, "M");
	stage_keys(&stage, "y");
	stage_hides(&stage, "own voicemail takes the");
	after = stage_plan(&stage);
	assert_string_not_equal(before, after);
	stage_keys(&stage, "u W y");
	back = stage_plan(&stage);
	assert_string_equal(before, back);
	stage_shows(&stage, "own voicemail takes the");
	free(before);
	free(after);
	free(back);
	stage_close(&stage);
}

static void a_finding_is_played(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "check", .width = 80, .height = 24});
	stage_keys(&stage, "/");
	stage_type(&stage, "own voicemail");
	stage_keys(&stage, "Enter Enter");
	stage_shows(&stage, "4 Simulate");
	stage_shows(&stage, "Swallowed by office's own voicemail");
	stage_close(&stage);
}

/* Escape goes the whole way back, not to and fro between two screens. */
static void escape_goes_back_step_by_step(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	stage_keys(&stage, "5 Enter");
	assert_int_equal(stage.app.tab, 3);
	stage_keys(&stage, "Escape");
	assert_int_equal(stage.app.tab, 4);
	stage_keys(&stage, "Escape");
	assert_int_equal(stage.app.tab, 0);
	stage_keys(&stage, "Escape");
	assert_int_equal(stage.app.tab, 0);
	for (int i = 0; i < 2 * APP_TRAIL; i++)
		stage_keys(&stage, i % 2 ? "2" : "3");
	for (int i = 0; i < APP_TRAIL; i++)
		stage_keys(&stage, "Escape");
	assert_int_equal(stage.app.n_trail, 0);
	stage_close(&stage);
}

static void keys_of_a_finding_say_when_there_is_none(void **state)
{
	static const char plan[] =
		"business = \"B\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
		"line main { number = \"+15125550100\" account = box }\n"
		"destination m { kind = voicemail greeting = \"You've reached B. Leave a message or text this "
		"number and we'll respond within 30 minutes.\" }\n"
		"destination a { kind = ai number = \"+15125550177\" }\n"
		"destination o { kind = personal number = \"+15125550111\" own_voicemail = none }\n"
		"schedule s { hours = \"Mo-Fr 08:00-18:00\" }\n"
		"path p { step { ring = o for = 10s } step { ring = a } step { ring = m } }\n"
		"path n { step { ring = a } step { ring = m } }\n"
		"destination sam { kind = personal number = \"+15125550112\" own_voicemail = none }\n"
		"path e { step { ring = { o, sam } } step { ring = a } step { ring = m } }\n"
		"rule day { during = s path = p }\nrule r { path = n }\n"
		"emergency { key = \"9\" path = e alert = o }\n"
		"text_back { missed = \"B here: we missed you.\" }\nfollow_up { within = 15m }\n";
	static const char *const keys[] = {"Enter", "M", "m", "w"};
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "check", .width = 80, .height = 24, .plan = plan});
	stage_shows(&stage, "nothing is wrong");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		stage_keys(&stage, keys[i]);
		stage_shows(&stage, "nothing was found");
	}
	stage_close(&stage);
}

static void pushing_asks_pushes_and_rolls_back(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24});
	stage_shows(&stage, "nothing there");
	stage_hides(&stage, "Z roll back");
	stage_hides(&stage, "y history");
	stage_keys(&stage, "P");
	stage_shows(&stage, "make live what the plan says for main?");
	stage_keys(&stage, "y");
	stage_shows(&stage, "in sync");
	stage_shows(&stage, "#1");
	stage_shows(&stage, "Z roll back");
	stage_golden(&stage, "push-done");
	stage_keys(&stage, "Z y");
	stage_shows(&stage, "#2");
	stage_shows(&stage, "nothing there");
	stage_close(&stage);
}

/* Every push of a line is there, and any of them can be gone back before. */
static void the_history_goes_back_before_any_push(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24});
	stage_keys(&stage, "y");
	stage_shows(&stage, "nothing was ever pushed to this line");
	stage_keys(&stage, "P y");
	stage_keys(&stage, "Z y");
	stage_shows(&stage, "#2");
	stage_keys(&stage, "y");
	stage_golden(&stage, "push-history");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "put back what was live on main before push #2?");
	stage_keys(&stage, "y");
	stage_shows(&stage, "#3");
	stage_shows(&stage, "live is what the plan says");
	stage_keys(&stage, "y Down Enter");
	stage_shows(&stage, "before push #2?");
	stage_keys(&stage, "n y End Enter");
	stage_shows(&stage, "before push #1?");
	stage_keys(&stage, "n");
	stage_close(&stage);
}

/* "an hour-by-hour preview of what the carrier will do": what it does now, and where that differs, what it would. */
static void hour_by_hour_before_and_after_a_push(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 40});
	stage_keys(&stage, "t");
	stage_shows(&stage, "nothing of the plan is at the carrier now");
	stage_shows(&stage, "after a push");
	stage_keys(&stage, "Escape P y");
	stage_keys(&stage, "t");
	stage_shows(&stage, "what callers get now, which is what the plan says");
	stage_hides(&stage, "after a push");
	stage_close(&stage);
}

/* What was read before an edit says nothing of the plan after it. */
/* A question longer than a narrow window leaves room for what is typed. */
static void questions_in_narrow_windows_take_answers(void **state)
{
	static const int widths[] = {10, 20, 30, 40, 50, 51};
	struct stage stage;

	(void)state;
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		stage_open(&stage, &(struct stage_options){.screen = "week", .width = widths[i], .height = 12});
		stage_keys(&stage, "g");
		stage_type(&stage, "2026-12-25 10:00");
		stage_shows(&stage, ":00");
		stage_keys(&stage, "Enter");
		stage_shows(&stage, "25");
		stage_close(&stage);
	}
}

/* "A push that would break a guarantee is refused; a reason is recorded": also here, and before the yes. */
static void a_broken_guarantee_is_told_before_the_push(void **state)
{
	static const char plan[] =
		"business = \"B\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
		"line main { number = \"+15125550100\" account = box }\n"
		"destination a { kind = ai number = \"+15125550177\" }\n"
		"destination o { kind = personal number = \"+15125550111\" own_voicemail = none }\n"
		"path p { step { ring = a } }\nrule r { path = p }\n"
		"guarantee \"the owner first\" { first = o }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24, .plan = plan});
	stage_keys(&stage, "P");
	stage_shows(&stage, "refused: guarantee");
	stage_hides(&stage, "--force");
	stage_shows(&stage, "make live what the plan says for main, with a reason?");
	stage_keys(&stage, "y");
	stage_shows(&stage, "the reason, which is recorded:");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "a reason is needed");
	stage_keys(&stage, "P y");
	stage_type(&stage, "the owner is ill");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "in sync");
	stage_keys(&stage, "Z");
	stage_shows(&stage, "nothing was there: the line will have nothing at the carrier");
	stage_shows(&stage, "put back what was live on main before push #1, with a reason?");
	stage_keys(&stage, "n");
	stage_close(&stage);
}

static void in_sync_is_not_said_of_a_plan_that_changed_since(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24});
	stage_keys(&stage, "A y Escape 1");
	stage_shows(&stage, "in sync");
	stage_shows(&stage, "2 of 2 lines do what the plan says");
	stage_keys(&stage, "O Enter Enter y n");
	stage_hides(&stage, "in sync");
	stage_shows(&stage, "line drifts");
	stage_keys(&stage, "u");
	stage_shows(&stage, "in sync");
	stage_keys(&stage, "C-r 6");
	stage_keys(&stage, "1");
	stage_shows(&stage, "drift");
	stage_close(&stage);
}

/* What was read of the saved plan is no less so while the next one is being written. */
static void edits_that_are_not_saved_hide_no_drift(void **state)
{
	const struct nm_edit name = {
		.op = NM_EDIT_SET, .place = {"", NULL, -1}, .option = "business", .value = "\"Jones Plumbing\""};
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24});
	stage_keys(&stage, "A y Escape 1");
	assert_true(app_edit(&stage.app, &name, 1, "business"));
	stage_keys(&stage, "2 1");
	stage_shows(&stage, "1 edit, not saved");
	stage_shows(&stage, "in sync as saved");
	stage_shows(&stage, "2 of 2 lines do what the saved plan says");
	stage_keys(&stage, "6"); /* which reads what is live, and compares that with the text here */
	stage_shows(&stage, "in sync as saved");
	stage_keys(&stage, "1 W y");
	stage_shows(&stage, "plan saved"); /* callers get the same */
	stage_shows(&stage, "in sync");
	stage_keys(&stage, "u O Enter Enter y n W y 6"); /* an override more is saved than was pushed */
	stage_keys(&stage, "1");
	stage_hides(&stage, "not saved");
	stage_shows(&stage, "1 line drifts");
	assert_true(app_edit(&stage.app, &name, 1, "business"));
	stage_keys(&stage, "2 1");
	stage_shows(&stage, "1 not saved");
	stage_shows(&stage, "1 line drifts");
	stage_shows(&stage, "Drift");
	stage_hides(&stage, "not known since the plan changed");
	stage_close(&stage);
}

/* "time scrubbed by minute, quarter, hour, day, boundary"; what has no room is said to be there, and comes. */
static void time_is_scrubbed_and_a_long_call_scrolls(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "simulate", .width = 80, .height = 24});
	stage_keys(&stage, ". . ,");
	stage_shows(&stage, "05:12");
	stage_keys(&stage, ", Right");
	stage_shows(&stage, "05:26");
	stage_keys(&stage, "[ d");
	stage_shows(&stage, "Mon 23 Nov 2026 04:26");
	stage_keys(&stage, "L x");
	assert_true(app_resize(&stage.app, 80, 16));
	app_draw(&stage.app);
	stage_shows(&stage, "… 1 more"); /* in place of a row's end, which is seen to be cut */
	for (int i = 0; i < 20; i++)
		stage_keys(&stage, "Down");
	stage_hides(&stage, " more");
	stage_close(&stage);
}

/* All eight tabs are there at any width: by name where all names have room, else by number. */
static void no_tab_is_cut_off(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	for (int width = 80; width >= 40; width--) {
		assert_true(app_resize(&stage.app, width, 24));
		app_draw(&stage.app);
		stage_shows(&stage, width >= 70 ? "8 Report" : "7  8");
	}
	stage_close(&stage);
}

/* "played step by step or at once, each step with its reason and the line of the plan that caused it" */
static void a_call_is_played_step_by_step(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){
				   .screen = "simulate", .width = 80, .height = 24, .now = STAGE_NOW + 33 * 3600});
	stage_keys(&stage, "x");
	stage_shows(&stage, "Swallowed by office's own voicemail");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "step 1 of 5  rule open, step 1, press 1 to accept"); /* whole, though it is cut above */
	stage_shows(&stage, "plan.conf:38\n");
	stage_hides(&stage, "20 s are over");
	stage_hides(&stage, "Swallowed");
	stage_keys(&stage, "Enter Enter");
	stage_shows(&stage, "plan.conf:39  step { ring = { office, sam }  for = 15s }");
	stage_golden(&stage, "simulate-step");
	stage_keys(&stage, "Up");
	stage_shows(&stage, "step 2 of 5");
	stage_keys(&stage, "Down Down Down Down");
	stage_shows(&stage, "Swallowed by office's own voicemail");
	stage_keys(&stage, "Up Right"); /* another call begins at once */
	stage_shows(&stage, "Swallowed by office's own voicemail");
	stage_keys(&stage, "Enter Escape");
	stage_shows(&stage, "Swallowed by office's own voicemail");
	stage_hides(&stage, "step 1 of");
	stage_close(&stage);
}

/* "live against plan side by side" */
static void live_stands_beside_the_plan(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){
				   .screen = "push", .width = 130, .height = 24, .now = STAGE_NOW + 33 * 3600});
	stage_keys(&stage, "P y");
	stage_keys(&stage, "4 v");
	stage_shows(&stage, "The plan does the same to this call.");
	stage_keys(&stage, "1 O Enter End Enter y n");
	stage_keys(&stage, "6");
	stage_shows(&stage, "drifts");
	stage_keys(&stage, "4 x");
	stage_shows(&stage, "They part: live at 20 s ring office");
	stage_golden(&stage, "simulate-against");
	stage_keys(&stage, "Enter Enter");
	stage_shows(&stage, "step 2 of");
	stage_hides(&stage, "They part");
	assert_true(app_resize(&stage.app, 80, 24));
	stage_keys(&stage, "Escape");
	stage_golden(&stage, "simulate-against-80");
	stage_close(&stage);
}

/* Who plays what is live sees how old that is, and how to have it read anew. */
static void a_call_on_what_is_live_says_how_old_that_is(void **state)
{
	static const int widths[] = {40, 80, 200};
	struct nm_store *store;
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24});
	stage_keys(&stage, "P y");
	stage_keys(&stage, "4");
	stage_hides(&stage, "reads it anew");
	stage_keys(&stage, "v");
	stage_shows(&stage, "\n LIVE, read now: r reads it anew\n");
	stage.now += 3 * (nm_time)NM_DAY;
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		assert_true(app_resize(&stage.app, widths[i], widths[i] == 40 ? 12 : 24));
		app_draw(&stage.app);
		stage_shows(&stage, "\n LIVE, read 3 days ago: r reads it anew\n");
	}
	assert_int_equal(session_store(&stage.session, &store, NULL), NM_OK);
	stage_keys(&stage, "r");
	stage_shows(&stage, "\n LIVE, read now: r reads it anew\n");
	stage_shows(&stage, "what is live was read anew");
	assert_int_equal(nm_store_sandbox_put(store, "+15125550100", NULL, NULL), NM_OK); /* it is there no more */
	stage_keys(&stage, "r");
	stage_shows(&stage, "what is live on this line is not known: this is the plan");
	stage_close(&stage);
}

/* What is not as usual about a call is seen in the narrowest window too. */
static void what_is_played_is_told_in_every_width(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "simulate", .width = 200, .height = 24});
	stage_keys(&stage, "E x");
	for (int width = 40; width <= 200; width += 4) {
		assert_true(app_resize(&stage.app, width, width < 80 ? 12 : 24));
		app_draw(&stage.app);
		stage_shows(&stage, "emergency");
		stage_shows(&stage, "no human answers");
	}
	stage_close(&stage);
}

/* The same name at another number is another phone. */
static void live_that_rings_another_number_parts_from_the_plan(void **state)
{
	struct stage stage;
	struct nm_error err;
	char *text, *edited, *at;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 100, .height = 24});
	stage_keys(&stage, "P y");
	text = stage_plan(&stage);
	edited = strdup(text);
	at = strstr(edited, "+15125550177");
	assert_non_null(at);
	memcpy(at, "+15125550179", 12);
	assert_int_equal(nm_file_write("plan.conf", edited, strlen(edited), false, &err), NM_OK);
	assert_true(app_notice(&stage.app));
	app_settle(&stage.app);
	stage_keys(&stage, "6");
	stage_keys(&stage, "4 v");
	stage_shows(&stage, "They part: live rings fixly at +15125550177, the plan at +15125550179.");
	free(edited);
	free(text);
	stage_close(&stage);
}

/* Another name for the same number is nobody else. */
static void live_that_rings_another_name_does_not_part_from_the_plan(void **state)
{
	struct stage stage;
	struct nm_error err;
	char *text;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 100, .height = 24});
	stage_keys(&stage, "P y");
	text = stage_plan(&stage);
	for (char *at = text; (at = strstr(at, "fixly")) != NULL;)
		memcpy(at, "robot", 5);
	assert_int_equal(nm_file_write("plan.conf", text, strlen(text), false, &err), NM_OK);
	assert_true(app_notice(&stage.app));
	app_settle(&stage.app);
	stage_keys(&stage, "6 4 v");
	stage_shows(&stage, "fixly");
	stage_shows(&stage, "The plan does the same to this call.");
	free(text);
	stage_close(&stage);
}

static void live_is_read_when_a_call_is_to_be_played_on_it(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "simulate", .width = 80, .height = 24});
	stage_keys(&stage, "v");
	stage_shows(&stage, "nothing that can be played is live");
	stage_keys(&stage, "6 P y 4 v");
	stage_shows(&stage, "LIVE");
	stage_shows(&stage, "as the carrier has it");
	stage_keys(&stage, "L");
	stage_hides(&stage, "LIVE");
	stage_shows(&stage, "this is the plan");
	stage_close(&stage);
}

/* A save makes nobody forget what is live: it is compared with the plan as it is saved, and played on. */
static void what_is_live_stays_known_as_the_plan_is_saved(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 100, .height = 24});
	stage_keys(&stage, "A y q 4 v");
	stage_shows(&stage, "LIVE");
	stage_keys(&stage, "T");
	stage_type(&stage, "one");
	stage_keys(&stage, "Enter y");
	stage_shows(&stage, "plan saved");
	stage_shows(&stage, "LIVE");
	stage_shows(&stage, "as the carrier has it");
	stage_shows(&stage, "in sync");
	stage_keys(&stage, "1 O Enter End Enter y n 4"); /* callers get something else: that is not live */
	stage_shows(&stage, "plan saved");
	stage_shows(&stage, "1 line drifts");
	stage_shows(&stage, "LIVE");
	stage_close(&stage);
}

/* What was compared with edits that nobody had saved is compared with the plan once they are. */
static void what_was_read_of_edits_is_known_once_they_are_saved(void **state)
{
	const struct nm_edit name = {
		.op = NM_EDIT_SET, .place = {"", NULL, -1}, .option = "business", .value = "\"Jones Plumbing\""};
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 100, .height = 24});
	stage_keys(&stage, "A y q 1");
	assert_true(app_edit(&stage.app, &name, 1, "business"));
	stage.now += 7200;
	stage_keys(&stage, "6 r");
	stage_keys(&stage, "W y 1");
	stage_shows(&stage, "plan saved");
	stage_shows(&stage, "in sync");
	stage_shows(&stage, "2 of 2 lines do what the plan says");
	stage_hides(&stage, "(read ");
	stage_stop(&stage);
	stage_start(&stage);
	stage_keys(&stage, "1");
	stage_shows(&stage, "in sync");
	stage_hides(&stage, "(read ");
	stage_close(&stage);
}

/* Who only looks, and who comes after, is told the same; a line that is elsewhere now is not known. */
static void what_was_read_is_compared_by_whoever_reads_the_plan(void **state)
{
	struct nm_error err;
	struct stage stage;
	char *text, *at;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 100, .height = 24});
	stage_keys(&stage, "A y q 1");
	text = stage_plan(&stage);
	stage_stop(&stage);
	at = strstr(text, "+15125550177");
	assert_non_null(at);
	memcpy(at, "+15125550179", 12);
	assert_int_equal(nm_file_write("plan.conf", text, strlen(text), false, &err), NM_OK);
	stage_start(&stage);
	stage_keys(&stage, "1");
	stage_shows(&stage, "lines drift");
	at = strstr(text, "+15125550100");
	assert_non_null(at);
	memcpy(at, "+15125550109", 12);
	assert_int_equal(nm_file_write("plan.conf", text, strlen(text), false, &err), NM_OK);
	assert_true(app_notice(&stage.app));
	stage_keys(&stage, "2 1");
	stage_shows(&stage, "1 line drifts");
	free(text);
	stage_close(&stage);
}

/* What is shown was made of the reading before: it must not be looked at once that is gone. */
static void live_that_is_read_again_is_played_again(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24});
	stage_keys(&stage, "P y 4 v");
	stage_shows(&stage, "LIVE");
	stage_keys(&stage, "6 r 4");
	stage_shows(&stage, "LIVE");
	stage_shows(&stage, "as the carrier has it");
	stage_close(&stage);
}

/* The plan knows that the caller pressed the key, the carrier's routing does not tell: nobody gets another call for it. */
static void an_emergency_by_the_key_does_not_part_live_from_the_plan(void **state)
{
	static const char keyed[] =
		"business = \"Jones\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		"account sandbox { driver = sandbox }\nline main { number = \"+15125550100\" account = sandbox }\n"
		"destination owner { kind = personal number = \"+15125550111\" confirm = yes }\n"
		"destination sam { kind = personal number = \"+15125550114\" confirm = yes }\n"
		"path day { greeting = \"Jones. Press 9 in an emergency\" step { ring = { owner, sam } } }\n"
		"path escalate { step { ring = { owner, sam } } }\nrule all { path = day }\n"
		"emergency { key = \"9\" path = escalate alert = { sam, owner } }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 130, .height = 24, .plan = keyed});
	stage_keys(&stage, "P y 4 E v");
	stage_shows(&stage, "LIVE");
	stage_shows(&stage, "key: the caller presses 9");
	stage_shows(&stage, "The plan does the same to this call.");
	stage_close(&stage);
}

/* No call can be played then: none that was before may be scrolled. */
static void an_emergency_that_live_cannot_tell_has_nothing_to_scroll(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24});
	stage_keys(&stage, "P y 4 v E Down Up");
	stage_shows(&stage, "no key is set");
	stage_close(&stage);
}

#define BY_HAND                                                                                             \
	"business = \"Smith Plumbing\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"                  \
	"account phone { driver = codes carrier = gsm }\naccount voice { driver = manual }\n"                 \
	"line cell { number = \"+15125550111\" account = phone handset = owner }\n"                          \
	"line office { number = \"+15125550190\" account = voice }\n"                                        \
	"schedule business { hours = \"Mo-Fr 08:00-18:00\" }\n"                                              \
	"destination owner { kind = personal line = cell own_voicemail = 12s }\n"                            \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                        \
	"path day { step { ring = owner for = 20s } step { ring = fixly } }\n"                               \
	"path night { step { ring = fixly } }\n"                                                             \
	"rule open { lines = cell during = business path = day }\nrule closed { path = night }\n"

#define MONDAY_NOON 1795456800

static void open_by_hand(struct stage *stage, int width, int height, nm_time now)
{
	stage_open(stage, &(struct stage_options){
				  .screen = "push", .width = width, .height = height, .now = now, .plan = BY_HAND});
}

/* The plan's 20 s cannot be set at every carrier: what it makes of them stands between the plan and what is live. */
static void a_call_is_played_as_its_carrier_can_hold_it(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){
				   .screen = "simulate", .width = 80, .height = 24, .now = MONDAY_NOON, .plan = BY_HAND});
	stage_keys(&stage, "L x");
	stage_hides(&stage, "AS HELD");
	stage_keys(&stage, "v");
	stage_shows(&stage, "AS HELD");
	stage_shows(&stage, "what the carriers can hold of the plan");
	stage_keys(&stage, "v");
	stage_hides(&stage, "AS HELD");
	stage_close(&stage);
}

/* Each code with its QR code, ticked off one by one; the last one makes it a push, and it is assumed. */
static void codes_are_ticked_off_and_then_assumed(void **state)
{
	struct stage stage;

	(void)state;
	open_by_hand(&stage, 80, 24, MONDAY_NOON);
	stage_shows(&stage, "to be done by hand, c shows how");
	stage_golden(&stage, "push-by-hand");
	stage_keys(&stage, "c D v");
	stage_golden(&stage, "codes-large");
	stage_keys(&stage, "D D D");
	stage_shows(&stage, "assumed since Mon 23 Nov 2026 12:00");
	stage_keys(&stage, "D");
	stage_shows(&stage, "done already");
	stage_keys(&stage, "Escape");
	stage_golden(&stage, "push-assumed");
	stage_keys(&stage, "1");
	stage_shows(&stage, "0 of 2 lines do what the plan says, 1 assumed");
	stage_close(&stage);
}

#define OVERFLOW                                                                                             \
	"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"                            \
	"account phone { driver = codes carrier = gsm }\naccount box { driver = sandbox }\n"                 \
	"line cell { number = \"+15125550111\" account = phone handset = owner }\n"                          \
	"line over { number = \"+15125550101\" account = box }\n"                                            \
	"destination owner { kind = personal line = cell own_voicemail = none }\n"                          \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                        \
	"path day { step { ring = owner for = 20s } step { ring = over } }\n"                               \
	"path on { step { ring = fixly } }\nrule cell { lines = cell path = day }\nrule all { path = on }\n"

/* A call that came forwarded proves what was dialled: both screens say when that was. */
static void a_call_proves_what_was_dialled(void **state)
{
	struct nm_call_entry call = { .number = UINT64_C(15125550101),
				      .line = "over",
				      .driver = "twilio",
				      .carrier_id = "CA1",
				      .caller = { .number = UINT64_C(15125550199) },
				      .forwarded_from = UINT64_C(15125550111),
				      .began = MONDAY_NOON + 600 };
	struct nm_store *store;
	enum nm_call_kept kept;
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "push", .width = 80, .height = 24, .now = MONDAY_NOON,
						    .plan = OVERFLOW });
	stage_keys(&stage, "c D D D D Escape");
	stage_shows(&stage, "assumed to do what the plan says");
	assert_int_equal(session_store(&stage.session, &store, NULL), NM_OK);
	assert_int_equal(nm_store_call_put(store, &call, &kept, NULL), NM_OK);
	stage.now += 3600;
	stage_keys(&stage, "r");
	stage_shows(&stage, "a call has shown that it forwards as the plan says");
	stage_keys(&stage, "c");
	stage_shows(&stage, "proved by a call on Mon 23 Nov 2026 12:10");
	stage_golden(&stage, "codes-proved");
	stage_close(&stage);
}

/* Left half way it is kept as what it is: nobody knows what is in force. */
static void codes_left_half_way_are_not_assumed(void **state)
{
	struct stage stage;

	(void)state;
	open_by_hand(&stage, 80, 24, MONDAY_NOON);
	stage_keys(&stage, "P D Escape");
	stage_shows(&stage, "1 of 4 are done");
	stage_keys(&stage, "n D Escape");
	stage_shows(&stage, "2 of 4 are done");
	stage_keys(&stage, "y");
	stage_shows(&stage, "done: ##21#, **61*");
	stage_shows(&stage, "what is in force now is not known");
	stage_shows(&stage, "to be done");
	stage_keys(&stage, "c");
	stage_shows(&stage, "done Mon 23 Nov 2026 12:00, but");
	stage_keys(&stage, "Down Down D");
	stage_shows(&stage, "comes later: 1 comes first");
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "to be done");
	stage_close(&stage);
}

/* What was right when the page was opened is not ticked off when something else is. */
static void codes_follow_the_clock(void **state)
{
	struct stage stage;

	(void)state;
	open_by_hand(&stage, 80, 24, MONDAY_NOON);
	stage_keys(&stage, "c");
	stage.now += 6 * 3600;
	stage_keys(&stage, "D");
	stage_shows(&stage, "it is time for something else now");
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "**21*+15125550177#");
	stage_hides(&stage, "**61*");
	stage_close(&stage);
}

/* Before every call is given away its number is named, and typed. */
static void a_forward_of_every_call_asks_for_its_number(void **state)
{
	struct stage stage;

	(void)state;
	open_by_hand(&stage, 80, 24, 0);
	stage_keys(&stage, "c D");
	stage_shows(&stage, "EVERY call will go to fixly, +1 512 555 0177");
	stage_type(&stage, "512 555 0178");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "512 555 0178 is not that number: EVERY call will go to fixly, +1 512 555 0177");
	stage_hides(&stage, "assumed since");
	stage_keys(&stage, "C-u");
	stage_type(&stage, "512 555 0177");
	stage_shows(&stage, "type that number: 512 555 0177");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "assumed since");
	stage_keys(&stage, "Escape Down c");
	stage_golden(&stage, "codes-manual");
	stage_keys(&stage, "Escape A");
	stage_shows(&stage, "a push of all lines leaves it");
	stage_keys(&stage, "y");
	stage_shows(&stage, "it waits for somebody to do it by hand");
	stage_close(&stage);
}

/* Of a line that cannot be pushed only that is told, not what a push would lose. */
static void a_line_that_cannot_be_pushed_says_why(void **state)
{
	static const char plan[] =
		"business = \"B\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\nallow = { \"GB\" }\n"
		"account phone { driver = codes carrier = verizon }\n"
		"line main { number = \"+15125550100\" account = phone }\n"
		"destination a { kind = ai number = \"+442079460000\" }\n"
		"path p { step { ring = a for = 10s } }\nrule r { path = p }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24, .plan = plan});
	stage_shows(&stage, "cannot be pushed: *72{national} of verizon takes ten digits");
	stage_hides(&stage, "lost:");
	stage_close(&stage);
}

static void codes_begun(struct stage *stage)
{
	stage_keys(stage, "c D");
}

/* The page fits into a small window, a large one and one without half blocks. */
static void codes_are_as_expected_in_every_look(void **state)
{
	(void)state;
	stage_golden_looks("codes", &(struct stage_options){.screen = "push", .now = MONDAY_NOON, .plan = BY_HAND}, codes_begun);
}

/* In a window without room for the QR code v says so, and does not turn what a larger one will show. */
static void a_qr_code_without_room_says_what_it_needs(void **state)
{
	struct stage stage;
	char *before, *after;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24, .now = MONDAY_NOON, .plan = BY_HAND});
	codes_begun(&stage);
	app_draw(&stage.app);
	before = stage_text(&stage);
	assert_true(app_resize(&stage.app, 40, 12));
	stage_keys(&stage, "v");
	stage_shows(&stage, "the QR code needs a window of 66");
	assert_true(app_resize(&stage.app, 65, 22));
	stage_keys(&stage, "v");
	stage_shows(&stage, "the QR code needs a window of 66 columns and 22 rows");
	assert_true(app_resize(&stage.app, 66, 21));
	stage_keys(&stage, "v");
	stage_shows(&stage, "the QR code needs a window of 66 columns and 22 rows");
	assert_true(app_resize(&stage.app, 66, 22));
	stage_keys(&stage, "v v");
	stage_hides(&stage, "the QR code needs");
	assert_true(app_resize(&stage.app, 80, 24));
	stage_keys(&stage, "j k");
	after = stage_text(&stage);
	assert_string_equal(after, before);
	free(before);
	free(after);
	stage_keys(&stage, "v");
	stage_shows(&stage, "v QR code");
	stage_close(&stage);
}

/* What is asked before a push is told to the end, if need be on more rows than there are. */
static void a_question_cuts_nothing_off(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24});
	stage_keys(&stage, "A y Escape 1 O Enter Enter y n");
	assert_true(app_resize(&stage.app, 54, 12));
	stage_keys(&stage, "6");
	stage_keys(&stage, "P");
	stage_shows(&stage, " more");
	stage_shows(&stage, "y yes  n no  ↑↓ scroll");
	stage_hides(&stage, "…");
	stage_keys(&stage, "End");
	stage_hides(&stage, " more");
	stage_golden(&stage, "push-asked-end");
	assert_true(app_resize(&stage.app, 80, 24));
	stage_keys(&stage, "n 2 / d e n t i s t Enter D");
	stage_shows(&stage, "delete override dentist?");
	stage_hides(&stage, "scroll");
	stage_close(&stage);
}

/* A question about a line names it, and the screen behind says what it is about, in a small window too. */
static void a_small_window_tells_what_is_asked_and_why(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 40, .height = 12});
	stage_keys(&stage, "A y Escape 1 O Enter Enter y n 6");
	stage_shows(&stage, "main: a push would do");
	stage_shows(&stage, "until Sun 22 Nov 2026 07:11");
	stage_keys(&stage, "P");
	stage_shows(&stage, "make live what the plan says for");
	stage_shows(&stage, "main?");
	stage_shows(&stage, "y yes   n no");
	stage_close(&stage);
}

/* Names and the text of a section are shown whole where there is room. */
static void the_plan_cuts_nothing_that_has_room(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 80, .height = 24});
	stage_keys(&stage, "Down Down v");
	stage_shows(&stage, "= sandbox }");
	stage_hides(&stage, "…");
	stage_keys(&stage, "G / g u a r a n Enter Down");
	assert_true(app_resize(&stage.app, 200, 50));
	app_draw(&stage.app);
	stage_hides(&stage, "…");
	stage_close(&stage);
}

/* What a low window cuts beside the list is a page. */
static void a_finding_is_told_whole_in_a_low_window(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "check", .width = 40, .height = 12});
	stage_shows(&stage, "d details");
	stage_hides(&stage, "callers vip)");
	stage_keys(&stage, "d");
	stage_golden(&stage, "check-details-40x12");
	stage_shows(&stage, "callers vip)");
	stage_keys(&stage, "End");
	stage_shows(&stage, "       = 7s }");
	stage_keys(&stage, "Escape");
	assert_true(app_resize(&stage.app, 80, 24));
	app_draw(&stage.app);
	stage_hides(&stage, "d details");
	stage_close(&stage);
}

/* Of a file far away too the line is told, in any window. */
static void where_a_finding_is_has_its_line(void **state)
{
	static const char more[] = "destination spare {\n  kind = ai\n  number = \"+15125550178\"\n}\n";
	struct stage stage;
	struct nm_buf with;
	char *text;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "check", .width = 40, .height = 12});
	assert_int_equal(mkdir("destinations-of-the-whole-company", 0700), 0);
	assert_int_equal(nm_file_write("destinations-of-the-whole-company/more.conf", more, strlen(more), true, NULL), NM_OK);
	text = stage_plan(&stage);
	nm_buf_init(&with, 1u << 20);
	nm_buf_addf(&with, "%sinclude(\"destinations-of-the-whole-company/more.conf\")\n", text);
	assert_int_equal(nm_file_write("plan.conf", with.data, with.len, false, NULL), NM_OK);
	nm_buf_clear(&with);
	free(text);
	assert_true(app_notice(&stage.app));
	app_settle(&stage.app);
	stage_keys(&stage, "/ s p a r e Enter");
	stage_shows(&stage, "   more.conf:1");
	stage_keys(&stage, "d");
	stage_shows(&stage, "more.conf:1");
	assert_int_equal(app_top(&stage.app)->dialog, true);
	stage_close(&stage);
}

static void a_plan_that_is_right_has_nothing_to_mend(void **state)
{
	static const char plan[] =
		"business = \"B\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
		"line main { number = \"+15125550100\" account = box }\n"
		"destination a { kind = ai number = \"+15125550177\" }\n"
		"destination m { kind = voicemail greeting = \"You've reached B. Leave a message or text this number and "
		"we'll respond within 30 minutes.\" }\n"
		"path p { step { ring = a } step { ring = m } }\nrule r { path = p }\n";
	struct stage stage;
	size_t n;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "check", .width = 40, .height = 12, .plan = plan});
	n = stage.session.findings.n;
	stage.session.findings.n = 0; /* as of a plan without any */
	stage_keys(&stage, "3 5");
	stage_shows(&stage, "✓ nothing is wrong, and there is\n nothing to advise");
	stage_hides(&stage, "play the call");
	stage_hides(&stage, "details");
	stage.session.findings.n = n;
	stage_close(&stage);
}

/* The bar names what does something for the finding at the cursor, and nothing else. */
static void the_bar_of_check_is_that_of_the_finding(void **state)
{
	static const char plan[] = "business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
				   "account box { driver = sandbox }\n"
				   "account odd { driver = sandbox sid = \"x\" }\n"
				   "line main { number = \"+15125550100\" account = box }\n"
				   "destination owner { kind = personal number = \"+15125550111\" own_voicemail = 12s }\n"
				   "destination fixly { kind = ai number = \"+15125550177\" }\n"
				   "destination spare { kind = ai number = \"+15125550178\" }\n"
				   "path all { step { ring = owner for = 20s } step { ring = fixly } }\n"
				   "rule all { path = all }\n";
	struct stage stage;
	const struct nm_findings *findings;
	size_t played = 0, mended = 0, windows = 0;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "check", .width = 80, .height = 24, .plan = plan});
	findings = &stage.session.findings;
	for (size_t i = 0; i < findings->n; i++) {
		const struct nm_finding *finding = &findings->items[i];
		const bool asks = !strcmp(finding->id, "no-emergency"); /* for what only the owner knows */
		const bool mends = asks || (finding->n_mends && finding->mends[0].n);

		app_draw(&stage.app);
		(finding->n_call ? stage_shows : stage_hides)(&stage, "play the call");
		(finding->n_call ? stage_hides : stage_shows)(&stage, "to its place");
		(mends ? stage_shows : stage_hides)(&stage, "M mend");
		(finding->n_mends > 1 ? stage_shows : stage_hides)(&stage, "m other mend");
		(finding->n_windows ? stage_shows : stage_hides)(&stage, "w windows");
		played += finding->n_call > 0;
		mended += mends;
		windows += finding->n_windows > 0;
		stage_keys(&stage, "Down");
	}
	/* There were findings of both sorts. */
	assert_in_range(played, 1, findings->n - 1);
	assert_in_range(mended, 1, findings->n - 1);
	assert_in_range(windows, 1, findings->n - 1);
	stage_close(&stage);
}

static void a_search_unfolds_what_it_finds(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 80, .height = 24});
	stage_keys(&stage, "Down Enter Down Enter");
	stage_hides(&stage, "fixly");
	stage_hides(&stage, "hotline");
	stage_keys(&stage, "/");
	stage_type(&stage, "nowhere");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "nowhere is not among the sections");
	stage_shows(&stage, "▸+ destinations");
	stage_keys(&stage, "/");
	stage_type(&stage, "fixly");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "▸    fixly");
	stage_shows(&stage, "+ lines"); /* what has it not stays as it was */
	stage_hides(&stage, "hotline");
	stage_close(&stage);
}

/* The title of a page has its place beside the count of what is below. */
static void a_page_tells_what_is_below_beside_its_title(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "simulate", .width = 40, .height = 7});
	stage_keys(&stage, "t");
	stage_shows(&stage, "tests: 1 passed, 1 failed      1 more");
	assert_true(app_resize(&stage.app, 26, 7));
	app_draw(&stage.app);
	stage_shows(&stage, "tests: 1 passe…  3 more");
	stage_close(&stage);
}

/* Help and other pages break long lines: nothing on them is out of reach. */
static void no_page_cuts_its_lines(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "simulate", .width = 40, .height = 50});
	stage_keys(&stage, "?");
	stage_shows(&stage, "no signal");
	stage_hides(&stage, "…");
	stage_keys(&stage, "G");
	stage_shows(&stage, "exclamation mark.");
	stage_close(&stage);
}

/* What is under a page is not in sight: no key works there. */
static void a_page_closes_for_another_screen_and_hides_no_change(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	stage_keys(&stage, "O Enter Enter y n ?");
	assert_int_equal(app_plan(&stage.app)->n_overrides, 2);
	stage_keys(&stage, "u");
	stage_shows(&stage, "nothing to do for that here");
	assert_int_equal(app_plan(&stage.app)->n_overrides, 2);
	stage_keys(&stage, "3");
	assert_string_equal(app_top(&stage.app)->name, "week");
	stage_shows(&stage, "first live answer");
	stage_keys(&stage, "u");
	assert_int_equal(app_plan(&stage.app)->n_overrides, 1);
	stage_close(&stage);
}

/* Unlike a page to read, these hold work that leaving asks about. */
static void what_holds_work_stays_when_another_screen_is_asked_for(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "week", .width = 80, .height = 24});
	stage_keys(&stage, "P Enter Space ? 1");
	stage_shows(&stage, "nothing to do for that here");
	stage_keys(&stage, "Escape");
	assert_string_equal(app_top(&stage.app)->name, "paint");
	stage_close(&stage);
}

static void a_changed_file_is_read_at_once_and_mistakes_are_listed(void **state)
{
	static const char broken[] = "business = \"Smith\"\nrule x { path = nowhere }\n";
	struct stage stage;
	struct nm_error err;
	char *before;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	before = stage_plan(&stage);
	stage_close(&stage);
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24, .plan = broken});
	stage_keys(&stage, "3");
	stage_shows(&stage, "the plan does not read");
	stage_shows(&stage, "plan.conf:2: ");
	stage_shows(&stage, " ? help  q quit  : command  e editor"); /* no key of a screen that is not there */
	stage_keys(&stage, "j Enter");
	stage_shows(&stage, "Enter does nothing here");
	stage_keys(&stage, "? Escape");
	assert_int_equal(nm_file_write("plan.conf", before, strlen(before), false, &err), NM_OK);
	assert_true(session_notice(&stage.session));
	stage_keys(&stage, "1");
	stage_shows(&stage, "A call to main now");
	free(before);
	stage_close(&stage);
}

static void write_after(const char *plan, const char *more)
{
	struct nm_error err;
	struct nm_buf text;

	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_buf_addf(&text, "%s%s", plan, more);
	assert_int_equal(nm_file_write("plan.conf", text.data, text.len, false, &err), NM_OK);
	nm_buf_clear(&text);
}

/* A slip in the file takes nobody's screens away: what was read before is looked at and played, and said to be that. */
static void a_plan_that_stops_reading_is_still_looked_at(void **state)
{
	static const char title[] = " · the file does not read ";
	static const struct {
		const char *key, *shows;
	} screens[] = {
		{"1", "the plan's text has 1 mistake and does not read"}, {"1", "A call to main now"}, {"2", "destinations"}, {"3", "first live answer"}, {"4", "why  "},
		{"5", "no-live-answer"},     {"6", "main"},	    {"7", "call back"},		{"8", "8 Report"},
	};
	struct stage stage;
	char *plan;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	plan = stage_plan(&stage);
	write_after(plan, "\nrule x { path = nowhere }\n");
	assert_true(app_notice(&stage.app));
	app_draw(&stage.app);
	stage_shows(&stage, "the plan changed on disk: it does not read: plan.conf:");
	for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
		stage_keys(&stage, screens[i].key);
		stage_shows(&stage, title);
		stage_shows(&stage, screens[i].shows);
	}
	stage_keys(&stage, "2");
	stage_golden(&stage, "plan-unread-80x24");
	stage_keys(&stage, "A");
	stage_shows(&stage, "until it does nothing is changed");
	stage_keys(&stage, "5");
	stage_shows(&stage, "there is no path 'nowhere'");
	assert_true(app_resize(&stage.app, 40, 12));
	stage_keys(&stage, "Up");
	stage_golden(&stage, "check-unread-40x12");
	assert_true(app_resize(&stage.app, 80, 24));
	stage_keys(&stage, "u"); /* the text that was there before reads */
	stage_shows(&stage, "1 edit, not saved");
	stage_keys(&stage, "C-r");
	stage_shows(&stage, title);
	write_after(plan, "\nline main { }\n");
	assert_true(app_notice(&stage.app));
	stage_keys(&stage, "2");
	stage_shows(&stage, title);
	stage_hides(&stage, "there is no path 'nowhere'");
	write_after(plan, "\n# well\n");
	assert_true(app_notice(&stage.app));
	stage_keys(&stage, "1");
	stage_hides(&stage, "does not read");
	free(plan);
	stage_close(&stage);
}

static void hostile_text_of_a_plan_cannot_move_the_cursor(void **state)
{
	static const char plan[] =
		"business = \"Sm\033[2Jith \xe2\x80\xae"
		"evil\"\ntimezone = \"UTC\"\ncountry = \"US\"\n"
		"account a { driver = sandbox }\nline main { number = \"+15125550100\" account = a }\n"
		"destination m { kind = voicemail greeting = \"x\" }\npath p { step { ring = m } }\n"
		"rule r { path = p }\n";
	struct stage stage;
	char *text;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24, .plan = plan});
	text = stage_text(&stage);
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p != 0x7f));
	assert_null(strstr(text, "\xe2\x80\xae"));
	free(text);
	stage_close(&stage);
}

static void the_command_line_takes_actions_and_screens(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	stage_keys(&stage, ":");
	stage_type(&stage, "we");
	stage_golden(&stage, "command-line");
	stage_keys(&stage, "Tab Enter");
	stage_shows(&stage, "first live answer");
	stage_keys(&stage, ":");
	stage_type(&stage, "next-gap");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "Sun 29 Nov 00:00");
	stage_keys(&stage, ":");
	stage_type(&stage, "nonsense");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "nonsense is neither an action nor a screen nor a command");
	stage_keys(&stage, "Escape");
	stage_keys(&stage, "q");
	assert_true(stage.app.ended);
	stage_close(&stage);
}

/* A screen's own keys, and the general ones but for moving about, each on a screen just opened. */
static void every_key_named_on_a_screen_does_something(void **state)
{
	(void)state;
	for (size_t i = 0; i + 1 < NAMES; i++) {
		const struct screen_ops *ops = app_screen_named(names[i]);

		for (size_t j = 0; j < key_rows_count; j++) {
			const struct key_row *row = &key_rows[j];
			struct stage stage;
			char key[KEY_TEXT];

			if (row->context != ops->context &&
			    (row->context != CONTEXT_GENERAL ||
			     (row->action >= ACTION_UP && row->action <= ACTION_NEXT_PANE)))
				continue;
			stage_open(&stage,
				   &(struct stage_options){.screen = names[i], .width = 80, .height = 24});
			snprintf(key, sizeof key, "%.*s", (int)strcspn(row->keys, " "), row->keys);
			stage_keys(&stage, key);
			stage_hides(&stage, "nothing to do for that here");
			stage_hides(&stage, "does nothing here");
			stage_close(&stage);
		}
	}
}

/* Case aside, round the end, and what is not there leaves the cursor where it is. */
static void a_list_to_choose_from_is_searched(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "week", .width = 80, .height = 24});
	stage_keys(&stage, "d n");
	stage_shows(&stage, "nothing was searched for yet");
	stage_keys(&stage, "/");
	stage_type(&stage, "OFF");
	stage_keys(&stage, "Enter Enter");
	stage_shows(&stage, "hours of office");
	stage_keys(&stage, "2 A /");
	stage_type(&stage, "at");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "▸destination");
	stage_keys(&stage, "n n");
	stage_shows(&stage, "▸path");
	stage_keys(&stage, "N");
	stage_shows(&stage, "▸rotation");
	stage_keys(&stage, "/");
	stage_type(&stage, "zz");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "zz is not in this list");
	stage_shows(&stage, "▸rotation");
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_screen_is_as_expected_in_every_look),
		cmocka_unit_test(what_keys_lead_to_is_as_expected_in_every_look),
		cmocka_unit_test(any_size_can_be_drawn),
		cmocka_unit_test(no_screen_writes_over_the_frame),
		cmocka_unit_test(a_low_week_tells_line_view_and_time),
		cmocka_unit_test(a_low_week_keeps_the_cursor_in_sight),
		cmocka_unit_test(a_low_simulation_writes_no_row_twice),
		cmocka_unit_test(enter_on_now_plays_this_call),
		cmocka_unit_test(those_who_are_rung_stand_below_each_other),
		cmocka_unit_test(a_rejected_call_has_no_phones),
		cmocka_unit_test(a_line_that_is_rung_takes_the_call_on),
		cmocka_unit_test(who_is_not_rung_in_one_step_is_told_with_it),
		cmocka_unit_test(now_follows_the_clock),
		cmocka_unit_test(an_override_is_asked_for_written_and_taken_back),
		cmocka_unit_test(a_second_override_goes_ahead_of_the_first),
		cmocka_unit_test(dismissed_questions_change_nothing),
		cmocka_unit_test(read_only_answers_every_changing_key_with_a_message),
		cmocka_unit_test(the_week_jumps_to_gaps_boundaries_and_dates),
		cmocka_unit_test(a_wrong_answer_is_asked_for_again),
		cmocka_unit_test(an_alert_names_whom),
		cmocka_unit_test(the_week_moves_by_the_wall_clock),
		cmocka_unit_test(the_word_on_an_arrow_is_whole),
		cmocka_unit_test(phones_do_what_they_are_told),
		cmocka_unit_test(the_chosen_phone_is_seen_whole),
		cmocka_unit_test(a_call_is_saved_as_a_test_and_tests_are_run),
		cmocka_unit_test(a_test_takes_names_that_the_plan_can_have),
		cmocka_unit_test(a_refused_change_is_not_made_again),
		cmocka_unit_test(a_mend_is_shown_applied_and_taken_back),
		cmocka_unit_test(a_finding_is_played),
		cmocka_unit_test(escape_goes_back_step_by_step),
		cmocka_unit_test(keys_of_a_finding_say_when_there_is_none),
		cmocka_unit_test(pushing_asks_pushes_and_rolls_back),
		cmocka_unit_test(the_history_goes_back_before_any_push),
		cmocka_unit_test(hour_by_hour_before_and_after_a_push),
		cmocka_unit_test(codes_are_ticked_off_and_then_assumed),
		cmocka_unit_test(a_call_proves_what_was_dialled),
		cmocka_unit_test(codes_left_half_way_are_not_assumed),
		cmocka_unit_test(codes_follow_the_clock),
		cmocka_unit_test(a_forward_of_every_call_asks_for_its_number),
		cmocka_unit_test(a_line_that_cannot_be_pushed_says_why),
		cmocka_unit_test(codes_are_as_expected_in_every_look),
		cmocka_unit_test(a_qr_code_without_room_says_what_it_needs),
		cmocka_unit_test(questions_in_narrow_windows_take_answers),
		cmocka_unit_test(a_broken_guarantee_is_told_before_the_push),
		cmocka_unit_test(in_sync_is_not_said_of_a_plan_that_changed_since),
		cmocka_unit_test(edits_that_are_not_saved_hide_no_drift),
		cmocka_unit_test(no_tab_is_cut_off),
		cmocka_unit_test(time_is_scrubbed_and_a_long_call_scrolls),
		cmocka_unit_test(a_call_is_played_step_by_step),
		cmocka_unit_test(live_stands_beside_the_plan),
		cmocka_unit_test(a_call_on_what_is_live_says_how_old_that_is),
		cmocka_unit_test(what_is_played_is_told_in_every_width),
		cmocka_unit_test(live_that_rings_another_number_parts_from_the_plan),
		cmocka_unit_test(live_that_rings_another_name_does_not_part_from_the_plan),
		cmocka_unit_test(live_is_read_when_a_call_is_to_be_played_on_it),
		cmocka_unit_test(what_is_live_stays_known_as_the_plan_is_saved),
		cmocka_unit_test(what_was_read_of_edits_is_known_once_they_are_saved),
		cmocka_unit_test(what_was_read_is_compared_by_whoever_reads_the_plan),
		cmocka_unit_test(live_that_is_read_again_is_played_again),
		cmocka_unit_test(an_emergency_by_the_key_does_not_part_live_from_the_plan),
		cmocka_unit_test(an_emergency_that_live_cannot_tell_has_nothing_to_scroll),
		cmocka_unit_test(a_call_is_played_as_its_carrier_can_hold_it),
		cmocka_unit_test(a_small_window_tells_what_is_asked_and_why),
		cmocka_unit_test(the_plan_cuts_nothing_that_has_room),
		cmocka_unit_test(a_finding_is_told_whole_in_a_low_window),
		cmocka_unit_test(where_a_finding_is_has_its_line),
		cmocka_unit_test(a_plan_that_is_right_has_nothing_to_mend),
		cmocka_unit_test(the_bar_of_check_is_that_of_the_finding),
		cmocka_unit_test(a_search_unfolds_what_it_finds),
		cmocka_unit_test(a_page_tells_what_is_below_beside_its_title),
		cmocka_unit_test(no_page_cuts_its_lines),
		cmocka_unit_test(a_question_cuts_nothing_off),
		cmocka_unit_test(a_page_closes_for_another_screen_and_hides_no_change),
		cmocka_unit_test(what_holds_work_stays_when_another_screen_is_asked_for),
		cmocka_unit_test(a_changed_file_is_read_at_once_and_mistakes_are_listed),
		cmocka_unit_test(a_plan_that_stops_reading_is_still_looked_at),
		cmocka_unit_test(hostile_text_of_a_plan_cannot_move_the_cursor),
		cmocka_unit_test(the_command_line_takes_actions_and_screens),
		cmocka_unit_test(every_key_named_on_a_screen_does_something),
		cmocka_unit_test(a_list_to_choose_from_is_searched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
