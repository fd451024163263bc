/* SPDX-License-Identifier: MIT */
/*
 * What a carrier can hold of a route: everything that its traits do not allow is taken out, and said.
 *
 * Comes in: a route and the traits of a carrier.  Goes out: the route that is left, which the driver can
 * render without further thought, and the losses, each with the times and the callers that it concerns.
 * One place for all drivers, so that none of them drops anything silently.
 */
#include <stdlib.h>
#include <string.h>

#include "core/hold_private.h"

struct nm_traits nm_carrier_traits(const struct nm_carrier *carrier, const struct nm_account *account)
{
	struct nm_traits traits = carrier->traits;

	if (carrier->adapt != NULL && account != NULL)
		carrier->adapt(account, &traits);
	return traits;
}

/* --- callers --- */

/* Index of the class of these groups; n_classes when there is none. */
static size_t class_of(const struct nm_route *route, uint64_t groups)
{
	size_t c = 0;

	while (c < route->n_classes && route->classes[c].groups != groups)
		c++;
	return c;
}

/* The groups of which a beginning of numbers is a part. */
static uint64_t groups_by_beginning(const struct nm_route *route)
{
	uint64_t groups = 0;

	for (size_t g = 0; g < route->n_groups; g++)
		for (size_t i = 0; i < route->groups[g].n; i++)
			if (route->groups[g].patterns[i].prefix)
				groups |= (uint64_t)1 << g;
	return groups;
}

/* Some who are in class `c` only by how their number begins are in no group without it: where that matters. */
static void mark_beginnings(const struct nm_holder *h, struct nm_hold_draft *draft, size_t c, uint64_t lost)
{
	const struct nm_route *route = h->route;
	const size_t none = class_of(route, 0);

	/* A withheld number has no beginning. */
	if ((route->classes[c].groups & ~lost) != 0 || route->classes[c].groups == 0 || none == route->n_classes ||
	    route->classes[c].witness.anonymous)
		return;
	for (size_t s = 0; s < route->n_situations; s++) {
		const struct nm_situation *situation = &route->situations[s];

		if (situation->treatment[c] != situation->treatment[none] ||
		    situation->key[c] != situation->key[none])
			nm_hold_mark(h, draft, s, c);
	}
}

/* Group g without beginnings: in their place stand the whole numbers of other groups that begin so, which the
 * carrier knows and can still tell. */
static bool spell_out(struct nm_holder *h, size_t g)
{
	const struct nm_route *route = h->route;
	const struct nm_route_group *from = &route->groups[g];
	struct nm_caller_pattern *patterns, *beginnings = nm_arena_alloc(h->held->arena, from->n, sizeof(*beginnings));
	struct nm_route_group begun = { from->name, 0, beginnings };
	const struct nm_route only = { .n_groups = 1, .groups = &begun };
	size_t most = 0, n = 0;

	for (size_t k = 0; k < route->n_groups; k++)
		most += route->groups[k].n;
	patterns = nm_arena_alloc(h->held->arena, most, sizeof(*patterns));
	if (patterns == NULL || beginnings == NULL)
		return false;
	for (size_t i = 0; i < from->n; i++)
		if (from->patterns[i].prefix)
			beginnings[begun.n++] = from->patterns[i];
	for (size_t k = 0; k < route->n_groups; k++)
		for (size_t i = 0; i < route->groups[k].n; i++) {
			const struct nm_caller_pattern *pattern = &route->groups[k].patterns[i];
			const struct nm_caller caller = { pattern->anonymous, pattern->number };

			if (!pattern->prefix && (k == g || nm_route_groups(&only, caller) != 0))
				patterns[n++] = *pattern;
		}
	h->held->groups[g].patterns = patterns;
	h->held->groups[g].n = n;
	return true;
}

