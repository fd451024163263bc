/* SPDX-License-Identifier: MIT */
/*
 * The report's inside, for core/report*.c only: counting calls, and whose calls belong together.
 */
#ifndef CORE_REPORT_PRIVATE_H
#define CORE_REPORT_PRIVATE_H

#include "nevermiss/report.h"

#define NM_MONTH_DAYS 30 /* of a month in which money is reckoned */

/* What a call counts as, in the order of nm_figures. */
enum nm_fate {
	NM_FATE_ANSWERED,
	NM_FATE_PERHAPS,
	NM_FATE_VOICEMAIL,
	NM_FATE_SWALLOWED,
	NM_FATE_LOST,
	NM_FATE_ABANDONED,
	NM_FATE_SHORT,
	NM_FATE_REJECTED,
	NM_FATE_UNKNOWN
};

enum nm_fate nm_fate_of(const struct nm_call_brief *call);
/* Certainly nobody answered, and somebody could have. */
bool nm_fate_missed(enum nm_fate fate);

/* report_figures.c: how many minutes each of many callers waited; items are owned. */
struct nm_waits {
	size_t n, capacity;
	double *items;
};
/* False: out of memory. */
bool nm_waits_add(struct nm_waits *waits, double value);
/* The middle one, or the mean of the two middle ones; sorts them. */
struct nm_figure nm_waits_median(struct nm_waits *waits);

/* report_figures.c: figures as they grow, of the whole span or of a week. */
struct nm_tally {
	struct nm_figures figures; /* what is counted at once; the rest by nm_tally_close */
	int64_t rings;             /* of the answered calls whose seconds are known, added up */
	int64_t single, single_perhaps;
	int64_t tried_10, tried_15;
	size_t n_seconds, seconds_capacity;
	int *seconds;          /* one for each of these calls; owned */
	struct nm_waits waits; /* of each follow-up that was tried */
};

/* False: out of memory. */
bool nm_tally_call(struct nm_tally *tally, const struct nm_call_brief *call, enum nm_fate fate);
bool nm_tally_followup(struct nm_tally *tally, const struct nm_followup *followup);
/* Its caller rang again and was answered before anybody had tried. */
bool nm_followup_rang_again(const struct nm_followup *followup);
/* From the missed call (or the lead) to the first try of one that had one. */
double nm_followup_minutes(const struct nm_followup *followup);
/* A matter of so many calls; fate of the first. */
void nm_tally_matter(struct nm_tally *tally, int64_t calls, enum nm_fate fate);
/* Calls that somebody could have answered: all but those too short, rejected and of which nothing is known. */
int64_t nm_figures_fair(const struct nm_figures *figures);
/* Fills the means and shares. */
void nm_tally_close(struct nm_tally *tally);
void nm_tally_clear(struct nm_tally *tally);

/* The tallies of a span: of all of it, and of its weeks. */
struct nm_tallies {
	struct nm_span span;
	struct nm_tally total;
	size_t n;               /* weeks */
	const nm_time *begins;  /* of each week, ascending, begins[0] == span.from; borrowed */
	struct nm_tally *weeks; /* borrowed */
};
/* Of the week that holds an instant of the span. */
struct nm_tally *nm_tallies_week(struct nm_tallies *tallies, nm_time t);

/* report_matters.c: calls of one caller, in the order in which they came. */
struct nm_matters;
struct nm_matters *nm_matters_new(struct nm_tallies *tallies);
void nm_matters_free(struct nm_matters *matters);
bool nm_matters_call(struct nm_matters *matters, const struct nm_call_brief *call, enum nm_fate fate);
/* All calls came: what is open is counted; the callers who were missed, from the arena. */
bool nm_matters_close(struct nm_matters *matters, struct nm_arena *arena, struct nm_repeat **out, size_t *n);

/* Local, Monday first. */
struct nm_week_hour {
	int day, hour;
};

/* report_layers.c: who took the calls. */
struct nm_layers;
struct nm_layers *nm_layers_new(const struct nm_plan *plan, struct nm_arena *arena);
void nm_layers_free(struct nm_layers *layers);
bool nm_layers_call(struct nm_layers *layers, struct nm_week_hour at, const struct nm_call_brief *call,
		    enum nm_fate fate);
/* Writes the report's layers, and of its worth what they tell. */
bool nm_layers_close(struct nm_layers *layers, struct nm_report *report);

/* report_worth.c: the numbers that go into the formulas, of a report that has the rest. */
void nm_report_worth(const struct nm_plan *plan, struct nm_report *report);
/* Hours that stand out. */
void nm_report_peaks(struct nm_report *report);

/* Days of a span; of one from a local time of day to the same of another day whole ones, also across a clock change. */
double nm_span_days(const struct nm_zone *zone, struct nm_span span);

#endif
