/* SPDX-License-Identifier: MIT */
/*
 * A change on the week: who answers first before it, and below it what is different after it.
 * In: two texts of a plan and how they differ.  Out: a figure for a dialog.  It holds its own plans, for the session's
 * may be read anew while the dialog stands.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "week_screen.h"

#define WINDOW_LEAST  14 /* rows of a window in which a week is drawn, and columns */
#define COLUMNS_LEAST (WEEK_LEFT + 24)
#define COLUMNS	      (WEEK_LEFT + 48)
#define TOO_SMALL     "a larger window shows the week too"
#define OTHER_SIGN    '+'

/* When calls to a line get something else; memory of the pair's arena. */
struct changed_line {
	const char *name;
	size_t n;
	struct nm_span *windows; /* of all its differences, by difference */
};

/* The same week in two plans. */
struct pair {
	struct nm_plan *before, *after;
	struct nm_arena *arena;
	struct changed_line *lines;
	size_t n_lines, line;
	int64_t first, last;   /* mondays between which one can go */
	struct week was, now;  /* of one monday */
	bool changed[7][WEEK_SLOTS];
	struct nm_error err;   /* code not NM_OK: the week could not be derived */
};

static void close_pair(void *state)
{
	struct pair *pair = state;

	week_clear(&pair->was);
	week_clear(&pair->now);
	nm_plan_free(pair->before);
	nm_plan_free(pair->after);
	nm_arena_free(pair->arena);
	free(pair);
}

/* --- what is shown --- */

static const struct changed_line *line_of(const struct pair *pair)
{
	return &pair->lines[pair->line];
}

/* Marks the slots between two times of the week, from its Monday on. */
static void mark_slots(struct pair *pair, nm_local from, nm_local until)
{
	const int64_t slot_s = NM_DAY / WEEK_SLOTS;

	from = from < 0 ? 0 : from;
	until = until > 7 * (nm_local)NM_DAY ? 7 * (nm_local)NM_DAY : until;
	for (nm_local slot = from / slot_s; slot * slot_s < until; slot++)
		pair->changed[slot / WEEK_SLOTS][slot % WEEK_SLOTS] = true;
}

/* Marks the slots that a window touches: piece by piece, for the clock goes straight on only between its changes. */
static void mark(struct pair *pair, int64_t monday, struct nm_span window)
{
	const struct nm_zone *zone = pair->after->zone;
	const nm_local start = monday * NM_DAY;
	const nm_time week_until = nm_zone_utc(zone, start + 7 * (nm_local)NM_DAY, NULL);
	nm_time t = nm_zone_utc(zone, start, NULL);

	t = window.from > t ? window.from : t;
	window.until = window.until < week_until ? window.until : week_until;
	while (t < window.until) {
		const nm_time change = nm_zone_next_change(zone, t);
		const nm_time end = change < window.until ? change : window.until;
		const nm_local from = nm_zone_local(zone, t) - start;

		mark_slots(pair, from, from + (end - t));
		t = end;
	}
}

/* The line in the new plan and in the old one, where it may have another name; -1: there is none. */
static int line_after(const struct pair *pair)
{
	return nm_plan_find_line(pair->after, line_of(pair)->name);
}

static int line_before(const struct pair *pair)
{
	const int after = line_after(pair);

	return after >= 0 ? nm_plan_same_line(pair->after, after, pair->before)
			  : nm_plan_find_line(pair->before, line_of(pair)->name);
}

/* Who answers in the week of one plan; a plan without the line shows nobody at all. */
static enum nm_code read_week(const struct nm_plan *plan, int line, int64_t monday, const char *letters,
			      struct week *out, struct nm_error *err)
{
	const struct week_subject subject = {.line = line};
	struct nm_timeline *timeline;
	enum nm_code code;

	week_clear(out);
	if (subject.line < 0) {
		memset(out->cells, 0, sizeof out->cells);
		for (int i = 0; i < 7 * WEEK_SLOTS; i++)
			out->cells[i / WEEK_SLOTS][i % WEEK_SLOTS].letter = ' ';
		return NM_OK;
	}
	code = nm_timeline_build(plan, nm_zone_utc(plan->zone, monday * NM_DAY, NULL),
				 nm_zone_utc(plan->zone, (monday + 7) * NM_DAY, NULL), &timeline, err);
	if (code)
		return code;
	code = week_read(out, timeline, monday, &subject, letters, err);
	nm_timeline_free(timeline);
	return code;
}

