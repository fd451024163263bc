/* SPDX-License-Identifier: MIT */
/*
 * A text through Twilio.
 *
 *   https://www.twilio.com/docs/messaging/api/message-resource
 *
 *   POST Messages.json           From, To, Body: 201 with sid and status; 21610: whom it is for has opted out
 *   GET  Messages.json?To&From   all between the two numbers
 *   GET  Messages/SM....json     what became of it; 30006 (docs/api/errors/30006): a landline
 *
 * A text that may have been asked for is looked for by its words.  The list is not narrowed by DateSent: a text
 * that is queued has no such date yet.
 */
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/form.h"
#include "core/carrier/texts.h"
#include "core/carrier/twilio_leg.h"

#define FORM_MAX (16u << 10)
#define OPTED_OUT 21610
#define LANDLINE 30006

enum asked { ASKED_NOTHING, ASKED_SENDING, ASKED_LIST, ASKED_TEXT };

/* --- asking --- */

static enum nm_step_result ask(struct nm_exchange *x, struct nm_request *next, const char *path, int state)
{
	return nm_twilio_ask(x, next, path != NULL ? nm_ask_url(x, NM_TWILIO_API, path) : NULL, state);
}

static enum nm_step_result send_text(struct nm_exchange *x, struct nm_request *next)
{
	const char *path =
		nm_arena_format(x->arena, "/2010-04-01/Accounts/%s/Messages.json", x->account->sid);
	struct nm_buf form;

	if (path == NULL)
		return nm_exchange_fail(x, "out of memory");
	nm_buf_init(&form, FORM_MAX);
	nm_form_add(&form, "From", x->number);
	nm_form_add(&form, "To", x->text->to);
	nm_form_add(&form, "Body", x->text->body);
	nm_texts_asking(x);
	return nm_twilio_post(x, next, nm_ask_url(x, NM_TWILIO_API, path), &form, false, ASKED_SENDING);
}

static enum nm_step_result look(struct nm_exchange *x, struct nm_request *next)
{
	nm_texts_begin_look(x);
	return ask(
		x, next,
		nm_arena_format(x->arena,
				"/2010-04-01/Accounts/%s/Messages.json?To=%%2B%s&From=%%2B%s&PageSize=1000",
				x->account->sid, x->text->to + 1, x->number + 1),
		ASKED_LIST);
}

static enum nm_step_result ask_text(struct nm_exchange *x, struct nm_request *next)
{
	return ask(x, next,
		   nm_arena_format(x->arena, "/2010-04-01/Accounts/%s/Messages/%s.json", x->account->sid,
				   x->texted->id),
		   ASKED_TEXT);
}

/* --- a text --- */

static enum nm_text_end end_of(const struct nm_node *message, int64_t error)
{
	static const struct {
		const char *status;
		enum nm_text_end end;
	} ends[] = {
		{ "canceled", NM_TEXT_FAILED },         { "delivered", NM_TEXT_DELIVERED },
		{ "failed", NM_TEXT_FAILED },           { "partially_delivered", NM_TEXT_SENT },
		{ "read", NM_TEXT_DELIVERED },          { "sent", NM_TEXT_SENT },
		{ "undelivered", NM_TEXT_UNDELIVERED },
	};
	const char *status = nm_node_member_text(message, "status");

	if (error == OPTED_OUT)
		return NM_TEXT_OPTED_OUT;
	if (error == LANDLINE)
		return NM_TEXT_LANDLINE;
	for (size_t i = 0; status != NULL && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(status, ends[i].status) == 0)
			return ends[i].end;
	return NM_TEXT_QUEUED;
}

static bool is_sid(const char *text)
{
	return nm_twilio_is_sid(text, "SM") || nm_twilio_is_sid(text, "MM");
}

/* Takes what is said of a text that Twilio has; false: it is not said which one that is. */
static bool take_message(struct nm_exchange *x, const struct nm_node *message)
{
	const char *sid = nm_node_member_text(message, "sid"),
		   *words = nm_node_member_text(message, "error_message");
	int64_t error = 0;

	if (!is_sid(sid))
		return false;
	if (!nm_node_int(nm_node_get(message, "error_code"), 1, INT32_MAX, &error))
		error = 0;
	x->texted->id = nm_arena_text(x->arena, sid);
	x->texted->end = end_of(message, error);
	x->texted->words = words != NULL ? nm_twilio_shown(x, words) : NULL;
	if (error > 0)
		x->texted->words = nm_arena_format(x->arena, "%s%sTwilio's error %d",
						   words != NULL ? x->texted->words : "",
						   words != NULL ? ", " : "", (int)error);
	return x->texted->id != NULL;
}

static bool between(const struct nm_exchange *x, const struct nm_node *message)
{
	const char *from = nm_node_member_text(message, "from"), *to = nm_node_member_text(message, "to");

	return from != NULL && to != NULL && strcmp(from, x->number) == 0 && strcmp(to, x->text->to) == 0;
}

