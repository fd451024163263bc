/* SPDX-License-Identifier: MIT */
/*
 * Random plans for property tests: the same seed always gives the same text.  Every plan is one that
 * the reader takes; it need not be a wise one.
 */
#ifndef TESTS_RANDOM_PLAN_H
#define TESTS_RANDOM_PLAN_H

#include <stdint.h>

struct nm_plan;

/* A small, fast generator with one word of state (splitmix64). */
uint64_t random_next(uint64_t *state);
/* 0 <= result < n */
uint32_t random_below(uint64_t *state, uint32_t n);

/* n; where each costs a second (NM_FEW in the environment: under valgrind) a tenth of it, at least one. */
int random_few(int n);

/* A new folder below $TMPDIR or /tmp, removed with everything in it by random_folder_free. */
char *random_folder_new(void);
void random_folder_free(char *folder);

/* The text of a plan, malloc'd.  Its calendars are written into the folder as files that the plan
 * names; its times lie around 2026. */
char *random_plan_text(uint64_t seed, const char *folder);
/* The same text read; on a mistake prints all of them with the text and ends the test program. */
struct nm_plan *random_plan_read(uint64_t seed, const char *folder);
/* Reads a text that must be right, the same way. */
struct nm_plan *plan_of_text(const char *text, const char *folder);

#endif
