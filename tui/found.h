/* SPDX-License-Identifier: MIT */
/*
 * The errors of check in a few lines, for whoever is about to push: few of them refuse a push, so somebody
 * must be told of the others before a yes.  And those of what is about to be put back.
 */
#ifndef TUI_FOUND_H
#define TUI_FOUND_H

#include "nevermiss/check.h"
#include "nevermiss/mem.h"
#include "nevermiss/push.h"

/* Adds lines, each ended: "check finds 2 errors: ...", and the other errors below it; none when there is no error.
 * What may refuse the push is counted, and left to that. */
void found_errors_add(struct nm_buf *out, const struct nm_findings *findings);
/* Adds the errors of what a rollback puts back, of guarantees too, or that it is not known whether it has any; none when it
 * has none. */
void found_back_add(struct nm_buf *out, const struct nm_rollback_view *view);

#endif
