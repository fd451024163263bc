/* SPDX-License-Identifier: MIT */
/* See ical_library.h.  libical brings ICU with it: two dozen megabytes and most of a start. */
#include "core/ical_library.h"

#include "core/library.h"

#define SYMBOL(name) { (void **)&lib->name, #name },

enum nm_code nm_libical_load(struct nm_libical *lib, struct nm_error *err)
{
	const struct nm_library library = { "libical.so.3", "libical3", "calendars need" };
	const struct nm_symbol symbols[] = { NM_LIBICAL(SYMBOL) };

	return nm_library_load(&library, symbols, sizeof symbols / sizeof symbols[0], err);
}
