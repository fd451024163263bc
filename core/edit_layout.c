/* SPDX-License-Identifier: MIT */
/*
 * Where an edit must cut and what it must put there: lines, indentation, comments.
 */
#include "core/edit_layout.h"

#include <string.h>

#define UNIT "  " /* indentation when the text shows none */
#define GAP "  "  /* between two things on one line when the text shows none */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

const char *edit_line_end(const struct outline *outline)
{
	const char *end = strchr(outline->text, '\n');

	return end && end > outline->text && end[-1] == '\r' ? "\r\n" : "\n";
}

size_t edit_line_start(const struct outline *outline, size_t at)
{
	while (at && outline->text[at - 1] != '\n')
		at--;
	return at;
}

/* Where the line's own line end begins. */
static size_t line_until(const struct outline *outline, size_t at)
{
	at += strcspn(outline->text + at, "\n");
	return outline->text[at] && at && outline->text[at - 1] == '\r' ? at - 1 : at;
}

/* Where the next line begins. */
static size_t line_after(const struct outline *outline, size_t at)
{
	at += strcspn(outline->text + at, "\n");
	return at + (outline->text[at] == '\n');
}

static size_t blanks_before(const struct outline *outline, size_t at)
{
	while (at && is_blank(outline->text[at - 1]))
		at--;
	return at;
}

static size_t blanks_after(const struct outline *outline, size_t at)
{
	return at + strspn(outline->text + at, " \t");
}

bool edit_first_on_line(const struct outline *outline, size_t at)
{
	return blanks_before(outline, at) == edit_line_start(outline, at);
}

