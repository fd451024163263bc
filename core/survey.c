/* SPDX-License-Identifier: MIT */
/*
 * Whether a follow-up's customer is asked, and what an answer says (survey.h).  Comes in: the plan, the follow-up, what is
 * known of texts before.  Goes out: a choice.  Knows neither store nor clock.
 */
#include "nevermiss/survey.h"

#include <string.h>

#define WORD_MAX 3 /* no word of an answer is longer */

const char *nm_survey_why_words(enum nm_survey_why why)
{
	static const char *const words[] = {
		[NM_SURVEY_DUE] = "it gets a survey",
		[NM_SURVEY_NOT_NOW] = "texts may not be sent now: it waits",
		[NM_SURVEY_ONCE_PER] = "the customer had a text less than once_per ago: it waits",
		[NM_SURVEY_FULL] = "as many texts as may went to customers: it waits",
		[NM_SURVEY_NO_TEXT] = "the plan has no survey",
		[NM_SURVEY_NOT_ENDED] = "it has not ended as booked or resolved",
		[NM_SURVEY_HAD_ONE] = "its customer was asked",
		[NM_SURVEY_TOO_LATE] = "it may not be sent within 24 hours of the end",
		[NM_SURVEY_NO_NUMBER] = "the customer's number is not known",
		[NM_SURVEY_OURS] = "a number of the plan's",
		[NM_SURVEY_PREMIUM] = "a premium number",
		[NM_SURVEY_TOLL_FREE] = "a toll-free number: no phone that gets texts",
		[NM_SURVEY_ABROAD] = "neither in the plan's own country nor in one of allow",
		[NM_SURVEY_OPTED_OUT] = "the customer wants no texts",
		[NM_SURVEY_LATELY] = "the customer was asked in the last 30 days",
		[NM_SURVEY_UNREACHABLE] = "texts to that number do not arrive",
		[NM_SURVEY_MACHINE] = "a machine answers texts there",
	};

	return (size_t)why <= NM_SURVEY_MACHINE ? words[why] : "unknown";
}

bool nm_survey_waits(enum nm_survey_why why)
{
	return why == NM_SURVEY_NOT_NOW || why == NM_SURVEY_ONCE_PER || why == NM_SURVEY_FULL;
}

/* Of the follow-up by itself; NM_SURVEY_DUE: nothing stands against it. */
static enum nm_survey_why judge_followup(const struct nm_plan *plan, const struct nm_survey_case *survey, nm_time now)
{
	if (plan->follow_up.survey == NULL)
		return NM_SURVEY_NO_TEXT;
	if ((survey->end != NM_FOLLOWUP_BOOKED && survey->end != NM_FOLLOWUP_RESOLVED) || survey->ended > now)
		return NM_SURVEY_NOT_ENDED;
	if (survey->asked)
		return NM_SURVEY_HAD_ONE;
	if (now - survey->ended >= NM_SURVEY_WITHIN_S)
		return NM_SURVEY_TOO_LATE;
	if (survey->number == 0)
		return NM_SURVEY_NO_NUMBER;
	if (survey->ours)
		return NM_SURVEY_OURS;
	switch (nm_plan_textable(plan, survey->number)) {
	case NM_TEXTABLE_PREMIUM:
		return NM_SURVEY_PREMIUM;
	case NM_TEXTABLE_ABROAD:
		return NM_SURVEY_ABROAD;
	case NM_TEXTABLE_TOLL_FREE:
		return NM_SURVEY_TOLL_FREE;
	case NM_TEXTABLE:
		break;
	}
	return NM_SURVEY_DUE;
}

/* Of what is known of texts to the number. */
static enum nm_survey_why judge_past(const struct nm_survey_case *survey, const struct nm_text_back_past *past,
				     nm_time now)
{
	if (past->opted_out)
		return NM_SURVEY_OPTED_OUT;
	if (survey->newest != NM_TIME_MIN && now - survey->newest < NM_SURVEY_CALLER_S)
		return NM_SURVEY_LATELY;
	switch (nm_text_past_why(past)) {
	case NM_TEXT_BACK_UNREACHABLE:
		return NM_SURVEY_UNREACHABLE;
	case NM_TEXT_BACK_MACHINE:
		return NM_SURVEY_MACHINE;
	default:
		return NM_SURVEY_DUE;
	}
}

/* Whether one that is due may leave now, and while the day after the end lasts. */
static struct nm_survey_choice hold_back(const struct nm_plan *plan, const struct nm_survey_case *survey,
					 const struct nm_text_back_past *past, nm_time now)
{
	const nm_time room = nm_text_caps_from(past, now);
	const nm_time after =
		past->newest != NM_TIME_MIN ? past->newest + nm_followup_once_per_s(plan) : NM_TIME_MIN;
	struct nm_survey_choice choice = { NM_SURVEY_DUE, survey->from };

	if (after > choice.at)
		choice.at = after;
	if (room > choice.at)
		choice.at = room;
	if (choice.at >= survey->ended + NM_SURVEY_WITHIN_S)
		return (struct nm_survey_choice){ NM_SURVEY_TOO_LATE, NM_TIME_MAX };
	if (survey->from > now)
		choice.why = NM_SURVEY_NOT_NOW;
	else if (after > now)
		choice.why = NM_SURVEY_ONCE_PER;
	else if (room > now)
		choice.why = NM_SURVEY_FULL;
	return choice;
}

struct nm_survey_choice nm_survey_decide(const struct nm_plan *plan, const struct nm_survey_case *survey,
					 const struct nm_text_back_past *past, nm_time now)
{
	struct nm_survey_choice choice = { judge_followup(plan, survey, now), NM_TIME_MAX };

	if (choice.why == NM_SURVEY_DUE)
		choice.why = judge_past(survey, past, now);
	return choice.why == NM_SURVEY_DUE ? hold_back(plan, survey, past, now) : choice;
}

/* --- answers --- */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

enum nm_survey_answer nm_survey_read(const char *body)
{
	static const char *const yes[] = { "1", "yes", "y", "ja" }, *const no[] = { "2", "no", "n" };
	char word[WORD_MAX + 1] = "";
	const char *first = body + strspn(body, " \t\r\n\"(");
	const size_t n = strcspn(first, " \t\r\n\".,!;:)");

	if (n > WORD_MAX)
		return NM_SURVEY_NO_ANSWER;
	for (size_t i = 0; i < n; i++)
		word[i] = lower(first[i]);
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (strcmp(word, yes[i]) == 0)
			return NM_SURVEY_YES;
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (strcmp(word, no[i]) == 0)
			return NM_SURVEY_NO;
	return NM_SURVEY_NO_ANSWER;
}

enum nm_code nm_survey_take(struct nm_store *store, nm_number from, nm_time at, const char *body,
			    struct nm_error *err)
{
	const enum nm_survey_answer answer = nm_survey_read(body);
	const struct nm_deed deed = { .at = at,
				      .who = NM_SURVEY_CUSTOMER,
				      .kind = answer == NM_SURVEY_YES ? NM_DEED_SAID_YES : NM_DEED_SAID_NO,
				      .words = body };
	int64_t followup;
	enum nm_code code;

	if (answer == NM_SURVEY_NO_ANSWER)
		return NM_OK;
	code = nm_store_survey_open(store, from, at - NM_SURVEY_ANSWER_S, at + NM_SURVEY_EARLY_S, &followup, err);
	return code == NM_OK && followup != 0 ? nm_store_survey_deed(store, followup, &deed, err) : code;
}
