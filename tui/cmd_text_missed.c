/* SPDX-License-Identifier: MIT */
/* text --missed: the calls of the last hour that nobody took, and the text that each caller gets, or why not. */
#include "texts.h"

#include <stdio.h>

#include "nevermiss/text_back.h"

/* --- what each call comes to --- */

static bool is_told(const struct nm_text_back_item *item)
{
	return item->choice.why != NM_TEXT_BACK_NOT_MISSED;
}

static void caller_words(const struct nm_text_back_call *call, char out[static NM_NUMBER_TEXT])
{
	if (call->caller.number && !call->caller.anonymous)
		nm_number_words(call->caller.number, out);
	else
		snprintf(out, NM_NUMBER_TEXT, "somebody");
}

static void add_item(const struct session *session, const struct nm_text_back_item *item, struct nm_buf *out)
{
	const struct nm_plan *plan = session->plan;
	char at[NM_TIME_TEXT], who[NM_NUMBER_TEXT];

	nm_time_words(session_zone(session), item->call.began, true, at);
	caller_words(&item->call, who);
	nm_buf_addf(out, "call #%lld of %s from %s", (long long)item->call.id, at, who);
	if (item->call.line >= 0)
		nm_buf_addf(out, " to %s", plan->lines[item->call.line].name);
	nm_buf_addf(out, ": %s", nm_text_back_why_words(item->choice.why));
	if (item->choice.why == NM_TEXT_BACK_DUE)
		nm_buf_addf(out, "\n  %s", item->choice.text);
	if (nm_text_back_waits(item->choice.why)) {
		nm_time_words(session_zone(session), item->choice.at, true, at);
		nm_buf_addf(out, ", until %s at least", at);
	}
	nm_buf_add(out, "\n");
}

static size_t add_items(const struct session *session, const struct nm_text_back_list *list, struct nm_buf *out)
{
	size_t told = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (!is_told(&list->items[i]))
			continue;
		add_item(session, &list->items[i], out);
		told++;
	}
	if (!told)
		nm_buf_add(out, "no call was missed in the last hour\n");
	return told;
}

static void json_item(struct nm_json *json, const struct session *session, const struct nm_text_back_item *item)
{
	const struct nm_plan *plan = session->plan;
	char number[NM_NUMBER_TEXT];

	nm_number_write(item->call.caller.number, number);
	nm_json_object(json);
	nm_json_count(json, "call", item->call.id);
	json_time(json, session_zone(session), "at", item->call.began);
	nm_json_key(json, "from");
	nm_json_text(json, item->call.caller.number && !item->call.caller.anonymous ? number : NULL);
	nm_json_key(json, "line");
	nm_json_text(json, item->call.line >= 0 ? plan->lines[item->call.line].name : NULL);
	nm_json_key(json, "due");
	nm_json_bool(json, item->choice.why == NM_TEXT_BACK_DUE);
	nm_json_key(json, "waits");
	nm_json_bool(json, nm_text_back_waits(item->choice.why));
	nm_json_key(json, "why");
	nm_json_text(json, nm_text_back_why_words(item->choice.why));
	nm_json_key(json, "text");
	nm_json_text(json, item->choice.text);
	nm_json_end(json, '}');
}

/* --- sending --- */

/* One `text --missed`. */
struct missed {
	struct invocation *run;
	struct nm_push_context context;
	struct nm_text_back_list list;
	struct nm_text_backs backs;
	struct nm_outbox texts;
	bool dry;
};

static void tell_json(struct missed *missed)
{
	struct session *session = missed->run->session;
	struct nm_json json;

	nm_json_init(&json, missed->run->out);
	nm_json_object(&json);
	nm_json_key(&json, "calls");
	nm_json_array(&json);
	for (size_t i = 0; i < missed->list.n; i++)
		if (is_told(&missed->list.items[i]))
			json_item(&json, session, &missed->list.items[i]);
	nm_json_end(&json, ']');
	nm_json_key(&json, "dry_run");
	nm_json_bool(&json, missed->dry);
	nm_json_count(&json, "sent", (int64_t)missed->backs.sent);
	nm_json_count(&json, "waiting", (int64_t)missed->backs.waiting);
	nm_json_count(&json, "refused", (int64_t)missed->backs.refused);
	nm_json_key(&json, "texts");
	nm_json_array(&json);
	for (size_t i = 0; i < missed->texts.n; i++)
		json_outbox_text(&json, session_zone(session), &missed->texts.items[i]);
	nm_json_end(&json, ']');
	json_finish(&json, missed->run->out);
}

static void tell(struct missed *missed)
{
	struct nm_buf *out = missed->run->out;

	if (missed->run->json) {
		tell_json(missed);
		return;
	}
	if (missed->dry)
		add_items(missed->run->session, &missed->list, out);
	for (size_t i = 0; i < missed->texts.n; i++)
		outbox_words(out, &missed->texts.items[i]);
	nm_buf_addf(out, "%zu %s, %zu wait%s, %zu get%s none\n", missed->backs.sent,
		    missed->dry ? "would be sent" : "sent", missed->backs.waiting,
		    missed->backs.waiting == 1 ? "s" : "", missed->backs.refused,
		    missed->backs.refused == 1 ? "s" : "");
}

static enum nm_code ask(struct missed *missed, struct nm_error *err)
{
	struct nm_buf words;

	if (argument_given(missed->run->args, "yes"))
		return NM_OK;
	nm_buf_init(&words, 1u << 20);
	add_items(missed->run->session, &missed->list, &words);
	nm_buf_add(&words, "Text-backs that an earlier run left are gone on with.\n");
	show_first(missed->run, words.data);
	nm_buf_clear(&words);
	if (confirm_yes(missed->run, "Send what is due?"))
		return NM_OK;
	return nm_fail(err, NM_REFUSED, "no text was sent: say yes, or give --yes");
}

static enum nm_code send_missed(struct missed *missed, enum status *status, struct nm_error *err)
{
	struct session *session = missed->run->session;
	struct nm_store *store;
	enum nm_code code = session_store(session, &store, err);

	if (code == NM_OK)
		code = nm_text_backs_list(session->plan, store, session_now(session), &missed->list, err);
	if (code == NM_OK && missed->dry)
		missed->context = (struct nm_push_context){.plan = session->plan, .store = store,
							   .now = session_now(session)};
	else if (code == NM_OK)
		code = ask(missed, err);
	if (code == NM_OK && !missed->dry)
		code = session_push_context(session, &missed->context, err);
	if (code != NM_OK)
		return code;
	code = nm_text_backs_run(&missed->context, missed->dry, &missed->backs, &missed->texts, err);
	if (code == NM_OK || missed->texts.n)
		tell(missed);
	for (size_t i = 0; i < missed->texts.n; i++)
		if (missed->texts.items[i].state != NM_OUTBOX_SENT)
			*status = STATUS_CARRIER;
	return code;
}

enum nm_code text_missed(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct missed missed = {.run = run, .dry = argument_given(run->args, "dry-run")};
	enum nm_code code = missed.dry ? NM_OK : need_write(run, err);

	if (code == NM_OK && (argument_given(run->args, "to") || run->args->n_words))
		code = nm_fail(err, NM_INPUT, "--missed sends the plan's own text: give it without --to and words");
	if (code == NM_OK)
		code = send_missed(&missed, status, err);
	nm_outbox_clear(&missed.texts);
	nm_text_back_list_clear(&missed.list);
	return code;
}
