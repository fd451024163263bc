/* SPDX-License-Identifier: MIT */
/*
 * The Report screen on a log of eleven weeks: at all sizes and looks, each of its keys, the calculation with the
 * guide's numbers, and the file that it saves.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "nevermiss/calls.h"
#include "nevermiss/followup.h"
#include "exact.h"
#include "random.h"
#include "report_words.h"
#include "stage.h"

#define DAYS 77 /* that the log goes back */
#define FIRST_CALLER UINT64_C(15125550200)

/* --- a log --- */

static struct nm_store *store_of(struct stage *stage)
{
	struct nm_store *store;
	struct nm_error err;

	if (session_store(&stage->session, &store, &err))
		fail_msg("%s", err.text);
	return store;
}

/* Who takes a call, of a hundred. */
static struct nm_became fate(uint64_t *random)
{
	static const struct {
		int until;
		struct nm_became became;
	} fates[] = {
		{ 40, { NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, false, "owner", 7 } },
		{ 55, { NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, false, "office", 24 } },
		{ 85, { NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, false, "fixly", 3 } },
		{ 88, { NM_CALL_ANSWERED, NM_CALL_PERHAPS_VOICEMAIL, true, "office", 14 } },
		{ 93, { NM_CALL_VOICEMAIL, NM_CALL_MAILBOX, false, "mailbox", 45 } },
		{ 96, { NM_CALL_ABANDONED, NM_CALL_HUNG_UP, false, NULL, 22 } },
		{ 98, { NM_CALL_ABANDONED, NM_CALL_HUNG_UP, false, NULL, 4 } },
		{ 100, { NM_CALL_REJECTED, NM_CALL_TURNED_AWAY, false, NULL, -1 } },
	};
	const int drawn = random_below(random, 100);
	size_t i = 0;

	while (drawn >= fates[i].until)
		i++;
	return fates[i].became;
}

static void put_call(struct nm_store *store, nm_time at, nm_number caller, struct nm_became became)
{
	char id[32];
	struct nm_call_entry call = {
		.number = 15125550100,
		.line = "main",
		.driver = "sandbox",
		.carrier_id = id,
		.caller = { .number = caller },
		.began = at,
		.ended = at + 90,
		.became = became,
	};
	enum nm_call_kept kept;
	struct nm_error err;

	snprintf(id, sizeof id, "test-%lld", (long long)at);
	if (nm_store_call_put(store, &call, &kept, &err))
		fail_msg("%s", err.text);
}

static nm_time of_day(struct stage *stage, int64_t day, int hour)
{
	return nm_zone_utc(session_zone(&stage->session), day * NM_DAY + hour * 3600, NULL);
}

/* On weekdays about a dozen a day, twice as many in the hours of the guide, the last one at the end of yesterday. */
static void fill(struct stage *stage)
{
	static const int hours[] = { 7, 8, 9, 9, 10, 10, 11, 12, 13, 13, 14, 14, 15, 16, 17, 20 };
	const struct nm_zone *zone = session_zone(&stage->session);
	const int64_t today = nm_local_day(nm_zone_local(zone, stage->now));
	struct nm_store *store = store_of(stage);
	uint64_t random = 42;
	struct nm_error err;

	assert_int_equal(nm_store_begin(store, &err), NM_OK);
	for (int64_t day = today - DAYS; day < today; day++) {
		for (size_t i = 0; i < sizeof hours / sizeof *hours; i++) {
			const int drawn = random_below(&random, 100), second = random_below(&random, 3600);
			const nm_number caller = FIRST_CALLER + (nm_number)random_below(&random, 150);
			const struct nm_became became = fate(&random);

			if (drawn >= (nm_weekday(day) > 4 ? 20 : 75))
				continue;
			put_call(store, of_day(stage, day, hours[i]) + second, caller, became);
		}
	}
	assert_int_equal(nm_store_commit(store, &err), NM_OK);
	stage_keys(stage, "");
}

/* All but the three newest were called back, twelve minutes after. */
static void call_back(struct stage *stage)
{
	const struct nm_followup_filter filter = { .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 1000 };
	struct nm_store *store = store_of(stage);
	struct nm_followups followups;
	struct nm_error err;

	assert_int_equal(nm_store_followups(store, &filter, &followups, &err), NM_OK);
	for (size_t i = 3; i < followups.n; i++) {
		struct nm_deed deed = { .at = followups.items[i].opened + 720,
					.who = "pat",
					.kind = NM_DEED_ENDED,
					.end = NM_FOLLOWUP_BOOKED };

		if (followups.items[i].end == NM_FOLLOWUP_OPEN)
			assert_int_equal(nm_store_followup_deed(store, followups.items[i].id, &deed, &err),
					 NM_OK);
	}
	nm_followups_clear(&followups);
	stage_keys(stage, "");
}

static void open_report(struct stage *stage, struct stage_options *options)
{
	options->screen = "report";
	options->width = options->width ? options->width : 80;
	options->height = options->height ? options->height : 24;
	stage_open(stage, options);
	fill(stage);
	call_back(stage);
}

static void open_plain(struct stage *stage)
{
	static struct stage_options options;

	options = (struct stage_options){ 0 };
	open_report(stage, &options);
}

/* --- looks --- */

static void fill_and_settle(struct stage *stage)
{
	fill(stage);
	call_back(stage);
}

static void it_is_as_expected_in_every_look(void **state)
{
	(void)state;
	stage_golden_looks("report", &(struct stage_options){ .screen = "report" }, fill_and_settle);
	stage_golden_looks("report-map", &(struct stage_options){ .screen = "report", .keys = "y y Tab Down" }, fill_and_settle);
	stage_golden_looks("report-worth", &(struct stage_options){ .screen = "report", .keys = "$ Down Down" }, fill_and_settle);
}

static void ascii_and_narrow_windows_have_nothing_beyond_them(void **state)
{
	struct stage stage;
	char *text;

	(void)state;
	open_report(&stage, &(struct stage_options){ .ascii = true, .width = 200, .height = 60 });
	for (int turn = 0; turn < 3; turn++) {
		text = stage_text(&stage);
		for (const char *p = text; *p; p++)
			assert_true(*p == '\n' || (*p >= ' ' && *p < 0x7f));
		free(text);
		stage_keys(&stage, turn ? "$" : "m Tab");
	}
	for (int size = 1; size < 50; size++) {
		assert_true(app_resize(&stage.app, size * 3, size));
		app_draw(&stage.app);
		assert_true(app_resize(&stage.app, 200 - size, 50 - size));
		app_draw(&stage.app);
	}
	stage_close(&stage);
}

