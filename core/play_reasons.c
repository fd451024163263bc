/* SPDX-License-Identifier: MIT */
/*
 * What a played call says of itself: the reason of each event, the names of events and results, how often it rang.
 * In: what happened.  Out: words.  Decides nothing.
 */
#include "core/play_private.h"

#include <string.h>

#define RING_S 6

static bool reads_alone(const char *rule)
{
	return !strcmp(rule, "emergency") || !strncmp(rule, "override ", 9);
}

const char *nm_play_reject_reason(struct nm_arena *arena, const struct nm_treatment *treatment)
{
	const char *how = nm_reject_name(treatment->reject);
	const char *rule = treatment->rule;

	if (!rule)
		return how;
	return nm_arena_format(arena, "%s%s: %s", reads_alone(rule) ? "" : "rule ", rule, how);
}

const char *nm_play_step_reason(struct nm_arena *arena, const struct nm_treatment *treatment,
				const struct nm_treatment_step *step, bool first)
{
	const char *rule = first ? treatment->rule : NULL;
	const char *prefix = rule && !reads_alone(rule) ? "rule " : "";
	const char *comma = rule ? ", " : "";

	rule = rule ? rule : "";
	if (step->round > 1)
		return nm_arena_format(arena, "%s%s%sstep %d, round %d", prefix, rule, comma, step->number,
				       step->round);
	return nm_arena_format(arena, "%s%s%sstep %d%s", prefix, rule, comma, step->number,
			       step->ring_time == NM_RING_OPEN || step->ring_time == NM_RING_ON
				       ? ", no ring time is set"
				       : "");
}

/* What is special about how somebody is rung; "" when nothing is. */
static const char *ring_special(struct nm_arena *arena, const struct nm_party *party)
{
	const char *press = party->confirm ? "press 1 to accept" : "";

	if (!party->turn_of)
		return press;
	return nm_arena_format(arena, "%s's turn%s%s", party->turn_of, *press ? ", " : "", press);
}

const char *nm_play_ring_reason(struct nm_arena *arena, const struct nm_party *party, const char *reason,
				bool first)
{
	const char *special = ring_special(arena, party);

	if (!special || !reason)
		return NULL;
	if (!*special)
		return reason;
	return first ? nm_arena_format(arena, "%s, %s", reason, special) : special;
}

const char *nm_play_silence_reason(struct nm_arena *arena, const struct nm_treatment_step *step)
{
	switch (step->ring_time) {
	case NM_RING_OPEN:
		return nm_arena_format(arena, "the carrier lets the call go on, when is not known: played as %d s",
				       step->for_s);
	case NM_RING_ON:
		return nm_arena_format(arena, "it rings on: no ring time is set, played as %d s", step->for_s);
	case NM_RING_TIMED:
	case NM_RING_HANDOVER:
		break;
	}
	return nm_arena_format(arena, "%d s are over", step->for_s);
}

const char *nm_play_drop_reason(struct nm_arena *arena, const struct nm_party *party, const struct leg *leg)
{
	if (leg->event == NM_EVENT_LOOP)
		return nm_arena_format(arena, "the call has passed line %s before: drops out",
				       party->line);
	if (leg->event == NM_EVENT_LIMIT)
		return nm_arena_format(arena,
				       "the call has gone on over %d lines, the most it may: drops out",
				       NM_LINES_DEEP);
	if (party->line && !leg->nested)
		return nm_arena_format(arena, "nothing is known of line %s: drops out", party->line);
	if (party->line && leg->event == NM_EVENT_BUSY)
		return nm_arena_format(arena, "line %s rejects the call: drops out", party->line);
	if (party->line && leg->who)
		return nm_arena_format(arena, "on line %s the voicemail (%s) cannot press 1: drops out",
				       party->line, leg->who);
	if (party->line)
		return nm_arena_format(arena, "nobody took it on line %s: drops out", party->line);
	if (leg->event == NM_EVENT_NO_ANSWER)
		return "its own voicemail cannot press 1: drops out";
	return "drops out";
}

const char *nm_play_take_reason(struct nm_arena *arena, const struct nm_party *party, const struct leg *leg)
{
	if (leg->kind == LEG_VOICEMAIL)
		return "takes the call";
	if (leg->kind == LEG_ANSWERS)
		return nm_arena_format(arena, party->confirm ? "accepts after %d s" : "answers after %d s",
				       leg->at);
	if (leg->event != NM_EVENT_NO_ANSWER)
		return nm_arena_format(arena, "%s: its own voicemail takes the call",
				       nm_event_name(leg->event));
	return nm_arena_format(arena, "its own voicemail takes the call after %d s", leg->at);
}

int nm_rings(int seconds)
{
	return seconds < 0 ? -1 : seconds / RING_S + (seconds % RING_S != 0);
}

const char *nm_result_name(enum nm_result result)
{
	static const char *const names_of[] = {
		[NM_ANSWERED] = "answered", [NM_TO_VOICEMAIL] = "voicemail", [NM_REJECTED] = "rejected",
		[NM_SWALLOWED] = "swallowed", [NM_ABANDONED] = "abandoned", [NM_LOST] = "lost",
	};

	return names_of[result];
}

const char *nm_reject_name(enum nm_reject reject)
{
	return reject == NM_REJECT_BUSY ? "busy" : "silent";
}

const char *nm_event_name(enum nm_event_kind kind)
{
	static const char *const names_of[] = {
		[NM_EVENT_GREETING] = "greeting",
		[NM_EVENT_RING] = "ring",
		[NM_EVENT_SKIP] = "skip",
		[NM_EVENT_ANSWER] = "answer",
		[NM_EVENT_NO_ANSWER] = "no-answer",
		[NM_EVENT_BUSY] = "busy",
		[NM_EVENT_DECLINED] = "declined",
		[NM_EVENT_UNREACHABLE] = "unreachable",
		[NM_EVENT_SWALLOW] = "swallow",
		[NM_EVENT_VOICEMAIL] = "voicemail",
		[NM_EVENT_REJECT] = "reject",
		[NM_EVENT_LOST] = "lost",
		[NM_EVENT_KEY] = "key",
		[NM_EVENT_ALERT] = "alert",
		[NM_EVENT_LINE] = "line",
		[NM_EVENT_LOOP] = "loop",
		[NM_EVENT_HANGUP] = "hangup",
		[NM_EVENT_LIMIT] = "limit",
	};

	return names_of[kind];
}
