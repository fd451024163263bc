/* SPDX-License-Identifier: MIT */
/*
 * A report as text.  In: the figures, a plan with its targets.  Out: lines, the owner's four measures first and what they
 * mean last.
 */
#include "report_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "canvas.h"
#include "chart.h"
#include "report_words.h"

#define BAR_WIDTH 20
#define WIDTH 78 /* a page of the interface has a column less on both sides */
#define REPEATS 5 /* callers named here; --csv has all */

/* --- pieces --- */

static void pad(struct nm_buf *out, int n)
{
	nm_buf_addf(out, "%*s", n > 0 ? n : 0, "");
}

static void add_left(struct nm_buf *out, const char *text, int width)
{
	nm_buf_add(out, text);
	pad(out, width - text_width(text));
}

static void add_right(struct nm_buf *out, const char *text, int width)
{
	pad(out, width - text_width(text));
	nm_buf_add(out, text);
}

static void add_count(struct nm_buf *out, int64_t n, int width)
{
	nm_buf_addf(out, "%*" PRId64, width, n);
}

/* Without blanks at its end. */
static void end_row(struct nm_buf *out)
{
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	nm_buf_add(out, "\n");
}

static void add_measure(const struct report_text *text, enum measure measure, struct nm_figure figure, int width)
{
	char words[MEASURE_TEXT] = "-";

	if (figure.known)
		measure_words(measure, figure.value, text->plan, words);
	add_right(text->out, words, width);
}

/* Up to the next blank, which is none before a percent sign. */
static size_t word_length(const char *words)
{
	size_t len = strcspn(words, " ");

	while (words[len] == ' ' && words[len + 1] == '%')
		len += 1 + strcspn(words + len + 1, " ");
	return len;
}

/* Words broken at blanks, the lines after the first indented. */
static void add_wrapped(struct nm_buf *out, int indent, const char *words)
{
	int column = indent;

	while (*words) {
		const size_t len = word_length(words);

		if (column > indent && column + 1 + (int)len > WIDTH) {
			nm_buf_add(out, "\n");
			pad(out, indent);
			column = indent;
		}
		if (column > indent)
			nm_buf_add(out, " ");
		nm_buf_addn(out, words, len);
		column += (column > indent) + (int)len;
		words += len + (words[len] != '\0');
	}
	nm_buf_add(out, "\n");
}

/* --- the span --- */

static void write_span(const struct report_text *text)
{
	const struct nm_report *report = text->report;
	char from[NM_TIME_TEXT], until[NM_TIME_TEXT], length[NM_TIME_TEXT];

	nm_time_words(text->plan->zone, report->span.from, true, from);
	nm_time_words(text->plan->zone, report->span.until, true, until);
	nm_duration_words(report->span.until - report->span.from, length);
	nm_buf_addf(text->out, "%s to %s, %s%s\n", from, until, report->line ? "line " : "all lines",
		    report->line ? report->line : "");
}

/* "413 calls: 373 answered, 22 voicemail" */
static void write_ends(const struct report_text *text)
{
	const struct nm_figures *figures = &text->report->figures;
	const struct {
		int64_t n;
		const char *words;
	} ends[] = {
		{ figures->answered, "answered" },
		{ figures->perhaps, "perhaps answered" },
		{ figures->untold, "answered, by whom is not told" },
		{ figures->voicemail, "reached the voicemail" },
		{ figures->swallowed, "swallowed by a phone's own voicemail" },
		{ figures->perhaps_swallowed, "probably swallowed by a phone's own voicemail" },
		{ figures->abandoned, "hung up" },
		{ figures->lost, "lost" },
		{ figures->short_abandoned, "hung up within 15 s" },
		{ figures->rejected, "rejected" },
		{ figures->unknown, "of which the records do not tell" },
	};
	struct nm_buf words;
	bool first = true;

	nm_buf_init(&words, 4096);
	nm_buf_addf(&words, figures->calls == 1 ? "%" PRId64 " call" : "%" PRId64 " calls", figures->calls);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		if (!ends[i].n)
			continue;
		nm_buf_addf(&words, "%s %" PRId64 " %s", first ? ":" : ",", ends[i].n, ends[i].words);
		first = false;
	}
	add_wrapped(text->out, 0, words.data);
	text->out->failed |= words.failed;
	nm_buf_clear(&words);
}

