/* SPDX-License-Identifier: MIT */
/*
 * Texts from the outbox through a carrier: that none is sent twice wherever this is stopped and whatever goes wrong,
 * and that the outbox says how each stands.  The other end is fake_texts.h, or the sandbox.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_texts.h"
#include "nevermiss/followup.h"
#include "nevermiss/optout.h"
#include "nevermiss/text_back.h"
#include "nevermiss/texting.h"
#include "numbers.h"
#include "push_rig.h"

/* clang-format off */
#define PLAN \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account twilio { driver = twilio sid = \"" FAKE_TWILIO_SID "\" }\n" \
	"account telnyx { driver = telnyx }\naccount voipms { driver = voipms user = \"pat\" }\n" \
	"account sandbox { driver = sandbox }\naccount hand { driver = manual }\n" \
	"line main { number = \"" FAKE_TEXTS_FROM "\" account = twilio }\n" \
	"line over { number = \"+15125550102\" account = sandbox }\n" \
	"line wall { number = \"+15125550103\" account = hand handset = desk }\n" \
	"destination owner { kind = personal number = \"" FAKE_TEXTS_TO "\" own_voicemail = 25s }\n" \
	"destination desk { kind = backup line = wall own_voicemail = none }\n" \
	"destination box { kind = voicemail greeting = \"Smith here\" }\n" \
	"path day { step { ring = owner } step { ring = box } }\nrule all { path = day }\n"
#define ALLOWS "allow = { \"MX\" }\n"
/* clang-format on */

enum { TWILIO, TELNYX, VOIPMS, SANDBOX, ACCOUNTS };

struct bench {
	struct push_rig rig;
	struct fake_texts carrier;
	struct nm_outbox outbox;
	struct nm_error err;
	int account;
};

static void bench_open(struct bench *bench, int account)
{
	*bench = (struct bench){ .account = account };
	push_rig_open(&bench->rig, PLAN);
	if (account != SANDBOX)
		bench->rig.context.transport = fake_texts_transport(&bench->carrier);
}

static void bench_close(struct bench *bench)
{
	nm_outbox_clear(&bench->outbox);
	fake_texts_clear(&bench->carrier);
	push_rig_close(&bench->rig);
}

/* An empty outbox, and a carrier that was never asked for anything. */
static void bench_again(struct bench *bench)
{
	const int account = bench->account;

	bench_close(bench);
	bench_open(bench, account);
}

static void restart(struct bench *bench)
{
	push_rig_restart(&bench->rig);
	fake_texts_restart(&bench->carrier);
	if (bench->account != SANDBOX)
		bench->rig.context.transport = fake_texts_transport(&bench->carrier);
}

static enum nm_code send_text(struct bench *bench, int follow_s)
{
	const struct nm_outgoing outgoing = { .sender = { .line = 0, .account = bench->account },
					      .to = 15125550111,
					      .body = FAKE_TEXTS_BODY,
					      .why = "test",
					      .follow_s = follow_s };

	nm_outbox_clear(&bench->outbox);
	return nm_texting_send(&bench->rig.context, &outgoing, &bench->outbox, &bench->err);
}

static enum nm_code finish(struct bench *bench)
{
	struct nm_outbox left;
	int64_t ids[16];
	struct nm_finishing finishing = { .ids = ids };
	enum nm_code code;

	nm_outbox_clear(&bench->outbox);
	code = nm_texting_left(bench->rig.store, &left, &bench->err);
	if (code != NM_OK)
		return code;
	for (size_t i = 0; i < left.n && finishing.n < 16; i++)
		ids[finishing.n++] = left.items[i].id;
	nm_outbox_clear(&left);
	return nm_texting_finish(&bench->rig.context, &finishing, &bench->outbox, &bench->err);
}

static int texts_made(struct bench *bench)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_sandbox_text *texts;
	struct nm_error err;
	size_t n = 0;

	if (bench->account == SANDBOX)
		assert_int_equal(
			nm_store_sandbox_texts(bench->rig.store, line_text(bench->rig.plan, "main"), 99, arena, &texts, &n, &err), NM_OK);
	nm_arena_free(arena);
	return bench->account == SANDBOX ? (int)n : bench->carrier.made;
}

static void assert_stands(struct bench *bench, enum nm_outbox_state state, const char *words)
{
	struct nm_outbox kept;
	struct nm_error err;

	assert_int_equal(bench->outbox.n, 1);
	if (bench->outbox.items[0].state != state || strcmp(bench->outbox.items[0].words, words) != 0)
		fail_msg("%s: %s\n%s", nm_outbox_state_name(bench->outbox.items[0].state),
			 bench->outbox.items[0].words, bench->carrier.log);
	/* The store says the same. */
	assert_int_equal(nm_store_outbox(bench->rig.store, false, 9, &kept, &err), NM_OK);
	assert_int_equal(kept.items[0].state, state);
	assert_string_equal(kept.items[0].words, words);
	nm_outbox_clear(&kept);
}

