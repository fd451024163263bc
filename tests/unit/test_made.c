/* SPDX-License-Identifier: MIT */
/*
 * Calls that were made: which of them are attempts of whose follow-up, from whatever they are read and in whatever order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "books.h"
#include "nevermiss/calls_file.h"
#include "nevermiss/made.h"
#include "random_plan.h"
#include "text_file.h"

/* clang-format off */
#define AT(account) \
	"business = \"Smith\" timezone = \"UTC\" country = \"US\"\naccount tel { driver = " account " }\n" \
	"line main { number = \"+15125550100\" account = tel }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n" \
	"path day { step { ring = owner for = 15s } }\nrule all { path = day }\n"
#define PLAN AT("sandbox")
/* clang-format on */

#define DAY INT64_C(1767571200) /* 5 January 2026 */
#define NOW (DAY + 3 * NM_DAY)
#define ANN UINT64_C(15125550199)

static struct books books;
static uint64_t seed = 11;

static int setup(void **state)
{
	(void)state;
	books_open(&books, PLAN);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	books_close(&books);
	return 0;
}

/* How many attempts the file adds. */
static int64_t import(const char *text)
{
	const struct nm_calls_file_options options = {
		.name = "calls", .zone = books.plan->zone, .now = NOW, .line = -1
	};
	const int file = text_file(text, strlen(text));
	struct nm_calls_file out;
	struct nm_error err;
	int64_t attempts;

	if (nm_calls_file_import(books.store, books.plan, file, &options, &out, &err) != NM_OK)
		fail_msg("%s", err.text);
	if (out.n_wrong > 0)
		fail_msg("%s", out.wrong[0].words);
	attempts = out.attempts;
	nm_calls_file_clear(&out);
	close(file);
	return attempts;
}

/* --- what stands there --- */

static void add_deeds(struct nm_buf *out, int64_t id)
{
	static const char *const kinds[] = {
		[NM_DEED_TRIED] = "tried", [NM_DEED_ENDED] = "ended", [NM_DEED_REOPENED] = "reopened",
		[NM_DEED_REACHED] = "reached",
	};
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup;
	struct nm_error err;

	assert_int_equal(nm_store_followup_get(books.store, id, arena, &followup, &err), NM_OK);
	for (size_t i = 0; i < followup.n_deeds; i++) {
		const struct nm_deed *deed = &followup.deeds[i];

		if (strcmp(deed->who, NM_FOLLOWUP_LOG) != 0 || deed->kind != NM_DEED_ENDED)
			nm_buf_addf(out, "%llu %s %lld; ", (unsigned long long)(followup.number % 100),
				    kinds[deed->kind], (long long)(deed->at - DAY));
	}
	nm_arena_free(arena);
}

/* Deeds that are no end by the log, by the follow-ups' opening; the caller frees it. */
static char *deeds(void)
{
	const struct nm_followup_filter all = { false, NM_TIME_MIN, NM_TIME_MAX, 1000, 0 };
	struct nm_followups got;
	struct nm_error err;
	struct nm_buf text;

	assert_int_equal(nm_store_followups(books.store, &all, &got, &err), NM_OK);
	nm_buf_init(&text, 1u << 16);
	nm_buf_add(&text, "");
	for (size_t i = got.n; i-- > 0;)
		add_deeds(&text, got.items[i].id);
	nm_followups_clear(&got);
	return nm_buf_take(&text);
}

static void assert_deeds(const char *expected)
{
	char *got = deeds();

	assert_string_equal(got != NULL ? got : "", expected);
	free(got);
}

static struct nm_followup the_followup(void)
{
	const struct nm_followup_filter all = { false, NM_TIME_MIN, NM_TIME_MAX, 2, 0 };
	struct nm_followups got;
	struct nm_followup followup;
	struct nm_error err;

	assert_int_equal(nm_store_followups(books.store, &all, &got, &err), NM_OK);
	assert_int_equal(got.n, 1);
	followup = got.items[0];
	nm_followups_clear(&got);
	return followup; /* its texts are gone */
}

