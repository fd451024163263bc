/* SPDX-License-Identifier: MIT */
/*
 * Whatever phones do is no difference from the plan: calls that go by random plans while each phone answers, is busy, fails,
 * rings on or has its own voicemail take the call, written down in the forms that records have, are as planned.  How such
 * a call goes is worked out here, and not by what plays calls.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/explain.h"
#include "nevermiss/placing.h"
#include "random_plan.h"
#include "record.h"

#define T INT64_C(1767621600) /* Monday 2026-01-05 08:00 in Chicago */
#define PLANS 300
#define CALLS 60
#define NEVER (1 << 20)

/* --- what a phone does --- */

enum does { ANSWERS, PRESSES_NOTHING, BUSY, FAILS, RINGS, SWALLOWS, SWALLOWS_AT_ONCE, DOES };

struct phone {
	enum does does;
	int at; /* from the step's beginning */
};

static bool has_voicemail(const struct nm_party *party)
{
	return party->own_voicemail_s >= 0 && !party->confirm;
}

static bool can_do(const struct nm_party *party, enum does does, int for_s)
{
	switch (does) {
	case PRESSES_NOTHING:
		return party->confirm;
	case SWALLOWS:
		return has_voicemail(party) && party->own_voicemail_s < for_s;
	case SWALLOWS_AT_ONCE:
		return has_voicemail(party);
	default:
		return true;
	}
}

static struct phone random_phone(uint64_t *state, const struct nm_party *party, int for_s)
{
	const int first = party->own_voicemail_s >= 0 && party->own_voicemail_s < for_s
				  ? party->own_voicemail_s
				  : for_s;
	struct phone phone = { .does = RINGS, .at = for_s };

	do
		phone.does = (enum does)random_below(state, DOES);
	while (!can_do(party, phone.does, for_s));
	if (phone.does == ANSWERS && first == 0)
		phone.does = BUSY;
	if (phone.does == ANSWERS || phone.does == PRESSES_NOTHING)
		phone.at = (int)random_below(state, (uint32_t)(first > 0 ? first : 1));
	else if (phone.does == BUSY || phone.does == FAILS)
		phone.at = random_below(state, 2) ? (int)random_below(state, (uint32_t)for_s + 1) : 0;
	else if (phone.does == SWALLOWS)
		phone.at = party->own_voicemail_s;
	else if (phone.does == SWALLOWS_AT_ONCE)
		phone.at = 0;
	return phone;
}

static bool takes(const struct phone *phone)
{
	return phone->does == ANSWERS || phone->does == SWALLOWS || phone->does == SWALLOWS_AT_ONCE;
}

/* --- a call --- */

struct made {
	struct record record;
	int delay_s; /* that the carrier needs for each ring */
	int hangup_s;
	int t;           /* on the record's clock */
	bool over, full; /* full: of legs */
};

static void put_leg(struct made *made, const struct nm_party *party, enum nm_leg_end end, int rang_s,
		    int lasted_s)
{
	struct record *r = &made->record;

	if (r->call.n == RECORD_LEGS) {
		made->full = true;
		return;
	}
	r->legs[r->call.n++] =
		(struct nm_call_leg){ .leg = { .id = "leg",
					       .to = party->number,
					       .end = end,
					       .began = r->call.began + made->t,
					       .ended = r->call.began + made->t + rang_s + lasted_s,
					       .rang_s = rang_s },
				      .who = party->name };
}

/* The leg of a phone in a step that is over after until_s; taken: by it. */
static void put_phone(struct made *made, const struct nm_party *party, const struct phone *phone, int until_s,
		      bool taken, bool called_off)
{
	if (taken)
		put_leg(made, party, NM_LEG_ANSWERED, phone->at, 60);
	else if (phone->does == PRESSES_NOTHING && phone->at < until_s)
		put_leg(made, party, NM_LEG_ANSWERED, phone->at, until_s - phone->at);
	else if ((phone->does == BUSY || phone->does == FAILS) && phone->at <= until_s)
		put_leg(made, party, phone->does == BUSY ? NM_LEG_BUSY : NM_LEG_FAILED, phone->at, 0);
	else
		put_leg(made, party, called_off ? NM_LEG_CANCELED : NM_LEG_NO_ANSWER, until_s, 0);
}

