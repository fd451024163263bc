/* SPDX-License-Identifier: MIT */
/* The part of a CPL script that tells times apart: dated exceptions first, then the week. */
#ifndef CORE_CARRIER_CPL_TIMES_H
#define CORE_CARRIER_CPL_TIMES_H

#include "core/carrier/cpl_script.h"
#include "nevermiss/route.h"

/* The id of the subaction that goes on in that of the situation that holds; *n: how many times it asks for.
 * NULL: memory. */
const char *nm_cpl_times(struct nm_cpl_script *script, const struct nm_route *route,
			 const char *const *situations, size_t *n);

#endif
