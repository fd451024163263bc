/* SPDX-License-Identifier: MIT */
/* See fake_twilio.h. */
#include "fake_twilio.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOST "https://api.twilio.com"
#define STUDIO "https://studio.twilio.com"
#define ACCOUNT "/2010-04-01/Accounts/" FAKE_TWILIO_SID
#define NUMBER "PN0123456789abcdef0123456789abcdef"
#define HUGE_SIZE 100000

/* What a form says of a key, decoded and malloc'd; NULL. */
static char *form_value(const char *form, const char *key)
{
	const size_t len = strlen(key);

	for (const char *at = form; at != NULL; at = strchr(at, '&') != NULL ? strchr(at, '&') + 1 : NULL) {
		char *value, *out;

		if (strncmp(at, key, len) != 0 || at[len] != '=')
			continue;
		at += len + 1;
		out = value = malloc(strcspn(at, "&") + 1);
		for (; *at != '\0' && *at != '&'; at++) {
			const char digits[] = { at[0] == '%' ? at[1] : '0', at[0] == '%' ? at[2] : '0',
						'\0' };

			assert_true(*at != '+' && *at != ' ');
			*out++ = *at == '%' ? (char)strtol(digits, NULL, 16) : *at;
			at += *at == '%' ? 2 : 0;
		}
		*out = '\0';
		return value;
	}
	return NULL;
}

static void answer(struct fake_twilio *fake, int status, char *body)
{
	fake->status = status;
	fake->body = body;
}

__attribute__((format(printf, 3, 4))) static void say(struct fake_twilio *fake, int status,
						      const char *format, ...)
{
	va_list args;
	char *body;

	va_start(args, format);
	assert_true(vasprintf(&body, format, args) >= 0);
	va_end(args);
	answer(fake, status, body);
}

/* --- numbers --- */

static char *number_text(const struct fake_twilio *fake)
{
	char *text;

	assert_true(asprintf(&text,
			     "{\"sid\":\"" NUMBER "\",\"phone_number\":\"+15125550100\",\"voice_url\":\"%s\","
			     "\"voice_fallback_url\":\"%s\",\"trunk_sid\":%s%s%s,\"voice_application_sid\":\"%s\",\"newer\":[{}]}",
			     fake->voice_url, fake->fallback_url, fake->trunk_sid[0] ? "\"" : "",
			     fake->trunk_sid[0] ? fake->trunk_sid : "null", fake->trunk_sid[0] ? "\"" : "",
			     fake->application_sid) > 0);
	return text;
}

static void serve_number(struct fake_twilio *fake, const struct nm_request *request)
{
	char *url = request->body != NULL ? form_value(request->body, "VoiceUrl") : NULL,
	     *fallback = request->body != NULL ? form_value(request->body, "VoiceFallbackUrl") : NULL;

	if (url != NULL && !fake->deaf)
		assert_true(snprintf(fake->voice_url, sizeof(fake->voice_url), "%s", url) > 0);
	if (fallback != NULL && !fake->deaf)
		assert_true(snprintf(fake->fallback_url, sizeof(fake->fallback_url), "%s", fallback) > 0);
	free(url);
	free(fallback);
	answer(fake, 200, number_text(fake));
}

static void serve_numbers(struct fake_twilio *fake, const char *path)
{
	char *number = number_text(fake);

	assert_non_null(strstr(path, "PhoneNumber=%2B15125550"));
	if (fake->endless)
		say(fake, 200, "{\"incoming_phone_numbers\":[],\"next_page_uri\":\"%s\"}", path);
	else
		say(fake, 200,
		    "{\"incoming_phone_numbers\":[{\"phone_number\":\"+1999\"},%s],\"next_page_uri\":null}",
		    number);
	free(number);
}

/* --- flows --- */

static void serve_flow(struct fake_twilio *fake, size_t i, int status, const char *state)
{
	say(fake, status,
	    "{\"sid\":\"FW%032zx\",\"friendly_name\":\"%s\",\"status\":\"%s\",\"revision\":%d,"
	    "\"valid\":true,\"errors\":[],\"webhook_url\":\"http://webhooks.twilio.com/v1/Accounts/" FAKE_TWILIO_SID
	    "/Flows/FW%032zx\",\"definition\":%s}",
	    i, fake->flows[i].name, state, fake->flows[i].revision + (strcmp(state, "draft") == 0), i,
	    fake->flows[i].definition);
}

