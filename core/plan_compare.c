/* SPDX-License-Identifier: MIT */
/*
 * Two plans compared by what callers get: not their text, but the routes of the lines that both have, and what comes
 * after a call that was missed.
 * Goes out: differences that stand on their own, with copies of the treatments they speak of.
 */
#include <stdlib.h>
#include <string.h>

#include "core/compare_after.h"

#define NO_LINE "no such line"

/* One of the two plans, compiled. */
struct side {
	const struct nm_plan *plan;
	struct nm_timeline *timeline;
	struct nm_classes classes;
};

static enum nm_code open_side(struct side *side, nm_time from, nm_time until, struct nm_error *err)
{
	enum nm_code code = nm_timeline_build(side->plan, from, until, &side->timeline, err);

	return code == NM_OK ? nm_classes_build(side->plan, &side->classes, err) : code;
}

static void close_side(struct side *side)
{
	nm_classes_clear(&side->classes);
	nm_timeline_free(side->timeline);
}

/* A copy in the arena of what the difference says; false when memory is out. */
static bool move_difference(struct nm_difference *item, struct nm_arena *arena)
{
	struct nm_span *windows = nm_arena_alloc(arena, item->n, sizeof(*windows));

	if (windows == NULL)
		return false;
	memcpy(windows, item->windows, item->n * sizeof(*windows));
	item->windows = windows;
	if (item->a != NULL && (item->a = nm_treatment_copy(item->a, arena)) == NULL)
		return false;
	if (item->b != NULL && (item->b = nm_treatment_copy(item->b, arena)) == NULL)
		return false;
	item->line = nm_arena_text(arena, item->line);
	item->callers = nm_arena_text(arena, item->callers);
	item->when = nm_arena_text(arena, item->when);
	item->a_words = nm_arena_text(arena, item->a_words);
	item->b_words = nm_arena_text(arena, item->b_words);
	return item->line && item->callers && item->when && item->a_words && item->b_words;
}

static enum nm_code add_item(struct nm_differences *out, size_t *capacity, struct nm_difference item,
			     struct nm_error *err)
{
	if (!nm_grow((void **)&out->items, capacity, out->n + 1, sizeof(item)) ||
	    !move_difference(&item, out->arena))
		return nm_fail_memory(err);
	out->items[out->n++] = item;
	return NM_OK;
}

/* What is said of a line as a whole: it came, went, or changed its number. */
static enum nm_code add_whole(struct nm_differences *out, size_t *capacity, const char *line,
			      const struct nm_span *always, const char *a, const char *b,
			      struct nm_error *err)
{
	struct nm_difference item = { .line = line,
				      .callers = "any caller",
				      .n = 1,
				      .windows = always,
				      .when = "always",
				      .a_words = a,
				      .b_words = b };

	return add_item(out, capacity, item, err);
}

/* It has another name, by which nobody calls it. */
static enum nm_code add_renamed(struct nm_differences *out, size_t *capacity, const struct nm_route *a,
				const struct nm_route *b, const struct nm_span *span, struct nm_error *err)
{
	struct nm_difference item = { .line = b->line,
				      .callers = "no caller",
				      .renamed = true,
				      .windows = span,
				      .when = "in name alone",
				      .a_words = a->line,
				      .b_words = b->line };

	return add_item(out, capacity, item, err);
}

/* Callers get the same, and the same people are alerted, with other words. */
static bool alert_text_only(const struct nm_route *a, const struct nm_route *b, const struct nm_difference *item)
{
	return item->a != NULL && item->b != NULL && (!item->key || a->key == b->key) &&
	       nm_treatment_equal_but_alert_text(item->a, item->b);
}

/* The text of a line's alerts is the same at all times: the first that differs tells it. */
static enum nm_code add_staff(struct nm_differences *out, size_t *capacity, const char *line,
			      const struct nm_difference *first, const struct nm_span *span, struct nm_error *err)
{
	struct nm_difference item = { .line = line,
				      .callers = "those who are alerted",
				      .staff = true,
				      .windows = span,
				      .when = "in every alert",
				      .a_words = first->a->alerts.text,
				      .b_words = first->b->alerts.text };

	return add_item(out, capacity, item, err);
}

