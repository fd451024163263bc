/* SPDX-License-Identifier: MIT */
/*
 * Mends that need more than words: what to change in the plan's text so that a finding goes away.
 * Comes in: what was found.  Goes out: words and edits on the draft.  It applies nothing.
 */
#include "check_private.h"

#include <string.h>

#define SHORTEST_S 8 /* a person needs about a ring and a half to answer */

static const char *seconds_text(struct nm_checker *checker, int seconds)
{
	const char *text = nm_arena_format(checker->arena, "%ds", seconds);

	if (!text)
		checker->failed = true;
	return text;
}

/* A section's text with one name in it; NULL when memory is out. */
static const char *text_naming(struct nm_checker *checker, const char *before, const char *name, const char *after)
{
	const char *written = nm_check_named(checker, &name, 1);

	return written ? nm_arena_format(checker->arena, "%s%s%s", before, written, after) : NULL;
}

/* --- own voicemails --- */

static void earliest_add(const struct nm_plan *plan, const struct nm_step *step, int id, int *earliest)
{
	const struct nm_destination *destination = &plan->destinations[id];
	const bool confirm = step->confirm < 0 ? destination->confirm : step->confirm;

	if (destination->own_voicemail_s >= 0 && !confirm &&
	    (*earliest < 0 || destination->own_voicemail_s < *earliest))
		*earliest = destination->own_voicemail_s;
}

/* The first known voicemail among all that the step may ring; -1. */
static int earliest_voicemail(const struct nm_plan *plan, const struct nm_step *step)
{
	int earliest = -1;
	size_t i, j;

	for (i = 0; i < step->ring.n; i++) {
		const struct nm_target target = step->ring.items[i];

		if (target.kind == NM_TARGET_DESTINATION)
			earliest_add(plan, step, target.id, &earliest);
		if (target.kind != NM_TARGET_ROTATION)
			continue;
		for (j = 0; j < plan->rotations[target.id].n; j++)
			earliest_add(plan, step, plan->rotations[target.id].members[j], &earliest);
	}
	return earliest;
}

void nm_mend_ring_less(struct nm_checker *checker, struct nm_draft *draft, int path, int step)
{
	const struct nm_plan *plan = checker->plan;
	const int earliest = earliest_voicemail(plan, &plan->paths[path].steps[step]);
	const int seconds = earliest - NM_RACE_S;
	struct nm_edit edit;

	if (earliest < 0 || seconds <= NM_HUMAN_S)
		return;
	edit = nm_edit_step(plan->paths[path].name, step, "for", seconds_text(checker, seconds));
	nm_draft_mend(checker, draft,
		      nm_arena_format(checker->arena, "let step %d of path %s ring for %d s", step + 1,
				      plan->paths[path].name, seconds),
		      1, &edit);
}

void nm_mend_confirm(struct nm_checker *checker, struct nm_draft *draft, int path, int step, int destination)
{
	const struct nm_plan *plan = checker->plan;
	const char *who = plan->destinations[destination].name;
	struct nm_edit edit = nm_edit_option("destination", who, "confirm", "yes");

	if (plan->paths[path].steps[step].confirm >= 0)
		edit = nm_edit_step(plan->paths[path].name, step, "confirm", "yes");
	nm_draft_mend(checker, draft,
		      nm_arena_format(checker->arena,
				      "confirm = yes: %s presses 1 to accept, which a voicemail cannot", who),
		      1, &edit);
}

/* --- somebody who takes the call --- */

static const char *first_of_kind(const struct nm_plan *plan, enum nm_kind kind)
{
	size_t i;

	for (i = 0; i < plan->n_destinations; i++)
		if (plan->destinations[i].kind == kind)
			return plan->destinations[i].name;
	return NULL;
}

static bool name_free(const struct nm_plan *plan, const char *name)
{
	return nm_plan_find_destination(plan, name) < 0 && nm_plan_find_rotation(plan, name) < 0 &&
	       nm_plan_find_line(plan, name) < 0;
}

