/* SPDX-License-Identifier: MIT */
/*
 * The table of styles.  In: a style's number, and whether colour may be used.  Out: the look, as a
 * record or as an SGR sequence.  Knows no terminal library.
 */
#include "style.h"

#include <stdio.h>

enum { RED = 1, GREEN = 2, YELLOW = 3, BLUE = 4, CYAN = 6 };

static const struct {
	struct look colour, mono;
} looks[STYLE_COUNT] = {
	[STYLE_PLAIN] = {{-1, false, false, false}, {-1, false, false, false}},
	[STYLE_DIM] = {{-1, false, true, false}, {-1, false, true, false}},
	[STYLE_BOLD] = {{-1, true, false, false}, {-1, true, false, false}},
	[STYLE_TITLE] = {{-1, true, false, false}, {-1, true, false, false}},
	[STYLE_TAB] = {{-1, true, false, true}, {-1, true, false, true}},
	[STYLE_RULE] = {{-1, false, true, false}, {-1, false, true, false}},
	[STYLE_KEY] = {{-1, true, false, false}, {-1, true, false, false}},
	[STYLE_HEAD] = {{CYAN, false, false, false}, {-1, false, false, false}},
	[STYLE_PEOPLE] = {{GREEN, false, false, false}, {-1, false, false, false}},
	[STYLE_AI] = {{BLUE, true, false, false}, {-1, false, false, false}},
	[STYLE_VOICEMAIL] = {{YELLOW, false, false, false}, {-1, false, false, false}},
	[STYLE_NOBODY] = {{RED, true, false, true}, {-1, true, false, true}},
	[STYLE_GOOD] = {{GREEN, false, false, false}, {-1, false, false, false}},
	[STYLE_WARNING] = {{YELLOW, true, false, false}, {-1, true, false, false}},
	[STYLE_ERROR] = {{RED, true, false, false}, {-1, true, false, false}},
	[STYLE_ADDED] = {{GREEN, false, false, false}, {-1, true, false, false}},
	[STYLE_REMOVED] = {{RED, false, false, false}, {-1, false, true, false}},
};

struct look style_look(unsigned style, bool mono)
{
	unsigned name = style & 0xff;
	struct look look = mono ? looks[name].mono : looks[name].colour;

	if (style & STYLE_CURSOR) {
		look.reverse = !look.reverse;
		look.dim = false;
		look.bold = true;
	}
	return look;
}

unsigned style_of_kind(enum nm_kind kind)
{
	switch (kind) {
	case NM_AI:
		return STYLE_AI;
	case NM_VOICEMAIL:
		return STYLE_VOICEMAIL;
	case NM_PERSONAL:
	case NM_BACKUP:
		break;
	}
	return STYLE_PEOPLE;
}

void style_sgr(unsigned style, bool mono, char out[static STYLE_SGR])
{
	struct look look = style_look(style, mono);
	int n = snprintf(out, STYLE_SGR, "\033[0%s%s%s", look.bold ? ";1" : "", look.dim ? ";2" : "",
			 look.reverse ? ";7" : "");

	if (look.colour >= 0)
		n += snprintf(out + n, STYLE_SGR - (size_t)n, ";%d", 30 + look.colour);
	snprintf(out + n, STYLE_SGR - (size_t)n, "m");
}
