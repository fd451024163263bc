/* SPDX-License-Identifier: MIT */
/* The numbers of the calculation (struct nm_worth) that the owner can set, for its screen and its command. */
#ifndef TUI_WORTH_NUMBERS_H
#define TUI_WORTH_NUMBERS_H

#include "nevermiss/report.h"

enum worth_number {
	WORTH_CALLS_A_DAY,
	WORTH_MISSED_SHARE,
	WORTH_BOOKED,
	WORTH_JOB,
	WORTH_DAYS,
	WORTH_RECOVERED,
	WORTH_COST,
	WORTH_NUMBERS
};

struct worth_number_info {
	const char *key;    /* as --what-if and the JSON have it */
	const char *name;   /* for people */
	const char *source; /* where it comes from when the owner did not set it */
	double most;
	enum { WORTH_PLAIN, WORTH_PERCENT, WORTH_MONEY } kind;
};

extern const struct worth_number_info worth_numbers[WORTH_NUMBERS];

/* Where it stands in the calculation. */
double *worth_number(struct nm_worth *worth, size_t i);
/* "22", "13.5": digits with one point, of `len` bytes, which may be written as they are shown: "30 %", "$1,200.50", by
 * the number's kind; thousands apart by commas, apostrophes or blanks.  False when it is none, or more than the number's most. */
bool worth_number_read(size_t i, const char *text, size_t len, double *out);

#endif
