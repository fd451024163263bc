/* SPDX-License-Identifier: MIT */
/* Writing JSON, judged by a peer that reads it: jansson takes every text and gives it back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "nevermiss/json.h"

static void commas_and_nesting_are_taken_care_of(void **state)
{
	struct nm_buf out;
	struct nm_json json;

	(void)state;
	nm_buf_init(&out, 1000);
	nm_json_init(&json, &out);
	nm_json_object(&json);
	nm_json_key(&json, "a");
	nm_json_array(&json);
	nm_json_int(&json, -1);
	nm_json_object(&json);
	nm_json_end(&json, '}');
	nm_json_array(&json);
	nm_json_end(&json, ']');
	nm_json_null(&json);
	nm_json_end(&json, ']');
	nm_json_key(&json, "b");
	nm_json_bool(&json, true);
	nm_json_key(&json, "c");
	nm_json_double(&json, 2.5, 2);
	nm_json_key(&json, "d");
	nm_json_text(&json, NULL);
	nm_json_end(&json, '}');
	assert_string_equal(out.data, "{\"a\":[-1,{},[],null],\"b\":true,\"c\":2.50,\"d\":null}");
	nm_buf_clear(&out);
}

static json_t *through(const char *text)
{
	struct nm_buf out;
	struct nm_json json;
	json_t *read;

	nm_buf_init(&out, 1u << 16);
	nm_json_init(&json, &out);
	nm_json_array(&json);
	nm_json_text(&json, text);
	nm_json_end(&json, ']');
	assert_false(out.failed);
	read = json_loads(out.data, 0, NULL);
	nm_buf_clear(&out);
	return read;
}

/* Every byte that is UTF-8 comes back as it was; every one that is not becomes U+FFFD. */
static void any_text_is_read_back(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "\"quoted\" \\ and\ttab\nline", "\"quoted\" \\ and\ttab\nline" },
		{ "\x01\x1f\x7f", "\x01\x1f\x7f" },
		{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x93\x9e", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x93\x9e" },
		{ "bad \xff end", "bad \xef\xbf\xbd end" },
		{ "cut \xe2\x82", "cut \xef\xbf\xbd\xef\xbf\xbd" },
		{ "overlong \xc0\xaf", "overlong \xef\xbf\xbd\xef\xbf\xbd" },
		{ "surrogate \xed\xa0\x80", "surrogate \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		json_t *read = through(cases[i].in);

		assert_non_null(read);
		assert_string_equal(json_string_value(json_array_get(read, 0)), cases[i].out);
		json_decref(read);
	}
}

static void random_bytes_make_json_that_reads(void **state)
{
	uint32_t seed = 20261123;
	int round, i;

	(void)state;
	for (round = 0; round < 2000; round++) {
		char text[40];
		json_t *read;

		for (i = 0; i < 39; i++) {
			seed = seed * 1664525u + 1013904223u;
			text[i] = (char)(seed >> 24);
			if (!text[i])
				text[i] = 'x';
		}
		text[39] = '\0';
		read = through(text);
		assert_non_null(read);
		json_decref(read);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_and_nesting_are_taken_care_of),
		cmocka_unit_test(any_text_is_read_back),
		cmocka_unit_test(random_bytes_make_json_that_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
