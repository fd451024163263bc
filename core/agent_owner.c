/* SPDX-License-Identifier: MIT */
/*
 * What the owner is told by text, each thing once: emergencies of which nobody has taken care, follow-ups that are late,
 * lines that could not be pushed for a while, callers whose texts wait because there are too many, and texts that may say
 * that their sender wants none (agent_doubts.c).
 *
 * The text's row in the outbox has the reason, and is written before anything is sent: whoever finds it there knows
 * that the owner was told, whatever was cut off in between; unless it says that the text failed, which is tried again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/agent_private.h"
#include "core/rules.h"
#include "nevermiss/alerts.h"
#include "nevermiss/calls.h"
#include "nevermiss/followup.h"
#include "nevermiss/inbound.h"
#include "nevermiss/text_back.h"
#include "nevermiss/texting.h"

#define LATE_MOST 2000      /* follow-ups that one look goes through */
#define LATE_FEW 3          /* so many are told one by one, more of them in one text */
#define TOGETHER_S 600      /* between two such texts */
#define UNPUSHED_S 600      /* so long a line may fail before its owner is told */
#define FOLLOW_S 20
#define TRIES_MOST 8        /* of one thing */
#define PAUSE_S 300         /* before the second; each is twice as long as the one before */
#define WHY_TEXT 128
#define LATE_KIND "late: "
#define LATE_WHY NM_LATE_PREFIX "%" PRId64
#define TOGETHER_PREFIX LATE_KIND "all up to follow-up "
#define TOGETHER_WHY TOGETHER_PREFIX "%" PRId64 ", %" PRId64
#define UNANSWERED_WHY NM_ALERT_UNANSWERED_PREFIX "%" PRId64
#define UNPUSHED_PREFIX "line not pushed: "
#define UNPUSHED_WHY UNPUSHED_PREFIX "%.60s, %" PRId64
#define CAPPED_PREFIX "texts capped: "
#define CAPPED_WHY CAPPED_PREFIX "%04d-%02d-%02d" /* on the plan's clock: once a day */

/* What is told of.  Each has caps of its own, for texts that failed too: an emergency waits for nothing else's, and more of
 * one kind say nothing more. */
