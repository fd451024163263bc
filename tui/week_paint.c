/* SPDX-License-Identifier: MIT */
/*
 * Hours painted on a week: on every one, or on the one on screen.  In: a schedule's expression, strokes.  Out: the
 * expression that says what was painted, and, when it is said yes to, an edit of the plan.  What else it says is kept.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "saving.h"
#include "week_screen.h"

enum { TAG_SAVE };

#define SLOT_MINUTES 30
#define DAY_MINUTES 1440

struct argument {
	const char *schedule;
	nm_local at;
};

/* --- state --- */

static void close_paint(void *state)
{
	struct paint *paint = state;

	free(paint->schedule);
	free(paint->old_text);
	free(paint->text);
	free(paint->season);
	free(paint->holidays);
	free(paint);
}

static void *open_paint(struct app *app, const void *argument, struct nm_error *err)
{
	const struct argument *what = argument;
	struct paint *paint = calloc(1, sizeof *paint);
	int64_t day = nm_local_day(what->at);

	if (paint)
		paint->schedule = strdup(what->schedule);
	if (!paint || !paint->schedule) {
		free(paint);
		nm_fail_memory(err);
		return NULL;
	}
	paint->date = day;
	if (paint_take(paint, app, err)) {
		close_paint(paint);
		return NULL;
	}
	paint->now = paint->old;
	paint->day = nm_weekday(day);
	paint->slot = (int)((what->at - day * NM_DAY) / (SLOT_MINUTES * 60));
	paint->begin_day = -1;
	paint_write(paint);
	return paint;
}

static bool has_changed(const struct paint *paint)
{
	return memcmp(&paint->now, &paint->old, sizeof paint->now) != 0;
}

int paint_inside(const struct nm_hours_week *week, int day, int minute, int n)
{
	const bool *open = week->open + day * DAY_MINUTES + minute;
	bool some = memchr(open, 1, (size_t)n) != NULL, all = memchr(open, 0, (size_t)n) == NULL;

	return all ? 1 : some ? 0 : -1;
}

struct paint_block paint_block(const struct paint *paint)
{
	int day = paint->begin_day < 0 ? paint->day : paint->begin_day;
	int slot = paint->begin_day < 0 ? paint->slot : paint->begin_slot;

	return (struct paint_block){
		.day = day < paint->day ? day : paint->day,
		.last_day = day > paint->day ? day : paint->day,
		.slot = slot < paint->slot ? slot : paint->slot,
		.last_slot = slot > paint->slot ? slot : paint->slot,
	};
}

/* --- strokes --- */

static void keep_stroke(struct paint *paint)
{
	if (paint->n_strokes == PAINT_STROKES)
		memmove(paint->strokes, paint->strokes + 1, --paint->n_strokes * sizeof *paint->strokes);
	paint->strokes[paint->n_strokes++] = paint->now;
}

static void toggle(struct paint *paint)
{
	struct paint_block block = paint_block(paint);
	int day = paint->begin_day < 0 ? paint->day : paint->begin_day;
	int slot = paint->begin_day < 0 ? paint->slot : paint->begin_slot;
	bool on = paint_inside(&paint->now, day, slot * SLOT_MINUTES, SLOT_MINUTES) < 1;

	keep_stroke(paint);
	for (day = block.day; day <= block.last_day; day++)
		memset(paint->now.open + day * DAY_MINUTES + block.slot * SLOT_MINUTES, on,
		       (size_t)(block.last_slot + 1 - block.slot) * SLOT_MINUTES);
	paint->begin_day = -1;
	paint_write(paint);
}

static void take_back(struct paint *paint, struct app *app)
{
	if (paint->n_strokes == 0) {
		app_message(app, STYLE_PLAIN, "there is no stroke to take back");
		return;
	}
	paint->now = paint->strokes[--paint->n_strokes];
	paint_write(paint);
}

