/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as what the sandbox carrier holds: either refused, or a route that answers for any time
 * and caller, and that comes back the same when it is rendered and lifted once more.
 */
#include <stdlib.h>
#include <string.h>

#include "nevermiss/carrier.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static void ask(const struct nm_route *route)
{
	nm_time t = route->from;

	for (int i = 0; i < 200 && t < route->until; i++) {
		struct nm_caller caller = { .anonymous = i % 3 == 0, .number = i % 3 == 1 ? 15125550199 : 0 };
		nm_time next = nm_route_next(route, t);

		demand(nm_route_situation(route, t) >= 0 &&
		       nm_route_treatment(route, t, caller, false) != NULL);
		(void)nm_route_treatment(route, t, caller, true);
		demand(next > t);
		t = next;
	}
}

static void check_again(const struct nm_carrier *sandbox, const struct nm_route *route)
{
	struct nm_artefact artefact = { 0 };
	struct nm_differences differences = { 0 };
	struct nm_route *again = NULL;
	const char *foreign = NULL;
	nm_time until = route->until - route->from > 30 * NM_DAY ? route->from + 30 * NM_DAY : route->until;
	struct nm_error err;

	if (sandbox->render(route, NULL, route->from, &artefact, &err))
		return;
	demand(!sandbox->lift(&artefact, &again, &foreign, &err));
	if (route->from < until) {
		demand(!nm_route_diff(route, again, route->from, until, &differences, &err));
		demand(differences.n == 0);
		nm_differences_clear(&differences);
	}
	nm_route_free(again);
	nm_artefact_clear(&artefact);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const struct nm_carrier *sandbox = nm_carrier_find("sandbox");
	struct nm_artefact live = { .arena = nm_arena_new(), .n = 1 };
	struct nm_route *route = NULL;
	const char *foreign = NULL;
	struct nm_error err;
	char *bytes = malloc(size + 1);

	demand(sandbox && live.arena && bytes);
	memcpy(bytes, data, size);
	bytes[size] = 0;
	live.parts[0] =
		(struct nm_part){ .name = "route", .type = "application/json", .bytes = bytes, .len = size };
	if (!sandbox->lift(&live, &route, &foreign, &err) && route) {
		ask(route);
		check_again(sandbox, route);
	}
	nm_route_free(route);
	nm_artefact_clear(&live);
	free(bytes);
	return 0;
}
