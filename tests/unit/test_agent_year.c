/* SPDX-License-Identifier: MIT */
/*
 * A year of the agent's life on a clock that is played: every change of a plan with hours, focus time, a rotation,
 * overrides and two clock changes; and the same with processes that are killed wherever they are, a carrier that goes
 * away for days, machines that sleep and clocks that are set.  What is live is held against the plan itself, decided
 * anew for every interval of the year.  Emergencies come in between, and people who answer their alerts, or do not: each
 * alert is held against what its people got and sent.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent_rig.h"
#include "nevermiss/alerts.h"
#include "nevermiss/calls.h"
#include "random_plan.h"

#define PLAN                                                                                                   \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"                                   \
	"account toy { driver = sandbox hours = no }\nline main { number = \"+15125550100\" account = toy }\n"    \
	"schedule open { hours = \"Mo-Fr 08:00-18:00; Sa 09:00-13:00; Dec 24-26 off; Su 01:30-02:30\" }\n"        \
	"schedule focus { hours = \"Tu 06:30-09:00\" }\n"                                                         \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none away = focus }\n"     \
	"destination sam { kind = personal number = \"+15125550114\" own_voicemail = none }\n"                    \
	"callers vip { numbers = \"+1737555*\" }\n"                                                                \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                             \
	"rotation oncall { members = { owner, sam } from = \"2026-01-05 08:00\" every = 1w }\n"                   \
	"path day { step { ring = owner for = 20s } step { ring = fixly for = 10s } }\n"                          \
	"path night { step { ring = oncall for = 15s } step { ring = fixly for = 10s } }\n"                       \
	"emergency { callers = vip path = night alert = { owner, oncall } acknowledge = 5m then_alert = sam }\n"   \
	"override dentist { from = \"2026-04-01 13:00\" until = \"2026-04-01 15:00\" path = night }\n"            \
	"rule open { during = open path = day }\nrule closed { path = night }\n"
#define BEGIN "2026-01-10 07:00"
#define DAYS  365
#define SETTLED_S 360 /* so long after it was back a carrier has been told */
#define CRISES    1500
#define ROUND_S   65    /* an answer is seen, and somebody's turn has come, within so long */
#define OVER_S    7200  /* after its call an emergency is over, one way or the other */

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

/* What callers get in each interval of the year, by the plan. */
struct year {
	struct nm_timeline *timeline;
	char **wanted;
	size_t changes; /* instants at which that becomes something else */
};

static void year_open(struct year *year, const struct agent_rig *rig, int days)
{
	const nm_time from = agent_rig_now(rig);
	struct nm_error err;

	*year = (struct year){ 0 };
	ok(nm_timeline_build(rig->plan, from, from + (days + 30) * (nm_time)NM_DAY, &year->timeline, &err), &err);
	year->wanted = calloc(year->timeline->n, sizeof(*year->wanted));
	for (size_t i = 0; i < year->timeline->n; i++) {
		year->wanted[i] = agent_rig_wanted(rig, 0, year->timeline->start[i]);
		if (i > 0 && year->timeline->start[i] < from + days * (nm_time)NM_DAY)
			year->changes += strcmp(year->wanted[i], year->wanted[i - 1]) != 0;
	}
}

static void year_close(struct year *year)
{
	for (size_t i = 0; i < year->timeline->n; i++)
		free(year->wanted[i]);
	free(year->wanted);
	nm_timeline_free(year->timeline);
}

/* Is what is held right from now on until the next round, at every instant?  *held is what was held before the round,
 * which is read anew when the round did anything to a line. */
static bool right_until(const struct year *year, const struct agent_rig *rig, const struct nm_agent_round *round, char **held)
{
	const nm_time now = agent_rig_now(rig);
	bool right = true;

	if (*held == NULL || round->works > 2 || round->pushed > 0) {
		free(*held);
		*held = agent_rig_held(rig, 0, now);
	}
	for (size_t i = nm_timeline_find(year->timeline, now);
	     i < year->timeline->n && (year->timeline->start[i] <= now || year->timeline->start[i] < round->next); i++)
		right &= strcmp(*held, year->wanted[i]) == 0;
	return right;
}

