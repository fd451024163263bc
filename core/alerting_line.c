/* SPDX-License-Identifier: MIT */
/*
 * Whom a line texts by itself as a call arrives.  Comes in: what the store has of the line at that time, pushed or read
 * back.  Goes out: those whom it alerts for that call; nobody, where it is not known.  Asks no carrier.
 */
#include <string.h>

#include "core/alerting_private.h"
#include "core/push_private.h"
#include "nevermiss/live_then.h"

static enum nm_code lift(struct nm_alerter *a, const struct nm_live_then *held, struct nm_route **route, struct nm_error *err)
{
	const struct nm_carrier *carrier = nm_carrier_find(held->driver);
	struct nm_artefact artefact = { 0 };
	struct nm_error unread;
	const char *foreign = NULL;
	enum nm_code code;

	*route = NULL;
	if (carrier == NULL || carrier->lift == NULL || carrier->traits.alerts != NM_ALERTING_AT_ONCE)
		return NM_OK;
	code = nm_artefact_read(held->text, &artefact, &unread);
	if (code == NM_INPUT)
		return NM_OK;
	if (code != NM_OK)
		return nm_fail(err, code, "%s", unread.text);
	if (artefact.n > 0)
		code = nm_artefact_lift(carrier, &artefact, a->arena, route, &foreign, err);
	nm_artefact_clear(&artefact);
	if (foreign != NULL) {
		nm_route_free(*route);
		*route = NULL;
	}
	return code;
}

/* Out of the route's memory into the run's. */
static enum nm_code copy_alerts(struct nm_alerter *a, const struct nm_alerts *from, struct nm_alerts *out,
				struct nm_error *err)
{
	struct nm_alerts copy = { .pos = from->pos };

	copy.items = nm_arena_alloc(a->arena, from->n, sizeof(*copy.items));
	if (copy.items == NULL)
		return nm_fail_memory(err);
	for (; copy.n < from->n; copy.n++) {
		copy.items[copy.n] = (struct nm_alert){ .number = nm_arena_text(a->arena, from->items[copy.n].number),
							.after_s = from->items[copy.n].after_s };
		if (copy.items[copy.n].number == NULL)
			return nm_fail_memory(err);
	}
	*out = copy;
	return NM_OK;
}

enum nm_code nm_alerting_line(struct nm_alerter *a, const struct nm_call_entry *call, int line, struct nm_alerts *out,
			      struct nm_error *err)
{
	struct nm_route *route = NULL;
	const struct nm_plan *plan = a->context->plan;
	struct nm_live_then held;
	enum nm_code code = nm_live_then(a->context->store, plan->lines[line].number, call->began,
					 plan->accounts[plan->lines[line].account].driver, a->arena, &held, err);

	*out = (struct nm_alerts){ 0 };
	if (code != NM_OK || held.known != NM_LIVE_KNOWN)
		return code;
	code = lift(a, &held, &route, err);
	if (code == NM_OK && route != NULL)
		code = copy_alerts(a, &nm_route_treatment(route, call->began, call->caller, false)->alerts, out, err);
	nm_route_free(route);
	return code;
}
