/* SPDX-License-Identifier: MIT */
/* The user's keys and theme: they hold everywhere a key is looked up or told, and nothing in a file does harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "nevermiss/edit.h"
#include "preferences.h"
#include "random.h"
#include "stage.h"

/* Reads such a file; returns the first mistake (the caller frees it), NULL when there is none. */
static char *read_keys(const char *text, enum theme *theme)
{
	char file[] = "/tmp/nevermiss-keys-XXXXXX";
	int fd = mkstemp(file);
	struct nm_diags diags;
	char *first = NULL;

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(nm_file_write(file, text, strlen(text), false, NULL), NM_OK);
	nm_diags_init(&diags);
	assert_int_equal(preferences_read(file, theme, &diags, NULL), NM_OK);
	if (diags.n)
		assert_true(asprintf(&first, "%d: %s", diags.items[0].line, diags.items[0].text) > 0);
	nm_diags_clear(&diags);
	unlink(file);
	return first;
}

static void a_key_of_the_users_works_and_is_told(void **state)
{
	enum theme theme = THEME_DEFAULT;
	struct stage stage;

	(void)state;
	assert_null(read_keys("bind week next-gap F9 x\nbind general help F2\nbind general quit Q\n", &theme));
	stage_open(&stage, &(struct stage_options){.screen = "week", .width = 200, .height = 24});
	stage_shows(&stage, "F9 next gap");
	stage_shows(&stage, "F2 help");
	stage_shows(&stage, "Q quit");
	stage_keys(&stage, "F9");
	stage_hides(&stage, "does nothing here");
	stage_keys(&stage, "}");
	stage_shows(&stage, "} does nothing here");
	stage_keys(&stage, "F2");
	stage_shows(&stage, "F9 x");
	stage_close(&stage);
	preferences_forget();
	assert_int_equal(keymap_find(CONTEXT_WEEK, '}')->action, ACTION_GAP);
}

/* unbind takes one row away, and the general one shows through. */
static void what_is_unbound_shows_the_general_row_through(void **state)
{
	enum theme theme = THEME_DEFAULT;

	(void)state;
	assert_int_equal(keymap_find(CONTEXT_WEEK, K_UP)->context, CONTEXT_WEEK);
	assert_null(read_keys("unbind week day-before\n", &theme));
	assert_int_equal(keymap_find(CONTEXT_WEEK, K_UP)->context, CONTEXT_GENERAL);
	assert_int_equal(keymap_find(CONTEXT_WEEK, K_DOWN)->context, CONTEXT_WEEK);
	preferences_forget();
}

/* Two rows may change keys with each other; one alone may not take the other's. */
static void keys_may_be_exchanged_but_not_taken(void **state)
{
	enum theme theme = THEME_DEFAULT;
	char *mistake;

	(void)state;
	assert_null(read_keys("bind week boundary }\nbind week next-gap b\n", &theme));
	assert_int_equal(keymap_find(CONTEXT_WEEK, 'b')->action, ACTION_GAP);
	assert_int_equal(keymap_find(CONTEXT_WEEK, '}')->action, ACTION_BOUNDARY);
	mistake = read_keys("bind week boundary }\n", &theme);
	assert_string_equal(mistake, "1: } already is the key of next-gap on screen week: bind or unbind that too, or choose "
				     "another key");
	assert_int_equal(keymap_find(CONTEXT_WEEK, '}')->action, ACTION_GAP);
	assert_int_equal(keymap_find(CONTEXT_WEEK, 'b')->action, ACTION_BOUNDARY);
	free(mistake);
	preferences_forget();
}

/* Its first key is the row's in each context that takes it, but where a screen has that key for itself. */
static void means_no_other(const struct key_row *row)
{
	const char *keys = key_row_keys(row);

	for (int context = 0; *keys && context < CONTEXT_COUNT; context++) {
		const struct key_row *found = keymap_find((enum context)context, key_read(keys, strcspn(keys, " ")));

		if (!keymap_takes((enum context)context, row))
			continue;
		assert_non_null(found);
		assert_true(found == row || (found->context != row->context && found->context == (enum context)context));
	}
}

