/* SPDX-License-Identifier: MIT */
/* hours: the intervals of an opening_hours expression, with or without a plan. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLIDAYS_BYTES NM_ICAL_BYTES
#define HOLIDAYS_MARGIN 14 /* days: a day offset (`PH -1 day`) reaches over an edge */

/* What the command was asked for, read and checked. */
struct question {
	const char *expression;
	struct nm_hours *hours;
	struct nm_zone *zone;
	int64_t first, last; /* local days, [first, last) */
	int32_t *holidays;
	size_t n_holidays;
};

struct intervals {
	struct nm_span *items;
	size_t n, capacity;
};

static bool interval_add(struct intervals *list, nm_time from, nm_time until)
{
	void *items = list->items;

	if (!nm_grow(&items, &list->capacity, list->n + 1, sizeof *list->items))
		return false;
	list->items = items;
	list->items[list->n++] = (struct nm_span){ from, until };
	return true;
}

static bool add_local(struct intervals *list, const struct nm_zone *zone, nm_local from, nm_local until)
{
	struct nm_span spans[NM_ZONE_SPANS];
	const size_t n = nm_zone_spans(zone, from, until, spans);
	size_t i;

	for (i = 0; i < n; i++)
		if (!interval_add(list, spans[i].from, spans[i].until))
			return false;
	return true;
}

