/* SPDX-License-Identifier: MIT */
/*
 * Reading JSON from a carrier, bounded in size and depth.  Nodes belong to their document; every
 * question may be asked of NULL and of a node of another type, and then answers no.
 */
#ifndef CORE_CARRIER_JSON_H
#define CORE_CARRIER_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nevermiss/error.h"
#include "nevermiss/mem.h"

struct nm_node;

/* A whole document: an object or an array.  NM_INPUT says where it is wrong.  Free with nm_node_free. */
enum nm_code nm_node_read(const char *text, size_t len, struct nm_node **out,
			  struct nm_error *err) NM_WARN_UNUSED;
void nm_node_free(struct nm_node *root);

bool nm_node_is_object(const struct nm_node *node);
bool nm_node_is_array(const struct nm_node *node);
bool nm_node_is_null(const struct nm_node *node); /* null itself, not absent */
const struct nm_node *nm_node_get(const struct nm_node *object, const char *key);
size_t nm_node_count(const struct nm_node *array);
const struct nm_node *nm_node_at(const struct nm_node *array, size_t i);
/* The members of an object, in the order of the text; NULL ends them. */
size_t nm_node_members(const struct nm_node *object);
const char *nm_node_first(const struct nm_node *object);
const char *nm_node_after(const struct nm_node *object, const char *key);
/* Has the object no members but these (a list that ends with NULL)?  *extra (may be NULL): one it has. */
bool nm_node_only(const struct nm_node *object, const char *const *keys, const char **extra);

const char *nm_node_text(const struct nm_node *node); /* NULL when it is no text */
/* Convenience: the text of a member; NULL. */
const char *nm_node_member_text(const struct nm_node *object, const char *key);
bool nm_node_int(const struct nm_node *node, int64_t min, int64_t max, int64_t *out);
bool nm_node_bool(const struct nm_node *node, bool *out);
/* Writes an object or array as text, without blanks, members sorted; the buffer fails when memory is out. */
void nm_node_write(const struct nm_node *node, struct nm_buf *out);

#endif
