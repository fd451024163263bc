/* SPDX-License-Identifier: MIT */
/*
 * Text-backs: that exactly those calls get one that a slow oracle names, over random days, and that each is sent once
 * wherever the program is killed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/inbound.h"
#include "nevermiss/optout.h"
#include "nevermiss/text_back.h"
#include "nevermiss/texting.h"
#include "numbers.h"
#include "push_rig.h"
#include "random_plan.h"

/* clang-format off */
#define HEAD \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\" allow = { \"MX\" }\n" \
	"account sandbox { driver = sandbox }\n" \
	"line main { number = \"+15125550100\" account = sandbox }\n" \
	"line flow { number = \"+15125550101\" account = sandbox text_in_flow = yes }\n" \
	"line over { number = \"+15125550102\" account = sandbox }\n" \
	"schedule day { hours = \"07:00-22:00\" }\nschedule job { hours = \"10:00-11:00\" }\n" \
	"callers spam { numbers = { \"+15125550666\" } }\n" \
	"destination owner { kind = personal number = \"+15125550111\" away = job own_voicemail = none }\n" \
	"destination box { kind = voicemail greeting = \"Smith here\" }\n" \
	"path all { step { ring = owner } step { ring = box } }\n" \
	"rule blocked { callers = spam reject = busy }\nrule rest { path = all }\n"
/* clang-format on */
#define MISSED "Smith: we missed you"
#define AWAY "Smith: on a job"

static const char plan_text[] =
	HEAD "text_back { missed = \"" MISSED "\" away = \"" AWAY "\" once_per = 3h during = day }\n";

#define MIDNIGHT 1767592800 /* 2026-01-05T00:00:00-06:00 */
#define CUSTOMER 15125550199u

/* --- a slow oracle --- */

enum { SPAM, FAR, ALLOWED, PREMIUM, OPTED, MACHINE, DEAD, FREE, FIRST_ORDINARY, CALLERS = 300 };

static nm_number number_of(int caller)
{
	static const nm_number special[] = { 15125550666u,  442079460000u, 525512345678u, 19005550123u,
					     15125550701u, 15125550702u,  15125550703u, 18005550123u };

	return caller < FIRST_ORDINARY ? special[caller] : 15125551000u + (nm_number)caller;
}

struct day_call {
	struct nm_text_back_call call;
	int caller;   /* -1: withheld */
	nm_time seen; /* when the log has it */
};

struct day_text {
	int caller;
	nm_time at;
	bool failed;
};

#define DAY_CALLS 2500
#define DAY_TEXTS 4000

struct day {
	struct day_call calls[DAY_CALLS];
	size_t n;
	struct day_text texts[DAY_TEXTS];
	size_t n_texts;
};

static struct day *day_new(uint64_t *seed, nm_time from)
{
	struct day *day = calloc(1, sizeof(*day));

	assert_non_null(day);
	day->n = 1 + random_below(seed, DAY_CALLS);
	for (size_t i = 0; i < day->n; i++) {
		struct day_call *one = &day->calls[i];
		/* Half of them in one hour: a flood. */
		const uint32_t second = random_below(seed, 2) ? random_below(seed, 86400)
							      : 40000 + random_below(seed, 3600);

		one->caller = (int)random_below(seed, CALLERS) - 1;
		one->call = (struct nm_text_back_call){
			.id = (int64_t)i + 1,
			.began = from + second,
			.line = (int)random_below(seed, 5) - 1,
			.end = (enum nm_call_end)random_below(seed, 7),
			.ours = random_below(seed, 20) == 0,
			.answered_since = random_below(seed, 20) == 0,
		};
		if (one->call.line == 3)
			one->call.line = 0;
		one->call.caller = one->caller < 0 ? (struct nm_caller){ .anonymous = true }
						   : (struct nm_caller){ .number = number_of(one->caller) };
		one->seen = one->call.began + (nm_time)(random_below(seed, 3) ? 20 : random_below(seed, 5000));
	}
	return day;
}

static size_t texts_since(const struct day *day, nm_time t)
{
	size_t n = 0;

	for (size_t i = 0; i < day->n_texts; i++)
		n += day->texts[i].at > t;
	return n;
}