static const char *mailbox_text(struct nm_checker *checker)
{
	const char *greeting =
		nm_arena_format(checker->arena,
				"You've reached %s. We can't take your call right now. Leave a message or "
				"text this number and we'll respond within 30 minutes.",
				checker->plan->business);
	const char *quoted = greeting ? nm_check_quoted(checker, greeting) : NULL;

	return quoted ? nm_arena_format(checker->arena,
					"destination mailbox {\n  kind = voicemail\n  greeting = %s\n}\n",
					quoted)
		      : NULL;
}

/* Lets the path end in a voicemail, one that is there or a new one. */
void nm_mend_last_step(struct nm_checker *checker, struct nm_draft *draft, int path)
{
	const struct nm_plan *plan = checker->plan;
	const char *mailbox = first_of_kind(plan, NM_VOICEMAIL);
	struct nm_edit edits[2];
	const char *words;
	size_t n = 0;

	if (!mailbox && !name_free(plan, "mailbox")) {
		nm_draft_mend(checker, draft, "let the path end in a voicemail", 0, NULL);
		return;
	}
	if (!mailbox)
		edits[n++] = nm_edit_section(NM_EDIT_ADD, "destination", NULL, mailbox_text(checker));
	mailbox = mailbox ? mailbox : "mailbox";
	edits[n++] = nm_edit_section(NM_EDIT_ADD, "path", plan->paths[path].name,
				     text_naming(checker, "step { ring = ", mailbox, " }"));
	words = nm_arena_format(checker->arena, "let path %s end in %s", plan->paths[path].name, mailbox);
	if (!edits[0].value || !edits[n - 1].value)
		checker->failed = true;
	nm_draft_mend(checker, draft, words, n, edits);
}

/* Rings the AI ahead of whoever takes the call. */
void nm_mend_live(struct nm_checker *checker, struct nm_draft *draft, int path)
{
	const struct nm_plan *plan = checker->plan;
	const struct nm_path *where = &plan->paths[path];
	const char *ai = first_of_kind(plan, NM_AI);
	struct nm_edit edits[2];

	if (!ai || !where->n) {
		nm_draft_mend(checker, draft, "ring somebody, or an AI, at these times", 0, NULL);
		return;
	}
	edits[0] = nm_edit_section(NM_EDIT_ADD, "path", where->name,
				   text_naming(checker, "step { ring = ", ai, " for = 10s }"));
	edits[1] = nm_edit_section(NM_EDIT_MOVE, "path", where->name, NULL);
	edits[1].place.step = (int)where->n;
	edits[1].by = -(int)where->n;
	if (!edits[0].value)
		checker->failed = true;
	nm_draft_mend(checker, draft,
		      nm_arena_format(checker->arena, "let path %s ring %s first", where->name, ai), 2,
		      edits);
}

/* How well a path serves calls that no rule thought of: best an AI and nobody disturbed. */
static int fitness(const struct nm_plan *plan, const struct nm_path *path)
{
	int fit = 1;
	size_t i, j;

	for (i = 0; i < path->n; i++)
		for (j = 0; j < path->steps[i].ring.n; j++) {
			const struct nm_target target = path->steps[i].ring.items[j];

			if (target.kind != NM_TARGET_DESTINATION ||
			    nm_kind_human(plan->destinations[target.id].kind))
				return 0;
			if (plan->destinations[target.id].kind == NM_AI)
				fit = 2;
		}
	return fit;
}

/* The path that serves them best; NULL when there is none. */
static const struct nm_path *fittest_path(const struct nm_plan *plan)
{
	size_t best = 0;
	size_t i;

	for (i = 1; i < plan->n_paths; i++)
		if (fitness(plan, &plan->paths[i]) > fitness(plan, &plan->paths[best]))
			best = i;
	return plan->n_paths ? &plan->paths[best] : NULL;
}

