/* SPDX-License-Identifier: MIT */
/*
 * crm: what the plan's CRM is told.  `list` shows what waits and what was refused, `send` delivers what is due, `retry`
 * has one that was refused sent again.
 */
#include "command.h"

#include <stdlib.h>
#include <string.h>

#include "nevermiss/events.h"

#define LISTED 50
#define LISTED_MOST 10000
#define ROUNDS 1000 /* of NM_EVENTS_ROUND events in one `send` */

static enum nm_code need_crm(const struct invocation *run, struct nm_error *err)
{
	if (run->session->plan->crm.given)
		return NM_OK;
	return nm_fail(err, NM_INPUT, "the plan has no section crm, so nothing is told: crm { url = \"https://...\" }");
}

/* --- list --- */

static void event_words(struct invocation *run, const struct nm_crm_event *event)
{
	const struct nm_zone *zone = session_zone(run->session);
	char at[NM_TIME_TEXT], due[NM_TIME_TEXT], caller[NM_NUMBER_TEXT] = "caller not known";

	nm_time_words(zone, event->at, true, at);
	nm_time_words(zone, event->due, true, due);
	if (event->caller != 0)
		nm_number_words(event->caller, caller);
	nm_buf_addf(run->out, "%lld  %s  %s %lld, %s: %s", (long long)event->id, at,
		    nm_crm_kind_name(event->kind), (long long)event->subject, caller,
		    nm_crm_state_name(event->state));
	if (event->state == NM_CRM_WAITING && event->tries)
		nm_buf_addf(run->out, ", tried %d time%s, again %s", event->tries, event->tries == 1 ? "" : "s", due);
	nm_buf_add(run->out, "\n");
	if (!event->words)
		return;
	nm_buf_add(run->out, "    ");
	add_safe(run->out, event->words);
	nm_buf_add(run->out, "\n");
}

static void json_event(struct nm_json *json, const struct nm_zone *zone, const struct nm_crm_event *event)
{
	char caller[NM_NUMBER_TEXT];

	if (event->caller != 0)
		nm_number_write(event->caller, caller);
	nm_json_object(json);
	nm_json_count(json, "id", event->id);
	nm_json_key(json, "key");
	nm_json_text(json, event->key);
	nm_json_key(json, "type");
	nm_json_text(json, nm_crm_kind_name(event->kind));
	nm_json_count(json, event->kind == NM_CRM_FOLLOWUP ? "followup" : "call", event->subject);
	nm_json_key(json, "caller");
	nm_json_text(json, event->caller != 0 ? caller : NULL);
	json_time(json, zone, "at", event->at);
	nm_json_key(json, "state");
	nm_json_text(json, nm_crm_state_name(event->state));
	nm_json_count(json, "tries", event->tries);
	if (event->state == NM_CRM_WAITING && event->tries) {
		json_time(json, zone, "due", event->due);
	} else {
		nm_json_key(json, "due");
		nm_json_null(json);
	}
	nm_json_key(json, "words");
	nm_json_text(json, event->words);
	nm_json_end(json, '}');
}

static void json_counts(struct invocation *run, struct nm_json *json, const struct nm_crm_counts *counts)
{
	nm_json_count(json, "waiting", counts->waiting);
	nm_json_count(json, "aside", counts->aside);
	if (counts->waiting) {
		json_time(json, session_zone(run->session), "next",
			  counts->next > session_now(run->session) ? counts->next : session_now(run->session));
		return;
	}
	nm_json_key(json, "next");
	nm_json_null(json);
}

static void write_list(struct invocation *run, const struct nm_crm_events *list, const struct nm_crm_counts *counts)
{
	struct nm_json json;

	if (!run->json) {
		for (size_t i = 0; i < list->n; i++)
			event_words(run, &list->items[i]);
		nm_buf_addf(run->out, "%lld waiting, %lld set aside\n", (long long)counts->waiting,
			    (long long)counts->aside);
		return;
	}
	nm_json_init(&json, run->out);
	nm_json_object(&json);
	json_counts(run, &json, counts);
	nm_json_key(&json, "events");
	nm_json_array(&json);
	for (size_t i = 0; i < list->n; i++)
		json_event(&json, session_zone(run->session), &list->items[i]);
	nm_json_end(&json, ']');
	json_finish(&json, run->out);
}

static enum nm_code list(struct invocation *run, enum status *status, struct nm_error *err)
{
	const bool all = argument_given(run->args, "all");
	struct nm_crm_events events;
	struct nm_crm_counts counts;
	struct nm_store *store;
	size_t count;
	enum nm_code code = argument_count(run, LISTED, LISTED_MOST, &count, err);

