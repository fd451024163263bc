/* SPDX-License-Identifier: MIT */
/*
 * Memory runs out at the nth allocation, for n = 1, 2, 3, ...: once, and from then on.  Every job must
 * fail in words and leave nothing behind (the address sanitizer counts).  Linked with --wrap for the calls
 * below, so that only core's own allocations fail and never a library's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "nevermiss/alerts.h"
#include "nevermiss/calendar.h"
#include "nevermiss/call_back.h"
#include "nevermiss/calls.h"
#include "nevermiss/carrier.h"
#include "nevermiss/check.h"
#include "nevermiss/edit.h"
#include "nevermiss/events.h"
#include "nevermiss/explain_log.h"
#include "nevermiss/followup.h"
#include "nevermiss/replay.h"
#include "nevermiss/report.h"

#define AT INT64_C(1794600000) /* November 2026 */
#define EVERY 200              /* up to here every n, beyond it ever larger steps */

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len) __attribute__((weak));
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);

static struct {
	bool armed, lasting, hit;
	long left;
} memory;

static bool is_out(void)
{
	if (!memory.armed || --memory.left > 0)
		return false;
	if (memory.left < 0 && !memory.lasting)
		return false;
	memory.hit = true;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return is_out() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return is_out() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return is_out() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
	return is_out() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t len)
{
	return is_out() ? NULL : __real_strndup(text, len);
}

/* Runs the job once with the nth allocation failing; false when it has fewer. */
static bool starve(const char *name, enum nm_code (*job)(struct nm_error *), long n, bool lasting)
{
	struct nm_error err = { 0 };
	enum nm_code code;

	memory.left = n;
	memory.lasting = lasting;
	memory.hit = false;
	memory.armed = true;
	code = job(&err);
	memory.armed = false;
	if (memory.hit && (code == NM_OK || !err.text[0]))
		fail_msg("%s: allocation %ld failed%s, and the answer is %d \"%s\"", name, n,
			 lasting ? " and all after it" : "", code, err.text);
	if (!memory.hit && code != NM_OK)
		fail_msg("%s: %s", name, err.text);
	return memory.hit;
}

static void starve_all(const char *name, enum nm_code (*job)(struct nm_error *))
{
	for (int lasting = 0; lasting < 2; lasting++) {
		long n = 1;

		while (starve(name, job, n, lasting))
			n += n < EVERY ? 1 : n / 20;
		assert_true(n > 1);
	}
}

/* --- the jobs; what they need is read once, with all the memory there is --- */

static char *plan_file;
static struct nm_plan *plan;
static struct nm_timeline *timeline;
static struct nm_classes classes;
static struct nm_route *route;
static char folder[] = "/tmp/nevermiss-oom-XXXXXX", store_file[64];
static struct nm_store *store;
static int64_t kept_version; /* of the plan */

static enum nm_code read_plan(struct nm_error *err)
{
	struct nm_diags diags;
	struct nm_plan *read = NULL;
	enum nm_code code;

	nm_diags_init(&diags);
	code = nm_plan_read_file(plan_file, &read, &diags, err);
	nm_plan_free(read);
	nm_diags_clear(&diags);
	return code;
}

#define BAD_PLAN_MISTAKES 5

/* With mistakes to tell: the list of them needs memory too. */
static enum nm_code read_bad_plan(struct nm_error *err)
{
	static const char text[] = "business = \"A\"\ntimezone = \"Mars/Base\"\ncountry = \"US\"\n"
				   "rule a { path = none }\nrule b { during = no path = none }\n";
	struct nm_diags diags;
	struct nm_plan *read = NULL;
	enum nm_code code;

	nm_diags_init(&diags);
	code = nm_plan_read("bad.conf", text, strlen(text), &read, &diags, err);
	/* Mistakes get lost only where the list says so. */
	if (code == NM_INPUT)
		assert_true(diags.failed || diags.n == BAD_PLAN_MISTAKES);
	if (code == NM_INPUT && !memory.hit)
		code = NM_OK;
	nm_diags_clear(&diags);
	return code;
}

static enum nm_code build_timeline(struct nm_error *err)
{
	struct nm_timeline *built = NULL;
	enum nm_code code = nm_timeline_build(plan, AT, AT + 30 * (int64_t)NM_DAY, &built, err);

	nm_timeline_free(built);
	return code;
}

static enum nm_code build_classes(struct nm_error *err)
{
	struct nm_classes built = { 0 };
	enum nm_code code = nm_classes_build(plan, &built, err);

	if (!code)
		nm_classes_clear(&built);
	return code;
}

static enum nm_code simulate(struct nm_error *err)
{
	const struct nm_call call = { .at = AT, .script = { .nobody = true, .hangup_s = -1 } };
	struct nm_simulation *made = NULL;
	enum nm_code code = nm_simulate(plan, &call, &made, err);

	nm_simulation_free(made);
	return code;
}

static enum nm_code check(struct nm_error *err)
{
	const struct nm_check_options options = { .now = AT, .from = AT, .until = AT + 7 * (int64_t)NM_DAY };
	struct nm_findings findings = { 0 };
	enum nm_code code = nm_check(plan, &options, &findings, err);

	if (!code)
		nm_findings_clear(&findings);
	return code;
}

static enum nm_code build_route(struct nm_error *err)
{
	struct nm_route *built = NULL;
	enum nm_code code = nm_route_build(timeline, &classes, 0, &built, err);

	nm_route_free(built);
	return code;
}

static enum nm_code compare_routes(struct nm_error *err)
{
	struct nm_differences differences = { 0 };
	enum nm_code code = nm_route_diff(route, route, AT, AT + 7 * (int64_t)NM_DAY, &differences, err);

	if (!code)
		nm_differences_clear(&differences);
	return code;
}

