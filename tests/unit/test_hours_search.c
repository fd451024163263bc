/* SPDX-License-Identifier: MIT */
/*
 * No expression is shorter than the one that is written.  The oracle goes through all there are, on days of two or three
 * parts: forward, from no rule at all, each rule behind each week that rules before it have made (Dijkstra), and what
 * it says of the week's minutes is read back by the evaluator of hours, on each date of a year.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/hours.h"
#include "tests/support/random_plan.h"

#define DAYS 7
#define ALL 0x7Fu
#define DAY 1440
#define PARTS_MAX 3
#define MOST 64 /* bytes of an expression, with what would part it from the next */
#define RULES_MAX 8192
#define TABLE (1u << 23)
#define NOT_MET 255

static uint64_t seed;

static unsigned below(unsigned n)
{
	return random_below(&seed, n);
}

/* --- all rules --- */

/* A week is a bit for each part of each day.  Above stands which rule of no weekdays is the first, from 1 on; 0: none. */
#define NAMELESS_AT 21
#define WEEKS (1u << NAMELESS_AT)

struct rule {
	uint32_t clear, add;
	int length;
};

struct oracle {
	int parts;
	struct rule rules[RULES_MAX], nameless[32];
	size_t n_rules, n_nameless;
	uint64_t *weeks; /* of the table, plus 1; 0: free */
	uint8_t *costs;
	uint8_t best[WEEKS]; /* of all that an expression may be */
	uint64_t *waiting[MOST + 1];
	size_t n_waiting[MOST + 1], room[MOST + 1];
};

/* Names of days: two letters of a day by itself, five of a run, and commas; whichever day one begins with. */
static int names_length(unsigned days)
{
	int least = MOST;

	for (int first = 0; first < DAYS; first++) {
		int length = 0;

		for (int i = 0; i < DAYS; i++) {
			const bool begins = days >> (first + i) % DAYS & 1 &&
					    (i == 0 || !(days >> (first + i - 1) % DAYS & 1));
			const bool goes_on = i + 1 < DAYS &&
					     days >> (first + i) % DAYS & days >> (first + i + 1) % DAYS & 1;

			if (begins)
				length += goes_on ? 6 : 3;
		}
		least = length < least ? length : least;
	}
	return least; /* the last comma's place is the blank's */
}

static int runs_in(unsigned parts)
{
	return __builtin_popcount(parts & ~(parts << 1));
}

static uint32_t on_days(const struct oracle *oracle, unsigned days, unsigned parts)
{
	uint32_t week = 0;

	for (int day = 0; day < DAYS; day++)
		if (days >> day & 1)
			week |= (uint32_t)parts << day * oracle->parts;
	return week;
}

static void rule_add(struct oracle *oracle, unsigned days, unsigned own, unsigned next)
{
	const unsigned whole = (1u << oracle->parts) - 1;
	const int times = own ? runs_in(own) * 12 - 1 : 3;
	struct rule rule = {
		.clear = on_days(oracle, days, whole),
		.add = on_days(oracle, days, own) |
		       on_days(oracle, (days << 1 | days >> (DAYS - 1)) & ALL, next),
		.length = names_length(days) + times + 2,
	};

	oracle->rules[oracle->n_rules++] = rule;
	if (!own)
		return;
	oracle->rules[oracle->n_rules++] = (struct rule){ .add = rule.add, .length = rule.length };
	if (days == ALL)
		oracle->nameless[oracle->n_nameless++] =
			(struct rule){ .add = rule.add, .length = times + 2 };
	assert_true(oracle->n_rules + 2 < RULES_MAX);
}

static void rules_make(struct oracle *oracle)
{
	const unsigned last = 1u << (oracle->parts - 1);

	for (unsigned days = 1; days <= ALL; days++) {
		rule_add(oracle, days, 0, 0);
		for (unsigned own = 1; own < last * 2; own++)
			for (unsigned next = 0; next < last; next = next * 2 + 1)
				if (!next || own & last)
					rule_add(oracle, days, own, next);
	}
}