/* What the contract says, one condition after the other, from the whole history. */
static bool is_due(const struct day *day, const struct day_call *one, nm_time now)
{
	const nm_time local = (one->call.began - MIDNIGHT) % 86400;
	int failed = 0;
	bool ok = one->caller >= 0 && one->caller != SPAM && one->caller != FAR && one->caller != PREMIUM &&
		  one->caller != OPTED && one->caller != MACHINE && one->caller != DEAD && one->caller != FREE;

	ok = ok && (one->call.end == NM_CALL_VOICEMAIL || one->call.end == NM_CALL_SWALLOWED ||
		    one->call.end == NM_CALL_ABANDONED || one->call.end == NM_CALL_LOST);
	ok = ok && (one->call.line == 0 || one->call.line == 2) && !one->call.ours && !one->call.answered_since;
	ok = ok && now - one->call.began <= 3600 && local >= 7 * 3600 && local < 22 * 3600;
	for (size_t i = 0; i < day->n_texts && ok; i++) {
		const struct day_text *text = &day->texts[i];

		if (text->caller != one->caller)
			continue;
		if (!text->failed && (text->at >= one->call.began || one->call.began - text->at < 3 * 3600))
			ok = false;
		if (text->failed && text->at >= one->call.began && (++failed == 3 || now - text->at < 300))
			ok = false;
	}
	return ok && texts_since(day, now - 3600) < 20 && texts_since(day, now - 86400) < 100;
}

static int newest_first(const void *a, const void *b)
{
	const nm_time x = *(const nm_time *)a, y = *(const nm_time *)b;

	return (x < y) - (x > y);
}

/* The same history as it is handed over. */
static void past_of(const struct day *day, const struct day_call *one, nm_time now, nm_time recent[DAY_TEXTS],
		    struct nm_text_back_past *past)
{
	*past = (struct nm_text_back_past){ .newest = NM_TIME_MIN,
					    .opted_out = one->caller == OPTED,
					    .echoes = one->caller == MACHINE ? 3 : 2,
					    .undelivered = one->caller == DEAD ? 2 : 1,
					    .recent = recent };
	for (size_t i = 0; i < day->n_texts; i++) {
		const struct day_text *text = &day->texts[i];

		if (text->at > now - 86400)
			recent[past->n_recent++] = text->at;
		if (text->caller != one->caller)
			continue;
		if (!text->failed && text->at > past->newest)
			past->newest = text->at;
		if (text->failed && text->at >= one->call.began) {
			past->failed++;
			past->newest_failed = text->at;
		}
	}
	qsort(recent, past->n_recent, sizeof(*recent), newest_first);
	if (past->n_recent > NM_TEXT_BACKS_A_DAY)
		past->n_recent = NM_TEXT_BACKS_A_DAY;
}

/* At each minute, of each call that the log has by then. */
static void live(struct day *day, const struct nm_plan *plan, const struct nm_timeline *timeline, nm_time from,
		 uint64_t *seed, size_t whys[NM_TEXT_BACK_MACHINE + 1])
{
	static nm_time recent[DAY_TEXTS];

	for (nm_time now = from; now < from + 86400 + 7200; now += 60) {
		for (size_t i = 0; i < day->n; i++) {
			const struct day_call *one = &day->calls[i];
			struct nm_text_back_past past;
			struct nm_text_back_choice choice;

			if (one->seen > now || one->call.began < now - 4000)
				continue;
			past_of(day, one, now, recent, &past);
			choice = nm_text_back_decide(plan, nm_timeline_state(timeline, one->call.began),
						     &one->call, &past, now);
			whys[choice.why]++;
			if ((choice.why == NM_TEXT_BACK_DUE) != is_due(day, one, now))
				fail_msg("call %zu of %d, %ld s before, line %d: %s", i, one->caller,
					 (long)(now - one->call.began), one->call.line,
					 nm_text_back_why_words(choice.why));
			assert_true(!nm_text_back_waits(choice.why) || choice.at > now);
			if (choice.why != NM_TEXT_BACK_DUE)
				continue;
			assert_string_equal(choice.text,
					    (one->call.began - MIDNIGHT) % 86400 / 3600 == 10 ? AWAY : MISSED);
			assert_true(day->n_texts < DAY_TEXTS);
			day->texts[day->n_texts++] =
				(struct day_text){ one->caller, now, random_below(seed, 4) == 0 };
		}
	}
}

/* Said of the texts alone, whatever decided them. */
static void assert_bounds(const struct day *day)
{
	for (size_t i = 0; i < day->n_texts; i++) {
		assert_true(texts_since(day, day->texts[i].at - 3600) - texts_since(day, day->texts[i].at) <= 20);
		assert_true(texts_since(day, day->texts[i].at - 86400) - texts_since(day, day->texts[i].at) <= 100);
		for (size_t k = 0; k < i; k++)
			assert_false(day->texts[k].caller == day->texts[i].caller && !day->texts[k].failed &&
				     !day->texts[i].failed && day->texts[i].at - day->texts[k].at < 3 * 3600 - 3600);
	}
}

