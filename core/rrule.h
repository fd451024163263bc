/* SPDX-License-Identifier: MIT */
/*
 * Recurrence rules (RFC 5545 3.3.10) on a clock without a zone: wall-clock seconds in, wall-clock
 * seconds out.  Core's own, because libical's iterator cannot be interrupted: a single step of
 * "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30" takes minutes.  Here all work is counted.
 */
#ifndef NEVERMISS_RRULE_H
#define NEVERMISS_RRULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nevermiss/clock.h"

enum rrule_freq {
	RRULE_SECONDLY,
	RRULE_MINUTELY,
	RRULE_HOURLY,
	RRULE_DAILY,
	RRULE_WEEKLY,
	RRULE_MONTHLY,
	RRULE_YEARLY
};

/* BYDAY=-1FR is {4, -1}; weekdays from Monday = 0. */
struct rrule_nth {
	int16_t weekday, n;
};

/* A part that is not given is 0.  Masks: bit v stands for value v, in the _last ones for -v. */
struct rrule {
	enum rrule_freq freq;
	int interval; /* >= 1 */
	int64_t count;
	int week_start;
	uint64_t seconds, minutes, hours, months;
	uint64_t month_days, month_days_last;
	uint64_t weeks, weeks_last;
	uint64_t weekdays;
	size_t n_nths;
	const struct rrule_nth *nths;
	size_t n_year_days;
	const int16_t *year_days;
	size_t n_positions;
	const int16_t *positions;
};

enum rrule_end { RRULE_DONE, RRULE_STOPPED, RRULE_TOO_LONG };

struct rrule_walk {
	const struct rrule *rule;
	nm_local start;	      /* DTSTART */
	bool first;	      /* DTSTART is the first instance whether it matches or not */
	nm_local from, until; /* only instances in [from, until) are told */
	int64_t *work;	      /* counts down; RRULE_TOO_LONG below 0 */
	/* Instances in order; false stops the walk. */
	bool (*tell)(void *context, nm_local local);
	void *context;
};

enum rrule_end nm_rrule_walk(const struct rrule_walk *walk);

#endif
