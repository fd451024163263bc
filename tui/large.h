/* SPDX-License-Identifier: MIT */
/* What is dialled, in letters large enough to be read from the other side of a van. */
#ifndef TUI_LARGE_H
#define TUI_LARGE_H

#include <stdbool.h>

#include "nevermiss/mem.h"

/* Digits, `*`, `#` and `+` as lines of text of at most `width` columns, a blank line between rows; anything else
 * is left out. */
void large_print(const char *text, int width, bool ascii, struct nm_buf *out);

#endif
