/* SPDX-License-Identifier: MIT */
/*
 * The grid of cells.  In: text from anywhere, also from carriers and calendars.  Out: cells that are
 * safe to show.  Knows no terminal and no screen.
 */
#include "canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "style.h"

bool canvas_init(struct canvas *canvas, int width, int height, bool ascii)
{
	if (width < 1)
		width = 1;
	if (height < 1)
		height = 1;
	if (width > CANVAS_MOST)
		width = CANVAS_MOST;
	if (height > CANVAS_MOST)
		height = CANVAS_MOST;
	*canvas = (struct canvas){.width = width, .height = height, .ascii = ascii};
	canvas->cells = calloc((size_t)width * (size_t)height, sizeof *canvas->cells);
	if (!canvas->cells)
		return false;
	canvas_wipe(canvas);
	return true;
}

void canvas_clear(struct canvas *canvas)
{
	free(canvas->cells);
	*canvas = (struct canvas){0};
}

void canvas_wipe(struct canvas *canvas)
{
	size_t n = (size_t)canvas->width * (size_t)canvas->height;

	for (size_t i = 0; i < n; i++)
		canvas->cells[i] = (struct cell){' ', 0, STYLE_PLAIN};
	canvas->cursor_x = canvas->cursor_y = -1;
	canvas->clip = (struct box){0, 0, canvas->width, canvas->height};
}

void canvas_clip(struct canvas *canvas, struct box box)
{
	canvas->clip = box;
}

static struct cell *cell_at(const struct canvas *canvas, int x, int y)
{
	if (x < 0 || y < 0 || x >= canvas->width || y >= canvas->height)
		return NULL;
	return &canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
}

/* The cell when it may be written. */
static struct cell *open_cell(const struct canvas *canvas, int x, int y)
{
	const struct box *clip = &canvas->clip;

	if (x < clip->x || x >= clip->x + clip->width || y < clip->y || y >= clip->y + clip->height)
		return NULL;
	return cell_at(canvas, x, y);
}

const struct cell *canvas_cell(const struct canvas *canvas, int x, int y)
{
	return cell_at(canvas, x, y);
}

/* A character of our own drawing and what stands for it in ASCII. */
static const struct {
	uint32_t ch;
	char ascii;
} stand_ins[] = {
	{0x00b7, '-'}, {0x00b1, '+'}, {0x00d7, 'x'}, {0x2013, '-'}, {0x2014, '-'}, {0x2018, '\''}, {0x2019, '\''},
	{0x201c, '"'}, {0x201d, '"'}, {0x2026, '~'}, {0x203a, '>'}, {0x2190, '<'}, {0x2191, '^'}, {0x2192, '>'},
	{0x2193, 'v'}, {0x2500, '-'}, {0x2502, '|'}, {0x250c, '+'}, {0x2510, '+'}, {0x2514, '+'}, {0x2518, '+'},
	{0x251c, '+'}, {0x2524, '+'}, {0x252c, '+'}, {0x2534, '+'}, {0x253c, '+'}, {0x2550, '='}, {0x2561, '+'},
	{0x255e, '+'}, {0x2588, '#'}, {0x2591, '.'}, {0x25b2, '^'}, {0x25b6, '>'}, {0x25b8, '>'}, {0x25be, 'v'},
	{0x25c0, '<'}, {0x2713, '*'}, {0x2717, 'x'},
};

static uint32_t to_ascii(uint32_t ch)
{
	if (ch < 0x7f)
		return ch;
	for (size_t i = 0; i < sizeof stand_ins / sizeof *stand_ins; i++) {
		if (stand_ins[i].ch == ch)
			return (uint32_t)stand_ins[i].ascii;
	}
	return '?';
}

/* Blanks the other half when one half of a wide character is overwritten. */
static void part_wide(struct canvas *canvas, int x, int y)
{
	struct cell *cell = cell_at(canvas, x, y);

	if (cell->ch == 0 && x > 0)
		cell[-1].ch = ' ';
	if (cell->ch != 0 && x + 1 < canvas->width && cell[1].ch == 0)
		cell[1].ch = ' ';
}

