/* SPDX-License-Identifier: MIT */
/*
 * Week: who answers first, each half hour.
 * In: a week (week.h), the cursor's minute.  Out: the grid, its totals, and what happens at the cursor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "prompt.h"
#include "week.h"

enum { TAG_DATE };

#define STEP_S 1800
#define LEFT 9		/* columns before the grid */
#define NOTE_COLUMNS 14 /* columns that notes need beside it at least */

struct screen_week_state {
	int line;
	enum week_view view;
	nm_time at; /* the cursor: a minute */
	struct week week;
	/* the call at the cursor */
	nm_time shown_at;
	unsigned generation;
	int shown_line;
	enum week_view shown_view;
	struct nm_simulation *call, *worst;
	struct nm_error err;
};

static void *open_week(struct app *app, const void *argument, struct nm_error *err)
{
	struct screen_week_state *week = calloc(1, sizeof *week);

	(void)argument;
	if (!week) {
		nm_fail_memory(err);
		return NULL;
	}
	week_init(&week->week);
	week->at = app_now(app) / 60 * 60;
	return week;
}

static void forget_call(struct screen_week_state *week)
{
	nm_simulation_free(week->call);
	nm_simulation_free(week->worst);
	week->call = week->worst = NULL;
}

static void close_week(void *state)
{
	struct screen_week_state *week = state;

	forget_call(week);
	week_clear(&week->week);
	free(week);
}

static nm_local cursor_local(const struct screen_week_state *week, const struct app *app)
{
	return nm_zone_local(session_zone(app->session), week->at);
}

static void derive_call(struct screen_week_state *week, struct app *app)
{
	struct play play =
		week_play(week->at, week->line, week->view == VIEW_EMERGENCY ? VIEW_EMERGENCY : VIEW_FIRST);
	const struct nm_timeline *timeline;

	if (timeline_around(app->session, week->at, &timeline, &week->err)) {
		forget_call(week);
		return;
	}
	if (week->call && week->generation == app->session->generation && week->shown_line == week->line &&
	    week->shown_view == week->view && same_stretch(timeline, week->shown_at, week->at))
		return;
	forget_call(week);
	week->shown_at = week->at;
	week->generation = app->session->generation;
	week->shown_line = week->line;
	week->shown_view = week->view;
	if (play_simulate(app_plan(app), &play, true, timeline, &week->call, &week->err))
		return;
	play.nobody = true;
	if (play_simulate(app_plan(app), &play, false, timeline, &week->worst, &week->err))
		week->worst = NULL;
}

static void derive_week(void *state, struct app *app)
{
	struct screen_week_state *week = state;
	int64_t day = nm_local_day(cursor_local(week, app));

	if ((size_t)week->line >= app_plan(app)->n_lines)
		week->line = 0;
	week_derive(&week->week, app->session, day - nm_weekday(day), week->line, week->view);
	derive_call(week, app);
}

/* --- acting --- */

