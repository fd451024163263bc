/* SPDX-License-Identifier: MIT */
/*
 * People taken out of the store: that no byte of its files names a number that was forgotten, that everybody else's are
 * as they were, and that what is older than retention is gone, and nothing else.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "books.h"
#include "nevermiss/alerts.h"
#include "nevermiss/events.h"
#include "nevermiss/forget.h"
#include "nevermiss/inbound.h"
#include "sums_text.h"

#define T ((nm_time)1795017600) /* 2026-11-18 16:00 UTC */
#define OFFICE UINT64_C(15125550100)
#define ANN UINT64_C(15125550199)
#define BOB UINT64_C(15125550198)
#define CAROL UINT64_C(15125550197)
#define FILE_MAX_BYTES (4u << 20)

/* clang-format off */
#define PLAN \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account sandbox { driver = sandbox }\nline main { number = \"+15125550100\" account = sandbox }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n" \
	"path day { step { ring = owner } }\nrule all { path = day }\n" \
	"crm { url = \"https://crm.example.org/hooks\" }\n"
/* clang-format on */

static struct books books;

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

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

/* --- what is written --- */

static enum nm_call_kept put(const char *id, nm_number caller, nm_time at, enum nm_call_end end)
{
	const struct nm_call_leg leg = { .leg = { .to = "+15125550111", .end = NM_LEG_NO_ANSWER, .began = at } };
	const struct nm_call_entry call = {
		.number = OFFICE,
		.line = "main",
		.driver = "twilio",
		.carrier_id = id,
		.caller = { .number = caller },
		.began = at,
		.ended = at + 10 + (nm_time)end,
		.became = { .end = end, .seconds = -1 },
		.n = 1,
		.legs = &leg,
	};
	enum nm_call_kept kept;
	struct nm_error err;
	nm_time since;

	ok(nm_events_since(books.store, books.plan, T, &since, &err), &err);
	ok(nm_events_call_put(books.store, books.plan, since, &call, &kept, &err), &err);
	return kept;
}

/* A text and, under the id that this one has there, the sandbox carrier's of it. */
static void put_text_of(const char *to, const char *body, const char *why, enum nm_outbox_state state, nm_time at)
{
	char id_text[24];
	struct nm_outbox_text sent = { .at = at,
				       .updated = at,
				       .line = "main",
				       .account = "sandbox",
				       .driver = "sandbox",
				       .from = "+15125550100",
				       .to = to,
				       .body = body,
				       .why = why,
				       .state = state };
	struct nm_error err;
	int64_t id;

	ok(nm_store_outbox_add(books.store, &sent, &sent.id, &err), &err);
	ok(nm_store_sandbox_text_add(books.store, "+15125550100", to, body, &id, &err), &err);
	snprintf(id_text, sizeof(id_text), "%lld", (long long)id);
	sent.carrier_id = state == NM_OUTBOX_SENT ? id_text : NULL;
	ok(nm_store_outbox_update(books.store, &sent, &err), &err);
}

static void put_text(nm_number to, enum nm_outbox_state state, nm_time at)
{
	char text[NM_NUMBER_TEXT], body[80];

	nm_number_write(to, text);
	snprintf(body, sizeof(body), "We call %s back", text);
	put_text_of(text, body, "test", state, at);
}

/* What one's own people are told of somebody: of a call that alerted them, and of a follow-up that is late. */
static void put_naming(nm_number who, int64_t call, int64_t followup, nm_time at)
{
	char number[NM_NUMBER_TEXT], body[3][128], why[3][64];
	struct nm_alerted owner = { .name = "owner", .number = "+15125550111", .due = at };
	const struct nm_call_alert alert = { .call = call, .noticed = at, .text = body[0], .n = 1, .people = &owner };
	struct nm_error err;

	nm_number_write(who, number);
	snprintf(body[0], sizeof(body[0]), "emergency call from %s", number);
	snprintf(body[1], sizeof(body[1]), "nobody has answered the alert of the call from %s", number);
	snprintf(body[2], sizeof(body[2]), "call back %s, late", number);
	snprintf(why[0], sizeof(why[0]), NM_ALERT_WHY, call, (size_t)0);
	snprintf(why[1], sizeof(why[1]), NM_ALERT_UNANSWERED_PREFIX "%lld", (long long)call);
	snprintf(why[2], sizeof(why[2]), NM_LATE_PREFIX "%lld", (long long)followup);
	ok(nm_store_alert_add(books.store, &alert, &err), &err);
	for (int i = 0; i < 3; i++)
		put_text_of("+15125550111", body[i], why[i], NM_OUTBOX_SENT, at + i);
}

