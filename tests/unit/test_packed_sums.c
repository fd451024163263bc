/* SPDX-License-Identifier: MIT */
/*
 * Packed sums against a plain list of cells, whatever is added in whatever order; and bytes that no store of ours has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/packed_sums.h"
#include "random_plan.h"

#define MOST 400

static const char *const takers[] = { "", "+442079460000", "office", "owner" };

static struct nm_cell random_cell(uint64_t *dice)
{
	static const int64_t marks[] = { 11, 86400, 1, INT64_C(1) << 48, INT64_C(1) << 50 };
	static const int values[] = { 4, 1, 3, 1, 2 };
	struct nm_cell cell = { .kind = (enum nm_cell_kind)random_below(dice, NM_CELL_LAST + 1), .by = "" };
	const bool edge = random_below(dice, 4) == 0;

	cell.mark = edge ? marks[cell.kind] - 1 : (int64_t)random_below(dice, 9) % marks[cell.kind];
	cell.hour = cell.kind == NM_CELL_CALLERS ? 0 : (int)random_below(dice, 24);
	if (cell.kind == NM_CELL_CALLS)
		cell.by = takers[random_below(dice, 4)];
	for (int i = 0; i < values[cell.kind]; i++)
		cell.values[i] = 1 + (int64_t)random_below(dice, i == 0 ? 2 : random_below(dice, 2) == 0 ? 100 : 70000);
	return cell;
}

/* --- the oracle --- */

static struct nm_cell all[MOST];
static size_t n_all;

static void count(const struct nm_cell *cell)
{
	size_t i = 0;

	while (i < n_all && nm_cell_compare(&all[i], cell) != 0)
		i++;
	if (i == n_all)
		all[n_all++] = (struct nm_cell){
			.kind = cell->kind, .by = cell->by, .hour = cell->hour, .mark = cell->mark
		};
	for (int k = 0; k < NM_CELL_VALUES; k++)
		all[i].values[k] += cell->values[k];
}

static void check(const struct nm_bytes *packed)
{
	struct nm_cell before = { .by = NULL };
	struct nm_cells cells;
	size_t found = 0, there = 0;

	nm_cells_init(&cells, packed->items, packed->n);
	for (; nm_cells_next(&cells); found++) {
		size_t i = 0;

		while (i < n_all && nm_cell_compare(&all[i], &cells.cell) != 0)
			i++;
		assert_true(i < n_all);
		assert_memory_equal(all[i].values, cells.cell.values, sizeof(all[i].values));
		if (before.by != NULL)
			assert_true(nm_cell_compare(&before, &cells.cell) < 0);
		before = cells.cell;
	}
	assert_false(cells.damaged);
	for (size_t i = 0; i < n_all; i++)
		there += all[i].values[0] != 0;
	assert_int_equal(found, there);
}

/* Read so many at once they are the same callers as one by one. */
static void check_callers(const struct nm_bytes *packed, size_t at_once)
{
	struct nm_caller_sum some[8];
	struct nm_cells cells, callers;
	size_t n = at_once, i = at_once;

	nm_cells_init(&cells, packed->items, packed->n);
	nm_cells_init(&callers, packed->items, packed->n);
	while (nm_cells_next(&cells)) {
		if (cells.cell.kind != NM_CELL_CALLERS)
			continue;
		if (i == n) {
			assert_int_equal(n, at_once);
			n = nm_cells_callers(&callers, some, at_once);
			i = 0;
		}
		assert_true(i < n);
		assert_true(some[i].caller == (uint64_t)cells.cell.mark);
		assert_int_equal(some[i].calls, cells.cell.values[0]);
		assert_int_equal(some[i].missed, cells.cell.values[1]);
		i++;
	}
	assert_int_equal(i, n);
	assert_int_equal(nm_cells_callers(&callers, some, at_once), 0);
	assert_false(callers.damaged);
}

static int compare(const void *a, const void *b)
{
	return nm_cell_compare(a, b);
}

