/* SPDX-License-Identifier: MIT */
/*
 * What the store knows of the lines, for the title bar and whoever else asks (app.h).  In: the session's store.  Out:
 * facts that are kept until somebody forgets them.
 */
#include <string.h>

#include "app.h"

const struct nm_line_fact *app_fact(const struct app *app, const char *line)
{
	for (size_t i = 0; i < app->n_facts; i++) {
		if (!strcmp(app->facts[i].line, line))
			return &app->facts[i];
	}
	return NULL;
}

void app_forget_facts(struct app *app)
{
	nm_arena_free(app->facts_arena);
	app->facts_arena = NULL;
	app->facts = NULL;
	app->n_facts = 0;
	app->facts_known = false;
}

/* Without a store nothing is known of the lines: that is an answer too. */
static void read_facts(struct app *app)
{
	app_forget_facts(app);
	app->facts_known = true;
	app->facts_arena = nm_arena_new();
	if (app->facts_arena &&
	    session_facts(app->session, app->facts_arena, &app->facts, &app->n_facts, NULL) != NM_OK)
		app->n_facts = 0;
}

void app_need_facts(struct app *app)
{
	if (!app->facts_known)
		read_facts(app);
}
