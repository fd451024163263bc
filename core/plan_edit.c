/* SPDX-License-Identifier: MIT */
/*
 * An edit and a plan's text -> the text changed.  The text is outlined, the edit becomes splices, and
 * these are put in; every other byte is copied.  Whether the new text is a good plan is for who reads it.
 */
#include "core/edit_private.h"

#include <stdlib.h>
#include <string.h>

#include "nevermiss/plan.h"

#define WORDS_MAX 80 /* bytes of a name shown in a message */

static int splice_order(const void *a, const void *b)
{
	const struct splice *x = a, *y = b;

	return x->span.from < y->span.from ? -1 : x->span.from > y->span.from;
}

struct splice *edit_splice_add(struct splices *splices)
{
	void *grown = splices->items;
	struct splice *added;

	if (!nm_grow(&grown, &splices->capacity, splices->n + 1, sizeof *splices->items))
		return NULL;
	splices->items = grown;
	added = &splices->items[splices->n++];
	added->span = (struct span){ 0, 0 };
	nm_buf_init(&added->text, NM_PLAN_BYTES);
	return added;
}

static void splices_clear(struct splices *splices)
{
	size_t i;

	for (i = 0; i < splices->n; i++)
		nm_buf_clear(&splices->items[i].text);
	free(splices->items);
}

static enum nm_code splices_apply(const struct outline *outline, struct splices *splices, struct nm_buf *out,
				  struct nm_error *err)
{
	size_t at = 0, size = outline->len, i;

	if (splices->n)
		qsort(splices->items, splices->n, sizeof *splices->items, splice_order);
	for (i = 0; i < splices->n; i++) {
		const struct splice *splice = &splices->items[i];

		nm_buf_addn(out, outline->text + at, splice->span.from - at);
		nm_buf_addn(out, splice->text.data, splice->text.len);
		out->failed |= splice->text.failed;
		at = splice->span.until;
		size += splice->text.len - (splice->span.until - splice->span.from);
	}
	nm_buf_addn(out, outline->text + at, outline->len - at);
	if (size > NM_PLAN_BYTES)
		return nm_fail(err, NM_INPUT, "the plan would be too large: %u bytes at most", NM_PLAN_BYTES);
	return out->failed ? nm_fail_memory(err) : NM_OK;
}

/* A name fit for a message: bounded, no control characters. */
static const char *words(const char *name, char out[static WORDS_MAX + 1])
{
	size_t n = strnlen(name, WORDS_MAX), i;

	/* Never a part of a character. */
	while (n && name[n] && ((unsigned char)name[n] & 0xc0) == 0x80)
		n--;
	for (i = 0; i < n; i++)
		out[i] = (unsigned char)name[i] < ' ' || name[i] == 0x7f ? '?' : name[i];
	out[n] = '\0';
	return out;
}

static int step_find(const struct outline *outline, int path, int step)
{
	size_t i;

	for (i = 0; i < outline->n_items; i++)
		if (outline->items[i].kind == ITEM_SECTION && outline->items[i].parent == path &&
		    edit_span_is(outline, outline->items[i].name, "step") && step-- == 0)
			return outline->items[i].all.until ? (int)i : OUTLINE_NONE;
	return OUTLINE_NONE;
}

int edit_place_find(const struct outline *outline, const struct nm_place *place)
{
	size_t i;

	if (!*place->section)
		return OUTLINE_TOP;
	for (i = 0; i < outline->n_items; i++) {
		const struct item *item = &outline->items[i];

		if (item->kind != ITEM_SECTION || item->parent != OUTLINE_TOP || !item->all.until ||
		    !edit_span_is(outline, item->name, place->section))
			continue;
		if (place->title && (item->title.from == item->title.until ||
				     !edit_value_is(outline, item->title, place->title)))
			continue;
		return place->step < 0 ? (int)i : step_find(outline, (int)i, place->step);
	}
	return OUTLINE_NONE;
}

enum nm_code edit_whole(const struct outline *outline, struct nm_error *err)
{
	if (!outline->broken)
		return NM_OK;
	return nm_fail(err, NM_INPUT, "line %d: %s", outline->broken_line, outline->broken);
}

enum nm_code edit_place_fail(const struct outline *outline, const struct nm_place *place,
			     struct nm_error *err)
{
	char section[WORDS_MAX + 1], title[WORDS_MAX + 1];

	if (outline->broken)
		return edit_whole(outline, err);
	words(place->section, section);
	if (place->step >= 0)
		return nm_fail(err, NM_INPUT, "%s '%s' has no step %d in the text", section,
			       words(place->title ? place->title : "", title), place->step + 1);
	if (place->title)
		return nm_fail(err, NM_INPUT, "there is no %s '%s' in the text", section,
			       words(place->title, title));
	return nm_fail(err, NM_INPUT, "there is no section '%s' in the text", section);
}

