/* SPDX-License-Identifier: MIT */
/*
 * Calendars: what RFC 5545 and design.md 4.1 promise, by small calendars written out here.  Random
 * ones are compared with dateutil by tests/oracle/ical.sh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/ical.h"
#include "rrule.h"

#define CHICAGO "America/Chicago"
#define BERLIN "Europe/Berlin"

/* --- helpers: a body of components in, instances as text out --- */

static struct nm_zone *zone_of(const char *name)
{
	struct nm_zone *zone = NULL;

	assert_int_equal(nm_zone_load(name, &zone, NULL), NM_OK);
	return zone;
}

static nm_time at(const char *text)
{
	int y, m, d, h = 0, min = 0;

	assert_true(sscanf(text, "%4d%2d%2dT%2d%2d", &y, &m, &d, &h, &min) >= 3);
	return nm_days_from_date(y, m, d) * NM_DAY + h * 3600 + min * 60;
}

static void add_time(struct nm_buf *buf, nm_time t)
{
	int64_t day = nm_local_day(t);
	struct nm_date date = nm_date_from_days(day);
	int second = (int)(t - day * NM_DAY);

	nm_buf_addf(buf, "%04d%02d%02dT%02d%02d", date.year, date.month, date.day, second / 3600,
		    second / 60 % 60);
	if (second % 60)
		nm_buf_addf(buf, "%02d", second % 60);
}

static char *wrapped(const char *body)
{
	struct nm_buf buf;

	nm_buf_init(&buf, 64u << 20);
	nm_buf_add(&buf, "BEGIN:VCALENDAR\nVERSION:2.0\n");
	nm_buf_add(&buf, body);
	nm_buf_add(&buf, "END:VCALENDAR\n");
	return nm_buf_take(&buf);
}

/* The instances of a whole text within a window, or "error CODE TEXT". */
static char *told(struct nm_ical_memory *memory, const char *text, size_t len, const char *zone_name,
		  nm_time from, nm_time until)
{
	struct nm_zone *zone = zone_of(zone_name);
	struct nm_ical_events events = { 0 };
	struct nm_ical *ical = NULL;
	struct nm_error err = { 0 };
	struct nm_buf buf;

	nm_buf_init(&buf, 64u << 20);
	if (nm_ical_remember(memory, "test.ics", text, len, &ical, &err) ||
	    nm_ical_expand(ical, zone, from, until, &events, &err))
		nm_buf_addf(&buf, "error %d %s", err.code, err.text);
	for (size_t i = 0; i < events.n; i++) {
		const struct nm_ical_event *e = &events.items[i];

		nm_buf_add(&buf, i ? " " : "");
		add_time(&buf, e->from);
		nm_buf_add(&buf, "/");
		add_time(&buf, e->until);
		nm_buf_addf(&buf, "%s%s%s%s", e->all_day ? "a" : "", e->transparent ? "t" : "",
			    e->summary[0] ? "=" : "", e->summary);
	}
	nm_ical_events_clear(&events);
	nm_ical_free(ical);
	nm_zone_free(zone);
	return nm_buf_take(&buf);
}

/* By way of a memory of calendars as well: it may change nothing. */
static char *expanded(const char *text, size_t len, const char *zone, nm_time from, nm_time until)
{
	struct nm_ical_memory *memory = nm_ical_memory_new();
	char *read = told(memory, text, len, zone, from, until);
	char *remembered = told(memory, text, len, zone, from, until);

	assert_string_equal(remembered, read);
	free(remembered);
	nm_ical_memory_free(memory);
	return read;
}

static void expect(const char *body, const char *zone, const char *from, const char *until,
		   const char *wanted)
{
	char *text = wrapped(body);
	char *got = expanded(text, strlen(text), zone, at(from), at(until));

	assert_string_equal(got, wanted);
	free(got);
	free(text);
}

#define EVENT(lines) "BEGIN:VEVENT\nUID:1\n" lines "END:VEVENT\n"
#define MORE(lines) "BEGIN:VEVENT\nUID:2\n" lines "END:VEVENT\n"

/* An error is NM_INPUT and says these words, and where: test.ics:LINE. */
static void expect_refused(const char *text, size_t len, const char *words)
{
	char *got = expanded(text, len, CHICAGO, at("20200101"), at("20300101"));

	if (strncmp(got, "error 1 test.ics", 16) != 0 || !strstr(got, words))
		fail_msg("\"%.300s\" does not say \"%s\"", got, words);
	free(got);
}

static void refused(const char *body, const char *words)
{
	char *text = wrapped(body);

	expect_refused(text, strlen(text), words);
	free(text);
}

/* --- one event --- */

