/* SPDX-License-Identifier: MIT */
/*
 * Callbacks into a calendar: see callbacks.h.  Comes in: open follow-ups, and what is in the collection.  Goes out: what
 * must be put and deleted for the two to agree, one request after the other.
 */
#include "nevermiss/callbacks.h"

#include <stdlib.h>
#include <string.h>

#include "core/caldav.h"
#include "core/ical_write.h"
#include "nevermiss/followup.h"

#define WAIT_MS 100
#define URL_MAX NM_PLAN_BYTES
#define NAME_MAX_BYTES 80
#define OBJECT_MAX 16384
#define LENGTH_S (15 * 60)
#define PREFIX "nevermiss-"

/* A callback as it should stand in the calendar. */
struct wanted {
	char name[NAME_MAX_BYTES]; /* of the event: whose, which follow-up, and when */
	const struct nm_followup *followup;
	nm_time at;
	bool there;
};

struct work {
	const struct nm_refresh *refresh;
	const struct nm_calendar *calendar;
	struct nm_account account; /* stands for the calendar where the transport asks for a password */
	struct nm_arena *arena;
	struct nm_buf url; /* of the collection; wiped */
	char ours[32];     /* how the names of this business's events begin */
	struct nm_followups followups;
	size_t n;
	struct wanted *wanted;
	struct nm_callbacks *out;
};

/* --- requests --- */

static bool goes_on(const struct work *work)
{
	const struct nm_refresh *refresh = work->refresh;

	return refresh->idle == NULL || refresh->idle(refresh->context, work->out->same + work->out->put, work->n);
}

/* Something went wrong at the server's end, or on the way there: the rest is left. */
static enum nm_code trouble(struct work *work, const char *doing, const struct nm_response *response)
{
	struct nm_error *words = &work->out->trouble;

	if (response->status == 0)
		nm_fail(words, NM_CARRIER, "%s: no answer: %s", doing,
			response->error != NULL ? response->error : "unknown");
	else if (response->status == 401 || response->status == 403)
		nm_fail(words, NM_CARRIER,
			"%s: its server does not take the user or the password, or lets it write nothing (%d)",
			doing, response->status);
	else
		nm_fail(words, NM_CARRIER, "%s: its server answered %d", doing, response->status);
	return NM_OK;
}

/* One request and its answer, which is valid until the next; *response has no status when nothing came or somebody
 * did not want to wait. */
static enum nm_code ask(struct work *work, struct nm_request *request, struct nm_response *response,
			struct nm_error *err)
{
	const struct nm_transport *transport = &work->refresh->transport;
	int tag = -1;
	enum nm_code code;

	request->secret_url = work->calendar->url_cmd != NULL;
	request->timeout_s = NM_CALENDAR_TIMEOUT_S;
	request->answer_max = NM_ICAL_BYTES;
	request->repeatable = true;
	if (work->calendar->password_cmd != NULL) {
		request->auth = NM_AUTH_BASIC;
		request->account = &work->account;
	}
	*response = (struct nm_response){ .body = "", .error = "stopped", .retry_after_s = -1 };
	code = transport->submit(transport->context, 0, request, err);
	if (code == NM_CARRIER) {
		nm_fail(&work->out->trouble, NM_CARRIER, "%s", err->text);
		return NM_OK;
	}
	while (code == NM_OK && tag < 0 && !work->out->stopped) {
		code = transport->collect(transport->context, WAIT_MS, &tag, response, err);
		work->out->stopped = code == NM_OK && tag < 0 && !goes_on(work);
	}
	if (work->out->stopped && transport->drop != NULL)
		transport->drop(transport->context);
	return code;
}

/* Is the work over, for good or for now? */
static bool is_over(const struct work *work)
{
	return work->out->stopped || work->out->trouble.code != NM_OK;
}

/* A request about one event of the collection; already: the status that says that somebody did it before. */
static enum nm_code change(struct work *work, const char *name, struct nm_request *request, const char *doing,
			   int already, size_t *done, struct nm_error *err)
{
	struct nm_response response;
	struct nm_buf url;
	enum nm_code code;

	nm_buf_init(&url, URL_MAX);
	nm_buf_addf(&url, "%s%s", work->url.data, name);
	request->url = url.data;
	code = url.failed ? nm_fail_memory(err) : ask(work, request, &response, err);
	explicit_bzero(url.data, url.len);
	nm_buf_clear(&url);
	if (code != NM_OK || is_over(work))
		return code;
	if ((response.status >= 200 && response.status < 300) || response.status == already)
		++*done;
	else
		return trouble(work, doing, &response);
	return NM_OK;
}

