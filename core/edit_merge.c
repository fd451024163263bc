/* SPDX-License-Identifier: MIT */
/*
 * Two people's changes of one text -> the text with both.  In: the text that both began with, and what each made of it.
 * The unit is what stands at the top level, comments above it included: who changed a section changed the whole of it,
 * so that no line of one is read with lines of another that its writer never saw.  Knows nothing of what a plan means.
 */
#include "core/edit_private.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nevermiss/plan.h"

#define PIECES_MOST 2000 /* that differ and are matched one by one; of more all count as changed */
#define NAME_MOST 80     /* bytes of a section's name in a sentence */

/* Whole lines with what stands there at the top level; the last piece of a text may have only comments. */
struct piece {
	struct span span;
	int item; /* index in the outline of the first that stands there; -1: none */
};

struct side {
	struct outline outline;
	struct piece *pieces;
	size_t n, capacity;
};

/* Pieces `base` of the text that both began with became pieces `now`. */
struct hunk {
	struct span base, now;
};

struct hunks {
	struct hunk *items;
	size_t n, capacity;
};

/* --- a text in pieces --- */

static bool piece_add(struct side *side, struct piece piece)
{
	void *grown = side->pieces;

	if (!nm_grow(&grown, &side->capacity, side->n + 1, sizeof piece))
		return false;
	side->pieces = grown;
	side->pieces[side->n++] = piece;
	return true;
}

static size_t line_end(const char *text, size_t at)
{
	at += strcspn(text + at, "\n");
	return at + (text[at] == '\n');
}

static bool cut(struct side *side)
{
	const struct outline *outline = &side->outline;
	size_t at = 0;

	for (size_t i = 0; i < outline->n_items; i++) {
		const struct item *item = &outline->items[i];
		const size_t until = line_end(outline->text, item->all.until);

		if (item->parent != OUTLINE_TOP)
			continue;
		if (item->all.from < at)
			side->pieces[side->n - 1].span.until = until;
		else if (!piece_add(side, (struct piece){ { at, until }, (int)i }))
			return false;
		at = until;
	}
	return at == outline->len || piece_add(side, (struct piece){ { at, outline->len }, -1 });
}

static enum nm_code side_read(struct side *side, const char *text, struct nm_error *err)
{
	enum nm_code code = edit_outline_read(text, strlen(text), &side->outline, err);

	if (!code)
		code = edit_whole(&side->outline, err);
	if (!code && !cut(side))
		code = nm_fail_memory(err);
	return code;
}

static void side_clear(struct side *side)
{
	edit_outline_clear(&side->outline);
	free(side->pieces);
}

static bool same_piece(const struct side *a, size_t i, const struct side *b, size_t j)
{
	const struct span x = a->pieces[i].span, y = b->pieces[j].span;
	const size_t len = x.until - x.from;

	return len == y.until - y.from && !memcmp(a->outline.text + x.from, b->outline.text + y.from, len);
}

/* --- what a side changed --- */

static size_t length(struct span span)
{
	return span.until - span.from;
}

static bool hunk_add(struct hunks *hunks, struct hunk hunk)
{
	void *grown = hunks->items;

	if (!nm_grow(&grown, &hunks->capacity, hunks->n + 1, sizeof hunk))
		return false;
	hunks->items = grown;
	hunks->items[hunks->n++] = hunk;
	return true;
}

/* As many pieces as there were are those, each changed: so that what the other side adds between them has its place. */
static bool hunk_put(struct hunks *hunks, struct hunk hunk)
{
	if (length(hunk.base) != length(hunk.now))
		return hunk_add(hunks, hunk);
	for (size_t i = hunk.base.from, j = hunk.now.from; i < hunk.base.until; i++, j++)
		if (!hunk_add(hunks, (struct hunk){ { i, i + 1 }, { j, j + 1 } }))
			return false;
	return true;
}

/* longest[i * (columns + 1) + j]: so many pieces are common to the rest from piece i and that from piece j. */
static void measure(const struct side *base, const struct side *now, const struct hunk *whole, uint16_t *longest)
{
	const size_t rows = length(whole->base), columns = length(whole->now), width = columns + 1;

	for (size_t i = rows; i-- > 0;) {
		for (size_t j = columns; j-- > 0;) {
			const uint16_t down = longest[(i + 1) * width + j], right = longest[i * width + j + 1];

			if (same_piece(base, whole->base.from + i, now, whole->now.from + j))
				longest[i * width + j] = (uint16_t)(longest[(i + 1) * width + j + 1] + 1);
			else
				longest[i * width + j] = down > right ? down : right;
		}
	}
}

