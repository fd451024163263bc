/* SPDX-License-Identifier: MIT */
/*
 * Reading treatments from a route's JSON: who is rung, texted and alerted.  Comes in: nodes that anybody may have
 * written.  Goes out: treatments, or what of them is not as nm_route_write writes it.
 */
#include <string.h>

#include "core/carrier/route_json_private.h"

/* Index of a name in a list that ends with NULL; -1. */
static int index_of(const char *name, const char *const *names)
{
	for (int i = 0; name != NULL && names[i] != NULL; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static enum nm_code read_own_voicemail(struct nm_route_reader *r, const struct nm_node *object,
				       struct nm_party *party)
{
	const struct nm_node *node = nm_node_get(object, "own_voicemail");
	const char *text = nm_node_text(node);

	party->own_voicemail_s = NM_OWN_VOICEMAIL_NONE;
	if (node == NULL)
		return NM_OK;
	if (text != NULL && strcmp(text, "unknown") == 0) {
		party->own_voicemail_s = NM_OWN_VOICEMAIL_UNKNOWN;
		return NM_OK;
	}
	return nm_route_take_int(r, object, "own_voicemail", 0, 86400, &party->own_voicemail_s);
}

static enum nm_code read_party(struct nm_route_reader *r, const struct nm_node *node, struct nm_party *party)
{
	static const char *const keys[] = { "name",          "kind",    "role",    "number",
					    "own_voicemail", "confirm", "line_id", "greeting",
					    "line",          "native",  "turn_of", NULL };
	static const char *const roles[] = { "staff", "receptionist", "answering-service", NULL };
	const char *kind = nm_node_member_text(node, "kind"), *role = nm_node_member_text(node, "role");
	enum nm_code code = nm_route_check_members(r, node, "a destination", keys);
	int k = 0;

	if (code != NM_OK)
		return code;
	while (k <= NM_VOICEMAIL && (kind == NULL || strcmp(nm_kind_name((enum nm_kind)k), kind) != 0))
		k++;
	if (k > NM_VOICEMAIL)
		return nm_route_wrong(r, "kind", "one of the four kinds");
	party->kind = (enum nm_kind)k;
	if (nm_node_get(node, "role") != NULL && index_of(role, roles) < 0)
		return nm_route_wrong(r, "role", "one of the three roles");
	party->role = (enum nm_role)(index_of(role, roles) + 1);
	if ((code = nm_route_copy_text(r, node, "name", &party->name)) != NM_OK ||
	    (code = nm_route_copy_some(r, node, "number", &party->number)) != NM_OK ||
	    (code = read_own_voicemail(r, node, party)) != NM_OK ||
	    (code = nm_route_take_bool(r, node, "confirm", &party->confirm)) != NM_OK ||
	    (code = nm_route_take_bool(r, node, "line_id", &party->line_id)) != NM_OK ||
	    (code = nm_route_copy_some(r, node, "greeting", &party->greeting)) != NM_OK ||
	    (code = nm_route_copy_some(r, node, "line", &party->line)) != NM_OK ||
	    (code = nm_route_take_bool(r, node, "native", &party->native)) != NM_OK)
		return code;
	return nm_route_copy_some(r, node, "turn_of", &party->turn_of);
}

static enum nm_code read_ring_time(struct nm_route_reader *r, const struct nm_node *node,
				   enum nm_ring_time *out)
{
	bool open = false, on = false, handover = false;
	enum nm_code code;

	if ((code = nm_route_take_bool(r, node, "untimed", &open)) != NM_OK ||
	    (code = nm_route_take_bool(r, node, "rings_on", &on)) != NM_OK ||
	    (code = nm_route_take_bool(r, node, "unlimited", &handover)) != NM_OK)
		return code;
	if (open + on + handover > 1)
		return nm_route_wrong(r, "a step", "one of untimed, rings_on and unlimited at most");
	*out = open ? NM_RING_OPEN : on ? NM_RING_ON : handover ? NM_RING_HANDOVER : NM_RING_TIMED;
	return NM_OK;
}

static enum nm_code read_step(struct nm_route_reader *r, const struct nm_node *node,
			      struct nm_treatment_step *step)
{
	static const char *const keys[] = { "number",   "round",     "for",  "untimed",
					    "rings_on", "unlimited", "ring", NULL };
	const struct nm_node *ring = nm_node_get(node, "ring");
	void *parties = NULL;
	enum nm_code code = nm_route_check_members(r, node, "a step", keys);

	if (code != NM_OK ||
	    (code = nm_route_take_int(r, node, "number", 1, NM_STEPS_MAX, &step->number)) != NM_OK ||
	    (code = nm_route_take_int(r, node, "round", 1, NM_ROUNDS_MAX, &step->round)) != NM_OK ||
	    (code = nm_route_take_int(r, node, "for", 0, 86400, &step->for_s)) != NM_OK ||
	    (code = read_ring_time(r, node, &step->ring_time)) != NM_OK ||
	    (code = nm_route_make_list(r, ring, "ring", NM_RING_MAX * NM_ROUNDS_MAX, sizeof(*step->parties),
				       &parties, &step->n)) != NM_OK)
		return code;
	step->parties = parties;
	if (step->n == 0)
		return nm_route_wrong(r, "ring", "somebody");
	for (size_t i = 0; i < step->n && code == NM_OK; i++)
		code = read_party(r, nm_node_at(ring, i), &step->parties[i]);
	return code;
}

static enum nm_code read_verdict(struct nm_route_reader *r, const struct nm_node *node,
				 struct nm_treatment *treatment)
{
	static const char *const verdicts[] = { "path", "reject", "lost", NULL };
	static const char *const rejects[] = { "busy", "silent", NULL };
	int verdict = index_of(nm_node_member_text(node, "verdict"), verdicts);
	int reject = index_of(nm_node_member_text(node, "reject"), rejects);

	if (verdict < 0)
		return nm_route_wrong(r, "verdict", "path, reject or lost");
	if ((verdict == NM_VERDICT_REJECT) != (reject >= 0) ||
	    (reject < 0 && nm_node_get(node, "reject") != NULL))
		return nm_route_wrong(r, "reject", "busy or silent, and only with the verdict reject");
	treatment->verdict = (enum nm_verdict)verdict;
	treatment->reject = (enum nm_reject)(reject + 1);
	return NM_OK;
}

static enum nm_code read_alert(struct nm_route_reader *r, const struct nm_node *node, struct nm_alert *alert)
{
	static const char *const keys[] = { "name", "number", "after", NULL };
	enum nm_code code = nm_route_check_members(r, node, "an alert", keys);

	if (code != NM_OK || (code = nm_route_copy_text(r, node, "name", &alert->name)) != NM_OK ||
	    (code = nm_route_copy_text(r, node, "number", &alert->number)) != NM_OK ||
	    nm_node_get(node, "after") == NULL)
		return code;
	return nm_route_take_int(r, node, "after", 1, 86400, &alert->after_s);
}

static enum nm_code read_alerts(struct nm_route_reader *r, const struct nm_node *node,
				struct nm_treatment *treatment)
{
	const struct nm_node *list = nm_node_get(node, "alerts");
	struct nm_alerts *alerts = &treatment->alerts;
	void *items = NULL;
	enum nm_code code = nm_route_copy_some(r, node, "alert_text", &alerts->text);

	if (code != NM_OK || (list == NULL && alerts->text == NULL))
		return code;
	if (list == NULL || alerts->text == NULL || treatment->verdict != NM_VERDICT_PATH)
		return nm_route_wrong(r, "alerts", "there with alert_text, and only with the verdict path");
	code = nm_route_make_list(r, list, "alerts", NM_ALERTS_MAX, sizeof(*alerts->items), &items,
				  &alerts->n);
	alerts->items = items;
	if (code == NM_OK && alerts->n == 0)
		return nm_route_wrong(r, "alerts", "somebody");
	for (size_t i = 0; i < alerts->n && code == NM_OK; i++)
		code = read_alert(r, nm_node_at(list, i), &alerts->items[i]);
	return code;
}

enum nm_code nm_treatment_read(struct nm_route_reader *r, const struct nm_node *node,
			       struct nm_treatment **out)
{
	static const char *const keys[] = { "verdict",    "reject", "rule",      "path",        "emergency",
					    "greeting",   "lasts",  "text_back", "text_always", "alerts",
					    "alert_text", "steps",  NULL };
	struct nm_treatment *treatment = nm_arena_alloc(r->route->arena, 1, sizeof(*treatment));
	const struct nm_node *steps = nm_node_get(node, "steps");
	void *list = NULL;
	enum nm_code code = nm_route_check_members(r, node, "a treatment", keys);

	if (treatment == NULL)
		return nm_fail_memory(r->err);
	*out = treatment;
	if (code != NM_OK || (code = read_verdict(r, node, treatment)) != NM_OK ||
	    (code = nm_route_copy_some(r, node, "rule", &treatment->rule)) != NM_OK ||
	    (code = nm_route_copy_some(r, node, "path", &treatment->path)) != NM_OK ||
	    (code = nm_route_take_bool(r, node, "emergency", &treatment->emergency)) != NM_OK ||
	    (code = nm_route_copy_some(r, node, "greeting", &treatment->greeting)) != NM_OK ||
	    (code = nm_route_copy_some(r, node, "text_back", &treatment->text_back)) != NM_OK ||
	    (code = nm_route_take_bool(r, node, "text_always", &treatment->text_always)) != NM_OK ||
	    (code = read_alerts(r, node, treatment)) != NM_OK)
		return code;
	if (nm_node_get(node, "lasts") != NULL)
		code = nm_route_take_int(r, node, "lasts", 1, 86400, &treatment->greeting_s);
	if (code == NM_OK)
		code = nm_route_make_list(r, steps, "steps", NM_STEPS_MAX * NM_ROUNDS_MAX,
					  sizeof(*treatment->steps), &list, &treatment->n);
	if (code != NM_OK)
		return code;
	treatment->steps = list;
	for (size_t i = 0; i < treatment->n && code == NM_OK; i++)
		code = read_step(r, nm_node_at(steps, i), &treatment->steps[i]);
	return code;
}

enum nm_code nm_party_read(const struct nm_node *node, struct nm_route *route, struct nm_party *out,
			   struct nm_error *err)
{
	struct nm_route_reader r = { .route = route, .err = err };

	return read_party(&r, node, out);
}
