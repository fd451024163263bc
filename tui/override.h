/* SPDX-License-Identifier: MIT */
/*
 * An override for a while, from now on: the edits that write and end one, and how it stands, in words.  The command and the
 * Now screen both make theirs here.
 */
#ifndef TUI_OVERRIDE_H
#define TUI_OVERRIDE_H

#include "session.h"

#define OVERRIDE_NAME 128 /* more than a name may have */

/* What is wished for; texts borrowed. */
struct override_wish {
	const char *name;          /* NULL: one that nobody has */
	int64_t length_s;          /* more than 0, from now: an override always has an end */
	const char *path, *reject; /* one of them */
	const char *line, *callers; /* NULL: all */
};

/* What screen Now is opened with to ask about it and do it: a new override, or the end of one. */
struct override_order {
	struct override_wish wish;
	const char *end; /* the name of the one to be ended; NULL: the wish */
	bool keep;       /* saved, and no push is offered */
};

/* When one of that length ends that is written now: so long after the beginning that is written. */
nm_time override_until(nm_time now, int64_t length_s);
/* The edit that writes it ahead of all others, and the name that it has; the edit borrows `section`.  NM_INPUT when it
 * cannot be so: err says what would be right. */
enum nm_code override_begin(const struct session *session, const struct override_wish *wish, struct nm_buf *name,
			    struct nm_buf *section, struct nm_edit *out, struct nm_error *err) NM_WARN_UNUSED;
/* The edit that ends one, by taking it out; it borrows the name.  NM_INPUT when there is none of that name in the
 * plan's own file. */
enum nm_code override_end(const struct session *session, const char *name, struct nm_edit *out,
			  struct nm_error *err) NM_WARN_UNUSED;

bool override_in_force(const struct nm_override *override, nm_time now);
/* "to come", "in force", "over" */
const char *override_state(const struct nm_override *override, nm_time now);
/* For how long it has been in force, or was; 0: not yet. */
int64_t override_age(const struct nm_override *override, nm_time now);

#endif
