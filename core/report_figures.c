/* SPDX-License-Identifier: MIT */
/*
 * Figures as they grow (report.h): calls and follow-ups one by one come in, means, medians and shares go out.
 */
#include <stdlib.h>

#include "core/report_private.h"

enum nm_fate nm_fate_of(const struct nm_call_brief *call)
{
	const struct nm_became *became = &call->became;

	if (became->end == NM_CALL_UNKNOWN)
		return NM_FATE_UNKNOWN;
	if (became->end == NM_CALL_REJECTED)
		return NM_FATE_REJECTED;
	if (call->cut)
		return NM_FATE_PERHAPS;
	switch (became->end) {
	case NM_CALL_ANSWERED:
		return became->probably ? NM_FATE_PERHAPS : NM_FATE_ANSWERED;
	case NM_CALL_VOICEMAIL:
		return NM_FATE_VOICEMAIL;
	case NM_CALL_SWALLOWED:
		return NM_FATE_SWALLOWED;
	case NM_CALL_ABANDONED:
		return became->seconds >= 0 && became->seconds < NM_SHORT_ABANDON_S ? NM_FATE_SHORT
										    : NM_FATE_ABANDONED;
	default:
		return NM_FATE_LOST;
	}
}

bool nm_fate_missed(enum nm_fate fate)
{
	return fate == NM_FATE_VOICEMAIL || fate == NM_FATE_SWALLOWED || fate == NM_FATE_LOST ||
	       fate == NM_FATE_ABANDONED;
}

static int64_t *count_of(struct nm_figures *figures, enum nm_fate fate)
{
	int64_t *const counts[] = {
		[NM_FATE_ANSWERED] = &figures->answered,
		[NM_FATE_PERHAPS] = &figures->perhaps,
		[NM_FATE_VOICEMAIL] = &figures->voicemail,
		[NM_FATE_SWALLOWED] = &figures->swallowed,
		[NM_FATE_LOST] = &figures->lost,
		[NM_FATE_ABANDONED] = &figures->abandoned,
		[NM_FATE_SHORT] = &figures->short_abandoned,
		[NM_FATE_REJECTED] = &figures->rejected,
		[NM_FATE_UNKNOWN] = &figures->unknown,
	};

	return counts[fate];
}

bool nm_tally_call(struct nm_tally *tally, const struct nm_call_brief *call, enum nm_fate fate)
{
	const int seconds = call->became.seconds;

	tally->figures.calls++;
	++*count_of(&tally->figures, fate);
	if (fate != NM_FATE_ANSWERED || seconds < 0)
		return true;
	if (!nm_grow((void **)&tally->seconds, &tally->seconds_capacity, tally->n_seconds + 1,
		     sizeof(*tally->seconds)))
		return false;
	tally->seconds[tally->n_seconds++] = seconds;
	tally->rings += nm_rings(seconds);
	return true;
}

bool nm_followup_rang_again(const struct nm_followup *followup)
{
	return followup->first_try == 0 && followup->end == NM_FOLLOWUP_RANG_AGAIN;
}

double nm_followup_minutes(const struct nm_followup *followup)
{
	const nm_time waited = followup->first_try - followup->opened;

	return waited > 0 ? (double)waited / 60 : 0;
}

bool nm_tally_followup(struct nm_tally *tally, const struct nm_followup *followup)
{
	const double minutes = nm_followup_minutes(followup);

	if (nm_followup_rang_again(followup)) {
		tally->figures.rang_again++;
		return true;
	}
	tally->figures.followups++;
	if (followup->first_try == 0)
		return true;
	if (!nm_waits_add(&tally->waits, minutes))
		return false;
	tally->figures.tried++;
	tally->tried_10 += minutes <= 10;
	tally->tried_15 += minutes <= 15;
	return true;
}

void nm_tally_matter(struct nm_tally *tally, int64_t calls, enum nm_fate fate)
{
	tally->figures.matters++;
	tally->single += calls == 1 && fate == NM_FATE_ANSWERED;
	tally->single_perhaps += calls == 1 && (fate == NM_FATE_ANSWERED || fate == NM_FATE_PERHAPS);
}

/* --- what they come to --- */

static struct nm_figure part_of(double part, double whole)
{
	return whole > 0 ? (struct nm_figure){ true, part / whole } : (struct nm_figure){ 0 };
}

static struct nm_figure percent_of(int64_t part, int64_t whole)
{
	return part_of(100 * (double)part, (double)whole);
}

static int int_compare(const void *a, const void *b)
{
	const int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static int double_compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void close_seconds(struct nm_tally *tally)
{
	struct nm_figures *figures = &tally->figures;
	const size_t n = tally->n_seconds;
	const int *seconds = tally->seconds;
	double sum = 0;

	if (n == 0)
		return;
	qsort(tally->seconds, n, sizeof(*tally->seconds), int_compare);
	for (size_t i = 0; i < n; i++)
		sum += seconds[i];
	figures->seconds = part_of(sum, (double)n);
	figures->rings = part_of((double)tally->rings, (double)n);
	figures->seconds_median =
		(struct nm_figure){ true, ((double)seconds[(n - 1) / 2] + seconds[n / 2]) / 2 };
	figures->seconds_95th = (struct nm_figure){ true, seconds[(n * 95 + 99) / 100 - 1] };
}

bool nm_waits_add(struct nm_waits *waits, double value)
{
	if (!nm_grow((void **)&waits->items, &waits->capacity, waits->n + 1, sizeof(*waits->items)))
		return false;
	waits->items[waits->n++] = value;
	return true;
}

struct nm_figure nm_waits_median(struct nm_waits *waits)
{
	const size_t n = waits->n;

	if (n == 0)
		return (struct nm_figure){ 0 };
	qsort(waits->items, n, sizeof(*waits->items), double_compare);
	return (struct nm_figure){ true, (waits->items[(n - 1) / 2] + waits->items[n / 2]) / 2 };
}

static void close_minutes(struct nm_tally *tally)
{
	struct nm_figures *figures = &tally->figures;
	const size_t n = tally->waits.n;
	double sum = 0;

	figures->callback_10 = percent_of(tally->tried_10, figures->followups);
	figures->callback_15 = percent_of(tally->tried_15, figures->followups);
	figures->callback_median = nm_waits_median(&tally->waits);
	for (size_t i = 0; i < n; i++)
		sum += tally->waits.items[i];
	figures->callback = part_of(sum, (double)n);
}

int64_t nm_figures_fair(const struct nm_figures *figures)
{
	return figures->calls - figures->short_abandoned - figures->rejected - figures->unknown;
}

void nm_tally_close(struct nm_tally *tally)
{
	struct nm_figures *figures = &tally->figures;
	const int64_t fair = nm_figures_fair(figures);

	figures->answer_rate = percent_of(figures->answered, fair);
	figures->answer_rate_possible = percent_of(figures->answered + figures->perhaps, fair);
	figures->first_call = percent_of(tally->single, figures->matters);
	figures->first_call_possible = percent_of(tally->single_perhaps, figures->matters);
	close_seconds(tally);
	close_minutes(tally);
}

void nm_tally_clear(struct nm_tally *tally)
{
	free(tally->seconds);
	free(tally->waits.items);
	*tally = (struct nm_tally){ 0 };
}

struct nm_tally *nm_tallies_week(struct nm_tallies *tallies, nm_time t)
{
	size_t low = 0, high = tallies->n;

	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;

		if (tallies->begins[middle] <= t)
			low = middle;
		else
			high = middle;
	}
	return &tallies->weeks[low];
}
