/* SPDX-License-Identifier: MIT */
/*
 * Presence: see presence.h.  In: the store's path, who it is.  Out: files STORE.open-ID, locked while their
 * session lives, and the names of files STORE.unsaved-ID.  Does not know what a plan is.
 */
#include "presence.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nevermiss/edit.h"

#define OPEN ".open-"
#define UNSAVED ".unsaved-"
#define PATH_BYTES 8192
#define FILE_BYTES 256
#define SINCE_WIDTH 20 /* of one width, so that what changes is written over in one piece */
#define EDITS_WIDTH 9
#define IDS_MOST 100 /* files of dead processes that had our number */

static void path_of(const struct presence *presence, const char *kind, const char *id, struct nm_buf *out)
{
	nm_buf_clear(out);
	nm_buf_addf(out, "%s/%s%s%s", presence->folder, presence->name, kind, id);
}

/* Is the file held by a process that lives?  One that is not, is left over. */
static bool held(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	bool locked;

	if (fd < 0)
		return false;
	locked = flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
	close(fd);
	return locked;
}

/* Our file, locked.  Somebody who found it before it was locked may have taken it away: then there is no link. */
static int hold(const char *path)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat about;

	if (fd < 0)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &about) == 0 && about.st_nlink > 0)
		return fd;
	close(fd);
	errno = EEXIST;
	return -1;
}

static bool write_self(int fd, const struct presence_self *self)
{
	return dprintf(fd, "%*lld %*d %.*s\n%.*s\n", SINCE_WIDTH, (long long)self->since, EDITS_WIDTH, 0,
		       PRESENCE_WHO - 1, self->who, PRESENCE_TERMINAL - 1, self->terminal ? self->terminal : "") > 0;
}

static enum nm_code hold_one(struct presence *presence, const struct presence_self *self, struct nm_error *err)
{
	struct nm_buf path;
	enum nm_code code = NM_OK;
	int error = 0;

	nm_buf_init(&path, PATH_BYTES);
	for (int i = 0; i < IDS_MOST && presence->fd < 0 && (i == 0 || error == EEXIST); i++) {
		free(presence->id);
		if (asprintf(&presence->id, "%ld-%d", (long)getpid(), i) < 0)
			presence->id = NULL;
		if (!presence->id)
			break;
		path_of(presence, UNSAVED, presence->id, &path);
		error = EEXIST;
		if (access(path.data, F_OK) == 0)
			continue; /* of one who had our number before */
		path_of(presence, OPEN, presence->id, &path);
		presence->fd = hold(path.data);
		error = errno;
	}
	if (!presence->id || path.failed)
		code = nm_fail_memory(err);
	else if (presence->fd < 0)
		code = nm_fail(err, NM_SYSTEM, "cannot write %s: %s", path.data, strerror(error));
	else if (!write_self(presence->fd, self))
		code = nm_fail(err, NM_SYSTEM, "cannot write %s: %s", path.data, strerror(errno));
	nm_buf_clear(&path);
	return code;
}

enum nm_code presence_begin(struct presence *presence, const char *store, const struct presence_self *self,
			    struct nm_error *err)
{
	const char *slash = strrchr(store, '/');
	enum nm_code code;

	*presence = (struct presence){ .fd = -1 };
	presence->folder = slash ? strndup(store, slash == store ? 1 : (size_t)(slash - store)) : strdup(".");
	presence->name = strdup(slash ? slash + 1 : store);
	code = presence->folder && presence->name ? NM_OK : nm_fail_memory(err);
	if (!code && self)
		code = hold_one(presence, self, err);
	if (code)
		presence_end(presence);
	return code;
}

void presence_tell(const struct presence *presence, size_t edits)
{
	char text[EDITS_WIDTH + 1];

	if (presence->fd < 0)
		return;
	snprintf(text, sizeof text, "%*d", EDITS_WIDTH, edits < PRESENCE_EDITS_MOST ? (int)edits : PRESENCE_EDITS_MOST);
	if (pwrite(presence->fd, text, EDITS_WIDTH, SINCE_WIDTH + 1) < 0)
		return;
}

