/* SPDX-License-Identifier: MIT */
/*
 * A call beside what was and is live: that plays as the routes that are read back do, whatever somebody put there, and
 * drift is why exactly where it does what happened.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/explain.h"
#include "push_rig.h"
#include "random_plan.h"
#include "numbers.h"
#include "record.h"

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

/* A call explained, and what it borrows from. */
struct told {
	struct nm_arena *arena;
	struct nm_explainer *explainer;
	struct nm_explanation explanation;
	struct nm_explained_lives lives;
};

static void tell(struct push_rig *rig, const struct record *record, struct told *told)
{
	struct nm_error err;

	*told = (struct told){ .arena = nm_arena_new() };
	assert_non_null(told->arena);
	ok(nm_explainer_new(rig->plan, rig->store, &told->explainer, &err), &err);
	ok(nm_explain(told->explainer, &record->call, true, told->arena, &told->explanation, &err), &err);
	ok(nm_explain_lives(told->explainer, &record->call, told->arena, &told->explanation, &told->lives,
			    &err),
	   &err);
}

static void told_clear(struct told *told)
{
	nm_explainer_free(told->explainer);
	nm_arena_free(told->arena);
}

/* Why it certainly went so; NULL. */
static const char *because(const struct told *told)
{
	const struct nm_explanation *explanation = &told->explanation;

	for (size_t i = 1; i < explanation->n_likely; i++)
		assert_false(explanation->likely[i].certain);
	return explanation->n_likely > 0 && explanation->likely[0].certain ? explanation->likely[0].words
									   : NULL;
}

static void begin(struct record *r, const struct nm_plan *plan, int line, nm_time at)
{
	*r = (struct record){ .call = { .id = 1,
					.number = plan->lines[line].number,
					.line = plan->lines[line].name,
					.driver = "sandbox",
					.carrier_id = "call",
					.caller = { .number = UINT64_C(15125550199) },
					.began = at,
					.legs = r->legs } };
}

/* --- by hand --- */

#define PLAN PUSH_HEAD PUSH_RULES
#define PLAN_LONG PUSH_HEAD "path long { step { ring = owner for = 40s } }\nrule all { path = long }\n"

/* Pushed at 05:11 on a Monday; a call at 10:00 that owner answers after 30 s. */
static void rings_long(struct record *r, const struct push_rig *rig, nm_time at)
{
	begin(r, rig->plan, 0, at);
	r->legs[r->call.n++] = (struct nm_call_leg){ .leg = { .id = "leg",
							      .to = "+15125550111",
							      .end = NM_LEG_ANSWERED,
							      .began = at,
							      .ended = at + 90,
							      .rang_s = 30 },
						     .who = "owner" };
	record_ends(r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, "owner", 30, 90);
}

static void push_well(struct push_rig *rig)
{
	struct nm_error err;

	ok(push_rig_push(rig, -1, NULL, &err), &err);
}

/* What the other plan makes live, put there by hand. */
static void drift(struct push_rig *rig, const char *other, const char *plan)
{
	struct nm_error err;
	char *good = push_rig_live(rig, "main"), *live;

	push_rig_plan(rig, other);
	push_well(rig);
	live = push_rig_live(rig, "main");
	push_rig_plan(rig, plan);
	push_well(rig);
	free(good);
	ok(nm_store_sandbox_put(rig->store, line_text(rig->plan, "main"), live, &err), &err);
	free(live);
}

static void test_nothing_is_known_of_a_line_that_was_never_read(void **state)
{
	struct push_rig rig;
	struct record r;
	struct told told;

	(void)state;
	push_rig_open(&rig, PLAN);
	rings_long(&r, &rig, rig.context.now + 5 * 3600);
	tell(&rig, &r, &told);
	assert_false(told.lives.then.known);
	assert_string_equal(told.lives.then.why, "nothing that was pushed or read back before is kept");
	assert_false(told.lives.now.known);
	assert_string_equal(told.lives.now.why, "nothing was pushed to the line or read back of it yet");
	assert_null(because(&told));
	told_clear(&told);
	push_rig_close(&rig);
}

