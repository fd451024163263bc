/* SPDX-License-Identifier: MIT */
/*
 * Telnyx (https://developers.telnyx.com): what one number does with all its calls.
 *
 *   off         they reach the number's own connection: the line's own phone
 *   always      they go to one other number
 *   on-failure  they reach the connection, and the other number when that is not registered, declines or does
 *               not want to be disturbed; ringing without an answer is no failure
 *
 * There are no hours, no ring times and no callers here: the agent pushes at each change.  The artefact is
 * the setting itself, as it goes into a PATCH and as it is read back.
 *
 *   GET   /phone_numbers?filter[phone_number]=DIGITS   {"data":[{"id","phone_number"}],"meta":{"total_pages"}}
 *   GET   /phone_numbers/ID/voice                      {"data":{"call_forwarding":{...}}}
 *   PATCH /phone_numbers/ID/voice                      {"call_forwarding":{...}}; overwrites
 *
 * Errors are {"errors":[{"title","detail"}]}.
 */
#include <string.h>

#include "core/ascii.h"
#include "core/carrier/ask.h"
#include "core/carrier/drivers.h"
#include "core/carrier/json.h"
#include "core/carrier/lifter.h"
#include "core/carrier/telnyx.h"
#include "nevermiss/json.h"

#define BASE "https://api.telnyx.com/v2"
#define PART "call_forwarding"
#define TIMEOUT_S 20
#define PAGE_SIZE 250
#define PAGES_MAX 40 /* pages of numbers that are looked through */

/* A state between the first and ASKED_VOICE is the page of numbers that was asked for. */
enum state { BEGIN, ASKED_VOICE = PAGES_MAX + 1, CHANGED };

/* What a number does with its calls. */
struct forwarding {
	bool enabled;
	const char *type; /* "always", "on-failure", or what only Telnyx knows; NULL when off */
	const char *to;   /* NULL when off */
};

static enum nm_code add_forwarding(struct nm_artefact *artefact, const struct forwarding *forwarding,
				   struct nm_error *err)
{
	struct nm_json json;
	struct nm_buf text;
	enum nm_code code;

	nm_buf_init(&text, NM_ARTEFACT_BYTES);
	nm_json_init(&json, &text);
	nm_json_object(&json);
	nm_json_key(&json, "call_forwarding_enabled");
	nm_json_bool(&json, forwarding->enabled);
	if (forwarding->enabled) {
		nm_json_key(&json, "forwarding_type");
		nm_json_text(&json, forwarding->type);
		nm_json_key(&json, "forwards_to");
		nm_json_text(&json, forwarding->to);
	}
	nm_json_end(&json, '}');
	code = text.failed ? nm_fail_memory(err)
			   : nm_artefact_add(artefact, PART, "application/json", text.data, text.len, err);
	nm_buf_clear(&text);
	return code;
}

/* --- render --- */

static enum nm_code render(const struct nm_route *route, const struct nm_account *account, nm_time at,
			   struct nm_artefact *out, struct nm_error *err)
{
	const struct nm_treatment *treatment =
		nm_route_treatment(route, at, route->classes[0].witness, false);
	struct forwarding forwarding = { 0 };
	struct nm_artefact artefact = { 0 };
	enum nm_code code;

	(void)account;
	for (size_t i = 0; i < treatment->n; i++) {
		const struct nm_party *party = &treatment->steps[i].parties[0];

		if (party->native)
			continue;
		forwarding.enabled = true;
		forwarding.type = i == 0 ? "always" : "on-failure";
		forwarding.to = party->number;
	}
	code = add_forwarding(&artefact, &forwarding, err);
	if (code == NM_OK)
		code = nm_facts_add_route(route, &artefact, err);
	if (code == NM_OK)
		*out = artefact;
	else
		nm_artefact_clear(&artefact);
	return code;
}

/* --- lift --- */

static bool is_number(const char *text)
{
	size_t n = 1;

	if (text[0] != '+' || strlen(text) >= NM_NUMBER_TEXT)
		return false;
	while (nm_ascii_is_digit(text[n]))
		n++;
	return n > 1 && text[n] == '\0';
}

/* What is set, with texts that belong to the node; false when the members are not what they should be.
 * A number to forward to that is left blank forwards nothing. */
