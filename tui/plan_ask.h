/* SPDX-License-Identifier: MIT */
/*
 * Asking for the value of an option: a choice where the values are known, several of a list where it takes
 * several, a line to type where neither is.  Out comes the value as the plan writes it.
 */
#ifndef TUI_PLAN_ASK_H
#define TUI_PLAN_ASK_H

#include "prompt.h"

/* What is being asked, between the question and the answer. */
struct ask {
	void (*hear)(struct app *app, const char *typed); /* told what is typed after each key; set once, by the screen */
	int tag;
	const struct nm_option_info *info;
	bool typing;   /* a line is typed, not chosen */
	bool optional; /* it may be left out */
	bool cut;      /* the answer is longer than `typed` holds */
	char typed[PROMPT_BYTES];
};

enum ask_result {
	ASK_DISMISSED,
	ASK_MORE,      /* another question is open: its answer comes with the same tag */
	ASK_LEAVE_OUT, /* the option is not to be given */
	ASK_VALUE
};

/* values: what it has now, n of them (0: nothing). */
void ask_value(struct app *app, int tag, struct ask *ask, const struct nm_option_info *info, bool optional,
	       const char *const *values, size_t n);
/* What a text that is an answer to it says, ASK_MORE: two things; value as the plan writes it. */
enum ask_result ask_read(const struct ask *ask, const char *text, struct nm_buf *value);
/* The answer to it. */
enum ask_result ask_take(struct app *app, int tag, struct ask *ask, const struct event *event, struct nm_buf *value);
/* Says what the option is, and what an empty answer means. */
void ask_help(struct app *app, const struct ask *ask);
/* Asks the same again after a value that was wrong, with what was typed; a message says why. */
void ask_again(struct app *app, int tag, struct ask *ask);

#endif