static void test_drift_is_why_once_it_was_read_back(void **state)
{
	struct push_rig rig;
	struct record r;
	struct told told;

	(void)state;
	push_rig_open(&rig, PLAN);
	drift(&rig, PLAN_LONG, PLAN);
	rings_long(&r, &rig, rig.context.now + 5 * 3600);
	tell(&rig, &r, &told); /* nobody has seen it */
	assert_int_equal(told.lives.then.match, NM_LIVE_PLANNED);
	assert_int_equal(told.lives.now.match, NM_LIVE_PLANNED);
	assert_null(because(&told));
	told_clear(&told);

	rig.context.now += 6 * 3600; /* seen behind the call */
	assert_int_equal(push_rig_sync(&rig, 0, NULL), NM_SYNC_DRIFT);
	tell(&rig, &r, &told);
	assert_int_equal(told.lives.then.match, NM_LIVE_PLANNED);
	assert_true(told.lives.then.push != 0);
	assert_int_equal(told.lives.now.match, NM_LIVE_OTHER);
	assert_int_equal(told.lives.now.push, 0);
	assert_int_equal(told.lives.now.at, rig.context.now);
	assert_string_equal(told.lives.now.words, "owner 40 s");
	assert_string_equal(told.lives.now.plan_words, "owner 20 s, then fixly 10 s");
	assert_int_equal(told.lives.now.beside->verdict, NM_EXPLAINED_PLANNED);
	assert_string_equal(because(&told),
			    "what is live, read back on Mon 23 Nov 2026 11:11 CST and not pushed since the "
			    "call, does just this, and today's plan does not");
	told_clear(&told);

	rings_long(&r, &rig, rig.context.now + 60); /* and ahead of this one */
	tell(&rig, &r, &told);
	assert_int_equal(told.lives.then.match, NM_LIVE_OTHER);
	assert_string_equal(because(&told), "what was live then does just this, and today's plan does not");
	r.legs[0].leg.rang_s = 50; /* which is more than that, too */
	told_clear(&told);
	tell(&rig, &r, &told);
	assert_null(because(&told));
	assert_string_equal(told.lives.then.beside->words,
			    "owner rang for 50 s; live then says 40 s (step 1)");
	assert_string_equal(told.lives.now.beside->words, "owner rang for 50 s; live now says 40 s (step 1)");
	told_clear(&told);
	push_rig_close(&rig);
}

/* A push takes the drift away, and what it found is in the journal. */
static void test_drift_that_was_mended_is_why(void **state)
{
	struct push_rig rig;
	struct record r;
	struct told told;

	(void)state;
	push_rig_open(&rig, PLAN);
	drift(&rig, PLAN_LONG, PLAN);
	rings_long(&r, &rig, rig.context.now + 5 * 3600);
	rig.context.now += 6 * 3600;
	push_well(&rig);
	tell(&rig, &r, &told);
	assert_int_equal(told.lives.then.match, NM_LIVE_PLANNED);
	assert_int_equal(told.lives.now.match, NM_LIVE_PLANNED);
	assert_non_null(because(&told));
	assert_non_null(
		strstr(because(&told), "found live on Mon 23 Nov 2026 11:11 CST, the first since the call"));
	told_clear(&told);
	rings_long(&r, &rig, rig.context.now + 60); /* nothing that was read is behind this one */
	tell(&rig, &r, &told);
	assert_null(because(&told));
	told_clear(&told);
	push_rig_close(&rig);
}

