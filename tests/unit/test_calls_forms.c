/* SPDX-License-Identifier: MIT */
/*
 * The forms in which exports write times and callers, and lists that are not all: each time is the instant that it means,
 * whatever it looks like, and what is not there is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "books.h"
#include "nevermiss/calls_file.h"
#include "random_plan.h"
#include "text_file.h"

/* clang-format off */
#define PLAN \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account box { driver = sandbox }\nline main { number = \"+15125550100\" account = box }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s }\n" \
	"path day { step { ring = owner for = 15s } }\nrule all { path = day }\n"
/* clang-format on */

#define NOW INT64_C(1800000000)   /* January 2027 */
#define AGAIN INT64_C(1793518200) /* 2026-11-01 01:30 in Chicago for the second time, 07:30 in UTC */

static struct books books;

static int setup(void **state)
{
	(void)state;
	books_open(&books, PLAN);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	books_close(&books);
	return 0;
}

static enum nm_code import_with(const char *text, size_t len, struct nm_zone *zone, struct nm_calls_file *out,
				struct nm_error *err)
{
	const struct nm_calls_file_options options = { .name = "calls",
						       .zone = zone != NULL ? zone : books.plan->zone,
						       .zone_said = zone != NULL,
						       .now = NOW,
						       .line = -1 };
	const int file = text_file(text, len);
	enum nm_code code;

	code = nm_calls_file_import(books.store, books.plan, file, &options, out, err);
	close(file);
	return code;
}

static struct nm_calls_file import(const char *text)
{
	struct nm_calls_file out;
	struct nm_error err;

	if (import_with(text, strlen(text), NULL, &out, &err) != NM_OK)
		fail_msg("%s", err.text);
	return out;
}

static struct nm_call_entries log_of(size_t n)
{
	const struct nm_call_filter filter = { .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 100 };
	struct nm_call_entries calls;
	struct nm_error err;

	assert_int_equal(nm_store_calls(books.store, &filter, &calls, &err), NM_OK);
	assert_int_equal(calls.n, n);
	return calls;
}

/* The newest call of a log of so many. */
static void newest(size_t n, nm_time began, int64_t seconds, nm_number caller)
{
	struct nm_call_entries calls = log_of(n);

	assert_int_equal(calls.items[0].began, began);
	assert_int_equal(calls.items[0].ended - calls.items[0].began, seconds);
	assert_int_equal(calls.items[0].caller.number, caller);
	nm_call_entries_clear(&calls);
}

static void one_instant_has_many_forms(void **state)
{
	static const char *const forms[] = {
		"2026-11-01T07:30:00Z",        "2026-11-01 07:30:00 UTC",      "2026-11-01 01:30:00 -0600",
		"2026-11-01T01:30:00-06:00",   "Sun, 01 Nov 2026 07:30:00 GMT", "1-Nov-2026 07:30 UTC",
		"Nov 1, 2026, 7:30:00 AM GMT", "1.11.2026 07:30 UTC",          "11/1/2026 13:00 +05:30",
		"1 November 2026 07:30:00 Z",  "1793518200",                   "2026-11-01 07:30:00 utc",
		"11/1/2026 7:30 AM Gmt",       "2026-11-01 01:30:00 GMT-06:00", "2026-11-01 01:30 UTC-6",
		"2026-11-01 01:30:00 -06",     "11/1/2026 01:30 utc -0600",    "2026-11-01 07:30:00z",
		"2026-11-01 13:00 GMT+5:30",   "2026-11-01 07:30 UTC+0",
		"Sun 11/1/2026 7:30 AM UTC",   "Sunday, 11/01/2026 07:30 UTC",  "sun. 1.11.2026 07:30 UTC",
		"Sun Nov 1 2026 07:30 UTC",    "Sun 2026-11-01 07:30 UTC",
	};
	struct nm_call_entries calls;

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct nm_calls_file file;
		char text[200];

		snprintf(text, sizeof(text), "at,from,to,status,id\n\"%s\",+15125550199,main,missed,f%zu\n", forms[i], i);
		file = import(text);
		if (file.fresh != 1)
			fail_msg("%s: %s", forms[i], file.n_wrong ? file.wrong[0].words : "not new");
		nm_calls_file_clear(&file);
	}
	calls = log_of(sizeof(forms) / sizeof(forms[0]));
	for (size_t i = 0; i < calls.n; i++)
		assert_int_equal(calls.items[i].began, AGAIN);
	nm_call_entries_clear(&calls);
}

