/* SPDX-License-Identifier: MIT */
/*
 * The loop in which the agent runs: the real clock, which may be set, signals, the plan's file, a log on standard
 * error.  What the agent does is core's (nevermiss/agent.h).
 */
#ifndef TUI_AGENT_LOOP_H
#define TUI_AGENT_LOOP_H

#include "nevermiss/agent.h"
#include "session.h"

struct agent_options {
	bool mask;           /* numbers in the log show their last two digits alone */
	const char *journal; /* where journald reads ("DEV:INODE"), as the environment says; NULL */
};

/* Runs until a signal ends it.  NM_REFUSED while another one runs. */
enum nm_code agent_loop(struct session *session, const struct agent_options *options, struct nm_error *err) NM_WARN_UNUSED;
/* All that is due now, once; *out sums it up. */
enum nm_code agent_once(struct session *session, const struct agent_options *options, struct nm_agent_round *out,
			struct nm_error *err) NM_WARN_UNUSED;

#endif
