/* SPDX-License-Identifier: MIT */
/*
 * simulate: one test call, on the plan or on what is live, with the reason for every step; a real one is
 * simulate_place.c's.
 * sweep: the same call at many times, told only where the result changes.
 */
#include "command.h"

#include <string.h>

#include "canvas.h"
#include "simulation.h"

#define SWEEP_ASKS 1000 /* calls between two looks at the keyboard */
#define SWEEP_CALLS 1000000

static void print_simulation(struct nm_buf *out, const struct nm_plan *plan, const struct nm_simulation *simulation)
{
	print_head(out, plan, &simulation->call, simulation->treatment);
	print_outcome(out, &simulation->outcome);
	if (simulation->text_back)
		nm_buf_addf(out, "text back: %s\n", simulation->text_back);
	nm_buf_add(out, "\nwhy\n");
	print_reasons(out, simulation->reasons, simulation->n_reasons);
}

static void write_simulation(struct invocation *run, const struct nm_simulation *simulation)
{
	const struct nm_plan *plan = run->session->plan;
	struct nm_json json;

	if (!run->json) {
		if (simulation->call.held)
			nm_buf_add(run->out, "as the carriers can hold the plan, told anew at each change of hours where they keep none\n");
		print_simulation(run->out, plan, simulation);
		return;
	}
	nm_json_init(&json, run->out);
	json_call(&json, plan, &simulation->call, simulation->treatment);
	json_outcome(&json, &simulation->outcome);
	nm_json_key(&json, "text_back");
	nm_json_text(&json, simulation->text_back);
	nm_json_key(&json, "why");
	json_reasons(&json, simulation->reasons, simulation->n_reasons);
	if (simulation->call.held) {
		nm_json_key(&json, "held");
		nm_json_bool(&json, true);
	}
	json_finish(&json, run->out);
}

/* --- against what is live --- */

struct live {
	const struct nm_plan *plan;
	const struct nm_status *status;
	const struct nm_call *call;
};

static const struct nm_line_status *status_of(const struct live *live, const char *line)
{
	size_t i;

	for (i = 0; i < live->status->n; i++)
		if (!strcmp(live->plan->lines[live->status->lines[i].line].name, line))
			return &live->status->lines[i];
	return NULL;
}

static const struct nm_route *live_route(const struct live *live, const char *line)
{
	const struct nm_line_status *status = status_of(live, line);

	return status ? nm_line_status_live(status) : NULL;
}

static const struct nm_treatment *live_treatment(void *context, const char *line)
{
	const struct live *live = context;
	const struct nm_route *route = live_route(live, line);

	return route ? nm_route_treatment(route, live->call->at, live->call->caller, false) : NULL;
}

/* What the caller gets on the line called. */
static enum nm_code live_first(const struct live *live, const char *line, struct nm_arena *arena,
			       const struct nm_treatment **out, struct nm_error *err)
{
	const struct nm_route *route = live_route(live, line);
	const struct nm_call *call = live->call;
	const struct nm_treatment *treatment;

	if (!route)
		return nm_fail(err, NM_CARRIER, "what is live on %s is not known: `nevermiss diff` says why", line);
	treatment = nm_route_call(route, call->at, call->caller, call->emergency);
	if (!treatment)
		return nm_fail(err, NM_INPUT, "--emergency: nothing that is live on %s tells this call from others%s",
			       line, route->key ? ": no greeting plays in which the key could be pressed"
						: ": it has no key for emergencies");
	*out = nm_treatment_unnamed(treatment, arena);
	return *out ? NM_OK : nm_fail_memory(err);
}

