/* SPDX-License-Identifier: MIT */
/*
 * Files of the plan that change on disk (session.h).  In: what was read, the disk.  Out: the plan as it is there, or that
 * it is another one and edits of ours are not saved.
 */
#include <stdlib.h>
#include <string.h>

#include "session.h"

/* --- files that the plan is read with and that are not edited here --- */

/* Options of the language that name one, as seen from the plan's folder. */
static const char *const naming[][2] = {{"calendar", "file"}, {"account", "codes_file"}};

static void add_path(const struct session *session, const struct nm_written_option *option, struct nm_buf *out)
{
	char *path = option && option->n == 1 ? nm_texts_path(session->options.plan_file, option->values[0]) : NULL;

	if (path)
		nm_buf_addn(out, path, strlen(path) + 1);
	free(path);
}

/* What the texts name, whether they read as a plan or not: a file that is missing may be why they do not. */
static void paths_of(const struct session *session, struct nm_buf *out)
{
	const struct nm_texts texts = nm_document_texts(session->document);
	struct nm_written written;

	if (nm_written_read(texts.bytes, texts.len, &written, NULL))
		return;
	for (size_t i = 0; i < written.n; i++)
		for (size_t j = 0; j < sizeof naming / sizeof *naming; j++)
			if (!strcmp(written.sections[i].kind, naming[j][0]))
				add_path(session, nm_written_option(&written.sections[i], naming[j][1]), out);
	nm_written_clear(&written);
}

void session_beside_keep(struct session *session, uint64_t before)
{
	struct nm_buf *paths = &session->beside_paths, now;

	nm_buf_init(&now, paths->max);
	paths_of(session, &now);
	session->beside_stamp = before;
	if (now.len != paths->len || memcmp(now.data, paths->data, now.len) != 0)
		session->beside_stamp = nm_files_stamp(&now);
	nm_buf_clear(paths);
	*paths = now;
}

enum nm_code session_reload(struct session *session, const char *what, struct nm_error *err)
{
	enum nm_code code = nm_document_reload(session->document, what, err);

	if (code)
		return code;
	session->stale = session->gone = false;
	session_know_versions(session);
	session_read_plan(session);
	return NM_OK;
}

static bool beside_changed(const struct session *session)
{
	return nm_files_stamp(&session->beside_paths) != session->beside_stamp;
}

bool session_outdated(const struct session *session)
{
	return nm_document_stale(session->document) || beside_changed(session);
}

/* Nothing of ours can be lost by it: these are not edited here.  True: the plan is another one, or does not read now. */
static bool notice_beside(struct session *session)
{
	const uint64_t before = session_plan_mark(session);
	const bool unread = session_need_plan(session, NULL) != NM_OK;

	if (!beside_changed(session))
		return false;
	session->saved_mark = 0; /* it was read with other ones */
	session_read_plan(session);
	session->noticed_beside = session_plan_mark(session) != before || unread != (session_need_plan(session, NULL) != NM_OK);
	return session->noticed_beside;
}

bool session_notice(struct session *session)
{
	const bool stale = session->stale, gone = session->gone;
	struct nm_error err;

	session->noticed_beside = false;
	if (!nm_document_stale(session->document)) {
		session->stale = session->gone = false;
		if (!session->versions_known)
			session_know_versions(session);
		return notice_beside(session) || stale;
	}
	if (!stale)
		session_saver(session, session->saver);
	if (!nm_document_dirty(session->document) && session_reload(session, "changed on disk", &err) == NM_OK)
		return true;
	session->stale = true;
	session->gone = nm_document_gone(session->document);
	return !stale || gone != session->gone;
}
