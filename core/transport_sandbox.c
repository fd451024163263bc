/* SPDX-License-Identifier: MIT */
/*
 * The other end of the sandbox driver: answers its requests (core/carrier/sandbox.c lists them) from the
 * store, and fails as it is told to.  Nothing leaves the machine, and nothing takes time: an answer that
 * is late comes after so many milliseconds of waiting for it.
 *
 * A fault is a word and for how many requests: "refuse 2" (403), "500 1", "429 1 7" (come back in 7 s),
 * "cut 1" (done, but no answer), "hang 1" (not done, and no answer), "slow 1", "garbage 1".
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/carrier/sandbox.h"
#include "nevermiss/json.h"
#include "nevermiss/placing.h"
#include "nevermiss/transport.h"

#define SLOW_MS 2000
#define URL     "sandbox:/lines/"
#define TEXTS_LISTED 200

struct answer {
	int tag, status, retry_after_s, delay_ms;
	char *body;
	const char *error;
};

struct sandbox {
	struct nm_store *store;
	struct answer *queue; /* first in, first out */
	size_t n, capacity;
	char *last; /* body of the answer given last: valid until the next call */
};

/* The number of the line that a URL names, malloc'd; NULL: memory is out.  *tail is what of it is meant: "", "/route",
 * "/texts", "/inbound", "/calls". */
static char *line_of(const char *url, const char **tail)
{
	const char *at = url + strlen(URL);
	const size_t len = strcspn(at, "/");

	*tail = at + len;
	return strndup(at, len);
}

/* What tells one content from another; "none" for nothing. */
static void revision_of(const char *text, char out[static 24])
{
	uint64_t hash = 14695981039346656037u;
	struct nm_buf buf;

	memcpy(out, "none", 5);
	if (text == NULL)
		return;
	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211u;
	nm_buf_init(&buf, 24);
	nm_buf_addf(&buf, "%016" PRIx64, hash);
	if (buf.len < 24)
		memcpy(out, buf.data, buf.len + 1);
	nm_buf_clear(&buf);
}

static void say(struct answer *answer, int status, const char *key, const char *value)
{
	struct nm_json json;
	struct nm_buf body;

	nm_buf_init(&body, 4096);
	nm_json_init(&json, &body);
	nm_json_object(&json);
	nm_json_key(&json, key);
	nm_json_text(&json, value);
	nm_json_end(&json, '}');
	answer->status = status;
	answer->body = nm_buf_take(&body);
	nm_buf_clear(&body);
}

static const char *header(const struct nm_request *request, const char *name)
{
	for (size_t i = 0; i < request->n_headers; i++)
		if (strncmp(request->headers[i], name, strlen(name)) == 0)
			return request->headers[i] + strlen(name);
	return "";
}

/* Puts or removes the route, if it still is the one that was looked at. */
static enum nm_code write_route(struct sandbox *box, const char *line, const char *live,
				const struct nm_request *request, struct answer *answer, struct nm_error *err)
{
	const char *text = strcmp(request->method, "PUT") == 0 ? request->body : NULL;
	char revision[24];
	enum nm_code code;

	revision_of(live, revision);
	if (strcmp(header(request, "If-Match: "), revision) != 0) {
		say(answer, 412, "error", "it is another revision by now");
		return NM_OK;
	}
	code = nm_store_sandbox_put(box->store, line, text, err);
	if (code == NM_OK) {
		revision_of(text, revision);
		say(answer, 200, "revision", revision);
	} else if (code == NM_REFUSED) {
		say(answer, 403, "error", "the store is read-only");
		code = NM_OK;
	}
	return code;
}

static enum nm_code serve_route(struct sandbox *box, const char *line, bool route,
				const struct nm_request *request, struct answer *answer, struct nm_error *err)
{
	char *live = NULL, revision[24];
	enum nm_code code = nm_store_sandbox_get(box->store, line, &live, err);

	if (code != NM_OK)
		return code;
	if (strcmp(request->method, "GET") != 0) {
		code = write_route(box, line, live, request, answer, err);
	} else if (!route) {
		revision_of(live, revision);
		say(answer, 200, "revision", revision);
	} else if (live == NULL) {
		say(answer, 404, "error", "the line has no route");
	} else {
		answer->status = 200;
		answer->body = live;
		live = NULL;
	}
	free(live);
	return code;
}

