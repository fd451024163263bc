/* SPDX-License-Identifier: MIT */
/*
 * The shortest expression of a week among all that consist of rules of weekdays and times, each taking the place of
 * those before it (;) or adding to them (,).  Comes in: the minutes of a week, and how long the text may be.  Goes out:
 * the text, if there is a shorter one.
 *
 * Best first, from the last rule back to the first, with a bound from below on what is still to come (A*; Hart, Nilsson,
 * Raphael 1968): the first complete expression that comes out is the shortest.  Spans are as long as their days allow,
 * because all take the same place as text.  Weekdays are left out by the first rule alone, and not where the days that
 * have its times among theirs are none or a run, which people name.
 */
#include "hours_cover.h"

#include <stdlib.h>
#include <string.h>

/* The search is given up at so many states, ways to them that wait, and rules tried: some tenths of a second. */
#define STATES_MAX (1 << 15)
#define STEPS_MAX (1 << 16)
#define TRIES_MAX (1 << 20)
#define TABLE_SIZE (2 * STATES_MAX)

#define SPAN_LENGTH 12 /* "08:00-18:00,", the last one without a comma */
#define OFF_LENGTH 3
#define JOINT_LENGTH 2     /* "; " */
#define DAY_LENGTH 3       /* "Mo " */
#define EVERY_DAY_LENGTH 6 /* "Mo-Su " */

/* A cost is a length and, below it, what makes one of several texts of that length read worse. */
#define LENGTH_COST 4096
#define ADDS_COST 16
#define LONG_COST 3 /* for each weekday with a span of 24 hours and more */
#define WRAP_COST 2
#define OVERLAY_COST 1 /* for each weekday that a later rule takes over */

struct node {
	struct cover_state state;
	int cost;               /* of the rules after it, in the text */
	int bound;              /* of what is still to come */
	int after;              /* the node that the first of these led here from; -1: there is none */
	struct cover_rule rule; /* that one */
};

struct step {
	int cost; /* with the bound */
	int node;
};

struct search {
	struct cover_grid grid;
	int days_length[COVER_ALL + 1]; /* of weekdays by name, with a blank */
	int limit;                      /* a cost that is too much */
	bool given_up;
	struct node nodes[STATES_MAX];
	int table[TABLE_SIZE];       /* of nodes by state, plus 1; 0: free */
	struct step heap[STEPS_MAX]; /* each no dearer than those at 2i + 1 and 2i + 2 */
	int n_nodes, n_steps, n_tries;
};

/* --- the steps that wait --- */

static void step_push(struct search *search, struct step step)
{
	int i = search->n_steps;

	if (i == STEPS_MAX) {
		search->given_up = true;
		return;
	}
	search->n_steps++;
	for (; i > 0 && search->heap[(i - 1) / 2].cost > step.cost; i = (i - 1) / 2)
		search->heap[i] = search->heap[(i - 1) / 2];
	search->heap[i] = step;
}

static struct step step_pop(struct search *search)
{
	struct step *heap = search->heap, first = heap[0], last = heap[--search->n_steps];
	const int n = search->n_steps;
	int i = 0, child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && heap[child + 1].cost < heap[child].cost)
			child++;
		if (last.cost <= heap[child].cost)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = last;
	return first;
}

/* --- the states that were met --- */

static bool same_state(const struct cover_state *a, const struct cover_state *b)
{
	return a->done == b->done && !memcmp(a->left, b->left, sizeof a->left);
}

/* FNV-1a, over words. */
static uint32_t state_hash(const struct cover_state *state)
{
	uint32_t hash = (2166136261u ^ state->done) * 16777619u;
	int day;

	for (day = 0; day < COVER_DAYS; day++)
		hash = (hash ^ state->left[day]) * 16777619u;
	return hash ^ hash >> 15;
}

/* The place in the table where a state is, or would be. */
static uint32_t slot_find(const struct search *search, const struct cover_state *state)
{
	uint32_t slot = state_hash(state) % TABLE_SIZE;

	while (search->table[slot] && !same_state(&search->nodes[search->table[slot] - 1].state, state))
		slot = (slot + 1) % TABLE_SIZE;
	return slot;
}

