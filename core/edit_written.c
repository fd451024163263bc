/* SPDX-License-Identifier: MIT */
/*
 * A plan's texts -> its sections and options as they are written, for forms; and a value -> how the plan
 * writes it.  Judges nothing: whether an option is known, or its value good, is for who reads the plan.
 */
#include "nevermiss/edit.h"

#include <string.h>

#include "core/edit_parts.h"
#include "nevermiss/plan.h"

/* Lines are counted on from the place that was asked for last. */
struct lines {
	const char *text;
	size_t at;
	int line;
	const char *file; /* whose they are */
};

static int line_of(struct lines *lines, size_t at)
{
	if (at < lines->at)
		*lines = (struct lines){ lines->text, 0, 1, lines->file };
	for (; lines->at < at; lines->at++)
		lines->line += lines->text[lines->at] == '\n';
	return lines->line;
}

static int line_ends(const char *text, size_t from, size_t until)
{
	int n = 0;

	for (; from < until; from++)
		n += text[from] == '\n';
	return n;
}

static char *meaning(const struct outline *outline, struct span span, struct nm_arena *arena)
{
	char *text = nm_arena_alloc(arena, span.until - span.from + 1, 1);

	if (text)
		edit_decode(outline, span, text);
	return text;
}

static bool write_option(const struct outline *outline, const struct item *item, struct lines *lines,
			 struct nm_arena *arena, struct nm_written_option *out)
{
	const char **values = nm_arena_alloc(arena, item->n_values, sizeof *values);
	bool good = values != NULL;
	size_t i;

	for (i = 0; good && i < item->n_values; i++) {
		values[i] = meaning(outline, outline->values[item->first_value + i], arena);
		good = values[i] != NULL;
	}
	out->name = nm_arena_textn(arena, outline->text + item->name.from, item->name.until - item->name.from);
	out->text = nm_arena_textn(arena, outline->text + item->value.from, item->value.until - item->value.from);
	out->line = line_of(lines, item->all.from);
	out->n = item->n_values;
	out->values = values;
	out->file = lines->file;
	return good && out->name && out->text;
}

/* The options that stand in a section, from the first item that may be one on. */
static bool write_options(const struct outline *outline, int parent, size_t first, size_t until, struct lines *lines,
			  struct nm_arena *arena, struct nm_written_section *out)
{
	struct nm_written_option *options;
	bool good = true;
	size_t i, n = 0;

	for (i = first; i < outline->n_items && outline->items[i].all.from < until; i++)
		n += outline->items[i].kind == ITEM_OPTION && outline->items[i].parent == parent;
	options = nm_arena_alloc(arena, n, sizeof *options);
	if (!options)
		return false;
	for (i = first, n = 0; good && i < outline->n_items && outline->items[i].all.from < until; i++)
		if (outline->items[i].kind == ITEM_OPTION && outline->items[i].parent == parent)
			good = write_option(outline, &outline->items[i], lines, arena, &options[n++]);
	out->n = n;
	out->options = options;
	return good;
}

static bool write_section(const struct outline *outline, int at, struct lines *lines, struct nm_arena *arena,
			  struct nm_written_section *out)
{
	const struct item *item = &outline->items[at];
	const bool titled = item->title.from < item->title.until;

	out->file = lines->file;
	out->kind = nm_arena_textn(arena, outline->text + item->name.from, item->name.until - item->name.from);
	out->title = titled ? meaning(outline, item->title, arena) : NULL;
	out->step = -1;
	out->from = item->all.from;
	out->until = item->all.until;
	out->title_from = item->title.from;
	out->title_until = item->title.until;
	out->line = line_of(lines, item->all.from);
	out->first_line = out->line - line_ends(outline->text, edit_attached(outline, item), item->all.from);
	out->end_line = line_of(lines, item->all.until);
	return out->kind && (out->title || !titled) &&
	       write_options(outline, at, (size_t)at + 1, item->all.until, lines, arena, out);
}

/* A step's title is its path's; number counts the steps of the path that came last. */
static void name_step(const struct item *item, const struct nm_written_section *path, int *number,
		      struct nm_written_section *out)
{
	if (item->parent == OUTLINE_TOP) {
		*number = 0;
		return;
	}
	out->title = path->title;
	out->step = (*number)++;
}

static size_t sections_in(const struct edit_parts *parts)
{
	size_t n = 1;

	for (size_t i = 0; i < parts->n; i++)
		n += parts->items[i].outline.n_items;
	return n;
}

/* The options of the top level are one section, in whichever files they stand. */
static bool write_top(const struct edit_parts *parts, struct nm_arena *arena, struct nm_written_section *top)
{
	struct nm_written_option *all;
	struct nm_written_section one;
	size_t n = 0;

	for (size_t i = 0; i < parts->n; i++)
		n += parts->items[i].outline.n_items;
	all = nm_arena_alloc(arena, n, sizeof *all);
	for (size_t i = 0; all && i < parts->n; i++) {
		const struct outline *outline = &parts->items[i].outline;
		struct lines lines = { outline->text, 0, 1, nm_arena_text(arena, parts->items[i].text.name) };

		if (!lines.file || !write_options(outline, OUTLINE_TOP, 0, outline->len, &lines, arena, &one))
			return false;
		if (one.n)
			memcpy(all + top->n, one.options, one.n * sizeof *all);
		top->n += one.n;
	}
	top->options = all;
	return all != NULL;
}

