/* SPDX-License-Identifier: MIT */
/*
 * Texts through an HTTP gateway of one's own, by the requests of Kannel's sendsms (its user guide, 1.4.5; tried on the
 * real one: tests/net/kannel.py).  It sends texts and does nothing else: no line's calls go through it.
 *
 *   GET sendsms?username                                        400 "Missing receiver number": it is there, and knows us
 *   GET sendsms?username&to&from&coding&charset=UTF-8&text      202 "0: Accepted for delivery", "3: Queued ..."
 *
 * The password is the query's last field, which the transport adds.  No id comes back and nothing is listed: whether a
 * text was sent that had no answer cannot be found out, and it is not asked for again.  That it may not come so far where
 * the gateway is only down, it is asked for nothing first, which does no harm.
 */
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/drivers.h"
#include "core/carrier/form.h"
#include "core/carrier/texts.h"

#define TIMEOUT_S 30
#define QUERY_MAX (16u << 10)
/* Kannel splits a text and sends as many parts as its user's max-messages says, 10 by default, of 67 characters beyond
 * GSM's alphabet; it cuts off the rest without a word. */
#define TEXT_MAX 670

enum state { BEGIN, GREETING, SENDING };

static enum nm_step_result ask(struct nm_exchange *x, struct nm_request *next, struct nm_buf *query, enum state state)
{
	const char *tail = query->failed ? NULL : nm_arena_format(x->arena, "?%s", query->data);
	const char *url = tail != NULL ? nm_ask_url(x, "", tail) : NULL;

	nm_buf_clear(query);
	if (url == NULL)
		return nm_exchange_fail(x, "out of memory");
	*next = (struct nm_request){ .method = "GET",
				     .url = url,
				     .auth = NM_AUTH_QUERY,
				     .account = x->account,
				     .repeatable = state == GREETING,
				     .timeout_s = TIMEOUT_S,
				     .secret_url = true };
	x->state = (int)state;
	return NM_STEP_SEND;
}

static enum nm_step_result greet(struct nm_exchange *x, struct nm_request *next)
{
	struct nm_buf query;

	nm_buf_init(&query, QUERY_MAX);
	nm_form_add(&query, "username", x->account->user);
	return ask(x, next, &query, GREETING);
}

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static enum nm_step_result send_text(struct nm_exchange *x, struct nm_request *next)
{
	struct nm_buf query;

	nm_buf_init(&query, QUERY_MAX);
	nm_form_add(&query, "username", x->account->user);
	nm_form_add(&query, "from", x->number);
	nm_form_add(&query, "to", x->text->to);
	nm_form_add(&query, "charset", "UTF-8");
	nm_form_add(&query, "coding", is_ascii(x->text->body) ? "0" : "2");
	nm_form_add(&query, "text", x->text->body);
	nm_texts_asking(x);
	return ask(x, next, &query, SENDING);
}

static enum nm_step_result refused(struct nm_exchange *x, const struct nm_response *last)
{
	return nm_ask_refused(x, last,
			      last->status != 0 && last->len > 0 ? nm_ask_words(x->arena, last->body) : NULL);
}

/* Without a receiver it has nothing to send; that it says so means that it took the password. */
static enum nm_step_result take_greeting(struct nm_exchange *x, const struct nm_response *last,
					 struct nm_request *next)
{
	static const char expected[] = "Missing receiver";

	if (last->status == 400 && strncmp(last->body, expected, sizeof(expected) - 1) == 0)
		return send_text(x, next);
	return refused(x, last);
}

static enum nm_step_result take_sent(struct nm_exchange *x, const struct nm_response *last)
{
	if (last->status / 100 != 2) {
		nm_texts_refused(x, last);
		return refused(x, last);
	}
	x->texted->taken = true;
	if (strncmp(last->body, "0:", 2) != 0 && strncmp(last->body, "3:", 2) != 0)
		return nm_texts_unsure(x, "its answer is none of sendsms, and it cannot be asked again");
	x->texted->end = last->body[0] == '3' ? NM_TEXT_QUEUED : NM_TEXT_SENT;
	return NM_STEP_DONE;
}

static enum nm_step_result step(struct nm_exchange *x, const struct nm_response *last, struct nm_request *next)
{
	if (x->operation != NM_OP_TEXT)
		return nm_exchange_fail(x, "a gateway sends texts only: no calls go through it");
	if (last != NULL && x->state == GREETING)
		return take_greeting(x, last, next);
	if (last != NULL && x->state == SENDING)
		return take_sent(x, last);
	if (x->texted->asked)
		return nm_texts_unsure(x, "a gateway cannot be asked whether it has sent a text");
	return greet(x, next);
}

/* Where nothing is known of calls there is nothing to make. */
static enum nm_code render(const struct nm_route *route, const struct nm_account *account, nm_time at,
			   struct nm_artefact *out, struct nm_error *err)
{
	(void)route;
	(void)at;
	(void)out;
	return nm_fail(err, NM_INPUT,
		       "account %s sends texts only (driver gateway): put the line on the account that has its calls, "
		       "and name this one in section text_back",
		       account->name);
}

static enum nm_code check(const struct nm_account *account, struct nm_error *err)
{
	const char *at = account->endpoint;

	if (strncmp(at, "https://", 8) != 0 && strncmp(at, "http://", 7) != 0)
		return nm_fail(err, NM_INPUT, "endpoint \"%s\" is no http or https URL", at);
	if (strpbrk(at, "?#@ ") != NULL)
		return nm_fail(err, NM_INPUT,
			       "endpoint is the URL of sendsms alone, without ?, # and @: user and password are "
			       "given beside it");
	return NM_OK;
}

static const struct nm_account_key keys[] = {
	{ "endpoint", "text", "URL of sendsms: https, or http on this machine", true },
	{ "user", "text", "user name of a sendsms-user of Kannel's", true },
	{ "token_cmd", "text", "Command that prints the password; or token_env, or token_file.", false },
	{ "token_env", "text", "Environment variable that holds the password.", false },
	{ "token_file", "text", "File that holds the password.", false },
	{ NULL, NULL, NULL, false },
};

const struct nm_carrier nm_carrier_gateway = {
	.name = "gateway",
	.summary = "texts only: an HTTP gateway that is asked as Kannel's sendsms",
	.docs_url = "https://www.kannel.org/download/1.4.5/userguide-1.4.5/userguide.html",
	.traits = {
		.remote = true,
		.ring_step_s = 1,
		.confirm = NM_CONFIRM_NONE,
		.handset = NM_HANDSET_NEVER,
		.records_late_s = -1,
		.texts = true,
		.text_max = TEXT_MAX,
	},
	.keys = keys,
	.account = check,
	.render = render,
	.lift = NULL,
	.step = step,
};
