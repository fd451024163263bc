/* SPDX-License-Identifier: MIT */
/*
 * Pushing: live becomes what the plan says, whatever the carrier does and wherever the work is cut off,
 * and the journal says what happened.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/carrier/route_json.h"
#include "nevermiss/check.h"
#include "numbers.h"
#include "push_rig.h"
#include "random_plan.h"

#define PLAN         PUSH_HEAD PUSH_RULES
#define PLAN_SUNDAY  PUSH_HEAD "rule sunday { during = sunday path = day }\n" PUSH_RULES
#define REQUESTS_MAX 40 /* more than any push of two lines sends */

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static void push_well(struct push_rig *rig)
{
	struct nm_error err;

	ok(push_rig_push(rig, -1, NULL, &err), &err);
}

static void assert_in_sync(struct push_rig *rig)
{
	for (size_t i = 0; i < rig->plan->n_lines; i++) {
		char *words;

		if (push_rig_sync(rig, (int)i, &words) != NM_SYNC_SAME)
			fail_msg("%s: %s", rig->plan->lines[i].name, words);
		free(words);
	}
}

static struct nm_push_records records_of(struct push_rig *rig, const char *line, bool unfinished)
{
	struct nm_push_records records;
	struct nm_error err;

	ok(nm_store_pushes(rig->store, line != NULL ? line_number(rig->plan, line) : 0, unfinished, 1000, &records, &err), &err);
	return records;
}

static void assert_nothing_unfinished(struct push_rig *rig)
{
	struct nm_push_records records = records_of(rig, NULL, true);

	assert_int_equal(records.n, 0);
	nm_push_records_clear(&records);
}

/* "Read live, journal, apply, read back, verify, record who, when, what and result." */
static void test_push_makes_live_what_the_plan_says(void **state)
{
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_push_records records;
	struct nm_versions versions;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PLAN);
	assert_int_equal(push_rig_sync(&rig, 0, NULL), NM_SYNC_NOTHING);
	ok(push_rig_push(&rig, -1, &results, &err), &err);
	assert_int_equal(results.n, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(results.items[i].line, i);
		assert_int_equal(results.items[i].state, NM_PUSH_DONE);
		assert_string_equal(results.items[i].words, "pushed, read back, same");
	}
	nm_push_results_clear(&results);
	assert_in_sync(&rig);
	records = records_of(&rig, NULL, false);
	assert_int_equal(records.n, 2);
	assert_int_equal(records.items[1].state, NM_PUSH_DONE);
	assert_string_equal(records.items[1].line, "main");
	assert_string_equal(records.items[1].who, "pat over ssh");
	assert_string_equal(records.items[1].driver, "sandbox");
	assert_int_equal(records.items[1].at, rig.context.now);
	assert_int_equal(records.items[1].ended, rig.context.now);
	assert_true(records.items[1].horizon >= rig.context.horizon);
	ok(nm_store_versions(rig.store, 10, &versions, &err), &err);
	assert_int_equal(versions.n, 1);
	assert_int_equal(versions.items[0].id, records.items[1].version);
	nm_versions_clear(&versions);
	nm_push_records_clear(&records);
	push_rig_close(&rig);
}

/* What is in force already is not sent again. */
static void test_push_does_nothing_twice(void **state)
{
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_push_records records;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PLAN);
	push_well(&rig);
	push_rig_restart(&rig);
	ok(push_rig_push(&rig, -1, &results, &err), &err);
	assert_int_equal(rig.sent, 2);
	assert_string_equal(results.items[0].words, "already in force");
	nm_push_results_clear(&results);
	records = records_of(&rig, NULL, false);
	assert_int_equal(records.n, 2);
	nm_push_records_clear(&records);
	push_rig_close(&rig);
}

/* Only the line that is asked for. */
static void test_push_of_one_line(void **state)
{
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PLAN);
	ok(push_rig_push(&rig, 1, NULL, &err), &err);
	assert_int_equal(push_rig_sync(&rig, 0, NULL), NM_SYNC_NOTHING);
	assert_int_equal(push_rig_sync(&rig, 1, NULL), NM_SYNC_SAME);
	push_rig_close(&rig);
}

/* Somebody changes what is live behind the plan's back: seen, and said with the times. */
static void test_drift_is_said_in_words(void **state)
{
	struct push_rig rig;
	struct nm_arena *arena = nm_arena_new();
	struct nm_reading reading;
	struct nm_error err;
	char *other, *words;
	bool found;

	(void)state;
	push_rig_open(&rig, PLAN_SUNDAY);
	push_well(&rig);
	other = push_rig_live(&rig, "main");
	push_rig_plan(&rig, PLAN);
	push_well(&rig);
	assert_in_sync(&rig);
	ok(nm_store_sandbox_put(rig.store, line_text(rig.plan, "main"), other, &err), &err);
	assert_int_equal(push_rig_sync(&rig, 0, &words), NM_SYNC_DRIFT);
	assert_string_equal(
		words, "Sundays 09:00-13:00, any caller: plan fixly 10 s, live owner 20 s, then fixly 10 s");
	ok(nm_store_reading_get(rig.store, line_number(rig.plan, "main"), arena, &reading, &found, &err), &err);
	assert_true(found && reading.known && !reading.in_sync);
	assert_string_equal(reading.words, words);
	assert_non_null(reading.live);
	free(words);
	free(other);
	nm_arena_free(arena);
	push_rig_close(&rig);
}

/* A line whose live state cannot be read is unknown, never "in sync". */
static void test_what_cannot_be_read_is_unknown(void **state)
{
	static const char *const faults[] = { "refuse 9", "500 9", "hang 9", "cut 9" };

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct push_rig rig;
		struct nm_push_results results;
		struct nm_error err;
		char *words;

		push_rig_open(&rig, PLAN);
		push_well(&rig);
		ok(nm_store_sandbox_fail(rig.store, line_text(rig.plan, "main"), faults[i], &err), &err);
		assert_int_equal(push_rig_sync(&rig, 0, &words), NM_SYNC_UNKNOWN);
		assert_true(strlen(words) > 0);
		free(words);
		ok(nm_store_sandbox_fail(rig.store, line_text(rig.plan, "main"), faults[i], &err), &err);
		assert_int_equal(push_rig_push(&rig, -1, &results, &err), NM_CARRIER);
		assert_int_equal(results.items[0].state, NM_PUSH_FAILED);
		assert_int_equal(results.items[1].state, NM_PUSH_DONE);
		nm_push_results_clear(&results);
		push_rig_close(&rig);
	}
}

/* What somebody else wrote there is said to be foreign, and a push puts ours in its place. */
static void test_foreign_text(void **state)
{
	struct push_rig rig;
	struct nm_error err;
	char *words;

	(void)state;
	push_rig_open(&rig, PLAN);
	ok(nm_store_sandbox_put(rig.store, line_text(rig.plan, "main"), "<Response><Dial>+15125550111</Dial></Response>", &err),
	   &err);
	assert_int_equal(push_rig_sync(&rig, 0, &words), NM_SYNC_FOREIGN);
	assert_non_null(strstr(words, "not JSON"));
	free(words);
	push_well(&rig);
	assert_in_sync(&rig);
	push_rig_close(&rig);
}

