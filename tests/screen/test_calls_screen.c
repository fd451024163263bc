/* SPDX-License-Identifier: MIT */
/*
 * The Calls screen: a log with calls of every kind and people to call back, and what keys do to them.
 */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/alerts.h"
#include "nevermiss/calls.h"
#include "nevermiss/followup.h"
#include "nevermiss/names.h"
#include "calls.h"
#include "followups.h"
#include "records.h"
#include "stage.h"

static const struct stage_options small = {.screen = "calls", .width = 80, .height = 24};

/* As if the program had been ended and started again with a log. */
static void start_filled(struct stage *stage, const struct stage_options *options)
{
	log_fill(stage);
	log_lead(stage);
	stage_stop(stage);
	stage->options = options;
	stage->now = options->now ? options->now : STAGE_NOW;
	stage_start(stage);
	stage_keys(stage, "7");
}

static void open_filled(struct stage *stage, const struct stage_options *options)
{
	stage_open(stage, &(struct stage_options){.screen = "week", .width = 80, .height = 24});
	start_filled(stage, options);
}

static void fill_and_start(struct stage *stage)
{
	start_filled(stage, stage->options);
}

/* --- emergencies --- */

/* Whom an emergency alerted stands on its call's page, as `calls show` says it. */
static void a_page_says_whom_an_emergency_alerted(void **state)
{
	struct nm_alerted people[] = {{.name = "owner", .number = OWNER, .due = STAGE_NOW},
				      {.name = "sam", .number = SAM, .due = STAGE_NOW + 300}};
	const struct nm_call_alert alert = {.noticed = STAGE_NOW, .until = STAGE_NOW + 600, .text = "x", .n = 2, .people = people};
	struct nm_call_alert of_call = alert;
	struct nm_store *store;
	struct nm_error err;
	struct stage stage;

	(void)state;
	open_filled(&stage, &small);
	assert_int_equal(session_store(&stage.session, &store, &err), NM_OK);
	stage_keys(&stage, "Tab / s w a l l o w e d Enter Enter");
	stage_hides(&stage, "alert ");
	for (of_call.call = 1; of_call.call <= 5; of_call.call++)
		assert_int_equal(nm_store_alert_add(store, &of_call, &err), NM_OK);
	stage_keys(&stage, "Escape Enter");
	stage_shows(&stage, "alert    nobody has answered yet; an answer is waited for until Sun 22 Nov");
	stage_shows(&stage, "         owner: not texted yet, though due since Sun 22 Nov 05:11");
	stage_shows(&stage, "         sam: is texted from Sun 22 Nov 05:16 on, unless somebody answers");
	stage_close(&stage);
}

/* --- how it looks --- */

static void to_the_log(struct stage *stage)
{
	fill_and_start(stage);
	stage_keys(stage, "Tab");
}

static void to_a_call(struct stage *stage)
{
	fill_and_start(stage);
	stage_keys(stage, "Tab / s w a l l o w e d Enter Enter");
}

static void it_is_as_expected_in_every_look(void **state)
{
	(void)state;
	stage_golden_looks("calls", &small, fill_and_start);
	stage_golden_looks("calls-log", &small, to_the_log);
	stage_golden_looks("calls-page", &small, to_a_call);
}

static void an_empty_log_says_what_to_do(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &small);
	stage_golden(&stage, "calls-empty");
	stage_keys(&stage, "B");
	stage_shows(&stage, "no call is chosen, and there is nobody to call back");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "there is no call here");
	stage_close(&stage);
}

static void any_size_can_be_drawn(void **state)
{
	struct stage stage;

	(void)state;
	open_filled(&stage, &small);
	for (int size = 1; size < 60; size++) {
		assert_true(app_resize(&stage.app, size * 4, size));
		app_settle(&stage.app);
		app_draw(&stage.app);
		stage_keys(&stage, "Tab Down Enter Down Escape");
	}
	stage_close(&stage);
}

/* --- one call --- */

static void a_call_stands_beside_the_plan(void **state)
{
	struct stage stage;

	(void)state;
	open_filled(&stage, &(struct stage_options){.screen = "calls", .width = 110, .height = 32});
	stage_keys(&stage, "Tab / s w a l l o w e d Enter Enter");
	stage_golden(&stage, "calls-page-110x32");
	stage_keys(&stage, "p");
	stage_hides(&stage, "by the plan, everybody doing");
	stage_shows(&stage, "at Fri 20 Nov 2026 11:21");
	stage_shows(&stage, "from +1 512 555 0142");
	stage_keys(&stage, "Escape Home p");
	stage_hides(&stage, "as planned");
	stage_close(&stage);
	open_filled(&stage, &small);
	stage_keys(&stage, "Tab / f i x l y Enter Down Enter");
	stage_golden(&stage, "calls-page-top");
	stage_keys(&stage, "Down Down Down Down Down Down PgDn");
	stage_golden(&stage, "calls-page-scrolled");
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "as planned");
	stage_close(&stage);
}

