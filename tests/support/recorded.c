/* SPDX-License-Identifier: MIT */
/* See recorded.h. */
#include "recorded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "random_plan.h"

#define STEPS_MAX 512 /* of a conversation that goes astray: more pages than any driver reads */

void recorded_open(struct recorded_line *line, enum nm_operation operation, const char *plan,
		   struct nm_artefact wanted)
{
	*line = (struct recorded_line){ .folder = random_folder_new(), .wanted = wanted };
	line->plan = plan_of_text(plan, line->folder);
	line->exchange = (struct nm_exchange){ .operation = operation,
					       .plan = line->plan,
					       .account = &line->plan->accounts[0],
					       .line = "main",
					       .number = "+15125550100",
					       .window = { 1795413600, 1795413600 + 28 * NM_DAY },
					       .wanted = &line->wanted,
					       .arena = nm_arena_new() };
}

void recorded_close(struct recorded_line *line)
{
	nm_artefact_clear(&line->exchange.live);
	nm_arena_free(line->exchange.arena);
	nm_artefact_clear(&line->wanted);
	nm_plan_free(line->plan);
	random_folder_free(line->folder);
}

static const char *text_of(const char *text)
{
	return text != NULL ? text : "";
}

static void assert_asked(const struct nm_request *request, const struct recorded *expected)
{
	if (expected->method == NULL)
		fail_msg("one request too many: %s %s", request->method, request->url);
	assert_string_equal(request->method, expected->method);
	assert_string_equal(request->url, expected->url);
	assert_string_equal(text_of(request->body), text_of(expected->body));
	assert_int_equal(request->len, strlen(text_of(expected->body)));
	assert_int_equal(request->body != NULL, request->type != NULL);
}

static struct nm_response response_of(const struct recorded *item)
{
	struct nm_response response = { .status = item->status, .retry_after_s = -1 };

	response.body = item->status != 0 ? text_of(item->answer) : "";
	response.error = item->status == 0 ? item->answer : NULL;
	response.len = strlen(response.body);
	return response;
}

enum nm_step_result recorded_speak(const struct nm_carrier *carrier, struct nm_exchange *exchange,
				   const struct recorded *talk)
{
	struct nm_request request = { 0 };
	enum nm_step_result result = carrier->step(exchange, NULL, &request);

	for (; result == NM_STEP_SEND; talk++) {
		const struct nm_response response = response_of(talk);

		assert_asked(&request, talk);
		request = (struct nm_request){ 0 };
		result = carrier->step(exchange, &response, &request);
	}
	if (talk->method != NULL)
		fail_msg("it ended before %s %s: %s", talk->method, talk->url, text_of(exchange->note));
	if (result == NM_STEP_FAILED)
		assert_non_null(exchange->note);
	return result;
}

/* Whatever it then asks is answered likewise. */
static void speak_damaged(const struct nm_carrier *carrier, const struct nm_exchange *like,
			  const struct recorded *talk, size_t damaged, const char *bytes, size_t len)
{
	struct nm_exchange exchange = *like;
	struct nm_texted texted = { 0 };
	struct nm_request request = { 0 };
	enum nm_step_result result;

	if (like->texted != NULL) {
		texted = *like->texted;
		exchange.texted = &texted;
	}
	exchange.arena = nm_arena_new();
	assert_non_null(exchange.arena);
	result = carrier->step(&exchange, NULL, &request);
	for (size_t i = 0; i < STEPS_MAX && result == NM_STEP_SEND; i++) {
		struct nm_response response = response_of(&talk[i < damaged ? i : damaged]);

		if (i >= damaged) {
			response.body = bytes;
			response.len = len;
		}
		request = (struct nm_request){ 0 };
		result = carrier->step(&exchange, &response, &request);
	}
	assert_int_not_equal(result, NM_STEP_SEND);
	nm_artefact_clear(&exchange.live);
	nm_arena_free(exchange.arena);
}

/* Some bytes that mean something in what carriers send. */
static char another_byte(uint64_t *seed)
{
	static const char bytes[] = "\0\n\"\\{}[],:0-9x+;=<>\x80\xff";

	return bytes[random_below(seed, sizeof(bytes) - 1)];
}

void recorded_damage(const struct nm_carrier *carrier, const struct nm_exchange *exchange,
		     const struct recorded *talk, size_t damaged)
{
	const size_t len = strlen(talk[damaged].answer);
	uint64_t seed = 1;

	for (size_t i = 0; i < len; i++) {
		char *bytes = strdup(talk[damaged].answer);

		assert_non_null(bytes);
		bytes[i] = another_byte(&seed);
		speak_damaged(carrier, exchange, talk, damaged, bytes, len);
		bytes[i] = '\0';
		speak_damaged(carrier, exchange, talk, damaged, bytes, i);
		free(bytes);
	}
}

static void lift_damaged(const struct nm_carrier *carrier, const struct nm_artefact *artefact, size_t part,
			 const char *bytes, size_t len)
{
	struct nm_artefact copy = { 0 };
	struct nm_route *route = NULL;
	const char *foreign = NULL;
	struct nm_error err;

	for (size_t i = 0; i < artefact->n; i++)
		assert_int_equal(nm_artefact_add(&copy, artefact->parts[i].name, artefact->parts[i].type,
						 i == part ? bytes : artefact->parts[i].bytes,
						 i == part ? len : artefact->parts[i].len, &err),
				 NM_OK);
	if (carrier->lift(&copy, &route, &foreign, &err) == NM_OK)
		assert_true(route == NULL ? foreign != NULL : foreign == NULL);
	nm_route_free(route);
	nm_artefact_clear(&copy);
}

void recorded_damage_live(const struct nm_carrier *carrier, const struct nm_artefact *artefact)
{
	uint64_t seed = 1;

	for (size_t part = 0; part < artefact->n; part++)
		for (size_t i = 0; i < artefact->parts[part].len; i++) {
			char *bytes = strdup(artefact->parts[part].bytes);

			assert_non_null(bytes);
			bytes[i] = another_byte(&seed);
			lift_damaged(carrier, artefact, part, bytes, artefact->parts[part].len);
			bytes[i] = '\0';
			lift_damaged(carrier, artefact, part, bytes, i);
			free(bytes);
		}
}
