/* SPDX-License-Identifier: MIT */
/*
 * Conversations with carriers, many at once, moved through one transport.
 *
 * A talk asks its driver for requests and hands it the answers.  Requests that were refused for now
 * (429, 5xx, no answer) are sent again after a pause, if that can do no harm, and a driver may have its next
 * request wait.  Core has no clock: a pause passes while the transport waits in vain.  An account has at most so many talks as its carrier's traits say,
 * those that pause included, and these take no place from the talks of others.
 */
#ifndef CORE_TALK_H
#define CORE_TALK_H

#include "nevermiss/carrier.h"

#define NM_TALKS_AT_ONCE  64 /* requests under way; talks of an account whose carrier names no other number */
#define NM_TALKS_IDLE_MS  50

enum nm_talk_end {
	NM_TALK_OPEN,
	NM_TALK_DONE,
	NM_TALK_FAILED, /* exchange.note has the reason, never NULL */
	NM_TALK_UNSURE  /* a request that must not be sent twice had no answer: look before repeating */
};

struct nm_talk {
	const struct nm_carrier *carrier;
	void *owner;                 /* the caller's */
	struct nm_exchange exchange; /* arena and live are the talk's: nm_talk_clear */
	enum nm_talk_end end;
	bool begun;
	struct nm_request request; /* to be sent, or under way */
	bool flying;               /* the request is under way */
	int tries;                 /* how often this request was sent */
	int pause_ms;              /* until it is sent again; before the first: until the talk begins */
};

struct nm_talks {
	struct nm_transport transport;
	struct nm_talk **items; /* in the order in which they begin, as far as their accounts allow; of one plan */
	size_t n;
	uint64_t seed; /* for the jitter of pauses */
	void *context;
	/* Before requests leave: the place to write down what is about to be done.  May be NULL. */
	enum nm_code (*before)(void *context, struct nm_talk *const *talks, size_t n, struct nm_error *err);
	/* A talk has ended; false: no others are begun, those under way go on.  May be NULL. */
	bool (*ended)(void *context, struct nm_talk *talk);
	/* Called every NM_TALKS_IDLE_MS or sooner; false: as for `ended`.  May be NULL. */
	bool (*idle)(void *context);
	/* Whoever stops it need not wait for what is under way: nothing is changed by it.  These talks stay open. */
	bool may_drop;
};

/* Makes a talk ready; false when memory is out. */
bool nm_talk_init(struct nm_talk *talk, const struct nm_carrier *carrier, const struct nm_plan *plan,
		  int line, struct nm_span window, enum nm_operation operation,
		  const struct nm_artefact *wanted);
void nm_talk_clear(struct nm_talk *talk);
/* A talk that has ended is as it was before it began, but with what was learnt. */
void nm_talk_again(struct nm_talk *talk);
/* Until all have ended.  When it is stopped, a talk whose request is to be sent again later ends at once, as
 * failed.  A code other than NM_OK is the end of everything: memory, the store, the transport itself.  *stopped
 * (may be NULL): it was stopped, and some talks are still NM_TALK_OPEN. */
enum nm_code nm_talks_run(struct nm_talks *talks, bool *stopped, struct nm_error *err) NM_WARN_UNUSED;

/* The same for whoever has a loop of its own: begun, moved until there is no more, ended.  The talks stay where they
 * are, and the transport is for nobody else, from begin to end. */
struct nm_runner;
enum nm_code nm_talks_begin(struct nm_talks *talks, struct nm_runner **out, struct nm_error *err) NM_WARN_UNUSED;
/* Sends what is to be sent, waits for an answer for wait_ms at most. */
enum nm_code nm_talks_move(struct nm_runner *run, int wait_ms, bool *more, struct nm_error *err) NM_WARN_UNUSED;
/* At any time: what is under way then is dropped, and its talks stay open. */
void nm_talks_end(struct nm_runner *run, bool *stopped);

#endif
