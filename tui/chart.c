/* SPDX-License-Identifier: MIT */
/*
 * Bars, sparklines and shades.  In: numbers.  Out: text.  Knows neither a screen nor what the numbers are.
 */
#include "chart.h"

#include <inttypes.h>
#include <stdio.h>

#define HEIGHTS 8
#define TREND 0.02 /* of the values' mean: what changes less stays as it is */

void chart_bar(double share, int width, bool ascii, struct nm_buf *out)
{
	/* A share that is not whole is never drawn as whole, nor one that is something as nothing. */
	int full = share >= 1 ? width : share > 0 ? (int)(share * width + 0.5) : 0;

	if (share < 1 && full >= width)
		full = width - 1;
	if (share > 0 && full < 1)
		full = 1;
	for (int i = 0; i < width; i++)
		nm_buf_add(out, i < full ? (ascii ? "#" : "█") : ascii ? "." : "░");
}

static bool bounds(const struct nm_figure *values, size_t n, double *least, double *most)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (!values[i].known)
			continue;
		if (!any || values[i].value < *least)
			*least = values[i].value;
		if (!any || values[i].value > *most)
			*most = values[i].value;
		any = true;
	}
	return any;
}

void chart_spark(const struct nm_figure *values, size_t n, bool ascii, struct nm_buf *out)
{
	static const char *const heights[HEIGHTS] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const ascii_heights[HEIGHTS] = { "_", ".", "-", ":", "=", "+", "*", "#" };
	double least = 0, most = 0;

	if (!bounds(values, n, &least, &most))
		return;
	for (size_t i = 0; i < n; i++) {
		/* What does not change is in the middle. */
		double share = most > least ? (values[i].value - least) / (most - least) : 0.5;
		int height = (int)(share * (HEIGHTS - 1) + 0.5);

		nm_buf_add(out, !values[i].known ? " " : ascii ? ascii_heights[height] : heights[height]);
	}
}

int chart_trend(const struct nm_figure *values, size_t n)
{
	double sums[2] = { 0, 0 }, least, mean;
	size_t known = 0, seen = 0, half;

	for (size_t i = 0; i < n; i++)
		known += values[i].known;
	half = known / 2;
	if (half == 0)
		return 0;
	/* The one in the middle of an odd number is on neither side. */
	for (size_t i = 0; i < n; i++) {
		if (!values[i].known)
			continue;
		if (seen < half)
			sums[0] += values[i].value;
		else if (seen >= known - half)
			sums[1] += values[i].value;
		seen++;
	}
	mean = (sums[0] + sums[1]) / 2;
	least = mean > 0 ? mean * TREND : 0;
	return sums[1] - sums[0] > least ? 1 : sums[0] - sums[1] > least ? -1 : 0;
}

struct chart_scale chart_scale(int64_t most)
{
	struct chart_scale scale = { .from = { 0 } };

	for (int level = 1; level < CHART_LEVELS; level++) {
		/* Divided before it is multiplied: any number of calls is allowed. */
		int64_t steps = CHART_LEVELS - 1,
			below = most / steps * (level - 1) + most % steps * (level - 1) / steps;

		scale.from[level] = most < steps ? level : below + 1;
	}
	return scale;
}

int chart_level(const struct chart_scale *scale, int64_t number)
{
	int level = CHART_LEVELS - 1;

	while (level > 0 && number < scale->from[level])
		level--;
	return level;
}

const char *chart_shade(int level, bool ascii)
{
	static const char *const shades[CHART_LEVELS] = { "·", "░", "▒", "▓", "█" };
	static const char *const ascii_shades[CHART_LEVELS] = { ".", "-", "+", "*", "#" };

	return ascii ? ascii_shades[level] : shades[level];
}

void chart_level_words(const struct chart_scale *scale, int level, char out[static CHART_LEVEL_TEXT])
{
	int64_t from = scale->from[level];

	if (level + 1 == CHART_LEVELS)
		snprintf(out, CHART_LEVEL_TEXT, "%" PRId64 "+", from);
	else if (scale->from[level + 1] - 1 > from)
		snprintf(out, CHART_LEVEL_TEXT, "%" PRId64 "-%" PRId64, from, scale->from[level + 1] - 1);
	else
		snprintf(out, CHART_LEVEL_TEXT, "%" PRId64, from);
}
