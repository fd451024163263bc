/* SPDX-License-Identifier: MIT */
/*
 * Customer surveys: once a follow-up has ended as booked or resolved, its customer is asked in one text whether that was
 * so on the first call, and the answer is kept with the follow-up.
 *
 * Asked is once for each follow-up and once in NM_SURVEY_CALLER_S for each number, within NM_SURVEY_WITHIN_S of the end,
 * from NM_TEXTS_FROM_H to NM_TEXTS_UNTIL_H, while follow_up's `during` is on, and within the caps of text_back.h.  A
 * survey that could not be sent is not sent a second time.
 */
#ifndef NEVERMISS_SURVEY_H
#define NEVERMISS_SURVEY_H

#include "nevermiss/followup.h"
#include "nevermiss/text_back.h"

#define NM_SURVEY_WITHIN_S NM_DAY
#define NM_SURVEY_CALLER_S (30 * (nm_time)NM_DAY)
#define NM_SURVEY_ANSWER_S (7 * (nm_time)NM_DAY) /* after the survey: an answer that comes later is none */
#define NM_SURVEY_EARLY_S 60                     /* before it: carriers' clocks are not ours */
#define NM_SURVEY_CUSTOMER "the customer"        /* who answers */

/* --- whether one is due --- */

enum nm_survey_why {
	NM_SURVEY_DUE,
	/* it waits: */
	NM_SURVEY_NOT_NOW,
	NM_SURVEY_ONCE_PER,
	NM_SURVEY_FULL,
	/* there is none: */
	NM_SURVEY_NO_TEXT,
	NM_SURVEY_NOT_ENDED,
	NM_SURVEY_HAD_ONE,
	NM_SURVEY_TOO_LATE,
	NM_SURVEY_NO_NUMBER,
	NM_SURVEY_OURS,
	NM_SURVEY_PREMIUM,
	NM_SURVEY_TOLL_FREE,
	NM_SURVEY_ABROAD,
	NM_SURVEY_OPTED_OUT,
	NM_SURVEY_LATELY,
	NM_SURVEY_UNREACHABLE,
	NM_SURVEY_MACHINE /* the last */
};
/* A sentence's part: "the customer wants no texts". */
const char *nm_survey_why_words(enum nm_survey_why why);
bool nm_survey_waits(enum nm_survey_why why);

/* What is known of a follow-up and of surveys before. */
struct nm_survey_case {
	enum nm_followup_end end;
	nm_time ended;
	nm_number number; /* 0: not known */
	bool ours;        /* a number of the plan's */
	bool asked;       /* for this follow-up */
	nm_time newest;   /* when that number was asked the last time; NM_TIME_MIN: never */
	nm_time from;     /* nm_due_times_texts_from of now */
};

struct nm_survey_choice {
	enum nm_survey_why why;
	nm_time at; /* when it waits: not before then; NM_TIME_MAX: it does not wait */
};

/* past: as of the follow-up's end.  Depends on nothing else. */
struct nm_survey_choice nm_survey_decide(const struct nm_plan *plan, const struct nm_survey_case *survey,
					 const struct nm_text_back_past *past, nm_time now);

/* Follow-ups that ended as booked or resolved within NM_SURVEY_WITHIN_S, the first to end first, and what each comes to. */
struct nm_survey_item {
	int64_t followup;
	nm_number number;
	nm_time ended;
	const char *line; /* as nm_followup's */
	struct nm_survey_choice choice;
};
struct nm_survey_list {
	struct nm_arena *arena;
	struct nm_survey_item *items;
	size_t n;
};
enum nm_code nm_surveys_list(const struct nm_plan *plan, struct nm_store *store, nm_time now,
			     struct nm_survey_list *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_survey_list_clear(struct nm_survey_list *list);

/* --- answers --- */

enum nm_survey_answer { NM_SURVEY_NO_ANSWER, NM_SURVEY_YES, NM_SURVEY_NO };

/* What a text's first word says: 1, yes, y, ja; 2, no, n; in any case, with or without a full stop and the like. */
enum nm_survey_answer nm_survey_read(const char *body);
/* Keeps a text of that number, which came at that time, with the follow-up that it answers: the newest survey to the
 * number, if that is not answered yet.  Any other text is left aside.  Within a transaction. */
enum nm_code nm_survey_take(struct nm_store *store, nm_number from, nm_time at, const char *body,
			    struct nm_error *err) NM_WARN_UNUSED;

/* --- where they are kept: with the follow-up's deeds --- */

/* Those that ended as booked or resolved in (from, until], the first to end first; malloc'd. */
enum nm_code nm_store_surveys_ended(struct nm_store *store, nm_time from, nm_time until, int64_t **ids, size_t *n,
				    struct nm_error *err) NM_WARN_UNUSED;
/* When that number was asked the last time; NM_TIME_MIN: never. */
enum nm_code nm_store_survey_newest(struct nm_store *store, nm_number number, nm_time *out,
				    struct nm_error *err) NM_WARN_UNUSED;
/* The follow-up of which a survey went to that number in [from, until], and that has no answer; 0: there is none. */
enum nm_code nm_store_survey_open(struct nm_store *store, nm_number number, nm_time from, nm_time until, int64_t *out,
				  struct nm_error *err) NM_WARN_UNUSED;
/* A deed that asks or answers: no end of a follow-up stands against it. */
enum nm_code nm_store_survey_deed(struct nm_store *store, int64_t followup, const struct nm_deed *deed,
				  struct nm_error *err) NM_WARN_UNUSED;

#endif
