/* SPDX-License-Identifier: MIT */
/*
 * Surveys: that exactly those follow-ups get one that a slow oracle names, over random weeks; that each is sent once
 * wherever the program is killed; and that answers are kept with what they answer.
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
#include "nevermiss/survey.h"
#include "nevermiss/texting.h"
#include "numbers.h"
#include "push_rig.h"
#include "random_plan.h"

/* clang-format off */
#define HEAD \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\" allow = { \"MX\" }\n" \
	"account sandbox { driver = sandbox }\n" \
	"line main { number = \"+15125550100\" account = sandbox }\n" \
	"line other { number = \"+15125550102\" account = sandbox }\n" \
	"schedule day { hours = \"07:00-12:00,13:00-20:00\" }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n" \
	"path all { step { ring = owner } }\nrule rest { path = all }\n" \
	"text_back { missed = \"Smith: we missed you\" once_per = 3h }\n"
/* clang-format on */
#define SURVEY "Smith: did we solve it on the first call? Reply 1 for yes, 2 for no."

static const char plan_text[] = HEAD "follow_up { survey = \"" SURVEY "\" during = day }\n";

#define MIDNIGHT 1767592800 /* 2026-01-05T00:00:00-06:00 */
#define NOON (MIDNIGHT + 13 * 3600)
#define CUSTOMER 15125550199u
#define OWNER 15125550111u

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

/* --- a slow oracle --- */

enum { UNKNOWN, FAR, ALLOWED, PREMIUM, OURS, OPTED, MACHINE, DEAD, FREE, FIRST_ORDINARY, CALLERS = 150 };

static nm_number number_of(int caller)
{
	static const nm_number special[] = { 0,     442079460000u, 525512345678u, 19005550123u,
					     OWNER, 15125550701u,  15125550702u,  15125550703u, 18005550123u };

	return caller < FIRST_ORDINARY ? special[caller] : 15125551000u + (nm_number)caller;
}

struct ended {
	int caller;
	enum nm_followup_end end;
	nm_time at;
	bool asked, late; /* late: it was said that it never will be */
};

struct sent {
	int caller;
	nm_time at;
	bool survey;
};

#define ENDED 600
#define SENT 8000

struct week {
	struct ended ended[ENDED];
	struct sent sent[SENT];
	size_t n_sent;
};

static bool may_text(nm_time t)
{
	const nm_time local = (t - MIDNIGHT) % 86400;

	return (local >= 8 * 3600 && local < 12 * 3600) || (local >= 13 * 3600 && local < 20 * 3600);
}

/* What the contract says, one condition after the other, from the whole history. */
static bool is_due(const struct week *week, const struct ended *one, nm_time now)
{
	int hour = 0, day = 0;
	bool due = one->caller == ALLOWED || one->caller >= FIRST_ORDINARY;

	due = due && (one->end == NM_FOLLOWUP_BOOKED || one->end == NM_FOLLOWUP_RESOLVED) && !one->asked;
	due = due && now >= one->at && now < one->at + 86400 && may_text(now);
	for (size_t i = 0; i < week->n_sent && due; i++) {
		const struct sent *text = &week->sent[i];

		hour += text->at > now - 3600;
		day += text->at > now - 86400;
		if (text->caller == one->caller &&
		    (text->at > now - 3 * 3600 || (text->survey && text->at > now - 30 * 86400)))
			due = false;
	}
	return due && hour < 20 && day < 100;
}

static int newest_first(const void *a, const void *b)
{
	const nm_time x = *(const nm_time *)a, y = *(const nm_time *)b;

	return (x < y) - (x > y);
}

/* The same history as it is handed over. */
static void case_of(const struct week *week, const struct ended *one, nm_time now, nm_time recent[SENT],
		    struct nm_survey_case *survey, struct nm_text_back_past *past)
{
	*survey = (struct nm_survey_case){ .end = one->end,
					   .ended = one->at,
					   .number = number_of(one->caller),
					   .ours = one->caller == OURS,
					   .asked = one->asked,
					   .newest = NM_TIME_MIN };
	*past = (struct nm_text_back_past){ .newest = NM_TIME_MIN,
					    .opted_out = one->caller == OPTED,
					    .echoes = one->caller == MACHINE ? 3 : 2,
					    .undelivered = one->caller == DEAD ? 2 : 1,
					    .recent = recent };
	for (size_t i = 0; i < week->n_sent; i++) {
		const struct sent *text = &week->sent[i];

		if (text->at > now - 86400)
			recent[past->n_recent++] = text->at;
		if (text->caller == one->caller && text->at > past->newest)
			past->newest = text->at;
		if (text->caller == one->caller && text->survey && text->at > survey->newest)
			survey->newest = text->at;
	}
	qsort(recent, past->n_recent, sizeof(*recent), newest_first);
	if (past->n_recent > NM_TEXT_BACKS_A_DAY)
		past->n_recent = NM_TEXT_BACKS_A_DAY;
}