static void ok(struct bench *bench, enum nm_code code)
{
	if (code != NM_OK)
		fail_msg("%s\n%s", bench->err.text, bench->carrier.log);
}

/* --- sending --- */

static void test_a_text(void **state)
{
	static const char *const words[] = { "delivered", "delivered", "sent", "delivered" };

	(void)state;
	for (int account = 0; account < ACCOUNTS; account++) {
		struct bench bench;

		bench_open(&bench, account);
		bench.carrier.status = "delivered";
		ok(&bench, send_text(&bench, 20));
		assert_stands(&bench, NM_OUTBOX_SENT, words[account]);
		assert_non_null(bench.outbox.items[0].carrier_id);
		assert_int_equal(texts_made(&bench), 1);
		ok(&bench, finish(&bench));
		assert_int_equal(bench.outbox.n, 0);
		bench_close(&bench);
	}
}

/* What becomes of it is waited for a while, and that it is not known is said. */
static void test_following(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, TWILIO);
	ok(&bench, send_text(&bench, 20));
	assert_stands(&bench, NM_OUTBOX_SENT, "queued");
	assert_true(bench.carrier.now_ms >= 20000 && bench.carrier.now_ms < 25000);
	bench_again(&bench);
	bench.carrier.fault = FAKE_GARBAGE;
	bench.carrier.fault_at = 2;
	ok(&bench, send_text(&bench, 20));
	assert_int_equal(bench.outbox.items[0].state, NM_OUTBOX_SENT);
	assert_non_null(
		strstr(bench.outbox.items[0].words, "queued; what became of it is not known: its answer"));
	bench_close(&bench);
}

/* --- what becomes of one later --- */

static enum nm_code send_why(struct bench *bench, const char *why)
{
	const struct nm_outgoing outgoing = { .sender = { .line = 0, .account = bench->account },
					      .to = 15125550111,
					      .body = FAKE_TEXTS_BODY,
					      .why = why };

	nm_outbox_clear(&bench->outbox);
	return nm_texting_send(&bench->rig.context, &outgoing, &bench->outbox, &bench->err);
}

static void follow(struct bench *bench)
{
	nm_outbox_clear(&bench->outbox);
	ok(bench, nm_texting_follow(&bench->rig.context, &bench->outbox, &bench->err));
}

