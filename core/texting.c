/* SPDX-License-Identifier: MIT */
/*
 * Sending texts (texting.h).  Comes in: who sends what to whom, a transport.  Goes out: the outbox's row, moved from
 * waiting over sending to how it ended.
 *
 * No request leaves before the row says that one may have, and a row that says so is looked for at its carrier
 * before its text is asked for again: so a text is sent once, wherever this is stopped, as far as its carrier lists it
 * within the time that it is looked for (texts.c).
 */
#include <stdlib.h>
#include <string.h>

#include "core/store_private.h"
#include "core/talk.h"
#include "core/texting_private.h"
#include "nevermiss/followup.h"
#include "nevermiss/inbound.h"
#include "nevermiss/optout.h"
#include "nevermiss/text_back.h"

#define ROUNDS_MAX 3 /* conversations about one text, each after one whose end was not seen */
#define OPEN_MAX 100 /* texts that one run goes on with */
#define UNSETTLED_MAX 500 /* texts of a day; the caps of text_back.h let fewer go */
#define FOLLOW_MAX 20 /* of them that are asked about at once */
#define STALE_S 3600 /* so old a text is sent no more, and one of which it is not known stays unsure */

/* --- one text through its carrier --- */

struct mover {
	const struct nm_push_context *context;
	struct nm_outbox_text *row;
	struct nm_arena *arena; /* of the row */
	struct nm_text text;
	struct nm_texted texted;
	struct nm_talk talk;
};

/* Before a request leaves: the row says so, and what is known of the text by now. */
static enum nm_code write_down(void *context, struct nm_talk *const *talks, size_t n, struct nm_error *err)
{
	struct mover *mover = context;
	struct nm_outbox_text *row = mover->row;

	(void)talks;
	(void)n;
	if (row->state == NM_OUTBOX_SENT) /* its carrier has it, and is only asked about it */
		return NM_OK;
	if (row->state == NM_OUTBOX_SENDING && (mover->texted.id == NULL || row->carrier_id != NULL))
		return NM_OK;
	row->state = NM_OUTBOX_SENDING;
	row->updated = mover->context->now;
	if (mover->texted.id != NULL)
		row->carrier_id = nm_arena_text(mover->arena, mover->texted.id);
	return nm_store_outbox_update(mover->context->store, row, err);
}

static bool idle_of(const struct nm_push_context *push)
{
	return push->idle == NULL || push->idle(push->progress_context);
}

static bool idle(void *context)
{
	return idle_of(((struct mover *)context)->context);
}

static bool begin_talk(struct mover *mover, const struct nm_account *account)
{
	struct nm_exchange *x = &mover->talk.exchange;

	mover->talk.carrier = nm_carrier_find(account->driver);
	x->operation = NM_OP_TEXT;
	x->plan = mover->context->plan;
	x->account = account;
	x->line = mover->row->line;
	x->number = mover->row->from;
	x->arena = nm_arena_new();
	x->text = &mover->text;
	x->texted = &mover->texted;
	return x->arena != NULL;
}

static enum nm_code speak(struct mover *mover, struct nm_error *err)
{
	struct nm_talk *items[] = { &mover->talk };
	struct nm_talks talks = { .transport = mover->context->transport,
				  .items = items,
				  .n = 1,
				  .seed = (uint64_t)mover->context->now,
				  .context = mover,
				  .before = write_down,
				  .idle = idle };
	enum nm_code code = nm_talks_run(&talks, NULL, err);

	for (int round = 1; code == NM_OK && mover->talk.end == NM_TALK_UNSURE && round < ROUNDS_MAX;
	     round++) {
		nm_talk_again(&mover->talk); /* and looks for what it may have sent */
		mover->texted.looked_s = 0;
		code = nm_talks_run(&talks, NULL, err);
	}
	return code;
}

/* Did the request that sends never get to the carrier, or was it answered 429 each time?  A failed talk still holds
 * the request that it could not bring there. */