static void without_calls_it_says_so_and_what_to_do(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "report", .width = 80, .height = 24 });
	stage_shows(&stage, "the last 30 days · no calls");
	stage_shows(&stage, "answer rate        -  no calls");
	stage_shows(&stage, ":calls import");
	stage_hides(&stage, "0.0 %");
	/* What somebody imports meanwhile is there at once. */
	put_call(store_of(&stage), stage.now - 3600, FIRST_CALLER,
		 (struct nm_became){ .end = NM_CALL_ANSWERED, .by = "owner", .seconds = 9 });
	stage_keys(&stage, "");
	stage_shows(&stage, "the last 30 days · 1 call ");
	stage_shows(&stage, "100.0 %");
	stage_close(&stage);
}

/* Here the AI answers everything, and yet the office's answers are not proved. */
static void what_is_not_known_is_not_zero(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "report", .width = 100, .height = 40 });
	put_call(store_of(&stage), stage.now - 7200, 0,
		 (struct nm_became){ .end = NM_CALL_ABANDONED, .seconds = 30 });
	put_call(store_of(&stage), stage.now - 3600, 0,
		 (struct nm_became){
			 .end = NM_CALL_ANSWERED, .by = "office", .probably = true, .seconds = 9 });
	stage_keys(&stage, "");
	stage_shows(&stage, "answer rate    0.0 %");
	stage_shows(&stage, "rings              -  none for certain");
	stage_shows(&stage, "first call         -  no known callers");
	stage_shows(&stage, "callback           -  none to call back");
	stage_shows(&stage, "so 0.0 % were answered for certain, and at most 50.0 %");
	stage_close(&stage);
}

/* Carriers' records name numbers that the plan does not have. */
static void many_layers_take_no_more_than_their_rows(void **state)
{
	struct stage stage;
	char number[32];

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "report", .width = 80, .height = 60 });
	for (int i = 0; i < 60; i++) {
		snprintf(number, sizeof number, "+1512555%04d", 300 + i);
		put_call(store_of(&stage), stage.now - 3600 - i, FIRST_CALLER,
			 (struct nm_became){ .end = NM_CALL_ANSWERED, .by = number, .seconds = 9 });
	}
	put_call(store_of(&stage), stage.now - 9000, FIRST_CALLER,
		 (struct nm_became){ .end = NM_CALL_ABANDONED, .seconds = 50 });
	stage_keys(&stage, "");
	stage_shows(&stage, "nobody 1.6 %");
	stage_shows(&stage, "52 others");
	stage_shows(&stage, "and 49 more");
	stage_close(&stage);
}

/* Also where names are long, or those of others: each layer once, and then all calls again. */
static void layers_of_like_names_are_gone_through(void **state)
{
	static char one[201], other[201];
	const char *const who[] = { "nobody", "voicemail", one, other };
	struct stage stage;

	(void)state;
	memset(one, 'x', 200);
	memset(other, 'x', 199);
	other[199] = 'y';
	stage_open(&stage, &(struct stage_options){ .screen = "report", .width = 80, .height = 60 });
	for (int i = 0; i < 4; i++)
		put_call(store_of(&stage), stage.now - 3600 - i, FIRST_CALLER,
			 (struct nm_became){ .end = NM_CALL_ANSWERED, .by = who[i], .seconds = 9 });
	put_call(store_of(&stage), stage.now - 9000, FIRST_CALLER,
		 (struct nm_became){ .end = NM_CALL_ABANDONED, .seconds = 50 });
	stage_keys(&stage, "");
	stage_keys(&stage, "y y");
	stage_shows(&stage, "[nobody (party) 20.0 %]");
	stage_keys(&stage, "y");
	stage_shows(&stage, "[voicemail (party) 20.0 %]");
	stage_keys(&stage, "y y y");
	stage_shows(&stage, "[nobody 20.0 %]");
	stage_keys(&stage, "y");
	stage_hides(&stage, "[");
	stage_close(&stage);
}

static void verdicts_are_told_in_words(void **state)
{
	static const char plan[] =
		"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
		"line main { number = \"+15125550100\" account = box }\n"
		"targets { answer_rate = 99 rings = 1 first_call = 5 callback = 10m }\n"
		"destination owner { kind = personal number = \"+15125550111\" }\n"
		"path p { step { ring = owner } }\nrule r { path = p }\n";
	struct stage stage;

	(void)state;
	open_report(&stage, &(struct stage_options){ .plan = plan });
	stage_shows(&stage, "99 %  low");
	stage_shows(&stage, "< 1  slow");
	stage_shows(&stage, "5 %  met");
	stage_shows(&stage, "< 10 min  slow");
	stage_close(&stage);
}

/* --- keys --- */

/* --- figures in words --- */

static void expect_words(enum measure measure, double value, const char *expected)
{
	const struct nm_plan plan = { .targets = { .answer_rate = 95, .rings = 3, .first_call = 80, .callback_s = 900 } };
	char words[MEASURE_TEXT];

	measure_words(measure, value, &plan, words);
	assert_string_equal(words, expected);
}

