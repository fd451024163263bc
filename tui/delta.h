/* SPDX-License-Identifier: MIT */
/*
 * The bytes that turn one canvas into another on a terminal that understands ECMA-48, as nearly all do.
 */
#ifndef TUI_DELTA_H
#define TUI_DELTA_H

#include "canvas.h"
#include "nevermiss/mem.h"
#include "style.h"

/* How the terminal shows styles. */
struct delta_terminal {
	enum theme theme;
	int colours; /* of its palette */
};

/* Appends what makes a terminal that shows `from` show `to`, which is as large; `from` is used up.  Before and after,
 * no attribute is on; where the cursor is does not matter before, and after it is where `to` has it, if it has one.  A
 * newline must reach the terminal as one. */
void delta_write(const struct delta_terminal *terminal, struct canvas *from, const struct canvas *to, struct nm_buf *out);

#endif
