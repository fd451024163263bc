/* SPDX-License-Identifier: MIT */
/* Which options go with what a section is: a destination's kind, an account's driver. */
#ifndef TUI_PLAN_FIT_H
#define TUI_PLAN_FIT_H

#include "nevermiss/edit.h"
#include "nevermiss/plan.h"

/* The option that says what a section of this kind is; NULL: they are all the same. */
const char *fit_decider(const char *section);
/* Does a section take the option when that one has this value?  Of a value that is none it is not known: it does. */
bool fit_takes(const char *section, const char *value, const char *option);
/* What the section is, as it is written: "voicemail", "twilio"; NULL: it is not told, or all are the same. */
const char *fit_value(const struct nm_written_section *section);
/* What holds in this section when the option is not given; NULL: nothing does. */
const char *fit_fallback(const struct nm_written_section *section, const struct nm_option_info *info);

#endif
