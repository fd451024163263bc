/* SPDX-License-Identifier: MIT */
/*
 * The Now screen between its files: what it knows (screen_now.c), how it looks (now_draw.c), and the override that is
 * asked for (now_override.c).  Private to these.
 */
#ifndef TUI_NOW_H
#define TUI_NOW_H

#include "answers.h"
#include "checklist.h"
#include "nevermiss/alerts.h"
#include "nevermiss/calls.h"
#include "nevermiss/report.h"
#include "override.h"
#include "prompt.h"
#include "search.h"

/* What the log has to say; empty without one. */
struct now_log {
	struct nm_report report; /* of the last 30 days and all lines */
	struct nm_report course; /* of the weeks that end now (nm_report_course) */
	size_t due;              /* people to call back */
	bool due_more;           /* than were looked at */
	nm_time due_at;          /* when that is due of the first one; NM_TIME_MAX */
	struct nm_arena *arena;  /* of what follows */
	size_t n_floods;
	struct nm_flood_fact *floods;
	int64_t crm_refused;     /* events that are set aside; 0 without a section crm */
	size_t n_alerts;         /* emergency calls whose alert is open; the newest of them: */
	struct nm_call_alert alert;
	struct nm_call_entry alerted;
};

struct now {
	struct play play;
	/* derived */
	unsigned generation;
	nm_time minute;
	int line;
	struct nm_arena *arena;
	struct nm_simulation *call;
	struct nm_simulation *emergency; /* NULL: no protocol */
	nm_time next;
	const char *next_words, *skips, *emergency_words;
	struct nm_error err; /* why there is nothing to show */
	/* of the store; read when the keyboard is quiet */
	bool deeds_known;
	unsigned proofs; /* of the session, when that was last looked at */
	struct nm_test_fact tests;
	bool agent_lives;
	nm_time newest_call; /* NM_TIME_MIN: none */
	struct now_log log;
	char search[LIST_SEARCH]; /* what was last searched for; "" */
	struct search_row found;
	/* the override being asked for, or the one to be ended */
	struct nm_arena *wish_arena; /* has the wish's texts */
	struct override_wish wish;
	char override_name[OVERRIDE_NAME];
	bool live_offered; /* once it is saved */
};

/* What the quick start looks at; the findings only once they are known. */
struct checklist_facts now_facts(const struct now *now, const struct app *app);

/* now_draw.c */
void now_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body);

/* now_log.c */
void now_log_read(struct now_log *log, struct app *app);
void now_log_clear(struct now_log *log);

/* now_override.c: from the first question to the section in the plan, and to Push. */
void now_override_ask(struct now *now, struct app *app);
/* What somebody has decided already is asked about at once: its effect, then Push. */
void now_override_decided(struct now *now, struct app *app, const struct override_order *order);
void now_override_answer(struct now *now, struct app *app, const struct event *event);

#endif
