/* SPDX-License-Identifier: MIT */
/*
 * What the agent brings in: calendars as often as the plan says, records of calls as often as their carrier has them.
 * Comes in: an agent that has looked.  Goes out: copies and calls in the store.
 */
#include "core/agent_private.h"
#include "nevermiss/calls.h"

#define CALLS_LEAST_S 60

enum nm_code nm_agent_calendar(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err)
{
	const struct nm_calendar *calendar = &agent->view.push.plan->calendars[job->index];
	const int64_t refresh_s = calendar->refresh_s;
	struct nm_arena *arena = nm_arena_new();
	struct nm_calendar_copy copy;
	struct nm_refreshes refreshes;
	bool found = false;
	enum nm_code code = arena != NULL
				    ? nm_store_calendar_get(agent->store, calendar->path, arena, &copy, &found, err)
				    : nm_fail_memory(err);

	job->due = found && job->failures == 0 && copy.tried <= agent->now ? copy.tried + refresh_s : agent->now;
	nm_arena_free(arena);
	if (code != NM_OK || job->due > agent->now)
		return code;
	job->due = agent->now + refresh_s;
	code = agent->world.refresh(agent->world.context, job->index, &refreshes, err);
	if (code != NM_OK)
		return code;
	if (refreshes.n > 0 && refreshes.items[0].end == NM_REFRESH_FAILED)
		code = nm_fail(err, NM_CARRIER, "not fetched: %s", refreshes.items[0].words);
	nm_refreshes_clear(&refreshes);
	return code;
}

bool nm_agent_has_records(const struct nm_plan *plan, int account)
{
	const struct nm_carrier *carrier = nm_carrier_find(plan->accounts[account].driver);

	if (carrier == NULL || carrier->traits.records_late_s < 0)
		return false;
	for (size_t i = 0; i < plan->n_lines; i++)
		if (plan->lines[i].account == account)
			return true;
	return false;
}

static int64_t fetched_each_s(const struct nm_carrier *carrier)
{
	return carrier->traits.records_late_s > CALLS_LEAST_S ? carrier->traits.records_late_s : CALLS_LEAST_S;
}

int64_t nm_agent_log_late_s(const struct nm_carrier *carrier)
{
	return carrier->traits.records_late_s < 0 ? -1 : carrier->traits.records_late_s + fetched_each_s(carrier);
}

int64_t nm_agent_text_late_s(const struct nm_carrier *carrier)
{
	return carrier->traits.records_late_s < 0 ? -1 : nm_agent_log_late_s(carrier) + NM_AGENT_POLL_S;
}

enum nm_code nm_agent_calls(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err)
{
	const struct nm_account *account = &agent->view.push.plan->accounts[job->index];
	const int64_t each_s = fetched_each_s(nm_carrier_find(account->driver));
	struct nm_agent_job *alerts = nm_agent_find(agent, NM_AGENT_ALERTS, "");
	struct nm_import import = { .n = 0 };
	const char *words = NULL;
	size_t fresh = 0;
	bool cut = false;
	struct nm_error why;
	enum nm_code code = nm_calls_import(&agent->view.push, job->index, NM_TIME_MIN, &import, &why);

	for (size_t i = 0; i < import.n; i++) {
		fresh += import.lines[i].fresh;
		cut |= import.lines[i].cut;
		words = import.lines[i].words != NULL ? import.lines[i].words : words;
	}
	agent->round.calls += fresh;
	if (fresh > 0 && alerts != NULL) /* an emergency may be among them */
		alerts->due = agent->now;
	job->due = cut ? agent->now : agent->now + each_s;
	if (code != NM_OK)
		nm_fail(err, code, "not fetched: %s", words != NULL ? words : why.text);
	nm_import_clear(&import);
	return code;
}
