/* SPDX-License-Identifier: MIT */
/*
 * What the plan says of follow-ups: when each is due, in which order, and what an outcome does.  Knows no tables.
 */
#include "nevermiss/followup.h"

#include <stdlib.h>
#include <string.h>

#include "nevermiss/optout.h"
#include "nevermiss/timeline.h"

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

/* --- when it is due --- */

#define YEAR (366 * (nm_time)NM_DAY)

static nm_time later(nm_time t, nm_time seconds)
{
	return t < NM_TIME_MAX - seconds ? t + seconds : NM_TIME_MAX;
}

static bool is_on(const struct nm_state *state, const struct nm_set *schedules)
{
	for (size_t i = 0; i < schedules->n; i++)
		if (nm_bit(state->schedules, schedules->ids[i]))
			return true;
	return false;
}

/* The first instant of a window at which one of them is on; NM_TIME_MAX: none is. */
static enum nm_code first_on(const struct nm_plan *plan, const struct nm_set *schedules,
			     struct nm_span window, nm_time *out)
{
	struct nm_timeline *timeline;
	enum nm_code code = nm_timeline_build(plan, window.from, window.until, &timeline, NULL);

	if (code != NM_OK)
		return code;
	*out = NM_TIME_MAX;
	for (size_t i = timeline->n; i-- > 0;)
		if (is_on(&timeline->states[timeline->state[i]], schedules))
			*out = timeline->start[i];
	nm_timeline_free(timeline);
	return NM_OK;
}

/* The first instant from t on at which one of them is on. */
static nm_time when_on(const struct nm_plan *plan, const struct nm_set *schedules, nm_time t)
{
	struct nm_span window = { t, later(t, NM_DAY) };
	nm_time on = NM_TIME_MAX;

	while (on == NM_TIME_MAX && window.from < later(t, YEAR)) {
		if (first_on(plan, schedules, window, &on) != NM_OK)
			return t;
		window = (struct nm_span){ window.until, later(window.until, 8 * (window.until - t)) };
	}
	return on;
}

/* The first instant from t on at which texts may be sent. */
static nm_time when_texts(const struct nm_plan *plan, nm_time t)
{
	const nm_local local = nm_zone_local(plan->zone, t);
	const int64_t day = nm_local_day(local);
	const nm_local opens = day * NM_DAY + NM_TEXTS_FROM_H * 3600;

	if (local < opens)
		return nm_zone_utc(plan->zone, opens, NULL);
	return local < day * NM_DAY + NM_TEXTS_UNTIL_H * 3600 ? t
							      : nm_zone_utc(plan->zone, opens + NM_DAY, NULL);
}

/* Is there a text that it was not sent yet? */
static bool awaits_text(const struct nm_plan *plan, const struct nm_followup *followup)
{
	return plan->follow_up.then_text != NULL && followup->number != 0 && followup->texted == 0;
}

/* Whoever rings once from a number that is dear to call wants just that. */
static bool may_be_called(const struct nm_plan *plan, const struct nm_followup *followup)
{
	return followup->number == 0 || nm_plan_toll(plan, followup->number) == NM_TOLL_FINE;
}

struct nm_followup_due nm_followup_due(const struct nm_plan *plan, const struct nm_followup *followup)
{
	const struct nm_follow_up *follow_up = &plan->follow_up;
	struct nm_followup_due due = { .next = NM_NEXT_CALL };

	if (followup->tries >= follow_up->attempts)
		due.next = awaits_text(plan, followup) ? NM_NEXT_TEXT : NM_NEXT_NONE;
	if (followup->end != NM_FOLLOWUP_OPEN || due.next == NM_NEXT_NONE || !may_be_called(plan, followup))
		return (struct nm_followup_due){ NM_NEXT_NONE, NM_TIME_MAX };
	due.at = followup->tries > 0 ? later(followup->last_try, follow_up->retry_s)
				     : later(followup->opened, follow_up->within_s);
	if (follow_up->during.given && due.at < NM_TIME_MAX)
		due.at = when_on(plan, &follow_up->during, due.at);
	if (due.next == NM_NEXT_TEXT && due.at < NM_TIME_MAX)
		due.at = when_texts(plan, due.at);
	return due;
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

	if (ranked == NULL)
		return;
	for (size_t i = 0; i < followups->n; i++)
		ranked[i] = (struct ranked){ nm_followup_due(plan, &followups->items[i]).at,
					     followups->items[i] };
	qsort(ranked, followups->n, sizeof(*ranked), by_urgency);
	for (size_t i = 0; i < followups->n; i++)
		followups->items[i] = ranked[i].followup;
	free(ranked);
}

/* --- how it went --- */

static enum nm_code try_again(const struct nm_plan *plan, struct nm_store *store,
			      const struct nm_followup *followup, struct nm_deed deed, struct nm_error *err)
{
	const bool last = followup->tries + 1 >= plan->follow_up.attempts && !awaits_text(plan, followup);
	enum nm_code code;

	deed.kind = NM_DEED_TRIED;
	code = nm_store_followup_deed(store, followup->id, &deed, err);
	deed.kind = NM_DEED_ENDED;
	return code == NM_OK && last ? nm_store_followup_deed(store, followup->id, &deed, err) : code;
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
		code = outcome == NM_FOLLOWUP_NO_ANSWER ? try_again(plan, store, out, deed, err)
							: nm_store_followup_deed(store, id, &deed, err);
	if (code == NM_OK)
		code = nm_store_followup_get(store, id, arena, out, err);
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

/* What is known of texts to the number lets this one pass. */
static enum nm_code check_before(const struct nm_plan *plan, struct nm_store *store,
				 const struct nm_followup *followup, nm_time now, struct nm_error *err)
{
	const int64_t once_per_s = plan->text_back.given ? plan->text_back.once_per_s : ONCE_PER_S;
	char number[NM_NUMBER_TEXT], once_per[NM_TIME_TEXT];
	nm_time last;
	bool refused;
	enum nm_code code;

	nm_number_write(followup->number, number);
	code = nm_optout_check(store, followup->number, err);
	if (code == NM_OK)
		code = nm_store_outbox_to(store, number, &last, &refused, err);
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
	if (when_texts(plan, now) != now)
		return nm_fail(
			err, NM_REFUSED,
			"customers get texts from %d:00 to %d:00 on the plan's clock only: try again then",
			NM_TEXTS_FROM_H, NM_TEXTS_UNTIL_H);
	return check_before(plan, store, followup, now, err);
}
