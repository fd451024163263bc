/* SPDX-License-Identifier: MIT */
/*
 * The hours of the week as a heat map: how many calls came in each, or were missed, or one took.
 * In: the report, whose calls, the cursor.  Out: cells.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "chart.h"
#include "report_screen.h"

#define MAP_LEFT 6 /* columns before the hours */
#define LEGEND_LEAST 6
#define PEAKS_LEAST 17 /* columns: two peaks, as most have */
#define PEAKS_ROW 6

typedef const int64_t (*heat)[24];

static heat shown(const struct report_screen *screen)
{
	static const int64_t nothing[7][24];
	const struct nm_layer *layer = report_layer(screen);

	if (screen->whose == WHOSE_MISSED)
		return (heat)screen->report.missed;
	if (screen->whose == WHOSE_LAYER)
		return layer ? (heat)layer->heat : nothing;
	return (heat)screen->report.heat;
}

static int64_t most_of(heat map)
{
	int64_t most = 0;

	for (int day = 0; day < 7; day++)
		for (int hour = 0; hour < 24; hour++)
			most = map[day][hour] > most ? map[day][hour] : most;
	return most;
}

/* What is counted, from the right of the hours on. */
static void draw_legend(const struct report_screen *screen, const struct column *column, int x,
			const struct chart_scale *scale)
{
	const int width = column->end - x;
	char words[CHART_LEVEL_TEXT];

	if (width < LEGEND_LEAST)
		return;
	canvas_textf(column->canvas, x, column->y, width, STYLE_HEAD,
		     screen->whose == WHOSE_LAYER ? "%s took" : "%s",
		     screen->whose == WHOSE_LAYER    ? screen->layer
		     : screen->whose == WHOSE_MISSED ? "missed calls"
						     : "calls");
	for (int i = 1; i < CHART_LEVELS; i++) {
		const int level = CHART_LEVELS - i;

		chart_level_words(scale, level, words);
		canvas_textf(column->canvas, x, column->y + i, width, STYLE_PLAIN, "%s %s",
			     chart_shade(level, column->canvas->ascii), words);
	}
}

/* "9-11, 13-15" after a word. */
static void add_hours(struct nm_buf *out, const char *word, int from, int until)
{
	nm_buf_addf(out, "%s %d-%d", out->len ? "," : word, from, until);
}

/* "peaks 9-11, 13-15": of all calls, as report.h has them. */
static void peaks_words(const struct nm_report *report, struct nm_buf *out)
{
	for (size_t i = 0; i < report->n_peaks; i++)
		add_hours(out, "peaks", report->peaks[i].from, report->peaks[i].until);
}

/* Those of the day, as bits, in which most of a map's calls came; none where they came one by one. */
static uint32_t most_hours(heat map)
{
	int64_t most = 2;
	uint32_t bits = 0;

	for (int hour = 0; hour < 24; hour++) {
		int64_t calls = 0;

		for (int day = 0; day < 7; day++)
			calls += map[day][hour];
		bits = calls > most ? 0 : bits;
		most = calls > most ? calls : most;
		bits |= (uint32_t)(calls == most) << hour;
	}
	return bits;
}

/* "most 20-21, 23-24": of a map whose calls are too few to speak of peaks.  Nothing when that is at all times of the day. */
static void most_words(heat map, struct nm_buf *out)
{
	const uint32_t hours = most_hours(map), first = hours & ~(hours << 1), but_one = first & (first - 1);

	if (but_one & (but_one - 1))
		return;
	for (int from = 0, until; from < 24; from++) {
		if (!(first >> from & 1))
			continue;
		for (until = from; hours >> until & 1;)
			until++;
		add_hours(out, "most", from, until);
	}
}

/* The hours that stand out of what is shown: beside the map, or where that is too narrow below it. */
static void draw_peaks(const struct report_screen *screen, struct column *column, int x, int top)
{
	const bool beside = column->end - x >= PEAKS_LEAST;
	struct nm_buf words;

	nm_buf_init(&words, 4096);
	if (screen->whose == WHOSE_ALL)
		peaks_words(&screen->report, &words);
	else
		most_words(shown(screen), &words);
	if (words.len) {
		canvas_text(column->canvas, beside ? x : column->x, beside ? top + PEAKS_ROW : column->y,
			    column->end - (beside ? x : column->x), STYLE_PLAIN, words.data);
		column->y += !beside;
	}
	nm_buf_clear(&words);
}

