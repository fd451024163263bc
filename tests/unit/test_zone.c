/* SPDX-License-Identifier: MIT */
/*
 * Zones against the C library (offsets and abbreviations) and against a slow search over all offsets
 * (instants of local times); and files that mean harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "nevermiss/clock.h"

static const char *const names[] = {
	"America/Chicago", "Europe/Berlin",	"Australia/Sydney", "Australia/Lord_Howe",
	"America/St_Johns", "Africa/Casablanca", "Europe/Dublin",    "Asia/Kathmandu",
	"Pacific/Apia",	   "America/Santiago",	"Asia/Gaza",	    "UTC",
};

#define N_NAMES (sizeof names / sizeof names[0])

static uint64_t seed;

static uint64_t random_next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static struct nm_zone *zone_get(const char *name)
{
	struct nm_error err;
	struct nm_zone *zone = NULL;

	if (nm_zone_load(name, &zone, &err) != NM_OK)
		fail_msg("%s", err.text);
	setenv("TZ", name, 1);
	tzset();
	return zone;
}

static nm_time year_begin(int year)
{
	return nm_days_from_date(year, 1, 1) * NM_DAY;
}

static nm_time time_random(int year, int until)
{
	uint64_t range = (uint64_t)(year_begin(until) - year_begin(year));

	return year_begin(year) + (nm_time)(random_next() % range);
}

static void libc_equals(const struct nm_zone *zone, nm_time t)
{
	time_t seconds = (time_t)t;
	struct tm tm;

	assert_non_null(localtime_r(&seconds, &tm));
	if (nm_zone_offset(zone, t) != tm.tm_gmtoff || strcmp(nm_zone_abbreviation(zone, t), tm.tm_zone) != 0)
		fail_msg("%s at %lld: %d %s, libc %ld %s", nm_zone_name(zone), (long long)t,
			 nm_zone_offset(zone, t), nm_zone_abbreviation(zone, t), tm.tm_gmtoff, tm.tm_zone);
	assert_int_equal(nm_zone_local(zone, t), t + tm.tm_gmtoff);
}

static void offsets_are_those_of_the_c_library_around_every_change(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_NAMES; i++) {
		struct nm_zone *zone = zone_get(names[i]);
		nm_time t = nm_zone_next_change(zone, year_begin(1850));
		int changes = 0;

		for (; t < year_begin(2120); t = nm_zone_next_change(zone, t)) {
			for (int near = -2; near <= 2; near++)
				libc_equals(zone, t + near);
			changes++;
		}
		if (strcmp(names[i], "UTC") != 0 && strcmp(names[i], "Asia/Kathmandu") != 0)
			assert_true(changes > 20);
		nm_zone_free(zone);
	}
}

/* The written-out cycle of the rule ends between 2430 and 2450. */
static void changes_go_on_where_a_cycle_of_the_rule_ends(void **state)
{
	struct nm_zone *zone = zone_get("America/Chicago");
	nm_time t = year_begin(2430);

	(void)state;
	for (int n = 0; n < 40; n++) {
		t = nm_zone_next_change(zone, t);
		libc_equals(zone, t - 1);
		libc_equals(zone, t);
		assert_int_not_equal(nm_zone_offset(zone, t - 1), nm_zone_offset(zone, t));
	}
	assert_true(t > year_begin(2449) && t < year_begin(2450));
	nm_zone_free(zone);
}

static void offsets_are_those_of_the_c_library_at_random_instants(void **state)
{
	(void)state;
	seed = 1;
	for (size_t i = 0; i < N_NAMES; i++) {
		struct nm_zone *zone = zone_get(names[i]);

		/* Beyond the table, and beyond one cycle of the rule. */
		for (int n = 0; n < 3000; n++)
			libc_equals(zone, time_random(1900, 2800));
		nm_zone_free(zone);
	}
}

static void next_change_is_the_first_instant_at_which_the_offset_differs(void **state)
{
	(void)state;
	seed = 2;
	for (size_t i = 0; i < N_NAMES; i++) {
		struct nm_zone *zone = zone_get(names[i]);

		for (int n = 0; n < 60; n++) {
			nm_time t = time_random(1950, 2100);
			nm_time next = nm_zone_next_change(zone, t);
			int32_t offset = nm_zone_offset(zone, t);

			assert_true(next > t);
			for (nm_time at = t; at < next && at < t + 400 * (nm_time)NM_DAY; at += 6 * 3600)
				assert_int_equal(nm_zone_offset(zone, at), offset);
			if (next == NM_TIME_MAX)
				continue;
			assert_int_equal(nm_zone_offset(zone, next - 1), offset);
			assert_int_not_equal(nm_zone_offset(zone, next), offset);
		}
		nm_zone_free(zone);
	}
}

