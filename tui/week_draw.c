/* SPDX-License-Identifier: MIT */
/*
 * The Week screen drawn: the grid, its totals, and what happens at the cursor.
 * In: the screen's state.  Out: cells.  Derives nothing.
 */
#include <stdio.h>
#include <string.h>

#include "week_screen.h"

#define NOTE_COLUMNS 14 /* that the grid leaves to notes */
#define NOTE_LEAST 8	/* in less a note says nothing */
#define GIVEN_LEAST 3	/* "PH" and that there is more of it */
#define NARROW 56	/* below, line and view need what a date and a long name would take */
#define LETTER_COLUMNS 11 /* of a letter and what it means, there */

int week_quarters(int width)
{
	if (width >= WEEK_LEFT + 96 + NOTE_COLUMNS)
		return 1;
	return width >= WEEK_LEFT + 48 ? 2 : 4;
}

void week_draw_axis(struct canvas *canvas, int x, int y, int per_column)
{
	for (int hour = 0; hour < 24; hour += 3)
		canvas_textf(canvas, x + hour * 4 / per_column, y, 2, STYLE_DIM, "%d", hour);
}

/* One who is not there is no alarm; nobody is. */
static unsigned cell_style(struct week_cell cell)
{
	if (cell.letter == ' ')
		return STYLE_PLAIN;
	return cell.letter == WEEK_OUTSIDE || cell.letter == WEEK_AWAY ? STYLE_DIM : answer_style(cell.rank);
}

/* A holiday is cut first: its sign says the most, and what is decided of its day must be seen beside it. */
static void draw_note(struct canvas *canvas, int y, int room, const struct week_note *note)
{
	const char *decided = note->text + note->given;
	const int x = canvas->width - room, left = room - text_width(decided);
	char given[WEEK_NOTE];
	int columns;

	if (text_width(note->text) <= room || !note->given || !decided[0]) {
		canvas_text(canvas, x, y, room, STYLE_WARNING, note->text);
		return;
	}
	snprintf(given, sizeof given, "%.*s", note->given, note->text);
	columns = canvas_text(canvas, x, y, left > GIVEN_LEAST ? left : GIVEN_LEAST, STYLE_WARNING, given);
	canvas_text(canvas, x + columns, y, room - columns, STYLE_WARNING, decided);
}

/* Columns behind the grid. */
static int note_room(const struct canvas *canvas, int per_column)
{
	return canvas->width - WEEK_LEFT - WEEK_SLOTS / per_column - 2;
}

static void draw_day(const struct week *week, struct canvas *canvas, int y, int day, int per_column)
{
	struct nm_date date = nm_date_from_days(week->monday + day);
	int columns = WEEK_SLOTS / per_column, room = note_room(canvas, per_column);

	canvas_textf(canvas, 1, y, 7, STYLE_PLAIN, "%s %2d", nm_weekday_names[day], date.day);
	if (week->notes[day].text[0]) /* in a narrow window there is no more to see of it */
		canvas_put(canvas, WEEK_LEFT - 1, y, STYLE_WARNING, '*');
	for (int i = 0; i < columns; i++) {
		struct week_cell cell = week_cell_of(week, day, i * per_column, per_column);

		canvas_put(canvas, WEEK_LEFT + i, y, cell_style(cell), (uint32_t)cell.letter);
	}
	if (room >= NOTE_LEAST)
		draw_note(canvas, y, room, &week->notes[day]);
}

/* Of one destination: there, or why not. */
static void draw_presence_legend(const struct week *week, const struct nm_plan *plan, struct canvas *canvas, int y)
{
	int whose = week->subject.destination;
	struct pen pen = pen_at(canvas, 1, y, canvas->width);

	pen_textf(&pen, style_of_kind(plan->destinations[whose].kind), "%c %s is there   ",
		  week->letters[whose], plan->destinations[whose].name);
	pen_textf(&pen, STYLE_DIM, "%c outside its hours   %c away", WEEK_OUTSIDE, WEEK_AWAY);
}

