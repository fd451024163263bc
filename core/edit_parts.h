/* SPDX-License-Identifier: MIT */
/* The texts that an edit changes, each with its outline and what is put into it. */
#ifndef CORE_EDIT_PARTS_H
#define CORE_EDIT_PARTS_H

#include "core/edit_private.h"
#include "nevermiss/plan_texts.h"

/* One file. */
struct edit_part {
	struct nm_file_text text; /* borrowed */
	struct outline outline;
	struct splices splices;
};

struct edit_parts {
	struct edit_part *items; /* the plan's own first */
	size_t n;
};

/* Where something stands. */
struct edit_at {
	struct edit_part *part;
	int item; /* or OUTLINE_TOP */
};

enum nm_code edit_parts_read(struct nm_texts texts, struct edit_parts *out, struct nm_error *err) NM_WARN_UNUSED;
void edit_parts_clear(struct edit_parts *parts);
/* All texts with what was put into them, added to the buffer. */
enum nm_code edit_parts_apply(struct edit_parts *parts, struct nm_buf *out, struct nm_error *err) NM_WARN_UNUSED;

/* The sections of the top level of that kind, in the order in which the plan is read: those of an included file where it
 * is included.  malloc'd; NULL: memory is out. */
struct edit_at *edit_parts_order(const struct edit_parts *parts, const char *kind, size_t kind_len, size_t *n);

/* edit_move.c */
enum nm_code edit_move(struct edit_parts *parts, struct edit_at at, int by, struct nm_error *err) NM_WARN_UNUSED;
/* edit_rename.c */
enum nm_code edit_rename(struct edit_parts *parts, struct edit_at at, const char *title, struct nm_error *err) NM_WARN_UNUSED;

#endif