void presence_end(struct presence *presence)
{
	struct nm_buf path;

	if (presence->fd >= 0 && presence->id) {
		nm_buf_init(&path, PATH_BYTES);
		path_of(presence, OPEN, presence->id, &path);
		if (!path.failed)
			unlink(path.data);
		nm_buf_clear(&path);
	}
	if (presence->fd >= 0)
		close(presence->fd);
	free(presence->folder);
	free(presence->name);
	free(presence->id);
	*presence = (struct presence){ .fd = -1 };
}

/* --- the others --- */

/* The id in a file's name of this kind; NULL when it is another file. */
static const char *id_in(const struct presence *presence, const char *kind, const char *file)
{
	const size_t name = strlen(presence->name), mark = strlen(kind);

	if (strncmp(file, presence->name, name) != 0 || strncmp(file + name, kind, mark) != 0)
		return NULL;
	/* nm_file_write's temporary files are none */
	return strchr(file + name + mark, '.') ? NULL : file + name + mark;
}

static bool own(const struct presence *presence, const char *id)
{
	return presence->id && !strcmp(presence->id, id);
}

/* What the text begins with, up to its line's end; returns what comes behind that. */
static const char *take_line(const char *text, char *out, size_t size)
{
	const size_t len = strcspn(text, "\n");

	snprintf(out, size, "%.*s", (int)len, text);
	return text + len + (text[len] == '\n');
}

static bool read_other(const char *path, const char *id, struct presence_other *other)
{
	struct nm_buf text;
	const char *rest;
	char *end;
	long long edits;
	bool read;

	nm_buf_init(&text, FILE_BYTES);
	read = nm_file_read(path, FILE_BYTES - 1, &text, NULL) == NM_OK;
	snprintf(other->id, sizeof other->id, "%s", id);
	other->since = strtoll(text.data, &end, 10);
	edits = strtoll(end, &end, 10);
	other->edits = edits < 0 ? 0 : edits < PRESENCE_EDITS_MOST ? (size_t)edits : PRESENCE_EDITS_MOST;
	rest = take_line(end + (*end == ' '), other->who, sizeof other->who);
	take_line(rest, other->terminal, sizeof other->terminal);
	nm_buf_clear(&text);
	return read && other->who[0];
}

size_t presence_others(const struct presence *presence, struct presence_other *out, size_t most)
{
	DIR *folder = presence->folder ? opendir(presence->folder) : NULL;
	const struct dirent *entry;
	struct nm_buf path;
	size_t n = 0;

	if (!folder)
		return 0;
	nm_buf_init(&path, PATH_BYTES);
	while (n < most && (entry = readdir(folder))) {
		const char *id = id_in(presence, OPEN, entry->d_name);

		if (!id || strlen(id) >= PRESENCE_ID || own(presence, id))
			continue;
		path_of(presence, OPEN, id, &path);
		if (held(path.data))
			n += read_other(path.data, id, &out[n]);
		else if (presence->id) /* its process is gone; a session that only looks leaves it */
			unlink(path.data);
	}
	nm_buf_clear(&path);
	closedir(folder);
	return n;
}

void presence_unsaved(const struct presence *presence, const char *id, struct nm_buf *out)
{
	path_of(presence, UNSAVED, id ? id : presence->id, out);
}

bool presence_left(const struct presence *presence, struct nm_buf *out)
{
	DIR *folder = presence->folder ? opendir(presence->folder) : NULL;
	const struct dirent *entry;
	struct stat about;
	time_t oldest = 0;
	struct nm_buf path;
	bool found = false;

	if (!folder)
		return false;
	nm_buf_init(&path, PATH_BYTES);
	while ((entry = readdir(folder))) {
		const char *id = id_in(presence, UNSAVED, entry->d_name);

		if (!id || own(presence, id))
			continue;
		path_of(presence, OPEN, id, &path);
		if (held(path.data))
			continue;
		path_of(presence, UNSAVED, id, &path);
		if (lstat(path.data, &about) || !S_ISREG(about.st_mode) || (found && about.st_mtime >= oldest))
			continue;
		found = true;
		oldest = about.st_mtime;
		nm_buf_clear(out);
		nm_buf_add(out, path.data);
	}
	nm_buf_clear(&path);
	closedir(folder);
	return found && !out->failed;
}
