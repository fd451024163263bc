/* SPDX-License-Identifier: MIT */
/*
 * report: the figures over the log of calls, as text, JSON or CSV; or the guide's formulas with the owner's numbers.
 */
#include "command.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nevermiss/report.h"
#include "report_csv.h"
#include "report_text.h"
#include "worth_numbers.h"

/* --- which span --- */

static enum nm_code month_span(const struct nm_zone *zone, const char *text, nm_time now, struct nm_span *out,
			       struct nm_error *err)
{
	int year, month, end = 0;

	if (strspn(text, "0123456789-") != strlen(text) ||
	    sscanf(text, "%4d-%2d%n", &year, &month, &end) != 2 || text[end] || end != 7 || year < 1970 ||
	    month < 1 || month > 12)
		return nm_fail(err, NM_INPUT, "--month %s: a year and a month, as in 2026-11", text);
	*out = nm_report_month(zone, nm_zone_utc(zone, nm_days_from_date(year, month, 2) * NM_DAY, NULL), now);
	return NM_OK;
}

/* By default the last 30 days, or those that end with --until. */
static enum nm_code read_span(const struct invocation *run, struct nm_span *out, struct nm_error *err)
{
	const char *month = argument(run->args, "month");
	enum nm_code code;

	if (month && (argument_given(run->args, "from") || argument_given(run->args, "until")))
		return nm_fail(err, NM_INPUT, "--month is a span already: leave out --from and --until");
	if (month)
		return month_span(session_zone(run->session), month, session_now(run->session), out, err);
	if (!argument_given(run->args, "from") && !argument_given(run->args, "until")) {
		*out = nm_report_last_30_days(session_now(run->session));
		return NM_OK;
	}
	code = argument_time(run, "until", session_now(run->session), &out->until, err);
	if (code == NM_OK)
		code = argument_time(run, "from", nm_report_30_days(out->until).from, &out->from, err);
	return code;
}

/* --- the owner's numbers --- */

static size_t find_number(const char *text, size_t len)
{
	size_t i = 0;

	while (i < WORTH_NUMBERS && (strlen(worth_numbers[i].key) != len || strncmp(worth_numbers[i].key, text, len)))
		i++;
	return i;
}

static enum nm_code unknown_number(const char *text, size_t len, struct nm_error *err)
{
	struct nm_buf known;

	nm_buf_init(&known, NM_ERROR_TEXT);
	for (size_t i = 0; i < WORTH_NUMBERS; i++)
		nm_buf_addf(&known, "%s%s", i ? ", " : "", worth_numbers[i].key);
	nm_fail(err, NM_INPUT, "--what-if: no number is called `%.*s`; there are %s",
		len < 64 ? (int)len : 64, text, known.data);
	nm_buf_clear(&known);
	return NM_INPUT;
}

/* Bytes of a number: a comma in front of a digit is one of it, for names begin with a letter. */
static size_t number_bytes(const char *text)
{
	size_t len = strcspn(text, ",");

	while (text[len] == ',' && text[len + 1] >= '0' && text[len + 1] <= '9')
		len += 1 + strcspn(text + len + 1, ",");
	return len;
}

/* "job=500,booked=50" */
static enum nm_code read_worth(const char *text, struct nm_worth *worth, struct nm_error *err)
{
	while (*text) {
		const size_t len = strcspn(text, "=,"), i = find_number(text, len);
		const char *from = text + len + (text[len] == '=');
		const size_t digits = text[len] == '=' ? number_bytes(from) : 0;

		if (i == WORTH_NUMBERS)
			return unknown_number(text, len, err);
		if (!worth_number_read(i, from, digits, worth_number(worth, i)))
			return nm_fail(err, NM_INPUT, "--what-if: %s takes a number from 0 to %.0f, as in %s=20",
				       worth_numbers[i].key, worth_numbers[i].most, worth_numbers[i].key);
		text = from + digits;
		text += *text == ',';
	}
	nm_worth_reckon(worth);
	return NM_OK;
}

/* --- JSON --- */

static void json_figure(struct nm_json *json, const char *key, struct nm_figure figure)
{
	nm_json_key(json, key);
	if (figure.known)
		nm_json_double(json, figure.value, 2);
	else
		nm_json_null(json);
}

