/* SPDX-License-Identifier: MIT */
/* Core's own: going through routes, and words about them that more than one file says. */
#ifndef CORE_ROUTE_PRIVATE_H
#define CORE_ROUTE_PRIVATE_H

#include "nevermiss/route.h"

/* Going through a route from an instant on; far cheaper than asking for each instant anew. */
struct nm_route_walk {
	const struct nm_route *route;
	int situation; /* from t until end */
	nm_time t, end;
	int64_t offset; /* of the wall clock, until `change` */
	nm_time change;
	size_t exception; /* the first that ends after t */
};

void nm_route_walk_begin(struct nm_route_walk *walk, const struct nm_route *route, nm_time t);
/* On to `t`, which is not before walk->t and not after walk->end. */
void nm_route_walk_to(struct nm_route_walk *walk, nm_time t);

#define NM_WINDOWS_TOLD 4 /* windows that are named one by one */

/* nm_windows_words in the arena, on the route's clock; NULL: out of memory. */
const char *nm_windows_text(const struct nm_route *route, const struct nm_span *windows, size_t n,
			    struct nm_span horizon, struct nm_arena *arena);

#endif
