/* SPDX-License-Identifier: MIT */
/*
 * What got lost between the store and others: events that a CRM did not take, texts of which a carrier had too many,
 * alerts and warnings that would reach nobody.
 * Comes in: what the store knows of it.  Goes out: drafts.
 */
#include "check_private.h"

#include <inttypes.h>
#include <string.h>

#include "core/rules.h"

static void find_refused(struct nm_checker *checker)
{
	const int64_t n = checker->options->crm_refused;
	struct nm_draft *draft;

	if (!checker->plan->crm.given || n == 0)
		return;
	draft = nm_draft_add(checker, "crm-refused", 0, 0, checker->plan->crm.pos,
			     nm_arena_format(checker->arena,
					     n == 1 ? "the CRM refused %" PRId64 " event, which is set aside"
						    : "the CRM refused %" PRId64 " events, which are set aside",
					     n));
	nm_draft_mend(checker, draft,
		      "see why: nevermiss crm list; what is mended there is sent again: nevermiss crm retry ID", 0, NULL);
}

static void find_floods(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;

	for (size_t i = 0; i < checker->options->n_floods; i++) {
		const struct nm_flood_fact *flood = &checker->options->floods[i];
		const int line = nm_plan_find_line(plan, flood->line);
		char at[NM_TIME_TEXT];
		struct nm_draft *draft;

		if (line < 0)
			continue;
		nm_time_words(plan->zone, flood->at, true, at);
		draft = nm_draft_add(checker, "texts-missing", line, 0, plan->lines[line].pos,
				     nm_arena_format(checker->arena,
						     "line %s had more texts than could be read %s, and some may be missing",
						     flood->line, at));
		nm_draft_mend(checker, draft,
			      "look through those that the carrier has; who wrote STOP: nevermiss text --opt-out N", 0,
			      NULL);
	}
}

static bool are_among(const struct nm_plan *plan, const struct nm_targets *targets, int destination)
{
	for (size_t i = 0; i < targets->n; i++) {
		const struct nm_target target = targets->items[i];
		const struct nm_rotation *rotation = target.kind == NM_TARGET_ROTATION ? &plan->rotations[target.id] : NULL;

		if (!rotation && target.id == destination)
			return true;
		for (size_t k = 0; rotation && k < rotation->n; k++)
			if (rotation->members[k] == destination)
				return true;
	}
	return false;
}

static void find_opted_out(struct nm_checker *checker)
{
	const struct nm_emergency *emergency = &checker->plan->emergency;

	for (size_t i = 0; emergency->given && i < checker->options->n_optouts; i++) {
		const char *name = checker->options->optouts[i].destination;
		const int id = nm_plan_find_destination(checker->plan, name);
		struct nm_draft *draft;

		if (id < 0 || (!are_among(checker->plan, &emergency->alert, id) &&
			       !are_among(checker->plan, &emergency->then_alert, id)))
			continue;
		draft = nm_draft_add(checker, "alert-opted-out", id, 0, emergency->pos,
				     nm_arena_format(checker->arena,
						     "emergencies alert %s, whose phone wants no texts and gets none", name));
		nm_draft_mend(checker, draft,
			      "alert somebody else, or another number of theirs: a STOP cannot be taken back here", 0, NULL);
	}
}

/* The agent tells nobody else: a second one would not know whether the first does something about it. */
static void find_owner_out(struct nm_checker *checker)
{
	const int owner = nm_plan_owner(checker->plan);
	const struct nm_destination *destination = owner >= 0 ? &checker->plan->destinations[owner] : NULL;

	for (size_t i = 0; destination != NULL && i < checker->options->n_optouts; i++) {
		struct nm_draft *draft;

		if (strcmp(checker->options->optouts[i].destination, destination->name) != 0)
			continue;
		draft = nm_draft_add(checker, "owner-opted-out", owner, 0, destination->pos,
				     nm_arena_format(checker->arena,
						     "the agent texts %s, and nobody else, when something goes wrong, and their phone "
						     "wants no texts and gets none",
						     destination->name));
		nm_draft_mend(checker, draft,
			      "put another person first in `alert`, or another number of theirs here: a STOP cannot be taken "
			      "back here",
			      0, NULL);
	}
}

void nm_check_outside(struct nm_checker *checker)
{
	find_refused(checker);
	find_floods(checker);
	find_opted_out(checker);
	find_owner_out(checker);
}
