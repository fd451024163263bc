/* SPDX-License-Identifier: MIT */
/*
 * Making a flow live: whether Twilio takes the definition, the flow of our name among all flows, create or
 * change it, read back what was published, and only then point the number at it.
 */
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/facts.h"
#include "core/carrier/form.h"
#include "core/carrier/twilio_talk.h"

#define BODY_MAX (3u * NM_ARTEFACT_BYTES)

/* Where an earlier state had the number point to, when that was no flow of ours; NULL: our flow is wanted. */
static const char *wanted_url(struct nm_exchange *x, bool *possible)
{
	const struct nm_part *part = nm_artefact_find(x->wanted, NM_TWILIO_NUMBER);
	struct nm_node *root;
	const char *url = NULL, *name, *trunk, *application, *own = nm_twilio_flow_name(x);

	*possible = own != NULL;
	if (part == NULL || own == NULL || nm_node_read(part->bytes, part->len, &root, NULL) != NM_OK)
		return NULL;
	name = nm_node_member_text(root, "flow_name");
	trunk = nm_node_member_text(root, "trunk_sid");
	application = nm_node_member_text(root, "voice_application_sid");
	if (name == NULL || strcmp(name, own) != 0) {
		url = nm_node_member_text(root, "voice_url");
		url = url != NULL ? nm_arena_text(x->arena, url) : NULL;
		*possible = url != NULL && *url != '\0' && (trunk == NULL || *trunk == '\0') &&
			    (application == NULL || *application == '\0');
	}
	nm_node_free(root);
	return url;
}

enum nm_step_result nm_twilio_point(struct nm_exchange *x, struct nm_request *next, const char *url)
{
	struct nm_buf form;

	if (nm_twilio_same_url(nm_exchange_id(x, "voice_url"), url))
		return NM_STEP_DONE;
	if (!nm_twilio_keep(x, "previous_voice_url", nm_exchange_id(x, "voice_url")) ||
	    !nm_twilio_keep(x, "webhook_url", url))
		return nm_exchange_fail(x, "out of memory");
	nm_buf_init(&form, BODY_MAX);
	nm_form_add(&form, "VoiceUrl", url);
	nm_form_add(&form, "VoiceMethod", "POST");
	return nm_twilio_post(x, next, nm_twilio_number_url(x), &form, true, NM_ASKED_POINTING);
}

/* The form in which a definition is checked, created and changed alike. */
static void flow_form(struct nm_exchange *x, struct nm_buf *form)
{
	const char *name = nm_twilio_flow_name(x);

	nm_buf_init(form, BODY_MAX);
	nm_form_add(form, "CommitMessage", "pushed by nevermiss");
	nm_form_add(form, "Definition", nm_artefact_find(x->wanted, NM_TWILIO_FLOW)->bytes);
	nm_form_add(form, "FriendlyName", name != NULL ? name : "");
	nm_form_add(form, "Status", "published");
}

enum nm_step_result nm_twilio_apply(struct nm_exchange *x, struct nm_request *next)
{
	struct nm_buf form;
	bool possible;
	const char *url = wanted_url(x, &possible);

	if (nm_twilio_elsewhere(x))
		return NM_STEP_FAILED;
	if (!possible)
		return nm_exchange_fail(
			x, "what the number did before (a trunk, an application, nothing) cannot be "
			   "put back from here: do it in Twilio's console");
	if (url != NULL)
		return nm_twilio_point(x, next, url);
	if (nm_artefact_find(x->wanted, NM_TWILIO_FLOW) == NULL)
		return nm_exchange_fail(x, "there is no flow to put");
	flow_form(x, &form);
	return nm_twilio_post(x, next, nm_ask_url(x, NM_TWILIO_STUDIO, "/v2/Flows/Validate"), &form, true,
			      NM_ASKED_VALIDATION);
}

enum nm_step_result nm_twilio_ask_flows(struct nm_exchange *x, struct nm_request *next)
{
	return nm_twilio_ask(x, next, nm_ask_url(x, NM_TWILIO_STUDIO, "/v2/Flows?PageSize=100"),
			     NM_ASKED_FLOWS);
}

static enum nm_step_result write_flow(struct nm_exchange *x, struct nm_request *next)
{
	const char *sid = nm_exchange_id(x, "flow_sid");
	const char *path = sid != NULL ? nm_arena_format(x->arena, "/v2/Flows/%s", sid) : "/v2/Flows";
	struct nm_buf form;

	flow_form(x, &form);
	return nm_twilio_post(x, next, path != NULL ? nm_ask_url(x, NM_TWILIO_STUDIO, path) : NULL, &form,
			      sid != NULL, NM_ASKED_WRITING);
}

enum nm_step_result nm_twilio_take_validation(struct nm_exchange *x, struct nm_request *next,
					      const struct nm_node *root)
{
	bool valid = false;
	const char *why;

	if (!nm_node_bool(nm_node_get(root, "valid"), &valid))
		return nm_exchange_fail(x, "its answer does not say whether the flow is valid");
	why = valid ? NULL : nm_twilio_complaint(x, root);
	if (!valid)
		return nm_exchange_fail(x, "Twilio does not take the flow: %s",
					why != NULL ? why : "no reason given");
	return nm_exchange_id(x, "flow_sid") != NULL ? write_flow(x, next) : nm_twilio_ask_flows(x, next);
}

