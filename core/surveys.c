/* SPDX-License-Identifier: MIT */
/*
 * Sending surveys (texting.h).  Comes in: the follow-ups that ended within a day, the outbox.  Goes out: each survey that
 * is due, once.
 *
 * That a follow-up's customer was asked is a deed, written in the transaction that puts the text into the outbox: a run
 * that was killed has left both or neither, and a text that was left is gone on with.
 */
#include <stdlib.h>

#include "nevermiss/optout.h"
#include "nevermiss/survey.h"
#include "nevermiss/texting.h"

#define FOLLOW_S 6 /* what becomes of a text is waited for so long */

/* --- what each follow-up comes to --- */

/* All that a choice is made from. */
struct chooser {
	const struct nm_plan *plan;
	struct nm_store *store;
	nm_time now, from; /* from: when texts may be sent */
	int planned;       /* in the list that is being made */
};

static enum nm_code chooser_init(struct chooser *chooser, const struct nm_plan *plan, struct nm_store *store,
				 nm_time now, struct nm_error *err)
{
	struct nm_due_times *times = nm_due_times_new(plan);

	if (times == NULL)
		return nm_fail_memory(err);
	*chooser = (struct chooser){ .plan = plan, .store = store, .now = now };
	chooser->from = nm_due_times_texts_from(times, now);
	nm_due_times_free(times);
	return NM_OK;
}

static bool was_asked(const struct nm_followup *followup)
{
	for (size_t i = 0; i < followup->n_deeds; i++)
		if (followup->deeds[i].kind == NM_DEED_SURVEYED)
			return true;
	return false;
}

/* followup: with its deeds. */
static enum nm_code choose(const struct chooser *chooser, const struct nm_followup *followup,
			   struct nm_survey_choice *out, struct nm_error *err)
{
	struct nm_survey_case survey = { .end = followup->end,
					 .ended = followup->ended,
					 .number = followup->number,
					 .asked = was_asked(followup),
					 .newest = NM_TIME_MIN,
					 .from = chooser->from };
	struct nm_text_back_past past = { .newest = NM_TIME_MIN };
	nm_time recent[NM_TEXT_BACKS_A_DAY];
	char number[NM_NUMBER_TEXT];
	enum nm_optout_how how;
	enum nm_code code = NM_OK;

	if (followup->number != 0) {
		nm_number_write(followup->number, number);
		survey.ours = nm_call_who(chooser->plan, number) != NULL;
		code = nm_store_text_past(chooser->store, followup->number, followup->ended, chooser->now, recent,
					  &past, err);
		if (code == NM_OK)
			code = nm_store_optout_find(chooser->store, followup->number, &past.opted_out, &how, err);
		if (code == NM_OK)
			code = nm_store_survey_newest(chooser->store, followup->number, &survey.newest, err);
	}
	if (code != NM_OK)
		return code;
	past.planned = chooser->planned;
	*out = nm_survey_decide(chooser->plan, &survey, &past, chooser->now);
	return NM_OK;
}

/* An earlier one of the list is due for the same number. */
static bool has_earlier(const struct nm_survey_list *list, nm_number number)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].number == number && list->items[i].choice.why == NM_SURVEY_DUE)
			return true;
	return false;
}

static enum nm_code add_item(struct chooser *chooser, int64_t id, struct nm_survey_list *list, struct nm_error *err)
{
	struct nm_survey_item *item = &list->items[list->n];
	struct nm_followup followup;
	enum nm_code code = nm_store_followup_get(chooser->store, id, list->arena, &followup, err);

	if (code != NM_OK)
		return code;
	*item = (struct nm_survey_item){ .followup = id,
					 .number = followup.number,
					 .ended = followup.ended,
					 .line = followup.line };
	code = choose(chooser, &followup, &item->choice, err);
	if (code != NM_OK)
		return code;
	if (item->choice.why == NM_SURVEY_DUE && has_earlier(list, item->number))
		item->choice = (struct nm_survey_choice){ NM_SURVEY_LATELY, NM_TIME_MAX };
	chooser->planned += item->choice.why == NM_SURVEY_DUE;
	list->n++;
	return NM_OK;
}

