/* SPDX-License-Identifier: MIT */
/* Other programs, named by the user as a command of several words, run without a shell. */
#ifndef TUI_PROGRAM_H
#define TUI_PROGRAM_H

#include "nevermiss/error.h"
#include "nevermiss/mem.h"

/* In a child process: becomes the program with two more arguments (either may be NULL); ends with 127, the
 * shell's status for one that is not there.  Cuts `command` into words. */
void program_become(char *command, const char *first, const char *second) __attribute__((noreturn));

/* What the program prints, added to out, at most out->max bytes; it has no keyboard.  NM_INPUT when there is no
 * such program, when it fails, prints too much or does not end within timeout_s. */
enum nm_code program_read(const char *command, int timeout_s, struct nm_buf *out,
			  struct nm_error *err) NM_WARN_UNUSED;

#endif
