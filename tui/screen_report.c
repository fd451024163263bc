/* SPDX-License-Identifier: MIT */
/*
 * Report: the figures over the log of calls.
 */
#include <stdlib.h>

#include "app.h"

struct report {
	size_t cursor;
};

static void *open_report(struct app *app, const void *argument, struct nm_error *err)
{
	struct report *report = calloc(1, sizeof *report);

	(void)app;
	(void)argument;
	if (!report)
		nm_fail_memory(err);
	return report;
}

static enum verdict act_report(void *state, struct app *app, const struct event *event)
{
	(void)state;
	(void)app;
	(void)event;
	return VERDICT_STAY;
}

static void draw_report(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	(void)state;
	(void)app;
	canvas_text(canvas, body.x + 1, body.y, body.width - 1, STYLE_DIM, "no calls");
}

const struct screen_ops screen_report = {
	.name = "report",
	.title = "Report",
	.context = CONTEXT_REPORT,
	.open = open_report,
	.close = free,
	.act = act_report,
	.draw = draw_report,
};