/* --- what was and is live --- */

/* What the sandbox holds of the plan's first line, where every step rings so long (0: as planned); malloc'd. */
static char *artefact_text(const struct nm_plan *plan, int for_s)
{
	const struct nm_carrier *sandbox = nm_carrier_find("sandbox");
	struct nm_artefact artefact;
	struct nm_timeline *timeline;
	struct nm_classes classes;
	struct nm_route *route;
	struct nm_buf text;
	char *copy;

	assert_int_equal(nm_timeline_build(plan, STAGE_NOW - 30 * NM_DAY, STAGE_NOW + 30 * NM_DAY, &timeline, NULL), NM_OK);
	assert_int_equal(nm_classes_build(plan, &classes, NULL), NM_OK);
	assert_int_equal(nm_route_build(timeline, &classes, 0, &route, NULL), NM_OK);
	for (size_t i = 0; i < route->n_treatments && for_s; i++)
		for (size_t k = 0; k < route->treatments[i]->n; k++)
			route->treatments[i]->steps[k].for_s = for_s;
	nm_buf_init(&text, NM_ARTEFACT_BYTES);
	assert_int_equal(sandbox->render(route, NULL, STAGE_NOW, &artefact, NULL), NM_OK);
	assert_int_equal(nm_artefact_write(&artefact, &text, NULL), NM_OK);
	copy = strdup(text.data);
	nm_buf_clear(&text);
	nm_artefact_clear(&artefact);
	nm_route_free(route);
	nm_classes_clear(&classes);
	nm_timeline_free(timeline);
	return copy;
}

/* Pushed as planned long ago; read back an hour ago, and every step rings for 40 s. */
static void drift(struct stage *stage)
{
	const struct nm_plan *plan = stage->session.plan;
	char *wanted = artefact_text(plan, 0), *live = artefact_text(plan, 40);
	const struct nm_push_record push = {.at = STAGE_NOW - 30 * NM_DAY, .ended = STAGE_NOW - 30 * NM_DAY,
					    .number = plan->lines[0].number, .line = plan->lines[0].name, .driver = "sandbox", .who = "pat",
					    .state = NM_PUSH_DONE, .wanted = wanted};
	const struct nm_reading reading = {.at = STAGE_NOW - 3600, .known = true, .live = live};
	struct nm_store *store;
	int64_t id;

	assert_int_equal(session_store(&stage->session, &store, NULL), NM_OK);
	assert_int_equal(nm_store_push_begin(store, &push, &id, NULL), NM_OK);
	assert_int_equal(nm_store_reading_put(store, plan->lines[0].number, &reading, NULL), NM_OK);
	free(wanted);
	free(live);
}

static void a_call_stands_beside_what_is_live(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "week", .width = 80, .height = 24});
	drift(&stage);
	start_filled(&stage, &small);
	stage_keys(&stage, "Tab / f i x l y Enter Down Enter");
	stage_shows(&stage, "live then  as planned (push #1, ");
	stage_shows(&stage, "live now   not as planned (read back ");
	stage_shows(&stage, "  live   owner 40 s, ");
	stage_shows(&stage, "  plan   owner 20 s, ");
	stage_shows(&stage, "  call   not as the call went: owner was not rung, whom live now rings in");
	stage_close(&stage);
}

static void the_first_difference_stands_in_the_list(void **state)
{
	struct stage stage;

	(void)state;
	open_filled(&stage, &(struct stage_options){.screen = "calls", .width = 120, .height = 30});
	stage_shows(&stage, "no: owner not rung");
	stage_close(&stage);
}

/* --- what is left --- */

static void holds_nothing(const struct stage *stage)
{
	const struct calls *calls = stage->app.tabs[ACTION_SCREEN_CALLS - ACTION_SCREEN_NOW].state;

	assert_null(calls->queue.arena);
	for (size_t i = 0; i < calls->log.n; i++)
		assert_null(calls->log.chunks[i].rows);
}

