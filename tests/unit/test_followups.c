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

#include "nevermiss/calls.h"
#include "nevermiss/followup.h"
#include "random_plan.h"

#define T INT64_C(1767621600) /* 2026-01-05T14:00:00Z, a Monday, 08:00 in Chicago */
#define ANN UINT64_C(15125550199)
#define BOB UINT64_C(15125550198)
#define WHO "pat"

static char *folder;
static struct nm_store *store;

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
	const struct nm_followup_filter all = { false, NM_TIME_MIN, NM_TIME_MAX, 1000 };
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
	const struct nm_followup_filter all = { false, NM_TIME_MIN, NM_TIME_MAX, 1 };
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
	return nm_store_followup_deed(store, id,
				      &(struct nm_deed){ .at = at, .who = WHO, .kind = kind, .end = end },
				      err);
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
	const struct nm_followup lead = { .channel = NM_CHANNEL_WEB, .number = number, .name = name, .opened = at };
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

/* --- leads --- */

static void test_a_call_of_a_lead_joins_it_and_ends_it(void **state)
{
	(void)state;
	add_lead(0, "Carl", T - 10);
	add_lead(ANN, "Ann", T);
	assert_followups("Carl -10..-10 0 calls open; ann 0..0 0 calls open");
	put("a", ANN, T + 20, NM_CALL_LOST);
	assert_followups("Carl -10..-10 0 calls open; ann 0..20 1 call open");
	put("b", ANN, T + 60, NM_CALL_ANSWERED);
	assert_followups("Carl -10..-10 0 calls open; ann 0..20 1 call rang-again at 60");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
		EACH(test_a_call_that_nobody_took_opens_one),
		EACH(test_nobody_calls_back_a_withheld_number),
		EACH(test_further_calls_join_it),
		EACH(test_an_answered_call_ends_it),
		EACH(test_the_order_in_which_calls_become_known_is_no_matter),
		EACH(test_a_call_older_than_the_end_belongs_to_what_ended),
		EACH(test_a_call_of_a_lead_joins_it_and_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
