/* SPDX-License-Identifier: MIT */
/*
 * One call: what really was beside what the plan says, over the Calls screen.  In: a call's number.  Out: its page, which
 * scrolls, and the call on the Simulate screen.
 */
#include "call_page.h"
#include "calls.h"
#include "nevermiss/names.h"

#include <stdlib.h>

struct call_screen {
	struct call_page page;
	int top, most; /* rows that have scrolled away, and can */
};

static void *open_call(struct app *app, const void *argument, struct nm_error *err)
{
	struct call_screen *screen = calloc(1, sizeof *screen);

	if (!screen) {
		nm_fail_memory(err);
		return NULL;
	}
	if (call_page_read(&screen->page, app->session, *(const int64_t *)argument, err)) {
		free(screen);
		return NULL;
	}
	return screen;
}

static void close_call(void *state)
{
	struct call_screen *screen = state;

	call_page_clear(&screen->page);
	free(screen);
}

static int rows_hidden(const struct call_screen *screen, const struct app *app)
{
	const struct box body = app_body(app);
	const int rows = call_page_rows(&screen->page, body.width) - body.height;

	return rows > 0 ? rows : 0;
}

static bool scroll(struct call_screen *screen, const struct app *app, enum action action)
{
	const int most = rows_hidden(screen, app), page = app_body(app).height - 1;
	int to = screen->top;

	switch (action) {
	case ACTION_UP:
		to--;
		break;
	case ACTION_DOWN:
		to++;
		break;
	case ACTION_PAGE_UP:
		to -= page;
		break;
	case ACTION_PAGE_DOWN:
		to += page;
		break;
	case ACTION_FIRST:
		to = 0;
		break;
	case ACTION_LAST:
		to = most;
		break;
	default:
		return false;
	}
	to = to < most ? to : most;
	screen->top = to > 0 ? to : 0;
	return true;
}

static enum verdict act_call(void *state, struct app *app, const struct event *event)
{
	struct call_screen *screen = state;

	if (scroll(screen, app, event->action))
		return VERDICT_REDRAW;
	switch (event->action) {
	case ACTION_PLAY:
		return app_call_play(app, screen->page.id) ? VERDICT_POP : VERDICT_REDRAW;
	case ACTION_BACK:
		return VERDICT_POP;
	default:
		return VERDICT_STAY;
	}
}

static void draw_call(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct call_screen *screen = state;
	const int most = rows_hidden(screen, app);

	for (int y = body.y; y < body.y + body.height; y++)
		canvas_fill(canvas, body.x, y, body.width, STYLE_PLAIN, ' ');
	call_page_draw(&screen->page, canvas, body, screen->top < most ? screen->top : most);
}

static const struct screen_ops call_ops = {
	.name = "call",
	.title = "Call",
	.context = CONTEXT_CALL,
	.dialog = true,
	.open = open_call,
	.close = close_call,
	.act = act_call,
	.draw = draw_call,
};

void app_call(struct app *app, int64_t id)
{
	app_push(app, &call_ops, &id);
}

static enum nm_code read_play(struct app *app, int64_t id, struct nm_arena *arena, struct play *out,
			      struct nm_error *err)
{
	struct nm_call_entry call;
	struct nm_store *store;
	enum nm_code code = session_store(app->session, &store, err);

	if (!code)
		code = nm_store_call_get(store, id, arena, &call, err);
	if (!code)
		code = nm_call_name(store, app_plan(app), arena, &call, err);
	return code ? code : call_page_play(&call, app_plan(app), out, err);
}

bool app_call_play(struct app *app, int64_t id)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_error err;
	struct play play;
	enum nm_code code = arena ? read_play(app, id, arena, &play, &err) : nm_fail_memory(&err);

	nm_arena_free(arena);
	if (code)
		app_error(app, &err);
	else
		app_go(app, &screen_simulate, &play);
	return !code;
}