static bool read_forwarding(const struct nm_node *node, struct forwarding *out)
{
	const struct nm_node *to = nm_node_get(node, "forwards_to");
	struct forwarding forwarding = { .to = nm_node_text(to),
					 .type = nm_node_member_text(node, "forwarding_type") };
	const bool blank = nm_node_is_null(to) || (forwarding.to != NULL && forwarding.to[0] == '\0');

	if (!nm_node_is_object(node))
		return false;
	if (!nm_node_bool(nm_node_get(node, "call_forwarding_enabled"), &forwarding.enabled))
		return false;
	if (!forwarding.enabled || blank) {
		*out = (struct forwarding){ 0 };
		return true;
	}
	if (forwarding.to == NULL || forwarding.type == NULL)
		return false;
	if (strcmp(forwarding.type, "on_failure") == 0)
		forwarding.type = "on-failure"; /* as older versions of the interface write it */
	*out = forwarding;
	return true;
}

/* Why this was not set here; NULL when it could have been. */
static const char *strangeness(struct nm_arena *arena, const struct forwarding *forwarding)
{
	if (!forwarding->enabled)
		return NULL;
	if (strcmp(forwarding->type, "always") != 0 && strcmp(forwarding->type, "on-failure") != 0)
		return nm_ask_foreign(arena, "calls are forwarded in a way that is not known here: ",
				      nm_arena_format(arena, "%s, to %s", forwarding->type, forwarding->to),
				      "");
	if (!is_number(forwarding->to))
		return nm_ask_foreign(
			arena, "calls are forwarded to something that is no number: ", forwarding->to, "");
	return NULL;
}

struct lifting {
	const struct nm_facts *facts;
	const struct forwarding *forwarding;
};

static bool add_step(struct nm_arena *arena, struct nm_treatment *treatment, const struct nm_party *party)
{
	const bool line = party != NULL && party->line != NULL;

	return party != NULL && nm_lifter_step(arena, treatment, party, 1, line ? NM_RING_HANDOVER : NM_RING_ON,
					       line ? 0 : NM_FOR_MAX);
}

/* The same for everybody at all times. */
static enum nm_code treat(void *context, nm_time t, uint64_t groups, bool key, struct nm_arena *arena,
			  struct nm_treatment **out, struct nm_error *err)
{
	const struct lifting *lifting = context;
	const struct forwarding *forwarding = lifting->forwarding;
	const bool always = forwarding->enabled && strcmp(forwarding->type, "always") == 0;
	struct nm_treatment *treatment = nm_lifter_path(arena);
	bool ok = treatment != NULL;

	(void)t;
	(void)groups;
	(void)key;
	if (ok && !always)
		ok = add_step(arena, treatment, nm_facts_handset(lifting->facts));
	if (ok && forwarding->enabled)
		ok = add_step(arena, treatment, nm_facts_by_number(lifting->facts, forwarding->to));
	*out = treatment;
	return ok ? NM_OK : nm_fail_memory(err);
}

static enum nm_code lift_forwarding(const struct nm_artefact *live, const struct forwarding *forwarding,
				    struct nm_route **out, const char **foreign, struct nm_error *err)
{
	struct lifting lifting = { .forwarding = forwarding };
	struct nm_lifter lifter;
	enum nm_code code;

	*foreign = strangeness(live->arena, forwarding);
	if (*foreign != NULL)
		return NM_OK;
	code = nm_lifter_begin(live, &lifter, err);
	if (code != NM_OK)
		return code;
	lifting.facts = &lifter.facts;
	return nm_lifter_finish(&lifter, treat, &lifting, out, err);
}

static enum nm_code lift(const struct nm_artefact *live, struct nm_route **out, const char **foreign,
			 struct nm_error *err)
{
	const struct nm_part *part = nm_artefact_find(live, PART);
	struct forwarding forwarding;
	struct nm_node *root;
	enum nm_code code;

	*foreign = NULL;
	if (part == NULL)
		return nm_fail(err, NM_INPUT, "it does not say where calls are forwarded to");
	code = nm_node_read(part->bytes, part->len, &root, err);
	if (code != NM_OK)
		return code;
	if (read_forwarding(root, &forwarding))
		code = lift_forwarding(live, &forwarding, out, foreign, err);
	else
		code = nm_fail(err, NM_INPUT, "what it says of forwarding cannot be understood");
	nm_node_free(root);
	return code;
}

/* --- requests --- */

