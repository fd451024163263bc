/* SPDX-License-Identifier: MIT */
/*
 * Moving conversations (talk.h).  Comes in: talks and a transport.  Goes out: their ends.  It knows no
 * store and no plan; what has to be journalled is told to its owner before anything is sent.
 */
#include "core/talk.h"

#include <stdlib.h>
#include <string.h>

#define TRIES_MAX      5
#define PAUSE_FIRST_MS 500
#define PAUSE_MAX_MS   (300 * 1000) /* a carrier that asks for more than this is left alone */
#define WAIT_MS        1000

/* How many talks an account has, and may have. */
struct seats {
	int taken, all;
};

struct nm_runner {
	struct nm_talks *talks;
	size_t *ready; /* talks with a request to be sent, in order; indices, which are the tags too */
	struct seats *seats; /* by account of the plan */
	size_t n_ready, n_flying, n_paused, open;
	size_t first, reached; /* all before the first have begun, none from `reached` on */
	uint64_t seed;
	bool stopping;
};

bool nm_talk_init(struct nm_talk *talk, const struct nm_carrier *carrier, const struct nm_plan *plan,
		  int line, struct nm_span window, enum nm_operation operation,
		  const struct nm_artefact *wanted)
{
	char number[NM_NUMBER_TEXT];

	*talk = (struct nm_talk){ .carrier = carrier };
	talk->exchange.arena = nm_arena_new();
	talk->exchange.operation = operation;
	talk->exchange.plan = plan;
	talk->exchange.account = &plan->accounts[plan->lines[line].account];
	talk->exchange.line = plan->lines[line].name;
	talk->exchange.window = window;
	talk->exchange.wanted = wanted;
	if (talk->exchange.arena == NULL)
		return false;
	nm_number_write(plan->lines[line].number, number);
	talk->exchange.number = nm_arena_text(talk->exchange.arena, number);
	return talk->exchange.number != NULL;
}

void nm_talk_clear(struct nm_talk *talk)
{
	nm_artefact_clear(&talk->exchange.live);
	nm_arena_free(talk->exchange.arena);
	*talk = (struct nm_talk){ 0 };
}

void nm_talk_again(struct nm_talk *talk)
{
	talk->exchange.state = 0;
	talk->exchange.note = NULL;
	talk->end = NM_TALK_OPEN;
	talk->begun = false;
	talk->tries = talk->pause_ms = 0;
	talk->request = (struct nm_request){ 0 };
}

static struct seats *seats_of(const struct nm_runner *run, const struct nm_talk *talk)
{
	return &run->seats[talk->exchange.account - talk->exchange.plan->accounts];
}

static void end_talk(struct nm_runner *run, struct nm_talk *talk, enum nm_talk_end end)
{
	talk->end = end;
	run->open--;
	seats_of(run, talk)->taken--;
	if (end != NM_TALK_DONE && talk->exchange.note == NULL)
		talk->exchange.note = "it failed without a reason";
	if (run->talks->ended != NULL && !run->talks->ended(run->talks->context, talk))
		run->stopping = true;
}

/* The driver's next move after `last`.  It is asked for none with an account that it cannot work with. */
static void step_talk(struct nm_runner *run, size_t tag, const struct nm_response *last)
{
	struct nm_talk *talk = run->talks->items[tag];
	enum nm_step_result result;
	struct nm_error why;

	talk->request = (struct nm_request){ 0 };
	talk->tries = 0;
	talk->exchange.pause_ms = 0;
	if (last == NULL && nm_account_check(talk->exchange.account, &why) != NM_OK)
		result = nm_exchange_fail(&talk->exchange, "%s", why.text);
	else
		result = talk->carrier->step(&talk->exchange, last, &talk->request);
	talk->request.account = talk->exchange.account;
	talk->pause_ms = talk->exchange.pause_ms;
	if (result != NM_STEP_SEND)
		end_talk(run, talk, result == NM_STEP_DONE ? NM_TALK_DONE : NM_TALK_FAILED);
	else if (talk->pause_ms > 0)
		run->n_paused++;
	else
		run->ready[run->n_ready++] = tag;
}

static bool asks_for_too_long(const struct nm_response *response)
{
	return response->retry_after_s > PAUSE_MAX_MS / 1000;
}

/* Beside the carrier's words: why its answer was the last one, and what to do about it. */
static void tell_of_pause(struct nm_talk *talk, const struct nm_response *last)
{
	struct nm_exchange *exchange = &talk->exchange;
	char asked[NM_TIME_TEXT];

	if (exchange->note == NULL) /* memory is out */
		return;
	nm_duration_words(last->retry_after_s, asked);
	if (asks_for_too_long(last))
		nm_exchange_fail(
			exchange,
			"%s; it asks for a pause of %s, which is not waited for: try again after that",
			exchange->note, asked);
	else if (talk->tries == TRIES_MAX)
		nm_exchange_fail(exchange, "%s; asked %d times: try again later", exchange->note, TRIES_MAX);
}

/* The talk is over whatever its driver makes of the answer, which is only asked for the carrier's words. */
static void give_up(struct nm_runner *run, struct nm_talk *talk, const struct nm_response *last,
		    enum nm_talk_end end)
{
	struct nm_request ignored = { 0 };

