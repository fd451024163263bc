/* SPDX-License-Identifier: MIT */
/*
 * Whole files: read within a bound, written so that a reader finds the old bytes or the new ones and
 * never a part of either, whenever the power fails.  Knows nothing of what is in them.
 */
#include "nevermiss/edit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536
#define PATH_BYTES 4096 /* longest target of a link */
#define LINKS_MAX 40    /* symbolic links followed, as the kernel does */
#define FRESH_MODE 0600 /* a plan holds private numbers */

static enum nm_code fail_errno(struct nm_error *err, const char *what, const char *file)
{
	const int number = errno;

	if (number == ENOMEM)
		return nm_fail_memory(err);
	return nm_fail(err, number == ENOENT ? NM_INPUT : NM_SYSTEM, "cannot %s %s: %s", what, file,
		       strerror(number));
}

enum nm_code nm_file_read(const char *file, size_t max, struct nm_buf *out, struct nm_error *err)
{
	/* Not blocking, so that a named pipe in the file's place is refused and not waited for. */
	const int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	enum nm_code code = NM_OK;
	char *chunk = NULL;
	struct stat about;
	size_t total = 0;
	ssize_t n;

	if (fd < 0)
		return fail_errno(err, "open", file);
	if (fstat(fd, &about)) {
		code = fail_errno(err, "look at", file);
		goto out;
	}
	if (!S_ISREG(about.st_mode)) {
		code = nm_fail(err, NM_INPUT, "%s is not a regular file", file);
		goto out;
	}
	chunk = malloc(CHUNK);
	if (!chunk) {
		code = nm_fail_memory(err);
		goto out;
	}
	while ((n = read(fd, chunk, CHUNK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			code = fail_errno(err, "read", file);
			goto out;
		}
		total += (size_t)n;
		if (total > max) {
			code = nm_fail(err, NM_INPUT, "%s is too large: %zu bytes at most", file, max);
			goto out;
		}
		nm_buf_addn(out, chunk, (size_t)n);
	}
	if (out->failed)
		code = nm_fail_memory(err);
out:
	free(chunk);
	close(fd);
	return code;
}

/* Where the bytes really are: the end of a chain of symbolic links, which need not exist yet. */
static enum nm_code link_follow(const char *file, char **out, struct nm_error *err)
{
	char *path = strdup(file), *target = NULL, *joined;
	const char *slash;
	ssize_t len;
	int i;

	for (i = 0; path && i < LINKS_MAX; i++) {
		target = malloc(PATH_BYTES);
		if (!target)
			break;
		len = readlink(path, target, PATH_BYTES);
		if (len < 0 || len >= PATH_BYTES) {
			free(target);
			*out = path;
			return NM_OK;
		}
		target[len] = '\0';
		slash = strrchr(path, '/');
		if (target[0] != '/' && slash) {
			if (asprintf(&joined, "%.*s/%s", (int)(slash - path), path, target) < 0)
				break;
			free(target);
			target = joined;
		}
		free(path);
		path = target;
		target = NULL;
	}
	if (path && i == LINKS_MAX) {
		free(path);
		return nm_fail(err, NM_INPUT, "%s: too many symbolic links", file);
	}
	free(target);
	free(path);
	return nm_fail_memory(err);
}

/* The folder's entry must reach the disk too, or the rename may be forgotten. */
static enum nm_code folder_sync(const char *path, struct nm_error *err)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, slash > path ? (size_t)(slash - path) : 1) : strdup(".");
	enum nm_code code = NM_OK;
	int fd;

	if (!folder)
		return nm_fail_memory(err);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Some file systems cannot do it (EINVAL): what can be done was done. */
	if (fd < 0 || (fsync(fd) && errno != EINVAL))
		code = fail_errno(err, "write the folder", folder);
	if (fd >= 0)
		close(fd);
	free(folder);
	return code;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/* Mode and owner of the file that is replaced.  Another's file that we may write but not give away
 * keeps its group if it can; then its bits for the group mean somebody else and are taken off. */
