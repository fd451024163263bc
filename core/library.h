/* SPDX-License-Identifier: MIT */
/*
 * Libraries that are loaded when they are first needed: most commands need none of them, and loading one
 * takes longer than all else that they do.  Each belongs to one file, as if it were linked.
 */
#ifndef CORE_LIBRARY_H
#define CORE_LIBRARY_H

#include <stddef.h>

#include "nevermiss/error.h"

struct nm_library {
	const char *file;    /* as the linker would name it: "libxml2.so.2" */
	const char *package; /* of Debian, that has it */
	const char *user;    /* what needs it, at the head of the error: "calendars need" */
};

struct nm_symbol {
	void **function; /* where its address goes */
	const char *name;
};

/* Never unloaded: what a library leaves to run at the end of the process must still be there then.
 * NM_SYSTEM when it is not there or too old. */
enum nm_code nm_library_load(const struct nm_library *library, const struct nm_symbol *symbols, size_t n,
			     struct nm_error *err) NM_WARN_UNUSED;

#endif
