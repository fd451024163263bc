/* SPDX-License-Identifier: MIT */
/*
 * What the store knows of people, taken out of it: of one number on request, and of everybody what is older than the
 * plan's `retention`.  What is taken out is overwritten, not only let go.  What carriers keep is theirs to delete.
 */
#ifndef NEVERMISS_FORGET_H
#define NEVERMISS_FORGET_H

#include "nevermiss/number.h"
#include "nevermiss/plan.h"
#include "nevermiss/store.h"

/* Something about the number that a carrier has too. */
struct nm_trace_left {
	const char *driver, *line;
	const char *carrier_id; /* NULL: it gave none */
	bool text;              /* to or from the number; else a call from it */
	bool naming;            /* a text to somebody else, which names the number */
	const char *account;    /* by name, as it was, of a text that was sent; NULL */
	nm_number number;       /* that was called, or that the text came to; 0 of a text that was sent */
	nm_time at;
};

struct nm_forgotten {
	struct nm_arena *arena;
	int64_t calls, followups, texts, events;
	int64_t versions; /* kept versions of the plan that name the number, and stay */
	int64_t alerts;   /* of its emergency calls, that nobody has answered yet: they end with these */
	size_t n_left;
	const struct nm_trace_left *left; /* the oldest first */
};

/* What is there of a number, the store as it is. */
enum nm_code nm_store_traces(struct nm_store *store, nm_number number, struct nm_forgotten *out,
			     struct nm_error *err) NM_WARN_UNUSED;
void nm_forgotten_clear(struct nm_forgotten *forgotten);
/* Takes all of it out, for good: calls, follow-ups, leads, texts and events, from the whole of the store's files.
 * Calls of the number that began before `now` are not kept when a carrier tells of them again; by what that is known,
 * nobody can read the number.  *whole false: another process has the store open, and bytes of it may still stand in the store's
 * file beside it (-wal) until that one ends.  Whoever stops it (nm_store_ask) is told in err whether anything was done. */
enum nm_code nm_store_forget(struct nm_store *store, nm_number number, nm_time now, bool *whole,
			     struct nm_error *err) NM_WARN_UNUSED;

/* What lies before it is older than the plan's retention; NM_TIME_MIN for a plan that keeps all. */
nm_time nm_expire_before(const struct nm_plan *plan, nm_time now);

struct nm_expired {
	int64_t calls, followups, texts, events;
};

/* Takes out what is older than the plan's retention: calls that began, follow-ups and leads whose newest call and end,
 * texts and events whose last change lies before it.  Events that wait for the CRM stay.  Nothing for a plan that
 * keeps all.  nm_store_ask hears of calls. */
enum nm_code nm_expire(struct nm_store *store, const struct nm_plan *plan, nm_time now, struct nm_expired *out,
		       struct nm_error *err) NM_WARN_UNUSED;

#endif
