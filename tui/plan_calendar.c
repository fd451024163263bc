/* SPDX-License-Identifier: MIT */
/*
 * A new calendar: where it comes from, and whether it can be fetched.  In: answers.  Out: which options are asked for, a
 * copy in the store, and the holidays that the program has itself as a file beside the plan.
 */
#include <stdio.h>
#include <string.h>

#include "fetched.h"
#include "first_plan.h"
#include "plan_screen.h"

/* How a calendar comes to the plan, and what each way must be told. */
static const struct {
	const char *words, *options;
	bool own; /* the program has it: it is written, and the one question is answered */
} ways[] = {
	{"us: the federal holidays, written beside the plan", "file", true},
	{"file: beside the plan", "file", false},
	{"url: an address that asks nobody for a password", "url", false},
	{"url with user and password_cmd: CalDAV", "url|user|password_cmd", false},
	{"url_cmd: a command prints the address, which is a secret", "url_cmd", false},
	{"url_cmd with user and password_cmd", "url_cmd|user|password_cmd", false},
};

#define WAYS (sizeof ways / sizeof *ways)

void calendar_ask_way(struct app *app, const char *name)
{
	const char *items[WAYS];
	char question[NAME_BYTES + 64];

	for (size_t i = 0; i < WAYS; i++)
		items[i] = ways[i].words;
	snprintf(question, sizeof question, "where does calendar %s come from?", name);
	app_choose(app, TAG_ADD_WAY, question, items, WAYS, 1);
}

const char *calendar_way_options(size_t index)
{
	return index < WAYS ? ways[index].options : ways[0].options;
}

bool calendar_way_offer(struct app *app, size_t index, const char **offered)
{
	const struct nm_plan_file *own = first_plan_files();
	struct nm_error err;

	*offered = NULL;
	if (index >= WAYS || !ways[index].own)
		return true;
	if (first_plan_write_files(app->session->options.plan_file, own, &err)) {
		app_error(app, &err);
		return false;
	}
	*offered = own->name;
	return true;
}

/* The calendar of that name, if it is one of the network; -1. */
static int find_remote(const struct nm_plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->n_calendars; i++)
		if (!strcmp(plan->calendars[i].name, name) && nm_calendar_remote(&plan->calendars[i]))
			return (int)i;
	return -1;
}

void calendar_offer_fetch(struct app *app, const char *name)
{
	const struct nm_plan *plan = app_plan(app);
	const int index = find_remote(plan, name);
	struct notes notes;
	char question[NAME_BYTES + 64];

	if (index < 0)
		return;
	notes_init(&notes);
	notes_add(&notes, STYLE_PLAIN, "Until it is fetched it is empty, and nobody is busy by it.");
	if (plan->calendars[index].url_cmd)
		notes_addf(&notes, STYLE_PLAIN, "url_cmd is run: %s", plan->calendars[index].url_cmd);
	if (plan->calendars[index].password_cmd)
		notes_addf(&notes, STYLE_PLAIN, "password_cmd is run: %s", plan->calendars[index].password_cmd);
	snprintf(question, sizeof question, "try now whether calendar %s can be fetched?", name);
	app_confirm(app, TAG_ADD_FETCH, question, &notes);
	notes_clear(&notes);
}

void calendar_fetch(struct app *app, const char *name)
{
	const int index = find_remote(app_plan(app), name);
	struct nm_refreshes refreshes;
	struct nm_buf words;
	struct nm_error err;
	unsigned style = STYLE_GOOD;

	if (index < 0)
		return;
	if (session_refresh(app->session, index, &refreshes, &err)) {
		app_error(app, &err);
		return;
	}
	nm_buf_init(&words, APP_MESSAGE);
	for (size_t i = 0; i < refreshes.n && app_plan(app); i++) {
		fetched_add(&words, app_plan(app), &refreshes.items[i]);
		if (refreshes.items[i].end == NM_REFRESH_FAILED)
			style = STYLE_ERROR;
	}
	app_message(app, style, "%s%s", words.data,
		    style == STYLE_ERROR ? " (:calendar refresh tries again)" : "; the plan is not saved yet, W saves");
	nm_buf_clear(&words);
	nm_refreshes_clear(&refreshes);
}
