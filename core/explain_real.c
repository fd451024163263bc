/* SPDX-License-Identifier: MIT */
/*
 * A real call as the events that a simulated one has (explain.h), so that the two can be shown side by side.
 * Comes in: a call of the log.  Goes out: an outcome.  Knows no plan.
 */
#include <stdlib.h>
#include <string.h>

#include "core/explain_private.h"

/* --- a leg --- */

const char *nm_explain_leg_name(const struct nm_call_leg *leg)
{
	if (leg->who != NULL)
		return leg->who;
	return leg->leg.to != NULL ? leg->leg.to : "somebody";
}

static bool had_it(const struct nm_call_entry *call)
{
	return call->became.end == NM_CALL_ANSWERED || call->became.end == NM_CALL_SWALLOWED ||
	       (call->became.end == NM_CALL_UNKNOWN && call->became.by != NULL);
}

size_t nm_explain_taker(const struct nm_call_entry *call)
{
	for (size_t i = call->n; had_it(call) && call->became.by != NULL && i-- > 0;) {
		const struct nm_call_leg *leg = &call->legs[i];

		if (leg->leg.end == NM_LEG_ANSWERED &&
		    ((leg->who != NULL && strcmp(leg->who, call->became.by) == 0) ||
		     (leg->leg.to != NULL && strcmp(leg->leg.to, call->became.by) == 0)))
			return i;
	}
	return call->n;
}

/* Without a leg these say who had the call, or that nobody was rung. */
bool nm_explain_tells(const struct nm_call_entry *call)
{
	switch (call->became.reason) {
	case NM_CALL_OWN_PHONE:
	case NM_CALL_MAILBOX:
	case NM_CALL_NOBODY:
	case NM_CALL_TURNED_AWAY:
		return true;
	default:
		return call->n > 0;
	}
}

bool nm_explain_unanswered(const struct nm_call_entry *call)
{
	const enum nm_call_end end = call->became.end;

	return !nm_explain_tells(call) &&
	       (end == NM_CALL_VOICEMAIL || end == NM_CALL_ABANDONED || end == NM_CALL_LOST);
}

static int seconds_until(const struct nm_call_entry *call, nm_time t)
{
	const nm_time seconds = t - call->began;

	return t != 0 && seconds >= 0 && seconds < NM_DAY ? (int)seconds : -1;
}

int nm_explain_began(const struct nm_call_entry *call, const struct nm_call_leg *leg)
{
	return seconds_until(call, leg->leg.began);
}

int nm_explain_rang_until(const struct nm_call_entry *call, const struct nm_call_leg *leg)
{
	if (leg->leg.began != 0 && leg->leg.rang_s >= 0 && leg->leg.rang_s < NM_DAY)
		return seconds_until(call, leg->leg.began + leg->leg.rang_s);
	return seconds_until(call, leg->leg.ended);
}

int nm_explain_ended(const struct nm_call_entry *call, const struct nm_call_leg *leg)
{
	return seconds_until(call, leg->leg.ended);
}

/* --- events --- */

struct teller {
	const struct nm_call_entry *call;
	struct nm_arena *arena;
	struct nm_event *events;
	size_t n;
	int last; /* of what has no time: when what stands before it was */
	bool failed;
};

static void tell(struct teller *t, int at, enum nm_event_kind kind, const char *who, const char *why)
{
	const char **to = nm_arena_alloc(t->arena, 1, sizeof(*to));

	if (to == NULL || why == NULL) {
		t->failed = true;
		return;
	}
	to[0] = who;
	t->last = at >= 0 ? at : t->last;
	t->events[t->n++] =
		(struct nm_event){ .t = t->last, .kind = kind, .n = who != NULL, .to = to, .why = why };
}

static const char *rang_words(const struct teller *t, const struct nm_leg *leg)
{
	return leg->rang_s >= 0 ? nm_arena_format(t->arena, "rang for %d s", leg->rang_s)
				: "how long it rang is not told";
}

/* The number, where the plan has a name for it. */
static const char *called_words(const struct teller *t, const struct nm_call_leg *leg)
{
	if (leg->who == NULL)
		return "nobody of the plan";
	return leg->leg.to != NULL ? nm_arena_format(t->arena, "at %s", leg->leg.to) : "where is not told";
}

