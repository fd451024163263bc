/* SPDX-License-Identifier: MIT */
/*
 * The agent's work on lines: what a carrier that keeps no hours must be told next, and whether carriers still do what
 * they were told.
 *
 * A line that nobody pushed yet, or that somebody took back, is left alone.  Of one whose carrier keeps hours only
 * what calendars brought is pushed, and a horizon that comes near: its text is as somebody pushed it, or else it waits
 * for somebody.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/agent_private.h"
#include "core/push_private.h"

#define LOOK_AHEAD_S (8 * (nm_time)NM_DAY) /* boundaries are looked for so far ahead */
#define LEAD_S 10      /* a carrier on a network is told so much earlier until it is known how long it takes */
#define LEAD_MAX_S 120
#define CLEAR_S 60     /* so shortly before one is to be pushed lines are not read back */
#define LASTS_S 10     /* work that takes so long gives way to a line whose time has come */

static struct nm_traits traits_of(const struct nm_plan *plan, int line, bool *known)
{
	const struct nm_account *account = &plan->accounts[plan->lines[line].account];
	const struct nm_carrier *carrier = nm_carrier_find(account->driver);

	*known = carrier != NULL;
	return carrier != NULL ? nm_carrier_traits(carrier, account) : (struct nm_traits){ 0 };
}

/* --- what comes next --- */

struct boundary {
	nm_time at;    /* NM_TIME_MAX: none within LOOK_AHEAD_S */
	bool protects; /* from then on no human is rung first: late, calls would ring where nobody answers */
	char now[NM_ERROR_TEXT]; /* what callers get until then */
};

static bool rings_human(const struct nm_treatment *treatment)
{
	for (size_t i = 0; i < treatment->n; i++) {
		const struct nm_treatment_step *step = &treatment->steps[i];

		for (size_t k = 0; k < step->n; k++)
			if (step->parties[k].kind == NM_PERSONAL || step->parties[k].kind == NM_BACKUP)
				return true;
		if (step->n > 0)
			return false;
	}
	return false;
}

static enum nm_code find_on_route(const struct nm_carrier *carrier, const struct nm_account *account,
				  const struct nm_route *route, nm_time from, struct boundary *out, struct nm_error *err)
{
	const struct nm_caller any = { 0 };
	const struct nm_treatment *treatment = nm_route_treatment(route, from, any, false);
	struct nm_artefact told = { 0 };
	struct nm_route *held = NULL;
	struct nm_losses losses = { 0 };
	struct nm_next next = { .at = NM_TIME_MAX };
	struct nm_buf words;
	enum nm_code code = nm_carrier_hold(carrier, account, route, from, &held, &losses, err);

	if (code == NM_OK)
		code = carrier->render(held != NULL ? held : route, account, from, &told, err);
	if (code == NM_OK)
		code = nm_carrier_next(carrier, account, route, (struct nm_span){ from, route->until }, &told, &next, err);
	out->at = next.at;
	if (code == NM_OK && next.at != NM_TIME_MAX) {
		const struct nm_treatment *then = nm_route_treatment(route, next.at, any, false);

		out->protects = then->verdict == NM_VERDICT_PATH && !rings_human(then);
	}
	nm_buf_init(&words, 16 * NM_ERROR_TEXT);
	nm_treatment_words(treatment, &words);
	snprintf(out->now, sizeof(out->now), "%s", words.data);
	nm_buf_clear(&words);
	nm_next_clear(&next);
	nm_losses_clear(&losses);
	nm_route_free(held);
	nm_artefact_clear(&told);
	return code;
}

/* What the line does at an instant, and the first one after it at which its carrier must be told something else. */
static enum nm_code find_boundary(const struct nm_plan *plan, int line, nm_time from, struct boundary *out,
				  struct nm_error *err)
{
	const struct nm_account *account = &plan->accounts[plan->lines[line].account];
	const struct nm_push_context ahead = { .plan = plan, .now = from, .horizon = from + LOOK_AHEAD_S };
	const struct nm_span window = nm_push_window(&ahead);
	struct nm_timeline *timeline = NULL;
	struct nm_classes classes = { 0 };
	struct nm_route *route = NULL;
	enum nm_code code = nm_account_check(account, err);

	*out = (struct boundary){ .at = NM_TIME_MAX };
	if (code == NM_OK)
		code = nm_timeline_build(plan, window.from, window.until, &timeline, err);
	if (code == NM_OK)
		code = nm_classes_build(plan, &classes, err);
	if (code == NM_OK)
		code = nm_route_build(timeline, &classes, line, &route, err);
	if (code == NM_OK)
		code = find_on_route(nm_carrier_find(account->driver), account, route, from, out, err);
	nm_route_free(route);
	nm_classes_clear(&classes);
	nm_timeline_free(timeline);
	return code;
}

/* --- pushing --- */

/* Why the line was not pushed, where its result says it; a failure that is only another line's is none. */
static enum nm_code judge(const struct nm_push_results *results, int line, enum nm_code code, struct nm_error *err)
{
	const struct nm_push_result *own = NULL;