/*
 * The rule of RFC 5545 by brute force: try every offset that any instant of two days around has.  The
 * earliest that fits; where none fits, the offset that holds before the clock jumps over the local time.
 */
static nm_time utc_slowly(const struct nm_zone *zone, nm_local local, enum nm_local_kind *kind)
{
	nm_time first = NM_TIME_MAX, second = NM_TIME_MAX, t = local - 2 * NM_DAY;

	for (nm_time at = t; at <= local + 2 * NM_DAY; at += 900) {
		nm_time candidate = local - nm_zone_offset(zone, at);

		if (candidate + nm_zone_offset(zone, candidate) != local || candidate == first)
			continue;
		if (candidate < first) {
			second = first;
			first = candidate;
		} else if (candidate < second) {
			second = candidate;
		}
	}
	*kind = second != NM_TIME_MAX ? NM_LOCAL_TWICE : NM_LOCAL_ONCE;
	if (first != NM_TIME_MAX)
		return first;
	*kind = NM_LOCAL_SKIPPED;
	while (nm_zone_next_change(zone, t) + nm_zone_offset(zone, nm_zone_next_change(zone, t)) <= local)
		t = nm_zone_next_change(zone, t);
	return local - nm_zone_offset(zone, t);
}

static void utc_equals(const struct nm_zone *zone, nm_local local, int seen[3])
{
	enum nm_local_kind kind, slow_kind;
	nm_time t = nm_zone_utc(zone, local, &kind);
	nm_time slow = utc_slowly(zone, local, &slow_kind);

	if (t != slow || kind != slow_kind)
		fail_msg("%s local %lld: %lld (%d), slowly %lld (%d)", nm_zone_name(zone), (long long)local,
			 (long long)t, (int)kind, (long long)slow, (int)slow_kind);
	assert_int_equal(nm_zone_utc(zone, local, NULL), t);
	seen[kind]++;
}

static void a_skipped_local_time_takes_the_offset_before_and_a_repeated_is_the_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_NAMES; i++) {
		struct nm_zone *zone = zone_get(names[i]);
		nm_time change = nm_zone_next_change(zone, year_begin(1970));
		int seen[3] = { 0, 0, 0 };

		for (; change < year_begin(2060); change = nm_zone_next_change(zone, change)) {
			nm_local local = nm_zone_local(zone, change);

			for (nm_local at = local - 5400; at <= local + 5400; at += 1800)
				utc_equals(zone, at, seen);
			utc_equals(zone, local - 1, seen);
			utc_equals(zone, local + 1, seen);
		}
		if (strcmp(names[i], "America/Chicago") == 0)
			assert_true(seen[NM_LOCAL_SKIPPED] > 100 && seen[NM_LOCAL_TWICE] > 100);
		nm_zone_free(zone);
	}
}

static void an_instant_comes_back_from_its_local_time_unless_it_is_the_second(void **state)
{
	(void)state;
	seed = 3;
	for (size_t i = 0; i < N_NAMES; i++) {
		struct nm_zone *zone = zone_get(names[i]);

		for (int n = 0; n < 2000; n++) {
			nm_time t = time_random(1920, 2820);
			enum nm_local_kind kind;
			nm_time back = nm_zone_utc(zone, nm_zone_local(zone, t), &kind);

			assert_true(kind != NM_LOCAL_SKIPPED);
			assert_true(back == t || (kind == NM_LOCAL_TWICE && back < t));
		}
		nm_zone_free(zone);
	}
}

static void the_ends_of_time_do_no_harm(void **state)
{
	struct nm_zone *zone = zone_get("Europe/Berlin");

	(void)state;
	assert_int_equal(nm_zone_next_change(zone, NM_TIME_MAX - 1), NM_TIME_MAX);
	assert_true(nm_zone_local(zone, NM_TIME_MAX) == NM_TIME_MAX);
	nm_zone_offset(zone, NM_TIME_MIN);
	assert_true(nm_zone_utc(zone, NM_TIME_MAX, NULL) > 0);
	assert_true(nm_zone_utc(zone, NM_TIME_MIN, NULL) < 0);
	nm_zone_free(zone);
}

