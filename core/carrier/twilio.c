/* SPDX-License-Identifier: MIT */
/*
 * Twilio: one Studio flow a line, to which the number's voice URL points.
 *
 *   https://www.twilio.com/docs/studio/rest-api/v2  https://www.twilio.com/docs/phone-numbers/api
 *
 * READ: the number, then the latest published revision of the flow it points to.  APPLY: the number, whether
 * Twilio takes the definition, the flow of our name among all flows, create or change it, read it back, point
 * the number at it, read the number.  Nothing here creates twice: what was made is found by its name.
 */
#include <string.h>

#include "core/carrier/drivers.h"
#include "core/carrier/facts.h"
#include "core/carrier/twilio_talk.h"
#include "core/carrier/twilio_whisper.h"
#include "nevermiss/json.h"

#define WEBHOOKS "://webhooks.twilio.com/v1/Accounts/"

/* --- reading --- */

/* The flow that the number points to; NULL: to none, or to somebody else's account. */
static const char *flow_of(struct nm_exchange *x)
{
	const char *url = nm_exchange_id(x, "voice_url"), *at = strstr(url, WEBHOOKS);
	const size_t sid = strlen(x->account->sid);

	if (at == NULL || (at != url + 4 && at != url + 5) || strncmp(url, "http", 4) != 0)
		return NULL;
	at += strlen(WEBHOOKS);
	if (strncmp(at, x->account->sid, sid) != 0 || strncmp(at + sid, "/Flows/", 7) != 0)
		return NULL;
	return nm_twilio_is_sid(at + sid + 7, "FW") ? at + sid + 7 : NULL;
}

/* The number as a part, so that it can be put back as it was; and the one document that a flow may hand
 * calls to. */
static bool add_number_part(struct nm_exchange *x)
{
	static const char *const members[] = { "flow_name", "trunk_sid", "voice_application_sid",
					       "voice_url" };
	const char *document = nm_twilio_document_of(x->account);
	struct nm_json json;
	struct nm_buf text;
	bool ok;

	nm_buf_init(&text, 65536);
	nm_json_init(&json, &text);
	nm_json_object(&json);
	nm_json_key(&json, "document");
	nm_json_text(&json, document != NULL ? document : "");
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const char *value = nm_exchange_id(x, members[i]);

		nm_json_key(&json, members[i]);
		nm_json_text(&json, value != NULL ? value : "");
	}
	nm_json_end(&json, '}');
	ok = !text.failed && nm_artefact_add(&x->live, NM_TWILIO_NUMBER, "application/json", text.data,
					     text.len, NULL) == NM_OK;
	nm_buf_clear(&text);
	return ok;
}

/* A number that sends its calls nowhere has nothing live. */
static enum nm_step_result end_read(struct nm_exchange *x)
{
	struct nm_error err;

	if (!nm_twilio_knows(x, "voice_url") && !nm_twilio_knows(x, "trunk_sid") &&
	    !nm_twilio_knows(x, "voice_application_sid"))
		return NM_STEP_DONE;
	if (!add_number_part(x))
		return nm_exchange_fail(x, "out of memory");
	if (nm_facts_add_plan(x, &err) != NM_OK)
		return nm_exchange_fail(x, "%s", err.text);
	return NM_STEP_DONE;
}

/* The definition as a part, and whose flow it is. */
static enum nm_step_result take_flow(struct nm_exchange *x, const struct nm_node *revision)
{
	const struct nm_node *definition = nm_node_get(revision, "definition");
	const char *name = nm_node_member_text(revision, "friendly_name");
	struct nm_buf text;
	bool ok;

	if (!nm_node_is_object(definition))
		return nm_exchange_fail(x, "its answer has no definition of the flow");
	nm_buf_init(&text, NM_ARTEFACT_BYTES);
	nm_node_write(definition, &text);
	ok = !text.failed && nm_twilio_keep(x, "flow_name", name != NULL ? nm_twilio_shown(x, name) : NULL) &&
	     nm_artefact_add(&x->live, NM_TWILIO_FLOW, "application/json", text.data, text.len, NULL) ==
		     NM_OK;
	nm_buf_clear(&text);
	return ok ? end_read(x) : nm_exchange_fail(x, "out of memory");
}

static enum nm_step_result read_number(struct nm_exchange *x, struct nm_request *next)
{
	const char *flow = flow_of(x);

	if (flow == NULL || nm_twilio_knows(x, "trunk_sid") || nm_twilio_knows(x, "voice_application_sid"))
		return end_read(x);
	if (!nm_twilio_keep(x, "flow_sid", flow))
		return nm_exchange_fail(x, "out of memory");
	return nm_twilio_ask_published(x, next, NM_ASKED_PUBLISHED);
}

/* --- removing --- */

static enum nm_step_result remove_number(struct nm_exchange *x, struct nm_request *next)
{
	if (!nm_twilio_knows(x, "voice_url"))
		return NM_STEP_DONE;
	if (nm_twilio_knows(x, "previous_voice_url"))
		return nm_twilio_point(x, next, nm_exchange_id(x, "previous_voice_url"));
	return nm_exchange_fail(
		x, "the number pointed nowhere before, and whether Twilio takes an empty voice URL "
		   "is not verified: clear it in Twilio's console");
}