static void end_taken(struct made *made, const struct nm_party *party, enum does does, int at)
{
	struct record *r = &made->record;

	made->over = true;
	if (does == ANSWERS)
		record_ends(r, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, party->name, at, at + 60);
	else
		record_ends(r, NM_CALL_SWALLOWED, does == SWALLOWS ? NM_CALL_OWN_VOICEMAIL : NM_CALL_AT_ONCE,
			    party->name, at, at + 60);
}

static void hang_up(struct made *made)
{
	made->over = true;
	record_ends(&made->record, NM_CALL_ABANDONED, NM_CALL_HUNG_UP, NULL, made->hangup_s, made->hangup_s);
}

/* Whoever takes the call first: in one second an answer goes ahead, and then the step's order. */
static size_t find_taker(const struct phone *phones, size_t n)
{
	size_t taker = n;

	for (size_t i = 0; i < n; i++)
		if (takes(&phones[i]) && (taker == n || phones[i].at < phones[taker].at ||
					  (phones[i].at == phones[taker].at && phones[i].does == ANSWERS &&
					   phones[taker].does != ANSWERS)))
			taker = i;
	return taker;
}

/* Until none of them rings any more, or is asked for a 1. */
static int last_of(const struct phone *phones, size_t n, int for_s)
{
	int last = 0;

	for (size_t i = 0; i < n; i++)
		if (phones[i].does == PRESSES_NOTHING)
			last = for_s;
		else if (phones[i].at > last)
			last = phones[i].at;
	return last;
}

static void make_rings(struct made *made, const struct nm_treatment_step *step, uint64_t *state)
{
	struct phone phones[NM_RING_MAX * 8];
	size_t taker;
	int until_s;

	made->t += made->delay_s;
	assert_true(step->n <= sizeof(phones) / sizeof(phones[0]));
	for (size_t i = 0; i < step->n; i++)
		phones[i] = random_phone(state, &step->parties[i], step->for_s);
	taker = find_taker(phones, step->n);
	until_s = taker < step->n ? phones[taker].at : last_of(phones, step->n, step->for_s);
	if (made->hangup_s < made->t + until_s) {
		taker = step->n;
		until_s = made->hangup_s - made->t;
	}
	for (size_t i = 0; i < step->n; i++)
		put_phone(made, &step->parties[i], &phones[i], until_s, i == taker,
			  taker < step->n || made->hangup_s == made->t + until_s);
	made->t += until_s;
	if (taker < step->n)
		end_taken(made, &step->parties[taker], phones[taker].does, made->t);
	else if (made->hangup_s == made->t)
		hang_up(made);
}

static const struct nm_party *mailbox_of(const struct nm_treatment_step *step)
{
	for (size_t i = 0; i < step->n; i++)
		if (step->parties[i].kind == NM_VOICEMAIL)
			return &step->parties[i];
	return NULL;
}

static void make_step(struct made *made, const struct nm_treatment_step *step, uint64_t *state)
{
	if (step->n == 0)
		return;
	if (made->hangup_s <= made->t + made->delay_s) {
		made->hangup_s = made->hangup_s > made->t ? made->hangup_s : made->t;
		hang_up(made);
	} else if (mailbox_of(step) != NULL) {
		made->over = true;
		record_ends(&made->record, NM_CALL_VOICEMAIL, NM_CALL_MAILBOX, NULL, made->t, made->t + 30);
	} else {
		make_rings(made, step, state);
	}
}

/* Lines, and the line's own phone, leave records of their own. */
static bool is_plain(const struct nm_treatment *treatment)
{
	for (size_t i = 0; i < treatment->n; i++) {
		if (treatment->steps[i].ring_time != NM_RING_TIMED)
			return false;
		for (size_t k = 0; k < treatment->steps[i].n; k++)
			if (treatment->steps[i].parties[k].line != NULL ||
			    treatment->steps[i].parties[k].native)
				return false;
	}
	return treatment->verdict == NM_VERDICT_PATH;
}

