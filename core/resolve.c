/* SPDX-License-Identifier: MIT */
/*
 * From a decision to who is rung.  In: a decision and the state of the moment the call arrives; out:
 * a treatment, the path with rounds written out, everybody named who is rung, and why the others are
 * not.  design.md 4.3.  Knows nothing of what anybody then does.
 */
#include "core/rules.h"
#include "nevermiss/decide.h"

#include <string.h>

struct resolver {
	const struct nm_plan *plan;
	const struct nm_state *state;
	int line;
	bool emergency; /* by the protocol: `away` does not count */
	bool skips;
	struct nm_arena *arena;
	bool failed; /* memory */
};

/* --- who is there --- */

enum nm_absence nm_destination_absence(const struct nm_destination *destination, const struct nm_state *state,
				       bool emergency, int *schedule)
{
	bool open = !destination->hours.given;

	for (size_t i = 0; !emergency && i < destination->away.n; i++)
		if (nm_bit(state->schedules, destination->away.ids[i])) {
			if (schedule)
				*schedule = destination->away.ids[i];
			return NM_AWAY;
		}
	for (size_t i = 0; i < destination->hours.n; i++)
		open = open || nm_bit(state->schedules, destination->hours.ids[i]);
	return open ? NM_PRESENT : NM_OUTSIDE_HOURS;
}

static const char *hours_words(struct resolver *r, const struct nm_destination *destination)
{
	const char *words = NULL;

	if (destination->hours.n == 0)
		return "outside its hours: it has none";
	for (size_t i = 0; i < destination->hours.n; i++) {
		const char *name = r->plan->schedules[destination->hours.ids[i]].name;

		words = words ? nm_arena_format(r->arena, "%s, %s is off", words, name)
			      : nm_arena_format(r->arena, "outside its hours: %s is off", name);
		if (!words)
			break;
	}
	return words;
}

static void skip_add(struct resolver *r, struct nm_treatment_step *step, const char *name, const char *why)
{
	if (!r->skips)
		return;
	if (!why)
		r->failed = true;
	else
		step->skips[step->n_skips++] = (struct nm_skip){ name, why };
}

/* --- parties --- */

static const char *number_text(struct resolver *r, nm_number number)
{
	char text[NM_NUMBER_TEXT];
	const char *copy;

	nm_number_write(number, text);
	copy = nm_arena_text(r->arena, text);
	if (!copy)
		r->failed = true;
	return copy;
}

static bool shows_line(const struct resolver *r, enum nm_caller_id caller_id)
{
	return caller_id == NM_CALLER_ID_DEFAULT ? r->emergency : caller_id == NM_CALLER_ID_LINE;
}

static bool same_party(const struct nm_treatment_step *step, const char *name)
{
	for (size_t i = 0; i < step->n; i++)
		if (!strcmp(step->parties[i].name, name))
			return true;
	return false;
}

/* The line's own phone rings by itself; a number that is only the same is dialled, and comes back. */
static bool is_handset(const struct nm_plan *plan, const struct nm_destination *destination, int line)
{
	return destination->line == line &&
	       (!destination->number || plan->lines[line].handset == destination - plan->destinations);
}

static void party_add_destination(struct resolver *r, struct nm_treatment_step *step,
				  const struct nm_step *from, const struct nm_destination *destination,
				  const char *turn_of)
{
	struct nm_party *party = &step->parties[step->n];
	int line = destination->line;
	bool native = is_handset(r->plan, destination, r->line);

	/* Named directly and through a rotation: one phone rings once. */
	if (same_party(step, destination->name))
		return;
	*party = (struct nm_party){
		.name = destination->name,
		.kind = destination->kind,
		.role = destination->role,
		.own_voicemail_s = destination->own_voicemail_s,
		.confirm = from->confirm >= 0 ? from->confirm == 1 : destination->confirm,
		.line_id = shows_line(r, destination->caller_id),
		.greeting = destination->greeting,
		.native = native,
		.turn_of = turn_of,
	};
	if (destination->kind == NM_VOICEMAIL)
		party->confirm = false;
	else if (nm_destination_number(r->plan, destination))
		party->number = number_text(r, nm_destination_number(r->plan, destination));
	else
		party->number = destination->address;
	if (line >= 0 && !native)
		party->line = r->plan->lines[line].name;
	step->n++;
}

