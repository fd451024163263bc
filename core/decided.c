/* SPDX-License-Identifier: MIT */
/*
 * Whole decisions.  In: a timeline, the classes of callers, a line; out: a table of which rule each
 * class gets in each state, and from it the windows in which a class's rule stays the same.  The rule
 * itself is decide.c's.
 */
#include "core/decided.h"

#include <stdlib.h>
#include <string.h>

/* --- rules as small numbers: nothing, the rules, the emergency protocol, the overrides --- */

size_t nm_plan_rules_count(const struct nm_plan *plan)
{
	return 2 + plan->n_rules + plan->n_overrides;
}

static uint16_t rule_of(const struct nm_plan *plan, const struct nm_decision *decision)
{
	switch (decision->by) {
	case NM_BY_RULE:
		return (uint16_t)(1 + decision->index);
	case NM_BY_EMERGENCY:
		return (uint16_t)(1 + plan->n_rules);
	case NM_BY_OVERRIDE:
		return (uint16_t)(2 + plan->n_rules + (size_t)decision->index);
	case NM_BY_NOTHING:
		break;
	}
	return NM_RULE_NOTHING;
}

struct nm_decision nm_plan_rule_decision(const struct nm_plan *plan, uint16_t rule)
{
	struct nm_decision decision = { NM_VERDICT_LOST, NM_BY_NOTHING, -1, -1, NM_REJECT_NONE, false };
	const struct nm_rule *from;

	if (rule == NM_RULE_NOTHING || rule >= nm_plan_rules_count(plan))
		return decision;
	if (rule == 1 + plan->n_rules)
		return (struct nm_decision){ NM_VERDICT_PATH, NM_BY_EMERGENCY, -1, plan->emergency.path,
					     NM_REJECT_NONE, true };
	decision.by = rule <= plan->n_rules ? NM_BY_RULE : NM_BY_OVERRIDE;
	decision.index = decision.by == NM_BY_RULE ? rule - 1 : rule - 2 - (int)plan->n_rules;
	from = decision.by == NM_BY_RULE ? &plan->rules[decision.index]
					 : &plan->overrides[decision.index].rule;
	decision.reject = from->reject;
	decision.verdict = from->reject == NM_REJECT_NONE ? NM_VERDICT_PATH : NM_VERDICT_REJECT;
	decision.path = from->reject == NM_REJECT_NONE ? from->path : -1;
	return decision;
}

/* --- the table --- */

static uint64_t row_hash(const uint16_t *row, size_t n)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ row[i]) * 0x100000001b3u;
	return hash ^ hash >> 29;
}

/* The index of the row written last, or of one that was there before and is the same. */
static uint32_t row_find(struct nm_decision_table *table, uint32_t *heads, size_t mask)
{
	size_t bytes = table->n_classes * sizeof(*table->rules);
	const uint16_t *row = table->rules + table->n_rows * table->n_classes;
	size_t k = row_hash(row, table->n_classes) & mask;

	for (; heads[k] > 0; k = (k + 1) & mask)
		if (!memcmp(table->rules + (heads[k] - 1) * table->n_classes, row, bytes))
			return heads[k] - 1;
	heads[k] = (uint32_t)++table->n_rows;
	return heads[k] - 1;
}

enum nm_code nm_decision_table_build(const struct nm_timeline *timeline, const struct nm_classes *classes,
				     int line, struct nm_arena *arena, struct nm_decision_table *out,
				     struct nm_error *err)
{
	struct nm_decision_table table = { .n_classes = classes->n };
	const struct nm_plan *plan = timeline->plan;
	size_t size = 16;
	uint32_t *heads;

	while (size < 2 * timeline->n_states)
		size *= 2;
	if (timeline->n_states > SIZE_MAX / sizeof(*table.rules) / classes->n)
		return nm_fail_memory(err);
	table.rules = nm_arena_alloc(arena, timeline->n_states * classes->n, sizeof(*table.rules));
	table.row_of = nm_arena_alloc(arena, timeline->n_states, sizeof(*table.row_of));
	heads = calloc(size, sizeof(*heads));
	if (!table.rules || !table.row_of || !heads) {
		free(heads);
		return nm_fail_memory(err);
	}
	for (size_t i = 0; i < timeline->n_states; i++) {
		uint16_t *row = table.rules + table.n_rows * classes->n;

		for (size_t k = 0; k < classes->n; k++) {
			struct nm_decision decision = nm_decide(plan, &timeline->states[i], line,
								classes->items[k].groups, false);

			row[k] = rule_of(plan, &decision);
		}
		table.row_of[i] = row_find(&table, heads, size - 1);
	}
	free(heads);
	*out = table;
	return NM_OK;
}

/* --- windows --- */

/* The windows of one class, into room for all intervals; returns how many there are. */
static size_t class_windows(const struct nm_timeline *timeline, const uint16_t *rule_of_state,
			    struct nm_decided *out)
{
	uint32_t before = UINT32_MAX;
	size_t n = 0;

	for (size_t i = 0; i < timeline->n; i++) {
		uint16_t rule = rule_of_state[timeline->state[i]];

		/* Written in any case and kept when it differs: no branch that cannot be predicted. */
		out[n].from = timeline->start[i];
		out[n].rule = rule;
		n += rule != before;
		before = rule;
	}
	return n;
}

static enum nm_code list_build(const struct nm_timeline *timeline, const struct nm_decision_table *table,
			       size_t class, uint16_t *rule_of_state, struct nm_decided_list *out,
			       struct nm_error *err)
{
	/* Not zeroed and not from the arena: most of the room is given back untouched. */
	struct nm_decided *items = malloc((timeline->n + 1) * sizeof(*items)), *fitting;

	if (!items)
		return nm_fail_memory(err);
	for (size_t i = 0; i < timeline->n_states; i++)
		rule_of_state[i] = table->rules[table->row_of[i] * table->n_classes + class];
	out->n = class_windows(timeline, rule_of_state, items);
	fitting = realloc(items, out->n * sizeof(*items));
	out->items = fitting ? fitting : items;
	return NM_OK;
}

static enum nm_code lists_build(const struct nm_timeline *timeline, const struct nm_decision_table *table,
				struct nm_decided_classes *out, struct nm_error *err)
{
	uint16_t *rule_of_state = nm_arena_alloc(out->arena, timeline->n_states, sizeof(*rule_of_state));
	enum nm_code code = NM_OK;

	out->lists = nm_arena_alloc(out->arena, table->n_classes, sizeof(*out->lists));
	if (!rule_of_state || !out->lists)
		return nm_fail_memory(err);
	for (out->n = 0; !code && out->n < table->n_classes; out->n += !code)
		code = list_build(timeline, table, out->n, rule_of_state, &out->lists[out->n], err);
	return code;
}

enum nm_code nm_decided_build(const struct nm_timeline *timeline, const struct nm_classes *classes, int line,
			      struct nm_decided_classes *out, struct nm_error *err)
{
	struct nm_decided_classes decided = { .arena = nm_arena_new() };
	struct nm_decision_table table;
	enum nm_code code;

	if (!decided.arena)
		return nm_fail_memory(err);
	code = nm_decision_table_build(timeline, classes, line, decided.arena, &table, err);
	if (!code)
		code = lists_build(timeline, &table, &decided, err);
	if (code)
		nm_decided_clear(&decided);
	else
		*out = decided;
	return code;
}

void nm_decided_clear(struct nm_decided_classes *decided)
{
	for (size_t i = 0; i < decided->n; i++)
		free(decided->lists[i].items);
	nm_arena_free(decided->arena);
	*decided = (struct nm_decided_classes){ NULL, 0, NULL };
}
