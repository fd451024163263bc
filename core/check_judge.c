/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with a case that has been tried: who loses, swallows, delays or hands on the call.
 * Comes in: a case with its probes.  Goes out: marks on the case, each a draft of a finding.
 */
#include "check_private.h"

#include <string.h>

#include "nevermiss/carrier.h"

#define LATE_S 18 /* three rings */

/* Identity of what a step does to a destination. */
static int part_of(const struct nm_treatment_step *step, int destination)
{
	return step->number * (NM_PLAN_ITEMS + 1) + destination + 1;
}

static const struct nm_path *path_of(const struct nm_prover *prover, const struct nm_case *one)
{
	return &prover->checker->plan->paths[one->decision.path];
}

/* Index of the first later step that rings anybody; n when there is none. */
static size_t step_after(const struct nm_treatment *treatment, size_t i)
{
	for (i++; i < treatment->n; i++)
		if (treatment->steps[i].n)
			return i;
	return treatment->n;
}

static void find_lost(struct nm_prover *prover, struct nm_case *one)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_plan *plan = checker->plan;
	struct nm_pos pos = plan->n_rules ? plan->rules[plan->n_rules - 1].pos : plan->lines[one->line].pos;
	struct nm_draft *draft = nm_draft_find(checker, "no-rule", one->line, 0);

	if (!draft) {
		draft = nm_draft_add(checker, "no-rule", one->line, 0, pos, "no rule matches a call");
		nm_mend_otherwise(checker, draft);
	}
	nm_case_mark(prover, one, draft, NM_PROBE_PLAIN, -1);
}

static void find_dead_end(struct nm_prover *prover, struct nm_case *one)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_path *path = path_of(prover, one);
	struct nm_draft *draft;

	if (one->nobody.result != NM_LOST)
		return;
	draft = nm_draft_find(checker, "dead-end", one->decision.path, 0);
	if (!draft) {
		draft = nm_draft_add(
			checker, "dead-end", one->decision.path, 0, path->pos,
			nm_arena_format(checker->arena,
					"when no human answers, path %s ends and nobody has taken the call",
					path->name));
		nm_mend_last_step(checker, draft, one->decision.path);
	}
	nm_case_mark(prover, one, draft, NM_PROBE_NOBODY, -1);
}

static void find_no_live(struct nm_prover *prover, struct nm_case *one)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_path *path = path_of(prover, one);
	struct nm_draft *draft;

	if (nm_case_first_live(prover, one, false))
		return;
	draft = nm_draft_find(checker, "no-live-answer", one->decision.path, 0);
	if (!draft) {
		draft = nm_draft_add(checker, "no-live-answer", one->decision.path, 0, path->pos,
				     nm_arena_format(checker->arena,
						     "path %s rings neither a human nor an AI", path->name));
		nm_mend_live(checker, draft, one->decision.path);
	}
	nm_case_mark(prover, one, draft, NM_PROBE_SILENT, -1);
}

static void find_slow(struct nm_prover *prover, struct nm_case *one)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_path *path = path_of(prover, one);
	const int64_t patience_s = checker->plan->targets.patience_s;
	struct nm_draft *draft;
	char words[NM_TIME_TEXT];

	if (one->decision.emergency || one->nobody.result != NM_ANSWERED || one->nobody.seconds <= patience_s)
		return;
	draft = nm_draft_find(checker, "too-slow", one->decision.path, 0);
	if (!draft) {
		nm_duration_words(patience_s, words);
		draft = nm_draft_add(
			checker, "too-slow", one->decision.path, 0, path->pos,
			nm_arena_format(checker->arena,
					"when no human answers, path %s has nobody live within %s",
					path->name, words));
		nm_mend_faster(prover, draft, one);
	}
	nm_case_mark(prover, one, draft, NM_PROBE_NOBODY, -1);
}

