/* SPDX-License-Identifier: MIT */
/* The rows of the Now screen, which are handed out from its top to its end, and who draws on them. */
#ifndef TUI_NOW_ROWS_H
#define TUI_NOW_ROWS_H

#include "now.h"

/* Where the next row goes, and how many are left. */
struct rows {
	struct canvas *canvas;
	int y, end, width;
	bool airy; /* there is room for blank rows, */
	bool tall; /* and for what is long, */
	bool each; /* each figure of the log has a row, */
	bool targets; /* or all of them one, with their targets below */
	bool pressed; /* the ladder is whole, and what is long gives way to it and to the figures */
	bool tight; /* what is long has one row, so that nothing is left out */
	bool cramped; /* there is none for what can wait */
	int spare; /* rows that nothing else needs: for what is long */
};

/* The next row to write on; one below the last of the body has no columns. */
struct pen now_row(struct rows *rows);
/* A name in front and text after it: on two rows at most, one where rows are few, and on what is spare. */
void now_named(struct rows *rows, const char *name, unsigned style, const char *text);

/* now_figures.c: what the log says, each only where it says anything. */
void now_draw_figures(const struct now *now, const struct app *app, struct rows *rows);
/* An emergency whose alert is open: how it stands, and which call. */
void now_draw_alert(const struct now *now, const struct app *app, struct rows *rows);
void now_draw_due(const struct now *now, const struct app *app, struct rows *rows);
void now_draw_refused(const struct now *now, struct rows *rows);
void now_draw_floods(const struct now *now, struct rows *rows);
/* Rows that these need. */
int now_log_rows(const struct now *now, const struct rows *rows);

#endif