/* A push that was under way at the call, failed, or took all away leaves nothing to play. */
static void test_why_it_is_not_known_is_told(void **state)
{
	static const struct {
		enum nm_push_state state;
		int ended_s; /* from the call; 0: not yet */
		const char *wanted, *before, *why;
	} pushes[] = {
		{ NM_PUSH_APPLYING, 0, "[]", NULL, "push #1 of Mon 23 Nov 2026 05:11 CST was under way" },
		{ NM_PUSH_DONE, 60, "[]", NULL, "push #1 of Mon 23 Nov 2026 05:11 CST was under way" },
		{ NM_PUSH_FAILED, -60, "[]", NULL,
		  "push #1 of Mon 23 Nov 2026 05:11 CST failed, and something of it may have been in force" },
		{ NM_PUSH_UNDONE, -60, "[]", NULL,
		  "push #1 of Mon 23 Nov 2026 05:11 CST was taken back, and what had been there before is not known" },
		{ NM_PUSH_DONE, -60, "[]", NULL, "nothing of ours was there" },
		{ NM_PUSH_UNDONE, -60, "x", "[]", "nothing of ours was there" },
		{ NM_PUSH_DONE, -60, "{\"no\":", NULL, "what is kept of it does not read any more" },
	};
	const size_t n = sizeof(pushes) / sizeof(pushes[0]);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct push_rig rig;
		struct record r;
		struct told told;
		struct nm_error err;
		int64_t id;

		push_rig_open(&rig, PLAN);
		rings_long(&r, &rig, rig.context.now + 3600);
		const struct nm_push_record push = {
			.at = rig.context.now,
			.ended = pushes[i].ended_s != 0 ? r.call.began + pushes[i].ended_s : 0,
			.number = line_number(rig.plan, "main"),
			.line = "main",
			.driver = "sandbox",
			.who = "pat",
			.state = pushes[i].state,
			.wanted = pushes[i].wanted,
			.before = pushes[i].before,
		};

		ok(nm_store_push_begin(rig.store, &push, &id, &err), &err);
		tell(&rig, &r, &told);
		assert_false(told.lives.then.known);
		assert_string_equal(told.lives.then.why, pushes[i].why);
		assert_null(because(&told));
		told_clear(&told);
		push_rig_close(&rig);
	}
}

/* --- whatever is live is played as it is read back --- */

/* What rings and what comes of it; alerts are texts. */
static size_t next_ring(const struct nm_outcome *outcome, size_t i)
{
	while (i < outcome->n && outcome->events[i].kind == NM_EVENT_ALERT)
		i++;
	return i;
}

static void assert_same_event(const struct nm_event *a, const struct nm_event *b)
{
	assert_int_equal(a->t, b->t);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->for_s, b->for_s);
	assert_int_equal(a->n, b->n);
	for (size_t k = 0; k < a->n; k++)
		assert_string_equal(a->to[k], b->to[k]);
}

static void assert_same_events(const struct nm_outcome *a, const struct nm_outcome *b)
{
	size_t i = next_ring(a, 0), k = next_ring(b, 0);

	assert_int_equal(a->result, b->result);
	while (i < a->n && k < b->n) {
		assert_same_event(&a->events[i], &b->events[k]);
		i = next_ring(a, i + 1);
		k = next_ring(b, k + 1);
	}
	assert_true(i == a->n && k == b->n);
}

static size_t played, drifted, blamed;

/* The call as a carrier would have it that does what is live: explained, it is as that has it, and drift is why it is not
 * as planned. */
