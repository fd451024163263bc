/* SPDX-License-Identifier: MIT */
/*
 * The figures over the log of real calls: how many were answered, how fast, by whom, how soon the others were called
 * back, when customers call, and what that is worth.  Each figure's definition stands here and in nevermiss(1).
 */
#ifndef NEVERMISS_REPORT_H
#define NEVERMISS_REPORT_H

#include "nevermiss/calls.h"
#include "nevermiss/followup.h"

#define NM_REPORT_WEEKS 53
/* Local weeks that as many of UTC's seconds touch: the first and the last are cut, and a clock change adds an hour. */
#define NM_REPORT_WEEKS_TOUCHED (NM_REPORT_WEEKS + 2)
#define NM_REPORT_LAYERS 512      /* what else took calls is one more layer, "others" */
#define NM_REPORT_REPEATS 100
#define NM_REPORT_PEAKS 12
#define NM_SHORT_ABANDON_S 15     /* a caller who hangs up sooner gave nobody a chance: kept apart */
#define NM_MATTER_S (7 * 86400)   /* calls of one caller that follow each other within this are one matter */
#define NM_PEAK_LEAST 50          /* so many calls on weekdays it takes to speak of peaks */

/* A figure that may have nothing to be taken from: known false, value 0. */
struct nm_figure {
	bool known;
	double value;
};

/* Of all calls of one span and line, or of a part of them. */
struct nm_figures {
	/* How many ended how; their sum is `calls`. */
	int64_t calls;
	int64_t answered;  /* by a human, an AI, or a phone of which no kind is known; proved */
	int64_t perhaps;   /* its record speaks for an answer and does not prove it, or it names only some that rang */
	int64_t voicemail; /* that callers reached when nobody had answered */
	int64_t swallowed; /* by a phone's own voicemail */
	int64_t perhaps_swallowed; /* probably so: its record speaks for that, and a person may have answered */
	int64_t lost;
	int64_t abandoned; /* after NM_SHORT_ABANDON_S or later, or nobody knows when */
	int64_t short_abandoned;
	int64_t untold; /* answered, and the record does not say whether by a person or a voicemail */
	int64_t rejected, unknown;
	/* Percent of the calls without short_abandoned, rejected and unknown: as proved, and as possible (with perhaps,
	 * perhaps_swallowed and untold).  Neither what is proved nor the first calls are known where nm_figures_untold. */
	struct nm_figure answer_rate, answer_rate_possible;
	/* Of answered calls whose seconds are known; rings (nm_rings): means, the middle one (mean of the two middle
	 * ones), the smallest that 95 of 100 do not pass. */
	struct nm_figure rings, seconds, seconds_median, seconds_95th;
	/* Matters (NM_MATTER_S) of callers whose number is known, to one line or to all as the report is, whose first call
	 * lies in the span; rejected, unknown and untold calls belong to none.  Percent of them that were one single call, which
	 * was answered: as proved, and as possible.  Where the customer answered a survey (survey.h) about a follow-up of
	 * the matter, that counts instead, in both: of several the one whose follow-up is the newest. */
	int64_t matters;
	struct nm_figure first_call, first_call_possible;
	/* Of follow-ups opened in the span; those whose caller rang again and was answered before anybody had tried are
	 * kept apart.  Minutes from the missed call (or the lead) to the first try, of those that had one. */
	int64_t followups, tried, rang_again;
	struct nm_figure callback, callback_median;        /* minutes: mean, median */
	struct nm_figure callback_10, callback_15;         /* percent of `followups` tried within that many minutes */
};

/* Calls that count in the rates: all but short_abandoned, rejected and unknown. */
int64_t nm_figures_fair(const struct nm_figures *figures);
/* Do half of these or more not say who answered? */
bool nm_figures_untold(const struct nm_figures *figures);

enum nm_layer_kind {
	NM_LAYER_PARTY,     /* of the plan or not: nm_layer.kind */
	NM_LAYER_OTHERS,    /* beyond NM_REPORT_LAYERS */
	NM_LAYER_VOICEMAIL, /* the plan's, or a phone's own */
	NM_LAYER_NOBODY,    /* abandoned and lost */
	NM_LAYER_UNTOLD     /* answered, by whom the records do not say */
};