static void test_clocks(void **state)
{
	(void)state;
	/* UTC, a foreign zone, floating and all-day times in the plan's zone. */
	expect(EVENT("DTSTART:20260701T120000Z\nDTEND:20260701T130000Z\n"), CHICAGO, "20260601", "20260801",
	       "20260701T1200/20260701T1300");
	expect(EVENT("DTSTART;TZID=Europe/Berlin:20260701T120000\nDTEND;TZID=Europe/"
		     "Berlin:20260701T130000\n"),
	       CHICAGO, "20260601", "20260801", "20260701T1000/20260701T1100");
	expect(EVENT("DTSTART:20260701T120000\nDTEND:20260701T130000\n"), CHICAGO, "20260601", "20260801",
	       "20260701T1700/20260701T1800");
	expect(EVENT("DTSTART;VALUE=DATE:20260701\n"), BERLIN, "20260601", "20260801",
	       "20260630T2200/20260701T2200a");
	expect(EVENT("DTSTART;VALUE=DATE:20260701\nDTEND;VALUE=DATE:20260704\n"), BERLIN, "20260601",
	       "20260801", "20260630T2200/20260703T2200a");
	/* Start and end may stand on different clocks: a flight. */
	expect(EVENT("DTSTART;TZID=Europe/Berlin:20260701T120000\nDTEND;TZID=America/"
		     "New_York:20260701T140000\n"),
	       CHICAGO, "20260601", "20260801", "20260701T1000/20260701T1800");
}

static void test_all_day_of_23_and_25_hours(void **state)
{
	(void)state;
	expect(EVENT("DTSTART;VALUE=DATE:20260328\nRRULE:FREQ=DAILY;COUNT=3\n"), BERLIN, "20260301",
	       "20260501",
	       "20260327T2300/20260328T2300a 20260328T2300/20260329T2200a 20260329T2200/20260330T2200a");
	expect(EVENT("DTSTART;VALUE=DATE:20261025\nDURATION:P1D\n"), BERLIN, "20261001", "20261201",
	       "20261024T2200/20261025T2300a");
}

static void test_gap_takes_offset_before_and_repeated_hour_is_first(void **state)
{
	(void)state;
	expect(EVENT("DTSTART;TZID=America/"
		     "Chicago:20260307T023000\nDURATION:PT15M\nRRULE:FREQ=DAILY;COUNT=3\n"),
	       CHICAGO, "20260301", "20260401",
	       "20260307T0830/20260307T0845 20260308T0830/20260308T0845 20260309T0730/20260309T0745");
	expect(EVENT("DTSTART;TZID=America/"
		     "Chicago:20261031T013000\nDURATION:PT15M\nRRULE:FREQ=DAILY;COUNT=3\n"),
	       CHICAGO, "20261001", "20261201",
	       "20261031T0630/20261031T0645 20261101T0630/20261101T0645 20261102T0730/20261102T0745");
}

static void test_end_is_wall_clock_and_duration_is_nominal_days_exact_hours(void **state)
{
	(void)state;
	/* 22:00-06:00 over the autumn change: the clock's end, nine hours; PT8H: eight. */
	expect(EVENT("DTSTART;TZID=America/Chicago:20261030T220000\nDTEND;TZID=America/"
		     "Chicago:20261031T060000\n"
		     "RRULE:FREQ=DAILY;COUNT=2\n"),
	       CHICAGO, "20261001", "20261201", "20261031T0300/20261031T1100 20261101T0300/20261101T1200");
	expect(EVENT("DTSTART;TZID=America/Chicago:20261031T220000\nDURATION:PT8H\n"), CHICAGO, "20261001",
	       "20261201", "20261101T0300/20261101T1100");
	expect(EVENT("DTSTART;TZID=America/Chicago:20261031T220000\nDURATION:P1DT1H\n"), CHICAGO, "20261001",
	       "20261201", "20261101T0300/20261102T0500");
}

static void test_no_length(void **state)
{
	(void)state;
	/* A time without an end is an instant: nothing is busy. */
	expect(EVENT("DTSTART:20260701T120000Z\n"), CHICAGO, "20260601", "20260801", "");
	expect(EVENT("DTSTART:20260701T120000Z\nDTEND:20260701T120000Z\n"), CHICAGO, "20260601", "20260801",
	       "");
	expect(EVENT("DTSTART;VALUE=DATE:20260701\nDTEND;VALUE=DATE:20260701\n"), "UTC", "20260601",
	       "20260801", "20260701T0000/20260702T0000a");
}

static void test_window_is_half_open(void **state)
{
	const char *body = EVENT("DTSTART:20260701T120000Z\nDTEND:20260701T130000Z\n");

	(void)state;
	expect(body, CHICAGO, "20260701T1300", "20260701T1400", "");
	expect(body, CHICAGO, "20260701T1100", "20260701T1200", "");
	expect(body, CHICAGO, "20260701T1259", "20260701T1300", "20260701T1200/20260701T1300");
	/* What began long before still reaches in. */
	expect(EVENT("DTSTART:20200101T000000Z\nDURATION:P3000D\n"), CHICAGO, "20260701", "20260702",
	       "20200101T0000/20280319T0000");
}

