/* SPDX-License-Identifier: MIT */
/*
 * Secrets of accounts and calendars: fetched when a request first needs one, from where the plan says (token_cmd, token_env,
 * token_file), kept in memory until the session ends, then wiped.  Never printed, logged or stored.
 */
#ifndef TUI_SECRET_H
#define TUI_SECRET_H

#include "nevermiss/plan.h"

struct secrets {
	size_t n, capacity;
	struct secret *items; /* malloc'd */
};

/* Adds the account's secret to out.  A relative token_file lies in `folder` (NULL: the working folder).
 * NM_INPUT names the account and what is wrong, never the secret. */
enum nm_code secrets_get(struct secrets *secrets, const struct nm_account *account, const char *folder,
			 struct nm_buf *out, struct nm_error *err) NM_WARN_UNUSED;
/* The same of what a command of the plan prints; `whose` stands in errors ("calendar jobs"). */
enum nm_code secrets_command(struct secrets *secrets, const char *whose, const char *command, struct nm_buf *out,
			     struct nm_error *err) NM_WARN_UNUSED;
/* Forgets what the command printed: it is run again when it is needed again. */
void secrets_forget(struct secrets *secrets, const char *command);
/* Wipes and forgets all. */
void secrets_clear(struct secrets *secrets);

#endif
