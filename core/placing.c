/* SPDX-License-Identifier: MIT */
/*
 * Placing a call (placing.h), to a line or back to a customer.  Comes in: a line, who calls, a transport.  Goes out: what
 * became of the call.  Nothing is journalled: a call ends by itself, and nobody places it again.
 */
#include "core/placing_run.h"

#include "core/talk.h"

#define STAY_MIN_S 30
#define STAY_MAX_S 600
#define SLACK_S 20 /* between rings, and in a mailbox */
#define LAST_S 60  /* of a step that rings until somebody answers */

/* --- may it be --- */

static bool places(const struct nm_traits *traits)
{
	return traits->places;
}

static enum nm_code check_carrier(const struct nm_account *account, struct nm_error *err)
{
	const struct nm_carrier *carrier = nm_carrier_find(account->driver);
	struct nm_buf able;

	if (carrier != NULL && carrier->traits.places)
		return NM_OK;
	nm_buf_init(&able, NM_ERROR_TEXT);
	nm_carriers_that(places, &able);
	nm_fail(err, NM_REFUSED, "the driver %s of account %s cannot place calls; these can: %s",
		account->driver, account->name, able.data);
	nm_buf_clear(&able);
	return NM_REFUSED;
}

enum nm_code nm_placing_check(const struct nm_plan *plan, int line, nm_number from, struct nm_error *err)
{
	const struct nm_line *called = &plan->lines[line];
	const enum nm_toll toll = nm_plan_toll(plan, called->number);
	const char *country = nm_number_country(called->number);
	char number[NM_NUMBER_TEXT];

	nm_number_words(called->number, number);
	if (check_carrier(&plan->accounts[called->account], err) != NM_OK)
		return NM_REFUSED;
	if (toll == NM_TOLL_PREMIUM)
		return nm_fail(err, NM_REFUSED, "%s is a premium number: it is not called", number);
	if (toll == NM_TOLL_ABROAD)
		return nm_fail(err, NM_REFUSED,
			       "%s is in %s: only the plan's own country and those of `allow` are called",
			       number, *country != '\0' ? country : "no country that is known");
	if (from == 0)
		return nm_fail(err, NM_INPUT, "another number of account %s must call: name it with --from",
			       plan->accounts[called->account].name);
	if (from == called->number)
		return nm_fail(err, NM_INPUT,
			       "%s cannot call itself: name another number of account %s with --from", number,
			       plan->accounts[called->account].name);
	return NM_OK;
}

int nm_placing_stay_s(const struct nm_treatment *treatment, int ring_extra_s)
{
	int64_t stay = treatment->greeting_s + SLACK_S;

	for (size_t i = 0; i < treatment->n; i++)
		if (treatment->steps[i].n > 0)
			stay += (treatment->steps[i].ring_time == NM_RING_TIMED ? treatment->steps[i].for_s : LAST_S) +
				ring_extra_s;
	return stay < STAY_MIN_S ? STAY_MIN_S : stay > STAY_MAX_S ? STAY_MAX_S : (int)stay;
}

/* --- the call --- */

static enum nm_code speak(const struct nm_push_context *context, struct nm_talk *talk, struct nm_error *err)
{
	struct nm_talk *items[] = { talk };
	struct nm_talks talks = { .transport = context->transport,
				  .items = items,
				  .n = 1,
				  .seed = (uint64_t)context->now,
				  .context = context->progress_context,
				  .idle = context->idle };
	enum nm_code code = nm_talks_run(&talks, NULL, err);

	if (code == NM_OK && talk->end == NM_TALK_UNSURE) {
		nm_talk_again(talk); /* and looks for what it may have made */
		code = nm_talks_run(&talks, NULL, err);
	}
	return code;
}

/* Says of a call that was made, or may have been, what is known of it. */
static enum nm_code failed(const struct nm_talk *talk, const struct nm_placing *place, struct nm_error *err)
{
	const char *words = talk->exchange.note != NULL ? talk->exchange.note : "stopped";

	if (talk->exchange.placed->caller.id != NULL && place->person != NULL)
		return nm_fail(err, NM_CARRIER, "the call was placed (%s), but what became of it is not known: %s",
			       talk->exchange.placed->caller.id, words);
	if (talk->exchange.placed->caller.id != NULL)
		return nm_fail(
			err, NM_CARRIER,
			"the call was placed (%s) and ends by itself after %d s at most, but was not followed to "
			"its end: %s",
			talk->exchange.placed->caller.id, place->stay_s, words);
	if (talk->exchange.placed->asked)
		return nm_fail(err, NM_CARRIER,
			       "whether the call was placed is not certain, and no second one was: %s",
			       words);
	return nm_fail(err, NM_CARRIER, "no call was placed: %s", words);
}

enum nm_code nm_placing_run(const struct nm_push_context *context, int line, const struct nm_placing *place,
			    struct nm_placing_result *out, struct nm_error *err)
{
	const struct nm_plan *plan = context->plan;
	const struct nm_carrier *carrier = nm_carrier_of(plan, plan->lines[line].account);
	struct nm_placed placed = { 0 };
	struct nm_talk talk;
	enum nm_code code;

	if (!nm_talk_init(&talk, carrier, plan, line, (struct nm_span){ 0 }, NM_OP_PLACE, NULL)) {
		code = nm_fail_memory(err);
		goto out;
	}
	talk.exchange.place = place;
	talk.exchange.placed = &placed;
	code = speak(context, &talk, err);
	if (code == NM_OK && talk.end != NM_TALK_DONE)
		code = failed(&talk, place, err);
	if (code == NM_OK) {
		*out = (struct nm_placing_result){ .arena = talk.exchange.arena, .placed = placed };
		talk.exchange.arena = NULL;
	}
out:
	nm_talk_clear(&talk);
	return code;
}

enum nm_code nm_placing_call(const struct nm_push_context *context, int line, nm_number from, int stay_s,
			     struct nm_placing_result *out, struct nm_error *err)
{
	char number[NM_NUMBER_TEXT];
	const struct nm_placing place = { .from = number, .now = context->now, .stay_s = stay_s };
	enum nm_code code = nm_placing_check(context->plan, line, from, err);

	if (code != NM_OK)
		return code;
	nm_number_write(from, number);
	return nm_placing_run(context, line, &place, out, err);
}

void nm_placing_result_clear(struct nm_placing_result *result)
{
	nm_arena_free(result->arena);
	*result = (struct nm_placing_result){ 0 };
}
