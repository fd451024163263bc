/* SPDX-License-Identifier: MIT */
/*
 * A report as CSV.  In: the figures.  Out: lines.  Leaves none out.
 */
#include "report_csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "canvas.h"
#include "nevermiss/number.h"

/* What every line of one span has in common. */
struct rows {
	const struct nm_report *report;
	const char *prefix; /* of the figure's words */
	char from[NM_TIME_TEXT], until[NM_TIME_TEXT];
	struct nm_buf *out;
};

/* Made harmless: who prints it to a terminal gets nothing that could act. */
static void add_field(struct nm_buf *out, const char *text)
{
	const bool quoted = text[strcspn(text, ",\"")] != '\0';
	char bytes[CHAR_BYTES];
	uint32_t ch;

	nm_buf_add(out, quoted ? "\"" : "");
	while ((ch = text_next(&text)) != 0) {
		char_write(ch, bytes);
		nm_buf_addf(out, ch == '"' ? "\"%s" : "%s", bytes);
	}
	nm_buf_add(out, quoted ? "\"" : "");
}

/* All of a line but its value. */
static void begin_row(const struct rows *rows, const char *part, const char *figure)
{
	struct nm_buf words;

	nm_buf_init(&words, 1u << 16);
	nm_buf_addf(&words, "%s%s%s%s", rows->prefix, part, part[0] ? " " : "", figure);
	add_field(rows->out, words.data);
	nm_buf_addf(rows->out, ",%s,%s,", rows->from, rows->until);
	add_field(rows->out, rows->report->line ? rows->report->line : "");
	nm_buf_add(rows->out, ",");
	rows->out->failed |= words.failed;
	nm_buf_clear(&words);
}

static void add_count(const struct rows *rows, const char *part, const char *figure, int64_t n)
{
	begin_row(rows, part, figure);
	nm_buf_addf(rows->out, "%" PRId64 "\r\n", n);
}

static void add_figure(const struct rows *rows, const char *part, const char *figure, struct nm_figure value)
{
	begin_row(rows, part, figure);
	if (value.known)
		nm_buf_addf(rows->out, "%.4f", value.value);
	nm_buf_add(rows->out, "\r\n");
}

static void add_figures(const struct rows *rows, const struct nm_figures *figures)
{
	const struct {
		const char *name;
		int64_t n;
	} counts[] = {
		{ "calls", figures->calls },
		{ "answered", figures->answered },
		{ "perhaps answered", figures->perhaps },
		{ "answered by whom is not told", figures->untold },
		{ "voicemail", figures->voicemail },
		{ "swallowed", figures->swallowed },
		{ "perhaps swallowed", figures->perhaps_swallowed },
		{ "lost", figures->lost },
		{ "abandoned", figures->abandoned },
		{ "abandoned at once", figures->short_abandoned },
		{ "rejected", figures->rejected },
		{ "unknown", figures->unknown },
		{ "matters", figures->matters },
		{ "follow-ups", figures->followups },
		{ "follow-ups tried", figures->tried },
		{ "rang again first", figures->rang_again },
	};
	const struct {
		const char *name;
		struct nm_figure value;
	} values[] = {
		{ "answer rate", figures->answer_rate },
		{ "possible answer rate", figures->answer_rate_possible },
		{ "rings", figures->rings },
		{ "seconds", figures->seconds },
		{ "median seconds", figures->seconds_median },
		{ "95th percentile of seconds", figures->seconds_95th },
		{ "first-call resolution", figures->first_call },
		{ "possible first-call resolution", figures->first_call_possible },
		{ "callback minutes", figures->callback },
		{ "median callback minutes", figures->callback_median },
		{ "called back within 10 minutes", figures->callback_10 },
		{ "called back within 15 minutes", figures->callback_15 },
	};

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		add_count(rows, "", counts[i].name, counts[i].n);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		add_figure(rows, "", values[i].name, values[i].value);
}

static void add_layers(const struct rows *rows, const struct nm_report *report)
{
	for (size_t i = 0; i < report->n_layers; i++) {
		const struct nm_layer *layer = &report->layers[i];

		add_count(rows, layer->name, "calls", layer->calls);
		add_figure(rows, layer->name, "share", layer->share);
		add_figure(rows, layer->name, "seconds", layer->seconds);
		add_figure(rows, layer->name, "cost", layer->cost);
	}
}

static void add_heat(const struct rows *rows, const int64_t heat[7][24])
{
	static const char *const hours[24] = { "00", "01", "02", "03", "04", "05", "06", "07",
					       "08", "09", "10", "11", "12", "13", "14", "15",
					       "16", "17", "18", "19", "20", "21", "22", "23" };

	for (int day = 0; day < 7; day++)
		for (int hour = 0; hour < 24; hour++)
			add_count(rows, nm_weekday_names[day], hours[hour], heat[day][hour]);
}

static void add_peaks(const struct rows *rows, const struct nm_report *report)
{
	char hours[64];

	for (size_t i = 0; i < report->n_peaks; i++) {
		snprintf(hours, sizeof hours, "%02d-%02d", report->peaks[i].from, report->peaks[i].until);
		add_count(rows, hours, "calls", report->peaks[i].calls);
	}
}

static void add_repeats(const struct rows *rows, const struct nm_report *report)
{
	char number[NM_NUMBER_TEXT];

	for (size_t i = 0; i < report->n_repeats; i++) {
		nm_number_write(report->repeats[i].number, number);
		add_count(rows, number, "missed", report->repeats[i].missed);
		add_count(rows, number, "again", report->repeats[i].again);
	}
}

static void add_worth(const struct rows *rows, const struct nm_worth *worth)
{
	const struct {
		const char *name;
		double value;
	} values[] = {
		{ "job", worth->job },
		{ "booked", worth->booked },
		{ "days", worth->days },
		{ "calls a day", worth->calls_a_day },
		{ "missed share", worth->missed_share },
		{ "cost", worth->cost },
		{ "recovered calls", worth->recovered_calls },
		{ "missed a day", worth->missed_a_day },
		{ "lost jobs a day", worth->lost_jobs_a_day },
		{ "lost a day", worth->lost_a_day },
		{ "lost a month", worth->lost_a_month },
		{ "recovered jobs", worth->recovered_jobs },
		{ "recovered", worth->recovered },
		{ "return", worth->roi },
	};

	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		add_figure(rows, "", values[i].name, (struct nm_figure){ true, values[i].value });
}

void report_csv(const struct nm_report *report, const struct nm_zone *zone, struct nm_buf *out)
{
	struct rows rows = { .report = report, .prefix = "", .out = out };

	nm_buf_add(out, "figure,from,until,line,value\r\n");
	nm_time_rfc3339(zone, report->span.from, rows.from);
	nm_time_rfc3339(zone, report->span.until, rows.until);
	add_figures(&rows, &report->figures);
	rows.prefix = "layer ";
	add_layers(&rows, report);
	rows.prefix = "heat ";
	add_heat(&rows, report->heat);
	rows.prefix = "missed ";
	add_heat(&rows, report->missed);
	rows.prefix = "peak ";
	add_peaks(&rows, report);
	rows.prefix = "caller ";
	add_repeats(&rows, report);
	rows.prefix = "worth ";
	add_worth(&rows, &report->worth);
	rows.prefix = "week ";
	for (size_t i = 0; i < report->n_weeks; i++) {
		nm_time_rfc3339(zone, report->weeks[i].span.from, rows.from);
		nm_time_rfc3339(zone, report->weeks[i].span.until, rows.until);
		add_figures(&rows, &report->weeks[i].figures);
	}
}
