/* SPDX-License-Identifier: MIT */
/*
 * What callers of a line will get after a push, as far as its carrier can hold the plan, and what of that is not
 * certain: for the `push` command and its screen, before anybody says yes.  Only of a line that can be pushed.
 */
#ifndef TUI_FORECAST_H
#define TUI_FORECAST_H

#include "nevermiss/json.h"
#include "nevermiss/push.h"

/* Lines of text, indented by two blanks; from `from` on. */
enum nm_code forecast_add(struct nm_buf *out, const struct nm_plan *plan, const struct nm_line_status *line, nm_time from,
			  struct nm_error *err) NM_WARN_UNUSED;
/* Members of the object that is open: doubts, outline, and outline_at_each_change where that is something else. */
enum nm_code forecast_json(struct nm_json *json, const struct nm_plan *plan, const struct nm_line_status *line,
			   nm_time from, struct nm_error *err) NM_WARN_UNUSED;

#endif
