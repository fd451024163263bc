/* SPDX-License-Identifier: MIT */
/*
 * Fetching calendars: what is asked, what of the answers is kept, and that nothing bad takes a good copy's place.
 * Against a transport that answers as told, and over HTTP against a server on loopback (http_server.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "caldav.h"
#include "http_headers.h"
#include "http_server.h"
#include "nevermiss/calendar.h"
#include "nevermiss/callbacks.h"
#include "nevermiss/check.h"
#include "nevermiss/followup.h"
#include "random_plan.h"

#define NOW   INT64_C(1795644000) /* 2026-11-25 22:00 UTC */
#define MOST  16
#define HOME  "https://cal.example.org/jobs.ics"
#define DAV   "https://cal.example.org/pat/jobs/"
#define EVENT(DAY)                                                                                        \
	"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:" DAY "\r\nDTSTART:202611" DAY "T150000Z\r\nDTEND:202611" DAY \
	"T170000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

/* --- a transport that answers as told, one request after the other --- */

struct answer {
	int status;
	const char *body, *etag, *modified, *location, *error;
};

struct asked {
	char method[16], url[256], headers[512], body[1024];
	bool auth;
};

static struct {
	const struct answer *answers;
	struct asked asked[MOST];
	int n, waiting, tag, dropped;
	bool silent;
} played;

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct asked *asked = &played.asked[played.n];

	(void)context;
	(void)err;
	assert_true(played.n < MOST);
	assert_int_equal(played.waiting, 0);
	assert_int_equal(request->answer_max, NM_ICAL_BYTES);
	*asked = (struct asked){ .auth = request->auth == NM_AUTH_BASIC };
	assert_true(asked->auth == (request->account != NULL));
	snprintf(asked->method, sizeof(asked->method), "%s", request->method);
	snprintf(asked->url, sizeof(asked->url), "%s", request->url);
	snprintf(asked->body, sizeof(asked->body), "%s", request->body != NULL ? request->body : "");
	for (size_t i = 0; i < request->n_headers; i++) {
		const size_t len = strlen(asked->headers);

		snprintf(asked->headers + len, sizeof(asked->headers) - len, "%s|", request->headers[i]);
	}
	played.tag = tag;
	played.waiting = 1;
	return NM_OK;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response, struct nm_error *err)
{
	const struct answer *answer = &played.answers[played.n];

	(void)context;
	(void)timeout_ms;
	(void)err;
	*tag = -1;
	if (!played.waiting || played.silent)
		return NM_OK;
	*tag = played.tag;
	*response = (struct nm_response){ .status = answer->status,
					  .body = answer->body != NULL ? answer->body : "",
					  .etag = answer->etag,
					  .modified = answer->modified,
					  .location = answer->location,
					  .error = answer->error,
					  .retry_after_s = -1 };
	response->len = strlen(response->body);
	played.n++;
	played.waiting = 0;
	return NM_OK;
}

static void drop(void *context)
{
	(void)context;
	played.waiting = 0;
	played.dropped++;
}

/* --- the stage --- */

struct place {
	char *folder;
	struct nm_store *store;
	struct nm_plan *plan;
	const char *url_error; /* what finding a URL fails with */
	nm_time now;
	int looks; /* -1: never stops */
	size_t all; /* pieces, as told at the last look */
	bool silent; /* no request is answered */
};

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	struct nm_error err;
	char file[512];

	assert_non_null(place);
	place->folder = random_folder_new();
	place->now = NOW;
	place->looks = -1;
	assert_true(snprintf(file, sizeof(file), "%s/store.db", place->folder) > 0);
	ok(nm_store_open(file, false, &place->store, &err), &err);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	nm_plan_free(place->plan);
	nm_store_close(place->store);
	random_folder_free(place->folder);
	free(place);
	return 0;
}

