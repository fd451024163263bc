/* SPDX-License-Identifier: MIT */
/* The page on which somebody ticks off what is dialled or set by hand for a line. */
#ifndef TUI_CODES_H
#define TUI_CODES_H

#include "app.h"

/* Opens it over the screen that asks; says so when the line needs nobody. */
void app_codes(struct app *app, int line);

#endif
