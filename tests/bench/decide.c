/* SPDX-License-Identifier: MIT */
/*
 * Our side of the decision benchmark: the same jobs as ideal.c, done by the library on the plan file.
 * usage: decide decide PLAN FILE OUT | decide windows PLAN OUT | decide replay PLAN FILE
 */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "nevermiss/decider.h"

#define T_FROM 1641016800
#define T_UNTIL 1798783200
#define T_LONG 1956549600
#define BATCH 4096

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static void check(enum nm_code code, const struct nm_error *err)
{
	if (code) {
		fprintf(stderr, "decide: %s\n", err->text);
		exit(2);
	}
}

static struct nm_plan *read_plan(const char *file)
{
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	struct nm_error err;

	nm_diags_init(&diags);
	check(nm_plan_read_file(file, &plan, &diags, &err), &err);
	nm_diags_clear(&diags);
	return plan;
}

static struct nm_decider *compile(const struct nm_plan *plan)
{
	struct nm_timeline *timeline;
	struct nm_decider *decider;
	struct nm_classes classes;
	struct nm_error err;

	check(nm_timeline_build(plan, T_FROM, T_UNTIL, &timeline, &err), &err);
	check(nm_classes_build(plan, &classes, &err), &err);
	check(nm_decider_build(timeline, &classes, 0, &decider, &err), &err);
	nm_classes_clear(&classes);
	nm_timeline_free(timeline);
	return decider;
}

