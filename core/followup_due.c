/* SPDX-License-Identifier: MIT */
/*
 * When a follow-up is due.  Comes in: a plan and a follow-up as it is kept.  Goes out: what is to be done next, and by
 * when.  The timeline that `during` needs is kept from one to the next of many.
 */
#include "nevermiss/followup.h"

#include <stdlib.h>

#include "nevermiss/timeline.h"

#define LATE_LONG_S NM_DAY

struct nm_due_times {
	const struct nm_plan *plan;
	struct nm_timeline *timeline; /* owned; NULL until it is needed */
};

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

/* Makes the timeline hold [from, until): it grows on the side that lacks by no less than its own length, so that many
 * asked for in any order cost no more than a few. */
static enum nm_code cover(struct nm_due_times *times, nm_time from, nm_time until)
{
	const nm_time most = NM_TIMELINE_YEARS * (YEAR - NM_DAY);
	const struct nm_timeline *have = times->timeline;
	struct nm_span span = { from, later(from, 32 * (nm_time)NM_DAY) };
	struct nm_timeline *more;
	enum nm_code code;

	if (have != NULL && have->from <= from && until <= have->until)
		return NM_OK;
	if (span.until < until)
		span.until = until;
	if (have != NULL) {
		const nm_time length = have->until - have->from;
		const nm_time earlier = have->from - length < from ? have->from - length : from;
		const nm_time after = have->until + length > span.until ? have->until + length : span.until;
		const struct nm_span both = { from < have->from ? earlier : have->from,
					      until > have->until ? after : have->until };

		if (both.until - both.from <= most)
			span = both;
	}
	code = nm_timeline_build(times->plan, span.from, span.until, &more, NULL);
	if (code != NM_OK)
		return code;
	nm_timeline_free(times->timeline);
	times->timeline = more;
	return NM_OK;
}

/* The first instant of a window at which one of them is on; NM_TIME_MAX: none is. */
static enum nm_code first_on(struct nm_due_times *times, const struct nm_set *schedules, struct nm_span window,
			     nm_time *out)
{
	const struct nm_timeline *timeline;
	enum nm_code code = cover(times, window.from, window.until);

	if (code != NM_OK)
		return code;
	timeline = times->timeline;
	*out = NM_TIME_MAX;
	for (size_t i = nm_timeline_find(timeline, window.from);
	     *out == NM_TIME_MAX && i < timeline->n && timeline->start[i] < window.until; i++)
		if (is_on(&timeline->states[timeline->state[i]], schedules))
			*out = timeline->start[i] > window.from ? timeline->start[i] : window.from;
	return NM_OK;
}

/* The first instant from t on at which one of them is on. */
static nm_time when_on(struct nm_due_times *times, const struct nm_set *schedules, nm_time t)
{
	struct nm_span window = { t, later(t, NM_DAY) };
	nm_time on = NM_TIME_MAX;

	while (on == NM_TIME_MAX && window.from < later(t, YEAR)) {
		if (first_on(times, schedules, window, &on) != NM_OK)
			return t;
		window = (struct nm_span){ window.until, later(window.until, 8 * (window.until - t)) };
	}
	return on;
}

nm_time nm_followup_texts_from(const struct nm_plan *plan, nm_time t)
{
	const nm_local local = nm_zone_local(plan->zone, t);
	const int64_t day = nm_local_day(local);
	const nm_local opens = day * NM_DAY + NM_TEXTS_FROM_H * 3600;

	if (local < opens)
		return nm_zone_utc(plan->zone, opens, NULL);
	return local < day * NM_DAY + NM_TEXTS_UNTIL_H * 3600 ? t
							      : nm_zone_utc(plan->zone, opens + NM_DAY, NULL);
}

/* Whoever rings once from a number that is dear to call wants just that. */
static bool may_be_called(const struct nm_plan *plan, const struct nm_followup *followup)
{
	return followup->number == 0 || nm_plan_toll(plan, followup->number) == NM_TOLL_FINE;
}

/* --- many of them --- */

struct nm_due_times *nm_due_times_new(const struct nm_plan *plan)
{
	struct nm_due_times *times = calloc(1, sizeof(*times));

	if (times != NULL)
		times->plan = plan;
	return times;
}

void nm_due_times_free(struct nm_due_times *times)
{
	if (times != NULL)
		nm_timeline_free(times->timeline);
	free(times);
}

nm_time nm_due_times_texts_from(struct nm_due_times *times, nm_time t)
{
	const struct nm_set *during = &times->plan->follow_up.during;
	const nm_time end = later(t, 2 * (nm_time)NM_DAY);
	nm_time on;

	for (; t < end; t = nm_followup_texts_from(times->plan, on)) {
		on = during->given ? when_on(times, during, t) : t;
		if (on >= end || nm_followup_texts_from(times->plan, on) == on)
			return on < end ? on : NM_TIME_MAX;
	}
	return NM_TIME_MAX;
}

struct nm_followup_due nm_due_times_of(struct nm_due_times *times, const struct nm_followup *followup)
{
	const struct nm_plan *plan = times->plan;
	const struct nm_follow_up *follow_up = &plan->follow_up;
	const bool reached = nm_followup_awaits_end(followup);
	struct nm_followup_due due = { .next = NM_NEXT_CALL };

	if (followup->tries >= follow_up->attempts)
		due.next = nm_followup_awaits_text(plan, followup) ? NM_NEXT_TEXT : NM_NEXT_NONE;
	if (followup->end != NM_FOLLOWUP_OPEN || due.next == NM_NEXT_NONE || (reached && followup->talked >= followup->reached) ||
	    !may_be_called(plan, followup))
		return (struct nm_followup_due){ NM_NEXT_NONE, NM_TIME_MAX };
	if (reached)
		due.at = later(followup->reached, follow_up->retry_s);
	else if (followup->tries > 0)
		due.at = later(followup->last_try, follow_up->retry_s);
	else
		due.at = later(followup->opened, follow_up->within_s);
	if (follow_up->during.given && due.at < NM_TIME_MAX)
		due.at = when_on(times, &follow_up->during, due.at);
	if (due.next == NM_NEXT_TEXT && due.at < NM_TIME_MAX)
		due.at = nm_followup_texts_from(plan, due.at);
	return due;
}

struct nm_followup_due nm_followup_due(const struct nm_plan *plan, const struct nm_followup *followup)
{
	struct nm_due_times times = { .plan = plan };
	const struct nm_followup_due due = nm_due_times_of(&times, followup);

	nm_timeline_free(times.timeline);
	return due;
}

bool nm_followup_late(const struct nm_followup_due *due, nm_time now)
{
	return due->next == NM_NEXT_CALL && due->at < now && due->at > now - LATE_LONG_S;
}