static bool put_inbound(nm_number from, nm_time at)
{
	char text[NM_NUMBER_TEXT], body[64], id[64];
	const struct nm_inbound_entry entry = {
		.number = OFFICE, .line = "main", .driver = "sandbox", .carrier_id = id, .from = text, .body = body, .at = at
	};
	struct nm_error err;
	bool fresh;

	nm_number_write(from, text);
	snprintf(body, sizeof(body), "this is %s", text);
	snprintf(id, sizeof(id), "%s/%lld", text, (long long)at);
	ok(nm_store_inbound_put(books.store, &entry, &fresh, &err), &err);
	return fresh;
}

static void put_sandbox_inbound(nm_number from, nm_time at)
{
	char text[NM_NUMBER_TEXT];
	const struct nm_sandbox_inbound came = { .from = text, .body = "this is me", .at = at };
	struct nm_error err;

	nm_number_write(from, text);
	ok(nm_store_sandbox_inbound_add(books.store, "+15125550100", &came, &err), &err);
}

/* Everything that there can be of somebody, from an instant on.  The lead's id. */
static int64_t put_person(nm_number who, nm_time at)
{
	char ids[3][64], words[64];
	struct nm_followup lead = { .channel = NM_CHANNEL_WEB, .number = who, .words = words, .opened = at + 500 };
	struct nm_followup got;
	struct nm_arena *arena = nm_arena_new();
	struct nm_error err;
	int64_t id;

	for (int i = 0; i < 3; i++)
		snprintf(ids[i], sizeof(ids[i]), "%lld/+%llu/%d", (long long)at, (unsigned long long)who, i);
	put(ids[0], who, at, NM_CALL_VOICEMAIL);
	put(ids[0], who, at, NM_CALL_LOST); /* mended: what was there before lies in free bytes */
	put(ids[1], who, at + 60, NM_CALL_ANSWERED);
	put(ids[2], who, at + 120, NM_CALL_ABANDONED);
	snprintf(words, sizeof(words), "call me at +%llu", (unsigned long long)who);
	ok(nm_store_followup_add(books.store, &lead, &id, &err), &err);
	ok(nm_followup_outcome(books.plan, books.store, id, NM_FOLLOWUP_BOOKED, at + 600, "pat", arena, &got, &err), &err);
	put_text(who, NM_OUTBOX_SENT, at + 700);
	assert_true(put_inbound(who, at + 800));
	put_sandbox_inbound(who, at + 800);
	nm_arena_free(arena);
	return id;
}

/* --- what is there --- */

/* Rows of a person, or (0) of all tables in which one can be. */
static int64_t rows_of(nm_number who)
{
	static const char *const queries[] = {
		"SELECT count(*) FROM call WHERE ?1 IN (0, caller)",
		"SELECT count(*) FROM leg JOIN call ON call.id = leg.call WHERE ?1 IN (0, caller)",
		"SELECT count(*) FROM followup WHERE ?1 IN (0, number)",
		"SELECT count(*) FROM deed JOIN followup ON followup.id = followup WHERE ?1 IN (0, number)",
		"SELECT count(*) FROM outbox WHERE ?1 = 0 OR recipient = '+' || ?1",
		"SELECT count(*) FROM sandbox_text WHERE ?1 = 0 OR recipient = '+' || ?1",
		"SELECT count(*) FROM inbound WHERE ?1 = 0 OR sender = '+' || ?1",
		"SELECT count(*) FROM sandbox_inbound WHERE ?1 = 0 OR sender = '+' || ?1",
		"SELECT count(*) FROM event WHERE ?1 IN (0, caller)",
	};
	char file[300];
	int64_t rows = 0;
	sqlite3 *db;

	assert_true(snprintf(file, sizeof(file), "%s/store.db", books.folder) < (int)sizeof(file));
	assert_int_equal(sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		sqlite3_stmt *statement;

		assert_int_equal(sqlite3_prepare_v2(db, queries[i], -1, &statement, NULL), SQLITE_OK);
		sqlite3_bind_int64(statement, 1, (sqlite3_int64)who);
		assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
		rows += sqlite3_column_int64(statement, 0);
		sqlite3_finalize(statement);
	}
	sqlite3_close(db);
	return rows;
}

