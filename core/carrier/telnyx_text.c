/* SPDX-License-Identifier: MIT */
/*
 * A text through Telnyx (https://developers.telnyx.com/docs/messaging).
 *
 *   POST /messages        {"from","to","text","type":"SMS"}: {"data":{"id","to":[{"status"}],"errors":[]}};
 *                         error 40300: whom it is for has opted out
 *   GET  /messages/ID     what became of it, and its words
 *   GET  /detail_records  of texts, which have no words
 *
 * A text that may have been asked for is looked for among the records between the two numbers, and known by
 * the words that its message has.  Records come when a text has ended, nobody says how late: that there is none does
 * not mean that it was not sent, so it is not asked for again.
 */
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/json.h"
#include "core/carrier/telnyx.h"
#include "core/carrier/texts.h"
#include "nevermiss/json.h"

#define BODY_MAX (16u << 10)
#define OPTED_OUT "40300"
#define LANDLINE "40001" /* or not routable: docs/messaging/messages/error-codes */
#define PAGE_SIZE 50

enum state { BEGIN, SENDING, LOOKING, READING, FOLLOWING };

/* The ids of records that may be it, not read yet, a blank after each. */
#define CANDIDATES "candidates"
#define CANDIDATES_MAX 4096

/* --- asking --- */

static enum nm_step_result send_text(struct nm_exchange *x, struct nm_request *next)
{
	struct nm_json json;
	struct nm_buf body;

	nm_buf_init(&body, BODY_MAX);
	nm_json_init(&json, &body);
	nm_json_object(&json);
	nm_json_key(&json, "from");
	nm_json_text(&json, x->number);
	nm_json_key(&json, "text");
	nm_json_text(&json, x->text->body);
	nm_json_key(&json, "to");
	nm_json_text(&json, x->text->to);
	nm_json_key(&json, "type");
	nm_json_text(&json, "SMS");
	nm_json_end(&json, '}');
	if (nm_telnyx_ask(x, next, "POST", "/messages", SENDING) != NM_STEP_SEND) {
		nm_buf_clear(&body);
		return NM_STEP_FAILED;
	}
	next->body = body.failed ? NULL : nm_arena_text(x->arena, body.data);
	nm_buf_clear(&body);
	if (next->body == NULL) /* check_words bounds the text: it fits */
		return nm_exchange_fail(x, "out of memory");
	next->type = "application/json";
	next->len = strlen(next->body);
	next->repeatable = false;
	nm_texts_asking(x);
	return NM_STEP_SEND;
}

/* The newest records of texts to the number, from the day before on: whose clock is right is not known. */
static enum nm_step_result look(struct nm_exchange *x, struct nm_request *next)
{
	const struct nm_date day = nm_date_from_days(nm_local_day(x->text->begun) - 1);

	nm_texts_begin_look(x);
	return nm_telnyx_ask(
		x, next, "GET",
		nm_arena_format(
			x->arena,
			"/detail_records?filter%%5Brecord_type%%5D=messaging&filter%%5Bdirection%%5D=outbound"
			"&filter%%5Bcld%%5D=%%2B%s&filter%%5Bcreated_at%%5D%%5Bgte%%5D=%04d-%02d-%02d"
			"&page%%5Bnumber%%5D=1&page%%5Bsize%%5D=%d&sort=-created_at",
			x->text->to + 1, day.year, day.month, day.day, PAGE_SIZE),
		LOOKING);
}

static enum nm_step_result ask_text(struct nm_exchange *x, struct nm_request *next, const char *id, int state)
{
	return nm_telnyx_ask(x, next, "GET", nm_arena_format(x->arena, "/messages/%s", id), state);
}

/* --- a text --- */

static enum nm_text_end end_of(const struct nm_node *message, const char *error)
{
	static const struct {
		const char *status;
		enum nm_text_end end;
	} ends[] = {
		{ "delivered", NM_TEXT_DELIVERED },       { "delivery_failed", NM_TEXT_UNDELIVERED },
		{ "delivery_unconfirmed", NM_TEXT_SENT }, { "expired", NM_TEXT_UNDELIVERED },
		{ "sending_failed", NM_TEXT_FAILED },     { "sent", NM_TEXT_SENT },
	};
	const char *status = nm_node_member_text(nm_node_at(nm_node_get(message, "to"), 0), "status");

	if (error != NULL && strcmp(error, OPTED_OUT) == 0)
		return NM_TEXT_OPTED_OUT;
	if (error != NULL && strcmp(error, LANDLINE) == 0)
		return NM_TEXT_LANDLINE;
	for (size_t i = 0; status != NULL && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(status, ends[i].status) == 0)
			return ends[i].end;
	return NM_TEXT_QUEUED;
}

/* What is said of the text; false: it is not said which one that is, or memory is out. */
static bool take_message(struct nm_exchange *x, const struct nm_node *message)
{
	const struct nm_node *error = nm_node_at(nm_node_get(message, "errors"), 0);
	const char *id = nm_node_member_text(message, "id"), *code = nm_node_member_text(error, "code"),
		   *words = nm_node_member_text(error, "title");

	if (id == NULL || !nm_ask_is_id(id))
		return false;
	x->texted->id = nm_arena_text(x->arena, id);
	x->texted->end = end_of(message, code);
	x->texted->words = NULL;
	if (words == NULL && code == NULL)
		return x->texted->id != NULL;
	words = nm_arena_format(x->arena, "%s%sTelnyx's error %s", words != NULL ? words : "",
				words != NULL ? ", " : "", code != NULL ? code : "unknown");
	x->texted->words = words != NULL ? nm_ask_words(x->arena, words) : NULL;
	return x->texted->id != NULL && x->texted->words != NULL;
}

