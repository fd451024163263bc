/* SPDX-License-Identifier: MIT */
/*
 * The texts of a plan of several files as one value, so that a step of undo, a comparison, what is kept of an edit that
 * was cut off are of the whole plan: its own text, a NUL, then of each file that it includes its name, a NUL, its text,
 * a NUL, but the last.  No text of a plan holds a NUL.  A plan that includes nothing is its text, and who takes such a
 * value for a string reads the plan's own file.
 */
#ifndef NEVERMISS_PLAN_TEXTS_H
#define NEVERMISS_PLAN_TEXTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nevermiss/error.h"
#include "nevermiss/mem.h"
#include "nevermiss/plan.h"

#define NM_TEXTS_BYTES (4 * NM_PLAN_BYTES) /* of all together */

/* Borrowed; a NUL is behind the last byte. */
struct nm_texts {
	const char *bytes;
	size_t len;
};

/* One of them; the first is the plan's own, name "". */
struct nm_file_text {
	const char *name; /* as seen from the plan's folder, as nm_plan_file has it */
	const char *text; /* ends in a NUL */
	size_t len;
};

bool nm_texts_same(struct nm_texts a, struct nm_texts b);
/* The first, when at->text is NULL, or the next; false: there is none. */
bool nm_texts_next(struct nm_texts texts, struct nm_file_text *at);
/* False when there is none of that name. */
bool nm_texts_find(struct nm_texts texts, const char *name, struct nm_file_text *out);
/* NM_INPUT: not such a value (a NUL in a text). */
enum nm_code nm_texts_good(struct nm_texts texts, struct nm_error *err) NM_WARN_UNUSED;
/* Adds one behind those that are there; the first is to be the plan's own. */
void nm_texts_add(struct nm_buf *texts, const char *name, const char *text, size_t len);
/* Those beside the plan's own, for reading it (nm_plan_read_kept), and those of `others` that are none of them; what they
 * say is borrowed.  False: memory is out. */
bool nm_texts_files(struct nm_texts texts, struct nm_arena *arena, const struct nm_plan_file *others,
		    const struct nm_plan_file **out);
/* The file of that name, with the plan in `file`; `file` itself for "".  malloc'd; NULL: memory is out. */
char *nm_texts_path(const char *file, const char *name);
/* The name of the text that stands in this file, as the reader of the plan `file` tells places; borrowed from them. */
const char *nm_texts_name(const char *file, const char *path);

/* What is on disk. */
struct nm_texts_disk {
	struct nm_buf texts;
	struct nm_buf paths; /* looked at, each with its NUL: included files that cannot be read are among them */
	uint64_t stamp;      /* of these, before they were read */
};

/* Reads the plan and what it includes, in the order in which a reader of the plan does.  An included file that cannot be
 * read, holds a NUL, or for which there is no room is left out: the reader says what is wrong with it.  Fails only for
 * the plan's own; NM_INPUT when that has a NUL. */
enum nm_code nm_texts_read(const char *file, struct nm_texts_disk *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_texts_disk_clear(struct nm_texts_disk *disk);
/* Is another one, all but surely, when one of these files was written, replaced, taken away or put there since. */
uint64_t nm_files_stamp(const struct nm_buf *paths);

/* A text that two people changed, all files of it: what both began with, and what each made of it.  As nm_edit_merge,
 * into *out, which is empty; a file that was taken away or put there on one side and changed on the other is refused. */
enum nm_code nm_texts_merge(struct nm_texts base, struct nm_texts ours, struct nm_texts theirs, struct nm_buf *out,
			    struct nm_error *err) NM_WARN_UNUSED;

#endif