static bool likeness_keep(int fd, const char *path)
{
	struct stat about;
	mode_t mode;

	if (stat(path, &about))
		return errno == ENOENT && !fchmod(fd, FRESH_MODE);
	mode = about.st_mode & 07777;
	if (fchown(fd, about.st_uid, about.st_gid) && fchown(fd, (uid_t)-1, about.st_gid))
		mode &= ~(mode_t)(S_IRWXG | S_ISUID | S_ISGID);
	return !fchmod(fd, mode);
}

/* Puts the finished temporary file in the place of path. */
static bool place(const char *temporary, const char *path, bool fresh)
{
	if (!fresh)
		return !rename(temporary, path);
	if (!renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE))
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	/* A file system without that has hard links, which do not replace either. */
	if (link(temporary, path))
		return false;
	unlink(temporary);
	return true;
}

/* A file on its way to the disk. */
struct writing {
	const char *file;
	char *path, *temporary; /* temporary NULL: there is none, or none any more */
	bool fresh;
};

static void writing_end(struct writing *writing)
{
	if (writing->temporary)
		unlink(writing->temporary);
	free(writing->temporary);
	free(writing->path);
}

/* All that can be refused or run out, but for the change of names. */
static enum nm_code writing_begin(struct writing *writing, const struct nm_file_bytes *bytes, struct nm_error *err)
{
	enum nm_code code = NM_OK;
	bool done;
	int fd;

	if (!writing->fresh)
		code = link_follow(writing->file, &writing->path, err);
	else if (!(writing->path = strdup(writing->file)))
		code = nm_fail_memory(err);
	if (code)
		return code;
	if (asprintf(&writing->temporary, "%s.XXXXXX", writing->path) < 0) {
		writing->temporary = NULL;
		return nm_fail_memory(err);
	}
	/* A file that is read-only is meant to be, though its folder would let us replace it. */
	fd = access(writing->path, W_OK) && errno != ENOENT ? -1 : mkostemp(writing->temporary, O_CLOEXEC);
	if (fd < 0) {
		code = fail_errno(err, "write", writing->file);
		free(writing->temporary);
		writing->temporary = NULL;
		return code;
	}
	done = write_all(fd, bytes->bytes, bytes->len) && likeness_keep(fd, writing->path) && !fsync(fd);
	if (!done)
		code = fail_errno(err, "write", writing->file);
	if (close(fd) && done)
		code = fail_errno(err, "write", writing->file);
	return code;
}

static enum nm_code writing_place(struct writing *writing, struct nm_error *err)
{
	if (place(writing->temporary, writing->path, writing->fresh)) {
		free(writing->temporary);
		writing->temporary = NULL;
		return folder_sync(writing->path, err);
	}
	if (errno == EEXIST)
		return nm_fail(err, NM_REFUSED, "%s is there already and is not overwritten", writing->file);
	return fail_errno(err, "write", writing->file);
}

enum nm_code nm_file_write(const char *file, const char *bytes, size_t len, bool fresh, struct nm_error *err)
{
	struct writing writing = { .file = file, .fresh = fresh };
	enum nm_code code = writing_begin(&writing, &(struct nm_file_bytes){ file, bytes, len }, err);

	if (!code)
		code = writing_place(&writing, err);
	writing_end(&writing);
	return code;
}

enum nm_code nm_files_write(const struct nm_file_bytes *files, size_t n, struct nm_error *err)
{
	struct writing *writings = calloc(n + 1, sizeof *writings);
	enum nm_code code = writings ? NM_OK : nm_fail_memory(err);
	struct nm_error why;

	for (size_t i = 0; i < n && !code; i++) {
		writings[i].file = files[i].file;
		code = writing_begin(&writings[i], &files[i], err);
	}
	for (size_t i = 0; i < n && !code; i++) {
		code = writing_place(&writings[i], i ? &why : err);
		if (code && i)
			nm_fail(err, code, "%s was written, but not all that belongs to it: %s", files[i - 1].file, why.text);
	}
	for (size_t i = 0; writings && i < n; i++)
		writing_end(&writings[i]);
	free(writings);
	return code;
}
