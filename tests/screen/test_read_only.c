/* SPDX-License-Identifier: MIT */
/*
 * A read-only session: everything can be looked at and played, and nothing is written.  Every key of every
 * screen, what it asks answered in every way, and every command; then the folders are what they were.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"
#include "command_line.h"
#include "nevermiss/edit.h"
#include "stage.h"

static const struct stage_options writing = {.screen = "push", .width = 80, .height = 24};

/* The files, between two sessions. */
struct files {
	char *bytes;
	size_t len;
};

/* A plan that was pushed, with an override that was saved: so that there is something to undo, show and roll back. */
static struct files open_with_history(struct stage *stage, const struct stage_options *read_only)
{
	struct files files;

	stage_open(stage, &writing);
	stage_keys(stage, "P y 1 O Enter Enter y n");
	stage_stop(stage);
	files.bytes = stage_files(&files.len);
	stage->options = read_only;
	stage_start(stage);
	recovery_begin(&stage->app);
	return files;
}

/* A session that may write does so as it opens, once: the files are those after that. */
static void open_again(struct stage *stage, struct files *files)
{
	app_settle(&stage->app);
	recovery_end(&stage->app, true);
	stage_stop(stage);
	free(files->bytes);
	files->bytes = stage_files(&files->len);
	stage_start(stage);
	recovery_begin(&stage->app);
}

/* Ends the session, which has left everything as it was. */
static void close_on(struct stage *stage, struct files *before)
{
	struct files after;

	stage_stop(stage);
	after.bytes = stage_files(&after.len);
	stage_start(stage);
	assert_int_equal(before->len, after.len);
	assert_memory_equal(before->bytes, after.bytes, after.len);
	free(before->bytes);
	free(after.bytes);
	stage_close(stage);
}

static void close_dialogs(struct stage *stage)
{
	while (stage->app.depth) {
		const enum context context = app_context(&stage->app);

		app_do(&stage->app, context == CONTEXT_CONFIRM		  ? ACTION_NO
				    : keymap_has(context, ACTION_BACK) ? ACTION_BACK
								  : ACTION_DISMISS);
	}
}

/* The key, then what accepts, whatever comes: a line typed, the first choice, yes. */
static void press(struct stage *stage, const struct key_row *row)
{
	static const char *const answers[] = {"Enter", "2 h Enter", "Down Enter", "y"};
	const char *keys = key_row_keys(row);
	char key[KEY_TEXT];

	snprintf(key, sizeof key, "%.*s", (int)strcspn(keys, " "), keys);
	stage_keys(stage, key);
	for (size_t i = 0; i < sizeof answers / sizeof *answers && stage->app.depth; i++)
		stage_keys(stage, answers[i]);
	close_dialogs(stage);
	stage->app.ended = false;
}

static void no_key_of_any_screen_writes(void **state)
{
	static const struct stage_options read_only = {.screen = "now", .width = 80, .height = 24, .read_only = true};
	struct files before;
	struct stage stage;

	(void)state;
	before = open_with_history(&stage, &read_only);
	for (size_t tab = 0; tab < APP_TABS; tab++) {
		for (size_t i = 0; i < key_rows_count; i++) {
			app_go(&stage.app, app_screens[tab], NULL);
			if (key_rows[i].context == app_screens[tab]->context || key_rows[i].context == CONTEXT_GENERAL)
				press(&stage, &key_rows[i]);
		}
	}
	app_settle(&stage.app);
	recovery_end(&stage.app, true);
	close_on(&stage, &before);
}

/* Nor does one while the file does not read, and an earlier plan is there to be looked at; but for those that go back to
 * the text before, which reads. */
static void no_key_writes_while_the_plan_does_not_read(void **state)
{
	static const char *const lines[] = {"push --yes", "rollback --yes", "text --to owner --yes hello",
					    "override --for 2h --path after-hours --no-push", "calls import x.csv"};
	struct files before;
	struct stage stage;
	struct nm_error err;
	char *plan;

	(void)state;
	before = open_with_history(&stage, &writing);
	open_again(&stage, &before);
	plan = stage_plan(&stage);
	assert_int_equal(nm_file_write("plan.conf", "x", 1, false, &err), NM_OK);
	assert_true(app_notice(&stage.app));
	for (size_t tab = 0; tab < APP_TABS; tab++) {
		for (size_t i = 0; i < key_rows_count; i++) {
			const struct key_row *row = &key_rows[i];

			app_go(&stage.app, app_screens[tab], NULL);
			if ((row->context == app_screens[tab]->context || row->context == CONTEXT_GENERAL) &&
			    row->action != ACTION_UNDO && row->action != ACTION_REDO)
				press(&stage, row);
		}
	}
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		command_line_run(&stage.app, lines[i]);
		app_draw(&stage.app);
		stage_shows(&stage, "plan.conf:1: ");
		close_dialogs(&stage);
	}
	app_settle(&stage.app);
	recovery_end(&stage.app, true);
	assert_int_equal(nm_file_write("plan.conf", plan, strlen(plan), false, &err), NM_OK);
	free(plan);
	close_on(&stage, &before);
}

