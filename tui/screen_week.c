/* SPDX-License-Identifier: MIT */
/*
 * Week: who answers first, each half hour.
 * In: a week (week.h), the cursor's minute.  Out: what week_draw.c shows; from here hours are painted.
 */
#include <stdlib.h>
#include <string.h>

#include "prompt.h"
#include "search.h"
#include "week_screen.h"

enum { TAG_DATE, TAG_WHOSE, TAG_PAINT };

#define STEP_S 1800

static void go_week(void *state, struct app *app, const void *argument)
{
	struct week_screen *week = state;
	const struct week_place *place = argument;

	(void)app;
	week->at = place->at;
	if (place->line >= 0)
		week->subject.line = place->line;
}

static void *open_week(struct app *app, const void *argument, struct nm_error *err)
{
	struct week_screen *week = calloc(1, sizeof *week);

	if (!week) {
		nm_fail_memory(err);
		return NULL;
	}
	week_init(&week->week);
	week->at = app_now(app) / 60 * 60;
	if (argument)
		go_week(week, app, argument);
	return week;
}

static void forget_call(struct week_screen *week)
{
	nm_simulation_free(week->call);
	nm_simulation_free(week->nobody);
	nm_simulation_free(week->failing);
	week->call = week->nobody = week->failing = NULL;
	for (size_t i = 0; i < week->n_changes; i++)
		free(week->changes[i].words);
	week->n_changes = 0;
}

static void close_week(void *state)
{
	struct week_screen *week = state;

	forget_call(week);
	week_clear(&week->week);
	free(week);
}

nm_local week_cursor(const struct week_screen *week, const struct app *app)
{
	return nm_zone_local(session_zone(app->session), week->at);
}

/* "open → daytime: owner 20 s, then mailbox"; NULL: it could not be told. */
static char *change_words(const struct app *app, const struct play *play)
{
	const struct nm_treatment *treatment;
	const struct nm_timeline *timeline;
	struct nm_simulation *call;
	struct nm_buf words;

	if (timeline_around(app->session, play->at, &timeline, NULL) ||
	    play_simulate(app_plan(app), play, false, timeline, &call, NULL))
		return NULL;
	treatment = call->treatment;
	nm_buf_init(&words, 1u << 16);
	nm_buf_addf(&words, "%s%s%s: ", treatment->rule ? treatment->rule : "no rule", treatment->path ? " → " : "",
		    treatment->path ? treatment->path : "");
	nm_treatment_words(treatment, &words);
	nm_simulation_free(call);
	return nm_buf_take(&words);
}

/* What comes after the cursor, where there is room to show it. */
static void derive_changes(struct week_screen *week, struct app *app)
{
	nm_time at = week->at;

	while (week->shown_tall && week->n_changes < WEEK_CHANGES) {
		struct week_change *change = &week->changes[week->n_changes];
		struct play play;

		at = week_boundary(app->session, at, &week->shown, false);
		if (at == NM_TIME_MAX)
			return;
		play = week_play(at, &week->shown);
		*change = (struct week_change){at, change_words(app, &play)};
		if (!change->words)
			return;
		week->n_changes++;
	}
}

/* The call as it is mostly, with no human, and with one failing. */
static void derive_call(struct week_screen *week, struct app *app)
{
	const struct week_subject usual = {
		.line = week->subject.line,
		.view = week->subject.view == VIEW_EMERGENCY ? VIEW_EMERGENCY : VIEW_FIRST,
	};
	struct play play = week_play(week->at, &usual);
	const struct nm_plan *plan = app_plan(app);
	const struct nm_timeline *timeline;
	bool tall = app->canvas.height >= WEEK_TALL;

	if (timeline_around(app->session, week->at, &timeline, &week->err)) {
		forget_call(week);
		return;
	}
	if (week->call && week->generation == app->session->generation && week->shown.line == usual.line &&
	    week->shown.view == usual.view && week->shown_tall == tall &&
	    same_stretch(timeline, week->shown_at, week->at))
		return;
	forget_call(week);
	week->shown_at = week->at;
	week->generation = app->session->generation;
	week->shown = usual;
	week->shown_tall = tall;
	if (play_simulate(plan, &play, true, timeline, &week->call, &week->err))
		return;
	if (play_failing(plan, &play, timeline, &week->call->outcome, &week->failing, &week->failing_who, &week->err))
		week->failing = NULL;
	play.nobody = true;
	if (play_simulate(plan, &play, false, timeline, &week->nobody, &week->err))
		week->nobody = NULL;
	derive_changes(week, app);
}

