/* SPDX-License-Identifier: MIT */
/* What an edit would change for callers, told before it is made. */
#ifndef TUI_CHANGE_H
#define TUI_CHANGE_H

#include "app.h"
#include "prompt.h"

/* Adds lines that say it, exact over the horizon of `check`.  False when the plan would not read with it, or it
 * could not be worked out: then a line says why. */
bool change_add(struct notes *notes, const struct app *app, const struct nm_edit *edit);

#endif
