/* SPDX-License-Identifier: MIT */
/*
 * Two years of the agent's life with everything against it.  In one its store suffers: the disk is full, or takes
 * nothing, or somebody else does not let the store go.  In the other the world does: clocks jump, and the carrier is
 * away for three days, or serves and does not answer.  Processes are killed all the while.  What must hold whatever
 * happens is agent_year's.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent_year.h"
#include "random_plan.h"
#include "store_faults.h"

#define PLAN AGENT_YEAR_PLAN "text_back { missed = \"Smith here: what can we help with?\" account = toy }\n"
#define HOUR_S 3600

/* Kinds of faults, of either year. */
enum { FULL, REFUSED, HELD };
enum { CLOCK, AWAY, SILENT };

/* Begins now and then, rather when a call was just missed and its text is to be sent, and lasts so long; true: it has
 * just begun. */
static bool begins(const struct agent_rig *rig, struct agent_fate *fate, int kind, uint32_t one_in, bool called,
		   nm_time lasts)
{
	const nm_time now = agent_rig_now(rig);

	if (now < fate->faults[kind].until || random_below(&fate->seed, called ? 16 : one_in) > 0)
		return false;
	fate->faults[kind].until = now + lasts;
	fate->faults[kind].times++;
	return true;
}

static nm_time some_hours(struct agent_fate *fate, uint32_t most)
{
	return HOUR_S + random_below(&fate->seed, (most - 1) * HOUR_S + 1);
}

static bool lasts(const struct agent_rig *rig, const struct agent_fate *fate, int kind)
{
	return agent_rig_now(rig) < fate->faults[kind].until;
}

static void path_of(const struct agent_rig *rig, const char *name, char out[static 512])
{
	assert_true(snprintf(out, 512, "%s/%s", rig->folder, name) < 512);
}

static off_t size_of(const struct agent_rig *rig, const char *name)
{
	char file[512];
	struct stat found;

	path_of(rig, name, file);
	return stat(file, &found) == 0 ? found.st_size : 0;
}

/* --- a store that suffers --- */

/* What is there may be written over, and something more may fit; or it is full all at once, in the middle of a round. */
static bool fill_disk(struct agent_rig *rig, struct agent_fate *fate, bool called)
{
	if (begins(rig, fate, FULL, 9000, called, some_hours(fate, 30))) {
		const off_t log = size_of(rig, "store.db-wal"), store = size_of(rig, "store.db");

		fate->faults[FULL].what = called ? 0 : random_below(&fate->seed, (uint32_t)(2 * (log > store ? log : store)));
		rig->full_at = called ? rig->requests + 1 + (int)random_below(&fate->seed, 8) : 0;
		return true;
	}
	if (lasts(rig, fate, FULL))
		rig->room = fate->faults[FULL].what;
	return lasts(rig, fate, FULL);
}

static bool refuse_writing(struct agent_rig *rig, struct agent_fate *fate, bool called)
{
	begins(rig, fate, REFUSED, 9000, called, some_hours(fate, 30));
	if (lasts(rig, fate, REFUSED))
		rig->room = 0;
	return lasts(rig, fate, REFUSED);
}

static bool hold_store(struct agent_rig *rig, struct agent_fate *fate, bool called)
{
	static struct sqlite3 *holder; /* of this process */
	char file[512];

	begins(rig, fate, HELD, 9000, called, some_hours(fate, 8));
	if (holder != NULL && !lasts(rig, fate, HELD)) {
		store_let_go(holder);
		holder = NULL;
	}
	if (holder == NULL && lasts(rig, fate, HELD)) {
		path_of(rig, "store.db", file);
		holder = store_hold(file);
	}
	return holder != NULL;
}

static bool befall_store(struct agent_rig *rig, struct agent_fate *fate, bool called)
{
	bool hurt = false;

	rig->room = -1;
	hurt |= fill_disk(rig, fate, called);
	hurt |= refuse_writing(rig, fate, called);
	hurt |= hold_store(rig, fate, called);
	return hurt;
}

/* --- a world that does --- */

/* Days ahead and hours back, and back and forth over what clocks do by themselves. */
static void set_clock(struct agent_rig *rig, struct agent_fate *fate)
{
	const nm_time now = agent_rig_now(rig), begin = agent_rig_time(rig, AGENT_YEAR_BEGIN);
	const nm_time changes[] = { agent_rig_time(rig, "2026-03-08 03:00"), agent_rig_time(rig, "2026-11-01 02:00") };
	const uint32_t chance = random_below(&fate->seed, 6000);
	nm_time to = now;

	if (chance == 0)
		to = now + random_below(&fate->seed, 4 * NM_DAY);
	else if (chance <= 3)
		to = now - random_below(&fate->seed, 12 * HOUR_S);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		if (now > changes[i] - NM_DAY && now < changes[i] + NM_DAY && chance < 100)
			to = changes[i] - 2 * HOUR_S + random_below(&fate->seed, 4 * HOUR_S + 600);
	if (to == now || to < begin)
		return;
	agent_rig_set(rig, to);
	fate->hurt += to - now; /* no time has passed */
	fate->faults[CLOCK].times++;
}

static bool befall_world(struct agent_rig *rig, struct agent_fate *fate, bool called)
{
	set_clock(rig, fate);
	begins(rig, fate, AWAY, 40000, called, 3 * NM_DAY);
	begins(rig, fate, SILENT, 40000, called, 3 * NM_DAY);
	rig->down = lasts(rig, fate, AWAY);
	rig->mute = !rig->down && lasts(rig, fate, SILENT);
	rig->down_s = 30;
	rig->latency_s = rig->mute ? 30 : 0;
	return rig->down || rig->mute;
}

/* --- the years --- */

/* times: so often at least each kind befalls in a whole year. */
static void live_through(const struct agent_trial *trial, size_t times)
{
	const int days = random_few(AGENT_YEAR_DAYS);
	struct agent_fate fate;
	struct agent_rig rig;
	struct agent_year year;

	agent_rig_open(&rig, PLAN, AGENT_YEAR_BEGIN);
	store_waits_on(&rig.now_ms);
	agent_year_open(&year, &rig, days);
	agent_rig_push(&rig);
	agent_year_live(&rig, &year, trial, &fate);
	print_message("%zu lives (%zu could not begin), %zu rounds (%zu judged), %zu, %zu and %zu faults, %d calls, %zu "
		      "texts, %zu warnings, right again after %lld s\n", fate.lives, fate.stillborn, fate.rounds, fate.judged, fate.faults[0].times,
		      fate.faults[1].times, fate.faults[2].times, fate.calls, fate.texts, fate.warnings, (long long)fate.slowest);
	if (days == AGENT_YEAR_DAYS) {
		assert_true(fate.lives > 50 && fate.judged > fate.rounds / 2);
		for (int i = 0; i < 3; i++)
			assert_true(fate.faults[i].times >= times);
	}
	agent_year_close(&year);
	agent_rig_close(&rig);
}

static void test_a_store_that_suffers(void **state)
{
	(void)state;
	live_through(&(struct agent_trial){ .seed = 1, .befall = befall_store }, 20);
}

static void test_a_world_that_does(void **state)
{
	(void)state;
	live_through(&(struct agent_trial){ .seed = 2, .befall = befall_world }, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_store_that_suffers),
		cmocka_unit_test(test_a_world_that_does),
	};

	/* Processes are killed here, machines are not: what a disk does when the power goes is not asked. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	signal(SIGXFSZ, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
