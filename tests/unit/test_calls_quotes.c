/* SPDX-License-Identifier: MIT */
/*
 * Tables with a quotation mark too few or too many: whatever row it stands in, the other rows are kept, and what was not
 * kept is told.
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
#include "random_plan.h"
#include "text_file.h"

/* clang-format off */
#define PLAN \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account box { driver = sandbox }\nline main { number = \"+15125550100\" account = box }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s }\n" \
	"path day { step { ring = owner for = 15s } }\nrule all { path = day }\n"
/* clang-format on */

#define NOW INT64_C(1800000000) /* January 2027 */
#define FIRST INT64_C(1767621600)
#define ROWS 40
#define TEXT (16u << 20)

static struct books books;
static uint64_t seed = 5;

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

static unsigned draw(unsigned n)
{
	return random_below(&seed, n);
}

static struct nm_calls_file import(const struct nm_buf *text)
{
	const struct nm_calls_file_options options = {
		.name = "calls.csv", .zone = books.plan->zone, .now = NOW, .line = -1
	};
	const int file = text_file(text->data, text->len);
	struct nm_calls_file out;
	struct nm_error err;

	if (nm_calls_file_import(books.store, books.plan, file, &options, &out, &err) != NM_OK)
		fail_msg("%s", err.text);
	close(file);
	return out;
}

/* Which of the rows are in the log: the i-th came i minutes after the first. */
static void find_kept(bool kept[static ROWS])
{
	const struct nm_call_filter filter = { .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 10 * ROWS };
	struct nm_call_entries calls;
	struct nm_error err;

	memset(kept, 0, ROWS * sizeof(*kept));
	assert_int_equal(nm_store_calls(books.store, &filter, &calls, &err), NM_OK);
	for (size_t i = 0; i < calls.n; i++) {
		const int64_t row = (calls.items[i].began - FIRST) / 60;

		assert_in_range(row, 0, ROWS - 1);
		kept[row] = true;
	}
	nm_call_entries_clear(&calls);
}

/* Its notes have marks, commas and lines, each in its own way. */
static void add_row(struct nm_buf *out, int i)
{
	static const char *const notes[] = {
		"none", "\"a \"\"big\"\" leak\"", "\"come soon, please\"", "\"first\nsecond, and third\"", "",
	};
	const char *mark = draw(2) ? "\"" : "";

	nm_buf_addf(out, "%lld,%s+1512555%04d%s,main,missed,%s,x%d\n", (long long)(FIRST + i * 60), mark, i,
		    mark, notes[draw(5)], i);
}

/* The table, a mark more at a random place of one row; its number. */
static int damaged_table(struct nm_buf *out)
{
	const int damaged = (int)draw(ROWS);
	struct nm_buf row;

	nm_buf_init(&row, TEXT);
	nm_buf_add(out, "at,from,to,status,notes,id\n");
	for (int i = 0; i < ROWS; i++) {
		nm_buf_clear(&row);
		add_row(&row, i);
		if (i == damaged) {
			const size_t at = draw((unsigned)row.len);

			nm_buf_addn(out, row.data, at);
			nm_buf_add(out, "\"");
			nm_buf_add(out, row.data + at);
		} else {
			nm_buf_add(out, row.data);
		}
	}
	nm_buf_clear(&row);
	return damaged;
}

static void one_mark_loses_no_other_row(void **state)
{
	(void)state;
	for (int round = 0; round < random_few(400); round++) {
		struct nm_calls_file file;
		bool kept[ROWS];
		struct nm_buf text;
		int damaged;

		teardown(NULL);
		setup(NULL);
		nm_buf_init(&text, TEXT);
		damaged = damaged_table(&text);
		file = import(&text);
		find_kept(kept);
		for (int i = 0; i < ROWS; i++)
			if (!kept[i] && (i != damaged || file.n_wrong + file.elsewhere == 0))
				fail_msg("row %d is lost, row %d is damaged, %d told: %s", i, damaged,
					 (int)file.n_wrong, text.data + text.len - 250);
		nm_calls_file_clear(&file);
		nm_buf_clear(&text);
	}
}

