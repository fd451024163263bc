/* SPDX-License-Identifier: MIT */
/*
 * The sums beside the log are what counting its calls anew comes to, whatever was written, mended and deleted in whatever
 * order.  Counting anew is the step by which an older store gets them: that one is held here, too.  So is what makes them
 * anew when some of them are damaged.
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

#include "core/store_private.h"
#include "nevermiss/followup.h"
#include "nevermiss/report.h"
#include "old_store.h"
#include "random_plan.h"
#include "sums_text.h"

#define T INT64_C(1767621600) /* Monday 2026-01-05 08:00 in Chicago */
#define IDS 120               /* so many calls there are: most are written more than once */

static const nm_number numbers[] = { UINT64_C(15125550100), UINT64_C(15125550101) };

static char *folder, *file;
static struct nm_store *store;

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static void open_store(void)
{
	struct nm_error err;

	ok(nm_store_open(file, false, &store, &err), &err);
}

static void close_store(void)
{
	nm_store_close(store);
	store = NULL;
}

static int setup(void **state)
{
	struct nm_buf path;

	(void)state;
	folder = random_folder_new();
	nm_buf_init(&path, 4096);
	nm_buf_addf(&path, "%s/store.db", folder);
	file = nm_buf_take(&path);
	return file == NULL;
}

static int teardown(void **state)
{
	(void)state;
	close_store();
	free(file);
	random_folder_free(folder);
	return 0;
}

static void put(const struct nm_call_entry *call)
{
	enum nm_call_kept kept;
	struct nm_error err;

	ok(nm_store_call_put(store, call, &kept, &err), &err);
}

/* Times lie so that gaps of just a matter's time, and calls in the same second, come up. */
static nm_time random_time(uint64_t *dice)
{
	static const nm_time gaps[] = { 0, 1, 3599, 3600, NM_MATTER_S - 1, NM_MATTER_S, NM_MATTER_S + 1 };

	return T + (nm_time)random_below(dice, 4) * NM_MATTER_S + gaps[random_below(dice, 7)];
}

static void put_random(uint64_t *dice)
{
	static const char *const who[] = { NULL, "owner", "office", "+442079460000" };
	static const enum nm_call_reason reasons[] = { NM_CALL_OTHER_LINE, NM_CALL_NOBODY, NM_CALL_NOT_TOLD };
	const uint32_t caller = random_below(dice, 5);
	char id[16];
	struct nm_call_entry call = {
		.line = "main",
		.driver = "sandbox",
		.carrier_id = id,
		.caller = { .anonymous = caller == 0, .number = caller < 2 ? 0 : 17375550100 + caller },
		.began = random_time(dice),
		.became = { .end = (enum nm_call_end)random_below(dice, NM_CALL_UNKNOWN + 1),
			    .reason = reasons[random_below(dice, 3)],
			    .probably = random_below(dice, 3) == 0,
			    .by = who[random_below(dice, 4)],
			    .seconds = (int)random_below(dice, 40) - 1 },
		.cut = random_below(dice, 8) == 0,
		.ours = random_below(dice, 8) == 0,
	};
	const uint32_t one = random_below(dice, IDS);

	snprintf(id, sizeof(id), "c%u", (unsigned)one);
	call.number = numbers[one % 2];
	call.ended = random_below(dice, 4) == 0 ? 0 : call.began + random_below(dice, 90);
	put(&call);
}

static void execute(const char *sql)
{
	struct nm_error err;

	ok(nm_store_execute(store, sql, "testing", &err), &err);
}

/* As whatever forgets calls must: out of the sums first. */
static void delete_random(uint64_t *dice)
{
	const int64_t id = 1 + random_below(dice, IDS);
	struct nm_error err;
	char sql[240];

	ok(nm_store_begin(store, &err), &err);
	if (nm_store_sums_take_out(store, id, &err) == NM_OK) {
		snprintf(sql, sizeof(sql),
			 "DELETE FROM deed WHERE followup IN (SELECT id FROM followup WHERE call = %1$lld);"
			 "DELETE FROM followup WHERE call = %1$lld; DELETE FROM call WHERE id = %1$lld",
			 (long long)id);
		execute(sql);
	}
	ok(nm_store_commit(store, &err), &err);
}