#define DAYS 12

static void test_random_days(void **state)
{
	size_t whys[NM_TEXT_BACK_MACHINE + 1] = { 0 };
	char *folder = random_folder_new();
	struct nm_plan *plan = plan_of_text(plan_text, folder);
	struct nm_timeline *timeline;
	struct nm_error err;
	const int days = random_few(DAYS);
	uint64_t seed = 11;

	(void)state;
	assert_int_equal(nm_timeline_build(plan, MIDNIGHT, MIDNIGHT + 40 * NM_DAY, &timeline, &err), NM_OK);
	for (int i = 0; i < days; i++) {
		struct day *day = day_new(&seed, MIDNIGHT + i * NM_DAY);

		live(day, plan, timeline, MIDNIGHT + i * NM_DAY, &seed, whys);
		assert_bounds(day);
		free(day);
	}
	/* All the days had all of it in them. */
	for (size_t i = 0; days == DAYS && i <= NM_TEXT_BACK_MACHINE; i++)
		if (whys[i] == 0 && i != NM_TEXT_BACK_NO_SECTION)
			fail_msg("never: %s", nm_text_back_why_words((enum nm_text_back_why)i));
	nm_timeline_free(timeline);
	nm_plan_free(plan);
	random_folder_free(folder);
}

/* --- through the store and a carrier --- */

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static void ring(struct push_rig *rig, nm_number from, nm_time began, enum nm_call_end end)
{
	char id[32];
	struct nm_call_entry call = { .number = 15125550100u,
				      .line = "main",
				      .driver = "twilio",
				      .carrier_id = id,
				      .caller = { .number = from },
				      .began = began,
				      .ended = began + 20,
				      .became = { .end = end, .seconds = -1 } };
	enum nm_call_kept kept;
	struct nm_error err;

	snprintf(id, sizeof(id), "%llu-%lld", (unsigned long long)from, (long long)began);
	ok(nm_store_call_put(rig->store, &call, &kept, &err), &err);
}

static void rig_open(struct push_rig *rig)
{
	push_rig_open(rig, plan_text);
	rig->context.now = MIDNIGHT + 12 * 3600;
}

static size_t made(struct push_rig *rig, const char *line)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_sandbox_text *texts;
	struct nm_error err;
	size_t n;

	ok(nm_store_sandbox_texts(rig->store, line_text(rig->plan, line), 999, arena, &texts, &n, &err), &err);
	nm_arena_free(arena);
	return n;
}

static struct nm_text_backs run(struct push_rig *rig)
{
	struct nm_text_backs backs;
	struct nm_error err;

	ok(nm_text_backs_run(&rig->context, false, &backs, NULL, &err), &err);
	return backs;
}

static void test_a_missed_caller_gets_one(void **state)
{
	struct nm_text_backs backs;
	struct nm_outbox texts;
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	rig_open(&rig);
	ring(&rig, CUSTOMER, rig.context.now - 60, NM_CALL_VOICEMAIL);
	ring(&rig, CUSTOMER, rig.context.now - 40, NM_CALL_ABANDONED);
	ring(&rig, CUSTOMER + 1, rig.context.now - 3601, NM_CALL_LOST);
	ring(&rig, CUSTOMER + 2, rig.context.now - 50, NM_CALL_ANSWERED);
	ok(nm_text_backs_run(&rig.context, true, &backs, NULL, &err), &err);
	assert_int_equal(backs.sent, 1);
	assert_int_equal(backs.refused, 1);
	assert_int_equal(made(&rig, "main"), 0);
	assert_int_equal(rig.sent, 0);
	ok(nm_text_backs_run(&rig.context, false, &backs, &texts, &err), &err);
	assert_int_equal(backs.sent, 1);
	assert_int_equal(backs.waiting, 0);
	assert_int_equal(backs.refused, 1);
	assert_int_equal(backs.next, NM_TIME_MAX);
	assert_int_equal(texts.n, 1);
	assert_string_equal(texts.items[0].to, "+15125550199");
	assert_string_equal(texts.items[0].from, "+15125550100");
	assert_string_equal(texts.items[0].body, MISSED);
	nm_outbox_clear(&texts);
	for (int i = 0; i < 70; i++) {
		rig.context.now += 60;
		assert_int_equal(run(&rig).sent, 0);
	}
	assert_int_equal(made(&rig, "main"), 1);
	push_rig_close(&rig);
}

