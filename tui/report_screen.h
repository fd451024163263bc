/* SPDX-License-Identifier: MIT */
/*
 * The Report screen between its files: what it knows (screen_report.c), how it looks (report_draw.c, report_map.c,
 * report_rest.c), and the calculation (report_worth.c).  Private to these.
 */
#ifndef TUI_REPORT_SCREEN_H
#define TUI_REPORT_SCREEN_H

#include "app.h"
#include "report_words.h"
#include "search.h"
#include "worth_numbers.h"

#define REPORT_MONTHS 120 /* that one can go back */

/* The owner's own numbers, in place of the log's and the plan's. */
struct worth_own {
	bool set[WORTH_NUMBERS];
	double number[WORTH_NUMBERS];
};

/* What the figures are of: when it is another, they are made anew. */
struct report_subject {
	unsigned generation; /* of the session */
	uint64_t changes;    /* of the store */
	struct nm_span span;
	int line;
};

enum report_whose { WHOSE_ALL, WHOSE_MISSED, WHOSE_LAYER };

struct report_screen {
	int back;                /* 0: the last 30 days; n: the month n - 1 before this one */
	int line;                /* -1: all */
	enum report_whose whose; /* calls on the map */
	char *layer;             /* owned; WHOSE_LAYER: its name, of which the report has no second */
	bool on_map;             /* the map has the keys: */
	int day, hour;           /* its cursor */
	int scroll;              /* rows above the window */
	char search[LIST_SEARCH]; /* what was last searched for; "" */
	struct search_row found; /* of all rows, also those above the window */
	struct worth_own own;
	char *file; /* owned; one that is there, while it is asked whether to write over it; NULL */
	/* what is shown, made when the keyboard is quiet */
	bool known; /* the report was tried: err says what came of it */
	bool whole; /* and the weeks */
	struct report_subject subject;
	struct nm_report report; /* of the span */
	struct nm_report weeks;  /* of the weeks that end with it */
	struct nm_error err;
};

/* "November 2026", "the last 30 days" */
void report_span_words(const struct report_screen *screen, const struct app *app,
		       char out[static NM_TIME_TEXT]);
/* The layer whose calls are on the map; NULL: none, or it took no call in this span. */
const struct nm_layer *report_layer(const struct report_screen *screen);

/* report_draw.c */
/* It has no calls, neither in the span nor in the weeks before it: no layers, and no map. */
bool report_is_empty(const struct report_screen *screen);
void report_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body);
/* Rows of all that there is to see, and which of them is the map's Monday. */
struct report_extent {
	int rows, map;
};
struct report_extent report_extent(const struct report_screen *screen, const struct app *app);
/* All of it, from the first row on, on a canvas that is as high. */
void report_draw_whole(const struct report_screen *screen, const struct app *app, struct canvas *canvas);

/* Rows below each other, in some of the canvas's columns. */
struct column {
	const struct app *app;
	struct canvas *canvas;
	int x, y, end; /* end: the column after the last */
};

int column_width(const struct column *column);
/* A row of text, and the next one; text on the row that ends in a column, counted from x. */
void column_line(struct column *column, unsigned style, const char *text);
void column_right(struct column *column, int end, unsigned style, const char *text);
unsigned report_layer_style(const struct nm_layer *layer);

/* report_rest.c: who took the calls, as a table; and all that stands beside or below the rest. */
void report_draw_layers(const struct report_screen *screen, struct column *column);
void report_draw_rest(const struct report_screen *screen, struct column *column);

/* report_map.c: the hours of the week, and what they are made of; the rows are advanced. */
void report_draw_map(const struct report_screen *screen, struct column *column);

/* report_worth.c */
/* The report's numbers, what the plan says a job is worth, and the owner's own in their place; reckoned. */
struct nm_worth worth_reckoned(const struct report_screen *screen, const struct nm_plan *plan);
bool worth_is_own(const struct worth_own *own);
/* "missed 29 a month × 60 % × $400 = $6,960" */
void worth_loss_words(const struct nm_worth *worth, const char *currency, struct nm_buf *out);
/* "recovered 107 × 60 % × $400 = $25,680, cost $107: 240 times" */
void worth_return_words(const struct nm_worth *worth, const char *currency, struct nm_buf *out);
/* Opens the calculation, which sets the screen's own numbers. */
void app_reckon(struct app *app, struct report_screen *screen);

#endif
