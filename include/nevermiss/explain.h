/* SPDX-License-Identifier: MIT */
/*
 * A real call against the plan: what the plan would have done with it where everybody does what the record says they did,
 * the first place at which the call went another way, and what may lie behind that.
 *
 * What a phone does (answers, is busy, does not answer) is no difference; whom it is that rings, in which order, for how
 * long and who has the call then is the plan's.
 */
#ifndef NEVERMISS_EXPLAIN_H
#define NEVERMISS_EXPLAIN_H

#include "nevermiss/calls.h"

/* No difference: carriers write whole seconds, and a phone rings a moment after it is called. */
#define NM_EXPLAIN_SLACK_S 3

enum nm_explained {
	NM_EXPLAINED_UNTOLD,  /* the record says neither who was rung nor that nobody answered, or not whether a mailbox had the call
			       * that by the plan one had: there is nothing to compare */
	NM_EXPLAINED_PLANNED, /* as the plan has it, as far as the call went */
	NM_EXPLAINED_DIFFERS
};

/* How a call first parts from the plan. */
enum nm_departure {
	NM_DEPARTURE_NONE,
	NM_DEPARTURE_NOT_RUNG, /* the plan rings somebody who was not rung */
	NM_DEPARTURE_RUNG,     /* somebody was rung whom the plan does not ring then */
	NM_DEPARTURE_ORDER,    /* whom the plan rings later was rung before whom it rings now */
	NM_DEPARTURE_LONGER,   /* than the plan says, and the carrier adds; of an unanswered call: until a mailbox had it */
	NM_DEPARTURE_SHORTER,  /* and it was not a phone that dropped out; likewise */
	NM_DEPARTURE_OUTCOME   /* somebody or something else had the call in the end */
};

/* What may lie behind it. */
enum nm_cause {
	NM_CAUSE_DECLINED,      /* whoever was rung declined the call */
	NM_CAUSE_OWN_VOICEMAIL, /* of the phone that was rung */
	NM_CAUSE_RING_TIMES,    /* the carrier cannot be told how long a phone rings */
	NM_CAUSE_HELD,          /* what the carrier can hold of the plan does just this */
	NM_CAUSE_EMERGENCY,     /* an emergency goes just so */
	NM_CAUSE_CHANGED_LATE,  /* as the plan does a minute before */
	NM_CAUSE_CHANGED_EARLY, /* as the plan does a minute later */
	NM_CAUSE_TODAY,         /* as the plan of today does */
	NM_CAUSE_DRIFT,         /* what was live differed from the plan when it was last read back */
	NM_CAUSE_CALLER,        /* the record does not tell who called */
	NM_CAUSE_UNNAMED,       /* a phone that was rung is nobody's in the plan: an extension of a server's */
	NM_CAUSES
};

struct nm_likely {
	enum nm_cause cause;
	const char *words; /* a sentence */
	bool certain;      /* not only likely */
};

/* What a call gets by what is at the carrier. */
enum nm_live_match {
	NM_LIVE_PLANNED, /* as the plan has it */
	NM_LIVE_HELD,    /* what the carrier can hold of that */
	NM_LIVE_OTHER
};

/* What was at the line's carrier at an instant, as far as the store has it, and the call beside that. */
struct nm_explained_live {
	bool known;
	nm_time at;       /* when it was read back, or pushed */
	int64_t push;     /* the push that made it so; 0: it was read back */
	const char *why;  /* it is not known: a sentence's part; NULL when it is */
	enum nm_live_match match;
	const char *words, *plan_words; /* what the call gets there, and by the plan: NM_LIVE_OTHER's read differently */
	/* Verdict, where the call parts from it, and what is expected by it; NULL when it is not known. */
	const struct nm_explanation *beside;
};

/* Texts and events are the arena's, or borrowed from the plans that the explainer has: good while it is there. */
struct nm_explanation {
	enum nm_explained verdict;
	enum nm_departure departure;
	bool unanswered; /* nobody answered, and the record does not say who was rung: expected is with nobody answering */
	size_t step;     /* of the plan's steps as played (rounds written out) at which they part; from 0 */
	int t;           /* seconds from the call's arrival, on the call's own clock; -1: not known */
	const char *who; /* about whom it is: a name of the plan or a number; NULL */
	const char *
		words; /* a sentence: what happened, and what the plan says.  Why there is nothing to compare */
	const char *brief; /* the same in a few words for a column: "owner not rung"; "" when as planned */
	size_t n_likely;
	struct nm_likely likely[NM_CAUSES]; /* each cause once, what is certain first */

	int64_t version; /* of the plan that it was compared with; 0: today's, for the one then is not known */
	const char *rule;           /* that decided, by that plan; NULL */
	const char *path;           /* NULL */
	struct nm_outcome expected; /* with events; by that plan, everybody doing as they really did */
	struct nm_outcome real;     /* with events, as the record has them */
	size_t n_reasons;
	const struct nm_reason *reasons; /* why that rule decided */
};

/* What explaining many calls needs: a store, and the versions of the plan read by now. */
struct nm_explainer;

/* Plan and store are borrowed; plan is today's. */
enum nm_code nm_explainer_new(const struct nm_plan *plan, struct nm_store *store, struct nm_explainer **out,
			      struct nm_error *err) NM_WARN_UNUSED;
void nm_explainer_free(struct nm_explainer *explainer); /* takes NULL */

/* Explains a call, legs included (nm_store_call_get).  likely: looks for reasons too, which plays it some more times.
 * NM_INPUT: no plan has its line any more. */
enum nm_code nm_explain(struct nm_explainer *explainer, const struct nm_call_entry *call, bool likely,
			struct nm_arena *arena, struct nm_explanation *out,
			struct nm_error *err) NM_WARN_UNUSED;

/* The same call beside what was live then, the last that was pushed or read back before it, and beside what is live now, the
 * last that is known of the line; nothing is asked of a carrier.  explanation: the call's by the same explainer; that
 * something else than the plan was live becomes certain in it where that does what really happened, and goes where what is
 * live is as planned. */
struct nm_explained_lives {
	struct nm_explained_live then, now;
};
enum nm_code nm_explain_lives(struct nm_explainer *explainer, const struct nm_call_entry *call,
			      struct nm_arena *arena, struct nm_explanation *explanation,
			      struct nm_explained_lives *out, struct nm_error *err) NM_WARN_UNUSED;

/* What the phone of a leg (index into the call's) did, by the record: what a call plays that is played once more. */
enum nm_behaviour nm_explain_behaviour(const struct nm_call_entry *call, size_t leg);

const char *nm_explained_name(enum nm_explained verdict);   /* "as planned", "differs", "untold" */
const char *nm_departure_name(enum nm_departure departure); /* "not-rung", ...; "" for none */
const char *nm_cause_name(enum nm_cause cause);             /* "own-voicemail", ... */

#endif
