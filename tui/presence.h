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

#define PRESENCE_WHO 64

struct presence_other {
	char who[PRESENCE_WHO]; /* as that session says: "pat over ssh" */
	nm_time since;
};

struct presence {
	char *folder, *name; /* where the store lives, and its name there */
	char *id;            /* of this session; NULL when it only looks */
	int fd;              /* its file, locked; -1 */
};

/* store: path of the plan's store, in a folder that exists.  who: of this session; NULL: it only looks. */
enum nm_code presence_begin(struct presence *presence, const char *store, const char *who, nm_time now,
			    struct nm_error *err) NM_WARN_UNUSED;
/* Takes the session's file away. */
void presence_end(struct presence *presence);

/* The other sessions, at most `most` of them; returns how many. */
size_t presence_others(const struct presence *presence, struct presence_other *out, size_t most);

/* Where this session keeps text that is not saved; and the oldest such file of a session that is gone: false when
 * there is none. */
void presence_unsaved(const struct presence *presence, struct nm_buf *out);
bool presence_left(const struct presence *presence, struct nm_buf *out);

#endif
