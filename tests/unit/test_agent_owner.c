/* SPDX-License-Identifier: MIT */
/*
 * What the owner is told by text: each kind of trouble with caps of its own, so that many of one do not silence another,
 * and many of one in one text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent_rig.h"
#include "nevermiss/alerts.h"
#include "nevermiss/calls.h"
#include "nevermiss/followup.h"
#include "nevermiss/forget.h"
#include "nevermiss/inbound.h"
#include "random_plan.h"

#define OWNER "+15125550111"
#define MANY  40
#define CAPPED "texts capped: "
#define PLAN                                                                                                    \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"                                    \
	"account toy { driver = sandbox }\n"                                                                        \
	"line main { number = \"+15125550100\" account = toy }\n"                                                  \
	"destination owner { kind = personal number = \"" OWNER "\" own_voicemail = none }\n"                      \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                              \
	"path day { step { ring = owner for = 20s } step { ring = fixly for = 10s } }\n"                           \
	"follow_up { within = 15m }\nrule always { path = day }\n"

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static int64_t miss_call_at(const struct agent_rig *rig, nm_number caller, nm_time began)
{
	char id[32];
	const struct nm_call_entry call = {
		.number = UINT64_C(15125550100),
		.line = "main",
		.driver = "twilio",
		.carrier_id = id,
		.caller = { .number = caller },
		.began = began,
		.ended = began + 30,
		.became = { .end = NM_CALL_VOICEMAIL, .seconds = -1 },
	};
	const struct nm_call_filter filter = { .since = 0, .until = NM_TIME_MAX, .most = 1, .caller = caller };
	struct nm_call_entries calls;
	enum nm_call_kept kept;
	struct nm_error err;
	int64_t found;

	snprintf(id, sizeof(id), "%llu", (unsigned long long)caller);
	ok(nm_store_call_put(rig->store, &call, &kept, &err), &err);
	ok(nm_store_calls(rig->store, &filter, &calls, &err), &err);
	assert_int_equal(calls.n, 1);
	found = calls.items[0].id;
	nm_call_entries_clear(&calls);
	return found;
}

/* One of now; returns its id. */
static int64_t miss_call(const struct agent_rig *rig, nm_number caller)
{
	return miss_call_at(rig, caller, agent_rig_now(rig));
}

/* Texts of the outbox whose reason begins so. */
static size_t texts_why(const struct agent_rig *rig, const char *prefix)
{
	const struct nm_outbox_count which = { .prefix = prefix, .to = OWNER, .failed = true };
	struct nm_error err;
	size_t n;

	ok(nm_store_outbox_count(rig->store, &which, &n, &err), &err);
	return n;
}

static void open_pushed(struct agent_rig *rig, const char *text, const char *at)
{
	agent_rig_open(rig, text, at);
	agent_rig_push(rig);
	agent_rig_begin(rig);
}

/* So many people the owner was told of in texts about late follow-ups, in so many texts. */
static size_t told_late(const struct agent_rig *rig, size_t *texts)
{
	struct nm_outbox outbox;
	struct nm_error err;
	size_t n = 0;

	*texts = 0;
	ok(nm_store_outbox(rig->store, false, 10000, &outbox, &err), &err);
	for (size_t i = 0; i < outbox.n; i++) {
		unsigned many = 1;

		if (strncmp(outbox.items[i].why, "late: ", 6) != 0)
			continue;
		assert_int_equal(outbox.items[i].state, NM_OUTBOX_SENT);
		(void)sscanf(outbox.items[i].body, "Smith: %u people to call back", &many);
		n += many;
		++*texts;
	}
	nm_outbox_clear(&outbox);
	return n;
}

/* An emergency that nobody has answered. */
static void leave_unanswered(const struct agent_rig *rig, int64_t call)
{
	const struct nm_call_alert alert = { .call = call, .noticed = agent_rig_now(rig), .text = "emergency" };
	struct nm_error err;

	ok(nm_store_alert_add(rig->store, &alert, &err), &err);
	ok(nm_store_alert_end(rig->store, call, NM_ALERT_UNANSWERED, agent_rig_now(rig), NULL, &err), &err);
}

/* An emergency of which nobody has taken care is told at once, however many follow-ups are late. */
static void test_an_emergency_waits_for_no_late_follow_ups(void **state)
{
	struct agent_rig rig;
	size_t texts;

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 09:00");
	for (nm_number i = 0; i < MANY; i++) {
		miss_call(&rig, UINT64_C(15125551000) + i);
		agent_rig_live(&rig, agent_rig_now(&rig) + 240);
	}
	(void)told_late(&rig, &texts);
	leave_unanswered(&rig, miss_call(&rig, UINT64_C(15125550142)));
	agent_rig_live(&rig, agent_rig_now(&rig) + 61);
	assert_true(texts >= 6);
	assert_int_equal(texts_why(&rig, NM_ALERT_UNANSWERED_PREFIX), 1);
	agent_rig_close(&rig);
}