/* What two routes of a line differ in. */
static enum nm_code add_found(struct nm_differences *out, size_t *capacity, const struct nm_route *a,
			      const struct nm_route *b, const struct nm_differences *found,
			      const struct nm_span *span, struct nm_error *err)
{
	const struct nm_difference *staff = NULL;
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < found->n && code == NM_OK; i++) {
		struct nm_difference item = found->items[i];

		item.line = b->line;
		if (!alert_text_only(a, b, &item))
			code = add_item(out, capacity, item, err);
		else if (staff == NULL)
			staff = &found->items[i];
	}
	return code == NM_OK && staff != NULL ? add_staff(out, capacity, b->line, staff, span, err) : code;
}

static void name_party(struct nm_party *party, const struct nm_plan *plan, const struct nm_plan *other)
{
	const int line = party->line != NULL ? nm_plan_find_line(plan, party->line) : -1;
	const int same = line >= 0 ? nm_plan_same_line(plan, line, other) : -1;

	if (same >= 0)
		party->line = other->lines[same].name;
}

/* Lines that the route rings are what they were, whatever the other plan, which outlives the route, calls them. */
static void name_rung(struct nm_route *route, const struct nm_plan *plan, const struct nm_plan *other)
{
	for (size_t i = 0; i < route->n_treatments; i++) {
		struct nm_treatment *treatment = route->treatments[i];

		for (size_t j = 0; j < treatment->n; j++)
			for (size_t k = 0; k < treatment->steps[j].n; k++)
				name_party(&treatment->steps[j].parties[k], plan, other);
	}
}

static enum nm_code compare_line(const struct side *old, int old_line, const struct side *new, int new_line,
				 const struct nm_span *span, struct nm_differences *out, size_t *capacity,
				 struct nm_error *err)
{
	struct nm_route *a = NULL, *b = NULL;
	struct nm_differences found = { 0 };
	enum nm_code code = nm_route_build(old->timeline, &old->classes, old_line, &a, err);

	if (code == NM_OK)
		code = nm_route_build(new->timeline, &new->classes, new_line, &b, err);
	if (code == NM_OK && strcmp(a->line, b->line) != 0)
		code = add_renamed(out, capacity, a, b, span, err);
	if (code == NM_OK && strcmp(a->number, b->number) != 0)
		code = add_whole(out, capacity, b->line, span, a->number, b->number, err);
	if (code == NM_OK)
		name_rung(a, old->plan, new->plan);
	if (code == NM_OK)
		code = nm_route_diff(a, b, span->from, span->until, &found, err);
	if (code == NM_OK)
		code = add_found(out, capacity, a, b, &found, span, err);
	nm_differences_clear(&found);
	nm_route_free(a);
	nm_route_free(b);
	return code;
}

/* Who answers on a line that only one side has, as all that a route does: the other side has nothing there. */
static enum nm_code add_answers(struct nm_differences *out, size_t *capacity, const struct side *side, int line,
				const struct nm_span *span, bool came, struct nm_error *err)
{
	struct nm_route *route = NULL;
	struct nm_differences found = { 0 };
	enum nm_code code = nm_route_build(side->timeline, &side->classes, line, &route, err);

	if (code == NM_OK)
		code = nm_route_outline(route, span->from, span->until, &found, err);
	for (size_t i = 0; i < found.n && code == NM_OK; i++) {
		struct nm_difference item = found.items[i];

		if (came) {
			item.b = item.a;
			item.b_words = item.a_words;
			item.a = NULL;
		}
		*(came ? &item.a_words : &item.b_words) = NO_LINE;
		code = add_item(out, capacity, item, err);
	}
	nm_differences_clear(&found);
	nm_route_free(route);
	return code;
}

