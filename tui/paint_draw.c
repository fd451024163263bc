/* SPDX-License-Identifier: MIT */
/*
 * The painting of hours drawn: the week as it is painted, and the expression that says it.
 * In: the state of the painting.  Out: cells.
 */
#include <stdio.h>
#include <string.h>

#include "week_screen.h"

#define QUARTER 15    /* minutes */
#define LOW_SEASON 12 /* columns of a season in a low window */

static void draw_cell(const struct paint *paint, struct canvas *canvas, int x, int y, int day, int minute,
		      int n)
{
	static const char signs[] = { '.', '+', '#' };
	int now = paint_inside(&paint->now, day, minute, n), old = paint_inside(&paint->old, day, minute, n);
	unsigned style = STYLE_PLAIN;

	if (now != old)
		style = now > old ? STYLE_ADDED : STYLE_REMOVED;
	else if (now < 0)
		style = STYLE_DIM;
	canvas_put(canvas, x, y, style, (uint32_t)signs[now + 1]);
}

/* "Mon", or "Mon 23" where it is one of this week only. */
static void draw_day(const struct paint *paint, struct canvas *canvas, int y, int day)
{
	const struct nm_date date = nm_date_from_days(paint->date - nm_weekday(paint->date) + day);
	struct pen pen = pen_at(canvas, 1, y, WEEK_LEFT - 1);

	pen_text(&pen, STYLE_PLAIN, nm_weekday_names[day]);
	if (paint->one_week)
		pen_textf(&pen, STYLE_PLAIN, " %2d", date.day);
}

static void draw_grid(const struct paint *paint, struct canvas *canvas, int y, int first, int days,
		      int quarters)
{
	struct paint_block block = paint_block(paint);
	int columns = WEEK_SLOTS / quarters;

	for (int day = first; day < first + days; day++, y++) {
		int from = WEEK_LEFT + block.slot * 2 / quarters;
		int until = WEEK_LEFT + (block.last_slot * 2 + 1) / quarters;

		draw_day(paint, canvas, y, day);
		for (int i = 0; i < columns; i++)
			draw_cell(paint, canvas, WEEK_LEFT + i, y, day, i * QUARTER * quarters,
				  QUARTER * quarters);
		if (day < block.day || day > block.last_day)
			continue;
		canvas_pointer(canvas, 0, y);
		canvas_mark(canvas, from, y, until - from + 1);
	}
}

/* "Mon-Fri 08:00-12:00" */
static void block_words(const struct paint *paint, char *out, size_t size)
{
	struct paint_block block = paint_block(paint);
	int until = (block.last_slot + 1) * 30;
	char days[16];

	snprintf(days, sizeof days, block.day == block.last_day ? "%s" : "%s-%s", nm_weekday_names[block.day],
		 nm_weekday_names[block.last_day]);
	snprintf(out, size, "%s %02d:%02d-%02d:%02d", days, block.slot / 2, block.slot % 2 * 30, until / 60,
		 until % 60);
}

/* Of an expression: the rule after one; NULL: there is none. */
static const char *next_rule(const char *rule)
{
	for (rule++; *rule; rule++)
		if (*rule == ' ' && (rule[-1] == ';' || rule[-1] == ','))
			return rule + 1;
	return NULL;
}

/* The rule's times, which stand last in it, stand in another expression too. */
static bool has_times(const char *expression, const char *rule)
{
	const char *end = next_rule(rule);
	const size_t len = end ? (size_t)(end - rule) - 2 : strlen(rule);
	char times[NM_HOURS_TEXT + 1], *blank;

	snprintf(times, sizeof times, "%.*s", (int)len, rule);
	blank = strrchr(times, ' ');
	return strstr(expression, blank ? blank + 1 : times) != NULL;
}

/* The expression from the first rule on that has times that it had not, or else from the first that is not as it was; all
 * of it where none is. */
static const char *changed_rules(const struct paint *paint)
{
	const char *text = paint->text, *old = paint->old_text, *rule;
	size_t same = 0;

	for (rule = text; rule; rule = next_rule(rule))
		if (!has_times(old, rule))
			return rule;
	while (text[same] && text[same] == old[same])
		same++;
	if (!text[same] && !old[same])
		return text;
	for (rule = text; next_rule(rule) && next_rule(rule) <= text + same; rule = next_rule(rule))
		;
	return rule;
}

