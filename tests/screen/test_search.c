/* SPDX-License-Identifier: MIT */
/*
 * / n N on every screen: to what has the words, round the end or until there is no more, and a sentence when they
 * are nowhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/calls.h"
#include "stage.h"

static void open_at(struct stage *stage, const char *screen, int width, int height)
{
	static struct stage_options options;

	options = (struct stage_options){.screen = screen, .width = width, .height = height};
	stage_open(stage, &options);
}

static void search(struct stage *stage, const char *words)
{
	stage_keys(stage, "/");
	stage_type(stage, words);
	stage_keys(stage, "Enter");
}

/* The row of the screen with the cursor's sign; the caller frees it. */
static char *marked_row(struct stage *stage)
{
	char *text = stage_text(stage), *at = strstr(text, "\n▸"), *row;

	row = strdup(at ? at + 1 : "");
	row[strcspn(row, "\n")] = '\0';
	free(text);
	return row;
}

static void marks(struct stage *stage, const char *words)
{
	char *row = marked_row(stage);

	if (!strstr(row, words))
		fail_msg("\"%s\" is not on the row that is marked: \"%s\"", words, row);
	free(row);
}

static void marks_nothing(struct stage *stage)
{
	char *row = marked_row(stage);

	assert_string_equal(row, "");
	free(row);
}

/* --- everywhere --- */

static void what_is_nowhere_is_told_on_every_screen(void **state)
{
	static const char *const screens[] = {"now", "plan", "week", "simulate", "check", "push", "report", "help"};

	(void)state;
	for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
		struct stage stage;

		open_at(&stage, screens[i], 80, 24);
		stage_keys(&stage, "n");
		stage_shows(&stage, "nothing was searched for yet: / asks");
		search(&stage, "no such words");
		stage_shows(&stage, "no such words is not ");
		stage_keys(&stage, "N");
		stage_shows(&stage, "no such words is not ");
		stage_close(&stage);
	}
}

/* What was searched for is offered again, and Enter goes on with it. */
static void the_words_stay(void **state)
{
	struct stage stage;

	(void)state;
	open_at(&stage, "check", 80, 24);
	search(&stage, "FIXLY");
	stage_keys(&stage, "/");
	stage_shows(&stage, " / FIXLY\n");
	stage_close(&stage);
}

/* --- rows that have no cursor --- */

static size_t rows_with(struct stage *stage, const char *words)
{
	char *text = stage_text(stage);
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, words)) != NULL; at += strcspn(at, "\n"))
		n++;
	free(text);
	return n;
}

static void marks_another(struct stage *stage, const char *row)
{
	char *now = marked_row(stage);

	assert_string_not_equal(now, row);
	free(now);
}

static void rows_of_now_are_gone_through_round_the_end(void **state)
{
	struct stage stage;
	char *first;
	size_t n;

	(void)state;
	open_at(&stage, "now", 80, 24);
	marks_nothing(&stage);
	n = rows_with(&stage, "fixly");
	assert_true(n > 2);
	search(&stage, "FIXLY");
	first = marked_row(&stage);
	assert_non_null(strstr(first, "┬ fixly"));
	for (size_t i = 1; i < n; i++) {
		stage_keys(&stage, "n");
		marks(&stage, "fixly");
		marks_another(&stage, first);
	}
	stage_keys(&stage, "n");
	marks(&stage, first);
	stage_keys(&stage, "N");
	marks_another(&stage, first);
	stage_keys(&stage, "L");
	marks_nothing(&stage);
	free(first);
	stage_close(&stage);
}

/* A row of another window may be another row. */
static void another_size_marks_nothing(void **state)
{
	struct stage stage;

	(void)state;
	open_at(&stage, "now", 80, 24);
	search(&stage, "Quick start");
	marks(&stage, "Quick start");
	assert_true(app_resize(&stage.app, 60, 24));
	app_draw(&stage.app);
	marks_nothing(&stage);
	stage_keys(&stage, "n");
	marks(&stage, "Quick start");
	stage_close(&stage);
}

