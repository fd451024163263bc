/* SPDX-License-Identifier: MIT */
/* The text of a follow-up: see following.h. */
#include "following.h"

#define FOLLOW_S 20 /* what becomes of a text is waited for so long */

/* From follow_up's line; else the line called, where it can; else as section text_back says. */
static enum nm_code find_sender(const struct nm_plan *plan, const struct nm_followup *followup,
				struct nm_sender *out, struct nm_error *err)
{
	int line = plan->follow_up.from;

	if (line < 0 && followup->line) {
		const struct nm_carrier *carrier;

		line = nm_plan_find_line(plan, followup->line);
		carrier = line >= 0 ? nm_carrier_find(plan->accounts[plan->lines[line].account].driver) : NULL;
		line = carrier && carrier->traits.texts ? line : -1;
	}
	return nm_texting_sender(plan, line, out, err);
}

enum nm_code following_text(struct session *session, const struct nm_followup *followup, struct nm_outgoing *out,
			    struct nm_error *err)
{
	const struct nm_plan *plan = session->plan;
	struct nm_store *store;
	enum nm_code code = session_store(session, &store, err);

	*out = (struct nm_outgoing){.to = followup->number,
				    .body = nm_followup_text(plan),
				    .why = "follow-up",
				    .follow_s = FOLLOW_S};
	if (code)
		return code;
	if (!out->body)
		return nm_fail(err, NM_INPUT, "the plan has no text for it: write then_text in section follow_up");
	code = nm_followup_text_check(plan, store, followup, session_now(session), err);
	if (!code)
		code = find_sender(plan, followup, &out->sender, err);
	return code ? code : nm_texting_check(plan, out->sender, out->to, out->body, err);
}

enum nm_code following_send(struct session *session, int64_t id, const struct nm_outgoing *outgoing,
			    struct nm_outbox *out, struct nm_error *err)
{
	const struct nm_deed texted = {
		.at = session_now(session), .who = session->options.who, .kind = NM_DEED_TEXTED};
	struct nm_push_context context;
	enum nm_code code = session_push_context(session, &context, err);

	if (!code)
		code = nm_texting_send(&context, outgoing, out, err);
	if (code || out->items->state != NM_OUTBOX_SENT)
		return code;
	code = nm_store_followup_deed(context.store, id, &texted, err);
	if (code)
		nm_outbox_clear(out);
	return code;
}
