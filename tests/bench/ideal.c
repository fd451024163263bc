/* SPDX-License-Identifier: MIT */
/*
 * The reference of the decision benchmark: what a programmer would write by hand for this one policy
 * on this one machine (AVX-512), with nothing general in it.  Windows are wall-clock times: an instant
 * is inside if its local time is.  Not part of the product; shares no code with it.
 * usage: ideal decide FILE OUT | ideal windows OUT | ideal replay FILE
 */
#ifdef __AVX512BW__
#include <immintrin.h>
#endif
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "policy.h"

#define DAY_S 86400

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

/* --- the zone: transitions of the TZif file --- */

static int64_t changes[1024];
static int32_t offsets[1024]; /* in force from changes[i] on */
static int n_changes;
static unsigned char tzif[1 << 16];

static int64_t big(const unsigned char *p, int n)
{
	uint64_t v = 0;

	for (int i = 0; i < n; i++)
		v = v << 8 | p[i];
	return n == 4 ? (int64_t)(int32_t)v : (int64_t)v;
}

static void zone_read(void)
{
	int fd = open("/usr/share/zoneinfo/America/Chicago", O_RDONLY);
	const unsigned char *h = tzif, *index, *types;
	int64_t c[6];

	if (fd < 0 || read(fd, tzif, sizeof tzif) < 44)
		exit(2);
	close(fd);
	for (int i = 0; i < 6; i++)
		c[i] = big(h + 20 + 4 * i, 4);
	h += 44 + c[3] * 5 + c[4] * 6 + c[5] + c[2] * 8 + c[1] + c[0];
	n_changes = (int)big(h + 32, 4);
	index = h + 44 + 8 * n_changes;
	types = index + n_changes;
	for (int i = 0; i < n_changes; i++) {
		changes[i] = big(h + 44 + 8 * i, 8);
		offsets[i] = (int32_t)big(types + 6 * index[i], 4);
	}
}

/* --- dates --- */

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && ((year % 4 == 0 && year % 100) || year % 400 == 0));
}

static int64_t days_of(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 719469;
}

static unsigned holidays_of(int year, int month, int day, int weekday)
{
	unsigned set = 0;

	for (unsigned i = 0; i < COUNT(holidays); i++) {
		const struct holiday *h = &holidays[i];
		int d = day - h->after;

		if (h->month != month)
			continue;
		if (h->weekday < 0) {
			set |= (unsigned)(d == h->n) << h->schedule;
		} else if ((weekday - h->after + 7) % 7 == h->weekday) {
			int nth = h->n > 0 ? (d + 6) / 7 == h->n : d + 7 > month_days(year, month);

			set |= (unsigned)(nth && d > 0) << h->schedule;
		}
	}
	return set;
}

/* --- edges: at this instant these schedules flip --- */

struct edge {
	int64_t at;
	unsigned flips;
};

static struct edge edges[400000];
static int n_edges;

static void span(int64_t from, int64_t until, int64_t low, int64_t high, unsigned flips)
{
	from = from < low ? low : from;
	until = until > high ? high : until;
	if (from < until) {
		edges[n_edges++] = (struct edge){ from, flips };
		edges[n_edges++] = (struct edge){ until, flips };
	}
}

/* The local dates that lie in [low, high), while one offset is in force. */
static void segment(int64_t low, int64_t high, int32_t offset)
{
	int64_t first = (low + offset) / DAY_S - 1, last = (high + offset) / DAY_S;
	int64_t y0 = 1970 + first / 366;
	int year = (int)y0, month = 1, day;

	while (days_of(year + 1, 1, 1) <= first)
		year++;
	while (month < 12 && days_of(year, month + 1, 1) <= first)
		month++;
	day = (int)(first - days_of(year, month, 1)) + 1;
	for (int64_t d = first; d <= last; d++) {
		int64_t midnight = d * DAY_S - offset;
		int weekday = (int)((d + 3) % 7);
		unsigned closed = holidays_of(year, month, day, weekday);

		for (unsigned i = 0; i < COUNT(windows); i++) {
			const struct window *w = &windows[i];
			int until = w->until > w->from ? w->until : w->until + 1440;

			if (w->days >> weekday & 1)
				span(midnight + w->from * 60, midnight + until * 60, low, high,
				     1u << w->schedule);
		}
		if (closed)
			span(midnight, midnight + DAY_S, low, high, closed);
		if (++day > month_days(year, month)) {
			day = 1;
			month = month == 12 ? (year++, 1) : month + 1;
		}
	}
}

static void edges_make(int64_t from, int64_t until)
{
	n_edges = 0;
	for (int i = 0; i < n_changes; i++) {
		int64_t low = changes[i], high = i + 1 < n_changes ? changes[i + 1] : INT64_MAX;

		if (high > from && low < until)
			segment(low > from ? low : from, high < until ? high : until, offsets[i]);
	}
	for (int i = 1; i < n_edges; i++) {
		struct edge edge = edges[i];
		int k = i;

		for (; k > 0 && edges[k - 1].at > edge.at; k--)
			edges[k] = edges[k - 1];
		edges[k] = edge;
	}
}

