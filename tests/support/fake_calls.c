/* SPDX-License-Identifier: MIT */
/* See fake_calls.h. */
#include "fake_calls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOST "https://api.twilio.com"
#define ACCOUNT "/2010-04-01/Accounts/" FAKE_TWILIO_SID
#define CALLS_MAX 32

/* One call as it is listed. */
struct listed {
	char sid[40];
	const char *parent, *from, *to, *direction, *status;
	nm_time made, ended; /* 0: it has not */
	int talked_s;        /* -1: nobody */
};

static const char caller[] = "CA000000000000000000000000000000c1",
		  line[] = "CA000000000000000000000000000000c2",
		  earlier[] = "CA000000000000000000000000000000e1";

static void add_time(struct nm_buf *out, const char *key, nm_time t)
{
	const struct nm_date date = nm_date_from_days(nm_local_day(t));
	const int second = (int)(t - nm_local_day(t) * NM_DAY);

	if (t == 0)
		nm_buf_addf(out, ",\"%s\":null", key);
	else
		nm_buf_addf(out, ",\"%s\":\"%s, %02d %s %04d %02d:%02d:%02d +0000\"", key,
			    nm_weekday_names[nm_weekday(nm_local_day(t))], date.day,
			    nm_month_names[date.month - 1], date.year, second / 3600, second / 60 % 60,
			    second % 60);
}

static void add_call(struct nm_buf *out, const struct fake_calls *fake, const struct listed *call)
{
	nm_buf_addf(out,
		    "{\"sid\":\"%s\",\"from\":\"%s\",\"to\":\"%s\",\"direction\":\"%s\",\"status\":\"%s\"",
		    call->sid, call->from, call->to, call->direction, call->status);
	add_time(out, "date_created", call->made);
	add_time(out, "start_time", call->made + 1);
	add_time(out, "date_updated", call->ended);
	add_time(out, "end_time", fake->no_end_time && call->talked_s < 0 ? 0 : call->ended);
	if (call->ended != 0 && call->talked_s >= 0)
		nm_buf_addf(out, ",\"duration\":\"%d\",\"price\":null}", call->talked_s);
	else
		nm_buf_add(out, ",\"duration\":null}");
}

/* As it is now: open until it has ended. */
static struct listed call_of(const struct fake_calls *fake, const char *sid, const char *direction,
			     nm_time made, int lasts_s, const char *status, int talked_s)
{
	const nm_time now = fake->clock + fake->now_ms / 1000;
	struct listed call = { .from = FAKE_CALLS_FROM,
			       .to = FAKE_CALLS_LINE,
			       .direction = direction,
			       .made = made,
			       .talked_s = talked_s,
			       .status = "in-progress" };

	snprintf(call.sid, sizeof(call.sid), "%s", sid);
	if (now >= made + lasts_s) {
		call.status = status;
		call.ended = made + lasts_s;
	}
	return call;
}

static nm_time made_at(const struct fake_calls *fake)
{
	return fake->clock + fake->made_ms / 1000;
}

static size_t both_ends(const struct fake_calls *fake, struct listed *out)
{
	const nm_time now = fake->clock + fake->now_ms / 1000, made = made_at(fake),
		      there = made + fake->comes_s;
	const char *status = fake->status != NULL ? fake->status : "completed";
	const int talked = fake->status != NULL ? -1 : fake->lasts_s;
	size_t n = 0;

	if (!fake->puts_through && fake->made > 0 && now >= made + fake->listed_s && fake->comes_s >= 0 &&
	    now >= there)
		out[n++] = call_of(fake, line, "inbound", there, fake->lasts_s, status, talked);
	if (fake->made > 0 && now >= made + fake->listed_s)
		out[n++] = call_of(fake, caller, "outbound-api", made,
				   fake->lasts_s + (fake->comes_s > 0 ? fake->comes_s : 0), status, talked);
	if (fake->earlier) {
		out[n++] = call_of(fake, "CA000000000000000000000000000000e2", "inbound", fake->clock - 3600,
				   30, "completed", 30);
		out[n++] = call_of(fake, earlier, "outbound-api", fake->clock - 3600, fake->still ? 7200 : 30,
				   "completed", 30);
	}
	return n;
}

static size_t legs_now(const struct fake_calls *fake, struct listed *out)
{
	const nm_time now = fake->clock + fake->now_ms / 1000, there = made_at(fake) + fake->comes_s;
	size_t n = 0;

	for (size_t i = fake->n_legs; i-- > 0;) {
		const struct fake_leg *leg = &fake->legs[i];
		const bool answered = strcmp(leg->status, "completed") == 0;
		char sid[40];

		if (now < there + leg->begins_s + leg->shows_s)
			continue;
		snprintf(sid, sizeof(sid), "CA%032zx", i + 1);
		out[n] = call_of(fake, sid, "outbound-dial", there + leg->begins_s,
				 leg->rings_s + leg->talks_s, leg->status, answered ? leg->talks_s : -1);
		if (now < there + leg->begins_s + leg->rings_s)
			out[n].status = "ringing";
		out[n++].to = leg->to;
	}
	return n;
}

/* --- answers --- */

static void answer(struct fake_calls *fake, int status, const char *text)
{
	free(fake->body);
	fake->body = strdup(text);
	fake->answer_status = status;
}

