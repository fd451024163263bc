/* SPDX-License-Identifier: MIT */
/*
 * The built-in carrier, which holds a route just as it is: the default, and the one on which the machinery
 * of pushing is tried.  Its artefact is the route as JSON (route_json.h).
 *
 *   GET    sandbox:/lines/NUMBER         200 {"revision":"..."}; "none" when it holds nothing
 *   GET    sandbox:/lines/NUMBER/route   200 the route; 404
 *   PUT    sandbox:/lines/NUMBER/route   If-Match: REVISION  200; 412 when it is another one by now
 *   DELETE sandbox:/lines/NUMBER/route   If-Match: REVISION  200; 412
 *
 * Its texts are sandbox_text.c's, and its calls sandbox_call.c's.
 */
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/drivers.h"
#include "core/carrier/json.h"
#include "core/carrier/route_json.h"
#include "core/carrier/sandbox.h"

#define TIMEOUT_S 10

enum state { BEGIN, LOOKED, WROTE, VERIFYING };

static enum nm_code render(const struct nm_route *route, const struct nm_account *account, nm_time at,
			   struct nm_artefact *out, struct nm_error *err)
{
	struct nm_artefact artefact = { 0 };
	struct nm_buf text;
	enum nm_code code;

	(void)account;
	(void)at;
	nm_buf_init(&text, NM_ARTEFACT_BYTES);
	code = nm_route_write(route, &text, err);
	if (code == NM_OK)
		code = nm_artefact_add(&artefact, "route", "application/json", text.data, text.len, err);
	nm_buf_clear(&text);
	if (code == NM_OK)
		*out = artefact;
	else
		nm_artefact_clear(&artefact);
	return code;
}

static enum nm_code lift(const struct nm_artefact *live, struct nm_route **out, const char **foreign,
			 struct nm_error *err)
{
	const struct nm_part *part = nm_artefact_find(live, "route");

	*foreign = NULL;
	if (part == NULL)
		return nm_fail(err, NM_INPUT, "the sandbox holds no route");
	return nm_route_read(part->bytes, part->len, out, err);
}

enum nm_step_result nm_sandbox_ask(struct nm_exchange *exchange, struct nm_request *next, const char *method,
				   const char *tail, int state)
{
	*next = (struct nm_request){ .method = method,
				     .url = nm_arena_format(exchange->arena, "sandbox:/lines/%s%s", exchange->number, tail),
				     .timeout_s = TIMEOUT_S,
				     .repeatable = strcmp(method, "GET") == 0 };
	if (next->url == NULL)
		return nm_exchange_fail(exchange, "out of memory");
	exchange->state = state;
	return NM_STEP_SEND;
}

/* Keeps the revision that an answer names, under `name`. */
static bool take_revision(struct nm_exchange *exchange, const struct nm_response *last, const char *name)
{
	struct nm_node *root = NULL;
	const char *revision = NULL;
	bool ok;

	if (nm_node_read(last->body, last->len, &root, NULL) == NM_OK)
		revision = nm_node_member_text(root, "revision");
	ok = revision != NULL && strlen(revision) < 64 &&
	     nm_exchange_set_id(exchange, name, revision, NULL) == NM_OK;
	nm_node_free(root);
	return ok;
}

static enum nm_step_result read_step(struct nm_exchange *exchange, const struct nm_response *last,
				     struct nm_request *next)
{
	struct nm_error err;

	if (exchange->state == BEGIN)
		return nm_sandbox_ask(exchange, next, "GET", "/route", LOOKED);
	if (last->status == 404)
		return NM_STEP_DONE;
	if (last->status != 200)
		return nm_ask_refused_here(exchange, last);
	if (nm_artefact_add(&exchange->live, "route", "application/json", last->body, last->len, &err) !=
	    NM_OK)
		return nm_exchange_fail(exchange, "%s", err.text);
	return NM_STEP_DONE;
}

/* The one request that changes something: only if the line is still as it was when it was looked at. */
static enum nm_step_result write_route(struct nm_exchange *exchange, struct nm_request *next)
{
	const struct nm_part *part =
		exchange->operation == NM_OP_REMOVE ? NULL : nm_artefact_find(exchange->wanted, "route");
	const char *match =
		nm_arena_format(exchange->arena, "If-Match: %s", nm_exchange_id(exchange, "revision"));

