/* SPDX-License-Identifier: MIT */
/*
 * What the Now screen shows of the log: the figures against their targets, which emergency is open, who is to be called
 * back, what others did not take.  In: the screen's state.  Out: rows.
 */
#include <inttypes.h>
#include <stdio.h>

#include "call_words.h"
#include "chart.h"
#include "now_rows.h"
#include "report_words.h"

static bool has_calls(const struct now *now)
{
	return now->log.report.figures.calls > 0;
}

/* A figure that misses its target has a sign, for where colours cannot be seen. */
static void pen_measure(struct pen *pen, enum measure measure, const struct nm_figures *figures,
			const struct nm_plan *plan)
{
	const struct nm_figure figure = measure_value(measure, figures);
	const bool met = figure.known && measure_met(measure, figure.value, measure_target(measure, plan));
	char words[MEASURE_TEXT] = "-";

	if (measure_more_is_better(measure) && nm_figures_untold(figures))
		snprintf(words, sizeof words, "unknown");
	if (figure.known)
		measure_words(measure, figure.value, plan, words);
	pen_textf(pen, met || !figure.known ? STYLE_PLAIN : STYLE_WARNING, "%s%s", words, met || !figure.known ? "" : "!");
}

/* "answer rate  92.6 %!  target 95 %   ▃▄▅▁█ better": of 30 days, and how it went in the weeks of the Report screen. */
static void draw_figure(const struct now *now, const struct app *app, struct rows *rows, enum measure measure)
{
	const struct nm_report *course = &now->log.course;
	const int trend = measure_trend(measure, course);
	struct nm_figure values[NM_REPORT_WEEKS_TOUCHED];
	struct pen pen = now_row(rows);
	char target[MEASURE_TEXT];
	struct nm_buf spark;

	for (size_t i = 0; i < course->n_weeks; i++)
		values[i] = measure_value(measure, &course->weeks[i].figures);
	nm_buf_init(&spark, 4096);
	chart_spark(values, course->n_weeks, rows->canvas->ascii, &spark);
	measure_target_words(measure, measure_target(measure, app_plan(app)), target);
	if (measure == 0)
		pen_text(&pen, STYLE_HEAD, "Last 30 days");
	if (measure == 1)
		pen_textf(&pen, STYLE_HEAD, "and %d weeks", NM_REPORT_COURSE_WEEKS);
	pen_tab(&pen, 16);
	pen_text(&pen, STYLE_PLAIN, measure_name(measure));
	pen_tab(&pen, 29);
	pen_measure(&pen, measure, &now->log.report.figures, app_plan(app));
	pen_tab(&pen, 38);
	pen_textf(&pen, STYLE_DIM, "target %s", target);
	pen_tab(&pen, 56);
	pen_text(&pen, STYLE_PLAIN, spark.data);
	pen_textf(&pen, trend > 0 ? STYLE_GOOD : STYLE_WARNING, " %s", measure_trend_words(trend));
	nm_buf_clear(&spark);
}

/* All in one row; each target stands below its figure, or, where that has no room, ends where the row does. */
static void draw_figures_low(const struct now *now, const struct app *app, struct rows *rows)
{
	struct pen pen = now_row(rows), below = rows->targets ? now_row(rows) : pen_at(rows->canvas, 0, 0, 0);
	char target[MEASURE_TEXT];

	pen_text(&pen, STYLE_HEAD, "Last 30 days");
	pen_text(&below, STYLE_HEAD, "Targets");
	pen_tab(&pen, 16);
	for (enum measure measure = 0; measure < MEASURES; measure++) {
		measure_target_words(measure, measure_target(measure, app_plan(app)), target);
		pen_textf(&pen, STYLE_DIM, "%s%s ", measure ? "  " : "", measure ? measure_name(measure) : "answered");
		pen_tab(&below, pen.x < below.end - text_width(target) ? pen.x : below.end - text_width(target));
		pen_text(&below, STYLE_PLAIN, target);
		pen_measure(&pen, measure, &now->log.report.figures, app_plan(app));
	}
}

void now_draw_figures(const struct now *now, const struct app *app, struct rows *rows)
{
	if (!has_calls(now) || !rows->airy)
		return;
	if (rows->each) {
		for (enum measure measure = 0; measure < MEASURES; measure++)
			draw_figure(now, app, rows, measure);
		rows->y += rows->tall;
	} else {
		draw_figures_low(now, app, rows);
	}
}

/* How it stands, and which call, come first: a narrow row ends behind them. */
void now_draw_alert(const struct now *now, const struct app *app, struct rows *rows)
{
	const struct now_log *log = &now->log;
	char when[NM_TIME_TEXT];
	struct nm_buf text;

	if (!log->n_alerts)
		return;
	nm_time_words(session_zone(app->session), log->alerted.began, false, when);
	nm_buf_init(&text, 1024);
	nm_buf_add(&text, log->alert.until ? "unanswered: " : "under way: ");
	if (log->n_alerts > 1)
		nm_buf_addf(&text, "%zu calls, the newest #%" PRId64 " from ", log->n_alerts, log->alert.call);
	else
		nm_buf_addf(&text, "call #%" PRId64 " from ", log->alert.call);
	call_who_words(&log->alerted, &text);
	nm_buf_addf(&text, ", %s", when);
	now_named(rows, "Emergency", STYLE_ERROR, text.data);
	nm_buf_clear(&text);
}

void now_draw_due(const struct now *now, const struct app *app, struct rows *rows)
{
	const nm_time late = app_now(app) - now->log.due_at;
	char words[NM_TIME_TEXT], text[256];
	const char *people = now->log.due == 1 ? "person" : "people";

	if (!now->log.due)
		return;
	nm_duration_words((late > 0 ? late : -late) / 60 * 60, words);
	snprintf(text, sizeof text, late > 0 ? "%zu%s %s to call back, the oldest %s late: screen 7" : "%zu%s %s to call back, the first in %s",
		 now->log.due, now->log.due_more ? " and more" : "", people, words);
	now_named(rows, "Due", late > 0 ? STYLE_WARNING : STYLE_PLAIN, text);
}

/* What others did not take. */
void now_draw_refused(const struct now *now, struct rows *rows)
{
	const int64_t n = now->log.crm_refused;
	char text[160];

	if (!n)
		return;
	snprintf(text, sizeof text,
		 n == 1 ? "%" PRId64 " event was refused and is set aside: :crm list tells why"
			: "%" PRId64 " events were refused and are set aside: :crm list tells why",
		 n);
	now_named(rows, "CRM", STYLE_WARNING, text);
}

void now_draw_floods(const struct now *now, struct rows *rows)
{
	char text[256];

	if (!now->log.n_floods)
		return;
	snprintf(text, sizeof text, "more came to %s than could be read, maybe a STOP: screen 5",
		 now->log.floods[0].line);
	now_named(rows, "Texts", STYLE_WARNING, text);
}

int now_log_rows(const struct now *now, const struct rows *rows)
{
	const int figures = !has_calls(now) || !rows->airy ? 0 : rows->each ? MEASURES + rows->tall : 1 + rows->targets;

	return figures + (now->log.n_alerts > 0 && rows->airy) + (now->log.due > 0) + (now->log.crm_refused > 0) + (now->log.n_floods > 0);
}