/* --- all weeks --- */

static uint32_t slot_of(const struct oracle *oracle, uint64_t week)
{
	uint32_t slot = (uint32_t)(week * UINT64_C(0x9E3779B97F4A7C15) >> 40) % TABLE;

	while (oracle->weeks[slot] && oracle->weeks[slot] != week + 1)
		slot = (slot + 1) % TABLE;
	return slot;
}

static void reach(struct oracle *oracle, uint64_t week, int cost)
{
	const uint32_t slot = slot_of(oracle, week);

	if (oracle->weeks[slot] && oracle->costs[slot] <= cost)
		return;
	oracle->weeks[slot] = week + 1;
	oracle->costs[slot] = (uint8_t)cost;
	if (oracle->n_waiting[cost] == oracle->room[cost]) {
		oracle->room[cost] = oracle->room[cost] * 2 + 64;
		oracle->waiting[cost] =
			realloc(oracle->waiting[cost], oracle->room[cost] * sizeof *oracle->waiting[cost]);
		assert_non_null(oracle->waiting[cost]);
	}
	oracle->waiting[cost][oracle->n_waiting[cost]++] = week;
}

static unsigned day_parts(const struct oracle *oracle, uint64_t week, int day)
{
	return (unsigned)(week >> day * oracle->parts) & ((1u << oracle->parts) - 1);
}

/* The days that have these times, no shorter and no longer, are none or some that follow each other, but not all: people
 * name them. */
static bool must_be_named(const struct oracle *oracle, uint64_t week, unsigned times)
{
	unsigned days = 0;

	for (int day = 0; day < DAYS; day++) {
		const unsigned open = day_parts(oracle, week, day), others = open & ~times;

		if ((open & times) == times && !(others & times << 1) && !(others << 1 & times))
			days |= 1u << day;
	}
	while (days && !(days & 1))
		days >>= 1;
	return days != ALL && !(days & (days + 1));
}

/* Of all the rules before, it does matter whether the first had no weekdays. */
static bool is_written_so(const struct oracle *oracle, uint64_t week)
{
	const uint64_t first = week >> NAMELESS_AT;

	return !first || !must_be_named(oracle, week, day_parts(oracle, oracle->nameless[first - 1].add, 0));
}

static void rules_follow(struct oracle *oracle, uint64_t week, int cost, int most)
{
	for (size_t i = 0; i < oracle->n_rules; i++) {
		const struct rule *rule = &oracle->rules[i];

		if (cost + rule->length <= most)
			reach(oracle, (week & ~(uint64_t)rule->clear) | rule->add, cost + rule->length);
	}
}

static void oracle_run(struct oracle *oracle, int parts, int most)
{
	memset(oracle, 0, sizeof *oracle);
	memset(oracle->best, NOT_MET, sizeof oracle->best);
	oracle->parts = parts;
	oracle->weeks = calloc(TABLE, sizeof *oracle->weeks);
	oracle->costs = calloc(TABLE, sizeof *oracle->costs);
	assert_true(oracle->weeks && oracle->costs);
	rules_make(oracle);
	reach(oracle, 0, 0);
	for (size_t i = 0; i < oracle->n_nameless; i++)
		reach(oracle, oracle->nameless[i].add | (uint64_t)(i + 1) << NAMELESS_AT,
		      oracle->nameless[i].length);
	for (int cost = 0; cost <= most; cost++)
		for (size_t i = 0; i < oracle->n_waiting[cost]; i++) {
			const uint64_t week = oracle->waiting[cost][i];
			uint8_t *best = &oracle->best[week % WEEKS];

			if (oracle->costs[slot_of(oracle, week)] < cost)
				continue;
			if (*best > cost && is_written_so(oracle, week))
				*best = (uint8_t)cost;
			rules_follow(oracle, week, cost, most);
		}
}