static void tell(enum nm_deed_kind kind, enum nm_followup_end end, nm_time at)
{
	const struct nm_deed deed = { .at = at, .who = "pat", .kind = kind, .end = end };
	struct nm_error err;

	if (nm_store_followup_deed(books.store, the_followup().id, &deed, &err) != NM_OK)
		fail_msg("%s", err.text);
}

/* --- one of them --- */

#define HEAD "at,from,to,direction,status,duration\n"
#define MISSED "2026-01-05 10:00,+15125550199,main,inbound,missed,20\n"

static void who_did_not_answer_was_tried(void **state)
{
	(void)state;
	assert_int_equal(import(HEAD MISSED "2026-01-05 10:30,main,+15125550199,outbound,no answer,30\n"), 1);
	assert_deeds("99 tried 37800; ");
	assert_int_equal(the_followup().end, NM_FOLLOWUP_OPEN);
	assert_int_equal(the_followup().tries, 1);
	assert_int_equal(the_followup().first_try, DAY + 37800);
}

/* A minute may be a talk, less of it a voicemail. */
static void who_answered_for_long_was_reached_and_stays_open(void **state)
{
	struct nm_followup followup;

	(void)state;
	assert_int_equal(import(HEAD MISSED "2026-01-05 10:30,main,+15125550199,outbound,answered,59\n"
					    "2026-01-05 10:40,main,+15125550199,outbound,answered,60\n"),
			 2);
	assert_deeds("99 tried 37800; 99 reached 38400; ");
	followup = the_followup();
	assert_int_equal(followup.end, NM_FOLLOWUP_OPEN);
	assert_true(nm_followup_awaits_end(&followup));
	assert_int_equal(followup.first_try, DAY + 37800);
}

/* A customer's own voicemail may take a minute: only who saw the talk knows that it was one. */
static void a_talk_that_only_the_log_knows_is_due_again(void **state)
{
	const nm_time began = DAY + 38400;
	struct nm_followup followup;
	struct nm_followup_due due;

	(void)state;
	import(HEAD MISSED "2026-01-05 10:40,main,+15125550199,outbound,answered,65\n");
	followup = the_followup();
	assert_true(nm_followup_awaits_end(&followup));
	due = nm_followup_due(books.plan, &followup);
	assert_int_equal(due.next, NM_NEXT_CALL);
	assert_int_equal(due.at, began + books.plan->follow_up.retry_s);
	assert_true(nm_followup_late(&due, due.at + 1));
	tell(NM_DEED_REACHED, NM_FOLLOWUP_OPEN, began + 20);
	followup = the_followup();
	assert_int_equal(nm_followup_due(books.plan, &followup).next, NM_NEXT_NONE);
	import(HEAD "2026-01-05 12:40,main,+15125550199,outbound,answered,65\n");
	followup = the_followup();
	assert_int_equal(nm_followup_due(books.plan, &followup).at, began + 7200 + books.plan->follow_up.retry_s);
	tell(NM_DEED_ENDED, NM_FOLLOWUP_BOOKED, began + 7300);
	followup = the_followup();
	assert_int_equal(nm_followup_due(books.plan, &followup).next, NM_NEXT_NONE);
}

/* An older call that becomes known later is no try after the talk. */
static void a_try_of_before_the_talk_is_no_try_since(void **state)
{
	struct nm_followup followup;

	(void)state;
	import(HEAD MISSED "2026-01-05 10:40,main,+15125550199,outbound,answered,90\n");
	assert_int_equal(import(HEAD "2026-01-05 10:30,main,+15125550199,outbound,busy,0\n"), 1);
	followup = the_followup();
	assert_true(nm_followup_awaits_end(&followup));
	import(HEAD "2026-01-05 10:50,main,+15125550199,outbound,busy,0\n");
	followup = the_followup();
	assert_false(nm_followup_awaits_end(&followup));
}

