/* SPDX-License-Identifier: MIT */
/*
 * See shift.h.  In: two canvases.  Out: the rows of one that are in the other.  Compares rows by their hashes, and only
 * those whose rows do differ: a wrong guess costs bytes, never a wrong screen.
 */
#include "shift.h"

#include <string.h>

#define LEAST 24 /* letters: what scrolling takes itself */

/* What is known of rows: their hashes before and after, and sums of letters over all rows above a row. */
struct rows {
	int height;
	uint64_t was[CANVAS_MOST], is[CANVAS_MOST];
	int letters[CANVAS_MOST + 1];
	int kept[CANVAS_MOST + 1]; /* those of rows that stay as they are */
};

/* FNV-1a over the cells. */
static uint64_t row_hash(const struct canvas *canvas, int y)
{
	const struct cell *row = canvas->cells + (size_t)y * (size_t)canvas->width;
	uint64_t hash = 0xcbf29ce484222325u;

	for (int x = 0; x < canvas->width; x++) {
		hash = (hash ^ row[x].ch) * 0x100000001b3u;
		hash = (hash ^ row[x].mark) * 0x100000001b3u;
		hash = (hash ^ row[x].style) * 0x100000001b3u;
	}
	return hash;
}

static int row_letters(const struct canvas *canvas, int y)
{
	int n = 0;

	for (int x = 0; x < canvas->width; x++)
		n += canvas_cell(canvas, x, y)->ch != ' ';
	return n;
}

/* How many rows are not what they were. */
static int look_at(struct rows *rows, const struct canvas *from, const struct canvas *to)
{
	int changed = 0;

	rows->height = to->height;
	rows->letters[0] = rows->kept[0] = 0;
	for (int y = 0; y < to->height; y++) {
		const int letters = row_letters(to, y);

		rows->was[y] = row_hash(from, y);
		rows->is[y] = row_hash(to, y);
		rows->letters[y + 1] = rows->letters[y] + letters;
		rows->kept[y + 1] = rows->kept[y] + (rows->was[y] == rows->is[y] ? letters : 0);
		changed += rows->was[y] != rows->is[y];
	}
	return changed;
}

/* The letters that need not be sent when rows first to last come from so much below, less those that must be because
 * their rows are scrolled too. */
static int gain_of(const struct rows *rows, int first, int last, int up)
{
	const int top = up < 0 ? first + up : last + 1, bottom = up < 0 ? first - 1 : last + up;

	return rows->letters[last + 1] - rows->letters[first] - (rows->kept[bottom + 1] - rows->kept[top]);
}

/* The best of the rows that moved up by so much, if it is better than what there is. */
static void improve(const struct rows *rows, int up, struct shift *best, int *gain)
{
	int first = 0;

	for (int y = 0; y < rows->height; y++) {
		const int before = y + up;

		if (before < 0 || before >= rows->height || rows->is[y] != rows->was[before] || rows->is[y] == rows->was[y]) {
			first = y + 1;
		} else if (gain_of(rows, first, y, up) > *gain) {
			*gain = gain_of(rows, first, y, up);
			*best = (struct shift){up < 0 ? first + up : first, up < 0 ? y : y + up, up};
		}
	}
}

struct shift shift_find(const struct canvas *from, const struct canvas *to)
{
	struct shift best = {0};
	struct rows rows;
	int gain = LEAST;

	if (look_at(&rows, from, to) > 1) {
		for (int up = 1; up < to->height; up++) {
			improve(&rows, up, &best, &gain);
			improve(&rows, -up, &best, &gain);
		}
	}
	return best;
}

void shift_rows(struct canvas *canvas, const struct shift *shift)
{
	const int by = shift->up > 0 ? shift->up : -shift->up, kept = shift->bottom - shift->top + 1 - by;
	const size_t width = (size_t)canvas->width;
	struct cell *top = canvas->cells + (size_t)shift->top * width;
	struct cell *in = shift->up > 0 ? top + (size_t)kept * width : top;

	if (shift->up > 0)
		memmove(top, top + (size_t)by * width, (size_t)kept * width * sizeof *top);
	else
		memmove(top + (size_t)by * width, top, (size_t)kept * width * sizeof *top);
	for (size_t i = 0; i < (size_t)by * width; i++)
		in[i] = (struct cell){' ', 0, STYLE_PLAIN};
}
