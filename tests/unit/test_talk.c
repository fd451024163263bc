/* SPDX-License-Identifier: MIT */
/*
 * Conversations: how many an account may have, that one carrier's throttling stops nobody else, and stopping.
 * Against a carrier with one request a talk, and a transport with a clock of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/mem.h"
#include "nevermiss/plan.h"
#include "random_plan.h"
#include "talk.h"

#define TALKS_MAX 256

/* --- the carrier: an account's user says how many at once --- */

static enum nm_step_result step(struct nm_exchange *exchange, const struct nm_response *last,
				struct nm_request *next)
{
	if (last == NULL) {
		*next = (struct nm_request){ .method = "PUT", .url = exchange->line, .repeatable = true };
		return NM_STEP_SEND;
	}
	return last->status == 200 ? NM_STEP_DONE : nm_exchange_fail(exchange, "told: %d", last->status);
}

static void adapt(const struct nm_account *account, struct nm_traits *traits)
{
	traits->at_once = account->user != NULL ? (int)strtol(account->user, NULL, 10) : 0;
}

static const struct nm_carrier carrier = { .name = "fake", .adapt = adapt, .step = step };

/* One whose driver asks twice and has the second request wait. */
static enum nm_step_result step_later(struct nm_exchange *exchange, const struct nm_response *last,
				      struct nm_request *next)
{
	if (last != NULL && exchange->state++ > 0)
		return NM_STEP_DONE;
	exchange->pause_ms = last != NULL ? 3000 : 0;
	*next = (struct nm_request){ .method = "GET", .url = exchange->line, .repeatable = true };
	return NM_STEP_SEND;
}

static const struct nm_carrier patient = { .name = "fake", .step = step_later };

/* --- the transport: what each account's requests get, and when --- */

struct behaviour {
	int delay_ms, status, retry_after_s;
	int refusals; /* so many answers are that; then 200 */
	int under_way, most, asked;
};

struct stage {
	struct nm_plan *plan;
	struct nm_talk talks[TALKS_MAX];
	struct nm_talk *items[TALKS_MAX];
	size_t n;
	struct behaviour accounts[2];
	struct {
		int64_t due_ms;
		int tag;
	} flying[TALKS_MAX];
	size_t n_flying, most_flying;
	int64_t now_ms, ended_ms[2], looked_ms, longest_unseen_ms;
	int64_t stop_at_ms; /* 0: never */
	size_t n_ended;
	bool stopped;
	bool may_drop, dropped;
};

static int account_of(const struct stage *stage, int tag)
{
	return (int)(stage->talks[tag].exchange.account - stage->plan->accounts);
}

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct stage *stage = context;
	struct behaviour *behaviour = &stage->accounts[account_of(stage, tag)];
	size_t at = stage->n_flying++;

	(void)err;
	assert_string_equal(request->url, stage->talks[tag].exchange.line);
	for (; at > 0 && stage->flying[at - 1].due_ms > stage->now_ms + behaviour->delay_ms; at--)
		stage->flying[at] = stage->flying[at - 1];
	stage->flying[at].due_ms = stage->now_ms + behaviour->delay_ms;
	stage->flying[at].tag = tag;
	if (stage->n_flying > stage->most_flying)
		stage->most_flying = stage->n_flying;
	behaviour->asked++;
	if (++behaviour->under_way > behaviour->most)
		behaviour->most = behaviour->under_way;
	return NM_OK;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
			    struct nm_error *err)
{
	struct stage *stage = context;
	struct behaviour *behaviour;

	(void)err;
	*tag = -1;
	if (stage->n_flying == 0 || stage->flying[0].due_ms > stage->now_ms + timeout_ms) {
		stage->now_ms += timeout_ms;
		return NM_OK;
	}
	if (stage->flying[0].due_ms > stage->now_ms)
		stage->now_ms = stage->flying[0].due_ms;
	*tag = stage->flying[0].tag;
	memmove(stage->flying, stage->flying + 1, --stage->n_flying * sizeof(stage->flying[0]));
	behaviour = &stage->accounts[account_of(stage, *tag)];
	behaviour->under_way--;
	*response = (struct nm_response){ .status = 200, .body = "", .retry_after_s = -1 };
	if (behaviour->refusals > 0) {
		behaviour->refusals--;
		response->status = behaviour->status;
		response->retry_after_s = behaviour->retry_after_s;
	}
	return NM_OK;
}

static void drop(void *context)
{
	struct stage *stage = context;

	stage->dropped = true;
	stage->n_flying = 0;
}

