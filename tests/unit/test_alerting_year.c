/* SPDX-License-Identifier: MIT */
/*
 * A hard year (agent_year.h) with emergencies in it, and people who answer their alerts, or do not.  Each alert is held
 * against what its people got and sent: nobody is texted twice, nobody is forgotten, and who answers ends it.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent_year.h"
#include "nevermiss/alerts.h"
#include "nevermiss/calls.h"
#include "numbers.h"
#include "random_plan.h"

#define PLAN                                                   \
	AGENT_YEAR_PLAN "callers vip { numbers = \"+1737555*\" }\n" \
			"emergency { callers = vip path = night alert = { owner, oncall } acknowledge = 5m then_alert = sam }\n"
#define VIP     UINT64_C(17375550000) /* the first; each calls once */
#define CRISES  1500
#define ROUND_S 65   /* an answer is seen, and somebody's turn has come, within so long */
#define OVER_S  7200 /* after its call an emergency is over, one way or the other */

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

/* --- what happens --- */

/* An emergency, and who is to answer its alert: the n-th of its people, so long after their text; nobody: beyond. */
struct crisis {
	int64_t call;
	nm_time logged;
	size_t answerer;
	int64_t answer_s;
	bool disturbed; /* meanwhile the carrier was down, or the clock was moved, or no agent lived */
};

/* A text that came from one of the people, and which call it is about. */
struct answer {
	char from[16];
	int64_t call;
	nm_time at;
};

/* In memory that all processes share. */
struct crises {
	pid_t process; /* the last that lived */
	size_t n, n_over; /* n_over: the first of them are */
	size_t n_answers, n_chosen; /* n_chosen: of these said which of several */
	struct crisis items[CRISES];
	struct answer answers[CRISES];
};

static struct crises *crises;

/* Its number in the log. */
static int64_t call_in(struct agent_rig *rig, nm_time began)
{
	char id[32];
	const struct nm_call_entry call = {
		.number = UINT64_C(15125550100),
		.line = "main",
		.driver = "sandbox",
		.carrier_id = id,
		.caller = { .number = VIP + (nm_number)crises->n },
		.began = began,
		.ended = began + 30,
		.became = { .end = NM_CALL_VOICEMAIL, .seconds = -1 },
	};
	enum nm_call_kept kept;
	struct nm_error err;
	int64_t found;

	snprintf(id, sizeof(id), "crisis-%zu", crises->n);
	ok(nm_store_call_put(rig->store, &call, &kept, &err), &err);
	ok(nm_store_call_find(rig->store, &call, &found, &err), &err);
	return found;
}

/* An emergency whose record comes at once, or late, or too late; one time in four a process dies over it. */
static void call_for_help(struct agent_rig *rig, uint64_t *seed)
{
	const nm_time now = agent_rig_now(rig), late = random_below(seed, 3) == 0 ? random_below(seed, 5400) : 30;
	struct crisis *crisis = &crises->items[crises->n];

	assert_true(crises->n < CRISES);
	*crisis = (struct crisis){ .logged = now,
				   .answerer = random_below(seed, 4),
				   .answer_s = random_below(seed, random_below(seed, 2) == 0 ? 240 : 900) };
	crisis->call = call_in(rig, now - late);
	crises->n++;
	if (random_below(seed, 4) == 0)
		rig->die_at = rig->requests + 1 + (int)random_below(seed, 8);
}

static void disturb(void)
{
	for (size_t i = crises->n_over; i < crises->n; i++)
		crises->items[i].disturbed = true;
}

/* The alert of an emergency; false: there is none. */
static bool alert_of(const struct agent_rig *rig, const struct crisis *crisis, struct nm_arena *arena,
		     struct nm_call_alert *out)
{
	struct nm_error err;
	bool found;

	ok(nm_store_alert_get(rig->store, crisis->call, arena, out, &found, &err), &err);
	return found;
}

/* Has the text to the n-th of the people arrived? */
static bool got(const struct nm_call_alert *alert, size_t n)
{
	return n < alert->n && alert->people[n].tried && alert->people[n].text == NM_OUTBOX_SENT;
}

