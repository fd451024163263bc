/* SPDX-License-Identifier: MIT */
/*
 * Renaming a section and everything in the text that names it.  Which options name what is in the
 * plan's own table (nm_options); a text that happens to read like the name is left alone.
 */
#include "core/edit_private.h"

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

enum nm_code edit_rename(const struct outline *outline, int section, const char *title, struct splices *out,
			 struct nm_error *err)
{
	const struct item *item = &outline->items[section];
	enum nm_code code = edit_whole(outline, err);
	char *kind, *old;

	if (code)
		return code;
	if (item->title.from == item->title.until)
		return nm_fail(err, NM_INPUT, "the section has no name to change");
	if (!*title || title[strcspn(title, "\r\n\t")])
		return nm_fail(err, NM_INPUT, "a name is one line and not empty");
	kind = strndup(outline->text + item->name.from, item->name.until - item->name.from);
	old = malloc(item->title.until - item->title.from + 1);
	if (!kind || !old) {
		code = nm_fail_memory(err);
		goto out;
	}
	edit_decode(outline, item->title, old);
	if (!strcmp(old, title))
		goto out;
	if (taken(outline, kind, title))
		code = nm_fail(err, NM_INPUT, "the name is taken by another %s", kind);
	if (!code)
		code = value_replace(outline, item->title, title, out, err);
	if (!code)
		code = references_replace(outline, kind, old, title, out, err);
out:
	free(kind);
	free(old);
	return code;
}