/* Taken at once, and only a minute later its carrier says that it cannot arrive. */
static void test_a_late_failure(void **state)
{
	static const struct {
		int account;
		const char *status, *error;
		enum nm_outbox_state ends;
		const char *words;
	} cases[] = {
		{ TWILIO, "undelivered", "30006", NM_OUTBOX_FAILED, NM_TEXT_BACK_LANDLINE ": Twilio's error 30006" },
		{ TWILIO, "failed", "21610", NM_OUTBOX_REFUSED, "opted out: Twilio's error 21610" },
		{ TWILIO, "undelivered", "30003", NM_OUTBOX_FAILED, "not delivered: Twilio's error 30003" },
		{ TELNYX, "delivery_failed", "40001", NM_OUTBOX_FAILED, NM_TEXT_BACK_LANDLINE ": Telnyx's error 40001" },
		{ TELNYX, "sending_failed", "40300", NM_OUTBOX_REFUSED, "opted out: Telnyx's error 40300" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bench bench;
		int asked;

		bench_open(&bench, cases[i].account);
		ok(&bench, send_why(&bench, NM_TEXT_BACK));
		assert_stands(&bench, NM_OUTBOX_SENT, "queued");
		bench.carrier.status = cases[i].status;
		bench.carrier.error = cases[i].error;
		bench.rig.context.now += 59;
		asked = bench.carrier.asked;
		follow(&bench);
		assert_int_equal(bench.carrier.asked, asked);
		bench.rig.context.now++;
		follow(&bench);
		assert_stands(&bench, cases[i].ends, cases[i].words);
		assert_int_equal(nm_optout_check(bench.rig.store, 15125550111, &bench.err),
				 cases[i].ends == NM_OUTBOX_REFUSED ? NM_REFUSED : NM_OK);
		bench.rig.context.now += 3600;
		asked = bench.carrier.asked;
		follow(&bench);
		assert_int_equal(bench.carrier.asked, asked);
		assert_int_equal(texts_made(&bench), 1);
		bench_close(&bench);
	}
}

/* What the owner was told by a text that did not arrive is not told: it is tried again (agent_owner.c). */
static void test_a_late_failure_of_one_to_the_owner(void **state)
{
	static const char *const whys[] = { "late: follow-up 1", "alert unanswered: call 1", "alert: call 1, 0" };

	(void)state;
	for (size_t i = 0; i < sizeof(whys) / sizeof(whys[0]); i++) {
		struct nm_outbox_past past;
		struct bench bench;

		bench_open(&bench, TWILIO);
		ok(&bench, send_why(&bench, whys[i]));
		ok(&bench, nm_store_outbox_why(bench.rig.store, whys[i], &past, &bench.err));
		assert_true(past.told);
		bench.carrier.status = "undelivered";
		bench.carrier.error = "30003";
		bench.rig.context.now += 60;
		follow(&bench);
		assert_stands(&bench, NM_OUTBOX_FAILED, "not delivered: Twilio's error 30003");
		ok(&bench, nm_store_outbox_why(bench.rig.store, whys[i], &past, &bench.err));
		assert_true(!past.told && past.failed == 1);
		bench_close(&bench);
	}
}

/* The follow-up for which it was says that it did not arrive, once. */
static void test_a_late_failure_is_noted(void **state)
{
	const struct nm_followup lead = { .channel = NM_CHANNEL_WEB, .number = 15125550111, .opened = 1 };
	const struct nm_deed told = { .at = 2, .who = "pat", .kind = NM_DEED_TEXTED },
			     back = { .at = 3, .who = "pat", .kind = NM_DEED_REOPENED };
	struct nm_deed texted = { .who = "pat", .kind = NM_DEED_TEXTED };
	const char *const words = "the text did not arrive: " NM_TEXT_BACK_LANDLINE ": Twilio's error 30006";
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup;
	struct bench bench;
	int64_t id;

	(void)state;
	bench_open(&bench, TWILIO);
	ok(&bench, nm_store_followup_add(bench.rig.store, &lead, &id, &bench.err));
	ok(&bench, nm_store_followup_deed(bench.rig.store, id, &told, &bench.err));
	ok(&bench, send_why(&bench, NM_FOLLOWUP_TEXT));
	texted.at = bench.rig.context.now;
	ok(&bench, nm_store_followup_deed(bench.rig.store, id, &texted, &bench.err));
	bench.carrier.status = "undelivered";
	bench.carrier.error = "30006";
	for (int i = 0; i < 5; i++) {
		bench.rig.context.now += 60;
		follow(&bench);
	}
	ok(&bench, nm_store_followup_get(bench.rig.store, id, arena, &followup, &bench.err));
	assert_int_equal(followup.n_deeds, 3);
	assert_int_equal(followup.deeds[2].kind, NM_DEED_NOTED);
	assert_string_equal(followup.deeds[2].words, words);
	assert_int_equal(followup.texted, told.at); /* what somebody did before that counts still */
	ok(&bench, nm_store_followup_deed(bench.rig.store, id, &back, &bench.err));
	ok(&bench, nm_store_followup_get(bench.rig.store, id, arena, &followup, &bench.err));
	assert_int_equal(followup.texted, 0);
	/* However long ago: it was a landline. */
	bench.rig.context.now = nm_followup_texts_from(bench.rig.context.plan, bench.rig.context.now + 7 * NM_DAY);
	assert_int_equal(nm_followup_text_check(bench.rig.context.plan, bench.rig.store, &followup, bench.rig.context.now, &bench.err),
			 NM_REFUSED);
	assert_string_equal(bench.err.text,
			    "+1 512 555 0111 gets no text: texts to that number do not arrive; call instead, or say how it ended");
	nm_arena_free(arena);
	bench_close(&bench);
}

/* As long as its carrier says no more it is asked about, ever more seldom, and after a day no more; a carrier that
 * does not answer changes nothing, and one that tells nothing more is not asked. */
static void test_a_text_on_its_way(void **state)
{
	static const struct {
		int account;
		const char *status;
		enum fake_fault fault;
		int asked;
		const char *words;
	} cases[] = {
		{ TWILIO, NULL, 0, 9, "queued" }, /* after 4, 8, ... 1024 minutes; 2048 are too many */
		{ TWILIO, "delivered", 0, 1, "delivered" },
		{ TWILIO, NULL, FAKE_REFUSED, 9, "queued" },
		{ TELNYX, "sent", 0, 9, "sent" },
		{ VOIPMS, NULL, 0, 0, "sent" },
		{ SANDBOX, NULL, 0, 0, "delivered" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bench bench;
		int asked;

		bench_open(&bench, cases[i].account);
		ok(&bench, send_why(&bench, NM_TEXT_BACK));
		bench.carrier.status = cases[i].status;
		bench.carrier.fault = cases[i].fault;
		bench.carrier.fault_at = cases[i].fault != 0 ? 2 : 0;
		bench.carrier.fault_times = 1000;
		asked = bench.carrier.asked;
		for (int minute = 0; minute < 36 * 60; minute += 4) {
			bench.rig.context.now += 240;
			follow(&bench);
			assert_int_equal(bench.outbox.n, 0);
		}
		assert_int_equal(bench.carrier.asked - asked, cases[i].asked);
		assert_int_equal(texts_made(&bench), 1);
		nm_outbox_clear(&bench.outbox);
		ok(&bench, nm_store_outbox(bench.rig.store, false, 1, &bench.outbox, &bench.err));
		assert_stands(&bench, NM_OUTBOX_SENT, cases[i].words);
		assert_true((bench.outbox.items[0].updated > bench.outbox.items[0].at) == (cases[i].asked > 0));
		bench_close(&bench);
	}
}

static void test_refusals(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, TWILIO);
	bench.carrier.fault = FAKE_REFUSED;
	bench.carrier.fault_at = 1;
	ok(&bench, send_text(&bench, 0));
	assert_stands(&bench, NM_OUTBOX_FAILED, "Bad  [31m parameter , Twilio's error 20001 (400)");
	bench_again(&bench);
	bench.carrier.status = "undelivered";
	ok(&bench, send_text(&bench, 9));
	assert_stands(&bench, NM_OUTBOX_FAILED, "not delivered");
	/* 429 says that nothing was done, so it is asked for again, and given up in the end. */
	bench_again(&bench);
	bench.carrier.fault = FAKE_BUSY;
	bench.carrier.fault_at = 1;
	bench.carrier.fault_times = 2;
	ok(&bench, send_text(&bench, 0));
	assert_stands(&bench, NM_OUTBOX_SENT, "queued");
	bench_again(&bench);
	bench.carrier.fault = FAKE_BUSY;
	bench.carrier.fault_at = 1;
	bench.carrier.fault_times = 99;
	ok(&bench, send_text(&bench, 0));
	assert_stands(&bench, NM_OUTBOX_FAILED, "Too Many Requests, Twilio's error 20429 (429); asked 5 times: try again later");
	bench_close(&bench);
}

/* A request that never left was never asked for: no secret, no way there. */
static enum nm_code no_way(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	(void)context;
	(void)tag;
	(void)request;
	return nm_fail(err, NM_CARRIER, "account twilio: it has no secret");
}

static void test_a_request_that_never_left(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, TWILIO);
	bench.rig.context.transport.submit = no_way;
	ok(&bench, send_text(&bench, 0));
	assert_stands(&bench, NM_OUTBOX_FAILED, "account twilio: it has no secret");
	bench_close(&bench);
}

