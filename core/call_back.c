/* SPDX-License-Identifier: MIT */
/*
 * Calling a customer back (call_back.h).  Comes in: a plan, a follow-up, a transport.  Goes out: a call, and deeds of
 * the follow-up.  The number is the follow-up's alone: nobody names another one.
 */
#include "nevermiss/call_back.h"

#include <string.h>

#include "core/placing_run.h"
#include "nevermiss/decide.h"

#define RING_LEAST_S 5
#define MARGIN_S 1 /* between the last ring and a phone's own voicemail */

const char *nm_call_back_words(enum nm_call_back_end end)
{
	static const char *const words[] = {
		[NM_CALL_BACK_REACHED] = "the customer was reached",
		[NM_CALL_BACK_NO_ANSWER] = "the customer did not answer",
		[NM_CALL_BACK_NOBODY] = "who should call back did not take it: the customer was not rung",
		[NM_CALL_BACK_UNKNOWN] = "what became of it is not known",
	};

	return (size_t)end <= NM_CALL_BACK_UNKNOWN ? words[end] : "unknown";
}

/* --- through which line --- */

static bool calls_back(const struct nm_traits *traits)
{
	return traits->calls_back;
}

static bool can_call_back(const struct nm_plan *plan, int line)
{
	const struct nm_carrier *carrier = nm_carrier_of(plan, plan->lines[line].account);

	return carrier != NULL && carrier->traits.calls_back;
}

static enum nm_code check_carrier(const struct nm_plan *plan, int line, struct nm_error *err)
{
	const struct nm_account *account = &plan->accounts[plan->lines[line].account];
	struct nm_buf able;

	if (can_call_back(plan, line))
		return NM_OK;
	nm_buf_init(&able, NM_ERROR_TEXT);
	nm_carriers_that(calls_back, &able);
	nm_fail(err, NM_REFUSED,
		"the driver %s of line %s cannot put people through; these can: %s; `from` in section follow_up names "
		"the line to call back from",
		account->driver, plan->lines[line].name, able.data);
	nm_buf_clear(&able);
	return NM_REFUSED;
}

/* follow_up's `from`, else the line that was called, else the first that can. */
static enum nm_code find_line(const struct nm_plan *plan, const struct nm_followup *followup, int *out,
			      struct nm_error *err)
{
	int line = plan->follow_up.from;

	if (line < 0 && followup->line != NULL)
		line = nm_plan_find_line(plan, followup->line);
	for (size_t i = 0; i < plan->n_lines && line < 0; i++)
		line = can_call_back(plan, (int)i) ? (int)i : -1;
	if (line < 0)
		return nm_fail(err, NM_REFUSED,
			       "no line of the plan is on an account that can put people through");
	*out = line;
	return check_carrier(plan, line, err);
}

/* --- whom --- */

static enum nm_code check_toll(const struct nm_plan *plan, nm_number number, struct nm_error *err)
{
	const enum nm_toll toll = nm_plan_toll(plan, number);
	const char *country = nm_number_country(number);
	char text[NM_NUMBER_TEXT];

	nm_number_words(number, text);
	if (toll == NM_TOLL_PREMIUM)
		return nm_fail(err, NM_REFUSED, "%s is a premium number: it is not called", text);
	if (toll == NM_TOLL_ABROAD)
		return nm_fail(err, NM_REFUSED,
			       "%s is in %s: only the plan's own country and those of `allow` are called",
			       text, *country != '\0' ? country : "no country that is known");
	return NM_OK;
}

static enum nm_code check_customer(const struct nm_plan *plan, const struct nm_followup *followup,
				   struct nm_error *err)
{
	char text[NM_NUMBER_TEXT];

	if (followup->end != NM_FOLLOWUP_OPEN)
		return nm_fail(err, NM_INPUT, "follow-up %lld has ended (%s): reopen it first",
			       (long long)followup->id, nm_followup_end_name(followup->end));
	if (followup->number == 0)
		return nm_fail(err, NM_INPUT, "follow-up %lld has no number that could be called",
			       (long long)followup->id);
	nm_number_words(followup->number, text);
	if (nm_plan_owns(plan, followup->number))
		return nm_fail(err, NM_REFUSED, "%s is a number of the plan's own", text);
	return check_toll(plan, followup->number, err);
}

/* --- who calls back --- */

static bool is_ours_to_ring(const struct nm_plan *plan, const struct nm_destination *destination)
{
	return (destination->kind == NM_PERSONAL ||
		(destination->kind == NM_BACKUP && destination->role != NM_ROLE_ANSWERING_SERVICE)) &&
	       nm_destination_number(plan, destination) != 0;
}