static void serve_flows(struct fake_twilio *fake, const char *path)
{
	const char *page = strstr(path, "&Page=");
	size_t from = page != NULL ? strtoul(page + 6, NULL, 10) : 0,
	       until = fake->page_size > 0 ? from + fake->page_size : fake->n_flows;
	struct nm_buf text;

	nm_buf_init(&text, 65536);
	for (size_t i = from; i < until && i < fake->n_flows; i++)
		nm_buf_addf(&text, "%s{\"sid\":\"FW%032zx\",\"friendly_name\":\"%s\",\"definition\":null}",
			    i > from ? "," : "", i, fake->flows[i].name); /* a deleted one has no name */
	if (fake->endless || until < fake->n_flows)
		say(fake, 200,
		    "{\"flows\":[%s],\"meta\":{\"next_page_url\":\"https://elsewhere.example/v2/Flows?PageSize=100&Page=%zu\"}}",
		    text.data, fake->endless ? 0 : until);
	else
		say(fake, 200, "{\"flows\":[%s],\"meta\":{\"next_page_url\":null}}", text.data);
	nm_buf_clear(&text);
}

static void write_flow(struct fake_twilio *fake, const struct nm_request *request, size_t i)
{
	char *status = form_value(request->body, "Status"), *name = form_value(request->body, "FriendlyName"),
	     *definition = form_value(request->body, "Definition");

	assert_true(i < FAKE_TWILIO_FLOWS);
	assert_string_equal(status, "published");
	assert_non_null(name);
	assert_non_null(definition);
	assert_true(snprintf(fake->flows[i].name, sizeof(fake->flows[i].name), "%s", name) > 0);
	free(fake->flows[i].definition);
	fake->flows[i].definition = definition;
	fake->flows[i].revision++;
	free(status);
	free(name);
}

static void serve_studio(struct fake_twilio *fake, const struct nm_request *request, const char *path)
{
	size_t i = FAKE_TWILIO_FLOWS;

	if (strncmp(path, "/v2/Flows/FW", 12) == 0)
		i = strtoul(path + 12, NULL, 16);
	if (strcmp(path, "/v2/Flows/Validate") == 0 && fake->invalid) {
		say(fake, 400,
		    "{\"code\":81016,\"message\":\"not valid\",\"status\":400,\"details\":{\"errors\":[{\"message\":"
		    "\"must match a widget name\",\"property_path\":\"#/initial_state\"}],\"warnings\":[]}}");
	} else if (strcmp(path, "/v2/Flows/Validate") == 0) {
		say(fake, 200, "{\"valid\":true}");
	} else if (strcmp(path, "/v2/Flows") == 0) {
		fake->created++;
		write_flow(fake, request, fake->n_flows++);
		serve_flow(fake, fake->n_flows - 1, 201, "published");
	} else if (strncmp(path, "/v2/Flows?", 10) == 0) {
		serve_flows(fake, path);
	} else if (i >= fake->n_flows || fake->flows[i].definition == NULL) {
		say(fake, 404,
		    "{\"code\":20404,\"message\":\"The requested resource was not found\",\"status\":404}");
	} else if (strcmp(request->method, "POST") == 0) {
		write_flow(fake, request, i);
		serve_flow(fake, i, 200, "published");
	} else if (strcmp(request->method, "DELETE") == 0) {
		free(fake->flows[i].definition);
		fake->flows[i] = (struct fake_flow){ 0 };
		say(fake, 204, "%s", "");
	} else if (strcmp(path + 44, "/Revisions/LatestRevision") == 0) {
		serve_flow(fake, i, 200, fake->draft ? "draft" : "published");
	} else {
		assert_string_equal(path + 44, "/Revisions/LatestPublished");
		serve_flow(fake, i, 200, "published");
	}
}

/* --- faults --- */

