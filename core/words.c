/* SPDX-License-Identifier: MIT */
/*
 * Spans of time as people say them: "weekdays 08:00-18:00", "Fri 18:00-Sat 08:00", "Thu 26 Nov 2026 all day".
 *
 * Comes in: sorted, disjoint windows and the horizon they were found in.  Goes out: text.  A window is
 * taken for a weekly one when it comes again in the horizon's other weeks; every window that is not
 * said by a weekly one is said by its date.
 */
#include <stdlib.h>
#include <string.h>

#include "nevermiss/route.h"

#define WEEK (7 * (int64_t)NM_DAY)

/* A window as wall clocks show it: the weekday and second of day of its beginning, and how much later it
 * ends.  Windows of the same weekday, second and length are a group. */
struct window {
	int64_t day;
	int weekday, second;
	int64_t length;
	size_t index;
};

/* How regularly a group comes. */
enum habit { HABIT_SINGLE, HABIT_SOME, HABIT_MOST, HABIT_ALL };

struct group {
	enum habit habit;
	int second;
	int64_t length;
	unsigned weekdays;    /* bit 0 is Monday */
	size_t here, missing; /* how often it comes, and how often it should come and does not */
	nm_time first;
};

struct words {
	const struct nm_zone *zone;
	const struct nm_span *windows;
	size_t n;
	struct nm_span horizon;
	struct window *sorted; /* by group, then day */
	struct group *groups;
	size_t n_groups;
	struct nm_buf *out;
	size_t most, items;
};

static int compare_windows(const void *a, const void *b)
{
	const struct window *x = a, *y = b;

	if (x->second != y->second)
		return x->second < y->second ? -1 : 1;
	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	if (x->weekday != y->weekday)
		return x->weekday < y->weekday ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static bool same_group(const struct window *a, const struct window *b)
{
	return a->weekday == b->weekday && a->second == b->second && a->length == b->length;
}

/* Index of the window that begins at t; n when there is none. */
static size_t window_at(const struct words *words, nm_time t)
{
	size_t low = 0, high = words->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (words->windows[mid].from < t)
			low = mid + 1;
		else
			high = mid;
	}
	return low < words->n && words->windows[low].from == t ? low : words->n;
}

/* What a span of the wall clock is in instants, cut to the horizon. */
static size_t instants_of(const struct words *words, nm_local from, nm_local until,
			  struct nm_span out[static NM_ZONE_SPANS])
{
	size_t all = nm_zone_spans(words->zone, from, until, out), n = 0;

	for (size_t i = 0; i < all; i++) {
		struct nm_span span = out[i];

		if (span.from < words->horizon.from)
			span.from = words->horizon.from;
		if (span.until > words->horizon.until)
			span.until = words->horizon.until;
		if (span.from < span.until)
			out[n++] = span;
	}
	return n;
}

/* Goes through all the weeks in which a group's window should come; with `say` marks those that do. */
static void count_weeks(struct words *words, const struct window *window, bool *said, size_t *here,
			size_t *missing)
{
	int64_t first = nm_local_day(nm_zone_local(words->zone, words->horizon.from)) - 8;
	int64_t last = nm_local_day(nm_zone_local(words->zone, words->horizon.until)) + 1;

	*here = 0;
	*missing = 0;
	first += (window->weekday - nm_weekday(first) + 7) % 7;
	for (int64_t day = first; day <= last; day += 7) {
		nm_local from = day * NM_DAY + window->second;
		struct nm_span spans[NM_ZONE_SPANS];
		size_t n = instants_of(words, from, from + window->length, spans), found = 0, at[4];

		for (size_t i = 0; i < n; i++) {
			at[i] = window_at(words, spans[i].from);
			found += at[i] < words->n && words->windows[at[i]].until == spans[i].until;
		}
		*here += n > 0 && found == n;
		*missing += found < n;
		for (size_t i = 0; said != NULL && found == n && i < n; i++)
			said[at[i]] = true;
	}
}

