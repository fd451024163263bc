/* SPDX-License-Identifier: MIT */
/*
 * The policy of the decision benchmark, shared by the generator and the reference: 20 ordered rules,
 * 8 weekly schedules, 12 holidays, 4 groups of 2,300 numbers and 5 ranges, America/Chicago.  Two
 * windows lie where the clock changes: Sunday 01:15-01:45 comes twice in November, Sunday 02:15-03:30
 * partly does not exist in March.
 */
#ifndef BENCH_POLICY_H
#define BENCH_POLICY_H

#include <stdint.h>

enum { DAY, EVENING, LUNCH, FRIDAY, SATURDAY, NIGHT, UPKEEP, MORNING, CLOSED, HALF, N_SCHEDULES, ANY = -1 };
enum { BLOCKED, VIP, STAFF, PARTNERS, N_GROUPS };

/* Weekdays as bits, Monday lowest; minutes of the day, an end below the start lies on the next day. */
struct window {
	int schedule;
	unsigned days;
	int from, until;
};

#define WORKDAYS 0x1fu
#define EVERY_DAY 0x7fu
#define AT(hour, minute) ((hour) * 60 + (minute))

static const struct window windows[] = {
	{ DAY, WORKDAYS, AT(8, 0), AT(17, 0) },
	{ EVENING, WORKDAYS, AT(17, 0), AT(21, 0) },
	{ LUNCH, WORKDAYS, AT(12, 0), AT(12, 45) },
	{ FRIDAY, 0x10, AT(15, 30), AT(17, 0) },
	{ SATURDAY, 0x20, AT(9, 0), AT(14, 0) },
	{ NIGHT, EVERY_DAY, AT(22, 0), AT(6, 0) },
	{ UPKEEP, 0x40, AT(1, 15), AT(1, 45) },
	{ UPKEEP, 0x40, AT(2, 15), AT(3, 30) },
	{ MORNING, EVERY_DAY, AT(9, 0), AT(13, 0) },
};

/* weekday -1: a date; else the nth (below 0: from the end) such weekday, `after` days later. */
struct holiday {
	int schedule, month, weekday, n, after;
};

static const struct holiday holidays[] = {
	{ CLOSED, 1, -1, 1, 0 },
	{ CLOSED, 1, 0, 3, 0 },
	{ CLOSED, 2, 0, 3, 0 },
	{ CLOSED, 5, 0, -1, 0 },
	{ CLOSED, 6, -1, 19, 0 },
	{ CLOSED, 7, -1, 4, 0 },
	{ CLOSED, 9, 0, 1, 0 },
	{ CLOSED, 10, 0, 2, 0 },
	{ HALF, 11, -1, 11, 0 },
	{ CLOSED, 11, 3, 4, 0 },
	{ HALF, 11, 3, 4, 1 },
	{ CLOSED, 12, -1, 25, 0 },
};

/* All given fields must match; `either` is a second schedule of which one is enough. */
struct bench_rule {
	int group, holiday, schedule, either;
};

/* clang-format off */
static const struct bench_rule rules[] = {
	{ BLOCKED, ANY, ANY, ANY },
	{ VIP, CLOSED, ANY, ANY },
	{ STAFF, CLOSED, ANY, ANY },
	{ ANY, CLOSED, ANY, ANY },
	{ VIP, HALF, MORNING, ANY },
	{ ANY, HALF, MORNING, ANY },
	{ ANY, HALF, ANY, ANY },
	{ ANY, ANY, UPKEEP, ANY },
	{ STAFF, ANY, NIGHT, ANY },
	{ PARTNERS, ANY, NIGHT, ANY },
	{ VIP, ANY, DAY, ANY },
	{ VIP, ANY, EVENING, ANY },
	{ VIP, ANY, ANY, ANY },
	{ PARTNERS, ANY, LUNCH, ANY },
	{ ANY, ANY, LUNCH, ANY },
	{ PARTNERS, ANY, FRIDAY, ANY },
	{ PARTNERS, ANY, DAY, ANY },
	{ ANY, ANY, DAY, ANY },
	{ ANY, ANY, EVENING, SATURDAY },
	{ ANY, ANY, ANY, ANY },
};
/* clang-format on */

/* All numbers of a group that begin with `first`, `digits` more follow. */
struct range {
	int group;
	uint64_t first;
	int digits;
};

static const struct range ranges[] = {
	{ PARTNERS, 1312555, 4 },
	{ PARTNERS, 1773556, 4 },
	{ PARTNERS, 44207946, 4 },
	{ BLOCKED, 1900, 7 },
	{ BLOCKED, 1888777, 4 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The exact numbers; some of the best customers sit in a partner's range. */
#define N_NUMBERS 2300

struct member {
	uint64_t number;
	int group;
};

static inline uint64_t bench_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static inline uint64_t bench_below(uint64_t *state, uint64_t n)
{
	return bench_random(state) % n;
}

static inline void members_make(struct member out[N_NUMBERS])
{
	static const struct {
		int group, n;
		uint64_t first;
		uint64_t room;
	} parts[] = {
		{ VIP, 180, 18470000000, 10000000 },
		{ VIP, 20, 13125550000, 10000 },
		{ STAFF, 100, 16300000000, 10000000 },
		{ BLOCKED, 2000, 12130000000, 10000000 },
	};
	uint64_t random = 20260701;
	int n = 0;

	for (unsigned p = 0; p < COUNT(parts); p++)
		for (int i = 0; i < parts[p].n; n++) {
			int again = 0;

			out[n].number = parts[p].first + bench_below(&random, parts[p].room);
			out[n].group = parts[p].group;
			for (int k = 0; k < n; k++)
				again |= out[k].number == out[n].number;
			if (again)
				n--;
			else
				i++;
		}
}

/* One logged call, as the binary files hold it. */
struct call {
	int64_t at;
	uint64_t number;
};

#define T_FROM 1641016800  /* 2022-01-01 00:00 in Chicago */
#define T_UNTIL 1798783200 /* 2027-01-01 00:00 in Chicago */
#define T_LONG 1956549600  /* 2032-01-01 00:00 in Chicago */

#endif
