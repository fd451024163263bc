/* SPDX-License-Identifier: MIT */
/*
 * The push benchmark, our side: push PORT LINES.  A carrier of one request a line, moved by the talks and the
 * network as a push moves them.  Prints milliseconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/talk.h"
#include "nevermiss/mem.h"
#include "nevermiss/transport.h"

static char base[64];

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (int64_t)1000000000 + now.tv_nsec;
}

static int64_t clock_ms(void *context)
{
	(void)context;
	return now_ns() / 1000000;
}

static enum nm_code secret(void *context, const struct nm_account *account, struct nm_buf *out, struct nm_error *err)
{
	(void)context;
	(void)account;
	(void)err;
	nm_buf_add(out, "a-secret-of-usual-length-32bytes");
	return NM_OK;
}

static enum nm_step_result step(struct nm_exchange *exchange, const struct nm_response *last, struct nm_request *next)
{
	const char *url, *body;

	if (last != NULL)
		return last->status == 200 ? NM_STEP_DONE : nm_exchange_fail(exchange, "it answered %d", last->status);
	url = nm_arena_format(exchange->arena, "%s/numbers/%s", base, exchange->line);
	body = nm_arena_format(exchange->arena,
			       "{\"number\":\"%s\",\"voice_url\":\"https://example.org/route/%s\","
			       "\"fallback\":\"+13125550100\"}",
			       exchange->number, exchange->line);
	if (url == NULL || body == NULL)
		return nm_exchange_fail(exchange, "out of memory");
	*next = (struct nm_request){ .method = "PATCH",
				     .url = url,
				     .type = "application/json",
				     .body = body,
				     .len = strlen(body),
				     .auth = NM_AUTH_BASIC,
				     .repeatable = true,
				     .timeout_s = 30 };
	return NM_STEP_SEND;
}

static const struct nm_carrier carrier = { .name = "bench", .step = step };

static void die(const char *words)
{
	fprintf(stderr, "push: %s\n", words);
	exit(1);
}

static double push(const struct nm_plan *plan, size_t n)
{
	const struct nm_http_options options = { .secret = secret, .clock_ms = clock_ms };
	struct nm_talk *talks = calloc(n, sizeof(*talks));
	struct nm_talks all = { .n = n, .items = calloc(n, sizeof(struct nm_talk *)), .seed = 1 };
	struct nm_error err;
	int64_t from;
	double ms;

	if (talks == NULL || all.items == NULL)
		die("out of memory");
	if (nm_http_transport(&options, &all.transport, &err) != NM_OK)
		die(err.text);
	from = now_ns();
	for (size_t i = 0; i < n; i++) {
		all.items[i] = &talks[i];
		if (!nm_talk_init(&talks[i], &carrier, plan, (int)i, (struct nm_span){ 0 }, NM_OP_APPLY, NULL))
			die("out of memory");
	}
	if (nm_talks_run(&all, NULL, &err) != NM_OK)
		die(err.text);
	ms = (double)(now_ns() - from) / 1e6;
	for (size_t i = 0; i < n; i++) {
		if (talks[i].end != NM_TALK_DONE)
			die(talks[i].exchange.note);
		nm_talk_clear(&talks[i]);
	}
	nm_http_transport_clear(&all.transport);
	free(all.items);
	free(talks);
	return ms;
}

int main(int argc, char **argv)
{
	const size_t n = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	struct nm_account account = { .name = "office", .driver = "twilio", .sid = "AC00112233445566778899aabbccddeeff" };
	struct nm_line *lines = calloc(n + 1, sizeof(*lines));
	struct nm_plan plan = { .n_accounts = 1, .accounts = &account, .n_lines = n, .lines = lines };
	char (*names)[32] = calloc(n + 1, sizeof(*names));

	if (n == 0 || lines == NULL || names == NULL)
		die("usage: push PORT LINES");
	snprintf(base, sizeof(base), "http://127.0.0.1:%s", argv[1]);
	for (size_t i = 0; i < n; i++) {
		snprintf(names[i], sizeof(names[i]), "l%zu", i);
		lines[i] = (struct nm_line){ .name = names[i], .number = 13125550000 + i };
	}
	printf("%.2f\n", push(&plan, n));
	free(names);
	free(lines);
	return 0;
}
