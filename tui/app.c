/* SPDX-License-Identifier: MIT */
/*
 * The stack of screens and what they ask of it.
 * In: keys, changes of the plan.  Out: actions for screens, the canvas.  Knows no screen but by its
 * operations, and waits for nothing: the loop is run.c.
 */
#include "app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "heap.h"
#include "prompt.h"
#include "saving.h"
#include "term.h"
#include "theme.h"

const struct screen_ops *const app_screens[APP_TABS] = {&screen_now,	  &screen_plan,	 &screen_week,
							&screen_simulate, &screen_check, &screen_push,
							&screen_calls,	  &screen_report};

nm_time app_now(const struct app *app)
{
	return session_now(app->session);
}

const struct nm_plan *app_plan(const struct app *app)
{
	return app->session->plan;
}

bool app_reads(const struct app *app)
{
	return app->session->plan && !app->session->unread;
}

bool app_ascii(const struct app *app)
{
	return app->canvas.ascii;
}

const struct screen_ops *app_screen_named(const char *name)
{
	for (size_t i = 0; i < APP_TABS; i++) {
		if (!strcmp(app_screens[i]->name, name))
			return app_screens[i];
	}
	return NULL;
}

static struct layer *top_layer(struct app *app)
{
	return app->depth ? &app->stack[app->depth - 1] : &app->tabs[app->tab];
}

const struct screen_ops *app_top(const struct app *app)
{
	return app->depth ? app->stack[app->depth - 1].ops : app->tabs[app->tab].ops;
}

bool app_alone(const struct app *app)
{
	return app->tabs[app->tab].ops->alone;
}

enum context app_tab_context(const struct app *app)
{
	return app_plan(app) || app_alone(app) ? app->tabs[app->tab].ops->context : CONTEXT_GENERAL;
}

enum context app_context(const struct app *app)
{
	return app->depth ? app_top(app)->context : app_tab_context(app);
}

void app_message(struct app *app, unsigned style, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(app->message, sizeof app->message, format, args);
	va_end(args);
	app->message_style = style;
	app->progress.stands = false;
}

void app_error(struct app *app, const struct nm_error *err)
{
	app_message(app, STYLE_ERROR, "%s", err->text);
}

bool app_may_write(struct app *app)
{
	if (meanwhile_refuses(app))
		return false;
	if (!app->session->options.read_only)
		return true;
	app_message(app, STYLE_WARNING, "this session is read-only: nothing is changed");
	return false;
}

bool app_may_change(struct app *app)
{
	if (!app_may_write(app))
		return false;
	if (!app->session->unread)
		return true;
	app_message(app, STYLE_WARNING, "the plan does not read: until it does nothing is changed, e opens it at the mistake");
	return false;
}

bool app_may_push(struct app *app)
{
	if (!app_may_change(app))
		return false;
	if (!nm_document_dirty(app->session->document))
		return true;
	app_message(app, STYLE_WARNING, "the plan has edits that are not saved: W saves them, u takes them back");
	return false;
}

/* --- the stack --- */

void app_derive(struct app *app)
{
	struct layer *tab = &app->tabs[app->tab];

	if (app->generation != app->session->generation)
		app_forget_facts(app); /* they borrow the names of the plan that is gone */
	app->generation = app->session->generation;
	app->minute = app_now(app) / 60;
	if (app_plan(app) && tab->state && tab->ops->derive)
		tab->ops->derive(tab->state, app);
}

/* What only the screen in sight reads is not kept for when it comes back: each holds its own, not that of all eight. */
static void leave_tab(struct app *app)
{
	const struct layer *layer = &app->tabs[app->tab];

	if (layer->state && layer->ops->leave)
		layer->ops->leave(layer->state);
	session_rest_store(app->session);
	heap_return();
}

/* Shows a tab; opens it when it never was. */
static bool show_tab(struct app *app, size_t i, const void *argument, struct nm_error *err)
{
	struct layer *layer = &app->tabs[i];

	layer->ops = app_screens[i];
	if (!layer->state) {
		layer->state = layer->ops->open(app, argument, err);
		if (!layer->state)
			return false;
	} else if (argument && layer->ops->go) {
		layer->ops->go(layer->state, app, argument);
	}
	if (app->tab != i)
		leave_tab(app);
	app->tab = i;
	app_derive(app);
	return true;
}

/* Shows a tab, and leaves a way back to the one before; the oldest step of a long way is forgotten. */
static bool visit(struct app *app, size_t i, const void *argument, struct nm_error *err)
{
	size_t before = app->tab;

	if (!show_tab(app, i, argument, err))
		return false;
	if (before == i)
		return true;
	if (app->n_trail == APP_TRAIL)
		memmove(app->trail, app->trail + 1, --app->n_trail * sizeof *app->trail);
	app->trail[app->n_trail++] = before;
	return true;
}