static void judge_group(struct words *words, const struct window *window, size_t count, bool *said)
{
	struct group group = { .second = window->second,
			       .length = window->length,
			       .weekdays = 1u << window->weekday,
			       .first = words->windows[window->index].from };
	size_t weeks = (size_t)((words->horizon.until - words->horizon.from) / WEEK);

	group.habit = HABIT_SINGLE;
	if (window->length < WEEK && count >= 2 && count * 2 >= weeks)
		count_weeks(words, window, NULL, &group.here, &group.missing);
	if (group.here > 0 && group.missing == 0)
		group.habit = HABIT_ALL;
	else if (group.here >= 3 * group.missing && group.here >= 3)
		group.habit = HABIT_MOST;
	else if (count >= 4)
		group.habit = HABIT_SOME;
	if (group.habit == HABIT_SOME)
		group.here = count;
	else if (group.habit != HABIT_SINGLE)
		count_weeks(words, window, said, &group.here, &group.missing);
	words->groups[words->n_groups++] = group;
}

/* Weekly, be it with exceptions, is one statement; the exceptions are counted together. */
static int kind_of(enum habit habit)
{
	return habit == HABIT_MOST ? HABIT_ALL : (int)habit;
}

/* Groups that can be one statement of several weekdays side by side. */
static int compare_alike(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->second != y->second)
		return x->second < y->second ? -1 : 1;
	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return kind_of(x->habit) - kind_of(y->habit);
}

/* Puts one statement of several weekdays together out of groups alike but for the weekday. */
static void fold_groups(struct words *words)
{
	struct group *groups = words->groups;
	size_t n = 0;

	qsort(groups, words->n_groups, sizeof(*groups), compare_alike);
	for (size_t i = 0; i < words->n_groups; i++) {
		if (n == 0 || groups[i].habit == HABIT_SINGLE ||
		    compare_alike(&groups[n - 1], &groups[i]) != 0) {
			groups[n++] = groups[i];
			continue;
		}
		groups[n - 1].weekdays |= groups[i].weekdays;
		groups[n - 1].here += groups[i].here;
		groups[n - 1].missing += groups[i].missing;
		if (groups[i].first < groups[n - 1].first)
			groups[n - 1].first = groups[i].first;
	}
	words->n_groups = n;
}

/* Weekly before partly weekly; then by the first time. */
static int compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if ((x->habit == HABIT_SOME) != (y->habit == HABIT_SOME))
		return x->habit == HABIT_SOME ? 1 : -1;
	return x->first < y->first ? -1 : x->first > y->first;
}

static void add_clock(struct nm_buf *out, int64_t second)
{
	nm_buf_addf(out, "%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60));
	if (second % 60 != 0)
		nm_buf_addf(out, ":%02d", (int)(second % 60));
}

/* The end as people write it after that beginning: 24:00 rather than 00:00 of the next day. */
static void add_end(struct nm_buf *out, int64_t second, bool by_day)
{
	int64_t rest = second % NM_DAY;

	add_clock(out, rest == 0 && !by_day ? NM_DAY : rest);
}

static const char *const days_of[7] = { "Mondays", "Tuesdays",  "Wednesdays", "Thursdays",
					"Fridays", "Saturdays", "Sundays" };
static const char *const day_of[7] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
				       "Friday", "Saturday", "Sunday" };

/* "every day", "weekdays", "Mondays to Thursdays", "Mondays, Wednesdays and Fridays" */
static void add_weekdays(struct nm_buf *out, unsigned weekdays)
{
	int first = -1, last = -1, n = 0, nth = 0;

	for (int w = 0; w < 7; w++)
		if (weekdays >> w & 1) {
			first = first < 0 ? w : first;
			last = w;
			n++;
		}
	if (weekdays == 0x7f) {
		nm_buf_add(out, "every day");
	} else if (weekdays == 0x1f) {
		nm_buf_add(out, "weekdays");
	} else if (weekdays == 0x60) {
		nm_buf_add(out, "weekends");
	} else if (n >= 3 && last - first + 1 == n) {
		nm_buf_addf(out, "%s to %s", days_of[first], days_of[last]);
	} else {
		for (int w = 0; w < 7; w++)
			if (weekdays >> w & 1) {
				if (nth > 0)
					nm_buf_add(out, nth == n - 1 ? " and " : ", ");
				nm_buf_add(out, days_of[w]);
				nth++;
			}
	}
}