/* A caller of exactly these groups whom the carrier knows by the whole number, or by having none. */
static bool listed_witness(const struct nm_route *route, uint64_t groups, struct nm_caller *out)
{
	for (size_t g = 0; g < route->n_groups; g++)
		for (size_t i = 0; i < route->groups[g].n; i++) {
			const struct nm_caller_pattern *pattern = &route->groups[g].patterns[i];

			*out = (struct nm_caller){ pattern->anonymous, pattern->number };
			if (!pattern->prefix && nm_route_groups(route, *out) == groups)
				return true;
		}
	return false;
}

/* A situation for the first n classes of those in `kept`. */
static bool keep_classes(struct nm_holder *h, struct nm_situation *situation, const size_t *kept, size_t n)
{
	int *row = nm_arena_alloc(h->held->arena, 2 * n, sizeof(*row));

	for (size_t c = 0; row != NULL && c < n; c++) {
		row[c] = situation->treatment[kept[c]];
		row[n + c] = situation->key[kept[c]];
	}
	*situation = (struct nm_situation){ row, row != NULL ? row + n : NULL };
	return row != NULL;
}

/* Classes of which nobody is left go: what they would get is nobody's. */
static bool drop_nobody(struct nm_holder *h)
{
	struct nm_route *held = h->held;
	size_t *kept = nm_arena_alloc(held->arena, held->n_classes, sizeof(*kept));
	size_t n = 0;
	bool ok = kept != NULL;

	for (size_t c = 0; ok && c < held->n_classes; c++) {
		struct nm_route_class class = held->classes[c];

		if (class.groups != 0 && !listed_witness(h->route, class.groups, &class.witness))
			continue;
		held->classes[n] = class;
		kept[n++] = c;
	}
	for (size_t s = 0; ok && s < held->n_situations; s++)
		ok = keep_classes(h, &held->situations[s], kept, n);
	held->n_classes = n;
	return ok;
}

static bool drop_beginnings(struct nm_holder *h)
{
	const uint64_t lost = groups_by_beginning(h->route);
	struct nm_hold_draft *draft;

	if (lost == 0)
		return true;
	for (size_t g = 0; g < h->held->n_groups; g++)
		if ((lost >> g & 1) != 0 && !spell_out(h, g))
			return false;
	draft = nm_hold_draft(h, "callers cannot be told by how their number begins",
			 "those who are in a group only by that get what others get");
	for (size_t c = 0; c < h->route->n_classes; c++)
		mark_beginnings(h, draft, c, lost);
	return drop_nobody(h) && !h->failed;
}

/* All callers get what those get who are in no group. */
static bool drop_callers(struct nm_holder *h)
{
	const struct nm_route *route = h->route;
	const size_t none = class_of(route, 0) < route->n_classes ? class_of(route, 0) : 0;
	struct nm_hold_draft *draft = nm_hold_draft(h, "callers cannot be told apart", "they get what any other caller gets");

	for (size_t s = 0; s < route->n_situations; s++)
		for (size_t c = 0; c < route->n_classes; c++)
			if (route->situations[s].treatment[c] != route->situations[s].treatment[none])
				nm_hold_mark(h, draft, s, c);
	h->held->n_groups = 0;
	h->held->n_classes = 1;
	h->held->classes[0] = route->classes[none];
	h->held->classes[0].words = "any caller";
	for (size_t s = 0; s < route->n_situations; s++) {
		int *treatment = nm_arena_alloc(h->held->arena, 2, sizeof(int));

		if (treatment == NULL)
			return false;
		treatment[0] = route->situations[s].treatment[none];
		treatment[1] = h->held->situations[s].key[none]; /* the key may be gone by now */
		h->held->situations[s] = (struct nm_situation){ treatment, treatment + 1 };
	}
	return !h->failed;
}

/* --- the key, the hours --- */

