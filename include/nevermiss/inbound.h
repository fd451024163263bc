/* SPDX-License-Identifier: MIT */
/*
 * The texts that came to the plan's lines: read from their carriers, kept once each, and taken at their word when they
 * say that their sender wants none (optout.h).  A carrier that lists none (Telnyx) is not asked: there its own opt-outs
 * are all that is known.
 */
#ifndef NEVERMISS_INBOUND_H
#define NEVERMISS_INBOUND_H

#include "nevermiss/number.h"
#include "nevermiss/push.h"

/* And the id of a text: why a text to the owner stands in the outbox of one that may say that its sender wants none. */
#define NM_DOUBT_PREFIX "text in doubt: "

/* --- where they are kept --- */

struct nm_inbound_entry {
	int64_t id;       /* of the store */
	nm_number number; /* of the line */
	const char *line; /* as it was called when the text was written down */
	const char *driver, *carrier_id;
	const char *from; /* "+15125550111", or what is no number */
	const char *body; /* one line */
	nm_time at;       /* on the carrier's clock */
};

struct nm_inbound_entries {
	struct nm_arena *arena;
	size_t n;
	struct nm_inbound_entry *items; /* newest first */
};

/* Keeps a text once, by the line's number, driver and the carrier's id; fresh: it was not there before. */
enum nm_code nm_store_inbound_put(struct nm_store *store, const struct nm_inbound_entry *text, bool *fresh,
				  struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_store_inbound(struct nm_store *store, size_t most, struct nm_inbound_entries *out,
			      struct nm_error *err) NM_WARN_UNUSED;
void nm_inbound_entries_clear(struct nm_inbound_entries *entries);
/* Until when all that came to a number was read from this driver; NM_TIME_MIN: never. */
enum nm_code nm_store_inbound_until(struct nm_store *store, nm_number number, const char *driver, nm_time *out,
				    struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_store_inbound_until_put(struct nm_store *store, nm_number number, const char *driver, nm_time until,
					struct nm_error *err) NM_WARN_UNUSED;

/* So many texts to a number were there at once that some may be missing. */
struct nm_inbound_flood {
	nm_number number; /* of the line */
	nm_time at;       /* when they were read, the last time */
};
enum nm_code nm_store_inbound_flood_put(struct nm_store *store, nm_number number, const char *driver, nm_time at,
					struct nm_error *err) NM_WARN_UNUSED;
/* Those since an instant or later, each number once; memory from the arena. */
enum nm_code nm_store_inbound_floods(struct nm_store *store, nm_time since, struct nm_arena *arena,
				     struct nm_inbound_flood **out, size_t *n, struct nm_error *err) NM_WARN_UNUSED;

/* --- how they get there --- */

struct nm_inbound_line {
	int line, account; /* account: through which it sends and gets texts */
	bool listed;       /* false: its carrier lists none, and was not asked */
	nm_time since;     /* what was read: all since then */
	size_t fresh;      /* texts that were not known before */
	size_t optouts;    /* numbers of which it was not known before that they want none */
	size_t odd;        /* entries of the carrier's that describe no text */
	bool full;         /* so many came that some may be missing, and stay so */
	const char *words; /* why it could not be read; NULL */
};

struct nm_inbound_reading {
	struct nm_arena *arena;
	size_t n;
	struct nm_inbound_line *lines; /* those that can send texts, in the plan's order */
	bool stopped;
};

/* Reads the texts that came to all lines that can send some: since a day before the last reading, or of the last 90
 * days.  What is older than the plan's retention is not kept (forget.h).  NM_CARRIER when a line could not be read (*out is filled
 * then too): who wants no texts may not be known then. */
enum nm_code nm_inbound_read(const struct nm_push_context *context, struct nm_inbound_reading *out,
			     struct nm_error *err) NM_WARN_UNUSED;
/* The same before a customer gets a text: when it fails, the error says that none is sent.  *full (may be NULL) as
 * nm_inbound_full has it, when it does not. */
enum nm_code nm_inbound_read_first(const struct nm_push_context *context, int *full,
				   struct nm_error *err) NM_WARN_UNUSED;
/* The first line to which so many came that some may be missing, a STOP among them; -1: there is none. */
int nm_inbound_full(const struct nm_inbound_reading *reading);
void nm_inbound_reading_clear(struct nm_inbound_reading *reading);

#endif