/* The last one counts, as for libconfuse. */
static const struct item *option_find(const struct outline *outline, int section, const char *name)
{
	size_t i;

	for (i = outline->n_items; i > 0; i--)
		if (outline->items[i - 1].kind == ITEM_OPTION && outline->items[i - 1].parent == section &&
		    edit_span_is(outline, outline->items[i - 1].name, name))
			return &outline->items[i - 1];
	return NULL;
}

/* Is `text` exactly one thing of that kind, so that nothing else comes in with it? */
static enum nm_code check_piece(const char *text, enum item_kind kind, bool *is_step, struct nm_error *err)
{
	const size_t len = strlen(text);
	struct outline piece;
	enum nm_code code = edit_outline_read(text, len, &piece, err);
	size_t i;
	bool good;

	if (code)
		return code;
	good = !piece.broken && piece.n_items && piece.items[0].kind == kind &&
	       piece.items[0].all.until == len;
	for (i = 1; good && i < piece.n_items; i++)
		good = piece.items[i].parent != OUTLINE_TOP;
	*is_step = good && edit_span_is(&piece, piece.items[0].name, "step");
	edit_outline_clear(&piece);
	if (good)
		return NM_OK;
	if (kind == ITEM_OPTION)
		return nm_fail(err, NM_INPUT, "an option's value must be one value or one list");
	return nm_fail(err, NM_INPUT, "what is added must be one whole section");
}

/* The blanks around an equal sign, as the section's other options have them. */
static const char *equals(const struct outline *outline, const struct item *neighbour)
{
	static const char *const styles[] = { "=", " =", "= " };
	size_t i;

	for (i = 0; neighbour && i < sizeof styles / sizeof styles[0]; i++)
		if (edit_span_is(outline, (struct span){ neighbour->name.until, neighbour->value.from },
				 styles[i]))
			return styles[i];
	return " = ";
}

/* The section's last option; its first section behind that, or first of all. */
static void neighbours(const struct outline *outline, int section, const struct item **option,
		       const struct item **following)
{
	size_t i;

	*option = *following = NULL;
	for (i = 0; i < outline->n_items; i++) {
		const struct item *item = &outline->items[i];

		if (item->parent != section)
			continue;
		if (item->kind == ITEM_OPTION) {
			*option = item;
			*following = NULL;
		} else if (!*following) {
			*following = item;
		}
	}
}

static enum nm_code option_add(const struct outline *outline, int section, const struct nm_edit *edit,
			       struct splices *out, struct nm_error *err)
{
	const struct item *option, *following;
	struct splice *splice = edit_splice_add(out);
	struct nm_buf text;

	if (!splice)
		return nm_fail_memory(err);
	neighbours(outline, section, &option, &following);
	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_buf_add(&text, edit->option);
	nm_buf_add(&text, equals(outline, option));
	nm_buf_add(&text, edit->value);
	if (option)
		edit_insert_after(outline, option, text.data, splice);
	else if (following)
		edit_insert_before(outline, following, text.data, splice);
	else if (section >= 0)
		edit_insert_into(outline, &outline->items[section], text.data, splice);
	else
		edit_append(outline, text.data, false, splice);
	splice->text.failed |= text.failed;
	nm_buf_clear(&text);
	return NM_OK;
}

/* A word without quotes would run into what stands right behind the value that it replaces. */
static bool runs_on(const struct outline *outline, const struct item *option, const char *value)
{
	const size_t len = strlen(value);

	return len > 0 && !strchr("\"'}", value[len - 1]) && option->value.until < outline->len &&
	       !strchr(" \t\r\n}", outline->text[option->value.until]);
}

static enum nm_code option_set(const struct outline *outline, int section, const struct nm_edit *edit,
			       struct splices *out, struct nm_error *err)
{
	const struct item *option = option_find(outline, section, edit->option);
	struct splice *splice;
	struct nm_buf piece;
	bool is_step;
	enum nm_code code;

	nm_buf_init(&piece, NM_PLAN_BYTES);
	nm_buf_addf(&piece, "%s = %s", edit->option, edit->value);
	code = piece.failed ? nm_fail(err, NM_INPUT, "the value is too long")
			    : check_piece(piece.data, ITEM_OPTION, &is_step, err);
	nm_buf_clear(&piece);
	if (code)
		return code;
	if (!option) {
		/* A broken text may hold the option behind the break. */
		code = section == OUTLINE_TOP ? edit_whole(outline, err) : NM_OK;
		return code ? code : option_add(outline, section, edit, out, err);
	}
	splice = edit_splice_add(out);
	if (!splice)
		return nm_fail_memory(err);
	splice->span = option->value;
	nm_buf_add(&splice->text, edit->value);
	if (runs_on(outline, option, edit->value))
		nm_buf_add(&splice->text, " ");
	return NM_OK;
}