/* Who looks at another screen comes back to what was there, which was not in memory meanwhile. */
static void what_is_left_holds_nothing_and_comes_back_as_it_was(void **state)
{
	static const char *const places[] = {"Tab Tab", "Down Down", "Tab End", "Up Up", "/ o w n e r Enter", "Escape", "Tab Down"};
	struct stage stage;

	(void)state;
	open_filled(&stage, &small);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		char *before, *after;

		stage_keys(&stage, places[i]);
		before = stage_text(&stage);
		stage_keys(&stage, "2");
		holds_nothing(&stage);
		stage_keys(&stage, "7");
		after = stage_text(&stage);
		assert_string_equal(after, before);
		free(before);
		free(after);
	}
	stage_close(&stage);
}

/* --- a long log --- */

static struct calls *calls_of(struct stage *stage)
{
	return stage->app.tabs[ACTION_SCREEN_CALLS - ACTION_SCREEN_NOW].state;
}

/* With a call an hour, all but the first answered by the owner; and the Calls screen on it. */
static void open_long(struct stage *stage, const struct stage_options *options, int n)
{
	struct nm_store *store;
	struct nm_error err;

	stage_open(stage, &(struct stage_options){.screen = "week", .width = 80, .height = 24});
	assert_int_equal(session_store(&stage->session, &store, &err), NM_OK);
	assert_int_equal(nm_store_begin(store, &err), NM_OK);
	for (int i = 0; i < n; i++) {
		const nm_time began = stage->now - (nm_time)(n - i) * 3600;
		struct record r;

		record_begin(&r, i, began, UINT64_C(15125550500));
		record_put(stage, &r, record_answered(i ? "owner" : "fixly", 7), 60);
	}
	assert_int_equal(nm_store_commit(store, &err), NM_OK);
	stage_stop(stage);
	stage->options = options;
	stage->now = options->now ? options->now : STAGE_NOW;
	stage_start(stage);
	stage_keys(stage, "7");
}

/* Of many calls that are looked through, only those that a filter leaves take memory. */
static void a_filter_holds_what_it_leaves(void **state)
{
	const struct call_log *log;
	struct stage stage;
	size_t held = 0;

	(void)state;
	open_long(&stage, &small, CALL_LOG_PIECE);
	stage_keys(&stage, "Tab / f i x l y Enter");
	log = &calls_of(&stage)->log;
	assert_int_equal(log->read, CALL_LOG_PIECE);
	assert_int_equal(log->rows, 1);
	for (size_t i = 0; i < log->n; i++)
		held += malloc_usable_size(log->chunks[i].rows);
	assert_true(held >= sizeof(struct nm_call_entry));
	assert_true(held < 2 * sizeof(struct nm_call_entry));
	stage_shows(&stage, "1 of 1 with: fixly");
	stage_close(&stage);
}

/* On the way to the log's end no row that is passed is compared with the plan: only those at which one begins and ends. */
static void rows_on_the_way_to_the_end_are_passed_by(void **state)
{
	struct stage stage;
	size_t before, rows;

	(void)state;
	open_long(&stage, &small, 8 * CALL_LOG_PIECE);
	before = calls_of(&stage)->n_seen;
	rows = calls_of(&stage)->log_list.page;
	stage_keys(&stage, "End");
	assert_int_equal(calls_of(&stage)->log.read, 8 * CALL_LOG_PIECE);
	assert_in_range(calls_of(&stage)->n_seen, before + 1, before + rows);
	assert_int_equal(calls_of(&stage)->log_list.at, 8 * CALL_LOG_PIECE - 1);
	stage_close(&stage);
}

/* --- names --- */

static void rename_fixly(struct stage *stage)
{
	stage_keys(stage, "2 / f i x l y Enter C C-u r o b o t Enter");
}

/* Calls keep their kind and are found by the name of now, in the list, on a call's page and in the report. */
static void calls_follow_a_rename_that_is_saved(void **state)
{
	struct stage stage;
	struct nm_renames kept;
	struct nm_store *store;

	(void)state;
	open_filled(&stage, &(struct stage_options){.screen = "calls", .width = 110, .height = 32});
	stage_shows(&stage, "fixly");
	rename_fixly(&stage);
	stage_keys(&stage, "u W");
	assert_int_equal(session_store(&stage.session, &store, NULL), NM_OK);
	assert_int_equal(nm_store_renames(store, &kept, NULL), NM_OK);
	assert_int_equal(kept.n, 0);
	nm_renames_clear(&kept);
	stage_keys(&stage, "C-r W y 7");
	stage_shows(&stage, "robot");
	stage_hides(&stage, "fixly");
	stage_keys(&stage, "Tab / r o b o t Enter Enter");
	stage_shows(&stage, "robot");
	stage_hides(&stage, "fixly");
	stage_keys(&stage, "Escape 8");
	stage_hides(&stage, "fixly");
	stage_close(&stage);
}

