/* SPDX-License-Identifier: MIT */
/*
 * The table of keys: no key means two things, every name is a key, dialogs keep to themselves.  `?` names the keys that
 * do something on a screen, and no others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keymap.h"
#include "records.h"
#include "stage.h"

/* Calls found(row, key) for each key of each row. */
static void each_key(void (*found)(const struct key_row *row, uint32_t key))
{
	for (size_t i = 0; i < key_rows_count; i++) {
		const char *at = key_rows[i].keys;

		while (*at) {
			size_t len = strcspn(at, " ");

			found(&key_rows[i], key_read(at, len));
			at += len;
			at += strspn(at, " ");
		}
	}
}

/* In each context that takes the row: its own is never hidden, a general one by nothing but one of the screen's own. */
static void one_action(const struct key_row *row, uint32_t key)
{
	for (int context = 0; context < CONTEXT_COUNT; context++) {
		const struct key_row *other = keymap_find((enum context)context, key);

		if (!keymap_takes((enum context)context, row))
			continue;
		if (!other || (other != row && other->context == row->context))
			fail_msg("%s: %s and %s are on one key of \"%s\"", context_name((enum context)context), row->name,
				 other ? other->name : "nothing", row->keys);
	}
}

static void two_actions_are_never_on_one_key_of_a_context(void **state)
{
	(void)state;
	each_key(one_action);
}

static void is_key(const struct key_row *row, uint32_t key)
{
	char name[KEY_TEXT];

	if (key == K_NONE)
		fail_msg("%s: %s has a key that is none in \"%s\"", context_name(row->context), row->name, row->keys);
	key_write(key, name);
	assert_int_equal(key_read(name, strlen(name)), key);
}

static void every_key_of_the_table_is_one_and_is_written_as_it_is_read(void **state)
{
	(void)state;
	each_key(is_key);
}

static void names_are_unique_in_a_context(void **state)
{
	(void)state;
	for (size_t i = 0; i < key_rows_count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (key_rows[i].context == key_rows[j].context)
				assert_string_not_equal(key_rows[i].name, key_rows[j].name);
		}
	}
}

static void a_screens_own_key_goes_before_the_general_one(void **state)
{
	(void)state;
	assert_string_equal(keymap_find(CONTEXT_WEEK, 'h')->name, "earlier");
	assert_string_equal(keymap_find(CONTEXT_PLAN, 'h')->name, "left");
	assert_null(keymap_find(CONTEXT_NOW, 'h'));
	assert_string_equal(keymap_named(CONTEXT_WEEK, "quit")->keys, "q");
	assert_null(keymap_named(CONTEXT_NOW, "next-gap"));
}

/* As the head of the table says it. */
static void what_writes_is_uppercase(void **state)
{
	size_t writing = 0;

	(void)state;
	for (size_t i = 0; i < key_rows_count; i++) {
		for (const char *at = key_rows[i].keys; *at; at += strspn(at, " ")) {
			const bool letter = strcspn(at, " ") == 1, upper = *at >= 'A' && *at <= 'Z', lower = *at >= 'a' && *at <= 'z';

			if (letter && (keymap_writes(&key_rows[i]) ? lower && !strchr("euc", *at) : upper && !strchr("LNGBDMHEX", *at)))
				fail_msg("%.1s of %s, %s", at, context_name(key_rows[i].context), key_rows[i].name);
			writing += letter && upper && keymap_writes(&key_rows[i]);
			at += strcspn(at, " ");
		}
	}
	assert_in_range(writing, 20, key_rows_count);
}

static void dialogs_hear_nothing_but_their_own_keys(void **state)
{
	(void)state;
	assert_null(keymap_find(CONTEXT_PROMPT, 'q'));
	assert_null(keymap_find(CONTEXT_PROMPT, ':'));
	assert_null(keymap_find(CONTEXT_CONFIRM, '3'));
	assert_null(keymap_named(CONTEXT_CHOOSE, "quit"));
}

static void arrows_and_hjkl_move_or_are_no_keys_but_where_one_types(void **state)
{
	static const uint32_t keys[] = {K_UP, 'k', K_DOWN, 'j', K_LEFT, 'h', K_RIGHT, 'l'};

	(void)state;
	for (int context = 0; context < CONTEXT_PROMPT; context++) {
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
			const struct key_row *row = keymap_find((enum context)context, keys[i]);

			assert_true(!row || (row->action >= ACTION_UP && row->action <= ACTION_RIGHT));
		}
	}
}

static void the_table_is_printed_whole(void **state)
{
	struct nm_buf buf;

	(void)state;
	nm_buf_init(&buf, 1u << 20);
	keys_print(&buf);
	for (size_t i = 0; i < key_rows_count; i++)
		assert_non_null(strstr(buf.data, key_rows[i].help));
	nm_buf_clear(&buf);
}

/* --- help --- */

#define KEYS_MOST 160
#define KEYS_COLUMNS 20

struct named {
	size_t n;
	char keys[KEYS_MOST][KEY_TEXT];
};

/* With something to list on every screen. */
static void open_screen(struct stage *stage, const char *screen, int height)
{
	stage_open(stage, &(struct stage_options){.screen = "now", .width = 80, .height = height});
	log_fill(stage);
	log_lead(stage);
	app_go(&stage->app, app_screen_named(screen), NULL);
	app_settle(&stage->app);
}

/* Words of the column of keys. */
static void add_keys(struct named *named, const char *row)
{
	char column[KEYS_COLUMNS + 1];
	char *rest = NULL;

	snprintf(column, sizeof column, "%s", row);
	for (char *key = strtok_r(column, " ", &rest); key; key = strtok_r(NULL, " ", &rest)) {
		assert_int_not_equal(key_read(key, strlen(key)), K_NONE);
		assert_true(named->n < KEYS_MOST);
		snprintf(named->keys[named->n++], KEY_TEXT, "%s", key);
	}
}

