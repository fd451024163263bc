/* SPDX-License-Identifier: MIT */
/*
 * Texts through the built-in carrier, which keeps them in the store and brings them to nobody.
 *
 *   POST sandbox:/lines/NUMBER/texts   To: NUMBER, the words as body   201 {"id":"..."}
 *   GET  sandbox:/lines/NUMBER/texts   200 [{"id","to","body"}], the newest first
 *   GET  sandbox:/lines/NUMBER/inbound 200 [{"id","from","body","at"}], texts that came, likewise, at most
 *                                    NM_SANDBOX_INBOUND_LISTED; at in seconds
 *
 * Like real ones it sends what it is asked for as often as it is asked.
 */
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/inbound.h"
#include "core/carrier/json.h"
#include "core/carrier/sandbox.h"
#include "core/carrier/texts.h"

enum state { BEGIN, SENDING, LOOKING };

static enum nm_step_result send_text(struct nm_exchange *x, struct nm_request *next)
{
	const char *to = nm_arena_format(x->arena, "To: %s", x->text->to);

	if (to == NULL || nm_sandbox_ask(x, next, "POST", "/texts", SENDING) != NM_STEP_SEND)
		return nm_exchange_fail(x, "out of memory");
	next->headers[next->n_headers++] = to;
	next->type = "text/plain";
	next->body = x->text->body;
	next->len = strlen(x->text->body);
	nm_texts_asking(x);
	return NM_STEP_SEND;
}

static enum nm_step_result look(struct nm_exchange *x, struct nm_request *next)
{
	nm_texts_begin_look(x);
	return nm_sandbox_ask(x, next, "GET", "/texts", LOOKING);
}

static enum nm_step_result arrived(struct nm_exchange *x)
{
	x->texted->end = NM_TEXT_DELIVERED;
	return NM_STEP_DONE;
}

static enum nm_step_result take_sent(struct nm_exchange *x, struct nm_request *next,
				     const struct nm_node *root)
{
	const char *id = nm_node_member_text(root, "id");

	x->texted->taken = true;
	if (id == NULL || !nm_ask_is_id(id))
		return look(x, next);
	x->texted->id = nm_arena_text(x->arena, id);
	return x->texted->id != NULL ? arrived(x) : nm_exchange_fail(x, "out of memory");
}

static enum nm_step_result take_list(struct nm_exchange *x, struct nm_request *next,
				     const struct nm_node *root)
{
	if (!nm_node_is_array(root))
		return nm_exchange_fail(x, "its answer lists no texts");
	for (size_t i = 0; i < nm_node_count(root); i++) {
		const struct nm_node *one = nm_node_at(root, i);
		const char *to = nm_node_member_text(one, "to");
		const char *id;
		int64_t number;

		if (to == NULL || strcmp(to, x->text->to) != 0 ||
		    !nm_node_int(nm_node_get(one, "id"), 1, INT64_MAX, &number))
			continue;
		id = nm_arena_format(x->arena, "%lld", (long long)number);
		if (id == NULL)
			return nm_exchange_fail(x, "out of memory");
		if (nm_texts_is(x, id, nm_node_member_text(one, "body"), 0))
			return arrived(x);
	}
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

static enum nm_step_result take(struct nm_exchange *x, const struct nm_response *last,
				struct nm_request *next)
{
	struct nm_node *root = NULL;
	enum nm_step_result result;

	if (last->status / 100 != 2 && x->state == SENDING)
		nm_texts_refused(x, last);
	if (last->status / 100 != 2)
		return nm_ask_refused_here(x, last);
	if (nm_node_read(last->body, last->len, &root, NULL) != NM_OK && x->state == LOOKING)
		return nm_exchange_fail(x, "its answer makes no sense");
	result = x->state == SENDING ? take_sent(x, next, root) : take_list(x, next, root);
	nm_node_free(root);
	return result;
}

enum nm_step_result nm_sandbox_text(struct nm_exchange *x, const struct nm_response *last,
				    struct nm_request *next)
{
	if (x->state != BEGIN && last != NULL)
		return take(x, last, next);
	if (x->texted->id != NULL)
		return arrived(x);
	return x->texted->asked ? look(x, next) : send_text(x, next);
}

/* --- texts that came --- */

/* The list has the newest first, and may lack some when it is as long as one can be and does not reach back to `since`. */
static enum nm_step_result take_inbound(struct nm_exchange *x, const struct nm_node *root)
{
	const size_t n = nm_node_count(root);
	nm_time oldest = NM_TIME_MAX;

	if (!nm_node_is_array(root))
		return nm_exchange_fail(x, "its answer lists no texts");
	for (size_t i = 0; i < n; i++) {
		const struct nm_node *one = nm_node_at(root, i);
		struct nm_inbound_text text = { .from = nm_node_member_text(one, "from"),
						.body = nm_node_member_text(one, "body") };
		int64_t number;

		if (!nm_node_int(nm_node_get(one, "id"), 1, INT64_MAX, &number) ||
		    !nm_node_int(nm_node_get(one, "at"), NM_TIME_MIN, NM_TIME_MAX, &text.at)) {
			x->inbound->odd++;
			continue;
		}
		text.id = nm_arena_format(x->arena, "%lld", (long long)number);
		if (!nm_inbound_add(x, &text))
			return NM_STEP_FAILED;
		oldest = text.at;
	}
	if (n >= NM_SANDBOX_INBOUND_LISTED && oldest >= x->inbound->since)
		x->inbound->full = true;
	return NM_STEP_DONE;
}

enum nm_step_result nm_sandbox_inbound(struct nm_exchange *x, const struct nm_response *last,
				       struct nm_request *next)
{
	struct nm_node *root = NULL;
	enum nm_step_result result;

	if (x->state == BEGIN || last == NULL) {
		nm_inbound_begin(x->inbound);
		return nm_sandbox_ask(x, next, "GET", "/inbound", LOOKING);
	}
	if (last->status != 200)
		return nm_ask_refused_here(x, last);
	if (nm_node_read(last->body, last->len, &root, NULL) != NM_OK)
		return nm_exchange_fail(x, "its answer makes no sense");
	result = take_inbound(x, root);
	nm_node_free(root);
	return result;
}
