/* SPDX-License-Identifier: MIT */
/*
 * Steps that never ring: behind a voicemail, behind a line that keeps or takes every call, or beyond what
 * the carrier waits for.  Comes in: paths, and cases that have been tried.  Goes out: drafts, of which
 * those go again whose step some other call gets to.
 */
#include "check_private.h"

#include <string.h>

#include "nevermiss/carrier.h"

#define SHORTEST_S 8 /* a person needs about a ring and a half to answer */

/* Parts of never-rings, its subject is the path: for the line of a step that number, further down. */
enum { BEHIND_VOICEMAIL, BEHIND_LINE, BEYOND_LIMIT = BEHIND_LINE + NM_STEPS_MAX + 1 };

static const struct nm_path *path_of(const struct nm_prover *prover, const struct nm_case *one)
{
	return &prover->checker->plan->paths[one->decision.path];
}

/* --- behind a voicemail, whatever the time --- */

static bool ends(const struct nm_plan *plan, const struct nm_step *step)
{
	size_t i;

	for (i = 0; i < step->ring.n; i++)
		if (step->ring.items[i].kind == NM_TARGET_DESTINATION &&
		    plan->destinations[step->ring.items[i].id].kind == NM_VOICEMAIL)
			return true;
	return false;
}

void nm_check_behind(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	struct nm_draft *draft;
	struct nm_edit edit;
	size_t i, end;

	for (i = 0; i < plan->n_paths; i++) {
		const struct nm_path *path = &plan->paths[i];

		for (end = 0; end < path->n && !ends(plan, &path->steps[end]); end++)
			;
		if (end + 1 >= path->n)
			continue;
		draft = nm_draft_add(
			checker, "never-rings", (int)i, BEHIND_VOICEMAIL, path->steps[end + 1].pos,
			nm_arena_format(
				checker->arena,
				"step %zu of path %s never rings: the voicemail of step %zu takes every call",
				end + 2, path->name, end + 1));
		edit = nm_edit_section(NM_EDIT_MOVE, "path", path->name, NULL);
		edit.place.step = (int)end;
		edit.by = (int)(path->n - 1 - end);
		nm_draft_mend(checker, draft,
			      nm_arena_format(checker->arena, "move the voicemail to the end of path %s",
					      path->name),
			      1, &edit);
	}
}

/* --- behind a line --- */

/* The highest number of a step that the call gets to when nobody answers: no call gets further. */
static int number_reached(const struct nm_case *one)
{
	const struct nm_treatment *treatment = one->treatment;
	int number = 0;
	size_t i;

	for (i = 0; i < treatment->n && i <= one->silent.step; i++)
		if (treatment->steps[i].number > number)
			number = treatment->steps[i].number;
	return number;
}

/* For how long the step may ring so that the call comes back from the line; 0 when it cannot be told. */
static int seconds_before_taken(struct nm_prover *prover, const struct nm_case *one)
{
	struct nm_treatment head = *one->treatment;
	struct nm_outcome outcome;
	int seconds = NM_FOR_DEFAULT;

	head.n = one->silent.step;
	prover->code = nm_case_play(prover, one, &head, NM_PROBE_SILENT, -1, false, &outcome);
	if (prover->code)
		return 0;
	if (one->silent.result == NM_TO_VOICEMAIL && one->silent.seconds - outcome.ended_s < seconds)
		seconds = one->silent.seconds - outcome.ended_s;
	return seconds < SHORTEST_S ? 0 : seconds;
}