static const struct kind {
	const char *prefix; /* of why its texts stand in the outbox */
	size_t hour_most, day_most;
} kinds[] = {
	{ LATE_KIND,		      6, 20  },
	{ NM_ALERT_UNANSWERED_PREFIX, 6, 100 },
	{ UNPUSHED_PREFIX,	      6, 20  },
	{ CAPPED_PREFIX,	      6, 20  },
	{ NM_DOUBT_PREFIX,	      6, 20  },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* The kind of what stands in the outbox for that reason; NULL: it is no text of these. */
static const struct kind *kind_of(const char *why)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strncmp(why, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
			return &kinds[i];
	return NULL;
}

/* The last hour and day have room for one more of the kind, whichever process sent what they have. */
static enum nm_code has_room(const struct nm_agent *agent, const struct kind *kind, bool *room, struct nm_error *err)
{
	const struct nm_outbox_count hour = { .prefix = kind->prefix, .since = agent->now - 3600, .failed = true },
				     day = { .prefix = kind->prefix, .since = agent->now - NM_DAY, .failed = true };
	size_t in_hour = 0, in_day = 0;
	enum nm_code code = nm_store_outbox_count(agent->store, &hour, &in_hour, err);

	if (code == NM_OK)
		code = nm_store_outbox_count(agent->store, &day, &in_day, err);
	*room = in_hour < kind->hour_most && in_day < kind->day_most;
	return code;
}

/* How the text stands, as it is: a row alone does not say that anybody was told. */
static void log_text(struct nm_agent *agent, const struct nm_agent_job *job, const struct nm_outbox_text *text)
{
	const char *words = text->words != NULL ? text->words : nm_outbox_state_name(text->state);

	switch (text->state) {
	case NM_OUTBOX_SENT:
		nm_agent_tell(agent, job, NM_AGENT_NOTICE, "told by text: %s", text->body);
		break;
	case NM_OUTBOX_FAILED:
	case NM_OUTBOX_REFUSED:
		nm_agent_tell(agent, job, NM_AGENT_WARNING, "not told, for the text failed (%s): %s", words, text->body);
		break;
	case NM_OUTBOX_WAITING:
	case NM_OUTBOX_SENDING:
		nm_agent_tell(agent, job, NM_AGENT_NOTICE, "a text is under way (%s): %s", words, text->body);
		break;
	case NM_OUTBOX_UNSURE:
		nm_agent_tell(agent, job, NM_AGENT_WARNING, "perhaps told, for the text may have been sent (%s): %s", words,
			      text->body);
		break;
	}
}

static enum nm_code send(struct nm_agent *agent, const struct nm_agent_job *job, const char *why, const char *body,
			 struct nm_error *err)
{
	const struct nm_plan *plan = agent->view.push.plan;
	const int owner = nm_plan_owner(plan);
	struct nm_outgoing outgoing = { .body = body, .why = why, .follow_s = FOLLOW_S };
	struct nm_outbox sent;
	enum nm_code code;

	if (owner < 0)
		return nm_fail(err, NM_INPUT, "the plan has no personal destination with a number: nobody can be told");
	code = nm_texting_recipient(plan, owner, &outgoing.to, err);
	if (code == NM_OK)
		code = nm_texting_sender(plan, -1, &outgoing.sender, err);
	if (code == NM_OK)
		code = nm_texting_send(&agent->view.push, &outgoing, &sent, err);
	if (code != NM_OK)
		return code;
	for (size_t i = 0; i < sent.n; i++) {
		agent->round.texts += sent.items[i].state == NM_OUTBOX_SENT;
		log_text(agent, job, &sent.items[i]);
	}
	nm_outbox_clear(&sent);
	return NM_OK;
}

/* May it be tried, for the first time or again? */
static bool is_time(const struct nm_outbox_past *past, nm_time now)
{
	if (past->told || past->failed >= TRIES_MOST)
		return false;
	return past->failed == 0 || now >= past->last + ((nm_time)PAUSE_S << (past->failed - 1));
}

/* Once for that reason. */
enum nm_code nm_agent_tell_owner(struct nm_agent *agent, const struct nm_agent_job *job, const char *why, const char *body,
				 struct nm_error *err)
{
	struct nm_outbox_past past;
	bool room;
	enum nm_code code = nm_store_outbox_why(agent->store, why, &past, err);

	if (code != NM_OK || !is_time(&past, agent->now))
		return code;
	code = has_room(agent, kind_of(why), &room, err);
	return code == NM_OK && room ? send(agent, job, why, body, err) : code;
}

/* --- follow-ups --- */

static enum nm_code tell_late_one(struct nm_agent *agent, const struct nm_agent_job *job,
				  const struct nm_followup *followup, nm_time due, struct nm_error *err)
{
	const struct nm_plan *plan = agent->view.push.plan;
	char why[WHY_TEXT], who[NM_NUMBER_TEXT] = "a lead without a number", age[NM_TIME_TEXT];
	struct nm_buf body;
	enum nm_code code;

	if (followup->number != 0)
		nm_number_words(followup->number, who);
	snprintf(why, sizeof(why), LATE_WHY, followup->id);
	nm_duration_words(agent->now - due < 60 ? 60 : (agent->now - due) / 60 * 60, age);
	nm_buf_init(&body, NM_TEXT_MAX);
	nm_buf_addf(&body, "%s: call back %s, late by %s (follow-up %" PRId64 ")", plan->business, who, age,
		    followup->id);
	code = nm_agent_tell_owner(agent, job, why, body.data, err);
	nm_buf_clear(&body);
	return code;
}

struct late {
	const struct nm_followup *followup; /* borrowed */
	nm_time due;
};

/* The late ones that nobody was told of. */
struct late_list {
	size_t n;                  /* all of them */
	struct late few[LATE_FEW]; /* the first */
	nm_time oldest;            /* when the one was due that waits longest */
	int64_t newest;            /* id of the youngest follow-up of all, late or not */
	bool more;                 /* there may be more than were looked at */
};

/* Of many at once: all with an id up to that were told which were late then.  at 0: of none. */
struct together {
	nm_time at;
	int64_t upto;
};

static enum nm_code was_told(const struct nm_agent *agent, const struct together *together, const struct late *late,
			     bool *out, struct nm_error *err)
{
	struct nm_outbox_past past = { 0 };
	char why[WHY_TEXT];
	enum nm_code code;

	*out = late->followup->id <= together->upto && late->due < together->at;
	if (*out)
		return NM_OK;
	snprintf(why, sizeof(why), LATE_WHY, late->followup->id);
	code = nm_store_outbox_why(agent->store, why, &past, err);
	*out = past.told || past.failed >= TRIES_MOST;
	return code;
}

static enum nm_code list_late(const struct nm_agent *agent, const struct nm_followups *followups,
			      struct nm_due_times *times, struct late_list *out, struct nm_error *err)
{
	const nm_time now = agent->view.push.now;
	struct together together = { 0 };
	enum nm_code code = nm_store_outbox_numbered(agent->store, TOGETHER_PREFIX, now - NM_DAY, &together.at,
						     &together.upto, err);

	*out = (struct late_list){ .oldest = now, .more = followups->n == LATE_MOST };
	for (size_t i = 0; i < followups->n && code == NM_OK; i++) {
		const struct nm_followup *followup = &followups->items[i];
		const struct nm_followup_due due = nm_due_times_of(times, followup);
		const struct late late = { followup, due.at };
		bool told = false;

		if (followup->id > out->newest)
			out->newest = followup->id;
		if (!nm_followup_late(&due, now))
			continue;
		code = was_told(agent, &together, &late, &told, err);
		if (told)
			continue;
		if (out->n < LATE_FEW)
			out->few[out->n] = late;
		out->n++;
		out->oldest = due.at < out->oldest ? due.at : out->oldest;
	}
	return code;
}

/* Names nobody, so that it may stay when one of them is to be forgotten. */
static enum nm_code tell_together(struct nm_agent *agent, const struct nm_agent_job *job, const struct late_list *late,
				  struct nm_error *err)
{
	const nm_time now = agent->view.push.now;
	const struct nm_outbox_count lately = { .prefix = TOGETHER_PREFIX, .since = now - TOGETHER_S, .failed = true };
	char why[WHY_TEXT], age[NM_TIME_TEXT];
	struct nm_buf body;
	size_t n;
	enum nm_code code = nm_store_outbox_count(agent->store, &lately, &n, err);

	if (code != NM_OK || n > 0)
		return code;
	snprintf(why, sizeof(why), TOGETHER_WHY, late->newest, now);
	nm_duration_words(now - late->oldest < 60 ? 60 : (now - late->oldest) / 60 * 60, age);
	nm_buf_init(&body, NM_TEXT_MAX);
	nm_buf_addf(&body, "%s: %zu %speople to call back are late, the longest by %s: see nevermiss followup list",
		    agent->view.push.plan->business, late->n, late->more ? "or more " : "", age);
	code = nm_agent_tell_owner(agent, job, why, body.data, err);
	nm_buf_clear(&body);
	return code;
}

static enum nm_code tell_late(struct nm_agent *agent, const struct nm_agent_job *job, const struct late_list *late,
			      struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (late->n > LATE_FEW)
		return tell_together(agent, job, late, err);
	for (size_t i = 0; i < late->n && code == NM_OK; i++)
		code = tell_late_one(agent, job, late->few[i].followup, late->few[i].due, err);
	return code;
}

static enum nm_code look_for_late(struct nm_agent *agent, const struct nm_agent_job *job, struct nm_error *err)
{
	const nm_time now = agent->view.push.now;
	const struct nm_followup_filter filter = { .open = true, .since = now - NM_FOLLOWUP_LATE_S,
						   .until = NM_TIME_MAX, .most = LATE_MOST, .now = now };
	struct nm_due_times *times = nm_due_times_new(agent->view.push.plan);
	struct nm_followups followups = { 0 };
	struct late_list late;
	enum nm_code code = times != NULL ? nm_store_followups(agent->store, &filter, &followups, err)
					  : nm_fail_memory(err);

	if (code == NM_OK)
		code = list_late(agent, &followups, times, &late, err);
	if (code == NM_OK)
		code = tell_late(agent, job, &late, err);
	nm_followups_clear(&followups);
	nm_due_times_free(times);
	return code;
}

/* --- lines --- */

static enum nm_code look_for_unpushed(struct nm_agent *agent, const struct nm_agent_job *job, struct nm_error *err)
{
	const struct nm_plan *plan = agent->view.push.plan;
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < agent->n && code == NM_OK; i++) {
		const struct nm_agent_job *line = &agent->jobs[i];
		char why[WHY_TEXT], since[NM_TIME_TEXT];
		struct nm_buf body;

		if (line->work != NM_AGENT_LINE || line->since == 0 || agent->now - line->since < UNPUSHED_S)
			continue;
		snprintf(why, sizeof(why), UNPUSHED_WHY, line->what, line->since);
		nm_buf_init(&body, NM_TEXT_MAX);
		nm_time_words(plan->zone, line->since, false, since);
		nm_buf_addf(&body, "%s: line %s could not be set as the plan says since %s; callers get what was set "
				   "before. See nevermiss agent --status",
			    plan->business, line->what, since);
		code = nm_agent_tell_owner(agent, job, why, body.data, err);
		nm_buf_clear(&body);
	}
	return code;
}

