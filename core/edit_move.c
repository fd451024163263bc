/* SPDX-License-Identifier: MIT */
/*
 * Moving a section among its own kind: sections and their comments change places, and what stands
 * between them (blank lines, sections of other kinds) stays.
 */
#include "core/edit_private.h"

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

static bool same_kind(const struct outline *outline, const struct item *a, const struct item *b)
{
	const size_t len = a->name.until - a->name.from;

	return a->kind == b->kind && a->parent == b->parent && b->all.until &&
	       b->name.until - b->name.from == len &&
	       !memcmp(outline->text + a->name.from, outline->text + b->name.from, len);
}

/* The sections from this one to the by-th of its kind behind or before it, in that order. */
static size_t collect(const struct outline *outline, int section, int by, const struct item **out)
{
	const int way = by < 0 ? -1 : 1;
	const size_t wanted = (size_t)(by < 0 ? -(long)by : by) + 1;
	size_t n = 0;
	long i;

	for (i = section; i >= 0 && i < (long)outline->n_items && n < wanted; i += way)
		if (same_kind(outline, &outline->items[section], &outline->items[i]))
			out[n++] = &outline->items[i];
	return n;
}

enum nm_code edit_move(const struct outline *outline, int section, int by, struct splices *out,
		       struct nm_error *err)
{
	const struct item **items = calloc(outline->n_items, sizeof *items);
	enum nm_code code = NM_OK;
	bool with_comments = true;
	size_t n, i;

	if (!items)
		return nm_fail_memory(err);
	n = collect(outline, section, by, items);
	if (n != (size_t)(by < 0 ? -(long)by : by) + 1) {
		code = nm_fail(err, NM_INPUT,
			       "the section cannot move that far: there are %zu of its kind %s it", n - 1,
			       by < 0 ? "above" : "below");
		goto out;
	}
	for (i = 0; i < n; i++)
		with_comments &= edit_alone(outline, items[i]);
	for (i = 0; n > 1 && i < n; i++) {
		/* Each takes the place of the one before; the first goes where the last is. */
		const struct span from = chunk(outline, items[(i + 1) % n], with_comments);
		struct splice *splice = edit_splice_add(out);

		if (!splice) {
			code = nm_fail_memory(err);
			break;
		}
		splice->span = chunk(outline, items[i], with_comments);
		nm_buf_addn(&splice->text, outline->text + from.from, from.until - from.from);
	}
out:
	free(items);
	return code;
}
