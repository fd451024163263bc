/* SPDX-License-Identifier: MIT */
/*
 * Fetching calendars (calendar.h).  Comes in: a plan, its store, a transport.  Goes out: copies and troubles in the
 * store.  Each calendar is a short conversation, one request at a time; all of them are held at once.  Knows no
 * screen and no secret: the transport puts the password in.
 */
#include "nevermiss/calendar.h"

#include <stdlib.h>
#include <string.h>

#include "core/ascii.h"
#include "core/caldav.h"
#include "core/utf8.h"
#include "nevermiss/check.h"

#define WAIT_MS 100
#define URL_MAX NM_PLAN_BYTES /* no plan and no header has a longer one */
#define HEADER_MAX 2048
#define LOOK_BACK (31 * (nm_time)NM_DAY)
#define LOOK_AHEAD (2 * NM_CHECK_HORIZON)

/* What is asked: for the file; or for the collection's mark, and for its events when that is new. */
enum stage { STAGE_FILE, STAGE_MARK, STAGE_EVENTS };

/* One calendar that is being fetched. */
struct fetch {
	const struct nm_calendar *calendar;
	struct nm_arena *arena;    /* of the results */
	struct nm_account account; /* stands for the calendar where the transport asks for a password */
	struct nm_calendar_copy kept;
	bool has_kept;
	struct nm_buf url;            /* the one that is asked; wiped */
	struct nm_buf home;           /* scheme and host that the plan names; wiped */
	struct nm_buf etag, modified; /* headers of the request */
	enum stage stage;
	const char *mark;    /* of the collection; NULL: it has none */
	struct nm_buf query; /* for its events */
	struct nm_request request;
	int redirects;
	bool flying;
	struct nm_refreshed *result;
};

struct fetching {
	const struct nm_refresh *refresh;
	struct nm_arena *arena; /* of the results */
	size_t n, n_flying;
	struct fetch *items;
};

bool nm_calendar_remote(const struct nm_calendar *calendar)
{
	return calendar->url != NULL || calendar->url_cmd != NULL;
}

int64_t nm_calendar_patience(const struct nm_calendar *calendar)
{
	return calendar->refresh_s > NM_DAY / 4 ? 4 * calendar->refresh_s : NM_DAY;
}

/* --- how it ends --- */

/* The words may quote a server; NULL when memory is out. */
static enum nm_code fail_words(struct fetch *fetch, const char *words, struct nm_error *err)
{
	char clean[NM_ERROR_TEXT];

	if (words == NULL)
		return nm_fail_memory(err);
	nm_utf8_clean(words, clean, sizeof(clean));
	fetch->result->end = NM_REFRESH_FAILED;
	fetch->result->words = nm_arena_text(fetch->arena, clean);
	return fetch->result->words != NULL ? NM_OK : nm_fail_memory(err);
}

static enum nm_code put(const struct fetching *fetching, const struct fetch *fetch,
			struct nm_calendar_copy *copy, struct nm_error *err)
{
	copy->source = fetch->calendar->path;
	copy->name = fetch->calendar->name;
	copy->tried = fetching->refresh->now;
	return nm_store_calendar_put(fetching->refresh->store, copy, err);
}

static enum nm_code put_failure(const struct fetching *fetching, const struct fetch *fetch,
				struct nm_error *err)
{
	struct nm_calendar_copy copy = { .fetched = NM_TIME_MIN, .trouble = fetch->result->words };

	return put(fetching, fetch, &copy, err);
}

/* Its server says that nothing is new. */
static enum nm_code put_same(const struct fetching *fetching, struct fetch *fetch, struct nm_error *err)
{
	struct nm_calendar_copy copy = { .fetched = fetching->refresh->now };

	fetch->result->end = NM_REFRESH_SAME;
	return put(fetching, fetch, &copy, err);
}

/* A copy with which a plan could not be proved must not take the place of one with which it can. */
static enum nm_code check_copy(const struct fetching *fetching, const struct fetch *fetch, const char *bytes,
			       size_t len, struct nm_error *err)
{
	const struct nm_refresh *refresh = fetching->refresh;
	struct nm_ical_events events;
	struct nm_ical *ical;
	enum nm_code code = nm_ical_read(fetch->calendar->name, bytes, len, &ical, err);

	if (code != NM_OK)
		return code;
	code = nm_ical_expand(ical, refresh->plan->zone, refresh->now - LOOK_BACK, refresh->now + LOOK_AHEAD,
			      &events, err);
	if (code == NM_OK)
		nm_ical_events_clear(&events);
	nm_ical_free(ical);
	return code;
}

static enum nm_code put_new(const struct fetching *fetching, struct fetch *fetch,
			    struct nm_calendar_copy *copy, struct nm_error *err)
{
	struct nm_error why;
	const enum nm_code code = check_copy(fetching, fetch, copy->bytes, copy->len, &why);

