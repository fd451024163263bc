/* SPDX-License-Identifier: MIT */
/*
 * Lines as a graph: an edge is a way in which a call that came to one line can come to another, by a
 * step, a forward or a hand-over.  Each edge knows in which scenes it is there: one scene is all that
 * stays the same while a call goes from line to line, its time and its caller.  It knows no plan.
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
	uint64_t *scenes; /* bit i: it is there in scene i */
	uint64_t *plain;  /* bit i: and in scene i nobody has to press a key for it */
};

struct nm_graph {
	struct nm_arena *arena; /* borrowed */
	size_t n_lines, n_scenes;
	size_t n, capacity;
	struct nm_edge **edges; /* malloc'd; the edges themselves belong to the arena */
};

void nm_graph_init(struct nm_graph *graph, struct nm_arena *arena, size_t n_lines, size_t n_scenes);
void nm_graph_clear(struct nm_graph *graph);

/* The edge of these properties (scenes apart), made when it is not there; NULL when memory is out. */
struct nm_edge *nm_graph_edge(struct nm_graph *graph, const struct nm_edge *like);
/* From now on it is there in this scene; plain: without a key being pressed. */
void nm_edge_add(struct nm_edge *edge, size_t scene, bool plain);
bool nm_edge_in(const struct nm_edge *edge, size_t scene);
bool nm_edge_plain(const struct nm_edge *edge, size_t scene);

/* A way that comes back: the edges from a line where it can begin to the line passed before. */
struct nm_cycle {
	size_t n;
	const struct nm_edge *const *edges;
};

/* Calls found() for each edge that closes a cycle, scene by scene; each time the edges from the first
 * line (in order of lines) from which the cycle is reached. */
enum nm_code nm_graph_cycles(const struct nm_graph *graph,
			     void (*found)(void *context, size_t scene, const struct nm_cycle *cycle),
			     void *context, struct nm_error *err) NM_WARN_UNUSED;

#endif
