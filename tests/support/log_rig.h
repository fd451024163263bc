/* SPDX-License-Identifier: MIT */
/* The log of a business whose calls come from files. */
#ifndef TESTS_LOG_RIG_H
#define TESTS_LOG_RIG_H

#include "books.h"
#include "nevermiss/calls_file.h"

#define LOG_RIG_NOW INT64_C(1800000000) /* January 2027: all calls of files were before */

/* As `calls import` has them when nothing is said: the plan's clock, the lines as the rows name them. */
struct nm_calls_file_options log_rig_options(const struct books *books);
enum nm_code log_rig_import_with(const struct books *books, const struct nm_calls_file_options *options,
				  const char *text, size_t len, struct nm_calls_file *out, struct nm_error *err);
/* Fails the test when the file cannot be read. */
struct nm_calls_file log_rig_import(const struct books *books, const char *text);

size_t log_rig_size(const struct books *books);
/* The i-th call, the newest first, with its legs; from the arena. */
struct nm_call_entry log_rig_call(const struct books *books, size_t i, struct nm_arena *arena);
/* What the log has of it, as "at;from;line;end;by;seconds". */
void log_rig_says(const struct books *books, size_t i, const char *expected);

#endif
