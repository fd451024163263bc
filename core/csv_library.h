/* SPDX-License-Identifier: MIT */
/* libcsv, for csv_rows.c alone: loaded when the first table is read. */
#ifndef CORE_CSV_LIBRARY_H
#define CORE_CSV_LIBRARY_H

#include <stdio.h>

#include <csv.h>

#include "nevermiss/error.h"

/* What is called of it, by its own names. */
#define NM_LIBCSV(FUNCTION)                                                                                  \
	FUNCTION(csv_error)                                                                                  \
	FUNCTION(csv_fini)                                                                                   \
	FUNCTION(csv_free)                                                                                   \
	FUNCTION(csv_get_buffer_size)                                                                        \
	FUNCTION(csv_init)                                                                                   \
	FUNCTION(csv_parse)                                                                                  \
	FUNCTION(csv_set_delim)

#define NM_LIBCSV_POINTER(name) __typeof__(name) *name;
struct nm_libcsv {
	NM_LIBCSV(NM_LIBCSV_POINTER)
};

enum nm_code nm_libcsv_load(struct nm_libcsv *lib, struct nm_error *err) NM_WARN_UNUSED;

#endif