static void serve_list(struct fake_calls *fake, const char *path, const struct listed *calls, size_t n)
{
	const char *page = strstr(path, "&Page=");
	const size_t from = page != NULL ? strtoul(page + 6, NULL, 10) : 0,
		     size = fake->page_size > 0 ? fake->page_size : CALLS_MAX;
	struct nm_buf text;

	nm_buf_init(&text, 1u << 20);
	nm_buf_add(&text, "{\"calls\":[");
	for (size_t i = from; i < n && i < from + size; i++) {
		nm_buf_add(&text, i > from ? "," : "");
		add_call(&text, fake, &calls[i]);
	}
	if (from + size < n)
		nm_buf_addf(&text, "],\"next_page_uri\":\"%.*s&Page=%zu\"}",
			    page != NULL ? (int)(page - path) : (int)strlen(path), path, from + size);
	else
		nm_buf_add(&text, "],\"next_page_uri\":null}");
	answer(fake, 200, text.data);
	nm_buf_clear(&text);
}

static void serve_create(struct fake_calls *fake, const struct nm_request *request)
{
	struct listed call;
	struct nm_buf text;

	snprintf(fake->form, sizeof(fake->form), "%s", request->body);
	assert_false(request->repeatable);
	if (!fake->deaf) {
		assert_int_equal(fake->made, 0); /* the whole point */
		fake->made++;
		fake->made_ms = fake->now_ms;
	}
	call = call_of(fake, caller, "outbound-api", made_at(fake), 1000, "queued", -1);
	nm_buf_init(&text, 65536);
	add_call(&text, fake, &call);
	answer(fake, 201, text.data);
	nm_buf_clear(&text);
}

static void serve(struct fake_calls *fake, const struct nm_request *request)
{
	const char *path = request->url + strlen(HOST);
	struct listed calls[CALLS_MAX];

	if (strncmp(path, ACCOUNT "/IncomingPhoneNumbers.json?PhoneNumber=%2B15125550199",
		    strlen(ACCOUNT) + 54) == 0)
		answer(fake, 200,
		       fake->foreign_number
			       ? "{\"incoming_phone_numbers\":[],\"next_page_uri\":null}"
			       : "{\"incoming_phone_numbers\":[{\"phone_number\":\"" FAKE_CALLS_FROM
				 "\"}],\"next_page_uri\":null}");
	else if (strcmp(request->method, "POST") == 0)
		serve_create(fake, request);
	else if (strncmp(path, ACCOUNT "/Calls.json?To=%2B15125550100&From=%2B15125550199&StartTime%3E=20",
			 strlen(ACCOUNT) + 63) == 0)
		serve_list(fake, path, calls, both_ends(fake, calls));
	else if (strstr(path, "/Calls.json?ParentCallSid=") != NULL &&
		 strstr(path, fake->puts_through ? caller : line) != NULL)
		serve_list(fake, path, calls, legs_now(fake, calls));
	else if (fake->fault_at > 0 && fake->fault == FAKE_FINE)
		answer(fake, 404, "{}"); /* a link may have been what was damaged */
	else
		fail_msg("nobody is at %s", request->url);
}

static void spoil(struct fake_calls *fake, enum fake_fault fault)
{
	if (fault == FAKE_FINE)
		fake->body[fake->damaged % strlen(fake->body)] = fake->damage;
	else if (fault == FAKE_DONE_BROKEN)
		answer(fake, 500, "<html>\x1b[31mInternal\nerror</html>");
	else if (fault == FAKE_SILENT)
		answer(fake, 0, "");
	else if (fault == FAKE_GARBAGE)
		answer(fake, 200, "\xff\xfe not \x1b[2J JSON");
	else if (fault == FAKE_CUT)
		fake->body[strlen(fake->body) / 2] = '\0';
	else if (fault == FAKE_TYPES)
		answer(fake, 200, "{\"calls\":[7,{\"sid\":[]}],\"sid\":3,\"incoming_phone_numbers\":{}}");
}

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct fake_calls *fake = context;
	const size_t len = strlen(fake->log);
	bool fails;

	(void)err;
	assert_false(fake->waiting);
	assert_int_equal(request->auth, NM_AUTH_BASIC);
	fake->sent++;
	fake->asked += strcmp(request->method, "POST") == 0;
	snprintf(fake->log + len, sizeof(fake->log) - len, "%s %s\n", request->method,
		 request->url + strlen(HOST));
	fails = fake->fault_at > 0 && fake->sent >= fake->fault_at &&
		fake->sent < fake->fault_at + (fake->fault_times > 0 ? fake->fault_times : 1);
	if (fails && fake->fault == FAKE_BUSY)
		answer(fake, 429, "{\"code\":20429,\"message\":\"Too Many Requests\",\"status\":429}");
	else if (fails && fake->fault == FAKE_BROKEN)
		answer(fake, 500, "down");
	else if (fails && fake->fault == FAKE_REFUSED)
		answer(fake, 400,
		       "{\"code\":20001,\"message\":\"Bad \\u001b[31m parameter\\n\",\"status\":400}");
	else
		serve(fake, request);
	if (fails)
		spoil(fake, fake->fault);
	fake->tag = tag;
	fake->waiting = true;
	return NM_OK;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
			    struct nm_error *err)
{
	struct fake_calls *fake = context;

	(void)err;
	*tag = fake->waiting ? fake->tag : -1;
	if (!fake->waiting)
		fake->now_ms += timeout_ms;
	fake->waiting = false;
	*response = (struct nm_response){ .status = fake->answer_status,
					  .body = fake->body != NULL ? fake->body : "",
					  .len = fake->body != NULL ? strlen(fake->body) : 0,
					  .error = fake->answer_status == 0 ? "the connection was cut" : NULL,
					  .retry_after_s = -1 };
	return NM_OK;
}

struct nm_transport fake_calls_transport(struct fake_calls *fake)
{
	return (struct nm_transport){ .context = fake, .submit = submit, .collect = collect };
}

void fake_calls_clear(struct fake_calls *fake)
{
	free(fake->body);
	*fake = (struct fake_calls){ 0 };
}
