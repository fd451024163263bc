/* SPDX-License-Identifier: MIT */
/*
 * When a carrier that keeps no time must be told something else.  Comes in: a route and what the carrier is
 * told now.  Goes out: the first instant at which that is not right any more, and what is right then.
 */
#include "core/route_private.h"
#include "nevermiss/carrier.h"

bool nm_carrier_needs_agent(const struct nm_plan *plan, int line)
{
	const struct nm_account *account = &plan->accounts[plan->lines[line].account];
	const struct nm_carrier *carrier = nm_carrier_find(account->driver);

	return carrier != NULL && !nm_carrier_traits(carrier, account).keeps_time && !carrier->traits.by_hand;
}

/* Calls at `then` get what they get at `now`, as far as this carrier can tell them apart. */
static bool alike(const struct nm_route *route, bool callers, nm_time now, nm_time then)
{
	const struct nm_caller any = { 0 };

	if (callers)
		return nm_route_situation(route, now) == nm_route_situation(route, then);
	return nm_treatment_equal(nm_route_treatment(route, now, any, false),
				  nm_route_treatment(route, then, any, false));
}

/* A carrier that is told in time is, to its callers, one that keeps time. */
enum nm_code nm_carrier_hold_anew(const struct nm_carrier *carrier, const struct nm_account *account,
				  const struct nm_route *route, struct nm_route **held, struct nm_error *err)
{
	struct nm_carrier in_time = *carrier;
	struct nm_losses losses = { 0 };
	enum nm_code code;

	in_time.traits = nm_carrier_traits(carrier, account);
	in_time.traits.keeps_time = true;
	in_time.adapt = NULL;
	code = nm_carrier_hold(&in_time, account, route, route->from, held, &losses, err);
	nm_losses_clear(&losses);
	return code;
}

static enum nm_code render_at(const struct nm_carrier *carrier, const struct nm_account *account,
			      const struct nm_route *route, nm_time at, struct nm_next *out,
			      struct nm_error *err)
{
	struct nm_losses losses = { 0 };
	struct nm_error why;
	enum nm_code code = nm_carrier_hold(carrier, account, route, at, &out->held, &losses, err);

	if (code != NM_OK)
		return code;
	code = carrier->render(out->held != NULL ? out->held : route, account, at, &out->artefact, &why);
	if (code == NM_INPUT)
		nm_fail(&out->refusal, code, "%s", why.text);
	else if (code != NM_OK)
		nm_fail(err, code, "%s", why.text);
	nm_losses_clear(&losses);
	return code == NM_INPUT ? NM_OK : code;
}

enum nm_code nm_carrier_next(const struct nm_carrier *carrier, const struct nm_account *account,
			     const struct nm_route *route, struct nm_span within,
			     const struct nm_artefact *now, struct nm_next *out, struct nm_error *err)
{
	const struct nm_traits traits = nm_carrier_traits(carrier, account);
	const nm_time end = within.until < route->until ? within.until : route->until;
	nm_time last = within.from;
	enum nm_code code = NM_OK;

	*out = (struct nm_next){ .at = NM_TIME_MAX };
	if (traits.keeps_time)
		return NM_OK;
	for (nm_time t = nm_route_next(route, last); t < end && code == NM_OK; t = nm_route_next(route, t)) {
		if (alike(route, traits.callers, last, t))
			continue;
		last = t;
		code = render_at(carrier, account, route, t, out, err);
		if (code == NM_OK && !nm_artefact_equal(&out->artefact, now)) {
			out->at = t;
			break;
		}
		nm_next_clear(out);
	}
	return code;
}

void nm_next_clear(struct nm_next *next)
{
	nm_artefact_clear(&next->artefact);
	nm_route_free(next->held);
	*next = (struct nm_next){ .at = NM_TIME_MAX };
}
