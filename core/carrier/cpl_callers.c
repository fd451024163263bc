/* SPDX-License-Identifier: MIT */
/* Callers in the order in which a script asks for them (cpl_callers.h). */
#include "core/carrier/cpl_callers.h"

#include <stdlib.h>
#include <string.h>

struct nm_cpl_caller nm_cpl_caller_of(const struct nm_caller_pattern *pattern)
{
	struct nm_cpl_caller caller = { .pattern = *pattern };

	if (pattern->anonymous)
		memcpy(caller.text, NM_CPL_ANONYMOUS, sizeof(NM_CPL_ANONYMOUS));
	else
		nm_number_write(pattern->number, caller.text);
	return caller;
}

bool nm_cpl_callers_add(struct nm_cpl_callers *callers, const struct nm_caller_pattern *pattern)
{
	if (!nm_grow((void **)&callers->items, &callers->capacity, callers->n + 1, sizeof(*callers->items)))
		return false;
	callers->items[callers->n++] = nm_cpl_caller_of(pattern);
	return true;
}

void nm_cpl_callers_clear(struct nm_cpl_callers *callers)
{
	free(callers->items);
	*callers = (struct nm_cpl_callers){ 0 };
}

bool nm_cpl_caller_same(const struct nm_caller_pattern *a, const struct nm_caller_pattern *b)
{
	if (a->anonymous || b->anonymous)
		return a->anonymous == b->anonymous;
	return a->prefix == b->prefix && a->number == b->number;
}

bool nm_cpl_caller_covers(const struct nm_cpl_caller *a, const struct nm_cpl_caller *b)
{
	return !b->pattern.anonymous && a->pattern.prefix && strncmp(a->text, b->text, strlen(a->text)) == 0;
}

static int compare(const void *a, const void *b)
{
	const struct nm_cpl_caller *x = a, *y = b;
	const size_t x_len = strlen(x->text), y_len = strlen(y->text);

	if (x->pattern.prefix != y->pattern.prefix)
		return x->pattern.prefix ? 1 : -1;
	if (x->pattern.prefix && x_len != y_len)
		return x_len > y_len ? -1 : 1;
	return strcmp(x->text, y->text);
}

void nm_cpl_callers_settle(struct nm_cpl_callers *callers)
{
	struct nm_cpl_caller *items = callers->items;
	size_t n = 0;

	if (callers->n > 1)
		qsort(items, callers->n, sizeof(*items), compare);
	for (size_t i = 0; i < callers->n; i++)
		if (n == 0 || !nm_cpl_caller_same(&items[n - 1].pattern, &items[i].pattern))
			items[n++] = items[i];
	callers->n = n;
	callers->n_whole = 0;
	while (callers->n_whole < n && !items[callers->n_whole].pattern.prefix)
		callers->n_whole++;
	for (size_t i = 0; i < n; i++) {
		size_t wider = i < callers->n_whole ? callers->n_whole : i + 1;

		while (wider < n && !nm_cpl_caller_covers(&items[wider], &items[i]))
			wider++;
		items[i].wider = wider;
	}
}