static enum nm_code render_and_lift(struct nm_error *err)
{
	const struct nm_carrier *sandbox = nm_carrier_find("sandbox");
	struct nm_artefact artefact = { 0 };
	struct nm_route *lifted = NULL;
	const char *foreign = NULL;
	enum nm_code code = sandbox->render(route, NULL, route->from, &artefact, err);

	if (code)
		return code;
	code = sandbox->lift(&artefact, &lifted, &foreign, err);
	if (!code)
		nm_route_free(lifted);
	nm_artefact_clear(&artefact);
	return code;
}

/* What a carrier with narrow means can hold of it, there and back. */
static enum nm_code keep_at(const char *name, const struct nm_account *account, struct nm_error *err)
{
	const struct nm_carrier *carrier = nm_carrier_find(name);
	struct nm_artefact artefact = { 0 };
	struct nm_losses losses = { 0 };
	struct nm_route *held = NULL, *lifted = NULL;
	const char *foreign = NULL;
	enum nm_code code = nm_carrier_hold(carrier, account, route, route->from, &held, &losses, err);

	if (!code)
		code = carrier->render(held ? held : route, account, route->from, &artefact, err);
	if (!code)
		code = carrier->lift(&artefact, &lifted, &foreign, err);
	if (!code)
		nm_route_free(lifted);
	nm_artefact_clear(&artefact);
	nm_route_free(held);
	nm_losses_clear(&losses);
	return code;
}

static enum nm_code keep_at_cpl(struct nm_error *err)
{
	const struct nm_account account = { .name = "sip", .driver = "cpl", .domain = "example.org" };

	return keep_at("cpl", &account, err);
}

static enum nm_code keep_at_telnyx(struct nm_error *err)
{
	return keep_at("telnyx", NULL, err);
}

static enum nm_code keep_at_twilio(struct nm_error *err)
{
	return keep_at("twilio", NULL, err);
}

static enum nm_code keep_at_voipms(struct nm_error *err)
{
	return keep_at("voipms", NULL, err);
}

/* What somebody is to dial, now and next. */
static enum nm_code render_codes(struct nm_error *err)
{
	const struct nm_account account = {
		.name = "phone",
		.carrier = "verizon",
		.codes = "verizon | unreachable | *74{national} | *75 | nobody | no\n",
	};
	const struct nm_carrier *carrier = nm_carrier_find("codes");
	const struct nm_span within = { route->from, route->until };
	struct nm_losses losses = { 0 };
	struct nm_artefact artefact = { 0 };
	struct nm_next next = { 0 };
	struct nm_route *held = NULL;
	enum nm_code code = nm_carrier_hold(carrier, &account, route, route->from, &held, &losses, err);

	if (!code)
		code = carrier->render(held ? held : route, &account, route->from, &artefact, err);
	if (!code)
		code = nm_carrier_next(carrier, &account, route, within, &artefact, &next, err);
	if (!code)
		nm_next_clear(&next);
	nm_artefact_clear(&artefact);
	nm_losses_clear(&losses);
	nm_route_free(held);
	return code;
}

/* What a carrier answers to the request that sends, to the one that looks, and to the one that follows. */
struct answers {
	const char *driver, *sent, *list, *text;
};

static const char *answer_to(const struct answers *answers, const struct nm_request *request, int *sent)
{
	const bool form = strcmp(answers->driver, "voipms") == 0;

	if (form ? strstr(request->body, "method=sendSMS") != NULL : strcmp(request->method, "POST") == 0) {
		(*sent)++;
		return answers->sent;
	}
	return strstr(request->url, "essages/") != NULL ? answers->text : answers->list;
}

/* Sends a text whose answer makes no sense, finds it, and follows it: asked for once, whatever cannot be kept. */
static enum nm_code send_text(const struct answers *answers, struct nm_error *err)
{
	const struct nm_account account = { .name = "a",
					    .driver = answers->driver,
					    .user = "pat",
					    .sid = "AC00000000000000000000000000000000" };
	const struct nm_text text = { .to = "+15125550111", .body = "Smith", .begun = AT, .follow_s = 9 };
	struct nm_texted texted = { 0 };
	struct nm_exchange x = { .operation = NM_OP_TEXT,
				 .account = &account,
				 .line = "main",
				 .number = "+15125550100",
				 .arena = nm_arena_new(),
				 .text = &text,
				 .texted = &texted };
	const struct nm_carrier *carrier = nm_carrier_find(answers->driver);
	struct nm_request request = { 0 };
	enum nm_step_result result = x.arena != NULL ? carrier->step(&x, NULL, &request) : NM_STEP_FAILED;
	int sent = 0;
	bool good;

	while (result == NM_STEP_SEND) {
		struct nm_response response = { .status = 200, .retry_after_s = -1 };

		response.body = answer_to(answers, &request, &sent);
		response.len = strlen(response.body);
		request = (struct nm_request){ 0 };
		result = carrier->step(&x, &response, &request);
	}
	assert_true(sent <= 1);
	good = result == NM_STEP_DONE && sent == 1 && texted.id != NULL && !memory.hit;
	if (!good) /* or made good at a later look */
		nm_fail(err, NM_NO_MEMORY, "%s", x.note != NULL ? x.note : "out of memory");
	nm_arena_free(x.arena);
	return good ? NM_OK : NM_NO_MEMORY;
}

static enum nm_code send_through_sandbox(struct nm_error *err)
{
	static const struct answers answers = { "sandbox", "{}",
						"[{\"id\":1,\"to\":\"+15125550111\",\"body\":\"Smith\"}]",
						NULL };

	return send_text(&answers, err);
}

static enum nm_code send_through_telnyx(struct nm_error *err)
{
	static const struct answers answers = {
		"telnyx", "{}",
		"{\"data\":[{\"uuid\":\"t1\",\"cli\":\"+15125550100\",\"cld\":\"+15125550111\"}]}",
		"{\"data\":{\"id\":\"t1\",\"text\":\"Smith\",\"to\":[{\"status\":\"sent\"}]}}"
	};