/* A flood is one text, and so is the next; whoever began to run in between tells nothing again. */
static void test_many_late_follow_ups_are_one_text(void **state)
{
	struct agent_rig rig;
	size_t texts;

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 09:00");
	for (nm_number i = 0; i < MANY; i++)
		miss_call(&rig, UINT64_C(15125551000) + i);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:30"));
	assert_int_equal(told_late(&rig, &texts), MANY);
	assert_int_equal(texts, 1);
	assert_int_equal(agent_rig_said(&rig, "Smith: 40 people to call back are late, the longest by 1 min: see "), 1);
	agent_rig_end(&rig);
	agent_rig_begin(&rig);
	for (nm_number i = 0; i < MANY; i++)
		miss_call(&rig, UINT64_C(15125552000) + i);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 13:00"));
	assert_int_equal(told_late(&rig, &texts), 2 * MANY);
	assert_int_equal(texts, 2);
	agent_rig_close(&rig);
}

/* A record that comes when its call's turn is over is told all the same, though it was due before the text of many. */
static void test_a_late_record_is_not_taken_for_told(void **state)
{
	struct agent_rig rig;
	nm_time then;
	size_t texts;

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 09:00");
	then = agent_rig_now(&rig);
	for (nm_number i = 0; i < MANY; i++)
		miss_call(&rig, UINT64_C(15125551000) + i);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:30"));
	miss_call_at(&rig, UINT64_C(15125550142), then);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:35"));
	assert_int_equal(told_late(&rig, &texts), MANY + 1);
	assert_int_equal(agent_rig_said(&rig, "0142, late by"), 1);
	agent_rig_close(&rig);
}

/* However they come in: everybody is told of once, in no more texts than may be. */
static void test_everybody_is_told_of_once(void **state)
{
	(void)state;
	for (int seed = 1; seed <= random_few(8); seed++) {
		struct agent_rig rig;
		uint64_t random = (uint64_t)seed;
		nm_number n = 0;
		size_t texts;

		open_pushed(&rig, PLAN, "2026-11-23 09:00");
		while (agent_rig_now(&rig) < agent_rig_time(&rig, "2026-11-23 13:00")) {
			for (uint32_t some = random_below(&random, 8) == 0 ? random_below(&random, 9) : 0; some > 0; some--)
				miss_call(&rig, UINT64_C(15125551000) + n++);
			agent_rig_live(&rig, agent_rig_now(&rig) + 60 + random_below(&random, 120));
			if (random_below(&random, 16) == 0) {
				agent_rig_end(&rig);
				agent_rig_begin(&rig);
			}
		}
		agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-24 12:45"));
		assert_true(n > 20);
		assert_int_equal(told_late(&rig, &texts), n);
		assert_true(texts < n && texts <= 40);
		agent_rig_close(&rig);
	}
}

/* Missed callers who wait because as many texts as may went out: one warning while it lasts, and a text a day. */
static void test_callers_who_wait_for_their_text_are_told_of(void **state)
{
	struct agent_rig rig;

	(void)state;
	open_pushed(&rig, PLAN "text_back { missed = \"Smith here: what can we help with?\" account = toy }\n", "2026-11-23 09:00");
	for (nm_number i = 0; i < 20; i++)
		miss_call(&rig, UINT64_C(15125551000) + i);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:05"));
	assert_int_equal(texts_why(&rig, CAPPED), 0); /* 20 are no more than an hour takes */
	for (nm_number i = 20; i < MANY; i++)
		miss_call(&rig, UINT64_C(15125551000) + i);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 11:00"));
	assert_int_equal(texts_why(&rig, CAPPED), 1);
	assert_int_equal(agent_rig_said(&rig, "! texts: 20 missed callers wait for a text, and get none after an hour: "
					      "at most 20 an hour and 100 a day go to customers"),
			 1);
	assert_int_equal(agent_rig_said(&rig, "told by text: Smith: 20 missed callers wait for a text"), 1);
	assert_int_equal(agent_rig_said(&rig, "texts: well again"), 1);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-24 15:00"));
	for (nm_number i = 0; i < 21; i++)
		miss_call(&rig, UINT64_C(15125553000) + i);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-24 17:00"));
	assert_int_equal(texts_why(&rig, CAPPED), 2);
	assert_int_equal(agent_rig_said(&rig, "! texts: 1 missed caller waits for a text, and gets none after"), 1);
	agent_rig_close(&rig);
}

