/* SPDX-License-Identifier: MIT */
/* See stages.h.  In: lines and their stages.  Out: words.  Draws nothing. */
#include "stages.h"

#include <stdlib.h>

#include "canvas.h"

/* In the order of enum nm_line_stage. */
static const struct {
	const char *words;
	unsigned style;
	bool at_work;
} rows[] = {
	{ "waiting", STYLE_DIM, false },
	{ "reading", STYLE_BOLD, true },
	{ "read", STYLE_DIM, false },
	{ "sending", STYLE_BOLD, true },
	{ "sent", STYLE_PLAIN, false },
	{ "not taken", STYLE_WARNING, false },
	{ "reading back", STYLE_BOLD, true },
	{ "read back", STYLE_PLAIN, false },
	{ "done", STYLE_GOOD, false },
	{ "not done", STYLE_WARNING, false },
	{ "failed", STYLE_ERROR, false },
};

void stages_clear(struct stages *stages)
{
	free(stages->of);
	*stages = (struct stages){ 0 };
}

void stages_begin(struct stages *stages, size_t n)
{
	stages_clear(stages);
	stages->of = calloc(n + 1, sizeof *stages->of);
	stages->n = stages->of ? n : 0;
	stages->under_way = true;
}

void stages_end(struct stages *stages)
{
	stages->under_way = false;
}

void stages_tell(struct stages *stages, int line, enum nm_line_stage stage)
{
	if (line >= 0 && (size_t)line < stages->n)
		stages->of[line] = (unsigned char)(stage + 1);
}

const char *stages_words(const struct stages *stages, size_t line)
{
	return line < stages->n && stages->of[line] ? rows[stages->of[line] - 1].words : NULL;
}

unsigned stages_style(const struct stages *stages, size_t line)
{
	return line < stages->n && stages->of[line] ? rows[stages->of[line] - 1].style : STYLE_PLAIN;
}

size_t stages_at_work(const struct stages *stages, size_t otherwise)
{
	size_t waits = stages->n;

	for (size_t i = 0; stages->under_way && i < stages->n; i++) {
		if (!stages->of[i])
			continue;
		if (rows[stages->of[i] - 1].at_work)
			return i;
		if (waits == stages->n && stages->of[i] == NM_LINE_WAITS + 1)
			waits = i;
	}
	return stages->under_way && waits < stages->n ? waits : otherwise;
}
