/* SPDX-License-Identifier: MIT */
/*
 * Tables whose ids are used again: calls that differ in caller and beginning, or whose beginnings are not those of one
 * clock put right, are all kept, whatever their ids, and each once.  The oracle is the list of rows itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "books.h"
#include "nevermiss/calls_file.h"
#include "nevermiss/forget.h"
#include "random_plan.h"
#include "text_file.h"

/* clang-format off */
#define PLAN \
	"business = \"Smith\" timezone = \"UTC\" country = \"US\"\naccount box { driver = sandbox }\n" \
	"line main { number = \"+15125550100\" account = box }\nline over { number = \"+15125550101\" account = box }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s }\n" \
	"path day { step { ring = owner for = 15s } }\nrule all { path = day }\n"
/* clang-format on */

#define DAY INT64_C(1767571200) /* 5 January 2026, midnight in UTC */
#define NOW (DAY + 30 * NM_DAY)
#define IDS 5
#define USES 6 /* of an id, on a line */
#define ROWS (IDS * USES)
#define CALLERS 12 /* the first two are withheld and unknown */

/* A call as a row tells of it.  Those of one id and line differ in second, and in caller, if that is known. */
struct row {
	int id, caller, second;
	bool over; /* the line */
};

static struct books books;
static struct row rows[ROWS];
static uint64_t seed = 5;

