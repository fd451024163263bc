/* SPDX-License-Identifier: MIT */
/*
 * What the store says beside what is live, for check: test calls, the agent, the log, who wants no texts.  In: the session's store.  Out:
 * facts; what cannot be read is not known.
 */
#include <stdio.h>
#include <unistd.h>

#include "nevermiss/agent.h"
#include "nevermiss/alerts.h"
#include "nevermiss/events.h"
#include "nevermiss/followup.h"
#include "nevermiss/inbound.h"
#include "nevermiss/optout.h"
#include "nevermiss/report.h"
#include "nevermiss/texting.h"
#include "session.h"

#define LATE_MOST 2000 /* follow-ups that are looked through */

struct nm_test_fact session_tests(struct session *session)
{
	struct nm_test_fact tests = { 0 };
	struct nm_store *store;

	tests.known = session_store(session, &store, NULL) == NM_OK &&
		      nm_store_tests_last(store, &tests.last, &tests.last_after_hours, NULL) == NM_OK;
	return tests;
}

void session_host(char out[static SESSION_HOST])
{
	out[SESSION_HOST - 1] = '\0';
	if (gethostname(out, SESSION_HOST - 1))
		snprintf(out, SESSION_HOST, "this machine");
}

static size_t open_alerts(struct nm_store *store, struct nm_arena *arena)
{
	struct nm_call_alert *alerts;
	size_t n;

	return nm_store_alerts(store, NM_TIME_MAX, arena, &alerts, &n, NULL) == NM_OK ? n : 0;
}

/* Is there a phone of the owner's, and an account that can text it? */
static bool owner_reachable(const struct nm_plan *plan)
{
	struct nm_sender sender;

	return plan && nm_plan_owner(plan) >= 0 && nm_texting_sender(plan, -1, &sender, NULL) == NM_OK;
}

/* A look through those who wait: ends with the first who has waited too long. */
struct late_look {
	struct nm_due_times *times;
	nm_time now;
	bool late;
};

static enum nm_code look_late(void *context, const struct nm_followup *followup, struct nm_error *err)
{
	struct late_look *look = context;
	const struct nm_followup_due due = nm_due_times_of(look->times, followup);

	(void)err;
	look->late = nm_followup_late(&due, look->now);
	return look->late ? NM_REFUSED : NM_OK;
}

/* Should somebody have been called back by now? */
static bool anybody_late(const struct session *session, const struct nm_plan *plan, struct nm_store *store)
{
	const nm_time now = session_now(session);
	struct late_look look = {.times = nm_due_times_new(plan), .now = now};
	const struct nm_followup_walk walk = {
		.filter = {.open = true, .since = now - NM_FOLLOWUP_LATE_S, .until = NM_TIME_MAX, .most = LATE_MOST, .now = now},
		.take = look_late, .context = &look};
	bool more, ended;

	/* By the first who is late; or by a failure, which others tell. */
	ended = look.times && nm_store_followups_walk(store, &walk, &more, NULL) != NM_OK;
	nm_due_times_free(look.times);
	return ended && look.late;
}

struct nm_agent_fact session_agent(struct session *session, const struct nm_plan *plan)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_agent_fact agent = { 0 };
	struct nm_agent_beat beat;
	struct nm_store *store;
	char host[SESSION_HOST];

	agent.known = arena && session_store(session, &store, NULL) == NM_OK &&
		      nm_store_agent_get(store, arena, &beat, &agent.ran, NULL) == NM_OK;
	if (agent.known && agent.ran) {
		session_host(host);
		agent.alive = nm_agent_lives(store, &beat, host, session_now(session));
		agent.stopped = beat.stopped != 0;
		agent.last = beat.round;
	}
	if (agent.known)
		agent.alerts_open = open_alerts(store, arena);
	if (agent.known && !agent.alive)
		agent.late = owner_reachable(plan) && anybody_late(session, plan, store);
	nm_arena_free(arena);
	return agent;
}