static void write_live(struct invocation *run, const struct nm_call *call, const struct nm_treatment *treatment,
		       const struct nm_outcome *outcome, bool assumed)
{
	const char *words = assumed ? "assumed: as it was last done by hand, which nothing can read back"
				    : "live, as read back just now";
	const struct nm_plan *plan = run->session->plan;
	struct nm_json json;

	if (!run->json) {
		nm_buf_addf(run->out, "%s\n", words);
		print_head(run->out, plan, call, treatment);
		print_outcome(run->out, outcome);
		return;
	}
	nm_json_init(&json, run->out);
	json_call(&json, plan, call, treatment);
	json_outcome(&json, outcome);
	nm_json_key(&json, "text_back");
	nm_json_null(&json);
	nm_json_key(&json, "why");
	nm_json_array(&json);
	nm_json_text(&json, words);
	nm_json_end(&json, ']');
	nm_json_key(&json, "live");
	nm_json_bool(&json, true);
	nm_json_key(&json, "assumed");
	nm_json_bool(&json, assumed);
	json_finish(&json, run->out);
}

static enum nm_code simulate_live(struct invocation *run, const struct nm_call *call, struct nm_arena *arena,
				  struct nm_error *err)
{
	const struct nm_plan *plan = run->session->plan;
	const char *line = plan->lines[call->line].name;
	struct live live = { .plan = plan, .call = call };
	const struct nm_lines lines = { .context = &live, .treatment = live_treatment };
	const struct nm_treatment *treatment;
	struct nm_outcome outcome;
	enum nm_code code = session_status(run->session, true, &live.status, err);

	if (code != NM_OK)
		return code;
	code = live_first(&live, line, arena, &treatment, err);
	if (code == NM_OK)
		code = nm_play(treatment, line, &call->script, &lines, true, arena, &outcome, err);
	if (code == NM_OK)
		write_live(run, call, treatment, &outcome, status_of(&live, line)->as_assumed);
	return code;
}

enum nm_code cmd_simulate(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_simulation *simulation = NULL;
	struct nm_call call;
	enum nm_code code;

	*status = STATUS_GOOD;
	if (!arena)
		return nm_fail_memory(err);
	code = argument_call(run, "at", "from", arena, &call, err);
	if (code == NM_OK && call.held && argument_given(run->args, "live"))
		code = nm_fail(err, NM_INPUT, "--held is what the carriers could hold, --live what they hold: give one");
	if (code == NM_OK && argument_given(run->args, "place"))
		code = simulate_place(run, &call, status, err);
	else if (code == NM_OK && argument_given(run->args, "live"))
		code = simulate_live(run, &call, arena, err);
	else if (code == NM_OK)
		code = nm_simulate(run->session->plan, &call, &simulation, err);
	if (code == NM_OK && simulation)
		write_simulation(run, simulation);
	nm_simulation_free(simulation);
	nm_arena_free(arena);
	return code;
}

/* --- sweep --- */

struct sweep {
	struct invocation *run;
	struct nm_json json;
	struct nm_buf last, now; /* what was printed, and what this call gives */
	size_t calls, changes;
};

static void sweep_result(struct sweep *sweep, const struct nm_simulation *simulation)
{
	const struct nm_treatment *treatment = simulation->treatment;
	const char *rule = treatment->rule ? treatment->rule : "no rule";

	nm_buf_clear(&sweep->now);
	nm_buf_addf(&sweep->now, "%s%*s ", rule, text_gap(rule, 20), "");
	outcome_words(&simulation->outcome, &sweep->now);
}

static void sweep_print(struct sweep *sweep, const struct nm_simulation *simulation)
{
	const struct nm_plan *plan = sweep->run->session->plan;
	char when[NM_TIME_TEXT];

	sweep->changes++;
	if (sweep->run->json) {
		json_call(&sweep->json, plan, &simulation->call, simulation->treatment);
		json_outcome(&sweep->json, &simulation->outcome);
		nm_json_end(&sweep->json, '}');
		return;
	}
	nm_time_words(plan->zone, simulation->call.at, true, when);
	nm_buf_addf(sweep->run->out, "%-24s %s\n", when, sweep->now.data);
}

static enum nm_code sweep_one(struct sweep *sweep, const struct nm_timeline *timeline, const struct nm_call *call,
			      struct nm_error *err)
{
	struct nm_simulation *simulation;
	enum nm_code code = nm_simulate_on(timeline, call, sweep->run->json, &simulation, err);

