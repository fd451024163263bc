/* SPDX-License-Identifier: MIT */
/* Core's own: the conversation about one call that is placed, for whom it is right to place it (placing.c). */
#ifndef CORE_PLACING_RUN_H
#define CORE_PLACING_RUN_H

#include "nevermiss/placing.h"

/* Places the call through the line's carrier and follows it, with the promises of nm_placing_call; nothing is checked
 * here.  The result is the caller's: nm_placing_result_clear. */
enum nm_code nm_placing_run(const struct nm_push_context *context, int line, const struct nm_placing *place,
			    struct nm_placing_result *out, struct nm_error *err) NM_WARN_UNUSED;

#endif