/* What a record tells of stands among what people did, as what it is. */
static void a_call_that_was_made_stands_in_the_history(void **state)
{
	const struct nm_followup_filter filter = {
		.open = true, .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 100};
	const struct nm_deed told = {.at = NIGHT, .who = NM_FOLLOWUP_LOG, .kind = NM_DEED_TRIED,
				     .words = "a call from line main, no answer"};
	struct nm_followups open;
	struct nm_store *store;
	struct stage stage;

	(void)state;
	open_filled(&stage, &small);
	assert_int_equal(session_store(&stage.session, &store, NULL), NM_OK);
	assert_int_equal(nm_store_followups(store, &filter, &open, NULL), NM_OK);
	for (size_t i = 0; i < open.n; i++)
		assert_int_equal(nm_store_followup_deed(store, open.items[i].id, &told, NULL), NM_OK);
	nm_followups_clear(&open);
	stage_keys(&stage, "1 7 Enter");
	stage_shows(&stage, "what was done");
	stage_shows(&stage, "the log tells of a call from line main, no answer");
	stage_close(&stage);
}

/* --- the filter --- */

static void each_character_narrows_the_log(void **state)
{
	struct stage stage;

	(void)state;
	open_filled(&stage, &small);
	stage_keys(&stage, "/ v i p");
	stage_shows(&stage, "1 of 1 with: vip");
	stage_shows(&stage, "office swallow");
	stage_hides(&stage, "rejected");
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "rejected");
	stage_keys(&stage, "/ 0 1 9 9 Space o w n e r Enter");
	stage_shows(&stage, "1 of 1 with: 0199 owner");
	stage_keys(&stage, "/ C-u n o n e Enter");
	stage_shows(&stage, "no call has these words");
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "1 of 8 this month");
	stage_close(&stage);
}

/* However a number, or its end, is written, the filter is for the same calls. */
static void a_number_is_found_as_it_is_written(void **state)
{
	static const char *const written[] = { "5125550199", "512-555-0199", "(512) 555-0199", "+1 512 555 0199",
					       "+15125550199", "555-0199", "555 0199" };
	struct stage stage;
	char shown[64];

	(void)state;
	open_filled(&stage, &small);
	for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
		stage_keys(&stage, "/ C-u");
		stage_type(&stage, written[i]);
		stage_keys(&stage, "Enter");
		snprintf(shown, sizeof shown, "1 of 1 with: %s", written[i]);
		stage_shows(&stage, shown);
	}
	stage_keys(&stage, "/ C-u");
	stage_type(&stage, "555-0999");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "no call has these words");
	stage_close(&stage);
}

static void a_date_is_where_the_log_begins(void **state)
{
	struct stage stage;

	(void)state;
	open_filled(&stage, &small);
	stage_keys(&stage, "g");
	stage_type(&stage, "2026-11-20");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "1 of 6, until 20 Nov 2026");
	stage_keys(&stage, "/ v i p Enter");
	stage_shows(&stage, "with: vip, until 20 Nov 2026");
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "1 of 6, until 20 Nov 2026");
	stage_keys(&stage, "g");
	stage_type(&stage, "2026-11-20 12:30");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, ", until 20 Nov 2026 12:30");
	stage_hides(&stage, "Sun 22 Nov 03");
	stage_keys(&stage, "g");
	stage_type(&stage, "soon");
	stage_keys(&stage, "Enter Escape Escape");
	stage_shows(&stage, "this month");
	stage_close(&stage);
}

/* More than one piece, and many that began in one second. */
static void a_long_log_is_paged_through(void **state)
{
	struct stage stage;
	struct nm_store *store;
	struct record r;

	(void)state;
	stage_open(&stage, &small);
	assert_int_equal(session_store(&stage.session, &store, NULL), NM_OK);
	assert_int_equal(nm_store_begin(store, NULL), NM_OK);
	for (int i = 0; i < 2600; i++) {
		record_begin(&r, i, NIGHT - 3600 * (i < 700 ? 0 : i), SOMEBODY + (nm_number)i % 7);
		record_leg(&r, "fixly", FIXLY, NM_LEG_ANSWERED, 1, 3);
		record_put(&stage, &r, record_answered(i % 1000 == 999 ? "sam" : "fixly", 4), 60);
	}
	assert_int_equal(nm_store_commit(store, NULL), NM_OK);
	stage_keys(&stage, "1 7 Tab Tab");
	stage_keys(&stage, "G");
	stage_shows(&stage, "2600 of 2600");
	stage_keys(&stage, "PgUp PgUp Home");
	stage_shows(&stage, "1 of ");
	stage_keys(&stage, "/ b y Space s a m Enter");
	stage_shows(&stage, "1 of 2 with: by sam");
	stage_close(&stage);
}

