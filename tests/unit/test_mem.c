/* SPDX-License-Identifier: MIT */
/* The arena, the text buffer, and the list of mistakes: what their headers promise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/diag.h"
#include "nevermiss/mem.h"

/* Zeroed, aligned for anything, and nobody else's: whatever is written into one stays there. */
static void arena_memory_is_zeroed_aligned_and_apart(void **state)
{
	struct nm_arena *arena = nm_arena_new();
	unsigned char *blocks[200];
	size_t i, j;

	(void)state;
	assert_non_null(arena);
	for (i = 0; i < 200; i++) {
		const size_t size = 1 + i * 37 % 900;

		blocks[i] = nm_arena_alloc(arena, size, 1);
		assert_non_null(blocks[i]);
		assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
		for (j = 0; j < size; j++)
			assert_int_equal(blocks[i][j], 0);
		memset(blocks[i], (int)i, size);
	}
	for (i = 0; i < 200; i++)
		for (j = 0; j < 1 + i * 37 % 900; j++)
			assert_int_equal(blocks[i][j], (unsigned char)i);
	nm_arena_free(arena);
	nm_arena_free(NULL);
}

static void an_arena_refuses_what_overflows(void **state)
{
	struct nm_arena *arena = nm_arena_new();

	(void)state;
	assert_null(nm_arena_alloc(arena, SIZE_MAX, 2));
	assert_null(nm_arena_alloc(arena, SIZE_MAX / 2, 3));
	assert_non_null(nm_arena_alloc(arena, 0, 8));
	nm_arena_free(arena);
}

static void arena_texts_are_copies(void **state)
{
	struct nm_arena *arena = nm_arena_new();
	char source[] = "abcdef";
	char *whole = nm_arena_text(arena, source), *part = nm_arena_textn(arena, source, 3);

	(void)state;
	source[0] = 'x';
	assert_string_equal(whole, "abcdef");
	assert_string_equal(part, "abc");
	assert_string_equal(nm_arena_format(arena, "%s-%d", part, 7), "abc-7");
	assert_string_equal(nm_arena_replaced(arena, "a,b,,c", ",", ", "), "a, b, , c");
	assert_string_equal(nm_arena_replaced(arena, "aaa", "aa", ""), "a");
	assert_string_equal(nm_arena_replaced(arena, "", "a", "b"), "");
	nm_arena_free(arena);
}

static void a_buffer_is_text_from_the_beginning(void **state)
{
	struct nm_buf buf;
	char *taken;

	(void)state;
	nm_buf_init(&buf, 100);
	assert_string_equal(buf.data, "");
	nm_buf_add(&buf, "one");
	nm_buf_addf(&buf, " %d", 2);
	nm_buf_addn(&buf, "three", 2);
	assert_string_equal(buf.data, "one 2th");
	taken = nm_buf_take(&buf);
	assert_string_equal(taken, "one 2th");
	assert_string_equal(buf.data, "");
	free(taken);
	taken = nm_buf_take(&buf);
	assert_string_equal(taken, "");
	free(taken);
	nm_buf_clear(&buf);
}

/* The cap is hard, and the failure sticks: nothing is added any more, and there is nothing to take. */
static void a_full_buffer_stays_failed(void **state)
{
	struct nm_buf buf;

	(void)state;
	nm_buf_init(&buf, 5);
	nm_buf_add(&buf, "12345");
	assert_false(buf.failed);
	nm_buf_add(&buf, "6");
	assert_true(buf.failed);
	assert_string_equal(buf.data, "12345");
	nm_buf_add(&buf, "");
	assert_true(buf.failed);
	assert_null(nm_buf_take(&buf));
	assert_false(buf.failed);
}

static void growing_keeps_what_is_there(void **state)
{
	void *array = NULL;
	size_t capacity = 0, i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		assert_true(nm_grow(&array, &capacity, i + 1, sizeof(int)));
		((int *)array)[i] = (int)i;
	}
	for (i = 0; i < 1000; i++)
		assert_int_equal(((int *)array)[i], (int)i);
	assert_false(nm_grow(&array, &capacity, SIZE_MAX, sizeof(int)));
	assert_int_equal(((int *)array)[999], 999);
	free(array);
}

/* By file in the order of first appearance, then by line; what stands on one line keeps its order. */
static void mistakes_are_sorted_by_file_and_line(void **state)
{
	struct nm_diags diags;

	(void)state;
	nm_diags_init(&diags);
	nm_diags_add(&diags, "plan", 9, "c");
	nm_diags_add(&diags, "other", 1, "e");
	nm_diags_add(&diags, "plan", 2, "a%d", 1);
	nm_diags_add(&diags, "plan", 2, "b");
	nm_diags_sort(&diags);
	assert_int_equal(diags.n, 4);
	assert_string_equal(diags.items[0].text, "a1");
	assert_string_equal(diags.items[1].text, "b");
	assert_string_equal(diags.items[2].text, "c");
	assert_string_equal(diags.items[3].file, "other");
	assert_false(diags.failed);
	nm_diags_clear(&diags);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_memory_is_zeroed_aligned_and_apart),
		cmocka_unit_test(an_arena_refuses_what_overflows),
		cmocka_unit_test(arena_texts_are_copies),
		cmocka_unit_test(a_buffer_is_text_from_the_beginning),
		cmocka_unit_test(a_full_buffer_stays_failed),
		cmocka_unit_test(growing_keeps_what_is_there),
		cmocka_unit_test(mistakes_are_sorted_by_file_and_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