struct nm_layer {
	enum nm_layer_kind what;
	/* A destination or line of the plan, a number; or "others", "voicemail", "nobody", "not told".  No two have the same: a party
	 * of one of these names has " (party)" behind it. */
	const char *name;
	int kind;         /* enum nm_kind (plan.h); -1: not of the plan */
	int64_t calls;    /* that it took, proved or perhaps */
	struct nm_figure share;   /* percent of the calls without rejected and unknown */
	struct nm_figure seconds; /* mean until it took them */
	/* In the span, by the plan's prices: per_month for each 30 days of the span, per_call, per_minute by the calls'
	 * lengths, and per_booking for the percent that section value says book.  Known when it has a price. */
	struct nm_figure cost;
	int64_t heat[7][24]; /* as the report's, of the calls that it took */
};

struct nm_report_week {
	struct nm_span span; /* local Monday to Monday; the first and last may be cut by the report's span */
	struct nm_figures figures;
};

/* Hours from Monday to Friday that have at least 1.25 times as many calls as the mean of the hours that have at least a
 * quarter of the busiest one's. */
struct nm_peak {
	int from, until; /* local hours, until excluded */
	int64_t calls;   /* in these, Monday to Friday */
};

/* The guide's two formulas, with every number that goes into them.  Money is in the plan's currency, a month 30 days. */
struct nm_worth {
	double job, booked;     /* of section value: average job, percent of answered calls that book */
	double days;            /* working days a month: the guide's 22 */
	double calls_a_day;     /* of these days: the log's calls of a month over them */
	double missed_share;    /* percent: 100 - answer_rate_possible, what surely was missed */
	double cost;            /* of the system, a month: the layers' */
	double recovered_calls; /* a month: that an AI or a backup answered */
	/* results */
	double missed_a_day, lost_jobs_a_day, lost_a_day, lost_a_month;
	double recovered_jobs, recovered, roi; /* roi: recovered / cost; 0 when it costs nothing */
};
/* Fills the results from the numbers before them. */
void nm_worth_reckon(struct nm_worth *worth);

/* A caller who was missed. */
struct nm_repeat {
	nm_number number;
	int64_t missed; /* voicemail, swallowed, abandoned, lost */
	int64_t again;  /* calls that came after the first of these, rejected ones not counted */
};

struct nm_report {
	struct nm_arena *arena;
	struct nm_span span;
	const char *line; /* NULL: all */
	struct nm_figures figures;
	/* Minutes that half of `followups` waited at least: to the first try, or as nobody has tried up to the span's end.
	 * Without those that nobody has tried and that the plan's targets.callback leaves time for. */
	struct nm_figure wait_median;
	size_t n_layers;
	struct nm_layer *layers; /* by calls, most first; others, voicemail, nobody and not told last; those with calls or a cost */
	size_t n_weeks;               /* at most NM_REPORT_WEEKS_TOUCHED */
	struct nm_report_week *weeks; /* oldest first */
	/* Calls that came in that local hour, Monday first; neither rejected ones, nor those that went on to another line,
	 * which stand there. */
	int64_t heat[7][24];
	int64_t missed[7][24]; /* of these, those that certainly nobody answered, short_abandoned ones left out */
	size_t n_peaks;
	struct nm_peak peaks[NM_REPORT_PEAKS]; /* by hour; none when there is no difference, or too few calls */
	size_t n_repeats;
	struct nm_repeat *repeats; /* the most often missed first; at most NM_REPORT_REPEATS, unless all were asked for */
	int64_t missed_callers;    /* how many there are */
	struct nm_worth worth;
};

struct nm_report_options {
	struct nm_span span; /* at most NM_REPORT_WEEKS times 7 * NM_DAY seconds, or NM_INPUT */
	int line;            /* -1: all */
	bool all_missed;     /* repeats has all callers who were missed: each is looked up in the log */
};

/* Which kind answered is by the plan's destinations of today; an answer by a name that the plan
 * no longer has counts as answered. */
enum nm_code nm_report(struct nm_store *store, const struct nm_plan *plan,
		       const struct nm_report_options *options, struct nm_report *out,
		       struct nm_error *err) NM_WARN_UNUSED;
void nm_report_clear(struct nm_report *report);
/* The 30 days that end with this instant; and the local calendar month that holds it, of one that is not over what has
 * passed of it, with `now` for its end. */
struct nm_span nm_report_30_days(nm_time now);
struct nm_span nm_report_month(const struct nm_zone *zone, nm_time at, nm_time now);
/* What everybody means who says "the last 30 days": those that end with the quarter of an hour in which this instant lies,
 * so that what is looked at is not read anew each minute. */
struct nm_span nm_report_last_30_days(nm_time now);
/* The weeks by whose course a figure is called better or worse, wherever it is shown: so many local ones, of which the last
 * is cut at this instant. */
#define NM_REPORT_COURSE_WEEKS 12
struct nm_span nm_report_course(const struct nm_zone *zone, nm_time until);

#endif
