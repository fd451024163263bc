/* SPDX-License-Identifier: MIT */
/*
 * The guide's quick start as a table: an item, and what must be so for it to be done.
 * In: the plan and its findings (NULL while they are not known).  Out: done, open, or not to be seen from a
 * plan alone.
 */
#include <string.h>

#include "answers.h"

static bool found(const struct nm_findings *findings, const char *id)
{
	for (size_t i = 0; findings && i < findings->n; i++) {
		if (!strcmp(findings->items[i].id, id))
			return true;
	}
	return false;
}

static enum tick done(bool yes)
{
	return yes ? TICK_DONE : TICK_OPEN;
}

static bool has_kind(const struct nm_plan *plan, enum nm_kind kind)
{
	for (size_t i = 0; i < plan->n_destinations; i++) {
		if (plan->destinations[i].kind == kind)
			return true;
	}
	return false;
}

static enum tick forwarding(const struct nm_plan *plan, const struct nm_findings *findings)
{
	(void)findings;
	for (size_t i = 0; i < plan->n_paths; i++) {
		if (plan->paths[i].n > 1)
			return TICK_DONE;
	}
	return TICK_OPEN;
}

static enum tick greeting(const struct nm_plan *plan, const struct nm_findings *findings)
{
	for (size_t i = 0; i < plan->n_destinations; i++) {
		if (plan->destinations[i].greeting)
			return done(findings && !found(findings, "greeting"));
	}
	return TICK_OPEN;
}

static enum tick text_back(const struct nm_plan *plan, const struct nm_findings *findings)
{
	(void)findings;
	return done(plan->text_back.given && plan->text_back.missed);
}

static enum tick backup(const struct nm_plan *plan, const struct nm_findings *findings)
{
	(void)findings;
	return done(has_kind(plan, NM_BACKUP));
}

static enum tick after_hours(const struct nm_plan *plan, const struct nm_findings *findings)
{
	(void)plan;
	return done(findings && !found(findings, "no-after-hours") && !found(findings, "no-live-answer") &&
		    !found(findings, "no-rule"));
}

static enum tick ai_layer(const struct nm_plan *plan, const struct nm_findings *findings)
{
	(void)findings;
	return done(has_kind(plan, NM_AI));
}

static enum tick emergency(const struct nm_plan *plan, const struct nm_findings *findings)
{
	(void)findings;
	return done(plan->emergency.given);
}

static enum tick calendar(const struct nm_plan *plan, const struct nm_findings *findings)
{
	(void)findings;
	for (size_t i = 0; i < plan->n_calendars; i++) {
		if (plan->calendars[i].ical)
			return TICK_DONE;
	}
	return TICK_OPEN;
}

static enum tick log_read(const struct nm_plan *plan, const struct nm_findings *findings)
{
	(void)plan;
	(void)findings;
	return TICK_LATER;
}

static enum tick tests(const struct nm_plan *plan, const struct nm_findings *findings)
{
	return done(plan->n_tests > 0 && findings && !found(findings, "test-failed"));
}

static enum tick follow_up(const struct nm_plan *plan, const struct nm_findings *findings)
{
	(void)findings;
	return done(plan->follow_up.given);
}

const struct checklist_item checklist[] = {
	{"today", "calls go on to somebody else on busy and no answer", forwarding},
	{"today", "a proper voicemail greeting", greeting},
	{"today", "the text-back to missed callers", text_back},
	{"this week", "a backup: family, staff or a receptionist", backup},
	{"this week", "coverage after hours", after_hours},
	{"this week", "an AI layer", ai_layer},
	{"this week", "the emergency protocol", emergency},
	{"this week", "a calendar: holidays, jobs", calendar},
	{"this month", "the call log and its figures", log_read},
	{"this month", "test calls at odd times", tests},
	{"this month", "follow-up of missed calls", follow_up},
	{"this month", "hours tuned to the peaks", log_read},
};

const size_t checklist_count = sizeof checklist / sizeof *checklist;
