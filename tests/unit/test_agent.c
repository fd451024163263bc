/* SPDX-License-Identifier: MIT */
/*
 * The agent on a clock that is played: what is live is what the plan says, whatever happens to the clock, the carrier
 * and the process; nothing is pushed, told or texted twice.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent_rig.h"
#include "core/carrier/sandbox.h"
#include "nevermiss/calls.h"
#include "nevermiss/events.h"
#include "nevermiss/followup.h"
#include "numbers.h"
#include "random_plan.h"

#define PLACES                                                                                                  \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"                                    \
	"account toy { driver = sandbox hours = no }\naccount keeps { driver = sandbox }\n"                      \
	"line main { number = \"+15125550100\" account = toy }\n"                                                  \
	"line desk { number = \"+15125550101\" account = keeps }\n"                                                \
	"schedule open { hours = \"Mo-Fr 08:00-18:00\" }\n"                                                        \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n"                   \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                              \
	"path day { step { ring = owner for = 20s } step { ring = fixly for = 10s } }\n"                           \
	"path night { step { ring = fixly for = 10s } }\n"
#define HEAD  PLACES "follow_up { within = 15m }\n"
#define RULES "rule open { during = open path = day }\nrule closed { path = night }\n"
#define PLAN  HEAD RULES

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static void assert_held(const struct agent_rig *rig, int line, const char *expected)
{
	char *held = agent_rig_held(rig, line, agent_rig_now(rig));

	assert_string_equal(held, expected);
	free(held);
}

static void assert_right(const struct agent_rig *rig, int line)
{
	char *wanted = agent_rig_wanted(rig, line, agent_rig_now(rig));

	assert_held(rig, line, wanted);
	free(wanted);
}

/* A rig on which all lines were pushed by somebody, and an agent that lives. */
static void open_pushed(struct agent_rig *rig, const char *text, const char *at)
{
	agent_rig_open(rig, text, at);
	agent_rig_push(rig);
	agent_rig_begin(rig);
}

/* --- boundaries --- */

static void test_it_pushes_at_each_change_and_at_no_other_time(void **state)
{
	struct agent_rig rig;
	struct nm_agent_round round;

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 07:00");
	assert_int_equal(agent_rig_step(&rig).pushed, 0);
	round = agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 08:00"));
	assert_int_equal(round.pushed, 0);
	assert_held(&rig, 0, "fixly 10 s");
	assert_int_equal(agent_rig_step(&rig).pushed, 1);
	assert_held(&rig, 0, "owner 20 s, then fixly 10 s");
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-24 07:59")).pushed, 1);
	assert_held(&rig, 0, "fixly 10 s");
	assert_int_equal(agent_rig_said(&rig, "line main: pushed: owner 20 s, then fixly 10 s"), 1);
	assert_int_equal(agent_rig_said(&rig, "\n"), 2);
	agent_rig_close(&rig);
}

/* The first push is somebody's, and what somebody took away stays away. */
static void test_it_leaves_alone_what_nobody_pushed(void **state)
{
	struct agent_rig rig;

	(void)state;
	agent_rig_open(&rig, PLAN, "2026-11-23 07:00");
	agent_rig_begin(&rig);
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-25 07:00")).pushed, 0);
	assert_held(&rig, 0, "nothing");
	agent_rig_push(&rig);
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-25 08:05")).pushed, 1);
	assert_right(&rig, 0);
	assert_int_equal(agent_rig_said(&rig, "!"), 0);
	agent_rig_close(&rig);
}

/* A saved change of hours is live at once where the agent keeps them, and waits for its owner where the carrier does. */
static void test_a_plan_that_is_saved(void **state)
{
	struct agent_rig rig;

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 07:00");
	agent_rig_step(&rig);
	agent_rig_plan(&rig, PLAN "override early { from = \"2026-11-23 07:30\" until = \"2026-11-23 07:45\" path = day }\n");
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 07:31")).pushed, 1);
	assert_held(&rig, 0, "owner 20 s, then fixly 10 s");
	assert_held(&rig, 1, "fixly 10 s");
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 07:46")).pushed, 1);
	assert_held(&rig, 0, "fixly 10 s");
	assert_int_equal(agent_rig_said(&rig, "! what is live on desk: "), 0); /* it was not read since */
	agent_rig_plan(&rig, HEAD "rule closed { path = night }\n");
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:00")).pushed, 0);
	assert_int_equal(agent_rig_said(&rig, "! what is live on desk: "), 1);
	agent_rig_plan(&rig, PLAN);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 11:00"));
	assert_int_equal(agent_rig_said(&rig, "what is live on desk: well again"), 1);
	agent_rig_close(&rig);
}