void canvas_put(struct canvas *canvas, int x, int y, unsigned style, uint32_t ch)
{
	struct cell *cell = open_cell(canvas, x, y), *right = NULL;
	int width;

	if (!cell)
		return;
	if (canvas->ascii)
		ch = to_ascii(ch);
	width = char_width(ch);
	if (width == 0) /* alone it would take no column, and its row would be short of one */
		ch = ' ';
	if (width == 2) {
		right = open_cell(canvas, x + 1, y);
		ch = right ? ch : ' ';
	}
	part_wide(canvas, x, y);
	*cell = (struct cell){ch, 0, (uint16_t)style};
	if (right) {
		part_wide(canvas, x + 1, y);
		*right = (struct cell){0, 0, (uint16_t)style};
	}
}

/* Variation selectors: terminals disagree on whether one makes its character wide. */
static bool selects_look(uint32_t mark)
{
	return (mark >= 0xfe00 && mark <= 0xfe0f) || (mark >= 0xe0100 && mark <= 0xe01ef);
}

static void put_mark(struct canvas *canvas, int x, int y, uint32_t mark)
{
	struct cell *cell = open_cell(canvas, x, y);

	if (cell && cell->ch == 0)
		cell = open_cell(canvas, x - 1, y);
	if (cell && cell->mark == 0 && !canvas->ascii && !selects_look(mark))
		cell->mark = mark;
}

/* Columns that a character takes here: what stands in for a wide one in ASCII is not wide. */
static int columns_of(const struct canvas *canvas, uint32_t ch)
{
	int width = char_width(ch);

	return canvas->ascii && width == 2 ? 1 : width;
}

/* Columns of the text, counted no further than past `most`. */
static int width_up_to(const struct canvas *canvas, const char *text, int most)
{
	int width = 0;
	uint32_t ch;

	while (width <= most && (ch = text_next(&text)) != 0)
		width += columns_of(canvas, ch);
	return width;
}

int canvas_text(struct canvas *canvas, int x, int y, int max, unsigned style, const char *text)
{
	bool cut;
	int used = 0;
	uint32_t ch;

	if (x >= 0 && max > canvas->width - x)
		max = canvas->width - x;
	if (max <= 0)
		return 0;
	cut = width_up_to(canvas, text, max) > max;
	while ((ch = text_next(&text)) != 0) {
		int width = columns_of(canvas, ch);

		if (width == 0 && used > 0)
			put_mark(canvas, x + used - 1, y, ch);
		if (width == 0)
			continue;
		if (used + width > max - (cut ? 1 : 0))
			break;
		canvas_put(canvas, x + used, y, style, ch);
		used += width;
	}
	if (cut && used < max)
		canvas_put(canvas, x + used++, y, style, 0x2026);
	return used;
}

int canvas_textf(struct canvas *canvas, int x, int y, int max, unsigned style, const char *format, ...)
{
	char text[4 * CANVAS_MOST];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return canvas_text(canvas, x, y, max, style, text);
}

void canvas_fill(struct canvas *canvas, int x, int y, int width, unsigned style, uint32_t ch)
{
	for (int i = 0; i < width; i++)
		canvas_put(canvas, x + i, y, style, ch);
}

void canvas_mark(struct canvas *canvas, int x, int y, int width)
{
	for (int i = 0; i < width; i++) {
		struct cell *cell = open_cell(canvas, x + i, y);

		if (cell)
			cell->style |= STYLE_CURSOR;
	}
}

void canvas_pointer(struct canvas *canvas, int x, int y)
{
	canvas_put(canvas, x, y, STYLE_BOLD, 0x25b8);
}

void canvas_box(struct canvas *canvas, int x, int y, int width, int height, unsigned style)
{
	int right = x + width - 1, bottom = y + height - 1;

	for (int i = y + 1; i < bottom; i++) {
		canvas_fill(canvas, x, i, width, STYLE_PLAIN, ' ');
		canvas_put(canvas, x, i, style, 0x2502);
		canvas_put(canvas, right, i, style, 0x2502);
	}
	canvas_fill(canvas, x, y, width, style, 0x2500);
	canvas_fill(canvas, x, bottom, width, style, 0x2500);
	canvas_put(canvas, x, y, style, 0x250c);
	canvas_put(canvas, right, y, style, 0x2510);
	canvas_put(canvas, x, bottom, style, 0x2514);
	canvas_put(canvas, right, bottom, style, 0x2518);
}