/* --- the four measures --- */

static void write_measure(const struct report_text *text, enum measure measure)
{
	const struct nm_figures *figures = &text->report->figures;
	const struct nm_figure figure = measure_value(measure, figures);
	const double target = measure_target(measure, text->plan);
	const bool share = measure_more_is_better(measure);
	char words[MEASURE_TEXT], missing[MISSING_TEXT];

	add_left(text->out, measure_name(measure), 12);
	add_measure(text, measure, figure, 8);
	measure_target_words(measure, target, words);
	add_right(text->out, words, 11);
	if (!figure.known) {
		measure_missing(measure, figures, missing);
		nm_buf_addf(text->out, "  %s\n", missing);
		return;
	}
	nm_buf_add(text->out, "  ");
	add_left(text->out, measure_verdict(measure, figure.value, target), 6);
	chart_bar(share        ? figure.value / 100
		  : target > 0 ? figure.value / target
			       : 1,
		  BAR_WIDTH, text->ascii, text->out);
	nm_buf_add(text->out, "\n");
}

static void write_possible(const struct report_text *text)
{
	const struct nm_figures *figures = &text->report->figures;
	char rate[MEASURE_TEXT], first[MEASURE_TEXT] = "-";

	if (!figures->perhaps && !figures->perhaps_swallowed && !figures->untold)
		return;
	measure_words(MEASURE_ANSWER_RATE, figures->answer_rate_possible.value, text->plan, rate);
	if (nm_figures_untold(figures)) {
		nm_buf_addf(text->out, "possible: %s, with the calls that do not say who answered\n", rate);
		return;
	}
	if (figures->first_call_possible.known)
		measure_words(MEASURE_FIRST_CALL, figures->first_call_possible.value, text->plan, first);
	nm_buf_addf(text->out, "as far as is proved; at most %s, and first call %s\n", rate, first);
}

static void write_seconds(const struct report_text *text)
{
	const struct nm_figures *figures = &text->report->figures;

	if (figures->seconds.known)
		nm_buf_addf(
			text->out,
			"until an answer: %.0f s on average, half within %.0f s, 95 of 100 within %.0f s\n",
			figures->seconds.value, figures->seconds_median.value, figures->seconds_95th.value);
}

static void write_callbacks(const struct report_text *text)
{
	const struct nm_figures *figures = &text->report->figures;
	char median[MEASURE_TEXT], ten[MEASURE_TEXT], fifteen[MEASURE_TEXT];
	struct nm_buf words;

	if (!figures->followups)
		return;
	nm_buf_init(&words, 4096);
	nm_buf_addf(&words, "to call back: %" PRId64 ", and %" PRId64 " were", figures->followups,
		    figures->tried);
	if (figures->callback_median.known) {
		measure_words(MEASURE_CALLBACK, figures->callback_median.value, text->plan, median);
		nm_buf_addf(&words, ", half within %s", median);
	}
	percent_words(figures->callback_10.value, ten);
	percent_words(figures->callback_15.value, fifteen);
	nm_buf_addf(&words, "; %s within 10 min, %s within 15 min", ten, fifteen);
	if (figures->rang_again)
		nm_buf_addf(&words, "; %" PRId64 " more rang again first and were answered", figures->rang_again);
	add_wrapped(text->out, 0, words.data);
	text->out->failed |= words.failed;
	nm_buf_clear(&words);
}

static void write_measures(const struct report_text *text)
{
	nm_buf_add(text->out, "\n                         target\n");
	for (enum measure measure = 0; measure < MEASURES; measure++)
		write_measure(text, measure);
	write_possible(text);
	write_seconds(text);
	write_callbacks(text);
}

/* --- weeks --- */

static void write_week(const struct report_text *text, const struct nm_report_week *week)
{
	const struct nm_date date =
		nm_date_from_days(nm_local_day(nm_zone_local(text->plan->zone, week->span.from)));

	nm_buf_addf(text->out, "%2d %s %d ", date.day, nm_month_names[date.month - 1], date.year);
	add_count(text->out, week->figures.calls, 8);
	for (enum measure measure = 0; measure < MEASURES; measure++)
		add_measure(text, measure, measure_value(measure, &week->figures), 12);
	nm_buf_add(text->out, "\n");
}

