/* SPDX-License-Identifier: MIT */
/*
 * What can be done while a command of the `:` line goes on: keys are read between its steps, and look at any screen; nothing
 * is changed by them, nor is what the command does; Esc stops it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meanwhile.h"
#include "nevermiss/calls.h"
#include "prompt.h"
#include "stage.h"
#include "term.h"

#define ROWS 12000 /* an import keeps 5000 at once */

/* What is pressed, and looked at, at each step of the work. */
struct during {
	struct stage *stage;
	void (*step)(struct during *during, size_t n);
	size_t n;        /* steps until now */
	const char *key; /* of some steps: which */
	bool stop;
};

static bool working(void *context, const char *pieces, size_t done, size_t all)
{
	struct during *during = context;

	assert_non_null(pieces);
	(void)done;
	(void)all;
	during->step(during, during->n++);
	return !during->stop && !during->stage->app.meanwhile.stop;
}

static void press(struct stage *stage, const char *keys)
{
	while (*keys) {
		const size_t len = strcspn(keys, " ");
		const struct input input = {.kind = INPUT_KEY, .key = key_read(keys, len)};

		assert_int_not_equal(input.key, K_NONE);
		assert_true(meanwhile_take(&stage->app, &input));
		while (meanwhile_idle(&stage->app))
			;
		keys += len;
		keys += strspn(keys, " ");
	}
	app_draw(&stage->app);
}

