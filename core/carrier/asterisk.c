/* SPDX-License-Identifier: MIT */
/*
 * Asterisk: one dialplan file a line, which the operator's extensions.conf includes.
 *
 *   GET      file:SCRIPT_DIR/nevermiss-NUMBER.conf   200 the dialplan; 404
 *   PUT-FILE file:SCRIPT_DIR/nevermiss-NUMBER.conf   200
 *   DELETE   file:SCRIPT_DIR/nevermiss-NUMBER.conf   200; 404
 *   GET, DELETE file:SCRIPT_DIR/nevermiss-LINE.conf  what an earlier version wrote for that number
 *
 * Asterisk reads it at `dialplan reload`, which nobody but the operator gives.
 *
 * Written for Asterisk 16 and later and never run on one.  From its documentation (docs.asterisk.org, branches
 * 16, 18, 20: applications Answer, Dial, ExecIf, Goto, GotoIf, GotoIfTime, Hangup, NoOp, Playback, Read,
 * Return, Set, VoiceMail, Wait; functions CALLERID, FILTER, IF) and its source (main/pbx_timing.c: the last
 * minute of a range is in it, ranges of days, the zone; main/ast_expr2.y: & binds less than comparisons;
 * main/config.c: comments, how long a line may be; apps/app_read.c: Read goes on without its sound).
 */
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/asterisk.h"
#include "core/carrier/drivers.h"
#include "core/carrier/facts.h"

#define TIMEOUT_S 10
#define WORDS_BYTES 200 /* of an answer that are told */

enum state { BEGIN, ASKED, FORMER, TAKEN };

static const char *template_of(const struct nm_account *account)
{
	return account != NULL ? account->endpoint : NULL;
}

/* SIP addresses need a PJSIP endpoint to go through. */
static void adapt(const struct nm_account *account, struct nm_traits *traits)
{
	struct nm_dialplan_trunk trunk;

	traits->addresses = nm_dialplan_trunk_read(template_of(account), &trunk, NULL) == NM_OK &&
			    nm_dialplan_trunk_endpoint(&trunk) != NULL;
}

static enum nm_code add_trunk(const struct nm_account *account, struct nm_artefact *out, struct nm_error *err)
{
	const char *template = template_of(account);

	if (template == NULL)
		template = "";
	return nm_artefact_add(out, NM_ASTERISK_TRUNK, "text/plain", template, strlen(template), err);
}

static enum nm_code render(const struct nm_route *route, const struct nm_account *account, nm_time at,
			   struct nm_artefact *out, struct nm_error *err)
{
	struct nm_artefact artefact = { 0 };
	struct nm_dialplan_trunk trunk;
	struct nm_buf text;
	enum nm_code code = nm_dialplan_trunk_read(template_of(account), &trunk, err);

	(void)at;
	if (code != NM_OK)
		return code;
	nm_buf_init(&text, NM_ARTEFACT_BYTES);
	code = nm_dialplan_write(route, &trunk, &text, err);
	if (code == NM_OK)
		code = nm_artefact_add(&artefact, NM_ASTERISK_PART, "text/plain", text.data, text.len, err);
	nm_buf_clear(&text);
	if (code == NM_OK)
		code = add_trunk(account, &artefact, err);
	if (code == NM_OK)
		code = nm_facts_add_route(route, &artefact, err);
	if (code == NM_OK)
		*out = artefact;
	else
		nm_artefact_clear(&artefact);
	return code;
}

/* file:SCRIPT_DIR/nevermiss-NUMBER.conf; NULL: memory. */
static const char *url_of(const struct nm_exchange *exchange)
{
	return nm_arena_format(exchange->arena, "file:%s/" NM_ASTERISK_SOUNDS "-%s.conf", exchange->account->script_dir,
			       exchange->number + (exchange->number[0] == '+'));
}

/* Where earlier versions had it: file:SCRIPT_DIR/nevermiss-LINE.conf, whatever stands in a name; NULL: memory. */
static const char *former_url_of(const struct nm_exchange *exchange)
{
	struct nm_buf url;
	const char *copy;

	nm_buf_init(&url, 8192);
	nm_buf_addf(&url, "file:%s/" NM_ASTERISK_SOUNDS "-", exchange->account->script_dir);
	nm_dialplan_name(exchange->line, &url);
	nm_buf_add(&url, ".conf");
	copy = url.failed ? NULL : nm_arena_text(exchange->arena, url.data);
	nm_buf_clear(&url);
	return copy;
}

static enum nm_step_result ask(struct nm_exchange *exchange, struct nm_request *next, const char *method, const char *url,
			       int state)
{
	*next = (struct nm_request){ .method = method, .url = url, .timeout_s = TIMEOUT_S, .repeatable = true };
	if (next->url == NULL)
		return nm_exchange_fail(exchange, "out of memory");
	exchange->state = state;
	return NM_STEP_SEND;
}

