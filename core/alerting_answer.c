/* SPDX-License-Identifier: MIT */
/*
 * Who has answered an alert (alerts.h).  Comes in: the alerts of a store, the texts that came.  Goes out: those that were
 * taken end, each by one reply, and who took one of several is told what else is open.
 *
 * Which alert a reply took follows from the replies and from when each alert was texted and ended, whatever run asks: one
 * that has taken an alert is about none other ever after.
 */
#include <stdio.h>
#include <string.h>

#include "core/alerting_private.h"
#include "nevermiss/inbound.h"

#define WHY_TEXT 64
#define SAID_S	 3600 /* who took a call is told so late what else is open */

/* --- what a reply is about --- */

/* Of a number, which alone asks for an answer: when they were texted of a call; NM_TIME_MAX: they were not. */
static nm_time texted_at(const struct nm_call_alert *alert, const char *number, const char **name)
{
	for (size_t i = 0; i < alert->n && alert->until != 0; i++) {
		const struct nm_alerted *person = &alert->people[i];

		if (strcmp(person->number, number) != 0 || !nm_alerted_texted(person))
			continue;
		*name = person->name;
		return person->by_line ? person->due : person->at;
	}
	return NM_TIME_MAX;
}

/* The number that a text begins with, a word of its own; -1: it does not. */
static int64_t first_number(const char *text)
{
	int64_t number = 0;
	size_t digits = 0;

	text += strspn(text, " #");
	for (; *text >= '0' && *text <= '9' && digits < 18; text++, digits++)
		number = 10 * number + (*text - '0');
	return digits > 0 && (*text == '\0' || strchr(" .,!", *text) != NULL) ? number : -1;
}

size_t nm_alert_meant(const struct nm_call_alert *alerts, size_t n, const struct nm_alert_reply *reply)
{
	const int64_t named = first_number(reply->body);
	nm_time last = NM_TIME_MIN;
	size_t meant = n;

	for (size_t i = 0; i < n; i++) {
		const char *name;
		const nm_time at = texted_at(&alerts[i], reply->from, &name);

		if (at > reply->at)
			continue;
		if (alerts[i].call == named)
			return i;
		if (at >= last && (alerts[i].ended == 0 || alerts[i].ended >= reply->at)) {
			last = at;
			meant = i;
		}
	}
	return meant;
}

/* --- taking it --- */

static bool is_waiting(const struct nm_call_alert *alert)
{
	bool texted = false;

	for (size_t i = 0; i < alert->n && !texted; i++)
		texted = nm_alerted_texted(&alert->people[i]);
	return alert->state == NM_ALERT_OPEN && alert->until != 0 && texted;
}

/* When the first text left of those that wait for an answer; NM_TIME_MAX: none does. */
static nm_time waiting_since(const struct nm_call_alert *alerts, size_t n)
{
	nm_time since = NM_TIME_MAX;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < alerts[i].n && is_waiting(&alerts[i]); k++) {
			const char *name;
			const nm_time at = texted_at(&alerts[i], alerts[i].people[k].number, &name);

			if (at < since)
				since = at;
		}
	return since;
}

static void read_texts(struct nm_alerter *a)
{
	struct nm_inbound_reading reading = { 0 };
	struct nm_error why;
	const enum nm_code code = nm_inbound_read(a->context, &reading, &why);

	a->read = code == NM_OK;
	nm_alerting_remember(a, code, &why);
	nm_inbound_reading_clear(&reading);
}

static enum nm_code take(struct nm_alerter *a, struct nm_call_alert *alert, const struct nm_alert_reply *reply,
			 struct nm_error *err)
{
	const char *name = NULL;
	enum nm_code code;

	if (!is_waiting(alert) || texted_at(alert, reply->from, &name) == NM_TIME_MAX)
		return NM_OK;
	code = nm_alerting_end(a, alert, NM_ALERT_TAKEN, reply->at, name, err);
	if (code == NM_OK)
		nm_alerting_tell(a, false, "call #%" PRId64 ": %s has answered", alert->call, name);
	return code;
}

enum nm_code nm_alerting_answers(struct nm_alerter *a, struct nm_call_alert **out, size_t *n, struct nm_error *err)
{
	struct nm_store *store = a->context->store;
	struct nm_alert_reply *replies = NULL;
	size_t n_replies = 0;
	nm_time since;
	enum nm_code code = nm_store_alerts(store, NM_TIME_MAX, a->arena, out, n, err);

