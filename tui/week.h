/* SPDX-License-Identifier: MIT */
/*
 * A week as data: who answers in each piece of it.  Derived once for a week, line and view; the Week
 * screen shows it.
 */
#ifndef TUI_WEEK_H
#define TUI_WEEK_H

#include "answers.h"

enum week_view { VIEW_FIRST, VIEW_WORST, VIEW_EMERGENCY, VIEWS };
extern const char *const week_view_names[VIEWS];

#define WEEK_SLOTS 96 /* of a day: quarters of an hour; the screen may show every 2nd or 4th */
#define WEEK_NOTE 64

struct week_cell {
	char letter;        /* of who answers, or week_sign of the rank; ' ' no such time */
	uint8_t rank;       /* enum answer_rank; worst of the slot */
};

struct week {
	int64_t monday;     /* local day */
	int line;
	enum week_view view;
	unsigned generation;
	struct week_cell cells[7][WEEK_SLOTS];
	char notes[7][WEEK_NOTE]; /* holiday, override, clock change */
	double hours[RANKS];
	char *letters;      /* of the destinations; owned */
	size_t n_letters;
	struct nm_error err; /* code not NM_OK: nothing could be derived */
};

void week_init(struct week *week);
void week_clear(struct week *week);
/* Derives the week when it is not already that one. */
void week_derive(struct week *week, struct session *session, int64_t monday, int line, enum week_view view);

/* What stands for those who are nobody's letter: '.' voicemail, 'x' rejected, '!' nobody; 0 for the others. */
char week_sign(enum answer_rank rank);
/* The worst of `n` cells of a day: what one column stands for that shows several. */
struct week_cell week_cell_of(const struct week *week, int day, int slot, int n);
/* Some cell of the week has this letter. */
bool week_has(const struct week *week, char letter);

/* A call of this view. */
struct play week_play(nm_time at, int line, enum week_view view);
/* The next instant after `at`, within about a year, from which nobody live answers (voicemail only, or
 * nobody at all) though somebody did before; NM_TIME_MAX when there is none. */
nm_time week_next_gap(struct session *session, nm_time at, int line, enum week_view view);

#endif