/* Bytes of the next line of at most `width` columns, and where the one after it begins. */
static size_t line_bytes(const char *text, int width, const char **next)
{
	const char *at = text, *blank = NULL, *before;
	int used = 0;
	uint32_t ch;

	for (;;) {
		before = at;
		ch = text_next(&at);
		if (ch == 0 || *before == '\n') {
			*next = *before ? before + 1 : before;
			return (size_t)(before - text);
		}
		if (ch == ' ')
			blank = before;
		used += char_width(ch);
		if (used > width)
			break;
	}
	if (blank && blank > text) {
		*next = blank + 1;
		return (size_t)(blank - text);
	}
	if (before == text) /* one character wider than the whole line */
		before = at;
	*next = before;
	return (size_t)(before - text);
}

int canvas_wrap(struct canvas *canvas, int x, int y, int width, int height, unsigned style, const char *text)
{
	int row = 0;

	if (width < 1)
		return 0;
	while (*text && row < height) {
		const char *next;
		size_t len = line_bytes(text, width, &next);

		if (canvas && row + 1 == height && *next)
			canvas_text(canvas, x, y + row, width, style, text); /* says that it is cut */
		else if (canvas)
			canvas_textf(canvas, x, y + row, width, style, "%.*s", (int)len, text);
		text = next;
		row++;
	}
	return row;
}

int canvas_hang(struct canvas *canvas, struct box box, int skip, unsigned style, const char *text)
{
	int mark = (int)strspn(text, " +-"), hang = mark + 2, row = 0;
	const char *at = text + mark;

	if (box.width <= hang)
		return 1;
	for (const char *gap = strstr(at, "  "); gap; gap = strstr(gap, "  ")) {
		gap += strspn(gap, " ");
		if (gap - text < box.width / 2)
			hang = (int)(gap - text);
	}
	do {
		int in = row > 0 ? hang : mark, y = box.y + row - skip;
		const char *next;
		size_t len = line_bytes(at, box.width - in, &next);

		if (canvas && row >= skip && row - skip < box.height) {
			if (row == 0)
				canvas_textf(canvas, box.x, y, mark, style, "%.*s", mark, text);
			canvas_textf(canvas, box.x + in, y, box.width - in, style, "%.*s", (int)len, at);
		}
		at = next;
		row++;
	} while (*at);
	return row;
}

struct pen pen_at(struct canvas *canvas, int x, int y, int end)
{
	return (struct pen){canvas, x, y, end < canvas->width ? end : canvas->width};
}

void pen_text(struct pen *pen, unsigned style, const char *text)
{
	pen->x += canvas_text(pen->canvas, pen->x, pen->y, pen->end - pen->x, style, text);
}

void pen_textf(struct pen *pen, unsigned style, const char *format, ...)
{
	char text[4 * CANVAS_MOST];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	pen_text(pen, style, text);
}

void pen_tab(struct pen *pen, int x)
{
	const struct cell *left = canvas_cell(pen->canvas, pen->x - 1, pen->y);

	if (pen->x < x)
		pen->x = x;
	else if (left && left->ch != ' ')
		pen->x++;
}

static int last_column(const struct canvas *canvas, int y, bool escapes)
{
	int x = canvas->width;

	while (x > 0) {
		const struct cell *cell = canvas_cell(canvas, x - 1, y);

		if (cell->ch != ' ' || (escapes && (cell->style & STYLE_CURSOR)))
			break;
		x--;
	}
	return x;
}

void canvas_print(const struct canvas *canvas, bool escapes, enum theme theme, struct nm_buf *out)
{
	unsigned style = STYLE_PLAIN;
	char sgr[STYLE_SGR], bytes[CHAR_BYTES];

	for (int y = 0; y < canvas->height; y++) {
		int end = last_column(canvas, y, escapes);

		for (int x = 0; x < end; x++) {
			const struct cell *cell = canvas_cell(canvas, x, y);

			if (cell->ch == 0)
				continue;
			if (escapes && cell->style != style) {
				style = cell->style;
				style_sgr(style, theme, sgr);
				nm_buf_add(out, sgr);
			}
			char_write(cell->ch, bytes);
			nm_buf_add(out, bytes);
			char_write(cell->mark, bytes);
			nm_buf_add(out, bytes);
		}
		if (style != STYLE_PLAIN)
			nm_buf_add(out, "\033[0m");
		style = STYLE_PLAIN;
		nm_buf_add(out, "\n");
	}
}
