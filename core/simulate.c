/* SPDX-License-Identifier: MIT */
/*
 * A whole call.  In: a plan and who calls when; out: the decision with its reasons, who is rung, how
 * it ends and the text that the caller gets; and the plan's own tests, played.  Only puts together
 * what decide.c, resolve.c and play.c do; decides nothing itself.
 */
#include <stdlib.h>
#include <string.h>

#include "core/rules.h"
#include "nevermiss/carrier.h"

/* --- what a line makes of the call --- */

/* The lines of a plan as one call sees them. */
struct lines {
	const struct nm_plan *plan;
	const struct nm_state *state;
	const struct nm_call *call;
	uint64_t groups;
	bool listed; /* nm_caller_listed */
	bool skips;
	struct nm_arena *arena;
	const struct nm_treatment **known; /* per line, as a leg; NULL until asked for */
	bool failed;                       /* memory ran out: what was played is not to be trusted */
};

static enum nm_code lines_init(struct lines *lines, const struct nm_plan *plan, const struct nm_state *state,
			       const struct nm_simulation *simulation, bool skips, struct nm_error *err)
{
	*lines = (struct lines){
		.plan = plan,
		.state = state,
		.call = &simulation->call,
		.groups = nm_caller_groups(plan, simulation->call.caller),
		.listed = nm_caller_listed(plan, simulation->call.caller),
		.skips = skips,
		.arena = simulation->arena,
		.known = nm_arena_alloc(simulation->arena, plan->n_lines, sizeof(*lines->known)),
	};
	return lines->known != NULL ? NM_OK : nm_fail_memory(err);
}

static enum nm_code line_gets(const struct lines *lines, int line, bool emergency,
			      struct nm_decision *decision, struct nm_treatment **out, struct nm_error *err)
{
	struct nm_holding holding;
	enum nm_code code;
	bool changed;

	if (!lines->call->held) {
		*decision = nm_decide(lines->plan, lines->state, line, lines->groups, emergency);
		return nm_resolve(lines->plan, lines->state, line, *decision, lines->skips, lines->arena, out,
				  err);
	}
	code = nm_holding_init(&holding, lines->plan, line, lines->arena, err);
	if (code)
		return code;
	*decision = nm_holding_decide(&holding, lines->state, lines->groups, lines->listed, emergency);
	return nm_holding_resolve(&holding, lines->state, *decision, lines->skips, lines->arena, out, &changed,
				  err);
}

static const struct nm_treatment *leg_treatment(void *context, const char *name)
{
	struct lines *lines = context;
	const int line = nm_plan_find_line(lines->plan, name);
	struct nm_treatment *treatment = NULL;
	struct nm_decision decision;

	if (line < 0)
		return NULL;
	if (lines->known[line])
		return lines->known[line];
	if (line_gets(lines, line, false, &decision, &treatment, NULL))
		lines->failed = true;
	lines->known[line] = treatment;
	return treatment;
}

/* --- the key --- */

/* What happens at once stands ahead of all other events. */
static enum nm_code event_prepend(struct nm_simulation *simulation, const struct nm_event *event, struct nm_error *err)
{
	struct nm_outcome *outcome = &simulation->outcome;
	struct nm_event *events = nm_arena_alloc(simulation->arena, outcome->n + 1, sizeof(*events));

	if (!events)
		return nm_fail_memory(err);
	events[0] = *event;
	memcpy(events + 1, outcome->events, outcome->n * sizeof(*events));
	outcome->events = events;
	outcome->n++;
	return NM_OK;
}

/* How a caller's emergency becomes known when neither the line nor the number says so: by the key, in a
 * greeting that the call would have got.  Played as pressed at once. */
static enum nm_code key_add(struct nm_simulation *simulation, const struct lines *lines, struct nm_error *err)
{
	const struct nm_plan *plan = lines->plan;
	struct nm_event event = { .kind = NM_EVENT_KEY, .pos = plan->emergency.pos };
	struct nm_decision plain;
	struct nm_treatment *treatment;
	enum nm_code code;

	if (!plan->emergency.key)
		return NM_OK;
	code = line_gets(lines, simulation->call.line, false, &plain, &treatment, err);
	if (code || plain.emergency || !nm_treatment_greets(treatment))
		return code;
	event.why = nm_arena_format(simulation->arena,
				    treatment->greeting != NULL
					    ? "the caller presses %c in the greeting"
					    : "the caller presses %c in the voicemail's greeting, and from then on is counted",
				    plan->emergency.key);
	return event.why ? event_prepend(simulation, &event, err) : nm_fail_memory(err);
}

/* --- a call --- */

