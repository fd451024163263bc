/* SPDX-License-Identifier: MIT */
/*
 * Reads a finding's arguments and judges the call by the obvious reading of design.md section 5.  It
 * shares no code with check.
 */
#include "called.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTINGS_MAX 64

static void die(const char *what, const char *which)
{
	fprintf(stderr, "called: %s %s\n", what, which);
	abort();
}

static void setting_add(const struct nm_plan *plan, const char *text, struct nm_script_setting *settings,
			size_t *n)
{
	struct nm_setting setting;
	struct nm_error err;

	if (*n == SETTINGS_MAX || nm_setting_read(plan, text, &setting, &err))
		die("no setting:", text);
	settings[(*n)++] = (struct nm_script_setting){
		.name = plan->destinations[setting.destination].name,
		.behaviour = setting.behaviour,
		.after_s = setting.after_s,
	};
}

struct nm_simulation *called(const struct nm_plan *plan, const struct nm_finding *finding)
{
	struct nm_call call = { .script = { .hangup_s = -1 } };
	struct nm_script_setting settings[SETTINGS_MAX];
	struct nm_simulation *simulation = NULL;
	struct nm_error err;
	int64_t seconds;
	size_t i;

	for (i = 0; i < finding->n_call; i++) {
		const char *option = finding->call[i];
		const char *value = i + 1 < finding->n_call ? finding->call[i + 1] : "";

		if (!strcmp(option, "--held")) {
			call.held = true;
			continue;
		}
		if (!strcmp(option, "--emergency") || !strcmp(option, "--nobody")) {
			*(strcmp(option, "--nobody") ? &call.emergency : &call.script.nobody) = true;
			continue;
		}
		i++;
		if (!strcmp(option, "--set")) {
			setting_add(plan, value, settings, &call.script.n);
		} else if (!strcmp(option, "--line")) {
			call.line = nm_plan_find_line(plan, value);
		} else if (!strcmp(option, "--at")) {
			if (nm_time_read(value, plan->zone, 0, &call.at, &err))
				die("no time:", value);
		} else if (!strcmp(option, "--from")) {
			if (nm_caller_read(plan, value, &call.caller, &err))
				die("no caller:", value);
		} else if (!strcmp(option, "--hangup")) {
			if (nm_duration_read(value, &seconds, &err))
				die("no duration:", value);
			call.script.hangup_s = (int)seconds;
		} else {
			die("no option:", option);
		}
	}
	call.script.settings = settings;
	if (call.line < 0 || nm_simulate(plan, &call, &simulation, &err))
		die("not played:", finding->id);
	return simulation;
}

static const struct nm_destination *destination(const struct nm_plan *plan, const char *name)
{
	const int id = name ? nm_plan_find_destination(plan, name) : -1;

	return id < 0 ? NULL : &plan->destinations[id];
}

/* Seconds after which the first one of whom `wanted` is true is rung and could answer; -1. */
static int first_ring(const struct nm_plan *plan, const struct nm_outcome *outcome, bool humans)
{
	size_t i, j;

	for (i = 0; i < outcome->n; i++) {
		const struct nm_event *event = &outcome->events[i];

		if (event->kind != NM_EVENT_RING)
			continue;
		if (outcome->result == NM_TO_VOICEMAIL && event->t >= outcome->ended_s)
			continue;
		for (j = 0; j < event->n; j++) {
			const struct nm_destination *rung = destination(plan, event->to[j]);

			if (rung && (!humans || nm_kind_human(rung->kind)))
				return event->t;
		}
	}
	return -1;
}

static bool by_human(const struct nm_plan *plan, const struct nm_outcome *outcome)
{
	const struct nm_destination *by = destination(plan, outcome->answered_by);

	return outcome->result == NM_ANSWERED && by && nm_kind_human(by->kind);
}

static bool rings_somebody(const struct nm_outcome *outcome)
{
	size_t i;

	for (i = 0; i < outcome->n; i++)
		if (outcome->events[i].kind == NM_EVENT_RING)
			return true;
	return false;
}

static bool is(const struct nm_finding *finding, const char *id)
{
	return !strcmp(finding->id, id);
}

static bool shows_emergency(const struct nm_plan *plan, const struct nm_finding *finding,
			    const struct nm_simulation *simulation)
{
	const struct nm_outcome *outcome = &simulation->outcome;

	if (!simulation->treatment->emergency || strcmp(simulation->treatment->rule, "emergency"))
		return false;
	if (is(finding, "emergency-no-human"))
		return first_ring(plan, outcome, true) < 0;
	return !by_human(plan, outcome) || outcome->seconds > plan->emergency.reach_human_s;
}

static const struct nm_guarantee *guarantee_of(const struct nm_plan *plan, const struct nm_finding *finding)
{
	size_t i;

	for (i = 0; i < plan->n_guarantees; i++)
		if (plan->guarantees[i].pos.line == finding->pos.line)
			return &plan->guarantees[i];
	die("no guarantee:", finding->message);
	return NULL;
}

