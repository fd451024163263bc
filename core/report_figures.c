/* SPDX-License-Identifier: MIT */
/*
 * Figures as they grow (report.h): calls and follow-ups one by one come in, means, medians and shares go out.
 */
#include <stdlib.h>

#include "core/report_private.h"

static int64_t *count_of(struct nm_figures *figures, enum nm_fate fate)
{
	switch (fate) {
	case NM_FATE_ANSWERED:
		return &figures->answered;
	case NM_FATE_PERHAPS:
		return &figures->perhaps;
	case NM_FATE_VOICEMAIL:
		return &figures->voicemail;
	case NM_FATE_SWALLOWED:
		return &figures->swallowed;
	case NM_FATE_LOST:
		return &figures->lost;
	case NM_FATE_ABANDONED:
		return &figures->abandoned;
	case NM_FATE_SHORT:
		return &figures->short_abandoned;
	case NM_FATE_REJECTED:
		return &figures->rejected;
	case NM_FATE_UNTOLD:
		return &figures->untold;
	case NM_FATE_PERHAPS_SWALLOWED:
		return &figures->perhaps_swallowed;
	case NM_FATE_UNKNOWN:
	case NM_FATE_WENT_ON:
	default:
		return &figures->unknown;
	}
}

void nm_tally_calls(struct nm_tally *tally, enum nm_fate fate, int64_t calls)
{
	tally->figures.calls += calls;
	*count_of(&tally->figures, fate) += calls;
}

bool nm_tally_waits(struct nm_tally *tally, int seconds, int64_t calls)
{
	if (seconds < NM_COMMON_S) {
		tally->common[seconds] += calls;
		return true;
	}
	if (!nm_grow((void **)&tally->rare, &tally->rare_capacity, tally->n_rare + 1, sizeof(*tally->rare)))
		return false;
	tally->rare[tally->n_rare++] = (struct nm_rare){ seconds, calls };
	return true;
}

bool nm_tally_followups(struct nm_tally *tally, const struct nm_followup_sum *sum)
{
	const double minutes = (double)sum->waited / 60;

	if (sum->rang_again) {
		tally->figures.rang_again += sum->followups;
		return true;
	}
	tally->figures.followups += sum->followups;
	if (!sum->tried)
		return true;
	for (int64_t i = 0; i < sum->followups; i++)
		if (!nm_waits_add(&tally->waits, minutes))
			return false;
	tally->figures.tried += sum->followups;
	tally->tried_10 += minutes <= 10 ? sum->followups : 0;
	tally->tried_15 += minutes <= 15 ? sum->followups : 0;
	return true;
}

void nm_tally_matters(struct nm_tally *tally, const struct nm_matter_sum *sum)
{
	tally->figures.matters += sum->matters;
	tally->single += sum->single;
	tally->single_perhaps += sum->single_perhaps;
}

