/* SPDX-License-Identifier: MIT */
/*
 * Making flows live: the fallback first, so that it is there before anything else changes.  For each of the two:
 * whether Twilio takes the definition, the flow of our name among all flows, create or change it, read back what
 * was published, and only then point the number at it.  A fallback that is no longer wanted goes last.
 */
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/facts.h"
#include "core/carrier/form.h"
#include "core/carrier/twilio_talk.h"

#define BODY_MAX (3u * NM_ARTEFACT_BYTES)
#define PUBLISHED "LatestPublished"

static const struct nm_twilio_flow *flow_now(const struct nm_exchange *x)
{
	return nm_twilio_flow_at(x->state);
}

/* As x->state is about a flow, so is what is asked next. */
static int about(const struct nm_exchange *x, enum nm_twilio_asked asked)
{
	return (x->state % NM_ASKED_PAGE >= NM_OF_FALLBACK ? NM_OF_FALLBACK : 0) + (int)asked;
}

static bool wants(const struct nm_exchange *x, const char *part)
{
	return x->operation == NM_OP_APPLY && nm_artefact_find(x->wanted, part) != NULL;
}

/* --- a fallback that is no longer wanted --- */

/* Where an earlier state had calls go when all else failed, and that was nothing of ours; NULL. */
static const char *earlier_fallback(struct nm_exchange *x)
{
	const struct nm_part *part =
		x->operation == NM_OP_APPLY ? nm_artefact_find(x->wanted, NM_TWILIO_NUMBER) : NULL;
	const char *url = nm_exchange_id(x, "previous_fallback_url");
	struct nm_node *root;

	if (part != NULL && nm_node_read(part->bytes, part->len, &root, NULL) == NM_OK) {
		url = nm_node_member_text(root, "voice_fallback_url");
		url = url != NULL ? nm_arena_text(x->arena, url) : NULL;
		nm_node_free(root);
	}
	return url != NULL && *url != '\0' ? url : NULL;
}

/* The end of all that is done about a line. */
static enum nm_step_result leave(struct nm_exchange *x, struct nm_request *next)
{
	const char *flow = nm_twilio_flow_of(x, "voice_fallback_url");

	if (flow == NULL || wants(x, NM_TWILIO_FALLBACK))
		return NM_STEP_DONE;
	if (!nm_twilio_keep(x, "fallback_sid", flow))
		return nm_exchange_fail(x, "out of memory");
	return nm_twilio_ask_revision(x, next, PUBLISHED, NM_ASKED_STANDING + NM_OF_FALLBACK);
}

/* Whether Twilio takes an empty URL is not verified: a URL that leads to no flow any more does nothing either. */
static enum nm_step_result delete_fallback(struct nm_exchange *x, struct nm_request *next)
{
	const char *path = nm_arena_format(x->arena, "/v2/Flows/%s", nm_exchange_id(x, "fallback_sid"));
	const enum nm_step_result result =
		nm_twilio_ask(x, next, path != NULL ? nm_ask_url(x, NM_TWILIO_STUDIO, path) : NULL,
			      NM_ASKED_DELETION + NM_OF_FALLBACK);

	next->method = "DELETE";
	return result;
}

/* --- the number --- */

