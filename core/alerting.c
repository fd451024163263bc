/* SPDX-License-Identifier: MIT */
/*
 * Alerting an emergency's people (alerts.h).  Comes in: whom new calls of the log alert (alerting_notice.c), the outbox,
 * what came.  Goes out: a text to each whose turn it is, once, until one of them answers.
 *
 * Whom a call alerts is in the store before anybody is texted, and each text is in the outbox, under a reason of its
 * own, before its carrier is asked: so what is left to do is read from there, whatever was cut off.
 */
#include "core/alerting_private.h"

#include <stdio.h>
#include <string.h>

#include "nevermiss/calls.h"
#include "nevermiss/texting.h"

#define FOLLOW_S 6 /* what becomes of a text is waited for so long */
#define WHY_TEXT 64

/* --- how it stands --- */

static nm_time later_of(nm_time a, nm_time b)
{
	return a > b ? a : b;
}

bool nm_alerted_texted(const struct nm_alerted *person)
{
	return person->by_line ||
	       (person->tried && person->text != NM_OUTBOX_FAILED && person->text != NM_OUTBOX_REFUSED);
}

bool nm_alerted_refused(const struct nm_alerted *person)
{
	return !person->by_line && person->tried && person->text == NM_OUTBOX_REFUSED;
}

nm_time nm_alert_due(const struct nm_call_alert *alert, size_t i)
{
	const nm_time due = alert->people[i].due;
	nm_time refused = NM_TIME_MIN;

	for (size_t k = 0; k < alert->n; k++) {
		const struct nm_alerted *before = &alert->people[k];

		if (before->due >= due)
			continue;
		if (!nm_alerted_refused(before))
			return due;
		refused = later_of(refused, before->at);
	}
	return refused != NM_TIME_MIN && refused < due ? refused : due;
}

nm_time nm_alert_until(const struct nm_call_alert *alert)
{
	nm_time planned = NM_TIME_MIN, due = NM_TIME_MIN, texted = NM_TIME_MIN;

	if (alert->until == 0 || alert->n == 0)
		return alert->until;
	for (size_t i = 0; i < alert->n; i++) {
		const struct nm_alerted *person = &alert->people[i];

		planned = later_of(planned, person->due);
		due = later_of(due, nm_alert_due(alert, i));
		if (!person->by_line && nm_alerted_texted(person))
			texted = later_of(texted, person->at);
	}
	return alert->until + (later_of(due, texted) - planned);
}

/* --- a run --- */

void nm_alerting_remember(struct nm_alerter *a, enum nm_code code, const struct nm_error *why)
{
	if (code != NM_OK && a->trouble.code == NM_OK)
		nm_fail(&a->trouble, code, "%s", why->text);
}

void nm_alerting_tell(struct nm_alerter *a, bool warning, const char *format, ...)
{
	struct nm_error why;
	struct nm_buf words;
	va_list args;

	nm_buf_init(&words, 2 * NM_ERROR_TEXT);
	va_start(args, format);
	nm_buf_vaddf(&words, format, args);
	va_end(args);
	if (words.failed)
		nm_alerting_remember(a, nm_fail_memory(&why), &why);
	else
		a->run->tell(a->run->context, warning, words.data);
	nm_buf_clear(&words);
}

static void wait_until(struct nm_alerter *a, nm_time at)
{
	if (at < a->out->next)
		a->out->next = at;
}

enum nm_code nm_alerting_end(struct nm_alerter *a, struct nm_call_alert *alert, enum nm_alert_state state, nm_time at,
			     const char *by, struct nm_error *err)
{
	enum nm_code code = nm_store_alert_end(a->context->store, alert->call, state, at, by, err);

	if (code != NM_OK)
		return code;
	alert->state = state;
	alert->ended = at;
	alert->by = by;
	return NM_OK;
}

/* --- texts that earlier runs left --- */

/* The open alert of that reason; NULL. */
static const struct nm_call_alert *alert_of(const char *why, const struct nm_call_alert *alerts, size_t n)
{
	char prefix[WHY_TEXT];

	for (size_t i = 0; i < n; i++) {
		const int len = snprintf(prefix, sizeof(prefix), NM_ALERT_PREFIX "%" PRId64 ", ", alerts[i].call);

		if (strncmp(why, prefix, (size_t)len) == 0)
			return &alerts[i];
	}
	return NULL;
}