/* On what is left of a row: all of the expression, or where a stroke changes it. */
static void draw_expression(const struct paint *paint, struct pen *pen)
{
	const char *rules = changed_rules(paint);

	if (paint->refused.code)
		pen_text(pen, STYLE_ERROR, paint->refused.text);
	else if (rules == paint->text || text_width(paint->text) <= pen->end - pen->x)
		pen_text(pen, STYLE_PLAIN, paint->text);
	else
		pen_textf(pen, STYLE_PLAIN, "…%s", rules);
}

/* Which weeks: "every week", "every week of Apr-Sep", "only the week of 23 Nov 2026". */
static void weeks_words(const struct paint *paint, char *out, size_t size)
{
	const struct nm_date monday = nm_date_from_days(paint->date - nm_weekday(paint->date));

	if (paint->one_week)
		snprintf(out, size, "only the week of %d %s %d", monday.day, nm_month_names[monday.month - 1], monday.year);
	else if (paint->season[0])
		snprintf(out, size, "every week of %s", paint->season);
	else
		snprintf(out, size, "every week");
}

/* What is being painted; in a low window the expression instead, which has no row of its own. */
static void draw_heading(const struct paint *paint, struct canvas *canvas, int y, bool low)
{
	struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);
	char where[64], weeks[64];

	block_words(paint, where, sizeof where);
	if (low) {
		if (paint->one_week || paint->season[0])
			pen_textf(&pen, STYLE_PLAIN, "%.*s ", LOW_SEASON, paint->one_week ? "once" : paint->season);
		pen_textf(&pen, STYLE_BOLD, "%s  ", where);
		draw_expression(paint, &pen);
		return;
	}
	pen_text(&pen, STYLE_BOLD, paint->schedule);
	weeks_words(paint, weeks, sizeof weeks);
	pen_textf(&pen, STYLE_PLAIN, " · %s, painted · ", weeks);
	pen_textf(&pen, STYLE_BOLD, "%s%s", where, paint->begin_day < 0 ? "" : " selected");
}

static double hours_of(const struct nm_hours_week *week)
{
	int minutes = 0;

	for (int i = 0; i < NM_WEEK_MINUTES; i++)
		minutes += week->open[i];
	return minutes / 60.0;
}

static void draw_legend(const struct paint *paint, struct canvas *canvas, int y)
{
	struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);

	pen_text(&pen, STYLE_PLAIN, "# on   . off   + part of it");
	pen_tab(&pen, pen.x + 5);
	pen_textf(&pen, STYLE_PLAIN, "%.1f h %s week, was %.1f h", hours_of(&paint->now),
		  paint->one_week ? "this" : "a", hours_of(&paint->old));
}

/* A name in front, and text on as many rows as it needs and there are. */
static int draw_named(struct canvas *canvas, int y, int end, const char *name, unsigned style,
		      const char *text)
{
	if (y >= end)
		return 0;
	canvas_text(canvas, 1, y, WEEK_LEFT - 2, STYLE_HEAD, name);
	return canvas_wrap(canvas, WEEK_LEFT, y, canvas->width - WEEK_LEFT - 1, end - y, style, text);
}

void paint_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct paint *paint = state;
	int quarters = week_quarters(body.width), y = body.y, end = body.y + body.height, days, first;

	(void)app;
	for (int row = body.y; row < end; row++)
		canvas_fill(canvas, 0, row, canvas->width, STYLE_PLAIN, ' ');
	draw_heading(paint, canvas, y++, body.height < 11);
	if (body.height >= 9)
		week_draw_axis(canvas, WEEK_LEFT, y++, quarters);
	days = end - y < 7 ? end - y : 7;
	first = paint->day < days ? 0 : paint->day - days + 1;
	draw_grid(paint, canvas, y, first, days, quarters);
	y += days;
	if (body.height < 11)
		return;
	if (end - y > 3)
		y++;
	if (end - y > 2)
		draw_legend(paint, canvas, y++);
	if (end - y > 3)
		y++;
	if (paint->refused.code)
		y += draw_named(canvas, y, end - 1, "hours", STYLE_ERROR, paint->refused.text);
	else
		y += draw_named(canvas, y, end - 1, "hours", STYLE_BOLD, paint->text);
	draw_named(canvas, y, end, "was", STYLE_DIM, paint->old_text);
}