	for (size_t i = 0; i < results->n; i++)
		if (results->items[i].line == line)
			own = &results->items[i];
	if (code != NM_CARRIER || own == NULL)
		return code;
	return own->state == NM_PUSH_DONE ? NM_OK : nm_fail(err, code, "not pushed: %s", own->words);
}

/* Makes what is in force at the instant live on the line.  *did: it was not before. */
static enum nm_code push_line(struct nm_agent *agent, int line, nm_time instant, bool *did, struct nm_error *err)
{
	const struct nm_push_options options = { .line = line, .plan_text = agent->view.text,
						 .plan_len = agent->view.len, .in_turn = true };
	struct nm_push_context context = agent->view.push;
	struct nm_push_results results = { 0 };
	enum nm_code code;

	context.who = "the agent";
	context.as_of = instant;
	code = nm_push(&context, &options, &results, err);
	*did = false;
	for (size_t i = 0; i < results.n; i++)
		*did |= results.items[i].line == line && results.items[i].id != 0 &&
			results.items[i].state == NM_PUSH_DONE;
	agent->round.pushed += *did;
	code = judge(&results, line, code, err);
	nm_push_results_clear(&results);
	return code;
}

/* How much earlier than on time a carrier is told what protects: lines are pushed one after the other, and others may have
 * their boundary then, too. */
static int64_t lead_of(const struct nm_agent *agent, const struct nm_agent_job *job, nm_time boundary)
{
	bool known;
	const struct nm_traits traits = traits_of(agent->view.push.plan, job->index, &known);
	const int64_t least = traits.remote ? LEAD_S : 0;
	int64_t lead = job->took_s > least ? job->took_s : least;

	for (size_t i = 0; i < agent->n; i++) {
		const struct nm_agent_job *other = &agent->jobs[i];

		if (other != job && other->next > boundary - LEAD_MAX_S && other->next <= boundary)
			lead += other->took_s;
	}
	return lead < LEAD_MAX_S ? lead : LEAD_MAX_S;
}

static void measure(struct nm_agent *agent, struct nm_agent_job *job, nm_time begun)
{
	const nm_time took = agent->world.now(agent->world.context) - begun;

	job->took_s = took > job->took_s * 3 / 4 ? took : job->took_s * 3 / 4;
}

/* A carrier that keeps no hours: what is in force now, or in a moment. */
static enum nm_code keep_hours(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err)
{
	const struct nm_plan *plan = agent->view.push.plan;
	const nm_time now = agent->view.push.now;
	nm_time instant = now;
	struct boundary next;
	bool did = false;
	enum nm_code code = find_boundary(plan, job->index, now, &next, err);

	if (code == NM_OK && next.protects && next.at - lead_of(agent, job, next.at) <= now) {
		instant = next.at;
		code = find_boundary(plan, job->index, instant, &next, err);
	}
	if (code == NM_OK)
		code = push_line(agent, job->index, instant, &did, err);
	if (code != NM_OK)
		return code;
	job->ahead = instant > now ? instant : 0;
	job->next = next.at != NM_TIME_MAX ? next.at : 0;
	if (did) {
		measure(agent, job, now);
		nm_agent_tell(agent, job, NM_AGENT_NOTICE, "pushed: %s", next.now);
	}
	job->due = next.at == NM_TIME_MAX ? now + LOOK_AHEAD_S - NM_DAY : next.at - (next.protects ? lead_of(agent, job, next.at) : 0);
	if (job->due < instant)
		job->due = instant;
	return NM_OK;
}

/* Is the plan's text the one with which the line was pushed? */
static bool same_text(const struct nm_agent *agent, int64_t version)
{
	char *text = NULL;
	size_t len = 0;
	bool same;

	if (nm_store_version_text(agent->store, version, &text, &len, NULL) != NM_OK)
		return false;
	same = len == agent->view.len && memcmp(text, agent->view.text, len) == 0;
	free(text);
	return same;
}

static bool was_in_sync(const struct nm_agent *agent, nm_number line)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_reading reading;
	bool found = false;
	const bool sync = arena != NULL &&
			  nm_store_reading_get(agent->store, line, arena, &reading, &found, NULL) == NM_OK && found &&
			  reading.known && reading.in_sync;

	nm_arena_free(arena);
	return sync;
}

/* A carrier that keeps hours: what a calendar brought, where nothing else is to be pushed. */
static enum nm_code follow_calendars(struct nm_agent *agent, struct nm_agent_job *job, int64_t version,
				     struct nm_error *err)
{
	const struct nm_plan *plan = agent->view.push.plan;
	bool did = false, remote = false;
	enum nm_code code;

	job->due = NM_TIME_MAX;
	for (size_t i = 0; i < plan->n_calendars; i++)
		remote |= nm_calendar_remote(&plan->calendars[i]);
	if (!remote || !same_text(agent, version) || !was_in_sync(agent, plan->lines[job->index].number))
		return NM_OK;
	code = push_line(agent, job->index, agent->view.push.now, &did, err);
	if (did)
		nm_agent_tell(agent, job, NM_AGENT_NOTICE, "pushed: what calendars brought");
	return code;
}

