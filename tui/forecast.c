/* SPDX-License-Identifier: MIT */
/* What a push will make of a line: see forecast.h.  Comes in: its status.  Goes out: sentences and outlines. */
#include "forecast.h"

#include <stdio.h>

#include "outline.h"

/* What the line will do once it is pushed, as far as its carrier can hold it. */
static const struct nm_route *held_route(const struct nm_line_status *line)
{
	return line->held_route ? line->held_route : line->plan_route;
}

/* What it will do when it is pushed again at each change; *out NULL where that is no other thing.  *owned is the
 * caller's.  Only a carrier that keeps no hours has one. */
static enum nm_code anew_route(const struct nm_plan *plan, const struct nm_line_status *line, nm_time from,
			       struct nm_route **owned, const struct nm_route **out, struct nm_error *err)
{
	const struct nm_account *account = &plan->accounts[plan->lines[line->line].account];
	struct nm_differences differences = {0};
	enum nm_code code;

	*owned = NULL;
	*out = NULL;
	if (nm_carrier_traits(line->carrier, account).keeps_time)
		return NM_OK;
	code = nm_carrier_hold_anew(line->carrier, account, line->plan_route, owned, err);
	if (code)
		return code;
	*out = *owned ? *owned : line->plan_route;
	code = nm_route_diff(held_route(line), *out, from, line->plan_route->until, &differences, err);
	if (!differences.n)
		*out = NULL;
	nm_differences_clear(&differences);
	return code;
}

#define DOUBT_TEXT 256

/* What is not certain of how the carrier will do it, or not done at all: the sentence of this number; false: there
 * are no more. */
static bool doubt(const struct nm_plan *plan, const struct nm_line_status *line, size_t number, char out[DOUBT_TEXT])
{
	const struct nm_line *written = &plan->lines[line->line];
	const struct nm_traits traits = nm_carrier_traits(line->carrier, &plan->accounts[written->account]);
	size_t n = 0;

	if (traits.ring_extra_s > 0 && n++ == number)
		return snprintf(out, DOUBT_TEXT, "each ring may last up to %d s longer than is set",
				traits.ring_extra_s) > 0;
	if ((traits.remote || traits.by_hand) && n++ == number)
		return snprintf(out, DOUBT_TEXT, "not reckoned: the seconds that a mobile takes before it rings") > 0;
	if (plan->text_back.missed && !written->text_in_flow && n++ == number)
		return snprintf(out, DOUBT_TEXT,
				"the text for missed callers comes from `nevermiss agent`, while that runs, or from "
				"`nevermiss text --missed`") > 0;
	if (line->carrier->afterwards && n++ == number)
		return snprintf(out, DOUBT_TEXT, "what is pushed is %s", line->carrier->afterwards) > 0;
	if (line->carrier->unverified && n++ == number)
		return snprintf(out, DOUBT_TEXT, "not verified: %s", line->carrier->unverified) > 0;
	return false;
}

enum nm_code forecast_add(struct nm_buf *out, const struct nm_plan *plan, const struct nm_line_status *line, nm_time from,
			  struct nm_error *err)
{
	const struct nm_route *anew;
	struct nm_route *owned;
	char sentence[DOUBT_TEXT];
	enum nm_code code = anew_route(plan, line, from, &owned, &anew, err);

	for (size_t i = 0; doubt(plan, line, i, sentence); i++)
		nm_buf_addf(out, "  %s\n", sentence);
	if (!code)
		code = outline_add(out, anew ? "what callers get until it is told anew" : "what callers get",
				   held_route(line), from, err);
	if (!code && anew)
		code = outline_add(out, "what they get if it is told anew at each change", anew, from, err);
	nm_route_free(owned);
	return code;
}

enum nm_code forecast_json(struct nm_json *json, const struct nm_plan *plan, const struct nm_line_status *line,
			   nm_time from, struct nm_error *err)
{
	const struct nm_route *anew;
	struct nm_route *owned;
	char sentence[DOUBT_TEXT];
	enum nm_code code;

	nm_json_key(json, "doubts");
	nm_json_array(json);
	for (size_t i = 0; doubt(plan, line, i, sentence); i++)
		nm_json_text(json, sentence);
	nm_json_end(json, ']');
	code = anew_route(plan, line, from, &owned, &anew, err);
	if (!code)
		code = outline_json(json, "outline", held_route(line), from, err);
	if (!code && anew)
		code = outline_json(json, "outline_at_each_change", anew, from, err);
	nm_route_free(owned);
	return code;
}
