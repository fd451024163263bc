/* SPDX-License-Identifier: MIT */
/* Bytes as an open file, for what reads one. */
#ifndef TESTS_TEXT_FILE_H
#define TESTS_TEXT_FILE_H

#include <stddef.h>

/* A descriptor at its beginning, to be closed; the file has no name. */
int text_file(const char *bytes, size_t len);

#endif