/* Of a clock that is set back: a call from then on gets its one text once it has begun, and none each minute before. */
static void test_a_call_that_is_yet_to_come(void **state)
{
	struct push_rig rig;
	size_t sent = 0;

	(void)state;
	rig_open(&rig);
	ring(&rig, CUSTOMER, rig.context.now + 6 * 3600, NM_CALL_VOICEMAIL);
	for (int i = 0; i < 6 * 60; i++) {
		assert_int_equal(run(&rig).sent, 0);
		rig.context.now += 60;
	}
	for (int i = 0; i < 90; i++) {
		sent += run(&rig).sent;
		rig.context.now += 60;
	}
	assert_int_equal(sent, 1);
	assert_int_equal(made(&rig, "main"), 1);
	push_rig_close(&rig);
}

/* The caller's STOP comes to another line between the call and its text. */
static void test_a_stop_that_came_first(void **state)
{
	const struct nm_sandbox_inbound stop = { .from = "+15125550199", .body = "STOP", .at = MIDNIGHT };
	struct nm_text_backs backs;
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	rig_open(&rig);
	ring(&rig, CUSTOMER, rig.context.now - 60, NM_CALL_VOICEMAIL);
	ok(nm_store_sandbox_inbound_add(rig.store, line_text(rig.plan, "over"), &stop, &err), &err);
	backs = run(&rig);
	assert_int_equal(backs.sent, 0);
	assert_int_equal(backs.refused, 1);
	assert_int_equal(made(&rig, "main"), 0);
	push_rig_close(&rig);
}

/* Once all that came was read, CUSTOMER writes STOP. */
static bool stop_afterwards(void *context)
{
	const struct nm_sandbox_inbound stop = { .from = "+15125550199", .body = "STOP", .at = MIDNIGHT };
	struct push_rig *rig = context;
	struct nm_error err;
	nm_time until;

	ok(nm_store_inbound_until(rig->store, 15125550100u, "sandbox", &until, &err), &err);
	if (until != NM_TIME_MIN && rig->told++ == 0)
		ok(nm_store_sandbox_inbound_add(rig->store, line_text(rig->plan, "over"), &stop, &err), &err);
	return true;
}

/* It is found out when the list is made already, and whoever comes after in it gets theirs. */
static void test_a_stop_in_between(void **state)
{
	struct nm_text_backs backs;
	struct push_rig rig;

	(void)state;
	rig_open(&rig);
	ring(&rig, CUSTOMER, rig.context.now - 60, NM_CALL_VOICEMAIL);
	ring(&rig, CUSTOMER + 1, rig.context.now - 50, NM_CALL_VOICEMAIL);
	rig.context.idle = stop_afterwards;
	rig.context.progress = NULL;
	rig.context.progress_context = &rig;
	backs = run(&rig);
	assert_true(rig.told > 0);
	assert_int_equal(backs.sent, 1);
	assert_int_equal(backs.refused, 1);
	assert_int_equal(backs.waiting, 0);
	assert_int_equal(made(&rig, "main"), 1);
	push_rig_close(&rig);
}

/* A carrier's refusal from before opt-outs had a table: a dry run and a run say the same of it, and go on after it. */
static void test_a_refusal_of_an_older_store(void **state)
{
	const struct nm_outbox_text text = { .at = MIDNIGHT - NM_DAY, .line = "main", .account = "sandbox",
					     .driver = "sandbox", .from = "+15125550100", .to = "+15125550199",
					     .body = MISSED, .why = NM_TEXT_BACK, .state = NM_OUTBOX_REFUSED };
	struct nm_text_backs backs;
	struct push_rig rig;
	struct nm_error err;
	int64_t id;

	(void)state;
	rig_open(&rig);
	ok(nm_store_outbox_add(rig.store, &text, &id, &err), &err);
	push_rig_older(&rig, 11);
	ring(&rig, CUSTOMER, rig.context.now - 60, NM_CALL_VOICEMAIL);
	ring(&rig, CUSTOMER + 1, rig.context.now - 50, NM_CALL_VOICEMAIL);
	for (int dry = 1; dry >= 0; dry--) {
		ok(nm_text_backs_run(&rig.context, dry, &backs, NULL, &err), &err);
		assert_int_equal(backs.sent, 1);
		assert_int_equal(backs.refused, 1);
	}
	assert_int_equal(made(&rig, "main"), 1);
	push_rig_close(&rig);
}

