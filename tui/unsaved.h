/* SPDX-License-Identifier: MIT */
/*
 * The file of a text that is not saved, and of the text that it was made from: without the second nobody could tell what
 * its author changed from what others saved since.  Both are one file, so that no kill parts them.
 */
#ifndef TUI_UNSAVED_H
#define TUI_UNSAVED_H

#include <stddef.h>

#include "nevermiss/error.h"
#include "nevermiss/mem.h"

/* Both are texts of all files (plan_texts.h) and end in a NUL that their lengths do not count; at most NM_TEXTS_BYTES each. */
struct unsaved {
	const char *base; /* as it was last read or saved; NULL: not known, an older program wrote the file */
	size_t base_len;
	const char *text;
	size_t len;
	struct nm_buf bytes; /* of a file that was read: the texts stand in it */
};

/* Mode 0600; the file holds these texts or what it held before. */
enum nm_code unsaved_write(const char *file, const struct unsaved *unsaved, struct nm_error *err) NM_WARN_UNUSED;
/* The caller clears it.  NM_INPUT: what the file holds was cut off, or is too much. */
enum nm_code unsaved_read(const char *file, struct unsaved *out, struct nm_error *err) NM_WARN_UNUSED;
void unsaved_clear(struct unsaved *unsaved);

#endif