static void add_sent(struct week *week, int caller, nm_time at, bool survey)
{
	assert_true(week->n_sent < SENT);
	week->sent[week->n_sent++] = (struct sent){ caller, at, survey };
}

/* One follow-up at one instant; from: when texts may be sent. */
static void judge(struct week *week, const struct nm_plan *plan, struct ended *one, nm_time now, nm_time from,
		  size_t whys[NM_SURVEY_MACHINE + 1])
{
	static nm_time recent[SENT];
	struct nm_survey_case survey;
	struct nm_text_back_past past;
	struct nm_survey_choice choice;

	case_of(week, one, now, recent, &survey, &past);
	survey.from = from;
	choice = nm_survey_decide(plan, &survey, &past, now);
	whys[choice.why]++;
	if ((choice.why == NM_SURVEY_DUE) != is_due(week, one, now))
		fail_msg("of %d, ended %ld s before: %s", one->caller, (long)(now - one->at),
			 nm_survey_why_words(choice.why));
	assert_true(!nm_survey_waits(choice.why) || (choice.at > now && choice.at < one->at + 86400));
	assert_false(one->late && choice.why == NM_SURVEY_DUE);
	one->late = one->late || choice.why == NM_SURVEY_TOO_LATE;
	if (choice.why != NM_SURVEY_DUE)
		return;
	one->asked = true;
	add_sent(week, one->caller, now, true);
}

static void live(struct week *week, const struct nm_plan *plan, uint64_t *seed, size_t whys[NM_SURVEY_MACHINE + 1])
{
	struct nm_due_times *times = nm_due_times_new(plan);

	assert_non_null(times);
	for (nm_time now = MIDNIGHT; now < MIDNIGHT + 9 * 86400; now += 600) {
		const nm_time from = nm_due_times_texts_from(times, now);

		assert_true(from >= now && may_text(from));
		for (nm_time t = now; t < from; t += 600)
			assert_false(may_text(t));
		/* Others get texts too, now and then many. */
		for (uint32_t i = random_below(seed, (now / 3600) % 9 == 0 ? 10 : 2); i > 0; i--)
			add_sent(week, (int)random_below(seed, CALLERS), now, false);
		for (size_t i = 0; i < ENDED; i++)
			if (now > week->ended[i].at - 3600 && now < week->ended[i].at + 90000)
				judge(week, plan, &week->ended[i], now, from, whys);
	}
	nm_due_times_free(times);
}

#define WEEKS 4

static void test_random_weeks(void **state)
{
	size_t whys[NM_SURVEY_MACHINE + 1] = { 0 };
	char *folder = random_folder_new();
	struct nm_plan *plan = plan_of_text(plan_text, folder);
	const int weeks = random_few(WEEKS);
	uint64_t seed = 5;

	(void)state;
	for (int i = 0; i < weeks; i++) {
		struct week *week = calloc(1, sizeof(*week));

		assert_non_null(week);
		for (size_t k = 0; k < ENDED; k++)
			week->ended[k] = (struct ended){ .caller = (int)random_below(&seed, CALLERS),
							 .end = (enum nm_followup_end)random_below(&seed, 6),
							 .at = MIDNIGHT + random_below(&seed, 7 * 86400) };
		live(week, plan, &seed, whys);
		free(week);
	}
	/* All the weeks had all of it in them. */
	for (size_t i = 0; weeks == WEEKS && i <= NM_SURVEY_MACHINE; i++)
		if (whys[i] == 0 && i != NM_SURVEY_NO_TEXT)
			fail_msg("never: %s", nm_survey_why_words((enum nm_survey_why)i));
	nm_plan_free(plan);
	random_folder_free(folder);
}

/* --- what an answer says --- */

