/* SPDX-License-Identifier: MIT */
/*
 * What an account at Twilio keeps of a number, and its end:
 *
 *   https://www.twilio.com/docs/voice/api/call-resource, .../voice/api/recording, .../messaging/api/message-resource
 *
 *   GET    Calls.json?From=NUMBER, ?To=NUMBER; Messages.json likewise   all that it was one end of, legs too
 *   GET    Calls/SID/Recordings.json                                    what was recorded of one of these calls
 *   DELETE Recordings/SID.json, Calls/SID.json, Messages/SID.json       204; 404 when it is gone already
 *
 * Texts that only name the number are found by none of these: their ids are there from the beginning.
 * Recordings go ahead of the calls by which they are found: a call whose recording stays, stays.  What is not over yet is
 * refused (error 20009), and stays behind with these words; the others go all the same.
 */
#include <stdlib.h>
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/twilio_talk.h"

enum asked { ASKED_LIST = 1, ASKED_RECORDINGS, ASKED_DELETION };

static const struct {
	const char *path, *member, *kind; /* of the sids: "CA"; texts have two */
	enum nm_kept_kind kept;
} lists[] = {
	{ "Calls.json?From=", "calls", "CA", NM_KEPT_CALL },
	{ "Calls.json?To=", "calls", "CA", NM_KEPT_CALL },
	{ "Messages.json?From=", "messages", "SM", NM_KEPT_TEXT },
	{ "Messages.json?To=", "messages", "SM", NM_KEPT_TEXT },
};
#define LISTS (sizeof(lists) / sizeof(lists[0]))

static enum nm_step_result ask(struct nm_exchange *x, struct nm_request *next, const char *tail, int state)
{
	const char *path =
		tail == NULL ? NULL
			     : nm_arena_format(x->arena, "/2010-04-01/Accounts/%s/%s", x->account->sid, tail);

	return nm_twilio_ask(x, next, path != NULL ? nm_ask_url(x, NM_TWILIO_API, path) : NULL, state);
}

/* --- what is there --- */

/* The next list, or of the next call what was recorded. */
static enum nm_step_result look_on(struct nm_exchange *x, struct nm_request *next)
{
	struct nm_kept *kept = x->kept;

	kept->page = NULL;
	if (kept->step < LISTS)
		return ask(x, next,
			   nm_arena_format(x->arena, "%s%%2B%s&PageSize=1000", lists[kept->step].path,
					   kept->number + 1),
			   ASKED_LIST);
	while (kept->at < kept->n && kept->items[kept->at].kind != NM_KEPT_CALL)
		kept->at++;
	if (kept->at == kept->n)
		return NM_STEP_DONE;
	return ask(x, next, nm_arena_format(x->arena, "Calls/%s/Recordings.json", kept->items[kept->at].id),
		   ASKED_RECORDINGS);
}

static bool is_of(const char *sid, enum nm_kept_kind kind)
{
	switch (kind) {
	case NM_KEPT_CALL:
		return nm_twilio_is_sid(sid, "CA");
	case NM_KEPT_RECORDING:
		return nm_twilio_is_sid(sid, "RE");
	case NM_KEPT_TEXT:
		return nm_twilio_is_sid(sid, "SM") || nm_twilio_is_sid(sid, "MM");
	}
	return false;
}

/* False: the conversation is ended.  A call must not go before all recordings of it are known. */
static bool add(struct nm_exchange *x, enum nm_kept_kind kind, const char *sid)
{
	struct nm_kept *kept = x->kept;
	const char *of = kind == NM_KEPT_RECORDING ? kept->items[kept->at].id : NULL;
	const char *id;

	if (of != NULL && kept->n == 2 * (size_t)NM_KEPT_MAX) {
		nm_exchange_fail(x, "it has more than %d recordings of the number's calls", NM_KEPT_MAX);
		return false;
	}
	if (of == NULL && kept->n == NM_KEPT_MAX) {
		kept->cut = true;
		return true;
	}
	id = nm_arena_text(x->arena, sid);
	if (id == NULL ||
	    !nm_grow((void **)&kept->items, &kept->capacity, kept->n + 1, sizeof(*kept->items))) {
		nm_exchange_fail(x, "out of memory");
		return false;
	}
	kept->items[kept->n++] = (struct nm_kept_item){ .kind = kind, .id = id, .of = of };
	return true;
}

static enum nm_step_result turn_page(struct nm_exchange *x, struct nm_request *next, const char *page)
{
	if (x->kept->page != NULL && strcmp(x->kept->page, page) == 0)
		return nm_exchange_fail(x, "its list has no end: a page names itself as the next one");
	x->kept->page = nm_arena_text(x->arena, page);
	return x->kept->page != NULL ? nm_twilio_turn_page(x, next, page)
				     : nm_exchange_fail(x, "out of memory");
}

