/* SPDX-License-Identifier: MIT */
/*
 * A text through VoIP.ms, of 160 characters at most, between numbers of North America.
 *
 *   sendSMS  did, dst, message                     {"status":"success","sms":"111120"}
 *   getSMS   did, contact, type 0, from, to, limit {"status":"success","sms":[{"id","contact","message"}]}; no_sms
 *
 * A text that may have been asked for is looked for by its words.  What becomes of a text is not told.
 */
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/texts.h"
#include "core/carrier/voipms.h"

#define LIMIT 1000

enum state { BEGIN, SENDING, LOOKING };

/* --- asking --- */

static enum nm_step_result send_text(struct nm_exchange *x, struct nm_request *next)
{
	const struct voipms_field fields[] = { { "did", x->number + 2 },
					       { "dst", x->text->to + 2 },
					       { "message", x->text->body },
					       { NULL, NULL } };

	if (voipms_ask(x, next, "sendSMS", fields, SENDING) != NM_STEP_SEND)
		return NM_STEP_FAILED;
	next->repeatable = false;
	nm_texts_asking(x);
	return NM_STEP_SEND;
}

static const char *day(struct nm_exchange *x, int days)
{
	const struct nm_date date = nm_date_from_days(nm_local_day(x->text->begun) + days);

	return nm_arena_format(x->arena, "%04d-%02d-%02d", date.year, date.month, date.day);
}

/* What was sent to the number in the days around the one on which the text was first tried: in which zone VoIP.ms
 * counts them is not known. */
static enum nm_step_result look(struct nm_exchange *x, struct nm_request *next)
{
	const char *limit = nm_arena_format(x->arena, "%d", LIMIT);
	const struct voipms_field fields[] = { { "did", x->number + 2 },
					       { "contact", x->text->to + 2 },
					       { "type", "0" },
					       { "from", day(x, -1) },
					       { "to", day(x, 2) },
					       { "limit", limit },
					       { NULL, NULL } };

	if (limit == NULL || fields[3].value == NULL || fields[4].value == NULL)
		return nm_exchange_fail(x, "out of memory");
	nm_texts_begin_look(x);
	return voipms_ask(x, next, "getSMS", fields, LOOKING);
}

/* --- answers --- */

static enum nm_step_result taken(struct nm_exchange *x)
{
	x->texted->end = NM_TEXT_SENT;
	return NM_STEP_DONE;
}

static bool is_to(const struct nm_exchange *x, const struct nm_node *text)
{
	const char *ten = x->text->to + 2;

	return voipms_is(text, "contact", ten) || voipms_is(text, "contact", ten - 1);
}

static enum nm_step_result take_list(struct nm_exchange *x, struct nm_request *next,
				     const struct nm_node *list)
{
	for (size_t i = 0; i < nm_node_count(list); i++) {
		const struct nm_node *text = nm_node_at(list, i);
		char space[VOIPMS_ID_TEXT];
		const char *id = voipms_text(text, "id", space);

		if (!is_to(x, text))
			continue;
		if (id == NULL || !nm_ask_is_id(id))
			return nm_exchange_fail(x, "its answer names no id for a text");
		if (nm_texts_is(x, id, nm_node_member_text(text, "message"), 0))
			return taken(x);
	}
	switch (nm_texts_absent(x)) {
	case NM_TEXTS_LOOK_AGAIN:
		return look(x, next);
	case NM_TEXTS_ABSENT:
		if (nm_node_count(list) >= LIMIT)
			return nm_texts_unsure(x, "it shows the first %d texts only", LIMIT);
		return send_text(x, next);
	case NM_TEXTS_UNSURE:
		break;
	}
	return NM_STEP_FAILED;
}

static enum nm_step_result take_looked(struct nm_exchange *x, struct nm_request *next,
				       const struct nm_node *root, const char *status)
{
	const struct nm_node *list = nm_node_get(root, "sms");

	if (strcmp(status, "no_sms") == 0)
		return take_list(x, next, NULL);
	if (strcmp(status, "success") != 0)
		return voipms_refused(x, status);
	if (!nm_node_is_array(list))
		return nm_exchange_fail(x, "its answer lists no texts");
	return take_list(x, next, list);
}

static enum nm_step_result take_sent(struct nm_exchange *x, struct nm_request *next,
				     const struct nm_node *root, const char *status)
{
	char space[VOIPMS_ID_TEXT];
	const char *id = voipms_text(root, "sms", space);

	if (strcmp(status, "success") != 0) {
		x->texted->asked = false;
		return voipms_refused(x, status);
	}
	x->texted->taken = true;
	if (id == NULL || !nm_ask_is_id(id))
		return look(x, next);
	x->texted->id = nm_arena_text(x->arena, id);
	return x->texted->id != NULL ? taken(x) : nm_exchange_fail(x, "out of memory");
}

static enum nm_step_result take(struct nm_exchange *x, const struct nm_response *last,
				struct nm_request *next)
{
	const char *status;
	struct nm_node *root = voipms_document(x, last, &status);
	enum nm_step_result result;

	if (root == NULL && x->state == SENDING && last->status / 100 == 2) {
		x->texted->taken = true;
		return look(x, next);
	}
	if (root == NULL && x->state == SENDING)
		nm_texts_refused(x, last);
	if (root == NULL)
		return NM_STEP_FAILED;
	result = x->state == SENDING ? take_sent(x, next, root, status) : take_looked(x, next, root, status);
	nm_node_free(root);
	return result;
}

enum nm_step_result voipms_text_step(struct nm_exchange *x, const struct nm_response *last,
				     struct nm_request *next)
{
	if (x->state != BEGIN && last != NULL)
		return take(x, last, next);
	if (!voipms_is_ten_digits(x->text->to))
		return nm_exchange_fail(x, "%s is no number of North America", x->text->to);
	if (x->texted->id != NULL)
		return taken(x);
	return x->texted->asked ? look(x, next) : send_text(x, next);
}
