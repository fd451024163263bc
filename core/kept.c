/* SPDX-License-Identifier: MIT */
/*
 * What carriers keep of a number (kept.h): one conversation an account finds it, another one deletes it.  Comes in: a
 * plan, a number, what the store has of it, a transport.  Goes out: what is there, and what became of it.  Knows no store.
 */
#include "nevermiss/kept.h"

#include <stdlib.h>
#include <string.h>

#include "core/talk.h"

const char *nm_kept_kind_name(enum nm_kept_kind kind)
{
	static const char *const names[] = {
		[NM_KEPT_CALL] = "call", [NM_KEPT_RECORDING] = "recording", [NM_KEPT_TEXT] = "text"
	};

	return (size_t)kind <= NM_KEPT_TEXT ? names[kind] : "unknown";
}

size_t nm_kept_count(const struct nm_kept *kept, enum nm_kept_kind kind, bool gone)
{
	size_t n = 0;

	for (size_t i = 0; i < kept->n; i++)
		n += kept->items[i].kind == kind && (!gone || kept->items[i].gone);
	return n;
}

void nm_kept_accounts_clear(struct nm_kept_accounts *accounts)
{
	for (size_t i = 0; i < accounts->n; i++) {
		free(accounts->items[i].kept.items);
		nm_arena_free(accounts->items[i].arenas[0]);
		nm_arena_free(accounts->items[i].arenas[1]);
	}
	free(accounts->items);
	nm_arena_free(accounts->arena);
	*accounts = (struct nm_kept_accounts){ 0 };
}

/* The first line of an account whose carrier can; -1. */
static int line_of(const struct nm_plan *plan, int account)
{
	const struct nm_carrier *carrier = nm_carrier_of(plan, account);

	for (size_t i = 0; carrier != NULL && carrier->traits.forgets && i < plan->n_lines; i++)
		if (plan->lines[i].account == account)
			return (int)i;
	return -1;
}

/* --- one conversation an account --- */

static bool begin_talk(const struct nm_push_context *context, struct nm_kept_account *item,
		       struct nm_talk *talk)
{
	if (!nm_talk_init(talk, nm_carrier_of(context->plan, item->account), context->plan, item->line,
			  (struct nm_span){ 0 }, NM_OP_FORGET, NULL))
		return false;
	talk->exchange.kept = &item->kept;
	return true;
}

/* What it has learnt outlives it. */
static void end_talk(struct nm_kept_account *item, struct nm_talk *talk)
{
	if (talk->end != NM_TALK_DONE)
		item->words = talk->exchange.note != NULL ? talk->exchange.note : "stopped";
	item->arenas[item->kept.remove] = talk->exchange.arena;
	talk->exchange.arena = NULL;
}

/* reads: nothing is deleted, so who stops it need not wait for what is under way. */
static enum nm_code speak(const struct nm_push_context *context, struct nm_kept_accounts *accounts, bool reads,
			  struct nm_error *err)
{
	struct nm_talk *talks = calloc(accounts->n + 1, sizeof(*talks));
	struct nm_talk **items = calloc(accounts->n + 1, sizeof(struct nm_talk *));
	struct nm_talks run = { .transport = context->transport,
				.items = items,
				.seed = (uint64_t)context->now,
				.context = context->progress_context,
				.idle = context->idle,
				.may_drop = reads };
	enum nm_code code = talks != NULL && items != NULL ? NM_OK : nm_fail_memory(err);

	for (size_t i = 0; i < accounts->n && code == NM_OK; i++) {
		if (accounts->items[i].words != NULL)
			continue; /* it could not even be asked */
		items[run.n++] = &talks[i];
		if (!begin_talk(context, &accounts->items[i], &talks[i]))
			code = nm_fail_memory(err);
	}
	if (code == NM_OK)
		code = nm_talks_run(&run, NULL, err);
	for (size_t i = 0; talks != NULL && i < accounts->n; i++) {
		if (code == NM_OK && talks[i].carrier != NULL)
			end_talk(&accounts->items[i], &talks[i]);
		nm_talk_clear(&talks[i]);
	}
	free(items);
	free(talks);
	return code;
}