static void draw_day(const struct report_screen *screen, const struct column *column, int day, int step,
		     const struct chart_scale *scale)
{
	heat map = shown(screen);

	canvas_text(column->canvas, column->x, column->y, MAP_LEFT - 1, STYLE_PLAIN, nm_weekday_names[day]);
	for (int hour = 0; hour < 24; hour++) {
		const int level = chart_level(scale, map[day][hour]), x = column->x + MAP_LEFT + hour * step;
		const unsigned style = level == 0                      ? STYLE_DIM
				       : screen->whose == WHOSE_MISSED ? STYLE_ERROR
								       : STYLE_PLAIN;

		canvas_text(column->canvas, x, column->y, 1, style,
			    chart_shade(level, column->canvas->ascii));
		if (screen->on_map && screen->day == day && screen->hour == hour)
			canvas_mark(column->canvas, x, column->y, 1);
	}
}

/* "missed", "fixly on main": whose calls the map is of; nothing where it is of all. */
static void subject_words(const struct report_screen *screen, const struct nm_plan *plan, struct nm_buf *out)
{
	if (screen->whose != WHOSE_ALL)
		nm_buf_add(out, screen->whose == WHOSE_LAYER ? screen->layer : "missed");
	if (screen->line >= 0)
		nm_buf_addf(out, "%s%s", out->len ? " on " : "", plan->lines[screen->line].name);
}

/* "14 calls, 2 missed", "4 of 14 calls, 2 missed": of an hour, first what the map shows. */
static void count_words(const struct report_screen *screen, struct nm_buf *out)
{
	const int64_t calls = screen->report.heat[screen->day][screen->hour],
		      missed = screen->report.missed[screen->day][screen->hour];

	if (!calls)
		nm_buf_add(out, "no calls");
	if (calls && screen->whose != WHOSE_ALL)
		nm_buf_addf(out, "%" PRId64 " of ", shown(screen)[screen->day][screen->hour]);
	if (calls)
		nm_buf_addf(out, calls == 1 ? "%" PRId64 " call" : "%" PRId64 " calls", calls);
	if (calls && screen->whose != WHOSE_MISSED)
		nm_buf_addf(out, ", %" PRId64 " missed", missed);
}

/* "Tue 10-11: 14 calls, 2 missed; owner 7, office 3", "fixly, Tue 10-11: 4 of 14 calls, 2 missed; owner 7"; in a low window
 * it is all that says of what the map is. */
static void draw_cell(const struct report_screen *screen, struct column *column)
{
	const struct nm_report *report = &screen->report;
	struct pen pen = pen_at(column->canvas, column->x, column->y, column->x + column_width(column) / 2);
	struct nm_buf words;
	const char *between = "; ";

	nm_buf_init(&words, 1u << 16);
	subject_words(screen, app_plan(column->app), &words);
	pen_text(&pen, STYLE_BOLD, words.data);
	pen.end = column->end;
	pen_text(&pen, STYLE_BOLD, words.len ? ", " : "");
	nm_buf_clear(&words);
	nm_buf_addf(&words, "%s %d-%d: ", nm_weekday_names[screen->day], screen->hour, screen->hour + 1);
	count_words(screen, &words);
	for (size_t i = 0; i < report->n_layers; i++) {
		const bool told = &report->layers[i] == report_layer(screen);
		const int64_t n = told ? 0 : report->layers[i].heat[screen->day][screen->hour];

		if (n)
			nm_buf_addf(&words, "%s%s %" PRId64, between, report->layers[i].name, n);
		between = n ? ", " : between;
	}
	pen_text(&pen, STYLE_BOLD, words.data);
	column->y++;
	nm_buf_clear(&words);
}

void report_draw_map(const struct report_screen *screen, struct column *column)
{
	const int step = column->end - column->x >= MAP_LEFT + 2 * 24 + 14 ? 2 : 1;
	const struct chart_scale scale = chart_scale(most_of(shown(screen)));
	const int right = column->x + MAP_LEFT + 24 * step + (step == 2 ? 3 : 1), top = column->y;

	draw_legend(screen, column, right, &scale);
	for (int hour = 0; hour < 24; hour += 3)
		canvas_textf(column->canvas, column->x + MAP_LEFT + hour * step, column->y, 2, STYLE_DIM,
			     "%d", hour);
	column->y++;
	for (int day = 0; day < 7; day++, column->y++)
		draw_day(screen, column, day, step, &scale);
	if (screen->on_map)
		draw_cell(screen, column);
	draw_peaks(screen, column, right, top);
}