	return send_text(&answers, err);
}

#define MESSAGE                                                                                              \
	"{\"sid\":\"SM00000000000000000000000000000001\",\"from\":\"+15125550100\",\"to\":\"+15125550111\"," \
	"\"body\":\"Smith\",\"status\":\"sent\"}"

static enum nm_code send_through_twilio(struct nm_error *err)
{
	static const struct answers answers = { "twilio", "{}", "{\"messages\":[" MESSAGE "]}", MESSAGE };

	return send_text(&answers, err);
}

static enum nm_code send_through_voipms(struct nm_error *err)
{
	static const struct answers answers = {
		"voipms", "{\"status\":\"success\"}",
		"{\"status\":\"success\",\"sms\":[{\"id\":1,\"contact\":\"5125550111\",\"message\":\"Smith\"}]}",
		NULL
	};

	return send_text(&answers, err);
}

static enum nm_code apply_edits(struct nm_error *err)
{
	static const char text[] = "# one\nrule a { path = p }\nrule b { path = p }\npath p {\n  step { ring "
				   "= x for = 5s }\n}\n";
	static const struct nm_edit edits[] = {
		{ .op = NM_EDIT_SET, .place = { "rule", "a", -1 }, .option = "during", .value = "{ s, t }" },
		{ .op = NM_EDIT_SET, .place = { "path", "p", 0 }, .option = "for", .value = "15s" },
		{ .op = NM_EDIT_UNSET, .place = { "path", "p", 0 }, .option = "for" },
		{ .op = NM_EDIT_ADD, .place = { "rule", "a", -1 }, .value = "rule c { path = p }" },
		{ .op = NM_EDIT_ADD_FIRST, .place = { "rule", NULL, -1 }, .value = "rule c { path = p }" },
		{ .op = NM_EDIT_REMOVE, .place = { "rule", "a", -1 } },
		{ .op = NM_EDIT_MOVE, .place = { "rule", "a", -1 }, .by = 1 },
		{ .op = NM_EDIT_RENAME, .place = { "path", "p", -1 }, .value = "q" },
	};
	struct nm_written written;
	enum nm_code code = nm_written_read(text, strlen(text), &written, err);

	if (!code)
		nm_written_clear(&written);
	for (size_t i = 0; i < sizeof edits / sizeof edits[0] && !code; i++) {
		size_t len = 0;
		char *out = NULL;

		code = nm_edit_apply(&edits[i], text, strlen(text), &out, &len, err);
		if (!code)
			free(out);
	}
	return code;
}

static enum nm_code read_hours(struct nm_error *err)
{
	struct nm_hours *hours = NULL;
	enum nm_code code =
		nm_hours_read("Mo-Fr 08:00-18:00; Sa 09:00-13:00, Su[1] 10:00-12:00; PH off", &hours, err);

	nm_hours_free(hours);
	return code;
}

static enum nm_code write_week(struct nm_error *err)
{
	struct nm_hours_subject subject = { .expression = "Apr-Sep Mo-Fr 08:00-18:00; PH off", .day = 19900 };
	struct nm_hours_week week;
	struct nm_buf out;
	enum nm_code code = nm_hours_week_of(&subject, &week, err);

	nm_buf_init(&out, NM_HOURS_TEXT);
	week.open[0] = true;
	if (!code)
		code = nm_hours_paint(&subject, &week, &out, err);
	subject.one_week = true;
	if (!code)
		code = nm_hours_week_of(&subject, &week, err);
	week.open[1] = true;
	if (!code)
		code = nm_hours_paint(&subject, &week, &out, err);
	nm_buf_clear(&out);
	return code;
}

static const char calendar[] =
	"BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Own\nBEGIN:STANDARD\nDTSTART:20000101T000000\nRRULE:FREQ="
	"YEARLY\n"
	"TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"
	"BEGIN:VEVENT\nUID:1\nSUMMARY:Job\nDTSTART;TZID=Own:20261101T080000\nDURATION:PT1H\nRRULE:FREQ="
	"MONTHLY;BYDAY=1MO,TU;BYSETPOS=1\n"
	"EXDATE;TZID=Own:20261103T080000\nRDATE;TZID=Own:20261102T100000\nEXRULE:FREQ=MONTHLY\nEND:VEVENT\n"
	"BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;TZID=Own:20261104T080000\nDTSTART:20261104T100000Z\nEND:VEVENT\n"
	"BEGIN:VEVENT\nUID:2\nDTSTART;TZID=Europe/"
	"Berlin:20261101T080000\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n";

static enum nm_code read_calendar(struct nm_error *err)
{
	struct nm_ical_events events = { 0 };
	struct nm_ical *ical = NULL;
	enum nm_code code = nm_ical_read("test.ics", calendar, strlen(calendar), &ical, err);

	if (!code)
		code = nm_ical_expand(ical, plan->zone, AT - 30 * (int64_t)NM_DAY, AT + 30 * (int64_t)NM_DAY,
				      &events, err);
	nm_ical_events_clear(&events);
	nm_ical_free(ical);
	return code;
}

/* Answers of three carriers to whoever asks for a line's calls, in order. */
#define TELNYX_PAGE                                                                                                   \
	"{\"data\":[{\"id\":\"1\",\"telnyx_session_id\":\"s\",\"direction\":\"inbound\",\"cli\":\"+15125550199\","    \
	"\"cld\":\"+15125550100\",\"started_at\":\"2026-11-14T14:00:00Z\",\"finished_at\":\"2026-11-14T14:01:00Z\"}," \
	"{\"id\":\"2\",\"telnyx_session_id\":\"s\",\"direction\":\"outbound\",\"cld\":\"+15125550111\","              \
	"\"started_at\":\"2026-11-14T14:00:01Z\"}],\"meta\":{\"total_pages\":1}}"