/* --- a carrier that fails --- */

static struct nm_push_results push_with_fault(struct push_rig *rig, const char *fault, int at,
					      enum nm_code wanted)
{
	struct nm_push_results results = { 0 };
	struct nm_error err = { 0 };
	enum nm_code code;

	rig->fault = fault;
	rig->fault_at = at;
	rig->fault_line = "main";
	code = push_rig_push(rig, 0, &results, &err);
	if (code != wanted)
		fail_msg("%s at request %d: %s", fault, at, err.text);
	assert_int_equal(results.n, 1);
	return results;
}

/* Requests of a push of one line: 1 reads, 2 looks, 3 writes, 4 verifies, 5 reads back. */
#define WRITES 3

/* "Anything else stops with the carrier's own words", and with what is in force now. */
static void test_a_refusal_stops_with_the_carriers_words(void **state)
{
	struct push_rig rig;
	struct nm_push_results results;

	(void)state;
	push_rig_open(&rig, PLAN);
	results = push_with_fault(&rig, "refuse 1", WRITES, NM_CARRIER);
	assert_int_equal(results.items[0].state, NM_PUSH_UNDONE);
	assert_string_equal(results.items[0].words,
			    "the sandbox was told to refuse (403); in force now: what was there before");
	nm_push_results_clear(&results);
	assert_nothing_unfinished(&rig);
	assert_null(push_rig_live(&rig, "main"));
	push_rig_close(&rig);
}

/* "Retry-After honoured": nothing is sent before that time has been waited. */
static void test_retry_after_is_waited_for(void **state)
{
	(void)state;
	for (int at = 1; at <= 5; at++) {
		struct push_rig rig;
		struct nm_push_results results;

		push_rig_open(&rig, PLAN);
		results = push_with_fault(&rig, "429 2 7", at, NM_OK);
		assert_true(rig.waited_ms >= 2 * 7000);
		assert_true(rig.waited_ms <= 2 * 7000 * 5 / 4 + 2000);
		assert_int_equal(rig.sent, 5 + 2);
		nm_push_results_clear(&results);
		assert_int_equal(push_rig_sync(&rig, 0, NULL), NM_SYNC_SAME);
		push_rig_close(&rig);
	}
}

/* A carrier that asks for hours is not waited for. */
static void test_nobody_waits_for_hours(void **state)
{
	struct push_rig rig;
	struct nm_push_results results;

	(void)state;
	push_rig_open(&rig, PLAN);
	results = push_with_fault(&rig, "429 1 7200", WRITES, NM_CARRIER);
	assert_string_equal(
		results.items[0].words,
		"the sandbox was told to be busy (429); it asks for a pause of 2 h, which is not waited "
		"for: try again after that; in force now: what was there before");
	assert_true(rig.waited_ms < 60000);
	nm_push_results_clear(&results);
	push_rig_close(&rig);
}

/* "5xx and timeouts retried": what can be repeated is; before what cannot be, it is looked. */
static void test_passing_faults_are_overcome(void **state)
{
	static const char *const faults[] = { "500 1", "500 2", "hang 1", "hang 3",
					      "cut 1", "cut 2", "slow 1", "slow 5" };

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		for (int at = 1; at <= 5; at++) {
			struct push_rig rig;
			struct nm_push_results results;
			struct nm_push_records records;

			push_rig_open(&rig, PLAN);
			results = push_with_fault(&rig, faults[i], at, NM_OK);
			assert_int_equal(results.items[0].state, NM_PUSH_DONE);
			nm_push_results_clear(&results);
			records = records_of(&rig, "main", false);
			assert_int_equal(records.n, 1);
			assert_int_equal(records.items[0].state, NM_PUSH_DONE);
			nm_push_records_clear(&records);
			assert_int_equal(push_rig_sync(&rig, 0, NULL), NM_SYNC_SAME);
			push_rig_close(&rig);
		}
}

/* "Only repeatable requests, or look before repeating": what was done, though the answer was lost, is not
 * done again; what was not done is. */
static void test_nothing_is_written_twice(void **state)
{
	struct push_rig rig;
	struct nm_push_results results;

	(void)state;
	push_rig_open(&rig, PLAN);
	results = push_with_fault(&rig, "cut 1", WRITES, NM_OK);
	nm_push_results_clear(&results);
	assert_int_equal(rig.written, 1);
	push_rig_close(&rig);
	push_rig_open(&rig, PLAN);
	results = push_with_fault(&rig, "hang 1", WRITES, NM_OK);
	nm_push_results_clear(&results);
	assert_int_equal(rig.written, 2);
	assert_true(rig.waited_ms >= 500);
	push_rig_close(&rig);
}

/* Whatever a carrier does at whichever request: the journal tells the truth, and the next push mends it. */
static void test_lasting_faults_are_told_truly(void **state)
{
	static const char *const faults[] = { "500 99",    "hang 99",   "cut 99",
					      "refuse 99", "garbage 1", "garbage 99" };

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		for (int at = 1; at <= 5; at++) {
			struct push_rig rig;
			struct nm_push_results results = { 0 };
			struct nm_push_records records;
			struct nm_error err;
			enum nm_code code;
			char *live;

			push_rig_open(&rig, PLAN);
			rig.fault = faults[i];
			rig.fault_at = at;
			rig.fault_line = "main";
			code = push_rig_push(&rig, 0, &results, &err);
			live = push_rig_live(&rig, "main");
			records = records_of(&rig, "main", false);
			assert_int_equal(results.n, 1);
			assert_int_equal(code == NM_OK, results.items[0].state == NM_PUSH_DONE);
			if (records.n > 0) {
				assert_int_equal(records.items[0].state, results.items[0].state);
				if (records.items[0].state == NM_PUSH_DONE && live == NULL)
					fail_msg("%s at request %d: %s", faults[i], at,
						 results.items[0].words);
				if (strstr(results.items[0].words, "now: what was there before") != NULL)
					assert_null(live);
			} else {
				assert_null(live);
			}
			nm_push_records_clear(&records);
			nm_push_results_clear(&results);
			free(live);
			ok(nm_store_sandbox_fail(rig.store, line_text(rig.plan, "main"), "", &err), &err);
			push_rig_restart(&rig);
			push_well(&rig);
			assert_in_sync(&rig);
			assert_nothing_unfinished(&rig);
			push_rig_close(&rig);
		}
}

/* --- cut off --- */

/* A push that was cut off says what became of it: done if its artefact was there, undone if not. */
static void assert_truthful(struct push_rig *rig, const char *line, int64_t id, const char *live_then,
			    const char *live_before)
{
	struct nm_push_records records = records_of(rig, line, false);
	bool changed = live_before == NULL ? live_then != NULL : strcmp(live_then, live_before) != 0;

	for (size_t i = 0; i < records.n; i++) {
		if (records.items[i].id != id)
			continue;
		assert_int_equal(records.items[i].state, changed ? NM_PUSH_DONE : NM_PUSH_UNDONE);
		assert_int_not_equal(records.items[i].ended, 0);
		assert_non_null(records.items[i].result);
	}
	nm_push_records_clear(&records);
}

static int64_t newest_id(struct push_rig *rig, const char *line)
{
	struct nm_push_records records = records_of(rig, line, false);
	int64_t id = records.n > 0 ? records.items[0].id : 0;

	nm_push_records_clear(&records);
	return id;
}