	if (code != NM_OK)
		return code;
	sweep->calls++;
	sweep_result(sweep, simulation);
	if (sweep->now.failed || sweep->last.failed)
		code = nm_fail_memory(err);
	else if (strcmp(sweep->last.data, sweep->now.data)) {
		sweep_print(sweep, simulation);
		nm_buf_clear(&sweep->last);
		nm_buf_add(&sweep->last, sweep->now.data);
	}
	nm_simulation_free(simulation);
	return code;
}

/* Every so many calls: a few milliseconds. */
static enum nm_code sweep_ask(const struct sweep *sweep, size_t all, struct nm_error *err)
{
	const struct session *session = sweep->run->session;

	if (sweep->calls % SWEEP_ASKS || !session->working ||
	    session->working(session->progress_context, "calls played", sweep->calls, all))
		return NM_OK;
	return nm_fail(err, NM_REFUSED, "stopped after %zu of %zu calls", sweep->calls, all);
}

static enum nm_code sweep_all(struct sweep *sweep, struct nm_call call, nm_time until, int64_t every,
			      struct nm_error *err)
{
	const struct nm_timeline *timeline;
	enum nm_code code;
	size_t all;

	if (until <= call.at)
		return nm_fail(err, NM_INPUT, "--until must be later than --from");
	if (every <= 0 || (until - call.at) / every > SWEEP_CALLS)
		return nm_fail(err, NM_INPUT, "more than %d calls: take a longer --every", SWEEP_CALLS);
	all = (size_t)((until - call.at + every - 1) / every);
	code = session_timeline(sweep->run->session, call.at, until, &timeline, err);
	for (; code == NM_OK && call.at < until; call.at += every) {
		code = sweep_ask(sweep, all, err);
		if (code == NM_OK)
			code = sweep_one(sweep, timeline, &call, err);
	}
	return code;
}

static enum nm_code sweep_arguments(struct invocation *run, struct nm_arena *arena, struct nm_call *call,
				    nm_time *until, int64_t *every, struct nm_error *err)
{
	const char *text = argument(run->args, "every");
	enum nm_code code = argument_call(run, "from", "caller", arena, call, err);

	*every = 15 * 60;
	if (code == NM_OK)
		code = argument_time(run, "until", call->at + 7 * NM_DAY, until, err);
	if (code == NM_OK && text)
		code = of_option(nm_duration_read(text, every, err), "every", err);
	return code;
}

enum nm_code cmd_sweep(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct sweep sweep = { .run = run };
	struct nm_call call;
	int64_t every;
	nm_time until;
	enum nm_code code;

	*status = STATUS_GOOD;
	if (!arena)
		return nm_fail_memory(err);
	nm_buf_init(&sweep.last, 4096);
	nm_buf_init(&sweep.now, 4096);
	nm_json_init(&sweep.json, run->out);
	code = sweep_arguments(run, arena, &call, &until, &every, err);
	if (code == NM_OK && run->json) {
		nm_json_object(&sweep.json);
		nm_json_key(&sweep.json, "changes");
		nm_json_array(&sweep.json);
	}
	if (code == NM_OK)
		code = sweep_all(&sweep, call, until, every, err);
	if (code == NM_OK && run->json) {
		nm_json_end(&sweep.json, ']');
		nm_json_key(&sweep.json, "calls");
		nm_json_int(&sweep.json, (int64_t)sweep.calls);
		json_finish(&sweep.json, run->out);
	} else if (code == NM_OK)
		nm_buf_addf(run->out, "%zu call%s, %zu result%s in a row that differ%s\n", sweep.calls,
			    sweep.calls == 1 ? "" : "s", sweep.changes, sweep.changes == 1 ? "" : "s",
			    sweep.changes == 1 ? "s" : "");
	nm_buf_clear(&sweep.last);
	nm_buf_clear(&sweep.now);
	nm_arena_free(arena);
	return code;
}