#define TWILIO_CALL(sid, to, direction)                                                                      \
	"{\"calls\":[{\"sid\":\"CA0123456789abcdef0123456789abcde" sid "\",\"to\":\"" to                     \
	"\",\"direction\":\"" direction                                                                      \
	"\",\"status\":\"completed\",\"date_created\":\"Sat, 14 Nov 2026 14:00:00 +0000\"}]}"

static const struct {
	const char *driver, *answers[4];
} recorders[] = {
	{ "telnyx", { TELNYX_PAGE, TELNYX_PAGE } },
	{ "twilio",
	  { TWILIO_CALL("0", "+15125550100", "inbound"),
	    TWILIO_CALL("1", "+15125550111", "outbound-dial"),
	    "{\"calls\":[{\"sid\":\"CA0123456789abcdef0123456789abcde2\",\"from\":\"+15125550100\","
	    "\"to\":\"+15125550199\",\"direction\":\"outbound-api\",\"status\":\"completed\",\"duration\":\"75\","
	    "\"start_time\":\"Sat, 14 Nov 2026 14:30:00 +0000\",\"end_time\":\"Sat, 14 Nov 2026 14:31:15 +0000\"}]}" } },
	{ "voipms",
	  { "{\"status\":\"success\",\"cdr\":[{\"date\":\"2026-11-14 14:00:00\",\"destination\":5125550100,"
	    "\"callerid\":\"<5125550199>\",\"disposition\":\"ANSWERED\",\"uniqueid\":\"1\"}]}" } },
};

static enum nm_code read_records_of(size_t i, struct nm_error *err)
{
	const struct nm_account account = { .name = "a",
					    .driver = recorders[i].driver,
					    .user = "u",
					    .sid = "AC0123456789abcdef0123456789abcdef" };
	const struct nm_carrier *carrier = nm_carrier_find(account.driver);
	struct nm_records records = { .since = AT, .now = AT + 2 * (int64_t)NM_DAY };
	struct nm_exchange exchange = { .operation = NM_OP_RECORDS,
					.plan = plan,
					.account = &account,
					.line = "main",
					.number = "+15125550100",
					.arena = nm_arena_new(),
					.records = &records };
	struct nm_response answer = { .status = 200 };
	struct nm_request request = { 0 };
	enum nm_step_result result;

	if (exchange.arena == NULL)
		return nm_fail_memory(err);
	result = carrier->step(&exchange, NULL, &request);
	for (size_t k = 0; result == NM_STEP_SEND && recorders[i].answers[k] != NULL; k++) {
		answer.body = recorders[i].answers[k];
		answer.len = strlen(answer.body);
		result = carrier->step(&exchange, &answer, &request);
	}
	if (result == NM_STEP_DONE) {
		assert_int_equal(records.n, 1);
		assert_int_equal(records.n_made, strcmp(account.driver, "twilio") == 0);
	}
	if (result != NM_STEP_DONE)
		nm_fail(err, NM_CARRIER, "%s", exchange.note);
	nm_arena_free(exchange.arena);
	return result == NM_STEP_DONE ? NM_OK : NM_CARRIER;
}

static enum nm_code read_records(struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < sizeof recorders / sizeof recorders[0] && !code; i++)
		code = read_records_of(i, err);
	return code;
}

/* A text that came, as each carrier that lists them does. */
static const struct {
	const char *driver, *answer;
} inboxes[] = {
	{ "sandbox", "[{\"id\":1,\"from\":\"+15125550111\",\"body\":\"STOP\",\"at\":1}]" },
	{ "twilio",
	  "{\"messages\":[{\"sid\":\"SM00000000000000000000000000000001\",\"from\":\"+15125550111\","
	  "\"to\":\"+15125550100\",\"body\":\"STOP\",\"direction\":\"inbound\"}]}" },
	{ "voipms", "{\"status\":\"success\",\"sms\":[{\"id\":1,\"contact\":5125550111,\"message\":\"STOP\"}]}" },
};

static enum nm_code read_inbound_of(size_t i, struct nm_error *err)
{
	const struct nm_account account = { .name = "a",
					    .driver = inboxes[i].driver,
					    .user = "u",
					    .sid = "AC0123456789abcdef0123456789abcdef" };
	const struct nm_carrier *carrier = nm_carrier_find(account.driver);
	const struct nm_response answer = { .status = 200,
					    .body = inboxes[i].answer,
					    .len = strlen(inboxes[i].answer) };
	struct nm_inbound inbound = { .since = AT, .now = AT + (int64_t)NM_DAY };
	struct nm_exchange exchange = { .operation = NM_OP_INBOUND,
					.plan = plan,
					.account = &account,
					.line = "main",
					.number = "+15125550100",
					.arena = nm_arena_new(),
					.inbound = &inbound };
	struct nm_request request = { 0 };
	enum nm_step_result result;

	if (exchange.arena == NULL)
		return nm_fail_memory(err);
	result = carrier->step(&exchange, NULL, &request);
	if (result == NM_STEP_SEND)
		result = carrier->step(&exchange, &answer, &request);
	if (result == NM_STEP_DONE)
		assert_int_equal(inbound.n, 1);
	else
		nm_fail(err, NM_CARRIER, "%s", exchange.note);
	nm_arena_free(exchange.arena);
	return result == NM_STEP_DONE ? NM_OK : NM_CARRIER;
}

static enum nm_code read_inbound(struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < sizeof inboxes / sizeof inboxes[0] && !code; i++)
		code = read_inbound_of(i, err);
	return code;
}

