/* SPDX-License-Identifier: MIT */
/* The Push screen's state, between acting (screen_push.c) and drawing (push_draw.c). */
#ifndef TUI_PUSH_H
#define TUI_PUSH_H

#include "app.h"
#include "list.h"
#include "nevermiss/push.h"
#include "prompt.h"

/* What the screen may be opened with: to ask about all lines, as its key does, once they are read. */
struct push_wish {
	bool ask_all;
};
extern const struct push_wish push_all_lines;

struct push {
	struct list list;
	unsigned generation;
	bool unsaved;	     /* the plan was, when last looked at */
	bool tried;	     /* to read what is live */
	struct nm_error err; /* why it is not known */
	bool ask_all;	     /* once the lines are read */
	struct {
		bool asked; /* by a key, which is told what came of it */
		unsigned readings; /* of the session when it was asked */
		uint64_t mark;     /* push_read_mark then */
	} read;
	/* history of the line under the cursor */
	struct nm_push_records records;
	bool records_known;
	size_t records_of;
	int asked_line; /* what the question at hand is about; -1: all lines */
	bool asked_back;
	int64_t asked_push; /* to before which; 0: the newest */
};

/* The status of a line of the plan; NULL while it is not known. */
const struct nm_line_status *push_status(const struct app *app, size_t line);
/* Is its carrier still to answer? */
bool push_waits(const struct app *app, size_t line);
/* Is it a person who must do what a push asks for? */
bool push_by_hand(const struct nm_line_status *status);
/* Could its carrier be read, but was not? */
bool push_unreadable(const struct nm_line_status *status);
/* What stands in a push's way or is lost by it, and what it changes. */
void push_add_consequences(struct notes *notes, const struct nm_line_status *status);

/* push_read.c: tells two readings apart by what they come to; 0: the lines are not read. */
uint64_t push_read_mark(const struct session *session);
/* Of lines that are read: "read at 05:11, as before: 2 in sync"; before: the mark of the reading ahead of it. */
void push_read_words(const struct session *session, uint64_t before, struct nm_buf *out);

/* push_ask.c: what is told before a yes.  Would a push be refused?  Then the notes say why. */
bool push_add_refusal(struct app *app, struct notes *notes);
/* The errors that check finds and that do not refuse a push. */
void push_add_errors(struct app *app, struct notes *notes);
/* What a push of this line (-1: of all) does, and what callers get then; false: nothing, for all is in sync. */
bool push_add_lines(const struct app *app, struct notes *notes, int line);
/* Those that did not end, which the next push settles; false: there are none. */
bool push_add_cut_off(const struct app *app, struct notes *notes);
/* Of one line; all: as one of all lines. */
void push_add_line(struct notes *notes, const struct app *app, size_t line, bool all);
/* Would a push of all do something with it, or could that not be told? */
bool push_takes_part(const struct app *app, size_t line);
void push_question(const struct app *app, int line, bool refused, char *out, size_t size);
void push_add_way_back(struct notes *notes, const struct nm_rollback_view *view);
/* What takes back what was done by hand. */
void push_add_hand_back(struct app *app, int line, struct notes *notes);

/* push_review.c: asks about more lines than a page tells at once, by a summary and a list that tells each line whole; the
 * answer is that of a confirmation.  before: what stands in the way of all. */
#define PUSH_FEW 4 /* lines, which are told on one page */
struct push_question {
	int tag;
	const char *question;
	const struct notes *before;
};
void push_review_ask(struct app *app, const struct push_question *question);

/* A push in a row of words: number, when, by whom, how it ended. */
#define PUSH_RECORD_TEXT 256
void push_record_words(const struct nm_push_record *record, nm_time now, char out[static PUSH_RECORD_TEXT]);

/* push_pages.c: pages about a line of the plan. */
void push_show_artefact(struct app *app, size_t line);
/* What callers get of its carrier now, and after a push, hour by hour. */
void push_show_hours(struct app *app, size_t line);
void push_show_hand_back(struct app *app, int line);

void push_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body);

#endif
