/* SPDX-License-Identifier: MIT */
/* Reading Twilio's calls: see twilio_leg.h.  Comes in: an answer's entry.  Goes out: a leg. */
#include "core/carrier/twilio_leg.h"

#include <string.h>

#include "core/ascii.h"
#include "core/carrier/ask.h"
#include "core/carrier/records.h"

nm_time nm_twilio_leg_time(const struct nm_node *call, const char *name)
{
	return nm_records_mail_time(nm_node_member_text(call, name));
}

/* Seconds that stand in a text; -1. */
static int member_seconds(const struct nm_node *call, const char *name)
{
	const char *text = nm_node_member_text(call, name);
	int seconds = 0;

	if (text == NULL || *text == '\0' || strlen(text) > 6)
		return -1;
	for (; *text != '\0'; text++) {
		if (!nm_ascii_is_digit(*text))
			return -1;
		seconds = seconds * 10 + *text - '0';
	}
	return seconds;
}

static enum nm_leg_end end_of(const struct nm_node *call)
{
	static const struct {
		const char *status;
		enum nm_leg_end end;
	} ends[] = {
		{ "busy", NM_LEG_BUSY },           { "canceled", NM_LEG_CANCELED },
		{ "completed", NM_LEG_ANSWERED },  { "failed", NM_LEG_FAILED },
		{ "no-answer", NM_LEG_NO_ANSWER },
	};
	const char *status = nm_node_member_text(call, "status");

	for (size_t i = 0; status != NULL && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(status, ends[i].status) == 0)
			return ends[i].end;
	return NM_LEG_OPEN;
}

/* How long it rang.  Whether `start_time` is when it began to ring or when somebody answered is not
 * verified: the earlier of that and the leg's making is taken, and of a leg that was answered the talk is
 * taken off its end. */
static int rang_of(const struct nm_leg *leg, const struct nm_node *call)
{
	const int talked = member_seconds(call, "duration");
	nm_time until = leg->ended;

	if (leg->began == 0 || until == 0 || (leg->end == NM_LEG_ANSWERED && talked < 0))
		return -1;
	if (leg->end == NM_LEG_ANSWERED)
		until -= talked;
	return until <= leg->began ? 0 : until - leg->began > NM_DAY ? -1 : (int)(until - leg->began);
}

bool nm_twilio_is_leg(const struct nm_node *call)
{
	return nm_twilio_is_sid(nm_node_member_text(call, "sid"), "CA");
}

bool nm_twilio_read_leg(struct nm_exchange *x, const struct nm_node *call, struct nm_leg *out)
{
	const char *sid = nm_node_member_text(call, "sid"), *to = nm_node_member_text(call, "to"),
		   *status = nm_node_member_text(call, "status");
	const nm_time created = nm_twilio_leg_time(call, "date_created"),
		      started = nm_twilio_leg_time(call, "start_time");

	*out = (struct nm_leg){ .end = end_of(call),
				.talking = status != NULL && strcmp(status, "in-progress") == 0 };
	if (!nm_twilio_is_sid(sid, "CA"))
		return false;
	out->began = started == 0 || (created != 0 && created < started) ? created : started;
	if (out->end != NM_LEG_OPEN)
		out->ended = nm_twilio_leg_time(call, "end_time");
	/* It may be left out of a call that nobody took; the leg does not change any more after its end. */
	if (out->end != NM_LEG_OPEN && out->ended == 0)
		out->ended = nm_twilio_leg_time(call, "date_updated");
	out->rang_s = rang_of(out, call);
	out->id = nm_arena_text(x->arena, sid);
	out->to = nm_ask_words(x->arena, to != NULL ? to : "");
	return out->id != NULL && out->to != NULL;
}

bool nm_twilio_leg_goes(const struct nm_node *call, const char *direction)
{
	const char *says = nm_node_member_text(call, "direction");

	return says != NULL && strncmp(says, direction, strlen(direction)) == 0;
}

enum nm_step_result nm_twilio_ask_legs(struct nm_exchange *x, struct nm_request *next, const char *parent,
				       int state)
{
	const char *path =
		nm_arena_format(x->arena, "/2010-04-01/Accounts/%s/Calls.json?ParentCallSid=%s&PageSize=100",
				x->account->sid, parent);

	return nm_twilio_ask(x, next, path != NULL ? nm_ask_url(x, NM_TWILIO_API, path) : NULL, state);
}

const char *nm_twilio_next_calls(struct nm_exchange *x, const struct nm_node *root)
{
	return nm_twilio_next_page(x, NM_TWILIO_API, nm_node_member_text(root, "next_page_uri"));
}
