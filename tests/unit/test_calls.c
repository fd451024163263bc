/* SPDX-License-Identifier: MIT */
/*
 * The log of real calls: what is made of a record, that a call is kept once, and imports from a carrier that
 * answers from a list.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "books.h"
#include "nevermiss/calls.h"

/* clang-format off */
#define PLAN \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account tel { driver = telnyx }\naccount box { driver = sandbox }\naccount spare { driver = telnyx }\n" \
	"line main { number = \"+15125550100\" account = tel handset = desk }\n" \
	"line over { number = \"+15125550101\" account = tel }\n" \
	"line other { number = \"+15125550102\" account = box }\n" \
	"destination desk { kind = backup line = main own_voicemail = none }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s }\n" \
	"destination sam { kind = personal number = \"+15125550114\" own_voicemail = 20s confirm = yes }\n" \
	"destination pat { kind = personal number = \"+15125550115\" own_voicemail = 20s }\n" \
	"destination fixly { kind = ai number = \"+15125550177\" }\n" \
	"rotation oncall { members = { owner, pat } from = \"2026-01-05 08:00\" every = 1w }\n" \
	"path day { step { ring = owner for = 15s } step { ring = sam } step { ring = fixly } }\n"
#define ROTA "path night { step { ring = oncall confirm = yes } }\n"
#define BOX "destination box { kind = voicemail greeting = \"Smith\" }\npath mail { step { ring = box } }\n"
#define MAIL "rule mail { lines = main path = mail }\n"
#define RULE "rule all { path = day }\n"

#define OWNER "+15125550111"
#define SAM "+15125550114"
#define PAT "+15125550115"
#define AI "+15125550177"
#define T INT64_C(1767621600) /* 2026-01-05T14:00:00Z */
/* clang-format on */

static struct books books;

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static int setup(void **state)
{
	(void)state;
	books_open(&books, PLAN BOX MAIL RULE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	books_close(&books);
	return 0;
}

/* --- what became of it --- */

static struct nm_leg leg(const char *to, enum nm_leg_end how, int from, int until, int rang_s)
{
	return (struct nm_leg){
		.id = "leg", .to = to, .end = how, .began = T + from, .ended = T + until, .rang_s = rang_s
	};
}

/* A call of so many seconds of which the carrier tells all legs. */
static struct nm_record call(enum nm_leg_end how, int lasts, struct nm_leg *legs, size_t n)
{
	return (struct nm_record){ .id = "call",
				   .caller = { .number = UINT64_C(15125550199) },
				   .began = T,
				   .ended = T + lasts,
				   .end = how,
				   .tells_legs = true,
				   .n = n,
				   .legs = legs };
}

static void assert_became(const struct nm_record *record, const char *words)
{
	struct nm_became became;
	struct nm_buf text;

	nm_call_judge(books.plan, 0, record, true, &became);
	nm_buf_init(&text, 4096);
	nm_buf_addf(&text, "%s%s%s%s at %d: %s", became.probably ? "probably " : "",
		    nm_call_end_name(became.end), became.by != NULL ? " by " : "",
		    became.by != NULL ? became.by : "", became.seconds, nm_call_reason_words(became.reason));
	assert_string_equal(text.data, words);
	nm_buf_clear(&text);
}

static void test_who_took_it(void **state)
{
	struct nm_leg sam_answers[] = { leg(OWNER, NM_LEG_NO_ANSWER, 1, 16, 15),
					leg(SAM, NM_LEG_ANSWERED, 17, 60, 8) };
	struct nm_leg stranger[] = { leg("+442079460000", NM_LEG_ANSWERED, 1, 60, -1) };
	struct nm_leg line[] = { leg("+15125550101", NM_LEG_ANSWERED, 1, 60, 2) };
	struct nm_leg both[] = { leg(OWNER, NM_LEG_ANSWERED, 1, 60, 5), leg(PAT, NM_LEG_CANCELED, 1, 6, 5) };
	struct nm_record record = call(NM_LEG_ANSWERED, 60, sam_answers, 2);

	(void)state;
	assert_became(&record, "answered by sam at 25: a phone that was rung answered");
	record = call(NM_LEG_ANSWERED, 60, stranger, 1);
	assert_became(&record,
		      "probably answered by +442079460000 at -1: a phone that was rung answered, or its "
		      "own voicemail did");
	record = call(NM_LEG_ANSWERED, 60, line, 1);
	assert_became(&record,
		      "unknown by over at 3: it went on to another line, whose own calls say who took it");
	record = call(NM_LEG_ANSWERED, 60, both, 2);
	assert_became(&record, "answered by owner at 6: a phone that was rung answered");
}

/* "An unconfirmed leg that answered within 3 s of that phone's own voicemail time is probably swallowed." */
static void test_swallowed(void **state)
{
	static const int near[] = { 22, 25, 28 }, far[] = { 21, 29 };
	struct nm_leg owner = leg(OWNER, NM_LEG_ANSWERED, 1, 60, 0),
		      sam = leg(SAM, NM_LEG_ANSWERED, 1, 60, 20);
	struct nm_leg pat = leg(PAT, NM_LEG_ANSWERED, 1, 60, 20), ai = leg(AI, NM_LEG_ANSWERED, 1, 60, 25);
	struct nm_became became;
	struct nm_record record = call(NM_LEG_ANSWERED, 60, &owner, 1);

	(void)state;
	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++) {
		owner.rang_s = near[i];
		nm_call_judge(books.plan, 0, &record, true, &became);
		assert_int_equal(became.end, NM_CALL_SWALLOWED);
		assert_true(became.probably);
		assert_string_equal(became.by, "owner");
	}
	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
		owner.rang_s = far[i];
		nm_call_judge(books.plan, 0, &record, true, &became);
		assert_int_equal(became.end, NM_CALL_ANSWERED);
	}
	record.legs = &sam;
	nm_call_judge(books.plan, 0, &record, true, &became);
	assert_int_equal(became.end, NM_CALL_ANSWERED);
	/* The carrier asks nobody for a 1, whatever the plan says. */
	nm_call_judge(books.plan, 0, &record, false, &became);
	assert_int_equal(became.end, NM_CALL_SWALLOWED);
	record.legs = &pat;
	nm_call_judge(books.plan, 0, &record, true, &became);
	assert_int_equal(became.end, NM_CALL_SWALLOWED);
	record.legs = &ai;
	nm_call_judge(books.plan, 0, &record, true, &became);
	assert_int_equal(became.end, NM_CALL_ANSWERED);
	/* A step asks whoever is on turn. */
	books_plan(&books, PLAN ROTA RULE);
	record.legs = &pat;
	nm_call_judge(books.plan, 0, &record, true, &became);
	assert_int_equal(became.end, NM_CALL_ANSWERED);
	assert_false(became.probably);
}