/* --- callers who wait for their text --- */

static enum nm_code look_for_capped(struct nm_agent *agent, const struct nm_agent_job *job, struct nm_error *err)
{
	const struct nm_plan *plan = agent->view.push.plan;
	const struct nm_agent_job *texts = nm_agent_find(agent, NM_AGENT_TEXTS, "");
	const size_t capped = texts != NULL ? texts->capped : 0;
	const struct nm_date today =
		nm_date_from_days(nm_local_day(nm_zone_local(plan->zone, agent->view.push.now)));
	char why[WHY_TEXT];
	struct nm_buf body;
	enum nm_code code;

	if (capped == 0)
		return NM_OK;
	snprintf(why, sizeof(why), CAPPED_WHY, today.year, today.month, today.day);
	nm_buf_init(&body, NM_TEXT_MAX);
	nm_buf_addf(&body, "%s: %zu missed caller%s for a text, for at most %d an hour and %d a day go to customers: see "
			   "nevermiss calls list",
		    plan->business, capped, capped == 1 ? " waits" : "s wait", NM_TEXT_BACKS_AN_HOUR, NM_TEXT_BACKS_A_DAY);
	code = nm_agent_tell_owner(agent, job, why, body.data, err);
	nm_buf_clear(&body);
	return code;
}