static void a_figure_is_written_to_the_nearest(void **state)
{
	char words[MEASURE_TEXT];

	(void)state;
	expect_words(MEASURE_ANSWER_RATE, 94.86, "94.9 %");
	expect_words(MEASURE_ANSWER_RATE, 94.97, "94.97 %");
	expect_words(MEASURE_ANSWER_RATE, 94.996, "94.996 %");
	expect_words(MEASURE_ANSWER_RATE, 94.99999, "94.999 %");
	expect_words(MEASURE_ANSWER_RATE, 95, "95.0 %");
	expect_words(MEASURE_ANSWER_RATE, 95.04, "95.0 %");
	expect_words(MEASURE_ANSWER_RATE, 99.98, "99.98 %");
	expect_words(MEASURE_ANSWER_RATE, 100, "100.0 %");
	expect_words(MEASURE_ANSWER_RATE, 0.01, "0.01 %");
	expect_words(MEASURE_ANSWER_RATE, 0, "0.0 %");
	expect_words(MEASURE_RINGS, 2.88, "2.9");
	expect_words(MEASURE_RINGS, 2.97, "2.97");
	expect_words(MEASURE_RINGS, 3.02, "3.0");
	expect_words(MEASURE_CALLBACK, 14.4, "14 min");
	expect_words(MEASURE_CALLBACK, 14.7, "14.7 min");
	expect_words(MEASURE_CALLBACK, 15.4, "15 min");
	expect_words(MEASURE_CALLBACK, 9.96, "10 min");
	expect_words(MEASURE_CALLBACK, 7, "7 min");
	percent_words(100.0 * 5 / 105, words);
	assert_string_equal(words, "4.8 %");
}

/* Whatever the value and the target: the verdict of what is read is that of the figure, and what is read is near. */
static void no_figure_contradicts_its_verdict(void **state)
{
	uint64_t random = 7;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		const int target = 1 + random_below(&random, 99);
		const double off = (random_below(&random, 2000001) - 1000000) / (i % 2 ? 1e4 : 1e7);
		const double value = fabs(target + off) > 100 && i % 2 ? 100 : fabs(target + off);
		const struct nm_plan plan = { .targets = { .answer_rate = target, .rings = target, .first_call = target,
							   .callback_s = 60 * target } };

		for (enum measure measure = 0; measure < MEASURES; measure++) {
			char words[MEASURE_TEXT];
			double read;

			measure_words(measure, value, &plan, words);
			read = strtod(words, NULL);
			if (measure_met(measure, read, target) != measure_met(measure, value, target))
				fail_msg("%.9f of %d is written %s", value, target, words);
			assert_true(fabs(read - value) <= (measure == MEASURE_CALLBACK && value >= 10 ? 0.5 : 0.05) + 1e-9);
		}
	}
}

static void months_are_gone_through(void **state)
{
	struct stage stage;

	(void)state;
	open_plain(&stage);
	stage_keys(&stage, "Right");
	stage_shows(&stage, "there is nothing later");
	stage_keys(&stage, "Left");
	stage_shows(&stage, "Nov 2026 so far · ");
	stage_keys(&stage, "h");
	stage_shows(&stage, "Oct 2026 · ");
	stage_keys(&stage, "Left Left Left");
	stage_shows(&stage, "Jul 2026 · no calls");
	stage_keys(&stage, "Right l");
	stage_shows(&stage, "Sep 2026 · ");
	stage_keys(&stage, "t");
	stage_shows(&stage, "Nov 2026 so far · ");
	stage_keys(&stage, "Home");
	stage_shows(&stage, "the last 30 days · ");
	stage_close(&stage);
}

static void a_year_begins_in_january(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "report",
						    .width = 80,
						    .height = 24,
						    .now = 1799000000 }); /* 3 January */
	stage_keys(&stage, "Left");
	stage_shows(&stage, "Jan 2027 so far");
	stage_keys(&stage, "Left");
	stage_shows(&stage, "Dec 2026 ·");
	for (int i = 0; i < 130; i++)
		app_key(&stage.app, K_LEFT);
	stage_keys(&stage, "Left");
	stage_shows(&stage, "no further back than ten years");
	stage_shows(&stage, "Feb 2017 ·");
	stage_close(&stage);
}

static void lines_are_gone_through(void **state)
{
	struct stage stage;

	(void)state;
	open_plain(&stage);
	stage_keys(&stage, "L");
	stage_shows(&stage, "the last 30 days · main · ");
	stage_keys(&stage, "L");
	stage_shows(&stage, "the last 30 days · hotline · no calls");
	stage_keys(&stage, "L");
	stage_hides(&stage, "hotline");
	stage_close(&stage);
}

static void the_map_is_of_all_of_the_missed_or_of_a_layer(void **state)
{
	struct stage stage;

	(void)state;
	open_plain(&stage);
	stage_keys(&stage, "m");
	stage_shows(&stage, "missed calls");
	stage_shows(&stage, "missed: 22 calls that certainly nobody answered");
	stage_keys(&stage, "m");
	stage_hides(&stage, "missed calls");
	stage_keys(&stage, "y");
	stage_shows(&stage, "missed calls");
	stage_keys(&stage, "y");
	stage_shows(&stage, "[owner ");
	stage_shows(&stage, "owner took");
	stage_shows(&stage, " calls, after 7 s on average");
	stage_keys(&stage, "y");
	stage_shows(&stage, "[fixly ");
	/* A layer is chosen by its name, whatever the month. */
	stage_keys(&stage, "Left");
	stage_shows(&stage, "[fixly ");
	stage_keys(&stage, "Left Left Left Left");
	stage_hides(&stage, "[fixly ");
	stage_keys(&stage, "t t y y y y y");
	stage_hides(&stage, "owner took");
	stage_hides(&stage, "[");
	stage_hides(&stage, "missed calls");
	stage_close(&stage);
}

/* What stands out of a map is of that map, whatever all calls do; its bar tells how to turn it. */
static void the_hours_that_stand_out_are_those_of_what_is_shown(void **state)
{
	static const int missed_at[] = { 20, 20, 20, 23, 7 };
	const struct nm_became answered = { NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, false, "owner", 7 };
	const struct nm_became lost = { NM_CALL_ABANDONED, NM_CALL_HUNG_UP, false, NULL, 40 };
	struct stage stage;
	int64_t monday;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "report", .width = 80, .height = 24 });
	monday = nm_local_day(nm_zone_local(session_zone(&stage.session), stage.now)) - 13;
	for (int i = 0; i < 100; i++)
		put_call(store_of(&stage), of_day(&stage, monday + i % 5, 8 + i % 2 + i % 3) + i, FIRST_CALLER,
			 answered);
	stage_keys(&stage, "");
	stage_shows(&stage, "peaks ");
	stage_shows(&stage, "m missed");
	stage_keys(&stage, "m");
	stage_hides(&stage, "peaks ");
	stage_hides(&stage, "most ");
	stage_shows(&stage, "m all");
	for (size_t i = 0; i < sizeof missed_at / sizeof *missed_at; i++)
		put_call(store_of(&stage), of_day(&stage, monday + (int64_t)i, missed_at[i]), FIRST_CALLER, lost);
	stage_keys(&stage, "");
	stage_shows(&stage, "most 20-21\n");
	stage_hides(&stage, "peaks ");
	/* As many in other hours: both are told, three are none that stand out. */
	for (int i = 0; i < 3; i++)
		put_call(store_of(&stage), of_day(&stage, monday + i, 6) + 60, FIRST_CALLER, lost);
	stage_keys(&stage, "");
	stage_shows(&stage, "most 6-7, 20-21");
	for (int i = 0; i < 2; i++)
		put_call(store_of(&stage), of_day(&stage, monday + i, 23) + 60, FIRST_CALLER, lost);
	stage_keys(&stage, "");
	stage_hides(&stage, "most ");
	stage_close(&stage);
}

