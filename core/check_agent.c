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

/* Are there emergencies whose people only the agent texts: on a line that was pushed, from whose carrier it has calls? */
static bool alerts_in_need(const struct nm_checker *checker)
{
	const struct nm_emergency *emergency = &checker->plan->emergency;

	for (size_t i = 0; emergency->given && i < checker->options->n_facts; i++) {
		const struct nm_line_fact *fact = &checker->options->facts[i];
		const int line = nm_plan_find_line(checker->plan, fact->line);
		const struct nm_carrier *carrier =
			line >= 0 ? nm_carrier_of(checker->plan, checker->plan->lines[line].account) : NULL;
		const bool at_once = carrier && carrier->traits.alerts == NM_ALERTING_NONE && emergency->alert.n > 0;

		if (fact->pushed && carrier && carrier->traits.records_late_s >= 0 &&
		    (nm_set_has(&emergency->lines, line) || emergency->callers.n > 0) &&
		    (at_once || emergency->then_alert.n > 0))
			return true;
	}
	return false;
}

void nm_check_agent(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	const struct nm_agent_fact *agent = &checker->options->agent;
	const bool gone = agent->known && !agent->alive;
	const int line = gone ? line_in_need(checker) : -1;
	const bool alerts = gone && line < 0 && alerts_in_need(checker);
	const struct nm_pos top = { plan->file, 1, 1 };
	const struct nm_pos pos = line >= 0 ? plan->lines[line].pos : alerts ? plan->emergency.pos : top;
	const char *sentence = "the agent ran, and was not ended in good order";
	char last[NM_TIME_TEXT];

	if (!gone || (line < 0 && !alerts && (!agent->ran || agent->stopped)))
		return;
	if (line >= 0)
		sentence = nm_arena_format(checker->arena, "line %s needs the agent at each change of its hours, and none runs",
					   plan->lines[line].name);
	else if (alerts)
		sentence = "an emergency's people are texted by the agent, and none runs";
	if (sentence && agent->ran) {
		nm_time_words(plan->zone, agent->last, true, last);
		sentence = nm_arena_format(checker->arena, "%s: it was last heard of %s", sentence, last);
	}
	checker->failed |= !sentence;
	nm_draft_mend(checker,
		      nm_draft_add(checker, "agent-silent", 0, 0, pos, sentence),
		      "start it: nevermiss agent; nevermiss agent --status says how it does", 0, NULL);
}