static void test_cancelled_and_transparent(void **state)
{
	(void)state;
	expect(EVENT("DTSTART:20260701T120000Z\nDURATION:PT1H\nSTATUS:CANCELLED\n"), CHICAGO, "20260601",
	       "20260801", "");
	expect(EVENT("STATUS:CANCELLED\n"), CHICAGO, "20260601", "20260801", "");
	expect(EVENT("DTSTART:20260701T120000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT\n"), CHICAGO, "20260601",
	       "20260801", "20260701T1200/20260701T1300t");
	expect(EVENT("DTSTART:20260701T120000Z\nDURATION:PT1H\nTRANSP:OPAQUE\nSTATUS:TENTATIVE\n"), CHICAGO,
	       "20260601", "20260801", "20260701T1200/20260701T1300");
}

static void test_summary_is_clean(void **state)
{
	(void)state;
	expect(EVENT("SUMMARY;LANGUAGE=en:Leak at Mil\n ler's\\, \\n2nd \x1b[31m floor \xc3\xa9 \xc2\x9b "
		     "\xff \xe2\x80\xae.\n"
		     "DTSTART:20260701T120000Z\nDURATION:PT1H\n"),
	       CHICAGO, "20260601", "20260801",
	       "20260701T1200/20260701T1300=Leak at Miller's,  2nd  [31m floor \xc3\xa9 ?? ? ???.");
}

/* --- recurrences --- */

#define DAY(rest) EVENT("DTSTART;VALUE=DATE:" rest "\n")

static void expect_days(const char *body, const char *from, const char *until, const char *wanted)
{
	char *text = wrapped(body);
	char *got = expanded(text, strlen(text), "UTC", at(from), at(until));
	struct nm_buf days;

	nm_buf_init(&days, 1u << 20);
	for (const char *p = got; *p; p += strcspn(p, " "), p += *p == ' ') {
		nm_buf_add(&days, days.len ? " " : "");
		nm_buf_addn(&days, p, 8);
	}
	assert_string_equal(days.data, wanted);
	nm_buf_clear(&days);
	free(got);
	free(text);
}

static void test_rules(void **state)
{
	(void)state;
	expect_days(DAY("20200229\nRRULE:FREQ=YEARLY"), "20200101", "20290101", "20200229 20240229 20280229");
	expect_days(DAY("20200131\nRRULE:FREQ=MONTHLY;COUNT=4"), "20200101", "20290101",
		    "20200131 20200331 20200531 20200731");
	expect_days(DAY("20260105\nRRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO;COUNT=4"), "20260101",
		    "20270101", "20260105 20260118 20260119 20260201");
	expect_days(DAY("20260105\nRRULE:FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=SU,MO;COUNT=4"), "20260101",
		    "20270101", "20260105 20260111 20260119 20260125");
	expect_days(DAY("20260130\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3"), "20260101",
		    "20270101", "20260130 20260227 20260331");
	expect_days(DAY("20260213\nRRULE:FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR;COUNT=3"), "20260101",
		    "20280101", "20260213 20260313 20261113");
	expect_days(DAY("20261126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"), "20270101", "20290101",
		    "20271125 20281123");
	expect_days(DAY("20260512\nRRULE:FREQ=YEARLY;BYWEEKNO=20;COUNT=2"), "20260101", "20280101",
		    "20260512 20270518");
	expect_days(DAY("20261231\nRRULE:FREQ=YEARLY;BYYEARDAY=-1,1;COUNT=3"), "20260101", "20290101",
		    "20261231 20270101 20271231");
	expect_days(DAY("19700101\nRRULE:FREQ=DAILY"), "20260101", "20260103", "20260101 20260102");
}

static void test_rules_within_the_day(void **state)
{
	(void)state;
	expect(EVENT("DTSTART:20260701T090000Z\nDURATION:PT1M\nRRULE:FREQ=HOURLY;INTERVAL=5;BYHOUR=9,14;"
		     "BYDAY=WE,TH;COUNT=3\n"),
	       CHICAGO, "20260101", "20270101",
	       "20260701T0900/20260701T0901 20260701T1400/20260701T1401 20260716T0900/20260716T0901");
	expect(EVENT("DTSTART:20260701T090000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY;INTERVAL=90;UNTIL="
		     "20260701T120000Z\n"),
	       CHICAGO, "20260101", "20270101",
	       "20260701T0900/20260701T0901 20260701T1030/20260701T1031 20260701T1200/20260701T1201");
	/* A rule by the second since 1970: only the window is walked. */
	expect(EVENT("DTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY;INTERVAL=30\n"), CHICAGO,
	       "20260701T1200", "20260701T1201",
	       "20260701T1200/20260701T120001 20260701T120030/20260701T120031");
	expect(EVENT("DTSTART:20260701T090000Z\nDURATION:PT1M\nRRULE:FREQ=DAILY;BYHOUR=9,15;BYMINUTE=0,30;"
		     "BYSETPOS=2,-1;COUNT=3\n"),
	       CHICAGO, "20260101", "20270101",
	       "20260701T0900/20260701T0901 20260701T0930/20260701T0931 20260701T1530/20260701T1531");
}