static int by_start(const void *a, const void *b)
{
	const struct nm_span *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

/* Spans of a repeated hour come out of order and touch: sort, then unite. */
static void unite(struct intervals *list)
{
	size_t i, n = 0;

	if (!list->n)
		return;
	qsort(list->items, list->n, sizeof *list->items, by_start);
	for (i = 1; i < list->n; i++) {
		if (list->items[i].from > list->items[n].until)
			list->items[++n] = list->items[i];
		else if (list->items[i].until > list->items[n].until)
			list->items[n].until = list->items[i].until;
	}
	list->n = n + 1;
}

static enum nm_code collect(const struct question *question, struct intervals *list, struct nm_error *err)
{
	const struct nm_holidays holidays = { question->holidays, question->n_holidays };
	struct nm_minutes spans[NM_HOURS_SPANS];
	int64_t day;
	size_t i, n;

	for (day = question->first; day < question->last; day++) {
		n = nm_hours_day(question->hours, day, &holidays, spans);
		for (i = 0; i < n; i++)
			if (!add_local(list, question->zone, day * NM_DAY + spans[i].from * 60,
				       day * NM_DAY + spans[i].until * 60))
				return nm_fail_memory(err);
	}
	unite(list);
	return NM_OK;
}

static void write_result(struct invocation *run, const struct question *question, const struct intervals *list)
{
	char from[NM_TIME_TEXT], until[NM_TIME_TEXT];
	struct nm_json json;
	size_t i;

	nm_json_init(&json, run->out);
	if (run->json) {
		nm_json_object(&json);
		nm_json_key(&json, "expression");
		nm_json_text(&json, question->expression);
		nm_json_key(&json, "timezone");
		nm_json_text(&json, nm_zone_name(question->zone));
		nm_json_key(&json, "intervals");
		nm_json_array(&json);
	}
	for (i = 0; i < list->n; i++) {
		if (run->json) {
			json_span(&json, question->zone, list->items[i]);
			continue;
		}
		nm_time_words(question->zone, list->items[i].from, true, from);
		nm_time_words(question->zone, list->items[i].until, true, until);
		nm_buf_addf(run->out, "%-24s - %s\n", from, until);
	}
	if (run->json) {
		nm_json_end(&json, ']');
		json_finish(&json, run->out);
	} else if (!list->n)
		nm_buf_add(run->out, "never on in these days\n");
}

/* --- reading the question --- */

/* The plan's zone when there is a plan that reads: the command works without one. */
static char *plan_zone(const struct invocation *run)
{
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	char *zone = NULL;

	nm_diags_init(&diags);
	if (nm_plan_read_file(run->options->plan_file, &plan, &diags, NULL) == NM_OK) {
		zone = strdup(plan->timezone);
		nm_plan_free(plan);
	}
	nm_diags_clear(&diags);
	return zone;
}

static enum nm_code read_zone(const struct invocation *run, struct nm_zone **zone, struct nm_error *err)
{
	const char *name = argument(run->args, "timezone");
	char *of_plan = name ? NULL : plan_zone(run);
	enum nm_code code;

	if (!name)
		name = of_plan ? of_plan : "UTC";
	code = nm_zone_load(name, zone, err);
	free(of_plan);
	return code;
}

static enum nm_code read_day(const struct invocation *run, const char *option, const struct nm_zone *zone,
			     int64_t fallback, int64_t *day, struct nm_error *err)
{
	const char *text = argument(run->args, option);
	nm_time t;
	enum nm_code code;

	*day = fallback;
	if (!text)
		return NM_OK;
	code = of_option(nm_time_read(text, zone, run->options->now(run->options->now_context), &t, err), option, err);
	if (code == NM_OK)
		*day = nm_local_day(nm_zone_local(zone, t));
	return code;
}

static enum nm_code read_days(const struct invocation *run, struct question *question, struct nm_error *err)
{
	const nm_time now = run->options->now(run->options->now_context);
	enum nm_code code = read_day(run, "from", question->zone, nm_local_day(nm_zone_local(question->zone, now)),
				     &question->first, err);

	if (code == NM_OK)
		code = read_day(run, "until", question->zone, question->first + 7, &question->last, err);
	if (code == NM_OK && question->last <= question->first)
		code = nm_fail(err, NM_INPUT, "--until must be a later day than --from (it is not itself included)");
	if (code == NM_OK && question->last - question->first > NM_TIMELINE_YEARS * 366)
		code = nm_fail(err, NM_INPUT, "at most %d years at a time", NM_TIMELINE_YEARS);
	return code;
}

static enum nm_code read_holidays(const struct invocation *run, struct question *question, struct nm_error *err)
{
	const char *file = argument(run->args, "holidays");
	struct nm_ical *ical = NULL;
	struct nm_buf bytes;
	enum nm_code code;

	if (!file)
		return NM_OK;
	nm_buf_init(&bytes, HOLIDAYS_BYTES);
	code = nm_file_read(file, HOLIDAYS_BYTES, &bytes, err);
	if (code == NM_OK)
		code = nm_ical_read(file, bytes.data, bytes.len, &ical, err);
	if (code == NM_OK)
		code = nm_holidays_of(ical, question->zone, (question->first - HOLIDAYS_MARGIN) * NM_DAY,
				      (question->last + HOLIDAYS_MARGIN) * NM_DAY, &question->holidays,
				      &question->n_holidays, err);
	nm_ical_free(ical);
	nm_buf_clear(&bytes);
	return code;
}

enum nm_code cmd_hours(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct question question = { .expression = run->args->words[0] };
	struct intervals list = { .n = 0 };
	enum nm_code code = nm_hours_read(question.expression, &question.hours, err);

	if (code == NM_OK)
		code = read_zone(run, &question.zone, err);
	if (code == NM_OK)
		code = read_days(run, &question, err);
	if (code == NM_OK)
		code = read_holidays(run, &question, err);
	if (code == NM_OK && nm_hours_uses_holidays(question.hours) && !argument(run->args, "holidays"))
		nm_buf_add(run->notes, "nevermiss: PH means no day: name a calendar with --holidays FILE\n");
	if (code == NM_OK)
		code = collect(&question, &list, err);
	if (code == NM_OK) {
		write_result(run, &question, &list);
		*status = STATUS_GOOD;
	}
	nm_hours_free(question.hours);
	nm_zone_free(question.zone);
	free(question.holidays);
	free(list.items);
	return code;
}
