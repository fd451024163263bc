/* SPDX-License-Identifier: MIT */
/*
 * Numbers as pictures of a row's height: bars, sparklines, shades of a heat map.  Each has a form in ASCII.
 * Pure: numbers in, text out, so that a screen and a command show the same.
 */
#ifndef TUI_CHART_H
#define TUI_CHART_H

#include "nevermiss/report.h"

/* A bar of `width` columns, of which this share (0 to 1; beyond, as at the end) is full. */
void chart_bar(double share, int width, bool ascii, struct nm_buf *out);

/* A column for each value, between the lowest and the highest that is known; one that is not known is blank. */
void chart_spark(const struct nm_figure *values, size_t n, bool ascii, struct nm_buf *out);
/* What the two halves of the known values say: 1 they rise, -1 they fall, 0 neither, or too few are known. */
int chart_trend(const struct nm_figure *values, size_t n);

/* --- a heat map --- */

#define CHART_LEVELS 5 /* the first is nothing at all */
#define CHART_LEVEL_TEXT 48

/* The least number of each level. */
struct chart_scale {
	int64_t from[CHART_LEVELS];
};

/* Levels for numbers of 0 to most, each as wide as the others but for a rest. */
struct chart_scale chart_scale(int64_t most);
int chart_level(const struct chart_scale *scale, int64_t number);
/* One column. */
const char *chart_shade(int level, bool ascii);
/* "3-4", "8+" */
void chart_level_words(const struct chart_scale *scale, int level, char out[static CHART_LEVEL_TEXT]);

#endif