/* One who is in both plans has the letter of the new one. */
static void letters_before(const struct pair *pair, const char *after, char *letters)
{
	const struct nm_plan *plan = pair->before;

	letters_give(plan, letters);
	for (size_t i = 0; i < plan->n_destinations; i++) {
		int same = nm_plan_find_destination(pair->after, plan->destinations[i].name);

		if (same >= 0)
			letters[i] = after[same];
		else if (memchr(after, letters[i], pair->after->n_destinations))
			letters[i] = '#';
	}
}

static void show_week(struct pair *pair, int64_t monday)
{
	const struct changed_line *line = line_of(pair);
	char *after = calloc(pair->after->n_destinations + 1, 1);
	char *before = calloc(pair->before->n_destinations + 1, 1);
	enum nm_code code = after && before ? NM_OK : nm_fail_memory(&pair->err);

	memset(pair->changed, 0, sizeof pair->changed);
	for (size_t i = 0; i < line->n; i++)
		mark(pair, monday, line->windows[i]);
	if (!code) {
		letters_give(pair->after, after);
		letters_before(pair, after, before);
		code = read_week(pair->before, line_before(pair), monday, before, &pair->was, &pair->err);
	}
	if (!code)
		code = read_week(pair->after, line_after(pair), monday, after, &pair->now, &pair->err);
	if (!code)
		pair->err = (struct nm_error){0};
	pair->was.monday = pair->now.monday = monday;
	free(after);
	free(before);
}

/* The week in which the line's first change begins. */
static void show_line(struct pair *pair, size_t i)
{
	nm_time first = NM_TIME_MAX;

	pair->line = i;
	for (size_t w = 0; w < line_of(pair)->n; w++)
		if (line_of(pair)->windows[w].from < first)
			first = line_of(pair)->windows[w].from;
	show_week(pair, nm_zone_monday(pair->after->zone, first));
}

static bool act(void *state, enum action action)
{
	struct pair *pair = state;
	const int64_t monday = pair->now.monday;

	if (action == ACTION_LEFT && monday > pair->first)
		show_week(pair, monday - 7);
	else if (action == ACTION_RIGHT && monday < pair->last)
		show_week(pair, monday + 7);
	else if (action == ACTION_LINE)
		show_line(pair, (pair->line + 1) % pair->n_lines);
	else
		return false;
	return true;
}

/* --- how it looks --- */

static bool day_changed(const struct pair *pair, int day)
{
	return memchr(pair->changed[day], 1, WEEK_SLOTS) != NULL;
}

static bool same_days(const struct pair *pair, int a, int b)
{
	return !memcmp(pair->changed[a], pair->changed[b], sizeof pair->changed[a]) &&
	       !memcmp(pair->was.cells[a], pair->was.cells[b], sizeof pair->was.cells[a]) &&
	       !memcmp(pair->now.cells[a], pair->now.cells[b], sizeof pair->now.cells[a]);
}

/* The last of the days from this one on that look the same. */
static int group_end(const struct pair *pair, int day)
{
	const int first = day;

	while (day < 6 && same_days(pair, first, day + 1))
		day++;
	return day;
}

/* Of each group of days: what was and what will be; a plan without the line has nothing to show. */
static int group_rows(const struct pair *pair)
{
	return (line_before(pair) >= 0) + (line_after(pair) >= 0);
}

static int rows(const void *state, int width, int window)
{
	const struct pair *pair = state;
	int n = 0;

	if (width < COLUMNS_LEAST || window < WINDOW_LEAST || pair->err.code)
		return 1;
	for (int day = 0; day < 7; day = group_end(pair, day) + 1)
		n += day_changed(pair, day) ? group_rows(pair) : 0;
	return 4 + (n ? n : 1); /* a heading and the hours above, a legend and a blank row below */
}

static void draw_heading(const struct pair *pair, struct canvas *canvas, struct box box)
{
	const char *answer = line_after(pair) < 0 ? "answered" : line_before(pair) < 0 ? "will answer" : "answers";
	struct pen pen = pen_at(canvas, box.x, box.y, box.x + box.width);
	char dates[WEEK_DATES];

	week_dates(pair->now.monday, dates);
	pen_text(&pen, STYLE_BOLD, line_of(pair)->name);
	pen_textf(&pen, STYLE_PLAIN, " · who %s first · %s", answer, dates);
	if (pair->first < pair->last)
		pen_text(&pen, STYLE_DIM, "  ←→ week");
	if (pair->n_lines > 1)
		pen_text(&pen, STYLE_DIM, "  L line");
}

