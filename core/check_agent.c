/* SPDX-License-Identifier: MIT */
/*
 * Is the agent there when it is needed?  Comes in: what the store knows of it and of the lines, and the findings about
 * lines whose hours hang on it.  Goes out: a draft.
 */
#include "check_private.h"

#include "nevermiss/carrier.h"

/* The first line that was pushed and that the agent has something to do for; -1. */
static int line_in_need(const struct nm_checker *checker)
{
	for (size_t i = 0; i < checker->options->n_facts; i++) {
		const struct nm_line_fact *fact = &checker->options->facts[i];
		const int line = nm_plan_find_line(checker->plan, fact->line);

		if (fact->pushed && line >= 0 && nm_carrier_needs_agent(checker->plan, line) &&
		    nm_draft_find(checker, "agent-dependent", line, 0))
			return line;
	}
	return -1;
}

void nm_check_agent(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	const struct nm_agent_fact *agent = &checker->options->agent;
	const int line = agent->known && !agent->alive ? line_in_need(checker) : -1;
	const struct nm_pos top = { plan->file, 1, 1 };
	const char *sentence = "the agent ran, and was not ended in good order";
	char last[NM_TIME_TEXT];

	if (!agent->known || agent->alive || (line < 0 && (!agent->ran || agent->stopped)))
		return;
	if (line >= 0)
		sentence = nm_arena_format(checker->arena, "line %s needs the agent at each change of its hours, and none runs",
					   plan->lines[line].name);
	if (sentence && agent->ran) {
		nm_time_words(plan->zone, agent->last, true, last);
		sentence = nm_arena_format(checker->arena, "%s: it was last heard of %s", sentence, last);
	}
	checker->failed |= !sentence;
	nm_draft_mend(checker,
		      nm_draft_add(checker, "agent-silent", 0, 0, line >= 0 ? plan->lines[line].pos : top, sentence),
		      "start it: nevermiss agent; nevermiss agent --status says how it does", 0, NULL);
}
