/* SPDX-License-Identifier: MIT */
/*
 * What missed and recovered calls are worth, by the guide's two formulas, and the hours that stand out (report.h).
 */
#include "core/report_private.h"

#define WORKING_DAYS 22 /* the guide's */

void nm_worth_reckon(struct nm_worth *worth)
{
	const double booked = worth->booked / 100;

	worth->missed_a_day = worth->calls_a_day * worth->missed_share / 100;
	worth->lost_jobs_a_day = worth->missed_a_day * booked;
	worth->lost_a_day = worth->lost_jobs_a_day * worth->job;
	worth->lost_a_month = worth->lost_a_day * worth->days;
	worth->recovered_jobs = worth->recovered_calls * booked;
	worth->recovered = worth->recovered_jobs * worth->job;
	worth->roi = worth->cost > 0 ? worth->recovered / worth->cost : 0;
}

double nm_span_days(const struct nm_zone *zone, struct nm_span span)
{
	const nm_local local = nm_zone_local(zone, span.until) - nm_zone_local(zone, span.from);

	return (double)(local % NM_DAY == 0 ? local : span.until - span.from) / NM_DAY;
}

void nm_report_worth(const struct nm_plan *plan, struct nm_report *report)
{
	const struct nm_figures *figures = &report->figures;
	const double a_month = NM_MONTH_DAYS / nm_span_days(plan->zone, report->span);
	struct nm_worth *worth = &report->worth;

	*worth = (struct nm_worth){ .job = plan->value.job,
				    .booked = plan->value.booked,
				    .days = WORKING_DAYS,
				    .calls_a_day = (double)nm_figures_fair(figures) * a_month / WORKING_DAYS };
	if (figures->answer_rate_possible.known)
		worth->missed_share = 100 - figures->answer_rate_possible.value;
	for (size_t i = 0; i < report->n_layers; i++) {
		const struct nm_layer *layer = &report->layers[i];

		worth->cost += layer->cost.value * a_month;
		if (layer->kind == NM_BACKUP || layer->kind == NM_AI)
			worth->recovered_calls += (double)layer->calls * a_month;
	}
	nm_worth_reckon(worth);
}

/* --- peaks --- */

#define WEEKDAYS 5
#define ABOVE 1.25 /* the mean of the busy hours */
#define BUSY 0.25  /* of the busiest hour */

/* From so many calls on an hour stands out; none does: more than there are. */
static double peak_from(const int64_t hours[static 24])
{
	int64_t most = 0, sum = 0, all = 0;
	int busy = 0;

	for (int h = 0; h < 24; h++) {
		most = hours[h] > most ? hours[h] : most;
		all += hours[h];
	}
	if (all < NM_PEAK_LEAST)
		return (double)all + 1;
	for (int h = 0; h < 24; h++)
		if ((double)hours[h] >= BUSY * (double)most) {
			sum += hours[h];
			busy++;
		}
	return ABOVE * (double)sum / busy;
}

void nm_report_peaks(struct nm_report *report)
{
	int64_t hours[24] = { 0 };
	double least;

	for (int day = 0; day < WEEKDAYS; day++)
		for (int h = 0; h < 24; h++)
			hours[h] += report->heat[day][h];
	least = peak_from(hours);
	for (int h = 0; h < 24; h++) {
		struct nm_peak *peak = &report->peaks[report->n_peaks];

		if ((double)hours[h] < least)
			continue;
		*peak = (struct nm_peak){ .from = h };
		while (h < 24 && (double)hours[h] >= least)
			peak->calls += hours[h++];
		peak->until = h;
		report->n_peaks++;
	}
}
