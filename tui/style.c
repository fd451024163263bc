/* SPDX-License-Identifier: MIT */
/*
 * The table of styles.  In: a style's number, and a theme.  Out: the look, as a
 * record or as an SGR sequence.  Knows no terminal library.
 */
#include "style.h"

#include <stdio.h>
#include <string.h>

enum { RED = 1, GREEN = 2, YELLOW = 3, BLUE = 4, CYAN = 6, BRIGHT = 8 };
/* Of the palette of 256, in which these are the same everywhere: dark enough to be read on white, */
enum { DARK_GREEN = 22, DARK_BLUE = 18, DARK_ORANGE = 94, DARK_RED = 124, DARK_CYAN = 23 };
/* and light enough on black. */
enum { LIGHT_GREEN = 119, LIGHT_BLUE = 117, LIGHT_YELLOW = 227, LIGHT_RED = 210 };

/* clang-format off */
static const struct look looks[THEME_COUNT][STYLE_COUNT] = {
	[THEME_DEFAULT] = {
		[STYLE_PLAIN] = {-1, false, false, false},
		[STYLE_DIM] = {-1, false, true, false},
		[STYLE_BOLD] = {-1, true, false, false},
		[STYLE_TITLE] = {-1, true, false, false},
		[STYLE_TAB] = {-1, true, false, true},
		[STYLE_RULE] = {-1, false, true, false},
		[STYLE_KEY] = {-1, true, false, false},
		[STYLE_HEAD] = {CYAN, false, false, false},
		[STYLE_PEOPLE] = {GREEN, false, false, false},
		[STYLE_AI] = {BLUE, true, false, false},
		[STYLE_VOICEMAIL] = {YELLOW, false, false, false},
		[STYLE_NOBODY] = {RED, true, false, true},
		[STYLE_GOOD] = {GREEN, false, false, false},
		[STYLE_WARNING] = {YELLOW, true, false, false},
		[STYLE_ERROR] = {RED, true, false, false},
		[STYLE_ADDED] = {GREEN, false, false, false},
		[STYLE_REMOVED] = {RED, false, false, false},
	},
	[THEME_MONO] = {
		[STYLE_PLAIN] = {-1, false, false, false},
		[STYLE_DIM] = {-1, false, true, false},
		[STYLE_BOLD] = {-1, true, false, false},
		[STYLE_TITLE] = {-1, true, false, false},
		[STYLE_TAB] = {-1, true, false, true},
		[STYLE_RULE] = {-1, false, true, false},
		[STYLE_KEY] = {-1, true, false, false},
		[STYLE_HEAD] = {-1, false, false, false},
		[STYLE_PEOPLE] = {-1, false, false, false},
		[STYLE_AI] = {-1, false, false, false},
		[STYLE_VOICEMAIL] = {-1, false, false, false},
		[STYLE_NOBODY] = {-1, true, false, true},
		[STYLE_GOOD] = {-1, false, false, false},
		[STYLE_WARNING] = {-1, true, false, false},
		[STYLE_ERROR] = {-1, true, false, false},
		[STYLE_ADDED] = {-1, true, false, false},
		[STYLE_REMOVED] = {-1, false, true, false},
	},
	[THEME_LIGHT] = {
		[STYLE_PLAIN] = {-1, false, false, false},
		[STYLE_DIM] = {-1, false, true, false},
		[STYLE_BOLD] = {-1, true, false, false},
		[STYLE_TITLE] = {-1, true, false, false},
		[STYLE_TAB] = {-1, true, false, true},
		[STYLE_RULE] = {-1, false, true, false},
		[STYLE_KEY] = {-1, true, false, false},
		[STYLE_HEAD] = {DARK_CYAN, false, false, false},
		[STYLE_PEOPLE] = {DARK_GREEN, false, false, false},
		[STYLE_AI] = {DARK_BLUE, false, false, false},
		[STYLE_VOICEMAIL] = {DARK_ORANGE, false, false, false},
		[STYLE_NOBODY] = {DARK_RED, false, false, true},
		[STYLE_GOOD] = {DARK_GREEN, false, false, false},
		[STYLE_WARNING] = {DARK_ORANGE, true, false, false},
		[STYLE_ERROR] = {DARK_RED, true, false, false},
		[STYLE_ADDED] = {DARK_GREEN, false, false, false},
		[STYLE_REMOVED] = {DARK_RED, false, false, false},
	},
	[THEME_CONTRAST] = {
		[STYLE_PLAIN] = {-1, false, false, false},
		[STYLE_DIM] = {-1, false, false, false},
		[STYLE_BOLD] = {-1, true, false, false},
		[STYLE_TITLE] = {-1, true, false, false},
		[STYLE_TAB] = {-1, true, false, true},
		[STYLE_RULE] = {-1, false, false, false},
		[STYLE_KEY] = {-1, true, false, false},
		[STYLE_HEAD] = {-1, true, false, false},
		[STYLE_PEOPLE] = {LIGHT_GREEN, true, false, false},
		[STYLE_AI] = {LIGHT_BLUE, true, false, false},
		[STYLE_VOICEMAIL] = {LIGHT_YELLOW, true, false, false},
		[STYLE_NOBODY] = {LIGHT_RED, true, false, true},
		[STYLE_GOOD] = {LIGHT_GREEN, true, false, false},
		[STYLE_WARNING] = {LIGHT_YELLOW, true, false, false},
		[STYLE_ERROR] = {LIGHT_RED, true, false, false},
		[STYLE_ADDED] = {LIGHT_GREEN, true, false, false},
		[STYLE_REMOVED] = {LIGHT_RED, true, false, false},
	},
};
/* clang-format on */

