/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with a case that has been tried: who loses, delays or hands on the call.
 * Comes in: a case with its probes.  Goes out: marks on the case, each a draft of a finding.
 */
#include "check_private.h"

#include <string.h>

#define LATE_S 18 /* three rings */

/* Parts of no-live-answer: its subject is the path, the rule or the override. */
enum { NOBODY_ON_PATH, IN_VAIN_ON_PATH, TURNED_BY_RULE, TURNED_BY_OVERRIDE };

static const struct nm_path *path_of(const struct nm_prover *prover, const struct nm_case *one)
{
	return &prover->checker->plan->paths[one->decision.path];
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

int nm_case_path_ending(struct nm_prover *prover, const struct nm_case *one)
{
	const struct nm_plan *plan = prover->checker->plan;
	size_t lines;

	for (lines = 0; lines < plan->n_lines; lines++) {
		const struct nm_treatment *treatment = one->treatment;
		const struct nm_treatment_step *last = NULL;
		const struct nm_case *next;
		size_t i;

		for (i = 0; i < treatment->n && !last; i++)
			if (treatment->steps[i].ring_time == NM_RING_HANDOVER)
				last = &treatment->steps[i];
		if (!last)
			break;
		next = nm_case_leg(prover, one, nm_plan_find_line(plan, last->parties[0].line));
		if (!next || next->decision.path < 0)
			break;
		one = next;
	}
	return one->decision.path;
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
		nm_mend_last_step(checker, draft, nm_case_path_ending(prover, one));
	}
	nm_case_mark(prover, one, draft, NM_PROBE_NOBODY, -1);
}

/* Nobody is rung, or only somebody whom the voicemail beside them leaves no time. */
static const char *nobody_words(struct nm_prover *prover, const struct nm_case *one, bool human)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_destination *destinations = checker->plan->destinations;
	const struct nm_rung *vain = nm_case_in_vain(prover, one, human);
	const char *path = path_of(prover, one)->name;

	if (vain && one->silent.by >= 0)
		return nm_arena_format(
			checker->arena,
			"path %s rings %s beside %s, which takes the call at once, and nobody before", path,
			destinations[vain->destination].name, destinations[one->silent.by].name);
	return nm_arena_format(checker->arena,
			       human ? "the emergency path %s rings no human"
				     : "path %s rings neither a human nor an AI",
			       path);
}

static void find_no_live(struct nm_prover *prover, struct nm_case *one)
{
	struct nm_checker *checker = prover->checker;
	const int part = nm_case_in_vain(prover, one, false) ? IN_VAIN_ON_PATH : NOBODY_ON_PATH;
	struct nm_draft *draft;

	if (nm_case_first_live(prover, one, false))
		return;
	draft = nm_draft_find(checker, "no-live-answer", one->decision.path, part);
	if (!draft) {
		draft = nm_draft_add(checker, "no-live-answer", one->decision.path, part,
				     path_of(prover, one)->pos, nobody_words(prover, one, false));
		nm_mend_live(checker, draft, one->decision.path);
	}
	nm_case_mark(prover, one, draft, NM_PROBE_SILENT, -1);
}

/* Nobody was named who is to be kept out: customers are. */
static void find_turned_away(struct nm_prover *prover, struct nm_case *one)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_plan *plan = checker->plan;
	const bool override = one->decision.by == NM_BY_OVERRIDE;
	const int part = override ? TURNED_BY_OVERRIDE : TURNED_BY_RULE;
	const struct nm_rule *rule =
		override ? &plan->overrides[one->decision.index].rule : &plan->rules[one->decision.index];
	struct nm_draft *draft = nm_draft_find(checker, "no-live-answer", one->decision.index, part);

	if (!draft) {
		draft = nm_draft_add(checker, "no-live-answer", one->decision.index, part, rule->pos,
				     nm_arena_format(checker->arena, "every caller is turned away, %s %s: %s",
						     override ? "override" : "rule", rule->name,
						     nm_reject_name(rule->reject)));
		nm_mend_admit(checker, draft, &one->decision);
	}
	nm_case_mark(prover, one, draft, NM_PROBE_PLAIN, -1);
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
	}
	if (draft && one->nobody.seconds > draft->slowest_s) {
		draft->slowest_s = one->nobody.seconds;
		draft->n_mends = 0;
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
		draft = nm_draft_add(checker, id, 0, 0, emergency->pos, nobody_words(prover, one, true));
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

static void party_edges(struct nm_prover *prover, struct nm_case *one, const struct nm_treatment_step *step,
			const struct nm_party *party)
{
	const struct nm_plan *plan = prover->checker->plan;
	const struct nm_emergency *emergency = &plan->emergency;
	struct nm_edge edge = { .from = one->line, .path = one->decision.path, .step = step->number - 1 };
	size_t i;

	edge.via = nm_plan_find_destination(plan, party->name);
	edge.to = party->line ? nm_plan_find_line(plan, party->line) : -1;
	if (edge.to >= 0) {
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

	/* A call that nobody answers gets furthest: behind its last step no call ever comes. */
	for (i = 0; i < treatment->n && i <= one->silent.step; i++)
		for (j = 0; j < treatment->steps[i].n; j++)
			party_edges(prover, one, &treatment->steps[i], &treatment->steps[i].parties[j]);
}

enum nm_code nm_case_find(struct nm_prover *prover, struct nm_case *one)
{
	if (one->decision.verdict == NM_VERDICT_LOST) {
		find_lost(prover, one);
		return NM_OK;
	}
	if (one->endless) {
		find_edges(prover, one);
		return NM_OK;
	}
	if (one->decision.verdict == NM_VERDICT_REJECT) {
		find_turned_away(prover, one);
		return NM_OK;
	}
	find_dead_end(prover, one);
	find_no_live(prover, one);
	find_slow(prover, one);
	find_late(prover, one);
	nm_case_find_swallows(prover, one);
	find_emergency(prover, one);
	nm_case_find_behind(prover, one);
	find_focus(prover, one);
	find_edges(prover, one);
	return prover->code ? prover->code : nm_case_find_failures(prover, one);
}
