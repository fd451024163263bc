/* SPDX-License-Identifier: MIT */
/*
 * The agent (agent.h): what there is to do, in which order, when again, and what of it fails since when.
 *
 * Comes in: a world that knows the time, the plan and the ways out.  Goes out: rounds.  Each piece of work fails
 * alone, and is tried again after a while that grows; trouble is told when it begins and when it is over, also by
 * another process than the one in which it began.
 */
#include "core/agent_private.h"

#include <stdlib.h>
#include <string.h>

#include "nevermiss/forget.h"

#define BUSY_MAX 24 /* so often somebody else may be at work, each time for NM_AGENT_RETRY_S, before that is trouble */
#define EXPIRE_AGAIN_S 3600 /* after a failure */
#define BACK_S 2 /* a clock that goes back by more was set */

/* --- what is told --- */

void nm_agent_work_words(enum nm_agent_work work, const char *what, struct nm_buf *out)
{
	static const char *const before[NM_AGENT_WORKS] = {
		[NM_AGENT_LINE] = "line ",
		[NM_AGENT_CALENDAR] = "calendar ",
		[NM_AGENT_CALLS] = "calls of ",
		[NM_AGENT_ALERTS] = "emergency alerts",
		[NM_AGENT_TEXTS] = "texts",
		[NM_AGENT_EVENTS] = "events for the CRM",
		[NM_AGENT_OWNER] = "texts to the owner",
		[NM_AGENT_WATCH] = "reading lines back",
		[NM_AGENT_DRIFT] = "what is live on ",
		[NM_AGENT_PLAN] = "the plan",
		[NM_AGENT_STORE] = "the store",
	};

	nm_buf_add(out, before[work]);
	nm_buf_add(out, what);
}

void nm_agent_tell(struct nm_agent *agent, const struct nm_agent_job *job, enum nm_agent_level level,
		   const char *format, ...)
{
	struct nm_buf words;
	va_list args;

	nm_buf_init(&words, 2 * NM_ERROR_TEXT);
	nm_agent_work_words(job->work, job->what, &words);
	nm_buf_add(&words, ": ");
	va_start(args, format);
	nm_buf_vaddf(&words, format, args);
	va_end(args);
	agent->world.tell(agent->world.context, level, words.data);
	nm_buf_clear(&words);
}

/* What the store cannot be told is told here all the same; the next process then tells it once more. */
static void keep_trouble(struct nm_agent *agent, const struct nm_agent_job *job)
{
	const struct nm_agent_trouble trouble = { job->work, job->what, job->since, job->words };

	(void)!nm_store_agent_trouble(agent->store, &trouble, NULL);
}

void nm_agent_ill(struct nm_agent *agent, struct nm_agent_job *job, const char *words)
{
	const bool known = job->words != NULL;

	if (known && strcmp(job->words, words) == 0)
		return;
	if (job->since == 0)
		job->since = agent->now;
	free(job->words);
	job->words = strdup(words);
	/* Other words for the same trouble are kept, and not told: a carrier that is down has many. */
	if (!known)
		nm_agent_tell(agent, job, NM_AGENT_WARNING, "%s", words);
	keep_trouble(agent, job);
}

void nm_agent_well(struct nm_agent *agent, struct nm_agent_job *job)
{
	char age[NM_TIME_TEXT];

	job->failures = 0;
	if (job->since == 0)
		return;
	nm_duration_words(agent->now > job->since ? agent->now - job->since : 0, age);
	nm_agent_tell(agent, job, NM_AGENT_NOTICE, "well again, after %s", age);
	job->since = 0;
	free(job->words);
	job->words = NULL;
	keep_trouble(agent, job);
	/* What is not in the way of this one any more may have been in the way of others. */
	for (size_t i = 0; i < agent->n; i++)
		if (agent->jobs[i].failures > 0)
			agent->jobs[i].due = agent->now;
}

/* --- jobs --- */

struct nm_agent_job *nm_agent_find(struct nm_agent *agent, enum nm_agent_work work, const char *what)
{
	for (size_t i = 0; i < agent->n; i++)
		if (agent->jobs[i].work == work && strcmp(agent->jobs[i].what, what) == 0)
			return &agent->jobs[i];
	return NULL;
}

