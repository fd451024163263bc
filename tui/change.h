/* SPDX-License-Identifier: MIT */
/* What an edit would change for callers, told before it is made. */
#ifndef TUI_CHANGE_H
#define TUI_CHANGE_H

#include "app.h"
#include "prompt.h"

/* Adds lines that say it, exact over the horizon of `check`, and makes the figure of it.  False when the plan would not
 * read with it, or it could not be worked out: then a line says why, and there is no figure. */
bool change_add(struct notes *notes, struct figure *figure, const struct app *app, const struct nm_edit *edit);

/* change_week.c: the first week in which one of these differences of two texts of the plan shows, and those around it.
 * No figure when there is none, or memory is out. */
void change_figure(struct figure *out, const struct session *session, const char *before, const char *after,
		   const struct nm_differences *differences);

#endif