static void play_live(struct push_rig *rig, const struct nm_route *live, const struct nm_call *call)
{
	struct nm_arena *arena = nm_arena_new();
	const struct nm_treatment *treatment = nm_route_call(live, call->at, call->caller, false);
	struct nm_outcome outcome;
	struct nm_error err;
	struct record r;
	struct told told;

	assert_non_null(arena);
	treatment = nm_treatment_unnamed(treatment, arena);
	assert_non_null(treatment);
	ok(nm_play(treatment, rig->plan->lines[call->line].name, &call->script, NULL, true, arena, &outcome,
		   &err),
	   &err);
	begin(&r, rig->plan, call->line, call->at);
	r.call.caller = call->caller;
	if (record_played(&r, treatment, &outcome)) {
		tell(rig, &r, &told);
		assert_true(told.lives.now.known);
		if (told.lives.now.beside->verdict == NM_EXPLAINED_DIFFERS)
			fail_msg("%s", told.lives.now.beside->words);
		played++;
		drifted += told.lives.now.match == NM_LIVE_OTHER;
		/* Why a phone's own voicemail picked up so soon is in no record, nor what rang as the caller left. */
		if (told.lives.now.beside->verdict == NM_EXPLAINED_PLANNED &&
		    outcome.result != NM_SWALLOWED && outcome.result != NM_ABANDONED)
			assert_same_events(&told.lives.now.beside->expected, &outcome);
		if (told.explanation.verdict == NM_EXPLAINED_DIFFERS) {
			assert_int_equal(told.lives.now.match, NM_LIVE_OTHER);
			assert_non_null(because(&told));
			blamed++;
		}
		told_clear(&told);
	}
	nm_arena_free(arena);
}

/* Some ring times and turns other than the plan's, which somebody typed in. */
static void meddle(struct push_rig *rig, uint64_t *state)
{
	for (size_t i = 0; i < rig->plan->n_lines; i++) {
		char *live = push_rig_live(rig, rig->plan->lines[i].name);
		struct nm_error err;

		for (char *at = live; at != NULL && (at = strstr(at, "\"for\":")) != NULL; at += 6)
			if (random_below(state, 3) == 0 && at[6] != '0')
				at[6] = (char)('1' + random_below(state, 9));
		ok(nm_store_sandbox_put(rig->store, line_text(rig->plan, rig->plan->lines[i].name), live, &err), &err);
		free(live);
	}
}

static void explain_plan(uint64_t seed)
{
	struct nm_script_setting settings[256];
	struct push_rig rig;
	struct nm_status status;
	struct nm_push_context context;
	struct nm_error err;
	uint64_t state = seed;

	push_rig_open(&rig, PLAN);
	char *text = random_plan_text(seed, rig.folder);
	push_rig_plan(&rig, text);
	free(text);
	assert_true(rig.plan->n_destinations <= 256);
	if (push_rig_push(&rig, -1, NULL, &err) == NM_OK) { /* some guarantee may forbid it */
		meddle(&rig, &state);
		context = rig.context;
		context.now += 60;
		context.transport = rig.sandbox;
		context.progress = NULL;
		ok(nm_status_read(&context, -1, &status, &err), &err);
		for (int i = 0; i < 20; i++) {
			const struct nm_call call =
				record_random_call(&state, rig.plan, rig.context.now, settings);
			const struct nm_route *live = nm_line_status_live(&status.lines[call.line]);

			for (size_t k = 0; k < rig.plan->n_destinations;
			     k++) /* one is as the other on record */
				if (settings[k].behaviour == NM_DECLINED)
					settings[k].behaviour = NM_BUSY;
			if (live != NULL)
				play_live(&rig, live, &call);
		}
		nm_status_clear(&status);
	}
	push_rig_close(&rig);
}

static void test_what_is_live_is_played_as_it_is_read_back(void **unused)
{
	(void)unused;
	for (int seed = 0; seed < random_few(60); seed++)
		explain_plan((uint64_t)seed);
	assert_true(played > 0);
	assert_true(random_few(60) < 60 || (drifted > 0 && blamed > 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_known_of_a_line_that_was_never_read),
		cmocka_unit_test(test_drift_is_why_once_it_was_read_back),
		cmocka_unit_test(test_drift_that_was_mended_is_why),
		cmocka_unit_test(test_why_it_is_not_known_is_told),
		cmocka_unit_test(test_what_is_live_is_played_as_it_is_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
