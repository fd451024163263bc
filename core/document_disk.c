/* SPDX-License-Identifier: MIT */
/*
 * A document and the disk: has a file changed underneath, and the files whose text changed written, all or none.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "document_private.h"

#define FILES_MOST (NM_PLAN_INCLUDES + 1)

static bool bytes_differ(const struct nm_document *document)
{
	struct nm_texts_disk disk;
	bool differ;

	if (nm_texts_read(document->file, &disk, NULL))
		return true;
	differ = !nm_texts_same((struct nm_texts){ disk.texts.data, disk.texts.len }, document_disk(document));
	nm_texts_disk_clear(&disk);
	return differ;
}

bool nm_document_stale(const struct nm_document *document)
{
	if (document->unwritten || (document->disk.stamp && nm_files_stamp(&document->disk.paths) == document->disk.stamp))
		return false;
	return bytes_differ(document);
}

bool nm_document_gone(const struct nm_document *document)
{
	return !document->unwritten && access(document->file, F_OK) && errno == ENOENT;
}

/* --- locks --- */

/* The folders of files that are being saved. */
struct locks {
	int fds[FILES_MOST];
	size_t n;
};

static bool held(const struct locks *locks, int fd)
{
	struct stat one, other;

	for (size_t i = 0; i < locks->n; i++)
		if (!fstat(fd, &one) && !fstat(locks->fds[i], &other) && one.st_dev == other.st_dev && one.st_ino == other.st_ino)
			return true;
	return false;
}

/* Holds the file's folder, so that two of us cannot both find the file unchanged and both save it.
 * Not where a file system has no such locks: then only the comparison guards. */
static enum nm_code folder_lock(struct locks *locks, const char *file, struct nm_error *err)
{
	char *path = realpath(file, NULL), *slash = path ? strrchr(path, '/') : NULL;
	enum nm_code code = NM_OK;
	int fd = -1;

	if (!path && errno == ENOMEM)
		return nm_fail_memory(err);
	if (slash) {
		slash[slash == path] = '\0';
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	free(path);
	if (fd < 0)
		return NM_OK;
	if (locks->n == FILES_MOST || held(locks, fd)) {
		close(fd);
		return NM_OK;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		code = nm_fail(err, NM_REFUSED, "%s is being saved by somebody else: try again", file);
	if (code)
		close(fd);
	else
		locks->fds[locks->n++] = fd;
	return code;
}

static void unlock(struct locks *locks)
{
	while (locks->n)
		close(locks->fds[--locks->n]);
}

/* --- saving --- */

/* Those whose text is another one than on disk; paths are malloc'd. */
struct changed {
	struct nm_file_bytes files[FILES_MOST];
	size_t n;
};

static void changed_clear(struct changed *changed)
{
	while (changed->n)
		free((char *)changed->files[--changed->n].file);
}

static enum nm_code changed_find(const struct nm_document *document, struct changed *out, struct nm_error *err)
{
	struct nm_file_text at = { 0 }, was;

	while (nm_texts_next(nm_document_texts(document), &at)) {
		char *path;

		if (nm_texts_find(document_disk(document), at.name, &was) && was.len == at.len &&
		    !memcmp(was.text, at.text, at.len))
			continue;
		if (out->n == FILES_MOST)
			return nm_fail(err, NM_INPUT, "more than %d files of the plan changed", FILES_MOST);
		path = nm_texts_path(document->file, at.name);
		if (!path)
			return nm_fail_memory(err);
		out->files[out->n++] = (struct nm_file_bytes){ path, at.text, at.len };
	}
	return NM_OK;
}

static enum nm_code lock_all(const struct nm_document *document, const struct changed *changed, struct locks *locks,
			     struct nm_error *err)
{
	enum nm_code code = folder_lock(locks, document->file, err);

	for (size_t i = 0; i < changed->n && !code; i++)
		code = folder_lock(locks, changed->files[i].file, err);
	return code;
}

/* The first whose text is another one than in these, in the order of the texts; the plan's own when none is. */
static const char *first_other(struct nm_texts texts, struct nm_texts others)
{
	struct nm_file_text at = { 0 }, other;

	while (nm_texts_next(texts, &at))
		if (!nm_texts_find(others, at.name, &other) || at.len != other.len || memcmp(at.text, other.text, at.len) != 0)
			return at.name;
	return "";
}

static enum nm_code nobody_else(const struct nm_document *document, struct nm_error *err)
{
	struct nm_texts_disk disk;
	struct nm_texts now;
	const char *name;
	enum nm_code code = NM_OK;

	if (nm_document_gone(document))
		return nm_fail(err, NM_REFUSED, "%s is no longer there: nothing was saved", document->file);
	if (nm_texts_read(document->file, &disk, NULL))
		return nm_fail(err, NM_REFUSED, "%s was changed by somebody else: nothing was saved", document->file);
	now = (struct nm_texts){ disk.texts.data, disk.texts.len };
	name = first_other(document_disk(document), now);
	if (!nm_texts_same(document_disk(document), now))
		code = nm_fail(err, NM_REFUSED, "%s was changed by somebody else: nothing was saved",
			       *name ? name : document->file);
	nm_texts_disk_clear(&disk);
	return code;
}

/* The files are as the document is now.  Of what somebody wrote meanwhile, and of a file that is included again, the
 * bytes are compared when somebody looks. */
static enum nm_code saved(struct nm_document *document, struct nm_error *err)
{
	const struct nm_texts now = nm_document_texts(document);
	struct nm_texts_disk disk;

	if (nm_texts_read(document->file, &disk, NULL)) {
		nm_buf_init(&disk.texts, NM_TEXTS_BYTES);
		nm_buf_init(&disk.paths, 0);
	}
	if (!nm_texts_same((struct nm_texts){ disk.texts.data, disk.texts.len }, now)) {
		nm_texts_disk_clear(&disk);
		nm_buf_addn(&disk.texts, now.bytes, now.len);
	}
	if (disk.texts.failed) {
		nm_texts_disk_clear(&disk);
		return nm_fail_memory(err);
	}
	document_saved(document, &disk);
	return NM_OK;
}

enum nm_code nm_document_save(struct nm_document *document, struct nm_error *err)
{
	struct changed changed = { .n = 0 };
	struct locks locks = { .n = 0 };
	enum nm_code code = changed_find(document, &changed, err);

	if (!code)
		code = lock_all(document, &changed, &locks, err);
	if (!code)
		code = nobody_else(document, err);
	if (!code)
		code = nm_files_write(changed.files, changed.n, err);
	if (!code)
		code = saved(document, err);
	unlock(&locks);
	changed_clear(&changed);
	return code;
}
