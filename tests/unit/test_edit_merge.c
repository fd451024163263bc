/* SPDX-License-Identifier: MIT */
/* Two people's changes of one text, put together or refused; never lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/edit.h"
#include "nevermiss/mem.h"


static void merged_is(const char *base, const char *ours, const char *theirs, const char *expected)
{
	const struct nm_edit_sides sides = { base, ours, theirs };
	struct nm_error err;
	char *out = NULL;
	size_t len = 0;

	if (nm_edit_merge(&sides, &out, &len, &err))
		fail_msg("%s", err.text);
	assert_string_equal(out, expected);
	assert_int_equal(len, strlen(expected));
	free(out);
}

static void refused(const char *base, const char *ours, const char *theirs, enum nm_code code, const char *why)
{
	const struct nm_edit_sides sides = { base, ours, theirs };
	struct nm_error err;
	size_t len = 0;
	char *out = NULL;

	assert_int_equal(nm_edit_merge(&sides, &out, &len, &err), code);
	assert_null(out);
	assert_string_equal(err.text, why);
}

static void changes_of_different_sections_are_put_together(void **state)
{
	(void)state;
	merged_is("a = 1\nb = 2\n", "a = 9\nb = 2\n", "a = 1\nb = 8\n", "a = 9\nb = 8\n");
	merged_is("a = 1\nb = 2\n", "a = 9\nb = 2\n", "a = 1\nc = 3\nb = 2\n", "a = 9\nc = 3\nb = 2\n");
	merged_is("a {\n x = 1\n}\nb {\n}\n", "b {\n}\n", "a {\n x = 1\n}\nb {\n y = 2\n}\n", "b {\n y = 2\n}\n");
	merged_is("a = 1\n", "a = 1\n# mine\n", "a = 2\n", "a = 2\n# mine\n");
	merged_is("", "a = 1\n", "", "a = 1\n");
	merged_is("a = 1\n", "", "a = 1\n", "");
}

static void the_same_change_on_both_sides_is_one(void **state)
{
	(void)state;
	merged_is("a = 1\nb = 2\n", "a = 9\nb = 2\n", "a = 9\nb = 2\n", "a = 9\nb = 2\n");
	merged_is("a = 1\n", "a = 1\nb {\n}\n", "a = 1\nb {\n}\n", "a = 1\nb {\n}\n");
	merged_is("a = 1\nb = 2\n", "b = 2\n", "b = 2\n", "b = 2\n");
}

static void one_section_changed_on_both_sides_is_refused(void **state)
{
	(void)state;
	refused("a 'x' {\n p = 1\n q = 2\n}\n", "a 'x' {\n p = 9\n q = 2\n}\n", "a 'x' {\n p = 1\n q = 8\n}\n", NM_REFUSED,
		"both sides changed a 'x'");
	refused("a = 1\nb = 2\n", "a = 9\nb = 2\n", "b = 2\n", NM_REFUSED, "both sides changed a");
	refused("a = 1\n# end\n", "a = 1\n# mine\n", "a = 1\n# theirs\n", NM_REFUSED,
		"both sides changed the comments at the end");
	refused("a = 1\n", "a = 1\nr 'm' {\n}\n", "a = 1\nr 't' {\n}\n", NM_REFUSED,
		"something was added in the same place on both sides: r 't'");
	refused("a = 1\n", "a = {\n", "a = 2\n", NM_INPUT, "line 2: a list needs a value, or its end, here");
}

/* --- of whatever both did: each section is as the one who touched it left it, or it is refused --- */

#define SECTIONS 8
#define DELETED 9

static unsigned next(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

/* One section for each number, in their order: that is its value, or that it is not there. */
static void write_sections(const unsigned *values, struct nm_buf *out)
{
	nm_buf_clear(out);
	for (unsigned i = 0; i < SECTIONS; i++)
		if (values[i] != DELETED)
			nm_buf_addf(out, "\n# of %u\ns 's%u' {\n\tv = %u\n}\n", i, i, values[i]);
}

static void change_some(unsigned *values, unsigned *seed)
{
	for (unsigned i = 0; i < SECTIONS; i++)
		if (next(seed) % 4 == 0)
			values[i] = next(seed) % 3 ? next(seed) % 8 : DELETED;
}

static void nothing_of_either_side_is_lost(void **state)
{
	unsigned seed = 7, merges = 0, refusals = 0, additions = 0;
	struct nm_buf text[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		nm_buf_init(&text[i], 1 << 16);
	for (int round = 0; round < 3000; round++) {
		unsigned base[SECTIONS] = { 0 }, ours[SECTIONS], theirs[SECTIONS], both[SECTIONS];
		unsigned added = 0;
		bool clash = false;
		char *out = NULL;
		size_t len;

		change_some(base, &seed); /* some are not there, and may be added */
		memcpy(ours, base, sizeof(base));
		memcpy(theirs, base, sizeof(base));
		change_some(ours, &seed);
		change_some(theirs, &seed);
		for (size_t i = 0; i < SECTIONS; i++) {
			both[i] = ours[i] != base[i] ? ours[i] : theirs[i];
			clash = clash || (ours[i] != base[i] && theirs[i] != base[i] && ours[i] != theirs[i]);
			added += base[i] == DELETED && both[i] != DELETED;
		}
		write_sections(base, &text[0]);
		write_sections(ours, &text[1]);
		write_sections(theirs, &text[2]);
		write_sections(both, &text[3]);
		if (nm_edit_merge(&(struct nm_edit_sides){ text[0].data, text[1].data, text[2].data }, &out, &len, NULL)) {
			refusals++;
			continue;
		}
		assert_false(clash);
		assert_string_equal(out, text[3].data);
		free(out);
		merges++;
		additions += added;
	}
	assert_true(merges > 300);
	assert_true(additions > 300);
	assert_true(refusals > 300);
	for (size_t i = 0; i < 4; i++)
		nm_buf_clear(&text[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_of_different_sections_are_put_together),
		cmocka_unit_test(the_same_change_on_both_sides_is_one),
		cmocka_unit_test(one_section_changed_on_both_sides_is_refused),
		cmocka_unit_test(nothing_of_either_side_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