/* --- never twice --- */

/* 500 after the effect, no answer, garbage: it is looked for, late as it may be listed. */
static void test_a_text_that_is_looked_for(void **state)
{
	static const enum fake_fault faults[] = { FAKE_DONE_BROKEN, FAKE_SILENT, FAKE_GARBAGE, FAKE_CUT,
						  FAKE_TYPES };

	(void)state;
	for (int account = TWILIO; account <= VOIPMS; account++)
		for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
			struct bench bench;

			bench_open(&bench, account);
			bench.carrier.listed_s = 14;
			bench.carrier.fault = faults[i];
			bench.carrier.fault_at = 1;
			ok(&bench, send_text(&bench, 0));
			if (bench.outbox.items[0].state != NM_OUTBOX_SENT)
				fail_msg("%d: %s\n%s", (int)faults[i], bench.outbox.items[0].words,
					 bench.carrier.log);
			assert_int_equal(bench.carrier.made, 1);
			bench_close(&bench);
		}
}

/* What it did not do it is asked for again, but for Telnyx, whose records may come late. */
static void test_a_text_that_is_not_found(void **state)
{
	(void)state;
	for (int account = TWILIO; account <= VOIPMS; account++) {
		struct bench bench;

		bench_open(&bench, account);
		bench.carrier.fault = FAKE_BROKEN;
		bench.carrier.fault_at = 1;
		ok(&bench, send_text(&bench, 0));
		assert_int_equal(bench.outbox.items[0].state,
				 account == TELNYX ? NM_OUTBOX_UNSURE : NM_OUTBOX_SENT);
		assert_int_equal(bench.carrier.made, account == TELNYX ? 0 : 1);
		/* An unsure one is not sent by anybody else either. */
		ok(&bench, finish(&bench));
		assert_int_equal(bench.outbox.n, 0);
		bench_close(&bench);
	}
}

