/* SPDX-License-Identifier: MIT */
/*
 * The call that rows of a file tell of, into the log, under its id: see calls_file_private.h.  In: what the file says of
 * it, and whose records these are.  What the rows said is not known here.
 */
#include <string.h>

#include "core/calls_file_private.h"
#include "core/carrier/twilio_talk.h"
#include "nevermiss/events.h"

const char *nm_row_driver(const char *driver, const char *id)
{
	return strcmp(driver, "table") == 0 && nm_twilio_is_sid(id, "CA") ? "twilio" : driver;
}

static enum nm_code put(const struct nm_row_log *log, const struct nm_call_entry *entry, struct nm_row_kept *kept,
			struct nm_error *err)
{
	return nm_events_call_put(log->store, log->plan, log->told_since, entry, &kept->kept, err);
}

/* Of a table by whomever: its ids may be those of its rows, which begin anew with each file. */
static enum nm_code put_apart(const struct nm_row_log *log, struct nm_call_entry *entry, struct nm_row_kept *kept,
			      struct nm_error *err)
{
	const char *own = entry->carrier_id;
	struct nm_buf id;
	enum nm_code code;

	nm_buf_init(&id, 2 * NM_ROW_TEXT);
	code = nm_store_call_apart(log->store, entry, &id, err);
	kept->apart = id.len > 0;
	if (kept->apart)
		entry->carrier_id = id.data;
	if (code == NM_OK)
		code = put(log, entry, kept, err);
	entry->carrier_id = own;
	nm_buf_clear(&id);
	return code;
}

/* A carrier's call out of a table by whomever, which may be without its legs: where the log has them, it knows more. */
static enum nm_code put_known(const struct nm_row_log *log, struct nm_call_entry *entry, struct nm_row_kept *kept,
			     struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_call_entry known = { .n = 0 };
	int64_t id = 0;
	enum nm_code code =
		arena != NULL ? nm_store_call_find(log->store, entry, &id, err) : nm_fail_memory(err);

	if (code == NM_OK && id != 0)
		code = nm_store_call_get(log->store, id, arena, &known, err);
	nm_arena_free(arena);
	if (code != NM_OK)
		return code;
	kept->kept = NM_CALL_KNOWN;
	return known.n > 0 && entry->n == 0 ? NM_OK : put(log, entry, kept, err);
}

enum nm_code nm_row_put(const struct nm_row_log *log, const char *driver, struct nm_call_entry *entry, bool has_id,
			struct nm_row_kept *kept, struct nm_error *err)
{
	*kept = (struct nm_row_kept){ .kept = NM_CALL_KNOWN };
	if (strcmp(entry->driver, driver) != 0)
		return put_known(log, entry, kept, err);
	if (has_id && strcmp(driver, "table") == 0)
		return put_apart(log, entry, kept, err);
	return put(log, entry, kept, err);
}
