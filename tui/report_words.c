/* SPDX-License-Identifier: MIT */
/*
 * The words of a report.  In: figures, targets.  Out: text.  Knows neither a screen nor a command.
 */
#include "report_words.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"

/* Numbers beyond are none that anybody means: they are written shorter, for they must fit. */
#define WRITTEN_OUT 1e12
#define CENTS_NOISE 1e-6 /* of a cent, by which a sum of whole cents may be off as it was reckoned */

const char *measure_name(enum measure measure)
{
	static const char *const names[MEASURES] = { "answer rate", "rings", "first call", "callback" };

	return names[measure];
}

struct nm_figure measure_value(enum measure measure, const struct nm_figures *figures)
{
	switch (measure) {
	case MEASURE_ANSWER_RATE:
		return figures->answer_rate;
	case MEASURE_RINGS:
		return figures->rings;
	case MEASURE_FIRST_CALL:
		return figures->first_call;
	case MEASURE_CALLBACK:
	case MEASURES:
		break;
	}
	return figures->callback;
}

double measure_target(enum measure measure, const struct nm_plan *plan)
{
	switch (measure) {
	case MEASURE_ANSWER_RATE:
		return plan->targets.answer_rate;
	case MEASURE_RINGS:
		return plan->targets.rings;
	case MEASURE_FIRST_CALL:
		return plan->targets.first_call;
	case MEASURE_CALLBACK:
	case MEASURES:
		break;
	}
	return (double)plan->targets.callback_s / 60;
}

bool measure_more_is_better(enum measure measure)
{
	return measure == MEASURE_ANSWER_RATE || measure == MEASURE_FIRST_CALL;
}

bool measure_met(enum measure measure, double value, double target)
{
	return measure_more_is_better(measure) ? value >= target : value < target;
}

const char *measure_verdict(enum measure measure, double value, double target)
{
	if (measure_met(measure, value, target))
		return "met";
	return measure_more_is_better(measure) ? "low" : "slow";
}

#define TREND_CALLS 10 /* that a week must have to count for a trend */

/* Is the newest value that is known on the other side of their mean than the trend says? */
static bool newest_contradicts(const struct nm_figure *values, size_t n, int trend)
{
	double sum = 0, newest = 0;
	size_t known = 0;

	for (size_t i = 0; i < n; i++) {
		if (!values[i].known)
			continue;
		newest = values[i].value;
		sum += newest;
		known++;
	}
	return known && (newest * (double)known - sum) * trend < 0;
}

int measure_trend(enum measure measure, const struct nm_report *weeks)
{
	struct nm_figure values[NM_REPORT_WEEKS_TOUCHED], counted[NM_REPORT_WEEKS_TOUCHED];
	int trend;

	for (size_t i = 0; i < weeks->n_weeks; i++) {
		const struct nm_figures *figures = &weeks->weeks[i].figures;

		values[i] = counted[i] = measure_value(measure, figures);
		counted[i].known &= figures->calls >= TREND_CALLS;
	}
	trend = chart_trend(counted, weeks->n_weeks);
	if (!trend || newest_contradicts(values, weeks->n_weeks, trend))
		return 0;
	return measure_more_is_better(measure) ? trend : -trend;
}

const char *measure_trend_words(int trend)
{
	return trend > 0 ? "better" : trend < 0 ? "worse" : "";
}

#define FINER 2 /* decimals more than usual, where it takes them */

/* Is what is written of a value on the same side of each bound as the value?  A bound is on the upper side. */
static bool reads_right(const char *written, double value, const double *bounds, size_t n)
{
	const double read = strtod(written, NULL);

	for (size_t i = 0; i < n; i++)
		if ((read >= bounds[i]) != (value >= bounds[i]))
			return false;
	return true;
}

/* To the nearest of so many decimals; of more where that would read otherwise than the value is, which is told from these
 * bounds: 94.97 is not yet 95, and 2.97 is below 3.  Where nothing that is short does, cut off. */
static void nearest_words(double value, int decimals, const double *bounds, size_t n, char out[static MEASURE_TEXT])
{
	const double finest = pow(10, decimals + FINER);

	for (int more = 0; more <= FINER; more++) {
		snprintf(out, MEASURE_TEXT, "%.*f", decimals + more, value);
		if (reads_right(out, value, bounds, n))
			return;
	}
	snprintf(out, MEASURE_TEXT, "%.*f", decimals + FINER, floor(value * finest) / finest);
}

/* Without zeros at the end of its decimals. */
static void trim(char *number)
{
	char *end = number + strlen(number);

	if (!strchr(number, '.'))
		return;
	while (end[-1] == '0')
		*--end = '\0';
	if (end[-1] == '.')
		end[-1] = '\0';
}

