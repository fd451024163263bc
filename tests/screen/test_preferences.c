/* SPDX-License-Identifier: MIT */
/* The user's keys and theme: they hold everywhere a key is looked up or told, and nothing in a file does harm. */
#include <math.h>
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
			assert_in_range(colour_among(colour, 16) + 1, 0, 16);
			assert_in_range(colour_among(colour, 88) + 1, 0, 16); /* its others are none of ours */
			assert_int_equal(colour_among(colour, 256), colour);
		}
	}
}

/* Relative luminance (WCAG 2.1): 0 of black, 1 of white. */
static double luminance(int rgb)
{
	static const double weights[] = {0.0722, 0.7152, 0.2126}; /* from blue to red */
	double sum = 0;

	for (int i = 0; i < 3; i++) {
		const double part = (double)(rgb >> 8 * i & 0xff) / 255;

		sum += weights[i] * (part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
	}
	return sum;
}

static double contrast(int a, int b)
{
	const double one = luminance(a) + 0.05, other = luminance(b) + 0.05;

	return one > other ? one / other : other / one;
}

#define WHITE 0xffffff
#define OFF_WHITE 0xeeeeee
#define BLACK 0x000000

/* The first 16 colours are the terminal's, and vary: these are xterm's, and those of VGA, which the Linux console has. */
static const int xterm_16[] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
			       0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
static const int vga_16[] = {0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa,
			     0x555555, 0xff5555, 0x55ff55, 0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff};

static void assert_seen(const char *theme, unsigned style, int rgb, int ground, double least)
{
	if (contrast(rgb, ground) < least)
		fail_msg("theme %s, style %u: #%06x on #%06x is %.2f:1", theme, style, (unsigned)rgb, (unsigned)ground,
			 contrast(rgb, ground));
}

/* Those of 256 that are the same everywhere, and what stands for them among 16.  A cursor, or what shouts, is reversed: the
 * same pair. */
static void each_colour_is_read_on_the_ground_that_its_theme_is_for(void **state)
{
	static const struct {
		enum theme theme;
		int grounds[2];
		double least, least_16; /* of 16 the ground is the first one */
	} themes[] = {{THEME_LIGHT, {WHITE, OFF_WHITE}, 4.5, 4.5}, {THEME_CONTRAST, {BLACK, BLACK}, 7, 4.5}};
	size_t ours = 0;

	(void)state;
	assert_in_range((int)(100 * contrast(WHITE, BLACK) + 0.5), 2100, 2100);
	assert_in_range((int)(100 * contrast(0x777777, WHITE)), 447, 448); /* as the WCAG's examples have it */
	for (size_t i = 0; i < sizeof themes / sizeof *themes; i++) {
		const char *name = theme_name(themes[i].theme);

		for (unsigned style = 0; style < STYLE_COUNT; style++) {
			const int colour = style_look(style, themes[i].theme).colour, of_16 = colour_among(colour, 16);

			if (colour < 0)
				continue;
			assert_true(colour_rgb(colour) >= 0);
			for (int j = 0; j < 2; j++)
				assert_seen(name, style, colour_rgb(colour), themes[i].grounds[j], themes[i].least);
			ours++;
			if (of_16 < 0)
				continue;
			assert_seen(name, style, xterm_16[of_16], themes[i].grounds[0], themes[i].least_16);
			assert_seen(name, style, vga_16[of_16], themes[i].grounds[0], themes[i].least_16);
		}
	}
	assert_true(ours > 15);
}

/* The default theme is for a ground that nobody knows: its colours are the terminal's own, made for its ground. */
static void the_default_has_no_colours_but_the_terminals(void **state)
{
	(void)state;
	for (unsigned style = 0; style < STYLE_COUNT; style++) {
		assert_int_equal(colour_rgb(style_look(style, THEME_DEFAULT).colour), -1);
		assert_int_equal(style_look(style, THEME_MONO).colour, -1);
	}
}

/* Who answers is told apart by colour in every theme that has any, where 256 are. */
static void who_answers_has_a_colour_of_its_own(void **state)
{
	static const enum theme themes[] = {THEME_DEFAULT, THEME_LIGHT, THEME_CONTRAST};

	(void)state;
	for (size_t i = 0; i < sizeof themes / sizeof *themes; i++) {
		for (unsigned a = STYLE_PEOPLE; a <= STYLE_NOBODY; a++) {
			for (unsigned b = STYLE_PEOPLE; b < a; b++)
				assert_int_not_equal(style_look(a, themes[i]).colour, style_look(b, themes[i]).colour);
		}
	}
}

/* The cube and the greys of the palette of 256, by xterm's 256colres.h. */
static void a_colour_of_256_is_the_same_everywhere(void **state)
{
	(void)state;
	assert_int_equal(colour_rgb(-1), -1);
	assert_int_equal(colour_rgb(15), -1);
	assert_int_equal(colour_rgb(16), 0x000000);
	assert_int_equal(colour_rgb(18), 0x000087);
	assert_int_equal(colour_rgb(94), 0x875f00);
	assert_int_equal(colour_rgb(117), 0x87d7ff);
	assert_int_equal(colour_rgb(231), 0xffffff);
	assert_int_equal(colour_rgb(232), 0x080808);
	assert_int_equal(colour_rgb(255), 0xeeeeee);
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
		cmocka_unit_test(each_colour_is_read_on_the_ground_that_its_theme_is_for),
		cmocka_unit_test(the_default_has_no_colours_but_the_terminals),
		cmocka_unit_test(who_answers_has_a_colour_of_its_own),
		cmocka_unit_test(a_colour_of_256_is_the_same_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
