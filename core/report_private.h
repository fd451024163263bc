/* SPDX-License-Identifier: MIT */
/*
 * The report's inside, for core/report*.c only: counting calls and who took them.
 */
#ifndef CORE_REPORT_PRIVATE_H
#define CORE_REPORT_PRIVATE_H

#include "core/sums.h"
#include "nevermiss/names.h"

#define NM_MONTH_DAYS 30 /* of a month in which money is reckoned */

/* report_figures.c: how many minutes each of many callers waited; items are owned. */
struct nm_waits {
	size_t n, capacity;
	double *items;
};
/* False: out of memory. */
bool nm_waits_add(struct nm_waits *waits, double value);
void nm_waits_sort(struct nm_waits *waits);
/* The middle one, or the mean of the two middle ones; sorts them. */
struct nm_figure nm_waits_median(struct nm_waits *waits);

/* Follow-ups opened in one hour that nobody has tried. */
struct nm_untried {
	nm_time opened; /* the hour's first second */
	int64_t followups;
};

/* report_waits.c: those whom somebody was to call back; of all but their caller's having rung again first. */
struct nm_waiting {
	nm_number number; /* of the line; 0: all */
	nm_time until;    /* the report's end: who was not tried has waited until then */
	nm_time late;     /* those that were opened from then on, and not tried, have time left: they are not counted */
	struct nm_waits known; /* to the second */
	size_t n, capacity;
	struct nm_untried *hours; /* owned; whose are known to the hour */
};
/* opened is of each of them, or an hour's first second (of those that calls opened).  False: out of memory. */
bool nm_waiting_add(struct nm_waiting *waiting, const struct nm_followup_sum *sum);
bool nm_waiting_add_hour(struct nm_waiting *waiting, const struct nm_followup_sum *sum);
/* The middle one's minutes, or the mean of the two middle ones'.  Reads those of a few hours from the store. */
enum nm_code nm_waiting_median(struct nm_waiting *waiting, struct nm_store *store, struct nm_figure *out,
			       struct nm_error *err) NM_WARN_UNUSED;
void nm_waiting_clear(struct nm_waiting *waiting);

#define NM_COMMON_S 256 /* seconds below which each has a count of its own */

struct nm_rare {
	int seconds;
	int64_t calls;
};

/* report_figures.c: figures as they grow, of the whole span or of a week. */
struct nm_tally {
	struct nm_figures figures; /* what is counted at once; the rest by nm_tally_close */
	int64_t single, single_perhaps;
	int64_t tried_10, tried_15;
	/* Of the answered calls whose seconds are known, how many after how many seconds; the rarer ones in any order. */
	int64_t common[NM_COMMON_S];
	size_t n_rare, rare_capacity;
	struct nm_rare *rare; /* owned */
	struct nm_waits waits; /* of each follow-up that was tried */
};

/* So many calls that count as this. */
void nm_tally_calls(struct nm_tally *tally, enum nm_fate fate, int64_t calls);
/* So many calls that were answered after so many seconds; below 0: that were told of too many.  False: out of memory, also of the next ones. */
bool nm_tally_waits(struct nm_tally *tally, int seconds, int64_t calls);
bool nm_tally_followups(struct nm_tally *tally, const struct nm_followup_sum *sum);
void nm_tally_matters(struct nm_tally *tally, const struct nm_matter_sum *sum);
/* What another has, which was not closed.  False: out of memory. */
bool nm_tally_add(struct nm_tally *tally, struct nm_tally *other);
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

/* report_repeats.c: the callers who were missed, the most missed or all, into the report. */
enum nm_code nm_report_repeats(struct nm_store *store, const struct nm_sums_reader *whole, bool all,
			       struct nm_report *report, struct nm_error *err) NM_WARN_UNUSED;

/* Local, Monday first. */
struct nm_week_hour {
	int day, hour;
};

/* report_layers.c: who took the calls. */
struct nm_layers;
/* All three are borrowed. */
struct nm_layers *nm_layers_new(const struct nm_plan *plan, const struct nm_names *names, struct nm_arena *arena);
void nm_layers_free(struct nm_layers *layers);
bool nm_layers_calls(struct nm_layers *layers, struct nm_week_hour at, const struct nm_call_sum *sum);
/* Writes the report's layers, and of its worth what they tell. */
bool nm_layers_close(struct nm_layers *layers, struct nm_report *report);

/* report_worth.c: the numbers that go into the formulas, of a report that has the rest. */
void nm_report_worth(const struct nm_plan *plan, struct nm_report *report);
/* Hours that stand out. */
void nm_report_peaks(struct nm_report *report);

/* Days of a span; of one from a local time of day to the same of another day whole ones, also across a clock change. */
double nm_span_days(const struct nm_zone *zone, struct nm_span span);

#endif