/* Who comes in this week, and the signs; nobody always, so that one knows what to look for. */
static void draw_legend(const struct week *week, const struct nm_plan *plan, struct canvas *canvas, int y)
{
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

	if (week->subject.view == VIEW_DESTINATION) {
		pen_textf(&pen, STYLE_PLAIN, "there %.1f h   not there %.1f h",
			  week->hours[RANK_PEOPLE] + week->hours[RANK_AI], week->hours[RANK_NOBODY]);
		return;
	}
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

void week_draw_days(const struct week *week, const struct nm_plan *plan, struct canvas *canvas, int y, int end)
{
	const int per_column = week_quarters(canvas->width);

	if (end - y > WEEK_ROWS)
		week_draw_axis(canvas, WEEK_LEFT, y++, per_column);
	for (int day = 0; day < 7; day++)
		draw_day(week, canvas, y++, day, per_column);
	draw_legend(week, plan, canvas, y++);
	if (y < end)
		draw_totals(week, canvas, y);
}

static void outcome_words(const struct nm_outcome *outcome, char *out, size_t size)
{
	if (!outcome->answered_by)
		snprintf(out, size, "%s", nm_result_name(outcome->result));
	else if (outcome->result == NM_ANSWERED)
		snprintf(out, size, "%s answers after %d s", outcome->answered_by, outcome->seconds);
	else
		snprintf(out, size, "%s after %d s: %s", nm_result_name(outcome->result), outcome->seconds,
			 outcome->answered_by);
}

/* Rows below each other, as many as there are. */
struct pane {
	struct canvas *canvas;
	int y, end;
};

static void pane_line(struct pane *pane, unsigned style, const char *text)
{
	if (pane->y < pane->end)
		canvas_text(pane->canvas, 3, pane->y++, pane->canvas->width - 4, style, text);
}

static void draw_case(struct pane *pane, const char *when, const struct nm_simulation *call)
{
	char text[512], outcome[256];

	if (!call)
		return;
	outcome_words(&call->outcome, outcome, sizeof outcome);
	snprintf(text, sizeof text, "%s: %s", when, outcome);
	pane_line(pane, answer_style(answer_rank(&call->outcome)), text);
}

/* What the rule that decides goes by, as it is written. */
static void draw_hours(struct pane *pane, const struct nm_plan *plan, const struct nm_simulation *call)
{
	int decides = deciding_schedule(plan, call);
	const struct nm_schedule *schedule = decides < 0 ? NULL : &plan->schedules[decides];
	struct nm_buf text;

	if (!schedule)
		return;
	nm_buf_init(&text, 2 * NM_HOURS_TEXT);
	nm_buf_addf(&text, schedule->expression ? "hours of %s   %s" : "%s is on during events of calendar %s",
		    schedule->name,
		    schedule->expression	? schedule->expression
		    : schedule->calendar >= 0 ? plan->calendars[schedule->calendar].name
					      : "");
	pane_line(pane, STYLE_PLAIN, text.data);
	nm_buf_clear(&text);
}

static void draw_reasons(struct pane *pane, const struct nm_simulation *call)
{
	for (size_t i = call->n_reasons; i-- > 0 && pane->y < pane->end; pane->y++) {
		const struct nm_reason *reason = &call->reasons[i];

		canvas_textf(pane->canvas, 3, pane->y, pane->canvas->width - 4, STYLE_DIM, "%s%*s %s %s",
			     reason->name, text_gap(reason->name, 12), "", reason->matched ? "yes" : "no ", reason->text);
	}
}

/* What comes next, below all the rest. */
static void draw_changes(struct pane *pane, const struct week_screen *week, const struct app *app)
{
	char when[NM_TIME_TEXT];

	pane->y++;
	for (size_t i = 0; i < week->n_changes && pane->y < pane->end; i++, pane->y++) {
		struct pen pen = pen_at(pane->canvas, 1, pane->y, pane->canvas->width - 1);

		nm_time_words(session_zone(app->session), week->changes[i].at, false, when);
		pen_textf(&pen, STYLE_BOLD, "%s  ", when);
		pen_text(&pen, STYLE_PLAIN, week->changes[i].words);
	}
}

/* When, by which rule and why, and who is rung. */
static void draw_treatment(struct pane *pane, const struct week_screen *week, const struct app *app)
{
	const struct nm_treatment *treatment = week->call->treatment;
	const char *why = deciding_words(app_plan(app), week->call);
	struct pen pen = pen_at(pane->canvas, 1, pane->y++, pane->canvas->width - 1);
	char when[NM_TIME_TEXT];
	struct nm_buf words;

	nm_time_words(session_zone(app->session), week->at, false, when);
	pen_text(&pen, STYLE_BOLD, when);
	pen_textf(&pen, STYLE_BOLD, treatment->path && treatment->rule ? "  %s → %s" : "  %s",
		  treatment->rule ? treatment->rule : "no rule", treatment->path ? treatment->path : "");
	if (why[0])
		pen_textf(&pen, STYLE_DIM, "   (%s)", why);
	nm_buf_init(&words, 1u << 16);
	nm_treatment_words(treatment, &words);
	if (pane->y < pane->end)
		pane->y += canvas_wrap(pane->canvas, 3, pane->y, pane->canvas->width - 4,
				       pane->end - pane->y > 2 ? 2 : 1, STYLE_PLAIN, words.data);
	nm_buf_clear(&words);
}

/* What is out of the ordinary on the day, where its row had no room for all of it. */
static void draw_whole_note(struct pane *pane, const struct week_screen *week, const struct app *app)
{
	const struct canvas *canvas = pane->canvas;
	const char *text = week->week.notes[nm_weekday(nm_local_day(week_cursor(week, app)))].text;
	const int room = note_room(canvas, week_quarters(canvas->width));

	if (!text[0] || (room >= NOTE_LEAST && text_width(text) <= room) || pane->y >= pane->end)
		return;
	pane->y += canvas_wrap(pane->canvas, 3, pane->y, canvas->width - 4, pane->end - pane->y > 4 ? 2 : 1, STYLE_WARNING,
			       text);
}

static void draw_call(const struct week_screen *week, const struct app *app, struct canvas *canvas, int y, int end)
{
	struct pane pane = {canvas, y, end};
	char when[128];

	draw_treatment(&pane, week, app);
	draw_whole_note(&pane, week, app);
	draw_case(&pane, "if no human answers", week->nobody);
	snprintf(when, sizeof when, "if %s fails", week->failing_who ? week->failing_who : "");
	draw_case(&pane, when, week->failing);
	draw_hours(&pane, app_plan(app), week->call);
	draw_reasons(&pane, week->call);
	draw_changes(&pane, week, app);
}

/* What the sign of a cell stands for. */
static const char *cell_words(const struct week *week, const struct nm_plan *plan, struct week_cell cell)
{
	if (cell.letter == WEEK_OUTSIDE || cell.letter == WEEK_AWAY)
		return cell.letter == WEEK_AWAY ? "away" : "outside its hours";
	for (size_t i = 0; i < plan->n_destinations && i < week->n_letters; i++) {
		if (week->letters[i] == cell.letter && plan->destinations[i].kind != NM_VOICEMAIL)
			return plan->destinations[i].name;
	}
	return answer_rank_words(cell.rank);
}

/* In a low window: when the cursor stands where, which has no row of its own, and what its letter means, for which there
 * is no legend. */
static void draw_place(const struct week_screen *week, const struct app *app, struct pen *pen, int per_column)
{
	const nm_local local = week_cursor(week, app);
	const int64_t day = nm_local_day(local);
	const int slot = (int)((local - day * NM_DAY) / 900) / per_column * per_column;
	const struct week_cell cell = week_cell_of(&week->week, nm_weekday(day), slot, per_column);
	const int minute = (int)((local - day * NM_DAY) / 60), end = pen->end;
	char when[NM_TIME_TEXT];

	nm_time_words(session_zone(app->session), week->at, false, when);
	if (end < NARROW) /* the row has its date */
		snprintf(when, sizeof when, "%s %02d:%02d", nm_weekday_names[nm_weekday(day)], minute / 60, minute % 60);
	pen_textf(pen, STYLE_BOLD, "%s  ", when);
	if (cell.letter == ' ')
		return;
	pen->end = end < NARROW ? pen->x + LETTER_COLUMNS : end;
	pen_textf(pen, cell_style(cell), "%c %s", cell.letter, cell_words(&week->week, app_plan(app), cell));
	pen->end = end;
	pen->x += 2;
}

/* What is shown: line and view, and which week. */
static void draw_heading(const struct week_screen *week, const struct app *app, struct canvas *canvas,
			 int y, int per_column, bool low)
{
	struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);
	char dates[WEEK_DATES];
	struct nm_buf view;

	if (low)
		draw_place(week, app, &pen, per_column);
	nm_buf_init(&view, 4096);
	week_view_words(app_plan(app), &week->subject, &view);
	if (week->subject.view != VIEW_DESTINATION) {
		pen_text(&pen, STYLE_BOLD, app_plan(app)->lines[week->subject.line].name);
		pen_text(&pen, STYLE_PLAIN, " · ");
	}
	pen_text(&pen, STYLE_PLAIN, view.data);
	nm_buf_clear(&view);
	if (low)
		return;
	week_dates(week->week.monday, dates);
	pen_textf(&pen, STYLE_PLAIN, " · %s", dates);
}