enum nm_step_result nm_twilio_take_flows(struct nm_exchange *x, struct nm_request *next,
					 const struct nm_node *root)
{
	const struct nm_node *list = nm_node_get(root, "flows");
	const char *name = nm_twilio_flow_name(x), *page;

	if (!nm_node_is_array(list) || name == NULL)
		return nm_exchange_fail(x, "its answer lists no flows");
	for (size_t i = 0; i < nm_node_count(list); i++) {
		const char *one = nm_node_member_text(nm_node_at(list, i), "friendly_name"),
			   *sid = nm_node_member_text(nm_node_at(list, i), "sid");

		if (one == NULL || strcmp(one, name) != 0 || !nm_twilio_is_sid(sid, "FW"))
			continue;
		return nm_twilio_keep(x, "flow_sid", sid) ? write_flow(x, next)
							  : nm_exchange_fail(x, "out of memory");
	}
	page = nm_node_member_text(nm_node_get(root, "meta"), "next_page_url");
	page = nm_twilio_next_page(x, NM_TWILIO_STUDIO, page);
	return page != NULL ? nm_twilio_turn_page(x, next, page) : write_flow(x, next);
}

enum nm_step_result nm_twilio_take_written(struct nm_exchange *x, struct nm_request *next,
					   const struct nm_node *root)
{
	const char *sid = nm_node_member_text(root, "sid"), *url = nm_node_member_text(root, "webhook_url"),
		   *status = nm_node_member_text(root, "status"), *why;
	bool valid = true;

	nm_node_bool(nm_node_get(root, "valid"), &valid);
	why = valid ? NULL : nm_twilio_complaint(x, root);
	if (!valid)
		return nm_exchange_fail(x, "Twilio took the flow but calls it wrong: %s",
					why != NULL ? why : "no reason given");
	if (status != NULL && strcmp(status, "published") != 0)
		return nm_exchange_fail(x, "Twilio took the flow but did not publish it");
	if (!nm_twilio_is_sid(sid, "FW") || url == NULL || !nm_twilio_is_link(url))
		return nm_exchange_fail(x, "its answer does not say where the flow is reached");
	if (!nm_twilio_keep(x, "flow_sid", sid) || !nm_twilio_keep(x, "webhook_url", url))
		return nm_exchange_fail(x, "out of memory");
	return nm_twilio_ask_published(x, next, NM_ASKED_WRITTEN);
}

/* What was published decides as what was sent does: members that Twilio adds do not count. */
static bool same_decisions(struct nm_exchange *x, const struct nm_node *definition, struct nm_error *err)
{
	const struct nm_part *facts = nm_artefact_find(x->wanted, NM_FACTS_PART);
	struct nm_artefact read = { 0 };
	struct nm_differences differences = { 0 };
	struct nm_route *sent = NULL, *published = NULL;
	const char *foreign;
	struct nm_buf text;
	bool same;

	nm_buf_init(&text, NM_ARTEFACT_BYTES);
	nm_node_write(definition, &text);
	same = facts != NULL && !text.failed &&
	       nm_artefact_add(&read, NM_TWILIO_FLOW, "application/json", text.data, text.len, err) ==
		       NM_OK &&
	       nm_artefact_add(&read, NM_FACTS_PART, facts->type, facts->bytes, facts->len, err) == NM_OK &&
	       nm_twilio_lift(&read, &published, &foreign, err) == NM_OK &&
	       nm_twilio_lift(x->wanted, &sent, &foreign, err) == NM_OK &&
	       nm_route_diff(sent, published, sent->from, sent->until, &differences, err) == NM_OK;
	if (same && differences.n > 0) {
		same = false;
		nm_fail(err, NM_CARRIER, "%s it is %s in place of %s", differences.items[0].when,
			differences.items[0].b_words, differences.items[0].a_words);
	}
	nm_differences_clear(&differences);
	nm_route_free(sent);
	nm_route_free(published);
	nm_artefact_clear(&read);
	nm_buf_clear(&text);
	return same;
}

enum nm_step_result nm_twilio_take_published(struct nm_exchange *x, struct nm_request *next,
					     const struct nm_node *root)
{
	struct nm_error err = { 0 };

	if (!same_decisions(x, nm_node_get(root, "definition"), &err))
		return nm_exchange_fail(x, "Twilio published something else than was sent: %s", err.text);
	return nm_twilio_point(x, next, nm_exchange_id(x, "webhook_url"));
}

enum nm_step_result nm_twilio_take_pointed(struct nm_exchange *x, const struct nm_node *root)
{
	if (!nm_twilio_take_number(x, root))
		return nm_exchange_fail(x, "its answer does not describe the number");
	if (nm_twilio_elsewhere(x))
		return NM_STEP_FAILED;
	if (!nm_twilio_same_url(nm_exchange_id(x, "voice_url"), nm_exchange_id(x, "webhook_url")))
		return nm_exchange_fail(x, "Twilio said that it was done, but the number still points to %s",
					nm_twilio_shown(x, nm_exchange_id(x, "voice_url")));
	return NM_STEP_DONE;
}