static enum nm_code list_texts(struct sandbox *box, const char *line, struct answer *answer, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_sandbox_text *texts;
	struct nm_json json;
	struct nm_buf body;
	size_t n;
	enum nm_code code = arena == NULL ? nm_fail_memory(err)
					  : nm_store_sandbox_texts(box->store, line, TEXTS_LISTED, arena,
								   &texts, &n, err);

	nm_buf_init(&body, NM_ARTEFACT_BYTES);
	nm_json_init(&json, &body);
	nm_json_array(&json);
	for (size_t i = 0; code == NM_OK && i < n; i++) {
		nm_json_object(&json);
		nm_json_key(&json, "id");
		nm_json_int(&json, texts[i].id);
		nm_json_key(&json, "to");
		nm_json_text(&json, texts[i].to);
		nm_json_key(&json, "body");
		nm_json_text(&json, texts[i].body);
		nm_json_end(&json, '}');
	}
	nm_json_end(&json, ']');
	answer->status = 200;
	answer->body = code == NM_OK ? nm_buf_take(&body) : NULL;
	nm_buf_clear(&body);
	nm_arena_free(arena);
	return code;
}

static void add_inbound(struct nm_json *json, const struct nm_sandbox_inbound *text)
{
	nm_json_object(json);
	nm_json_key(json, "id");
	nm_json_int(json, text->id);
	nm_json_key(json, "from");
	nm_json_text(json, text->from);
	nm_json_key(json, "body");
	nm_json_text(json, text->body);
	nm_json_key(json, "at");
	nm_json_int(json, text->at);
	nm_json_end(json, '}');
}

static enum nm_code list_inbound(struct sandbox *box, const char *line, struct answer *answer,
				 struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_sandbox_inbound *texts;
	struct nm_json json;
	struct nm_buf body;
	size_t n;
	enum nm_code code = arena == NULL ? nm_fail_memory(err)
					  : nm_store_sandbox_inbound(box->store, line, NM_SANDBOX_INBOUND_LISTED, arena,
								     &texts, &n, err);

	nm_buf_init(&body, NM_ARTEFACT_BYTES);
	nm_json_init(&json, &body);
	nm_json_array(&json);
	for (size_t i = 0; code == NM_OK && i < n; i++)
		add_inbound(&json, &texts[i]);
	nm_json_end(&json, ']');
	answer->status = 200;
	answer->body = code == NM_OK ? nm_buf_take(&body) : NULL;
	nm_buf_clear(&body);
	nm_arena_free(arena);
	return code;
}

static enum nm_code take_text(struct sandbox *box, const char *line, const struct nm_request *request,
			      struct answer *answer, struct nm_error *err)
{
	struct nm_buf number;
	int64_t id = 0;
	enum nm_code code =
		nm_store_sandbox_text_add(box->store, line, header(request, "To: "), request->body, &id, err);

	nm_buf_init(&number, 24);
	nm_buf_addf(&number, "%" PRId64, id);
	if (code == NM_OK)
		say(answer, 201, "id", number.data);
	nm_buf_clear(&number);
	return code;
}

static enum nm_code serve(struct sandbox *box, const char *line, const char *tail,
			  const struct nm_request *request, struct answer *answer, struct nm_error *err)
{
	if (strcmp(tail, "/inbound") == 0)
		return list_inbound(box, line, answer, err);
	if (strcmp(tail, "/calls") == 0) {
		say(answer, 201, "customer", nm_leg_end_name(NM_LEG_ANSWERED));
		return NM_OK;
	}
	if (strcmp(tail, "/texts") != 0)
		return serve_route(box, line, *tail != '\0', request, answer, err);
	if (strcmp(request->method, "GET") == 0)
		return list_texts(box, line, answer, err);
	return take_text(box, line, request, answer, err);
}

struct fault {
	char word[16];
	int64_t left, extra;
};

/* "429 2 7" */
static struct fault read_fault(const char *text)
{
	struct fault fault = { .left = 1 };
	size_t n = 0;
	int64_t *numbers[2] = { &fault.left, &fault.extra };

	while (text[n] != '\0' && text[n] != ' ' && n + 1 < sizeof(fault.word)) {
		fault.word[n] = text[n];
		n++;
	}
	text += n;
	for (int i = 0; i < 2 && *text == ' '; i++) {
		*numbers[i] = 0;
		for (text++; *text >= '0' && *text <= '9' && *numbers[i] < 1000000; text++)
			*numbers[i] = *numbers[i] * 10 + (*text - '0');
	}
	return fault;
}

enum nm_code nm_sandbox_fault_check(const char *text, struct nm_error *err)
{
	static const char *const words[] = { "refuse", "500", "429", "cut", "hang", "slow", "garbage" };
	const struct fault fault = read_fault(text);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(fault.word, words[i]) && !text[strspn(text, "0123456789 abcdefghijklmnopqrstuvwxyz")] &&
		    fault.left > 0)
			return NM_OK;
	return nm_fail(err, NM_INPUT, "\"%s\" is no fault: refuse, 500, 429, cut, hang, slow or garbage, and for how "
		       "many requests, such as \"refuse 2\"", text);
}

