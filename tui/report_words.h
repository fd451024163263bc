/* SPDX-License-Identifier: MIT */
/*
 * The words of a report: what its figures are called and mean, what they are held against, and how numbers are written.
 * The same for the screen and the command; the definitions are the manual's.
 */
#ifndef TUI_REPORT_WORDS_H
#define TUI_REPORT_WORDS_H

#include "nevermiss/plan.h"
#include "nevermiss/report.h"

enum measure { MEASURE_ANSWER_RATE, MEASURE_RINGS, MEASURE_FIRST_CALL, MEASURE_CALLBACK, MEASURES };

#define MEASURE_TEXT 48

const char *measure_name(enum measure measure); /* "answer rate" */
struct nm_figure measure_value(enum measure measure, const struct nm_figures *figures);
double measure_target(enum measure measure, const struct nm_plan *plan);
/* Of two values the higher is the better one; else the lower. */
bool measure_more_is_better(enum measure measure);
bool measure_met(enum measure measure, double value, double target);
/* "met", or what it is instead: "low", "slow". */
const char *measure_verdict(enum measure measure, double value, double target);
/* Where the weeks of a report lead: 1 to what is better, -1 to worse; 0 when nowhere, when too few have calls enough, or when
 * the newest that is known speaks against it.  And in a word; "": nowhere. */
int measure_trend(enum measure measure, const struct nm_report *weeks);
const char *measure_trend_words(int trend);
/* "93.4 %", "2.1", "11 min": to the nearest, and as fine as it takes not to contradict the verdict by the plan's target. */
void measure_words(enum measure measure, double value, const struct nm_plan *plan, char out[static MEASURE_TEXT]);
/* A share without a target, "4.8 %": "0.0 %" only of none, and "100.0 %" only of all. */
void percent_words(double percent, char out[static MEASURE_TEXT]);
/* "95 %", "< 3", "< 15 min". */
void measure_target_words(enum measure measure, double target, char out[static MEASURE_TEXT]);
#define MISSING_TEXT 96
/* Why it is not known, in a few words: "none to call back". */
void measure_missing(enum measure measure, const struct nm_figures *figures, char out[static MISSING_TEXT]);

#define MONEY_TEXT 48
/* "$6,960", "EUR 1.50": whole from 1,000 on. */
void money_words(const char *currency, double amount, char out[static MONEY_TEXT]);
/* Without needless zeros: "22", "13.7". */
void number_words(double number, char out[static MEASURE_TEXT]);

/* A number of a product, and what stands behind it: " a month"; "". */
struct factor {
	double number;
	enum factor_kind { FACTOR_NUMBER, FACTOR_PERCENT, FACTOR_MONEY } kind;
	const char *what;
	bool divides;
};
#define FACTORS 3
/* "0.87273 × $400 = $349.09": what comes of them as it is written elsewhere, the factors (at most FACTORS) as fine as it
 * takes for whoever reckons with what is written to get the same; where nothing that is short does, "= about".  times:
 * " × ", or " x " where there is only ASCII. */
void product_words(const struct factor *factors, size_t n, const struct factor *result, const char *currency,
		   const char *times, struct nm_buf *out);

/* What each figure means, a sentence or two each. */
struct definition {
	const char *name, *words;
};
extern const struct definition report_definitions[];
extern const size_t report_definitions_count;

#endif
