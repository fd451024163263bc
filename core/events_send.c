/* SPDX-License-Identifier: MIT */
/*
 * Events on their way to the CRM: see events.h.  Comes in: a store with events, a transport.  Goes out: what was
 * delivered, what was set aside, and when to go on.  One at a time: a CRM is no carrier, and order counts.
 *
 * Before an event leaves, the store says that it is being sent, until a time at which whoever sends it must have given
 * up; a process that ends in between has left it to be sent again, under the same id.
 */
#include <stdlib.h>
#include <string.h>

#include "core/events_private.h"
#include "core/utf8.h"

#define WAIT_MS 50
#define TAKEN_S (2 * NM_EVENTS_TIMEOUT_S) /* for how long an event is taken, from when it is */
#define QUOTED  120                       /* bytes of an answer that are told */
#define RETRY_AFTER_MAX_S (24 * 3600)

struct sending {
	const struct nm_push_context *context;
	struct nm_account account; /* stands for the section where the transport asks for its secret */
	struct nm_events_sent *out;
	bool over; /* nothing more is sent in this round */
};

/* A round lasts: ten answers that are waited for are minutes. */
static nm_time now_of(const struct sending *sending)
{
	const struct nm_push_context *context = sending->context;

	return context->clock != NULL ? context->clock(context->clock_context) : context->now;
}

/* What an answer means. */
enum verdict { TAKEN, REFUSED, NOT_NOW };

static enum verdict judge(int status)
{
	/* What depends on who asks and where, and what its server calls its own trouble. */
	static const int not_now[] = { 401, 403, 404, 408, 410, 425, 429 };

	if (status >= 200 && status < 300)
		return TAKEN;
	for (size_t i = 0; i < sizeof(not_now) / sizeof(not_now[0]); i++)
		if (status == not_now[i])
			return NOT_NOW;
	return status >= 400 && status < 500 ? REFUSED : NOT_NOW;
}

/* In the words of whoever runs it, as far as they can be shown. */
static void answer_words(const struct nm_response *response, char *out, size_t size)
{
	char quoted[QUOTED];
	struct nm_error words;

	if (response->status == 0)
		nm_fail(&words, NM_CARRIER, "%s", response->error != NULL ? response->error : "no answer");
	else if (response->status >= 300 && response->status < 400)
		nm_fail(&words, NM_CARRIER,
			"it answered %d: its URL leads elsewhere, and what is there belongs into the plan",
			response->status);
	else if (response->status == 401 || response->status == 403)
		nm_fail(&words, NM_CARRIER, "it answered %d: it does not take the token's signature",
			response->status);
	else if (response->status == 404 || response->status == 410)
		nm_fail(&words, NM_CARRIER, "it answered %d: nothing is at its URL", response->status);
	else {
		nm_utf8_clean(response->body, quoted, sizeof(quoted));
		nm_fail(&words, NM_CARRIER, "it answered %d%s%s", response->status,
			quoted[0] != '\0' ? ": " : "", quoted);
	}
	nm_utf8_clean(words.text, out, size);
}

/* Twice as long each time, or as the CRM asks for. */
static int64_t pause_after(int tries, const struct nm_response *response)
{
	int64_t pause_s = NM_EVENTS_PAUSE_FIRST_S;

	if (response->retry_after_s >= 0)
		return response->retry_after_s < RETRY_AFTER_MAX_S ? response->retry_after_s : RETRY_AFTER_MAX_S;
	for (int i = 0; i < tries && pause_s < NM_EVENTS_PAUSE_MAX_S; i++)
		pause_s *= 2;
	return pause_s < NM_EVENTS_PAUSE_MAX_S ? pause_s : NM_EVENTS_PAUSE_MAX_S;
}

/* Writes how it went; whoever took longer than an event is taken has no say in what became of it. */
static enum nm_code conclude(struct sending *sending, struct nm_crm_event *event,
			     const struct nm_response *response, struct nm_error *err)
{
	struct nm_events_sent *out = sending->out;
	const enum verdict verdict = judge(response->status);
	const nm_time taken_until = event->due;
	char words[NM_ERROR_TEXT] = "";
	bool held = false;
	enum nm_code code;

	event->updated = event->due = now_of(sending);
	event->words = verdict == TAKEN ? NULL : words;
	if (verdict == TAKEN)
		event->state = NM_CRM_DELIVERED;
	else
		answer_words(response, words, sizeof(words));
	if (verdict == REFUSED)
		event->state = NM_CRM_ASIDE;
	if (verdict == NOT_NOW) {
		event->due += pause_after(event->tries, response);
		nm_fail(&out->trouble, NM_CARRIER, "%s", words);
		out->next = event->due;
		sending->over = true;
	}
	code = nm_store_event_update(sending->context->store, event, taken_until, &held, err);
	out->delivered += held && verdict == TAKEN;
	out->aside += held && verdict == REFUSED;
	return code;
}

static bool goes_on(const struct sending *sending)
{
	const struct nm_push_context *context = sending->context;

	return context->idle == NULL || context->idle(context->progress_context);
}

/* Waits for the one answer; *stopped: somebody did not want to. */
static enum nm_code await(struct sending *sending, struct nm_response *response, bool *stopped,
			  struct nm_error *err)
{
	const struct nm_transport *transport = &sending->context->transport;
	enum nm_code code = NM_OK;
	int tag = -1;

