/* SPDX-License-Identifier: MIT */
/*
 * Who may work with a store's carriers: one that pushes or sends at a time, and one agent.  The locks are given back
 * by the end of the process, however it ends.  They are those of Linux's open files (fcntl_locking(2), "Open file
 * description locks"): whether one is held can be asked without taking it, which would be in the way of whoever wants it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/store_private.h"

#define AGENT "agent"

static const struct flock whole_file = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

/* A file beside the store: a lock on the store itself would be in SQLite's way. */
static enum nm_code open_lock(const struct nm_store *store, const char *name, int flags, int *out, struct nm_error *err)
{
	struct nm_buf file;
	enum nm_code code = NM_OK;

	nm_buf_init(&file, 65536);
	nm_buf_addf(&file, "%s-%s", store->file, name);
	if (file.failed)
		code = nm_fail_memory(err);
	else if ((*out = open(file.data, flags | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		code = nm_fail(err, NM_SYSTEM, "%s: cannot be opened: %s", file.data, strerror(errno));
	nm_buf_clear(&file);
	return code;
}

/* *lock keeps it open. */
static enum nm_code take_lock(struct nm_store *store, const char *name, const char *taken, int *lock,
			      struct nm_error *err)
{
	struct flock wanted = whole_file;
	enum nm_code code = nm_store_writable(store, err);
	int fd;

	if (code == NM_OK)
		code = open_lock(store, name, O_RDWR | O_CREAT, &fd, err);
	if (code != NM_OK)
		return code;
	if (fcntl(fd, F_OFD_SETLK, &wanted) != 0) {
		close(fd);
		return nm_fail(err, NM_REFUSED, "%s", taken);
	}
	*lock = fd;
	return NM_OK;
}

static void give_lock(int *lock)
{
	if (*lock >= 0)
		close(*lock);
	*lock = -1;
}

enum nm_code nm_store_lock(struct nm_store *store, struct nm_error *err)
{
	return take_lock(store, "lock",
			 "another nevermiss is pushing this plan or sending a text: wait until it has finished",
			 &store->lock, err);
}

void nm_store_unlock(struct nm_store *store)
{
	give_lock(&store->lock);
}

enum nm_code nm_store_agent_lock(struct nm_store *store, struct nm_error *err)
{
	return take_lock(store, AGENT,
			 "an agent runs for this plan already: one is enough (`nevermiss agent --status`)",
			 &store->agent_lock, err);
}

void nm_store_agent_unlock(struct nm_store *store)
{
	give_lock(&store->agent_lock);
}

bool nm_store_agent_gone(const struct nm_store *store)
{
	struct flock held = whole_file;
	bool gone;
	int fd;

	if (open_lock(store, AGENT, O_RDONLY, &fd, NULL) != NM_OK)
		return false;
	gone = fcntl(fd, F_OFD_GETLK, &held) == 0 && held.l_type == F_UNLCK;
	close(fd);
	return gone;
}
