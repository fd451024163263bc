/* SPDX-License-Identifier: MIT */
/* A call drawn as a ladder: a column for each party, a row for each event, the reason beside it. */
#ifndef TUI_LADDER_H
#define TUI_LADDER_H

#include "nevermiss/decide.h"
#include "screen.h"

/* Rows that the drawing would take. */
int ladder_rows(const struct nm_outcome *outcome);
/* The event of a row below the heads, from 0; NULL: there is no such row. */
const struct nm_event *ladder_event(const struct nm_outcome *outcome, int row);
/* The row on which an event begins, in a drawing of this width. */
int ladder_row_of(const struct nm_outcome *outcome, size_t event, int width);
/* Draws rows from `top` on; as a plain list where the columns do not fit. */
void ladder_draw(const struct nm_outcome *outcome, struct canvas *canvas, struct box box, int top);
/* The same of a call that has come as far as row `last` below the heads, which is marked. */
void ladder_draw_until(const struct nm_outcome *outcome, struct canvas *canvas, struct box box, int top, int last);

#endif