static void test_until_in_three_forms(void **state)
{
#define FIVE(until)                                                                                          \
	EVENT("DTSTART;TZID=America/Chicago:20260701T200000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=" until   \
	      "\n")
	const char *two = "20260702T0100/20260702T0200 20260703T0100/20260703T0200";

	(void)state;
	expect(FIVE("20260703T010000Z"), CHICAGO, "20260601", "20260801", two);
	expect(FIVE("20260703T005959Z"), CHICAGO, "20260601", "20260801", "20260702T0100/20260702T0200");
	expect(FIVE("20260702T200000"), CHICAGO, "20260601", "20260801", two);
	expect(FIVE("20260702"), CHICAGO, "20260601", "20260801", two);
	expect_days(DAY("20260701\nRRULE:FREQ=DAILY;UNTIL=20260702"), "20260601", "20260801",
		    "20260701 20260702");
	expect_days(DAY("20260701\nRRULE:FREQ=DAILY;UNTIL=20260702T235959Z"), "20260601", "20260801",
		    "20260701 20260702");
#undef FIVE
}

static void test_start_that_does_not_match_counts(void **state)
{
	(void)state;
	expect_days(DAY("20260701\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3"), "20260601", "20260801",
		    "20260701 20260706 20260713");
}

/* COUNT counts what lies before the window too, in every way of walking. */
static void test_count_from_far_away(void **state)
{
	(void)state;
	expect_days(DAY("20000101\nRRULE:FREQ=DAILY;COUNT=9650"), "20260601", "20270101",
		    "20260601 20260602");
	expect_days(DAY("20000103\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU;COUNT=2757"), "20260528", "20270101",
		    "20260601");
	expect(EVENT("DTSTART:20200101T000000Z\nDURATION:PT1M\nRRULE:FREQ=HOURLY;COUNT=56258\n"), CHICAGO,
	       "20260602", "20270101", "20260602T0000/20260602T0001 20260602T0100/20260602T0101");
}

/* The instances in each small window are those of the whole that lie in it: whatever the walk passes
 * over on its way to a window changes nothing. */
static void expect_windows_agree(const char *rule)
{
	nm_time begin = at("20190101");
	nm_time end = at("20310101");
	struct nm_ical_events whole = { 0 };
	struct nm_zone *zone = zone_of(CHICAGO);
	struct nm_ical *ical = NULL;
	struct nm_error err;
	struct nm_buf body;
	char *text;

	nm_buf_init(&body, 4096);
	nm_buf_addf(&body, EVENT("DTSTART:20190703T093000\nDURATION:PT30M\nRRULE:%s\n"), rule);
	text = wrapped(body.data);
	assert_int_equal(nm_ical_read("test.ics", text, strlen(text), &ical, &err), NM_OK);
	assert_int_equal(nm_ical_expand(ical, zone, begin, end, &whole, &err), NM_OK);
	assert_true(whole.n > 0);
	for (nm_time from = begin; from < end; from += 53 * NM_DAY + 7 * 3600) {
		nm_time until = from + 2 * NM_DAY;
		struct nm_ical_events part = { 0 };
		size_t n = 0;

		assert_int_equal(nm_ical_expand(ical, zone, from, until, &part, &err), NM_OK);
		for (size_t i = 0; i < whole.n; i++) {
			if (whole.items[i].from >= until || whole.items[i].until <= from)
				continue;
			if (n >= part.n || part.items[n].from != whole.items[i].from)
				fail_msg("%s: %lld is not in the window of %lld", rule,
					 (long long)whole.items[i].from, (long long)from);
			n++;
		}
		assert_int_equal(n, part.n);
		nm_ical_events_clear(&part);
	}
	nm_ical_events_clear(&whole);
	nm_ical_free(ical);
	nm_zone_free(zone);
	free(text);
	nm_buf_clear(&body);
}

