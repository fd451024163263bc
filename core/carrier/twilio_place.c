/* SPDX-License-Identifier: MIT */
/*
 * A call through Twilio: one of the account's numbers calls the line as a test, and what rings for it is followed; or
 * the line calls somebody who calls a customer back, and puts them through.
 *
 *   https://www.twilio.com/docs/voice/api/call-resource
 *   https://www.twilio.com/docs/voice/twiml/dial (callerId, timeout)
 *
 * The number that calls, the calls between the two numbers so far, the call itself, and then again and
 * again: the calls between the two (its own end and the line's) and the legs that the line's end has.
 * Twilio has no key that keeps a call from being made twice: a conversation that was cut off while it
 * asked for one looks for the call, and asks for none again.  Ours is the one made after all that were
 * there before (`before`, on Twilio's clock).  Not verified: that Studio's rings appear as legs of the
 * line's end.  The customer who is called back is a leg of the call itself, which has one end only.  Who is to press 1
 * before is asked by what the call says itself; the key goes to the account's document (twilio_whisper.h), which then dials.
 */
#include <stdlib.h>
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/form.h"
#include "core/carrier/records.h"
#include "core/carrier/twilio_leg.h"
#include "core/carrier/twilio_whisper.h"

#define FORM_MAX 8192 /* an address of 1,024 characters twice, escaped, is below Twilio's 4,000 and this */
#define PAUSE_S 3
#define KEY_WAIT_S 5
#define LOOK_S 30      /* a call of which it is not known whether it was made is looked for so long */
#define PATIENCE_S 60  /* beyond the time that the caller stays */
#define QUIET_ROUNDS 3 /* so often nothing is under way before it is over: legs may appear late */

enum asked { ASKED_NUMBER = NM_ASKED_NUMBERS, ASKED_BEFORE, ASKED_PLACING, ASKED_CALLS, ASKED_LEGS };

static bool calls_back(const struct nm_exchange *x)
{
	return x->place->person != NULL;
}

/* Whom the call is to. */
static const char *called(const struct nm_exchange *x)
{
	return calls_back(x) ? x->place->person : x->number;
}

/* --- asking --- */

static enum nm_step_result ask_path(struct nm_exchange *x, struct nm_request *next, const char *path,
				    int state)
{
	return nm_twilio_ask(x, next, path != NULL ? nm_ask_url(x, NM_TWILIO_API, path) : NULL, state);
}

/* Both ends of all calls between the two numbers.  From the day before on: whose clock is right is not
 * known. */
static enum nm_step_result ask_calls(struct nm_exchange *x, struct nm_request *next, int state)
{
	const struct nm_date day = nm_date_from_days(x->place->now / NM_DAY - 1);

	return ask_path(
		x, next,
		nm_arena_format(
			x->arena,
			"/2010-04-01/Accounts/%s/Calls.json?To=%%2B%s&From=%%2B%s&StartTime%%3E=%04d-%02d-%02d"
			"&PageSize=100",
			x->account->sid, called(x) + 1, x->place->from + 1, day.year, day.month, day.day),
		state);
}

static enum nm_step_result ask_calls_later(struct nm_exchange *x, struct nm_request *next)
{
	x->pause_ms = PAUSE_S * 1000;
	x->placed->followed_s += PAUSE_S;
	return ask_calls(x, next, ASKED_CALLS);
}

static enum nm_step_result begin(struct nm_exchange *x, struct nm_request *next)
{
	if (x->placed->asked)
		return ask_calls_later(x, next);
	return nm_twilio_ask_numbers(x, next, x->place->from);
}

/* --- before the call --- */

static enum nm_step_result take_numbers(struct nm_exchange *x, struct nm_request *next,
					const struct nm_node *root)
{
	const struct nm_node *list = nm_node_get(root, "incoming_phone_numbers");
	const char *page;

	if (!nm_node_is_array(list))
		return nm_exchange_fail(x, "its answer lists no numbers");
	if (nm_twilio_find_number(list, x->place->from) != NULL)
		return ask_calls(x, next, ASKED_BEFORE);
	page = nm_twilio_next_calls(x, root);
	if (page != NULL)
		return nm_twilio_turn_page(x, next, page);
	return nm_exchange_fail(x, "the account has no number %s that could call", x->place->from);
}

/* Who calls back is asked twice, and dropped; who presses a key gets what the account's document says to it. */
static const char *asking_document(const struct nm_exchange *x, const char *url)
{
	const struct nm_placing *place = x->place;
	const char *gather = nm_arena_format(
		x->arena,
		"<Gather action=\"%s?step=back&amp;to=%%2B%s&amp;timeout=%d\" method=\"POST\" numDigits=\"1\" timeout=\"%d\">"
		"<Say>Press 1 to call your customer back.</Say></Gather>",
		url, place->customer + 1, place->customer_s, KEY_WAIT_S);

	return gather != NULL ? nm_arena_format(x->arena, "<Response>%s%s<Hangup/></Response>", gather, gather) : NULL;
}