static bool never_left(const struct nm_talk *talk)
{
	return talk->end == NM_TALK_FAILED && talk->request.method != NULL && !talk->request.repeatable;
}

static const char *end_name(enum nm_text_end end)
{
	static const char *const names[] = {
		[NM_TEXT_NOT_TAKEN] = "taken", /* with an id: the carrier has it, and says no more */
		[NM_TEXT_QUEUED] = "queued",       [NM_TEXT_SENT] = "sent",
		[NM_TEXT_DELIVERED] = NM_TEXT_BACK_DELIVERED, [NM_TEXT_UNDELIVERED] = "not delivered",
		[NM_TEXT_LANDLINE] = NM_TEXT_BACK_LANDLINE,
		[NM_TEXT_FAILED] = "not sent",     [NM_TEXT_OPTED_OUT] = "opted out",
	};

	return names[end];
}

/* How a text stands of which the carrier has said something. */
static void conclude_taken(struct mover *mover, const char *note)
{
	const struct nm_texted *texted = &mover->texted;
	struct nm_outbox_text *row = mover->row;
	const char *name = end_name(texted->end);

	row->state = texted->end == NM_TEXT_OPTED_OUT     ? NM_OUTBOX_REFUSED
		     : texted->end >= NM_TEXT_UNDELIVERED ? NM_OUTBOX_FAILED
							  : NM_OUTBOX_SENT;
	if (texted->words != NULL)
		row->words = nm_arena_format(mover->arena, "%s: %s", name, texted->words);
	else if (row->state == NM_OUTBOX_SENT && note != NULL)
		row->words =
			nm_arena_format(mover->arena, "%s; what became of it is not known: %s", name, note);
	else
		row->words = nm_arena_text(mover->arena, name);
}

/* How the text stands after the talk. */
static void conclude(struct mover *mover)
{
	struct nm_outbox_text *row = mover->row;
	struct nm_texted *texted = &mover->texted;
	const char *note = mover->talk.exchange.note;

	if (never_left(&mover->talk))
		texted->asked = false;
	if (texted->id != NULL)
		row->carrier_id = nm_arena_text(mover->arena, texted->id);
	row->updated = mover->context->now;
	if (texted->id != NULL || texted->end != NM_TEXT_NOT_TAKEN) {
		conclude_taken(mover, mover->talk.end != NM_TALK_DONE ? note : NULL);
		return;
	}
	row->words = nm_arena_text(mover->arena, note != NULL ? note : "stopped");
	if (texted->unsure) {
		row->state = NM_OUTBOX_UNSURE;
	} else if (texted->asked && nm_texting_stale(row, mover->context->now)) {
		row->state = NM_OUTBOX_UNSURE;
		row->words = nm_arena_format(mover->arena, "%s; after an hour it is looked for no more",
					     row->words != NULL ? row->words : "");
	} else if (!texted->asked && mover->talk.end != NM_TALK_OPEN) {
		row->state = NM_OUTBOX_FAILED;
	}
}

/* The account through which the row is sent; NULL: the plan has it no more, or with another driver. */
static const struct nm_account *account_of(const struct nm_plan *plan, const struct nm_outbox_text *row)
{
	for (size_t i = 0; i < plan->n_accounts; i++)
		if (strcmp(plan->accounts[i].name, row->account) == 0 &&
		    strcmp(plan->accounts[i].driver, row->driver) == 0 && nm_texting_able(plan, (int)i))
			return &plan->accounts[i];
	return NULL;
}

/* Nobody can be asked about it any more. */
static void orphan(struct mover *mover)
{
	struct nm_outbox_text *row = mover->row;

	row->words = nm_arena_format(mover->arena, "the plan has no account %s with driver %s any more",
				     row->account, row->driver);
	row->state = row->state == NM_OUTBOX_WAITING ? NM_OUTBOX_FAILED : NM_OUTBOX_UNSURE;
	row->updated = mover->context->now;
}