static void party_add_line(struct resolver *r, struct nm_treatment_step *step, const struct nm_step *from,
			   int id)
{
	const struct nm_line *line = &r->plan->lines[id];
	const struct nm_destination *handset =
		line->handset >= 0 ? &r->plan->destinations[line->handset] : NULL;

	if (same_party(step, line->name))
		return;
	step->parties[step->n++] = (struct nm_party){
		.name = line->name,
		.kind = handset ? handset->kind : NM_BACKUP,
		.role = handset ? handset->role : NM_ROLE_NONE,
		.number = number_text(r, line->number),
		.own_voicemail_s = NM_OWN_VOICEMAIL_NONE,
		.confirm = from->confirm == 1,
		.line_id = shows_line(r, NM_CALLER_ID_DEFAULT),
		.line = line->name,
	};
}

static void destination_resolve(struct resolver *r, struct nm_treatment_step *step,
				const struct nm_step *from, int id, const char *turn_of)
{
	const struct nm_destination *destination = &r->plan->destinations[id];
	int schedule = -1;

	switch (nm_destination_absence(destination, r->state, r->emergency, &schedule)) {
	case NM_PRESENT:
		party_add_destination(r, step, from, destination, turn_of);
		break;
	case NM_AWAY:
		if (r->skips)
			skip_add(r, step, destination->name,
				 nm_arena_format(r->arena, "away: %s is on",
						 r->plan->schedules[schedule].name));
		break;
	case NM_OUTSIDE_HOURS:
		if (r->skips)
			skip_add(r, step, destination->name, hours_words(r, destination));
		break;
	}
}

static void rotation_resolve(struct resolver *r, struct nm_treatment_step *step, const struct nm_step *from,
			     int id)
{
	const struct nm_rotation *rotation = &r->plan->rotations[id];
	int turn = r->state->turns[id];

	if (turn < 0)
		skip_add(r, step, rotation->name, "the rotation is over");
	else
		destination_resolve(r, step, from, turn, rotation->name);
}

/* Members that are not on turn, unless the step rings them anyway. */
static void rotation_skips(struct resolver *r, struct nm_treatment_step *step, int id)
{
	const struct nm_rotation *rotation = &r->plan->rotations[id];
	int turn = r->state->turns[id];

	for (size_t i = 0; turn >= 0 && i < rotation->n; i++) {
		const char *name = r->plan->destinations[rotation->members[i]].name;
		bool said = rotation->members[i] == turn || same_party(step, name);

		for (size_t k = 0; k < step->n_skips; k++)
			said = said || !strcmp(step->skips[k].name, name);
		if (!said)
			skip_add(r, step, name, "not on turn");
	}
}

/* --- steps --- */

static size_t skips_most(const struct resolver *r, const struct nm_step *from)
{
	size_t n = from->ring.n;

	for (size_t i = 0; i < from->ring.n; i++)
		if (from->ring.items[i].kind == NM_TARGET_ROTATION)
			n += r->plan->rotations[from->ring.items[i].id].n;
	return n;
}

static void step_resolve(struct resolver *r, const struct nm_step *from, int number, int round,
			 struct nm_treatment_step *step)
{
	const struct nm_targets *ring = &from->ring;