/* --- whom to call back --- */

static size_t count_open(struct stage *stage)
{
	const struct nm_followup_filter filter = {
		.open = true, .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 100};
	struct nm_followups followups;
	struct nm_store *store;
	size_t n;

	assert_int_equal(session_store(&stage->session, &store, NULL), NM_OK);
	assert_int_equal(nm_store_followups(store, &filter, &followups, NULL), NM_OK);
	n = followups.n;
	nm_followups_clear(&followups);
	return n;
}

/* A phone that was off: its voicemail had the call at once. */
static void a_call_is_played_as_it_is_explained(void **state)
{
	struct stage stage;
	struct record r;

	(void)state;
	stage_open(&stage, &small);
	record_begin(&r, 1, FRIDAY, SOMEBODY);
	record_leg(&r, "owner", OWNER, NM_LEG_ANSWERED, 1, 1);
	record_put(&stage, &r,
	    (struct nm_became){.end = NM_CALL_SWALLOWED, .reason = NM_CALL_AT_ONCE, .by = "owner", .seconds = 2}, 32);
	stage_keys(&stage, "Tab p");
	stage_shows(&stage, "owner no signal");
	stage_close(&stage);
}

static void keys_say_how_it_went(void **state)
{
	struct stage stage;
	size_t open;

	(void)state;
	open_filled(&stage, &small);
	open = count_open(&stage);
	assert_int_equal(open, 3);
	stage_keys(&stage, "B");
	stage_shows(&stage, "booked; u takes it back");
	assert_int_equal(count_open(&stage), open - 1);
	stage_keys(&stage, "u");
	stage_shows(&stage, "taken back");
	assert_int_equal(count_open(&stage), open);
	stage_keys(&stage, "? PgDn");
	stage_shows(&stage, "(B, A, X, R) is kept at once; u takes it back");
	stage_keys(&stage, "Escape R X");
	assert_int_equal(count_open(&stage), open - 2);
	stage_keys(&stage, "A");
	stage_shows(&stage, "tried, no answer; again due");
	assert_int_equal(count_open(&stage), open - 2);
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "tried, no answer, by pat");
	stage_golden(&stage, "calls-history");
	stage_close(&stage);
}

/* Who has waited longest is shown, and that there are more than are. */
static void too_many_are_told_of(void **state)
{
	struct stage stage;
	struct nm_store *store;

	(void)state;
	stage_open(&stage, &small);
	assert_int_equal(session_store(&stage.session, &store, NULL), NM_OK);
	assert_int_equal(nm_store_begin(store, NULL), NM_OK);
	for (int i = 0; i <= 1000; i++) {
		struct record r;

		record_begin(&r, i, FRIDAY + i, SOMEBODY + (nm_number)i * 10000);
		record_put(&stage, &r,
		    (struct nm_became){.end = NM_CALL_ABANDONED, .reason = NM_CALL_HUNG_UP, .seconds = 9}, 9);
	}
	assert_int_equal(nm_store_commit(store, NULL), NM_OK);
	stage_keys(&stage, "1 7");
	stage_shows(&stage, "who (1000, more)");
	stage_shows(&stage, "phone  +1 512 555 0199");
	stage_close(&stage);
}

/* A number that is dear to call stands behind the others, and is not said to be late. */
static void a_premium_number_is_not_due(void **state)
{
	struct stage stage;
	struct record r;

	(void)state;
	open_filled(&stage, &small);
	record_begin(&r, 90, FRIDAY - 6000, SPAM);
	record_put(&stage, &r, (struct nm_became){.end = NM_CALL_ABANDONED, .reason = NM_CALL_HUNG_UP, .seconds = 9}, 9);
	stage_keys(&stage, "1 L");
	stage_shows(&stage, "3 people to call back");
	stage_keys(&stage, "7 Down Down Down");
	stage_shows(&stage, "+1 900 555 0123 (spam)        not to be called back: a premium number");
	stage_close(&stage);
}