enum nm_code nm_agent_line(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err)
{
	bool known;
	const struct nm_traits traits = traits_of(agent->view.push.plan, job->index, &known);
	struct nm_push_brief pushed;
	enum nm_code code;

	job->due = NM_TIME_MAX;
	if (!known || traits.by_hand)
		return NM_OK;
	code = nm_store_push_done(agent->store, agent->view.push.plan->lines[job->index].number, 0, NULL, &pushed, err);
	if (code != NM_OK)
		return code;
	job->due = agent->now + NM_AGENT_POLL_S;
	if (pushed.id != 0 && !pushed.removed && nm_agent_busy(agent, job))
		return NM_OK;
	job->next = 0;
	if (pushed.id == 0 || pushed.removed)
		return NM_OK;
	return traits.keeps_time ? follow_calendars(agent, job, pushed.version, err) : keep_hours(agent, job, err);
}

/* A carrier that is away is waited for for minutes.  A line of the same account would wait no less in its turn. */
bool nm_agent_gives_way(const struct nm_agent *agent)
{
	const struct nm_agent_job *job = agent->at_work;
	const struct nm_line *lines = agent->view.push.plan->lines;
	const nm_time now = agent->world.now(agent->world.context);

	if (job == NULL || now < agent->now + LASTS_S)
		return false;
	for (size_t i = 0; i < agent->n; i++) {
		const struct nm_agent_job *line = &agent->jobs[i];

		if (line != job && line->next != 0 && line->due <= now &&
		    (job->work != NM_AGENT_LINE || lines[line->index].account != lines[job->index].account))
			return true;
	}
	return false;
}

/* --- watching --- */

/* What was read back is not what the plan says: on a line that is pushed at each change it is put back. */
static void drifted(struct nm_agent *agent, const struct nm_line_status *line, struct nm_agent_job *drift)
{
	struct nm_agent_job *job = nm_agent_find(agent, NM_AGENT_LINE, drift->what);

	if (nm_carrier_needs_agent(agent->view.push.plan, line->line) && line->pushed.id > 0 && !line->pushed.removed) {
		nm_agent_tell(agent, drift, NM_AGENT_WARNING, "%s; what the plan says is put back", line->words);
		job->due = agent->now;
	} else if (line->pushed.id > 0 && !line->pushed.removed) {
		nm_agent_ill(agent, drift, line->words);
	}
}

static enum nm_code extend(struct nm_agent *agent, const struct nm_line_status *line, struct nm_agent_job *drift,
			   struct nm_error *err)
{
	bool did = false;
	enum nm_code code = push_line(agent, line->line, agent->view.push.now, &did, err);

	if (did)
		nm_agent_tell(agent, drift, NM_AGENT_NOTICE, "pushed for two years more");
	return code;
}

static enum nm_code watch_line(struct nm_agent *agent, const struct nm_line_status *line, struct nm_error *err)
{
	const char *name = agent->view.push.plan->lines[line->line].name;
	struct nm_agent_job *drift = nm_agent_find(agent, NM_AGENT_DRIFT, name);

	if (line->carrier == NULL || line->carrier->traits.by_hand || !line->carrier->traits.reads_back)
		return NM_OK;
	if (line->sync == NM_SYNC_UNKNOWN) {
		nm_agent_ill(agent, drift, line->words);
		return NM_OK;
	}
	if (line->sync != NM_SYNC_SAME && line->sync != NM_SYNC_RENAMED) {
		drifted(agent, line, drift);
		return NM_OK;
	}
	nm_agent_well(agent, drift);
	/* Who renames a line pushes it: what stands around it at a carrier may name it too. */
	return line->sync == NM_SYNC_SAME && line->to_push && line->refusal == NULL ? extend(agent, line, drift, err) : NM_OK;
}

/* Lines are not read back where one is right a moment too early, is to be pushed soon, or waits for somebody else's push: what
 * can wait is not in the way of a boundary, nor takes it for drift.  *until: when to look again. */
static bool waits_for_line(const struct nm_agent *agent, nm_time *until)
{
	for (size_t i = 0; i < agent->n; i++) {
		const struct nm_agent_job *line = &agent->jobs[i];

		if (line->ahead > agent->now) {
			*until = line->ahead;
			return true;
		}
		if (line->next != 0 && line->due > agent->now && line->due <= agent->now + CLEAR_S) {
			*until = line->due;
			return true;
		}
	}
	return false;
}

enum nm_code nm_agent_watch(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err)
{
	struct nm_status status;
	enum nm_code code = NM_OK;

	if (waits_for_line(agent, &job->due))
		return NM_OK;
	job->due = agent->now + NM_AGENT_WATCH_S;
	code = nm_status_read(&agent->view.push, -1, &status, err);
	if (code != NM_OK)
		return code;
	for (size_t i = 0; i < status.n && !status.stopped; i++) {
		struct nm_error why;
		const enum nm_code watched = watch_line(agent, &status.lines[i], &why);

		code = nm_agent_first(code, watched, &why, err);
	}
	nm_status_clear(&status);
	return code;
}