/* The same words to the same number are another text, which the first is not taken for. */
static void test_the_same_words_again(void **state)
{
	struct bench bench;

	(void)state;
	for (int account = 0; account < ACCOUNTS; account++) {
		bench_open(&bench, account);
		ok(&bench, send_text(&bench, 0));
		bench.carrier.fault = FAKE_BROKEN;
		bench.carrier.fault_at = bench.carrier.asked + 1;
		if (account == SANDBOX)
			ok(&bench, nm_store_sandbox_fail(bench.rig.store, line_text(bench.rig.plan, "main"), "500 1", &bench.err));
		ok(&bench, send_text(&bench, 0));
		assert_int_equal(bench.outbox.items[0].state,
				 account == TELNYX ? NM_OUTBOX_UNSURE : NM_OUTBOX_SENT);
		assert_int_equal(texts_made(&bench), account == TELNYX ? 1 : 2);
		bench_close(&bench);
	}
}

/* Somebody else's text to that number, which may be ours in other words. */
static void test_other_words(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, VOIPMS);
	bench.carrier.other = "a test of Smit";
	bench.carrier.fault = FAKE_BROKEN;
	bench.carrier.fault_at = 1;
	ok(&bench, send_text(&bench, 0));
	assert_stands(&bench, NM_OUTBOX_UNSURE,
		      "it has a text to +15125550111 with other words, which may be this one");
	assert_int_equal(bench.carrier.made, 0);
	bench_close(&bench);
}

static void set_fault(struct bench *bench, enum fake_fault fault)
{
	bench->carrier.fault = fault;
	bench->carrier.fault_at = 1;
	bench->carrier.fault_times = 999;
}

/* A carrier that is down: whether it was sent is not known until one can look. */
static void test_a_carrier_that_is_down(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, TWILIO);
	set_fault(&bench, FAKE_SILENT);
	ok(&bench, send_text(&bench, 0));
	assert_stands(&bench, NM_OUTBOX_SENDING, "no answer: the connection was cut; asked 5 times: try again later");
	restart(&bench);
	ok(&bench, finish(&bench));
	assert_stands(&bench, NM_OUTBOX_SENT, "queued");
	assert_int_equal(bench.carrier.made, 1);
	bench_close(&bench);
}

/* Nobody looks for ever. */
static void test_a_carrier_that_stays_down(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, TWILIO);
	set_fault(&bench, FAKE_SILENT);
	ok(&bench, send_text(&bench, 0));
	restart(&bench);
	set_fault(&bench, FAKE_REFUSED);
	bench.rig.context.now += 3600 - 60; /* a restart takes a minute */
	ok(&bench, finish(&bench));
	assert_stands(&bench, NM_OUTBOX_SENDING, "Bad  [31m parameter , Twilio's error 20001 (400)");
	restart(&bench);
	set_fault(&bench, FAKE_REFUSED);
	bench.rig.context.now++;
	ok(&bench, finish(&bench));
	assert_stands(
		&bench, NM_OUTBOX_UNSURE,
		"Bad  [31m parameter , Twilio's error 20001 (400); after an hour it is looked for no more");
	bench_close(&bench);
}

static void set_kill(struct bench *bench, int before, int after)
{
	bench->carrier.kill_before = bench->rig.kill_before = before;
	bench->carrier.kill_after = bench->rig.kill_after = after;
}

/* Killed before or after any request, and the one that goes on with it killed likewise: one text at the most, and
 * where the carrier can be asked, exactly one. */
static void test_killed_anywhere(void **state)
{
	(void)state;
	for (int account = 0; account < ACCOUNTS; account++)
		for (int first = 1; first <= 8; first++)
			for (int second = 0; second <= 18; second++) {
				struct bench bench;

				bench_open(&bench, account);
				bench.carrier.listed_s = 8;
				set_kill(&bench, first % 2 ? (first + 1) / 2 : 0, first % 2 ? 0 : first / 2);
				(void)!send_text(&bench, 9);
				restart(&bench);
				set_kill(&bench, second % 2 ? (second + 1) / 2 : 0,
					 second % 2 ? 0 : second / 2);
				(void)!finish(&bench);
				assert_true(texts_made(&bench) <= 1);
				restart(&bench);
				ok(&bench, finish(&bench));
				assert_int_equal(texts_made(&bench),
						 account == TELNYX ? texts_made(&bench) : 1);
				assert_true(texts_made(&bench) <= 1);
				ok(&bench, finish(&bench));
				assert_int_equal(bench.outbox.n, 0);
				bench_close(&bench);
			}
}

/* Every fault at every request, once and often, and the next run after it. */
static void test_any_fault_at_any_request(void **state)
{
	(void)state;
	for (int account = TWILIO; account <= VOIPMS; account++)
		for (int fault = FAKE_BUSY; fault <= FAKE_TYPES; fault++)
			for (int at = 1; at <= 6; at++)
				for (int times = 1; times <= 25; times += 24) {
					struct bench bench;

					bench_open(&bench, account);
					bench.carrier.listed_s = at % 2 ? 6 : 0;
					bench.carrier.fault = (enum fake_fault)fault;
					bench.carrier.fault_at = at;
					bench.carrier.fault_times = times;
					ok(&bench, send_text(&bench, 15));
					for (const char *c = bench.outbox.items[0].words; *c != '\0'; c++)
						assert_true((unsigned char)*c >= ' ');
					restart(&bench);
					ok(&bench, finish(&bench));
					if (bench.carrier.made > 1)
						fail_msg("fault %d at %d, %d times:\n%s", fault, at, times,
							 bench.carrier.log);
					bench_close(&bench);
				}
}