#define PERHAPS "a phone that was rung answered, or its own voicemail did"
#define SOON "it was answered as soon as it rang, as the voicemail of a phone that is off does"

/* What may have been a mobile's own voicemail is never said to be a person for certain. */
static void test_a_voicemail_is_no_certain_answer(void **state)
{
	struct nm_leg kim = leg("+15125550116", NM_LEG_ANSWERED, 1, 60, 10);
	struct nm_leg owner = leg(OWNER, NM_LEG_ANSWERED, 1, 60, 2);
	struct nm_leg sam = leg(SAM, NM_LEG_ANSWERED, 1, 26, 20),
		      desk = leg("+15125550100", NM_LEG_ANSWERED, 1, 60, 0);
	struct nm_record record = call(NM_LEG_ANSWERED, 60, &kim, 1);

	(void)state;
	books_plan(&books, PLAN "destination kim { kind = personal number = \"+15125550116\" }\n"
		       "path both { step { ring = sam confirm = no } }\n" RULE);
	assert_became(&record, "probably answered by kim at 11: " PERHAPS);
	kim.rang_s = 2;
	assert_became(&record, "probably swallowed by kim at 3: " SOON);
	kim.rang_s = -1;
	assert_became(&record, "probably answered by kim at -1: " PERHAPS);
	record.legs = &owner;
	assert_became(&record, "probably swallowed by owner at 3: " SOON);
	owner.rang_s = 3;
	assert_became(&record, "answered by owner at 4: a phone that was rung answered");
	owner.rang_s = -1;
	assert_became(&record, "probably answered by owner at -1: " PERHAPS);
	/* A phone without one, and one that is asked for a 1 in one step only. */
	record.legs = &desk;
	assert_became(&record, "answered by desk at 1: a phone that was rung answered");
	record.legs = &sam;
	record.ended = T + 26;
	assert_became(&record, "probably answered by sam at 21: " PERHAPS);
	/* Always asked: but the caller hung up before a 1 must have come. */
	books_plan(&books, PLAN RULE);
	assert_became(&record, "probably answered by sam at 21: " PERHAPS);
	sam.ended = record.ended = T + 60;
	assert_became(&record, "answered by sam at 21: a phone that was rung answered");
	/* Not all legs are there. */
	record.cut = true;
	assert_became(&record, "probably answered by sam at 21: a phone that was rung answered");
}

