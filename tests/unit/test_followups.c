/* SPDX-License-Identifier: MIT */
/*
 * Follow-ups: which calls open, join and end one, in whatever order they become known; what deeds do; what is due when.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "nevermiss/calls.h"
#include "nevermiss/followup.h"
#include "nevermiss/optout.h"
#include "old_store.h"
#include "random_plan.h"
#include "slow.h"

#define T INT64_C(1767621600) /* 2026-01-05T14:00:00Z, a Monday, 08:00 in Chicago */
#define ANN UINT64_C(15125550199)
#define BOB UINT64_C(15125550198)
#define WHO "pat"

static char *folder;
static struct nm_store *store;
static struct nm_plan *plan;

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static void open_store(bool read_only)
{
	char file[512];
	struct nm_error err;

	nm_store_close(store);
	store = NULL;
	assert_true(snprintf(file, sizeof(file), "%s/store.db", folder) < (int)sizeof(file));
	ok(nm_store_open(file, read_only, &store, &err), &err);
}

static int setup(void **state)
{
	(void)state;
	folder = random_folder_new();
	open_store(false);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	nm_store_close(store);
	store = NULL;
	nm_plan_free(plan);
	plan = NULL;
	random_folder_free(folder);
	return 0;
}

/* --- the log --- */

/* A call as the log gets it; its id names it, so that the same id once more mends it. */
static void put(const char *id, nm_number caller, nm_time at, enum nm_call_end end)
{
	const struct nm_call_entry call = {
		.number = UINT64_C(15125550100),
		.line = "main",
		.driver = "twilio",
		.carrier_id = id,
		.caller = { .anonymous = caller == 0, .number = caller },
		.began = at,
		.ended = at + 10 + (nm_time)end, /* so that another outcome is another record */
		.became = { .end = end, .seconds = -1 },
	};
	enum nm_call_kept kept;
	struct nm_error err;

	ok(nm_store_call_put(store, &call, &kept, &err), &err);
}

/* --- what is there --- */

/* All follow-ups, the oldest first: "#1 T+0..60 2 calls open; ...". */
static void assert_followups(const char *expected)
{
	const struct nm_followup_filter all = { false, NM_TIME_MIN, NM_TIME_MAX, 1000, 0 };
	struct nm_followups got;
	struct nm_error err;
	struct nm_buf text;

	ok(nm_store_followups(store, &all, &got, &err), &err);
	nm_buf_init(&text, 65536);
	for (size_t i = got.n; i-- > 0;) {
		const struct nm_followup *f = &got.items[i];

		nm_buf_addf(&text, "%s%s %d..%d %d call%s %s", text.len > 0 ? "; " : "",
			    f->number == ANN   ? "ann"
			    : f->number == BOB ? "bob"
					       : f->name,
			    (int)(f->opened - T), (int)(f->newest - T), f->calls, f->calls == 1 ? "" : "s",
			    nm_followup_end_name(f->end));
		if (f->end != NM_FOLLOWUP_OPEN)
			nm_buf_addf(&text, " at %d", (int)(f->ended - T));
	}
	assert_string_equal(text.data, expected);
	nm_buf_clear(&text);
	nm_followups_clear(&got);
}

static int64_t newest_id(void)
{
	const struct nm_followup_filter all = { false, NM_TIME_MIN, NM_TIME_MAX, 1, 0 };
	struct nm_followups got;
	struct nm_error err;
	int64_t id;

	ok(nm_store_followups(store, &all, &got, &err), &err);
	assert_int_equal(got.n, 1);
	id = got.items[0].id;
	nm_followups_clear(&got);
	return id;
}

static enum nm_code try_deed(int64_t id, enum nm_deed_kind kind, enum nm_followup_end end, nm_time at,
			     struct nm_error *err)
{
	return nm_store_followup_deed(
		store, id, &(struct nm_deed){ .at = at, .who = WHO, .kind = kind, .end = end }, err);
}

static void deed(int64_t id, enum nm_deed_kind kind, enum nm_followup_end end, nm_time at)
{
	struct nm_error err;

	ok(try_deed(id, kind, end, at, &err), &err);
}

static void finish(int64_t id, enum nm_followup_end end, nm_time at)
{
	deed(id, NM_DEED_ENDED, end, at);
}

static int64_t add_lead(nm_number number, const char *name, nm_time at)
{
	const struct nm_followup lead = {
		.channel = NM_CHANNEL_WEB, .number = number, .name = name, .opened = at
	};
	struct nm_error err;
	int64_t id;

	ok(nm_store_followup_add(store, &lead, &id, &err), &err);
	return id;
}

/* --- which calls open one --- */

/* "A call that nobody took (voicemail, swallowed, abandoned, lost) opens one"; no other does. */
static void test_a_call_that_nobody_took_opens_one(void **state)
{
	(void)state;
	put("a", ANN, T, NM_CALL_ANSWERED);
	put("b", ANN, T + 1, NM_CALL_REJECTED);
	put("c", ANN, T + 2, NM_CALL_UNKNOWN);
	assert_followups("");
	put("d", ANN, T + 3, NM_CALL_VOICEMAIL);
	assert_followups("ann 3..3 1 call open");
	put("e", BOB, T + 4, NM_CALL_LOST);
	assert_followups("ann 3..3 1 call open; bob 4..4 1 call open");
}

/* "A caller who withheld the number cannot be called back and opens none." */
static void test_nobody_calls_back_a_withheld_number(void **state)
{
	(void)state;
	put("a", 0, T, NM_CALL_LOST);
	assert_followups("");
}

/* Nor is anybody of the plan's own called back. */
static void test_a_call_of_our_own_opens_none(void **state)
{
	struct nm_call_entry call = { .number = UINT64_C(15125550100),
				      .line = "main",
				      .driver = "twilio",
				      .carrier_id = "a",
				      .caller.number = ANN,
				      .began = T,
				      .ended = T + 9,
				      .became.end = NM_CALL_LOST,
				      .ours = true };
	enum nm_call_kept kept;
	struct nm_error err;

	(void)state;
	ok(nm_store_call_put(store, &call, &kept, &err), &err);
	assert_followups("");
}

