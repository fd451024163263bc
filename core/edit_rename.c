/* SPDX-License-Identifier: MIT */
/*
 * Renaming a section and everything in the plan's texts that names it.  Which options name what is in the
 * plan's own table (nm_options); a text that happens to read like the name is left alone.
 */
#include "core/edit_parts.h"

#include <stdlib.h>
#include <string.h>

#include "nevermiss/plan.h"

/* Is the word one of those separated by '|'? */
static bool listed(const char *words, const char *word, size_t len)
{
	size_t n;

	for (; words; words = words[n] ? words + n + 1 : NULL) {
		n = strcspn(words, "|");
		if (n == len && !memcmp(words, word, len))
			return true;
	}
	return false;
}

/* Steps name destinations, rotations and lines alike: a name must be one of them only (design.md 3). */
static const char *space(const char *kind)
{
	static const char shared[] = "destination|rotation|line";

	return listed(shared, kind, strlen(kind)) ? shared : kind;
}

static bool taken(const struct outline *outline, const char *kind, const char *title)
{
	const char *kinds = space(kind);
	size_t i;

	for (i = 0; i < outline->n_items; i++) {
		const struct item *item = &outline->items[i];

		if (item->kind == ITEM_SECTION && item->title.from < item->title.until &&
		    listed(kinds, outline->text + item->name.from, item->name.until - item->name.from) &&
		    edit_value_is(outline, item->title, title))
			return true;
	}
	return false;
}

static const struct nm_option_info *option_info(const struct outline *outline, const struct item *option)
{
	size_t i;

	if (option->kind != ITEM_OPTION || option->parent < 0)
		return NULL;
	for (i = 0; i < nm_options_count; i++)
		if (edit_span_is(outline, option->name, nm_options[i].name) &&
		    edit_span_is(outline, outline->items[option->parent].name, nm_options[i].section))
			return &nm_options[i];
	return NULL;
}

/* May a value of this option be the name of such a section, or (settings) begin with it? */
static bool names_kind(const struct nm_option_info *info, const char *kind)
{
	switch (info->type) {
	case NM_TYPE_REFERENCE:
	case NM_TYPE_REFERENCES:
	case NM_TYPE_TARGETS:
		return listed(info->values, kind, strlen(kind));
	case NM_TYPE_SETTINGS:
		return !strcmp(kind, "destination");
	default:
		return false;
	}
}

static bool plain(const char *text)
{
	return *text &&
	       text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")] ==
		       '\0';
}

/* Written as the old one was, if it can be. */
static void value_write(const struct outline *outline, struct span old, const char *value, struct nm_buf *out)
{
	const char quote = outline->text[old.from];

	if (quote == '\'' && !strpbrk(value, "'\\"))
		nm_buf_addf(out, "'%s'", value);
	else if (quote != '\'' && quote != '"' && plain(value))
		nm_buf_add(out, value);
	else
		nm_edit_quote(value, out);
}

static enum nm_code value_replace(const struct outline *outline, struct span old, const char *value,
				  struct splices *out, struct nm_error *err)
{
	struct splice *splice = edit_splice_add(out);

	if (!splice)
		return nm_fail_memory(err);
	splice->span = old;
	value_write(outline, old, value, &splice->text);
	return NM_OK;
}

/* "owner=busy": only the name before the equal sign changes. */
static enum nm_code setting_replace(const struct outline *outline, struct span old, const char *from,
				    const char *to, struct splices *out, struct nm_error *err)
{
	const size_t len = strlen(from);
	char *text = malloc(old.until - old.from + 1);
	enum nm_code code = NM_OK;
	struct nm_buf setting;

	if (!text)
		return nm_fail_memory(err);
	edit_decode(outline, old, text);
	if (!strncmp(text, from, len) && text[len] == '=') {
		nm_buf_init(&setting, NM_PLAN_BYTES);
		nm_buf_add(&setting, to);
		nm_buf_add(&setting, text + len);
		code = setting.failed ? nm_fail_memory(err)
				      : value_replace(outline, old, setting.data, out, err);
		nm_buf_clear(&setting);
	}
	free(text);
	return code;
}

static enum nm_code references_replace(const struct outline *outline, const char *kind, const char *from,
				       const char *to, struct splices *out, struct nm_error *err)
{
	enum nm_code code = NM_OK;
	size_t i, j;

	for (i = 0; i < outline->n_items; i++) {
		const struct item *option = &outline->items[i];
		const struct nm_option_info *info = option_info(outline, option);

		if (!info || !names_kind(info, kind))
			continue;
		for (j = 0; j < option->n_values && !code; j++) {
			const struct span value = outline->values[option->first_value + j];

			if (info->type == NM_TYPE_SETTINGS)
				code = setting_replace(outline, value, from, to, out, err);
			else if (edit_value_is(outline, value, from))
				code = value_replace(outline, value, to, out, err);
		}
		if (code)
			return code;
	}
	return NM_OK;
}

static enum nm_code rename_all(struct edit_parts *parts, struct edit_at at, const char *kind, const char *old,
			       const char *title, struct nm_error *err)
{
	const struct outline *outline = &at.part->outline;
	enum nm_code code;

	for (size_t i = 0; i < parts->n; i++)
		if (taken(&parts->items[i].outline, kind, title))
			return nm_fail(err, NM_INPUT, "the name is taken by another %s", kind);
	code = value_replace(outline, outline->items[at.item].title, title, &at.part->splices, err);
	for (size_t i = 0; i < parts->n && !code; i++)
		code = references_replace(&parts->items[i].outline, kind, old, title, &parts->items[i].splices, err);
	return code;
}

/* What breaks off may name it behind the break. */
static enum nm_code whole(const struct edit_parts *parts, struct nm_error *err)
{
	enum nm_code code = edit_whole(&parts->items[0].outline, err);

	for (size_t i = 1; i < parts->n && !code; i++)
		if (parts->items[i].outline.broken)
			code = nm_fail(err, NM_INPUT, "%s, line %d: %s", parts->items[i].text.name,
				       parts->items[i].outline.broken_line, parts->items[i].outline.broken);
	return code;
}

enum nm_code edit_rename(struct edit_parts *parts, struct edit_at at, const char *title, struct nm_error *err)
{
	const struct outline *outline = &at.part->outline;
	const struct item *item = &outline->items[at.item];
	enum nm_code code = whole(parts, err);
	char *kind, *old;

	if (code)
		return code;
	if (item->title.from == item->title.until)
		return nm_fail(err, NM_INPUT, "the section has no name to change");
	if (!*title || title[strcspn(title, "\r\n\t")])
		return nm_fail(err, NM_INPUT, "a name is one line and not empty");
	kind = strndup(outline->text + item->name.from, item->name.until - item->name.from);
	old = malloc(item->title.until - item->title.from + 1);
	if (kind && old) {
		edit_decode(outline, item->title, old);
		code = strcmp(old, title) ? rename_all(parts, at, kind, old, title, err) : NM_OK;
	} else {
		code = nm_fail_memory(err);
	}
	free(kind);
	free(old);
	return code;
}