static bool is_rung(const struct nm_outcome *outcome, const char *name, int at)
{
	size_t i, j;

	for (i = 0; i < outcome->n; i++)
		for (j = 0; outcome->events[i].kind == NM_EVENT_RING && j < outcome->events[i].n; j++)
			if (!strcmp(outcome->events[i].to[j], name) && (at < 0 || outcome->events[i].t == at))
				return true;
	return false;
}

static int first_event(const struct nm_outcome *outcome)
{
	size_t i;

	for (i = 0; i < outcome->n; i++)
		if (outcome->events[i].kind == NM_EVENT_RING)
			return outcome->events[i].t;
	return -2;
}

static bool shows_breach(const struct nm_plan *plan, const struct nm_finding *finding,
			 const struct nm_outcome *outcome)
{
	const struct nm_guarantee *guarantee = guarantee_of(plan, finding);
	const bool late = guarantee->within_s >= 0 && outcome->seconds > guarantee->within_s;

	if (strstr(finding->message, "nobody live does"))
		return outcome->result != NM_ANSWERED;
	if (strstr(finding->message, "nobody takes the call"))
		return late || (outcome->result != NM_ANSWERED && outcome->result != NM_TO_VOICEMAIL);
	if (strstr(finding->message, "no human answers"))
		return late || !by_human(plan, outcome);
	if (strstr(finding->message, "does not answer"))
		return late || outcome->result != NM_ANSWERED ||
		       strcmp(outcome->answered_by, plan->destinations[guarantee->answered_by_id].name);
	if (strstr(finding->message, "is not rung first"))
		return !is_rung(outcome, plan->destinations[guarantee->first].name, first_event(outcome));
	return is_rung(outcome, plan->destinations[guarantee->never].name, -1);
}

static bool test_fails(const struct nm_plan *plan, const struct nm_finding *finding,
		       const struct nm_outcome *outcome)
{
	size_t i;

	for (i = 0; i < plan->n_tests; i++)
		if (plan->tests[i].pos.line == finding->pos.line)
			return plan->tests[i].expect != NM_EXPECT_DESTINATION || !outcome->answered_by ||
			       strcmp(outcome->answered_by,
				      plan->destinations[plan->tests[i].expect_id].name) ||
			       (plan->tests[i].within_s >= 0 && outcome->seconds > plan->tests[i].within_s);
	return false;
}

static bool has_event(const struct nm_outcome *outcome, enum nm_event_kind kind)
{
	size_t i;

	for (i = 0; i < outcome->n; i++)
		if (outcome->events[i].kind == kind)
			return true;
	return false;
}

/* Of a hand-over and a carrier's fallback the call shows how it gets there. */
static bool shows_loop(const struct nm_plan *plan, const struct nm_finding *finding,
		       const struct nm_outcome *outcome)
{
	const struct nm_destination *by = destination(plan, outcome->answered_by);

	if (strstr(finding->message, "who hands it over"))
		return by && nm_set_has(&plan->emergency.flagged_by, (int)(by - plan->destinations));
	if (strstr(finding->message, "; simulate plays it up to line") ||
	    strstr(finding->message, "; simulate follows it over 16 lines"))
		return true;
	return has_event(outcome, NM_EVENT_LOOP);
}

bool called_shows(const struct nm_plan *plan, const struct nm_finding *finding,
		  const struct nm_simulation *simulation)
{
	const struct nm_outcome *outcome = &simulation->outcome;

	if (is(finding, "no-rule") || is(finding, "no-after-hours"))
		return outcome->result == NM_LOST && !simulation->treatment->rule;
	if (is(finding, "dead-end") || is(finding, "single-failure"))
		return outcome->result == NM_LOST && simulation->treatment->path;
	if (is(finding, "no-live-answer") || is(finding, "focus-uncovered"))
		return first_ring(plan, outcome, false) < 0;
	/* Of a voicemail that may be there the call shows that the phone drops out. */
	if (is(finding, "failure-swallowed") && strstr(finding->message, "should it have one"))
		return has_event(outcome, NM_EVENT_UNREACHABLE);
	if (is(finding, "swallowed") || is(finding, "failure-swallowed"))
		return outcome->result == NM_SWALLOWED;
	if (is(finding, "too-slow"))
		return outcome->result == NM_ANSWERED && outcome->seconds > plan->targets.patience_s;
	if (is(finding, "rings-late"))
		return first_ring(plan, outcome, false) > 18;
	if (!strncmp(finding->id, "emergency-", 10))
		return shows_emergency(plan, finding, simulation);
	if (is(finding, "guarantee-broken"))
		return shows_breach(plan, finding, outcome);
	if (is(finding, "test-failed"))
		return test_fails(plan, finding, outcome);
	if (is(finding, "too-many-lines"))
		return has_event(outcome, NM_EVENT_LIMIT);
	if (is(finding, "loop") && !strstr(finding->message, "; it depends on"))
		return shows_loop(plan, finding, outcome);
	/* What cannot be seen in one played call: an unknown voicemail, what the agent would do. */
	return is(finding, "focus-long") || is(finding, "agent-dependent") || rings_somebody(outcome) ||
	       outcome->n > 0;
}
