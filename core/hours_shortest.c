/* SPDX-License-Identifier: MIT */
/*
 * A week as the shortest expression that says it.  Comes in: the minutes of a week.  Goes out: rules of
 * weekdays and times, and nothing of dates.
 *
 * First among all expressions in which the times of a day stand together in one rule: each choice of
 * midnights that spans go past, each order of the rules, and for each rule all days that it may cover
 * because a later one takes them over.  Between equals the one in the week's order is taken.  A rule of all
 * days counts as if it were longer when the days that have its times among theirs are a run: people write
 * that.  Then hours_search.c looks for a shorter one in which rules also add to each other; where it gives
 * up, the first stands.
 */
#include "hours_private.h"

#include <limits.h>
#include <string.h>

#define DAYS 7
#define ALL_DAYS 0x7Fu
#define SPAN_LENGTH 11 /* "08:00-18:00" */
#define OFF_LENGTH 3
#define EVERY_DAY_COST 7 /* of a rule of all days that holds on a run of them: "Mo-Fr " and one more */

/* The spans that begin on one weekday: until may be beyond 24:00. */
struct day_spans {
	size_t n;
	struct nm_minutes spans[ITEMS_MAX];
};

/* Weekdays of equal spans, and what their times take as text. */
struct value {
	unsigned days;
	int length;
	bool wraps;
};

struct layers {
	const struct day_spans *days;
	size_t n;
	struct value values[DAYS];
	int shut;     /* the value of days without spans; -1 */
	bool overlay; /* a rule may cover days that a later one takes over */
	/* for each set of values that stand already: what the others cost, and which comes next with which days */
	int best[1 << DAYS];
	uint8_t next[1 << DAYS], cover[1 << DAYS];
};

/* --- days --- */

static const char day_names[DAYS][3] = { "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su" };

/* Runs of days, looked for from one weekday on.  Returns the length. */
static int runs_write(unsigned days, int first, char out[static HOURS_DAYS])
{
	int len = 0, i = 0;

	while (i < DAYS) {
		int run = 0;

		while (i + run < DAYS && days >> (first + i + run) % DAYS & 1)
			run++;
		if (run) {
			if (len)
				out[len++] = ',';
			memcpy(out + len, day_names[(first + i) % DAYS], 2);
			len += 2;
		}
		if (run > 1) {
			out[len++] = '-';
			memcpy(out + len, day_names[(first + i + run - 1) % DAYS], 2);
			len += 2;
		}
		i += run ? run : 1;
	}
	out[len] = '\0';
	return len;
}

int nm_hours_days_write(unsigned days, char out[static HOURS_DAYS])
{
	char round[HOURS_DAYS];
	int len, first = 0;

	out[0] = '\0';
	if (days == ALL_DAYS)
		return 0;
	len = runs_write(days, 0, out);
	while (first < DAYS - 1 && !(days >> first & 1 && !(days >> (first + DAYS - 1) % DAYS & 1)))
		first++;
	if (runs_write(days, first, round) < len)
		len = runs_write(days, first, out);
	return len;
}

bool nm_hours_days_run(unsigned days)
{
	const unsigned from_first = days >> __builtin_ctz(days);

	return days != ALL_DAYS && !(from_first & (from_first + 1));
}

/* With the blank behind them. */
static int days_length(unsigned days)
{
	char text[HOURS_DAYS];
	int len = nm_hours_days_write(days, text);

	return len ? len + 1 : 0;
}

/* --- spans --- */

/* False when there are more than any expression holds. */
static bool day_take(const bool *open, struct day_spans *out)
{
	int from = 0;

	out->n = 0;
	while (from < MINUTES_DAY) {
		int until = from;

		while (until < MINUTES_DAY && open[until])
			until++;
		if (until > from && out->n == ITEMS_MAX)
			return false;
		if (until > from)
			out->spans[out->n++] = (struct nm_minutes){ (int16_t)from, (int16_t)until };
		from = until > from ? until : from + 1;
	}
	return true;
}

/* The midnight after the day has an open minute on both sides, and the next day is not open all day. */
static bool can_wrap(const struct day_spans days[static DAYS], int day)
{
	const struct day_spans *before = &days[day], *after = &days[(day + 1) % DAYS];

	return before->n && after->n && before->spans[before->n - 1].until == MINUTES_DAY &&
	       after->spans[0].from == 0 && after->spans[0].until < MINUTES_DAY;
}

