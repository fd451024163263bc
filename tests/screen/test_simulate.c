/* SPDX-License-Identifier: MIT */
/* The Simulate screen: what everything that simulate can be told on the command line is in keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"

#define MONDAY_TEN (STAGE_NOW + 33 * 3600) /* in business hours: the owner's own phone rings first */

static void open_call(struct stage *stage)
{
	stage_open(stage, &(struct stage_options){.screen = "simulate", .width = 80, .height = 24, .now = MONDAY_TEN});
}

static void answer(struct stage *stage, const char *key, const char *text)
{
	stage_keys(stage, key);
	stage_type(stage, text);
	stage_keys(stage, "Enter");
}

/* a says when the chosen phone answers, which the ladder then shows. */
static void a_phone_answers_when_it_is_told_to(void **state)
{
	struct stage stage;

	(void)state;
	open_call(&stage);
	answer(&stage, "Tab a", "14");
	stage_shows(&stage, "owner answers 14 s");
	stage_shows(&stage, "Answered by owner after 14 s");
	answer(&stage, "a", "9s");
	stage_shows(&stage, "Answered by owner after 9 s");
	stage_keys(&stage, "Space");
	stage_shows(&stage, "owner no answer");
	stage_close(&stage);
}

/* Tab goes from phone to phone, and behind the last back to moving in time, as Esc does. */
static void tab_goes_from_phone_to_phone(void **state)
{
	struct stage stage;

	(void)state;
	open_call(&stage);
	stage_shows(&stage, "15 min");
	stage_keys(&stage, "Tab");
	stage_shows(&stage, "▸owner");
	stage_shows(&stage, "Tab next");
	stage_keys(&stage, "x");
	stage_keys(&stage, "Tab");
	stage_shows(&stage, "▸sam");
	stage_keys(&stage, "Escape");
	stage_hides(&stage, "▸");
	stage_shows(&stage, "4 Simulate");
	stage_shows(&stage, "15 min");
	stage_keys(&stage, "Tab Tab Tab Tab Tab");
	stage_hides(&stage, "▸sam");
	stage_close(&stage);
}

/* Down leaves a ladder alone of which everything is seen. */
static void what_is_seen_whole_does_not_scroll(void **state)
{
	struct stage stage;

	(void)state;
	open_call(&stage);
	stage_keys(&stage, "Down Down Down");
	stage_shows(&stage, "caller       owner");
	stage_close(&stage);
}

/* What is not as usual about a call is told word by word. */
static void what_is_unusual_is_told_apart(void **state)
{
	struct stage stage;

	(void)state;
	open_call(&stage);
	answer(&stage, "E H", "12");
	stage_keys(&stage, "x");
	stage_shows(&stage, "emergency  hangs up at 12 s  no human answers");
	stage_close(&stage);
}

/* H says when the caller hangs up; never takes it back. */
static void a_caller_hangs_up_when_told_to(void **state)
{
	struct stage stage;

	(void)state;
	open_call(&stage);
	answer(&stage, "H", "4s");
	stage_shows(&stage, "hangs up at 4 s");
	stage_shows(&stage, "The caller hangs up after 4 s");
	answer(&stage, "H", "never");
	stage_hides(&stage, "hangs up");
	stage_shows(&stage, "Answered by owner after 6 s");
	stage_close(&stage);
}

/* What is no time is told, and asked for again with what was typed. */
static void a_wrong_time_is_asked_for_again(void **state)
{
	struct stage stage;

	(void)state;
	open_call(&stage);
	answer(&stage, "Tab a", "soon");
	stage_shows(&stage, "owner answers after (14s): soon");
	stage_keys(&stage, "Escape");
	answer(&stage, "H", "2d");
	stage_shows(&stage, "at most an hour");
	stage_close(&stage);
}

/* "Saved as a test": with when phones answer, and when the caller hangs up. */
static void a_saved_test_is_the_call_that_was_played(void **state)
{
	struct stage stage;
	char *plan;

	(void)state;
	open_call(&stage);
	answer(&stage, "Tab a", "14");
	answer(&stage, "T", "a slow owner");
	stage_keys(&stage, "y");
	plan = stage_plan(&stage);
	assert_non_null(strstr(plan, "set = { \"owner=answer@14s\" }"));
	assert_non_null(strstr(plan, "expect = owner"));
	free(plan);
	answer(&stage, "H", "4s");
	answer(&stage, "T", "somebody in a hurry");
	stage_keys(&stage, "y");
	plan = stage_plan(&stage);
	assert_non_null(strstr(plan, "hangup = 4s"));
	assert_non_null(strstr(plan, "expect = abandoned"));
	free(plan);
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_phone_answers_when_it_is_told_to),
		cmocka_unit_test(tab_goes_from_phone_to_phone),
		cmocka_unit_test(what_is_seen_whole_does_not_scroll),
		cmocka_unit_test(what_is_unusual_is_told_apart),
		cmocka_unit_test(a_caller_hangs_up_when_told_to),
		cmocka_unit_test(a_wrong_time_is_asked_for_again),
		cmocka_unit_test(a_saved_test_is_the_call_that_was_played),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
