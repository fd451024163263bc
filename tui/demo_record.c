/* SPDX-License-Identifier: MIT */
/*
 * A call that was played, as a carrier's record would tell of it.  In: a simulation with its events.  Out: the
 * caller's own leg and one for each phone that rang.
 */
#include <string.h>

#include "demo.h"

static void ring(struct demo_record *out, const struct nm_plan *plan, const char *name, nm_time at)
{
	const size_t i = out->record.n;
	const int destination = nm_plan_find_destination(plan, name);

	if (destination < 0 || i == NM_LEGS_MAX)
		return;
	nm_number_write(nm_destination_number(plan, &plan->destinations[destination]), out->numbers[i]);
	out->legs[i] =
		(struct nm_leg){ .to = out->numbers[i], .end = NM_LEG_OPEN, .began = at, .rang_s = -1 };
	out->kept[i].who = plan->destinations[destination].name;
	out->record.n++;
}

static void settle(struct nm_leg *leg, enum nm_leg_end end, nm_time at, nm_time ended)
{
	leg->end = end;
	leg->rang_s = (int)(at - leg->began);
	leg->ended = ended;
}

static struct nm_leg *ringing(struct demo_record *out, const char *name)
{
	size_t i;

	for (i = 0; i < out->record.n; i++)
		if (out->legs[i].end == NM_LEG_OPEN && !strcmp(out->kept[i].who, name))
			return &out->legs[i];
	return NULL;
}

static enum nm_leg_end end_of(enum nm_event_kind kind)
{
	switch (kind) {
	case NM_EVENT_ANSWER:
	case NM_EVENT_SWALLOW:
		return NM_LEG_ANSWERED;
	case NM_EVENT_NO_ANSWER:
		return NM_LEG_NO_ANSWER;
	case NM_EVENT_BUSY:
	case NM_EVENT_DECLINED:
		return NM_LEG_BUSY;
	case NM_EVENT_UNREACHABLE:
		return NM_LEG_FAILED;
	default:
		return NM_LEG_OPEN;
	}
}

static void tell(struct demo_record *out, const struct nm_plan *plan, const struct nm_event *event)
{
	const nm_time at = out->record.began + event->t;
	const enum nm_leg_end end = end_of(event->kind);
	size_t i;

	for (i = 0; i < event->n; i++) {
		struct nm_leg *leg;

		if (event->kind == NM_EVENT_RING) {
			ring(out, plan, event->to[i], at);
			continue;
		}
		leg = end != NM_LEG_OPEN ? ringing(out, event->to[i]) : NULL;
		if (leg)
			settle(leg, end, at, end == NM_LEG_ANSWERED ? out->record.ended : at);
	}
}

static enum nm_leg_end own_end(enum nm_result result)
{
	if (result == NM_REJECTED)
		return NM_LEG_BUSY;
	return result == NM_LOST ? NM_LEG_NO_ANSWER : NM_LEG_ANSWERED;
}

void demo_record_of(const struct nm_plan *plan, const struct nm_simulation *played, const char *id,
		    int talk_s, struct demo_record *out)
{
	const struct nm_outcome *outcome = &played->outcome;
	const bool spoke = outcome->result == NM_ANSWERED || outcome->result == NM_SWALLOWED ||
			   outcome->result == NM_TO_VOICEMAIL;
	const nm_time over = played->call.at + outcome->ended_s;
	size_t i;

	out->record = (struct nm_record){
		.id = id,
		.caller = played->call.caller,
		.began = played->call.at,
		.ended = over + (spoke ? talk_s : 0),
		.end = own_end(outcome->result),
		.tells_legs = true,
		.legs = out->legs,
	};
	for (i = 0; i < outcome->n; i++)
		if (outcome->events[i].depth == 0)
			tell(out, plan, &outcome->events[i]);
	/* Somebody else answered, or the caller hung up. */
	for (i = 0; i < out->record.n; i++)
		if (out->legs[i].end == NM_LEG_OPEN)
			settle(&out->legs[i], NM_LEG_CANCELED, over, over);
	for (i = 0; i < out->record.n; i++)
		out->kept[i].leg = out->legs[i];
}
