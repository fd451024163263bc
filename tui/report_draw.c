/* SPDX-License-Identifier: MIT */
/*
 * The Report screen drawn: figures against targets, who took the calls, when they come, what they are worth; then the
 * rest.  In: the screen's state.  Out: cells.  A wide window has the rest beside, others below, where one scrolls to.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "chart.h"
#include "report_screen.h"

#define PANE 86 /* columns of the first part in a wide window */
#define WIDE (PANE + 62)
#define BARS 76   /* columns from which there is room for bars; */
#define SPARKS 51 /* and for sparklines */
#define BAR_WIDTH 20
#define LAYERS 8       /* that have a place in the row of them */
#define LAYER_TEXT 128 /* of a name of which 80 bytes are shown, and its share */
#define AIRY 20        /* rows from which blank ones part the parts */

int column_width(const struct column *column)
{
	return column->end - column->x;
}

void column_right(struct column *column, int end, unsigned style, const char *text)
{
	const int width = text_width(text);

	canvas_text(column->canvas, column->x + end - width, column->y, width, style, text);
}

void column_line(struct column *column, unsigned style, const char *text)
{
	canvas_text(column->canvas, column->x, column->y++, column_width(column), style, text);
}

/* --- figures against targets --- */

static void draw_heading(const struct report_screen *screen, struct column *column)
{
	const struct nm_plan *plan = app_plan(column->app);
	const int64_t calls = screen->report.figures.calls;
	const int width = column_width(column);
	struct pen pen = pen_at(column->canvas, column->x, column->y, column->end);
	char span[NM_TIME_TEXT];

	report_span_words(screen, column->app, span);
	pen_text(&pen, STYLE_BOLD, span);
	if (screen->line >= 0)
		pen_textf(&pen, STYLE_PLAIN, " · %s", plan->lines[screen->line].name);
	if (calls)
		pen_textf(&pen, STYLE_PLAIN, calls == 1 ? " · %" PRId64 " call" : " · %" PRId64 " calls",
			  calls);
	else
		pen_text(&pen, STYLE_WARNING, " · no calls");
	if (width >= BARS && pen.x < column->x + 43) {
		column_right(column, 50, STYLE_HEAD, "target");
		canvas_textf(column->canvas, column->x + 58, column->y, 20, STYLE_HEAD, "%d weeks",
			     NM_REPORT_COURSE_WEEKS);
	}
	column->y++;
}

/* The columns of a measure's row: where its figure, its target and its verdict stand. */
struct measure_row {
	int figure_end, target_end, verdict, spark;
};

static struct measure_row measure_row(int width)
{
	if (width >= BARS)
		return (struct measure_row){ 20, 50, 52, 58 };
	return (struct measure_row){ 19, 29, 30, 36 };
}

static void draw_spark(const struct report_screen *screen, struct column *column, enum measure measure, int x)
{
	struct nm_figure values[NM_REPORT_WEEKS_TOUCHED];
	const size_t n = screen->weeks.n_weeks;
	const int trend = measure_trend(measure, &screen->weeks);
	struct nm_buf spark;

	for (size_t i = 0; i < n; i++)
		values[i] = measure_value(measure, &screen->weeks.weeks[i].figures);
	nm_buf_init(&spark, 4096);
	chart_spark(values, n, column->canvas->ascii, &spark);
	canvas_text(column->canvas, x, column->y, column->end - x, STYLE_PLAIN, spark.data);
	nm_buf_clear(&spark);
	x += (int)n + 1;
	if (column->end - x >= 6)
		canvas_text(column->canvas, x, column->y, 6, trend > 0 ? STYLE_GOOD : STYLE_WARNING,
			    measure_trend_words(trend));
}

/* A share is of 100 percent; what should be low, of its target. */
static void draw_bar(struct column *column, enum measure measure, double value, double target)
{
	const bool share = measure_more_is_better(measure), met = measure_met(measure, value, target);
	const double whole = share ? 100 : target;
	struct nm_buf bar;

	nm_buf_init(&bar, 4096);
	chart_bar(whole > 0 ? value / whole : 1, share ? BAR_WIDTH : BAR_WIDTH / 2, column->canvas->ascii,
		  &bar);
	canvas_text(column->canvas, column->x + 22, column->y, BAR_WIDTH, met ? STYLE_GOOD : STYLE_WARNING,
		    bar.data);
	nm_buf_clear(&bar);
}