static enum nm_code ask(const struct nm_plan_pair *pair, size_t done, struct nm_error *err)
{
	const size_t all = pair->old->n_lines + pair->new_plan->n_lines;

	if (pair->go_on == NULL || pair->go_on(pair->context, done, all))
		return NM_OK;
	return nm_fail(err, NM_REFUSED, "stopped after %zu of %zu lines of both plans", done, all);
}

/* A line that one side has and the other has not. */
static enum nm_code compare_only(const struct side *side, int line, const struct nm_span *span, bool came,
				 struct nm_differences *out, size_t *capacity, struct nm_error *err)
{
	const struct nm_line *only = &side->plan->lines[line];
	char number[NM_NUMBER_TEXT];
	enum nm_code code;

	nm_number_write(only->number, number);
	code = add_whole(out, capacity, only->name, span, came ? NO_LINE : number, came ? number : NO_LINE, err);
	return code == NM_OK ? add_answers(out, capacity, side, line, span, came, err) : code;
}

/* Those that both have, then those of the old plan alone, then those of the new one alone. */
static enum nm_code compare_lines(const struct side *old, const struct side *new, const struct nm_plan_pair *pair,
				  struct nm_differences *out, size_t *capacity, struct nm_error *err)
{
	const struct nm_span span = { pair->from, pair->until };
	size_t done = 0;
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < old->plan->n_lines && code == NM_OK; i++) {
		const int other = nm_plan_same_line(old->plan, (int)i, new->plan);

		if (other < 0)
			continue;
		code = ask(pair, done, err);
		done += 2;
		if (code == NM_OK)
			code = compare_line(old, (int)i, new, other, &span, out, capacity, err);
	}
	for (int came = 0; came < 2; came++) {
		const struct side *side = came ? new : old, *other = came ? old : new;

		for (size_t i = 0; i < side->plan->n_lines && code == NM_OK; i++) {
			if (nm_plan_same_line(side->plan, (int)i, other->plan) >= 0)
				continue;
			code = ask(pair, done++, err);
			if (code == NM_OK)
				code = compare_only(side, (int)i, &span, came, out, capacity, err);
		}
	}
	return code;
}

int nm_plan_same_line(const struct nm_plan *plan, int line, const struct nm_plan *other)
{
	const struct nm_line *this = &plan->lines[line];
	int same = nm_plan_find_line(other, this->name);

	if (same >= 0)
		return same;
	same = nm_plan_find_number(other, this->number);
	if (same < 0 || nm_plan_find_line(plan, other->lines[same].name) >= 0)
		return -1;
	return nm_plan_find_number(plan, this->number) == line ? same : -1;
}

struct after {
	struct nm_differences *out;
	size_t *capacity;
};

static enum nm_code add_after(void *context, const struct nm_difference *item, struct nm_error *err)
{
	const struct after *after = context;

	return add_item(after->out, after->capacity, *item, err);
}

enum nm_code nm_plan_compare(const struct nm_plan_pair *pair, struct nm_differences *out, struct nm_error *err)
{
	struct side a = { .plan = pair->old }, b = { .plan = pair->new_plan };
	struct nm_differences differences = { .arena = nm_arena_new() };
	size_t capacity = 0;
	struct after after = { &differences, &capacity };
	enum nm_code code = differences.arena != NULL ? NM_OK : nm_fail_memory(err);

	if (code == NM_OK)
		code = open_side(&a, pair->from, pair->until, err);
	if (code == NM_OK)
		code = open_side(&b, pair->from, pair->until, err);
	if (code == NM_OK)
		code = compare_lines(&a, &b, pair, &differences, &capacity, err);
	if (code == NM_OK)
		code = nm_compare_after(a.timeline, b.timeline, add_after, &after, err);
	close_side(&a);
	close_side(&b);
	if (code == NM_OK)
		*out = differences;
	else
		nm_differences_clear(&differences);
	return code;
}