static void open_stage(struct stage *stage)
{
	struct nm_error err;
	struct nm_buf table;

	stage_open(stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	nm_buf_init(&table, 1u << 22);
	nm_buf_add(&table, "at,from,to,status\n");
	for (int i = 0; i < ROWS; i++)
		nm_buf_addf(&table, "%d,+151255%05d,main,missed\n", 1767621600 + i * 60, 10000 + i);
	assert_int_equal(nm_file_write("calls.csv", table.data, table.len, true, &err), NM_OK);
	nm_buf_clear(&table);
}

static void say(struct stage *stage, const char *line)
{
	stage_keys(stage, ":");
	stage_type(stage, line);
	stage_keys(stage, "Enter");
}

static void say_during(struct stage *stage, const char *line, struct during *during)
{
	during->stage = stage;
	stage->session.working = working;
	stage->session.progress_context = during;
	say(stage, line);
	stage->session.working = NULL;
	stage->session.progress_context = &stage->app;
}

/* --- looking --- */

static void look_around(struct during *during, size_t n)
{
	struct stage *stage = during->stage;

	if (n == 1) {
		press(stage, "7");
		stage_shows(stage, "There are no calls in the log yet"); /* the first ones are not kept yet */
		press(stage, "3");
		stage_shows(stage, "first live answer");
		press(stage, "5");
		stage_shows(stage, "play the call");
	} else if (n == 40) {
		press(stage, "7");
		stage_shows(stage, " 1 of ");
		press(stage, "Down Down");
		stage_shows(stage, " 3 of ");
	} else if (n == 41) {
		press(stage, "8");
		stage_shows(stage, "answer rate");
		press(stage, "?");
		stage_shows(stage, "more"); /* a page of keys */
		press(stage, "q 2");
		stage_shows(stage, "- lines ");
	}
}

/* "Nothing blocks the keyboard": while an import goes on other screens are looked at, and show what it has kept. */
static void other_screens_are_looked_at_while_an_import_goes_on(void **state)
{
	struct during during = {.step = look_around};
	struct stage stage;

	(void)state;
	open_stage(&stage);
	say_during(&stage, "calls import calls.csv", &during);
	assert_true(during.n > 42); /* keys are read every few hundred rows */
	stage_shows(&stage, "12000 calls: 12000 new");
	stage_keys(&stage, "Escape 7");
	stage_shows(&stage, "+1 512 552 1999"); /* the newest */
	stage_close(&stage);
}

static void press_one(struct during *during, size_t n)
{
	if (n != 2)
		return;
	press(during->stage, during->key);
	while (during->stage->app.depth)
		app_pop(&during->stage->app);
	meanwhile_begin(&during->stage->app, "test");
	during->stage->app.message[0] = '\0'; /* as the bar stands there again */
}

/* Every key of every screen, in the middle of a list that is being read: the list is the same, and so are plan and store. */
static void no_key_changes_anything_nor_what_the_work_does(void **state)
{
	struct stage stage;
	char *expected, *plan, *after;
	size_t tried = 0;

	(void)state;
	open_stage(&stage);
	say(&stage, "calls import calls.csv");
	stage_keys(&stage, "Escape");
	say(&stage, "calls list --count 3000");
	expected = stage_text(&stage);
	stage_keys(&stage, "Escape");
	plan = stage_plan(&stage);
	for (size_t i = 0; i < key_rows_count; i++) {
		const struct key_row *row = &key_rows[i];
		char keys[8];
		struct during during = {.step = press_one, .key = keys};

		if (row->context > CONTEXT_REPORT || strstr(key_row_keys(row), "Escape") || !*key_row_keys(row))
			continue;
		snprintf(keys, sizeof keys, "%.*s", (int)strcspn(key_row_keys(row), " "), key_row_keys(row));
		if (row->context != CONTEXT_GENERAL)
			stage_keys(&stage, (const char *[]){"", "1", "2", "3", "4", "5", "6", "7", "8"}[row->context]);
		say_during(&stage, "calls list --count 3000", &during);
		assert_true(during.n > 2);
		assert_false(stage.app.ended);
		after = stage_text(&stage);
		if (strcmp(strstr(expected, "────"), strstr(after, "────")))
			fail_msg("%s (%s): expected\n%s\ngot\n%s", keys, row->name, expected, after);
		free(after);
		stage_keys(&stage, "Escape");
		tried++;
	}
	assert_true(tried > 100);
	assert_int_equal(nm_document_edits(stage.session.document), 0);
	after = stage_plan(&stage);
	assert_string_equal(plan, after);
	free(after);
	free(plan);
	free(expected);
	stage_close(&stage);
}

static void write_something(struct during *during, size_t n)
{
	static const char *const keys[] = {"W", "u", ":", "q", "e", "2 A", "2 Enter Enter", "6 A", "6 r", "7 I", "4 t", "8 $"};

	if (n >= sizeof keys / sizeof *keys)
		return;
	press(during->stage, keys[n]);
	assert_int_equal(during->stage->app.depth, 0);
	stage_shows(during->stage, "until calls import ends keys only look: nothing is changed");
}

/* What would write, leave or begin other work says why it does not. */
static void what_would_change_something_says_why_it_does_not(void **state)
{
	struct during during = {.step = write_something};
	struct stage stage;

	(void)state;
	open_stage(&stage);
	say_during(&stage, "calls import calls.csv", &during);
	stage_shows(&stage, "12000 calls: 12000 new");
	assert_false(stage.app.ended);
	stage_close(&stage);
}

static void walk_weeks(struct during *during, size_t n)
{
	if (n > 8)
		return;
	press(during->stage, n % 2 ? "3 ] ] m m [ }" : "4 d b S-Right B 1");
}

/* The plan's times that screens look at are not those that the work has in its hands. */
static void a_sweep_is_the_same_whatever_is_looked_at(void **state)
{
	static const char line[] = "sweep --every 1m --from 2026-11-23";
	struct during during = {.step = walk_weeks};
	struct stage stage;
	char *expected, *got;

	(void)state;
	open_stage(&stage);
	say(&stage, line);
	expected = stage_text(&stage);
	stage_keys(&stage, "Escape");
	say_during(&stage, line, &during);
	assert_true(during.n > 8);
	got = stage_text(&stage);
	assert_string_equal(strstr(expected, "────"), strstr(got, "────"));
	free(expected);
	free(got);
	stage_close(&stage);
}

/* --- quiet work --- */

struct pressed {
	struct app *app;
	size_t asked, most; /* a key is pressed when it is asked for the last time */
	bool compared;
};

/* As the loop does when a key comes. */
static bool until_a_key(void *context, const char *pieces, size_t done, size_t all)
{
	struct pressed *pressed = context;

	assert_true(done < all);
	pressed->compared |= strstr(pieces, "compared") != NULL;
	if (++pressed->asked < pressed->most)
		return true;
	pressed->app->held = (struct input){.kind = INPUT_KEY, .key = K_DOWN};
	return false;
}

/* "Nothing blocks the keyboard": a key ends what is found out in quiet moments, wherever it is, without a word; in the next
 * quiet moment it is found out, as if there had been no key. */
static void quiet_work_gives_way_to_keys(void **state)
{
	struct pressed pressed = {.most = 1};
	struct stage stage;
	char *expected, *got;

	(void)state;
	open_stage(&stage);
	stage_keys(&stage, "2");
	say(&stage, "search");
	stage_type(&stage, "closed");
	stage_keys(&stage, "Enter K");
	stage_shows(&stage, "saving changes for callers");
	expected = stage_text(&stage);
	stage_keys(&stage, "u");
	pressed.app = &stage.app;
	stage.session.deriving = until_a_key;
	stage.session.deriving_context = &pressed;
	app_key(&stage.app, key_read("K", 1));
	for (;; pressed.most++) {
		stage.app.held.kind = INPUT_NONE;
		pressed.asked = 0;
		while (stage.app.held.kind == INPUT_NONE && app_idle(&stage.app))
			;
		if (stage.app.held.kind == INPUT_NONE)
			break;
		assert_true(strstr(stage.app.message, "not saved yet") != NULL);
		assert_false(stage.session.changes_known);
	}
	assert_true(pressed.most > 2 && pressed.compared);
	app_settle(&stage.app);
	app_draw(&stage.app);
	got = stage_text(&stage);
	assert_string_equal(expected, got);
	free(expected);
	free(got);
	stage_close(&stage);
}

/* --- stopping --- */

static void escape_at_once(struct during *during, size_t n)
{
	if (n == 2)
		press(during->stage, "3 Escape");
	assert_true(n < 3);
}

static void escape_stops_it_where_nothing_is_open(void **state)
{
	struct during during = {.step = escape_at_once};
	struct stage stage;

	(void)state;
	open_stage(&stage);
	say_during(&stage, "calls import calls.csv", &during);
	stage_shows(&stage, "stopped: what was read is kept, the same import goes on");
	stage_shows(&stage, "calls import was stopped: what was done stays, the same again goes on");
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "first live answer"); /* the screen that was looked at */
	stage_close(&stage);
}