static void draw_measure(const struct report_screen *screen, struct column *column, enum measure measure)
{
	const struct nm_figures *figures = &screen->report.figures;
	const struct nm_figure figure = measure_value(measure, figures);
	const double target = measure_target(measure, app_plan(column->app));
	const bool untold = !figure.known && measure_more_is_better(measure) && nm_figures_untold(figures);
	const int width = column_width(column);
	const struct measure_row row = measure_row(width);
	char words[MEASURE_TEXT], target_words[MEASURE_TEXT], missing[MISSING_TEXT];

	canvas_text(column->canvas, column->x, column->y, 12, STYLE_PLAIN, measure_name(measure));
	if (figure.known) {
		measure_words(measure, figure.value, app_plan(column->app), words);
		column_right(column, row.figure_end, STYLE_BOLD, words);
		measure_target_words(measure, target, target_words);
		column_right(column, row.target_end, STYLE_PLAIN, target_words);
		canvas_text(column->canvas, column->x + row.verdict, column->y, 5,
			    measure_met(measure, figure.value, target) ? STYLE_GOOD : STYLE_WARNING,
			    measure_verdict(measure, figure.value, target));
		if (width >= BARS)
			draw_bar(column, measure, figure.value, target);
	} else {
		column_right(column, row.figure_end, STYLE_PLAIN, "-");
		measure_missing(measure, figures, missing);
		canvas_text(column->canvas, column->x + row.figure_end + 2, column->y,
			    untold ? width - row.figure_end - 2 : 17, STYLE_DIM, missing);
	}
	if (width >= SPARKS && !untold)
		draw_spark(screen, column, measure, column->x + row.spark);
	column->y++;
}

/* --- layers --- */

unsigned report_layer_style(const struct nm_layer *layer)
{
	if (layer->what == NM_LAYER_UNTOLD)
		return STYLE_DIM;
	if (layer->what == NM_LAYER_NOBODY)
		return STYLE_ERROR;
	return layer->kind >= 0 ? style_of_kind((enum nm_kind)layer->kind) : STYLE_PLAIN;
}

/* A piece of running text, on the next row when it does not fit. */
static void flow(struct column *column, int indent, int *x, unsigned style, const char *words)
{
	const int width = text_width(words);

	if (*x + width > column->end && *x > column->x + indent) {
		*x = column->x + indent;
		column->y++;
	}
	canvas_text(column->canvas, *x, column->y, column->end - *x, style, words);
	*x += width + 2;
}

/* Those with the most calls; voicemail and nobody always. */
static void draw_layers(const struct report_screen *screen, struct column *column)
{
	const struct nm_layer *chosen = report_layer(screen);
	const int indent = column_width(column) >= SPARKS ? 11 : 2;
	int x = column->x + indent;
	char words[LAYER_TEXT];
	size_t left_out = 0;

	canvas_text(column->canvas, column->x, column->y, column_width(column), STYLE_HEAD, "by layer");
	column->y += indent < 11;
	for (size_t i = 0; i < screen->report.n_layers; i++) {
		const struct nm_layer *layer = &screen->report.layers[i];
		char share[MEASURE_TEXT] = "-";

		if (i >= LAYERS && layer->what == NM_LAYER_PARTY && layer != chosen) {
			left_out++;
			continue;
		}
		if (layer->share.known)
			percent_words(layer->share.value, share);
		snprintf(words, sizeof words, layer == chosen ? "[%.80s %s]" : "%.80s %s", layer->name,
			 share);
		flow(column, indent, &x, report_layer_style(layer), words);
	}
	snprintf(words, sizeof words, "%zu others", left_out);
	if (left_out)
		flow(column, indent, &x, STYLE_DIM, words);
	column->y++;
}

static int64_t sum_of(const int64_t map[7][24])
{
	int64_t sum = 0;

	for (int day = 0; day < 7; day++)
		for (int hour = 0; hour < 24; hour++)
			sum += map[day][hour];
	return sum;
}

/* How many calls are on the map, when it is not of all of them. */
static void draw_missed(const struct report_screen *screen, struct column *column)
{
	const int64_t missed = sum_of(screen->report.missed);
	char words[96];

	snprintf(words, sizeof words,
		 missed == 1 ? "missed: %" PRId64 " call that certainly nobody answered"
			     : "missed: %" PRId64 " calls that certainly nobody answered",
		 missed);
	column_line(column, STYLE_BOLD, words);
}

