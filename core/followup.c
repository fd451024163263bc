/* SPDX-License-Identifier: MIT */
/*
 * What the plan says of follow-ups: in which order they are due, and what an outcome does.  Knows no tables.
 */
#include "nevermiss/followup.h"

#include <stdlib.h>
#include <string.h>

#include "nevermiss/events.h"
#include "nevermiss/optout.h"
#include "nevermiss/text_back.h"

#define ONCE_PER_S (4 * 3600) /* text_back's default, for a plan without that section */

static const char *const channels[] = {
	[NM_CHANNEL_PHONE] = "phone",
	[NM_CHANNEL_TEXT] = "text",
	[NM_CHANNEL_WEB] = "web",
};

static const char *const ends[] = {
	[NM_FOLLOWUP_OPEN] = "open",         [NM_FOLLOWUP_BOOKED] = "booked",
	[NM_FOLLOWUP_RESOLVED] = "resolved", [NM_FOLLOWUP_NO_ANSWER] = "no-answer",
	[NM_FOLLOWUP_LOST] = "lost",         [NM_FOLLOWUP_RANG_AGAIN] = "rang-again",
};

const char *nm_channel_name(enum nm_channel channel)
{
	return (size_t)channel <= NM_CHANNEL_WEB ? channels[channel] : "unknown";
}

const char *nm_followup_end_name(enum nm_followup_end end)
{
	return (size_t)end <= NM_FOLLOWUP_RANG_AGAIN ? ends[end] : "unknown";
}

bool nm_channel_find(const char *name, enum nm_channel *out)
{
	for (size_t i = 0; i <= NM_CHANNEL_WEB; i++)
		if (strcmp(channels[i], name) == 0) {
			*out = (enum nm_channel)i;
			return true;
		}
	return false;
}

bool nm_followup_end_find(const char *name, enum nm_followup_end *out)
{
	for (size_t i = NM_FOLLOWUP_OPEN + 1; i < NM_FOLLOWUP_RANG_AGAIN; i++)
		if (strcmp(ends[i], name) == 0) {
			*out = (enum nm_followup_end)i;
			return true;
		}
	return false;
}

bool nm_followup_awaits_end(const struct nm_followup *followup)
{
	return followup->end == NM_FOLLOWUP_OPEN && followup->reached != 0 &&
	       !followup->tried_since && followup->reached >= followup->newest;
}

bool nm_followup_awaits_text(const struct nm_plan *plan, const struct nm_followup *followup)
{
	return plan->follow_up.then_text != NULL && followup->number != 0 && followup->texted == 0;
}

/* --- in which order --- */

struct ranked {
	nm_time due;
	struct nm_followup followup;
};

static int by_urgency(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	const bool x_ended = x->followup.end != NM_FOLLOWUP_OPEN,
		   y_ended = y->followup.end != NM_FOLLOWUP_OPEN;

	if (x_ended != y_ended)
		return x_ended - y_ended;
	if (x->due != y->due)
		return x->due > y->due ? 1 : -1;
	if (x->followup.opened != y->followup.opened)
		return x->followup.opened > y->followup.opened ? 1 : -1;
	return (x->followup.id > y->followup.id) - (x->followup.id < y->followup.id);
}

void nm_followups_sort(const struct nm_plan *plan, struct nm_followups *followups)
{
	struct ranked *ranked = calloc(followups->n + 1, sizeof(*ranked));
	struct nm_due_times *times = nm_due_times_new(plan);

	for (size_t i = 0; ranked != NULL && times != NULL && i < followups->n; i++)
		ranked[i] = (struct ranked){ nm_due_times_of(times, &followups->items[i]).at,
					     followups->items[i] };
	if (ranked == NULL || times == NULL) {
		nm_due_times_free(times);
		free(ranked);
		return;
	}
	qsort(ranked, followups->n, sizeof(*ranked), by_urgency);
	for (size_t i = 0; i < followups->n; i++)
		followups->items[i] = ranked[i].followup;
	nm_due_times_free(times);
	free(ranked);
}

/* --- how it went --- */

/* Whether that was the last attempt is known when it stands there: the log may have told of it before. */
static enum nm_code try_again(const struct nm_plan *plan, struct nm_store *store, struct nm_arena *arena,
			      struct nm_followup *followup, struct nm_deed deed, struct nm_error *err)
{
	enum nm_code code;