/* Moves on the wall clock to the next multiple of STEP_S; a time that the clock skips is passed over. */
static void move(struct screen_week_state *week, const struct app *app, int64_t by)
{
	const struct nm_zone *zone = session_zone(app->session);
	nm_local local = cursor_local(week, app);
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

static void move_to_minute(struct screen_week_state *week, const struct app *app, int minute)
{
	nm_local local = cursor_local(week, app);

	week->at = nm_zone_utc(session_zone(app->session), nm_local_day(local) * NM_DAY + minute * 60, NULL);
}

static void go_to(struct screen_week_state *week, struct app *app, nm_time at, const char *nothing)
{
	if (at == NM_TIME_MAX)
		app_message(app, STYLE_PLAIN, "%s", nothing);
	else
		week->at = at;
}

static void go_to_boundary(struct screen_week_state *week, struct app *app, bool back)
{
	struct play play = week_play(week->at, week->line, week->view);

	go_to(week, app, boundary_find(app->session, &play, week->at, back, 400),
	      back ? "nothing changed in the year before" : "nothing changes within a year");
}

static void ask_date(struct app *app, const char *typed)
{
	app_ask(app, TAG_DATE, "go to (2026-12-25, 2026-12-25 10:00, +2h, now):", typed, NULL);
}

static void go_to_text(struct screen_week_state *week, struct app *app, const char *text)
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

static bool act_move(struct screen_week_state *week, struct app *app, enum action action)
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

static enum verdict act_week(void *state, struct app *app, const struct event *event)
{
	struct screen_week_state *week = state;
	struct play play = week_play(week->at, week->line, week->view);

	if (act_move(week, app, event->action))
		return VERDICT_REDRAW;
	switch (event->action) {
	case ACTION_FIRST:
		move_to_minute(week, app, 0);
		return VERDICT_REDRAW;
	case ACTION_LAST:
		move_to_minute(week, app, 24 * 60 - STEP_S / 60);
		return VERDICT_REDRAW;
	case ACTION_GAP:
		go_to(week, app, week_next_gap(app->session, week->at, week->line, week->view),
		      "no gap within a year: somebody live answers");
		return VERDICT_REDRAW;
	case ACTION_BOUNDARY:
	case ACTION_BOUNDARY_BACK:
		go_to_boundary(week, app, event->action == ACTION_BOUNDARY_BACK);
		return VERDICT_REDRAW;
	case ACTION_DATE:
		ask_date(app, "");
		return VERDICT_REDRAW;
	case ACTION_VIEW:
		week->view = (week->view + 1) % VIEWS;
		return VERDICT_REDRAW;
	case ACTION_LINE:
		week->line = (int)(((size_t)week->line + 1) % app_plan(app)->n_lines);
		return VERDICT_REDRAW;
	case ACTION_ENTER:
		app_go(app, &screen_simulate, &play);
		return VERDICT_REDRAW;
	case ACTION_EDITOR:
		app_editor(app, deciding_place(week->call));
		return VERDICT_REDRAW;
	case ACTION_ANSWER:
		if (event->text)
			go_to_text(week, app, event->text);
		return VERDICT_REDRAW;
	default:
		return VERDICT_STAY;
	}
}

/* --- drawing --- */

/* Quarters of an hour in one column. */
static int quarters(int width)
{
	if (width >= LEFT + 96 + NOTE_COLUMNS)
		return 1;
	return width >= LEFT + 48 ? 2 : 4;
}

static void draw_axis(struct canvas *canvas, int y, int per_column)
{
	for (int hour = 0; hour < 24; hour += 3)
		canvas_textf(canvas, LEFT + hour * 4 / per_column, y, 2, STYLE_DIM, "%d", hour);
}

static void draw_day(const struct week *week, struct canvas *canvas, int y, int day, int per_column)
{
	struct nm_date date = nm_date_from_days(week->monday + day);
	int columns = WEEK_SLOTS / per_column;

	canvas_textf(canvas, 1, y, 7, STYLE_PLAIN, "%s %2d", nm_weekday_names[day], date.day);
	for (int i = 0; i < columns; i++) {
		struct week_cell cell = week_cell_of(week, day, i * per_column, per_column);
		unsigned style = cell.letter == ' ' ? STYLE_PLAIN : answer_style(cell.rank);

		canvas_put(canvas, LEFT + i, y, style, (uint32_t)cell.letter);
	}
	canvas_text(canvas, LEFT + columns + 2, y, canvas->width - LEFT - columns - 2, STYLE_WARNING,
		    week->notes[day]);
}

/* Who comes in this week, and the signs; nobody always, so that one knows what to look for. */
static void draw_legend(const struct week *week, const struct app *app, struct canvas *canvas, int y)
{
	const struct nm_plan *plan = app_plan(app);
	struct pen pen = pen_at(canvas, 1, y, canvas->width);

	for (size_t i = 0; i < plan->n_destinations && i < week->n_letters; i++) {
		const struct nm_destination *destination = &plan->destinations[i];

		if (destination->kind != NM_VOICEMAIL && week_has(week, week->letters[i]))
			pen_textf(&pen, style_of_kind(destination->kind), "%c %s   ", week->letters[i],
				  destination->name);
	}
	for (enum answer_rank rank = RANK_VOICEMAIL; rank < RANKS; rank++) {
		if (rank != RANK_NOBODY && !week_has(week, week_sign(rank)))
			continue;
		pen_textf(&pen, answer_style(rank), "%c %s", week_sign(rank), answer_rank_words(rank));
		pen.x += 3;
	}
}

static void draw_totals(const struct week *week, struct canvas *canvas, int y)
{
	struct pen pen = pen_at(canvas, 1, y, canvas->width);

	for (enum answer_rank rank = 0; rank < RANKS; rank++) {
		unsigned style = answer_style(rank);

		if (rank == RANK_NOBODY && week->hours[rank] == 0)
			style = STYLE_PLAIN; /* no hour without anybody is no alarm */
		if (rank == RANK_REJECTED && week->hours[rank] == 0)
			continue;
		pen_textf(&pen, STYLE_PLAIN, "%s ", answer_rank_words(rank));
		pen_textf(&pen, style, "%.1f h", week->hours[rank]);
		pen.x += 3;
	}
}

static void outcome_words(const struct nm_outcome *outcome, char *out, size_t size)
{
	if (outcome->answered_by)
		snprintf(out, size, "%s %s after %d s", outcome->answered_by,
			 outcome->result == NM_ANSWERED ? "answers" : nm_result_name(outcome->result),
			 outcome->seconds);
	else
		snprintf(out, size, "%s", nm_result_name(outcome->result));
}

static void draw_call(const struct screen_week_state *week, const struct app *app, struct canvas *canvas,
		      int y, int end)
{
	const struct nm_treatment *treatment = week->call->treatment;
	char when[NM_TIME_TEXT], text[256];
	const char *why = deciding_words(app_plan(app), week->call);
	struct nm_buf words;
	struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);

	nm_time_words(session_zone(app->session), week->at, false, when);
	nm_buf_init(&words, 1u << 16);
	nm_treatment_words(treatment, &words);
	pen_text(&pen, STYLE_BOLD, when);
	pen_textf(&pen, STYLE_BOLD, treatment->path && treatment->rule ? "  %s → %s" : "  %s",
		  treatment->rule ? treatment->rule : "no rule", treatment->path ? treatment->path : "");
	if (why[0])
		pen_textf(&pen, STYLE_DIM, "   (%s)", why);
	y++;
	if (y < end)
		y += canvas_wrap(canvas, 3, y, canvas->width - 4, end - y > 2 ? 2 : 1, STYLE_PLAIN,
				 words.data);
	nm_buf_clear(&words);
	if (week->worst && y < end) {
		outcome_words(&week->worst->outcome, text, sizeof text);
		canvas_textf(canvas, 3, y++, canvas->width - 4,
			     answer_style(answer_rank(&week->worst->outcome)), "if no human answers: %s",
			     text);
	}
	for (size_t i = week->call->n_reasons; i-- > 0 && y < end; y++) {
		const struct nm_reason *reason = &week->call->reasons[i];

		canvas_textf(canvas, 3, y, canvas->width - 4, STYLE_DIM, "%-12s %s %s", reason->name,
			     reason->matched ? "yes" : "no ", reason->text);
	}
}