static bool ended(void *context, struct nm_talk *talk)
{
	struct stage *stage = context;

	stage->n_ended++;
	stage->ended_ms[talk->exchange.account - stage->plan->accounts] = stage->now_ms;
	return true;
}

static bool idle(void *context)
{
	struct stage *stage = context;

	if (stage->now_ms - stage->looked_ms > stage->longest_unseen_ms)
		stage->longest_unseen_ms = stage->now_ms - stage->looked_ms;
	stage->looked_ms = stage->now_ms;
	return stage->stop_at_ms == 0 || stage->now_ms < stage->stop_at_ms;
}

/* --- the stage: so many lines with two accounts, those of the first in front --- */

static void open_stage(struct stage *stage, int first, int second, const char *first_user)
{
	struct nm_buf text;

	*stage = (struct stage){ .accounts = { { .delay_ms = 50 }, { .delay_ms = 50 } } };
	nm_buf_init(&text, 1u << 20);
	nm_buf_addf(&text,
		    "business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"
		    "account one { driver = voipms user = \"%s\" }\naccount two { driver = sandbox }\n"
		    "destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n"
		    "path day { step { ring = owner for = 20s } }\nrule always { path = day }\n",
		    first_user);
	for (int i = 0; i < first + second; i++)
		nm_buf_addf(&text, "line l%d { number = \"+1512555%04d\" account = %s }\n", i, 200 + i,
			    i < first ? "one" : "two");
	assert_false(text.failed);
	stage->plan = plan_of_text(text.data, "/");
	nm_buf_clear(&text);
	stage->n = (size_t)(first + second);
	assert_true(stage->n <= TALKS_MAX);
	for (size_t i = 0; i < stage->n; i++) {
		assert_true(nm_talk_init(&stage->talks[i], &carrier, stage->plan, (int)i, (struct nm_span){ 0 },
					 NM_OP_APPLY, NULL));
		stage->items[i] = &stage->talks[i];
	}
}

static void run(struct stage *stage)
{
	struct nm_talks talks = { .transport = { stage, submit, collect, drop },
				  .items = stage->items,
				  .n = stage->n,
				  .context = stage,
				  .ended = ended,
				  .idle = idle,
				  .may_drop = stage->may_drop };
	struct nm_error err;

	if (nm_talks_run(&talks, &stage->stopped, &err) != NM_OK)
		fail_msg("%s", err.text);
	assert_int_equal(stage->n_flying, 0);
	assert_true(stage->most_flying <= NM_TALKS_AT_ONCE);
	assert_true(stage->longest_unseen_ms <= NM_TALKS_IDLE_MS);
}

static size_t count(const struct stage *stage, size_t from, size_t n, enum nm_talk_end end)
{
	size_t found = 0;

	for (size_t i = from; i < from + n; i++)
		found += stage->talks[i].end == end;
	return found;
}

static void close_stage(struct stage *stage)
{
	for (size_t i = 0; i < stage->n; i++)
		nm_talk_clear(&stage->talks[i]);
	nm_plan_free(stage->plan);
}

/* --- tests --- */

static void test_as_many_as_go(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, 200, 0, "0");
	run(&stage);
	assert_int_equal(count(&stage, 0, 200, NM_TALK_DONE), 200);
	assert_int_equal(stage.most_flying, NM_TALKS_AT_ONCE);
	assert_int_equal(stage.now_ms, 200); /* 200 / 64, rounded up, times 50 ms */
	assert_false(stage.stopped);
	close_stage(&stage);
}

static void test_a_limit_of_an_account(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, 40, 100, "8");
	run(&stage);
	assert_int_equal(count(&stage, 0, 140, NM_TALK_DONE), 140);
	assert_int_equal(stage.accounts[0].most, 8);
	assert_int_equal(stage.accounts[1].most, NM_TALKS_AT_ONCE - 8);
	assert_int_equal(stage.ended_ms[0], 250);
	assert_true(stage.ended_ms[1] <= 100);
	close_stage(&stage);
}

static void test_one_at_a_time(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, 5, 0, "1");
	run(&stage);
	assert_int_equal(stage.most_flying, 1);
	assert_int_equal(stage.now_ms, 250);
	close_stage(&stage);
}

