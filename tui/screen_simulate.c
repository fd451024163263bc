/* SPDX-License-Identifier: MIT */
/*
 * Simulate: one call at any time, from anybody, with everybody doing what they are told.
 * In: the plan (or what is live), the call being asked.  Out: the ladder, the result in a sentence, why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ladder.h"
#include "prompt.h"
#include "search.h"
#include "simulate.h"

#define QUARTER_S 900

static void *open_simulate(struct app *app, const void *argument, struct nm_error *err)
{
	struct simulate *simulate = calloc(1, sizeof *simulate);

	if (!simulate) {
		nm_fail_memory(err);
		return NULL;
	}
	simulate->found = -1;
	simulate->play = (struct play){.at = app_now(app) / 60 * 60, .hangup_s = -1};
	if (argument)
		simulate->play = *(const struct play *)argument;
	return simulate;
}

static void go_simulate(void *state, struct app *app, const void *argument)
{
	struct simulate *simulate = state;

	(void)app;
	simulate->play = *(const struct play *)argument;
	simulate->top = 0;
	simulate->live = false;
}

static void forget(struct simulate *simulate)
{
	nm_simulation_free(simulate->call);
	nm_arena_free(simulate->live_arena);
	simulate->call = NULL;
	simulate->live_arena = NULL;
	simulate->treatment = NULL;
	simulate->outcome = (struct nm_outcome){0}; /* its texts were the call's */
	simulate->found = -1;
}

static void close_simulate(void *state)
{
	forget(state);
	free(state);
}

/* --- deriving --- */

/* A plan that was read anew may have fewer of everything. */
static void mend_indices(struct simulate *simulate, const struct nm_plan *plan)
{
	struct play *play = &simulate->play;
	size_t kept = 0;

	if ((size_t)play->line >= plan->n_lines)
		play->line = 0;
	for (size_t i = 0; i < play->n; i++) {
		if ((size_t)play->settings[i].destination < plan->n_destinations)
			play->settings[kept++] = play->settings[i];
	}
	play->n = kept;
	if (simulate->phone >= plan->n_destinations)
		simulate->phone = 0;
}

bool simulate_assumed(const struct simulate *simulate, const struct app *app)
{
	const struct nm_line_status *line = session_line_status(app->session, simulate->play.line);

	return line && line->as_assumed;
}

static const struct nm_route *live_route(const struct simulate *simulate, const struct app *app)
{
	const struct nm_line_status *line = session_line_status(app->session, simulate->play.line);

	return line ? nm_line_status_live(line) : NULL;
}

/* Plays the call on what was read back from the carrier. */
static void derive_live(struct simulate *simulate, const struct app *app, const struct nm_route *route)
{
	const struct play *play = &simulate->play;
	const struct nm_plan *plan = app_plan(app);
	struct nm_script_setting settings[PLAY_SETTINGS];
	struct nm_script script = {
		.nobody = play->nobody, .n = play->n, .settings = settings, .hangup_s = play->hangup_s};
	const struct nm_treatment *treatment =
		nm_route_call(route, play->at, play->caller, play->emergency);

	for (size_t i = 0; i < play->n; i++)
		settings[i] =
			(struct nm_script_setting){plan->destinations[play->settings[i].destination].name,
						   play->settings[i].behaviour, play->settings[i].after_s};
	simulate->live_arena = nm_arena_new();
	if (!simulate->live_arena) {
		nm_fail_memory(&simulate->err);
		return;
	}
	if (!treatment) {
		nm_fail(&simulate->err, NM_INPUT,
			"an emergency cannot be told apart at the carrier: no key is set");
		return;
	}
	treatment = nm_treatment_unnamed(treatment, simulate->live_arena);
	if (!treatment)
		nm_fail_memory(&simulate->err);
	else if (nm_play(treatment, plan->lines[play->line].name, &script, NULL, true, simulate->live_arena,
			 &simulate->outcome, &simulate->err) == NM_OK)
		simulate->treatment = treatment;
}

/* Nothing was read anew of what the call shown is made of: the plan, or what is live. */
static bool still_holds(const struct simulate *simulate, const struct session *session)
{
	return simulate->generation == session->generation && simulate->live == simulate->shown_live &&
	       (!simulate->live || simulate->readings == session->readings);
}