/* Is it a file that we wrote for this number?  A line that is called so now may not be the one that was. */
static bool is_own(struct nm_exchange *exchange, const struct nm_response *last)
{
	const char *start = nm_arena_format(exchange->arena, "\nexten => %s,1,Goto(s,1)\n", exchange->number);

	return start != NULL && strncmp(last->body, NM_DP_TITLE, strlen(NM_DP_TITLE)) == 0 &&
	       strstr(last->body, start) != NULL;
}

static enum nm_step_result take_file(struct nm_exchange *exchange, const struct nm_response *last)
{
	struct nm_error err;

	if (nm_artefact_add(&exchange->live, NM_ASTERISK_PART, "text/plain", last->body, last->len, &err) !=
		    NM_OK ||
	    add_trunk(exchange->account, &exchange->live, &err) != NM_OK ||
	    nm_facts_add_plan(exchange, &err) != NM_OK)
		return nm_exchange_fail(exchange, "%s", err.text);
	return NM_STEP_DONE;
}

static enum nm_step_result write_file(struct nm_exchange *exchange, struct nm_request *next)
{
	const struct nm_part *part = nm_artefact_find(exchange->wanted, NM_ASTERISK_PART);
	enum nm_step_result result;

	if (part == NULL)
		return nm_exchange_fail(exchange, "there is no dialplan to write");
	result = ask(exchange, next, "PUT-FILE", url_of(exchange), ASKED);
	next->type = part->type;
	next->body = part->bytes;
	next->len = part->len;
	return result;
}

/* The file is there, gone or written; what earlier versions left is looked for where it is not there, and taken away. */
static enum nm_step_result asked(struct nm_exchange *exchange, const struct nm_response *last, struct nm_request *next)
{
	if (last->status != 200 && (last->status != 404 || exchange->operation == NM_OP_APPLY))
		return nm_ask_refused_file(exchange, last);
	if (exchange->operation == NM_OP_READ && last->status == 200)
		return take_file(exchange, last);
	return ask(exchange, next, "GET", former_url_of(exchange), FORMER);
}

static enum nm_step_result former(struct nm_exchange *exchange, const struct nm_response *last, struct nm_request *next)
{
	if (last->status == 404)
		return NM_STEP_DONE;
	if (last->status != 200)
		return nm_ask_refused_file(exchange, last);
	if (!is_own(exchange, last))
		return NM_STEP_DONE;
	if (exchange->operation == NM_OP_READ)
		return take_file(exchange, last);
	return ask(exchange, next, "DELETE", former_url_of(exchange), TAKEN);
}

static enum nm_step_result step(struct nm_exchange *exchange, const struct nm_response *last,
				struct nm_request *next)
{
	switch ((enum state)exchange->state) {
	case BEGIN:
		return exchange->operation == NM_OP_APPLY  ? write_file(exchange, next)
		       : exchange->operation == NM_OP_READ ? ask(exchange, next, "GET", url_of(exchange), ASKED)
							   : ask(exchange, next, "DELETE", url_of(exchange), ASKED);
	case ASKED:
		return asked(exchange, last, next);
	case FORMER:
		return former(exchange, last, next);
	case TAKEN:
		break;
	}
	return last->status == 200 || last->status == 404 ? NM_STEP_DONE : nm_ask_refused_file(exchange, last);
}

static enum nm_code check_account(const struct nm_account *account, struct nm_error *err)
{
	struct nm_dialplan_trunk trunk;
	enum nm_code code = nm_dialplan_trunk_read(account->endpoint, &trunk, err);

	if (code == NM_OK && account->script_dir[0] != '/')
		code = nm_fail(err, NM_INPUT,
			       "script_dir \"%.100s\" is no whole path, as "
			       "\"/etc/asterisk/nevermiss\" is",
			       account->script_dir);
	return code;
}

static const struct nm_account_key keys[] = {
	{ "endpoint", "text", "how a number is dialled, as \"PJSIP/{number}@trunk\"", true },
	{ "script_dir", "folder",
	  "where the dialplan files lie that extensions.conf includes, as "
	  "\"/etc/asterisk/nevermiss\"",
	  true },
	{ NULL, NULL, NULL, false },
};

const struct nm_carrier nm_carrier_asterisk = {
	.name = "asterisk",
	.summary = "a dialplan file for an Asterisk server",
	.docs_url = "https://docs.asterisk.org/Asterisk_20_Documentation/API_Documentation/",
	.unverified = "never run on a server: the dialplan is as Asterisk's documentation has it",
	.afterwards = "in force once Asterisk has read it: asterisk -rx \"dialplan reload\"",
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
		.records_late_s = -1,
	},
	.keys = keys,
	.account = check_account,
	.adapt = adapt,
	.render = render,
	.lift = nm_dialplan_lift,
	.step = step,
};
