/* SPDX-License-Identifier: MIT */
/*
 * A plan's texts for an edit: each outlined by itself, so that nothing that is done to one can touch the bytes of
 * another, and in the order in which the plan is read.
 */
#include "core/edit_parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/plan_private.h"

/* --- in and out --- */

enum nm_code edit_parts_read(struct nm_texts texts, struct edit_parts *out, struct nm_error *err)
{
	struct nm_file_text at = { 0 };
	enum nm_code code = nm_texts_good(texts, err);
	size_t n = 0;

	*out = (struct edit_parts){ 0 };
	if (code)
		return code;
	while (nm_texts_next(texts, &at))
		n++;
	out->items = calloc(n, sizeof *out->items);
	if (!out->items)
		return nm_fail_memory(err);
	for (at = (struct nm_file_text){ 0 }; !code && nm_texts_next(texts, &at);) {
		struct edit_part *part = &out->items[out->n];

		part->text = at;
		code = edit_outline_read(at.text, at.len, &part->outline, err);
		out->n += code == NM_OK;
	}
	if (code)
		edit_parts_clear(out);
	return code;
}

void edit_parts_clear(struct edit_parts *parts)
{
	for (size_t i = 0; i < parts->n; i++) {
		struct splices *splices = &parts->items[i].splices;

		for (size_t j = 0; j < splices->n; j++)
			nm_buf_clear(&splices->items[j].text);
		free(splices->items);
		edit_outline_clear(&parts->items[i].outline);
	}
	free(parts->items);
	*parts = (struct edit_parts){ 0 };
}

static int splice_order(const void *a, const void *b)
{
	const struct splice *x = a, *y = b;

	return x->span.from < y->span.from ? -1 : x->span.from > y->span.from;
}

static enum nm_code part_apply(struct edit_part *part, struct nm_buf *out, struct nm_error *err)
{
	const struct outline *outline = &part->outline;
	struct splices *splices = &part->splices;
	size_t at = 0, size = outline->len, i;
	struct nm_buf text;
	enum nm_code code;

	nm_buf_init(&text, NM_PLAN_BYTES);
	if (splices->n)
		qsort(splices->items, splices->n, sizeof *splices->items, splice_order);
	for (i = 0; i < splices->n; i++) {
		const struct splice *splice = &splices->items[i];

		nm_buf_addn(&text, outline->text + at, splice->span.from - at);
		nm_buf_addn(&text, splice->text.data, splice->text.len);
		text.failed |= splice->text.failed;
		at = splice->span.until;
		size += splice->text.len - (splice->span.until - splice->span.from);
	}
	nm_buf_addn(&text, outline->text + at, outline->len - at);
	if (size > NM_PLAN_BYTES)
		code = nm_fail(err, NM_INPUT, "the plan would be too large: %u bytes at most", NM_PLAN_BYTES);
	else
		code = text.failed ? nm_fail_memory(err) : NM_OK;
	if (!code)
		nm_texts_add(out, part->text.name, text.data, text.len);
	nm_buf_clear(&text);
	return code;
}

enum nm_code edit_parts_apply(struct edit_parts *parts, struct nm_buf *out, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < parts->n && !code; i++)
		code = part_apply(&parts->items[i], out, err);
	return code || !out->failed ? code : nm_fail_memory(err);
}

/* --- the order in which the plan is read --- */

struct order {
	const struct edit_parts *parts;
	const char *kind;
	size_t kind_len;
	struct edit_at *items;
	size_t n, capacity;
	bool *read; /* of each part */
	struct nm_arena *arena;
	bool no_memory;
};

/* Which of the parts an include names; their number: none that is here. */
static size_t included(struct order *order, const struct edit_part *part, const struct item *item)
{
	const struct outline *outline = &part->outline;
	const struct span span = outline->values[item->first_value];
	char *value = nm_arena_alloc(order->arena, span.until - span.from + 1, 1);
	const char *name;
	size_t i = 1;

	if (value)
		edit_decode(outline, span, value);
	name = value ? nm_plan_beside(order->arena, part->text.name, value) : NULL;
	order->no_memory |= !name;
	while (name && i < order->parts->n && strcmp(order->parts->items[i].text.name, name) != 0)
		i++;
	return name ? i : order->parts->n;
}

static void order_read(struct order *order, size_t at)
{
	struct edit_part *part = &order->parts->items[at];
	const struct outline *outline = &part->outline;

	order->read[at] = true;
	for (size_t i = 0; i < outline->n_items && !order->no_memory; i++) {
		const struct item *item = &outline->items[i];
		void *grown = order->items;
		size_t inner;

		if (item->parent != OUTLINE_TOP)
			continue;
		if (item->kind == ITEM_CALL && item->n_values == 1 && edit_span_is(outline, item->name, "include")) {
			inner = included(order, part, item);
			if (inner < order->parts->n && !order->read[inner])
				order_read(order, inner);
		}
		if (item->kind != ITEM_SECTION || !item->all.until || item->name.until - item->name.from != order->kind_len ||
		    memcmp(outline->text + item->name.from, order->kind, order->kind_len) != 0)
			continue;
		order->no_memory = !nm_grow(&grown, &order->capacity, order->n + 1, sizeof *order->items);
		order->items = grown;
		if (!order->no_memory)
			order->items[order->n++] = (struct edit_at){ part, (int)i };
	}
}

struct edit_at *edit_parts_order(const struct edit_parts *parts, const char *kind, size_t kind_len, size_t *n)
{
	struct order order = { .parts = parts, .kind = kind, .kind_len = kind_len };

	order.read = calloc(parts->n, sizeof *order.read);
	order.arena = nm_arena_new();
	order.no_memory = !order.read || !order.arena;
	if (!order.no_memory)
		order_read(&order, 0);
	free(order.read);
	nm_arena_free(order.arena);
	*n = order.n;
	if (!order.no_memory && (order.items || (order.items = malloc(1))))
		return order.items;
	free(order.items);
	return NULL;
}