	if (talk->carrier->step(&talk->exchange, last, &ignored) != NM_STEP_FAILED ||
	    talk->exchange.note == NULL) {
		if (last->status != 0)
			nm_exchange_fail(&talk->exchange, "it answered %d", last->status);
		else
			nm_exchange_fail(&talk->exchange, "no answer: %s",
					 last->error != NULL ? last->error : "unknown");
	}
	if (end == NM_TALK_FAILED)
		tell_of_pause(talk, last);
	end_talk(run, talk, end);
}

static bool refused_for_now(const struct nm_response *response)
{
	static const int statuses[] = { 0, 408, 429, 500, 502, 503, 504 };

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (response->status == statuses[i])
			return true;
	return false;
}

/* What the carrier asks for, or twice as long each time, and up to a quarter more, so that many who were
 * refused together do not come back together.  -1: longer than anybody waits. */
static int pause_after(struct nm_runner *run, const struct nm_talk *talk, const struct nm_response *response)
{
	int pause = PAUSE_FIRST_MS << (talk->tries - 1);

	if (asks_for_too_long(response))
		return -1;
	if (response->retry_after_s >= 0)
		pause = response->retry_after_s * 1000;
	run->seed = run->seed * 6364136223846793005u + 1442695040888963407u;
	return pause + 1 + (int)((run->seed >> 33) % (uint64_t)(pause / 4 + 1));
}

static void take_answer(struct nm_runner *run, size_t tag, const struct nm_response *response)
{
	struct nm_talk *talk = run->talks->items[tag];

	talk->flying = false;
	run->n_flying--;
	if (!refused_for_now(response)) {
		step_talk(run, tag, response);
	} else if (response->status != 429 && !talk->request.repeatable) {
		/* Only a 429 says that nothing was done. */
		give_up(run, talk, response, NM_TALK_UNSURE);
	} else {
		talk->pause_ms = talk->tries < TRIES_MAX && !run->stopping ? pause_after(run, talk, response) : -1;
		if (talk->pause_ms < 0) {
			talk->pause_ms = 0;
			give_up(run, talk, response, NM_TALK_FAILED);
		} else {
			run->n_paused++;
		}
	}
}

static bool may_begin(struct nm_runner *run, const struct nm_talk *talk)
{
	struct seats *seats = seats_of(run, talk);

	if (talk->begun)
		return false;
	if (seats->all == 0)
		seats->all = nm_carrier_traits(talk->carrier, talk->exchange.account).at_once;
	if (seats->all <= 0)
		seats->all = NM_TALKS_AT_ONCE;
	return seats->taken < seats->all;
}

static void begin_talk(struct nm_runner *run, size_t tag)
{
	struct nm_talk *talk = run->talks->items[tag];

	talk->begun = true;
	seats_of(run, talk)->taken++;
	run->open++;
	if (tag >= run->reached)
		run->reached = tag + 1;
	if (talk->pause_ms > 0)
		run->n_paused++;
	else
		step_talk(run, tag, NULL);
}

static void begin_talks(struct nm_runner *run)
{
	const struct nm_talks *talks = run->talks;

	for (size_t tag = run->first; tag < talks->n && !run->stopping; tag++) {
		if (run->n_flying + run->n_ready >= NM_TALKS_AT_ONCE)
			break;
		if (may_begin(run, talks->items[tag]))
			begin_talk(run, tag);
	}
	while (run->first < talks->n && talks->items[run->first]->begun)
		run->first++;
}

static bool is_paused(const struct nm_talk *talk)
{
	return talk->begun && talk->end == NM_TALK_OPEN && talk->pause_ms > 0;
}

/* Time has passed: those whose pause is over send again, or begin. */
static void pass_time(struct nm_runner *run, int passed_ms)
{
	for (size_t tag = 0; run->n_paused > 0 && tag < run->reached; tag++) {
		struct nm_talk *talk = run->talks->items[tag];

		if (!is_paused(talk))
			continue;
		talk->pause_ms -= passed_ms;
		if (talk->pause_ms > 0)
			continue;
		run->n_paused--;
		if (talk->request.method != NULL)
			run->ready[run->n_ready++] = tag;
		else
			step_talk(run, tag, NULL);
	}
}

static int shortest_pause(const struct nm_runner *run)
{
	int shortest = WAIT_MS;

	for (size_t tag = 0; run->n_paused > 0 && tag < run->reached; tag++) {
		const struct nm_talk *talk = run->talks->items[tag];

		if (is_paused(talk) && talk->pause_ms < shortest)
			shortest = talk->pause_ms;
	}
	return shortest;
}

/* Nobody who stops the work waits for a carrier that wants to be asked again later.  What was never sent counts
 * as not begun. */