/* What the week will show in the column of these slots, where that is another than before.  Letter OTHER_SIGN: it shows
 * the same, and yet something changes; ' ': nothing does. */
static struct week_cell changed_cell(const struct pair *pair, int day, int slot, int n)
{
	const struct week_cell was = week_cell_of(&pair->was, day, slot, n);
	const struct week_cell now = week_cell_of(&pair->now, day, slot, n);

	if (was.letter != now.letter)
		return now;
	return (struct week_cell){memchr(&pair->changed[day][slot], 1, (size_t)n) ? OTHER_SIGN : ' ', 0};
}

static void draw_was(const struct pair *pair, struct canvas *canvas, struct box box, int day)
{
	const int n = week_quarters(box.width);

	for (int i = 0; i < WEEK_SLOTS / n; i++) {
		const struct week_cell was = week_cell_of(&pair->was, day, i * n, n);

		canvas_put(canvas, box.x + WEEK_LEFT + i, box.y, answer_style(was.rank), (uint32_t)was.letter);
	}
}

static void draw_now(const struct pair *pair, struct canvas *canvas, struct box box, int day)
{
	const int n = week_quarters(box.width);

	for (int i = 0; i < WEEK_SLOTS / n; i++) {
		const struct week_cell now = changed_cell(pair, day, i * n, n);

		canvas_put(canvas, box.x + WEEK_LEFT + i, box.y,
			   now.letter == OTHER_SIGN ? STYLE_BOLD : answer_style(now.rank), (uint32_t)now.letter);
	}
}

static void draw_days(const struct pair *pair, struct canvas *canvas, struct box box, int day, int last)
{
	if (day == last)
		canvas_textf(canvas, box.x, box.y, WEEK_LEFT - 1, STYLE_PLAIN, "%s %2d", nm_weekday_names[day],
			     nm_date_from_days(pair->now.monday + day).day);
	else
		canvas_textf(canvas, box.x, box.y, WEEK_LEFT - 1, STYLE_PLAIN, "%s-%s", nm_weekday_names[day],
			     nm_weekday_names[last]);
	if (line_before(pair) >= 0) {
		draw_was(pair, canvas, box, day);
		if (line_after(pair) < 0)
			return;
		canvas_text(canvas, box.x, ++box.y, WEEK_LEFT - 1, STYLE_BOLD, "will be");
	}
	draw_now(pair, canvas, box, day);
}

/* A letter stands on one of the days that are shown; week NULL: in either plan. */
static bool shows(const struct pair *pair, const struct week *week, char letter)
{
	if (!week)
		return shows(pair, &pair->was, letter) || shows(pair, &pair->now, letter);
	for (int i = 0; i < 7 * WEEK_SLOTS; i++)
		if (week->cells[i / WEEK_SLOTS][i % WEEK_SLOTS].letter == letter && day_changed(pair, i / WEEK_SLOTS))
			return true;
	return false;
}

/* Something changes where the first answer stays, in a column of n slots. */
static bool shows_other(const struct pair *pair, int n)
{
	for (int day = 0; day < 7; day++)
		for (int slot = 0; slot < WEEK_SLOTS; slot += n)
			if (changed_cell(pair, day, slot, n).letter == OTHER_SIGN)
				return true;
	return false;
}

/* Who answers in the week of one of the plans, and is not told yet. */
static void legend_of(const struct pair *pair, const struct week *week, const struct nm_plan *plan,
		      const struct week *told, struct pen *pen)
{
	for (size_t i = 0; i < plan->n_destinations && i < week->n_letters; i++) {
		const struct nm_destination *destination = &plan->destinations[i];
		const char letter = week->letters[i];

		if (destination->kind != NM_VOICEMAIL && shows(pair, week, letter) && !(told && shows(pair, told, letter)))
			pen_textf(pen, style_of_kind(destination->kind), "%c %s   ", letter, destination->name);
	}
}

