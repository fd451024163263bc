/* SPDX-License-Identifier: MIT */
/*
 * Twilio's call records (https://www.twilio.com/docs/voice/api/call-resource), a week at a time from the oldest
 * on, so that a conversation that ends early has read all up to a day:
 *
 *   GET Calls.json?To=NUMBER&StartTime>=DAY&StartTime<=DAY   what came to the number, the newest first
 *   GET Calls.json?ParentCallSid=SID                         what rang for one of them
 *   GET Calls.json?From=NUMBER&StartTime>=DAY&StartTime<=DAY calls that were made from it
 *
 * Whether the last day of such a list is in it is not certain: it is asked for a day more, and what began later
 * is left for the next week.  Not verified: that Studio's rings appear as legs.
 */
#include <stdlib.h>
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/records.h"
#include "core/carrier/twilio_leg.h"

#define WEEK (7 * (nm_time)NM_DAY)

enum asked { ASKED_CALLS = 1, ASKED_LEGS, ASKED_MADE };

/* Where the week ends that is being read. */
static nm_time week_end(const struct nm_records *records)
{
	const nm_time end = nm_local_day(records->until) * NM_DAY + WEEK;

	return end < records->now ? end : records->now;
}

/* side: "To" or "From", where the line's number stands. */
static enum nm_step_result ask_week(struct nm_exchange *x, struct nm_request *next, const char *side, enum asked asked)
{
	const char *from = nm_records_day(x->arena, x->records->until);
	const char *until = nm_records_day(x->arena, week_end(x->records) + NM_DAY);
	const char *path = NULL;

	if (from != NULL && until != NULL)
		path = nm_arena_format(x->arena,
				       "/2010-04-01/Accounts/%s/Calls.json?%s=%%2B%s&StartTime%%3E=%s"
				       "&StartTime%%3C=%s&PageSize=1000",
				       x->account->sid, side, x->number + 1, from, until);
	return nm_twilio_ask(x, next, path != NULL ? nm_ask_url(x, NM_TWILIO_API, path) : NULL, (int)asked);
}

/* What follows a page of a list.  A page that names itself would be read for ever. */
static enum nm_step_result turn_page(struct nm_exchange *x, struct nm_request *next, const char *page)
{
	const char *last = x->records->own;

	if (last != NULL && strcmp(last, page) == 0)
		return nm_exchange_fail(x, "its list has no end: a page names itself as the next one");
	x->records->own = nm_arena_text(x->arena, page);
	return x->records->own != NULL ? nm_twilio_turn_page(x, next, page)
				       : nm_exchange_fail(x, "out of memory");
}

/* The next call of the week that was not asked about, or what went out in that week. */
static enum nm_step_result go_on(struct nm_exchange *x, struct nm_request *next)
{
	struct nm_records *records = x->records;

	records->own = NULL;
	if (records->at < records->n)
		return nm_twilio_ask_legs(x, next, records->items[records->at].id, ASKED_LEGS);
	return ask_week(x, next, "From", ASKED_MADE);
}

static enum nm_step_result next_week(struct nm_exchange *x, struct nm_request *next)
{
	x->records->own = NULL;
	x->records->until = week_end(x->records);
	return nm_records_end(x->records) ? NM_STEP_DONE : ask_week(x, next, "To", ASKED_CALLS);
}

/* --- the calls of a week --- */

static struct nm_caller caller_of(const struct nm_node *call)
{
	const char *from = nm_node_member_text(call, "from");

	if (from != NULL &&
	    (strcmp(from, NM_TWILIO_WITHHELD_DIGITS) == 0 || strcmp(from, NM_TWILIO_WITHHELD) == 0))
		return (struct nm_caller){ .anonymous = true };
	return (struct nm_caller){ .number = nm_records_number(from) };
}

/* Is it one that came from outside, and to this number? */
static bool came(const struct nm_exchange *x, const struct nm_node *call)
{
	const char *to = nm_node_member_text(call, "to");

	return to != NULL && strcmp(to, x->number) == 0 && nm_twilio_leg_goes(call, "inbound");
}

/* False: memory is out. */
static bool take_call(struct nm_exchange *x, const struct nm_node *call)
{
	struct nm_records *records = x->records;
	struct nm_record record = { .caller = caller_of(call), .tells_legs = true };
	struct nm_leg leg;

	if (!came(x, call))
		return true;
	if (!nm_twilio_is_leg(call)) {
		records->odd++;
		return true;
	}
	if (!nm_twilio_read_leg(x, call, &leg))
		return false;
	if (leg.began == 0 || !nm_records_lasts(leg.began, leg.ended)) {
		records->odd++;
		return true;
	}
	if (leg.began < records->until || leg.began >= week_end(records))
		return true;
	record.id = leg.id;
	record.began = leg.began;
	record.ended = leg.ended;
	record.end = leg.end;
	record.forwarded_from = nm_records_number(nm_node_member_text(call, "forwarded_from"));
	return nm_records_add(x, &record);
}

