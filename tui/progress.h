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

#define PROGRESS_ANSWER 160

/* All 0 before the first piece of work. */
struct progress {
	const char *doing;  /* borrowed; NULL: nothing yet */
	const char *pieces; /* borrowed, a literal; NULL: nobody knows how far it is */
	size_t first, last; /* done when its clock was set; and when it was last told */
	size_t all;
	int64_t began_ms, shown_ms;
	char answer[PROGRESS_ANSWER]; /* to a key; stands beside the bar until: */
	int64_t held_ms;
	bool stands;     /* what the row of messages says is of it */
	bool passes;     /* quiet work, which keys do not wait for: nobody has to stop it */
	bool shown;      /* since the key that began it */
};

/* Pieces that are done of all, in words that say of what: "lines", "KiB imported"; a literal. */
struct progress_step {
	const char *pieces; /* NULL: nobody knows how far it is */
	size_t done, all;
};

/* Takes in how far the work is (doing: "pushing", or "" where the pieces say it; a literal); less than before, or something
 * else, is other work.  True when it is to be shown: not more often than is read, and work that is over at once not at all. */
bool progress_tell(struct progress *progress, const char *doing, struct progress_step step, int64_t now_ms);
/* "[####....] pushing 12 of 200 lines, 34 s left, Esc stops"; no time before it can be told, the bar on a row of its own
 * where it has no room beside its words.  What is left is reckoned from what was done since the clock was set.  As long as
 * an answer to a key is held, that stands in place of the words. */
void progress_words(const struct progress *progress, int64_t now_ms, int width, char *out, size_t size);

#endif
