/* SPDX-License-Identifier: MIT */
/*
 * Overrides asked for on Now: one in force is ended, or a new one is written: how long, which path, what changes, sure?
 * In: answers, or what was decided on the `:` line.  Out: an edit that is saved, and the way to Push, which asks before it makes anything live.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "now.h"
#include "override.h"
#include "push.h"

enum { TAG_WHICH, TAG_FOR, TAG_PATH, TAG_SURE, TAG_END, TAG_LIVE };

#define SECTION_BYTES 4096

static void ask_length(struct app *app, const char *typed)
{
	app_ask(app, TAG_FOR, "override for:", "2h", typed);
}

static void ask_path(struct now *now, struct app *app, const char *text)
{
	const struct nm_plan *plan = app_plan(app);
	const char **names;
	struct nm_error err;

	if (nm_duration_read(text, &now->wish.length_s, &err) || now->wish.length_s == 0) {
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

/* What is asked about, or then done, with the edit that writes the override, which now->wish says. */
static void with_new(struct now *now, struct app *app,
		     void (*act)(const struct now *now, struct app *app, const char *name, const struct nm_edit *edit))
{
	struct nm_buf name, section;
	struct nm_edit edit;
	struct nm_error err;

	nm_buf_init(&name, OVERRIDE_NAME);
	nm_buf_init(&section, SECTION_BYTES);
	if (override_begin(app->session, &now->wish, &name, &section, &edit, &err))
		app_error(app, &err);
	else
		act(now, app, name.data, &edit);
	nm_buf_clear(&section);
	nm_buf_clear(&name);
}

static void ask_sure(const struct now *now, struct app *app, const char *name, const struct nm_edit *edit)
{
	const struct nm_plan *plan = app_plan(app);
	const struct override_wish *wish = &now->wish;
	char length[NM_TIME_TEXT], until[NM_TIME_TEXT], question[APP_MESSAGE];

	nm_duration_words(wish->length_s, length);
	nm_time_words(plan->zone, override_until(app_now(app), wish->length_s), false, until);
	snprintf(question, sizeof question, "write override %s: %s%s for %s, until %s?", name, wish->path ? "" : "reject ",
		 wish->path ? wish->path : wish->reject, length, until);
	change_ask(app, TAG_SURE, question, edit, 1);
}

/* Do all lines what the plan says that was just saved, as they were read last? */
static bool live_is_so(struct app *app)
{
	app_forget_facts(app);
	app_need_facts(app);
	for (size_t i = 0; i < app->n_facts; i++)
		if (!app->facts[i].in_sync)
			return false;
	return app->n_facts > 0;
}

/* Saves, and asks whether to go and make it live, where it is not. */
static void save(const struct now *now, struct app *app, const char *what, const struct nm_edit *edit)
{
	if (!app_change(app, edit, 1, what) || !now->live_offered)
		return;
	if (live_is_so(app))
		app_message(app, STYLE_GOOD, "saved (u takes it back); live is what the plan says: nothing to push");
	else
		app_confirm(app, TAG_LIVE, "the plan is saved, and live is as before: make it live now? Push shows what it does, and asks", NULL);
}

static void write_new(const struct now *now, struct app *app, const char *name, const struct nm_edit *edit)
{
	char what[OVERRIDE_NAME + 16];

	snprintf(what, sizeof what, "override %s", name);
	save(now, app, what, edit);
}

/* --- ending one --- */

/* The override in force, counted from 0 in the plan's order; NULL when there are not so many. */
static const struct nm_override *in_force(const struct app *app, size_t i)
{
	const struct nm_plan *plan = app_plan(app);

	for (size_t j = 0; j < plan->n_overrides; j++)
		if (override_in_force(&plan->overrides[j], app_now(app)) && i-- == 0)
			return &plan->overrides[j];
	return NULL;
}

/* "in force for 20 min, until Sun 22 Nov 15:00" */
static void stand_words(const struct app *app, const struct nm_override *override, char *out, size_t size)
{
	char age[NM_TIME_TEXT], until[NM_TIME_TEXT];

	nm_duration_words(override_age(override, app_now(app)), age);
	nm_time_words(app_plan(app)->zone, override->until, false, until);
	snprintf(out, size, "in force for %s, until %s", age, until);
}

/* override: the one of that name, when it is in force. */
static void ask_end(struct now *now, struct app *app, const char *name, const struct nm_override *override)
{
	char stands[2 * NM_TIME_TEXT + 32] = "which is not in force", question[APP_MESSAGE];
	struct nm_edit edit;
	struct nm_error err;

	snprintf(now->override_name, sizeof now->override_name, "%s", name);
	if (override)
		stand_words(app, override, stands, sizeof stands);
	snprintf(question, sizeof question, "end override %s, %s?", now->override_name, stands);
	if (override_end(app->session, now->override_name, &edit, &err))
		app_error(app, &err);
	else
		change_ask(app, TAG_END, question, &edit, 1);
}

