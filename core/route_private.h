/* SPDX-License-Identifier: MIT */
/* Core's own: words about routes that more than one file says. */
#ifndef CORE_ROUTE_PRIVATE_H
#define CORE_ROUTE_PRIVATE_H

#include "nevermiss/route.h"

#define NM_WINDOWS_TOLD 4 /* windows that are named one by one */

/* nm_treatment_words in the arena, after "key 9: " when key is not 0; NULL: out of memory. */
const char *nm_treatment_text(const struct nm_treatment *treatment, char key, struct nm_arena *arena);
/* nm_windows_words in the arena, on the route's clock; NULL: out of memory. */
const char *nm_windows_text(const struct nm_route *route, const struct nm_span *windows, size_t n,
			    struct nm_span horizon, struct nm_arena *arena);

#endif
