/* SPDX-License-Identifier: MIT */
/*
 * The figures over the log of real calls: how many were answered, how fast, by whom, how soon the others were called
 * back, when customers call, and what that is worth.  Each figure's definition stands here and in nevermiss(1).
 */
#ifndef NEVERMISS_REPORT_H
#define NEVERMISS_REPORT_H

#include "nevermiss/calls.h"

#define NM_REPORT_WEEKS 53
#define NM_SHORT_ABANDON_S 15   /* a caller who hangs up sooner gave nobody a chance: kept apart */
#define NM_MATTER_S (7 * 86400) /* calls of one caller that follow each other within this are one matter */

/* A figure that may have nothing to be taken from: known false, value 0. */
struct nm_figure {
	bool known;
	double value;
};

/* Of all calls of one span and line, or of a part of them. */
struct nm_figures {
	/* How many ended how; their sum is `calls`. */
	int64_t calls;
	int64_t answered; /* by a human, an AI, or a phone of which no kind is known; proved */
	int64_t perhaps;  /* the record speaks for an answer or against it, and proves neither */
	int64_t voicemail, swallowed, lost;
	int64_t abandoned; /* after NM_SHORT_ABANDON_S or later, or nobody knows when */
	int64_t short_abandoned;
	int64_t rejected, unknown;
	/* Percent of the calls without short_abandoned, rejected and unknown: as proved, and as possible (with perhaps). */
	struct nm_figure answer_rate, answer_rate_possible;
	/* Of answered calls whose seconds are known; rings as nm_result has them (seconds / 6, rounded up). */
	struct nm_figure rings, seconds, seconds_median, seconds_95th;
	/* Percent of matters (NM_MATTER_S; callers whose number is known) that were one single call, which was answered. */
	int64_t matters;
	struct nm_figure first_call;
	/* Of follow-ups opened in the span: minutes from the missed call to the first try, known for those that had one. */
	int64_t followups, tried;
	struct nm_figure callback, callback_median; /* minutes: mean, median */
	struct nm_figure callback_10, callback_15; /* percent of `followups` tried within that many minutes */
};

struct nm_layer {
	const char *name;         /* a destination or line of the plan, a number; or "voicemail", "nobody" */
	int kind;                 /* enum nm_kind (plan.h); -1: not of the plan */
	int64_t calls;            /* that it took */
	struct nm_figure share;   /* percent of the calls without rejected */
	struct nm_figure seconds; /* mean until it took them */
	struct nm_figure
		cost; /* in the span, by the plan's prices: per_month by days of the span over 30, per_call, and
				 * per_minute by the calls' lengths; known when the destination has a price */
};

struct nm_report_week {
	struct nm_span span; /* local Monday to Monday; the first and last may be cut by the report's span */
	struct nm_figures figures;
};

/* The guide's two formulas, with every number that goes into them.  Money is in the plan's currency. */
struct nm_worth {
	double job, booked;     /* of section value: average job, percent of answered calls that book */
	double days;            /* working days a month: the guide's 22 */
	double calls_a_day;     /* of these days, by the log */
	double missed_share;    /* percent: 100 - answer_rate */
	double cost;            /* of the system, a month: the layers' */
	double recovered_calls; /* a month: that an AI or a backup answered */
	/* results */
	double missed_a_day, lost_jobs_a_day, lost_a_day, lost_a_month;
	double recovered_jobs, recovered, roi; /* roi: recovered / cost; 0 when it costs nothing */
};
/* Fills the results from the numbers before them. */
void nm_worth_reckon(struct nm_worth *worth);

struct nm_report {
	struct nm_arena *arena;
	struct nm_span span;
	const char *line; /* NULL: all */
	struct nm_figures figures;
	size_t n_layers;
	struct nm_layer *layers; /* by calls, most first; voicemail and nobody last */
	size_t n_weeks;
	struct nm_report_week *weeks; /* oldest first */
	int64_t heat
		[7][24]; /* calls that came in that local hour, Monday first; rejected ones are not counted */
	int64_t missed[7][24]; /* of these, those that were not answered */
	size_t n_repeats;
	struct nm_repeat {
		nm_number number;
		int64_t missed, again; /* calls missed, and calls that came after the first of them */
	} * repeats;                   /* callers who were missed, the most often missed first; at most 100 */
	struct nm_worth worth;
};

struct nm_report_options {
	struct nm_span span; /* at most NM_REPORT_WEEKS weeks, or NM_INPUT */
	int line;            /* -1: all */
};

/* Reads the log once.  Which kind answered is by the plan's destinations of today; an answer by a name that the plan
 * no longer has counts as answered. */
enum nm_code nm_report(struct nm_store *store, const struct nm_plan *plan,
		       const struct nm_report_options *options, struct nm_report *out,
		       struct nm_error *err) NM_WARN_UNUSED;
void nm_report_clear(struct nm_report *report);
/* The 30 days that end with this instant; and the local calendar month that holds it. */
struct nm_span nm_report_30_days(nm_time now);
struct nm_span nm_report_month(const struct nm_zone *zone, nm_time at);

#endif
