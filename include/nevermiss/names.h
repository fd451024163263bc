/* SPDX-License-Identifier: MIT */
/*
 * Names that destinations and lines had before.  The log names whoever took a call as they were called then; a rename
 * that is saved is kept in the store, so that such calls are found under the name of now.
 *
 * A name that a plan has is itself, whoever had it before.
 */
#ifndef NEVERMISS_NAMES_H
#define NEVERMISS_NAMES_H

#include <stddef.h>

#include "nevermiss/calls.h"
#include "nevermiss/edit.h"
#include "nevermiss/plan.h"
#include "nevermiss/store.h"


struct nm_rename {
	const char *from, *to;
};

struct nm_renames {
	struct nm_arena *arena; /* of the names */
	size_t n, capacity;
	struct nm_rename *items;
};

/* What the document's steps between the text on disk and the one of now renamed, taken together: a rename that was
 * taken back is none.  A step is a rename where both texts have the same sections and only names differ. */
enum nm_code nm_document_renames(const struct nm_document *document, struct nm_renames *out,
				 struct nm_error *err) NM_WARN_UNUSED;
void nm_renames_clear(struct nm_renames *renames);

/* Keeps them, in this order; earlier ones that led to such a name lead on to the new one. */
enum nm_code nm_store_renames_put(struct nm_store *store, const struct nm_renames *renames,
				  struct nm_error *err) NM_WARN_UNUSED;
/* All that are kept, by `from`, each with the name that came of it by now. */
enum nm_code nm_store_renames(struct nm_store *store, struct nm_renames *out, struct nm_error *err) NM_WARN_UNUSED;

/* The names of the log as one plan has them.  A plan of before a rename knows the former name alone: then that is it. */
struct nm_names {
	size_t n;
	const struct nm_rename *items; /* by `from`; none of these is a name of the plan */
};

/* All memory is the arena's. */
enum nm_code nm_names_read(struct nm_store *store, const struct nm_plan *plan, struct nm_arena *arena,
			   struct nm_names *out, struct nm_error *err) NM_WARN_UNUSED;
/* The plan's name: borrowed from names, or the one that was given (NULL: NULL) when it is not known to be another. */
const char *nm_names_of(const struct nm_names *names, const char *name);
/* Gives a call and its legs the plan's names, borrowed from names; legs has room for call->n and is the call's then (where
 * nothing was renamed it keeps its own). */
void nm_names_call(const struct nm_names *names, struct nm_call_entry *call, struct nm_call_leg *legs);

/* The same for calls as they were read, all from their arena. */
enum nm_code nm_call_name(struct nm_store *store, const struct nm_plan *plan, struct nm_arena *arena,
			  struct nm_call_entry *call, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_calls_name(struct nm_store *store, const struct nm_plan *plan, struct nm_call_entries *calls,
			   struct nm_error *err) NM_WARN_UNUSED;

#endif
