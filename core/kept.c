/* SPDX-License-Identifier: MIT */
/*
 * What carriers keep of a number (kept.h): one conversation an account finds it, another one deletes it.  Comes in: a
 * plan, a number, a transport.  Goes out: what is there, and what became of it.  Knows no store.
 */
#include "nevermiss/kept.h"

#include <stdlib.h>

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

static enum nm_code speak(const struct nm_push_context *context, struct nm_kept_accounts *accounts,
			  struct nm_error *err)
{
	struct nm_talk *talks = calloc(accounts->n + 1, sizeof(*talks));
	struct nm_talk **items = calloc(accounts->n + 1, sizeof(struct nm_talk *));
	struct nm_talks run = { .transport = context->transport,
				.items = items,
				.seed = (uint64_t)context->now,
				.context = context->progress_context,
				.idle = context->idle };
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

enum nm_code nm_kept_find(const struct nm_push_context *context, nm_number number,
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

		if (line >= 0)
			found.items[found.n++] = (struct nm_kept_account){ .account = (int)i,
									   .line = line,
									   .kept = { .number = kept } };
	}
	if (code == NM_OK)
		code = speak(context, &found, err);
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
	return speak(context, accounts, err);
}