static enum nm_code list_ended(struct chooser *chooser, struct nm_survey_list *out, struct nm_error *err)
{
	struct nm_survey_list list = { .arena = nm_arena_new() };
	int64_t *ids = NULL;
	size_t n = 0;
	enum nm_code code = list.arena != NULL ? NM_OK : nm_fail_memory(err);

	if (code == NM_OK)
		code = nm_store_surveys_ended(chooser->store, chooser->now - NM_SURVEY_WITHIN_S, chooser->now, &ids,
					      &n, err);
	if (code == NM_OK) {
		list.items = nm_arena_alloc(list.arena, n, sizeof(*list.items));
		if (list.items == NULL)
			code = nm_fail_memory(err);
	}
	for (size_t i = 0; i < n && code == NM_OK; i++)
		code = add_item(chooser, ids[i], &list, err);
	free(ids);
	if (code == NM_OK)
		*out = list;
	else
		nm_survey_list_clear(&list);
	return code;
}

enum nm_code nm_surveys_list(const struct nm_plan *plan, struct nm_store *store, nm_time now,
			     struct nm_survey_list *out, struct nm_error *err)
{
	struct chooser chooser;
	enum nm_code code = chooser_init(&chooser, plan, store, now, err);

	return code == NM_OK ? list_ended(&chooser, out, err) : code;
}

void nm_survey_list_clear(struct nm_survey_list *list)
{
	nm_arena_free(list->arena);
	*list = (struct nm_survey_list){ 0 };
}

/* --- sending --- */

struct sending {
	const struct nm_surveys_run *run;
	const struct nm_push_context *context;
	struct chooser chooser;
	int64_t followup;
	struct nm_survey_choice choice; /* as it was last made */
	struct nm_surveys *out;
};

static void wait_until(struct nm_surveys *out, nm_time at)
{
	out->waiting++;
	if (at < out->next)
		out->next = at;
}

/* In the transaction that writes the row: all is asked again, as it is then, and that it is asked is written. */
static enum nm_code write_asked(void *context, struct nm_error *err)
{
	struct sending *sending = context;
	const struct nm_deed asked = { .at = sending->context->now,
				       .who = sending->context->who != NULL ? sending->context->who : "nevermiss",
				       .kind = NM_DEED_SURVEYED };
	struct nm_store *store = sending->context->store;
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup;
	enum nm_code code = arena != NULL ? nm_store_followup_get(store, sending->followup, arena, &followup, err)
					  : nm_fail_memory(err);

	if (code == NM_OK)
		code = choose(&sending->chooser, &followup, &sending->choice, err);
	if (code == NM_OK && sending->choice.why != NM_SURVEY_DUE)
		code = nm_fail(err, NM_REFUSED, "%s", nm_survey_why_words(sending->choice.why));
	if (code == NM_OK)
		code = nm_store_survey_deed(store, sending->followup, &asked, err);
	nm_arena_free(arena);
	return code;
}

static void take_rows(struct sending *sending, struct nm_outbox *rows)
{
	struct nm_surveys *out = sending->out;

	for (size_t i = 0; i < rows->n; i++) {
		const struct nm_outbox_text *row = &rows->items[i];

		if (row->state == NM_OUTBOX_SENT)
			out->sent++;
		else if (row->state == NM_OUTBOX_WAITING || row->state == NM_OUTBOX_SENDING)
			wait_until(out, sending->context->now);
		else
			out->refused++;
		if (sending->run->tell != NULL)
			sending->run->tell(sending->run->context, row);
	}
	nm_outbox_clear(rows);
}

/* A survey that could not be sent.  That it is not due any more, or its customer wants none by now, is no failure. */
static enum nm_code forbidden(struct sending *sending, nm_number number, enum nm_code code, const struct nm_error *why,
			      struct nm_error *err)
{
	enum nm_optout_how how;
	bool opted_out = false;
	enum nm_code found = NM_OK;

