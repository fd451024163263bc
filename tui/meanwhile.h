/* SPDX-License-Identifier: MIT */
/*
 * What the user does while a long command of the `:` line goes on: looks at other screens, moves and scrolls there, reads
 * pages; and stops it.  The command is a function that asks the loop now and then whether to go on (session.h): each time,
 * all input that came is dealt with here.  Screens show what was kept of its work when they were last brought up to date.
 * Nothing is changed before its end, so that it works on what it began with.
 */
#ifndef TUI_MEANWHILE_H
#define TUI_MEANWHILE_H

#include <stdbool.h>

#include "keymap.h"

struct app;
struct event;
struct input;

#define MEANWHILE_WORK 48

/* All 0 between two commands. */
struct meanwhile {
	char work[MEANWHILE_WORK]; /* "calls import" */
	bool acting;               /* input is being dealt with: who works within that asks nobody */
	bool asked;                /* whether it is to stop stands as a question on the stack */
	bool stop;                 /* it is to */
	bool quiet_left;           /* quiet work of the screen in sight, since the last input */
};

/* The command begins, and has ended. */
void meanwhile_begin(struct app *app, const char *work);
void meanwhile_end(struct app *app);
/* Deals with input that came while work goes on.  False: it was not, for the work is none of the `:` line, or the session has
 * no store that could be read beside it. */
bool meanwhile_take(struct app *app, const struct input *input);
/* One piece of quiet work of the screen that is looked at; true when there may be more. */
bool meanwhile_idle(struct app *app);
/* For whoever dispatches keys: false when the action may be done now; else says why not. */
bool meanwhile_puts_off(struct app *app, enum action action);
/* For whoever would change something: the same. */
bool meanwhile_refuses(struct app *app);
/* True: it was the answer to our question. */
bool meanwhile_answer(struct app *app, const struct event *event);

#endif
