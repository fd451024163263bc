/* SPDX-License-Identifier: MIT */
/*
 * A section as it stands in the file: see plan_text.h.  In: the plan's texts, where the section is in them.  Out: rows.
 */
#include "plan_text.h"

#include <stdlib.h>
#include <string.h>

#include "nevermiss/mem.h"

/* Where in the plan a line begins, found going on from the one before. */
struct at_line {
	const char *text;
	int line;
};

static void add_line(struct section_text *out, int number, const char *text, size_t len)
{
	void *lines = out->lines;
	char *copy;

	if (!nm_grow(&lines, &out->capacity, out->n + 1, sizeof *out->lines))
		return;
	out->lines = lines;
	copy = strndup(text, len);
	if (copy)
		out->lines[out->n++] = (struct section_line){number, copy};
}

/* Lines [first, last] of the plan; those that are behind `at` already are not taken twice. */
static void add_lines(struct section_text *out, struct at_line *at, int first, int last)
{
	while (at->line <= last && *at->text) {
		const size_t len = strcspn(at->text, "\n");

		if (at->line >= first)
			add_line(out, at->line, at->text, len - (len && at->text[len - 1] == '\r'));
		at->text += len + (at->text[len] == '\n');
		at->line++;
	}
}

static int line_ends(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static struct at_line begin_of(struct nm_texts texts, const char *name)
{
	struct nm_file_text file = {name, "", 0};

	nm_texts_find(texts, name, &file);
	return (struct at_line){file.text, 1};
}

void section_text_build(struct section_text *text, struct nm_texts texts, const struct nm_written_section *section)
{
	struct at_line at = begin_of(texts, section->file);

	section_text_clear(text);
	if (section->kind[0])
		add_lines(text, &at, section->first_line, section->end_line);
	for (size_t i = 0; !section->kind[0] && i < section->n; i++) {
		const struct nm_written_option *option = &section->options[i];

		if (i && strcmp(option->file, section->options[i - 1].file) != 0)
			at = begin_of(texts, option->file);
		add_lines(text, &at, option->line, option->line + line_ends(option->text));
	}
}

void section_text_clear(struct section_text *text)
{
	for (size_t i = 0; i < text->n; i++)
		free(text->lines[i].text);
	free(text->lines);
	*text = (struct section_text){0};
}

/* Columns of the numbers, and of what keeps the text apart from them. */
static int gutter_of(const struct section_text *text)
{
	int width = 2;

	for (int last = text->n ? text->lines[text->n - 1].number : 0; last; last /= 10)
		width++;
	return width;
}

int section_text_rows(const struct section_text *text, int width)
{
	const int gutter = gutter_of(text);
	int rows = 0;

	for (size_t i = 0; i < text->n; i++)
		rows += canvas_hang(NULL, (struct box){.width = width - gutter}, 0, STYLE_PLAIN, text->lines[i].text);
	return rows;
}

void section_text_draw(const struct section_text *text, struct canvas *canvas, struct box box, int top)
{
	const int gutter = gutter_of(text);

	for (size_t i = 0; i < text->n && box.height > 0; i++) {
		const struct section_line *line = &text->lines[i];
		const struct box room = {box.x + gutter, box.y, box.width - gutter, box.height};
		const int rows = canvas_hang(NULL, room, 0, STYLE_PLAIN, line->text);
		const int above = rows < top ? rows : top, shown = rows - above;

		if (shown > 0)
			canvas_hang(canvas, room, above, STYLE_PLAIN, line->text);
		if (shown > 0 && !above)
			canvas_textf(canvas, box.x, box.y, gutter, STYLE_DIM, "%*d", gutter - 2, line->number);
		top -= above;
		box.y += shown;
		box.height -= shown;
	}
}
