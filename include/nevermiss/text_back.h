/* SPDX-License-Identifier: MIT */
/*
 * The text that a missed caller gets: whether one is due, as a value, and sending those that are.
 *
 * A caller gets one text per `once_per`, whatever line was called, for a call of the last hour and from nobody else:
 * an hour later it would not be an answer to the call any more.  A flood of calls from made-up numbers must not become
 * a bill, so there are so many an hour and a day and no more; what waits for that is told, and lapses with its hour.
 */
#ifndef NEVERMISS_TEXT_BACK_H
#define NEVERMISS_TEXT_BACK_H

#include "nevermiss/calls.h"
#include "nevermiss/decide.h"

#define NM_TEXT_BACK_WITHIN_S 3600 /* after the call began */
#define NM_TEXT_BACKS_AN_HOUR 20   /* texts to customers, of whatever kind, in any 60 minutes */
#define NM_TEXT_BACKS_A_DAY 100    /* and in any 24 hours */
#define NM_TEXT_BACK_TRIES 3       /* texts about one call that may fail */
#define NM_TEXT_BACK_PAUSE_S 300   /* after each of them */
#define NM_TEXT_BACK_UNDELIVERED 2 /* so many in a row that were sent and did not arrive: no phone that gets texts */
/* So begin the outbox's words of a text to a number of which its carrier says that; one such text counts as all of these. */
#define NM_TEXT_BACK_DELIVERED "delivered" /* how the words of a text begin that arrived */
#define NM_TEXT_BACK_LANDLINE "a landline, or no number for texts"
#define NM_TEXT_BACK_ECHOES 3      /* so many in a row that were answered within NM_TEXT_BACK_ECHO_S: a machine */
#define NM_TEXT_BACK_ECHO_S 15     /* carriers' clocks are not ours */
#define NM_TEXT_BACK "text-back"   /* why it stands in the outbox */
#define NM_FOLLOWUP_TEXT "follow-up"
#define NM_SURVEY_TEXT "survey"

/* --- whether one is due --- */

enum nm_text_back_why {
	NM_TEXT_BACK_DUE,
	/* it waits: */
	NM_TEXT_BACK_FAILED_JUST_NOW,
	NM_TEXT_BACK_HOUR_FULL,
	NM_TEXT_BACK_DAY_FULL,
	/* it gets none: */
	NM_TEXT_BACK_NO_SECTION,
	NM_TEXT_BACK_NOT_MISSED,
	NM_TEXT_BACK_TOO_OLD,
	NM_TEXT_BACK_NO_NUMBER,
	NM_TEXT_BACK_OURS,
	NM_TEXT_BACK_NO_LINE,
	NM_TEXT_BACK_IN_FLOW,
	NM_TEXT_BACK_BLOCKED,
	NM_TEXT_BACK_NOT_NOW,
	NM_TEXT_BACK_PREMIUM,
	NM_TEXT_BACK_TOLL_FREE,
	NM_TEXT_BACK_ABROAD,
	NM_TEXT_BACK_ANSWERED_SINCE,
	NM_TEXT_BACK_OPTED_OUT,
	NM_TEXT_BACK_HAD_ONE,
	NM_TEXT_BACK_ONCE_PER,
	NM_TEXT_BACK_GAVE_UP,
	NM_TEXT_BACK_UNREACHABLE,
	NM_TEXT_BACK_MACHINE /* the last */
};
/* A sentence's part: "it had a text less than once_per before". */
const char *nm_text_back_why_words(enum nm_text_back_why why);
bool nm_text_back_waits(enum nm_text_back_why why);

/* A call of the log. */
struct nm_text_back_call {
	int64_t id;
	nm_time began;
	int line; /* -1: the plan has none of that number */
	struct nm_caller caller;
	enum nm_call_end end;
	bool ours;           /* a number of the plan's called */
	bool answered_since; /* the same caller rang again, and somebody answered */
};

/* What is known of texts to its caller, and to all customers. */
struct nm_text_back_past {
	bool opted_out;
	nm_time newest; /* when the newest to the caller was asked for that left, or may have or may yet; NM_TIME_MIN */
	int failed;     /* that failed since the call began */
	nm_time newest_failed;
	int undelivered; /* in a row, up to now: sent, and did not arrive; of the last 30 days */
	int echoes;      /* of the newest NM_TEXT_BACK_ECHOES to the caller: answered at once */
	/* When the newest texts to customers were asked for, the newest first, at most NM_TEXT_BACKS_A_DAY; borrowed. */
	size_t n_recent;
	const nm_time *recent;
	int planned; /* that are about to be sent beside these */
};

struct nm_text_back_choice {
	enum nm_text_back_why why;
	const char *text; /* the plan's; NULL unless it is due or waits */
	nm_time at;       /* when it waits: not before then */
};

/* state: of the plan when the call began.  Depends on nothing else. */
struct nm_text_back_choice nm_text_back_decide(const struct nm_plan *plan, const struct nm_state *state,
					       const struct nm_text_back_call *call,
					       const struct nm_text_back_past *past, nm_time now);

/* Does what became of texts to a number before stand against any other: NM_TEXT_BACK_UNREACHABLE, NM_TEXT_BACK_MACHINE?
 * NM_TEXT_BACK_DUE: it does not. */
enum nm_text_back_why nm_text_past_why(const struct nm_text_back_past *past);
/* When one more text to a customer may leave, as far as the hour's and the day's number goes; now: at once. */
nm_time nm_text_caps_from(const struct nm_text_back_past *past, nm_time now);

/* --- what the store knows of it --- */

/* Fills all but opted_out (optout.h) and planned; recent has room for NM_TEXT_BACKS_A_DAY. */
enum nm_code nm_store_text_past(struct nm_store *store, nm_number caller, nm_time began, nm_time now,
				nm_time *recent, struct nm_text_back_past *out, struct nm_error *err) NM_WARN_UNUSED;

/* The calls of the last hour and what each comes to, the oldest first.  Of a caller's calls only the first one is due. */
struct nm_text_back_item {
	struct nm_text_back_call call;
	struct nm_text_back_choice choice;
};
struct nm_text_back_list {
	struct nm_text_back_item *items; /* malloc'd */
	size_t n;
};
enum nm_code nm_text_backs_list(const struct nm_plan *plan, struct nm_store *store, nm_time now,
				struct nm_text_back_list *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_text_back_list_clear(struct nm_text_back_list *list);

#endif
