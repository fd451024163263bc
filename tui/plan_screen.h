/* SPDX-License-Identifier: MIT */
/*
 * What the sources of the Plan screen share: its state, and what is being asked.
 *
 *   screen_plan.c  outline, panes, keys     plan_form.c, plan_path.c  the form, plan_text.c the text,
 *   plan_pane.c    and where they are
 *   plan_change.c  one option or section    plan_add.c                a new section, plan_calendar.c one of a calendar
 *   plan_delete.c  a section that goes      plan_wrong.c              why a value does not do
 *   plan_keys.c    what the keys are called
 */
#ifndef TUI_PLAN_SCREEN_H
#define TUI_PLAN_SCREEN_H

#include "plan_ask.h"
#include "plan_form.h"
#include "plan_text.h"

enum plan_tag {
	TAG_VALUE,       /* of an option */
	TAG_RING_NUMBER, /* the number of a destination that has begun to ring */
	TAG_COPY,
	TAG_COPY_NUMBER, /* of a line: no two have the same */
	TAG_RENAME,
	TAG_DELETE,
	TAG_USE, /* of what cannot be deleted */
	TAG_MEND_CHOICE,
	TAG_MEND,
	TAG_ADD_KIND,
	TAG_ADD_NAME,
	TAG_ADD_VALUE,
	TAG_ADD_WAY,  /* how a calendar comes */
	TAG_ADD_FETCH /* the one that was added */
};

#define PLAN_KINDS 32 /* more than plan_kinds has */
#define NAME_BYTES 128 /* more than a name may have */

/* A place whose name is its own: a question may outlive the plan that it was asked about. */
struct held_place {
	const char *section; /* of the language's table */
	char title[NAME_BYTES];
	int step;
};

/* A section being asked for, question by question. */
#define DRAFT_QUESTIONS 4
struct draft {
	const char *section; /* of the table; NULL: none is */
	char name[NAME_BYTES];
	const struct nm_option_info *asked[DRAFT_QUESTIONS];
	char *values[DRAFT_QUESTIONS]; /* owned, as the plan writes them; NULL: not answered, or left out */
	size_t n, at;
	const char *offered; /* for the first question, static; NULL: nothing */
	struct held_place behind; /* where it comes to stand; section NULL: after the last of its kind */
	bool first;		  /* before all of its kind instead */
	bool up;		  /* a step: before that one, not behind it */
};

/* A row of the outline: a kind of section, or one section of it (name not NULL). */
struct plan_row {
	const struct plan_kind *kind;
	const char *name; /* of the plan; "" when it has none; NULL: the kind itself */
	size_t count;     /* of the kind */
	struct nm_pos pos;
};

struct plan_screen {
	struct list list;
	bool folded[PLAN_KINDS]; /* as plan_kinds */
	unsigned generation;
	bool derived;
	struct plan_row *rows; /* owned */
	size_t n, capacity;
	const struct plan_kind *at_kind; /* what the cursor is on, to find it again */
	char at_name[NAME_BYTES];
	bool at_part; /* a section, not the kind */
	bool in_pane;  /* the keys go to the pane beside the outline */
	bool as_text;  /* which shows the section's text, not its form */
	int scroll;    /* rows of it that are above its top */
	struct form form;
	struct section_text text; /* while it is shown */
	unsigned changes_tried; /* generation for which the changes were asked for */
	/* what is being asked */
	struct held_place place;
	struct ask ask;
	char kind[NAME_BYTES]; /* that a destination will be, while its number is asked for */
	char copy[NAME_BYTES]; /* that a copy of a line will have, likewise */
	char mend[PLACE_TEXT]; /* words of the mend */
	struct draft draft;
	char fetched[NAME_BYTES]; /* the calendar of which it is asked whether to fetch it */
};

