/* SPDX-License-Identifier: MIT */
/*
 * A test call through Twilio: one of the account's numbers calls the line, and what rings for it is followed.
 *
 *   https://www.twilio.com/docs/voice/api/call-resource
 *
 * The number that calls, the calls between the two numbers so far, the call itself, and then again and
 * again: the calls between the two (its own end and the line's) and the legs that the line's end has.
 * Twilio has no key that keeps a call from being made twice: a conversation that was cut off while it
 * asked for one looks for the call, and asks for none again.  Ours is the one made after all that were
 * there before (`before`, on Twilio's clock).  Not verified: that Studio's rings appear as legs of the
 * line's end.
 */
#include <stdlib.h>
#include <string.h>

#include "core/ascii.h"
#include "core/carrier/ask.h"
#include "core/carrier/form.h"
#include "core/carrier/twilio_talk.h"

#define FORM_MAX 4096
#define PAUSE_S 3
#define LOOK_S 30      /* a call of which it is not known whether it was made is looked for so long */
#define PATIENCE_S 60  /* beyond the time that the caller stays */
#define QUIET_ROUNDS 3 /* so often nothing is under way before it is over: legs may appear late */

enum asked { ASKED_NUMBER = NM_ASKED_NUMBERS, ASKED_BEFORE, ASKED_PLACING, ASKED_CALLS, ASKED_LEGS };

/* --- a leg --- */

static bool two_digits(const char *text, int most, int *out)
{
	if (!nm_ascii_is_digit(text[0]) || !nm_ascii_is_digit(text[1]))
		return false;
	*out = (text[0] - '0') * 10 + text[1] - '0';
	return *out <= most;
}

static int month_of(const char *text)
{
	int month = 0;

	while (month < 12 && strncmp(text, nm_month_names[month], 3) != 0)
		month++;
	return month + 1;
}

/* "Mon, 05 Jan 2026 14:00:00 +0000", as Twilio writes times, in UTC only; 0: it is none. */
static nm_time time_of(const char *text)
{
	int day, century, year, month, hour, minute, second;

	if (text == NULL || strlen(text) != 31 || strncmp(text + 3, ", ", 2) != 0 ||
	    strcmp(text + 25, " +0000") != 0 || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' ||
	    text[19] != ':' || text[22] != ':')
		return 0;
	month = month_of(text + 8);
	if (month > 12 || !two_digits(text + 5, 31, &day) || !two_digits(text + 12, 99, &century) ||
	    !two_digits(text + 14, 99, &year) || !two_digits(text + 17, 23, &hour) ||
	    !two_digits(text + 20, 59, &minute) || !two_digits(text + 23, 60, &second))
		return 0;
	return nm_days_from_date(century * 100 + year, month, day) * NM_DAY + hour * 3600 + minute * 60 +
	       second;
}

nm_time nm_twilio_leg_time(const struct nm_node *call, const char *name)
{
	return time_of(nm_node_member_text(call, name));
}

/* Seconds that stand in a text; -1. */
static int member_seconds(const struct nm_node *call, const char *name)
{
	const char *text = nm_node_member_text(call, name);
	int seconds = 0;

	if (text == NULL || *text == '\0' || strlen(text) > 6)
		return -1;
	for (; *text != '\0'; text++) {
		if (!nm_ascii_is_digit(*text))
			return -1;
		seconds = seconds * 10 + *text - '0';
	}
	return seconds;
}

static enum nm_leg_end end_of(const struct nm_node *call)
{
	static const struct {
		const char *status;
		enum nm_leg_end end;
	} ends[] = {
		{ "busy", NM_LEG_BUSY },           { "canceled", NM_LEG_CANCELED },
		{ "completed", NM_LEG_ANSWERED },  { "failed", NM_LEG_FAILED },
		{ "no-answer", NM_LEG_NO_ANSWER },
	};
	const char *status = nm_node_member_text(call, "status");