static void no_command_writes(void **state)
{
	static const char *const lines[] = {
		"nevermiss check",	   "sweep --from 2026-11-23 --until 2026-11-24 --every 1h",
		"nevermiss test",	   "nevermiss push --yes",
		"rollback --yes",	   "override --for 2h --path after-hours --no-push",
		"override --end by-hand-1", "nevermiss diff",
		"sandbox --clear",	   "sandbox --fail 500",
		"history",		   "text --to owner --yes hello",
		"calls list",		   "calls import x.csv",
		"codes",		   "init --business X",
		"export sandbox",
	};
	static const struct stage_options read_only = {.screen = "now", .width = 80, .height = 24, .read_only = true};
	struct files before;
	struct stage stage;

	(void)state;
	before = open_with_history(&stage, &read_only);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		command_line_run(&stage.app, lines[i]);
		close_dialogs(&stage);
	}
	app_settle(&stage.app);
	close_on(&stage, &before);
}

/* What cannot be done says so; what looks and plays works. */
static void refusals_are_told_and_looking_works(void **state)
{
	static const struct stage_options read_only = {.screen = "now", .width = 80, .height = 24, .read_only = true};
	struct files before;
	struct stage stage;

	(void)state;
	before = open_with_history(&stage, &read_only);
	stage_keys(&stage, "u");
	stage_shows(&stage, "read-only: nothing is changed");
	stage_keys(&stage, "6 P");
	stage_shows(&stage, "read-only: nothing is changed");
	stage_keys(&stage, "4");
	stage_shows(&stage, "Answered by");
	stage_keys(&stage, "t");
	stage_shows(&stage, "A Monday");
	close_on(&stage, &before);
}

/* The last row of the screen names this key as doing that. */
static bool bar_names(struct stage *stage, const struct key_row *row)
{
	char label[64], *text, *last;
	bool found;

	app_draw(&stage->app);
	text = stage_text(stage);
	text[strlen(text) - 1] = '\0';
	last = strrchr(text, '\n');
	snprintf(label, sizeof label, " %.*s %s  ", (int)strcspn(row->keys, " "), row->keys, row->bar ? row->bar : "-");
	found = last && strstr(last, label);
	free(text);
	return found;
}

/* Neither the bar nor help names what is refused; what is refused is what writes. */
static void no_key_that_is_named_is_refused(void **state)
{
	static const struct stage_options read_only = {.screen = "now", .width = 200, .height = 100, .read_only = true};
	struct files before;
	struct stage stage;
	size_t refused = 0;

	(void)state;
	before = open_with_history(&stage, &read_only);
	for (size_t tab = 0; tab < APP_TABS; tab++) {
		for (size_t i = 0; i < key_rows_count; i++) {
			const struct key_row *row = &key_rows[i];

			app_go(&stage.app, app_screens[tab], NULL);
			if (row->context != app_screens[tab]->context && row->context != CONTEXT_GENERAL)
				continue;
			if (keymap_writes(row)) {
				assert_false(bar_names(&stage, row));
				stage_keys(&stage, "?");
				stage_hides(&stage, row->help);
				close_dialogs(&stage);
			}
			app_do(&stage.app, row->action);
			if (strstr(stage.app.message, "read-only: nothing is changed")) {
				assert_true(keymap_writes(row));
				refused++;
			}
			close_dialogs(&stage);
			stage.app.ended = false;
		}
	}
	assert_in_range(refused, 20, key_rows_count);
	app_settle(&stage.app);
	close_on(&stage, &before);
}

/* Nobody who may only read is led to mend what nobody began. */
static void a_file_without_a_plan_is_explained(void **state)
{
	static const char *const texts[] = {"", "# later\n", "business = \"Ann's\"\ntimezone = \"America/Denver\"\n"};
	static const int sizes[][2] = {{40, 12}, {80, 24}, {200, 50}};
	struct stage stage;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		for (size_t j = 0; j < 3; j++) {
			stage_open(&stage, &(struct stage_options){.screen = "now", .width = sizes[j][0], .height = sizes[j][1],
								   .plan = texts[i], .read_only = true});
			stage_shows(&stage, "There is no plan in this file yet.");
			stage_shows(&stage, "This session is read-only");
			stage_shows(&stage, "Its owner starts nevermiss without");
			stage_hides(&stage, "editor");
			stage_hides(&stage, "mistake");
			stage_close(&stage);
		}
	}
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24, .plan = "rule all {\n",
						   .read_only = true});
	stage_hides(&stage, "There is no plan");
	stage_hides(&stage, "editor");
	stage_shows(&stage, "whoever may write mends it");
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_key_of_any_screen_writes),
		cmocka_unit_test(no_key_writes_while_the_plan_does_not_read),
		cmocka_unit_test(no_command_writes),
		cmocka_unit_test(no_key_that_is_named_is_refused),
		cmocka_unit_test(refusals_are_told_and_looking_works),
		cmocka_unit_test(a_file_without_a_plan_is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
