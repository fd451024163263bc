/* SPDX-License-Identifier: MIT */
/*
 * Follow-ups: the people to call back, what was done about each, and how it ended.
 *
 * A call that nobody took (voicemail, swallowed, abandoned, lost; probably so is enough) opens one when it is written
 * into the log, in the same transaction; while it is open, further such calls of the same caller join it.  A call of
 * that caller that somebody answers, which is proved, ends it (NM_FOLLOWUP_RANG_AGAIN).  The order in which calls
 * become known is no matter: what nobody has touched is as if they had been written as they came, also after a call
 * was mended, and is gone when no call is left that opens it.  What somebody has touched stays, whole as they saw it,
 * and has the calls up to the end that it was given.  A caller who withheld the number cannot be called back and opens
 * none, nor does a number of the plan's.  Leads that came by text or web are added by hand; calls of that number after it join one that is
 * open.  Kept is what happened; when something is due follows from the plan.
 */
#ifndef NEVERMISS_FOLLOWUP_H
#define NEVERMISS_FOLLOWUP_H

#include "nevermiss/push.h"

/* Whose newest call lies so far back is not listed as open, unless it is a lead or somebody has touched it: nobody calls
 * back after a month. */
#define NM_FOLLOWUP_LATE_S (30 * (nm_time)NM_DAY)
#define NM_FOLLOWUP_CALLS 100 /* calls of one follow-up are counted so far: only a machine rings that often */
#define NM_LATE_PREFIX "late: follow-up " /* and its id: why a text to the owner of it stands in the outbox */
#define NM_FOLLOWUP_LOG "the log" /* who ends those with NM_FOLLOWUP_RANG_AGAIN */

/* Kept in stores by these numbers, as all below. */
enum nm_channel { NM_CHANNEL_PHONE = 0, NM_CHANNEL_TEXT = 1, NM_CHANNEL_WEB = 2 /* the last */ };

enum nm_followup_end {
	NM_FOLLOWUP_OPEN = 0,
	NM_FOLLOWUP_BOOKED = 1,
	NM_FOLLOWUP_RESOLVED = 2,
	NM_FOLLOWUP_NO_ANSWER = 3,
	NM_FOLLOWUP_LOST = 4,
	NM_FOLLOWUP_RANG_AGAIN = 5 /* the last: the caller rang again and was answered */
};

enum nm_deed_kind {
	NM_DEED_TRIED = 0,    /* called back, no answer; the follow-up stays open */
	NM_DEED_TEXTED = 1,   /* sent the plan's then_text, or told that somebody did */
	NM_DEED_ENDED = 2,    /* with the deed's end */
	NM_DEED_REOPENED = 3, /* takes back the newest of the three above and of REACHED that was not taken back */
	NM_DEED_NOTED = 4,    /* words alone */
	/* After the end (survey.h): */
	NM_DEED_SURVEYED = 5,
	NM_DEED_SAID_YES = 6,
	NM_DEED_SAID_NO = 7,
	/* By nm_call_back_place: */
	NM_DEED_REACHED = 8 /* the last: called back, and the two talked; it stays open until somebody says how it ended */
};

struct nm_deed {
	nm_time at;
	const char *who; /* "pat over ssh" */
	enum nm_deed_kind kind;
	enum nm_followup_end end; /* of NM_DEED_ENDED */
	const char *words;        /* NULL; of NM_FOLLOWUP_LOG what it tells of: "a call from line main, no answer" */
};

struct nm_followup {
	int64_t id; /* of the store */
	enum nm_channel channel;
	nm_number number;  /* of the customer; 0: not known (a web lead) */
	const char *name;  /* as a lead gave it; NULL */
	const char *words; /* what a lead said; NULL */
	const char *line;  /* called, or whose number shall be shown when calling back; NULL */
	nm_number called;  /* by the call that opened it; 0: none did.  Only nm_store_followups_each fills it */
	int64_t call;      /* the call that opened it; 0: none did */
	nm_time opened;    /* when that call began, or the lead came */
	nm_time newest;    /* when the newest call that joined it began; opened when none did */
	int calls;         /* unanswered ones of this caller that it stands for; NM_FOLLOWUP_CALLS: or more */
	/* As the deeds that were not taken back have left it: */
	enum nm_followup_end end;
	nm_time ended; /* 0 while open */
	nm_time first_try; /* when the customer was first called back, reached or not (an end other than NO_ANSWER and
			    * RANG_AGAIN is a try too, and so is NM_DEED_REACHED, which `tries` does not count); 0: never */
	nm_time last_try; /* 0 */
	int tries;
	nm_time texted; /* 0 */
	nm_time reached; /* when NM_DEED_REACHED was written last; 0 */
	nm_time talked; /* the same, but for what NM_FOLLOWUP_LOG wrote: a minute at a voicemail looks like a talk there */
	bool tried_since; /* and after that, perhaps in the same second, the customer was tried again */
	size_t n_deeds;
	/* Oldest first, also those taken back; only nm_store_followup_get fills them. */
	const struct nm_deed *deeds;
};

