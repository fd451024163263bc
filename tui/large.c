/* SPDX-License-Identifier: MIT */
/*
 * Large letters.  Comes in: what is dialled.  Goes out: lines of text, three by five dots a letter, two dots above
 * each other in one character where half blocks can be shown.
 */
#include "large.h"

#include <string.h>

#define WIDE 3
#define HIGH 5

/* clang-format off */
static const struct {
	char ch;
	const char *rows[HIGH];
} letters[] = {
	{ '0', { "###", "#.#", "#.#", "#.#", "###" } },
	{ '1', { ".#.", "##.", ".#.", ".#.", "###" } },
	{ '2', { "###", "..#", "###", "#..", "###" } },
	{ '3', { "###", "..#", "###", "..#", "###" } },
	{ '4', { "#.#", "#.#", "###", "..#", "..#" } },
	{ '5', { "###", "#..", "###", "..#", "###" } },
	{ '6', { "###", "#..", "###", "#.#", "###" } },
	{ '7', { "###", "..#", "..#", "..#", "..#" } },
	{ '8', { "###", "#.#", "###", "#.#", "###" } },
	{ '9', { "###", "#.#", "###", "..#", "###" } },
	{ '*', { "...", "#.#", ".#.", "#.#", "..." } },
	{ '#', { "#.#", "###", "#.#", "###", "#.#" } },
	{ '+', { "...", ".#.", "###", ".#.", "..." } },
};
/* clang-format on */

#define LETTERS (sizeof letters / sizeof *letters)

static size_t letter_of(char ch)
{
	size_t i = 0;

	while (i < LETTERS && letters[i].ch != ch)
		i++;
	return i;
}

static bool dot(size_t letter, int x, int y)
{
	return y < HIGH && letters[letter].rows[y][x] == '#';
}

/* One row of dots, or two, of the letters of text. */
static void print_row(const char *text, size_t n, int y, bool ascii, struct nm_buf *out)
{
	static const char *const halves[] = { " ", "▄", "▀", "█" }; /* +1: below, +2: above */
	size_t blanks = 0;

	for (size_t i = 0; i < n; i++) {
		const size_t letter = letter_of(text[i]);

		if (letter == LETTERS)
			continue;
		for (int x = 0; x <= WIDE; x++) {
			const bool here = x < WIDE && dot(letter, x, y);
			const bool below = !ascii && x < WIDE && dot(letter, x, y + 1);

			if (!here && !below) {
				blanks++;
				continue;
			}
			for (; blanks > 0; blanks--)
				nm_buf_add(out, " ");
			nm_buf_add(out, ascii ? "#" : halves[2 * here + below]);
		}
	}
	nm_buf_add(out, "\n");
}

void large_print(const char *text, int width, bool ascii, struct nm_buf *out)
{
	const size_t len = strlen(text), most = width > WIDE ? (size_t)(width + 1) / (WIDE + 1) : 1;

	for (size_t from = 0; from < len; from += most) {
		const size_t n = len - from < most ? len - from : most;

		if (from > 0)
			nm_buf_add(out, "\n");
		for (int y = 0; y < HIGH; y += ascii ? 1 : 2)
			print_row(text + from, n, y, ascii, out);
	}
}