/* Kills a push at its nth request, before or after that takes effect; returns whether there was an nth. */
static bool kill_at(int n, bool after, int line_then)
{
	static const char *const lines[2] = { "main", "front desk/2" };
	struct push_rig rig;
	struct nm_error err;
	char *before[2], *then[2];
	int64_t earlier[2], ids[2];
	enum nm_code code;

	push_rig_open(&rig, PLAN);
	push_well(&rig);
	push_rig_plan(&rig, PLAN_SUNDAY);
	push_rig_restart(&rig);
	*(after ? &rig.kill_after : &rig.kill_before) = n;
	for (int i = 0; i < 2; i++) {
		before[i] = push_rig_live(&rig, lines[i]);
		earlier[i] = newest_id(&rig, lines[i]);
	}
	code = push_rig_push(&rig, -1, NULL, &err);
	assert_true(code == NM_OK || code == NM_SYSTEM);
	push_rig_restart(&rig);
	for (int i = 0; i < 2; i++) {
		then[i] = push_rig_live(&rig, lines[i]);
		ids[i] = newest_id(&rig, lines[i]);
	}
	ok(push_rig_push(&rig, line_then, NULL, &err), &err);
	assert_nothing_unfinished(&rig);
	for (int i = 0; i < 2; i++)
		if (ids[i] != earlier[i])
			assert_truthful(&rig, lines[i], ids[i], then[i], before[i]);
	if (line_then < 0)
		assert_in_sync(&rig);
	else
		assert_int_equal(push_rig_sync(&rig, line_then, NULL), NM_SYNC_SAME);
	for (int i = 0; i < 2; i++) {
		free(before[i]);
		free(then[i]);
	}
	push_rig_close(&rig);
	return code != NM_OK;
}

/* "Stopped at any point, the next run finishes or undoes it": also one of another line. */
static void test_killed_at_any_request(void **state)
{
	int n = 1;

	(void)state;
	while (kill_at(n, false, -1) && kill_at(n, true, -1) && kill_at(n, false, 1) && kill_at(n, true, 1))
		n++;
	assert_int_equal(n, 2 * 5 + 1);
}

/* A push that was cut off half way and is not pushed again is done again from its journal. */
static void test_half_done_is_finished_from_the_journal(void **state)
{
	struct push_rig rig;
	struct nm_push_records records;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PLAN);
	rig.kill_after = 2 + WRITES - 1; /* both lines are read, then main is looked at and written */
	assert_int_equal(push_rig_push(&rig, -1, NULL, &err), NM_SYSTEM);
	push_rig_restart(&rig);
	ok(nm_store_sandbox_put(rig.store, line_text(rig.plan, "main"), "half of a route", &err), &err);
	ok(push_rig_push(&rig, 1, NULL, &err), &err);
	assert_in_sync(&rig);
	assert_nothing_unfinished(&rig);
	records = records_of(&rig, "main", false);
	assert_int_equal(records.n, 1);
	assert_int_equal(records.items[0].state, NM_PUSH_DONE);
	nm_push_records_clear(&records);
	push_rig_close(&rig);
}

/* That a push was cut off is told, also when it had taken effect and nothing is left to be pushed. */
static void test_status_tells_what_was_cut_off(void **state)
{
	struct push_rig rig;
	struct nm_status status;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PLAN);
	rig.kill_after = 9; /* two lines: read, look, put, look, and the first of reading back */
	assert_int_equal(push_rig_push(&rig, -1, NULL, &err), NM_SYSTEM);
	push_rig_restart(&rig);
	assert_in_sync(&rig);
	ok(nm_status_read(&rig.context, 0, &status, &err), &err);
	assert_int_equal(status.cut_off, 2);
	nm_status_clear(&status);
	push_well(&rig);
	ok(nm_status_read(&rig.context, -1, &status, &err), &err);
	assert_int_equal(status.cut_off, 0);
	nm_status_clear(&status);
	push_rig_close(&rig);
}

static enum nm_code push_of_another(struct push_rig *rig, struct nm_store *other, struct nm_error *err)
{
	const struct nm_push_options options = { .line = -1, .plan_text = "the plan", .plan_len = 8 };
	struct nm_push_context context = rig->context;
	struct nm_push_results results = { 0 };
	enum nm_code code;

	context.store = other;
	code = nm_push(&context, &options, &results, err);
	nm_push_results_clear(&results);
	return code;
}

/* "Two people on one plan: the second is told": a push under way is not one that was cut off. */
static void test_one_process_at_a_time(void **state)
{
	struct push_rig rig;
	struct nm_store *other;
	struct nm_error err;
	char file[512];

	(void)state;
	push_rig_open(&rig, PLAN);
	assert_true(snprintf(file, sizeof(file), "%s/store.db", rig.folder) < (int)sizeof(file));
	ok(nm_store_open(file, false, &other, &err), &err);
	ok(nm_store_lock(other, &err), &err);
	assert_int_equal(push_rig_push(&rig, -1, NULL, &err), NM_REFUSED);
	assert_non_null(strstr(err.text, "another nevermiss is pushing"));
	assert_int_equal(nm_rollback(&rig.context, 0, 0, NULL, NULL, &err), NM_REFUSED);
	assert_int_equal(rig.sent, 0);
	nm_store_unlock(other);
	push_well(&rig);
	assert_in_sync(&rig);
	/* A push that is over, well or not, holds nothing. */
	ok(push_of_another(&rig, other, &err), &err);
	push_rig_plan(&rig, PLAN_SUNDAY);
	rig.kill_before = rig.sent + 1;
	assert_int_equal(push_rig_push(&rig, -1, NULL, &err), NM_SYSTEM);
	rig.kill_before = 0;
	ok(push_of_another(&rig, other, &err), &err);
	nm_store_close(other);
	push_rig_close(&rig);
}

/* As long as the line cannot be read, a push that was cut off stays open. */
static void test_unfinished_stays_open_until_it_can_be_read(void **state)
{
	struct push_rig rig;
	struct nm_push_records records;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PLAN);
	rig.kill_after = WRITES;
	assert_int_equal(push_rig_push(&rig, 0, NULL, &err), NM_SYSTEM);
	push_rig_restart(&rig);
	ok(nm_store_sandbox_fail(rig.store, line_text(rig.plan, "main"), "hang 5", &err), &err);
	assert_int_equal(push_rig_push(&rig, 0, NULL, &err), NM_CARRIER);
	records = records_of(&rig, NULL, true);
	assert_int_equal(records.n, 1);
	nm_push_records_clear(&records);
	push_well(&rig);
	assert_nothing_unfinished(&rig);
	assert_in_sync(&rig);
	push_rig_close(&rig);
}

