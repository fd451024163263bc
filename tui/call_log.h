/* SPDX-License-Identifier: MIT */
/*
 * The log of calls as a list that can be long beyond all reading: read piece by piece from the newest call back, filtered
 * on the way, kept in memory only around where somebody looks.
 */
#ifndef TUI_CALL_LOG_H
#define TUI_CALL_LOG_H

#include "nevermiss/calls.h"

#define CALL_LOG_FILTER 128
#define CALL_LOG_PIECE 500 /* calls that one piece reads */

/* What one piece found, and where it began, so that it can be read again. */
struct call_chunk {
	nm_time began; /* of the call before: the piece is what is older */
	int64_t id;
	size_t first, n; /* rows */
	struct nm_call_entry *rows; /* owned, and behind them their texts; NULL: not in memory */
};

struct call_log {
	/* Words that a call must all have, or (a part of) the number that called, however it is written; "": all calls. */
	char filter[CALL_LOG_FILTER];
	struct call_chunk *chunks;
	size_t n, capacity;
	size_t rows; /* found by now */
	size_t read; /* calls looked at for them */
	bool ended;  /* there are no more */
	/* of the last call looked at */
	nm_time began;
	int64_t id;
};

/* Begins anew, with the calls before an instant (NM_TIME_MAX: the newest). */
void call_log_begin(struct call_log *log, const char *filter, nm_time until);
void call_log_clear(struct call_log *log);
/* Nobody looks: has no row in memory, until call_log_hold. */
void call_log_rest(struct call_log *log);
/* Reads one more piece; nothing when the log has ended. */
enum nm_code call_log_read(struct call_log *log, struct nm_store *store, const struct nm_plan *plan,
			   struct nm_error *err) NM_WARN_UNUSED;
/* Has rows [from, from + n), as far as they were found, in memory, and lets others go. */
enum nm_code call_log_hold(struct call_log *log, struct nm_store *store, const struct nm_plan *plan, size_t from,
			   size_t n, struct nm_error *err) NM_WARN_UNUSED;
/* NULL: it is not held. */
const struct nm_call_entry *call_log_row(const struct call_log *log, size_t row);

#endif