	a->read = true;
	if (code != NM_OK)
		return code;
	since = waiting_since(*out, *n);
	if (since == NM_TIME_MAX)
		return NM_OK;
	read_texts(a);
	code = nm_store_alerts_ended(store, since, a->arena, out, n, err);
	if (code == NM_OK)
		code = nm_store_alert_replies(store, since, a->arena, &replies, &n_replies, err);
	for (size_t i = 0; i < n_replies && code == NM_OK; i++) {
		const size_t meant = nm_alert_meant(*out, *n, &replies[i]);

		if (meant < *n)
			code = take(a, &(*out)[meant], &replies[i], err);
	}
	return code;
}

/* --- what is open yet --- */

/* Who took it; NULL: they are none of its people. */
static const struct nm_alerted *taker_of(const struct nm_call_alert *alert)
{
	for (size_t i = 0; i < alert->n && alert->by != NULL; i++)
		if (strcmp(alert->people[i].name, alert->by) == 0)
			return &alert->people[i];
	return NULL;
}

/* Of those open of which the number was texted by then: how many they are, and the newest. */
static size_t open_of(const struct nm_call_alert *alerts, size_t n, const char *number, nm_time then,
		      const struct nm_call_alert **newest)
{
	nm_time last = NM_TIME_MIN;
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		const char *name;
		const nm_time at = alerts[i].state == NM_ALERT_OPEN ? texted_at(&alerts[i], number, &name) : NM_TIME_MAX;

		if (at > then)
			continue;
		found++;
		if (at >= last) {
			last = at;
			*newest = &alerts[i];
		}
	}
	return found;
}

/* What is said to whom. */
struct saying {
	const struct nm_call_alert *taken;
	const struct nm_alerted *taker;
	size_t n; /* so many are open */
	const struct nm_call_alert *newest; /* of these */
};

/* NULL: memory. */
static const char *body_of(struct nm_alerter *a, const struct nm_call_entry *call, const struct saying *saying)
{
	const char *caller = nm_alerting_caller(a, call), *text = saying->newest->text;

	if (caller == NULL)
		return NULL;
	return saying->n == 1
		       ? nm_arena_format(a->arena, "The call from %s is yours. Another is open: %s", caller, text)
		       : nm_arena_format(a->arena, "The call from %s is yours. %zu more are open, the newest: %s", caller,
					 saying->n, text);
}

/* Once: what is open yet when that text is read again stands in the alerts themselves. */
static enum nm_code say_open(struct nm_alerter *a, const struct saying *saying, struct nm_error *err)
{
	const struct nm_call_alert *taken = saying->taken;
	char why[WHY_TEXT];
	struct nm_call_entry call;
	struct nm_outbox_past past;
	struct nm_alerting_text text = { .call = taken->call,
					 .name = saying->taker->name,
					 .number = saying->taker->number,
					 .why = why,
					 .sent = "is told what else is open" };
	enum nm_code code;

	snprintf(why, sizeof(why), NM_ALERT_TAKEN_PREFIX "%" PRId64, taken->call);
	code = nm_store_outbox_why(a->context->store, why, &past, err);
	if (code != NM_OK || past.told || past.failed > 0)
		return code;
	code = nm_store_call_get(a->context->store, taken->call, a->arena, &call, err);
	if (code != NM_OK)
		return code;
	text.body = body_of(a, &call, saying);
	return text.body != NULL ? nm_alerting_send(a, &text, NULL, err) : nm_fail_memory(err);
}

void nm_alerting_say_open(struct nm_alerter *a, const struct nm_call_alert *alerts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct saying saying = { .taken = &alerts[i] };
		struct nm_error why;

		if (alerts[i].state == NM_ALERT_TAKEN && a->context->now - alerts[i].ended <= SAID_S)
			saying.taker = taker_of(&alerts[i]);
		if (saying.taker == NULL)
			continue;
		saying.n = open_of(alerts, n, saying.taker->number, alerts[i].ended, &saying.newest);
		if (saying.n > 0)
			nm_alerting_remember(a, say_open(a, &saying, &why), &why);
	}
}