static void end(const struct now *now, struct app *app)
{
	char what[OVERRIDE_NAME + 32];
	struct nm_edit edit;
	struct nm_error err;

	snprintf(what, sizeof what, "end of override %s", now->override_name);
	if (override_end(app->session, now->override_name, &edit, &err))
		app_error(app, &err);
	else
		save(now, app, what, &edit);
}

/* --- from one question to the next --- */

/* A new one first; then each that is in force. */
static void ask_which(struct app *app, size_t n)
{
	char (*rows)[APP_MESSAGE] = calloc(n, sizeof *rows);
	const char **items = calloc(n + 1, sizeof *items);

	if (rows && items) {
		items[0] = "write a new one, ahead of all others";
		for (size_t i = 0; i < n; i++) {
			const struct nm_override *override = in_force(app, i);
			char stands[2 * NM_TIME_TEXT + 32];

			stand_words(app, override, stands, sizeof stands);
			snprintf(rows[i], sizeof rows[i], "end %s: %s", override->rule.name, stands);
			items[i + 1] = rows[i];
		}
		app_choose(app, TAG_WHICH, "an override is in force", items, n + 1, 0);
	}
	free(items);
	free(rows);
}

void now_override_ask(struct now *now, struct app *app)
{
	size_t n = 0;

	if (!app_may_change(app))
		return;
	now->wish = (struct override_wish){0};
	now->live_offered = true;
	while (in_force(app, n))
		n++;
	if (n)
		ask_which(app, n);
	else if (app_plan(app)->n_paths)
		ask_length(app, NULL);
	else
		app_message(app, STYLE_PLAIN, "the plan has no path that calls could take meanwhile: A on Plan adds one");
}

/* --- decided already --- */

static const char *keep_text(struct now *now, const char *text)
{
	if (text && !now->wish_arena)
		now->wish_arena = nm_arena_new();
	return text && now->wish_arena ? nm_arena_text(now->wish_arena, text) : NULL;
}

/* False when memory is out. */
static bool keep_wish(struct now *now, const struct override_wish *wish)
{
	const char *const texts[] = {wish->name, wish->path, wish->reject, wish->line, wish->callers};
	const char **const kept[] = {&now->wish.name, &now->wish.path, &now->wish.reject, &now->wish.line, &now->wish.callers};

	now->wish = (struct override_wish){.length_s = wish->length_s};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		*kept[i] = keep_text(now, texts[i]);
		if (texts[i] && !*kept[i])
			return false;
	}
	return true;
}

void now_override_decided(struct now *now, struct app *app, const struct override_order *order)
{
	const struct nm_override *override;
	size_t i = 0;

	if (!app_may_change(app))
		return;
	now->live_offered = !order->keep;
	if (order->end) {
		while ((override = in_force(app, i)) && strcmp(override->rule.name, order->end) != 0)
			i++;
		ask_end(now, app, order->end, override);
	} else if (keep_wish(now, &order->wish)) {
		with_new(now, app, ask_sure);
	} else {
		app_message(app, STYLE_ERROR, "out of memory: nothing was asked");
	}
}

/* --- the answers --- */

static void take_which(struct now *now, struct app *app, size_t index)
{
	const struct nm_override *override = index ? in_force(app, index - 1) : NULL;

	if (!index)
		ask_length(app, NULL);
	else if (override)
		ask_end(now, app, override->rule.name, override);
	else
		app_message(app, STYLE_PLAIN, "that override is over");
}

static void dismissed(struct app *app, int tag)
{
	if (tag == TAG_LIVE)
		app_message(app, STYLE_GOOD, "saved (u takes it back); live is as before: screen 6 makes it live");
	else
		app_message(app, STYLE_PLAIN, "nothing was changed");
}

void now_override_answer(struct now *now, struct app *app, const struct event *event)
{
	if (!event->text) {
		dismissed(app, event->tag);
	} else if (event->tag == TAG_WHICH) {
		take_which(now, app, event->index);
	} else if (event->tag == TAG_FOR) {
		ask_path(now, app, event->text);
	} else if (event->tag == TAG_PATH && event->index < app_plan(app)->n_paths) {
		now->wish.path = keep_text(now, app_plan(app)->paths[event->index].name);
		if (now->wish.path)
			with_new(now, app, ask_sure);
	} else if (event->tag == TAG_SURE) {
		with_new(now, app, write_new);
	} else if (event->tag == TAG_END) {
		end(now, app);
	} else if (event->tag == TAG_LIVE) {
		app_go(app, &screen_push, &push_all_lines);
	}
}
