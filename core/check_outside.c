/* SPDX-License-Identifier: MIT */
/*
 * What got lost between the store and others: events that a CRM did not take.  Comes in: what the store knows of it.  Goes
 * out: drafts.
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

void nm_check_outside(struct nm_checker *checker)
{
	find_refused(checker);
}
