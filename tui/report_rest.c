/* SPDX-License-Identifier: MIT */
/*
 * The rest of the Report screen: who took the calls in a table, what became of them, who was to be called back, the weeks
 * one by one, and whom the owner missed.  In: the report.  Out: rows.
 */
#include <inttypes.h>
#include <stdio.h>

#include "report_screen.h"

#define LAYERS 12 /* rows of a table */
#define REPEATS 10

/* How many rows of a table are left out; nothing when none is. */
static void draw_more(struct column *column, int64_t n, int64_t shown)
{
	char words[64];

	if (n <= shown)
		return;
	snprintf(words, sizeof words, "and %" PRId64 " more", n - shown);
	column_line(column, STYLE_DIM, words);
}

/* A row of texts that end in columns, as far as there is room. */
static void cells_right(struct column *column, const int *ends, size_t n, unsigned style,
			const char (*texts)[MONEY_TEXT])
{
	for (size_t i = 0; i < n; i++)
		if (ends[i] <= column_width(column))
			column_right(column, ends[i], style, texts[i]);
	column->y++;
}

/* A head stands only above something: as the last row that is seen it would say nothing. */
static bool shows_below(const struct column *column)
{
	const struct box *clip = &column->canvas->clip;

	return column->y + 1 < clip->y + clip->height;
}

static void head(struct column *column, const char *text)
{
	if (shows_below(column))
		canvas_text(column->canvas, column->x, column->y, column_width(column), STYLE_HEAD, text);
	column->y++;
}

static void table_head(struct column *column, const char *name, const int *ends, size_t n, const char (*heads)[MONEY_TEXT])
{
	if (!shows_below(column)) {
		column->y++;
		return;
	}
	canvas_text(column->canvas, column->x, column->y, 16, STYLE_HEAD, name);
	cells_right(column, ends, n, STYLE_HEAD, heads);
}

#define LAYER_CELLS 4
static const int layer_ends[LAYER_CELLS] = { 23, 31, 38, 50 };

static void draw_layer(struct column *column, const struct nm_layer *layer)
{
	char cells[LAYER_CELLS][MONEY_TEXT] = { "", "-", "-", "-" };

	canvas_text(column->canvas, column->x, column->y, 16, report_layer_style(layer), layer->name);
	snprintf(cells[0], sizeof cells[0], "%" PRId64, layer->calls);
	if (layer->share.known)
		percent_words(layer->share.value, cells[1]);
	if (layer->seconds.known)
		snprintf(cells[2], sizeof cells[2], "%.0f s", layer->seconds.value);
	if (layer->cost.known)
		money_words(app_plan(column->app)->currency, layer->cost.value, cells[3]);
	cells_right(column, layer_ends, LAYER_CELLS, STYLE_PLAIN, (const char(*)[MONEY_TEXT])cells);
}

void report_draw_layers(const struct report_screen *screen, struct column *column)
{
	static const char heads[LAYER_CELLS][MONEY_TEXT] = { "calls", "share", "after", "cost" };

	if (screen->report.n_layers == 0)
		return;
	column->y++;
	table_head(column, "who took them", layer_ends, LAYER_CELLS, heads);
	for (size_t i = 0; i < screen->report.n_layers && i < LAYERS; i++)
		draw_layer(column, &screen->report.layers[i]);
	draw_more(column, (int64_t)screen->report.n_layers, LAYERS);
}

/* A few rows of running text. */
static void paragraph(struct column *column, const char *text)
{
	column->y +=
		canvas_wrap(column->canvas, column->x, column->y, column_width(column), 5, STYLE_PLAIN, text);
}

static void figure_words(const struct column *column, enum measure measure, struct nm_figure figure,
			 char out[static MEASURE_TEXT])
{
	snprintf(out, MEASURE_TEXT, "-");
	if (figure.known)
		measure_words(measure, figure.value, app_plan(column->app), out);
}

#define WEEK_CELLS (1 + MEASURES)
static const int week_ends[WEEK_CELLS] = { 16, 25, 36, 47, 58 };

static void draw_week(struct column *column, const struct nm_report_week *week)
{
	const struct nm_zone *zone = session_zone(column->app->session);
	const struct nm_date date = nm_date_from_days(nm_local_day(nm_zone_local(zone, week->span.from)));
	char cells[WEEK_CELLS][MONEY_TEXT];

	canvas_textf(column->canvas, column->x, column->y, 14, STYLE_PLAIN, "%2d %s %d", date.day,
		     nm_month_names[date.month - 1], date.year);
	snprintf(cells[0], sizeof cells[0], "%" PRId64, week->figures.calls);
	for (enum measure measure = 0; measure < MEASURES; measure++)
		figure_words(column, measure, measure_value(measure, &week->figures), cells[1 + measure]);
	cells_right(column, week_ends, WEEK_CELLS, STYLE_PLAIN, (const char(*)[MONEY_TEXT])cells);
}