/* Neither the next mark, hundreds of lines later, nor the file's end hides what lies between. */
static void the_lines_that_were_one_row_are_told(void **state)
{
	struct nm_calls_file file;
	struct nm_buf text;

	(void)state;
	nm_buf_init(&text, TEXT);
	nm_buf_add(&text, "at,from,to,status,notes,id\n");
	for (int i = 0; i < 1000; i++)
		nm_buf_addf(&text, "%lld,%s+1512555%04d,main,missed,,x%d\n", (long long)(FIRST + i * 60),
			    i == 10 || i == 600 ? "\"" : "", i, i);
	file = import(&text);
	assert_int_equal(file.fresh, 998);
	assert_int_equal(file.n_wrong, 2);
	assert_int_equal(file.wrong[0].line, 12);
	assert_string_equal(file.wrong[0].words, "lines 12 to 1001 are one row, and a quotation mark of it is "
						 "not closed: is a quotation mark missing?");
	assert_int_equal(file.wrong[1].line, 602);
	nm_calls_file_clear(&file);
	nm_buf_clear(&text);
}

/* Longer than a row may be; the rest is read all the same. */
static void a_field_without_an_end_is_told(void **state)
{
	struct nm_calls_file file;
	struct nm_buf text;

	(void)state;
	nm_buf_init(&text, TEXT);
	nm_buf_add(&text, "at,from,to,id\n2026-01-05 08:00,+15125550199,main,a\n2026-01-05 09:00,\"+1512\n");
	for (int i = 0; i < 20000; i++)
		nm_buf_addf(&text, "2026-01-05 08:00,+15125550199,main,b%d\n", i);
	file = import(&text);
	assert_int_equal(file.fresh, 20001);
	assert_int_equal(file.n_wrong, 1);
	assert_int_equal(file.wrong[0].line, 3);
	assert_non_null(strstr(file.wrong[0].words, "a field of it does not end"));
	nm_calls_file_clear(&file);
	nm_buf_clear(&text);
}

static void a_line_without_an_end_is_told(void **state)
{
	struct nm_calls_file file;
	struct nm_buf text;

	(void)state;
	nm_buf_init(&text, TEXT);
	nm_buf_addf(&text, "at,from,to,id\n%0200000d\n2026-01-05 08:00,+15125550199,main,a\n\"%0200000d", 0, 0);
	file = import(&text);
	assert_int_equal(file.fresh, 1);
	assert_int_equal(file.n_wrong, 2);
	assert_int_equal(file.wrong[0].line, 2);
	assert_string_equal(file.wrong[0].words, "it is longer than 64 KiB");
	assert_int_equal(file.wrong[1].line, 4);
	nm_calls_file_clear(&file);
	nm_buf_clear(&text);
}

/* A file in which no mark is ever closed ends in a bounded time, and each line is told, by itself or with others. */
static void a_file_without_any_second_mark_comes_to_an_end(void **state)
{
	struct nm_calls_file file;
	struct nm_buf text;

	(void)state;
	nm_buf_init(&text, TEXT);
	nm_buf_add(&text, "at,from,to,status\n");
	for (int i = 0; i < 20000; i++)
		nm_buf_addf(&text, "%lld,\"+15125550199,main,missed\n", (long long)(FIRST + i * 60));
	file = import(&text);
	assert_int_equal(file.rows, 0);
	assert_in_range(file.n_wrong, 100, 20000);
	nm_calls_file_clear(&file);
	nm_buf_clear(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_mark_loses_no_other_row, setup, teardown),
		cmocka_unit_test_setup_teardown(the_lines_that_were_one_row_are_told, setup, teardown),
		cmocka_unit_test_setup_teardown(a_field_without_an_end_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(a_line_without_an_end_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_without_any_second_mark_comes_to_an_end, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