static void names_that_cannot_be_a_zone_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "/etc/passwd", "../../etc/passwd", "America/../Chicago", "America", "America/Nowhere",
		"zone.tab", "America/Chi cago", "%s%n", "tzdata.zi",
		"a23456789012345678901234567890123456789012345678901234567890123456789",
	};
	struct nm_zone *zone = NULL;
	struct nm_error err;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(nm_zone_load(bad[i], &zone, &err), NM_INPUT);
		assert_non_null(strstr(err.text, "America/Chicago"));
		assert_null(zone);
	}
}

static size_t file_get(const char *name, unsigned char *bytes, size_t most)
{
	char path[256];
	FILE *file;
	size_t len;

	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	file = fopen(path, "rb");
	assert_non_null(file);
	len = fread(bytes, 1, most, file);
	fclose(file);
	return len;
}

/* Whatever is taken must answer every question. */
static int hostile_try(const unsigned char *bytes, size_t len)
{
	unsigned char *copy = malloc(len ? len : 1); /* its own block, so that reading beyond it is seen */
	struct nm_zone *zone;
	struct nm_error err;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	if (nm_zone_read("Hostile/File", copy, len, &zone, &err) != NM_OK) {
		assert_non_null(strstr(err.text, "Hostile/File"));
		free(copy);
		return 0;
	}
	free(copy);
	for (int year = 1800; year < 3000; year += 37) {
		nm_zone_utc(zone, year_begin(year), NULL);
		nm_zone_next_change(zone, year_begin(year));
		assert_non_null(nm_zone_abbreviation(zone, year_begin(year)));
	}
	nm_zone_free(zone);
	return 1;
}

static void a_damaged_file_is_an_error_or_answers(void **state)
{
	static unsigned char bytes[1 << 16];
	size_t len = file_get("America/Chicago", bytes, sizeof bytes);
	int refused = 0;

	(void)state;
	assert_int_equal(hostile_try(bytes, len), 1);
	for (size_t cut = 0; cut + 2 < len; cut += 1 + cut / 60)
		assert_int_equal(hostile_try(bytes, cut), 0);
	seed = 4;
	for (int n = 0; n < 3000; n++) {
		size_t at = random_next() % (n % 2 ? len : 100);
		unsigned char was = bytes[at];

		bytes[at] = (unsigned char)random_next();
		refused += !hostile_try(bytes, len);
		bytes[at] = was;
	}
	assert_true(refused > 100);
}

/* A file with no transitions: all is in the footer.  NULL when it is refused. */
static struct nm_zone *footer_zone(const char *rule, unsigned char leap_seconds)
{
	const unsigned char header[44] = { 'T', 'Z', 'i', 'f', '2', [31] = leap_seconds, [39] = 1, [43] = 4 };
	unsigned char bytes[512] = { 0 };
	struct nm_zone *zone = NULL;
	struct nm_error err;
	size_t len = 0;

	for (size_t block = 0; block < 2; block++) {
		memcpy(bytes + len, header, sizeof header);
		memcpy(bytes + len + sizeof header + 6, "STD", 4);
		len += sizeof header + 10 + leap_seconds * (block ? 12u : 8u);
	}
	len += (size_t)snprintf((char *)bytes + len, sizeof bytes - len, "\n%s\n", rule);
	if (nm_zone_read("Footer", bytes, len, &zone, &err) != NM_OK)
		assert_null(zone);
	return zone;
}

static void footer_equals(const struct nm_zone *zone, const char *rule, time_t t)
{
	struct tm tm;

	localtime_r(&t, &tm);
	if (nm_zone_offset(zone, t) != tm.tm_gmtoff)
		fail_msg("%s at %lld: %d, libc %ld", rule, (long long)t, nm_zone_offset(zone, t),
			 tm.tm_gmtoff);
}

static void the_rule_of_the_footer_is_that_of_posix(void **state)
{
	static const char *const rules[] = {
		"CST6CDT,M3.2.0,M11.1.0",	      "IST-1GMT0,M10.5.0,M3.5.0/1",
		"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "AAA-10:30BBB-11,J60/1:30,J300",
		"AAA5BBB,59/167,299/-167:59:59",
	};

	(void)state;
	seed = 5;
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		struct nm_zone *zone = footer_zone(rules[i], 0);

		assert_non_null(zone);
		setenv("TZ", rules[i], 1);
		tzset();
		for (int n = 0; n < 500; n++)
			footer_equals(zone, rules[i], (time_t)time_random(1970, 2100));
		for (nm_time t = year_begin(2023); t < year_begin(2026); t += 1800)
			footer_equals(zone, rules[i], (time_t)t);
		nm_zone_free(zone);
	}
}