/* An answer that is only probable may have been a phone's voicemail. */
static void test_a_probable_answer_ends_none(void **state)
{
	struct nm_call_entry call = { .number = UINT64_C(15125550100),
				      .line = "main",
				      .driver = "twilio",
				      .carrier_id = "b",
				      .caller.number = ANN,
				      .began = T + 60,
				      .ended = T + 90,
				      .became = { .end = NM_CALL_ANSWERED, .probably = true } };
	enum nm_call_kept kept;
	struct nm_error err;

	(void)state;
	put("a", ANN, T, NM_CALL_LOST);
	ok(nm_store_call_put(store, &call, &kept, &err), &err);
	assert_followups("ann 0..0 1 call open");
}

/* "while it is open, further such calls of the same caller join it" */
static void test_further_calls_join_it(void **state)
{
	(void)state;
	put("a", ANN, T, NM_CALL_ABANDONED);
	put("b", ANN, T + 60, NM_CALL_SWALLOWED);
	assert_followups("ann 0..60 2 calls open");
	put("b", ANN, T + 60, NM_CALL_SWALLOWED);
	assert_followups("ann 0..60 2 calls open");
}

/* "A call of that caller that somebody answers ends it" */
static void test_an_answered_call_ends_it(void **state)
{
	(void)state;
	put("a", ANN, T, NM_CALL_LOST);
	put("b", BOB, T + 10, NM_CALL_ANSWERED);
	put("c", ANN, T + 60, NM_CALL_ANSWERED);
	assert_followups("ann 0..0 1 call rang-again at 60");
	put("d", ANN, T + 90, NM_CALL_LOST);
	assert_followups("ann 0..0 1 call rang-again at 60; ann 90..90 1 call open");
}

/* Imports go newest first. */
static void test_the_order_in_which_calls_become_known_is_no_matter(void **state)
{
	(void)state;
	put("d", ANN, T + 90, NM_CALL_LOST);
	put("e", ANN, T + 80, NM_CALL_LOST);
	put("a", ANN, T, NM_CALL_LOST);
	put("b", ANN, T + 30, NM_CALL_LOST);
	assert_followups("ann 0..90 4 calls open");
	put("c", ANN, T + 60, NM_CALL_ANSWERED);
	assert_followups("ann 0..30 2 calls rang-again at 60; ann 80..90 2 calls open");
}

/* A lead parts what was missed before it from what comes after it: an answer ends both, and so does an earlier one
 * that becomes known later, and one that turns out to be none. */
static void test_an_answer_ends_what_stands_before_a_lead_too(void **state)
{
	(void)state;
	put("a", ANN, T, NM_CALL_LOST);
	add_lead(ANN, "Ann", T + 10);
	put("d", ANN, T + 100, NM_CALL_ANSWERED);
	assert_followups("ann 0..0 1 call rang-again at 100; ann 10..10 0 calls rang-again at 100");
	put("c", ANN, T + 50, NM_CALL_ANSWERED);
	assert_followups("ann 0..0 1 call rang-again at 50; ann 10..10 0 calls rang-again at 50");
	put("c", ANN, T + 50, NM_CALL_UNKNOWN);
	assert_followups("ann 0..0 1 call rang-again at 100; ann 10..10 0 calls rang-again at 100");
	put("d", ANN, T + 100, NM_CALL_UNKNOWN);
	assert_followups("ann 0..0 1 call open; ann 10..10 0 calls open");
}

/* --- what people do --- */

static void test_a_call_older_than_the_end_belongs_to_what_ended(void **state)
{
	(void)state;
	put("a", ANN, T, NM_CALL_LOST);
	finish(newest_id(), NM_FOLLOWUP_BOOKED, T + 100);
	assert_followups("ann 0..0 1 call booked at 100");
	put("b", ANN, T + 50, NM_CALL_LOST);
	assert_followups("ann 0..50 2 calls booked at 100");
	put("c", ANN, T + 150, NM_CALL_LOST);
	assert_followups("ann 0..50 2 calls booked at 100; ann 150..150 1 call open");
}

/* "What somebody has touched stays whole": a call that becomes known late does not cut it where it was seen. */
static void test_what_was_touched_stays_whole(void **state)
{
	int64_t id;

	(void)state;
	put("a", ANN, T, NM_CALL_LOST);
	put("c", ANN, T + 60, NM_CALL_LOST);
	id = newest_id();
	deed(id, NM_DEED_TRIED, NM_FOLLOWUP_OPEN, T + 100);
	put("b", ANN, T + 30, NM_CALL_ANSWERED);
	assert_followups("ann 0..60 2 calls open");
	put("e", ANN, T + 200, NM_CALL_LOST);
	put("d", ANN, T + 150, NM_CALL_ANSWERED);
	assert_followups("ann 0..60 2 calls rang-again at 150; ann 200..200 1 call open");
}

/* What nobody had seen by then is cut, also from what has ended long since. */
static void test_an_answer_known_late_parts_what_joined_later(void **state)
{
	(void)state;
	put("c", ANN, T + 60, NM_CALL_LOST);
	finish(newest_id(), NM_FOLLOWUP_BOOKED, T + 100);
	put("a", ANN, T, NM_CALL_LOST);
	assert_followups("ann 0..60 2 calls booked at 100");
	put("b", ANN, T + 30, NM_CALL_ANSWERED);
	assert_followups("ann 0..0 1 call rang-again at 30; ann 60..60 1 call booked at 100");
}