static void test_a_driver_that_waits(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, 2, 0, "0");
	stage.talks[1].carrier = &patient;
	run(&stage);
	assert_int_equal(count(&stage, 0, 2, NM_TALK_DONE), 2);
	assert_int_equal(stage.accounts[0].asked, 3);
	assert_true(stage.now_ms >= 3050 && stage.now_ms <= 3200);
	close_stage(&stage);
	open_stage(&stage, 1, 0, "0");
	stage.talks[0].carrier = &patient;
	stage.stop_at_ms = 1000;
	run(&stage);
	assert_int_equal(count(&stage, 0, 1, NM_TALK_FAILED), 1);
	assert_string_equal(stage.talks[0].exchange.note, "stopped");
	assert_true(stage.now_ms < 1200);
	close_stage(&stage);
}

/* All of the first account's talks pause; the second's are not kept from anything. */
static void test_throttling_stops_nobody_else(void **state)
{
	static const char *const users[] = { "0", "8" };
	static const int limits[] = { NM_TALKS_AT_ONCE, 8 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct stage stage;

		open_stage(&stage, 100, 100, users[i]);
		stage.accounts[0] = (struct behaviour){ .delay_ms = 10, .status = 429, .retry_after_s = 60,
							.refusals = limits[i] };
		run(&stage);
		assert_int_equal(count(&stage, 0, 200, NM_TALK_DONE), 200);
		assert_true(stage.ended_ms[1] <= 200);
		assert_true(stage.ended_ms[0] >= 60000);
		assert_int_equal(stage.accounts[0].asked, 100 + limits[i]);
		close_stage(&stage);
	}
}

/* Many that paused come back together while others are under way: there are never too many. */
static void test_those_that_come_back_wait_for_room(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, 64, 128, "0");
	stage.accounts[0] = (struct behaviour){ .delay_ms = 10, .status = 503, .retry_after_s = 0, .refusals = 64 };
	stage.accounts[1].delay_ms = 3000;
	run(&stage);
	assert_int_equal(count(&stage, 0, 192, NM_TALK_DONE), 192);
	assert_int_equal(stage.most_flying, NM_TALKS_AT_ONCE);
	close_stage(&stage);
}

static void test_lasting_refusals_end_with_the_carriers_words(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, 3, 3, "0");
	stage.accounts[0] = (struct behaviour){ .delay_ms = 10, .status = 429, .retry_after_s = -1, .refusals = 100 };
	run(&stage);
	assert_int_equal(count(&stage, 0, 3, NM_TALK_FAILED), 3);
	assert_string_equal(stage.talks[0].exchange.note, "told: 429; asked 5 times: try again later");
	assert_int_equal(stage.accounts[0].asked, 15);
	assert_int_equal(count(&stage, 3, 3, NM_TALK_DONE), 3);
	close_stage(&stage);
}

/* Who asks for longer than anybody waits is not asked again, and the words say how long that is. */
static void test_longer_pauses_than_anybody_waits(void **state)
{
	static const struct {
		int retry_after_s;
		const char *note;
	} cases[] = {
		{ 300, "told: 429; asked 5 times: try again later" },
		{ 301,
		  "told: 429; it asks for a pause of 5 min 1 s, which is not waited for: try again after that" },
		{ 7200,
		  "told: 429; it asks for a pause of 2 h, which is not waited for: try again after that" },
		{ INT32_MAX,
		  "told: 429; it asks for a pause of 24855 days 3 h 14 min 7 s, which is not waited for: try "
		  "again after that" },
	};
	struct stage stage;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		open_stage(&stage, 1, 0, "0");
		stage.accounts[0] = (struct behaviour){ .delay_ms = 10,
							.status = 429,
							.retry_after_s = cases[i].retry_after_s,
							.refusals = 100 };
		run(&stage);
		assert_int_equal(stage.talks[0].end, NM_TALK_FAILED);
		assert_string_equal(stage.talks[0].exchange.note, cases[i].note);
		assert_int_equal(stage.accounts[0].asked, i == 0 ? 5 : 1);
		assert_true(i == 0 || stage.now_ms < 1000);
		close_stage(&stage);
	}
}

/* Those under way come to their end, none is begun. */
static void test_stopping(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, 200, 0, "0");
	stage.accounts[0].delay_ms = 400;
	stage.stop_at_ms = 500;
	run(&stage);
	assert_true(stage.stopped);
	assert_int_equal(count(&stage, 0, 128, NM_TALK_DONE), 128);
	assert_int_equal(count(&stage, 128, 72, NM_TALK_OPEN), 72);
	assert_int_equal(stage.now_ms, 800);
	close_stage(&stage);
}