/* The plan may have less than it had. */
static void bound_subject(struct week_subject *subject, const struct nm_plan *plan)
{
	if ((size_t)subject->line >= plan->n_lines)
		subject->line = 0;
	if ((size_t)subject->destination >= plan->n_destinations)
		subject->destination = 0;
	if (subject->view == VIEW_DESTINATION && plan->n_destinations == 0)
		subject->view = VIEW_FIRST;
}

static void derive_week(void *state, struct app *app)
{
	struct week_screen *week = state;
	int64_t day = nm_local_day(week_cursor(week, app));

	bound_subject(&week->subject, app_plan(app));
	week_derive(&week->week, app->session, day - nm_weekday(day), &week->subject);
	derive_call(week, app);
}

/* --- acting --- */

/* Moves on the wall clock to the next multiple of STEP_S; a time that the clock skips is passed over. */
static void move(struct week_screen *week, const struct app *app, int64_t by)
{
	const struct nm_zone *zone = session_zone(app->session);
	nm_local local = week_cursor(week, app);
	nm_local to = (local + by) - (((local + by) % STEP_S) + STEP_S) % STEP_S;
	enum nm_local_kind kind;
	nm_time at;

	if (by < 0 && by > -NM_DAY && local % STEP_S)
		to += STEP_S;
	at = nm_zone_utc(zone, to, &kind);
	if (kind == NM_LOCAL_SKIPPED && by < 0)
		at = nm_zone_next_change(zone, at - 2 * NM_DAY) - STEP_S;
	if (llabs(by) < NM_DAY && by > 0 && at <= week->at) /* within the repeated hour */
		at = week->at + by;
	week->at = at;
}

static void move_to_minute(struct week_screen *week, const struct app *app, int minute)
{
	nm_local local = week_cursor(week, app);

	week->at = nm_zone_utc(session_zone(app->session), nm_local_day(local) * NM_DAY + minute * 60, NULL);
}

static void go_to(struct week_screen *week, struct app *app, nm_time at, const char *nothing)
{
	if (at == NM_TIME_MAX)
		app_message(app, STYLE_PLAIN, "%s", nothing);
	else
		week->at = at;
}

static void go_to_boundary(struct week_screen *week, struct app *app, bool back)
{
	go_to(week, app, week_boundary(app->session, week->at, &week->subject, back),
	      back ? "nothing changed in the year before" : "nothing changes within a year");
}

static void go_to_gap(struct week_screen *week, struct app *app)
{
	go_to(week, app, week_next_gap(app->session, week->at, &week->subject),
	      week->subject.view == VIEW_DESTINATION ? "no gap within a year: who is there stays"
						     : "no gap within a year: somebody live answers");
}

/* The same time of the same day of the month, or of its last one. */
static void move_month(struct week_screen *week, const struct app *app, int by)
{
	nm_local local = week_cursor(week, app);
	int64_t day = nm_local_day(local);
	struct nm_date date = nm_date_from_days(day);
	int days;

	date.month += by;
	date.year += date.month > 12 ? 1 : date.month < 1 ? -1 : 0;
	date.month = date.month > 12 ? 1 : date.month < 1 ? 12 : date.month;
	days = nm_month_days(date.year, date.month);
	local += (nm_days_from_date(date.year, date.month, date.day < days ? date.day : days) - day) * NM_DAY;
	week->at = nm_zone_utc(session_zone(app->session), local, NULL);
}

