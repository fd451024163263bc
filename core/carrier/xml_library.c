/* SPDX-License-Identifier: MIT */
/* See xml_library.h. */
#include "core/carrier/xml_library.h"

#include "core/library.h"

#define SYMBOL(name) { (void **)&lib->name, #name },

enum nm_code nm_libxml_load(struct nm_libxml *lib, struct nm_error *err)
{
	const struct nm_library library = { "libxml2.so.2", "libxml2", "CPL scripts and CalDAV need" };
	const struct nm_symbol symbols[] = { NM_LIBXML(SYMBOL) };

	return nm_library_load(&library, symbols, sizeof symbols / sizeof symbols[0], err);
}