bool nm_tally_add(struct nm_tally *tally, struct nm_tally *other)
{
	bool ok = true;

	for (enum nm_fate fate = 0; fate <= NM_FATE_LAST; fate++)
		if (fate != NM_FATE_WENT_ON) /* counted as NM_FATE_UNKNOWN */
			nm_tally_calls(tally, fate, *count_of(&other->figures, fate));
	tally->figures.matters += other->figures.matters;
	tally->single += other->single;
	tally->single_perhaps += other->single_perhaps;
	tally->figures.followups += other->figures.followups;
	tally->figures.tried += other->figures.tried;
	tally->figures.rang_again += other->figures.rang_again;
	tally->tried_10 += other->tried_10;
	tally->tried_15 += other->tried_15;
	for (int seconds = 0; seconds < NM_COMMON_S; seconds++)
		tally->common[seconds] += other->common[seconds];
	for (size_t i = 0; i < other->n_rare && ok; i++)
		ok = nm_tally_waits(tally, other->rare[i].seconds, other->rare[i].calls);
	for (size_t i = 0; i < other->waits.n && ok; i++)
		ok = nm_waits_add(&tally->waits, other->waits.items[i]);
	return ok;
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

static int rare_compare(const void *a, const void *b)
{
	const struct nm_rare *x = a, *y = b;

	return (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

static int double_compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Those of the same seconds become one; what comes to nothing goes. */
static void sort_rare(struct nm_tally *tally)
{
	size_t n = 0;

	if (tally->n_rare > 0)
		qsort(tally->rare, tally->n_rare, sizeof(*tally->rare), rare_compare);
	for (size_t i = 0; i < tally->n_rare; i++) {
		if (n > 0 && tally->rare[n - 1].seconds == tally->rare[i].seconds)
			tally->rare[n - 1].calls += tally->rare[i].calls;
		else
			tally->rare[n++] = tally->rare[i];
		n -= tally->rare[n - 1].calls == 0;
	}
	tally->n_rare = n;
}

/* The seconds of the call that has so many before it, in the order of their seconds; rare ones are sorted. */
static int seconds_at(const struct nm_tally *tally, int64_t before)
{
	size_t i = 0;

	for (int seconds = 0; seconds < NM_COMMON_S; seconds++) {
		if (before < tally->common[seconds])
			return seconds;
		before -= tally->common[seconds];
	}
	while (i + 1 < tally->n_rare && before >= tally->rare[i].calls)
		before -= tally->rare[i++].calls;
	return tally->rare[i].seconds;
}

static void close_seconds(struct nm_tally *tally)
{
	struct nm_figures *figures = &tally->figures;
	int64_t n = 0, sum = 0, rings = 0;

	for (int seconds = 0; seconds < NM_COMMON_S; seconds++) {
		n += tally->common[seconds];
		sum += seconds * tally->common[seconds];
		rings += nm_rings(seconds) * tally->common[seconds];
	}
	for (size_t i = 0; i < tally->n_rare; i++) {
		n += tally->rare[i].calls;
		sum += tally->rare[i].seconds * tally->rare[i].calls;
		rings += nm_rings(tally->rare[i].seconds) * tally->rare[i].calls;
	}
	if (n == 0)
		return;
	sort_rare(tally);
	figures->seconds = part_of((double)sum, (double)n);
	figures->rings = part_of((double)rings, (double)n);
	figures->seconds_median = (struct nm_figure){
		true, ((double)seconds_at(tally, (n - 1) / 2) + seconds_at(tally, n / 2)) / 2
	};
	figures->seconds_95th = (struct nm_figure){ true, seconds_at(tally, (n * 95 + 99) / 100 - 1) };
}

bool nm_waits_add(struct nm_waits *waits, double value)
{
	if (!nm_grow((void **)&waits->items, &waits->capacity, waits->n + 1, sizeof(*waits->items)))
		return false;
	waits->items[waits->n++] = value;
	return true;
}

void nm_waits_sort(struct nm_waits *waits)
{
	if (waits->n > 0)
		qsort(waits->items, waits->n, sizeof(*waits->items), double_compare);
}

struct nm_figure nm_waits_median(struct nm_waits *waits)
{
	const size_t n = waits->n;

	if (n == 0)
		return (struct nm_figure){ 0 };
	nm_waits_sort(waits);
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

bool nm_figures_untold(const struct nm_figures *figures)
{
	return figures->untold > 0 && 2 * figures->untold >= nm_figures_fair(figures);
}

/* What the few records that do tell would prove of all calls is a false figure, not a low one. */
static void close_rates(struct nm_tally *tally)
{
	struct nm_figures *figures = &tally->figures;
	const int64_t fair = nm_figures_fair(figures);

	figures->answer_rate_possible =
		percent_of(figures->answered + figures->perhaps + figures->perhaps_swallowed + figures->untold, fair);
	if (nm_figures_untold(figures))
		return;
	figures->answer_rate = percent_of(figures->answered, fair);
	figures->first_call = percent_of(tally->single, figures->matters);
	figures->first_call_possible = percent_of(tally->single_perhaps, figures->matters);
}

void nm_tally_close(struct nm_tally *tally)
{
	close_rates(tally);
	close_seconds(tally);
	close_minutes(tally);
}

void nm_tally_clear(struct nm_tally *tally)
{
	free(tally->rare);
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