static void json_number(struct nm_json *json, const char *key, double number)
{
	nm_json_key(json, key);
	nm_json_double(json, number, 2);
}

static void json_figures(struct nm_json *json, const struct nm_figures *figures)
{
	nm_json_count(json, "calls", figures->calls);
	nm_json_count(json, "answered", figures->answered);
	json_figure(json, "answer_rate", figures->answer_rate);
	json_figure(json, "average_rings", figures->rings);
	json_figure(json, "first_call_resolution", figures->first_call);
	json_figure(json, "callback_minutes", figures->callback);
	nm_json_count(json, "perhaps_answered", figures->perhaps);
	nm_json_count(json, "answered_untold", figures->untold);
	nm_json_count(json, "voicemail", figures->voicemail);
	nm_json_count(json, "swallowed", figures->swallowed);
	nm_json_count(json, "perhaps_swallowed", figures->perhaps_swallowed);
	nm_json_count(json, "abandoned", figures->abandoned);
	nm_json_count(json, "abandoned_at_once", figures->short_abandoned);
	nm_json_count(json, "lost", figures->lost);
	nm_json_count(json, "rejected", figures->rejected);
	nm_json_count(json, "unknown", figures->unknown);
	json_figure(json, "possible_answer_rate", figures->answer_rate_possible);
	json_figure(json, "average_seconds", figures->seconds);
	json_figure(json, "median_seconds", figures->seconds_median);
	json_figure(json, "seconds_95th", figures->seconds_95th);
	nm_json_count(json, "matters", figures->matters);
	json_figure(json, "possible_first_call_resolution", figures->first_call_possible);
	nm_json_count(json, "followups", figures->followups);
	nm_json_count(json, "followups_tried", figures->tried);
	nm_json_count(json, "rang_again", figures->rang_again);
	json_figure(json, "median_callback_minutes", figures->callback_median);
	json_figure(json, "called_back_within_10", figures->callback_10);
	json_figure(json, "called_back_within_15", figures->callback_15);
}

static void json_layers(struct nm_json *json, const struct nm_report *report)
{
	nm_json_key(json, "by_layer");
	nm_json_object(json);
	for (size_t i = 0; i < report->n_layers; i++) {
		const struct nm_layer *layer = &report->layers[i];

		nm_json_key(json, layer->name);
		nm_json_object(json);
		nm_json_key(json, "kind");
		nm_json_text(json, layer->kind >= 0 ? nm_kind_name((enum nm_kind)layer->kind) : NULL);
		nm_json_count(json, "calls", layer->calls);
		json_figure(json, "share", layer->share);
		json_figure(json, "average_seconds", layer->seconds);
		json_figure(json, "cost", layer->cost);
		nm_json_end(json, '}');
	}
	nm_json_end(json, '}');
}