/* Has somebody been texted of another call than this one that is open? */
static bool has_another(const struct agent_rig *rig, const char *number, int64_t call)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_call_alert *alerts;
	struct nm_error err;
	bool found = false;
	size_t n;

	ok(nm_store_alerts(rig->store, NM_TIME_MAX, arena, &alerts, &n, &err), &err);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < alerts[i].n; k++)
			found |= alerts[i].call != call && alerts[i].people[k].tried &&
				 strcmp(alerts[i].people[k].number, number) == 0;
	nm_arena_free(arena);
	return found;
}

/* Of several they say which they mean. */
static void answer(const struct agent_rig *rig, const char *from, int64_t call)
{
	struct answer *answer = &crises->answers[crises->n_answers++];
	char body[32] = "on my way";
	const struct nm_sandbox_inbound text = { .from = from, .body = body, .at = agent_rig_now(rig) };
	struct nm_error err;

	snprintf(answer->from, sizeof(answer->from), "%s", from);
	answer->at = text.at;
	answer->call = call;
	if (has_another(rig, from, call)) {
		snprintf(body, sizeof(body), "%" PRId64 " ok", call);
		crises->n_chosen++;
	}
	ok(nm_store_sandbox_inbound_add(rig->carrier, line_text(rig->plan, "main"), &text, &err), &err);
}

/* Whoever is to answer does, when it is time. */
static void answer_alerts(const struct agent_rig *rig)
{
	const nm_time now = agent_rig_now(rig);

	while (crises->n_over < crises->n && now > crises->items[crises->n_over].logged + OVER_S)
		crises->n_over++;
	for (size_t i = crises->n_over; i < crises->n; i++) {
		struct nm_arena *arena = nm_arena_new();
		struct crisis *crisis = &crises->items[i];
		const size_t n = crisis->answerer;
		struct nm_call_alert alert;

		if (alert_of(rig, crisis, arena, &alert) && got(&alert, n) && now >= alert.people[n].at + crisis->answer_s) {
			answer(rig, alert.people[n].number, crisis->call);
			crisis->answerer = SIZE_MAX;
		}
		nm_arena_free(arena);
	}
}

/* A hard year, and emergencies in it. */
static bool befall(struct agent_rig *rig, struct agent_fate *fate, bool called)
{
	const nm_time now = agent_rig_now(rig);
	const bool born = crises->process != getpid(), hurt = agent_year_hard(rig, fate, called);

	if (born || hurt || agent_rig_now(rig) != now)
		disturb();
	crises->process = getpid();
	if (born) /* its store is not open yet */
		return hurt;
	if (random_below(&fate->seed, 900) == 0)
		for (int64_t n = 1 + (random_below(&fate->seed, 3) == 0); n > 0; n--)
			call_for_help(rig, &fate->seed);
	answer_alerts(rig);
	return hurt;
}

/* --- what came of the emergencies --- */

/* When the first of those who got the alert answered; NM_TIME_MAX: nobody did. */
static nm_time answered_at(const struct nm_call_alert *alert)
{
	nm_time first = NM_TIME_MAX;

	for (size_t i = 0; i < crises->n_answers; i++)
		for (size_t k = 0; k < alert->n; k++)
			if (crises->answers[i].call == alert->call && got(alert, k) &&
			    strcmp(alert->people[k].number, crises->answers[i].from) == 0 &&
			    crises->answers[i].at >= alert->people[k].at && crises->answers[i].at < first)
				first = crises->answers[i].at;
	return first;
}

/* Nobody is texted of an alert that was too late, or (but for a round that was under way) when one has answered. */
static void assert_no_text_too_many(const struct nm_call_alert *alert, nm_time answered, bool disturbed)
{
	for (size_t i = 0; i < alert->n; i++) {
		assert_true(alert->state != NM_ALERT_LATE || !alert->people[i].tried);
		assert_true(!alert->people[i].tried || alert->people[i].at >= alert->people[i].due);
		if (!disturbed && answered != NM_TIME_MAX)
			assert_true(!alert->people[i].tried || alert->people[i].at <= answered + ROUND_S);
	}
}