static void what_is_no_time_is_wrong(void **state)
{
	static const char *const forms[] = { "2026-11-01 07:30 XYZ", "2026-11-01 07:30 +1",   "31-Feb-2026 07:30",
					     "Foo 1, 2026 7:30",     "25.13.2026 07:30",      "Nov 1 07:30",
					     "2026-11-01 07:30 +1500", "2027-01-15 08:06 UTC", "2026-11-01 07:30 GMT-",
					     "2026-11-01 07:30 UTC-6:3", "2026-11-01 07:30 -06:", "2026-11-01 07:30 GMT-060",
					     "2026-11-01 07:30 UTC+15", "2026-11-01 07:30 GMTX",
					     "Foo 11/1/2026 07:30", "Su 11/1/2026 07:30", "Sun", "Sun 07:30" };

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct nm_calls_file file;
		char text[200];

		snprintf(text, sizeof(text), "at,from,to,status\n\"%s\",+15125550199,main,missed\n", forms[i]);
		file = import(text);
		if (file.n_wrong != 1)
			fail_msg("%s is taken", forms[i]);
		nm_calls_file_clear(&file);
	}
}

/* Of a row's times the one that is wrong is told, with its text. */
static void the_time_that_is_wrong_is_told(void **state)
{
	static const struct {
		const char *row, *words;
	} cases[] = {
		{ "10:00,09:00,10:05", "the time is `2026-11-02 09:00` at the answer, and no call is answered" },
		{ "10:00,10:01,09:00", "the time is `2026-11-02 09:00` at the end, and no call ends" },
		{ "10:00,09:00,09:30", "the time is `2026-11-02 09:00` at the answer, and no call is answered" },
		{ "10:00,09:00,", "the time is `2026-11-02 09:00` at the answer, and no call is answered" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nm_calls_file file;
		const char *row = cases[i].row;
		char text[300];

		snprintf(text, sizeof(text),
			 "start,answered at,ended at,from,to,status\n"
			 "2026-11-02 %.5s,2026-11-02 %.5s,%s%s,+15125550199,main,answered\n",
			 row, row + 6, row[12] != '\0' ? "2026-11-02 " : "", row + 12);
		file = import(text);
		assert_int_equal(file.n_wrong, 1);
		assert_memory_equal(file.wrong[0].words, cases[i].words, strlen(cases[i].words));
		nm_calls_file_clear(&file);
	}
}

/* --- clocks that are named --- */

#define INSTANTS 40

/* Around a change of the zone's clocks, and at any time. */
static nm_time draw_instant(const struct nm_zone *zone, uint64_t *seed)
{
	const nm_time any = NOW - NM_DAY - random_below(seed, 400 * (unsigned)NM_DAY),
		      change = nm_zone_next_change(zone, any);

	if (random_below(seed, 2) == 0 || change > NOW - NM_DAY)
		return any;
	return change - 7200 + random_below(seed, 14400);
}

static void add_time(struct nm_buf *out, const struct nm_zone *zone, nm_time t, const char *clock)
{
	const nm_local local = nm_zone_local(zone, t);
	const struct nm_date date = nm_date_from_days(nm_local_day(local));
	const int s = (int)(local - nm_local_day(local) * NM_DAY);

	nm_buf_addf(out, "%d/%d/%d %d:%02d:%02d %s %s,+15125550199,main,missed\n", date.month, date.day, date.year,
		    s / 3600 % 12 != 0 ? s / 3600 % 12 : 12, s / 60 % 60, s % 60, s < 43200 ? "AM" : "PM", clock);
}

static int newest_first(const void *a, const void *b)
{
	const nm_time x = *(const nm_time *)a, y = *(const nm_time *)b;

	return (x < y) - (x > y);
}

/* With its clock's name each local time is one instant, in the repeated hour too. */
static void a_named_clock_tells_the_instant(void **state)
{
	static const char *const zones[] = { "America/Chicago", "America/New_York", "America/St_Johns", "Europe/London",
					     "Europe/Berlin",   "Australia/Sydney" };
	uint64_t seed = 3;

	(void)state;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		nm_time instants[INSTANTS];
		struct nm_calls_file file;
		struct nm_call_entries calls;
		struct nm_zone *zone;
		struct nm_error err;
		struct nm_buf text;

		books_close(&books);
		books_open(&books, PLAN);
		assert_int_equal(nm_zone_load(zones[i], &zone, &err), NM_OK);
		nm_buf_init(&text, 1u << 16);
		nm_buf_add(&text, "at,from,to,status\n");
		for (size_t k = 0; k < INSTANTS; k++) {
			instants[k] = draw_instant(zone, &seed);
			add_time(&text, zone, instants[k], nm_zone_abbreviation(zone, instants[k]));
		}
		assert_int_equal(import_with(text.data, text.len, zone, &file, &err), NM_OK);
		if (file.n_wrong > 0)
			fail_msg("%s: %s", zones[i], file.wrong[0].words);
		nm_calls_file_clear(&file);
		calls = log_of(INSTANTS);
		qsort(instants, INSTANTS, sizeof(instants[0]), newest_first);
		for (size_t k = 0; k < INSTANTS; k++)
			assert_int_equal(calls.items[k].began, instants[k]);
		nm_call_entries_clear(&calls);
		nm_buf_clear(&text);
		nm_zone_free(zone);
	}
}