static void json_weeks(struct nm_json *json, const struct nm_zone *zone, const struct nm_report *report)
{
	nm_json_key(json, "by_week");
	nm_json_array(json);
	for (size_t i = 0; i < report->n_weeks; i++) {
		nm_json_object(json);
		json_time(json, zone, "from", report->weeks[i].span.from);
		json_time(json, zone, "until", report->weeks[i].span.until);
		json_figures(json, &report->weeks[i].figures);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
}

static void json_heat(struct nm_json *json, const char *key, const int64_t heat[7][24])
{
	nm_json_key(json, key);
	nm_json_array(json);
	for (int day = 0; day < 7; day++) {
		nm_json_array(json);
		for (int hour = 0; hour < 24; hour++)
			nm_json_int(json, heat[day][hour]);
		nm_json_end(json, ']');
	}
	nm_json_end(json, ']');
}

static void json_peaks(struct nm_json *json, const struct nm_report *report)
{
	nm_json_key(json, "peaks");
	nm_json_array(json);
	for (size_t i = 0; i < report->n_peaks; i++) {
		nm_json_object(json);
		nm_json_count(json, "from", report->peaks[i].from);
		nm_json_count(json, "until", report->peaks[i].until);
		nm_json_count(json, "calls", report->peaks[i].calls);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
}

static void json_repeats(struct nm_json *json, const struct nm_report *report)
{
	char number[NM_NUMBER_TEXT];

	nm_json_key(json, "missed_callers");
	nm_json_array(json);
	for (size_t i = 0; i < report->n_repeats; i++) {
		nm_number_write(report->repeats[i].number, number);
		nm_json_object(json);
		nm_json_key(json, "number");
		nm_json_text(json, number);
		nm_json_count(json, "missed", report->repeats[i].missed);
		nm_json_count(json, "again", report->repeats[i].again);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
	nm_json_count(json, "missed_callers_total", report->missed_callers);
}

/* As fine as it takes to reckon with it. */
static void json_factor(struct nm_json *json, const char *key, double number)
{
	nm_json_key(json, key);
	nm_json_double(json, number, 6);
}

static void json_worth(struct nm_json *json, const char *currency, const struct nm_worth *worth)
{
	struct nm_worth numbers = *worth;

	json_number(json, "missed_value", worth->lost_a_month);
	nm_json_key(json, "currency");
	nm_json_text(json, currency);
	nm_json_key(json, "roi");
	nm_json_object(json);
	for (size_t i = 0; i < WORTH_NUMBERS; i++)
		json_factor(json, worth_numbers[i].key, *worth_number(&numbers, i));
	json_factor(json, "missed_a_day", worth->missed_a_day);
	json_factor(json, "lost_jobs_a_day", worth->lost_jobs_a_day);
	json_factor(json, "lost_a_day", worth->lost_a_day);
	json_factor(json, "lost_a_month", worth->lost_a_month);
	json_factor(json, "recovered_jobs", worth->recovered_jobs);
	json_factor(json, "recovered", worth->recovered);
	json_number(json, "return", worth->roi);
	nm_json_end(json, '}');
}

static void json_targets(struct nm_json *json, const struct nm_targets_set *targets)
{
	nm_json_key(json, "targets");
	nm_json_object(json);
	json_number(json, "answer_rate", targets->answer_rate);
	json_number(json, "average_rings", targets->rings);
	json_number(json, "first_call_resolution", targets->first_call);
	json_number(json, "callback_minutes", (double)targets->callback_s / 60);
	nm_json_end(json, '}');
}

static void write_json(const struct invocation *run, const struct nm_report *report)
{
	const struct nm_plan *plan = run->session->plan;
	struct nm_json json;

	nm_json_init(&json, run->out);
	nm_json_object(&json);
	json_time(&json, plan->zone, "from", report->span.from);
	json_time(&json, plan->zone, "until", report->span.until);
	nm_json_key(&json, "line");
	nm_json_text(&json, report->line);
	json_figures(&json, &report->figures);
	json_targets(&json, &plan->targets);
	json_layers(&json, report);
	json_weeks(&json, plan->zone, report);
	json_heat(&json, "heat", report->heat);
	json_heat(&json, "missed", report->missed);
	json_peaks(&json, report);
	json_repeats(&json, report);
	json_worth(&json, plan->currency, &report->worth);
	json_finish(&json, run->out);
}

/* --- the command --- */

static enum nm_code make_report(const struct invocation *run, struct nm_report *report, struct nm_error *err)
{
	const char *what_if = argument(run->args, "what-if");
	struct nm_report_options options = { .all_missed = argument_given(run->args, "csv") };
	struct nm_store *store;
	enum nm_code code = read_span(run, &options.span, err);

	if (code == NM_OK)
		code = argument_line(run, &options.line, err);
	if (code == NM_OK)
		code = session_store(run->session, &store, err);
	if (code == NM_OK)
		code = nm_report(store, run->session->plan, &options, report, err);
	if (code == NM_OK && what_if)
		code = read_worth(what_if, &report->worth, err);
	return code;
}

static void write_report(struct invocation *run, const struct nm_report *report)
{
	const struct report_text text = { report, run->session->plan, run->session->options.ascii, run->out };

	run->raw = argument_given(run->args, "csv");
	if (run->json)
		write_json(run, report);
	else if (run->raw)
		report_csv(report, run->session->plan->zone, run->out);
	else if (argument_given(run->args, "what-if"))
		report_reckoning(&text);
	else
		report_text(&text);
}

enum nm_code cmd_report(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_report report = { .arena = NULL };
	enum nm_code code;

	*status = STATUS_GOOD;
	if (run->json && argument_given(run->args, "csv"))
		return nm_fail(err, NM_INPUT, "--csv or --json, not both");
	code = make_report(run, &report, err);
	if (code == NM_OK)
		write_report(run, &report);
	nm_report_clear(&report);
	return code;
}
