/* SPDX-License-Identifier: MIT */
/* Random numbers that are the same in every run: xorshift64, the state not 0. */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include <stdint.h>

static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* From 0 to n - 1. */
static inline int random_below(uint64_t *state, int n)
{
	return (int)(random_next(state) % (uint64_t)n);
}

#endif