/* A call is kept, written anew, and read back. */
static enum nm_code keep_a_call(struct nm_error *err)
{
	static const struct nm_call_leg leg = { { .id = "l", .to = "+15125550111" }, "owner" };
	static const struct nm_call_filter all = { 0, 0, NM_TIME_MAX, 10, 0 };
	struct nm_call_entry call = {
		.number = 1,
		.line = "main",
		.driver = "d",
		.carrier_id = "c",
		.began = AT,
		.n = 1,
		.legs = &leg,
	};
	struct nm_call_entries calls = { 0 };
	struct nm_span read;
	enum nm_call_kept kept;
	enum nm_code code = NM_OK;

	for (int i = 0; i < 2 && !code; i++) {
		call.ended = AT + i;
		code = nm_store_call_put(store, &call, &kept, err);
	}
	if (!code)
		code = nm_store_calls(store, &all, &calls, err);
	if (!code)
		code = nm_store_calls_read_put(store, 1, "d", (struct nm_span){ AT, AT + 1 }, err);
	if (!code)
		code = nm_store_calls_read(store, 1, "d", &read, err);
	nm_call_entries_clear(&calls);
	return code;
}

/* A server of calendars, which answers at once. */
static struct {
	int asked, answered;
} caldav;

static enum nm_code ask_caldav(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	(void)context;
	(void)tag;
	(void)request;
	(void)err;
	caldav.asked++;
	return NM_OK;
}

static enum nm_code answer_caldav(void *context, int timeout_ms, int *tag, struct nm_response *response,
				  struct nm_error *err)
{
	static const char *const answers[] = {
		"<multistatus><response><propstat><prop><resourcetype><calendar/></resourcetype>"
		"<sync-token>t</sync-token></prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>",
		"<multistatus><response><propstat><prop><calendar-data>BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n"
		"DTSTART:20261125T150000Z\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n</calendar-data></prop>"
		"<status>HTTP/1.1 200 OK</status></propstat></response></multistatus>",
	};

	(void)context;
	(void)timeout_ms;
	(void)err;
	*tag = 0;
	*response = (struct nm_response){ .status = 207, .body = answers[caldav.answered++] };
	response->len = strlen(response->body);
	return NM_OK;
}

static enum nm_code find_calendar_url(void *context, const struct nm_calendar *jobs, struct nm_buf *out,
				      struct nm_error *err)
{
	(void)context;
	(void)err;
	nm_buf_add(out, jobs->url);
	return NM_OK;
}

/* A collection is fetched, and its copy read back. */
static enum nm_code fetch_calendar(struct nm_error *err)
{
	struct nm_calendar jobs = { .name = "jobs", .path = "jobs", .url = "https://example.org/jobs/" };
	struct nm_plan small = *plan;
	const struct nm_refresh refresh = { .plan = &small,
					    .store = store,
					    .transport = { NULL, ask_caldav, answer_caldav, NULL },
					    .now = AT,
					    .url = find_calendar_url };
	const struct nm_calendar_copy none = { .source = "none", .name = "jobs", .fetched = NM_TIME_MIN };
	struct nm_arena *arena = nm_arena_new();
	struct nm_plan_file *files;
	struct nm_refreshes results;
	enum nm_code code;

	small.calendars = &jobs;
	small.n_calendars = 1;
	caldav.asked = caldav.answered = 0;
	code = arena == NULL ? nm_fail_memory(err) : nm_store_calendar_put(store, &none, err);
	if (!code)
		code = nm_calendars_refresh(&refresh, -1, &results, err);
	if (!code) {
		assert_int_equal(results.items[0].end, NM_REFRESH_NEW);
		nm_refreshes_clear(&results);
		code = nm_store_calendar_files(store, arena, &files, err);
	}
	nm_arena_free(arena);
	return code;
}

/* A missed call that is mended each time, so that its caller's follow-ups are read from the log again. */
static enum nm_code miss_a_call(struct nm_error *err)
{
	static int written;
	const struct nm_call_entry call = {
		.number = 1,
		.line = "main",
		.driver = "d",
		.carrier_id = "missed",
		.caller.number = 15125550199,
		.began = AT,
		.ended = AT + ++written,
		.became.end = NM_CALL_LOST,
	};
	enum nm_call_kept kept;

	return nm_store_call_put(store, &call, &kept, err);
}

/* A CRM that takes everything. */
static enum nm_code ask_crm(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	(void)context;
	(void)tag;
	(void)err;
	assert_string_equal(request->method, "POST");
	return NM_OK;
}

static enum nm_code answer_crm(void *context, int timeout_ms, int *tag, struct nm_response *response,
			       struct nm_error *err)
{
	(void)context;
	(void)timeout_ms;
	(void)err;
	*tag = 0;
	*response = (struct nm_response){ .status = 204, .body = "", .retry_after_s = -1 };
	return NM_OK;
}

/* A call that a CRM is told of, delivered at once; each time another one, when what an earlier time left in the middle is
 * sent again. */
static enum nm_code tell_crm(struct nm_error *err)
{
	static int written;
	struct nm_plan told = *plan;
	const struct nm_push_context context = { .plan = &told,
						 .store = store,
						 .transport = { NULL, ask_crm, answer_crm, NULL },
						 .now = AT + NM_DAY + 60 * (nm_time)++written };
	char id[32];
	struct nm_call_entry call = {
		.number = 1,
		.line = "main",
		.driver = "d",
		.carrier_id = id,
		.caller.number = 15125550188,
		.began = AT + written,
		.became.end = NM_CALL_LOST,
	};
	struct nm_events_sent sent;
	enum nm_call_kept kept;
	nm_time since;
	enum nm_code code;

	snprintf(id, sizeof id, "told%d", written);
	told.crm = (struct nm_crm){ .given = true, .url = "https://crm.example.org/" };
	code = nm_events_since(store, &told, AT, &since, err);
	if (!code)
		code = nm_events_call_put(store, &told, since, &call, &kept, err);
	if (!code)
		code = nm_events_deliver(&context, NM_EVENTS_ROUND, &sent, err);
	if (!code)
		assert_int_equal(sent.waiting, 0);
	return code;
}

