/* SPDX-License-Identifier: MIT */
/* A section as it stands in the file: whole lines with their numbers, its comment among them. */
#ifndef TUI_PLAN_TEXT_H
#define TUI_PLAN_TEXT_H

#include <stddef.h>

#include "canvas.h"
#include "nevermiss/edit.h"

struct section_line {
	int number;
	char *text; /* owned, without its line end */
};

struct section_text {
	struct section_line *lines; /* owned */
	size_t n, capacity;
};

/* Makes it anew, from the texts that the section was read of; of the top level the lines of its options.  What memory
 * has no room for is left out. */
void section_text_build(struct section_text *text, struct nm_texts texts, const struct nm_written_section *section);
void section_text_clear(struct section_text *text);
/* Rows that it needs. */
int section_text_rows(const struct section_text *text, int width);
/* From the top-th row on, as far as the box goes. */
void section_text_draw(const struct section_text *text, struct canvas *canvas, struct box box, int top);

#endif