	*stopped = false;
	while (code == NM_OK && tag < 0 && !*stopped) {
		code = transport->collect(transport->context, WAIT_MS, &tag, response, err);
		*stopped = code == NM_OK && tag < 0 && !goes_on(sending);
	}
	if (*stopped && transport->drop != NULL)
		transport->drop(transport->context);
	return code;
}

static enum nm_code submit(struct sending *sending, const struct nm_crm_event *event, struct nm_error *err)
{
	const struct nm_crm *crm = &sending->context->plan->crm;
	const struct nm_transport *transport = &sending->context->transport;
	const bool secret = crm->token_cmd != NULL || crm->token_env != NULL || crm->token_file != NULL;
	const long long now = (long long)now_of(sending);
	struct nm_buf id, timestamp, before;
	struct nm_request request = { .method = "POST",
				      .url = crm->url,
				      .type = "application/json",
				      .body = event->body,
				      .len = strlen(event->body),
				      .auth = secret ? NM_AUTH_SIGNED : NM_AUTH_NONE,
				      .account = &sending->account,
				      .timeout_s = NM_EVENTS_TIMEOUT_S,
				      .repeatable = true };
	enum nm_code code;

	nm_buf_init(&id, 256);
	nm_buf_init(&timestamp, 256);
	nm_buf_init(&before, 256);
	nm_buf_addf(&id, "webhook-id: %s", event->key);
	nm_buf_addf(&timestamp, "webhook-timestamp: %lld", now);
	nm_buf_addf(&before, "%s.%lld.", event->key, now);
	request.headers[request.n_headers++] = id.data;
	request.headers[request.n_headers++] = timestamp.data;
	request.sign_before = before.data;
	code = id.failed || timestamp.failed || before.failed
		       ? nm_fail_memory(err)
		       : transport->submit(transport->context, 0, &request, err);
	nm_buf_clear(&before);
	nm_buf_clear(&timestamp);
	nm_buf_clear(&id);
	return code;
}

/* What may not leave waits as if nobody had answered. */
static enum nm_code send(struct sending *sending, struct nm_crm_event *event, struct nm_error *err)
{
	struct nm_response response = { .body = "", .retry_after_s = -1 };
	struct nm_error why;
	bool stopped = false;
	enum nm_code code = submit(sending, event, &why);

	if (code == NM_CARRIER) {
		response.error = why.text;
		return conclude(sending, event, &response, err);
	}
	if (code != NM_OK)
		return nm_fail(err, code, "%s", why.text);
	code = await(sending, &response, &stopped, err);
	if (code != NM_OK || stopped) {
		sending->over = true;
		return code;
	}
	if (response.status == 0) {
		nm_fail(&why, NM_CARRIER, "no answer: %s",
			response.error != NULL ? response.error : "unknown");
		response.error = why.text;
	}
	return conclude(sending, event, &response, err);
}

static enum nm_code send_all(struct sending *sending, const struct nm_crm_events *list, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < list->n && code == NM_OK && !sending->over; i++) {
		const nm_time now = now_of(sending);
		bool taken = false;

		code = nm_store_event_take(sending->context->store, &list->items[i], now, now + TAKEN_S,
					   &taken, err);
		if (code == NM_OK && taken)
			code = send(sending, &list->items[i], err);
		sending->over = sending->over || !goes_on(sending);
	}
	return code;
}

/* The next of each caller become due only when those before are away: the queue is asked until it has nothing. */
static enum nm_code send_most(struct sending *sending, size_t most, struct nm_error *err)
{
	const struct nm_push_context *context = sending->context;
	size_t begun = 0;
	enum nm_code code = NM_OK;

	while (code == NM_OK && !sending->over && begun < most) {
		struct nm_crm_events list;

		code = nm_store_events(context->store, NM_EVENTS_DUE, now_of(sending), most - begun, &list, err);
		if (code != NM_OK)
			return code;
		begun += list.n;
		sending->over = list.n == 0;
		if (list.n > 0)
			code = send_all(sending, &list, err);
		nm_crm_events_clear(&list);
	}
	return code;
}

enum nm_code nm_events_deliver(const struct nm_push_context *context, size_t most, struct nm_events_sent *out,
			       struct nm_error *err)
{
	const struct nm_crm *crm = &context->plan->crm;
	struct nm_events_sent sent = { .next = NM_TIME_MAX };
	struct sending sending = { .context = context,
				   .account = { .name = "crm",
						.token_cmd = crm->token_cmd,
						.token_env = crm->token_env,
						.token_file = crm->token_file },
				   .out = &sent };
	struct nm_crm_counts counts = { 0 };
	enum nm_code code = NM_OK;

	if (crm->given)
		code = send_most(&sending, most < NM_EVENTS_ROUND ? most : NM_EVENTS_ROUND, err);
	if (code == NM_OK)
		code = nm_store_event_counts(context->store, &counts, err);
	if (code != NM_OK)
		return code;
	sent.waiting = counts.waiting;
	if (crm->given && sent.trouble.code == NM_OK && counts.waiting > 0)
		sent.next = counts.next > now_of(&sending) ? counts.next : now_of(&sending);
	*out = sent;
	return NM_OK;
}
