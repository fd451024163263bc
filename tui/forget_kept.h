/* SPDX-License-Identifier: MIT */
/* What `calls forget` (cmd_forget.c) tells of carriers (cmd_forget_kept.c). */
#ifndef TUI_FORGET_KEPT_H
#define TUI_FORGET_KEPT_H

#include "command.h"
#include "nevermiss/kept.h"

/* What each account keeps, a line each, for the question. */
void kept_found_words(const struct invocation *run, const struct nm_kept_accounts *accounts, struct nm_buf *out);
/* What was deleted there, what stays and why. */
void kept_deleted_words(const struct invocation *run, const struct nm_kept_accounts *accounts, struct nm_buf *out);
bool kept_all_gone(const struct nm_kept_accounts *accounts);
/* The member "accounts". */
void kept_json(const struct invocation *run, const struct nm_kept_accounts *accounts, struct nm_json *json);

#endif
