/* SPDX-License-Identifier: MIT */
/*
 * A grid of cells that screens draw on, and a pen that writes styled pieces along a row.
 *
 * Everything shown passes canvas_text or the pen, which decode UTF-8, know how wide a character is,
 * and let no control character, bidirectional override or invisible character through.
 */
#ifndef TUI_CANVAS_H
#define TUI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nevermiss/mem.h"
#include "style.h"

#define CANVAS_MOST 1000 /* most columns and rows; a larger terminal is used up to this */

/* Part of the canvas. */
struct box {
	int x, y, width, height;
};

struct cell {
	uint32_t ch;    /* never a control character; ' ' when empty, 0 for the right half of a wide one */
	uint32_t mark;  /* combining mark above ch; 0 */
	uint16_t style; /* enum style, plus STYLE_CURSOR */
};

struct canvas {
	int width, height;
	bool ascii;    /* boxes, arrows and the rest have ASCII stand-ins */
	struct cell *cells;
	struct box clip;        /* nothing is written outside it */
	int cursor_x, cursor_y; /* where the terminal's cursor is shown; -1: nowhere */
};

/* All blank; false when memory is out.  canvas_clear frees. */
bool canvas_init(struct canvas *canvas, int width, int height, bool ascii);
void canvas_clear(struct canvas *canvas);
void canvas_wipe(struct canvas *canvas); /* and writes everywhere again */
/* From now on only this part is written: whoever draws too much spoils nobody else's rows. */
void canvas_clip(struct canvas *canvas, struct box box);
const struct cell *canvas_cell(const struct canvas *canvas, int x, int y);

/* Writes at most `max` columns of text; what does not fit is cut, the last column then is an
 * ellipsis.  Outside the canvas and its clip nothing happens.  Returns the columns written. */
int canvas_text(struct canvas *canvas, int x, int y, int max, unsigned style, const char *text);
int canvas_textf(struct canvas *canvas, int x, int y, int max, unsigned style, const char *format, ...)
	__attribute__((format(printf, 6, 7)));
void canvas_put(struct canvas *canvas, int x, int y, unsigned style, uint32_t ch);
void canvas_fill(struct canvas *canvas, int x, int y, int width, unsigned style, uint32_t ch);
/* Puts the cursor's style on cells that are already written. */
void canvas_mark(struct canvas *canvas, int x, int y, int width);
/* The sign of the cursor's row, for where reverse video cannot be seen. */
void canvas_pointer(struct canvas *canvas, int x, int y);
/* A frame with blank inside. */
void canvas_box(struct canvas *canvas, int x, int y, int width, int height, unsigned style);
/* Breaks text at blanks into lines of at most `width`, at most `height` of them, the last one cut.
 * Returns how many.  With canvas NULL only counts. */
int canvas_wrap(struct canvas *canvas, int x, int y, int width, int height, unsigned style, const char *text);
/* One line on as many rows as it needs, blanks or a diff's mark in front kept, later rows indented: under
 * what follows a gap of two blanks when that is in the left half.  Its first `skip` rows are left out.
 * Returns how many rows it needs.  With canvas NULL only counts. */
int canvas_hang(struct canvas *canvas, struct box box, int skip, unsigned style, const char *text);

#define CHAR_REPLACED 0xfffdu /* what stands for a character that is not let through */
/* Next character of UTF-8 text, made harmless (see above); 0 at the end.  Moves *text on. */
uint32_t text_next(const char **text);
/* Columns of a character: 0, 1 or 2. */
int char_width(uint32_t ch);
int text_width(const char *text);
/* Blanks that a column of this width needs after the text: printf's own widths count bytes. */
int text_gap(const char *text, int width);
/* One character as UTF-8, NUL-terminated. */
#define CHAR_BYTES 5
void char_write(uint32_t ch, char out[static CHAR_BYTES]);

/* A row being written, piece after piece, up to column `end`. */
struct pen {
	struct canvas *canvas;
	int x, y, end;
};

struct pen pen_at(struct canvas *canvas, int x, int y, int end);
void pen_text(struct pen *pen, unsigned style, const char *text);
void pen_textf(struct pen *pen, unsigned style, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Goes to a column, never back, always at least one blank after something written. */
void pen_tab(struct pen *pen, int x);

/* The grid as lines of text, blanks at their ends left out; with escapes, styles as SGR, in a theme. */
void canvas_print(const struct canvas *canvas, bool escapes, enum theme theme, struct nm_buf *out);

#endif