/* --- what should be there --- */

/* FNV-1a: tells the businesses that share a calendar apart. */
static uint32_t hash_text(uint32_t hash, const char *text)
{
	while (*text != '\0')
		hash = (hash ^ (unsigned char)*text++) * 16777619u;
	return hash;
}

static void name_ours(struct work *work)
{
	const struct nm_plan *plan = work->refresh->plan;
	char number[NM_NUMBER_TEXT] = "";
	struct nm_buf text;

	if (plan->n_lines > 0)
		nm_number_write(plan->lines[0].number, number);
	nm_buf_init(&text, sizeof(work->ours));
	nm_buf_addf(&text, PREFIX "%08x-",
		    hash_text(hash_text(2166136261u, plan->business != NULL ? plan->business : ""), number));
	if (!text.failed)
		memcpy(work->ours, text.data, text.len + 1);
	nm_buf_clear(&text);
}

static enum nm_code name_event(struct work *work, struct wanted *wanted, struct nm_error *err)
{
	struct nm_buf name;

	nm_buf_init(&name, sizeof(wanted->name));
	nm_buf_addf(&name, "%s%lld-%lld.ics", work->ours, (long long)wanted->followup->id,
		    (long long)wanted->at);
	if (!name.failed)
		memcpy(wanted->name, name.data, name.len + 1);
	nm_buf_clear(&name);
	return wanted->name[0] != '\0' && work->ours[0] != '\0' ? NM_OK : nm_fail_memory(err);
}

static enum nm_code read_wanted(struct work *work, struct nm_error *err)
{
	const struct nm_refresh *refresh = work->refresh;
	const struct nm_followup_filter open = { .open = true,
						 .since = NM_TIME_MIN,
						 .until = NM_TIME_MAX,
						 .most = 10 * NM_CALLBACKS_MOST,
						 .now = refresh->now };
	struct nm_due_times *times;
	enum nm_code code = nm_store_followups(refresh->store, &open, &work->followups, err);

	if (code != NM_OK)
		return code;
	nm_followups_sort(refresh->plan, &work->followups);
	work->wanted = nm_arena_alloc(work->arena, work->followups.n + 1, sizeof(*work->wanted));
	times = nm_due_times_new(refresh->plan);
	if (work->wanted == NULL || times == NULL)
		code = nm_fail_memory(err);
	name_ours(work);
	for (size_t i = 0; i < work->followups.n && work->n < NM_CALLBACKS_MOST && code == NM_OK; i++) {
		const struct nm_followup *followup = &work->followups.items[i];
		const struct nm_followup_due due = nm_due_times_of(times, followup);

		if (due.next != NM_NEXT_CALL || due.at == NM_TIME_MAX)
			continue;
		work->wanted[work->n] = (struct wanted){ .followup = followup, .at = due.at };
		code = name_event(work, &work->wanted[work->n++], err);
	}
	nm_due_times_free(times);
	return code;
}

static enum nm_code write_event(struct work *work, const struct wanted *wanted, struct nm_buf *out,
				struct nm_error *err)
{
	const struct nm_followup *followup = wanted->followup;
	char number[NM_NUMBER_TEXT] = "";
	struct nm_buf summary, description;
	struct nm_ical_note note = { .uid = wanted->name,
				     .at = wanted->at,
				     .stamp = work->refresh->now,
				     .length_s = LENGTH_S };
	enum nm_code code;

	if (followup->number != 0)
		nm_number_words(followup->number, number);
	nm_buf_init(&summary, OBJECT_MAX);
	nm_buf_init(&description, OBJECT_MAX);
	nm_buf_addf(&summary, "Call back %s%s%s", number,
		    followup->name != NULL && number[0] != '\0' ? ", " : "",
		    followup->name != NULL ? followup->name : "");
	nm_buf_addf(&description, "Follow-up #%lld%s%s; missed calls: %d; tried: %d%s%s",
		    (long long)followup->id, followup->line != NULL ? ", line " : "",
		    followup->line != NULL ? followup->line : "", followup->calls, followup->tries,
		    followup->words != NULL ? "; " : "", followup->words != NULL ? followup->words : "");
	note.summary = summary.data;
	note.description = description.data;
	code = summary.failed || description.failed ? nm_fail_memory(err) : nm_ical_note_write(&note, out, err);
	nm_buf_clear(&description);
	nm_buf_clear(&summary);
	return code;
}

/* --- what is there, and what must change --- */