static void draw_weeks(const struct report_screen *screen, struct column *column)
{
	static const char heads[WEEK_CELLS][MONEY_TEXT] = { "calls", "answered", "rings", "first call",
							    "callback" };

	table_head(column, "week of", week_ends, WEEK_CELLS, heads);
	for (size_t i = screen->weeks.n_weeks; i-- > 0;)
		draw_week(column, &screen->weeks.weeks[i]);
}

static void draw_seconds(struct column *column, const struct nm_figures *figures)
{
	char words[128];

	if (!figures->seconds.known || !figures->seconds_median.known || !figures->seconds_95th.known)
		return;
	snprintf(words, sizeof words,
		 "until an answer: %.0f s on average, half within %.0f s, 95 of 100 within %.0f s",
		 figures->seconds.value, figures->seconds_median.value, figures->seconds_95th.value);
	paragraph(column, words);
}

static void draw_ends(const struct report_screen *screen, struct column *column)
{
	const struct nm_figures *figures = &screen->report.figures;
	const struct {
		const char *words;
		int64_t n;
	} ends[] = {
		{ "answered", figures->answered },
		{ "perhaps answered", figures->perhaps },
		{ "answered by whom is not told", figures->untold },
		{ "voicemail", figures->voicemail },
		{ "swallowed by a phone's own voicemail", figures->swallowed },
		{ "probably swallowed by a phone's own voicemail", figures->perhaps_swallowed },
		{ "lost", figures->lost },
		{ "abandoned", figures->abandoned },
		{ "hung up within 15 s", figures->short_abandoned },
		{ "rejected", figures->rejected },
		{ "not told by the records", figures->unknown },
	};
	char rate[MEASURE_TEXT], possible[MEASURE_TEXT];
	struct nm_buf words;

	if (figures->calls == 0)
		return;
	head(column, "what became of the calls");
	nm_buf_init(&words, 4096);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (ends[i].n)
			nm_buf_addf(&words, "%s%s %" PRId64, words.len ? ", " : "", ends[i].words, ends[i].n);
	figure_words(column, MEASURE_ANSWER_RATE, figures->answer_rate, rate);
	figure_words(column, MEASURE_ANSWER_RATE, figures->answer_rate_possible, possible);
	if (nm_figures_untold(figures))
		nm_buf_addf(&words, "; so at most %s were answered, how many for certain is not known", possible);
	else if (figures->perhaps || figures->perhaps_swallowed || figures->untold)
		nm_buf_addf(&words, "; so %s were answered for certain, and at most %s", rate, possible);
	paragraph(column, words.data);
	nm_buf_clear(&words);
	draw_seconds(column, figures);
	column->y++;
}

static void draw_followups(const struct report_screen *screen, struct column *column)
{
	const struct nm_figures *figures = &screen->report.figures;
	char median[MEASURE_TEXT], ten[MEASURE_TEXT], fifteen[MEASURE_TEXT];
	struct nm_buf words;

	if (figures->followups == 0)
		return;
	head(column, "who was to be called back");
	nm_buf_init(&words, 4096);
	nm_buf_addf(&words, "%" PRId64 ", and %" PRId64 " were", figures->followups, figures->tried);
	if (figures->callback_median.known) {
		figure_words(column, MEASURE_CALLBACK, figures->callback_median, median);
		nm_buf_addf(&words, ", half within %s", median);
	}
	percent_words(figures->callback_10.value, ten);
	percent_words(figures->callback_15.value, fifteen);
	nm_buf_addf(&words, "; %s within 10 minutes, %s within 15 minutes", ten, fifteen);
	if (figures->rang_again)
		nm_buf_addf(&words, "; %" PRId64 " more rang again first and were answered",
			    figures->rang_again);
	paragraph(column, words.data);
	nm_buf_clear(&words);
	column->y++;
}

static void draw_repeats(const struct report_screen *screen, struct column *column)
{
	static const char heads[2][MONEY_TEXT] = { "missed", "rang again" };
	static const int ends[2] = { 27, 38 };
	const struct nm_report *report = &screen->report;

	if (report->n_repeats == 0)
		return;
	column->y++;
	table_head(column, "whom you missed", ends, 2, heads);
	for (size_t i = 0; i < report->n_repeats && i < REPEATS; i++) {
		const struct nm_repeat *repeat = &report->repeats[i];
		char number[NM_NUMBER_TEXT], cells[2][MONEY_TEXT] = { "", "never" };

		nm_number_words(repeat->number, number);
		canvas_text(column->canvas, column->x, column->y, 20, STYLE_PLAIN, number);
		snprintf(cells[0], sizeof cells[0], "%" PRId64, repeat->missed);
		if (repeat->again)
			snprintf(cells[1], sizeof cells[1], "%" PRId64, repeat->again);
		cells_right(column, ends, 2, STYLE_PLAIN, (const char(*)[MONEY_TEXT])cells);
	}
	draw_more(column, report->missed_callers, REPEATS);
}

void report_draw_rest(const struct report_screen *screen, struct column *column)
{
	draw_ends(screen, column);
	draw_followups(screen, column);
	draw_weeks(screen, column);
	draw_repeats(screen, column);
}