	deed.kind = NM_DEED_TRIED;
	code = nm_store_followup_deed(store, followup->id, &deed, err);
	if (code == NM_OK)
		code = nm_store_followup_get(store, followup->id, arena, followup, err);
	if (code != NM_OK || followup->tries < plan->follow_up.attempts || nm_followup_awaits_text(plan, followup))
		return code;
	deed.kind = NM_DEED_ENDED;
	return nm_store_followup_deed(store, followup->id, &deed, err);
}

enum nm_code nm_followup_outcome(const struct nm_plan *plan, struct nm_store *store, int64_t id,
				 enum nm_followup_end outcome, nm_time now, const char *who,
				 struct nm_arena *arena, struct nm_followup *out, struct nm_error *err)
{
	const struct nm_deed deed = { .at = now, .who = who, .kind = NM_DEED_ENDED, .end = outcome };
	enum nm_code code = nm_store_begin(store, err);

	if (code != NM_OK)
		return code;
	code = nm_store_followup_get(store, id, arena, out, err);
	if (code == NM_OK)
		code = outcome == NM_FOLLOWUP_NO_ANSWER ? try_again(plan, store, arena, out, deed, err)
							: nm_store_followup_deed(store, id, &deed, err);
	if (code == NM_OK)
		code = nm_store_followup_get(store, id, arena, out, err);
	if (code == NM_OK)
		code = nm_events_followup(store, plan, out, now, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	return code;
}

/* --- the text --- */

const char *nm_followup_text(const struct nm_plan *plan)
{
	return plan->follow_up.then_text != NULL ? plan->follow_up.then_text : plan->text_back.missed;
}

int64_t nm_followup_once_per_s(const struct nm_plan *plan)
{
	return plan->text_back.given ? plan->text_back.once_per_s : ONCE_PER_S;
}

/* No text that was sent to the number says that another one is in vain. */
static enum nm_code check_reach(struct nm_store *store, nm_number to, nm_time now, struct nm_error *err)
{
	nm_time recent[NM_TEXT_BACKS_A_DAY];
	struct nm_text_back_past past;
	char number[NM_NUMBER_TEXT];
	enum nm_text_back_why why;
	enum nm_code code = nm_store_text_past(store, to, now, now, recent, &past, err);

	if (code != NM_OK)
		return code;
	why = nm_text_past_why(&past);
	if (why == NM_TEXT_BACK_DUE)
		return NM_OK;
	nm_number_words(to, number);
	return nm_fail(err, NM_REFUSED, "%s gets no text: %s; call instead, or say how it ended", number,
		       nm_text_back_why_words(why));
}

/* What is known of texts to the number lets this one pass. */
static enum nm_code check_before(const struct nm_plan *plan, struct nm_store *store,
				 const struct nm_followup *followup, nm_time now, struct nm_error *err)
{
	const int64_t once_per_s = nm_followup_once_per_s(plan);
	char number[NM_NUMBER_TEXT], once_per[NM_TIME_TEXT];
	nm_time last;
	enum nm_code code;

	nm_number_write(followup->number, number);
	code = nm_optout_check(store, followup->number, err);
	if (code == NM_OK)
		code = check_reach(store, followup->number, now, err);
	if (code == NM_OK)
		code = nm_store_outbox_to(store, number, &last, err);
	if (code != NM_OK)
		return code;
	nm_number_words(followup->number, number);
	if (followup->texted > last)
		last = followup->texted;
	if (last == NM_TIME_MIN || now - last >= once_per_s)
		return NM_OK;
	nm_duration_words(once_per_s, once_per);
	return nm_fail(err, NM_REFUSED,
		       "%s got a text less than %s ago, or may have: once_per of text_back is that long",
		       number, once_per);
}

enum nm_code nm_followup_text_check(const struct nm_plan *plan, struct nm_store *store,
				    const struct nm_followup *followup, nm_time now, struct nm_error *err)
{
	if (followup->end != NM_FOLLOWUP_OPEN)
		return nm_fail(err, NM_INPUT, "follow-up %lld has ended (%s): reopen it first",
			       (long long)followup->id, nm_followup_end_name(followup->end));
	if (followup->number == 0)
		return nm_fail(err, NM_INPUT, "follow-up %lld has no number that could get a text",
			       (long long)followup->id);
	if (nm_followup_texts_from(plan, now) != now)
		return nm_fail(
			err, NM_REFUSED,
			"customers get texts from %d:00 to %d:00 on the plan's clock only: try again then",
			NM_TEXTS_FROM_H, NM_TEXTS_UNTIL_H);
	return check_before(plan, store, followup, now, err);
}