static void go_back(struct app *app)
{
	struct nm_error err;

	if (!app->n_trail)
		app_message(app, STYLE_DIM, "no screen was before this one");
	else if (!show_tab(app, app->trail[--app->n_trail], NULL, &err))
		app_error(app, &err);
}

void app_go(struct app *app, const struct screen_ops *ops, const void *argument)
{
	struct nm_error err;

	for (size_t i = 0; i < APP_TABS; i++) {
		if (app_screens[i] == ops && !visit(app, i, argument, &err))
			app_error(app, &err);
	}
}

void app_push(struct app *app, const struct screen_ops *ops, const void *argument)
{
	struct nm_error err;
	void *state;

	if (app->depth + (app->running && !app->meanwhile.asked ? APP_KEPT : 0) >= APP_STACK) {
		app_message(app, STYLE_WARNING, "too many dialogs are open: close one first");
		return;
	}
	state = ops->open(app, argument, &err);
	if (!state) {
		app_error(app, &err);
		return;
	}
	app->stack[app->depth++] = (struct layer){ops, state};
}

void app_pop(struct app *app)
{
	if (app->depth == 0)
		return;
	app->depth--;
	app->stack[app->depth].ops->close(app->stack[app->depth].state);
}

enum verdict app_answer(struct app *app, int tag, const char *text, size_t index)
{
	free(app->answer.text);
	app->answer.given = true;
	app->answer.tag = tag;
	app->answer.index = index;
	app->answer.text = text ? strdup(text) : NULL;
	if (text && !app->answer.text)
		app_message(app, STYLE_ERROR, "out of memory: nothing was answered");
	return VERDICT_POP;
}

/* --- actions --- */

/* Closes what lies over the tab; false, and all of it stays, when some of that holds work or waits for an answer. */
static bool uncover(struct app *app)
{
	for (size_t i = 0; i < app->depth; i++)
		if (!context_reads(app->stack[i].ops->context))
			return false;
	while (app->depth)
		app_pop(app);
	return true;
}

/* covered: a page lay over the screen that is asked for. */
static void go_to_tab(struct app *app, size_t i, bool covered)
{
	struct nm_error err;

	if (!covered && app->tab == i)
		app_message(app, STYLE_DIM, "this is %s already", app_screens[i]->title);
	else if (!visit(app, i, NULL, &err))
		app_error(app, &err);
}

/* What is the same on every screen; false when the action means nothing here. */
static bool act_general(struct app *app, const struct event *event)
{
	if (event->action >= ACTION_SCREEN_NOW && event->action < ACTION_SCREEN_NOW + APP_TABS) {
		const bool covered = app->depth > 0;

		if (!uncover(app))
			return false;
		go_to_tab(app, (size_t)(event->action - ACTION_SCREEN_NOW), covered);
		return true;
	}
	if (context_reads(app_context(app)) && (event->action == ACTION_UNDO || event->action == ACTION_REDO))
		return false; /* nobody would see what it does under the page */
	switch (event->action) {
	case ACTION_BACK:
		go_back(app);
		return true;
	case ACTION_HELP:
		app_help(app);
		return true;
	case ACTION_COMMAND:
		command_line_ask(app, "");
		return true;
	case ACTION_UNDO:
	case ACTION_REDO:
		saving_undo(app, event->action == ACTION_REDO);
		return true;
	case ACTION_REDRAW:
		if (app->term)
			term_forget(app->term);
		app_message(app, STYLE_DIM, "the whole screen is drawn again");
		return true;
	case ACTION_THEME:
		theme_next(app);
		return true;
	case ACTION_SAVE:
		saving_ask(app, AFTER_NOTHING);
		return true;
	case ACTION_QUIT:
		saving_leave(app);
		return true;
	case ACTION_EDITOR: /* of a screen that has no place of its own */
		app_editor(app, (struct nm_pos){0});
		return true;
	default:
		return false;
	}
}

static void act(struct app *app, const struct event *event)
{
	bool on_tab = app->depth == 0;
	struct layer *top = top_layer(app);
	enum verdict verdict = VERDICT_STAY;

	if (!on_tab || app_plan(app) || app_alone(app))
		verdict = top->ops->act(top->state, app, event);
	if (verdict == VERDICT_QUIT)
		saving_leave(app);
	else if (verdict == VERDICT_POP)
		app_pop(app);
	else if (verdict == VERDICT_STAY && !app_alone(app) && !context_modal(top->ops->context) &&
		 !act_general(app, event))
		app_message(app, STYLE_DIM, "nothing to do for that here: ? shows the keys");
}