enum nm_step_result nm_telnyx_ask(struct nm_exchange *exchange, struct nm_request *next, const char *method,
				  const char *tail, int state)
{
	*next = (struct nm_request){ .method = method,
				     .url = tail != NULL ? nm_ask_url(exchange, BASE, tail) : NULL,
				     .auth = NM_AUTH_BEARER,
				     .repeatable = true,
				     .timeout_s = TIMEOUT_S };
	if (next->url == NULL)
		return nm_exchange_fail(exchange, "out of memory");
	exchange->state = state;
	return NM_STEP_SEND;
}

/* The numbers of which this one's digits are a part. */
static enum nm_step_result ask_numbers(struct nm_exchange *exchange, struct nm_request *next, int page)
{
	return nm_telnyx_ask(
		exchange, next, "GET",
		nm_arena_format(exchange->arena,
				"/phone_numbers?filter%%5Bphone_number%%5D=%s&page%%5Bnumber%%5D=%d"
				"&page%%5Bsize%%5D=%d",
				exchange->number + 1, page, PAGE_SIZE),
		page);
}

static enum nm_step_result ask_voice(struct nm_exchange *exchange, struct nm_request *next)
{
	return nm_telnyx_ask(exchange, next, "GET",
			     nm_arena_format(exchange->arena, "/phone_numbers/%s/voice",
					     nm_exchange_id(exchange, "number")),
			     ASKED_VOICE);
}

/* The setting as it is wanted: of an APPLY the artefact's, of a REMOVE off. */
static enum nm_step_result change(struct nm_exchange *exchange, struct nm_request *next)
{
	const struct nm_part *part =
		exchange->operation == NM_OP_APPLY ? nm_artefact_find(exchange->wanted, PART) : NULL;
	const char *setting = part != NULL ? part->bytes : "{\"call_forwarding_enabled\":false}";

	if (exchange->operation == NM_OP_APPLY && part == NULL)
		return nm_exchange_fail(exchange, "there is no setting to put");
	if (nm_telnyx_ask(exchange, next, "PATCH",
			  nm_arena_format(exchange->arena, "/phone_numbers/%s/voice",
					  nm_exchange_id(exchange, "number")),
			  CHANGED) != NM_STEP_SEND)
		return NM_STEP_FAILED;
	next->type = "application/json";
	next->body = nm_arena_format(exchange->arena, "{\"call_forwarding\":%s}", setting);
	if (next->body == NULL)
		return nm_exchange_fail(exchange, "out of memory");
	next->len = strlen(next->body);
	return NM_STEP_SEND;
}

/* --- answers --- */

enum nm_step_result nm_telnyx_refused(struct nm_exchange *exchange, const struct nm_response *last)
{
	struct nm_node *root = NULL;
	const struct nm_node *error;
	const char *title, *detail, *words;
	enum nm_step_result result;

	if (last->status != 0 && nm_node_read(last->body, last->len, &root, NULL) != NM_OK)
		root = NULL;
	error = nm_node_at(nm_node_get(root, "errors"), 0);
	title = nm_node_member_text(error, "title");
	detail = nm_node_member_text(error, "detail");
	words = title != NULL ? title : detail;
	if (title != NULL && detail != NULL)
		words = nm_arena_format(exchange->arena, "%s: %s", title, detail);
	result = nm_ask_refused(exchange, last, words);
	nm_node_free(root);
	return result;
}

/* The account had it, or never got it. */
static bool is_gone(const struct nm_node *number)
{
	static const char *const statuses[] = { "deleted", "ported-out", "port-failed", "purchase-failed" };
	const char *status = nm_node_member_text(number, "status");

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]) && status != NULL; i++)
		if (strcmp(status, statuses[i]) == 0)
			return true;
	return false;
}

/* Keeps the number's identifier if it is on this page.  More than one of the same number: none of them. */
static enum nm_step_result take_number(struct nm_exchange *exchange, const struct nm_node *list, bool *found)
{
	const char *id = NULL;

	for (size_t i = 0; i < nm_node_count(list); i++) {
		const struct nm_node *one = nm_node_at(list, i);
		const char *number = nm_node_member_text(one, "phone_number");

		if (number == NULL || strcmp(number, exchange->number) != 0 || is_gone(one))
			continue;
		if (id != NULL)
			return nm_exchange_fail(exchange,
						"the account has %s more than once: which is meant is "
						"not known",
						exchange->number);
		id = nm_node_member_text(one, "id");
		if (id == NULL || !nm_ask_is_id(id))
			return nm_exchange_fail(exchange, "its answer names no id for %s", exchange->number);
	}
	*found = id != NULL;
	if (id != NULL && nm_exchange_set_id(exchange, "number", id, NULL) != NM_OK)
		return nm_exchange_fail(exchange, "out of memory");
	return NM_STEP_DONE;
}