static void job_clear(struct nm_agent_job *job)
{
	free(job->what);
	free(job->words);
}

/* New ones are due at once, but for those that another job sets off. */
static struct nm_agent_job *job_add(struct nm_agent *agent, enum nm_agent_work work, const char *what)
{
	char *copy = strdup(what);

	if (copy == NULL ||
	    !nm_grow((void **)&agent->jobs, &agent->capacity, agent->n + 1, sizeof(*agent->jobs))) {
		free(copy);
		return NULL;
	}
	agent->jobs[agent->n] = (struct nm_agent_job){ .work = work, .what = copy, .index = -1 };
	if (work == NM_AGENT_LINE) /* there may have been a boundary while nobody looked */
		agent->jobs[agent->n].next = agent->now;
	if (work == NM_AGENT_DRIFT || work == NM_AGENT_PLAN || work == NM_AGENT_STORE)
		agent->jobs[agent->n].due = NM_TIME_MAX;
	return &agent->jobs[agent->n++];
}

static bool job_want(struct nm_agent *agent, enum nm_agent_work work, const char *what, int index)
{
	struct nm_agent_job *job = nm_agent_find(agent, work, what);

	if (job == NULL)
		job = job_add(agent, work, what);
	if (job != NULL)
		job->index = index;
	return job != NULL;
}

/* The order in which a round goes through them: emergencies behind the calls that are one, the heartbeat last. */
static int rank(enum nm_agent_work work)
{
	return work == NM_AGENT_ALERTS ? 2 * NM_AGENT_CALLS + 1 : 2 * (int)work;
}

static int by_order(const void *a, const void *b)
{
	const struct nm_agent_job *x = a, *y = b;

	return x->work != y->work ? rank(x->work) - rank(y->work) : x->index - y->index;
}

/* Trouble with what the plan has no more is none. */
static void drop_gone(struct nm_agent *agent)
{
	size_t n = 0;

	for (size_t i = 0; i < agent->n; i++) {
		struct nm_agent_job *job = &agent->jobs[i];

		if (job->index >= 0) {
			agent->jobs[n++] = *job;
			continue;
		}
		nm_agent_well(agent, job);
		job_clear(job);
	}
	agent->n = n;
}

/* The jobs of the plan that is there now. */
static enum nm_code want_jobs(struct nm_agent *agent, struct nm_error *err)
{
	const struct nm_plan *plan = agent->view.push.plan;
	bool ok = true, alerts;
	enum nm_code code = nm_agent_has_alerts(agent, &alerts, err);

	if (code != NM_OK)
		return code;
	for (size_t i = 0; i < agent->n; i++)
		agent->jobs[i].index = -1;
	for (size_t i = 0; i < plan->n_lines && ok; i++)
		ok = job_want(agent, NM_AGENT_LINE, plan->lines[i].name, (int)i) &&
		     job_want(agent, NM_AGENT_DRIFT, plan->lines[i].name, (int)i);
	for (size_t i = 0; i < plan->n_calendars && ok; i++)
		if (nm_calendar_remote(&plan->calendars[i]))
			ok = job_want(agent, NM_AGENT_CALENDAR, plan->calendars[i].name, (int)i);
	for (size_t i = 0; i < plan->n_accounts && ok; i++)
		if (nm_agent_has_records(plan, (int)i))
			ok = job_want(agent, NM_AGENT_CALLS, plan->accounts[i].name, (int)i);
	if (ok && alerts)
		ok = job_want(agent, NM_AGENT_ALERTS, "", 0);
	if (ok && (plan->text_back.given || plan->follow_up.survey != NULL))
		ok = job_want(agent, NM_AGENT_TEXTS, "", 0);
	if (ok && plan->crm.url != NULL)
		ok = job_want(agent, NM_AGENT_EVENTS, "", 0);
	ok = ok && job_want(agent, NM_AGENT_OWNER, "", 0) && job_want(agent, NM_AGENT_WATCH, "", 0) &&
	     job_want(agent, NM_AGENT_PLAN, "", 0) && job_want(agent, NM_AGENT_STORE, "", 0);
	if (!ok)
		return nm_fail_memory(err);
	drop_gone(agent);
	qsort(agent->jobs, agent->n, sizeof(*agent->jobs), by_order);
	return NM_OK;
}