/* The plan whose calendars are these sections, read with the copies that the store has. */
static void read_plan(struct place *place, const char *calendars)
{
	static const char rest[] = "schedule busy { calendar = jobs }\n"
				   "destination owner { kind = personal number = \"+15125550111\" away = busy }\n"
				   "path p { step { ring = owner } }\nrule all { path = p }\n";
	struct nm_arena *arena = nm_arena_new();
	struct nm_plan_file *files;
	struct nm_diags diags;
	struct nm_error err;
	struct nm_buf text;

	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_buf_addf(&text,
		    "business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"
		    "account sandbox { driver = sandbox }\n"
		    "line main { number = \"+15125550100\" account = sandbox }\n%s\n%s",
		    calendars, rest);
	nm_plan_free(place->plan);
	place->plan = NULL;
	nm_diags_init(&diags);
	ok(nm_store_calendar_files(place->store, arena, &files, &err), &err);
	ok(nm_plan_read_kept("plan.conf", text.data, text.len, files, &place->plan, &diags, &err), &err);
	nm_diags_clear(&diags);
	nm_arena_free(arena);
	nm_buf_clear(&text);
}

static enum nm_code find_url(void *context, const struct nm_calendar *calendar, struct nm_buf *out, struct nm_error *err)
{
	const struct place *place = context;

	if (place->url_error != NULL && calendar->url_cmd != NULL)
		return nm_fail(err, NM_CARRIER, "%s", place->url_error);
	nm_buf_add(out, calendar->url != NULL ? calendar->url : HOME);
	return NM_OK;
}

static bool idle(void *context, size_t done, size_t all)
{
	struct place *place = context;

	assert_true(done <= all);
	place->all = all;
	return place->looks < 0 || place->looks-- > 0;
}

/* How the calendar jobs ended, with the words told, which live until the next. */
static enum nm_refresh_end refresh(struct place *place, const struct answer *answers, const char **words)
{
	static struct nm_refreshes results;
	const struct nm_refresh refresh = { .plan = place->plan,
					    .store = place->store,
					    .transport = { NULL, submit, collect, drop },
					    .now = place->now,
					    .context = place,
					    .url = find_url,
					    .idle = idle };
	struct nm_error err;

	memset(&played, 0, sizeof(played));
	played.answers = answers;
	played.silent = place->silent;
	nm_refreshes_clear(&results);
	ok(nm_calendars_refresh(&refresh, -1, &results, &err), &err);
	assert_true(results.n > 0);
	if (words != NULL)
		*words = results.items[0].words != NULL ? results.items[0].words : "";
	return results.items[0].end;
}

static struct nm_calendar_copy copy_of(const struct place *place, struct nm_arena *arena)
{
	struct nm_calendar_copy copy = { 0 };
	struct nm_error err;
	bool found;

	ok(nm_store_calendar_get(place->store, place->plan->calendars[0].path, arena, &copy, &found, &err), &err);
	assert_true(found);
	return copy;
}