static bool stops(void *context)
{
	struct bench *bench = context;

	return bench->carrier.now_ms < 2000;
}

static void test_a_stop_key(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, TWILIO);
	bench.rig.context.idle = stops;
	bench.rig.context.progress_context = &bench;
	ok(&bench, send_text(&bench, 60));
	assert_stands(&bench, NM_OUTBOX_SENT, "queued; what became of it is not known: stopped");
	bench_close(&bench);
}

/* The account that a text was cut off on is gone: nobody can look, so nobody sends. */
static void test_a_plan_without_the_account(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, VOIPMS);
	set_kill(&bench, 0, 1);
	assert_int_equal(send_text(&bench, 0), NM_SYSTEM);
	restart(&bench);
	push_rig_plan(&bench.rig, PUSH_HEAD PUSH_RULES);
	ok(&bench, finish(&bench));
	assert_stands(&bench, NM_OUTBOX_UNSURE, "the plan has no account voipms with driver voipms any more");
	bench_close(&bench);
}

static struct nm_outbox_text left_text(const char *to, enum nm_outbox_state state)
{
	return (struct nm_outbox_text){ .line = "main",
					.account = "twilio",
					.driver = "twilio",
					.from = FAKE_TEXTS_FROM,
					.to = to,
					.body = FAKE_TEXTS_BODY,
					.why = "test",
					.state = state };
}

/* Killed before anything left, and the plan does not allow it any more. */
static void test_a_text_that_waited(void **state)
{
	struct nm_outbox_text text = left_text("+525512345678", NM_OUTBOX_WAITING);
	struct bench bench;
	int64_t id;

	(void)state;
	bench_open(&bench, TWILIO);
	text.at = bench.rig.context.now - 60;
	ok(&bench, nm_store_outbox_add(bench.rig.store, &text, &id, &bench.err));
	ok(&bench, finish(&bench));
	assert_stands(
		&bench, NM_OUTBOX_FAILED,
		"+52 551 234 5678 is in MX: only the plan's own country and those of `allow` get texts");
	assert_int_equal(bench.carrier.asked, 0);
	push_rig_plan(&bench.rig, ALLOWS PLAN);
	ok(&bench, nm_store_outbox_add(bench.rig.store, &text, &id, &bench.err));
	ok(&bench, finish(&bench));
	assert_stands(&bench, NM_OUTBOX_SENT, "queued");
	assert_int_equal(bench.carrier.asked, 1);
	bench_close(&bench);
}

/* A text of more than an hour ago is not sent any more, whether it waited or may have been sent. */
static void test_a_stale_text(void **state)
{
	static const struct {
		enum nm_outbox_state state, ends;
		int age_s, made;
		const char *words;
	} cases[] = {
		{ NM_OUTBOX_WAITING, NM_OUTBOX_SENT, 3600, 1, "queued" },
		{ NM_OUTBOX_WAITING, NM_OUTBOX_FAILED, 3601, 0,
		  "it waited for more than an hour, and is not sent any more" },
		{ NM_OUTBOX_SENDING, NM_OUTBOX_SENT, 3600, 1, "queued" },
		{ NM_OUTBOX_SENDING, NM_OUTBOX_UNSURE, 3601, 0,
		  "it shows no text to +15125550111, and after an hour it is not sent any more" },
	};
	struct bench bench;
	int64_t id;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nm_outbox_text text = left_text(FAKE_TEXTS_TO, cases[i].state);

		bench_open(&bench, TWILIO);
		text.at = bench.rig.context.now - cases[i].age_s;
		ok(&bench, nm_store_outbox_add(bench.rig.store, &text, &id, &bench.err));
		ok(&bench, finish(&bench));
		assert_stands(&bench, cases[i].ends, cases[i].words);
		assert_int_equal(bench.carrier.made, cases[i].made);
		bench_close(&bench);
	}
}

