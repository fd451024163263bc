/* SPDX-License-Identifier: MIT */
/*
 * The Report screen drawn: figures against targets, who took the calls, when they come, what they are worth; then the
 * weeks one by one and who rang again.  In: the screen's state.  Out: cells.  A wide window has the latter beside the
 * former, in a lower or narrower one all of it is below each other and scrolls.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "chart.h"
#include "report_screen.h"

#define PANE 86		/* columns of the first part in a wide window */
#define WIDE (PANE + 62)
#define BARS 76		/* columns from which there is room for bars; */
#define SPARKS 51	/* and for sparklines */
#define BAR_WIDTH 20
#define AIRY 20		/* rows from which blank ones part the parts */

static int width_of(const struct column *column)
{
	return column->end - column->x;
}

/* Text that ends in a column. */
static void text_right(struct column *column, int end, unsigned style, const char *text)
{
	const int width = text_width(text);

	canvas_text(column->canvas, column->x + end - width, column->y, width, style, text);
}

static void line(struct column *column, unsigned style, const char *text)
{
	canvas_text(column->canvas, column->x, column->y++, width_of(column), style, text);
}

/* --- figures against targets --- */

static void draw_heading(const struct report_screen *screen, struct column *column)
{
	const struct nm_plan *plan = app_plan(column->app);
	const int64_t calls = screen->report.figures.calls;
	const int width = width_of(column);
	struct pen pen = pen_at(column->canvas, column->x, column->y, column->end);
	char span[NM_TIME_TEXT];

	report_span_words(screen, column->app, span);
	pen_text(&pen, STYLE_BOLD, span);
	if (screen->line >= 0)
		pen_textf(&pen, STYLE_PLAIN, " · %s", plan->lines[screen->line].name);
	if (calls)
		pen_textf(&pen, STYLE_PLAIN, calls == 1 ? " · %" PRId64 " call" : " · %" PRId64 " calls", calls);
	else
		pen_text(&pen, STYLE_WARNING, " · no calls");
	if (width >= BARS && pen.x < column->x + 43) {
		text_right(column, 50, STYLE_HEAD, "target");
		canvas_textf(column->canvas, column->x + 58, column->y, 20, STYLE_HEAD, "%d weeks", REPORT_WEEKS);
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
	struct nm_figure values[NM_REPORT_WEEKS];
	const size_t n = screen->weeks.n_weeks;
	struct nm_buf spark;
	int trend;

	for (size_t i = 0; i < n; i++)
		values[i] = measure_value(measure, &screen->weeks.weeks[i].figures);
	nm_buf_init(&spark, 4096);
	chart_spark(values, n, column->canvas->ascii, &spark);
	canvas_text(column->canvas, x, column->y, column->end - x, STYLE_PLAIN, spark.data);
	nm_buf_clear(&spark);
	trend = chart_trend(values, n) * (measure_more_is_better(measure) ? 1 : -1);
	x += (int)n + 1;
	if (trend && column->end - x >= 6)
		canvas_text(column->canvas, x, column->y, 6, trend > 0 ? STYLE_GOOD : STYLE_WARNING,
			    trend > 0 ? "better" : "worse");
}

/* A share is of 100 percent; what should be low, of its target. */
static void draw_bar(struct column *column, enum measure measure, double value, double target)
{
	const bool share = measure_more_is_better(measure), met = measure_met(measure, value, target);
	struct nm_buf bar;

	nm_buf_init(&bar, 4096);
	chart_bar(share ? value / 100 : target > 0 ? value / target : 1, share ? BAR_WIDTH : BAR_WIDTH / 2, column->canvas->ascii,
		  &bar);
	canvas_text(column->canvas, column->x + 22, column->y, BAR_WIDTH, met ? STYLE_GOOD : STYLE_WARNING, bar.data);
	nm_buf_clear(&bar);
}

static void draw_measure(const struct report_screen *screen, struct column *column, enum measure measure)
{
	const struct nm_figures *figures = &screen->report.figures;
	const struct nm_figure figure = measure_value(measure, figures);
	const double target = measure_target(measure, app_plan(column->app));
	const int width = width_of(column);
	const struct measure_row row = measure_row(width);
	char words[MEASURE_TEXT], target_words[MEASURE_TEXT];

	canvas_text(column->canvas, column->x, column->y, 12, STYLE_PLAIN, measure_name(measure));
	if (figure.known) {
		measure_words(measure, figure.value, words);
		text_right(column, row.figure_end, STYLE_BOLD, words);
		measure_target_words(measure, target, target_words);
		text_right(column, row.target_end, STYLE_PLAIN, target_words);
		canvas_text(column->canvas, column->x + row.verdict, column->y, 5,
			    measure_met(measure, figure.value, target) ? STYLE_GOOD : STYLE_WARNING,
			    measure_verdict(measure, figure.value, target));
		if (width >= BARS)
			draw_bar(column, measure, figure.value, target);
	} else {
		text_right(column, row.figure_end, STYLE_PLAIN, "-");
		canvas_text(column->canvas, column->x + row.figure_end + 2, column->y, 17, STYLE_DIM, measure_missing(measure, figures));
	}
	if (width >= SPARKS)
		draw_spark(screen, column, measure, column->x + row.spark);
	column->y++;
}

/* --- layers --- */

static unsigned layer_style(const struct nm_layer *layer)
{
	if (layer->what == NM_LAYER_NOBODY)
		return STYLE_ERROR;
	return layer->kind >= 0 ? style_of_kind((enum nm_kind)layer->kind) : STYLE_PLAIN;
}

/* One after the other, on as many rows as they need. */
static void draw_layers(const struct report_screen *screen, struct column *column)
{
	const struct nm_layer *chosen = report_layer(screen);
	const int indent = width_of(column) >= SPARKS ? 11 : 2;
	int x = column->x + indent;

	if (screen->report.n_layers == 0)
		return;
	canvas_text(column->canvas, column->x, column->y, width_of(column), STYLE_HEAD, "by layer");
	column->y += indent < 11;
	for (size_t i = 0; i < screen->report.n_layers; i++) {
		const struct nm_layer *layer = &screen->report.layers[i];
		char words[REPORT_NAME], share[MEASURE_TEXT] = "-";
		int width;

		if (layer->share.known)
			measure_words(MEASURE_ANSWER_RATE, layer->share.value, share);
		snprintf(words, sizeof words, layer == chosen ? "[%.80s %s]" : "%.80s %s", layer->name, share);
		width = text_width(words);
		if (x + width > column->end && x > column->x + indent) {
			x = column->x + indent;
			column->y++;
		}
		canvas_text(column->canvas, x, column->y, column->end - x, layer_style(layer), words);
		x += width + 2;
	}
	column->y++;
}

/* What one layer took, when it was chosen. */
static void draw_chosen(const struct report_screen *screen, struct column *column)
{
	const struct nm_layer *layer = report_layer(screen);
	char seconds[MEASURE_TEXT], cost[MONEY_TEXT];
	struct nm_buf words;

	if (screen->whose != WHOSE_LAYER)
		return;
	nm_buf_init(&words, 1u << 16);
	if (!layer)
		nm_buf_addf(&words, "%s took no call", screen->layer);
	else
		nm_buf_addf(&words, layer->calls == 1 ? "%s: %" PRId64 " call" : "%s: %" PRId64 " calls", layer->name, layer->calls);
	if (layer && layer->seconds.known) {
		number_words(layer->seconds.value, seconds);
		nm_buf_addf(&words, ", after %s s on average", seconds);
	}
	if (layer && layer->cost.known) {
		money_words(app_plan(column->app)->currency, layer->cost.value, cost);
		nm_buf_addf(&words, ", cost %s", cost);
	}
	line(column, STYLE_BOLD, words.data);
	nm_buf_clear(&words);
}

/* --- what it is worth --- */

static void draw_worth(const struct report_screen *screen, struct column *column)
{
	const struct nm_plan *plan = app_plan(column->app);
	const struct nm_worth worth = worth_reckoned(screen, plan);
	const int width = width_of(column);
	struct nm_buf words;

	if (screen->report.figures.calls == 0 && !worth_is_own(&screen->own))
		return;
	nm_buf_init(&words, 4096);
	worth_loss_words(&worth, plan->currency, &words);
	column->y += canvas_wrap(column->canvas, column->x, column->y, width, 2, STYLE_PLAIN, words.data);
	nm_buf_clear(&words);
	worth_return_words(&worth, plan->currency, &words);
	if (worth_is_own(&screen->own))
		nm_buf_add(&words, " (some numbers are yours: $)");
	column->y += canvas_wrap(column->canvas, column->x, column->y, width, 2, STYLE_PLAIN, words.data);
	nm_buf_clear(&words);
}

/* --- the rest --- */

/* A few rows of running text. */
static void paragraph(struct column *column, const char *text)
{
	column->y += canvas_wrap(column->canvas, column->x, column->y, width_of(column), 5, STYLE_PLAIN, text);
}

static void figure_words(enum measure measure, struct nm_figure figure, char out[static MEASURE_TEXT])
{
	snprintf(out, MEASURE_TEXT, "-");
	if (figure.known)
		measure_words(measure, figure.value, out);
}

static void draw_week(struct column *column, const struct nm_report_week *week)
{
	const struct nm_zone *zone = session_zone(column->app->session);
	const struct nm_date date = nm_date_from_days(nm_local_day(nm_zone_local(zone, week->span.from)));
	char words[MEASURE_TEXT];
	int end = 22;

	canvas_textf(column->canvas, column->x, column->y, 14, STYLE_PLAIN, "%2d %s %d", date.day, nm_month_names[date.month - 1],
		     date.year);
	snprintf(words, sizeof words, "%" PRId64, week->figures.calls);
	text_right(column, 16, STYLE_PLAIN, words);
	for (enum measure measure = 0; measure < MEASURES; measure++) {
		end += measure == MEASURE_ANSWER_RATE ? 3 : 11;
		figure_words(measure, measure_value(measure, &week->figures), words);
		if (end <= width_of(column))
			text_right(column, end, STYLE_PLAIN, words);
	}
	column->y++;
}

static void draw_weeks(const struct report_screen *screen, struct column *column)
{
	int end = 22;

	canvas_text(column->canvas, column->x, column->y, 10, STYLE_HEAD, "week of");
	text_right(column, 16, STYLE_HEAD, "calls");
	for (enum measure measure = 0; measure < MEASURES; measure++) {
		end += measure == MEASURE_ANSWER_RATE ? 3 : 11;
		if (end <= width_of(column))
			text_right(column, end, STYLE_HEAD, measure == MEASURE_ANSWER_RATE ? "answered" : measure_name(measure));
	}
	column->y++;
	for (size_t i = screen->weeks.n_weeks; i-- > 0;)
		draw_week(column, &screen->weeks.weeks[i]);
}

static void draw_ends(const struct report_screen *screen, struct column *column)
{
	const struct nm_figures *figures = &screen->report.figures;
	const struct {
		const char *words;
		int64_t n;
	} ends[] = {
		{ "answered", figures->answered },	{ "perhaps answered", figures->perhaps },
		{ "voicemail", figures->voicemail },	{ "swallowed by a phone's own voicemail", figures->swallowed },
		{ "lost", figures->lost },		{ "abandoned", figures->abandoned },
		{ "hung up within 15 s", figures->short_abandoned }, { "rejected", figures->rejected },
		{ "not told by the records", figures->unknown },
	};
	char rate[MEASURE_TEXT], possible[MEASURE_TEXT];
	struct nm_buf words;

	if (figures->calls == 0)
		return;
	line(column, STYLE_HEAD, "what became of the calls");
	nm_buf_init(&words, 4096);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (ends[i].n)
			nm_buf_addf(&words, "%s%s %" PRId64, words.len ? ", " : "", ends[i].words, ends[i].n);
	if (figures->perhaps) {
		figure_words(MEASURE_ANSWER_RATE, figures->answer_rate, rate);
		figure_words(MEASURE_ANSWER_RATE, figures->answer_rate_possible, possible);
		nm_buf_addf(&words, "; so %s were answered for certain, and at most %s", rate, possible);
	}
	paragraph(column, words.data);
	nm_buf_clear(&words);
	column->y++;
}

static void draw_followups(const struct report_screen *screen, struct column *column)
{
	const struct nm_figures *figures = &screen->report.figures;
	char within[MEASURE_TEXT];
	struct nm_buf words;

	if (figures->followups == 0)
		return;
	line(column, STYLE_HEAD, "who was to be called back");
	nm_buf_init(&words, 4096);
	nm_buf_addf(&words, "%" PRId64 ", and %" PRId64 " were", figures->followups, figures->tried);
	if (figures->callback_15.known) {
		figure_words(MEASURE_ANSWER_RATE, figures->callback_15, within);
		nm_buf_addf(&words, "; %s within 15 minutes", within);
	}
	if (figures->rang_again)
		nm_buf_addf(&words, "; %" PRId64 " more rang again first and were answered", figures->rang_again);
	paragraph(column, words.data);
	nm_buf_clear(&words);
	column->y++;
}

#define REPEATS 10

static void draw_repeat(struct column *column, const struct nm_repeat *repeat)
{
	char number[NM_NUMBER_TEXT], count[32];

	nm_number_words(repeat->number, number);
	canvas_text(column->canvas, column->x, column->y, 20, STYLE_PLAIN, number);
	snprintf(count, sizeof count, "%" PRId64, repeat->missed);
	text_right(column, 27, STYLE_PLAIN, count);
	snprintf(count, sizeof count, "%" PRId64, repeat->again);
	text_right(column, 38, repeat->again ? STYLE_PLAIN : STYLE_WARNING, repeat->again ? count : "never");
	column->y++;
}

static void draw_repeats(const struct report_screen *screen, struct column *column)
{
	const struct nm_report *report = &screen->report;
	char words[64];

	if (report->n_repeats == 0)
		return;
	column->y++;
	text_right(column, 27, STYLE_HEAD, "missed");
	text_right(column, 38, STYLE_HEAD, "rang again");
	line(column, STYLE_HEAD, "whom you missed");
	for (size_t i = 0; i < report->n_repeats && i < REPEATS; i++)
		draw_repeat(column, &report->repeats[i]);
	if (report->n_repeats <= REPEATS)
		return;
	snprintf(words, sizeof words, "and %zu more", report->n_repeats - REPEATS);
	line(column, STYLE_DIM, words);
}

/* --- all of it --- */

/* Nothing was ever kept: what to do about it. */
static void draw_empty(struct column *column)
{
	column->y++;
	column->y += canvas_wrap(column->canvas, column->x, column->y, width_of(column), 6, STYLE_PLAIN,
				 "The log has no calls here. :calls import reads them from a carrier; Left and Right go to other months, "
				 "and $ reckons with your own figures what missed calls cost.");
}

static void draw_figures(const struct report_screen *screen, struct column *column, bool airy)
{
	draw_heading(screen, column);
	for (enum measure measure = 0; measure < MEASURES; measure++)
		draw_measure(screen, column, measure);
	if (screen->report.figures.calls == 0 && screen->weeks.figures.calls == 0) {
		draw_empty(column);
		return;
	}
	column->y += airy;
	draw_layers(screen, column);
	draw_chosen(screen, column);
	column->y += airy;
}

static void draw_rest(const struct report_screen *screen, struct column *column)
{
	draw_ends(screen, column);
	draw_followups(screen, column);
	draw_weeks(screen, column);
	draw_repeats(screen, column);
}

/* Draws from row `top` on, which may be above the window; the row after the last.  *map: the first row of the map. */
static int draw_all(const struct report_screen *screen, const struct app *app, struct canvas *canvas, struct box body, int top,
		    int *map)
{
	const bool wide = body.width >= WIDE, airy = body.height >= AIRY;
	struct column left = { app, canvas, 1, top, wide ? PANE : body.width - 1 };
	struct column right = { app, canvas, PANE + 2, top, body.width - 1 };

	draw_figures(screen, &left, airy);
	*map = left.y + 1;
	if (screen->report.figures.calls || screen->weeks.figures.calls)
		report_draw_map(screen, &left);
	left.y += airy;
	draw_worth(screen, &left);
	if (!wide) {
		left.y++;
		right = left;
	}
	if (screen->report.figures.calls || screen->weeks.figures.calls)
		draw_rest(screen, &right);
	return left.y > right.y ? left.y : right.y;
}

/* Below the window nothing is written: what is drawn there is only counted. */
static int count_rows(const struct report_screen *screen, const struct app *app, int *map)
{
	const struct box body = app_body(app);
	struct canvas blind = app->canvas;
	int rows;

	canvas_clip(&blind, (struct box){ 0 });
	rows = draw_all(screen, app, &blind, body, 0, map);
	return rows;
}

int report_rows(const struct report_screen *screen, const struct app *app)
{
	int map;

	return count_rows(screen, app, &map);
}

int report_map_row(const struct report_screen *screen, const struct app *app)
{
	int map;

	count_rows(screen, app, &map);
	return map;
}

void report_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct report_screen *screen = state;
	int map;

	if (screen->err.code)
		canvas_wrap(canvas, 1, body.y, body.width - 2, body.height, STYLE_ERROR, screen->err.text);
	else if (!screen->known)
		canvas_text(canvas, 1, body.y, body.width - 2, STYLE_DIM, "reading the log …");
	else
		draw_all(screen, app, canvas, body, body.y - screen->scroll, &map);
}
