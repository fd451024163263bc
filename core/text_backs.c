/* SPDX-License-Identifier: MIT */
/*
 * Sending the texts that missed callers get (texting.h).  Comes in: the log's last hour, the outbox, what came.  Goes
 * out: each text that is due, once.
 *
 * That a call has had its text is read from the outbox alone: the row is there before its carrier is asked, so a run
 * that was killed has left it to be gone on with, and the call is not due a second time.
 */
#include <stdlib.h>

#include "nevermiss/inbound.h"
#include "nevermiss/optout.h"
#include "nevermiss/text_back.h"
#include "nevermiss/texting.h"

#define FOLLOW_S 6       /* what becomes of a text is waited for so long */
#define CALLS_MOST 10000 /* of an hour that are looked at: the newest */

/* --- what each call comes to --- */

/* All that a choice is made from. */
struct chooser {
	const struct nm_plan *plan;
	struct nm_store *store;
	nm_time now;
	struct nm_timeline *timeline; /* of the last hour; owned */
	int planned;                  /* in the list that is being made */
};

static enum nm_code chooser_init(struct chooser *chooser, const struct nm_plan *plan, struct nm_store *store,
				 nm_time now, struct nm_error *err)
{
	*chooser = (struct chooser){ .plan = plan, .store = store, .now = now };
	return nm_timeline_build(plan, now - NM_TEXT_BACK_WITHIN_S, now + NM_DAY, &chooser->timeline, err);
}

/* Calls older than an hour are none of its business, and one from the future is told by a clock that is wrong: it waits,
 * for a text that leaves before its call began would not be known as that call's, and another one would follow. */
static bool in_window(const struct chooser *chooser, nm_time began)
{
	return began >= chooser->timeline->from && began <= chooser->now;
}

static enum nm_code choose(const struct chooser *chooser, const struct nm_text_back_call *call,
			   struct nm_text_back_choice *out, struct nm_error *err)
{
	const bool known = call->caller.number != 0 && !call->caller.anonymous;
	nm_time recent[NM_TEXT_BACKS_A_DAY];
	struct nm_text_back_past past = { .newest = NM_TIME_MIN };
	enum nm_optout_how how;
	enum nm_code code = NM_OK;

	if (known)
		code = nm_store_text_past(chooser->store, call->caller.number, call->began, chooser->now, recent,
					  &past, err);
	if (code == NM_OK && known)
		code = nm_store_optout_find(chooser->store, call->caller.number, &past.opted_out, &how, err);
	if (code != NM_OK)
		return code;
	past.planned = chooser->planned;
	*out = nm_text_back_decide(chooser->plan, nm_timeline_state(chooser->timeline, call->began), call, &past,
				   chooser->now);
	return NM_OK;
}

/* Did the same caller ring again and get somebody?  calls: the newest first. */
static bool answered_since(const struct nm_call_entries *calls, const struct nm_call_entry *call)
{
	for (size_t i = 0; i < calls->n && calls->items[i].began > call->began; i++)
		if (calls->items[i].caller.number == call->caller.number && call->caller.number != 0 &&
		    calls->items[i].became.end == NM_CALL_ANSWERED && !calls->items[i].became.probably)
			return true;
	return false;
}

/* An earlier call of the caller in the list gets its text, or waits for it. */
static bool has_earlier(const struct nm_text_back_list *list, nm_number caller)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].call.caller.number == caller && list->items[i].choice.text != NULL)
			return true;
	return false;
}

static enum nm_code add_item(struct chooser *chooser, const struct nm_call_entries *calls,
			     const struct nm_call_entry *entry, struct nm_text_back_list *list,
			     struct nm_error *err)
{
	struct nm_text_back_item *item = &list->items[list->n];
	char number[NM_NUMBER_TEXT];
	enum nm_code code;

