/* SPDX-License-Identifier: MIT */
/*
 * What a test call showed (placing.h).  Comes in: a plan, a call, the legs that its carrier tells of.  Goes
 * out: each leg beside whom the plan rings, and where the two differ, in words.
 */
#include <stdlib.h>
#include <string.h>

#include "nevermiss/placing.h"

#define ROUNDING_S 1 /* carriers write whole seconds */

struct viewer {
	const struct nm_treatment *treatment;
	const struct nm_placed *placed;
	int extra_s;
	struct nm_placed_view *view;
	size_t capacity; /* of the differences */
	bool failed;     /* memory */
};

const char *nm_leg_end_name(enum nm_leg_end end)
{
	static const char *const names[] = {
		[NM_LEG_OPEN] = "under way", [NM_LEG_ANSWERED] = "answered", [NM_LEG_NO_ANSWER] = "no-answer",
		[NM_LEG_BUSY] = "busy",      [NM_LEG_FAILED] = "failed",     [NM_LEG_CANCELED] = "canceled",
	};

	return names[end];
}

static const char *name_of(const struct nm_placed_leg *leg)
{
	return leg->party != NULL ? leg->party->name : leg->leg->to;
}

static void differ(struct viewer *v, const char *text)
{
	struct nm_placed_view *view = v->view;

	if (text == NULL || !nm_grow((void **)&view->differences, &v->capacity, view->n_differences + 1,
				     sizeof(*view->differences)))
		v->failed = true;
	else
		view->differences[view->n_differences++] = text;
}

/* --- whose leg it is --- */

static void begin_legs(struct viewer *v)
{
	struct nm_placed_view *view = v->view;

	view->legs = nm_arena_alloc(view->arena, v->placed->n, sizeof(*view->legs));
	if (view->legs == NULL) {
		v->failed = true;
		return;
	}
	for (view->n = 0; view->n < v->placed->n; view->n++) {
		const struct nm_leg *leg = &v->placed->legs[view->n];
		const nm_time t = leg->began - v->placed->line.began;
		const bool known = leg->began != 0 && v->placed->line.began != 0 && t >= 0 && t < NM_DAY;

		view->legs[view->n] = (struct nm_placed_leg){ .leg = leg, .t = known ? (int)t : -1 };
	}
}

static bool has_leg(const struct nm_party *party)
{
	return party->number != NULL && !party->native && party->kind != NM_VOICEMAIL;
}

static struct nm_placed_leg *find_leg(struct nm_placed_view *view, const struct nm_party *party)
{
	for (size_t i = 0; i < view->n; i++)
		if (view->legs[i].party == NULL && strcmp(view->legs[i].leg->to, party->number) == 0)
			return &view->legs[i];
	return NULL;
}

/* Whoever must press 1 and did not has picked up, but the call went on to others. */
static bool took(const struct nm_placed_view *view, const struct nm_placed_leg *leg)
{
	if (leg->leg->end != NM_LEG_ANSWERED)
		return false;
	for (size_t i = 0; leg->party != NULL && leg->party->confirm && i < view->n; i++)
		if (&view->legs[i] != leg && leg->leg->ended != 0 &&
		    view->legs[i].leg->began >= leg->leg->ended)
			return false;
	return true;
}

/* Gives each of the step's parties its leg.  True: the call ends here. */
static bool match_step(struct viewer *v, const struct nm_treatment_step *step)
{
	bool over = false;

	for (size_t i = 0; i < step->n; i++) {
		const struct nm_party *party = &step->parties[i];
		struct nm_placed_leg *leg = has_leg(party) ? find_leg(v->view, party) : NULL;

		if (leg != NULL) {
			leg->party = party;
			leg->step = step;
			over = over || took(v->view, leg);
		} else if (has_leg(party) && v->placed->ended) {
			differ(v, nm_arena_format(v->view->arena,
						  "%s was not rung, whom step %d of the path rings",
						  party->name, step->number));
		}
		over = over || party->kind == NM_VOICEMAIL;
	}
	return over;
}

static void match(struct viewer *v)
{
	bool over = v->treatment->verdict != NM_VERDICT_PATH;

	for (size_t i = 0; i < v->treatment->n && !over; i++)
		over = match_step(v, &v->treatment->steps[i]);
}