/* Where an earlier state had the number point to, when that was no flow of ours; NULL: our flow is wanted. */
static const char *wanted_url(struct nm_exchange *x, bool *possible)
{
	const struct nm_part *part = nm_artefact_find(x->wanted, NM_TWILIO_NUMBER);
	struct nm_node *root;
	const char *url = NULL, *name, *trunk, *application,
		   *own = nm_twilio_flow_name(x, nm_twilio_flow_at(0));

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

static enum nm_step_result put_flow(struct nm_exchange *x, struct nm_request *next);

/* The number points where it should: after the fallback comes the flow. */
static enum nm_step_result go_on(struct nm_exchange *x, struct nm_request *next,
				 const struct nm_twilio_flow *flow)
{
	if (flow == nm_twilio_flow_at(0))
		return leave(x, next);
	return wants(x, NM_TWILIO_FALLBACK) ? put_flow(x, next) : NM_STEP_DONE;
}

static enum nm_step_result point(struct nm_exchange *x, struct nm_request *next,
				 const struct nm_twilio_flow *flow, const char *url)
{
	const int of = flow == nm_twilio_flow_at(0) ? 0 : NM_OF_FALLBACK;
	struct nm_buf form;

	if (nm_twilio_same_url(nm_exchange_id(x, flow->member), url))
		return go_on(x, next, flow);
	if (!nm_twilio_keep(x, flow->previous, nm_exchange_id(x, flow->member)) ||
	    !nm_twilio_keep(x, flow->url, url))
		return nm_exchange_fail(x, "out of memory");
	nm_buf_init(&form, BODY_MAX);
	nm_form_add(&form, flow->form_url, url);
	nm_form_add(&form, flow->form_method, "POST");
	return nm_twilio_post(x, next, nm_twilio_number_url(x), &form, true, NM_ASKED_POINTING + of);
}

static enum nm_step_result take_pointed(struct nm_exchange *x, struct nm_request *next,
					const struct nm_node *root)
{
	const struct nm_twilio_flow *flow = flow_now(x);

	if (!nm_twilio_take_number(x, root))
		return nm_exchange_fail(x, "its answer does not describe the number");
	if (nm_twilio_elsewhere(x))
		return NM_STEP_FAILED;
	if (!nm_twilio_same_url(nm_exchange_id(x, flow->member), nm_exchange_id(x, flow->url)))
		return nm_exchange_fail(x, "Twilio said that it was done, but the number's %s still is %s",
					flow->member, nm_twilio_shown(x, nm_exchange_id(x, flow->member)));
	return go_on(x, next, flow);
}

/* --- writing a flow --- */

/* The form in which a definition is checked, created and changed alike. */
static void flow_form(struct nm_exchange *x, const struct nm_twilio_flow *flow, struct nm_buf *form)
{
	const char *name = nm_twilio_flow_name(x, flow);

	nm_buf_init(form, BODY_MAX);
	nm_form_add(form, "CommitMessage", "pushed by nevermiss");
	nm_form_add(form, "Definition", nm_artefact_find(x->wanted, flow->part)->bytes);
	nm_form_add(form, "FriendlyName", name != NULL ? name : "");
	nm_form_add(form, "Status", "published");
}

static enum nm_step_result validate(struct nm_exchange *x, struct nm_request *next, int of)
{
	struct nm_buf form;

	flow_form(x, nm_twilio_flow_at(of), &form);
	return nm_twilio_post(x, next, nm_ask_url(x, NM_TWILIO_STUDIO, "/v2/Flows/Validate"), &form, true,
			      NM_ASKED_VALIDATION + of);
}

static enum nm_step_result put_flow(struct nm_exchange *x, struct nm_request *next)
{
	bool possible;
	const char *url = wanted_url(x, &possible);

	return url != NULL ? point(x, next, nm_twilio_flow_at(0), url) : validate(x, next, 0);
}

static enum nm_step_result ask_flows(struct nm_exchange *x, struct nm_request *next)
{
	return nm_twilio_ask(x, next, nm_ask_url(x, NM_TWILIO_STUDIO, "/v2/Flows?PageSize=100"),
			     about(x, NM_ASKED_FLOWS));
}

static enum nm_step_result write_flow(struct nm_exchange *x, struct nm_request *next)
{
	const struct nm_twilio_flow *flow = flow_now(x);
	const bool known = nm_twilio_knows(x, flow->sid);
	const char *path =
		known ? nm_arena_format(x->arena, "/v2/Flows/%s", nm_exchange_id(x, flow->sid)) : "/v2/Flows";
	struct nm_buf form;

	flow_form(x, flow, &form);
	return nm_twilio_post(x, next, path != NULL ? nm_ask_url(x, NM_TWILIO_STUDIO, path) : NULL, &form,
			      known, about(x, NM_ASKED_WRITING));
}

static enum nm_step_result take_validation(struct nm_exchange *x, struct nm_request *next,
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
	return nm_twilio_knows(x, flow_now(x)->sid) ? write_flow(x, next) : ask_flows(x, next);
}

static enum nm_step_result take_flows(struct nm_exchange *x, struct nm_request *next,
				      const struct nm_node *root)
{
	const struct nm_node *list = nm_node_get(root, "flows");
	const char *name = nm_twilio_flow_name(x, flow_now(x)), *page;

	if (!nm_node_is_array(list) || name == NULL)
		return nm_exchange_fail(x, "its answer lists no flows");
	for (size_t i = 0; i < nm_node_count(list); i++) {
		const char *one = nm_node_member_text(nm_node_at(list, i), "friendly_name"),
			   *sid = nm_node_member_text(nm_node_at(list, i), "sid");

		if (one == NULL || strcmp(one, name) != 0 || !nm_twilio_is_sid(sid, "FW"))
			continue;
		return nm_twilio_keep(x, flow_now(x)->sid, sid) ? write_flow(x, next)
								: nm_exchange_fail(x, "out of memory");
	}
	page = nm_node_member_text(nm_node_get(root, "meta"), "next_page_url");
	page = nm_twilio_next_page(x, NM_TWILIO_STUDIO, page);
	return page != NULL ? nm_twilio_turn_page(x, next, page) : write_flow(x, next);
}

static enum nm_step_result take_written(struct nm_exchange *x, struct nm_request *next,
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
	if (!nm_twilio_keep(x, flow_now(x)->sid, sid) || !nm_twilio_keep(x, flow_now(x)->url, url))
		return nm_exchange_fail(x, "out of memory");
	return nm_twilio_ask_revision(x, next, PUBLISHED, about(x, NM_ASKED_WRITTEN));
}

/* --- reading it back --- */

/* What is wanted, but with this definition in the place of its own. */
static bool with_definition(const struct nm_exchange *x, const struct nm_twilio_flow *flow,
			    const struct nm_node *definition, struct nm_artefact *out, struct nm_error *err)
{
	static const char *const parts[] = { NM_TWILIO_FLOW, NM_TWILIO_FALLBACK, NM_FACTS_PART };
	struct nm_buf text;
	bool ok;

	nm_buf_init(&text, NM_ARTEFACT_BYTES);
	nm_node_write(definition, &text);
	ok = !text.failed &&
	     nm_artefact_add(out, flow->part, "application/json", text.data, text.len, err) == NM_OK;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && ok; i++) {
		const struct nm_part *part = nm_artefact_find(x->wanted, parts[i]);

		if (part != NULL && strcmp(parts[i], flow->part) != 0)
			ok = nm_artefact_add(out, parts[i], part->type, part->bytes, part->len, err) == NM_OK;
	}
	nm_buf_clear(&text);
	return ok;
}