/* Calls that would ring where nobody answers are turned to the AI ahead of time, people are given theirs on time. */
static void test_what_protects_goes_out_early(void **state)
{
	struct agent_rig rig;
	nm_time evening, morning;

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 07:00");
	rig.latency_s = 4;
	evening = agent_rig_time(&rig, "2026-11-23 18:00");
	morning = agent_rig_time(&rig, "2026-11-24 08:00");
	agent_rig_live(&rig, evening - 60);
	assert_held(&rig, 0, "owner 20 s, then fixly 10 s");
	rig.latency_s = 1; /* this one is done before its time */
	agent_rig_live(&rig, evening - 5);
	assert_held(&rig, 0, "fixly 10 s");
	rig.latency_s = 0;
	nm_agent_wake(rig.agent); /* who reads it back now does not put the day back */
	assert_int_equal(agent_rig_step(&rig).pushed, 0);
	assert_held(&rig, 0, "fixly 10 s");
	assert_true(agent_rig_now(&rig) < evening);
	agent_rig_live(&rig, evening);
	assert_held(&rig, 0, "fixly 10 s");
	assert_int_equal(agent_rig_live(&rig, morning).pushed, 0);
	assert_held(&rig, 0, "fixly 10 s");
	agent_rig_step(&rig);
	assert_held(&rig, 0, "owner 20 s, then fixly 10 s");
	assert_int_equal(agent_rig_said(&rig, "put back"), 0); /* what is a moment too early is no drift */
	agent_rig_close(&rig);
}

/* A guarantee that would be broken is never pushed over; the plan mended, the line is. */
static void test_a_guarantee_that_refuses(void **state)
{
	struct agent_rig rig;
	struct nm_agent_round round;

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 07:00");
	agent_rig_step(&rig);
	agent_rig_plan(&rig, PLAN "guarantee \"never the AI\" { never = fixly }\n");
	round = agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:00"));
	assert_int_equal(round.pushed, 0);
	assert_held(&rig, 0, "fixly 10 s");
	assert_int_equal(agent_rig_said(&rig, "! line main: "), 1);
	assert_int_equal(agent_rig_said(&rig, "never the AI"), 1);
	agent_rig_plan(&rig, PLAN);
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:01")).pushed, 1);
	assert_int_equal(agent_rig_said(&rig, "line main: well again"), 1);
	assert_right(&rig, 0);
	agent_rig_close(&rig);
}

/* --- what goes wrong --- */

/* Down for three days: told once as it begins, by text to the owner too, and once as it ends. */
static void test_a_carrier_that_is_down_for_days(void **state)
{
	struct agent_rig rig;
	nm_time back;

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 07:00");
	rig.down = true;
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-26 09:00")).pushed, 0);
	assert_held(&rig, 0, "fixly 10 s");
	rig.down = false;
	back = agent_rig_now(&rig);
	assert_int_equal(agent_rig_live(&rig, back + 400).pushed, 1);
	assert_right(&rig, 0);
	assert_int_equal(agent_rig_said(&rig, "! line main: not pushed: "), 1);
	assert_int_equal(agent_rig_said(&rig, "line main: well again, after 3 days"), 1);
	assert_int_equal(agent_rig_said(&rig, "a text is under way"), 1);
	assert_int_equal(agent_rig_said(&rig, "! texts to the owner: perhaps told"), 1);
	agent_rig_close(&rig);
}

/* A clock that leaps, as while the machine slept, and one that is set back. */
static void test_a_clock_that_is_set(void **state)
{
	struct agent_rig rig;

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 07:00");
	agent_rig_step(&rig);
	agent_rig_set(&rig, agent_rig_time(&rig, "2026-11-25 12:00"));
	assert_int_equal(agent_rig_step(&rig).pushed, 1);
	assert_right(&rig, 0);
	agent_rig_set(&rig, agent_rig_time(&rig, "2026-11-24 06:00"));
	assert_int_equal(agent_rig_step(&rig).pushed, 1);
	assert_right(&rig, 0);
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-24 08:01")).pushed, 1);
	assert_right(&rig, 0);
	agent_rig_close(&rig);
}