/* One that never left is not needed any more once somebody has answered. */
static enum nm_code drop(const struct nm_alerter *a, struct nm_outbox_text *text, struct nm_error *err)
{
	text->state = NM_OUTBOX_FAILED;
	text->updated = a->context->now;
	text->words = "somebody had answered the alert";
	return nm_store_outbox_update(a->context->store, text, err);
}

static bool is_of(const struct nm_outbox_text *text, const char *prefix)
{
	return strncmp(text->why, prefix, strlen(prefix)) == 0;
}

static enum nm_code finish_left(struct nm_alerter *a, const struct nm_call_alert *alerts, size_t n, struct nm_error *err)
{
	struct nm_outbox left, finished;
	enum nm_code code = nm_texting_left(a->context->store, &left, err);

	if (code != NM_OK)
		return code;
	for (size_t i = 0; i < left.n && code == NM_OK; i++) {
		const struct nm_finishing finishing = { .ids = &left.items[i].id, .n = 1, .follow_s = FOLLOW_S };
		const struct nm_call_alert *alert = alert_of(left.items[i].why, alerts, n);

		if (!is_of(&left.items[i], NM_ALERT_PREFIX) && !is_of(&left.items[i], NM_ALERT_TAKEN_PREFIX))
			continue;
		if (left.items[i].state == NM_OUTBOX_WAITING && is_of(&left.items[i], NM_ALERT_PREFIX) &&
		    (alert == NULL || alert->state != NM_ALERT_OPEN)) {
			code = drop(a, &left.items[i], err);
			continue;
		}
		code = nm_texting_finish(a->context, &finishing, &finished, err);
		if (code != NM_OK)
			break;
		for (size_t k = 0; k < finished.n; k++)
			a->out->texts += finished.items[k].state == NM_OUTBOX_SENT;
		nm_outbox_clear(&finished);
	}
	nm_outbox_clear(&left);
	return code;
}

/* --- whose turn it is --- */

/* What comes of one of the people. */
enum turn {
	TURN_LATER, /* their time has not come, or they are tried again */
	TURN_CROWDED, /* it has, and there is no room for their text yet */
	TURN_TEXTED,
	TURN_LOST, /* they could not be texted, and are not tried any more */
	TURNS
};

/* Nobody takes more than a share of the room, so that those whose turn comes later find some. */
static enum nm_code has_room(const struct nm_alerter *a, const struct nm_call_alert *alert, const char *number, bool *room,
			     struct nm_error *err)
{
	static const struct {
		int64_t span_s;
		size_t most;
	} caps[] = { { 3600, NM_ALERTS_AN_HOUR }, { NM_DAY, NM_ALERTS_A_DAY } };
	enum nm_code code = NM_OK;

	*room = true;
	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]) && code == NM_OK && *room; i++) {
		const size_t share = caps[i].most > alert->n ? caps[i].most / alert->n : 1;
		struct nm_outbox_count which = { .prefix = NM_ALERT_PREFIX, .since = a->context->now - caps[i].span_s };
		size_t all = 0, own = 0;

		code = nm_store_outbox_count(a->context->store, &which, &all, err);
		which.to = number;
		if (code == NM_OK)
			code = nm_store_outbox_count(a->context->store, &which, &own, err);
		*room = all < caps[i].most && own < share;
	}
	return code;
}

static void tell_text(struct nm_alerter *a, const struct nm_alerting_text *about, const struct nm_outbox_text *text)
{
	const bool failed = text->state == NM_OUTBOX_FAILED || text->state == NM_OUTBOX_REFUSED;

	if (text->state == NM_OUTBOX_SENT)
		nm_alerting_tell(a, false, "call #%" PRId64 ": %s %s", about->call, about->name, about->sent);
	else
		nm_alerting_tell(a, failed || text->state == NM_OUTBOX_UNSURE, "call #%" PRId64 ": the text to %s is %s (%s)",
		     about->call, about->name, nm_outbox_state_name(text->state),
		     text->words != NULL ? text->words : "nothing is known of it yet");
}

/* A character of UTF-8 begins here, or the text ends. */
static bool begins(const char *at)
{
	return ((unsigned char)*at & 0xc0) != 0x80;
}