static void draw_legend(const struct pair *pair, struct canvas *canvas, struct box box)
{
	struct pen pen = pen_at(canvas, box.x, box.y, box.x + box.width);

	legend_of(pair, &pair->now, pair->after, NULL, &pen);
	legend_of(pair, &pair->was, pair->before, &pair->now, &pen);
	for (enum answer_rank rank = RANK_VOICEMAIL; rank < RANKS; rank++)
		if (shows(pair, NULL, week_sign(rank)))
			pen_textf(&pen, answer_style(rank), "%c %s   ", week_sign(rank), answer_rank_words(rank));
	if (shows_other(pair, week_quarters(box.width)))
		pen_textf(&pen, STYLE_BOLD, "%c changes otherwise", OTHER_SIGN);
}

static void draw(const void *state, struct canvas *canvas, struct box box)
{
	const struct pair *pair = state;
	const int top = box.y;

	if (pair->err.code || rows(state, box.width, box.height) == 1) {
		canvas_text(canvas, box.x, box.y, box.width, STYLE_DIM, pair->err.code ? pair->err.text : TOO_SMALL);
		return;
	}
	draw_heading(pair, canvas, box);
	week_draw_axis(canvas, box.x + WEEK_LEFT, box.y + 1, week_quarters(box.width));
	box.y += 2;
	for (int day = 0; day < 7; day = group_end(pair, day) + 1) {
		if (!day_changed(pair, day))
			continue;
		draw_days(pair, canvas, box, day, group_end(pair, day));
		box.y += group_rows(pair);
	}
	if (box.y == top + 2)
		canvas_text(canvas, box.x, box.y++, box.width, STYLE_PLAIN, "nothing changes in this week");
	draw_legend(pair, canvas, box);
}

/* --- making it --- */

static enum nm_code read_plan(const struct session *session, struct nm_texts texts, struct nm_plan **out, struct nm_error *err)
{
	struct nm_diags diags;
	enum nm_code code;

	nm_diags_init(&diags);
	code = session_plan_read(session, session->options.plan_file, texts.bytes, texts.len, out, &diags, err);
	nm_diags_clear(&diags);
	return code;
}

static struct changed_line *find_line(struct pair *pair, const char *name)
{
	for (size_t i = 0; i < pair->n_lines; i++)
		if (!strcmp(pair->lines[i].name, name))
			return &pair->lines[i];
	return NULL;
}

/* All windows of a line's differences. */
static enum nm_code add_line(struct pair *pair, const struct nm_differences *differences, const char *name,
			     struct nm_error *err)
{
	struct changed_line *line = &pair->lines[pair->n_lines];
	size_t n = 0;

	for (size_t i = 0; i < differences->n; i++)
		n += strcmp(differences->items[i].line, name) ? 0 : differences->items[i].n;
	if (!n)
		return NM_OK;
	*line = (struct changed_line){.name = nm_arena_text(pair->arena, name),
				      .windows = nm_arena_alloc(pair->arena, n, sizeof *line->windows)};
	if (!line->name || !line->windows)
		return nm_fail_memory(err);
	for (size_t i = 0; i < differences->n; i++) {
		const struct nm_difference *item = &differences->items[i];

		if (strcmp(item->line, name) || !item->n)
			continue;
		memcpy(line->windows + line->n, item->windows, item->n * sizeof *item->windows);
		line->n += item->n;
	}
	pair->n_lines++;
	return NM_OK;
}

static enum nm_code add_lines(struct pair *pair, const struct nm_differences *differences, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	pair->arena = nm_arena_new();
	if (pair->arena)
		pair->lines = nm_arena_alloc(pair->arena, differences->n, sizeof *pair->lines);
	if (!pair->lines)
		return nm_fail_memory(err);
	for (size_t i = 0; i < differences->n && !code; i++)
		if (!find_line(pair, differences->items[i].line))
			code = add_line(pair, differences, differences->items[i].line, err);
	return code;
}

void change_figure(struct figure *out, const struct session *session, struct nm_texts before, struct nm_texts after,
		   const struct nm_differences *differences)
{
	struct pair *pair = differences->n ? calloc(1, sizeof *pair) : NULL;
	struct nm_error err;

	*out = (struct figure){0};
	if (!pair)
		return;
	if (read_plan(session, before, &pair->before, &err) || read_plan(session, after, &pair->after, &err) ||
	    add_lines(pair, differences, &err) || !pair->n_lines) {
		close_pair(pair);
		return;
	}
	pair->first = nm_zone_monday(pair->after->zone, session_now(session));
	pair->last = nm_zone_monday(pair->after->zone, session_now(session) + NM_CHECK_HORIZON - 1);
	show_line(pair, 0);
	*out = (struct figure){pair, COLUMNS, rows, draw, act, close_pair};
}