static enum nm_code call_play(struct nm_simulation *simulation, const struct nm_plan *plan,
			      const struct nm_state *state, bool events, struct nm_error *err)
{
	const struct nm_call *call = &simulation->call;
	struct nm_decision decision;
	struct lines context;
	const struct nm_lines lines = { &context, leg_treatment };
	enum nm_code code = lines_init(&context, plan, state, simulation, events, err);

	if (!code)
		code = line_gets(&context, call->line, call->emergency, &decision, &simulation->treatment, err);
	if (!code)
		code = nm_play(simulation->treatment, plan->lines[call->line].name, &call->script, &lines,
			       events, simulation->arena, &simulation->outcome, err);
	if (!code && context.failed)
		code = nm_fail_memory(err);
	if (code)
		return code;
	if (!code && events && decision.by == NM_BY_EMERGENCY)
		code = key_add(simulation, &context, err);
	if (code)
		return code;
	if (!call->caller.anonymous && simulation->outcome.result != NM_ANSWERED &&
	    simulation->outcome.result != NM_REJECTED)
		simulation->text_back = call->held ? simulation->treatment->text_back
						   : nm_text_back(plan, state, decision);
	return NM_OK;
}

/* The script's settings are borrowed from the caller: the simulation keeps its own. */
static bool script_copy(struct nm_simulation *simulation)
{
	struct nm_script *script = &simulation->call.script;
	struct nm_script_setting *copy = nm_arena_alloc(simulation->arena, script->n, sizeof(*copy));

	for (size_t i = 0; copy && i < script->n; i++) {
		copy[i] = script->settings[i];
		copy[i].name = nm_arena_text(simulation->arena, copy[i].name);
		if (!copy[i].name)
			return false;
	}
	script->settings = copy;
	return copy;
}

/* What the carrier makes of it stands ahead of what the plan then does. */
static enum nm_code reason_prepend(struct nm_simulation *simulation, const char *text, struct nm_error *err)
{
	struct nm_reason *reasons =
		nm_arena_alloc(simulation->arena, simulation->n_reasons + 1, sizeof(*reasons));

	if (!reasons)
		return nm_fail_memory(err);
	reasons[0] = (struct nm_reason){ .name = "carrier", .text = text };
	memcpy(reasons + 1, simulation->reasons, simulation->n_reasons * sizeof(*reasons));
	simulation->reasons = reasons;
	simulation->n_reasons++;
	return NM_OK;
}

/* Why the plan decides so; for what a carrier can hold, as far as it knows who calls. */
static enum nm_code reasons_add(struct nm_simulation *simulation, const struct nm_plan *plan,
				const struct nm_state *state, struct nm_error *err)
{
	const struct nm_call *call = &simulation->call;
	struct nm_caller caller = call->caller;
	bool emergency = call->emergency;
	const char *untold = NULL;
	bool unheard = false;
	struct nm_holding holding;
	enum nm_code code = NM_OK;

	if (call->held)
		code = nm_holding_init(&holding, plan, call->line, simulation->arena, err);
	if (call->held && !code) {
		unheard = emergency && !nm_holding_hears(&holding);
		emergency = emergency && !unheard;
		untold = nm_holding_untold(&holding, nm_caller_listed(plan, caller));
	}
	if (untold)
		caller = (struct nm_caller){ 0 };
	if (!code)
		code = nm_decide_why(plan, state, call->at, call->line, caller, emergency, simulation->arena,
				     &simulation->reasons, &simulation->n_reasons, err);
	if (!code && untold && nm_caller_groups(plan, call->caller))
		code = reason_prepend(simulation, untold, err);
	if (!code && unheard && !simulation->treatment->emergency)
		code = reason_prepend(simulation, "it hears no key: to it this call is no emergency", err);
	return code;
}

enum nm_code nm_simulate_on(const struct nm_timeline *timeline, const struct nm_call *call, bool events,
			    struct nm_simulation **out, struct nm_error *err)
{
	const struct nm_plan *plan = timeline->plan;
	const struct nm_state *state;
	struct nm_simulation *simulation;
	enum nm_code code;

	if (call->line < 0 || (size_t)call->line >= plan->n_lines)
		return nm_fail(err, NM_INPUT, "the plan has no such line to call");
	if (call->at < timeline->from || call->at >= timeline->until)
		return nm_fail(err, NM_INPUT, "the call lies outside the window that was compiled");
	simulation = calloc(1, sizeof(*simulation));
	if (!simulation)
		return nm_fail_memory(err);
	simulation->call = *call;
	simulation->arena = nm_arena_new();
	if (!simulation->arena || !script_copy(simulation)) {
		nm_simulation_free(simulation);
		return nm_fail_memory(err);
	}
	state = nm_timeline_state(timeline, call->at);
	simulation->after_hours = nm_state_after_hours(plan, state);
	code = call_play(simulation, plan, state, events, err);
	if (!code && events)
		code = reasons_add(simulation, plan, state, err);
	if (code)
		nm_simulation_free(simulation);
	else
		*out = simulation;
	return code;
}