/* The hunks between the pieces that are common. */
static bool walk(const struct side *base, const struct side *now, const struct hunk *whole, const uint16_t *longest,
		 struct hunks *out)
{
	const size_t rows = length(whole->base), columns = length(whole->now), width = columns + 1;
	struct hunk hunk = *whole;
	size_t i = 0, j = 0;

	while (i < rows && j < columns) {
		if (same_piece(base, whole->base.from + i, now, whole->now.from + j)) {
			hunk.base.until = whole->base.from + i++;
			hunk.now.until = whole->now.from + j++;
			if (!hunk_put(out, hunk))
				return false;
			hunk = (struct hunk){ { whole->base.from + i, whole->base.until },
					      { whole->now.from + j, whole->now.until } };
		} else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) {
			i++;
		} else {
			j++;
		}
	}
	return hunk_put(out, hunk);
}

static enum nm_code hunks_find(const struct side *base, const struct side *now, struct hunks *out, struct nm_error *err)
{
	struct hunk whole = { { 0, base->n }, { 0, now->n } };
	uint16_t *longest;
	bool good;

	while (length(whole.base) && length(whole.now) && same_piece(base, whole.base.from, now, whole.now.from)) {
		whole.base.from++;
		whole.now.from++;
	}
	while (length(whole.base) && length(whole.now) &&
	       same_piece(base, whole.base.until - 1, now, whole.now.until - 1)) {
		whole.base.until--;
		whole.now.until--;
	}
	if (length(whole.base) > PIECES_MOST || length(whole.now) > PIECES_MOST)
		return hunk_put(out, whole) ? NM_OK : nm_fail_memory(err);
	longest = calloc((length(whole.base) + 1) * (length(whole.now) + 1), sizeof *longest);
	if (longest)
		measure(base, now, &whole, longest);
	good = longest && walk(base, now, &whole, longest, out);
	free(longest);
	return good ? NM_OK : nm_fail_memory(err);
}

/* --- both --- */

struct merge {
	struct side base, ours, theirs;
	struct hunks our_hunks, their_hunks;
};

static bool same_words(const struct side *a, struct span x, const struct side *b, struct span y)
{
	return length(x) == length(y) && memcmp(a->outline.text + x.from, b->outline.text + y.from, length(x)) == 0;
}

/* Is it the same thing, whatever it says? */
static bool same_name(const struct side *a, size_t i, const struct side *b, size_t j)
{
	const int x = a->pieces[i].item, y = b->pieces[j].item;

	if (x < 0 || y < 0)
		return x < 0 && y < 0;
	return same_words(a, a->outline.items[x].name, b, b->outline.items[y].name) &&
	       same_words(a, a->outline.items[x].title, b, b->outline.items[y].title);
}

/* Does it put something there that was not among what it takes the place of? */
static bool adds(const struct side *base, const struct side *side, const struct hunk *hunk)
{
	for (size_t j = hunk->now.from; j < hunk->now.until; j++) {
		size_t i = hunk->base.from;

		while (i < hunk->base.until && !same_name(base, i, side, j))
			i++;
		if (i == hunk->base.until)
			return true;
	}
	return false;
}

/* Both changed a piece; or both put something in one place, and nobody knows in what order. */
static bool clash(const struct merge *merge, const struct hunk *a, const struct hunk *b)
{
	if (adds(&merge->base, &merge->ours, a) && adds(&merge->base, &merge->theirs, b))
		return a->base.from <= b->base.until && b->base.from <= a->base.until;
	return a->base.from < b->base.until && b->base.from < a->base.until;
}

static bool same_hunk(const struct merge *merge, const struct hunk *ours, const struct hunk *theirs)
{
	if (ours->base.from != theirs->base.from || ours->base.until != theirs->base.until ||
	    length(ours->now) != length(theirs->now))
		return false;
	for (size_t i = 0; i < length(ours->now); i++)
		if (!same_piece(&merge->ours, ours->now.from + i, &merge->theirs, theirs->now.from + i))
			return false;
	return true;
}

/* The first that has a name among these pieces. */
static const struct item *named(const struct side *side, struct span pieces)
{
	for (size_t i = pieces.from; i < pieces.until; i++)
		if (side->pieces[i].item >= 0)
			return &side->outline.items[side->pieces[i].item];
	return NULL;
}