static void find_late(struct nm_prover *prover, struct nm_case *one)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_path *path = path_of(prover, one);
	const struct nm_rung *first = nm_case_first_live(prover, one, false);
	struct nm_edit edit;
	struct nm_draft *draft;

	if (!first || first->at_s <= LATE_S)
		return;
	draft = nm_draft_find(checker, "rings-late", one->decision.path, 0);
	if (!draft) {
		draft = nm_draft_add(checker, "rings-late", one->decision.path, 0, path->pos,
				     nm_arena_format(checker->arena,
						     "path %s rings nobody live in the first 3 rings (%d s)",
						     path->name, LATE_S));
		edit = nm_edit_option("path", path->name, "lasts", "15s");
		if (path->lasts_s > LATE_S)
			nm_draft_mend(checker, draft, "a greeting of at most 15 s", 1, &edit);
		else
			nm_draft_mend(checker, draft, "ring somebody live first", 0, NULL);
	}
	nm_case_mark(prover, one, draft, NM_PROBE_SILENT, -1);
}

/* --- own voicemails --- */

static bool swallows(const struct nm_party *party, const struct nm_treatment_step *step)
{
	return !party->line && party->kind != NM_VOICEMAIL && !party->confirm &&
	       party->own_voicemail_s >= 0 && (step->unlimited || party->own_voicemail_s < step->for_s);
}

/* The step in which the silent call was swallowed, and by whom; n when it was not. */
static size_t swallow_step(const struct nm_prover *prover, const struct nm_case *one, int *v)
{
	const char *who;
	size_t i, j;

	if (one->silent.result != NM_SWALLOWED || one->silent.by < 0)
		return one->treatment->n;
	who = prover->checker->plan->destinations[one->silent.by].name;
	for (i = 0; i < one->treatment->n; i++)
		for (j = 0; j < one->treatment->steps[i].n; j++) {
			const struct nm_party *party = &one->treatment->steps[i].parties[j];

			*v = party->line ? -1 : party->own_voicemail_s;
			if (party->line ||
			    (!strcmp(party->name, who) && swallows(party, &one->treatment->steps[i])))
				return i;
		}
	return one->treatment->n;
}

static size_t find_swallowed(struct nm_prover *prover, struct nm_case *one)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_path *path = path_of(prover, one);
	const struct nm_treatment_step *step;
	const char *who;
	struct nm_draft *draft;
	int v = -1;
	const size_t at = swallow_step(prover, one, &v);
	int part;

	if (at == one->treatment->n || step_after(one->treatment, at) == one->treatment->n)
		return at;
	step = &one->treatment->steps[at];
	who = checker->plan->destinations[one->silent.by].name;
	part = part_of(step, one->silent.by);
	draft = nm_draft_find(checker, "swallowed", one->decision.path, part);
	if (!draft && v >= 0) {
		draft = nm_draft_add(
			checker, "swallowed", one->decision.path, part, step->pos,
			nm_arena_format(checker->arena,
					"%s's own voicemail takes the call after %d s, step %d of path %s "
					"rings it for %d s, and what follows never rings",
					who, v, step->number, path->name, step->for_s));
		nm_mend_ring_less(checker, draft, one->decision.path, step->number - 1);
		nm_mend_confirm(checker, draft, one->decision.path, step->number - 1, one->silent.by);
	} else if (!draft) {
		draft = nm_draft_add(
			checker, "swallowed", one->decision.path, part, step->pos,
			nm_arena_format(checker->arena,
					"on the line that step %d of path %s rings, %s's own voicemail takes "
					"the call, and what follows never rings",
					step->number, path->name, who));
		nm_draft_mend(checker, draft,
			      "let the line ring that phone for less time, or ask it to press 1", 0, NULL);
	}
	nm_case_mark(prover, one, draft, NM_PROBE_SILENT, -1);
	return at;
}

static struct nm_draft *unknown_draft(struct nm_prover *prover, const struct nm_case *one,
				      const struct nm_treatment_step *step, int id)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_destination *destination = &checker->plan->destinations[id];
	const struct nm_path *path = path_of(prover, one);
	struct nm_draft *draft = nm_draft_find(checker, "may-swallow", -1, id);

	if (draft)
		return draft;
	draft = nm_draft_add(
		checker, "may-swallow", -1, id, destination->pos,
		nm_arena_format(checker->arena,
				"nobody said when %s's own voicemail picks up, and path %s rings it for %d s "
				"before others",
				destination->name, path->name, step->for_s));
	nm_mend_confirm(checker, draft, one->decision.path, step->number - 1, id);
	nm_draft_mend(checker, draft,
		      nm_arena_format(checker->arena,
				      "call %s, let it ring, and write down when its voicemail picks up: "
				      "own_voicemail = 25s, "
				      "or none",
				      destination->name),
		      0, NULL);
	return draft;
}

