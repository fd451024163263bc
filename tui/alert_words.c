/* SPDX-License-Identifier: MIT */
/* The alert of an emergency call in words; see alert_words.h. */
#include "alert_words.h"

#include "command.h"

void alert_state_words(const struct nm_zone *zone, nm_time now, const struct nm_call_alert *alert, struct nm_buf *out)
{
	const nm_time until = nm_alert_until(alert);
	char when[NM_TIME_TEXT];

	nm_time_words(zone, alert->state != NM_ALERT_OPEN ? alert->ended : until, false, when);
	switch (alert->state) {
	case NM_ALERT_OPEN:
		if (until)
			nm_buf_add(out, "nobody has answered yet");
		if (until > now)
			nm_buf_addf(out, "; an answer is waited for until %s", when);
		if (!until)
			nm_buf_add(out, "under way; no answer is asked for");
		break;
	case NM_ALERT_TAKEN:
		add_safe(out, alert->by);
		nm_buf_addf(out, " answered %s", when);
		break;
	case NM_ALERT_TOLD:
		nm_buf_add(out, "done; no answer was asked for");
		break;
	case NM_ALERT_UNANSWERED:
		nm_buf_addf(out, "nobody had answered by %s", when);
		break;
	case NM_ALERT_LATE:
		nm_buf_addf(out, "nobody is texted: the call was seen only %s", when);
		break;
	}
}

static const char *text_words(enum nm_outbox_state state)
{
	switch (state) {
	case NM_OUTBOX_SENT:
		return "texted";
	case NM_OUTBOX_WAITING:
	case NM_OUTBOX_SENDING:
		return "a text is under way since";
	case NM_OUTBOX_FAILED:
		return "a text failed";
	case NM_OUTBOX_REFUSED:
		return "a text was refused";
	case NM_OUTBOX_UNSURE:
		break;
	}
	return "perhaps texted";
}

/* What its carrier, or whoever refused it, said of a text that did not arrive. */
static void add_reason(const struct nm_alerted *person, struct nm_buf *out)
{
	if (nm_alerted_texted(person) || !person->words)
		return;
	nm_buf_add(out, ": ");
	add_safe(out, person->words);
}

void alert_person_words(const struct nm_zone *zone, nm_time now, const struct nm_call_alert *alert, size_t i,
			struct nm_buf *out)
{
	const struct nm_alerted *person = &alert->people[i];
	const nm_time due = nm_alert_due(alert, i);
	char when[NM_TIME_TEXT];

	nm_time_words(zone, person->tried ? person->at : due, false, when);
	add_safe(out, person->name);
	if (person->by_line) {
		nm_buf_add(out, ": texted by the line itself, as the call came");
	} else if (person->tried) {
		nm_buf_addf(out, ": %s %s", text_words(person->text), when);
		add_reason(person, out);
	} else if (alert->state != NM_ALERT_OPEN) {
		nm_buf_add(out, ": not texted");
	} else {
		nm_buf_addf(out, due > now ? ": is texted from %s on, unless somebody answers" : ": not texted yet, though due since %s",
			    when);
	}
}

void alert_people_words(const struct nm_zone *zone, nm_time now, const struct nm_call_alert *alert, int indent,
			struct nm_buf *out)
{
	for (size_t i = 0; i < alert->n; i++) {
		nm_buf_addf(out, "%*s", indent, "");
		alert_person_words(zone, now, alert, i, out);
		nm_buf_add(out, "\n");
	}
}

/* --- in JSON --- */

/* 0 is null. */
static void json_time_or_null(struct nm_json *json, const struct nm_zone *zone, const char *key, nm_time t)
{
	if (t) {
		json_time(json, zone, key, t);
		return;
	}
	nm_json_key(json, key);
	nm_json_null(json);
}

void json_alert(struct nm_json *json, const struct nm_zone *zone, const struct nm_call_alert *alert)
{
	nm_json_key(json, "state");
	nm_json_text(json, nm_alert_state_name(alert->state));
	json_time(json, zone, "noticed", alert->noticed);
	json_time_or_null(json, zone, "until", nm_alert_until(alert));
	json_time_or_null(json, zone, "ended", alert->ended);
	nm_json_key(json, "answered_by");
	nm_json_text(json, alert->by);
	nm_json_key(json, "people");
	nm_json_array(json);
	for (size_t i = 0; i < alert->n; i++) {
		const struct nm_alerted *person = &alert->people[i];

		nm_json_object(json);
		nm_json_key(json, "name");
		nm_json_text(json, person->name);
		nm_json_key(json, "number");
		nm_json_text(json, person->number);
		json_time(json, zone, "due", nm_alert_due(alert, i));
		nm_json_key(json, "by_line");
		nm_json_bool(json, person->by_line);
		nm_json_key(json, "text");
		nm_json_text(json, person->tried ? nm_outbox_state_name(person->text) : NULL);
		nm_json_key(json, "words");
		nm_json_text(json, person->tried ? person->words : NULL);
		json_time_or_null(json, zone, "texted", person->tried ? person->at : 0);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
}