/* Adds some cells and takes some out again, a few at a time; then takes all of it out. */
static void test_packed_is_what_was_added(void **state)
{
	(void)state;
	for (int seed = 0; seed < random_few(40); seed++) {
		uint64_t dice = (uint64_t)seed;
		struct nm_bytes packed = { 0 }, next = { 0 }, swap;
		struct nm_cell some[8];

		n_all = 0;
		for (int round = 0; round < 40; round++) {
			const size_t n = random_below(&dice, 9);

			for (size_t i = 0; i < n; i++) {
				some[i] = random_cell(&dice);
				if (n_all > 0 && random_below(&dice, 3) == 0) {
					some[i] = all[random_below(&dice, (uint32_t)n_all)];
					for (int k = 0; k < NM_CELL_VALUES; k++)
						some[i].values[k] = -some[i].values[k];
				}
				count(&some[i]);
			}
			qsort(some, n, sizeof(some[0]), compare);
			assert_true(nm_packed_add(packed.items, packed.n, some, n, &next));
			swap = packed;
			packed = next;
			next = swap;
			check(&packed);
			check_callers(&packed, 1 + random_below(&dice, 8));
		}
		for (size_t i = 0; i < n_all; i++)
			for (int k = 0; k < NM_CELL_VALUES; k++)
				all[i].values[k] = -all[i].values[k];
		qsort(all, n_all, sizeof(all[0]), compare);
		assert_true(nm_packed_add(packed.items, packed.n, all, n_all, &next));
		assert_int_equal(next.n, 0);
		free(packed.items);
		free(next.items);
	}
}

/* Reads every byte and none behind the last, and says when there is nothing to it. */
static void read_all(const unsigned char *bytes, size_t n)
{
	unsigned char *exact = malloc(n + (n == 0)); /* so that a sanitizer sees one too far */
	struct nm_bytes out = { 0 };
	struct nm_caller_sum some[3];
	struct nm_cells cells, callers;

	assert_non_null(exact);
	memcpy(exact, bytes, n);
	nm_cells_init(&cells, exact, n);
	while (nm_cells_next(&cells))
		assert_true(cells.cell.hour >= 0 && cells.cell.hour < 24 && cells.cell.mark >= 0);
	nm_cells_init(&callers, exact, n);
	while (nm_cells_callers(&callers, some, 3) == 3)
		assert_true(some[0].caller < some[1].caller && some[1].caller < some[2].caller);
	assert_int_equal(callers.damaged, cells.damaged);
	assert_int_equal(nm_packed_add(exact, n, NULL, 0, &out), !cells.damaged);
	free(exact);
	free(out.items);
}

static void test_bytes_that_are_no_sums(void **state)
{
	static const unsigned char no_kind[] = { 9, 0 }, no_name[] = { 0, 'a' }, no_end[] = { 1, 1, 5 },
				   late[] = { 2, 25, 1, 1, 1, 0 }, back[] = { 4, 1, 1, 1, 0, 1, 1, 1, 0 },
				   again[] = { 4, 2, 1, 1, 0, 4, 1, 1, 1, 0 }, taker_again[] = { 0, 'a', 0, 1, 1, 1, 1, 1, 0,
												 0, 'a', 0, 9, 1, 1, 1, 1, 0 },
				   endless[] = { 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0 };
	static const struct {
		const unsigned char *bytes;
		size_t n;
	} bad[] = { { no_kind, 2 }, { no_name, 2 }, { no_end, 3 }, { late, 6 }, { endless, 13 }, { back, 9 },
		    { again, 10 }, { taker_again, 18 } };
	uint64_t dice = 3;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct nm_cells cells;

		nm_cells_init(&cells, bad[i].bytes, bad[i].n);
		while (nm_cells_next(&cells))
			;
		assert_true(cells.damaged);
	}
	for (int round = 0; round < random_few(20000); round++) {
		unsigned char bytes[40];
		const size_t n = random_below(&dice, sizeof(bytes) + 1);

		for (size_t i = 0; i < n; i++)
			bytes[i] = (unsigned char)random_below(&dice, random_below(&dice, 2) == 0 ? 6 : 256);
		read_all(bytes, n);
	}
}

/* Numbers end where they end, also of callers that are read many at once. */
static void test_callers_stay_below_the_last_number(void **state)
{
	/* 2^50 - 3, and then three that lie one behind the other. */
	static const unsigned char bytes[] = { 4, 254, 255, 255, 255, 255, 255, 255, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0 };
	struct nm_caller_sum some[8];
	struct nm_cells cells;
	size_t n;

	(void)state;
	nm_cells_init(&cells, bytes, sizeof(bytes));
	n = nm_cells_callers(&cells, some, 8);
	assert_true(n >= 3);
	assert_true(some[0].caller == (UINT64_C(1) << 50) - 3);
	for (size_t i = 0; i < n; i++)
		assert_true(some[i].caller < UINT64_C(1) << 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packed_is_what_was_added),
		cmocka_unit_test(test_bytes_that_are_no_sums),
		cmocka_unit_test(test_callers_stay_below_the_last_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
