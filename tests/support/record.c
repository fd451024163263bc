/* SPDX-License-Identifier: MIT */
/* See record.h. */
#include "record.h"

#include <string.h>

#include "random_plan.h"

void record_ends(struct record *record, enum nm_call_end how, enum nm_call_reason reason, const char *by,
		 int seconds, int ended)
{
	record->call.became =
		(struct nm_became){ .end = how, .reason = reason, .by = by, .seconds = seconds };
	record->call.ended = record->call.began + ended;
}

static const char *address_of(const struct nm_treatment *treatment, const char *name)
{
	for (size_t i = 0; i < treatment->n; i++)
		for (size_t k = 0; k < treatment->steps[i].n; k++)
			if (strcmp(treatment->steps[i].parties[k].name, name) == 0)
				return treatment->steps[i].parties[k].number;
	return NULL;
}

static bool is_native(const struct nm_treatment *treatment, const char *name)
{
	for (size_t i = 0; i < treatment->n; i++)
		for (size_t k = 0; k < treatment->steps[i].n; k++)
			if (strcmp(treatment->steps[i].parties[k].name, name) == 0 &&
			    treatment->steps[i].parties[k].native)
				return true;
	return false;
}

/* The newest leg of one who still rings. */
static struct nm_call_leg *ringing(struct record *r, const char *name)
{
	for (size_t i = r->call.n; i-- > 0;)
		if (strcmp(r->legs[i].who, name) == 0 && r->legs[i].leg.end == NM_LEG_OPEN)
			return &r->legs[i];
	return NULL;
}

static void stop(struct record *r, struct nm_call_leg *one, enum nm_leg_end how, int t)
{
	if (one == NULL)
		return;
	one->leg.end = how;
	one->leg.rang_s = (int)(r->call.began + t - one->leg.began);
	one->leg.ended = r->call.began + t + (how == NM_LEG_ANSWERED ? 60 : 0);
}

static enum nm_leg_end end_of(enum nm_event_kind kind)
{
	switch (kind) {
	case NM_EVENT_BUSY:
	case NM_EVENT_DECLINED:
		return NM_LEG_BUSY;
	case NM_EVENT_UNREACHABLE:
	case NM_EVENT_LOOP:
	case NM_EVENT_LIMIT:
		return NM_LEG_FAILED;
	case NM_EVENT_ANSWER:
	case NM_EVENT_SWALLOW:
		return NM_LEG_ANSWERED;
	default:
		return NM_LEG_NO_ANSWER;
	}
}

/* False: a carrier's record of this could not be told from another's. */
static bool write_legs(struct record *r, const struct nm_treatment *treatment,
		       const struct nm_outcome *outcome)
{
	for (size_t i = 0; i < outcome->n; i++) {
		const struct nm_event *event = &outcome->events[i];

		if (event->kind == NM_EVENT_LINE || event->depth > 0)
			return false;
		for (size_t k = 0; k < event->n; k++) {
			if (event->kind == NM_EVENT_RING && is_native(treatment, event->to[k]))
				return false;
			if (event->kind == NM_EVENT_RING) {
				if (r->call.n == RECORD_LEGS)
					return false;
				r->legs[r->call.n++] = (struct nm_call_leg){
					.leg = { .to = address_of(treatment, event->to[k]),
						 .end = NM_LEG_OPEN,
						 .began = r->call.began + event->t,
						 .rang_s = -1 },
					.who = event->to[k],
				};
			} else if (event->kind != NM_EVENT_SKIP && event->kind != NM_EVENT_ALERT &&
				   event->kind != NM_EVENT_VOICEMAIL) {
				stop(r, ringing(r, event->to[k]), end_of(event->kind), event->t);
			}
		}
	}
	for (size_t i = 0; i < r->call.n; i++)
		if (r->legs[i].leg.end == NM_LEG_OPEN)
			stop(r, &r->legs[i], NM_LEG_CANCELED, outcome->ended_s);
	return true;
}

static void write_end(struct record *r, const struct nm_outcome *outcome)
{
	const int at = outcome->ended_s;

	switch (outcome->result) {
	case NM_ANSWERED:
		record_ends(r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, outcome->answered_by, at, at + 60);
		break;
	case NM_TO_VOICEMAIL:
		record_ends(r, NM_CALL_VOICEMAIL, NM_CALL_MAILBOX, NULL, at, at + 30);
		break;
	case NM_REJECTED:
		record_ends(r, NM_CALL_REJECTED, NM_CALL_TURNED_AWAY, NULL, -1, 0);
		break;
	case NM_SWALLOWED:
		record_ends(r, NM_CALL_SWALLOWED, NM_CALL_OWN_VOICEMAIL, outcome->answered_by, at, at + 30);
		break;
	case NM_ABANDONED:
		record_ends(r, NM_CALL_ABANDONED, NM_CALL_HUNG_UP, NULL, at, at);
		break;
	case NM_LOST:
		record_ends(r, NM_CALL_LOST, NM_CALL_NOBODY, NULL, -1, at);
		break;
	}
}

bool record_played(struct record *r, const struct nm_treatment *treatment, const struct nm_outcome *outcome)
{
	if (!write_legs(r, treatment, outcome))
		return false;
	write_end(r, outcome);
	return true;
}

struct nm_call record_random_call(uint64_t *state, const struct nm_plan *one, nm_time from,
				  struct nm_script_setting *settings)
{
	struct nm_call call = { .at = from + random_below(state, 300 * 86400),
				.line = (int)random_below(state, (uint32_t)one->n_lines),
				.caller = { .number = UINT64_C(15125550000) + random_below(state, 1000) } };

	for (size_t i = 0; i < one->n_destinations; i++) {
		const bool mailbox = one->destinations[i].kind == NM_VOICEMAIL; /* which is always there */

		settings[i] = (struct nm_script_setting){
			one->destinations[i].name,
			mailbox ? NM_ANSWERS : (enum nm_behaviour)random_below(state, 5),
			(int)random_below(state, 30),
		};
	}
	call.script =
		(struct nm_script){ .n = one->n_destinations,
				    .settings = settings,
				    .hangup_s = random_below(state, 4) ? -1 : (int)random_below(state, 60) };
	return call;
}