static void hear(void *context, bool warning, const char *words)
{
	(void)context;
	(void)warning;
	assert_non_null(words);
}

/* An emergency whose people are written down, whose turn comes later (what becomes of a text is the text's to say); each
 * time another one, when that of an earlier time is over. */
static enum nm_code alert_people(struct nm_error *err)
{
	static int written;
	struct nm_plan waits = *plan;
	const struct nm_push_context context = { .plan = &waits,
						 .store = store,
						 .now = AT + 400 * (nm_time)NM_DAY + 7200 * (nm_time)++written };
	const struct nm_alerts_run run = { .tell = hear };
	char id[32];
	const struct nm_call_entry call = {
		.number = plan->lines[nm_plan_find_line(plan, "hotline")].number,
		.line = "hotline",
		.driver = "d",
		.carrier_id = id,
		.caller.number = 15125550188,
		.began = context.now - 30,
		.became.end = NM_CALL_LOST,
	};
	struct nm_alerts_done done;
	enum nm_call_kept kept;
	enum nm_code code;

	snprintf(id, sizeof id, "alert%d", written);
	waits.emergency.alert.n = 0;
	code = nm_store_call_put(store, &call, &kept, err);
	if (!code)
		code = nm_alerts_run(&context, &run, &done, err);
	if (!code)
		assert_int_equal(done.next, context.now + waits.emergency.acknowledge_s);
	return code;
}

/* What is there of a number, which is forgotten then. */
static enum nm_code forget(struct nm_error *err)
{
	struct nm_forgotten found;
	bool whole;
	enum nm_code code = nm_store_traces(store, 15125550188, &found, err);

	if (!code) {
		nm_forgotten_clear(&found);
		code = nm_store_forget(store, 15125550188, AT, &whole, err);
	}
	return code;
}

/* A lead comes, somebody does something about it, and all are listed. */
static enum nm_code call_back(struct nm_error *err)
{
	static const char row[] = "{\"channel\": \"web\", \"number\": \"+15125550199\", \"name\": \"Ann\","
				  " \"words\": \"a leak\"}";
	static const struct nm_followup_filter open = { true, NM_TIME_MIN, NM_TIME_MAX, 10, 0 };
	struct nm_arena *arena = nm_arena_new();
	struct nm_followups followups = { 0 };
	struct nm_followup lead;
	int64_t id = 0;
	enum nm_code code = arena ? nm_lead_read_json(plan, row, sizeof row - 1, AT, arena, &lead, err)
				  : nm_fail_memory(err);

	if (!code)
		code = nm_store_followup_add(store, &lead, &id, err);
	if (!code)
		code = nm_store_followups(store, &open, &followups, err);
	if (!code)
		code = nm_followup_outcome(plan, store, id, NM_FOLLOWUP_BOOKED, AT + 60, "pat", arena, &lead, err);
	nm_followups_clear(&followups);
	nm_arena_free(arena);
	return code;
}

/* Somebody is put through to one who is to be called back. */
static enum nm_code put_through(struct nm_error *err)
{
	const struct nm_followup lead = { .channel = NM_CHANNEL_WEB, .number = 15125550199, .opened = AT };
	struct nm_push_context context = { .plan = plan, .store = store, .now = AT, .who = "pat" };
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup;
	struct nm_call_back call;
	enum nm_call_back_end end;
	int64_t id = 0;
	enum nm_code code = arena ? nm_store_followup_add(store, &lead, &id, err) : nm_fail_memory(err);

	if (!code)
		code = nm_store_followup_get(store, id, arena, &followup, err);
	if (!code)
		code = nm_call_back_plan(plan, &followup, -1, AT, &call, err);
	if (!code)
		code = nm_sandbox_transport(store, &context.transport, err);
	if (!code)
		code = nm_call_back_place(&context, &call, &end, err);
	nm_sandbox_transport_clear(&context.transport);
	nm_arena_free(arena);
	return code;
}

/* What an account keeps of a number, one thing of each kind, is found or deleted. */
static enum nm_code forget_there(struct nm_kept *kept, struct nm_error *err)
{
	static const char answer[] =
		"{\"calls\":[{\"sid\":\"CA00000000000000000000000000000001\",\"from\":\"+15125550199\"}],"
		"\"messages\":[{\"sid\":\"SM00000000000000000000000000000002\",\"to\":\"+15125550199\"}],"
		"\"recordings\":[{\"sid\":\"RE00000000000000000000000000000003\"}],\"next_page_uri\":null}";
	const struct nm_account account = {
		.name = "a", .driver = "twilio", .sid = "AC00000000000000000000000000000000"
	};
	struct nm_exchange x = {
		.operation = NM_OP_FORGET, .account = &account, .arena = nm_arena_new(), .kept = kept
	};
	const struct nm_carrier *carrier = nm_carrier_find("twilio");
	struct nm_request request = { 0 };
	enum nm_step_result result = x.arena != NULL ? carrier->step(&x, NULL, &request) : NM_STEP_FAILED;
	bool good;

	while (result == NM_STEP_SEND) {
		const struct nm_response response = { .status = kept->remove ? 204 : 200,
						      .body = kept->remove ? "" : answer,
						      .len = kept->remove ? 0 : sizeof answer - 1,
						      .retry_after_s = -1 };

		request = (struct nm_request){ 0 };
		result = carrier->step(&x, &response, &request);
	}
	good = result == NM_STEP_DONE;
	if (!good)
		nm_fail(err, NM_NO_MEMORY, "%s", x.note != NULL ? x.note : "out of memory");
	nm_arena_free(x.arena);
	return good ? NM_OK : NM_NO_MEMORY;
}

