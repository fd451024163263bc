/* SPDX-License-Identifier: MIT */
/*
 * What was read last, compared with another plan: with nothing else live, that is what reading anew comes to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/plan.h"
#include "numbers.h"
#include "push_rig.h"
#include "random_plan.h"

#define ROUNDS 60

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static struct nm_status kept_of(struct push_rig *rig)
{
	const int sent = rig->sent;
	struct nm_status status;
	struct nm_error err;

	ok(nm_status_kept(&rig->context, &status, &err), &err);
	assert_int_equal(rig->sent, sent); /* no carrier is asked */
	return status;
}

static struct nm_status read_of(struct push_rig *rig)
{
	struct nm_push_context context = rig->context;
	struct nm_status status;
	struct nm_error err;

	context.unsaved = true; /* what was read before stays the last reading */
	ok(nm_status_read(&context, -1, &status, &err), &err);
	return status;
}

static void assert_same(const struct nm_status *kept, const struct nm_status *read, nm_time read_at)
{
	assert_int_equal(kept->n, read->n);
	for (size_t i = 0; i < read->n; i++) {
		const struct nm_line_status *a = &kept->lines[i], *b = &read->lines[i];

		assert_int_equal(a->line, b->line);
		assert_int_equal(a->sync, b->sync);
		assert_int_equal(a->to_push, b->to_push);
		assert_int_equal(a->differences.n, b->differences.n);
		assert_string_equal(a->words, b->words);
		assert_int_equal(nm_line_status_live(a) == NULL, nm_line_status_live(b) == NULL);
		assert_int_equal(a->read_at, read_at);
	}
}

/* A plan with some rules more or less, and paths that ring longer or not. */
static char *plan_text(uint64_t *random)
{
	struct nm_buf text;

	nm_buf_init(&text, 1u << 16);
	nm_buf_addf(&text, "%s", PUSH_HEAD);
	nm_buf_addf(&text, "path other { step { ring = owner for = %us } }\n", 5 * (1 + random_below(random, 4)));
	if (random_below(random, 2))
		nm_buf_addf(&text, "test \"one\" { at = \"2026-12-25 10:00\" expect = fixly }\n");
	if (random_below(random, 2))
		nm_buf_addf(&text, "rule sunday { during = sunday path = %s }\n", random_below(random, 2) ? "day" : "other");
	if (random_below(random, 3) == 0)
		nm_buf_addf(&text, "override away { lines = main from = \"2026-12-01 13:00\" until = \"2026-12-0%u 15:00\""
				   " path = night }\n",
			    1 + random_below(random, 9));
	nm_buf_addf(&text, "%s", PUSH_RULES);
	return nm_buf_take(&text);
}

/* Pushed or not, meddled with or not: line "front desk/2" is sometimes left as it was. */
static void change_live(struct push_rig *rig, uint64_t *random)
{
	struct nm_error err;

	if (random_below(random, 4) == 0)
		ok(nm_store_sandbox_put(rig->store, line_text(rig->plan, "main"), random_below(random, 2) ? "{}" : "nonsense", &err), &err);
	else
		ok(push_rig_push(rig, random_below(random, 2) ? -1 : 0, NULL, &err), &err);
}

static void test_is_what_reading_anew_says(void **state)
{
	uint64_t random = 8;
	size_t same = 0, drift = 0;
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PUSH_HEAD PUSH_RULES);
	for (int round = 0; round < random_few(ROUNDS); round++) {
		struct nm_status read, kept;
		char *text = plan_text(&random);
		nm_time at;

		change_live(&rig, &random);
		rig.context.now += 60;
		at = rig.context.now;
		ok(nm_status_read(&rig.context, -1, &read, &err), &err);
		nm_status_clear(&read);
		push_rig_plan(&rig, text);
		rig.context.plan_mark = random_next(&random);
		rig.context.now += 3600;
		kept = kept_of(&rig);
		read = read_of(&rig);
		assert_same(&kept, &read, at);
		same += read.lines[0].sync == NM_SYNC_SAME;
		drift += read.lines[0].sync == NM_SYNC_DRIFT;
		nm_status_clear(&kept);
		nm_status_clear(&read);
		free(text);
	}
	assert_true(same > 0 && drift > 0); /* both were seen */
	push_rig_close(&rig);
}

