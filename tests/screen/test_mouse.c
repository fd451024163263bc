/* SPDX-License-Identifier: MIT */
/* The mouse: it is where the eye is, and never does what no key does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "prompt.h"
#include "records.h"
#include "stage.h"

/* Clicks on the first place at which this text is shown. */
static void click_on(struct stage *stage, const char *text)
{
	char *all = stage_text(stage), *line = all;

	for (int y = 0; line; y++) {
		char *end = strchr(line, '\n');
		const char *found;

		if (end)
			*end = '\0';
		found = strstr(line, text);
		if (found) {
			char *before = strndup(line, (size_t)(found - line));

			app_click(&stage->app, text_width(before), y);
			app_settle(&stage->app);
			app_draw(&stage->app);
			free(before);
			free(all);
			return;
		}
		line = end ? end + 1 : NULL;
	}
	fail_msg("\"%s\" is not on the screen", text);
}

static void a_click_on_a_tab_opens_its_screen(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	click_on(&stage, "3 Week");
	stage_shows(&stage, "first live answer");
	click_on(&stage, "5 Check");
	stage_shows(&stage, "proved to");
	stage_close(&stage);
}

static void a_click_moves_the_cursor_and_another_opens(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "check", .width = 80, .height = 24});
	click_on(&stage, "no-live-answer");
	stage_shows(&stage, "\xe2\x96\xb8\xe2\x9c\x97 error    no-live-answer");
	click_on(&stage, "no-live-answer");
	stage_shows(&stage, "4 Simulate");
	stage_shows(&stage, "why  ");
	stage_close(&stage);
}

static void a_click_in_the_week_goes_to_day_and_time(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "week", .width = 80, .height = 24});
	click_on(&stage, "OOOOOOOO");
	stage_shows(&stage, "08:00");
	stage_close(&stage);
}

/* A click where the keys are not brings them there, and leaves the cursor of the other list where it is. */
static void a_click_in_another_list_of_the_calls_takes_the_keys_there(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "week", .width = 80, .height = 24});
	log_fill(&stage);
	log_lead(&stage);
	stage_stop(&stage);
	stage_start(&stage);
	stage_keys(&stage, "7");
	stage_shows(&stage, "\xe2\x96\xb8 phone  +1 512 555 0142");
	click_on(&stage, "Fri 20 Nov 11:41");
	stage_shows(&stage, "\xe2\x96\xb8 Fri 20 Nov 11:41");
	click_on(&stage, "Sun 22 Nov 03:21");
	stage_shows(&stage, "\xe2\x96\xb8 Sun 22 Nov 03:21");
	click_on(&stage, "web    Dana");
	stage_shows(&stage, "\xe2\x96\xb8 web    Dana");
	click_on(&stage, "Sun 22 Nov 03:21"); /* the log's cursor is there already: nothing is opened by that */
	stage_shows(&stage, "\xe2\x96\xb8 Sun 22 Nov 03:21");
	stage_keys(&stage, "Tab");
	stage_shows(&stage, "\xe2\x96\xb8 web    Dana");
	stage_close(&stage);
}

static void a_click_on_the_page_beside_the_calls_chooses_nothing(void **state)
{
	struct stage stage;
	char *before, *after;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "week", .width = 200, .height = 50});
	log_fill(&stage);
	stage_stop(&stage);
	stage_start(&stage);
	stage_keys(&stage, "7");
	before = stage_text(&stage);
	for (int y = 3; y < 48; y++) {
		app_click(&stage.app, 190, y);
		app_draw(&stage.app);
	}
	after = stage_text(&stage);
	assert_string_equal(before, after);
	free(before);
	free(after);
	stage_close(&stage);
}

static void a_click_on_a_form_and_back_on_the_outline(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 80, .height = 24});
	click_on(&stage, "owner");
	stage_shows(&stage, "destination owner");
	click_on(&stage, "25s");
	stage_shows(&stage, "\xe2\x96\xb8    owner");
	stage_shows(&stage, "\xe2\x96\xb8own_voicemail");
	stage_hides(&stage, "left and right move");
	click_on(&stage, "25s"); /* its value is the option too */
	assert_int_equal(stage.app.depth, 1);
	stage_keys(&stage, "Escape");
	click_on(&stage, "mailbox");
	stage_shows(&stage, "destination mailbox");
	click_on(&stage, "kind");
	click_on(&stage, "main");
	stage_shows(&stage, "\xe2\x96\xb8    main");
	stage_shows(&stage, "line main");
	stage_close(&stage);
}

static void a_list_of_choices_is_clicked_too(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "simulate", .width = 80, .height = 24});
	stage_keys(&stage, "c");
	click_on(&stage, "vip");
	click_on(&stage, "vip");
	stage_shows(&stage, "from +1 512 555 0142 (vip)");
	stage_close(&stage);
}

static void the_wheel_moves_lists_and_turns_pages(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "check", .width = 80, .height = 24});
	app_wheel(&stage.app, false);
	app_draw(&stage.app);
	stage_shows(&stage, "\xe2\x96\xb8\xe2\x9c\x97 error    no-live-answer");
	stage_keys(&stage, "?");
	stage_shows(&stage, "play the call that shows the finding");
	app_wheel(&stage.app, false);
	app_draw(&stage.app);
	stage_hides(&stage, "play the call that shows the finding");
	stage_close(&stage);
}

/* A question is answered by its keys: a slip of the hand says neither yes nor no. */
static void no_click_answers_a_question_or_does_harm(void **state)
{
	struct stage stage;
	char *before, *after;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24});
	stage_keys(&stage, "P");
	before = stage_text(&stage);
	for (int y = -1; y < 26; y++) {
		for (int x = -1; x < 82; x += 3) {
			app_click(&stage.app, x, y);
			app_draw(&stage.app);
		}
	}
	after = stage_text(&stage);
	assert_string_equal(before, after);
	free(before);
	free(after);
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_click_on_a_tab_opens_its_screen),
		cmocka_unit_test(a_click_moves_the_cursor_and_another_opens),
		cmocka_unit_test(a_click_in_the_week_goes_to_day_and_time),
		cmocka_unit_test(a_click_in_another_list_of_the_calls_takes_the_keys_there),
		cmocka_unit_test(a_click_on_the_page_beside_the_calls_chooses_nothing),
		cmocka_unit_test(a_click_on_a_form_and_back_on_the_outline),
		cmocka_unit_test(a_list_of_choices_is_clicked_too),
		cmocka_unit_test(the_wheel_moves_lists_and_turns_pages),
		cmocka_unit_test(no_click_answers_a_question_or_does_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