bool nm_texting_stale(const struct nm_outbox_text *text, nm_time now)
{
	return now - text->at > STALE_S;
}

static void end_waiting(struct mover *mover, enum nm_outbox_state state, const char *words)
{
	mover->row->state = state;
	mover->row->updated = mover->context->now;
	mover->row->words = nm_arena_text(mover->arena, words);
}

/* A text that was left is held against the clock, the plan and who wants none, as all that is now.  One that waited
 * may end by it; one that may have been sent is looked for all the same. */
static enum nm_code may_still(struct mover *mover, const struct nm_account *account, struct nm_error *err)
{
	const struct nm_plan *plan = mover->context->plan;
	const struct nm_outbox_text *row = mover->row;
	const bool stale = nm_texting_stale(row, mover->context->now);
	struct nm_error why;
	nm_number to;
	enum nm_code wanted;

	if (nm_number_read(row->to, plan->country, &to, &why) != NM_OK) {
		if (row->state == NM_OUTBOX_WAITING)
			end_waiting(mover, NM_OUTBOX_FAILED, why.text);
		return NM_OK;
	}
	wanted = nm_optout_check(mover->context->store, to, &why);
	if (wanted != NM_OK && wanted != NM_REFUSED)
		return nm_fail(err, wanted, "%s", why.text);
	mover->text.over = stale ? "after an hour" : wanted == NM_REFUSED ? "as that number wants none" : NULL;
	if (row->state != NM_OUTBOX_WAITING)
		return NM_OK;
	if (stale)
		end_waiting(mover, NM_OUTBOX_FAILED,
			    "it waited for more than an hour, and is not sent any more");
	else if (wanted == NM_REFUSED)
		end_waiting(mover, NM_OUTBOX_REFUSED, why.text);
	else if (nm_texting_check_number(plan, nm_carrier_find(account->driver), to, &why) != NM_OK)
		end_waiting(mover, NM_OUTBOX_FAILED, why.text);
	return NM_OK;
}

static enum nm_code move_with(struct mover *mover, const struct nm_account *account, struct nm_error *err)
{
	const char **known;
	enum nm_code code;

	if (!begin_talk(mover, account))
		return nm_fail_memory(err);
	code = nm_store_outbox_known(mover->context->store, mover->row, mover->talk.exchange.arena, &known,
				     &mover->text.n_known, err);
	mover->text.known = known;
	if (code == NM_OK)
		code = speak(mover, err);
	if (code == NM_OK)
		conclude(mover);
	return code;
}

/* How the text stands, and what its carrier said of the number, which counts for all lines: both, or neither. */
static enum nm_code write_end(struct mover *mover, struct nm_error *err)
{
	struct nm_store *store = mover->context->store;
	struct nm_outbox_text *row = mover->row;
	nm_number to;
	enum nm_code code = row->words != NULL ? nm_store_begin(store, err) : nm_fail_memory(err);

	if (code != NM_OK)
		return code;
	if (mover->texted.end == NM_TEXT_OPTED_OUT) {
		code = nm_number_read(row->to, mover->context->plan->country, &to, err);
		if (code == NM_OK)
			code = nm_store_optout_add(store, to, row->updated, NM_OPTOUT_CARRIER, err);
	}
	if (code == NM_OK)
		code = nm_store_outbox_update(store, row, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	return code;
}

/* Is it over, before its carrier was asked for anything? */
static bool is_over(const struct nm_outbox_text *row)
{
	return row->state != NM_OUTBOX_WAITING && row->state != NM_OUTBOX_SENDING;
}

/* Moves a row of the outbox as far as it goes now. */
static enum nm_code move_text(const struct nm_push_context *context, struct nm_outbox_text *row,
			      struct nm_arena *arena, int follow_s, struct nm_error *err)
{
	const struct nm_account *account = account_of(context->plan, row);
	struct mover mover = { .context = context,
			       .row = row,
			       .arena = arena,
			       .text = { .to = row->to,
					 .body = row->body,
					 .begun = row->at,
					 .follow_s = follow_s },
			       .texted = { .asked = row->state == NM_OUTBOX_SENDING,
					   .id = row->carrier_id } };
	enum nm_code code = NM_OK;

