/* SPDX-License-Identifier: MIT */
/*
 * A week to be covered by rules, from the last rule back to the first.  A rule gives times to weekdays: it takes the
 * place of the rules before it on them, or adds to these.  Days are bits, Monday the lowest.
 */
#ifndef NEVERMISS_CORE_HOURS_COVER_H
#define NEVERMISS_CORE_HOURS_COVER_H

#include "hours_private.h"

#define COVER_DAYS 7
#define COVER_ALL 0x7Fu
#define COVER_SEGMENTS 31 /* of a day: two days fit 64 bits */
#define COVER_RUNS 10     /* a rule is tried with each choice of so many spans */

/* The minutes of a day, parted wherever any day opens or shuts. */
struct cover_grid {
	int n;
	int16_t at[COVER_SEGMENTS + 1]; /* where segments begin; at[n] is 24:00 */
	uint32_t open[COVER_DAYS];      /* bit s: segment s is open */
};

/* What the rules from some on leave to those before them: segments that are open and not yet said, on days of which
 * the rules before still say anything. */
struct cover_state {
	uint32_t left[COVER_DAYS];
	uint8_t done; /* days on which a later rule takes the place of all before it: left is 0 */
};

/* A span that a rule may have. */
struct cover_run {
	struct nm_minutes span; /* until may be beyond 24:00 */
	uint32_t own, next;     /* segments of its day and, past midnight, of the day after */
};

struct cover_rule {
	uint8_t days;
	bool adds; /* to what the rules before it give to its days */
	size_t n;  /* 0: off */
	struct cover_run runs[COVER_RUNS];
};

/* False when there are more segments than fit. */
bool nm_cover_grid(const struct nm_hours_week *week, struct cover_grid *out);
struct cover_state nm_cover_begin(const struct cover_grid *grid);
bool nm_cover_is_done(const struct cover_state *state);

/* The longest spans that a rule of these days may have and that say something not yet said, in their order; one that can
 * go past midnight stands there cut at midnight, too, behind it.  Returns how many; more than COVER_RUNS: out is not
 * complete. */
size_t nm_cover_runs(const struct cover_grid *grid, const struct cover_state *state, unsigned days,
		     struct cover_run out[static COVER_RUNS]);
/* The state before the rule, which gets `adds` when it does not say all that is left on its days.  False: it is one of
 * no times (off) where there is something left, or it says nothing. */
bool nm_cover_apply(struct cover_state *state, struct cover_rule *rule);
/* What is left is said by no fewer spans, and by no fewer rules. */
struct cover_bound {
	int spans, rules;
};

struct cover_bound nm_cover_bound(const struct cover_grid *grid, const struct cover_state *state);

/* The days of the week that have the times of a rule of every day among theirs, each span by itself. */
unsigned nm_cover_days_with(const struct cover_grid *grid, const struct cover_rule *rule);
/* The rules, in their order, say the week. */
bool nm_cover_says(const struct cover_grid *grid, const struct cover_rule *rules, size_t n);

#endif
