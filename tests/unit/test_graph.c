/* SPDX-License-Identifier: MIT */
/*
 * Lines as a graph: a cycle is found in exactly the scenes that have one, and what is found is one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "graph.h"
#include "random_plan.h"

#define LINES_MOST 7
#define SCENES 70 /* more than a word of bits */

struct seen {
	bool in[SCENES];
	size_t n;
};

static void cycle_seen(void *context, size_t scene, const struct nm_cycle *cycle)
{
	struct seen *seen = context;
	const int back = cycle->edges[cycle->n - 1]->to;
	bool passed = cycle->edges[0]->from == back;
	size_t i;

	for (i = 0; i < cycle->n; i++) {
		assert_true(nm_edge_in(cycle->edges[i], scene));
		if (!i)
			continue;
		assert_int_equal(cycle->edges[i]->from, cycle->edges[i - 1]->to);
		passed |= cycle->edges[i]->from == back;
	}
	assert_true(passed);
	seen->in[scene] = true;
	seen->n++;
}

/* Warshall: a line that reaches itself. */
static bool comes_back(const struct nm_graph *graph, size_t scene)
{
	bool reaches[LINES_MOST][LINES_MOST] = { { false } };
	size_t i, j, k;

	for (i = 0; i < graph->n; i++)
		if (nm_edge_in(graph->edges[i], scene))
			reaches[graph->edges[i]->from][graph->edges[i]->to] = true;
	for (k = 0; k < LINES_MOST; k++)
		for (i = 0; i < LINES_MOST; i++)
			for (j = 0; j < LINES_MOST; j++)
				reaches[i][j] |= reaches[i][k] && reaches[k][j];
	for (i = 0; i < LINES_MOST; i++)
		if (reaches[i][i])
			return true;
	return false;
}

static void cycles_are_found_where_they_are(void **state)
{
	uint64_t random = 5;
	size_t looped = 0;
	size_t round, scene, i;

	(void)state;
	for (round = 0; round < 500; round++) {
		const size_t n_lines = 1 + random_below(&random, LINES_MOST);
		const size_t n_edges = random_below(&random, 10);
		struct nm_arena *arena = nm_arena_new();
		struct seen seen = { .n = 0 };
		struct nm_graph graph;
		struct nm_error err;

		nm_graph_init(&graph, arena, n_lines, SCENES);
		for (i = 0; i < n_edges; i++) {
			const struct nm_edge like = {
				.from = (int)random_below(&random, (uint32_t)n_lines),
				.to = (int)random_below(&random, (uint32_t)n_lines),
				.via = -1,
				.path = (int)random_below(&random, 2),
			};
			struct nm_edge *edge = nm_graph_edge(&graph, &like);

			assert_non_null(edge);
			assert_ptr_equal(edge, nm_graph_edge(&graph, &like));
			for (scene = 0; scene < SCENES; scene++)
				if (random_below(&random, 3) == 0)
					nm_edge_add(edge, scene, random_below(&random, 2) == 0);
		}
		assert_int_equal(nm_graph_cycles(&graph, cycle_seen, &seen, &err), NM_OK);
		for (i = 0; i < SCENES; i++)
			assert_int_equal(seen.in[i], comes_back(&graph, i));
		looped += seen.n;
		nm_graph_clear(&graph);
		nm_arena_free(arena);
	}
	assert_true(looped > 100);
}

static void an_edge_knows_where_it_is_there_and_where_without_a_key(void **state)
{
	const struct nm_edge like = { .via = -1, .path = -1 };
	struct nm_arena *arena = nm_arena_new();
	struct nm_graph graph;
	struct nm_edge *edge;
	size_t scene;

	(void)state;
	nm_graph_init(&graph, arena, 1, SCENES);
	edge = nm_graph_edge(&graph, &like);
	nm_edge_add(edge, 63, false);
	nm_edge_add(edge, 64, true);
	nm_edge_add(edge, 64, false);
	for (scene = 0; scene < SCENES; scene++) {
		assert_int_equal(nm_edge_in(edge, scene), scene == 63 || scene == 64);
		assert_int_equal(nm_edge_plain(edge, scene), scene == 64);
	}
	nm_graph_clear(&graph);
	nm_arena_free(arena);
}

static void a_long_chain_does_not_exhaust_the_stack(void **state)
{
	const size_t n = 100000;
	struct nm_arena *arena = nm_arena_new();
	struct seen seen = { .n = 0 };
	struct nm_graph graph;
	struct nm_error err;
	size_t i;

	(void)state;
	nm_graph_init(&graph, arena, n, 1);
	for (i = 0; i < 2000; i++) {
		const struct nm_edge like = {
			.from = (int)i, .to = (int)(i + 1) % 2000, .via = -1, .path = -1
		};

		nm_edge_add(nm_graph_edge(&graph, &like), 0, true);
	}
	assert_int_equal(nm_graph_cycles(&graph, cycle_seen, &seen, &err), NM_OK);
	assert_int_equal(seen.n, 1);
	nm_graph_clear(&graph);
	nm_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cycles_are_found_where_they_are),
		cmocka_unit_test(an_edge_knows_where_it_is_there_and_where_without_a_key),
		cmocka_unit_test(a_long_chain_does_not_exhaust_the_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