static void test_answers(void **state)
{
	static const struct {
		const char *body;
		enum nm_survey_answer answer;
	} texts[] = {
		{ "1", NM_SURVEY_YES },	       { "2", NM_SURVEY_NO },
		{ " Yes!", NM_SURVEY_YES },    { "y", NM_SURVEY_YES },
		{ "JA, danke", NM_SURVEY_YES }, { "\"1\"", NM_SURVEY_YES },
		{ "No. It still leaks", NM_SURVEY_NO }, { "N", NM_SURVEY_NO },
		{ "2) leaks", NM_SURVEY_NO },  { "", NM_SURVEY_NO_ANSWER },
		{ " . ", NM_SURVEY_NO_ANSWER }, { "12", NM_SURVEY_NO_ANSWER },
		{ "1st visit", NM_SURVEY_NO_ANSWER }, { "y'all", NM_SURVEY_NO_ANSWER },
		{ "n/a", NM_SURVEY_NO_ANSWER }, { "not yet", NM_SURVEY_NO_ANSWER },
		{ "yesterday", NM_SURVEY_NO_ANSWER }, { "nope", NM_SURVEY_NO_ANSWER },
		{ "the answer is 1", NM_SURVEY_NO_ANSWER }, { "STOP", NM_SURVEY_NO_ANSWER },
		{ "n\xc3\xa9", NM_SURVEY_NO_ANSWER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (nm_survey_read(texts[i].body) != texts[i].answer)
			fail_msg("`%s`: %d", texts[i].body, (int)nm_survey_read(texts[i].body));
}

/* --- through the store and a carrier --- */

static void rig_open(struct push_rig *rig)
{
	push_rig_open(rig, plan_text);
	rig->context.now = NOON;
}

/* A lead of the line main that ended. */
static int64_t end_one(struct push_rig *rig, nm_number number, enum nm_followup_end end, nm_time at)
{
	const struct nm_followup lead = {
		.channel = NM_CHANNEL_WEB, .number = number, .name = "Pat", .line = "main", .opened = at - 3600
	};
	const struct nm_deed deed = { .at = at, .who = "sam", .kind = NM_DEED_ENDED, .end = end };
	struct nm_error err;
	int64_t id;

	ok(nm_store_followup_add(rig->store, &lead, &id, &err), &err);
	ok(nm_store_followup_deed(rig->store, id, &deed, &err), &err);
	return id;
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

static size_t deeds(struct push_rig *rig, int64_t id, enum nm_deed_kind kind)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup;
	struct nm_error err;
	size_t n = 0;

	ok(nm_store_followup_get(rig->store, id, arena, &followup, &err), &err);
	for (size_t i = 0; i < followup.n_deeds; i++)
		n += followup.deeds[i].kind == kind;
	nm_arena_free(arena);
	return n;
}

static struct nm_surveys run(struct push_rig *rig, bool dry)
{
	const struct nm_surveys_run how = { .dry = dry };
	struct nm_surveys surveys;
	struct nm_error err;

	ok(nm_surveys_run(&rig->context, &how, &surveys, &err), &err);
	return surveys;
}

static void test_a_customer_is_asked_once(void **state)
{
	struct nm_surveys surveys;
	struct push_rig rig;
	int64_t id;

	(void)state;
	rig_open(&rig);
	id = end_one(&rig, CUSTOMER, NM_FOLLOWUP_BOOKED, NOON - 60);
	end_one(&rig, CUSTOMER, NM_FOLLOWUP_RESOLVED, NOON - 50);
	end_one(&rig, CUSTOMER + 1, NM_FOLLOWUP_LOST, NOON - 50);
	end_one(&rig, CUSTOMER + 2, NM_FOLLOWUP_BOOKED, NOON - 86400);
	surveys = run(&rig, true);
	assert_int_equal(surveys.sent, 1);
	assert_int_equal(surveys.refused, 1);
	assert_int_equal(rig.sent, 0);
	assert_int_equal(deeds(&rig, id, NM_DEED_SURVEYED), 0);
	surveys = run(&rig, false);
	assert_int_equal(surveys.sent, 1);
	assert_int_equal(surveys.refused, 1);
	assert_int_equal(surveys.next, NM_TIME_MAX);
	assert_int_equal(deeds(&rig, id, NM_DEED_SURVEYED), 1);
	for (int i = 0; i < 30; i++) {
		rig.context.now += 3600;
		assert_int_equal(run(&rig, false).sent, 0);
	}
	assert_int_equal(made(&rig, "main"), 1);
	push_rig_close(&rig);
}

/* The customer's STOP comes between the end and the survey. */
static void test_a_stop_that_came_first(void **state)
{
	const struct nm_sandbox_inbound stop = { .from = "+15125550199", .body = "Stop", .at = NOON - 30 };
	struct nm_surveys surveys;
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	rig_open(&rig);
	end_one(&rig, CUSTOMER, NM_FOLLOWUP_BOOKED, NOON - 60);
	ok(nm_store_sandbox_inbound_add(rig.store, line_text(rig.plan, "other"), &stop, &err), &err);
	surveys = run(&rig, false);
	assert_int_equal(surveys.sent, 0);
	assert_int_equal(surveys.refused, 1);
	assert_int_equal(surveys.waiting, 0);
	assert_int_equal(made(&rig, "main") + made(&rig, "other"), 0);
	push_rig_close(&rig);
}

/* Killed before or after each of its requests, and run again until it comes to its end: one text a customer. */
static void test_killed_at_each_request(void **state)
{
	const int last = 12; /* requests of a run that is not killed, and some more */
	const struct nm_surveys_run how = { .dry = false };

	(void)state;
	for (int i = 0; i < 2 * last; i++) {
		struct nm_surveys surveys;
		struct push_rig rig;
		struct nm_error err;

		rig_open(&rig);
		end_one(&rig, CUSTOMER, NM_FOLLOWUP_BOOKED, NOON - 60);
		end_one(&rig, CUSTOMER + 1, NM_FOLLOWUP_RESOLVED, NOON - 50);
		*(i % 2 ? &rig.kill_after : &rig.kill_before) = i / 2 + 1;
		(void)!nm_surveys_run(&rig.context, &how, &surveys, &err);
		push_rig_restart(&rig);
		for (int k = 0; k < 3; k++, rig.context.now += 60)
			surveys = run(&rig, false);
		if (made(&rig, "main") != 2 || surveys.waiting != 0)
			fail_msg("killed %s request %d: %zu texts, %zu wait", i % 2 ? "after" : "before", i / 2 + 1,
				 made(&rig, "main"), surveys.waiting);
		push_rig_close(&rig);
	}
}

static void come(struct push_rig *rig, const char *from, const char *body, nm_time at)
{
	const struct nm_sandbox_inbound text = { .from = from, .body = body, .at = at };
	struct nm_inbound_reading reading;
	struct nm_error err;

	rig->context.now = at + 5;
	ok(nm_store_sandbox_inbound_add(rig->store, line_text(rig->plan, "main"), &text, &err), &err);
	ok(nm_inbound_read(&rig->context, &reading, &err), &err);
	nm_inbound_reading_clear(&reading);
}

/* The first answer counts, of who was asked, within a week. */
static void test_answers_are_kept(void **state)
{
	struct push_rig rig;
	int64_t no, late, stop;

	(void)state;
	rig_open(&rig);
	no = end_one(&rig, CUSTOMER, NM_FOLLOWUP_BOOKED, NOON - 60);
	late = end_one(&rig, CUSTOMER + 1, NM_FOLLOWUP_BOOKED, NOON - 60);
	stop = end_one(&rig, CUSTOMER + 2, NM_FOLLOWUP_BOOKED, NOON - 60);
	come(&rig, "+15125550199", "1", NOON - 100);
	rig.context.now = NOON;
	assert_int_equal(run(&rig, false).sent, 3);
	come(&rig, "+15125550199", "thank you", NOON + 100);
	come(&rig, "+15125550777", "1", NOON + 110);
	come(&rig, "+15125550201", "stop", NOON + 120);
	assert_int_equal(deeds(&rig, no, NM_DEED_SAID_YES) + deeds(&rig, no, NM_DEED_SAID_NO), 0);
	come(&rig, "+15125550199", "No, it leaks", NOON + 200);
	come(&rig, "+15125550199", "1", NOON + 300);
	come(&rig, "+15125550200", "yes", NOON + 8 * 86400);
	assert_int_equal(deeds(&rig, no, NM_DEED_SAID_NO), 1);
	assert_int_equal(deeds(&rig, no, NM_DEED_SAID_YES), 0);
	assert_int_equal(deeds(&rig, late, NM_DEED_SAID_YES), 0);
	assert_int_equal(deeds(&rig, stop, NM_DEED_SAID_YES) + deeds(&rig, stop, NM_DEED_SAID_NO), 0);
	push_rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_weeks),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_a_customer_is_asked_once),
		cmocka_unit_test(test_a_stop_that_came_first),
		cmocka_unit_test(test_killed_at_each_request),
		cmocka_unit_test(test_answers_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
