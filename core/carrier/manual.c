/* SPDX-License-Identifier: MIT */
/*
 * What has no interface and no codes, as a list of things to do in words: Google Voice, the portal of a
 * landline, a telephone system that somebody else looks after.  There is no documentation of it.
 *
 * Comes in: a route that is the same all the time.  Goes out: what is to be set, one thing a line, so that the
 * number then does what the route says whatever was set before.  Nothing can be read back.
 */
#include <string.h>

#include "core/carrier/drivers.h"
#include "core/carrier/hand.h"

#define LIST "to do"
#define TEXT_MAX 16384
#define IN "In the carrier's settings: "

static void write_list(const struct nm_hand *hand, struct nm_buf *out)
{
	const char *target = hand->target_words;

	if (hand->target == NULL) {
		nm_buf_add(out, IN "forward no calls at all, so that this phone alone rings\n");
	} else if (hand->handset == NULL) {
		nm_buf_addf(out, IN "forward EVERY call to %s, so that this phone rings no more\n", target);
	} else {
		nm_buf_add(out, IN "do not forward every call\n");
		nm_buf_addf(out, IN "forward calls to %s when not answered\n", target);
		nm_buf_addf(out, IN "forward calls to %s while the phone is busy\n", target);
		nm_buf_addf(out, IN "forward calls to %s while the phone cannot be reached\n", target);
		if (hand->handset->own_voicemail_s != NM_OWN_VOICEMAIL_NONE)
			nm_buf_addf(
				out,
				IN
				"have its voicemail answer later than that, or not at all, else %s never rings\n",
				hand->target->name);
	}
}

static enum nm_code render(const struct nm_route *route, const struct nm_account *account, nm_time at,
			   struct nm_artefact *out, struct nm_error *err)
{
	struct nm_artefact artefact = { 0 };
	struct nm_arena *arena = nm_arena_new();
	struct nm_hand hand;
	struct nm_buf list;
	enum nm_code code = arena == NULL ? nm_fail_memory(err) : nm_hand_read(route, at, arena, &hand, err);

	(void)account;
	nm_buf_init(&list, TEXT_MAX);
	if (code == NM_OK) {
		write_list(&hand, &list);
		code = nm_hand_write(&hand, LIST, &list, &artefact, err);
	}
	nm_buf_clear(&list);
	nm_arena_free(arena);
	if (code == NM_OK)
		*out = artefact;
	else
		nm_artefact_clear(&artefact);
	return code;
}

static enum nm_step_result step(struct nm_exchange *exchange, const struct nm_response *last,
				struct nm_request *next)
{
	return nm_hand_step(exchange, LIST, "DO", last, next);
}

static const struct nm_account_key keys[] = {
	{ NULL, NULL, NULL, false },
};

const struct nm_carrier nm_carrier_manual = {
	.name = "manual",
	.summary = "anything that is set by hand: a list of what to set",
	.docs_url = NULL,
	.traits = {
		.by_hand = true,
		.steps_max = 1,
		.ring_step_s = 1,
		.confirm = NM_CONFIRM_NONE,
		.handset = NM_HANDSET_FIRST,
		.handset_untimed = true,
		.handset_at_rest = true,
		.records_late_s = -1,
	},
	.keys = keys,
	.render = render,
	.lift = NULL,
	.step = step,
};