	step->number = number;
	step->round = round;
	step->pos = from->pos;
	step->ring_time = ring->n == 1 && ring->items[0].kind == NM_TARGET_LINE && !from->for_given
				  ? NM_RING_HANDOVER
				  : NM_RING_TIMED;
	step->for_s = step->ring_time == NM_RING_HANDOVER ? 0 : from->for_s;
	step->parties = nm_arena_alloc(r->arena, ring->n, sizeof(*step->parties));
	step->skips = nm_arena_alloc(r->arena, r->skips ? skips_most(r, from) : 0, sizeof(*step->skips));
	if (!step->parties || !step->skips) {
		r->failed = true;
		return;
	}
	for (size_t i = 0; i < ring->n && !r->failed; i++) {
		int id = ring->items[i].id;

		switch (ring->items[i].kind) {
		case NM_TARGET_DESTINATION:
			destination_resolve(r, step, from, id, NULL);
			break;
		case NM_TARGET_ROTATION:
			rotation_resolve(r, step, from, id);
			break;
		case NM_TARGET_LINE:
			party_add_line(r, step, from, id);
			break;
		}
	}
	for (size_t i = 0; r->skips && i < ring->n && !r->failed; i++)
		if (ring->items[i].kind == NM_TARGET_ROTATION)
			rotation_skips(r, step, ring->items[i].id);
}

static bool target_is_people(const struct nm_plan *plan, struct nm_target target)
{
	const struct nm_rotation *rotation;
	int handset;

	switch (target.kind) {
	case NM_TARGET_DESTINATION:
		return nm_kind_human(plan->destinations[target.id].kind);
	case NM_TARGET_ROTATION:
		rotation = &plan->rotations[target.id];
		for (size_t i = 0; i < rotation->n; i++)
			if (!nm_kind_human(plan->destinations[rotation->members[i]].kind))
				return false;
		return true;
	case NM_TARGET_LINE:
		handset = plan->lines[target.id].handset;
		return handset >= 0 && nm_kind_human(plan->destinations[handset].kind);
	}
	return false;
}

size_t nm_path_leading(const struct nm_plan *plan, const struct nm_path *path)
{
	size_t n = 0;

	for (; n < path->n; n++)
		for (size_t i = 0; i < path->steps[n].ring.n; i++)
			if (!target_is_people(plan, path->steps[n].ring.items[i]))
				return n;
	return n;
}

static bool path_resolve(struct resolver *r, const struct nm_path *path, struct nm_treatment *out)
{
	size_t leading = nm_path_leading(r->plan, path), k = 0;
	size_t rounds = path->rounds > 1 ? (size_t)path->rounds : 1;

	out->path = path->name;
	out->greeting = path->greeting;
	out->greeting_s = path->lasts_s;
	out->n = leading * rounds + path->n - leading;
	out->steps = nm_arena_alloc(r->arena, out->n, sizeof(*out->steps));
	if (!out->steps)
		return false;
	for (size_t round = 1; round <= rounds; round++)
		for (size_t i = 0; i < leading; i++)
			step_resolve(r, &path->steps[i], (int)i + 1, (int)round, &out->steps[k++]);
	for (size_t i = leading; i < path->n; i++)
		step_resolve(r, &path->steps[i], (int)i + 1, 1, &out->steps[k++]);
	return !r->failed;
}

enum nm_code nm_resolve(const struct nm_plan *plan, const struct nm_state *state, int line,
			struct nm_decision decision, bool skips, struct nm_arena *arena,
			struct nm_treatment **out, struct nm_error *err)
{
	struct resolver r = { plan, state, line, decision.by == NM_BY_EMERGENCY, skips, arena, false };
	struct nm_treatment *treatment = nm_arena_alloc(arena, 1, sizeof(*treatment));

	if (!treatment)
		return nm_fail_memory(err);
	treatment->verdict = decision.verdict;
	treatment->reject = decision.reject;
	treatment->emergency = decision.emergency;
	if (decision.by != NM_BY_NOTHING) {
		treatment->rule = nm_decision_rule(plan, decision, arena);
		if (!treatment->rule)
			return nm_fail_memory(err);
	}
	if (decision.verdict == NM_VERDICT_PATH && !path_resolve(&r, &plan->paths[decision.path], treatment))
		return nm_fail_memory(err);
	if (r.emergency && !nm_alerts_resolve(plan, state, line, arena, &treatment->alerts))
		return nm_fail_memory(err);
	if (plan->lines[line].text_in_flow)
		treatment->text_back = nm_text_back(plan, state, decision);
	*out = treatment;
	return NM_OK;
}