static bool progress(void *context, const char *line, const char *what, size_t done, size_t all)
{
	const struct nm_push_context *outside = &((struct nm_agent *)context)->outside;

	return outside->progress(outside->progress_context, line, what, done, all);
}

static bool idle(void *context)
{
	struct nm_agent *agent = context;

	agent->gave_way |= nm_agent_gives_way(agent);
	return !agent->gave_way && (agent->outside.idle == NULL || agent->outside.idle(agent->outside.progress_context));
}

/* Whoever waits for a carrier asks the world whether to go on, and the agent as well. */
static enum nm_code look_outside(struct nm_agent *agent, struct nm_error *err)
{
	struct nm_push_context *push = &agent->view.push;
	enum nm_code code = agent->world.look(agent->world.context, &agent->view, err);

	if (code != NM_OK)
		return code;
	agent->outside = *push;
	push->progress = push->progress != NULL ? progress : NULL;
	push->idle = idle;
	push->progress_context = agent;
	return NM_OK;
}

enum nm_code nm_agent_look(struct nm_agent *agent, struct nm_error *err)
{
	enum nm_code code = look_outside(agent, err);

	if (code != NM_OK || (agent->seen && agent->mark == agent->view.push.plan_mark))
		return code;
	agent->seen = true;
	agent->mark = agent->view.push.plan_mark;
	code = want_jobs(agent, err);
	for (size_t i = 0; i < agent->n; i++)
		if (agent->jobs[i].work == NM_AGENT_LINE || agent->jobs[i].work == NM_AGENT_CALENDAR)
			agent->jobs[i].due = agent->now; /* a calendar's URL may be another one */
	return code;
}

void nm_agent_wake(struct nm_agent *agent)
{
	for (size_t i = 0; i < agent->n; i++)
		if (agent->jobs[i].work < NM_AGENT_DRIFT || agent->jobs[i].work == NM_AGENT_ALERTS)
			agent->jobs[i].due = agent->now;
}

enum nm_code nm_agent_first(enum nm_code code, enum nm_code next, const struct nm_error *why, struct nm_error *err)
{
	if (code != NM_OK || next == NM_OK)
		return code;
	return nm_fail(err, next, "%s", why->text);
}

bool nm_agent_busy(struct nm_agent *agent, struct nm_agent_job *job)
{
	struct nm_error err;
	const bool busy = nm_store_lock(agent->store, &err) == NM_REFUSED && !nm_store_read_only(agent->store);

	nm_store_unlock(agent->store);
	job->busy = busy ? job->busy + 1 : 0;
	if (!busy || job->busy > BUSY_MAX)
		return false;
	job->due = agent->now + NM_AGENT_RETRY_S;
	return true;
}

/* --- a round --- */

static nm_time retry_at(const struct nm_agent *agent, const struct nm_agent_job *job)
{
	nm_time wait = NM_AGENT_RETRY_S;

	for (int i = 1; i < job->failures && wait < NM_AGENT_RETRY_MAX_S; i++)
		wait *= 2;
	return agent->now + (wait < NM_AGENT_RETRY_MAX_S ? wait : NM_AGENT_RETRY_MAX_S);
}