static void an_hour_of_the_map_is_told_and_leads_to_the_week(void **state)
{
	struct stage stage;

	(void)state;
	open_plain(&stage);
	stage_hides(&stage, "Mon 9-10:");
	stage_keys(&stage, "Tab");
	stage_shows(&stage, "Mon 9-10: ");
	stage_shows(&stage, "owner ");
	stage_keys(&stage, "Right Down k j");
	stage_shows(&stage, "Tue 10-11: ");
	stage_keys(&stage, "Up Up Up Left Left Left Left Left Left Left Left Left Left Left Left");
	stage_shows(&stage, "Mon 0-1: no calls");
	stage_keys(&stage, "Right Right Enter");
	stage_shows(&stage, "main · first live answer");
	stage_shows(&stage, "▲ Mon 23 Nov 02:00");
	stage_keys(&stage, "8 Up Escape");
	stage_hides(&stage, "Mon 2-3:");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "Mon 2-3:");
	stage_close(&stage);
}

/* Sunday at five: what is over for today comes again in a week. */
static void the_week_is_shown_at_an_hour_to_come(void **state)
{
	struct stage stage;

	(void)state;
	open_plain(&stage);
	stage_keys(&stage, "Tab Down Down Down Down Down Down Left Left Left Left Enter");
	stage_shows(&stage, "▲ Sun 22 Nov 05:00");
	stage_keys(&stage, "8 Left Enter");
	stage_shows(&stage, "▲ Sun 29 Nov 04:00");
	stage_close(&stage);
}

/* A log without calls has no layers and no map: no key that is about them is named or taken. */
static void an_empty_log_names_no_key_of_its_map(void **state)
{
	static const char *const keys[] = { "y", "m", "Tab", "Enter" };
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "report", .width = 200, .height = 50 });
	stage_shows(&stage, "The log has no calls");
	stage_hides(&stage, "y layer");
	stage_hides(&stage, "m missed");
	stage_hides(&stage, "Tab map");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		stage_keys(&stage, keys[i]);
		stage_shows(&stage, "The log has no calls");
		stage_shows(&stage, "there are no calls here, and no map of them");
	}
	stage_close(&stage);
}

/* However low the window and however far it is scrolled, a table shows a row with its head, or neither. */
static void no_head_stands_without_a_row(void **state)
{
	static const char *const heads[] = { " who took them ", " week of ", " whom you missed ", " what became of the calls" };
	struct stage stage;
	int seen = 0;

	(void)state;
	open_plain(&stage);
	for (int height = 12; height < 70; height++) {
		char *text;

		assert_true(app_resize(&stage.app, 80, height));
		app_draw(&stage.app);
		text = stage_text(&stage);
		for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
			const char *head = strstr(text, heads[i]), *below = head ? strchr(head, '\n') : NULL;

			seen += head != NULL;
			if (below && !strncmp(below, "\n──", strlen("\n──")))
				fail_msg("at %d rows:\n%s", height, text);
		}
		free(text);
	}
	assert_true(seen > 50);
	stage_close(&stage);
}

static void a_low_window_scrolls(void **state)
{
	struct stage stage;

	(void)state;
	open_report(&stage, &(struct stage_options){ .width = 40, .height = 12 });
	stage_hides(&stage, "week of");
	stage_keys(&stage, "End");
	stage_shows(&stage, "and ");
	stage_keys(&stage, "PgUp PgUp PgUp");
	stage_shows(&stage, "week of");
	stage_keys(&stage, "PgUp PgUp PgUp PgUp PgUp PgUp Up Up Up");
	stage_shows(&stage, "the last 30 days");
	stage_keys(&stage, "Down");
	stage_hides(&stage, "the last 30 days");
	for (int day = 0; day < 7; day++) {
		stage_keys(&stage, day ? "Down" : "Tab");
		stage_shows(&stage, nm_weekday_names[day]);
	}
	stage_shows(&stage, "Sun 9-10:");
	stage_close(&stage);
}

static void definitions_are_a_page(void **state)
{
	struct stage stage;

	(void)state;
	open_plain(&stage);
	stage_keys(&stage, "d");
	stage_shows(&stage, "what the figures mean");
	stage_shows(&stage, "answer rate");
	stage_close(&stage);
}

/* --- the calculation --- */

static void set_number(struct stage *stage, const char *number)
{
	stage_keys(stage, "Enter C-u");
	stage_type(stage, number);
	stage_keys(stage, "Enter");
}

/* guide.md: 10 x 30 % x 60 % x $500 x 22, which it rounds up to $22,000 a month; and 55 x 60 % x $400 = $13,200 for
 * $100 a month. */
static void the_guides_examples_come_out_unrounded(void **state)
{
	static const char *const loss[] = { "10", "30", "60", "500", "22" };
	struct stage stage;

	(void)state;
	open_plain(&stage);
	stage_keys(&stage, "$");
	for (size_t i = 0; i < sizeof loss / sizeof *loss; i++) {
		set_number(&stage, loss[i]);
		stage_keys(&stage, "Down");
	}
	stage_shows(&stage, "10 × 30 % = 3 missed a day");
	stage_shows(&stage, "3 × 60 % = 1.8 jobs lost a day");
	stage_shows(&stage, "1.8 × $500 = $900 lost a day");
	stage_shows(&stage, "$900 × 22 = $19,800 lost a month");
	set_number(&stage, "55");
	stage_keys(&stage, "Down");
	set_number(&stage, "100");
	stage_keys(&stage, "Up Up Up");
	set_number(&stage, "400");
	stage_shows(&stage, "33 × $400 = $13,200 recovered a month");
	stage_shows(&stage, "that is 132 times its cost");
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "missed 66 a month × 60 % × $400 = $15,840");
	stage_shows(&stage, "recovered 55 × 60 % × $400 = $13,200, cost $100: 132 times");
	stage_shows(&stage, "(with your numbers)");
	stage_close(&stage);
}