static void make(struct made *made, const struct nm_treatment *treatment, uint64_t *state)
{
	made->t = treatment->greeting_s;
	for (size_t i = 0; i < treatment->n && !made->over; i++)
		make_step(made, &treatment->steps[i], state);
	if (!made->over)
		record_ends(&made->record, NM_CALL_LOST, NM_CALL_NOBODY, NULL, -1, made->t);
}

/* --- how it is written down --- */

enum form { WHOLE, UNTIMED, UNRUNG, UNLISTED, FORMS };

/* Of a record that says no more than how the call ended: who answered is then not told. */
static void write_unlisted(struct record *record)
{
	struct nm_became *became = &record->call.became;

	record->call.n = 0;
	if (became->end == NM_CALL_VOICEMAIL)
		*became =
			(struct nm_became){ .end = NM_CALL_VOICEMAIL, .reason = NM_CALL_SAID, .seconds = -1 };
	else if (became->end == NM_CALL_LOST)
		became->reason = NM_CALL_MISSED;
	else if (became->end != NM_CALL_ABANDONED)
		*became = (struct nm_became){ .end = NM_CALL_UNKNOWN,
					      .reason = NM_CALL_NOT_TOLD,
					      .seconds = -1 };
}

/* A record may tell neither when a phone began to ring, nor even for how long it did: then not, either, that its own
 * voicemail had the call. */
static void write_form(struct record *record, enum form form)
{
	struct nm_became *became = &record->call.became;

	if (form == UNLISTED)
		write_unlisted(record);
	for (size_t i = 0; i < record->call.n && form != WHOLE; i++) {
		struct nm_leg *leg = &record->legs[i].leg;

		leg->began = leg->ended = 0;
		if (form == UNRUNG)
			leg->rang_s = -1;
	}
	if (form == UNRUNG && became->end == NM_CALL_SWALLOWED)
		record_ends(record, NM_CALL_ANSWERED, NM_CALL_PERHAPS_VOICEMAIL, became->by, -1,
			    became->seconds + 60);
}

/* --- beside the plan --- */

struct counted {
	size_t ends[NM_CALL_UNKNOWN + 1], legs[NM_LEG_CANCELED + 1], forms[FORMS];
};

static bool same_end(const struct nm_became *became, const struct nm_outcome *expected)
{
	static const enum nm_call_end ends[] = {
		[NM_ANSWERED] = NM_CALL_ANSWERED,   [NM_TO_VOICEMAIL] = NM_CALL_VOICEMAIL,
		[NM_REJECTED] = NM_CALL_REJECTED,   [NM_SWALLOWED] = NM_CALL_SWALLOWED,
		[NM_ABANDONED] = NM_CALL_ABANDONED, [NM_LOST] = NM_CALL_LOST,
	};

	return ends[expected->result] == became->end && expected->seconds == became->seconds;
}

static void tell(const struct made *made, const struct nm_explanation *explanation)
{
	const struct nm_call_entry *call = &made->record.call;

	for (size_t i = 0; i < call->n; i++)
		print_message("  really %s: %s, from %lld s, rang for %d s\n", call->legs[i].who,
			      nm_leg_end_name(call->legs[i].leg.end),
			      (long long)(call->legs[i].leg.began - call->began), call->legs[i].leg.rang_s);
	for (size_t i = 0; i < explanation->expected.n; i++)
		print_message("  by the plan %d s %s %s: %s\n", explanation->expected.events[i].t,
			      nm_event_name(explanation->expected.events[i].kind),
			      explanation->expected.events[i].n ? explanation->expected.events[i].to[0] : "",
			      explanation->expected.events[i].why);
}