/* A share with a target, which may be one of the other bounds: none is none, and all is all. */
static void share_words(double percent, double target, char out[static MEASURE_TEXT])
{
	const double bounds[] = { target, DBL_MIN, 100 };
	char number[MEASURE_TEXT];

	nearest_words(percent, 1, bounds, sizeof bounds / sizeof *bounds, number);
	snprintf(out, MEASURE_TEXT, "%.40s %%", number);
}

void percent_words(double percent, char out[static MEASURE_TEXT])
{
	share_words(percent, 100, out);
}

void measure_words(enum measure measure, double value, const struct nm_plan *plan, char out[static MEASURE_TEXT])
{
	const double target = measure_target(measure, plan);
	char number[MEASURE_TEXT];

	if (measure_more_is_better(measure)) {
		share_words(value, target, out);
		return;
	}
	nearest_words(value, measure == MEASURE_RINGS || value < 10 ? 1 : 0, &target, 1, number);
	if (measure == MEASURE_RINGS) {
		snprintf(out, MEASURE_TEXT, "%s", number);
		return;
	}
	trim(number);
	snprintf(out, MEASURE_TEXT, "%.40s min", number);
}

void measure_target_words(enum measure measure, double target, char out[static MEASURE_TEXT])
{
	char number[MEASURE_TEXT];

	number_words(target, number);
	snprintf(out, MEASURE_TEXT, "%s%.32s%s", measure_more_is_better(measure) ? "" : "< ", number,
		 measure_more_is_better(measure) ? " %"
		 : measure == MEASURE_CALLBACK   ? " min"
						 : "");
}

static const char *missing_why(enum measure measure, const struct nm_figures *figures)
{
	if (measure == MEASURE_CALLBACK)
		return figures->followups ? "none called back" : "none to call back";
	if (figures->calls == 0)
		return "no calls";
	switch (measure) {
	case MEASURE_RINGS:
		return figures->answered ? "no timed answers" : figures->untold || figures->perhaps ? "none for certain" : "none was answered";
	case MEASURE_FIRST_CALL:
		return "no known callers";
	case MEASURE_ANSWER_RATE:
	case MEASURE_CALLBACK:
	case MEASURES:
		break;
	}
	return "none to answer";
}

void measure_missing(enum measure measure, const struct nm_figures *figures, char out[static MISSING_TEXT])
{
	if (measure_more_is_better(measure) && nm_figures_untold(figures))
		snprintf(out, MISSING_TEXT, "not known: %" PRId64 " of %" PRId64 " do not say who answered",
			 figures->untold, nm_figures_fair(figures));
	else
		snprintf(out, MISSING_TEXT, "%s", missing_why(measure, figures));
}

/* Decimals of a number, of which `finer` are more than usual; sums have none from 1,000 on, and cents or none below. */
static int decimals_of(const struct factor *factor, int finer)
{
	const double size = fabs(factor->number);
	const bool whole = fmod(round(size * 100), 100) == 0;

	if (factor->kind != FACTOR_MONEY)
		return (size < 1 ? 2 : 1) + finer;
	if (finer == 0)
		return size < 1000 && !whole ? 2 : 0;
	return fabs(size * 100 - round(size * 100)) > CENTS_NOISE ? 1 + finer : whole ? 0 : 2;
}

/* Its digits alone, without needless zeros. */
static void digits_of(const struct factor *factor, int finer, char out[static MEASURE_TEXT])
{
	if (!(fabs(factor->number) < WRITTEN_OUT)) {
		snprintf(out, MEASURE_TEXT, "%.3g", factor->number);
		return;
	}
	snprintf(out, MEASURE_TEXT, "%.*f", decimals_of(factor, finer), factor->number);
	if (factor->kind != FACTOR_MONEY)
		trim(out);
}

void number_words(double number, char out[static MEASURE_TEXT])
{
	digits_of(&(struct factor){.number = number}, 0, out);
}

/* "1234.5" as "$1,234.5" */
static void sum_words(const char *currency, const char *digits, char out[static MONEY_TEXT])
{
	const bool dollars = !strcmp(currency, "USD");
	const size_t whole = strspn(digits, "0123456789");
	char grouped[2 * MEASURE_TEXT];
	size_t n = 0;

	for (size_t i = 0; digits[i]; i++) {
		if (i && i < whole && (whole - i) % 3 == 0)
			grouped[n++] = ',';
		grouped[n++] = digits[i];
	}
	grouped[n] = '\0';
	snprintf(out, MONEY_TEXT, "%.8s%s%.32s", dollars ? "$" : currency, dollars ? "" : " ", grouped);
}

