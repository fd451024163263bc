/* SPDX-License-Identifier: MIT */
/*
 * Loops: ways on which a call comes back to a line.  Comes in: the graph of the ways that the walk has
 * seen.  Goes out: drafts, each with the call that shows it, played to be sure.  What simulate does not
 * play (a hand-over, a carrier's fallback, a second key) is said: the call then leads up to it.
 */
#include "check_private.h"

#include <string.h>

/* A scene is a state together with a class of callers. */
size_t nm_prover_scene(const struct nm_prover *prover, size_t state, int caller)
{
	return state * prover->checker->classes.n + (size_t)caller;
}

/* The carrier sends a call that cannot be delivered to the line's fallback: at any time. */
static bool fallback_edges(struct nm_prover *prover)
{
	const struct nm_plan *plan = prover->checker->plan;
	size_t from, to, scene;

	for (from = 0; from < plan->n_lines; from++)
		for (to = 0; to < plan->n_lines && plan->lines[from].fallback; to++) {
			const struct nm_edge like = {
				.kind = NM_EDGE_FALLBACK,
				.from = (int)from,
				.to = (int)to,
				.via = -1,
				.path = -1,
				.step = -1,
			};
			struct nm_edge *edge;

			if (plan->lines[from].fallback != plan->lines[to].number)
				continue;
			edge = nm_graph_edge(&prover->graph, &like);
			if (!edge)
				return false;
			for (scene = 0; scene < prover->graph.n_scenes; scene++)
				nm_edge_add(edge, scene, true);
		}
	return true;
}

/* --- the way a call goes --- */

/* A cycle as a call would go it: from the line that is called to the line that it has passed before. */
struct way {
	size_t scene;
	size_t n;
	const struct nm_edge **edges;
};

/* The last edge for which a key has to be pressed; n when there is none. */
static size_t last_keyed(const struct nm_cycle *cycle, size_t scene)
{
	size_t i;

	for (i = cycle->n; i-- > 0;)
		if (!nm_edge_plain(cycle->edges[i], scene))
			return i;
	return cycle->n;
}

/* A key can be told of the line that is called alone, so the way begins where one is pressed. */
static bool way_of(struct nm_checker *checker, size_t scene, const struct nm_cycle *cycle, struct way *out)
{
	const int back = cycle->edges[cycle->n - 1]->to;
	const size_t keyed = last_keyed(cycle, scene);
	size_t first = keyed < cycle->n ? keyed : 0, cut = 0;
	size_t i;

	*out = (struct way){ .scene = scene };
	out->edges = nm_arena_alloc(checker->arena, cycle->n, sizeof *out->edges);
	if (!out->edges)
		return false;
	while (cycle->edges[cut]->from != back)
		cut++;
	for (i = first; i < cycle->n; i++)
		out->edges[out->n++] = cycle->edges[i];
	for (i = cut; i < first; i++)
		out->edges[out->n++] = cycle->edges[i];
	return true;
}

/* The first edge that no simulated call goes; n when all can be gone. */
static size_t way_unplayed(const struct way *way)
{
	size_t i;

	for (i = 0; i < way->n; i++)
		if (way->edges[i]->kind != NM_EDGE_STEP || (i && !nm_edge_plain(way->edges[i], way->scene)))
			return i;
	return way->n;
}

static const char *way_words(struct nm_checker *checker, const struct way *way)
{
	const struct nm_plan *plan = checker->plan;
	struct nm_buf words;
	size_t i;

	nm_buf_init(&words, NM_WORDS_MOST);
	nm_buf_addf(&words, "a call can come back to line %s: %s",
		    plan->lines[way->edges[way->n - 1]->to].name, plan->lines[way->edges[0]->from].name);
	for (i = 0; i < way->n; i++) {
		if (way->edges[i]->via >= 0)
			nm_buf_addf(&words, " -> %s", plan->destinations[way->edges[i]->via].name);
		nm_buf_addf(&words, " -> %s", plan->lines[way->edges[i]->to].name);
	}
	return nm_check_text_of(checker, &words);
}

/* --- the call that shows it --- */

static nm_time state_begins(const struct nm_timeline *timeline, size_t state)
{
	size_t i = 0;

	while (timeline->state[i] != state)
		i++;
	return timeline->start[i];
}

static bool looped(const struct nm_simulation *simulation)
{
	size_t i;

	for (i = 0; i < simulation->outcome.n; i++)
		if (simulation->outcome.events[i].kind == NM_EVENT_LOOP)
			return true;
	return false;
}