/* --- looking --- */

static bool is_between(const struct nm_exchange *x, const struct nm_node *record)
{
	const char *cli = nm_node_member_text(record, "cli"), *cld = nm_node_member_text(record, "cld");

	return cli != NULL && cld != NULL && strcmp(cli + (cli[0] == '+'), x->number + 1) == 0 &&
	       strcmp(cld + (cld[0] == '+'), x->text->to + 1) == 0;
}

static bool keep_candidates(struct nm_exchange *x, const struct nm_node *list)
{
	struct nm_buf ids;
	bool ok;

	nm_buf_init(&ids, CANDIDATES_MAX);
	for (size_t i = 0; i < nm_node_count(list); i++) {
		const char *id = nm_node_member_text(nm_node_at(list, i), "uuid");

		if (id == NULL)
			id = nm_node_member_text(nm_node_at(list, i), "id");
		if (id != NULL && nm_ask_is_id(id) && is_between(x, nm_node_at(list, i)) &&
		    !nm_texts_known(x, id))
			nm_buf_addf(&ids, "%s ", id);
	}
	ok = !ids.failed && nm_exchange_set_id(x, CANDIDATES, ids.data, NULL) == NM_OK;
	nm_buf_clear(&ids);
	return ok;
}

/* Reads the next that may be it; when there is none any more, the look has found nothing. */
static enum nm_step_result read_candidate(struct nm_exchange *x, struct nm_request *next)
{
	const char *ids = nm_exchange_id(x, CANDIDATES), *end = strchr(ids, ' ');
	const char *id = end != NULL ? nm_arena_textn(x->arena, ids, (size_t)(end - ids)) : NULL;

	if (end != NULL) {
		if (id == NULL || nm_exchange_set_id(x, CANDIDATES, end + 1, NULL) != NM_OK)
			return nm_exchange_fail(x, "out of memory");
		return ask_text(x, next, id, READING);
	}
	switch (nm_texts_absent(x)) {
	case NM_TEXTS_LOOK_AGAIN:
		return look(x, next);
	case NM_TEXTS_ABSENT:
		return nm_texts_unsure(x, "it has no record of a text to %s, which may come late",
				       x->text->to);
	case NM_TEXTS_UNSURE:
		break;
	}
	return NM_STEP_FAILED;
}

/* --- answers --- */

static enum nm_step_result follow(struct nm_exchange *x, struct nm_request *next)
{
	return nm_texts_follow(x) ? ask_text(x, next, x->texted->id, FOLLOWING) : NM_STEP_DONE;
}

static enum nm_step_result take_candidate(struct nm_exchange *x, struct nm_request *next,
					  const struct nm_node *message)
{
	const char *id = nm_node_member_text(message, "id");

	if (id != NULL && nm_ask_is_id(id) && nm_texts_is(x, id, nm_node_member_text(message, "text"), 0) &&
	    take_message(x, message))
		return follow(x, next);
	return read_candidate(x, next);
}

static enum nm_step_result take_refusal(struct nm_exchange *x, const struct nm_response *last)
{
	const enum nm_step_result result = nm_telnyx_refused(x, last);
	struct nm_node *root = NULL;
	const char *code;

	nm_texts_refused(x, last);
	if (last->status / 100 != 4 || nm_node_read(last->body, last->len, &root, NULL) != NM_OK)
		return result;
	code = nm_node_member_text(nm_node_at(nm_node_get(root, "errors"), 0), "code");
	if (code != NULL && strcmp(code, OPTED_OUT) == 0) {
		x->texted->end = NM_TEXT_OPTED_OUT;
		x->texted->words = x->note;
	}
	nm_node_free(root);
	return x->texted->end == NM_TEXT_OPTED_OUT ? NM_STEP_DONE : result;
}

static enum nm_step_result take_document(struct nm_exchange *x, struct nm_request *next,
					 const struct nm_node *data)
{
	switch ((enum state)x->state) {
	case SENDING:
		x->texted->taken = true;
		return take_message(x, data) ? follow(x, next) : look(x, next);
	case LOOKING:
		if (!nm_node_is_array(data) || !keep_candidates(x, data))
			return nm_exchange_fail(x, "its answer lists no texts");
		return read_candidate(x, next);
	case READING:
		return take_candidate(x, next, data);
	default:
		if (!take_message(x, data))
			return nm_exchange_fail(x, "its answer does not describe the text");
		return follow(x, next);
	}
}

static enum nm_step_result take(struct nm_exchange *x, const struct nm_response *last,
				struct nm_request *next)
{
	struct nm_node *root = NULL;
	struct nm_error err;
	enum nm_step_result result;

	if (last->status == 404 && x->state == READING)
		return read_candidate(x, next);
	if (last->status / 100 != 2)
		return x->state == SENDING ? take_refusal(x, last) : nm_telnyx_refused(x, last);
	if (nm_node_read(last->body, last->len, &root, &err) != NM_OK && x->state != SENDING)
		return nm_exchange_fail(x, "its answer cannot be read: %s", err.text);
	result = take_document(x, next, nm_node_get(root, "data"));
	nm_node_free(root);
	return result;
}

enum nm_step_result nm_telnyx_text(struct nm_exchange *x, const struct nm_response *last,
				   struct nm_request *next)
{
	if (x->state != BEGIN && last != NULL)
		return take(x, last, next);
	if (x->texted->id != NULL)
		return nm_ask_is_id(x->texted->id) ? ask_text(x, next, x->texted->id, FOLLOWING)
						   : nm_exchange_fail(x, "its id is no id");
	return x->texted->asked ? look(x, next) : send_text(x, next);
}