static struct nm_draft *race_draft(struct nm_prover *prover, const struct nm_case *one,
				   const struct nm_treatment_step *step, const struct nm_party *party, int id)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_path *path = path_of(prover, one);
	const int part = part_of(step, id);
	struct nm_draft *draft = nm_draft_find(checker, "may-swallow", one->decision.path, part);

	if (draft)
		return draft;
	draft = nm_draft_add(
		checker, "may-swallow", one->decision.path, part, step->pos,
		nm_arena_format(
			checker->arena,
			"%s's own voicemail picks up after %d s, a close race with the %d s that step "
			"%d of path %s rings it",
			party->name, party->own_voicemail_s, step->for_s, step->number, path->name));
	nm_mend_ring_less(checker, draft, one->decision.path, step->number - 1);
	nm_mend_confirm(checker, draft, one->decision.path, step->number - 1, id);
	return draft;
}

static void find_may_swallow(struct nm_prover *prover, struct nm_case *one,
			     const struct nm_treatment_step *step)
{
	const int stretch_s = nm_line_stretch_s(prover->checker->plan, one->line);
	const int race_s = stretch_s >= NM_RACE_S ? stretch_s + 1 : NM_RACE_S;
	size_t i;

	for (i = 0; i < step->n; i++) {
		const struct nm_party *party = &step->parties[i];
		const int v = party->own_voicemail_s;
		struct nm_draft *draft = NULL;
		int id;

		if (party->line || !nm_kind_human(party->kind) || party->confirm)
			continue;
		id = nm_plan_find_destination(prover->checker->plan, party->name);
		if (id < 0)
			continue;
		if (v == NM_OWN_VOICEMAIL_UNKNOWN)
			draft = unknown_draft(prover, one, step, id);
		else if (v >= step->for_s && v < step->for_s + race_s && !step->unlimited)
			draft = race_draft(prover, one, step, party, id);
		else
			continue;
		nm_case_mark(prover, one, draft, NM_PROBE_SILENT, -1);
	}
}

/* Steps that are reached with nobody answering and have somebody behind them. */
static void find_races(struct nm_prover *prover, struct nm_case *one, size_t swallowed_at)
{
	const struct nm_treatment *treatment = one->treatment;
	size_t i;

	for (i = 0; i < treatment->n && !nm_step_ends(&treatment->steps[i]); i++) {
		if (step_after(treatment, i) < treatment->n)
			find_may_swallow(prover, one, &treatment->steps[i]);
		if (i == swallowed_at)
			return;
	}
}

/* --- emergencies --- */

static void find_emergency(struct nm_prover *prover, struct nm_case *one)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_emergency *emergency = &checker->plan->emergency;
	const struct nm_tried *humans = &one->humans;
	const bool human = humans->result == NM_ANSWERED && humans->by >= 0 &&
			   nm_kind_human(checker->plan->destinations[humans->by].kind);
	const char *id = nm_case_first_live(prover, one, true) ? "emergency-too-slow" : "emergency-no-human";
	struct nm_draft *draft;
	char words[NM_TIME_TEXT];

	if (one->decision.by != NM_BY_EMERGENCY || (human && humans->seconds <= emergency->reach_human_s))
		return;
	draft = nm_draft_find(checker, id, 0, 0);
	if (!draft && !strcmp(id, "emergency-no-human")) {
		draft = nm_draft_add(checker, id, 0, 0, emergency->pos,
				     nm_arena_format(checker->arena, "the emergency path %s rings no human",
						     path_of(prover, one)->name));
		nm_draft_mend(checker, draft,
			      "ring somebody who is there at these times: the emergency path ignores away, "
			      "but not hours",
			      0, NULL);
	} else if (!draft) {
		nm_duration_words(emergency->reach_human_s, words);
		draft = nm_draft_add(checker, id, 0, 0, emergency->pos,
				     nm_arena_format(checker->arena,
						     "no human would answer an emergency within %s", words));
		nm_draft_mend(checker, draft, "ring a human in the first step of the emergency path", 0,
			      NULL);
	}
	nm_case_mark(prover, one, draft, NM_PROBE_HUMANS, -1);
}

