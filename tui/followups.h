/* SPDX-License-Identifier: MIT */
/*
 * A follow-up in words and in JSON, the same wherever it is told; and what the command `followup` is cut into.
 */
#ifndef TUI_FOLLOWUPS_H
#define TUI_FOLLOWUPS_H

#include "command.h"
#include "nevermiss/call_back.h"
#include "nevermiss/followup.h"
#include "nevermiss/texting.h"

/* Text of somebody else's on one line: line ends and other controls become blanks. */
void add_one_line(struct nm_buf *out, const char *text);
/* The number for people, else the name that a lead gave. */
void followup_who(const struct nm_followup *followup, struct nm_buf *out);
/* "2 missed calls to main, tried once, texted"; "web lead, Ann" */
void followup_about(const struct nm_followup *followup, struct nm_buf *out);
/* "not to be called back: a premium number", of one that nm_plan_toll lets nobody call; false and no words: of others. */
bool followup_toll(const struct nm_plan *plan, const struct nm_followup *followup, struct nm_buf *out);
/* "call back by Mon 23 Nov 2026 08:15, 12 min late"; "ended Mon 23 Nov 2026 09:00: booked"; or what
 * followup_toll says */
void followup_stands(const struct session *session, const struct nm_followup *followup, struct nm_buf *out);
/* What would be sent now; NM_INPUT or NM_REFUSED say why nothing is.  The body is the plan's. */
enum nm_code followup_outgoing(struct session *session, const struct nm_followup *followup, struct nm_outgoing *out,
			    struct nm_error *err) NM_WARN_UNUSED;
/* Sends it, when the follow-up may still get one (somebody else may have sent one while this was shown), and writes
 * down that it was sent when its carrier has taken it; an error says so when only that failed: out (nm_outbox_clear) says how it went. */
enum nm_code followup_send(struct session *session, int64_t id, const struct nm_outgoing *outgoing,
			    struct nm_outbox *out, struct nm_error *err) NM_WARN_UNUSED;
/* What calling back would be, for people to say yes to: who is rung, who is put through to whom, that it costs,
 * and at night what hour it is. */
void followup_call_words(const struct nm_plan *plan, const struct nm_call_back *call, nm_time now, struct nm_buf *out);
/* The members of one; the object stays open. */
void json_followup(struct nm_json *json, const struct session *session, const struct nm_followup *followup);
/* Is it what the log tells of: a call that was made (made.h)? */
bool deed_is_told(const struct nm_deed *deed);
/* "tried, no answer"; "ended: booked"; of one that is told "tells of a call from line main, no answer" */
void deed_words(const struct nm_deed *deed, struct nm_buf *out);
void json_deed(struct nm_json *json, const struct nm_zone *zone, const struct nm_deed *deed);

/* `followup add` (cmd_followup_add.c). */
enum nm_code followup_add(struct invocation *run, enum status *status, struct nm_error *err);

#endif