/* RFC 9636 3.3.1; the C library does not see that the summers of two years meet. */
static void a_summer_that_lasts_all_year_never_ends(void **state)
{
	struct nm_zone *zone = footer_zone("XXX3EDT4,0/0,J365/23", 0);

	(void)state;
	assert_non_null(zone);
	for (nm_time t = year_begin(2023); t < year_begin(2026); t += 1800)
		assert_int_equal(nm_zone_offset(zone, t), -4 * 3600);
	assert_int_equal(nm_zone_next_change(zone, year_begin(2023)), NM_TIME_MAX);
	nm_zone_free(zone);
}

static void a_zone_that_counts_leap_seconds_is_refused(void **state)
{
	struct nm_zone *zone = footer_zone("CST6", 0);

	(void)state;
	assert_non_null(zone);
	nm_zone_free(zone);
	assert_null(footer_zone("CST6", 1));
}

static void a_footer_that_is_no_rule_is_refused(void **state)
{
	static const char *const bad[] = {
		"C6CDT,M3.2.0,M11.1.0", "CST", "CST6CDT", "CST25", "CST6CDT,M13.1.0,M11.1.0",
		"CST6CDT,M3.6.0,M11.1.0", "CST6CDT,M3.2.7,M11.1.0", "CST6CDT,J0,J300", "CST6CDT,366,300",
		"CST6CDT,M3.2.0", "<CST6", "CST6CDT,M3.2.0,M11.1.0x", "CST6CDT,M3.2.0/168,M11.1.0", "CST6:60",
		"CST99999999999999999999",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_null(footer_zone(bad[i], 0));
}

/* --- spans of the wall clock --- */

/* Minute by minute: an instant is inside if its local time is. */
static void spans_judge(const struct nm_zone *zone, nm_local from, nm_local until)
{
	struct nm_span spans[NM_ZONE_SPANS];
	size_t n = nm_zone_spans(zone, from, until, spans), i;
	nm_time t;

	for (i = 0; i < n; i++) {
		assert_true(spans[i].from < spans[i].until);
		assert_true(i == 0 || spans[i - 1].until < spans[i].from);
	}
	for (t = from - 2 * NM_DAY; t < until + 2 * NM_DAY; t += 60) {
		nm_local local = nm_zone_local(zone, t);
		bool inside = false;

		for (i = 0; i < n; i++)
			inside |= spans[i].from <= t && t < spans[i].until;
		if (inside != (from <= local && local < until))
			fail_msg("%s: %lld to %lld is wrong at %lld", nm_zone_name(zone), (long long)from,
				 (long long)until, (long long)t);
	}
}

static void test_spans_hold_the_instants_whose_local_time_lies_in_them(void **state)
{
	(void)state;
	seed = 20;
	for (size_t i = 0; i < N_NAMES; i++) {
		struct nm_zone *zone = zone_get(names[i]);

		for (int k = 0; k < 40; k++) {
			nm_time change = nm_zone_next_change(zone, time_random(2011, 2040));
			nm_local near = nm_zone_local(zone, change < NM_TIME_MAX ? change : year_begin(2030));
			nm_local from = near - near % 60 + 60 * ((int64_t)(random_next() % 240) - 120);

			spans_judge(zone, from, from + 60 * (nm_local)(1 + random_next() % (k % 8 ? 200 : 3000)));
		}
		nm_zone_free(zone);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spans_hold_the_instants_whose_local_time_lies_in_them),
		cmocka_unit_test(offsets_are_those_of_the_c_library_around_every_change),
		cmocka_unit_test(changes_go_on_where_a_cycle_of_the_rule_ends),
		cmocka_unit_test(offsets_are_those_of_the_c_library_at_random_instants),
		cmocka_unit_test(next_change_is_the_first_instant_at_which_the_offset_differs),
		cmocka_unit_test(a_skipped_local_time_takes_the_offset_before_and_a_repeated_is_the_first),
		cmocka_unit_test(an_instant_comes_back_from_its_local_time_unless_it_is_the_second),
		cmocka_unit_test(the_ends_of_time_do_no_harm),
		cmocka_unit_test(names_that_cannot_be_a_zone_are_refused),
		cmocka_unit_test(a_damaged_file_is_an_error_or_answers),
		cmocka_unit_test(the_rule_of_the_footer_is_that_of_posix),
		cmocka_unit_test(a_summer_that_lasts_all_year_never_ends),
		cmocka_unit_test(a_zone_that_counts_leap_seconds_is_refused),
		cmocka_unit_test(a_footer_that_is_no_rule_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