/* The week that is painted and what is painted on it belong together: they are changed while nothing is painted. */
static void change_weeks(struct paint *paint, struct app *app)
{
	struct nm_error err;

	if (has_changed(paint)) {
		app_message(app, STYLE_WARNING, "%s: save (W) or take back (u) first",
			    paint->one_week ? "what you painted is for this week only" : "what you painted is for every week");
		return;
	}
	paint->one_week = !paint->one_week;
	if (paint_take(paint, app, &err)) {
		paint->one_week = !paint->one_week;
		app_error(app, &err);
		return;
	}
	paint->now = paint->old;
	paint->n_strokes = 0;
	paint_write(paint);
}

/* --- moving --- */

static void begin_select(struct paint *paint)
{
	paint->begin_day = paint->day;
	paint->begin_slot = paint->slot;
}

/* The cursor stays in the week. */
static bool act_move(struct paint *paint, enum action action)
{
	static const struct {
		enum action action;
		int days, slots;
		bool selects;
	} moves[] = {
		{ ACTION_LEFT, 0, -1, false },
		{ ACTION_RIGHT, 0, 1, false },
		{ ACTION_UP, -1, 0, false },
		{ ACTION_DOWN, 1, 0, false },
		{ ACTION_HOUR_BACK, 0, -1, true },
		{ ACTION_HOUR_ON, 0, 1, true },
		{ ACTION_DAY_UP, -1, 0, true },
		{ ACTION_DAY_DOWN, 1, 0, true },
		{ ACTION_FIRST, 0, -PAINT_SLOTS, false },
		{ ACTION_LAST, 0, PAINT_SLOTS, false },
	};

	for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
		if (moves[i].action != action)
			continue;
		if (moves[i].selects && paint->begin_day < 0)
			begin_select(paint);
		paint->day += moves[i].days;
		paint->slot += moves[i].slots;
		paint->day = paint->day < 0 ? 0 : paint->day > 6 ? 6 : paint->day;
		paint->slot = paint->slot < 0              ? 0
			      : paint->slot >= PAINT_SLOTS ? PAINT_SLOTS - 1
							   : paint->slot;
		return true;
	}
	return false;
}

/* --- saving and leaving --- */

/* The edit that writes what was painted; its value is in the buffer. */
static struct nm_edit edit_of(const struct paint *paint, struct nm_buf *value)
{
	nm_edit_quote(paint->text, value);
	return (struct nm_edit){
		.op = NM_EDIT_SET,
		.place = { .section = "schedule", .title = paint->schedule, .step = -1 },
		.option = "hours",
		.value = value->data,
	};
}

/* Beside edits that are not saved, this is one more of them: the file is written with all at once. */
static bool joins_others(const struct app *app)
{
	return nm_document_dirty(app->session->document);
}

static void question_words(const struct paint *paint, const struct app *app, struct nm_buf *out)
{
	const size_t n = nm_document_edits(app->session->document);

	if (!joins_others(app))
		nm_buf_addf(out, "save these hours of %s?", paint->schedule);
	else
		nm_buf_addf(out, "add these hours of %s to the %zu edit%s not saved? W then saves all", paint->schedule, n,
			    n == 1 ? "" : "s");
}

static void ask_save(struct paint *paint, struct app *app)
{
	struct nm_buf value, question;
	struct figure figure = { 0 };
	struct nm_edit edit;
	struct nm_error err;
	struct notes notes;

	if (paint->refused.code) {
		app_error(app, &paint->refused);
		return;
	}
	if (!app_reads(app)) {
		app_message(app, STYLE_ERROR, "the plan does not read just now: nothing can be saved into it");
		return;
	}
	nm_buf_init(&value, 1u << 16);
	nm_buf_init(&question, 1u << 16);
	notes_init(&notes);
	edit = edit_of(paint, &value);
	notes_diff(&notes, paint->old_text, paint->text);
	notes_add(&notes, STYLE_PLAIN, "");
	question_words(paint, app, &question);
	if (value.failed ? nm_fail_memory(&err) : change_add(&notes, &figure, app->session, &edit, 1, &err))
		app_error(app, &err);
	else
		app_confirm_with(app, TAG_SAVE, question.data, &notes, &figure);
	figure_clear(&figure);
	notes_clear(&notes);
	nm_buf_clear(&question);
	nm_buf_clear(&value);
}

