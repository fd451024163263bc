/* SPDX-License-Identifier: MIT */
/*
 * The second, tiny flow of a line that has a fallback: it connects the call to that number, and ends.  Twilio asks
 * it (VoiceFallbackUrl) when the first one fails; that it runs a flow there is assumed, not verified.
 *
 * Comes in: a route, or what was read.  Goes out: a part of the artefact, or the number.
 */
#include <string.h>

#include "core/carrier/twilio_flow.h"
#include "core/carrier/twilio_load.h"

#define BYTES 8192

static void write(struct nm_flow *f)
{
	nm_flow_begin(
		f,
		nm_flow_kept(f, nm_arena_format(f->arena, "nevermiss, fallback of line %s", f->route->line)),
		"fallback");
	nm_flow_state(f, "fallback");
	nm_flow_member(f, "caller_id", NM_TWILIO_CALLER);
	nm_flow_member(f, "noun", "number");
	nm_flow_offset(f);
	nm_flow_bool(f, "record", false);
	nm_flow_int(f, "timeout", NM_TWILIO_RING_MAX);
	nm_flow_member(f, "to", f->route->fallback);
	nm_flow_exits(f);
	nm_flow_exit(f, "callCompleted", NULL);
	nm_flow_exit(f, "hangup", NULL);
	nm_flow_state_end(f, "connect-call-to");
	nm_flow_end(f);
}

enum nm_code nm_twilio_fallback_render(const struct nm_route *route, struct nm_artefact *out,
				       struct nm_error *err)
{
	struct nm_flow f = { .route = route, .err = err };

	if (route->fallback == NULL)
		return NM_OK;
	f.arena = nm_arena_new();
	if (f.arena == NULL)
		return nm_fail_memory(err);
	nm_buf_init(&f.text, BYTES);
	nm_json_init(&f.json, &f.text);
	write(&f);
	if (f.text.failed)
		nm_flow_fail(&f, nm_fail_memory(err));
	if (f.code == NM_OK)
		f.code = nm_artefact_add(out, NM_TWILIO_FALLBACK, "application/json", f.text.data, f.text.len,
					 err);
	nm_flow_clear(&f);
	return f.code;
}

/* The widget that has every call; NULL: it is another flow than ours. */
static const struct nm_widget *only_widget(const struct nm_live_flow *flow)
{
	const struct nm_widget *widget = flow->start >= 0 ? &flow->widgets[flow->start] : NULL;

	if (widget == NULL || widget->kind != NM_WIDGET_CONNECT || widget->wrong != NULL || widget->n != 1 ||
	    widget->parties[0].number == NULL || widget->parties[0].number[0] != '+' ||
	    widget->parties[0].line_id || widget->for_s != NM_TWILIO_RING_MAX)
		return NULL;
	for (size_t i = 0; i < widget->n_exits; i++)
		if (widget->exits[i].next != NM_FLOW_END)
			return NULL;
	return widget;
}

static enum nm_code lift(const struct nm_node *definition, struct nm_lifter *lifter, struct nm_route *route,
			 struct nm_error *err)
{
	struct nm_live_flow flow;
	enum nm_code code = nm_flow_read(definition, NULL, lifter, &flow, err);
	const struct nm_widget *widget = code == NM_OK ? only_widget(&flow) : NULL;

	if (code != NM_OK)
		return code;
	if (widget == NULL)
		return nm_fail(err, NM_INPUT,
			       "the flow for when all else fails was written or changed by somebody "
			       "else, and is not understood");
	route->fallback = nm_arena_text(route->arena, widget->parties[0].number);
	return route->fallback != NULL ? NM_OK : nm_fail_memory(err);
}

enum nm_code nm_twilio_fallback_lift(const struct nm_artefact *live, struct nm_route *route,
				     struct nm_error *err)
{
	const struct nm_part *part = nm_artefact_find(live, NM_TWILIO_FALLBACK);
	struct nm_node *definition = NULL;
	struct nm_lifter lifter = { 0 };
	enum nm_code code = part != NULL ? nm_node_read(part->bytes, part->len, &definition, err) : NM_OK;

	if (part == NULL || code != NM_OK)
		return code;
	code = nm_lifter_begin(live, &lifter, err);
	if (code == NM_OK)
		code = lift(definition, &lifter, route, err);
	nm_lifter_clear(&lifter);
	nm_node_free(definition);
	return code;
}