/* A mailbox takes the call only where a path that calls to that line can take ends in one. */
static void test_where_a_mailbox_is(void **state)
{
	static const struct {
		const char *rules;
		bool has;
	} cases[] = {
		{ RULE, false },
		{ MAIL RULE, true },
		{ "rule mail { lines = over path = mail }\n" RULE, false },
		{ "rule mail { lines = {} path = mail }\n" RULE, false },
		{ "override o { from = \"2026-01-05 07:00\" until = \"2026-01-05 09:00\" path = mail }\n" RULE,
		  true },
		{ "override o { from = \"2026-01-05 09:00\" until = \"2026-01-05 10:00\" path = mail }\n" RULE,
		  false },
		{ "emergency { lines = over path = mail }\n" RULE, false },
		{ "emergency { key = \"9\" path = mail }\n" RULE, true },
		{ "emergency { lines = main path = day }\n" MAIL RULE, false },
	};
	struct nm_leg rang[] = { leg(OWNER, NM_LEG_NO_ANSWER, 1, 16, 15) };
	struct nm_record record = call(NM_LEG_ANSWERED, 50, rang, 1);
	struct nm_became became;
	char text[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "%s%s%s", PLAN, BOX, cases[i].rules);
		books_plan(&books, text);
		nm_call_judge(books.plan, 0, &record, true, &became);
		if (became.end != (cases[i].has ? NM_CALL_VOICEMAIL : NM_CALL_LOST))
			fail_msg("%s: %s", cases[i].rules, nm_call_end_name(became.end));
	}
}

/* "A parent that is completed while no child completed was not answered by anybody." */
static void test_nobody_took_it(void **state)
{
	struct nm_leg rang[] = { leg(OWNER, NM_LEG_NO_ANSWER, 1, 16, 15), leg(SAM, NM_LEG_BUSY, 17, 18, 1) };
	struct nm_leg off[] = { leg(OWNER, NM_LEG_NO_ANSWER, 1, 16, 15),
				leg(SAM, NM_LEG_CANCELED, 17, 20, 3) };
	/* Sam's voicemail picked up and pressed nothing. */
	struct nm_leg unpressed[] = { leg(SAM, NM_LEG_ANSWERED, 1, 30, 20) };
	struct nm_leg passed[] = { leg(SAM, NM_LEG_ANSWERED, 1, 30, 20),
				   leg(AI, NM_LEG_NO_ANSWER, 30, 50, 20) };
	struct nm_record record = call(NM_LEG_ANSWERED, 50, rang, 2);

	(void)state;
	assert_became(
		&record,
		"probably voicemail at 18: nobody who was rung took it, and the carrier had it on after "
		"that");
	record.ended = T + 20;
	assert_became(&record, "probably abandoned at 20: the caller hung up, and nobody had answered");
	record = call(NM_LEG_ANSWERED, 20, off, 2);
	assert_became(&record, "abandoned at 20: the caller hung up, and nobody had answered");
	record = call(NM_LEG_ANSWERED, 60, unpressed, 1);
	assert_became(
		&record,
		"probably voicemail at 30: nobody who was rung took it, and the carrier had it on after "
		"that");
	record = call(NM_LEG_ANSWERED, 80, passed, 2);
	assert_became(
		&record,
		"probably voicemail at 50: nobody who was rung took it, and the carrier had it on after "
		"that");
	record = call(NM_LEG_ANSWERED, 30, NULL, 0);
	assert_became(&record,
		      "probably voicemail at 0: nobody who was rung took it, and the carrier had it on after "
		      "that");
	books_plan(&books, PLAN RULE);
	record = call(NM_LEG_ANSWERED, 50, rang, 2);
	assert_became(&record, "probably lost at -1: nobody who was rung took it");
	/* Whom the plan rings first is rung for 15 s: the mailbox has nobody before that. */
	books_plan(&books, PLAN BOX "path late { step { ring = owner for = 15s } step { ring = box } }\n"
				    "rule late { path = late }\n");
	record = call(NM_LEG_ANSWERED, 14, NULL, 0);
	assert_became(&record, "probably abandoned at 14: the caller hung up, and nobody had answered");
	record = call(NM_LEG_ANSWERED, 15, NULL, 0);
	assert_became(&record, "probably voicemail at 0: nobody who was rung took it, and the carrier had it on after "
			       "that");
}

