/* SPDX-License-Identifier: MIT */
/* agent: the unattended part, its one round (--once), and how it does (--status). */
#include "command.h"

#include <string.h>

#include "agent_loop.h"
#include "alert_words.h"

/* --- how it does --- */

struct standing {
	struct nm_arena *arena;
	bool ran, runs; /* ever; now */
	struct nm_agent_beat beat;
	bool silent; /* it should run, and does not: as check has it */
	size_t n;
	struct nm_agent_trouble *troubles;
	size_t n_alerts;
	struct nm_call_alert *alerts; /* open, or of the last day */
};

static enum nm_code read_standing(struct invocation *run, struct standing *standing, struct nm_error *err)
{
	const struct nm_findings *findings;
	struct nm_store *store;
	enum nm_code code = session_store(run->session, &store, err);

	if (!code)
		code = nm_store_agent_get(store, standing->arena, &standing->beat, &standing->ran, err);
	if (!code)
		code = nm_store_agent_troubles(store, standing->arena, &standing->troubles, &standing->n, err);
	if (!code)
		code = nm_store_alerts(store, session_now(run->session) - NM_DAY, standing->arena, &standing->alerts,
				       &standing->n_alerts, err);
	if (!code)
		code = session_findings(run->session, &findings, err);
	for (size_t i = 0; !code && i < findings->n; i++)
		standing->silent |= !strcmp(findings->items[i].id, "agent-silent");
	standing->runs = !code && session_agent_runs(run->session);
	return code;
}

static void life_words(struct invocation *run, const struct standing *standing)
{
	const struct nm_zone *zone = session_zone(run->session);
	const struct nm_agent_beat *beat = &standing->beat;
	const nm_time now = session_now(run->session);
	char when[NM_TIME_TEXT], age[NM_TIME_TEXT];

	if (!standing->ran) {
		nm_buf_add(run->out, "no agent ever ran for this plan\n");
		return;
	}
	nm_time_words(zone, standing->runs ? beat->started : beat->stopped ? beat->stopped : beat->round, true, when);
	nm_duration_words(now > beat->round ? now - beat->round : 0, age);
	if (standing->runs)
		nm_buf_addf(run->out, "the agent runs since %s, as process %lld of %s; last heard of %s ago\n", when,
			    (long long)beat->pid, beat->host, age);
	else if (beat->stopped)
		nm_buf_addf(run->out, "no agent runs: the last one ended in good order %s\n", when);
	else
		nm_buf_addf(run->out, "no agent runs: process %lld of %s was last heard of %s, and did not end in good order\n",
			    (long long)beat->pid, beat->host, when);
}

/* How late an account's records come, and with them all that follows from a call. */
static void record_words(struct invocation *run)
{
	const struct nm_plan *plan = run->session->plan;
	char late[NM_TIME_TEXT], text[NM_TIME_TEXT];

	for (size_t i = 0; i < plan->n_accounts; i++) {
		const struct nm_carrier *carrier = nm_carrier_find(plan->accounts[i].driver);

		if (!carrier || carrier->traits.records_late_s < 0)
			continue;
		nm_duration_words(carrier->traits.records_late_s, late);
		nm_duration_words(nm_agent_text_late_s(carrier), text);
		nm_buf_addf(run->out,
			    "calls of %s: %s has their records about %s late, and they are fetched as often: a missed caller's text "
			    "comes up to %s late\n",
			    plan->accounts[i].name, carrier->name, late, text);
	}
}

static void alerts_text(struct invocation *run, const struct standing *standing)
{
	const struct nm_zone *zone = session_zone(run->session);
	const nm_time now = session_now(run->session);

	for (size_t i = 0; i < standing->n_alerts; i++) {
		nm_buf_addf(run->out, "emergency call #%lld: ", (long long)standing->alerts[i].call);
		alert_state_words(zone, now, &standing->alerts[i], run->out);
		nm_buf_add(run->out, "\n");
		alert_people_words(zone, now, &standing->alerts[i], 2, run->out);
	}
}

static void status_text(struct invocation *run, const struct standing *standing)
{
	const struct nm_plan *plan = run->session->plan;
	char since[NM_TIME_TEXT];

	life_words(run, standing);
	for (size_t i = 0; i < plan->n_lines; i++)
		if (nm_carrier_needs_agent(plan, (int)i))
			nm_buf_addf(run->out, "line %s: its carrier keeps no hours, the agent pushes at each change\n",
				    plan->lines[i].name);
	record_words(run);
	for (size_t i = 0; i < standing->n; i++) {
		const struct nm_agent_trouble *trouble = &standing->troubles[i];

		nm_time_words(session_zone(run->session), trouble->since, true, since);
		nm_agent_work_words(trouble->work, trouble->what, run->out);
		nm_buf_addf(run->out, ": since %s: ", since);
		add_safe(run->out, trouble->words);
		nm_buf_add(run->out, "\n");
	}
	alerts_text(run, standing);
	if (standing->silent)
		nm_buf_add(run->out, "it should run: start `nevermiss agent`\n");
}