/* --- what the store knows --- */

/* The account of the plan that a trace is of: by its name, or by the line that was called; -1. */
static int account_of(const struct nm_plan *plan, const struct nm_trace_left *left)
{
	int account = -1;

	for (size_t i = 0; left->account != NULL && i < plan->n_accounts; i++)
		if (strcmp(plan->accounts[i].name, left->account) == 0)
			account = (int)i;
	for (size_t i = 0; left->account == NULL && i < plan->n_lines; i++)
		if (plan->lines[i].number == left->number)
			account = plan->lines[i].account;
	return account >= 0 && strcmp(plan->accounts[account].driver, left->driver) == 0 ? account : -1;
}

/* False: out of memory. */
static bool add_known(const struct nm_plan *plan, const struct nm_forgotten *known, struct nm_kept_accounts *accounts,
		      struct nm_kept_account *item)
{
	struct nm_kept *kept = &item->kept;

	for (size_t i = 0; i < known->n_left; i++) {
		const struct nm_trace_left *left = &known->left[i];
		const char *id;

		if (!left->naming || left->carrier_id == NULL || account_of(plan, left) != item->account)
			continue;
		if (kept->n == NM_KEPT_MAX) {
			kept->cut = true;
			return true;
		}
		id = nm_arena_text(accounts->arena, left->carrier_id);
		if (id == NULL || !nm_grow((void **)&kept->items, &kept->capacity, kept->n + 1, sizeof(*kept->items)))
			return false;
		kept->items[kept->n++] = (struct nm_kept_item){ .kind = NM_KEPT_TEXT, .id = id };
	}
	return true;
}

bool nm_kept_covers(const struct nm_kept_accounts *accounts, const struct nm_plan *plan, const struct nm_trace_left *left)
{
	const int account = account_of(plan, left);

	if (left->naming && left->carrier_id == NULL)
		return false;
	for (size_t i = 0; i < accounts->n; i++)
		if (accounts->items[i].account == account)
			return accounts->items[i].words == NULL && !accounts->items[i].kept.cut;
	return false;
}

/* --- all of them --- */

enum nm_code nm_kept_find(const struct nm_push_context *context, nm_number number, const struct nm_forgotten *known,
			  struct nm_kept_accounts *out, struct nm_error *err)
{
	const struct nm_plan *plan = context->plan;
	struct nm_kept_accounts found = { .arena = nm_arena_new() };
	char text[NM_NUMBER_TEXT];
	const char *kept;
	enum nm_code code;

	nm_number_write(number, text);
	kept = found.arena != NULL ? nm_arena_text(found.arena, text) : NULL;
	found.items = calloc(plan->n_accounts + 1, sizeof(*found.items));
	code = kept != NULL && found.items != NULL ? NM_OK : nm_fail_memory(err);
	for (size_t i = 0; i < plan->n_accounts && code == NM_OK; i++) {
		const int line = line_of(plan, (int)i);
		struct nm_kept_account *item = &found.items[found.n];

		if (line < 0)
			continue;
		found.n++;
		*item = (struct nm_kept_account){ .account = (int)i, .line = line, .kept = { .number = kept } };
		if (!add_known(plan, known, &found, item))
			code = nm_fail_memory(err);
	}
	if (code == NM_OK)
		code = speak(context, &found, true, err);
	if (code == NM_OK)
		*out = found;
	else
		nm_kept_accounts_clear(&found);
	return code;
}

enum nm_code nm_kept_delete(const struct nm_push_context *context, struct nm_kept_accounts *accounts,
			    struct nm_error *err)
{
	for (size_t i = 0; i < accounts->n; i++)
		accounts->items[i].kept.remove = true;
	return speak(context, accounts, false, err);
}
