/* SPDX-License-Identifier: MIT */
/*
 * What the sources of edit.h share: a list of splices and the operations that fill it.
 */
#ifndef CORE_EDIT_PRIVATE_H
#define CORE_EDIT_PRIVATE_H

#include "core/edit_layout.h"
#include "nevermiss/edit.h"

struct splices {
	struct splice *items; /* their spans do not overlap */
	size_t n, capacity;
};

/* A new one whose text is empty; NULL when memory is out. */
struct splice *edit_splice_add(struct splices *splices);

/* Index of the section that a place names, OUTLINE_TOP, or OUTLINE_NONE. */
int edit_place_find(const struct outline *outline, const struct nm_place *place);
/* NM_INPUT: why the place is not there. */
enum nm_code edit_place_fail(const struct outline *outline, const struct nm_place *place, struct nm_error *err);
/* NM_INPUT when the outline breaks off: the operation needs the whole text. */
enum nm_code edit_whole(const struct outline *outline, struct nm_error *err) NM_WARN_UNUSED;

#endif