static enum verdict save(struct paint *paint, struct app *app)
{
	char what[256];
	struct nm_buf value;
	struct nm_edit edit;
	bool kept;

	nm_buf_init(&value, 1u << 16);
	edit = edit_of(paint, &value);
	snprintf(what, sizeof what, "hours of %s", paint->schedule);
	kept = !value.failed && (joins_others(app) ? app_edit(app, &edit, 1, what) : app_change(app, &edit, 1, what));
	nm_buf_clear(&value);
	return kept ? VERDICT_POP : VERDICT_REDRAW;
}

static enum verdict leave(struct paint *paint, struct app *app)
{
	if (paint->begin_day >= 0) {
		paint->begin_day = -1;
		return VERDICT_REDRAW;
	}
	if (!has_changed(paint))
		return VERDICT_POP;
	ask_save(paint, app);
	return VERDICT_REDRAW;
}

/* Somebody may have written the file meanwhile: what was painted is then shown against what stands there. */
static bool follow_plan(struct paint *paint, struct app *app)
{
	struct nm_hours_week before = paint->old;
	struct nm_error err;

	if (paint->generation == app->session->generation)
		return true;
	if (!app_reads(app)) {
		app_message(app, STYLE_WARNING, "the plan does not read just now: what you painted is kept");
		return true;
	}
	if (paint_take(paint, app, &err)) {
		app_error(app, &err);
		return false;
	}
	paint_write(paint);
	if (memcmp(&before, &paint->old, sizeof before))
		app_message(app, STYLE_WARNING,
			    "these hours were changed meanwhile: what you painted is shown against them");
	return true;
}

static enum verdict act_paint(void *state, struct app *app, const struct event *event)
{
	struct paint *paint = state;

	if (!follow_plan(paint, app))
		return VERDICT_POP;
	if (act_move(paint, event->action))
		return VERDICT_REDRAW;
	switch (event->action) {
	case ACTION_TOGGLE:
		toggle(paint);
		return VERDICT_REDRAW;
	case ACTION_SELECT:
		if (paint->begin_day < 0)
			begin_select(paint);
		else
			paint->begin_day = -1;
		return VERDICT_REDRAW;
	case ACTION_WHICH_WEEKS:
		change_weeks(paint, app);
		return VERDICT_REDRAW;
	case ACTION_UNDO:
		take_back(paint, app);
		return VERDICT_REDRAW;
	case ACTION_SAVE:
		if (has_changed(paint))
			ask_save(paint, app);
		else if (joins_others(app))
			saving_ask(app, AFTER_NOTHING);
		else
			app_message(app, STYLE_PLAIN, "these are the hours as they are: nothing to save");
		return VERDICT_REDRAW;
	case ACTION_BACK:
		return leave(paint, app);
	case ACTION_DROP:
		app_message(app, STYLE_PLAIN, "nothing was changed");
		return VERDICT_POP;
	case ACTION_ANSWER:
		if (event->text)
			return save(paint, app);
		app_message(app, STYLE_PLAIN, "not saved: paint on, or X leaves and drops what you painted");
		return VERDICT_REDRAW;
	case ACTION_HELP:
	case ACTION_REDRAW:
		return VERDICT_STAY; /* the same as everywhere; what else is, would leave what was painted behind */
	default:
		app_message(app, STYLE_PLAIN, "you are painting: W saves, Escape leaves");
		return VERDICT_REDRAW;
	}
}

static const struct screen_ops paint_ops = {
	.name = "paint",
	.title = "Paint",
	.context = CONTEXT_PAINT,
	.dialog = true,
	.open = open_paint,
	.close = close_paint,
	.act = act_paint,
	.draw = paint_draw,
};

void app_paint(struct app *app, const char *schedule, nm_local at)
{
	app_push(app, &paint_ops, &(struct argument){ schedule, at });
}