void nm_mend_admit(struct nm_checker *checker, struct nm_draft *draft, const struct nm_decision *decision)
{
	const struct nm_plan *plan = checker->plan;
	const bool override = decision->by == NM_BY_OVERRIDE;
	const char *section = override ? "override" : "rule";
	const char *name =
		override ? plan->overrides[decision->index].rule.name : plan->rules[decision->index].name;
	const struct nm_path *path = fittest_path(plan);
	struct nm_edit edits[2];

	if (path) {
		edits[0] = nm_edit_option(section, name, "reject", NULL);
		edits[1] = nm_edit_option(section, name, "path", nm_check_named(checker, &path->name, 1));
		nm_draft_mend(checker, draft,
			      nm_arena_format(checker->arena, "let %s %s lead to path %s", section, name,
					      path->name),
			      2, edits);
	}
	nm_draft_mend(checker, draft,
		      nm_arena_format(checker->arena, "name the `callers` whom %s %s is to turn away",
				      section, name),
		      0, NULL);
}

/* A last rule for whatever no other takes. */
void nm_mend_otherwise(struct nm_checker *checker, struct nm_draft *draft)
{
	const struct nm_plan *plan = checker->plan;
	const struct nm_path *path = fittest_path(plan);
	bool taken = false;
	struct nm_edit edit;
	size_t i;

	for (i = 0; i < plan->n_rules; i++)
		taken |= !strcmp(plan->rules[i].name, "otherwise");
	if (taken || !path) {
		nm_draft_mend(checker, draft, "add a last rule without `during`, for all other calls", 0,
			      NULL);
		return;
	}
	edit = nm_edit_section(NM_EDIT_ADD, "rule", NULL,
			       text_naming(checker, "rule otherwise { path = ", path->name, " }"));
	if (!edit.value)
		checker->failed = true;
	nm_draft_mend(
		checker, draft,
		nm_arena_format(checker->arena, "add a last rule: all other calls get path %s", path->name),
		1, &edit);
}

/* --- faster --- */

/* The step of the treatment in which somebody live answers, and how long after its start; false when it
 * cannot be told. */
static bool live_step(struct nm_prover *prover, const struct nm_case *one, size_t *step, int *after_s)
{
	struct nm_treatment head = *one->stretched;
	struct nm_outcome outcome;
	int start_s = head.greeting_s;
	enum nm_code code;

	for (head.n = 1; head.n <= one->stretched->n; head.n++) {
		prover->longest = true;
		code = nm_case_play(prover, one, &head, NM_PROBE_NOBODY, -1, false, &outcome);
		prover->longest = false;
		if (code)
			return false;
		if (outcome.result == NM_ANSWERED) {
			*step = head.n - 1;
			*after_s = outcome.seconds - start_s;
			return true;
		}
		start_s = outcome.ended_s;
	}
	return false;
}

/* When somebody live answers at the latest: steps that are skipped now may ring at other times. */
static int latest_s(const struct nm_treatment *treatment, size_t live, int after_s, const struct nm_path *path,
		    const int *seconds)
{
	int at = treatment->greeting_s + after_s;
	size_t i;

	for (i = 0; i < live; i++) {
		const int step = treatment->steps[i].number - 1;

		at += treatment->steps[i].for_s - path->steps[step].for_s + seconds[step];
	}
	return at;
}

/* Takes one second from the longest of the first n steps; false when all are as short as can be. */
static bool shave(int *seconds, size_t n)
{
	size_t longest = n;
	size_t i;

	for (i = 0; i < n; i++)
		if (seconds[i] > SHORTEST_S && (longest == n || seconds[i] > seconds[longest]))
			longest = i;
	if (longest == n)
		return false;
	seconds[longest]--;
	return true;
}

