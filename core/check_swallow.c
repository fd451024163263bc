/* SPDX-License-Identifier: MIT */
/*
 * Own voicemails: phones that take a call which was meant to go on, surely or perhaps, by themselves or on
 * a line that a step rings.  Comes in: a case with its probes.  Goes out: marks on the case.
 */
#include "check_private.h"

#include <string.h>

static const struct nm_path *path_of(const struct nm_prover *prover, const struct nm_case *one)
{
	return &prover->checker->plan->paths[one->decision.path];
}

/* Where a ring is planned: its step, or the path on which the line's own phone rings because nobody else can. */
static struct nm_pos pos_of(const struct nm_prover *prover, const struct nm_case *leg,
			    const struct nm_treatment_step *step)
{
	return step->pos.file ? step->pos : path_of(prover, leg)->pos;
}

/* Identity of what a step does to a destination. */
static int part_of(const struct nm_treatment_step *step, int destination)
{
	return step->number * (NM_PLAN_ITEMS + 1) + destination + 1;
}

/* Index of the first later step that rings anybody, or would if its carrier could; n when there is none. */
static size_t step_after(const struct nm_treatment *treatment, size_t i)
{
	for (i++; i < treatment->n; i++)
		if (treatment->steps[i].n || treatment->steps[i].n_skips)
			return i;
	return treatment->n;
}

static bool swallows(const struct nm_party *party, const struct nm_treatment_step *step)
{
	return !party->line && party->kind != NM_VOICEMAIL && !party->confirm &&
	       party->own_voicemail_s >= 0 &&
	       (step->ring_time == NM_RING_HANDOVER || party->own_voicemail_s < step->for_s);
}

/* How the call went in which nobody answered and a voicemail took it, at one end of the ring times or the other. */
static const struct nm_tried *swallowed(const struct nm_case *one)
{
	return one->silent.result == NM_SWALLOWED ? &one->silent : &one->silent_long;
}

/* The step in which the silent call was swallowed; n when it was not.  *v is when that phone's voicemail
 * picks up, -1 when it rang on another line. */
static size_t swallow_step(struct nm_prover *prover, const struct nm_case *one, int *v)
{
	const struct nm_tried *silent = swallowed(one);
	const struct nm_treatment_step *step;
	const char *who;
	size_t i;

	if (silent->result != NM_SWALLOWED || silent->by < 0)
		return one->treatment->n;
	who = prover->checker->plan->destinations[silent->by].name;
	step = &one->stretched->steps[silent->step];
	*v = -1;
	for (i = 0; i < step->n; i++)
		if (!strcmp(step->parties[i].name, who) && swallows(&step->parties[i], step))
			*v = step->parties[i].own_voicemail_s;
	return silent->step;
}

/* "for 15 s", "for 15 s, up to 20 s at this carrier", "until the caller gives up" */
static const char *ring_words(struct nm_prover *prover, const struct nm_case *one, size_t at)
{
	const int for_s = one->treatment->steps[at].for_s, longest_s = one->stretched->steps[at].for_s;

	if (one->treatment->steps[at].ring_time == NM_RING_ON)
		return "until the caller gives up";
	if (one->treatment->steps[at].ring_time == NM_RING_OPEN)
		return "until the carrier lets the call go on";
	if (longest_s == for_s)
		return nm_arena_format(prover->checker->arena, "for %d s", for_s);
	return nm_arena_format(prover->checker->arena, "for %d s, up to %d s at this carrier", for_s, longest_s);
}

static struct nm_draft *swallowed_draft(struct nm_prover *prover, const struct nm_case *one, size_t at, int v)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_path *path = path_of(prover, one);
	const struct nm_treatment_step *step = &one->treatment->steps[at];
	const int by = swallowed(one)->by, part = part_of(step, by);
	const char *who = checker->plan->destinations[by].name;
	struct nm_draft *draft = nm_draft_find(checker, "swallowed", one->decision.path, part);

	if (draft)
		return draft;
	if (v >= 0) {
		draft = nm_draft_add(
			checker, "swallowed", one->decision.path, part, pos_of(prover, one, step),
			nm_arena_format(checker->arena,
					"%s's own voicemail takes the call after %d s, step %d of path %s "
					"rings it %s, and what follows never rings",
					who, v, step->number, path->name, ring_words(prover, one, at)));
		nm_mend_ring_less(checker, draft, one->decision.path, step->number - 1);
		nm_mend_confirm(checker, draft, one->decision.path, step->number - 1, by);
		return draft;
	}
	draft = nm_draft_add(checker, "swallowed", one->decision.path, part, step->pos,
			     nm_arena_format(checker->arena,
					     "on the line that step %d of path %s rings, %s's own voicemail takes "
					     "the call, and what follows never rings",
					     step->number, path->name, who));
	nm_draft_mend(checker, draft, "let the line ring that phone for less time, or ask it to press 1", 0, NULL);
	return draft;
}

