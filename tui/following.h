/* SPDX-License-Identifier: MIT */
/*
 * The plan's text to somebody who is to be called back: what the command and the screen share.
 */
#ifndef TUI_FOLLOWING_H
#define TUI_FOLLOWING_H

#include "nevermiss/followup.h"
#include "nevermiss/texting.h"
#include "session.h"

/* What would be sent now; NM_INPUT or NM_REFUSED say why nothing is.  The body is the plan's. */
enum nm_code following_text(struct session *session, const struct nm_followup *followup, struct nm_outgoing *out,
			    struct nm_error *err) NM_WARN_UNUSED;
/* Sends it, and writes down that it was sent when its carrier has taken it: out (nm_outbox_clear) says how it went. */
enum nm_code following_send(struct session *session, int64_t id, const struct nm_outgoing *outgoing,
			    struct nm_outbox *out, struct nm_error *err) NM_WARN_UNUSED;

#endif