/* Each outcome says that u takes it back: so it does, the newest first, and names nobody by a number of the store. */
static void outcomes_are_taken_back_one_by_one(void **state)
{
	static const char outcomes[] = "BAXRAABX";
	struct stage stage;
	size_t open[sizeof outcomes];

	(void)state;
	open_filled(&stage, &small);
	for (size_t n = 1; n < sizeof outcomes; n++) {
		for (size_t i = 0; i < n; i++) {
			open[i] = count_open(&stage);
			stage_keys(&stage, (char[]){outcomes[i], '\0'});
			stage_shows(&stage, open[i] ? "u takes it back" : "there is nobody to call back");
		}
		for (size_t i = n; i-- > 0;) {
			if (open[i] == 0)
				continue;
			stage_keys(&stage, "u");
			stage_shows(&stage, "taken back, to be called back as before");
			assert_int_equal(count_open(&stage), open[i]);
		}
		stage_keys(&stage, "u");
		stage_shows(&stage, ": nothing was done here that could be taken back");
		stage_hides(&stage, "follow-up");
	}
	stage_close(&stage);
}

/* A log that has no call has no last one, and nobody who rang in it. */
static void without_calls_the_keys_stay_with_whom_to_call_back(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &small);
	log_lead(&stage);
	stage_keys(&stage, "Tab n");
	stage_shows(&stage, "nothing was searched for yet: / asks");
	stage_keys(&stage, "B");
	stage_shows(&stage, ": booked; u takes it back");
	stage_keys(&stage, "u / C a r l Enter n");
	stage_shows(&stage, "no call has these words: Carl");
	stage_keys(&stage, "N");
	stage_shows(&stage, "no call has these words: Carl");
	stage_keys(&stage, "B");
	stage_shows(&stage, "no call is chosen: Tab goes to whom to call back");
	stage_keys(&stage, "Tab n B");
	stage_shows(&stage, ": booked; u takes it back");
	stage_keys(&stage, "Tab R");
	stage_shows(&stage, "no call is chosen, and there is nobody to call back");
	stage_close(&stage);
}

/* Where the log has no rule above it: its heads are whole, and two blanks or more from where in it one is. */
static void heads_and_place_stand_apart(void **state)
{
	struct stage stage;

	(void)state;
	open_filled(&stage, &small);
	stage_keys(&stage, "Tab");
	for (int width = 40; width <= 200; width++) {
		char *text, *row, *place;

		assert_true(app_resize(&stage.app, width, 12));
		stage_keys(&stage, "Down");
		app_draw(&stage.app);
		text = stage_text(&stage);
		row = strstr(text, "\n  when ");
		assert_non_null(row);
		row[1 + strcspn(row + 1, "\n")] = '\0';
		place = strstr(row, "of");
		assert_non_null(place);
		while (place[-1] == ' ' || (place[-1] >= '0' && place[-1] <= '9'))
			place--;
		assert_string_equal(&place[strspn(place, " ")] - place >= 2 ? "" : place, "");
		assert_null(strstr(row, "…"));
		free(text);
	}
	stage_close(&stage);
}

/* In the log a key is about whoever rang there. */
static void a_call_leads_to_its_caller(void **state)
{
	struct stage stage;

	(void)state;
	open_filled(&stage, &small);
	stage_keys(&stage, "/ v i p Enter B");
	stage_shows(&stage, "+1 512 555 0142 (vip): booked");
	assert_int_equal(count_open(&stage), 2);
	stage_keys(&stage, "B");
	stage_shows(&stage, "this caller is not to be called back");
	stage_close(&stage);
}

/* Of two follow-ups of one caller a key on a call is about the more urgent; its page has the calls of nobody else. */
static void of_several_the_most_urgent_is_meant(void **state)
{
	const struct nm_followup lead = {
		.channel = NM_CHANNEL_WEB, .number = VIP, .name = "Later", .opened = STAGE_NOW - 60};
	struct stage stage;
	struct nm_store *store;
	int64_t id;

	(void)state;
	open_filled(&stage, &small);
	assert_int_equal(session_store(&stage.session, &store, NULL), NM_OK);
	assert_int_equal(nm_store_followup_add(store, &lead, &id, NULL), NM_OK);
	stage_keys(&stage, "1 7 / v i p Enter B");
	stage_shows(&stage, "+1 512 555 0142 (vip): booked");
	stage_hides(&stage, "Later, +1 512 555 0142 (vip): booked");
	stage_close(&stage);
}

