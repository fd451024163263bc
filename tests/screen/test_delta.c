/* SPDX-License-Identifier: MIT */
/*
 * What is sent for a canvas, against a terminal: libvterm is sent one random canvas after another, and must show what
 * one shows that is sent the whole of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <vterm.h>

#include "delta.h"
#include "random.h"
#include "shift.h"

#define FRAMES 400
#define BYTES (1u << 20)
#define RIGHT_HALF ((uint32_t)-1) /* of a sign two columns wide, as libvterm has it */

struct sight {
	VTerm *vterm;
	VTermScreen *screen;
};

static struct sight open_sight(int width, int height)
{
	struct sight sight = {.vterm = vterm_new(height, width)};

	vterm_set_utf8(sight.vterm, 1);
	sight.screen = vterm_obtain_screen(sight.vterm);
	vterm_screen_reset(sight.screen, 1);
	return sight;
}

static bool is_blank(const VTermScreenCell *cell)
{
	return (cell->chars[0] == 0 || cell->chars[0] == ' ') && !cell->attrs.reverse;
}

static bool same_sight(VTerm *vterm, VTermScreenCell *a, VTermScreenCell *b)
{
	VTermState *state = vterm_obtain_state(vterm);

	if (a->chars[0] == RIGHT_HALF || (is_blank(a) && is_blank(b)))
		return a->chars[0] != RIGHT_HALF || b->chars[0] == RIGHT_HALF;
	vterm_state_convert_color_to_rgb(state, &a->fg);
	vterm_state_convert_color_to_rgb(state, &b->fg);
	return a->chars[0] == b->chars[0] && a->attrs.bold == b->attrs.bold && a->attrs.reverse == b->attrs.reverse &&
	       !memcmp(&a->fg.rgb, &b->fg.rgb, sizeof a->fg.rgb);
}

static void assert_same(struct sight *a, struct sight *b, int width, int height, int frame)
{
	for (int y = 0; y < height; y++) {
		for (int x = 0; x < width; x++) {
			const VTermPos place = {y, x};
			VTermScreenCell one, other;

			vterm_screen_get_cell(a->screen, place, &one);
			vterm_screen_get_cell(b->screen, place, &other);
			if (!same_sight(a->vterm, &one, &other))
				fail_msg("frame %d, row %d, column %d: U+%04x is not U+%04x", frame, y, x,
					 one.chars[0], other.chars[0]);
		}
	}
}

/* Words in any style, lines, signs two columns wide, and blank between. */
static void scribble(struct canvas *canvas, uint64_t *state, int times)
{
	static const char *const words[] = {"line", "service", "\u2500\u2500\u2500\u2500", "\u6771\u4eac", " ", "        ",
					    "a", "no-heat", "\u25b8", "destination ana", "-", "\u00e9"};
	const int n = (int)(sizeof words / sizeof *words);

	for (int i = 0; i < times; i++) {
		const int x = random_below(state, canvas->width), y = random_below(state, canvas->height);
		const unsigned style = (unsigned)random_below(state, STYLE_COUNT);

		canvas_text(canvas, x, y, canvas->width, style, words[random_below(state, n)]);
		if (random_below(state, 8) == 0)
			canvas_mark(canvas, random_below(state, canvas->width), y, random_below(state, 30));
		if (random_below(state, 8) == 0)
			canvas_fill(canvas, x, y, canvas->width - x, STYLE_PLAIN, ' ');
	}
	canvas->cursor_x = random_below(state, canvas->width + 1) - 1;
	canvas->cursor_y = random_below(state, canvas->height);
}

/* Moves some rows, as a list does that is scrolled. */
static void scroll(struct canvas *canvas, uint64_t *state)
{
	const int top = random_below(state, canvas->height), height = 1 + random_below(state, canvas->height - top);
	struct shift shift = {top, top + height - 1, random_below(state, 2 * height - 1) - height + 1};

	if (shift.up != 0)
		shift_rows(canvas, &shift);
}

static struct canvas copy_of(const struct canvas *canvas)
{
	struct canvas copy;

	assert_true(canvas_init(&copy, canvas->width, canvas->height, canvas->ascii));
	memcpy(copy.cells, canvas->cells, (size_t)canvas->width * (size_t)canvas->height * sizeof *copy.cells);
	return copy;
}

static size_t show(struct sight *sight, const struct delta_terminal *terminal, struct canvas *from, const struct canvas *to)
{
	struct nm_buf out;
	size_t len;

	nm_buf_init(&out, BYTES);
	delta_write(terminal, from, to, &out);
	assert_false(out.failed);
	vterm_input_write(sight->vterm, out.data, out.len);
	len = out.len;
	nm_buf_clear(&out);
	return len;
}