/* The fault that this request meets; one request less of it is left. */
static enum nm_code take_fault(struct sandbox *box, const char *line, struct fault *fault,
			       struct nm_error *err)
{
	char *text = NULL;
	struct nm_buf rest;
	enum nm_code code = nm_store_sandbox_fault(box->store, line, &text, err);

	if (code != NM_OK)
		return code;
	*fault = read_fault(text != NULL ? text : "");
	nm_buf_init(&rest, 64);
	if (fault->left > 1)
		nm_buf_addf(&rest, "%s %" PRId64 " %" PRId64, fault->word, fault->left - 1, fault->extra);
	if (fault->word[0] != '\0' && !nm_store_read_only(box->store))
		code = nm_store_sandbox_fail(box->store, line, rest.data, err);
	nm_buf_clear(&rest);
	free(text);
	return code;
}

/* Makes the answer what the fault makes of it; true: the request itself is not to be served. */
static bool meet_fault(const struct fault *fault, struct answer *answer)
{
	if (strcmp(fault->word, "refuse") == 0)
		say(answer, 403, "error", "the sandbox was told to refuse");
	else if (strcmp(fault->word, "500") == 0)
		say(answer, 500, "error", "the sandbox was told to break");
	else if (strcmp(fault->word, "429") == 0)
		say(answer, 429, "error", "the sandbox was told to be busy");
	else if (strcmp(fault->word, "hang") == 0)
		answer->error = "timed out";
	else
		return false;
	if (answer->status == 429)
		answer->retry_after_s = (int)fault->extra;
	return true;
}

static void spoil_answer(const struct fault *fault, struct answer *answer)
{
	char *garbage;

	if (strcmp(fault->word, "cut") == 0) {
		answer->status = 0;
		answer->error = "the connection was cut";
	} else if (strcmp(fault->word, "slow") == 0) {
		answer->delay_ms = SLOW_MS;
	} else if (strcmp(fault->word, "garbage") == 0) {
		garbage = strdup("<html>\x01 502 not what you asked for");
		free(answer->body);
		answer->body = garbage;
		answer->status = 200;
	}
}

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct sandbox *box = context;
	struct answer answer = { .tag = tag, .retry_after_s = -1 };
	struct fault fault;
	const char *tail;
	char *line;
	enum nm_code code;

	if (strncmp(request->url, URL, strlen(URL)) != 0)
		return nm_fail(err, NM_CARRIER,
			       "there is no way to %s from here: this is the sandbox's transport",
			       request->url);
	if (!nm_grow((void **)&box->queue, &box->capacity, box->n + 1, sizeof(answer)))
		return nm_fail_memory(err);
	line = line_of(request->url, &tail);
	code = line == NULL ? nm_fail_memory(err) : take_fault(box, line, &fault, err);
	if (code == NM_OK && !meet_fault(&fault, &answer)) {
		code = serve(box, line, tail, request, &answer, err);
		spoil_answer(&fault, &answer);
	}
	free(line);
	if (code == NM_OK && answer.status != 0 && answer.body == NULL)
		code = nm_fail_memory(err);
	if (code == NM_OK)
		box->queue[box->n++] = answer;
	else
		free(answer.body);
	return code;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
			    struct nm_error *err)
{
	struct sandbox *box = context;
	struct answer answer;

	(void)err;
	*tag = -1;
	free(box->last);
	box->last = NULL;
	if (box->n == 0)
		return NM_OK;
	if (box->queue[0].delay_ms > 0) {
		box->queue[0].delay_ms -= timeout_ms;
		return NM_OK;
	}
	answer = box->queue[0];
	memmove(box->queue, box->queue + 1, --box->n * sizeof(*box->queue));
	box->last = answer.body;
	*tag = answer.tag;
	*response = (struct nm_response){ .status = answer.status,
					  .error = answer.error,
					  .retry_after_s = answer.retry_after_s };
	response->body = answer.status != 0 ? answer.body : "";
	response->len = strlen(response->body);
	return NM_OK;
}

static void drop(void *context)
{
	struct sandbox *box = context;

	while (box->n > 0)
		free(box->queue[--box->n].body);
}

enum nm_code nm_sandbox_transport(struct nm_store *store, struct nm_transport *out, struct nm_error *err)
{
	struct sandbox *box = calloc(1, sizeof(*box));

	if (box == NULL)
		return nm_fail_memory(err);
	box->store = store;
	*out = (struct nm_transport){ box, submit, collect, drop };
	return NM_OK;
}

void nm_sandbox_transport_clear(struct nm_transport *transport)
{
	struct sandbox *box = transport->context;

	if (box == NULL)
		return;
	drop(box);
	free(box->queue);
	free(box->last);
	free(box);
	*transport = (struct nm_transport){ 0 };
}