	nm_number_write(entry->caller.number, number);
	item->call = (struct nm_text_back_call){ .id = entry->id,
						 .began = entry->began,
						 .line = nm_plan_find_number(chooser->plan, entry->number),
						 .caller = entry->caller,
						 .end = entry->became.end,
						 .ours = entry->ours || nm_call_who(chooser->plan, number) != NULL,
						 .answered_since = answered_since(calls, entry) };
	code = choose(chooser, &item->call, &item->choice, err);
	if (code != NM_OK)
		return code;
	if (item->choice.text != NULL && has_earlier(list, entry->caller.number))
		item->choice = (struct nm_text_back_choice){ NM_TEXT_BACK_ONCE_PER, NULL, NM_TIME_MAX };
	chooser->planned += item->choice.why == NM_TEXT_BACK_DUE;
	list->n++;
	return NM_OK;
}

static enum nm_code list_calls(struct chooser *chooser, struct nm_text_back_list *out, struct nm_error *err)
{
	const struct nm_call_filter filter = { .since = chooser->timeline->from,
					       .until = chooser->timeline->until,
					       .most = CALLS_MOST };
	struct nm_text_back_list list = { 0 };
	struct nm_call_entries calls;
	enum nm_code code = nm_store_calls(chooser->store, &filter, &calls, err);

	if (code != NM_OK)
		return code;
	list.items = calloc(calls.n + 1, sizeof(*list.items));
	if (list.items == NULL)
		code = nm_fail_memory(err);
	for (size_t i = calls.n; i-- > 0 && code == NM_OK;)
		if (in_window(chooser, calls.items[i].began))
			code = add_item(chooser, &calls, &calls.items[i], &list, err);
	nm_call_entries_clear(&calls);
	if (code == NM_OK)
		*out = list;
	else
		nm_text_back_list_clear(&list);
	return code;
}

enum nm_code nm_text_backs_list(const struct nm_plan *plan, struct nm_store *store, nm_time now,
				struct nm_text_back_list *out, struct nm_error *err)
{
	struct chooser chooser;
	enum nm_code code = chooser_init(&chooser, plan, store, now, err);

	if (code != NM_OK)
		return code;
	code = list_calls(&chooser, out, err);
	nm_timeline_free(chooser.timeline);
	return code;
}

void nm_text_back_list_clear(struct nm_text_back_list *list)
{
	free(list->items);
	*list = (struct nm_text_back_list){ 0 };
}

/* --- sending --- */

struct sending {
	const struct nm_push_context *context;
	struct chooser *chooser;
	const struct nm_text_back_call *call;
	struct nm_text_back_choice choice; /* as it was last made */
	struct nm_text_backs *out;
	struct nm_outbox *texts; /* NULL: nobody wants them */
	size_t capacity;
};

/* From the line that the section names; else from the one that was called, where it can; else as the section says. */
static enum nm_code find_sender(const struct nm_plan *plan, int called, struct nm_sender *out, struct nm_error *err)
{
	const struct nm_text_back *section = &plan->text_back;
	const struct nm_carrier *carrier = nm_carrier_of(plan, plan->lines[called].account);
	const bool able = carrier != NULL && carrier->traits.texts &&
			  (section->account < 0 || section->account == plan->lines[called].account);

	return nm_texting_sender(plan, section->from < 0 && able ? called : -1, out, err);
}

/* In the transaction that writes the row: all is asked again, as it is then. */
static enum nm_code may_be_sent(void *context, struct nm_error *err)
{
	struct sending *sending = context;
	enum nm_code code = choose(sending->chooser, sending->call, &sending->choice, err);

	if (code == NM_OK && sending->choice.why != NM_TEXT_BACK_DUE)
		code = nm_fail(err, NM_REFUSED, "%s", nm_text_back_why_words(sending->choice.why));
	return code;
}

static bool copy_text(struct nm_arena *arena, const char **text)
{
	if (*text != NULL)
		*text = nm_arena_text(arena, *text);
	return *text != NULL;
}

/* Copies rows for whoever asked for them. */
static enum nm_code tell(struct sending *sending, const struct nm_outbox *rows, struct nm_error *err)
{
	struct nm_outbox *texts = sending->texts;

