/* SPDX-License-Identifier: MIT */
/*
 * `calls forget` and `calls expire`: people taken out of the store, one number on request or what is older than the plan's
 * retention.  What carriers have of a forgotten number is listed, since it stays there, or deleted there on request.
 */
#include "forget_kept.h"

#include <string.h>

#include "nevermiss/forget.h"

#define LISTED 20 /* traces at carriers that are told in words; JSON has all */

/* --- forget --- */

/* What is being forgotten, and where. */
struct forgetting {
	nm_number number;
	struct nm_forgotten found;    /* in the store */
	bool there;                   /* at the carriers too */
	struct nm_kept_accounts kept; /* by them */
	bool held;                    /* something stays there: the store keeps what it is found by */
	bool whole;
};

struct counts {
	int64_t calls, followups, texts, events;
};

static void counts_words(struct nm_buf *out, struct counts n)
{
	nm_buf_addf(out, "%lld call%s, %lld follow-up%s, %lld text%s, %lld event%s for the CRM", (long long)n.calls,
		    n.calls == 1 ? "" : "s", (long long)n.followups, n.followups == 1 ? "" : "s",
		    (long long)n.texts, n.texts == 1 ? "" : "s", (long long)n.events, n.events == 1 ? "" : "s");
}

static struct counts counts_of(const struct nm_forgotten *found)
{
	return (struct counts){ found->calls, found->followups, found->texts, found->events };
}

/* A carrier has it, and did not answer for it. */
static bool is_carriers(const struct invocation *run, const struct forgetting *forgetting,
			const struct nm_trace_left *left)
{
	const struct nm_carrier *carrier = nm_carrier_find(left->driver);

	return carrier && carrier->traits.remote && !nm_kept_covers(&forgetting->kept, run->session->plan, left);
}

static const char *left_name(const struct nm_trace_left *left)
{
	if (left->naming)
		return "text that names it";
	return left->text ? "text" : "call";
}

static void left_words(struct invocation *run, const struct forgetting *forgetting)
{
	const struct nm_forgotten *found = &forgetting->found;
	char at[NM_TIME_TEXT];
	bool deletes = false;
	size_t n = 0;

	for (size_t i = 0; i < found->n_left; i++) {
		const struct nm_trace_left *left = &found->left[i];

		if (!is_carriers(run, forgetting, left))
			continue;
		deletes = deletes || nm_carrier_find(left->driver)->traits.forgets;
		if (n++ >= LISTED)
			continue;
		if (n == 1)
			nm_buf_add(run->out, "These stay with the carriers until they are deleted there:\n");
		nm_time_words(session_zone(run->session), left->at, true, at);
		nm_buf_addf(run->out, "  %s: %s of %s, line ", left->driver, left_name(left), at);
		add_safe(run->out, left->line);
		nm_buf_add(run->out, ", ");
		add_safe(run->out, left->carrier_id ? left->carrier_id : "no id");
		nm_buf_add(run->out, "\n");
	}
	if (n > LISTED)
		nm_buf_addf(run->out, "  and %zu more: --json has them all\n", n - LISTED);
	if (deletes && !forgetting->there)
		nm_buf_add(run->out, "`calls forget` with --at-carriers deletes there what can be, recordings too.\n");
}

static void forgotten_words(struct invocation *run, const struct forgetting *forgetting)
{
	const struct nm_forgotten *found = &forgetting->found;

	nm_buf_add(run->out, forgetting->held ? "not forgotten yet: " : "forgotten: ");
	counts_words(run->out, counts_of(found));
	nm_buf_add(run->out, forgetting->held ? ", by which the rest is found again\n" : "\n");
	if (forgetting->there)
		kept_deleted_words(run, &forgetting->kept, run->out);
	left_words(run, forgetting);
	if (forgetting->held)
		return;
	if (found->events)
		nm_buf_add(run->out, "What the CRM was told of stays there until it is deleted there.\n");
	if (found->versions)
		nm_buf_addf(run->out, "%lld kept version%s of the plan name%s it, and stay%s.\n",
			    (long long)found->versions, found->versions == 1 ? "" : "s",
			    found->versions == 1 ? "s" : "", found->versions == 1 ? "s" : "");
	if (!forgetting->whole)
		nm_buf_add(run->out, "Another nevermiss has the store open: bytes of it may stand in the file beside "
				     "the store until that one ends; forget the number again then.\n");
}