static enum nm_code option_unset(const struct outline *outline, int section, const struct nm_edit *edit,
				 struct splices *out, struct nm_error *err)
{
	const struct item *option = option_find(outline, section, edit->option);
	char name[WORDS_MAX + 1];
	struct splice *splice;

	if (!option)
		return nm_fail(err, NM_INPUT, "the section has no option '%s' in the text",
			       words(edit->option, name));
	splice = edit_splice_add(out);
	if (!splice)
		return nm_fail_memory(err);
	splice->span = edit_removal(outline, option, false);
	return NM_OK;
}

static const struct item *last_of_kind(const struct outline *outline, int parent, const char *name)
{
	size_t i;

	for (i = outline->n_items; i > 0; i--)
		if (outline->items[i - 1].kind == ITEM_SECTION && outline->items[i - 1].parent == parent &&
		    edit_span_is(outline, outline->items[i - 1].name, name))
			return &outline->items[i - 1];
	return NULL;
}

/* The first that stands at the top; "include" are the calls of that name. */
static const struct item *first_of_kind(const struct outline *outline, const char *name)
{
	size_t i;

	for (i = 0; i < outline->n_items; i++)
		if (outline->items[i].kind != ITEM_OPTION && outline->items[i].parent == OUTLINE_TOP &&
		    edit_span_is(outline, outline->items[i].name, name))
			return &outline->items[i];
	return NULL;
}

/* Stands a blank line between this section and the one of its kind before it? */
static bool stands_apart(const struct outline *outline, const struct item *section)
{
	const struct item *item;

	for (item = section; item > outline->items; item--)
		if (item[-1].kind == ITEM_SECTION && item[-1].parent == section->parent)
			return edit_blank_before(outline, edit_attached(outline, section));
	return false;
}

static void step_add(const struct outline *outline, int path, int after, const char *text, struct splice *out)
{
	const struct item *step = after >= 0 ? &outline->items[after] : last_of_kind(outline, path, "step");
	const struct item *option, *following;

	neighbours(outline, path, &option, &following);
	if (step)
		edit_insert_after(outline, step, text, out);
	else if (option)
		edit_insert_after(outline, option, text, out);
	else
		edit_insert_into(outline, &outline->items[path], text, out);
}

static void section_add(const struct outline *outline, const struct item *after, const char *text,
			struct splice *out)
{
	if (!after) {
		edit_append(outline, text, true, out);
		return;
	}
	if (edit_alone(outline, after) && stands_apart(outline, after) &&
	    edit_blank_after(outline, after->all.until))
		nm_buf_add(&out->text, edit_line_end(outline));
	edit_insert_after(outline, after, text, out);
}

static void section_add_first(const struct outline *outline, const struct item *first, const char *text,
			      struct splice *out)
{
	if (first)
		edit_insert_above(outline, first, text, out);
	else
		edit_append(outline, text, true, out);
}

/* A section's text without what surrounds it, its line ends as the file's. */
static void section_text(const struct outline *outline, const char *value, struct nm_buf *out)
{
	const char *line_end = edit_line_end(outline);
	size_t len, i;

	value += strspn(value, " \t\r\n");
	for (len = strlen(value); len && strchr(" \t\r\n", value[len - 1]); len--)
		;
	for (i = 0; i < len; i++) {
		if (value[i] == '\n')
			nm_buf_add(out, line_end);
		else if (value[i] != '\r' || value[i + 1] != '\n')
			nm_buf_addn(out, value + i, 1);
	}
}

static enum nm_code add(const struct outline *outline, const struct nm_edit *edit, struct splices *out,
			struct nm_error *err)
{
	const struct nm_place *place = &edit->place;
	const bool first = edit->op == NM_EDIT_ADD_FIRST;
	const bool named = !first && (place->title || place->step >= 0);
	const int at = named ? edit_place_find(outline, place) : OUTLINE_NONE;
	const struct item *item = at >= 0 ? &outline->items[at] : NULL;
	struct splice *splice;
	struct nm_buf text;
	bool is_step = false;
	enum nm_code code;