/* Nor is a talk that becomes known later one that came after somebody's try. */
static void a_talk_of_before_a_try_is_not_the_last_word(void **state)
{
	struct nm_followup followup;

	(void)state;
	import(HEAD MISSED);
	tell(NM_DEED_TRIED, NM_FOLLOWUP_OPEN, DAY + 12 * 3600);
	assert_int_equal(import(HEAD "2026-01-05 10:30,main,+15125550199,outbound,answered,90\n"), 1);
	followup = the_followup();
	assert_int_equal(followup.reached, DAY + 37800);
	assert_false(nm_followup_awaits_end(&followup));
}

static void only_calls_to_who_waits_count(void **state)
{
	(void)state;
	assert_int_equal(import(HEAD MISSED "2026-01-05 09:59,main,+15125550199,outbound,no answer,30\n"
					    "2026-01-05 10:30,main,+15125550198,outbound,no answer,30\n"
					    "2026-01-05 10:31,main,+15125550111,outbound,no answer,30\n"
					    "2026-01-05 10:32,main,anonymous,outbound,no answer,30\n"),
			 0);
	assert_deeds("");
}

/* Where no direction is told, whose number called tells it. */
static void whose_number_called_tells_who_called(void **state)
{
	(void)state;
	assert_int_equal(import("at,from,to,status,duration\n"
				"2026-01-05 10:00,+15125550199,main,missed,20\n"
				"2026-01-05 10:30,+15125550111,+15125550199,no answer,30\n"
				"2026-01-05 10:31,+15125550100,+15125550199,no answer,30\n"
				"2026-01-05 10:32,+15125550142,+15125550199,no answer,30\n"),
			 2);
	assert_deeds("99 tried 37800; 99 tried 37860; ");
}

static void what_somebody_told_of_it_counts_once(void **state)
{
	static const char again[] = HEAD "2026-01-05 10:30,main,+15125550199,outbound,no answer,30\n";

	(void)state;
	import(HEAD MISSED);
	tell(NM_DEED_TRIED, NM_FOLLOWUP_OPEN, DAY + 37800 + NM_MADE_TOLD_S);
	assert_int_equal(import(again), 0);
	assert_int_equal(import(HEAD "2026-01-05 10:29:59,main,+15125550199,outbound,no answer,30\n"), 1);
}

/* Of a talk its end counts: nobody tells of it while it lasts. */
static void what_somebody_told_after_a_talk_counts_once(void **state)
{
	static const char talk[] = HEAD "2026-01-05 10:30,main,+15125550199,outbound,answered,3000\n";

	(void)state;
	import(HEAD MISSED);
	tell(NM_DEED_ENDED, NM_FOLLOWUP_BOOKED, DAY + 37800 + 3000 + NM_MADE_TOLD_S);
	assert_int_equal(import(talk), 0);
	assert_int_equal(the_followup().tries, 1);
}

/* --- what somebody tells and what the log tells, in any order --- */

#define TOLD_MOST 4

struct life {
	nm_time calls[TOLD_MOST], told[TOLD_MOST]; /* told: ascending */
	int n_calls, n_told;
	bool ended; /* the last that is told is the end */
};

/* Of half an hour, now and then on the edge of what is about a call. */
static struct life draw_life(void)
{
	struct life life = { .n_calls = (int)random_below(&seed, TOLD_MOST + 1),
			     .n_told = (int)random_below(&seed, TOLD_MOST + 1),
			     .ended = random_below(&seed, 2) == 0 };
	nm_time at = DAY + 37800;

