/* SPDX-License-Identifier: MIT */
/*
 * An edit and a plan's texts -> the texts changed.  Each is outlined, the edit becomes splices of the one in which the
 * section stands (a rename of all), and these are put in; every other byte is copied.  Whether the new text is a good
 * plan is for who reads it.
 */
#include "core/edit_parts.h"

#include <stdlib.h>
#include <string.h>

#include "nevermiss/plan.h"

#define WORDS_MAX 80 /* bytes of a name shown in a message */

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

/* last: behind all that the file has, where the last of the kind stands in a file that it includes. */
static enum nm_code add(const struct outline *outline, const struct nm_edit *edit, bool last, struct splices *out,
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
		section_add(outline, item || last ? item : last_of_kind(outline, OUTLINE_TOP, place->section),
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

/* --- in which file --- */

/* An option of the top level stands in any of them: where it is set, else in the plan's own. */
static struct edit_at find_top(const struct edit_parts *parts, const char *option)
{
	for (size_t i = 0; option && i < parts->n; i++)
		if (option_find(&parts->items[i].outline, OUTLINE_TOP, option))
			return (struct edit_at){ &parts->items[i], OUTLINE_TOP };
	return (struct edit_at){ &parts->items[0], OUTLINE_TOP };
}

/* item is OUTLINE_NONE, of the plan's own file, when it stands nowhere. */
static struct edit_at find_at(const struct edit_parts *parts, const struct nm_edit *edit)
{
	if (!*edit->place.section)
		return find_top(parts, edit->option);
	for (size_t i = 0; i < parts->n; i++) {
		const int item = edit_place_find(&parts->items[i].outline, &edit->place);

		if (item != OUTLINE_NONE)
			return (struct edit_at){ &parts->items[i], item };
	}
	return (struct edit_at){ &parts->items[0], OUTLINE_NONE };
}

/* The first text that breaks off is why something is not found. */
static enum nm_code find_fail(const struct edit_parts *parts, const struct nm_edit *edit, struct nm_error *err)
{
	for (size_t i = 1; i < parts->n && !parts->items[0].outline.broken; i++)
		if (parts->items[i].outline.broken)
			return nm_fail(err, NM_INPUT, "%s, line %d: %s", parts->items[i].text.name,
				       parts->items[i].outline.broken_line, parts->items[i].outline.broken);
	return edit_place_fail(&parts->items[0].outline, &edit->place, err);
}

/* What is new goes into the plan's own file. */
static enum nm_code add_own(const struct edit_parts *parts, const struct nm_edit *edit, struct nm_error *err)
{
	struct edit_part *own = &parts->items[0];
	struct edit_at *order;
	bool last = false;
	size_t n;

	if (parts->n > 1 && edit->op == NM_EDIT_ADD) {
		order = edit_parts_order(parts, edit->place.section, strlen(edit->place.section), &n);
		if (!order)
			return nm_fail_memory(err);
		last = n && order[n - 1].part != own;
		free(order);
	}
	return add(&own->outline, edit, last, &own->splices, err);
}

static enum nm_code put(const struct nm_edit *edit, struct edit_parts *parts, struct nm_error *err)
{
	const struct edit_at at = find_at(parts, edit);
	const struct outline *outline = &at.part->outline;
	struct splices *splices = &at.part->splices;
	const bool option = edit->op == NM_EDIT_SET || edit->op == NM_EDIT_UNSET;

	if (edit->op == NM_EDIT_ADD_FIRST || (edit->op == NM_EDIT_ADD && !edit->place.title && edit->place.step < 0))
		return add_own(parts, edit, err);
	if (edit->op == NM_EDIT_ADD)
		return add(outline, edit, false, splices, err);
	if (at.item == OUTLINE_NONE || (at.item == OUTLINE_TOP && !option))
		return find_fail(parts, edit, err);
	switch (edit->op) {
	case NM_EDIT_SET:
		return option_set(outline, at.item, edit, splices, err);
	case NM_EDIT_UNSET:
		return option_unset(outline, at.item, edit, splices, err);
	case NM_EDIT_REMOVE:
		return section_remove(outline, at.item, splices, err);
	case NM_EDIT_MOVE:
		return edit_move(parts, at, edit->by, err);
	case NM_EDIT_RENAME:
		return edit_rename(parts, at, edit->value, err);
	case NM_EDIT_ADD:
	case NM_EDIT_ADD_FIRST:
		break;
	}
	return NM_OK;
}

enum nm_code nm_edit_apply(const struct nm_edit *edit, const char *text, size_t len, char **out,
			   size_t *out_len, struct nm_error *err)
{
	char *copy = len < NM_TEXTS_BYTES ? malloc(len + 1) : NULL;
	struct edit_parts parts = { 0 };
	struct nm_buf result;
	enum nm_code code;

	if (len >= NM_TEXTS_BYTES)
		return nm_fail(err, NM_INPUT, "the plan is too large: %u bytes at most", NM_TEXTS_BYTES);
	if (!copy)
		return nm_fail_memory(err);
	memcpy(copy, text, len);
	copy[len] = '\0';
	nm_buf_init(&result, NM_TEXTS_BYTES);
	code = edit_parts_read((struct nm_texts){ copy, len }, &parts, err);
	for (size_t i = 0; i < parts.n && !code; i++)
		if (parts.items[i].text.len >= NM_PLAN_BYTES)
			code = nm_fail(err, NM_INPUT, "the plan is too large: %u bytes at most", NM_PLAN_BYTES);
	if (!code)
		code = put(edit, &parts, err);
	if (!code)
		code = edit_parts_apply(&parts, &result, err);
	if (!code) {
		*out_len = result.len;
		*out = nm_buf_take(&result);
		code = *out ? NM_OK : nm_fail_memory(err);
	}
	edit_parts_clear(&parts);
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