static void a_number_is_put_back_as_it_was(void **state)
{
	struct stage stage;

	(void)state;
	open_plain(&stage);
	stage_keys(&stage, "$ Down Down Down");
	set_number(&stage, "525.5");
	stage_shows(&stage, "$525.50   yours; $400 as in the guide");
	stage_keys(&stage, "r");
	stage_hides(&stage, "yours");
	stage_shows(&stage, "$400   as in the guide");
	stage_keys(&stage, "r");
	stage_shows(&stage, "it is as in the guide already");
	stage_close(&stage);
}

/* And it stands in the question as it is shown, unless the owner typed it. */
/* What is offered is the number that is reckoned with, of which this one is the rounded form. */
static void expect_exact(struct stage *stage, double shown)
{
	char *text = stage_text(stage);
	const char *offered = strstr(text, "): ");
	double number;

	assert_non_null(offered);
	number = strtod(offered + 3, NULL);
	assert_true(number != shown && fabs(number - shown) <= 0.05);
	free(text);
}

static void a_number_is_taken_as_it_is_shown(void **state)
{
	static const struct {
		const char *typed, *shown;
	} shares[] = { { "30 %", "30 %   yours" }, { " 7.25% ", "7.2 %   yours" } },
	  jobs[] = { { "$350", "$350   yours" }, { "\u20ac 360", "$360   yours" }, { "USD 370.5 ", "$370.50   yours" },
		   { "$1,200", "$1,200   yours" }, { "1 300", "$1,300   yours" }, { "1'234'567.5", "$1,234,568   yours" },
		   { "EUR 12\u00a0345", "$12,345   yours" } };
	static const char *const wrong[] = { "30 %", "1,20", "12,345,6", "1,234 567", ",200", "1.200,5", "1234,567" };
	struct stage stage;

	(void)state;
	open_plain(&stage);
	stage_keys(&stage, "$ Enter");
	expect_exact(&stage, 12.1);
	stage_keys(&stage, "Enter"); /* taken over, it makes no other sum */
	stage_shows(&stage, "12.1   yours; 12.1 as in the log");
	stage_shows(&stage, "12.1 × 8.2 % = 1 missed a day");
	stage_keys(&stage, "Down");
	for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
		set_number(&stage, shares[i].typed);
		stage_shows(&stage, shares[i].shown);
	}
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "(0 to 100 %): 7.25");
	stage_keys(&stage, "Escape Down Down");
	for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
		set_number(&stage, jobs[i].typed);
		stage_shows(&stage, jobs[i].shown);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		set_number(&stage, wrong[i]);
		stage_shows(&stage, "is no such number");
	}
	stage_close(&stage);
}

static void what_is_no_number_is_asked_again(void **state)
{
	static const char *const wrong[] = { "x",   "-1",   ".",   "1e3",  "1,000",
					     "101", "0x10", "nan", "1..2", "99999999999999999999999999" };
	struct stage stage;

	(void)state;
	open_plain(&stage);
	stage_keys(&stage, "$ Down Enter");
	stage_shows(&stage, "missed share (0 to 100 %):");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		stage_keys(&stage, "C-u");
		stage_type(&stage, wrong[i]);
		stage_keys(&stage, "Enter");
		stage_shows(&stage, "is no such number");
	}
	stage_keys(&stage, "C-u 0 Enter");
	stage_shows(&stage, "0 %   yours");
	stage_close(&stage);
}

static void job_and_booked_are_saved_into_the_plan(void **state)
{
	struct stage stage;
	char *plan;

	(void)state;
	open_plain(&stage);
	stage_keys(&stage, "$ W");
	stage_shows(&stage, "calls a day: not the plan's; the share that books and the average job are");
	stage_keys(&stage, "Down Down Down W");
	stage_shows(&stage, "change the share that books or the average job first");
	set_number(&stage, "450.5");
	stage_keys(&stage, "W");
	stage_shows(&stage, "what a job is worth: not saved yet");
	stage_shows(&stage, "1 edit, not saved");
	stage_shows(&stage, "$450.50   as in the plan");
	stage_keys(&stage, "W y");
	plan = stage_plan(&stage);
	assert_non_null(strstr(plan, "value { job = 450.5  booked = 60 }"));
	free(plan);
	set_number(&stage, "500");
	stage_keys(&stage, "W W y");
	plan = stage_plan(&stage);
	assert_non_null(strstr(plan, "value { job = 500  booked = 60 }"));
	free(plan);
	stage_keys(&stage, "u");
	stage_shows(&stage, "$450.50   as in the plan");
	stage_close(&stage);
}

/* An edit is made in the plan's own file alone. */
static void what_an_included_file_says_is_edited_there(void **state)
{
	struct stage stage;
	struct nm_error err;
	struct nm_buf text;
	char *plan;

	(void)state;
	open_plain(&stage);
	plan = stage_plan(&stage);
	nm_buf_init(&text, 1u << 20);
	nm_buf_addf(&text, "%s\ninclude(\"worth.conf\")\n", plan);
	assert_int_equal(nm_file_write("worth.conf", "value { job = 300 }\n", 20, true, &err), NM_OK);
	assert_int_equal(nm_file_write("plan.conf", text.data, text.len, false, &err), NM_OK);
	assert_true(session_notice(&stage.session));
	stage_keys(&stage, "$ Down Down Down");
	stage_shows(&stage, "$300   as in the plan");
	set_number(&stage, "500");
	stage_keys(&stage, "W");
	stage_shows(&stage, "$500   as in the plan");
	stage_keys(&stage, "W y");
	nm_buf_clear(&text);
	assert_int_equal(nm_file_read("worth.conf", 1u << 20, &text, &err), NM_OK);
	assert_string_equal(text.data, "value { job = 500 }\n");
	nm_buf_clear(&text);
	free(plan);
	stage_close(&stage);
}

