/* SPDX-License-Identifier: MIT */
/*
 * Reading XML from a carrier or a calendar: a small tree of elements and attributes, and of text where that is asked
 * for.  What comes in is
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
/* With text: */
#define NM_XML_TEXT_BYTES    (16u << 20)
#define NM_XML_TEXT_ELEMENTS (1u << 19)

struct nm_attribute {
	const char *name, *value;
};

struct nm_element {
	const char *name; /* without a prefix */
	int line;         /* of the text, from 1 */
	size_t n;
	const struct nm_attribute *attributes; /* as written; declarations of namespaces among them */
	const char *text;                      /* of it alone, without blank ones; NULL */
	const struct nm_element *child, *next; /* first child, next sibling; NULL */
};

/* The root; all memory from the arena.  NM_INPUT says where it is wrong: text between elements is. */
enum nm_code nm_element_read(const char *text, size_t len, struct nm_arena *arena,
			     const struct nm_element **root, struct nm_error *err) NM_WARN_UNUSED;
/* The same where elements have text, of one piece each. */
enum nm_code nm_element_read_text(const char *text, size_t len, struct nm_arena *arena,
				  const struct nm_element **root, struct nm_error *err) NM_WARN_UNUSED;
/* NULL when it has none of that name. */
const char *nm_element_attribute(const struct nm_element *element, const char *name);

#endif
