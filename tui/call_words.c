/* SPDX-License-Identifier: MIT */
/* A call of the log in words and in JSON: see call_words.h. */
#include "call_words.h"

#include <stdlib.h>
#include <string.h>

#include "alert_words.h"
#include "answers.h"
#include "canvas.h"
#include "command.h"
#include "nevermiss/placing.h"

/* --- a call in words --- */

void call_who_words(const struct nm_call_entry *call, struct nm_buf *out)
{
	char number[NM_NUMBER_TEXT];

	if (call->caller.anonymous || !call->caller.number) {
		nm_buf_add(out, call->caller.anonymous ? "anonymous" : "not told");
		return;
	}
	nm_number_words(call->caller.number, number);
	nm_buf_add(out, number);
}

const char *call_line(const struct nm_plan *plan, const struct nm_call_entry *call)
{
	const int line = nm_plan_find_number(plan, call->number);

	return line >= 0 ? plan->lines[line].name : call->line;
}

const char *call_doubt(const char *driver)
{
	const struct nm_carrier *carrier = nm_carrier_find(driver);

	return carrier ? carrier->records_unverified : NULL;
}

void call_became_words(const struct nm_became *became, struct nm_buf *out)
{
	nm_buf_addf(out, "%s%s", became->probably ? "probably " : "", nm_call_end_name(became->end));
	if (became->by && became->end == NM_CALL_SWALLOWED)
		nm_buf_addf(out, " by the voicemail of %s's own phone", became->by);
	else if (became->by && became->end == NM_CALL_UNKNOWN)
		nm_buf_addf(out, ", it went to %s", became->by);
	else if (became->by)
		nm_buf_addf(out, " by %s", became->by);
	if (became->seconds >= 0)
		nm_buf_addf(out, " after %d s", became->seconds);
}

void call_row_words(const struct nm_plan *plan, const struct nm_call_entry *call, struct nm_buf *out)
{
	const char *line = call_line(plan, call);
	char when[NM_TIME_TEXT];
	struct nm_buf who;

	nm_buf_init(&who, NM_NUMBER_TEXT);
	call_who_words(call, &who);
	nm_time_words(plan->zone, call->began, true, when);
	nm_buf_addf(out, "#%-5lld %-26s %s%*s %s%*s ", (long long)call->id, when, line, text_gap(line, 10), "",
		    who.data, text_gap(who.data, 17), "");
	call_became_words(&call->became, out);
	nm_buf_add(out, "\n");
	nm_buf_clear(&who);
}

void call_none_words(const struct session *session, const struct nm_call_filter *filter, struct nm_buf *out)
{
	const struct nm_zone *zone = session_zone(session);
	const int line = nm_plan_find_number(session->plan, filter->number);
	char text[NM_TIME_TEXT];
	struct nm_buf asked;

	nm_buf_init(&asked, NM_ERROR_TEXT);
	if (filter->caller) {
		nm_number_words(filter->caller, text);
		nm_buf_addf(&asked, ", from %s", text);
	}
	if (filter->number && line >= 0)
		nm_buf_addf(&asked, ", to %s", session->plan->lines[line].name);
	if (filter->since > NM_TIME_MIN) {
		nm_time_words_zone(zone, filter->since, true, text);
		nm_buf_addf(&asked, ", since %s", text);
	}
	if (filter->until < NM_TIME_MAX) {
		nm_time_words_zone(zone, filter->until, true, text);
		nm_buf_addf(&asked, ", until %s", text);
	}
	if (asked.len)
		nm_buf_addf(out, "no such call in the log: %s\n", asked.data + 2);
	else
		nm_buf_add(out, "no calls in the log; calls import reads them from a carrier or a file\n");
	nm_buf_clear(&asked);
}

void call_groups_words(const struct nm_plan *plan, struct nm_caller caller, struct nm_buf *out)
{
	const uint64_t groups = nm_caller_groups(plan, caller);
	bool first = true;

	for (size_t i = 0; i < plan->n_callers; i++) {
		if (!(groups >> i & 1))
			continue;
		nm_buf_addf(out, "%s%s", first ? "" : ", ", plan->callers[i].name);
		first = false;
	}
}

void call_search_words(const struct nm_plan *plan, const struct nm_call_entry *call, struct nm_buf *out)
{
	char when[NM_TIME_TEXT], number[NM_NUMBER_TEXT];

	nm_time_words(plan->zone, call->began, true, when);
	nm_caller_write(call->caller, number);
	nm_buf_addf(out, "#%lld %s %s %s ", (long long)call->id, when, number, call_line(plan, call));
	call_who_words(call, out);
	nm_buf_add(out, " ");
	call_groups_words(plan, call->caller, out);
	nm_buf_add(out, " ");
	call_became_words(&call->became, out);
}

/* --- JSON --- */

void json_known(struct nm_json *json, const char *key, int64_t value, bool known)
{
	nm_json_key(json, key);
	if (known)
		nm_json_int(json, value);
	else
		nm_json_null(json);
}

static void json_number(struct nm_json *json, const char *key, nm_number number)
{
	char text[NM_NUMBER_TEXT];

	nm_number_write(number, text);
	nm_json_key(json, key);
	nm_json_text(json, number ? text : NULL);
}