/* An end "taken back" is none: what came since joins what is open again. */
static void test_reopened(void **state)
{
	struct nm_error err;
	int64_t id;

	(void)state;
	put("a", ANN, T, NM_CALL_LOST);
	id = newest_id();
	finish(id, NM_FOLLOWUP_LOST, T + 10);
	assert_int_equal(try_deed(id, NM_DEED_TRIED, NM_FOLLOWUP_OPEN, T + 11, &err), NM_INPUT);
	assert_string_equal(err.text, "follow-up 1 has ended (lost): reopen it first");
	put("b", ANN, T + 20, NM_CALL_LOST);
	deed(id, NM_DEED_REOPENED, NM_FOLLOWUP_OPEN, T + 30);
	assert_followups("ann 0..20 2 calls open");
	assert_int_equal(try_deed(id, NM_DEED_REOPENED, NM_FOLLOWUP_OPEN, T + 31, &err), NM_INPUT);
	assert_string_equal(err.text, "follow-up 1: nothing was done that could be taken back");
	put("c", ANN, T + 40, NM_CALL_ANSWERED);
	assert_followups("ann 0..20 2 calls rang-again at 40");
	deed(id, NM_DEED_REOPENED, NM_FOLLOWUP_OPEN, T + 50);
	put("d", ANN, T + 35, NM_CALL_LOST);
	assert_followups("ann 0..35 3 calls open");
}

static void test_deeds_are_kept_and_taken_back(void **state)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup got;
	struct nm_error err;
	int64_t id;

	(void)state;
	put("a", ANN, T, NM_CALL_LOST);
	id = newest_id();
	deed(id, NM_DEED_TRIED, NM_FOLLOWUP_OPEN, T + 10);
	deed(id, NM_DEED_TRIED, NM_FOLLOWUP_OPEN, T + 20);
	deed(id, NM_DEED_TEXTED, NM_FOLLOWUP_OPEN, T + 30);
	finish(id, NM_FOLLOWUP_BOOKED, T + 40);
	ok(nm_store_followup_get(store, id, arena, &got, &err), &err);
	assert_int_equal(got.tries, 3);
	assert_int_equal(got.first_try, T + 10);
	assert_int_equal(got.last_try, T + 40);
	assert_int_equal(got.texted, T + 30);
	assert_int_equal(got.n_deeds, 4);
	assert_string_equal(got.deeds[3].who, WHO);
	assert_int_equal(got.deeds[3].end, NM_FOLLOWUP_BOOKED);
	for (int i = 0; i < 4; i++)
		deed(id, NM_DEED_REOPENED, NM_FOLLOWUP_OPEN, T + 50);
	ok(nm_store_followup_get(store, id, arena, &got, &err), &err);
	assert_int_equal(got.tries, 0);
	assert_int_equal(got.first_try, 0);
	assert_int_equal(got.texted, 0);
	assert_int_equal(got.end, NM_FOLLOWUP_OPEN);
	assert_int_equal(got.n_deeds, 8);
	nm_arena_free(arena);
}

static void test_what_cannot_be_done(void **state)
{
	const struct nm_followup nobody = { .channel = NM_CHANNEL_TEXT, .name = "", .opened = T };
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup got;
	struct nm_error err;
	int64_t id;

	(void)state;
	assert_int_equal(nm_store_followup_get(store, 7, arena, &got, &err), NM_INPUT);
	assert_string_equal(err.text, "there is no follow-up 7");
	assert_int_equal(try_deed(7, NM_DEED_NOTED, NM_FOLLOWUP_OPEN, T, &err), NM_INPUT);
	assert_int_equal(nm_store_followup_add(store, &nobody, &id, &err), NM_INPUT);
	id = add_lead(0, "Ann", T);
	assert_int_equal(try_deed(id, NM_DEED_ENDED, NM_FOLLOWUP_RANG_AGAIN, T, &err), NM_INPUT);
	assert_int_equal(try_deed(id, NM_DEED_ENDED, NM_FOLLOWUP_OPEN, T, &err), NM_INPUT);
	open_store(true);
	assert_int_equal(try_deed(id, NM_DEED_NOTED, NM_FOLLOWUP_OPEN, T, &err), NM_REFUSED);
	assert_int_equal(
		nm_store_followup_add(store, &(struct nm_followup){ .name = "Bob", .opened = T }, &id, &err),
		NM_REFUSED);
	assert_followups("Ann 0..0 0 calls open");
	nm_arena_free(arena);
}

/* --- calls that were mended --- */

/* "is gone when no call is left that opens it", unless somebody has touched it */
static void test_a_mended_call_takes_back_what_it_opened(void **state)
{
	(void)state;
	put("a", ANN, T, NM_CALL_LOST);
	put("b", BOB, T + 1, NM_CALL_LOST);
	deed(newest_id(), NM_DEED_NOTED, NM_FOLLOWUP_OPEN, T + 2);
	put("a", ANN, T, NM_CALL_ANSWERED);
	put("b", BOB, T + 1, NM_CALL_ANSWERED);
	assert_followups("bob 1..1 1 call open");
}

static void test_an_answer_that_was_none_joins_what_it_parted(void **state)
{
	(void)state;
	put("a", ANN, T, NM_CALL_LOST);
	put("b", ANN, T + 10, NM_CALL_ANSWERED);
	put("c", ANN, T + 20, NM_CALL_LOST);
	assert_followups("ann 0..0 1 call rang-again at 10; ann 20..20 1 call open");
	put("b", ANN, T + 10, NM_CALL_VOICEMAIL);
	assert_followups("ann 0..20 3 calls open");
	put("b", BOB, T + 15, NM_CALL_VOICEMAIL);
	assert_followups("ann 0..20 2 calls open; bob 15..15 1 call open");
}