static size_t find_swallowed(struct nm_prover *prover, struct nm_case *one)
{
	int v = -1;
	const size_t at = swallow_step(prover, one, &v);

	if (at < one->treatment->n && step_after(one->treatment, at) < one->treatment->n)
		nm_case_mark(prover, one, swallowed_draft(prover, one, at, v), NM_PROBE_SILENT, -1);
	return at;
}

/* A phone that a step rings for at most for_s; `leg` is the case whose step it is. */
struct rung_phone {
	const struct nm_case *leg;
	const struct nm_treatment_step *step;
	const struct nm_party *party;
	int id, for_s;
};

static struct nm_draft *unknown_draft(struct nm_prover *prover, const struct rung_phone *phone)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_destination *destination = &checker->plan->destinations[phone->id];
	const struct nm_path *path = path_of(prover, phone->leg);
	struct nm_draft *draft = nm_draft_find(checker, "may-swallow", -1, phone->id);
	const char *words;

	if (draft)
		return draft;
	if (phone->step->ring_time == NM_RING_TIMED)
		words = nm_arena_format(
			checker->arena,
			"nobody said when %s's own voicemail picks up, and path %s rings it for %d s before others",
			destination->name, path->name, phone->for_s);
	else
		words = nm_arena_format(checker->arena,
					"nobody said when %s's own voicemail picks up, and path %s rings it before others",
					destination->name, path->name);
	draft = nm_draft_add(checker, "may-swallow", -1, phone->id, destination->pos, words);
	nm_mend_confirm(checker, draft, phone->leg->decision.path, phone->step->number - 1, phone->id);
	nm_draft_mend(checker, draft,
		      nm_arena_format(checker->arena,
				      "call %s, let it ring, and write down when its voicemail picks up: "
				      "own_voicemail = 25s, "
				      "or none",
				      destination->name),
		      0, NULL);
	return draft;
}

static struct nm_draft *race_draft(struct nm_prover *prover, const struct rung_phone *phone)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_path *path = path_of(prover, phone->leg);
	const int number = phone->step->number, where = phone->leg->decision.path;
	const int part = part_of(phone->step, phone->id);
	const char *line = checker->plan->lines[phone->leg->line].name;
	struct nm_draft *draft = nm_draft_find(checker, "may-swallow", where, part);

	if (draft)
		return draft;
	if (!phone->step->pos.file) {
		draft = nm_draft_add(checker, "may-swallow", where, part, path->pos,
				     nm_arena_format(checker->arena,
						     "%s's own voicemail picks up after %d s, a close race with the "
						     "%d s that line %s is rung, whose carrier can ring nobody else "
						     "that path %s names",
						     phone->party->name, phone->party->own_voicemail_s,
						     phone->for_s, line, path->name));
		nm_draft_mend(checker, draft, "ring that line for less time", 0, NULL);
		return draft;
	}
	draft = nm_draft_add(
		checker, "may-swallow", where, part, phone->step->pos,
		nm_arena_format(
			checker->arena,
			"%s's own voicemail picks up after %d s, a close race with the %d s that step "
			"%d of path %s rings it",
			phone->party->name, phone->party->own_voicemail_s, phone->for_s, number, path->name));
	nm_mend_ring_less(checker, draft, where, number - 1);
	nm_mend_confirm(checker, draft, where, number - 1, phone->id);
	return draft;
}