static void derive_simulate(void *state, struct app *app)
{
	struct simulate *simulate = state;
	const struct nm_timeline *timeline;
	const struct nm_route *route;

	mend_indices(simulate, app_plan(app));
	/* What cannot be compared is not known: live_route has none of it. */
	if (simulate->live && !app->session->status_known && session_recall(app->session, &simulate->err))
		session_recall_forget(app->session);
	if (timeline_around(app->session, simulate->play.at, &timeline, &simulate->err)) {
		forget(simulate);
		return;
	}
	/* Another minute of the same stretch gives the same call. */
	if (still_holds(simulate, app->session) && !simulate->live &&
	    same_stretch(timeline, simulate->shown.at, simulate->play.at))
		simulate->shown.at = simulate->play.at;
	if (still_holds(simulate, app->session) && simulate->treatment &&
	    play_equal(&simulate->play, &simulate->shown))
		return;
	forget(simulate);
	simulate->step = 0;
	simulate->generation = app->session->generation;
	simulate->readings = app->session->readings;
	simulate->shown = simulate->play;
	simulate->top = 0;
	simulate->shown_live = simulate->live;
	simulate->err = (struct nm_error){0};
	if (play_simulate(app_plan(app), &simulate->play, true, timeline, &simulate->call, &simulate->err))
		return;
	route = simulate->live ? live_route(simulate, app) : NULL;
	if (simulate->live && !route) {
		simulate->live = simulate->shown_live = false;
		app_message(app, STYLE_WARNING, "what is live on this line is not known: this is the plan");
	}
	if (route) {
		derive_live(simulate, app, route);
	} else {
		simulate->treatment = simulate->call->treatment;
		simulate->outcome = simulate->call->outcome;
	}
}

/* --- time --- */

static void move_local(struct simulate *simulate, const struct app *app, int64_t by)
{
	const struct nm_zone *zone = session_zone(app->session);
	nm_local local = nm_zone_local(zone, simulate->play.at);

	if (llabs(by) >= NM_DAY)
		simulate->play.at = nm_zone_utc(zone, local + by, NULL);
	else
		simulate->play.at += by;
	simulate->top = 0;
}

static void go_to_boundary(struct simulate *simulate, struct app *app, bool back)
{
	nm_time at = boundary_find(app->session, &simulate->play, simulate->play.at, back, 400);

	if (at == NM_TIME_MAX)
		app_message(app, STYLE_PLAIN,
			    back ? "nothing changed in the year before" : "nothing changes within a year");
	else
		simulate->play.at = at;
}

/* --- who calls --- */

static void ask_caller(struct app *app)
{
	const struct nm_classes *classes;
	const char **items;
	struct nm_error err;

	if (session_classes(app->session, &classes, &err)) {
		app_error(app, &err);
		return;
	}
	items = calloc(classes->n + 1, sizeof *items);
	if (!items)
		return;
	for (size_t i = 0; i < classes->n; i++)
		items[i] = classes->items[i].words;
	items[classes->n] = "a number that you type";
	app_choose(app, TAG_CALLER, "who calls?", items, classes->n + 1, 0);
	free(items);
}

static void ask_number(struct app *app, const char *typed)
{
	app_ask(app, TAG_NUMBER, "from (a number, anonymous, unknown):", "", typed);
}

static void take_caller(struct simulate *simulate, struct app *app, size_t index)
{
	const struct nm_classes *classes;

	if (session_classes(app->session, &classes, NULL))
		return;
	if (index < classes->n)
		simulate->play.caller = classes->items[index].witness;
	else
		ask_number(app, "");
}

static void take_number(struct simulate *simulate, struct app *app, const char *text)
{
	struct nm_error err;

	if (nm_caller_read(app_plan(app), text, &simulate->play.caller, &err) == NM_OK)
		return;
	app_error(app, &err);
	ask_number(app, text);
}

/* --- acting --- */

/* Is what is live on this line known?  Says why when it is not.  again: as it is now, not as it was read last. */
static bool live_known(struct simulate *simulate, struct app *app, bool again)
{
	const struct nm_status *status;
	struct nm_error err;

	if (again || !app->session->status_known)
		app_progress(app, "reading", "lines", 0, app_plan(app)->n_lines);
	if (session_status(app->session, again, &status, &err)) {
		app_error(app, &err);
		return false;
	}
	app_forget_facts(app);
	if (live_route(simulate, app))
		return true;
	app_message(app, STYLE_WARNING, "nothing that can be played is live on this line: see screen 6");
	return false;
}