static void show_all(struct sight *sight, const struct delta_terminal *terminal, const struct canvas *to)
{
	struct canvas blank;

	assert_true(canvas_init(&blank, to->width, to->height, false));
	vterm_input_write(sight->vterm, "\033[m\033[H\033[2J", 10);
	show(sight, terminal, &blank, to);
	canvas_clear(&blank);
}

static void assert_cursor(struct sight *sight, const struct canvas *canvas)
{
	VTermPos place;

	if (canvas->cursor_x < 0)
		return;
	vterm_state_get_cursorpos(vterm_obtain_state(sight->vterm), &place);
	assert_int_equal(place.col, canvas->cursor_x);
	assert_int_equal(place.row, canvas->cursor_y);
}

static void play(int width, int height, enum theme theme, int colours)
{
	const struct delta_terminal terminal = {theme, colours};
	struct sight sight = open_sight(width, height), whole = open_sight(width, height);
	struct canvas shown, next;
	uint64_t state = 0x9e3779b97f4a7c15u + (uint64_t)width;

	assert_true(canvas_init(&shown, width, height, false));
	for (int frame = 0; frame < FRAMES; frame++) {
		next = copy_of(&shown);
		if (random_below(&state, 3) == 0)
			scroll(&next, &state);
		scribble(&next, &state, random_below(&state, 20));
		show(&sight, &terminal, &shown, &next);
		show_all(&whole, &terminal, &next);
		assert_same(&sight, &whole, width, height, frame);
		assert_cursor(&sight, &next);
		canvas_clear(&shown);
		shown = next;
	}
	canvas_clear(&shown);
	vterm_free(sight.vterm);
	vterm_free(whole.vterm);
}

static void one_canvas_after_another_is_what_the_last_is(void **state)
{
	(void)state;
	play(80, 24, THEME_DEFAULT, 256);
	play(40, 12, THEME_CONTRAST, 8);
	play(7, 3, THEME_LIGHT, 16);
	play(1, 1, THEME_MONO, 0);
	play(200, 50, THEME_DEFAULT, 8);
}

static void what_is_shown_costs_nothing(void **state)
{
	const struct delta_terminal terminal = {THEME_DEFAULT, 256};
	struct sight sight = open_sight(80, 24);
	struct canvas shown, next;
	uint64_t random = 42;

	(void)state;
	assert_true(canvas_init(&shown, 80, 24, false));
	scribble(&shown, &random, 200);
	next = copy_of(&shown);
	assert_int_equal(show(&sight, &terminal, &shown, &next), 0);
	canvas_clear(&shown);
	canvas_clear(&next);
	vterm_free(sight.vterm);
}

/* A list of a screen's height, one row further: the row that comes in, and not the others. */
static void a_list_that_moves_is_scrolled(void **state)
{
	const struct delta_terminal terminal = {THEME_DEFAULT, 256};
	struct sight sight = open_sight(80, 24), whole = open_sight(80, 24);
	struct canvas shown, next;

	(void)state;
	assert_true(canvas_init(&shown, 80, 24, false));
	assert_true(canvas_init(&next, 80, 24, false));
	for (int y = 0; y < 24; y++) {
		const int moves = y > 2 && y < 22;

		canvas_textf(&shown, 0, y, 80, STYLE_PLAIN, "row %d of what there is to be seen", y);
		canvas_textf(&next, 0, y, 80, STYLE_PLAIN, "row %d of what there is to be seen", y + moves);
	}
	show_all(&sight, &terminal, &shown);
	show_all(&whole, &terminal, &next);
	assert_in_range(show(&sight, &terminal, &shown, &next), 1, 80);
	assert_same(&sight, &whole, 80, 24, 0);
	canvas_clear(&shown);
	canvas_clear(&next);
	vterm_free(sight.vterm);
	vterm_free(whole.vterm);
}

static void a_look_is_changed_by_as_little_as_can_be(void **state)
{
	static const struct look plain = {.colour = -1}, dim = {-1, false, true, false}, bold = {-1, true, false, false},
				 green = {2, false, false, false}, bright = {10, true, false, false};
	char sgr[STYLE_SGR];

	(void)state;
	look_change(&plain, &plain, sgr);
	assert_string_equal(sgr, "");
	look_change(&plain, &dim, sgr);
	assert_string_equal(sgr, "\033[2m");
	look_change(&dim, &plain, sgr);
	assert_string_equal(sgr, "\033[m");
	look_change(&dim, &bold, sgr);
	assert_string_equal(sgr, "\033[0;1m");
	look_change(&green, &bright, sgr);
	assert_string_equal(sgr, "\033[1;92m");
	look_change(&bright, &green, sgr);
	assert_string_equal(sgr, "\033[0;32m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_canvas_after_another_is_what_the_last_is),
		cmocka_unit_test(what_is_shown_costs_nothing),
		cmocka_unit_test(a_list_that_moves_is_scrolled),
		cmocka_unit_test(a_look_is_changed_by_as_little_as_can_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
