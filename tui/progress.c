/* SPDX-License-Identifier: MIT */
/* See progress.h.  In: how far work is, the clock.  Out: words.  Reads no clock, draws nothing. */
#include "progress.h"

#include <stdio.h>
#include <string.h>

#include "nevermiss/clock.h"

#define SHOW_MS	  100 /* how often it is shown; shorter work shows nothing */
#define KNOWN_MS  500 /* of work, from which the rest is reckoned */
#define BAR_MOST  40
#define BAR_LEAST 10
#define WORDS	  44 /* columns kept for the words beside a bar, and for its ends */
#define ENDS	  4  /* columns of a bar's own row that its middle has not */
#define BESIDE	  5  /* columns of a row that neither words nor a bar's middle have */

bool progress_tell(struct progress *progress, const char *doing, struct progress_step step, int64_t now_ms)
{
	const bool other = !progress->doing || strcmp(progress->doing, doing) != 0 || step.done < progress->last;

	progress->pieces = step.pieces;
	progress->last = step.done;
	progress->all = step.all;
	if (other) {
		progress->doing = doing;
		progress->first = step.done;
		progress->began_ms = progress->shown_ms = now_ms;
		return *doing != '\0'; /* what waits for others is named at once */
	}
	if (now_ms < progress->shown_ms + SHOW_MS)
		return false;
	progress->shown_ms = now_ms;
	return true;
}

/* ", 1 min 5 s left"; "" while it cannot be told. */
static void left_words(const struct progress *progress, int64_t now_ms, char *out, size_t size)
{
	const size_t done = progress->last, all = progress->all;
	const int64_t took = now_ms - progress->began_ms, n = (int64_t)done - (int64_t)progress->first;
	char words[NM_TIME_TEXT];

	out[0] = '\0';
	if (n <= 0 || took < KNOWN_MS || done > all)
		return;
	nm_duration_words((int64_t)((double)took * (double)(all - done) / (double)n / 1000) + 1, words);
	snprintf(out, size, ", %s left", words);
}

/* Beside words of so many columns; with few of them it is as wide as with WORDS, so that it does not jump as they change.
 * Without room there it has the row above them. */
static void bar(size_t done, size_t all, int width, int words, char *out, size_t size)
{
	static const char full[] = "########################################", rest[] = "........................................";
	const int left = width - (words > WORDS ? words : WORDS);
	const bool beside = left >= BAR_LEAST;
	const int most = beside ? left : width - ENDS, room = most < BAR_MOST ? most : BAR_MOST;
	int filled;

	out[0] = '\0';
	if (room < BAR_LEAST || !all)
		return;
	filled = done >= all ? room : (int)((double)room * (double)done / (double)all);
	snprintf(out, size, "[%.*s%.*s]%s", filled, full, room - filled, rest, beside ? " " : "\n");
}

void progress_words(const struct progress *progress, int64_t now_ms, int width, char *out, size_t size)
{
	char blocks[2 * BAR_MOST + 4], left[NM_TIME_TEXT + 16], words[NM_TIME_TEXT + PROGRESS_ANSWER];

	left_words(progress, now_ms, left, sizeof left);
	if (now_ms < progress->held_ms)
		snprintf(words, sizeof words, "%s", progress->answer);
	else
		snprintf(words, sizeof words, "%s%s%zu of %zu %s%s%s", progress->doing, *progress->doing ? " " : "",
			 progress->last, progress->all, progress->pieces, left, progress->passes ? "" : ", Esc stops");
	bar(progress->last, progress->all, width, (int)strlen(words) + BESIDE, blocks, sizeof blocks);
	snprintf(out, size, "%s%s", blocks, words);
}