static void end_pauses(struct nm_runner *run)
{
	for (size_t tag = 0; run->n_paused > 0 && tag < run->reached; tag++) {
		struct nm_talk *talk = run->talks->items[tag];

		if (!is_paused(talk))
			continue;
		run->n_paused--;
		if (talk->request.method == NULL) {
			talk->begun = false;
			run->first = tag < run->first ? tag : run->first;
			run->open--;
			seats_of(run, talk)->taken--;
			continue;
		}
		talk->pause_ms = 0;
		nm_exchange_fail(&talk->exchange,
				 talk->tries > 0 ? "stopped while the carrier wanted to be asked again later"
						 : "stopped");
		end_talk(run, talk, NM_TALK_FAILED);
	}
}

static enum nm_code send_ready(struct nm_runner *run, struct nm_error *err)
{
	struct nm_talks *talks = run->talks;
	struct nm_talk *leaving[NM_TALKS_AT_ONCE];
	const size_t room = NM_TALKS_AT_ONCE - run->n_flying, n = run->n_ready < room ? run->n_ready : room;
	struct nm_error why;
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < n; i++)
		leaving[i] = talks->items[run->ready[i]];
	if (n > 0 && talks->before != NULL)
		code = talks->before(talks->context, leaving, n, err);
	for (size_t i = 0; i < n && code == NM_OK; i++) {
		code = talks->transport.submit(talks->transport.context, (int)run->ready[i],
					       &leaving[i]->request, &why);
		if (code == NM_OK) {
			leaving[i]->flying = true;
			leaving[i]->tries++;
			run->n_flying++;
		} else if (code == NM_CARRIER) {
			nm_exchange_fail(&leaving[i]->exchange, "%s", why.text);
			end_talk(run, leaving[i], NM_TALK_FAILED);
			code = NM_OK;
		} else {
			nm_fail(err, code, "%s", why.text);
		}
	}
	run->n_ready -= n;
	memmove(run->ready, run->ready + n, run->n_ready * sizeof(*run->ready));
	return code;
}

/* Waits for an answer, but not longer than that, and takes all that are there. */
static enum nm_code collect_answers(struct nm_runner *run, int wait_ms, struct nm_error *err)
{
	struct nm_transport *transport = &run->talks->transport;
	int tag = -1;
	struct nm_response response;
	enum nm_code code;

	code = transport->collect(transport->context, wait_ms, &tag, &response, err);
	if (code == NM_OK && tag < 0)
		pass_time(run, wait_ms);
	while (code == NM_OK && tag >= 0) {
		if ((size_t)tag < run->talks->n && run->talks->items[tag]->flying)
			take_answer(run, (size_t)tag, &response);
		code = transport->collect(transport->context, 0, &tag, &response, err);
	}
	return code;
}

static void look_around(struct nm_runner *run)
{
	if (run->talks->idle != NULL && !run->talks->idle(run->talks->context))
		run->stopping = true;
	if (run->stopping)
		end_pauses(run);
}

enum nm_code nm_talks_begin(struct nm_talks *talks, struct nm_runner **out, struct nm_error *err)
{
	struct nm_runner *run = calloc(1, sizeof(*run));

	if (run == NULL)
		return nm_fail_memory(err);
	run->talks = talks;
	run->seed = talks->seed;
	run->ready = calloc(talks->n + 1, sizeof(*run->ready));
	run->seats = calloc(talks->n > 0 ? talks->items[0]->exchange.plan->n_accounts : 1, sizeof(*run->seats));
	if (run->ready == NULL || run->seats == NULL) {
		nm_talks_end(run, NULL);
		return nm_fail_memory(err);
	}
	begin_talks(run);
	*out = run;
	return NM_OK;
}

static int shorter(int a, int b)
{
	return a < b ? a : b;
}

enum nm_code nm_talks_move(struct nm_runner *run, int wait_ms, bool *more, struct nm_error *err)
{
	const bool any = run->open > 0;
	enum nm_code code = any ? send_ready(run, err) : NM_OK;

	if (code == NM_OK && run->n_flying + run->n_paused > 0)
		code = collect_answers(run, shorter(wait_ms, shortest_pause(run)), err);
	if (code == NM_OK && any)
		look_around(run);
	if (code == NM_OK)
		begin_talks(run);
	*more = run->open > 0 && !(run->stopping && run->talks->may_drop && run->talks->transport.drop != NULL);
	return code;
}

void nm_talks_end(struct nm_runner *run, bool *stopped)
{
	const struct nm_transport *transport = &run->talks->transport;

	if (stopped != NULL)
		*stopped = run->first < run->talks->n || run->n_flying > 0;
	/* An answer that came later would be taken for one to somebody else's request. */
	if (run->n_flying > 0 && transport->drop != NULL)
		transport->drop(transport->context);
	free(run->seats);
	free(run->ready);
	free(run);
}

enum nm_code nm_talks_run(struct nm_talks *talks, bool *stopped, struct nm_error *err)
{
	const int wait_ms = talks->idle != NULL ? NM_TALKS_IDLE_MS : WAIT_MS;
	struct nm_runner *run;
	bool more = true;
	enum nm_code code = nm_talks_begin(talks, &run, err);

	if (code != NM_OK)
		return code;
	while (code == NM_OK && more)
		code = nm_talks_move(run, wait_ms, &more, err);
	nm_talks_end(run, stopped);
	return code;
}