static void faster_edits(struct nm_checker *checker, struct nm_draft *draft, const struct nm_path *path,
			 const int *seconds)
{
	struct nm_edit edits[NM_STEPS_MAX];
	struct nm_buf words;
	size_t n = 0;
	size_t i;

	nm_buf_init(&words, NM_WORDS_MOST);
	nm_buf_addf(&words, "ring for less time in path %s:", path->name);
	for (i = 0; i < path->n; i++) {
		if (seconds[i] == path->steps[i].for_s)
			continue;
		edits[n++] = nm_edit_step(path->name, (int)i, "for", seconds_text(checker, seconds[i]));
		nm_buf_addf(&words, "%s step %zu for %d s", n > 1 ? "," : "", i + 1, seconds[i]);
	}
	nm_draft_mend(checker, draft, nm_check_text_of(checker, &words), n, edits);
}

void nm_mend_faster(struct nm_prover *prover, struct nm_draft *draft, const struct nm_case *one)
{
	const struct nm_path *path = &prover->checker->plan->paths[one->decision.path];
	const int64_t patience_s = prover->checker->plan->targets.patience_s;
	int seconds[NM_STEPS_MAX];
	size_t live = 0;
	int after_s = 0;
	bool shorter = path->n <= NM_STEPS_MAX && live_step(prover, one, &live, &after_s);
	size_t i;

	for (i = 0; shorter && i < path->n; i++)
		seconds[i] = path->steps[i].for_s;
	for (i = 0; shorter && i < live; i++)
		shorter = one->stretched->steps[i].ring_time == NM_RING_TIMED;
	while (shorter && latest_s(one->stretched, live, after_s, path, seconds) > patience_s)
		shorter = shave(seconds, (size_t)one->stretched->steps[live].number - 1);
	if (shorter)
		faster_edits(prover->checker, draft, path, seconds);
	else
		nm_draft_mend(prover->checker, draft, "ring the AI earlier: take a step before it out", 0,
			      NULL);
}

/* --- ways out of a loop --- */

/* The step's list without whoever makes the edge; NULL when nobody else is in it. */
static const char *ring_without(struct nm_checker *checker, const struct nm_step *step,
				const struct nm_edge *edge)
{
	const struct nm_plan *plan = checker->plan;
	const char **names = nm_arena_alloc(checker->arena, step->ring.n, sizeof *names);
	size_t n = 0;
	size_t i;

	if (!names)
		checker->failed = true;
	for (i = 0; names && i < step->ring.n; i++) {
		const struct nm_target target = step->ring.items[i];

		if (edge->via >= 0 && target.kind == NM_TARGET_DESTINATION && target.id == edge->via)
			continue;
		if (edge->via < 0 && target.kind == NM_TARGET_LINE && target.id == edge->to)
			continue;
		names[n++] = nm_plan_target_name(plan, target);
	}
	return n ? nm_check_named(checker, names, n) : NULL;
}

void nm_mend_edge(struct nm_checker *checker, struct nm_draft *draft, const struct nm_edge *edge)
{
	const struct nm_plan *plan = checker->plan;
	const char *who = edge->via >= 0 ? plan->destinations[edge->via].name : plan->lines[edge->to].name;
	struct nm_edit edit;

	if (edge->kind == NM_EDGE_FALLBACK) {
		edit = nm_edit_option("line", plan->lines[edge->from].name, "fallback", NULL);
		nm_draft_mend(checker, draft, "another fallback, or none", 1, &edit);
		return;
	}
	edit = nm_edit_step(plan->paths[edge->path].name, edge->step, "ring",
			    ring_without(checker, &plan->paths[edge->path].steps[edge->step], edge));
	if (!edit.value && plan->paths[edge->path].n == 1) {
		nm_draft_mend(checker, draft,
			      nm_arena_format(checker->arena, "ring somebody else than %s", who), 0, NULL);
		return;
	}
	if (!edit.value) {
		edit.op = NM_EDIT_REMOVE;
		edit.option = NULL;
	}
	nm_draft_mend(checker, draft,
		      nm_arena_format(checker->arena, "take %s out of step %d of path %s", who,
				      edge->step + 1, plan->paths[edge->path].name),
		      1, &edit);
}
