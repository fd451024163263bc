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
#include <unistd.h>

#include <cmocka.h>

#include "agent_faults.h"
#include "random_plan.h"
#include "store_faults.h"

#define PLAN AGENT_YEAR_PLAN "text_back { missed = \"Smith here: what can we help with?\" account = toy }\n"

/* --- the years --- */

/* times: so often at least each of three kinds befalls in a whole year, from `first` on. */
static void live_through(const struct agent_trial *trial, int first, size_t times)
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
		      "texts, %zu warnings, right again after %lld s\n", fate.lives, fate.stillborn, fate.rounds, fate.judged, fate.faults[first].times,
		      fate.faults[first + 1].times, fate.faults[first + 2].times, fate.calls, fate.texts, fate.warnings, (long long)fate.slowest);
	if (days == AGENT_YEAR_DAYS) {
		assert_true(fate.lives > 50 && fate.judged > fate.rounds / 2);
		for (int i = first; i < first + 3; i++)
			assert_true(fate.faults[i].times >= times);
	}
	agent_year_close(&year);
	agent_rig_close(&rig);
}

static void test_a_store_that_suffers(void **state)
{
	(void)state;
	live_through(&(struct agent_trial){ .seed = 1, .befall = agent_faults_store }, AGENT_FULL, 20);
}

static void test_a_world_that_does(void **state)
{
	(void)state;
	live_through(&(struct agent_trial){ .seed = 2, .befall = agent_faults_world }, AGENT_CLOCK, 8);
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
