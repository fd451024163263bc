/* SPDX-License-Identifier: MIT */
/*
 * The Simulate screen between its files: what it knows (screen_simulate.c), how it looks
 * (simulate_draw.c), and the tests of the plan (simulate_tests.c).  Private to these.
 */
#ifndef TUI_SIMULATE_H
#define TUI_SIMULATE_H

#include "answers.h"
#include "list.h"

enum simulate_tag { TAG_DATE, TAG_CALLER, TAG_NUMBER, TAG_AFTER, TAG_HANGUP, TAG_TEST, TAG_TEST_SURE };

struct simulate {
	struct play play;
	bool phones;  /* the keys go to the phones */
	size_t phone; /* destination that is chosen */
	int top;      /* first row of the ladder that is shown */
	int step;     /* rows of the ladder that were played; 0: the call is shown at once */
	bool live;    /* what is at the carrier, not the plan */
	char search[LIST_SEARCH]; /* what was last searched for; "" */
	int found;    /* the event, or behind them the reason, that has it; -1: none */
	char test_name[128];
	/* derived */
	struct play shown;
	bool shown_live;
	unsigned generation, readings; /* of the session, when it was derived */
	struct nm_simulation *call;
	struct nm_arena *live_arena;
	const struct nm_treatment *treatment;
	struct nm_outcome outcome; /* of the plan or of what is live */
	struct nm_error err;
};

/* Is what is live on its line not read, but what was done by hand? */
bool simulate_assumed(const struct simulate *simulate, const struct app *app);

/* simulate_step.c: the call played step by step. */
/* To the next step, or back; behind the last, and before the first, the call is shown at once. */
void simulate_step(struct simulate *simulate, bool back);
/* How many steps there are. */
int simulate_steps(const struct simulate *simulate);
/* "plan.conf:41  step { ring = owner }": the line of the plan that the step comes from; "" when it comes from none. */
void simulate_step_place(const struct simulate *simulate, const struct app *app, struct nm_buf *out);
/* The step's reason; "". */
const char *simulate_step_why(const struct simulate *simulate);
/* Where the editor opens: at the step, or else at the rule that decides. */
struct nm_pos simulate_step_pos(const struct simulate *simulate);

/* simulate_find.c: what is searched for, in the events of the call and in the reasons of the plan. */
bool simulate_find(void *state, struct app *app, bool back, bool here);

/* simulate_phones.c */
/* Rung by this call, or told to do something. */
bool simulate_phone_shown(const struct simulate *simulate, const struct nm_plan *plan, size_t destination);
void simulate_draw_phones(const struct simulate *simulate, const struct nm_plan *plan, struct canvas *canvas, int y);

/* What it was told to do; NULL: nothing. */
const struct nm_setting *simulate_setting(const struct play *play, size_t destination);
void simulate_phone_move(struct simulate *simulate, const struct nm_plan *plan, bool back);
/* Tab: the first phone, the next one, and behind the last none. */
void simulate_phone_next(struct simulate *simulate, const struct nm_plan *plan);
/* The chosen phone is one that is shown; false: none is. */
bool simulate_phone_chosen(struct simulate *simulate, const struct nm_plan *plan);
/* As it would, no answer, busy, declined, unreachable, as it would. */
void simulate_phone_cycle(struct simulate *simulate, struct app *app);

/* simulate_times.c: when the chosen phone answers, and when the caller hangs up; typed: a text that would not do. */
void simulate_ask_after(struct simulate *simulate, struct app *app, const char *typed);
void simulate_take_after(struct simulate *simulate, struct app *app, const char *text);
void simulate_ask_hangup(struct app *app, const char *typed);
void simulate_take_hangup(struct simulate *simulate, struct app *app, const char *text);

/* simulate_draw.c */
/* How a call ended, in a sentence; the style that goes with it. */
unsigned simulate_result_words(const struct nm_outcome *outcome, struct nm_buf *out);
/* The last row of the ladder that may be the first shown: 0 where all has room. */
int simulate_top_most(const struct simulate *simulate, const struct app *app, struct box body);
void simulate_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body);

/* simulate_against.c: the call on what is live, against the plan; how many rows of the box it took. */
int simulate_draw_against(const struct simulate *simulate, struct canvas *canvas, struct box box);

/* simulate_tests.c */
void simulate_test_name(struct app *app, const char *typed); /* asks for it */
/* Shows the call as a test of this name, and asks whether it shall be one. */
void simulate_test_ask(struct simulate *simulate, struct app *app, const char *name);
void simulate_test_write(struct simulate *simulate, struct app *app);
/* Runs the plan's tests, and shows how they went. */
void simulate_tests_run(struct app *app);

#endif