static enum nm_code find_there(struct nm_error *err)
{
	struct nm_kept kept = { .number = "+15125550199" };
	enum nm_code code = forget_there(&kept, err);

	if (!code)
		assert_int_equal(kept.n, 6); /* each end's list has them, and each of the calls its recording */
	free(kept.items);
	return code;
}

static enum nm_code delete_there(struct nm_error *err)
{
	struct nm_kept_item items[] = {
		{ .kind = NM_KEPT_CALL, .id = "CA00000000000000000000000000000001" },
		{ .kind = NM_KEPT_RECORDING, .id = "RE00000000000000000000000000000003", .of = items[0].id }
	};
	struct nm_kept kept = { .number = "+15125550199", .remove = true, .n = 2, .items = items };
	enum nm_code code = forget_there(&kept, err);

	assert_true(code || (items[0].gone && items[1].gone));
	return code;
}

/* What is due without an error to tell: without memory it is less exact, and no worse. */
static enum nm_code sort_followups(struct nm_error *err)
{
	struct nm_followup items[] = { { .id = 1, .opened = AT + 9 }, { .id = 2, .opened = AT } };
	struct nm_followups followups = { .n = 2, .items = items };
	const struct nm_set during = plan->follow_up.during;
	const struct nm_set all = { .given = true, .n = 1, .ids = (const int[]){ 0 } };
	struct nm_followup_due due;

	plan->follow_up.during = all;
	nm_followups_sort(plan, &followups);
	due = nm_followup_due(plan, &items[0]);
	plan->follow_up.during = during;
	assert_true(due.at >= AT + plan->follow_up.within_s && items[0].id + items[1].id == 3);
	return memory.hit ? nm_fail_memory(err) : NM_OK;
}

/* Of many callers, answered by more than the plan names, some to be called back. */
static void fill_log(void)
{
	static const char *const who[] = { "owner", "fixly", "+442079460000", NULL };
	enum nm_call_kept kept;
	char id[16];

	assert_int_equal(nm_store_begin(store, NULL), NM_OK);
	for (int i = 0; i < 600; i++) {
		const struct nm_call_entry call = {
			.number = plan->lines[0].number,
			.line = plan->lines[0].name,
			.driver = "log",
			.carrier_id = id,
			.caller = { .number = UINT64_C(17375550100) + (nm_number)i },
			.began = AT + i * 60,
			.became = { .end = who[i % 4] != NULL ? NM_CALL_ANSWERED : NM_CALL_LOST,
				    .by = who[i % 4],
				    .seconds = i % 30 },
		};

		snprintf(id, sizeof id, "%d", i);
		assert_int_equal(nm_store_call_put(store, &call, &kept, NULL), NM_OK);
	}
	assert_int_equal(nm_store_commit(store, NULL), NM_OK);
}

static enum nm_code report_log(struct nm_error *err)
{
	const struct nm_report_options options = { .span = { AT - NM_DAY, AT + NM_DAY }, .line = 0 };
	struct nm_report report;
	enum nm_code code = nm_report(store, plan, &options, &report, err);

	if (!code)
		nm_report_clear(&report);
	return code;
}

static enum nm_code replay_log(struct nm_error *err)
{
	const struct nm_replay_options options = { .span = { AT - NM_DAY, AT + NM_DAY }, .most = 5 };
	struct nm_replay replay;
	enum nm_code code = nm_replay(store, plan, &options, &replay, err);

	if (!code)
		nm_replay_clear(&replay);
	return code;
}

static void keep_version(void)
{
	struct nm_buf text;

	nm_buf_init(&text, NM_PLAN_BYTES);
	assert_int_equal(nm_file_read(plan_file, NM_PLAN_BYTES, &text, NULL), NM_OK);
	nm_store_files(store, plan->files);
	assert_int_equal(nm_store_keep(store, AT, "test", "pushed", text.data, text.len, &kept_version, NULL),
			 NM_OK);
	nm_buf_clear(&text);
}

/* What is live on the line of the calls that are explained. */
static void keep_push(void)
{
	struct nm_push_record push = { .at = AT - 60,
				       .ended = AT - 60,
				       .number = plan->lines[0].number,
				       .line = plan->lines[0].name,
				       .driver = "sandbox",
				       .who = "test",
				       .state = NM_PUSH_DONE };
	struct nm_artefact artefact = { 0 };
	struct nm_buf text;
	int64_t id;

	nm_buf_init(&text, NM_ARTEFACT_BYTES);
	assert_int_equal(nm_carrier_find("sandbox")->render(route, NULL, route->from, &artefact, NULL), NM_OK);
	assert_int_equal(nm_artefact_write(&artefact, &text, NULL), NM_OK);
	push.wanted = text.data;
	assert_int_equal(nm_store_push_begin(store, &push, &id, NULL), NM_OK);
	nm_artefact_clear(&artefact);
	nm_buf_clear(&text);
}

/* One that went another way than the version of the plan that was live then, which is read from the store. */
static enum nm_code explain_call(struct nm_error *err)
{
	static const struct nm_call_leg legs[] = {
		{ { .id = "l", .to = "+15125550666", .end = NM_LEG_NO_ANSWER, .began = AT, .rang_s = 9 }, NULL },
		{ { .id = "m", .to = "+15125550111", .end = NM_LEG_ANSWERED, .began = AT + 9, .rang_s = 2 },
		  "owner" },
	};
	const struct nm_call_entry call = { .number = plan->lines[0].number,
					    .line = plan->lines[0].name,
					    .driver = "sandbox",
					    .carrier_id = "c",
					    .began = AT,
					    .version = kept_version,
					    .n = 2,
					    .legs = legs,
					    .became = { .end = NM_CALL_SWALLOWED,
							.reason = NM_CALL_AT_ONCE,
							.by = "owner",
							.seconds = 11 } };
	struct nm_arena *arena = nm_arena_new();
	struct nm_explainer *explainer = NULL;
	struct nm_explanation explanation;
	struct nm_explained_lives lives;
	enum nm_code code =
		arena != NULL ? nm_explainer_new(plan, store, &explainer, err) : nm_fail_memory(err);

