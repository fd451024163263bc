/* SPDX-License-Identifier: MIT */
/*
 * The file being edited: a row of whole texts, one of which is now.  Undo is the text before, so no
 * edit needs an inverse.  Knows nothing of what a plan means.
 */
#include "nevermiss/edit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nevermiss/plan.h"

#define STEPS_MAX 1000
#define BYTES_MAX (64u << 20)

/* A text, and the words for the change that led to it. */
struct state {
	char *text, *what;
	size_t len;
};

struct nm_document {
	char *file;
	struct state *states; /* states[at] is now; undo goes down, redo up */
	size_t n, capacity, at;
	size_t bytes; /* of all texts */
	size_t base;  /* undo down to here takes back what came after the last save */
	size_t lost;  /* steps between the text last saved and `base` to which no undo or redo leads any more */
	char *disk;   /* bytes last read or saved */
	size_t disk_len;
	struct stat about; /* of the file then */
	bool unwritten;    /* there is no file yet */
};

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

/* Remembers that the file holds these bytes now. */
static enum nm_code disk_keep(struct nm_document *document, const char *text, size_t len,
			      struct nm_error *err)
{
	char *copy = copy_of(text, len);

	if (!copy)
		return nm_fail_memory(err);
	free(document->disk);
	document->disk = copy;
	document->disk_len = len;
	/* A failure leaves what is known wrong, so that the bytes are compared. */
	if (stat(document->file, &document->about))
		memset(&document->about, 0, sizeof document->about);
	return NM_OK;
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

enum nm_code nm_document_open(const char *file, struct nm_document **out, struct nm_error *err)
{
	struct nm_document *document = calloc(1, sizeof *document);
	struct nm_buf text;
	enum nm_code code;

