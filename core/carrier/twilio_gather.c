/* SPDX-License-Identifier: MIT */
/* What stands in a flow: see twilio_flow.h.  Comes in: a route.  Goes out: lists, timetables and chains. */
#include "core/carrier/twilio_flow.h"

#include <stdlib.h>
#include <string.h>

#include "core/ascii.h"

#define LISTS_MAX NM_PLAN_GROUPS
#define NAME_LETTERS 24

void nm_flow_fail(struct nm_flow *f, enum nm_code code)
{
	if (f->code == NM_OK)
		f->code = code;
}

const char *nm_flow_kept(struct nm_flow *f, const char *text)
{
	if (text == NULL)
		nm_flow_fail(f, nm_fail_memory(f->err));
	return text != NULL ? text : "";
}

const char *nm_flow_plain(struct nm_flow *f, const char *text)
{
	char *copy = nm_arena_textn(f->arena, text, strnlen(text, NAME_LETTERS));

	for (char *c = copy; c != NULL && *c != '\0'; c++)
		if (!nm_ascii_is_letter(*c) && !nm_ascii_is_digit(*c))
			*c = '_';
	return nm_flow_kept(f, copy);
}

static bool reaches_nobody(const struct nm_treatment *treatment)
{
	return treatment->text_back == NULL && treatment->alerts.n == 0 &&
	       (treatment->verdict != NM_VERDICT_PATH || (treatment->n == 0 && treatment->greeting == NULL));
}

int nm_flow_chain(struct nm_flow *f, int treatment, int key)
{
	const struct nm_treatment *first = f->route->treatments[treatment];
	struct nm_flow_chain *chain;

	if (reaches_nobody(first))
		return NM_NOWHERE;
	if (!nm_treatment_greets(first))
		key = NM_NOWHERE;
	for (size_t i = 0; i < f->n_chains; i++)
		if (f->chains[i].treatment == treatment && f->chains[i].key == key)
			return (int)i;
	if (!nm_grow((void **)&f->chains, &f->chains_capacity, f->n_chains + 1, sizeof(*f->chains))) {
		nm_flow_fail(f, nm_fail_memory(f->err));
		return NM_NOWHERE;
	}
	chain = &f->chains[f->n_chains];
	*chain = (struct nm_flow_chain){ .treatment = treatment, .key = key };
	chain->name = nm_flow_kept(
		f, nm_arena_format(f->arena, "p%zu_%s", f->n_chains + 1,
				   nm_flow_plain(f, first->path != NULL ? first->path : "nobody")));
	return (int)f->n_chains++;
}

const struct nm_flow_chain *nm_flow_texts_as(const struct nm_flow *f, const struct nm_flow_chain *chain)
{
	const char *text = f->route->treatments[chain->treatment]->text_back;

	for (size_t i = 0; text != NULL && i < f->n_chains; i++) {
		const char *other = f->route->treatments[f->chains[i].treatment]->text_back;

		if (other != NULL && strcmp(other, text) == 0)
			return &f->chains[i];
	}
	return chain;
}

/* What the callers of a class get, by situation: a timetable of its own or one of before. */
static size_t make_timetable(struct nm_flow *f, size_t class)
{
	const struct nm_route *route = f->route;
	int *chains = nm_arena_alloc(f->arena, route->n_situations, sizeof(*chains));

	if (chains == NULL || !nm_grow((void **)&f->timetables, &f->timetables_capacity, f->n_timetables + 1,
				       sizeof(*f->timetables))) {
		nm_flow_fail(f, nm_fail_memory(f->err));
		return 0;
	}
	for (size_t s = 0; s < route->n_situations; s++)
		chains[s] = nm_flow_chain(f, route->situations[s].treatment[class],
					  route->situations[s].key[class]);
	for (size_t i = 0; i < f->n_timetables; i++)
		if (memcmp(f->timetables[i].chains, chains, route->n_situations * sizeof(*chains)) == 0)
			return i;
	f->timetables[f->n_timetables].chains = chains;
	return f->n_timetables++;
}

