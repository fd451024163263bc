/* SPDX-License-Identifier: MIT */
/*
 * Where each line of a push is.  In: what the push tells of its lines.  Out: words for their rows, and which row is
 * to be in view.  They stay when it ends, also of a push that was stopped, until the line is read anew.
 */
#ifndef TUI_STAGES_H
#define TUI_STAGES_H

#include "nevermiss/push.h"

struct stages {
	unsigned char *of; /* malloc'd, a line of the plan each: 0: none is known, else the stage + 1 */
	size_t n;
	bool under_way;
};

/* A push of lines of a plan with n begins, and it ends.  Without memory nothing is known of any line. */
void stages_begin(struct stages *stages, size_t n);
void stages_end(struct stages *stages);
void stages_clear(struct stages *stages);
void stages_tell(struct stages *stages, int line, enum nm_line_stage stage);
/* "sending"; NULL: nothing is known of the line. */
const char *stages_words(const struct stages *stages, size_t line);
unsigned stages_style(const struct stages *stages, size_t line);
/* The first line at which something happens now, or else that waits; `otherwise` when there is none. */
size_t stages_at_work(const struct stages *stages, size_t otherwise);

#endif