/* As much of a text's end as its carrier takes: line and caller stand there, and what is asked. */
static const char *fit(const struct nm_plan *plan, struct nm_sender sender, const char *body)
{
	const struct nm_carrier *carrier = nm_carrier_of(plan, sender.account);
	const int most = carrier != NULL && carrier->traits.text_max > 0 ? carrier->traits.text_max : NM_TEXT_MAX;
	size_t n = 0;

	for (const char *at = body; *at != '\0'; at++)
		n += begins(at);
	while (n > (size_t)most) {
		n--;
		do
			body++;
		while (!begins(body));
	}
	return body;
}

/* The line that was called, by its name in the plan now; NULL: it has none any more. */
static enum nm_code line_of(const struct nm_alerter *a, int64_t call, const char **out, struct nm_error *err)
{
	const struct nm_plan *plan = a->context->plan;
	struct nm_call_entry entry;
	enum nm_code code = nm_store_call_get(a->context->store, call, a->arena, &entry, err);
	int line;

	if (code != NM_OK)
		return code;
	line = nm_plan_find_number(plan, entry.number);
	*out = line >= 0 ? plan->lines[line].name : NULL;
	return NM_OK;
}

enum nm_code nm_alerting_send(struct nm_alerter *a, const struct nm_alerting_text *text, struct nm_alerted *to,
			      struct nm_error *err)
{
	const struct nm_plan *plan = a->context->plan;
	struct nm_outgoing outgoing = { .why = text->why, .follow_s = FOLLOW_S, .record = true };
	struct nm_outbox sent;
	const char *line;
	enum nm_code code = nm_number_read(text->number, plan->country, &outgoing.to, err);

	if (code == NM_OK)
		code = line_of(a, text->call, &line, err);
	if (code == NM_OK)
		code = nm_texting_sender_called(plan, -1, line, &outgoing.sender, err);
	if (code == NM_OK)
		outgoing.body = fit(plan, outgoing.sender, text->body);
	if (code == NM_OK)
		code = nm_texting_send(a->context, &outgoing, &sent, err);
	if (code != NM_OK)
		return code;
	for (size_t k = 0; k < sent.n; k++) {
		a->out->texts += sent.items[k].state == NM_OUTBOX_SENT;
		tell_text(a, text, &sent.items[k]);
		if (to == NULL)
			continue;
		to->tried = true;
		to->text = sent.items[k].state;
		to->at = sent.items[k].at;
	}
	nm_outbox_clear(&sent);
	return NM_OK;
}

/* The alert of the i-th of its people. */
static enum nm_code send_alert(struct nm_alerter *a, struct nm_call_alert *alert, size_t i, const char *why,
			       struct nm_error *err)
{
	struct nm_alerted *person = &alert->people[i];
	const struct nm_alerting_text text = { .call = alert->call,
					       .name = person->name,
					       .number = person->number,
					       .body = alert->text,
					       .why = why,
					       .sent = "is texted" };

	return nm_alerting_send(a, &text, person, err);
}

/* How one of the people stands, by the clock and the outbox alone. */
static enum turn turn_of(struct nm_alerter *a, const struct nm_call_alert *alert, size_t i,
			 const struct nm_outbox_past *past, bool *now)
{
	const struct nm_alerted *person = &alert->people[i];
	nm_time pause = NM_ALERT_PAUSE_S, from = nm_alert_due(alert, i);

	*now = false;
	if (person->by_line || past->told)
		return TURN_TEXTED;
	if (nm_alerted_refused(person) || a->context->now - from > NM_ALERT_WITHIN_S)
		return TURN_LOST;
	for (int tries = 1; tries < past->failed && pause < NM_ALERT_PAUSE_MAX_S; tries++)
		pause *= 2;
	if (past->failed > 0)
		from = past->last + (pause < NM_ALERT_PAUSE_MAX_S ? pause : NM_ALERT_PAUSE_MAX_S);
	*now = a->context->now >= from;
	if (!*now)
		wait_until(a, from);
	return TURN_LATER;
}

static enum nm_code take_turn(struct nm_alerter *a, struct nm_call_alert *alert, size_t i, enum turn *turn,
			      struct nm_error *err)
{
	char why[WHY_TEXT];
	struct nm_outbox_past past;
	bool now, room;
	enum nm_code code;

