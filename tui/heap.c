/* SPDX-License-Identifier: MIT */
/* See heap.h.  Only the GNU C library has to be told; others do without being asked. */
#include "heap.h"

#include <malloc.h>

#define LARGE_BYTES (64 * 1024) /* a piece of its own: more of them would cost more pages than they spare */
#define SPARE_BYTES (64 * 1024) /* what the heap may have free at its end, and grows by: less, and each key would move that */

#ifdef __GLIBC__
void heap_begin(void)
{
	/* Once set, they also no longer grow with the largest piece that was freed (mallopt(3)). */
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	mallopt(M_TRIM_THRESHOLD, SPARE_BYTES);
	mallopt(M_TOP_PAD, SPARE_BYTES);
}

void heap_return(void)
{
	malloc_trim(0);
}
#else
void heap_begin(void)
{
}

void heap_return(void)
{
}
#endif