	if (!code)
		code = nm_explain(explainer, &call, true, arena, &explanation, err);
	if (!code)
		code = nm_explain_lives(explainer, &call, arena, &explanation, &lives, err);
	if (!code) {
		assert_int_equal(explanation.version, kept_version);
		assert_true(lives.now.known);
	}
	nm_explainer_free(explainer);
	nm_arena_free(arena);
	return code;
}

static enum nm_code explain_log(struct nm_error *err)
{
	const struct nm_explain_options options = { .span = { AT - NM_DAY, AT + NM_DAY }, .most = 5 };
	struct nm_explainer *explainer = NULL;
	struct nm_explained_log log;
	enum nm_code code = nm_explainer_new(plan, store, &explainer, err);

	if (!code)
		code = nm_explain_log(explainer, store, &options, &log, err);
	if (!code) {
		assert_true(log.differs > 0);
		nm_explained_log_clear(&log);
	}
	nm_explainer_free(explainer);
	return code;
}

#define STARVED(job)                                                                                         \
	static void test_##job(void **state)                                                                 \
	{                                                                                                    \
		(void)state;                                                                                 \
		starve_all(#job, job);                                                                       \
	}
STARVED(read_plan)
STARVED(read_bad_plan)
STARVED(build_timeline)
STARVED(build_classes)
STARVED(simulate)
STARVED(check)
STARVED(build_route)
STARVED(compare_routes)
STARVED(render_and_lift)
STARVED(keep_at_cpl)
STARVED(keep_at_telnyx)
STARVED(keep_at_twilio)
STARVED(keep_at_voipms)
STARVED(render_codes)
STARVED(send_through_sandbox)
STARVED(send_through_telnyx)
STARVED(send_through_twilio)
STARVED(send_through_voipms)
STARVED(apply_edits)
STARVED(read_hours)
STARVED(write_week)
STARVED(read_calendar)
STARVED(read_records)
STARVED(read_inbound)
STARVED(keep_a_call)
STARVED(miss_a_call)
STARVED(call_back)
STARVED(put_through)
STARVED(find_there)
STARVED(delete_there)
STARVED(sort_followups)
STARVED(report_log)
STARVED(replay_log)
STARVED(explain_call)
STARVED(explain_log)
STARVED(fetch_calendar)
STARVED(tell_crm)
STARVED(alert_people)
STARVED(forget)

static int set_up(void **state)
{
	const char *top = getenv("NM_SRCDIR");
	struct nm_diags diags;
	struct nm_buf name;

	(void)state;
	nm_buf_init(&name, 4096);
	nm_buf_addf(&name, "%s/examples/plumber.conf", top ? top : ".");
	plan_file = nm_buf_take(&name);
	nm_diags_init(&diags);
	assert_int_equal(nm_plan_read_file(plan_file, &plan, &diags, NULL), NM_OK);
	nm_diags_clear(&diags);
	assert_int_equal(nm_timeline_build(plan, AT, AT + 30 * (int64_t)NM_DAY, &timeline, NULL), NM_OK);
	assert_int_equal(nm_classes_build(plan, &classes, NULL), NM_OK);
	assert_int_equal(nm_route_build(timeline, &classes, 0, &route, NULL), NM_OK);
	assert_non_null(mkdtemp(folder));
	snprintf(store_file, sizeof store_file, "%s/store.db", folder);
	assert_int_equal(nm_store_open(store_file, false, &store, NULL), NM_OK);
	fill_log();
	keep_version();
	keep_push();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	nm_store_close(store);
	remove(store_file);
	rmdir(folder);
	nm_route_free(route);
	nm_classes_clear(&classes);
	nm_timeline_free(timeline);
	nm_plan_free(plan);
	free(plan_file);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_hours),      cmocka_unit_test(test_write_week),
		cmocka_unit_test(test_read_calendar),
		cmocka_unit_test(test_read_plan),       cmocka_unit_test(test_read_bad_plan),
		cmocka_unit_test(test_build_timeline),  cmocka_unit_test(test_build_classes),
		cmocka_unit_test(test_simulate),        cmocka_unit_test(test_check),
		cmocka_unit_test(test_build_route),     cmocka_unit_test(test_compare_routes),
		cmocka_unit_test(test_render_and_lift), cmocka_unit_test(test_keep_at_telnyx),
		cmocka_unit_test(test_keep_at_twilio),  cmocka_unit_test(test_keep_at_voipms),
		cmocka_unit_test(test_render_codes),    cmocka_unit_test(test_apply_edits),
		cmocka_unit_test(test_keep_at_cpl),     cmocka_unit_test(test_read_records),
		cmocka_unit_test(test_explain_call),
		cmocka_unit_test(test_keep_a_call),     cmocka_unit_test(test_miss_a_call),
		cmocka_unit_test(test_call_back),       cmocka_unit_test(test_sort_followups),
		cmocka_unit_test(test_put_through),     cmocka_unit_test(test_find_there),
		cmocka_unit_test(test_delete_there),    cmocka_unit_test(test_report_log),
		cmocka_unit_test(test_replay_log),      cmocka_unit_test(test_explain_log),
		cmocka_unit_test(test_fetch_calendar),  cmocka_unit_test(test_tell_crm),
		cmocka_unit_test(test_alert_people),    cmocka_unit_test(test_forget),
		cmocka_unit_test(test_read_inbound),
		cmocka_unit_test(test_send_through_sandbox),
		cmocka_unit_test(test_send_through_telnyx),
		cmocka_unit_test(test_send_through_twilio),
		cmocka_unit_test(test_send_through_voipms),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
