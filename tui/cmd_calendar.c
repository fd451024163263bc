/* SPDX-License-Identifier: MIT */
/*
 * calendar: the plan's calendars.  `list` says where each comes from and how old its copy is, `refresh` fetches those
 * of the network, `callbacks` writes whom to call back into one.
 */
#include "command.h"

#include <string.h>

#include "canvas.h"
#include "fetched.h"
#include "nevermiss/calendar.h"
#include "nevermiss/callbacks.h"

static const char *source_name(const struct nm_calendar *calendar)
{
	return calendar->file ? "file" : calendar->url ? "url" : "url_cmd";
}

/* Of a calendar of the network, what the store knows; *found false when nobody ever tried to fetch it. */
static enum nm_code read_known(struct invocation *run, const struct nm_calendar *calendar, struct nm_arena *arena,
			       struct nm_calendar_copy *copy, bool *found, struct nm_error *err)
{
	struct nm_store *store;
	enum nm_code code = session_store(run->session, &store, err);

	return code ? code : nm_store_calendar_get(store, calendar->path, arena, copy, found, err);
}

/* --- list --- */

static void list_text(struct invocation *run, const struct nm_calendar *calendar, const struct nm_calendar_copy *copy)
{
	const char *name = calendar->name, *from = calendar->file ? calendar->file : calendar->url ? calendar->url : "url_cmd";
	char when[NM_TIME_TEXT], age[NM_TIME_TEXT];

	nm_buf_addf(run->out, "%s%*s %s\n", name, text_gap(name, 12), "", from);
	if (calendar->file)
		return;
	if (copy && copy->fetched != NM_TIME_MIN) {
		nm_time_words(session_zone(run->session), copy->fetched, true, when);
		nm_duration_words(session_now(run->session) - copy->fetched, age);
		nm_buf_addf(run->out, "  fetched %s", when);
		if (session_now(run->session) > copy->fetched)
			nm_buf_addf(run->out, ", %s ago", age);
		nm_buf_add(run->out, "\n");
	} else {
		nm_buf_add(run->out, "  never fetched: empty until then\n");
	}
	if (!copy || !copy->trouble)
		return;
	nm_time_words(session_zone(run->session), copy->tried, true, when);
	nm_buf_addf(run->out, "  tried   %s: ", when);
	add_safe(run->out, copy->trouble);
	nm_buf_add(run->out, "\n");
}

static void json_known_time(struct nm_json *json, const struct nm_zone *zone, const char *key, bool known, nm_time t)
{
	if (known) {
		json_time(json, zone, key, t);
		return;
	}
	nm_json_key(json, key);
	nm_json_null(json);
}

static void list_json(struct invocation *run, struct nm_json *json, const struct nm_calendar *calendar,
		      const struct nm_calendar_copy *copy)
{
	const struct nm_zone *zone = session_zone(run->session);

	nm_json_object(json);
	nm_json_key(json, "calendar");
	nm_json_text(json, calendar->name);
	nm_json_key(json, "source");
	nm_json_text(json, source_name(calendar));
	json_known_time(json, zone, "fetched", copy && copy->fetched != NM_TIME_MIN, copy ? copy->fetched : 0);
	json_known_time(json, zone, "tried", copy != NULL, copy ? copy->tried : 0);
	nm_json_key(json, "trouble");
	nm_json_text(json, copy ? copy->trouble : NULL);
	nm_json_end(json, '}');
}

static enum nm_code list(struct invocation *run, int index, enum status *status, struct nm_error *err)
{
	const struct nm_plan *plan = run->session->plan;
	struct nm_arena *arena = nm_arena_new();
	struct nm_calendar_copy copy;
	struct nm_json json;
	enum nm_code code = arena ? NM_OK : nm_fail_memory(err);

	(void)status;
	nm_json_init(&json, run->out);
	if (run->json) {
		nm_json_object(&json);
		nm_json_key(&json, "calendars");
		nm_json_array(&json);
	}
	for (size_t i = 0; i < plan->n_calendars && !code; i++) {
		const struct nm_calendar *calendar = &plan->calendars[i];
		bool found = false;

		if (index >= 0 && (size_t)index != i)
			continue;
		if (nm_calendar_remote(calendar))
			code = read_known(run, calendar, arena, &copy, &found, err);
		if (!code && run->json)
			list_json(run, &json, calendar, found ? &copy : NULL);
		else if (!code)
			list_text(run, calendar, found ? &copy : NULL);
	}
	if (run->json) {
		nm_json_end(&json, ']');
		json_finish(&json, run->out);
	} else if (!plan->n_calendars) {
		nm_buf_add(run->out, "the plan has no calendars\n");
	}
	nm_arena_free(arena);
	return code;
}

/* --- refresh --- */

static const char *end_name(enum nm_refresh_end end)
{
	static const char *const names[] = { "same", "new", "failed", "stopped" };

	return names[end];
}

static void refreshed_text(struct invocation *run, const struct nm_refreshed *refreshed)
{
	struct nm_buf words;

	nm_buf_init(&words, 1u << 16);
	fetched_add(&words, run->session->plan, refreshed);
	add_safe(run->out, words.data);
	nm_buf_add(run->out, "\n");
	nm_buf_clear(&words);
}