/* On the row of its day, which is pointed at; with room, its time stands under the seven days instead. */
static void draw_cursor(const struct week_screen *week, const struct app *app, struct canvas *canvas,
			int top, int day, int per_column, bool room)
{
	nm_local local = week_cursor(week, app);
	int minute = (int)((local - nm_local_day(local) * NM_DAY) / 60);
	int x = WEEK_LEFT + minute / 15 / per_column;
	char when[NM_TIME_TEXT];

	canvas_mark(canvas, x, top + day, 1);
	if (!room) {
		canvas_pointer(canvas, 0, top + day);
		return;
	}
	nm_time_words(session_zone(app->session), week->at, false, when);
	canvas_put(canvas, x, top + 7, STYLE_BOLD, 0x25b2);
	if (x + 2 + text_width(when) <= canvas->width)
		canvas_text(canvas, x + 2, top + 7, NM_TIME_TEXT, STYLE_BOLD, when);
	else
		canvas_text(canvas, x - 1 - text_width(when), top + 7, NM_TIME_TEXT, STYLE_BOLD, when);
}

void week_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct week_screen *week = state;
	int per_column = week_quarters(body.width), y = body.y, end = body.y + body.height, cursor, days, first;

	if (week->week.err.code || !week->call) {
		canvas_text(canvas, 1, y, body.width - 2, STYLE_ERROR,
			    week->week.err.code ? week->week.err.text : week->err.text);
		return;
	}
	draw_heading(week, app, canvas, y++, per_column, body.height < 10);
	if (body.height >= 9) /* the heading has the time, and the days need the row */
		week_draw_axis(canvas, WEEK_LEFT, y++, per_column);
	cursor = nm_weekday(nm_local_day(week_cursor(week, app)));
	days = end - y < 7 ? end - y : 7;
	first = cursor < days ? 0 : cursor - days + 1;
	for (int day = 0; day < days; day++)
		draw_day(&week->week, canvas, y + day, first + day, per_column);
	draw_cursor(week, app, canvas, y, cursor - first, per_column, body.height >= 16);
	y += body.height >= 16 ? 8 : 7;
	if (y + 2 < end && week->subject.view == VIEW_DESTINATION)
		draw_presence_legend(&week->week, app_plan(app), canvas, y++);
	else if (y + 2 < end)
		draw_legend(&week->week, app_plan(app), canvas, y++);
	if (y + 2 < end)
		draw_totals(&week->week, canvas, y++);
	if (y + 4 < end)
		y++;
	if (y < end)
		draw_call(week, app, canvas, y, end);
}