	if (code == NM_REFUSED)
		found = nm_store_optout_find(sending->context->store, number, &opted_out, &how, err);
	if (found != NM_OK)
		return found;
	if (nm_survey_waits(sending->choice.why)) {
		wait_until(sending->out, sending->choice.at);
		return NM_OK;
	}
	if (opted_out || sending->choice.why != NM_SURVEY_DUE) {
		sending->out->refused++;
		return NM_OK;
	}
	wait_until(sending->out, sending->context->now);
	return nm_fail(err, code, "%s", why->text);
}

static enum nm_code send_one(struct sending *sending, const struct nm_survey_item *item, struct nm_error *err)
{
	const struct nm_plan *plan = sending->context->plan;
	struct nm_outgoing outgoing = { .to = item->number,
					.body = plan->follow_up.survey,
					.why = NM_SURVEY_TEXT,
					.follow_s = FOLLOW_S,
					.customer = true,
					.check = write_asked,
					.context = sending };
	struct nm_outbox rows;
	struct nm_error why;
	enum nm_code code = nm_texting_sender_called(plan, plan->follow_up.from, item->line, &outgoing.sender, err);

	if (code != NM_OK)
		return code;
	code = nm_texting_check(plan, outgoing.sender, outgoing.to, outgoing.body, &why);
	if (code == NM_REFUSED) {
		sending->out->refused++;
		return NM_OK;
	}
	sending->followup = item->followup;
	sending->choice = item->choice;
	if (code == NM_OK)
		code = nm_texting_send(sending->context, &outgoing, &rows, &why);
	if (code != NM_OK)
		return forbidden(sending, item->number, code, &why, err);
	take_rows(sending, &rows);
	return NM_OK;
}

static bool stopped(const struct nm_push_context *context)
{
	return context->idle != NULL && !context->idle(context->progress_context);
}

static enum nm_code send_list(struct sending *sending, const struct nm_survey_list *list, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < list->n; i++) {
		const struct nm_survey_choice *choice = &list->items[i].choice;

		if (choice->why == NM_SURVEY_HAD_ONE)
			continue;
		if (nm_survey_waits(choice->why) ||
		    (choice->why == NM_SURVEY_DUE && (code != NM_OK || stopped(sending->context))))
			wait_until(sending->out, choice->at);
		else if (choice->why == NM_SURVEY_DUE)
			code = send_one(sending, &list->items[i], err);
		else
			sending->out->refused++;
	}
	return code;
}

/* A dry run's counts. */
static void count_list(const struct nm_survey_list *list, struct nm_surveys *out)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct nm_survey_choice *choice = &list->items[i].choice;

		if (nm_survey_waits(choice->why))
			wait_until(out, choice->at);
		else if (choice->why == NM_SURVEY_DUE)
			out->sent++;
		else if (choice->why != NM_SURVEY_HAD_ONE)
			out->refused++;
	}
}

enum nm_code nm_surveys_run(const struct nm_push_context *context, const struct nm_surveys_run *run,
			    struct nm_surveys *out, struct nm_error *err)
{
	struct sending sending = { .run = run, .context = context, .out = out };
	struct nm_survey_list list;
	struct nm_outbox rows = { 0 };
	enum nm_code code;

	*out = (struct nm_surveys){ .next = NM_TIME_MAX };
	code = chooser_init(&sending.chooser, context->plan, context->store, context->now, err);
	if (code == NM_OK && !run->dry)
		code = nm_texting_finish_why(context, NM_SURVEY_TEXT, FOLLOW_S, &rows, err);
	take_rows(&sending, &rows);
	if (code == NM_OK)
		code = list_ended(&sending.chooser, &list, err);
	if (code != NM_OK)
		return code;
	sending.chooser.planned = 0; /* each is in the outbox from here on */
	if (run->dry)
		count_list(&list, out);
	else
		code = send_list(&sending, &list, err);
	nm_survey_list_clear(&list);
	return code;
}
