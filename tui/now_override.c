/* SPDX-License-Identifier: MIT */
/*
 * An override asked for: how long, which path, sure?  In: answers.  Out: a section in the plan, ahead of all others.
 */
#include <stdlib.h>
#include <string.h>

#include "now.h"

enum { TAG_FOR, TAG_PATH, TAG_SURE };

static void ask_length(struct app *app, const char *typed)
{
	app_ask(app, TAG_FOR, "override for how long:", "2h", typed);
}

static void ask_path(struct now *now, struct app *app, const char *text)
{
	const struct nm_plan *plan = app_plan(app);
	const char **names;
	struct nm_error err;

	if (nm_duration_read(text, &now->override_s, &err) || now->override_s == 0) {
		app_message(app, STYLE_ERROR, "%s is no length of time: 45m, 2h, 1d", text);
		ask_length(app, text);
		return;
	}
	names = calloc(plan->n_paths + 1, sizeof *names);
	for (size_t i = 0; names && i < plan->n_paths; i++)
		names[i] = plan->paths[i].name;
	if (names)
		app_choose(app, TAG_PATH, "which path do calls take?", names, plan->n_paths, 0);
	free(names);
}

/* by-hand-1, or the number after the highest that is there. */
static void override_name(const struct app *app, struct nm_buf *out)
{
	const struct nm_plan *plan = app_plan(app);
	int number = 1;

	for (size_t i = 0; i < plan->n_overrides; i++) {
		int taken = 0;

		if (!strncmp(plan->overrides[i].rule.name, "by-hand-", 8))
			taken = (int)strtol(plan->overrides[i].rule.name + 8, NULL, 10);
		if (taken >= number && taken < 1000000)
			number = taken + 1;
	}
	nm_buf_addf(out, "by-hand-%d", number);
}

static void override_text(const struct now *now, struct app *app, struct nm_buf *out)
{
	const struct nm_plan *plan = app_plan(app);
	nm_time from = app_now(app) / 60 * 60;
	char from_text[NM_TIME_TEXT], until_text[NM_TIME_TEXT];

	nm_buf_add(out, "override ");
	override_name(app, out);
	nm_time_argument(plan->zone, from, from_text);
	nm_time_argument(plan->zone, from + now->override_s, until_text);
	nm_buf_addf(out, " {\n\tfrom = \"%s\"\n\tuntil = \"%s\"\n\tpath = %s\n}", from_text, until_text,
		    plan->paths[now->override_path].name);
}

static void ask_sure(struct now *now, struct app *app)
{
	struct nm_buf text;
	struct notes notes;

	nm_buf_init(&text, 4096);
	notes_init(&notes);
	override_text(now, app, &text);
	notes_diff(&notes, "", text.data);
	app_confirm(app, TAG_SURE, "write this override into the plan?", &notes);
	notes_clear(&notes);
	nm_buf_clear(&text);
}

static void write_override(struct now *now, struct app *app)
{
	struct nm_buf text;
	struct nm_edit edit;

	nm_buf_init(&text, 4096);
	override_text(now, app, &text);
	edit = session_override(app->session, text.data);
	if (!text.failed && app_change(app, &edit, 1, "an override"))
		app_message(app, STYLE_GOOD, "saved: an override (u takes it back; screen 6 makes it live)");
	nm_buf_clear(&text);
}

void now_override_ask(struct app *app)
{
	if (app_may_change(app) && app_plan(app)->n_paths)
		ask_length(app, NULL);
}

void now_override_answer(struct now *now, struct app *app, const struct event *event)
{
	if (!event->text)
		app_message(app, STYLE_PLAIN, "nothing was changed");
	else if (event->tag == TAG_FOR)
		ask_path(now, app, event->text);
	else if (event->tag == TAG_PATH && event->index < app_plan(app)->n_paths) {
		now->override_path = (int)event->index;
		ask_sure(now, app);
	} else if (event->tag == TAG_SURE && (size_t)now->override_path < app_plan(app)->n_paths)
		write_override(now, app);
}
