/* SPDX-License-Identifier: MIT */
/* See csv_library.h. */
#include "core/csv_library.h"

#include "core/library.h"

#define SYMBOL(name) { (void **)&lib->name, #name },

enum nm_code nm_libcsv_load(struct nm_libcsv *lib, struct nm_error *err)
{
	const struct nm_library library = { "libcsv.so.3", "libcsv3", "tables of calls need" };
	const struct nm_symbol symbols[] = { NM_LIBCSV(SYMBOL) };

	return nm_library_load(&library, symbols, sizeof symbols / sizeof symbols[0], err);
}