static enum nm_step_result take_calls(struct nm_exchange *x, struct nm_request *next,
				      const struct nm_node *root)
{
	const struct nm_node *list = nm_node_get(root, "calls");
	const char *page;

	if (!nm_node_is_array(list))
		return nm_exchange_fail(x, "its answer lists no calls");
	for (size_t i = 0; i < nm_node_count(list); i++) {
		if (x->records->n == NM_RECORDS_MAX)
			return nm_exchange_fail(
				x, "more than %d calls came to %s in a week: so many cannot be read",
				NM_RECORDS_MAX, x->number);
		if (!take_call(x, nm_node_at(list, i)))
			return nm_exchange_fail(x, "out of memory");
	}
	page = nm_twilio_next_calls(x, root);
	return page != NULL ? turn_page(x, next, page) : go_on(x, next);
}

/* --- the legs of a call --- */

/* Room for `more` legs and no more than NM_LEGS_MAX; false: memory is out. */
static bool make_room(struct nm_exchange *x, struct nm_record *record, size_t more)
{
	const size_t all = record->n + more < NM_LEGS_MAX ? record->n + more : NM_LEGS_MAX;
	struct nm_leg *legs = nm_arena_alloc(x->arena, all, sizeof(*legs));

	if (legs != NULL && record->n > 0)
		memcpy(legs, record->legs, record->n * sizeof(*legs));
	record->legs = legs;
	return legs != NULL;
}

/* False: memory is out. */
static bool take_leg(struct nm_exchange *x, struct nm_record *record, const struct nm_node *call)
{
	struct nm_leg leg;

	if (!nm_twilio_is_leg(call)) {
		record->tells_legs = false; /* not all of them */
		return true;
	}
	if (!nm_twilio_read_leg(x, call, &leg))
		return false;
	if (!nm_records_lasts(leg.began, leg.ended)) {
		x->records->odd++;
		record->tells_legs = false;
	} else if (!nm_records_put_leg(record->legs, &record->n, &leg)) {
		record->cut = true;
		record->tells_legs = false;
	}
	return true;
}

static enum nm_step_result take_legs(struct nm_exchange *x, struct nm_request *next,
				     const struct nm_node *root)
{
	const struct nm_node *list = nm_node_get(root, "calls");
	struct nm_record *record = &x->records->items[x->records->at];
	const char *page;

	if (!nm_node_is_array(list))
		return nm_exchange_fail(x, "its answer lists no legs");
	if (!make_room(x, record, nm_node_count(list)))
		return nm_exchange_fail(x, "out of memory");
	for (size_t i = 0; i < nm_node_count(list); i++)
		if (!take_leg(x, record, nm_node_at(list, i)))
			return nm_exchange_fail(x, "out of memory");
	page = nm_twilio_next_calls(x, root);
	if (page != NULL && !record->cut)
		return turn_page(x, next, page);
	x->records->at++;
	return go_on(x, next);
}

/* --- calls that were made --- */

/* Also a leg of another call that shows the line's number; what is under way says more the next time.  False: memory is
 * out. */
static bool take_made_call(struct nm_exchange *x, const struct nm_node *call)
{
	const char *from = nm_node_member_text(call, "from");
	struct nm_made made;
	struct nm_leg leg;

	if (from == NULL || strcmp(from, x->number) != 0 || !nm_twilio_leg_goes(call, "outbound") || !nm_twilio_is_leg(call))
		return true;
	if (!nm_twilio_read_leg(x, call, &leg))
		return false;
	if (leg.began < x->records->until || leg.began >= week_end(x->records) || leg.end == NM_LEG_OPEN ||
	    !nm_records_lasts(leg.began, leg.ended))
		return true;
	made = (struct nm_made){ .from = nm_records_number(from),
				 .to = nm_records_number(leg.to),
				 .began = leg.began,
				 .answered = leg.rang_s >= 0 ? leg.began + leg.rang_s : 0,
				 .ended = leg.ended,
				 .end = leg.end };
	return nm_records_add_made(x, &made);
}

static enum nm_step_result take_made(struct nm_exchange *x, struct nm_request *next, const struct nm_node *root)
{
	const struct nm_node *list = nm_node_get(root, "calls");
	const char *page;

	if (!nm_node_is_array(list))
		return nm_exchange_fail(x, "its answer lists no calls that were made");
	for (size_t i = 0; i < nm_node_count(list); i++)
		if (!take_made_call(x, nm_node_at(list, i)))
			return nm_exchange_fail(x, "out of memory");
	page = nm_twilio_next_calls(x, root);
	return page != NULL ? turn_page(x, next, page) : next_week(x, next);
}

enum nm_step_result nm_twilio_records(struct nm_exchange *x, const struct nm_response *last,
				      struct nm_request *next)
{
	enum nm_step_result result = NM_STEP_FAILED;
	struct nm_node *root;

	if (x->state == NM_ASKED_NOTHING || last == NULL) {
		nm_records_begin(x->records);
		return nm_twilio_has_sid(x) ? ask_week(x, next, "To", ASKED_CALLS) : NM_STEP_FAILED;
	}
	root = nm_twilio_document(x, last, &result);
	if (root == NULL)
		return result;
	switch (x->state % NM_ASKED_PAGE) {
	case ASKED_CALLS:
		result = take_calls(x, next, root);
		break;
	case ASKED_LEGS:
		result = take_legs(x, next, root);
		break;
	default:
		result = take_made(x, next, root);
		break;
	}
	nm_node_free(root);
	return result;
}