/* Whether the entry really is of the number: what is deleted is not left to a filter alone. */
static bool is_about(const struct nm_exchange *x, const struct nm_node *entry)
{
	const char *from = nm_node_member_text(entry, "from"), *to = nm_node_member_text(entry, "to");

	return (from != NULL && strcmp(from, x->kept->number) == 0) ||
	       (to != NULL && strcmp(to, x->kept->number) == 0);
}

static enum nm_step_result take_list(struct nm_exchange *x, struct nm_request *next,
				     const struct nm_node *root, bool recordings)
{
	struct nm_kept *kept = x->kept;
	const enum nm_kept_kind kind = recordings ? NM_KEPT_RECORDING : lists[kept->step].kept;
	const struct nm_node *list = nm_node_get(root, recordings ? "recordings" : lists[kept->step].member);
	const char *page = nm_twilio_next_page(x, NM_TWILIO_API, nm_node_member_text(root, "next_page_uri"));

	if (!nm_node_is_array(list))
		return nm_exchange_fail(x, "its answer lists no %s",
					recordings ? "recordings" : lists[kept->step].member);
	for (size_t i = 0; i < nm_node_count(list); i++) {
		const struct nm_node *entry = nm_node_at(list, i);
		const char *sid = nm_node_member_text(entry, "sid");

		if (sid == NULL || !is_of(sid, kind) || (!recordings && !is_about(x, entry)))
			continue;
		if (!add(x, kind, sid))
			return NM_STEP_FAILED;
	}
	if (page != NULL && (recordings || !kept->cut))
		return turn_page(x, next, page);
	if (recordings)
		kept->at++;
	else
		kept->step++;
	return look_on(x, next);
}

/* --- and its end --- */

static bool is_recorded(const struct nm_kept *kept, const struct nm_kept_item *call)
{
	for (size_t i = 0; i < kept->n; i++)
		if (kept->items[i].of != NULL && !kept->items[i].gone &&
		    strcmp(kept->items[i].of, call->id) == 0)
			return true;
	return false;
}

/* The next one that is there: first all recordings, then the rest. */
static enum nm_step_result delete_on(struct nm_exchange *x, struct nm_request *next)
{
	static const char *const paths[] = {
		[NM_KEPT_CALL] = "Calls", [NM_KEPT_RECORDING] = "Recordings", [NM_KEPT_TEXT] = "Messages"
	};
	struct nm_kept *kept = x->kept;
	enum nm_step_result result;

	for (; kept->step < 2; kept->step++, kept->at = 0)
		for (; kept->at < kept->n; kept->at++) {
			struct nm_kept_item *item = &kept->items[kept->at];

			if (item->gone || (item->kind == NM_KEPT_RECORDING) != (kept->step == 0))
				continue;
			if (!is_of(item->id, item->kind)) {
				item->words = "that is no id of Twilio's";
				continue;
			}
			if (item->kind == NM_KEPT_CALL && is_recorded(kept, item)) {
				item->words = "it stays until its recording is gone";
				continue;
			}
			result = ask(x, next,
				     nm_arena_format(x->arena, "%s/%s.json", paths[item->kind], item->id),
				     ASKED_DELETION);
			next->method = "DELETE";
			return result;
		}
	return NM_STEP_DONE;
}

/* Of this thing alone, not of the account: the others may still be deleted. */
static bool refuses_one(int status)
{
	return status == 400 || status == 405 || status == 409;
}

static enum nm_step_result take_deletion(struct nm_exchange *x, const struct nm_response *last,
					 struct nm_request *next)
{
	struct nm_kept_item *item = &x->kept->items[x->kept->at];
	enum nm_step_result result = NM_STEP_FAILED;

	item->gone = last->status == 204 || last->status == 404;
	if (!item->gone) {
		nm_node_free(nm_twilio_document(x, last, &result));
		if (!refuses_one(last->status))
			return result == NM_STEP_FAILED ? result
							: nm_exchange_fail(x, "its answer makes no sense");
		item->words = x->note;
	}
	x->kept->at++;
	return delete_on(x, next);
}

enum nm_step_result nm_twilio_forget(struct nm_exchange *x, const struct nm_response *last,
				     struct nm_request *next)
{
	enum nm_step_result result = NM_STEP_FAILED;
	struct nm_node *root;

	if (x->state == NM_ASKED_NOTHING || last == NULL) {
		x->kept->at = x->kept->step = 0;
		if (!nm_twilio_has_sid(x))
			return NM_STEP_FAILED;
		return x->kept->remove ? delete_on(x, next) : look_on(x, next);
	}
	if (x->state % NM_ASKED_PAGE == ASKED_DELETION)
		return take_deletion(x, last, next);
	root = nm_twilio_document(x, last, &result);
	if (root == NULL)
		return result;
	result = take_list(x, next, root, x->state % NM_ASKED_PAGE == ASKED_RECORDINGS);
	nm_node_free(root);
	return result;
}
