/* SPDX-License-Identifier: MIT */
/*
 * The outbox: what was written is there when the store is opened again, in order, and who is known at a carrier.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "nevermiss/store.h"
#include "old_store.h"
#include "random_plan.h"

static char *folder;
static char file[512];

static int setup(void **state)
{
	(void)state;
	folder = random_folder_new();
	return folder != NULL && snprintf(file, sizeof(file), "%s/store.db", folder) > 0 ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	random_folder_free(folder);
	return 0;
}

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static struct nm_store *open_store(bool read_only)
{
	struct nm_store *store;
	struct nm_error err;

	ok(nm_store_open(file, read_only, &store, &err), &err);
	return store;
}

static const struct nm_outbox_text greeting = {
	.at = 100,
	.line = "main",
	.account = "twilio",
	.driver = "twilio",
	.from = "+15125550100",
	.to = "+15125550111",
	.body = "caf\xc3\xa9 'x'",
	.why = "test",
	.state = NM_OUTBOX_SENDING,
};

static int64_t add(struct nm_store *store, struct nm_outbox_text text)
{
	struct nm_error err;
	int64_t id;

	ok(nm_store_outbox_add(store, &text, &id, &err), &err);
	return id;
}

static void end(struct nm_store *store, int64_t id, enum nm_outbox_state how, const char *carrier_id)
{
	const struct nm_outbox_text text = {
		.id = id, .state = how, .updated = 200, .carrier_id = carrier_id, .words = "so"
	};
	struct nm_error err;

	ok(nm_store_outbox_update(store, &text, &err), &err);
}

static struct nm_outbox read_outbox(bool open, size_t most)
{
	struct nm_store *store = open_store(true);
	struct nm_outbox outbox;
	struct nm_error err;

	ok(nm_store_outbox(store, open, most, &outbox, &err), &err);
	nm_store_close(store);
	return outbox;
}

static void test_a_text_is_kept_whole(void **state)
{
	struct nm_store *store = open_store(false);
	struct nm_outbox outbox;

	(void)state;
	add(store, greeting);
	nm_store_close(store);
	outbox = read_outbox(false, 9);
	assert_int_equal(outbox.n, 1);
	assert_int_equal(outbox.items[0].at, 100);
	assert_int_equal(outbox.items[0].updated, 100);
	assert_string_equal(outbox.items[0].line, "main");
	assert_string_equal(outbox.items[0].account, "twilio");
	assert_string_equal(outbox.items[0].driver, "twilio");
	assert_string_equal(outbox.items[0].from, "+15125550100");
	assert_string_equal(outbox.items[0].to, "+15125550111");
	assert_string_equal(outbox.items[0].body, greeting.body);
	assert_string_equal(outbox.items[0].why, "test");
	assert_string_equal(nm_outbox_state_name(outbox.items[0].state), "sending");
	assert_null(outbox.items[0].carrier_id);
	assert_null(outbox.items[0].words);
	nm_outbox_clear(&outbox);
}

/* The open ones in the order in which they are to be gone on with, all of them newest first. */
static void test_the_order(void **state)
{
	struct nm_store *store = open_store(false);
	struct nm_outbox outbox;
	int64_t ids[6];

	(void)state;
	for (int i = 0; i < 6; i++) {
		struct nm_outbox_text text = greeting;

		text.state = (enum nm_outbox_state)i;
		ids[i] = add(store, text);
	}
	nm_store_close(store);
	outbox = read_outbox(true, 9);
	assert_int_equal(outbox.n, 2);
	assert_int_equal(outbox.items[0].id, ids[NM_OUTBOX_WAITING]);
	assert_int_equal(outbox.items[1].id, ids[NM_OUTBOX_SENDING]);
	nm_outbox_clear(&outbox);
	outbox = read_outbox(false, 4);
	assert_int_equal(outbox.n, 4);
	assert_int_equal(outbox.items[0].id, ids[5]);
	assert_int_equal(outbox.items[3].id, ids[2]);
	nm_outbox_clear(&outbox);
}

