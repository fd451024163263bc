/* SPDX-License-Identifier: MIT */
/*
 * Moving a section among its own kind: sections and their comments change places, and what stands
 * between them (blank lines, sections of other kinds) stays.
 */
#include "core/edit_parts.h"

#include <stdlib.h>
#include <string.h>

/* The bytes that change places: with the comments only when all involved stand on lines of their own. */
static struct span chunk(const struct outline *outline, const struct item *item, bool with_comments)
{
	struct span span = item->all;

	if (with_comments) {
		span.from = edit_attached(outline, item);
		span.from += strspn(outline->text + span.from, " \t");
		edit_last_on_line(outline, item->all.until, &span.until);
		span.until += strspn(outline->text + span.until, " \t");
	}
	return span;
}

/* The steps of its path, or the sections of its kind in the order in which the plan is read: malloc'd, NULL when memory
 * is out. */
static struct edit_at *kind_order(const struct edit_parts *parts, struct edit_at at, size_t *n)
{
	const struct outline *outline = &at.part->outline;
	const struct item *section = &outline->items[at.item];
	struct edit_at *steps;

	if (section->parent == OUTLINE_TOP)
		return edit_parts_order(parts, outline->text + section->name.from, section->name.until - section->name.from, n);
	steps = calloc(outline->n_items, sizeof *steps);
	*n = 0;
	for (size_t i = 0; steps && i < outline->n_items; i++) {
		const struct item *item = &outline->items[i];

		if (item->kind == ITEM_SECTION && item->parent == section->parent && item->all.until &&
		    edit_span_is(outline, item->name, "step"))
			steps[(*n)++] = (struct edit_at){ at.part, (int)i };
	}
	return steps;
}

static const struct item *item_at(struct edit_at at)
{
	return &at.part->outline.items[at.item];
}

/* Each takes the place of the one before; the first goes where the last is.  way: 1 down, -1 up. */
static enum nm_code rotate(const struct edit_at *first, size_t n, int way, struct nm_error *err)
{
	bool with_comments = true;

	for (size_t i = 0; i < n; i++)
		with_comments &= edit_alone(&first[(long)i * way].part->outline, item_at(first[(long)i * way]));
	for (size_t i = 0; n > 1 && i < n; i++) {
		const struct edit_at at = first[(long)i * way], other = first[(long)((i + 1) % n) * way];
		const struct span from = chunk(&other.part->outline, item_at(other), with_comments);
		struct splice *splice = edit_splice_add(&at.part->splices);

		if (!splice)
			return nm_fail_memory(err);
		splice->span = chunk(&at.part->outline, item_at(at), with_comments);
		nm_buf_addn(&splice->text, other.part->outline.text + from.from, from.until - from.from);
	}
	return NM_OK;
}

enum nm_code edit_move(struct edit_parts *parts, struct edit_at at, int by, struct nm_error *err)
{
	const size_t far = (size_t)(by < 0 ? -(long)by : by);
	size_t n, i = 0, there;
	struct edit_at *order = kind_order(parts, at, &n);
	enum nm_code code;

	if (!order)
		return nm_fail_memory(err);
	while (i < n && (order[i].part != at.part || order[i].item != at.item))
		i++;
	there = by < 0 ? i : n - 1 - i;
	if (i == n || far > there)
		code = nm_fail(err, NM_INPUT, "the section cannot move that far: there are %zu of its kind %s it",
			       i == n ? 0 : there, by < 0 ? "above" : "below");
	else
		code = rotate(order + i, far + 1, by < 0 ? -1 : 1, err);
	free(order);
	return code;
}