/* Interrupted by its user: nothing half done, what was not begun is said to be. */
static void test_stopping_leaves_a_clean_state(void **state)
{
	(void)state;
	for (int stop = 1; stop < 12; stop++) {
		struct push_rig rig;
		struct nm_push_results results = { 0 };
		struct nm_error err;
		enum nm_code code;

		push_rig_open(&rig, PLAN);
		rig.stop_after = stop;
		code = push_rig_push(&rig, -1, &results, &err);
		assert_true(code == NM_OK || code == NM_REFUSED || code == NM_CARRIER);
		for (size_t i = 0; i < results.n; i++) {
			char *live = push_rig_live(&rig, rig.plan->lines[results.items[i].line].name);

			assert_int_equal(results.items[i].state == NM_PUSH_DONE, live != NULL);
			free(live);
		}
		nm_push_results_clear(&results);
		assert_nothing_unfinished(&rig);
		push_rig_restart(&rig);
		push_well(&rig);
		assert_in_sync(&rig);
		push_rig_close(&rig);
	}
}

/* --- the horizon --- */

#define PLAN_BIRTHDAYS                                                                                       \
	PUSH_HEAD "schedule birthday { hours = \"Nov 24 10:00-11:00\" }\n"                                   \
		  "rule birthday { during = birthday path = night }\n" PUSH_RULES

/* Time goes by: what nobody pushed yet is no drift, and nobody is told that somebody changed it. */
static void test_in_sync_as_the_days_go_by(void **state)
{
	struct push_rig rig;
	char *words;

	(void)state;
	push_rig_open(&rig, PLAN_BIRTHDAYS);
	rig.context.now += 2 * NM_DAY; /* the horizon ends just before a birthday */
	rig.context.horizon = rig.context.now + 364 * NM_DAY;
	push_well(&rig);
	for (int day = 0; day < 300; day += 10) {
		push_rig_restart(&rig);
		rig.context.now += 10 * NM_DAY;
		rig.context.horizon = rig.context.now + 364 * NM_DAY;
		if (push_rig_sync(&rig, 0, &words) != NM_SYNC_SAME)
			fail_msg("after %d days: %s", day + 10, words);
		assert_string_equal(words, "in sync");
		free(words);
		push_well(&rig);
		assert_int_equal(rig.written, 0);
	}
	push_rig_close(&rig);
}

/* "The horizon and the day it runs out are kept, shown, and warned about": 60 days before, a push extends it. */
static void test_a_push_extends_the_horizon(void **state)
{
	struct push_rig rig;
	char *words;

	(void)state;
	push_rig_open(&rig, PLAN_BIRTHDAYS);
	push_well(&rig);
	rig.context.now += 31 * NM_DAY;
	rig.context.horizon = rig.context.now + 90 * NM_DAY;
	assert_int_equal(push_rig_sync(&rig, 0, &words), NM_SYNC_SAME);
	assert_non_null(strstr(words, "in sync; what was pushed ends Mon 22 Feb 2027"));
	free(words);
	push_well(&rig);
	assert_int_equal(rig.written, 4); /* two lines, each twice pushed */
	assert_int_equal(push_rig_sync(&rig, 0, &words), NM_SYNC_SAME);
	assert_string_equal(words, "in sync");
	free(words);
	push_rig_close(&rig);
}

/* "Somebody changing the live state behind the plan's back is seen and said": also that it is gone. */
static void test_a_line_that_is_gone(void **state)
{
	struct push_rig rig;
	struct nm_error err;
	char *words;

	(void)state;
	push_rig_open(&rig, PLAN);
	assert_int_equal(push_rig_sync(&rig, 0, &words), NM_SYNC_NOTHING);
	assert_string_equal(words, "nothing was pushed yet");
	free(words);
	push_well(&rig);
	ok(nm_store_sandbox_put(rig.store, line_text(rig.plan, "main"), NULL, &err), &err);
	assert_int_equal(push_rig_sync(&rig, 0, &words), NM_SYNC_NOTHING);
	assert_string_equal(words, "push #1 of Mon 23 Nov 2026 05:11 is gone: nothing of ours is there, at any time");
	free(words);
	push_rig_close(&rig);
}

/* What was read back and is not understood is not taken for knowledge. */
static void test_garbage_is_not_known(void **state)
{
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PLAN);
	push_well(&rig);
	push_rig_plan(&rig, PLAN_SUNDAY);
	push_rig_restart(&rig);
	rig.fault = "garbage 9";
	rig.fault_line = "main";
	rig.fault_at = 3; /* when both lines have been read */
	assert_int_equal(push_rig_push(&rig, 0, &results, &err), NM_CARRIER);
	assert_non_null(strstr(results.items[0].words, "what is in force now is not known"));
	nm_push_results_clear(&results);
	push_rig_close(&rig);
}

/* "Read back and verified": what a carrier says is not taken for what it does. */
static void test_what_is_read_back_counts(void **state)
{
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_error err;
	char *other;

	(void)state;
	push_rig_open(&rig, PLAN_SUNDAY);
	push_well(&rig);
	other = push_rig_live(&rig, "main");
	push_rig_plan(&rig, PLAN);
	push_rig_restart(&rig);
	rig.meddle = other;
	rig.meddle_at = 5; /* read, looked at, written, looked at: and then it is another one */
	assert_int_equal(push_rig_push(&rig, 0, &results, &err), NM_CARRIER);
	assert_string_equal(results.items[0].words, "the carrier said that it was done, but what is read back differs; "
						    "in force now: what was there before");
	assert_int_equal(results.items[0].state, NM_PUSH_UNDONE);
	nm_push_results_clear(&results);
	free(other);
	push_rig_close(&rig);
}

/* Somebody who shortens the time for which the live route speaks changes what happens after it. */
static void test_a_route_cut_short_is_drift(void **state)
{
	struct push_rig rig;
	struct nm_route *route;
	struct nm_error err;
	struct nm_buf text;
	char *live, *words;

	(void)state;
	push_rig_open(&rig, PLAN_BIRTHDAYS);
	rig.context.horizon = rig.context.now + 400 * NM_DAY;
	push_well(&rig);
	live = push_rig_live(&rig, "main");
	ok(nm_route_read(live, strlen(live), &route, &err), &err);
	free(live);
	route->until = rig.context.now + 7 * NM_DAY;
	while (route->n_exceptions > 0 && route->exceptions[route->n_exceptions - 1].span.until > route->until)
		route->n_exceptions--;
	nm_buf_init(&text, 1u << 22);
	ok(nm_route_write(route, &text, &err), &err);
	ok(nm_store_sandbox_put(rig.store, line_text(rig.plan, "main"), text.data, &err), &err);
	assert_int_equal(push_rig_sync(&rig, 0, &words), NM_SYNC_DRIFT);
	assert_non_null(strstr(words, "24 Nov 2027 10:00-11:00"));
	free(words);
	nm_buf_clear(&text);
	nm_route_free(route);
	push_rig_close(&rig);
}

/* --- rollback --- */

/* "Puts the artefacts back that were live before", byte for byte; twice is where it began. */
static void test_rollback(void **state)
{
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_error err;
	char *first, *second, *live;

	(void)state;
	push_rig_open(&rig, PLAN);
	push_well(&rig);
	first = push_rig_live(&rig, "main");
	push_rig_plan(&rig, PLAN_SUNDAY);
	push_well(&rig);
	second = push_rig_live(&rig, "main");
	assert_string_not_equal(first, second);
	ok(nm_rollback(&rig.context, 0, 0, NULL, &results, &err), &err);
	assert_int_equal(results.n, 1);
	assert_string_equal(results.items[0].words, "put back, read back, same");
	nm_push_results_clear(&results);
	live = push_rig_live(&rig, "main");
	assert_string_equal(live, first);
	free(live);
	assert_int_equal(push_rig_sync(&rig, 0, NULL), NM_SYNC_DRIFT);
	ok(nm_rollback(&rig.context, 0, 0, NULL, &results, &err), &err);
	nm_push_results_clear(&results);
	live = push_rig_live(&rig, "main");
	assert_string_equal(live, second);
	free(live);
	assert_in_sync(&rig);
	free(first);
	free(second);
	push_rig_close(&rig);
}