static void oracle_clear(struct oracle *oracle)
{
	for (int cost = 0; cost <= MOST; cost++)
		free(oracle->waiting[cost]);
	free(oracle->weeks);
	free(oracle->costs);
}

/* --- what is written --- */

static const int16_t borders[PARTS_MAX + 1][PARTS_MAX + 1] = {
	[2] = { 0, 720, DAY },
	[3] = { 0, 480, 1080, DAY },
};

static struct nm_hours_week minutes_of(const struct oracle *oracle, uint32_t week)
{
	struct nm_hours_week minutes = { { false } };

	for (int day = 0; day < DAYS; day++)
		for (int part = 0; part < oracle->parts; part++) {
			const int16_t *at = borders[oracle->parts] + part;

			if (week >> (day * oracle->parts + part) & 1)
				memset(minutes.open + day * DAY + at[0], true, (size_t)(at[1] - at[0]));
		}
	return minutes;
}

/* On each date of a year. */
static void says(const char *text, const struct nm_hours_week *week)
{
	struct nm_minutes spans[NM_HOURS_SPANS];
	struct nm_hours *hours;
	struct nm_error err;

	assert_int_equal(nm_hours_read(text, &hours, &err), NM_OK);
	for (int64_t day = nm_days_from_date(2026, 1, 1); day < nm_days_from_date(2027, 1, 1); day++) {
		const size_t n = nm_hours_day(hours, day, NULL, spans);
		bool open[DAY] = { false };

		for (size_t i = 0; i < n; i++)
			memset(open + spans[i].from, true, (size_t)(spans[i].until - spans[i].from));
		if (memcmp(open, week->open + nm_weekday(day) * DAY, sizeof open) != 0)
			fail_msg("\"%s\" says something else of day %d", text, nm_weekday(day));
	}
	nm_hours_free(hours);
}

static void week_is_shortest(const struct oracle *oracle, uint32_t week)
{
	const struct nm_hours_week minutes = minutes_of(oracle, week);
	const int least = oracle->best[week] - 2;
	struct nm_error err;
	struct nm_buf out;

	nm_buf_init(&out, 1u << 16);
	assert_int_equal(nm_hours_week_write(&minutes, &out, &err), NM_OK);
	if ((int)out.len != least)
		fail_msg("\"%s\" has %zu bytes, the shortest %d", out.data, out.len, least);
	says(out.data, &minutes);
	nm_buf_clear(&out);
}

/* Two parts, noon between: any week that takes no more bytes than were looked for. */
static void none_is_shorter_on_days_of_two_parts(void **state)
{
	static struct oracle oracle;
	int n = 0;

	(void)state;
	oracle_run(&oracle, 2, 62);
	seed = 2718;
	while (n < random_few(300)) {
		const uint32_t week = 1 + below((1u << 14) - 2);

		if (oracle.best[week] == NOT_MET)
			continue;
		week_is_shortest(&oracle, week);
		n++;
	}
	oracle_clear(&oracle);
}

/* Night, day and evening. */
static void none_is_shorter_on_days_of_three_parts(void **state)
{
	static struct oracle oracle;
	int n = 0;

	(void)state;
	oracle_run(&oracle, 3, 52);
	seed = 3141;
	while (n < random_few(300)) {
		const int cost = 20 + (int)below(33);
		uint32_t week;

		if (!oracle.n_waiting[cost])
			continue;
		week = (uint32_t)(oracle.waiting[cost][below((unsigned)oracle.n_waiting[cost])] %
				  WEEKS);
		if (week == 0 || week == WEEKS - 1 || oracle.best[week] == NOT_MET)
			continue;
		week_is_shortest(&oracle, week);
		n++;
	}
	oracle_clear(&oracle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_is_shorter_on_days_of_two_parts),
		cmocka_unit_test(none_is_shorter_on_days_of_three_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
