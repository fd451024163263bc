/* SPDX-License-Identifier: MIT */
/*
 * The plan being edited: a row of its texts, one of which is now.  Undo is the texts before, so no
 * edit needs an inverse.  Knows nothing of what a plan means.
 */
#include "nevermiss/edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "document_private.h"

#define STEPS_MAX 1000
#define BYTES_MAX (64u << 20)

static void state_clear(struct nm_document *document, struct state *state)
{
	document->bytes -= state->len;
	free(state->text);
	free(state->what);
}

static char *copy_of(const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	if (copy) {
		memcpy(copy, text, len);
		copy[len] = '\0';
	}
	return copy;
}

/* Drops the oldest states until the row is within its bounds; the newest stays. */
static void bound(struct nm_document *document)
{
	size_t gone = 0;

	while (gone < document->at && (document->n - gone > STEPS_MAX + 1 || document->bytes > BYTES_MAX))
		state_clear(document, &document->states[gone++]);
	document->n -= gone;
	document->at -= gone;
	if (document->base < gone)
		document->lost += gone - document->base;
	document->base = document->base > gone ? document->base - gone : 0;
	memmove(document->states, document->states + gone, document->n * sizeof *document->states);
}

/* The text is the file's. */
static void rebase(struct nm_document *document)
{
	document->base = document->at;
	document->lost = 0;
}

/* Takes text, in any case (NULL: memory was out). */
static enum nm_code push(struct nm_document *document, char *text, size_t len, const char *what,
			 struct nm_error *err)
{
	char *words = strdup(what);
	void *grown = document->states;
	const size_t next = document->n ? document->at + 1 : 0;

	if (!text || !words || !nm_grow(&grown, &document->capacity, next + 1, sizeof *document->states)) {
		free(text);
		free(words);
		return nm_fail_memory(err);
	}
	document->states = grown;
	while (document->n > next)
		state_clear(document, &document->states[--document->n]);
	if (next && !nm_document_dirty(document))
		rebase(document);
	if (document->base > document->at) {
		document->lost += document->base - document->at;
		document->base = document->at;
	}
	document->states[next] = (struct state){ .text = text, .what = words, .len = len };
	document->n = next + 1;
	document->at = next;
	document->bytes += len;
	bound(document);
	return NM_OK;
}

/* Takes over what was read or written; what it had of that before is freed. */
static void disk_take(struct nm_document *document, struct nm_texts_disk *disk)
{
	nm_texts_disk_clear(&document->disk);
	document->disk = *disk;
}

struct nm_texts document_disk(const struct nm_document *document)
{
	return (struct nm_texts){ document->disk.texts.data, document->disk.texts.len };
}

enum nm_code nm_document_open(const char *file, struct nm_document **out, struct nm_error *err)
{
	struct nm_document *document = calloc(1, sizeof *document);
	struct nm_texts texts;
	enum nm_code code;

	if (!document)
		return nm_fail_memory(err);
	document->file = strdup(file);
	code = document->file ? nm_texts_read(file, &document->disk, err) : nm_fail_memory(err);
	texts = document_disk(document);
	if (!code)
		code = push(document, copy_of(texts.bytes, texts.len), texts.len, "", err);
	if (code)
		nm_document_free(document);
	else
		*out = document;
	return code;
}

enum nm_code nm_document_new(const char *file, struct nm_document **out, struct nm_error *err)
{
	struct nm_document *document = calloc(1, sizeof *document);
	enum nm_code code;

	if (!document)
		return nm_fail_memory(err);
	document->unwritten = true;
	document->file = strdup(file);
	nm_buf_init(&document->disk.texts, 0);
	nm_buf_init(&document->disk.paths, 0);
	code = document->file ? push(document, copy_of("", 0), 0, "", err) : nm_fail_memory(err);
	if (code)
		nm_document_free(document);
	else
		*out = document;
	return code;
}

