/* SPDX-License-Identifier: MIT */
/*
 * Calls: the log of calls, and whom to call back.
 */
#include <stdlib.h>

#include "app.h"

struct calls {
	size_t cursor;
};

static void *open_calls(struct app *app, const void *argument, struct nm_error *err)
{
	struct calls *calls = calloc(1, sizeof *calls);

	(void)app;
	(void)argument;
	if (!calls)
		nm_fail_memory(err);
	return calls;
}

static enum verdict act_calls(void *state, struct app *app, const struct event *event)
{
	(void)state;
	(void)app;
	(void)event;
	return VERDICT_STAY;
}

static void draw_calls(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	(void)state;
	(void)app;
	canvas_text(canvas, body.x + 1, body.y, body.width - 1, STYLE_DIM, "no calls");
}

const struct screen_ops screen_calls = {
	.name = "calls",
	.title = "Calls",
	.context = CONTEXT_CALLS,
	.open = open_calls,
	.close = free,
	.act = act_calls,
	.draw = draw_calls,
};