/* Whatever becomes of a follow-up; most have ended, and then that is refused. */
static void do_random_deed(uint64_t *dice)
{
	static const enum nm_deed_kind kinds[] = { NM_DEED_TRIED, NM_DEED_ENDED, NM_DEED_REOPENED, NM_DEED_NOTED };
	const struct nm_deed deed = { .at = random_time(dice),
				      .who = "pat",
				      .kind = kinds[random_below(dice, 4)],
				      .end = NM_FOLLOWUP_BOOKED };
	struct nm_error err;

	(void)!nm_store_followup_deed(store, 1 + random_below(dice, 60), &deed, &err);
}

/* --- counting anew --- */

#define BEFORE_SUMS 10
#define OTHER_FATES 16 /* the last whose sums had probably swallowed calls as swallowed */

/* The store becomes one of that schema, what sums it has are no good, and it is opened again. */
static void count_anew(int schema)
{
	sqlite3 *db;

	close_store();
	old_store(file, schema);
	if (schema > BEFORE_SUMS) {
		assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, "UPDATE packed_sums SET packed = x'00'", NULL, NULL, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_close(db), SQLITE_OK);
	}
	open_store();
	assert_false(nm_store_mended(store));
}

static void check_sums(int schema)
{
	char *kept = sums_text(store->db), *counted;

	assert_non_null(strstr(kept, "calls"));
	assert_non_null(strstr(kept, "matters"));
	assert_non_null(strstr(kept, "followups"));
	assert_non_null(strstr(kept, "callers"));
	count_anew(schema);
	counted = sums_text(store->db);
	assert_string_equal(kept, counted);
	free(kept);
	free(counted);
}

static void test_sums_are_what_counting_anew_comes_to(void **state)
{
	(void)state;
	for (int seed = 0; seed < random_few(30); seed++) {
		uint64_t dice = (uint64_t)seed;

		remove(file);
		open_store();
		for (int i = 0; i < 400; i++) {
			put_random(&dice);
			if (seed % 3 != 0)
				do_random_deed(&dice);
			if (seed % 2 == 1 && i % 5 == 0)
				delete_random(&dice);
		}
		check_sums(seed % 2 == 0 ? BEFORE_SUMS : OTHER_FATES);
		close_store();
	}
}

/* A transaction that is given up leaves them as they were. */
static void test_sums_go_back_with_their_calls(void **state)
{
	uint64_t dice = 7;
	char *before, *after;
	struct nm_error err;

	(void)state;
	remove(file);
	open_store();
	for (int i = 0; i < 50; i++)
		put_random(&dice);
	before = sums_text(store->db);
	ok(nm_store_begin(store, &err), &err);
	for (int i = 0; i < 50; i++)
		put_random(&dice);
	nm_store_abandon(store);
	after = sums_text(store->db);
	assert_string_equal(before, after);
	free(before);
	free(after);
	check_sums(BEFORE_SUMS);
	close_store();
}

/* --- damage --- */

#define TOUCHED "WHERE weeks = 0 AND nth = 20458 AND number = 15125550100" /* the day of T: put_sure is there */

static void damage(uint64_t *dice, const char *which)
{
	static const char *const bytes[] = { "0500ff", "05", "ff", "00", "ffffffffffffffffffffff" };
	char sql[240];

	snprintf(sql, sizeof(sql), "UPDATE packed_sums SET packed = x'%s' %s", bytes[random_below(dice, 5)], which);
	execute(sql);
	assert_true(sqlite3_changes(store->db) > 0);
}

/* A call of its own, whatever others there are. */
static void put_sure(int nth)
{
	char id[16];
	const struct nm_call_entry call = {
		.number = numbers[0],
		.line = "main",
		.driver = "sandbox",
		.carrier_id = id,
		.caller = { .number = 17375550102 },
		.began = T,
		.ended = T + 20,
		.became = { .end = NM_CALL_LOST, .seconds = 20 },
	};

	snprintf(id, sizeof(id), "sure%d", nth);
	put(&call);
}

