/* SPDX-License-Identifier: MIT */
/*
 * Dialogs: a line to type, yes or no, one of a list, a page of text.  Each is a screen on the stack and
 * never a loop; the answer arrives as ACTION_ANSWER with the caller's tag.
 */
#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H

#include "nevermiss/plan_texts.h"
#include "app.h"
#include "typing.h"

#define PROMPT_BYTES TYPING_BYTES

/* A line of a page or question. */
struct note_line {
	unsigned style;
	const char *text;
};

/* Lines that grow; texts are copied. */
struct notes {
	struct note_line *items;
	size_t n, capacity;
	size_t lead; /* so many of them stand above a figure, the others below it */
};
void notes_init(struct notes *notes);
void notes_add(struct notes *notes, unsigned style, const char *text);
void notes_addf(struct notes *notes, unsigned style, const char *format, ...) __attribute__((format(printf, 3, 4)));
void notes_clear(struct notes *notes);
/* Rows that they take at this width, long lines several; and drawn from row `top` on. */
size_t notes_rows(const struct notes *notes, int width);
void notes_draw(const struct notes *notes, struct canvas *canvas, struct box box, size_t top);
/* Each line of the text. */
void notes_lines(struct notes *notes, const char *text);
void notes_styled_lines(struct notes *notes, unsigned style, const char *text);
/* Lines by which `after` differs from `before`, with "-" and "+" in front. */
void notes_diff(struct notes *notes, const char *before, const char *after);
/* The same of all files of a plan, each under its name but for the plan's own. */
void notes_diff_texts(struct notes *notes, struct nm_texts before, struct nm_texts after);

/* What stands among the lines of a question or page, and has keys of its own: a week. */
struct figure {
	void *state; /* NULL: there is none */
	int width;   /* columns that it would have */
	/* Rows that it takes in so many columns, in a window whose body has `window` rows. */
	int (*rows)(const void *state, int width, int window);
	/* Draws all its rows from the top of the box, whose height is the window's as above; what is outside the canvas's
	 * clip is not seen. */
	void (*draw)(const void *state, struct canvas *canvas, struct box box);
	bool (*act)(void *state, enum action action); /* true: it was one of its own, and something else is shown */
	void (*close)(void *state);
};
/* Of one that no dialog took. */
void figure_clear(struct figure *figure);

/* Asks for a line.  offered: what stands there at first, which the first character typed replaces; may be "".  typed: what
 * was typed before and is wrong, to be mended, with a message over the line that says why; NULL: it is asked for the
 * first time. */
void app_ask(struct app *app, int tag, const char *question, const char *offered, const char *typed);
/* The same, asked by the `:` line: `offer` adds whole lines that what was typed may become, after each key. */
#define TAG_COMMAND (-1)
#define TAG_COMMAND_YES (-41)
#define TAG_STOP	(-42) /* meanwhile.h */
void app_ask_offering(struct app *app, int tag, const char *question, const char *typed,
		      void (*offer)(const struct app *app, const char *typed, struct notes *out));
/* A line that is listened to while it is typed. */
struct heard_line {
	const char *question, *offered, *typed; /* as app_ask has them */
	void (*hear)(struct app *app, const char *typed); /* told what stands there after each key */
};
/* The same as app_ask, so that the screen below can follow what is typed. */
void app_ask_heard(struct app *app, int tag, const struct heard_line *line);
void app_confirm(struct app *app, int tag, const char *question, const struct notes *notes);
#define ANSWER_NO 1
void app_choose(struct app *app, int tag, const char *question, const char *const *items, size_t n, size_t first);
/* Several of a list, each at most once. */
struct several {
	const char *question;
	const char *const *items;
	size_t n;
	const size_t *taken; /* those chosen at first, in their order */
	size_t n_taken;      /* at most n */
	bool open;           /* others may be added, as they are typed */
	void (*hear)(struct app *app, const char *typed); /* told such a one while it is typed; NULL */
};
/* The answer's text has the names in the order in which they were chosen, a line each ("" for none), its index how many:
 * or that somebody wants to go on with them as one text. */
#define SEVERAL_AS_TEXT SIZE_MAX
void app_choose_several(struct app *app, int tag, const struct several *several);
void app_page(struct app *app, const char *title, const struct notes *notes);
/* The same with a figure, which the dialog takes. */
void app_confirm_with(struct app *app, int tag, const char *question, const struct notes *notes, struct figure *figure);
/* The same where "no" is a deed as well, and leaving the question is neither: in what words the keys say so; literals. */
struct ways {
	const char *yes, *no, *later;
};
void app_offer_with(struct app *app, int tag, const char *question, const struct ways *ways, const struct notes *notes,
		    struct figure *figure);
void app_page_with(struct app *app, const char *title, const struct notes *notes, struct figure *figure);

#endif