static void test_other_ends(void **state)
{
	struct nm_leg rang[] = { leg(OWNER, NM_LEG_NO_ANSWER, 1, 16, 15) };
	struct nm_record record = call(NM_LEG_BUSY, 1, NULL, 0);

	(void)state;
	assert_became(&record, "rejected at -1: the carrier turned it away and rang nobody");
	record = call(NM_LEG_BUSY, 20, rang, 1);
	assert_became(&record, "lost at -1: nobody who was rung took it");
	record = call(NM_LEG_NO_ANSWER, 16, rang, 1);
	assert_became(&record, "probably abandoned at 16: the caller hung up, and nobody had answered");
	record.ended = T + 40;
	assert_became(&record, "lost at -1: nobody who was rung took it");
	record = call(NM_LEG_FAILED, 1, NULL, 0);
	assert_became(&record, "lost at -1: the carrier calls it failed");
	record = call(NM_LEG_CANCELED, 9, NULL, 0);
	assert_became(&record, "abandoned at 9: the caller hung up, and nobody had answered");
	/* Studio cannot turn a call away but by ending it at once, as a caller does who hangs up. */
	record = call(NM_LEG_ANSWERED, 2, NULL, 0);
	assert_became(&record,
		      "unknown at -1: it ended at once and nobody was rung: turned away or hung up, the "
		      "record does not say");
	record = call(NM_LEG_OPEN, 9, NULL, 0);
	assert_became(&record, "unknown at -1: the record does not say how it ended");
	/* VoIP.ms: it was answered, by whatever. */
	record = call(NM_LEG_ANSWERED, 60, NULL, 0);
	record.tells_legs = false;
	assert_became(&record, "unknown at -1: the record says that it was answered, not by what");
	record.end = NM_LEG_NO_ANSWER;
	assert_became(&record,
		      "lost at -1: the record says that nobody answered, not who was rung or who gave up");
	record.end = NM_LEG_BUSY;
	assert_became(&record,
		      "probably lost at -1: the record calls it busy: turned away or nobody free, it does not say");
	books_plan(&books, PLAN "callers spam { numbers = \"+1512555*\" }\nrule spam { callers = spam reject = busy }\n" RULE);
	record.caller.number = UINT64_C(15125550199);
	assert_became(&record, "probably rejected at -1: the record calls it busy: turned away or nobody free, it "
			       "does not say");
	record.caller.number = UINT64_C(12125550199);
	assert_became(&record,
		      "probably lost at -1: the record calls it busy: turned away or nobody free, it does not say");
	record.end = NM_LEG_ANSWERED;
	/* Telnyx: the line's own phone is no leg. */
	record.tells_legs = record.own_phone = true;
	assert_became(
		&record,
		"probably answered by desk at -1: it was answered and nobody else was rung: the line's own "
		"phone");
}

/* "Where the line's own phone is no leg (Telnyx), a call whose phones all went unanswered was missed", and how goes by
 * when it was over: with the last phone, or later.  Phones that were called off may have been so for the own one. */
static void test_phones_of_telnyx_went_unanswered(void **state)
{
	struct nm_leg rang[] = { leg(OWNER, NM_LEG_NO_ANSWER, 1, 16, 15), leg(SAM, NM_LEG_BUSY, 17, 18, 1) };
	struct nm_leg off[] = { leg(OWNER, NM_LEG_CANCELED, 1, 16, 15) };
	struct nm_record record = call(NM_LEG_ANSWERED, 18, rang, 2);

	(void)state;
	record.own_phone = true;
	assert_became(&record, "probably abandoned at 18: the caller hung up, and nobody had answered");
	record.ended = T + 50;
	assert_became(
		&record,
		"probably voicemail at 18: nobody who was rung took it, and the carrier had it on after that");
	books_plan(&books, PLAN RULE);
	assert_became(&record, "probably lost at -1: nobody who was rung took it");
	record = call(NM_LEG_ANSWERED, 50, off, 1);
	record.own_phone = true;
	assert_became(&record, "unknown at -1: the record says that it was answered, not by what");
	record.ended = T + 16;
	assert_became(&record, "abandoned at 16: the caller hung up, and nobody had answered");
}

/* "How it ended is not told of the call, but of all its phones": then they say. */
static void test_the_phones_tell_what_the_call_does_not(void **state)
{
	struct nm_leg rang[] = { leg(OWNER, NM_LEG_NO_ANSWER, 1, 16, 15) };
	struct nm_leg off[] = { leg(OWNER, NM_LEG_CANCELED, 1, 16, 15) };
	struct nm_leg open[] = { leg(OWNER, NM_LEG_NO_ANSWER, 1, 16, 15), leg(SAM, NM_LEG_OPEN, 17, 0, -1) };
	struct nm_record record = call(NM_LEG_OPEN, 16, rang, 1);

	(void)state;
	assert_became(&record, "probably abandoned at 16: the caller hung up, and nobody had answered");
	record.ended = 0;
	assert_became(&record, "probably lost at -1: nobody who was rung took it");
	record = call(NM_LEG_OPEN, 16, off, 1);
	assert_became(&record, "abandoned at 16: the caller hung up, and nobody had answered");
	record.ended = 0;
	assert_became(&record, "unknown at -1: the record does not say how it ended");
	record.ended = T + 50;
	assert_became(&record, "unknown at -1: the record does not say how it ended");
	record = call(NM_LEG_OPEN, 40, open, 2);
	assert_became(&record, "unknown at -1: the record does not say how it ended");
	record = call(NM_LEG_OPEN, 40, rang, 1);
	record.cut = true;
	assert_became(&record, "probably unknown at -1: the record does not say how it ended");
	record.cut = record.tells_legs = false;
	assert_became(&record, "unknown at -1: the record does not say how it ended");
}

/* --- keeping --- */

static nm_number number_of(const char *line)
{
	return books.plan->lines[nm_plan_find_line(books.plan, line)].number;
}

static struct nm_call_entry entry(const char *line, const char *id, nm_time began)
{
	return (struct nm_call_entry){ .number = number_of(line),
				       .line = line,
				       .driver = "telnyx",
				       .carrier_id = id,
				       .caller = { .number = UINT64_C(15125550199) },
				       .began = began,
				       .ended = began + 30,
				       .became = { .end = NM_CALL_ANSWERED, .by = "owner", .seconds = 7 } };
}

