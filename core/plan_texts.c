/* SPDX-License-Identifier: MIT */
/*
 * The texts of a plan as one value (plan_texts.h): taken apart, put together, merged file by file.  Knows no file of the disk.
 */
#include "nevermiss/plan_texts.h"

#include <stdlib.h>
#include <string.h>

#include "nevermiss/edit.h"
#include "plan_private.h"

bool nm_texts_same(struct nm_texts a, struct nm_texts b)
{
	return a.len == b.len && !memcmp(a.bytes, b.bytes, a.len);
}

bool nm_texts_next(struct nm_texts texts, struct nm_file_text *at)
{
	const char *const end = texts.bytes + texts.len;
	const char *name = at->text ? at->text + at->len + 1 : "", *text = at->text ? NULL : texts.bytes;

	if (!text) {
		if (name >= end)
			return false;
		text = name + strlen(name) + 1;
	}
	if (text > end)
		return false;
	*at = (struct nm_file_text){ name, text, strlen(text) };
	return true;
}

bool nm_texts_find(struct nm_texts texts, const char *name, struct nm_file_text *out)
{
	struct nm_file_text at = { 0 };

	while (nm_texts_next(texts, &at)) {
		if (strcmp(at.name, name) != 0)
			continue;
		*out = at;
		return true;
	}
	return false;
}

enum nm_code nm_texts_good(struct nm_texts texts, struct nm_error *err)
{
	struct nm_file_text at = { 0 }, first;
	bool good = true;

	/* The last one ends where all do, and no name stands twice. */
	while (good && nm_texts_next(texts, &at))
		good = (at.text == texts.bytes || *at.name) && nm_texts_find(texts, at.name, &first) && first.text == at.text;
	if (good && at.text + at.len == texts.bytes + texts.len)
		return NM_OK;
	return nm_fail(err, NM_INPUT, "the plan's text has a NUL byte: it is not a text");
}

void nm_texts_add(struct nm_buf *texts, const char *name, const char *text, size_t len)
{
	if (*name) {
		nm_buf_addn(texts, "", 1);
		nm_buf_addn(texts, name, strlen(name) + 1);
	}
	nm_buf_addn(texts, text, len);
}

static bool put_first(struct nm_arena *arena, const char *name, const char *bytes, size_t len, struct nm_plan_file **first)
{
	struct nm_plan_file *file = nm_arena_alloc(arena, 1, sizeof *file);

	if (file) {
		*file = (struct nm_plan_file){ *first, name, bytes, len };
		*first = file;
	}
	return file != NULL;
}

bool nm_texts_files(struct nm_texts texts, struct nm_arena *arena, const struct nm_plan_file *others,
		    const struct nm_plan_file **out)
{
	struct nm_plan_file *first = NULL;
	struct nm_file_text at = { 0 };
	bool good = true;

	nm_texts_next(texts, &at);
	while (good && nm_texts_next(texts, &at))
		good = put_first(arena, at.name, at.text, at.len, &first);
	for (; good && others; others = others->next)
		good = nm_plan_find_file(first, others->name) ||
		       put_first(arena, others->name, others->bytes, others->len, &first);
	*out = first;
	return good;
}

char *nm_texts_path(const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');
	struct nm_buf path;

	nm_buf_init(&path, NM_PLAN_BYTES);
	if (!*name)
		nm_buf_add(&path, file);
	else if (*name != '/' && slash)
		nm_buf_addn(&path, file, (size_t)(slash + 1 - file));
	nm_buf_add(&path, name);
	return nm_buf_take(&path);
}

const char *nm_texts_name(const char *file, const char *path)
{
	return strcmp(file, path) ? nm_beside_name(file, path) : "";
}

/* --- what two people made of them --- */

static bool same(const struct nm_file_text *a, const struct nm_file_text *b)
{
	return !a->text || !b->text ? a->text == b->text : a->len == b->len && !memcmp(a->text, b->text, a->len);
}

/* One file, in all three; text NULL: not there. */
static enum nm_code merge_file(const struct nm_file_text *base, const struct nm_file_text *ours, const struct nm_file_text *theirs,
			       struct nm_buf *out, struct nm_error *err)
{
	const struct nm_file_text *taken = same(ours, base) ? theirs : ours;
	const struct nm_edit_sides sides = { base->text, ours->text, theirs->text };
	char *both = NULL;
	size_t len;
	enum nm_code code;

	if (same(ours, base) || same(theirs, base) || same(ours, theirs)) {
		if (taken->text)
			nm_texts_add(out, taken->name, taken->text, taken->len);
		return NM_OK;
	}
	if (!base->text || !ours->text || !theirs->text)
		return nm_fail(err, NM_REFUSED, "%s was changed on one side, and put there or taken away on the other",
			       ours->text ? ours->name : theirs->name);
	code = nm_edit_merge(&sides, &both, &len, err);
	if (!code)
		nm_texts_add(out, ours->name, both, len);
	free(both);
	return code;
}

static void find(struct nm_texts texts, const char *name, struct nm_file_text *out)
{
	if (!nm_texts_find(texts, name, out))
		*out = (struct nm_file_text){ .name = name };
}

/* Those that are ours, or the rest of theirs. */
static enum nm_code merge_files(struct nm_texts base, struct nm_texts ours, struct nm_texts theirs, bool rest,
				struct nm_buf *out, struct nm_error *err)
{
	struct nm_file_text at = { 0 }, one[3], other;
	enum nm_code code = NM_OK;

	while (!code && nm_texts_next(rest ? theirs : ours, &at)) {
		if (rest && nm_texts_find(ours, at.name, &other))
			continue;
		find(base, at.name, &one[0]);
		find(ours, at.name, &one[1]);
		find(theirs, at.name, &one[2]);
		code = merge_file(&one[0], &one[1], &one[2], out, err);
	}
	return code;
}

enum nm_code nm_texts_merge(struct nm_texts base, struct nm_texts ours, struct nm_texts theirs, struct nm_buf *out,
			    struct nm_error *err)
{
	enum nm_code code = nm_texts_good(base, err);

	if (!code)
		code = nm_texts_good(ours, err);
	if (!code)
		code = nm_texts_good(theirs, err);
	if (!code)
		code = merge_files(base, ours, theirs, false, out, err);
	if (!code)
		code = merge_files(base, ours, theirs, true, out, err);
	if (!code && out->failed)
		code = nm_fail(err, NM_INPUT, "no room for both together: %u bytes at most", NM_TEXTS_BYTES);
	return code;
}
