/* SPDX-License-Identifier: MIT */
/*
 * The session's calendars of the network.  In: the copies that the store keeps.  Out: plans that are read with them,
 * what check is to know of their age, and, when somebody asks for it, newer copies.
 */
#include "session.h"

#include <string.h>

#include "nevermiss/calendar.h"
#include "nevermiss/callbacks.h"

enum nm_code session_plan_read(const struct session *session, const char *file, const char *text, size_t len,
			       struct nm_plan **out, struct nm_diags *diags, struct nm_error *err)
{
	const struct nm_plan_file *kept = session->kept ? session->kept : session->copies.files;
	const struct nm_texts texts = {text, len};
	struct nm_arena *arena = nm_arena_new();
	enum nm_code code = nm_texts_good(texts, err);

	if (!code && (!arena || !nm_texts_files(texts, arena, kept, &kept)))
		code = nm_fail_memory(err);
	if (!code)
		code = nm_plan_read_remembering(file, text, strlen(text), kept, session->calendars, out, diags, err);
	nm_arena_free(arena);
	return code;
}

static bool has_remote(const struct nm_plan *plan)
{
	for (size_t i = 0; i < plan->n_calendars; i++)
		if (nm_calendar_remote(&plan->calendars[i]))
			return true;
	return false;
}

void session_copies_forget(struct session *session)
{
	nm_arena_free(session->copies.arena);
	memset(&session->copies, 0, sizeof session->copies);
}

/* Without a store, or when it does not read, there are no copies: check says that nothing was fetched. */
static void read_copies(struct session *session)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_plan_file *files = NULL;
	struct nm_store *store;
	uint64_t mark = 0;

	session_copies_forget(session);
	if (!arena)
		return;
	session->copies.arena = arena;
	if (session_store(session, &store, NULL))
		return;
	session->copies.changes = nm_store_changes(store);
	if (nm_store_calendar_mark(store, &mark, NULL) || nm_store_calendar_files(store, arena, &files, NULL))
		return;
	session->copies.mark = mark;
	session->copies.files = files;
}

bool session_copies(struct session *session, const struct nm_plan *plan)
{
	if (session->copies.arena || !has_remote(plan))
		return false;
	read_copies(session);
	return session->copies.files != NULL;
}

bool session_copies_notice(struct session *session)
{
	const uint64_t before = session->copies.mark;
	uint64_t changes, mark;

	if (!session->copies.arena || !session->store)
		return false;
	changes = nm_store_changes(session->store);
	if (changes == session->copies.changes)
		return false;
	session->copies.changes = changes;
	if (nm_store_calendar_mark(session->store, &mark, NULL) || mark == before)
		return false;
	read_copies(session);
	session->saved_mark = 0; /* it was read with other ones */
	session_read_plan(session);
	return true;
}

enum nm_code session_calendars(struct session *session, const struct nm_plan *plan, struct nm_arena *arena,
			       struct nm_calendar_fact **out, size_t *n, struct nm_error *err)
{
	struct nm_calendar_fact *facts = nm_arena_alloc(arena, plan->n_calendars + 1, sizeof *facts);
	struct nm_calendar_copy copy;
	struct nm_store *store;
	size_t n_facts = 0;
	bool found;
	enum nm_code code = facts ? session_store(session, &store, err) : nm_fail_memory(err);

	for (size_t i = 0; i < plan->n_calendars && !code; i++) {
		const struct nm_calendar *calendar = &plan->calendars[i];

		if (!nm_calendar_remote(calendar))
			continue;
		code = nm_store_calendar_get(store, calendar->path, arena, &copy, &found, err);
		if (!code && found)
			facts[n_facts++] = (struct nm_calendar_fact){calendar->name, copy.fetched, copy.trouble};
	}
	if (code)
		return code;
	*out = facts;
	*n = n_facts;
	return NM_OK;
}

/* --- fetching --- */

/* Runs url_cmd, and password_cmd, whose output the network asks for by itself: so what is wrong with it is told as
 * the calendar's trouble. */
static enum nm_code find_url(void *context, const struct nm_calendar *calendar, struct nm_buf *out,
			     struct nm_error *err)
{
	struct session *session = context;
	struct secrets *secrets = &session->network.secrets;
	struct nm_buf password;
	enum nm_code code = NM_OK;

	if (calendar->password_cmd) {
		nm_buf_init(&password, NM_ERROR_TEXT * 16);
		code = secrets_command(secrets, "password_cmd", calendar->password_cmd, &password, err);
		explicit_bzero(password.data, password.len);
		nm_buf_clear(&password);
	}
	if (!code && calendar->url_cmd)
		code = secrets_command(secrets, "url_cmd", calendar->url_cmd, out, err);
	else if (!code)
		nm_buf_add(out, calendar->url);
	return code;
}

static bool tell(const struct session *session, const char *pieces, size_t done, size_t all)
{
	if (session->working)
		return session->working(session->progress_context, pieces, done, all);
	return !session->idle || session->idle(session->progress_context);
}

static bool tell_fetched(void *context, size_t done, size_t all)
{
	return tell(context, all == 1 ? "calendar fetched" : "calendars fetched", done, all);
}

static bool tell_written(void *context, size_t done, size_t all)
{
	return tell(context, "callbacks in the calendar", done, all);
}

/* What the commands printed may be what was wrong: they are run again for the next try. */
static void forget_secrets(struct session *session, const struct nm_refreshes *refreshes)
{
	for (size_t i = 0; i < refreshes->n; i++) {
		const struct nm_calendar *calendar = &session->plan->calendars[refreshes->items[i].calendar];

		if (refreshes->items[i].end != NM_REFRESH_FAILED)
			continue;
		if (calendar->password_cmd)
			secrets_forget(&session->network.secrets, calendar->password_cmd);
		if (calendar->url_cmd)
			secrets_forget(&session->network.secrets, calendar->url_cmd);
	}
}

/* What fetching and writing calendars have in common. */
static enum nm_code begin(struct session *session, const char *refused, struct nm_refresh *out, struct nm_error *err)
{
	struct nm_refresh refresh = {.now = session_now(session), .context = session, .url = find_url};
	enum nm_code code = session_need_plan(session, err);

	if (!code && session->options.read_only)
		code = nm_fail(err, NM_REFUSED, "read-only: %s", refused);
	if (!code)
		code = session_store(session, &refresh.store, err);
	session_reading_abandon(session);
	if (!code)
		code = network_open_web(&session->network, session->plan, refresh.store, err);
	if (code)
		return code;
	refresh.plan = session->plan;
	refresh.transport = session->network.ways;
	*out = refresh;
	return NM_OK;
}

enum nm_code session_refresh(struct session *session, int index, struct nm_refreshes *out, struct nm_error *err)
{
	struct nm_refresh refresh;
	enum nm_code code = begin(session, "calendars are not fetched", &refresh, err);

	if (code)
		return code;
	refresh.idle = tell_fetched;
	code = nm_calendars_refresh(&refresh, index, out, err);
	if (!code)
		forget_secrets(session, out);
	read_copies(session);
	session->saved_mark = 0;
	session_read_plan(session);
	return code;
}

enum nm_code session_callbacks(struct session *session, int index, struct nm_callbacks *out, struct nm_error *err)
{
	struct nm_refresh refresh;
	enum nm_code code = begin(session, "nothing is written into calendars", &refresh, err);

	refresh.idle = tell_written;
	return code ? code : nm_callbacks_put(&refresh, index, out, err);
}