/* --- whose hours, and which are painted --- */

static bool has_hours(const struct nm_plan *plan, size_t schedule)
{
	return plan->schedules[schedule].expression != NULL;
}

static bool rings(const struct nm_plan *plan, size_t destination)
{
	return plan->destinations[destination].kind != NM_VOICEMAIL;
}

static void ask_whose(struct week_screen *week, struct app *app)
{
	const struct nm_plan *plan = app_plan(app);
	const char **names = calloc(plan->n_destinations + 1, sizeof *names);
	size_t n = 0, first = 0;

	for (size_t i = 0; names && i < plan->n_destinations; i++) {
		if (rings(plan, i)) {
			first = i == (size_t)week->subject.destination ? n : first;
			names[n++] = plan->destinations[i].name;
		}
	}
	if (n)
		app_choose(app, TAG_WHOSE, "whose hours?", names, n, first);
	else
		app_message(app, STYLE_PLAIN, "the plan has nobody who could be rung");
	free(names);
}

/* The n-th schedule that has hours; NULL. */
static const struct nm_schedule *schedule_with_hours(const struct nm_plan *plan, size_t n)
{
	for (size_t i = 0; plan && i < plan->n_schedules; i++) {
		if (has_hours(plan, i) && n-- == 0)
			return &plan->schedules[i];
	}
	return NULL;
}

/* Its name, and that it cannot be painted. */
static void add_schedule(struct notes *items, const struct nm_schedule *schedule, int64_t day)
{
	const struct nm_hours_subject subject = { .expression = schedule->expression, .day = day };
	struct nm_hours_week week;
	struct nm_error err;
	const bool text = nm_hours_week_of(&subject, &week, &err) != NM_OK;

	notes_addf(items, STYLE_PLAIN, "%s%s", schedule->name, text ? " (as text: screen 2, hours)" : "");
}

static void ask_schedule(const struct week_screen *week, struct app *app)
{
	const struct nm_plan *plan = app_plan(app);
	const struct nm_schedule *schedule;
	const int decides = deciding_schedule(plan, week->call);
	const char **names;
	struct notes items;
	size_t n = 0, first = 0;

	if (!app_may_change(app))
		return;
	notes_init(&items);
	names = calloc(plan->n_schedules + 1, sizeof *names);
	while (names && (schedule = schedule_with_hours(plan, n))) {
		add_schedule(&items, schedule, nm_local_day(week_cursor(week, app)));
		if (items.n == n)
			break;
		first = schedule - plan->schedules == decides ? n : first;
		names[n] = items.items[n].text;
		n++;
	}
	if (n)
		app_choose(app, TAG_PAINT, "paint the hours of which schedule?", names, n, first);
	else
		app_message(app, STYLE_PLAIN, "no schedule has hours: those of calendars are set in the calendar");
	free(names);
	notes_clear(&items);
}

static void next_view(struct week_subject *subject, const struct nm_plan *plan)
{
	subject->view = (subject->view + 1) % VIEWS;
	for (size_t i = 0; subject->view == VIEW_DESTINATION && i < plan->n_destinations; i++) {
		if (rings(plan, (size_t)subject->destination))
			return;
		subject->destination = (int)(((size_t)subject->destination + 1) % plan->n_destinations);
	}
	if (subject->view == VIEW_DESTINATION)
		subject->view = VIEW_FIRST;
}

static void ask_date(struct app *app, const char *typed)
{
	app_ask(app, TAG_DATE, "go to (2026-12-25, 2026-12-25 10:00, +2h, now):", "", typed);
}

static void go_to_text(struct week_screen *week, struct app *app, const char *text)
{
	struct nm_error err;
	nm_time at;

	if (nm_time_read(text, session_zone(app->session), app_now(app), &at, &err)) {
		app_error(app, &err);
		ask_date(app, text);
	} else {
		week->at = at / 60 * 60;
	}
}