	if (account == NULL)
		orphan(&mover);
	else
		code = may_still(&mover, account, err);
	if (code == NM_OK && !is_over(row))
		code = move_with(&mover, account, err);
	if (code == NM_OK)
		code = write_end(&mover, err);
	nm_talk_clear(&mover.talk);
	return code;
}

/* --- what became of one later --- */

/* The open follow-up for which a text went to that number; 0: there is none. */
static enum nm_code find_texted(struct nm_store *store, nm_number to, int64_t *out, struct nm_error *err)
{
	const struct nm_followup_filter filter = {
		.open = true, .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = SIZE_MAX
	};
	struct nm_followups list;
	enum nm_code code = nm_store_followups(store, &filter, &list, err);

	if (code != NM_OK)
		return code;
	*out = 0;
	for (size_t i = 0; i < list.n; i++)
		if (list.items[i].number == to && list.items[i].texted != 0)
			*out = list.items[i].id;
	nm_followups_clear(&list);
	return NM_OK;
}

/* A follow-up does not wait for an answer to what nobody got. */
static enum nm_code note_followup(const struct mover *mover, struct nm_error *err)
{
	const struct nm_push_context *context = mover->context;
	const char *words = nm_arena_format(mover->arena, "the text did not arrive: %s", mover->row->words);
	const struct nm_deed deed = { .at = context->now, .who = context->who, .kind = NM_DEED_NOTED, .words = words };
	int64_t id = 0;
	nm_number to;
	enum nm_code code = words != NULL ? nm_number_read(mover->row->to, context->plan->country, &to, err)
					  : nm_fail_memory(err);

	if (code == NM_OK)
		code = find_texted(context->store, to, &id, err);
	return code == NM_OK && id != 0 ? nm_store_followup_untext(context->store, id, mover->row->at, &deed, err) : code;
}

/* How the text stands, and with the follow-up that it is for that it did not arrive: both, or neither. */
static enum nm_code write_known(struct mover *mover, struct nm_error *err)
{
	struct nm_store *store = mover->context->store;
	const struct nm_outbox_text *row = mover->row;
	enum nm_code code = nm_store_begin(store, err);

	if (code != NM_OK)
		return code;
	code = write_end(mover, err);
	if (code == NM_OK && row->state != NM_OUTBOX_SENT && strcmp(row->why, NM_FOLLOWUP_TEXT) == 0)
		code = note_followup(mover, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	return code;
}

/* Asks about a text that its carrier has; *known false: it did not answer, and the text stands as it did. */
static enum nm_code ask_about(struct mover *mover, const struct nm_account *account, bool *known, struct nm_error *err)
{
	enum nm_code code = begin_talk(mover, account) ? speak(mover, err) : nm_fail_memory(err);

	*known = code == NM_OK && mover->talk.end == NM_TALK_DONE;
	mover->row->updated = mover->context->now;
	if (*known)
		conclude_taken(mover, NULL);
	return code == NM_OK ? write_known(mover, err) : code;
}

static bool tells_end(const struct nm_account *account)
{
	return account != NULL && nm_carrier_find(account->driver)->traits.text_ends;
}

/* Those that stand otherwise now go to the front of the list, and are left in it.  The first carrier that does not
 * answer ends it: the others are not to wait for it. */
static enum nm_code follow_all(const struct nm_push_context *context, struct nm_outbox *outbox, struct nm_error *err)
{
	const size_t n = outbox->n;
	bool known = true;
	enum nm_code code = NM_OK;
	int asked = 0;

