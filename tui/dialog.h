/* SPDX-License-Identifier: MIT */
/* What the dialogs have in common (dialog.c): prompt.c has those that ask, page.c the one that shows.  Private to these. */
#ifndef TUI_DIALOG_H
#define TUI_DIALOG_H

#include "list.h"
#include "prompt.h"

/* What all dialogs are opened with. */
struct request {
	int tag;
	const char *question;
	const char *offered, *typed; /* of a line: app_ask says what they are; NULL */
	const char *const *items;
	size_t n, first;
	const struct notes *notes;
	const struct ways *ways; /* of an offer; NULL */
	struct figure *figure; /* taken; NULL */
	const size_t *taken; /* items that are chosen already, in their order */
	size_t n_taken;
	bool open; /* of several: others may be added */
	void (*offer)(const struct app *app, const char *typed, struct notes *out);
	void (*hear)(struct app *app, const char *typed);
};

struct dialog {
	int tag;
	char *question;
	struct typing typing;
	struct notes items; /* of a choice or page; words of a prompt */
	struct ways ways;   /* of an offer; all NULL */
	struct figure figure; /* among the lines of a question or page: notes.lead says where */
	struct list list;
	size_t *taken; /* of several: items chosen, in their order */
	size_t n_taken;
	bool open; /* of several: others may be added */
	int marks;    /* columns in front of each item */
	size_t found; /* row of a page from which a search goes on: its line may be too low to be the first */
	void (*offer)(const struct app *app, const char *typed, struct notes *out); /* makes the words; NULL */
	void (*hear)(struct app *app, const char *typed); /* NULL */
	size_t stem;  /* bytes of the word typed before Tab */
	size_t tried; /* next word that Tab offers */
};

void *dialog_open(struct app *app, const void *argument, struct nm_error *err);
void dialog_close(void *state);

/* Rows of the figure, and of all lines with it; window: rows of the body. */
size_t dialog_figure_rows(const struct dialog *dialog, int width, int window);
size_t dialog_rows(const struct dialog *dialog, int width, int window);
/* True: the action was the figure's own. */
bool dialog_figure_acts(struct dialog *dialog, enum action action);
/* All from row `top` on, long lines on several rows. */
void dialog_draw_lines(const struct dialog *dialog, struct canvas *canvas, struct box box, size_t top, int window);
/* The list's place is the first of n rows that is shown: the last line ends at the bottom. */
void dialog_scroll(struct dialog *dialog, size_t n, size_t shown);
/* "9 more", lines below; "" when there are none. */
void dialog_more_words(size_t n, char *out, size_t size);

#endif