static void put_call(struct stage *stage, nm_time at, nm_number caller)
{
	const struct nm_call_entry call = {
		.number = UINT64_C(15125550100),
		.line = "main",
		.driver = "sandbox",
		.carrier_id = "one",
		.caller = {.number = caller},
		.began = at,
		.ended = at + 60,
		.became = {.end = NM_CALL_LOST, .reason = NM_CALL_HUNG_UP, .seconds = -1},
	};
	struct nm_store *store;
	enum nm_call_kept kept;

	assert_int_equal(session_store(&stage->session, &store, NULL), NM_OK);
	assert_int_equal(nm_store_call_put(store, &call, &kept, NULL), NM_OK);
	stage_keys(stage, "");
}

/* Far below the window, and seen when it is found. */
static void a_caller_is_found_in_the_report(void **state)
{
	struct stage stage;

	(void)state;
	open_at(&stage, "report", 40, 12);
	put_call(&stage, STAGE_NOW - 86400, UINT64_C(15125550199));
	stage_hides(&stage, "+1 512 555 0199");
	search(&stage, "555 0199");
	marks(&stage, "+1 512 555 0199");
	stage_keys(&stage, "Up");
	marks_nothing(&stage);
	stage_close(&stage);
}

/* --- the call --- */

static void steps_and_reasons_are_searched(void **state)
{
	struct stage stage;

	(void)state;
	open_at(&stage, "simulate", 80, 24);
	search(&stage, "answers after");
	marks(&stage, "answers");
	search(&stage, "override");
	marks(&stage, "override");
	stage_shows(&stage, "override no: none in force"); /* also where there is no room for it */
	stage_keys(&stage, "Right");
	marks_nothing(&stage);
	stage_close(&stage);
}

/* Of a long ladder in a low window the step is scrolled to. */
static void a_step_out_of_sight_is_scrolled_to(void **state)
{
	struct stage stage;

	(void)state;
	open_at(&stage, "simulate", 80, 12);
	stage_keys(&stage, "d x ]");
	stage_keys(&stage, "] ] ] ]");
	stage_hides(&stage, "◀swallowed");
	search(&stage, "swallow");
	marks(&stage, "◀swallowed");
	stage_close(&stage);
}

/* --- the weeks --- */

static void times_are_found_by_what_is_told_of_them(void **state)
{
	static const struct {
		const char *words, *at, *next;
	} times[] = {
		{"thanksgiving", "Thu 26 Nov 00:00", "22-28 Nov 2027"},
		{"dentist", "Tue 1 Dec 00:00", NULL},
		{"office", "Mon 23 Nov 08:00", "Tue 24 Nov 08:00"},
		{"daytime", "Mon 23 Nov 08:00", "Tue 24 Nov 08:00"},
		{"business is off", "Sun 22 Nov 05:11", "Mon 23 Nov 18:00"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		struct stage stage;

		open_at(&stage, "week", 80, 24);
		search(&stage, times[i].words);
		stage_shows(&stage, times[i].at);
		stage_keys(&stage, "n");
		stage_shows(&stage, times[i].next ? times[i].next : " is not here within a year");
		stage_shows(&stage, times[i].next ? times[i].next : times[i].at);
		if (times[i].next) {
			stage_keys(&stage, "N N");
			stage_hides(&stage, times[i].next);
		}
		stage_close(&stage);
	}
}

/* --- pages over a screen --- */

#define BY_HAND                                                                                              \
	"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"                            \
	"account phone { driver = codes carrier = gsm }\n"                                                   \
	"line cell { number = \"+15125550111\" account = phone handset = owner }\n"                          \
	"destination owner { kind = personal number = \"+15125550111\" }\n"                                 \
	"destination office { kind = backup number = \"+15125550144\" }\n"                                  \
	"path day { step { ring = owner } step { ring = office } }\nrule all { path = day }\n"

static void codes_are_found_by_digits_and_by_what_they_do(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24, .plan = BY_HAND});
	stage_keys(&stage, "c n");
	stage_shows(&stage, "nothing was searched for yet: / asks");
	search(&stage, "62*");
	marks(&stage, "**62*");
	search(&stage, "BUSY");
	marks(&stage, "**67*");
	stage_keys(&stage, "n");
	marks(&stage, "**67*");
	search(&stage, "no such words");
	stage_shows(&stage, "no such words is not in this list");
	marks(&stage, "**67*");
	stage_close(&stage);
}