static void test_what_came_cannot_be_read(void **state)
{
	struct nm_text_backs backs;
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	rig_open(&rig);
	ring(&rig, CUSTOMER, rig.context.now - 60, NM_CALL_VOICEMAIL);
	ok(nm_store_sandbox_fail(rig.store, line_text(rig.plan, "over"), "refuse 1", &err), &err);
	assert_int_equal(nm_text_backs_run(&rig.context, false, &backs, NULL, &err), NM_CARRIER);
	assert_int_equal(backs.waiting, 1);
	assert_int_equal(made(&rig, "main"), 0);
	assert_int_equal(run(&rig).sent, 1);
	push_rig_close(&rig);
}

/* Three texts that are answered in seconds are a machine's; a person takes longer, or does not always answer. */
static void test_a_machine_gets_no_more(void **state)
{
	static const int answers[][3] = { { 5, 15, 0 }, { 5, 16, 5 }, { 5, 5, -1 } };
	static const size_t texts[] = { 3, 4, 4 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct push_rig rig;
		struct nm_error err;

		rig_open(&rig);
		rig.context.now = MIDNIGHT + 7 * 3600 + 60;
		for (int k = 0; k < 4; k++, rig.context.now += 3 * 3600 + 60) {
			const struct nm_sandbox_inbound text = { .from = "+15125550199",
								 .body = "I am driving",
								 .at = rig.context.now + (k < 3 ? answers[i][k] : 0) };

			ring(&rig, CUSTOMER, rig.context.now - 5, NM_CALL_LOST);
			run(&rig);
			if (k < 3 && answers[i][k] >= 0)
				ok(nm_store_sandbox_inbound_add(rig.store, line_text(rig.plan, "main"), &text, &err), &err);
		}
		assert_int_equal(made(&rig, "main"), texts[i]);
		push_rig_close(&rig);
	}
}

/* A text of hours ago that did not arrive, and what its carrier said of that. */
static void fail_to_arrive(struct push_rig *rig, const char *words)
{
	struct nm_outbox_text text = { .at = rig->context.now - 5 * 3600, .updated = rig->context.now - 5 * 3600,
				       .line = "main", .account = "sandbox", .driver = "sandbox",
				       .from = "+15125550100", .to = "+15125550199", .body = MISSED, .why = NM_TEXT_BACK,
				       .state = NM_OUTBOX_SENDING };
	struct nm_error err;

	ok(nm_store_outbox_add(rig->store, &text, &text.id, &err), &err);
	text.state = NM_OUTBOX_FAILED;
	text.carrier_id = "SM1";
	text.words = words;
	ok(nm_store_outbox_update(rig->store, &text, &err), &err);
}