enum nm_code nm_simulate(const struct nm_plan *plan, const struct nm_call *call, struct nm_simulation **out,
			 struct nm_error *err)
{
	struct nm_timeline *timeline;
	enum nm_code code;

	if (call->at == NM_TIME_MAX)
		return nm_fail(err, NM_INPUT, "the call lies too far in the future");
	code = nm_timeline_build(plan, call->at, call->at + 1, &timeline, err);
	if (code)
		return code;
	code = nm_simulate_on(timeline, call, true, out, err);
	nm_timeline_free(timeline);
	return code;
}

void nm_simulation_free(struct nm_simulation *simulation)
{
	if (!simulation)
		return;
	nm_arena_free(simulation->arena);
	free(simulation);
}

/* --- the plan's tests --- */

static bool expectation_met(const struct nm_plan *plan, const struct nm_test *test,
			    const struct nm_outcome *outcome)
{
	int64_t took = outcome->seconds >= 0 ? outcome->seconds : outcome->ended_s;

	if (test->within_s >= 0 && took > test->within_s)
		return false;
	switch (test->expect) {
	case NM_EXPECT_DESTINATION:
		return (outcome->result == NM_ANSWERED || outcome->result == NM_TO_VOICEMAIL) &&
		       !strcmp(outcome->answered_by, plan->destinations[test->expect_id].name);
	case NM_EXPECT_VOICEMAIL:
		return outcome->result == NM_TO_VOICEMAIL;
	case NM_EXPECT_REJECTED:
		return outcome->result == NM_REJECTED;
	case NM_EXPECT_LOST:
		return outcome->result == NM_LOST;
	case NM_EXPECT_ABANDONED:
		return outcome->result == NM_ABANDONED;
	}
	return false;
}

static const char *expected_words(const struct nm_plan *plan, const struct nm_test *test,
				  struct nm_arena *arena)
{
	const char *what = "voicemail";

	if (test->expect == NM_EXPECT_DESTINATION)
		what = plan->destinations[test->expect_id].name;
	else if (test->expect == NM_EXPECT_REJECTED)
		what = "rejected";
	else if (test->expect == NM_EXPECT_LOST)
		what = "lost";
	else if (test->expect == NM_EXPECT_ABANDONED)
		what = "abandoned";
	if (test->within_s < 0)
		return nm_arena_text(arena, what);
	return nm_arena_format(arena, "%s within %lld s", what, (long long)test->within_s);
}

static const char *got_words(const struct nm_outcome *outcome, struct nm_arena *arena)
{
	const char *result = nm_result_name(outcome->result);

	if (outcome->result == NM_ANSWERED)
		return nm_arena_format(arena, "%s after %d s", outcome->answered_by, outcome->seconds);
	if (outcome->answered_by)
		return nm_arena_format(arena, "%s (%s) after %d s", outcome->answered_by, result,
				       outcome->seconds);
	if (outcome->result == NM_REJECTED)
		return nm_arena_text(arena, result);
	return nm_arena_format(arena, "%s after %d s", result, outcome->ended_s);
}

enum nm_code nm_test_run(const struct nm_plan *plan, const struct nm_test *test, struct nm_test_result *out,
			 struct nm_error *err)
{
	struct nm_script_setting *settings = calloc(test->n_settings + 1, sizeof(*settings));
	struct nm_test_result result = { 0 };
	struct nm_call call = { .at = test->at, .line = test->line, .caller = test->from,
				.emergency = test->emergency };
	enum nm_code code;

	if (!settings)
		return nm_fail_memory(err);
	for (size_t i = 0; i < test->n_settings; i++)
		settings[i] = (struct nm_script_setting){
			plan->destinations[test->settings[i].destination].name,
			test->settings[i].behaviour,
			test->settings[i].after_s,
		};
	call.script = (struct nm_script){
		.nobody = test->nobody, .n = test->n_settings, .settings = settings, .hangup_s = test->hangup_s
	};
	code = nm_simulate(plan, &call, &result.simulation, err);
	free(settings);
	if (code)
		return code;
	result.ok = expectation_met(plan, test, &result.simulation->outcome);
	result.expected = expected_words(plan, test, result.simulation->arena);
	result.got = got_words(&result.simulation->outcome, result.simulation->arena);
	if (!result.expected || !result.got) {
		nm_simulation_free(result.simulation);
		return nm_fail_memory(err);
	}
	*out = result;
	return NM_OK;
}
