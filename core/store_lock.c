/* SPDX-License-Identifier: MIT */
/*
 * Who may work with a store's carriers: one that pushes or sends at a time, and one agent.  The locks are given back
 * by the end of the process, however it ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/store_private.h"

/* A file beside the store: a lock on the store itself would be in SQLite's way.  *lock keeps it open. */
static enum nm_code take_lock(struct nm_store *store, const char *name, const char *taken, int *lock,
			      struct nm_error *err)
{
	struct nm_buf file;
	enum nm_code code = nm_store_writable(store, err);
	int fd = -1;

	if (code != NM_OK)
		return code;
	nm_buf_init(&file, 65536);
	nm_buf_addf(&file, "%s-%s", store->file, name);
	if (file.failed)
		code = nm_fail_memory(err);
	else if ((fd = open(file.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		code = nm_fail(err, NM_SYSTEM, "%s: cannot be opened: %s", file.data, strerror(errno));
	else if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		code = nm_fail(err, NM_REFUSED, "%s", taken);
	nm_buf_clear(&file);
	if (code == NM_OK)
		*lock = fd;
	else if (fd >= 0)
		close(fd);
	return code;
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
	return take_lock(store, "agent",
			 "an agent runs for this plan already: one is enough (`nevermiss agent --status`)",
			 &store->agent_lock, err);
}

void nm_store_agent_unlock(struct nm_store *store)
{
	give_lock(&store->agent_lock);
}