/* When a disk takes something again, what failed because of it is done within a minute, wherever in its pause it was. */
static void test_a_disk_that_was_full(void **state)
{
	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	for (int later_s = 0; later_s < 300; later_s += 60) {
		struct agent_rig rig;

		open_pushed(&rig, PLAN, "2026-11-23 07:00");
		agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 07:50"));
		rig.room = 0;
		agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:00") + later_s);
		assert_held(&rig, 0, "fixly 10 s");
		rig.room = -1;
		agent_rig_live(&rig, agent_rig_now(&rig) + 62);
		assert_right(&rig, 0);
		assert_int_equal(agent_rig_said(&rig, "! line main: "), 1);
		assert_int_equal(agent_rig_said(&rig, "! the store: "), 1);
		assert_int_equal(agent_rig_said(&rig, "the store: well again"), 1);
		agent_rig_close(&rig);
	}
	signal(SIGXFSZ, SIG_DFL);
}

/* Somebody else's push is waited for, and is no trouble. */
static void test_a_store_that_is_locked(void **state)
{
	struct agent_rig rig;
	struct nm_store *other;
	struct nm_error err;
	char file[512];

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 07:59:30");
	agent_rig_step(&rig);
	snprintf(file, sizeof(file), "%s/store.db", rig.folder);
	ok(nm_store_open(file, false, &other, &err), &err);
	ok(nm_store_lock(other, &err), &err);
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 08:01")).pushed, 0);
	nm_store_unlock(other);
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 08:01:06")).pushed, 1);
	assert_int_equal(agent_rig_said(&rig, "!"), 0);
	ok(nm_store_lock(other, &err), &err);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 18:10"));
	assert_int_equal(agent_rig_said(&rig, "! line main: "), 1); /* but one that does not end is */
	nm_store_close(other);
	agent_rig_close(&rig);
}

/* Another agent is refused, also after one that never ended. */
static void test_one_agent_a_store(void **state)
{
	struct agent_rig rig;
	struct nm_store *other;
	struct nm_error err;
	char file[512];

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 07:00");
	snprintf(file, sizeof(file), "%s/store.db", rig.folder);
	ok(nm_store_open(file, false, &other, &err), &err);
	assert_int_equal(nm_store_agent_lock(other, &err), NM_REFUSED);
	assert_non_null(strstr(err.text, "runs for this plan already"));
	agent_rig_end(&rig);
	ok(nm_store_agent_lock(other, &err), &err);
	nm_store_close(other);
	agent_rig_close(&rig);
}

/* What failed before the process ended is not told again by the next one, but that it is well is. */
static void test_trouble_outlives_the_process(void **state)
{
	struct agent_rig rig;
	struct nm_agent_trouble *troubles;
	struct nm_arena *arena = nm_arena_new();
	struct nm_error err;
	size_t n;

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 07:00");
	rig.trouble = "plan.conf:3: no";
	rig.down = true;
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 08:01"));
	ok(nm_store_agent_troubles(rig.store, arena, &troubles, &n, &err), &err);
	assert_true(n >= 2);
	assert_int_equal(troubles[0].since, agent_rig_time(&rig, "2026-11-23 07:00"));
	agent_rig_end(&rig);
	agent_rig_begin(&rig);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 08:05"));
	assert_int_equal(agent_rig_said(&rig, "! line main: not pushed"), 1);
	assert_int_equal(agent_rig_said(&rig, "! the plan: plan.conf:3: no"), 1);
	rig.trouble = NULL;
	rig.down = false;
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 10:00"));
	assert_int_equal(agent_rig_said(&rig, "line main: well again"), 1);
	assert_int_equal(agent_rig_said(&rig, "the plan: well again, after 1 h 5 min"), 1);
	ok(nm_store_agent_troubles(rig.store, arena, &troubles, &n, &err), &err);
	assert_int_equal(n, 0);
	nm_arena_free(arena);
	agent_rig_close(&rig);
}

/* --- drift, horizons, calendars --- */

/* What somebody else changed is put back on a line that the agent keeps, and only told on one that it does not. */
static void test_drift(void **state)
{
	struct agent_rig rig;
	struct nm_error err;
	char *other;

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 07:00");
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 08:01"));
	ok(nm_store_sandbox_get(rig.carrier, line_text(rig.plan, "main"), &other, &err), &err);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 18:01"));
	ok(nm_store_sandbox_put(rig.carrier, line_text(rig.plan, "main"), other, &err), &err);
	ok(nm_store_sandbox_put(rig.carrier, line_text(rig.plan, "desk"), NULL, &err), &err);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 20:10"));
	assert_right(&rig, 0);
	assert_held(&rig, 1, "nothing");
	assert_int_equal(agent_rig_said(&rig, "put back"), 1);
	assert_int_equal(agent_rig_said(&rig, "! what is live on desk: push #"), 1);
	free(other);
	agent_rig_close(&rig);
}