/* --- the conversation --- */

static enum nm_step_result take_numbers(struct nm_exchange *x, struct nm_request *next,
					const struct nm_node *root)
{
	const struct nm_node *list = nm_node_get(root, "incoming_phone_numbers"), *number;
	const char *page;

	if (!nm_node_is_array(list))
		return nm_exchange_fail(x, "its answer lists no numbers");
	number = nm_twilio_find_number(list, x->number);
	if (number == NULL) {
		page = nm_twilio_next_page(x, NM_TWILIO_API, nm_node_member_text(root, "next_page_uri"));
		if (page != NULL)
			return nm_twilio_turn_page(x, next, page);
		return nm_exchange_fail(x, "the account has no number %s", x->number);
	}
	if (!nm_twilio_take_number(x, number))
		return nm_exchange_fail(x, "its answer does not describe the number");
	if (x->operation == NM_OP_READ)
		return read_number(x, next);
	return x->operation == NM_OP_APPLY ? nm_twilio_apply(x, next) : remove_number(x, next);
}

static enum nm_step_result take(struct nm_exchange *x, const struct nm_node *root, struct nm_request *next)
{
	switch ((enum nm_twilio_asked)(x->state % NM_ASKED_PAGE)) {
	case NM_ASKED_NUMBERS:
		return take_numbers(x, next, root);
	case NM_ASKED_PUBLISHED:
		return take_flow(x, root);
	case NM_ASKED_VALIDATION:
		return nm_twilio_take_validation(x, next, root);
	case NM_ASKED_FLOWS:
		return nm_twilio_take_flows(x, next, root);
	case NM_ASKED_WRITING:
		return nm_twilio_take_written(x, next, root);
	case NM_ASKED_WRITTEN:
		return nm_twilio_take_published(x, next, root);
	case NM_ASKED_POINTING:
		return nm_twilio_ask(x, next, nm_twilio_number_url(x), NM_ASKED_NUMBER);
	case NM_ASKED_NUMBER:
		return nm_twilio_take_pointed(x, root);
	case NM_ASKED_NOTHING:
		break;
	}
	return nm_exchange_fail(x, "the conversation is lost");
}

static enum nm_step_result step(struct nm_exchange *x, const struct nm_response *last,
				struct nm_request *next)
{
	enum nm_step_result result = NM_STEP_FAILED;
	struct nm_node *root;

	if (x->operation == NM_OP_PLACE)
		return nm_twilio_place(x, last, next);
	if (x->state == NM_ASKED_NOTHING || last == NULL)
		return nm_twilio_ask_numbers(x, next, x->number);
	if (last->status == 404 && x->state == NM_ASKED_PUBLISHED)
		return end_read(x); /* never published, or gone: the number points at nothing */
	if (last->status == 404 && x->state == NM_ASKED_WRITING && !nm_twilio_knows(x, "looked_again"))
		return nm_twilio_keep(x, "looked_again", "yes") ? nm_twilio_ask_flows(x, next)
								: result; /* deleted since */
	root = nm_twilio_document(x, last, &result);
	if (root == NULL)
		return result;
	result = take(x, root, next);
	nm_node_free(root);
	return result;
}

static void adapt(const struct nm_account *account, struct nm_traits *traits)
{
	if (nm_twilio_document_of(account) != NULL)
		traits->confirm = NM_CONFIRM_SEVERAL;
}

static const struct nm_account_key keys[] = {
	{ "sid", "text", "Account SID: AC and 32 hexadecimal digits.", true },
	{ "token_cmd", "text", "Command that prints the auth token; or token_env, or token_file.", false },
	{ "token_env", "text", "Environment variable that holds the auth token.", false },
	{ "token_file", "text", "File that holds the auth token.", false },
	{ "user", "text", "SID of an API key (SK...), in place of the account's.", false },
	{ "whisper", "text", "https URL of your document that rings and asks to press 1.", false },
	{ "endpoint", "text", "URL that stands for both of Twilio's hosts, for tests.", false },
	{ NULL, NULL, NULL, false },
};

const struct nm_carrier nm_carrier_twilio = {
	.name = "twilio",
	.summary = "Twilio: one Studio flow a line",
	.docs_url = "https://www.twilio.com/docs/studio",
	.traits = {
		.reads_back = true,
		.keeps_time = true,
		.remote = true,
		.callers = true,
		.several = true,
		.several_max = 10,
		.mailbox = true,
		.mailbox_alone = true,
		.greeting = true,
		.key = true,
		.line_id = true,
		.line_id_all = true,
		.addresses = true,
		.addresses_alone = true,
		.ring_times = true,
		.ring_min_s = 1,
		.ring_max_s = NM_TWILIO_RING_MAX,
		.ring_step_s = 1,
		.ring_extra_s = 5,
		.confirm = NM_CONFIRM_NONE,
		.handset = NM_HANDSET_NEVER,
		.records_late_s = -1,
		.at_once = 8,
		.places = true,
	},
	.keys = keys,
	.adapt = adapt,
	.render = nm_twilio_render,
	.lift = nm_twilio_lift,
	.step = step,
};