/* What the store keeps added up of its calls; malloc'd. */
static char *sums(void)
{
	char file[300], *text;
	sqlite3 *db;

	assert_true(snprintf(file, sizeof(file), "%s/store.db", books.folder) < (int)sizeof(file));
	assert_int_equal(sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	text = sums_text(db);
	sqlite3_close(db);
	return text;
}

static size_t times_in_file(const char *name, const void *bytes, size_t len)
{
	static char whole[FILE_MAX_BYTES];
	char path[600];
	size_t n, found = 0;
	FILE *file;

	assert_true(snprintf(path, sizeof(path), "%s/%s", books.folder, name) < (int)sizeof(path));
	file = fopen(path, "rb");
	assert_non_null(file);
	n = fread(whole, 1, sizeof(whole), file);
	assert_true(n < sizeof(whole));
	fclose(file);
	for (const char *at = whole; (at = memmem(at, n - (size_t)(at - whole), bytes, len)) != NULL; at++)
		found++;
	return found;
}

/* How often the files name a number: its digits, without and with their country, and the bytes as which SQLite keeps it. */
static size_t times_named(nm_number who)
{
	unsigned char binary[6];
	char digits[NM_NUMBER_TEXT];
	struct dirent *entry;
	size_t found = 0;
	DIR *dir = opendir(books.folder);

	assert_non_null(dir);
	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)who % 10000000000u);
	for (size_t i = 0; i < sizeof(binary); i++)
		binary[i] = (unsigned char)(who >> 8 * (sizeof(binary) - 1 - i));
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			found += times_in_file(entry->d_name, digits, strlen(digits)) +
				 times_in_file(entry->d_name, binary, sizeof(binary));
	closedir(dir);
	return found;
}

/* --- forgetting --- */

static void nothing_is_left(void **state)
{
	struct nm_forgotten found;
	struct nm_error err;
	bool whole = false;
	int64_t of_bob, of_all;

	(void)state;
	put_person(BOB, T);
	put_person(ANN, T + 10);
	of_bob = rows_of(BOB);
	of_all = rows_of(0);
	assert_int_equal(of_all, 2 * of_bob);
	assert_true(times_named(ANN) > 10);
	ok(nm_store_traces(books.store, ANN, &found, &err), &err);
	assert_int_equal(found.calls, 3);
	assert_int_equal(found.followups, 3);
	assert_int_equal(found.texts, 2);
	assert_int_equal(found.events, 5); /* missed, answered, what that ended, missed, booked */
	assert_int_equal(found.n_left, 5);
	nm_forgotten_clear(&found);
	ok(nm_store_forget(books.store, ANN, T + 1000, &whole, &err), &err);
	assert_true(whole);
	assert_int_equal(times_named(ANN), 0);
	assert_int_equal(rows_of(0), of_bob);
	assert_int_equal(rows_of(BOB), of_bob);
	assert_true(times_named(BOB) > 10);
	ok(nm_store_check(books.store, &err), &err);
}

#define MANY 400 /* people: enough for SQLite to be asked in the middle of a statement */

struct asked {
	size_t n, most, done, all;
};

static bool go_on(void *context, size_t done, size_t all)
{
	struct asked *asked = context;

	assert_true(done <= all);
	asked->done = done;
	asked->all = all;
	return ++asked->n < asked->most;
}

