/* SPDX-License-Identifier: MIT */
/*
 * The texts that came to a line at Twilio (https://www.twilio.com/docs/messaging/api/message-resource):
 *
 *   GET Messages.json?To=NUMBER&DateSent>=DAY   all since a day, the newest first
 *
 * Twilio acts upon STOP and its like by itself, and refuses what is sent from that number from then on.
 */
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/inbound.h"
#include "core/carrier/records.h"
#include "core/carrier/twilio_leg.h"

#define ASKED 1
#define PAGES_MORE 20 /* that are looked through for opt-outs when no other text is kept any more */

static enum nm_step_result ask(struct nm_exchange *x, struct nm_request *next)
{
	const char *day = nm_records_day(x->arena, x->inbound->since);
	const char *path =
		day == NULL ? NULL
			    : nm_arena_format(x->arena,
					      "/2010-04-01/Accounts/%s/Messages.json?To=%%2B%s&DateSent%%3E=%s"
					      "&PageSize=1000",
					      x->account->sid, x->number + 1, day);

	nm_inbound_begin(x->inbound);
	return nm_twilio_ask(x, next, path != NULL ? nm_ask_url(x, NM_TWILIO_API, path) : NULL, ASKED);
}

/* False: the conversation is ended. */
static bool take_message(struct nm_exchange *x, const struct nm_node *message)
{
	const char *sid = nm_node_member_text(message, "sid"), *to = nm_node_member_text(message, "to");
	const nm_time sent = nm_twilio_leg_time(message, "date_sent");
	const bool is_text = nm_twilio_is_sid(sid, "SM") || nm_twilio_is_sid(sid, "MM");

	if (to == NULL || strcmp(to, x->number) != 0 || nm_twilio_leg_goes(message, "outbound"))
		return true;
	return nm_inbound_add(x, &(struct nm_inbound_text){
					 .id = is_text ? sid : NULL,
					 .from = nm_node_member_text(message, "from"),
					 .body = nm_node_member_text(message, "body"),
					 .at = sent != 0 ? sent : nm_twilio_leg_time(message, "date_created"),
				 });
}

static enum nm_step_result take_page(struct nm_exchange *x, struct nm_request *next, const struct nm_node *root)
{
	const struct nm_node *list = nm_node_get(root, "messages");
	const char *page = nm_twilio_next_page(x, NM_TWILIO_API, nm_node_member_text(root, "next_page_uri"));
	struct nm_inbound *inbound = x->inbound;

	if (!nm_node_is_array(list))
		return nm_exchange_fail(x, "its answer lists no texts");
	for (size_t i = 0; i < nm_node_count(list); i++)
		if (!take_message(x, nm_node_at(list, i)))
			return NM_STEP_FAILED;
	if (page == NULL || (inbound->full && ++inbound->step == PAGES_MORE))
		return NM_STEP_DONE;
	if (inbound->page != NULL && strcmp(inbound->page, page) == 0)
		return nm_exchange_fail(x, "its list has no end: a page names itself as the next one");
	inbound->page = nm_arena_text(x->arena, page);
	return inbound->page != NULL ? nm_twilio_turn_page(x, next, page)
				     : nm_exchange_fail(x, "out of memory");
}

enum nm_step_result nm_twilio_inbound(struct nm_exchange *x, const struct nm_response *last,
				      struct nm_request *next)
{
	enum nm_step_result result = NM_STEP_FAILED;
	struct nm_node *root;

	if (x->state == NM_ASKED_NOTHING || last == NULL)
		return nm_twilio_has_sid(x) ? ask(x, next) : NM_STEP_FAILED;
	root = nm_twilio_document(x, last, &result);
	if (root == NULL)
		return result;
	result = take_page(x, next, root);
	nm_node_free(root);
	return result;
}