static void test_a_window_holds_what_the_whole_has(void **state)
{
	static const char *const rules[] = {
		"FREQ=DAILY",
		"FREQ=DAILY;INTERVAL=3",
		"FREQ=DAILY;COUNT=2000",
		"FREQ=DAILY;INTERVAL=3;COUNT=700;BYHOUR=9,15;BYMINUTE=0,30",
		"FREQ=DAILY;BYMONTH=1,7;COUNT=300",
		"FREQ=DAILY;BYDAY=MO,FR;COUNT=600",
		"FREQ=DAILY;BYHOUR=9,15;BYSETPOS=-1;COUNT=900",
		"FREQ=WEEKLY",
		"FREQ=WEEKLY;BYDAY=TU,SU;COUNT=300",
		"FREQ=WEEKLY;BYDAY=TU,SU;WKST=SU;INTERVAL=2;COUNT=300",
		"FREQ=WEEKLY;BYDAY=MO,WE,SA;BYHOUR=8,9;COUNT=1000",
		"FREQ=WEEKLY;BYMONTH=12,1;INTERVAL=2",
		"FREQ=WEEKLY;BYDAY=MO,WE,SA;BYSETPOS=2;COUNT=200",
		"FREQ=MONTHLY",
		"FREQ=MONTHLY;BYDAY=-1FR",
		"FREQ=MONTHLY;BYMONTHDAY=31,-1;COUNT=60",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
		"FREQ=YEARLY",
		"FREQ=YEARLY;BYMONTH=2,11;BYDAY=4TH",
		"FREQ=YEARLY;BYMONTH=12;BYDAY=-1FR;COUNT=7",
		"FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO,SU",
		"FREQ=YEARLY;BYYEARDAY=1,-1,200;INTERVAL=2",
		"FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYSETPOS=2",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		expect_windows_agree(rules[i]);
}

static bool count_one(void *context, nm_local local)
{
	(void)local;
	++*(int *)context;
	return true;
}

/* However long ago a rule began, a short window costs little. */
static void test_work_is_that_of_the_window(void **state)
{
	static const struct rrule_nth fourth_thursday = { 3, 4 };
	const struct rrule rules[] = {
		{ .freq = RRULE_YEARLY, .interval = 1 },
		{ .freq = RRULE_YEARLY, .interval = 1, .months = 0x800, .n_nths = 1, .nths = &fourth_thursday },
		{ .freq = RRULE_MONTHLY, .interval = 1, .n_nths = 1, .nths = &fourth_thursday },
		{ .freq = RRULE_WEEKLY, .interval = 1, .weekdays = 0x1f },
		{ .freq = RRULE_DAILY, .interval = 1 },
		{ .freq = RRULE_WEEKLY, .interval = 1, .weekdays = 0x1f, .count = 1000000 },
		{ .freq = RRULE_DAILY, .interval = 1, .count = 1000000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		int64_t work = 1000;
		int found = 0;
		struct rrule_walk walk = {
			.rule = &rules[i],
			.start = at("19701126"),
			.from = at("20261126"),
			.until = at("20261127"),
			.work = &work,
			.tell = count_one,
			.context = &found,
		};

		assert_int_equal(nm_rrule_walk(&walk), RRULE_DONE);
		assert_int_equal(found, 1);
		assert_true(work > 900);
	}
}

static void test_several_rules_dates_and_exceptions(void **state)
{
	(void)state;
	expect_days(DAY("20260701\nRRULE:FREQ=WEEKLY;COUNT=2\nRRULE:FREQ=MONTHLY;COUNT=2"), "20260601",
		    "20261001", "20260701 20260708 20260801");
	expect_days(DAY("20260701\nRRULE:FREQ=DAILY;COUNT=6\nEXRULE:FREQ=WEEKLY;BYDAY=FR,SA"), "20260601",
		    "20261001", "20260701 20260702 20260705 20260706");
	expect_days(DAY("20260701\nRDATE;VALUE=DATE:20260705,20260701\nEXDATE;VALUE=DATE:20260701"),
		    "20260601", "20261001", "20260705");
	expect(EVENT("DTSTART;TZID=America/Chicago:20260701T080000\nDTEND;TZID=America/"
		     "Chicago:20260701T090000\n"
		     "RDATE;TZID=America/Chicago:20260705T100000\nRDATE;VALUE=PERIOD:20260706T100000Z/"
		     "PT2H,20260707T100000Z/20260707T103000Z\n"
		     "RDATE:20260708T100000Z\n"),
	       CHICAGO, "20260601", "20260801",
	       "20260701T1300/20260701T1400 20260705T1500/20260705T1600 20260706T1000/20260706T1200 "
	       "20260707T1000/20260707T1030 20260708T1000/20260708T1100");
	/* An exception by date takes out the instance of that day. */
	expect(EVENT("DTSTART;TZID=America/"
		     "Chicago:20260701T200000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE;VALUE=DATE:"
		     "20260701\n"),
	       CHICAGO, "20260601", "20260801", "20260703T0100/20260703T0200");
	expect(EVENT("DTSTART;TZID=America/"
		     "Chicago:20260701T200000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE:"
		     "20260702T010000Z\n"),
	       CHICAGO, "20260601", "20260801", "20260703T0100/20260703T0200");
}

static void test_changed_instances(void **state)
{
#define SERIES                                                                                               \
	EVENT("SUMMARY:a\nDTSTART;TZID=Europe/"                                                              \
	      "Berlin:20260701T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\n")
	(void)state;
	expect(EVENT("RECURRENCE-ID;TZID=Europe/"
		     "Berlin:20260702T090000\nDTSTART:20260702T120000Z\nDURATION:PT2H\nSUMMARY:b\n") SERIES,
	       CHICAGO, "20260601", "20260801",
	       "20260701T0700/20260701T0800=a 20260702T1200/20260702T1400=b 20260703T0700/20260703T0800=a");
	expect(SERIES EVENT("RECURRENCE-ID:20260702T070000Z\nSTATUS:CANCELLED\n"), CHICAGO, "20260601",
	       "20260801", "20260701T0700/20260701T0800=a 20260703T0700/20260703T0800=a");
	/* One moved into the window from outside of it, and one without its event. */
	expect(SERIES EVENT("RECURRENCE-ID;TZID=Europe/"
			    "Berlin:20260703T090000\nDTSTART:20260901T120000Z\nDURATION:PT2H\n"),
	       CHICAGO, "20260801", "20261001", "20260901T1200/20260901T1400");
	expect(EVENT("RECURRENCE-ID:20260703T090000Z\nDTSTART:20260901T120000Z\nDURATION:PT2H\n"), CHICAGO,
	       "20260801", "20261001", "20260901T1200/20260901T1400");
	/* A cancelled series takes its changed instances along. */
	expect(EVENT("DTSTART:20260701T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nSTATUS:CANCELLED\n")
		       EVENT("RECURRENCE-ID:20260702T090000Z\nDTSTART:20260702T120000Z\nDURATION:PT2H\n"),
	       CHICAGO, "20260601", "20260801", "");
	refused(SERIES EVENT("RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/"
			     "Berlin:20260702T090000\nDTSTART:20260702T120000Z\n"),
		"THISANDFUTURE");
#undef SERIES
}

static void test_newest_version_of_an_event(void **state)
{
#define AT(hour, rest) EVENT("DTSTART:20260701T" hour "0000Z\nDURATION:PT1H\n" rest)
	(void)state;
	expect(AT("10", "SEQUENCE:10\n") AT("12", "SEQUENCE:2\n"), CHICAGO, "20260601", "20260801",
	       "20260701T1000/20260701T1100");
	expect(AT("10", "DTSTAMP:20260102T000000Z\n") AT("12", "DTSTAMP:20260101T000000Z\n"), CHICAGO,
	       "20260601", "20260801", "20260701T1000/20260701T1100");
	expect(AT("10", "") AT("12", ""), CHICAGO, "20260601", "20260801", "20260701T1200/20260701T1300");
	/* Events without a UID are all different. */
	expect("BEGIN:VEVENT\nDTSTART:20260701T100000Z\nDURATION:PT1H\nEND:VEVENT\n"
	       "BEGIN:VEVENT\nDTSTART:20260701T120000Z\nDURATION:PT1H\nEND:VEVENT\n",
	       CHICAGO, "20260601", "20260801", "20260701T1000/20260701T1100 20260701T1200/20260701T1300");
#undef AT
}

/* --- time zones --- */

#define IN_ZONE(tzid) EVENT("DTSTART;TZID=" tzid ":20260701T100000\nDURATION:PT1H\n")
#define OWN_RULES(tzid, more)                                                                                \
	"BEGIN:VTIMEZONE\nTZID:" tzid "\n" more                                                              \
	"BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0330\nTZOFFSETTO:+0230\n"                    \
	"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n"                                            \
	"BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0230\nTZOFFSETTO:+0330\n"                    \
	"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n"

static void test_names_of_zones(void **state)
{
	const char *berlin = "20260701T0800/20260701T0900";

	(void)state;
	expect(IN_ZONE("Europe/Berlin"), CHICAGO, "20260601", "20260801", berlin);
	expect(IN_ZONE("W. Europe Standard Time"), CHICAGO, "20260601", "20260801", berlin);
	expect(IN_ZONE("\"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna\""), CHICAGO,
	       "20260601", "20260801", berlin);
	expect(IN_ZONE("/freeassociation.sourceforge.net/Europe/Berlin"), CHICAGO, "20260601", "20260801",
	       berlin);
	expect(IN_ZONE("/mozilla.org/20050126_1/Europe/Berlin"), CHICAGO, "20260601", "20260801", berlin);
	expect(IN_ZONE("Central Standard Time"), BERLIN, "20260601", "20260801",
	       "20260701T1500/20260701T1600");
	/* X-LIC-LOCATION names it; a name of nobody's has its own rules; a system's name comes before them.
	 */
	expect(OWN_RULES("Mine", "X-LIC-LOCATION:Europe/Berlin\n") IN_ZONE("Mine"), CHICAGO, "20260601",
	       "20260801", berlin);
	expect(OWN_RULES("Mine", "") IN_ZONE("Mine"), CHICAGO, "20260601", "20260801",
	       "20260701T0630/20260701T0730");
	expect(IN_ZONE("Mine") OWN_RULES("Mine", ""), CHICAGO, "20260601", "20260801",
	       "20260701T0630/20260701T0730");
	expect(OWN_RULES("Europe/Berlin", "") IN_ZONE("Europe/Berlin"), CHICAGO, "20260601", "20260801",
	       berlin);
}

static void test_own_rules_at_clock_changes(void **state)
{
	(void)state;
	expect(OWN_RULES("Mine", "")
		       EVENT("DTSTART;TZID=Mine:20260328T023000\nDURATION:PT15M\nRRULE:FREQ=DAILY;COUNT=3\n"),
	       CHICAGO, "20260301", "20260401",
	       "20260328T0000/20260328T0015 20260329T0000/20260329T0015 20260329T2300/20260329T2315");
	expect(OWN_RULES("Mine", "") EVENT("DTSTART;TZID=Mine:20261025T023000\nDURATION:PT15M\n"), CHICAGO,
	       "20261001", "20261101", "20261024T2300/20261024T2315");
}

static void test_unknown_zone_is_an_error_that_names_it(void **state)
{
	(void)state;
	refused(IN_ZONE("Atlantis"), "\"Atlantis\"");
	refused(IN_ZONE("../../../etc/passwd"), "../../../etc/passwd");
	refused(IN_ZONE("/example.org/Not/There"), "test.ics:3: no time zone is known");
}

/* --- what is refused --- */

static void test_mistakes_are_named(void **state)
{
	(void)state;
	refused(EVENT("SUMMARY:Leak\n"), "test.ics:3: event \"Leak\" has no DTSTART");
	refused(EVENT("DTSTART:20260701T100000Z\nDURATION:-PT1H\n"), "negative");
	refused(EVENT("DTSTART:20260701T100000Z\nDTEND:20260701T090000Z\n"), "ends before it begins");
	refused(EVENT("DTSTART;VALUE=DATE:20260701\nDTEND:20260701T090000Z\n"),
		"a date for one of DTSTART and DTEND");
	refused(EVENT("DTSTART:20260701T100000Z\nDTEND:20260701T110000Z\nDURATION:PT1H\n"),
		"both DTEND and DURATION");
	refused(EVENT("DTSTART:20260230T100000Z\n"), "does not exist");
	refused(EVENT("DTSTART:20260701T250000Z\n"), "does not exist");
	refused(EVENT("DTSTART:tomorrow\n"), "DTSTART");
	refused(EVENT("DTSTART:20260701T100000Z\nRRULE:FREQ=SOMETIMES\n"), "RRULE");
	refused(EVENT("DTSTART:20260701T100000Z\nRRULE:FREQ=DAILY;INTERVAL=0\n"), "INTERVAL");
	refused(EVENT("DTSTART:20260701T100000Z\nRRULE:FREQ=DAILY;INTERVAL=65537\n"), "INTERVAL");
	refused(EVENT("DTSTART:20260701T100000Z\nRRULE:FREQ=DAILY;COUNT=0\n"), "COUNT");
	refused(EVENT("DTSTART:20260701T100000Z\nRRULE:FREQ=DAILY;COUNT=99999999999\n"), "too long");
	refused(EVENT("DTSTART:20260701T100000Z\nDURATION:P99999999999D\n"), "too long");
	refused(EVENT("DTSTART:20260701T100000Z\nDURATION:P999999999D\n"), "100 years");
	refused(EVENT("DTSTART;VALUE=DATE:20260701\nRRULE:FREQ=HOURLY\n"), "within the day");
	refused(EVENT("DTSTART:20260701T100000Z\nRRULE:FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO\n"), "BYDAY");
}

static void refused_text(const char *text, const char *words)
{
	expect_refused(text, strlen(text), words);
}

static void test_what_is_no_calendar(void **state)
{
	(void)state;
	refused_text("", "not a calendar");
	refused_text("<html>Sign in</html>\n", "not a calendar");
	refused_text("BEGIN:VCARD\nEND:VCARD\n", "not a calendar");
	refused_text("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260701T100000Z\n", "cut off");
	refused_text("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", "does not fit");
	refused_text("BEGIN:VCALENDAR\nBEGIN:VALARM\nBEGIN:VEVENT\n", "within another");
	expect_refused("BEGIN:VCALENDAR\n\0END:VCALENDAR\n", 31, "NUL");
	/* An empty one is fine, as are a byte order mark, CRLF, alarms and what nobody reads. */
	expect("", CHICAGO, "20260101", "20270101", "");
	expect(EVENT("X-ALT-DESC;FMTTYPE=text/html:<a "
		     "href=\"x\">\r\nDTSTART:20260701T100000Z\r\nBEGIN:VALARM\r\nTRIGGER:-PT15M\r\n"
		     "DURATION:PT9H\r\nEND:VALARM\r\nDURATION:PT1H\r\n"),
	       CHICAGO, "20260101", "20270101", "20260701T1000/20260701T1100");
}

/* --- hostile ones: each ends in a clear error --- */

static void test_rules_too_dense_or_too_long(void **state)
{
	(void)state;
	refused(EVENT("SUMMARY:Tick\nDTSTART:20200101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY\n"),
		"\"Tick\" makes too many instances");
	refused(EVENT("SUMMARY:Tick\nDTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY;COUNT="
		      "999999999\n"),
		"takes too long");
}

static void test_rules_that_never_match_end(void **state)
{
	(void)state;
	expect(EVENT("DTSTART:20200101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;"
		     "COUNT=5\n"),
	       CHICAGO, "20200102", "20300101", "");
	expect(EVENT("DTSTART:00010101T000000Z\nDURATION:PT1S\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;"
		     "COUNT=5\n"),
	       CHICAGO, "20200102", "20300101", "");
	expect(EVENT("DTSTART:20200101T000000Z\nDURATION:PT1S\nRRULE:FREQ=MINUTELY;INTERVAL=1440;BYHOUR=5\n"),
	       CHICAGO, "20200102", "20300101", "");
}

static char *repeated(const char *head, const char *piece, size_t n, const char *tail)
{
	struct nm_buf buf;

	nm_buf_init(&buf, 64u << 20);
	nm_buf_add(&buf, head);
	for (size_t i = 0; i < n; i++)
		nm_buf_add(&buf, piece);
	nm_buf_add(&buf, tail);
	assert_false(buf.failed);
	return nm_buf_take(&buf);
}

static void refused_repeated(const char *head, const char *piece, size_t n, const char *tail,
			     const char *words)
{
	char *text = repeated(head, piece, n, tail);

	refused_text(text, words);
	free(text);
}

static void test_too_much(void **state)
{
	(void)state;
	refused_repeated("BEGIN:VCALENDAR\n",
			 "X:12345678901234567890123456789012345678901234567890123456789012\n", 300000, "",
			 "16 MiB");
	refused_repeated("BEGIN:VCALENDAR\n", "BEGIN:VEVENT\nSTATUS:CANCELLED\nEND:VEVENT\n",
			 NM_ICAL_EVENTS + 1, "END:VCALENDAR\n", "too many events");
	refused_repeated("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260701T100000Z\n",
			 "RDATE:20260701T100000Z\n", 1000000 / 2, "END:VEVENT\nEND:VCALENDAR\n", "too long");
	refused_repeated("BEGIN:VCALENDAR\nBEGIN:VEVENT\nRDATE:20260701T100000Z", ",20260701T100000Z", 900000,
			 "\nEND:VEVENT\nEND:VCALENDAR\n", "too long");
	refused_repeated("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:2026", "\n 0", 500000,
			 "\nEND:VEVENT\nEND:VCALENDAR\n", "too long");
	refused_repeated("BEGIN:VCALENDAR\n", "BEGIN:X\n", 100000, "", "nested too deeply");
}

/* --- the last instance --- */

static nm_time last(const char *body, const char *limit)
{
	struct nm_zone *zone = zone_of(CHICAGO);
	struct nm_ical *ical = NULL;
	char *text = wrapped(body);
	nm_time t;

	assert_int_equal(nm_ical_read("test.ics", text, strlen(text), &ical, NULL), NM_OK);
	t = nm_ical_last(ical, zone, at(limit));
	nm_ical_free(ical);
	nm_zone_free(zone);
	free(text);
	return t;
}

static void test_last(void **state)
{
	(void)state;
	assert_true(last("", "20300101") == NM_TIME_MIN);
	assert_true(last(DAY("20260701\nSTATUS:CANCELLED"), "20300101") == NM_TIME_MIN);
	assert_true(last(DAY("20260701\nRRULE:FREQ=DAILY;COUNT=3"), "20300101") == at("20260703T0500"));
	assert_true(last(DAY("20260701\nRRULE:FREQ=DAILY;COUNT=3")
				 MORE("DTSTART:20260601T000000Z\nRDATE:20270101T000000Z\n"),
			 "20300101") == at("20270101"));
	assert_true(last(DAY("19700704\nRRULE:FREQ=YEARLY"), "20300101") == at("20290704T0500"));
	assert_true(last(DAY("19700704\nRRULE:FREQ=YEARLY;UNTIL=19990101"), "20300101") ==
		    at("19980704T0500"));
	assert_true(last(EVENT("DTSTART:20260701T120000Z\n"), "20260701T1200") == at("20260701T1200"));
	assert_true(last(EVENT("DTSTART:20260701T120000Z\n"), "20260701T1159") == NM_TIME_MIN);
	assert_true(last(EVENT("DTSTART:19700101T000000Z\nRRULE:FREQ=SECONDLY\n"), "20300101") ==
		    at("20300101"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_all_day_of_23_and_25_hours),
		cmocka_unit_test(test_gap_takes_offset_before_and_repeated_hour_is_first),
		cmocka_unit_test(test_end_is_wall_clock_and_duration_is_nominal_days_exact_hours),
		cmocka_unit_test(test_no_length),
		cmocka_unit_test(test_window_is_half_open),
		cmocka_unit_test(test_cancelled_and_transparent),
		cmocka_unit_test(test_summary_is_clean),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_rules_within_the_day),
		cmocka_unit_test(test_until_in_three_forms),
		cmocka_unit_test(test_start_that_does_not_match_counts),
		cmocka_unit_test(test_count_from_far_away),
		cmocka_unit_test(test_a_window_holds_what_the_whole_has),
		cmocka_unit_test(test_work_is_that_of_the_window),
		cmocka_unit_test(test_several_rules_dates_and_exceptions),
		cmocka_unit_test(test_changed_instances),
		cmocka_unit_test(test_newest_version_of_an_event),
		cmocka_unit_test(test_names_of_zones),
		cmocka_unit_test(test_own_rules_at_clock_changes),
		cmocka_unit_test(test_unknown_zone_is_an_error_that_names_it),
		cmocka_unit_test(test_mistakes_are_named),
		cmocka_unit_test(test_what_is_no_calendar),
		cmocka_unit_test(test_rules_too_dense_or_too_long),
		cmocka_unit_test(test_rules_that_never_match_end),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
