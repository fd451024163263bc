/* SPDX-License-Identifier: MIT */
/*
 * Writes the data of the decision benchmark into a folder, always the same:
 *   plan.conf   the policy as a plan
 *   pairs.bin   1,000,000 random calls over five years
 *   edges.bin   100,000 calls around clock changes and a second around quarter hours
 *   calls.bin   10,000,000 calls in order of time, and calls.csv, the same as text
 * usage: gen DIR [CALLS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

static struct member members[N_NUMBERS];
static uint64_t seed = 42;

static FILE *open_file(const char *dir, const char *name)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		exit(2);
	}
	return file;
}

static void close_file(FILE *file)
{
	if (ferror(file) || fclose(file)) {
		perror("write");
		exit(2);
	}
}

/* --- the plan --- */

static const char *const schedule_names[] = { "day",   "evening", "lunch",	 "friday", "saturday",
					      "night", "upkeep",  "not-morning", "closed", "half" };
static const char *const group_names[] = { "blocked", "vip", "staff", "partners" };
static const char *const month_names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char *const day_names[] = { "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su" };

static void plan_holiday(FILE *plan, const struct holiday *holiday)
{
	fprintf(plan, "%s ", month_names[holiday->month - 1]);
	if (holiday->weekday < 0)
		fprintf(plan, "%02d", holiday->n);
	else
		fprintf(plan, "%s[%d]", day_names[holiday->weekday], holiday->n);
	if (holiday->after)
		fprintf(plan, " +%d day", holiday->after);
	fprintf(plan, " 00:00-24:00");
}

static void plan_window(FILE *plan, const struct window *window)
{
	const char *comma = "";

	for (int day = 0; window->days != EVERY_DAY && day < 7; day++)
		if (window->days >> day & 1) {
			fprintf(plan, "%s%s", comma, day_names[day]);
			comma = ",";
		}
	/* A rule needs two schedules at once: one stands as its opposite under `outside`. */
	if (window->schedule == MORNING)
		fprintf(plan, "00:00-%02d:%02d,%02d:%02d-24:00", window->from / 60, window->from % 60,
			window->until / 60, window->until % 60);
	else
		fprintf(plan, "%s%02d:%02d-%02d:%02d", *comma ? " " : "", window->from / 60,
			window->from % 60, window->until / 60, window->until % 60);
}

static void plan_schedule(FILE *plan, int schedule)
{
	const char *comma = "";

	fprintf(plan, "schedule %s { hours = \"", schedule_names[schedule]);
	for (unsigned i = 0; i < COUNT(windows); i++)
		if (windows[i].schedule == schedule) {
			fprintf(plan, "%s", comma);
			plan_window(plan, &windows[i]);
			comma = ", ";
		}
	for (unsigned i = 0; i < COUNT(holidays); i++)
		if (holidays[i].schedule == schedule) {
			fprintf(plan, "%s", comma);
			plan_holiday(plan, &holidays[i]);
			comma = ", ";
		}
	fprintf(plan, "\" }\n");
}

static void plan_group(FILE *plan, int group)
{
	const char *comma = "";

	fprintf(plan, "callers %s {\n  numbers = {\n", group_names[group]);
	for (int i = 0; i < N_NUMBERS; i++)
		if (members[i].group == group) {
			fprintf(plan, "%s    \"+%llu\"", comma, (unsigned long long)members[i].number);
			comma = ",\n";
		}
	for (unsigned i = 0; i < COUNT(ranges); i++)
		if (ranges[i].group == group) {
			fprintf(plan, "%s    \"+%llu*\"", comma, (unsigned long long)ranges[i].first);
			comma = ",\n";
		}
	fprintf(plan, "\n  }\n}\n");
}

static void plan_rule(FILE *plan, unsigned i)
{
	const struct bench_rule *rule = &rules[i];

	fprintf(plan, "rule r%u {", i + 1);
	if (rule->group != ANY)
		fprintf(plan, " callers = %s", group_names[rule->group]);
	if (rule->holiday != ANY)
		fprintf(plan, " during = %s", schedule_names[rule->holiday]);
	if (rule->schedule == MORNING)
		fprintf(plan, " outside = not-morning");
	else if (rule->either != ANY)
		fprintf(plan, " during = { %s, %s }", schedule_names[rule->schedule],
			schedule_names[rule->either]);
	else if (rule->schedule != ANY)
		fprintf(plan, " during = %s", schedule_names[rule->schedule]);
	fprintf(plan, " path = p }\n");
}