/* Hands a dialog's answer to whoever asked. */
static void deliver_answer(struct app *app)
{
	struct event event = {.action = ACTION_ANSWER, .tag = app->answer.tag, .index = app->answer.index};

	char *text = app->answer.text;

	app->answer.given = false;
	app->answer.text = NULL;
	event.text = text;
	if (event.tag == TAG_COMMAND && text)
		command_line_run(app, text);
	else if (event.tag != TAG_COMMAND && !meanwhile_answer(app, &event) && !command_line_answer(app, &event) &&
		 !saving_answer(app, &event) && !recovery_answer(app, &event))
		act(app, &event);
	free(text);
}

/* What was told of long work, and of stopping it, is over with it. */
static void end_progress(struct app *app)
{
	if (app->running)
		return;
	if (app->progress.stands)
		app_message(app, STYLE_PLAIN, "%s", "");
	app->progress.doing = app->progress.pieces = NULL;
	app->progress.all = 0;
	app->progress.held_ms = 0;
}

void app_act(struct app *app, const struct event *event)
{
	act(app, event);
	while (app->answer.given)
		deliver_answer(app);
	app_derive(app);
	end_progress(app);
}

void app_do(struct app *app, enum action action)
{
	struct event event = {.action = action};

	app->message[0] = '\0';
	if (keymap_has(app_context(app), action) && !meanwhile_puts_off(app, action))
		app_act(app, &event);
}

/* A key that is none here: what else there is. */
static void tell_unknown(struct app *app, enum context context, uint32_t key)
{
	const struct key_row *out = keymap_named(context, keymap_has(context, ACTION_DISMISS) ? "dismiss" : "no");
	char name[KEY_TEXT], label[2 * KEY_TEXT];

	key_write(key, name);
	if (context == CONTEXT_CONFIRM) {
		app_message(app, STYLE_DIM, "%s does nothing here: y does it, n does not", name);
	} else if (!context_modal(context)) {
		app_message(app, STYLE_DIM, "%s does nothing here: ? shows the keys", name);
	} else if (out && *key_row_keys(out)) {
		key_label(out, app_ascii(app), label);
		app_message(app, STYLE_DIM, "%s does nothing here: %s leaves it", name, label);
	} else {
		app_message(app, STYLE_DIM, "%s does nothing here", name);
	}
}

void app_key(struct app *app, uint32_t key)
{
	enum context context = app_context(app);
	const struct key_row *row = keymap_find(context, key);
	struct event event = {.action = row ? row->action : ACTION_TEXT, .ch = key};

	app->message[0] = '\0';
	if (!row && (!context_types(context) || key >= K_SPECIAL)) {
		tell_unknown(app, context, key);
		return;
	}
	if (!meanwhile_puts_off(app, event.action))
		app_act(app, &event);
}

/* --- quiet work --- */

#define READ_MS 20 /* carriers are waited for, and a key with them */

/* Goes on with reading what is live. */
static bool read_on(struct app *app)
{
	struct nm_error err;
	bool more;

	if (session_reading_move(app->session, READ_MS, &more, &err))
		app_error(app, &err);
	if (!app->session->reading)
		app_forget_facts(app);
	return true;
}

static bool do_piece(struct app *app)
{
	struct layer *tab = &app->tabs[app->tab];
	const struct nm_findings *findings;
	struct nm_error err;

	if (recovery_guard(app))
		return true;
	if (!app_plan(app))
		return false;
	if (!app->facts_known) {
		app_need_facts(app);
		return true;
	}
	if (!app->session->findings_known) {
		if (session_findings(app->session, &findings, &err) && !app_interrupted(app)) {
			app_error(app, &err);
			return false;
		}
		return true;
	}
	if (app->session->reading)
		return read_on(app);
	return tab->ops->idle && tab->ops->idle(tab->state, app);
}

bool app_idle(struct app *app)
{
	bool more;

	app->quiet = true;
	more = do_piece(app);
	app->quiet = false;
	if (!more)
		end_progress(app);
	return more;
}

void app_settle(struct app *app)
{
	while (app_idle(app))
		app_derive(app);
	app_derive(app);
}

void app_draw(struct app *app)
{
	frame_draw(app, &app->canvas);
}

bool app_resize(struct app *app, int width, int height)
{
	struct canvas canvas;

	if (!canvas_init(&canvas, width, height, app->session->options.ascii))
		return false;
	canvas_clear(&app->canvas);
	app->canvas = canvas;
	app_derive(app);
	return true;
}