	if (texts == NULL)
		return NM_OK;
	if (texts->arena == NULL)
		texts->arena = nm_arena_new();
	for (size_t i = 0; i < rows->n; i++) {
		struct nm_outbox_text *row;
		bool ok = texts->arena != NULL && nm_grow((void **)&texts->items, &sending->capacity,
							  texts->n + 1, sizeof(*texts->items));

		if (!ok)
			return nm_fail_memory(err);
		row = &texts->items[texts->n++];
		*row = rows->items[i];
		ok = copy_text(texts->arena, &row->line) && copy_text(texts->arena, &row->account) &&
		     copy_text(texts->arena, &row->driver) && copy_text(texts->arena, &row->from) &&
		     copy_text(texts->arena, &row->to) && copy_text(texts->arena, &row->body) &&
		     copy_text(texts->arena, &row->why) && (row->words == NULL || copy_text(texts->arena, &row->words)) &&
		     (row->carrier_id == NULL || copy_text(texts->arena, &row->carrier_id));
		if (!ok) {
			texts->n--;
			return nm_fail_memory(err);
		}
	}
	return NM_OK;
}

static void wait_until(struct nm_text_backs *out, nm_time at)
{
	out->waiting++;
	if (at < out->next)
		out->next = at;
}

static void wait_for(struct nm_text_backs *out, const struct nm_text_back_choice *choice)
{
	wait_until(out, choice->at);
	out->capped += choice->why == NM_TEXT_BACK_HOUR_FULL || choice->why == NM_TEXT_BACK_DAY_FULL;
}

/* How a row that was moved counts. */
static void count_row(const struct sending *sending, const struct nm_outbox_text *row)
{
	struct nm_text_backs *out = sending->out;
	const nm_time now = sending->context->now;

	switch (row->state) {
	case NM_OUTBOX_SENT:
		out->sent++;
		break;
	case NM_OUTBOX_WAITING:
	case NM_OUTBOX_SENDING:
		wait_until(out, now);
		break;
	case NM_OUTBOX_FAILED:
		wait_until(out, now + NM_TEXT_BACK_PAUSE_S);
		break;
	case NM_OUTBOX_UNSURE:
	case NM_OUTBOX_REFUSED:
		out->refused++;
		break;
	}
}

static enum nm_code take_rows(struct sending *sending, struct nm_outbox *rows, struct nm_error *err)
{
	enum nm_code code;

	for (size_t i = 0; i < rows->n; i++)
		count_row(sending, &rows->items[i]);
	code = tell(sending, rows, err);
	nm_outbox_clear(rows);
	return code;
}

/* What earlier runs left of these texts, and of no others: those a person must say yes to. */
static enum nm_code finish_left(struct sending *sending, struct nm_error *err)
{
	struct nm_outbox rows;
	enum nm_code code = nm_texting_finish_why(sending->context, NM_TEXT_BACK, FOLLOW_S, &rows, err);

	return code == NM_OK ? take_rows(sending, &rows, err) : code;
}

/* A text that could not be sent.  What its caller or its call forbid is no failure: may_be_sent has the last word on both,
 * and whatever else there is holds for all texts. */
static enum nm_code forbidden(struct sending *sending, enum nm_code code)
{
	if (sending->choice.text == NULL) {
		sending->out->refused++;
		return NM_OK;
	}
	wait_for(sending->out, &sending->choice);
	return nm_text_back_waits(sending->choice.why) ? NM_OK : code;
}

static enum nm_code send_one(struct sending *sending, const struct nm_text_back_item *item, struct nm_error *err)
{
	struct nm_outgoing outgoing = { .to = item->call.caller.number,
					.body = item->choice.text,
					.why = NM_TEXT_BACK,
					.follow_s = FOLLOW_S,
					.customer = true,
					.check = may_be_sent,
					.context = sending };
	const struct nm_plan *plan = sending->context->plan;
	struct nm_outbox rows;
	struct nm_error why;
	enum nm_code code = find_sender(plan, item->call.line, &outgoing.sender, err);