static enum nm_call_kept put(const struct nm_call_entry *one)
{
	enum nm_call_kept kept;
	struct nm_error err;

	ok(nm_store_call_put(books.store, one, &kept, &err), &err);
	return kept;
}

static size_t count(const char *line, nm_time since, nm_time until, size_t most)
{
	const struct nm_call_filter filter = { line != NULL ? number_of(line) : 0, since, until, most, 0 };
	struct nm_call_entries calls;
	struct nm_error err;
	size_t n;

	ok(nm_store_calls(books.store, &filter, &calls, &err), &err);
	n = calls.n;
	for (size_t i = 1; i < n; i++)
		assert_true(calls.items[i - 1].began >= calls.items[i].began);
	nm_call_entries_clear(&calls);
	return n;
}

static void test_a_call_is_kept_once(void **state)
{
	struct nm_call_leg legs[] = { { leg(OWNER, NM_LEG_ANSWERED, 1, 30, 7), "owner" },
				      { leg("sip:\x1b[31m", NM_LEG_BUSY, 2, 3, -1), NULL } };
	struct nm_call_entry one = entry("main", "c1", T), got;
	struct nm_arena *arena = nm_arena_new();
	struct nm_error err;

	(void)state;
	one.n = 1;
	one.legs = legs;
	assert_int_equal(put(&one), NM_CALL_NEW);
	assert_int_equal(put(&one), NM_CALL_KNOWN);
	one.n = 2; /* a leg came late */
	assert_int_equal(put(&one), NM_CALL_MENDED);
	one.n = 1;
	assert_int_equal(put(&one), NM_CALL_MENDED);
	one.n = 2;
	assert_int_equal(put(&one), NM_CALL_MENDED);
	assert_int_equal(put(&one), NM_CALL_KNOWN);
	assert_int_equal(count(NULL, 0, NM_TIME_MAX, 10), 1);
	books_reopen(&books, true);
	ok(nm_store_call_get(books.store, 1, arena, &got, &err), &err);
	assert_string_equal(got.line, "main");
	assert_string_equal(got.carrier_id, "c1");
	assert_true(got.caller.number == one.caller.number && !got.caller.anonymous);
	assert_int_equal(got.became.end, NM_CALL_ANSWERED);
	assert_string_equal(got.became.by, "owner");
	assert_int_equal(got.became.seconds, 7);
	assert_int_equal(got.version, 0);
	assert_int_equal(got.n, 2);
	assert_string_equal(got.legs[0].who, "owner");
	assert_int_equal(got.legs[0].leg.rang_s, 7);
	assert_null(got.legs[1].who);
	assert_int_equal(got.legs[1].leg.end, NM_LEG_BUSY);
	assert_int_equal(nm_store_call_get(books.store, 2, arena, &got, &err), NM_INPUT);
	assert_string_equal(err.text, "no call 2 in the log");
	assert_int_equal(nm_store_call_put(books.store, &one, &(enum nm_call_kept){ 0 }, &err), NM_REFUSED);
	nm_arena_free(arena);
}

static void test_the_log_is_listed(void **state)
{
	struct nm_call_entry one = entry("main", "c1", T);
	struct nm_call_entries calls;
	struct nm_error err;

	(void)state;
	put(&one);
	one.number = number_of("over");
	one.line = "over"; /* the same call, forwarded, is a call of that line too */
	assert_int_equal(put(&one), NM_CALL_NEW);
	one.carrier_id = "c2";
	one.began = T + 60;
	put(&one);
	assert_int_equal(count(NULL, 0, NM_TIME_MAX, 10), 3);
	assert_int_equal(count("over", 0, NM_TIME_MAX, 10), 2);
	assert_int_equal(count("over", T + 60, NM_TIME_MAX, 10), 1);
	assert_int_equal(count("over", 0, T + 60, 10), 1);
	ok(nm_store_calls(books.store, &(struct nm_call_filter){ 0, 0, NM_TIME_MAX, 2, 0 }, &calls, &err), &err);
	assert_true(calls.more);
	nm_call_entries_clear(&calls);
	ok(nm_store_calls(books.store, &(struct nm_call_filter){ 0, 0, NM_TIME_MAX, 3, 0 }, &calls, &err), &err);
	assert_false(calls.more);
	nm_call_entries_clear(&calls);
}

static enum nm_code take_reason(void *context, const struct nm_call_brief *call, struct nm_error *err)
{
	(void)err;
	*(enum nm_call_reason *)context = call->became.reason;
	return NM_OK;
}

