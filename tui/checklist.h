/* SPDX-License-Identifier: MIT */
/*
 * The guide's quick start: what to do today in 15 minutes, this week in an hour, this month.  Each item ticks itself
 * by looking at the plan, its findings, the store and the log.
 */
#ifndef TUI_CHECKLIST_H
#define TUI_CHECKLIST_H

#include "nevermiss/check.h"
#include "nevermiss/plan.h"

/* All that items look at; borrowed. */
struct checklist_facts {
	const struct nm_plan *plan;
	const struct nm_findings *findings; /* NULL: not known yet */
	bool store_read;                    /* what follows is known, or there is no store */
	const struct nm_line_fact *lines;   /* n_lines of them, in no order; NULL: the store knows nothing */
	size_t n_lines;
	struct nm_test_fact tests;
	nm_time newest_call;                /* of the log; NM_TIME_MIN: there is none, or no store */
	bool agent_lives;                   /* and does what nobody has to be there for */
	bool peaks;                         /* the log of the last 30 days has hours that stand out */
	nm_time now;
};

enum tick { TICK_OPEN, TICK_DONE };

struct checklist_item {
	const char *when;  /* its name up to the comma: "today, in 15 minutes" */
	const char *words;
	const char *looks; /* at what it looks */
	/* Adds what is missing, in words, when it is not done. */
	enum tick (*tick)(const struct checklist_facts *facts, struct nm_buf *missing);
};

extern const struct checklist_item checklist[];
extern const size_t checklist_count;

#endif