	(void)status;
	if (!code)
		code = session_store(run->session, &store, err);
	if (!code)
		code = nm_store_event_counts(store, &counts, err);
	if (!code)
		code = nm_store_events(store, all ? NM_EVENTS_ALL : NM_EVENTS_OPEN, 0, count, &events, err);
	if (code)
		return code;
	write_list(run, &events, &counts);
	nm_crm_events_clear(&events);
	return NM_OK;
}

/* --- send --- */

static void write_sent(struct invocation *run, const struct nm_events_sent *sent)
{
	const char *trouble = sent->trouble.code ? sent->trouble.text : NULL;
	const struct nm_zone *zone = session_zone(run->session);
	const bool later = sent->waiting && sent->next != NM_TIME_MAX;
	char next[NM_TIME_TEXT];
	struct nm_json json;

	if (!run->json) {
		nm_buf_addf(run->out, "%zu delivered, %zu set aside, %lld waiting", sent->delivered, sent->aside,
			    (long long)sent->waiting);
		nm_time_words(zone, sent->next, true, next);
		nm_buf_addf(run->out, "%s%s\n", later ? ", next " : "", later ? next : "");
		if (trouble) {
			nm_buf_add(run->out, "the CRM takes nothing for now: ");
			add_safe(run->out, trouble);
			nm_buf_add(run->out, "\n");
		}
		return;
	}
	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_count(&json, "delivered", (int64_t)sent->delivered);
	nm_json_count(&json, "aside", (int64_t)sent->aside);
	nm_json_count(&json, "waiting", sent->waiting);
	nm_json_key(&json, "trouble");
	nm_json_text(&json, trouble);
	json_finish(&json, run->out);
}

/* Round after round, until nothing is due. */
static enum nm_code send_rounds(struct invocation *run, struct nm_events_sent *all, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (int i = 0; i < ROUNDS && !code; i++) {
		struct nm_push_context context;
		struct nm_events_sent sent;

		code = session_push_context(run->session, &context, err);
		if (!code)
			code = nm_events_deliver(&context, NM_EVENTS_ROUND, &sent, err);
		if (code)
			break;
		sent.delivered += all->delivered;
		sent.aside += all->aside;
		*all = sent;
		if (sent.trouble.code || sent.next > session_now(run->session))
			break;
	}
	return code;
}

static enum nm_code send(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_events_sent sent = { 0 };
	enum nm_code code = need_write(run, err);

	if (!code)
		code = need_crm(run, err);
	if (!code)
		code = send_rounds(run, &sent, err);
	if (code)
		return code;
	write_sent(run, &sent);
	if (sent.trouble.code)
		*status = STATUS_CARRIER;
	else if (sent.aside)
		*status = STATUS_WRONG;
	return NM_OK;
}

/* --- retry --- */

static enum nm_code read_id(const struct invocation *run, int64_t *id, struct nm_error *err)
{
	const char *text = run->args->n_words > 1 ? run->args->words[1] : "";

	if (!*text || text[strspn(text, "0123456789")])
		return nm_fail(err, NM_INPUT, "crm retry%s%s: the number of an event; `nevermiss crm list` has them",
			       *text ? " " : "", text);
	*id = strtoll(text, NULL, 10);
	return NM_OK;
}

static enum nm_code retry(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_store *store;
	int64_t id = 0;
	enum nm_code code = need_write(run, err);

	if (!code)
		code = read_id(run, &id, err);
	if (!code)
		code = session_store(run->session, &store, err);
	if (!code)
		code = nm_store_event_retry(store, id, session_now(run->session), err);
	return code ? code : send(run, status, err);
}

enum nm_code cmd_crm(struct invocation *run, enum status *status, struct nm_error *err)
{
	static const struct {
		const char *verb;
		size_t words;
		enum nm_code (*run)(struct invocation *run, enum status *status, struct nm_error *err);
	} verbs[] = { { "list", 1, list }, { "send", 1, send }, { "retry", 2, retry } };
	const char *verb = run->args->words[0];

	*status = STATUS_GOOD;
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		if (strcmp(verbs[i].verb, verb) != 0)
			continue;
		if (run->args->n_words > verbs[i].words)
			return nm_fail(err, NM_INPUT, "`crm %s` takes no `%s`", verb,
				       run->args->words[verbs[i].words]);
		return verbs[i].run(run, status, err);
	}
	return nm_fail(err, NM_INPUT, "`crm %s` is nothing: list, send or retry", verb);
}
