/* SPDX-License-Identifier: MIT */
/*
 * Texts of which it is in doubt whether their sender wants no more: the owner is told of the first of each sender, so that
 * a person decides.  Comes in: the texts that came.  Goes out: texts to the owner, each once (agent_owner.c).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/agent_private.h"
#include "core/utf8.h"
#include "nevermiss/inbound.h"
#include "nevermiss/optout.h"

#define LOOKED_AT 500 /* the newest texts */
#define QUOTED 120    /* bytes of one */

/* A customer's, in doubt one way or the other. */
static bool is_doubtful(const struct nm_plan *plan, const struct nm_inbound_entry *text)
{
	nm_number from;

	return nm_number_read(text->from, plan->country, &from, NULL) == NM_OK && !nm_plan_owns(plan, from) &&
	       (nm_optout_read(text->body) == NM_OPTOUT_IN_DOUBT || nm_optout_perhaps(text->body));
}

/* Is another one of that sender older, or is it known for sure that they want none?  Then nobody need decide. */
static bool is_settled(const struct nm_plan *plan, const struct nm_inbound_entries *texts, size_t i)
{
	for (size_t k = 0; k < texts->n; k++)
		if (strcmp(texts->items[k].from, texts->items[i].from) == 0 &&
		    (nm_optout_read(texts->items[k].body) == NM_OPTOUT_PLAIN || (k > i && is_doubtful(plan, &texts->items[k]))))
			return true;
	return false;
}

static enum nm_code tell(struct nm_agent *agent, const struct nm_agent_job *job, const struct nm_inbound_entry *text,
			 struct nm_error *err)
{
	char why[64], quoted[QUOTED], who[NM_NUMBER_TEXT];
	const struct nm_plan *plan = agent->view.push.plan;
	const bool ended = nm_optout_read(text->body) == NM_OPTOUT_IN_DOUBT;
	nm_number from;
	struct nm_buf body;
	enum nm_code code = nm_number_read(text->from, plan->country, &from, err);

	if (code != NM_OK)
		return code;
	snprintf(why, sizeof(why), NM_DOUBT_PREFIX "%" PRId64, text->id);
	nm_utf8_clean(text->body, quoted, sizeof(quoted));
	nm_number_words(from, who);
	nm_buf_init(&body, NM_TEXT_MAX);
	nm_buf_addf(&body, "%s: %s wrote \"%s\". ", plan->business, who, quoted);
	if (ended)
		nm_buf_add(&body, "That was taken for no more texts: they get none. Call them if they meant something else");
	else
		nm_buf_addf(&body, "If that means no more texts: nevermiss text --opt-out %s", text->from);
	code = nm_agent_tell_owner(agent, job, why, body.data, err);
	nm_buf_clear(&body);
	return code;
}

enum nm_code nm_agent_doubts(struct nm_agent *agent, const struct nm_agent_job *job, struct nm_error *err)
{
	const struct nm_plan *plan = agent->view.push.plan;
	struct nm_inbound_entries texts = { 0 };
	enum nm_code code = nm_store_inbound(agent->store, LOOKED_AT, &texts, err);

	for (size_t i = 0; i < texts.n && code == NM_OK && texts.items[i].at > agent->now - NM_DAY; i++)
		if (is_doubtful(plan, &texts.items[i]) && !is_settled(plan, &texts, i))
			code = tell(agent, job, &texts.items[i], err);
	nm_inbound_entries_clear(&texts);
	return code;
}
