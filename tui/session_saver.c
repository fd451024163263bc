/* SPDX-License-Identifier: MIT */
/*
 * Who saved the plan (session.h).  In: the store's versions, the file as it is on disk.  Out: a name, where a version
 * newer than those that this session knew has the file's very bytes; else nobody can tell who wrote the file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

/* Of a store that is open: none is made for this. */
static bool newest(const struct session *session, struct nm_versions *out)
{
	return session->store && nm_store_versions(session->store, 1, out, NULL) == NM_OK;
}

void session_know_versions(struct session *session)
{
	struct nm_versions versions = {0};

	if (!newest(session, &versions))
		return;
	session->version_known = versions.n ? versions.items[0].id : 0;
	session->versions_known = true;
	nm_versions_clear(&versions);
}

/* Has the file the bytes of that version? */
static bool is_on_disk(const struct session *session, int64_t id)
{
	char *text = NULL;
	struct nm_buf file;
	size_t len;
	bool same;

	nm_buf_init(&file, NM_PLAN_BYTES);
	same = nm_file_read(session->options.plan_file, NM_PLAN_BYTES, &file, NULL) == NM_OK &&
	       nm_store_version_text(session->store, id, &text, &len, NULL) == NM_OK && len == file.len &&
	       memcmp(text, file.data, len) == 0;
	free(text);
	nm_buf_clear(&file);
	return same;
}

bool session_saver(const struct session *session, char out[static SESSION_WHO])
{
	struct nm_versions versions = {0};
	bool told;

	out[0] = '\0';
	if (!session->versions_known || !newest(session, &versions))
		return false;
	told = versions.n && versions.items[0].id > session->version_known && versions.items[0].who &&
	       is_on_disk(session, versions.items[0].id);
	if (told)
		snprintf(out, SESSION_WHO, "%s", versions.items[0].who);
	nm_versions_clear(&versions);
	return out[0] != '\0';
}
