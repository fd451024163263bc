/* SPDX-License-Identifier: MIT */
/* What a store keeps added up of its calls, as text. */
#ifndef TESTS_SUMS_TEXT_H
#define TESTS_SUMS_TEXT_H

#include <sqlite3.h>

/* A line for each cell of each row of packed sums, in order; malloc'd.  Fails the test when a day cannot be read. */
char *sums_text(sqlite3 *db);

#endif