/* Each reason comes out as it went in, the newest too. */
static void test_each_reason_is_read_as_it_was_written(void **state)
{
	struct nm_error err;

	(void)state;
	for (int reason = 0; reason <= NM_CALL_REASON_LAST; reason++) {
		char id[16];
		struct nm_call_entry one = entry("main", id, T + reason);
		enum nm_call_reason read = NM_CALL_LEG_ANSWERED;
		enum nm_call_kept kept;

		snprintf(id, sizeof(id), "%d", reason);
		one.became.reason = (enum nm_call_reason)reason;
		ok(nm_store_call_put(books.store, &one, &kept, &err), &err);
		ok(nm_store_calls_each(books.store,
				       &(struct nm_call_reader){ .span = { one.began, one.began + 1 },
								 .take = take_reason,
								 .context = &read },
				       &err),
		   &err);
		assert_int_equal(read, reason);
		assert_non_null(nm_call_reason_words(read));
	}
}

/* The plan in force: that of the newest push to the line that was done when the call came. */
static void test_the_version_in_force(void **state)
{
	struct nm_push_record push = { .number = entry("main", "x", T).number,
				       .line = "main",
				       .driver = "telnyx",
				       .who = "pat",
				       .wanted = "x",
				       .horizon = T,
				       .state = NM_PUSH_DONE };
	struct nm_arena *arena = nm_arena_new();
	struct nm_call_entry one, got;
	struct nm_error err;
	int64_t versions[2], id;

	(void)state;
	for (int i = 0; i < 2; i++) {
		ok(nm_store_keep(books.store, T + i * 100, "pat", "pushed", i == 0 ? "a" : "b", 1, &versions[i],
				 &err),
		   &err);
		push.version = versions[i];
		push.at = push.ended = T + i * 100;
		ok(nm_store_push_begin(books.store, &push, &id, &err), &err);
	}
	for (int i = 0; i < 3; i++) {
		one = entry("main", i == 0 ? "x" : i == 1 ? "y" : "z", T - 1 + i * 100);
		put(&one);
		ok(nm_store_call_get(books.store, i + 1, arena, &got, &err), &err);
		assert_int_equal(got.version, i == 0 ? 0 : versions[i - 1]);
	}
	nm_arena_free(arena);
}

/* --- importing --- */

/* A Telnyx that answers each list with the same page, one request after the other. */
static struct {
	const char *page;
	int status, sent, tags[8], n_tags;
} carrier;

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	(void)context;
	(void)err;
	assert_string_equal(request->method, "GET");
	assert_string_equal(request->account->name, "tel");
	assert_true(carrier.n_tags < 8);
	carrier.sent++;
	carrier.tags[carrier.n_tags++] = tag;
	return NM_OK;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
			    struct nm_error *err)
{
	(void)context;
	(void)timeout_ms;
	(void)err;
	*tag = carrier.n_tags > 0 ? carrier.tags[--carrier.n_tags] : -1;
	*response = (struct nm_response){ .status = carrier.status,
					  .body = carrier.page,
					  .len = strlen(carrier.page),
					  .retry_after_s = -1 };
	return NM_OK;
}

static nm_time import_at = T + 3600;

static enum nm_code import(int account, nm_time since, struct nm_import *out, struct nm_error *err)
{
	const struct nm_push_context context = {
		.plan = books.plan, .store = books.store, .now = import_at, .transport = { .submit = submit, .collect = collect }
	};

	carrier.sent = carrier.n_tags = 0;
	return nm_calls_import(&context, account, since, out, err);
}

/* clang-format off */
#define ENTRY_FROM(from, id, to, times) \
	"{\"id\":\"" id "\",\"telnyx_session_id\":\"s" id "\",\"direction\":\"inbound\",\"cli\":\"" from "\",\"cld\":\"" to \
	"\",\"started_at\":" times "}"
#define ENTRY(id, to, times) ENTRY_FROM("+15125550199", id, to, times)
#define ENDED "\"2026-01-05T14:00:00Z\",\"finished_at\":\"2026-01-05T14:00:20Z\""
#define OPEN "\"2026-01-05T14:30:00Z\""
#define PAGE(entries) "{\"data\":[" entries "],\"meta\":{\"total_pages\":1}}"
/* clang-format on */

static void test_imported_twice_is_kept_once(void **state)
{
	struct nm_import result;
	struct nm_error err;

	(void)state;
	carrier.status = 200;
	carrier.page = PAGE(ENTRY("1", "+15125550100", ENDED) "," ENTRY("2", "+15125550101", ENDED) "," ENTRY(
		"3", "+15125550100", OPEN) ",{}");
	for (int i = 0; i < 3; i++) {
		ok(import(0, NM_TIME_MIN, &result, &err), &err);
		assert_int_equal(result.n, 2);
		assert_int_equal(result.lines[0].fresh, i == 0);
		assert_int_equal(result.lines[0].known, i > 0);
		assert_int_equal(result.lines[0].under_way, 1);
		assert_int_equal(result.lines[0].odd, 2); /* in both lists */
		assert_int_equal(result.lines[0].until, T + 3600);
		assert_int_equal(result.lines[0].since, T + 3600 - (i == 0 ? 30 : 1) * NM_DAY);
		assert_int_equal(result.lines[1].fresh, i == 0);
		assert_false(result.lines[0].cut);
		nm_import_clear(&result);
		assert_int_equal(count(NULL, 0, NM_TIME_MAX, 10), 2);
	}
	/* What was under way is over; its record says more, once. */
	carrier.page = PAGE(ENTRY("1", "+15125550100", ENDED) "," ENTRY(
		"3", "+15125550100", "\"2026-01-05T14:30:00Z\",\"finished_at\":\"2026-01-05T14:40:00Z\""));
	ok(import(0, T - 60, &result, &err), &err);
	assert_int_equal(result.lines[0].fresh, 1);
	assert_int_equal(result.lines[0].under_way, 0);
	assert_int_equal(result.lines[0].since, T - 60);
	nm_import_clear(&result);
	assert_int_equal(count("main", 0, NM_TIME_MAX, 10), 2);
}