/* Stopped at any moment it took out nothing, and the sums are as they were; the next time takes out all. */
static void what_is_stopped_took_out_nothing(void **state)
{
	const nm_time later = T + 60 * (nm_time)NM_DAY;
	struct nm_expired expired = { 0 };
	struct nm_error err;
	int64_t rows;
	char *before;

	(void)state;
	books_plan(&books, "retention = 1w\n" PLAN);
	ok(nm_store_begin(books.store, &err), &err);
	for (int i = 0; i < MANY; i++)
		put_person(UINT64_C(15125550300) + (nm_number)i, T + 10 * i);
	ok(nm_store_commit(books.store, &err), &err);
	rows = rows_of(0);
	before = sums();
	for (size_t most = 1;; most++) {
		struct asked asked = { .most = most };
		char *after;
		enum nm_code code;

		nm_store_ask(books.store, go_on, &asked);
		code = nm_expire(books.store, books.plan, later, &expired, &err);
		nm_store_ask(books.store, NULL, NULL);
		if (code == NM_OK) {
			assert_true(most > 8 && asked.n < most); /* SQLite's own work among it */
			assert_int_equal(asked.all, 3 * MANY + expired.followups);
			break;
		}
		assert_int_equal(code, NM_REFUSED);
		assert_string_equal(err.text, "stopped: nothing of it was done");
		assert_int_equal(rows_of(0), rows);
		after = sums();
		assert_string_equal(before, after);
		free(after);
	}
	assert_int_equal(expired.calls, 3 * MANY);
	assert_true(rows_of(0) < rows);
	free(before);
}

struct bar {
	size_t asked, at_none; /* of it, while none was gone yet */
};

static bool watch(void *context, size_t done, size_t all)
{
	struct bar *bar = context;

	assert_true(done <= all);
	bar->asked++;
	bar->at_none += done == 0;
	return true;
}

/* "shows a progress bar with how far": it moves from the first calls on, whatever else there is of them. */
static void letting_go_tells_how_far_it_is(void **state)
{
	struct nm_expired expired = { 0 };
	struct bar bar = { 0, 0 };
	struct nm_error err;

	(void)state;
	books_plan(&books, "retention = 1w\n" PLAN);
	ok(nm_store_begin(books.store, &err), &err);
	for (int i = 0; i < 4 * MANY; i++)
		put_person(UINT64_C(15125550300) + (nm_number)i, T + 10 * i);
	ok(nm_store_commit(books.store, &err), &err);
	nm_store_ask(books.store, watch, &bar);
	ok(nm_expire(books.store, books.plan, T + 60 * (nm_time)NM_DAY, &expired, &err), &err);
	nm_store_ask(books.store, NULL, NULL);
	assert_int_equal(expired.calls, 3 * 4 * MANY);
	assert_true(bar.asked > 20);
	assert_true(5 * bar.at_none < bar.asked);
}

/* Texts that one's own people got name who called: they go, and what is kept of them at their carrier is told. */
static void who_was_told_of_it(void **state)
{
	const nm_number who[] = { BOB, ANN };
	struct nm_forgotten found;
	size_t naming = 0;
	struct nm_error err;
	int64_t of_bob = 0;
	bool whole;

	(void)state;
	for (int i = 0; i < 2; i++) {
		const int64_t lead = put_person(who[i], T + 10 * i);

		put_naming(who[i], 1 + 3 * i, lead, T + 900);
		of_bob = i == 0 ? rows_of(0) : of_bob;
	}
	ok(nm_store_traces(books.store, ANN, &found, &err), &err);
	assert_int_equal(found.texts, 2 + 3);
	assert_int_equal(found.n_left, 5 + 3);
	for (size_t i = 0; i < found.n_left; i++) {
		const struct nm_trace_left *left = &found.left[i];

		naming += left->naming;
		assert_true(!left->naming || (left->text && left->carrier_id != NULL));
		assert_true((left->number == OFFICE) == (left->account == NULL));
	}
	assert_int_equal(naming, 3);
	nm_forgotten_clear(&found);
	ok(nm_store_forget(books.store, ANN, T + 1000, &whole, &err), &err);
	assert_int_equal(times_named(ANN), 0);
	assert_int_equal(rows_of(0), of_bob);
}

/* The figures are those of the calls that are left. */
static void the_sums_forget_too(void **state)
{
	struct nm_expired expired;
	char *of_bob, *left;
	struct nm_error err;
	bool whole;

	(void)state;
	put_person(BOB, T + 3600);
	of_bob = sums();
	assert_true(strlen(of_bob) > 20);
	put_person(ANN, T);
	put_person(ANN, T + 3700);
	ok(nm_store_forget(books.store, ANN, T + 9000, &whole, &err), &err);
	left = sums();
	assert_string_equal(left, of_bob);
	free(left);
	put_person(ANN + 5, T - NM_DAY);
	books_plan(&books, PLAN "retention = 1w\n");
	ok(nm_expire(books.store, books.plan, T + 7 * (nm_time)NM_DAY, &expired, &err), &err);
	assert_int_equal(expired.calls, 3);
	left = sums();
	assert_string_equal(left, of_bob);
	free(left);
	free(of_bob);
}

