/* SPDX-License-Identifier: MIT */
/* See library.h. */
#include "core/library.h"

#include <dlfcn.h>

enum nm_code nm_library_load(const struct nm_library *library, const struct nm_symbol *symbols, size_t n,
			     struct nm_error *err)
{
	/* Lazily: of a library with thousands of functions a handful is called. */
	void *handle = dlopen(library->file, RTLD_LAZY | RTLD_LOCAL);

	if (handle == NULL)
		return nm_fail(err, NM_SYSTEM, "%s %s, which cannot be loaded: install it (Debian: %s)",
			       library->user, library->file, library->package);
	for (size_t i = 0; i < n; i++) {
		*symbols[i].function = dlsym(handle, symbols[i].name);
		if (*symbols[i].function == NULL)
			return nm_fail(err, NM_SYSTEM, "%s has no %s: it is too old", library->file,
				       symbols[i].name);
	}
	return NM_OK;
}