/* Nobody who stops waits for minutes. */
static void test_stopping_while_a_carrier_throttles(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, 10, 0, "4");
	stage.accounts[0] = (struct behaviour){ .delay_ms = 10, .status = 429, .retry_after_s = 120, .refusals = 100 };
	stage.stop_at_ms = 1000;
	run(&stage);
	assert_true(stage.stopped);
	assert_true(stage.now_ms <= 1000 + NM_TALKS_IDLE_MS);
	assert_int_equal(count(&stage, 0, 4, NM_TALK_FAILED), 4);
	assert_string_equal(stage.talks[0].exchange.note, "stopped while the carrier wanted to be asked again later");
	assert_int_equal(count(&stage, 4, 6, NM_TALK_OPEN), 6);
	close_stage(&stage);
}

/* Throttled after it was stopped: the carrier's words, and no waiting. */
static void test_throttled_after_stopping(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, 4, 0, "0");
	stage.accounts[0] = (struct behaviour){ .delay_ms = 300, .status = 429, .retry_after_s = 120, .refusals = 100 };
	stage.stop_at_ms = 100;
	run(&stage);
	assert_int_equal(stage.now_ms, 300);
	assert_int_equal(count(&stage, 0, 4, NM_TALK_FAILED), 4);
	assert_string_equal(stage.talks[0].exchange.note, "told: 429");
	close_stage(&stage);
}

/* What was to begin later was not begun. */
static void test_stopping_before_a_later_beginning(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, 2, 0, "0");
	stage.talks[0].pause_ms = 1000;
	stage.stop_at_ms = 200;
	run(&stage);
	assert_true(stage.stopped);
	assert_int_equal(stage.talks[0].end, NM_TALK_OPEN);
	assert_int_equal(stage.talks[1].end, NM_TALK_DONE);
	assert_int_equal(stage.accounts[0].asked, 1);
	close_stage(&stage);
}

/* Who only reads need not wait for a carrier that never answers: what was under way is given up, and stays open. */
static void test_stopping_what_may_be_dropped(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, 3, 1, "0");
	stage.accounts[0].delay_ms = 3600 * 1000;
	stage.stop_at_ms = 100;
	stage.may_drop = true;
	run(&stage);
	assert_true(stage.stopped);
	assert_true(stage.dropped);
	assert_int_equal(stage.now_ms, 100);
	assert_int_equal(count(&stage, 0, 3, NM_TALK_OPEN), 3);
	assert_int_equal(stage.talks[3].end, NM_TALK_DONE);
	close_stage(&stage);
}

/* In pieces it takes no longer than it may, whatever a carrier takes. */
static void test_in_pieces(void **state)
{
	struct stage stage;
	struct nm_runner *runner;
	struct nm_error err;
	bool more = true, stopped;

	(void)state;
	open_stage(&stage, 2, 0, "0");
	stage.accounts[0].delay_ms = 130;
	struct nm_talks talks = { .transport = { &stage, submit, collect, drop }, .items = stage.items, .n = 2 };

	assert_int_equal(nm_talks_begin(&talks, &runner, &err), NM_OK);
	for (int64_t before = 0; more; before = stage.now_ms) {
		assert_int_equal(nm_talks_move(runner, 20, &more, &err), NM_OK);
		assert_true(stage.now_ms - before <= 20);
	}
	nm_talks_end(runner, &stopped);
	assert_false(stopped);
	assert_false(stage.dropped);
	assert_int_equal(stage.now_ms, 130);
	assert_int_equal(count(&stage, 0, 2, NM_TALK_DONE), 2);
	close_stage(&stage);
}

static void test_nothing_to_do(void **state)
{
	struct nm_talks talks = { 0 };
	struct nm_error err;
	bool stopped = true;

	(void)state;
	assert_int_equal(nm_talks_run(&talks, &stopped, &err), NM_OK);
	assert_false(stopped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_many_as_go),
		cmocka_unit_test(test_a_limit_of_an_account),
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_a_driver_that_waits),
		cmocka_unit_test(test_throttling_stops_nobody_else),
		cmocka_unit_test(test_those_that_come_back_wait_for_room),
		cmocka_unit_test(test_lasting_refusals_end_with_the_carriers_words),
		cmocka_unit_test(test_longer_pauses_than_anybody_waits),
		cmocka_unit_test(test_stopping),
		cmocka_unit_test(test_stopping_while_a_carrier_throttles),
		cmocka_unit_test(test_throttled_after_stopping),
		cmocka_unit_test(test_stopping_before_a_later_beginning),
		cmocka_unit_test(test_stopping_what_may_be_dropped),
		cmocka_unit_test(test_in_pieces),
		cmocka_unit_test(test_nothing_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
