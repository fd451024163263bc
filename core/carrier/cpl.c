/* SPDX-License-Identifier: MIT */
/*
 * SIP servers that run CPL scripts: Kamailio's cplc 5.6.3.
 * https://www.kamailio.org/docs/modules/5.6.x/modules/cplc.html
 *
 *   POST     endpoint {"method":"cpl.get","params":["sip:NUMBER@DOMAIN"]}          the script; {}: none
 *   PUT-FILE file:SCRIPT_DIR/NUMBER.cpl                                            where it is read
 *   POST     endpoint {"method":"cpl.load","params":["sip:NUMBER@DOMAIN",PATH]}
 *   POST     endpoint {"method":"cpl.remove","params":["sip:NUMBER@DOMAIN"]}
 *
 * Loading costs the server memory that it never gives back, so only what differs is loaded.
 */
#include "core/carrier/cpl.h"

#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/drivers.h"
#include "core/carrier/facts.h"
#include "core/carrier/json.h"
#include "nevermiss/json.h"

#define TIMEOUT_S  10
#define PATH_MAX_B 4096

enum state { BEGIN, LOOKED, PLACED, LOADED };

/* SCRIPT_DIR/NUMBER.cpl; NULL: memory. */
static const char *script_path(struct nm_exchange *exchange)
{
	return nm_arena_format(exchange->arena, "%s/%s.cpl", exchange->account->script_dir,
			       exchange->number + (exchange->number[0] == '+'));
}

static const char *body_of(struct nm_exchange *exchange, const char *method, const char *file)
{
	const char *user =
		nm_arena_format(exchange->arena, "sip:%s@%s", exchange->number, exchange->account->domain);
	const char *copy = NULL;
	struct nm_json json;
	struct nm_buf out;

	nm_buf_init(&out, 4 * PATH_MAX_B);
	nm_json_init(&json, &out);
	nm_json_object(&json);
	nm_json_key(&json, "jsonrpc");
	nm_json_text(&json, "2.0");
	nm_json_key(&json, "id");
	nm_json_int(&json, 1);
	nm_json_key(&json, "method");
	nm_json_text(&json, method);
	nm_json_key(&json, "params");
	nm_json_array(&json);
	nm_json_text(&json, user);
	if (file != NULL)
		nm_json_text(&json, file);
	nm_json_end(&json, ']');
	nm_json_end(&json, '}');
	if (user != NULL && !out.failed)
		copy = nm_arena_text(exchange->arena, out.data);
	nm_buf_clear(&out);
	return copy;
}

/* Every one of them may be repeated, but a refused load is not tried again and again: each leaks. */
static enum nm_step_result call(struct nm_exchange *exchange, struct nm_request *next, const char *method,
				const char *file, int state)
{
	const char *body = body_of(exchange, method, file);

	if (body == NULL)
		return nm_exchange_fail(exchange, "out of memory");
	*next = (struct nm_request){ .method = "POST",
				     .url = exchange->account->endpoint,
				     .type = "application/json",
				     .body = body,
				     .len = strlen(body),
				     .repeatable = file == NULL,
				     .timeout_s = TIMEOUT_S };
	exchange->state = state;
	return NM_STEP_SEND;
}

/* The server's own words. */
static enum nm_step_result refused(struct nm_exchange *exchange, const struct nm_response *last)
{
	struct nm_node *root = NULL;
	const char *words = NULL;
	enum nm_step_result result;

	if (nm_node_read(last->body, last->len, &root, NULL) == NM_OK)
		words = nm_node_member_text(nm_node_get(root, "error"), "message");
	if (words != NULL && exchange->state == LOADED) {
		words = nm_ask_words(exchange->arena, words);
		result = nm_exchange_fail(exchange, "%s (%d); the server's log says why",
					  words != NULL ? words : "refused", last->status);
	} else {
		result = nm_ask_refused(exchange, last, words);
	}
	nm_node_free(root);
	return result;
}

/* Whether the answer to cpl.get makes sense; *script is in the arena, NULL when the server holds none. */
static bool take_script(struct nm_exchange *exchange, const struct nm_response *last, const char **script)
{
	struct nm_node *root = NULL;
	const struct nm_node *result;
	bool ok;

	*script = NULL;
	if (nm_node_read(last->body, last->len, &root, NULL) != NM_OK)
		return false;
	result = nm_node_get(root, "result");
	ok = nm_node_is_object(result) && nm_node_members(result) == 0;
	if (nm_node_text(result) != NULL) {
		*script = nm_arena_text(exchange->arena, nm_node_text(result));
		ok = *script != NULL;
	}
	nm_node_free(root);
	return ok;
}

static enum nm_step_result take_live(struct nm_exchange *exchange, const char *script)
{
	const char *domain = exchange->account->domain;
	struct nm_error err;
	enum nm_code code;

