/* SPDX-License-Identifier: MIT */
/*
 * The Calls screen between its files: what it knows (screen_calls.c), how it looks (calls_draw.c), whom to call back
 * (calls_queue.c), and the page of one call (screen_call.c).  Private to these.
 */
#ifndef TUI_CALLS_H
#define TUI_CALLS_H

#include "answers.h"
#include "call_log.h"
#include "call_page.h"
#include "list.h"
#include "nevermiss/call_back.h"
#include "nevermiss/explain.h"
#include "nevermiss/followup.h"

enum calls_tag {
	TAG_FILTER,
	TAG_DATE,
	TAG_CALL,
	TAG_TEXT,
	TAG_LEAD_CHANNEL,
	TAG_LEAD_NUMBER,
	TAG_LEAD_NAME,
	TAG_LEAD_WORDS
};

#define CALLS_SEEN 512 /* calls of which is remembered whether they went as planned */
#define CALLS_SIGHT (CALLS_SEEN / 2) /* rows in sight for which that is found out */
#define CALLS_BRIEF 64
#define CALLS_QUEUE 1000 /* people to call back that are shown at the most */
#define CALLS_DONE 64 /* outcomes that are taken back one by one; older ones by their row */
#define CALLS_MONTH 20000 /* calls that are read to count those of this month */
#define LEAD_BYTES 512

/* Whether a call went as planned. */
struct calls_seen {
	int64_t id; /* 0: none */
	bool failed;
	enum nm_explained verdict;
	char brief[CALLS_BRIEF];
};

struct calls {
	bool in_queue; /* the keys go to those who are to be called back */
	bool to_end;   /* the log is read to its end */
	size_t resume; /* row to which the log, begun anew, is read before the cursor stands there again; 0 */
	struct list queue_list, log_list;
	/* what was read, and of when it is */
	bool known;
	unsigned generation; /* of the session */
	uint64_t changes;    /* of the store */
	struct nm_error err;
	struct nm_followups queue;
	int64_t chosen; /* follow-up under the cursor, so that it stays there */
	struct call_log log;
	nm_time until; /* where it begins; NM_TIME_MAX: with the newest call */
	nm_time month; /* when this month began */
	size_t this_month;
	struct nm_explainer *explainer;
	struct calls_seen seen[CALLS_SEEN]; /* the newest take the place of the oldest */
	size_t n_seen;
	struct call_page page; /* the call under the cursor, where there is room for it */
	/* a lead being asked for */
	enum nm_channel lead_channel;
	char lead_number[NM_NUMBER_TEXT]; /* "": not known */
	char lead_name[NM_LEAD_NAME + 1];
	int64_t asked; /* follow-up that a question is about */
	struct nm_call_back call_back; /* as it was shown and asked about */
	int64_t done[CALLS_DONE]; /* those about which something was done here and not taken back, the newest last */
	size_t n_done;
};

/* Rows of the two parts, for the lists' pages and for drawing. */
struct calls_layout {
	struct box queue, log; /* the head's row is the first; height 0: not shown */
	int rule;              /* row between them; -1 */
	struct box detail;     /* beside them; width 0: none */
};
struct calls_layout calls_layout(const struct calls *calls, struct box body);

const struct nm_followup *calls_chosen_followup(const struct calls *calls);
const struct nm_call_entry *calls_chosen_call(const struct calls *calls);
/* NULL: not looked at yet. */
const struct calls_seen *calls_seen(const struct calls *calls, int64_t id);

/* calls_draw.c */
void calls_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body);
/* "Sat 21 Nov 17:52", 16 columns at the most; short: without the day of the week. */
void calls_when(const struct nm_zone *zone, nm_time t, nm_time now, bool is_short, char *out, size_t size);
/* Who is to be called back: a name, groups, a number. */
void calls_who(const struct nm_plan *plan, const struct nm_followup *followup, struct nm_buf *out);
unsigned calls_style(const struct nm_plan *plan, const struct nm_became *became);

/* calls_queue.c */
void calls_outcome(struct calls *calls, struct app *app, enum action action);
void calls_call_ask(struct calls *calls, struct app *app);
void calls_text_ask(struct calls *calls, struct app *app);
void calls_take_back(struct calls *calls, struct app *app);
void calls_lead_ask(struct calls *calls, struct app *app);
void calls_history(const struct calls *calls, struct app *app);
/* An answer to one of their questions. */
void calls_queue_answer(struct calls *calls, struct app *app, const struct event *event);

/* screen_call.c: the page of one call; and the call on the Simulate screen, false with a message when it cannot be
 * played. */
void app_call(struct app *app, int64_t id);
bool app_call_play(struct app *app, int64_t id);

#endif
