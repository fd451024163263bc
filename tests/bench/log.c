/* SPDX-License-Identifier: MIT */
/*
 * The benchmark of the log: the same calls kept by the library, and by SQLite alone as two tables of rows.
 * usage: log fill STORE CALLS       keeps CALLS calls of one year, in transactions of 10,000
 *        log insert STORE CALLS     microseconds a call, in one transaction: find, write, sums, follow-ups
 *        log durable STORE CALLS    microseconds a call, each in a transaction of its own
 *        log report STORE PLAN      milliseconds of one report over the year
 *        log bare-insert FILE CALLS, bare-durable FILE CALLS
 *        log indexed-insert STORE CALLS   the same rows by SQLite alone into the store's own tables: what its indexes cost
 *        log bare-report STORE      the same totals and an hour of the week by a scan of all calls
 *        log bare-replay STORE      reads all calls with their legs, in order of time, and no more
 * Calls are always the same: one line, 20,000 callers, a leg each; the last second of the year is LOG_UNTIL.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "nevermiss/report.h"

#define LOG_FROM INT64_C(1764568800) /* 2025-12-01T00:00:00-06:00 */
#define LOG_UNTIL (LOG_FROM + 364 * (nm_time)NM_DAY)
#define BATCH 10000

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static void check(enum nm_code code, const struct nm_error *err)
{
	if (code) {
		fprintf(stderr, "log: %s\n", err->text);
		exit(2);
	}
}

static void check_sqlite(int result, sqlite3 *db)
{
	if (result != SQLITE_OK && result != SQLITE_DONE && result != SQLITE_ROW) {
		fprintf(stderr, "log: %s\n", sqlite3_errmsg(db));
		exit(2);
	}
}

/* --- the calls --- */

struct made {
	struct nm_call_entry call;
	struct nm_call_leg leg;
	char id[24];
};

static uint32_t below(uint64_t *state, uint32_t n)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(((z ^ z >> 31) >> 32) * n >> 32);
}

/* Call i of n, in order of time: 82 of 100 answered, by one of three. */
static void make(uint64_t *dice, size_t i, size_t n, struct made *out)
{
	static const char *const who[] = { "owner", "office", "fixly" };
	static const char *const numbers[] = { "+15125550111", "+15125550112", "+15125550177" };
	const bool answered = below(dice, 100) < 82;
	const uint32_t one = answered ? below(dice, 3) : 0;
	const int rang = answered ? 1 + (int)below(dice, 14) : 15;

	memset(out, 0, sizeof *out);
	snprintf(out->id, sizeof out->id, "call-%zu", i);
	out->call = (struct nm_call_entry){
		.number = UINT64_C(15125550100),
		.line = "main",
		.driver = "table",
		.carrier_id = out->id,
		.caller = { .number = UINT64_C(17375550000) + below(dice, 20000) },
		.began = LOG_FROM + (nm_time)((double)i / (double)n * (double)(LOG_UNTIL - LOG_FROM)),
		.became = { .end = answered ? NM_CALL_ANSWERED : NM_CALL_VOICEMAIL,
			    .reason = answered ? NM_CALL_LEG_ANSWERED : NM_CALL_MAILBOX,
			    .by = answered ? who[one] : NULL,
			    .seconds = 15 * (int)one + rang },
		.n = 1,
	};
	out->call.ended = out->call.began + out->call.became.seconds + 20 + below(dice, 300);
	out->leg = (struct nm_call_leg){ .leg = { .id = "leg",
						  .to = numbers[one],
						  .end = answered ? NM_LEG_ANSWERED : NM_LEG_NO_ANSWER,
						  .began = out->call.began + 15 * (nm_time)one,
						  .ended = out->call.ended,
						  .rang_s = rang },
					 .who = who[one] };
	out->call.legs = &out->leg;
}

/* --- ours --- */

static struct nm_store *open_store(const char *file)
{
	struct nm_store *store;
	struct nm_error err;

	check(nm_store_open(file, false, &store, &err), &err);
	return store;
}

/* Calls in transactions of so many; 0: each in its own. */
static double put_all(const char *file, size_t n, size_t batch)
{
	struct nm_store *store = open_store(file);
	enum nm_call_kept kept;
	struct nm_error err;
	uint64_t dice = 1;
	double t;

	t = now();
	for (size_t i = 0; i < n; i++) {
		struct made made;

		if (batch && i % batch == 0)
			check(nm_store_begin(store, &err), &err);
		make(&dice, i, n, &made);
		made.call.legs = &made.leg;
		check(nm_store_call_put(store, &made.call, &kept, &err), &err);
		if (batch && (i % batch == batch - 1 || i + 1 == n))
			check(nm_store_commit(store, &err), &err);
	}
	t = now() - t;
	nm_store_close(store);
	return t;
}

