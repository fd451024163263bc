/* SPDX-License-Identifier: MIT */
/* What the files that read a route from JSON share.  Memory comes from the route's arena; each of these fails with
 * a sentence that names the member. */
#ifndef CORE_CARRIER_ROUTE_JSON_PRIVATE_H
#define CORE_CARRIER_ROUTE_JSON_PRIVATE_H

#include "core/carrier/route_json.h"

struct nm_route_reader {
	struct nm_route *route;
	struct nm_error *err;
};

/* "not a route of nevermiss: WHERE must be RIGHT" */
enum nm_code nm_route_wrong(struct nm_route_reader *r, const char *where, const char *right) NM_WARN_UNUSED;
/* An object with none but these members; keys ends with NULL. */
enum nm_code nm_route_check_members(struct nm_route_reader *r, const struct nm_node *object, const char *where,
				    const char *const *keys) NM_WARN_UNUSED;
/* Room for the elements of a list, *n of them, of `size` bytes each, at most `most`. */
enum nm_code nm_route_make_list(struct nm_route_reader *r, const struct nm_node *list, const char *where, size_t most,
				size_t size, void **out, size_t *n) NM_WARN_UNUSED;
/* Members: a text that may be absent (*out NULL), or must be there; a number within bounds; true or absent. */
enum nm_code nm_route_copy_some(struct nm_route_reader *r, const struct nm_node *object, const char *key,
				const char **out) NM_WARN_UNUSED;
enum nm_code nm_route_copy_text(struct nm_route_reader *r, const struct nm_node *object, const char *key,
				const char **out) NM_WARN_UNUSED;
enum nm_code nm_route_take_int(struct nm_route_reader *r, const struct nm_node *object, const char *key, int min,
			       int max, int *out) NM_WARN_UNUSED;
enum nm_code nm_route_take_bool(struct nm_route_reader *r, const struct nm_node *object, const char *key,
				bool *out) NM_WARN_UNUSED;

/* route_json_treatment.c */
enum nm_code nm_treatment_read(struct nm_route_reader *r, const struct nm_node *node,
			       struct nm_treatment **out) NM_WARN_UNUSED;

#endif
