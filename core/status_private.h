/* SPDX-License-Identifier: MIT */
/*
 * Core's own: how lines are compared with what is live.  status.c reads it from the carriers; status_kept.c keeps what was
 * read, and takes it from there.
 */
#ifndef CORE_STATUS_PRIVATE_H
#define CORE_STATUS_PRIVATE_H

#include "core/push_private.h"

/* What all the lines of one reading share. */
struct nm_status_reading {
	struct nm_push_context context;
	struct nm_span window;
	struct nm_timeline *timeline;
	struct nm_classes classes;
	struct nm_status status;
	struct nm_talk *items; /* one a line; of lines without a carrier that can be read they are empty */
	struct nm_talks talks; /* of the others */
	struct nm_runner *runner;
	size_t done;
};

/* The plan's lines, or (not -1) that one; malloc'd, NULL: memory. */
int *nm_status_asked(const struct nm_plan *plan, int line, size_t *n);
/* With what the plan wants of the lines; nothing is read yet, nm_status_abandon ends it. */
enum nm_code nm_status_open(const struct nm_push_context *context, const int *lines, size_t n,
			    struct nm_status_reading **out, struct nm_error *err) NM_WARN_UNUSED;
bool nm_status_readable(const struct nm_line_status *line);
/* How the line stands by what is in line->live. */
enum nm_code nm_status_judge(struct nm_status_reading *r, struct nm_line_status *line,
			     struct nm_error *err) NM_WARN_UNUSED;
/* Of one that cannot be read: by what was last pushed. */
enum nm_code nm_status_assume(struct nm_status_reading *r, struct nm_line_status *line,
			      struct nm_error *err) NM_WARN_UNUSED;

#endif
