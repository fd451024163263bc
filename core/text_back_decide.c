/* SPDX-License-Identifier: MIT */
/*
 * Whether a missed call gets a text (text_back.h).  Comes in: the plan, its state at the call, the call, what is known
 * of texts before.  Goes out: the text, or why there is none.  Knows neither store nor clock.
 */
#include "nevermiss/text_back.h"

#include "core/rules.h"

const char *nm_text_back_why_words(enum nm_text_back_why why)
{
	static const char *const words[] = {
		[NM_TEXT_BACK_DUE] = "it gets a text",
		[NM_TEXT_BACK_FAILED_JUST_NOW] = "a text to it has just failed: it waits",
		[NM_TEXT_BACK_HOUR_FULL] = "as many texts as may went to customers within an hour: it waits",
		[NM_TEXT_BACK_DAY_FULL] = "as many texts as may went to customers within a day: it waits",
		[NM_TEXT_BACK_NO_SECTION] = "the plan has no section text_back",
		[NM_TEXT_BACK_NOT_MISSED] = "it was not missed",
		[NM_TEXT_BACK_TOO_OLD] = "it is more than an hour ago",
		[NM_TEXT_BACK_NO_NUMBER] = "the caller's number is not known",
		[NM_TEXT_BACK_OURS] = "a number of the plan's called",
		[NM_TEXT_BACK_NO_LINE] = "the plan has no such line any more",
		[NM_TEXT_BACK_IN_FLOW] = "the line's own flow sends it (text_in_flow)",
		[NM_TEXT_BACK_BLOCKED] = "a rule rejects this caller",
		[NM_TEXT_BACK_NOT_NOW] = "no schedule of text_back's during was on",
		[NM_TEXT_BACK_PREMIUM] = "a premium number",
		[NM_TEXT_BACK_TOLL_FREE] = "a toll-free number: no phone that gets texts",
		[NM_TEXT_BACK_ABROAD] = "neither in the plan's own country nor in one of allow",
		[NM_TEXT_BACK_ANSWERED_SINCE] = "the caller rang again and was answered",
		[NM_TEXT_BACK_OPTED_OUT] = "the caller wants no texts",
		[NM_TEXT_BACK_HAD_ONE] = "the caller has got one since",
		[NM_TEXT_BACK_ONCE_PER] = "the caller had one less than once_per before",
		[NM_TEXT_BACK_GAVE_UP] = "several texts about it have failed",
		[NM_TEXT_BACK_UNREACHABLE] = "texts to that number do not arrive",
		[NM_TEXT_BACK_MACHINE] = "a machine answers texts there",
	};

	return (size_t)why <= NM_TEXT_BACK_MACHINE ? words[why] : "unknown";
}

bool nm_text_back_waits(enum nm_text_back_why why)
{
	return why == NM_TEXT_BACK_FAILED_JUST_NOW || why == NM_TEXT_BACK_HOUR_FULL ||
	       why == NM_TEXT_BACK_DAY_FULL;
}

static bool is_missed(enum nm_call_end end)
{
	return end == NM_CALL_VOICEMAIL || end == NM_CALL_SWALLOWED || end == NM_CALL_ABANDONED ||
	       end == NM_CALL_LOST;
}

/* Of the call by itself; NM_TEXT_BACK_DUE: nothing stands against it. */
static enum nm_text_back_why judge_call(const struct nm_plan *plan, const struct nm_text_back_call *call, nm_time now)
{
	if (!plan->text_back.given)
		return NM_TEXT_BACK_NO_SECTION;
	if (!is_missed(call->end))
		return NM_TEXT_BACK_NOT_MISSED;
	if (now - call->began > NM_TEXT_BACK_WITHIN_S)
		return NM_TEXT_BACK_TOO_OLD;
	if (call->caller.anonymous || call->caller.number == 0)
		return NM_TEXT_BACK_NO_NUMBER;
	if (call->ours)
		return NM_TEXT_BACK_OURS;
	if (call->line < 0)
		return NM_TEXT_BACK_NO_LINE;
	if (plan->lines[call->line].text_in_flow)
		return NM_TEXT_BACK_IN_FLOW;
	switch (nm_plan_textable(plan, call->caller.number)) {
	case NM_TEXTABLE_PREMIUM:
		return NM_TEXT_BACK_PREMIUM;
	case NM_TEXTABLE_ABROAD:
		return NM_TEXT_BACK_ABROAD;
	case NM_TEXTABLE_TOLL_FREE:
		return NM_TEXT_BACK_TOLL_FREE;
	case NM_TEXTABLE:
		break;
	}
	return call->answered_since ? NM_TEXT_BACK_ANSWERED_SINCE : NM_TEXT_BACK_DUE;
}