/* What was published decides as what was sent does: members that Twilio adds do not count. */
static bool same_decisions(struct nm_exchange *x, const struct nm_node *definition, struct nm_error *err)
{
	struct nm_artefact read = { 0 };
	struct nm_differences differences = { 0 };
	struct nm_route *sent = NULL, *published = NULL;
	const char *foreign;
	bool same;

	same = with_definition(x, flow_now(x), definition, &read, err) &&
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
	return same;
}

static enum nm_step_result take_published(struct nm_exchange *x, struct nm_request *next,
					  const struct nm_node *root)
{
	struct nm_error err = { 0 };

	if (!same_decisions(x, nm_node_get(root, "definition"), &err))
		return nm_exchange_fail(x, "Twilio published something else than was sent: %s", err.text);
	return point(x, next, flow_now(x), nm_exchange_id(x, flow_now(x)->url));
}

/* The fallback to which the number points already: good as it is, to be changed, or to go. */
static enum nm_step_result take_standing(struct nm_exchange *x, struct nm_request *next,
					 const struct nm_node *root)
{
	const char *name = nm_node_member_text(root, "friendly_name"),
		   *own = nm_twilio_flow_name(x, flow_now(x)), *earlier = earlier_fallback(x);
	const bool ours = name != NULL && own != NULL && strcmp(name, own) == 0;
	struct nm_error err;

	if (!wants(x, NM_TWILIO_FALLBACK))
		return !ours             ? NM_STEP_DONE
		       : earlier != NULL ? point(x, next, flow_now(x), earlier)
					 : delete_fallback(x, next);
	if (ours && same_decisions(x, nm_node_get(root, "definition"), &err))
		return put_flow(x, next);
	if (!ours && !nm_twilio_keep(x, flow_now(x)->sid, NULL))
		return nm_exchange_fail(x, "out of memory");
	return validate(x, next, NM_OF_FALLBACK);
}