	for (int i = 0; i < life.n_calls; i++)
		life.calls[i] = at + 450 * i + random_below(&seed, 400);
	for (int i = 0; i < life.n_told; i++) {
		at += 1 + random_below(&seed, 600);
		life.told[i] = at;
		if (life.n_calls > 0 && random_below(&seed, 4) == 0 && life.calls[life.n_calls - 1] + NM_MADE_TOLD_S > at)
			at = life.told[i] = life.calls[life.n_calls - 1] + NM_MADE_TOLD_S + random_below(&seed, 2);
	}
	/* No call is made to who has ended. */
	if (life.n_told > 0 && life.n_calls > 0 && life.told[life.n_told - 1] <= life.calls[life.n_calls - 1])
		life.ended = false;
	return life;
}

/* Each that was told, and each call that nobody told of. */
static int expected_tries(const struct life *life)
{
	int n = life->n_told;

	for (int i = 0; i < life->n_calls; i++) {
		bool told = false;

		for (int j = 0; j < life->n_told; j++)
			told = told || (life->told[j] >= life->calls[i] - NM_MADE_CLOCKS_S &&
					life->told[j] <= life->calls[i] + NM_MADE_TOLD_S);
		n += !told;
	}
	return n;
}

static void import_call(nm_time at)
{
	const int s = (int)(at - DAY);
	char text[160];

	snprintf(text, sizeof(text), HEAD "2026-01-05 %02d:%02d:%02d,main,+15125550199,outbound,no answer,30\n", s / 3600,
		 s / 60 % 60, s % 60);
	import(text);
}

static void the_order_of_calls_and_words_is_no_matter(void **state)
{
	int both = 0;

	(void)state;
	for (int round = 0; round < random_few(300); round++) {
		const struct life life = draw_life();
		int calls[TOLD_MOST] = { 0, 1, 2, 3 }, n_calls = 0, n_told = 0;

		books_close(&books);
		books_open(&books, PLAN);
		import(HEAD MISSED);
		for (int i = 0; i < life.n_calls; i++) {
			const int other = (int)random_below(&seed, (unsigned)life.n_calls), was = calls[i];

			calls[i] = calls[other];
			calls[other] = was;
		}
		while (n_calls < life.n_calls || n_told < life.n_told) {
			const bool last = n_told + 1 == life.n_told;

			if (n_told == life.n_told || (n_calls < life.n_calls && random_below(&seed, 2)))
				import_call(life.calls[calls[n_calls++]]);
			else if (life.ended && last)
				tell(NM_DEED_ENDED, NM_FOLLOWUP_LOST, life.told[n_told++]);
			else
				tell(NM_DEED_TRIED, NM_FOLLOWUP_OPEN, life.told[n_told++]);
		}
		assert_int_equal(the_followup().tries, expected_tries(&life));
		both += life.n_calls > 0 && life.n_told > 0;
	}
	assert_true(both > 0);
}

/* The plan's last attempt is the one that is, not the same one told again. */
static void the_last_attempt_is_counted_once(void **state)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup;
	struct nm_error err;

	(void)state;
	import(HEAD MISSED);
	for (int i = 0; i < 3; i++) {
		const nm_time at = DAY + 37800 + i * 3600;
		enum nm_code code;

		import_call(at);
		assert_int_equal(the_followup().end, NM_FOLLOWUP_OPEN);
		assert_int_equal(the_followup().tries, i + 1);
		code = nm_followup_outcome(books.plan, books.store, the_followup().id, NM_FOLLOWUP_NO_ANSWER, at + 120, "pat",
					   arena, &followup, &err);
		assert_int_equal(code, NM_OK);
		assert_int_equal(followup.tries, i + 1);
	}
	assert_int_equal(followup.end, NM_FOLLOWUP_NO_ANSWER);
	nm_arena_free(arena);
}

/* As nm_call_back_place writes: ahead of the call, and when the two talk. */
static void a_call_that_was_placed_counts_once(void **state)
{
	(void)state;
	import(HEAD MISSED);
	tell(NM_DEED_NOTED, NM_FOLLOWUP_OPEN, DAY + 37800);
	tell(NM_DEED_REACHED, NM_FOLLOWUP_OPEN, DAY + 37820);
	assert_int_equal(import(HEAD "2026-01-05 10:30:10,main,+15125550199,outbound,answered,300\n"), 0);
}

