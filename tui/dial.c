/* SPDX-License-Identifier: MIT */
/*
 * Requests that a person carries out (core/carrier/hand.c lists them).  Comes in: requests.  Goes out: a
 * question for each, one after the other and line by line, and its answer: 200 with the time, or 403 with the
 * reason.  It is asked when nothing else is to be waited for, so that what needs nobody is done by then.
 */
#include "dial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHEME "dial:"
#define EVERY "Every-Call-To: "
#define LINE "Line: "

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct dial *dial = context;
	void *queue = dial->queue;

	if (!nm_grow(&queue, &dial->capacity, dial->n + 1, sizeof *dial->queue))
		return nm_fail_memory(err);
	dial->queue = queue;
	dial->queue[dial->n].tag = tag;
	dial->queue[dial->n++].request = *request; /* its texts stay until it is answered */
	return NM_OK;
}

static const char *header(const struct nm_request *request, const char *name)
{
	for (size_t i = 0; i < request->n_headers; i++) {
		if (!strncmp(request->headers[i], name, strlen(name)))
			return request->headers[i] + strlen(name);
	}
	return NULL;
}

/* What is to be asked next: of the line that was asked about last, or else the first. */
static size_t next_of(const struct dial *dial)
{
	for (size_t i = 0; dial->line[0] && i < dial->n; i++) {
		const char *line = header(&dial->queue[i].request, LINE);

		if (line && !strncmp(line, dial->line, sizeof dial->line - 1))
			return i;
	}
	return 0;
}

/* Asks; true when it was done.  What is said of it is in dial->answer. */
static bool ask(struct dial *dial, const struct nm_request *request)
{
	const struct dial_question question = {
		.line = header(request, LINE) ? header(request, LINE) : "",
		.code = request->url + strlen(SCHEME),
		.words = request->body,
		.every = header(request, EVERY),
	};
	bool done;

	snprintf(dial->line, sizeof dial->line, "%s", question.line);
	nm_buf_clear(&dial->answer);
	done = dial->ask && dial->ask(dial->context, &question, &dial->answer);
	if (!done && !dial->answer.len)
		nm_buf_add(&dial->answer, dial->ask ? "you said that it was not" : "nobody is here to do it");
	return done;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
			    struct nm_error *err)
{
	struct dial *dial = context;
	size_t i;
	bool done;

	*tag = -1;
	if (!dial->n || timeout_ms <= 0)
		return NM_OK;
	i = next_of(dial);
	done = ask(dial, &dial->queue[i].request);
	if (dial->answer.failed)
		return nm_fail_memory(err);
	*tag = dial->queue[i].tag;
	memmove(&dial->queue[i], &dial->queue[i + 1], (--dial->n - i) * sizeof *dial->queue);
	*response = (struct nm_response){ .status = done ? 200 : 403,
					  .body = dial->answer.data,
					  .len = dial->answer.len,
					  .retry_after_s = -1 };
	return NM_OK;
}

static void drop(void *context)
{
	((struct dial *)context)->n = 0;
}

struct nm_transport dial_transport(struct dial *dial)
{
	if (!dial->answer.data)
		nm_buf_init(&dial->answer, 256);
	return (struct nm_transport){ dial, submit, collect, drop };
}

void dial_clear(struct dial *dial)
{
	free(dial->queue);
	nm_buf_clear(&dial->answer);
	*dial = (struct dial){ 0 };
}

bool dial_same_number(const char *every, const char *typed, const char *country)
{
	const char *comma = strrchr(every, ',');
	nm_number wanted, given;

	return comma && nm_number_read(comma + 1, country, &wanted, NULL) == NM_OK &&
	       nm_number_read(typed, country, &given, NULL) == NM_OK && wanted == given;
}
