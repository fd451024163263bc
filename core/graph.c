/* SPDX-License-Identifier: MIT */
/*
 * Finds the ways on which a call comes back to a line.  Comes in: edges between lines, each with the
 * scenes in which it is there.  Goes out: the cycles.  Works without recursion, so that a plan of
 * thousands of lines cannot exhaust the stack.
 */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

#define EVERY_SCENE SIZE_MAX /* all edges, whatever their scenes */

void nm_graph_init(struct nm_graph *graph, struct nm_arena *arena, size_t n_lines, size_t n_scenes)
{
	*graph = (struct nm_graph){ .arena = arena, .n_lines = n_lines, .n_scenes = n_scenes };
}

void nm_graph_clear(struct nm_graph *graph)
{
	free(graph->edges);
	graph->edges = NULL;
	graph->n = 0;
	graph->capacity = 0;
}

static bool same(const struct nm_edge *a, const struct nm_edge *b)
{
	return a->kind == b->kind && a->from == b->from && a->to == b->to && a->via == b->via &&
	       a->path == b->path && a->step == b->step;
}

struct nm_edge *nm_graph_edge(struct nm_graph *graph, const struct nm_edge *like)
{
	void *edges = graph->edges;
	struct nm_edge *edge;
	size_t i;

	for (i = 0; i < graph->n; i++)
		if (same(graph->edges[i], like))
			return graph->edges[i];
	if (!nm_grow(&edges, &graph->capacity, graph->n + 1, sizeof *graph->edges))
		return NULL;
	graph->edges = edges;
	edge = nm_arena_alloc(graph->arena, 1, sizeof *edge);
	if (!edge)
		return NULL;
	*edge = *like;
	edge->scenes = nm_arena_alloc(graph->arena, graph->n_scenes / 64 + 1, sizeof *edge->scenes);
	edge->plain = nm_arena_alloc(graph->arena, graph->n_scenes / 64 + 1, sizeof *edge->plain);
	if (!edge->scenes || !edge->plain)
		return NULL;
	graph->edges[graph->n++] = edge;
	return edge;
}

void nm_edge_add(struct nm_edge *edge, size_t scene, bool plain)
{
	edge->scenes[scene / 64] |= UINT64_C(1) << scene % 64;
	edge->plain[scene / 64] |= (uint64_t)plain << scene % 64;
}

bool nm_edge_in(const struct nm_edge *edge, size_t scene)
{
	return edge->scenes[scene / 64] >> scene % 64 & 1;
}

bool nm_edge_plain(const struct nm_edge *edge, size_t scene)
{
	return edge->plain[scene / 64] >> scene % 64 & 1;
}

enum color { WHITE, GREY, BLACK };

/* The depth-first walk of one scene. */
struct walk {
	const struct nm_graph *graph;
	const struct nm_edge **edges; /* grouped by the line they leave */
	size_t *begin;		      /* [n_lines + 1] into edges */
	unsigned char *color;	      /* [n_lines] */
	size_t *next;		      /* [n_lines]: edge to be looked at next */
	int *stack;		      /* [n_lines] lines on the way */
	const struct nm_edge **way;   /* [n_lines + 1] edges between them */
	void (*found)(void *context, size_t scene, const struct nm_cycle *cycle);
	void *context;
	bool any;
};

static void walk_clear(struct walk *walk)
{
	free(walk->edges);
	free(walk->begin);
	free(walk->color);
	free(walk->next);
	free(walk->stack);
	free(walk->way);
}

static void edges_group(struct walk *walk)
{
	const struct nm_graph *graph = walk->graph;
	size_t i, line;

	for (i = 0; i < graph->n; i++)
		walk->begin[graph->edges[i]->from + 1]++;
	for (line = 0; line < graph->n_lines; line++)
		walk->begin[line + 1] += walk->begin[line];
	memcpy(walk->next, walk->begin, graph->n_lines * sizeof *walk->next);
	for (i = 0; i < graph->n; i++)
		walk->edges[walk->next[graph->edges[i]->from]++] = graph->edges[i];
}

static bool walk_init(struct walk *walk, const struct nm_graph *graph)
{
	const size_t n = graph->n_lines + 1;

	walk->graph = graph;
	walk->edges = calloc(graph->n + 1, sizeof *walk->edges);
	walk->begin = calloc(n, sizeof *walk->begin);
	walk->color = calloc(n, sizeof *walk->color);
	walk->next = calloc(n, sizeof *walk->next);
	walk->stack = calloc(n, sizeof *walk->stack);
	walk->way = calloc(n + 1, sizeof *walk->way);
	if (!walk->edges || !walk->begin || !walk->color || !walk->next || !walk->stack || !walk->way)
		return false;
	edges_group(walk);
	return true;
}

static void closed(struct walk *walk, size_t scene, size_t depth, const struct nm_edge *edge)
{
	struct nm_cycle cycle;

	walk->any = true;
	if (scene == EVERY_SCENE)
		return;
	walk->way[depth - 1] = edge;
	cycle.n = depth;
	cycle.edges = walk->way;
	walk->found(walk->context, scene, &cycle);
}

static void walk_from(struct walk *walk, size_t scene, int line)
{
	size_t depth = 1;

	walk->stack[0] = line;
	walk->color[line] = GREY;
	while (depth) {
		int at = walk->stack[depth - 1];
		const struct nm_edge *edge;

		if (walk->next[at] == walk->begin[at + 1]) {
			walk->color[at] = BLACK;
			depth--;
			continue;
		}
		edge = walk->edges[walk->next[at]++];
		if (scene != EVERY_SCENE && !nm_edge_in(edge, scene))
			continue;
		if (walk->color[edge->to] == GREY)
			closed(walk, scene, depth, edge);
		if (walk->color[edge->to] != WHITE)
			continue;
		walk->way[depth - 1] = edge;
		walk->color[edge->to] = GREY;
		walk->stack[depth++] = edge->to;
	}
}

static void walk_scene(struct walk *walk, size_t scene)
{
	size_t line;

	memset(walk->color, WHITE, walk->graph->n_lines);
	memcpy(walk->next, walk->begin, walk->graph->n_lines * sizeof *walk->next);
	for (line = 0; line < walk->graph->n_lines; line++)
		if (walk->color[line] == WHITE)
			walk_from(walk, scene, (int)line);
}

enum nm_code nm_graph_cycles(const struct nm_graph *graph,
			     void (*found)(void *context, size_t scene, const struct nm_cycle *cycle),
			     void *context, struct nm_error *err)
{
	struct walk walk = { .found = found, .context = context };
	size_t scene;

	if (!walk_init(&walk, graph)) {
		walk_clear(&walk);
		return nm_fail_memory(err);
	}
	walk_scene(&walk, EVERY_SCENE);
	for (scene = 0; walk.any && scene < graph->n_scenes; scene++)
		walk_scene(&walk, scene);
	walk_clear(&walk);
	return NM_OK;
}
