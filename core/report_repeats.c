/* SPDX-License-Identifier: MIT */
/*
 * Who was missed how often (report.h).  In: a store, a span, a line.  Out: the callers who were missed the most, or all.  Whole
 * days come from the sums, what is left of the span at both ends from the calls; what a caller did up to the first missed
 * call is only asked of those who may be among the most missed.
 */
#include <stdlib.h>

#include "core/report_private.h"

struct caller {
	nm_number number;
	nm_time first; /* when the unit (sums.h), or the end of the span, began that told of the caller first */
	uint32_t missed;
	uint32_t calls; /* in units; at last all that came after the first missed one.  There may be many callers: it is to be small */
};

struct list {
	size_t n, capacity;
	struct caller *items; /* owned */
};

/* A row of sums tells of callers in the order of their numbers, as they are kept. */
struct callers {
	struct list known; /* before this row */
	struct list new;   /* in this row */
	size_t at;         /* of those known the first whose number is above the last that was told */
	nm_number last;
};

/* Of calls that are told of one by one, in any order. */
struct missed {
	size_t n, capacity;
	nm_number *items;
};

/* One who is not known before this row, told of last or not yet; NULL: memory is out. */
static struct caller *new_caller(struct list *new, nm_time first, nm_number number)
{
	if (new->n > 0 && new->items[new->n - 1].number == number)
		return &new->items[new->n - 1];
	if (!nm_grow((void **)&new->items, &new->capacity, new->n + 1, sizeof(*new->items)))
		return NULL;
	new->items[new->n] = (struct caller){ .number = number, .first = first };
	return &new->items[new->n++];
}

/* The new ones take their places among those known. */
static bool end_row(struct callers *callers)
{
	struct list *known = &callers->known, *new = &callers->new;
	size_t left = known->n, end = known->n + new->n;

	if (!nm_grow((void **)&known->items, &known->capacity, end, sizeof(*known->items)))
		return false;
	known->n = end;
	while (new->n > 0) {
		const struct caller *last = &new->items[new->n - 1];
		const bool behind = left > 0 && known->items[left - 1].number > last->number;

		known->items[--end] = behind ? known->items[--left] : *last;
		new->n -= !behind;
	}
	callers->at = 0;
	callers->last = 0;
	return true;
}

/* More than fits, which nobody can ring, is as many as fit. */
static void count(uint32_t *sum, int64_t n)
{
	if (n > 0)
		*sum = n < UINT32_MAX - *sum ? *sum + (uint32_t)n : UINT32_MAX;
}

static inline void count_both(struct caller *caller, const struct nm_caller_sum *sum)
{
	if (((uint64_t)sum->missed | (uint64_t)sum->calls | caller->missed | caller->calls) <=
	    UINT32_MAX / 2) {
		caller->missed += (uint32_t)sum->missed;
		caller->calls += (uint32_t)sum->calls;
		return;
	}
	count(&caller->missed, sum->missed);
	count(&caller->calls, sum->calls);
}

/* The one of that number: at *at or behind it; *at is behind it then.  NULL: memory is out. */
static struct caller *find_caller(struct callers *callers, size_t *at, nm_time first, nm_number number)
{
	struct list *known = &callers->known;

	while (*at < known->n && known->items[*at].number < number)
		++*at;
	return *at < known->n && known->items[*at].number == number
		       ? &known->items[(*at)++]
		       : new_caller(&callers->new, first, number);
}

/* A number below the last one begins another row. */
static bool take_sums(void *context, struct nm_span span, const struct nm_caller_sum *sums, size_t n)
{
	struct callers *callers = context;
	struct caller *known;
	size_t at, n_known;

	if (n > 0 && sums[0].caller < callers->last && !end_row(callers))
		return false;
	known = callers->known.items;
	n_known = callers->known.n;
	at = callers->at;
	if (n > 0 && at > 0 && known[at - 1].number == sums[0].caller) /* who was told of last */
		at--;
	for (const struct nm_caller_sum *sum = sums; sum < sums + n; sum++) {
		/* Most callers of a row were in the row before, and so was the next one. */
		struct caller *caller = at < n_known && known[at].number == sum->caller
						? &known[at++]
						: find_caller(callers, &at, span.from, sum->caller);

		if (caller == NULL)
			return false;
		count_both(caller, sum);
	}
	callers->at = at;
	if (n > 0)
		callers->last = sums[n - 1].caller;
	return true;
}

/* --- one by one --- */

static bool take_missed(void *context, struct nm_span span, const struct nm_caller_sum *sums, size_t n)
{
	struct missed *missed = context;

	(void)span;
	if (!nm_grow((void **)&missed->items, &missed->capacity, missed->n + n, sizeof(*missed->items)))
		return false;
	for (size_t i = 0; i < n; i++)
		missed->items[missed->n++] = sums[i].caller;
	return true;
}

static int number_compare(const void *a, const void *b)
{
	const nm_number x = *(const nm_number *)a, y = *(const nm_number *)b;

	return (x > y) - (x < y);
}

/* Those of a span are a row once they are in order. */
static enum nm_code read_missed(struct nm_store *store, nm_number number, struct nm_span span, struct callers *callers,
				struct nm_error *err)
{
	struct missed missed = { 0 };
	const struct nm_sums_reader reader = {
		.number = number, .span = span, .taker = { .callers = take_missed, .context = &missed }
	};
	enum nm_code code = nm_store_missed_each(store, &reader, err);