/* "of only open ones the oldest": those who have waited longest are not the ones that are left out. */
static void test_a_list_cut_short_has_those_who_wait_longest(void **state)
{
	const struct nm_followup_filter open = { true, NM_TIME_MIN, NM_TIME_MAX, 2, T };
	struct nm_followups got;
	struct nm_error err;

	(void)state;
	put("a", ANN, T, NM_CALL_LOST);
	put("b", BOB, T + 10, NM_CALL_LOST);
	add_lead(0, "Carl", T + 20);
	ok(nm_store_followups(store, &open, &got, &err), &err);
	assert_int_equal(got.n, 2);
	assert_true(got.more);
	assert_int_equal(got.items[0].number, ANN);
	assert_int_equal(got.items[1].number, BOB);
	nm_followups_clear(&got);
}

/* How many open ones are listed then, whatever the clock of the calls says. */
static size_t open_at(nm_time now)
{
	const struct nm_followup_filter open = { true, NM_TIME_MIN, NM_TIME_MAX, 100, now };
	struct nm_followups got;
	struct nm_error err;
	size_t n;

	ok(nm_store_followups(store, &open, &got, &err), &err);
	n = got.n;
	nm_followups_clear(&got);
	return n;
}

/* "nobody calls back after a month", in whatever order a log of a year becomes known, and with a date that is wrong. */
static void test_who_rang_a_month_ago_is_not_listed_as_open(void **state)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 } };

	(void)state;
	for (nm_number i = 0; i < 3; i++) {
		const nm_number a = ANN + 1000 * (i + 1), b = BOB + 1000 * (i + 1);
		const nm_time opened[] = { T - NM_FOLLOWUP_LATE_S - 1, T - NM_FOLLOWUP_LATE_S,
					   T + 40 * 366 * (nm_time)NM_DAY };
		const size_t before = open_at(T);

		for (int k = 0; k < 3; k++) {
			const int n = orders[i][k];
			char id[16];

			snprintf(id, sizeof(id), "%d-%d", (int)i, n);
			put(id, n == 0 ? a : n == 1 ? b : a + 500, opened[n], NM_CALL_LOST);
		}
		assert_int_equal(open_at(T), before + 2);
	}
	assert_int_equal(open_at(0), 9);
}

static void test_what_somebody_has_in_hand_stays_listed(void **state)
{
	(void)state;
	add_lead(0, "Carl", T);
	put("a", ANN, T, NM_CALL_LOST);
	assert_int_equal(open_at(T + 2 * NM_FOLLOWUP_LATE_S), 1);
	deed(newest_id(), NM_DEED_TRIED, NM_FOLLOWUP_OPEN, T + 10);
	assert_int_equal(open_at(T + 2 * NM_FOLLOWUP_LATE_S), 2);
	put("b", BOB, T, NM_CALL_LOST);
	put("c", BOB, T + NM_FOLLOWUP_LATE_S, NM_CALL_LOST);
	assert_int_equal(open_at(T + 2 * NM_FOLLOWUP_LATE_S), 3);
}

/* --- leads --- */

static void test_a_call_of_a_lead_joins_it_and_ends_it(void **state)
{
	(void)state;
	add_lead(0, "Carl", T - 10);
	put("z", ANN, T - 5, NM_CALL_LOST);
	add_lead(ANN, "Ann", T);
	assert_followups("Carl -10..-10 0 calls open; ann -5..-5 1 call open; ann 0..0 0 calls open");
	put("a", ANN, T + 20, NM_CALL_LOST);
	assert_followups("Carl -10..-10 0 calls open; ann -5..-5 1 call open; ann 0..20 1 call open");
	put("b", ANN, T + 60, NM_CALL_ANSWERED);
	assert_followups("Carl -10..-10 0 calls open; ann -5..-5 1 call rang-again at 60; "
			 "ann 0..20 1 call rang-again at 60");
}

static void test_a_lead_is_found_again(void **state)
{
	struct nm_followup lead = { .channel = NM_CHANNEL_WEB, .number = ANN, .name = "Ann", .opened = T };
	const int64_t id = add_lead(ANN, "Ann", T);
	struct nm_error err;
	int64_t found;

	(void)state;
	put("a", ANN, T + 20, NM_CALL_LOST);
	ok(nm_store_lead_find(store, &lead, &found, &err), &err);
	assert_int_equal(found, id);
	lead.words = "a leak";
	ok(nm_store_lead_find(store, &lead, &found, &err), &err);
	assert_int_equal(found, 0);
}

