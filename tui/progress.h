/* SPDX-License-Identifier: MIT */
/*
 * How far long work is, as a row of words: what is done, a bar, how far, and how long it will still take.  One for all work
 * that takes long: pushing, reading, proving, importing, playing tests.
 */
#ifndef TUI_PROGRESS_H
#define TUI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All 0 before the first piece of work. */
struct progress {
	const char *doing;  /* borrowed; NULL: nothing yet */
	size_t first, last; /* done when its clock was set; and when it was last told */
	int64_t began_ms, shown_ms;
	int64_t held_ms; /* until then other words have its place */
	bool stands;     /* what the row of messages says is of it */
	bool shown;      /* since the key that began it */
};

/* Takes in how far the work is (doing: "pushing", or "" where the pieces say it; a literal); less than before, or something
 * else, is other work.  True when it is to be shown: not more often than is read, and work that is over at once not at all. */
bool progress_tell(struct progress *progress, const char *doing, size_t done, int64_t now_ms);
/* "[####....] pushing 12 of 200 lines, 34 s left, Esc stops"; no time before it can be told, no bar in a window where it has
 * no room.  What is left is reckoned from what was done since the clock was set. */
void progress_words(const struct progress *progress, const char *pieces, size_t done, size_t all, int64_t now_ms, int width,
		    char *out, size_t size);

#endif