/* --- the file --- */

static char *read_file(const char *name)
{
	struct nm_error err;
	struct nm_buf text;

	nm_buf_init(&text, 1u << 24);
	if (nm_file_read(name, 1u << 24, &text, &err))
		return NULL;
	return nm_buf_take(&text);
}

static void all_figures_are_saved_and_nothing_is_overwritten_unasked(void **state)
{
	struct stage stage;
	struct nm_error err;
	char *text;

	(void)state;
	open_plain(&stage);
	stage_keys(&stage, "S Escape");
	stage_shows(&stage, "nothing was saved");
	stage_keys(&stage, "S");
	stage_shows(&stage, "report-30-days.csv");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "saved all figures in report-30-days.csv");
	text = read_file("report-30-days.csv");
	assert_non_null(strstr(text, "\r\nlayer owner calls,"));
	free(text);
	assert_int_equal(nm_file_write("report-2026-11.csv", "mine", 4, true, &err), NM_OK);
	stage_keys(&stage, "Left S Enter");
	stage_shows(&stage, "write over it?");
	stage_keys(&stage, "n");
	text = read_file("report-2026-11.csv");
	assert_string_equal(text, "mine");
	free(text);
	stage_keys(&stage, "S Enter y");
	text = read_file("report-2026-11.csv");
	assert_memory_equal(text, "figure,", 7);
	free(text);
	stage_keys(&stage, "S C-u");
	stage_type(&stage, "./plan.conf");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "./plan.conf is the plan");
	stage_keys(&stage, "Escape S C-u");
	stage_type(&stage, "no/such/folder.csv");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "cannot write");
	stage_shows(&stage, "no/such/folder.csv");
	stage_close(&stage);
}

static void refuses(struct stage *stage, const char *file, const char *what)
{
	struct nm_buf text;

	nm_buf_init(&text, 4096);
	nm_buf_addf(&text, "%s is %s", file, what);
	stage_keys(stage, "S C-u");
	stage_type(stage, file);
	stage_keys(stage, "Enter");
	stage_shows(stage, text.data);
	stage_keys(stage, "Escape");
	stage_shows(stage, "nothing was saved");
	nm_buf_clear(&text);
}

/* Under whatever name. */
static void what_belongs_to_the_plan_is_not_written_over(void **state)
{
	struct stage stage;
	struct nm_error err;
	struct nm_buf store;

	(void)state;
	open_plain(&stage);
	nm_buf_init(&store, 4096);
	assert_int_equal(session_store_path(&stage.session, &store, &err), NM_OK);
	assert_int_equal(symlink(store.data, "store.csv"), 0);
	nm_buf_add(&store, "-wal");
	assert_int_equal(link(store.data, "wal.csv"), 0);
	assert_int_equal(link("plan.conf", "plan.csv"), 0);
	refuses(&stage, "plan.csv", "the plan");
	refuses(&stage, "./holidays.ics", "read with the plan");
	refuses(&stage, "store.csv", "a file of the store");
	refuses(&stage, "wal.csv", "a file of the store");
	nm_buf_clear(&store);
	stage_close(&stage);
}

static void read_only_writes_neither_a_file_nor_the_plan(void **state)
{
	static const struct stage_options read_only = {
		.screen = "report", .width = 80, .height = 24, .read_only = true
	};
	struct stage stage;

	(void)state;
	open_plain(&stage);
	stage_stop(&stage);
	stage.options = &read_only;
	stage_start(&stage);
	stage_shows(&stage, "owner ");
	stage_keys(&stage, "S");
	stage_shows(&stage, "this session is read-only");
	assert_int_equal(access("report-30-days.csv", F_OK), -1);
	stage_keys(&stage, "$ Down Down Down");
	set_number(&stage, "500");
	stage_shows(&stage, "$500   yours");
	stage_keys(&stage, "W");
	stage_shows(&stage, "this session is read-only");
	stage_close(&stage);
}

/* Names in it are the plan's: of one that does not read those as last read. */
static void a_plan_that_changes_makes_the_report_anew(void **state)
{
	struct stage stage;
	struct nm_error err;
	char *plan;

	(void)state;
	open_plain(&stage);
	plan = stage_plan(&stage);
	stage_keys(&stage, "y y L $ Enter");
	assert_int_equal(nm_file_write("plan.conf", "x", 1, false, &err), NM_OK);
	assert_true(session_notice(&stage.session));
	stage_keys(&stage, "");
	stage_shows(&stage, " · the file does not read ");
	stage_keys(&stage, "5 Enter Escape 8 Left Right");
	stage_shows(&stage, " · the file does not read ");
	stage_shows(&stage, "[owner ");
	assert_int_equal(nm_file_write("plan.conf", plan, strlen(plan), false, &err), NM_OK);
	assert_true(session_notice(&stage.session));
	stage_keys(&stage, "");
	stage_shows(&stage, "main · ");
	stage_shows(&stage, "[owner ");
	free(plan);
	stage_close(&stage);
}

/* Any keys of the screen and its dialogs, at any size, while the clock goes on. */
static void any_keys_leave_rows_exact(void **state)
{
	uint64_t random = 7;
	struct stage stage;

	(void)state;
	open_plain(&stage);
	for (int i = 0; i < 1500; i++) {
		const struct key_row *row = &key_rows[random_below(&random, (int)key_rows_count)];
		const enum context context = app_context(&stage.app);
		const bool typing = context == CONTEXT_PROMPT && random_below(&random, 2);

		if (typing)
			app_key(&stage.app, (uint32_t)('.' + random_below(&random, 12)));
		else if (row->context == context || row->action == ACTION_SCREEN_REPORT)
			app_key(&stage.app, key_read(row->keys, strcspn(row->keys, " ")));
		if (random_below(&random, 40) == 0)
			assert_true(app_resize(&stage.app, 1 + random_below(&random, 210),
					       1 + random_below(&random, 60)));
		if (random_below(&random, 50) == 0)
			stage.now += random_below(&random, 3 * NM_DAY);
		if (random_below(&random, 3) == 0)
			app_idle(&stage.app);
		app_derive(&stage.app);
		app_draw(&stage.app);
		rows_are_exact(&stage.app.canvas);
		stage.app.ended = false;
	}
	stage_close(&stage);
}

