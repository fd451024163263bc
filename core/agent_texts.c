/* SPDX-License-Identifier: MIT */
/*
 * Text-backs, each minute.  Comes in: an agent that has looked.  Goes out: texts to missed callers, all of whose rules
 * are nm_text_backs_run's.
 */
#include "core/agent_private.h"
#include "nevermiss/texting.h"

enum nm_code nm_agent_texts(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err)
{
	struct nm_text_backs backs = { .next = NM_TIME_MAX };
	struct nm_outbox texts = { 0 };
	const nm_time soon = agent->now + NM_AGENT_POLL_S;
	enum nm_code code;

	if (nm_agent_busy(agent, job))
		return NM_OK;
	code = nm_text_backs_run(&agent->view.push, false, &backs, &texts, err);
	job->due = backs.next > agent->now && backs.next < soon ? backs.next : soon;
	for (size_t i = 0; i < texts.n; i++)
		nm_agent_tell(agent, job, texts.items[i].state == NM_OUTBOX_SENT ? NM_AGENT_NOTICE : NM_AGENT_WARNING,
			      "%s: %s", texts.items[i].to, nm_outbox_state_name(texts.items[i].state));
	agent->round.texts += backs.sent;
	nm_outbox_clear(&texts);
	return code;
}