static bool drop_key(struct nm_holder *h)
{
	const struct nm_route *route = h->route;
	struct nm_hold_draft *draft = NULL;

	for (size_t s = 0; s < route->n_situations; s++) {
		int *none = nm_arena_alloc(h->held->arena, route->n_classes, sizeof(int));

		if (none == NULL)
			return false;
		for (size_t c = 0; c < route->n_classes; c++) {
			none[c] = -1;
			if (route->situations[s].key[c] < 0)
				continue;
			if (draft == NULL)
				draft = nm_hold_draft(h, "the emergency key cannot be heard",
						 "pressing it does nothing");
			nm_hold_mark(h, draft, s, c);
		}
		h->held->situations[s].key = none;
	}
	h->held->key = 0;
	return !h->failed;
}

static bool changes_ever(const struct nm_route *route)
{
	for (int w = 0; w < 7; w++)
		if (route->week[w].n > 1 ||
		    route->week[w].changes[0].situation != route->week[0].changes[0].situation)
			return true;
	return route->n_exceptions > 0;
}

/* What holds at one instant holds for good. */
static bool freeze(struct nm_holder *h, nm_time at)
{
	const int now = nm_route_situation(h->route, at);
	struct nm_route_change *change;
	struct nm_hold_draft *draft;

	if (!changes_ever(h->route))
		return true;
	draft = nm_hold_draft(h, "this carrier keeps no hours",
			 h->traits->by_hand
				 ? "what was set by hand stays until the next time: somebody must do it at each change"
				 : "what holds at the time of a push stays until the next one: it must be pushed again "
				   "at each change");
	for (size_t s = 0; s < h->route->n_situations; s++)
		for (size_t c = 0; c < h->route->n_classes; c++)
			if ((int)s != now)
				nm_hold_mark(h, draft, s, c);
	h->losses.needs_agent = !h->traits->by_hand;
	change = nm_arena_alloc(h->held->arena, 1, sizeof(*change));
	if (change == NULL)
		return false;
	change->situation = now;
	for (int w = 0; w < 7; w++)
		h->held->week[w] = (struct nm_route_day){ 1, change };
	h->held->n_exceptions = 0;
	return !h->failed;
}

/* --- when all else fails --- */

static bool drop_fallback(struct nm_holder *h)
{
	struct nm_hold_draft *draft =
		nm_hold_draft(h, "a fallback number cannot be set",
			      "what happens to a call when all else fails is the carrier's own affair");

	for (size_t s = 0; s < h->route->n_situations; s++)
		for (size_t c = 0; c < h->route->n_classes; c++)
			nm_hold_mark(h, draft, s, c);
	h->held->fallback = NULL;
	return !h->failed;
}

/* --- the whole --- */

/* A route of its own with everything but the treatments: these are cut one by one. */
static enum nm_code copy_frame(struct nm_holder *h, struct nm_error *err)
{
	const struct nm_route *route = h->route;
	struct nm_arena *arena;
	enum nm_code code = nm_route_new(route->timezone, route->from, route->until, &h->held, err);

	if (code != NM_OK)
		return code;
	arena = h->held->arena;
	h->held->line = nm_arena_text(arena, route->line);
	h->held->number = nm_arena_text(arena, route->number);
	h->held->fallback = route->fallback != NULL ? nm_arena_text(arena, route->fallback) : NULL;
	h->held->key = route->key;
	h->held->n_groups = route->n_groups;
	h->held->groups = nm_arena_alloc(arena, route->n_groups, sizeof(*h->held->groups));
	h->held->n_classes = route->n_classes;
	h->held->classes = nm_arena_alloc(arena, route->n_classes, sizeof(*h->held->classes));
	h->held->n_situations = route->n_situations;
	h->held->situations = nm_arena_alloc(arena, route->n_situations, sizeof(*h->held->situations));
	if (h->held->line == NULL || h->held->number == NULL ||
	    (route->fallback != NULL && h->held->fallback == NULL) || h->held->groups == NULL ||
	    h->held->classes == NULL || h->held->situations == NULL)
		return nm_fail_memory(err);
	return NM_OK;
}