/* What is shown: line and view, and which week; in a low window the cursor's time, which has no row of its own. */
static void draw_heading(const struct screen_week_state *week, const struct app *app, struct canvas *canvas,
			 int y, bool low)
{
	struct nm_date from = nm_date_from_days(week->week.monday),
		       until = nm_date_from_days(week->week.monday + 6);
	struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);

	if (low) {
		char when[NM_TIME_TEXT];

		nm_time_words(session_zone(app->session), week->at, false, when);
		pen_textf(&pen, STYLE_BOLD, "%s  ", when);
	}
	pen_text(&pen, STYLE_BOLD, app_plan(app)->lines[week->line].name);
	pen_textf(&pen, STYLE_PLAIN, " · %s", week_view_names[week->view]);
	if (low)
		return;
	if (from.month == until.month)
		pen_textf(&pen, STYLE_PLAIN, " · %d-%d %s %d", from.day, until.day,
			  nm_month_names[until.month - 1], until.year);
	else
		pen_textf(&pen, STYLE_PLAIN, " · %d %s - %d %s %d", from.day, nm_month_names[from.month - 1],
			  until.day, nm_month_names[until.month - 1], until.year);
}

/* On the row of its day; with room, its time stands under the seven days. */
static void draw_cursor(const struct screen_week_state *week, const struct app *app, struct canvas *canvas,
			int top, int day, int per_column, bool room)
{
	nm_local local = cursor_local(week, app);
	int minute = (int)((local - nm_local_day(local) * NM_DAY) / 60);
	int x = LEFT + minute / 15 / per_column;
	char when[NM_TIME_TEXT];

	canvas_mark(canvas, x, top + day, 1);
	if (!room)
		return;
	nm_time_words(session_zone(app->session), week->at, false, when);
	canvas_put(canvas, x, top + 7, STYLE_BOLD, 0x25b2);
	if (x + 2 + text_width(when) <= canvas->width)
		canvas_text(canvas, x + 2, top + 7, NM_TIME_TEXT, STYLE_BOLD, when);
	else
		canvas_text(canvas, x - 1 - text_width(when), top + 7, NM_TIME_TEXT, STYLE_BOLD, when);
}

static void draw_week(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct screen_week_state *week = state;
	int per_column = quarters(body.width), y = body.y, end = body.y + body.height, cursor, days, first;

	if (week->week.err.code || !week->call) {
		canvas_text(canvas, 1, y, body.width - 2, STYLE_ERROR,
			    week->week.err.code ? week->week.err.text : week->err.text);
		return;
	}
	draw_heading(week, app, canvas, y++, body.height < 10);
	if (body.height >= 9) /* the heading has the time, and the days need the row */
		draw_axis(canvas, y++, per_column);
	cursor = nm_weekday(nm_local_day(cursor_local(week, app)));
	days = end - y < 7 ? end - y : 7;
	first = cursor < days ? 0 : cursor - days + 1;
	for (int day = 0; day < days; day++)
		draw_day(&week->week, canvas, y + day, first + day, per_column);
	draw_cursor(week, app, canvas, y, cursor - first, per_column, body.height >= 16);
	y += body.height >= 16 ? 8 : 7;
	if (y + 2 < end)
		draw_legend(&week->week, app, canvas, y++);
	if (y + 2 < end)
		draw_totals(&week->week, canvas, y++);
	if (y + 4 < end)
		y++;
	if (y < end)
		draw_call(week, app, canvas, y, end);
}

const struct screen_ops screen_week = {
	.name = "week",
	.title = "Week",
	.context = CONTEXT_WEEK,
	.open = open_week,
	.close = close_week,
	.act = act_week,
	.derive = derive_week,
	.draw = draw_week,
};