/* --- a quiet year --- */

static void test_a_quiet_year(void **state)
{
	const int days = random_few(DAYS);
	struct nm_agent_round sum = { 0 };
	struct agent_rig rig;
	struct year year;
	char *held = NULL;
	nm_time end;

	(void)state;
	agent_rig_open(&rig, PLAN, BEGIN);
	year_open(&year, &rig, days);
	assert_true(days < DAYS || year.changes > 600);
	end = agent_rig_now(&rig) + days * (nm_time)NM_DAY;
	agent_rig_push(&rig);
	agent_rig_begin(&rig);
	while (agent_rig_now(&rig) < end) {
		const struct nm_agent_round round = agent_rig_step(&rig);

		sum.pushed += round.pushed;
		assert_int_equal(round.failed, 0);
		if (!right_until(&year, &rig, &round, &held))
			fail_msg("wrong at %lld: %s", (long long)agent_rig_now(&rig), rig.log.data + rig.log.len - 200);
		agent_rig_set(&rig, round.next > agent_rig_now(&rig) ? round.next : agent_rig_now(&rig));
	}
	/* Each change was pushed, and nothing else, but for what extends a horizon. */
	assert_true(sum.pushed >= year.changes && sum.pushed <= year.changes + 1 + (size_t)days / 60);
	assert_int_equal(agent_rig_said(&rig, "!"), 0);
	free(held);
	year_close(&year);
	agent_rig_close(&rig);
}

/* --- a hard one --- */

/* An emergency, and who is to answer its alert: the n-th of its people, so long after their text; nobody: beyond. */
struct crisis {
	int64_t call;
	nm_time logged;
	size_t answerer;
	int64_t answer_s;
	bool disturbed; /* meanwhile the carrier was down, or the clock was moved, or no agent lived */
};

/* A text that came from one of the people. */
struct answer {
	char from[16];
	nm_time at;
};

/* What outlives a process. */
struct fate {
	int64_t now_ms;
	nm_time up; /* since when the carrier is there */
	nm_time down_until;
	uint64_t seed;
	int calls;
	size_t rounds, downs;
	size_t n_crises, n_over, n_answers; /* n_over: the first of them are */
	struct crisis crises[CRISES];
	struct answer answers[CRISES];
	bool wrong;
	char words[256];
};

/* Its number in the log. */
static int64_t miss_call(struct agent_rig *rig, struct fate *fate, nm_number caller, nm_time began)
{
	char id[32];
	const struct nm_call_entry call = {
		.number = UINT64_C(15125550100),
		.line = "main",
		.driver = "sandbox",
		.carrier_id = id,
		.caller = { .number = caller + (nm_number)fate->calls },
		.began = began,
		.ended = began + 30,
		.became = { .end = NM_CALL_VOICEMAIL, .seconds = -1 },
	};
	enum nm_call_kept kept;
	struct nm_error err;
	int64_t found;

	snprintf(id, sizeof(id), "call-%d", fate->calls++);
	ok(nm_store_call_put(rig->store, &call, &kept, &err), &err);
	ok(nm_store_call_find(rig->store, &call, &found, &err), &err);
	return found;
}

/* An emergency whose record comes at once, or late, or too late; one time in four a process dies over it. */
static void call_for_help(struct agent_rig *rig, struct fate *fate)
{
	const nm_time now = agent_rig_now(rig), late = random_below(&fate->seed, 3) == 0 ? random_below(&fate->seed, 5400) : 30;
	struct crisis *crisis = &fate->crises[fate->n_crises++];

	assert_true(fate->n_crises < CRISES);
	*crisis = (struct crisis){ .logged = now,
				   .answerer = random_below(&fate->seed, 4),
				   .answer_s = random_below(&fate->seed, random_below(&fate->seed, 2) == 0 ? 240 : 900) };
	crisis->call = miss_call(rig, fate, UINT64_C(17375550000), now - late);
	if (random_below(&fate->seed, 4) == 0)
		rig->die_at = rig->requests + 1 + (int)random_below(&fate->seed, 8);
}