/* What is learnt later does not take away what was learnt before. */
static void test_an_update(void **state)
{
	struct nm_store *store = open_store(false);
	const int64_t id = add(store, greeting);
	struct nm_outbox outbox;

	(void)state;
	end(store, id, NM_OUTBOX_SENDING, "SM1");
	end(store, id, NM_OUTBOX_SENT, NULL);
	nm_store_close(store);
	outbox = read_outbox(false, 9);
	assert_int_equal(outbox.items[0].state, NM_OUTBOX_SENT);
	assert_string_equal(outbox.items[0].carrier_id, "SM1");
	assert_string_equal(outbox.items[0].words, "so");
	assert_int_equal(outbox.items[0].at, 100);
	assert_int_equal(outbox.items[0].updated, 200);
	nm_outbox_clear(&outbox);
}

/* Only of others, to the same number, through the same driver. */
static void test_who_is_known(void **state)
{
	struct nm_store *store = open_store(false);
	struct nm_arena *arena = nm_arena_new();
	struct nm_outbox_text other = greeting, text = greeting;
	const char **ids;
	struct nm_error err;
	size_t n;

	(void)state;
	end(store, add(store, greeting), NM_OUTBOX_SENT, "SM1");
	end(store, add(store, greeting), NM_OUTBOX_UNSURE, NULL);
	other.to = "+15125550112";
	end(store, add(store, other), NM_OUTBOX_SENT, "SM2");
	other = greeting;
	other.driver = "telnyx";
	end(store, add(store, other), NM_OUTBOX_SENT, "T3");
	text.id = add(store, greeting);
	end(store, text.id, NM_OUTBOX_SENDING, "SM4");
	ok(nm_store_outbox_known(store, &text, arena, &ids, &n, &err), &err);
	assert_int_equal(n, 1);
	assert_string_equal(ids[0], "SM1");
	nm_arena_free(arena);
	nm_store_close(store);
}

static void test_read_only_writes_nothing(void **state)
{
	struct nm_store *store = open_store(false);
	struct nm_error err;
	int64_t id;

	(void)state;
	nm_store_close(store);
	store = open_store(true);
	assert_int_equal(nm_store_outbox_add(store, &greeting, &id, &err), NM_REFUSED);
	assert_int_equal(nm_store_outbox_update(store, &greeting, &err), NM_REFUSED);
	assert_int_equal(nm_store_sandbox_text_add(store, "+15125550100", "+15125550111", "x", &id, &err),
			 NM_REFUSED);
	nm_store_close(store);
}

/* A store from before there were texts gets its tables, and is read without them until then. */
static void test_an_older_store(void **state)
{
	struct nm_store *store = open_store(false);
	struct nm_outbox outbox;

	(void)state;
	nm_store_close(store);
	old_store(file, 4);
	outbox = read_outbox(false, 9);
	assert_int_equal(outbox.n, 0);
	nm_outbox_clear(&outbox);
	store = open_store(false);
	add(store, greeting);
	nm_store_close(store);
	outbox = read_outbox(true, 9);
	assert_int_equal(outbox.n, 1);
	nm_outbox_clear(&outbox);
}

static void test_the_sandboxs_texts(void **state)
{
	struct nm_store *store = open_store(false);
	struct nm_arena *arena = nm_arena_new();
	struct nm_sandbox_text *texts;
	struct nm_error err;
	int64_t first, second, third;
	size_t n;

	(void)state;
	ok(nm_store_sandbox_text_add(store, "+15125550100", "+15125550111", "a", &first, &err), &err);
	ok(nm_store_sandbox_text_add(store, "+15125550100", "+15125550112", "b", &second, &err), &err);
	ok(nm_store_sandbox_text_add(store, "+15125550101", "+15125550111", "c", &third, &err), &err);
	ok(nm_store_sandbox_texts(store, "+15125550100", 9, arena, &texts, &n, &err), &err);
	assert_int_equal(n, 2);
	assert_int_equal(texts[0].id, second);
	assert_string_equal(texts[0].to, "+15125550112");
	assert_string_equal(texts[1].body, "a");
	ok(nm_store_sandbox_texts(store, "+15125550100", 1, arena, &texts, &n, &err), &err);
	assert_int_equal(n, 1);
	nm_arena_free(arena);
	nm_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_text_is_kept_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_an_update, setup, teardown),
		cmocka_unit_test_setup_teardown(test_who_is_known, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_only_writes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_an_older_store, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_sandboxs_texts, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
