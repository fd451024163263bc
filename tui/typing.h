/* SPDX-License-Identifier: MIT */
/*
 * A line being typed: its text, and where the cursor stands in it.  A widget, never a loop.
 */
#ifndef TUI_TYPING_H
#define TUI_TYPING_H

#include "screen.h"

#define TYPING_BYTES 8192 /* the longest text of a plan, with room to mend it */

struct typing {
	char text[TYPING_BYTES]; /* UTF-8, NUL-terminated */
	size_t len, at;          /* bytes; at: in front of which the cursor stands */
	bool offered;            /* nobody typed what stands there: the first character replaces it */
};

/* Puts a text in place, the cursor behind it; false, and things are as they were: it is too long. */
bool typing_set(struct typing *typing, const char *text);
/* The same with a text that is only offered: a character typed first replaces it, any other key takes it as typed. */
bool typing_offer(struct typing *typing, const char *text);
/* Types, erases or moves; false when the action does nothing of it. */
bool typing_act(struct typing *typing, const struct event *event);
/* Draws it from the pen on, of a long text the part before the cursor, and puts the terminal's cursor there; what is only
 * offered is marked. */
void typing_draw(const struct typing *typing, struct pen *pen, unsigned style);

#endif