	snprintf(why, sizeof(why), NM_ALERT_WHY, alert->call, i);
	code = nm_store_outbox_why(a->context->store, why, &past, err);
	if (code != NM_OK)
		return code;
	*turn = turn_of(a, alert, i, &past, &now);
	if (!now)
		return NM_OK;
	code = has_room(a, alert, alert->people[i].number, &room, err);
	if (code == NM_OK && !room) {
		*turn = TURN_CROWDED;
		code = nm_fail(err, NM_REFUSED, "so many texts went to people whom emergencies alert that no more do for now");
	}
	if (code == NM_OK)
		code = send_alert(a, alert, i, why, err);
	if (code == NM_OK && nm_alerted_refused(&alert->people[i]))
		*turn = TURN_LOST;
	else if (code == NM_OK)
		*turn = nm_alerted_texted(&alert->people[i]) ? TURN_TEXTED : TURN_LATER;
	return code;
}

/* --- its end --- */

static enum nm_code end_unanswered(struct nm_alerter *a, struct nm_call_alert *alert, size_t texted,
				   struct nm_error *err)
{
	enum nm_code code = nm_alerting_end(a, alert, NM_ALERT_UNANSWERED, a->context->now, NULL, err);

	if (code == NM_OK)
		nm_alerting_tell(a, true, "call #%" PRId64 ": %s", alert->call,
		     texted > 0 ? "nobody has answered the alert" : "nobody could be alerted");
	return code;
}

/* When nobody's turn is to come any more.  Nobody has answered only where the answers could be read, unless that has not
 * been so for an hour. */
static enum nm_code conclude(struct nm_alerter *a, struct nm_call_alert *alert, const size_t turns[static TURNS],
			     struct nm_error *err)
{
	const nm_time now = a->context->now, until = nm_alert_until(alert);

	if (turns[TURN_CROWDED] > 0)
		return NM_OK;
	if (turns[TURN_LATER] + turns[TURN_TEXTED] == 0)
		return end_unanswered(a, alert, 0, err);
	if (until == 0) {
		if (turns[TURN_LATER] > 0)
			return NM_OK;
		return nm_alerting_end(a, alert, NM_ALERT_TOLD, now, NULL, err);
	}
	if (now < until) {
		wait_until(a, until);
		return NM_OK;
	}
	if (!a->read && now - until < NM_ALERT_WITHIN_S)
		return NM_OK;
	return end_unanswered(a, alert, turns[TURN_TEXTED], err);
}

static enum nm_code go_on(struct nm_alerter *a, struct nm_call_alert *alert, struct nm_error *err)
{
	size_t turns[TURNS] = { 0 };
	struct nm_error why;

	for (size_t i = 0; i < alert->n; i++) {
		enum turn turn = TURN_LATER;

		nm_alerting_remember(a, take_turn(a, alert, i, &turn, &why), &why);
		turns[turn]++;
	}
	return conclude(a, alert, turns, err);
}

static enum nm_code run_all(struct nm_alerter *a, struct nm_error *err)
{
	struct nm_call_alert *alerts = NULL;
	size_t n = 0;
	enum nm_code code = nm_alerting_notice(a, err);

	if (code == NM_OK)
		code = nm_alerting_answers(a, &alerts, &n, err);
	if (code == NM_OK)
		code = finish_left(a, alerts, n, err);
	if (code == NM_OK)
		nm_alerting_say_open(a, alerts, n);
	for (size_t i = 0; i < n && code == NM_OK; i++)
		if (alerts[i].state == NM_ALERT_OPEN)
			code = go_on(a, &alerts[i], err);
	return code;
}

enum nm_code nm_alerts_run(const struct nm_push_context *context, const struct nm_alerts_run *run,
			   struct nm_alerts_done *out, struct nm_error *err)
{
	struct nm_alerter a = { .context = context, .run = run, .out = out, .arena = nm_arena_new() };
	enum nm_code code;

	*out = (struct nm_alerts_done){ .next = NM_TIME_MAX };
	code = a.arena != NULL ? run_all(&a, err) : nm_fail_memory(err);
	nm_timeline_free(a.timeline);
	nm_arena_free(a.arena);
	if (code == NM_OK && a.trouble.code != NM_OK)
		code = nm_fail(err, a.trouble.code, "%s", a.trouble.text);
	return code;
}
