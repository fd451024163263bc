/* SPDX-License-Identifier: MIT */
/*
 * Report: the figures over the log of calls, month by month, against the plan's targets.
 * In: the log, read in quiet moments.  Out: what report_draw.c shows, the calculation, a CSV file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nevermiss/edit.h"
#include "prompt.h"
#include "report_csv.h"
#include "report_screen.h"
#include "week.h"

enum { TAG_FILE, TAG_OVER };

static void *open_report(struct app *app, const void *argument, struct nm_error *err)
{
	struct report_screen *screen = calloc(1, sizeof *screen);

	(void)app;
	(void)argument;
	if (!screen) {
		nm_fail_memory(err);
		return NULL;
	}
	screen->line = screen->found.at = -1;
	screen->hour = 9;
	return screen;
}

static void forget(struct report_screen *screen)
{
	nm_report_clear(&screen->report);
	nm_report_clear(&screen->weeks);
	screen->known = screen->whole = false;
	screen->err = (struct nm_error){ 0 };
	screen->found.at = -1;
}

static void close_report(void *state)
{
	struct report_screen *screen = state;

	forget(screen);
	free(screen->layer);
	free(screen->file);
	free(screen);
}

/* --- what it is of --- */

/* A day in the middle of the month that is looked at. */
static struct nm_date month_of(const struct report_screen *screen, const struct app *app)
{
	const nm_local local = nm_zone_local(session_zone(app->session), app_now(app));
	struct nm_date date = nm_date_from_days(nm_local_day(local));
	const int months = date.year * 12 + date.month - 1 - (screen->back - 1);

	return (struct nm_date){ months / 12, months % 12 + 1, 15 };
}

static struct nm_span span_of(const struct report_screen *screen, const struct app *app)
{
	const struct nm_zone *zone = session_zone(app->session);
	const struct nm_span last = nm_report_last_30_days(app_now(app));
	struct nm_date date;

	if (screen->back == 0)
		return last;
	date = month_of(screen, app);
	return nm_report_month(
		zone, nm_zone_utc(zone, nm_days_from_date(date.year, date.month, date.day) * NM_DAY, NULL), last.until);
}

/* The last of them is the one in which the span or the present ends. */
static struct nm_span weeks_of(const struct app *app, struct nm_span span)
{
	return nm_report_course(session_zone(app->session), span.until < app_now(app) ? span.until : app_now(app) / 60 * 60);
}

void report_span_words(const struct report_screen *screen, const struct app *app,
		       char out[static NM_TIME_TEXT])
{
	const struct nm_date date = month_of(screen, app);

	if (screen->back == 0)
		snprintf(out, NM_TIME_TEXT, "the last 30 days");
	else
		snprintf(out, NM_TIME_TEXT, "%s %d%s", nm_month_names[date.month - 1], date.year,
			 screen->back == 1 ? " so far" : "");
}

const struct nm_layer *report_layer(const struct report_screen *screen)
{
	for (size_t i = 0; screen->whose == WHOSE_LAYER && i < screen->report.n_layers; i++)
		if (!strcmp(screen->report.layers[i].name, screen->layer))
			return &screen->report.layers[i];
	return NULL;
}

static bool same_subject(const struct report_subject *a, const struct report_subject *b)
{
	return a->generation == b->generation && a->changes == b->changes && a->span.from == b->span.from &&
	       a->span.until == b->span.until && a->line == b->line;
}

static struct report_subject subject_of(const struct report_screen *screen, const struct app *app)
{
	struct report_subject subject = { .generation = app->session->generation,
					  .span = span_of(screen, app),
					  .line = screen->line };
	struct nm_store *store;

	if (session_store(app->session, &store, NULL) == NM_OK)
		subject.changes = nm_store_changes(store);
	return subject;
}

static void read_log(struct report_screen *screen, struct app *app, struct nm_span span,
		     struct nm_report *out)
{
	const struct nm_report_options options = { .span = span, .line = screen->subject.line };
	struct nm_store *store;

	if (session_store(app->session, &store, &screen->err) == NM_OK &&
	    nm_report(store, app_plan(app), &options, out, &screen->err) == NM_OK)
		return;
	nm_report_clear(out);
}

/* A low window scrolls no further than it must; the map's cursor stays in it, and below it, where both have room, the row
 * that tells of its hour. */