static void write_spark(const struct report_text *text, enum measure measure)
{
	const struct nm_report *report = text->report;
	struct nm_figure values[NM_REPORT_WEEKS_TOUCHED];

	for (size_t i = 0; i < report->n_weeks; i++)
		values[i] = measure_value(measure, &report->weeks[i].figures);
	add_left(text->out, measure_name(measure), 14);
	chart_spark(values, report->n_weeks, text->ascii, text->out);
	end_row(text->out);
}

static void write_weeks(const struct report_text *text)
{
	const struct nm_report *report = text->report;

	if (report->n_weeks < 2)
		return;
	nm_buf_add(text->out, "\nweek of        calls");
	for (enum measure measure = 0; measure < MEASURES; measure++)
		add_right(text->out, measure_name(measure), 12);
	nm_buf_add(text->out, "\n");
	for (size_t i = 0; i < report->n_weeks; i++)
		write_week(text, &report->weeks[i]);
	for (enum measure measure = 0; measure < MEASURES && report->n_weeks > 4; measure++)
		write_spark(text, measure);
}

/* --- layers --- */

static void write_layer(const struct report_text *text, const struct nm_layer *layer)
{
	char words[MONEY_TEXT] = "-";

	add_left(text->out, layer->name, 20);
	add_count(text->out, layer->calls, 8);
	if (layer->share.known)
		percent_words(layer->share.value, words);
	add_right(text->out, words, 12);
	snprintf(words, sizeof words, "-");
	if (layer->seconds.known)
		snprintf(words, sizeof words, "%.0f s", layer->seconds.value);
	add_right(text->out, words, 12);
	snprintf(words, sizeof words, "-");
	if (layer->cost.known)
		money_words(text->plan->currency, layer->cost.value, words);
	add_right(text->out, words, 12);
	nm_buf_add(text->out, "\n");
}

static void write_layers(const struct report_text *text)
{
	const struct nm_report *report = text->report;

	if (!report->n_layers)
		return;
	nm_buf_add(text->out, "\nwho took them          calls       share       after        cost\n");
	for (size_t i = 0; i < report->n_layers; i++)
		write_layer(text, &report->layers[i]);
}

/* --- hours --- */

static void write_legend(const struct report_text *text, const struct chart_scale *scale)
{
	char words[CHART_LEVEL_TEXT];

	nm_buf_add(text->out, "calls");
	for (int level = 1; level < CHART_LEVELS; level++) {
		chart_level_words(scale, level, words);
		nm_buf_addf(text->out, "  %s %s", chart_shade(level, text->ascii), words);
	}
	nm_buf_add(text->out, "\n");
}

static void write_peaks(const struct report_text *text)
{
	const struct nm_report *report = text->report;

	if (!report->n_peaks)
		return;
	nm_buf_add(text->out, "peaks ");
	for (size_t i = 0; i < report->n_peaks; i++)
		nm_buf_addf(text->out, "%s%d:00-%d:00", i ? ", " : " ", report->peaks[i].from,
			    report->peaks[i].until);
	nm_buf_add(text->out, " from Monday to Friday\n");
}

static void write_hours(const struct report_text *text)
{
	const struct nm_report *report = text->report;
	int64_t most = 0;
	struct chart_scale scale;

	for (int day = 0; day < 7; day++)
		for (int hour = 0; hour < 24; hour++)
			most = report->heat[day][hour] > most ? report->heat[day][hour] : most;
	if (!most)
		return;
	scale = chart_scale(most);
	nm_buf_add(text->out, "\n     0     3     6     9     12    15    18    21\n");
	for (int day = 0; day < 7; day++) {
		nm_buf_addf(text->out, "%s ", nm_weekday_names[day]);
		for (int hour = 0; hour < 24; hour++)
			nm_buf_addf(text->out, " %s",
				    chart_shade(chart_level(&scale, report->heat[day][hour]), text->ascii));
		nm_buf_add(text->out, "\n");
	}
	write_legend(text, &scale);
	write_peaks(text);
}

/* --- who was missed --- */

