/* SPDX-License-Identifier: MIT */
/*
 * Carriers that a person works (hand.h).
 *
 *   DIAL dial:CODE   the body says what the code does
 *   DO dial:         the body says what is to be done
 *       Line: NAME, NUMBER           of which line
 *       Every-Call-To: WHO, NUMBER   it gives every call away, to them
 *       200: a person says that it was done, the body is when; anything else: it was not
 */
#include "core/carrier/hand.h"

#include <string.h>

static enum nm_code take_target(const struct nm_route *route, const struct nm_party *party,
				struct nm_arena *arena, struct nm_hand *out, struct nm_error *err)
{
	char words[NM_NUMBER_TEXT];
	nm_number number;
	enum nm_code code = nm_number_read(party->number, "US", &number, err);

	if (code != NM_OK)
		return code;
	if (strcmp(party->number, route->number) == 0)
		return nm_fail(err, NM_INPUT, "%s would be forwarded to itself, %s", route->line,
			       party->number);
	nm_number_words(number, words);
	out->target = party;
	out->target_words = nm_arena_format(arena, "%s, %s", party->name, words);
	return out->target_words != NULL ? NM_OK : nm_fail_memory(err);
}

enum nm_code nm_hand_read(const struct nm_route *route, nm_time at, struct nm_arena *arena,
			  struct nm_hand *out, struct nm_error *err)
{
	const struct nm_treatment *treatment = nm_route_treatment(route, at, (struct nm_caller){ 0 }, false);
	enum nm_code code = NM_OK;

	*out = (struct nm_hand){ 0 };
	for (size_t i = 0; treatment != NULL && i < treatment->n && code == NM_OK; i++) {
		const struct nm_treatment_step *step = &treatment->steps[i];

		if (step->n == 0)
			continue;
		if (step->parties[0].native) {
			out->handset = &step->parties[0];
			out->ring_s = step->ring_time == NM_RING_TIMED ? step->for_s : 0;
		} else {
			code = take_target(route, &step->parties[0], arena, out, err);
		}
	}
	return code;
}

enum nm_code nm_hand_write(const struct nm_hand *hand, const char *name, const struct nm_buf *list,
			   struct nm_artefact *out, struct nm_error *err)
{
	enum nm_code code = list->failed
				    ? nm_fail_memory(err)
				    : nm_artefact_add(out, name, "text/plain", list->data, list->len, err);

	/* Asked for before it is done. */
	if (code == NM_OK && hand->target != NULL && hand->handset == NULL)
		code = nm_artefact_add(out, NM_HAND_EVERY, "text/plain", hand->target_words,
				       strlen(hand->target_words), err);
	if (code == NM_OK && hand->target != NULL)
		code = nm_artefact_add(out, NM_HAND_TARGET, "text/plain", hand->target->number,
				       strlen(hand->target->number), err);
	return code;
}

/* --- the conversation --- */

struct line {
	const char *text;
	size_t len;  /* 0: behind the last one */
	size_t code; /* of it, at its beginning */
};

static struct line nth_line(const char *text, int n, const char *method)
{
	struct line line = { .text = text };

	for (; n > 0 && *line.text != '\0'; n--) {
		line.text += strcspn(line.text, "\n");
		line.text += *line.text == '\n';
	}
	line.len = strcspn(line.text, "\n");
	line.code = strcmp(method, "DIAL") == 0 ? strcspn(line.text, " \n") : 0;
	return line;
}

/* What was asked for, as it is called: its code, or all its words. */
static const char *name_of(struct nm_exchange *exchange, struct line line)
{
	return nm_arena_textn(exchange->arena, line.text, line.code > 0 ? line.code : line.len);
}

static enum nm_step_result ask(struct nm_exchange *exchange, const char *method, struct line line,
			       struct nm_request *next)
{
	const struct nm_part *every = nm_artefact_find(exchange->wanted, NM_HAND_EVERY);
	const char *number = exchange->number != NULL ? exchange->number : "";
	const size_t words = line.code + strspn(line.text + line.code, " ");
	struct nm_arena *arena = exchange->arena;

	*next = (struct nm_request){ .method = method,
				     .url = nm_arena_format(arena, "dial:%.*s", (int)line.code, line.text),
				     .type = "text/plain",
				     .body = nm_arena_textn(arena, line.text + words, line.len - words),
				     .len = line.len - words,
				     .n_headers = every != NULL ? 2 : 1,
				     .headers = { nm_arena_format(arena, "Line: %s, %s", exchange->line,
								  number) } };
	if (every != NULL)
		next->headers[1] = nm_arena_format(arena, "Every-Call-To: %s", every->bytes);
	if (next->url == NULL || next->body == NULL || next->headers[0] == NULL ||
	    next->headers[next->n_headers - 1] == NULL)
		return nm_exchange_fail(exchange, "out of memory");
	exchange->state++;
	return NM_STEP_SEND;
}

/* Keeps that the line asked for last was done; false: it was not. */
static bool take_answer(struct nm_exchange *exchange, struct line line, const struct nm_response *last)
{
	const char *name = name_of(exchange, line);

	if (name != NULL && last->status == 200 &&
	    nm_exchange_set_id(exchange, name, last->body, NULL) == NM_OK)
		return true;
	nm_exchange_fail(exchange, "not done, %s: %s", name != NULL ? name : "and out of memory",
			 last->status == 200   ? "it could not be kept"
			 : last->error != NULL ? last->error
					       : last->body);
	return false;
}

enum nm_step_result nm_hand_step(struct nm_exchange *exchange, const char *name, const char *method,
				 const struct nm_response *last, struct nm_request *next)
{
	const struct nm_part *list =
		exchange->operation == NM_OP_APPLY ? nm_artefact_find(exchange->wanted, name) : NULL;
	struct line line;

	if (list == NULL)
		return nm_exchange_fail(exchange,
					"nothing can be read here, nor taken back without knowing what");
	if (exchange->state == 0)
		exchange->n_ids =
			0; /* all is done again, in order, whatever was done before a push was cut off */
	else if (!take_answer(exchange, nth_line(list->bytes, exchange->state - 1, method), last))
		return NM_STEP_FAILED;
	line = nth_line(list->bytes, exchange->state, method);
	return line.len == 0 ? NM_STEP_DONE : ask(exchange, method, line, next);
}