/* NULL when there is room for no more. */
static struct node *node_add(struct search *search, uint32_t slot, const struct cover_state *state)
{
	struct node *node = &search->nodes[search->n_nodes];

	if (search->n_nodes == STATES_MAX) {
		search->given_up = true;
		return NULL;
	}
	search->table[slot] = ++search->n_nodes;
	node->state = *state;
	return node;
}

/* --- rules --- */

/* Of every day, where there are days that have its times among theirs, and these are no run: people name one. */
static bool may_be_nameless(const struct cover_grid *grid, const struct cover_rule *rule)
{
	const unsigned with = nm_cover_days_with(grid, rule);

	return rule->days == COVER_ALL && with && !nm_hours_days_run(with);
}

/* A rule that leads to a state, which is the first where nothing is left. */
static int rule_cost(const struct search *search, const struct cover_rule *rule,
		     const struct cover_state *before, unsigned own_days)
{
	const bool nameless = nm_cover_is_done(before) && may_be_nameless(&search->grid, rule);
	int cost = JOINT_LENGTH + (nameless ? 0 : search->days_length[rule->days]);
	size_t i;

	cost += rule->n ? (int)rule->n * SPAN_LENGTH - 1 : OFF_LENGTH;
	cost *= LENGTH_COST;
	cost += rule->adds ? ADDS_COST : 0;
	cost += __builtin_popcount(rule->days & ~own_days) * OVERLAY_COST;
	for (i = 0; i < rule->n; i++) {
		const struct nm_minutes span = rule->runs[i].span;

		cost += span.until > MINUTES_DAY ? WRAP_COST : 0;
		if (span.until > MINUTES_DAY && span.until - span.from >= MINUTES_DAY)
			cost += __builtin_popcount(rule->days) * LONG_COST;
	}
	return cost;
}

static void days_measure(struct search *search)
{
	char text[HOURS_DAYS];
	unsigned days;

	for (days = 1; days < COVER_ALL; days++)
		search->days_length[days] = nm_hours_days_write(days, text) + 1;
	search->days_length[COVER_ALL] = EVERY_DAY_LENGTH;
}

/* What is still to come, at least: rules that each, but for the first, name a weekday. */
static int bound_of(const struct search *search, const struct cover_state *state)
{
	const struct cover_bound bound = nm_cover_bound(&search->grid, state);

	if (!bound.rules)
		return 0;
	return (bound.spans * SPAN_LENGTH + bound.rules * (JOINT_LENGTH - 1) +
		(bound.rules - 1) * DAY_LENGTH) *
	       LENGTH_COST;
}

static void rule_try(struct search *search, int from, struct cover_rule *rule)
{
	struct cover_state state = search->nodes[from].state;
	const unsigned own_days = rule->days & ~(unsigned)state.done;
	struct node *node = NULL;
	uint32_t slot;
	int cost, bound;

	search->given_up |= search->n_tries++ == TRIES_MAX;
	if (!nm_cover_apply(&state, rule))
		return;
	cost = search->nodes[from].cost + rule_cost(search, rule, &state, own_days);
	slot = slot_find(search, &state);
	if (search->table[slot])
		node = &search->nodes[search->table[slot] - 1];
	if (node && node->cost <= cost)
		return;
	bound = node ? node->bound : bound_of(search, &state);
	if (cost + bound >= search->limit)
		return;
	if (!node)
		node = node_add(search, slot, &state);
	if (!node)
		return;
	node->cost = cost;
	node->bound = bound;
	node->after = from;
	node->rule = *rule;
	step_push(search, (struct step){ cost + bound, (int)(node - search->nodes) });
}

static void days_try(struct search *search, int from, unsigned days)
{
	const struct cover_state *state = &search->nodes[from].state;
	struct cover_run runs[COVER_RUNS];
	const size_t n = nm_cover_runs(&search->grid, state, days, runs);
	unsigned choice;
	size_t i;

	if (n > COVER_RUNS) {
		search->given_up = true;
		return;
	}
	for (choice = 0; choice < 1u << n; choice++) {
		struct cover_rule rule = { .days = (uint8_t)days };

		for (i = 0; i < n; i++)
			if (choice >> i & 1)
				rule.runs[rule.n++] = runs[i];
		rule_try(search, from, &rule);
	}
}

