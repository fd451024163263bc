/* SPDX-License-Identifier: MIT */
/*
 * What lifting needs to know and no carrier keeps: the zone, the window in which decisions are compared, who
 * has which number, and what groups of callers are called.  It travels in an artefact as a part of its own,
 * put in from the route when rendering and from the plan when reading; it never goes to a carrier.
 */
#ifndef CORE_CARRIER_FACTS_H
#define CORE_CARRIER_FACTS_H

#include "nevermiss/carrier.h"

#define NM_FACTS_PART "facts"

struct nm_facts {
	struct nm_route *route; /* owned: zone, window, line, number, key, groups; the rest is to be filled in */
	size_t n;
	const struct nm_party *parties; /* in the route's arena */
};

enum nm_code nm_facts_add_route(const struct nm_route *route, struct nm_artefact *out,
				struct nm_error *err) NM_WARN_UNUSED;
/* Into exchange->live, from its plan and line. */
enum nm_code nm_facts_add_plan(struct nm_exchange *exchange, struct nm_error *err) NM_WARN_UNUSED;
/* NM_INPUT when the artefact has no such part, or a wrong one.  Free with nm_route_free(out->route). */
enum nm_code nm_facts_read(const struct nm_artefact *artefact, struct nm_facts *out,
			   struct nm_error *err) NM_WARN_UNUSED;

/* The one who has this number or address; one of that name and nothing else known when there is none (NULL:
 * memory).  A native party is only found by nm_facts_handset. */
struct nm_party *nm_facts_by_number(const struct nm_facts *facts, const char *number);
/* The voicemail of this name, or one without a greeting. */
struct nm_party *nm_facts_voicemail(const struct nm_facts *facts, const char *name);
/* Whose phone the line is; one called as the line when nobody said. */
struct nm_party *nm_facts_handset(const struct nm_facts *facts);

#endif