/* A line that cannot be pushed for longer does not keep the next one from being judged. */
static void test_drift_behind_a_line_that_fails(void **state)
{
	struct agent_rig rig;
	struct nm_store *other;
	struct nm_error err;
	char file[512];

	(void)state;
	open_pushed(&rig, HEAD "rule always { path = night }\n", "2026-01-10 07:00");
	agent_rig_step(&rig);
	snprintf(file, sizeof(file), "%s/store.db", rig.folder);
	ok(nm_store_open(file, false, &other, &err), &err);
	ok(nm_store_sandbox_put(rig.carrier, line_text(rig.plan, "desk"), NULL, &err), &err);
	ok(nm_store_lock(other, &err), &err);
	agent_rig_set(&rig, agent_rig_now(&rig) + 100 * (nm_time)NM_DAY); /* 50 before its end */
	assert_int_equal(agent_rig_step(&rig).pushed, 0);
	assert_int_equal(agent_rig_said(&rig, "! reading lines back: "), 1);
	assert_int_equal(agent_rig_said(&rig, "! what is live on desk: push #"), 1);
	nm_store_close(other);
	agent_rig_close(&rig);
}

/* What was pushed never comes within 60 days of its end, minus the hour in which that is noticed. */
static void test_horizons_are_extended(void **state)
{
	struct agent_rig rig;
	const int days = random_few(200);
	struct nm_push_brief pushed;
	struct nm_error err;

	(void)state;
	open_pushed(&rig, HEAD "rule always { path = night }\n", "2026-01-10 07:00");
	for (int day = 0; day < days; day++) {
		agent_rig_live(&rig, agent_rig_now(&rig) + NM_DAY);
		for (size_t i = 0; i < 2; i++) {
			ok(nm_store_push_done(rig.store, rig.plan->lines[i].number, 0, NULL, &pushed, &err), &err);
			assert_true(pushed.horizon >= agent_rig_now(&rig) + NM_HORIZON_LOW - 3600);
		}
	}
	if (days == 200)
		assert_int_equal(agent_rig_pushes(&rig), 2 + 2 * 2);
	agent_rig_close(&rig);
}

static void test_calendars_are_fetched_as_often_as_they_say(void **state)
{
	struct agent_rig rig;

	(void)state;
	agent_rig_open(&rig, PLAN "calendar jobs { url = \"https://example.org/jobs.ics\" refresh = 15m }\n", "2026-11-23 07:00");
	agent_rig_begin(&rig);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 07:59"));
	assert_int_equal(rig.refreshed, 4);
	agent_rig_end(&rig);
	agent_rig_begin(&rig); /* who begins anew does not fetch what was just fetched */
	agent_rig_step(&rig);
	assert_int_equal(rig.refreshed, 4);
	rig.refresh_fails = true;
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 10:59"));
	assert_int_equal(agent_rig_said(&rig, "! calendar jobs: not fetched: the server is away"), 1);
	rig.refresh_fails = false;
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 11:10"));
	assert_int_equal(agent_rig_said(&rig, "calendar jobs: well again"), 1);
	agent_rig_close(&rig);
}

/* A calendar that moved is fetched from where it is now; one that did not is not fetched again. */
static void test_a_calendar_that_moves(void **state)
{
	struct agent_rig rig;

	(void)state;
	agent_rig_open(&rig, PLAN "calendar jobs { url = \"https://example.org/jobs.ics\" refresh = 6h }\n", "2026-11-23 07:00");
	agent_rig_begin(&rig);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 07:05"));
	assert_int_equal(rig.refreshed, 1);
	agent_rig_plan(&rig, PLAN "calendar jobs { url = \"https://example.org/moved.ics\" refresh = 6h }\n");
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 07:10"));
	assert_int_equal(rig.refreshed, 2);
	agent_rig_plan(&rig, HEAD "rule closed { path = night }\n"
				  "calendar jobs { url = \"https://example.org/moved.ics\" refresh = 6h }\n");
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 07:15"));
	assert_int_equal(rig.refreshed, 2);
	agent_rig_close(&rig);
}

/* --- the owner --- */

static void miss_call(struct agent_rig *rig, const char *id, nm_number caller)
{
	const struct nm_call_entry call = {
		.number = UINT64_C(15125550100),
		.line = "main",
		.driver = "twilio",
		.carrier_id = id,
		.caller = { .number = caller },
		.began = agent_rig_now(rig),
		.ended = agent_rig_now(rig) + 30,
		.became = { .end = NM_CALL_VOICEMAIL, .seconds = -1 },
	};
	enum nm_call_kept kept;
	struct nm_error err;

	ok(nm_store_call_put(rig->store, &call, &kept, &err), &err);
}

