/* SPDX-License-Identifier: MIT */
/* What the command `text` is cut into: the test text (cmd_text.c), what came and what left and who
 * wants none (cmd_text_list.c), what missed callers get (cmd_text_missed.c), and what is asked of customers
 * (cmd_text_surveys.c). */
#ifndef TUI_TEXTS_H
#define TUI_TEXTS_H

#include "command.h"
#include "nevermiss/texting.h"

/* One of the outbox, as an object. */
void json_outbox_text(struct nm_json *json, const struct nm_zone *zone, const struct nm_outbox_text *text);

/* --list: what left and what came, the newest first. */
enum nm_code text_list(struct invocation *run, struct nm_error *err) NM_WARN_UNUSED;
/* --read: what came is read from its carriers. */
enum nm_code text_read(struct invocation *run, struct nm_error *err) NM_WARN_UNUSED;
/* --opt-out: a number that is to get no texts any more. */
enum nm_code text_opt_out(struct invocation *run, struct nm_error *err) NM_WARN_UNUSED;
/* --missed: the texts that callers of the last hour get whom nobody answered. */
enum nm_code text_missed(struct invocation *run, enum status *status, struct nm_error *err) NM_WARN_UNUSED;
/* --surveys: what customers are asked whose follow-up ended within a day. */
enum nm_code text_surveys(struct invocation *run, enum status *status, struct nm_error *err) NM_WARN_UNUSED;

#endif
