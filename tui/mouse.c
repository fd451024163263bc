/* SPDX-License-Identifier: MIT */
/*
 * The mouse, as the keys that one would press: a click moves the cursor to its place, and opens what the cursor
 * is on already; the wheel moves as the arrows do.  So every list has it, and a screen of several panes tells only
 * where they are.
 * In: places on the canvas.  Out: actions.
 */
#include "app.h"

#define WHEEL_LINES 3 /* of a page */

static bool is_marked(const struct app *app, int x, int y)
{
	return canvas_cell(&app->canvas, x, y)->style & STYLE_CURSOR;
}

/* Where the cursor is drawn: from the first to the last marked cell of the first row that has some, below the frame's
 * head. */
static bool find_cursor(const struct app *app, struct box *out)
{
	const struct box body = app_body(app);

	for (int y = body.y; y < body.y + body.height; y++) {
		for (int x = 0; x < app->canvas.width; x++) {
			if (!is_marked(app, x, y))
				continue;
			*out = (struct box){x, y, app->canvas.width - x, 1};
			while (!is_marked(app, x + out->width - 1, y))
				out->width--;
			return true;
		}
	}
	return false;
}

static enum pane_at pane_at(const struct app *app, int x, int y)
{
	const struct layer *top = app->depth ? &app->stack[app->depth - 1] : &app->tabs[app->tab];
	const bool drawn = app_context(app) == top->ops->context;

	return drawn && top->ops->pane_at ? top->ops->pane_at(top->state, app, x, y) : PANE_KEYS;
}

/* The pane at this place has the keys, or gets them; false: it cannot have them.  *had: it had them before. */
static bool take_pane(struct app *app, int x, int y, bool *had)
{
	enum pane_at at = pane_at(app, x, y);

	*had = at == PANE_KEYS;
	if (at == PANE_OTHER) {
		app_do(app, ACTION_NEXT_PANE);
		app_draw(app);
		at = pane_at(app, x, y);
	}
	return at == PANE_KEYS;
}

/* A page and a question have no cursor; what is marked then belongs to the screen below. */
static bool has_cursor(enum context context)
{
	return context != CONTEXT_TEXT && context != CONTEXT_CONFIRM && context != CONTEXT_PROMPT;
}

static int distance(int at, int from, int size)
{
	return at < from ? at - from : at >= from + size ? at - from - size + 1 : 0;
}

/* Steps until the cursor has reached the place in this direction; no further than that. */
static void go_to(struct app *app, bool down, int place)
{
	struct box cursor;
	int left, last = -1;

	while (find_cursor(app, &cursor)) {
		left = down ? distance(place, cursor.y, 1) : distance(place, cursor.x, cursor.width);
		if (left == 0)
			return;
		/* Nearer with each step, or it is something else that moves: what that key says was not asked for. */
		if (last >= 0 && (left < 0 ? -left : left) >= last) {
			app->message[0] = '\0';
			return;
		}
		last = left < 0 ? -left : left;
		if (down)
			app_do(app, left < 0 ? ACTION_UP : ACTION_DOWN);
		else
			app_do(app, left < 0 ? ACTION_LEFT : ACTION_RIGHT);
		app_draw(app);
	}
}

void app_click(struct app *app, int x, int y)
{
	const struct box body = app_body(app);
	const size_t tab = frame_tab_at(app, x);
	struct box cursor;
	bool had;

	if (app->depth == 0 && y == 1 && tab < APP_TABS)
		app_do(app, (enum action)(ACTION_SCREEN_NOW + (int)tab));
	if (!has_cursor(app_context(app)) || y < body.y || y >= body.y + body.height ||
	    !take_pane(app, x, y, &had) || !find_cursor(app, &cursor))
		return;
	if (had && y == cursor.y && distance(x, cursor.x, cursor.width) == 0) {
		app_do(app, keymap_has(app_context(app), ACTION_ACCEPT) ? ACTION_ACCEPT : ACTION_ENTER);
		return;
	}
	go_to(app, true, y);
	if (find_cursor(app, &cursor) && cursor.y == y && cursor.width < body.width / 2)
		go_to(app, false, x);
}

void app_wheel(struct app *app, bool up)
{
	const int steps = has_cursor(app_context(app)) ? 1 : WHEEL_LINES;

	for (int i = 0; i < steps; i++)
		app_do(app, up ? ACTION_UP : ACTION_DOWN);
}