	if (code == NM_INPUT)
		return fail_words(fetch,
				  nm_arena_format(fetching->arena,
						  "what came is no calendar that can be read: %s", why.text),
				  err);
	if (code != NM_OK)
		return nm_fail(err, code, "%s", why.text);
	fetch->result->end = NM_REFRESH_NEW;
	copy->fetched = fetching->refresh->now;
	return put(fetching, fetch, copy, err);
}

/* --- requests --- */

/* The part of a URL that says who is asked: up to the third slash. */
static size_t origin_len(const char *url)
{
	const char *host = strstr(url, "://");

	return host == NULL ? 0 : (size_t)(host + 3 - url) + strcspn(host + 3, "/?#");
}

static bool is_home(const struct fetch *fetch)
{
	return origin_len(fetch->url.data) == fetch->home.len &&
	       strncmp(fetch->url.data, fetch->home.data, fetch->home.len) == 0;
}

static void add_condition(struct nm_request *request, struct nm_buf *header, const char *name,
			  const char *value)
{
	if (value == NULL)
		return;
	nm_buf_clear(header);
	nm_buf_addf(header, "%s: %s", name, value);
	request->headers[request->n_headers++] = header->data;
}

/* What is asked at this stage. */
static void fill_request(const struct fetching *fetching, struct fetch *fetch)
{
	struct nm_request *request = &fetch->request;

	*request = (struct nm_request){ .method = "GET",
					.url = fetch->url.data,
					.secret_url = fetch->calendar->url_cmd != NULL,
					.answer_max = NM_ICAL_BYTES,
					.timeout_s = NM_CALENDAR_TIMEOUT_S,
					.repeatable = true };
	nm_buf_clear(&fetch->query);
	if (fetch->stage == STAGE_MARK)
		nm_caldav_look(request);
	else if (fetch->stage == STAGE_EVENTS)
		nm_caldav_query(request, fetching->refresh->now - LOOK_BACK, &fetch->query);
	else if (fetch->has_kept && fetch->kept.len > 0) {
		add_condition(request, &fetch->etag, "If-None-Match", fetch->kept.etag);
		add_condition(request, &fetch->modified, "If-Modified-Since", fetch->kept.modified);
	}
	if (fetch->calendar->password_cmd != NULL && is_home(fetch)) {
		request->auth = NM_AUTH_BASIC;
		request->account = &fetch->account;
	}
}

static enum nm_code send(struct fetching *fetching, struct fetch *fetch, struct nm_error *err)
{
	const struct nm_transport *transport = &fetching->refresh->transport;
	struct nm_error why;
	enum nm_code code;

	fill_request(fetching, fetch);
	if (fetch->etag.failed || fetch->modified.failed || fetch->query.failed)
		return nm_fail_memory(err);
	code = transport->submit(transport->context, (int)(fetch - fetching->items), &fetch->request, &why);
	fetch->flying = code == NM_OK;
	fetching->n_flying += fetch->flying;
	if (code == NM_CARRIER)
		return fail_words(fetch, nm_arena_text(fetching->arena, why.text), err);
	return code == NM_OK ? NM_OK : nm_fail(err, code, "%s", why.text);
}

static bool is_https(const char *url)
{
	return nm_ascii_begins(url, "https:", strlen("https:"));
}

static enum nm_code follow(struct fetching *fetching, struct fetch *fetch, const char *location,
			   struct nm_error *err)
{
	struct nm_arena *arena = fetching->arena;

	if (fetch->redirects++ == NM_CALENDAR_REDIRECTS)
		return fail_words(
			fetch,
			nm_arena_format(arena, "its server sends one from place to place, more than %d times",
					NM_CALENDAR_REDIRECTS),
			err);
	if (is_https(fetch->url.data) && !is_https(location))
		return fail_words(fetch,
				  nm_arena_text(arena,
						"its server leads from https to where everybody can read "
						"along, which is not followed"),
				  err);
	explicit_bzero(fetch->url.data, fetch->url.len);
	nm_buf_clear(&fetch->url);
	nm_buf_add(&fetch->url, location);
	return fetch->url.failed ? nm_fail_memory(err) : send(fetching, fetch, err);
}

/* --- answers --- */