static void plan_write(const char *dir)
{
	FILE *plan = open_file(dir, "plan.conf");

	fprintf(plan,
		"business = \"Benchmark\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\nallow = { \"GB\" }\n"
		"account a { driver = sandbox }\nline main { number = \"+15125550100\"  account = a }\n"
		"destination owner { kind = personal  number = \"+15125550111\" }\npath p { step { ring = owner } }\n");
	for (int i = 0; i < N_SCHEDULES; i++)
		plan_schedule(plan, i);
	for (int i = 0; i < N_GROUPS; i++)
		plan_group(plan, i);
	for (unsigned i = 0; i < COUNT(rules); i++)
		plan_rule(plan, i);
	close_file(plan);
}

/* --- the calls --- */

static uint64_t in_range(const struct range *range)
{
	uint64_t number = range->first;

	for (int i = 0; i < range->digits; i++)
		number = number * 10 + bench_below(&seed, 10);
	return number;
}

static uint64_t member_of(int group)
{
	int i;

	do
		i = (int)bench_below(&seed, N_NUMBERS);
	while (members[i].group != group);
	return members[i].number;
}

/* 5 % of the best customers, 3 % staff, 10 % partners, 4 % blocked, the rest unknown. */
static uint64_t caller(void)
{
	uint64_t percent = bench_below(&seed, 100), number;

	if (percent < 5)
		return member_of(VIP);
	if (percent < 8)
		return member_of(STAFF);
	if (percent < 18)
		return in_range(&ranges[bench_below(&seed, 3)]);
	if (percent < 21)
		return member_of(BLOCKED);
	if (percent < 22)
		return in_range(&ranges[3 + bench_below(&seed, 2)]);
	number = 12 + bench_below(&seed, 8);
	return number * 1000000000 + bench_below(&seed, 1000000000);
}

static int64_t random_time(void)
{
	return T_FROM + (int64_t)bench_below(&seed, T_UNTIL - T_FROM);
}

/* Second Sunday of March 08:00 UTC and first Sunday of November 07:00 UTC, 2022 to 2026. */
static const int64_t changes[] = { 1647158400, 1667718000, 1678608000, 1699167600, 1710057600, 1730617200,
				   1741507200, 1762066800, 1772956800, 1793516400 };

static int64_t edge_time(unsigned i)
{
	int64_t t = bench_below(&seed, 2) ? random_time() : changes[bench_below(&seed, COUNT(changes))];

	if (i % 2)
		return changes[bench_below(&seed, COUNT(changes))] + (int64_t)bench_below(&seed, 16 * 3600) -
		       8 * 3600;
	t = t - t % 900 + 900 * ((int64_t)bench_below(&seed, 65) - 32) + (int64_t)bench_below(&seed, 3) - 1;
	return t < T_FROM ? T_FROM : t >= T_UNTIL ? T_UNTIL - 1 : t;
}

static uint64_t edge_caller(void)
{
	uint64_t percent = bench_below(&seed, 100);

	if (percent < 20)
		return member_of(VIP);
	if (percent < 40)
		return member_of(STAFF);
	return percent < 60 ? in_range(&ranges[0]) : caller();
}

static void calls_write(const char *dir, const char *name, size_t n, int edges)
{
	FILE *file = open_file(dir, name);

	for (size_t i = 0; i < n; i++) {
		struct call call = { edges ? edge_time((unsigned)i) : random_time(), 0 };

		call.number = edges ? edge_caller() : caller();
		fwrite(&call, sizeof call, 1, file);
	}
	close_file(file);
}

/* The log: in order of time, with more columns as text, as a carrier's export has them. */
static void log_write(const char *dir, size_t n)
{
	FILE *binary = open_file(dir, "calls.bin"), *text = open_file(dir, "calls.csv");
	int64_t at = T_FROM, step = (T_UNTIL - T_FROM) / (int64_t)n * 2;

	for (size_t i = 0; i < n; i++) {
		struct call call = { at, caller() };
		unsigned wait = (unsigned)bench_below(&seed, 40);

		fwrite(&call, sizeof call, 1, binary);
		fprintf(text, "%lld,%llu,%u,%u,%u,%u,%u\n", (long long)call.at,
			(unsigned long long)call.number, (unsigned)bench_below(&seed, 4),
			(unsigned)bench_below(&seed, 4), (wait + 5) / 6, wait,
			(unsigned)bench_below(&seed, 600));
		at += (int64_t)bench_below(&seed, (uint64_t)step);
		if (at >= T_UNTIL)
			at = T_UNTIL - 1;
	}
	close_file(binary);
	close_file(text);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: gen DIR [CALLS]\n");
		return 2;
	}
	members_make(members);
	plan_write(argv[1]);
	calls_write(argv[1], "pairs.bin", 1000000, 0);
	calls_write(argv[1], "edges.bin", 100000, 1);
	log_write(argv[1], argc > 2 ? strtoul(argv[2], NULL, 10) : 10000000);
	return 0;
}