static void what_was_taken_back_stays_so(void **state)
{
	static const char made[] = HEAD "2026-01-05 10:30,main,+15125550199,outbound,no answer,30\n";

	(void)state;
	import(HEAD MISSED);
	assert_int_equal(import(made), 1);
	tell(NM_DEED_REOPENED, NM_FOLLOWUP_OPEN, DAY + 40000);
	assert_int_equal(the_followup().tries, 0);
	assert_int_equal(import(made), 0);
	assert_int_equal(the_followup().tries, 0);
}

/* An end is taken back ahead of a call that became known after it. */
static void an_end_is_taken_back_first(void **state)
{
	(void)state;
	import(HEAD MISSED);
	tell(NM_DEED_ENDED, NM_FOLLOWUP_BOOKED, DAY + 60000);
	assert_int_equal(import(HEAD "2026-01-05 10:30,main,+15125550199,outbound,answered,90\n"), 1);
	assert_int_equal(the_followup().first_try, DAY + 37800);
	assert_int_equal(the_followup().end, NM_FOLLOWUP_BOOKED);
	tell(NM_DEED_REOPENED, NM_FOLLOWUP_OPEN, DAY + 60010);
	assert_int_equal(the_followup().end, NM_FOLLOWUP_OPEN);
	assert_int_equal(the_followup().first_try, DAY + 37800);
}

/* --- as carriers and telephone systems write them --- */

static void each_kind_of_record_tells_of_calls_made(void **state)
{
	static const char *const files[] = {
		/* Twilio's, by hand or through a phone of its own */
		"Call Sid,Parent Call Sid,From,To,Direction,Status,Duration,Start Time,End Time\n"
		"CA2,,+15125550100,+15125550199,outbound-api,no-answer,0,2026-01-05T10:30:00Z,2026-01-05T10:30:30Z\n",
		"Call Sid,Parent Call Sid,From,To,Direction,Status,Duration,Start Time,End Time\n"
		"CA2,,client:owner,,inbound,completed,30,2026-01-05T10:29:58Z,2026-01-05T10:30:30Z\n"
		"CA3,CA2,+15125550100,+15125550199,outbound-dial,no-answer,0,2026-01-05T10:30:00Z,2026-01-05T10:30:30Z\n",
		/* Telnyx's */
		"id,direction,cli,cld,hangup_cause,telnyx_session_id,started_at,answered_at,finished_at\n"
		"x1,outbound,+15125550100,+15125550199,NO_ANSWER,s1,2026-01-05T10:30:00Z,,2026-01-05T10:30:30Z\n",
		/* VoIP.ms's */
		"{\"status\":\"success\",\"cdr\":[{\"date\":\"2026-01-05 10:30:00\",\"callerid\":\"5125550100\","
		"\"destination\":\"15125550199\",\"disposition\":\"NO ANSWER\",\"seconds\":\"0\",\"uniqueid\":\"77\"}]}",
		/* Asterisk's */
		"\"\",\"5125550100\",\"15125550199\",\"out\",\"\"\"Smith\"\" <5125550100>\",\"PJSIP/owner-1\","
		"\"PJSIP/trunk-2\",\"Dial\",\"PJSIP/15125550199@trunk,30\",\"2026-01-05 10:30:00\",\"\","
		"\"2026-01-05 10:30:30\",30,0,\"NO ANSWER\",\"DOCUMENTATION\",\"1767609000.2\",\"\"\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		books_close(&books);
		books_open(&books, PLAN);
		import(HEAD MISSED);
		if (import(files[i]) != 1)
			fail_msg("not told of by\n%s", files[i]);
		assert_deeds("99 tried 37800; ");
		assert_int_equal(import(files[i]), 0);
	}
}

/* --- as drivers read them --- */

