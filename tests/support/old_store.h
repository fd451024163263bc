/* SPDX-License-Identifier: MIT */
/* Stores as older programs left them. */
#ifndef TESTS_OLD_STORE_H
#define TESTS_OLD_STORE_H

/* Makes of the store `file` what a program of that schema would have left: its tables, with what they had of the rows;
 * those that there are none of any more (the sums of schemas 11 to 13) are empty. */
void old_store(const char *file, int schema);

#endif