/* Before the first push there was nothing: going back to it takes ours away. */
static void test_rollback_to_nothing(void **state)
{
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PLAN);
	assert_int_equal(nm_rollback(&rig.context, 0, 0, NULL, &results, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "never pushed"));
	push_well(&rig);
	ok(nm_rollback(&rig.context, -1, newest_id(&rig, "main"), NULL, &results, &err), &err);
	assert_string_equal(results.items[0].words, "removed, read back, gone");
	nm_push_results_clear(&results);
	assert_null(push_rig_live(&rig, "main"));
	assert_int_equal(push_rig_sync(&rig, 1, NULL), NM_SYNC_SAME);
	assert_int_equal(nm_rollback(&rig.context, 1, newest_id(&rig, "main"), NULL, &results, &err), NM_INPUT);
	push_rig_close(&rig);
}

static void roll_back_in_vain(struct push_rig *rig, enum nm_push_state state)
{
	struct nm_push_results results;
	struct nm_error err;

	assert_int_equal(nm_rollback(&rig->context, 0, 0, NULL, &results, &err), NM_CARRIER);
	assert_int_equal(results.items[0].state, state);
	nm_push_results_clear(&results);
}

static void assert_rolls_back_to(struct push_rig *rig, const char *wanted)
{
	struct nm_push_results results;
	struct nm_error err;
	char *live;

	ok(nm_rollback(&rig->context, 0, 0, NULL, &results, &err), &err);
	nm_push_results_clear(&results);
	live = push_rig_live(rig, "main");
	assert_string_equal(live, wanted);
	free(live);
}

/* What stood before a push is what was live when it began.  So a rollback that changed nothing leaves nothing to
 * go back from, and the next one tries the same again; one that ended in something else is itself taken back. */
static void test_rollback_after_one_that_failed(void **state)
{
	static const char meddle[] = "{\"somebody\":\"else\"}";
	struct push_rig rig;
	char *first, *second;

	(void)state;
	push_rig_open(&rig, PLAN);
	push_well(&rig);
	first = push_rig_live(&rig, "main");
	push_rig_plan(&rig, PLAN_SUNDAY);
	push_well(&rig);
	second = push_rig_live(&rig, "main");
	push_rig_restart(&rig);
	rig.fault = "refuse 1";
	rig.fault_at = WRITES;
	rig.fault_line = "main";
	roll_back_in_vain(&rig, NM_PUSH_UNDONE);
	assert_rolls_back_to(&rig, first);
	push_well(&rig);
	push_rig_restart(&rig);
	rig.meddle = meddle;
	rig.meddle_at = WRITES + 2;
	roll_back_in_vain(&rig, NM_PUSH_FAILED);
	assert_rolls_back_to(&rig, second);
	free(first);
	free(second);
	push_rig_close(&rig);
}

#define GUARANTEE "guarantee \"owner first\" { during = open first = owner }\n"
#define PLAN_BROKEN                                                                                           \
	PUSH_HEAD GUARANTEE "rule open { during = open path = night }\nrule closed { path = night }\n"

/* Pushes the first line, of a plan that is kept as this text. */
static void push_text(struct push_rig *rig, const char *text)
{
	const struct nm_push_options options = {
		.line = 0, .plan_text = text, .plan_len = strlen(text), .even_if_same = true
	};
	struct nm_push_results results;
	struct nm_error err;

	ok(nm_push(&rig->context, &options, &results, &err), &err);
	nm_push_results_clear(&results);
}

static void force_push(struct push_rig *rig, const char *reason)
{
	const struct nm_push_options options = { .line = 0, .plan_text = "p", .plan_len = 1, .force = reason };
	struct nm_push_results results;
	struct nm_error err;

	ok(nm_push(&rig->context, &options, &results, &err), &err);
	nm_push_results_clear(&results);
}

/* What broke a guarantee does not come back by itself, and no line is emptied unasked. */
static void test_rollback_to_what_broke_a_guarantee(void **state)
{
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_push_records records;
	struct nm_rollback_view view;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PLAN_BROKEN);
	force_push(&rig, "the owner is ill");
	push_rig_plan(&rig, PLAN GUARANTEE);
	push_well(&rig);
	ok(nm_rollback_look(&rig.context, 0, 0, &view, &err), &err);
	assert_false(view.empties);
	assert_non_null(strstr(view.refusal, "push #1 was made in spite of a broken guarantee"));
	assert_int_equal(view.differences.n, 1);
	assert_string_equal(view.differences.items[0].when, "weekdays 08:00-18:00");
	assert_string_equal(view.differences.items[0].a_words, "fixly 10 s");
	nm_rollback_view_clear(&view);
	assert_int_equal(nm_rollback(&rig.context, 0, 0, NULL, &results, &err), NM_REFUSED);
	assert_int_equal(nm_rollback(&rig.context, 0, 0, " ", &results, &err), NM_INPUT);
	assert_in_sync(&rig);
	ok(nm_rollback(&rig.context, 0, 0, "still ill", &results, &err), &err);
	nm_push_results_clear(&results);
	records = records_of(&rig, "main", false);
	assert_string_equal(records.items[0].forced, "still ill");
	nm_push_records_clear(&records);
	assert_int_equal(nm_rollback(&rig.context, 0, 1, NULL, &results, &err), NM_REFUSED);
	assert_non_null(strstr(err.text, "left empty"));
	push_rig_close(&rig);
}

/* Nor does what nobody proved: of a plan that had no such guarantee, or put there by somebody else. */
static void test_rollback_to_what_nobody_proved(void **state)
{
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_error err;
	char *night;

	(void)state;
	push_rig_open(&rig, PLAN);
	push_well(&rig);
	push_text(&rig, PLAN);
	push_rig_plan(&rig, PLAN_SUNDAY GUARANTEE);
	push_text(&rig, PLAN_SUNDAY GUARANTEE);
	assert_int_equal(nm_rollback(&rig.context, 0, 0, NULL, &results, &err), NM_REFUSED);
	assert_non_null(strstr(err.text, "the plan of push #3 had no such guarantee as \"owner first\""));
	/* From one plan that had it to another: nothing stands in the way. */
	push_rig_plan(&rig, PLAN GUARANTEE);
	push_text(&rig, PLAN GUARANTEE);
	ok(nm_rollback(&rig.context, 0, 0, NULL, &results, &err), &err);
	nm_push_results_clear(&results);
	night = push_rig_live(&rig, "front desk/2");
	ok(nm_store_sandbox_put(rig.store, line_text(rig.plan, "main"), night, &err), &err);
	free(night);
	push_text(&rig, PLAN GUARANTEE);
	assert_int_equal(nm_rollback(&rig.context, 0, 0, NULL, &results, &err), NM_REFUSED);
	assert_non_null(strstr(err.text, "was put there by somebody else"));
	push_rig_close(&rig);
}