static void bound_scroll(struct report_screen *screen, const struct app *app)
{
	const struct report_extent extent = report_extent(screen, app);
	const int height = app_body(app).height, most = extent.rows - height;

	if (screen->on_map) {
		const int row = extent.map + screen->day, told = extent.map + 7;
		const int least = told + 1 - height < row ? told + 1 - height : row;

		if (screen->scroll < least)
			screen->scroll = least;
		if (screen->scroll > row)
			screen->scroll = row;
	}
	if (screen->scroll > most)
		screen->scroll = most;
	if (screen->scroll < 0)
		screen->scroll = 0;
}

/* Forgets what is of something else now: the names in it may be those of a plan that is gone. */
static void follow_subject(struct report_screen *screen, const struct app *app)
{
	const struct report_subject subject = subject_of(screen, app);

	if (screen->known && !same_subject(&subject, &screen->subject))
		forget(screen);
	screen->subject = subject;
}

static void derive_report(void *state, struct app *app)
{
	struct report_screen *screen = state;

	if (screen->line >= (int)app_plan(app)->n_lines)
		screen->line = -1;
	follow_subject(screen, app);
	if (screen->known && !screen->err.code)
		bound_scroll(screen, app);
}

/* The log may have grown meanwhile.  First what is looked at, then the weeks before it: keys come between the two. */
static bool idle_report(void *state, struct app *app)
{
	struct report_screen *screen = state;

	follow_subject(screen, app);
	if (screen->whole)
		return false;
	if (!screen->known)
		read_log(screen, app, screen->subject.span, &screen->report);
	else
		read_log(screen, app, weeks_of(app, screen->subject.span), &screen->weeks);
	screen->whole = screen->known || screen->err.code;
	screen->known = true;
	return true;
}

/* --- acting --- */

static void move_cell(struct report_screen *screen, enum action action)
{
	screen->hour += action == ACTION_RIGHT ? 1 : action == ACTION_LEFT ? -1 : 0;
	screen->hour = screen->hour < 0 ? 0 : screen->hour > 23 ? 23 : screen->hour;
	screen->day += action == ACTION_DOWN ? 1 : action == ACTION_UP ? -1 : 0;
	screen->day = screen->day < 0 ? 0 : screen->day > 6 ? 6 : screen->day;
}

static void move_month(struct report_screen *screen, struct app *app, bool back)
{
	if (!back && screen->back == 0)
		app_message(app, STYLE_PLAIN, "there is nothing later: these are the last 30 days");
	else if (back && screen->back == REPORT_MONTHS)
		app_message(app, STYLE_PLAIN, "the report goes no further back than ten years");
	else
		screen->back += back ? 1 : -1;
}

static bool act_move(struct report_screen *screen, struct app *app, enum action action)
{
	const int page = app_body(app).height - 1;

	switch (action) {
	case ACTION_LEFT:
	case ACTION_RIGHT:
		if (screen->on_map)
			move_cell(screen, action);
		else
			move_month(screen, app, action == ACTION_LEFT);
		return true;
	case ACTION_UP:
	case ACTION_DOWN:
		if (screen->on_map)
			move_cell(screen, action);
		else
			screen->scroll += action == ACTION_DOWN ? 1 : -1;
		return true;
	case ACTION_PAGE_UP:
	case ACTION_PAGE_DOWN:
		screen->scroll += action == ACTION_PAGE_DOWN ? page : -page;
		return true;
	case ACTION_LAST:
		screen->scroll = INT16_MAX;
		return true;
	default:
		return false;
	}
}

static void show_layer(struct report_screen *screen, struct app *app, const struct nm_layer *layer)
{
	char *name = strdup(layer->name);

	if (!name) {
		app_message(app, STYLE_ERROR, "out of memory");
		return;
	}
	free(screen->layer);
	screen->layer = name;
	screen->whose = WHOSE_LAYER;
}

/* All calls, those that were missed, what each layer took, and round again. */
static void next_whose(struct report_screen *screen, struct app *app)
{
	const struct nm_layer *layer = report_layer(screen);
	const size_t next = layer ? (size_t)(layer - screen->report.layers) + 1 : 0;

	if (screen->whose == WHOSE_ALL) {
		screen->whose = WHOSE_MISSED;
	} else if (next < screen->report.n_layers && (screen->whose == WHOSE_MISSED || layer)) {
		show_layer(screen, app, &screen->report.layers[next]);
	} else {
		screen->whose = WHOSE_ALL;
	}
}