static void a_lead_is_added(void **state)
{
	struct stage stage;

	(void)state;
	open_filled(&stage, &small);
	stage_keys(&stage, "I Down Enter");
	stage_type(&stage, "nonsense");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "nonsense");
	stage_keys(&stage, "C-u");
	stage_type(&stage, "512 555 0155");
	stage_keys(&stage, "Enter");
	stage_type(&stage, "Kim");
	stage_keys(&stage, "Enter");
	stage_type(&stage, "a new boiler");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "Kim, +1 512 555 0155");
	assert_int_equal(count_open(&stage), 4);
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "a new boiler");
	stage_close(&stage);
}

/* Told when it is given, not after all was asked; and nothing is cut. */
static void what_no_lead_can_have_is_asked_again(void **state)
{
	struct stage stage;

	(void)state;
	open_filled(&stage, &small);
	stage_keys(&stage, "I Down Enter Enter Enter");
	stage_shows(&stage, "a lead needs a number or a name");
	stage_shows(&stage, "name (empty: not known):");
	for (int i = 0; i < 201; i++)
		stage_type(&stage, "x");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "the name is longer than 200 bytes");
	stage_keys(&stage, "C-u");
	stage_type(&stage, "Kim");
	stage_keys(&stage, "Enter Enter");
	stage_shows(&stage, "added to those");
	assert_int_equal(count_open(&stage), 4);
	stage_close(&stage);
}

static void who_is_rung_for_whom_is_shown_before_it_is_called(void **state)
{
	struct stage stage;

	(void)state;
	open_filled(&stage, &small);
	stage_keys(&stage, "/ v i p Enter C");
	stage_golden(&stage, "calls-call-back");
	stage_keys(&stage, "n Tab Enter");
	stage_hides(&stage, "calls back from line");
	stage_keys(&stage, "Escape C y");
	stage_shows(&stage, "the customer was reached");
	stage_shows(&stage, "reached    waits");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "noted: calls back from line main");
	stage_shows(&stage, "reached the customer");
	stage_close(&stage);
}

static void a_text_is_shown_before_it_is_sent(void **state)
{
	struct stage stage;

	(void)state;
	open_filled(&stage, &small); /* at night */
	stage_keys(&stage, "T");
	stage_hides(&stage, "Send this text");
	stage_close(&stage);
	open_filled(&stage, &(struct stage_options){
				    .screen = "calls", .width = 80, .height = 24, .now = STAGE_NOW + 6 * 3600});
	stage_keys(&stage, "/ v i p Enter T");
	stage_golden(&stage, "calls-text");
	stage_keys(&stage, "y");
	stage_shows(&stage, "the text to +15125550142: sent");
	stage_keys(&stage, "Tab");
	stage_shows(&stage, "texted");
	stage_close(&stage);
}

/* What was shown and said yes to is held against the follow-up again: somebody else may have ended it meanwhile. */
static void a_text_is_looked_at_again_before_it_is_sent(void **state)
{
	const struct nm_deed ended = {.at = STAGE_NOW, .who = "sam", .kind = NM_DEED_ENDED, .end = NM_FOLLOWUP_BOOKED};
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup;
	struct nm_outgoing outgoing;
	struct nm_outbox sent;
	struct nm_store *store;
	struct nm_error err;
	struct stage stage;

	(void)state;
	open_filled(&stage, &(struct stage_options){
				    .screen = "calls", .width = 80, .height = 24, .now = STAGE_NOW + 6 * 3600});
	assert_int_equal(session_store(&stage.session, &store, &err), NM_OK);
	assert_int_equal(nm_store_followup_get(store, 1, arena, &followup, &err), NM_OK);
	assert_int_equal(followup_outgoing(&stage.session, &followup, &outgoing, &err), NM_OK);
	assert_int_equal(nm_store_followup_deed(store, 1, &ended, &err), NM_OK);
	assert_int_equal(followup_send(&stage.session, 1, &outgoing, &sent, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "has ended (booked)"));
	nm_arena_free(arena);
	stage_close(&stage);
}

static void a_read_only_session_changes_nothing(void **state)
{
	struct stage stage;

	(void)state;
	open_filled(&stage, &(struct stage_options){.screen = "calls", .width = 80, .height = 24, .read_only = true});
	for (const char *key = "BRAXCTIu"; *key; key++) {
		const char name[] = {*key, '\0'};

		stage_keys(&stage, name);
		stage_shows(&stage, "this session is read-only: nothing is changed");
	}
	assert_int_equal(count_open(&stage), 3);
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "what was done");
	stage_close(&stage);
}

