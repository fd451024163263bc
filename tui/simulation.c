/* SPDX-License-Identifier: MIT */
/* A call in JSON and in words: see simulation.h. */
#include "simulation.h"

#include <stdio.h>

#include "canvas.h"
#include "command.h"

/* --- the call in JSON, as scripts rely on it (design.md 6) --- */

static void json_names(struct nm_json *json, const char *const *names, size_t n)
{
	size_t i;

	nm_json_array(json);
	for (i = 0; i < n; i++)
		nm_json_text(json, names[i]);
	nm_json_end(json, ']');
}

static void json_event(struct nm_json *json, const struct nm_event *event)
{
	nm_json_object(json);
	nm_json_key(json, "t");
	nm_json_int(json, event->t);
	nm_json_key(json, "event");
	nm_json_text(json, nm_event_name(event->kind));
	nm_json_key(json, "to");
	json_names(json, (const char *const *)event->to, event->n);
	if (event->kind == NM_EVENT_RING) {
		nm_json_key(json, "for");
		if (event->for_s > 0)
			nm_json_int(json, event->for_s);
		else
			nm_json_null(json);
	}
	nm_json_key(json, "why");
	nm_json_text(json, event->why);
	if (event->pos.file) {
		nm_json_key(json, "line");
		nm_json_int(json, event->pos.line);
	}
	nm_json_end(json, '}');
}

void json_number(struct nm_json *json, const char *key, bool known, int value)
{
	nm_json_key(json, key);
	if (known)
		nm_json_int(json, value);
	else
		nm_json_null(json);
}

void json_outcome(struct nm_json *json, const struct nm_outcome *outcome)
{
	size_t i;

	nm_json_key(json, "outcome");
	nm_json_text(json, nm_result_name(outcome->result));
	nm_json_key(json, "answered_by");
	nm_json_text(json, outcome->answered_by);
	nm_json_key(json, "kind");
	nm_json_text(json, outcome->answered_by ? nm_kind_name(outcome->kind) : NULL);
	json_number(json, "seconds", outcome->seconds >= 0, outcome->seconds);
	json_number(json, "rings", outcome->rings >= 0, outcome->rings);
	nm_json_key(json, "events");
	nm_json_array(json);
	for (i = 0; i < outcome->n; i++)
		json_event(json, &outcome->events[i]);
	nm_json_end(json, ']');
}

void json_call(struct nm_json *json, const struct nm_plan *plan, const struct nm_call *call,
	       const struct nm_treatment *treatment)
{
	char from[NM_NUMBER_TEXT];

	nm_caller_write(call->caller, from);
	nm_json_object(json);
	json_time(json, plan->zone, "at", call->at);
	nm_json_key(json, "line");
	nm_json_text(json, plan->lines[call->line].name);
	nm_json_key(json, "from");
	nm_json_text(json, from);
	nm_json_key(json, "emergency");
	nm_json_bool(json, treatment->emergency);
	nm_json_key(json, "rule");
	nm_json_text(json, treatment->rule);
	nm_json_key(json, "path");
	nm_json_text(json, treatment->path);
}

void json_reasons(struct nm_json *json, const struct nm_reason *reasons, size_t n)
{
	char text[NM_ERROR_TEXT];
	size_t i;

	nm_json_array(json);
	for (i = 0; i < n; i++) {
		snprintf(text, sizeof text, "%s: %s: %s", reasons[i].name, reasons[i].matched ? "yes" : "no",
			 reasons[i].text);
		nm_json_text(json, text);
	}
	nm_json_end(json, ']');
}

/* --- the call in words --- */

static void caller_words(struct nm_caller caller, char out[static NM_NUMBER_TEXT])
{
	if (caller.number)
		nm_number_words(caller.number, out);
	else
		nm_caller_write(caller, out);
}

static void print_event(struct nm_buf *out, const struct nm_event *event)
{
	struct nm_buf what;
	size_t i;

	nm_buf_init(&what, 4096);
	nm_buf_addf(&what, "%*s%s", event->depth * 2, "", nm_event_name(event->kind));
	for (i = 0; i < event->n; i++)
		nm_buf_addf(&what, "%s%s", i ? " + " : " ", event->to[i]);
	if (event->kind == NM_EVENT_RING && event->for_s > 0)
		nm_buf_addf(&what, " for %d s", event->for_s);
	nm_buf_addf(out, "%5d s  %s%*s %s", event->t, what.data, text_gap(what.data, 38), "", event->why);
	if (event->pos.file)
		nm_buf_addf(out, "  [%s:%d]", event->pos.file, event->pos.line);
	nm_buf_add(out, "\n");
	nm_buf_clear(&what);
}

void print_head(struct nm_buf *out, const struct nm_plan *plan, const struct nm_call *call,
		const struct nm_treatment *treatment)
{
	char when[NM_TIME_TEXT], from[NM_NUMBER_TEXT];

	nm_time_words_zone(plan->zone, call->at, true, when);
	caller_words(call->caller, from);
	nm_buf_addf(out, "%s, from %s to %s%s\n", when, from,
		    plan->lines[call->line].name, treatment->emergency ? ", an emergency" : "");
	if (treatment->path)
		nm_buf_addf(out, "%s -> path %s\n", treatment->rule, treatment->path);
	else if (treatment->rule)
		nm_buf_addf(out, "%s\n", treatment->rule);
	nm_buf_add(out, "\n");
}

void print_events(struct nm_buf *out, const struct nm_outcome *outcome)
{
	size_t i;

	for (i = 0; i < outcome->n; i++)
		print_event(out, &outcome->events[i]);
}

void print_reasons(struct nm_buf *out, const struct nm_reason *reasons, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		nm_buf_addf(out, "  %s%*s %-4s %s\n", reasons[i].name, text_gap(reasons[i].name, 20), "",
			    reasons[i].matched ? "yes" : "no", reasons[i].text);
}

void print_outcome(struct nm_buf *out, const struct nm_outcome *outcome)
{
	print_events(out, outcome);
	nm_buf_add(out, outcome->n ? "\n" : "");
	outcome_words(outcome, out);
	nm_buf_add(out, "\n");
}