/* --- emergencies --- */

static enum nm_code tell_alert(struct nm_agent *agent, const struct nm_agent_job *job, const struct nm_call_alert *alert,
			       struct nm_arena *arena, struct nm_error *err)
{
	const struct nm_plan *plan = agent->view.push.plan;
	char why[WHY_TEXT], when[NM_TIME_TEXT], who[NM_NUMBER_TEXT] = "a number that is not known";
	struct nm_call_entry call;
	struct nm_buf body;
	enum nm_code code = nm_store_call_get(agent->store, alert->call, arena, &call, err);

	if (code != NM_OK)
		return code;
	snprintf(why, sizeof(why), UNANSWERED_WHY, alert->call);
	if (call.caller.number != 0 && !call.caller.anonymous)
		nm_number_words(call.caller.number, who);
	nm_time_words(plan->zone, call.began, false, when);
	nm_buf_init(&body, NM_TEXT_MAX);
	nm_buf_addf(&body, "%s: %s the emergency call from %s, %s (call #%" PRId64 ")", plan->business,
		    alert->state == NM_ALERT_LATE ? "nobody was alerted in time of" : "nobody has answered the alert of", who,
		    when, alert->call);
	code = nm_agent_tell_owner(agent, job, why, body.data, err);
	nm_buf_clear(&body);
	return code;
}

static enum nm_code look_for_unanswered(struct nm_agent *agent, const struct nm_agent_job *job, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_call_alert *alerts;
	size_t n = 0;
	enum nm_code code = arena != NULL
				    ? nm_store_alerts(agent->store, agent->now - NM_ALERT_TOLD_S, arena, &alerts, &n, err)
				    : nm_fail_memory(err);

	for (size_t i = 0; i < n && code == NM_OK; i++)
		if (alerts[i].state == NM_ALERT_UNANSWERED || alerts[i].state == NM_ALERT_LATE)
			code = tell_alert(agent, job, &alerts[i], arena, err);
	nm_arena_free(arena);
	return code;
}

/* --- what an earlier process left in the middle --- */

static enum nm_code finish_left(struct nm_agent *agent, const struct nm_agent_job *job, struct nm_error *err)
{
	struct nm_outbox left = { 0 }, finished;
	enum nm_code code = nm_texting_left(agent->store, &left, err);

	for (size_t i = 0; code == NM_OK && i < left.n; i++) {
		const struct nm_finishing finishing = { .ids = &left.items[i].id, .n = 1, .follow_s = FOLLOW_S };

		if (kind_of(left.items[i].why) == NULL)
			continue;
		code = nm_texting_finish(&agent->view.push, &finishing, &finished, err);
		if (code != NM_OK)
			break;
		for (size_t k = 0; k < finished.n; k++)
			if (finished.items[k].state != NM_OUTBOX_SENDING)
				log_text(agent, job, &finished.items[k]);
		nm_outbox_clear(&finished);
	}
	nm_outbox_clear(&left);
	return code;
}

/* Where the plan has no texts to customers no other job asks what became of those to the owner. */
static enum nm_code follow_sent(struct nm_agent *agent, const struct nm_agent_job *job, struct nm_error *err)
{
	return nm_agent_find(agent, NM_AGENT_TEXTS, "") != NULL ? NM_OK : nm_agent_follow(agent, job, err);
}

enum nm_code nm_agent_owner(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err)
{
	static enum nm_code (*const looks[])(struct nm_agent *agent, const struct nm_agent_job *job,
					     struct nm_error *err) = { finish_left, follow_sent, look_for_unanswered,
								       look_for_unpushed, look_for_capped, nm_agent_doubts,
								       look_for_late };
	enum nm_code code = NM_OK;

	job->due = agent->now + NM_AGENT_POLL_S;
	if (nm_agent_busy(agent, job))
		return NM_OK;
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		struct nm_error why;
		const enum nm_code looked = looks[i](agent, job, &why);

		code = nm_agent_first(code, looked, &why, err);
	}
	return code;
}