static struct {
	const char *body; /* of each answer but one about a call's legs */
	bool legs[4];
	int tags[4], n;
} carrier;

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	(void)context;
	(void)err;
	assert_true(carrier.n < 4);
	carrier.legs[carrier.n] = strstr(request->url, "ParentCallSid=") != NULL;
	carrier.tags[carrier.n++] = tag;
	return NM_OK;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response, struct nm_error *err)
{
	const char *body;

	(void)context;
	(void)timeout_ms;
	(void)err;
	*tag = -1;
	if (carrier.n == 0)
		return NM_OK;
	*tag = carrier.tags[--carrier.n];
	body = carrier.legs[carrier.n] ? "{\"next_page_uri\":null,\"calls\":[]}" : carrier.body;
	*response = (struct nm_response){ .status = 200, .body = body, .len = strlen(body), .retry_after_s = -1 };
	return NM_OK;
}

/* How many attempts the account's records add. */
static int64_t fetch(void)
{
	const struct nm_push_context context = { .plan = books.plan,
						 .store = books.store,
						 .now = NOW,
						 .transport = { .submit = submit, .collect = collect } };
	struct nm_import import;
	struct nm_error err;
	int64_t attempts;

	if (nm_calls_import(&context, 0, DAY, &import, &err) != NM_OK)
		fail_msg("%s: %s", err.text, import.n > 0 ? import.lines[0].words : "");
	assert_int_equal(import.lines[0].fresh + import.lines[0].known, 1);
	attempts = import.attempts;
	nm_import_clear(&import);
	return attempts;
}