static void mend_behind(struct nm_prover *prover, struct nm_draft *draft, const struct nm_case *one,
			const struct nm_treatment_step *step)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_path *path = path_of(prover, one);
	const int seconds = seconds_before_taken(prover, one);
	const char *text = nm_arena_format(checker->arena, "%ds", seconds);
	const struct nm_edit edit = nm_edit_step(path->name, step->number - 1, "for", text);

	if (!text)
		checker->failed = true;
	if (seconds)
		nm_draft_mend(checker, draft,
			      nm_arena_format(checker->arena, "let step %d of path %s ring for %d s",
					      step->number, path->name, seconds),
			      1, &edit);
	nm_draft_mend(checker, draft,
		      nm_arena_format(checker->arena, "take out of path %s what stands behind step %d",
				      path->name, step->number),
		      0, NULL);
}

static const char *behind_words(struct nm_prover *prover, const struct nm_case *one,
				const struct nm_treatment_step *step)
{
	const struct nm_plan *plan = prover->checker->plan;
	const struct nm_path *path = path_of(prover, one);

	if (step->ring_time == NM_RING_HANDOVER)
		return nm_arena_format(
			prover->checker->arena,
			"step %d of path %s never rings: step %d hands the call to line %s for good",
			step->number + 1, path->name, step->number, step->parties[0].line);
	return nm_arena_format(
		prover->checker->arena,
		"step %d of path %s never rings: on the line that step %d rings, %s takes every "
		"call after %d s",
		step->number + 1, path->name, step->number, plan->destinations[one->silent.by].name,
		one->silent.seconds);
}

static void find_behind_line(struct nm_prover *prover, struct nm_case *one)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_path *path = path_of(prover, one);
	const int path_id = one->decision.path, number = number_reached(one);
	const struct nm_treatment_step *step;
	struct nm_draft *draft;

	if (number > prover->reached[path_id])
		prover->reached[path_id] = number;
	if ((size_t)number >= path->n || number == 0 || one->silent.result == NM_SWALLOWED ||
	    one->silent.step == one->treatment->n)
		return;
	step = &one->treatment->steps[one->silent.step];
	if (step->number != number || ends(checker->plan, &path->steps[number - 1]) ||
	    (step->ring_time != NM_RING_HANDOVER && one->silent.by < 0))
		return;
	draft = nm_draft_find(checker, "never-rings", path_id, BEHIND_LINE + number);
	if (!draft) {
		draft = nm_draft_add(checker, "never-rings", path_id, BEHIND_LINE + number,
				     path->steps[number].pos, behind_words(prover, one, step));
		mend_behind(prover, draft, one, step);
	}
	nm_case_mark(prover, one, draft, NM_PROBE_SILENT, -1);
}

void nm_prove_behind(struct nm_prover *prover)
{
	struct nm_checker *checker = prover->checker;
	struct nm_draft *draft, *next;

	for (draft = checker->first; draft; draft = next) {
		next = draft->next;
		if (!strcmp(draft->info->id, "never-rings") && draft->part > BEHIND_LINE &&
		    draft->part < BEYOND_LIMIT && draft->part - BEHIND_LINE < prover->reached[draft->subject])
			nm_draft_drop(checker, draft);
	}
}

/* --- beyond what the carrier waits for --- */

static void find_beyond(struct nm_prover *prover, struct nm_case *one)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_plan *plan = checker->plan;
	const struct nm_path *path = path_of(prover, one);
	const struct nm_holding *holding = &prover->holdings[one->line];
	const int limit_s = holding->known ? holding->traits.unanswered_max_s : 0;
	struct nm_draft *draft;
	size_t i;

	if (!limit_s || one->treatment->greeting_s)
		return;
	for (i = 0; i < one->n_rung && one->rung[i].at_s < limit_s; i++)
		;
	if (i == one->n_rung)
		return;
	draft = nm_draft_find(checker, "never-rings", one->decision.path, BEYOND_LIMIT + one->line);
	if (!draft) {
		draft = nm_draft_add(
			checker, "never-rings", one->decision.path, BEYOND_LIMIT + one->line, path->pos,
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

void nm_case_find_behind(struct nm_prover *prover, struct nm_case *one)
{
	find_behind_line(prover, one);
	find_beyond(prover, one);
}