	if (exchange->operation == NM_OP_APPLY && part == NULL)
		return nm_exchange_fail(exchange, "there is no route to put");
	if (match == NULL ||
	    nm_sandbox_ask(exchange, next, part != NULL ? "PUT" : "DELETE", "/route", WROTE) != NM_STEP_SEND)
		return nm_exchange_fail(exchange, "out of memory");
	next->headers[next->n_headers++] = match;
	if (part != NULL) {
		next->type = part->type;
		next->body = part->bytes;
		next->len = part->len;
	}
	return NM_STEP_SEND;
}

static enum nm_step_result write_step(struct nm_exchange *exchange, const struct nm_response *last,
				      struct nm_request *next)
{
	if (exchange->state == BEGIN)
		return nm_sandbox_ask(exchange, next, "GET", "", LOOKED);
	if (last->status == 412)
		return nm_exchange_fail(exchange, "somebody changed the line at the same time");
	if (last->status != 200)
		return nm_ask_refused_here(exchange, last);
	if (!take_revision(exchange, last, exchange->state == WROTE ? "written" : "revision"))
		return nm_exchange_fail(exchange, "its answer names no revision");
	if (exchange->state == LOOKED)
		return write_route(exchange, next);
	if (exchange->state == WROTE)
		return nm_sandbox_ask(exchange, next, "GET", "", VERIFYING);
	if (strcmp(nm_exchange_id(exchange, "revision"), nm_exchange_id(exchange, "written")) != 0)
		return nm_exchange_fail(exchange, "somebody changed the line right after it was written");
	return NM_STEP_DONE;
}

static enum nm_step_result step(struct nm_exchange *exchange, const struct nm_response *last,
				struct nm_request *next)
{
	if (exchange->operation == NM_OP_PLACE)
		return nm_sandbox_call_back(exchange, last, next);
	if (exchange->operation == NM_OP_TEXT)
		return nm_sandbox_text(exchange, last, next);
	if (exchange->operation == NM_OP_INBOUND)
		return nm_sandbox_inbound(exchange, last, next);
	if (exchange->operation == NM_OP_READ)
		return read_step(exchange, last, next);
	return write_step(exchange, last, next);
}

static enum nm_code check_account(const struct nm_account *account, struct nm_error *err)
{
	const char *hours = account->hours;

	if (hours == NULL || strcmp(hours, "yes") == 0 || strcmp(hours, "no") == 0)
		return NM_OK;
	return nm_fail(err, NM_INPUT, "hours is yes or no, not \"%s\"", hours);
}

/* As at a carrier that keeps no hours: for trying out what the agent does there. */
static void adapt(const struct nm_account *account, struct nm_traits *traits)
{
	traits->keeps_time = account->hours == NULL || strcmp(account->hours, "no") != 0;
}

static const struct nm_account_key keys[] = {
	{ "hours", "yes or no", "no: it keeps none, as some carriers: the agent pushes at each change", false },
	{ NULL, NULL, NULL, false },
};

const struct nm_carrier nm_carrier_sandbox = {
	.name = "sandbox",
	.summary = "a carrier built into nevermiss, for trying things out",
	.docs_url = NULL,
	.traits = {
		.reads_back = true,
		.keeps_time = true,
		.remote = false,
		.callers = true,
		.beginnings = true,
		.several = true,
		.mailbox = true,
		.greeting = true,
		.key = true,
		.line_id = true,
		.addresses = true,
		.reject_busy = true,
		.reject_silent = true,
		.ring_times = true,
		.ring_step_s = 1,
		.confirm = NM_CONFIRM_SEVERAL,
		.handset = NM_HANDSET_ANY,
		.texting = NM_TEXTING_ALL,
		.alerts = NM_ALERTING_ALL,
		.calls_back = true,
		.texts = true,
		.inbound = true,
		.fallback = true,
		.records_late_s = -1,
	},
	.keys = keys,
	.account = check_account,
	.adapt = adapt,
	.render = render,
	.lift = lift,
	.step = step,
};