static bool act_move(struct week_screen *week, struct app *app, enum action action)
{
	static const struct {
		enum action action;
		int64_t by;
	} moves[] = {
		{ACTION_LEFT, -STEP_S},		 {ACTION_RIGHT, STEP_S},       {ACTION_HOUR_BACK, -3600},
		{ACTION_HOUR_ON, 3600},		 {ACTION_UP, -NM_DAY},	       {ACTION_DOWN, NM_DAY},
		{ACTION_WEEK_BACK, -7 * NM_DAY}, {ACTION_WEEK_ON, 7 * NM_DAY},
	};

	for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
		if (moves[i].action == action) {
			move(week, app, moves[i].by);
			return true;
		}
	}
	return false;
}

static void take_answer(struct week_screen *week, struct app *app, const struct event *event)
{
	const struct nm_plan *plan = app_plan(app);
	const struct nm_schedule *schedule;
	int named;

	if (!event->text)
		return;
	if (event->tag == TAG_DATE) {
		go_to_text(week, app, event->text);
	} else if (event->tag == TAG_WHOSE) {
		named = nm_plan_find_destination(plan, event->text);
		if (named >= 0)
			week->subject = (struct week_subject){week->subject.line, VIEW_DESTINATION, named};
	} else if ((schedule = schedule_with_hours(plan, event->index))) {
		app_paint(app, schedule->name, week_cursor(week, app));
	}
}

static bool act_look(struct week_screen *week, struct app *app, enum action action)
{
	switch (action) {
	case ACTION_FIRST:
		move_to_minute(week, app, 0);
		return true;
	case ACTION_LAST:
		move_to_minute(week, app, 24 * 60 - STEP_S / 60);
		return true;
	case ACTION_MONTH_BACK:
	case ACTION_MONTH_ON:
		move_month(week, app, action == ACTION_MONTH_ON ? 1 : -1);
		return true;
	case ACTION_GAP:
		go_to_gap(week, app);
		return true;
	case ACTION_BOUNDARY:
	case ACTION_BOUNDARY_BACK:
		go_to_boundary(week, app, action == ACTION_BOUNDARY_BACK);
		return true;
	case ACTION_DATE:
		ask_date(app, "");
		return true;
	case ACTION_VIEW:
		next_view(&week->subject, app_plan(app));
		return true;
	case ACTION_WHOSE:
		ask_whose(week, app);
		return true;
	case ACTION_LINE:
		week->subject.line = (int)(((size_t)week->subject.line + 1) % app_plan(app)->n_lines);
		return true;
	default:
		return act_move(week, app, action);
	}
}

/* The call of this view, the one that fails with it. */
static struct play cursor_play(const struct week_screen *week, const struct nm_plan *plan)
{
	struct play play = week_play(week->at, &week->subject);

	if (week->subject.view == VIEW_FAILURE && week->failing)
		play_fail(&play, plan, nm_plan_find_destination(plan, week->failing_who));
	return play;
}

static const struct search_ops time_search = {.where = "here within a year", .find = week_find};

static enum verdict act_week(void *state, struct app *app, const struct event *event)
{
	struct week_screen *week = state;
	struct play play;

	if (act_look(week, app, event->action) || search_act(&time_search, week, week->search, app, event))
		return VERDICT_REDRAW;
	switch (event->action) {
	case ACTION_PAINT:
		ask_schedule(week, app);
		return VERDICT_REDRAW;
	case ACTION_ENTER:
		play = cursor_play(week, app_plan(app));
		app_go(app, &screen_simulate, &play);
		return VERDICT_REDRAW;
	case ACTION_EDITOR:
		app_editor(app, deciding_place(week->call));
		return VERDICT_REDRAW;
	case ACTION_ANSWER:
		take_answer(week, app, event);
		return VERDICT_REDRAW;
	default:
		return VERDICT_STAY;
	}
}

const struct screen_ops screen_week = {
	.name = "week",
	.title = "Week",
	.context = CONTEXT_WEEK,
	.open = open_week,
	.go = go_week,
	.close = close_week,
	.act = act_week,
	.derive = derive_week,
	.draw = week_draw,
};