/* "in the same transaction": a call whose follow-up cannot be written is not written either. */
static void test_neither_without_the_other(void **state)
{
	const struct nm_call_filter all = { 0, NM_TIME_MIN, NM_TIME_MAX, 10, 0 };
	const struct nm_call_entry call = { .number = UINT64_C(15125550100),
					    .line = "main",
					    .driver = "twilio",
					    .carrier_id = "a",
					    .caller.number = ANN,
					    .began = T,
					    .ended = T + 9,
					    .became.end = NM_CALL_LOST };
	struct nm_call_entries calls;
	enum nm_call_kept kept;
	struct nm_error err;
	char file[512];
	sqlite3 *db;

	(void)state;
	assert_true(snprintf(file, sizeof(file), "%s/store.db", folder) < (int)sizeof(file));
	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "CREATE TRIGGER full BEFORE INSERT ON followup"
				      " BEGIN SELECT raise(ABORT, 'full'); END",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(nm_store_call_put(store, &call, &kept, &err), NM_SYSTEM);
	ok(nm_store_calls(store, &all, &calls, &err), &err);
	assert_int_equal(calls.n, 0);
	nm_call_entries_clear(&calls);
	assert_int_equal(sqlite3_exec(db, "DROP TRIGGER full", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	put("a", ANN, T, NM_CALL_LOST);
	assert_followups("ann 0..0 1 call open");
}

/* A store of before has calls and no follow-ups; its calls are known when the caller rings again. */
static void test_a_store_of_before(void **state)
{
	char file[512];

	(void)state;
	put("a", ANN, T, NM_CALL_LOST);
	nm_store_close(store);
	store = NULL;
	assert_true(snprintf(file, sizeof(file), "%s/store.db", folder) < (int)sizeof(file));
	old_store(file, 5);
	open_store(true);
	assert_followups("");
	open_store(false);
	assert_followups("");
	put("b", ANN, T + 60, NM_CALL_LOST);
	assert_followups("ann 0..60 2 calls open");
}

static void test_the_calls_of_a_caller(void **state)
{
	const struct nm_call_filter of_bob = { .until = NM_TIME_MAX, .most = 10, .caller = BOB };
	struct nm_call_entries calls;
	struct nm_error err;

	(void)state;
	put("a", ANN, T, NM_CALL_LOST);
	put("b", BOB, T + 5, NM_CALL_REJECTED);
	put("c", BOB, T + 9, NM_CALL_ANSWERED);
	ok(nm_store_calls(store, &of_bob, &calls, &err), &err);
	assert_int_equal(calls.n, 2);
	assert_string_equal(calls.items[0].carrier_id, "c");
	assert_string_equal(calls.items[1].carrier_id, "b");
	nm_call_entries_clear(&calls);
}

/* --- a machine that rings all day --- */

#define ROBOT_CALLS 2000

/* What is counted of one caller has a bound, so that a write costs no more however many calls there are. */
static void test_calls_without_end_are_counted_up_to_a_bound(void **state)
{
	struct nm_error err;

	(void)state;
	ok(nm_store_begin(store, &err), &err);
	for (int i = 0; i < ROBOT_CALLS; i++) {
		char id[32];

		snprintf(id, sizeof(id), "robot-%d", i);
		put(id, ANN, T + i * 60, NM_CALL_LOST);
	}
	ok(nm_store_commit(store, &err), &err);
	assert_followups("ann 0..119940 100 calls open");
}

/* --- against an obvious reading --- */

#define CASES 400
#define CALLS 14

/* A call of a case; `mended`: it was written down as another one before. */
struct drawn {
	char id[16];
	nm_number caller;
	nm_time at;
	enum nm_call_end end;
	bool mended;
};

/* What follows from calls and deeds as they came, one after the other. */
struct model {
	struct {
		nm_number caller;
		nm_time opened, newest, ended, last_try;
		int calls, tries;
		enum nm_followup_end end;
	} items[2 * CALLS];
	size_t n;
};

static struct drawn draw(uint64_t *seed, int number, int index, nm_time from, int seconds)
{
	static const enum nm_call_end of[] = { NM_CALL_ANSWERED,  NM_CALL_VOICEMAIL, NM_CALL_REJECTED,
					       NM_CALL_SWALLOWED, NM_CALL_ABANDONED, NM_CALL_LOST,
					       NM_CALL_UNKNOWN,   NM_CALL_ANSWERED };
	struct drawn call = { .caller = UINT64_C(15125560000) + (uint64_t)number * 2 + random_below(seed, 2),
			      .at = from + random_below(seed, (uint32_t)seconds),
			      .end = of[random_below(seed, 8)],
			      .mended = random_below(seed, 5) == 0 };

	snprintf(call.id, sizeof(call.id), "%d-%d", number, index);
	return call;
}

/* An answer goes first where both are in one second. */
static int by_time(const void *a, const void *b)
{
	const struct drawn *x = a, *y = b;

	if (x->at != y->at)
		return x->at > y->at ? 1 : -1;
	return (y->end == NM_CALL_ANSWERED) - (x->end == NM_CALL_ANSWERED);
}

static void model_call(struct model *model, const struct drawn *call)
{
	const bool missed = call->end != NM_CALL_ANSWERED && call->end != NM_CALL_REJECTED &&
			    call->end != NM_CALL_UNKNOWN;

	for (size_t i = 0; i < model->n && (missed || call->end == NM_CALL_ANSWERED); i++) {
		if (model->items[i].caller != call->caller || model->items[i].end != NM_FOLLOWUP_OPEN)
			continue;
		if (missed) {
			model->items[i].newest = call->at;
			model->items[i].calls++;
		} else {
			model->items[i].end = NM_FOLLOWUP_RANG_AGAIN;
			model->items[i].ended = call->at;
		}
		return;
	}
	if (!missed)
		return;
	model->items[model->n].caller = call->caller;
	model->items[model->n].opened = model->items[model->n].newest = call->at;
	model->items[model->n++].calls = 1;
}

/* In any order, and some of them as something else before. */
static void write_calls(uint64_t *seed, struct drawn *calls, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		const size_t k = random_below(seed, (uint32_t)i);
		const struct drawn swapped = calls[k];

		calls[k] = calls[i - 1];
		calls[i - 1] = swapped;
	}
	for (size_t i = 0; i < n; i++)
		if (calls[i].mended)
			put(calls[i].id, calls[i].caller ^ random_below(seed, 2), calls[i].at - 1,
			    random_below(seed, 2) ? NM_CALL_ANSWERED : NM_CALL_LOST);
	for (size_t i = 0; i < n; i++)
		put(calls[i].id, calls[i].caller, calls[i].at, calls[i].end);
}

static void play_calls(struct model *model, struct drawn *calls, size_t n)
{
	qsort(calls, n, sizeof(*calls), by_time);
	for (size_t i = 0; i < n; i++)
		model_call(model, &calls[i]);
}

struct walking {
	const struct nm_followups *list;
	size_t n;
};

static enum nm_code take_listed(void *context, const struct nm_followup *followup, struct nm_error *err)
{
	struct walking *walking = context;
	const struct nm_followup *listed = &walking->list->items[walking->n++];

	(void)err;
	assert_int_equal(followup->id, listed->id);
	assert_int_equal(followup->number, listed->number);
	assert_int_equal(followup->newest, listed->newest);
	assert_int_equal(followup->end, listed->end);
	assert_string_equal(followup->line, listed->line);
	return NM_OK;
}

/* Those that are listed are walked through, in the same order and as many. */
static void assert_walked(const struct nm_followup_filter *filter, const struct nm_followups *list)
{
	struct walking walking = { list, 0 };
	const struct nm_followup_walk walk = { *filter, take_listed, &walking };
	struct nm_error err;
	bool more;

	ok(nm_store_followups_walk(store, &walk, &more, &err), &err);
	assert_int_equal(walking.n, list->n);
	assert_int_equal(more, list->more);
}

static void read_case(nm_time from, struct nm_followups *out)
{
	const struct nm_followup_filter filter = { false, from, from + 1000, 1000, 0 };
	struct nm_error err;

	ok(nm_store_followups(store, &filter, out, &err), &err);
	assert_walked(&filter, out);
	for (size_t most = 0; most < 3; most++) {
		const struct nm_followup_filter few = { true, from, from + 1000, most, 0 };
		struct nm_followups open;

		ok(nm_store_followups(store, &few, &open, &err), &err);
		assert_walked(&few, &open);
		nm_followups_clear(&open);
	}
}

static void assert_as_modelled(const struct model *model, nm_time from)
{
	struct nm_followups got;

	read_case(from, &got);
	assert_int_equal(got.n, model->n);
	for (size_t i = 0; i < model->n; i++) {
		size_t k = 0;

		while (k < got.n && (got.items[k].number != model->items[i].caller ||
				     got.items[k].opened != model->items[i].opened))
			k++;
		assert_true(k < got.n);
		assert_int_equal(got.items[k].newest, model->items[i].newest);
		assert_int_equal(got.items[k].calls, model->items[i].calls);
		assert_int_equal(got.items[k].end, model->items[i].end);
		assert_int_equal(got.items[k].ended, model->items[i].ended);
		assert_int_equal(got.items[k].tries, model->items[i].tries);
		assert_int_equal(got.items[k].last_try, model->items[i].last_try);
	}
	nm_followups_clear(&got);
}

static bool is_newest_of_caller(const struct model *model, size_t i)
{
	for (size_t k = i + 1; k < model->n; k++)
		if (model->items[k].caller == model->items[i].caller)
			return false;
	return true;
}

/* Somebody does something with some of those that are there, at one instant. */
static void act(uint64_t *seed, struct model *model, nm_time from, nm_time at)
{
	struct nm_followups got;

	read_case(from, &got);
	for (size_t i = 0; i < model->n; i++) {
		const bool open = model->items[i].end == NM_FOLLOWUP_OPEN;
		const uint32_t what = random_below(seed, 4);
		int64_t id = 0;

		for (size_t k = 0; k < got.n; k++)
			if (got.items[k].number == model->items[i].caller &&
			    got.items[k].opened == model->items[i].opened)
				id = got.items[k].id;
		if (open && what == 0) {
			deed(id, NM_DEED_TRIED, NM_FOLLOWUP_OPEN, at);
			model->items[i].tries++;
			model->items[i].last_try = at;
		} else if (open && what == 1) {
			finish(id, NM_FOLLOWUP_NO_ANSWER, at);
			model->items[i].end = NM_FOLLOWUP_NO_ANSWER;
			model->items[i].ended = at;
		} else if (!open && what == 2 && is_newest_of_caller(model, i)) {
			deed(id, NM_DEED_REOPENED, NM_FOLLOWUP_OPEN, at);
			model->items[i].end = NM_FOLLOWUP_OPEN;
			model->items[i].ended = 0;
		}
	}
	nm_followups_clear(&got);
}

/* Calls that become known in any order, some of them mended: as if each had been written when it came.  Then
 * somebody does something, and more calls come. */
static void play_case(int number)
{
	uint64_t seed = (uint64_t)number + 1;
	const nm_time from = T + number * 1000;
	struct drawn calls[CALLS];
	struct model model = { .n = 0 };
	int n = 0;

	for (int round = 0; round < 3; round++) {
		const size_t drawn = 1 + random_below(&seed, CALLS - 1);

		for (size_t i = 0; i < drawn; i++)
			calls[i] = draw(&seed, number, n++, from + round * 100 + 2, 60);
		write_calls(&seed, calls, drawn);
		play_calls(&model, calls, drawn);
		if (model.n > CALLS)
			return;
		assert_as_modelled(&model, from);
		act(&seed, &model, from, from + round * 100 + 80);
		assert_as_modelled(&model, from);
	}
}

static void test_as_an_obvious_reading_has_it(void **state)
{
	struct nm_error err;

	(void)state;
	ok(nm_store_begin(store, &err), &err);
	for (int i = 0; i < CASES; i++)
		play_case(i);
	ok(nm_store_commit(store, &err), &err);
}

/* --- what the plan says --- */

/* clang-format off */
#define PLAN \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account box { driver = sandbox }\nline main { number = \"+15125550100\" account = box }\n" \
	"schedule open { hours = \"Mo-Fr 08:00-18:00\" }\nschedule late { hours = \"Mo 20:00-22:00\" }\n" \
	"destination box { kind = voicemail greeting = \"Smith\" }\npath mail { step { ring = box } }\nrule all { path = mail }\n"
#define BACK "text_back { missed = \"Smith here\" once_per = 2h }\n"
/* clang-format on */

static void take_plan(const char *text)
{
	nm_plan_free(plan);
	plan = plan_of_text(text, folder);
}

static void assert_due(const struct nm_followup *followup, enum nm_followup_next next, nm_time at)
{
	const struct nm_followup_due due = nm_followup_due(plan, followup);

	assert_int_equal(due.next, next);
	assert_int_equal(due.at, at);
}

static void test_when_it_is_due(void **state)
{
	struct nm_followup f = { .number = ANN, .opened = T, .newest = T };

	(void)state;
	take_plan(PLAN);
	assert_due(&f, NM_NEXT_CALL, T + 900);
	f.tries = 2;
	f.last_try = T + 5000;
	assert_due(&f, NM_NEXT_CALL, T + 5000 + 1800);
	f.tries = 3;
	assert_due(&f, NM_NEXT_NONE, NM_TIME_MAX);
	take_plan(PLAN "follow_up { within = 5m attempts = 2 retry = 1h then_text = \"Smith\" }");
	assert_due(&f, NM_NEXT_TEXT, T + 5000 + 3600);
	f.last_try = T + 12 * 3600; /* 20:00, and an hour later it is too late for texts */
	assert_due(&f, NM_NEXT_TEXT, T + 24 * 3600);
	f.texted = T + 9000;
	assert_due(&f, NM_NEXT_NONE, NM_TIME_MAX);
	f.texted = 0;
	f.number = 0;
	assert_due(&f, NM_NEXT_NONE, NM_TIME_MAX);
	f.tries = 0;
	assert_due(&f, NM_NEXT_CALL, T + 300);
	f.end = NM_FOLLOWUP_BOOKED;
	assert_due(&f, NM_NEXT_NONE, NM_TIME_MAX);
	f = (struct nm_followup){ .number = UINT64_C(19005550123), .opened = T };
	assert_due(&f, NM_NEXT_NONE, NM_TIME_MAX);
	f = (struct nm_followup){ .number = UINT64_C(442079460123), .opened = T };
	assert_due(&f, NM_NEXT_NONE, NM_TIME_MAX);
	take_plan(PLAN "allow = { GB }");
	assert_due(&f, NM_NEXT_CALL, T + 900);
	f = (struct nm_followup){ .number = ANN, .opened = NM_TIME_MAX - 1 };
	assert_due(&f, NM_NEXT_CALL, NM_TIME_MAX);
}

/* "not before one of these schedules is on": second by second, the slow reading agrees, and so do many in any order,
 * over years. */
static void test_during(void **state)
{
	struct nm_followup f = { .number = ANN };
	struct nm_due_times *times;
	struct slow slow;
	uint64_t seed = 7;

	(void)state;
	take_plan(PLAN "follow_up { within = 5m during = { open, late } }");
	times = nm_due_times_new(plan);
	assert_non_null(times);
	slow_init(&slow, plan, T - NM_DAY, T + 20 * NM_DAY);
	for (int i = 0; i < 200; i++) {
		nm_time at;

		f.opened = T + random_below(&seed, 10 * NM_DAY);
		at = f.opened + 300;
		while (!slow_schedule_on(&slow, 0, at) && !slow_schedule_on(&slow, 1, at))
			at++;
		assert_due(&f, NM_NEXT_CALL, at);
	}
	slow_clear(&slow);
	for (int i = 0; i < 500; i++) {
		struct nm_followup_due alone, among;

		f.opened = T + (nm_time)random_below(&seed, i < 400 ? 900 * NM_DAY : 90) * (i < 450 ? 1 : 86400 * 365 / 2);
		alone = nm_followup_due(plan, &f);
		among = nm_due_times_of(times, &f);
		assert_int_equal(among.next, alone.next);
		assert_int_equal(among.at, alone.at);
	}
	nm_due_times_free(times);
	take_plan(PLAN "schedule past { hours = \"2020 Mo 08:00-09:00\" }\nfollow_up { during = past }");
	assert_due(&f, NM_NEXT_CALL, NM_TIME_MAX);
}

static void test_the_most_urgent_first(void **state)
{
	struct nm_followup items[] = {
		{ .id = 1, .opened = T + 50, .tries = 3 },
		{ .id = 2, .opened = T, .end = NM_FOLLOWUP_BOOKED },
		{ .id = 3, .opened = T + 20 },
		{ .id = 4, .opened = T, .tries = 1, .last_try = T + 60 },
		{ .id = 5, .opened = T + 20 },
		{ .id = 6, .opened = T - 20, .number = UINT64_C(19005550123) },
	};
	static const int64_t order[] = { 3, 5, 4, 6, 1, 2 };
	struct nm_followups followups = { .n = 6, .items = items };

	(void)state;
	take_plan(PLAN);
	nm_followups_sort(plan, &followups);
	for (size_t i = 0; i < followups.n; i++)
		assert_int_equal(items[i].id, order[i]);
}

static struct nm_followup outcome(int64_t id, enum nm_followup_end end, nm_time at)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup got;
	struct nm_error err;

	ok(nm_followup_outcome(plan, store, id, end, at, WHO, arena, &got, &err), &err);
	nm_arena_free(arena);
	return got;
}