static const char *status_words(const struct fetch *fetch, const struct nm_response *response,
				struct nm_arena *arena)
{
	switch (response->status) {
	case 0:
		return nm_arena_format(arena, "no answer: %s",
				       response->error != NULL ? response->error : "unknown");
	case 401:
	case 403:
		if (fetch->calendar->password_cmd == NULL)
			return nm_arena_format(arena,
					       "its server wants a password (%d): give user and password_cmd",
					       response->status);
		if (fetch->request.auth == NM_AUTH_NONE)
			return nm_arena_format(
				arena,
				"another server, to which it was moved, wants a password (%d), which "
				"only goes to the one in the plan",
				response->status);
		return nm_arena_format(arena, "its server does not take the user or the password (%d)",
				       response->status);
	case 404:
	case 410:
		return nm_arena_format(arena, "there is nothing at its URL (%d)", response->status);
	case 200:
	case 400:
	case 405:
	case 501:
		if (fetch->stage == STAGE_MARK)
			return nm_arena_format(
				arena, "its URL ends with a slash, and its server knows no CalDAV there (%d)",
				response->status);
		/* fall through */
	default:
		return nm_arena_format(arena, "its server answered %d", response->status);
	}
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* The words of an answer that cannot be used, as this calendar's trouble. */
static enum nm_code unusable(struct fetching *fetching, struct fetch *fetch, enum nm_code code,
			     const struct nm_error *why, struct nm_error *err)
{
	return code == NM_INPUT ? fail_words(fetch, nm_arena_text(fetching->arena, why->text), err)
				: nm_fail(err, code, "%s", why->text);
}

static enum nm_code take_file(struct fetching *fetching, struct fetch *fetch,
			      const struct nm_response *response, struct nm_error *err)
{
	struct nm_calendar_copy copy = { .etag = response->etag,
					 .modified = response->modified,
					 .bytes = response->body,
					 .len = response->len };

	return put_new(fetching, fetch, &copy, err);
}

static enum nm_code take_mark(struct fetching *fetching, struct fetch *fetch,
			      const struct nm_response *response, struct nm_error *err)
{
	struct nm_error why;
	const enum nm_code code =
		nm_caldav_mark(response->body, response->len, fetching->arena, &fetch->mark, &why);

	if (code != NM_OK)
		return unusable(fetching, fetch, code, &why, err);
	if (fetch->mark != NULL && fetch->has_kept && fetch->kept.len > 0 && fetch->kept.etag != NULL &&
	    strcmp(fetch->mark, fetch->kept.etag) == 0)
		return put_same(fetching, fetch, err);
	fetch->stage = STAGE_EVENTS;
	return send(fetching, fetch, err);
}

static enum nm_code take_events(struct fetching *fetching, struct fetch *fetch,
				const struct nm_response *response, struct nm_error *err)
{
	struct nm_calendar_copy copy = { .etag = fetch->mark };
	struct nm_error why;
	struct nm_buf events;
	enum nm_code code;

	nm_buf_init(&events, NM_ICAL_BYTES);
	code = nm_caldav_events(response->body, response->len, &events, &why);
	copy.bytes = events.data;
	copy.len = events.len;
	code = code == NM_OK ? put_new(fetching, fetch, &copy, err)
			     : unusable(fetching, fetch, code, &why, err);
	nm_buf_clear(&events);
	return code;
}

static enum nm_code take(struct fetching *fetching, struct fetch *fetch, const struct nm_response *response,
			 struct nm_error *err)
{
	const int good = fetch->stage == STAGE_FILE ? 200 : 207;

	fetch->flying = false;
	fetching->n_flying--;
	if (is_redirect(response->status) && response->location != NULL)
		return follow(fetching, fetch, response->location, err);
	if (response->status == 304 && fetch->stage == STAGE_FILE && fetch->request.n_headers > 0)
		return put_same(fetching, fetch, err);
	if (response->status != good)
		return fail_words(fetch, status_words(fetch, response, fetching->arena), err);
	switch (fetch->stage) {
	case STAGE_FILE:
		return take_file(fetching, fetch, response, err);
	case STAGE_MARK:
		return take_mark(fetching, fetch, response, err);
	case STAGE_EVENTS:
		return take_events(fetching, fetch, response, err);
	}
	return NM_OK;
}

/* --- all of them --- */

/* Fills the URL; what is wrong with it, or with the password, is this calendar's own trouble. */
static enum nm_code begin(struct fetching *fetching, struct fetch *fetch, struct nm_error *err)
{
	const struct nm_calendar *calendar = fetch->calendar;
	const struct nm_refresh *refresh = fetching->refresh;
	struct nm_error why;
	enum nm_code code = nm_store_calendar_get(refresh->store, calendar->path, fetching->arena,
						  &fetch->kept, &fetch->has_kept, err);

