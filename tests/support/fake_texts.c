/* SPDX-License-Identifier: MIT */
/* See fake_texts.h. */
#include "fake_texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OTHER 99 /* the number of somebody else's text */

static void answer(struct fake_texts *fake, int status, const char *text)
{
	free(fake->body);
	fake->body = strdup(text);
	fake->answer_status = status;
}

static bool is_at(const struct nm_request *request, const char *host)
{
	return strncmp(request->url, host, strlen(host)) == 0;
}

/* --- the texts --- */

static const char *status_of(const struct fake_texts *fake)
{
	return fake->status != NULL ? fake->status : "queued";
}

static void add_text(const struct fake_texts *fake, const struct nm_request *request, int number,
		     struct nm_buf *out)
{
	const char *body = number == OTHER ? fake->other : FAKE_TEXTS_BODY;

	if (is_at(request, "https://api.twilio.com"))
		nm_buf_addf(out,
			    "{\"sid\":\"SM%032d\",\"from\":\"" FAKE_TEXTS_FROM "\",\"to\":\"" FAKE_TEXTS_TO
			    "\",\"body\":\"%s\",\"status\":\"%s\",\"error_code\":%s}",
			    number, body, status_of(fake), fake->error != NULL ? fake->error : "null");
	else if (is_at(request, "https://api.telnyx.com"))
		nm_buf_addf(out,
			    "{\"id\":\"t%d\",\"uuid\":\"t%d\",\"cli\":\"" FAKE_TEXTS_FROM
			    "\",\"cld\":\"" FAKE_TEXTS_TO
			    "\",\"text\":\"%s\",\"to\":[{\"status\":\"%s\"}],\"errors\":[%s%s%s]}",
			    number, number, body, status_of(fake), fake->error != NULL ? "{\"code\":\"" : "",
			    fake->error != NULL ? fake->error : "", fake->error != NULL ? "\"}" : "");
	else
		nm_buf_addf(out, "{\"id\":%d,\"contact\":\"%s\",\"message\":\"%s\"}", number,
			    &FAKE_TEXTS_TO[2], body);
}

static void serve_list(struct fake_texts *fake, const struct nm_request *request)
{
	const bool listed = fake->now_ms >= fake->made_ms + fake->listed_s * 1000;
	struct nm_buf text;

	nm_buf_init(&text, 65536);
	nm_buf_add(&text, is_at(request, "https://api.twilio.com")   ? "{\"messages\":["
			  : is_at(request, "https://api.telnyx.com") ? "{\"data\":["
								     : "{\"status\":\"success\",\"sms\":[");
	if (fake->other != NULL) {
		add_text(fake, request, OTHER, &text);
		nm_buf_add(&text, ",");
	}
	for (int i = listed ? fake->made : 0; i > 0; i--) {
		add_text(fake, request, i, &text);
		nm_buf_add(&text, ",");
	}
	if (text.data[text.len - 1] == ',')
		text.data[--text.len] = '\0';
	nm_buf_add(&text, "]}");
	answer(fake, 200, text.data);
	nm_buf_clear(&text);
}

static void serve_sending(struct fake_texts *fake, const struct nm_request *request)
{
	struct nm_buf text;

	assert_false(request->repeatable);
	if (fake->opted_out) {
		answer(fake, 400, "{\"code\":21610,\"message\":\"Attempt to send to unsubscribed recipient\"}");
		return;
	}
	if (!fake->deaf) {
		fake->made++;
		fake->made_ms = fake->now_ms;
	}
	nm_buf_init(&text, 65536);
	if (is_at(request, "https://voip.ms")) {
		nm_buf_addf(&text, "{\"status\":\"success\",\"sms\":\"%d\"}", fake->made);
	} else {
		nm_buf_add(&text, is_at(request, "https://api.telnyx.com") ? "{\"data\":" : "");
		add_text(fake, request, fake->made, &text);
		nm_buf_add(&text, is_at(request, "https://api.telnyx.com") ? "}" : "");
	}
	answer(fake, is_at(request, "https://api.twilio.com") ? 201 : 200, text.data);
	nm_buf_clear(&text);
}