void money_words(const char *currency, double amount, char out[static MONEY_TEXT])
{
	char digits[MEASURE_TEXT];

	digits_of(&(struct factor){.number = amount, .kind = FACTOR_MONEY}, 0, digits);
	sum_words(currency, digits, out);
}

/* --- products --- */

#define FINEST 6 /* decimals more than usual */

static void factor_words(const struct factor *factor, int finer, const char *currency, struct nm_buf *out)
{
	char digits[MEASURE_TEXT], sum[MONEY_TEXT];

	digits_of(factor, finer, digits);
	if (factor->kind == FACTOR_MONEY)
		sum_words(currency, digits, sum);
	nm_buf_addf(out, "%s%s%s", factor->kind == FACTOR_MONEY ? sum : digits, factor->kind == FACTOR_PERCENT ? " %" : "",
		    factor->what ? factor->what : "");
}

static double as_written(const struct factor *factor, int finer)
{
	char digits[MEASURE_TEXT];

	digits_of(factor, finer, digits);
	return strtod(digits, NULL) / (factor->kind == FACTOR_PERCENT ? 100 : 1);
}

/* Do the factors as they are written make the result as it is, to its last decimal? */
static bool is_true(const struct factor *factors, size_t n, int finer, const struct factor *result)
{
	const double half = 0.5 * pow(10, -decimals_of(result, 0)), written = as_written(result, 0);
	double product = 1;

	for (size_t i = 0; i < n; i++)
		product *= factors[i].divides ? 1 / as_written(&factors[i], finer) : as_written(&factors[i], finer);
	return fabs(written) < WRITTEN_OUT && fabs(product - written) <= half * (1 + 1e-9);
}

void product_words(const struct factor *factors, size_t n, const struct factor *result, const char *currency,
		   const char *times, struct nm_buf *out)
{
	int finer = 0;

	while (finer < FINEST && !is_true(factors, n, finer, result))
		finer++;
	for (size_t i = 0; i < n; i++) {
		nm_buf_add(out, i == 0 ? "" : factors[i].divides ? " / " : times);
		factor_words(&factors[i], finer, currency, out);
	}
	nm_buf_add(out, is_true(factors, n, finer, result) ? " = " : " = about ");
	factor_words(result, 0, currency, out);
}

const struct definition report_definitions[] = {
	{ "answer rate",
	  "Percent of the calls that a human or an AI answered, as far as the records prove it. Calls that were rejected, that "
	  "the records do not tell of, and whose caller hung up within 15 seconds are left out; a voicemail is no answer. Where "
	  "half of the calls or more were answered and the records do not say by whom, it is not known, nor are first calls." },
	{ "rings",
	  "Average rings until an answer, one for each 6 seconds begun, of the answered calls whose seconds are known." },
	{ "until answer",
	  "Seconds from the beginning of a call to its answer, of the calls that rings are taken from: their average, the middle "
	  "one, and the smallest that 95 of 100 of them do not pass." },
	{ "first call",
	  "Percent of matters that took one single call, which was answered. Calls from one number that follow each other "
	  "within 7 days are one matter; calls answered by whom is not told belong to none. Where the customer answered a "
	  "survey, a matter is as the answer says, yes or no." },
	{ "callback",
	  "Average minutes from a missed call to the first try to call back, of those who were called back." },
	{ "to call back",
	  "Follow-ups that were opened in the span, and how many of them somebody tried to reach. The middle one is of the "
	  "minutes of those that were tried; the percents within 10 and 15 minutes are of all that were opened, tried or not. "
	  "Who rang again and was answered before anybody had tried is counted by itself and is none of them." },
	{ "rang again",
	  "Of each caller who was missed, how often that was, and how many calls came from there after the first of these, "
	  "however they ended, but for those that were rejected." },
	{ "layers",
	  "Who took how many of the calls that were not rejected and of which the records tell. What a layer costs is by the "
	  "prices of its destination." },
	{ "calls by hour",
	  "Calls that came in each hour of the week, on the plan's clock, but for those that were rejected or went on to another "
	  "line. Peaks are the hours from Monday to Friday that stand out." },
	{ "loss",
	  "Calls a day x missed share = missed a day; x share that books = jobs lost a day; x average job = lost a day; x working "
	  "days = lost a month. The missed share is of calls that certainly nobody answered. The guide's example is "
	  "10 x 30 % x 60 % x $500 x 22 = $19,800; it rounds 1.8 jobs to 2 and says $22,000." },
	{ "return",
	  "Calls that a backup or an AI answered in a month x share that books = jobs recovered; x average job = recovered; "
	  "/ cost of the system = return. The guide says that half of its own figure, about 140, still pays." },
};

const size_t report_definitions_count = sizeof report_definitions / sizeof *report_definitions;