static int report(const char *file, const char *plan_file)
{
	const struct nm_report_options options = { .span = { LOG_FROM, LOG_UNTIL }, .line = -1 };
	struct nm_store *store = open_store(file);
	struct nm_plan *plan;
	struct nm_report out;
	struct nm_diags diags;
	struct nm_error err;
	double t;

	nm_diags_init(&diags);
	check(nm_plan_read_file(plan_file, &plan, &diags, &err), &err);
	nm_diags_clear(&diags);
	t = now();
	check(nm_report(store, plan, &options, &out, &err), &err);
	printf("%.3f\n", (now() - t) * 1e3);
	fprintf(stderr, "%lld %lld %.4f %lld\n", (long long)out.figures.calls,
		(long long)out.figures.answered, out.figures.seconds.value, (long long)out.heat[2][9]);
	nm_report_clear(&out);
	nm_plan_free(plan);
	nm_store_close(store);
	return 0;
}

/* --- SQLite alone --- */

static const char tables[] =
	"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	"CREATE TABLE call(id INTEGER PRIMARY KEY, number INTEGER, line TEXT, driver TEXT, carrier_id TEXT,"
	" caller INTEGER, began INTEGER, ended INTEGER, outcome INTEGER, reason INTEGER, answered_by TEXT,"
	" seconds INTEGER);"
	"CREATE TABLE leg(call INTEGER, n INTEGER, carrier_id TEXT, number TEXT, who TEXT, ended_as INTEGER,"
	" began INTEGER, ended INTEGER, rang INTEGER)";

static void step(sqlite3_stmt *statement, sqlite3 *db)
{
	check_sqlite(sqlite3_step(statement), db);
	sqlite3_reset(statement);
}

static void bare_put(sqlite3 *db, sqlite3_stmt *call, sqlite3_stmt *leg, const struct made *made)
{
	const struct nm_call_entry *one = &made->call;

	sqlite3_bind_int64(call, 1, (sqlite3_int64)one->number);
	sqlite3_bind_text(call, 2, one->line, -1, SQLITE_STATIC);
	sqlite3_bind_text(call, 3, one->driver, -1, SQLITE_STATIC);
	sqlite3_bind_text(call, 4, one->carrier_id, -1, SQLITE_STATIC);
	sqlite3_bind_int64(call, 5, (sqlite3_int64)one->caller.number);
	sqlite3_bind_int64(call, 6, one->began);
	sqlite3_bind_int64(call, 7, one->ended);
	sqlite3_bind_int(call, 8, (int)one->became.end);
	sqlite3_bind_int(call, 9, (int)one->became.reason);
	sqlite3_bind_text(call, 10, one->became.by, -1, SQLITE_STATIC);
	sqlite3_bind_int(call, 11, one->became.seconds);
	step(call, db);
	sqlite3_bind_int64(leg, 1, sqlite3_last_insert_rowid(db));
	sqlite3_bind_int(leg, 2, 0);
	sqlite3_bind_text(leg, 3, made->leg.leg.id, -1, SQLITE_STATIC);
	sqlite3_bind_text(leg, 4, made->leg.leg.to, -1, SQLITE_STATIC);
	sqlite3_bind_text(leg, 5, made->leg.who, -1, SQLITE_STATIC);
	sqlite3_bind_int(leg, 6, (int)made->leg.leg.end);
	sqlite3_bind_int64(leg, 7, made->leg.leg.began);
	sqlite3_bind_int64(leg, 8, made->leg.leg.ended);
	sqlite3_bind_int(leg, 9, made->leg.leg.rang_s);
	step(leg, db);
}

static const char bare_call[] = "INSERT INTO call(number, line, driver, carrier_id, caller, began, ended, outcome, reason,"
				" answered_by, seconds) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char indexed_call[] =
	"INSERT INTO call(number, line, driver, carrier_id, caller, began, ended, outcome, reason, answered_by, seconds,"
	" forwarded_from, probably, cut) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0)";
/* As the library opens it (store.c). */
static const char settings[] = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
			       "PRAGMA cache_size = -32768";

static double bare_all(const char *file, size_t n, bool together, bool indexed)
{
	sqlite3_stmt *call, *leg, *begin, *commit;
	uint64_t dice = 1;
	sqlite3 *db;
	double t;

	check_sqlite(sqlite3_open(file, &db), db);
	check_sqlite(sqlite3_exec(db, indexed ? settings : tables, NULL, NULL, NULL), db);
	check_sqlite(sqlite3_prepare_v2(db, indexed ? indexed_call : bare_call, -1, &call, NULL), db);
	check_sqlite(
		sqlite3_prepare_v2(db, "INSERT INTO leg VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)", -1, &leg, NULL),
		db);
	check_sqlite(sqlite3_prepare_v2(db, "BEGIN IMMEDIATE", -1, &begin, NULL), db);
	check_sqlite(sqlite3_prepare_v2(db, "COMMIT", -1, &commit, NULL), db);
	t = now();
	for (size_t i = 0; i < n; i++) {
		struct made made;

		if (!together || i == 0)
			step(begin, db);
		make(&dice, i, n, &made);
		bare_put(db, call, leg, &made);
		if (!together || i + 1 == n)
			step(commit, db);
	}
	t = now() - t;
	sqlite3_finalize(call);
	sqlite3_finalize(leg);
	sqlite3_finalize(begin);
	sqlite3_finalize(commit);
	sqlite3_close(db);
	return t;
}

static int print_row(void *context, int n, char **values, char **names)
{
	(void)context;
	(void)names;
	for (int i = 0; i < n; i++)
		fprintf(stderr, "%s%s", values[i], i + 1 < n ? " " : "\n");
	return 0;
}

/* The totals and the hours of the week, by scans of the calls. */
static int bare_report(const char *file)
{
	sqlite3 *db;
	double t;

	check_sqlite(sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL), db);
	t = now();
	check_sqlite(sqlite3_exec(db,
				  "SELECT count(*), sum(outcome = 0), avg(iif(outcome = 0, seconds, NULL)),"
				  " sum(strftime('%w%H', began, 'unixepoch', 'localtime') = '309') FROM call",
				  print_row, NULL, NULL),
		     db);
	printf("%.3f\n", (now() - t) * 1e3);
	sqlite3_close(db);
	return 0;
}