/* --- rows: what each set of groups gets while the schedules stand as they do --- */

static int first_rule(unsigned groups, unsigned on)
{
	for (unsigned i = 0; i < COUNT(rules); i++) {
		const struct bench_rule *r = &rules[i];

		if (r->group != ANY && !(groups >> r->group & 1))
			continue;
		if (r->holiday != ANY && !(on >> r->holiday & 1))
			continue;
		if (r->schedule != ANY && !(on >> r->schedule & 1) &&
		    !(r->either != ANY && on >> r->either & 1))
			continue;
		return (int)i + 1;
	}
	return 0;
}

static int64_t starts[200000];
static uint8_t rows[200000][16];
static int n_starts;

static void rows_make(int64_t from, int64_t until)
{
	static uint8_t memo[1 << N_SCHEDULES][16], known[1 << N_SCHEDULES];
	unsigned on = 0, before = ~0u;

	memset(known, 0, sizeof known);
	n_starts = 0;
	for (int i = 0; (i < n_edges && edges[i].at < until) || n_starts == 0;) {
		int64_t at = i < n_edges ? edges[i].at : from;

		if (n_starts == 0 && at > from)
			at = from;
		for (; i < n_edges && edges[i].at == at; i++)
			on ^= edges[i].flips;
		if (on == before)
			continue;
		before = on;
		if (!known[on]) {
			known[on] = 1;
			for (unsigned g = 0; g < 16; g++)
				memo[on][g] = (uint8_t)first_rule(g, on);
		}
		starts[n_starts] = at;
		memcpy(rows[n_starts++], memo[on], 16);
	}
}

/* --- time: which row, by buckets of 1,024 s --- */

static uint16_t *buckets;
static uint32_t *ends;

static void buckets_make(int64_t from, int64_t until)
{
	int n = (int)((until - from) >> 10) + 2, row = 0;

	buckets = malloc((size_t)n * sizeof *buckets);
	ends = malloc((size_t)(n_starts + 1) * sizeof *ends);
	for (int i = 0; i < n_starts; i++)
		ends[i] = i + 1 < n_starts ? (uint32_t)(starts[i + 1] - from) : UINT32_MAX;
	for (int b = 0; b < n; b++) {
		while (ends[row] <= (uint32_t)b << 10)
			row++;
		buckets[b] = (uint16_t)row;
	}
}

static inline uint32_t row_of(int64_t at)
{
	uint32_t x = (uint32_t)(at - T_FROM), row = buckets[x >> 10];

	while (ends[row] <= x)
		row++;
	return row;
}

/* --- callers: a cache line of eight numbers a bucket, compared at once --- */

#define HASH_BITS 10

static uint64_t keys[1 << HASH_BITS][8] __attribute__((aligned(64)));
static uint8_t values[1 << HASH_BITS][16];
static uint64_t multiplier = 0x9e3779b97f4a7c15u;
static uint64_t range_low[COUNT(ranges)], range_size[COUNT(ranges)];

static int callers_try(const struct member *members)
{
	memset(keys, 0, sizeof keys);
	for (int i = 0; i < N_NUMBERS; i++) {
		uint64_t b = members[i].number * multiplier >> (64 - HASH_BITS);
		int k = 0;

		while (k < 8 && keys[b][k])
			k++;
		if (k == 8)
			return 0;
		keys[b][k] = members[i].number;
		values[b][k] = (uint8_t)(1u << members[i].group);
	}
	return 1;
}

static void callers_make(void)
{
	static struct member members[N_NUMBERS];

	members_make(members);
	while (!callers_try(members))
		multiplier = multiplier * 6364136223846793005u + 2;
	for (unsigned i = 0; i < COUNT(ranges); i++) {
		range_low[i] = ranges[i].first;
		range_size[i] = 1;
		for (int k = 0; k < ranges[i].digits; k++) {
			range_low[i] *= 10;
			range_size[i] *= 10;
		}
	}
}

/* Bit i: row[i] is the number; and bit i: p[i] is the end of a line.  By AVX-512 where there is one. */
#ifdef __AVX512BW__
static inline unsigned key_hits(const uint64_t *row, uint64_t number)
{
	return _mm512_cmpeq_epi64_mask(_mm512_load_si512(row), _mm512_set1_epi64((long long)number));
}

static inline uint64_t line_ends(const char *p)
{
	return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(p), _mm512_set1_epi8('\n'));
}
#else
static inline unsigned key_hits(const uint64_t *row, uint64_t number)
{
	unsigned hits = 0;

	for (int i = 0; i < 8; i++)
		hits |= (unsigned)(row[i] == number) << i;
	return hits;
}

