/* SPDX-License-Identifier: MIT */
/*
 * The terminal: keys in, canvas out, resize, suspend, restore.  Its source is the only one with
 * curses.h.  There is one terminal in a process.
 */
#ifndef TUI_TERM_H
#define TUI_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "canvas.h"
#include "nevermiss/error.h"

enum input_kind {
	INPUT_NONE,   /* the time is over */
	INPUT_KEY,
	INPUT_CLICK,  /* the first mouse button */
	INPUT_WHEEL_UP,
	INPUT_WHEEL_DOWN,
	INPUT_RESIZE, /* the size may have changed, or the terminal is ours again: draw all */
	INPUT_END     /* told to end, or the terminal is gone */
};

struct input {
	enum input_kind kind;
	uint32_t key; /* a character or enum key */
	int x, y;     /* of a click */
};

struct term;

enum nm_code term_open(enum theme theme, struct term **out, struct nm_error *err) NM_WARN_UNUSED;
/* Puts the terminal back as it was.  Takes NULL. */
void term_close(struct term *term);

/* Shows everything in another theme from the next term_show on; false: the terminal has no colours. */
bool term_theme(struct term *term, enum theme theme);

int term_width(const struct term *term);
int term_height(const struct term *term);

/* Shows a canvas; only what differs from the one shown before is written. */
void term_show(struct term *term, const struct canvas *canvas);
/* Forgets what is shown, so that the next term_show writes all. */
void term_forget(struct term *term);
/* Waits at most timeout_ms (-1: for ever) for something to happen. */
struct input term_wait(struct term *term, int timeout_ms);

/* Runs a program on the terminal, without a shell: the words of command, parted at blanks, then two
 * arguments. */
enum nm_code term_run(struct term *term, const char *command, const char *first, const char *second,
		      struct nm_error *err) NM_WARN_UNUSED;

#endif