/* The node of a state that leaves nothing, by the cheapest way; -1: there is none within the limits. */
static int search_run(struct search *search)
{
	const struct cover_state begin = nm_cover_begin(&search->grid);
	struct node *first = node_add(search, slot_find(search, &begin), &begin);
	unsigned days;

	first->after = -1;
	step_push(search, (struct step){ 0, 0 });
	while (search->n_steps > 0 && !search->given_up) {
		const struct step step = step_pop(search);
		const struct cover_state *state = &search->nodes[step.node].state;

		if (nm_cover_is_done(state))
			return step.node;
		for (days = 1; days <= COVER_ALL; days++)
			days_try(search, step.node, days);
	}
	return -1;
}

/* --- the text --- */

/* By their first weekday, and of these those of more weekdays first. */
static bool comes_before(const struct cover_rule *a, const struct cover_rule *b)
{
	const int a_first = __builtin_ctz(a->days), b_first = __builtin_ctz(b->days);

	if (a_first != b_first)
		return a_first < b_first;
	return __builtin_popcount(a->days) > __builtin_popcount(b->days);
}

/* Each takes the place of those before it where it can, else it adds.  False: in this order they say something else. */
static bool rules_join(const struct cover_grid *grid, struct cover_rule *rules, size_t n)
{
	struct cover_state state = nm_cover_begin(grid);
	size_t i = n;

	while (i-- > 0)
		if (!nm_cover_apply(&state, &rules[i]))
			return false;
	return nm_cover_says(grid, rules, n);
}

/* Into the week's order, as far as they say the same then. */
static void rules_sort(const struct cover_grid *grid, struct cover_rule *rules, size_t n)
{
	bool moved = true;
	size_t i;

	while (moved) {
		moved = false;
		for (i = 0; i + 1 < n; i++) {
			const struct cover_rule first = rules[i], second = rules[i + 1];

			if (!comes_before(&second, &first))
				continue;
			rules[i] = second;
			rules[i + 1] = first;
			if (rules_join(grid, rules, n)) {
				moved = true;
				continue;
			}
			rules[i] = first;
			rules[i + 1] = second;
			rules_join(grid, rules, n);
		}
	}
}

static void rule_write(const struct cover_grid *grid, const struct cover_rule *rule, bool first,
		       struct nm_buf *out)
{
	struct nm_minutes spans[COVER_RUNS];
	char days[HOURS_DAYS];
	size_t i;

	nm_hours_days_write(rule->days, days);
	if (!first)
		nm_buf_add(out, rule->adds ? ", " : "; ");
	if (days[0])
		nm_buf_addf(out, "%s ", days);
	else if (!first || !may_be_nameless(grid, rule))
		nm_buf_add(out, "Mo-Su ");
	for (i = 0; i < rule->n; i++)
		spans[i] = rule->runs[i].span;
	if (rule->n)
		nm_hours_spans_write(spans, rule->n, out);
	else
		nm_buf_add(out, "off");
}

static void found_write(const struct search *search, int found, struct nm_buf *out)
{
	struct cover_rule rules[ITEMS_MAX];
	size_t n = 0, i;

	for (; search->nodes[found].after >= 0 && n < ITEMS_MAX; found = search->nodes[found].after)
		rules[n++] = search->nodes[found].rule;
	rules_sort(&search->grid, rules, n);
	for (i = 0; i < n; i++)
		rule_write(&search->grid, &rules[i], i == 0, out);
}

enum nm_code nm_hours_search(const struct nm_hours_week *week, size_t length, struct nm_buf *out, bool *found,
			     struct nm_error *err)
{
	struct search *search = calloc(1, sizeof *search);
	int node = -1;

	if (!search)
		return nm_fail_memory(err);
	search->limit = (int)(length + JOINT_LENGTH) * LENGTH_COST;
	days_measure(search);
	if (nm_cover_grid(week, &search->grid))
		node = search_run(search);
	if (node >= 0)
		found_write(search, node, out);
	*found = node >= 0;
	free(search);
	return NM_OK;
}