/* Times are when it was last fetched and tried, trouble a part of it or NULL. */
static void assert_copy(const struct place *place, nm_time fetched, nm_time tried, const char *trouble)
{
	struct nm_arena *arena = nm_arena_new();
	const struct nm_calendar_copy copy = copy_of(place, arena);

	assert_true(copy.fetched == fetched);
	assert_true(copy.tried == tried);
	assert_true((copy.trouble != NULL) == (trouble != NULL));
	if (trouble != NULL && strstr(copy.trouble, trouble) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", trouble, copy.trouble);
	nm_arena_free(arena);
}

/* Is the owner on a job at noon of that day of November 2026? */
static bool busy_on(struct place *place, const char *calendars, int day)
{
	const nm_time noon = (nm_days_from_date(2026, 11, day) * 24 + 16) * 3600;
	struct nm_ical_events events;
	struct nm_error err;
	bool busy;

	read_plan(place, calendars);
	if (place->plan->calendars[0].ical == NULL)
		return false;
	ok(nm_ical_expand(place->plan->calendars[0].ical, place->plan->zone, noon, noon + 1, &events, &err), &err);
	busy = events.n > 0;
	nm_ical_events_clear(&events);
	return busy;
}

#define FILE_AT "calendar jobs { url = \"" HOME "\" }"
#define LOCKED  "calendar jobs { url = \"" HOME "\" user = pat password_cmd = \"pass x\" }"
#define DAV_AT  "calendar jobs { url = \"" DAV "\" user = pat password_cmd = \"pass x\" }"

/* --- files --- */

static void test_what_did_not_change_is_not_sent_again(void **state)
{
	struct place *place = *state;
	const struct answer first[] = { { .status = 200,
					  .body = EVENT("25"),
					  .etag = "\"v1\"",
					  .modified = "Wed, 25 Nov 2026 20:00:00 GMT" } };
	const struct answer same[] = { { .status = 304 } };
	const struct answer other[] = { { .status = 200, .body = EVENT("26"), .etag = "\"v2\"" } };

	assert_false(busy_on(place, FILE_AT, 25));
	assert_int_equal(refresh(place, first, NULL), NM_REFRESH_NEW);
	assert_string_equal(played.asked[0].headers, "");
	assert_copy(place, NOW, NOW, NULL);
	assert_true(busy_on(place, FILE_AT, 25));
	place->now += 900;
	assert_int_equal(refresh(place, same, NULL), NM_REFRESH_SAME);
	assert_string_equal(played.asked[0].headers,
			    "If-None-Match: \"v1\"|If-Modified-Since: Wed, 25 Nov 2026 20:00:00 GMT|");
	assert_copy(place, NOW + 900, NOW + 900, NULL);
	assert_true(busy_on(place, FILE_AT, 25));
	assert_int_equal(refresh(place, other, NULL), NM_REFRESH_NEW);
	assert_int_equal(refresh(place, same, NULL), NM_REFRESH_SAME);
	assert_string_equal(played.asked[0].headers, "If-None-Match: \"v2\"|");
	assert_false(busy_on(place, FILE_AT, 25));
	assert_true(busy_on(place, FILE_AT, 26));
}

static void test_a_failure_leaves_the_last_copy(void **state)
{
	static const struct {
		struct answer answer;
		const char *words;
	} cases[] = {
		{ { .status = 0, .error = "none came in time" }, "no answer: none came in time" },
		{ { .status = 0, .error = "it says \033[2J" }, "it says  [2J" },
		{ { .status = 304 }, "answered 304" },
		{ { .status = 401 }, "wants a password (401)" },
		{ { .status = 404 }, "nothing at its URL (404)" },
		{ { .status = 410 }, "nothing at its URL (410)" },
		{ { .status = 429 }, "answered 429" },
		{ { .status = 500 }, "answered 500" },
		{ { .status = 302 }, "answered 302" },
		{ { .status = 200 }, "no calendar that can be read" },
		{ { .status = 200, .body = "<html>Log in</html>" }, "no calendar that can be read" },
		{ { .status = 200, .body = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n" }, "no calendar that can be read" },
		{ { .status = 200, .body = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261125T150000Z\r\n"
			 "DURATION:PT1M\r\nRRULE:FREQ=MINUTELY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n" },
		  "no calendar that can be read" },
	};
	const struct answer good[] = { { .status = 200, .body = EVENT("25") } };
	struct place *place = *state;
	const char *words;

	read_plan(place, FILE_AT);
	assert_int_equal(refresh(place, good, NULL), NM_REFRESH_NEW);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		place->now++;
		assert_int_equal(refresh(place, &cases[i].answer, &words), NM_REFRESH_FAILED);
		assert_int_equal(played.n, 1);
		if (strstr(words, cases[i].words) == NULL)
			fail_msg("\"%s\" is not in \"%s\"", cases[i].words, words);
		assert_copy(place, NOW, place->now, cases[i].words);
		assert_true(busy_on(place, FILE_AT, 25));
	}
	assert_int_equal(refresh(place, good, NULL), NM_REFRESH_NEW);
	assert_copy(place, place->now, place->now, NULL);
}

static void test_another_source_has_no_copy(void **state)
{
	const struct answer good[] = { { .status = 200, .body = EVENT("25"), .etag = "\"v1\"" } };
	const struct answer gone[] = { { .status = 404 } };
	struct place *place = *state;

	read_plan(place, FILE_AT);
	assert_int_equal(refresh(place, good, NULL), NM_REFRESH_NEW);
	assert_false(busy_on(place, "calendar jobs { url = \"https://cal.example.org/other.ics\" }", 25));
	assert_false(busy_on(place, LOCKED, 25));
	assert_int_equal(refresh(place, gone, NULL), NM_REFRESH_FAILED);
	assert_string_equal(played.asked[0].headers, "");
	assert_copy(place, NM_TIME_MIN, NOW, "404");
	/* The old source's went when the new one was tried. */
	assert_false(busy_on(place, FILE_AT, 25));
}

static void test_a_redirect_is_followed_within_bounds(void **state)
{
	const struct answer moved[] = { { .status = 301, .location = "https://cal.example.org/new.ics" },
					{ .status = 307, .location = "https://cal.example.org.evil.example/x" },
					{ .status = 302, .location = "https://cal.example.org/back" },
					{ .status = 200, .body = EVENT("25") } };
	const struct answer plain[] = { { .status = 301, .location = "http://127.0.0.1/jobs.ics" } };
	const struct answer round[] = { { .status = 301, .location = HOME }, { .status = 301, .location = HOME },
					{ .status = 301, .location = HOME }, { .status = 301, .location = HOME },
					{ .status = 301, .location = HOME }, { .status = 301, .location = HOME } };
	const struct answer away[] = { { .status = 301, .location = "https://elsewhere.example/" }, { .status = 401 } };
	static const bool with_password[] = { true, true, false, true };
	struct place *place = *state;
	const char *words;

	read_plan(place, LOCKED);
	assert_int_equal(refresh(place, moved, NULL), NM_REFRESH_NEW);
	assert_int_equal(played.n, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(played.asked[i].auth, with_password[i]);
	assert_string_equal(played.asked[3].url, "https://cal.example.org/back");
	assert_int_equal(refresh(place, plain, &words), NM_REFRESH_FAILED);
	assert_int_equal(played.n, 1);
	assert_non_null(strstr(words, "from https to"));
	assert_int_equal(refresh(place, round, &words), NM_REFRESH_FAILED);
	assert_int_equal(played.n, NM_CALENDAR_REDIRECTS + 1);
	assert_non_null(strstr(words, "from place to place"));
	assert_int_equal(refresh(place, away, &words), NM_REFRESH_FAILED);
	assert_non_null(strstr(words, "only goes to the one in the plan"));
}

static void test_a_password_belongs_to_a_user(void **state)
{
	const struct answer wrong[] = { { .status = 401 } };
	struct place *place = *state;
	const char *words;

	read_plan(place, "calendar jobs { url = \"" HOME "\" user = pat }");
	assert_int_equal(refresh(place, wrong, &words), NM_REFRESH_FAILED);
	assert_int_equal(played.n, 0);
	assert_non_null(strstr(words, "belong together"));
	read_plan(place, LOCKED);
	assert_int_equal(refresh(place, wrong, &words), NM_REFRESH_FAILED);
	assert_non_null(strstr(words, "does not take the user or the password (401)"));
}

static void test_a_url_that_cannot_be_had_is_its_own_trouble(void **state)
{
	const struct answer good[] = { { .status = 200, .body = EVENT("25") } };
	struct place *place = *state;
	const char *words;

	place->url_error = "url_cmd: there is no program `pass`";
	read_plan(place, "calendar jobs { url_cmd = \"pass x\" }\ncalendar other { url = \"" HOME "\" }");
	assert_int_equal(refresh(place, good, &words), NM_REFRESH_FAILED);
	assert_string_equal(words, place->url_error);
	assert_int_equal(played.n, 1);
	assert_copy(place, NM_TIME_MIN, NOW, "no program");
}

static void test_who_stops_it_leaves_all_as_it_was(void **state)
{
	const struct answer good[] = { { .status = 200, .body = EVENT("25") } };
	struct place *place = *state;
	struct nm_calendar_copy copy;
	struct nm_arena *arena = nm_arena_new();
	struct nm_error err;
	bool found;

	read_plan(place, FILE_AT);
	place->looks = 3;
	place->silent = true;
	assert_int_equal(refresh(place, good, NULL), NM_REFRESH_STOPPED);
	assert_int_equal(played.dropped, 1);
	assert_int_equal(place->all, 1);
	ok(nm_store_calendar_get(place->store, place->plan->calendars[0].path, arena, &copy, &found, &err), &err);
	assert_false(found);
	nm_arena_free(arena);
}

/* --- CalDAV --- */

#define PROPERTIES(TYPE, MARK)                                                                                   \
	"<?xml version=\"1.0\"?><multistatus xmlns=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\">"          \
	"<response><href>/pat/jobs/</href><propstat><prop><getctag/></prop><status>HTTP/1.1 404 Not Found"       \
	"</status></propstat><propstat><prop><resourcetype><collection/>" TYPE "</resourcetype>" MARK            \
	"</prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"
#define EVENTS(DATA)                                                                                             \
	"<multistatus xmlns=\"DAV:\"><response><href>/a.ics</href><propstat><prop><C:calendar-data "             \
	"xmlns:C=\"urn:ietf:params:xml:ns:caldav\">" DATA                                                        \
	"</C:calendar-data></prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"

/* What putting one callback into an empty collection came to. */
static struct nm_callbacks put_callback(struct place *place, int status)
{
	const struct answer answers[] = { { .status = 207, .body = "<multistatus xmlns=\"DAV:\"/>" }, { .status = status } };
	const struct nm_refresh into = { .plan = place->plan,
					 .store = place->store,
					 .transport = { NULL, submit, collect, drop },
					 .now = place->now,
					 .context = place,
					 .url = find_url,
					 .idle = idle };
	struct nm_callbacks done;
	struct nm_error err;

	memset(&played, 0, sizeof(played));
	played.answers = answers;
	ok(nm_callbacks_put(&into, 0, &done, &err), &err);
	assert_int_equal(played.n, 2);
	assert_string_equal(played.asked[1].method, "PUT");
	return done;
}

/* Somebody may have put it in before (412); where nothing is found (404) nothing was put in. */
static void test_a_callback_that_is_not_put_in(void **state)
{
	struct place *place = *state;
	const struct nm_followup lead = { .channel = NM_CHANNEL_WEB, .number = UINT64_C(15125550199), .opened = NOW };
	struct nm_callbacks done;
	struct nm_error err;
	int64_t id;

	read_plan(place, DAV_AT);
	ok(nm_store_followup_add(place->store, &lead, &id, &err), &err);
	assert_int_equal(put_callback(place, 201).put, 1);
	assert_int_equal(put_callback(place, 412).put, 1);
	done = put_callback(place, 404);
	assert_int_equal(done.put, 0);
	assert_non_null(strstr(done.trouble.text, "putting a callback in: its server answered 404"));
}

static void test_a_collection_is_asked_for_its_mark_first(void **state)
{
	const struct answer first[] = { { .status = 207, .body = PROPERTIES("<C:calendar/>", "<sync-token>t1</sync-token>") },
					{ .status = 207, .body = EVENTS(EVENT("25")) } };
	const struct answer none[] = { { .status = 207, .body = PROPERTIES("<C:calendar/>", "<sync-token>t2</sync-token>") },
				       { .status = 207, .body = "<multistatus xmlns=\"DAV:\"/>" } };
	struct place *place = *state;

	read_plan(place, DAV_AT);
	assert_int_equal(refresh(place, first, NULL), NM_REFRESH_NEW);
	assert_int_equal(played.n, 2);
	assert_string_equal(played.asked[0].method, "PROPFIND");
	assert_string_equal(played.asked[0].headers, "Depth: 0|");
	assert_string_equal(played.asked[1].method, "REPORT");
	assert_string_equal(played.asked[1].headers, "Depth: 1|");
	assert_true(played.asked[0].auth && played.asked[1].auth);
	assert_non_null(strstr(played.asked[1].body, "time-range start=\"20261025T000000Z\""));
	assert_true(busy_on(place, DAV_AT, 25));
	assert_int_equal(refresh(place, first, NULL), NM_REFRESH_SAME);
	assert_int_equal(played.n, 1);
	/* All events are gone: that is new, too. */
	assert_int_equal(refresh(place, none, NULL), NM_REFRESH_NEW);
	assert_false(busy_on(place, DAV_AT, 25));
	assert_non_null(place->plan->calendars[0].ical);
}

static void test_a_collection_without_a_mark_is_read_each_time(void **state)
{
	const struct answer answers[] = { { .status = 207, .body = PROPERTIES("<C:calendar/>", "") }, { .status = 207, .body = EVENTS(EVENT("25")) } };
	struct place *place = *state;

	read_plan(place, DAV_AT);
	assert_int_equal(refresh(place, answers, NULL), NM_REFRESH_NEW);
	assert_int_equal(refresh(place, answers, NULL), NM_REFRESH_NEW);
	assert_int_equal(played.n, 2);
}

static void test_what_is_no_collection_is_told(void **state)
{
	static const struct {
		struct answer answers[2];
		const char *words;
	} cases[] = {
		{ { { .status = 405 } }, "knows no CalDAV there (405)" },
		{ { { .status = 200, .body = "<html/>" } }, "knows no CalDAV there (200)" },
		{ { { .status = 401 } }, "the user or the password" },
		{ { { .status = 207, .body = PROPERTIES("", "") } }, "give the URL of one calendar" },
		{ { { .status = 207, .body = "<multistatus xmlns=\"DAV:\"/>" } }, "give the URL of one calendar" },
		{ { { .status = 207, .body = "<html>" } }, "is no CalDAV" },
		{ { { .status = 207, .body = "<other/>" } }, "<multistatus> is expected" },
		{ { { .status = 207, .body = "" } }, "is no CalDAV" },
		{ { { .status = 207, .body = "<!DOCTYPE m [<!ENTITY a \"b\">]><multistatus>&a;</multistatus>" } }, "is no CalDAV" },
		{ { { .status = 207, .body = PROPERTIES("<C:calendar/>", "") }, { .status = 207, .body = EVENTS("x") } }, "no calendar that can be read" },
		{ { { .status = 207, .body = PROPERTIES("<C:calendar/>", "") }, { .status = 207, .body = EVENTS("a<b/>c") } }, "more than one piece" },
		{ { { .status = 207, .body = PROPERTIES("<C:calendar/>", "") }, { .status = 500, .body = "" } }, "answered 500" },
	};
	struct place *place = *state;
	const char *words;

	read_plan(place, DAV_AT);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(refresh(place, cases[i].answers, &words), NM_REFRESH_FAILED);
		if (strstr(words, cases[i].words) == NULL)
			fail_msg("\"%s\" is not in \"%s\"", cases[i].words, words);
		assert_copy(place, NM_TIME_MIN, NOW, cases[i].words);
	}
}

/* Each answer cut everywhere, and each byte of it another one. */
static void test_damaged_answers_end_in_words(void **state)
{
	static const char *const answers[] = { PROPERTIES("<C:calendar/>", "<sync-token>t1</sync-token>"),
					       EVENTS(EVENT("25")) };
	struct nm_arena *arena = nm_arena_new();
	const char *mark;
	struct nm_buf out;

	(void)state;
	nm_buf_init(&out, 4096);
	for (size_t i = 0; i < 2; i++)
		for (size_t cut = 0; cut < 2 * strlen(answers[i]); cut++) {
			const size_t all = strlen(answers[i]), len = cut < all ? cut : all;
			char *bytes = malloc(len + 1);
			enum nm_code code;

			assert_non_null(bytes);
			memcpy(bytes, answers[i], len);
			bytes[len] = '\0';
			if (cut >= all)
				bytes[cut - all] ^= 0x15;
			nm_buf_clear(&out);
			code = nm_caldav_mark(bytes, len, arena, &mark, NULL);
			assert_true(code == NM_OK || code == NM_INPUT);
			code = nm_caldav_events(bytes, len, &out, NULL);
			assert_true(code == NM_OK || code == NM_INPUT);
			free(bytes);
		}
	nm_buf_clear(&out);
	nm_arena_free(arena);
}

static void test_a_long_text_with_references_is_one_piece(void **state)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_buf answer, out;
	struct nm_error err;

	(void)state;
	nm_buf_init(&answer, NM_ICAL_BYTES);
	nm_buf_init(&out, NM_ICAL_BYTES);
	nm_buf_add(&answer, "<m:multistatus xmlns:m=\"DAV:\"><m:response><m:propstat><m:prop><calendar-data>");
	for (int i = 0; i < 100000; i++)
		nm_buf_add(&answer, "A &amp; B &lt;c&gt; d&#13;\n");
	nm_buf_add(&answer, "</calendar-data></m:prop><m:status>HTTP/1.1 200 OK</m:status></m:propstat></m:response>"
			    "</m:multistatus>");
	ok(nm_caldav_events(answer.data, answer.len, &out, &err), &err);
	assert_true(out.len > 100000 * strlen("A & B <c> d\r\n"));
	nm_buf_clear(&out);
	nm_buf_clear(&answer);
	nm_arena_free(arena);
}

/* --- over HTTP --- */

static int64_t clock_ms(void *context)
{
	struct timespec now;

	(void)context;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (int64_t)1000 + now.tv_nsec / 1000000;
}

static void test_over_http(void **state)
{
	static const struct {
		const char *path;
		enum nm_refresh_end end;
		const char *words; /* NULL: nothing is told */
	} cases[] = {
		{ "/calendar", NM_REFRESH_NEW, NULL },
		{ "/calendar", NM_REFRESH_SAME, NULL },
		{ "/calendar-moved", NM_REFRESH_NEW, NULL },
		{ "/calendar-large", NM_REFRESH_NEW, NULL },
		{ "/ok", NM_REFRESH_FAILED, "no calendar" },
		{ "/endless", NM_REFRESH_FAILED, "larger than any" },
		{ "/headers", NM_REFRESH_FAILED, "larger than any" },
		{ "/cut", NM_REFRESH_FAILED, "no answer" },
		{ "/hang-up", NM_REFRESH_FAILED, "no answer" },
		{ "/garbage", NM_REFRESH_FAILED, "no answer" },
		{ "/zeros", NM_REFRESH_FAILED, "no calendar" },
		{ "/status/404", NM_REFRESH_FAILED, "404" },
		{ "/status/500", NM_REFRESH_FAILED, "500" },
		{ "/away", NM_REFRESH_FAILED, "no calendar" },
	};
	const struct nm_http_options options = { .clock_ms = clock_ms };
	struct nm_transport http;
	struct http_server server;
	struct place *place = *state;
	struct nm_error err;

	http_server_start(&server);
	ok(nm_http_transport(&options, &http, &err), &err);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nm_refreshes results;
		char section[256];

		snprintf(section, sizeof(section), "calendar jobs { url = \"http://127.0.0.1:%d%s\" }", server.port,
			 cases[i].path);
		read_plan(place, section);
		ok(nm_calendars_refresh(&(const struct nm_refresh){ .plan = place->plan,
								    .store = place->store,
								    .transport = http,
								    .now = NOW,
								    .context = place,
								    .url = find_url },
					-1, &results, &err), &err);
		if (results.items[0].end != cases[i].end ||
		    (cases[i].words != NULL) != (results.items[0].words != NULL) ||
		    (cases[i].words != NULL && strstr(results.items[0].words, cases[i].words) == NULL))
			fail_msg("%s: %d %s", cases[i].path, results.items[0].end, results.items[0].words);
		nm_refreshes_clear(&results);
	}
	nm_http_transport_clear(&http);
	http_server_stop(&server);
}