	if (code == NM_OK && missed.n > 0)
		qsort(missed.items, missed.n, sizeof(*missed.items), number_compare);
	for (size_t i = 0; i < missed.n && code == NM_OK; i++) {
		const struct nm_caller_sum sum = { missed.items[i], 0, 1 };

		if (!take_sums(callers, span, &sum, 1))
			code = nm_fail_memory(err);
	}
	free(missed.items);
	return code;
}

/* --- the most missed --- */

/* The most often missed first, of these who rang again (count_again) the most. */
static int missed_compare(const void *a, const void *b)
{
	const struct caller *x = a, *y = b;

	if (x->missed != y->missed)
		return x->missed > y->missed ? -1 : 1;
	if (x->calls != y->calls)
		return x->calls > y->calls ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* From so often missed on they may be told of: as often as the last of those who are the most. */
static int64_t least_of(const struct list *callers)
{
	int64_t most[NM_REPORT_REPEATS] = { 0 };

	for (size_t i = 0; i < callers->n; i++) {
		const int64_t missed = callers->items[i].missed;
		size_t k = NM_REPORT_REPEATS - 1;

		if (missed <= most[k])
			continue;
		for (; k > 0 && most[k - 1] < missed; k--)
			most[k] = most[k - 1];
		most[k] = missed;
	}
	return most[NM_REPORT_REPEATS - 1] > 0 ? most[NM_REPORT_REPEATS - 1] : 1;
}

/* The others go; how many of all were missed. */
static int64_t keep_most(struct list *callers, bool all)
{
	const int64_t least = all ? 1 : least_of(callers);
	int64_t missed = 0;
	size_t n = 0;

	for (size_t i = 0; i < callers->n; i++) {
		missed += callers->items[i].missed > 0;
		if (callers->items[i].missed >= least)
			callers->items[n++] = callers->items[i];
	}
	callers->n = n;
	return missed;
}

/* Of all calls since the caller was told of first, those that came after the first missed one.  Of the ends of the span only
 * the missed ones were told. */
static enum nm_code count_again(struct nm_store *store, const struct nm_sums_reader *whole, struct nm_span days,
				struct caller *caller, struct nm_error *err)
{
	struct nm_sums_reader reader = { .number = whole->number, .span = { whole->span.from, days.from } };
	int64_t head = 0, tail = 0, until_missed = 0;
	enum nm_code code = NM_OK;

	if (caller->first < days.from)
		code = nm_store_calls_of(store, &reader, caller->number, &head, err);
	reader.span = (struct nm_span){ days.until, whole->span.until };
	if (code == NM_OK)
		code = nm_store_calls_of(store, &reader, caller->number, &tail, err);
	reader.span = (struct nm_span){ caller->first, whole->span.until };
	if (code == NM_OK)
		code = nm_store_calls_until_missed(store, &reader, caller->number, &until_missed, err);
	caller->calls = (uint32_t)(caller->calls + head + tail - until_missed);
	return code;
}

/* days: the whole ones of the span. */
static enum nm_code read_callers(struct nm_store *store, const struct nm_sums_reader *whole, struct nm_span days,
				 struct callers *callers, struct nm_error *err)
{
	const struct nm_span head = { whole->span.from, days.from }, tail = { days.until, whole->span.until };
	const struct nm_sums_reader sums = {
		.number = whole->number, .span = days, .taker = { .callers = take_sums, .context = callers }
	};
	enum nm_code code = read_missed(store, whole->number, head, callers, err);

	if (code == NM_OK)
		code = nm_store_callers_each(store, &sums, err);
	if (code == NM_OK)
		code = read_missed(store, whole->number, tail, callers, err);
	return code == NM_OK && !end_row(callers) ? nm_fail_memory(err) : code;
}

static enum nm_code tell(const struct list *callers, bool all, struct nm_report *report, struct nm_error *err)
{
	const size_t n = all || callers->n < NM_REPORT_REPEATS ? callers->n : NM_REPORT_REPEATS;

	report->repeats = nm_arena_alloc(report->arena, n, sizeof(*report->repeats));
	if (report->repeats == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < n; i++)
		report->repeats[i] = (struct nm_repeat){ callers->items[i].number, callers->items[i].missed,
							 callers->items[i].calls };
	report->n_repeats = n;
	return NM_OK;
}

enum nm_code nm_report_repeats(struct nm_store *store, const struct nm_sums_reader *whole, bool all,
			       struct nm_report *report, struct nm_error *err)
{
	const struct nm_span days = nm_sums_days(whole->span);
	struct callers callers = { 0 };
	struct list *most = &callers.known;
	enum nm_code code = read_callers(store, whole, days, &callers, err);

	report->missed_callers = keep_most(most, all);
	for (size_t i = 0; i < most->n && code == NM_OK; i++)
		code = count_again(store, whole, days, &most->items[i], err);
	if (most->n > 0)
		qsort(most->items, most->n, sizeof(*most->items), missed_compare);
	if (code == NM_OK)
		code = tell(most, all, report, err);
	free(callers.new.items);
	free(most->items);
	return code;
}