/* What another process writes is there at the next key. */
static void new_calls_are_noticed(void **state)
{
	struct stage stage;
	struct record r;

	(void)state;
	open_filled(&stage, &small);
	stage_hides(&stage, "+1 737 555 0108");
	record_begin(&r, 100, STAGE_NOW - 60, UINT64_C(17375550108));
	record_leg(&r, "fixly", FIXLY, NM_LEG_ANSWERED, 1, 3);
	record_put(&stage, &r, record_answered("fixly", 4), 50);
	stage_keys(&stage, "Tab");
	stage_shows(&stage, "+1 737 555 0108");
	stage_close(&stage);
}

#define LAYOUT_ROWS 60
#define LAYOUT_PEOPLE 100

/* Of any number of people in any window: the part with the cursor is there, the two share the body, and beside people who
 * leave room for a call of the log its rows are not empty. */
static void no_rows_are_empty_beside_a_log(void **state)
{
	struct calls calls = {0};
	size_t both = 0;

	(void)state;
	for (int i = 0; i < 2 * LAYOUT_PEOPLE * LAYOUT_ROWS; i++) {
		const struct box body = {0, 2, 40, 1 + i / 2 % LAYOUT_ROWS};
		const int people = i / 2 / LAYOUT_ROWS;
		struct calls_layout layout;

		calls.in_queue = i % 2;
		calls.queue.n = (size_t)people;
		layout = calls_layout(&calls, body);
		assert_true((calls.in_queue ? layout.queue : layout.log).height > 0);
		assert_int_equal(layout.queue.height + (layout.rule >= 0) + layout.log.height, body.height);
		if (layout.rule >= 0) {
			assert_int_equal(layout.rule, body.y + layout.queue.height);
			assert_int_equal(layout.log.y, layout.rule + 1);
			assert_true(layout.log.height >= 2);
			both++;
		} else if (calls.in_queue && people) {
			assert_true(1 + people + 3 > body.height); /* no room for a rule, a head and a call */
		}
	}
	assert_true(both > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_says_whom_an_emergency_alerted),
		cmocka_unit_test(it_is_as_expected_in_every_look),
		cmocka_unit_test(an_empty_log_says_what_to_do),
		cmocka_unit_test(no_rows_are_empty_beside_a_log),
		cmocka_unit_test(any_size_can_be_drawn),
		cmocka_unit_test(a_call_stands_beside_the_plan),
		cmocka_unit_test(a_call_stands_beside_what_is_live),
		cmocka_unit_test(the_first_difference_stands_in_the_list),
		cmocka_unit_test(what_is_left_holds_nothing_and_comes_back_as_it_was),
		cmocka_unit_test(calls_follow_a_rename_that_is_saved),
		cmocka_unit_test(a_call_that_was_made_stands_in_the_history),
		cmocka_unit_test(each_character_narrows_the_log),
		cmocka_unit_test(a_number_is_found_as_it_is_written),
		cmocka_unit_test(a_date_is_where_the_log_begins),
		cmocka_unit_test(a_long_log_is_paged_through),
		cmocka_unit_test(a_call_is_played_as_it_is_explained),
		cmocka_unit_test(keys_say_how_it_went),
		cmocka_unit_test(heads_and_place_stand_apart),
		cmocka_unit_test(outcomes_are_taken_back_one_by_one),
		cmocka_unit_test(without_calls_the_keys_stay_with_whom_to_call_back),
		cmocka_unit_test(too_many_are_told_of),
		cmocka_unit_test(a_premium_number_is_not_due),
		cmocka_unit_test(a_call_leads_to_its_caller),
		cmocka_unit_test(of_several_the_most_urgent_is_meant),
		cmocka_unit_test(a_lead_is_added),
		cmocka_unit_test(what_no_lead_can_have_is_asked_again),
		cmocka_unit_test(who_is_rung_for_whom_is_shown_before_it_is_called),
		cmocka_unit_test(a_text_is_shown_before_it_is_sent),
		cmocka_unit_test(a_text_is_looked_at_again_before_it_is_sent),
		cmocka_unit_test(a_read_only_session_changes_nothing),
		cmocka_unit_test(new_calls_are_noticed),
		cmocka_unit_test(a_filter_holds_what_it_leaves),
		cmocka_unit_test(rows_on_the_way_to_the_end_are_passed_by),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
