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
#include <sys/stat.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "core/store_private.h"
#include "core/sums.h"
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

/* As an import does: each finds what those before it in the same transaction have left. */
static void put_together(uint64_t *dice)
{
	struct nm_error err;

	ok(nm_store_begin(store, &err), &err);
	for (int i = 0; i < 12; i++)
		put_random(dice);
	ok(nm_store_commit(store, &err), &err);
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

#define OTHER_TABLE 18 /* the last whose sums are as they are now, in a table without row numbers */

/* The store becomes one of that schema, what sums it has are no good if they are not to be kept, and it is opened again. */
static void count_anew(int schema)
{
	sqlite3 *db;

	close_store();
	old_store(file, schema);
	if (schema > BEFORE_SUMS && schema <= OTHER_FATES) {
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
	static const int schemas[] = { BEFORE_SUMS, OTHER_FATES, OTHER_TABLE };

	(void)state;
	for (int seed = 0; seed < random_few(30); seed++) {
		uint64_t dice = (uint64_t)seed;

		remove(file);
		open_store();
		for (int i = 0; i < 400; i++) {
			put_random(&dice);
			if (seed % 4 > 1 && i % 20 == 0)
				put_together(&dice);
			if (seed % 3 != 0)
				do_random_deed(&dice);
			if (seed % 2 == 1 && i % 5 == 0)
				delete_random(&dice);
		}
		check_sums(schemas[seed % 3]);
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

/* --- reading --- */

#define MOST_CALLERS 8
#define SEGMENTS 5

/* What callers of a span did, as units tell it: the sums against the calls themselves. */
struct told {
	struct nm_span within; /* where the units lie */
	nm_time until;         /* of the last unit */
	size_t n;
	struct nm_caller_sum callers[MOST_CALLERS];
};

static void take_caller(struct told *told, const struct nm_caller_sum *sum)
{
	size_t i = 0;

	while (i < told->n && told->callers[i].caller != sum->caller)
		i++;
	assert_true(i < MOST_CALLERS);
	if (i == told->n)
		told->callers[told->n++].caller = sum->caller;
	told->callers[i].calls += sum->calls;
	told->callers[i].missed += sum->missed;
}

static bool take_callers(void *context, struct nm_span span, const struct nm_caller_sum *sums, size_t n)
{
	struct told *told = context;

	assert_true(span.from >= told->within.from && span.until <= told->within.until);
	assert_true(span.until >= told->until);
	told->until = span.until;
	for (size_t i = 0; i < n; i++) {
		assert_true(i == 0 || sums[i - 1].caller < sums[i].caller);
		take_caller(told, &sums[i]);
	}
	return true;
}

static int64_t count(const char *what, struct nm_span span, nm_number number, int64_t third)
{
	sqlite3_stmt *statement;
	char sql[400];
	int64_t n;

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM call WHERE began >= ?1 AND began < ?2 AND ?3 IN (0, number) AND %s", what);
	assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL), SQLITE_OK);
	sqlite3_bind_int64(statement, 1, span.from);
	sqlite3_bind_int64(statement, 2, span.until);
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)number);
	sqlite3_bind_int64(statement, 4, third);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	n = sqlite3_column_int64(statement, 0);
	assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
	return n;
}

#define OF_CALLER "caller = ?4 AND caller > 0 AND outcome IN (0, 1, 3, 4, 5)"
#define NOBODY " AND cut = 0 AND outcome > 0 AND NOT (outcome = 4 AND seconds BETWEEN 0 AND 14)"
#define ANSWERED "outcome = 0 AND cut = 0 AND probably = 0 AND seconds >= 0"

static void check_callers(uint64_t *dice, nm_time from)
{
	const struct nm_span any = { from, from + (nm_time)random_below(dice, 300 * NM_DAY) };
	struct told told = { .within = nm_sums_days(any) };
	const struct nm_sums_reader reader = {
		.number = random_below(dice, 2) == 0 ? 0 : numbers[random_below(dice, 2)],
		.span = told.within,
		.taker = { .callers = take_callers, .context = &told },
	};
	struct nm_error err;
	int64_t calls = 0;

	assert_true(told.within.from - any.from < NM_DAY || told.within.from == any.until);
	assert_true(any.until - told.within.until < NM_DAY);
	ok(nm_store_callers_each(store, &reader, &err), &err);
	for (size_t i = 0; i < told.n; i++) {
		const struct nm_caller_sum *one = &told.callers[i];
		const int64_t caller = (int64_t)one->caller;

		assert_int_equal(one->calls, count(OF_CALLER, reader.span, reader.number, caller));
		assert_int_equal(one->missed, count(OF_CALLER NOBODY, reader.span, reader.number, caller));
		calls += one->calls;
	}
	assert_int_equal(calls, count("caller > 0 AND outcome IN (0, 1, 3, 4, 5) AND ?4 = 0", reader.span, reader.number, 0));
}

/* Units lie end to end, each begins at a multiple of its length, and none that is longer would fit. */
static void check_units(struct nm_span days)
{
	static const nm_time lengths[] = { NM_DAY, 7 * NM_DAY, 56 * NM_DAY };
	nm_time from = days.from;

	while (from < days.until) {
		const struct nm_span unit = nm_sums_unit(days, from);
		nm_time longest = 0;

		for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
			if (from % lengths[i] == 0 && from + lengths[i] <= days.until)
				longest = lengths[i];
		assert_int_equal(unit.from, from);
		assert_int_equal(unit.until - unit.from, longest);
		from = unit.until;
	}
	assert_int_equal(from, days.until);
}