/* --- where they differ --- */

static void compare_ring(struct viewer *v, const struct nm_placed_leg *leg)
{
	const int for_s = leg->step->for_s, rang_s = leg->leg->rang_s;

	if (rang_s < 0 || leg->step->ring_time != NM_RING_TIMED)
		return;
	if (rang_s > for_s + v->extra_s + ROUNDING_S)
		differ(v, nm_arena_format(v->view->arena, "%s rang for %d s, which the plan rings for %d s",
					  name_of(leg), rang_s, for_s));
	else if (leg->leg->end == NM_LEG_NO_ANSWER && rang_s < for_s - ROUNDING_S)
		differ(v,
		       nm_arena_format(
			       v->view->arena,
			       "%s rang for %d s only, which the plan rings for %d s (unless it was declined)",
			       name_of(leg), rang_s, for_s));
}

static void compare_legs(struct viewer *v)
{
	const struct nm_placed_leg *last = NULL;

	for (size_t i = 0; i < v->view->n; i++) {
		const struct nm_placed_leg *leg = &v->view->legs[i];

		if (leg->party == NULL) {
			differ(v, nm_arena_format(v->view->arena, "%s rang, whom the plan does not ring then",
						  name_of(leg)));
			continue;
		}
		if (last != NULL && leg->step < last->step)
			differ(v, nm_arena_format(v->view->arena,
						  "%s rang before %s, whom the plan rings earlier",
						  name_of(last), name_of(leg)));
		compare_ring(v, leg);
		last = leg;
	}
}

static bool ends_in_mailbox(const struct nm_treatment *treatment)
{
	for (size_t i = 0; i < treatment->n; i++)
		for (size_t k = 0; k < treatment->steps[i].n; k++)
			if (treatment->steps[i].parties[k].kind == NM_VOICEMAIL)
				return true;
	return false;
}

/* What became of the call at the line when nobody who was rung took it. */
static void compare_end(struct viewer *v)
{
	const bool held = v->placed->line.end == NM_LEG_ANSWERED, mailbox = ends_in_mailbox(v->treatment);

	if (v->treatment->verdict == NM_VERDICT_REJECT && held)
		differ(v, "the carrier took the call, which the plan rejects");
	if (v->treatment->verdict == NM_VERDICT_PATH && v->view->answered < 0 && mailbox && !held &&
	    v->placed->line.end != NM_LEG_OPEN)
		differ(v, nm_arena_format(v->view->arena, "no mailbox took the call: the carrier calls it %s",
					  nm_leg_end_name(v->placed->line.end)));
}

static void compare(struct viewer *v)
{
	if (v->placed->line.id == NULL) {
		differ(v, nm_arena_format(v->view->arena,
					  "the call did not come to the line: the carrier calls it %s",
					  nm_leg_end_name(v->placed->caller.end)));
		return;
	}
	match(v);
	compare_legs(v);
	compare_end(v);
	if (!v->placed->ended)
		differ(v, nm_arena_format(v->view->arena,
					  "the call was not over after %d s: what came then is not known",
					  v->placed->followed_s));
}

static void find_answer(struct nm_placed_view *view)
{
	view->answered = view->seconds = -1;
	for (size_t i = 0; i < view->n && view->answered < 0; i++)
		if (took(view, &view->legs[i]))
			view->answered = (int)i;
	if (view->answered >= 0) {
		const struct nm_placed_leg *leg = &view->legs[view->answered];

		if (leg->t >= 0 && leg->leg->rang_s >= 0)
			view->seconds = leg->t + leg->leg->rang_s;
	}
}

/* --- the simulation, told what the phones did --- */

static struct nm_script_setting setting_of(const struct nm_placed_view *view, const struct nm_placed_leg *leg)
{
	struct nm_script_setting setting = { .name = leg->party->name,
					     .behaviour = NM_NO_ANSWER,
					     .after_s = -1 };