/* A plan whose owner rings for so long. */
static void timed_plan(char out[4096], int seconds)
{
	const char *at = strstr(PLAN GUARANTEE, "20s");
	const int n = snprintf(out, 4096, "%.*s%ds%s", (int)(at - PLAN GUARANTEE), PLAN GUARANTEE, seconds, at + 3);

	assert_true(n > 0 && n < 4096);
}

/* What was pushed is of the version that was kept then; *version. */
static void push_timed(struct push_rig *rig, int seconds, bool kept, int64_t *version)
{
	const struct nm_push_options options = { .line = 0, .even_if_same = true };
	struct nm_push_results results;
	struct nm_push_records records;
	struct nm_error err;
	char text[4096];

	timed_plan(text, seconds);
	push_rig_plan(rig, text);
	if (kept) {
		push_text(rig, text);
	} else {
		ok(nm_push(&rig->context, &options, &results, &err), &err);
		nm_push_results_clear(&results);
	}
	records = records_of(rig, "main", false);
	*version = records.items[0].version;
	assert_true((*version != 0) == kept);
	nm_push_records_clear(&records);
}

/* Going back behind push `id` puts back what is of this version, and needs no reason. */
static void go_back(struct push_rig *rig, int64_t id, int64_t version)
{
	struct nm_push_results results;
	struct nm_push_records records;
	struct nm_rollback_view view;
	struct nm_error err;

	ok(nm_rollback_look(&rig->context, 0, id, &view, &err), &err);
	if (view.unproved != NULL || view.refusal != NULL)
		fail_msg("%s; %s", view.unproved, view.refusal);
	nm_rollback_view_clear(&view);
	ok(nm_rollback(&rig->context, 0, id, NULL, &results, &err), &err);
	nm_push_results_clear(&results);
	records = records_of(rig, "main", false);
	assert_int_equal(records.items[0].version, version);
	nm_push_records_clear(&records);
}

/* However often it is gone to and fro, what is put back is of the plan of which it was made.  What is pushed again without
 * a version is what older stores have of a rollback. */
static void test_what_is_put_back_is_of_its_plan(void **state)
{
	enum { ACTS = 60 };
	int64_t versions[ACTS] = { 0 }; /* of what was live after each push */
	int seconds[ACTS] = { 0 };
	uint64_t random = 4;
	struct push_rig rig;

	(void)state;
	push_rig_open(&rig, PLAN);
	seconds[0] = 11;
	push_timed(&rig, seconds[0], true, &versions[0]);
	for (int i = 1; i < ACTS; i++) {
		const int back = 1 + (int)random_below(&random, (unsigned)i), act = (int)random_below(&random, 4);

		if (act == 0) {
			seconds[i] = 11 + (int)random_below(&random, 4);
			push_timed(&rig, seconds[i], true, &versions[i]);
		} else if (act == 1) {
			seconds[i] = seconds[i - 1];
			versions[i] = versions[i - 1];
			push_timed(&rig, seconds[i], false, &(int64_t){ 0 });
		} else if (back < i) {
			seconds[i] = seconds[back - 1];
			versions[i] = versions[back - 1];
			go_back(&rig, back + 1, versions[i]);
		} else {
			seconds[i] = seconds[i - 1];
			push_timed(&rig, seconds[i], true, &versions[i]);
		}
	}
	push_rig_close(&rig);
}

/* A broken guarantee stays one, also of what was put back while the plan had none. */
static void test_what_was_forced_stays_so(void **state)
{
	const struct nm_push_options options = {
		.line = 0, .plan_text = PLAN_BROKEN, .plan_len = strlen(PLAN_BROKEN), .force = "the owner is ill" };
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_rollback_view view;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PLAN_BROKEN);
	ok(nm_push(&rig.context, &options, &results, &err), &err);
	nm_push_results_clear(&results);
	push_rig_plan(&rig, PLAN);
	push_text(&rig, PLAN);
	ok(nm_rollback(&rig.context, 0, 0, NULL, &results, &err), &err);
	nm_push_results_clear(&results);
	push_rig_plan(&rig, PLAN GUARANTEE);
	push_text(&rig, PLAN GUARANTEE);
	ok(nm_rollback_look(&rig.context, 0, 0, &view, &err), &err);
	assert_int_equal(view.source, 3);
	assert_non_null(view.refusal);
	assert_non_null(strstr(view.refusal, "in spite of a broken guarantee"));
	nm_rollback_view_clear(&view);
	push_rig_close(&rig);
}

#define LOOP                                                                                                 \
	"path to-desk { step { ring = \"front desk/2\" for = 20s } }\n"                                       \
	"path to-main { step { ring = main for = 20s } }\n"                                                   \
	"rule a { lines = main path = to-desk }\nrule b { path = to-main }\n"

static bool has_error(const struct nm_rollback_view *view, const char *id)
{
	for (size_t i = 0; i < view->found.n; i++)
		if (view->found.items[i].severity == NM_SEVERITY_ERROR &&
		    (id == NULL || strcmp(view->found.items[i].id, id) == 0))
			return true;
	return false;
}

/* Errors that refuse no push are known of what is put back; of what nobody proved that is said. */
static void test_rollback_knows_the_errors_of_what_is_put_back(void **state)
{
	struct push_rig rig;
	struct nm_rollback_view view;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PUSH_HEAD LOOP);
	push_text(&rig, PUSH_HEAD LOOP);
	push_rig_plan(&rig, PLAN);
	push_text(&rig, PLAN);
	ok(nm_rollback_look(&rig.context, 0, 0, &view, &err), &err);
	assert_true(has_error(&view, "loop"));
	assert_int_equal(view.source, 1);
	assert_null(view.unproved);
	nm_rollback_view_clear(&view);
	ok(nm_rollback_look(&rig.context, 0, 1, &view, &err), &err);
	assert_true(view.empties && view.found.n == 0 && view.source == 0);
	assert_null(view.unproved);
	nm_rollback_view_clear(&view);
	push_rig_plan(&rig, PLAN_SUNDAY);
	push_text(&rig, PLAN_SUNDAY);
	ok(nm_rollback_look(&rig.context, 0, 0, &view, &err), &err);
	assert_false(has_error(&view, NULL)); /* the one before is right */
	assert_int_equal(view.source, 2);
	nm_rollback_view_clear(&view);
	ok(nm_store_sandbox_put(rig.store, line_text(rig.plan, "main"), "{\"not\":\"ours\"}", &err), &err);
	push_text(&rig, PLAN);
	ok(nm_rollback_look(&rig.context, 0, 0, &view, &err), &err);
	assert_non_null(strstr(view.unproved, "was not made of a plan of ours"));
	assert_int_equal(view.source, 0);
	nm_rollback_view_clear(&view);
	push_rig_plan(&rig, PUSH_HEAD "rule all { path = night }\n");
	push_text(&rig, "business = ");
	push_rig_plan(&rig, PLAN_SUNDAY);
	push_text(&rig, PLAN_SUNDAY);
	ok(nm_rollback_look(&rig.context, 0, 0, &view, &err), &err);
	assert_non_null(strstr(view.unproved, "cannot be read any more"));
	nm_rollback_view_clear(&view);
	push_rig_close(&rig);
}

