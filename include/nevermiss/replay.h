/* SPDX-License-Identifier: MIT */
/*
 * The log of real calls played once more through a plan: what of it would have been otherwise.
 *
 * Whoever the record of a call tells of does what it says: who answered answers after ringing as long, who did not
 * answer, was busy or out of reach is so again, however long they ring, and a caller who hung up does so after as long.
 * Everybody else does what nm_simulate takes for the usual; of a missed call whose record does not tell who was rung, no
 * human is taken to answer.  The plan is played as it is written, not as a carrier may hold it.
 */
#ifndef NEVERMISS_REPLAY_H
#define NEVERMISS_REPLAY_H

#include "nevermiss/calls.h"

#define NM_REPLAY_GONE 8 /* lines that the plan does not have are told one by one, at the most */
#define NM_REPLAY_LISTED 500 /* calls of each kind that are told one by one, at the most */

/* How a call ended, as far as replaying goes. */
enum nm_replay_end {
	NM_REPLAY_ANSWERED, /* by somebody; of a real call, perhaps, too */
	NM_REPLAY_MISSED,   /* voicemail, swallowed, abandoned, lost */
	NM_REPLAY_REJECTED,
	NM_REPLAY_ENDS
};

struct nm_replay_counts {
	int64_t calls[NM_REPLAY_ENDS][NM_REPLAY_ENDS]; /* [how it really ended][how it ends by the plan] */
	/* Of those answered both times whose seconds are known both times: how many, and the seconds added up. */
	int64_t timed, seconds_then, seconds_now;
};

/* Who has the calls. */
struct nm_replay_layer {
	const char *name; /* of a destination of the plan; "others", "voicemail" (a phone's own, too), "nobody" */
	int kind;         /* enum nm_kind (plan.h); -1: not of the plan */
	int64_t then, now;
};

struct nm_replay_week {
	struct nm_span span; /* local Monday to Monday; the first and last may be cut by the replay's span */
	struct nm_replay_counts counts;
};

/* A call that goes another way. */
struct nm_replay_call {
	int64_t id;
	nm_number number; /* of the line */
	struct nm_caller caller;
	nm_time began;
	struct nm_became became; /* really */
	enum nm_result result;   /* by the plan */
	const char *by;          /* who takes it then; NULL */
	int seconds;             /* from the call's arrival; -1 for rejected and lost */
};

struct nm_replay_calls {
	size_t n; /* at most what was asked for: the first ones */
	struct nm_replay_call *items;
};

struct nm_replay {
	struct nm_arena *arena;
	struct nm_span span;
	struct nm_replay_counts counts;
	/* Not played: hung up sooner than NM_SHORT_ABANDON_S (report.h), of which the record tells too little, and to a
	 * line that the plan does not have. */
	int64_t at_once, untold, no_line;
	size_t n_gone;
	struct {
		nm_number number;
		int64_t calls;
	} gone[NM_REPLAY_GONE]; /* of no_line, by line, as they came; those of further lines are in no_line alone */
	size_t n_layers;
	struct nm_replay_layer *layers; /* in the plan's order, others, voicemail and nobody last; those with calls */
	size_t n_weeks;
	struct nm_replay_week *weeks; /* oldest first */
	struct nm_replay_calls lost;  /* answered really, and not by the plan: the oldest first */
	struct nm_replay_calls won;   /* missed really, and answered by the plan: the oldest first */
	struct nm_replay_calls later; /* answered both times, by the plan later: the most seconds first */
};

struct nm_replay_options {
	nm_number number;    /* of the line; 0: all */
	struct nm_span span; /* at most NM_TIMELINE_YEARS years, or NM_INPUT */
	size_t most;         /* of each list; at most NM_REPLAY_LISTED */
	/* Asked now and then, with the time of the call that is played next; false: stop (NM_REFUSED).  NULL: never. */
	bool (*goes_on)(void *context, nm_time reached);
	void *context;
};

/* Reads the log once.  Names are the plan's, or live in out->arena; the plan must outlive *out. */
enum nm_code nm_replay(struct nm_store *store, const struct nm_plan *plan,
		       const struct nm_replay_options *options, struct nm_replay *out,
		       struct nm_error *err) NM_WARN_UNUSED;
void nm_replay_clear(struct nm_replay *replay);

/* Of nm_replay_counts: how many really ended so, and how many do by the plan. */
int64_t nm_replay_then(const struct nm_replay_counts *counts, enum nm_replay_end end);
int64_t nm_replay_now(const struct nm_replay_counts *counts, enum nm_replay_end end);

#endif