static void explain_made(const struct nm_plan *plan, struct nm_store *store, const struct made *made,
			 enum form form)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_explainer *explainer;
	struct nm_explanation explanation;
	struct nm_error err;

	assert_non_null(arena);
	assert_int_equal(nm_explainer_new(plan, store, &explainer, &err), NM_OK);
	assert_int_equal(nm_explain(explainer, &made->record.call, false, arena, &explanation, &err), NM_OK);
	if (explanation.verdict == NM_EXPLAINED_DIFFERS) {
		tell(made, &explanation);
		fail_msg("%s, %lld to %s, form %d, %s after %d s: %s", plan->business,
			 (long long)made->record.call.began, made->record.call.line, form,
			 nm_call_end_name(made->record.call.became.end), made->record.call.became.seconds,
			 explanation.words);
	}
	/* On one clock, both come to the same at the same second. */
	if (form == WHOLE && made->delay_s == 0 &&
	    !same_end(&made->record.call.became, &explanation.expected)) {
		tell(made, &explanation);
		fail_msg("%s, %lld to %s: %s after %d s, expected %s after %d s", plan->business,
			 (long long)made->record.call.began, made->record.call.line,
			 nm_call_end_name(made->record.call.became.end), made->record.call.became.seconds,
			 nm_result_name(explanation.expected.result), explanation.expected.seconds);
	}
	nm_explainer_free(explainer);
	nm_arena_free(arena);
}

static void begin(struct made *made, const struct nm_plan *plan, const struct nm_call *call, uint64_t *state)
{
	*made = (struct made){ .record.call = { .id = 1,
						.number = plan->lines[call->line].number,
						.line = plan->lines[call->line].name,
						.driver = "sandbox",
						.carrier_id = "call",
						.caller = call->caller,
						.began = call->at,
						.legs = made->record.legs },
			       .delay_s = (int)random_below(state, 3),
			       .hangup_s = random_below(state, 4) ? NEVER : (int)random_below(state, 90) };
}

static void explain_call(const struct nm_plan *plan, struct nm_store *store, uint64_t *state,
			 struct counted *counted)
{
	const struct nm_call call = { .at = T + random_below(state, 300 * 86400),
				      .line = (int)random_below(state, (uint32_t)plan->n_lines),
				      .caller = { .number =
							  UINT64_C(15125550000) + random_below(state, 1000) },
				      .script = { .hangup_s = -1 } };
	const enum form form = (enum form)random_below(state, FORMS);
	struct nm_simulation *simulation;
	struct nm_error err;
	struct made made;

	begin(&made, plan, &call, state);
	assert_int_equal(nm_simulate(plan, &call, &simulation, &err), NM_OK);
	if (is_plain(simulation->treatment)) {
		make(&made, simulation->treatment, state);
		write_form(&made.record, form);
	}
	if (is_plain(simulation->treatment) && !made.full) {
		explain_made(plan, store, &made, form);
		counted->forms[form]++;
		counted->ends[made.record.call.became.end]++;
		for (size_t i = 0; i < made.record.call.n; i++)
			counted->legs[made.record.legs[i].leg.end]++;
	}
	nm_simulation_free(simulation);
}

static void test_what_phones_do_is_no_difference(void **unused)
{
	char *folder = random_folder_new(), file[512];
	struct counted counted = { 0 };
	struct nm_store *store;
	struct nm_error err;

	(void)unused;
	assert_true(snprintf(file, sizeof(file), "%s/store.db", folder) < (int)sizeof(file));
	assert_int_equal(nm_store_open(file, false, &store, &err), NM_OK);
	for (int seed = 0; seed < random_few(PLANS); seed++) {
		struct nm_plan *plan = random_plan_read((uint64_t)seed, folder);
		uint64_t state = (uint64_t)seed;

		for (int i = 0; i < CALLS; i++)
			explain_call(plan, store, &state, &counted);
		nm_plan_free(plan);
	}
	for (int form = 0; form < FORMS; form++)
		assert_true(counted.forms[form] > 0);
	for (int end = 0; end < NM_CALL_UNKNOWN && random_few(PLANS) == PLANS; end++)
		assert_true(counted.ends[end] > 0 || end == NM_CALL_REJECTED);
	for (int end = NM_LEG_ANSWERED; end <= NM_LEG_CANCELED && random_few(PLANS) == PLANS; end++)
		assert_true(counted.legs[end] > 0);
	nm_store_close(store);
	random_folder_free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_phones_do_is_no_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