/* One text that did not arrive says little, two in a row do, and so does a carrier that knows a landline. */
static void test_a_landline_gets_no_more(void **state)
{
	static const struct {
		const char *words[2];
		size_t sent;
	} cases[] = { { { "not delivered", NULL }, 1 },
		      { { "not delivered", "not delivered" }, 0 },
		      { { NM_TEXT_BACK_LANDLINE ": Landline or unreachable carrier, Twilio's error 30006", NULL }, 0 },
		      { { "not delivered: " NM_TEXT_BACK_LANDLINE, NULL }, 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct push_rig rig;

		rig_open(&rig);
		for (size_t k = 0; k < 2 && cases[i].words[k] != NULL; k++)
			fail_to_arrive(&rig, cases[i].words[k]);
		ring(&rig, CUSTOMER, rig.context.now - 5, NM_CALL_LOST);
		assert_int_equal(run(&rig).sent, cases[i].sent);
		push_rig_close(&rig);
	}
}

/* Spoofed callers: 20 in an hour, and those that wait lapse with their hour. */
static void test_a_flood_stops(void **state)
{
	struct nm_text_backs backs;
	struct push_rig rig;

	(void)state;
	rig_open(&rig);
	for (nm_number i = 0; i < 50; i++)
		ring(&rig, CUSTOMER + i, rig.context.now - 600 + (nm_time)i, NM_CALL_ABANDONED);
	backs = run(&rig);
	assert_int_equal(backs.sent, NM_TEXT_BACKS_AN_HOUR);
	assert_int_equal(backs.waiting, 50 - NM_TEXT_BACKS_AN_HOUR);
	assert_int_equal(backs.capped, backs.waiting);
	assert_int_equal(backs.next, rig.context.now + 3600);
	rig.context.now += 3600;
	assert_int_equal(run(&rig).sent, 0);
	assert_int_equal(made(&rig, "main"), NM_TEXT_BACKS_AN_HOUR);
	push_rig_close(&rig);
}

/* Texts of a clock that is set back fill an hour of it, and not all that it has to go through again. */
static void test_a_clock_set_back_fills_no_more_than_an_hour(void **state)
{
	struct push_rig rig;

	(void)state;
	rig_open(&rig);
	for (nm_number i = 0; i < NM_TEXT_BACKS_AN_HOUR; i++)
		ring(&rig, CUSTOMER + i, rig.context.now - 600 + (nm_time)i, NM_CALL_ABANDONED);
	assert_int_equal(run(&rig).sent, NM_TEXT_BACKS_AN_HOUR);
	rig.context.now -= 1800;
	ring(&rig, CUSTOMER + 100, rig.context.now - 5, NM_CALL_ABANDONED);
	assert_int_equal(run(&rig).sent, 0);
	rig.context.now -= 3600;
	ring(&rig, CUSTOMER + 101, rig.context.now - 5, NM_CALL_ABANDONED);
	assert_int_equal(run(&rig).sent, 1);
	push_rig_close(&rig);
}

/* A carrier that refuses is asked three times about a call, with pauses, and no more. */
static void test_a_refusal_is_not_repeated_for_ever(void **state)
{
	struct nm_outbox outbox;
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	rig_open(&rig);
	ring(&rig, CUSTOMER, rig.context.now - 5, NM_CALL_LOST);
	for (int i = 0; i < 58; i++, rig.context.now += 60) {
		/* The text: each of the three lines is read twice before. */
		rig.sent = 0;
		rig.fault_at = 7;
		rig.fault = "refuse 1";
		rig.fault_line = "main";
		run(&rig);
		ok(nm_store_sandbox_fail(rig.store, line_text(rig.plan, "main"), "", &err), &err);
	}
	ok(nm_store_outbox(rig.store, false, 99, &outbox, &err), &err);
	assert_int_equal(outbox.n, NM_TEXT_BACK_TRIES);
	assert_int_equal(outbox.items[0].at - outbox.items[1].at, NM_TEXT_BACK_PAUSE_S);
	nm_outbox_clear(&outbox);
	push_rig_close(&rig);
}

/* Killed before or after each of its requests, and run again until it comes to its end: one text a caller. */
static void test_killed_at_each_request(void **state)
{
	const int last = 12; /* requests of a run that is not killed, and one more */

	(void)state;
	for (int i = 0; i < 2 * last; i++) {
		struct nm_text_backs backs;
		struct push_rig rig;
		struct nm_error err;

		rig_open(&rig);
		ring(&rig, CUSTOMER, rig.context.now - 60, NM_CALL_VOICEMAIL);
		ring(&rig, CUSTOMER + 1, rig.context.now - 50, NM_CALL_LOST);
		*(i % 2 ? &rig.kill_after : &rig.kill_before) = i / 2 + 1;
		(void)!nm_text_backs_run(&rig.context, false, &backs, NULL, &err);
		push_rig_restart(&rig);
		for (int k = 0; k < 3; k++, rig.context.now += 60)
			ok(nm_text_backs_run(&rig.context, false, &backs, NULL, &err), &err);
		if (made(&rig, "main") != 2 || backs.waiting != 0)
			fail_msg("killed %s request %d: %zu texts, %zu wait", i % 2 ? "after" : "before",
				 i / 2 + 1, made(&rig, "main"), backs.waiting);
		push_rig_close(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_days),
		cmocka_unit_test(test_a_missed_caller_gets_one),
		cmocka_unit_test(test_a_call_that_is_yet_to_come),
		cmocka_unit_test(test_a_stop_that_came_first),
		cmocka_unit_test(test_a_stop_in_between),
		cmocka_unit_test(test_a_refusal_of_an_older_store),
		cmocka_unit_test(test_what_came_cannot_be_read),
		cmocka_unit_test(test_a_machine_gets_no_more),
		cmocka_unit_test(test_a_landline_gets_no_more),
		cmocka_unit_test(test_a_flood_stops),
		cmocka_unit_test(test_a_clock_set_back_fills_no_more_than_an_hour),
		cmocka_unit_test(test_a_refusal_is_not_repeated_for_ever),
		cmocka_unit_test(test_killed_at_each_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