/* Whoever says yes to one text has not said yes to another. */
static void test_only_what_was_named(void **state)
{
	struct nm_outbox_text text = left_text(FAKE_TEXTS_TO, NM_OUTBOX_WAITING);
	struct nm_finishing finishing = { .n = 1 };
	struct bench bench;
	int64_t ids[2];

	(void)state;
	bench_open(&bench, TWILIO);
	text.at = bench.rig.context.now;
	for (int i = 0; i < 2; i++)
		ok(&bench, nm_store_outbox_add(bench.rig.store, &text, &ids[i], &bench.err));
	finishing.ids = &ids[1];
	ok(&bench, nm_texting_finish(&bench.rig.context, &finishing, &bench.outbox, &bench.err));
	assert_int_equal(bench.outbox.n, 1);
	assert_int_equal(bench.outbox.items[0].id, ids[1]);
	assert_int_equal(bench.carrier.made, 1);
	nm_outbox_clear(&bench.outbox);
	ok(&bench, nm_texting_left(bench.rig.store, &bench.outbox, &bench.err));
	assert_int_equal(bench.outbox.n, 1);
	assert_int_equal(bench.outbox.items[0].id, ids[0]);
	bench_close(&bench);
}

/* Says no; and meanwhile nobody else can send. */
static enum nm_code check_locked(void *context, struct nm_error *err)
{
	struct bench *bench = context;
	struct nm_store *other;
	char file[512];

	assert_true(snprintf(file, sizeof(file), "%s/store.db", bench->rig.folder) < (int)sizeof(file));
	assert_int_equal(nm_store_open(file, false, &other, err), NM_OK);
	assert_int_equal(nm_store_lock(other, err), NM_REFUSED);
	nm_store_close(other);
	return nm_fail(err, NM_REFUSED, "no more");
}

static void test_a_check_right_before(void **state)
{
	struct bench bench;
	struct nm_outgoing outgoing = { .to = 15125550111,
					.body = FAKE_TEXTS_BODY,
					.why = "test",
					.check = check_locked,
					.context = &bench };

	(void)state;
	bench_open(&bench, SANDBOX);
	outgoing.sender.account = SANDBOX;
	assert_int_equal(nm_texting_send(&bench.rig.context, &outgoing, &bench.outbox, &bench.err), NM_REFUSED);
	assert_string_equal(bench.err.text, "no more");
	assert_int_equal(texts_made(&bench), 0);
	assert_int_equal(send_text(&bench, 0), NM_OK);
	bench_close(&bench);
}

static void test_one_at_a_time(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, TWILIO);
	assert_int_equal(nm_store_lock(bench.rig.store, &bench.err), NM_OK);
	assert_int_equal(send_text(&bench, 0), NM_REFUSED);
	assert_int_equal(finish(&bench), NM_REFUSED);
	assert_int_equal(bench.carrier.asked, 0);
	bench_close(&bench);
}

/* --- what may be sent --- */

static void assert_checked(const struct nm_plan *plan, struct nm_sender sender, nm_number to,
			   const char *body, enum nm_code code, const char *words)
{
	struct nm_error err = { 0 };

	assert_int_equal(nm_texting_check(plan, sender, to, body, &err), code);
	assert_string_equal(err.text, words);
}

static void test_what_may_be_sent(void **state)
{
	const struct nm_sender twilio = { 0, TWILIO }, voipms = { 0, VOIPMS }, hand = { 2, 4 };
	char longest[NM_TEXT_MAX + 2];
	struct push_rig rig;

	(void)state;
	memset(longest, 'x', sizeof(longest));
	longest[NM_TEXT_MAX + 1] = '\0';
	push_rig_open(&rig, ALLOWS PLAN);
	assert_checked(rig.plan, twilio, 15125550111, "caf\xc3\xa9", NM_OK, "");
	assert_checked(rig.plan, twilio, 525512345678, "x", NM_OK, "");
	assert_checked(rig.plan, voipms, 525512345678, "x", NM_REFUSED,
		       "+52 551 234 5678 is no number of North America: voipms sends no texts to others");
	assert_checked(
		rig.plan, twilio, 442071838750, "x", NM_REFUSED,
		"+44 207 183 8750 is in GB: only the plan's own country and those of `allow` get texts");
	assert_checked(rig.plan, twilio, 19005550123, "x", NM_REFUSED,
		       "+1 900 555 0123 is a premium number: it gets no texts");
	assert_checked(rig.plan, twilio, 18005550123, "x", NM_REFUSED,
		       "+1 800 555 0123 is a toll-free number: no phone there gets texts");
	assert_checked(rig.plan, twilio, 15125550100, "x", NM_INPUT,
		       "line main cannot send a text to its own number");
	assert_checked(
		rig.plan, hand, 15125550111, "x", NM_REFUSED,
		"the driver manual of account hand cannot send texts; these can: gateway, sandbox, telnyx, twilio, "
		"voipms");
	assert_checked(rig.plan, twilio, 15125550111, "", NM_INPUT, "the text has no words");
	assert_checked(rig.plan, twilio, 15125550111, "  ", NM_INPUT, "the text has no words");
	assert_checked(rig.plan, twilio, 15125550111, "a\nb", NM_INPUT,
		       "the text has a control character (its character 2): one line of words is sent");
	assert_checked(rig.plan, twilio, 15125550111, "ab\xc2\x9b", NM_INPUT,
		       "the text has a control character (its character 3): one line of words is sent");
	assert_checked(rig.plan, twilio, 15125550111, "ab\xe2\x80\xae", NM_INPUT,
		       "the text has a mark that turns the direction of writing (its character 3): leave it out");
	assert_checked(rig.plan, twilio, 15125550111, "\xe2\x81\xa9", NM_INPUT,
		       "the text has a mark that turns the direction of writing (its character 1): leave it out");
	assert_checked(rig.plan, twilio, 15125550111, "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x94\xa7", NM_OK, "");
	assert_checked(rig.plan, twilio, 15125550111, "a\xff", NM_INPUT,
		       "the text is not UTF-8 at its character 2");
	assert_checked(rig.plan, twilio, 15125550111, longest, NM_INPUT,
		       "the text has 1601 characters: twilio sends at most 1600");
	longest[NM_TEXT_MAX] = '\0';
	assert_checked(rig.plan, twilio, 15125550111, longest, NM_OK, "");
	longest[161] = '\0';
	assert_checked(rig.plan, voipms, 15125550111, longest, NM_INPUT,
		       "the text has 161 characters: voipms sends at most 160");
	longest[160] = '\0';
	assert_checked(rig.plan, voipms, 15125550111, longest, NM_OK, "");
	push_rig_close(&rig);
}