/* What becomes of the call when it is answered.  Who calls a line says nothing and hangs up in the end, whoever answers;
 * who calls back hears the customer's phone ring.  Numbers are digits, with nothing that XML would read. */
static const char *document(const struct nm_exchange *x)
{
	const struct nm_placing *place = x->place;
	const char *url = place->confirm ? nm_twilio_document_of(x->account) : NULL;

	if (!calls_back(x))
		return nm_arena_format(x->arena, "<Response><Pause length=\"%d\"/><Hangup/></Response>",
				       place->stay_s);
	if (place->confirm)
		return url != NULL ? asking_document(x, url) : NULL;
	return nm_arena_format(
		x->arena,
		"<Response><Dial callerId=\"%s\" timeout=\"%d\"><Number>%s</Number></Dial></Response>",
		place->from, place->customer_s, place->customer);
}

static enum nm_step_result place(struct nm_exchange *x, struct nm_request *next)
{
	const char *path = nm_arena_format(x->arena, "/2010-04-01/Accounts/%s/Calls.json", x->account->sid);
	const char *rings =
		nm_arena_format(x->arena, "%d", calls_back(x) ? x->place->person_s : x->place->stay_s);
	const char *says = document(x);
	struct nm_buf form;

	if (path == NULL || rings == NULL || says == NULL)
		return nm_exchange_fail(x, "out of memory");
	x->placed->asked = true;
	nm_buf_init(&form, FORM_MAX);
	nm_form_add(&form, "From", x->place->from);
	nm_form_add(&form, "Timeout", rings);
	nm_form_add(&form, "To", called(x));
	nm_form_add(&form, "Twiml", says);
	return nm_twilio_post(x, next, nm_ask_url(x, NM_TWILIO_API, path), &form, false, ASKED_PLACING);
}

/* When the newest of the calls that were there before was made. */
static bool keep_before(struct nm_exchange *x, nm_time made)
{
	const char *text = nm_arena_format(x->arena, "%lld", (long long)made);

	return text != NULL && nm_twilio_keep(x, "before", text);
}

static nm_time before(const struct nm_exchange *x)
{
	const char *text = nm_exchange_id(x, "before");

	return text != NULL ? strtoll(text, NULL, 10) : 0;
}

static enum nm_step_result take_before(struct nm_exchange *x, struct nm_request *next,
				       const struct nm_node *root)
{
	const struct nm_node *list = nm_node_get(root, "calls");
	nm_time newest = before(x);
	const char *page;

	if (!nm_node_is_array(list))
		return nm_exchange_fail(x, "its answer lists no calls");
	for (size_t i = 0; i < nm_node_count(list); i++) {
		const nm_time made = nm_twilio_leg_time(nm_node_at(list, i), "date_created");
		struct nm_leg leg;

		if (!nm_twilio_read_leg(x, nm_node_at(list, i), &leg))
			return nm_exchange_fail(x, "its answer does not describe a call");
		if (leg.end == NM_LEG_OPEN)
			return nm_exchange_fail(x, "a call from %s to %s is under way already (%s)",
						x->place->from, called(x), leg.id);
		newest = made > newest ? made : newest;
	}
	if (!keep_before(x, newest))
		return nm_exchange_fail(x, "out of memory");
	page = nm_twilio_next_calls(x, root);
	return page != NULL ? nm_twilio_turn_page(x, next, page) : place(x, next);
}

/* --- the call --- */

static enum nm_step_result take_placed(struct nm_exchange *x, struct nm_request *next,
				       const struct nm_node *root)
{
	struct nm_leg leg;

	/* Whatever it says, it is not asked for a second one. */
	if (nm_twilio_read_leg(x, root, &leg))
		x->placed->caller = leg;
	return ask_calls_later(x, next);
}

static bool between(const struct nm_exchange *x, const struct nm_node *call)
{
	const char *from = nm_node_member_text(call, "from"), *to = nm_node_member_text(call, "to");

	return from != NULL && to != NULL && strcmp(from, x->place->from) == 0 && strcmp(to, called(x)) == 0;
}

/* What is told of one end of our call; once it is known which one that is, of no other. */
static void take_end(struct nm_leg *end, const struct nm_leg *leg)
{
	if (end->id == NULL || strcmp(end->id, leg->id) == 0)
		*end = *leg;
}

/* Does the customer talk, or is it known that they do not? */
static bool is_settled(const struct nm_placed *placed)
{
	return placed->n > 0 && (placed->legs[0].talking || placed->legs[0].end != NM_LEG_OPEN);
}

static enum nm_step_result follow(struct nm_exchange *x, struct nm_request *next)
{
	struct nm_placed *placed = x->placed;
	bool over = placed->caller.end != NM_LEG_OPEN &&
		    (placed->line.id == NULL || placed->line.end != NM_LEG_OPEN);

