/* SPDX-License-Identifier: MIT */
/*
 * Reading XML from a carrier: a small tree of elements and attributes, nothing else.  What comes in is
 * hostile: its size, depth and number of elements are bounded, a document type (and so every entity of its
 * own) is refused, and nothing is ever loaded from elsewhere.
 */
#ifndef CORE_CARRIER_XML_H
#define CORE_CARRIER_XML_H

#include <stddef.h>

#include "nevermiss/error.h"
#include "nevermiss/mem.h"

#define NM_XML_BYTES      (1u << 20)
#define NM_XML_ELEMENTS   65536
#define NM_XML_DEPTH      256 /* libxml2's own limit as well */
#define NM_XML_ATTRIBUTES 32  /* most of one element */

struct nm_attribute {
	const char *name, *value;
};

struct nm_element {
	const char *name; /* without a prefix */
	int line;         /* of the text, from 1 */
	size_t n;
	const struct nm_attribute *attributes; /* as written; declarations of namespaces among them */
	const struct nm_element *child, *next; /* first child, next sibling; NULL */
};

/* The root; all memory from the arena.  NM_INPUT says where it is wrong: text between elements is. */
enum nm_code nm_element_read(const char *text, size_t len, struct nm_arena *arena,
			     const struct nm_element **root, struct nm_error *err) NM_WARN_UNUSED;
/* NULL when it has none of that name. */
const char *nm_element_attribute(const struct nm_element *element, const char *name);

#endif
