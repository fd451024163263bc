/* SPDX-License-Identifier: MIT */
/*
 * The days on which hours expressions say everything that they ever say.  Comes in: expressions and a first
 * day.  Goes out: days, each with every set of holidays around it that they can tell apart.  A claim that
 * holds on all of these holds for ever, which no window of time can show.
 */
#include "hours_private.h"

#include <limits.h>

#define DAYS_WEEKLY 8     /* a week, and a day for what goes past midnight */
#define YEARS_REPEAT 40   /* hold every date on every weekday, across 2100, which has no 29 February, too */
#define OFFSETS_MAX 5     /* holidays around a day that are told apart: 32 sets */
#define YEAR_LAST 9999

static int year_of(int64_t day)
{
	return nm_date_from_days(day).year;
}

static void year_take(int candidate, int after, int *next)
{
	if (candidate > after && candidate < *next)
		*next = candidate;
}

/* The first year after this one in which years and dates of the expression begin or end. */
static void next_take(const struct nm_hours *hours, int after, int *next)
{
	size_t i;

	for (i = 0; i < hours->n_years; i++) {
		year_take(hours->years[i].from, after, next);
		year_take(hours->years[i].until + 1, after, next);
	}
	for (i = 0; i < hours->n_dates; i++) {
		if (!hours->dates[i].with_year)
			continue;
		year_take(year_of(hours->dates[i].from), after, next);
		year_take(year_of(hours->dates[i].from) + 1, after, next);
		year_take(year_of(hours->dates[i].until), after, next);
		year_take(year_of(hours->dates[i].until) + 1, after, next);
	}
}

/* Bit o + SHIFT_MAX + 1: a holiday o days from a date matters to one of them. */
static unsigned offsets_of(const struct nm_hours *const *hours, size_t n)
{
	unsigned offsets = 0;
	size_t i, k;

	for (i = 0; i < n; i++)
		for (k = 0; k < hours[i]->n_holiday_atoms; k++)
			offsets |= 1u << (hours[i]->atoms[k].offset + SHIFT_MAX + 1);
	return offsets;
}

struct teller {
	int offsets[OFFSETS_MAX];
	unsigned n_offsets;
	bool (*look)(void *context, int64_t day, const struct nm_holidays *holidays);
	void *context;
};

/* False when look() has seen enough. */
static bool days_tell(const struct teller *teller, int64_t day, int64_t until)
{
	unsigned bits, i;

	for (; day < until; day++)
		for (bits = 0; bits < 1u << teller->n_offsets; bits++) {
			int32_t days[OFFSETS_MAX];
			struct nm_holidays holidays = { days, 0 };

			for (i = 0; i < teller->n_offsets; i++)
				if (bits >> i & 1)
					days[holidays.n++] = (int32_t)day + teller->offsets[i];
			if (!teller->look(teller->context, day, &holidays))
				return false;
		}
	return true;
}

static int64_t years_end(int year, int next)
{
	return nm_days_from_date(next - year > YEARS_REPEAT ? year + YEARS_REPEAT : next, 1, 1);
}

bool nm_hours_tell(const struct nm_hours *const *hours, size_t n, int64_t from,
		   bool (*look)(void *context, int64_t day, const struct nm_holidays *holidays), void *context)
{
	struct teller teller = { .look = look, .context = context };
	unsigned offsets = offsets_of(hours, n);
	bool dates = false;
	int year = year_of(from), next;
	size_t i;

	if (__builtin_popcount(offsets) > OFFSETS_MAX)
		return false;
	for (; offsets; offsets &= offsets - 1)
		teller.offsets[teller.n_offsets++] = __builtin_ctz(offsets) - SHIFT_MAX - 1;
	for (i = 0; i < n; i++)
		dates |= hours[i]->looks_at_dates;
	if (!dates) {
		days_tell(&teller, from, from + DAYS_WEEKLY);
		return true;
	}
	for (; year < YEAR_LAST; year = next, from = nm_days_from_date(year, 1, 1)) {
		next = YEAR_LAST;
		for (i = 0; i < n; i++)
			next_take(hours[i], year, &next);
		if (!days_tell(&teller, from, years_end(year, next)))
			break;
	}
	return true;
}