/* The hour under the cursor, the next time that it comes. */
static void show_week(const struct report_screen *screen, struct app *app)
{
	const struct nm_zone *zone = session_zone(app->session);
	const int64_t today = nm_local_day(nm_zone_local(zone, app_now(app)));
	int64_t day = today + (screen->day - nm_weekday(today) + 7) % 7;
	struct week_place place = { .at = nm_zone_utc(zone, day * NM_DAY + screen->hour * 3600, NULL),
				    .line = screen->line };

	if (place.at + 3600 <= app_now(app))
		place.at = nm_zone_utc(zone, (day + 7) * NM_DAY + screen->hour * 3600, NULL);
	app_go(app, &screen_week, &place);
}

static void show_definitions(struct app *app)
{
	struct notes notes;

	notes_init(&notes);
	for (size_t i = 0; i < report_definitions_count; i++) {
		notes_add(&notes, STYLE_HEAD, report_definitions[i].name);
		notes_addf(&notes, STYLE_PLAIN, "  %s", report_definitions[i].words);
	}
	app_page(app, "what the figures mean", &notes);
	notes_clear(&notes);
}

/* --- saving --- */

static void ask_file(const struct report_screen *screen, struct app *app, const char *typed)
{
	const struct nm_date date = month_of(screen, app);
	char name[64] = "report-30-days.csv";

	if (screen->back)
		snprintf(name, sizeof name, "report-%d-%02d.csv", date.year, date.month);
	app_ask(app, TAG_FILE, "save all figures as CSV in the file:", name, typed);
}

static void ask_over(struct report_screen *screen, struct app *app, const char *file)
{
	struct notes notes;
	char *kept = strdup(file);

	if (!kept) {
		app_message(app, STYLE_ERROR, "out of memory: nothing was saved");
		return;
	}
	free(screen->file);
	screen->file = kept;
	notes_init(&notes);
	notes_add(&notes, STYLE_PLAIN, "What is in it now would be gone.");
	notes_add(&notes, STYLE_PLAIN, "");
	app_confirm(app, TAG_OVER, "this file is there already: write over it?", &notes);
	notes_clear(&notes);
}

/* The figures of what is shown, with all callers who were missed, of whom the screen has the first. */
static enum nm_code write_figures(const struct report_screen *screen, const struct app *app, struct nm_buf *out,
				  struct nm_error *err)
{
	const struct nm_report_options options = { .span = screen->report.span,
						   .line = screen->subject.line,
						   .all_missed = true };
	struct nm_report report = { .arena = NULL };
	struct nm_store *store;
	enum nm_code code = session_store(app->session, &store, err);

	if (code == NM_OK)
		code = nm_report(store, app_plan(app), &options, &report, err);
	if (code == NM_OK) {
		report.worth = worth_reckoned(screen, app_plan(app));
		report_csv(&report, session_zone(app->session), out);
		code = out->failed ? nm_fail_memory(err) : NM_OK;
	}
	nm_report_clear(&report);
	return code;
}

static void save(struct report_screen *screen, struct app *app, const char *file, bool over)
{
	const char *own = session_own_file(app->session, file);
	struct nm_error err;
	struct nm_buf out;
	enum nm_code code;

	if (own) {
		app_message(app, STYLE_WARNING, "%s is %s: the figures need a file of their own", file, own);
		ask_file(screen, app, file);
		return;
	}
	follow_subject(screen, app);
	if (!screen->known)
		idle_report(screen, app);
	if (screen->err.code) {
		app_error(app, &screen->err);
		return;
	}
	nm_buf_init(&out, 1u << 26);
	if (write_figures(screen, app, &out, &err) != NM_OK) {
		app_error(app, &err);
		nm_buf_clear(&out);
		return;
	}
	code = nm_file_write(file, out.data, out.len, !over, &err);
	if (code == NM_REFUSED && !over) {
		ask_over(screen, app, file);
	} else if (code) {
		app_error(app, &err);
		ask_file(screen, app, file);
	} else {
		app_message(app, STYLE_GOOD, "saved all figures in %s", file);
	}
	nm_buf_clear(&out);
}

static void take_answer(struct report_screen *screen, struct app *app, const struct event *event)
{
	if (event->tag == TAG_FILE && event->text && event->text[0])
		save(screen, app, event->text, false);
	else if (event->tag == TAG_OVER && event->text && screen->file)
		save(screen, app, screen->file, true);
	else
		app_message(app, STYLE_PLAIN, "nothing was saved");
}