struct told {
	size_t n, most, done[8], all;
};

static bool tell(void *context, const char *line, const char *what, size_t done, size_t all)
{
	struct told *told = context;

	assert_non_null(line);
	assert_string_equal(what, "reading calls");
	assert_true(done < all && told->n < 8);
	told->done[told->n] = done;
	told->all = all;
	return ++told->n < told->most;
}

/* Days are told, of all lines; what was stopped before it began is as it was, and said to be. */
static void test_how_far_an_import_is(void **state)
{
	struct nm_push_context context = {
		.plan = books.plan, .store = books.store, .now = T + 3600, .transport = { .submit = submit, .collect = collect }
	};
	struct told told = { .most = 1 };
	struct nm_import result;
	struct nm_error err;

	(void)state;
	carrier.sent = carrier.n_tags = 0;
	carrier.status = 200;
	carrier.page = PAGE(ENTRY("1", "+15125550100", ENDED));
	context.progress = tell;
	context.progress_context = &told;
	assert_int_equal(nm_calls_import(&context, 0, NM_TIME_MIN, &result, &err), NM_CARRIER);
	assert_true(result.stopped);
	assert_int_equal(carrier.sent, 0);
	assert_int_equal(told.done[0], 0);
	assert_int_equal(told.all, 61);
	assert_string_equal(result.lines[0].words, "stopped");
	assert_int_equal(result.lines[1].until, result.lines[1].since);
	nm_import_clear(&result);
	told = (struct told){ .most = 8 };
	ok(nm_calls_import(&context, 0, NM_TIME_MIN, &result, &err), &err);
	assert_false(result.stopped);
	assert_null(result.lines[0].words);
	assert_int_equal(result.lines[0].fresh, 1);
	for (size_t i = 1; i < told.n; i++)
		assert_true(told.done[i] >= told.done[i - 1]);
	nm_import_clear(&result);
}

static void assert_span(struct nm_span span, nm_time from, nm_time until)
{
	assert_int_equal(span.from, from);
	assert_int_equal(span.until, until);
}

/* An import since a later time leaves a gap, which is said, and which the next one without a time closes. */
static void test_a_gap_is_closed(void **state)
{
	struct nm_import result;
	struct nm_error err;

	(void)state;
	carrier.status = 200;
	carrier.page = PAGE("");
	import_at = T - 9 * NM_DAY;
	ok(import(0, import_at - 30 * NM_DAY, &result, &err), &err);
	assert_span(result.lines[0].whole, T - 39 * NM_DAY, T - 9 * NM_DAY);
	assert_span(result.lines[0].gap, 0, 0);
	nm_import_clear(&result);
	import_at = T + 3600;
	carrier.page = PAGE(ENTRY("1", "+15125550100", ENDED));
	ok(import(0, T - 60, &result, &err), &err);
	assert_int_equal(result.lines[0].fresh, 1);
	assert_span(result.lines[0].whole, T - 39 * NM_DAY, T - 9 * NM_DAY);
	assert_span(result.lines[0].gap, T - 9 * NM_DAY, T - 60);
	nm_import_clear(&result);
	ok(import(0, NM_TIME_MIN, &result, &err), &err);
	assert_int_equal(result.lines[0].since, T - 10 * NM_DAY);
	assert_int_equal(result.lines[0].known, 1);
	assert_span(result.lines[0].whole, T - 39 * NM_DAY, T + 3600);
	assert_span(result.lines[0].gap, 0, 0);
	nm_import_clear(&result);
	/* Further back than ever. */
	ok(import(0, T - 50 * NM_DAY, &result, &err), &err);
	assert_span(result.lines[0].whole, T - 50 * NM_DAY, T + 3600);
	nm_import_clear(&result);
	/* A log that began with a later time: the first days are read once. */
	ok(nm_store_calls_read_put(books.store, number_of("main"), "telnyx", (struct nm_span){ T - 60, T }, &err),
	   &err);
	for (int i = 0; i < 2; i++) {
		ok(import(0, NM_TIME_MIN, &result, &err), &err);
		assert_int_equal(result.lines[0].since, T + 3600 - (i == 0 ? 30 : 1) * NM_DAY);
		nm_import_clear(&result);
	}
	/* What failed was not read. */
	carrier.status = 401;
	ok(nm_store_calls_read_put(books.store, number_of("main"), "telnyx", (struct nm_span){ T - 60, T }, &err),
	   &err);
	assert_int_equal(import(0, NM_TIME_MIN, &result, &err), NM_CARRIER);
	assert_span(result.lines[0].whole, T - 60, T);
	nm_import_clear(&result);
}