	if (code != NM_OK)
		return code;
	code = nm_texting_check(plan, outgoing.sender, outgoing.to, outgoing.body, &why);
	if (code == NM_REFUSED) {
		sending->out->refused++;
		return NM_OK;
	}
	sending->call = &item->call;
	sending->choice = item->choice;
	if (code == NM_OK)
		code = nm_texting_send(sending->context, &outgoing, &rows, &why);
	if (code == NM_OK)
		return take_rows(sending, &rows, err);
	return forbidden(sending, nm_fail(err, code, "%s", why.text));
}

static bool stopped(const struct nm_push_context *context)
{
	return context->idle != NULL && !context->idle(context->progress_context);
}

/* The texts of a list, as far as they are due; held: none is sent, whatever is due. */
static enum nm_code send_list(struct sending *sending, const struct nm_text_back_list *list, bool held,
			      struct nm_error *err)
{
	struct nm_text_backs *out = sending->out;
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < list->n; i++) {
		const struct nm_text_back_choice *choice = &list->items[i].choice;

		if (choice->why == NM_TEXT_BACK_NOT_MISSED)
			continue;
		if (choice->text == NULL)
			out->refused++;
		else if (choice->why != NM_TEXT_BACK_DUE || held || code != NM_OK || stopped(sending->context))
			wait_for(out, choice);
		else
			code = send_one(sending, &list->items[i], err);
	}
	return code;
}

/* A dry run's counts. */
static void count_list(const struct nm_text_back_list *list, struct nm_text_backs *out)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct nm_text_back_choice *choice = &list->items[i].choice;

		out->sent += choice->why == NM_TEXT_BACK_DUE;
		out->refused += choice->text == NULL && choice->why != NM_TEXT_BACK_NOT_MISSED;
		if (nm_text_back_waits(choice->why))
			wait_for(out, choice);
	}
}

/* Who wants no texts, and what earlier runs left. */
static enum nm_code begin_run(struct sending *sending, struct nm_error *err)
{
	enum nm_code code = nm_inbound_read_first(sending->context, &sending->out->full, err);

	return code == NM_OK ? finish_left(sending, err) : code;
}

static enum nm_code run_for_real(struct sending *sending, struct nm_error *err)
{
	struct nm_text_back_list list = { 0 };
	struct nm_error unread;
	const enum nm_code begun = begin_run(sending, &unread);
	enum nm_code code;

	if (begun != NM_OK && begun != NM_CARRIER)
		return nm_fail(err, begun, "%s", unread.text);
	code = list_calls(sending->chooser, &list, err);
	sending->chooser->planned = 0; /* each is in the outbox from here on */
	if (code == NM_OK)
		code = send_list(sending, &list, begun != NM_OK, err);
	nm_text_back_list_clear(&list);
	return code == NM_OK && begun != NM_OK ? nm_fail(err, begun, "%s", unread.text) : code;
}

enum nm_code nm_text_backs_run(const struct nm_push_context *context, bool dry, struct nm_text_backs *out,
			       struct nm_outbox *texts, struct nm_error *err)
{
	struct chooser chooser;
	struct sending sending = { .context = context, .chooser = &chooser, .out = out, .texts = texts };
	struct nm_text_back_list list = { 0 };
	enum nm_code code;

	*out = (struct nm_text_backs){ .next = NM_TIME_MAX, .full = -1 };
	if (texts != NULL)
		*texts = (struct nm_outbox){ 0 };
	code = chooser_init(&chooser, context->plan, context->store, context->now, err);
	if (code != NM_OK)
		return code;
	if (!dry)
		code = run_for_real(&sending, err);
	else
		code = list_calls(&chooser, &list, err);
	count_list(&list, out);
	nm_text_back_list_clear(&list);
	nm_timeline_free(chooser.timeline);
	return code;
}