/* Would the carriers do something else to this call than the plan? */
static bool held_differs(const struct simulate *simulate, const struct app *app)
{
	struct play play = simulate->play;
	struct nm_simulation *held;
	const struct nm_outcome *outcome, *planned = &simulate->outcome;
	bool differs;

	play.held = true;
	if (!simulate->treatment || play_simulate(app_plan(app), &play, false, NULL, &held, NULL))
		return false;
	outcome = &held->outcome;
	differs = !nm_treatment_equal(held->treatment, simulate->treatment) ||
		  outcome->result != planned->result || outcome->ended_s != planned->ended_s;
	nm_simulation_free(held);
	return differs;
}

/* The plan, what the carriers can hold of it where that is something else, what is live, the plan. */
static void next_view(struct simulate *simulate, struct app *app)
{
	const char *words = "played on the plan";

	if (simulate->live) {
		simulate->live = false;
	} else if (!simulate->play.held && held_differs(simulate, app)) {
		simulate->play.held = true;
		words = "played on what the carriers can hold of the plan";
	} else {
		simulate->play.held = false;
		simulate->live = live_known(simulate, app, false);
		words = !simulate->live			      ? NULL
			: simulate_assumed(simulate, app) ? "played on what was done by hand, as is assumed"
							  : "played on what is at the carrier";
	}
	if (words)
		app_message(app, STYLE_PLAIN, "%s", words);
}

static void read_again(struct simulate *simulate, struct app *app)
{
	if (live_known(simulate, app, true))
		app_message(app, STYLE_PLAIN, simulate->live ? "what is live was read anew"
							     : "what is live was read anew: v plays it");
}

static void ask_date(struct app *app, const char *typed)
{
	app_ask(app, TAG_DATE, "at (2026-12-25 10:00, +2h, now):", "", typed);
}

static void take_date(struct simulate *simulate, struct app *app, const char *text)
{
	struct nm_error err;

	if (nm_time_read(text, session_zone(app->session), app_now(app), &simulate->play.at, &err) == NM_OK)
		return;
	app_error(app, &err);
	ask_date(app, text);
}

static enum verdict take_answer(struct simulate *simulate, struct app *app, const struct event *event)
{
	if (!event->text)
		return VERDICT_REDRAW;
	switch (event->tag) {
	case TAG_DATE:
		take_date(simulate, app, event->text);
		break;
	case TAG_CALLER:
		take_caller(simulate, app, event->index);
		break;
	case TAG_NUMBER:
		take_number(simulate, app, event->text);
		break;
	case TAG_AFTER:
		simulate_take_after(simulate, app, event->text);
		break;
	case TAG_HANGUP:
		simulate_take_hangup(simulate, app, event->text);
		break;
	case TAG_TEST:
		simulate_test_ask(simulate, app, event->text);
		break;
	case TAG_TEST_SURE:
		simulate_test_write(simulate, app);
		break;
	default:
		break;
	}
	return VERDICT_REDRAW;
}

static bool act_time(struct simulate *simulate, struct app *app, enum action action)
{
	static const struct {
		enum action action;
		int64_t by;
	} moves[] = {
		{ACTION_LEFT, -QUARTER_S}, {ACTION_RIGHT, QUARTER_S},  {ACTION_HOUR_BACK, -3600},
		{ACTION_HOUR_ON, 3600},	   {ACTION_DAY_BACK, -NM_DAY}, {ACTION_DAY_ON, NM_DAY},
		{ACTION_MINUTE_BACK, -60}, {ACTION_MINUTE_ON, 60},
	};

	if (simulate->phones && (action == ACTION_LEFT || action == ACTION_RIGHT)) {
		simulate_phone_move(simulate, app_plan(app), action == ACTION_LEFT);
		return true;
	}
	if (simulate->step && (action == ACTION_UP || action == ACTION_DOWN)) {
		simulate_step(simulate, action == ACTION_UP);
		return true;
	}
	if (action == ACTION_UP || action == ACTION_DOWN) {
		const int most = simulate_top_most(simulate, app, app_body(app));

		if (most == 0)
			app_message(app, STYLE_PLAIN, "the call is seen whole");
		simulate->top += action == ACTION_DOWN ? 1 : -1;
		simulate->top = simulate->top > most ? most : simulate->top < 0 ? 0 : simulate->top;
		return true;
	}
	for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
		if (moves[i].action == action) {
			move_local(simulate, app, moves[i].by);
			return true;
		}
	}
	return false;
}