/* Of each line its row tells (push_stage). */
static bool push_progress(void *context, const char *line, const char *what, size_t done, size_t all)
{
	(void)line;
	return app_progress(context, what, all == 1 ? "line" : "lines", done, all);
}

/* Of a push; what is read for anything else is told of by the bar alone. */
static void push_stage(void *context, int line, enum nm_line_stage stage)
{
	struct app *app = context;

	if (app->stages.under_way)
		stages_tell(&app->stages, line, stage);
}

static bool show_working(void *context, const char *pieces, size_t done, size_t all)
{
	return app_progress(context, "", pieces, done, all);
}

/* What a key needs is not kept from it, nor are the keys behind it: that is as short as the plan is. */
static bool show_deriving(void *context, const char *pieces, size_t done, size_t all)
{
	struct app *app = context;

	if (app->quiet)
		return app_progress_quietly(app, pieces, done, all);
	return !app->running || app_progress(app, "", pieces, done, all);
}

/* A command that tells no progress of its own is told to be waiting. */
static bool push_idle(void *context)
{
	struct app *app = context;
	const char *command = app->running;

	if (command && (!app->progress.doing || app->progress.doing == command))
		return app_wait(app, command);
	/* Lines that have come further are shown so, though none has ended. */
	if (app->stages.under_way && app->progress.pieces)
		return app_progress(app, app->progress.doing, app->progress.pieces, app->progress.last, app->progress.all);
	return app_listen(app);
}

/* Without a screen yet. */
static void begin(struct app *app, struct session *session)
{
	*app = (struct app){.session = session};
	session->progress = push_progress;
	session->idle = push_idle;
	session->stage = push_stage;
	session->stage_context = app;
	session->working = show_working;
	session->progress_context = app;
	session->deriving = show_deriving;
	session->deriving_context = app;
}

enum nm_code app_init_alone(struct app *app, struct session *session, int width, int height,
			    const struct screen_ops *screen, const void *argument, struct nm_error *err)
{
	begin(app, session);
	if (!canvas_init(&app->canvas, width, height, session->options.ascii))
		return nm_fail_memory(err);
	app->tabs[0] = (struct layer){.ops = screen, .state = screen->open(app, argument, err)};
	if (!app->tabs[0].state) {
		app_clear(app);
		return err ? err->code : NM_NO_MEMORY;
	}
	app_derive(app);
	return NM_OK;
}

enum nm_code app_init(struct app *app, struct session *session, int width, int height, const char *screen,
		      struct nm_error *err)
{
	size_t first = 0;
	bool help = !strcmp(screen, "help");

	begin(app, session);
	session->keeps = true;
	while (!help && first < APP_TABS && strcmp(app_screens[first]->name, screen))
		first++;
	if (first == APP_TABS)
		return nm_fail(err, NM_INPUT,
			       "there is no screen %s: it is one of now, plan, week, simulate, check, "
			       "push, calls, report, help",
			       screen);
	if (!canvas_init(&app->canvas, width, height, session->options.ascii))
		return nm_fail_memory(err);
	app->tab = first;
	if (!show_tab(app, first, NULL, err)) {
		app_clear(app);
		return err ? err->code : NM_NO_MEMORY;
	}
	if (help)
		app_help(app);
	return NM_OK;
}

void app_clear(struct app *app)
{
	recovery_end(app, true); /* where nobody has said otherwise yet */
	while (app->depth)
		app_pop(app);
	for (size_t i = 0; i < APP_TABS; i++) {
		if (app->tabs[i].state)
			app->tabs[i].ops->close(app->tabs[i].state);
	}
	app_forget_facts(app);
	canvas_clear(&app->canvas);
	free(app->answer.text);
	command_line_forget(app);
	app->session->progress = NULL;
	app->session->idle = NULL;
	app->session->stage = NULL;
	stages_clear(&app->stages);
	app->session->working = NULL;
	app->session->deriving = NULL;
	app->session->keeps = false;
	*app = (struct app){0};
}

enum nm_code app_print(struct session *session, const char *screen, int width, int height, struct nm_buf *out,
		       struct nm_error *err)
{
	struct app app;
	enum nm_code code = app_init(&app, session, width, height, screen, err);

	if (code)
		return code;
	app_settle(&app);
	app_draw(&app);
	canvas_print(&app.canvas, session->options.escapes, session->options.theme, out);
	app_clear(&app);
	return out->failed ? nm_fail_memory(err) : NM_OK;
}