/* The plan with this in place of its first line's section: how that line stands by what is known of it; the other is known. */
static void assert_known(const char *section, enum nm_sync first)
{
	const char *end = strstr(PUSH_HEAD PUSH_RULES, "line \"front desk/2\"");
	struct push_rig rig;
	struct nm_status status;
	struct nm_error err;
	struct nm_buf text;

	push_rig_open(&rig, PUSH_HEAD PUSH_RULES);
	ok(push_rig_push(&rig, -1, NULL, &err), &err);
	nm_buf_init(&text, 1u << 16);
	nm_buf_addf(&text, "business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"
			   "account sandbox { driver = sandbox }\naccount other { driver = sandbox }\n%s\n%s",
		    section, end);
	push_rig_plan(&rig, text.data);
	status = kept_of(&rig);
	assert_int_equal(status.lines[0].sync, first);
	assert_int_equal(status.lines[0].read_at != 0, first != NM_SYNC_UNKNOWN);
	assert_int_equal(nm_line_status_live(&status.lines[0]) != NULL, first != NM_SYNC_UNKNOWN);
	assert_int_equal(status.lines[1].sync, NM_SYNC_SAME);
	nm_status_clear(&status);
	nm_buf_clear(&text);
	push_rig_close(&rig);
}

static void test_a_line_is_known_where_it_was_read(void **state)
{
	(void)state;
	assert_known("line main { account = sandbox number = \"+15125550100\" }", NM_SYNC_SAME);
	assert_known("line main { account = sandbox number = \"+15125550109\" }", NM_SYNC_UNKNOWN);
	assert_known("line main { account = other number = \"+15125550100\" }", NM_SYNC_UNKNOWN);
	assert_known("line service { account = sandbox number = \"+15125550100\" }", NM_SYNC_RENAMED);
}

/* Nobody knows where such a reading was made. */
static void test_a_reading_of_an_older_store_is_none(void **state)
{
	struct push_rig rig;
	struct nm_status status;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PUSH_HEAD PUSH_RULES);
	ok(push_rig_push(&rig, -1, NULL, &err), &err);
	push_rig_older(&rig, 17);
	status = kept_of(&rig);
	assert_int_equal(status.lines[0].sync, NM_SYNC_UNKNOWN);
	assert_int_equal(status.lines[0].read_at, 0);
	nm_status_clear(&status);
	push_rig_close(&rig);
}

/* One that could not be read says why, whatever the plan; one that is damaged stops no other. */
static void test_what_is_not_known_stays_so(void **state)
{
	struct nm_reading reading = { .known = true, .in_sync = true, .words = "in sync", .live = "[{\"name\":" };
	struct push_rig rig;
	struct nm_status status;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PUSH_HEAD PUSH_RULES);
	ok(push_rig_push(&rig, -1, NULL, &err), &err);
	ok(nm_store_sandbox_fail(rig.store, line_text(rig.plan, "front desk/2"), "500 9", &err), &err);
	ok(nm_status_read(&rig.context, 1, &status, &err), &err);
	nm_status_clear(&status);
	reading.at = rig.context.now;
	reading.place = nm_line_place(rig.plan, 0);
	ok(nm_store_reading_put(rig.store, line_number(rig.plan, "main"), &reading, &err), &err);
	rig.context.plan_mark++;
	status = kept_of(&rig);
	assert_int_equal(status.lines[0].sync, NM_SYNC_UNKNOWN);
	assert_string_not_equal(status.lines[0].words, "in sync");
	assert_int_equal(status.lines[1].sync, NM_SYNC_UNKNOWN);
	assert_non_null(strstr(status.lines[1].words, "500"));
	nm_status_clear(&status);
	push_rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_what_reading_anew_says),
		cmocka_unit_test(test_a_line_is_known_where_it_was_read),
		cmocka_unit_test(test_a_reading_of_an_older_store_is_none),
		cmocka_unit_test(test_what_is_not_known_stays_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