static const struct span *comment_at(const struct outline *outline, size_t from)
{
	size_t low = 0, high = outline->n_comments;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (outline->comments[middle].from < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low < outline->n_comments && outline->comments[low].from == from ? &outline->comments[low]
										: NULL;
}

/* Past blanks and comments that end on this line. */
static size_t past_comments(const struct outline *outline, size_t at, size_t *end)
{
	const struct span *comment;

	for (*end = at;; at = *end = comment->until) {
		at = blanks_after(outline, at);
		comment = comment_at(outline, at);
		if (!comment || memchr(outline->text + at, '\n', comment->until - at))
			return at;
	}
}

bool edit_last_on_line(const struct outline *outline, size_t at, size_t *end)
{
	const char *rest = outline->text + past_comments(outline, at, end);

	return !*rest || *rest == '\n' || (rest[0] == '\r' && rest[1] == '\n');
}

bool edit_alone(const struct outline *outline, const struct item *item)
{
	size_t end;

	return edit_first_on_line(outline, item->all.from) &&
	       edit_last_on_line(outline, item->all.until, &end);
}

/* The comment that ends on the line above the one that begins at `start`, and is all there is on its lines. */
static const struct span *comment_above(const struct outline *outline, size_t start)
{
	size_t i, above = start, end;

	if (!start)
		return NULL;
	above--; /* onto the line end */
	for (i = outline->n_comments; i > 0; i--) {
		const struct span *comment = &outline->comments[i - 1];

		if (comment->until > above)
			continue;
		if (edit_line_start(outline, comment->until) != edit_line_start(outline, above))
			return NULL;
		return edit_first_on_line(outline, comment->from) &&
				       edit_last_on_line(outline, comment->until, &end)
			       ? comment
			       : NULL;
	}
	return NULL;
}

/* Above the comment lines that are directly above the line that begins at `start`. */
static size_t above_comments(const struct outline *outline, size_t start)
{
	const struct span *comment;

	while ((comment = comment_above(outline, start)) != NULL)
		start = edit_line_start(outline, comment->from);
	return start;
}

size_t edit_attached(const struct outline *outline, const struct item *item)
{
	return above_comments(outline, edit_line_start(outline, item->all.from));
}

/* Where what goes on across `at` begins: an item of the top level or a comment; `at` itself without any. */
static size_t begin_of(const struct outline *outline, size_t at)
{
	size_t i;

	for (i = 0; i < outline->n_items; i++)
		if (outline->items[i].parent == OUTLINE_TOP && outline->items[i].all.from < at &&
		    outline->items[i].all.until > at)
			return outline->items[i].all.from;
	for (i = 0; i < outline->n_comments; i++)
		if (outline->comments[i].from < at && outline->comments[i].until > at)
			return outline->comments[i].from;
	return at;
}

/* The start of the last line at or before `at` that begins with nothing begun on another. */
static size_t clear_line(const struct outline *outline, size_t at)
{
	size_t start = edit_line_start(outline, at);

	for (at = begin_of(outline, start); at < start; at = begin_of(outline, start))
		start = edit_line_start(outline, at);
	return start;
}

/* Blank, or the line before the first. */
static bool line_empty(const struct outline *outline, size_t start)
{
	return blanks_after(outline, start) >= line_until(outline, start);
}

bool edit_blank_before(const struct outline *outline, size_t at)
{
	const size_t start = edit_line_start(outline, at);

	return start && line_empty(outline, edit_line_start(outline, start - 1));
}

bool edit_blank_after(const struct outline *outline, size_t at)
{
	return line_empty(outline, line_after(outline, at));
}

static void indent_add(const struct outline *outline, size_t at, struct nm_buf *out)
{
	const size_t start = edit_line_start(outline, at);

	nm_buf_addn(out, outline->text + start, blanks_after(outline, start) - start);
}

/* Indentation of something new in a section: as what is there, or one step deeper than the section. */
static void child_indent_add(const struct outline *outline, int parent, struct nm_buf *out)
{
	size_t i;

	for (i = 0; i < outline->n_items; i++)
		if (outline->items[i].parent == parent &&
		    edit_first_on_line(outline, outline->items[i].all.from)) {
			indent_add(outline, outline->items[i].all.from, out);
			return;
		}
	if (parent < 0)
		return;
	indent_add(outline, outline->items[parent].all.from, out);
	/* The step is what a section at the margin shows. */
	for (i = 0; i < outline->n_items; i++) {
		const struct item *item = &outline->items[i];

		if (item->parent >= 0 && outline->items[item->parent].parent == OUTLINE_TOP &&
		    edit_first_on_line(outline, item->all.from)) {
			indent_add(outline, item->all.from, out);
			return;
		}
	}
	nm_buf_add(out, UNIT);
}

/* The blanks between an item and what stands before it on its line. */
static void gap_add(const struct outline *outline, const struct item *item, struct nm_buf *out)
{
	const size_t from = blanks_before(outline, item->all.from);

	if (from == edit_line_start(outline, from) || from == item->all.from ||
	    outline->text[from - 1] == '{')
		nm_buf_add(out, GAP);
	else
		nm_buf_addn(out, outline->text + from, item->all.from - from);
}

static void cut(struct splice *out, size_t from, size_t until)
{
	out->span = (struct span){ from, until };
}

static void own_line_add(const struct outline *outline, const struct item *item, const char *text,
			 struct nm_buf *out)
{
	nm_buf_add(out, edit_line_end(outline));
	if (edit_first_on_line(outline, item->all.from))
		indent_add(outline, item->all.from, out);
	else
		child_indent_add(outline, item->parent, out);
	nm_buf_add(out, text);
}

void edit_insert_after(const struct outline *outline, const struct item *item, const char *text,
		       struct splice *out)
{
	size_t end;
	size_t next = past_comments(outline, item->all.until, &end);

	if (edit_last_on_line(outline, item->all.until, &end)) {
		next = line_until(outline, end);
		cut(out, next, next);
		own_line_add(outline, item, text, &out->text);
		return;
	}
	/* Behind a comment only when nothing but the closing brace follows: else it belongs to what comes. */
	if (outline->text[next] != '}')
		end = item->all.until;
	cut(out, end, end);
	if (outline->text[next] == '}' && edit_first_on_line(outline, item->all.from)) {
		own_line_add(outline, item, text, &out->text);
		return;
	}
	gap_add(outline, item, &out->text);
	nm_buf_add(&out->text, text);
	/* A word needs something between it and the next. */
	if (!strchr(" \t/}", outline->text[end]) && !strchr("}\"'", text[strlen(text) - 1]))
		nm_buf_add(&out->text, GAP);
}

void edit_insert_before(const struct outline *outline, const struct item *item, const char *text,
			struct splice *out)
{
	size_t at = item->all.from;

	if (!edit_first_on_line(outline, at)) {
		cut(out, at, at);
		nm_buf_add(&out->text, text);
		nm_buf_add(&out->text, GAP);
		return;
	}
	at = edit_attached(outline, item);
	cut(out, at, at);
	indent_add(outline, item->all.from, &out->text);
	nm_buf_add(&out->text, text);
	nm_buf_add(&out->text, edit_line_end(outline));
}

void edit_insert_into(const struct outline *outline, const struct item *section, const char *text,
		      struct splice *out)
{
	const size_t open = section->open + 1;
	size_t end;

	if (edit_last_on_line(outline, open, &end)) {
		end = line_until(outline, end);
		cut(out, end, end);
		nm_buf_add(&out->text, edit_line_end(outline));
		child_indent_add(outline, (int)(section - outline->items), &out->text);
		nm_buf_add(&out->text, text);
		return;
	}
	cut(out, open, open);
	nm_buf_add(&out->text, " ");
	nm_buf_add(&out->text, text);
	if (!is_blank(outline->text[open]))
		nm_buf_add(&out->text, " ");
}

void edit_insert_above(const struct outline *outline, const struct item *item, const char *text,
		       struct splice *out)
{
	const size_t at = above_comments(outline, clear_line(outline, item->all.from));
	/* As the one it stands before does: so the blank line that goes with it is taken out with it. */
	const bool apart =
		(!at || edit_blank_before(outline, at)) && edit_blank_after(outline, item->all.until);

	cut(out, at, at);
	if (edit_first_on_line(outline, item->all.from))
		indent_add(outline, item->all.from, &out->text);
	nm_buf_add(&out->text, text);
	nm_buf_add(&out->text, edit_line_end(outline));
	if (apart)
		nm_buf_add(&out->text, edit_line_end(outline));
}

/* Where the line after the last that is not blank begins. */
static size_t filled_until(const struct outline *outline)
{
	size_t at = outline->len;

	while (at && strchr(" \t\r\n", outline->text[at - 1]))
		at--;
	return at ? line_after(outline, at) : 0;
}

void edit_append(const struct outline *outline, const char *text, bool apart, struct splice *out)
{
	/* Blank lines that end the file still do: they are not ours to take as the one that sets it apart. */
	const size_t at = filled_until(outline);
	const bool ended = !at || outline->text[at - 1] == '\n';
	const char *line_end = edit_line_end(outline);

	cut(out, at, at);
	if (!ended)
		nm_buf_add(&out->text, line_end);
	if (apart && at)
		nm_buf_add(&out->text, line_end);
	nm_buf_add(&out->text, text);
	if (ended)
		nm_buf_add(&out->text, line_end);
	if (apart && !at && outline->len)
		nm_buf_add(&out->text, line_end);
}

/* Lines [start, until) go; a blank line on either side becomes one. */
static struct span lines_removal(const struct outline *outline, size_t start, size_t until, bool collapse)
{
	const bool last = until == outline->len;

	if (last && start && outline->text[until - 1] != '\n') {
		/* The line before must not end where this one did not. */
		start--;
		if (start && outline->text[start - 1] == '\r')
			start--;
		if (collapse && line_empty(outline, edit_line_start(outline, start)))
			start = line_until(outline, edit_line_start(outline, start ? start - 1 : 0));
		return (struct span){ start, until };
	}
	if (!collapse || (!last && !line_empty(outline, until)))
		return (struct span){ start, until };
	if (edit_blank_before(outline, start))
		return (struct span){ edit_line_start(outline, start - 1), until };
	if (!start && !last)
		until = line_after(outline, until);
	return (struct span){ start, until };
}

/* Where the line above ends, when something can be put behind what it has: it is not blank and no
 * comment to the line's end is there.  `at` itself when not. */
static size_t line_above(const struct outline *outline, size_t at)
{
	const size_t start = edit_line_start(outline, at);
	size_t end, i;

	if (!start || edit_blank_before(outline, at))
		return at;
	end = line_until(outline, start - 1 - (start > 1 && outline->text[start - 2] == '\r'));
	end = blanks_before(outline, end);
	for (i = 0; i < outline->n_comments; i++)
		if (outline->comments[i].from < end && outline->comments[i].until >= end &&
		    outline->text[outline->comments[i].from + 1] != '*')
			return at;
	return end;
}

/* Has a section of the top level a part of what is between these places? */
static bool section_within(const struct outline *outline, size_t from, size_t until)
{
	size_t i;

	for (i = 0; i < outline->n_items; i++) {
		const struct item *item = &outline->items[i];

		if (item->kind == ITEM_SECTION && item->parent == OUTLINE_TOP && item->all.from < until &&
		    item->all.until > from)
			return true;
	}
	return false;
}

/* Where the lines begin that are about the item alone.  Comment lines at the head of the file, below an option of
 * the top level, or above several sections that stand together may be about more: they are not ours to take. */
static size_t own_from(const struct outline *outline, const struct item *item)
{
	const size_t start = edit_line_start(outline, item->all.from), from = edit_attached(outline, item);
	const size_t next = line_after(outline, item->all.until);
	bool apart;

	if (item->parent != OUTLINE_TOP || from == start)
		return from;
	apart = edit_blank_before(outline, from) ||
		(from && section_within(outline, edit_line_start(outline, from - 1), from));
	return apart && !section_within(outline, next, line_after(outline, next)) ? from : start;
}

struct span edit_removal(const struct outline *outline, const struct item *item, bool with_comments)
{
	struct span span = item->all;
	size_t end, next, before;

	if (edit_alone(outline, item)) {
		edit_last_on_line(outline, item->all.until, &end);
		span.from = with_comments ? own_from(outline, item)
					  : edit_line_start(outline, item->all.from);
		return lines_removal(outline, span.from, line_after(outline, end), with_comments);
	}
	next = blanks_after(outline, span.until);
	if (edit_first_on_line(outline, span.from) && outline->text[next] == '}') {
		/* The brace goes up, to where the line now ends. */
		span.from = line_above(outline, span.from);
		return span;
	}
	if (edit_first_on_line(outline, span.from) ||
	    outline->text[blanks_before(outline, span.from) - 1] == '{') {
		if (outline->text[next] != '\r' && outline->text[next] != '\n')
			span.until = next;
		return span;
	}
	/* The blanks before it came with it; they stay when nothing else keeps its neighbours apart. */
	before = blanks_before(outline, span.from);
	if (next > span.until || strchr("}\r\n", outline->text[next]) || comment_at(outline, next) ||
	    outline->text[before - 1] == '}')
		span.from = before;
	return span;
}
