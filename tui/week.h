/* SPDX-License-Identifier: MIT */
/*
 * A week as data: who answers in each piece of it.  Derived once for a week, line and view; the Week
 * screen shows it.
 */
#ifndef TUI_WEEK_H
#define TUI_WEEK_H

#include "answers.h"

enum week_view { VIEW_FIRST, VIEW_NOBODY, VIEW_FAILURE, VIEW_EMERGENCY, VIEW_DESTINATION, VIEWS };

/* What is looked at: calls to a line, or when a destination can be rung. */
struct week_subject {
	int line;
	enum week_view view;
	int destination; /* of VIEW_DESTINATION; whatever it is in the others */
};

/* What the Week screen can be opened with: an instant, and a line (-1: as it is). */
struct week_place {
	nm_time at;
	int line;
};

/* "first live answer", "hours of office". */
void week_view_words(const struct nm_plan *plan, const struct week_subject *subject, struct nm_buf *out);

#define WEEK_SLOTS 96 /* of a day: quarters of an hour; the screen may show every 2nd or 4th */
#define WEEK_NOTE 160

/* Signs of a destination that is not there. */
#define WEEK_OUTSIDE '-'
#define WEEK_AWAY '~'

struct week_cell {
	char letter;        /* of who answers, or week_sign of the rank, or why not there; ' ' no such time */
	uint8_t rank;       /* enum answer_rank; worst of the slot */
};

/* What is out of the ordinary on a day: clock change, holidays, overrides, events. */
struct week_note {
	char text[WEEK_NOTE];
	uint8_t given; /* bytes of what no plan decides: clock change, holidays */
};

struct week {
	int64_t monday;     /* local day */
	struct week_subject subject;
	unsigned generation;
	struct week_cell cells[7][WEEK_SLOTS];
	struct week_note notes[7];
	double hours[RANKS];
	char *letters;      /* of the destinations; owned */
	size_t n_letters;
	struct nm_error err; /* code not NM_OK: nothing could be derived */
};

void week_init(struct week *week);
void week_clear(struct week *week);
/* Derives the week when it is not already that one. */
void week_derive(struct week *week, struct session *session, int64_t monday, const struct week_subject *subject);
/* The week of a timeline that holds it.  letters: of the plan's destinations, n_destinations of them; NULL: their own. */
enum nm_code week_read(struct week *week, const struct nm_timeline *timeline, int64_t monday,
		       const struct week_subject *subject, const char *letters, struct nm_error *err) NM_WARN_UNUSED;
/* "16-22 Nov 2026" */
#define WEEK_DATES 40
void week_dates(int64_t monday, char out[static WEEK_DATES]);
/* week_notes.c: what is out of the ordinary on its days. */
void week_note(struct week *week, const struct nm_plan *plan);

/* What stands for those who are nobody's letter: '.' voicemail, 'x' rejected, '!' nobody; 0 for the others. */
char week_sign(enum answer_rank rank);
/* The worst of `n` cells of a day: what one column stands for that shows several. */
struct week_cell week_cell_of(const struct week *week, int day, int slot, int n);
/* Some cell of the week has this letter. */
bool week_has(const struct week *week, char letter);

/* A call of this view. */
struct play week_play(nm_time at, const struct week_subject *subject);
/* The next instant after `at`, within about a year, from which nobody live answers (voicemail only, or nobody at
 * all; or the destination is not there) though somebody did before; NM_TIME_MAX when there is none. */
nm_time week_next_gap(struct session *session, nm_time at, const struct week_subject *subject);
/* The next (back: the latest) instant at which what is looked at changes, within about a year; NM_TIME_MAX. */
nm_time week_boundary(struct session *session, nm_time at, const struct week_subject *subject, bool back);

#endif