/* A span from one weekday into another: "Fri 18:00-Sat 08:00". */
static void add_week_span(struct nm_buf *out, const struct group *group, int weekday)
{
	int64_t end = group->second + group->length;

	nm_buf_addf(out, "%s ", nm_weekday_names[weekday]);
	add_clock(out, group->second);
	nm_buf_addf(out, "-%s ", nm_weekday_names[(weekday + end / NM_DAY) % 7]);
	add_end(out, end, true);
}

static void add_week_times(struct nm_buf *out, const struct group *group)
{
	int64_t end = group->second + group->length;

	if (group->second == 0 && group->length == NM_DAY) {
		nm_buf_add(out, " all day");
		return;
	}
	nm_buf_add(out, " ");
	add_clock(out, group->second);
	nm_buf_add(out, "-");
	add_end(out, end, false);
}

static void add_date(const struct words *words, nm_time t)
{
	int64_t day = nm_local_day(nm_zone_local(words->zone, t));
	struct nm_date date = nm_date_from_days(day);

	nm_buf_addf(words->out, "%s %d %s %d", nm_weekday_names[nm_weekday(day)], date.day,
		    nm_month_names[date.month - 1], date.year);
}

/* Of a time that a clock change repeats, which one. */
static void add_which(const struct words *words, nm_time t)
{
	if (nm_time_repeated(words->zone, t))
		nm_buf_addf(words->out, " %s", nm_zone_abbreviation(words->zone, t));
}

/* Where the window ends on the wall clock: a moment after its last second, unless that is when the clock goes
 * back, where the reading then is the one that can be told apart. */
static nm_local end_of(const struct words *words, const struct nm_span *window)
{
	return nm_time_repeated(words->zone, window->until)
		       ? nm_zone_local(words->zone, window->until)
		       : nm_zone_local(words->zone, window->until - 1) + 1;
}

/* Counts an item against `most`, and separates it from the one before. */
static bool begin_item(struct words *words)
{
	if (words->items++ >= words->most)
		return false;
	if (words->items > 1)
		nm_buf_add(words->out, "; ");
	return true;
}

static bool one_bit(unsigned bits)
{
	return (bits & (bits - 1)) == 0;
}

static void say_some(struct words *words, const struct group *group)
{
	int weekday = 0;

	nm_buf_addf(words->out, "%zu times ", group->here);
	while (!(group->weekdays >> weekday & 1))
		weekday++;
	if (one_bit(group->weekdays) && group->second + group->length > NM_DAY) {
		add_week_span(words->out, group, weekday);
	} else {
		nm_buf_add(words->out, "on ");
		if (one_bit(group->weekdays))
			nm_buf_addf(words->out, "a %s", day_of[weekday]);
		else
			add_weekdays(words->out, group->weekdays);
		add_week_times(words->out, group);
	}
	nm_buf_add(words->out, " (first ");
	add_date(words, group->first);
	nm_buf_add(words->out, ")");
}

static void say_group(struct words *words, const struct group *group)
{
	bool over = group->second + group->length > NM_DAY;
	bool long_span = group->length > NM_DAY || (over && one_bit(group->weekdays));

	if (group->habit == HABIT_SOME) {
		if (begin_item(words))
			say_some(words, group);
		return;
	}
	for (int w = 0; w < 7 && long_span; w++) {
		if (!(group->weekdays >> w & 1) || !begin_item(words))
			continue;
		if (w == 5 && group->second == 0 && group->length == 2 * NM_DAY)
			nm_buf_add(words->out, "weekends all day");
		else
			add_week_span(words->out, group, w);
	}
	if (!long_span && begin_item(words)) {
		add_weekdays(words->out, group->weekdays);
		add_week_times(words->out, group);
	} else if (!long_span) {
		return;
	}
	if (group->missing == 1 && words->items <= words->most)
		nm_buf_add(words->out, " except once");
	else if (group->missing > 0 && words->items <= words->most)
		nm_buf_addf(words->out, " except %zu times", group->missing);
}

static void say_days(struct words *words, const struct nm_span *window, bool several)
{
	add_date(words, window->from);
	if (several) {
		nm_buf_add(words->out, " to ");
		add_date(words, window->until - 1);
	}
	nm_buf_add(words->out, " all day");
}