/* Who calls which line when, and who is there. */
static bool act_call(struct simulate *simulate, struct app *app, enum action action)
{
	switch (action) {
	case ACTION_BOUNDARY:
	case ACTION_BOUNDARY_BACK:
		go_to_boundary(simulate, app, action == ACTION_BOUNDARY_BACK);
		return true;
	case ACTION_DATE:
		ask_date(app, "");
		return true;
	case ACTION_CALLER:
		ask_caller(app);
		return true;
	case ACTION_LINE:
		simulate->play.line = (int)(((size_t)simulate->play.line + 1) % app_plan(app)->n_lines);
		return true;
	case ACTION_EMERGENCY:
		simulate->play.emergency = !simulate->play.emergency;
		return true;
	case ACTION_HANG_UP:
		simulate_ask_hangup(app, NULL);
		return true;
	case ACTION_NOBODY:
		simulate->play.nobody = !simulate->play.nobody;
		return true;
	default:
		return false;
	}
}

static const struct search_ops call_search = {.where = "in this call", .find = simulate_find};

static enum verdict act_simulate(void *state, struct app *app, const struct event *event)
{
	struct simulate *simulate = state;

	if (search_act(&call_search, simulate, simulate->search, app, event))
		return VERDICT_REDRAW;
	simulate->found = -1;
	if (act_time(simulate, app, event->action) || act_call(simulate, app, event->action))
		return VERDICT_REDRAW;
	switch (event->action) {
	case ACTION_ENTER:
		simulate_step(simulate, false);
		break;
	case ACTION_BACK:
		if (!simulate->step && !simulate->phones)
			return VERDICT_STAY;
		simulate->step = 0;
		simulate->phones = false;
		break;
	case ACTION_NEXT_PANE:
		simulate_phone_next(simulate, app_plan(app));
		break;
	case ACTION_CYCLE:
		simulate->phones = true;
		simulate_phone_cycle(simulate, app);
		break;
	case ACTION_AFTER:
		simulate->phones = true;
		simulate_ask_after(simulate, app, NULL);
		break;
	case ACTION_LIVE:
		next_view(simulate, app);
		break;
	case ACTION_READ_AGAIN:
		read_again(simulate, app);
		break;
	case ACTION_SAVE_TEST:
		if (app_may_change(app) && simulate->call)
			simulate_test_name(app, "");
		break;
	case ACTION_RUN_TESTS:
		simulate_tests_run(app);
		break;
	case ACTION_EDITOR:
		app_editor(app, simulate_step_pos(simulate));
		break;
	case ACTION_ANSWER:
		return take_answer(simulate, app, event);
	default:
		return VERDICT_STAY;
	}
	return VERDICT_REDRAW;
}

/* While a phone is chosen, what is done with it; the other keys go on to work, and leave the bar to that. */
static const char *label_simulate(const void *state, const struct app *app, enum action action)
{
	const struct simulate *simulate = state;

	(void)app;
	switch (action) {
	case ACTION_CYCLE:
	case ACTION_AFTER:
		return simulate->phones ? NULL : "";
	case ACTION_LEFT:
		return simulate->phones ? "phone" : NULL;
	case ACTION_NEXT_PANE:
		return simulate->phones ? "next" : NULL;
	case ACTION_BACK:
		return simulate->phones ? "time" : NULL;
	case ACTION_HOUR_ON:
	case ACTION_ENTER:
	case ACTION_DAY_ON:
	case ACTION_BOUNDARY:
	case ACTION_CALLER:
		return simulate->phones ? "" : NULL;
	default:
		return NULL;
	}
}

const struct screen_ops screen_simulate = {
	.name = "simulate",
	.title = "Simulate",
	.context = CONTEXT_SIMULATE,
	.open = open_simulate,
	.go = go_simulate,
	.close = close_simulate,
	.act = act_simulate,
	.derive = derive_simulate,
	.label = label_simulate,
	.draw = simulate_draw,
};
