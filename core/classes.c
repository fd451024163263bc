/* SPDX-License-Identifier: MIT */
/*
 * Classes of callers.  In: the caller groups of a plan; out: which groups a caller is in, and one
 * caller for every set of groups that some number has.  Prefixes nest like a tree, so a number that
 * no longer pattern holds is looked for below each of them, digit by digit.  Knows no rules.
 */
#include <stdlib.h>

#include "core/callers.h"
#include "nevermiss/decide.h"

#define DIGITS_MAX 15 /* E.164 */

static int digits_of(nm_number number)
{
	int n = 0;

	for (; number > 0; number /= 10)
		n++;
	return n;
}

static bool pattern_matches(const struct nm_caller_pattern *pattern, struct nm_caller caller)
{
	nm_number number = caller.number;

	if (pattern->anonymous || caller.anonymous)
		return pattern->anonymous && caller.anonymous;
	if (!pattern->prefix)
		return number != 0 && number == pattern->number;
	for (int extra = digits_of(number) - digits_of(pattern->number); extra > 0; extra--)
		number /= 10;
	return number != 0 && number == pattern->number;
}

uint64_t nm_caller_groups(const struct nm_plan *plan, struct nm_caller caller)
{
	uint64_t groups = 0;

	for (size_t i = 0; i < plan->n_callers; i++)
		for (size_t k = 0; k < plan->callers[i].n; k++)
			if (pattern_matches(&plan->callers[i].patterns[k], caller)) {
				groups |= (uint64_t)1 << i;
				break;
			}
	return groups;
}

bool nm_caller_listed(const struct nm_plan *plan, struct nm_caller caller)
{
	for (size_t i = 0; i < plan->n_callers; i++)
		for (size_t k = 0; k < plan->callers[i].n; k++)
			if (!plan->callers[i].patterns[k].prefix &&
			    pattern_matches(&plan->callers[i].patterns[k], caller))
				return true;
	return false;
}

/* --- the same, prepared for many callers --- */

static int entry_compare(const void *a, const void *b)
{
	const struct nm_caller_entry *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

/* Sorts, and makes one entry of those with one number. */
static size_t entries_unite(struct nm_caller_entry *entries, size_t n)
{
	size_t kept = 0;

	if (n > 1)
		qsort(entries, n, sizeof(*entries), entry_compare);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && entries[kept - 1].number == entries[i].number)
			entries[kept - 1].groups |= entries[i].groups;
		else
			entries[kept++] = entries[i];
	}
	return kept;
}

enum nm_code nm_caller_index_build(const struct nm_plan *plan, struct nm_arena *arena,
				   struct nm_caller_index *out, struct nm_error *err)
{
	struct nm_caller_index index = { 0 };
	size_t all = 0;

	for (size_t i = 0; i < plan->n_callers; i++)
		all += plan->callers[i].n;
	index.exact = nm_arena_alloc(arena, all, sizeof(*index.exact));
	index.prefixes = nm_arena_alloc(arena, all, sizeof(*index.prefixes));
	if (!index.exact || !index.prefixes)
		return nm_fail_memory(err);
	for (size_t i = 0; i < plan->n_callers; i++) {
		for (size_t k = 0; k < plan->callers[i].n; k++) {
			const struct nm_caller_pattern *pattern = &plan->callers[i].patterns[k];
			struct nm_caller_entry entry = { pattern->number, (uint64_t)1 << i };

			if (pattern->anonymous)
				index.anonymous |= entry.groups;
			else if (pattern->prefix)
				index.prefixes[index.n_prefixes++] = entry;
			else
				index.exact[index.n_exact++] = entry;
		}
	}
	index.n_exact = entries_unite(index.exact, index.n_exact);
	index.n_prefixes = entries_unite(index.prefixes, index.n_prefixes);
	*out = index;
	return NM_OK;
}