static void forgotten_json(struct invocation *run, const struct forgetting *forgetting)
{
	const struct nm_forgotten *found = &forgetting->found;
	struct nm_json json;

	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_count(&json, "calls", found->calls);
	nm_json_count(&json, "followups", found->followups);
	nm_json_count(&json, "texts", found->texts);
	nm_json_count(&json, "events", found->events);
	nm_json_count(&json, "versions", found->versions);
	nm_json_key(&json, "forgotten");
	nm_json_bool(&json, !forgetting->held);
	nm_json_key(&json, "whole");
	nm_json_bool(&json, forgetting->whole);
	nm_json_key(&json, "left");
	nm_json_array(&json);
	for (size_t i = 0; i < found->n_left; i++) {
		const struct nm_trace_left *left = &found->left[i];

		if (!is_carriers(run, forgetting, left))
			continue;
		nm_json_object(&json);
		nm_json_key(&json, "driver");
		nm_json_text(&json, left->driver);
		nm_json_key(&json, "line");
		nm_json_text(&json, left->line);
		nm_json_key(&json, "what");
		nm_json_text(&json, left->text ? "text" : "call");
		nm_json_key(&json, "carrier_id");
		nm_json_text(&json, left->carrier_id);
		json_time(&json, session_zone(run->session), "at", left->at);
		nm_json_end(&json, '}');
	}
	nm_json_end(&json, ']');
	if (forgetting->there)
		kept_json(run, &forgetting->kept, &json);
	json_finish(&json, run->out);
}

/* An emergency that nobody has taken care of is more than a trace of its caller. */
static void alerts_words(struct nm_buf *out, int64_t n)
{
	if (n == 1)
		nm_buf_add(out, "Nobody has answered the alert of an emergency call of theirs yet: nobody else is texted about it then.\n");
	else if (n > 1)
		nm_buf_addf(out, "Nobody has answered the alerts of %lld emergency calls of theirs yet: nobody else is texted about "
				 "them then.\n",
			    (long long)n);
}

static enum nm_code ask(const struct invocation *run, const struct forgetting *forgetting, struct nm_error *err)
{
	char text[NM_NUMBER_TEXT];
	struct nm_buf words;

	if (argument_given(run->args, "yes"))
		return NM_OK;
	nm_number_words(forgetting->number, text);
	nm_buf_init(&words, 1u << 16);
	nm_buf_addf(&words, "Of %s there are ", text);
	counts_words(&words, counts_of(&forgetting->found));
	nm_buf_add(&words, ".  They cannot be brought back.\n");
	alerts_words(&words, forgetting->found.alerts);
	if (forgetting->there)
		kept_found_words(run, &forgetting->kept, &words);
	show_first(run, words.data);
	nm_buf_clear(&words);
	if (confirm_yes(run, forgetting->there ? "Forget all that, and delete it there?" : "Forget all that?"))
		return NM_OK;
	return nm_fail(err, NM_REFUSED, "nothing was forgotten: say yes, or give --yes");
}

static enum nm_code read_number(const struct invocation *run, nm_number *out, struct nm_error *err)
{
	const char *text = run->args->n_words > 1 ? run->args->words[1] : NULL;

	if (!text)
		return nm_fail(err, NM_INPUT, "say whose: calls forget NUMBER");
	return nm_number_read(text, run->session->plan->country, out, err);
}

/* Most of it is that the store's file is written anew, of which nobody knows how far it is. */
static bool told_number(void *context, size_t done, size_t all)
{
	const struct session *session = context;

	(void)done;
	(void)all;
	return session->working(session->progress_context, "number forgotten", 0, 1);
}

/* Looks, asks, and lets go: first at the carriers, so that what fails there can be seen and found again. */
static enum nm_code forget(struct invocation *run, struct nm_store *store, struct forgetting *forgetting,
			   struct nm_error *err)
{
	struct nm_push_context context;
	enum nm_code code = nm_store_traces(store, forgetting->number, &forgetting->found, err);

