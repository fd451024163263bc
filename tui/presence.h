/* SPDX-License-Identifier: MIT */
/*
 * Who has a plan open: a small file of each session beside the store, held by a lock that goes with its
 * process however that ends.  A session that only looks writes none.
 */
#ifndef TUI_PRESENCE_H
#define TUI_PRESENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "nevermiss/clock.h"
#include "nevermiss/error.h"
#include "nevermiss/mem.h"

#define PRESENCE_ID 32
#define PRESENCE_WHO 64
#define PRESENCE_TERMINAL 32
#define PRESENCE_EDITS_MOST 999999999 /* more are told as so many */

/* A session, as it says of itself. */
struct presence_self {
	const char *who;      /* "pat over ssh" */
	const char *terminal; /* "pts/3"; NULL: not known */
	nm_time since;
};

struct presence_other {
	char id[PRESENCE_ID];
	char who[PRESENCE_WHO];
	char terminal[PRESENCE_TERMINAL]; /* "": not known */
	nm_time since;
	size_t edits; /* of its text that are not saved */
};

struct presence {
	char *folder, *name; /* where the store lives, and its name there */
	char *id;            /* of this session; NULL when it only looks */
	int fd;              /* its file, locked; -1 */
};

/* store: path of the plan's store, in a folder that exists.  self NULL: this session only looks. */
enum nm_code presence_begin(struct presence *presence, const char *store, const struct presence_self *self,
			    struct nm_error *err) NM_WARN_UNUSED;
/* Tells the others how many edits of this session are not saved.  What cannot be written they do not learn. */
void presence_tell(const struct presence *presence, size_t edits);
/* Takes the session's file away. */
void presence_end(struct presence *presence);

/* The other sessions, at most `most` of them; returns how many. */
size_t presence_others(const struct presence *presence, struct presence_other *out, size_t most);

/* Where a session keeps text that is not saved, id NULL: this one; and the oldest such file of a session that is
 * gone: false when there is none. */
void presence_unsaved(const struct presence *presence, const char *id, struct nm_buf *out);
bool presence_left(const struct presence *presence, struct nm_buf *out);

#endif