/* The carrier's own ring time against the phone's own voicemail: neither is the plan's. */
static struct nm_draft *open_draft(struct nm_prover *prover, const struct rung_phone *phone)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_path *path = path_of(prover, phone->leg);
	const int where = phone->leg->decision.path, part = part_of(phone->step, phone->id);
	struct nm_draft *draft = nm_draft_find(checker, "may-swallow", where, part);

	if (draft)
		return draft;
	draft = nm_draft_add(
		checker, "may-swallow", where, part, pos_of(prover, phone->leg, phone->step),
		nm_arena_format(checker->arena,
				"%s's own voicemail picks up after %d s, and how long the carrier rings it in step %d "
				"of path %s is not known",
				phone->party->name, phone->party->own_voicemail_s, phone->step->number, path->name));
	nm_draft_mend(checker, draft,
		      "have the voicemail of the phone switched off, or call the line, let it ring, and hear who has it",
		      0, NULL);
	return draft;
}

static void phone_may_swallow(struct nm_prover *prover, struct nm_case *one, struct rung_phone phone)
{
	const int stretch_s = nm_line_stretch_s(prover, one->line);
	const int race_s = stretch_s >= NM_RACE_S ? stretch_s + 1 : NM_RACE_S;
	const int v = phone.party->own_voicemail_s;

	if (!nm_kind_human(phone.party->kind) || phone.party->confirm)
		return;
	phone.id = nm_plan_find_destination(prover->checker->plan, phone.party->name);
	if (phone.id < 0)
		return;
	if (v == NM_OWN_VOICEMAIL_UNKNOWN)
		nm_case_mark(prover, one, unknown_draft(prover, &phone), NM_PROBE_SILENT, -1);
	else if (v >= phone.for_s && phone.step->ring_time == NM_RING_OPEN)
		nm_case_mark(prover, one, open_draft(prover, &phone), NM_PROBE_SILENT, -1);
	else if (v >= phone.for_s && v < phone.for_s + race_s)
		nm_case_mark(prover, one, race_draft(prover, &phone), NM_PROBE_SILENT, -1);
}

static void steps_may_swallow(struct nm_prover *prover, struct nm_case *one, const struct nm_case *leg,
			      int left_s, int depth);

/* What a step rings within left_s: phones, and on the lines that it calls what they ring. */
static void step_may_swallow(struct nm_prover *prover, struct nm_case *one, const struct nm_case *leg,
			     const struct nm_treatment_step *step, int left_s, int depth)
{
	const int for_s =
		step->ring_time == NM_RING_HANDOVER || step->for_s > left_s ? left_s : step->for_s;
	size_t i;

	for (i = 0; i < step->n; i++) {
		const struct nm_party *party = &step->parties[i];
		const int line = party->line ? nm_plan_find_line(prover->checker->plan, party->line) : -1;
		const struct nm_case *next;

		if (!party->line) {
			phone_may_swallow(prover, one, (struct rung_phone){ leg, step, party, -1, for_s });
			continue;
		}
		if (line < 0 || party->confirm || prover->passed[line] || depth == NM_LINES_DEEP)
			continue;
		prover->passed[line] = true;
		next = nm_case_leg(prover, one, line);
		if (next)
			steps_may_swallow(prover, one, next, for_s, depth + 1);
	}
}

static void steps_may_swallow(struct nm_prover *prover, struct nm_case *one, const struct nm_case *leg,
			      int left_s, int depth)
{
	const struct nm_treatment *treatment = leg->treatment;
	size_t i;

	left_s -= treatment->greeting_s;
	for (i = 0; i < treatment->n && left_s > 0; i++) {
		step_may_swallow(prover, one, leg, &treatment->steps[i], left_s, depth);
		if (nm_step_ends(&treatment->steps[i]))
			return;
		left_s -= treatment->steps[i].n ? treatment->steps[i].for_s : 0;
	}
}

/* Steps that are reached with nobody answering and have somebody behind them. */
static void find_races(struct nm_prover *prover, struct nm_case *one, size_t swallowed_at)
{
	const struct nm_treatment *treatment = one->treatment;
	size_t i;

	for (i = 0; i < treatment->n && !nm_step_ends(&treatment->steps[i]); i++) {
		if (step_after(treatment, i) < treatment->n) {
			memset(prover->passed, 0, prover->checker->plan->n_lines * sizeof *prover->passed);
			prover->passed[one->line] = true;
			step_may_swallow(prover, one, one, &treatment->steps[i], treatment->steps[i].for_s, 0);
		}
		if (i == swallowed_at)
			return;
	}
}

void nm_case_find_swallows(struct nm_prover *prover, struct nm_case *one)
{
	find_races(prover, one, find_swallowed(prover, one));
}