static const char *map(const char *name, size_t *bytes)
{
	int fd = open(name, O_RDONLY);
	struct stat st;
	void *data;

	if (fd < 0 || fstat(fd, &st)) {
		perror(name);
		exit(2);
	}
	*bytes = (size_t)st.st_size;
	data = mmap(NULL, *bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	close(fd);
	if (data == MAP_FAILED) {
		perror(name);
		exit(2);
	}
	return data;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int decide(const char *plan_file, const char *in, const char *out)
{
	struct nm_plan *plan = read_plan(plan_file);
	struct nm_decider *decider = compile(plan);
	size_t bytes, n;
	const struct nm_decider_call *calls = (const void *)map(in, &bytes);
	uint16_t *rules;
	double times[15];
	FILE *file;

	n = bytes / sizeof *calls;
	rules = calloc(n, sizeof *rules);
	for (int k = 0; rules && k < 15; k++) {
		double t = now();

		nm_decider_run(decider, calls, n, rules);
		times[k] = now() - t;
	}
	qsort(times, 15, sizeof *times, compare);
	printf("%.3f\n", times[7] / (double)n * 1e9);
	file = rules ? fopen(out, "wb") : NULL;
	for (size_t i = 0; file && i < n; i++)
		putc(rules[i], file);
	free(rules);
	nm_decider_free(decider);
	nm_plan_free(plan);
	return file ? fclose(file) : 2;
}

/* From the zone's file to all windows, as the reference does it. */
static void windows_make(const struct nm_plan *plan, const struct nm_classes *classes,
			 struct nm_decided_classes *out)
{
	struct nm_timeline *timeline;
	struct nm_zone *zone;
	struct nm_error err;

	check(nm_zone_load(plan->timezone, &zone, &err), &err);
	nm_zone_free(zone);
	check(nm_timeline_build(plan, T_FROM, T_LONG, &timeline, &err), &err);
	check(nm_decided_build(timeline, classes, 0, out, &err), &err);
	nm_timeline_free(timeline);
}

static int windows(const char *plan_file, const char *out)
{
	struct nm_plan *plan = read_plan(plan_file);
	struct nm_decided_classes decided;
	struct nm_classes classes;
	struct nm_error err;
	double times[51];
	FILE *file = fopen(out, "wb");

	/* The reference works in the same memory each time: let ours be given the same again. */
	mallopt(M_MMAP_THRESHOLD, 64 << 20);
	mallopt(M_TRIM_THRESHOLD, 256 << 20);
	check(nm_classes_build(plan, &classes, &err), &err);
	for (int k = 0; k < 51; k++) {
		double t = now();

		windows_make(plan, &classes, &decided);
		times[k] = now() - t;
		if (k < 50)
			nm_decided_clear(&decided);
	}
	qsort(times, 51, sizeof *times, compare);
	printf("%.3f\n", times[25] * 1e3);
	for (size_t c = 0; file && c < decided.n; c++)
		for (size_t i = 0; !classes.items[c].witness.anonymous && i < decided.lists[c].n; i++)
			fprintf(file, "%llu %lld %u\n", (unsigned long long)classes.items[c].groups,
				(long long)decided.lists[c].items[i].from, decided.lists[c].items[i].rule);
	nm_decided_clear(&decided);
	nm_classes_clear(&classes);
	nm_plan_free(plan);
	return file ? fclose(file) : 2;
}

/* --- replay --- */

static size_t counts[4][UINT16_MAX + 1];

static void count_batch(const struct nm_decider *decider, const struct nm_decider_call *calls, size_t n)
{
	uint16_t rules[BATCH];

	nm_decider_run(decider, calls, n, rules);
	for (size_t i = 0; i < n; i++)
		counts[i & 3][rules[i]]++;
}

static void replay_binary(const struct nm_decider *decider, const struct nm_decider_call *calls, size_t n)
{
	for (size_t i = 0; i < n; i += BATCH)
		count_batch(decider, calls + i, n - i < BATCH ? n - i : BATCH);
}

static const char *digits(const char *p, const char *end, uint64_t *value)
{
	*value = 0;
	for (; p < end && (unsigned char)(*p - '0') < 10; p++)
		*value = *value * 10 + (unsigned char)(*p - '0');
	return p;
}

/* The first two columns of each line; lines that do not begin with two numbers are left out. */
static void replay_text(const struct nm_decider *decider, const char *p, const char *end)
{
	struct nm_decider_call calls[BATCH];
	size_t n = 0;

	while (p < end) {
		uint64_t at, number;
		const char *comma = digits(p, end, &at), *stop = comma;

		if (comma > p && comma < end && *comma == ',') {
			stop = digits(comma + 1, end, &number);
			if (stop > comma + 1) {
				calls[n++] = (struct nm_decider_call){ (nm_time)at, number };
				if (n == BATCH) {
					count_batch(decider, calls, n);
					n = 0;
				}
			}
		}
		p = memchr(stop, '\n', (size_t)(end - stop));
		p = p ? p + 1 : end;
	}
	count_batch(decider, calls, n);
}

static int replay(const char *plan_file, const char *name)
{
	struct nm_plan *plan = read_plan(plan_file);
	struct nm_decider *decider = compile(plan);
	size_t bytes, length = strlen(name);
	const char *data = map(name, &bytes);

	if (length > 4 && !strcmp(name + length - 4, ".csv"))
		replay_text(decider, data, data + bytes);
	else
		replay_binary(decider, (const void *)data, bytes / sizeof(struct nm_decider_call));
	for (size_t i = 0; i < plan->n_rules; i++)
		printf("%s %zu\n", plan->rules[i].name,
		       counts[0][i + 1] + counts[1][i + 1] + counts[2][i + 1] + counts[3][i + 1]);
	nm_decider_free(decider);
	nm_plan_free(plan);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 4 && !strcmp(argv[1], "decide"))
		return decide(argv[2], argv[3], argv[4]);
	if (argc > 3 && !strcmp(argv[1], "windows"))
		return windows(argv[2], argv[3]);
	if (argc > 3 && !strcmp(argv[1], "replay"))
		return replay(argv[2], argv[3]);
	fprintf(stderr, "usage: decide decide PLAN FILE OUT | windows PLAN OUT | replay PLAN FILE\n");
	return 2;
}
