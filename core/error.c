/* SPDX-License-Identifier: MIT */
/* Filling the error record.  Knows nothing of what failed. */
#include "nevermiss/error.h"

#include <stdarg.h>
#include <stdio.h>

enum nm_code nm_fail(struct nm_error *err, enum nm_code code, const char *format, ...)
{
	va_list args;

	if (err) {
		err->code = code;
		va_start(args, format);
		vsnprintf(err->text, sizeof err->text, format, args);
		va_end(args);
	}
	return code;
}

enum nm_code nm_fail_memory(struct nm_error *err)
{
	return nm_fail(err, NM_NO_MEMORY, "out of memory");
}