#define ABROAD                                                                                               \
	"destination ann { kind = ai number = \"+442079460000\" }\n"                                         \
	"path abroad { step { ring = ann for = 10s } }\nrule all { path = abroad }\n"

/* Nor does what sends calls where by this plan they may not go; what may be is put back. */
static void test_rollback_to_a_forbidden_number(void **state)
{
	static const char words[] =
		"ann, +44 207 946 0000, is in GB, not in the plan's country; go back with a reason, "
		"which is recorded";
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_push_records records;
	struct nm_rollback_view view;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PUSH_HEAD "allow = { \"GB\" }\n" ABROAD);
	push_well(&rig);
	push_rig_plan(&rig, PLAN);
	push_well(&rig);
	ok(nm_rollback_look(&rig.context, 0, 0, &view, &err), &err);
	assert_string_equal(view.refusal, words);
	assert_non_null(nm_artefact_find(&view.back, "route"));
	nm_rollback_view_clear(&view);
	assert_int_equal(nm_rollback(&rig.context, 0, 0, NULL, &results, &err), NM_REFUSED);
	assert_string_equal(err.text, words);
	assert_in_sync(&rig);
	ok(nm_rollback(&rig.context, 0, 0, "she is there for a week", &results, &err), &err);
	nm_push_results_clear(&results);
	records = records_of(&rig, "main", false);
	assert_string_equal(records.items[0].forced, "she is there for a week");
	nm_push_records_clear(&records);
	push_rig_plan(&rig, "allow = { \"GB\" }\n" PLAN);
	push_well(&rig);
	ok(nm_rollback(&rig.context, 0, 0, NULL, &results, &err), &err);
	nm_push_results_clear(&results);
	push_rig_close(&rig);
}

/* A reason is words, and recorded when one was needed. */
static void test_reasons(void **state)
{
	struct push_rig rig;
	struct nm_push_options options = { .line = 0, .plan_text = "p", .plan_len = 1 };
	struct nm_push_results results;
	struct nm_push_records records;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PLAN GUARANTEE);
	force_push(&rig, "just in case");
	records = records_of(&rig, "main", false);
	assert_null(records.items[0].forced);
	nm_push_records_clear(&records);
	push_rig_plan(&rig, PLAN_BROKEN);
	assert_int_equal(nm_push_check(&rig.context, &err), NM_REFUSED);
	for (size_t i = 0; i < 3; i++) {
		options.force = ((const char *const[]){ "", " \t", "two\nlines" })[i];
		assert_int_equal(nm_push(&rig.context, &options, &results, &err), NM_INPUT);
	}
	push_rig_close(&rig);
}

/* --- what is refused --- */

/* "A push that would break a guarantee is refused", unless forced with a reason, which is recorded. */
static void test_broken_guarantee(void **state)
{
	const struct nm_push_options force = {
		.line = -1, .force = "the owner is away", .plan_text = "p", .plan_len = 1
	};
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_push_records records;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PLAN "guarantee \"the owner first\" { first = owner }\n");
	assert_int_equal(push_rig_push(&rig, -1, NULL, &err), NM_REFUSED);
	assert_non_null(strstr(err.text, "the owner first"));
	assert_int_equal(rig.sent, 0);
	assert_non_null(strstr(err.text, "with a reason"));
	assert_int_equal(nm_push(&rig.context, &(struct nm_push_options){ .line = -1, .force = "" }, &results, &err),
			 NM_INPUT);
	assert_int_equal(nm_push(&rig.context, &(struct nm_push_options){ .line = -1, .force = " \t" }, &results, &err),
			 NM_INPUT);
	assert_int_equal(rig.sent, 0);
	assert_null(push_rig_live(&rig, "main"));
	ok(nm_push(&rig.context, &force, &results, &err), &err);
	nm_push_results_clear(&results);
	records = records_of(&rig, "main", false);
	assert_string_equal(records.items[0].forced, "the owner is away");
	nm_push_records_clear(&records);
	push_rig_close(&rig);
	push_rig_open(&rig, PLAN "guarantee \"somebody live\" { live = yes }\n");
	push_well(&rig);
	push_rig_close(&rig);
}

/* Lines whose driver is not in this build: said, never "in sync", and the others go on. */
/* Calls go to no premium number and to no country that is not allowed, unless somebody says why. */
static void test_forbidden_numbers(void **state)
{
	static const struct {
		const char *plan, *words;
	} cases[] = {
		{ PUSH_HEAD ABROAD,
		  "destination ann, +44 207 946 0000, is in GB, not in the plan's country: mend the "
		  "plan, or push it with a reason, which is recorded" },
		{ PUSH_HEAD PUSH_RULES
		  "line more { number = \"+15125550102\" account = sandbox fallback = "
		  "\"+19005550100\" }\ndestination dear { kind = ai number = \"+19005550101\" }\n",
		  "destination dear is a premium number: +1 900 555 0101 (and other numbers): mend the plan, or push it "
		  "with a reason, which is recorded" },
	};
	struct nm_push_results results;
	struct nm_push_records records;
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		push_rig_open(&rig, cases[i].plan);
		assert_int_equal(nm_push_check(&rig.context, &err), NM_REFUSED);
		assert_string_equal(err.text, cases[i].words);
		assert_int_equal(push_rig_push(&rig, -1, &results, &err), NM_REFUSED);
		assert_int_equal(rig.sent, 0);
		force_push(&rig, "as a test");
		records = records_of(&rig, "main", false);
		assert_string_equal(records.items[0].forced, "as a test");
		nm_push_records_clear(&records);
		push_rig_close(&rig);
	}
}

/* It says why, and the other lines are pushed. */
static void test_a_driver_that_takes_no_calls(void **state)
{
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PUSH_HEAD
		      "account g { driver = gateway endpoint = \"https://sms.example.org/\" user = \"pat\" }\n"
		      "line other { number = \"+15125550102\" account = g }\n" PUSH_RULES);
	assert_int_equal(push_rig_push(&rig, -1, &results, &err), NM_CARRIER);
	assert_int_equal(results.n, 3);
	assert_int_equal(results.items[0].state, NM_PUSH_DONE);
	assert_int_equal(results.items[1].state, NM_PUSH_DONE);
	assert_int_equal(results.items[2].state, NM_PUSH_FAILED);
	assert_non_null(strstr(results.items[2].words, "sends texts only"));
	nm_push_results_clear(&results);
	push_rig_close(&rig);
}

/* Read-only: refused before anything is sent; looking is allowed and writes nothing. */
static void test_read_only(void **state)
{
	struct push_rig rig;
	struct nm_transport sandbox;
	struct nm_push_context context;
	struct nm_status status;
	struct nm_error err;
	struct nm_store *store;
	char file[512];

	(void)state;
	push_rig_open(&rig, PLAN);
	push_well(&rig);
	assert_true(snprintf(file, sizeof(file), "%s/store.db", rig.folder) > 0);
	ok(nm_store_open(file, true, &store, &err), &err);
	ok(nm_sandbox_transport(store, &sandbox, &err), &err);
	context = rig.context;
	context.store = store;
	context.transport = sandbox;
	ok(nm_status_read(&context, -1, &status, &err), &err);
	assert_int_equal(status.lines[0].sync, NM_SYNC_SAME);
	nm_status_clear(&status);
	assert_int_equal(nm_push(&context, &(struct nm_push_options){ .line = -1 }, NULL, &err), NM_REFUSED);
	nm_sandbox_transport_clear(&sandbox);
	nm_store_close(store);
	push_rig_close(&rig);
}

