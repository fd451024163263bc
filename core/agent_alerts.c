/* SPDX-License-Identifier: MIT */
/*
 * The people whom emergencies alert, each minute and whenever calls have come.  Comes in: an agent that has looked.  Goes
 * out: texts to them, all of whose rules are nm_alerts_run's.
 */
#include "core/agent_private.h"
#include "nevermiss/alerts.h"

struct telling {
	struct nm_agent *agent;
	const struct nm_agent_job *job;
};

static void tell(void *context, bool warning, const char *words)
{
	const struct telling *telling = context;

	nm_agent_tell(telling->agent, telling->job, warning ? NM_AGENT_WARNING : NM_AGENT_NOTICE, "%s", words);
}

enum nm_code nm_agent_has_alerts(const struct nm_agent *agent, bool *out, struct nm_error *err)
{
	const struct nm_emergency *emergency = &agent->view.push.plan->emergency;
	struct nm_call_alert *alerts;
	struct nm_arena *arena;
	size_t n = 0;
	enum nm_code code;

	*out = emergency->given && (emergency->alert.n > 0 || emergency->then_alert.n > 0);
	if (*out)
		return NM_OK;
	arena = nm_arena_new();
	code = arena != NULL ? nm_store_alerts(agent->store, NM_TIME_MAX, arena, &alerts, &n, err) : nm_fail_memory(err);
	nm_arena_free(arena);
	*out = n > 0;
	return code;
}

enum nm_code nm_agent_alerts(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err)
{
	struct telling telling = { agent, job };
	const struct nm_alerts_run run = { .tell = tell, .context = &telling };
	struct nm_alerts_done done;
	enum nm_code code;

	if (nm_agent_busy(agent, job))
		return NM_OK;
	code = nm_alerts_run(&agent->view.push, &run, &done, err);
	agent->round.texts += done.texts;
	job->due = agent->now + NM_AGENT_POLL_S;
	if (done.next > agent->now && done.next < job->due)
		job->due = done.next;
	return code;
}
