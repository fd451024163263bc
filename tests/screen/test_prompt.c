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

/* What stands before the typed text, with rows as blanks and one blank for several. */
static char *before_typed(struct stage *stage, const char *typed)
{
	char *text = stage_text(stage), *end = strstr(text, typed), *out = text;

	assert_non_null(end);
	for (const char *in = text; in < end; in++) {
		const char ch = *in == '\n' ? ' ' : *in;

		if (ch != ' ' || out == text || out[-1] != ' ')
			*out++ = ch;
	}
	*out = '\0';
	return text;
}

static bool ends_with(const char *text, const char *end)
{
	return strlen(text) >= strlen(end) && !strcmp(text + strlen(text) - strlen(end), end);
}

/* Questions that say in what words they may be answered are the longest. */
static const struct {
	const char *screen, *keys, *question;
} asked[] = {
	{"week", "g", "go to (2026-12-25, 2026-12-25 10:00, +2h, now):"},
	{"simulate", "g", "at (2026-12-25 10:00, +2h, now):"},
	{"simulate", "c End Enter", "from (a number, anonymous, unknown):"},
	{"calls", "Tab g", "calls until (2026-11-20, 2026-11-20 17:00, now):"},
	{"report", "S", "save all figures as CSV in the file:"},
	{"report", "$ Down Down Enter", "share that books (0 to 100 %):"},
	{"now", "O", "override for:"},
};

/* In every window what is asked can be read, and what is typed stands apart from it. */
static void a_question_is_whole_in_every_window(void **state)
{
	static const int heights[] = {12, 24};

	(void)state;
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		struct stage stage;

		stage_open(&stage, &(struct stage_options){.screen = asked[i].screen, .width = 80, .height = 24});
		stage_keys(&stage, asked[i].keys);
		stage_keys(&stage, "C-u");
		stage_type(&stage, "7xyz");
		for (int width = 24; width <= 100; width++) {
			struct nm_buf end;
			char *before;

			assert_true(app_resize(&stage.app, width, heights[width % 2]));
			app_draw(&stage.app);
			nm_buf_init(&end, 4096);
			nm_buf_addf(&end, " %s ", asked[i].question);
			before = before_typed(&stage, "7xyz");
			if (!ends_with(before, end.data))
				fail_msg("%d columns: %s", width, before);
			nm_buf_clear(&end);
			free(before);
		}
		stage_close(&stage);
	}
}

/* A message says why it is asked again; it stands between the two. */
static void a_question_stays_whole_above_what_is_wrong(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "week", .width = 40, .height = 12});
	stage_keys(&stage, "g");
	stage_type(&stage, "soon");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "\n go to (2026-12-25, 2026-12-25 10:00,\n +2h, now):\n \"soon\" is not a time: write 2026-12-25\n");
	stage_shows(&stage, "\n soon\n");
	stage_close(&stage);
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
		cmocka_unit_test(a_question_is_whole_in_every_window),
		cmocka_unit_test(a_question_stays_whole_above_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
