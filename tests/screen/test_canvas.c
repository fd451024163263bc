/* SPDX-License-Identifier: MIT */
/* The canvas: what it lets through, how wide it thinks things are, and where it cuts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "canvas.h"
#include "style.h"

static char *row(struct canvas *canvas)
{
	struct nm_buf buf;

	nm_buf_init(&buf, 1u << 20);
	canvas_print(canvas, false, false, &buf);
	if (buf.len)
		buf.data[buf.len - 1] = '\0'; /* the last newline */
	return nm_buf_take(&buf);
}

static void expect(const char *text, int width, bool ascii, const char *expected)
{
	struct canvas canvas;
	char *got;

	assert_true(canvas_init(&canvas, width, 1, ascii));
	canvas_text(&canvas, 0, 0, width, STYLE_PLAIN, text);
	got = row(&canvas);
	assert_string_equal(got, expected);
	free(got);
	canvas_clear(&canvas);
}

static void control_characters_overrides_and_invisible_ones_are_replaced(void **state)
{
	(void)state;
	expect("a\033[2Jb", 20, false, "a\xef\xbf\xbd[2Jb");
	expect("a\x7f\xc2\x9b" "b", 20, false, "a\xef\xbf\xbd\xef\xbf\xbd" "b");
	expect("a\xe2\x80\xae" "b\xe2\x80\x8b", 20, false, "a\xef\xbf\xbd" "b\xef\xbf\xbd");
	expect("tab\tend", 20, false, "tab end");
}