	for (size_t i = 0; status != NULL && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(status, ends[i].status) == 0)
			return ends[i].end;
	return NM_LEG_OPEN;
}

/* How long it rang.  Whether `start_time` is when it began to ring or when somebody answered is not
 * verified: the earlier of that and the leg's making is taken, and of a leg that was answered the talk is
 * taken off its end. */
static int rang_of(const struct nm_leg *leg, const struct nm_node *call)
{
	const int talked = member_seconds(call, "duration");
	nm_time until = leg->ended;

	if (leg->began == 0 || until == 0 || (leg->end == NM_LEG_ANSWERED && talked < 0))
		return -1;
	if (leg->end == NM_LEG_ANSWERED)
		until -= talked;
	return until <= leg->began ? 0 : until - leg->began > NM_DAY ? -1 : (int)(until - leg->began);
}

/* False: it does not describe a call. */
static bool read_leg(struct nm_exchange *x, const struct nm_node *call, struct nm_leg *out)
{
	const char *sid = nm_node_member_text(call, "sid"), *to = nm_node_member_text(call, "to");
	const nm_time created = nm_twilio_leg_time(call, "date_created"),
		      started = nm_twilio_leg_time(call, "start_time");

	*out = (struct nm_leg){ .end = end_of(call) };
	if (!nm_twilio_is_sid(sid, "CA"))
		return false;
	out->began = started == 0 || (created != 0 && created < started) ? created : started;
	if (out->end != NM_LEG_OPEN)
		out->ended = nm_twilio_leg_time(call, "end_time");
	/* It may be left out of a call that nobody took; the leg does not change any more after its end. */
	if (out->end != NM_LEG_OPEN && out->ended == 0)
		out->ended = nm_twilio_leg_time(call, "date_updated");
	out->rang_s = rang_of(out, call);
	out->id = nm_arena_text(x->arena, sid);
	out->to = to != NULL ? nm_twilio_shown(x, to) : "";
	return out->id != NULL;
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
			x->account->sid, x->number + 1, x->place->from + 1, day.year, day.month, day.day),
		state);
}

static enum nm_step_result ask_legs(struct nm_exchange *x, struct nm_request *next)
{
	return ask_path(x, next,
			nm_arena_format(x->arena,
					"/2010-04-01/Accounts/%s/Calls.json?ParentCallSid=%s&PageSize=100",
					x->account->sid, x->placed->line.id),
			ASKED_LEGS);
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

static const char *next_page(struct nm_exchange *x, const struct nm_node *root)
{
	return nm_twilio_next_page(x, NM_TWILIO_API, nm_node_member_text(root, "next_page_uri"));
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
	page = next_page(x, root);
	if (page != NULL)
		return nm_twilio_turn_page(x, next, page);
	return nm_exchange_fail(x, "the account has no number %s that could call", x->place->from);
}

/* The caller says nothing and hangs up in the end, whoever answers. */
static enum nm_step_result place(struct nm_exchange *x, struct nm_request *next)
{
	const char *path = nm_arena_format(x->arena, "/2010-04-01/Accounts/%s/Calls.json", x->account->sid);
	const char *stay = nm_arena_format(x->arena, "%d", x->place->stay_s);
	const char *says = nm_arena_format(x->arena, "<Response><Pause length=\"%d\"/><Hangup/></Response>",
					   x->place->stay_s);
	struct nm_buf form;

	if (path == NULL || stay == NULL || says == NULL)
		return nm_exchange_fail(x, "out of memory");
	x->placed->asked = true;
	nm_buf_init(&form, FORM_MAX);
	nm_form_add(&form, "From", x->place->from);
	nm_form_add(&form, "Timeout", stay);
	nm_form_add(&form, "To", x->number);
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