/* The first of the business's people in the steps; -1. */
static int first_rung(const struct nm_plan *plan, const struct nm_treatment *treatment)
{
	for (size_t i = 0; i < treatment->n; i++)
		for (size_t k = 0; k < treatment->steps[i].n; k++) {
			const int id = nm_plan_find_destination(plan, treatment->steps[i].parties[k].name);

			if (id >= 0 && is_ours_to_ring(plan, &plan->destinations[id]))
				return id;
		}
	return -1;
}

static int first_person(const struct nm_plan *plan)
{
	for (size_t i = 0; i < plan->n_destinations; i++)
		if (is_ours_to_ring(plan, &plan->destinations[i]))
			return (int)i;
	return -1;
}

/* What the plan does with a call of the customer's now: who is there, and whether a rule turns it away. */
static enum nm_code ask_plan(const struct nm_plan *plan, const struct nm_call_back *call, nm_time now,
			     int *rung, struct nm_error *err)
{
	const struct nm_call incoming = { .at = now,
					  .line = call->line,
					  .caller = { .number = call->customer },
					  .script = { .hangup_s = -1 } };
	char text[NM_NUMBER_TEXT];
	struct nm_simulation *simulation;
	enum nm_code code = nm_simulate(plan, &incoming, &simulation, err);

	if (code != NM_OK)
		return code;
	nm_number_words(call->customer, text);
	if (simulation->treatment->verdict == NM_VERDICT_REJECT)
		code = nm_fail(err, NM_REFUSED, "a rule rejects calls of %s: it is not called back", text);
	else
		*rung = first_rung(plan, simulation->treatment);
	nm_simulation_free(simulation);
	return code;
}

static enum nm_code check_person(const struct nm_plan *plan, struct nm_call_back *call, struct nm_error *err)
{
	const struct nm_destination *destination = &plan->destinations[call->destination];
	const struct nm_account *account = &plan->accounts[plan->lines[call->line].account];
	const struct nm_carrier *carrier = nm_carrier_find(account->driver);
	int until_voicemail_s = destination->own_voicemail_s - carrier->traits.ring_extra_s - MARGIN_S;

	if (!is_ours_to_ring(plan, destination))
		return nm_fail(err, NM_INPUT, "%s is nobody of the business with a number that could be rung",
			       destination->name);
	call->person = nm_destination_number(plan, destination);
	if (call->person == plan->lines[call->line].number)
		return nm_fail(err, NM_INPUT, "line %s cannot ring itself: name somebody else with --from",
			       plan->lines[call->line].name);
	if (until_voicemail_s < RING_LEAST_S)
		until_voicemail_s = RING_LEAST_S;
	call->person_s = NM_CALL_BACK_PERSON_S;
	call->confirm = destination->confirm && nm_carrier_traits(carrier, account).confirm != NM_CONFIRM_NONE;
	if (destination->own_voicemail_s >= 0 && until_voicemail_s < call->person_s)
		call->person_s = until_voicemail_s;
	return check_toll(plan, call->person, err);
}

enum nm_code nm_call_back_plan(const struct nm_plan *plan, const struct nm_followup *followup,
			       int destination, nm_time now, struct nm_call_back *out, struct nm_error *err)
{
	struct nm_call_back call = { .followup = followup->id, .customer = followup->number };
	int rung = -1;
	enum nm_code code = check_customer(plan, followup, err);

	if (code == NM_OK)
		code = find_line(plan, followup, &call.line, err);
	if (code == NM_OK)
		code = ask_plan(plan, &call, now, &rung, err);
	if (code != NM_OK)
		return code;
	call.destination = destination >= 0 ? destination : rung >= 0 ? rung : first_person(plan);
	if (call.destination < 0)
		return nm_fail(err, NM_INPUT, "the plan has nobody with a number who could call back");
	code = check_person(plan, &call, err);
	if (code == NM_OK)
		*out = call;
	return code;
}

/* --- the call --- */

static nm_time time_by_now(const struct nm_push_context *context)
{
	return context->clock != NULL ? context->clock(context->clock_context) : context->now;
}

static enum nm_code add_deed(const struct nm_push_context *context, const struct nm_call_back *call,
			     enum nm_deed_kind kind, const char *words, struct nm_error *err)
{
	const struct nm_deed deed = {
		.at = time_by_now(context), .who = context->who, .kind = kind, .words = words
	};

	return nm_store_followup_deed(context->store, call->followup, &deed, err);
}