static struct wanted *find_wanted(struct work *work, const char *name)
{
	for (size_t i = 0; i < work->n; i++)
		if (strcmp(work->wanted[i].name, name) == 0)
			return &work->wanted[i];
	return NULL;
}

static enum nm_code remove_event(struct work *work, const char *name, struct nm_error *err)
{
	struct nm_request request = { .method = "DELETE" };

	return change(work, name, &request, "taking a callback out", 404, &work->out->removed, err);
}

static enum nm_code put_event(struct work *work, const struct wanted *wanted, struct nm_error *err)
{
	struct nm_request request = { .method = "PUT",
				      .type = "text/calendar; charset=utf-8",
				      .n_headers = 1,
				      .headers = { "If-None-Match: *" } };
	struct nm_buf object;
	enum nm_code code;

	nm_buf_init(&object, OBJECT_MAX);
	code = write_event(work, wanted, &object, err);
	request.body = object.data;
	request.len = object.len;
	if (code == NM_OK)
		code = change(work, wanted->name, &request, "putting a callback in", 412, &work->out->put, err);
	nm_buf_clear(&object);
	return code;
}

/* Those of ours that should not be there go, then the others come. */
static enum nm_code change_all(struct work *work, const char *const *names, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (; *names != NULL && code == NM_OK && !is_over(work); names++) {
		struct wanted *wanted;

		if (strncmp(*names, work->ours, strlen(work->ours)) != 0)
			continue;
		wanted = find_wanted(work, *names);
		if (wanted == NULL) {
			code = remove_event(work, *names, err);
			continue;
		}
		wanted->there = true;
		work->out->same++;
	}
	for (size_t i = 0; i < work->n && code == NM_OK && !is_over(work); i++)
		if (!work->wanted[i].there)
			code = put_event(work, &work->wanted[i], err);
	return code;
}

static enum nm_code read_names(struct work *work, const char ***names, struct nm_error *err)
{
	struct nm_request request = { .url = work->url.data };
	struct nm_response response;
	struct nm_error why;
	enum nm_code code;

	nm_caldav_list(&request);
	code = ask(work, &request, &response, err);
	if (code != NM_OK || is_over(work))
		return code;
	if (response.status != 207)
		return trouble(work, "looking what is there", &response);
	code = nm_caldav_names(response.body, response.len, work->arena, names, &why);
	if (code == NM_INPUT) {
		nm_fail(&work->out->trouble, NM_CARRIER, "%s", why.text);
		return NM_OK;
	}
	return code == NM_OK ? NM_OK : nm_fail(err, code, "%s", why.text);
}

static enum nm_code run(struct work *work, struct nm_error *err)
{
	const struct nm_refresh *refresh = work->refresh;
	const char **names = NULL;
	enum nm_code code = refresh->url(refresh->context, work->calendar, &work->url, err);

	if (code == NM_OK && work->url.failed)
		code = nm_fail_memory(err);
	if (code == NM_OK && (work->url.len == 0 || work->url.data[work->url.len - 1] != '/'))
		code = nm_fail(err, NM_INPUT,
			       "calendar `%s` is no CalDAV collection, into which something could be written: its "
			       "URL would end with a slash",
			       work->calendar->name);
	if (code == NM_OK)
		code = read_wanted(work, err);
	if (code == NM_OK)
		code = read_names(work, &names, err);
	if (code == NM_OK && names != NULL)
		code = change_all(work, names, err);
	return code;
}

enum nm_code nm_callbacks_put(const struct nm_refresh *refresh, int index, struct nm_callbacks *out,
			      struct nm_error *err)
{
	const struct nm_calendar *calendar = &refresh->plan->calendars[index];
	struct nm_callbacks done = { 0 };
	struct work work = { .refresh = refresh,
			     .calendar = calendar,
			     .account = { .name = calendar->name,
					  .user = calendar->user,
					  .token_cmd = calendar->password_cmd },
			     .arena = nm_arena_new(),
			     .out = &done };
	enum nm_code code = work.arena != NULL ? NM_OK : nm_fail_memory(err);

	nm_buf_init(&work.url, URL_MAX);
	if (code == NM_OK && !nm_calendar_remote(calendar))
		code = nm_fail(err, NM_INPUT, "calendar `%s` is a file: callbacks go into a CalDAV collection",
			       calendar->name);
	if (code == NM_OK)
		code = run(&work, err);
	explicit_bzero(work.url.data, work.url.len);
	nm_buf_clear(&work.url);
	nm_followups_clear(&work.followups);
	nm_arena_free(work.arena);
	if (code == NM_OK)
		*out = done;
	return code;
}