/* A plan of so many lines more, with a horizon of a few days. */
static void open_many(struct push_rig *rig, int lines)
{
	struct nm_buf text;

	nm_buf_init(&text, 1u << 20);
	nm_buf_add(&text, PLAN);
	for (int i = 0; i < lines; i++)
		nm_buf_addf(&text, "line l%d { number = \"+1512556%04d\" account = sandbox }\n", i, i);
	push_rig_open(rig, text.data);
	rig->context.horizon = rig->context.now + 8 * NM_DAY;
	nm_buf_clear(&text);
}

/* Many lines at once, but never more than 64 requests under way. */
static void test_many_lines(void **state)
{
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_error err;

	(void)state;
	open_many(&rig, 150);
	ok(push_rig_push(&rig, -1, &results, &err), &err);
	assert_int_equal(results.n, 152);
	assert_int_equal(rig.most_under_way, 64);
	assert_int_equal(rig.sent, 152 * 5);
	for (size_t i = 0; i < results.n; i++)
		assert_int_equal(results.items[i].state, NM_PUSH_DONE);
	nm_push_results_clear(&results);
	push_rig_close(&rig);
}

/* Stopped in the middle of many: those under way come to their end, the others are not begun. */
static void test_stopping_in_the_middle(void **state)
{
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_error err;
	size_t done = 0;

	(void)state;
	open_many(&rig, 150);
	rig.stop_after = 152 + 10;
	assert_int_equal(push_rig_push(&rig, -1, &results, &err), NM_REFUSED);
	assert_non_null(strstr(err.text, "stopped"));
	for (size_t i = 0; i < results.n; i++) {
		char *live = push_rig_live(&rig, rig.plan->lines[results.items[i].line].name);

		assert_int_equal(results.items[i].state, live != NULL ? NM_PUSH_DONE : NM_PUSH_UNDONE);
		done += live != NULL;
		free(live);
	}
	assert_true(done >= 10 && done < 152);
	nm_push_results_clear(&results);
	assert_nothing_unfinished(&rig);
	push_rig_restart(&rig);
	push_well(&rig);
	assert_in_sync(&rig);
	push_rig_close(&rig);
}

/* Whoever stops while the lines are looked at has nothing pushed. */
static void test_stopping_before_anything_is_sent(void **state)
{
	(void)state;
	for (int stop = 1; stop <= 152; stop += 151) {
		struct push_rig rig;
		struct nm_push_results results = { 0 };
		struct nm_error err;

		open_many(&rig, 150);
		rig.stop_after = stop;
		assert_int_equal(push_rig_push(&rig, -1, &results, &err), NM_REFUSED);
		assert_string_equal(err.text, "stopped: nothing was sent");
		assert_int_equal(results.n, 0);
		assert_int_equal(rig.written, 0);
		assert_nothing_unfinished(&rig);
		push_rig_close(&rig);
	}
}

/* What was sent before somebody stopped the work is read back to the last line: 100 sent, all known. */
static void test_all_that_was_sent_is_read_back(void **state)
{
	struct push_rig rig;
	struct nm_push_results results;
	struct nm_error err;
	size_t done = 0;

	(void)state;
	open_many(&rig, 150);
	rig.stop_after = 152 + 100;
	assert_int_equal(push_rig_push(&rig, -1, &results, &err), NM_REFUSED);
	for (size_t i = 0; i < results.n; i++)
		done += results.items[i].state == NM_PUSH_DONE;
	assert_true(done >= 100 && done < 152);
	nm_push_results_clear(&results);
	assert_nothing_unfinished(&rig);
	push_rig_close(&rig);
}

/* "Same route, same bytes": what is wanted does not change in the course of a day. */
static void test_the_artefact_stays_the_same_all_day(void **state)
{
	struct push_rig rig;
	struct nm_status morning, evening;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PLAN);
	ok(nm_status_read(&rig.context, 0, &morning, &err), &err);
	rig.context.now += 12 * 3600;
	rig.context.horizon += 12 * 3600;
	ok(nm_status_read(&rig.context, 0, &evening, &err), &err);
	assert_true(nm_artefact_equal(&morning.lines[0].wanted, &evening.lines[0].wanted));
	nm_status_clear(&morning);
	nm_status_clear(&evening);
	push_rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_push_makes_live_what_the_plan_says),
		cmocka_unit_test(test_push_does_nothing_twice),
		cmocka_unit_test(test_push_of_one_line),
		cmocka_unit_test(test_drift_is_said_in_words),
		cmocka_unit_test(test_what_cannot_be_read_is_unknown),
		cmocka_unit_test(test_foreign_text),
		cmocka_unit_test(test_a_refusal_stops_with_the_carriers_words),
		cmocka_unit_test(test_retry_after_is_waited_for),
		cmocka_unit_test(test_nobody_waits_for_hours),
		cmocka_unit_test(test_passing_faults_are_overcome),
		cmocka_unit_test(test_nothing_is_written_twice),
		cmocka_unit_test(test_lasting_faults_are_told_truly),
		cmocka_unit_test(test_killed_at_any_request),
		cmocka_unit_test(test_half_done_is_finished_from_the_journal),
		cmocka_unit_test(test_status_tells_what_was_cut_off),
		cmocka_unit_test(test_one_process_at_a_time),
		cmocka_unit_test(test_unfinished_stays_open_until_it_can_be_read),
		cmocka_unit_test(test_stopping_leaves_a_clean_state),
		cmocka_unit_test(test_in_sync_as_the_days_go_by),
		cmocka_unit_test(test_a_push_extends_the_horizon),
		cmocka_unit_test(test_a_line_that_is_gone),
		cmocka_unit_test(test_garbage_is_not_known),
		cmocka_unit_test(test_rollback_to_what_broke_a_guarantee),
		cmocka_unit_test(test_rollback_to_what_nobody_proved),
		cmocka_unit_test(test_what_is_put_back_is_of_its_plan),
		cmocka_unit_test(test_what_was_forced_stays_so),
		cmocka_unit_test(test_rollback_knows_the_errors_of_what_is_put_back),
		cmocka_unit_test(test_rollback_to_a_forbidden_number),
		cmocka_unit_test(test_forbidden_numbers),
		cmocka_unit_test(test_what_is_read_back_counts),
		cmocka_unit_test(test_a_route_cut_short_is_drift),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_rollback),
		cmocka_unit_test(test_rollback_to_nothing),
		cmocka_unit_test(test_rollback_after_one_that_failed),
		cmocka_unit_test(test_broken_guarantee),
		cmocka_unit_test(test_a_driver_that_takes_no_calls),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_stopping_in_the_middle),
		cmocka_unit_test(test_stopping_before_anything_is_sent),
		cmocka_unit_test(test_all_that_was_sent_is_read_back),
		cmocka_unit_test(test_the_artefact_stays_the_same_all_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
