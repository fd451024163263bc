/* SPDX-License-Identifier: MIT */
/* The theme of the interface while it runs: another one is for this session, keys.conf has the lasting one. */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include "app.h"

/* The `:` line's word for it; alone it does what its key does. */
#define THEME_WORD "theme"

/* Takes the theme of that name; false, with a message: there is none. */
bool theme_choose(struct app *app, const char *name);
/* Takes the one that comes next. */
void theme_next(struct app *app);

#endif