static size_t texts_of(const struct agent_rig *rig, const char *to)
{
	struct nm_outbox outbox;
	struct nm_error err;
	size_t n = 0;

	ok(nm_store_outbox(rig->store, false, 1000, &outbox, &err), &err);
	for (size_t i = 0; i < outbox.n; i++) {
		assert_int_equal(outbox.items[i].state, NM_OUTBOX_SENT);
		n += strcmp(outbox.items[i].to, to) == 0;
	}
	assert_int_equal(n, outbox.n);
	nm_outbox_clear(&outbox);
	return n;
}

/* Once, also by the next process; one that was done in time never. */
static void test_late_follow_ups_are_told_once(void **state)
{
	struct agent_rig rig;
	const struct nm_deed done = { .who = "pat", .kind = NM_DEED_ENDED, .end = NM_FOLLOWUP_BOOKED };
	struct nm_deed deed = done;
	struct nm_error err;

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 09:00");
	miss_call(&rig, "a", UINT64_C(15125550142));
	miss_call(&rig, "b", UINT64_C(15125550143));
	deed.at = agent_rig_now(&rig);
	ok(nm_store_followup_deed(rig.store, 2, &deed, &err), &err);
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:15")).texts, 0);
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:25")).texts, 1);
	agent_rig_end(&rig);
	agent_rig_begin(&rig);
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 19:00")).texts, 0);
	assert_int_equal(texts_of(&rig, "+15125550111"), 1);
	assert_int_equal(agent_rig_said(&rig, "0142, late by"), 1);
	agent_rig_close(&rig);
}

/* Texts of the outbox for the owner, by how they stand. */
static size_t texts_as(const struct agent_rig *rig, enum nm_outbox_state as)
{
	struct nm_outbox outbox;
	struct nm_error err;
	size_t n = 0;

	ok(nm_store_outbox(rig->store, false, 1000, &outbox, &err), &err);
	for (size_t i = 0; i < outbox.n; i++)
		n += outbox.items[i].state == as && strcmp(outbox.items[i].to, "+15125550111") == 0;
	nm_outbox_clear(&outbox);
	return n;
}

/* Who could not be told was not told: the text is tried again, by the next process too, until one arrives. */
static void test_a_text_that_failed_is_tried_again(void **state)
{
	struct agent_rig rig;
	struct nm_error err;

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 09:00");
	miss_call(&rig, "a", UINT64_C(15125550142));
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:14"));
	ok(nm_store_sandbox_fail(rig.carrier, line_text(rig.plan, "main"), "refuse 1000", &err), &err);
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:26")).texts, 0);
	assert_int_equal(texts_as(&rig, NM_OUTBOX_FAILED), 2); /* the second after five minutes */
	assert_int_equal(agent_rig_said(&rig, "told by text"), 0);
	assert_int_equal(agent_rig_said(&rig, "! texts to the owner: not told, for the text failed"), 2);
	agent_rig_end(&rig);
	ok(nm_store_sandbox_fail(rig.carrier, line_text(rig.plan, "main"), "", &err), &err);
	agent_rig_begin(&rig);
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 13:00")).texts, 1);
	assert_int_equal(texts_as(&rig, NM_OUTBOX_FAILED), 2);
	assert_int_equal(texts_as(&rig, NM_OUTBOX_SENT), 1);
	assert_int_equal(agent_rig_said(&rig, "told by text"), 1);
	agent_rig_close(&rig);
}

/* But not for ever. */
static void test_a_text_is_tried_so_often_at_most(void **state)
{
	struct agent_rig rig;
	struct nm_error err;

	(void)state;
	open_pushed(&rig, HEAD "rule always { path = night }\n", "2026-11-23 09:00");
	agent_rig_step(&rig);
	miss_call(&rig, "a", UINT64_C(15125550142));
	ok(nm_store_sandbox_fail(rig.carrier, line_text(rig.plan, "main"), "refuse 1000", &err), &err);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 18:00"));
	assert_int_equal(texts_as(&rig, NM_OUTBOX_FAILED), 7);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-24 08:00"));
	assert_int_equal(texts_as(&rig, NM_OUTBOX_FAILED), 8);
	agent_rig_close(&rig);
}