static const char *const theme_names[THEME_COUNT] = {
	[THEME_DEFAULT] = "default", [THEME_MONO] = "mono", [THEME_LIGHT] = "light", [THEME_CONTRAST] = "contrast"};

const char *theme_name(enum theme theme)
{
	return theme_names[theme];
}

bool theme_named(const char *name, enum theme *out)
{
	for (int theme = 0; theme < THEME_COUNT; theme++) {
		if (strcmp(theme_names[theme], name))
			continue;
		*out = (enum theme)theme;
		return true;
	}
	return false;
}

/* Of the colours of few every terminal has its own: red and blue are dark in all of them, green, yellow and cyan are
 * pale on white in most, and blue is hard to read on black in all. */
static const struct {
	int colour, among_16, among_8;
} fewer[] = {
	{DARK_GREEN, -1, -1},
	{DARK_BLUE, BLUE, BLUE},
	{DARK_ORANGE, -1, -1},
	{DARK_RED, RED, RED},
	{DARK_CYAN, -1, -1},
	{LIGHT_GREEN, BRIGHT + GREEN, GREEN},
	{LIGHT_BLUE, BRIGHT + CYAN, CYAN},
	{LIGHT_YELLOW, BRIGHT + YELLOW, YELLOW},
	{LIGHT_RED, BRIGHT + RED, RED},
};

int colour_among(int colour, int colours)
{
	/* A palette of 88 has other colours behind the first 16. */
	if (colour < 2 * BRIGHT ? colour < colours : colours >= 256)
		return colour;
	for (size_t i = 0; i < sizeof fewer / sizeof *fewer; i++) {
		if (fewer[i].colour == colour)
			return colours < 2 * BRIGHT ? fewer[i].among_8 : fewer[i].among_16;
	}
	return -1;
}

#define CUBE 16   /* first colour of the cube of 6 x 6 x 6, */
#define GREYS 232 /* and of the greys behind it */

int colour_rgb(int colour)
{
	static const int levels[] = {0, 95, 135, 175, 215, 255};
	const int cell = colour - CUBE, grey = 8 + 10 * (colour - GREYS);

	if (cell < 0)
		return -1;
	if (colour >= GREYS)
		return grey << 16 | grey << 8 | grey;
	return levels[cell / 36] << 16 | levels[cell / 6 % 6] << 8 | levels[cell % 6];
}

struct look style_look(unsigned style, enum theme theme)
{
	struct look look = looks[theme][style & 0xff];

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

#define COLOUR_SGR 20

/* ";32": the parameter that turns on a colour; "" for the terminal's own. */
static void colour_sgr(int colour, char out[static COLOUR_SGR])
{
	if (colour >= 2 * BRIGHT)
		snprintf(out, COLOUR_SGR, ";38;5;%d", colour);
	else if (colour >= 0)
		snprintf(out, COLOUR_SGR, ";%d", colour < BRIGHT ? 30 + colour : 90 + colour - BRIGHT);
	else
		out[0] = '\0';
}

void style_sgr(unsigned style, enum theme theme, char out[static STYLE_SGR])
{
	struct look look = style_look(style, theme);
	char colour[COLOUR_SGR];

	colour_sgr(look.colour, colour);
	snprintf(out, STYLE_SGR, "\033[0%s%s%s%sm", look.bold ? ";1" : "", look.dim ? ";2" : "",
		 look.reverse ? ";7" : "", colour);
}

bool look_same(const struct look *a, const struct look *b)
{
	return a->colour == b->colour && a->bold == b->bold && a->dim == b->dim && a->reverse == b->reverse;
}

void look_change(const struct look *from, const struct look *to, char out[static STYLE_SGR])
{
	static const struct look plain = {.colour = -1};
	const bool off = (from->bold && !to->bold) || (from->dim && !to->dim) || (from->reverse && !to->reverse) ||
			 (from->colour >= 0 && to->colour < 0);
	const struct look *is = off ? &plain : from;
	char colour[COLOUR_SGR] = "", on[STYLE_SGR];

	out[0] = '\0';
	if (look_same(from, to))
		return;
	if (to->colour != is->colour)
		colour_sgr(to->colour, colour);
	snprintf(on, sizeof on, "%s%s%s%s", to->bold && !is->bold ? ";1" : "", to->dim && !is->dim ? ";2" : "",
		 to->reverse && !is->reverse ? ";7" : "", colour);
	snprintf(out, STYLE_SGR, off && on[0] ? "\033[0%sm" : "\033[%sm", off || !on[0] ? on : on + 1);
}
