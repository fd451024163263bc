/* SPDX-License-Identifier: MIT */
/* See agent_year.h. */
#include "agent_year.h"

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

#include "nevermiss/calls.h"
#include "nevermiss/forget.h"
#include "numbers.h"
#include "random_plan.h"

#define EXPIRY_S NM_DAY /* so often the agent takes out what is old */
#define CALLER UINT64_C(15125551000) /* the first; each calls once */

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

/* --- what must be --- */

void agent_year_open(struct agent_year *year, const struct agent_rig *rig, int days)
{
	struct nm_error err;

	*year = (struct agent_year){ .begin = agent_rig_now(rig), .end = agent_rig_now(rig) + days * (nm_time)NM_DAY };
	ok(nm_timeline_build(rig->plan, year->begin - 2 * NM_DAY, year->end + 30 * (nm_time)NM_DAY, &year->timeline, &err),
	   &err);
	year->wanted = calloc(year->timeline->n, sizeof(*year->wanted));
	assert_non_null(year->wanted);
	for (size_t i = 0; i < year->timeline->n; i++) {
		const nm_time at = year->timeline->start[i];

		year->wanted[i] = agent_rig_wanted(rig, 0, at);
		if (at > year->begin && at < year->end)
			year->changes += strcmp(year->wanted[i], year->wanted[i - 1]) != 0;
	}
}

void agent_year_close(struct agent_year *year)
{
	for (size_t i = 0; i < year->timeline->n; i++)
		free(year->wanted[i]);
	free(year->wanted);
	nm_timeline_free(year->timeline);
}

bool agent_year_right(const struct agent_year *year, const struct agent_rig *rig, const struct nm_agent_round *round,
		      char **held)
{
	const nm_time now = agent_rig_now(rig);
	bool right = true;

	if (*held == NULL || round->works > 1 || round->pushed > 0) {
		free(*held);
		*held = agent_rig_held(rig, 0, now);
	}
	for (size_t i = nm_timeline_find(year->timeline, now);
	     i < year->timeline->n && (year->timeline->start[i] <= now || year->timeline->start[i] < round->next); i++)
		right &= strcmp(*held, year->wanted[i]) == 0;
	return right;
}

/* --- what may befall --- */

bool agent_year_hard(struct agent_rig *rig, struct agent_fate *fate, bool called)
{
	const nm_time now = agent_rig_now(rig);

	(void)called;
	if (random_below(&fate->seed, 4000) == 0) {
		fate->faults[0].until = now + random_below(&fate->seed, 3 * NM_DAY);
		fate->faults[0].times++;
	}
	if (random_below(&fate->seed, 3000) == 0)
		agent_rig_set(rig, now + random_below(&fate->seed, 10 * 3600));
	else if (random_below(&fate->seed, 6000) == 0)
		agent_rig_set(rig, now - random_below(&fate->seed, 7200));
	rig->down = agent_rig_now(rig) < fate->faults[0].until;
	return rig->down;
}

/* --- one process --- */

static void miss_call(struct agent_rig *rig, struct agent_fate *fate)
{
	char id[32];
	const struct nm_call_entry call = {
		.number = UINT64_C(15125550100),
		.line = "main",
		.driver = "sandbox",
		.carrier_id = id,
		.caller = { .number = CALLER + (nm_number)fate->calls },
		.began = agent_rig_now(rig),
		.ended = agent_rig_now(rig) + 30,
		.became = { .end = NM_CALL_VOICEMAIL, .seconds = -1 },
	};
	enum nm_call_kept kept;
	enum nm_code code;
	struct nm_error err;

	assert_true(fate->calls < AGENT_CALLS_MOST);
	snprintf(id, sizeof(id), "call-%d", fate->calls);
	agent_rig_disk(rig, true);
	code = nm_store_call_put(rig->store, &call, &kept, &err);
	agent_rig_disk(rig, false);
	fate->kept[fate->calls++] = code == NM_OK ? call.began : 0;
}

static void blame(struct agent_fate *fate, const struct agent_rig *rig, const char *what)
{
	const size_t tail = rig->log.len > 300 ? rig->log.len - 300 : 0;

	fate->wrong = true;
	snprintf(fate->words, sizeof(fate->words), "%.200s at %lld, last hurt %lld: %.300s", what, (long long)agent_rig_now(rig),
		 (long long)fate->hurt, rig->log.len > 0 ? rig->log.data + tail : "");
}

static void judge(const struct agent_year *year, const struct agent_rig *rig, const struct nm_agent_round *round,
		  struct agent_fate *fate, char **held)
{
	const nm_time passed = agent_rig_now(rig) - fate->hurt;
	const bool settled = passed >= AGENT_SETTLED_S;
	bool right;

	if (passed == 0)
		return;
	right = agent_year_right(year, rig, round, held);
	if (right && round->failed <= fate->excused && fate->waits) {
		fate->waits = false;
		fate->slowest = passed > fate->slowest ? passed : fate->slowest;
	}
	fate->judged += settled;
	if (settled && round->failed > fate->excused)
		blame(fate, rig, "something failed");
	else if (settled && !right)
		blame(fate, rig, "what is live is wrong");
}

/* Until it dies in the middle of something, or between two rounds. */
static void live(struct agent_rig *rig, const struct agent_year *year, const struct agent_trial *trial,
		 struct agent_fate *fate)
{
	char *held = NULL;
	struct nm_error err;
	bool hurt;

