/* SPDX-License-Identifier: MIT */
/*
 * The session beside long work (session.h).  In: work that may be in the middle of a transaction, of a statement, of a
 * timeline.  Out: a store and timelines for whoever looks at a screen meanwhile.  SQLite lets nobody use a connection from
 * within its own work, and another one reads what was kept last, whatever the first one is about to do.
 */
#include "session.h"

static enum nm_code open_store(struct session *session, struct nm_error *err)
{
	struct nm_buf path;
	enum nm_code code;

	nm_buf_init(&path, 1u << 16);
	code = session_store_path(session, &path, err);
	if (!code)
		code = nm_store_open(path.data, true, &session->beside.store, err);
	if (!code)
		nm_store_files(session->beside.store, session->plan ? session->plan->files : NULL);
	nm_buf_clear(&path);
	return code;
}

static void change_over(struct session *session)
{
	struct nm_store *store = session->store;
	const struct session_timelines timelines = session->timelines;

	session->store = session->beside.store;
	session->timelines = session->beside.timelines;
	session->beside.store = store;
	session->beside.timelines = timelines;
}

enum nm_code session_beside_begin(struct session *session, struct nm_error *err)
{
	const enum nm_code code = session->beside.store ? NM_OK : open_store(session, err);

	if (!code)
		change_over(session);
	return code;
}

void session_beside_end(struct session *session)
{
	change_over(session);
}

/* Screens may hold on to it after the work, to what they explain calls with: so it stays until here. */
void session_beside_close(struct session *session)
{
	nm_store_close(session->beside.store);
	session->beside.store = NULL;
}