/* base: where the text is among all texts. */
static bool write_part(const struct edit_part *part, size_t base, struct nm_written *out, struct nm_written_section *sections)
{
	const struct outline *outline = &part->outline;
	struct lines lines = { outline->text, 0, 1, nm_arena_text(out->arena, part->text.name) };
	const struct nm_written_section *path = sections;
	int number = 0;

	for (size_t i = 0; lines.file && i < outline->n_items; i++) {
		struct nm_written_section *section = &sections[out->n];

		if (outline->items[i].kind != ITEM_SECTION || !outline->items[i].all.until)
			continue;
		if (!write_section(outline, (int)i, &lines, out->arena, section))
			return false;
		section->from += base;
		section->until += base;
		section->title_from += base;
		section->title_until += base;
		name_step(&outline->items[i], path, &number, section);
		path = section->step < 0 ? section : path;
		out->n++;
	}
	return lines.file != NULL;
}

static enum nm_code write_all(const struct edit_parts *parts, struct nm_texts texts, struct nm_written *out, struct nm_error *err)
{
	const struct outline *own = &parts->items[0].outline;
	struct lines lines = { own->text, 0, 1, "" };
	struct nm_written_section *sections = nm_arena_alloc(out->arena, sections_in(parts), sizeof *sections);

	if (!sections)
		return nm_fail_memory(err);
	sections[0] = (struct nm_written_section){ .kind = "", .file = "", .step = -1, .until = own->len, .line = 1, .first_line = 1 };
	sections[0].end_line = line_of(&lines, own->len);
	if (!write_top(parts, out->arena, &sections[0]))
		return nm_fail_memory(err);
	out->n = 1;
	for (size_t i = 0; i < parts->n; i++)
		if (!write_part(&parts->items[i], (size_t)(parts->items[i].text.text - texts.bytes), out, sections))
			return nm_fail_memory(err);
	out->sections = sections;
	return NM_OK;
}

enum nm_code nm_written_read(const char *text, size_t len, struct nm_written *out, struct nm_error *err)
{
	const struct nm_texts texts = { text, len };
	struct edit_parts parts;
	enum nm_code code = edit_parts_read(texts, &parts, err);

	if (code)
		return code;
	*out = (struct nm_written){ .arena = nm_arena_new() };
	code = out->arena ? write_all(&parts, texts, out, err) : nm_fail_memory(err);
	if (code)
		nm_written_clear(out);
	edit_parts_clear(&parts);
	return code;
}

void nm_written_clear(struct nm_written *written)
{
	nm_arena_free(written->arena);
	*written = (struct nm_written){ 0 };
}

const struct nm_written_section *nm_written_find(const struct nm_written *written, const struct nm_place *place)
{
	size_t i;

	for (i = 0; i < written->n; i++) {
		const struct nm_written_section *section = &written->sections[i];
		const char *kind = place->step < 0 ? place->section : "step";

		if (!strcmp(section->kind, kind) && section->step == place->step &&
		    (!place->title || (section->title && !strcmp(section->title, place->title))))
			return section;
	}
	return NULL;
}

const struct nm_written_option *nm_written_option(const struct nm_written_section *section, const char *name)
{
	size_t i;

	/* The last one counts, as for an edit. */
	for (i = section->n; i > 0; i--)
		if (!strcmp(section->options[i - 1].name, name))
			return &section->options[i - 1];
	return NULL;
}

/* --- values --- */

/* Can it stand without quotes? */
static bool bare(const char *value)
{
	return *value &&
	       value[strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")] == '\0';
}

/* Words of the language, names and quantities; all else is text, which people put in quotes. */
static bool quoted_type(enum nm_option_type type)
{
	switch (type) {
	case NM_TYPE_NUMBER:
	case NM_TYPE_PERCENT:
	case NM_TYPE_AMOUNT:
	case NM_TYPE_COUNT:
	case NM_TYPE_DURATION:
	case NM_TYPE_YES_NO:
	case NM_TYPE_CHOICE:
	case NM_TYPE_REFERENCE:
	case NM_TYPE_REFERENCES:
	case NM_TYPE_TARGETS:
	case NM_TYPE_OWN_VOICEMAIL:
	case NM_TYPE_SECTION:
		return false;
	default:
		return true;
	}
}

static void value_add(const struct nm_option_info *option, const char *value, struct nm_buf *out)
{
	const bool word = !strcmp(value, "anonymous") || !strcmp(value, "unknown");

	if (bare(value) && (!quoted_type(option->type) || (word && option->type != NM_TYPE_TEXT)))
		nm_buf_add(out, value);
	else
		nm_edit_quote(value, out);
}

void nm_edit_value(const struct nm_option_info *option, const char *const *values, size_t n, struct nm_buf *out)
{
	size_t i;

	if (n == 1) {
		value_add(option, values[0], out);
		return;
	}
	nm_buf_add(out, n ? "{ " : "{");
	for (i = 0; i < n; i++) {
		nm_buf_add(out, i ? ", " : "");
		value_add(option, values[i], out);
	}
	nm_buf_add(out, n ? " }" : "}");
}