static bool copy_lists(struct nm_holder *h)
{
	const struct nm_route *route = h->route;
	struct nm_arena *arena = h->held->arena;
	bool ok = true;

	for (size_t g = 0; g < route->n_groups && ok; g++) {
		const struct nm_route_group *from = &route->groups[g];
		struct nm_caller_pattern *patterns = nm_arena_alloc(arena, from->n, sizeof(*patterns));

		h->held->groups[g] = (struct nm_route_group){ nm_arena_text(arena, from->name), from->n, patterns };
		ok = patterns != NULL && h->held->groups[g].name != NULL;
		if (ok && from->n > 0)
			memcpy(patterns, from->patterns, from->n * sizeof(*patterns));
	}
	for (size_t c = 0; c < route->n_classes && ok; c++) {
		h->held->classes[c] = route->classes[c];
		h->held->classes[c].words = nm_arena_text(arena, route->classes[c].words);
		ok = h->held->classes[c].words != NULL;
	}
	for (size_t s = 0; s < route->n_situations && ok; s++) {
		int *row = nm_arena_alloc(arena, 2 * route->n_classes, sizeof(*row));

		ok = row != NULL;
		if (!ok)
			break;
		memcpy(row, route->situations[s].treatment, route->n_classes * sizeof(*row));
		memcpy(row + route->n_classes, route->situations[s].key, route->n_classes * sizeof(*row));
		h->held->situations[s] = (struct nm_situation){ row, row + route->n_classes };
	}
	for (int w = 0; w < 7 && ok; w++) {
		struct nm_route_change *changes =
			nm_arena_alloc(arena, route->week[w].n, sizeof(*changes));

		ok = changes != NULL;
		if (ok)
			memcpy(changes, route->week[w].changes, route->week[w].n * sizeof(*changes));
		h->held->week[w] = (struct nm_route_day){ route->week[w].n, changes };
	}
	h->held->n_exceptions = route->n_exceptions;
	h->held->exceptions = nm_arena_alloc(arena, route->n_exceptions, sizeof(*h->held->exceptions));
	if (h->held->exceptions != NULL && route->n_exceptions > 0)
		memcpy(h->held->exceptions, route->exceptions,
		       route->n_exceptions * sizeof(*route->exceptions));
	return ok && h->held->exceptions != NULL;
}

static bool hold(struct nm_holder *h, nm_time at)
{
	if (!copy_lists(h) || !nm_hold_treatments(h))
		return false;
	if (!h->traits->key && !drop_key(h))
		return false;
	if (h->route->fallback != NULL && !h->traits->fallback && !drop_fallback(h))
		return false;
	if (!h->traits->callers && h->route->n_classes > 1) {
		if (!drop_callers(h))
			return false;
	} else if (!h->traits->beginnings && !drop_beginnings(h)) {
		return false;
	}
	if (!h->traits->keeps_time && !freeze(h, at))
		return false;
	return nm_hold_losses(h) && !h->failed;
}

enum nm_code nm_carrier_hold(const struct nm_carrier *carrier, const struct nm_account *account,
			     const struct nm_route *route, nm_time at, struct nm_route **held,
			     struct nm_losses *losses, struct nm_error *err)
{
	const struct nm_traits traits = nm_carrier_traits(carrier, account);
	struct nm_holder h = { .route = route, .traits = &traits };
	enum nm_code code;

	h.losses.arena = nm_arena_new();
	code = h.losses.arena == NULL ? nm_fail_memory(err) : copy_frame(&h, err);
	if (code == NM_OK && !hold(&h, at))
		code = nm_fail_memory(err);
	free(h.drafts);
	if (code == NM_OK && h.n > 0) {
		*held = h.held;
	} else {
		nm_route_free(h.held);
		*held = NULL;
	}
	if (code == NM_OK)
		*losses = h.losses;
	else
		nm_losses_clear(&h.losses);
	return code;
}
