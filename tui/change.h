/* SPDX-License-Identifier: MIT */
/* What another text of the plan would change: for callers, in words and on the week, and in what check finds. */
#ifndef TUI_CHANGE_H
#define TUI_CHANGE_H

#include "app.h"
#include "prompt.h"

/* Some texts of the plan instead of others; borrowed. */
struct change {
	struct nm_texts before, after;
	const struct nm_differences *differences; /* of what callers get, over the horizon of `check` */
	const struct nm_findings *was, *then;     /* of check with each of them */
};

/* Adds lines: what check finds then, no longer, and still, above the figure; below it what callers get differently.
 * The figure (NULL: none) is made of it. */
void change_tell(struct notes *notes, struct figure *figure, const struct session *session, const struct change *change);

/* The same of a text that is not the session's yet, and of edits that nobody made yet.  NM_OK, or nothing was added and
 * err says why: the text would not read, or it could not be worked out. */
enum nm_code change_add_text(struct notes *notes, struct figure *figure, struct session *session, const char *text,
			     size_t len, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code change_add(struct notes *notes, struct figure *figure, struct session *session, const struct nm_edit *edits,
			size_t n, struct nm_error *err) NM_WARN_UNUSED;
/* The same of the session's texts, against those that stood in their place before. */
enum nm_code change_add_since(struct notes *notes, struct figure *figure, struct session *session, struct nm_texts before,
			      struct nm_error *err) NM_WARN_UNUSED;
/* Asks whether to make the edits, which app_change then does: shows the lines they change, and all of the above.  A
 * message, and no question, when they cannot be made. */
void change_ask(struct app *app, int tag, const char *question, const struct nm_edit *edits, size_t n);

/* change_findings.c: what check then finds, no longer, or in other words; a finding is the same one by its id and place, else
 * by its message.  file: as the findings name the file of the texts. */
void change_findings(struct notes *notes, const char *file, const struct change *change);

/* change_week.c: the first week in which one of these differences of two texts of the plan shows, and those around it.
 * No figure when there is none, or memory is out. */
void change_figure(struct figure *out, const struct session *session, struct nm_texts before, struct nm_texts after,
		   const struct nm_differences *differences);

#endif
