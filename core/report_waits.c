/* SPDX-License-Identifier: MIT */
/*
 * How long those waited whom somebody was to call back (report.h, wait_median).  In: follow-ups that stand alike.  Out: the
 * wait of the middle one.  Of those that nobody has tried there may be millions: of these no more is kept than how many
 * were opened in which hour, and only the hour in which the middle one lies is read one by one.
 */
#include <stdlib.h>

#include "core/report_private.h"

static double minutes_of(nm_time seconds)
{
	return (double)seconds / 60;
}

static bool add_known(struct nm_waiting *waiting, const struct nm_followup_sum *sum)
{
	bool ok = true;

	for (int64_t i = 0; i < sum->followups && ok; i++)
		ok = nm_waits_add(&waiting->known,
				  minutes_of(sum->tried ? sum->waited : waiting->until - sum->opened));
	return ok;
}

static bool add_hour(struct nm_waiting *waiting, const struct nm_followup_sum *sum)
{
	if (!nm_grow((void **)&waiting->hours, &waiting->capacity, waiting->n + 1, sizeof(*waiting->hours)))
		return false;
	waiting->hours[waiting->n++] = (struct nm_untried){ sum->opened, sum->followups };
	return true;
}

bool nm_waiting_add(struct nm_waiting *waiting, const struct nm_followup_sum *sum)
{
	if (sum->rang_again || (!sum->tried && sum->opened >= waiting->late))
		return true;
	return add_known(waiting, sum);
}

bool nm_waiting_add_hour(struct nm_waiting *waiting, const struct nm_followup_sum *sum)
{
	if (sum->rang_again || sum->tried || sum->opened >= waiting->late)
		return nm_waiting_add(waiting, sum);
	return add_hour(waiting, sum);
}

void nm_waiting_clear(struct nm_waiting *waiting)
{
	free(waiting->known.items);
	free(waiting->hours);
}

/* --- one by one --- */

static enum nm_code take_untried(void *context, const struct nm_followup *followup, struct nm_error *err)
{
	struct nm_waiting *waiting = context;
	const struct nm_followup_sum stands =
		nm_followup_stands(followup->opened, (int)followup->end, followup->first_try);

	if (stands.tried || (waiting->number != 0 && followup->called != waiting->number))
		return NM_OK;
	return nm_waiting_add(waiting, &stands) ? NM_OK : nm_fail_memory(err);
}

/* Those of one hour become known to the second. */
static enum nm_code spell(struct nm_waiting *waiting, struct nm_store *store, struct nm_untried *hour,
			  struct nm_error *err)
{
	const struct nm_followup_reader reader = { .span = { hour->opened, hour->opened + NM_SUM_S },
						   .take = take_untried,
						   .context = waiting };

	hour->followups = 0;
	return nm_store_followups_each(store, &reader, err);
}

/* --- the middle one --- */

/* Who has waited the least comes first. */
static int untried_compare(const void *a, const void *b)
{
	const struct nm_untried *x = a, *y = b;

	return (x->opened < y->opened) - (x->opened > y->opened);
}

/* They were told of in the order of their hours, or of nearly that. */
static void sort_hours(struct nm_untried *hours, size_t n)
{
	bool sorted = true;

	for (size_t i = 0; i < n / 2; i++) {
		const struct nm_untried other = hours[i];

		hours[i] = hours[n - 1 - i];
		hours[n - 1 - i] = other;
	}
	for (size_t i = 1; i < n && sorted; i++)
		sorted = untried_compare(&hours[i - 1], &hours[i]) <= 0;
	if (!sorted)
		qsort(hours, n, sizeof(*hours), untried_compare);
}

/* Hours of several lines become one; the one that `late` cuts is spelled. */
static enum nm_code settle_hours(struct nm_waiting *waiting, struct nm_store *store, struct nm_error *err)
{
	size_t n = 0;

	if (waiting->n == 0)
		return NM_OK;
	sort_hours(waiting->hours, waiting->n);
	for (size_t i = 1; i < waiting->n; i++)
		if (waiting->hours[i].opened == waiting->hours[n].opened)
			waiting->hours[n].followups += waiting->hours[i].followups;
		else
			waiting->hours[++n] = waiting->hours[i];
	waiting->n = n + 1;
	return waiting->hours[0].opened + NM_SUM_S > waiting->late
		       ? spell(waiting, store, &waiting->hours[0], err)
		       : NM_OK;
}

/* How many of the known ones, which are sorted, waited no longer than this. */
static int64_t known_until(const struct nm_waits *known, nm_time seconds)
{
	const double most = minutes_of(seconds);
	size_t low = 0, high = known->n;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (known->items[middle] <= most)
			low = middle + 1;
		else
			high = middle;
	}
	return (int64_t)low;
}

/* The hour in which the one with so many before it lies; NULL: it is known, and *before is how many of the hours' come
 * before it. */
static struct nm_untried *hour_at(const struct nm_waiting *waiting, int64_t rank, int64_t *before)
{
	*before = 0;
	for (size_t i = 0; i < waiting->n; i++) {
		struct nm_untried *hour = &waiting->hours[i];
		const nm_time longest = waiting->until - hour->opened;

		if (hour->followups == 0)
			continue;
		if (rank < *before + known_until(&waiting->known, longest - NM_SUM_S))
			return NULL;
		if (rank < *before + known_until(&waiting->known, longest) + hour->followups)
			return hour;
		*before += hour->followups;
	}
	return NULL;
}

static enum nm_code wait_at(struct nm_waiting *waiting, struct nm_store *store, int64_t rank, double *out,
			    struct nm_error *err)
{
	enum nm_code code = NM_OK;
	struct nm_untried *hour;
	int64_t before;

	nm_waits_sort(&waiting->known);
	hour = hour_at(waiting, rank, &before);
	if (hour != NULL) {
		code = spell(waiting, store, hour, err);
		nm_waits_sort(&waiting->known);
		hour_at(waiting, rank, &before);
	}
	if (code != NM_OK)
		return code;
	if (rank < before || rank - before >= (int64_t)waiting->known.n)
		return nm_fail(err, NM_SYSTEM, "the store is damaged: its sums tell of other follow-ups than it has");
	*out = waiting->known.items[rank - before];
	return NM_OK;
}

enum nm_code nm_waiting_median(struct nm_waiting *waiting, struct nm_store *store, struct nm_figure *out,
			       struct nm_error *err)
{
	double low = 0, high = 0;
	int64_t n;
	enum nm_code code = settle_hours(waiting, store, err);

	n = (int64_t)waiting->known.n;
	for (size_t i = 0; i < waiting->n; i++)
		n += waiting->hours[i].followups;
	*out = (struct nm_figure){ 0 };
	if (code != NM_OK || n == 0)
		return code;
	code = wait_at(waiting, store, (n - 1) / 2, &low, err);
	if (code == NM_OK)
		code = wait_at(waiting, store, n / 2, &high, err);
	*out = (struct nm_figure){ code == NM_OK, (low + high) / 2 };
	return code;
}