size_t nm_flow_timetable(struct nm_flow *f, size_t class)
{
	if (f->timetable_of[class] == 0)
		f->timetable_of[class] = make_timetable(f, class) + 1;
	return f->timetable_of[class] - 1;
}

/* The list of a class, new or as before; NULL: memory. */
static struct nm_flow_list *find_list(struct nm_flow *f, size_t class)
{
	for (size_t i = 0; i < f->n_lists; i++)
		if (f->lists[i].class == class)
			return &f->lists[i];
	if (!nm_grow((void **)&f->lists, &f->lists_capacity, f->n_lists + 1, sizeof(*f->lists))) {
		nm_flow_fail(f, nm_fail_memory(f->err));
		return NULL;
	}
	f->lists[f->n_lists] = (struct nm_flow_list){ .class = class };
	return &f->lists[f->n_lists++];
}

static void list_caller(struct nm_flow *f, struct nm_caller_pattern pattern)
{
	const struct nm_caller caller = { .anonymous = pattern.anonymous, .number = pattern.number };
	const size_t class = nm_route_class_of(f->route, nm_route_groups(f->route, caller));
	struct nm_flow_list *list;

	if (nm_flow_timetable(f, class) == 0 || (list = find_list(f, class)) == NULL)
		return;
	if (pattern.anonymous) {
		list->anonymous = true;
		return;
	}
	if (!nm_grow((void **)&list->numbers, &list->capacity, list->n + 1, sizeof(*list->numbers)))
		nm_flow_fail(f, nm_fail_memory(f->err));
	else
		list->numbers[list->n++] = pattern.number;
}

static int compare_numbers(const void *a, const void *b)
{
	const nm_number *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void sort_list(struct nm_flow_list *list)
{
	size_t n = 0;

	if (list->n == 0)
		return;
	qsort(list->numbers, list->n, sizeof(*list->numbers), compare_numbers);
	for (size_t i = 0; i < list->n; i++)
		if (n == 0 || list->numbers[n - 1] != list->numbers[i])
			list->numbers[n++] = list->numbers[i];
	list->n = n;
}

/* Timetable 0 is that of callers who are on no list. */
void nm_flow_gather(struct nm_flow *f)
{
	const struct nm_route *route = f->route;

	f->commonest = nm_twilio_commonest(route, f->arena);
	f->timetable_of = nm_arena_alloc(f->arena, route->n_classes, sizeof(*f->timetable_of));
	if (f->commonest < 0 || f->timetable_of == NULL) {
		nm_flow_fail(f, nm_fail_memory(f->err));
		return;
	}
	nm_flow_timetable(f, nm_route_class_of(route, 0));
	for (size_t g = 0; g < route->n_groups; g++)
		for (size_t i = 0; i < route->groups[g].n && f->code == NM_OK; i++)
			list_caller(f, route->groups[g].patterns[i]);
	for (size_t i = 0; i < f->n_lists; i++)
		sort_list(&f->lists[i]);
	if (f->n_lists > LISTS_MAX)
		nm_flow_fail(
			f,
			nm_fail(f->err, NM_INPUT,
				"the plan tells %zu kinds of callers apart, and this driver's flow at most %d; "
				"fewer overlapping groups of callers would help",
				f->n_lists, LISTS_MAX));
	/* What the key gives is played without the key; this may add more of them. */
	for (size_t i = 0; i < f->n_chains && f->code == NM_OK; i++)
		if (f->chains[i].key != NM_NOWHERE)
			nm_flow_chain(f, f->chains[i].key, NM_NOWHERE);
}

void nm_flow_clear(struct nm_flow *f)
{
	for (size_t i = 0; i < f->n_lists; i++)
		free(f->lists[i].numbers);
	free(f->lists);
	free(f->timetables);
	free(f->chains);
	nm_buf_clear(&f->text);
	nm_arena_free(f->arena);
}
