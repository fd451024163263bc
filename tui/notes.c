/* SPDX-License-Identifier: MIT */
/*
 * Lines of text for dialogs, and the difference of two texts as such lines.
 * In: text, styles.  Out: a list of lines that owns its texts.  When memory runs out a line is left out.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nevermiss/mem.h"
#include "prompt.h"

#define NOTE_BYTES 1024
#define DIFF_LINES 400 /* longest changed part that is compared line by line */

void notes_init(struct notes *notes)
{
	*notes = (struct notes){0};
}

void notes_clear(struct notes *notes)
{
	for (size_t i = 0; i < notes->n; i++)
		free((char *)notes->items[i].text);
	free(notes->items);
	*notes = (struct notes){0};
}

static void add_bytes(struct notes *notes, unsigned style, const char *mark, const char *text, size_t len)
{
	void *items = notes->items;
	size_t before = strlen(mark);
	char *copy;

	if (!nm_grow(&items, &notes->capacity, notes->n + 1, sizeof *notes->items))
		return;
	notes->items = items;
	copy = malloc(before + len + 1);
	if (!copy)
		return;
	memcpy(copy, mark, before);
	memcpy(copy + before, text, len);
	copy[before + len] = '\0';
	notes->items[notes->n++] = (struct note_line){style, copy};
}

void notes_add(struct notes *notes, unsigned style, const char *text)
{
	add_bytes(notes, style, "", text, strlen(text));
}

void notes_addf(struct notes *notes, unsigned style, const char *format, ...)
{
	char text[NOTE_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	notes_add(notes, style, text);
}

/* One text cut into lines. */
struct cut {
	const char **start;
	size_t *len;
	size_t n;
};

static bool cut_lines(const char *text, struct cut *cut)
{
	size_t most = 1;

	for (const char *p = text; *p; p++)
		most += *p == '\n';
	*cut = (struct cut){calloc(most, sizeof *cut->start), calloc(most, sizeof *cut->len), 0};
	if (!cut->start || !cut->len)
		return false;
	while (*text) {
		size_t len = strcspn(text, "\n");

		cut->start[cut->n] = text;
		cut->len[cut->n++] = len;
		text += len;
		text += *text == '\n';
	}
	return true;
}

static void cut_clear(struct cut *cut)
{
	free(cut->start);
	free(cut->len);
}

static bool same_line(const struct cut *a, size_t i, const struct cut *b, size_t j)
{
	return a->len[i] == b->len[j] && !memcmp(a->start[i], b->start[j], a->len[i]);
}

static void removed(struct notes *notes, const struct cut *a, size_t i)
{
	add_bytes(notes, STYLE_REMOVED, "- ", a->start[i], a->len[i]);
}

static void added(struct notes *notes, const struct cut *b, size_t j)
{
	add_bytes(notes, STYLE_ADDED, "+ ", b->start[j], b->len[j]);
}

void notes_styled_lines(struct notes *notes, unsigned style, const char *text)
{
	struct cut cut = {0};

	if (cut_lines(text, &cut)) {
		for (size_t i = 0; i < cut.n; i++)
			add_bytes(notes, style, "", cut.start[i], cut.len[i]);
	}
	cut_clear(&cut);
}

void notes_lines(struct notes *notes, const char *text)
{
	notes_styled_lines(notes, STYLE_PLAIN, text);
}

/* Longest common subsequence of a[from, an) and b[from, bn), told as removed and added lines. */
static void diff_middle(struct notes *notes, const struct cut *a, size_t an, const struct cut *b, size_t bn,
			size_t from)
{
	size_t rows = an - from, columns = bn - from, i = 0, j = 0;
	unsigned *longest = NULL;

	if (rows <= DIFF_LINES && columns <= DIFF_LINES)
		longest = calloc((rows + 1) * (columns + 1), sizeof *longest);
	for (size_t r = rows; longest && r-- > 0;) {
		for (size_t c = columns; c-- > 0;) {
			unsigned down = longest[(r + 1) * (columns + 1) + c],
				 right = longest[r * (columns + 1) + c + 1];

			longest[r * (columns + 1) + c] =
				same_line(a, from + r, b, from + c)
					? longest[(r + 1) * (columns + 1) + c + 1] + 1
				: down > right ? down
					       : right;
		}
	}
	while (i < rows || j < columns) {
		if (longest && i < rows && j < columns && same_line(a, from + i, b, from + j)) {
			i++;
			j++;
		} else if (i < rows &&
			   (j == columns || !longest ||
			    longest[(i + 1) * (columns + 1) + j] >= longest[i * (columns + 1) + j + 1])) {
			removed(notes, a, from + i++);
		} else {
			added(notes, b, from + j++);
		}
	}
	free(longest);
}

void notes_diff(struct notes *notes, const char *before, const char *after)
{
	struct cut a = {0}, b = {0};
	size_t from = 0, an, bn;

	if (cut_lines(before, &a) && cut_lines(after, &b)) {
		an = a.n;
		bn = b.n;
		while (from < an && from < bn && same_line(&a, from, &b, from))
			from++;
		while (an > from && bn > from && same_line(&a, an - 1, &b, bn - 1)) {
			an--;
			bn--;
		}
		diff_middle(notes, &a, an, &b, bn, from);
	}
	cut_clear(&a);
	cut_clear(&b);
}

static bool same_file(const struct nm_file_text *a, const struct nm_file_text *b)
{
	return a->len == b->len && !memcmp(a->text, b->text, a->len);
}

/* The plan's own file needs no name: it is what all is about. */
static void diff_file(struct notes *notes, const struct nm_file_text *before, const struct nm_file_text *after)
{
	if (same_file(before, after))
		return;
	if (*before->name)
		notes_addf(notes, STYLE_DIM, "in %s", before->name);
	notes_diff(notes, before->text, after->text);
}

void notes_diff_texts(struct notes *notes, struct nm_texts before, struct nm_texts after)
{
	struct nm_file_text was = {0}, now = {0}, other;

	while (nm_texts_next(before, &was)) {
		other = (struct nm_file_text){was.name, "", 0};
		nm_texts_find(after, was.name, &other);
		diff_file(notes, &was, &other);
	}
	while (nm_texts_next(after, &now)) {
		if (nm_texts_find(before, now.name, &other))
			continue;
		other = (struct nm_file_text){now.name, "", 0};
		diff_file(notes, &other, &now);
	}
}

size_t notes_rows(const struct notes *notes, int width)
{
	size_t rows = 0;

	for (size_t i = 0; i < notes->n; i++)
		rows += (size_t)canvas_hang(NULL, (struct box){.width = width}, 0, STYLE_PLAIN,
					    notes->items[i].text);
	return rows;
}

void notes_draw(const struct notes *notes, struct canvas *canvas, struct box box, size_t top)
{
	for (size_t i = 0; i < notes->n && box.height > 0; i++) {
		const struct note_line *line = &notes->items[i];
		size_t need = (size_t)canvas_hang(NULL, box, 0, STYLE_PLAIN, line->text);

		if (need > top) {
			canvas_hang(canvas, box, (int)top, line->style, line->text);
			box.y += (int)(need - top);
			box.height -= (int)(need - top);
		}
		top -= need < top ? need : top;
	}
}
