/* SPDX-License-Identifier: MIT */
/*
 * One step of a plan, played with each phone doing what its leg of the record did (explain.h).
 * Comes in: a step and its legs.  Goes out: what comes of it.
 */
#include <string.h>

#include "core/explain_private.h"

#define AT_ONCE_S 2 /* so soon only the voicemail of a phone that is off picks up */

bool nm_explain_takes_at_once(const struct nm_treatment_step *step)
{
	for (size_t i = 0; i < step->n; i++)
		if (step->parties[i].kind == NM_VOICEMAIL)
			return true;
	return false;
}

enum nm_behaviour nm_explain_behaviour(const struct nm_call_entry *call, size_t leg)
{
	const struct nm_leg *one = &call->legs[leg].leg;

	if (leg == nm_explain_taker(call) && call->became.end != NM_CALL_SWALLOWED)
		return NM_ANSWERS;
	if (leg == nm_explain_taker(call) && one->rang_s >= 0 && one->rang_s <= AT_ONCE_S)
		return NM_UNREACHABLE;
	if (one->end == NM_LEG_BUSY)
		return NM_BUSY;
	return one->end == NM_LEG_FAILED ? NM_UNREACHABLE : NM_NO_ANSWER;
}

/* The leg ended, and nothing had the call there: no voicemail of that phone's own either, but for one that could not press
 * 1. */
static bool nothing_had_it(const struct nm_call_entry *call, const struct nm_party *party, size_t leg)
{
	const struct nm_leg *one = &call->legs[leg].leg;

	switch (one->end) {
	case NM_LEG_BUSY:
	case NM_LEG_FAILED:
		return true;
	case NM_LEG_NO_ANSWER:
	case NM_LEG_CANCELED:
		return !party->confirm || one->rang_s > party->own_voicemail_s + NM_EXPLAIN_SLACK_S;
	case NM_LEG_ANSWERED:
		return leg != nm_explain_taker(call) &&
		       one->rang_s < party->own_voicemail_s - NM_EXPLAIN_SLACK_S;
	case NM_LEG_OPEN:
		break;
	}
	return false;
}

static int answer_s(const struct nm_comparison *c, const struct nm_party *party, size_t leg, int for_s)
{
	int after_s = c->call->legs[leg].leg.rang_s;

	if (after_s < 0)
		after_s = nm_default_answer_s(party->kind, party->role);
	/* In what the carrier adds, or the second in which the voicemail would have been first. */
	if (after_s >= for_s)
		after_s = for_s - 1;
	if (party->own_voicemail_s > 0 && after_s >= party->own_voicemail_s)
		after_s = party->own_voicemail_s - 1;
	return after_s;
}

/* At once, where it is not told how long it rang. */
static int drop_s(const struct nm_call_entry *call, size_t leg)
{
	const int rang_s = call->legs[leg].leg.rang_s;

	return rang_s > 0 ? rang_s : 0;
}

/* The line's own phone leaves no leg: the record's reason says that it had the call. */
static struct nm_script_setting setting_of(const struct nm_comparison *c, const struct nm_explain_step *m,
					   size_t p, int for_s)
{
	const struct nm_party *party = &m->step->parties[p];
	struct nm_script_setting setting = { .name = party->name, .behaviour = NM_ANSWERS, .after_s = -1 };

	if (nm_explain_unanswered(c->call)) {
		setting.behaviour = party->kind == NM_VOICEMAIL ? NM_ANSWERS : NM_NO_ANSWER;
	} else if (m->legs[p] < c->call->n) {
		setting.behaviour = nm_explain_behaviour(c->call, m->legs[p]);
		if (setting.behaviour == NM_ANSWERS)
			setting.after_s = answer_s(c, party, m->legs[p], for_s);
		else if (setting.behaviour != NM_NO_ANSWER)
			setting.after_s = drop_s(c->call, m->legs[p]);
	} else if (party->native && c->call->became.reason != NM_CALL_OWN_PHONE) {
		setting.behaviour = NM_NO_ANSWER;
	} else if (nm_explain_takes_at_once(m->step)) {
		setting.behaviour = party->kind == NM_VOICEMAIL ? NM_ANSWERS : NM_NO_ANSWER;
	}
	return setting;
}

/* A step of its own, in which a line is a phone that does what its leg did: what became of the call there is in
 * another record. */
static bool copy_step(const struct nm_comparison *c, const struct nm_explain_step *m,
		      struct nm_treatment_step *step)
{
	struct nm_party *parties = nm_arena_alloc(c->arena, m->step->n, sizeof(*parties));

	*step = *m->step;
	step->parties = parties;
	for (size_t p = 0; parties != NULL && p < step->n; p++) {
		parties[p] = m->step->parties[p];
		if (parties[p].line != NULL && !parties[p].native)
			parties[p].kind = nm_kind_human(parties[p].kind) ? parties[p].kind : NM_BACKUP;
		parties[p].line = NULL;
		if (m->legs[p] < c->call->n && nothing_had_it(c->call, &parties[p], m->legs[p]))
			parties[p].own_voicemail_s = NM_OWN_VOICEMAIL_NONE;
	}
	/* Where no time is set, what was is what counts. */
	if (step->ring_time != NM_RING_TIMED)
		step->for_s = m->lasted_s >= 0 ? m->lasted_s + 1 : NM_FOR_DEFAULT;
	step->ring_time = NM_RING_TIMED;
	return parties != NULL;
}

enum nm_code nm_explain_play(const struct nm_comparison *c, const struct nm_explain_step *m,
			     struct nm_outcome *out, struct nm_error *err)
{
	struct nm_treatment one = *c->treatment;
	struct nm_treatment_step step;
	struct nm_script_setting *settings = nm_arena_alloc(c->arena, m->step->n, sizeof(*settings));
	const struct nm_script script = {
		.drops_timed = true, .n = m->step->n, .settings = settings, .hangup_s = m->hangup_s
	};

	if (settings == NULL || !copy_step(c, m, &step))
		return nm_fail_memory(err);
	for (size_t p = 0; p < m->step->n; p++)
		settings[p] = setting_of(c, m, p, step.for_s);
	one.n = 1;
	one.steps = &step;
	if (!m->first) {
		one.alerts.n = 0;
		one.greeting_s = 0;
		one.rule = NULL;
	}
	return nm_play(&one, NULL, &script, NULL, true, c->arena, out, err);
}
