/* SPDX-License-Identifier: MIT */
/*
 * What a person is to do for a line that no program can reach: codes to dial, or things to set, in order; what was
 * done when; when it changes next.  For the `codes` command and its screen.
 */
#ifndef TUI_HANDWORK_H
#define TUI_HANDWORK_H

#include "nevermiss/push.h"
#include "session.h"

#define HANDWORK_DAYS 60 /* how far ahead the next change is looked for */

struct handwork_item {
	const char *code;  /* to be dialled; NULL: the words say what is to be done */
	const char *words; /* what it does */
	const char *when;  /* it was done for the newest push: RFC 3339; NULL */
};

struct handwork {
	struct nm_arena *arena;
	int line;
	size_t n;
	struct handwork_item *items;
	const char *every;        /* who gets every call, "fixly, +1 512 555 0177"; NULL */
	const char *back, *notes; /* lines of text; NULL */
	const char *refusal;      /* nothing can be done, and why; NULL */
	struct nm_next next;      /* and what is to be done then */
};

/* Is the line worked by hand? */
bool handwork_line(const struct nm_plan *plan, int line);
#define HANDWORK_MARK 5 /* bytes */
/* Which list this is, "4f2a": so that who says that a list was done says which. */
void handwork_mark(const struct nm_artefact *artefact, char out[HANDWORK_MARK]);
/* Of a line's status; everything is copied. */
enum nm_code handwork_build(const struct nm_plan *plan, const struct nm_line_status *status, nm_time now,
			    struct handwork *out, struct nm_error *err) NM_WARN_UNUSED;
void handwork_clear(struct handwork *work);
/* The items of an artefact alone; in the arena. */
enum nm_code handwork_items(const struct nm_artefact *artefact, struct nm_arena *arena, struct handwork_item **items,
			    size_t *n, struct nm_error *err) NM_WARN_UNUSED;
/* Those of a text, line by line, each of which begins with its code or is words alone; in the arena. */
enum nm_code handwork_lines(const char *text, bool codes, struct nm_arena *arena,
			    struct handwork_item **items, size_t *n, struct nm_error *err) NM_WARN_UNUSED;
/* "Tue 24 Nov 08:00: fixly 10 s": when it changes next, and what calls get then by what can be set, or why nothing
 * can; "" when it does not. */
void handwork_next_words(const struct nm_plan *plan, const struct nm_line_status *status,
			 const struct handwork *work, struct nm_buf *out);

#endif
