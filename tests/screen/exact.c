/* SPDX-License-Identifier: MIT */
/* Exact rows.  In: a canvas.  Out: a failed test, or nothing. */
#include "exact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

void rows_are_exact(const struct canvas *canvas)
{
	for (int y = 0; y < canvas->height; y++) {
		int x = 0;

		while (x < canvas->width) {
			const struct cell *cell = canvas_cell(canvas, x, y);
			char bytes[CHAR_BYTES];
			const char *at = bytes;

			char_write(cell->ch, bytes);
			assert_int_equal(text_next(&at), cell->ch);
			assert_in_range(char_width(cell->ch), 1, 2);
			assert_true(cell->mark == 0 || char_width(cell->mark) == 0);
			if (char_width(cell->ch) == 2)
				assert_int_equal(canvas_cell(canvas, x + 1, y)->ch, 0);
			x += char_width(cell->ch);
		}
		assert_int_equal(x, canvas->width);
	}
}
