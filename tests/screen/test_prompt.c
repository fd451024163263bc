/* SPDX-License-Identifier: MIT */
/*
 * A line that is asked for: what stands there at first is an offer, what was typed and is wrong is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"

/* Questions with something that stands there at first, and what that is. */
static const struct {
	const char *screen, *keys, *question, *offered;
} offers[] = {
	{"now", "O", "override for:", "2h"},
	{"plan", "Down Down C", "new name of line main:", "main"},
	{"plan", "Down Down c", "name of the copy of line main:", "main"},
	{"plan", "Enter Enter", "business =", "Smith Plumbing"},
	{"report", "S", "save all figures as CSV in the file:", "report-30-days.csv"},
	{"report", "$ Down Down Enter", "share that books (0 to 100 %):", "60"},
};

static void shows_line(struct stage *stage, const char *question, const char *typed)
{
	struct nm_buf line;

	nm_buf_init(&line, 4096);
	nm_buf_addf(&line, " %s %s\n", question, typed);
	stage_shows(stage, line.data);
	nm_buf_clear(&line);
}

static void open_question(struct stage *stage, size_t i)
{
	static struct stage_options options;

	options = (struct stage_options){.screen = offers[i].screen, .width = 80, .height = 24};
	stage_open(stage, &options);
	stage_keys(stage, offers[i].keys);
}

static void what_is_typed_takes_the_place_of_an_offer(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof offers / sizeof *offers; i++) {
		struct stage stage;

		open_question(&stage, i);
		shows_line(&stage, offers[i].question, offers[i].offered);
		stage_type(&stage, "7x");
		shows_line(&stage, offers[i].question, "7x");
		stage_close(&stage);
	}
}

/* Any other key says that it is to be kept, and moves or erases in it. */
static void an_offer_that_is_moved_in_is_kept(void **state)
{
	static const struct {
		const char *key, *typed;
	} keys[] = {{"Left", "2xh"}, {"Right", "2hx"}, {"Home", "x2h"}, {"End", "2hx"}, {"Backspace", "2x"}, {"C-u", "x"}};

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct stage stage;

		open_question(&stage, 0);
		stage_keys(&stage, keys[i].key);
		stage_type(&stage, "x");
		shows_line(&stage, offers[0].question, keys[i].typed);
		stage_close(&stage);
	}
}

static void what_was_typed_and_is_wrong_is_mended(void **state)
{
	struct stage stage;

	(void)state;
	open_question(&stage, 0);
	stage_type(&stage, "3 hrs");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "3 hrs is no length of time");
	stage_type(&stage, "x");
	shows_line(&stage, offers[0].question, "3 hrsx");
	stage_close(&stage);
}

/* A key that the bar names does something: Tab is there on the `:` line alone. */
static void only_what_has_words_is_completed(void **state)
{
	struct stage stage;

	(void)state;
	open_question(&stage, 0);
	stage_hides(&stage, "Tab complete");
	stage_keys(&stage, "Tab");
	stage_shows(&stage, "there is nothing to complete here: type it");
	stage_keys(&stage, "Escape :");
	stage_shows(&stage, "Tab complete");
	stage_close(&stage);
}

/* Is what stands before the typed text the question, or as much of it as there is room for and a colon? */
static bool stands_apart(const char *before, const char *question)
{
	const char *cut = strstr(before, "…: ");

	if (cut)
		return !cut[strlen("…: ")] && !strncmp(before + 1, question, (size_t)(cut - before - 1));
	return !strncmp(before + 1, question, strlen(question)) && !strcmp(before + 1 + strlen(question), " ");
}

static void no_question_runs_into_what_is_typed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof offers / sizeof *offers; i++) {
		struct stage stage;

		open_question(&stage, i);
		stage_type(&stage, "7xyz");
		for (int width = 24; width <= 100; width++) {
			char *text, *typed;

			assert_true(app_resize(&stage.app, width, 12));
			app_draw(&stage.app);
			text = stage_text(&stage);
			typed = strstr(text, "7xyz");
			assert_non_null(typed);
			*typed = '\0';
			if (!stands_apart(strrchr(text, '\n') + 1, offers[i].question))
				fail_msg("%d columns: %s", width, strrchr(text, '\n') + 1);
			free(text);
		}
		stage_close(&stage);
	}
}

/* What nobody typed is told from what somebody did. */
static void an_offer_is_marked(void **state)
{
	struct stage stage;
	const int x = 1 + (int)strlen("override for: ");

	(void)state;
	open_question(&stage, 0);
	assert_int_equal(canvas_cell(&stage.app.canvas, x, 22)->ch, '2');
	assert_true(canvas_cell(&stage.app.canvas, x, 22)->style & STYLE_CURSOR);
	stage_keys(&stage, "End");
	assert_int_equal(canvas_cell(&stage.app.canvas, x, 22)->ch, '2');
	assert_false(canvas_cell(&stage.app.canvas, x, 22)->style & STYLE_CURSOR);
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_typed_takes_the_place_of_an_offer),
		cmocka_unit_test(an_offer_that_is_moved_in_is_kept),
		cmocka_unit_test(what_was_typed_and_is_wrong_is_mended),
		cmocka_unit_test(only_what_has_words_is_completed),
		cmocka_unit_test(an_offer_is_marked),
		cmocka_unit_test(no_question_runs_into_what_is_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