static void tell_end(struct teller *t, size_t i)
{
	const struct nm_call_leg *leg = &t->call->legs[i];
	const char *who = nm_explain_leg_name(leg);
	const int at = nm_explain_rang_until(t->call, leg);

	switch (leg->leg.end) {
	case NM_LEG_ANSWERED:
		if (i != nm_explain_taker(t->call))
			tell(t, at, NM_EVENT_NO_ANSWER, who, "picked up, and the call went on");
		else if (t->call->became.end == NM_CALL_SWALLOWED)
			tell(t, at, NM_EVENT_SWALLOW, who, nm_call_reason_words(t->call->became.reason));
		else
			tell(t, at, NM_EVENT_ANSWER, who, rang_words(t, &leg->leg));
		break;
	case NM_LEG_NO_ANSWER:
		tell(t, at, NM_EVENT_NO_ANSWER, who, rang_words(t, &leg->leg));
		break;
	case NM_LEG_CANCELED:
		tell(t, at, NM_EVENT_NO_ANSWER, who, "called off");
		break;
	case NM_LEG_BUSY:
		tell(t, at, NM_EVENT_BUSY, who, "the carrier calls it busy");
		break;
	case NM_LEG_FAILED:
		tell(t, at, NM_EVENT_UNREACHABLE, who, "the carrier calls it failed");
		break;
	case NM_LEG_OPEN:
		tell(t, at, NM_EVENT_NO_ANSWER, who, "how it ended is not told");
		break;
	}
}

/* Somebody or something had the call: not before what is told of it else, and not as late as its end. */
static void tell_taken(struct teller *t, enum nm_event_kind kind, const char *who)
{
	const struct nm_became *became = &t->call->became;
	const char *why = nm_call_reason_words(became->reason);
	int at = became->seconds;

	if (at < 0)
		why = nm_arena_format(t->arena, "%s; when is not told", why);
	for (size_t i = 0; became->seconds < 0 && i < t->n; i++)
		at = t->events[i].t > at ? t->events[i].t : at;
	tell(t, at, kind, who, why);
}

static void tell_call_end(struct teller *t)
{
	const struct nm_call_entry *call = t->call;
	const char *why = nm_call_reason_words(call->became.reason);
	const int ended = seconds_until(call, call->ended);

	switch (call->became.end) {
	case NM_CALL_VOICEMAIL:
		tell_taken(t, NM_EVENT_VOICEMAIL, NULL);
		break;
	case NM_CALL_REJECTED:
		tell(t, 0, NM_EVENT_REJECT, NULL, why);
		break;
	case NM_CALL_ABANDONED:
		tell(t, call->became.seconds >= 0 ? call->became.seconds : ended, NM_EVENT_HANGUP, NULL, why);
		break;
	case NM_CALL_LOST:
		tell(t, ended, NM_EVENT_LOST, NULL, why);
		break;
	case NM_CALL_ANSWERED:
	case NM_CALL_SWALLOWED:
	case NM_CALL_UNKNOWN:
		if (nm_explain_taker(call) == call->n && call->became.by != NULL)
			tell_taken(t, NM_EVENT_ANSWER, call->became.by);
		break;
	}
}

static enum nm_result result_of(enum nm_call_end end)
{
	switch (end) {
	case NM_CALL_ANSWERED:
		return NM_ANSWERED;
	case NM_CALL_VOICEMAIL:
		return NM_TO_VOICEMAIL;
	case NM_CALL_REJECTED:
		return NM_REJECTED;
	case NM_CALL_SWALLOWED:
		return NM_SWALLOWED;
	case NM_CALL_ABANDONED:
		return NM_ABANDONED;
	case NM_CALL_LOST:
	case NM_CALL_UNKNOWN:
		break;
	}
	return NM_LOST;
}

/* In the order of time; what happens in one second stays as it was told.  There are few: at most 2 * NM_LEGS_MAX + 1. */
static void sort(struct nm_event *events, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const struct nm_event event = events[i];
		size_t k = i;

		for (; k > 0 && events[k - 1].t > event.t; k--)
			events[k] = events[k - 1];
		events[k] = event;
	}
}

enum nm_code nm_explain_real(const struct nm_call_entry *call, struct nm_arena *arena, struct nm_outcome *out,
			     struct nm_error *err)
{
	struct teller t = { .call = call, .arena = arena };
	const int ended = seconds_until(call, call->ended);

	t.events = nm_arena_alloc(arena, 2 * call->n + 1, sizeof(*t.events));
	if (t.events == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < call->n; i++) {
		tell(&t, nm_explain_began(call, &call->legs[i]), NM_EVENT_RING,
		     nm_explain_leg_name(&call->legs[i]), called_words(&t, &call->legs[i]));
		tell_end(&t, i);
	}
	tell_call_end(&t);
	if (t.failed)
		return nm_fail_memory(err);
	sort(t.events, t.n);
	*out = (struct nm_outcome){
		.result = result_of(call->became.end),
		.answered_by = call->became.by,
		.seconds = call->became.seconds,
		.rings = nm_rings(call->became.seconds),
		.ended_s = ended >= 0 ? ended : call->became.seconds,
		.n = t.n,
		.events = t.events,
	};
	return NM_OK;
}