/* A carrier tells of the calls again with each import; one that comes afterwards is another matter. */
static void it_does_not_come_back(void **state)
{
	struct nm_error err;
	bool whole;

	(void)state;
	put_person(ANN, T);
	ok(nm_store_forget(books.store, ANN, T + 1000, &whole, &err), &err);
	assert_int_equal(put("again", ANN, T, NM_CALL_LOST), NM_CALL_KNOWN);
	assert_int_equal(rows_of(0), 0);
	assert_int_equal(times_named(ANN), 0);
	assert_false(put_inbound(ANN, T + 800));
	assert_int_equal(rows_of(0), 0);
	assert_int_equal(put("bob", BOB, T, NM_CALL_LOST), NM_CALL_NEW);
	assert_int_equal(put("later", ANN, T + 1000, NM_CALL_LOST), NM_CALL_NEW);
	assert_true(rows_of(ANN) > 0);
	ok(nm_store_forget(books.store, ANN, T + 2000, &whole, &err), &err);
	assert_int_equal(put("later", ANN, T + 1000, NM_CALL_LOST), NM_CALL_KNOWN);
	assert_int_equal(times_named(ANN), 0);
}

static void another_has_it_open(void **state)
{
	char file[300];
	struct nm_error err;
	sqlite3 *other;
	bool whole = true;

	(void)state;
	put_person(ANN, T);
	assert_true(snprintf(file, sizeof(file), "%s/store.db", books.folder) < (int)sizeof(file));
	assert_int_equal(sqlite3_open_v2(file, &other, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN; SELECT * FROM call", NULL, NULL, NULL), SQLITE_OK);
	ok(nm_store_forget(books.store, ANN, T + 1000, &whole, &err), &err);
	assert_false(whole);
	sqlite3_close(other);
	ok(nm_store_forget(books.store, ANN, T + 1000, &whole, &err), &err);
	assert_true(whole);
	assert_int_equal(times_named(ANN), 0);
}

static void read_only(void **state)
{
	struct nm_error err;
	bool whole;

	(void)state;
	put_person(ANN, T);
	books_reopen(&books, true);
	assert_int_equal(nm_store_forget(books.store, ANN, T + 1000, &whole, &err), NM_REFUSED);
	assert_true(rows_of(ANN) > 0);
}

/* --- retention --- */

static void what_is_old(void **state)
{
	struct nm_expired expired;
	struct nm_error err;
	int64_t of_bob;

	(void)state;
	put_person(ANN, T);
	put_person(BOB, T + 3600);
	put_text(CAROL, NM_OUTBOX_SENDING, T);
	of_bob = rows_of(BOB);
	ok(nm_expire(books.store, books.plan, T + 4000 * (nm_time)NM_DAY, &expired, &err), &err);
	assert_int_equal(expired.calls, 0); /* a plan without retention keeps all */
	books_plan(&books, "retention = 1w\n" PLAN);
	ok(nm_expire(books.store, books.plan, T + 7 * (nm_time)NM_DAY, &expired, &err), &err);
	assert_int_equal(expired.calls, 0);
	ok(nm_expire(books.store, books.plan, T + 7 * (nm_time)NM_DAY + 3600, &expired, &err), &err);
	assert_int_equal(expired.calls, 3);
	assert_int_equal(expired.followups, 3);
	assert_int_equal(expired.texts, 2);
	assert_int_equal(expired.events, 0); /* they wait for the CRM */
	assert_int_equal(rows_of(BOB), of_bob);
	assert_int_equal(rows_of(ANN), 5); /* the events */
	assert_int_equal(rows_of(CAROL), 2); /* it may have been sent: who goes on with it looks there */
	ok(nm_store_check(books.store, &err), &err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_left, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_stopped_took_out_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(letting_go_tells_how_far_it_is, setup, teardown),
		cmocka_unit_test_setup_teardown(who_was_told_of_it, setup, teardown),
		cmocka_unit_test_setup_teardown(the_sums_forget_too, setup, teardown),
		cmocka_unit_test_setup_teardown(it_does_not_come_back, setup, teardown),
		cmocka_unit_test_setup_teardown(another_has_it_open, setup, teardown),
		cmocka_unit_test_setup_teardown(read_only, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_old, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
