/* SPDX-License-Identifier: MIT */
/*
 * What a screen is: a state, `act` that changes it, `derive` that brings what it shows up to date, and
 * `draw` that shows it.  No screen reads a key, waits, or blocks.  A dialog is a screen on the stack;
 * its answer arrives as ACTION_ANSWER at the one that asked.
 */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "canvas.h"
#include "keymap.h"
#include "nevermiss/error.h"

struct app;

/* Something to act on. */
struct event {
	enum action action;
	uint32_t ch;      /* ACTION_TEXT: the character */
	int tag;          /* ACTION_ANSWER: which question */
	const char *text; /* ACTION_ANSWER: what was typed or "" for yes; NULL: dismissed */
	size_t index;     /* ACTION_ANSWER: which one was chosen; of a question ANSWER_NO when it was not only left */
};

/* What the title bar says of a screen that is alone. */
struct heading {
	const char *whose; /* borrowed from the screen: the business */
	char words[48];    /* how far it is: "step 3 of 12" */
};

enum verdict {
	VERDICT_STAY,    /* nothing changed: not my action */
	VERDICT_REDRAW,  /* it was dealt with */
	VERDICT_POP,     /* the dialog is over */
	VERDICT_QUIT
};

/* Whose a place of the body is. */
enum pane_at {
	PANE_KEYS,  /* the pane's that has the keys */
	PANE_OTHER, /* another's: ACTION_NEXT_PANE gives it the keys */
	PANE_NONE   /* nobody's: nothing can be chosen there */
};

struct screen_ops {
	const char *name;  /* "week" */
	const char *title; /* "Week" */
	enum context context;
	bool dialog;       /* drawn over the screen below */
	bool alone;        /* has the window to itself: no tabs, no other screen to go to */
	/* argument is what app_push or app_go was given (may be NULL); NULL and err when it fails. */
	void *(*open)(struct app *app, const void *argument, struct nm_error *err);
	/* For a screen that is open already: takes a new argument.  May be NULL. */
	void (*go)(void *state, struct app *app, const void *argument);
	/* Another screen comes into sight: gives back memory of what `derive` reads again.  May be NULL. */
	void (*leave)(void *state);
	void (*close)(void *state);
	enum verdict (*act)(void *state, struct app *app, const struct event *event);
	/* Called after each action, when the plan has changed, and when a minute has begun. May be NULL. */
	void (*derive)(void *state, struct app *app);
	/* Work that may take longer than a key should, called when the keyboard is quiet: true while there
	 * is more.  May be NULL. */
	bool (*idle)(void *state, struct app *app);
	bool idle_beside; /* that work only reads the store: it may be done while a command works */
	/* What an action is called in the bar now: "" leaves it out, NULL is the table's word.  May be NULL. */
	const char *(*label)(const void *state, const struct app *app, enum action action);
	/* For a click.  NULL: all of the body is one pane. */
	enum pane_at (*pane_at)(const void *state, const struct app *app, int x, int y);
	/* Of a screen that is alone. */
	void (*heading)(const void *state, const struct app *app, struct heading *out);
	/* No side effect but on the canvas. */
	void (*draw)(const void *state, const struct app *app, struct canvas *canvas, struct box body);
};

extern const struct screen_ops screen_now, screen_plan, screen_week, screen_simulate, screen_check, screen_push,
	screen_calls, screen_report;

#endif