/* --- the conversation --- */

enum nm_step_result nm_twilio_apply(struct nm_exchange *x, struct nm_request *next)
{
	const char *standing = nm_twilio_flow_of(x, "voice_fallback_url"), *url;
	bool possible;

	if (nm_twilio_elsewhere(x))
		return NM_STEP_FAILED;
	url = wanted_url(x, &possible);
	if (!possible)
		return nm_exchange_fail(
			x, "what the number did before (a trunk, an application, nothing) cannot be "
			   "put back from here: do it in Twilio's console");
	if (url == NULL && !wants(x, NM_TWILIO_FLOW))
		return nm_exchange_fail(x, "there is no flow to put");
	if (!wants(x, NM_TWILIO_FALLBACK))
		return put_flow(x, next);
	if (standing == NULL)
		return validate(x, next, NM_OF_FALLBACK);
	if (!nm_twilio_keep(x, "fallback_sid", standing))
		return nm_exchange_fail(x, "out of memory");
	return nm_twilio_ask_revision(x, next, PUBLISHED, NM_ASKED_STANDING + NM_OF_FALLBACK);
}

enum nm_step_result nm_twilio_remove(struct nm_exchange *x, struct nm_request *next)
{
	if (!nm_twilio_knows(x, "voice_url"))
		return leave(x, next);
	if (nm_twilio_knows(x, "previous_voice_url"))
		return point(x, next, nm_twilio_flow_at(0), nm_exchange_id(x, "previous_voice_url"));
	return nm_exchange_fail(
		x, "the number pointed nowhere before, and whether Twilio takes an empty voice URL "
		   "is not verified: clear it in Twilio's console");
}

enum nm_step_result nm_twilio_take_absence(struct nm_exchange *x, struct nm_request *next)
{
	const int asked = x->state % NM_ASKED_ALL;

	if (asked == NM_ASKED_DELETION || (asked == NM_ASKED_STANDING && !wants(x, NM_TWILIO_FALLBACK)))
		return NM_STEP_DONE;
	if (!nm_twilio_keep(x, flow_now(x)->sid, NULL) ||
	    !nm_twilio_keep(x, asked == NM_ASKED_WRITING ? flow_now(x)->again : flow_now(x)->member,
			    asked == NM_ASKED_WRITING ? "yes" : NULL))
		return nm_exchange_fail(x, "out of memory");
	return asked == NM_ASKED_WRITING ? ask_flows(x, next) : validate(x, next, NM_OF_FALLBACK);
}

enum nm_step_result nm_twilio_take(struct nm_exchange *x, struct nm_request *next, const struct nm_node *root)
{
	switch ((enum nm_twilio_asked)(x->state % NM_ASKED_ALL)) {
	case NM_ASKED_VALIDATION:
		return take_validation(x, next, root);
	case NM_ASKED_FLOWS:
		return take_flows(x, next, root);
	case NM_ASKED_WRITING:
		return take_written(x, next, root);
	case NM_ASKED_WRITTEN:
		return take_published(x, next, root);
	case NM_ASKED_POINTING:
		return nm_twilio_ask(x, next, nm_twilio_number_url(x), about(x, NM_ASKED_NUMBER));
	case NM_ASKED_NUMBER:
		return take_pointed(x, next, root);
	case NM_ASKED_STANDING:
		return take_standing(x, next, root);
	default:
		return nm_exchange_fail(x, "the conversation is lost");
	}
}