	rig->now_ms = fate->now_ms;
	hurt = trial->befall(rig, fate, false);
	if (!agent_rig_try(rig, &err)) {
		fate->stillborn++;
		if (!hurt)
			blame(fate, rig, err.text);
		kill(getpid(), SIGKILL);
	}
	fate->hurt = agent_rig_now(rig) - (hurt ? 0 : AGENT_SETTLED_S);
	fate->waits = false;
	while (agent_rig_now(rig) < year->end && !fate->wrong) {
		const bool called = random_below(&fate->seed, hurt ? 300 : 2000) == 0;
		struct nm_agent_round round;

		if (called)
			miss_call(rig, fate);
		hurt = trial->befall(rig, fate, called);
		if (random_below(&fate->seed, called ? 8 : 4000) == 0)
			rig->die_at = rig->requests + 1 + (int)random_below(&fate->seed, 12);
		fate->now_ms = rig->now_ms;
		round = agent_rig_step(rig);
		fate->rounds++;
		fate->warnings += rig->warnings;
		rig->warnings = 0;
		if (hurt) {
			fate->hurt = agent_rig_now(rig);
			fate->waits = true;
			free(held);
			held = NULL;
		}
		judge(year, rig, &round, fate, &held);
		if (round.next > agent_rig_now(rig))
			agent_rig_set(rig, round.next);
		fate->now_ms = rig->now_ms;
		if (random_below(&fate->seed, 4000) == 0)
			break;
	}
	kill(getpid(), SIGKILL);
}

/* --- at the end --- */

/* What is the same in two texts that tell the owner of the same thing: how late it is by then is not. */
static const char *thing_of(const char *body)
{
	const char *at = strstr(body, "(follow-up ");

	return at != NULL ? at : body;
}

/* No customer was written to twice, nor was the owner about one thing, and nothing was written down twice. */
static size_t assert_texts_once(const struct agent_rig *rig, const char *judged)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_sandbox_text *texts;
	struct nm_error err;
	size_t n;

	ok(nm_store_sandbox_texts(rig->carrier, line_text(rig->plan, "main"), 10000, arena, &texts, &n, &err), &err);
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i && (judged == NULL || strncmp(texts[i].to, judged, strlen(judged)) != 0); k++)
			if (strcmp(texts[i].to, texts[k].to) == 0 && strcmp(thing_of(texts[i].body), thing_of(texts[k].body)) == 0)
				fail_msg("%s got twice: %s", texts[i].to, texts[i].body);
	nm_arena_free(arena);
	return n;
}

static void assert_calls_kept(const struct agent_rig *rig, const struct agent_fate *fate)
{
	const struct nm_call_filter filter = { .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 2 * AGENT_CALLS_MOST };
	int times[AGENT_CALLS_MOST] = { 0 };
	const nm_time expired = nm_expire_before(rig->plan, agent_rig_now(rig) - EXPIRY_S);
	struct nm_call_entries calls;
	struct nm_error err;

	ok(nm_store_calls(rig->store, &filter, &calls, &err), &err);
	for (size_t i = 0; i < calls.n; i++)
		if (calls.items[i].caller.number - CALLER < AGENT_CALLS_MOST) /* the others are the test's */
			times[calls.items[i].caller.number - CALLER]++;
	for (int i = 0; i < fate->calls; i++) {
		const bool young = fate->kept[i] >= expired + EXPIRY_S, old = fate->kept[i] < expired;

		if ((fate->kept[i] != 0 && young && times[i] != 1) || times[i] > (old && fate->kept[i] != 0 ? 0 : 1))
			fail_msg("call %d, %s, is there %d times", i, fate->kept[i] != 0 ? "kept" : "not kept", times[i]);
	}
	nm_call_entries_clear(&calls);
}

/* Nothing is in the way any more: one that lives for some hours and ends in good order leaves no trouble. */
static void assert_well(struct agent_rig *rig, nm_time calm_s)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_agent_trouble *troubles;
	struct nm_error err;
	size_t n;

	agent_rig_begin(rig);
	agent_rig_live(rig, agent_rig_now(rig) + calm_s);
	assert_int_equal(agent_rig_live(rig, agent_rig_now(rig) + 7200).failed, 0);
	agent_rig_end(rig);
	ok(nm_store_agent_troubles(rig->store, arena, &troubles, &n, &err), &err);
	if (n > 0)
		fail_msg("trouble is left: %s", troubles[0].words);
	nm_arena_free(arena);
	ok(nm_store_check(rig->store, &err), &err);
}

/* --- the year --- */

static void one_life(struct agent_rig *rig, const struct agent_year *year, const struct agent_trial *trial,
		     struct agent_fate *fate)
{
	const pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		live(rig, year, trial, fate);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	if (fate->wrong)
		fail_msg("life %zu: %s", fate->lives, fate->words);
	fate->lives++;
	fate->now_ms += (int64_t)random_below(&fate->seed, 3 * 3600) * 1000;
}

void agent_year_live(struct agent_rig *rig, const struct agent_year *year, const struct agent_trial *trial,
		     struct agent_fate *out)
{
	struct agent_fate *fate =
		mmap(NULL, sizeof(*fate), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(fate != MAP_FAILED);
	*fate = (struct agent_fate){ .now_ms = rig->now_ms, .seed = trial->seed };
	agent_rig_leave(rig);
	while (fate->now_ms / 1000 < year->end)
		one_life(rig, year, trial, fate);
	rig->now_ms = fate->now_ms;
	agent_rig_return(rig);
	assert_well(rig, trial->calm_s);
	assert_calls_kept(rig, fate);
	fate->texts = assert_texts_once(rig, trial->judged);
	*out = *fate;
	munmap(fate, sizeof(*fate));
}