static inline uint64_t line_ends(const char *p)
{
	uint64_t hits = 0;

	for (int i = 0; i < 64; i++)
		hits |= (uint64_t)(p[i] == '\n') << i;
	return hits;
}
#endif

static inline unsigned groups_of(uint64_t number)
{
	uint64_t b = number * multiplier >> (64 - HASH_BITS);
	unsigned hit = key_hits(keys[b], number);
	unsigned groups = values[b][__builtin_ctz(hit | 256u)];

	for (unsigned i = 0; i < COUNT(ranges); i++)
		groups |= (unsigned)(number - range_low[i] < range_size[i]) << ranges[i].group;
	return groups;
}

/* --- the three jobs --- */

static const void *map(const char *name, size_t *bytes)
{
	int fd = open(name, O_RDONLY);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st))
		exit(2);
	*bytes = (size_t)st.st_size;
	p = mmap(NULL, *bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	close(fd);
	return p;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void compile(int64_t until)
{
	zone_read();
	edges_make(T_FROM, until);
	rows_make(T_FROM, until);
}

static int decide(const char *in, const char *out)
{
	size_t bytes, n;
	const struct call *calls = map(in, &bytes);
	double times[15];
	uint8_t *rule;
	FILE *file;

	n = bytes / sizeof *calls;
	rule = malloc(n);
	memset(rule, 0, n);
	compile(T_UNTIL);
	buckets_make(T_FROM, T_UNTIL);
	callers_make();
	for (int k = 0; k < 15; k++) {
		double t = now();

		for (size_t i = 0; i < n; i++)
			rule[i] = rows[row_of(calls[i].at)][groups_of(calls[i].number)];
		times[k] = now() - t;
	}
	qsort(times, 15, sizeof *times, compare);
	printf("%.3f\n", times[7] / (double)n * 1e9);
	file = fopen(out, "wb");
	for (size_t i = 0; i < n; i++)
		putc(rule[i], file);
	return fclose(file);
}

static struct {
	int64_t from;
	int groups, rule;
} result[16 * 200000];

static size_t windows_make(void)
{
	size_t n = 0;

	for (int g = 0; g < 16; g++) {
		int before = -1;

		for (int i = 0; i < n_starts; i++)
			if (rows[i][g] != before) {
				before = rows[i][g];
				result[n].from = starts[i];
				result[n].groups = g;
				result[n++].rule = before;
			}
	}
	return n;
}

static int windows_all(const char *out)
{
	double times[51];
	size_t n = 0;
	FILE *file;

	for (int k = 0; k < 51; k++) {
		double t = now();

		compile(T_LONG);
		n = windows_make();
		times[k] = now() - t;
	}
	qsort(times, 51, sizeof *times, compare);
	printf("%.3f\n", times[25] * 1e3);
	file = fopen(out, "wb");
	for (size_t i = 0; i < n; i++)
		fprintf(file, "%d %lld %d\n", result[i].groups, (long long)result[i].from, result[i].rule);
	return fclose(file);
}

static size_t counts[4][32];

static void replay_binary(const struct call *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		counts[i & 3][rows[row_of(calls[i].at)][groups_of(calls[i].number)]]++;
}

static void replay_text(const char *p, const char *end)
{
	for (size_t i = 0; p < end; i++) {
		uint64_t at = 0, number = 0;

		while (*p != ',')
			at = at * 10 + (unsigned)(*p++ & 15);
		p++;
		while (*p != ',')
			number = number * 10 + (unsigned)(*p++ & 15);
		counts[i & 3][rows[row_of((int64_t)at)][groups_of(number)]]++;
		for (;;) {
			uint64_t hit = line_ends(p);

			if (hit) {
				p += __builtin_ctzll(hit) + 1;
				break;
			}
			p += 64;
		}
	}
}

static int replay(const char *name)
{
	size_t bytes, length = strlen(name);
	const char *data = map(name, &bytes);

	compile(T_UNTIL);
	buckets_make(T_FROM, T_UNTIL);
	callers_make();
	if (length > 4 && !strcmp(name + length - 4, ".csv"))
		replay_text(data, data + bytes);
	else
		replay_binary((const void *)data, bytes / sizeof(struct call));
	for (unsigned i = 1; i <= COUNT(rules); i++)
		printf("r%u %zu\n", i, counts[0][i] + counts[1][i] + counts[2][i] + counts[3][i]);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 3 && !strcmp(argv[1], "decide"))
		return decide(argv[2], argv[3]);
	if (argc > 2 && !strcmp(argv[1], "windows"))
		return windows_all(argv[2]);
	if (argc > 2 && !strcmp(argv[1], "replay"))
		return replay(argv[2]);
	fprintf(stderr, "usage: ideal decide FILE OUT | windows OUT | replay FILE\n");
	return 2;
}
