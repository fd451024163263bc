/* SPDX-License-Identifier: MIT */
/*
 * Calls that were made, beside the follow-ups (made.h).  Comes in: calls of a carrier's records.  Goes out: deeds.
 *
 * A call is known again by the second in which it began: no customer is called twice in one.
 */
#include "nevermiss/made.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/store_private.h"
#include "nevermiss/calls.h"

#define WORDS 256

enum nm_code nm_made_add(struct nm_made_list *list, const struct nm_plan *plan, const struct nm_made *made,
			 struct nm_error *err)
{
	if (made->to == 0 || nm_plan_owns(plan, made->to))
		return NM_OK;
	if (!nm_grow((void **)&list->items, &list->capacity, list->n + 1, sizeof(*list->items)))
		return nm_fail_memory(err);
	list->items[list->n++] = *made;
	return NM_OK;
}

void nm_made_clear(struct nm_made_list *list)
{
	free(list->items);
	*list = (struct nm_made_list){ 0 };
}

/* -1: not known, or it was not answered. */
static int64_t talked_s(const struct nm_made *made)
{
	const nm_time since = made->answered != 0 ? made->answered : made->began;

	return made->end == NM_LEG_ANSWERED && made->ended >= since ? made->ended - since : -1;
}

/* "line main", "owner" */
static void from_words(const struct nm_plan *plan, const struct nm_made *made, char *out, size_t size)
{
	const int line = made->from != 0 ? nm_plan_find_number(plan, made->from) : -1;
	char number[NM_NUMBER_TEXT];
	const char *who;

	nm_number_write(made->from, number);
	who = made->from != 0 ? nm_call_who(plan, number) : NULL;
	if (line >= 0)
		snprintf(out, size, "line %.60s", plan->lines[line].name);
	else
		snprintf(out, size, "%.60s", who != NULL ? who : "a phone of the business");
}

static void made_words(const struct nm_plan *plan, const struct nm_made *made, char out[static WORDS])
{
	const int64_t talked = talked_s(made);
	char from[80], lasted[NM_TIME_TEXT];

	from_words(plan, made, from, sizeof(from));
	nm_duration_words(talked, lasted);
	if (talked >= NM_MADE_TALK_S)
		snprintf(out, WORDS, "a call from %s, answered for %s", from, lasted);
	else if (talked >= 0)
		snprintf(out, WORDS, "a call from %s, answered for %s: perhaps by a voicemail", from, lasted);
	else if (made->end == NM_LEG_ANSWERED || made->end == NM_LEG_OPEN)
		snprintf(out, WORDS, "a call from %s: how it went is not told", from);
	else
		snprintf(out, WORDS, "a call from %s, no answer", from);
}

static int by_time(const void *a, const void *b)
{
	const struct nm_made *x = a, *y = b;

	return (x->began > y->began) - (x->began < y->began);
}

/* Of a try only its beginning is kept, and what is told after it is counted by that (NM_MADE_TOLD_S). */
static nm_time told_from(const struct nm_made *made, enum nm_deed_kind kind)
{
	return kind == NM_DEED_REACHED && made->ended > made->began ? made->ended : made->began;
}

static enum nm_code settle_one(struct nm_store *store, const struct nm_plan *plan, const struct nm_made *made,
			       int64_t *attempts, struct nm_error *err)
{
	char words[WORDS];
	const struct nm_deed deed = { .at = made->began,
				      .who = NM_FOLLOWUP_LOG,
				      .kind = talked_s(made) >= NM_MADE_TALK_S ? NM_DEED_REACHED : NM_DEED_TRIED,
				      .words = words };
	bool added = false;
	enum nm_code code;

	made_words(plan, made, words);
	code = nm_store_followup_made(store, made->to, told_from(made, deed.kind), &deed, &added, err);
	*attempts += added;
	return code;
}

enum nm_code nm_made_settle(struct nm_store *store, const struct nm_plan *plan, struct nm_made_list *list,
			    int64_t *attempts, struct nm_error *err)
{
	int64_t added = 0;
	enum nm_code code;

	if (list->n == 0)
		return NM_OK;
	qsort(list->items, list->n, sizeof(*list->items), by_time);
	code = nm_store_begin(store, err);
	if (code != NM_OK)
		return code;
	for (size_t i = 0; i < list->n && code == NM_OK; i++)
		code = settle_one(store, plan, &list->items[i], &added, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	else
		*attempts += added;
	return code;
}