static void escape_on_a_page(struct during *during, size_t n)
{
	struct stage *stage = during->stage;

	if (n == 1) {
		press(stage, "? Escape");
		stage_shows(stage, "stop calls import?");
	} else if (n == 2) {
		press(stage, "n");
		stage_hides(stage, "stop calls import?");
		assert_int_equal(stage->app.depth, 1);
	} else if (n == 3) {
		press(stage, "Escape Escape"); /* leaves the question as any other */
		stage_hides(stage, "stop calls import?");
		press(stage, "C-c y");
	}
	assert_true(n < 4);
}

static void where_it_would_close_something_it_asks_first(void **state)
{
	struct during during = {.step = escape_on_a_page};
	struct stage stage;

	(void)state;
	open_stage(&stage);
	say_during(&stage, "calls import calls.csv", &during);
	assert_int_equal(during.n, 4);
	stage_shows(&stage, "stopped: what was read is kept, the same import goes on");
	stage_close(&stage);
}

static void ask_and_wait(struct during *during, size_t n)
{
	if (n == 3)
		press(during->stage, "? Escape");
}

/* Its end answers the question, and leaves the page as it was below what is told. */
static void the_question_goes_with_the_work(void **state)
{
	struct during during = {.step = ask_and_wait};
	struct stage stage;

	(void)state;
	open_stage(&stage);
	say_during(&stage, "calls import calls.csv", &during);
	stage_hides(&stage, "stop calls import?");
	stage_shows(&stage, "12000 calls: 12000 new");
	assert_int_equal(stage.app.depth, 2);
	stage_close(&stage);
}

/* Many pages open: there is room for the question, and for what the command tells. */
static void pile_up(struct during *during, size_t n)
{
	for (int i = 0; n == 3 && i < 2 * APP_STACK; i++)
		app_page(&during->stage->app, "page", &(struct notes){.n = 0});
	if (n == 4)
		press(during->stage, "Escape n");
}

static void what_a_command_tells_always_has_room(void **state)
{
	struct during during = {.step = pile_up};
	struct stage stage;

	(void)state;
	open_stage(&stage);
	say_during(&stage, "calls import calls.csv", &during);
	stage_shows(&stage, "12000 calls: 12000 new");
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_screens_are_looked_at_while_an_import_goes_on),
		cmocka_unit_test(no_key_changes_anything_nor_what_the_work_does),
		cmocka_unit_test(what_would_change_something_says_why_it_does_not),
		cmocka_unit_test(a_sweep_is_the_same_whatever_is_looked_at),
		cmocka_unit_test(quiet_work_gives_way_to_keys),
		cmocka_unit_test(escape_stops_it_where_nothing_is_open),
		cmocka_unit_test(where_it_would_close_something_it_asks_first),
		cmocka_unit_test(the_question_goes_with_the_work),
		cmocka_unit_test(what_a_command_tells_always_has_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