/* Also one that another number made, which is none, and one to the owner. */
static void drivers_read_calls_made(void **state)
{
	static const struct {
		const char *plan, *body;
	} carriers[] = {
		{ AT("voipms user = \"o\""),
		  "{\"status\":\"success\",\"cdr\":["
		  "{\"date\":\"2026-01-05 10:30:00\",\"callerid\":\"5125550100\",\"destination\":\"5125550199\","
		  "\"disposition\":\"ANSWERED\",\"seconds\":\"75\",\"uniqueid\":\"2\"},"
		  "{\"date\":\"2026-01-05 10:31:00\",\"callerid\":\"5125550107\",\"destination\":\"5125550199\","
		  "\"disposition\":\"ANSWERED\",\"seconds\":\"75\",\"uniqueid\":\"3\"},"
		  "{\"date\":\"2026-01-05 10:32:00\",\"callerid\":\"5125550100\",\"destination\":\"5125550111\","
		  "\"disposition\":\"ANSWERED\",\"seconds\":\"75\",\"uniqueid\":\"4\"},"
		  "{\"date\":\"2026-01-05 10:00:00\",\"callerid\":\"5125550199\",\"destination\":\"5125550100\","
		  "\"disposition\":\"NO ANSWER\",\"seconds\":\"20\",\"uniqueid\":\"1\"}]}" },
		{ AT("twilio sid = \"AC00000000000000000000000000000000\""),
		  "{\"next_page_uri\":null,\"calls\":["
		  "{\"sid\":\"CA00000000000000000000000000000002\",\"from\":\"+15125550100\",\"to\":\"+15125550199\","
		  "\"direction\":\"outbound-dial\",\"status\":\"completed\",\"duration\":\"75\","
		  "\"start_time\":\"Mon, 05 Jan 2026 10:30:00 +0000\",\"end_time\":\"Mon, 05 Jan 2026 10:31:30 +0000\"},"
		  "{\"sid\":\"CA00000000000000000000000000000001\",\"from\":\"+15125550199\",\"to\":\"+15125550100\","
		  "\"direction\":\"inbound\",\"status\":\"no-answer\",\"duration\":\"0\","
		  "\"start_time\":\"Mon, 05 Jan 2026 10:00:00 +0000\",\"end_time\":\"Mon, 05 Jan 2026 10:00:20 +0000\"}]}" },
		{ AT("telnyx"),
		  "{\"meta\":{\"total_pages\":1},\"data\":["
		  "{\"id\":\"b\",\"direction\":\"outbound\",\"cli\":\"+15125550100\",\"cld\":\"+15125550199\","
		  "\"started_at\":\"2026-01-05T10:30:00Z\",\"answered_at\":\"2026-01-05T10:30:10Z\","
		  "\"finished_at\":\"2026-01-05T10:31:10Z\"},"
		  "{\"id\":\"c\",\"direction\":\"outbound\",\"cli\":\"+15125550107\",\"cld\":\"+15125550199\","
		  "\"started_at\":\"2026-01-05T10:31:00Z\",\"finished_at\":\"2026-01-05T10:31:10Z\"},"
		  "{\"id\":\"d\",\"direction\":\"outbound\",\"cli\":\"+15125550100\",\"cld\":\"+15125550111\","
		  "\"started_at\":\"2026-01-05T10:32:00Z\",\"finished_at\":\"2026-01-05T10:32:10Z\"},"
		  "{\"id\":\"a\",\"direction\":\"inbound\",\"cli\":\"+15125550199\",\"cld\":\"+15125550100\","
		  "\"telnyx_session_id\":\"s\",\"hangup_cause\":\"ORIGINATOR_CANCEL\","
		  "\"started_at\":\"2026-01-05T10:00:00Z\",\"finished_at\":\"2026-01-05T10:00:20Z\"}]}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++) {
		books_close(&books);
		books_open(&books, carriers[i].plan);
		carrier.body = carriers[i].body;
		assert_int_equal(fetch(), 1);
		assert_deeds("99 reached 37800; ");
		assert_int_equal(fetch(), 0);
	}
}

/* --- any of them, in any order --- */

#define CALLS 24
#define CUSTOMERS 3

struct drawn {
	enum { MISSED_ONE, ANSWERED_ONE, MADE_ONE } kind;
	nm_number customer;
	nm_time at;
	int talked; /* of one that was made; 0: no answer */
};

static void draw_calls(struct drawn calls[CALLS])
{
	for (int i = 0; i < CALLS; i++) {
		const unsigned kind = random_below(&seed, 8);

		calls[i] = (struct drawn){ .kind = kind < 3 ? MISSED_ONE : kind < 4 ? ANSWERED_ONE : MADE_ONE,
					   .customer = ANN - random_below(&seed, CUSTOMERS),
					   .at = DAY + i * 600 + random_below(&seed, 500),
					   .talked = random_below(&seed, 2) ? (int)random_below(&seed, 120) : 0 };
	}
}

/* Had the customer called in vain since somebody answered them last?  Read backwards from the call. */
static bool waited(const struct drawn calls[CALLS], int made)
{
	for (int i = made; i-- > 0;)
		if (calls[i].customer == calls[made].customer && calls[i].kind != MADE_ONE)
			return calls[i].kind == MISSED_ONE;
	return false;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The parts of "a; b; " in the order of their texts. */
static void sort_parts(char *text)
{
	char *parts[CALLS * CUSTOMERS], *copy = strdup(text), *at = copy;
	size_t n = 0;

	for (char *end; (end = strstr(at, "; ")) != NULL; at = end + 2) {
		*end = '\0';
		parts[n++] = at;
	}
	qsort(parts, n, sizeof(parts[0]), by_text);
	for (size_t i = 0; i < n; i++)
		text += sprintf(text, "%s; ", parts[i]);
	free(copy);
}

static char *expected_deeds(const struct drawn calls[CALLS])
{
	struct nm_buf text;

	nm_buf_init(&text, 1u << 16);
	nm_buf_add(&text, "");
	for (int i = 0; i < CALLS; i++)
		if (calls[i].kind == MADE_ONE && waited(calls, i))
			nm_buf_addf(&text, "%llu %s %lld; ", (unsigned long long)(calls[i].customer % 100),
				    calls[i].talked >= NM_MADE_TALK_S ? "reached" : "tried",
				    (long long)(calls[i].at - DAY));
	return nm_buf_take(&text);
}

static void add_row(struct nm_buf *out, const struct drawn *call)
{
	static const char *const statuses[] = { "missed", "answered" };
	const int s = (int)(call->at - DAY);
	char customer[NM_NUMBER_TEXT];
	const bool made = call->kind == MADE_ONE;

	nm_number_write(call->customer, customer);
	nm_buf_addf(out, "2026-01-05 %02d:%02d:%02d,%s,%s,%s,%s,%d,%s\n", s / 3600, s / 60 % 60, s % 60,
		    made ? "+15125550100" : customer, made ? customer : "main", made ? "outbound" : "inbound",
		    statuses[made ? call->talked > 0 : call->kind == ANSWERED_ONE],
		    made && call->talked > 0 ? call->talked : 20,
		    !made && call->kind == ANSWERED_ONE ? "owner" : "");
}

/* Their rows, in any order; the caller frees it. */
static char *table_of(const struct drawn calls[CALLS])
{
	int order[CALLS];
	struct nm_buf out;

	nm_buf_init(&out, 1u << 16);
	nm_buf_add(&out, "at,from,to,direction,status,duration,by\n");
	for (int i = 0; i < CALLS; i++) {
		const int other = (int)random_below(&seed, (unsigned)i + 1);

		order[i] = order[other];
		order[other] = i;
	}
	for (int i = 0; i < CALLS; i++)
		add_row(&out, &calls[order[i]]);
	return nm_buf_take(&out);
}

static void rows_may_stand_in_any_order_and_come_twice(void **state)
{
	struct drawn calls[CALLS];
	int64_t attempts = 0;

	(void)state;
	for (int round = 0; round < random_few(100); round++) {
		char *text, *got, *expected;

		books_close(&books);
		books_open(&books, PLAN);
		draw_calls(calls);
		text = table_of(calls);
		attempts += import(text);
		got = deeds();
		expected = expected_deeds(calls);
		sort_parts(got);
		sort_parts(expected);
		if (strcmp(got, expected) != 0)
			fail_msg("%s\ninstead of %s\nof\n%s", got, expected, text);
		free(text);
		text = table_of(calls);
		assert_int_equal(import(text), 0);
		free(text);
		free(got);
		free(expected);
	}
	assert_true(attempts > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_did_not_answer_was_tried, setup, teardown),
		cmocka_unit_test_setup_teardown(who_answered_for_long_was_reached_and_stays_open, setup, teardown),
		cmocka_unit_test_setup_teardown(a_talk_that_only_the_log_knows_is_due_again, setup, teardown),
		cmocka_unit_test_setup_teardown(a_try_of_before_the_talk_is_no_try_since, setup, teardown),
		cmocka_unit_test_setup_teardown(a_talk_of_before_a_try_is_not_the_last_word, setup, teardown),
		cmocka_unit_test_setup_teardown(only_calls_to_who_waits_count, setup, teardown),
		cmocka_unit_test_setup_teardown(whose_number_called_tells_who_called, setup, teardown),
		cmocka_unit_test_setup_teardown(what_somebody_told_of_it_counts_once, setup, teardown),
		cmocka_unit_test_setup_teardown(what_somebody_told_after_a_talk_counts_once, setup, teardown),
		cmocka_unit_test_setup_teardown(the_order_of_calls_and_words_is_no_matter, setup, teardown),
		cmocka_unit_test_setup_teardown(the_last_attempt_is_counted_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_call_that_was_placed_counts_once, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_taken_back_stays_so, setup, teardown),
		cmocka_unit_test_setup_teardown(an_end_is_taken_back_first, setup, teardown),
		cmocka_unit_test_setup_teardown(each_kind_of_record_tells_of_calls_made, setup, teardown),
		cmocka_unit_test_setup_teardown(drivers_read_calls_made, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_may_stand_in_any_order_and_come_twice, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