struct nm_followups {
	struct nm_arena *arena;
	size_t n;
	struct nm_followup *items;
	bool more; /* than were asked for */
};

const char *nm_channel_name(enum nm_channel channel);       /* "phone" */
const char *nm_followup_end_name(enum nm_followup_end end); /* "booked" */
/* By name; false when it is none.  NM_FOLLOWUP_OPEN and NM_FOLLOWUP_RANG_AGAIN are no outcomes that somebody can give. */
bool nm_channel_find(const char *name, enum nm_channel *out);
bool nm_followup_end_find(const char *name, enum nm_followup_end *out);

/* --- where it is kept --- */

struct nm_followup_filter {
	bool open;            /* only open ones */
	nm_time since, until; /* opened in [since, until) */
	size_t most;
	nm_time now; /* of open ones: those that NM_FOLLOWUP_LATE_S leaves out are left out as of then; 0: none is */
};

/* Newest opened first; of only open ones the oldest, who have waited longest, so that these are never left out. */
enum nm_code nm_store_followups(struct nm_store *store, const struct nm_followup_filter *filter,
				struct nm_followups *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_followups_clear(struct nm_followups *followups);
/* The same one after the other, none of them kept.  *more: than were asked for. */
struct nm_followup_walk {
	struct nm_followup_filter filter;
	/* Given texts only until it returns.  Anything but NM_OK ends the walk; it must not use the store. */
	enum nm_code (*take)(void *context, const struct nm_followup *followup, struct nm_error *err);
	void *context;
};
enum nm_code nm_store_followups_walk(struct nm_store *store, const struct nm_followup_walk *walk, bool *more,
				     struct nm_error *err) NM_WARN_UNUSED;
/* What the figures are made of: each that was opened in the span, the oldest first, of which line (only until take
 * returns), called, opened, end and first_try are filled.  Anything but NM_OK ends the reading; take must not use the store. */
struct nm_followup_reader {
	struct nm_span span;
	bool uncalled; /* only those that no call opened */
	enum nm_code (*take)(void *context, const struct nm_followup *followup, struct nm_error *err);
	void *context;
};
enum nm_code nm_store_followups_each(struct nm_store *store, const struct nm_followup_reader *reader,
				     struct nm_error *err) NM_WARN_UNUSED;
/* One with its deeds, all from the arena; NM_INPUT when there is none of that id. */
enum nm_code nm_store_followup_get(struct nm_store *store, int64_t id, struct nm_arena *arena,
				   struct nm_followup *out, struct nm_error *err) NM_WARN_UNUSED;
/* A lead: channel, number, name, words, line and opened of it count.  NM_INPUT when neither number nor name is given. */
enum nm_code nm_store_followup_add(struct nm_store *store, const struct nm_followup *lead, int64_t *id,
				   struct nm_error *err) NM_WARN_UNUSED;
/* The lead that says the same and came at the same time; 0: there is none. */
enum nm_code nm_store_lead_find(struct nm_store *store, const struct nm_followup *lead, int64_t *id,
				struct nm_error *err) NM_WARN_UNUSED;
/* NM_INPUT: there is none of that id, it has ended already (but for REOPENED and NOTED), or nothing is left to take back. */
enum nm_code nm_store_followup_deed(struct nm_store *store, int64_t id, const struct nm_deed *deed,
				    struct nm_error *err) NM_WARN_UNUSED;

/* --- leads as somebody wrote them --- */

#define NM_LEAD_NAME 200   /* bytes of a name */
#define NM_LEAD_WORDS 2000 /* and of what was said */
#define NM_LEAD_ROW 16384  /* bytes of a lead in JSON */

struct nm_lead_text {
	/* NULL: not given.  at: as nm_time_read has it, on the plan's clock */
	const char *channel, *number, *name, *words, *line, *at;
};

/* A lead that nm_store_followup_add takes, or NM_INPUT and what would be right.  Texts are borrowed. */
enum nm_code nm_lead_read(const struct nm_plan *plan, const struct nm_lead_text *text, nm_time now,
			  struct nm_followup *out, struct nm_error *err) NM_WARN_UNUSED;
/* The same from an object whose members are those of nm_lead_text; texts from the arena, the line is the plan's. */
enum nm_code nm_lead_read_json(const struct nm_plan *plan, const char *row, size_t len, nm_time now,
			       struct nm_arena *arena, struct nm_followup *out,
			       struct nm_error *err) NM_WARN_UNUSED;

/* --- what the plan says of it --- */

enum nm_followup_next {
	NM_NEXT_CALL, /* call back */
	NM_NEXT_TEXT, /* all attempts were made: the plan's then_text */
	NM_NEXT_NONE  /* it has ended, or all that the plan says was done: who was texted may answer, and of who was
		       * reached (`talked`) somebody says how it ended; or nobody may call that number (nm_plan_toll) */
};

struct nm_due_times;

struct nm_followup_due {
	enum nm_followup_next next;
	nm_time at; /* when that is due: `within` after it was opened, or `retry` after the last try, or after
		     * the log told that the customer was reached, if nobody says how that ended; where follow_up has
		     * `during`, not before one of these schedules is on; a text only when texts may be sent.
		     * NM_TIME_MAX with NM_NEXT_NONE, and when no schedule of `during` is on within a year */
};

/* Section follow_up's defaults hold for a plan without one.  Out of memory, `during` is left aside. */
struct nm_followup_due nm_followup_due(const struct nm_plan *plan, const struct nm_followup *followup);
/* The same for many of one plan: the timeline that `during` needs is made once.  plan is borrowed; NULL: out of memory. */
struct nm_due_times *nm_due_times_new(const struct nm_plan *plan);
void nm_due_times_free(struct nm_due_times *times);
struct nm_followup_due nm_due_times_of(struct nm_due_times *times, const struct nm_followup *followup);
/* Should the customer have been called back by now, and not only more than a day ago?  What was late before that is nothing
 * new to anybody. */
bool nm_followup_late(const struct nm_followup_due *due, nm_time now);
/* The first instant from t on at which texts may be sent. */
nm_time nm_followup_texts_from(const struct nm_plan *plan, nm_time t);
/* The same with section follow_up's `during`; NM_TIME_MAX: not in the two days from t on. */
nm_time nm_due_times_texts_from(struct nm_due_times *times, nm_time t);
/* Between two texts to a number: text_back's once_per, or its default. */
int64_t nm_followup_once_per_s(const struct nm_plan *plan);
/* The two have talked, and nothing has come after that: it is to be said how it ended. */
bool nm_followup_awaits_end(const struct nm_followup *followup);
/* Is there a text that it was not sent yet? */
bool nm_followup_awaits_text(const struct nm_plan *plan, const struct nm_followup *followup);
/* Open ones in the order in which they are due, the most urgent first, the ended ones behind them; sorts the items in
 * place.  Out of memory they stay as they are. */
void nm_followups_sort(const struct nm_plan *plan, struct nm_followups *followups);
/* Somebody tells how calling back went.  NO_ANSWER is a try, and ends it only when the plan's attempts are used up and
 * there is no then_text left to send; the others end it.  *out is the follow-up as it stands then (deeds included). */
enum nm_code nm_followup_outcome(const struct nm_plan *plan, struct nm_store *store, int64_t id,
				 enum nm_followup_end outcome, nm_time now, const char *who,
				 struct nm_arena *arena, struct nm_followup *out,
				 struct nm_error *err) NM_WARN_UNUSED;

/* The text for it: section follow_up's then_text, else text_back's missed; NULL when the plan has neither. */
const char *nm_followup_text(const struct nm_plan *plan);
/* Texts to customers leave from 8 to 21 h on the plan's clock (design.md 9). */
#define NM_TEXTS_FROM_H 8
#define NM_TEXTS_UNTIL_H 21
/* Whether it may get a text now: NM_INPUT when it has ended, or no number is known; NM_REFUSED at night, when its
 * number got one less than section text_back's once_per ago, or may have, when a carrier said that it wants none, and when
 * texts to it do not arrive or a machine answers them (nm_text_past_why). */
enum nm_code nm_followup_text_check(const struct nm_plan *plan, struct nm_store *store,
				    const struct nm_followup *followup, nm_time now,
				    struct nm_error *err) NM_WARN_UNUSED;

#endif