/* Where nothing came in between, each got the text in their turn, unless somebody had answered before. */
static void assert_nobody_forgotten(const struct nm_call_alert *alert, nm_time answered)
{
	for (size_t i = 0; i < alert->n; i++) {
		if (answered > alert->people[i].due + ROUND_S && !got(alert, i))
			fail_msg("call %lld: person %zu was forgotten", (long long)alert->call, i);
		assert_true(!got(alert, i) || alert->people[i].at <= alert->people[i].due + ROUND_S);
	}
	if (answered < alert->until - ROUND_S)
		assert_true(alert->state == NM_ALERT_TAKEN && alert->ended == answered);
	if (answered > alert->until + ROUND_S)
		assert_true(alert->state == NM_ALERT_UNANSWERED);
}

static bool owner_was_told(const struct agent_rig *rig, int64_t call)
{
	struct nm_outbox_past past;
	struct nm_error err;
	char why[64];

	snprintf(why, sizeof(why), NM_ALERT_UNANSWERED_PREFIX "%" PRId64, call);
	ok(nm_store_outbox_why(rig->store, why, &past, &err), &err);
	return past.told;
}

/* All emergencies that were over before the end; counts those in which nothing came in between, by how they ended. */
static void judge_crises(const struct agent_rig *rig, size_t ended[static NM_ALERT_LATE + 1])
{
	for (size_t i = 0; i < crises->n_over; i++) {
		const struct crisis *crisis = &crises->items[i];
		struct nm_arena *arena = nm_arena_new();
		struct nm_call_alert alert;
		nm_time answered;

		assert_true(alert_of(rig, crisis, arena, &alert));
		assert_true(alert.n >= 2);
		answered = answered_at(&alert);
		assert_no_text_too_many(&alert, answered, crisis->disturbed);
		if (!crisis->disturbed && alert.state != NM_ALERT_LATE)
			assert_nobody_forgotten(&alert, answered);
		if (!crisis->disturbed && (alert.state == NM_ALERT_LATE || alert.state == NM_ALERT_UNANSWERED))
			assert_true(owner_was_told(rig, crisis->call));
		ended[alert.state] += !crisis->disturbed;
		nm_arena_free(arena);
	}
}

/* Nothing was written down for one reason twice. */
static void assert_reasons_once(const struct agent_rig *rig)
{
	struct nm_outbox outbox;
	struct nm_error err;

	ok(nm_store_outbox(rig->store, false, 10000, &outbox, &err), &err);
	assert_true(outbox.n > 0);
	for (size_t i = 0; i < outbox.n; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(outbox.items[i].why, outbox.items[k].why);
	nm_outbox_clear(&outbox);
}

static void test_a_year_of_emergencies(void **state)
{
	const int days = random_few(AGENT_YEAR_DAYS);
	const struct agent_trial trial = { .seed = 2026, .befall = befall };
	size_t ended[NM_ALERT_LATE + 1] = { 0 };
	struct agent_fate fate;
	struct agent_rig rig;
	struct agent_year year;

	(void)state;
	crises = mmap(NULL, sizeof(*crises), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(crises != MAP_FAILED);
	agent_rig_open(&rig, PLAN, AGENT_YEAR_BEGIN);
	agent_year_open(&year, &rig, days);
	agent_rig_push(&rig);
	agent_year_live(&rig, &year, &trial, &fate);
	judge_crises(&rig, ended);
	print_message("%zu lives, %zu times away; %zu taken, %zu unanswered, %zu late; %zu chosen\n", fate.lives,
		      fate.faults[0].times, ended[NM_ALERT_TAKEN], ended[NM_ALERT_UNANSWERED], ended[NM_ALERT_LATE],
		      crises->n_chosen);
	assert_reasons_once(&rig);
	assert_true(days < AGENT_YEAR_DAYS ||
		    (ended[NM_ALERT_TAKEN] > 30 && ended[NM_ALERT_UNANSWERED] > 30 && ended[NM_ALERT_LATE] > 10));
	assert_true(days < AGENT_YEAR_DAYS || crises->n_chosen > 10);
	assert_true(days < AGENT_YEAR_DAYS || (fate.lives > 50 && fate.faults[0].times > 20));
	agent_year_close(&year);
	agent_rig_close(&rig);
	munmap(crises, sizeof(*crises));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_year_of_emergencies),
	};

	/* Processes are killed here, machines are not: what a disk does when the power goes is not asked. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