static void assert_sender(const char *text_back, int asked, int line, int account)
{
	struct nm_sender sender = { -1, -1 };
	struct nm_error err = { 0 };
	struct push_rig rig;
	char plan[4096];

	assert_true(snprintf(plan, sizeof(plan), "%s%s", PLAN, text_back) < (int)sizeof(plan));
	push_rig_open(&rig, plan);
	assert_int_equal(nm_texting_sender(rig.plan, asked, &sender, &err), line >= 0 ? NM_OK : NM_INPUT);
	assert_int_equal(sender.line, line);
	assert_int_equal(sender.account, account);
	push_rig_close(&rig);
}

static void test_who_sends(void **state)
{
	(void)state;
	assert_sender("", -1, 0, TWILIO);
	assert_sender("", 1, 1, SANDBOX);
	assert_sender("text_back { missed = \"Smith\" account = sandbox }", -1, 1, SANDBOX);
	assert_sender("text_back { missed = \"Smith\" account = telnyx from = over }", -1, 1, TELNYX);
	assert_sender("text_back { missed = \"Smith\" from = over }", -1, 1, SANDBOX);
	assert_sender("text_back { missed = \"Smith\" account = telnyx from = over }", 0, 0, TWILIO);
	assert_sender("text_back { missed = \"Smith\" account = telnyx }", -1, -1, -1);
}

static void test_who_gets_it(void **state)
{
	struct push_rig rig;
	struct nm_error err;
	nm_number number;

	(void)state;
	push_rig_open(&rig, PLAN);
	assert_int_equal(nm_texting_recipient(rig.plan, 0, &number, &err), NM_OK);
	assert_true(number == 15125550111);
	assert_int_equal(nm_texting_recipient(rig.plan, 1, &number, &err), NM_OK);
	assert_true(number == 15125550103);
	assert_int_equal(nm_texting_recipient(rig.plan, 2, &number, &err), NM_INPUT);
	assert_string_equal(err.text, "destination box has no number that could get a text");
	push_rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_text),
		cmocka_unit_test(test_following),
		cmocka_unit_test(test_a_late_failure),
		cmocka_unit_test(test_a_late_failure_of_one_to_the_owner),
		cmocka_unit_test(test_a_late_failure_is_noted),
		cmocka_unit_test(test_a_text_on_its_way),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_a_request_that_never_left),
		cmocka_unit_test(test_a_text_that_is_looked_for),
		cmocka_unit_test(test_a_text_that_is_not_found),
		cmocka_unit_test(test_the_same_words_again),
		cmocka_unit_test(test_other_words),
		cmocka_unit_test(test_a_carrier_that_is_down),
		cmocka_unit_test(test_a_carrier_that_stays_down),
		cmocka_unit_test(test_killed_anywhere),
		cmocka_unit_test(test_any_fault_at_any_request),
		cmocka_unit_test(test_a_stop_key),
		cmocka_unit_test(test_a_plan_without_the_account),
		cmocka_unit_test(test_a_text_that_waited),
		cmocka_unit_test(test_a_stale_text),
		cmocka_unit_test(test_only_what_was_named),
		cmocka_unit_test(test_a_check_right_before),
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_what_may_be_sent),
		cmocka_unit_test(test_who_sends),
		cmocka_unit_test(test_who_gets_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