/* The zone has another one then: it is named, and nothing is guessed. */
static void a_clock_of_another_zone_is_wrong(void **state)
{
	static const struct {
		const char *time, *words;
	} forms[] = {
		{ "2026-11-25 01:30 EST", "the time is `2026-11-25 01:30 EST` and the clock of America/Chicago is CST then: "
					  "--timezone says another zone" },
		{ "7/1/2026 1:30 CST", "the time is `7/1/2026 1:30 CST` and the clock of America/Chicago is CDT then: "
				       "--timezone says another zone" },
		{ "7/1/2026 1:30 Central", "the time is `7/1/2026 1:30 Central` and the clock of America/Chicago is CDT then: "
					   "--timezone says another zone" },
		{ "3/8/2026 2:30 AM CST", "the time is `3/8/2026 2:30 AM CST` and clocks skip that one" },
		{ "7/1/2026 1:30 AMT", "the time is `7/1/2026 1:30 AMT` and the clock of America/Chicago is CDT then: "
				       "--timezone says another zone" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct nm_calls_file file;
		char text[200];

		snprintf(text, sizeof(text), "at,from,to,status\n%s,+15125550199,main,missed\n", forms[i].time);
		file = import(text);
		assert_int_equal(file.n_wrong, 1);
		assert_string_equal(file.wrong[0].words, forms[i].words);
		nm_calls_file_clear(&file);
	}
}

/* No form of a caller loses the call. */
static void callers_have_many_forms(void **state)
{
	static const struct {
		const char *text;
		nm_number number;
	} forms[] = {
		{ "tel:+15125550199", UINT64_C(15125550199) },
		{ "sip:+15125550199@example.org", UINT64_C(15125550199) },
		{ "+1 512 555 0199 ext. 4", UINT64_C(15125550199) },
		{ "\"\"\"Ann\"\" <sip:+15125550199@example.org>\"", UINT64_C(15125550199) },
		{ "Bob (5125550199)", UINT64_C(15125550199) },
		{ "Bob R. (512) 555-0199", UINT64_C(15125550199) },
		{ "WIRELESS CALLER", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct nm_calls_file file;
		char text[200];

		snprintf(text, sizeof(text), "at,from,to,duration\n%lld,%s,main,5\n",
			 (long long)(AGAIN + 60 * (int64_t)i), forms[i].text);
		file = import(text);
		if (file.fresh != 1)
			fail_msg("%s: %s", forms[i].text, file.n_wrong ? file.wrong[0].words : "not new");
		nm_calls_file_clear(&file);
		newest(i + 1, AGAIN + 60 * (nm_time)i, 5, forms[i].number);
	}
}

/* "The usual names are known": a call to main of 15125550199 in the files of those that write it so, and how it ended. */
static void exports_have_many_names(void **state)
{
	static const struct {
		const char *text;
		enum nm_call_end end;
	} files[] = {
		{ "Direction,From,To,Date,Time,Action,Action Result,Duration\n"
		  "Incoming,(512) 555-0199,(512) 555-0100,Sun 11/01/2026,7:30 AM UTC,Phone Call,Accepted,0:02:23\n",
		  NM_CALL_UNKNOWN },
		{ "Direction,From,To,Date,Time,Action,Action Result,Duration\n"
		  "Incoming,(512) 555-0199,(512) 555-0100,Sun 11/01/2026,7:30 AM UTC,VoIP Call,Missed,0:00:23\n",
		  NM_CALL_LOST },
		{ "createdAt,answeredAt,completedAt,direction,from,to,status,duration\n"
		  "2026-11-01T07:30:00.123Z,,2026-11-01T07:30:31.000Z,incoming,+15125550199,+15125550100,no-answer,0\n",
		  NM_CALL_LOST },
		{ "Call Status,Tracking Number,Source,Start Time (UTC),Duration (seconds),Name,Phone Number\n"
		  "Abandoned Call,512-555-0100,Google Ads,2026-11-01 7:30:00 am,20,Bob,512-555-0199\n",
		  NM_CALL_ABANDONED },
		{ "Call Status,Tracking Number,Source,Start Time (GMT),Duration (seconds),Name,Phone Number\n"
		  "Answered Call,512-555-0100,Direct,2026-11-01 7:30:00 am,20,Bob,512-555-0199\n",
		  NM_CALL_UNKNOWN },
		{ "line,datetime (UTC),direction,from,to\nMain,2026-11-01 07:30,inbound,15125550199,15125550100\n",
		  NM_CALL_UNKNOWN },
		{ "source,to,date (utc),time (utc)\n5125550199,5125550100,2026-11-01,07:30\n", NM_CALL_UNKNOWN },
		{ "Call Time,Caller ID,Destination,Status,Ringing,Talking\n"
		  "2026-11-01 07:30:00 UTC,Bob (5125550199),5125550100,Unanswered,00:00:29,00:00:00\n",
		  NM_CALL_LOST },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct nm_calls_file file;
		struct nm_call_entries calls;

		teardown(NULL);
		setup(NULL);
		file = import(files[i].text);
		if (file.fresh != 1 || file.n_odd != 0)
			fail_msg("file %zu: %s", i, file.n_wrong ? file.wrong[0].words : "not new, or odd");
		nm_calls_file_clear(&file);
		calls = log_of(1);
		assert_int_equal(calls.items[0].began, AGAIN);
		assert_int_equal(calls.items[0].caller.number, UINT64_C(15125550199));
		assert_int_equal(calls.items[0].became.end, files[i].end);
		nm_call_entries_clear(&calls);
	}
}

/* A caller that cannot be one in full leaves nothing out: the call is kept, and its line is told. */
static void a_call_of_an_odd_caller_is_kept(void **state)
{
	static const char *const odd[] = { "72345",      "555-0146", "911",      "0146", "Bob <72345>", "tel:*67",
					   "Google Ads", "abc",      "Jos\xc3\xa9 M.", "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd" };
	static const char *const none[] = { "12ab", "10:05", "1234567890123456", "2026-01-05T", "12_34" };
	const size_t n = sizeof(odd) / sizeof(odd[0]);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct nm_calls_file file;
		char text[200];

		snprintf(text, sizeof(text), "at,from,to,duration\n%lld,%s,main,5\n", (long long)(AGAIN + 60 * (int64_t)i),
			 odd[i]);
		file = import(text);
		if (file.fresh != 1 || file.n_odd != 1 || file.n_wrong != 0)
			fail_msg("%s: %s", odd[i], file.n_wrong ? file.wrong[0].words : "not told");
		assert_int_equal(file.odd[0].line, 2);
		assert_non_null(strstr(file.odd[0].words, odd[i]));
		nm_calls_file_clear(&file);
		newest(i + 1, AGAIN + 60 * (nm_time)i, 5, 0);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		struct nm_calls_file file;
		char text[200];

		snprintf(text, sizeof(text), "at,from,to,duration\n%lld,%s,main,5\n", (long long)AGAIN, none[i]);
		file = import(text);
		if (file.fresh != 0 || file.n_odd != 0 || file.n_wrong != 1)
			fail_msg("%s is a caller", none[i]);
		nm_calls_file_clear(&file);
	}
}

/* "A row whose caller is a name is told", but no word for a caller who is not. */
static void words_for_nobody_are_not_told(void **state)
{
	static const char *const words[] = { "",        "unknown",         "Unavailable", "none",        "anonymous",
					     "Private", "Unknown Caller",  "N/A",         "No Caller ID", "Private Number",
					     "-",       "WIRELESS CALLER", "Blocked",     "Out of Area", "Restricted" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct nm_calls_file file;
		char text[200];

		snprintf(text, sizeof(text), "at,from,to\n%lld,%s,main\n", (long long)(AGAIN + 60 * (int64_t)i), words[i]);
		file = import(text);
		if (file.fresh != 1 || file.n_odd != 0 || file.n_wrong != 0)
			fail_msg("%s: told", words[i]);
		nm_calls_file_clear(&file);
	}
}

/* "A number in another column goes before a name": whichever of them comes first, and row by row. */
static void a_column_of_names_hides_no_number(void **state)
{
	static const struct {
		const char *from, *source, *phone;
		nm_number number;
	} rows[] = {
		{ "Ann Smith", "Google Ads", "512-555-0199", UINT64_C(15125550199) },
		{ "Campaign 7", "Direct", "512-555-0199", UINT64_C(15125550199) },
		{ "Unknown", "+15125550199", "", UINT64_C(15125550199) },
		{ "512-555-0142", "+15125550199", "512-555-0199", UINT64_C(15125550142) },
		{ "Ann", "Direct", "", 0 },
		{ "", "", "512-555-0199", 0 },
		{ "anonymous", "", "512-555-0199", 0 },
	};
	static const char *const heads[] = { "at,caller,source,phone number", "phone number,source,caller,at" };
	const size_t n = sizeof(rows) / sizeof(rows[0]);

	(void)state;
	for (size_t i = 0; i < 2 * n; i++) {
		const long long at = AGAIN + 60 * (int64_t)i;
		struct nm_calls_file file;
		char text[300];

		if (i % 2 == 0)
			snprintf(text, sizeof(text), "%s,to,duration\n%lld,%s,%s,%s,main,5\n", heads[0], at, rows[i / 2].from,
				 rows[i / 2].source, rows[i / 2].phone);
		else
			snprintf(text, sizeof(text), "%s,to,duration\n%s,%s,%s,%lld,main,5\n", heads[1], rows[i / 2].phone,
				 rows[i / 2].source, rows[i / 2].from, at);
		file = import(text);
		if (file.fresh != 1)
			fail_msg("%s: %s", text, file.n_wrong ? file.wrong[0].words : "not new");
		assert_int_equal(file.n_unused, 0);
		assert_int_equal(file.n_odd, strcmp(rows[i / 2].from, "Ann") == 0);
		nm_calls_file_clear(&file);
		newest(i + 1, at, 5, rows[i / 2].number);
	}
}

#define VOIPMS \
	"{\"status\":\"success\",\"cdr\":[{\"date\":\"2026-11-01 07:30:00\",\"callerid\":\"5125550199\"," \
	"\"destination\":\"5125550100\",\"disposition\":\"NO ANSWER\",\"duration\":\"00:00:40\",\"uniqueid\":\"17001\"}]}"

/* "ask for 0": an answer of VoIP.ms is in UTC, until somebody says otherwise. */
static void an_answer_of_voipms_is_in_utc(void **state)
{
	struct nm_zone *zone;
	struct nm_calls_file file;
	struct nm_error err;

	(void)state;
	file = import(VOIPMS);
	assert_true(file.utc);
	assert_int_equal(file.n_unused, 0); /* "duration" among them: there is nothing to map */
	assert_true(file.tells_by);
	nm_calls_file_clear(&file);
	newest(1, AGAIN, 40, UINT64_C(15125550199));
	assert_int_equal(nm_zone_load("America/New_York", &zone, &err), NM_OK);
	assert_int_equal(import_with(VOIPMS, strlen(VOIPMS), zone, &file, &err), NM_OK);
	assert_false(file.utc);
	nm_calls_file_clear(&file);
	nm_zone_free(zone);
	newest(1, AGAIN + 5 * 3600, 40, UINT64_C(15125550199)); /* the same call, mended */
}

/* Its table is on the zone that is said, or else on the plan's, which is told to be a guess. */
static void a_table_of_voipms_tells_which_clock_was_taken(void **state)
{
	static const char table[] = "date,callerid,destination,disposition,seconds,uniqueid\n"
				    "2026-11-02 01:30:00,5125550199,5125550100,NO ANSWER,40,17001\n";
	struct nm_zone *zone;
	struct nm_calls_file file;
	struct nm_error err;

	(void)state;
	file = import(table);
	assert_string_equal(file.driver, "voipms");
	assert_true(file.zone_doubtful);
	assert_false(file.utc);
	nm_calls_file_clear(&file);
	newest(1, AGAIN + NM_DAY, 40, UINT64_C(15125550199));
	assert_int_equal(nm_zone_load("UTC", &zone, &err), NM_OK);
	assert_int_equal(import_with(table, strlen(table), zone, &file, &err), NM_OK);
	assert_false(file.zone_doubtful);
	nm_calls_file_clear(&file);
	nm_zone_free(zone);
	newest(1, AGAIN + NM_DAY - 6 * 3600, 40, UINT64_C(15125550199));
}

#define CDR(start, answer, end, how, id)                                                                        \
	"\"\",\"15125550199\",\"15125550100\",\"in\",\"Ann\",\"PJSIP/t-1\",\"PJSIP/t-2\",\"Dial\",\"PJSIP/+15125550111@t,15\",\"" \
	start "\",\"" answer "\",\"" end "\",20,0,\"" how "\",\"DOCUMENTATION\",\"" id "\",\"\"\n"

/* In the hour that clocks repeat, a call ends after it began, and its unique id tells which hour it is. */
static void master_csv_is_read_in_the_repeated_hour(void **state)
{
	struct nm_calls_file file =
		import(CDR("2026-11-01 01:59:50", "", "2026-11-01 01:00:10", "NO ANSWER", "1793516390.1")
			       CDR("2026-11-01 01:30:00", "2026-11-01 01:30:05", "2026-11-01 01:31:10", "ANSWERED",
				   "1793518200.2"));
	struct nm_call_entries calls;

	(void)state;
	assert_int_equal(file.n_wrong, 0);
	nm_calls_file_clear(&file);
	newest(2, AGAIN, 70, UINT64_C(15125550199));
	calls = log_of(2);
	assert_int_equal(calls.items[1].began, AGAIN - 1810);
	assert_int_equal(calls.items[1].ended - calls.items[1].began, 20);
	nm_call_entries_clear(&calls);
}

#define ENTRY(sid) \
	"{\"sid\":\"" sid "\",\"parent_call_sid\":null,\"from\":\"+15125550199\",\"to\":\"+15125550100\"," \
	"\"status\":\"no-answer\",\"start_time\":\"Sun, 01 Nov 2026 07:30:00 +0000\",\"direction\":\"inbound\"}"

static void a_page_says_that_it_is_one(void **state)
{
	struct nm_calls_file file = import("{\"calls\":[" ENTRY("CA1") "],\"next_page_uri\":\"/more\"}");

	(void)state;
	assert_true(file.goes_on);
	nm_calls_file_clear(&file);
	file = import("{\"calls\":[" ENTRY("CA1") "],\"next_page_uri\":null}");
	assert_false(file.goes_on);
	nm_calls_file_clear(&file);
	file = import("{\"data\":[" ENTRY("CA1") "],\"meta\":{\"page_number\":1,\"total_pages\":3}}");
	assert_int_equal(file.page, 1);
	assert_int_equal(file.pages, 3);
	nm_calls_file_clear(&file);
}

/* Cut off at any byte, a list keeps the entries that are whole, whatever stands around it, and says that it is cut off. */
static void a_list_that_is_cut_off_keeps_what_is_whole(void **state)
{
	static const struct {
		const char *before, *after;
	} around[] = {
		{ "[", "]" },
		{ "{\"calls\":[", "]}" },
		{ "{\"data\":[", "],\"meta\":{\"page\":1,\"links\":[{\"a\":[{}]}],\"x\":{\"y\":{\"z\":\"]}\"}}}}" },
		{ "{\"meta\":{\"a\":[{\"b\":[1]}]},\"calls\":[", "],\"errors\":[{\"c\":{}},{\"d\":[]}]}" },
	};
	static const char *const entries[] = { ENTRY("CA1"), ENTRY("CA[\\\"}2"), ENTRY("CA3") };

	(void)state;
	for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
		size_t ends[3];
		struct nm_buf text;

		nm_buf_init(&text, 1u << 16);
		nm_buf_add(&text, around[i].before);
		for (size_t k = 0; k < 3; k++) {
			nm_buf_addf(&text, "%s%s", k > 0 ? "," : "", entries[k]);
			ends[k] = text.len;
		}
		nm_buf_add(&text, around[i].after);
		for (size_t len = 1; len < text.len; len++) {
			const int64_t whole = (len >= ends[0]) + (len >= ends[1]) + (len >= ends[2]);
			struct nm_calls_file file;
			struct nm_error err;

			if (import_with(text.data, len, NULL, &file, &err) != NM_INPUT || file.rows != whole)
				fail_msg("%d of %d kept of %.*s", (int)file.rows, (int)whole, (int)len, text.data);
			nm_calls_file_clear(&file);
		}
		nm_buf_clear(&text);
	}
}