static void write_repeats(const struct report_text *text)
{
	const struct nm_report *report = text->report;
	char number[NM_NUMBER_TEXT];

	for (size_t i = 0; i < report->n_repeats && i < REPEATS; i++) {
		const struct nm_repeat *repeat = &report->repeats[i];

		nm_number_words(repeat->number, number);
		nm_buf_add(text->out, i ? "" : "\nwhom you missed       missed  rang again\n");
		add_left(text->out, number, 20);
		add_count(text->out, repeat->missed, 8);
		add_count(text->out, repeat->again, 12);
		nm_buf_add(text->out, "\n");
	}
	if (report->missed_callers > REPEATS)
		nm_buf_addf(text->out, "and %" PRId64 " more, whom --csv names\n", report->missed_callers - REPEATS);
}

/* --- what it is worth --- */

/* "what  A x B = C", where C goes into the next line. */
static void write_product(const struct report_text *text, const char *what, const struct factor *factors,
			  const struct factor *result)
{
	add_left(text->out, what, 18);
	product_words(factors, 2, result, text->plan->currency, " x ", text->out);
	nm_buf_add(text->out, "\n");
}

static void write_loss(const struct report_text *text, const struct nm_worth *worth)
{
	const struct factor missed = {.number = worth->missed_a_day}, jobs = {.number = worth->lost_jobs_a_day},
			    day = {.number = worth->lost_a_day, .kind = FACTOR_MONEY},
			    month = {.number = worth->lost_a_month, .kind = FACTOR_MONEY};

	write_product(text, "missed a day",
		      (struct factor[]){{.number = worth->calls_a_day}, {worth->missed_share, FACTOR_PERCENT, " missed", false}},
		      &missed);
	write_product(text, "lost jobs a day",
		      (struct factor[]){missed, {worth->booked, FACTOR_PERCENT, " would book", false}}, &jobs);
	write_product(text, "lost a day", (struct factor[]){jobs, {worth->job, FACTOR_MONEY, " a job", false}}, &day);
	write_product(text, "lost a month",
		      (struct factor[]){day, {.number = worth->days, .what = " working days"}}, &month);
}

static void write_return(const struct report_text *text, const struct nm_worth *worth)
{
	const struct factor jobs = {.number = worth->recovered_jobs, .what = " a month"},
			    recovered = {worth->recovered, FACTOR_MONEY, " a month", false},
			    times = {.number = worth->roi, .what = " times what it costs"};

	write_product(text, "recovered jobs",
		      (struct factor[]){{.number = worth->recovered_calls}, {worth->booked, FACTOR_PERCENT, " book", false}},
		      &jobs);
	write_product(text, "recovered",
		      (struct factor[]){{.number = worth->recovered_jobs}, {worth->job, FACTOR_MONEY, " a job", false}},
		      &recovered);
	if (worth->cost > 0)
		write_product(text, "return",
			      (struct factor[]){{.number = worth->recovered, .kind = FACTOR_MONEY},
						{worth->cost, FACTOR_MONEY, " a month", true}},
			      &times);
	else
		nm_buf_add(text->out, "return            it costs nothing\n");
}

void report_reckoning(const struct report_text *text)
{
	nm_buf_add(text->out, "what missed calls lose\n");
	write_loss(text, &text->report->worth);
	nm_buf_add(text->out, "\nwhat a backup and an AI recover\n");
	write_return(text, &text->report->worth);
}

static void write_definitions(const struct report_text *text)
{
	nm_buf_add(text->out, "\n");
	for (size_t i = 0; i < report_definitions_count; i++) {
		add_left(text->out, report_definitions[i].name, 14);
		add_wrapped(text->out, 14, report_definitions[i].words);
	}
}

void report_text(const struct report_text *text)
{
	write_span(text);
	write_ends(text);
	if (!text->report->figures.calls && !text->report->figures.followups) {
		nm_buf_add(text->out,
			   "the log has none of that time: calls import reads them from a carrier\n");
		return;
	}
	write_measures(text);
	write_weeks(text);
	write_layers(text);
	write_hours(text);
	write_repeats(text);
	nm_buf_add(text->out, "\n");
	report_reckoning(text);
	write_definitions(text);
}
