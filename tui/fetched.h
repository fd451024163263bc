/* SPDX-License-Identifier: MIT */
/* What became of fetching a calendar, in words: of the command, and of the Plan screen. */
#ifndef TUI_FETCHED_H
#define TUI_FETCHED_H

#include "nevermiss/calendar.h"
#include "nevermiss/mem.h"

/* Adds "jobs: not fetched: no answer"; what a server said is not made safe for a terminal. */
void fetched_add(struct nm_buf *out, const struct nm_plan *plan, const struct nm_refreshed *refreshed);

#endif
