/* SPDX-License-Identifier: MIT */
/*
 * The demo's log: each call of its story is played on the plan, told as a carrier would tell it, judged and kept.
 */
#include <stdio.h>
#include <stdlib.h>

#include "demo.h"

#define WEEKS 12
#define HOUR 3600

struct history {
	struct demo_story story;
	const struct nm_timeline *timeline;
	struct nm_store *store;
	bool confirms; /* the carrier asks for a 1 where the plan says so */
	const char *driver;
	int n; /* calls so far */
	struct demo_record record;
	struct demo_followups followups;
};

nm_time demo_pushed_at(const struct session *session)
{
	const nm_time now = session_now(session);

	return now - now % HOUR - WEEKS * 7 * (nm_time)NM_DAY;
}

static enum nm_code keep(struct history *history, const struct nm_call *call, const char *id,
			 struct nm_error *err)
{
	const struct nm_plan *plan = history->story.plan;
	const struct nm_record *record = &history->record.record;
	enum nm_call_kept kept;
	struct nm_call_entry entry = {
		.number = plan->lines[call->line].number,
		.line = plan->lines[call->line].name,
		.driver = history->driver,
		.carrier_id = id,
		.caller = record->caller,
		.began = record->began,
		.ended = record->ended,
		.n = record->n,
		.legs = history->record.kept,
	};

	enum nm_code code;

	nm_call_judge(plan, call->line, record, history->confirms, &entry.became);
	if (entry.became.end != NM_CALL_ANSWERED && entry.became.end != NM_CALL_REJECTED)
		history->story.missed = call->caller.number;
	code = nm_store_call_put(history->store, &entry, &kept, err);
	return code ? code : demo_followup_find(&history->followups, history->store, record->began, err);
}

/* People speak for minutes; of those who reach a voicemail one in five leaves a message. */
static int talk_of(struct demo_story *story, enum nm_result result)
{
	if (result == NM_ANSWERED)
		return demo_between(story, 40, 400);
	return demo_chance(story, 20) ? demo_between(story, 20, 60) : demo_between(story, 4, 8);
}

static enum nm_code play(struct history *history, const struct nm_call *call, struct nm_error *err)
{
	struct nm_simulation *played;
	char id[32];
	enum nm_code code =
		demo_followups_until(&history->followups, history->store, call->at, call->at, err);

	if (!code)
		code = nm_simulate_on(history->timeline, call, true, &played, err);
	if (code)
		return code;
	snprintf(id, sizeof id, "demo-%04d", ++history->n);
	demo_record_of(history->story.plan, played, id, talk_of(&history->story, played->outcome.result),
		       &history->record);
	nm_simulation_free(played);
	return keep(history, call, id, err);
}

static enum nm_code play_hour(struct history *history, nm_time hour, struct nm_error *err)
{
	struct demo_story *story = &history->story;
	const int n = demo_hour_calls(story, hour);
	enum nm_code code = NM_OK;
	int i;

	for (i = 0; i < n && !code; i++) {
		const nm_time at = hour + (i * HOUR + demo_between(story, 0, HOUR - 1)) / n;
		const struct nm_call call = demo_next_call(story, at);

		code = play(history, &call, err);
		if (!code && history->followups.opened)
			demo_followup_work(&history->followups, story, at, demo_progress(story, at));
	}
	return code;
}

/* What is to be done when the demo opens: nobody took these.  The plan wants them called back within 15 minutes and,
 * where that came to nothing, tried again after 30: one is late, two are not yet due. */
static enum nm_code play_last(struct history *history, struct nm_error *err)
{
	static const struct {
		int minutes_ago, tried_ago;
	} last[] = { { 47, 0 }, { 25, 18 }, { 9, 0 } };
	const nm_time now = history->story.now;
	enum nm_code code = NM_OK;
	int i;

	for (i = 0; i < (int)(sizeof last / sizeof last[0]) && !code; i++) {
		const struct nm_call call =
			demo_missed_call(&history->story, now - last[i].minutes_ago * 60, i);

		code = play(history, &call, err);
		if (last[i].tried_ago)
			demo_followup_plan(&history->followups, now - last[i].tried_ago * 60, NM_DEED_TRIED,
					   NM_FOLLOWUP_OPEN);
	}
	return code ? code : demo_followups_until(&history->followups, history->store, now, now, err);
}

static enum nm_code play_all(struct history *history, struct nm_error *err)
{
	const nm_time last = history->story.now - HOUR;
	enum nm_code code = nm_store_begin(history->store, err);
	nm_time hour;

	if (code)
		return code;
	for (hour = history->story.from; hour + HOUR <= last && !code; hour += HOUR)
		code = play_hour(history, hour, err);
	/* What the hour before now would still have brought is done before it. */
	if (!code)
		code = demo_followups_until(&history->followups, history->store, NM_TIME_MAX, last, err);
	if (!code)
		code = play_last(history, err);
	if (!code)
		code = nm_store_commit(history->store, err);
	if (code)
		nm_store_abandon(history->store);
	return code;
}

static enum nm_code open_history(struct session *session, struct history *history, struct nm_error *err)
{
	const struct nm_plan *plan = session->plan;
	const struct nm_account *account = &plan->accounts[plan->lines[0].account];
	const struct nm_carrier *carrier = nm_carrier_find(account->driver);
	enum nm_code code;

	history->story = (struct demo_story){
		.plan = plan,
		.from = demo_pushed_at(session) + HOUR,
		.now = session_now(session),
		.settings = calloc(plan->n_destinations + 1, sizeof *history->story.settings),
	};
	history->driver = account->driver;
	history->confirms = carrier && nm_carrier_traits(carrier, account).confirm != NM_CONFIRM_NONE;
	if (!history->story.settings)
		return nm_fail_memory(err);
	code = session_store(session, &history->store, err);
	if (!code)
		code = session_timeline(session, history->story.from, history->story.now + 1,
					&history->timeline, err);
	return code;
}

enum nm_code demo_calls(struct session *session, struct nm_error *err)
{
	struct history *history = calloc(1, sizeof *history);
	enum nm_code code = session_need_plan(session, err);

	if (!history)
		return nm_fail_memory(err);
	if (!code)
		code = open_history(session, history, err);
	if (!code)
		code = play_all(history, err);
	free(history->story.settings);
	free(history);
	return code;
}
