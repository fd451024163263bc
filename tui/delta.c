/* SPDX-License-Identifier: MIT */
/*
 * See delta.h.  One row after the other, from left to right; of the ways to a place and to a look the shortest.
 * In: two canvases.  Out: bytes.  Knows no terminal library and writes nothing.
 */
#include "delta.h"

#include <stdio.h>
#include <string.h>

#include "shift.h"

#define WAY 40
#define DOWN_MOST 3  /* newlines in a way: an absolute one is no longer */
#define BACK_MOST 3  /* backspaces */
#define CLEAR_BYTES 3

static const struct look plain = {.colour = -1};

/* The terminal while it is written to. */
struct pencil {
	const struct delta_terminal *terminal;
	const struct canvas *from, *to;
	struct nm_buf *out;
	int x, y; /* the cursor; -1: somewhere */
	struct look look;
};

static struct look look_of(const struct pencil *pencil, const struct cell *cell)
{
	struct look look = style_look(cell->style, pencil->terminal->theme);

	if (look.colour >= 0)
		look.colour = colour_among(look.colour, pencil->terminal->colours);
	return look;
}

/* It looks the same in every look that is not reversed. */
static bool is_blank(const struct pencil *pencil, const struct cell *cell)
{
	return cell->ch == ' ' && cell->mark == 0 && !look_of(pencil, cell).reverse;
}

static bool same_cell(const struct pencil *pencil, const struct cell *a, const struct cell *b)
{
	struct look of_a, of_b;

	if (a->ch != b->ch || a->mark != b->mark)
		return false;
	if (a->style == b->style || (is_blank(pencil, a) && is_blank(pencil, b)))
		return true;
	of_a = look_of(pencil, a);
	of_b = look_of(pencil, b);
	return look_same(&of_a, &of_b);
}

static void put_on(struct pencil *pencil, const struct look *look)
{
	char sgr[STYLE_SGR];

	look_change(&pencil->look, look, sgr);
	nm_buf_add(pencil->out, sgr);
	pencil->look = *look;
}

/* --- moving --- */

static void keep_shorter(char best[static WAY], const char other[static WAY])
{
	if (strlen(other) < strlen(best))
		memcpy(best, other, WAY);
}

/* Within a row. */
static void way_along(int from, int to, char out[static WAY])
{
	char other[WAY];

	if (to == from) {
		out[0] = '\0';
		return;
	}
	if (to == 0) {
		snprintf(out, WAY, "\r");
		return;
	}
	snprintf(out, WAY, "\033[%dG", to + 1);
	if (to < from && from - to <= BACK_MOST) {
		snprintf(other, sizeof other, "%.*s", from - to, "\b\b\b");
		keep_shorter(out, other);
	}
	if (to > from) {
		snprintf(other, sizeof other, to == from + 1 ? "\033[C" : "\033[%dC", to - from);
		keep_shorter(out, other);
	}
}

/* From where the pencil is. */
static void way_to(const struct pencil *pencil, int x, int y, char out[static WAY])
{
	const int down = y - pencil->y;
	char along[WAY], other[WAY];

	snprintf(out, WAY, x ? "\033[%d;%dH" : "\033[%dH", y + 1, x + 1);
	if (pencil->x < 0 || down < 0 || down > DOWN_MOST)
		return;
	way_along(pencil->x, x, along);
	snprintf(other, sizeof other, "%.*s%.*s", down, "\n\n\n", WAY - 1 - DOWN_MOST, along);
	keep_shorter(out, other);
}

static void go(struct pencil *pencil, int x, int y)
{
	char way[WAY];

	way_to(pencil, x, y, way);
	nm_buf_add(pencil->out, way);
	pencil->x = x;
	pencil->y = y;
}

/* --- writing --- */

static void put_cell(struct pencil *pencil, const struct cell *cell)
{
	const struct look look = look_of(pencil, cell);
	char bytes[CHAR_BYTES];

	if (!is_blank(pencil, cell) || pencil->look.reverse)
		put_on(pencil, &look);
	char_write(cell->ch, bytes);
	nm_buf_add(pencil->out, bytes);
	char_write(cell->mark, bytes);
	nm_buf_add(pencil->out, bytes);
	pencil->x += char_width(cell->ch) == 2 ? 2 : 1;
	if (pencil->x >= pencil->to->width) /* terminals do not agree on where the cursor is then */
		pencil->x = -1;
}