static void test_a_secret_url_is_told_nowhere(void **state)
{
	static const char *const urls[] = { "http://cal.example.org/s3cr3t", "s3cr3t://x", "https://s3cr3t@host/",
					    "https://[s3cr3t", "not a url s3cr3t" };
	const struct nm_http_options options = { .clock_ms = clock_ms };
	struct nm_transport http;
	struct nm_error err;

	(void)state;
	ok(nm_http_transport(&options, &http, &err), &err);
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		const struct nm_request request = { .method = "GET", .url = urls[i], .secret_url = true };

		assert_int_equal(http.submit(http.context, 0, &request, &err), NM_CARRIER);
		assert_null(strstr(err.text, "s3cr3t"));
	}
	nm_http_transport_clear(&http);
}

static void test_marks_of_an_answer(void **state)
{
	struct nm_http_headers headers = { .etag = "\"old\"" };
	char line[NM_HTTP_MARK + 64];

	(void)state;
	nm_http_headers_take(&headers, "HTTP/1.1 200 OK\r\n", 17);
	assert_string_equal(headers.etag, "");
	nm_http_headers_take(&headers, "etag:\t W/\"a b\" \r\n", 17);
	assert_string_equal(headers.etag, "W/\"a b\"");
	nm_http_headers_take(&headers, "ETag-Not: x\r\n", 13);
	nm_http_headers_take(&headers, "LAST-MODIFIED: now\r\n", 20);
	assert_string_equal(headers.etag, "W/\"a b\"");
	assert_string_equal(headers.modified, "now");
	nm_http_headers_take(&headers, "ETag: a\033b\r\n", 11);
	assert_string_equal(headers.etag, "");
	memset(line, 'x', sizeof(line));
	memcpy(line, "ETag: ", 6);
	nm_http_headers_take(&headers, line, sizeof(line));
	assert_string_equal(headers.etag, "");
	nm_http_headers_take(&headers, "ETag:", 5);
	nm_http_headers_take(&headers, "ETa", 3);
	assert_string_equal(headers.etag, "");
}