/* --- one thing failing --- */

static bool rung_before(const struct nm_case *one, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (one->rung[j].destination == one->rung[i].destination)
			return true;
	return false;
}

static void failure_found(struct nm_prover *prover, struct nm_case *one, int id)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_path *path = path_of(prover, one);
	struct nm_draft *draft = nm_draft_find(checker, "single-failure", one->decision.path, id);

	if (!draft) {
		draft = nm_draft_add(checker, "single-failure", one->decision.path, id, path->pos,
				     nm_arena_format(checker->arena, "if %s fails, path %s loses the call",
						     checker->plan->destinations[id].name, path->name));
		nm_mend_last_step(checker, draft, one->decision.path);
	}
	nm_case_mark(prover, one, draft, NM_PROBE_UNREACHABLE, id);
}

static enum nm_code find_failures(struct nm_prover *prover, struct nm_case *one)
{
	struct nm_tried tried;
	enum nm_code code;
	size_t i;

	if (one->nobody.result == NM_LOST)
		return NM_OK;
	for (i = 0; i < one->n_rung; i++) {
		if (rung_before(one, i))
			continue;
		code = nm_case_try(prover, one, NM_PROBE_UNREACHABLE, one->rung[i].destination, &tried);
		if (code)
			return code;
		if (tried.result == NM_LOST)
			failure_found(prover, one, one->rung[i].destination);
	}
	return NM_OK;
}

/* --- beyond what the carrier waits for --- */

static void find_beyond(struct nm_prover *prover, struct nm_case *one)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_plan *plan = checker->plan;
	const struct nm_carrier *carrier =
		nm_carrier_find(plan->accounts[plan->lines[one->line].account].driver);
	const struct nm_path *path = path_of(prover, one);
	const int limit_s = carrier ? carrier->traits.unanswered_max_s : 0;
	struct nm_draft *draft;
	size_t i;

	if (!limit_s || one->treatment->greeting_s)
		return;
	for (i = 0; i < one->n_rung && one->rung[i].at_s < limit_s; i++)
		;
	if (i == one->n_rung)
		return;
	draft = nm_draft_find(checker, "never-rings", one->decision.path, one->line + 1);
	if (!draft) {
		draft = nm_draft_add(
			checker, "never-rings", one->decision.path, one->line + 1, path->pos,
			nm_arena_format(checker->arena,
					"path %s rings %s after %d s, and the carrier of line %s gives up "
					"an unanswered call at %d s",
					path->name, plan->destinations[one->rung[i].destination].name,
					one->rung[i].at_s, plan->lines[one->line].name, limit_s));
		nm_draft_mend(checker, draft,
			      "shorten the steps before, or begin with a greeting, which answers the call", 0,
			      NULL);
	}
	nm_case_mark(prover, one, draft, NM_PROBE_SILENT, -1);
}

/* --- focus --- */

/* The schedule of hours that keeps a person of this path away in this state; -1. */
static int focus_of(const struct nm_plan *plan, const struct nm_state *state, int id)
{
	const struct nm_destination *destination = &plan->destinations[id];
	size_t i;

	for (i = 0; destination->kind == NM_PERSONAL && i < destination->away.n; i++)
		if (plan->schedules[destination->away.ids[i]].hours &&
		    nm_bit(state->schedules, destination->away.ids[i]))
			return destination->away.ids[i];
	return -1;
}

static void focus_found(struct nm_prover *prover, struct nm_case *one, int schedule, int id)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_plan *plan = checker->plan;
	struct nm_draft *draft = nm_draft_find(checker, "focus-uncovered", schedule, id);

	if (!draft) {
		draft = nm_draft_add(
			checker, "focus-uncovered", schedule, id, plan->schedules[schedule].pos,
			nm_arena_format(checker->arena,
					"while %s keeps %s away, path %s rings nobody else live",
					plan->schedules[schedule].name, plan->destinations[id].name,
					path_of(prover, one)->name));
		nm_mend_live(checker, draft, one->decision.path);
	}
	nm_case_mark(prover, one, draft, NM_PROBE_SILENT, -1);
}