enum nm_text_back_why nm_text_past_why(const struct nm_text_back_past *past)
{
	if (past->undelivered >= NM_TEXT_BACK_UNDELIVERED)
		return NM_TEXT_BACK_UNREACHABLE;
	return past->echoes >= NM_TEXT_BACK_ECHOES ? NM_TEXT_BACK_MACHINE : NM_TEXT_BACK_DUE;
}

/* Of what is known of texts to the caller. */
static enum nm_text_back_why judge_past(const struct nm_plan *plan, const struct nm_text_back_call *call,
					const struct nm_text_back_past *past)
{
	if (past->opted_out)
		return NM_TEXT_BACK_OPTED_OUT;
	if (past->newest >= call->began)
		return NM_TEXT_BACK_HAD_ONE;
	if (past->newest != NM_TIME_MIN && call->began - past->newest < plan->text_back.once_per_s)
		return NM_TEXT_BACK_ONCE_PER;
	if (nm_text_past_why(past) != NM_TEXT_BACK_DUE)
		return nm_text_past_why(past);
	return past->failed >= NM_TEXT_BACK_TRIES ? NM_TEXT_BACK_GAVE_UP : NM_TEXT_BACK_DUE;
}

/* Until when so many texts, those that are about to be sent included, fill the time before now; now: they do not.  Those of
 * a clock that was set back by more than that time are no reason to wait for it to come there again. */
static nm_time full_until(const struct nm_text_back_past *past, int most, int64_t window_s, nm_time now)
{
	const size_t room = (size_t)(past->planned < most ? most - past->planned : 0);
	size_t first = 0;

	if (room == 0)
		return now + window_s;
	while (first < past->n_recent && past->recent[first] - now > window_s)
		first++;
	if (past->n_recent - first < room || now - past->recent[first + room - 1] >= window_s)
		return now;
	return past->recent[first + room - 1] + window_s;
}

nm_time nm_text_caps_from(const struct nm_text_back_past *past, nm_time now)
{
	const nm_time hour = full_until(past, NM_TEXT_BACKS_AN_HOUR, 3600, now),
		      day = full_until(past, NM_TEXT_BACKS_A_DAY, NM_DAY, now);

	return hour > day ? hour : day;
}

/* Whether one that is due may leave now. */
static struct nm_text_back_choice hold_back(const struct nm_text_back_past *past, const char *text, nm_time now)
{
	const nm_time hour = full_until(past, NM_TEXT_BACKS_AN_HOUR, 3600, now),
		      day = full_until(past, NM_TEXT_BACKS_A_DAY, NM_DAY, now);
	struct nm_text_back_choice choice = { NM_TEXT_BACK_DUE, text, now };

	if (past->failed > 0 && now - past->newest_failed < NM_TEXT_BACK_PAUSE_S) {
		choice.why = NM_TEXT_BACK_FAILED_JUST_NOW;
		choice.at = past->newest_failed + NM_TEXT_BACK_PAUSE_S;
	} else if (day > now) {
		choice.why = NM_TEXT_BACK_DAY_FULL;
		choice.at = day;
	} else if (hour > now) {
		choice.why = NM_TEXT_BACK_HOUR_FULL;
		choice.at = hour;
	}
	return choice;
}

struct nm_text_back_choice nm_text_back_decide(const struct nm_plan *plan, const struct nm_state *state,
					       const struct nm_text_back_call *call,
					       const struct nm_text_back_past *past, nm_time now)
{
	struct nm_text_back_choice choice = { .why = judge_call(plan, call, now), .at = NM_TIME_MAX };
	struct nm_decision decision;
	const char *text;

	if (choice.why != NM_TEXT_BACK_DUE)
		return choice;
	decision = nm_decide(plan, state, call->line, nm_caller_groups(plan, call->caller), false);
	text = nm_text_back(plan, state, decision);
	if (text == NULL)
		choice.why = decision.verdict == NM_VERDICT_REJECT ? NM_TEXT_BACK_BLOCKED
								   : NM_TEXT_BACK_NOT_NOW;
	else
		choice.why = judge_past(plan, call, past);
	return choice.why == NM_TEXT_BACK_DUE ? hold_back(past, text, now) : choice;
}