static void disturb(struct fate *fate)
{
	for (size_t i = fate->n_over; i < fate->n_crises; i++)
		fate->crises[i].disturbed = true;
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

static void answer(struct agent_rig *rig, struct fate *fate, const char *from)
{
	struct answer *answer = &fate->answers[fate->n_answers++];
	const struct nm_sandbox_inbound text = { .from = from, .body = "on my way", .at = agent_rig_now(rig) };
	struct nm_error err;

	snprintf(answer->from, sizeof(answer->from), "%s", from);
	answer->at = text.at;
	ok(nm_store_sandbox_inbound_add(rig->store, "main", &text, &err), &err);
}

/* Whoever is to answer does, when it is time. */
static void answer_alerts(struct agent_rig *rig, struct fate *fate)
{
	const nm_time now = agent_rig_now(rig);

	while (fate->n_over < fate->n_crises && now > fate->crises[fate->n_over].logged + OVER_S)
		fate->n_over++;
	for (size_t i = fate->n_over; i < fate->n_crises; i++) {
		struct nm_arena *arena = nm_arena_new();
		struct crisis *crisis = &fate->crises[i];
		const size_t n = crisis->answerer;
		struct nm_call_alert alert;

		if (alert_of(rig, crisis, arena, &alert) && got(&alert, n) && now >= alert.people[n].at + crisis->answer_s) {
			answer(rig, fate, alert.people[n].number);
			crisis->answerer = SIZE_MAX;
		}
		nm_arena_free(arena);
	}
}

/* What happens in the world before a round. */
static void befall(struct agent_rig *rig, struct fate *fate)
{
	const nm_time now = agent_rig_now(rig);

	if (random_below(&fate->seed, 4000) == 0) {
		fate->down_until = now + random_below(&fate->seed, 3 * NM_DAY);
		fate->downs++;
	}
	if (random_below(&fate->seed, 3000) == 0)
		agent_rig_set(rig, now + random_below(&fate->seed, 10 * 3600)); /* it slept */
	else if (random_below(&fate->seed, 6000) == 0)
		agent_rig_set(rig, now - random_below(&fate->seed, 7200)); /* it was set */
	if (agent_rig_now(rig) != now || now < fate->down_until)
		disturb(fate);
	if (random_below(&fate->seed, 3000) == 0)
		miss_call(rig, fate, UINT64_C(15125551000), agent_rig_now(rig));
	if (random_below(&fate->seed, 1200) == 0)
		call_for_help(rig, fate);
	answer_alerts(rig, fate);
	if (random_below(&fate->seed, 2000) == 0)
		rig->die_at = rig->requests + 1 + (int)random_below(&fate->seed, 12);
	if (rig->down && now >= fate->down_until)
		fate->up = now;
	rig->down = now < fate->down_until;
}

/* One process, until it dies in the middle of something, or between two rounds. */
static void live(struct agent_rig *rig, const struct year *year, struct fate *fate, nm_time end)
{
	char *held = NULL;

	rig->now_ms = fate->now_ms;
	agent_rig_begin(rig);
	fate->up = agent_rig_now(rig) - SETTLED_S;
	while (agent_rig_now(rig) < end && !fate->wrong) {
		struct nm_agent_round round;

		befall(rig, fate);
		if (rig->down || agent_rig_now(rig) < fate->up + SETTLED_S) {
			free(held); /* what is pushed meanwhile is not looked at */
			held = NULL;
		}
		fate->now_ms = rig->now_ms;
		round = agent_rig_step(rig);
		fate->rounds++;
		if (!rig->down && agent_rig_now(rig) >= fate->up + SETTLED_S &&
		    (round.failed > 0 || !right_until(year, rig, &round, &held))) {
			fate->wrong = true;
			snprintf(fate->words, sizeof(fate->words), "at %lld, failed %zu: %s",
				 (long long)agent_rig_now(rig), round.failed,
				 rig->log.data + (rig->log.len > 200 ? rig->log.len - 200 : 0));
		}
		if (round.next > agent_rig_now(rig))
			agent_rig_set(rig, round.next);
		fate->now_ms = rig->now_ms;
		if (random_below(&fate->seed, 4000) == 0)
			break;
	}
	kill(getpid(), SIGKILL);
}

/* --- what came of the emergencies --- */

/* When the first of those who got the alert answered; NM_TIME_MAX: nobody did. */
static nm_time answered_at(const struct fate *fate, const struct nm_call_alert *alert)
{
	nm_time first = NM_TIME_MAX;

	for (size_t i = 0; i < fate->n_answers; i++)
		for (size_t k = 0; k < alert->n; k++)
			if (got(alert, k) && strcmp(alert->people[k].number, fate->answers[i].from) == 0 &&
			    fate->answers[i].at >= alert->people[k].at && fate->answers[i].at < first)
				first = fate->answers[i].at;
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
static void judge_crises(const struct agent_rig *rig, const struct fate *fate, size_t ended[static NM_ALERT_LATE + 1])
{
	for (size_t i = 0; i < fate->n_over; i++) {
		const struct crisis *crisis = &fate->crises[i];
		struct nm_arena *arena = nm_arena_new();
		struct nm_call_alert alert;
		nm_time answered;

		assert_true(alert_of(rig, crisis, arena, &alert));
		assert_true(alert.n >= 2);
		answered = answered_at(fate, &alert);
		assert_no_text_too_many(&alert, answered, crisis->disturbed);
		if (!crisis->disturbed && alert.state != NM_ALERT_LATE)
			assert_nobody_forgotten(&alert, answered);
		if (!crisis->disturbed && (alert.state == NM_ALERT_LATE || alert.state == NM_ALERT_UNANSWERED))
			assert_true(owner_was_told(rig, crisis->call));
		ended[alert.state] += !crisis->disturbed;
		nm_arena_free(arena);
	}
}

/* --- the end --- */

/* No text was asked for twice, and none was written down for one reason twice. */
static void assert_texts_once(const struct agent_rig *rig)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_sandbox_text *texts;
	struct nm_outbox outbox;
	struct nm_error err;
	size_t n;

	ok(nm_store_sandbox_texts(rig->store, "main", 10000, arena, &texts, &n, &err), &err);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			assert_true(strcmp(texts[i].body, texts[k].body) != 0 || strcmp(texts[i].to, texts[k].to) != 0);
	ok(nm_store_outbox(rig->store, false, 10000, &outbox, &err), &err);
	assert_true(outbox.n >= n && n > 0);
	for (size_t i = 0; i < outbox.n; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(outbox.items[i].why, outbox.items[k].why);
	nm_outbox_clear(&outbox);
	nm_arena_free(arena);
}

static void test_a_hard_year(void **state)
{
	const int days = random_few(DAYS);
	struct fate *fate = mmap(NULL, sizeof(*fate), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct agent_rig rig;
	struct year year;
	nm_time end;
	size_t ended[NM_ALERT_LATE + 1] = { 0 };
	int lives = 0;

	(void)state;
	assert_true(fate != MAP_FAILED);
	agent_rig_open(&rig, PLAN, BEGIN);
	year_open(&year, &rig, days);
	end = agent_rig_now(&rig) + days * (nm_time)NM_DAY;
	agent_rig_push(&rig);
	*fate = (struct fate){ .now_ms = rig.now_ms, .seed = 2026 };
	agent_rig_leave(&rig);
	for (; fate->now_ms / 1000 < end; lives++) {
		const pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (child == 0)
			live(&rig, &year, fate, end);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		if (fate->wrong)
			fail_msg("life %d: %s", lives, fate->words);
		fate->now_ms += (int64_t)random_below(&fate->seed, 3 * 3600) * 1000;
		disturb(fate);
	}
	agent_rig_return(&rig);
	judge_crises(&rig, fate, ended);
	assert_true(days < DAYS ||
		    (ended[NM_ALERT_TAKEN] > 30 && ended[NM_ALERT_UNANSWERED] > 30 && ended[NM_ALERT_LATE] > 10));
	assert_true(days < DAYS || (lives > 50 && fate->downs > 20));
	if (days == DAYS)
		assert_texts_once(&rig);
	year_close(&year);
	agent_rig_close(&rig);
	munmap(fate, sizeof(*fate));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_quiet_year),
		cmocka_unit_test(test_a_hard_year),
	};

	/* Processes are killed here, machines are not: what a disk does when the power goes is not asked. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