/* Bit d of wraps: the span that day d ends with goes on to where the next day's first one ends. */
static void days_wrap(const struct day_spans from[static DAYS], unsigned wraps,
		      struct day_spans out[static DAYS])
{
	int day;

	memcpy(out, from, DAYS * sizeof *out);
	for (day = 0; day < DAYS; day++)
		if (wraps >> day & 1)
			out[day].spans[out[day].n - 1].until =
				(int16_t)(MINUTES_DAY + from[(day + 1) % DAYS].spans[0].until);
	for (day = 0; day < DAYS; day++)
		if (wraps >> (day + DAYS - 1) % DAYS & 1) {
			out[day].n--;
			memmove(out[day].spans, out[day].spans + 1, out[day].n * sizeof *out[day].spans);
		}
}

static void span_write(struct nm_minutes span, struct nm_buf *out)
{
	int until = span.until;

	/* Equal ends would be read as 24 hours, and warned of. */
	if (until > MINUTES_DAY && until - MINUTES_DAY < span.from)
		until -= MINUTES_DAY;
	nm_buf_addf(out, "%02d:%02d-%02d:%02d", span.from / 60, span.from % 60, until / 60, until % 60);
}

void nm_hours_spans_write(const struct nm_minutes *spans, size_t n, struct nm_buf *out)
{
	size_t i;

	for (i = 0; i < n; i++) {
		nm_buf_add(out, i ? "," : "");
		span_write(spans[i], out);
	}
}

/* --- rules in layers --- */

static bool same_spans(const struct day_spans *a, const struct day_spans *b)
{
	return a->n == b->n && !memcmp(a->spans, b->spans, a->n * sizeof *a->spans);
}

/* Each of some spans is one of a day's. */
static bool has_spans(const struct day_spans *day, const struct day_spans *some)
{
	size_t i, k;

	for (i = 0; i < some->n; i++) {
		for (k = 0; k < day->n; k++)
			if (!memcmp(&day->spans[k], &some->spans[i], sizeof some->spans[i]))
				break;
		if (k == day->n)
			return false;
	}
	return true;
}

static void values_take(struct layers *layers)
{
	int day;
	size_t i;

	layers->n = 0;
	layers->shut = -1;
	for (day = 0; day < DAYS; day++) {
		const struct day_spans *spans = &layers->days[day];

		for (i = 0; i < layers->n; i++)
			if (same_spans(&layers->days[__builtin_ctz(layers->values[i].days)], spans))
				break;
		if (i == layers->n) {
			layers->values[layers->n++] = (struct value){
				.length = spans->n ? (int)spans->n * (SPAN_LENGTH + 1) - 1 : OFF_LENGTH,
				.wraps = spans->n && spans->spans[spans->n - 1].until > MINUTES_DAY,
			};
			if (!spans->n)
				layers->shut = (int)i;
		}
		layers->values[i].days |= 1u << day;
	}
}

static unsigned days_of(const struct layers *layers, unsigned values)
{
	unsigned days = 0;
	size_t i;

	for (i = 0; i < layers->n; i++)
		days |= values >> i & 1 ? layers->values[i].days : 0;
	return days;
}

/* The days that have a value's times among theirs. */
static unsigned days_with(const struct layers *layers, unsigned value)
{
	const struct day_spans *spans = &layers->days[__builtin_ctz(layers->values[value].days)];
	unsigned days = 0;
	int day;

	for (day = 0; day < DAYS; day++)
		if (has_spans(&layers->days[day], spans))
			days |= 1u << day;
	return days;
}

/* What a rule costs: its length, with what parts it from the next, and more where people would write another. */
static int rule_cost(const struct layers *layers, unsigned value, unsigned cover)
{
	int cost = days_length(cover) + layers->values[value].length + 2;

	if (cover == ALL_DAYS && nm_hours_days_run(days_with(layers, value)))
		cost += EVERY_DAY_COST;
	return cost;
}

/* The days of a rule, its own and some that later rules take over, that cost least; of several the fewest. */
static unsigned rule_cover(const struct layers *layers, unsigned value, unsigned free_days)
{
	const unsigned must = layers->values[value].days, more = layers->overlay ? free_days & ~must : 0;
	unsigned best = must, subset;
	int cost = rule_cost(layers, value, must);

	for (subset = more; subset; subset = (subset - 1) & more) {
		const unsigned days = must | subset;
		const int its = rule_cost(layers, value, days);

		if (its < cost || (its == cost && __builtin_popcount(days) < __builtin_popcount(best))) {
			best = days;
			cost = its;
		}
	}
	return best;
}