	outbox->n = 0;
	for (size_t i = 0; i < n && code == NM_OK && known && asked < FOLLOW_MAX && idle_of(context); i++) {
		struct nm_outbox_text *row = &outbox->items[i];
		const struct nm_account *account = account_of(context->plan, row);
		struct mover mover = { .context = context,
				       .row = row,
				       .arena = outbox->arena,
				       .text = { .to = row->to, .body = row->body, .begun = row->at },
				       .texted = { .asked = true, .id = row->carrier_id } };

		if (!tells_end(account))
			continue;
		code = ask_about(&mover, account, &known, err);
		nm_talk_clear(&mover.talk);
		asked++;
		if (code == NM_OK && row->state != NM_OUTBOX_SENT)
			outbox->items[outbox->n++] = *row;
	}
	return code;
}

enum nm_code nm_texting_follow(const struct nm_push_context *context, struct nm_outbox *out, struct nm_error *err)
{
	struct nm_outbox outbox = { 0 };
	enum nm_code code = nm_store_lock(context->store, err);

	if (code != NM_OK)
		return code;
	code = nm_store_outbox_unsettled(context->store, context->now, UNSETTLED_MAX, &outbox, err);
	if (code == NM_OK)
		code = follow_all(context, &outbox, err);
	nm_store_unlock(context->store);
	if (code == NM_OK)
		*out = outbox;
	else
		nm_outbox_clear(&outbox);
	return code;
}

/* --- the outbox --- */

static bool is_named(const struct nm_finishing *finishing, int64_t id)
{
	for (size_t i = 0; i < finishing->n; i++)
		if (finishing->ids[i] == id)
			return true;
	return false;
}

static bool is_to_customer(const struct nm_outbox_text *row)
{
	return strcmp(row->why, NM_TEXT_BACK) == 0 || strcmp(row->why, NM_FOLLOWUP_TEXT) == 0;
}

/* Those that are named, as they stand in the outbox now; before one to a customer the newest word of customers is read. */
static enum nm_code move_open(const struct nm_push_context *context, const struct nm_finishing *finishing,
			      struct nm_outbox *outbox, struct nm_error *err)
{
	enum nm_code code = nm_store_outbox(context->store, true, OPEN_MAX, outbox, err);
	bool customers = false;
	size_t n = 0;

	for (size_t i = 0; code == NM_OK && i < outbox->n; i++) {
		if (!is_named(finishing, outbox->items[i].id))
			continue;
		customers = customers || is_to_customer(&outbox->items[i]);
		outbox->items[n++] = outbox->items[i];
	}
	outbox->n = n;
	if (code == NM_OK && customers)
		code = nm_inbound_read_first(context, NULL, err);
	for (size_t i = 0; code == NM_OK && i < n; i++)
		code = move_text(context, &outbox->items[i], outbox->arena, finishing->follow_s, err);
	return code;
}

enum nm_code nm_texting_left(struct nm_store *store, struct nm_outbox *out, struct nm_error *err)
{
	return nm_store_outbox(store, true, OPEN_MAX, out, err);
}

enum nm_code nm_texting_finish(const struct nm_push_context *context, const struct nm_finishing *finishing,
			       struct nm_outbox *out, struct nm_error *err)
{
	struct nm_outbox outbox = { 0 };
	enum nm_code code = nm_store_lock(context->store, err);

	if (code != NM_OK)
		return code;
	code = move_open(context, finishing, &outbox, err);
	nm_store_unlock(context->store);
	if (code == NM_OK)
		*out = outbox;
	else
		nm_outbox_clear(&outbox);
	return code;
}

enum nm_code nm_texting_finish_why(const struct nm_push_context *context, const char *why, int follow_s,
				   struct nm_outbox *out, struct nm_error *err)
{
	struct nm_outbox left;
	struct nm_finishing finishing = { .follow_s = follow_s };
	int64_t *ids;
	enum nm_code code = nm_texting_left(context->store, &left, err);