static void refreshed_json(struct invocation *run, struct nm_json *json, const struct nm_refreshed *refreshed)
{
	nm_json_object(json);
	nm_json_key(json, "calendar");
	nm_json_text(json, run->session->plan->calendars[refreshed->calendar].name);
	nm_json_key(json, "result");
	nm_json_text(json, end_name(refreshed->end));
	nm_json_key(json, "trouble");
	nm_json_text(json, refreshed->words);
	nm_json_end(json, '}');
}

static void write_refreshed(struct invocation *run, const struct nm_refreshes *refreshes)
{
	struct nm_json json;

	if (!run->json) {
		for (size_t i = 0; i < refreshes->n; i++)
			refreshed_text(run, &refreshes->items[i]);
		if (!refreshes->n)
			nm_buf_add(run->out, "the plan has no calendar of the network\n");
		return;
	}
	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "calendars");
	nm_json_array(&json);
	for (size_t i = 0; i < refreshes->n; i++)
		refreshed_json(run, &json, &refreshes->items[i]);
	nm_json_end(&json, ']');
	json_finish(&json, run->out);
}

static enum nm_code refresh(struct invocation *run, int index, enum status *status, struct nm_error *err)
{
	struct nm_refreshes refreshes;
	enum nm_code code = need_write(run, err);

	if (!code && index >= 0 && !nm_calendar_remote(&run->session->plan->calendars[index]))
		code = nm_fail(err, NM_INPUT, "calendar `%s` is a file: it is read each time, not fetched",
			       run->session->plan->calendars[index].name);
	if (!code)
		code = session_refresh(run->session, index, &refreshes, err);
	if (code)
		return code;
	write_refreshed(run, &refreshes);
	for (size_t i = 0; i < refreshes.n; i++) {
		if (refreshes.items[i].end == NM_REFRESH_FAILED)
			*status = STATUS_CARRIER;
		run->stopped |= refreshes.items[i].end == NM_REFRESH_STOPPED;
	}
	nm_refreshes_clear(&refreshes);
	return NM_OK;
}

/* --- callbacks --- */

static void write_callbacks(struct invocation *run, const struct nm_callbacks *done)
{
	const char *trouble = done->trouble.code ? done->trouble.text : NULL;
	struct nm_json json;

	if (!run->json) {
		nm_buf_addf(run->out, "callbacks: %zu put in, %zu taken out, %zu there already\n", done->put,
			    done->removed, done->same);
		if (!trouble)
			return;
		nm_buf_add(run->out, "not all: ");
		add_safe(run->out, trouble);
		nm_buf_add(run->out, "\n");
		return;
	}
	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_count(&json, "put", (int64_t)done->put);
	nm_json_count(&json, "removed", (int64_t)done->removed);
	nm_json_count(&json, "same", (int64_t)done->same);
	nm_json_key(&json, "trouble");
	nm_json_text(&json, trouble);
	json_finish(&json, run->out);
}

static enum nm_code callbacks(struct invocation *run, int index, enum status *status, struct nm_error *err)
{
	struct nm_callbacks done;
	enum nm_code code = need_write(run, err);

	if (!code && index < 0)
		code = nm_fail(err, NM_INPUT, "say into which calendar: calendar callbacks NAME");
	if (!code)
		code = session_callbacks(run->session, index, &done, err);
	if (code)
		return code;
	write_callbacks(run, &done);
	run->stopped = done.stopped;
	if (done.trouble.code)
		*status = STATUS_CARRIER;
	return NM_OK;
}

/* The calendar of the second word; -1: all. */
static enum nm_code read_index(const struct invocation *run, int *index, struct nm_error *err)
{
	const struct nm_plan *plan = run->session->plan;
	const char *name = run->args->n_words > 1 ? run->args->words[1] : NULL;
	struct nm_buf known;
	enum nm_code code;

	*index = -1;
	if (!name)
		return NM_OK;
	nm_buf_init(&known, NM_ERROR_TEXT);
	for (size_t i = 0; i < plan->n_calendars; i++) {
		nm_buf_addf(&known, "%s%s", i ? ", " : "", plan->calendars[i].name);
		if (!strcmp(plan->calendars[i].name, name))
			*index = (int)i;
	}
	code = *index >= 0 ? NM_OK
			   : nm_fail(err, NM_INPUT, "no calendar `%s` in the plan%s%s", name,
				     known.len ? "; its calendars are " : "", known.data);
	nm_buf_clear(&known);
	return code;
}

enum nm_code cmd_calendar(struct invocation *run, enum status *status, struct nm_error *err)
{
	static const struct {
		const char *verb;
		enum nm_code (*run)(struct invocation *run, int index, enum status *status, struct nm_error *err);
	} verbs[] = { { "list", list }, { "refresh", refresh }, { "callbacks", callbacks } };
	int index;
	enum nm_code code = read_index(run, &index, err);

	*status = STATUS_GOOD;
	if (code)
		return code;
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (!strcmp(verbs[i].verb, run->args->words[0]))
			return verbs[i].run(run, index, status, err);
	return nm_fail(err, NM_INPUT, "`calendar %s` is nothing: list, refresh or callbacks", run->args->words[0]);
}