/* "NO_ANSWER is a try, and ends it only when the plan's attempts are used up and there is no then_text left to send" */
static void test_outcomes(void **state)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup got;
	struct nm_error err;

	(void)state;
	take_plan(PLAN "follow_up { attempts = 2 }");
	put("a", ANN, T, NM_CALL_LOST);
	got = outcome(1, NM_FOLLOWUP_NO_ANSWER, T + 10);
	assert_int_equal(got.end, NM_FOLLOWUP_OPEN);
	assert_int_equal(got.tries, 1);
	got = outcome(1, NM_FOLLOWUP_NO_ANSWER, T + 20);
	assert_int_equal(got.end, NM_FOLLOWUP_NO_ANSWER);
	assert_int_equal(got.tries, 2);
	assert_int_equal(got.n_deeds, 3);
	assert_int_equal(
		nm_followup_outcome(plan, store, 1, NM_FOLLOWUP_BOOKED, T + 30, WHO, arena, &got, &err),
		NM_INPUT);
	nm_arena_free(arena);
	take_plan(PLAN "follow_up { attempts = 1 then_text = \"Smith\" }");
	put("b", ANN, T + 100, NM_CALL_LOST);
	got = outcome(2, NM_FOLLOWUP_NO_ANSWER, T + 110);
	assert_int_equal(got.end, NM_FOLLOWUP_OPEN);
	deed(2, NM_DEED_TEXTED, NM_FOLLOWUP_OPEN, T + 120);
	got = outcome(2, NM_FOLLOWUP_NO_ANSWER, T + 130);
	assert_int_equal(got.end, NM_FOLLOWUP_NO_ANSWER);
	add_lead(ANN, NULL, T + 200);
	got = outcome(3, NM_FOLLOWUP_BOOKED, T + 210);
	assert_int_equal(got.end, NM_FOLLOWUP_BOOKED);
	assert_int_equal(got.first_try, T + 210);
}

