/* SPDX-License-Identifier: MIT */
/* A typed line as words, as a shell cuts one: at blanks; quotes of either kind keep a word together. */
#ifndef TUI_CUT_LINE_H
#define TUI_CUT_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "nevermiss/mem.h"

#define CUT_WORDS 64

struct cut_line {
	char *bytes; /* malloc'd: the caller frees it */
	char *words[CUT_WORDS];
	int n;
	bool open; /* a quote was not closed */
};

/* False when memory is out or there are too many words. */
bool cut_line(const char *text, struct cut_line *cut);
/* Where the word begins that the first `len` bytes end in; `len`: they end in a blank between words. */
size_t cut_last(const char *text, size_t len);
/* Adds the word as it is to be typed, with quotes where it needs them; more: of which more is to be typed, so the last
 * quote stays open.  False, and nothing was added: it cannot be typed. */
bool cut_quoted(const char *word, bool more, struct nm_buf *out);

#endif