static void work(struct nm_agent *agent, struct nm_agent_job *job)
{
	static enum nm_code (*const works[NM_AGENT_WORKS])(struct nm_agent *agent, struct nm_agent_job *job,
							   struct nm_error *err) = {
		[NM_AGENT_LINE] = nm_agent_line,     [NM_AGENT_CALENDAR] = nm_agent_calendar,
		[NM_AGENT_CALLS] = nm_agent_calls,   [NM_AGENT_TEXTS] = nm_agent_texts,
		[NM_AGENT_EVENTS] = nm_agent_events, [NM_AGENT_OWNER] = nm_agent_owner,
		[NM_AGENT_WATCH] = nm_agent_watch,   [NM_AGENT_ALERTS] = nm_agent_alerts,
	};
	struct nm_error err;
	enum nm_code code;

	agent->at_work = job;
	agent->gave_way = false;
	code = works[job->work](agent, job, &err);
	agent->at_work = NULL;
	agent->round.works++;
	if (nm_store_mended(agent->store))
		nm_agent_tell(agent, nm_agent_find(agent, NM_AGENT_STORE, ""), NM_AGENT_WARNING,
			      "the sums that it keeps of its calls were damaged: they were made anew from the calls");
	if (agent->gave_way) { /* how it would have ended is not known */
		job->due = agent->world.now(agent->world.context) + NM_AGENT_RETRY_S;
		return;
	}
	if (code == NM_OK) {
		job->failures = 0;
		if (!job->lasts)
			nm_agent_well(agent, job);
		return;
	}
	if (agent->world.stopped(agent->world.context))
		return;
	agent->round.failed++;
	job->failures++;
	job->due = retry_at(agent, job);
	nm_agent_ill(agent, job, err.text);
}

/* Does a job if it is due.  false: the round is over, as the agent is to end, or as the plan has become another one, which
 * makes other jobs: then the rest is the next round's, which is due at once. */
static bool work_if_due(struct nm_agent *agent, size_t i)
{
	const uint64_t mark = agent->mark;
	struct nm_error err;

	if (agent->world.stopped(agent->world.context))
		return false;
	agent->now = agent->world.now(agent->world.context);
	if (agent->jobs[i].due > agent->now)
		return true;
	if (nm_agent_look(agent, &err) != NM_OK || agent->mark != mark)
		return false;
	work(agent, &agent->jobs[i]);
	return true;
}

/* Does what is due.  Each piece of work may have waited for a carrier, and a line's time may have come meanwhile: lines, which
 * are first in order, are looked at before each. */
static void go_through(struct nm_agent *agent)
{
	size_t lines = 0;
	bool more = true;

	while (lines < agent->n && agent->jobs[lines].work == NM_AGENT_LINE)
		lines++;
	for (size_t i = 0; i < lines && more; i++)
		more = work_if_due(agent, i);
	for (size_t i = lines; i < agent->n && more; i++) {
		more = work_if_due(agent, i);
		for (size_t k = 0; k < lines && more; k++)
			more = work_if_due(agent, k);
	}
}

/* Once a day: what is older than the plan's retention is not worth a look through the store each minute. */
static void expire(struct nm_agent *agent)
{
	const nm_time age = agent->now - agent->expired;
	struct nm_expired expired;
	struct nm_error err;

	if (agent->expired != 0 && age >= 0 && age < NM_DAY)
		return;
	agent->expired = agent->now;
	if (nm_expire(agent->store, agent->view.push.plan, agent->now, &expired, &err) == NM_OK)
		return;
	agent->expired -= NM_DAY - EXPIRE_AGAIN_S;
	nm_agent_tell(agent, nm_agent_find(agent, NM_AGENT_STORE, ""), NM_AGENT_WARNING, "what is old stays: %s", err.text);
}

/* Not each round: the disk of a small machine wears, and whoever shows the store looks at it anew.  A store that does
 * not take it is tried each minute, for when it does again all that failed because of it is due. */
static void beat(struct nm_agent *agent, nm_time stopped)
{
	const struct nm_agent_beat beat = { agent->world.pid, agent->world.host, agent->started, agent->now,
					    agent->now + NM_AGENT_BEAT_S, stopped };
	struct nm_agent_job *job = nm_agent_find(agent, NM_AGENT_STORE, "");
	const nm_time age = agent->now - agent->beaten;
	struct nm_error err;

	if (stopped == 0 && age >= 0 && age < NM_AGENT_BEAT_S)
		return;
	agent->beaten = agent->now;
	if (nm_store_agent_put(agent->store, &beat, &err) == NM_OK) {
		nm_agent_well(agent, job);
		return;
	}
	agent->beaten = 0;
	nm_agent_ill(agent, job, err.text);
}

