/* SPDX-License-Identifier: MIT */
/* The table of keys: no key means two things, every name is a key, dialogs keep to themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keymap.h"

/* Calls found(row, key) for each key of each row. */
static void each_key(void (*found)(const struct key_row *row, uint32_t key))
{
	for (size_t i = 0; i < key_rows_count; i++) {
		const char *at = key_rows[i].keys;

		while (*at) {
			size_t len = strcspn(at, " ");

			found(&key_rows[i], key_read(at, len));
			at += len;
			at += strspn(at, " ");
		}
	}
}

static void one_action(const struct key_row *row, uint32_t key)
{
	const struct key_row *other = keymap_find(row->context, key);

	if (other != row)
		fail_msg("%s: %s and %s are on one key of \"%s\"", context_name(row->context), row->name,
			 other ? other->name : "nothing", row->keys);
}

static void two_actions_are_never_on_one_key_of_a_context(void **state)
{
	(void)state;
	each_key(one_action);
}

static void is_key(const struct key_row *row, uint32_t key)
{
	char name[KEY_TEXT];

	if (key == K_NONE)
		fail_msg("%s: %s has a key that is none in \"%s\"", context_name(row->context), row->name, row->keys);
	key_write(key, name);
	assert_int_equal(key_read(name, strlen(name)), key);
}

static void every_key_of_the_table_is_one_and_is_written_as_it_is_read(void **state)
{
	(void)state;
	each_key(is_key);
}

static void names_are_unique_in_a_context(void **state)
{
	(void)state;
	for (size_t i = 0; i < key_rows_count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (key_rows[i].context == key_rows[j].context)
				assert_string_not_equal(key_rows[i].name, key_rows[j].name);
		}
	}
}

static void a_screens_own_key_goes_before_the_general_one(void **state)
{
	(void)state;
	assert_string_equal(keymap_find(CONTEXT_WEEK, 'h')->name, "earlier");
	assert_string_equal(keymap_find(CONTEXT_NOW, 'h')->name, "left");
	assert_string_equal(keymap_named(CONTEXT_WEEK, "quit")->keys, "q");
	assert_null(keymap_named(CONTEXT_NOW, "next-gap"));
}

static void dialogs_hear_nothing_but_their_own_keys(void **state)
{
	(void)state;
	assert_null(keymap_find(CONTEXT_PROMPT, 'q'));
	assert_null(keymap_find(CONTEXT_PROMPT, ':'));
	assert_null(keymap_find(CONTEXT_CONFIRM, '3'));
	assert_null(keymap_named(CONTEXT_CHOOSE, "quit"));
}

static void arrows_and_hjkl_move_everywhere_but_where_one_types(void **state)
{
	static const uint32_t keys[] = {K_UP, 'k', K_DOWN, 'j', K_LEFT, 'h', K_RIGHT, 'l'};

	(void)state;
	for (int context = 0; context < CONTEXT_PROMPT; context++) {
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
			const struct key_row *row = keymap_find((enum context)context, keys[i]);

			assert_non_null(row);
			assert_true(row->action >= ACTION_UP && row->action <= ACTION_RIGHT);
		}
	}
}

static void the_table_is_printed_whole(void **state)
{
	struct nm_buf buf;

	(void)state;
	nm_buf_init(&buf, 1u << 20);
	keys_print(&buf);
	for (size_t i = 0; i < key_rows_count; i++)
		assert_non_null(strstr(buf.data, key_rows[i].help));
	nm_buf_clear(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_actions_are_never_on_one_key_of_a_context),
		cmocka_unit_test(every_key_of_the_table_is_one_and_is_written_as_it_is_read),
		cmocka_unit_test(names_are_unique_in_a_context),
		cmocka_unit_test(a_screens_own_key_goes_before_the_general_one),
		cmocka_unit_test(dialogs_hear_nothing_but_their_own_keys),
		cmocka_unit_test(arrows_and_hjkl_move_everywhere_but_where_one_types),
		cmocka_unit_test(the_table_is_printed_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