static void one_key_never_means_two_things_whatever_the_file(void **test)
{
	static const char *const words[] = {"bind", "unbind", "theme", "week", "general", "push", "text", "prompt", "boundary", "quit", "up",
					    "next-gap", "b", "}", "q", "C-x", "Up", "light", "#", "\n", "\n", "\n", "\xff", "\033[2J"};
	uint64_t state = 0x853c49e6748fea9bu;

	(void)test;
	for (int round = 0; round < 300; round++) {
		enum theme theme = THEME_DEFAULT;
		struct nm_buf text;

		nm_buf_init(&text, 1u << 16);
		for (int i = random_below(&state, 120); i > 0; i--)
			nm_buf_addf(&text, "%s ", words[random_below(&state, (int)(sizeof words / sizeof *words))]);
		free(read_keys(text.data, &theme));
		nm_buf_clear(&text);
		assert_in_range(theme, 0, THEME_COUNT - 1);
		for (size_t i = 0; i < key_rows_count; i++)
			means_no_other(&key_rows[i]);
		assert_true(keymap_has(CONTEXT_GENERAL, ACTION_QUIT));
	}
	preferences_forget();
}

/* One is a message; of several each is told with its line, and a key closes the page. */
static void all_mistakes_are_told_at_the_start(void **state)
{
	static const struct stage_options options = {.screen = "now", .width = 40, .height = 12};
	struct nm_diags mistakes;
	struct stage stage;

	(void)state;
	nm_diags_init(&mistakes);
	stage_open(&stage, &options);
	stage.session.options.mistakes = &mistakes;
	app_tell_mistakes(&stage.app);
	assert_string_equal(stage.app.message, "");
	nm_diags_add(&mistakes, "keys.conf", 2, "there is no screen `weak`");
	app_tell_mistakes(&stage.app);
	assert_string_equal(stage.app.message, "keys.conf:2: there is no screen `weak`");
	nm_diags_add(&mistakes, "keys.conf", 5, "there is no key `Ctrl-X`");
	app_tell_mistakes(&stage.app);
	app_draw(&stage.app);
	stage_shows(&stage, "your keys and theme: 2 mistakes");
	stage_shows(&stage, "keys.conf:2: there is no screen");
	stage_shows(&stage, "keys.conf:5: there is no key");
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "A call to main now");
	stage_close(&stage);
	nm_diags_clear(&mistakes);
}

static void themes_are_as_expected(void **state)
{
	static const struct {
		const char *name;
		enum theme theme;
	} themes[] = {{"light", THEME_LIGHT}, {"contrast", THEME_CONTRAST}};
	static const char *const screens[] = {"now", "week"};
	struct stage stage;

	(void)state;
	for (size_t i = 0; i < sizeof themes / sizeof *themes; i++) {
		for (size_t j = 0; j < sizeof screens / sizeof *screens; j++) {
			char golden[32];

			snprintf(golden, sizeof golden, "%s-%s", screens[j], themes[i].name);
			stage_open(&stage, &(struct stage_options){.screen = screens[j], .width = 80, .height = 24, .escapes = true,
								   .theme = themes[i].theme});
			stage_golden(&stage, golden);
			stage_close(&stage);
		}
	}
}

/* What a terminal with fewer colours shows of a theme is one of those it has. */
static void every_colour_has_one_nearest_it_among_few(void **state)
{
	(void)state;
	for (int theme = 0; theme < THEME_COUNT; theme++) {
		for (unsigned style = 0; style < STYLE_COUNT; style++) {
			const int colour = style_look(style, (enum theme)theme).colour;

			assert_in_range(colour_among(colour, 8) + 1, 0, 8);
			assert_int_equal(colour_among(colour, 256), colour);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_of_the_users_works_and_is_told),
		cmocka_unit_test(what_is_unbound_shows_the_general_row_through),
		cmocka_unit_test(keys_may_be_exchanged_but_not_taken),
		cmocka_unit_test(one_key_never_means_two_things_whatever_the_file),
		cmocka_unit_test(all_mistakes_are_told_at_the_start),
		cmocka_unit_test(themes_are_as_expected),
		cmocka_unit_test(every_colour_has_one_nearest_it_among_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
