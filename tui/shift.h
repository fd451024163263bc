/* SPDX-License-Identifier: MIT */
/*
 * Rows that moved: what a terminal can scroll instead of being sent again.
 */
#ifndef TUI_SHIFT_H
#define TUI_SHIFT_H

#include "canvas.h"

/* Rows top to bottom, both of them included, move up by `up`; down when it is negative; 0: none do. */
struct shift {
	int top, bottom, up;
};

/* The rows whose letters are most worth scrolling, of two canvases of one size. */
struct shift shift_find(const struct canvas *from, const struct canvas *to);
/* Does to a canvas what the terminal does when it scrolls: rows that come in are blank. */
void shift_rows(struct canvas *canvas, const struct shift *shift);

#endif