static int shown(struct span span)
{
	return (int)(length(span) < NAME_MOST ? length(span) : NAME_MOST);
}

static enum nm_code refuse(const struct merge *merge, const struct hunk *ours, const struct hunk *theirs,
			   struct nm_error *err)
{
	const bool added = !length(ours->base) || !length(theirs->base);
	const struct span both = { ours->base.from > theirs->base.from ? ours->base.from : theirs->base.from,
				   ours->base.until < theirs->base.until ? ours->base.until : theirs->base.until };
	const struct side *side = added ? &merge->theirs : &merge->base;
	const struct item *item = named(side, added || both.from >= both.until ? theirs->now : both);
	const char *what = added ? "something was added in the same place on both sides" : "both sides changed";
	const char *text = side->outline.text;

	if (!item)
		return nm_fail(err, NM_REFUSED, "%s%s", what, added ? "" : " the comments at the end");
	return nm_fail(err, NM_REFUSED, "%s%s %.*s%s%.*s", what, added ? ":" : "", shown(item->name), text + item->name.from,
		       length(item->title) ? " " : "", shown(item->title), text + item->title.from);
}

static void put_pieces(const struct side *side, struct span pieces, struct nm_buf *out)
{
	for (size_t i = pieces.from; i < pieces.until; i++) {
		const struct span span = side->pieces[i].span;

		nm_buf_addn(out, side->outline.text + span.from, length(span));
	}
}

static enum nm_code put_both(const struct merge *merge, struct nm_buf *out, struct nm_error *err)
{
	const struct hunk *ours = merge->our_hunks.items, *our_end = ours + merge->our_hunks.n;
	const struct hunk *theirs = merge->their_hunks.items, *their_end = theirs + merge->their_hunks.n;
	size_t at = 0;

	while (ours < our_end || theirs < their_end) {
		const bool two = ours < our_end && theirs < their_end;
		const bool same = two && same_hunk(merge, ours, theirs);
		const bool our_turn = two ? ours->base.from < theirs->base.from ||
						    (ours->base.from == theirs->base.from &&
						     ours->base.until < theirs->base.until)
					  : ours < our_end;
		const struct hunk *next = our_turn ? ours : theirs;

		if (two && !same && clash(merge, ours, theirs))
			return refuse(merge, ours, theirs, err);
		put_pieces(&merge->base, (struct span){ at, next->base.from }, out);
		put_pieces(our_turn ? &merge->ours : &merge->theirs, next->now, out);
		at = next->base.until;
		ours += our_turn || same;
		theirs += !our_turn || same;
	}
	put_pieces(&merge->base, (struct span){ at, merge->base.n }, out);
	if (out->failed)
		return nm_fail(err, NM_INPUT, "no room for both together: %u bytes at most", NM_PLAN_BYTES);
	return NM_OK;
}

static enum nm_code merge_read(struct merge *merge, const struct nm_edit_sides *sides, struct nm_error *err)
{
	enum nm_code code = side_read(&merge->base, sides->base, err);

	if (!code)
		code = side_read(&merge->ours, sides->ours, err);
	if (!code)
		code = side_read(&merge->theirs, sides->theirs, err);
	if (!code)
		code = hunks_find(&merge->base, &merge->ours, &merge->our_hunks, err);
	if (!code)
		code = hunks_find(&merge->base, &merge->theirs, &merge->their_hunks, err);
	return code;
}

enum nm_code nm_edit_merge(const struct nm_edit_sides *sides, char **out, size_t *out_len, struct nm_error *err)
{
	struct merge merge = { 0 };
	struct nm_buf text;
	enum nm_code code;

	nm_buf_init(&text, NM_PLAN_BYTES);
	code = merge_read(&merge, sides, err);
	if (!code)
		code = put_both(&merge, &text, err);
	if (!code) {
		const size_t len = text.len;
		char *both = nm_buf_take(&text);

		code = both ? NM_OK : nm_fail_memory(err);
		if (both) {
			*out = both;
			*out_len = len;
		}
	}
	nm_buf_clear(&text);
	free(merge.our_hunks.items);
	free(merge.their_hunks.items);
	side_clear(&merge.base);
	side_clear(&merge.ours);
	side_clear(&merge.theirs);
	return code;
}