/* A call is of a number, whatever the line is called. */
static void test_a_renamed_line_keeps_its_calls(void **state)
{
	struct nm_import result;
	struct nm_error err;

	(void)state;
	carrier.status = 200;
	carrier.page = PAGE(ENTRY("1", "+15125550101", ENDED));
	ok(import(0, NM_TIME_MIN, &result, &err), &err);
	assert_int_equal(result.lines[1].fresh, 1);
	nm_import_clear(&result);
	books_plan(&books, "business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"
		  "account tel { driver = telnyx }\nline front { number = \"+15125550101\" account = tel }\n"
		  "destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s }\n"
		  "path day { step { ring = owner } }\n" RULE);
	ok(import(0, NM_TIME_MIN, &result, &err), &err);
	assert_int_equal(result.lines[0].fresh, 0);
	assert_int_equal(result.lines[0].known, 1);
	nm_import_clear(&result);
	assert_int_equal(count(NULL, 0, NM_TIME_MAX, 10), 1);
	assert_int_equal(count("front", 0, NM_TIME_MAX, 10), 1);
}

static void test_what_cannot_be_imported(void **state)
{
	struct nm_import result;
	struct nm_error err;

	(void)state;
	assert_int_equal(import(1, NM_TIME_MIN, &result, &err), NM_INPUT);
	assert_string_equal(
		err.text,
		"the driver sandbox of account box has no call records; these have: telnyx, twilio, voipms");
	assert_int_equal(import(2, NM_TIME_MIN, &result, &err), NM_INPUT);
	assert_string_equal(err.text, "no line of the plan is on account spare");
	assert_int_equal(import(0, T + 3600, &result, &err), NM_INPUT);
	assert_string_equal(err.text, "calls can be read since a time that is past, and this one is not");
	assert_int_equal(carrier.sent, 0);
	carrier.status = 401;
	carrier.page = "{\"errors\":[{\"title\":\"No \\u001b[31m such key\"}]}";
	assert_int_equal(import(0, NM_TIME_MIN, &result, &err), NM_CARRIER);
	assert_string_equal(err.text, "the calls of 2 of 2 lines could not be read to the end");
	assert_string_equal(result.lines[0].words, "No  [31m such key (401)");
	nm_import_clear(&result);
	assert_int_equal(count(NULL, 0, NM_TIME_MAX, 10), 0);
}

/* Who tries a line out is no customer: a call from a number of the plan's is told apart. */
static void test_our_own_calls_are_marked(void **state)
{
	static const char *const callers[] = { "+15125550199", SAM, "+15125550102" };
	struct nm_call_entries calls;
	struct nm_import result;
	struct nm_error err;

	(void)state;
	carrier.status = 200;
	carrier.page = PAGE(ENTRY("1", "+15125550100", ENDED) "," ENTRY_FROM(SAM, "2", "+15125550100", ENDED) "," ENTRY_FROM(
		"+15125550102", "3", "+15125550100", ENDED));
	ok(import(0, NM_TIME_MIN, &result, &err), &err);
	nm_import_clear(&result);
	ok(nm_store_calls(books.store, &(struct nm_call_filter){ 0, 0, NM_TIME_MAX, 10, 0 }, &calls, &err), &err);
	assert_int_equal(calls.n, 3);
	for (size_t i = 0; i < calls.n; i++) {
		char caller[NM_NUMBER_TEXT];

		nm_number_write(calls.items[i].caller.number, caller);
		assert_int_equal(calls.items[i].ours, strcmp(caller, callers[0]) != 0);
		assert_true(strcmp(caller, callers[0]) == 0 || strcmp(caller, callers[1]) == 0 ||
			    strcmp(caller, callers[2]) == 0);
	}
	nm_call_entries_clear(&calls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_who_took_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_swallowed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_voicemail_is_no_certain_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody_took_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_where_a_mailbox_is, setup, teardown),
		cmocka_unit_test_setup_teardown(test_phones_of_telnyx_went_unanswered, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_phones_tell_what_the_call_does_not, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_call_is_kept_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_log_is_listed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_each_reason_is_read_as_it_was_written, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_version_in_force, setup, teardown),
		cmocka_unit_test_setup_teardown(test_imported_twice_is_kept_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_how_far_an_import_is, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_gap_is_closed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_renamed_line_keeps_its_calls, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_cannot_be_imported, setup, teardown),
		cmocka_unit_test_setup_teardown(test_our_own_calls_are_marked, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