/* What a replay must read at the least. */
static int bare_replay(const char *file)
{
	sqlite3_stmt *statement;
	long long rows = 0, seconds = 0;
	sqlite3 *db;
	int result;

	check_sqlite(sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL), db);
	check_sqlite(
		sqlite3_prepare_v2(
			db,
			"SELECT call.id, caller, call.began, outcome, reason, answered_by, seconds, leg.number,"
			" who, ended_as, rang FROM call LEFT JOIN leg ON leg.call = call.id"
			" ORDER BY call.began, call.id, n",
			-1, &statement, NULL),
		db);
	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		rows++;
		seconds += sqlite3_column_int(statement, 6);
	}
	check_sqlite(result, db);
	printf("%lld %lld\n", rows, seconds);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return 0;
}

static int timed(double seconds, size_t n)
{
	printf("%.3f\n", seconds / (double)n * 1e6);
	return 0;
}

int main(int argc, char **argv)
{
	const char *job = argc > 3 ? argv[1] : "";
	const size_t n = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;

	if (argc > 2 && !strcmp(argv[1], "bare-report"))
		return bare_report(argv[2]);
	if (argc > 2 && !strcmp(argv[1], "bare-replay"))
		return bare_replay(argv[2]);
	if (!strcmp(job, "report"))
		return report(argv[2], argv[3]);
	if (!strcmp(job, "fill") && n)
		return timed(put_all(argv[2], n, BATCH), n);
	if (!strcmp(job, "insert") && n)
		return timed(put_all(argv[2], n, n), n);
	if (!strcmp(job, "durable") && n)
		return timed(put_all(argv[2], n, 0), n);
	if (!strcmp(job, "bare-insert") && n)
		return timed(bare_all(argv[2], n, true, false), n);
	if (!strcmp(job, "indexed-insert") && n) {
		nm_store_close(open_store(argv[2]));
		return timed(bare_all(argv[2], n, true, true), n);
	}
	if (!strcmp(job, "bare-durable") && n)
		return timed(bare_all(argv[2], n, false, false), n);
	fprintf(stderr,
		"usage: log fill|insert|durable|indexed-insert|bare-insert|bare-durable FILE CALLS | report STORE PLAN |"
		" bare-report STORE | bare-replay STORE\n");
	return 2;
}