static enum nm_step_result take_numbers(struct nm_exchange *exchange, const struct nm_node *root,
					struct nm_request *next)
{
	const int page = exchange->state;
	const struct nm_node *list = nm_node_get(root, "data");
	int64_t pages = 1;
	bool found = false;

	if (!nm_node_is_array(list))
		return nm_exchange_fail(exchange, "its answer is no list of numbers");
	if (take_number(exchange, list, &found) != NM_STEP_DONE)
		return NM_STEP_FAILED;
	if (found)
		return ask_voice(exchange, next);
	if (!nm_node_int(nm_node_get(nm_node_get(root, "meta"), "total_pages"), 0, INT64_MAX, &pages) ||
	    page >= pages)
		return nm_exchange_fail(exchange, "the account has no number %s", exchange->number);
	if (page == PAGES_MAX)
		return nm_exchange_fail(exchange, "%s is not on the first %d pages of the account's numbers",
					exchange->number, PAGES_MAX);
	return ask_numbers(exchange, next, page + 1);
}

/* What was read is all there is to read; or it is what must change. */
static enum nm_step_result take_voice(struct nm_exchange *exchange, const struct nm_node *root,
				      struct nm_request *next)
{
	const struct nm_node *setting = nm_node_get(nm_node_get(root, "data"), "call_forwarding");
	struct forwarding forwarding;
	struct nm_error err;

	if (exchange->operation != NM_OP_READ)
		return change(exchange, next);
	if (!read_forwarding(setting, &forwarding))
		return nm_exchange_fail(exchange, "its answer does not say how %s is forwarded",
					exchange->number);
	if (add_forwarding(&exchange->live, &forwarding, &err) != NM_OK ||
	    nm_facts_add_plan(exchange, &err) != NM_OK)
		return nm_exchange_fail(exchange, "%s", err.text);
	return NM_STEP_DONE;
}

static enum nm_step_result take(struct nm_exchange *exchange, const struct nm_response *last,
				struct nm_request *next)
{
	struct nm_node *root;
	struct nm_error err;
	enum nm_step_result result;

	if (last->status != 200)
		return nm_telnyx_refused(exchange, last);
	if (exchange->state == CHANGED)
		return NM_STEP_DONE;
	if (nm_node_read(last->body, last->len, &root, &err) != NM_OK)
		return nm_exchange_fail(exchange, "its answer cannot be read: %s", err.text);
	if (exchange->state == ASKED_VOICE)
		result = take_voice(exchange, root, next);
	else
		result = take_numbers(exchange, root, next);
	nm_node_free(root);
	return result;
}

static enum nm_step_result step(struct nm_exchange *exchange, const struct nm_response *last,
				struct nm_request *next)
{
	if (exchange->operation == NM_OP_RECORDS)
		return nm_telnyx_records(exchange, last, next);
	if (exchange->operation == NM_OP_TEXT)
		return nm_telnyx_text(exchange, last, next);
	return exchange->state == BEGIN ? ask_numbers(exchange, next, 1) : take(exchange, last, next);
}

static const struct nm_account_key keys[] = {
	{ "endpoint", "url", "where the interface is, if not " BASE, false },
	{ "token_cmd", "command", "prints the API key (v2); or token_env, or token_file", false },
	{ "token_env", "name", "environment variable that holds the API key", false },
	{ "token_file", "file", "holds the API key, for its owner only", false },
	{ NULL, NULL, NULL, false },
};

const struct nm_carrier nm_carrier_telnyx = {
	.name = "telnyx",
	.summary = "Telnyx: each number forwards to one other",
	.docs_url = "https://developers.telnyx.com",
	.unverified = "never run on a live account: the API is Telnyx's published one",
	.records_unverified = "what its call records say is not published: they are read as printed ones of others look",
	.traits = {
		.reads_back = true,
		.remote = true,
		.steps_max = 1,
		.ring_step_s = 1,
		.confirm = NM_CONFIRM_NONE,
		.handset = NM_HANDSET_FIRST,
		.handset_untimed = true,
		.only_on_failure = true,
		.handset_at_rest = true,
		.records_late_s = 300,
		.texts = true,
		.text_ends = true,
	},
	.keys = keys,
	.render = render,
	.lift = lift,
	.step = step,
};
