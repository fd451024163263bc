/* SPDX-License-Identifier: MIT */
/*
 * The user's own keys and theme, in $XDG_CONFIG_HOME/nevermiss/keys.conf: a line each.
 *
 *	bind SCREEN ACTION KEY...   these keys, instead of those that it has
 *	unbind SCREEN ACTION        no key
 *	theme NAME
 *
 * SCREEN, ACTION and KEY are named as `nevermiss keys` has them.
 */
#ifndef TUI_PREFERENCES_H
#define TUI_PREFERENCES_H

#include "keymap.h"
#include "nevermiss/diag.h"
#include "nevermiss/error.h"
#include "style.h"

#define PREFERENCES_BYTES 65536

/* The keys of the process become those of the file, and *theme its theme (as it was when it names none).  Mistakes
 * are added to diags, and what they concern stays as it is; a file that is not there is none.  NM_NO_MEMORY, or
 * the file cannot be read. */
enum nm_code preferences_read(const char *file, enum theme *theme, struct nm_diags *diags,
			      struct nm_error *err) NM_WARN_UNUSED;
/* The table's own keys again. */
void preferences_forget(void);

#endif
