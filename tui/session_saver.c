/* SPDX-License-Identifier: MIT */
/*
 * Who saved the plan (session.h).  In: the store's versions, the file as it is on disk.  Out: a name, where a version
 * newer than those that this session knew has the files' very bytes; else nobody can tell who wrote the file.
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

/* Are those of the files that a plan includes the ones that the version was kept with? */
static bool same_beside(const struct session *session, int64_t id, struct nm_texts disk)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_plan_file *files = NULL;
	struct nm_file_text at = {0};
	bool same = arena && nm_store_version_files(session->store, id, arena, &files, NULL) == NM_OK;

	nm_texts_next(disk, &at);
	while (same && nm_texts_next(disk, &at)) {
		const struct nm_plan_file *kept = nm_plan_find_file(files, at.name);

		same = kept && kept->len == at.len && !memcmp(kept->bytes, at.text, at.len);
	}
	nm_arena_free(arena);
	return same;
}

/* Have the files the bytes of that version? */
static bool is_on_disk(const struct session *session, int64_t id)
{
	struct nm_texts_disk disk;
	char *text = NULL;
	size_t len;
	bool same;

	if (nm_texts_read(session->options.plan_file, &disk, NULL))
		return false;
	same = nm_store_version_text(session->store, id, &text, &len, NULL) == NM_OK && !strcmp(text, disk.texts.data) &&
	       same_beside(session, id, (struct nm_texts){disk.texts.data, disk.texts.len});
	free(text);
	nm_texts_disk_clear(&disk);
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