static void find_focus_target(struct nm_prover *prover, struct nm_case *one, struct nm_target target)
{
	const struct nm_plan *plan = prover->checker->plan;
	const struct nm_state *state = &prover->checker->timeline->states[one->state];
	int id = target.kind == NM_TARGET_DESTINATION ? target.id : -1;
	int schedule;

	if (target.kind == NM_TARGET_ROTATION)
		id = state->turns[target.id];
	schedule = id >= 0 ? focus_of(plan, state, id) : -1;
	if (schedule >= 0)
		focus_found(prover, one, schedule, id);
}

static void find_focus(struct nm_prover *prover, struct nm_case *one)
{
	const struct nm_path *path = path_of(prover, one);
	size_t i, j;

	if (one->decision.by == NM_BY_EMERGENCY || nm_case_first_live(prover, one, false))
		return;
	for (i = 0; i < path->n; i++)
		for (j = 0; j < path->steps[i].ring.n; j++)
			find_focus_target(prover, one, path->steps[i].ring.items[j]);
}

/* --- ways to other lines --- */

static void edge_found(struct nm_prover *prover, struct nm_case *one, const struct nm_edge *like)
{
	struct nm_mark *mark = nm_arena_alloc(prover->checker->arena, 1, sizeof *mark);
	struct nm_edge *edge = nm_graph_edge(&prover->graph, like);

	if (!mark || !edge) {
		prover->checker->failed = true;
		return;
	}
	*mark = (struct nm_mark){ .next = one->marks, .edge = edge, .who = -1 };
	one->marks = mark;
}

/* The line whose number a destination has without saying so: dialling it is a call to that line; -1.  The
 * called line's own handset is rung, not dialled. */
static int line_dialled(const struct nm_plan *plan, int called, int id)
{
	size_t i;

	for (i = 0; id >= 0 && i < plan->n_lines; i++)
		if (plan->lines[i].number && plan->lines[i].number == plan->destinations[id].number)
			return (int)i == called && plan->lines[i].handset == id ? -1 : (int)i;
	return -1;
}

static void party_edges(struct nm_prover *prover, struct nm_case *one, const struct nm_treatment_step *step,
			const struct nm_party *party)
{
	const struct nm_plan *plan = prover->checker->plan;
	const struct nm_emergency *emergency = &plan->emergency;
	struct nm_edge edge = { .from = one->line, .path = one->decision.path, .step = step->number - 1 };
	size_t i;

	edge.via = nm_plan_find_destination(plan, party->name);
	edge.to =
		party->line ? nm_plan_find_line(plan, party->line) : line_dialled(plan, one->line, edge.via);
	if (edge.to >= 0 && !party->native) {
		edge.kind = NM_EDGE_STEP;
		edge_found(prover, one, &edge);
		return;
	}
	if (!emergency->given || edge.via < 0 || !nm_set_has(&emergency->flagged_by, edge.via))
		return;
	edge.kind = NM_EDGE_HAND_OVER;
	for (i = 0; i < emergency->lines.n; i++) {
		edge.to = emergency->lines.ids[i];
		edge_found(prover, one, &edge);
	}
}

static void find_edges(struct nm_prover *prover, struct nm_case *one)
{
	const struct nm_treatment *treatment = one->treatment;
	size_t i, j;

	for (i = 0; i < treatment->n; i++) {
		for (j = 0; j < treatment->steps[i].n; j++)
			party_edges(prover, one, &treatment->steps[i], &treatment->steps[i].parties[j]);
		if (nm_step_ends(&treatment->steps[i]))
			return;
	}
}

enum nm_code nm_case_find(struct nm_prover *prover, struct nm_case *one)
{
	if (one->decision.verdict == NM_VERDICT_LOST) {
		find_lost(prover, one);
		return NM_OK;
	}
	find_dead_end(prover, one);
	find_no_live(prover, one);
	find_slow(prover, one);
	find_late(prover, one);
	find_races(prover, one, find_swallowed(prover, one));
	find_emergency(prover, one);
	find_beyond(prover, one);
	find_focus(prover, one);
	find_edges(prover, one);
	return find_failures(prover, one);
}
