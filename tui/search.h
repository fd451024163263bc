/* SPDX-License-Identifier: MIT */
/*
 * / n N, the same on every screen: how words are asked for, how one goes on, and what is told when they are nowhere.
 * Where they are looked for is the screen's.
 */
#ifndef TUI_SEARCH_H
#define TUI_SEARCH_H

#include "list.h"
#include "screen.h"

#define TAG_SEARCH (-31) /* of the question, on every screen and dialog */

struct search_ops {
	const char *where; /* the words are not: "in this list" */
	/* Goes to the next place that has the words, or to the one before; here: the place at the cursor is one too.  False:
	 * there is none, and nothing has moved. */
	bool (*find)(void *state, struct app *app, bool back, bool here);
};

/* Deals with the three keys, and with what was typed; false: the event is another.  words: those that `find` looks for,
 * "" before the first. */
bool search_act(const struct search_ops *ops, void *state, char words[static LIST_SEARCH], struct app *app,
		const struct event *event);

/* A row found on a screen that has no cursor: it is marked until another key is pressed. */
struct search_row {
	int at;            /* row of the picture; -1: none */
	int width, height; /* of the window, in which it was that row */
};
/* The next row of a picture, or the one before, round the end; here: the row at which it stands is one too. */
bool search_picture(struct search_row *row, const struct canvas *picture, const char *words, bool back, bool here);
/* Marks it on the canvas, on which the picture's first row is y; not in a window of another size. */
void search_mark(const struct search_row *row, struct canvas *canvas, int y);

#endif