	if (named && !item)
		return edit_place_fail(outline, place, err);
	code = named ? NM_OK : edit_whole(outline, err);
	if (code)
		return code;
	nm_buf_init(&text, NM_PLAN_BYTES);
	section_text(outline, edit->value, &text);
	code = text.failed ? nm_fail(err, NM_INPUT, "the section is too long")
			   : check_piece(text.data, ITEM_SECTION, &is_step, err);
	if (!code && is_step && (!item || strcmp(place->section, "path") != 0))
		code = nm_fail(err, NM_INPUT, "a step can only be added to a path");
	if (!code && !is_step && place->step >= 0)
		code = nm_fail(err, NM_INPUT, "only a step can stand after a step");
	splice = code ? NULL : edit_splice_add(out);
	if (!code && !splice)
		code = nm_fail_memory(err);
	if (splice && is_step)
		step_add(outline, place->step >= 0 ? item->parent : at, place->step >= 0 ? at : -1, text.data,
			 splice);
	else if (splice && first)
		section_add_first(outline, first_of_kind(outline, place->section), text.data, splice);
	else if (splice)
		section_add(outline, item ? item : last_of_kind(outline, OUTLINE_TOP, place->section),
			    text.data, splice);
	nm_buf_clear(&text);
	return code;
}

static enum nm_code section_remove(const struct outline *outline, int section, struct splices *out,
				   struct nm_error *err)
{
	struct splice *splice = edit_splice_add(out);

	if (!splice)
		return nm_fail_memory(err);
	splice->span = edit_removal(outline, &outline->items[section], true);
	return NM_OK;
}

static enum nm_code edit_splices(const struct nm_edit *edit, const struct outline *outline,
				 struct splices *out, struct nm_error *err)
{
	int section;

	if (edit->op == NM_EDIT_ADD || edit->op == NM_EDIT_ADD_FIRST)
		return add(outline, edit, out, err);
	section = edit_place_find(outline, &edit->place);
	if (section == OUTLINE_NONE ||
	    (section == OUTLINE_TOP && edit->op != NM_EDIT_SET && edit->op != NM_EDIT_UNSET))
		return edit_place_fail(outline, &edit->place, err);
	switch (edit->op) {
	case NM_EDIT_SET:
		return option_set(outline, section, edit, out, err);
	case NM_EDIT_UNSET:
		return option_unset(outline, section, edit, out, err);
	case NM_EDIT_REMOVE:
		return section_remove(outline, section, out, err);
	case NM_EDIT_MOVE:
		return edit_move(outline, section, edit->by, out, err);
	case NM_EDIT_RENAME:
		return edit_rename(outline, section, edit->value, out, err);
	case NM_EDIT_ADD:
	case NM_EDIT_ADD_FIRST:
		break;
	}
	return NM_OK;
}

enum nm_code nm_edit_apply(const struct nm_edit *edit, const char *text, size_t len, char **out,
			   size_t *out_len, struct nm_error *err)
{
	char *copy = len < NM_PLAN_BYTES ? strndup(text, len) : NULL;
	struct splices splices = { .n = 0 };
	struct outline outline;
	struct nm_buf result;
	enum nm_code code;

	if (len >= NM_PLAN_BYTES)
		return nm_fail(err, NM_INPUT, "the plan is too large: %u bytes at most", NM_PLAN_BYTES);
	if (!copy)
		return nm_fail_memory(err);
	nm_buf_init(&result, NM_PLAN_BYTES);
	code = edit_outline_read(copy, len, &outline, err);
	if (code)
		goto out;
	code = edit_splices(edit, &outline, &splices, err);
	if (!code)
		code = splices_apply(&outline, &splices, &result, err);
	if (!code) {
		*out_len = result.len;
		*out = nm_buf_take(&result);
		code = *out ? NM_OK : nm_fail_memory(err);
	}
	edit_outline_clear(&outline);
out:
	splices_clear(&splices);
	nm_buf_clear(&result);
	free(copy);
	return code;
}

void nm_edit_quote(const char *text, struct nm_buf *out)
{
	nm_buf_add(out, "\"");
	for (; *text; text++) {
		if (*text == '\n') {
			nm_buf_add(out, "\\n");
			continue;
		}
		if (*text == '\t') {
			nm_buf_add(out, "\\t");
			continue;
		}
		if (*text == '"' || *text == '\\' || (text[0] == '$' && text[1] == '{'))
			nm_buf_add(out, "\\");
		nm_buf_addn(out, text, 1);
	}
	nm_buf_add(out, "\"");
}

enum nm_code nm_edit_quote_name(const char *name, struct nm_buf *out, struct nm_error *err)
{
	const char *problem = nm_name_problem(name);
	/* "${" in double quotes would be a variable of the environment. */
	const bool single = strchr(name, '"') || strstr(name, "${");

	if (!problem && single && strchr(name, '\''))
		problem = strchr(name, '"') ? "holds quotes of both kinds" : "holds ' and ${";
	if (problem)
		return nm_fail(err, NM_INPUT, "this name %s", problem);
	nm_buf_addf(out, single ? "'%s'" : "\"%s\"", name);
	return NM_OK;
}
