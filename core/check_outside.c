/* SPDX-License-Identifier: MIT */
/*
 * What got lost between the store and others: events that a CRM did not take, texts of which a carrier had too many.
 * Comes in: what the store knows of it.  Goes out: drafts.
 */
#include "check_private.h"

#include <inttypes.h>

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

void nm_check_outside(struct nm_checker *checker)
{
	find_refused(checker);
	find_floods(checker);
}