/* --- what check says --- */

/* The message of calendar-stale; "" when there is none. */
static void stale(struct place *place, const char *calendars, nm_time fetched, const char *trouble, char out[256])
{
	const struct nm_calendar_fact fact = { "jobs", fetched, trouble };
	const struct nm_check_options options = { .now = NOW,
						  .from = NOW,
						  .until = NOW + 7 * NM_DAY,
						  .n_calendars = 1,
						  .calendars = &fact };
	struct nm_findings findings;
	struct nm_error err;

	read_plan(place, calendars);
	ok(nm_check(place->plan, &options, &findings, &err), &err);
	out[0] = '\0';
	for (size_t i = 0; i < findings.n; i++)
		if (strcmp(findings.items[i].id, "calendar-stale") == 0)
			snprintf(out, 256, "%s", findings.items[i].message);
	nm_findings_clear(&findings);
}

static void test_check_tells_the_age(void **state)
{
	const struct answer good[] = { { .status = 200, .body = EVENT("25") } };
	struct place *place = *state;
	char told[256];

	stale(place, FILE_AT, NM_TIME_MIN, "it is down", told);
	assert_string_equal(told, "calendar jobs was never fetched: it is empty until then (it is down)");
	assert_int_equal(refresh(place, good, NULL), NM_REFRESH_NEW);
	stale(place, FILE_AT, NOW - NM_DAY, "it is down", told);
	assert_string_equal(told, "");
	stale(place, FILE_AT, NOW - NM_DAY - 1, "it is down", told);
	assert_string_equal(told, "calendar jobs was last fetched on Tue 24 Nov 2026 15:59:59 (it is down)");
	stale(place, "calendar jobs { url = \"" HOME "\" refresh = 1d }", NOW - 4 * NM_DAY, NULL, told);
	assert_string_equal(told, "");
	/* Holidays that end are told; jobs always do. */
	stale(place, FILE_AT "\nschedule open { hours = \"Mo-Fr 08:00-18:00; PH off\" holidays = jobs }", NOW, NULL, told);
	assert_string_equal(told, "the last event of calendar jobs is Wed 25 Nov 2026 09:00");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_what_did_not_change_is_not_sent_again),
		TEST(test_a_failure_leaves_the_last_copy),
		TEST(test_another_source_has_no_copy),
		TEST(test_a_redirect_is_followed_within_bounds),
		TEST(test_a_password_belongs_to_a_user),
		TEST(test_a_url_that_cannot_be_had_is_its_own_trouble),
		TEST(test_who_stops_it_leaves_all_as_it_was),
		TEST(test_a_collection_is_asked_for_its_mark_first),
		TEST(test_a_callback_that_is_not_put_in),
		TEST(test_a_collection_without_a_mark_is_read_each_time),
		TEST(test_what_is_no_collection_is_told),
		TEST(test_damaged_answers_end_in_words),
		TEST(test_a_long_text_with_references_is_one_piece),
		TEST(test_over_http),
		TEST(test_a_secret_url_is_told_nowhere),
		TEST(test_marks_of_an_answer),
		TEST(test_check_tells_the_age),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