/* --- answers --- */

static enum nm_step_result follow(struct nm_exchange *x, struct nm_request *next)
{
	return nm_texts_follow(x) ? ask_text(x, next) : NM_STEP_DONE;
}

static enum nm_step_result take_sent(struct nm_exchange *x, struct nm_request *next,
				     const struct nm_node *root)
{
	x->texted->taken = true;
	return take_message(x, root) ? follow(x, next) : look(x, next);
}

/* The words of a text, without those that Twilio puts before each of a trial account's. */
static const char *body_of(const struct nm_node *message)
{
	static const char trial[] = "Sent from your Twilio trial account - ";
	const char *body = nm_node_member_text(message, "body");
	const size_t len = sizeof(trial) - 1;

	return body != NULL && strncmp(body, trial, len) == 0 ? body + len : body;
}

/* Looks through a page of the list; false: it does not describe texts. */
static bool find_text(struct nm_exchange *x, const struct nm_node *list)
{
	for (size_t i = 0; i < nm_node_count(list) && x->texted->id == NULL; i++) {
		const struct nm_node *message = nm_node_at(list, i);
		const char *sid = nm_node_member_text(message, "sid");

		if (!between(x, message))
			continue;
		if (!is_sid(sid) ||
		    (nm_texts_is(x, sid, body_of(message), nm_twilio_leg_time(message, "date_created")) &&
		     !take_message(x, message)))
			return false;
	}
	return nm_node_is_array(list);
}

static enum nm_step_result take_list(struct nm_exchange *x, struct nm_request *next,
				     const struct nm_node *root)
{
	const char *page = nm_twilio_next_page(x, NM_TWILIO_API, nm_node_member_text(root, "next_page_uri"));

	if (!find_text(x, nm_node_get(root, "messages")))
		return nm_exchange_fail(x, "its answer lists no texts");
	if (x->texted->id != NULL)
		return follow(x, next);
	if (page != NULL)
		return nm_twilio_turn_page(x, next, page);
	switch (nm_texts_absent(x)) {
	case NM_TEXTS_LOOK_AGAIN:
		return look(x, next);
	case NM_TEXTS_ABSENT:
		return send_text(x, next);
	case NM_TEXTS_UNSURE:
		break;
	}
	return NM_STEP_FAILED;
}

/* Of the text that is followed: an answer about another one is none. */
static enum nm_step_result take_text(struct nm_exchange *x, struct nm_request *next,
				     const struct nm_node *root)
{
	const char *sid = nm_node_member_text(root, "sid");

	if (sid == NULL || strcmp(sid, x->texted->id) != 0 || !take_message(x, root))
		return nm_exchange_fail(x, "its answer does not describe the text");
	return follow(x, next);
}

/* The request that sends was answered with something else than a document. */
static enum nm_step_result take_refusal(struct nm_exchange *x, struct nm_request *next,
					const struct nm_response *last)
{
	struct nm_node *root = NULL;
	int64_t code = 0;

	if (last->status / 100 == 2) {
		x->texted->taken = true;
		return look(x, next);
	}
	nm_texts_refused(x, last);
	if (last->status / 100 != 4 || nm_node_read(last->body, last->len, &root, NULL) != NM_OK)
		return NM_STEP_FAILED;
	if (!nm_node_int(nm_node_get(root, "code"), 1, INT32_MAX, &code))
		code = 0;
	nm_node_free(root);
	if (code != OPTED_OUT)
		return NM_STEP_FAILED;
	x->texted->end = NM_TEXT_OPTED_OUT;
	x->texted->words = x->note;
	return NM_STEP_DONE;
}

static enum nm_step_result begin(struct nm_exchange *x, struct nm_request *next)
{
	if (!nm_twilio_has_sid(x))
		return NM_STEP_FAILED;
	if (x->texted->id != NULL)
		return is_sid(x->texted->id) ? ask_text(x, next) : nm_exchange_fail(x, "its id is no id");
	return x->texted->asked ? look(x, next) : send_text(x, next);
}

enum nm_step_result nm_twilio_text(struct nm_exchange *x, const struct nm_response *last,
				   struct nm_request *next)
{
	const enum asked asked = (enum asked)(x->state % NM_ASKED_PAGE);
	enum nm_step_result result = NM_STEP_FAILED;
	struct nm_node *root;

	if (asked == ASKED_NOTHING || last == NULL)
		return begin(x, next);
	root = nm_twilio_document(x, last, &result);
	if (root == NULL)
		return asked == ASKED_SENDING ? take_refusal(x, next, last) : result;
	if (asked == ASKED_SENDING)
		result = take_sent(x, next, root);
	else
		result = asked == ASKED_LIST ? take_list(x, next, root) : take_text(x, next, root);
	nm_node_free(root);
	return result;
}