/* The attempt, while it may still be made: somebody else may have ended the follow-up since it was looked at. */
static enum nm_code write_attempt(const struct nm_push_context *context, const struct nm_call_back *call,
				  struct nm_arena *arena, struct nm_error *err)
{
	const struct nm_plan *plan = context->plan;
	const char *words =
		nm_arena_format(arena, "calls back from line %s: %s is rung, then the customer",
				plan->lines[call->line].name, plan->destinations[call->destination].name);
	struct nm_followup followup;
	enum nm_code code = words != NULL ? nm_store_begin(context->store, err) : nm_fail_memory(err);

	if (code != NM_OK)
		return code;
	code = nm_store_followup_get(context->store, call->followup, arena, &followup, err);
	if (code == NM_OK && followup.number != call->customer)
		code = nm_fail(err, NM_INPUT, "follow-up %lld is about another number by now",
			       (long long)call->followup);
	if (code == NM_OK)
		code = check_customer(plan, &followup, err);
	if (code == NM_OK)
		code = add_deed(context, call, NM_DEED_NOTED, words, err);
	if (code == NM_OK)
		code = nm_store_commit(context->store, err);
	if (code != NM_OK)
		nm_store_abandon(context->store);
	return code;
}

static enum nm_call_back_end end_of(const struct nm_placed *placed)
{
	if (placed->n > 0 && (placed->legs[0].talking || placed->legs[0].end == NM_LEG_ANSWERED))
		return NM_CALL_BACK_REACHED;
	if (placed->n > 0 && placed->legs[0].end != NM_LEG_OPEN)
		return NM_CALL_BACK_NO_ANSWER;
	return placed->ended && placed->n == 0 ? NM_CALL_BACK_NOBODY : NM_CALL_BACK_UNKNOWN;
}

/* A customer who did not answer is a try, with all that the plan has follow from one. */
static enum nm_code write_end(const struct nm_push_context *context, const struct nm_call_back *call,
			      enum nm_call_back_end end, struct nm_arena *arena, struct nm_error *err)
{
	struct nm_followup after;

	if (end == NM_CALL_BACK_REACHED)
		return add_deed(context, call, NM_DEED_REACHED, NULL, err);
	if (end != NM_CALL_BACK_NO_ANSWER)
		return add_deed(context, call, NM_DEED_NOTED, nm_call_back_words(end), err);
	return nm_followup_outcome(context->plan, context->store, call->followup, NM_FOLLOWUP_NO_ANSWER,
				   time_by_now(context), context->who, arena, &after, err);
}

static enum nm_code place(const struct nm_push_context *context, const struct nm_call_back *call,
			  enum nm_call_back_end *out, struct nm_error *err)
{
	char from[NM_NUMBER_TEXT], person[NM_NUMBER_TEXT], customer[NM_NUMBER_TEXT];
	const struct nm_placing place = { .from = from,
					  .now = context->now,
					  .stay_s = call->person_s + NM_CALL_BACK_CUSTOMER_S,
					  .person = person,
					  .customer = customer,
					  .person_s = call->person_s,
					  .customer_s = NM_CALL_BACK_CUSTOMER_S,
					  .confirm = call->confirm };
	struct nm_placing_result result = { 0 };
	enum nm_code code;

	nm_number_write(context->plan->lines[call->line].number, from);
	nm_number_write(call->person, person);
	nm_number_write(call->customer, customer);
	code = nm_placing_run(context, call->line, &place, &result, err);
	if (code == NM_OK)
		*out = end_of(&result.placed);
	nm_placing_result_clear(&result);
	return code;
}

enum nm_code nm_call_back_place(const struct nm_push_context *context, const struct nm_call_back *call,
				enum nm_call_back_end *out, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	enum nm_call_back_end end = NM_CALL_BACK_UNKNOWN;
	struct nm_error why;
	enum nm_code code = arena != NULL ? write_attempt(context, call, arena, err) : nm_fail_memory(err),
		     placed;

	if (code != NM_OK) {
		nm_arena_free(arena);
		return code;
	}
	placed = place(context, call, &end, err);
	code = placed != NM_OK ? add_deed(context, call, NM_DEED_NOTED, err->text, &why)
			       : write_end(context, call, end, arena, &why);
	nm_arena_free(arena);
	if (placed != NM_OK)
		return placed;
	if (code != NM_OK)
		return nm_fail(err, code, "%s, but follow-up %lld does not say so: %s",
			       nm_call_back_words(end), (long long)call->followup, why.text);
	*out = end;
	return NM_OK;
}