void nm_document_free(struct nm_document *document)
{
	if (!document)
		return;
	while (document->n)
		state_clear(document, &document->states[--document->n]);
	free(document->states);
	nm_texts_disk_clear(&document->disk);
	free(document->file);
	free(document);
}

const char *nm_document_file(const struct nm_document *document)
{
	return document->file;
}

const char *nm_document_path(const struct nm_document *document, const char *name)
{
	const struct nm_buf *paths = &document->disk.paths;

	if (!*name)
		return document->file;
	for (size_t at = 0; at < paths->len; at += strlen(paths->data + at) + 1)
		if (!strcmp(nm_texts_name(document->file, paths->data + at), name))
			return paths->data + at;
	return NULL;
}

struct nm_texts nm_document_texts(const struct nm_document *document)
{
	const struct state *now = &document->states[document->at];

	return (struct nm_texts){ now->text, now->len };
}

const char *nm_document_text(const struct nm_document *document, size_t *len)
{
	const char *text = nm_document_texts(document).bytes;

	if (len)
		*len = strlen(text);
	return text;
}

bool nm_document_dirty(const struct nm_document *document)
{
	return !nm_texts_same(nm_document_texts(document), document_disk(document));
}

size_t nm_document_edits(const struct nm_document *document)
{
	if (!nm_document_dirty(document))
		return 0;
	return document->lost +
	       (document->at > document->base ? document->at - document->base : document->base - document->at);
}

size_t nm_document_steps(const struct nm_document *document, size_t *now)
{
	*now = document->at;
	return document->n;
}

struct nm_texts nm_document_step(const struct nm_document *document, size_t i, const char **what)
{
	*what = document->states[i].what;
	return (struct nm_texts){ document->states[i].text, document->states[i].len };
}

size_t nm_document_saved_step(const struct nm_document *document)
{
	return document->base;
}

struct nm_texts nm_document_saved(const struct nm_document *document)
{
	return document_disk(document);
}

/* --- what is on disk --- */

/* Puts the files' own bytes in place. */
static enum nm_code push_disk(struct nm_document *document, const char *what, struct nm_error *err)
{
	const struct nm_texts disk = document_disk(document);
	enum nm_code code = NM_OK;

	if (nm_document_dirty(document))
		code = push(document, copy_of(disk.bytes, disk.len), disk.len, what, err);
	if (!code)
		rebase(document);
	return code;
}

enum nm_code nm_document_discard(struct nm_document *document, const char *what, struct nm_error *err)
{
	return push_disk(document, what, err);
}

enum nm_code nm_document_reload(struct nm_document *document, const char *what, struct nm_error *err)
{
	struct nm_texts_disk disk;
	enum nm_code code = nm_texts_read(document->file, &disk, err);
	bool same;

	if (code)
		return code;
	same = nm_texts_same((struct nm_texts){ disk.texts.data, disk.texts.len }, document_disk(document));
	disk_take(document, &disk);
	return same ? NM_OK : push_disk(document, what, err);
}

void nm_document_merged_clear(struct nm_document_merged *merged)
{
	nm_texts_disk_clear(&merged->theirs);
	nm_buf_clear(&merged->texts);
}

enum nm_code nm_document_merged(const struct nm_document *document, struct nm_document_merged *out, struct nm_error *err)
{
	enum nm_code code = nm_texts_read(document->file, &out->theirs, err);

	if (code)
		return code;
	nm_buf_init(&out->texts, NM_TEXTS_BYTES);
	code = nm_texts_merge(document_disk(document), nm_document_texts(document),
			      (struct nm_texts){ out->theirs.texts.data, out->theirs.texts.len }, &out->texts, err);
	if (code)
		nm_document_merged_clear(out);
	return code;
}