	if (leg->leg->end == NM_LEG_BUSY)
		setting.behaviour = NM_BUSY;
	else if (leg->leg->end == NM_LEG_FAILED)
		setting.behaviour = NM_UNREACHABLE;
	if (!took(view, leg))
		return setting;
	setting.behaviour = NM_ANSWERS;
	setting.after_s = leg->leg->rang_s;
	if (leg->step->ring_time != NM_RING_HANDOVER && setting.after_s >= leg->step->for_s)
		setting.after_s = leg->step->for_s - 1; /* in what the carrier adds */
	return setting;
}

static const struct nm_script_setting *find_setting(const struct nm_script_setting *settings, size_t n,
						    const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(settings[i].name, name) == 0)
			return &settings[i];
	return NULL;
}

/* *exact: it says all.  It cannot say that a phone did now this, now that, nor what another line did. */
static bool write_script(const struct nm_placed_view *view, struct nm_script *script, bool *exact)
{
	struct nm_script_setting *settings = nm_arena_alloc(view->arena, view->n, sizeof(*settings));
	size_t n = 0;

	*exact = true;
	for (size_t i = 0; settings != NULL && i < view->n; i++) {
		const struct nm_script_setting *known;
		struct nm_script_setting setting;

		if (view->legs[i].party == NULL)
			continue;
		setting = setting_of(view, &view->legs[i]);
		known = find_setting(settings, n, setting.name);
		if (view->legs[i].party->line != NULL ||
		    (known != NULL && known->behaviour != setting.behaviour))
			*exact = false;
		else if (known == NULL)
			settings[n++] = setting;
	}
	script->nobody = true; /* whom nothing was heard of did not answer */
	script->n = n;
	script->settings = settings;
	return settings != NULL;
}

/* Who has the call in the end, a phone's own voicemail like its owner: no carrier can tell them apart. */
static void compare_outcomes(struct viewer *v)
{
	const struct nm_outcome *outcome = &v->view->told->outcome;
	const char *simulated = outcome->result == NM_ANSWERED || outcome->result == NM_SWALLOWED
					? outcome->answered_by
					: NULL;
	const char *real = v->view->answered >= 0 ? name_of(&v->view->legs[v->view->answered]) : NULL;

	if (simulated == NULL ? real == NULL : real != NULL && strcmp(simulated, real) == 0)
		return;
	differ(v, nm_arena_format(
			  v->view->arena,
			  "told what the phones did, the simulation ends with %s; really %s took the call",
			  simulated != NULL ? simulated : nm_result_name(outcome->result),
			  real != NULL ? real : "nobody"));
}

static enum nm_code tell(struct viewer *v, const struct nm_plan *plan, const struct nm_call *call,
			 struct nm_error *err)
{
	struct nm_call again = *call;
	bool exact;
	enum nm_code code;

	if (!write_script(v->view, &again.script, &exact))
		return nm_fail_memory(err);
	code = nm_simulate(plan, &again, &v->view->told, err);
	if (code == NM_OK && exact && v->placed->ended && v->view->n_differences == 0)
		compare_outcomes(v);
	return code;
}

enum nm_code nm_placed_view(const struct nm_plan *plan, const struct nm_call *call,
			    const struct nm_placed *placed, int ring_extra_s, struct nm_placed_view *out,
			    struct nm_error *err)
{
	struct viewer v = { .placed = placed, .extra_s = ring_extra_s, .view = out };
	enum nm_code code;

	*out = (struct nm_placed_view){ .arena = nm_arena_new() };
	code = out->arena != NULL ? nm_simulate(plan, call, &out->plain, err) : nm_fail_memory(err);
	if (code == NM_OK) {
		v.treatment = out->plain->treatment;
		begin_legs(&v);
		find_answer(out);
		if (!v.failed)
			compare(&v);
		find_answer(out); /* who must press 1 is known now */
		if (!v.failed)
			code = tell(&v, plan, call, err);
	}
	if (code == NM_OK && v.failed)
		code = nm_fail_memory(err);
	if (code != NM_OK)
		nm_placed_view_clear(out);
	return code;
}

void nm_placed_view_clear(struct nm_placed_view *view)
{
	nm_simulation_free(view->plain);
	nm_simulation_free(view->told);
	free(view->differences);
	nm_arena_free(view->arena);
	*view = (struct nm_placed_view){ 0 };
}