static void draw_chosen(const struct report_screen *screen, struct column *column)
{
	const struct nm_layer *layer = report_layer(screen);
	char seconds[MEASURE_TEXT], cost[MONEY_TEXT];
	struct nm_buf words;

	if (screen->whose == WHOSE_MISSED)
		draw_missed(screen, column);
	if (screen->whose != WHOSE_LAYER)
		return;
	nm_buf_init(&words, 1u << 16);
	if (!layer)
		nm_buf_addf(&words, "%s took no call", screen->layer);
	else
		nm_buf_addf(&words, layer->calls == 1 ? "%s: %" PRId64 " call" : "%s: %" PRId64 " calls",
			    layer->name, layer->calls);
	if (layer && layer->seconds.known) {
		number_words(layer->seconds.value, seconds);
		nm_buf_addf(&words, ", after %s s on average", seconds);
	}
	if (layer && layer->cost.known) {
		money_words(app_plan(column->app)->currency, layer->cost.value, cost);
		nm_buf_addf(&words, ", cost %s", cost);
	}
	column_line(column, STYLE_BOLD, words.data);
	nm_buf_clear(&words);
}

/* --- what it is worth --- */

static void draw_worth(const struct report_screen *screen, struct column *column)
{
	const struct nm_plan *plan = app_plan(column->app);
	const struct nm_worth worth = worth_reckoned(screen, plan);
	const int width = column_width(column);
	struct nm_buf words;

	if (screen->report.figures.calls == 0 && !worth_is_own(&screen->own))
		return;
	nm_buf_init(&words, 4096);
	worth_loss_words(&worth, plan->currency, &words);
	column->y += canvas_wrap(column->canvas, column->x, column->y, width, 2, STYLE_PLAIN, words.data);
	nm_buf_clear(&words);
	worth_return_words(&worth, plan->currency, &words);
	if (worth_is_own(&screen->own))
		nm_buf_add(&words, " (with your numbers)");
	column->y += canvas_wrap(column->canvas, column->x, column->y, width, 2, STYLE_PLAIN, words.data);
	nm_buf_clear(&words);
}

/* --- all of it --- */

bool report_is_empty(const struct report_screen *screen)
{
	return screen->whole && screen->report.figures.calls == 0 && screen->weeks.figures.calls == 0;
}

/* What to do about it. */
static void draw_empty(struct column *column)
{
	column->y++;
	column->y += canvas_wrap(
		column->canvas, column->x, column->y, column_width(column), 6, STYLE_PLAIN,
		"The log has no calls here. :calls import reads them from a carrier; Left and Right go to other months, "
		"and $ reckons with your own figures what missed calls cost.");
}

static void draw_figures(const struct report_screen *screen, struct column *column, bool airy)
{
	draw_heading(screen, column);
	for (enum measure measure = 0; measure < MEASURES; measure++)
		draw_measure(screen, column, measure);
	if (report_is_empty(screen)) {
		draw_empty(column);
		return;
	}
	column->y += airy;
	if (screen->report.n_layers)
		draw_layers(screen, column);
	draw_chosen(screen, column);
	column->y += airy;
}

/* Draws from the body's first row on, which may be above the window. */
static struct report_extent draw_all(const struct report_screen *screen, const struct app *app,
				     struct canvas *canvas, struct box body)
{
	const bool wide = body.width >= WIDE, airy = body.height >= AIRY;
	struct column left = { app, canvas, 1, body.y, wide ? PANE : body.width - 1 };
	struct column right = { app, canvas, PANE + 2, body.y, body.width - 1 };
	struct report_extent extent;

	draw_figures(screen, &left, airy);
	extent.map = left.y + 1 - body.y;
	if (!report_is_empty(screen))
		report_draw_map(screen, &left);
	left.y += airy;
	draw_worth(screen, &left);
	if (!report_is_empty(screen))
		report_draw_layers(screen, &left);
	if (!wide) {
		left.y++;
		right = left;
	}
	if (!report_is_empty(screen))
		report_draw_rest(screen, &right);
	extent.rows = (left.y > right.y ? left.y : right.y) - body.y;
	return extent;
}

struct report_extent report_extent(const struct report_screen *screen, const struct app *app)
{
	struct canvas blind = app->canvas;

	canvas_clip(&blind, (struct box){ 0 }); /* nothing is written, all is counted */
	return draw_all(screen, app, &blind, app_body(app));
}

void report_draw_whole(const struct report_screen *screen, const struct app *app, struct canvas *canvas)
{
	struct box body = app_body(app);

	body.y = 0;
	draw_all(screen, app, canvas, body);
}

void report_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct report_screen *screen = state;

	if (screen->err.code) {
		canvas_wrap(canvas, 1, body.y, body.width - 2, body.height, STYLE_ERROR, screen->err.text);
	} else if (!screen->known) {
		canvas_text(canvas, 1, body.y, body.width - 2, STYLE_DIM, "reading the log …");
	} else {
		body.y -= screen->scroll;
		draw_all(screen, app, canvas, body);
		search_mark(&screen->found, canvas, body.y);
	}
}
