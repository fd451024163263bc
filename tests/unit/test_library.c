/* SPDX-License-Identifier: MIT */
/* Libraries that are loaded on first use: what is said when one is not there, or is another than was meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/library.h"

static void *first, *second;

static enum nm_code load(const char *file, const char *name, struct nm_error *err)
{
	const struct nm_library library = { file, "a-package", "tests need" };
	const struct nm_symbol symbols[] = { { &first, "strlen" }, { &second, name } };

	return nm_library_load(&library, symbols, 2, err);
}

static void test_what_is_there_is_loaded(void **state)
{
	struct nm_error err;

	(void)state;
	assert_int_equal(load("libc.so.6", "strdup", &err), NM_OK);
	assert_non_null(first);
	assert_non_null(second);
}

static void test_what_is_not_there_is_named_with_its_package(void **state)
{
	struct nm_error err;

	(void)state;
	assert_int_equal(load("libnot-there.so.1", "strdup", &err), NM_SYSTEM);
	assert_string_equal(err.text, "tests need libnot-there.so.1, which cannot be loaded: install it (Debian: a-package)");
}

static void test_what_is_too_old_is_said(void **state)
{
	struct nm_error err;

	(void)state;
	assert_int_equal(load("libc.so.6", "not_there", &err), NM_SYSTEM);
	assert_string_equal(err.text, "libc.so.6 has no not_there: it is too old");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_there_is_loaded),
		cmocka_unit_test(test_what_is_not_there_is_named_with_its_package),
		cmocka_unit_test(test_what_is_too_old_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