#define TREND_WEEKS 12
#define TREND_RUNS 20000

/* Some weeks with few calls, and some with nothing known. */
static void random_weeks(uint64_t *random, struct nm_report_week *weeks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct nm_figure figure = {.known = random_below(random, 8) > 0, .value = random_below(random, 50)};

		weeks[i].figures = (struct nm_figures){.calls = random_below(random, 40), .answer_rate = figure, .rings = figure};
	}
}

/* Is the newest week that is known no lower than the mean of those shown? */
static bool newest_is_not_below(const struct nm_report *report)
{
	double sum = 0, newest = 0;
	size_t known = 0;

	for (size_t i = report->n_weeks; i-- > 0;) {
		const struct nm_figure figure = report->weeks[i].figures.rings;

		if (!figure.known)
			continue;
		newest = known ? newest : figure.value;
		sum += figure.value;
		known++;
	}
	return known && newest >= sum / (double)known - 1e-9;
}

/* "better" while the newest week is worse than the mean was read as a mistake; and what is better for one figure is worse
 * for another. */
static void no_word_is_belied_by_the_newest_week(void **state)
{
	struct nm_report_week weeks[TREND_WEEKS];
	struct nm_report report = {.weeks = weeks};
	uint64_t random = 7;
	size_t words[2] = {0};

	(void)state;
	for (int run = 0; run < TREND_RUNS; run++) {
		int rises;

		report.n_weeks = (size_t)random_below(&random, TREND_WEEKS + 1);
		random_weeks(&random, weeks, report.n_weeks);
		rises = measure_trend(MEASURE_ANSWER_RATE, &report);
		assert_int_equal(measure_trend(MEASURE_RINGS, &report), -rises);
		if (rises > 0)
			assert_true(newest_is_not_below(&report));
		for (size_t i = 0; i < report.n_weeks; i++)
			weeks[i].figures.rings.value *= -1;
		if (rises < 0)
			assert_true(newest_is_not_below(&report));
		words[0] += rises > 0;
		words[1] += rises < 0;
	}
	assert_true(words[0] > TREND_RUNS / 10 && words[1] > TREND_RUNS / 10);
	assert_string_equal(measure_trend_words(1), "better");
	assert_string_equal(measure_trend_words(-1), "worse");
	assert_string_equal(measure_trend_words(0), "");
}

#define PRODUCT_RUNS 20000

/* Up to 10^most, mostly no short number. */
static double random_number(uint64_t *random, int most)
{
	const double number = pow(10, random_below(random, 1000 * (most + 2)) / 1000.0 - 2);

	return random_below(random, 3) ? number : round(number);
}

/* The digits of a number that begins there, past the sign of its sum; moves on behind it.  decimals: how many it has. */
static double read_number(const char **at, int *decimals)
{
	char digits[64];
	size_t n = 0;
	bool point = false;

	*at += strcspn(*at, "0123456789");
	*decimals = 0;
	for (; strchr("0123456789.,", **at) && **at; ++*at) {
		if (**at == ',')
			continue;
		*decimals += point;
		point |= **at == '.';
		digits[n++] = **at;
	}
	digits[n] = '\0';
	return strtod(digits, NULL);
}

/* Whoever reckons with what is written gets what is written, but where it says "about". */
static void a_product_is_true_as_it_is_written(void **state)
{
	uint64_t random = 11;
	size_t about = 0;

	(void)state;
	for (int run = 0; run < PRODUCT_RUNS; run++) {
		const double count = random_number(&random, 5), percent = random_number(&random, 2), job = random_number(&random, 4);
		const struct factor factors[] = {
			{.number = count, .what = " a month"},
			{.number = percent, .kind = FACTOR_PERCENT},
			{.number = job, .kind = FACTOR_MONEY},
		};
		const size_t n = run % 2 ? 3 : 2;
		const struct factor result = {.number = count * percent / 100 * (n > 2 ? job : 1),
					      .kind = n > 2 ? FACTOR_MONEY : FACTOR_NUMBER};
		struct nm_buf words;
		const char *at;
		double product, written;
		int decimals, most;

		nm_buf_init(&words, 1024);
		product_words(factors, n, &result, "USD", " x ", &words);
		at = words.data;
		product = read_number(&at, &decimals);
		product *= read_number(&at, &decimals) / 100;
		if (n > 2)
			product *= read_number(&at, &decimals);
		written = read_number(&at, &decimals);
		about += strstr(words.data, "about") != NULL;
		/* zeros at the end of a number's decimals are not written; sums have all of theirs */
		most = n > 2 ? decimals : result.number < 1 ? 2 : 1;
		if (!strstr(words.data, "about") && fabs(product - written) > 0.5 * pow(10, -most) * (1 + 1e-6))
			fail_msg("%s: it is %.6f", words.data, product);
		if (fabs(written - result.number) > 0.5 * pow(10, -most) * (1 + 1e-6))
			fail_msg("%s: is %.6f", words.data, result.number);
		nm_buf_clear(&words);
	}
	assert_true(about < PRODUCT_RUNS / 1000);
}

static void expect_product(struct factor a, struct factor b, struct factor result, const char *expected)
{
	struct nm_buf words;

	nm_buf_init(&words, 1024);
	product_words((struct factor[]){a, b}, 2, &result, "USD", " x ", &words);
	assert_string_equal(words.data, expected);
	nm_buf_clear(&words);
}