/* What the page of keys names on a screen: rows that are set in. */
static void read_help(const char *screen, struct named *named)
{
	struct stage stage;
	char *text, *rest = NULL;

	named->n = 0;
	open_screen(&stage, screen, 160);
	stage_keys(&stage, "?");
	text = stage_text(&stage);
	for (char *row = strtok_r(text, "\n", &rest); row; row = strtok_r(NULL, "\n", &rest)) {
		if (!strncmp(row, "   ", 3) && row[3] != ' ')
			add_keys(named, row + 3);
	}
	free(text);
	stage_close(&stage);
	assert_true(named->n > 20);
}

static bool names(const struct named *named, const char *key)
{
	for (size_t i = 0; i < named->n; i++) {
		if (!strcmp(named->keys[i], key))
			return true;
	}
	return false;
}

/* Is anything else in sight after the key, or said, from this place on the screen? */
static bool does_something(const char *screen, const char *place, const char *key)
{
	struct stage stage;
	struct canvas *canvas = &stage.app.canvas;
	struct cell *before;
	size_t size;
	bool does;

	open_screen(&stage, screen, 24);
	stage_keys(&stage, place);
	stage.app.message[0] = '\0';
	app_draw(&stage.app);
	size = (size_t)canvas->width * (size_t)canvas->height * sizeof *before;
	before = malloc(size);
	assert_non_null(before);
	memcpy(before, canvas->cells, size);
	app_key(&stage.app, key_read(key, strlen(key))); /* what it begins is seen before it is over */
	app_draw(&stage.app);
	does = stage.app.ended || stage.app.message[0] || memcmp(before, canvas->cells, size) != 0;
	if (strstr(stage.app.message, "does nothing here") || strstr(stage.app.message, "nothing to do for that here"))
		does = false;
	free(before);
	stage_close(&stage);
	return does;
}

/* Where nothing is above, Up has nowhere to go: then from further down. */
static const char *const places[] = {"", "Down Down Right", "Tab Down Right", "End"};

static bool does_somewhere(const char *screen, const char *key)
{
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		if (does_something(screen, places[i], key))
			return true;
	}
	return false;
}

static void each_key_that_help_names_shows_something_or_says_so(void **state)
{
	(void)state;
	for (size_t tab = 0; tab < APP_TABS; tab++) {
		const char *screen = app_screens[tab]->name;
		struct named named;

		read_help(screen, &named);
		for (size_t i = 0; i < named.n; i++) {
			if (!does_somewhere(screen, named.keys[i]))
				fail_msg("%s: ? names %s, which does nothing", screen, named.keys[i]);
		}
	}
}

static void a_move_where_nothing_is_listed_says_so(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "calls", .width = 80, .height = 24});
	stage_keys(&stage, "Down");
	stage_shows(&stage, "nothing is listed here");
	stage_close(&stage);
}

/* Of a plan in which nothing is found, each key that moves in Check's list. */
static void a_move_in_a_check_without_findings_says_so(void **state)
{
	static const char *const keys[] = {"Up", "Down", "PgUp", "PgDn", "Home", "End", "G"};
	struct stage stage;
	size_t n;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "check", .width = 80, .height = 24});
	n = stage.session.findings.n;
	stage.session.findings.n = 0; /* as of a plan without any */
	stage_keys(&stage, "3 5");
	stage_shows(&stage, "nothing is wrong, and there is nothing to advise");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		stage_hides(&stage, "nothing is listed here");
		stage_keys(&stage, keys[i]);
		stage_shows(&stage, "nothing is listed here");
		stage_keys(&stage, "3 5");
	}
	stage.session.findings.n = n;
	stage_close(&stage);
}

static void help_names_every_key_of_the_screen_that_does_something(void **state)
{
	(void)state;
	for (size_t tab = 0; tab < APP_TABS; tab++) {
		struct named named;

		read_help(app_screens[tab]->name, &named);
		for (size_t i = 0; i < key_rows_count; i++) {
			char key[KEY_TEXT];

			if (!keymap_takes(CONTEXT_GENERAL, &key_rows[i]) && key_rows[i].context != app_screens[tab]->context)
				continue;
			snprintf(key, sizeof key, "%.*s", (int)strcspn(key_rows[i].keys, " "), key_rows[i].keys);
			assert_true(names(&named, key));
		}
		assert_int_equal(names(&named, "PgUp"), keymap_find(app_screens[tab]->context, K_PAGE_UP) != NULL);
		assert_int_equal(names(&named, "C-f"), keymap_find(app_screens[tab]->context, K_CONTROL + 'f') != NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_actions_are_never_on_one_key_of_a_context),
		cmocka_unit_test(every_key_of_the_table_is_one_and_is_written_as_it_is_read),
		cmocka_unit_test(names_are_unique_in_a_context),
		cmocka_unit_test(a_screens_own_key_goes_before_the_general_one),
		cmocka_unit_test(what_writes_is_uppercase),
		cmocka_unit_test(dialogs_hear_nothing_but_their_own_keys),
		cmocka_unit_test(arrows_and_hjkl_move_or_are_no_keys_but_where_one_types),
		cmocka_unit_test(each_key_that_help_names_shows_something_or_says_so),
		cmocka_unit_test(a_move_where_nothing_is_listed_says_so),
		cmocka_unit_test(a_move_in_a_check_without_findings_says_so),
		cmocka_unit_test(help_names_every_key_of_the_screen_that_does_something),
		cmocka_unit_test(the_table_is_printed_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