/* Sets of values are gone through from the fullest down, so that what is left is known already. */
static void layers_solve(struct layers *layers)
{
	unsigned all = (1u << layers->n) - 1, placed, i;

	layers->best[all] = 0;
	for (placed = all; placed-- > 0;) {
		unsigned free_days = ALL_DAYS & ~days_of(layers, placed);

		layers->best[placed] = INT_MAX / 2;
		for (i = 0; i < layers->n; i++) {
			unsigned cover;
			int cost;

			if (placed >> i & 1)
				continue;
			cover = rule_cover(layers, i, free_days);
			cost = rule_cost(layers, i, cover) + layers->best[placed | 1u << i];
			if (cost < layers->best[placed]) {
				layers->best[placed] = cost;
				layers->next[placed] = (uint8_t)i;
				layers->cover[placed] = (uint8_t)cover;
			}
		}
	}
}

/* Values that need no rule to begin with: days that no rule covers are shut. */
static unsigned layers_begin(const struct layers *layers)
{
	unsigned shut = layers->shut < 0 ? 0 : 1u << layers->shut;

	return layers->best[0] < layers->best[shut] ? 0 : shut;
}

static void layers_write(const struct layers *layers, struct nm_buf *out)
{
	unsigned all = (1u << layers->n) - 1, placed = layers_begin(layers), spilt = 0;
	bool first = true;

	for (; placed != all; placed |= 1u << layers->next[placed], first = false) {
		const struct value *value = &layers->values[layers->next[placed]];
		const struct day_spans *spans = &layers->days[__builtin_ctz(value->days)];
		unsigned cover = layers->cover[placed];
		char days[HOURS_DAYS];

		nm_hours_days_write(cover, days);
		/* ";" would take away what went past midnight into one of these days. */
		nm_buf_addf(out, "%s%s%s",
			    first           ? ""
			    : cover & spilt ? ", "
					    : "; ",
			    days, days[0] ? " " : "");
		if (spans->n)
			nm_hours_spans_write(spans->spans, spans->n, out);
		else
			nm_buf_add(out, "off");
		if (value->wraps)
			spilt |= (cover << 1 | cover >> (DAYS - 1)) & ALL_DAYS;
	}
}

static int layers_cost(struct layers *layers, const struct day_spans *days, bool overlay)
{
	layers->days = days;
	layers->overlay = overlay;
	values_take(layers);
	layers_solve(layers);
	return layers->best[layers_begin(layers)];
}

/* The shortest in which the times of a day stand together. */
static void layers_shortest(const struct day_spans days[static DAYS], struct nm_buf *out)
{
	struct day_spans wrapped[DAYS];
	unsigned can = 0, wraps, best = 0;
	int day, cost, least = INT_MAX;
	struct layers layers;

	for (day = 0; day < DAYS; day++)
		can |= can_wrap(days, day) ? 1u << day : 0;
	for (wraps = 0; wraps <= can; wraps++) {
		if (wraps & ~can)
			continue;
		days_wrap(days, wraps, wrapped);
		cost = layers_cost(&layers, wrapped, wraps == 0);
		if (cost < least) {
			least = cost;
			best = wraps;
		}
	}
	days_wrap(days, best, wrapped);
	layers_cost(&layers, wrapped, best == 0);
	layers_write(&layers, out);
}

enum nm_code nm_hours_shortest(const struct nm_hours_week *week, struct nm_buf *out, struct nm_error *err)
{
	struct day_spans days[DAYS];
	struct nm_buf layered;
	enum nm_code code;
	bool shorter;
	int day;

	for (day = 0; day < DAYS; day++)
		if (!day_take(week->open + day * MINUTES_DAY, &days[day]))
			return nm_fail(err, NM_INPUT, "there are too many spans on one day: at most %d",
				       ITEMS_MAX);
	if (!memchr(week->open, 0, sizeof week->open)) {
		nm_buf_add(out, "24/7");
		return NM_OK;
	}
	nm_buf_init(&layered, 4 * NM_HOURS_TEXT);
	layers_shortest(days, &layered);
	code = layered.failed ? nm_fail_memory(err) : nm_hours_search(week, layered.len, out, &shorter, err);
	if (code == NM_OK && !shorter)
		nm_buf_addn(out, layered.data, layered.len);
	nm_buf_clear(&layered);
	return code;
}