/* Is it as short to write again what stands between the cursor and a place in its row? */
static bool may_write_over(const struct pencil *pencil, const struct cell *row, int x)
{
	char way[WAY], bytes[CHAR_BYTES];
	size_t n = 0;

	way_to(pencil, x, pencil->y, way);
	for (int i = pencil->x; i < x && n <= strlen(way); i++) {
		const struct look look = look_of(pencil, &row[i]);

		if (row[i].ch == 0 || row[i].mark || char_width(row[i].ch) != 1)
			return false;
		if (is_blank(pencil, &row[i]) ? pencil->look.reverse : !look_same(&look, &pencil->look))
			return false;
		char_write(row[i].ch, bytes);
		n += strlen(bytes);
	}
	return n <= strlen(way);
}

static void reach(struct pencil *pencil, const struct cell *row, int x, int y)
{
	const bool before = pencil->y == y && pencil->x >= 0 && pencil->x < x;

	if (!before || !may_write_over(pencil, row, x)) {
		go(pencil, x, y);
		return;
	}
	while (pencil->x < x)
		put_cell(pencil, &row[pencil->x]);
}

/* Columns up to the last that is not blank. */
static int row_end(const struct pencil *pencil, const struct cell *row)
{
	int end = pencil->to->width;

	while (end > 0 && is_blank(pencil, &row[end - 1]))
		end--;
	return end;
}

/* What stood behind the end of the row: cleared from where the cursor is, if that is behind it too. */
static void clear_rest(struct pencil *pencil, const struct cell *was, const struct cell *row, int end, int y)
{
	const bool behind = pencil->y == y && pencil->x >= end;
	int first = end, last = pencil->to->width;

	while (first < last && same_cell(pencil, &was[first], &row[first]))
		first++;
	while (last > first && same_cell(pencil, &was[last - 1], &row[last - 1]))
		last--;
	if (first == last)
		return;
	if (!behind || pencil->x > first)
		go(pencil, first, y);
	if (pencil->look.reverse)
		put_on(pencil, &plain);
	if (last - pencil->x < CLEAR_BYTES) {
		while (pencil->x >= 0 && pencil->x < last)
			put_cell(pencil, &row[pencil->x]);
	} else {
		nm_buf_add(pencil->out, "\033[K");
	}
}

/* Most rows are, at most keys. */
static bool untouched(const struct cell *was, const struct cell *row, int width)
{
	int x = 0;

	while (x < width && was[x].ch == row[x].ch && was[x].mark == row[x].mark && was[x].style == row[x].style)
		x++;
	return x == width;
}

static void write_row(struct pencil *pencil, int y)
{
	const size_t from = (size_t)y * (size_t)pencil->to->width;
	const struct cell *was = pencil->from->cells + from, *row = pencil->to->cells + from;
	int end;

	if (untouched(was, row, pencil->to->width))
		return;
	end = row_end(pencil, row);
	for (int x = 0; x < end; x++) {
		if (row[x].ch == 0 || same_cell(pencil, &was[x], &row[x]))
			continue;
		reach(pencil, row, x, y);
		put_cell(pencil, &row[x]);
	}
	clear_rest(pencil, was, row, end, y);
}

/* Newlines at the bottom of a region scroll it up, reverse ones at its top down (DECSTBM, RI). */
static void scroll(struct pencil *pencil, struct canvas *from)
{
	const struct shift shift = shift_find(from, pencil->to);

	if (shift.up == 0)
		return;
	shift_rows(from, &shift);
	nm_buf_addf(pencil->out, "\033[%d;%dr\033[%dH", shift.top + 1, shift.bottom + 1,
		    (shift.up > 0 ? shift.bottom : shift.top) + 1);
	for (int i = 0; i < shift.up; i++)
		nm_buf_add(pencil->out, "\n");
	for (int i = 0; i < -shift.up; i++)
		nm_buf_add(pencil->out, "\033M");
	nm_buf_add(pencil->out, "\033[r");
}

void delta_write(const struct delta_terminal *terminal, struct canvas *from, const struct canvas *to, struct nm_buf *out)
{
	struct pencil pencil = {.terminal = terminal, .from = from, .to = to, .out = out, .x = -1, .y = -1, .look = plain};

	scroll(&pencil, from);
	for (int y = 0; y < to->height; y++)
		write_row(&pencil, y);
	put_on(&pencil, &plain);
	if (to->cursor_x >= 0)
		go(&pencil, to->cursor_x, to->cursor_y);
}
