/* SPDX-License-Identifier: MIT */
/* The words of spoken.h: one table, for the phones of a call and for its ladder. */
#include "spoken.h"

/* None is longer than SPOKEN_WIDTH, so that each fits on an arrow of the ladder. */
static const char *const events[] = {
	[NM_EVENT_GREETING] = "greeting",
	[NM_EVENT_RING] = "ring",
	[NM_EVENT_SKIP] = "not rung",
	[NM_EVENT_ANSWER] = "answers",
	[NM_EVENT_NO_ANSWER] = "no answer",
	[NM_EVENT_BUSY] = "busy",
	[NM_EVENT_DECLINED] = "declined",
	[NM_EVENT_UNREACHABLE] = "no signal",
	[NM_EVENT_SWALLOW] = "swallowed",
	[NM_EVENT_VOICEMAIL] = "voicemail",
	[NM_EVENT_REJECT] = "rejected",
	[NM_EVENT_LOST] = "lost",
	[NM_EVENT_KEY] = "key",
	[NM_EVENT_ALERT] = "alert",
	[NM_EVENT_LINE] = "line",
	[NM_EVENT_LOOP] = "loop",
	[NM_EVENT_HANGUP] = "hangs up",
	[NM_EVENT_LIMIT] = "limit",
};

const char *spoken_event(enum nm_event_kind kind)
{
	return events[kind];
}

const char *spoken_behaviour(enum nm_behaviour behaviour)
{
	static const enum nm_event_kind comes_to[] = {
		[NM_ANSWERS] = NM_EVENT_ANSWER,     [NM_NO_ANSWER] = NM_EVENT_NO_ANSWER,
		[NM_BUSY] = NM_EVENT_BUSY,          [NM_DECLINED] = NM_EVENT_DECLINED,
		[NM_UNREACHABLE] = NM_EVENT_UNREACHABLE,
	};

	return spoken_event(comes_to[behaviour]);
}
