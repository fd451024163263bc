/* SPDX-License-Identifier: MIT */
/*
 * No edit is lost with a connection or a crash: text that is not saved is kept beside the store while it is not,
 * and offered at the next start.
 */
#ifndef TUI_RECOVERY_H
#define TUI_RECOVERY_H

#include <stdbool.h>

#include "presence.h"

struct app;
struct event;

struct recovery {
	bool begun;
	struct presence presence;
	bool kept;           /* the text of this session is in its file, or could not be written there */
	unsigned generation; /* of the session, then */
	char *found;         /* file of a session that is gone, whose text is being offered; NULL */
	unsigned offered;    /* generation of the session, as the text was offered */
};

/* For an app whose session has a data folder: tells who else is there (others.h), and offers what was found.  A
 * read-only session writes nothing and only tells. */
void recovery_begin(struct app *app);
/* Keeps what is not saved, or takes the file away once all is.  Called when the keyboard is quiet; true when it
 * did something. */
bool recovery_guard(struct app *app);
/* Deals with the answer to what was offered; false when it is to something else. */
bool recovery_answer(struct app *app, const struct event *event);
/* cut_off: nobody said that the edits may go. */
void recovery_end(struct app *app, bool cut_off);

#endif
