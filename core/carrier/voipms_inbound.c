/* SPDX-License-Identifier: MIT */
/*
 * The texts that came to a line at VoIP.ms (https://voip.ms/m/apidocs.php), four weeks at a time from the oldest on:
 *
 *   getSMS did, type 1, from, to, limit, timezone 0
 *     {"status":"success","sms":[{"id","date","type","did","contact","message"}]}; no_sms: none
 *
 * An answer that is full may lack some, whichever: it is asked for less time then, down to a day, and what lacks of that
 * cannot be had: the rest is read all the same, or a flood would keep out every later text for good.  In which zone days
 * are counted is not certain: it is asked for a day more at both ends, and a text that is read twice is kept once.
 */
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/inbound.h"
#include "core/carrier/records.h"
#include "core/carrier/voipms.h"

#define ASKED 1
#define LIMIT 1000
#define DAYS_MOST 28

static nm_time window_end(const struct nm_inbound *inbound)
{
	const nm_time end = inbound->at + inbound->step * (nm_time)NM_DAY;

	return end < inbound->now ? end : inbound->now;
}

static enum nm_step_result ask_window(struct nm_exchange *x, struct nm_request *next)
{
	const struct nm_inbound *inbound = x->inbound;
	const char *from = nm_records_day(x->arena, inbound->at - NM_DAY),
		   *until = nm_records_day(x->arena, window_end(inbound) + NM_DAY),
		   *limit = nm_arena_format(x->arena, "%d", LIMIT);

	if (from == NULL || until == NULL || limit == NULL)
		return nm_exchange_fail(x, "out of memory");
	return voipms_ask(x, next, "getSMS",
			  (const struct voipms_field[]){ { "did", x->number + 2 },
							 { "type", "1" },
							 { "from", from },
							 { "to", until },
							 { "limit", limit },
							 { "timezone", "0" },
							 { NULL, NULL } },
			  ASKED);
}

/* False: the conversation is ended. */
static bool take_text(struct nm_exchange *x, const struct nm_node *entry)
{
	char id_space[VOIPMS_ID_TEXT], contact_space[VOIPMS_ID_TEXT], number[NM_NUMBER_TEXT];
	const char *id = voipms_text(entry, "id", id_space),
		   *contact = voipms_text(entry, "contact", contact_space);
	const nm_number from = voipms_number(contact);

	if (voipms_is(entry, "type", "0"))
		return true;
	if (from != 0)
		nm_number_write(from, number);
	return nm_inbound_add(x, &(struct nm_inbound_text){
					 .id = id != NULL && nm_ask_is_id(id) ? id : NULL,
					 .from = from != 0 ? number : contact,
					 .body = nm_node_member_text(entry, "message"),
					 .at = nm_records_instant(nm_node_member_text(entry, "date")),
				 });
}

static enum nm_step_result take_window(struct nm_exchange *x, struct nm_request *next,
				       const struct nm_node *list)
{
	struct nm_inbound *inbound = x->inbound;

	if (nm_node_count(list) >= LIMIT && inbound->step > 1) {
		inbound->step /= 2;
		return ask_window(x, next);
	}
	if (nm_node_count(list) >= LIMIT)
		inbound->full = true;
	for (size_t i = 0; i < nm_node_count(list); i++)
		if (!take_text(x, nm_node_at(list, i)))
			return NM_STEP_FAILED;
	inbound->at = window_end(inbound);
	return inbound->at >= inbound->now ? NM_STEP_DONE : ask_window(x, next);
}

static enum nm_step_result take(struct nm_exchange *x, struct nm_request *next, const struct nm_node *root,
				const char *status)
{
	const struct nm_node *list = nm_node_get(root, "sms");

	if (strcmp(status, "no_sms") == 0)
		return take_window(x, next, NULL);
	if (strcmp(status, "success") != 0)
		return voipms_refused(x, status);
	if (!nm_node_is_array(list))
		return nm_exchange_fail(x, "its answer lists no texts");
	return take_window(x, next, list);
}

enum nm_step_result voipms_inbound(struct nm_exchange *x, const struct nm_response *last,
				   struct nm_request *next)
{
	struct nm_node *root;
	const char *status;
	enum nm_step_result result = NM_STEP_FAILED;

	if (x->state != ASKED || last == NULL) {
		nm_inbound_begin(x->inbound);
		x->inbound->step = DAYS_MOST;
		return ask_window(x, next);
	}
	root = voipms_document(x, last, &status);
	if (root != NULL)
		result = take(x, next, root, status);
	nm_node_free(root);
	return result;
}