/* --- texts in doubt --- */

static void text_came(const struct agent_rig *rig, const char *from, const char *body)
{
	static int id;
	char carrier_id[32];
	const struct nm_inbound_entry text = { .number = UINT64_C(15125550100),
					       .line = "main",
					       .driver = "sandbox",
					       .carrier_id = carrier_id,
					       .from = from,
					       .body = body,
					       .at = agent_rig_now(rig) };
	struct nm_error err;
	bool fresh;

	snprintf(carrier_id, sizeof(carrier_id), "t%d", id++);
	ok(nm_store_inbound_put(rig->store, &text, &fresh, &err), &err);
	assert_true(fresh);
}

/* "The owner is told of a text of which it is in doubt whether its sender wants no more: once per sender." */
static void test_texts_in_doubt_are_told_once_per_sender(void **state)
{
	struct agent_rig rig;

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 09:00");
	text_came(&rig, "+15125551001", "please stop by tomorrow");
	text_came(&rig, "+15125551002", "stopp");
	text_came(&rig, "+15125551003", "STOP");
	text_came(&rig, "+15125551004", "when can you come?");
	text_came(&rig, OWNER, "I can stop by");
	agent_rig_live(&rig, agent_rig_now(&rig) + 300);
	assert_int_equal(texts_why(&rig, NM_DOUBT_PREFIX), 2);
	assert_int_equal(agent_rig_said(&rig, "Smith: +1 512 555 1001 wrote \"please stop by tomorrow\". That was taken for no "
					      "more texts: they get none. Call them if they meant something else"),
			 1);
	assert_int_equal(agent_rig_said(&rig, "Smith: +1 512 555 1002 wrote \"stopp\". If that means no more texts: nevermiss "
					      "text --opt-out +15125551002"),
			 1);
	/* The same sender, in a second process, too; and one who then says it plainly. */
	agent_rig_end(&rig);
	agent_rig_begin(&rig);
	text_came(&rig, "+15125551001", "and stop at the shop");
	text_came(&rig, "+15125551005", "no more texts");
	text_came(&rig, "+15125551005", "STOP");
	agent_rig_live(&rig, agent_rig_now(&rig) + 300);
	assert_int_equal(texts_why(&rig, NM_DOUBT_PREFIX), 2);
	agent_rig_close(&rig);
}

/* "within caps": many are no flood of texts to the owner; and one that is too old is history. */
static void test_texts_in_doubt_have_caps(void **state)
{
	struct agent_rig rig;
	char from[24];

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 09:00");
	text_came(&rig, "+15125551999", "stopp");
	agent_rig_set(&rig, agent_rig_now(&rig) + 25 * 3600);
	for (int i = 0; i < MANY; i++) {
		snprintf(from, sizeof(from), "+1512555%04d", 2000 + i);
		text_came(&rig, from, "stopp");
	}
	agent_rig_live(&rig, agent_rig_now(&rig) + 600);
	assert_int_equal(texts_why(&rig, NM_DOUBT_PREFIX), 6);
	agent_rig_live(&rig, agent_rig_now(&rig) + 20 * 3600);
	assert_int_equal(texts_why(&rig, NM_DOUBT_PREFIX), 20);
	assert_int_equal(agent_rig_said(&rig, "555 1999"), 0);
	agent_rig_close(&rig);
}

/* It names its sender, so it goes with them. */
static void test_a_text_in_doubt_is_forgotten_with_its_sender(void **state)
{
	struct agent_rig rig;
	struct nm_error err;
	bool whole;

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 09:00");
	text_came(&rig, "+15125551001", "stopp");
	text_came(&rig, "+15125551002", "stopp");
	agent_rig_live(&rig, agent_rig_now(&rig) + 300);
	assert_int_equal(texts_why(&rig, NM_DOUBT_PREFIX), 2);
	ok(nm_store_forget(rig.store, UINT64_C(15125551001), agent_rig_now(&rig), &whole, &err), &err);
	assert_int_equal(texts_why(&rig, NM_DOUBT_PREFIX), 1);
	agent_rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_emergency_waits_for_no_late_follow_ups),
		cmocka_unit_test(test_many_late_follow_ups_are_one_text),
		cmocka_unit_test(test_a_late_record_is_not_taken_for_told),
		cmocka_unit_test(test_everybody_is_told_of_once),
		cmocka_unit_test(test_callers_who_wait_for_their_text_are_told_of),
		cmocka_unit_test(test_texts_in_doubt_are_told_once_per_sender),
		cmocka_unit_test(test_texts_in_doubt_have_caps),
		cmocka_unit_test(test_a_text_in_doubt_is_forgotten_with_its_sender),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