static enum nm_code report(const struct nm_plan *plan, struct nm_error *err)
{
	const struct nm_report_options options = { .span = { T - 30 * (nm_time)NM_DAY, T + 60 * (nm_time)NM_DAY }, .line = -1 };
	struct nm_report made = { .arena = NULL };
	enum nm_code code = nm_report(store, plan, &options, &made, err);

	nm_report_clear(&made);
	return code;
}

static struct nm_plan *read_plan(void)
{
	return plan_of_text("timezone = \"America/Chicago\" account sandbox { driver = sandbox }\n"
			    "line main { number = \"+15125550100\" account = sandbox }\n",
			    folder);
}

/* Whoever reads damaged sums makes them what they were. */
static void test_a_reader_mends_them(void **state)
{
	struct nm_plan *plan = read_plan();
	uint64_t dice = 11;
	struct nm_error err;

	(void)state;
	remove(file);
	open_store();
	for (int i = 0; i < 300; i++) {
		put_random(&dice);
		do_random_deed(&dice);
	}
	put_sure(0);
	for (int i = 0; i < random_few(40); i++) {
		char *kept = sums_text(store->db), *mended;

		damage(&dice, i % 2 == 0 ? "" : TOUCHED);
		ok(report(plan, &err), &err);
		assert_true(nm_store_mended(store));
		assert_false(nm_store_mended(store));
		mended = sums_text(store->db);
		assert_string_equal(kept, mended);
		free(kept);
		free(mended);
	}
	nm_plan_free(plan);
	check_sums(BEFORE_SUMS);
	close_store();
}

/* Who may not write says what helps. */
static void test_a_read_only_store_is_left(void **state)
{
	struct nm_plan *plan = read_plan();
	uint64_t dice = 12;
	struct nm_error err;

	(void)state;
	remove(file);
	open_store();
	for (int i = 0; i < 50; i++)
		put_random(&dice);
	put_sure(0);
	damage(&dice, TOUCHED);
	close_store();
	ok(nm_store_open(file, true, &store, &err), &err);
	assert_int_equal(report(plan, &err), NM_SYSTEM);
	assert_non_null(strstr(err.text, "`nevermiss report` without --read-only makes them anew"));
	assert_false(nm_store_mended(store));
	close_store();
	open_store();
	ok(report(plan, &err), &err);
	assert_true(nm_store_mended(store));
	nm_plan_free(plan);
	check_sums(BEFORE_SUMS);
	close_store();
}

/* Whatever a transaction does after and before it comes upon damage, however much that is. */
static void test_a_writer_mends_them(void **state)
{
	(void)state;
	for (int seed = 0; seed < random_few(20); seed++) {
		uint64_t dice = 100 + (uint64_t)seed;
		const int many = seed % 4 == 0 ? 1500 : 40;
		struct nm_error err;

		remove(file);
		open_store();
		put_sure(0);
		for (int round = 1; round <= 4; round++) {
			const int when = (int)random_below(&dice, (uint32_t)many);

			ok(nm_store_begin(store, &err), &err);
			for (int i = 0; i < many; i++) {
				put_random(&dice);
				if (i % 3 == 0)
					delete_random(&dice);
				if (i == when)
					damage(&dice, round % 2 == 0 ? "" : TOUCHED);
			}
			put_sure(round);
			ok(nm_store_commit(store, &err), &err);
			assert_true(nm_store_mended(store));
			do_random_deed(&dice);
		}
		check_sums(BEFORE_SUMS);
		close_store();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums_are_what_counting_anew_comes_to),
		cmocka_unit_test(test_sums_go_back_with_their_calls),
		cmocka_unit_test(test_a_reader_mends_them),
		cmocka_unit_test(test_a_read_only_store_is_left),
		cmocka_unit_test(test_a_writer_mends_them),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