	if (code != NM_OK)
		return code;
	if ((calendar->user == NULL) != (calendar->password_cmd == NULL))
		return fail_words(
			fetch,
			nm_arena_text(fetching->arena, "user and password_cmd belong together: give both"),
			err);
	code = refresh->url(refresh->context, calendar, &fetch->url, &why);
	if (code == NM_NO_MEMORY || fetch->url.failed)
		return nm_fail_memory(err);
	if (code != NM_OK)
		return fail_words(fetch, nm_arena_text(fetching->arena, why.text), err);
	nm_buf_addn(&fetch->home, fetch->url.data, origin_len(fetch->url.data));
	fetch->stage =
		fetch->url.len > 0 && fetch->url.data[fetch->url.len - 1] == '/' ? STAGE_MARK : STAGE_FILE;
	return fetch->home.failed ? nm_fail_memory(err) : send(fetching, fetch, err);
}

/* What ended without a copy is written down where its age is. */
static enum nm_code settle(const struct fetching *fetching, const struct fetch *fetch, struct nm_error *err)
{
	return fetch->result->end == NM_REFRESH_FAILED && !fetch->flying ? put_failure(fetching, fetch, err)
									 : NM_OK;
}

static bool goes_on(const struct fetching *fetching)
{
	const struct nm_refresh *refresh = fetching->refresh;

	return refresh->idle == NULL || refresh->idle(refresh->context, fetching->n - fetching->n_flying, fetching->n);
}

static enum nm_code run(struct fetching *fetching, struct nm_error *err)
{
	const struct nm_refresh *refresh = fetching->refresh;
	const struct nm_transport *transport = &refresh->transport;
	struct nm_response response;
	enum nm_code code = NM_OK;
	int tag;

	for (size_t i = 0; i < fetching->n && code == NM_OK; i++) {
		code = begin(fetching, &fetching->items[i], err);
		if (code == NM_OK)
			code = settle(fetching, &fetching->items[i], err);
	}
	while (code == NM_OK && fetching->n_flying > 0) {
		code = transport->collect(transport->context, WAIT_MS, &tag, &response, err);
		if (code == NM_OK && tag >= 0 && (size_t)tag < fetching->n && fetching->items[tag].flying) {
			code = take(fetching, &fetching->items[tag], &response, err);
			if (code == NM_OK)
				code = settle(fetching, &fetching->items[tag], err);
		}
		if (code == NM_OK && !goes_on(fetching))
			break;
	}
	if (fetching->n_flying > 0 && transport->drop != NULL)
		transport->drop(transport->context);
	return code;
}

static void wipe(struct nm_buf *buf)
{
	explicit_bzero(buf->data, buf->len);
	nm_buf_clear(buf);
}

static void fetch_init(struct fetch *fetch, const struct nm_calendar *calendar, struct nm_arena *arena,
		       struct nm_refreshed *result)
{
	fetch->calendar = calendar;
	fetch->arena = arena;
	fetch->account = (struct nm_account){ .name = calendar->name,
					      .user = calendar->user,
					      .token_cmd = calendar->password_cmd };
	fetch->result = result;
	result->end = NM_REFRESH_STOPPED;
	nm_buf_init(&fetch->url, URL_MAX);
	nm_buf_init(&fetch->home, URL_MAX);
	nm_buf_init(&fetch->etag, HEADER_MAX);
	nm_buf_init(&fetch->modified, HEADER_MAX);
	nm_buf_init(&fetch->query, HEADER_MAX);
}

static void fetch_clear(struct fetch *fetch)
{
	wipe(&fetch->url);
	wipe(&fetch->home);
	nm_buf_clear(&fetch->etag);
	nm_buf_clear(&fetch->modified);
	nm_buf_clear(&fetch->query);
}

enum nm_code nm_calendars_refresh(const struct nm_refresh *refresh, int index, struct nm_refreshes *out,
				  struct nm_error *err)
{
	const struct nm_plan *plan = refresh->plan;
	struct nm_refreshes results = { .arena = nm_arena_new() };
	struct fetching fetching = { .refresh = refresh, .arena = results.arena };
	enum nm_code code;

	fetching.items = calloc(plan->n_calendars + 1, sizeof(*fetching.items));
	if (results.arena != NULL)
		results.items = nm_arena_alloc(results.arena, plan->n_calendars + 1, sizeof(*results.items));
	if (fetching.items == NULL || results.items == NULL) {
		free(fetching.items);
		nm_refreshes_clear(&results);
		return nm_fail_memory(err);
	}
	for (size_t i = 0; i < plan->n_calendars; i++) {
		if (!nm_calendar_remote(&plan->calendars[i]) || (index >= 0 && (size_t)index != i))
			continue;
		results.items[results.n].calendar = (int)i;
		fetch_init(&fetching.items[fetching.n++], &plan->calendars[i], results.arena,
			   &results.items[results.n++]);
	}
	code = run(&fetching, err);
	for (size_t i = 0; i < fetching.n; i++)
		fetch_clear(&fetching.items[i]);
	free(fetching.items);
	if (code == NM_OK)
		*out = results;
	else
		nm_refreshes_clear(&results);
	return code;
}

void nm_refreshes_clear(struct nm_refreshes *refreshes)
{
	nm_arena_free(refreshes->arena);
	*refreshes = (struct nm_refreshes){ 0 };
}