void json_logged_call(struct nm_json *json, const struct session *session, const struct nm_call_entry *call)
{
	const struct nm_zone *zone = session_zone(session);
	const struct nm_became *became = &call->became;
	const bool timed = became->seconds >= 0;
	char from[NM_NUMBER_TEXT];

	nm_caller_write(call->caller, from);
	nm_json_object(json);
	nm_json_key(json, "id");
	nm_json_int(json, call->id);
	json_time(json, zone, "at", call->began);
	nm_json_key(json, "line");
	nm_json_text(json, call_line(session->plan, call));
	json_number(json, "to", call->number);
	nm_json_key(json, "from");
	nm_json_text(json, from);
	json_number(json, "forwarded_from", call->forwarded_from);
	nm_json_key(json, "outcome");
	nm_json_text(json, nm_call_end_name(became->end));
	nm_json_key(json, "probably");
	nm_json_bool(json, became->probably);
	nm_json_key(json, "answered_by");
	nm_json_text(json, became->by);
	json_known(json, "seconds", became->seconds, timed);
	json_known(json, "rings", nm_rings(became->seconds), timed);
	json_known(json, "lasted", call->ended - call->began, call->ended != 0);
	nm_json_key(json, "why");
	nm_json_text(json, nm_call_reason_words(became->reason));
	nm_json_key(json, "driver");
	nm_json_text(json, call->driver);
	nm_json_key(json, "carrier_id");
	nm_json_text(json, call->carrier_id);
	json_known(json, "version", call->version, call->version != 0);
}

void call_alert_words(const struct session *session, const struct nm_call_alert *alert, struct nm_buf *out)
{
	if (!alert)
		return;
	nm_buf_add(out, "  alert    ");
	alert_state_words(session_zone(session), session_now(session), alert, out);
	nm_buf_add(out, "\n");
	alert_people_words(session_zone(session), session_now(session), alert, 11, out);
}

void json_call_alert(struct nm_json *json, const struct session *session, const struct nm_call_alert *alert)
{
	nm_json_key(json, "alert");
	if (!alert) {
		nm_json_null(json);
		return;
	}
	nm_json_object(json);
	json_alert(json, session_zone(session), alert);
	nm_json_end(json, '}');
}

void json_leg(struct nm_json *json, const struct nm_zone *zone, const struct nm_call_leg *leg)
{
	nm_json_object(json);
	nm_json_key(json, "to");
	nm_json_text(json, leg->leg.to);
	nm_json_key(json, "name");
	nm_json_text(json, leg->who);
	nm_json_key(json, "ended");
	nm_json_text(json, nm_leg_end_name(leg->leg.end));
	if (leg->leg.began)
		json_time(json, zone, "at", leg->leg.began);
	json_known(json, "rang", leg->leg.rang_s, leg->leg.rang_s >= 0);
	nm_json_end(json, '}');
}

/* --- what was live for it --- */

static void source_words(const struct session *session, const struct nm_explained_live *live, struct nm_buf *out)
{
	const int64_t age_s = session_now(session) - live->at;
	char at[NM_TIME_TEXT], age[NM_TIME_TEXT];

	nm_time_words_zone(session_zone(session), live->at, true, at);
	if (live->push)
		nm_buf_addf(out, " (push #%lld, %s", (long long)live->push, at);
	else
		nm_buf_addf(out, " (read back %s", at);
	if (age_s >= 60) {
		age_words(age_s, age);
		nm_buf_addf(out, ", %s ago", age);
	}
	nm_buf_add(out, ")");
}

void call_live_words(const struct session *session, const struct nm_explained_live *live, struct nm_buf *out)
{
	if (!live->known) {
		nm_buf_addf(out, "not known: %s", live->why);
		return;
	}
	nm_buf_addf(out, "%sas planned%s", live->match == NM_LIVE_OTHER ? "not " : "",
		    live->match == NM_LIVE_HELD ? ", as far as the carrier can hold it" : "");
	source_words(session, live, out);
}

void call_live_parting(const struct nm_explained_live *live, struct nm_buf *out)
{
	if (!live->known || live->match == NM_LIVE_PLANNED)
		return;
	if (live->beside->verdict == NM_EXPLAINED_PLANNED)
		nm_buf_add(out, "just as the call went");
	else if (live->beside->verdict == NM_EXPLAINED_DIFFERS)
		nm_buf_addf(out, "not as the call went: %s", live->beside->words);
}

/* --- which --- */

enum nm_code call_read_id(const char *verb, const char *text, int64_t *id, struct nm_error *err)
{
	const char *digits = *text == '#' ? text + 1 : text;

	if (!*digits || digits[strspn(digits, "0123456789")])
		return nm_fail(err, NM_INPUT,
			       "calls %s %s: the number of a call; `nevermiss calls list` has them", verb, text);
	*id = strtoll(digits, NULL, 10);
	return NM_OK;
}

void json_call_likely(struct nm_json *json, const char *key, const struct nm_explanation *explanation, bool certain)
{
	nm_json_key(json, key);
	nm_json_array(json);
	for (size_t i = 0; i < explanation->n_likely; i++)
		if (explanation->likely[i].certain == certain)
			nm_json_text(json, explanation->likely[i].words);
	nm_json_end(json, ']');
}

const char *call_played_words(const struct nm_explanation *explanation)
{
	if (explanation->unanswered)
		return "nobody answering";
	return explanation->verdict == NM_EXPLAINED_UNTOLD ? "everybody answering" : "everybody doing what they did";
}