bool session_agent_runs(struct session *session)
{
	const struct nm_agent_fact agent = session_agent(session, session->plan);

	return agent.known && agent.ran && agent.alive && !agent.stopped;
}

int64_t session_crm_refused(struct session *session)
{
	struct nm_store *store;
	int64_t refused = 0;

	if (session_store(session, &store, NULL) ||
	    nm_store_events_refused(store, session_now(session) - NM_CHECK_LATELY_S, &refused, NULL))
		return 0;
	return refused;
}

static const struct nm_line *line_of(const struct nm_plan *plan, nm_number number)
{
	for (size_t i = 0; i < plan->n_lines; i++)
		if (plan->lines[i].number == number)
			return &plan->lines[i];
	return NULL;
}

enum nm_code session_floods(struct session *session, const struct nm_plan *plan, struct nm_arena *arena,
			    struct nm_flood_fact **out, size_t *n, struct nm_error *err)
{
	struct nm_inbound_flood *floods;
	struct nm_flood_fact *facts;
	struct nm_store *store;
	size_t n_floods, found = 0;
	enum nm_code code = session_store(session, &store, err);

	if (!code)
		code = nm_store_inbound_floods(store, session_now(session) - NM_CHECK_LATELY_S, arena, &floods, &n_floods,
					       err);
	if (code)
		return code;
	facts = nm_arena_alloc(arena, n_floods, sizeof *facts);
	if (!facts)
		return nm_fail_memory(err);
	for (size_t i = 0; i < n_floods; i++) {
		const struct nm_line *line = line_of(plan, floods[i].number);

		if (line)
			facts[found++] = (struct nm_flood_fact){line->name, floods[i].at};
	}
	*out = facts;
	*n = found;
	return NM_OK;
}

enum nm_code session_optouts(struct session *session, const struct nm_plan *plan, struct nm_arena *arena,
			     struct nm_optout_fact **out, size_t *n, struct nm_error *err)
{
	struct nm_optout_fact *facts;
	struct nm_store *store;
	size_t found = 0;
	enum nm_code code = session_store(session, &store, err);

	if (code)
		return code;
	facts = nm_arena_alloc(arena, plan->n_destinations, sizeof *facts);
	if (!facts)
		return nm_fail_memory(err);
	for (size_t i = 0; i < plan->n_destinations && !code; i++) {
		const struct nm_destination *destination = &plan->destinations[i];
		const nm_number number = nm_destination_number(plan, destination);
		enum nm_optout_how how;
		bool unwanted = false;

		if (number)
			code = nm_store_optout_find(store, number, &unwanted, &how, err);
		if (!code && unwanted)
			facts[found++].destination = destination->name;
	}
	*out = facts;
	*n = found;
	return code;
}

static struct nm_log_fact read_log(struct session *session, struct nm_store *store)
{
	const struct nm_report_options options = {.span = nm_report_last_30_days(session_now(session)), .line = -1};
	struct nm_log_fact log = {0};
	struct nm_report report;

	if (nm_report(store, session->plan, &options, &report, NULL))
		return log;
	for (size_t i = 0; i < report.n_peaks; i++)
		for (int hour = report.peaks[i].from; hour < report.peaks[i].until; hour++)
			log.peaks |= UINT32_C(1) << hour;
	if (report.wait_median.known)
		log.callback_s = (int64_t)(report.wait_median.value * 60);
	nm_report_clear(&report);
	return log;
}

struct nm_log_fact session_log(struct session *session)
{
	const nm_time day = session_now(session) / NM_DAY;
	struct nm_store *store;
	uint64_t changes;

	if (!session->plan || session_store(session, &store, NULL) != NM_OK)
		return (struct nm_log_fact){0};
	changes = nm_store_changes(store);
	if (session->log_of.known && session->log_of.day == day && session->log_of.changes == changes)
		return session->log;
	session->log = read_log(session, store);
	session->log_of.known = true;
	session->log_of.day = day;
	session->log_of.changes = changes;
	return session->log;
}