static void next_line(struct report_screen *screen, const struct app *app)
{
	screen->line = screen->line + 1 < (int)app_plan(app)->n_lines ? screen->line + 1 : -1;
}

static void enter(struct report_screen *screen, struct app *app)
{
	if (screen->on_map)
		show_week(screen, app);
	screen->on_map = true;
}

/* Scrolls to it where it is not in sight. */
static void go_to_found(struct report_screen *screen, const struct app *app)
{
	const int height = app_body(app).height, at = screen->found.at;

	screen->on_map = false;
	if (at < screen->scroll || at >= screen->scroll + height)
		screen->scroll = at - height / 2;
}

static bool find_row(void *state, struct app *app, bool back, bool here)
{
	struct report_screen *screen = state;
	const int rows = screen->known && !screen->err.code ? report_extent(screen, app).rows : 0;
	struct canvas picture;
	bool found;

	if (rows < 1 || !canvas_init(&picture, app->canvas.width, rows, app_ascii(app)))
		return false;
	report_draw_whole(screen, app, &picture);
	found = search_picture(&screen->found, &picture, screen->search, back, here);
	screen->found.width = app->canvas.width;
	screen->found.height = app->canvas.height;
	canvas_clear(&picture);
	if (found)
		go_to_found(screen, app);
	return found;
}

static const struct search_ops row_search = { .where = "in this report", .find = find_row };

/* It is about the map. */
static bool is_of_map(enum action action)
{
	return action == ACTION_WHOSE || action == ACTION_VIEW || action == ACTION_NEXT_PANE || action == ACTION_ENTER;
}

static enum verdict act_report(void *state, struct app *app, const struct event *event)
{
	struct report_screen *screen = state;

	if (search_act(&row_search, screen, screen->search, app, event))
		return VERDICT_REDRAW;
	screen->found.at = -1;
	screen->on_map = screen->on_map && !report_is_empty(screen);
	if (is_of_map(event->action) && report_is_empty(screen)) {
		app_message(app, STYLE_PLAIN, "there are no calls here, and no map of them");
		return VERDICT_REDRAW;
	}
	if (act_move(screen, app, event->action))
		return VERDICT_REDRAW;
	switch (event->action) {
	case ACTION_LATEST:
		screen->back = screen->back == 1 ? 0 : 1;
		break;
	case ACTION_LINE:
		next_line(screen, app);
		break;
	case ACTION_WHOSE:
		next_whose(screen, app);
		break;
	case ACTION_VIEW:
		screen->whose = screen->whose == WHOSE_MISSED ? WHOSE_ALL : WHOSE_MISSED;
		break;
	case ACTION_NEXT_PANE:
		screen->on_map = !screen->on_map;
		break;
	case ACTION_ENTER:
		enter(screen, app);
		break;
	case ACTION_BACK:
		if (!screen->on_map)
			return VERDICT_STAY;
		screen->on_map = false;
		break;
	case ACTION_RECKON:
		app_reckon(app, screen);
		break;
	case ACTION_DEFINITIONS:
		show_definitions(app);
		break;
	case ACTION_EXPORT:
		if (app_may_change(app))
			ask_file(screen, app, NULL);
		break;
	case ACTION_ANSWER:
		take_answer(screen, app, event);
		break;
	default:
		return VERDICT_STAY;
	}
	return VERDICT_REDRAW;
}

/* What the arrows and Enter do depends on where they are, and the other map on which is shown. */
static const char *label_report(const void *state, const struct app *app, enum action action)
{
	const struct report_screen *screen = state;

	(void)app;
	if (is_of_map(action) && report_is_empty(screen))
		return "";
	if (action == ACTION_LEFT)
		return screen->on_map ? "hour" : NULL;
	if (action == ACTION_ENTER)
		return screen->on_map ? NULL : "";
	if (action == ACTION_NEXT_PANE)
		return screen->on_map ? "figures" : NULL;
	if (action == ACTION_VIEW)
		return screen->whose == WHOSE_MISSED ? "all" : NULL;
	return NULL;
}

const struct screen_ops screen_report = {
	.name = "report",
	.title = "Report",
	.context = CONTEXT_REPORT,
	.open = open_report,
	.close = close_report,
	.act = act_report,
	.derive = derive_report,
	.idle = idle_report,
	.idle_beside = true,
	.label = label_report,
	.draw = report_draw,
};