enum nm_code nm_document_merge(struct nm_document *document, const struct nm_document_merged *merged,
			       const char *their_words, const char *our_words, struct nm_error *err)
{
	struct nm_texts_disk disk = { .stamp = merged->theirs.stamp };
	enum nm_code code;

	nm_buf_init(&disk.texts, NM_TEXTS_BYTES);
	nm_buf_init(&disk.paths, merged->theirs.paths.max);
	nm_buf_addn(&disk.texts, merged->theirs.texts.data, merged->theirs.texts.len);
	nm_buf_addn(&disk.paths, merged->theirs.paths.data, merged->theirs.paths.len);
	if (disk.texts.failed || disk.paths.failed) {
		nm_texts_disk_clear(&disk);
		return nm_fail_memory(err);
	}
	disk_take(document, &disk);
	code = push_disk(document, their_words, err);
	if (!code && !nm_texts_same((struct nm_texts){ merged->texts.data, merged->texts.len }, document_disk(document)))
		code = nm_document_replace(document, merged->texts.data, merged->texts.len, our_words, err);
	return code;
}

void document_saved(struct nm_document *document, struct nm_texts_disk *disk)
{
	disk_take(document, disk);
	rebase(document);
}

/* --- edits --- */

enum nm_code nm_document_apply(struct nm_document *document, const struct nm_edit *edit, const char *what,
			       struct nm_error *err)
{
	const struct nm_texts now = nm_document_texts(document);
	char *text = NULL;
	size_t len = 0;
	const enum nm_code code = nm_edit_apply(edit, now.bytes, now.len, &text, &len, err);

	if (code)
		return code;
	if (nm_texts_same((struct nm_texts){ text, len }, now)) {
		free(text);
		return NM_OK;
	}
	return push(document, text, len, what, err);
}

/* The texts of files that were not given as they are now. */
static enum nm_code complete(const struct nm_document *document, struct nm_buf *texts, struct nm_error *err)
{
	const struct nm_texts given = { texts->data, texts->len };
	struct nm_file_text at = { 0 }, found;
	enum nm_code code = nm_texts_good(given, err);
	struct nm_buf rest;

	nm_buf_init(&rest, NM_TEXTS_BYTES);
	while (!code && nm_texts_next(nm_document_texts(document), &at)) {
		if (!nm_texts_find(given, at.name, &found))
			nm_texts_add(&rest, at.name, at.text, at.len);
	}
	nm_buf_addn(texts, rest.data, rest.len);
	texts->failed |= rest.failed;
	nm_buf_clear(&rest);
	return code ? code : texts->failed ? nm_fail_memory(err) : NM_OK;
}

static enum nm_code small_enough(struct nm_texts texts, struct nm_error *err)
{
	struct nm_file_text at = { 0 };

	while (nm_texts_next(texts, &at))
		if (at.len > NM_PLAN_BYTES)
			return nm_fail(err, NM_INPUT, "the plan would be too large: %u bytes at most", NM_PLAN_BYTES);
	return NM_OK;
}

enum nm_code nm_document_replace(struct nm_document *document, const char *texts, size_t len, const char *what,
				 struct nm_error *err)
{
	struct nm_buf all;
	enum nm_code code;

	nm_buf_init(&all, NM_TEXTS_BYTES);
	nm_buf_addn(&all, texts, len);
	code = small_enough((struct nm_texts){ all.data, all.len }, err);
	if (!code)
		code = complete(document, &all, err);
	if (!code)
		code = push(document, copy_of(all.data, all.len), all.len, what, err);
	nm_buf_clear(&all);
	return code;
}

const char *nm_document_undo(struct nm_document *document)
{
	if (!document->at)
		return NULL;
	return document->states[document->at--].what;
}

const char *nm_document_redo(struct nm_document *document)
{
	if (document->at + 1 >= document->n)
		return NULL;
	return document->states[++document->at].what;
}

void nm_document_drop(struct nm_document *document)
{
	if (!document->at)
		return;
	document->at--;
	while (document->n > document->at + 1)
		state_clear(document, &document->states[--document->n]);
}