const struct plan_row *plan_row_chosen(const struct plan_screen *screen);
/* The row of the form under the cursor, when the keys go there; NULL. */
const struct field *plan_field_chosen(const struct plan_screen *screen);
/* Has the cursor go to a section at the next derive. */
void plan_screen_go(struct plan_screen *screen, const char *section, const char *title);
/* The section under the cursor, or in the form the step; false, with a message, when it is none that can be edited
 * here. */
bool plan_place(const struct plan_screen *screen, struct app *app, struct nm_place *out);

void place_hold(struct held_place *held, const struct nm_place *place);
struct nm_place place_held(const struct held_place *held);

/* plan_pane.c: is there room for the pane beside the outline (else the one with the keys has it all), and where it is. */
bool pane_beside(struct box body);
struct box pane_box(const struct plan_screen *screen, struct box body);
/* Of the place of a click; without pane beside it the outline, or the pane, is all there is. */
enum pane_at pane_at(const void *state, const struct app *app, int x, int y);
/* It shows the text or the form, from its top. */
void pane_turn(struct plan_screen *screen, bool as_text, bool in_pane);
/* Scrolls for an action that moves; false when that is not for the pane to do. */
bool pane_scroll(struct plan_screen *screen, const struct app *app, enum action action);
void pane_draw(const struct plan_screen *screen, const struct app *app, struct canvas *canvas, struct box box);

/* plan_change.c: keys, and the answers to what they ask. */
void change_value(struct plan_screen *screen, struct app *app);
void change_leave_out(struct plan_screen *screen, struct app *app);
void change_copy(struct plan_screen *screen, struct app *app);
void change_rename(struct plan_screen *screen, struct app *app);
void change_move(struct plan_screen *screen, struct app *app, int by);
void change_mend(struct plan_screen *screen, struct app *app);
/* Would that show or ask something? */
bool change_mends(const struct plan_screen *screen, const struct app *app);
void change_answer(struct plan_screen *screen, struct app *app, const struct event *event);
/* Says of a value that is being typed what Enter would. */
void change_hear(const struct plan_screen *screen, struct app *app, const char *typed);

/* plan_keys.c: as the label of screen_ops. */
const char *plan_label(const void *state, const struct app *app, enum action action);

/* plan_delete.c: the key, and the answer: a yes, or the use that is gone to. */
void delete_ask(struct plan_screen *screen, struct app *app);
void delete_answer(struct plan_screen *screen, struct app *app, const struct event *event);

/* plan_add.c */
/* May no section of this kind be named so, another one having the name or it being none?  Then that is told. */
bool plan_name_refused(struct app *app, const char *kind, const char *name);
void add_ask(struct plan_screen *screen, struct app *app);
/* Asks for a new section of this kind, of the language's table. */
void add_begin(struct plan_screen *screen, struct app *app, const char *section);
void add_answer(struct plan_screen *screen, struct app *app, const struct event *event);
void add_hear(struct plan_screen *screen, struct app *app, const char *typed); /* as change_hear */
void draft_clear(struct draft *draft);

/* plan_wrong.c: tells what is wrong with the value of an option (place: where it is after the edits), in the reader's words
 * without those of the file; false: the edits read, or what is wrong is elsewhere. */
bool plan_value_wrong(struct app *app, const struct nm_edit *edits, size_t n, const struct nm_place *place,
		      const struct nm_option_info *info);
/* The same, and what is wrong elsewhere is told too: then the edits cannot be made. */
bool plan_edits_wrong(struct app *app, const struct nm_edit *edits, size_t n, const struct nm_place *place,
		      const struct nm_option_info *info);

/* plan_calendar.c: asks how a new calendar comes, and which options (separated by '|') the chosen way asks for. */
void calendar_ask_way(struct app *app, const char *name);
const char *calendar_way_options(size_t index);
/* What the way offers as an answer (static; NULL: nothing), once it is there; false, with a message: it cannot be. */
bool calendar_way_offer(struct app *app, size_t index, const char **offered);
/* Asks whether to try it, if it is one of the network; and tries, and says what came of it. */
void calendar_offer_fetch(struct app *app, const char *name);
void calendar_fetch(struct app *app, const char *name);

#endif
