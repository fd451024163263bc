/* SPDX-License-Identifier: MIT */
/* Between what may be sent (texting_check.c) and its sending (texting.c).  Private to these. */
#ifndef CORE_TEXTING_PRIVATE_H
#define CORE_TEXTING_PRIVATE_H

#include "nevermiss/texting.h"

/* Does the account's driver send texts? */
bool nm_texting_able(const struct nm_plan *plan, int account);
/* As nm_texting_check, of the number alone. */
enum nm_code nm_texting_check_number(const struct nm_plan *plan, const struct nm_carrier *carrier, nm_number to,
				     struct nm_error *err) NM_WARN_UNUSED;

#endif