static unsigned draw(unsigned n)
{
	return random_below(&seed, n);
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

/* Known callers and seconds that no two uses of an id share, and that other ids have too. */
static void draw_rows(void)
{
	for (int id = 0; id < IDS; id++) {
		const unsigned caller = draw(CALLERS), second = draw(86400);

		for (int use = 0; use < USES; use++)
			rows[id * USES + use] = (struct row){ .id = id,
							      .caller = draw(4) == 0 ? (int)draw(2)
										     : (int)((caller + (unsigned)use) % CALLERS),
							      .second = (int)(second + (unsigned)use * draw(2) * 60) + use,
							      .over = draw(4) == 0 };
	}
}

static void shuffle(void)
{
	for (unsigned i = ROWS; i-- > 1;) {
		const unsigned other = draw(i + 1);
		const struct row row = rows[i];

		rows[i] = rows[other];
		rows[other] = row;
	}
}

static void caller_text(int caller, char out[static 20])
{
	if (caller < 2)
		snprintf(out, 20, "%s", caller == 0 ? "anonymous" : "unknown");
	else
		snprintf(out, 20, "+1512555%04d", 200 + caller);
}

/* Of a row, as the log tells of its call. */
static void row_text(const struct row *row, char out[static 64])
{
	char caller[20];

	caller_text(row->caller, caller);
	snprintf(out, 64, "%s to %s at %d", caller, row->over ? "over" : "main", row->second);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

struct list {
	size_t n;
	char texts[2 * ROWS][64];
};

static enum nm_code add_call(void *context, const struct nm_call_entry *call, struct nm_error *err)
{
	struct list *list = context;
	char caller[NM_NUMBER_TEXT];

	(void)err;
	nm_caller_write(call->caller, caller);
	assert_true(list->n < 2 * ROWS);
	snprintf(list->texts[list->n++], 64, "%s to %s at %d", caller, call->line, (int)(call->began - DAY));
	return NM_OK;
}

static void the_log_has_the_rows(void)
{
	struct list kept = { 0 }, told = { 0 };
	const struct nm_call_entry_reader reader = { .span = { NM_TIME_MIN, NM_TIME_MAX },
						     .take = add_call,
						     .context = &kept };
	struct nm_error err;

	assert_int_equal(nm_store_entries_each(books.store, &reader, &err), NM_OK);
	for (; told.n < ROWS; told.n++)
		row_text(&rows[told.n], told.texts[told.n]);
	qsort(kept.texts, kept.n, sizeof(kept.texts[0]), by_text);
	qsort(told.texts, told.n, sizeof(told.texts[0]), by_text);
	assert_int_equal(kept.n, told.n);
	for (size_t i = 0; i < told.n; i++)
		assert_string_equal(kept.texts[i], told.texts[i]);
}

static struct nm_calls_file import_text(const char *text)
{
	const struct nm_calls_file_options options = {
		.name = "calls.csv", .zone = books.plan->zone, .now = NOW, .line = -1
	};
	const int fd = text_file(text, strlen(text));
	struct nm_calls_file out;
	struct nm_error err;

	if (nm_calls_file_import(books.store, books.plan, fd, &options, &out, &err) != NM_OK)
		fail_msg("%s", err.text);
	assert_int_equal(out.n_wrong, 0);
	close(fd);
	return out;
}

/* Rows [from, until), as a file. */
static struct nm_calls_file import_rows(size_t from, size_t until)
{
	struct nm_calls_file out;
	struct nm_buf text;
	char caller[20];

	nm_buf_init(&text, 1u << 16);
	nm_buf_add(&text, "id,at,from,to,status\n");
	for (size_t i = from; i < until; i++) {
		caller_text(rows[i].caller, caller);
		nm_buf_addf(&text, "%d,%lld,%s,%s,missed\n", rows[i].id, (long long)(DAY + rows[i].second), caller,
			    rows[i].over ? "over" : "main");
	}
	out = import_text(text.data);
	nm_buf_clear(&text);
	assert_int_equal(out.rows, until - from);
	return out;
}

/* In one file or in several, in any order. */
static void calls_of_one_id_are_all_kept_once(void **state)
{
	for (int round = 0; round < random_few(60); round++) {
		const size_t middle = draw(ROWS + 1);
		struct nm_calls_file file;

		setup(state);
		draw_rows();
		shuffle();
		file = import_rows(0, middle);
		assert_int_equal(file.fresh, middle);
		nm_calls_file_clear(&file);
		file = import_rows(middle, ROWS);
		assert_int_equal(file.fresh, ROWS - middle);
		nm_calls_file_clear(&file);
		the_log_has_the_rows();
		shuffle();
		file = import_rows(0, ROWS);
		assert_int_equal(file.known, ROWS);
		nm_calls_file_clear(&file);
		the_log_has_the_rows();
		teardown(state);
	}
}

/* A call's caller or, of a known one, its beginning is known better: of those that were told apart, too. */
static void a_row_of_the_same_call_mends_it(void **state)
{
	for (int round = 0; round < random_few(60); round++) {
		struct nm_calls_file file;
		int64_t changed = 0;

		setup(state);
		draw_rows();
		shuffle();
		file = import_rows(0, ROWS);
		nm_calls_file_clear(&file);
		for (int i = 0; i < ROWS; i++) {
			const unsigned what = rows[i].caller < 2 ? 2 * draw(2) : draw(3);

			if (what == 0)
				rows[i].caller = 100 + i;
			else if (what == 1)
				rows[i].second += 900 * (1 + (int)draw(100)); /* a clock that was put right */
			changed += what < 2;
		}
		file = import_rows(0, ROWS);
		assert_int_equal(file.fresh, 0);
		assert_int_equal(file.mended, changed);
		nm_calls_file_clear(&file);
		the_log_has_the_rows();
		teardown(state);
	}
}

/* "Ids begin anew, and the same customer calls again": each of the calls is kept, and none twice. */
static void calls_of_one_caller_under_one_id_are_all_kept(void **state)
{
	for (int round = 0; round < random_few(60); round++) {
		const int caller = 2 + (int)draw(CALLERS - 2);
		struct nm_calls_file file;

		setup(state);
		for (int i = 0; i < ROWS; i++) /* no two of an id a clock's correction apart */
			rows[i] = (struct row){ .id = i / USES,
						.caller = caller,
						.second = (int)draw(200) * 3600 + (i % USES) * 61 + (i / USES) };
		shuffle();
		file = import_rows(0, ROWS / 2);
		assert_int_equal(file.fresh, ROWS / 2);
		nm_calls_file_clear(&file);
		file = import_rows(ROWS / 2, ROWS);
		assert_int_equal(file.fresh, ROWS - ROWS / 2);
		nm_calls_file_clear(&file);
		the_log_has_the_rows();
		shuffle();
		file = import_rows(0, ROWS);
		assert_int_equal(file.known, ROWS);
		nm_calls_file_clear(&file);
		the_log_has_the_rows();
		teardown(state);
	}
}

/* What of a row with the id, caller and line of one that is kept is taken for the same call. */
static void a_time_that_was_put_right_mends_the_call(void **state)
{
	static const struct {
		const char *first, *then; /* at, seconds that it lasted, "" not told */
		bool same;
	} cases[] = {
		{ "2026-01-05 10:00:00,40", "2026-01-05 10:00:00,40", true },
		{ "2026-01-05 10:00:00,40", "2026-01-05 10:00:00,90", true },
		/* rounded to its minute */
		{ "2026-01-05 10:00:31,40", "2026-01-05 10:00,40", true },
		{ "2026-01-05 10:00:31,40", "2026-01-05 10:01:30,40", true },
		{ "2026-01-05 10:00:31,40", "2026-01-05 10:01:31,40", false },
		/* another time zone, and as long */
		{ "2026-01-05 10:00:31,40", "2026-01-05 16:00:31,40", true },
		{ "2026-01-05 10:00:31,40", "2026-01-05 15:30:31,40", true },
		{ "2026-01-05 10:00:31,40", "2026-01-05 15:45:31,", true },
		{ "2026-01-05 10:00:31,40", "2026-01-06 12:00:31,40", true },
		{ "2026-01-05 10:00:31,40", "2026-01-06 12:15:31,40", false },
		{ "2026-01-05 10:00:31,40", "2026-01-05 16:00:31,41", false },
		{ "2026-01-05 10:00:31,40", "2026-01-05 16:00:32,40", false },
		{ "2026-01-05 10:00:31,", "2026-01-05 16:07:31,", false },
		/* day and month the other way round */
		{ "2025-05-01 10:00:31,40", "2025-01-05 10:00:31,40", true },
		{ "2025-05-01 23:30:31,40", "2025-01-05 23:30:31,", true },
		{ "2025-05-01 10:00:31,40", "2025-01-05 10:00:31,41", false },
		{ "2025-05-01 10:00:31,40", "2025-02-05 10:00:31,40", false },
		{ "2025-12-20 10:00:31,40", "2025-12-10 10:00:31,40", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int turned = 0; turned < 2; turned++) {
			const char *rows_of[2] = { cases[i].first, cases[i].then };
			struct nm_calls_file file;
			char text[256];

			setup(state);
			for (int k = 0; k < 2; k++) {
				snprintf(text, sizeof(text), "at,duration,id,from,to,status\n%s,7,+15125550142,main,answered\n",
					 rows_of[k ^ turned]);
				file = import_text(text);
				if (k == 1 && (file.fresh == 0) != cases[i].same)
					fail_msg("%s and %s", rows_of[0], rows_of[1]);
				if (k == 1)
					assert_int_equal(file.apart, !cases[i].same);
				nm_calls_file_clear(&file);
			}
			teardown(state);
		}
}

/* What had the id is gone, by retention or because somebody was forgotten: the other call is still the one that it is. */
static void a_call_stays_apart_without_the_other(void **state)
{
	static const char both[] = "id,at,from,to,status\n1,1767571200,+15125550142,main,missed\n"
				   "1,1767571300,+15125550143,main,missed\n";
	static const char one[] = "id,at,from,to,status\n1,1767571300,+15125550143,main,missed\n";
	struct nm_calls_file file;
	struct nm_error err;
	bool whole;

	(void)state;
	file = import_text(both);
	assert_int_equal(file.fresh, 2);
	assert_int_equal(file.apart, 1);
	nm_calls_file_clear(&file);
	assert_int_equal(nm_store_forget(books.store, 15125550142, NOW, &whole, &err), NM_OK);
	file = import_text(one);
	assert_int_equal(file.known, 1);
	assert_int_equal(file.fresh, 0);
	nm_calls_file_clear(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_of_one_id_are_all_kept_once),
		cmocka_unit_test(a_row_of_the_same_call_mends_it),
		cmocka_unit_test(calls_of_one_caller_under_one_id_are_all_kept),
		cmocka_unit_test(a_time_that_was_put_right_mends_the_call),
		cmocka_unit_test_setup_teardown(a_call_stays_apart_without_the_other, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