	if (script == NULL)
		return NM_STEP_DONE;
	code = nm_artefact_add(&exchange->live, NM_CPL_PART, "application/cpl+xml", script, strlen(script),
			       &err);
	if (code == NM_OK)
		code = nm_artefact_add(&exchange->live, NM_CPL_DOMAIN, "text/plain", domain, strlen(domain),
				       &err);
	if (code == NM_OK)
		code = nm_facts_add_plan(exchange, &err);
	return code == NM_OK ? NM_STEP_DONE : nm_exchange_fail(exchange, "%s", err.text);
}

static enum nm_step_result place(struct nm_exchange *exchange, const struct nm_part *part,
				 struct nm_request *next)
{
	const char *path = script_path(exchange);
	const char *url = path != NULL ? nm_arena_format(exchange->arena, "file:%s", path) : NULL;

	if (url == NULL)
		return nm_exchange_fail(exchange, "out of memory");
	*next = (struct nm_request){ .method = "PUT-FILE",
				     .url = url,
				     .type = part->type,
				     .body = part->bytes,
				     .len = part->len,
				     .repeatable = true,
				     .timeout_s = TIMEOUT_S };
	exchange->state = PLACED;
	return NM_STEP_SEND;
}

static enum nm_step_result load(struct nm_exchange *exchange, struct nm_request *next)
{
	const char *path = script_path(exchange);

	if (path == NULL)
		return nm_exchange_fail(exchange, "out of memory");
	return call(exchange, next, "cpl.load", path, LOADED);
}

/* After cpl.get. */
static enum nm_step_result looked(struct nm_exchange *exchange, const struct nm_response *last,
				  struct nm_request *next)
{
	const struct nm_part *part;
	const char *script;

	if (!take_script(exchange, last, &script))
		return nm_exchange_fail(exchange, "its answer to cpl.get is not one");
	if (exchange->operation == NM_OP_READ)
		return take_live(exchange, script);
	part = nm_artefact_find(exchange->wanted, NM_CPL_PART);
	if (part == NULL)
		return nm_exchange_fail(exchange, "there is no script to load");
	if (script != NULL && strcmp(script, part->bytes) == 0)
		return NM_STEP_DONE;
	return place(exchange, part, next);
}

static enum nm_step_result step(struct nm_exchange *exchange, const struct nm_response *last,
				struct nm_request *next)
{
	if (exchange->state == BEGIN && exchange->operation == NM_OP_REMOVE)
		return call(exchange, next, "cpl.remove", NULL, LOADED);
	if (exchange->state == BEGIN)
		return call(exchange, next, "cpl.get", NULL, LOOKED);
	if (last->status != 200)
		return exchange->state == PLACED ? nm_ask_refused_file(exchange, last)
						 : refused(exchange, last);
	if (exchange->state == LOOKED)
		return looked(exchange, last, next);
	return exchange->state == PLACED ? load(exchange, next) : NM_STEP_DONE;
}

static enum nm_code check_account(const struct nm_account *account, struct nm_error *err)
{
	if (account->script_dir[0] == '/')
		return NM_OK;
	return nm_fail(err, NM_INPUT, "script_dir \"%.100s\" is no whole path, as \"/var/lib/cpl\" is",
		       account->script_dir);
}

static const struct nm_account_key keys[] = {
	{ "endpoint", "URL", "the server's JSON-RPC, as \"http://127.0.0.1:5080/RPC\"", true },
	{ "domain", "text", "the SIP domain in which the server knows the lines and reaches the phones", true },
	{ "script_dir", "folder", "where scripts are placed and the server reads them", true },
	{ NULL, NULL, NULL, false },
};

const struct nm_carrier nm_carrier_cpl = {
	.name = "cpl",
	.summary = "SIP servers that run CPL scripts (Kamailio with cplc)",
	.docs_url = "https://www.kamailio.org/docs/modules/5.6.x/modules/cplc.html",
	.traits = {
		.reads_back = true,
		.keeps_time = true,
		.remote = true,
		.callers = true,
		.beginnings = true,
		.several = true,
		.mailbox = true,
		.greeting = false,
		.key = false,
		.line_id = false,
		.addresses = true,
		.reject_busy = true,
		.reject_silent = true,
		.ring_times = true,
		.ring_step_s = 1,
		.unanswered_max_s = NM_CPL_TOTAL_S,
		.confirm = NM_CONFIRM_NONE,
		.handset = NM_HANDSET_ANY,
		.records_late_s = -1,
		/* The database behind a server may take one writer at a time. */
		.at_once = 1,
	},
	.keys = keys,
	.account = check_account,
	.render = nm_cpl_render,
	.lift = nm_cpl_lift,
	.step = step,
};