		if (!read_leg(x, nm_node_at(list, i), &leg))
			return nm_exchange_fail(x, "its answer does not describe a call");
		if (leg.end == NM_LEG_OPEN)
			return nm_exchange_fail(x, "a call from %s to %s is under way already (%s)",
						x->place->from, x->number, leg.id);
		newest = made > newest ? made : newest;
	}
	if (!keep_before(x, newest))
		return nm_exchange_fail(x, "out of memory");
	page = next_page(x, root);
	return page != NULL ? nm_twilio_turn_page(x, next, page) : place(x, next);
}

/* --- the call --- */

static enum nm_step_result take_placed(struct nm_exchange *x, struct nm_request *next,
				       const struct nm_node *root)
{
	struct nm_leg leg;

	/* Whatever it says, it is not asked for a second one. */
	if (read_leg(x, root, &leg))
		x->placed->caller = leg;
	return ask_calls_later(x, next);
}

static bool goes(const struct nm_node *call, const char *direction)
{
	const char *says = nm_node_member_text(call, "direction");

	return says != NULL && strncmp(says, direction, strlen(direction)) == 0;
}

static bool between(const struct nm_exchange *x, const struct nm_node *call)
{
	const char *from = nm_node_member_text(call, "from"), *to = nm_node_member_text(call, "to");

	return from != NULL && to != NULL && strcmp(from, x->place->from) == 0 && strcmp(to, x->number) == 0;
}

/* What is told of one end of our call; once it is known which one that is, of no other. */
static void take_end(struct nm_leg *end, const struct nm_leg *leg)
{
	if (end->id == NULL || strcmp(end->id, leg->id) == 0)
		*end = *leg;
}

static enum nm_step_result follow(struct nm_exchange *x, struct nm_request *next)
{
	struct nm_placed *placed = x->placed;
	bool over = placed->caller.end != NM_LEG_OPEN &&
		    (placed->line.id == NULL || placed->line.end != NM_LEG_OPEN);

	for (size_t i = 0; i < placed->n; i++)
		over = over && placed->legs[i].end != NM_LEG_OPEN;
	placed->quiet = over ? placed->quiet + 1 : 0;
	placed->ended = placed->quiet >= QUIET_ROUNDS;
	if (placed->ended || placed->followed_s > x->place->stay_s + PATIENCE_S)
		return NM_STEP_DONE;
	return ask_calls_later(x, next);
}

static enum nm_step_result looked(struct nm_exchange *x, struct nm_request *next)
{
	if (x->placed->caller.id == NULL && x->placed->followed_s < LOOK_S)
		return ask_calls_later(x, next);
	if (x->placed->caller.id == NULL)
		return nm_exchange_fail(x, "it shows no such call: probably it made none");
	return x->placed->line.id != NULL ? ask_legs(x, next) : follow(x, next);
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
		if (!read_leg(x, call, &leg))
			return nm_exchange_fail(x, "its answer does not describe a call");
		if (goes(call, "outbound"))
			take_end(&x->placed->caller, &leg);
		else if (goes(call, "inbound"))
			take_end(&x->placed->line, &leg);
	}
	page = next_page(x, root);
	return page != NULL ? nm_twilio_turn_page(x, next, page) : looked(x, next);
}

/* --- its legs --- */

/* In the order in which they began; Twilio lists the newest first. */
static void put_leg(struct nm_placed *placed, const struct nm_leg *leg)
{
	size_t at = 0;

	while (at < placed->n && placed->legs[at].began < leg->began)
		at++;
	memmove(placed->legs + at + 1, placed->legs + at, (placed->n - at) * sizeof(*placed->legs));
	placed->legs[at] = *leg;
	placed->n++;
}

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

		if (placed->n == NM_LEGS_MAX)
			return nm_exchange_fail(x, "the call has more than %d legs", NM_LEGS_MAX);
		if (!read_leg(x, nm_node_at(list, i), &leg))
			return nm_exchange_fail(x, "its answer does not describe a leg");
		put_leg(placed, &leg);
	}
	page = next_page(x, root);
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
