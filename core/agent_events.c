/* SPDX-License-Identifier: MIT */
/*
 * What the CRM is to be told, each minute.  Comes in: an agent that has looked.  Goes out: events to the CRM; their order,
 * and when one is sent again, are nm_events_deliver's.
 */
#include "core/agent_private.h"
#include "nevermiss/events.h"

enum nm_code nm_agent_events(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err)
{
	struct nm_events_sent sent = { .next = NM_TIME_MAX };
	const nm_time soon = agent->now + NM_AGENT_POLL_S;
	enum nm_code code = nm_events_deliver(&agent->view.push, NM_EVENTS_ROUND, &sent, err);

	job->due = sent.next < soon ? sent.next : soon;
	if (code != NM_OK)
		return code;
	if (sent.aside > 0)
		nm_agent_tell(agent, job, NM_AGENT_WARNING, "%zu refused, and set aside: `nevermiss crm` lists them",
			      sent.aside);
	if (sent.trouble.code != NM_OK)
		return nm_fail(err, sent.trouble.code, "%s", sent.trouble.text);
	/* What failed waits for its next try, and nothing else was there to be tried. */
	if (job->words != NULL && sent.delivered == 0 && sent.aside == 0 && sent.waiting > 0)
		return nm_fail(err, NM_CARRIER, "%s", job->words);
	return NM_OK;
}