	*out = (struct nm_outbox){ 0 };
	if (code != NM_OK)
		return code;
	ids = calloc(left.n + 1, sizeof(*ids));
	if (ids == NULL)
		code = nm_fail_memory(err);
	for (size_t i = 0; i < left.n && code == NM_OK; i++)
		if (strcmp(left.items[i].why, why) == 0)
			ids[finishing.n++] = left.items[i].id;
	finishing.ids = ids;
	nm_outbox_clear(&left);
	if (code == NM_OK && finishing.n > 0)
		code = nm_texting_finish(context, &finishing, out, err);
	free(ids);
	return code;
}

/* The row of a new text, in an outbox of its own. */
static enum nm_code add_text(const struct nm_push_context *context, const struct nm_outgoing *outgoing,
			     struct nm_outbox *outbox, struct nm_error *err)
{
	const struct nm_plan *plan = context->plan;
	const struct nm_line *line = &plan->lines[outgoing->sender.line];
	const struct nm_account *account = &plan->accounts[outgoing->sender.account];
	char from[NM_NUMBER_TEXT], to[NM_NUMBER_TEXT];
	struct nm_outbox_text *row;
	size_t capacity = 0;

	outbox->arena = nm_arena_new();
	if (outbox->arena == NULL || !nm_grow((void **)&outbox->items, &capacity, 1, sizeof(*outbox->items)))
		return nm_fail_memory(err);
	nm_number_write(line->number, from);
	nm_number_write(outgoing->to, to);
	row = outbox->items;
	*row = (struct nm_outbox_text){
		.at = context->now,
		.updated = context->now,
		.line = nm_arena_text(outbox->arena, line->name),
		.account = nm_arena_text(outbox->arena, account->name),
		.driver = nm_arena_text(outbox->arena, account->driver),
		.from = nm_arena_text(outbox->arena, from),
		.to = nm_arena_text(outbox->arena, to),
		.body = nm_arena_text(outbox->arena, outgoing->body),
		.why = nm_arena_text(outbox->arena, outgoing->why),
		.state = NM_OUTBOX_WAITING,
	};
	outbox->n = 1;
	if (row->line == NULL || row->account == NULL || row->driver == NULL || row->from == NULL ||
	    row->to == NULL || row->body == NULL || row->why == NULL)
		return nm_fail_memory(err);
	return nm_store_outbox_add(context->store, row, &row->id, err);
}

/* Nothing is written of a text that may not be sent, unless its refusal is to be on record (may_still refuses it then):
 * what forbids it is read in the transaction that writes it. */
static enum nm_code check_and_add(const struct nm_push_context *context, const struct nm_outgoing *outgoing,
				  struct nm_outbox *outbox, struct nm_error *err)
{
	enum nm_code code = nm_store_begin(context->store, err);

	if (code != NM_OK)
		return code;
	if (outgoing->check != NULL)
		code = outgoing->check(outgoing->context, err);
	if (code == NM_OK && !outgoing->record)
		code = nm_optout_check(context->store, outgoing->to, err);
	if (code == NM_OK)
		code = add_text(context, outgoing, outbox, err);
	if (code == NM_OK)
		code = nm_store_commit(context->store, err);
	if (code != NM_OK)
		nm_store_abandon(context->store);
	return code;
}

enum nm_code nm_texting_send(const struct nm_push_context *context, const struct nm_outgoing *outgoing,
			     struct nm_outbox *out, struct nm_error *err)
{
	struct nm_outbox outbox = { 0 };
	enum nm_code code =
		nm_texting_check(context->plan, outgoing->sender, outgoing->to, outgoing->body, err);

	if (code == NM_OK)
		code = nm_store_lock(context->store, err);
	if (code != NM_OK)
		return code;
	if (outgoing->customer)
		code = nm_inbound_read_first(context, NULL, err);
	if (code == NM_OK)
		code = check_and_add(context, outgoing, &outbox, err);
	if (code == NM_OK)
		code = move_text(context, outbox.items, outbox.arena, outgoing->follow_s, err);
	nm_store_unlock(context->store);
	if (code == NM_OK)
		*out = outbox;
	else
		nm_outbox_clear(&outbox);
	return code;
}
