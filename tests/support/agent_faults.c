/* SPDX-License-Identifier: MIT */
/* See agent_faults.h. */
#include "agent_faults.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "random_plan.h"
#include "store_faults.h"

#define HOUR_S 3600

bool agent_faults_begin(const struct agent_rig *rig, struct agent_fate *fate, int kind, uint32_t one_in, bool called,
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

bool agent_faults_last(const struct agent_rig *rig, const struct agent_fate *fate, int kind)
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
	if (agent_faults_begin(rig, fate, AGENT_FULL, 9000, called, some_hours(fate, 30))) {
		const off_t log = size_of(rig, "store.db-wal"), store = size_of(rig, "store.db");

		fate->faults[AGENT_FULL].what = called ? 0 : random_below(&fate->seed, (uint32_t)(2 * (log > store ? log : store)));
		rig->full_at = called ? rig->requests + 1 + (int)random_below(&fate->seed, 8) : 0;
		return true;
	}
	if (agent_faults_last(rig, fate, AGENT_FULL))
		rig->room = fate->faults[AGENT_FULL].what;
	return agent_faults_last(rig, fate, AGENT_FULL);
}

static bool refuse_writing(struct agent_rig *rig, struct agent_fate *fate, bool called)
{
	agent_faults_begin(rig, fate, AGENT_REFUSED, 9000, called, some_hours(fate, 30));
	if (agent_faults_last(rig, fate, AGENT_REFUSED))
		rig->room = 0;
	return agent_faults_last(rig, fate, AGENT_REFUSED);
}

static bool hold_store(struct agent_rig *rig, struct agent_fate *fate, bool called)
{
	static struct sqlite3 *holder; /* of this process */
	char file[512];

	agent_faults_begin(rig, fate, AGENT_HELD, 9000, called, some_hours(fate, 8));
	if (holder != NULL && !agent_faults_last(rig, fate, AGENT_HELD)) {
		store_let_go(holder);
		holder = NULL;
	}
	if (holder == NULL && agent_faults_last(rig, fate, AGENT_HELD)) {
		path_of(rig, "store.db", file);
		holder = store_hold(file);
	}
	return holder != NULL;
}

bool agent_faults_store(struct agent_rig *rig, struct agent_fate *fate, bool called)
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
	fate->faults[AGENT_CLOCK].times++;
}

bool agent_faults_world(struct agent_rig *rig, struct agent_fate *fate, bool called)
{
	set_clock(rig, fate);
	agent_faults_begin(rig, fate, AGENT_AWAY, 40000, called, 3 * NM_DAY);
	agent_faults_begin(rig, fate, AGENT_SILENT, 40000, called, 3 * NM_DAY);
	rig->down = agent_faults_last(rig, fate, AGENT_AWAY);
	rig->mute = !rig->down && agent_faults_last(rig, fate, AGENT_SILENT);
	rig->down_s = 30;
	rig->latency_s = rig->mute ? 30 : 0;
	return rig->down || rig->mute;
}
