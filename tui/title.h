/* SPDX-License-Identifier: MIT */
/*
 * The title bar: whose plan this is, what must be known of its text and its lines, and the time.
 */
#ifndef TUI_TITLE_H
#define TUI_TITLE_H

struct app;
struct canvas;

/* On the canvas's first row; of a screen that is alone, what that says of itself. */
void title_draw(const struct app *app, struct canvas *canvas);

#endif