static nm_time next_due(const struct nm_agent *agent)
{
	nm_time next = agent->now + (agent->beaten != 0 ? NM_AGENT_BEAT_S : NM_AGENT_POLL_S);

	for (size_t i = 0; i < agent->n; i++)
		if (agent->jobs[i].due < next)
			next = agent->jobs[i].due;
	return next > agent->now ? next : agent->now;
}

void nm_agent_step(struct nm_agent *agent, struct nm_agent_round *out)
{
	struct nm_agent_job *plan;
	struct nm_error err;
	enum nm_code code;

	agent->now = agent->world.now(agent->world.context);
	agent->round = (struct nm_agent_round){ 0 };
	if (agent->last != 0 && agent->now < agent->last - BACK_S)
		nm_agent_wake(agent);
	code = nm_agent_look(agent, &err);
	plan = nm_agent_find(agent, NM_AGENT_PLAN, "");
	if (code != NM_OK) {
		nm_agent_ill(agent, plan, err.text);
		agent->round.failed++;
	} else {
		if (agent->view.trouble != NULL)
			nm_agent_ill(agent, plan, agent->view.trouble);
		else
			nm_agent_well(agent, plan);
		go_through(agent);
		expire(agent);
	}
	agent->last = agent->now;
	beat(agent, 0);
	agent->round.next = code == NM_OK ? next_due(agent) : agent->now + NM_AGENT_POLL_S;
	*out = agent->round;
}

/* --- from one process to the next --- */

/* Trouble that another process told of is not told again. */
static enum nm_code remember(struct nm_agent *agent, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_agent_trouble *troubles;
	size_t n = 0;
	enum nm_code code = arena != NULL ? nm_store_agent_troubles(agent->store, arena, &troubles, &n, err)
					  : nm_fail_memory(err);

	for (size_t i = 0; i < n && code == NM_OK; i++) {
		struct nm_agent_job *job = nm_agent_find(agent, troubles[i].work, troubles[i].what);

		if (job == NULL)
			job = job_add(agent, troubles[i].work, troubles[i].what);
		if (job == NULL || (job->words = strdup(troubles[i].words)) == NULL)
			code = nm_fail_memory(err);
		else
			job->since = troubles[i].since;
	}
	nm_arena_free(arena);
	return code;
}

enum nm_code nm_agent_new(const struct nm_agent_world *world, struct nm_store *store, struct nm_agent **out,
			  struct nm_error *err)
{
	struct nm_agent *agent = calloc(1, sizeof(*agent));
	enum nm_code code;

	if (agent == NULL)
		return nm_fail_memory(err);
	agent->world = *world;
	agent->store = store;
	agent->started = world->now(world->context);
	code = nm_store_agent_lock(store, err);
	agent->locked = code == NM_OK;
	if (code == NM_OK)
		code = remember(agent, err);
	if (code == NM_OK && (!job_want(agent, NM_AGENT_PLAN, "", 0) || !job_want(agent, NM_AGENT_STORE, "", 0)))
		code = nm_fail_memory(err);
	if (code == NM_OK)
		*out = agent;
	else
		nm_agent_free(agent);
	return code;
}

void nm_agent_free(struct nm_agent *agent)
{
	if (agent == NULL)
		return;
	if (agent->last != 0) {
		agent->now = agent->world.now(agent->world.context);
		beat(agent, agent->now);
	}
	for (size_t i = 0; i < agent->n; i++)
		job_clear(&agent->jobs[i]);
	free(agent->jobs);
	if (agent->locked)
		nm_store_agent_unlock(agent->store);
	free(agent);
}

bool nm_agent_silent(const struct nm_agent_beat *beat, nm_time now)
{
	return now > beat->next + NM_AGENT_GRACE_S;
}

bool nm_agent_lives(const struct nm_store *store, const struct nm_agent_beat *beat, const char *host, nm_time now)
{
	const bool killed = beat->stopped == 0 && strcmp(beat->host, host) == 0 && nm_store_agent_gone(store);

	return !killed && !nm_agent_silent(beat, now);
}
