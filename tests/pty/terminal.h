/* SPDX-License-Identifier: MIT */
/*
 * The program on a real pseudo-terminal, seen through libvterm.  Whoever shows a test something waits for the whole
 * screen that is expected, and fails when time is up.
 */
#ifndef TESTS_TERMINAL_H
#define TESTS_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#include <vterm.h>

#include "nevermiss/mem.h"

#define PATIENCE_MS 20000

struct terminal {
	int fd, other; /* both ends: the other stays open so that modes can be read at any time */
	pid_t child;   /* the program */
	pid_t leader;  /* of its session, as a shell would be: it waits and tells */
	int told;      /* where it tells: the program's id, then each status */
	VTerm *vterm;
	VTermScreen *screen;
	struct termios before;
	int width, height;
	struct nm_buf wrote; /* all that the program sent to the terminal */
};

int64_t now_ms(void);

/* Starts $NM_PROGRAM in the working directory, with $NM_TERM as its terminal's type, else xterm-256color; arguments: its
 * own name first, NULL last. */
void terminal_start(struct terminal *terminal, int width, int height, const char *const *arguments);
/* Waits for the leader, who waits for the program, and frees all. */
void terminal_close(struct terminal *terminal);
/* Takes what the program writes and answers what it asks the terminal; false when it is gone. */
bool terminal_take(struct terminal *terminal, int timeout_ms);
void terminal_type(struct terminal *terminal, const char *bytes);
void terminal_resize(struct terminal *terminal, int width, int height);
/* The screen, a line a row, blanks at their ends left out. */
void terminal_text(const struct terminal *terminal, struct nm_buf *out);
/* Waits for the program to end or stop, while taking what it writes: a status of waitpid. */
int terminal_wait(struct terminal *terminal);

#endif