static void bytes_that_are_not_utf8_are_replaced_one_by_one(void **state)
{
	(void)state;
	expect("\xff\xc0\xaf", 20, false, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	expect("\xed\xa0\x80", 20, false, "\xef\xbf\xbd"); /* half of a surrogate pair */
	expect("a\xe2\x82", 20, false, "a\xef\xbf\xbd\xef\xbf\xbd");
}

static void text_that_does_not_fit_ends_in_an_ellipsis(void **state)
{
	(void)state;
	expect("abcdef", 6, false, "abcdef");
	expect("abcdefg", 6, false, "abcde\xe2\x80\xa6");
	expect("abcdefg", 6, true, "abcde~");
}

static void wide_characters_take_two_cells_and_are_never_halved(void **state)
{
	struct canvas canvas;
	char *got;

	(void)state;
	expect("\xe6\xbc\xa2\xe5\xad\x97", 4, false, "\xe6\xbc\xa2\xe5\xad\x97");
	expect("\xe6\xbc\xa2\xe5\xad\x97", 3, false, "\xe6\xbc\xa2\xe2\x80\xa6");
	assert_true(canvas_init(&canvas, 4, 1, false));
	canvas_text(&canvas, 0, 0, 4, STYLE_PLAIN, "\xe6\xbc\xa2\xe5\xad\x97");
	canvas_put(&canvas, 1, 0, STYLE_PLAIN, 'x');
	canvas_put(&canvas, 2, 0, STYLE_PLAIN, 'y');
	got = row(&canvas);
	assert_string_equal(got, " xy");
	free(got);
	canvas_put(&canvas, 3, 0, STYLE_PLAIN, 0x6f22);
	assert_int_equal(canvas_cell(&canvas, 3, 0)->ch, ' ');
	canvas_clear(&canvas);
}

static void a_combining_mark_stays_with_its_letter(void **state)
{
	(void)state;
	expect("e\xcc\x81t", 2, false, "e\xcc\x81t");
}

static void boxes_and_arrows_have_ascii_stand_ins(void **state)
{
	(void)state;
	expect("\xe2\x94\x80\xe2\x94\x82\xe2\x96\xb6\xe2\x86\x92\xc3\xa9\xe6\xbc\xa2", 20, true, "-|>>??");
}

static void nothing_happens_outside(void **state)
{
	struct canvas canvas;
	char *got;

	(void)state;
	assert_true(canvas_init(&canvas, 3, 1, false));
	canvas_text(&canvas, -2, 0, 10, STYLE_PLAIN, "abcdefgh");
	canvas_put(&canvas, 0, 1, STYLE_PLAIN, 'x');
	canvas_put(&canvas, 3, 0, STYLE_PLAIN, 'x');
	canvas_box(&canvas, -5, -5, 100, 100, STYLE_PLAIN);
	canvas_fill(&canvas, -1, 0, 100, STYLE_PLAIN, 'z');
	got = row(&canvas);
	assert_string_equal(got, "zzz");
	free(got);
	canvas_clear(&canvas);
}

static void text_is_wrapped_at_blanks_and_loses_nothing(void **state)
{
	struct canvas canvas;
	char *got;

	(void)state;
	assert_true(canvas_init(&canvas, 8, 4, false));
	assert_int_equal(canvas_wrap(&canvas, 0, 0, 8, 4, STYLE_PLAIN, "one two three averylongword"), 4);
	got = row(&canvas);
	assert_string_equal(got, "one two\nthree\naverylon\ngword");
	free(got);
	assert_int_equal(canvas_wrap(NULL, 0, 0, 8, 100, STYLE_PLAIN, ""), 0);
	assert_int_equal(canvas_wrap(NULL, 0, 0, 1, 100, STYLE_PLAIN, "\xe6\xbc\xa2\xe6\xbc\xa2"), 2);
	canvas_clear(&canvas);
}

static void text_with_more_lines_than_rows_says_that_it_is_cut(void **state)
{
	struct canvas canvas;
	char *got;

	(void)state;
	assert_true(canvas_init(&canvas, 8, 2, false));
	assert_int_equal(canvas_wrap(&canvas, 0, 0, 8, 2, STYLE_PLAIN, "one two three four"), 2);
	got = row(&canvas);
	assert_string_equal(got, "one two\nthree f\xe2\x80\xa6");
	free(got);
	canvas_clear(&canvas);
}

static void a_line_hangs_under_its_last_column_or_its_mark(void **state)
{
	static const struct {
		int width, skip;
		const char *text, *expected;
	} cases[] = {
		{20, 0, "  q     leave it all behind", "  q     leave it all\n        behind\n"},
		{20, 1, "  q     leave it all behind", "        behind\n\n"},
		{10, 0, "  q     leave", "  q\n    leave\n"},
		{8, 0, "+ abcdefghij", "+ abcdef\n    ghij\n"},
		{8, 0, "", "\n\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct canvas canvas;
		char *got;
		int rows;

		assert_true(canvas_init(&canvas, cases[i].width, 3, false));
		rows = canvas_hang(NULL, (struct box){.width = cases[i].width}, 0, STYLE_PLAIN, cases[i].text);
		assert_int_equal(rows, canvas_hang(&canvas, (struct box){0, 0, cases[i].width, 3}, cases[i].skip,
						   STYLE_PLAIN, cases[i].text));
		got = row(&canvas);
		assert_string_equal(got, cases[i].expected);
		free(got);
		canvas_clear(&canvas);
	}
}

static void mono_keeps_what_colour_says_in_attributes_or_letters(void **state)
{
	(void)state;
	for (unsigned style = 0; style < STYLE_COUNT; style++)
		assert_int_equal(style_look(style, true).colour, -1);
	assert_true(style_look(STYLE_NOBODY, true).reverse);
	assert_true(style_look(STYLE_PLAIN | STYLE_CURSOR, true).reverse);
}

static void nothing_is_written_outside_the_clip(void **state)
{
	struct canvas canvas;
	char *got;

	(void)state;
	assert_true(canvas_init(&canvas, 6, 3, false));
	canvas_clip(&canvas, (struct box){1, 1, 4, 1});
	for (int y = 0; y < 3; y++)
		canvas_text(&canvas, 0, y, 6, STYLE_PLAIN, "abcdef");
	canvas_put(&canvas, 4, 1, STYLE_PLAIN, 0x6f22); /* its right half has no place */
	canvas_mark(&canvas, 0, 0, 6);
	got = row(&canvas);
	assert_string_equal(got, "\n bcd\n");
	free(got);
	assert_int_equal(canvas_cell(&canvas, 0, 0)->style, STYLE_PLAIN);
	canvas_wipe(&canvas);
	canvas_text(&canvas, 0, 2, 6, STYLE_PLAIN, "abcdef");
	got = row(&canvas);
	assert_string_equal(got, "\n\nabcdef");
	free(got);
	canvas_clear(&canvas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_written_outside_the_clip),
		cmocka_unit_test(control_characters_overrides_and_invisible_ones_are_replaced),
		cmocka_unit_test(bytes_that_are_not_utf8_are_replaced_one_by_one),
		cmocka_unit_test(text_that_does_not_fit_ends_in_an_ellipsis),
		cmocka_unit_test(wide_characters_take_two_cells_and_are_never_halved),
		cmocka_unit_test(a_combining_mark_stays_with_its_letter),
		cmocka_unit_test(boxes_and_arrows_have_ascii_stand_ins),
		cmocka_unit_test(nothing_happens_outside),
		cmocka_unit_test(text_is_wrapped_at_blanks_and_loses_nothing),
		cmocka_unit_test(text_with_more_lines_than_rows_says_that_it_is_cut),
		cmocka_unit_test(a_line_hangs_under_its_last_column_or_its_mark),
		cmocka_unit_test(mono_keeps_what_colour_says_in_attributes_or_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
