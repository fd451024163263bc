/* SPDX-License-Identifier: MIT */
/*
 * The first run: a form of the questions of a first plan, the week that the answers make, and what is written in
 * the end.  It has an app of its own, whose session is a draft: nothing is on disk before its last key, and
 * leaving it leaves nothing behind.
 */
#ifndef TUI_WIZARD_H
#define TUI_WIZARD_H

#include "first_plan.h"
#include "list.h"
#include "prompt.h"
#include "typing.h"
#include "week.h"
#include "zones.h"

/* The form.  Argument of open: what TZ says (a text), or NULL. */
extern const struct screen_ops screen_wizard;

/* A row of the form. */
struct wizard_row {
	enum question question;
	const char *label;
	const char *why;   /* it is asked, and an example */
	const char *empty; /* what no answer means; NULL: it must be answered */
};
extern const struct wizard_row wizard_rows[QUESTIONS];

struct wizard_field {
	struct typing typing;
	char error[NM_ERROR_TEXT]; /* "" when the answer is good */
	bool own;                  /* somebody answered it: it follows no other answer any more */
};

struct wizard {
	struct zones zones;
	const struct zone_row *own_zone; /* the machine's; NULL */
	struct wizard_field fields[QUESTIONS]; /* by question */
	struct list list;                      /* rows of the form */
	bool typed;                            /* something that leaving would lose */
	bool rings_always;                     /* the draft rings the owner outside the hours too */
	struct notes offers;                   /* what the answer at the cursor may become */
	size_t offer;                          /* the one taken; SIZE_MAX: none */
	struct week week;
	struct nm_buf there; /* what stands in the plan's file, which is no plan yet */
	struct nm_buf plan;  /* the answers' own text: the draft is both */
};

const struct wizard_field *wizard_field(const struct wizard *wizard, size_t row);
/* wizard_offers.c: what the answer may become, by what stands there. */
void wizard_offer(struct wizard *wizard, enum question question);
/* Stands an answer at the cursor that cannot be, nor become one by Enter?  Its error is told in place of the help. */
bool wizard_wrong(const struct wizard *wizard);
/* The offer whose beginning (of a time zone any part) stands at the cursor and is no answer yet; SIZE_MAX: none. */
size_t wizard_completed_by(const struct wizard *wizard);
/* The time zone whose name alone has what stands at the cursor, which Enter takes; NULL: none, or it is typed out. */
const char *wizard_taken_for(const struct wizard *wizard);
/* wizard_draw.c */
void wizard_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body);
/* wizard_review.c: the plan that the draft is, what check says of it, and the key that writes it. */
void wizard_review(struct app *app, const struct wizard *wizard);

#endif