static void numbers_of_the_calculation_are_found_by_name(void **state)
{
	struct stage stage;

	(void)state;
	open_at(&stage, "report", 80, 24);
	stage_keys(&stage, "$ n");
	stage_shows(&stage, "nothing was searched for yet: / asks");
	search(&stage, "JOB");
	stage_shows(&stage, "▸ average job");
	search(&stage, "share");
	stage_shows(&stage, "▸ missed share");
	stage_keys(&stage, "n");
	stage_shows(&stage, "▸ share that books");
	stage_keys(&stage, "N");
	stage_shows(&stage, "▸ missed share");
	search(&stage, "no such words");
	stage_shows(&stage, "no such words is not in the name of a number");
	stage_keys(&stage, "Escape");
	stage_hides(&stage, "what missed calls cost");
	stage_close(&stage);
}

/* Nor is a question asked to which there could be no answer. */
static void painted_hours_have_no_words(void **state)
{
	struct stage stage;

	(void)state;
	open_at(&stage, "week", 80, 24);
	stage_keys(&stage, "P Enter /");
	stage_shows(&stage, "/ does nothing here: ? shows the keys");
	stage_keys(&stage, "n");
	stage_shows(&stage, "n does nothing here: ? shows the keys");
	stage_hides(&stage, "search");
	stage_close(&stage);
}

/* Every path ends at the mailbox: there is no other time to go to, and that is no failure. */
static void what_is_so_all_the_time_is_told(void **state)
{
	static const char *const keys[] = {"n", "N", "n"};
	struct stage stage;

	(void)state;
	open_at(&stage, "week", 80, 24);
	search(&stage, "mailbox");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		stage_shows(&stage, "mailbox is in what is told of every time");
		stage_shows(&stage, "▲ Sun 22 Nov 05:11");
		stage_keys(&stage, keys[i]);
	}
	stage_close(&stage);
}

/* --- the log --- */

static void the_calls_of_a_filter_are_gone_through(void **state)
{
	struct stage stage;

	(void)state;
	open_at(&stage, "calls", 80, 24);
	put_call(&stage, STAGE_NOW - 3600, UINT64_C(15125550199));
	stage_keys(&stage, "n");
	stage_shows(&stage, "nothing was searched for yet: / asks");
	search(&stage, "0199");
	stage_keys(&stage, "n");
	stage_shows(&stage, "this is the last call with 0199");
	stage_keys(&stage, "N");
	stage_shows(&stage, "this is the first call with 0199");
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_nowhere_is_told_on_every_screen),
		cmocka_unit_test(the_words_stay),
		cmocka_unit_test(rows_of_now_are_gone_through_round_the_end),
		cmocka_unit_test(another_size_marks_nothing),
		cmocka_unit_test(a_caller_is_found_in_the_report),
		cmocka_unit_test(steps_and_reasons_are_searched),
		cmocka_unit_test(a_step_out_of_sight_is_scrolled_to),
		cmocka_unit_test(times_are_found_by_what_is_told_of_them),
		cmocka_unit_test(codes_are_found_by_digits_and_by_what_they_do),
		cmocka_unit_test(numbers_of_the_calculation_are_found_by_name),
		cmocka_unit_test(painted_hours_have_no_words),
		cmocka_unit_test(what_is_so_all_the_time_is_told),
		cmocka_unit_test(the_calls_of_a_filter_are_gone_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
