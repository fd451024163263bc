/* SPDX-License-Identifier: MIT */
/*
 * Twilio: one Studio flow a line, to which the number's voice URL points.
 *
 *   https://www.twilio.com/docs/studio/rest-api/v2  https://www.twilio.com/docs/phone-numbers/api
 *
 * READ: the number, the latest published revision of the flow it points to, whether somebody has a draft over
 * it, and the flow for when all else fails.  APPLY: the number, then for the fallback and for the flow whether Twilio
 * takes the definition, the flow of our name among all flows, create or change it, read it back, point the number
 * at it, read the number.  Nothing here creates twice: what was made is found by its name.
 */
#include <string.h>

#include "core/carrier/drivers.h"
#include "core/carrier/facts.h"
#include "core/carrier/twilio_talk.h"
#include "core/carrier/twilio_whisper.h"
#include "nevermiss/json.h"

#define PUBLISHED "LatestPublished"

/* --- reading --- */

/* The number as a part, so that it can be put back as it was; and the one document that a flow may hand
 * calls to. */
static bool add_number_part(struct nm_exchange *x)
{
	static const char *const members[] = { "flow_name", "trunk_sid", "voice_application_sid",
					       "voice_fallback_url", "voice_url" };
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

/* The number's fallback URL leads to a flow of ours, or to one that is gone: that is nobody's to put back. */
static enum nm_step_result end_without_url(struct nm_exchange *x)
{
	return nm_twilio_keep(x, "voice_fallback_url", NULL) ? end_read(x)
							     : nm_exchange_fail(x, "out of memory");
}

static enum nm_step_result read_fallback(struct nm_exchange *x, struct nm_request *next)
{
	const char *flow = nm_twilio_flow_of(x, "voice_fallback_url");

	if (flow == NULL)
		return end_read(x);
	if (!nm_twilio_keep(x, "fallback_sid", flow))
		return nm_exchange_fail(x, "out of memory");
	return nm_twilio_ask_revision(x, next, PUBLISHED, NM_ASKED_PUBLISHED + NM_OF_FALLBACK);
}

/* The definition as a part; false: memory. */
static bool add_definition(struct nm_exchange *x, const struct nm_node *definition)
{
	struct nm_buf text;
	bool ok;

	nm_buf_init(&text, NM_ARTEFACT_BYTES);
	nm_node_write(definition, &text);
	ok = !text.failed && nm_artefact_add(&x->live, nm_twilio_flow_at(x->state)->part, "application/json",
					     text.data, text.len, NULL) == NM_OK;
	nm_buf_clear(&text);
	return ok;
}

/* What callers get, and whose flow it is.  A fallback that is not called ours is its owner's own affair. */
static enum nm_step_result take_published(struct nm_exchange *x, struct nm_request *next,
					  const struct nm_node *revision)
{
	const struct nm_node *definition = nm_node_get(revision, "definition");
	const char *name = nm_node_member_text(revision, "friendly_name"),
		   *own = nm_twilio_flow_name(x, nm_twilio_flow_at(x->state));

	if (!nm_node_is_object(definition))
		return nm_exchange_fail(x, "its answer has no definition of the flow");
	if (own == NULL)
		return nm_exchange_fail(x, "out of memory");
	if (x->state == NM_ASKED_PUBLISHED + NM_OF_FALLBACK && (name == NULL || strcmp(name, own) != 0))
		return end_read(x);
	if (x->state == NM_ASKED_PUBLISHED + NM_OF_FALLBACK)
		return add_definition(x, definition) ? end_without_url(x)
						     : nm_exchange_fail(x, "out of memory");
	if (!nm_twilio_keep(x, "flow_name", name != NULL ? nm_twilio_shown(x, name) : NULL) ||
	    !add_definition(x, definition))
		return nm_exchange_fail(x, "out of memory");
	return nm_twilio_ask_revision(x, next, "LatestRevision", NM_ASKED_LATEST);
}

/* Somebody's draft does nothing yet: that it is there is said, and is no difference. */
static enum nm_step_result take_latest(struct nm_exchange *x, struct nm_request *next,
				       const struct nm_node *revision)
{
	const char *status = nm_node_member_text(revision, "status"), *note;
	int64_t number = 0;

	if (status == NULL || strcmp(status, "draft") != 0)
		return read_fallback(x, next);
	nm_node_int(nm_node_get(revision, "revision"), 1, INT32_MAX, &number);
	note = nm_arena_format(
		x->arena, "somebody has an unpublished draft in the flow (revision %d); a push goes over it",
		(int)number);
	if (note == NULL ||
	    nm_artefact_add(&x->live, NM_NOTE_PART, "text/plain", note, strlen(note), NULL) != NM_OK)
		return nm_exchange_fail(x, "out of memory");
	return read_fallback(x, next);
}

static enum nm_step_result read_number(struct nm_exchange *x, struct nm_request *next)
{
	const char *flow = nm_twilio_flow_of(x, "voice_url");

	if (flow == NULL || nm_twilio_knows(x, "trunk_sid") || nm_twilio_knows(x, "voice_application_sid"))
		return read_fallback(x, next);
	if (!nm_twilio_keep(x, "flow_sid", flow))
		return nm_exchange_fail(x, "out of memory");
	return nm_twilio_ask_revision(x, next, PUBLISHED, NM_ASKED_PUBLISHED);
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
	return x->operation == NM_OP_APPLY ? nm_twilio_apply(x, next) : nm_twilio_remove(x, next);
}

static enum nm_step_result take(struct nm_exchange *x, const struct nm_node *root, struct nm_request *next)
{
	switch ((enum nm_twilio_asked)(x->state % NM_ASKED_ALL)) {
	case NM_ASKED_NUMBERS:
		return take_numbers(x, next, root);
	case NM_ASKED_PUBLISHED:
		return take_published(x, next, root);
	case NM_ASKED_LATEST:
		return take_latest(x, next, root);
	default:
		return nm_twilio_take(x, next, root);
	}
}

/* Never published, or gone since. */
static enum nm_step_result take_absence(struct nm_exchange *x, struct nm_request *next)
{
	switch ((enum nm_twilio_asked)(x->state % NM_ASKED_ALL)) {
	case NM_ASKED_PUBLISHED:
		return x->state == NM_ASKED_PUBLISHED ? read_fallback(x, next) : end_without_url(x);
	case NM_ASKED_LATEST:
		return read_fallback(x, next);
	default:
		return nm_twilio_take_absence(x, next);
	}
}

/* Would its absence tell something? */
static bool may_be_absent(const struct nm_exchange *x)
{
	const struct nm_twilio_flow *flow = nm_twilio_flow_at(x->state);
	const int asked = x->state % NM_ASKED_ALL;

	return asked == NM_ASKED_PUBLISHED || asked == NM_ASKED_LATEST || asked == NM_ASKED_STANDING ||
	       asked == NM_ASKED_DELETION || (asked == NM_ASKED_WRITING && !nm_twilio_knows(x, flow->again));
}

static enum nm_step_result step(struct nm_exchange *x, const struct nm_response *last,
				struct nm_request *next)
{
	enum nm_step_result result = NM_STEP_FAILED;
	struct nm_node *root;

	if (x->operation == NM_OP_PLACE)
		return nm_twilio_place(x, last, next);
	if (x->operation == NM_OP_RECORDS)
		return nm_twilio_records(x, last, next);
	if (x->operation == NM_OP_TEXT)
		return nm_twilio_text(x, last, next);
	if (x->operation == NM_OP_FORGET)
		return nm_twilio_forget(x, last, next);
	if (x->operation == NM_OP_INBOUND)
		return nm_twilio_inbound(x, last, next);
	if (x->state == NM_ASKED_NOTHING || last == NULL)
		return nm_twilio_ask_numbers(x, next, x->number);
	if (last->status == 404 && may_be_absent(x))
		return take_absence(x, next);
	if (last->status == 204 && x->state % NM_ASKED_ALL == NM_ASKED_DELETION)
		return NM_STEP_DONE;
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
	{ "sid", "text", "the Account SID, AC and 32 hexadecimal digits", true },
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
	.unverified = "never run on a live account: the API is Twilio's published one, the flow's clock and steps are as documented",
	.records_unverified = "that a flow's rings are listed as legs of the call, and what rang for how long, are not verified",
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
		.records_late_s = 60,
		.at_once = 8,
		.fallback = true,
		.texting = NM_TEXTING_EACH,
		.alerts = NM_ALERTING_AT_ONCE,
		.places = true,
		.calls_back = true,
		.texts = true,
		.text_ends = true,
		.inbound = true,
		.forgets = true,
	},
	.keys = keys,
	.account = nm_twilio_account,
	.adapt = adapt,
	.render = nm_twilio_render,
	.lift = nm_twilio_lift,
	.step = step,
};
