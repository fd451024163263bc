/* SPDX-License-Identifier: MIT */
/*
 * Is the agent there when it is needed?  Comes in: what the store knows of it and of the lines, and the findings about
 * lines whose hours hang on it.  Goes out: a draft.
 */
#include "check_private.h"

#include <string.h>

#include "nevermiss/calendar.h"
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

static struct nm_traits traits_of(const struct nm_plan *plan, int line)
{
	const int account = plan->lines[line].account;
	const struct nm_carrier *carrier = nm_carrier_of(plan, account);

	return carrier ? nm_carrier_traits(carrier, &plan->accounts[account]) : (struct nm_traits){ .records_late_s = -1 };
}

/* The i-th line, where it was pushed and the agent has calls from its carrier; -1. */
static int heard_line(const struct nm_checker *checker, size_t i)
{
	const struct nm_line_fact *fact = &checker->options->facts[i];
	const int line = fact->pushed ? nm_plan_find_line(checker->plan, fact->line) : -1;

	return line >= 0 && traits_of(checker->plan, line).records_late_s >= 0 ? line : -1;
}

/* Are there emergencies whose people only the agent texts? */
static bool alerts_in_need(const struct nm_checker *checker)
{
	const struct nm_emergency *emergency = &checker->plan->emergency;

	for (size_t i = 0; emergency->given && i < checker->options->n_facts; i++) {
		const int line = heard_line(checker, i);
		const bool at_once = line >= 0 && traits_of(checker->plan, line).alerts == NM_ALERTING_NONE &&
				     emergency->alert.n > 0;

		if (line >= 0 && (nm_set_has(&emergency->lines, line) || emergency->callers.n > 0) &&
		    (at_once || emergency->then_alert.n > 0))
			return true;
	}
	return false;
}

/* Are there missed callers whom only the agent texts? */
static bool texts_in_need(const struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;

	for (size_t i = 0; plan->text_back.given && i < checker->options->n_facts; i++) {
		const int line = heard_line(checker, i);

		if (line >= 0 && !plan->lines[line].text_in_flow)
			return true;
	}
	return false;
}

/* Are there calls of which only the agent tells the CRM? */
static bool crm_in_need(const struct nm_checker *checker)
{
	for (size_t i = 0; checker->plan->crm.url && i < checker->options->n_facts; i++)
		if (heard_line(checker, i) >= 0)
			return true;
	return false;
}

static bool any_pushed(const struct nm_checker *checker)
{
	for (size_t i = 0; i < checker->options->n_facts; i++)
		if (checker->options->facts[i].pushed && nm_plan_find_line(checker->plan, checker->options->facts[i].line) >= 0)
			return true;
	return false;
}

/* Did somebody fetch it lately?  Once it may be late. */
static bool is_fresh(const struct nm_checker *checker, const struct nm_calendar *calendar)
{
	const struct nm_check_options *options = checker->options;

	for (size_t i = 0; i < options->n_calendars; i++)
		if (strcmp(options->calendars[i].calendar, calendar->name) == 0)
			return options->calendars[i].fetched >= options->now - 2 * calendar->refresh_s;
	return false;
}

/* The first calendar of the network that nobody fetches and on which pushed lines may hang; NULL. */
static const struct nm_calendar *calendar_in_need(const struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;

	for (size_t i = 0; i < plan->n_calendars && any_pushed(checker); i++)
		if (nm_calendar_remote(&plan->calendars[i]) && !is_fresh(checker, &plan->calendars[i]))
			return &plan->calendars[i];
	return NULL;
}

/* What goes undone, and where the plan asks for it. */
struct need {
	const char *sentence; /* NULL: nothing does */
	struct nm_pos pos;
};

static struct need line_need(struct nm_checker *checker, int line)
{
	const struct nm_line *needs = &checker->plan->lines[line];
	const char *sentence = nm_arena_format(
		checker->arena, "line %s needs the agent at each change of its hours, and none runs", needs->name);

	checker->failed |= !sentence;
	return (struct need){ sentence, needs->pos };
}

static struct need calendar_need(struct nm_checker *checker, const struct nm_calendar *calendar)
{
	const char *sentence = nm_arena_format(checker->arena, "calendar %s is fetched by the agent, and none runs", calendar->name);

	checker->failed |= !sentence;
	return (struct need){ sentence, calendar->pos };
}

static struct need find_need(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	const struct nm_agent_fact *agent = &checker->options->agent;
	const struct nm_pos top = { plan->file, 1, 1 };
	const struct nm_calendar *calendar = calendar_in_need(checker);
	const int line = line_in_need(checker);

	if (line >= 0)
		return line_need(checker, line);
	if (agent->alerts_open > 0)
		return (struct need){ "an emergency is open whose people only the agent texts, and none runs",
				      plan->emergency.given ? plan->emergency.pos : top };
	if (alerts_in_need(checker))
		return (struct need){ "an emergency's people are texted by the agent, and none runs", plan->emergency.pos };
	if (texts_in_need(checker))
		return (struct need){ "missed callers are texted by the agent, and none runs", plan->text_back.pos };
	if (crm_in_need(checker))
		return (struct need){ "the CRM is told of calls by the agent, and none runs", plan->crm.pos };
	if (calendar)
		return calendar_need(checker, calendar);
	if (agent->late && any_pushed(checker))
		return (struct need){ "follow-ups are late of which the agent tells the owner, and none runs",
				      plan->follow_up.given ? plan->follow_up.pos : top };
	if (agent->ran && !agent->stopped)
		return (struct need){ "the agent ran, and was not ended in good order", top };
	return (struct need){ 0 };
}

void nm_check_agent(struct nm_checker *checker)
{
	const struct nm_agent_fact *agent = &checker->options->agent;
	const struct need need = agent->known && !agent->alive ? find_need(checker) : (struct need){ 0 };
	const char *sentence = need.sentence;
	char last[NM_TIME_TEXT];

	if (!sentence)
		return;
	if (agent->ran) {
		nm_time_words(checker->plan->zone, agent->last, true, last);
		sentence = nm_arena_format(checker->arena, "%s: it was last heard of %s", sentence, last);
	}
	checker->failed |= !sentence;
	nm_draft_mend(checker,
		      nm_draft_add(checker, "agent-silent", 0, 0, need.pos, sentence),
		      "start it: nevermiss agent; nevermiss agent --status says how it does", 0, NULL);
}