/* Waits between cuts: of each segment as many as the calls tell, after as many seconds. */
struct waits {
	nm_time cuts[SEGMENTS + 1];
	int64_t calls[SEGMENTS], seconds[SEGMENTS];
};

static bool take_wait(void *context, const struct nm_wait_sum *sum)
{
	struct waits *waits = context;
	size_t i = 0;

	assert_true(sum->began >= waits->cuts[0] && sum->began < waits->cuts[SEGMENTS]);
	while (sum->began >= waits->cuts[i + 1])
		i++;
	waits->calls[i] += sum->calls;
	waits->seconds[i] += sum->calls * sum->seconds;
	return true;
}

static bool take_other_call(void *context, const struct nm_call_sum *sum)
{
	return context != NULL && sum != NULL;
}

static bool take_other_matter(void *context, const struct nm_matter_sum *sum)
{
	return context != NULL && sum != NULL;
}

static bool take_other_followup(void *context, const struct nm_followup_sum *sum)
{
	return context != NULL && sum != NULL;
}

/* Some cuts lie within a day, some at its ends. */
static void check_waits(uint64_t *dice, nm_time from)
{
	struct waits waits = { .cuts = { from } };
	struct nm_sums_reader reader = {
		.number = random_below(dice, 2) == 0 ? 0 : numbers[random_below(dice, 2)],
		.n_cuts = SEGMENTS - 1,
		.cuts = &waits.cuts[1],
		.taker = { .call = take_other_call,
			   .wait = take_wait,
			   .matter = take_other_matter,
			   .followup = take_other_followup,
			   .context = &waits },
	};
	struct nm_error err;

	for (int i = 1; i <= SEGMENTS; i++)
		waits.cuts[i] = waits.cuts[i - 1] + NM_SUM_S * (1 + (nm_time)random_below(dice, 24 * 9));
	reader.span = (struct nm_span){ from, waits.cuts[SEGMENTS] };
	ok(nm_store_sums_each(store, &reader, &err), &err);
	for (int i = 0; i < SEGMENTS; i++) {
		const struct nm_span segment = { waits.cuts[i], waits.cuts[i + 1] };
		int64_t seconds = 0;

		for (int s = 0; s < 40; s++)
			seconds += s * count(ANSWERED " AND seconds = ?4", segment, reader.number, s);
		assert_int_equal(waits.calls[i], count(ANSWERED " AND ?4 = 0", segment, reader.number, 0));
		assert_int_equal(waits.seconds[i], seconds);
	}
}

static void test_what_is_read_is_what_the_calls_come_to(void **state)
{
	uint64_t dice = 21;

	(void)state;
	remove(file);
	open_store();
	for (int i = 0; i < 300; i++)
		put_random(&dice);
	for (int i = 0; i < random_few(200); i++) {
		const nm_time from = T - 200 * (nm_time)NM_DAY + random_below(&dice, 220 * NM_DAY);

		check_callers(&dice, from);
		check_units(nm_sums_days((struct nm_span){ from, from + random_below(&dice, 400 * NM_DAY) }));
		check_waits(&dice, (T / NM_SUM_S - random_below(&dice, 24 * 20)) * NM_SUM_S);
	}
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

/* --- what is written --- */

#define MANY 6000        /* callers of one day: their sums are rows of some pages each */
#define PAGES_MOST 16    /* of one call: its own, its indexes', and one of each row of sums */
#define FRAME (24 + 4096)

static void put_one(int caller, nm_time began)
{
	char id[32];
	const struct nm_call_entry call = {
		.number = numbers[0],
		.line = "main",
		.driver = "sandbox",
		.carrier_id = id,
		.caller = { .number = 17375550000 + (nm_number)caller },
		.began = began,
		.ended = began + 60,
		.became = { .end = NM_CALL_ANSWERED, .reason = NM_CALL_LEG_ANSWERED, .by = "owner", .seconds = 5 },
	};

	snprintf(id, sizeof(id), "%d at %lld", caller, (long long)began);
	put(&call);
}

static size_t pages_written(void)
{
	struct stat about;
	char log[4096];

	assert_true(snprintf(log, sizeof(log), "%s-wal", file) < (int)sizeof(log));
	assert_int_equal(stat(log, &about), 0);
	return (size_t)about.st_size / FRAME;
}

/* A call that is written alone writes those pages that it changes, and not all that its caller's day and weeks have. */
static void test_one_call_writes_few_pages(void **state)
{
	struct nm_error err;

	(void)state;
	open_store();
	ok(nm_store_begin(store, &err), &err);
	for (int i = 0; i < MANY; i++)
		put_one(i, T + i);
	ok(nm_store_commit(store, &err), &err);
	execute("PRAGMA wal_checkpoint(TRUNCATE)");
	assert_int_equal(pages_written(), 0);
	put_one(MANY / 2, T + MANY);
	assert_in_range(pages_written(), 1, PAGES_MOST);
	close_store();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums_are_what_counting_anew_comes_to),
		cmocka_unit_test(test_sums_go_back_with_their_calls),
		cmocka_unit_test(test_what_is_read_is_what_the_calls_come_to),
		cmocka_unit_test(test_a_reader_mends_them),
		cmocka_unit_test(test_a_read_only_store_is_left),
		cmocka_unit_test(test_a_writer_mends_them),
		cmocka_unit_test(test_one_call_writes_few_pages),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