	if (!code && forgetting->there)
		code = session_push_context(run->session, &context, err);
	if (!code && forgetting->there)
		code = nm_kept_find(&context, forgetting->number, &forgetting->found, &forgetting->kept, err);
	if (!code)
		code = ask(run, forgetting, err);
	if (!code && forgetting->there)
		code = nm_kept_delete(&context, &forgetting->kept, err);
	forgetting->held = !kept_all_gone(&forgetting->kept);
	if (code || forgetting->held)
		return code;
	nm_store_ask(store, run->session->working ? told_number : NULL, run->session);
	code = nm_store_forget(store, forgetting->number, session_now(run->session), &forgetting->whole, err);
	nm_store_ask(store, NULL, NULL);
	return code;
}

enum nm_code calls_forget(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct forgetting forgetting = { .there = argument_given(run->args, "at-carriers"), .whole = true };
	struct nm_store *store;
	enum nm_code code = need_write(run, err);

	*status = STATUS_GOOD;
	if (!code)
		code = read_number(run, &forgetting.number, err);
	if (!code)
		code = session_store(run->session, &store, err);
	if (!code)
		code = forget(run, store, &forgetting, err);
	if (!code && run->json)
		forgotten_json(run, &forgetting);
	else if (!code)
		forgotten_words(run, &forgetting);
	if (!code && !forgetting.whole)
		*status = STATUS_WRONG;
	if (!code && !kept_all_gone(&forgetting.kept))
		*status = STATUS_CARRIER;
	nm_kept_accounts_clear(&forgetting.kept);
	nm_forgotten_clear(&forgetting.found);
	return code;
}

/* --- expire --- */

static bool told_calls(void *context, size_t done, size_t all)
{
	const struct session *session = context;

	return session->working(session->progress_context, "calls and follow-ups let go", done, all);
}

enum nm_code expire_now(struct session *session, struct nm_store *store, struct nm_expired *out, struct nm_error *err)
{
	enum nm_code code;

	nm_store_ask(store, session->working ? told_calls : NULL, session);
	code = nm_expire(store, session->plan, session_now(session), out, err);
	nm_store_ask(store, NULL, NULL);
	return code;
}

void expired_words(struct invocation *run, const struct nm_expired *expired)
{
	char retention[NM_TIME_TEXT];

	if (!expired->calls && !expired->followups && !expired->texts && !expired->events)
		return;
	nm_duration_words(run->session->plan->retention_s, retention);
	nm_buf_addf(run->out, "older than the plan's retention (%s), and gone: ", retention);
	counts_words(run->out,
		     (struct counts){ expired->calls, expired->followups, expired->texts, expired->events });
	nm_buf_add(run->out, "\n");
}

void expired_json(struct nm_json *json, const struct nm_expired *expired)
{
	nm_json_key(json, "expired");
	nm_json_object(json);
	nm_json_count(json, "calls", expired->calls);
	nm_json_count(json, "followups", expired->followups);
	nm_json_count(json, "texts", expired->texts);
	nm_json_count(json, "events", expired->events);
	nm_json_end(json, '}');
}

enum nm_code calls_expire(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_expired expired = { 0 };
	struct nm_store *store;
	struct nm_json json;
	enum nm_code code = need_write(run, err);

	*status = STATUS_GOOD;
	if (!code && !run->session->plan->retention_s)
		code = nm_fail(err, NM_INPUT, "the plan keeps everything: `retention = 52w` at its top lets go of what is older");
	if (!code)
		code = session_store(run->session, &store, err);
	if (!code)
		code = expire_now(run->session, store, &expired, err);
	if (code)
		return code;
	if (run->json) {
		nm_json_init(&json, run->out);
		nm_json_object(&json);
		expired_json(&json, &expired);
		json_finish(&json, run->out);
		return NM_OK;
	}
	expired_words(run, &expired);
	if (!run->out->len)
		nm_buf_add(run->out, "nothing is older than the plan's retention\n");
	return NM_OK;
}