/* First entry that is not below `number`. */
static size_t entry_bound(const struct nm_caller_entry *entries, size_t n, nm_number number)
{
	size_t low = 0;

	while (n > 0) {
		size_t half = n / 2;

		if (entries[low + half].number < number) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return low;
}

static uint64_t entry_groups(const struct nm_caller_entry *entries, size_t n, nm_number number)
{
	size_t i = entry_bound(entries, n, number);

	return i < n && entries[i].number == number ? entries[i].groups : 0;
}

uint64_t nm_caller_index_groups(const struct nm_caller_index *index, struct nm_caller caller)
{
	uint64_t groups;

	if (caller.anonymous)
		return index->anonymous;
	groups = entry_groups(index->exact, index->n_exact, caller.number);
	if (index->n_prefixes > 0)
		for (nm_number number = caller.number; number > 0; number /= 10)
			groups |= entry_groups(index->prefixes, index->n_prefixes, number);
	return groups;
}

/* --- witnesses --- */

/* Does any pattern lie at or below the numbers that begin with `number`, `digits` of them? */
static bool entries_below(const struct nm_caller_entry *entries, size_t n, nm_number number, int digits)
{
	nm_number low = number, size = 1;

	for (; digits <= DIGITS_MAX + 1; digits++) {
		size_t i = entry_bound(entries, n, low);

		if (i < n && entries[i].number - low < size)
			return true;
		if (low > UINT64_MAX / 10)
			break;
		low *= 10;
		size *= 10;
	}
	return false;
}

static bool index_below(const struct nm_caller_index *index, nm_number number, int digits)
{
	return entries_below(index->exact, index->n_exact, number, digits) ||
	       entries_below(index->prefixes, index->n_prefixes, number, digits);
}

/* A whole number of `length` digits beginning with `number` that no longer pattern holds; 0 when they
 * hold them all.  Goes down at most DIGITS_MAX digits. */
static nm_number number_free(const struct nm_caller_index *index, nm_number number, int digits, int length)
{
	if (digits >= length)
		return entry_groups(index->exact, index->n_exact, number) ? 0 : number;
	/* Fives first: 555 is the exchange that belongs to nobody. */
	for (unsigned i = 0; i < 10; i++) {
		nm_number below = number * 10 + (i + 5) % 10, found;

		if (!index_below(index, below, digits + 1)) {
			for (int k = digits + 1; k < length; k++)
				below = below * 10 + (k + 2 < length ? 5 : 1);
			return below;
		}
		if (entry_groups(index->prefixes, index->n_prefixes, below))
			continue;
		found = number_free(index, below, digits + 1, length);
		if (found)
			return found;
	}
	return 0;
}

/* A caller of this prefix and of none below it; the number is 0 when there is none. */
static nm_number prefix_witness(const struct nm_caller_index *index, nm_number prefix)
{
	int digits = digits_of(prefix), length = nm_number_length(prefix);
	nm_number found;

	if (length <= 0)
		length = digits < 11 ? 12 : DIGITS_MAX;
	found = number_free(index, prefix, digits, length);
	/* Where lengths vary, a longer number may still be free. */
	if (!found && nm_number_length(prefix) <= 0 && length < DIGITS_MAX)
		found = number_free(index, prefix, digits, DIGITS_MAX);
	return found;
}

/* --- the classes --- */

static const char *class_words(const struct nm_plan *plan, uint64_t groups, struct nm_arena *arena)
{
	const char *words = NULL;

	for (size_t i = 0; i < plan->n_callers; i++) {
		if (!(groups >> i & 1))
			continue;
		if (!words)
			words = nm_arena_format(arena, "callers %s", plan->callers[i].name);
		else
			words = nm_arena_format(arena, groups >> i == 1 ? "%s and %s" : "%s, %s", words,
						plan->callers[i].name);
		if (!words)
			return NULL;
	}
	return words;
}

struct class_list {
	const struct nm_plan *plan;
	struct nm_arena *arena;
	struct nm_class *items; /* malloc'd */
	size_t n, capacity;
	bool apart; /* the listed ones */
};

static bool class_add(struct class_list *list, uint64_t groups, struct nm_caller witness, bool listed,
		      const char *words)
{
	if (!words || !nm_grow((void **)&list->items, &list->capacity, list->n + 1, sizeof(*list->items)))
		return false;
	list->items[list->n++] = (struct nm_class){ groups, witness, listed, words };
	return true;
}

/* Adds the class of this number unless it is there already. */
static bool class_of(struct class_list *list, const struct nm_caller_index *index, nm_number number, bool listed)
{
	struct nm_caller witness = { false, number };
	const char *words;
	uint64_t groups;

	if (number == 0)
		return true;
	groups = nm_caller_index_groups(index, witness);
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].groups == groups && (!list->apart || list->items[i].listed == listed))
			return true;
	words = class_words(list->plan, groups, list->arena);
	if (words && list->apart && !listed)
		words = nm_arena_format(list->arena, "%s by how their number begins", words);
	return class_add(list, groups, witness, listed, words);
}

static bool classes_find(struct class_list *list, const struct nm_caller_index *index)
{
	const struct nm_plan *plan = list->plan;
	bool any = index->n_exact > 0 || index->n_prefixes > 0 || index->anonymous;

	if (!class_add(list, 0, (struct nm_caller){ false, 0 }, false, any ? "any other caller" : "any caller"))
		return false;
	/* In the plan's order, so that the same plan always gives the same classes. */
	for (size_t i = 0; i < plan->n_callers; i++)
		for (size_t k = 0; k < plan->callers[i].n; k++) {
			const struct nm_caller_pattern *pattern = &plan->callers[i].patterns[k];
			nm_number number = pattern->number;

			if (pattern->anonymous)
				continue;
			if (!class_of(list, index, pattern->prefix ? prefix_witness(index, number) : number,
				      !pattern->prefix))
				return false;
		}
	if (!index->anonymous)
		return true;
	return class_add(list, index->anonymous, (struct nm_caller){ true, 0 }, true, "anonymous callers");
}

static enum nm_code build(const struct nm_plan *plan, bool apart, struct nm_classes *out, struct nm_error *err)
{
	struct class_list list = { .plan = plan, .arena = nm_arena_new(), .apart = apart };
	struct nm_arena *scratch = nm_arena_new();
	struct nm_caller_index index;
	enum nm_code code = NM_OK;

	if (!list.arena || !scratch)
		code = nm_fail_memory(err);
	if (!code)
		code = nm_caller_index_build(plan, scratch, &index, err);
	if (!code && !classes_find(&list, &index))
		code = nm_fail_memory(err);
	if (!code) {
		out->items = nm_arena_alloc(list.arena, list.n, sizeof(*out->items));
		if (!out->items)
			code = nm_fail_memory(err);
	}
	if (!code) {
		for (size_t i = 0; i < list.n; i++)
			out->items[i] = list.items[i];
		out->n = list.n;
		out->arena = list.arena;
		list.arena = NULL;
	}
	free(list.items);
	nm_arena_free(list.arena);
	nm_arena_free(scratch);
	return code;
}

enum nm_code nm_classes_build(const struct nm_plan *plan, struct nm_classes *out, struct nm_error *err)
{
	return build(plan, false, out, err);
}

enum nm_code nm_classes_build_listed(const struct nm_plan *plan, struct nm_classes *out, struct nm_error *err)
{
	return build(plan, true, out, err);
}

void nm_classes_clear(struct nm_classes *classes)
{
	nm_arena_free(classes->arena);
	*classes = (struct nm_classes){ 0, NULL, NULL };
}
