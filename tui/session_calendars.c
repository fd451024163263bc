/* SPDX-License-Identifier: MIT */
/*
 * What a session remembers of calendars from one start to the next, in a file beside the store.  Without it
 * everything works as well, only slower: whatever goes wrong here is not told.
 */
#include "session.h"

#define PATH_BYTES (1u << 16)

static bool find_file(const struct session *session, struct nm_buf *path)
{
	const struct session_options *options = &session->options;

	if (!options->data_dir || nm_store_path(options->data_dir, options->plan_file, path, NULL))
		return false;
	nm_buf_add(path, ".calendars");
	return !path->failed;
}

void session_calendars_open(struct session *session)
{
	struct nm_buf path, bytes;

	nm_buf_init(&path, PATH_BYTES);
	nm_buf_init(&bytes, NM_ICAL_MEMORY_BYTES);
	session->calendars = nm_ical_memory_new();
	if (session->calendars && find_file(session, &path) &&
	    !nm_file_read(path.data, NM_ICAL_MEMORY_BYTES, &bytes, NULL))
		nm_ical_memory_read(session->calendars, bytes.data, bytes.len);
	nm_buf_clear(&bytes);
	nm_buf_clear(&path);
}

/* Into a folder that is there: a look at a plan makes none. */
static void keep(const struct session *session)
{
	struct nm_buf path, bytes;
	bool kept;

	nm_buf_init(&path, PATH_BYTES);
	nm_buf_init(&bytes, NM_ICAL_MEMORY_BYTES);
	kept = find_file(session, &path) && nm_ical_memory_write(session->calendars, &bytes) &&
	       nm_file_write(path.data, bytes.data, bytes.len, false, NULL) == NM_OK;
	(void)kept;
	nm_buf_clear(&bytes);
	nm_buf_clear(&path);
}

void session_calendars_close(struct session *session)
{
	if (session->calendars && !session->options.read_only && nm_ical_memory_changed(session->calendars))
		keep(session);
	nm_ical_memory_free(session->calendars);
	session->calendars = NULL;
}
