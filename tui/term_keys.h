/* SPDX-License-Identifier: MIT */
/*
 * Keys and the mouse as ncurses reads them, made into enum key.  Of the terminal's own files.
 */
#ifndef TUI_TERM_KEYS_H
#define TUI_TERM_KEYS_H

#include "term.h"

/* Has ncurses read keys as terminals send them that call themselves something else; once keypad() is on. */
void term_know_keys(void);

/* What has already been typed, without waiting; INPUT_NONE when nothing has. */
struct input term_take_key(void);

#endif
