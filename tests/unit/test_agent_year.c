/* SPDX-License-Identifier: MIT */
/*
 * A year of the agent's life: every change of a plan with hours, focus time, a rotation, overrides and two clock
 * changes; and the same with processes that are killed wherever they are, a carrier that goes away for days, machines
 * that sleep and clocks that are set.  What is live is held against the plan itself, decided anew for every interval.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent_year.h"
#include "random_plan.h"
#include "store_faults.h"

/* All that the agent works at each minute. */
#define QUIET_PLAN                                                                                     \
	AGENT_YEAR_PLAN "text_back { missed = \"Smith here: what can we help with?\" account = toy }\n"   \
			"follow_up { survey = \"Smith: was it done? 1 yes, 2 no\" }\n"                        \
			"emergency { lines = main path = night alert = owner }\n"                              \
			"crm { url = \"https://crm.example.org/hooks\" }\n"
#define HOURLY_BYTES (100 * 1024) /* as the manual says */

/* --- a quiet year --- */

static void test_a_quiet_year(void **state)
{
	const int days = random_few(AGENT_YEAR_DAYS);
	struct nm_agent_round sum = { 0 };
	struct agent_rig rig;
	struct agent_year year;
	char *held = NULL;

	(void)state;
	agent_rig_open(&rig, AGENT_YEAR_PLAN, AGENT_YEAR_BEGIN);
	agent_year_open(&year, &rig, days);
	assert_true(days < AGENT_YEAR_DAYS || year.changes > 600);
	agent_rig_push(&rig);
	agent_rig_begin(&rig);
	while (agent_rig_now(&rig) < year.end) {
		const struct nm_agent_round round = agent_rig_step(&rig);

		sum.pushed += round.pushed;
		assert_int_equal(round.failed, 0);
		if (!agent_year_right(&year, &rig, &round, &held))
			fail_msg("wrong at %lld: %s", (long long)agent_rig_now(&rig), rig.log.data + rig.log.len - 200);
		agent_rig_set(&rig, round.next > agent_rig_now(&rig) ? round.next : agent_rig_now(&rig));
	}
	/* Each change was pushed, and nothing else, but for what extends a horizon. */
	assert_true(sum.pushed >= year.changes && sum.pushed <= year.changes + 1 + (size_t)days / 60);
	assert_int_equal(agent_rig_said(&rig, "!"), 0);
	free(held);
	agent_year_close(&year);
	agent_rig_close(&rig);
}

/* A night in which nothing happens: nothing is logged, and the store gets its heartbeats and little else. */
static void test_a_quiet_night(void **state)
{
	const double hours = 10;
	struct agent_rig rig;
	uint64_t begun;
	size_t logged;

	(void)state;
	agent_rig_open(&rig, QUIET_PLAN, "2026-01-12 17:30");
	agent_rig_push(&rig);
	rig.crm_status = 204;
	agent_rig_begin(&rig);
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-01-12 20:00"));
	logged = rig.log.len;
	begun = store_written();
	agent_rig_live(&rig, agent_rig_time(&rig, "2026-01-13 06:00"));
	print_message("%.0f bytes an hour\n", (double)(store_written() - begun) / hours);
	assert_int_equal(rig.log.len, logged);
	assert_true(store_written() > begun);
	assert_true((double)(store_written() - begun) < hours * HOURLY_BYTES);
	agent_rig_close(&rig);
}

/* --- a hard one --- */

static void test_a_hard_year(void **state)
{
	const int days = random_few(AGENT_YEAR_DAYS);
	const struct agent_trial trial = { .seed = 2026, .befall = agent_year_hard };
	struct agent_fate fate;
	struct agent_rig rig;
	struct agent_year year;

	(void)state;
	agent_rig_open(&rig, AGENT_YEAR_PLAN, AGENT_YEAR_BEGIN);
	agent_year_open(&year, &rig, days);
	agent_rig_push(&rig);
	agent_year_live(&rig, &year, &trial, &fate);
	assert_true(days < AGENT_YEAR_DAYS || (fate.lives > 50 && fate.faults[0].times > 20));
	agent_year_close(&year);
	agent_rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_quiet_year),
		cmocka_unit_test(test_a_quiet_night),
		cmocka_unit_test(test_a_hard_year),
	};

	/* Processes are killed here, machines are not: what a disk does when the power goes is not asked. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