static void factors_are_no_finer_than_it_takes(void **state)
{
	const struct factor percent = {.number = 60, .kind = FACTOR_PERCENT}, job = {.number = 400, .kind = FACTOR_MONEY};
	const double missed = 16 / 11.0;

	(void)state;
	expect_product((struct factor){.number = 3}, percent, (struct factor){.number = 1.8}, "3 x 60 % = 1.8");
	expect_product((struct factor){.number = missed}, percent, (struct factor){.number = missed * 0.6}, "1.45 x 60 % = 0.87");
	expect_product((struct factor){.number = missed * 0.6}, job,
		       (struct factor){.number = missed * 240, .kind = FACTOR_MONEY}, "0.87273 x $400 = $349.09");
	expect_product((struct factor){.number = 1234.56, .kind = FACTOR_MONEY}, (struct factor){.number = 22},
		       (struct factor){.number = 27160.32, .kind = FACTOR_MONEY}, "$1,234.56 x 22 = $27,160");
	expect_product((struct factor){.number = 56160, .kind = FACTOR_MONEY},
		       (struct factor){.number = 88.2, .kind = FACTOR_MONEY, .divides = true},
		       (struct factor){.number = 56160 / 88.2}, "$56,160 / $88.20 = 636.7");
	expect_product((struct factor){.number = 5e12}, job, (struct factor){.number = 2e15, .kind = FACTOR_MONEY},
		       "5e+12 x $400 = about $2e+15");
}

/* Where neither heading nor legend has room, the row of the hour says of what the map is. */
static void a_low_window_says_of_what_the_map_is(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "report", .width = 40, .height = 12 });
	fill(&stage);
	stage_keys(&stage, "Tab");
	stage_shows(&stage, "\n Mon 9-10: ");
	stage_keys(&stage, "m");
	stage_shows(&stage, "\n missed, Mon 9-10: ");
	stage_keys(&stage, "y");
	stage_shows(&stage, "\n owner, Mon 9-10: ");
	stage_keys(&stage, "L");
	stage_shows(&stage, "\n owner on main, Mon 9-10: ");
	stage_keys(&stage, "m m");
	stage_shows(&stage, "\n main, Mon 9-10: ");
	stage_close(&stage);
}

/* Calls about both ends of the last 30 days, at first missed and now answered: one more or less is another rate. */
static void put_about_the_ends(struct stage *stage)
{
	for (int minute = -40; minute < 80; minute += 3) {
		put_call(store_of(stage), STAGE_NOW - 30 * (nm_time)NM_DAY + minute * 60, FIRST_CALLER,
			 (struct nm_became){ .end = NM_CALL_ABANDONED, .seconds = 22 });
		put_call(store_of(stage), STAGE_NOW + minute * 60, FIRST_CALLER,
			 (struct nm_became){ .end = NM_CALL_ANSWERED, .by = "owner", .seconds = 9 });
	}
}

/* The answer rate as it is written on the screen that these keys lead to. */
static void shown_rate(struct stage *stage, const char *keys, char out[static 8])
{
	char *text;
	const char *at;

	stage_keys(stage, keys);
	app_draw(&stage->app);
	text = stage_text(stage);
	at = strstr(text, "answer rate");
	if (!at || sscanf(at, "answer rate %7s", out) != 1)
		fail_msg("no answer rate on\n%s", text);
	free(text);
}

static void the_last_30_days_are_the_same_wherever_they_are_told(void **state)
{
	char now[8], report[8], command[8], first[8] = "";
	bool other = false;
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 24 });
	put_about_the_ends(&stage);
	for (int minute = 1; minute <= 60; minute++) {
		stage.now = STAGE_NOW + minute * 60;
		shown_rate(&stage, "8", report);
		shown_rate(&stage, "1", now);
		stage_keys(&stage, ":");
		stage_type(&stage, "nevermiss report");
		shown_rate(&stage, "Enter", command);
		stage_keys(&stage, "Escape");
		if (strcmp(report, now) || strcmp(report, command))
			fail_msg("after %d min: Report %s, Now %s, the command %s", minute, report, now, command);
		other |= first[0] && strcmp(first, report) != 0;
		memcpy(first, report, sizeof first);
	}
	assert_true(other);
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_low_window_says_of_what_the_map_is),
		cmocka_unit_test(the_last_30_days_are_the_same_wherever_they_are_told),
		cmocka_unit_test(no_word_is_belied_by_the_newest_week),
		cmocka_unit_test(a_product_is_true_as_it_is_written),
		cmocka_unit_test(factors_are_no_finer_than_it_takes),
		cmocka_unit_test(it_is_as_expected_in_every_look),
		cmocka_unit_test(ascii_and_narrow_windows_have_nothing_beyond_them),
		cmocka_unit_test(without_calls_it_says_so_and_what_to_do),
		cmocka_unit_test(what_is_not_known_is_not_zero),
		cmocka_unit_test(many_layers_take_no_more_than_their_rows),
		cmocka_unit_test(layers_of_like_names_are_gone_through),
		cmocka_unit_test(verdicts_are_told_in_words),
		cmocka_unit_test(a_figure_is_written_to_the_nearest),
		cmocka_unit_test(no_figure_contradicts_its_verdict),
		cmocka_unit_test(months_are_gone_through),
		cmocka_unit_test(a_year_begins_in_january),
		cmocka_unit_test(lines_are_gone_through),
		cmocka_unit_test(the_map_is_of_all_of_the_missed_or_of_a_layer),
		cmocka_unit_test(the_hours_that_stand_out_are_those_of_what_is_shown),
		cmocka_unit_test(an_hour_of_the_map_is_told_and_leads_to_the_week),
		cmocka_unit_test(the_week_is_shown_at_an_hour_to_come),
		cmocka_unit_test(an_empty_log_names_no_key_of_its_map),
		cmocka_unit_test(no_head_stands_without_a_row),
		cmocka_unit_test(a_low_window_scrolls),
		cmocka_unit_test(definitions_are_a_page),
		cmocka_unit_test(the_guides_examples_come_out_unrounded),
		cmocka_unit_test(a_number_is_put_back_as_it_was),
		cmocka_unit_test(a_number_is_taken_as_it_is_shown),
		cmocka_unit_test(what_is_no_number_is_asked_again),
		cmocka_unit_test(job_and_booked_are_saved_into_the_plan),
		cmocka_unit_test(what_an_included_file_says_is_edited_there),
		cmocka_unit_test(all_figures_are_saved_and_nothing_is_overwritten_unasked),
		cmocka_unit_test(what_belongs_to_the_plan_is_not_written_over),
		cmocka_unit_test(read_only_writes_neither_a_file_nor_the_plan),
		cmocka_unit_test(a_plan_that_changes_makes_the_report_anew),
		cmocka_unit_test(any_keys_leave_rows_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