static void assert_text(const struct nm_followup *followup, nm_time now, enum nm_code code, const char *words)
{
	struct nm_error err = { NM_OK, "" };

	assert_int_equal(nm_followup_text_check(plan, store, followup, now, &err), code);
	assert_string_equal(err.text, words);
}

/* "follow-up texts 8-21 h", and once in text_back's once_per, whatever else sent the one before. */
static void test_when_it_may_get_a_text(void **state)
{
	const struct nm_outbox_text sent = { .at = T + 3600,
					     .line = "main",
					     .account = "box",
					     .driver = "sandbox",
					     .from = "+15125550100",
					     .to = "+15125550199",
					     .body = "x",
					     .why = "text-back",
					     .state = NM_OUTBOX_SENDING };
	struct nm_followup f = { .id = 1, .number = ANN, .opened = T };
	struct nm_error err;
	int64_t id;

	(void)state;
	take_plan(PLAN BACK);
	assert_string_equal(nm_followup_text(plan), "Smith here");
	assert_text(&f, T, NM_OK, "");
	assert_text(&f, T + 13 * 3600 - 1, NM_OK, "");
	assert_text(&f, T + 13 * 3600, NM_REFUSED,
		    "customers get texts from 8:00 to 21:00 on the plan's clock only: try again then");
	assert_text(&f, T - 1, NM_REFUSED,
		    "customers get texts from 8:00 to 21:00 on the plan's clock only: try again then");
	ok(nm_store_outbox_add(store, &sent, &id, &err), &err);
	assert_text(
		&f, T + 3 * 3600 - 1, NM_REFUSED,
		"+1 512 555 0199 got a text less than 2 h ago, or may have: once_per of text_back is that long");
	assert_text(&f, T + 3 * 3600, NM_OK, "");
	ok(nm_store_outbox_update(store, &(struct nm_outbox_text){ .id = id, .state = NM_OUTBOX_FAILED },
				  &err),
	   &err);
	assert_text(&f, T + 3600, NM_OK, "");
	f.texted = T + 3 * 3600;
	assert_text(
		&f, T + 4 * 3600, NM_REFUSED,
		"+1 512 555 0199 got a text less than 2 h ago, or may have: once_per of text_back is that long");
	ok(nm_store_optout_add(store, f.number, T, NM_OPTOUT_CARRIER, &err), &err);
	assert_text(&f, T + 7 * 3600, NM_REFUSED,
		    "+1 512 555 0199 wants no texts, its carrier said: none is sent any more, from no line");
	f.number = 0;
	assert_text(&f, T, NM_INPUT, "follow-up 1 has no number that could get a text");
	f.end = NM_FOLLOWUP_LOST;
	assert_text(&f, T, NM_INPUT, "follow-up 1 has ended (lost): reopen it first");
	take_plan(PLAN);
	assert_null(nm_followup_text(plan));
}