static void json_beat(struct invocation *run, struct nm_json *json, const struct standing *standing)
{
	const struct nm_zone *zone = session_zone(run->session);
	const struct nm_agent_beat *beat = &standing->beat;

	nm_json_key(json, "running");
	nm_json_bool(json, standing->runs);
	nm_json_key(json, "should_run");
	nm_json_bool(json, standing->silent || standing->runs);
	nm_json_key(json, "agent");
	if (!standing->ran) {
		nm_json_null(json);
		return;
	}
	nm_json_object(json);
	nm_json_key(json, "process");
	nm_json_int(json, beat->pid);
	nm_json_key(json, "host");
	nm_json_text(json, beat->host);
	json_time(json, zone, "started", beat->started);
	json_time(json, zone, "round", beat->round);
	json_time(json, zone, "next", beat->next);
	if (beat->stopped) {
		json_time(json, zone, "stopped", beat->stopped);
	} else {
		nm_json_key(json, "stopped");
		nm_json_null(json);
	}
	nm_json_end(json, '}');
}

static void alerts_json(struct invocation *run, struct nm_json *json, const struct standing *standing)
{
	nm_json_key(json, "alerts");
	nm_json_array(json);
	for (size_t i = 0; i < standing->n_alerts; i++) {
		nm_json_object(json);
		nm_json_key(json, "call");
		nm_json_int(json, standing->alerts[i].call);
		json_alert(json, session_zone(run->session), &standing->alerts[i]);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
}

static void status_json(struct invocation *run, const struct standing *standing)
{
	const struct nm_plan *plan = run->session->plan;
	struct nm_json json;
	struct nm_buf work;

	nm_json_init(&json, run->out);
	nm_json_object(&json);
	json_beat(run, &json, standing);
	nm_json_key(&json, "needed_by");
	nm_json_array(&json);
	for (size_t i = 0; i < plan->n_lines; i++)
		if (nm_carrier_needs_agent(plan, (int)i))
			nm_json_text(&json, plan->lines[i].name);
	nm_json_end(&json, ']');
	nm_json_key(&json, "troubles");
	nm_json_array(&json);
	for (size_t i = 0; i < standing->n; i++) {
		nm_json_object(&json);
		nm_buf_init(&work, NM_ERROR_TEXT);
		nm_agent_work_words(standing->troubles[i].work, standing->troubles[i].what, &work);
		nm_json_key(&json, "work");
		nm_json_text(&json, work.data);
		nm_buf_clear(&work);
		json_time(&json, session_zone(run->session), "since", standing->troubles[i].since);
		nm_json_key(&json, "words");
		nm_json_text(&json, standing->troubles[i].words);
		nm_json_end(&json, '}');
	}
	nm_json_end(&json, ']');
	alerts_json(run, &json, standing);
	json_finish(&json, run->out);
}

static enum nm_code show_status(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct standing standing = { .arena = nm_arena_new() };
	enum nm_code code = standing.arena ? read_standing(run, &standing, err) : nm_fail_memory(err);

	if (!code && run->json)
		status_json(run, &standing);
	else if (!code)
		status_text(run, &standing);
	if (standing.silent)
		*status = STATUS_WRONG;
	nm_arena_free(standing.arena);
	return code;
}

/* --- one round --- */

static void once_words(struct invocation *run, const struct nm_agent_round *round)
{
	struct nm_json json;
	const struct {
		const char *key, *words;
		size_t n;
	} counts[] = {
		{ "pushed", "lines pushed", round->pushed },
		{ "calls", "new calls", round->calls },
		{ "texts", "texts", round->texts },
		{ "failed", "failed", round->failed },
	};

	nm_json_init(&json, run->out);
	if (run->json)
		nm_json_object(&json);
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		if (!run->json) {
			nm_buf_addf(run->out, "%s%s: %zu", i ? ", " : "", counts[i].words, counts[i].n);
			continue;
		}
		nm_json_key(&json, counts[i].key);
		nm_json_int(&json, (int64_t)counts[i].n);
	}
	if (!run->json) {
		nm_buf_add(run->out, "\n");
		return;
	}
	json_time(&json, session_zone(run->session), "next", round->next);
	json_finish(&json, run->out);
}

enum nm_code cmd_agent(struct invocation *run, enum status *status, struct nm_error *err)
{
	const struct agent_options options = { argument_given(run->args, "mask"), run->options->journal };
	const bool once = argument_given(run->args, "once");
	struct nm_agent_round round;
	enum nm_code code;

	*status = STATUS_GOOD;
	if (once && argument_given(run->args, "status"))
		return nm_fail(err, NM_INPUT, "--status only tells, and --once works: give one of them");
	if (argument_given(run->args, "status"))
		return show_status(run, status, err);
	if (!once && argument_given(run->args, "now"))
		return nm_fail(err, NM_INPUT, "the agent lives by the real clock: --now goes with --once or --status");
	code = need_write(run, err);
	if (code || !once)
		return code ? code : agent_loop(run->session, &options, err);
	code = agent_once(run->session, &options, &round, err);
	if (code)
		return code;
	once_words(run, &round);
	if (round.failed)
		*status = STATUS_CARRIER;
	return NM_OK;
}