/* Where one only begins to look nothing begins, and nothing ends where one looks no further. */
static void say_cut(struct words *words, const struct nm_span *window, nm_local from, nm_local until)
{
	if (window->from <= words->horizon.from) {
		nm_buf_add(words->out, "until ");
		add_date(words, window->until - 1);
		nm_buf_add(words->out, " ");
		add_end(words->out, until - nm_local_day(until - 1) * NM_DAY, false);
		add_which(words, window->until);
	} else {
		nm_buf_add(words->out, "from ");
		add_date(words, window->from);
		nm_buf_add(words->out, " ");
		add_clock(words->out, from - nm_local_day(from) * NM_DAY);
		add_which(words, window->from);
		nm_buf_add(words->out, " on");
	}
}

static void say_window(struct words *words, const struct nm_span *window)
{
	nm_local from = nm_zone_local(words->zone, window->from);
	nm_local until = end_of(words, window);
	int64_t day = nm_local_day(from), last = nm_local_day(until - 1);
	const bool ends = window->until < words->horizon.until;

	if (!begin_item(words))
		return;
	if (ends && from == day * NM_DAY && until == (last + 1) * NM_DAY) {
		say_days(words, window, last > day);
		return;
	}
	if (!ends || window->from <= words->horizon.from) {
		say_cut(words, window, from, until);
		return;
	}
	add_date(words, window->from);
	nm_buf_add(words->out, " ");
	add_clock(words->out, from - day * NM_DAY);
	add_which(words, window->from);
	nm_buf_add(words->out, "-");
	if (last > day && until - from >= NM_DAY) {
		add_date(words, window->until - 1);
		nm_buf_add(words->out, " ");
	} else if (last > day) {
		nm_buf_addf(words->out, "%s ", nm_weekday_names[nm_weekday(last)]);
	}
	add_end(words->out, until - last * NM_DAY, false);
	add_which(words, window->until);
}

/* A window by itself is said by its date, unless a group that is weekly, or too many to be told one by
 * one, has it. */
static void say_all(struct words *words, const bool *said)
{
	for (size_t i = 0; i < words->n_groups; i++)
		if (words->groups[i].habit != HABIT_SINGLE)
			say_group(words, &words->groups[i]);
	for (size_t i = 0; i < words->n; i++)
		if (!said[i])
			say_window(words, &words->windows[i]);
	if (words->items > words->most)
		nm_buf_addf(words->out, words->most == 0 ? "%zu times" : " and %zu more",
			    words->items - words->most);
}

static void find_groups(struct words *words, bool *said)
{
	for (size_t i = 0; i < words->n; i++) {
		nm_local from = nm_zone_local(words->zone, words->windows[i].from);
		nm_local until = nm_zone_local(words->zone, words->windows[i].until - 1) + 1;
		int64_t day = nm_local_day(from);

		words->sorted[i] =
			(struct window){ day, nm_weekday(day), (int)(from - day * NM_DAY), until - from, i };
	}
	qsort(words->sorted, words->n, sizeof(*words->sorted), compare_windows);
	for (size_t i = 0, end; i < words->n; i = end) {
		for (end = i + 1; end < words->n && same_group(&words->sorted[i], &words->sorted[end]);)
			end++;
		judge_group(words, &words->sorted[i], end - i, said);
		for (size_t j = i; j < end && words->groups[words->n_groups - 1].habit == HABIT_SOME; j++)
			said[words->sorted[j].index] = true;
	}
	fold_groups(words);
	qsort(words->groups, words->n_groups, sizeof(*words->groups), compare_groups);
}

void nm_windows_words(const struct nm_zone *zone, const struct nm_span *windows, size_t n,
		      struct nm_span horizon, size_t most, struct nm_buf *out)
{
	struct words words = {
		.zone = zone, .windows = windows, .n = n, .horizon = horizon, .most = most, .out = out
	};
	bool *said = calloc(n + 1, sizeof(*said));

	words.sorted = calloc(n + 1, sizeof(*words.sorted));
	words.groups = calloc(n + 1, sizeof(*words.groups));
	if (said == NULL || words.sorted == NULL || words.groups == NULL) {
		out->failed = true;
	} else if (n == 0) {
		nm_buf_add(out, "never");
	} else if (n == 1 && windows[0].from <= horizon.from && windows[0].until >= horizon.until) {
		nm_buf_add(out, "always");
	} else {
		find_groups(&words, said);
		say_all(&words, said);
	}
	free(said);
	free(words.sorted);
	free(words.groups);
}
