/* SPDX-License-Identifier: MIT */
/* A route as JSON, and back. */
#ifndef CORE_CARRIER_ROUTE_JSON_H
#define CORE_CARRIER_ROUTE_JSON_H

#include "core/carrier/json.h"
#include "nevermiss/json.h"
#include "nevermiss/route.h"

#define NM_ROUTE_FORMAT "nevermiss route 1"

/* Same route, same bytes: members in a fixed order, a line break after each element of the long lists. */
enum nm_code nm_route_write(const struct nm_route *route, struct nm_buf *out,
			    struct nm_error *err) NM_WARN_UNUSED;
/* Takes only what nm_route_write can have written; NM_INPUT says what is otherwise. */
enum nm_code nm_route_read(const char *text, size_t len, struct nm_route **out,
			   struct nm_error *err) NM_WARN_UNUSED;

/* Parts of it, for facts.c: a party as an object; the groups of callers as the member "callers". */
void nm_party_write(struct nm_json *json, const struct nm_party *party);
void nm_groups_write(struct nm_json *json, const struct nm_route_group *groups, size_t n);
/* Memory from the route's arena. */
enum nm_code nm_party_read(const struct nm_node *node, struct nm_route *route, struct nm_party *out,
			   struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_groups_read(const struct nm_node *list, struct nm_route *route,
			    struct nm_error *err) NM_WARN_UNUSED;

#endif