static void test_names(void **state)
{
	enum nm_followup_end end;
	enum nm_channel channel;

	(void)state;
	assert_true(nm_followup_end_find("no-answer", &end));
	assert_int_equal(end, NM_FOLLOWUP_NO_ANSWER);
	assert_false(nm_followup_end_find("open", &end));
	assert_false(nm_followup_end_find("rang-again", &end));
	assert_true(nm_channel_find("web", &channel));
	assert_int_equal(channel, NM_CHANNEL_WEB);
	assert_false(nm_channel_find("fax", &channel));
	assert_string_equal(nm_channel_name(NM_CHANNEL_TEXT), "text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
		EACH(test_a_call_that_nobody_took_opens_one),
		EACH(test_nobody_calls_back_a_withheld_number),
		EACH(test_a_call_of_our_own_opens_none),
		EACH(test_a_probable_answer_ends_none),
		EACH(test_further_calls_join_it),
		EACH(test_an_answered_call_ends_it),
		EACH(test_the_order_in_which_calls_become_known_is_no_matter),
		EACH(test_an_answer_ends_what_stands_before_a_lead_too),
		EACH(test_a_call_older_than_the_end_belongs_to_what_ended),
		EACH(test_what_was_touched_stays_whole),
		EACH(test_an_answer_known_late_parts_what_joined_later),
		EACH(test_reopened),
		EACH(test_deeds_are_kept_and_taken_back),
		EACH(test_what_cannot_be_done),
		EACH(test_a_mended_call_takes_back_what_it_opened),
		EACH(test_an_answer_that_was_none_joins_what_it_parted),
		EACH(test_a_list_cut_short_has_those_who_wait_longest),
		EACH(test_who_rang_a_month_ago_is_not_listed_as_open),
		EACH(test_what_somebody_has_in_hand_stays_listed),
		EACH(test_a_call_of_a_lead_joins_it_and_ends_it),
		EACH(test_a_lead_is_found_again),
		EACH(test_neither_without_the_other),
		EACH(test_a_store_of_before),
		EACH(test_the_calls_of_a_caller),
		EACH(test_calls_without_end_are_counted_up_to_a_bound),
		EACH(test_as_an_obvious_reading_has_it),
		EACH(test_when_it_is_due),
		EACH(test_during),
		EACH(test_the_most_urgent_first),
		EACH(test_outcomes),
		EACH(test_when_it_may_get_a_text),
		EACH(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