static void utf16_is_named(void **state)
{
	static const char *const texts[] = { "\xff\xfe\x61\0t\0", "\xfe\xff\0a\0t", "a\0t\0", "\0a\0t" };
	static const size_t lengths[] = { 6, 6, 4, 4 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct nm_calls_file file;
		struct nm_error err;

		assert_int_equal(import_with(texts[i], lengths[i], NULL, &file, &err), NM_INPUT);
		assert_string_equal(err.text, "calls: it is in UTF-16: save it as UTF-8, and import that");
		nm_calls_file_clear(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_instant_has_many_forms, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_time_is_wrong, setup, teardown),
		cmocka_unit_test_setup_teardown(the_time_that_is_wrong_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(a_named_clock_tells_the_instant, setup, teardown),
		cmocka_unit_test_setup_teardown(a_clock_of_another_zone_is_wrong, setup, teardown),
		cmocka_unit_test_setup_teardown(exports_have_many_names, setup, teardown),
		cmocka_unit_test_setup_teardown(callers_have_many_forms, setup, teardown),
		cmocka_unit_test_setup_teardown(a_call_of_an_odd_caller_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(words_for_nobody_are_not_told, setup, teardown),
		cmocka_unit_test_setup_teardown(a_column_of_names_hides_no_number, setup, teardown),
		cmocka_unit_test_setup_teardown(an_answer_of_voipms_is_in_utc, setup, teardown),
		cmocka_unit_test_setup_teardown(a_table_of_voipms_tells_which_clock_was_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(master_csv_is_read_in_the_repeated_hour, setup, teardown),
		cmocka_unit_test_setup_teardown(a_page_says_that_it_is_one, setup, teardown),
		cmocka_unit_test_setup_teardown(a_list_that_is_cut_off_keeps_what_is_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(utf16_is_named, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
