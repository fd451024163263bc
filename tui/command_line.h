/* SPDX-License-Identifier: MIT */
/* The `:` line: any action of the screen, any screen, any command of the program. */
#ifndef TUI_COMMAND_LINE_H
#define TUI_COMMAND_LINE_H

#include "prompt.h"

/* Asks for a line; and does what it says.  A word that is an action or a screen is that; one that is a command, or
 * has anything behind it, runs the command, whose output is a page. */
void command_line_ask(struct app *app, const char *typed);
void command_line_run(struct app *app, const char *text);
/* What a command asked, answered: with yes it is run again, and asks nothing but what was not asked yet.  False: it is no
 * answer for this. */
bool command_line_answer(struct app *app, const struct event *event);
/* No command waits for a yes any more. */
void command_line_forget(struct app *app);
/* Whole lines that what was typed may become. */
void command_line_offer(const struct app *app, const char *typed, struct notes *out);

#endif
