/* SPDX-License-Identifier: MIT */
/*
 * What spreadsheets and hasty exports make of calls: each is read rightly, or told with what would be right.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "log_rig.h"

#define PLAN \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\naccount box { driver = sandbox }\n" \
	"line main { number = \"+15125550100\" account = box }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n" \
	"path day { step { ring = owner for = 15s } }\nrule all { path = day }\n"

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

/* The whole file, which cannot be read. */
static void refused(const char *bytes, size_t len, const char *words)
{
	const struct nm_calls_file_options options = log_rig_options(&books);
	struct nm_calls_file file;
	struct nm_error err;

	assert_int_equal(log_rig_import_with(&books, &options, bytes, len, &file, &err), NM_INPUT);
	assert_string_equal(err.text, words);
	nm_calls_file_clear(&file);
	assert_int_equal(log_rig_size(&books), 0);
}

#define REFUSED(bytes, words) refused(bytes, sizeof(bytes) - 1, "calls.csv: " words)

static void what_is_no_table_is_named(void **state)
{
	char wide[70000];

	(void)state;
	REFUSED("PK\x03\x04\x14\0\0\0", "it is a spreadsheet (xlsx, ods) or a zip file: save the table as CSV, and import that");
	REFUSED("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "it is a spreadsheet (xls): save the table as CSV, and import that");
	REFUSED("\x1f\x8b\x08\0\0", "it is compressed: unpack it (gunzip), and import that");
	REFUSED("%PDF-1.4\n", "it is a PDF: export the calls as CSV, and import that");
	REFUSED("SQLite format 3\0at,from", "it is a database: export the calls as CSV, and import that");
	REFUSED("\xef\xbb\xbf<html><table>\n", "it is a web page or XML: export the calls as CSV, and import that");
	memset(wide, 'x', sizeof(wide));
	wide[sizeof(wide) - 1] = '\n';
	refused(wide, sizeof(wide), "calls.csv: line 1, which is to name the columns, does not: it is longer than 64 KiB");
}

/* One row whose fields are divided by such a mark, under such a first line. */
static void divided(const char *first, const char *mark)
{
	char text[256];
	struct nm_calls_file file;

	setup(NULL);
	snprintf(text, sizeof(text), "%sat%sfrom%sto%sstatus\r\n2026-11-20 10:05%s+15125550199%smain%smissed\r\nnever%sx%smain%sx\r\n",
		 first, mark, mark, mark, mark, mark, mark, mark, mark, mark);
	file = log_rig_import(&books, text);
	assert_int_equal(file.fresh, 1);
	assert_int_equal(file.n_wrong, 1);
	assert_int_equal(file.wrong[0].line, *first != '\0' ? 4 : 3); /* of the file as it is */
	nm_calls_file_clear(&file);
	log_rig_says(&books, 0, "2026-11-20 10:05;+15125550199;main;lost;-;-1");
	teardown(NULL);
}

static void columns_are_divided_by_any_usual_mark(void **state)
{
	static const char *const marks[] = { ",", ";", "\t", "|" };

	(void)state;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		divided("", marks[i]);
	divided("sep=;\r\n", ";");
	divided("sep=,\n", ",");
	divided("sep=^\n", "^");
	divided("\xef\xbb\xbfsep=|\r\n", "|");
}

static void times_of_spreadsheets_are_read(void **state)
{
	static const struct {
		const char *at, *said; /* NULL: it is no time */
	} times[] = {
		{ "46346.4201388889", "2026-11-20 10:05" },
		{ "46346,4201388889", "2026-11-20 10:05" },
		{ "46346.42013888888888888", "2026-11-20 10:05" },
		{ "46346.0", "2026-11-20 00:00" },
		{ "46346.99999999", "2026-11-21 00:00" },
		{ "46346", NULL }, /* a date without a time of day */
		{ "11/20/2026 10:05 a.m.", "2026-11-20 10:05" },
		{ "11/20/2026 10:05 P.M.", "2026-11-20 22:05" },
		{ "11/20/2026 12:05 a.m.", "2026-11-20 00:05" },
		{ "11/20/2026 13:05 p.m.", NULL },
		{ "20-Nov-26 10:05", "2026-11-20 10:05" },
		{ "1795190700.75", "2026-11-20 10:05" },
		{ "1795190700000", "2026-11-20 10:05" },
		{ "1795190700000000", "2026-11-20 10:05" },
		{ "17951907000", NULL },
		{ "46089.1042", NULL }, /* 8 March 2026, 02:30: clocks skip it */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct nm_calls_file file;
		char text[200], says[100];

		setup(NULL);
		snprintf(text, sizeof(text), "at,from,to,status\n\"%s\",+15125550199,main,missed\n", times[i].at);
		file = log_rig_import(&books, text);
		if (file.fresh != (times[i].said != NULL))
			fail_msg("%s", times[i].at);
		assert_int_equal(file.n_wrong, times[i].said == NULL);
		nm_calls_file_clear(&file);
		if (times[i].said != NULL) {
			snprintf(says, sizeof(says), "%s;+15125550199;main;lost;-;-1", times[i].said);
			log_rig_says(&books, 0, says);
		}
		teardown(NULL);
	}
}

static void numbers_of_spreadsheets_are_read_or_told(void **state)
{
	static const struct {
		const char *from, *said;
		bool told;
	} numbers[] = {
		{ "6.025551234E+09", "+16025551234", false },
		{ "1.6025551234e+10", "+16025551234", false },
		{ "6.02555E+09", "unknown", true }, /* never a number with zeros in their place */
		{ "6.02555123E+09", "unknown", true },
		{ "1.60256E+10", "unknown", true },
		{ "\"=\"\"6025551234\"\"\"", "+16025551234", false },
		{ "'+16025551234", "+16025551234", false },
		{ "6025551234.0", "+16025551234", false },
		{ "16025551234.0", "+16025551234", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct nm_calls_file file;
		char text[200], says[100];

		setup(NULL);
		snprintf(text, sizeof(text), "at,from,to,status\n2026-11-20 10:05,%s,main,missed\n", numbers[i].from);
		file = log_rig_import(&books, text);
		assert_int_equal(file.fresh, 1);
		if (file.n_odd != numbers[i].told)
			fail_msg("%s", numbers[i].from);
		if (numbers[i].told)
			assert_non_null(strstr(file.odd[0].words, "of which a spreadsheet left out digits (make the column text "
								  "there): the call is kept, its caller not told"));
		nm_calls_file_clear(&file);
		snprintf(says, sizeof(says), "2026-11-20 10:05;%s;main;lost;-;-1", numbers[i].said);
		log_rig_says(&books, 0, says);
		teardown(NULL);
	}
}

static void durations_may_have_units(void **state)
{
	static const struct {
		const char *text;
		int seconds; /* -1: none */
	} durations[] = {
		{ "1h 2m 3s", 3723 }, { "2 min", 120 },	  { "2m", 120 },     { "1 hour, 5 minutes", 3900 }, { "45 secs", 45 },
		{ "0:45", 45 },	      { "1:00:45", 3645 }, { "12.5", 12 },   { "45 s", 45 },		     { "1,203", -1 },
		{ "-5", -1 },	      { "5 days", -1 },	  { "min", -1 },     { "2 m 3", -1 },		     { "999999h", -1 },
	};
	struct nm_arena *arena = nm_arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
		struct nm_calls_file file;
		char text[200];

		setup(NULL);
		snprintf(text, sizeof(text), "at,from,to,status,duration\n2026-11-20 10:05,+16025551234,main,answered,\"%s\"\n",
			 durations[i].text);
		file = log_rig_import(&books, text);
		if (file.fresh != (durations[i].seconds >= 0))
			fail_msg("%s", durations[i].text);
		nm_calls_file_clear(&file);
		if (durations[i].seconds >= 0) {
			const struct nm_call_entry call = log_rig_call(&books, 0, arena);

			assert_int_equal(call.ended - call.began, durations[i].seconds);
		}
		teardown(NULL);
	}
	nm_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_no_table_is_named, setup, teardown),
		cmocka_unit_test(columns_are_divided_by_any_usual_mark),
		cmocka_unit_test(times_of_spreadsheets_are_read),
		cmocka_unit_test(numbers_of_spreadsheets_are_read_or_told),
		cmocka_unit_test(durations_may_have_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
