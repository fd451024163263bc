/* SPDX-License-Identifier: MIT */
/*
 * Lines as a graph: an edge is a way in which a call that came to one line can come to another, by a
 * step, a forward or a hand-over.  Each edge knows in which states it is there.  It knows no plan.
 */
#ifndef NEVERMISS_GRAPH_H
#define NEVERMISS_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nevermiss/error.h"
#include "nevermiss/mem.h"

enum nm_edge_kind { NM_EDGE_STEP, NM_EDGE_HAND_OVER, NM_EDGE_FALLBACK };

struct nm_edge {
	enum nm_edge_kind kind;
	int from, to; /* lines */
	int via;      /* destination that is rung on the way; -1 */
	int path;     /* that rings it; -1 */
	int step;     /* of that path, from 0; -1 */
	bool *states; /* [n_states] */
};

struct nm_graph {
	struct nm_arena *arena; /* borrowed */
	size_t n_lines, n_states;
	size_t n, capacity;
	struct nm_edge **edges; /* malloc'd; the edges themselves belong to the arena */
};

void nm_graph_init(struct nm_graph *graph, struct nm_arena *arena, size_t n_lines, size_t n_states);
void nm_graph_clear(struct nm_graph *graph);

/* The edge of these properties (states apart), made when it is not there; NULL when memory is out. */
struct nm_edge *nm_graph_edge(struct nm_graph *graph, const struct nm_edge *like);

/* A way that comes back: the edges from a line where it can begin to the line passed before. */
struct nm_cycle {
	size_t n;
	const struct nm_edge *const *edges;
};

/* Calls found() for each edge that closes a cycle, state by state; each time the edges from the first
 * line (in order of lines) from which the cycle is reached. */
enum nm_code nm_graph_cycles(const struct nm_graph *graph,
			     void (*found)(void *context, size_t state, const struct nm_cycle *cycle),
			     void *context, struct nm_error *err) NM_WARN_UNUSED;

#endif