static void spoil(struct fake_twilio *fake, enum fake_fault fault)
{
	char *body = fake->body;
	size_t n;

	fake->body = NULL;
	switch (fault) {
	case FAKE_DONE_BROKEN:
		say(fake, 500, "<html>\x1b[31mInternal\nerror</html>");
		break;
	case FAKE_SILENT:
		fake->status = 0;
		break;
	case FAKE_GARBAGE:
		say(fake, 200, "\xff\xfe not \x1b[2J JSON");
		break;
	case FAKE_CUT:
		say(fake, 200, "%.*s", (int)(strlen(body) / 2), body);
		break;
	case FAKE_HUGE:
		answer(fake, 200, malloc(2 * HUGE_SIZE + 2));
		for (n = 0; n < HUGE_SIZE; n++)
			memcpy(fake->body + 2 * n, n == 0 ? "[1" : ",1", 2);
		memcpy(fake->body + 2 * n, "]", 2);
		break;
	case FAKE_TYPES:
		say(fake, 200,
		    "{\"incoming_phone_numbers\":7,\"flows\":{},\"valid\":\"yes\",\"sid\":[],"
		    "\"webhook_url\":{\"a\":1},\"definition\":\"{}\",\"voice_url\":3}");
		break;
	default:
		fake->body = body;
		return;
	}
	free(body);
}

static void serve(struct fake_twilio *fake, const struct nm_request *request)
{
	const bool fails = fake->fault_at > 0 && fake->sent >= fake->fault_at &&
			   fake->sent < fake->fault_at + (fake->fault_times > 0 ? fake->fault_times : 1);
	const enum fake_fault fault = fails ? fake->fault : FAKE_FINE;
	const char *url = request->url;

	if (fault == FAKE_BUSY) {
		say(fake, 429, "{\"code\":20429,\"message\":\"Too Many Requests\",\"status\":429}");
	} else if (fault == FAKE_BROKEN) {
		say(fake, 500, "down");
	} else if (fault == FAKE_REFUSED) {
		say(fake, 400,
		    "{\"code\":20001,\"message\":\"Bad \\u001b[31m parameter\\n\",\"status\":400}");
	} else if (strncmp(url, HOST ACCOUNT "/IncomingPhoneNumbers.json", strlen(HOST ACCOUNT) + 26) == 0) {
		serve_numbers(fake, url + strlen(HOST));
	} else if (strcmp(url, HOST ACCOUNT "/IncomingPhoneNumbers/" NUMBER ".json") == 0) {
		serve_number(fake, request);
	} else if (strncmp(url, STUDIO, strlen(STUDIO)) == 0) {
		serve_studio(fake, request, url + strlen(STUDIO));
	} else {
		fail_msg("nobody is at %s", url);
	}
	spoil(fake, fault);
}

/* --- the transport --- */

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct fake_twilio *fake = context;
	const char *path = strstr(request->url, ".com");
	size_t len = strlen(fake->log);

	(void)err;
	assert_false(fake->waiting);
	assert_int_equal(request->auth, NM_AUTH_BASIC);
	assert_string_equal(request->account->sid, FAKE_TWILIO_SID);
	assert_true(request->len == (request->body != NULL ? strlen(request->body) : 0));
	snprintf(fake->log + len, sizeof(fake->log) - len, "%s %s\n", request->method,
		 path != NULL ? path + 4 : "?");
	fake->sent++;
	fake->written += strcmp(request->method, "GET") != 0;
	free(fake->body);
	fake->body = NULL;
	serve(fake, request);
	fake->tag = tag;
	fake->waiting = true;
	return NM_OK;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
			    struct nm_error *err)
{
	struct fake_twilio *fake = context;

	(void)timeout_ms;
	(void)err;
	*tag = fake->waiting ? fake->tag : -1;
	fake->waiting = false;
	*response = (struct nm_response){ .status = fake->status,
					  .body = fake->body != NULL ? fake->body : "",
					  .len = fake->body != NULL ? strlen(fake->body) : 0,
					  .error = fake->status == 0 ? "the connection was cut" : NULL,
					  .retry_after_s = -1 };
	return NM_OK;
}

struct nm_transport fake_twilio_transport(struct fake_twilio *fake)
{
	return (struct nm_transport){ .context = fake, .submit = submit, .collect = collect };
}

void fake_twilio_clear(struct fake_twilio *fake)
{
	for (size_t i = 0; i < fake->n_flows; i++)
		free(fake->flows[i].definition);
	free(fake->body);
	*fake = (struct fake_twilio){ 0 };
}