/* A missed caller is answered within a minute, once, whoever asks how often. */
static void test_missed_callers_are_answered(void **state)
{
	struct agent_rig rig;
	struct nm_outbox outbox;
	struct nm_error err;
	size_t n = 0;

	(void)state;
	open_pushed(&rig, PLAN "text_back { missed = \"Smith here: what can we help with?\" account = keeps }\n",
		    "2026-11-23 09:00");
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:10"));
	miss_call(&rig, "a", UINT64_C(15125550142));
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:12")).texts, 1);
	agent_rig_end(&rig);
	agent_rig_begin(&rig);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 12:00"));
	ok(nm_store_outbox(rig.store, false, 1000, &outbox, &err), &err);
	for (size_t i = 0; i < outbox.n; i++)
		n += strcmp(outbox.items[i].to, "+15125550142") == 0;
	assert_int_equal(n, 1);
	nm_outbox_clear(&outbox);
	agent_rig_close(&rig);
}

static void flood(struct agent_rig *rig, const char *line)
{
	const struct nm_sandbox_inbound text = { .from = "+15125550199", .body = "buy", .at = agent_rig_now(rig) };
	struct nm_error err;

	for (int i = 0; i < NM_SANDBOX_INBOUND_LISTED; i++)
		ok(nm_store_sandbox_inbound_add(rig->carrier, line_text(rig->plan, line), &text, &err), &err);
}

/* Two minutes now and then: each minute reads the whole flood, which is slow where it is watched (valgrind). */
static void live_now_and_then(struct agent_rig *rig, nm_time until)
{
	for (nm_time at = agent_rig_now(rig) + 4 * 3600; at < until; at += 4 * 3600) {
		agent_rig_set(rig, at);
		agent_rig_live(rig, at + 120);
	}
	agent_rig_set(rig, until);
}

/* More texts than a list shows: that is told while it lasts, once, and missed callers are answered all the same. */
static void assert_flood_is_told(const char *text)
{
	struct agent_rig rig;

	open_pushed(&rig, text, "2026-11-23 09:00");
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:10"));
	assert_int_equal(agent_rig_said(&rig, "! texts"), 0);
	flood(&rig, "desk");
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:20"));
	agent_rig_end(&rig);
	agent_rig_begin(&rig);
	miss_call(&rig, "a", UINT64_C(15125550142));
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:22")).texts,
			 strstr(text, "text_back") != NULL);
	live_now_and_then(&rig, agent_rig_time(&rig, "2026-11-24 09:00"));
	assert_int_equal(agent_rig_said(&rig, "! texts: so many texts came to line desk that some may be missing"), 1);
	assert_int_equal(agent_rig_said(&rig, "texts: well again"), 0);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-24 11:00"));
	assert_int_equal(agent_rig_said(&rig, "texts: well again"), 1);
	agent_rig_close(&rig);
}

static void test_a_flood_of_texts(void **state)
{
	(void)state;
	assert_flood_is_told(PLAN "text_back { missed = \"Smith here: what can we help with?\" account = keeps }\n");
	assert_flood_is_told(PLACES RULES "follow_up { survey = \"Smith: on the first call? 1 yes, 2 no\" }\n");
}

/* Who was called back is asked within a minute, once, also without text-backs. */
static void test_customers_are_asked(void **state)
{
	struct agent_rig rig;
	struct nm_deed done = { .who = "pat", .kind = NM_DEED_ENDED, .end = NM_FOLLOWUP_RESOLVED };
	struct nm_error err;

	(void)state;
	open_pushed(&rig, PLACES RULES "follow_up { survey = \"Smith: on the first call? 1 yes, 2 no\" }\n",
		    "2026-11-23 09:00");
	miss_call(&rig, "a", UINT64_C(15125550142));
	done.at = agent_rig_now(&rig);
	ok(nm_store_followup_deed(rig.store, 1, &done, &err), &err);
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:02")).texts, 1);
	agent_rig_end(&rig);
	agent_rig_begin(&rig);
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 12:00")).texts, 0);
	assert_int_equal(texts_of(&rig, "+15125550142"), 1);
	agent_rig_close(&rig);
}

