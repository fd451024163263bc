/* SPDX-License-Identifier: MIT */
/*
 * What can befall a store: a disk that takes no more, somebody else who does not end a transaction, and a clock on
 * which SQLite waits for that one without anybody waiting; and what it writes.
 */
#ifndef TESTS_STORE_FAULTS_H
#define TESTS_STORE_FAULTS_H

#include <stdint.h>

/* So many bytes a file of this process may have: what is written beyond does not fit, part of it or all, as on a disk
 * that is full.  0: nothing is written at all; below: whatever fits.  The process must ignore SIGXFSZ. */
void disk_room(int64_t bytes);

struct sqlite3;
/* Another connection that writes to the store and does not end; and its end. */
struct sqlite3 *store_hold(const char *file);
void store_let_go(struct sqlite3 *holder);

/* From now on SQLite's waiting moves this clock, and takes no time. */
void store_waits_on(int64_t *now_ms);

/* From the first time that it is asked on: how many bytes SQLite gave this process's disk to write. */
uint64_t store_written(void);

#endif
