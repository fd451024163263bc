/* SPDX-License-Identifier: MIT */
/* What was live on a line at a time, as far as the store knows. */
#ifndef NEVERMISS_LIVE_THEN_H
#define NEVERMISS_LIVE_THEN_H

#include "nevermiss/store.h"

/* What is known, or why nothing is: NOTHING was pushed or read back by then, or is kept; the newest push was UNDER_WAY, and may
 * have done it or not; it FAILED, and something of it may have been in force; it was TAKEN_BACK, and what had been there
 * before is not known. */
enum nm_live_known { NM_LIVE_KNOWN, NM_LIVE_NOTHING, NM_LIVE_UNDER_WAY, NM_LIVE_FAILED, NM_LIVE_TAKEN_BACK };

struct nm_live_then {
	enum nm_live_known known;
	const char *text;   /* when known: an artefact (nm_artefact_read), in which nothing is where nothing of ours was there */
	const char *driver; /* when known: that can lift it */
	nm_time at;         /* of the push, when it was begun; of the reading */
	int64_t push;       /* 0: it was read back */
};

/* driver: of whoever reads the line back.  Texts from the arena, or the driver's. */
enum nm_code nm_live_then(struct nm_store *store, nm_number line, nm_time t, const char *driver, struct nm_arena *arena,
			  struct nm_live_then *out, struct nm_error *err) NM_WARN_UNUSED;

#endif