/* A flood of missed calls is one text of all of them, and not another one of a new process each minute. */
static void test_texts_to_the_owner_are_few(void **state)
{
	struct agent_rig rig;
	size_t texts = 0;
	char id[16];

	(void)state;
	open_pushed(&rig, PLAN, "2026-11-23 09:01");
	for (unsigned i = 0; i < 50; i++) {
		snprintf(id, sizeof(id), "c%u", i);
		miss_call(&rig, id, UINT64_C(15125550200) + i);
	}
	while (agent_rig_now(&rig) < agent_rig_time(&rig, "2026-11-23 09:59")) {
		texts += agent_rig_live(&rig, agent_rig_now(&rig) + 60).texts;
		agent_rig_end(&rig);
		agent_rig_begin(&rig);
	}
	assert_int_equal(texts, 1);
	assert_int_equal(agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 11:00")).texts, 0);
	agent_rig_close(&rig);
}

/* --- the CRM --- */

/* A missed call of which the CRM is to be told. */
static void miss_told_call(struct agent_rig *rig, const char *id)
{
	const struct nm_call_entry call = {
		.number = UINT64_C(15125550100),
		.line = "main",
		.driver = "twilio",
		.carrier_id = id,
		.caller = { .number = UINT64_C(15125550142) },
		.began = agent_rig_now(rig),
		.ended = agent_rig_now(rig) + 30,
		.became = { .end = NM_CALL_VOICEMAIL, .seconds = -1 },
	};
	enum nm_call_kept kept;
	struct nm_error err;
	nm_time since;

	ok(nm_events_since(rig->store, rig->plan, agent_rig_now(rig), &since, &err), &err);
	ok(nm_events_call_put(rig->store, rig->plan, since, &call, &kept, &err), &err);
}

/* Down, one event refused, well again: told once as each begins and ends, also across processes; the order is kept. */
static void test_a_crm_that_is_down(void **state)
{
	struct agent_rig rig;

	(void)state;
	agent_rig_open(&rig, HEAD "rule always { path = night }\ncrm { url = \"https://crm.example.org/hooks\" }\n",
		       "2026-11-23 09:00");
	agent_rig_begin(&rig);
	rig.crm_status = 204;
	miss_told_call(&rig, "a");
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:02"));
	assert_string_equal(rig.crm.data, "1 ");
	rig.crm_status = 0;
	miss_told_call(&rig, "b");
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 09:05"));
	miss_told_call(&rig, "c");
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 10:00"));
	agent_rig_end(&rig);
	agent_rig_begin(&rig);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 11:00"));
	assert_int_equal(agent_rig_said(&rig, "! events for the CRM: no answer"), 1);
	assert_int_equal(agent_rig_said(&rig, "events for the CRM: well again"), 0);
	rig.crm_status = 204;
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 17:30"));
	assert_string_equal(rig.crm.data, "1 2 3 ");
	assert_int_equal(agent_rig_said(&rig, "events for the CRM: well again"), 1);
	rig.crm_status = 422;
	miss_told_call(&rig, "d");
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 17:40"));
	assert_int_equal(agent_rig_said(&rig, "! events for the CRM: 1 refused, and set aside"), 1);
	rig.crm_status = 204;
	miss_told_call(&rig, "e");
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-11-23 17:50"));
	assert_string_equal(rig.crm.data, "1 2 3 5 ");
	assert_int_equal(agent_rig_said(&rig, "events for the CRM"), 3);
	agent_rig_close(&rig);
}

static size_t calls_kept(const struct agent_rig *rig)
{
	const struct nm_call_filter filter = { .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 100 };
	struct nm_call_entries calls;
	struct nm_error err;
	size_t n;

	ok(nm_store_calls(rig->store, &filter, &calls, &err), &err);
	n = calls.n;
	nm_call_entries_clear(&calls);
	return n;
}

/* What is older than the plan's retention goes, once a day and no more often. */
static void test_what_is_old_goes_once_a_day(void **state)
{
	struct agent_rig rig;
	nm_time begun;

	(void)state;
	open_pushed(&rig, "retention = 1w\n" HEAD "rule always { path = night }\n", "2026-11-23 12:00");
	begun = agent_rig_now(&rig);
	agent_rig_step(&rig);
	agent_rig_set(&rig, begun + 3600);
	miss_call(&rig, "a", UINT64_C(15125550142));
	agent_rig_live(&rig, begun + 7 * (nm_time)NM_DAY + 2 * 3600);
	assert_int_equal(calls_kept(&rig), 1); /* it is old since an hour */
	agent_rig_live(&rig, begun + 8 * (nm_time)NM_DAY + 3600);
	assert_int_equal(calls_kept(&rig), 0);
	agent_rig_close(&rig);
}

/* --- is it alive? --- */

static void test_its_heartbeat(void **state)
{
	struct agent_rig rig;
	struct nm_agent_beat beat;
	struct nm_arena *arena = nm_arena_new();
	struct nm_error err;
	nm_time silent;
	bool found;

	(void)state;
	agent_rig_open(&rig, PLAN, "2026-11-23 07:00");
	ok(nm_store_agent_get(rig.store, arena, &beat, &found, &err), &err);
	assert_false(found);
	agent_rig_begin(&rig);
	for (int i = 0; i < 50; i++) {
		agent_rig_live(&rig, agent_rig_now(&rig) + 60);
		ok(nm_store_agent_get(rig.store, arena, &beat, &found, &err), &err);
		assert_true(found && beat.next <= agent_rig_now(&rig) + NM_AGENT_BEAT_S);
		assert_false(nm_agent_silent(&beat, agent_rig_now(&rig)));
	}
	assert_string_equal(beat.host, "here");
	assert_int_equal(beat.pid, 7);
	assert_int_equal(beat.started, agent_rig_time(&rig, "2026-11-23 07:00"));
	assert_int_equal(beat.stopped, 0);
	silent = beat.next + NM_AGENT_GRACE_S;
	assert_false(nm_agent_silent(&beat, silent));
	assert_true(nm_agent_silent(&beat, silent + 1));
	agent_rig_end(&rig);
	ok(nm_store_agent_get(rig.store, arena, &beat, &found, &err), &err);
	assert_int_equal(beat.stopped, agent_rig_now(&rig));
	nm_arena_free(arena);
	agent_rig_close(&rig);
}

/* One that was killed a moment ago wrote a moment ago: on its machine its lock tells, elsewhere only what it wrote does. */
static void test_one_that_was_killed(void **state)
{
	struct agent_rig rig;
	struct nm_agent_beat beat;
	struct nm_arena *arena = nm_arena_new();
	struct nm_error err;
	nm_time now;
	bool found;

	(void)state;
	agent_rig_open(&rig, PLAN, "2026-11-23 07:00");
	agent_rig_begin(&rig);
	agent_rig_step(&rig);
	now = agent_rig_now(&rig);
	ok(nm_store_agent_get(rig.store, arena, &beat, &found, &err), &err);
	assert_true(nm_agent_lives(rig.store, &beat, "here", now));
	assert_true(nm_agent_lives(rig.store, &beat, "elsewhere", now));
	assert_false(nm_agent_lives(rig.store, &beat, "here", beat.next + NM_AGENT_GRACE_S + 1)); /* it hangs */
	nm_store_agent_unlock(rig.store); /* as the kernel does at the end of a process */
	assert_false(nm_agent_lives(rig.store, &beat, "here", now));
	assert_true(nm_agent_lives(rig.store, &beat, "elsewhere", now));
	assert_false(nm_agent_lives(rig.store, &beat, "elsewhere", beat.next + NM_AGENT_GRACE_S + 1));
	agent_rig_end(&rig); /* in good order, as each round of a timer ends */
	ok(nm_store_agent_get(rig.store, arena, &beat, &found, &err), &err);
	assert_true(nm_agent_lives(rig.store, &beat, "here", now));
	assert_false(nm_agent_lives(rig.store, &beat, "here", beat.next + NM_AGENT_GRACE_S + 1));
	nm_arena_free(arena);
	agent_rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_pushes_at_each_change_and_at_no_other_time),
		cmocka_unit_test(test_it_leaves_alone_what_nobody_pushed),
		cmocka_unit_test(test_a_plan_that_is_saved),
		cmocka_unit_test(test_what_protects_goes_out_early),
		cmocka_unit_test(test_a_guarantee_that_refuses),
		cmocka_unit_test(test_a_carrier_that_is_down_for_days),
		cmocka_unit_test(test_a_clock_that_is_set),
		cmocka_unit_test(test_a_disk_that_was_full),
		cmocka_unit_test(test_a_store_that_is_locked),
		cmocka_unit_test(test_one_agent_a_store),
		cmocka_unit_test(test_trouble_outlives_the_process),
		cmocka_unit_test(test_drift),
		cmocka_unit_test(test_drift_behind_a_line_that_fails),
		cmocka_unit_test(test_horizons_are_extended),
		cmocka_unit_test(test_calendars_are_fetched_as_often_as_they_say),
		cmocka_unit_test(test_a_calendar_that_moves),
		cmocka_unit_test(test_late_follow_ups_are_told_once),
		cmocka_unit_test(test_a_text_that_failed_is_tried_again),
		cmocka_unit_test(test_a_text_is_tried_so_often_at_most),
		cmocka_unit_test(test_missed_callers_are_answered),
		cmocka_unit_test(test_a_flood_of_texts),
		cmocka_unit_test(test_customers_are_asked),
		cmocka_unit_test(test_texts_to_the_owner_are_few),
		cmocka_unit_test(test_a_crm_that_is_down),
		cmocka_unit_test(test_what_is_old_goes_once_a_day),
		cmocka_unit_test(test_its_heartbeat),
		cmocka_unit_test(test_one_that_was_killed),
	};

	/* No machine dies here: what a disk does when the power goes is not asked. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