/* Nobody answers, or nobody can even be reached: the one outlasts what the other hastens. */
static bool step_call(struct nm_checker *checker, nm_time at, struct nm_hit *hit)
{
	static const enum nm_probe probes[] = { NM_PROBE_SILENT, NM_PROBE_GONE };
	struct nm_simulation *simulation;
	bool shown = false;
	size_t i;

	for (i = 0; i < sizeof probes / sizeof probes[0] && !shown; i++) {
		hit->probe = probes[i];
		if (nm_hit_play(checker, at, *hit, &simulation))
			continue;
		shown = looped(simulation);
		nm_simulation_free(simulation);
	}
	if (!shown)
		hit->probe = NM_PROBE_SILENT;
	return shown;
}

/* Chooses the call.  What simulate leaves out of it is told by the note, which is NULL when nothing is. */
static const char *way_call(struct nm_checker *checker, const struct way *way, nm_time at, struct nm_hit *hit)
{
	const struct nm_plan *plan = checker->plan;
	const size_t unplayed = way_unplayed(way);
	const struct nm_edge *edge = unplayed < way->n ? way->edges[unplayed] : NULL;
	const char *note;

	hit->probe = NM_PROBE_SILENT;
	if (!edge && way->n > NM_LINES_DEEP)
		return "simulate follows it over 16 lines";
	if (!edge)
		return step_call(checker, at, hit)
			       ? NULL
			       : "it depends on who drops out when: no call in which all do alike shows it";
	hit->probe = edge->kind == NM_EDGE_HAND_OVER ? NM_PROBE_ALONE : NM_PROBE_SILENT;
	hit->who = edge->kind == NM_EDGE_HAND_OVER ? edge->via : -1;
	if (edge->kind == NM_EDGE_HAND_OVER)
		note = nm_arena_format(checker->arena, "simulate plays it up to %s, who hands it over",
				       plan->destinations[edge->via].name);
	else
		note = nm_arena_format(
			checker->arena, "simulate plays it up to line %s, %s", plan->lines[edge->from].name,
			edge->kind == NM_EDGE_FALLBACK ? "whose carrier sends on what it cannot deliver"
						       : "where the caller presses the key");
	if (!note)
		checker->failed = true;
	return note;
}

static struct nm_draft *loop_draft(struct nm_prover *prover, size_t scene, const struct nm_cycle *cycle,
				   int id)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_edge *closing = cycle->edges[cycle->n - 1];
	const nm_time at = state_begins(checker->timeline, scene / checker->classes.n);
	struct nm_pos pos = checker->plan->lines[closing->from].pos;
	struct nm_hit hit = { .caller = (int)(scene % checker->classes.n), .who = -1 };
	struct nm_draft *draft;
	struct way way;

	if (!way_of(checker, scene, cycle, &way)) {
		checker->failed = true;
		return NULL;
	}
	if (closing->path >= 0)
		pos = checker->plan->paths[closing->path].steps[closing->step].pos;
	draft = nm_draft_add(checker, "loop", id, 0, pos, way_words(checker, &way));
	if (!draft)
		return NULL;
	hit.line = way.edges[0]->from;
	hit.emergency = !nm_edge_plain(way.edges[0], scene);
	draft->names_lines = true;
	draft->note = way_call(checker, &way, at, &hit);
	nm_draft_call(checker, draft, at, hit);
	nm_mend_edge(checker, draft, closing);
	return draft;
}

static void cycle_found(void *context, size_t scene, const struct nm_cycle *cycle)
{
	struct nm_prover *prover = context;
	struct nm_checker *checker = prover->checker;
	const struct nm_hit hit = {
		.line = cycle->edges[0]->from,
		.caller = (int)(scene % checker->classes.n),
		.who = -1,
	};
	struct nm_draft *draft;
	int id = 0;

	while (prover->graph.edges[id] != cycle->edges[cycle->n - 1])
		id++;
	draft = nm_draft_find(checker, "loop", id, 0);
	if (!draft)
		draft = loop_draft(prover, scene, cycle, id);
	nm_draft_hit(checker, draft, scene / checker->classes.n, hit);
}

enum nm_code nm_prove_loops(struct nm_prover *prover)
{
	if (!fallback_edges(prover))
		return nm_fail_memory(prover->err);
	return nm_graph_cycles(&prover->graph, cycle_found, prover, prover->err);
}
