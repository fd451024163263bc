/* SPDX-License-Identifier: MIT */
/*
 * Memory that the interface has freed is the system's again: large pieces at once, small ones when it is asked for.
 */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "heap.h"

#define SMALL 1000
#define PIECES 4000
#define LARGE (256 * 1024)

/* Does memory come from the GNU C library?  A sanitizer brings its own, which gives a piece the very size it was asked for. */
static bool is_told(void)
{
	void *piece = malloc(25);
	const bool told = malloc_usable_size(piece) > 25;

	free(piece);
	return told;
}

/* KiB of this process in memory. */
static long resident(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long all, pages;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%ld %ld", &all, &pages), 2);
	fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static char *take(size_t size)
{
	char *piece = malloc(size);

	assert_non_null(piece);
	memset(piece, 1, size);
	return piece;
}

static void a_large_piece_goes_back_at_once(void **state)
{
	(void)state;
	heap_begin();
	for (int i = 0; i < 3; i++) { /* the C library would keep what is smaller than what was freed before */
		char *piece = take((size_t)LARGE << (2 - i));
		const long with = resident();

		free(piece);
		assert_true(with - resident() >= (LARGE << (2 - i)) / 1024 / 2);
	}
}

/* Between one that is still used and the next. */
static void small_pieces_go_back_when_work_is_done(void **state)
{
	static char *pieces[PIECES];
	long with;

	(void)state;
	heap_begin();
	for (int i = 0; i < PIECES; i++)
		pieces[i] = take(SMALL);
	for (int i = 0; i + 1 < PIECES; i++)
		free(pieces[i]);
	with = resident();
	heap_return();
	assert_true(with - resident() >= PIECES * SMALL / 1024 / 2);
	free(pieces[PIECES - 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_large_piece_goes_back_at_once),
		cmocka_unit_test(small_pieces_go_back_when_work_is_done),
	};

	return is_told() ? cmocka_run_group_tests(tests, NULL, NULL) : 0;
}