	for (size_t i = 0; i < placed->n; i++)
		over = over && placed->legs[i].end != NM_LEG_OPEN;
	placed->quiet = over ? placed->quiet + 1 : 0;
	placed->ended = placed->quiet >= QUIET_ROUNDS || (calls_back(x) && is_settled(placed));
	if (placed->ended || placed->followed_s > x->place->stay_s + PATIENCE_S)
		return NM_STEP_DONE;
	return ask_calls_later(x, next);
}

static enum nm_step_result looked(struct nm_exchange *x, struct nm_request *next)
{
	const char *parent = calls_back(x) ? x->placed->caller.id : x->placed->line.id;

	if (x->placed->caller.id == NULL && x->placed->followed_s < LOOK_S)
		return ask_calls_later(x, next);
	if (x->placed->caller.id == NULL)
		return nm_exchange_fail(x, "it shows no such call: probably it made none");
	return parent != NULL ? nm_twilio_ask_legs(x, next, parent, ASKED_LEGS) : follow(x, next);
}

static enum nm_step_result take_calls(struct nm_exchange *x, struct nm_request *next,
				      const struct nm_node *root)
{
	const struct nm_node *list = nm_node_get(root, "calls");
	const char *page;

	if (!nm_node_is_array(list))
		return nm_exchange_fail(x, "its answer lists no calls");
	for (size_t i = 0; i < nm_node_count(list); i++) {
		const struct nm_node *call = nm_node_at(list, i);
		struct nm_leg leg;

		if (!between(x, call) || nm_twilio_leg_time(call, "date_created") <= before(x))
			continue;
		if (!nm_twilio_read_leg(x, call, &leg))
			return nm_exchange_fail(x, "its answer does not describe a call");
		if (nm_twilio_leg_goes(call, calls_back(x) ? "outbound-api" : "outbound"))
			take_end(&x->placed->caller, &leg);
		else if (nm_twilio_leg_goes(call, "inbound") && !calls_back(x))
			take_end(&x->placed->line, &leg);
	}
	page = nm_twilio_next_calls(x, root);
	return page != NULL ? nm_twilio_turn_page(x, next, page) : looked(x, next);
}

/* --- its legs --- */

static enum nm_step_result take_legs(struct nm_exchange *x, struct nm_request *next,
				     const struct nm_node *root)
{
	const struct nm_node *list = nm_node_get(root, "calls");
	struct nm_placed *placed = x->placed;
	const char *page;

	if (!nm_node_is_array(list))
		return nm_exchange_fail(x, "its answer lists no legs");
	if (placed->legs == NULL)
		placed->legs = nm_arena_alloc(x->arena, NM_LEGS_MAX, sizeof(*placed->legs));
	if (placed->legs == NULL)
		return nm_exchange_fail(x, "out of memory");
	if (x->state == ASKED_LEGS) /* the first page */
		placed->n = 0;
	for (size_t i = 0; i < nm_node_count(list); i++) {
		struct nm_leg leg;

		if (!nm_twilio_read_leg(x, nm_node_at(list, i), &leg))
			return nm_exchange_fail(x, "its answer does not describe a leg");
		if (!nm_records_put_leg(placed->legs, &placed->n, &leg))
			return nm_exchange_fail(x, "the call has more than %d legs", NM_LEGS_MAX);
	}
	page = nm_twilio_next_calls(x, root);
	return page != NULL ? nm_twilio_turn_page(x, next, page) : follow(x, next);
}

/* --- the conversation --- */

static enum nm_step_result take(struct nm_exchange *x, struct nm_request *next, const struct nm_node *root)
{
	switch ((enum asked)(x->state % NM_ASKED_PAGE)) {
	case ASKED_NUMBER:
		return take_numbers(x, next, root);
	case ASKED_BEFORE:
		return take_before(x, next, root);
	case ASKED_PLACING:
		return take_placed(x, next, root);
	case ASKED_CALLS:
		return take_calls(x, next, root);
	case ASKED_LEGS:
		return take_legs(x, next, root);
	}
	return nm_exchange_fail(x, "the conversation is lost");
}

enum nm_step_result nm_twilio_place(struct nm_exchange *x, const struct nm_response *last,
				    struct nm_request *next)
{
	enum nm_step_result result = NM_STEP_FAILED;
	struct nm_node *root;

	if (x->state == NM_ASKED_NOTHING || last == NULL)
		return begin(x, next);
	root = nm_twilio_document(x, last, &result);
	if (root == NULL && x->state == ASKED_PLACING && last->status / 100 == 2)
		return ask_calls_later(x, next);
	if (root == NULL && x->state == ASKED_PLACING && last->status / 100 == 4 && last->status != 408)
		x->placed->asked = false;
	if (root == NULL)
		return result;
	result = take(x, next, root);
	nm_node_free(root);
	return result;
}
