/* SPDX-License-Identifier: MIT */
/*
 * What carriers keep of a number: found account by account, and deleted there where their interface can.  All that is
 * needed for it is the number, so that it can be done again, also after the store has forgotten it; but for texts to
 * others that name the number, which only the store knows of.
 */
#ifndef NEVERMISS_KEPT_H
#define NEVERMISS_KEPT_H

#include "nevermiss/forget.h"
#include "nevermiss/push.h"

/* One account of the plan with a line, whose carrier can tell and delete. */
struct nm_kept_account {
	int account, line;  /* of the plan; the line by which it is spoken to */
	struct nm_kept kept;
	const char *words;  /* why it could not be asked, or was not to the end; NULL: it was */
	struct nm_arena *arenas[2]; /* the texts': of what was found, of what came of it */
};

struct nm_kept_accounts {
	size_t n;
	struct nm_kept_account *items; /* in the plan's order */
	struct nm_arena *arena;        /* the rest of the texts' */
};

/* What all of them keep, and what the store knows of beyond that; an account that cannot be asked says so in its words, and
 * fails nobody else. */
enum nm_code nm_kept_find(const struct nm_push_context *context, nm_number number, const struct nm_forgotten *known,
			  struct nm_kept_accounts *out, struct nm_error *err) NM_WARN_UNUSED;
/* Deletes what was found; what could not be says why. */
enum nm_code nm_kept_delete(const struct nm_push_context *context, struct nm_kept_accounts *accounts,
			    struct nm_error *err) NM_WARN_UNUSED;
/* Has the trace's account answered to the end for all that it keeps of such?  False: only the store tells of it. */
bool nm_kept_covers(const struct nm_kept_accounts *accounts, const struct nm_plan *plan,
		    const struct nm_trace_left *left);
/* How much of a kind there is, or with gone how much of it was deleted. */
size_t nm_kept_count(const struct nm_kept *kept, enum nm_kept_kind kind, bool gone);
void nm_kept_accounts_clear(struct nm_kept_accounts *accounts);

const char *nm_kept_kind_name(enum nm_kept_kind kind); /* "recording" */

#endif