	if (!document)
		return nm_fail_memory(err);
	nm_buf_init(&text, NM_PLAN_BYTES);
	document->file = strdup(file);
	code = document->file ? nm_file_read(file, NM_PLAN_BYTES, &text, err) : nm_fail_memory(err);
	if (!code)
		code = push(document, copy_of(text.data, text.len), text.len, "", err);
	if (!code)
		code = disk_keep(document, text.data, text.len, err);
	nm_buf_clear(&text);
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
	document->disk = copy_of("", 0);
	code = document->file && document->disk ? push(document, copy_of("", 0), 0, "", err) : nm_fail_memory(err);
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
	free(document->disk);
	free(document->file);
	free(document);
}

const char *nm_document_file(const struct nm_document *document)
{
	return document->file;
}

const char *nm_document_text(const struct nm_document *document, size_t *len)
{
	const struct state *now = &document->states[document->at];

	if (len)
		*len = now->len;
	return now->text;
}

static bool on_disk(const struct nm_document *document, const char *text, size_t len)
{
	return len == document->disk_len && !memcmp(text, document->disk, len);
}

bool nm_document_dirty(const struct nm_document *document)
{
	const struct state *now = &document->states[document->at];

	return !on_disk(document, now->text, now->len);
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

const char *nm_document_step(const struct nm_document *document, size_t i, const char **what, size_t *len)
{
	*what = document->states[i].what;
	*len = document->states[i].len;
	return document->states[i].text;
}

size_t nm_document_saved_step(const struct nm_document *document)
{
	return document->base;
}

const char *nm_document_saved(const struct nm_document *document, size_t *len)
{
	*len = document->disk_len;
	return document->disk;
}

/* Puts the file's own bytes in place. */
static enum nm_code push_disk(struct nm_document *document, const char *what, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (nm_document_dirty(document))
		code = push(document, copy_of(document->disk, document->disk_len), document->disk_len, what, err);
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
	struct nm_buf text;
	enum nm_code code;

	nm_buf_init(&text, NM_PLAN_BYTES);
	code = nm_file_read(document->file, NM_PLAN_BYTES, &text, err);
	if (!code && !on_disk(document, text.data, text.len)) {
		code = disk_keep(document, text.data, text.len, err);
		if (!code)
			code = push_disk(document, what, err);
	}
	nm_buf_clear(&text);
	return code;
}

void nm_document_merged_clear(struct nm_document_merged *merged)
{
	free(merged->theirs);
	free(merged->text);
	*merged = (struct nm_document_merged){ 0 };
}

enum nm_code nm_document_merged(const struct nm_document *document, struct nm_document_merged *out, struct nm_error *err)
{
	const struct state *ours = &document->states[document->at];
	struct nm_document_merged merged = { 0 };
	struct nm_buf theirs;
	enum nm_code code;

	nm_buf_init(&theirs, NM_PLAN_BYTES);
	code = nm_file_read(document->file, NM_PLAN_BYTES, &theirs, err);
	if (!code && (strlen(theirs.data) != theirs.len || strlen(ours->text) != ours->len))
		code = nm_fail(err, NM_INPUT, "the plan's text has a NUL byte: it is not a text");
	if (!code) {
		const struct nm_edit_sides sides = { document->disk, ours->text, theirs.data };

		code = nm_edit_merge(&sides, &merged.text, &merged.len, err);
	}
	if (!code) {
		merged.theirs = copy_of(theirs.data, theirs.len);
		merged.theirs_len = theirs.len;
		code = merged.theirs ? NM_OK : nm_fail_memory(err);
	}
	if (code)
		nm_document_merged_clear(&merged);
	else
		*out = merged;
	nm_buf_clear(&theirs);
	return code;
}

enum nm_code nm_document_merge(struct nm_document *document, const struct nm_document_merged *merged,
			       const char *their_words, const char *our_words, struct nm_error *err)
{
	enum nm_code code = disk_keep(document, merged->theirs, merged->theirs_len, err);

	/* The file was read a while ago: what it is now is to be compared byte by byte. */
	memset(&document->about, 0, sizeof document->about);
	if (!code)
		code = push_disk(document, their_words, err);
	if (!code && !on_disk(document, merged->text, merged->len))
		code = nm_document_replace(document, merged->text, merged->len, our_words, err);
	return code;
}

enum nm_code nm_document_apply(struct nm_document *document, const struct nm_edit *edit, const char *what,
			       struct nm_error *err)
{
	const struct state *now = &document->states[document->at];
	char *text = NULL;
	size_t len = 0;
	const enum nm_code code = nm_edit_apply(edit, now->text, now->len, &text, &len, err);

	if (code)
		return code;
	if (len == now->len && !memcmp(text, now->text, len)) {
		free(text);
		return NM_OK;
	}
	return push(document, text, len, what, err);
}

enum nm_code nm_document_replace(struct nm_document *document, const char *text, size_t len, const char *what,
				 struct nm_error *err)
{
	if (len > NM_PLAN_BYTES)
		return nm_fail(err, NM_INPUT, "the plan would be too large: %u bytes at most", NM_PLAN_BYTES);
	return push(document, copy_of(text, len), len, what, err);
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

static bool bytes_differ(const struct nm_document *document)
{
	struct nm_buf text;
	bool differ;

	nm_buf_init(&text, NM_PLAN_BYTES);
	differ = nm_file_read(document->file, NM_PLAN_BYTES, &text, NULL) ||
		 !on_disk(document, text.data, text.len);
	nm_buf_clear(&text);
	return differ;
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool nm_document_stale(const struct nm_document *document)
{
	const struct stat *then = &document->about;
	struct stat now;

	if (document->unwritten)
		return false;
	if (stat(document->file, &now))
		return true;
	if (now.st_size != (off_t)document->disk_len)
		return true;
	if (now.st_dev == then->st_dev && now.st_ino == then->st_ino &&
	    same_time(now.st_mtim, then->st_mtim) && same_time(now.st_ctim, then->st_ctim))
		return false;
	return bytes_differ(document);
}

bool nm_document_gone(const struct nm_document *document)
{
	return !document->unwritten && access(document->file, F_OK) && errno == ENOENT;
}

/* Holds the file's folder, so that two of us cannot both find the file unchanged and both save it.
 * -1 where a file system has no such locks: then only the comparison guards. */
static enum nm_code folder_lock(const char *file, int *out, struct nm_error *err)
{
	char *path = realpath(file, NULL), *slash = path ? strrchr(path, '/') : NULL;
	enum nm_code code = NM_OK;

	*out = -1;
	if (!path && errno == ENOMEM)
		return nm_fail_memory(err);
	if (slash) {
		slash[slash == path] = '\0';
		*out = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (*out >= 0 && flock(*out, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) {
		close(*out);
		*out = -1;
		code = nm_fail(err, NM_REFUSED, "%s is being saved by somebody else: try again", file);
	}
	free(path);
	return code;
}

enum nm_code nm_document_save(struct nm_document *document, struct nm_error *err)
{
	const struct state *now = &document->states[document->at];
	int lock;
	enum nm_code code = folder_lock(document->file, &lock, err);

	if (code)
		return code;
	if (nm_document_gone(document))
		code = nm_fail(err, NM_REFUSED, "%s is no longer there: nothing was saved", document->file);
	else if (bytes_differ(document))
		code = nm_fail(err, NM_REFUSED, "%s was changed by somebody else: nothing was saved",
			       document->file);
	if (!code && !on_disk(document, now->text, now->len))
		code = nm_file_write(document->file, now->text, now->len, false, err);
	if (!code)
		code = disk_keep(document, now->text, now->len, err);
	if (!code)
		rebase(document);
	if (lock >= 0)
		close(lock);
	return code;
}
