/* SPDX-License-Identifier: MIT */
/*
 * The outline of a plan's text for editing: what stands where, to the byte, comments among it.
 *
 * Unlike the reader's (plan_scan.c) it judges nothing and loses nothing: it does not know which
 * sections and options there are, and a text that breaks off is good up to there.
 */
#ifndef CORE_EDIT_SCAN_H
#define CORE_EDIT_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "nevermiss/error.h"

#define OUTLINE_TOP (-1) /* parent of what stands in no section */
#define OUTLINE_NONE (-2)

/* Bytes [from, until). */
struct span {
	size_t from, until;
};

enum item_kind { ITEM_OPTION, ITEM_SECTION, ITEM_CALL };

/* An option, a section or an include(...). */
struct item {
	enum item_kind kind;
	int parent;         /* index of the section that it stands in, or OUTLINE_TOP */
	struct span all;    /* from its name to its last byte; until is 0 when a section has no end */
	struct span name;
	struct span title;  /* quotes and all; empty when there is none */
	size_t open;        /* of a section: its opening brace; the closing one is the last byte */
	struct span value;  /* of an option: braces and all */
	size_t first_value; /* of an option: its values in outline.values */
	size_t n_values;
};

struct outline {
	const char *text; /* borrowed */
	size_t len;
	struct item *items; /* in the order of the text */
	size_t n_items, cap_items;
	struct span *values;
	size_t n_values, cap_values;
	struct span *comments; /* a line's without its line end */
	size_t n_comments, cap_comments;
	const char *broken; /* what was wrong where the outline ends, NULL when it goes to the end */
	int broken_line;
};

/* text[len] must be a NUL.  Fails only when memory is out or another NUL is there; a syntax error is
 * noted in the outline. */
enum nm_code edit_outline_read(const char *text, size_t len, struct outline *out, struct nm_error *err) NM_WARN_UNUSED;
void edit_outline_clear(struct outline *outline);

bool edit_span_is(const struct outline *outline, struct span span, const char *text);
/* A word or text in quotes as what it means; out has room for span.until - span.from + 1 bytes. */
void edit_decode(const struct outline *outline, struct span span, char *out);
/* The same compared with a text. */
bool edit_value_is(const struct outline *outline, struct span span, const char *text);

#endif
