/* SPDX-License-Identifier: MIT */
/* The alert of an emergency call in words; see alert_words.h. */
#include "alert_words.h"

#include "command.h"

void alert_state_words(const struct nm_zone *zone, const struct nm_call_alert *alert, struct nm_buf *out)
{
	char when[NM_TIME_TEXT];

	nm_time_words(zone, alert->state != NM_ALERT_OPEN ? alert->ended : nm_alert_until(alert), false, when);
	switch (alert->state) {
	case NM_ALERT_OPEN:
		if (alert->until)
			nm_buf_addf(out, "nobody has answered yet; an answer is waited for until %s", when);
		else
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
		return "wants no texts, or gets none:";
	case NM_OUTBOX_UNSURE:
		break;
	}
	return "perhaps texted";
}

static void person_words(const struct nm_zone *zone, const struct nm_call_alert *alert,
			 const struct nm_alerted *person, struct nm_buf *out)
{
	char when[NM_TIME_TEXT];

	nm_time_words(zone, person->tried ? person->at : person->due, false, when);
	add_safe(out, person->name);
	if (person->by_line)
		nm_buf_add(out, ": texted by the line itself, as the call came");
	else if (person->tried)
		nm_buf_addf(out, ": %s %s", text_words(person->text), when);
	else if (alert->state == NM_ALERT_OPEN)
		nm_buf_addf(out, ": is texted from %s on, unless somebody answers", when);
	else
		nm_buf_add(out, ": not texted");
}

void alert_people_words(const struct nm_zone *zone, const struct nm_call_alert *alert, int indent, struct nm_buf *out)
{
	for (size_t i = 0; i < alert->n; i++) {
		nm_buf_addf(out, "%*s", indent, "");
		person_words(zone, alert, &alert->people[i], out);
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
		json_time(json, zone, "due", person->due);
		nm_json_key(json, "by_line");
		nm_json_bool(json, person->by_line);
		nm_json_key(json, "text");
		nm_json_text(json, person->tried ? nm_outbox_state_name(person->text) : NULL);
		json_time_or_null(json, zone, "texted", person->tried ? person->at : 0);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
}
