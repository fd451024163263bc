/* SPDX-License-Identifier: MIT */
/* What is wrong with the text of a plan: all of it, in the order of the file. */
#ifndef NEVERMISS_DIAG_H
#define NEVERMISS_DIAG_H

#include <stddef.h>

#include "nevermiss/mem.h"

/* One mistake, printed as FILE:LINE: text.  The text says what is wrong and what would be right. */
struct nm_diag {
	const char *file; /* as the user named it */
	int line;         /* 1-based; 0 when the whole file is meant */
	const char *text;
	const char *problem; /* the part of the text that says what is wrong with an option's value, and what would be
	                        right, to whom the option is before his eyes; else all of it */
};

struct nm_diags {
	struct nm_arena *arena; /* owns items' texts */
	struct nm_diag *items;  /* malloc'd */
	size_t n, capacity;
	bool failed; /* memory ran out: the list is not complete */
};

void nm_diags_init(struct nm_diags *diags);
void nm_diags_clear(struct nm_diags *diags);
void nm_diags_add(struct nm_diags *diags, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* One of an option's value: the text is "HEAD: PROBLEM". */
void nm_diags_add_value(struct nm_diags *diags, const char *file, int line, const char *head, const char *problem);
/* Sorts by file (in order of first appearance) and line; stable. */
void nm_diags_sort(struct nm_diags *diags);

#endif
