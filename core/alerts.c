/* SPDX-License-Identifier: MIT */
/*
 * Whom an emergency texts, and whom what goes wrong.  Comes in: a plan, whose turn it is, and the line called.  Goes out:
 * names, numbers and the text.  Whether anybody sends it is up to the carrier.
 */
#include <string.h>

#include "core/rules.h"

static bool said(const struct nm_alerts *alerts, const struct nm_alert *alert)
{
	for (size_t i = 0; i < alerts->n; i++)
		if (alerts->items[i].after_s == alert->after_s &&
		    !strcmp(alerts->items[i].number, alert->number))
			return true;
	return false;
}

struct alerting {
	const struct nm_plan *plan;
	const struct nm_state *state;
	struct nm_arena *arena;
	struct nm_alerts alerts; /* as far as they go */
};

static const char *number_of(const struct alerting *a, const struct nm_destination *who)
{
	char text[NM_NUMBER_TEXT];

	nm_number_write(nm_destination_number(a->plan, who), text);
	return nm_arena_text(a->arena, text);
}

/* Adds those of a list, each phone once; false: memory. */
static bool add_targets(struct alerting *a, const struct nm_targets *targets, int after_s)
{
	for (size_t i = 0; i < targets->n; i++) {
		const struct nm_target target = targets->items[i];
		const int id = target.kind == NM_TARGET_ROTATION ? a->state->turns[target.id] : target.id;
		struct nm_alert alert = { .after_s = after_s };

		if (id < 0)
			continue;
		alert.name = a->plan->destinations[id].name;
		alert.number = number_of(a, &a->plan->destinations[id]);
		if (alert.number == NULL)
			return false;
		if (!said(&a->alerts, &alert))
			a->alerts.items[a->alerts.n++] = alert;
	}
	return true;
}

static const char *text_of(const struct nm_plan *plan, int line, struct nm_arena *arena)
{
	const char *name = plan->lines[line].name;

	if (*plan->business == '\0')
		return nm_arena_format(arena, "Emergency call to line %s from " NM_ALERT_CALLER, name);
	return nm_arena_format(arena, "%s: emergency call to line %s from " NM_ALERT_CALLER, plan->business,
			       name);
}

bool nm_alerts_resolve(const struct nm_plan *plan, const struct nm_state *state, int line,
		       struct nm_arena *arena, struct nm_alerts *out)
{
	const struct nm_emergency *emergency = &plan->emergency;
	struct alerting a = { plan, state, arena, { .pos = emergency->pos } };

	a.alerts.items =
		nm_arena_alloc(arena, emergency->alert.n + emergency->then_alert.n, sizeof(*a.alerts.items));
	if (a.alerts.items == NULL || !add_targets(&a, &emergency->alert, 0) ||
	    !add_targets(&a, &emergency->then_alert, (int)emergency->acknowledge_s))
		return false;
	if (a.alerts.n > 0) {
		a.alerts.text = text_of(plan, line, arena);
		if (a.alerts.text == NULL)
			return false;
	}
	*out = a.alerts;
	return true;
}