/* Of the text that the URL ends with. */
static void serve_text(struct fake_texts *fake, const struct nm_request *request, const char *id)
{
	const int number = (int)strtol(id, NULL, 10);
	struct nm_buf text;

	assert_true(number == OTHER || (number > 0 && number <= fake->made));
	nm_buf_init(&text, 65536);
	nm_buf_add(&text, is_at(request, "https://api.telnyx.com") ? "{\"data\":" : "");
	add_text(fake, request, number, &text);
	nm_buf_add(&text, is_at(request, "https://api.telnyx.com") ? "}" : "");
	answer(fake, 200, text.data);
	nm_buf_clear(&text);
}

static void serve(struct fake_texts *fake, const struct nm_request *request)
{
	const char *message = strstr(request->url, "/messages/t"),
		   *sid = strstr(request->url, "/Messages/SM");
	const bool form = is_at(request, "https://voip.ms"), posts = strcmp(request->method, "POST") == 0;

	assert_string_equal(request->account->driver, form                                       ? "voipms"
						      : is_at(request, "https://api.telnyx.com") ? "telnyx"
												 : "twilio");
	if (form ? strstr(request->body, "method=sendSMS") != NULL : posts)
		serve_sending(fake, request);
	else if (message != NULL || sid != NULL)
		serve_text(fake, request, message != NULL ? message + 11 : sid + 12);
	else
		serve_list(fake, request);
}

/* --- the transport --- */

static void spoil(struct fake_texts *fake, enum fake_fault fault)
{
	if (fault == FAKE_DONE_BROKEN)
		answer(fake, 500, "<html>\x1b[31mInternal\nerror</html>");
	else if (fault == FAKE_SILENT)
		answer(fake, 0, "");
	else if (fault == FAKE_GARBAGE)
		answer(fake, 200, "\xff\xfe not \x1b[2J JSON");
	else if (fault == FAKE_CUT)
		fake->body[strlen(fake->body) / 2] = '\0';
	else if (fault == FAKE_TYPES)
		answer(fake, 200,
		       "{\"sid\":3,\"data\":[],\"status\":\"success\",\"messages\":{},\"sms\":[]}");
}

static bool fails_now(const struct fake_texts *fake)
{
	return fake->fault_at > 0 && fake->asked >= fake->fault_at &&
	       fake->asked < fake->fault_at + (fake->fault_times > 0 ? fake->fault_times : 1);
}

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct fake_texts *fake = context;
	const size_t len = strlen(fake->log);

	assert_false(fake->waiting);
	fake->asked++;
	if (fake->asked == fake->kill_before)
		return nm_fail(err, NM_SYSTEM, "killed");
	snprintf(fake->log + len, sizeof(fake->log) - len, "%s %s\n", request->method, request->url);
	if (fails_now(fake) && fake->fault == FAKE_BUSY)
		answer(fake, 429, "{\"code\":20429,\"message\":\"Too Many Requests\",\"status\":429}");
	else if (fails_now(fake) && fake->fault == FAKE_BROKEN)
		answer(fake, 500, "down");
	else if (fails_now(fake) && fake->fault == FAKE_REFUSED)
		answer(fake, 400,
		       "{\"code\":20001,\"message\":\"Bad \\u001b[31m parameter\\n\",\"status\":400}");
	else
		serve(fake, request);
	if (fake->asked == fake->kill_after)
		return nm_fail(err, NM_SYSTEM, "killed");
	if (fails_now(fake))
		spoil(fake, fake->fault);
	fake->tag = tag;
	fake->waiting = true;
	return NM_OK;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
			    struct nm_error *err)
{
	struct fake_texts *fake = context;

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

struct nm_transport fake_texts_transport(struct fake_texts *fake)
{
	return (struct nm_transport){ .context = fake, .submit = submit, .collect = collect };
}

void fake_texts_restart(struct fake_texts *fake)
{
	fake->asked = fake->kill_before = fake->kill_after = fake->fault_at = 0;
	fake->waiting = false;
	fake->log[0] = '\0';
}

void fake_texts_clear(struct fake_texts *fake)
{
	free(fake->body);
	*fake = (struct fake_texts){ 0 };
}
